//! DXF: drawings of other software are read as they are drawn, and what is written is read as it was.
//!
//! How the drawings of other software were made is in `tests/data/dxf/README.md`.

mod common;

use std::collections::HashSet;
use std::f64::consts::PI;
use std::fs;

use geo::{Area, Coord, CoordsIter, Euclidean, Geometry, Length};
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::{ErrorKind, FileKind, FilePart, FileProblem};
use taizhou_corridor::io::{self, Format, Input, Loss, Output, ReadNote, ReadOptions, Rows, WriteOptions};
use taizhou_corridor::table::{AnswerTable, GeometrySource};

const FOLDER: &str = "tests/data/dxf";

fn options() -> ReadOptions {
    ReadOptions { crs: Some(Crs::Epsg(4528)), ..ReadOptions::default() }
}

fn of_layer(layer: &str) -> ReadOptions {
    ReadOptions { layer: Some(layer.to_owned()), ..options() }
}

fn open(file: &str, options: &ReadOptions) -> Rows {
    io::open(Input::path(format!("{FOLDER}/{file}")), options).unwrap().in_source_crs()
}

/// A row: the texts of its columns but for the handle, and its geometry.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    layer: String,
    entity: String,
    block: String,
    text: String,
    elevation: String,
    geometry: Result<Geometry<f64>, String>,
}

fn rows_of(mut rows: Rows) -> (Vec<Row>, Vec<ReadNote>) {
    let mut found = vec![];
    while let Some(batch) = rows.next_batch().unwrap() {
        for number in 0..batch.len() {
            let cell = |column| batch.row(number).cell(column).map_or(String::new(), |cell| cell.text().into_owned());
            let geometry =
                batch.shape(number).map(|shape| shape.geometry()).map_err(|problem| problem.code().to_owned());
            let [layer, entity, block, text, elevation] = [0, 1, 2, 4, 5].map(cell);
            found.push(Row { layer, entity, block, text, elevation, geometry });
        }
    }
    (found, rows.notes())
}

fn read(file: &str, options: &ReadOptions) -> Vec<Row> {
    rows_of(open(file, options)).0
}

/// Coordinates without the origin of the test drawings.
fn corners(row: &Row) -> Vec<(f64, f64)> {
    let round = |value: f64| (value * 1e6).round() / 1e6;
    let geometry = row.geometry.as_ref().unwrap();
    geometry.coords_iter().map(|at| (round(at.x - 40_633_800.0), round(at.y - 3_171_800.0))).collect()
}

const PARCELS: [&str; 6] = [
    "parcels_r12.dxf",
    "parcels_r12_binary.dxf",
    "parcels_r2000.dxf",
    "parcels_r2007.dxf",
    "parcels_r2018.dxf",
    "parcels_r2018_binary.dxf",
];

#[test]
fn every_version_has_the_same_rows() {
    let expected = read("parcels_r2018.dxf", &options());
    assert_eq!(expected.len(), 9);
    for file in PARCELS {
        let rows = open(file, &options());
        assert_eq!((rows.format(), rows.schema().geometry_source), (Format::DXF, GeometrySource::Shapes));
        let (mut found, notes) = rows_of(rows);
        for row in &mut found {
            row.entity = row.entity.replace("LWPOLYLINE", "POLYLINE");
        }
        let mut expected = expected.clone();
        expected.iter_mut().for_each(|row| row.entity = row.entity.replace("LWPOLYLINE", "POLYLINE"));
        assert_eq!(found, expected, "{file}");
        let kinds = vec![("ARC".to_owned(), 1), ("LINE".to_owned(), 2)];
        assert_eq!(notes, [ReadNote::UnreadEntities { kinds }, ReadNote::UnusedTexts { count: 1 }], "{file}");
    }
}

