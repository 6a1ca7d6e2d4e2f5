"""Writes every export and opens it with GDAL, GeoPandas, DuckDB, fastkml and pmtiles.

`exports.py FOLDER`, with the program in the environment as CORRIDOR.
"""

import glob
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import warnings
import xml.etree.ElementTree as ElementTree

import duckdb
import fastkml
import geopandas
import mapbox_vector_tile
import pyarrow.parquet
import pyogrio
from pmtiles.reader import MmapSource, Reader, all_tiles
from shapely.geometry import shape

# Areas in degrees are for comparison alone.
warnings.filterwarnings("ignore", message="Geometry is in a geographic CRS")

FOLDER = sys.argv[1]
FEATURES = 16
checks = 0


def check(is_right, what):
    global checks
    checks += 1
    if not is_right:
        sys.exit(f"FAILED: {what}")


def path(name):
    return os.path.join(FOLDER, name)


def corridor(*arguments):
    subprocess.run([os.environ["CORRIDOR"], "-q", *arguments], check=True)


def export(name, *options):
    corridor("export", "-o", path(name), *options)
    return path(name)


def write():
    os.makedirs(path("shp"), exist_ok=True)
    export("plan.geojson")
    export("plan.ndjson")
    export("plan.parquet")
    for name in ["styled.geojson", "styled.gpkg", "styled.kml", "styled.kmz", "styled.topojson", "styled.pmtiles"]:
        export(name, "--style")
    # Each has its .qml beside it, and GeoJSON has that name already.
    export("shp/styled.shp", "--style")
    export("shp/fgb.fgb", "--style")
    export("gcj02.geojson", "--to-crs", "GCJ02", "--style")
    export("bd09.geojson", "--to-crs", "BD09", "--style")
    export("metres.gpkg", "--to-crs", "EPSG:4549", "--style")
    corridor("locate", "data/landmarks.csv", "-o", path("located.geojson"))
    corridor("overlay", "data/sample-parcels.geojson", "--pieces", "-o", path("pieces.geojson"))


def areas(frame):
    """Of each feature by its name, in square degrees."""
    column = "name" if "name" in frame else "Name"
    return dict(zip(frame[column], frame.geometry.area))


def is_same(found, expected, relative=1e-9):
    return found.keys() == expected.keys() and all(
        abs(found[name] / area - 1) <= relative for name, area in expected.items()
    )


def tables():
    expected = areas(geopandas.read_file(path("plan.geojson")))
    check(len(expected) == FEATURES, "GeoPandas reads all features")
    for name in ["styled.geojson", "plan.ndjson", "styled.gpkg", "shp/styled.shp", "shp/fgb.fgb"]:
        layer = {"layer": "styled"} if name.endswith("gpkg") else {}
        frame = geopandas.read_file(path(name), **layer)
        check(frame.geometry.is_valid.all(), f"{name} is valid")
        check(is_same(areas(frame), expected), f"GeoPandas reads the areas of {name}")
        check(frame.crs.equals("EPSG:4326") or frame.crs.equals("OGC:CRS84"), f"GeoPandas knows the system of {name}")
    frame = geopandas.read_parquet(path("plan.parquet"))
    check(is_same(areas(frame), expected), "GeoPandas reads the areas of GeoParquet")
    schema = pyarrow.parquet.ParquetFile(path("plan.parquet")).schema
    types = {column.name: column.logical_type.type for column in schema}
    check(types["geometry"] == "GEOMETRY", "pyarrow knows the geometries of GeoParquet")
    check(geopandas.read_file(path("metres.gpkg"), layer="metres").crs.to_epsg() == 4549, "metres.gpkg is in EPSG:4549")
    return expected


