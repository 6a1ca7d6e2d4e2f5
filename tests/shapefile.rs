//! Shapefiles of other software are read, and what is written is read back.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use geo::Geometry;
use proptest::prelude::*;
use taizhou_corridor::Error;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::{ErrorKind, FilePart, RowProblem};
use taizhou_corridor::geometry::encoding::{ArcTolerance, from_wkt};
use taizhou_corridor::io::{self, Encoding, Format, Input, Loss, Output, ReadOptions, WriteOptions};
use taizhou_corridor::table::{AnswerTable, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/shapefile").join(name)
}

/// A table that was read: its columns, its rows as texts with the geometry as WKT or the code of what is
/// wrong, and what was found out about it.
struct Table {
    fields: Vec<Field>,
    rows: Vec<(Vec<String>, String)>,
    crs: Crs,
    encoding: &'static str,
    has_heights: bool,
}

fn read(path: &Path) -> Result<Table, Error> {
    let mut rows = io::open(Input::path(path), &ReadOptions::default())?.in_source_crs();
    let schema = rows.schema().clone();
    let mut found = vec![];
    let mut has_heights = false;
    while let Some(batch) = rows.next_batch()? {
        has_heights |= batch.has_heights();
        for number in 0..batch.len() {
            let cells = schema.cells(&batch, number).into_iter();
            // JSON as it is, so that `null` and the text are told apart.
            let cells = cells.map(|cell| match cell.unwrap() {
                CellText::Json(json) => json.to_owned(),
                CellText::Text(text) => format!("'{text}'"),
            });
            let geometry = batch.shape(number).map_or_else(|problem| problem.code().to_owned(), |shape| shape.wkt());
            found.push((cells.collect(), geometry));
        }
    }
    Ok(Table { fields: schema.fields, rows: found, crs: rows.crs(), encoding: rows.encoding(), has_heights })
}

fn texts(row: &[&str]) -> Vec<String> {
    row.iter().map(|text| (*text).to_owned()).collect()
}

