//! The user's own parameters from earlier datums and local systems (`--datum-shift`), with the real binary.

#[path = "common/mod.rs"]
mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::{run, stderr, stdout};

/// Positions by pyproj with the same parameters: `tests/data/geodesy/README.md`.
const REFERENCE: &str = include_str!("data/geodesy/datum-shifts.csv");

const LANDMARKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/landmarks.csv");
const PARCELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.txt");

/// The parameters of the reference.
fn parameters(source: &str, convention: &str, accuracy_m: f64) -> String {
    format!(
        "{source}\nconvention = '{convention}'\ndx_m = -19.457\ndy_m = 71.235\ndz_m = 31.981\nrx_arcsec = 2.113\n\
         ry_arcsec = -1.334\nrz_arcsec = 3.271\nscale_ppm = -4.83\naccuracy_m = {accuracy_m}\n"
    )
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

/// The numbers of two columns of a CSV.
fn pairs(csv: &str, columns: [&str; 2]) -> Vec<[f64; 2]> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    let index = |name: &str| names.iter().position(|column| column == name).unwrap();
    let [x, y] = columns.map(index);
    reader.records().map(|row| row.unwrap()).map(|row| [row[x].parse().unwrap(), row[y].parse().unwrap()]).collect()
}

const SYSTEMS: [(&str, &str, &str); 2] =
    [("xian1980", "Xian 1980", "EPSG:2364"), ("beijing1954", "Beijing 1954", "EPSG:2437")];

#[test]
fn positions_are_those_of_proj() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let local = "+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +y_0=0 +units=m";
    for ((datum, name, code), (ellipsoid, x_0)) in
        SYSTEMS.into_iter().zip([("+a=6378140 +rf=298.257", "40500000"), ("+ellps=krass", "500000")])
    {
        let local = format!("{local} {ellipsoid} +x_0={x_0}");
        for convention in ["position-vector", "coordinate-frame"] {
            let rows: Vec<&str> =
                REFERENCE.lines().filter(|row| row.starts_with(&format!("{datum},{convention},"))).collect();
            assert_eq!(rows.len(), 25);
            let rows = [REFERENCE.lines().next().unwrap()].into_iter().chain(rows).collect::<Vec<_>>().join("\n");
            write(folder, "sites.csv", &rows);
            let datum = format!("source_datum = '{name}'");
            for (source, crs) in [
                (datum.clone(), code),
                (format!("source_crs = '{code}'"), code),
                (format!("source_crs = '{local}'"), &local),
            ] {
                write(folder, "shift.toml", &parameters(&source, convention, 0.3));
                let sites = ["convert", "sites.csv", "--lon-field", "easting_m", "--lat-field", "northing_m"];
                let options = ["--crs", crs, "--datum-shift", "shift.toml", "--to-crs", "WGS84", "--precision", "12"];
                let converted = run(folder, &[&sites[..], &options, &["-f", "csv"]].concat());
                assert!(converted.status.success(), "{crs}: {}", stderr(&converted));
                let text = stdout(&converted);
                let expected = pairs(&text, ["lon_deg", "lat_deg"]);
                for (found, expected) in pairs(&text, ["lon", "lat"]).into_iter().zip(expected) {
                    // 1e-11 degrees are a micrometre.
                    let off = (found[0] - expected[0]).abs().max((found[1] - expected[1]).abs());
                    assert!(off < 1e-11, "{crs} {convention}: {found:?} {expected:?}");
                }
            }
        }
    }
}

