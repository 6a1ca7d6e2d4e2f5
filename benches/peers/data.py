"""Reproducible data for the workloads: data.py FOLDER [SCALE]

SCALE 1 makes 5,000,000 points, 20 nested zones of 40 to 2,000 corners (one with a hole), 200,000 parcels that
tile the region, and 1,000,000 sites. Coordinates have 7 decimals, so that every format holds the same doubles."""

import json
import os
import sys

import geopandas
import numpy as np
import polars
import shapely

folder, scale = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
WEST, SOUTH, EAST, NORTH = 121.1, 28.45, 121.7, 28.80
random = np.random.default_rng(20221114)
os.makedirs(folder, exist_ok=True)


def path(name):
    return os.path.join(folder, name)


def ring(lon, lat, radius, corners, roughness):
    """A ring around a centre, with a random sum of waves as radius."""
    angle = (np.arange(corners) + random.uniform(-0.3, 0.3, corners)) * 2 * np.pi / corners
    waves = np.arange(1, 1 + corners // 12)
    wave = np.sin(np.outer(angle, waves) + random.uniform(0, 2 * np.pi, len(waves))) @ (random.normal(0, 1, len(waves)) / waves)
    stretch = radius * (1 + roughness * wave / np.abs(wave).max())
    return np.round(np.c_[lon + stretch * np.cos(angle), lat + 0.55 * stretch * np.sin(angle)], 7)


def zones():
    outlines = [[ring(121.40, 28.625, 0.20, 2000, 0.3)], [ring(121.40, 28.625, 0.08, 800, 0.3)],
                [ring(121.50, 28.54, 0.09, 700, 0.3), ring(121.50, 28.54, 0.02, 120, 0.2)],
                [ring(121.25, 28.70, 0.09, 1500, 0.3)], [ring(121.60, 28.68, 0.06, 300, 0.3)]]
    outlines += [[ring(random.uniform(121.25, 121.58), random.uniform(28.54, 28.72), random.uniform(0.004, 0.02),
                       int(random.integers(40, 400)), 0.3)] for _ in range(15)]
    shapes = [shapely.Polygon(shell, holes) for shell, *holes in outlines]
    assert all(shape.is_valid for shape in shapes)
    frame = geopandas.GeoDataFrame({"name": [f"zone-{n:02}" for n in range(len(shapes))]}, geometry=shapes, crs=4326)
    with open(path("zones.geojson"), "w") as file:
        json.dump(json.loads(frame.to_json(drop_id=True)), file)


def points(stem, count):
    lon, lat = random.uniform(WEST, EAST, count), random.uniform(SOUTH, NORTH, count)
    # Half of them near the zones.
    near = random.random(count) < 0.5
    lon[near], lat[near] = 121.2 + (lon[near] - WEST) * 2 / 3, 28.51 + (lat[near] - SOUTH) * 2 / 3
    frame = polars.DataFrame({"id": np.arange(1, count + 1), "lon": np.round(lon, 7), "lat": np.round(lat, 7)})
    frame.write_csv(path(stem + ".csv"), float_precision=7)
    frame.write_parquet(path(stem + ".parquet"))


def parcels(count):
    """A distorted grid of cells without gaps, with 8 vertices each."""
    across = max(1, round((count * 1.25) ** 0.5))
    down = max(1, round(count / across))
    x, y = np.meshgrid(np.arange(2 * across + 1), np.arange(2 * down + 1), indexing="ij")
    moved = lambda of, last: np.where((of == 0) | (of == last), 0, random.uniform(-0.3, 0.3, of.shape))
    lon = WEST + (x + moved(x, 2 * across)) * (EAST - WEST) / (2 * across)
    lat = SOUTH + (y + moved(y, 2 * down)) * (NORTH - SOUTH) / (2 * down)
    corners = np.round(np.stack([lon, lat], -1), 7)
    i, j = (of.ravel() for of in np.meshgrid(2 * np.arange(across), 2 * np.arange(down), indexing="ij"))
    way = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)]
    shapes = shapely.polygons(np.stack([corners[i + a, j + b] for a, b in way], 1))
    sound = shapely.is_valid(shapes)
    uses = np.array(["residential", "industrial", "public", "green"])[random.integers(0, 4, len(shapes))]
    columns = {"pid": np.arange(1, len(shapes) + 1)[sound], "use": uses[sound]}
    frame = geopandas.GeoDataFrame(columns, geometry=shapes[sound], crs=4326)
    frame.to_file(path("parcels.geojson"), driver="GeoJSON", COORDINATE_PRECISION=7)
    frame.to_parquet(path("parcels.parquet"))


zones()
points("points", int(5_000_000 * scale))
points("sites", int(1_000_000 * scale))
parcels(int(200_000 * scale))
