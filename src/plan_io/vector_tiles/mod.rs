//! Plans as vector tiles (Mapbox Vector Tile 2.1) in a PMTiles 3 archive, for web maps.

mod encode;
mod pyramid;
mod style;

use std::io::{self, Seek, SeekFrom};

use geo::{BoundingRect, Rect};
use pmtiles::{PmTilesWriter, TileType};
use quick_xml::escape::escape;
use serde_json::{Map, Value, json};
use tempfile::SpooledTempFile;

use self::encode::{Content, attributes, label_layer};
use self::pyramid::{Pyramid, project, project_coord};
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::label_point;
use crate::io::{Output, spool};
use crate::maths::binary_exponent;
use crate::plan::Plan;
use crate::plan_io::features::{ExportOptions, PlanFeature, plan_features};
use crate::plan_io::tile_options::TileOptions;

pub use self::style::maplibre_style;

/// The maximum number of tiles, far more than a plan needs.
const MAX_TILES: u64 = 1 << 18;

/// Writes the selected features of a plan as vector tiles, and commits the output. Returns the number of features.
///
/// They are one layer. With a style, there is a second one, `plan_labels` beside `plan`, with a point for the label of
/// each feature, and beside the file, `plan.style.json` beside `plan.pmtiles`, the style of [`maplibre_style`].
///
/// Properties that are lists or texts of more than 80 bytes are left out, since every tile would repeat them. The
/// attribution of the archive is the notice of the plan.
///
/// Errors if an id is unknown, no feature is selected, the system is not longitude and latitude, there would be more
/// than 2¹⁸ tiles, or the output cannot be written.
///
/// ```
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::plan_io::{ExportOptions, TileOptions, export_tiles};
/// use taizhou_corridor::plan::Plan;
///
/// let (output, written) = Output::memory("plan.pmtiles");
/// let tiles = TileOptions { max_zoom: 10, ..TileOptions::default() };
/// assert_eq!(export_tiles(&Plan::bundled(), &tiles, &ExportOptions::default(), output)?, 16);
/// assert!(written.into_bytes().starts_with(b"PMTiles\x03"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn export_tiles(plan: &Plan, tiles: &TileOptions, options: &ExportOptions, mut output: Output) -> Result<usize> {
    let pyramid = pyramid(tiles, options)?;
    let features = plan_features(plan, options)?;
    let view = View::of(&features, &pyramid)?;
    if pyramid.tile_count(&view.bounds) > MAX_TILES {
        return Err(Error::new(ErrorKind::TooManyTiles { max_zoom: pyramid.max_zoom, limit: MAX_TILES }));
    }
    let sidecar = if options.with_style { style::sidecar(plan, tiles, options, &output)? } else { None };
    let projected = features.iter().map(|feature| project(&feature.shape)).collect();
    let label_point = |feature: &PlanFeature| label_point(&feature.shape).map(project_coord);
    let content = Content {
        layer: tiles.layer.clone(),
        attributes: features.iter().map(attributes).collect(),
        label_points: if options.with_style { features.iter().map(label_point).collect() } else { vec![] },
    };
    let write_error = |error| Error::new(ErrorKind::Write(error));
    let mut file = spool();
    let mut encoded = vec![];
    let encode = |tile: &pyramid::Tile| encode::tile(tile, &content);
    pyramid.visit(projected, &mut |tile| encode(tile).map(|bytes| encoded.push((tile.id, bytes))))?;
    // By tile id, tiles that are close on the map are close in the archive.
    encoded.sort_unstable_by_key(|(id, _)| id.value());
    let metadata = metadata(plan, &content, &pyramid);
    archive(&pyramid, &view, &metadata, encoded, &mut file).map_err(|error| write_error(io::Error::other(error)))?;
    file.seek(SeekFrom::Start(0)).and_then(|_| io::copy(&mut file, &mut output)).map_err(write_error)?;
    output.commit()?;
    sidecar.map(Output::commit).transpose()?;
    Ok(features.len())
}

/// The zoom levels. Errors if there are none, or if the system is not longitude and latitude.
fn pyramid(tiles: &TileOptions, options: &ExportOptions) -> Result<Pyramid> {
    if !options.crs.coincides(&Crs::Crs84) {
        let (format, crs) = ("pmtiles".to_owned(), options.crs.to_string());
        return Err(Error::new(ErrorKind::LonLatOnly { format, crs }));
    }
    let (min_zoom, max_zoom) = (tiles.min_zoom, tiles.max_zoom.min(TileOptions::MAX_ZOOM));
    if min_zoom > max_zoom {
        return Err(Error::new(ErrorKind::NoZoom { min_zoom, max_zoom }));
    }
    Ok(Pyramid { min_zoom, max_zoom })
}

/// What a map shows at first.
struct View {
    bounds: Rect<f64>,
    /// The zoom level at which the bounds are about 1,000 pixels wide, at 512 per tile.
    zoom: u8,
}

impl View {
    /// Errors if no feature has an extent.
    fn of(features: &[PlanFeature], pyramid: &Pyramid) -> Result<View> {
        let bounds = features.iter().filter_map(|feature| feature.shape.bounding_rect()).reduce(union);
        let bounds = bounds.ok_or_else(|| Error::new(ErrorKind::EmptySelection))?;
        let Pyramid { min_zoom, max_zoom } = *pyramid;
        let fitting = binary_exponent(2.0 * 360.0 / bounds.width().max(1e-9));
        Ok(View { bounds, zoom: fitting.clamp(i32::from(min_zoom), i32::from(max_zoom)) as u8 })
    }
}

