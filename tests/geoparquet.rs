//! GeoParquet: files of other software are read, what is written comes back, no bytes make it panic.
#![cfg(feature = "parquet")]

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int96, Int96Type};
use parquet::file::metadata::{
    ColumnChunkMetaData, ColumnChunkMetaDataBuilder, KeyValue, ParquetMetaDataReader, ParquetMetaDataWriter,
};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::geospatial::bounding_box::BoundingBox;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use serde_json::json;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::error::{Error, ErrorKind, FileKind};
use taizhou_corridor::geometry::encoding::{ArcTolerance, from_text};
use taizhou_corridor::io::{
    self, BlockReader, Format, GeoParquetVersion, Input, Loss, Output, ReadNote, ReadOptions, Rows, WriteOptions,
};
use taizhou_corridor::table::{AnswerTable, Batch, Field, GeometrySource, Kind, Schema, Value};

fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/geoparquet/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The bytes of the same table in another format, the schema it was read with, and what was lost.
fn convert(name: &str, bytes: &[u8], to: &str, crs: Option<Crs>) -> Result<(Vec<u8>, Schema, Vec<Loss>), Error> {
    let rows = io::open(Input::bytes(name, bytes), &ReadOptions::default())?;
    let format = Format::of_path(to.as_ref())?;
    let mut options = WriteOptions { source_crs: rows.crs(), crs, ..WriteOptions::new(format) };
    options.is_in_source_crs = options.written_crs() == rows.crs();
    let mut rows = if options.is_in_source_crs { rows.in_source_crs() } else { rows };
    let (output, written) = Output::memory(to);
    let schema = rows.schema().clone();
    let mut writer = io::create(output, &schema, &[], &options)?;
    while let Some(batch) = rows.next_batch()? {
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers)?;
    }
    let losses = writer.finish()?;
    Ok((written.into_bytes(), schema, losses))
}

