//! Maps: the committed pictures are what the tool draws, and no input breaks a picture.

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use quick_xml::Reader;
use quick_xml::events::Event;
use taizhou_corridor::io::{self, Input, ReadOptions};
use taizhou_corridor::map::{self, DataOverlay, Drawing, MapOptions, Orientation, Paper, Theme};
use taizhou_corridor::messages::Lang;
use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};

fn corridor(arguments: &[&str], folder: &Path) -> Output {
    common::corridor(folder, arguments).output().unwrap()
}

/// The words of a command line, as a shell takes them.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in line.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

#[test]
fn committed_pictures_are_what_the_documented_commands_draw() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = fs::read_to_string(root.join("data/README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut drawn = vec![];
    for line in manual.lines().filter(|line| line.starts_with("corridor map ")) {
        let mut arguments = words(line.strip_prefix("corridor ").unwrap());
        let place = arguments.iter().position(|argument| argument == "-o").unwrap() + 1;
        let picture = arguments[place].clone();
        let copy = folder.path().join(Path::new(&picture).file_name().unwrap());
        arguments[place] = copy.display().to_string();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_eq!(corridor(&arguments, root).status.code(), Some(0), "{line}");
        let (now, committed) = (fs::read_to_string(&copy).unwrap(), fs::read_to_string(root.join(&picture)).unwrap());
        assert!(now == committed, "{picture} is not what this draws: {line} --overwrite");
        assert!(committed.len() < 150_000, "{picture} is small");
        drawn.push(picture);
    }
    let files = |folder: &str| {
        let entries = fs::read_dir(root.join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.map(|name| format!("{folder}/{name}")).collect::<Vec<String>>()
    };
    let mut all = ["data/maps", "docs/en/src/images", "docs/zh/src/images"].map(files).concat();
    // Drawn by hand.
    all.retain(|picture| !picture.contains("/edges-"));
    drawn.sort();
    all.sort();
    assert_eq!(drawn, all, "each picture has its command");
}

/// The texts of a drawing, after it was read as XML.
fn texts(drawing: &Drawing) -> Vec<String> {
    let mut reader = Reader::from_str(&drawing.svg);
    let (mut texts, mut text) = (vec![], String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) => {
                assert_ne!(element.name().as_ref(), "script");
                text.clear();
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(name) => {
                let entity = format!("&{};", &*name);
                text.push_str(&quick_xml::escape::unescape(&entity).unwrap());
            }
            Event::End(_) => texts.push(std::mem::take(&mut text)),
            Event::Eof => return texts,
            _ => {}
        }
    }
}

fn draw(plan: &Plan, layer: Option<&DataOverlay<'_>>, options: &MapOptions) -> Drawing {
    let drawing = map::draw(plan, layer, options).unwrap();
    assert!(!drawing.svg.contains("NaN") && !drawing.svg.contains("inf"), "all numbers are finite");
    drawing
}

fn layer_of<'p>(plan: &'p Plan, csv: &str) -> DataOverlay<'p> {
    let mut layer = DataOverlay::new(plan).labelled_by(0);
    let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default()).unwrap();
    while let Some(batch) = rows.next_batch().unwrap() {
        layer.add(&batch);
    }
    layer
}

/// A layer of squares: names, west and south corners, sides in degrees.
fn squares(squares: &[(&str, f64, f64, f64)]) -> Plan {
    let features: Vec<serde_json::Value> = squares
        .iter()
        .enumerate()
        .map(|(id, &(name, x, y, side))| {
            let ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]];
            serde_json::json!({"type": "Feature", "id": id, "properties": {"name": name},
                "geometry": {"type": "Polygon", "coordinates": [ring]}})
        })
        .collect();
    let json = serde_json::json!({"type": "FeatureCollection", "features": features}).to_string();
    Plan::flat_from_geojson(json.as_bytes(), None).unwrap()
}

#[test]
fn every_way_to_draw_the_plan_says_that_it_is_not_official() {
    let plan = Plan::bundled();
    let layer = layer_of(&plan, LANDMARKS_CSV);
    for lang in [Lang::En, Lang::Zh] {
        for (theme, paper) in [(Theme::Light, Paper::A4), (Theme::Dark, Paper::A3)] {
            for orientation in [Orientation::Landscape, Orientation::Portrait] {
                let options = MapOptions { lang, theme, paper, orientation, ..MapOptions::default() };
                for layer in [None, Some(&layer)] {
                    let drawing = draw(&plan, layer, &options);
                    let texts = texts(&drawing).join("\n");
                    let notice = if lang == Lang::En { "not the official one" } else { "非官方边界" };
                    assert!(texts.contains(notice), "{options:?}");
                }
            }
        }
    }
}

