"""Makes the files of geometries in nested lists, of Parquet types and of Brotli, with GeoPandas, pyarrow and geoarrow-pyarrow.

The column `wkt` has what a geometry is to be read as: without Z and M, empty for none."""

import re

import duckdb
import geoarrow.pyarrow as ga
import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
from shapely import from_wkt

KINDS = {
    "point": ["POINT (121.36898 28.6559)", None, "POINT EMPTY", "POINT (121.5 28.7)"],
    "linestring": ["LINESTRING (121 28, 122 29, 121.5 29)", None, "LINESTRING EMPTY", "LINESTRING (121 28, 122 28.5)"],
    "polygon": [
        "POLYGON ((121 28, 122 28, 122 29, 121 28), (121.6 28.2, 121.8 28.4, 121.8 28.2, 121.6 28.2))",
        None,
        "POLYGON EMPTY",
        "POLYGON ((123 28, 124 28, 124 29, 123 28))",
    ],
    "multipoint": ["MULTIPOINT ((121 28), (122 29))", None, "MULTIPOINT EMPTY", "MULTIPOINT ((121.4 28.65))"],
    "multilinestring": [
        "MULTILINESTRING ((121 28, 122 29), (121 29, 122 28, 122 29))",
        None,
        "MULTILINESTRING EMPTY",
        "MULTILINESTRING ((121 28, 122 28.5))",
    ],
    "multipolygon": [
        "MULTIPOLYGON (((121 28, 122 28, 122 29, 121 28), (121.6 28.2, 121.8 28.4, 121.8 28.2, 121.6 28.2)), ((123 28, 124 28, 124 29, 123 28)))",
        None,
        "MULTIPOLYGON EMPTY",
        "MULTIPOLYGON (((123 28, 124 28, 124 29, 123 28)))",
    ],
}


def expected(wkts):
    return ["" if wkt is None or "EMPTY" in wkt else wkt for wkt in wkts]


# The native encodings of GeoParquet 1.1, by GeoPandas, in a system of China.
for kind, wkts in KINDS.items():
    frame = gpd.GeoDataFrame({"wkt": expected(wkts)}, geometry=from_wkt(wkts), crs="EPSG:4490")
    frame.to_parquet(f"native_{kind}.parquet", index=False, geometry_encoding="geoarrow")

# GeoArrow types alone, without the metadata of GeoParquet, in a plane that the metadata of the type name; in two to
# four dimensions.
DIMENSIONS = [("XY", ""), ("XYZ", " 7.5"), ("XYM", " 9"), ("XYZM", " 7.5 9")]
for number, (kind, wkts) in enumerate(KINDS.items()):
    flat = [wkt and re.sub(r"([\d.]+) ([\d.]+)", lambda xy: f"{40_600_000 + 10 * float(xy[1]):.2f} {3_100_000 + 10 * float(xy[2]):.2f}", wkt) for wkt in wkts]
    for coordinates in ["separated", "interleaved"]:
        dimensions, more = DIMENSIONS[(number + (coordinates == "interleaved")) % 4]
        texts = [wkt and re.sub(r"([\d.]+ [\d.]+)", rf"\1{more}", wkt) for wkt in flat]
        texts = [wkt and re.sub(r"^([A-Z]+)", rf"\1 {dimensions[2:]}", wkt) for wkt in texts]
        kind_type = getattr(ga, kind)().with_dimensions(getattr(ga.Dimensions, dimensions))
        kind_type = kind_type.with_coord_type(getattr(ga.CoordType, coordinates.upper()))
        shapes = ga.with_crs(ga.as_geoarrow(ga.as_wkt(pa.array(texts)), kind_type), pyproj.CRS("EPSG:4528"))
        table = pa.table({"wkt": expected(flat), "shape": shapes})
        # Nothing packs the lists, so that a damaged byte is found by those who decode them.
        pq.write_table(table, f"geoarrow_{kind}_{coordinates}.parquet", compression="none")

# The Parquet types GEOMETRY and GEOGRAPHY, without the metadata of GeoParquet: by pyarrow with a system and with
# spherical edges, by DuckDB.
places = ["POINT (121.36898 28.6559)", None, "POINT (121.5 28.7)"]
geography = ga.wkb().with_edge_type(ga.EdgeType.SPHERICAL).with_crs(ga.OGC_CRS84)
lines = ["LINESTRING (121 28, 122 29)", None]
pq.write_table(pa.table({"wkt": expected(lines), "line": geography.wrap_array(pa.array([wkt and from_wkt(wkt).wkb for wkt in lines]))}), "geography.parquet")
geometry = ga.wkb().with_crs(pyproj.CRS("EPSG:4490"))
pq.write_table(pa.table({"wkt": expected(places), "place": geometry.wrap_array(pa.array([wkt and from_wkt(wkt).wkb for wkt in places]))}), "geometry_4490.parquet")
db = duckdb.connect()
db.execute("create table places (wkt varchar, place geometry)")
db.executemany("insert into places values (?, ?::geometry)", list(zip(expected(places), places)))
db.execute("copy places to 'duckdb_geometry.parquet' (format parquet, geoparquet_version 'none')")

# Brotli, in pages of version 2, with nulls and a dictionary.
table = pa.table({"wkt": expected(places) * 40, "place": pa.array([wkt and from_wkt(wkt).wkb for wkt in places] * 40), "number": [1, None, 3] * 40})
pq.write_table(table, "brotli_2.parquet", compression="brotli", data_page_version="2.0", use_dictionary=["wkt"])