/// A table as GeoJSON features, one a line, in whatever system.
fn lines(name: &str, bytes: &[u8]) -> Result<Vec<serde_json::Value>, Error> {
    let (bytes, ..) = convert(name, bytes, "out.ndjson", None)?;
    Ok(String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn kinds(schema: &Schema) -> Vec<(&str, Kind)> {
    schema.fields.iter().map(|field| (field.name.as_str(), field.kind)).collect()
}

fn kind_of_error(name: &str, bytes: &[u8]) -> String {
    match lines(name, bytes) {
        Ok(_) => "read".to_owned(),
        Err(error) => match error.kind() {
            ErrorKind::Malformed { kind: FileKind::Parquet, problem } => problem.to_string(),
            other => other.to_string(),
        },
    }
}

#[test]
fn files_of_geopandas_are_read() {
    let rows = io::open(Input::bytes("a.parquet", data("geopandas.parquet")), &ReadOptions::default()).unwrap();
    assert_eq!((rows.crs(), rows.schema().geometry_source), (Crs::Cgcs2000, GeometrySource::Shapes));
    // The boxes are no attribute.
    assert_eq!(kinds(rows.schema()), [("名称", Kind::Text), ("code", Kind::Text), ("long", Kind::Integer)]);
    let batch = { rows }.next_batch().unwrap().unwrap();
    let wkt: Vec<_> =
        (0..5).map(|row| batch.shape(row).map(|shape| shape.wkt()).map_err(|problem| problem.code())).collect();
    let square = "((121 28,122 28,122 29,121 28),(121.6 28.2,121.8 28.4,121.8 28.2,121.6 28.2))";
    let expected = [
        Ok("POINT(121.36898 28.6559)".to_owned()),
        Ok(format!("POLYGON{square}")),
        Ok(format!("MULTIPOLYGON({square},((123 28,124 28,124 29,123 28)))")),
        Err("null-geometry"),
        Ok("GEOMETRYCOLLECTION(POINT(121 28),LINESTRING(121 28,122 29))".to_owned()),
    ];
    assert_eq!(wkt, expected);
    assert!(batch.has_heights());
    let found = lines("a.parquet", &data("geopandas.parquet")).unwrap();
    let properties: Vec<_> = found.iter().map(|feature| feature["properties"].clone()).collect();
    let expected = [
        serde_json::json!({"名称": "台州站", "code": "0701", "long": 330003000000000123_i64}),
        serde_json::json!({"名称": "a", "code": "0702", "long": -1}),
        serde_json::json!({"名称": null, "code": "0703", "long": null}),
        serde_json::json!({"名称": "", "code": null, "long": 0}),
        serde_json::json!({"名称": "b", "code": "0704", "long": i64::MAX}),
    ];
    assert_eq!(properties, expected);
}

#[test]
fn points_in_metres_and_in_the_native_encoding_are_read() {
    let rows = io::open(Input::bytes("a.parquet", data("points_4528.parquet")), &ReadOptions::default()).unwrap();
    assert_eq!((rows.crs(), rows.schema().geometry_source), (Crs::Epsg(4528), GeometrySource::Points));
    let batch = rows.in_source_crs().next_batch().unwrap().unwrap();
    assert_eq!(batch.sites()[0].as_ref().unwrap().x, 40633838.222);
    assert_eq!(batch.sites()[1].as_ref().unwrap_err().code(), "null-geometry");
    let native = lines("a.parquet", &data("native_points.parquet")).unwrap();
    assert_eq!(native[0]["geometry"]["coordinates"], serde_json::json!([121.36898, 28.6559]));
}

const KINDS: [&str; 6] = ["point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"];

/// Reads a file whose column `wkt` has the expected geometries, and compares them; returns its rows.
fn read_as_expected(name: &str) -> Rows {
    let mut rows = io::open(Input::bytes("a.parquet", data(name)), &ReadOptions::default()).unwrap().in_source_crs();
    let wkt = rows.schema().position("wkt").unwrap();
    let batch = rows.next_batch().unwrap().unwrap();
    let mut shapes = 0;
    for row in 0..batch.len() {
        let text = batch.row(row).cell(wkt).unwrap().text().into_owned();
        let expected = from_text(&text, ArcTolerance::default()).ok().and_then(|read| read.geometry);
        match (batch.shape(row), expected) {
            (Ok(shape), Some(expected)) => {
                assert_eq!(shape.geometry(), expected, "{name} {row}");
                shapes += 1;
            }
            (Err(problem), None) => assert_eq!(problem.code(), "null-geometry", "{name} {row}"),
            (read, expected) => panic!("{name} {row}: {read:?}, {expected:?}"),
        }
    }
    assert!(shapes > 0, "{name}");
    rows
}

#[test]
fn native_encodings_are_read() {
    for kind in KINDS {
        let rows = read_as_expected(&format!("native_{kind}.parquet"));
        let source = if kind == "point" { GeometrySource::Points } else { GeometrySource::Shapes };
        assert_eq!((rows.crs(), rows.schema().geometry_source), (Crs::Cgcs2000, source), "{kind}");
    }
}

/// Without the metadata of GeoParquet, the system is that of the type.
#[test]
fn types_of_geoarrow_are_read_with_their_system() {
    let mut with_heights = 0;
    for (number, kind) in KINDS.iter().enumerate() {
        for (next, coordinates) in ["separated", "interleaved"].iter().enumerate() {
            let name = format!("geoarrow_{kind}_{coordinates}.parquet");
            let rows = read_as_expected(&name);
            assert_eq!((rows.crs(), rows.schema().names()), (Crs::Epsg(4528), vec!["wkt".to_owned()]), "{name}");
            let (_, _, losses) = convert("a.parquet", &data(&name), "out.parquet", None).unwrap();
            let has_heights = (number + next) % 4 != 0;
            assert_eq!(losses.contains(&Loss::Heights), has_heights, "{name}");
            with_heights += usize::from(has_heights);
        }
    }
    assert_eq!(with_heights, 9);
}

/// The types of Parquet itself, which need no other metadata.
#[test]
fn parquet_types_are_read() {
    let rows = read_as_expected("geometry_4490.parquet");
    // That there are points only is told by the statistics.
    assert_eq!((rows.crs(), rows.schema().geometry_source), (Crs::Cgcs2000, GeometrySource::Points));
    assert_eq!(rows.notes(), []);
    let rows = read_as_expected("duckdb_geometry.parquet");
    assert_eq!((rows.crs(), rows.schema().geometry_source), (Crs::Crs84, GeometrySource::Points));
    let rows = read_as_expected("geography.parquet");
    assert_eq!((rows.crs(), rows.schema().geometry_source), (Crs::Crs84, GeometrySource::Shapes));
    assert_eq!(rows.notes(), [ReadNote::GeodesicEdges]);
}

/// Lists that are damaged inside: nulls where there should be numbers, positions of one number or of five, NaN.
#[test]
fn damaged_native_geometries_are_problems_of_their_rows() {
    let schema = "message m { optional group line (LIST) { repeated group list { optional group element (LIST) {
        repeated group list { optional double element; } } } } }";
    // Definition levels: 0 no line, 1 no positions, 2 a null position, 3 an empty one, 4 a null number, 5 a number.
    let lines_of = |values: &[f64], defined: &[i16], repeated: &[i16]| {
        let bytes = low_level_with(schema, GEO_LINES, |group| {
            write_column::<DoubleType>(group, values, Some((defined, repeated)));
        });
        let mut rows = io::open(Input::bytes("a.parquet", bytes), &ReadOptions::default()).unwrap();
        let batch = rows.next_batch().unwrap().unwrap();
        let shape = |row| batch.shape(row).map(|shape| shape.wkt()).map_err(|problem| problem.code());
        (0..batch.len()).map(shape).collect::<Vec<_>>()
    };
    let line = Ok("LINESTRING(121 28,122 29)".to_owned());
    let sound = [121.0, 28.0, 122.0, 29.0];
    assert_eq!(
        lines_of(&sound, &[5, 5, 5, 5, 0, 1], &[0, 2, 1, 2, 0, 0]),
        [line.clone(), Err("null-geometry"), Err("null-geometry")]
    );
    // One number, five numbers, an empty position; the rows after them are read.
    for (count, defined, repeated) in
        [(1, vec![5], vec![0]), (5, vec![5; 5], vec![0, 2, 2, 2, 2]), (0, vec![3], vec![0])]
    {
        let values = [vec![121.0; count], sound.to_vec()].concat();
        let defined = [defined, vec![5; 4]].concat();
        let repeated: Vec<i16> = [repeated, vec![0, 2, 1, 2]].concat();
        assert_eq!(lines_of(&values, &defined, &repeated), [Err("bad-geometry"), line.clone()], "{count}");
    }
    // Null positions and numbers, NaN and infinity.
    for (values, defined, repeated) in [
        (vec![121.0, 28.0], vec![5, 5, 2], vec![0, 2, 1]),
        (vec![121.0, 28.0, 122.0], vec![5, 5, 5, 4], vec![0, 2, 1, 2]),
        (vec![121.0, 28.0, f64::NAN, 29.0], vec![5; 4], vec![0, 2, 1, 2]),
        (vec![121.0, 28.0, f64::INFINITY, 29.0], vec![5; 4], vec![0, 2, 1, 2]),
    ] {
        let found = lines_of(&values, &defined, &repeated);
        assert!(matches!(found.as_slice(), [Err(_)]), "{found:?}");
    }
    // A column of another type is none of geometries.
    for schema in
        ["required double line;", "optional binary line (STRING);", "optional group line { required double x; }"]
    {
        let bytes = low_level_with(&format!("message m {{ {schema} }}"), GEO_LINES, |group| match schema {
            "optional binary line (STRING);" => write_column::<ByteArrayType>(group, &[], Some((&[0], &[0]))),
            "required double line;" => write_column::<DoubleType>(group, &[1.0], None),
            _ => write_column::<DoubleType>(group, &[], Some((&[0], &[0]))),
        });
        assert_eq!(kind_of_error("a.parquet", &bytes), "its column `line` has no geometries");
    }
}

