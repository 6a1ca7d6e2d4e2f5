//! Tables in memory as GeoJSON, for outlines and maps, which are small.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchReader};
use arrow_cast::display::array_value_to_string;
use arrow_schema::DataType;
use serde_json::{Map, Value, json};
use taizhou_corridor::crs::Crs;
use taizhou_corridor::geometry::encoding::{from_text, from_wkb};
use taizhou_corridor::io::ReadOptions;
use taizhou_corridor::table::Shape;

use crate::problem::Problem;
use crate::source::{Geometries, Layout, bytes, text};

/// A table as GeoJSON, and the system of its coordinates. At most so many rows.
pub(crate) fn geojson(
    reader: Box<dyn RecordBatchReader + Send>,
    options: &ReadOptions,
    geometry: Option<&str>,
    crs: Option<&str>,
    max_rows: usize,
) -> Result<(String, Crs), Problem> {
    let schema = reader.schema();
    let layout = Layout::of(&schema, options, geometry, crs)?;
    let mut features: Vec<Value> = vec![];
    for rows in reader {
        let rows = rows?;
        let count = rows.num_rows().min(max_rows - features.len());
        for row in 0..count {
            features.push(feature(&layout, &rows, row)?);
        }
        if features.len() == max_rows {
            break;
        }
    }
    Ok((json!({ "type": "FeatureCollection", "features": features }).to_string(), layout.crs))
}

/// The properties of plans that are lists.
const LISTS: [&str; 2] = ["focus", "projects"];

fn feature(layout: &Layout, rows: &RecordBatch, row: usize) -> Result<Value, Problem> {
    let mut properties = Map::new();
    for (index, field) in rows.schema_ref().fields().iter().enumerate() {
        if Some(index) != layout.geometry_column() && !field.name().starts_with("__index_level_") {
            let value = value(rows.column(index), row)?;
            let list = value.as_str().filter(|_| LISTS.contains(&field.name().as_str()));
            let list = list.and_then(|text| serde_json::from_str(text).ok()).filter(Value::is_array);
            // As in other formats, empty cells are left out.
            if !value.is_null() {
                properties.insert(field.name().clone(), list.unwrap_or(value));
            }
        }
    }
    let arcs = Default::default();
    let geometry = match layout.geometries {
        Geometries::Wkb(column) => bytes(rows.column(column), row).and_then(|wkb| from_wkb(wkb, arcs).ok()?.geometry),
        Geometries::Wkt(column) => text(rows.column(column), row).and_then(|wkt| from_text(wkt, arcs).ok()?.geometry),
        Geometries::Points(_) | Geometries::Columns(..) => {
            let batch = layout.batch(&rows.slice(row, 1), 1, false)?;
            batch.and_then(|(batch, _)| batch.shape(0).ok().map(Shape::geometry))
        }
    };
    let geometry = geometry.map_or(Value::Null, |geometry| geometry_json(&geometry));
    let mut feature = json!({ "type": "Feature", "properties": properties, "geometry": geometry });
    if let Some(id @ (Value::String(_) | Value::Number(_))) = feature.pointer("/properties/id").cloned() {
        feature["id"] = id;
    }
    Ok(feature)
}

fn geometry_json(geometry: &geo::Geometry<f64>) -> Value {
    let pair = |coord: &geo::Coord<f64>| json!([coord.x, coord.y]);
    let line = |line: &geo::LineString<f64>| line.0.iter().map(pair).collect::<Value>();
    let polygon = |polygon: &geo::Polygon<f64>| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(line).collect::<Value>()
    };
    let (kind, coordinates): (&str, Value) = match geometry {
        geo::Geometry::Point(point) => ("Point", pair(&point.0)),
        geo::Geometry::MultiPoint(points) => ("MultiPoint", points.0.iter().map(|point| pair(&point.0)).collect()),
        geo::Geometry::LineString(one) => ("LineString", line(one)),
        geo::Geometry::MultiLineString(lines) => ("MultiLineString", lines.0.iter().map(line).collect()),
        geo::Geometry::Polygon(one) => ("Polygon", polygon(one)),
        geo::Geometry::MultiPolygon(polygons) => ("MultiPolygon", polygons.0.iter().map(polygon).collect()),
        geo::Geometry::GeometryCollection(parts) => {
            let parts: Vec<Value> = parts.0.iter().map(geometry_json).collect();
            return json!({ "type": "GeometryCollection", "geometries": parts });
        }
        // Types that no encoding produces.
        _ => return Value::Null,
    };
    json!({ "type": kind, "coordinates": coordinates })
}

fn value(array: &ArrayRef, row: usize) -> Result<Value, Problem> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
        DataType::Float32 => f64::from(array.as_primitive::<Float32Type>().value(row)).into(),
        kind if kind.is_integer() => serde_json::from_str(&array_value_to_string(array, row)?).unwrap_or(Value::Null),
        DataType::List(_) | DataType::LargeList(_) => {
            let values = match array.as_list_opt::<i32>() {
                Some(lists) => lists.value(row),
                None => array.as_list::<i64>().value(row),
            };
            (0..values.len()).map(|index| value(&values, index)).collect::<Result<_, _>>()?
        }
        _ => array_value_to_string(array, row)?.into(),
    })
}