fn copied(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["shp", "shx", "dbf", "prj", "cpg"] {
        let file = data(&format!("{name}.{ending}"));
        if file.exists() {
            fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
    }
    let path = folder.path().join(format!("{name}.shp"));
    (folder, path)
}

const TRIANGLE: &str =
    "POLYGON((633838.222 3171898.561,633938.222 3171998.561,633938.222 3171898.561,633838.222 3171898.561))";

#[test]
fn files_of_gdal_and_geopandas_are_read() {
    let table = read(&data("parcels_utf8.shp")).unwrap();
    let kinds = [Kind::Text, Kind::Integer, Kind::Text, Kind::Real, Kind::Date, Kind::Date, Kind::Integer];
    let names = ["code", "bigid", "地块名", "area", "built", "checked", "whole"];
    let fields: Vec<Field> = names.into_iter().zip(kinds).map(|(name, kind)| Field::new(name, kind)).collect();
    assert_eq!(table.fields, fields);
    assert_eq!((table.crs, table.encoding, table.has_heights), (Crs::Epsg(4549), "UTF-8", true));
    let first = ["'0701'", "330003000000000123", "'台州站'", "12.5", "'2022-11-14'", "'2022-11-14'", "3"];
    assert_eq!(table.rows[0], (texts(&first), TRIANGLE.to_owned()));
    let hole = "MULTIPOLYGON(((640000 3170000,640000 3171000,641000 3171000,641000 3170000,640000 3170000),\
                (640200 3170200,640400 3170200,640400 3170400,640200 3170200)),\
                ((642000 3170000,642100 3170100,642100 3170000,642000 3170000)))";
    assert_eq!(table.rows[1].1, hole);
    assert_eq!(table.rows[1].0[3], "-0.125");
    assert_eq!(table.rows[2], (vec!["null".to_owned(); 7], "null-geometry".to_owned()));

    let gbk = read(&data("parcels_gbk.shp")).unwrap();
    assert_eq!((gbk.crs, gbk.encoding, gbk.has_heights), (Crs::Epsg(4528), "GB18030", false));
    assert_eq!(gbk.fields, fields);
    assert_eq!(gbk.rows[1].0, table.rows[1].0);

    let points = read(&data("points_many.shp")).unwrap();
    assert_eq!(points.encoding, "GB18030");
    assert_eq!(points.rows[0].0, ["'椒江'", "true", "1", "0.0000001"]);
    assert_eq!(points.rows[0].1, "MULTIPOINT((121.4 28.6),(121.5 28.7))");
    assert_eq!(points.rows[1].0[..3], ["'黄岩'", "false", "330003000000000123"]);
}

#[test]
fn deleted_records_are_left_out_with_their_shapes() {
    let table = read(&data("deleted.shp")).unwrap();
    assert_eq!(table.crs, Crs::Cgcs2000);
    let a = (texts(&["'a'"]), "POINT(121.36898 28.6559)".to_owned());
    assert_eq!(table.rows, [a, (texts(&["'c'"]), "POINT(121.5 28.7)".to_owned())]);
}

#[test]
fn the_index_tells_the_order() {
    let (_folder, path) = copied("edited");
    let table = read(&path).unwrap();
    assert_eq!(table.rows[0].1, "LINESTRING(121.3 28.6,121.4 28.7,121.45 28.75)");
    assert!(table.rows[1].1.starts_with("MULTILINESTRING"));
}

#[test]
fn parts_may_be_missing_or_in_capitals() {
    let whole = read(&data("parcels_gbk.shp")).unwrap();
    let (folder, path) = copied("parcels_gbk");
    fs::remove_file(path.with_extension("shx")).unwrap();
    assert_eq!(read(&path).unwrap().rows, whole.rows);
    for ending in ["shp", "dbf", "prj", "cpg"] {
        fs::rename(path.with_extension(ending), path.with_extension(ending.to_uppercase())).unwrap();
    }
    let capitals = path.with_extension("SHP");
    let table = read(&capitals).unwrap();
    assert_eq!((table.rows, table.crs), (whole.rows, whole.crs));
    fs::remove_file(folder.path().join("parcels_gbk.DBF")).unwrap();
    let error = read(&capitals).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::MissingPart { part } if part == "parcels_gbk.dbf"), "{error}");
    let bytes = Input::bytes("parcels.shp", fs::read(capitals).unwrap());
    let error = io::open(bytes, &ReadOptions::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::NeedsPath { .. }), "{error}");
}

#[test]
fn what_is_declared_of_the_encoding_need_not_be_true() {
    for name in ["parcels_utf8", "parcels_gbk"] {
        let whole = read(&data(&format!("{name}.shp"))).unwrap();
        let (_folder, path) = copied(name);
        for cpg in [Some("UTF-8"), Some("936"), Some("GBK"), Some("1252"), Some("who knows"), None] {
            for language in [0, 0x4d, 0x57, 3] {
                match cpg {
                    Some(cpg) => fs::write(path.with_extension("cpg"), cpg).unwrap(),
                    None => fs::remove_file(path.with_extension("cpg")).unwrap(),
                }
                let mut table = fs::read(path.with_extension("dbf")).unwrap();
                table[29] = language;
                fs::write(path.with_extension("dbf"), table).unwrap();
                let found = read(&path).unwrap();
                assert_eq!((found.encoding, found.rows), (whole.encoding, whole.rows.clone()), "{cpg:?} {language}");
                fs::write(path.with_extension("cpg"), "").unwrap();
            }
        }
    }
}