const GEO_LINES: &str = r#"{"version": "1.1.0", "primary_column": "line", "columns": {"line": {"encoding": "linestring", "geometry_types": []}}}"#;

#[test]
fn brotli_is_read() {
    let found = lines("a.parquet", &data("brotli.parquet")).unwrap();
    assert_eq!(found[0]["properties"], json!({"name": "台州站", "lon": 121.36898, "lat": 28.6559}));
    let found = lines("a.parquet", &data("brotli_2.parquet")).unwrap();
    assert_eq!(found.len(), 120);
    for row in found.chunks(3) {
        let places: Vec<_> = row.iter().map(|row| &row["properties"]["wkt"]).collect();
        assert_eq!(places, ["POINT (121.36898 28.6559)", "", "POINT (121.5 28.7)"]);
        assert_eq!([&row[0], &row[1]].map(|row| &row["properties"]["number"]), [&json!(1), &json!(null)]);
    }
}

/// Compressions that are not built in are called that, and not damage.
#[test]
fn what_is_not_supported_is_called_that() {
    let lzo = with_columns(&data("brotli.parquet"), |column| column.into_builder().set_compression(Compression::LZO));
    assert_eq!(kind_of_error("a.parquet", &lzo), "it is compressed with LZO, which is not supported");
    let encrypted = [b"PAR1".as_slice(), &[0; 20], b"PARE"].concat();
    assert_eq!(kind_of_error("a.parquet", &encrypted), "it is encrypted, which is not supported");
}

/// A file with other metadata of its columns.
fn with_columns(whole: &[u8], change: impl Fn(ColumnChunkMetaData) -> ColumnChunkMetaDataBuilder) -> Vec<u8> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(whole).unwrap();
    let mut metadata = ParquetMetaDataReader::new().parse_and_finish(&file).unwrap().into_builder();
    let groups = metadata.take_row_groups().into_iter().map(|group| {
        let mut group = group.into_builder();
        let columns = group.take_columns().into_iter().map(|column| change(column).build().unwrap());
        let columns = columns.collect();
        group.set_column_metadata(columns).build().unwrap()
    });
    let groups = groups.collect();
    let metadata = metadata.set_row_groups(groups).build();
    let footer = u32::from_le_bytes(whole[whole.len() - 8..whole.len() - 4].try_into().unwrap()) as usize;
    let mut changed = whole[..whole.len() - 8 - footer].to_vec();
    ParquetMetaDataWriter::new(&mut changed, &metadata).finish().unwrap();
    changed
}

/// Old versions of Impala wrote 0 where a column has no dictionary page, or has it among its data pages.
#[test]
fn a_dictionary_page_at_zero_is_none() {
    for name in ["types.parquet", "geopandas.parquet", "duckdb.parquet", "bare_2.parquet"] {
        let whole = data(name);
        let changed = with_columns(&whole, |column| {
            let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
            column.into_builder().set_dictionary_page_offset(Some(0)).set_data_page_offset(start)
        });
        assert_eq!(lines("a.parquet", &changed).unwrap(), lines("a.parquet", &whole).unwrap(), "{name}");
    }
}

#[test]
fn every_type_of_attribute_is_read() {
    let (_, schema, _) = convert("a.parquet", &data("types.parquet"), "out.ndjson", None).unwrap();
    let kind = |name: &str| schema.fields[schema.position(name).unwrap()].kind;
    for (names, expected) in [
        ("i8 u32 u64 id", Kind::Integer),
        ("lon lat f16 f32 f64", Kind::Real),
        ("money huge text view word time32 time64 bytes four none", Kind::Text),
        ("flag", Kind::Boolean),
        ("date32 date64", Kind::Date),
        ("seconds millis micros nanos", Kind::DateTime),
        ("list texts struct map", Kind::Json),
    ] {
        names.split(' ').for_each(|name| assert_eq!(kind(name), expected, "{name}"));
    }
    let found = lines("a.parquet", &data("types.parquet")).unwrap();
    let expected = serde_json::json!({"lon": 121.36898, "lat": 28.6559, "i8": -8, "u32": 4294967295_u32, "u64": "18446744073709551615",
        "f16": 0.5, "f32": 0.1, "f64": 1e300, "money": 12.5, "id": 330003000000000123_i64, "flag": true, "text": "台州",
        "view": "a text that is longer than twelve bytes", "word": "red", "date32": "2024-02-29", "date64": "1969-12-31",
        "seconds": "2022-11-14T09:30:00", "millis": "2022-11-14T09:30:00.125", "micros": "2022-11-14T01:30:00.125Z",
        "nanos": "2022-11-14T09:30:00.125", "time32": "09:30:00", "time64": "09:30:00.000001", "bytes": "00ff", "four": "61626364",
        "list": [1, null, 3], "texts": ["a\"b", "台"], "struct": {"a": 1, "b": {"c": ["2022-11-14"]}}, "map": {"k": 1.5}, "none": null});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&found[0]["properties"][name], value, "{name}");
    }
    // Decimals to the last digit, which JSON numbers of 64 bits do not have.
    let csv = String::from_utf8(convert("a.parquet", &data("types.parquet"), "out.csv", None).unwrap().0).unwrap();
    assert!(csv.contains(",12.50,") && csv.contains(",12345678901234567890123456789012345678901.5,"), "{csv}");
    // What is no number is nothing, and so is everything in the second row but for these.
    let second = found[1]["properties"].as_object().unwrap();
    let filled: Vec<&str> =
        second.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str()).collect();
    assert_eq!(filled, ["lat", "u64", "texts"]);
}

