//! `overlay --against` and offsets of zones, as the command writes them: in every format, from layers in other systems,
//! in reports and exports.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

mod common;
use common::corridor;

const PARCELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.geojson");
const FARMLAND: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cmd/layers.in/farmland.geojson");
const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/taizhou-bay-corridor.geojson");

fn written(folder: &Path, arguments: &[&str]) -> String {
    let output = corridor(folder, &[&["-q"], arguments].concat()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The values of a column in CSV without quotes, by those of two others.
fn by<'a>(csv: &'a str, keys: [&str; 2], column: &str) -> HashMap<[&'a str; 2], &'a str> {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let index = |name: &str| head.iter().position(|column| *column == name).unwrap();
    lines.map(|line| (keys.map(|key| line[index(key)]), line[index(column)])).collect()
}

#[test]
fn every_format_has_the_rows_and_columns_of_layers() {
    let folder = tempfile::tempdir().unwrap();
    let farmland = format!("永久基本农田={FARMLAND}");
    let overlay = ["overlay", PARCELS, "--against", &farmland, "--against", PLAN];
    for ending in ["csv", "geojson", "ndjson", "xlsx", "gpkg", "fgb", "shp", "parquet", "kml", "kmz"] {
        for (form, rows) in [(&["--wide"][..], 30), (&[], 60)] {
            let file = format!("layers-{rows}.{ending}");
            written(folder.path(), &[&overlay[..], form, &["-o", &file]].concat());
            let back = written(folder.path(), &["convert", &file, "-f", "ndjson"]);
            assert_eq!(back.lines().count(), rows, "{ending} {form:?}");
        }
    }
}

#[test]
fn layers_in_another_system_cover_the_same() {
    let folder = tempfile::tempdir().unwrap();
    written(
        folder.path(),
        &["export", "--plan", FARMLAND, "--to-crs", "EPSG:4549", "--precision", "6", "-o", "plane.gpkg"],
    );
    let layers = ["--against", FARMLAND, "--against", "plane.gpkg"];
    let fixed = ["overlay", PARCELS, "--fields", "编号", "-f", "csv", "--columns", "layer,relation,area_m2,certainty"];
    let csv = written(folder.path(), &[&fixed[..], &layers].concat());
    let areas = by(&csv, ["编号", "layer"], "area_m2");
    let relations = by(&csv, ["编号", "layer"], "relation");
    assert_eq!(areas.len(), 60);
    for ([parcel, layer], area) in areas.iter().filter(|([_, layer], _)| *layer == "farmland") {
        let other = [*parcel, "plane"];
        let [area, in_plane]: [f64; 2] = [area, areas[&other]].map(|area| area.parse().unwrap());
        // Corners of six decimals, edges within half of the last: micrometres along some kilometres.
        assert!((area - in_plane).abs() < 0.02, "{parcel}: {area} {in_plane}");
        if area > 1.0 {
            assert_eq!(relations[&[*parcel, *layer]], relations[&other], "{parcel}");
        }
    }
}

#[test]
fn a_report_has_the_layers_and_the_parcels_by_layer() {
    let folder = tempfile::tempdir().unwrap();
    let layers = ["--against", FARMLAND, "--plan", PLAN, "--setback", "30m"];
    for (lang, title, section, offset, notice) in [
        ("en", "Parcels and layers", "Parcels by layer", "set back by 30 m", "Not the official outline"),
        ("zh", "地块压占分析报告", "各地块压占情况", "退线30米", "非官方边界"),
    ] {
        for ending in ["html", "md"] {
            let file = format!("report-{lang}.{ending}");
            written(folder.path(), &[&["--lang", lang, "overlay", PARCELS, "--report", &file][..], &layers].concat());
            let text = fs::read_to_string(folder.path().join(&file)).unwrap();
            for expected in
                [title, section, offset, notice, "farmland.geojson", "taizhou-bay-corridor.geojson", "DK030"]
            {
                assert!(text.contains(expected), "{file}: {expected}");
            }
        }
    }
}

#[test]
fn the_map_of_a_report_is_around_the_parcels() {
    let folder = tempfile::tempdir().unwrap();
    // A layer of a province, of which little is near.
    let province = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","id":"a","properties":{},"geometry":{"type":"Polygon",
            "coordinates":[[[118,27],[121.4,27],[121.4,31],[118,31],[118,27]]]}},
        {"type":"Feature","id":"b","properties":{},"geometry":{"type":"Polygon",
            "coordinates":[[[119,29.5],[120,29.5],[120,30],[119,29.5]]]}}]}"#;
    fs::write(folder.path().join("province.geojson"), province).unwrap();
    let far = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"c","properties":{},"geometry":
        {"type":"Polygon","coordinates":[[[100,27],[101,27],[101,28],[100,27]]]}}]}"#;
    fs::write(folder.path().join("far.geojson"), far).unwrap();
    let report = |arguments: &[&str]| {
        let fixed = ["overlay", PARCELS, "--report", "report.html", "--overwrite", "--against", "far.geojson"];
        written(folder.path(), &[&fixed[..], arguments].concat());
        fs::read_to_string(folder.path().join("report.html")).unwrap()
    };
    let both = report(&["--against", "省域=province.geojson", "--against", PLAN, "--lang", "zh", "--setback", "30m"]);
    let map = both.split("class=\"map\"").nth(1).unwrap().split("</figure>").next().unwrap();
    for expected in
        ["地块与far、省域、taizhou-bay-corridor", ">省域<", ">taizhou-bay-corridor<", "非官方边界", "退线30米"]
    {
        assert!(map.contains(expected), "{expected} in {map}");
    }
    assert!(!map.contains(">far<"), "{map}");
    let scale = map.split(">1:").nth(1).unwrap().split(['<', '（']).next().unwrap().replace(',', "");
    assert!(scale.parse::<u32>().is_ok_and(|scale| scale <= 200_000), "{scale}");
    // Without a layer nearby there is nothing to show.
    assert!(!report(&[]).contains("class=\"map\""));
    assert!(!report(&["--against", PLAN, "--no-map"]).contains("class=\"map\""));
}

#[test]
fn what_is_exported_says_that_it_is_offset() {
    let folder = tempfile::tempdir().unwrap();
    let exported = written(folder.path(), &["export", "--setback", "0.03km", "--id", "core"]);
    assert!(exported.contains("\"offset_m\":-30.0") && !exported.contains("published_area_km2"), "{exported}");
    // It is a plan again, from which the same distance leads back to within the corners that were cut off.
    written(folder.path(), &["export", "--setback", "30m", "-o", "smaller.geojson"]);
    let area = |arguments: &[&str]| {
        let csv = written(folder.path(), &[&["areas", "-f", "csv"], arguments].concat());
        by(&csv, ["id", "method"], "area_m2")[&["core", "ellipsoid"]].parse::<f64>().unwrap()
    };
    let (whole, smaller, back) =
        (area(&[]), area(&["--plan", "smaller.geojson"]), area(&["--plan", "smaller.geojson", "--grow", "30m"]));
    assert!(smaller < whole - 7e5 && back < whole && back > whole - 2e3, "{whole} {smaller} {back}");
    assert!((smaller - area(&["--setback", "30"])).abs() < 30.0);
    let svg = written(folder.path(), &["map", "--setback", "30m", "--lang", "zh"]);
    assert!(svg.contains("退线30米"));
}