/// The parcels of the sample as if they were on an earlier datum, in every way to declare it.
fn declared(folder: &Path) -> Vec<(String, &'static str)> {
    for ending in ["shp", "gpkg", "fgb", "parquet"] {
        let made = run(folder, &["convert", PARCELS, "--to-crs", "EPSG:4549", "-o", &format!("a.{ending}")]);
        assert!(made.status.success(), "{}", stderr(&made));
    }
    let definition = "PROJCS[\"Beijing_1954_3_Degree_GK_CM_120E\",GEOGCS[\"GCS_Beijing_1954\",DATUM[\"D_Beijing_1954\",\
        SPHEROID[\"Krasovsky_1940\",6378245.0,298.3]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],\
        PROJECTION[\"Gauss_Kruger\"],PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],\
        PARAMETER[\"Central_Meridian\",120.0],PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",0.0],\
        UNIT[\"Meter\",1.0]]";
    write(folder, "a.prj", definition);
    let text = encoding_rs::GB18030.decode(&fs::read(PARCELS).unwrap()).0.into_owned();
    write(folder, "xian.txt", &text.replace("2000国家大地坐标系", "1980西安坐标系"));
    let made = run(folder, &["convert", PARCELS, "--to-crs", "EPSG:4549", "-o", "a.csv"]);
    assert!(made.status.success(), "{}", stderr(&made));
    let with_srid = fs::read_to_string(folder.join("a.csv")).unwrap().replace("POLYGON", "SRID=2385;POLYGON");
    write(folder, "srid.csv", &with_srid.replace("MULTISRID=2385;", "SRID=2385;MULTI"));
    [("a.shp", "Beijing 1954"), ("xian.txt", "Xian 1980"), ("srid.csv", "Xian 1980")]
        .map(|(file, datum)| (file.to_owned(), datum))
        .to_vec()
}

#[test]
fn declared_systems_need_no_option_but_the_shift() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (_, name, _) in SYSTEMS {
        let file = format!("{name}.toml");
        write(folder, &file, &parameters(&format!("source_datum = '{name}'"), "position-vector", 0.3));
    }
    for (file, datum) in declared(folder) {
        let other = SYSTEMS.iter().find(|(_, name, _)| *name != datum).unwrap().1;
        let (shift, other) = (format!("{datum}.toml"), format!("{other}.toml"));
        let crs: &[&str] = if file == "srid.csv" { &["--crs", "EPSG:2385"] } else { &[] };
        let read = run(
            folder,
            &[&["-v", "overlay", &file, "--datum-shift", &shift, "--columns", "zone,area_m2", "-f", "csv"], crs]
                .concat(),
        );
        let told = stderr(&read);
        assert!(read.status.code().is_some_and(|code| code < 2), "{file}: {told}");
        assert!(
            told.contains(&format!("transformed by {shift}, {datum} to CGCS2000 by 7 parameters (position vector)")),
            "{file}: {told}"
        );
        assert!(stdout(&read).lines().count() > 30, "{file}");
        // In its own system in another format, and back.
        for ending in ["gpkg", "shp", "fgb", "parquet"] {
            let next = format!("{file}.{ending}");
            let written = run(folder, &[&["convert", &file, "--datum-shift", &shift, "-o", &next], crs].concat());
            assert!(written.status.success(), "{next}: {}", stderr(&written));
            let refused = run(folder, &["overlay", &next]);
            assert!(
                refused.status.code() == Some(3) && stderr(&refused).contains(datum),
                "{next}: {}",
                stderr(&refused)
            );
            let again =
                run(folder, &["overlay", &next, "--datum-shift", &shift, "--columns", "zone,area_m2", "-f", "csv"]);
            let areas = |output: &Output| pairs_of_areas(&stdout(output));
            assert_eq!(areas(&again), areas(&read), "{next}: {}", stderr(&again));
        }
        let refused = run(folder, &[&["overlay", &file, "--datum-shift", &other], crs].concat());
        assert!(
            matches!(refused.status.code(), Some(2 | 3)) && stderr(&refused).contains(datum),
            "{file}: {}",
            stderr(&refused)
        );
        let plan = run(
            folder,
            &["locate", LANDMARKS, "--plan", &file, "--plan-datum-shift", &shift, "--name-field", "编号", "-f", "csv"],
        );
        let crs_of_plan: &[&str] = if crs.is_empty() { &[] } else { &["--plan-crs", "EPSG:2385"] };
        let plan = if crs.is_empty() {
            plan
        } else {
            run(
                folder,
                &[
                    &[
                        "locate",
                        LANDMARKS,
                        "--plan",
                        &file,
                        "--plan-datum-shift",
                        &shift,
                        "--name-field",
                        "编号",
                        "-f",
                        "csv",
                    ],
                    crs_of_plan,
                ]
                .concat(),
            )
        };
        assert!(plan.status.success() && stdout(&plan).contains(",inside,"), "{file}: {}", stderr(&plan));
        let checked = run(folder, &[&["check", &file, "--name-field", "编号", "--datum-shift", &shift], crs].concat());
        assert!(checked.status.code().is_some_and(|code| code < 2), "{file}: {}", stderr(&checked));
    }
}

