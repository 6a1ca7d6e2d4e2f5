"""Runs one workload with other software: peers.py TOOL WORKLOAD FORMAT DATA OUT

TOOL is by-hand (Polars and pyogrio, Shapely's STRtree, two threads: the fastest known), geopandas, duckdb, or
copy (the points merely read and written by Polars)."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

tool, workload, form, data, out = sys.argv[1:]
ending = "parquet" if form == "parquet" else "csv"
THREADS = 2


def read_table(stem):
    import polars
    return polars.read_csv(f"{data}/{stem}.csv") if ending == "csv" else polars.read_parquet(f"{data}/{stem}.parquet")


def write_table(frame):
    frame.write_csv(out) if ending == "csv" else frame.write_parquet(out)


def by_hand():
    import polars
    import shapely
    with open(f"{data}/zones.geojson") as file:
        features = json.load(file)["features"]
    names = [feature["properties"]["name"] for feature in features]
    zones = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])

    def parcels():
        if form == "parquet":
            frame = polars.read_parquet(f"{data}/parcels.parquet", columns=["pid", "geometry"])
            return frame["pid"].to_numpy(), shapely.from_wkb(frame["geometry"].to_numpy())
        import pyogrio
        _, _, shapes, (ids,) = pyogrio.raw.read(f"{data}/parcels.geojson", columns=["pid"])
        return ids, shapely.from_wkb(shapes)

    def in_threads(work, parts):
        with ThreadPoolExecutor(THREADS) as threads:
            return list(threads.map(work, parts))

    def pieces(count):
        return np.array_split(np.arange(count), 8 * THREADS)

    if workload == "points":
        frame = read_table("points")
        x, y = frame["lon"].to_numpy(), frame["lat"].to_numpy()
        shapely.prepare(zones)

        def within(zone):
            west, south, east, north = zone.bounds
            near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
            return near[shapely.contains_xy(zone, x[near], y[near])]

        found = in_threads(within, zones)
        none = np.setdiff1d(np.arange(len(x)), np.concatenate(found), assume_unique=False)
        rows = np.concatenate([*found, none])
        zone = np.repeat(np.arange(len(names) + 1), [*map(len, found), len(none)])
        write_table(polars.DataFrame({"id": frame["id"].to_numpy()[rows], "zone": polars.Series([*names, None])[zone]}))
    elif workload == "parcels":
        from pyproj import Transformer
        plane = Transformer.from_crs(4326, 4549, always_xy=True)
        planar = lambda shapes: shapely.transform(shapes, lambda c: np.c_[plane.transform(c[:, 0], c[:, 1])])
        ids, shapes = parcels()
        shapes = np.concatenate(in_threads(lambda part: planar(shapes[part]), pieces(len(shapes))))
        zones = planar(zones)
        zone, parcel = shapely.STRtree(shapes).query(zones, predicate="intersects")
        whole = shapely.area(shapes)[parcel]
        shapely.prepare(zones)
        area = whole.copy()
        cut = np.flatnonzero(~shapely.contains_properly(zones[zone], shapes[parcel]))
        part_area = lambda part: shapely.area(shapely.intersection(shapes[parcel[cut[part]]], zones[zone[cut[part]]]))
        area[cut] = np.concatenate(in_threads(part_area, pieces(len(cut))))
        columns = {"pid": ids[parcel], "zone": polars.Series(names)[zone], "area": area, "share": area / whole}
        polars.DataFrame(columns).filter(polars.col("area") > 0).write_csv(out)
    else:
        frame = read_table("sites")
        x, y = frame["lon"].to_numpy(), frame["lat"].to_numpy()
        ids, shapes = parcels()
        tree = shapely.STRtree(shapes)
        shapely.prepare(shapes)
        near = in_threads(lambda part: part[tree.query(shapely.points(x[part], y[part]))[0]], pieces(len(x)))
        parcel = in_threads(lambda part: tree.query(shapely.points(x[part], y[part]))[1], pieces(len(x)))
        site, parcel = np.concatenate(near), np.concatenate(parcel)
        holds = shapely.contains_xy(shapes[parcel], x[site], y[site])
        write_table(polars.DataFrame({"id": frame["id"].to_numpy()[site[holds]], "zone": ids[parcel[holds]]}))


def with_geopandas():
    import geopandas
    import pandas

    def points(stem):
        path = f"{data}/{stem}.{ending}"
        frame = pandas.read_csv(path, engine="pyarrow") if ending == "csv" else pandas.read_parquet(path)
        return geopandas.GeoDataFrame(frame[["id"]], geometry=geopandas.points_from_xy(frame.lon, frame.lat), crs=4326)

    def parcels():
        return geopandas.read_parquet(f"{data}/parcels.parquet") if form == "parquet" else \
            geopandas.read_file(f"{data}/parcels.geojson", use_arrow=True)

    def write(frame):
        frame.to_csv(out, index=False) if ending == "csv" else frame.to_parquet(out, index=False)

    zones = geopandas.read_file(f"{data}/zones.geojson")
    if workload == "points":
        write(points("points").sjoin(zones, how="left", predicate="within")[["id", "name"]])
    elif workload == "parcels":
        shapes = parcels().to_crs(4549)
        shapes["whole"] = shapes.area
        found = geopandas.overlay(shapes, zones.to_crs(4549), how="intersection", keep_geom_type=True)
        found["area"], found["share"] = found.area, found.area / found.whole
        found[["pid", "name", "area", "share"]].to_csv(out, index=False)
    else:
        write(points("sites").sjoin(parcels(), how="left", predicate="within")[["id", "pid"]])


def with_duckdb():
    import duckdb
    # Without access to DuckDB's extension server, this names the extension file.
    extension = os.environ.get("DUCKDB_SPATIAL")
    database = duckdb.connect(config={"allow_unsigned_extensions": "true"} if extension else {})
    database.execute(f"LOAD '{extension}'" if extension else "INSTALL spatial; LOAD spatial")
    zones = f"(SELECT name, geom FROM ST_Read('{data}/zones.geojson'))"
    shapes = f"(SELECT pid, geometry AS geom FROM read_parquet('{data}/parcels.parquet'))" if form == "parquet" else \
        f"(SELECT pid, geom FROM ST_Read('{data}/parcels.geojson'))"
    table = lambda stem: f"read_csv('{data}/{stem}.csv')" if ending == "csv" else f"'{data}/{stem}.parquet'"
    planar = lambda of: f"ST_Transform({of}, 'EPSG:4326', 'EPSG:4549', always_xy := true)"
    question = {
        "points": f"SELECT p.id, z.name FROM {table('points')} p LEFT JOIN {zones} z ON ST_Within(ST_Point(p.lon, p.lat), z.geom)",
        "sites": f"SELECT s.id, p.pid FROM {table('sites')} s LEFT JOIN {shapes} p ON ST_Within(ST_Point(s.lon, s.lat), p.geom)",
        "parcels": f"""SELECT pid, name, area, area / whole AS share FROM (
            SELECT p.pid, z.name, p.whole, CASE WHEN ST_Contains(z.geom, p.geom) THEN p.whole
                   ELSE ST_Area(ST_Intersection(p.geom, z.geom)) END AS area
            FROM (SELECT *, ST_Area(geom) AS whole FROM (SELECT pid, {planar('geom')} AS geom FROM {shapes})) p
            JOIN (SELECT name, {planar('geom')} AS geom FROM {zones}) z ON ST_Intersects(p.geom, z.geom)) WHERE area > 0""",
    }[workload]
    database.execute(f"COPY ({question}) TO '{out}' ({'FORMAT parquet' if out.endswith('parquet') else 'FORMAT csv'})")


{"by-hand": by_hand, "geopandas": with_geopandas, "duckdb": with_duckdb,
 "copy": lambda: write_table(read_table("points"))}[tool]()
