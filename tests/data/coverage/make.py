"""Writes the cases anew: python make.py (needs shapely 2.1).

Overlaps and enclosed voids are worked out here, by GEOS; what is found of gaps that are open, of corners and of single
features is given with the case. The coordinates are metres about 500000, 3170000 on the central meridian of EPSG:4549,
where areas of the plane are those on the ellipsoid; multiples of powers of two, unless a case says otherwise."""

import math
import os
from itertools import combinations, permutations

import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Point, Polygon, box

EAST, NORTH = 500_000.0, 3_170_000.0
FOLDER = os.path.dirname(os.path.abspath(__file__))
ILIVALIDATOR, GEOS, JTS = (f"https://github.com/{of}/issues/" for of in ("claeis/ilivalidator", "libgeos/geos", "locationtech/jts"))
ROWS, SHAPES = [], {}


def ring_text(ring, about):
    return "(" + ",".join(f"{x + about[0]!r} {y + about[1]!r}" for x, y in ring) + ")"


def wkt(shape, about):
    if isinstance(shape, str):
        return shape
    of = lambda polygon: "(" + ",".join(ring_text(ring.coords, about) for ring in [polygon.exterior, *polygon.interiors]) + ")"
    parts = list(shapely.get_parts(shape))
    if len(parts) == 1:
        return "POLYGON" + of(parts[0])
    return "MULTIPOLYGON(" + ",".join(map(of, parts)) + ")"


def write(name, features, about=(EAST, NORTH)):
    with open(os.path.join(FOLDER, name + ".csv"), "w") as file:
        file.write("id,wkt\n")
        for label, shape in features.items():
            file.write(f'{label},"{wkt(shape, about)}"\n')


def worked_out(features, gap_width):
    """Overlaps of two, and voids that are enclosed."""
    found = []
    for (first, a), (second, b) in combinations(features.items(), 2):
        common = a.intersection(b)
        if common.area < 1e-9:
            continue
        if a.normalize().equals(b.normalize()):
            found.append(("duplicate-shape", second, first, a.area))
        elif b.covers(a):
            found.append(("contained", first, second, a.area))
        elif a.covers(b):
            found.append(("contained", second, first, b.area))
        else:
            found.append(("overlap", first, second, common.area))
    # The faces between all boundaries that belong to no feature.
    lines = shapely.union_all([shape.boundary for shape in features.values()])
    for void in sorted(shapely.get_parts(shapely.polygonize(list(shapely.get_parts(lines)))), key=lambda face: face.bounds):
        if not any(shape.covers(void.representative_point()) for shape in features.values()):
            # Those with the longest borders on it are named.
            border = {label: round(shape.buffer(1e-6).intersection(void.boundary).length, 4) for label, shape in features.items()}
            at = sorted((label for label in border if border[label] > 1e-3 * void.length), key=lambda label: -border[label])
            wide = 2 * shapely.maximum_inscribed_circle(void, 1e-6).length
            found.append(("gap" if wide < gap_width else "hole", at[0], at[1] if len(at) > 1 else "", void.area))
    return found


def unmatched(features, near):
    """Corners near an edge of another feature, which has no corner there."""
    found = []
    rings = lambda shape: [ring for part in shapely.get_parts(shape) for ring in [part.exterior, *part.interiors]]
    for (first, a), (second, b) in permutations(features.items(), 2):
        own = {corner for ring in rings(b) for corner in ring.coords}
        edges = [edge for ring in rings(b) for edge in zip(ring.coords, ring.coords[1:])]
        for corner in sorted({corner for ring in rings(a) for corner in ring.coords} - own):
            if any(is_on(corner, *edge, near) for edge in edges):
                found.append(("unmatched-corner", first, second, None))
    return found


def is_on(corner, start, end, near):
    along, of = (end[0] - start[0], end[1] - start[1]), (corner[0] - start[0], corner[1] - start[1])
    share = (along[0] * of[0] + along[1] * of[1]) / math.hypot(*along) ** 2
    return 0 < share < 1 and abs(along[0] * of[1] - along[1] * of[0]) / math.hypot(*along) <= near