/// Zones and areas of a table, without its other columns.
fn pairs_of_areas(csv: &str) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    let index = |name: &str| names.iter().position(|column| column == name).unwrap();
    let (zone, area) = (index("zone"), index("area_m2"));
    let rows = reader.records().map(|row| row.unwrap());
    let mut areas: Vec<_> = rows.map(|row| (row[zone].to_owned(), row[area].to_owned())).collect();
    // FlatGeobuf has an order of its own.
    areas.sort();
    areas
}

#[test]
fn a_shift_for_another_system_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "xian.toml", &parameters("source_datum = 'Xian 1980'", "position-vector", 0.3));
    for crs in [&[][..], &["--crs", "EPSG:4549"], &["--crs", "GCJ02"]] {
        let refused = run(folder, &[&["locate", LANDMARKS, "--datum-shift", "xian.toml"], crs].concat());
        assert_eq!(refused.status.code(), Some(3), "{}", stderr(&refused));
        assert!(stderr(&refused).contains("the datum shift xian.toml is not for "), "{}", stderr(&refused));
    }
    let refused = run(folder, &["locate", LANDMARKS, "--datum-shift", "xian.toml", "--crs", "EPSG:2437"]);
    assert!(stderr(&refused).contains("Beijing 1954"), "{}", stderr(&refused));
    // The advice names the option, in both languages.
    let refused = run(folder, &["--lang", "zh", "locate", "--at", "3171898.561,633838.222", "--crs", "EPSG:2385"]);
    assert!(refused.status.code() == Some(2) && stderr(&refused).contains("--datum-shift"), "{}", stderr(&refused));
    write(folder, "silent.toml", &parameters("source_datum = 'Xian 1980'", "", 0.3).replace("convention = ''\n", ""));
    let refused = run(folder, &["--lang", "zh", "locate", LANDMARKS, "--datum-shift", "silent.toml"]);
    assert!(refused.status.code() == Some(2) && stderr(&refused).contains("缺少`convention`"), "{}", stderr(&refused));
}

