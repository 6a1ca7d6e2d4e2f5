//! Reading a plan or layer in any format and coordinate system.

use ::geojson::feature::Id;
use serde_json::Value as Json;

use crate::crs::{Crs, Plane};
use crate::error::{PlanProblem, Result, RowProblem};
use crate::io::{Block, BlockReader, Format, Input, OpenInput, ReadNote, ReadOptions, Rows, json_text, rows_of};
use crate::parallel::{self, pipeline};
use crate::plan::{OutlineOptions, RawFeature, RawGeometry, ReadFeature, UncheckedPlan};
use crate::table::{Batch, CellText, GeometrySource, Shape};

/// The numeric and the list properties of a plan, for formats in which all values are text.
const NUMBERS: [&str; 6] = [
    "published_area_km2",
    "published_area_ha",
    "published_area_mu",
    "published_area_m2",
    "accuracy_m",
    "clusters_published",
];
const LISTS: [&str; 2] = ["focus", "projects"];

/// Reads a plan or polygon layer in any format and coordinate system. With `name_field`, it is a flat layer whose
/// features are identified by this property; without, features are identified by their id, and are a plan if they have
/// levels.
///
/// GeoJSON is read by [`UncheckedPlan::read`], unless the options have a coordinate system. In other formats, the id is
/// in the column `id`, else that of the row; empty cells are left out. A row whose geometry cannot be read is a
/// finding. Errors if the file cannot be read.
///
/// ```
/// use taizhou_corridor::io::{Input, ReadOptions};
/// use taizhou_corridor::plan_io;
///
/// let csv = "block,wkt\n0701,\"POLYGON((121.40 28.65,121.41 28.65,121.41 28.66,121.40 28.65))\"\n";
/// let outline = plan_io::read_plan(Input::bytes("blocks.csv", csv), &ReadOptions::default(), Some("block"))?;
/// assert_eq!(outline.into_plan()?.features()[0].id, "0701");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn read_plan(input: Input, options: &ReadOptions, name_field: Option<&str>) -> Result<UncheckedPlan> {
    read_outline(input, options, &OutlineOptions::named(name_field)).map(|read| read.outline)
}

/// Reads a plan or polygon layer as [`read_plan`] does, and returns the notes of the reader about the file.
///
/// ```
/// use taizhou_corridor::io::{Input, ReadOptions};
/// use taizhou_corridor::plan_io;
/// use taizhou_corridor::plan::PLAN_GEOJSON;
///
/// // JSON should be UTF-8.
/// let (gbk, _, _) = encoding_rs::GBK.encode(PLAN_GEOJSON);
/// let (outline, notes) = plan_io::read_plan_with_notes(Input::bytes("plan.geojson", gbk), &ReadOptions::default(), None)?;
/// assert_eq!((outline.findings().len(), notes.len()), (0, 1));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn read_plan_with_notes(
    input: Input,
    options: &ReadOptions,
    name_field: Option<&str>,
) -> Result<(UncheckedPlan, Vec<ReadNote>)> {
    read_outline(input, options, &OutlineOptions::named(name_field)).map(|read| (read.outline, read.notes))
}

/// A plan or layer that was read from a file.
#[derive(Debug, Clone)]
pub struct OutlineRead {
    /// The plan or layer.
    pub outline: UncheckedPlan,
    /// The notes of the reader about the file.
    pub notes: Vec<ReadNote>,
    /// The coordinate system of the file.
    pub crs: Crs,
}

/// Reads a plan or polygon layer as [`read_plan`] does; the options name the properties that state names, levels,
/// accuracies and published areas. Errors also if the file has none of that name.
///
/// ```
/// use taizhou_corridor::io::{Input, ReadOptions};
/// use taizhou_corridor::plan::{OutlineOptions, PlanField};
/// use taizhou_corridor::plan_io;
/// use taizhou_corridor::units::Metres;
///
/// let csv = "街区,面积,wkt\n0701,0.54公顷,\"POLYGON((121.40 28.65,121.41 28.65,121.41 28.66,121.40 28.65))\"\n";
/// let fields = ["name=街区", "published_area_km2=面积"].map(|text| PlanField::parse(text).unwrap()).to_vec();
/// let options = OutlineOptions { fields, accuracy: Some(Metres(0.5)), ..OutlineOptions::default() };
/// let read = plan_io::read_outline(Input::bytes("blocks.csv", csv), &ReadOptions::default(), &options)?;
/// let plan = read.outline.into_plan()?;
/// let block = plan.feature("0701")?;
/// assert_eq!((block.accuracy, block.published_area.unwrap().0), (Some(Metres(0.5)), 5400.0));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn read_outline(input: Input, read: &ReadOptions, options: &OutlineOptions) -> Result<OutlineRead> {
    let is_archive = input.is_archive();
    let opened = OpenInput::new(input, read)?;
    let names_crs = read.crs.is_some() || read.override_crs.is_some() || read.datum_shift.is_some();
    if !names_crs && opened.format == Format::GEOJSON && !is_archive {
        let file = opened.file.clone();
        return read_geojson(opened, read, options).map_err(|error| error.in_file(file));
    }
    let mut rows = rows_of(opened, read)?.in_source_crs();
    let plane = Plane::of(&rows.crs()).map_err(|error| error.in_file(rows.file()))?;
    let columns = rows.schema().fields.iter().map(|field| field.name.as_str());
    options.check_columns(columns).map_err(|error| error.in_file(rows.file()))?;
    let mut outline = match &options.name_field {
        Some(field) => {
            let read = |row, mut given: RawFeature| {
                options.apply_to(&mut given);
                ReadFeature::read(row, given, field, &plane)
            };
            UncheckedPlan::of_flat(features(&mut rows, read)?, &plane)
        }
        None => UncheckedPlan::of_features(features(&mut rows, |_, given| given)?, options, &plane),
    };
    outline.widen_accuracy(rows.crs().shift_accuracy());
    let arcs = Some(rows.with_arcs()).filter(|count| *count > 0).map(|count| PlanProblem::Arcs { count });
    let members =
        Some(rows.with_empty_members()).filter(|count| *count > 0).map(|count| PlanProblem::EmptyMembers { count });
    arcs.into_iter().chain(members).for_each(|problem| outline.note(problem));
    Ok(OutlineRead { outline, notes: rows.notes(), crs: rows.crs() })
}

