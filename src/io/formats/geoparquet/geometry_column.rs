//! The geometry column of a file, by all that may tell it.

use arrow_schema::{DataType, FieldRef, Fields};
use parquet::arrow::ARROW_SCHEMA_META_KEY;
use parquet::basic::LogicalType;
use parquet::file::metadata::ParquetMetaData;
use parquet::schema::types::Type;

use crate::crs::Declared;
use crate::error::{FileProblem, Result};
use crate::io::formats::geoparquet::metadata::{Encoding, GeometryColumn};
use crate::io::formats::geoparquet::{geoarrow, malformed, metadata, native};
use crate::io::rows::columns::geometry_source;
use crate::io::rows::format::ReadOptions;
use crate::table::GeometrySource;

/// The geometry column and its index, if there is one: that of the metadata, else the first of the Parquet geometry
/// types, else the first of a GeoArrow type, else a binary column with a recognised name.
pub(super) fn find(
    metadata: &ParquetMetaData,
    fields: &Fields,
    names: &[String],
    options: &ReadOptions,
) -> Result<Option<(usize, GeometryColumn)>> {
    let values = metadata.file_metadata().key_value_metadata();
    let value_of = |key: &str| values?.iter().find(|pair| pair.key == key)?.value.clone();
    let declared = match value_of("geo") {
        Some(text) => Some(metadata::read(&text)?),
        None => {
            of_parquet_type(metadata, value_of).or_else(|| geoarrow::geometry_column(&value_of(ARROW_SCHEMA_META_KEY)?))
        }
    };
    let Some(column) = declared else {
        let is_bytes = |index: usize| *fields[index].data_type() == DataType::BinaryView;
        return Ok(match geometry_source(names, options)? {
            GeometrySource::Wkt(index) if is_bytes(index) => Some((index, wkb(&names[index], Ok(None)))),
            _ => None,
        });
    };
    let index = names.iter().position(|known| *known == column.name);
    let index = index.ok_or_else(|| malformed(FileProblem::NoColumn(column.name.clone())))?;
    check_type(&fields[index], column.encoding)?;
    Ok(Some((index, column)))
}

fn wkb(name: &str, crs: Declared) -> GeometryColumn {
    GeometryColumn {
        name: name.to_owned(),
        encoding: Encoding::Wkb,
        is_points: false,
        crs,
        has_geodesic_edges: false,
        box_column: None,
    }
}

/// The first column of the Parquet type GEOMETRY or GEOGRAPHY.
fn of_parquet_type(metadata: &ParquetMetaData, value_of: impl Fn(&str) -> Option<String>) -> Option<GeometryColumn> {
    let schema = metadata.file_metadata().schema_descr();
    let (name, crs, has_geodesic_edges) = schema.root_schema().get_fields().iter().find_map(|root| {
        let (crs, has_geodesic_edges) = type_of(root)?;
        Some((root.name(), crs, has_geodesic_edges))
    })?;
    let crs = metadata::crs_of_type(crs, value_of);
    Some(GeometryColumn { is_points: has_only_points(metadata, name), has_geodesic_edges, ..wkb(name, crs) })
}

/// The CRS of a Parquet geometry type, and whether it is GEOGRAPHY; `None` of another type.
fn type_of(column: &Type) -> Option<(Option<&str>, bool)> {
    match column.get_basic_info().logical_type_ref()? {
        LogicalType::Geometry(geometry) => Some((geometry.crs.as_deref(), false)),
        LogicalType::Geography(geography) => Some((geography.crs.as_deref(), true)),
        _ => None,
    }
}

/// Whether the statistics of all row groups say that a column has points only.
fn has_only_points(metadata: &ParquetMetaData, name: &str) -> bool {
    let is_point = |code: &i32| code % 1000 == 1;
    let mut groups = metadata.row_groups().iter().map(|group| {
        let column = group.columns().iter().find(|column| column.column_path().parts() == [name])?;
        column.geo_statistics()?.geospatial_types()
    });
    groups.len() > 0 && groups.all(|types| types.is_some_and(|types| types.iter().all(is_point)))
}

fn check_type(field: &FieldRef, encoding: Encoding) -> Result<()> {
    let fits = match (encoding, field.data_type()) {
        (Encoding::Wkb, kind) => *kind == DataType::BinaryView,
        (Encoding::Wkt, kind) => *kind == DataType::Utf8View,
        (Encoding::Native(kind), column) => native::is_type_of(kind, column),
    };
    if fits { Ok(()) } else { Err(malformed(FileProblem::NotGeometries(field.name().clone()))) }
}