#[test]
fn broken_files_are_told() {
    let (_folder, path) = copied("parcels_utf8");
    let index = fs::read(path.with_extension("shx")).unwrap();
    // One shape less.
    let mut short = index[..index.len() - 8].to_vec();
    short[24..28].copy_from_slice(&58_i32.to_be_bytes());
    fs::write(path.with_extension("shx"), short).unwrap();
    let error = read(&path).err().unwrap();
    assert!(error.to_string().ends_with("its .shp has 2 shapes, and its .dbf 3 records"), "{error}");
    // Without an index that is seen at the end.
    fs::remove_file(path.with_extension("shx")).unwrap();
    let shapes = fs::read(&path).unwrap();
    fs::write(&path, &shapes[..shapes.len() - 12]).unwrap();
    let error = read(&path).err().unwrap();
    assert!(error.to_string().ends_with("its .shp has 2 shapes, and its .dbf 3 records"), "{error}");
    fs::write(&path, &shapes[..shapes.len() - 13]).unwrap();
    assert!(matches!(read(&path).err().unwrap().kind(), ErrorKind::Truncated(FilePart::Shape)));
    // All entries lead to the largest record.
    fs::write(&path, &shapes).unwrap();
    let mut same = index.clone();
    for entry in same[100..].chunks_exact_mut(8) {
        entry.copy_from_slice(&index[108..116]);
    }
    fs::write(path.with_extension("shx"), same).unwrap();
    assert!(read(&path).err().unwrap().to_string().contains("records overlap"));
    let table = fs::read(path.with_extension("dbf")).unwrap();
    fs::write(path.with_extension("dbf"), &table[..table.len() - 10]).unwrap();
    fs::write(path.with_extension("shx"), &index).unwrap();
    let error = read(&path).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Truncated(FilePart::Record)), "{error}");
    assert_eq!(error.location().file.as_deref(), Some("parcels_utf8.dbf"));
}

/// A shape of three dimensions is a problem of its row.
#[test]
fn a_multipatch_is_no_shape() {
    let (_folder, path) = copied("parcels_utf8");
    let mut shapes = fs::read(&path).unwrap();
    shapes[108] = 31;
    fs::write(&path, shapes).unwrap();
    let table = read(&path).unwrap();
    assert_eq!(table.rows[0].1, "unsupported-geometry");
    assert!(table.rows[1].1.starts_with("MULTIPOLYGON"));
}

const KINDS: [(&str, Kind); 8] = [
    ("code", Kind::Text),
    ("地块编号", Kind::Integer),
    ("ratio", Kind::Real),
    ("is_built", Kind::Boolean),
    ("day", Kind::Date),
    ("time", Kind::DateTime),
    ("tags", Kind::Json),
    ("备注", Kind::Text),
];

const CELLS: [[&str; 8]; 3] = [
    ["'0701'", "330003000000000123", "0.1", "true", "'2022-11-14'", "'2022-11-14T09:30:00Z'", "[1]", "'台州，湾'"],
    [
        "' lead'",
        "-9223372036854775808",
        "-1.25e-9",
        "false",
        "'2024-02-29'",
        "'1999-12-31T23:59:59+08:00'",
        "{}",
        "'ü'",
    ],
    ["null", "null", "null", "null", "null", "null", "null", "null"],
];

/// Writes rows with these geometries.
fn write(path: &Path, shapes: &[&str], options: &WriteOptions) -> Result<Vec<Loss>, Error> {
    let fields: Vec<Field> = KINDS.iter().map(|(name, kind)| Field::new(*name, *kind)).collect();
    let schema = Schema { fields, geometry_source: GeometrySource::Shapes, ..Schema::default() };
    let mut writer = io::create(Output::create(path, false)?, &schema, &[], options)?;
    let mut builder = BatchBuilder::new(1);
    for (row, shape) in shapes.iter().enumerate() {
        for (column, cell) in CELLS[row % CELLS.len()].iter().enumerate() {
            match cell.strip_prefix('\'') {
                Some(text) => builder.cell(column, CellText::Text(text.strip_suffix('\'').unwrap())),
                None => builder.cell(column, CellText::Json(cell)),
            }
        }
        let shape: Option<Geometry> =
            (!shape.is_empty()).then(|| from_wkt(shape, ArcTolerance::default()).unwrap().geometry.unwrap());
        builder.end_row_with(shape.ok_or(RowProblem::NullGeometry));
    }
    if let Some(batch) = builder.finish(Arc::new(schema.names())) {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers)?;
    }
    writer.finish()
}

fn in_system(crs: Crs) -> WriteOptions {
    WriteOptions { source_crs: crs, is_in_source_crs: true, ..WriteOptions::new(Format::SHAPEFILE) }
}