#[test]
fn other_encodings_and_compressions_are_read() {
    let many = lines("a.parquet", &data("many_groups.parquet")).unwrap();
    assert_eq!(many.len(), 100);
    for (row, feature) in many.iter().enumerate() {
        assert_eq!(feature["properties"]["name"], format!("site {}", row % 7));
        assert_eq!(feature["properties"]["number"], row);
        let coordinates = &feature["geometry"]["coordinates"];
        assert_eq!((coordinates[0].as_f64(), coordinates[1].as_f64()), (Some(121.0 + row as f64 / 1000.0), Some(28.5)));
    }
    let texts = lines("a.parquet", &data("delta_texts.parquet")).unwrap();
    assert!(
        texts.iter().enumerate().all(|(row, feature)| feature["properties"]["name"] == format!("site {}", row % 7))
    );
    assert_eq!(lines("a.parquet", &data("lz4.parquet")).unwrap()[0]["properties"]["text"], "台州");
}

#[test]
fn nested_values_are_read_as_json() {
    for name in ["bare.parquet", "bare_2.parquet"] {
        let found = lines("a.parquet", &data(name)).unwrap();
        assert_eq!(found.len(), 9);
        let values =
            |name: &str| found[..4].iter().map(|feature| feature["properties"][name].clone()).collect::<Vec<_>>();
        let json = |text: &str| serde_json::from_str::<Vec<serde_json::Value>>(text).unwrap();
        assert_eq!(values("lists"), json(r#"[[["a", null], []], null, [], [null, ["b", "c"]]]"#));
        assert_eq!(values("map"), json(r#"[{"k": 1, "l": null}, null, {}, {"k": 1, "l": null}]"#));
        let structs =
            r#"[[{"a": 1, "b": ["x"]}], null, [{"a": null, "b": null}, {"a": 2, "b": []}], [{"a": 1, "b": ["x"]}]]"#;
        assert_eq!(values("structs"), json(structs));
        assert_eq!(values("word"), json(r#"["red", null, "green", "red"]"#));
        assert_eq!(values("flag"), json("[true, null, false, true]"));
    }
}

/// A file of one row group, its columns written one after the other.
fn low_level(schema: &str, columns: impl FnOnce(&mut SerializedRowGroupWriter<'_, Vec<u8>>)) -> Vec<u8> {
    low_level_with(schema, "", columns)
}

/// The same with metadata of GeoParquet, if they are not empty.
fn low_level_with(
    schema: &str,
    geo: &str,
    columns: impl FnOnce(&mut SerializedRowGroupWriter<'_, Vec<u8>>),
) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(vec![], schema, Arc::default()).unwrap();
    if !geo.is_empty() {
        writer.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo.to_owned()));
    }
    let mut group = writer.next_row_group().unwrap();
    columns(&mut group);
    group.close().unwrap();
    writer.into_inner().unwrap()
}

fn write_column<T: parquet::data_type::DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    levels: Option<(&[i16], &[i16])>,
) {
    let mut column = group.next_column().unwrap().unwrap();
    let (defined, repeated) = levels.unzip();
    column.typed::<T>().write_batch(values, defined, repeated).unwrap();
    column.close().unwrap();
}

/// A day as INT96 has it, and nanoseconds of it.
fn int96(days_since_1970: i64, nanos: u64) -> Int96 {
    let mut value = Int96::new();
    value.set_data(nanos as u32, (nanos >> 32) as u32, (days_since_1970 + 2_440_588) as u32);
    value
}

#[test]
fn timestamps_of_96_bits_are_right_in_any_year() {
    let schema = "message m { required double lon; required double lat; optional INT96 at;
        optional group all (LIST) { repeated group list { optional INT96 element; } } }";
    let (near, far, past) =
        (int96(19_310, 34_200_123_456_789), int96(2_932_896, 86_399_999_999_999), int96(-364_877, 0));
    let bytes = low_level(schema, |group| {
        write_column::<DoubleType>(group, &[121.4; 4], None);
        write_column::<DoubleType>(group, &[28.65; 4], None);
        write_column::<Int96Type>(group, &[near, far, past], Some((&[1, 1, 1, 0], &[0; 4])));
        write_column::<Int96Type>(group, &[far, near, near], Some((&[3, 3, 2, 3, 0, 1], &[0, 1, 1, 0, 0, 0])));
    });
    let found = lines("a.parquet", &bytes).unwrap();
    let value = |name: &str| found.iter().map(|row| row["properties"][name].clone()).collect::<Vec<_>>();
    let (near, far) = ("2022-11-14T09:30:00.123456789", "9999-12-31T23:59:59.999999999");
    assert_eq!(value("at"), json!([near, far, "0971-01-01T00:00:00", null]).as_array().unwrap().clone());
    assert_eq!(value("all"), json!([[far, near, null], [near], null, []]).as_array().unwrap().clone());
    let (written, ..) = convert("a.parquet", &bytes, "out.parquet", None).unwrap();
    let again = lines("a.parquet", &written).unwrap();
    assert!(again.iter().zip(&found).all(|(again, found)| again["properties"]["at"] == found["properties"]["at"]));
}

#[test]
fn a_map_keeps_its_keys_with_values_or_without() {
    let schema = "message m { required double lon; required double lat;
        required group tags (MAP) { repeated group key_value { required binary key (STRING); } }
        required group sizes (MAP) { repeated group key_value { required int32 key; optional double value; } } }";
    let keys = ["a", "b", "c"].map(ByteArray::from);
    let bytes = low_level(schema, |group| {
        write_column::<DoubleType>(group, &[121.4; 2], None);
        write_column::<DoubleType>(group, &[28.65; 2], None);
        write_column::<ByteArrayType>(group, &keys, Some((&[1, 1, 1], &[0, 1, 0])));
        write_column::<Int32Type>(group, &[1, 2], Some((&[1, 1, 0], &[0, 1, 0])));
        write_column::<DoubleType>(group, &[0.5], Some((&[2, 1, 0], &[0, 1, 0])));
    });
    let found = lines("a.parquet", &bytes).unwrap();
    let value = |row: usize, name: &str| found[row]["properties"][name].clone();
    assert_eq!((value(0, "tags"), value(1, "tags")), (json!({"a": null, "b": null}), json!({"c": null})));
    assert_eq!((value(0, "sizes"), value(1, "sizes")), (json!({"1": 0.5, "2": null}), json!({})));
}

/// Its columns of geometries give way.
#[test]
fn columns_of_the_user_keep_their_names_and_values() {
    let csv = "geometry,bbox,Name,name,lon,lat\nround,1,A,b,121.4,28.65\n";
    let options =
        ReadOptions { lon_field: Some("lon".into()), lat_field: Some("lat".into()), ..ReadOptions::default() };
    let mut rows = io::open(Input::bytes("a.csv", csv), &options).unwrap();
    let (output, written) = Output::memory("a.parquet");
    let mut writer = io::create(output, &rows.schema().clone(), &[], &WriteOptions::new(Format::GEOPARQUET)).unwrap();
    let batch = rows.next_batch().unwrap().unwrap();
    let answers = AnswerTable::none(&batch);
    writer.write(batch, &answers).unwrap();
    let named = |from: &str, to: &str| Loss::AddedRenamed { from: from.to_owned(), to: to.to_owned() };
    assert_eq!(writer.finish().unwrap(), [named("geometry", "geometry_2"), named("bbox", "bbox_2")]);
    let found = lines("a.parquet", &written.into_bytes()).unwrap();
    let expected = json!({"geometry": "round", "bbox": "1", "Name": "A", "name": "b", "lon": "121.4", "lat": "28.65"});
    assert_eq!(found[0]["properties"], expected);
    assert_eq!(found[0]["geometry"]["coordinates"], json!([121.4, 28.65]));
}

#[test]
fn geometries_without_metadata_are_read() {
    let wkt = lines("a.parquet", &data("wkt.parquet")).unwrap();
    assert_eq!(wkt[0]["geometry"]["coordinates"], serde_json::json!([121.4, 28.65]));
    let mut wkb = io::open(Input::bytes("a.parquet", data("wkb.parquet")), &ReadOptions::default()).unwrap();
    let batch = wkb.next_batch().unwrap().unwrap();
    assert_eq!(batch.shape(0).unwrap().kind(), "Polygon");
    assert_eq!(batch.shape(1).unwrap_err().code(), "bad-geometry");
    assert_eq!(wkb.schema().names(), ["a"]);
}

#[test]
fn files_of_duckdb_are_read() {
    // Without an ending, the first bytes tell.
    let found = lines("-", &data("duckdb.parquet")).unwrap();
    let expected = serde_json::json!({"code": "0701", "long": 330003000000000123_i64, "day": "2022-11-14", "moment": "2022-11-14T09:30:00Z",
        "list": [1, 2], "struct": {"a": 1}});
    assert_eq!(found[0]["properties"], expected);
    assert_eq!(
        (found[1]["geometry"]["type"].as_str(), &found[2]["geometry"]),
        (Some("Polygon"), &serde_json::Value::Null)
    );
}

/// A table with all that is hard to keep: typed columns, from GeoParquet of other software.
#[test]
fn what_is_written_comes_back() {
    for name in ["geopandas.parquet", "types.parquet", "duckdb.parquet", "points_4528.parquet", "many_groups.parquet"] {
        let (bytes, schema, losses) = convert("a.parquet", &data(name), "out.parquet", None).unwrap();
        let (_, again, _) = convert("b.parquet", &bytes, "out.ndjson", None).unwrap();
        let (before, after) = (lines("a.parquet", &data(name)).unwrap(), lines("b.parquet", &bytes).unwrap());
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before["geometry"], after["geometry"], "{name}");
            for (key, value) in before["properties"].as_object().unwrap() {
                let (kept, kind) = (&after["properties"][key], schema.fields[schema.position(key).unwrap()].kind);
                match (kind, value) {
                    // Beyond 64 bits with a sign: told as a loss.
                    (Kind::Integer, serde_json::Value::String(_)) => assert!(kept.is_null(), "{key}"),
                    // JSON, and exact decimals, are texts there.
                    (Kind::Json | Kind::Text, value) if !value.is_string() && !value.is_null() => {
                        assert!(kept.is_string(), "{key}")
                    }
                    _ => assert_eq!(kept, value, "{key}"),
                }
            }
        }
        for (before, after) in schema.fields.iter().zip(&again.fields) {
            let kind = if before.kind == Kind::Json { Kind::Text } else { before.kind };
            assert_eq!((&after.name, after.kind), (&before.name, kind), "{name}");
        }
        let expected =
            if name == "types.parquet" { vec![Loss::Unfit { field: "u64".to_owned(), count: 1 }] } else { vec![] };
        let losses: Vec<Loss> = losses.into_iter().filter(|loss| *loss != Loss::Heights).collect();
        assert_eq!(losses, expected, "{name}");
    }
}

