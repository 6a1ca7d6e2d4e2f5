"""Repairs by `corridor overlay --repair` against the non-zero winding rule of another engine:
python repair.py CORRIDOR [CASES] (needs shapely 2 and pyclipper).

Each repaired polygon has to be valid for GEOS, and to cover what Clipper has under its non-zero rule: exterior less
holes, but for the width of a rounding error along the edges. A row that is not repaired has to cover nothing."""

import json, math, random, subprocess, sys
import pyclipper, shapely
from shapely.geometry import shape

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


def clip(kind, subject, clip=(), fill=pyclipper.PFT_EVENODD):
    clipper, added = pyclipper.Pyclipper(), False
    for paths, role in ((subject, pyclipper.PT_SUBJECT), (clip, pyclipper.PT_CLIP)):
        for path in paths:
            try:
                clipper.AddPath(path, role, True)
                added = True
            except pyclipper.ClipperException:
                pass  # nothing but a line
    return clipper.Execute(kind, fill, fill) if added else []


def filled(rings):
    """What rings cover by the non-zero rule."""
    return clip(pyclipper.CT_UNION, [steps(ring) for ring in rings], fill=pyclipper.PFT_NONZERO)


def area(paths):
    return abs(sum(pyclipper.Area(path) for path in paths)) / STEPS ** 2


def is_as_wound(rings, found):
    """Whether each face between the edges is covered as the rings wind around a point in it. Clipper rounds crossings to
    whole steps, and with corners a step beside edges it takes some faces for others: then this decides."""
    def turns(point, corners):
        angles = ((math.atan2((a - x) * (d - y) - (b - y) * (c - x), (a - x) * (c - x) + (b - y) * (d - y)))
                  for (a, b), (c, d) in zip(corners, corners[1:]))
        x, y = point.x, point.y
        return round(sum(angles) / (2 * math.pi))

    edges = shapely.unary_union([shapely.LineString(corners) for corners in rings])
    points = [face.representative_point() for face in shapely.polygonize([edges]).geoms if face.area > 1e-11]
    covered = lambda point: turns(point, rings[0]) != 0 and all(turns(point, hole) == 0 for hole in rings[1:])
    return all(covered(point) == found.contains(point) for point in points)


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
    wrong = repaired = refused = valid = clipper = 0
    for i, (rings, row) in enumerate(zip(given, rows)):
        expected = clip(pyclipper.CT_DIFFERENCE, filled(rings[:1]), filled(rings[1:]))
        reason = row["properties"]["reason"] or ""
        edges = 1e-12 * sum(shapely.LineString(r).length for r in rings) + 1e-18
        if reason.startswith("not-repairable"):
            refused += 1
            problem = None if area(expected) <= edges else f"not repaired, {area(expected):g}"
        else:
            found = shape(row["geometry"])
            repaired += reason.startswith("repaired")
            valid += not reason
            parts = [[part.exterior, *part.interiors] for part in getattr(found, "geoms", [found])]
            off = area(clip(pyclipper.CT_XOR, expected, [steps(list(line.coords)) for rings in parts for line in rings]))
            problem = None
            if not found.is_valid:
                problem = shapely.is_valid_reason(found)
            elif off > edges and is_as_wound(rings, found):
                clipper += 1
            elif off > edges:
                problem = f"{off:g} off"
        if problem:
            wrong += 1
            if wrong <= 5:
                print(i, problem, json.dumps(rings))
    print(f"{cases} cases: {valid} valid as they came, {repaired} repaired, {refused} cover nothing; {wrong} wrong"
          + (f", {clipper} where Clipper is" if clipper else ""))
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2000))
