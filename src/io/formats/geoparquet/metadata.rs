//! GeoParquet metadata: the JSON under the key `geo`.

use serde_json::{Map, Value, json};

use crate::crs::{Crs, Declared, declared_name, unusable};
use crate::error::{Error, ErrorKind, FileProblem, Result, Unsupported};
use crate::geometry::encoding::Kind;
use crate::io::formats::geoparquet::extent::Extent;
use crate::io::formats::geoparquet::{malformed, native};
use crate::io::rows::geoparquet_version::GeoParquetVersion;

/// What a file says of its primary geometry column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GeometryColumn {
    pub(super) name: String,
    pub(super) encoding: Encoding,
    /// Whether all geometries are points.
    pub(super) is_points: bool,
    pub(super) crs: Declared,
    /// Whether edges are the shortest lines on the ellipsoid or sphere.
    pub(super) has_geodesic_edges: bool,
    /// The column of bounding boxes (`covering`).
    pub(super) box_column: Option<String>,
}

/// The encoding of geometries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Wkb,
    /// WKT: not of the standard, but written by GDAL, and a type of GeoArrow.
    Wkt,
    /// Nested lists of coordinates, for geometries of one kind.
    Native(Kind),
}

impl Encoding {
    /// The encoding of a name in the metadata, or in the name of a GeoArrow type.
    pub(super) fn of_name(name: &str) -> Option<Encoding> {
        // GDAL writes the names of GeoArrow for interleaved coordinates.
        match name.strip_prefix("geoarrow.").unwrap_or(name) {
            "WKB" | "wkb" => Some(Encoding::Wkb),
            "WKT" | "wkt" => Some(Encoding::Wkt),
            name => native::kind_of_name(name).map(Encoding::Native),
        }
    }
}

/// The maximum size of the metadata; CRS definitions have some thousand bytes.
const MAX_BYTES: usize = 1 << 24;

/// Edges that are straight in the plane of the coordinates.
const PLANAR: &str = "planar";

/// Parses the metadata of a file.
pub(super) fn read(text: &str) -> Result<GeometryColumn> {
    let json: Value = if text.len() > MAX_BYTES { Value::Null } else { serde_json::from_str(text).unwrap_or_default() };
    let no = |member: &'static str| malformed(FileProblem::NoMetadata(member));
    let name = json["primary_column"].as_str().ok_or_else(|| no("primary_column"))?;
    let column = json["columns"].get(name).ok_or_else(|| malformed(FileProblem::NoMetadataColumn(name.to_owned())))?;
    let encoding = column["encoding"].as_str().ok_or_else(|| no("encoding"))?;
    let unknown = || Unsupported::GeometryEncoding(encoding.chars().take(40).collect());
    let encoding = Encoding::of_name(encoding).ok_or_else(|| Error::new(ErrorKind::Unsupported(unknown())))?;
    let types = column["geometry_types"].as_array().map_or(&[][..], Vec::as_slice);
    let is_point = |name: &Value| name.as_str().is_some_and(|name| name.split(' ').next() == Some("Point"));
    let box_column = column["covering"]["bbox"]["xmin"][0].as_str().map(str::to_owned);
    Ok(GeometryColumn {
        name: name.to_owned(),
        encoding,
        is_points: encoding == Encoding::Native(Kind::Point) || !types.is_empty() && types.iter().all(is_point),
        crs: match column.get("crs") {
            None => Ok(Some(Crs::Crs84)),
            Some(definition) => Crs::of_projjson(definition),
        },
        has_geodesic_edges: column["edges"].as_str().is_some_and(|edges| edges != PLANAR),
        box_column,
    })
}

/// The CRS of the Parquet geometry type: a code, a definition, or the key of one.
pub(super) fn crs_of_type(text: Option<&str>, value_of: impl Fn(&str) -> Option<String>) -> Declared {
    let Some(text) = text else { return Ok(Some(Crs::Crs84)) };
    if let Some(key) = text.strip_prefix("projjson:") {
        return crs_of_text(&value_of(key).ok_or_else(|| unusable(text.to_owned()))?);
    }
    text.strip_prefix("srid:").map_or_else(|| crs_of_text(text), crs_of_srid)
}