/// Columns that are taken as they are hold what cells would have given: with rows left out, and rows written twice.
#[test]
fn columns_are_carried_as_their_cells_are() {
    let added = [Field::new("zone", Kind::Text), Field::new("part", Kind::Real)];
    for name in ["geopandas.parquet", "types.parquet", "duckdb.parquet", "points_4528.parquet", "many_groups.parquet"] {
        let written = |by_blocks: bool, copies: fn(usize) -> usize| {
            let mut rows = io::open(Input::bytes(name, data(name)), &ReadOptions::default()).unwrap();
            let options = WriteOptions { source_crs: rows.crs(), ..WriteOptions::new(Format::GEOPARQUET) };
            let (output, written) = Output::memory("out.parquet");
            let mut writer = io::create(output, rows.schema(), &added, &options).unwrap();
            let answers = |batch: &Batch| {
                let mut answers = AnswerTable::new(2);
                let mut shared = None;
                for (number, row) in (0..batch.len()).zip(batch.first_row() as usize..) {
                    for copy in 0..copies(row) {
                        match ((row + copy) % 3, shared) {
                            (0, Some(shared)) => answers.push_shared(number, shared),
                            (0, None) => {
                                let values = [Value::Null, Value::number(Some(0.125), 2)];
                                shared = Some(answers.push_tuple(number, values));
                            }
                            _ => answers.push(number, [Value::text(Some(format!("台{row}"))), Value::Null]),
                        }
                    }
                }
                answers
            };
            if by_blocks {
                let (mut reader, mut encoder) = (BlockReader::default(), writer.encoder_factory().encoder().unwrap());
                while let Some(block) = rows.next_block().unwrap() {
                    let Some(batch) = reader.read(block).unwrap() else { continue };
                    let answers = answers(&batch);
                    writer.write_encoded(encoder.encode(batch, answers)).unwrap();
                }
            } else {
                while let Some(batch) = rows.next_batch().unwrap() {
                    let answers = answers(&batch);
                    writer.write(batch, &answers).unwrap();
                }
            }
            (writer.finish().unwrap(), lines("out.parquet", &written.into_bytes()).unwrap())
        };
        let copies: [fn(usize) -> usize; 3] = [|_| 1, |number| number % 3, |number| usize::from(number == 1)];
        for copies in copies {
            let (by_cells, by_columns) = (written(false, copies), written(true, copies));
            assert!(!by_cells.1.is_empty());
            assert!(by_cells == by_columns, "{name}");
        }
    }
}

