//! SQL answers what `locate` and `overlay` answer, however the work is divided.
#![cfg(feature = "datafusion")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, BinaryArray, Float64Array, RecordBatch};
use datafusion::prelude::{SessionConfig, SessionContext};
use geo::{Coord, Geometry, MultiPolygon, coord, polygon};
use taizhou_corridor::crs::{AxisOrder, CoordNormalizer, Crs, Transformer, lon_lat};
use taizhou_corridor::engine::{self, Query, ResultFormat, write_answer};
use taizhou_corridor::error::ErrorKind;
use taizhou_corridor::geometry::encoding::to_wkb;
use taizhou_corridor::io::{self, Input, ReadOptions};
use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
use taizhou_corridor::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};

/// Points on all corners and in the middle of all edges of the plan, and next to them; in it and around it.
fn points() -> Vec<Coord<f64>> {
    let plan = Plan::bundled();
    let mut points = vec![];
    for line in plan.features().iter().flat_map(|zone| zone.shape.iter()).flat_map(|polygon| polygon.exterior().lines())
    {
        for point in [line.start, (line.start + line.end) / 2.0] {
            points.extend([
                point,
                coord! { x: point.x.next_up(), y: point.y },
                coord! { x: point.x, y: point.y.next_down() },
            ]);
        }
    }
    let part = |i: usize, step: f64| (i as f64 * step).fract();
    points.extend((0..40_000).map(|i| {
        coord! { x: 121.19 + 0.33 * part(i, 0.754_877_666), y: 28.54 + 0.175 * part(i, 0.569_840_291) }
    }));
    points
}

/// A table with the columns `id`, `x`, `y`; what is none is null.
fn table(points: &[Option<Coord<f64>>], files: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, part) in points.chunks(points.len().div_ceil(files)).enumerate() {
        let before = number * points.len().div_ceil(files);
        let ids = arrow_array::Int64Array::from_iter_values((0..part.len()).map(|row| (before + row) as i64));
        let column = |pick: fn(Coord<f64>) -> f64| {
            Arc::new(Float64Array::from_iter(part.iter().map(|point| point.map(pick)))) as ArrayRef
        };
        let columns: [(&str, ArrayRef); 3] =
            [("id", Arc::new(ids)), ("x", column(|at| at.x)), ("y", column(|at| at.y))];
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)));
        let batch = batch.unwrap();
        let file = fs::File::create(folder.path().join(format!("part-{number:03}.parquet"))).unwrap();
        let properties =
            parquet::file::properties::WriterProperties::builder().set_max_row_group_row_count(Some(9_000));
        let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), Some(properties.build())).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }
    folder
}

