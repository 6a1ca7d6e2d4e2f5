"""Works out what is to be expected of the cases, with GEOS: python make.py (needs shapely 2)."""

from shapely import from_wkt, union_all
import shapely

SQUARE = "POLYGON((0 0,16 0,16 16,0 16,0 0))"
RING = "POLYGON((0 0,16 0,16 16,0 16,0 0),(4 4,12 4,12 12,4 12,4 4))"
BIG = "(-4 -4,20 -4,20 20,-4 20,-4 -4)"

AREAS = [
    # Two areas: the arrangements that the suites name.
    ("apart", SQUARE, "POLYGON((20 20,30 20,30 28,20 28,20 20))"),
    ("apart, their boxes overlap", "POLYGON((0 0,16 0,0 16,0 0))", "POLYGON((16 16,16 10,10 16,16 16))"),
    ("the same", SQUARE, SQUARE),
    ("the same, wound the other way and begun elsewhere", SQUARE, "POLYGON((16 16,16 0,0 0,0 16,16 16))"),
    ("the same, with corners on its edges", SQUARE, "POLYGON((0 0,8 0,16 0,16 5,16 16,3 16,0 16,0 9,0 0))"),
    ("within", SQUARE, "POLYGON((4 4,10 4,10 12,4 12,4 4))"),
    ("within, touching in a corner", SQUARE, "POLYGON((0 0,8 2,2 8,0 0))"),
    ("within, a corner on an edge", SQUARE, "POLYGON((8 0,12 6,4 6,8 0))"),
    ("within, along an edge", SQUARE, "POLYGON((4 0,12 0,12 6,4 6,4 0))"),
    ("within, along two edges and a corner", SQUARE, "POLYGON((0 0,10 0,10 6,0 6,0 0))"),
    ("within, all corners on edges", SQUARE, "POLYGON((8 0,16 8,8 16,0 8,8 0))"),
    ("overlapping", SQUARE, "POLYGON((10 10,26 10,26 24,10 24,10 10))"),
    ("overlapping in two pieces", SQUARE, "POLYGON((10 2,20 2,20 14,10 14,10 12,18 12,18 4,10 4,10 2))"),
    ("overlapping, a cross", "POLYGON((6 0,10 0,10 16,6 16,6 0))", "POLYGON((0 6,16 6,16 10,0 10,0 6))"),
    ("overlapping, a corner on the other's edge", SQUARE, "POLYGON((0 8,20 4,20 12,0 8))"),
    ("overlapping, through a corner of each", SQUARE, "POLYGON((16 0,0 16,16 32,32 16,16 0))"),
    ("overlapping, along an edge", SQUARE, "POLYGON((8 0,24 0,24 8,8 8,8 0))"),
    ("overlapping, a comb", SQUARE, "POLYGON((2 12,4 20,6 12,8 20,10 12,12 20,14 12,14 22,2 22,2 12))"),
    ("touching in a corner of both", SQUARE, "POLYGON((16 16,24 16,24 24,16 24,16 16))"),
    ("touching, a corner on an edge", SQUARE, "POLYGON((16 8,24 2,24 14,16 8))"),
    ("touching along an edge of both", SQUARE, "POLYGON((16 0,24 0,24 16,16 16,16 0))"),
    ("touching along a piece of an edge", SQUARE, "POLYGON((16 4,24 4,24 12,16 12,16 4))"),
    ("touching along an edge, which reaches beyond", SQUARE, "POLYGON((16 -4,24 -4,24 20,16 20,16 -4))"),
    ("touching in a corner and along an edge", SQUARE, "POLYGON((0 16,8 16,8 20,12 20,16 16,20 24,0 24,0 16))"),
    ("fitting together like teeth", "POLYGON((0 0,16 0,12 4,16 8,12 12,16 16,0 16,0 0))",
     "POLYGON((16 0,24 0,24 16,16 16,12 12,16 8,12 4,16 0))"),
    ("in a hole, apart from its rim", RING, "POLYGON((6 6,10 6,10 10,6 10,6 6))"),
    ("in a hole, a corner on its rim", RING, "POLYGON((4 8,10 6,10 10,4 8))"),
    ("in a hole, along its rim", RING, "POLYGON((4 6,10 6,10 10,4 10,4 6))"),
    ("filling a hole", RING, "POLYGON((4 4,12 4,12 12,4 12,4 4))"),
    ("across the rim of a hole", RING, "POLYGON((8 8,14 8,14 10,8 10,8 8))"),
    ("around a hole, within the shell", RING, "POLYGON((2 2,14 2,14 14,2 14,2 2))"),
    ("around a hole, touching its rim in corners", RING, "POLYGON((8 0,16 8,8 16,0 8,8 0))"),
    ("around a hole with a hole around it", RING,
     "POLYGON((1 1,15 1,15 15,1 15,1 1),(3 3,13 3,13 13,3 13,3 3))"),
    ("around a hole with a smaller hole", RING,
     "POLYGON((1 1,15 1,15 15,1 15,1 1),(6 6,10 6,8 10,6 6))"),
    ("holes that are the same", RING, "POLYGON((-2 -2,18 -2,18 18,-2 18,-2 -2),(4 4,12 4,12 12,4 12,4 4))"),
    ("holes that overlap", RING, f"POLYGON({BIG},(8 8,14 8,14 14,8 14,8 8))"),
    ("holes that touch in a corner", RING, f"POLYGON({BIG},(12 12,14 12,14 14,12 14,12 12))"),
    ("holes that touch along an edge", RING, f"POLYGON({BIG},(12 6,14 6,14 10,12 10,12 6))"),
    ("a hole that touches the shell of the other", "POLYGON((2 0,2 16,20 16,20 0,2 0))",
     "POLYGON((22 8,0 8,0 24,22 24,22 8),(10 8,12 12,8 12,10 8))"),
    ("meeting in a point, along a line and in an area",
     "POLYGON((0 0,8 0,8 4,3 4,14 10,3 16,8 19,0 19,0 0))",
     "POLYGON((16 0,8 0,8 4,13 4,2 10,13 16,8 19,16 19,16 0))"),
    ("a sliver", SQUARE, "POLYGON((16 0,17 8,16 16,15 8,16 0))"),
    ("a thin wedge through all of it", SQUARE, "POLYGON((-4 7,20 8,-4 9,-4 7))"),
    ("parts at the corners of a diamond", "POLYGON((8 4,12 8,8 12,4 8,8 4))",
     "MULTIPOLYGON(((6 2,10 2,10 6,6 6,6 2)),((10 6,14 6,14 10,10 10,10 6)),((6 10,10 10,10 14,6 14,6 10)),"
     "((2 6,6 6,6 10,2 10,2 6)))"),
    ("parts that touch each other in a point, within", SQUARE,
     "MULTIPOLYGON(((2 2,8 2,8 8,2 8,2 2)),((8 8,14 8,14 14,8 14,8 8)))"),
    ("parts in a chain from corner to corner", SQUARE,
     "MULTIPOLYGON(((0 0,6 2,8 8,2 6,0 0)),((8 8,14 8,16 16,8 14,8 8)))"),
    ("a part within, a part apart", SQUARE, "MULTIPOLYGON(((2 2,6 2,6 6,2 6,2 2)),((20 2,24 2,24 6,20 6,20 2)))"),
    ("a part in the hole, a part outside, a part across", RING,
     "MULTIPOLYGON(((6 6,8 6,8 8,6 8,6 6)),((20 0,24 0,24 4,20 4,20 0)),((14 10,20 10,20 14,14 14,14 10)))"),
    ("an island in a hole, and its lake", "MULTIPOLYGON(((0 0,16 0,16 16,0 16,0 0),(2 2,14 2,14 14,2 14,2 2)),"
     "((4 4,12 4,12 12,4 12,4 4),(6 6,10 6,10 10,6 10,6 6)))", "POLYGON((1 7,15 7,15 9,1 9,1 7))"),
    ("parts whose borders add up", SQUARE, "MULTIPOLYGON(((0 0,8 0,8 16,0 16,0 0)),((16 16,24 16,24 24,16 24,16 16)))"),
    ("stripes across stripes",
     "MULTIPOLYGON(((0 0,2 0,2 16,0 16,0 0)),((4 0,6 0,6 16,4 16,4 0)),((8 0,10 0,10 16,8 16,8 0)))",
     "MULTIPOLYGON(((0 0,16 0,16 2,0 2,0 0)),((0 4,16 4,16 6,0 6,0 4)),((0 8,16 8,16 10,0 10,0 8)))"),
    ("holes that make an island", "POLYGON((0 0,16 0,16 16,0 16,0 0),(4 4,4 8,8 4,4 4),(4 8,4 12,8 12,4 8),(8 12,12 12,12 8,8 12))",
     "POLYGON((8 4,12 4,12 8,8 4))"),
]

