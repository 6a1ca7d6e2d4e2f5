//! Styles of MapLibre for vector tiles.

use serde_json::{Map, Value, json};

use super::encode::label_layer;
use super::{View, attribution, pyramid};
use crate::error::Result;
use crate::io::Output;
use crate::plan::{Level, Plan};
use crate::plan_io::features::{ExportOptions, plan_features};
use crate::plan_io::tile_options::TileOptions;

/// The decimals of the centre: ten metres.
const CENTRE_DECIMALS: f64 = 1e4;

/// A style of MapLibre (style specification, version 8) for the tiles of a plan at a URL such as
/// `https://example.org/plan.pmtiles`: for each level, areas and boundaries in the colours of the plan, and labels in
/// both languages; the notice of the plan as attribution; centre and zoom.
///
/// It works without a network. There is no `glyphs`, so MapLibre GL JS from 5.11 on draws labels in fonts of the
/// browser. The tiles have to be exported with a style, too.
///
/// Errors as [`export_tiles`](crate::plan_io::export_tiles).
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::plan_io::{ExportOptions, TileOptions, maplibre_style};
///
/// let (tiles, options) = (TileOptions::default(), ExportOptions { with_style: true, ..ExportOptions::default() });
/// let style = maplibre_style(&Plan::bundled(), &tiles, &options, "plan.pmtiles")?;
/// let style: serde_json::Value = serde_json::from_str(&style).unwrap();
/// assert_eq!(style["sources"]["plan"]["url"], "pmtiles://plan.pmtiles");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn maplibre_style(plan: &Plan, tiles: &TileOptions, options: &ExportOptions, url: &str) -> Result<String> {
    let View { bounds, zoom } = View::of(&plan_features(plan, options)?, &pyramid(tiles, options)?)?;
    let centre =
        [bounds.center().x, bounds.center().y].map(|degrees| (degrees * CENTRE_DECIMALS).round() / CENTRE_DECIMALS);
    let mut source = json!({
        "type": "vector",
        "url": format!("pmtiles://{url}"),
        "bounds": [bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y],
    });
    if let Some(notice) = attribution(plan) {
        source["attribution"] = notice.into();
    }
    let style = json!({
        "version": 8,
        "name": tiles.layer,
        "center": centre,
        "zoom": zoom,
        "sources": Map::from_iter([(tiles.layer.clone(), source)]),
        "layers": layers(&levels(plan, options)?, &tiles.layer, zoom),
    });
    Ok(format!("{style:#}\n"))
}

/// The style file beside the tiles. `None` for a stream.
pub(super) fn sidecar(
    plan: &Plan,
    tiles: &TileOptions,
    options: &ExportOptions,
    output: &Output,
) -> Result<Option<Output>> {
    let (Some(file_name), Some(sidecar)) = (output.file_name(), output.sibling("style.json")) else { return Ok(None) };
    let mut sidecar = sidecar?;
    sidecar.text(&maplibre_style(plan, tiles, options, &percent_encoded(&file_name))?)?;
    Ok(Some(sidecar))
}

/// The levels of the selected features, from the top down; one `None` for features without levels.
fn levels(plan: &Plan, options: &ExportOptions) -> Result<Vec<Option<Level>>> {
    let chosen = options.chosen(plan)?;
    let has = |level: &Option<Level>| chosen.iter().any(|id| plan[*id].level == *level);
    Ok([None].into_iter().chain(Level::ALL.map(Some)).filter(has).collect())
}