/// The rows of an answer as text.
fn answer(sql: &str, plan: Plan, partitions: usize) -> Vec<String> {
    let (output, written) = io::Output::memory("answer.csv");
    write_answer(&mut Query::new(sql, plan, partitions).unwrap(), ResultFormat::Csv, output).unwrap();
    let text = String::from_utf8(written.into_bytes()).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

const FUNCTIONS: [(&str, LocateColumn); 9] = [
    ("corridor_position", LocateColumn::Position),
    ("corridor_zone", LocateColumn::Zone),
    ("corridor_zone_name", LocateColumn::ZoneName),
    ("corridor_cluster", LocateColumn::Cluster),
    ("corridor_path", LocateColumn::Path),
    ("corridor_boundary_of", LocateColumn::BoundaryOf),
    ("corridor_nearest_zone", LocateColumn::NearestZone),
    ("corridor_distance_m", LocateColumn::DistanceToBoundaryM),
    ("corridor_certainty", LocateColumn::Certainty),
];

/// All functions of the columns `x` and `y`.
fn all_functions(crs: &str) -> String {
    FUNCTIONS.map(|(function, _)| format!("{function}(x, y{crs})")).join(", ")
}

/// What `locate` answers for a site; nothing for what is none.
fn located(locator: &RowLocator<'_>, csv: &str, options: &ReadOptions) -> Vec<String> {
    let mut rows = io::open(Input::bytes("sites.csv", csv), options).unwrap();
    let mut located = vec![];
    while let Some(batch) = rows.next_batch().unwrap() {
        let answers = locator.answer(&batch, &mut LocateSummary::default());
        for (row, values) in answers.iter() {
            let cells = values.iter().zip(locator.columns()).map(|(value, column)| match column {
                _ if batch.sites()[row].is_err() => String::new(),
                // Both write numbers in their own way.
                LocateColumn::DistanceToBoundaryM => value.to_string().parse::<f64>().unwrap().to_string(),
                _ => value.to_string(),
            });
            located.push(cells.collect::<Vec<_>>().join(","));
        }
    }
    located
}

/// The same in what SQL writes: `1.0` is `1`, and a null is nothing.
fn plain(row: &str) -> String {
    row.split(',').map(|cell| cell.strip_suffix(".0").unwrap_or(cell)).collect::<Vec<_>>().join(",")
}

fn csv_of(points: &[Option<Coord<f64>>]) -> String {
    let rows = points.iter().map(|point| point.map_or(",\n".to_owned(), |at| format!("{},{}\n", at.x, at.y)));
    std::iter::once("x,y\n".to_owned()).chain(rows).collect()
}

/// Each answer is that of `locate`, in one partition and in many; what is no position has none.
#[test]
fn answers_are_those_of_locate() {
    let mut sites: Vec<Option<Coord<f64>>> = points().into_iter().map(Some).collect();
    let (null, nan) = (None, Some(coord! { x: f64::NAN, y: 28.65 }));
    for (place, bad) in [(7, null), (5_000, nan), (20_000, Some(coord! { x: 28.65, y: 121.4 })), (30_000, null)] {
        sites[place] = bad;
    }
    let plan = Plan::bundled();
    let locator = RowLocator::new(Locator::new(&plan), &FUNCTIONS.map(|(_, column)| column));
    let expected = located(&locator, &csv_of(&sites), &ReadOptions::default());
    assert_eq!(expected.iter().filter(|row| row.starts_with(",,")).count(), 4);
    assert!(expected.iter().filter(|row| row.starts_with("boundary")).count() > 200);
    for (files, partitions) in [(1, 1), (3, 8)] {
        let folder = table(&sites, files);
        let glob = folder.path().join("*.parquet");
        let sql = format!("SELECT {} FROM '{}' ORDER BY id", all_functions(""), glob.display());
        let rows: Vec<String> = answer(&sql, plan.clone(), partitions).iter().map(|row| plain(row)).collect();
        assert_eq!(rows.len(), expected.len());
        for (row, expected) in rows.iter().zip(&expected) {
            assert_eq!(row, expected, "{files} files, {partitions} partitions");
        }
        let sums =
            format!("SELECT corridor_zone(x, y) AS zone, count(*) FROM '{}' GROUP BY 1 ORDER BY 1", glob.display());
        assert_eq!(answer(&sums, plan.clone(), partitions), answer(&sums, plan.clone(), 1));
    }
}

/// In other systems too, where most points are answered without being transformed.
#[test]
fn other_systems_are_answered_as_locate_does() {
    let plan = Plan::bundled();
    let locator = RowLocator::new(Locator::new(&plan), &FUNCTIONS.map(|(_, column)| column));
    for (name, crs) in [("EPSG:4549", Crs::Epsg(4549)), ("GCJ-02", Crs::Gcj02), ("EPSG:32651", Crs::Epsg(32651))] {
        let mut images = points();
        Transformer::to_crs(crs.clone()).unwrap().apply(&mut images).unwrap();
        let mut sites: Vec<Option<Coord<f64>>> = images.into_iter().map(Some).collect();
        (sites[3], sites[4]) = (None, Some(coord! { x: 1e9, y: 2.0 }));
        let options = ReadOptions { crs: Some(crs), axis_order: AxisOrder::EastNorth, ..ReadOptions::default() };
        let expected = located(&locator, &csv_of(&sites), &options);
        let folder = table(&sites, 2);
        let functions = all_functions(&format!(", '{name}'"));
        let sql = format!("SELECT {functions} FROM '{}/*.parquet' ORDER BY id", folder.path().display());
        let rows: Vec<String> = answer(&sql, plan.clone(), 4).iter().map(|row| plain(row)).collect();
        assert!(rows == expected, "{name}: {:?}", rows.iter().zip(&expected).find(|(row, expected)| row != expected));
    }
}

/// The order of coordinates does not depend on where a table is divided: easting first, always.
#[test]
fn northings_first_are_refused_row_by_row() {
    let sql = "SELECT corridor_zone(x, y, 'EPSG:4549') FROM (VALUES (3171898.561, 633838.222), (633838.222, 3171898.561)) t(x, y)";
    assert_eq!(answer(sql, Plan::bundled(), 1), ["\"\"", "core"]);
}

#[test]
fn a_position_is_known_to_within_some_metres() {
    let at = "121.40988, 28.65798";
    let sql = format!(
        "SELECT corridor_certainty({at}), corridor_certainty({at}, 0), corridor_certainty({at}, 2e4, 'WGS84'), \
         corridor_certainty({at}, -1), corridor_certainty({at}, NULL), corridor_certainty(121.39839, 28.64093, 20)"
    );
    assert_eq!(answer(&sql, Plan::bundled(), 1), ["uncertain,uncertain,uncertain,,,certain"]);
}

#[test]
fn integers_nulls_and_literals_are_taken() {
    let sql =
        "SELECT corridor_zone(121, 28), corridor_zone(NULL, 28.6), corridor_zone(CAST(121.36898 AS REAL), 28.6559)";
    assert_eq!(answer(sql, Plan::bundled(), 1), [",,core"]);
}

#[test]
fn a_given_plan_answers() {
    let layer = Plan::flat_from_geojson(PLAN_GEOJSON.as_bytes(), Some("name")).unwrap();
    assert_eq!(answer("SELECT corridor_zone(121.36898, 28.6559)", layer, 1), ["台州湾科创走廊"]);
}

/// Parts as `overlay` writes them.
#[test]
fn parcels_are_laid_over_the_zones() {
    let block: MultiPolygon =
        polygon![(x: 121.46, y: 28.65), (x: 121.48, y: 28.65), (x: 121.48, y: 28.66), (x: 121.46, y: 28.66)].into();
    let bow_tie: MultiPolygon =
        polygon![(x: 121.4, y: 28.65), (x: 121.41, y: 28.66), (x: 121.41, y: 28.65), (x: 121.4, y: 28.66)].into();
    let mut image = block.clone();
    let mut corners: Vec<Coord<f64>> = block.0[0].exterior().0.clone();
    Transformer::to_crs(Crs::Gcj02).unwrap().apply(&mut corners).unwrap();
    image.0[0] = geo::Polygon::new(corners.into(), vec![]);
    let wkb: Vec<Vec<u8>> = [block, bow_tie, image].map(|shape| to_wkb(&Geometry::MultiPolygon(shape))).into();
    let shapes =
        BinaryArray::from(vec![Some(wkb[0].as_slice()), Some(&wkb[1]), None, Some(b"no shape"), Some(&wkb[2])]);
    let ids = Arc::new(arrow_array::Int64Array::from_iter_values(0..5)) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("id", ids), ("shape", Arc::new(shapes))]).unwrap();
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    engine::register(&context, Plan::bundled());
    context.register_batch("parcels", batch).unwrap();
    let sql = "SELECT id, unnest(CASE WHEN id = 4 THEN corridor_overlay(shape, 'GCJ02') ELSE corridor_overlay(shape) END) AS part \
               FROM parcels WHERE id <> 4 OR id = 4 ORDER BY id";
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_stack_size(16 << 20).build().unwrap();
    let rows = runtime.block_on(async { context.sql(sql).await.unwrap().collect().await.unwrap() });
    let parts: Vec<(i64, String, f64)> = rows
        .iter()
        .flat_map(|batch| {
            let parts = batch.column(1).as_struct();
            let (zones, shares) =
                (parts.column_by_name("zone").unwrap().as_string::<i32>(), parts.column_by_name("share").unwrap());
            let ids = batch.column(0).as_primitive::<arrow_array::types::Int64Type>();
            (0..batch.num_rows())
                .map(|row| {
                    (ids.value(row), zones.value(row).to_owned(), shares.as_primitive::<Float64Type>().value(row))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(parts[..2], [(0, "core".to_owned(), 0.2098649163), (0, "jiaojiang".to_owned(), 0.7901350837)]);
    assert_eq!(parts.len(), 4);
    assert!((parts[2].2 - 0.2098649163).abs() < 1e-7 && parts[2].0 == 4, "{parts:?}");
}

#[test]
fn what_is_wrong_is_said_before_a_row_is_read() {
    for (sql, expected) in [
        ("SELEKT 1", "Expected"),
        ("SELECT corridor_zone('a', 1)", "corridor_zone(lon, lat[, crs]) takes no"),
        ("SELECT corridor_zone(1)", "corridor_zone"),
        ("SELECT corridor_zone(1, 2, 'Beijing54')", "Beijing54 is on another datum"),
        ("SELECT corridor_zone(1, 2, 'Atlantis')", "unknown system `Atlantis`"),
        ("SELECT corridor_zone(1, 2, 'EPSG:1')", "unknown system `EPSG:1`"),
        ("SELECT corridor_zone(1, 2, c) FROM (VALUES ('WGS84')) t(c)", "a text in the query"),
        ("SELECT corridor_distance_m(1, 2, 3)", "takes no"),
        ("SELECT corridor_overlay('POINT(1 2)')", "well-known binary"),
        ("SELECT 1 FROM 'nowhere/*.parquet'", "nowhere"),
        ("COPY (SELECT 1) TO 'stolen.csv'", "DML"),
        ("CREATE TABLE t AS SELECT 1", "DDL"),
        ("SET datafusion.execution.batch_size = 1", "Statement"),
    ] {
        let error = Query::new(sql, Plan::bundled(), 1).map(|_| ()).unwrap_err();
        let is_of_query = matches!(
            error.kind(),
            ErrorKind::Query(_)
                | ErrorKind::TableNotFound { .. }
                | ErrorKind::NoSuchCrs { .. }
                | ErrorKind::OtherDatum { .. }
        );
        assert!(is_of_query, "{sql}: {error:?}");
        assert!(error.to_string().contains(expected), "{sql}: {error}");
    }
    assert!(!Path::new("stolen.csv").exists());
}

fn corridor(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_corridor")).args(arguments).current_dir(folder).env("LANG", "C").output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_command_asks_files() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| corridor(folder.path(), arguments);
    fs::write(folder.path().join("a.csv"), "name,lon,lat\nstation,121.36898,28.65590\nairport,121.429,28.5622\n")
        .unwrap();
    fs::write(folder.path().join("b.json"), "{\"lon\":121.27,\"lat\":28.66}\n{\"lon\":null,\"lat\":1}\n").unwrap();
    let told = run(&["sql", "SELECT name, corridor_zone(lon, lat) AS zone FROM 'a.csv' ORDER BY name"]);
    assert_eq!(told.status.code(), Some(0), "{}", text(&told.stderr));
    assert_eq!(text(&told.stdout), "name     zone\n───────  ────\nairport\nstation  core\n");
    assert!(text(&told.stderr).contains("indicative model"), "{}", text(&told.stderr));
    let json = run(&["-q", "sql", "-f", "csv", "SELECT corridor_zone(lon, lat) AS zone FROM 'b.json'"]);
    assert_eq!((text(&json.stdout), text(&json.stderr)), ("zone\nhuangyan\n\"\"\n", ""));

    let written = run(&["sql", "SELECT *, corridor_path(lon, lat) AS path FROM 'a.csv'", "-o", "out.parquet"]);
    assert!(text(&written.stderr).starts_with("corridor: out.parquet: 2 rows"), "{}", text(&written.stderr));
    let again = run(&["-q", "sql", "SELECT path FROM 'out.parquet' WHERE path IS NOT NULL", "-f", "csv"]);
    assert_eq!(text(&again.stdout), "path\ncorridor/core/high-speed-rail-district\n");
    let exists = run(&["sql", "SELECT 1", "-o", "out.parquet"]);
    assert_eq!(exists.status.code(), Some(4));
    assert_eq!(run(&["-q", "sql", "SELECT 1", "-o", "out.parquet", "--overwrite"]).status.code(), Some(0));

    // A query that is none, lists in CSV, and a file that is cut off leave no file behind.
    let wrong = run(&["--lang", "zh", "sql", "SELECT nothing", "-o", "new.csv"]);
    assert_eq!((wrong.status.code(), text(&wrong.stdout)), (Some(2), ""));
    assert!(text(&wrong.stderr).contains("无法执行该查询"), "{}", text(&wrong.stderr));
    assert_eq!(run(&["sql", "SELECT make_array(1)", "-o", "new.csv"]).status.code(), Some(2));
    let whole = fs::read(folder.path().join("out.parquet")).unwrap();
    fs::write(folder.path().join("cut.parquet"), &whole[whole.len() / 2..]).unwrap();
    fs::write(folder.path().join("bad.csv"), "a\n1\n2\n").unwrap();
    let broken = run(&["sql", "SELECT 1 / (a - a) FROM 'bad.csv'", "-o", "new.csv"]);
    assert_eq!(broken.status.code(), Some(3), "{}", text(&broken.stderr));
    assert!(!folder.path().join("new.csv").exists());
}

/// What `locate` calls a position is what the functions do.
#[test]
fn the_borders_of_the_earth_are_positions() {
    assert!(lon_lat(180.0, 90.0).is_ok() && CoordNormalizer::new(Crs::Crs84, AxisOrder::EastNorth).is_ok());
    let sql = "SELECT corridor_position(180, 90), corridor_position(180.1, 0), corridor_position(0, -91)";
    assert_eq!(answer(sql, Plan::bundled(), 1), ["outside,,"]);
}

/// What is measured once is not taken for the answer to another question about the same columns.
#[test]
fn questions_in_turn_are_not_mixed_up() {
    let sites: Vec<Option<Coord<f64>>> = points().into_iter().map(Some).take(9_000).collect();
    let folder = table(&sites, 1);
    let asked = [
        "corridor_distance_m(x, y)",
        "corridor_distance_m(x, y, 'GCJ02')",
        "corridor_nearest_zone(x, y)",
        "corridor_certainty(x, y, 2000)",
        "corridor_certainty(x, y)",
        "corridor_distance_m(y, x)",
        "corridor_certainty(x, y, id / 4)",
        "corridor_distance_m(x + 0.01, y)",
    ];
    let answers = |functions: &str| {
        let sql = format!("SELECT {functions} FROM '{}/*.parquet' ORDER BY id", folder.path().display());
        answer(&sql, Plan::bundled(), 1)
    };
    let together = answers(&asked.map(|function| format!("coalesce(CAST({function} AS VARCHAR), '-')")).join(", "));
    let alone = asked.map(|function| answers(&format!("coalesce(CAST({function} AS VARCHAR), '-')")));
    assert!(alone.iter().all(|answers| answers.len() == sites.len()));
    for (row, together) in together.iter().enumerate() {
        assert_eq!(*together, alone.each_ref().map(|answers| answers[row].as_str()).join(","));
    }
}

/// The command line has its help in both languages with this feature, too.
#[test]
fn the_help_is_there_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    for (lang, words) in [("en", "Query tables with SQL"), ("zh", "用SQL查询表格")] {
        let help = corridor(folder.path(), &["--lang", lang, "sql", "--help"]);
        assert!(text(&help.stdout).starts_with(words), "{}", text(&help.stdout));
    }
}

/// Kinds are told by all rows, not by the first thousand, and quoted line breaks end no row, wherever work is divided.
#[test]
fn text_files_are_read_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).display().to_string()
    };
    let json = write(
        "late.json",
        "{\"lon\":121,\"lat\":28}\n".repeat(3_000) + "{\"lon\":121.36898,\"lat\":28.6559,\"late\":7}\n",
    );
    let sql = format!("SELECT corridor_zone(lon, lat), lon, late FROM '{json}' WHERE lon > 121");
    assert_eq!(answer(&sql, Plan::bundled(), 2), ["core,121.36898,7"]);
    let csv = write("late.csv", "lon,lat\n".to_owned() + &"121,28\n".repeat(3_000) + "121.36898,28.6559\nn/a,28\n");
    let sql = format!(
        "SELECT corridor_zone(TRY_CAST(lon AS DOUBLE), lat) AS zone, count(*) FROM '{csv}' GROUP BY 1 ORDER BY 1"
    );
    assert_eq!(answer(&sql, Plan::bundled(), 2), ["core,1", ",3001"]);

    let rows: String = (0..130_000)
        .map(
            |id| if id % 1_000 == 999 { format!("{id},\"a\n{id},b\"\n") } else { format!("{id},{}\n", "a".repeat(90)) },
        )
        .collect();
    let quoted = write("quoted.csv", format!("id,note\n{rows}"));
    for partitions in [1, 3, 8] {
        let sql = format!("SELECT count(*), sum(id) FROM '{quoted}'");
        assert_eq!(answer(&sql, Plan::bundled(), partitions), ["130000,8449935000"], "{partitions}");
    }
}

