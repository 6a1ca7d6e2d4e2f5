//! GeoParquet metadata: the JSON under the key `geo`.

use serde_json::{Map, Value, json};

use crate::crs::{Crs, Declared, declared_name, unusable};
use crate::error::{Error, ErrorKind, FileProblem, Result, Unsupported};
use crate::io::formats::geoparquet::malformed;

/// The metadata of the primary geometry column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GeometryColumn {
    pub(super) name: String,
    pub(super) encoding: Encoding,
    /// Whether all geometries are points.
    pub(super) is_points: bool,
    pub(super) crs: Declared,
    /// The column of bounding boxes (`covering`).
    pub(super) box_column: Option<String>,
}

/// The encoding of geometries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// WKB.
    Wkb,
    /// A struct of x and y.
    Point,
}

/// The maximum size of the metadata; CRS definitions have some thousand bytes.
const MAX_BYTES: usize = 1 << 24;

/// Parses the metadata of a file.
pub(super) fn read(text: &str) -> Result<GeometryColumn> {
    let json: Value = if text.len() > MAX_BYTES { Value::Null } else { serde_json::from_str(text).unwrap_or_default() };
    let no = |member: &'static str| malformed(FileProblem::NoMetadata(member));
    let name = json["primary_column"].as_str().ok_or_else(|| no("primary_column"))?;
    let column = json["columns"].get(name).ok_or_else(|| malformed(FileProblem::NoMetadataColumn(name.to_owned())))?;
    let encoding = match column["encoding"].as_str() {
        Some("WKB") => Encoding::Wkb,
        Some("point") => Encoding::Point,
        Some(other) => {
            let other = other.chars().take(40).collect();
            return Err(Error::new(ErrorKind::Unsupported(Unsupported::GeometryEncoding(other))));
        }
        None => return Err(no("encoding")),
    };
    let types = column["geometry_types"].as_array().map_or(&[][..], Vec::as_slice);
    let is_point = |name: &Value| name.as_str().is_some_and(|name| name.split(' ').next() == Some("Point"));
    let box_column = column["covering"]["bbox"]["xmin"][0].as_str().map(str::to_owned);
    Ok(GeometryColumn {
        name: name.to_owned(),
        encoding,
        is_points: encoding == Encoding::Point || !types.is_empty() && types.iter().all(is_point),
        crs: match column.get("crs") {
            None => Ok(Some(Crs::Crs84)),
            Some(definition) => Crs::of_projjson(definition),
        },
        box_column,
    })
}

/// The CRS of the Parquet geometry type: a code, a definition, or the key of one.
pub(super) fn crs_of_type(text: Option<&str>, value_of: impl Fn(&str) -> Option<String>) -> Declared {
    let Some(text) = text else { return Ok(Some(Crs::Crs84)) };
    let definition = match text.strip_prefix("projjson:") {
        Some(key) => value_of(key).ok_or_else(|| unusable(text.to_owned()))?,
        None => text.to_owned(),
    };
    if definition.trim_start().starts_with('{') && definition.len() < MAX_BYTES {
        let json: Value =
            serde_json::from_str(&definition).map_err(|_| unusable(definition.chars().take(80).collect()))?;
        return Crs::of_projjson(&json);
    }
    match definition.strip_prefix("srid:") {
        Some("0") => Ok(None),
        Some(code) => declared_name(&format!("EPSG:{code}")),
        None => declared_name(&definition),
    }
}

/// The properties of all written geometries.
pub(super) struct WrittenGeometries<'a> {
    pub(super) column: &'a str,
    pub(super) box_column: &'a str,
    pub(super) crs: &'a Crs,
    pub(super) types: &'a [&'static str],
    /// West, south, east, north.
    pub(super) bounds: Option<[f64; 4]>,
}

/// The metadata of a file, and whether they contain the CRS.
pub(super) fn write(written: &WrittenGeometries<'_>) -> (String, bool) {
    let side = |name: &str| json!([written.box_column, name]);
    let mut column = Map::new();
    column.insert("encoding".to_owned(), "WKB".into());
    column.insert("geometry_types".to_owned(), written.types.into());
    // The default CRS is longitude and latitude on WGS 84.
    let definition = (*written.crs != Crs::Crs84).then(|| written.crs.projjson());
    let says_crs = definition != Some(None);
    if let Some(definition) = definition {
        column.insert("crs".to_owned(), definition.unwrap_or_default());
    }
    column.insert("edges".to_owned(), "planar".into());
    if let Some(bounds) = written.bounds {
        column.insert("bbox".to_owned(), bounds.as_slice().into());
    }
    let sides = json!({"xmin": side("xmin"), "ymin": side("ymin"), "xmax": side("xmax"), "ymax": side("ymax")});
    column.insert("covering".to_owned(), json!({ "bbox": sides }));
    let geo = json!({
        "version": "1.1.0",
        "primary_column": written.column,
        "columns": { written.column: column },
    });
    (geo.to_string(), says_crs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for crs in [Crs::Crs84, Crs::Cgcs2000, Crs::Epsg(4549), Crs::Epsg(4528), Crs::Gcj02] {
            let (column, box_column, types) = ("geometry", "bbox", ["Point"]);
            let written =
                WrittenGeometries { column, box_column, crs: &crs, types: &types, bounds: Some([1.0, 2.0, 3.0, 4.0]) };
            let (text, says_crs) = write(&written);
            let found = read(&text).unwrap();
            assert!(says_crs && found.is_points && found.encoding == Encoding::Wkb);
            assert_eq!((found.crs.clone(), found.box_column.as_deref()), (Ok(Some(crs)), Some("bbox")));
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        let column = |members: &str| {
            let text = format!(r#"{{"primary_column": "g", "columns": {{"g": {{{members}}}}}}}"#);
            read(&text).map_err(|error| error.kind().to_string())
        };
        assert_eq!(column(r#""encoding": "WKB""#).unwrap().crs, Ok(Some(Crs::Crs84)));
        assert_eq!(column(r#""encoding": "WKB", "crs": null"#).unwrap().crs, Ok(None));
        assert!(column(r#""encoding": "point""#).unwrap().is_points);
        assert!(!column(r#""encoding": "WKB", "geometry_types": ["Point Z", "LineString"]"#).unwrap().is_points);
        assert!(column(r#""encoding": "polygon""#).unwrap_err().contains("`polygon`"));
        assert!(column("").unwrap_err().contains("`encoding`"));
        assert!(read("[]").is_err() && read("{").is_err());
    }

    #[test]
    fn parquet_names_systems_in_several_ways() {
        let of = |text| crs_of_type(text, |key| (key == "a").then(|| Crs::Epsg(4549).projjson().unwrap().to_string()));
        assert_eq!(of(None), Ok(Some(Crs::Crs84)));
        assert_eq!(of(Some("OGC:CRS84")), Ok(Some(Crs::Crs84)));
        assert_eq!((of(Some("srid:4490")), of(Some("srid:0"))), (Ok(Some(Crs::Cgcs2000)), Ok(None)));
        assert_eq!(of(Some("projjson:a")), Ok(Some(Crs::Epsg(4549))));
        assert!(of(Some("projjson:b")).is_err() && of(Some("mars")).is_err() && of(Some("{")).is_err());
    }
}
