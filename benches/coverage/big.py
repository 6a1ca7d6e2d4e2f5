"""Writes the layer for the timing: big.py FOLDER [POLYGONS]

A distorted lattice in EPSG:4549, ten corners a polygon, millimetres, every corner shared; 100 corners are then moved by
0.05 to 0.5 m in one polygon alone. As GeoPackage and FlatGeobuf, with the same doubles."""

import os
import sys

import numpy as np
import pyogrio
import shapely

folder, polygons = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
random = np.random.default_rng(20260101)
EAST, NORTH, CELL, FAULTS = 620_000.0, 3_150_000.0, 30.0, 100
across = round(polygons ** 0.5)
down = -(-polygons // across)
# Three columns and two rows of corners a cell.
x, y = np.meshgrid(np.arange(3 * across + 1), np.arange(2 * down + 1), indexing="ij")
moved = lambda of, last: np.where((of == 0) | (of == last), 0, random.uniform(-0.3, 0.3, of.shape))
corners = np.round(np.stack([EAST + (x + moved(x, 3 * across)) * CELL / 3,
                             NORTH + (y + moved(y, 2 * down)) * CELL / 2], -1), 3)
i, j = (of.ravel() for of in np.meshgrid(3 * np.arange(across), 2 * np.arange(down), indexing="ij"))
way = [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)]
rings = np.stack([corners[i + a, j + b] for a, b in way], 1)
where = random.choice(len(rings), FAULTS, replace=False)
rings[where, 4] += np.round(random.uniform(0.05, 0.5, (FAULTS, 2)), 3)
shapes = shapely.polygons(rings)
assert shapely.is_valid(shapes).all()
names = np.char.add("t", np.arange(1, len(shapes) + 1).astype(str)).astype(object)
wkb = shapely.to_wkb(shapes)
os.makedirs(folder, exist_ok=True)
for ending, driver in [("gpkg", "GPKG"), ("fgb", "FlatGeobuf")]:
    path = os.path.join(folder, f"tiles-{polygons}.{ending}")
    if os.path.exists(path):
        os.remove(path)
    pyogrio.raw.write(path, wkb, [names], ["name"], driver=driver, geometry_type="Polygon", crs="EPSG:4549")
    print(f"{path}: {len(shapes)} polygons, {len(shapes) * (len(way) - 1)} corners, {os.path.getsize(path) / 1e6:.0f} MB",
          flush=True)