#[test]
fn four_parameters_are_between_planes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let local = "name = '台州独立坐标系'\ntarget_crs = 'EPSG:4549'\nx_axis = 'north'\ndx_m = 3150000\ndy_m = 620000\n\
                 rotation_arcsec = 90\nscale = 1.00001\naccuracy_m = 0.1\n";
    write(folder, "local.toml", local);
    write(folder, "sites.csv", "name,x,y\na,21000,14000\n");
    let options = ["--datum-shift", "local.toml", "--axis", "ne", "--to-crs", "EPSG:4549", "-f", "csv"];
    let read = run(folder, &[&["-v", "convert", "sites.csv"], &options[..]].concat());
    assert!(read.status.success(), "{}", stderr(&read));
    assert!(
        stderr(&read).contains("台州独立坐标系, a local plane to EPSG:4549 by 4 parameters (x north)"),
        "{}",
        stderr(&read)
    );
    // By the formula: x' = dx + k (x cos a - y sin a), y' = dy + k (x sin a + y cos a), a = 90 arc seconds.
    let (sin, cos) = (90_f64 / 3600.0).to_radians().sin_cos();
    let (k, x, y) = (1.00001, 21_000.0, 14_000.0);
    let expected = [620_000.0 + k * (x * sin + y * cos), 3_150_000.0 + k * (x * cos - y * sin)];
    let found = pairs(&stdout(&read), ["east", "north"])[0];
    assert!((found[0] - expected[0]).abs() < 1e-4 && (found[1] - expected[1]).abs() < 1e-4, "{found:?} {expected:?}");
    // `x_axis` says what columns called x are, in sheets and with --at; others are what they are called.
    let northing_first = [("x,y", "21000,14000"), ("X坐标,Y坐标", "21000,14000"), ("东坐标,北坐标", "14000,21000")];
    for (header, values) in northing_first {
        write(folder, "named.csv", &format!("{header}\n{values}\n"));
        let read = run(folder, &["convert", "named.csv", "--datum-shift", "local.toml", "--to-crs", "EPSG:4549"]);
        let named = pairs(&stdout(&read), ["east", "north"])[0];
        assert_eq!(named, found, "{header} {}", stderr(&read));
    }
    let of_table = ["locate", "sites.csv", "--columns", "zone,distance_to_boundary_m", "-f", "csv"];
    let of_site = ["locate", "--at", "21000,14000", "--columns", "zone,distance_to_boundary_m", "-f", "csv"];
    let answers = [&of_table[..], &of_site[..]].map(|arguments| {
        let read = run(folder, &[arguments, &["--datum-shift", "local.toml"]].concat());
        stdout(&read).lines().last().unwrap().rsplit(',').take(2).map(str::to_owned).collect::<Vec<_>>()
    });
    assert_eq!(answers[0], answers[1]);
    // A survey file that names the local system.
    let corner = |label: u32, north: u32, east: u32| format!("J{label},1,{north},{east}\n");
    let text = "[属性描述]\n坐标系=台州独立坐标系\n[地块坐标]\n4,1,DK1,甲,面,,,,@\n".to_owned()
        + &corner(1, 21_000, 14_000)
        + &corner(2, 21_000, 14_100)
        + &corner(3, 21_100, 14_100)
        + &corner(4, 21_100, 14_000);
    write(folder, "local.txt", &text);
    assert_eq!(run(folder, &["overlay", "local.txt"]).status.code(), Some(3));
    let read =
        run(folder, &["overlay", "local.txt", "--datum-shift", "local.toml", "--columns", "zone,area_m2", "-f", "csv"]);
    assert!(read.status.success() && pairs_of_areas(&stdout(&read)).len() == 1, "{}", stderr(&read));
    // A zone of Beijing 54 with a prefix, whose parameters are between the coordinates as they are.
    let zone = local
        .replace("name = '台州独立坐标系'", "source_crs = 'EPSG:2416'")
        .replace("620000", "-40000300")
        .replace("3150000", "12")
        .replace("90", "0");
    write(folder, "zone.toml", &zone.replace("scale = 1.00001", "scale = 1"));
    write(folder, "zone.csv", "name,x,y\na,3171898.561,40633838.222\n");
    let read =
        run(folder, &["convert", "zone.csv", "--datum-shift", "zone.toml", "--to-crs", "EPSG:4549", "-f", "csv"]);
    assert!(stdout(&read).contains("633538.222"), "{} {}", stdout(&read), stderr(&read));
    assert!(stdout(&read).contains("3171910.561"), "{}", stdout(&read));
    let read =
        run(folder, &["locate", "zone.csv", "--datum-shift", "zone.toml", "--columns", "zone,position", "-f", "csv"]);
    assert!(stdout(&read).contains(",core,inside"), "{} {}", stdout(&read), stderr(&read));
}

