"""Makes the files of this folder with GeoPandas, pyarrow and DuckDB."""

import datetime as dt
import decimal
import glob
import json
import os

import duckdb
import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon

square = Polygon([(121, 28), (122, 28), (122, 29), (121, 28)], [[(121.6, 28.2), (121.8, 28.4), (121.8, 28.2), (121.6, 28.2)]])
far = Polygon([(123, 28), (124, 28), (124, 29), (123, 28)])
shapes = [Point(121.36898, 28.6559, 12.5), square, MultiPolygon([square, far]), None, GeometryCollection([Point(121, 28), LineString([(121, 28), (122, 29)])])]
attributes = {
    "名称": ["台州站", "a", None, "", "b"],
    "code": ["0701", "0702", "0703", None, "0704"],
    "long": pd.array([330003000000000123, -1, None, 0, 2**63 - 1], "Int64"),
}

# GeoPandas: every kind of geometry, with boxes; points in metres; the native encoding.
frame = gpd.GeoDataFrame(attributes, geometry=shapes, crs="EPSG:4490")
frame.to_parquet("geopandas.parquet", index=False, schema_version="1.1.0", write_covering_bbox=True)
metres = gpd.GeoDataFrame({"code": ["0701", "0702"]}, geometry=[Point(40633838.222, 3171898.561), None], crs="EPSG:4528")
metres.to_parquet("points_4528.parquet", index=False, compression="zstd")
native = gpd.GeoDataFrame({"code": ["0701", "0702"]}, geometry=[Point(121.36898, 28.6559), Point(121.5, 28.7)], crs=None)
native.to_parquet("native_points.parquet", index=False, geometry_encoding="geoarrow", compression="gzip")

# pyarrow: every type of attribute, without metadata of geometries.
stamp = dt.datetime(2022, 11, 14, 9, 30, 0, 125000)
shanghai = dt.timezone(dt.timedelta(hours=8))
columns = {
    "lon": pa.array([121.36898, None], pa.float64()),
    "lat": pa.array([28.6559, 28.7], pa.float64()),
    "i8": pa.array([-8, None], pa.int8()),
    "u32": pa.array([2**32 - 1, None], pa.uint32()),
    "u64": pa.array([2**64 - 1, 7], pa.uint64()),
    "f16": pa.array([0.5, None], pa.float16()),
    "f32": pa.array([0.1, float("nan")], pa.float32()),
    "f64": pa.array([1e300, float("inf")], pa.float64()),
    "money": pa.array([decimal.Decimal("12.50"), None], pa.decimal128(10, 2)),
    "id": pa.array([decimal.Decimal("330003000000000123"), None], pa.decimal128(18, 0)),
    "huge": pa.array([decimal.Decimal("12345678901234567890123456789012345678901.5"), None], pa.decimal256(60, 1)),
    "flag": pa.array([True, None], pa.bool_()),
    "text": pa.array(["台州", None], pa.large_string()),
    "view": pa.array(["a text that is longer than twelve bytes", None], pa.string_view()),
    "word": pa.array(["red", None]).dictionary_encode(),
    "date32": pa.array([dt.date(2024, 2, 29), None], pa.date32()),
    "date64": pa.array([dt.date(1969, 12, 31), None], pa.date64()),
    "seconds": pa.array([stamp, None], pa.timestamp("s")),
    "millis": pa.array([stamp, None], pa.timestamp("ms")),
    "micros": pa.array([stamp.replace(tzinfo=shanghai), None], pa.timestamp("us", "Asia/Shanghai")),
    "nanos": pa.array([stamp, None], pa.timestamp("ns")),
    "time32": pa.array([dt.time(9, 30), None], pa.time32("ms")),
    "time64": pa.array([dt.time(9, 30, 0, 1), None], pa.time64("us")),
    "bytes": pa.array([b"\x00\xff", None], pa.binary()),
    "four": pa.array([b"abcd", None], pa.binary(4)),
    "list": pa.array([[1, None, 3], None], pa.list_(pa.int32())),
    "texts": pa.array([["a\"b", "台"], []], pa.large_list(pa.string())),
    "struct": pa.array([{"a": 1, "b": {"c": [stamp.date()]}}, None]),
    "map": pa.array([[("k", 1.5)], None], pa.map_(pa.string(), pa.float64())),
    "none": pa.array([None, None], pa.null()),
}
table = pa.table(columns)
pq.write_table(table, "types.parquet", compression="snappy")
pq.write_table(table.select(["lon", "lat", "text", "i8"]), "lz4.parquet", compression="lz4")
# Many row groups, data pages of version 2, no dictionaries.
many = pa.table({"lon": [121 + i / 1000 for i in range(100)], "lat": [28.5] * 100, "name": [f"site {i % 7}" for i in range(100)], "number": list(range(100))})
pq.write_table(many, "many_groups.parquet", row_group_size=30, data_page_version="2.0", use_dictionary=False,
               column_encoding={"name": "DELTA_LENGTH_BYTE_ARRAY", "number": "DELTA_BINARY_PACKED", "lat": "BYTE_STREAM_SPLIT"})