#[test]
fn closed_polylines_are_polygons_with_their_texts() {
    let rows = read("parcels_r2000.dxf", &options());
    let shown: Vec<(&str, &str, &str)> =
        rows.iter().map(|row| (row.layer.as_str(), row.entity.as_str(), row.text.as_str())).collect();
    let expected = [
        ("地块", "LWPOLYLINE", "R2-01 居住"),
        ("地块", "LWPOLYLINE", "A33°"),
        ("地块", "LWPOLYLINE", ""),
        ("地块", "LWPOLYLINE", ""),
        ("地块", "LWPOLYLINE", "池塘"),
        ("地块", "LWPOLYLINE", ""),
        ("道路", "LWPOLYLINE", ""),
        ("地块", "CIRCLE", ""),
        ("隐藏", "LWPOLYLINE", ""),
    ];
    assert_eq!(shown, expected);
    assert_eq!(corners(&rows[0]), [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0), (0.0, 0.0)]);
    // The polyline that was left open is a line, as is the road.
    let kinds: Vec<bool> = rows.iter().map(|row| matches!(row.geometry, Ok(Geometry::Polygon(_)))).collect();
    assert_eq!(kinds, [true, true, true, true, true, false, false, true, true]);
    assert!(matches!(rows[5].geometry, Ok(Geometry::LineString(_))));
    // The pond is no hole of the square.
    let Ok(Geometry::Polygon(square)) = &rows[0].geometry else { panic!() };
    assert_eq!(square.interiors().len(), 0);
}

/// The area of a circular segment over a chord, by the bulge.
fn segment(chord: f64, bulge: f64) -> f64 {
    let angle = 4.0 * f64::atan(bulge);
    let radius = chord * (1.0 + bulge * bulge) / (4.0 * bulge);
    radius * radius * (angle - angle.sin()) / 2.0
}

#[test]
fn areas_of_arcs_are_exact_within_a_millimetre() {
    let shapes = |file: &str| -> Vec<(f64, f64)> {
        let rows = read(file, &options());
        rows.iter()
            .filter_map(|row| match &row.geometry {
                Ok(Geometry::Polygon(polygon)) => {
                    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
                    Some((polygon.unsigned_area(), rings.map(|ring| Euclidean.length(ring)).sum()))
                }
                _ => None,
            })
            .collect()
    };
    let parcels = [
        10_000.0,
        10_000.0 + segment(100.0, 1.0),
        2.0 * segment(100.0, 0.5),
        10_000.0 - segment(100.0, 0.25),
        400.0,
        2_500.0 * PI,
        5_000.0,
    ];
    for file in PARCELS {
        let found = shapes(file);
        assert_eq!(found.len(), parcels.len());
        for ((area, length), expected) in found.into_iter().zip(parcels) {
            // Every edge is within a millimetre of the arc.
            assert!((area - expected).abs() < 1e-3 * length, "{file}: {area} {expected}");
        }
    }
    // With a round hole; a stadium of lines and arcs; an ellipse as a hatch; a whole ellipse.
    let hatches = [10_000.0 - 100.0 * PI, 10_000.0, 50.0 * 25.0 * PI, 50.0 * 12.5 * PI];
    let found = shapes("hatches.dxf");
    assert_eq!(found.len(), hatches.len());
    for ((area, length), expected) in found.into_iter().zip(hatches) {
        assert!((area - expected).abs() < 1e-3 * length, "{area} {expected}");
    }
    assert_eq!(open("parcels_r12.dxf", &options()).with_arcs(), 0);
    let mut rows = open("parcels_r12.dxf", &options());
    while rows.next_batch().unwrap().is_some() {}
    assert_eq!(rows.with_arcs(), 5);
}

#[test]
fn hatches_have_the_holes_that_they_state() {
    let (rows, notes) = rows_of(open("hatches.dxf", &options()));
    let Ok(Geometry::Polygon(first)) = &rows[0].geometry else { panic!("{:?}", rows[0]) };
    assert_eq!(first.interiors().len(), 1);
    assert_eq!(rows[0].text, "科研 用地 1.25公顷");
    let expected = ["HATCH", "HATCH", "HATCH", "HATCH", "ELLIPSE"];
    assert_eq!(rows.iter().map(|row| row.entity.as_str()).collect::<Vec<_>>(), expected);
    assert_eq!(rows[3].geometry, Err("unsupported-geometry".to_owned()));
    let kinds = vec![("ELLIPSE".to_owned(), 1), ("SPLINE".to_owned(), 1)];
    assert_eq!(notes, [ReadNote::UnreadEntities { kinds }]);
}

