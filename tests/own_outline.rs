//! An outline as a bureau has it, a shapefile in GBK and EPSG:4528, as a plan: with the real binary, in both languages.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

const FIELDS: &str = "name=片区名称,level=级别,accuracy_m=精度,published_area_km2=规划面积";
/// In the plane of the outline: in the core, beside its border, outside.
const SITES: &str = "名称,x,y\n一号,40635000,3171000\n边界旁,40633803,3171636\n片区外,40629000,3168000\n";
/// In a zone, across a border that leaves the majority in doubt, in the zone whose accuracy is not stated.
const PARCELS: &str = "地块名称,wkt\n\
    核内,\"POLYGON((40635000 3171000,40635200 3171000,40635200 3171200,40635000 3171200,40635000 3171000))\"\n\
    核北,\"POLYGON((40635000 3172808,40635100 3172808,40635100 3172998,40635000 3172998,40635000 3172808))\"\n\
    南部,\"POLYGON((40636000 3168000,40636300 3168000,40636300 3168300,40636000 3168300,40636000 3168000))\"\n";

/// A folder with the shapefile, sites and parcels.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/own_outline");
    for ending in ["shp", "shx", "dbf", "prj"] {
        let name = format!("片区.{ending}");
        fs::copy(sample.join(&name), folder.path().join(&name)).unwrap();
    }
    fs::write(folder.path().join("点位.csv"), SITES).unwrap();
    fs::write(folder.path().join("地块.csv"), PARCELS).unwrap();
    folder
}

