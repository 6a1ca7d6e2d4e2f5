//! Plans as vector tiles (Mapbox Vector Tile 2.1) in a PMTiles 3 archive, for web maps.

mod encode;
mod pyramid;

use std::io::{self, Seek, SeekFrom};

use geo::{BoundingRect, Rect};
use pmtiles::{PmTilesWriter, TileType};
use quick_xml::escape::escape;
use serde_json::{Map, Value, json};
use tempfile::SpooledTempFile;

use self::encode::attributes;
use self::pyramid::{Pyramid, project};
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Output, spool};
use crate::maths::binary_exponent;
use crate::plan::Plan;
use crate::plan_io::features::{ExportOptions, PlanFeature, plan_features};
use crate::plan_io::tile_options::TileOptions;

/// The maximum number of tiles, far more than a plan needs.
const MAX_TILES: u64 = 1 << 18;

/// Writes the selected features of a plan as vector tiles, in one layer. Does not commit the output.
///
/// Properties that are lists or texts of more than 80 bytes are left out, since every tile would repeat them. The
/// attribution of the archive is the notice of the plan.
///
/// Errors if an id is unknown, no feature is selected, the system is not longitude and latitude, there would be more
/// than 2¹⁸ tiles, or the output cannot be written.
///
/// ```
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::plan_io::{ExportOptions, TileOptions, write_tiles};
/// use taizhou_corridor::plan::Plan;
///
/// let (mut output, written) = Output::memory("plan.pmtiles");
/// let tiles = TileOptions { max_zoom: 10, ..TileOptions::default() };
/// write_tiles(&Plan::bundled(), &tiles, &ExportOptions::default(), &mut output)?;
/// output.commit()?;
/// assert!(written.into_bytes().starts_with(b"PMTiles\x03"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn write_tiles(plan: &Plan, tiles: &TileOptions, options: &ExportOptions, output: &mut Output) -> Result<usize> {
    if !options.crs.coincides(&Crs::Crs84) {
        let (format, crs) = ("pmtiles".to_owned(), options.crs.to_string());
        return Err(Error::new(ErrorKind::LonLatOnly { format, crs }));
    }
    let (min_zoom, max_zoom) = (tiles.min_zoom, tiles.max_zoom.min(TileOptions::MAX_ZOOM));
    if min_zoom > max_zoom {
        return Err(Error::new(ErrorKind::NoZoom { min_zoom, max_zoom }));
    }
    let features = plan_features(plan, options)?;
    let bounds = features.iter().filter_map(|feature| feature.shape.bounding_rect()).reduce(union);
    let Some(bounds) = bounds else { return Err(Error::new(ErrorKind::EmptySelection)) };
    let projected = features.iter().map(|feature| project(&feature.shape)).collect();
    let pyramid = Pyramid { min_zoom, max_zoom };
    if pyramid.tile_count(&bounds) > MAX_TILES {
        return Err(Error::new(ErrorKind::TooManyTiles { max_zoom, limit: MAX_TILES }));
    }
    let attributes: Vec<_> = features.iter().map(attributes).collect();
    let encode = |tile: &pyramid::Tile| encode::tile(&tiles.layer, tile, &attributes);
    let write_error = |error| Error::new(ErrorKind::Write(error));
    let mut file = spool();
    let mut encoded = vec![];
    pyramid.visit(projected, &mut |tile| encode(tile).map(|bytes| encoded.push((tile.id, bytes))))?;
    // By tile id, tiles that are close on the map are close in the archive.
    encoded.sort_unstable_by_key(|(id, _)| id.value());
    archive(plan, tiles, &pyramid, &features, &bounds, encoded, &mut file)
        .map_err(|error| write_error(io::Error::other(error)))?;
    file.seek(SeekFrom::Start(0)).and_then(|_| io::copy(&mut file, output)).map_err(write_error)?;
    Ok(features.len())
}

fn union(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    let (low, high) = ((a.min(), b.min()), (a.max(), b.max()));
    Rect::new((low.0.x.min(low.1.x), low.0.y.min(low.1.y)), (high.0.x.max(high.1.x), high.0.y.max(high.1.y)))
}

/// Writes the tiles and their metadata to an archive.
fn archive(
    plan: &Plan,
    tiles: &TileOptions,
    pyramid: &Pyramid,
    features: &[PlanFeature],
    bounds: &Rect<f64>,
    encoded: Vec<(pmtiles::TileId, Vec<u8>)>,
    file: &mut SpooledTempFile,
) -> pmtiles::PmtResult<()> {
    let Pyramid { min_zoom, max_zoom } = *pyramid;
    let (center, width) = (bounds.center(), bounds.width().max(1e-9));
    // The zoom level at which the plan is about 1,000 pixels wide, at 512 per tile.
    let fitting = binary_exponent(2.0 * 360.0 / width).clamp(i32::from(min_zoom), i32::from(max_zoom)) as u8;
    let mut writer = PmTilesWriter::new(TileType::Mvt)
        .min_zoom(min_zoom)
        .max_zoom(max_zoom)
        .bounds(bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y)
        .center(center.x, center.y)
        .center_zoom(fitting)
        .metadata(metadata(plan, tiles, pyramid, features).to_string())
        .create(file)?;
    for (id, bytes) in encoded {
        writer.add_tile(id.into(), &bytes)?;
    }
    writer.finalize()
}

/// The metadata of the archive (TileJSON 3.0).
fn metadata(plan: &Plan, tiles: &TileOptions, pyramid: &Pyramid, features: &[PlanFeature]) -> Value {
    let mut fields = Map::new();
    for (name, value) in features.iter().flat_map(attributes) {
        let kind = match value {
            Value::Bool(_) => "Boolean",
            Value::Number(_) => "Number",
            _ => "String",
        };
        fields.insert(name, kind.into());
    }
    let Pyramid { min_zoom, max_zoom } = pyramid;
    let mut metadata = json!({
        "name": tiles.layer,
        "type": "overlay",
        "generator": concat!("taizhou-corridor ", env!("CARGO_PKG_VERSION")),
        "vector_layers": [{"id": tiles.layer, "minzoom": min_zoom, "maxzoom": max_zoom, "fields": fields}],
    });
    if let Some(notice) = plan.notice() {
        // Map libraries insert the attribution as HTML.
        metadata["attribution"] = escape(notice).into();
        metadata["description"] = notice.into();
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn tiles(min_zoom: u8, max_zoom: u8) -> Result<Vec<u8>> {
        let (mut output, written) = Output::memory("plan.pmtiles");
        let options = TileOptions { min_zoom, max_zoom, ..TileOptions::default() };
        write_tiles(&Plan::bundled(), &options, &ExportOptions::default(), &mut output)?;
        output.commit()?;
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
        let (mut output, _) = Output::memory("world.pmtiles");
        let error = write_tiles(&plan, &TileOptions::default(), &ExportOptions::default(), &mut output).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooManyTiles { .. }));
        let few = TileOptions { min_zoom: 0, max_zoom: 3, ..TileOptions::default() };
        assert_eq!(write_tiles(&plan, &few, &ExportOptions::default(), &mut output).unwrap(), 1);
    }
}