#[test]
fn references_to_blocks_are_their_shapes() {
    let (rows, notes) = rows_of(open("blocks.dxf", &options()));
    let of = |block: &str, layer: &str| -> Vec<&Row> {
        rows.iter().filter(|row| row.block == block && row.layer == layer).collect()
    };
    // Each house is a rectangle and a disc; what is on layer 0 in the block is on the layer of the reference.
    assert_eq!((of("house", "建筑").len(), of("两栋", "建筑").len()), (2 * (3 + 6), 2 * 2));
    let rectangle = |row: &Row| corners(row).into_iter().take(4).collect::<Vec<_>>();
    let houses: Vec<&Row> = of("house", "建筑").into_iter().filter(|row| corners(row).len() == 5).collect();
    assert_eq!(rectangle(houses[0]), [(0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (0.0, 5.0)]);
    let (sin, cos) = (30_f64.to_radians().sin(), 30_f64.to_radians().cos());
    let corner = corners(houses[1])[2];
    let expected = (100.0 + 20.0 * cos - 15.0 * sin, 20.0 * sin + 15.0 * cos);
    assert!((corner.0 - expected.0).abs() < 1e-6 && (corner.1 - expected.1).abs() < 1e-6, "{corner:?}");
    assert_eq!(rectangle(houses[2]), [(200.0, 0.0), (190.0, 0.0), (190.0, 5.0), (200.0, 5.0)]);
    let first: Vec<(f64, f64)> = houses[3..].iter().map(|row| corners(row)[0]).collect();
    assert_eq!(first, [(400.0, 0.0), (415.0, 0.0), (430.0, 0.0), (400.0, 10.0), (415.0, 10.0), (430.0, 10.0)]);
    // A block in a block, both turned.
    let pair: Vec<&Row> = of("两栋", "建筑").into_iter().filter(|row| corners(row).len() == 5).collect();
    assert_eq!(rectangle(pair[0]), [(300.0, 0.0), (300.0, 10.0), (295.0, 10.0), (295.0, 0.0)]);
    assert_eq!(rectangle(pair[1]), [(300.0, 20.0), (290.0, 20.0), (290.0, 15.0), (300.0, 15.0)]);
    // A disc that is stretched is an ellipse within a millimetre.
    let discs: Vec<&Row> = of("house", "建筑").into_iter().filter(|row| corners(row).len() > 5).collect();
    let area = |row: &Row| row.geometry.as_ref().unwrap().unsigned_area();
    assert!((area(discs[0]) - PI).abs() < 2.0 * PI * 1e-3 && (area(discs[1]) - 6.0 * PI).abs() < 6.0 * PI * 1e-3);
    // Symbols, points, and what is mirrored or has heights.
    let tree = of("tree", "树")[0];
    assert_eq!((tree.entity.as_str(), tree.text.as_str(), corners(tree)), ("INSERT", "香樟", vec![(500.0, 0.0)]));
    let point = rows.iter().find(|row| row.entity == "POINT").unwrap();
    assert_eq!((point.elevation.as_str(), corners(point)), ("4.25", vec![(510.0, 0.0)]));
    let own: Vec<&Row> = of("", "建筑");
    assert_eq!(rectangle(own[0]), [(0.0, 50.0), (10.0, 50.0), (10.0, 60.0), (0.0, 50.0)]);
    assert_eq!((own[1].elevation.as_str(), own[2].elevation.as_str()), ("12.5", ""));
    let Some(ReadNote::UnreadEntities { kinds }) = notes.first() else { panic!("{notes:?}") };
    assert_eq!(kinds[..], [("LINE".to_owned(), 11)]);
}

#[test]
fn other_programs_are_read() {
    let rows = read("gdal.dxf", &options());
    let shown: Vec<(&str, &str)> = rows.iter().map(|row| (row.layer.as_str(), row.entity.as_str())).collect();
    let expected = [("宗地", "HATCH"), ("宗地", "HATCH"), ("道路", "LWPOLYLINE"), ("点", "POINT")];
    assert_eq!(shown, expected);
    assert_eq!(rows[1].geometry.as_ref().unwrap().unsigned_area(), 9_600.0);
    let rows = read("cadastre.dxf", &options());
    let shown: Vec<(&str, &str, &str, usize)> = rows
        .iter()
        .map(|row| (row.layer.as_str(), row.entity.as_str(), row.text.as_str(), corners(row).len()))
        .collect();
    let expected = [
        ("JZD", "POLYLINE", "工业用地; 0601", 5),
        ("JZD", "POLYLINE", "", 5),
        ("JZD", "POLYLINE", "", 3),
        ("KZD", "INSERT", "", 1),
        ("GCD", "POINT", "", 1),
    ];
    assert_eq!(shown, expected);
    assert_eq!(open("cadastre.dxf", &options()).encoding(), "GB18030");
}

#[test]
fn layers_are_listed_and_chosen() {
    for file in PARCELS {
        let layers = io::layers(|| Input::path(format!("{FOLDER}/{file}")), &ReadOptions::default()).unwrap();
        let mut found: Vec<(&str, Option<u64>, bool, &[&str])> = layers
            .iter()
            .map(|layer| (layer.name.as_str(), layer.rows, layer.is_hidden, layer.geometry.as_slice()))
            .filter(|(_, rows, ..)| *rows != Some(0))
            .collect();
        found.sort();
        let expected: [(&str, Option<u64>, bool, &[&str]); 3] = [
            ("地块", Some(7), false, &["LineString", "Polygon"]),
            ("道路", Some(1), false, &["LineString"]),
            ("隐藏", Some(1), true, &["Polygon"]),
        ];
        assert_eq!(found, expected, "{file}");
        assert!(layers.iter().any(|layer| layer.name == "注记" && layer.crs.is_none()));
        let rows = read(file, &of_layer("地块"));
        assert_eq!((rows.len(), rows[0].text.as_str()), (7, "R2-01 居住"), "{file}");
    }
    // Names of layers differ in more than case.
    assert_eq!(read("cadastre.dxf", &of_layer("jzd")).len(), 3);
    let error = io::open(Input::path(format!("{FOLDER}/cadastre.dxf")), &of_layer("x")).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::UnknownLayer { layers, .. } if layers.contains(&"GCD".to_owned())));
}