/// The exit code, and what is printed on both streams.
fn run(folder: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let output = common::corridor(folder.path(), arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// What is printed by a command that succeeds.
fn printed(folder: &TempDir, arguments: &[&str]) -> String {
    let (code, out, err) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {err}");
    out
}

/// Makes `规划.gpkg`, and returns what is said about it.
fn new_plan(folder: &TempDir, further: &[&str]) -> String {
    let fixed = ["--lang", "zh", "plan", "new", "片区.shp", "--plan-fields", FIELDS, "-o", "规划.gpkg"];
    let (code, out, err) = run(folder, &[&fixed[..], further].concat());
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    err
}

#[test]
fn a_shapefile_states_accuracy_and_published_areas() {
    let folder = folder();
    let plan = ["--plan", "片区.shp", "--plan-fields", FIELDS, "--plan-accuracy", "8"];
    let (_, out, err) = run(&folder, &[&["areas", "-f", "csv"], &plan[..]].concat());
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = out.lines().map(cells).collect();
    let column = |name: &str| rows[0].iter().position(|cell| cell == name).unwrap();
    let west = rows.iter().find(|row| row[column("name")] == "西部智造片").unwrap();
    assert_eq!((west[column("id")].as_str(), west[column("published_area_km2")].as_str()), ("西部智造片", "23.3"));
    let computed: f64 = west[column("area_km2")].parse().unwrap();
    let difference: f64 = west[column("difference_km2")].parse().unwrap();
    assert!((computed - 23.3 - difference).abs() < 1e-6 && difference < -0.04, "{west:?}");
    // Its levels have no corridor.
    assert!(err.contains("read as a layer without levels: 0 of its features are of level `corridor`"), "{err}");

    // A value of a feature wins over the option; the zone without one takes it.
    let sites = ["locate", "点位.csv", "--crs", "EPSG:4528", "-f", "csv", "--columns", "zone,certainty"];
    let answers = printed(&folder, &[&sites[..], &plan[..]].concat());
    assert!(answers.contains("西部智造片,uncertain") && answers.contains("中央创新核,certain"), "{answers}");
    let narrow = printed(&folder, &[&sites[..], &plan[..4], &["--plan-accuracy", "0.1"]].concat());
    assert_eq!(narrow, answers);
    let wide = printed(&folder, &[&sites[..], &plan[..4], &["--plan-accuracy", "100000"]].concat());
    assert_eq!(wide.matches("uncertain").count(), 3, "{wide}");
}

#[test]
fn a_shapefile_becomes_a_plan_that_check_accepts() {
    let folder = folder();
    let said = new_plan(&folder, &["--plan-accuracy", "8", "--title", "示例规划"]);
    for sentence in ["外围4个要素的并集", "直接有4个要素：作为片区；其中核为`中央创新核`", "按示意范围线处理"]
    {
        assert!(said.contains(sentence), "{said}");
    }
    assert_eq!(printed(&folder, &["check", "规划.gpkg"]), "No problems found.\n");
    // Its coordinates are those of the shapefile, to the last digit.
    let corners = |file: &str| {
        let rows = printed(&folder, &["-q", "convert", file, "-f", "csv"]);
        let line = rows.lines().find(|line| line.contains("西部智造片")).unwrap().to_owned();
        let ring = &line[line.find("POLYGON((").unwrap() + 9..line.find("))").unwrap()];
        ring.split(',').map(str::to_owned).collect::<BTreeSet<_>>()
    };
    assert_eq!(corners("规划.gpkg"), corners("片区.shp"));
    let answers = printed(
        &folder,
        &["-q", "locate", "点位.csv", "--crs", "EPSG:4528", "--plan", "规划.gpkg", "--columns", "path,certainty"],
    );
    assert!(answers.contains("corridor/中央创新核,certain") && answers.contains("西部智造片,uncertain"), "{answers}");

    // It exists already.
    let before = fs::read(folder.path().join("规划.gpkg")).unwrap();
    let again = ["plan", "new", "片区.shp", "--plan-fields", "name=片区名称", "-o", "规划.gpkg"];
    assert_eq!(run(&folder, &again).0, 4);
    assert_eq!(fs::read(folder.path().join("规划.gpkg")).unwrap(), before);
    // Without an accuracy, check warns; so does the command, and the plan is written.
    let (code, _, err) = run(&folder, &[&again[..], &["--overwrite"]].concat());
    assert!(code == 1 && err.contains("the property `accuracy_m` is missing"), "{code} {err}");
    assert_eq!(run(&folder, &["check", "规划.gpkg"]).0, 1);
}

#[test]
fn a_plan_may_be_geojson_whose_edges_are_other_ones() {
    let folder = folder();
    let arguments =
        ["plan", "new", "片区.shp", "--plan-fields", FIELDS, "--plan-accuracy", "8", "--core", "东部数创片"];
    let (code, out, err) = run(&folder, &arguments);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("edges of GeoJSON are straight in longitude and latitude") && err.contains("corners added"));
    fs::write(folder.path().join("plan.geojson"), &out).unwrap();
    assert_eq!(printed(&folder, &["check", "plan.geojson"]), "No problems found.\n");
    let plan: Value = serde_json::from_str(&out).unwrap();
    let properties = |index: usize| &plan["features"][index]["properties"];
    assert_eq!((&properties(0)["level"], &properties(0)["name"]), (&"corridor".into(), &"片区".into()));
    assert_eq!((&properties(3)["level"], &properties(3)["parent"]), (&"core".into(), &"corridor".into()));
    assert_eq!(properties(4)["accuracy_m"], 8.0);
    assert!(properties(1).get("规划面积").is_none());
}

/// GCJ-02 is no system for a plan: nothing in a GeoPackage would say that it is shifted.
#[test]
fn a_plan_of_shifted_coordinates_is_on_cgcs2000() {
    let folder = folder();
    printed(&folder, &["convert", "片区.shp", "--to-crs", "GCJ02", "-o", "gcj02.csv"]);
    let plan = ["plan", "new", "gcj02.csv", "--crs", "GCJ02", "--plan-fields", "name=片区名称", "--plan-accuracy", "5"];
    printed(&folder, &[&plan[..], &["-o", "plan.gpkg"]].concat());
    let core = |arguments: &[&str]| -> f64 {
        let areas = printed(&folder, &[&["-q", "areas", "-f", "csv"], arguments].concat());
        let row = areas.lines().find(|line| line.starts_with("中央创新核,")).unwrap().to_owned();
        row.split(',').nth(5).unwrap().parse().unwrap()
    };
    // Edges are straight in other planes.
    let difference_m2 = core(&["--plan", "plan.gpkg"]) - core(&["--plan", "片区.shp", "--name-field", "片区名称"]);
    assert!(difference_m2.abs() < 1000.0, "{difference_m2}");
    let sites = ["locate", "点位.csv", "--crs", "EPSG:4528", "--plan", "plan.gpkg", "--columns", "zone"];
    assert!(printed(&folder, &sites).contains("一号,40635000,3171000,中央创新核"));
}

#[test]
fn what_cannot_become_a_plan_leaves_no_file() {
    let folder = folder();
    let square = |x: f64| format!("{x} 3169000,{} 3169000,{} 3170000,{x} 3170000,{x} 3169000", x + 1000.0, x + 1000.0);
    let csv =
        format!("name,wkt\n甲,\"POLYGON(({}))\"\n乙,\"POLYGON(({}))\"\n", square(40_635_000.0), square(40_635_400.0));
    fs::write(folder.path().join("overlapping.csv"), csv).unwrap();
    fs::write(folder.path().join("bow-tie.csv"), "name,wkt\n甲,\"POLYGON((0 0,1 1,1 0,0 1,0 0))\"\n").unwrap();
    let before = common::names(folder.path());
    for (arguments, code, sentence) in [
        (&["overlapping.csv", "--crs", "EPSG:4528", "-o", "a.gpkg"][..], 3, "60.0 % of it lies in"),
        (&["bow-tie.csv", "-o", "a.gpkg"], 3, "cross"),
        (&["片区.shp", "-o", "a.gpkg"], 3, "have no `id`"),
        (&["片区.shp", "-o", "a.shp"], 2, "use .gpkg or .geojson"),
        (&["片区.shp", "--core", "丙", "-o", "a.gpkg"], 2, "丙"),
        (&["片区.shp", "--plan-fields", "name=名称", "-o", "a.gpkg"], 2, "no column `名称`"),
        (&["片区.shp", "--published-on", "2024-13-01", "-o", "a.gpkg"], 2, "a date such as"),
    ] {
        let named = ["--plan-fields", "name=name"];
        let named = if arguments[0].ends_with(".csv") { &named[..] } else { &[] };
        let named = if sentence == "丙" { &["--plan-fields", "name=片区名称"] } else { named };
        let (found, _, err) = run(&folder, &[&["plan", "new"], arguments, named].concat());
        assert!(found == code && err.contains(sentence), "{arguments:?}: {found} {err}");
    }
    assert_eq!(common::names(folder.path()), before);
}

#[test]
fn reports_and_maps_name_the_outline() {
    let folder = folder();
    new_plan(
        &folder,
        &[
            "--plan-accuracy",
            "8",
            "--authority",
            "official",
            "--published-on",
            "2024-05-01",
            "--source",
            "某区自然资源局",
        ],
    );
    let provenance = "范围线文件：规划.gpkg；效力：官方；精度：2–8米（95%置信度）；规划日期：2024-05-01";
    let areas = printed(&folder, &["--lang", "zh", "areas", "--plan", "规划.gpkg"]);
    assert!(areas.contains(provenance) && areas.contains("-0.0497"), "{areas}");
    let overlay = ["--lang", "zh", "overlay", "地块.csv", "--crs", "EPSG:4528", "--plan", "规划.gpkg", "--report"];
    printed(&folder, &[&overlay[..], &["报告.md"]].concat());
    let report = fs::read_to_string(folder.path().join("报告.md")).unwrap();
    for line in [
        "- 精度：2–8米（95%置信度）",
        "- 规划日期：2024-05-01",
        "| 西部智造片 | 片区 | 5 | 23.2503 | 23.3 | -0.0497 | -2,135.2 |",
        "来源：某区自然资源局",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
    assert!(report.contains(provenance));
    for file in ["地图.html", "地图.svg"] {
        printed(&folder, &["--lang", "zh", "map", "地块.csv", "--crs", "EPSG:4528", "--plan", "规划.gpkg", "-o", file]);
        let map = fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(map.contains("规划.gpkg；效力：官方；精度：2–8米"), "{file}");
    }
}

/// Without an accuracy nothing is certain, uncertain or counted, in no output and in neither language.
#[test]
fn without_an_accuracy_nothing_is_assessed() {
    let folder = folder();
    let plan = ["--plan", "片区.shp", "--plan-fields", "name=片区名称"];
    for (lang, not_assessed, counted) in [
        ("en", "the outline states no accuracy", [", uncertain 0", " 0 uncertain", "is uncertain for 0", "| certain"]),
        ("zh", "范围线未注明精度", ["其中不确定0", "不确定0", "归属不确定的地块0", "| 确定"]),
    ] {
        let read = ["--lang", lang, "--crs", "EPSG:4528"];
        let (_, _, located) =
            run(&folder, &[&["locate", "点位.csv", "-o", "a.csv", "--overwrite"], &read[..], &plan].concat());
        let overlay = ["overlay", "地块.csv", "--report", "a.md", "--overwrite"];
        let (_, _, overlaid) = run(&folder, &[&overlay, &read[..], &plan].concat());
        let report = fs::read_to_string(folder.path().join("a.md")).unwrap();
        printed(&folder, &[&["map", "地块.csv", "-o", "a.html", "--overwrite"], &read[..], &plan].concat());
        for text in [&located, &overlaid, &report] {
            assert!(text.contains(not_assessed), "{text}");
            assert!(counted.iter().all(|count| !text.contains(count)), "{text}");
        }
        let card = printed(&folder, &[&["--lang", lang, "locate", "--at", "121.38,28.65"], &plan[..]].concat());
        assert!(card.starts_with("121.38, 28.65\n") && card.contains(not_assessed), "{card}");
    }
}

#[test]
fn settings_may_state_it_all() {
    let folder = folder();
    let settings = "plan = '片区.shp'\nplan-accuracy = 8\nplan-fields = ['name=片区名称', 'published_area_km2=规划面积:ha']\n\
        plan-levels = ['核心区=core']\n";
    fs::write(folder.path().join("corridor.toml"), settings).unwrap();
    let areas = printed(&folder, &["areas", "-f", "csv"]);
    assert!(areas.lines().any(|line| line.starts_with("中央创新核,") && line.contains(",0.122,")), "{areas}");
    let checked = ["check", "片区.shp", "--plan-fields", "name=片区名称,published_area_km2=规划面积:ha"];
    let (code, out, _) = run(&folder, &checked);
    assert!(code == 1 && out.matches("area-off").count() == 4, "{out}");
}

/// Two squares side by side, with two columns.
fn squares(names: [&str; 2], levels: [&str; 2]) -> String {
    let square = |west: f64| {
        let east = west + 0.02;
        format!("\"POLYGON(({west} 28.6,{east} 28.6,{east} 28.62,{west} 28.62,{west} 28.6))\"")
    };
    let rows = [(0, 121.4), (1, 121.42)].map(|(row, west)| format!("{},{},{}", names[row], levels[row], square(west)));
    format!("name,level,wkt\n{}\n", rows.join("\n"))
}

#[test]
fn levels_that_are_not_known_are_reported() {
    let folder = folder();
    fs::write(folder.path().join("两片.csv"), squares(["甲", "乙"], ["一级", "二级"])).unwrap();
    let fields = ["--plan", "两片.csv", "--plan-fields", "name=name"];
    let (_, _, err) = run(&folder, &[&["locate", "点位.csv", "--crs", "EPSG:4528", "-f", "csv"], &fields[..]].concat());
    assert!(err.contains("两片.csv: read as a layer without levels: unknown levels `一级`, `二级`"), "{err}");
    let new = ["plan", "new", "两片.csv", "--plan-fields", "name=name", "--plan-accuracy", "5m"];
    let (code, out, err) = run(&folder, &new);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("unknown levels `一级`, `二级`: levels are those by containment"), "{err}");
    assert!(out.contains("\"accuracy_m\":5"), "{out}");
    // A layer to overlay with has no levels.
    let against = ["overlay", "地块.csv", "--crs", "EPSG:4528", "--against", "两片.csv", "-f", "csv"];
    let (_, _, err) = run(&folder, &against);
    assert!(!err.contains("levels"), "{err}");
}

#[test]
fn the_core_of_a_plan_with_levels_may_be_named() {
    let folder = folder();
    let whole = "全域,corridor,\"POLYGON((121.4 28.6,121.42 28.6,121.44 28.6,121.44 28.62,121.42 28.62,121.4 28.62,121.4 28.6))\"\n";
    fs::write(folder.path().join("三级.csv"), squares(["甲", "乙"], ["zone", "zone"]) + whole).unwrap();
    let new = ["plan", "new", "三级.csv", "--plan-fields", "name=name,level=level", "--plan-accuracy", "5", "--core"];
    let (code, out, err) = run(&folder, &[&new[..], &["乙"]].concat());
    assert_eq!(code, 0, "{err}");
    let plan: Value = serde_json::from_str(&out).unwrap();
    let levels: Vec<(&str, &str)> = plan["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| {
            let properties = &feature["properties"];
            (properties["name"].as_str().unwrap(), properties["level"].as_str().unwrap())
        })
        .collect();
    assert_eq!(levels, [("甲", "zone"), ("乙", "core"), ("全域", "corridor")]);
    let (code, out, err) = run(&folder, &[&new[..], &["丙"]].concat());
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("no feature `丙`; it has `甲`, `乙`"), "{err}");
}