fn union(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    let (low, high) = ((a.min(), b.min()), (a.max(), b.max()));
    Rect::new((low.0.x.min(low.1.x), low.0.y.min(low.1.y)), (high.0.x.max(high.1.x), high.0.y.max(high.1.y)))
}

/// Writes the tiles and their metadata to an archive.
fn archive(
    pyramid: &Pyramid,
    View { bounds, zoom }: &View,
    metadata: &Value,
    encoded: Vec<(pmtiles::TileId, Vec<u8>)>,
    file: &mut SpooledTempFile,
) -> pmtiles::PmtResult<()> {
    let center = bounds.center();
    let mut writer = PmTilesWriter::new(TileType::Mvt)
        .min_zoom(pyramid.min_zoom)
        .max_zoom(pyramid.max_zoom)
        .bounds(bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y)
        .center(center.x, center.y)
        .center_zoom(*zoom)
        .metadata(metadata.to_string())
        .create(file)?;
    for (id, bytes) in encoded {
        writer.add_tile(id.into(), &bytes)?;
    }
    writer.finalize()
}

/// The metadata of the archive (TileJSON 3.0).
fn metadata(plan: &Plan, content: &Content, pyramid: &Pyramid) -> Value {
    let mut fields = Map::new();
    for (name, value) in content.attributes.iter().flatten() {
        let kind = match value {
            Value::Bool(_) => "Boolean",
            Value::Number(_) => "Number",
            _ => "String",
        };
        fields.insert(name.clone(), kind.into());
    }
    let Pyramid { min_zoom, max_zoom } = pyramid;
    let names = [Some(content.layer.clone()), (!content.label_points.is_empty()).then(|| label_layer(&content.layer))];
    let layer = |id: String| json!({"id": id, "minzoom": min_zoom, "maxzoom": max_zoom, "fields": fields});
    let mut metadata = json!({
        "name": content.layer,
        "type": "overlay",
        "generator": concat!("taizhou-corridor ", env!("CARGO_PKG_VERSION")),
        "vector_layers": names.into_iter().flatten().map(layer).collect::<Vec<_>>(),
    });
    if let Some(notice) = attribution(plan) {
        metadata["attribution"] = notice.into();
        metadata["description"] = plan.notice().into();
    }
    metadata
}

/// The notice of the plan. Map libraries insert it as HTML.
fn attribution(plan: &Plan) -> Option<String> {
    plan.notice().map(|notice| escape(notice).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn tiles(min_zoom: u8, max_zoom: u8) -> Result<Vec<u8>> {
        let (output, written) = Output::memory("plan.pmtiles");
        let options = TileOptions { min_zoom, max_zoom, ..TileOptions::default() };
        export_tiles(&Plan::bundled(), &options, &ExportOptions::default(), output)?;
        Ok(written.into_bytes())
    }

    /// The header and the metadata are where the specification puts them.
    #[test]
    fn the_archive_says_what_it_holds() {
        let bytes = tiles(8, 11).unwrap();
        let number = |place: usize| u64::from_le_bytes(bytes[place..place + 8].try_into().unwrap()) as usize;
        let degrees = |place: usize| f64::from(i32::from_le_bytes(bytes[place..place + 4].try_into().unwrap())) / 1e7;
        // Clustered, gzip inside and for the tiles, which are vector tiles of these levels.
        assert_eq!(bytes[96..102], [1, 2, 2, 1, 8, 11]);
        assert_eq!([102, 106, 110, 114].map(degrees), [121.1962, 28.5475556, 121.5093393, 28.7068932]);
        let (place, length) = (number(24), number(32));
        let mut metadata = String::new();
        flate2::read::GzDecoder::new(&bytes[place..place + length]).read_to_string(&mut metadata).unwrap();
        let metadata: Value = serde_json::from_str(&metadata).unwrap();
        assert!(metadata["attribution"].as_str().unwrap().starts_with("Indicative model"));
        let layer = &metadata["vector_layers"][0];
        assert_eq!(
            (&layer["id"], &layer["fields"]["name"], &layer["fields"]["accuracy_m"]),
            (&"plan".into(), &"String".into(), &"Number".into())
        );
        assert!(layer["fields"]["source"].is_null());
    }

    #[test]
    fn levels_are_bounded() {
        assert!(matches!(tiles(9, 8).unwrap_err().kind(), ErrorKind::NoZoom { .. }));
        let world = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"1","properties":{},"geometry":
            {"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}}]}"#;
        let plan = Plan::flat_from_geojson(world.as_bytes(), None).unwrap();
        let export = |tiles: &TileOptions| {
            export_tiles(&plan, tiles, &ExportOptions::default(), Output::memory("world.pmtiles").0)
        };
        let error = export(&TileOptions::default()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooManyTiles { .. }));
        assert_eq!(export(&TileOptions { min_zoom: 0, max_zoom: 3, ..TileOptions::default() }).unwrap(), 1);
    }
}
