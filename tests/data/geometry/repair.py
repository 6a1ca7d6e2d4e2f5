"""Repairs by `corridor overlay --repair` against the non-zero winding rule of another engine:
python repair.py CORRIDOR [CASES] (needs shapely 2 and pyclipper).

Each repaired polygon has to be valid for GEOS, and to cover what Clipper has under its non-zero rule: exterior less
holes, but for the width of a rounding error along the edges. A row that is not repaired has to cover nothing."""

import json, random, subprocess, sys
import pyclipper, shapely
from shapely.geometry import Polygon, shape

STEPS = 1 << 46  # of a degree: the last place of a double at 121
ORIGIN = (121, 28)


def ring(rng):
    kind, corners = rng.randrange(3), []
    for _ in range(rng.randrange(3, 13)):
        if kind == 0:
            corners.append((121 + rng.randrange(6) * .001, 28 + rng.randrange(6) * .001))
        else:
            corners.append((121 + rng.randrange(100000) * 1e-7, 28 + rng.randrange(100000) * 1e-7))
        if kind == 2 and len(corners) > 2:
            i, t = rng.randrange(len(corners) - 1), rng.random()
            (a, b), (c, d) = corners[i], corners[i + 1]
            corners.append((a + (c - a) * t, b + (d - b) * t))
    return corners + corners[:1]


def steps(corners):
    return [tuple(round((value - origin) * STEPS) for value, origin in zip(corner, ORIGIN)) for corner in corners[:-1]]


def filled(rings):
    """What rings cover by the non-zero rule."""
    clipper = pyclipper.Pyclipper()
    added = False
    for path in rings:
        try:
            clipper.AddPath(steps(path), pyclipper.PT_SUBJECT, True)
            added = True
        except pyclipper.ClipperException:
            pass  # nothing but a line
    paths = clipper.Execute(pyclipper.CT_UNION, pyclipper.PFT_NONZERO, pyclipper.PFT_NONZERO) if added else []
    parts = [Polygon([(x / STEPS, y / STEPS) for x, y in path]) for path in paths]
    parts = [shapely.make_valid(part) for part in parts]
    whole = shapely.Polygon()
    for part in parts:  # holes and exteriors in each other: an odd number of rings
        whole = shapely.symmetric_difference(whole, part)
    return whole


def main(corridor, cases):
    rng = random.Random(5)
    given = [[ring(rng)] + [ring(rng) for _ in range(max(0, rng.randrange(6) - 4))] for _ in range(cases)]
    features = [{"type": "Feature", "properties": {"case": i}, "geometry": {"type": "Polygon", "coordinates": rings}}
                for i, rings in enumerate(given)]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    run = subprocess.run([corridor, "overlay", "-", "--input-format", "geojson", "--repair", "--wide", "-f", "geojson", "-q"],
                         input=text.encode(), capture_output=True)
    rows = json.loads(run.stdout)["features"]
    assert len(rows) == cases, (len(rows), run.stderr[-2000:])
    wrong = repaired = refused = valid = 0
    for i, (rings, row) in enumerate(zip(given, rows)):
        expected = filled(rings[:1]).difference(filled(rings[1:]))
        reason = row["properties"]["reason"] or ""
        edges = 1e-12 * sum(shapely.LineString(r).length for r in rings) + 1e-18
        if reason.startswith("not-repairable"):
            refused += 1
            problem = None if expected.area <= edges else f"not repaired, {expected.area:g}"
        else:
            found = shape(row["geometry"])
            repaired += reason.startswith("repaired")
            valid += not reason
            off = shapely.transform(found, lambda xy: xy - ORIGIN).symmetric_difference(expected).area
            problem = None
            if not found.is_valid:
                problem = shapely.is_valid_reason(found)
            elif off > edges:
                problem = f"{off:g} off"
        if problem:
            wrong += 1
            if wrong <= 5:
                print(i, problem, json.dumps(rings))
    print(f"{cases} cases: {valid} valid as they came, {repaired} repaired, {refused} cover nothing; {wrong} wrong")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2000))