def case(name, features, reason, options="", given=(), about=(EAST, NORTH), works_out=True, file=None, other_files=(), crs="EPSG:4549"):
    """`given` are findings beside those that are worked out: (code, feature, other, area or None)."""
    if features is not None:
        for label, shape in features.items():
            assert isinstance(shape, str) or shape.is_valid, (name, label, shapely.is_valid_reason(shape))
        write(file or name, features, about)
    words = options.split()
    gap_width = float(words[words.index("--gap-width") + 1]) if "--gap-width" in words else 1.0
    least = float(words[words.index("--min-finding-area") + 1]) if "--min-finding-area" in words else 0.01
    found = list(given)
    if features is not None:
        SHAPES[file or name] = features
    features = SHAPES.get(file or name, {})
    if works_out:
        found += [finding for finding in worked_out(features, gap_width) if finding[3] >= least]
    if not any(isinstance(shape, str) for shape in features.values()) and not any(code.endswith("+") for code, *_ in given):
        found += unmatched(features, 1e-3 / 111_000 if crs == "EPSG:4326" else 1e-3)
    files = " ".join(f"{of}.csv" for of in [file or name, *other_files])
    text = "; ".join(f"{code}/{feature}/{other}/{'*' if area is None else format(area, '.4f')}" for code, feature, other, area in found)
    ROWS.append([name, files, f"--crs {crs} {options}".strip(), text or "-", reason])


def degrees_squared(latitude):
    """Square metres of the ellipsoid in a square degree."""
    squared = (2 - 1 / 298.257222101) / 298.257222101
    root = 1 - squared * math.sin(math.radians(latitude)) ** 2
    return (6378137 * math.pi / 180) ** 2 * (1 - squared) * math.cos(math.radians(latitude)) / root**2


def tile(x, y, size=16):
    return box(x, y, x + size, y + size)


def polygon(*corner):
    return Polygon(corner)


# Reports about ilivalidator -------------------------------------------------------------------------------------------

# The coordinates of the issue, in its own system.
SWISS = (0.0, 0.0)
case("last_digits", {
    "A": polygon((2613109.4229093385, 1224224.4082201498), (2613109.5630057147, 1224224.1915995872), (2613119.5, 1224230.5)),
    "B": polygon((2613109.5630057147, 1224224.1915995874), (2613109.422909338, 1224224.4082201498), (2613099.5, 1224218.5))},
    f"{ILIVALIDATOR}62: a common edge whose ends differ in the last digits was an overlap; no area to speak of",
    about=SWISS, works_out=False, crs="EPSG:2056", given=[("unmatched-corner+", "*", "*", None)])
third = (0 + 24 / 3, 16 - 10 / 3)
rounded = (round(third[0], 3), round(third[1], 3))
case("rounded_corner", {
    "A": polygon((0, 0), (24, 0), (24, 6), (0, 16)),
    "B": polygon((0, 16), rounded, (24, 6), (24, 32), (0, 32))},
    f"{ILIVALIDATOR}123: a corner on a slanted edge, written to the millimetre, is no overlap")
case("rounded_corner_listed", None,
     f"{ILIVALIDATOR}196: the same, asked for however small: the triangle that the rounding leaves, and nothing else",
     options="--min-finding-area 0", file="rounded_corner")
case("large_duplicates", {
    "A": tile(0, 0), "B": tile(16, 0), "C": tile(0, 16), "D": tile(16, 16), "E": box(0, 0, 32, 16), "F": tile(16, 16)},
    f"{ILIVALIDATOR}219: a feature over several others, and one that is there twice, were not noticed",
    given=[("unmatched-corner+", "*", "E", None)])
case("inside", {"A": box(0, 0, 32, 32), "B": tile(8, 8)}, f"{ILIVALIDATOR}263: a feature inside another was not noticed")
case("inside_along_edge", {"A": box(0, 0, 32, 32), "B": box(0, 8, 16, 24)},
     f"{ILIVALIDATOR}274: the same, along its boundary")
case("inside_in_corner", {"A": box(0, 0, 32, 32), "B": box(0, 0, 16, 32)},
     f"{ILIVALIDATOR}274: the same, the half of it")
case("crossing_in_corners", {
    "A": polygon((0, 0), (16, 0), (16, 8), (16, 16), (8, 16), (0, 16)),
    "B": polygon((8, 8), (16, 8), (24, 8), (24, 24), (8, 24), (8, 16))},
    f"{ILIVALIDATOR}284: boundaries that cross in corners of both alone were no overlap")