#[test]
fn a_drawing_needs_a_system() {
    let open = |options: ReadOptions| io::open(Input::path(format!("{FOLDER}/blocks.dxf")), &options);
    let error = open(ReadOptions::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::NoSystem { code: Some(4528), .. }), "{error}");
    assert!(open(ReadOptions { override_crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() }).is_ok());
    let folder = tempfile::tempdir().unwrap();
    let file = fs::canonicalize(format!("{FOLDER}/parcels_r12.dxf")).unwrap();
    let file = file.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let output = common::corridor(folder.path(), arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(&["overlay", file]);
    assert!(code == Some(2) && said.contains("EPSG:4528") && said.contains("--crs"), "{said}");
    let (code, said) = run(&["--lang", "zh", "locate", "--plan", file, "--at", "121.4,28.65"]);
    assert!(code == Some(2) && said.contains("带号与EPSG:4528一致") && said.contains("--plan-crs"), "{said}");
    assert_eq!(run(&["layers", file]).0, Some(0));
    // The open polylines are marked.
    let (code, said) = run(&["overlay", file, "--crs", "EPSG:4528", "-o", "parts.csv"]);
    assert!(code == Some(1) && said.contains("2 of 9 rows invalid"), "{said}");
    assert!(said.contains("entities not read: 1 ARC, 2 LINE"), "{said}");
}

/// A drawing of these lines, after the head of the entities.
fn drawing(head: &str, entities: &str) -> Vec<u8> {
    format!("{head}0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n").into_bytes()
}

fn error_of(bytes: Vec<u8>) -> taizhou_corridor::Error {
    let rows = io::open(Input::bytes("a.dxf", bytes), &options());
    let mut rows = match rows {
        Ok(rows) => rows,
        Err(error) => return error,
    };
    loop {
        match rows.next_batch() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("no error"),
            Err(error) => return error,
        }
    }
}

