//! Maps: the committed pictures are what the tool draws, and no input breaks a picture.

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use quick_xml::Reader;
use quick_xml::events::Event;
use taizhou_corridor::io::{self, Input, ReadOptions};
use taizhou_corridor::map::{
    self, ClassMethod, Context, ContextChoice, DataOverlay, Drawing, MapOptions, Orientation, Paper, Theme,
};
use taizhou_corridor::messages::Lang;
use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
use taizhou_corridor::query::locate::{Certainty, Locator};
use taizhou_corridor::units::Metres;

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
fn a_context_is_credited_on_each_map_that_shows_it() {
    let bundled = Plan::bundled();
    let own = squares(&[("own", 121.3, 28.6, 0.1)]);
    let said = |plan: &Plan, context: ContextChoice| {
        texts(&draw(plan, None, &MapOptions { context, ..MapOptions::default() })).join("\n")
    };
    for text in ["© OpenStreetMap contributors (ODbL 1.0)", "GSHHG", "LGPL", "Jiaojiang River", "Railway"] {
        assert!(said(&bundled, ContextChoice::Auto).contains(text), "{text}");
        for (plan, context) in [(&bundled, ContextChoice::None), (&own, ContextChoice::Auto)] {
            assert!(!said(plan, context).contains(text), "{text}");
        }
        assert!(said(&own, ContextChoice::Given(Context::bundled().unwrap())).contains(text), "{text}");
    }
    // One's own: lines, areas and places, near and far, named and credited.
    let csv = "name,kind,source,wkt
Long road,road,Bureau,\"LINESTRING(100 28.65,140 28.65)\"
Lake,water,Bureau,\"POLYGON((121.31 28.61,121.34 28.61,121.34 28.63,121.31 28.63,121.31 28.61))\"
Town,,Bureau,POINT(121.38 28.62)
Far,road,Bureau,\"LINESTRING(10 50,11 51)\"
";
    let mut rows = io::open(Input::bytes("around.csv", csv), &ReadOptions::default()).unwrap();
    let context = Context::read(&mut rows).unwrap();
    let texts = said(&own, ContextChoice::Given(context));
    for text in ["Long road", "Lake", "Town", "Road", "Water", "around", "Context: Bureau"] {
        assert!(texts.contains(text), "{text}: {texts}");
    }
    assert!(!texts.contains("Far"));
}

#[test]
fn the_source_of_the_data_is_not_one_of_the_outline() {
    let text = |text: &str| Some(text.to_owned());
    let options = MapOptions {
        title: text("Firms"),
        subtitle: text("2026"),
        author: text("Planning office"),
        date: text("30 November 2026"),
        source: text("Bureau of planning"),
        ..MapOptions::default()
    };
    let texts = texts(&draw(&Plan::bundled(), None, &options));
    let starting = |start: &str| texts.iter().find(|text| text.starts_with(start)).unwrap();
    assert_eq!(starting("Data: "), "Data: Bureau of planning");
    assert!(!starting("Plan and outline: ").contains("Bureau"));
    assert_eq!(starting("Map by: "), "Map by: Planning office; Date: 30 November 2026");
    assert!(texts.contains(&"Firms".to_owned()) && texts.contains(&"2026".to_owned()));
}

#[test]
fn what_is_uncertain_is_drawn_so_and_counted() {
    let plan = Plan::bundled();
    // The last is near the boundary of a cluster, far from those of zones.
    let csv = "name,lon,lat\na,121.40,28.64\nb,121.44,28.66\nc,121.2,28.55\nd,121.36898,28.6559\n";
    let locator = Locator::new(&plan);
    let sites = [(121.40, 28.64), (121.44, 28.66), (121.2, 28.55), (121.36898, 28.6559)];
    let sites = sites.map(|(x, y)| geo::Coord { x, y });
    let uncertain = sites.iter().filter(|&&at| locator.locate(at, Metres(0.0)).certainty == Some(Certainty::Uncertain));
    let uncertain = uncertain.count();
    assert!((1..4).contains(&uncertain), "both kinds");
    let drawn = texts(&draw(&plan, Some(&layer_of(&plan, csv)), &MapOptions::default()));
    let count = |name: &str| drawn[drawn.iter().position(|text| text == name).unwrap() + 1].clone();
    assert_eq!((count("Certain"), count("Uncertain")), ((4 - uncertain).to_string(), uncertain.to_string()));

    // Parcels are hatched: two of the three, and their key.
    let csv = "name,wkt
in,\"POLYGON((121.40 28.64,121.401 28.64,121.401 28.641,121.40 28.641,121.40 28.64))\"
edge,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"
";
    let drawing = draw(&plan, Some(&layer_of(&plan, csv)), &MapOptions::default());
    assert_eq!(drawing.svg.matches("clip-path=\"url(#parcels-").count(), 1);
    assert_eq!(drawing.svg.matches("clip-path=\"url(#key-").count(), 1);

    // Without an accuracy nothing is certain.
    let own = squares(&[("own", 121.3, 28.6, 0.2)]);
    let drawn = texts(&draw(&own, Some(&layer_of(&own, csv)), &MapOptions::default())).join(" ");
    assert!(drawn.contains("certainty not assessed: the outline states no") && !drawn.contains("Certain "), "{drawn}");
}