case("crossing_in_corners_without_edges", {
    "A": polygon((0, 0), (8, 8), (16, 0), (16, 16), (8, 8.5), (0, 16)),
    "B": polygon((8, 8), (12, 12.25), (8, 8.5), (4, 12.25))},
    f"{ILIVALIDATOR}284: through corners, none of whose edges cross another properly", options="--min-finding-area 0")
case("narrow_overlap", {"A": tile(0, 0), "B": box(15.96875, 0, 32, 16)},
     f"{ILIVALIDATOR}325: 3 cm over 16 m is half a square metre: it counts by its area; its width is stated")
case("narrow_overlap_allowed", None, f"{ILIVALIDATOR}468: the same, under the area that is allowed",
     options="--min-finding-area 1", file="narrow_overlap")
case("tiny_overlap", {"A": tile(0, 0), "B": polygon((16, 0), (32, 0), (32, 16), (16, 16), (16, 8.25), (15.96875, 8), (16, 7.75))},
     f"{ILIVALIDATOR}325: 3 cm over half a metre is under the least area")
case("parts_overlap", {
    "A": MultiPolygon([tile(0, 0), tile(32, 0), tile(64, 0)]),
    "B": MultiPolygon([tile(8, 8), tile(40, 8), tile(64, 16)])},
    f"{ILIVALIDATOR}342: features of several parts, two of which overlap and one of which adjoins: one overlap")
ARC = "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING({}),({})))"
at = lambda *places: ",".join(f"{EAST + x!r} {NORTH + y!r}" for x, y in places)
case("common_arc", {
    "A": ARC.format(at((0, 0), (16, 8), (32, 0)), at((32, 0), (32, -16), (0, -16), (0, 0))),
    "B": ARC.format(at((32, 0), (16, 8), (0, 0)), at((0, 0), (0, 32), (32, 32), (32, 0)))},
    f"{ILIVALIDATOR}366: two features along one arc, each in its own direction", options="--min-finding-area 0", works_out=False,
    given=[("arcs", "", "", None)])
# A point on the same circle (centre (16, -12), radius 20), to the millimetre.
case("common_arc_other_point", {
    "A": ARC.format(at((0, 0), (16, 8), (32, 0)), at((32, 0), (32, -16), (0, -16), (0, 0))),
    "B": ARC.format(at((32, 0), (round(16 + 20 * math.cos(1.9), 3), round(-12 + 20 * math.sin(1.9), 3)), (0, 0)), at((0, 0), (0, 32), (32, 32), (32, 0)))},
    f"{ILIVALIDATOR}366: the same arc by another point of it, written to the millimetre: nothing of the least area", works_out=False,
    given=[("arcs", "", "", None), ("unmatched-corner+", "*", "*", None)])
case("beside_the_edge", {
    "A": polygon((2716165.803, 1280939.889), (2716166.623, 1280939.467), (2716177.128, 1280934.062), (2716180.0, 1280945.0)),
    "B": polygon((2716177.128, 1280934.062), (2716165.803, 1280939.889), (2716160.0, 1280930.0))},
    f"{ILIVALIDATOR}376: a corner 0.08 mm beside the edge of the neighbour, under the least area", about=SWISS, works_out=False, crs="EPSG:2056")
case("arc_and_edge_from_one_point", {
    "A": "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(2754998.564 1260356.465,2754997.839 1260355.844,2754997.727 1260354.897),"
         "(2754997.727 1260354.897,2754996.744 1260358.680,2754998.564 1260356.465)))",
    "B": "POLYGON((2754997.727 1260354.897,2754996.744 1260358.680,2754990.5 1260356.5,2754997.727 1260354.897))"},
    "https://github.com/claeis/ili2db/issues/597: an arc and an edge from one point were an overlap of 4e-8 m", works_out=False,
    options="--min-finding-area 0", crs="EPSG:2056", given=[("arcs", "", "", None)])
road = Polygon(box(0, 0, 48, 48).exterior.coords, [box(8, 8, 40, 40).exterior.coords])
case("road_around", {"road": road}, f"{ILIVALIDATOR}286: what a loop encloses may be left out: for information")

