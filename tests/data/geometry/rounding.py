"""Polygons that are written with few decimals of a metre, checked with GEOS:
python rounding.py CORRIDOR [CASES] (needs shapely 2).

Random valid polygons, some with holes and of several parts, by `convert` and `overlay --pieces` to EPSG:4549 with 0, 1
and 2 decimals: as many as the note names as too small may be invalid, no more."""

import json, math, random, re, subprocess, sys
import csv, io
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

csv.field_size_limit(1 << 30)


def star(rng, x, y, size):
    count = rng.randrange(3, 16)
    turns = sorted(rng.random() for _ in range(count))
    return Polygon([(x + size * rng.random() ** 2 * math.cos(6.2832 * t), y + size * rng.random() ** 2 * math.sin(6.2832 * t)) for t in turns])


def case(rng):
    while True:
        size = 1e-5 * 10 ** rng.uniform(-.7, 2)
        x, y = 121.3 + rng.random() * .3, 28.5 + rng.random() * .3
        whole = star(rng, x, y, size)
        for _ in range(rng.randrange(4)):
            other = star(rng, x + rng.uniform(-1, 1) * size, y + rng.uniform(-1, 1) * size, size * rng.random())
            if whole.is_valid and other.is_valid:
                whole = whole.union(other) if rng.random() < .4 else whole.difference(other)
        if isinstance(whole, (Polygon, MultiPolygon)) and not whole.is_empty and whole.is_valid:
            return whole


def check(corridor, text, command, decimals):
    command = [corridor, *command, "--input-format", "geojson", "--to-crs", "EPSG:4549", "--precision", str(decimals), "-f", "csv", "--lang", "en"]
    run = subprocess.run(command, input=text.encode(), capture_output=True)
    notes = run.stderr.decode()
    named = re.search(r"(\d+) polygons? too small", notes)
    named = int(named[1]) if named else 0
    invalid = rows = 0
    for row in csv.DictReader(io.StringIO(run.stdout.decode())):
        if row["wkt"]:
            rows += 1
            try:
                shape = shapely.from_wkt(row["wkt"])
                invalid += not shape.is_valid or shape.is_empty or shape.area == 0
            except shapely.errors.GEOSException:
                invalid += 1
    vanished = re.search(r"[^\n]*left out: too small[^\n]*", notes)
    print(f"{command[1]}, {decimals} decimals: {rows} polygons, {invalid} invalid, {named} named as too small"
          + (f"; {vanished[0].split(': ', 2)[-1]}" if vanished else ""), flush=True)
    return invalid != named


def main(corridor, cases):
    rng = random.Random(3)
    features = [{"type": "Feature", "properties": {"case": i}, "geometry": shapely.geometry.mapping(case(rng))} for i in range(cases)]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    commands = (["convert", "-"], ["overlay", "-", "--pieces"])
    return sum(check(corridor, text, command, decimals) for command in commands for decimals in (0, 1, 2)) > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2000))
