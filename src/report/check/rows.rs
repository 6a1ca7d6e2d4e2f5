//! Findings as rows with geometries, in every table format.

use std::sync::Arc;

use geo::{Geometry, MultiPolygon, Point};

use super::{COLUMNS, values};
use crate::error::{Result, RowProblem};
use crate::geometry::orient;
use crate::io::{self, Format, Loss, Output, WriteOptions};
use crate::plan::Finding;
use crate::table::{AnswerTable, BatchBuilder, Field, GeometrySource, Kind, Schema};

/// The columns of findings, with their types.
fn fields() -> [Field; COLUMNS.len()] {
    COLUMNS.map(|name| {
        let is_number = ["lon", "lat", "area_m2", "width_m"].contains(&name);
        Field::new(name, if is_number { Kind::Real } else { Kind::Text })
    })
}

/// What became of findings in a file.
///
/// ```
/// use taizhou_corridor::io::{Format, Output, WriteOptions};
/// use taizhou_corridor::report::check;
///
/// let (output, _) = Output::memory("findings.fgb");
/// let rows = check::write(output, &[], &WriteOptions::new(Format::FLATGEOBUF))?;
/// assert!(!rows.are_points);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingRows {
    /// What the format could not represent.
    pub losses: Vec<Loss>,
    /// Whether findings with an area are points, since the format has geometries of one kind.
    pub are_points: bool,
}

/// Writes findings in a table format, in longitude and latitude unless the options have another system. The geometry of
/// a finding is its area, else its location, else none. Text and workbooks have the location in columns.
///
/// ```
/// use taizhou_corridor::io::{Format, Output, WriteOptions};
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON, check::check};
/// use taizhou_corridor::report;
///
/// // A corner of the core, moved across its border with Jiaojiang.
/// let moved = PLAN_GEOJSON.replace("[121.44,28.6584],[121.432,28.6593]", "[121.44,28.6684],[121.432,28.6593]");
/// let findings = check(&UncheckedPlan::read(moved.as_bytes())?, None);
/// let (output, memory) = Output::memory("findings.kml");
/// report::check::write(output, &findings, &WriteOptions::new(Format::KML))?;
/// assert!(String::from_utf8(memory.into_bytes()).unwrap().contains("<Polygon>"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn write(output: Output, findings: &[Finding], options: &WriteOptions) -> Result<FindingRows> {
    let has_areas = findings.iter().any(|finding| finding.shape.is_some());
    let has_points = findings.iter().any(|finding| finding.shape.is_none() && location(finding).is_some());
    // A file of it has geometries of one kind.
    let is_of_points = options.format == Format::SHAPEFILE && has_points;
    let are_points = is_of_points && has_areas;
    let schema = Schema {
        geometry_source: if is_of_points { GeometrySource::Points } else { GeometrySource::Shapes },
        // In text and workbooks, the columns of the location will do.
        drops_geometry: [Format::CSV, Format::TSV, Format::XLSX].contains(&options.format),
        ..Schema::default()
    };
    let mut writer = io::create(output, &schema, &fields(), options)?;
    let mut rest = findings.iter().peekable();
    let mut first_row = 1;
    while rest.peek().is_some() {
        let mut batch = BatchBuilder::new(first_row);
        let mut answers = AnswerTable::new(COLUMNS.len());
        let mut row = 0;
        while let Some(finding) = rest.next_if(|_| !batch.is_full()) {
            let shape = finding.shape.as_ref().filter(|_| !are_points).and_then(area);
            let geometry = shape.or_else(|| location(finding));
            batch.end_row_with(geometry.ok_or(RowProblem::NullGeometry));
            answers.push(row, values(finding));
            row += 1;
        }
        first_row += row as u64;
        if let Some(batch) = batch.finish(Arc::default()) {
            writer.write(batch, &answers)?;
        }
    }
    Ok(FindingRows { losses: writer.finish()?, are_points })
}

/// The area of a finding, with counter-clockwise exteriors.
fn area(shape: &MultiPolygon<f64>) -> Option<Geometry<f64>> {
    let mut shape = orient(shape);
    match shape.0.len() {
        0 => None,
        1 => Some(shape.0.remove(0).into()),
        _ => Some(shape.into()),
    }
}

