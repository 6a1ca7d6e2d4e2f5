//! The GeoArrow extension types of columns, in the Arrow schema that writers store in a Parquet file.

use arrow_ipc::root_as_message;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::crs::{Crs, Declared, unusable};
use crate::geometry::encoding::Kind;
use crate::io::formats::geoparquet::metadata::{Encoding, GeometryColumn, crs_of_srid, crs_of_text};

/// The beginning of the names of GeoArrow types.
const PREFIX: &str = "geoarrow.";

/// The first column of a GeoArrow type in an encoded Arrow schema; `None` also if the schema is not valid, since the
/// file has another one.
pub(super) fn geometry_column(schema: &str) -> Option<GeometryColumn> {
    let bytes = STANDARD.decode(schema).ok()?;
    // A message is preceded by a marker and its length.
    let message = match bytes.split_first_chunk::<4>() {
        Some(([0xff, 0xff, 0xff, 0xff], rest)) => rest.get(4..)?,
        _ => &bytes,
    };
    let schema = root_as_message(message).ok()?.header_as_schema()?;
    schema.fields()?.iter().find_map(|field| {
        let metadata = field.custom_metadata()?;
        let value_of = |key: &str| metadata.iter().find(|pair| pair.key() == Some(key))?.value();
        let encoding = Encoding::of_name(value_of("ARROW:extension:name").filter(|name| name.starts_with(PREFIX))?)?;
        let about = value_of("ARROW:extension:metadata").and_then(|text| serde_json::from_str(text).ok());
        let about: Value = about.unwrap_or_default();
        Some(GeometryColumn {
            name: field.name()?.to_owned(),
            encoding,
            is_points: encoding == Encoding::Native(Kind::Point),
            crs: crs(&about),
            has_geodesic_edges: !about["edges"].is_null(),
            box_column: None,
        })
    })
}

/// The CRS in the metadata of an extension type, in any form that GeoArrow allows.
fn crs(about: &Value) -> Declared {
    match (&about["crs"], about["crs_type"].as_str()) {
        (Value::Null, _) => Ok(None),
        (Value::String(srid), Some("srid")) => crs_of_srid(srid),
        (Value::String(text), _) => crs_of_text(text),
        (definition @ Value::Object(_), _) => Crs::of_projjson(definition),
        (other, _) => Err(unusable(other.to_string().chars().take(80).collect())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn systems_are_named_in_several_ways() {
        let definition = Crs::Epsg(4549).projjson().unwrap();
        let of = |about: Value| crs(&about);
        for about in [
            json!({"crs": definition, "crs_type": "projjson"}),
            json!({"crs": definition.to_string()}),
            json!({"crs": "EPSG:4549", "crs_type": "authority_code"}),
            json!({"crs": "4549", "crs_type": "srid"}),
        ] {
            assert_eq!(of(about), Ok(Some(Crs::Epsg(4549))));
        }
        let wkt = r#"GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",
            SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
        assert_eq!(of(json!({"crs": wkt})), Ok(Some(Crs::Cgcs2000)));
        assert_eq!((of(json!({})), of(json!({"crs": "0", "crs_type": "srid"}))), (Ok(None), Ok(None)));
        assert!(of(json!({"crs": 4549})).is_err() && of(json!({"crs": "mars"})).is_err());
    }

    #[test]
    fn a_schema_that_is_none_has_no_column() {
        for schema in ["", "no base64", "AAAA", "/////wAAAAA=", "/////xgLAAAQAAAAAAAKAA4ABgAFAAgACgAAAAABBAA="] {
            assert_eq!(geometry_column(schema), None, "{schema}");
        }
    }
}