#[test]
fn a_column_colours_sites_and_parcels_and_is_explained() {
    let plan = Plan::bundled();
    let mut layer = DataOverlay::new(&plan).coloured_by(1, "use", ClassMethod::Auto);
    let parcel = |i: u32| {
        let (x, y) = (121.38 + 0.003 * f64::from(i), 28.64);
        format!("POLYGON(({x:.3} {y},{0:.3} {y},{0:.3} 28.642,{x:.3} 28.642,{x:.3} {y}))", x + 0.002)
    };
    let rows: String = (0..10).map(|i| format!("p{i},070{},\"{}\"\n", i % 3, parcel(i))).collect();
    let mut table = io::open(Input::bytes("p.csv", format!("name,use,wkt\n{rows}")), &ReadOptions::default()).unwrap();
    layer.add(&table.next_batch().unwrap().unwrap());
    let drawing = draw(&plan, Some(&layer), &MapOptions::default());
    let texts = texts(&drawing);
    let at = texts.iter().position(|text| text == "use").unwrap();
    assert_eq!(texts[at + 1..at + 7], ["0700", "4", "0701", "3", "0702", "3"]);
    for colour in ["#d55e00", "#0072b2", "#009e73"] {
        assert!(drawing.svg.contains(colour), "{colour}");
    }
}

#[test]
fn parcels_without_room_for_their_names_are_numbered_and_listed() {
    let plan = squares(&[("own", 121.3, 28.5, 0.2)]);
    let parcel = |i: u32| {
        let (x, y) = (121.31 + 0.012 * f64::from(i % 15), 28.51 + 0.02 * f64::from(i / 15));
        format!("POLYGON(({x} {y},{0} {y},{0} {1},{x} {1},{x} {y}))", x + 0.011, y + 0.015)
    };
    let rows: String =
        (0..90).map(|i| format!("\"A parcel with a long name, number {i:02}\",\"{}\"\n", parcel(i))).collect();
    let layer = layer_of(&plan, &format!("name,wkt\n{rows}"));
    let drawing = draw(&plan, Some(&layer), &MapOptions::default());
    let texts = texts(&drawing);
    let names = texts.iter().filter(|text| text.starts_with("A parcel with a long name")).count();
    let numbers: Vec<usize> =
        (1..=90).filter(|key| texts.iter().filter(|text| **text == key.to_string()).count() >= 2).collect();
    assert!(numbers.len() >= 30 && numbers == (1..=numbers.len()).collect::<Vec<_>>(), "{numbers:?}");
    assert_eq!(names as u64 + drawing.unnamed, 90, "all are named, listed or counted");
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

#[test]
fn findings_are_drawn_over_the_layer() {
    let folder = tempfile::tempdir().unwrap();
    let square = |west: f64| {
        let east = west + 0.01;
        format!("\"POLYGON(({west} 28.6,{east} 28.6,{east} 28.61,{west} 28.61,{west} 28.6))\"")
    };
    let layer = format!("block,wkt\nA-01,{}\nA-02,{}\n", square(121.4), square(121.41));
    fs::write(folder.path().join("blocks.csv"), layer).unwrap();
    let findings = "code,severity,feature,message,lon,lat,other_feature,area_m2,width_m\n\
                    overlap,error,A-01,it overlaps `A-02`,121.41,28.605,A-02,12.5,0.1\n\
                    gap,warning,A-01,there is a gap,121.405,28.6,A-02,1,0.1\n\
                    unmatched-corner,info,A-02,no corner,121.41,28.61,A-01,,\n";
    fs::write(folder.path().join("findings.csv"), findings).unwrap();
    let run = |arguments: &[&str]| {
        let output = corridor(
            &[&["map", "findings.csv", "--plan", "blocks.csv", "--name-field", "block"], arguments].concat(),
            folder.path(),
        );
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let svg = run(&["-f", "svg", "--lang", "zh"]);
    for (severity, colour) in [("错误", "#c62828"), ("警告", "#ee8a00"), ("提示", "#1e78c8")] {
        assert!(svg.contains(&format!(">{severity}<")), "{severity}");
        // The marker and its symbol in the legend.
        assert_eq!(svg.matches(&format!("fill=\"{colour}\"")).count(), 2, "{severity}");
    }
    assert!(svg.contains("检查结果") && !svg.contains("不在任何要素内") && !svg.contains("未评定"));
    let html = run(&["-f", "html"]);
    assert!(html.contains("\"hasFindings\":true") && html.contains("it overlaps `A-02`"));
    // A column that is asked for has the colours.
    assert!(!run(&["-f", "svg", "--color-by", "code"]).contains("#c62828"));
}