pq.write_table(many.select(["lon", "lat", "name"]), "delta_texts.parquet", use_dictionary=False, column_encoding={"name": "DELTA_BYTE_ARRAY"})
# Lists, maps and texts that nothing packs, so that a damaged byte is found by those who decode it alone.
bare = pa.table({
    "lon": [121.4] * 9, "lat": [28.65] * 9,
    "word": ["red", None, "green"] * 3,
    "lists": pa.array([[["a", None], []], None, [], [None, ["b", "c"]], [["d"]], [[]], None, [["a"]], []], pa.list_(pa.list_(pa.string()))),
    "structs": pa.array([[{"a": 1, "b": ["x"]}], None, [{"a": None, "b": None}, {"a": 2, "b": []}]] * 3, pa.list_(pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string()))]))),
    "map": pa.array([[("k", 1), ("l", None)], None, []] * 3, pa.map_(pa.string(), pa.int64())),
    "money": pa.array([decimal.Decimal("12.50"), None, decimal.Decimal("-1.00")] * 3, pa.decimal128(30, 2)),
    "flag": [True, None, False] * 3,
})
pq.write_table(bare, "bare.parquet", compression="none", write_statistics=False, store_schema=False)
pq.write_table(bare, "bare_2.parquet", compression="none", write_statistics=False, store_schema=False, data_page_version="2.0", use_dictionary=["word"])

# Plain Parquet with well-known text and well-known binary.
pq.write_table(pa.table({"a": ["0701"], "wkt": ["POINT (121.4 28.65)"]}), "wkt.parquet")
pq.write_table(pa.table({"a": ["0701", "0702"], "geom": pa.array([square.wkb, b"\x01\x02"], pa.large_binary())}), "wkb.parquet")

# DuckDB with its spatial extension.
db = duckdb.connect(config={"allow_unsigned_extensions": "true"})
extension = os.environ.get("SPATIAL") or glob.glob(os.path.join(os.path.dirname(duckdb.__file__), "../duckdb_ext/extensions/*/*/spatial.duckdb_extension"))[0]
db.execute(f"load '{extension}'")
db.execute("""copy (select * from (values
    ('0701', 330003000000000123::bigint, date '2022-11-14', timestamptz '2022-11-14 09:30:00Z', [1, 2], {'a': 1}, st_geomfromtext('POINT (121.4 28.65)')),
    ('0702', null, null, null, null, null, st_geomfromtext('POLYGON ((121 28, 122 28, 122 29, 121 28))')),
    (null, null, null, null, null, null, null)) as t(code, long, day, moment, "list", "struct", geom)) to 'duckdb.parquet' (format parquet)""")

# Brotli.
site = pa.table({"name": ["台州站"], "lon": [121.36898], "lat": [28.6559]})
pq.write_table(site, "brotli.parquet", compression="brotli")