/// Areas and boundaries from the top level down, so that lower levels are drawn on top. Labels come last, those of the
/// lowest level first: where they collide, the last layer wins. Those of clusters appear from the zoom level of the view on.
fn layers(levels: &[Option<Level>], source: &str, zoom: u8) -> Vec<Value> {
    let layer = |level: Option<Level>, kind: &str, name: &str, source_layer: &str| {
        let id = level.map_or_else(|| name.to_owned(), |level| format!("{}-{name}", level.as_str()));
        let mut layer = json!({"id": id, "type": kind, "source": source, "source-layer": source_layer});
        if let Some(level) = level {
            layer["filter"] = json!(["==", ["get", "level"], level.as_str()]);
        }
        layer
    };
    let mut layers = vec![];
    for &level in levels {
        let mut fill = layer(level, "fill", "fill", source);
        fill["paint"] = json!({"fill-color": ["get", "fill"], "fill-opacity": ["get", "fill-opacity"]});
        let mut line = layer(level, "line", "line", source);
        line["layout"] = json!({"line-join": "round"});
        line["paint"] = json!({"line-color": ["get", "stroke"], "line-width": ["get", "stroke-width"]});
        layers.extend([fill, line]);
    }
    // The corridor has no label, since its parts have.
    for &level in levels.iter().rev().filter(|level| **level != Some(Level::Corridor)) {
        let size = if matches!(level, Some(Level::Core | Level::Zone)) { 14 } else { 11 };
        let mut labels = layer(level, "symbol", "label", &label_layer(source));
        if level == Some(Level::Cluster) {
            labels["minzoom"] = zoom.into();
        }
        labels["layout"] = json!({
            "text-field": label(),
            "text-font": ["sans-serif"],
            "text-size": size,
            "text-variable-anchor": ["center", "top", "bottom"],
        });
        labels["paint"] = json!({"text-color": "#1e1e1e", "text-halo-color": "#ffffff", "text-halo-width": 1.5});
        layers.push(labels);
    }
    layers
}

/// The name, below it the English one where there is one; without names, the id.
fn label() -> Value {
    let name = json!(["to-string", ["coalesce", ["get", "name"], ["get", "id"]]]);
    let both = json!(["format", name, {}, "\n", {}, ["get", "name_en"], {"font-scale": 0.8}]);
    json!(["case", ["has", "name_en"], both, name])
}

/// A file name as part of a URL (RFC 3986, 2.1).
fn percent_encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(plan: &Plan, options: &ExportOptions) -> Value {
        let style = maplibre_style(plan, &TileOptions::default(), options, "plan.pmtiles").unwrap();
        serde_json::from_str(&style).unwrap()
    }

    fn ids(style: &Value) -> Vec<&str> {
        style["layers"].as_array().unwrap().iter().map(|layer| layer["id"].as_str().unwrap()).collect()
    }

    #[test]
    fn each_level_has_its_layers() {
        let style = style(&Plan::bundled(), &ExportOptions::default());
        assert_eq!(
            ids(&style),
            [
                "corridor-fill",
                "corridor-line",
                "core-fill",
                "core-line",
                "zone-fill",
                "zone-line",
                "cluster-fill",
                "cluster-line",
                "cluster-label",
                "zone-label",
                "core-label"
            ]
        );
        assert_eq!(style["layers"][0]["filter"], json!(["==", ["get", "level"], "corridor"]));
        assert_eq!((&style["center"], &style["zoom"]), (&json!([121.3528, 28.6272]), &json!(11)));
        assert!(style["sources"]["plan"]["attribution"].as_str().unwrap().contains("非官方边界"));
    }

    #[test]
    fn only_what_is_exported_has_layers() {
        let plan = Plan::bundled();
        let zones = ExportOptions { levels: vec![Level::Zone], ..ExportOptions::default() };
        assert_eq!(ids(&style(&plan, &zones)), ["zone-fill", "zone-line", "zone-label"]);
        let parcel = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"1","properties":{},"geometry":
            {"type":"Polygon","coordinates":[[[121.4,28.6],[121.5,28.6],[121.5,28.7],[121.4,28.6]]]}}]}"#;
        let flat = style(&Plan::flat_from_geojson(parcel.as_bytes(), None).unwrap(), &ExportOptions::default());
        assert_eq!(ids(&flat), ["fill", "line", "label"]);
        assert!(flat["layers"][0].get("filter").is_none() && flat["sources"]["plan"].get("attribution").is_none());
    }

    #[test]
    fn the_style_is_beside_the_tiles_and_names_them() {
        let export = |with_style: bool| {
            let (output, written) = Output::memory("规划 1.pmtiles");
            let tiles = TileOptions { max_zoom: 9, ..TileOptions::default() };
            let options = ExportOptions { with_style, ..ExportOptions::default() };
            crate::plan_io::export_tiles(&Plan::bundled(), &tiles, &options, output).unwrap();
            written.into_files()
        };
        assert_eq!(export(false).len(), 1);
        let files = export(true);
        assert_eq!(files[1].0, "规划 1.style.json");
        let style: Value = serde_json::from_slice(&files[1].1).unwrap();
        assert_eq!(style["sources"]["plan"]["url"], "pmtiles://%E8%A7%84%E5%88%92%201.pmtiles");
    }
}