#[test]
fn blocks_in_blocks_are_bounded() {
    // Each block refers to the next ten times, the last has a polyline; one refers to itself.
    let mut blocks = "0\nSECTION\n2\nBLOCKS\n".to_owned();
    for level in 0..12 {
        blocks.push_str(&format!("0\nBLOCK\n2\nb{level}\n10\n0\n20\n0\n"));
        let next = if level == 11 { "b11".to_owned() } else { format!("b{}", level + 1) };
        blocks.push_str(&format!("0\nINSERT\n2\n{next}\n10\n0\n20\n0\n").repeat(10));
        if level == 11 {
            blocks.push_str("0\nLWPOLYLINE\n70\n1\n10\n0\n20\n0\n10\n1\n20\n0\n10\n1\n20\n1\n");
        }
        blocks.push_str("0\nENDBLK\n");
    }
    blocks.push_str("0\nENDSEC\n");
    let error = error_of(drawing(&blocks, "0\nINSERT\n2\nb0\n10\n0\n20\n0\n70\n32767\n71\n32767\n"));
    let ErrorKind::Malformed { kind: FileKind::Dxf, problem } = error.kind() else { panic!("{error}") };
    assert_eq!(*problem, FileProblem::BlocksTooLarge { limit: 1 << 22 });
}

#[test]
fn damaged_drawings_are_errors_and_damaged_entities_rows() {
    let whole = fs::read(format!("{FOLDER}/parcels_r2018.dxf")).unwrap();
    for share in [2, 3, 5] {
        let error = error_of(whole[..whole.len() / share].to_vec());
        let is_told = matches!(error.kind(), ErrorKind::Truncated(FilePart::Drawing) | ErrorKind::Malformed { .. });
        assert!(is_told, "{error}");
    }
    let error = error_of(b"0\nSECTION\n2\nENTITIES\nx\n1\n".to_vec());
    assert!(matches!(error.kind(), ErrorKind::Malformed { problem: FileProblem::GroupCode(code), .. } if code == "x"));
    assert_eq!(error.location().line, Some(5));
    let bad =
        "0\nCIRCLE\n10\n1\n20\nabc\n40\n1\n0\nCIRCLE\n10\n1\n20\n2\n40\n1e300\n0\nLWPOLYLINE\n10\n1\n20\n2\n0\nPOINT\n";
    let rows = io::open(Input::bytes("a.dxf", drawing("", bad)), &options()).unwrap().in_source_crs();
    let codes: Vec<String> = rows_of(rows).0.into_iter().map(|row| row.geometry.unwrap_err()).collect();
    assert_eq!(codes, ["bad-geometry"; 4]);
}

/// Rows of any format as a drawing, and what was lost.
fn written(input: Input, read: &ReadOptions, write: WriteOptions) -> (Vec<u8>, Vec<Loss>) {
    let mut rows = io::open(input, read).unwrap().in_source_crs();
    let options = WriteOptions { source_crs: rows.crs(), is_in_source_crs: true, ..write };
    let (output, memory) = Output::memory("out.dxf");
    let mut writer = io::create(output, rows.schema(), &[], &options).unwrap();
    while let Some(batch) = rows.next_batch().unwrap() {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers).unwrap();
    }
    let losses = writer.finish().unwrap();
    (memory.into_bytes(), losses)
}

/// A table in zone 40 as CSV.
fn table(rows: &str) -> Input {
    Input::bytes("a.csv", format!("name,use,wkt\n{rows}"))
}

const SHAPES: &str = "\
    a,R,\"POLYGON((40633800 3171800,40633900 3171800,40633900 3171900,40633800 3171900,40633800 3171800),\
    (40633820 3171820,40633820 3171840,40633840 3171840,40633820 3171820))\"\n\
    b,\"x/y\",\"MULTIPOLYGON(((40634000 3171800,40634100 3171800,40634100 3171900,40634000 3171800)),\
    ((40634200.0001 3171800,40634300 3171800.5,40634300 3171900,40634200.0001 3171800)))\"\n\
    c,\"X/Y\",\"LINESTRING(40633800 3171800,40633900 3171850.25)\"\n\
    d,,\"POINT(40633800.123 3171800.456)\"\n\
    e,R,\n\
    f,R,\"MULTIPOINT((40633800 3171800),(40633801 3171800))\"\n\
    g,R,\"GEOMETRYCOLLECTION(POINT(40633800 3171800),LINESTRING(40633800 3171800,40633801 3171801))\"\n";