POINTS = {
    "a square": (SQUARE, [(8, 8), (0, 0), (16, 8), (8, 16), (0, 3), (17, 8), (-1, 0), (16, 17), (0, 17), (1, 15)]),
    "a hole": (RING, [(2, 2), (4, 4), (8, 4), (8, 8), (12, 12), (12, 6), (5, 5), (13, 8), (16, 16), (20, 4)]),
    "level with corners": ("POLYGON((0 0,8 8,16 0,16 16,8 12,0 16,0 0))",
                           [(8, 8), (-1, 8), (4, 8), (12, 8), (8, 12), (8, 10), (8, 14), (16, 8), (17, 16), (8, 0)]),
    "level with an edge": ("POLYGON((0 0,4 0,4 4,8 4,8 0,12 0,12 8,0 8,0 0))",
                           [(2, 4), (4, 4), (6, 4), (8, 4), (10, 4), (12, 4), (6, 0), (6, 2), (-1, 4), (-1, 0), (14, 8)]),
    "a comb": ("POLYGON((0 0,2 12,4 0,6 12,8 0,10 12,12 0,14 16,-2 16,0 0))",
               [(0, 0), (2, 12), (2, 13), (4, 0), (4, 1), (-3, 12), (-3, 0), (6, 6), (8, 6), (13, 8), (12, 1)]),
    "parts that touch in a point": ("MULTIPOLYGON(((0 0,8 0,8 8,0 8,0 0)),((8 8,16 8,16 16,8 16,8 8)))",
                                    [(8, 8), (4, 4), (12, 12), (12, 4), (8, 4), (16, 16), (4, 12), (8, 9)]),
    "an island in a hole": ("MULTIPOLYGON(((0 0,16 0,16 16,0 16,0 0),(2 2,14 2,14 14,2 14,2 2)),((4 4,12 4,12 12,4 12,4 4)))",
                            [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (8, 12), (8, 13), (8, 14), (8, 15), (8, 16), (8, 17)]),
    "a hole that touches the shell": ("POLYGON((0 0,16 0,16 16,0 16,0 0),(0 8,8 4,8 12,0 8))",
                                      [(0, 8), (0, 7), (4, 8), (8, 8), (4, 6), (9, 8), (1, 8), (8, 4), (2, 4), (-1, 8)]),
}