/// Parameters in the header of a survey file are used if the file of the shift says so, and how they turn.
#[test]
fn parameters_of_the_table_need_their_convention() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let corner = |label: u32, north: u32, east: u32| format!("J{label},1,{north},{east}\n");
    let text = "[属性描述]\n坐标系=1980西安坐标系\n带号=40\n转换参数=-19.457,71.235,31.981,2.113,-1.334,3.271,-4.83\n\
                [地块坐标]\n4,1,DK1,甲,面,,,,@\n"
        .to_owned()
        + &corner(1, 3_171_898, 633_838)
        + &corner(2, 3_171_898, 633_938)
        + &corner(3, 3_171_998, 633_938)
        + &corner(4, 3_171_998, 633_838);
    write(folder, "block.txt", &text);
    write(folder, "none.txt", &text.replace("-19.457,71.235,31.981,2.113,-1.334,3.271,-4.83", "0,0,0,0,0,0,0"));
    write(folder, "own.toml", &parameters("source_datum = 'Xian 1980'", "coordinate-frame", 0.3));
    let of_table =
        "source_datum = 'Xian 1980'\nconvention = 'coordinate-frame'\nparameters = 'survey-txt'\naccuracy_m = 0.3\n";
    write(folder, "table.toml", of_table);
    let converted = |table: &str, shift: &str| {
        run(folder, &["convert", table, "--datum-shift", shift, "--to-crs", "EPSG:4549", "-f", "csv"])
    };
    let (own, table) = (converted("block.txt", "own.toml"), converted("block.txt", "table.toml"));
    assert!(own.status.success() && !stdout(&own).is_empty(), "{}", stderr(&own));
    assert_eq!(stdout(&table), stdout(&own), "{}", stderr(&table));
    assert_eq!(converted("none.txt", "table.toml").status.code(), Some(2));
    for mistake in ["dx_m = 1\n", "rotation_arcsec = 1\n"] {
        write(folder, "mixed.toml", &format!("{of_table}{mistake}"));
        assert_eq!(converted("block.txt", "mixed.toml").status.code(), Some(2), "{mistake}");
    }
    write(folder, "silent.toml", &of_table.replace("convention = 'coordinate-frame'\n", ""));
    assert!(stderr(&converted("block.txt", "silent.toml")).contains("`convention` is missing"));
    let at = ["locate", "--at", "3171898.561,633838.222", "--crs", "EPSG:2385", "--datum-shift", "table.toml"];
    assert_eq!(run(folder, &at).status.code(), Some(3));
}

