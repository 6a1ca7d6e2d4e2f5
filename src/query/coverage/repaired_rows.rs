//! The rows of a table with the shapes of a repaired coverage.

use std::collections::HashMap;

use geo::MultiPolygon;

use crate::crs::{CoordNormalizer, Crs, IntoPlane, Plane};
use crate::geometry::geometry;
use crate::query::convert::ConversionSummary;
use crate::query::{AnsweredBatch, QueryCoords, TableQuery};
use crate::table::{AnswerTable, Batch, Field};

/// Writes the rows of a table as they are, but for those whose shapes were repaired. Rows of removed features are left
/// out.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::crs::Plane;
/// use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
/// use taizhou_corridor::query::coverage::RepairedRows;
/// use taizhou_corridor::run::TableRun;
///
/// let csv = "id,wkt\nA,\"POLYGON((0 0,1 0,1 1,0 0))\"\nB,\"POLYGON((0 0,2 0,2 2,0 0))\"\nC,\"POLYGON((0 0,1 0,1 1,0 0))\"\n";
/// let smaller: MultiPolygon = polygon![(x: 1.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 2.0), (x: 1.0, y: 1.0)].into();
/// // By row, from 1: the second is changed, the third removed.
/// let repaired = RepairedRows::new(&Plane::LON_LAT, [(2, smaller), (3, MultiPolygon(vec![]))]);
/// let (output, written) = Output::memory("repaired.csv");
/// let rows = io::open(Input::bytes("layer.csv", csv), &ReadOptions::default())?;
/// TableRun::new(rows, &repaired).write(output, WriteOptions::new(Format::CSV))?.run()?.finish()?;
/// let text = String::from_utf8(written.into_bytes()).unwrap();
/// assert_eq!(text.lines().nth(1), csv.lines().nth(1));
/// assert_eq!(text.lines().nth(2), Some("B,\"POLYGON((1 0,2 0,2 2,1 1,1 0))\""));
/// assert_eq!(text.lines().count(), 3);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct RepairedRows<'p> {
    plane: &'p Plane,
    shapes: HashMap<u64, MultiPolygon<f64>>,
}

impl<'p> RepairedRows<'p> {
    /// New shapes in a plane, by row from 1; an empty one removes its row.
    pub fn new(plane: &'p Plane, shapes: impl IntoIterator<Item = (u64, MultiPolygon<f64>)>) -> RepairedRows<'p> {
        RepairedRows { plane, shapes: shapes.into_iter().collect() }
    }
}

impl TableQuery for RepairedRows<'_> {
    type Summary = ConversionSummary;

    fn fields(&self) -> Vec<Field> {
        vec![]
    }

    fn coordinates(&self, _crs: &Crs) -> QueryCoords {
        QueryCoords::Source
    }

    fn answer_batch(
        &self,
        mut batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut ConversionSummary,
    ) -> Option<AnsweredBatch<'_>> {
        let into_plane = IntoPlane::new(normalizer, self.plane);
        let mut answers = AnswerTable::new(0);
        for (row_index, row) in (0..batch.len()).zip(batch.first_row()..) {
            summary.rows += 1;
            let problem = match self.shapes.get(&row) {
                Some(shape) if shape.0.is_empty() => continue,
                Some(shape) => match into_plane.shape_in_table(shape) {
                    Ok(shape) => {
                        batch.replace_shape(row_index, geometry(shape));
                        None
                    }
                    Err(problem) => Some(problem),
                },
                None => batch.shape(row_index).err().cloned(),
            };
            if let Some(problem) = problem {
                summary.invalid.add(row, &problem);
            }
            answers.push(row_index, []);
        }
        Some((batch, answers))
    }
}