VALID = [
    ("a square", SQUARE),
    ("a point twice", "POLYGON((0 0,16 0,16 0,16 16,0 16,0 0))"),
    ("a corner on a straight edge", "POLYGON((0 0,8 0,16 0,16 16,0 16,0 0))"),
    ("a doughnut", RING),
    ("a shell that crosses itself", "POLYGON((0 0,16 16,16 0,0 16,0 0))"),
    ("a shell that crosses itself in a corner", "POLYGON((0 16,8 8,16 0,16 16,8 8,0 0,0 16))"),
    ("a shell whose corner is on an edge of its own", "POLYGON((0 0,16 0,16 16,8 0,0 16,0 0))"),
    ("a shell that touches itself in a corner", "POLYGON((0 0,8 8,16 0,16 16,8 8,0 16,0 0))"),
    ("a spike outward", "POLYGON((0 0,16 0,16 8,24 8,16 8,16 16,0 16,0 0))"),
    ("a spike inward", "POLYGON((0 0,16 0,16 8,8 8,16 8,16 16,0 16,0 0))"),
    ("an edge twice", "POLYGON((0 0,16 0,16 16,8 16,8 8,8 16,0 16,0 0))"),
    ("no area", "POLYGON((0 0,8 0,16 0,0 0))"),
    ("one point", "POLYGON((4 4,4 4,4 4,4 4))"),
    ("there and back", "POLYGON((0 0,16 0,16 16,16 0,0 0))"),
    ("a hole that crosses itself", "POLYGON((-4 -4,20 -4,20 20,-4 20,-4 -4),(0 0,16 16,16 0,0 16,0 0))"),
    ("a hole without area", "POLYGON((-4 -4,20 -4,20 20,-4 20,-4 -4),(0 0,8 0,0 0,0 0))"),
    ("a hole that touches the shell in its corner", "POLYGON((0 0,16 0,16 16,0 16,0 0),(4 4,16 8,4 12,4 4))"),
    ("a hole that touches the shell's corner", "POLYGON((0 0,16 0,16 16,0 16,0 0),(0 0,8 4,4 8,0 0))"),
    ("a hole that touches the shell twice", "POLYGON((0 0,16 0,16 16,0 16,0 0),(0 8,8 0,8 8,0 8))"),
    ("a hole that touches the shell twice, in corners", "POLYGON((0 0,16 0,16 16,0 16,0 0),(0 0,16 16,4 8,0 0))"),
    ("a hole along the shell", "POLYGON((0 0,16 0,16 16,0 16,0 0),(4 0,8 0,8 8,4 8,4 0))"),
    ("a hole that is the shell", "POLYGON((0 0,16 0,16 16,0 16,0 0),(0 0,16 0,16 16,0 16,0 0))"),
    ("a hole outside", "POLYGON((0 0,16 0,16 16,0 16,0 0),(20 4,24 4,24 8,20 4))"),
    ("a hole outside, along the shell", "POLYGON((0 0,16 0,16 16,0 16,0 0),(16 4,24 4,24 8,16 8,16 4))"),
    ("a hole across the shell", "POLYGON((0 0,16 0,16 16,0 16,0 0),(8 4,24 4,24 8,8 8,8 4))"),
    ("a hole around the shell", "POLYGON((4 4,8 4,8 8,4 8,4 4),(0 0,16 0,16 16,0 16,0 0))"),
    ("a hole in a hole", "POLYGON((0 0,16 0,16 16,0 16,0 0),(2 2,14 2,14 14,2 14,2 2),(4 4,8 4,8 8,4 4))"),
    ("holes that are the same", "POLYGON((0 0,16 0,16 16,0 16,0 0),(2 2,8 2,8 8,2 2),(2 2,8 2,8 8,2 2))"),
    ("holes that overlap", "POLYGON((0 0,16 0,16 16,0 16,0 0),(2 2,10 2,10 10,2 10,2 2),(6 6,14 6,14 14,6 14,6 6))"),
    ("holes that touch in a corner of both", "POLYGON((0 0,16 0,16 16,0 16,0 0),(2 2,8 2,8 8,2 2),(8 8,14 8,14 14,8 8))"),
    ("holes that touch, a corner on an edge", "POLYGON((0 0,16 0,16 16,0 16,0 0),(2 2,8 2,8 14,2 14,2 2),(8 8,14 4,14 12,8 8))"),
    ("holes that touch twice", "POLYGON((0 0,16 0,16 16,0 16,0 0),(2 2,8 2,8 14,2 14,2 2),(8 4,14 8,8 12,10 8,8 4))"),
    ("holes that touch along an edge", "POLYGON((0 0,16 0,16 16,0 16,0 0),(2 2,8 2,8 14,2 14,2 2),(8 4,14 4,14 12,8 12,8 4))"),
    ("a chain of holes around an island", "POLYGON((0 0,16 0,16 16,0 16,0 0),(8 2,12 2,14 8,8 2),(14 8,12 14,8 14,14 8),"
     "(8 14,4 14,2 8,8 14),(2 8,4 2,8 2,2 8))"),
    ("a chain of holes from side to side", "POLYGON((0 0,16 0,16 16,0 16,0 0),(0 8,8 4,8 8,0 8),(8 8,16 8,12 12,8 8))"),
    ("a chain of holes that ends inside", "POLYGON((0 0,16 0,16 16,0 16,0 0),(0 8,8 4,8 8,0 8),(8 8,14 8,12 12,8 8))"),
    ("three holes in a triangle", "POLYGON((0 0,16 0,16 16,0 16,0 0),(2 2,8 2,8 4,2 2),(8 2,14 2,12 8,8 2),(12 8,8 12,8 4,12 8))"),
    ("parts apart", "MULTIPOLYGON(((0 0,8 0,8 8,0 0)),((10 0,16 0,16 8,10 0)))"),
    ("parts that touch in a corner", "MULTIPOLYGON(((0 0,8 0,8 8,0 8,0 0)),((8 8,16 8,16 16,8 16,8 8)))"),
    ("parts that touch in two points", "MULTIPOLYGON(((0 0,16 0,16 4,8 2,0 4,0 0)),((0 4,8 6,16 4,16 10,0 10,0 4)))"),
    ("parts that touch along an edge", "MULTIPOLYGON(((0 0,8 0,8 8,0 8,0 0)),((8 0,16 0,16 8,8 8,8 0)))"),
    ("parts that overlap", "MULTIPOLYGON(((0 0,8 0,8 8,0 8,0 0)),((4 4,16 4,16 16,4 16,4 4)))"),
    ("parts that are the same", "MULTIPOLYGON(((0 0,8 0,8 8,0 8,0 0)),((0 0,8 0,8 8,0 8,0 0)))"),
    ("a part within another", "MULTIPOLYGON(((0 0,16 0,16 16,0 16,0 0)),((4 4,8 4,8 8,4 4)))"),
    ("a part in a hole of another", "MULTIPOLYGON(((0 0,16 0,16 16,0 16,0 0),(2 2,14 2,14 14,2 14,2 2)),((4 4,8 4,8 8,4 4)))"),
    ("a part that fills a hole of another", "MULTIPOLYGON(((0 0,16 0,16 16,0 16,0 0),(4 4,12 4,12 12,4 12,4 4)),((4 4,12 4,12 12,4 12,4 4)))"),
    ("a part that touches the rim of the hole it is in", "MULTIPOLYGON(((0 0,16 0,16 16,0 16,0 0),(4 4,12 4,12 12,4 12,4 4)),((4 4,10 6,6 10,4 4)))"),
    ("a part across the rim of a hole", "MULTIPOLYGON(((0 0,16 0,16 16,0 16,0 0),(4 4,12 4,12 12,4 12,4 4)),((8 8,14 8,14 10,8 10,8 8)))"),
    ("a part that crosses itself", "MULTIPOLYGON(((20 0,28 0,28 8,20 0)),((0 0,16 16,16 0,0 16,0 0)))"),
]


