//! Plans as tables, for all formats but GeoJSON.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::error::Result;
use crate::geometry::orient;
use crate::io::kind_of;
use crate::plan::Plan;
use crate::plan_io::features::{ExportOptions, Outlines};
use crate::table::{Batch, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema};

/// The selected features of a plan as a table: ids, properties, and shapes with counter-clockwise exteriors. Shapes are
/// in longitude and latitude, with corners added where edges would bend in the system of the options; if that has the
/// plan's own plane, they are in that system. Style of the options is ignored.
///
/// Errors if an id is unknown or no feature is selected.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{self, Format, Output, WriteOptions};
/// use taizhou_corridor::plan_io::{self, ExportOptions};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::table::AnswerTable;
///
/// let (schema, batch) = plan_io::plan_table(&Plan::bundled(), &ExportOptions::default())?;
/// let (output, written) = Output::memory("plan.csv");
/// let options = WriteOptions { crs: Some(Crs::Epsg(4528)), ..WriteOptions::new(Format::CSV) };
/// let mut writer = io::create(output, &schema, &[], &options)?;
/// let answers = AnswerTable::none(&batch);
/// writer.write(batch, &answers)?;
/// writer.finish()?;
/// assert!(String::from_utf8(written.into_bytes()).unwrap().contains("POLYGON((40632666."));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn plan_table(plan: &Plan, options: &ExportOptions) -> Result<(Schema, Batch)> {
    let zones = options.chosen(plan)?;
    let outlines = Outlines::new(plan, options)?;
    let mut names: Vec<String> = vec![];
    let mut kinds: Vec<Option<Kind>> = vec![];
    let mut batch = BatchBuilder::new(1);
    for zone in zones.into_iter().map(|id| &plan[id]) {
        for (name, value) in &zone.properties {
            let index = names.iter().position(|known| known == name).unwrap_or_else(|| {
                names.push(name.clone());
                kinds.push(None);
                names.len() - 1
            });
            let json = value.to_string();
            if let Some(kind) = kind_of(&json) {
                kinds[index] = Some(kinds[index].map_or(kind, |known| known.or(kind)));
            }
            batch.cell(index, CellText::Json(&json));
        }
        batch.id(&Json::from(zone.id.as_str()).to_string());
        let mut shape =
            orient(&if outlines.is_own_plane() { outlines.own(zone)? } else { outlines.in_lon_lat(zone)? });
        batch.end_row_with(Ok(if shape.0.len() == 1 { shape.0.remove(0).into() } else { shape.into() }));
    }
    let fields = names.iter().zip(kinds).map(|(name, kind)| Field::new(name.clone(), kind.unwrap_or_default()));
    let schema = Schema {
        fields: fields.collect(),
        geometry_source: GeometrySource::Shapes,
        ids: Some(Kind::Text),
        ..Schema::default()
    };
    // There is at least one feature, and so a row.
    Ok((schema, batch.finish(Arc::new(names)).unwrap_or_default()))
}
