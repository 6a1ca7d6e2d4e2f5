//! A plan as a table, and back: the way to and from every format that is not GeoJSON.

use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value as Json;

use crate::error::{Error, Result, RowProblem};
use crate::geometry::wind;
use crate::io::geojson::kind_of;
use crate::io::geojson_geometry::encode;
use crate::io::{ExportOptions, Format, Input, ReadOptions, open};
use crate::plan::Plan;
use crate::table::{Batch, BatchBuilder, Carrier, Cell, Field, Kind, Schema, Shape};

/// The properties of a plan that are numbers, and those that are lists: formats without such have texts.
const NUMBERS: [&str; 3] = ["published_area_km2", "accuracy_m", "clusters_published"];
const LISTS: [&str; 2] = ["focus", "projects"];

/// A plan or layer of any format and system as RFC 7946 GeoJSON, for
/// [`Plan::from_geojson`](crate::plan::Plan::from_geojson) and its kin.
///
/// GeoJSON without a system named in the options is handed on as it is. Of other rows, the id is the column
/// `id`, else that of the row; empty cells are left out. Fails where the file cannot be read, or a row has a geometry
/// that cannot be.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::Plan;
///
/// let csv = "block,wkt\n0701,\"POLYGON((121.40 28.65,121.41 28.65,121.41 28.66,121.40 28.65))\"\n";
/// let json = io::plan_json(Input::bytes("blocks.csv", csv), &ReadOptions::default())?;
/// let layer = Plan::layer_from_geojson(&json, Some("block"))?;
/// assert_eq!(layer.zones()[0].id, "0701");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn plan_json(input: Input, options: &ReadOptions) -> Result<Vec<u8>> {
    let is_plain = options.crs.is_none() && options.format.is_none_or(|format| format == Format::GeoJson);
    let has_other_ending = Format::of_path(input.name().as_ref()).is_ok_and(|format| format != Format::GeoJson);
    if is_plain && !has_other_ending && !input.is_archive() {
        return input.read_all();
    }
    let mut rows = open(input, options)?;
    let mut json = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    let mut is_first = true;
    let (file, format) = (rows.file().to_owned(), rows.format());
    while let Some(batch) = rows.next_batch()? {
        let features = (0..batch.len()).into_par_iter().map(|number| feature((&file, format), &batch, number));
        // The first error is that of the first row.
        for feature in features.collect::<Vec<Result<String>>>() {
            json.push_str(if std::mem::take(&mut is_first) { "\n" } else { ",\n" });
            json.push_str(&feature?);
        }
    }
    json.push_str("\n]}\n");
    Ok(json.into_bytes())
}

fn feature((file, format): (&str, Format), batch: &Batch, number: usize) -> Result<String> {
    let row = batch.row(number);
    // The ids of a database's rows count them; a column that is called so names the features.
    let has_feature_ids = matches!(format, Format::GeoJson | Format::NdJson | Format::GeoJsonSeq);
    let row_id = row.id().map(str::to_owned);
    let mut id = row_id.clone().filter(|_| has_feature_ids);
    let mut properties = serde_json::Map::new();
    for (column, cell) in row.cells() {
        let name = &batch.columns()[column];
        let text = cell.text();
        if text.is_empty() {
            continue;
        }
        let value = match cell {
            Cell::Json(json) => serde_json::from_str(json).unwrap_or_else(|_| Json::from(json)),
            Cell::Text(text) => Json::from(text),
        };
        let parsed = || serde_json::from_str::<Json>(&text).ok();
        let value = match &value {
            Json::String(_) if NUMBERS.contains(&name.as_str()) => parsed().filter(Json::is_number).unwrap_or(value),
            Json::String(_) if LISTS.contains(&name.as_str()) => parsed().filter(Json::is_array).unwrap_or(value),
            _ => value,
        };
        if name == "id" && id.is_none() {
            id = Some(if value.is_number() { value.to_string() } else { Json::from(text.as_ref()).to_string() });
        }
        properties.insert(name.clone(), value);
    }
    let geometry = match batch.shape(number) {
        Ok(Shape::Other(shape)) => encode(shape),
        Ok(shape) => encode(&shape.geometry()),
        Err(RowProblem::NullGeometry) => "null".to_owned(),
        Err(problem) => {
            let row = batch.first_row() + number as u64;
            return Err(Error::new(problem.clone()).in_file(file).at_row(row));
        }
    };
    let id = id.or(row_id).map_or_else(String::new, |id| format!("\"id\":{id},"));
    let properties = Json::Object(properties);
    Ok(format!("{{\"type\":\"Feature\",{id}\"properties\":{properties},\"geometry\":{geometry}}}"))
}

/// The chosen features of a plan as a table, in longitude and latitude: ids, properties, outlines with
/// their exteriors counter-clockwise. Decimals and style of the options are for GeoJSON.
///
/// Fails where an id is unknown, or no feature is chosen.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{self, ExportOptions, Format, Output, WriteOptions};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::table::Answers;
///
/// let (schema, batch) = io::plan_table(&Plan::bundled(), &ExportOptions::default())?;
/// let (output, written) = Output::memory("plan.csv");
/// let options = WriteOptions { crs: Some(Crs::Epsg(4528)), ..WriteOptions::new(Format::Csv) };
/// let mut writer = io::create(output, &schema, &[], &options)?;
/// let answers = Answers::none(&batch);
/// writer.write(batch, &answers)?;
/// writer.finish()?;
/// assert!(String::from_utf8(written.into_bytes()).unwrap().contains("POLYGON((40632666."));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn plan_table(plan: &Plan, options: &ExportOptions) -> Result<(Schema, Batch)> {
    let zones = options.chosen(plan)?;
    let mut names: Vec<String> = vec![];
    let mut kinds: Vec<Option<Kind>> = vec![];
    let mut batch = BatchBuilder::new(1);
    for zone in zones.into_iter().map(|number| &plan.zones()[number]) {
        for (name, value) in &zone.properties {
            let place = names.iter().position(|known| known == name).unwrap_or_else(|| {
                names.push(name.clone());
                kinds.push(None);
                names.len() - 1
            });
            let json = value.to_string();
            if let Some(kind) = kind_of(&json) {
                kinds[place] = Some(kinds[place].map_or(kind, |known| known.or(kind)));
            }
            batch.cell(place, Cell::Json(&json));
        }
        batch.id(&Json::from(zone.id.as_str()).to_string());
        let mut shape = wind(&zone.shape);
        batch.end_row_with(Ok(if shape.0.len() == 1 { shape.0.remove(0).into() } else { shape.into() }));
    }
    let fields = names.iter().zip(kinds).map(|(name, kind)| Field::new(name.clone(), kind.unwrap_or_default()));
    let schema =
        Schema { fields: fields.collect(), carrier: Carrier::Shapes, ids: Some(Kind::Text), ..Schema::default() };
    // Some feature is chosen: there is a row.
    Ok((schema, batch.finish(Arc::new(names)).unwrap_or_default()))
}
