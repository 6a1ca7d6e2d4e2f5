"""Compares the program with GEOS on small random arrangements, many in one file: arrangements.py CORRIDOR FOLDER [COUNT] [SEED]

Corners on a lattice of few places, so that edges coincide, overlap and cross in corners all the time: polygons of random
corners; features made of the cells of a chessboard, which touch in corners and have holes; both over each other; turned and
sheared without rounding. Exits with 1 where the program differs."""

import csv
import os
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import combinations, permutations

import numpy as np
import pyogrio
import shapely
from pyproj import Proj, Transformer

from tiling import is_between

program, folder = sys.argv[1:3]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 5000
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
random = np.random.default_rng(seed)
EAST, NORTH, APART, SCALE = 500_000.0, 3_170_000.0, 256.0, 2.0
MAPS = [((1, 0), (0, 1)), ((0, 1), (1, 0)), ((1, 1), (-1, 1)), ((2, 1), (-1, 2)), ((3, 1), (1, 2)), ((1, 3), (-2, 1))]


def simple(size, corners):
    while True:
        shape = shapely.Polygon(random.integers(0, size + 1, (corners, 2)))
        if shape.is_valid and shape.area > 0:
            return shape


def board(size, labels):
    """Features made of cells, with or without the corners that straight borders do not need."""
    chosen = random.integers(0, labels + 1, (size, size))
    features = []
    for label in range(1, labels + 1):
        cells = [shapely.box(i, j, i + 1, j + 1) for i, j in zip(*np.nonzero(chosen == label))]
        if cells:
            whole = shapely.union_all(cells)
            features.append(whole if random.random() < 0.5 else shapely.simplify(whole, 0))
    return [feature for feature in features if feature.is_valid]


def arrangement():
    kind = random.integers(4)
    if kind == 0:
        features = [simple(4, int(random.integers(3, 7))) for _ in range(int(random.integers(2, 5)))]
    elif kind == 1:
        features = board(4, 3)
    elif kind == 2:
        features = board(3, 2) + [simple(3, int(random.integers(3, 6)))]
    else:
        features = board(3, 2) + board(3, 1)
    (a, b), (c, d) = MAPS[int(random.integers(len(MAPS)))]
    return [shapely.transform(feature, lambda xy: SCALE * np.c_[a * xy[:, 0] + b * xy[:, 1], c * xy[:, 0] + d * xy[:, 1]])
            for feature in features]


def rings(shape):
    return [list(map(tuple, ring.coords)) for part in shapely.get_parts(shape) for ring in [part.exterior, *part.interiors]]


def expected(names, shapes):
    found = []
    for (first, a), (second, b) in combinations(list(zip(names, shapes)), 2):
        common = a.intersection(b).area
        if common < 1e-9:
            continue
        if a.equals(b):
            found.append(("duplicate-shape", frozenset((first, second)), common))
        elif a.covers(b) or b.covers(a):
            found.append(("contained", frozenset((first, second)), common))
        else:
            found.append(("overlap", frozenset((first, second)), common))
    lines = shapely.union_all([shape.boundary for shape in shapes])
    for face in shapely.get_parts(shapely.polygonize(list(shapely.get_parts(lines)))):
        if not any(shape.covers(face.representative_point()) for shape in shapes):
            found.append(("hole", frozenset(names), face.area))
    corners = set()
    for (first, a), (second, b) in permutations(list(zip(names, shapes)), 2):
        own = {corner for ring in rings(b) for corner in ring}
        edges = [edge for ring in rings(b) for edge in zip(ring, ring[1:])]
        corners |= {(first, second, corner) for ring in rings(a) for corner in ring
                    if corner not in own and any(is_between(corner, *edge) for edge in edges)}
    return found, corners