#[test]
fn deep_expressions_are_planned() {
    let sum = vec!["1"; 1_500].join("+");
    assert_eq!(answer(&format!("SELECT {sum}"), Plan::bundled(), 1), ["1500"]);
}

#[test]
fn what_cannot_be_asked_or_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = corridor(folder.path(), arguments);
        (output.status.code().unwrap(), text(&output.stdout).to_owned(), text(&output.stderr).to_owned())
    };
    fs::write(folder.path().join("sites.tsv"), "lon\tlat\n").unwrap();
    for (arguments, code, told) in [
        (&["sql", "SELECT * FROM 'nowhere.csv'"][..], 3, "there is no file `nowhere.csv`"),
        (&["sql", "SELECT * FROM 'sites.tsv'"], 2, "`sites.tsv` cannot be queried as a table"),
        (&["sql", "SELECT 1", "-o", "a.xlsx"], 2, "use .csv, .parquet or .txt"),
        (&["--lang", "zh", "sql", "SELECT make_array(1) AS a", "-f", "csv"], 2, "CSV无法存放`a`列中的列表或结构"),
        (
            &["sql", "SELECT corridor_zone('a', 1)"],
            2,
            "cannot be answered: corridor_zone(lon, lat[, crs]) takes no (Utf8, Int64)",
        ),
    ] {
        let (found, _, stderr) = run(arguments);
        assert!(found == code && stderr.contains(told), "{arguments:?}: {found} {stderr}");
    }
    // Columns would be taken by their places.
    for (name, header) in [("a", "lon,lat"), ("b", "lat,lon")] {
        fs::create_dir_all(folder.path().join("mixed")).unwrap();
        fs::write(folder.path().join(format!("mixed/{name}.csv")), format!("{header}\n121.4,28.65\n")).unwrap();
    }
    let (code, _, stderr) = run(&["sql", "SELECT * FROM 'mixed/*.csv'"]);
    assert!(code == 3 && stderr.contains("b.csv: its columns differ from those of `a.csv`"), "{code} {stderr}");
    // A column without a value is one.
    let (_, stdout, _) = run(&["-q", "sql", "SELECT corridor_zone(0, 0) AS zone, 1 AS one"]);
    assert!(stdout.starts_with("zone  one\n"), "{stdout}");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    for form in ["csv", "parquet"] {
        let sql = "SELECT value, value * 1.1 AS more FROM generate_series(1, 3000000)";
        let mut child = Command::new(env!("CARGO_BIN_EXE_corridor"))
            .args(["-q", "sql", sql, "-f", form])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{form}");
    }
}