#[test]
fn attributes_come_back() {
    for encoding in [Encoding::Utf8, Encoding::Gb18030] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.shp");
        let options = WriteOptions { encoding: Some(encoding), ..in_system(Crs::Epsg(4549)) };
        let losses = write(&path, &[TRIANGLE, TRIANGLE, ""], &options).unwrap();
        let table = read(&path).unwrap();
        // Four characters have eight bytes in GBK, and twelve in UTF-8.
        let (name, losses_expected) = match encoding {
            Encoding::Utf8 => ("地块编", vec![Loss::Renamed { from: "地块编号".to_owned(), to: "地块编".to_owned() }]),
            Encoding::Gb18030 => ("地块编号", vec![]),
        };
        assert_eq!(losses, losses_expected);
        let kinds = KINDS.map(|(column, kind)| match kind {
            Kind::DateTime | Kind::Json => Field::new(column, Kind::Text),
            _ => Field::new(if column == "地块编号" { name } else { column }, kind),
        });
        assert_eq!(table.fields, kinds);
        assert_eq!(table.encoding, encoding.to_string());
        for (found, cells) in table.rows.iter().zip(CELLS) {
            let mut cells = texts(&cells);
            // Lists become text; numbers lose no digit, but are written in another way.
            if cells[6] != "null" {
                cells[6] = format!("'{}'", cells[6]);
            }
            cells[2] = cells[2].replace("-1.25e-9", "-0.00000000125");
            let found: Vec<String> = found.0.iter().map(|cell| cell.replace(".10000000000", ".1")).collect();
            assert_eq!(found, cells);
        }
    }
}

#[test]
fn geometries_come_back() {
    let files: [&[&str]; 4] = [
        &["POINT(121.36898 28.6559)", "", "POINT(121.1 28.7)"],
        &["MULTIPOINT((121.4 28.6),(121.5 28.7))", ""],
        &["LINESTRING(121.3 28.6,121.4 28.7)", "MULTILINESTRING((121.3 28.6,121.4 28.7),(121.5 28.6,121.5 28.7))"],
        &[
            "",
            "POLYGON((121 28,121 29,122 29,122 28,121 28),(121.1 28.1,121.2 28.1,121.2 28.2,121.1 28.1))",
            "MULTIPOLYGON(((121 28,121 29,122 29,122 28,121 28),(121.1 28.1,121.9 28.1,121.9 28.9,121.1 28.1)),\
             ((121.7 28.2,121.8 28.3,121.8 28.2,121.7 28.2)),((123 28,123 29,124 29,123 28)))",
        ],
    ];
    for (number, shapes) in files.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.shp");
        write(&path, shapes, &in_system(Crs::Cgcs2000)).unwrap();
        let expected = shapes.iter().map(|wkt| if wkt.is_empty() { "null-geometry" } else { *wkt });
        let table = read(&path).unwrap();
        assert_eq!(table.rows.iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        let rows = io::open(Input::path(&path), &ReadOptions::default()).unwrap();
        assert_eq!(
            rows.schema().geometry_source,
            if number == 0 { GeometrySource::Points } else { GeometrySource::Shapes }
        );
        // Nothing but the parts.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
    }
}

#[test]
fn systems_come_back() {
    for crs in [Crs::Epsg(4549), Crs::Epsg(4528), Crs::Epsg(4550), Crs::Cgcs2000, Crs::Crs84, Crs::Gcj02, Crs::Bd09] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.shp");
        let options = WriteOptions { crs: Some(crs.clone()), ..WriteOptions::new(Format::SHAPEFILE) };
        assert!(
            !write(&path, &["POINT(121.36898 28.6559)"], &options)
                .unwrap()
                .iter()
                .any(|loss| matches!(loss, Loss::Crs { .. }))
        );
        assert_eq!(read(&path).unwrap().crs, crs);
        // Where it is read in longitude and latitude it is the same place again.
        let batch = io::open(Input::path(&path), &ReadOptions::default()).unwrap().next_batch().unwrap().unwrap();
        let site = batch.sites()[0].clone().unwrap();
        assert!((site.x - 121.36898).abs() < 2e-9 && (site.y - 28.6559).abs() < 2e-9, "{crs} {site:?}");
    }
}