# JTS, GEOS, mapshaper -------------------------------------------------------------------------------------------------

case("square_and_half_as_long", {"A": box(0, 0, 1, 1), "B": box(0, 1, 2, 2)},
     f"{GEOS}1001: a corner on an edge, without an area: for information")
bay = {"A": polygon((0, 10), (10, 10), (10, 7), (10, 3), (10, 0), (0, 0)),
       "B": polygon((10, 10), (20, 10), (20, 0), (10, 0), (10, 3), (11, 5), (10, 7))}
case("gap_of_a_width", bay, f"{GEOS}1251: the width of a gap is where it is widest", options="--gap-width 0.5")
case("gap_of_a_width_above", bay, f"{GEOS}1251: the same, and gaps may be wider", options="--gap-width 1.5", file="gap_of_a_width")
case("gap_of_a_width_far_above", bay, f"{GEOS}1251: the same, and gaps may be wider than the features: it was no longer found",
     options="--gap-width 100", file="gap_of_a_width")
narrow = {"A": polygon((1.4021184536698854, 1.655211920135038), (1.4021184539862759, 1.6552119201560487),
                       (1.4021299999999997, 1.6559219999999968), (1.4021410000000003, 1.6566259999999957),
                       (1.4021410000000003, 1.658296), (1.406, 1.654)),
          "B": polygon((1.406, 1.654), (1.4, 1.65), (1.4021410000000003, 1.658296), (1.4021410000000003, 1.6566259999999957),
                       (1.4021365939839114, 1.6563440149706494), (1.4021299996998664, 1.6559220002002917),
                       (1.4021184536698854, 1.655211920135038))}
square_degree = degrees_squared(1.6558)
for width in ("1", "1000"):
    case(f"narrow_gap_{width}", narrow if width == "1" else None,
         f"{JTS}1122: a gap of 0.04 mm; it was not found where gaps may be much wider", about=SWISS, crs="EPSG:4326",
         options=f"--min-finding-area 0 --gap-width {width}", file="narrow_gap", works_out=False,
         given=[("gap", "A", "B", finding[3] * square_degree) for finding in worked_out(narrow, 1e-5)])
voids = {"A": polygon((1, 9), (9, 9), (9, 6), (5, 7), (2, 6)),
         "B": polygon((1, 1), (1, 9), (2, 6), (4, 3), (5, 7), (7, 3), (9, 6), (9, 1))}
case("touching_voids", voids, "https://github.com/locationtech/jts/pull/1134: two voids that touch each other and the border: two, not one or none")
case("touching_voids_narrow", voids, "https://github.com/NetTopologySuite/NetTopologySuite/issues/804: the same as gaps",
     options="--gap-width 6", file="touching_voids")
case("touching_holes", {
    "A": Polygon([(0, 0), (0, 11), (19, 11), (19, 0)], [
        [(4, 5), (12, 5), (12, 6), (10, 6), (10, 8), (9, 8), (9, 9), (7, 9), (7, 8), (6, 8), (6, 6), (4, 6)],
        [(12, 6), (14, 6), (14, 9), (13, 9), (13, 7), (12, 7)]]),
    "B": polygon((12, 6), (12, 5), (4, 5), (4, 6), (6, 6), (6, 8), (7, 8), (7, 9), (9, 9), (9, 8), (10, 8), (10, 6)),
    "C": polygon((12, 6), (12, 7), (13, 7), (13, 9), (14, 9), (14, 6))},
    f"{JTS}953: holes that touch, each filled", options="--min-finding-area 0")
case("matched_around", {"A": tile(16, 16), "N": tile(16, 32), "S": tile(16, 0), "E": tile(32, 16), "W": tile(0, 16)},
     "tests of JTS, matched edges: four neighbours along whole edges", options="--min-finding-area 0")
case("shorter_edge", {"A": tile(0, 0), "B": box(0, 16, 12, 32)}, "tests of JTS, collinear unmatched edge")
case("duplicate_part", {"A": tile(0, 0), "B": MultiPolygon([tile(0, 0), tile(16, 16)])},
     "tests of JTS, duplicate: of one part: the feature is inside the other")