def areas_of(shape):
    """The areal parts of an intersection, as one shape."""
    parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon" and part.area > 0]
    return union_all(parts) if parts else from_wkt("MULTIPOLYGON EMPTY")


def plain(shape):
    return shapely.to_wkt(shape, rounding_precision=-1).replace(", ", ",").replace(" (", "(")


def main():
    with open("areas.txt", "w") as file:
        file.write("# DE-9IM\tfirst\tsecond\twhat they have in common\twhat they are\n")
        for name, first, second in AREAS:
            a, b = from_wkt(first), from_wkt(second)
            assert a.is_valid and b.is_valid, name
            file.write(f"{shapely.relate(a, b)}\t{first}\t{second}\t{plain(areas_of(a & b))}\t{name}\n")
    with open("points.txt", "w") as file:
        file.write("# position\tpoint\tshape\twhat it is\n")
        for name, (wkt, points) in POINTS.items():
            shape = from_wkt(wkt)
            assert shape.is_valid, name
            for x, y in points:
                matrix = shapely.relate(from_wkt(f"POINT({x} {y})"), shape)
                position = {"0": "inside"}.get(matrix[0]) or ("boundary" if matrix[1] == "0" else "outside")
                file.write(f"{position}\tPOINT({x} {y})\t{wkt}\t{name}\n")
    with open("valid.txt", "w") as file:
        file.write("# outcome\tshape\twhat it is\n")
        for name, wkt in VALID:
            file.write(f"{'valid' if from_wkt(wkt).is_valid else 'invalid'}\t{wkt}\t{name}\n")


main()