#[test]
fn what_is_written_comes_back() {
    for encoding in [io::Encoding::Utf8, io::Encoding::Gb18030] {
        let write = WriteOptions {
            encoding: Some(encoding),
            layer_field: Some("use".to_owned()),
            text_field: Some("name".to_owned()),
            ..WriteOptions::new(Format::DXF)
        };
        let (bytes, losses) = written(table(SHAPES), &options(), write);
        let renamed = Loss::LayersRenamed { from: "x/y".to_owned(), to: "x_y".to_owned(), count: 2 };
        let expected = [Loss::Crs { crs: "EPSG:4528".to_owned() }, renamed, Loss::RowsWithoutGeometry { count: 1 }];
        assert_eq!(losses, expected);
        let mut before = io::open(table(SHAPES), &options()).unwrap().in_source_crs();
        let batch = before.next_batch().unwrap().unwrap();
        let rows = io::open(Input::bytes("out.dxf", &bytes), &options()).unwrap().in_source_crs();
        let names = ["layer", "entity", "block", "handle", "text", "elevation", "name", "use"];
        assert_eq!(rows.schema().names(), names);
        let (found, notes) = rows_of(rows);
        assert_eq!(notes, []);
        let layers: Vec<&str> = found.iter().map(|row| row.layer.as_str()).collect();
        assert_eq!(layers, ["R", "x_y", "X_Y_2", "0", "R", "R"]);
        let texts: Vec<&str> = found.iter().map(|row| row.text.as_str()).collect();
        assert_eq!(texts, ["a", "b", "", "", "", ""]);
        let shapes = (0..batch.len()).filter_map(|number| batch.shape(number).ok().map(|shape| shape.geometry()));
        for (row, expected) in found.iter().zip(shapes) {
            assert_eq!(row.geometry.as_ref(), Ok(&expected));
        }
    }
}

#[test]
fn a_copy_of_a_polygon_is_a_row_of_its_own() {
    let (bytes, _) = written(table(SHAPES), &options(), WriteOptions::new(Format::DXF));
    let text = String::from_utf8(bytes).unwrap();
    let start = text.find("  0\r\nLWPOLYLINE").unwrap();
    let hole = start + text[start + 5..].find("  0\r\nLWPOLYLINE").unwrap() + 5;
    let end = hole + text[hole + 5..].find("  0\r\nLWPOLYLINE").unwrap() + 5;
    // The exterior once more, then the polygon with its hole once more.
    let copied = [&text[..end], &text[start..hole], &text[start..end], &text[end..]].concat();
    let rows = io::open(Input::bytes("a.dxf", copied), &options()).unwrap().in_source_crs();
    let holes: Vec<usize> = rows_of(rows)
        .0
        .iter()
        .filter_map(|row| match &row.geometry {
            Ok(Geometry::Polygon(polygon)) => Some(polygon.interiors().len()),
            _ => None,
        })
        .collect();
    assert_eq!(holes, [1, 0, 1]);
}

#[test]
fn no_text_becomes_a_group_code() {
    let hostile = "  0\r\nEOF\r\n\"^J\\U+000A";
    let long = "台".repeat(6_000);
    let csv = format!(
        "name,layer,long,wkt\n\"{}\",\"{}\",{long},POINT(40633800 3171800)\n",
        hostile.replace('"', "\"\""),
        hostile.replace('"', "\"\"")
    );
    for encoding in [io::Encoding::Utf8, io::Encoding::Gb18030] {
        let write = WriteOptions { encoding: Some(encoding), ..WriteOptions::new(Format::DXF) };
        let (bytes, losses) = written(Input::bytes("a.csv", &csv), &options(), write);
        let mut rows = io::open(Input::bytes("out.dxf", &bytes), &options()).unwrap();
        let batch = rows.next_batch().unwrap().unwrap();
        let cell = |name: &str| {
            let column = batch.columns().iter().position(|column| column == name).unwrap();
            batch.row(0).cell(column).unwrap().text().into_owned()
        };
        assert_eq!((batch.len(), cell("name").as_str()), (1, hostile));
        assert_eq!(cell("layer"), "0__EOF____J_U+000A");
        // What does not fit the extended data is cut, and told.
        assert!(long.starts_with(&cell("long")) && cell("long").chars().count() > 3_900);
        assert!(losses.iter().any(|loss| matches!(loss, Loss::Cut { field, count: 1, .. } if field == "long")));
    }
}