case("duplicate_reversed", {"A": polygon((0, 0), (16, 0), (16, 16), (4, 20)), "B": polygon((16, 16), (16, 0), (0, 0), (4, 20))},
     "tests of JTS, duplicate: wound the other way, begun elsewhere")
case("crossing_edge", {"A": box(0, 8, 32, 32), "B": polygon((0, 0), (16, 16), (32, 0))}, "tests of JTS, crossing segments")
case("corner_on_edge", {"A": box(0, 16, 32, 32), "B": polygon((0, 0), (16, 16), (32, 0))},
     "tests of JTS, a vertex touches a segment: a point in common")
case("through_corners", {"A": polygon((12, 4), (12, 28), (28, 32), (28, 0)), "B": polygon((0, 16), (12, 28), (24, 16), (12, 4))},
     "tests of JTS, interior segments at nodes")
case("combs", {
    "A": MultiPolygon([polygon((12, 28), (32, 32), (32, 24)), polygon((8, 16), (32, 20), (32, 12)), polygon((4, 4), (32, 8), (32, 0))]),
    "B": MultiPolygon([polygon((0, 20), (0, 32), (16, 32), (20, 24), (16, 16)), polygon((0, 12), (16, 16), (20, 8), (16, 0), (0, 0))])},
    "tests of JTS, both of several parts: one overlap")
case("out_of_its_hole", {"A": polygon((8, 8), (8, 24), (20, 28), (24, 8)),
                         "B": Polygon(box(0, 0, 32, 32).exterior.coords, [box(8, 8, 24, 24).exterior.coords])},
     "tests of JTS, adjacent hole: one part of it overlaps, what it leaves of the hole is a void")
covered = {"A": tile(0, 0), "B": tile(16, 0), "C": tile(0, 16), "D": tile(16, 16),
           "E": polygon((0, 0), (16, 0), (32, 0), (32, 16), (32, 32), (16, 32), (0, 32), (0, 16))}
case("covered_by_others", covered, "tests of JTS, covered by others and matched: each lies inside it")
case("two_halves_over_two", {"A": box(0, 16, 32, 32), "B": box(0, 0, 32, 16), "C": box(0, 0, 16, 32), "D": box(16, 0, 32, 32)},
     "tests of JTS, covered by two and matching")
case("enclosed_gap", {
    "A": polygon((0, 0), (32, 0), (32, 16), (0, 16)), "B": polygon((0, 16), (16, 16.25), (16, 32), (0, 32)),
    "C": polygon((16, 16.25), (32, 16), (32, 32), (16, 32))}, "tests of JTS, gap: enclosed by three")
case("strip", {
    "A": polygon((0, 0), (32, 0), (32, 16), (0, 16)), "B": box(0, 16.25, 16, 32), "C": box(16, 16.25, 32, 32)},
    "tests of JTS, gap with disjoint features: open at both ends, to the line between the corners",
    given=[("gap", "A", "B", 8.0)])
case("wedge", {
    "A": polygon((0, 0), (32, 0), (32, 16), (16, 16), (0, 16)), "B": polygon((0, 16.25), (16, 16), (16, 32), (0, 32)),
    "C": tile(16, 16)}, "tests of JTS, gore: open at one end, to the line between the corners", given=[("gap", "B", "A", 2.0)])
case("chessboard", {"A": tile(0, 0), "B": tile(16, 0), "C": tile(0, 16), "D": tile(16, 16)}, "tests of JTS, chessboard",
     options="--min-finding-area 0")
case("overlap_and_gap", {
    "A": tile(0, 0), "B": polygon((16, 0), (32, 0), (32, 16), (16, 16), (15, 12), (15, 8), (16, 4)),
    "C": polygon((0, 16), (16, 16), (16, 32), (0, 32)), "D": polygon((16, 16), (32, 16), (32, 32), (16, 32), (16.5, 28), (16.5, 20))},
    "https://github.com/mbloch/mapshaper/issues/335: overlaps and gaps as features of their own")
write("west", {"A": tile(0, 0), "B": tile(0, 16)})
write("east", {"A": box(16.125, 0, 32, 16), "B": box(16.125, 16, 32, 32)})
case("two_files", None, "https://github.com/mbloch/mapshaper/issues/451: a gap between two files, open at both ends",
     file="west", other_files=["east"], given=[("gap", "*", "*", 4.0)])