/// The CRS of a definition as JSON or WKT, or of a code.
pub(super) fn crs_of_text(text: &str) -> Declared {
    if !text.trim_start().starts_with('{') || text.len() >= MAX_BYTES {
        return Crs::of_wkt(text);
    }
    let json: Value = serde_json::from_str(text).map_err(|_| unusable(text.chars().take(80).collect()))?;
    Crs::of_projjson(&json)
}

/// The CRS of a number of a database, which in practice is a code of EPSG.
pub(super) fn crs_of_srid(srid: &str) -> Declared {
    if srid == "0" { Ok(None) } else { declared_name(&format!("EPSG:{srid}")) }
}

/// How a CRS is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum WrittenCrs {
    /// Longitude and latitude on WGS 84, which is meant where no CRS is.
    Default,
    /// Its definition as PROJJSON.
    Defined(Value),
    /// It has no definition.
    Unknown,
}

impl WrittenCrs {
    pub(super) fn of(crs: &Crs) -> WrittenCrs {
        match (crs, crs.projjson()) {
            (Crs::Crs84, _) => WrittenCrs::Default,
            (_, Some(definition)) => WrittenCrs::Defined(definition),
            (_, None) => WrittenCrs::Unknown,
        }
    }

    /// The CRS of the Parquet type GEOMETRY.
    pub(super) fn of_type(&self) -> Option<String> {
        match self {
            WrittenCrs::Default => None,
            // Complete, since not every reader has the codes of EPSG.
            WrittenCrs::Defined(definition) => Some(definition.to_string()),
            WrittenCrs::Unknown => Some("srid:0".to_owned()),
        }
    }
}

/// The metadata of a file.
pub(super) fn write(
    version: GeoParquetVersion,
    column_name: &str,
    box_column: &str,
    crs: &WrittenCrs,
    extent: &Extent,
) -> String {
    let side = |name: &str| json!([box_column, name]);
    let mut column = Map::new();
    column.insert("encoding".to_owned(), "WKB".into());
    column.insert("geometry_types".to_owned(), extent.types.as_slice().into());
    match crs {
        WrittenCrs::Default => {}
        WrittenCrs::Defined(definition) => drop(column.insert("crs".to_owned(), definition.clone())),
        WrittenCrs::Unknown => drop(column.insert("crs".to_owned(), Value::Null)),
    }
    column.insert("edges".to_owned(), PLANAR.into());
    if let Some(bounds) = extent.bounds {
        column.insert("bbox".to_owned(), bounds.as_slice().into());
    }
    let sides = json!({"xmin": side("xmin"), "ymin": side("ymin"), "xmax": side("xmax"), "ymax": side("ymax")});
    column.insert("covering".to_owned(), json!({ "bbox": sides }));
    let version = format!("{}.0", version.as_str());
    json!({ "version": version, "primary_column": column_name, "columns": { column_name: column } }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for crs in [Crs::Crs84, Crs::Cgcs2000, Crs::Epsg(4549), Crs::Epsg(4528), Crs::Gcj02] {
            let written = WrittenCrs::of(&crs);
            let extent = Extent { bounds: Some([1.0, 2.0, 3.0, 4.0]), types: vec!["Point"] };
            let found = read(&write(GeoParquetVersion::V2_0, "geometry", "bbox", &written, &extent)).unwrap();
            assert!(found.is_points && found.encoding == Encoding::Wkb && !found.has_geodesic_edges);
            assert_eq!((found.crs, found.box_column.as_deref()), (Ok(Some(crs.clone())), Some("bbox")));
            assert_eq!(crs_of_type(written.of_type().as_deref(), |_| None), Ok(Some(crs)));
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
        let encoding = |name: &str| column(&format!(r#""encoding": "{name}""#)).map(|column| column.encoding);
        assert_eq!(encoding("multipolygon"), Ok(Encoding::Native(Kind::MultiPolygon)));
        assert_eq!(encoding("geoarrow.linestring"), Ok(Encoding::Native(Kind::LineString)));
        assert!(encoding("polyline").unwrap_err().contains("`polyline`"));
        assert!(column(r#""encoding": "WKB", "edges": "spherical""#).unwrap().has_geodesic_edges);
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