def gdal(expected):
    names = ["plan.geojson", "styled.geojson", "gcj02.geojson", "plan.ndjson", "styled.gpkg", "shp/styled.shp",
             "shp/fgb.fgb", "styled.kml", "styled.topojson", "located.geojson", "pieces.geojson", "metres.gpkg"]
    for name in names:
        if shutil.which("ogrinfo"):
            run = subprocess.run(["ogrinfo", "-ro", "-al", "-so", path(name)], capture_output=True, text=True)
            noise = [line for line in run.stderr.splitlines() if "Warning" in line or "ERROR" in line]
            check(run.returncode == 0 and not noise, f"ogrinfo opens {name}: {noise}")
        layers = pyogrio.list_layers(path(name))
        count = sum(pyogrio.read_info(path(name), layer=layer)["features"] for layer, kind in layers if kind)
        least = FEATURES if "located" not in name and "pieces" not in name else 30
        check(count >= least, f"GDAL reads {name}: {count}")
    # Of a KML each folder is a layer.
    layers = [name for name, _ in pyogrio.list_layers(path("styled.kml"))]
    check(layers == ["corridor", "core", "zone", "cluster"], f"folders of the levels: {layers}")
    # There and back.
    frame = geopandas.read_file(path("plan.geojson"))
    for name, options in [("back.geojson", {"COORDINATE_PRECISION": 15}), ("back.gpkg", {}), ("back.fgb", {})]:
        frame.to_file(path(name), **options)
        back = geopandas.read_file(path(name))
        check(is_same(areas(back), expected), f"GDAL writes {name}")
        check(corridor_areas(path(name)) == corridor_areas(path("plan.geojson")), f"corridor reads {name} of GDAL")


def corridor_areas(file):
    run = subprocess.run(
        [os.environ["CORRIDOR"], "-q", "areas", "--plan", file, "--name-field", "name", "-f", "json"],
        capture_output=True, text=True, check=True,
    )
    # To a square centimetre of square kilometres.
    return {row["name"]: round(row["area_m2"], 2) for row in json.loads(run.stdout)}


def duck(expected):
    database = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    folder = os.path.join(sysconfig.get_paths()["purelib"], "duckdb_ext")
    extension = glob.glob(os.path.join(folder, "**", "spatial.duckdb_extension*"), recursive=True)
    if not extension:
        print("DuckDB: the extension spatial is not there, left out")
        return
    database.execute(f"LOAD '{extension[0]}'")
    for name in ["plan.geojson", "styled.geojson", "styled.gpkg", "shp/styled.shp", "shp/fgb.fgb"]:
        layer = ", layer = 'styled'" if name.endswith("gpkg") else ""
        rows = database.execute(f"SELECT name, ST_Area(geom) FROM ST_Read('{path(name)}'{layer})").fetchall()
        check(is_same(dict(rows), expected), f"DuckDB reads {name}")
    rows = database.execute(f"SELECT name, ST_Area(geometry) FROM '{path('plan.parquet')}'").fetchall()
    check(is_same(dict(rows), expected), "DuckDB reads plan.parquet")
    query = "SELECT geo_bbox FROM parquet_metadata(?) WHERE path_in_schema = 'geometry'"
    boxes = [box for (box,) in database.execute(query, [path("plan.parquet")]).fetchall()]
    check(boxes and all(121 < box["xmin"] < box["xmax"] < 122 for box in boxes), "DuckDB has the boxes of the row groups")


def kml():
    document = fastkml.KML.parse(path("styled.kml"), strict=False).features[0]
    check(document.description.startswith("Indicative model"), "the KML says what it is")
    styles = {style.id: style for style in document.styles}
    check(len(styles) == 9, "placemarks share styles")
    count = 0
    for folder in document.features:
        for placemark in folder.features:
            count += 1
            style = styles[placemark.style_url.url.lstrip("#")]
            colours = [part.color for part in style.styles]
            check(all(re.fullmatch("[0-9a-f]{8}", colour) for colour in colours), "colours are aabbggrr")
            check(placemark.name and shape(placemark.geometry).is_valid, f"{placemark.name} is drawn")
    check(count == FEATURES, "fastkml reads all placemarks")


def styles():
    """Of QGIS: the table of the GeoPackage and the files beside the others are one text."""
    database = sqlite3.connect(path("styled.gpkg"))
    row = database.execute("SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles").fetchone()
    check(row[:3] == ("styled", "geom", 1), f"QGIS finds the style: {row[:3]}")
    qml = open(path("styled.qml"), encoding="utf-8").read()
    check(qml == row[3] == open(path("shp/styled.qml"), encoding="utf-8").read(), "one style for all formats")
    root = ElementTree.fromstring(qml.split("\n", 1)[1])
    values = [category.get("value") for category in root.iter("category")]
    ids = [feature["id"] for feature in json.load(open(path("plan.geojson"), encoding="utf-8"))["features"]]
    check(values == ids, "each feature has a category")