# Families of our own --------------------------------------------------------------------------------------------------

turned = lambda x, y, degrees=30: (x * math.cos(math.radians(degrees)) - y * math.sin(math.radians(degrees)),
                                   x * math.sin(math.radians(degrees)) + y * math.cos(math.radians(degrees)))
absolute = lambda x, y: (EAST + turned(x, y)[0], NORTH + turned(x, y)[1])
grid = {f"{i}{j}": polygon(*[absolute(16 * (i + a), 16 * (j + b)) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))])
        for i in range(3) for j in range(3)}
case("turned_squares", grid, "squares turned by 30 degrees, with common corners: none of their edges overlap",
     options="--min-finding-area 0", about=SWISS, works_out=False)
half = {"A": polygon(*[absolute(*p) for p in ((0, 0), (32, 0), (32, 16), (0, 16))]),
        "B": polygon(*[absolute(*p) for p in ((0, 16), (16, 16), (16, 32), (0, 32))]),
        "C": polygon(*[absolute(*p) for p in ((16, 16), (32, 16), (32, 32), (16, 32))])}
case("turned_corner_on_edge", half, "a corner in the middle of an edge that is turned: beside it by its rounding", about=SWISS,
     works_out=False)
for name, toward, what in [("above", math.inf, "gap"), ("below", -math.inf, "overlap")]:
    y = math.nextafter(NORTH + 16, toward)
    case(f"one_step_{name}", {
        "A": polygon((EAST, NORTH), (EAST + 32, NORTH), (EAST + 32, NORTH + 16), (EAST, NORTH + 16)),
        "B": polygon((EAST, NORTH + 16), (EAST + 16, y), (EAST + 16, NORTH + 32), (EAST, NORTH + 32)),
        "C": polygon((EAST + 16, y), (EAST + 32, NORTH + 16), (EAST + 32, NORTH + 32), (EAST + 16, NORTH + 32))},
        f"a corner one step of its number {name} the edge of the neighbour: no {what}", about=SWISS, works_out=False)
places = [(16 * math.cos(2 * math.pi * k / 12), 16 * math.sin(2 * math.pi * k / 12)) for k in range(12)]
star = {f"s{k}": polygon((0, 0), places[k], places[(k + 1) % 12]) for k in range(12)}
case("star", star, "twelve triangles about one corner", options="--min-finding-area 0")
case("star_without_one", {label: shape for label, shape in star.items() if label != "s4"},
     "one of them missing: too wide at its end for a gap, and not enclosed")
narrow_star = {"A": polygon((0, 0), (16, 0.25), (0, 16)), "B": polygon((0, 0), (0, -16), (16, -0.25))}
case("wedge_of_two", narrow_star, "a wedge of half a metre between two", given=[("gap", "A", "B", 4.0)])
host = Polygon(box(0, 0, 48, 48).exterior.coords, [box(16, 16, 32, 32).exterior.coords])
case("filled_hole", {"A": host, "B": tile(16, 16)}, "a hole that is filled", options="--min-finding-area 0")
case("ring_gap", {"A": host, "B": box(16.0625, 16.0625, 31.9375, 31.9375)}, "an island that leaves a ring of 6 cm")
case("ring_gap_on_one_side", {"A": host, "B": box(16, 16, 31.9375, 31.9375)}, "an island in the corner of its hole")
case("ring_overlap", {"A": host, "B": box(15.9375, 15.9375, 32.0625, 32.0625)}, "an island that is larger than its hole")
case("ring_touching", {"A": host, "B": polygon((16, 24), (24, 16), (32, 24), (24, 32))}, "an island that touches its hole in four corners")
case("empty_slot", {"A": Polygon(box(0, 0, 48, 48).exterior.coords, [box(16, 16, 32, 16.5).exterior.coords])},
     "a narrow hole of a feature, unfilled")
slivers = {"W": tile(0, 0)} | {f"s{k}": box(16 + k / 16, 0, 16 + (k + 1) / 16, 16) for k in range(5)} | {"E": box(16.3125, 0, 32, 16)}
case("slivers", slivers, "five strips of 6 cm side by side, without overlaps and gaps",
     given=[("sliver", f"s{k}", "", 1.0) for k in range(5)])