/// Reads a plan from GeoJSON, whose problems are findings of the plan.
fn read_geojson(opened: OpenInput, read: &ReadOptions, options: &OutlineOptions) -> Result<OutlineRead> {
    let (json, notes) = json_text(opened.source, read.encoding)?;
    Ok(OutlineRead { outline: UncheckedPlan::read_with(&json, options)?, notes, crs: Crs::Crs84 })
}

/// Maps all rows, with their numbers from 1, in parallel. The result is in the order of the rows.
fn features<T: Send, M: Fn(u64, RawFeature) -> T + Sync>(
    rows: &mut Rows,
    make: M,
) -> Result<impl Iterator<Item = T> + use<T, M>> {
    let (file, format) = (rows.file().to_owned(), rows.format());
    // The geometry is no property.
    let wkt_column = match rows.schema().geometry_source {
        GeometrySource::Wkt(column) => Some(column),
        _ => None,
    };
    let read = |block: Block| -> Result<Vec<T>> {
        let mut reader = BlockReader::default();
        let Some((mut batch, normalizer)) = reader.read_unchecked(block)? else { return Ok(vec![]) };
        batch.move_coords(|coords| normalizer.to_plane(coords));
        let numbered = (0..batch.len()).zip(batch.first_row()..);
        Ok(numbered.map(|(number, row)| make(row, feature(&batch, number, format, wkt_column))).collect())
    };
    let mut features = vec![];
    let take = |block: Result<Vec<T>>| {
        features.extend(block?);
        Ok(())
    };
    let all = pipeline::run(parallel::available_threads(), || rows.next_block(), || read, take);
    all.map_err(|error| error.in_file(file))?;
    Ok(features.into_iter())
}

fn feature(batch: &Batch, row_index: usize, format: Format, wkt_column: Option<usize>) -> RawFeature {
    let row = batch.row(row_index);
    // Row ids of databases are mere counters; a column `id` identifies the features.
    let has_feature_ids = format.has_feature_ids();
    let row_id = row.id().and_then(id_of_json);
    let mut id = row_id.clone().filter(|_| has_feature_ids);
    let mut properties = serde_json::Map::with_capacity(batch.columns().len());
    for (column, cell) in row.cells() {
        let name = &batch.columns()[column];
        let text = cell.text();
        if text.is_empty() || Some(column) == wkt_column {
            continue;
        }
        let value = match cell {
            CellText::Json(json) => serde_json::from_str(json).unwrap_or_else(|_| Json::from(json)),
            CellText::Text(text) => Json::from(text),
        };
        let parsed = || serde_json::from_str::<Json>(&text).ok();
        let value = match &value {
            Json::String(_) if NUMBERS.contains(&name.as_str()) => parsed().filter(Json::is_number).unwrap_or(value),
            Json::String(_) if LISTS.contains(&name.as_str()) => parsed().filter(Json::is_array).unwrap_or(value),
            _ => value,
        };
        if name == "id" && id.is_none() {
            id = Some(match &value {
                Json::Number(number) => Id::Number(number.clone()),
                _ => Id::String(text.into_owned()),
            });
        }
        properties.insert(name.clone(), value);
    }
    let geometry = match batch.shape(row_index) {
        Ok(Shape::Other(shape)) => Some(RawGeometry::Shape(shape.clone())),
        Ok(shape) => Some(RawGeometry::Shape(shape.geometry())),
        Err(RowProblem::NullGeometry) => None,
        Err(problem) => Some(RawGeometry::Invalid(problem.clone(), batch.closed_shape(row_index).cloned())),
    };
    RawFeature { has_own_id: id.is_some(), id: id.or(row_id), properties, geometry }
}

fn id_of_json(json: &str) -> Option<Id> {
    match serde_json::from_str(json).ok()? {
        Json::String(text) => Some(Id::String(text)),
        Json::Number(number) => Some(Id::Number(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_text_is_no_property() {
        let csv = "block,wkt\n0701,\"POLYGON((121.40 28.65,121.41 28.65,121.41 28.66,121.40 28.65))\"\n";
        let read = read_plan(Input::bytes("blocks.csv", csv), &ReadOptions::default(), Some("block")).unwrap();
        let plan = read.into_plan().unwrap();
        assert_eq!(plan.features()[0].properties.keys().collect::<Vec<_>>(), ["block"]);
    }
}