#[test]
fn a_table_may_be_without_its_geometry() {
    for (name, kept) in [("points_4528.parquet", "code"), ("types.parquet", "id")] {
        let mut rows = io::open(Input::bytes(name, data(name)), &ReadOptions::default()).unwrap();
        let options = WriteOptions { source_crs: rows.crs(), ..WriteOptions::new(Format::GEOPARQUET) };
        let (output, written) = Output::memory("out.parquet");
        let schema = rows.schema().only(&[kept.to_owned()]).unwrap();
        let mut writer = io::create(output, &schema, &[], &options).unwrap();
        while let Some(batch) = rows.next_batch().unwrap() {
            let answers = AnswerTable::none(&batch);
            writer.write(batch, &answers).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), []);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&written.into_bytes()).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let footer = reader.metadata().file_metadata();
        assert!(footer.key_value_metadata().is_none_or(|pairs| pairs.iter().all(|pair| pair.key != "geo")));
        let names: Vec<&str> = footer.schema().get_fields().iter().map(|field| field.name()).collect();
        assert_eq!((names.as_slice(), footer.num_rows() > 0), ([kept].as_slice(), true));
    }
}

/// The footer of a file, as the library reads it.
fn footer(bytes: &[u8]) -> (serde_json::Value, SerializedFileReader<File>) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let values = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let geo = values.iter().find(|pair| pair.key == "geo").unwrap().value.clone().unwrap();
    (serde_json::from_str(&geo).unwrap(), reader)
}