/// The accuracy of the shift adds to that of sites, parcels and outlines.
#[test]
fn the_accuracy_enters_certainty() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, accuracy_m) in [("fine.toml", 0.1), ("rough.toml", 900.0)] {
        let zero = parameters("source_datum = 'Xian 1980'", "position-vector", accuracy_m)
            .replace("-19.457", "0")
            .replace("71.235", "0")
            .replace("31.981", "0")
            .replace("2.113", "0")
            .replace("-1.334", "0")
            .replace("3.271", "0")
            .replace("-4.83", "0");
        write(folder, name, &zero);
    }
    let locate = |shift: &str, more: &[&str]| {
        let at = [
            "locate",
            "--at",
            "3171898.561,633838.222",
            "--crs",
            "EPSG:2385",
            "--level",
            "zone",
            "--datum-shift",
            shift,
        ];
        run(folder, &[&at[..], more].concat())
    };
    let columns = ["-f", "csv", "--columns", "certainty"];
    assert!(stdout(&locate("fine.toml", &columns)).ends_with(",certain\n"));
    assert!(stdout(&locate("rough.toml", &columns)).ends_with(",uncertain\n"));
    let card = locate("rough.toml", &["--uncertainty", "1200"]);
    assert!(stdout(&card).contains("site ±1500 m"), "{}", stdout(&card));
    // Parcels: a block in the core.
    let corner = |label: u32, north: u32, east: u32| format!("J{label},1,{north},{east}\n");
    let text = "[属性描述]\n坐标系=1980西安坐标系\n带号=40\n[地块坐标]\n4,1,DK1,甲,面,,,,@\n".to_owned()
        + &corner(1, 3_171_898, 633_838)
        + &corner(2, 3_171_898, 633_938)
        + &corner(3, 3_171_998, 633_938)
        + &corner(4, 3_171_998, 633_838);
    write(folder, "block.txt", &text);
    for (shift, certainty) in [("fine.toml", "certain"), ("rough.toml", "uncertain")] {
        let report = format!("{shift}.md");
        let options =
            ["--datum-shift", shift, "--columns", "certainty", "-o", "block.csv", "--overwrite", "--report", &report];
        let read = run(folder, &[&["overlay", "block.txt"], &options[..]].concat());
        assert!(read.status.success(), "{}", stderr(&read));
        let rows = fs::read_to_string(folder.join("block.csv")).unwrap();
        assert!(rows.trim_end().ends_with(&format!(",{certainty}")), "{rows}");
        let report = fs::read_to_string(folder.join(report)).unwrap();
        assert!(report.contains("Xian 1980 to CGCS2000 by 7 parameters (position vector)"), "{report}");
    }
    // A plan that states 100 m.
    let ring = "POLYGON((630000 3170000,640000 3170000,640000 3180000,630000 3180000,630000 3170000))";
    write(folder, "plan.csv", &format!("id,accuracy_m,wkt\na,100,\"{ring}\"\n"));
    for (shift, certainty) in [("fine.toml", "certain"), ("rough.toml", "uncertain")] {
        let plan = ["--plan", "plan.csv", "--plan-crs", "EPSG:2385", "--plan-datum-shift", shift, "--name-field", "id"];
        let site = ["locate", "--at", "3170500,633838", "--crs", "EPSG:4549", "-f", "csv", "--columns", "certainty"];
        let read = run(folder, &[&site[..], &plan].concat());
        assert!(stdout(&read).ends_with(&format!(",{certainty}\n")), "{shift}: {} {}", stdout(&read), stderr(&read));
    }
    // The same as a layer, and a parcel of 100 m, 300 m inside.
    let parcel = "POLYGON((630300 3175000,630400 3175000,630400 3175100,630300 3175100,630300 3175000))";
    write(folder, "parcel.csv", &format!("wkt\n\"{parcel}\"\n"));
    for (shift, certainty) in [("fine.toml", "certain"), ("rough.toml", "uncertain")] {
        let named = format!("旧图={shift}");
        let layer = ["--against", "旧图=plan.csv", "--against-crs", "旧图=EPSG:2385", "--against-datum-shift", &named];
        let parcels = ["overlay", "parcel.csv", "--crs", "EPSG:4549", "-f", "csv", "--columns", "relation,certainty"];
        let read = run(folder, &[&parcels[..], &layer].concat());
        let expected = format!(",within,{certainty}\n");
        assert!(stdout(&read).ends_with(&expected), "{shift}: {} {}", stdout(&read), stderr(&read));
    }
}

#[test]
fn the_sample_of_the_manual_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-datum-shift.toml");
    let read = run(
        folder.path(),
        &["locate", "--at", "3171898.561,40633838.222", "--crs", "EPSG:2364", "--datum-shift", sample],
    );
    assert!(read.status.success(), "{}", stderr(&read));
    // Settings name it relative to their folder.
    fs::copy(sample, folder.path().join("a.toml")).unwrap();
    write(folder.path(), "corridor.toml", "crs = \"EPSG:2364\"\ndatum-shift = \"a.toml\"\n");
    let set = run(folder.path(), &["locate", "--at", "3171898.561,40633838.222"]);
    assert_eq!(stdout(&set), stdout(&read), "{}", stderr(&set));
}