case("touching_parts", {
    "A": MultiPolygon([tile(16 * i, 16 * j) for i in range(4) for j in range(4) if (i + j) % 2 == 0]),
    "B": MultiPolygon([tile(16 * i, 16 * j) for i in range(4) for j in range(4) if (i + j) % 2 == 1])},
    "two features whose parts touch in corners, like a chessboard", options="--min-finding-area 0")
case("half_a_chessboard", {"A": MultiPolygon([tile(16 * i, 16 * j) for i in range(4) for j in range(4) if (i + j) % 2 == 0])},
     "one of them alone: what its parts enclose, touching in corners, are holes")
tiles = {f"{i}{j}": tile(16 * i, 16 * j) for i in range(3) for j in range(3)}
case("two_layers", tiles | {f"again{label}": shape for label, shape in tiles.items()}, "every tile twice")
many = {f"{i}_{j}": tile(16 * i, 16 * j) for i in range(10) for j in range(10)}
case("one_over_hundred", many | {"all": box(0, 0, 160, 160)}, "a feature over a hundred others")
case("three_over_each_other", {"A": tile(0, 0), "B": tile(8, 0), "C": tile(4, 8)}, "three features over each other: three overlaps")
case("hole_touching_shell", {
    "A": Polygon([(0, 0), (32, 0), (32, 32), (16, 32), (0, 32)], [[(16, 32), (24, 16), (16, 8), (8, 16)]]),
    "B": polygon((16, 32), (24, 16), (16, 8), (8, 16))}, "a hole that touches the shell, filled", options="--min-finding-area 0")
case("lens", {"A": polygon((0, 0), (32, 0), (32, 16), (24, 15.75), (8, 15.75), (0, 16)),
              "B": polygon((0, 16), (8, 16.25), (24, 16.25), (32, 16), (32, 32), (0, 32))}, "a gap like a lens, closed in two corners")
case("river", {f"s{k}": tile(16 * k, 0) for k in range(4)} | {f"n{k}": box(16 * k, 16.25, 16 * (k + 1), 32) for k in range(4)},
     "a gap through the whole layer, open at both ends: one gap", given=[("gap", "*", "*", 16.0)])
case("wide_and_narrow", {"A": polygon((0, 0), (48, 0), (48, 16), (32, 16), (28, 12), (20, 12), (16, 16), (0, 16)),
                         "B": polygon((0, 16), (16, 16.25), (20, 20), (28, 20), (32, 16.25), (48, 16), (48, 32), (0, 32))},
     "an enclosed void that is wide in its middle: a hole, and its narrow ends are gaps", works_out=False,
     given=[("hole", "A", "B", 97.0), ("gap", "*", "*", 2.0), ("gap", "*", "*", 2.0)])
case("spike", {"A": polygon((0, 0), (16, 0), (16, 8), (48, 8.0625), (16, 8.125), (16, 16), (0, 16))}, "a spike of 32 m",
     given=[("spike", "A", "", None)])
case("small_feature", {"A": tile(0, 0), "B": box(16, 0, 18, 2)}, "a feature under the least area", options="--min-area 10",
     given=[("small", "B", "", 4.0)])
case("narrow_part", {"A": polygon((0, 0), (16, 0), (16, 7.5), (32, 7.5), (32, 0), (48, 0), (48, 16), (32, 16), (32, 8.5), (16, 8.5), (16, 16), (0, 16))},
     "two squares with a passage of 1 m between them", options="--min-width 2", given=[("narrow", "A", "", None)])
write("boundary", {"all": box(0, 0, 32, 32)})
case("with_boundary", {"A": tile(0, 0), "B": box(16, 0, 34, 16), "C": box(0, 16, 28, 32)}, "a boundary: beyond it, and not covered",
     options="--boundary-layer boundary.csv --boundary-crs EPSG:4549", given=[("outside-boundary", "B", "", 32.0), ("uncovered", "", "", 64.0)])

with open(os.path.join(FOLDER, "cases.tsv"), "w") as table:
    table.write("case\tfiles\toptions\texpected\treason\n")
    for row in ROWS:
        table.write("\t".join(row) + "\n")
print(len(ROWS), "cases")