/// The location of a finding. One out of range cannot be shown on a map; the message contains it.
fn location(finding: &Finding) -> Option<Geometry<f64>> {
    let at = finding.at.filter(|at| at.x.abs() <= 180.0 && at.y.abs() <= 90.0)?;
    Some(Point(at).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::io::{Input, ReadOptions};
    use crate::report::check::tests::findings;
    use crate::table::Shape;

    /// The kinds of the geometries in a file, `-` for none, and its first column.
    fn read(name: &str, bytes: Vec<u8>, crs: Option<Crs>) -> (Vec<&'static str>, Vec<String>) {
        let options = ReadOptions { crs, ..ReadOptions::default() };
        let mut rows = io::open(Input::bytes(name, bytes), &options).unwrap();
        let code = rows.schema().position("code").unwrap_or_else(|| panic!("{name}: {:?}", rows.schema().names()));
        let (mut kinds, mut codes) = (vec![], vec![]);
        while let Some(batch) = rows.next_batch().unwrap() {
            kinds.extend((0..batch.len()).map(|row| batch.shape(row).map_or("-", Shape::kind)));
            codes.extend((0..batch.len()).map(|row| batch.row(row).cell(code).unwrap().text().into_owned()));
        }
        (kinds, codes)
    }

    fn written(format: Format, crs: Option<Crs>) -> Vec<u8> {
        let (output, memory) = Output::memory(format!("findings.{}", format.ending()));
        let options = WriteOptions { crs, ..WriteOptions::new(format) };
        write(output, &findings(), &options).unwrap_or_else(|error| panic!("{format}: {error}"));
        memory.into_bytes()
    }

    #[test]
    fn findings_are_polygons_where_they_have_an_area() {
        let formats = [
            Format::GEOJSON,
            Format::NDJSON,
            Format::GEOJSON_SEQ,
            Format::KML,
            #[cfg(feature = "geopackage")]
            Format::GEOPACKAGE,
            #[cfg(feature = "flatgeobuf")]
            Format::FLATGEOBUF,
            #[cfg(feature = "parquet")]
            Format::GEOPARQUET,
        ];
        for format in formats {
            let (mut kinds, mut codes) = read(&format!("a.{}", format.ending()), written(format, None), None);
            // The order of a spatial index.
            kinds.sort_unstable();
            codes.sort_unstable();
            assert_eq!(kinds, ["-", "Point", "Polygon"], "{format}");
            assert_eq!(codes, ["missing-property", "overlap", "unmatched-corner"], "{format}");
        }
    }

    #[test]
    fn tables_have_the_location_in_columns() {
        let text = String::from_utf8(written(Format::TSV, None)).unwrap();
        assert_eq!(text.lines().next().unwrap(), COLUMNS.join("\t"));
        assert_eq!(text.lines().count(), 4);
        assert!(text.contains("\t121.4000005\t28.6550000\tB, 2\t12.5000\t0.10000\n"), "{text}");
        let csv = String::from_utf8(written(Format::CSV, None)).unwrap();
        assert_eq!(csv, super::super::records(&findings()).to_csv());
        assert_eq!(read("a.xlsx", written(Format::XLSX, None), None).0, ["Point", "Point", "-"]);
    }

    #[test]
    fn drawings_are_in_a_plane() {
        let (kinds, _) = read("a.dxf", written(Format::DXF, Some(Crs::Epsg(4549))), Some(Crs::Epsg(4549)));
        assert_eq!(kinds, ["Polygon", "Point"]);
    }

    #[test]
    fn a_shapefile_has_geometries_of_one_kind() {
        let folder = tempfile::tempdir().unwrap();
        let findings = findings();
        let kinds = |name: &str, findings: &[Finding]| {
            let path = folder.path().join(name);
            let output = Output::create(&path, false).unwrap();
            let rows = write(output, findings, &WriteOptions::new(Format::SHAPEFILE)).unwrap();
            let mut file = io::open(Input::path(&path), &ReadOptions::default()).unwrap();
            let batch = file.next_batch().unwrap().unwrap();
            let kinds: Vec<&str> = (0..batch.len()).map(|row| batch.shape(row).map_or("-", Shape::kind)).collect();
            (kinds, rows.are_points)
        };
        assert_eq!(kinds("areas.shp", &[findings[0].clone(), findings[2].clone()]), (vec!["Polygon", "-"], false));
        assert_eq!(kinds("points.shp", &findings[1..]), (vec!["Point", "-"], false));
        assert_eq!(kinds("both.shp", &findings), (vec!["Point", "Point", "-"], true));
    }

    #[test]
    fn exteriors_are_counter_clockwise() {
        let json: serde_json::Value = serde_json::from_slice(&written(Format::GEOJSON, None)).unwrap();
        let ring: Vec<[f64; 2]> =
            serde_json::from_value(json["features"][0]["geometry"]["coordinates"][0].clone()).unwrap();
        let doubled: f64 = ring.windows(2).map(|ends| ends[0][0] * ends[1][1] - ends[1][0] * ends[0][1]).sum();
        assert!(doubled > 0.0, "{ring:?}");
        assert_eq!(json["features"][2]["geometry"], serde_json::Value::Null);
    }
}