#[test]
fn a_system_without_words_is_not_stated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.shp");
    let crs = Crs::Epsg(3375);
    fs::write(path.with_extension("prj"), "GEOGCS[…]").unwrap();
    // What is there may not be replaced: not even by nothing.
    let error = write(&path, &["POINT(1 2)"], &in_system(crs.clone())).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::AlreadyExists), "{error}");
    assert!(error.to_string().contains("out.prj"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    fs::write(path.with_extension("qix"), "of the old shapes").unwrap();
    let schema = Schema::of_text(["a"], GeometrySource::Points);
    let output = Output::create(&path, true).unwrap();
    let writer = io::create(output, &schema, &[], &in_system(crs.clone())).unwrap();
    assert_eq!(writer.finish().unwrap(), [Loss::Crs { crs: "EPSG:3375".to_owned() }]);
    assert!(path.exists() && !path.with_extension("prj").exists() && !path.with_extension("qix").exists());
}

#[test]
fn a_file_without_rows_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    for (name, geometry_source, kind) in
        [("points.shp", GeometrySource::Points, 1), ("areas.shp", GeometrySource::Shapes, 5)]
    {
        let path = folder.path().join(name);
        let schema = Schema { geometry_source, ..Schema::default() };
        let writer = io::create(Output::create(&path, false).unwrap(), &schema, &[], &in_system(Crs::Crs84)).unwrap();
        writer.finish().unwrap();
        let shapes = fs::read(&path).unwrap();
        assert_eq!((shapes.len(), shapes[27], shapes[32]), (100, 50, kind));
        let table = read(&path).unwrap();
        assert_eq!((table.rows.len(), table.fields.len()), (0, 1));
    }
}

#[test]
fn one_kind_of_geometry_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.shp");
    let error = write(&path, &["POINT(1 2)", "", "MULTIPOINT((1 2))"], &in_system(Crs::Crs84)).err().unwrap();
    assert_eq!(error.location().row, Some(3));
    assert!(
        matches!(error.kind(), ErrorKind::MixedGeometry { first, found, .. } if first == "Point" && found == "MultiPoint")
    );
    let error = write(&path, &["GEOMETRYCOLLECTION(POINT(1 2))"], &in_system(Crs::Crs84)).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::UnsupportedGeometry { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::write(path.with_extension("cpg"), "old").unwrap();
    let error = write(&path, &["POINT(1 2)"], &in_system(Crs::Crs84)).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::AlreadyExists), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let schema = Schema::of_text(["a"], GeometrySource::Points);
    let create = |output| io::create(output, &schema, &[], &in_system(Crs::Crs84)).err().unwrap();
    assert!(matches!(create(Output::stream("-", std::io::sink())).kind(), ErrorKind::NeedsFile { .. }));
    let named = Output::create(folder.path().join("out.zip"), false).unwrap();
    assert!(matches!(create(named).kind(), ErrorKind::NeedsEnding { ending: "shp", .. }));
}

#[test]
fn more_columns_than_dbase_has_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.shp");
    let schema = Schema::of_text((0..257).map(|number| format!("a{number}")), GeometrySource::Points);
    let writer = io::create(Output::create(&path, false).unwrap(), &schema, &[], &in_system(Crs::Crs84)).unwrap();
    let fields = ["a255", "a256"].map(str::to_owned).to_vec();
    assert_eq!(writer.finish().unwrap(), [Loss::Columns { fields }]);
    assert_eq!(read(&path).unwrap().fields.len(), 255);
}

proptest! {
    /// A byte changed in one of the files, or a file cut off: rows or an error.
    #[test]
    fn no_bytes_panic(name in 0..3usize, ending in 0..5usize, place: prop::sample::Index, byte: u8, end in prop::option::of(any::<prop::sample::Index>())) {
        let (_folder, path) = copied(["parcels_utf8", "parcels_gbk", "points_many"][name]);
        let part = path.with_extension(["shp", "shx", "dbf", "prj", "cpg"][ending]);
        let mut bytes = fs::read(&part).unwrap_or_else(|_| b"936".to_vec());
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        fs::write(&part, bytes).unwrap();
        let _ = read(&path);
    }
}