#[test]
fn all_zones_and_clusters_are_named() {
    let plan = Plan::bundled();
    for lang in [Lang::En, Lang::Zh] {
        let drawing = draw(&plan, None, &MapOptions { lang, ..MapOptions::default() });
        assert_eq!(drawing.unnamed, 0);
        assert_eq!(drawing.svg, draw(&plan, None, &MapOptions { lang, ..MapOptions::default() }).svg, "the same again");
        let flat = |text: &str| text.replace([' ', '\n'], "");
        let texts = flat(&texts(&drawing).concat());
        for zone in plan.features() {
            assert!(texts.contains(&flat(lang.name_of(zone))), "{}", zone.id);
        }
    }
}

#[test]
fn names_stay_text() {
    let nasty = ["<script>alert(1)</script>", "]]>", "\"'&amp;", "a\u{202e}b\u{200f}c", "\u{7}\u{ffff}bell", ""];
    let plan: Vec<_> = nasty.iter().enumerate().map(|(i, name)| (*name, 121.3 + 0.02 * i as f64, 28.5, 0.02)).collect();
    let plan = squares(&plan);
    let csv = format!("name,lon,lat\n\"<svg onload=x>\",121.31,28.51\n{},121.33,28.51\n", "x".repeat(5000));
    let title = Some("</title><script>".to_owned());
    let drawing = draw(&plan, Some(&layer_of(&plan, &csv)), &MapOptions { title, ..MapOptions::default() });
    let texts = texts(&drawing);
    for text in ["<script>alert(1)</script>", "]]>", "\"'&amp;", "a b c", "</title><script>", "<svg onload=x>"] {
        assert!(texts.iter().any(|drawn| drawn == text), "{text}: {texts:?}");
    }
    assert!(!drawing.svg.contains(['\u{202e}', '\u{200f}', '\u{7}', '\u{ffff}']));
}

#[test]
fn plans_of_any_size_are_drawn() {
    let many: Vec<_> = (0..200)
        .map(|i| ("feature", 121.0 + f64::from(i % 20) * 0.01, 28.0 + f64::from(i / 20) * 0.01, 0.009))
        .collect();
    for plan in [
        squares(&many),
        squares(&many[..20]),
        squares(&[("tiny", 121.0, 28.0, 1e-7)]),
        squares(&[("west", -180.0, -90.0, 180.0), ("east", 0.0, -90.0, 180.0)]),
        squares(&[("pole", 10.0, 89.0, 1.0)]),
        squares(&[("far", -179.0, -89.0, 0.01), ("away", 179.0, 89.0, 0.01)]),
    ] {
        let drawing = draw(&plan, None, &MapOptions::default());
        assert!(texts(&drawing).iter().any(|text| text == "Legend"));
        assert!(drawing.unnamed < 200, "at least some are named");
    }
}

#[test]
fn a_number_stands_in_the_feature_whose_name_is_beside_it_in_the_legend() {
    let names: Vec<String> = (0..200).map(|i| format!("Parcel number {i}")).collect();
    let place = |i: usize| (121.0 + (i % 20) as f64 * 0.01, 28.0 + (i / 20) as f64 * 0.01);
    let many: Vec<_> =
        names.iter().enumerate().map(|(i, name)| (name.as_str(), place(i).0, place(i).1, 0.009)).collect();
    let drawing = draw(&squares(&many), None, &MapOptions::default());
    // In the legend a name comes before its number.
    let texts = texts(&drawing);
    let pairs = texts.windows(2).filter_map(|pair| {
        Some((pair[0].strip_prefix("Parcel number ")?.parse::<usize>().ok()?, pair[1].parse::<usize>().ok()?))
    });
    let pairs: Vec<(usize, usize)> = pairs.collect();
    assert!(pairs.len() > 10, "{texts:?}");
    // On the map, numbers that are one apart in a row are as far apart as their features.
    let x_of = |key: usize| {
        let before = drawing.svg.split(&format!("text-anchor=\"middle\">{key}</text>")).next().unwrap();
        let x = before.rsplit("<text x=\"").next().unwrap();
        x.split('"').next().unwrap().parse::<f64>().unwrap()
    };
    let step_px = x_of(2) - x_of(1);
    for &(feature, key) in &pairs {
        let steps = (x_of(key) - x_of(1)) / step_px;
        assert!((steps - (feature % 20) as f64).abs() < 0.2, "{key} is {feature}");
    }
    assert_eq!(drawing.unnamed as usize, 200 - pairs.len());
}