#[test]
fn two_features_of_one_name_are_named_by_their_rows() {
    let folder = folder();
    fs::write(folder.path().join("同名.csv"), squares(["甲", "甲"], ["", ""])).unwrap();
    let new = ["--lang", "zh", "plan", "new", "同名.csv", "--plan-fields", "name=name", "-o", "规划.gpkg"];
    let (code, _, err) = run(&folder, &new);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("同名.csv，第2条记录，要素`甲`") && !folder.path().join("规划.gpkg").exists(), "{err}");
}

#[test]
fn a_note_on_the_system_of_a_file_names_its_option() {
    let folder = folder();
    fs::write(folder.path().join("高德片区.csv"), squares(["甲", "乙"], ["", ""])).unwrap();
    let parcels = ["--lang", "zh", "overlay", "地块.csv", "--crs", "EPSG:4528", "-f", "csv"];
    let plan = ["--plan", "高德片区.csv", "--plan-fields", "name=name"];
    let (_, _, err) = run(&folder, &[&parcels[..], &plan].concat());
    assert!(err.contains("请加--plan-crs GCJ02"), "{err}");
    let (_, _, err) = run(&folder, &[&parcels[..], &["--against", "高德片区.csv"]].concat());
    assert!(err.contains("请加--against-crs GCJ02"), "{err}");
    let strict = |arguments: &[&str]| {
        let (code, out, err) = run(&folder, &[arguments, &["--strict-crs"]].concat());
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        assert!(err.contains("高德片区.csv") && err.contains("而未指定坐标系"), "{err}");
    };
    strict(&[&parcels[..], &plan].concat());
    strict(&[&parcels[..], &["--against", "高德片区.csv"]].concat());
    strict(&["--lang", "zh", "check", "高德片区.csv"]);
}