#[test]
fn handles_are_distinct_and_below_the_next() {
    let (bytes, _) = written(table(SHAPES), &options(), WriteOptions::new(Format::DXF));
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let pairs: Vec<(i32, &str)> = lines.chunks(2).map(|pair| (pair[0].trim().parse().unwrap(), pair[1])).collect();
    let seed = pairs.iter().position(|pair| *pair == (9, "$HANDSEED")).unwrap();
    let number = |text: &str| u64::from_str_radix(text, 16).unwrap();
    let next = number(pairs[seed + 1].1);
    let handles: Vec<u64> =
        pairs[seed + 2..].iter().filter(|(code, _)| matches!(code, 5 | 105)).map(|pair| number(pair.1)).collect();
    assert_eq!(handles.iter().collect::<HashSet<_>>().len(), handles.len());
    assert!(handles.iter().all(|handle| *handle < next) && handles.len() > 30);
    // Every owner and every application is there.
    for (code, value) in &pairs {
        assert!(*code != 330 || *value == "0" || handles.contains(&number(value)), "{value}");
    }
}

#[test]
fn the_zone_is_the_layer_and_degrees_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let parcels = fs::canonicalize("data/sample-parcels.geojson").unwrap();
    let parcels = parcels.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let output = common::corridor(folder.path(), arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(&["overlay", parcels, "-o", "a.dxf"]);
    assert!(code == Some(2) && said.contains("--to-crs") && !folder.path().join("a.dxf").exists(), "{said}");
    let (code, said) = run(&["overlay", parcels, "-o", "a.dxf", "--to-crs", "EPSG:4528", "--text-field", "名称"]);
    assert!(code == Some(0) && said.contains("cannot record the coordinate system (EPSG:4528)"), "{said}");
    let rows = io::open(Input::path(folder.path().join("a.dxf")), &options()).unwrap();
    let layer = rows.schema().position("layer").unwrap();
    let zone = rows.schema().position("zone");
    let (mut rows, mut layers) = (rows, HashSet::new());
    while let Some(batch) = rows.next_batch().unwrap() {
        for number in 0..batch.len() {
            let cell =
                |column: usize| batch.row(number).cell(column).map_or(String::new(), |cell| cell.text().into_owned());
            let of_zone = zone.map_or(String::new(), cell);
            assert_eq!(cell(layer), if of_zone.is_empty() { "0".to_owned() } else { of_zone });
            layers.insert(cell(layer));
        }
    }
    assert!(layers.len() > 2, "{layers:?}");
    let (code, said) = run(&["convert", parcels, "-o", "b.dxf", "--to-crs", "EPSG:4528", "--layer-field", "用途"]);
    assert_eq!(code, Some(0), "{said}");
    let names: Vec<String> = io::layers(|| Input::path(folder.path().join("b.dxf")), &ReadOptions::default())
        .unwrap()
        .into_iter()
        .map(|layer| layer.name)
        .collect();
    assert!(names.len() > 3 && names.contains(&"科研用地".to_owned()), "{names:?}");
    for wrong in [&["--layer-field", "none"][..], &["--layer-field", "用途", "--to-layer", "x"]] {
        let arguments = [&["convert", parcels, "-o", "c.dxf", "--to-crs", "EPSG:4528"], wrong].concat();
        assert_eq!(run(&arguments).0, Some(2));
    }
    assert_eq!(run(&["convert", parcels, "-o", "c.kml", "--text-field", "用途"]).0, Some(2));
    assert!(!folder.path().join("c.dxf").exists());
}

#[test]
fn coordinates_keep_every_digit() {
    let csv = "wkt\n\"POLYGON((40633800.123456789 3171800.1,40633900.3 3171800.0000001,40633900 3171900,40633800.123456789 3171800.1))\"\n";
    let (bytes, _) = written(Input::bytes("a.csv", csv), &options(), WriteOptions::new(Format::DXF));
    let (found, _) = rows_of(io::open(Input::bytes("out.dxf", bytes), &options()).unwrap().in_source_crs());
    let Ok(Geometry::Polygon(polygon)) = &found[0].geometry else { panic!() };
    assert_eq!(polygon.exterior().0[0], Coord { x: 40_633_800.123_456_79, y: 3_171_800.1 });
    assert_eq!(polygon.exterior().0[1].y, 3_171_800.0000001);
}