def area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1])) / 2


def tiles():
    source = MmapSource(open(path("styled.pmtiles"), "rb"))
    reader = Reader(source)
    header, metadata = reader.header(), reader.metadata()
    check((header["min_zoom"], header["max_zoom"]) == (8, 16), "levels 8 to 16")
    check(header["clustered"] and header["tile_type"].name == "MVT", "clustered vector tiles")
    check("Indicative model" in metadata["attribution"], "the tiles say what they are")
    check([layer["id"] for layer in metadata["vector_layers"]] == ["styled", "styled_labels"], "features and labels")
    seen, labels, wrong, polygons, core = {}, {}, 0, 0, 0.0
    for (zoom, x, y), data in all_tiles(source):
        tile = mapbox_vector_tile.decode(gzip.decompress(data), default_options={"y_coord_down": True})
        for label in tile.get("styled_labels", {"features": []})["features"]:
            labels.setdefault(zoom, []).append(label["properties"]["id"])
            inside = [feature for feature in tile["styled"]["features"] if feature["properties"]["id"] == label["properties"]["id"]]
            check(shape(inside[0]["geometry"]).buffer(1).contains(shape(label["geometry"])), f"{label['properties']['id']} is labelled inside")
        layer = tile["styled"]
        check(layer["extent"] == 4096 and layer["version"] == 2, "extent and version")
        for feature in layer["features"]:
            seen.setdefault(zoom, set()).add(feature["properties"]["id"])
            geometry = shape(feature["geometry"])
            polygons += 1
            wrong += not geometry.is_valid
            bounds = geometry.bounds
            check(min(bounds) >= -65 and max(bounds) <= 4096 + 65, f"{zoom}/{x}/{y} keeps to its buffer")
            kind, coordinates = feature["geometry"]["type"], feature["geometry"]["coordinates"]
            for rings in coordinates if kind == "MultiPolygon" else [coordinates]:
                # With y down, an exterior is positive and a hole negative.
                check(area(rings[0]) > 0 and all(area(ring) < 0 for ring in rings[1:]), f"{zoom}/{x}/{y} is wound right")
            if zoom == 14 and feature["properties"]["id"] == "core":
                window = shape({"type": "Polygon", "coordinates": [[[0, 0], [4096, 0], [4096, 4096], [0, 4096], [0, 0]]]})
                core += geometry.buffer(0).intersection(window).area / 4096**2
    for zoom in range(8, 17):
        check(zoom in seen, f"level {zoom}")
    check(len(seen[16]) == FEATURES, "all features are on the finest level")
    check(all(len(of_zoom) == len(set(of_zoom)) == FEATURES for of_zoom in labels.values()), "each label is there once")
    # The core is 41 km2; at this latitude a tile of level 14 is 2.146 km wide.
    frame = geopandas.read_file(path("plan.geojson")).to_crs(3857)
    expected = frame[frame["id"] == "core"].geometry.area.iloc[0] / (40075016.685578488 / 2**14) ** 2
    check(abs(core / expected - 1) < 1e-4, f"the tiles of the core add up: {core} {expected}")
    count, size = header["addressed_tiles_count"], os.path.getsize(path("styled.pmtiles"))
    print(f"pmtiles: {count} tiles, {size} bytes, {polygons} shapes, {wrong} of them not valid once on the grid")
    check(wrong <= polygons // 1000, "hardly a shape touches itself")
    try:
        info = pyogrio.read_info(path("styled.pmtiles"))
        print("pmtiles: GDAL", pyogrio.__gdal_version_string__, "reads", info["features"], "features of level 16")
    except pyogrio.errors.DataSourceError as error:
        print("pmtiles: GDAL has no driver here:", error)


write()
expected = tables()
gdal(expected)
duck(expected)
kml()
styles()
tiles()
print(f"exports: {checks} checks in GDAL, GeoPandas, DuckDB, fastkml, pmtiles passed")