names, shapes, groups, wanted, wanted_corners = [], [], [], {}, {}
side = int(count ** 0.5) + 1
for number in range(count):
    about = np.array([EAST + APART * (number % side), NORTH + APART * (number // side)])
    local = arrangement()
    labels = [f"{number}:{k}" for k in range(len(local))]
    wanted[number], corners = expected(labels, local)
    wanted_corners[number] = {(first, second, tuple(corner + about)) for first, second, corner in corners}
    groups.append((labels, local))
    names += labels
    shapes += [shapely.transform(shape, lambda xy: xy + about) for shape in local]
os.makedirs(folder, exist_ok=True)
path = os.path.join(folder, f"arrangements-{count}-{seed}.fgb")
if os.path.exists(path):
    os.remove(path)
pyogrio.raw.write(path, shapely.to_wkb(shapes), [np.array(names, object)], ["name"], driver="FlatGeobuf", geometry_type="Unknown",
                  crs="EPSG:4549")
print(f"{path}: {count} arrangements, {len(names)} features, {sum(map(len, wanted.values()))} overlaps and voids "
      f"{dict(Counter(finding[0] for group in wanted.values() for finding in group))}, "
      f"{sum(map(len, wanted_corners.values()))} corners on edges", flush=True)
if program == "-":
    sys.exit()
# Spikes, slivers and gaps that are not enclosed are not compared.
run = subprocess.run([program, "-q", "check", path, "--name-field", "name", "--coverage", "-f", "csv", "--min-finding-area", "0",
                      "--gap-width", "0.001"], capture_output=True, text=True)
if run.returncode not in (0, 1):
    raise SystemExit(run.stderr)
to_geographic = Transformer.from_crs(4549, 4490, always_xy=True)
to_plane = Transformer.from_crs(4490, 4549, always_xy=True)
found, found_corners = defaultdict(list), defaultdict(set)
for row in csv.DictReader(run.stdout.splitlines()):
    number = int(row["feature"].split(":")[0])
    if row["code"] == "unmatched-corner":
        found_corners[number].add((row["feature"], row["other_feature"], to_plane.transform(float(row["lon"]), float(row["lat"]))))
    elif row["code"] in ("overlap", "contained", "duplicate-shape", "hole", "gap"):
        found[number].append((row["code"], frozenset((row["feature"], row["other_feature"])) - {""}, float(row["area_m2"])))
wrong, covered = Counter(), 0
plane = Proj("EPSG:4549")


def is_covered_twice(corner, shapes):
    """Whether features overlap at a corner: there, borders of two others may take the place of its edges."""
    disc = shapely.Point(corner).buffer(0.1)
    parts = [shape.intersection(disc) for shape in shapes]
    return sum(part.area for part in parts) > shapely.union_all(parts).area + 1e-6


for number, (labels, local) in enumerate(groups):
    left, missing = list(found[number]), []
    about = (EAST + APART * (number % side), NORTH + APART * (number // side))
    scale = plane.get_factors(*to_geographic.transform(*about)).areal_scale
    for code, features, area in wanted[number]:
        area /= scale
        hit = next((one for one in left if one[0] == code and abs(one[2] - area) < 1.5e-4 + 1e-6 * area
                    and (one[1] == features or code == "hole" and one[1] <= features)), None)
        if hit:
            left.remove(hit)
        else:
            missing.append((code, sorted(features), area))
    here = found_corners[number]
    same = lambda one, other: one[:2] == other[:2] and max(abs(one[2][0] - other[2][0]), abs(one[2][1] - other[2][1])) < 0.05
    corners = [one for one in wanted_corners[number] if not any(same(one, other) for other in here)]
    plain = [one for one in corners if not is_covered_twice(np.subtract(one[2], about), local)]
    covered += len(corners) - len(plain)
    strange = [one for one in here if not any(same(one, other) for other in wanted_corners[number])]
    for what, items in [("missed", missing), ("invented", left), ("corners missed", plain), ("corners invented", strange)]:
        if items:
            wrong[what] += len(items)
            if wrong[what] <= 6:
                print(f"{what}: {items}\n   " + "\n   ".join(f"{label} {shape.wkt}" for label, shape in zip(labels, local)))
print(f"differences: {dict(wrong) or 'none'}; corners not reported where features overlap at them: {covered}")
sys.exit(bool(wrong))