#[test]
fn many_sites_stay_legible() {
    let plan = Plan::bundled();
    let mut csv = "name,lon,lat\n".to_owned();
    for i in 0..100_000_u32 {
        // Spread without a pattern, and always the same.
        let (x, y) = (f64::from(i) * 0.754_877_666 % 1.0, f64::from(i) * 0.569_840_290 % 1.0);
        csv.push_str(&format!("{i},{:.6},{:.6}\n", 121.2 + 0.3 * x, 28.55 + 0.15 * y));
    }
    let layer = layer_of(&plan, &csv);
    let drawing = draw(&plan, Some(&layer), &MapOptions::default());
    let (sites, circles) = drawing.clustered.unwrap();
    assert!(sites == 100_000 && circles < 4000, "{sites} {circles}");
    assert!(drawing.svg.len() < 600_000, "{}", drawing.svg.len());
    assert!(texts(&drawing).concat().contains("100,000 sites are clustered into"));
}

#[test]
fn sites_and_parcels_may_be_mixed_and_what_is_neither_is_counted() {
    let plan = Plan::bundled();
    let csv = "name,wkt
site,POINT(121.40 28.64)
across,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"
line,\"LINESTRING(121.4 28.6,121.5 28.6)\"
bow,\"POLYGON((121.40 28.6,121.41 28.61,121.41 28.6,121.40 28.61,121.40 28.6))\"
none,
";
    let whole = layer_of(&plan, csv);
    let tally = whole.summary();
    assert_eq!((tally.sites, tally.parcels, tally.invalid.count, tally.rows()), (1, 1, 3, 5));
    assert_eq!(tally.invalid.first.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [3, 4, 5]);
    let mut pieces = DataOverlay::new(&plan).in_pieces();
    let mut rows = io::open(Input::bytes("parcels.csv", csv), &ReadOptions::default()).unwrap();
    pieces.add(&rows.next_batch().unwrap().unwrap());
    // One colour for the parcel, or one for each part.
    let fills = |layer| draw(&plan, Some(layer), &MapOptions::default()).svg.matches("fill-opacity").count();
    assert_eq!((fills(&whole), fills(&pieces)), (1, 2));
    assert!(texts(&draw(&plan, Some(&whole), &MapOptions::default())).concat().contains("3 rows have no valid point"));
}

#[test]
fn a_layer_elsewhere_leaves_the_plan_as_it_is() {
    let plan = Plan::bundled();
    let layer = layer_of(&plan, "name,lon,lat\na,0,0\nb,2.35,48.85\n");
    assert!(layer.is_off_the_map());
    let drawing = draw(&plan, Some(&layer), &MapOptions::default());
    assert_eq!(drawing.scale_denominator, draw(&plan, None, &MapOptions::default()).scale_denominator);
    assert!(texts(&drawing).concat().contains("2 sites or parcels are outside the map"));
}

#[test]
fn a_map_in_a_system_is_turned_as_its_meridians_are() {
    let plan = Plan::bundled();
    let crs = Some("EPSG:4549".parse().unwrap());
    let drawing = draw(&plan, None, &MapOptions { crs, ..MapOptions::default() });
    // 1.35° east of the central meridian at 28.63° N: a convergence of 1.35° · sin 28.63° = 0.65°.
    let turn = drawing.svg.split(") rotate(").nth(1).unwrap().split(')').next().unwrap();
    assert!((turn.parse::<f64>().unwrap() + 0.65).abs() < 0.02, "{turn}");
}

#[cfg(feature = "png")]
#[test]
fn without_chinese_fonts_the_picture_is_in_english_and_without_any_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = folder.path().join("fonts");
    fs::create_dir(&fonts).unwrap();
    let setup = folder.path().join("fonts.conf");
    fs::write(&setup, format!("<fontconfig><dir>{}</dir></fontconfig>", fonts.display())).unwrap();
    let run = |name: &str| {
        let arguments = ["--lang", "zh", "map", "--dpi", "40", "-o", name];
        common::corridor(folder.path(), &arguments).env("FONTCONFIG_FILE", &setup).output().unwrap()
    };
    if !cfg!(target_os = "linux") {
        return;
    }
    let none = run("none.png");
    assert_eq!(none.status.code(), Some(4), "{}", String::from_utf8_lossy(&none.stderr));
    assert!(!folder.path().join("none.png").exists());
    // A font of Latin letters alone, where this machine has one.
    let latin = Path::new("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
    if latin.exists() {
        fs::copy(latin, fonts.join("latin.ttf")).unwrap();
        let said = run("latin.png");
        assert_eq!(said.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&said.stderr).contains("未安装中文字体"));
        assert!(fs::read(folder.path().join("latin.png")).unwrap().starts_with(b"\x89PNG"));
    }
}