#[test]
fn metadata_are_those_of_the_standard() {
    let (bytes, ..) = convert("a.parquet", &data("geopandas.parquet"), "out.parquet", None).unwrap();
    let (geo, reader) = footer(&bytes);
    assert_eq!((geo["version"].as_str(), geo["primary_column"].as_str()), (Some("2.0.0"), Some("geometry")));
    let column = &geo["columns"]["geometry"];
    assert_eq!(column["encoding"], "WKB");
    assert_eq!(column["geometry_types"], serde_json::json!(["Point", "Polygon", "MultiPolygon", "GeometryCollection"]));
    assert_eq!(column["bbox"], serde_json::json!([121.0, 28.0, 124.0, 29.0]));
    assert_eq!(column["covering"]["bbox"]["ymax"], serde_json::json!(["bbox", "ymax"]));
    assert_eq!(column["crs"]["id"], serde_json::json!({"authority": "EPSG", "code": 4490}));
    let names: Vec<String> =
        reader.metadata().file_metadata().schema().get_fields().iter().map(|field| field.name().to_owned()).collect();
    assert_eq!(names, ["名称", "code", "long", "geometry", "bbox"]);
    // The Parquet type has the same system, and the statistics the same types and bounds.
    let LogicalType::Geometry(geometry) = logical_type(&reader) else { panic!("no geometry") };
    assert_eq!(serde_json::from_str::<serde_json::Value>(&geometry.crs.unwrap()).unwrap(), column["crs"]);
    let group = reader.metadata().row_group(0).column(3);
    let statistics = group.geo_statistics().unwrap();
    assert_eq!(statistics.bounding_box(), Some(&BoundingBox::new(121.0, 124.0, 28.0, 29.0)));
    assert_eq!(statistics.geospatial_types(), Some(&vec![1, 3, 6, 7]));
    // DuckDB 2 skips row groups only where the nulls are counted.
    assert_eq!(group.statistics().unwrap().null_count_opt(), Some(1));
    // On WGS 84 nothing needs to be said.
    let (bytes, ..) = convert("sites.csv", b"lon,lat\n121.4,28.65\n", "out.parquet", None).unwrap();
    let (geo, reader) = footer(&bytes);
    assert_eq!(geo["columns"]["geometry"].get("crs"), None);
    assert_eq!(logical_type(&reader), LogicalType::geometry(None));
}

/// Software that does not know the type GEOMETRY fails on it, and reads version 1.1.
#[test]
fn version_1_1_is_written_without_the_parquet_type() {
    let mut rows = io::open(Input::bytes("a.parquet", data("geopandas.parquet")), &ReadOptions::default()).unwrap();
    let (output, written) = Output::memory("a.parquet");
    let version = Some(GeoParquetVersion::V1_1);
    let options = WriteOptions { geoparquet_version: version, ..WriteOptions::new(Format::GEOPARQUET) };
    let mut writer = io::create(output, &rows.schema().clone(), &[], &options).unwrap();
    let batch = rows.next_batch().unwrap().unwrap();
    let answers = AnswerTable::none(&batch);
    writer.write(batch, &answers).unwrap();
    writer.finish().unwrap();
    let (geo, reader) = footer(&written.into_bytes());
    assert_eq!(
        (geo["version"].as_str(), geo["columns"]["geometry"]["encoding"].as_str()),
        (Some("1.1.0"), Some("WKB"))
    );
    let column = reader.metadata().row_group(0).column(3);
    assert_eq!((column.column_descr().logical_type_ref(), column.geo_statistics()), (None, None));
    // The bytes have no order that would say anything.
    assert_eq!(column.statistics(), None);
}

/// The Parquet type of the geometries.
fn logical_type(reader: &SerializedFileReader<File>) -> LogicalType {
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let geometry = fields.iter().find(|field| field.name() == "geometry").unwrap();
    geometry.get_basic_info().logical_type_ref().unwrap().clone()
}

#[test]
fn systems_are_stated() {
    let csv = b"name,lon,lat\na,121.36898,28.6559\n";
    for (crs, id) in [
        (Crs::Epsg(4549), 4549.into()),
        (Crs::Epsg(4528), 4528.into()),
        (Crs::Cgcs2000, 4490.into()),
        (Crs::Gcj02, serde_json::Value::Null),
    ] {
        let (bytes, ..) = convert("sites.csv", csv, "out.parquet", Some(crs.clone())).unwrap();
        let (geo, _) = footer(&bytes);
        assert_eq!(geo["columns"]["geometry"]["crs"]["id"]["code"], id);
        let mut rows = io::open(Input::bytes("out.parquet", bytes), &ReadOptions::default()).unwrap();
        assert_eq!(rows.crs(), crs);
        let batch = rows.next_batch().unwrap().unwrap();
        let site = batch.sites()[0].as_ref().unwrap();
        assert!((site.x - 121.36898).abs() < 2e-9 && (site.y - 28.6559).abs() < 2e-9, "{crs}: {site:?}");
    }
}

#[test]
fn date_times_keep_what_they_are() {
    let table = |texts: &[&str]| {
        let feature =
            |text: &&str| format!("{{\"type\":\"Feature\",\"properties\":{{\"at\":{text}}},\"geometry\":null}}");
        let geojson = texts.iter().map(feature).collect::<Vec<_>>().join("\n");
        let mut rows = io::open(Input::bytes("a.ndjson", geojson), &ReadOptions::default()).unwrap();
        let mut schema = rows.schema().clone();
        schema.fields[0].kind = Kind::DateTime;
        let (output, written) = Output::memory("out.parquet");
        let mut writer = io::create(output, &schema, &[], &WriteOptions::new(Format::GEOPARQUET)).unwrap();
        let batch = rows.next_batch().unwrap().unwrap();
        let answers = AnswerTable::none(&batch);
        writer.write(batch, &answers).unwrap();
        let losses = writer.finish().unwrap();
        let found = lines("out.parquet", &written.into_bytes()).unwrap();
        let texts: Vec<Option<String>> =
            found.iter().map(|feature| feature["properties"]["at"].as_str().map(str::to_owned)).collect();
        (texts, losses)
    };
    let some = |texts: &[&str]| texts.iter().map(|text| Some((*text).to_owned())).collect::<Vec<_>>();
    // Instants are brought to UTC.
    assert_eq!(
        table(&["\"2022-11-14T09:30:00+08:00\"", "\"2022-11-14T09:30:00.5Z\""]),
        (some(&["2022-11-14T01:30:00Z", "2022-11-14T09:30:00.500Z"]), vec![])
    );
    assert_eq!(
        table(&["\"2022-11-14T09:30:00\"", "\"2022-11-14 09:30\""]),
        (some(&["2022-11-14T09:30:00", "2022-11-14T09:30:00"]), vec![])
    );
    // Where some have an offset and some have none, they stay the texts they are.
    assert_eq!(
        table(&["\"2022-11-14T09:30:00+08:00\"", "\"2022-11-14T09:30:00\""]),
        (some(&["2022-11-14T09:30:00+08:00", "2022-11-14T09:30:00"]), vec![])
    );
    assert_eq!(table(&["null"]), (vec![None], vec![]));
}

/// More rows than a row group holds, and more than a batch.
#[test]
fn many_rows_are_written_in_groups() {
    let mut csv = String::from("code,lon,lat\n");
    let lon = |row: u32| 121.0 + f64::from(row) / 1e6;
    (0..250_000).for_each(|row| csv.push_str(&format!("{row:06},{},28.5\n", lon(row))));
    let (bytes, ..) = convert("sites.csv", csv.as_bytes(), "out.parquet", None).unwrap();
    let (_, reader) = footer(&bytes);
    let groups = reader.metadata().row_groups();
    assert_eq!(groups.iter().map(|group| group.num_rows()).collect::<Vec<_>>(), [100_000, 100_000, 50_000]);
    // The bounds of each are exact, though its rows come in other batches.
    for (group, (first, last)) in groups.iter().zip([(0, 99_999), (100_000, 199_999), (200_000, 249_999)]) {
        let expected = BoundingBox::new(lon(first), lon(last), 28.5, 28.5);
        assert_eq!(group.column(3).geo_statistics().unwrap().bounding_box(), Some(&expected));
    }
    let (back, ..) = convert("out.parquet", &bytes, "out.csv", None).unwrap();
    let back = String::from_utf8(back).unwrap();
    let expected = csv.lines().skip(1).map(|line| line.split(',').next().unwrap());
    assert!(back.lines().skip(1).map(|line| line.split(',').next().unwrap()).eq(expected));
}

#[test]
fn an_empty_table_is_written_and_read() {
    let (bytes, ..) = convert("sites.csv", b"code,lon,lat\n", "out.parquet", None).unwrap();
    assert_eq!(lines("out.parquet", &bytes).unwrap().len(), 0);
    assert_eq!(footer(&bytes).0["columns"]["geometry"]["geometry_types"], serde_json::json!([]));
}

#[test]
fn broken_files_are_told() {
    let whole = data("types.parquet");
    let kind = |bytes: &[u8]| kind_of_error("a.parquet", bytes);
    assert_eq!(kind(b""), "it is empty");
    assert_eq!(kind(b"no table at all\n"), "its first bytes are not those of one");
    assert!(kind(b"PAR1").contains("truncated"));
    assert!(kind(&whole[..whole.len() - 1]).contains("truncated"));
    assert!(kind(&whole[..5000]).contains("truncated"));
    let mut longer = whole.clone();
    let end = longer.len() - 8;
    longer[end..end + 4].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
    assert!(kind(&longer).contains("truncated"));
    let zeros = [b"PAR1".as_slice(), &[0; 100], &[100, 0, 0, 0], b"PAR1"].concat();
    assert!(kind(&zeros).contains("missing") || kind(&zeros).contains("damaged"), "{}", kind(&zeros));
    // Row groups without end: a list of 2^31.
    let bomb = [0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
    let file = [b"PAR1".as_slice(), &bomb, &[8, 0, 0, 0], b"PAR1"].concat();
    assert_eq!(kind(&file), "its footer is damaged");
    // Groups in groups without end: a schema of 100 000 elements, each with the next in it.
    let element = [0x55, 2, 0x18, 1, b'a', 0];
    let footer = [&[0x29, 0xfc, 0xa0, 0x8d, 0x06], element.repeat(100_000).as_slice(), &[0]].concat();
    let file = [b"PAR1".as_slice(), &footer, &(footer.len() as u32).to_le_bytes(), b"PAR1"].concat();
    assert_eq!(kind(&file), "its footer is damaged");
    let no_points = lines("a.csv", b"name,remark\n").err().unwrap();
    assert!(matches!(no_points.kind(), ErrorKind::NoCoordinateColumns { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_bytes_panic(name in prop::sample::select(vec!["geopandas.parquet", "types.parquet", "duckdb.parquet", "many_groups.parquet", "delta_texts.parquet",
        "points_4528.parquet", "native_points.parquet", "lz4.parquet", "wkb.parquet", "bare.parquet", "bare_2.parquet", "brotli_2.parquet",
        "native_multipolygon.parquet", "native_polygon.parquet", "geoarrow_multilinestring_interleaved.parquet", "geoarrow_multipolygon_separated.parquet",
        "geoarrow_point_interleaved.parquet", "geography.parquet", "duckdb_geometry.parquet"]),
        places in prop::collection::vec((0usize..10_000, any::<u8>()), 1..4), end in 0usize..10_000, way in 0..6) {
        let mut bytes = data(name);
        for (place, byte) in places {
            let place = place % bytes.len();
            // Most of a small file is its footer.
            bytes[place] = if way < 3 { byte } else { bytes[place] ^ 1 << (byte % 8) };
        }
        if way == 5 {
            bytes.truncate(end % bytes.len());
        }
        if let Ok((written, ..)) = convert("a.parquet", &bytes, "out.parquet", None) {
            prop_assert!(lines("out.parquet", &written).is_ok());
        }
    }
}
