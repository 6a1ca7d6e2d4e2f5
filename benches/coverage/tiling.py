"""Tilings of irregular polygons, and faults planted in them.

Three towns, apart from each other: a lattice whose cells meet in fours, with cells that are cut in two (the ends of the
cuts lie exactly on the edges of the neighbours, which have no corner there), with holes, islands and islands in islands,
and with features of two parts that are apart or touch in a corner; bricks, whose cells meet in threes as those of a
Voronoi diagram do; and Voronoi cells. Coordinates are multiples of a power of two, so that the middle of an edge is exact.
"""

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import shapely
from pyproj import Proj, Transformer

CELL = 32.0
RADIUS, FLATTENING = 6_378_137.0, 1 / 298.257222101
SQUARED = FLATTENING * (2 - FLATTENING)


class Plane:
    """The system of a file: from metres about an origin into it, and what an area there is on the ellipsoid."""

    def __init__(self, name):
        self.name = name
        if name == "EPSG:4549":
            self.quantum, self.origin, self.scale = 2.0**-16, (636_000.0, 3_170_000.0), (1.0, 1.0)
            self.projection = Proj("EPSG:4549")
            self.back = Transformer.from_crs(4549, 4490, always_xy=True)
        else:
            self.quantum, self.origin = 2.0**-36, (121.375, 28.625)
            east, north = radii(self.origin[1])
            self.scale = (1 / east, 1 / north)

    def place(self, metres):
        """Metres about the origin in the plane, exactly on its grid of coordinates."""
        free = np.asarray(self.origin) + np.asarray(metres, float) * self.scale
        return np.round(free / self.quantum) * self.quantum

    def moved(self, point, metres):
        """A point of the plane, moved."""
        return (float(point[0] + metres[0] * self.scale[0]), float(point[1] + metres[1] * self.scale[1]))

    def local(self, point):
        """Metres about the origin."""
        return ((point[0] - self.origin[0]) / self.scale[0], (point[1] - self.origin[1]) / self.scale[1])

    def geographic(self, point):
        return tuple(point) if self.name != "EPSG:4549" else self.back.transform(*point)

    def on_ellipsoid(self, area, point):
        """An area of the plane about a point, on the ellipsoid; exact to the square of its extent by the radius."""
        if self.name != "EPSG:4549":
            east, north = radii(point[1])
            return area * east * north
        return area / self.projection.get_factors(*self.geographic(point)).areal_scale


def radii(latitude):
    """Metres a degree of longitude and of latitude."""
    sine = math.sin(math.radians(latitude))
    root = math.sqrt(1 - SQUARED * sine * sine)
    degree = math.pi / 180
    return RADIUS / root * math.cos(math.radians(latitude)) * degree, RADIUS * (1 - SQUARED) / root**3 * degree


@dataclass
class Tiles:
    """Features: each a list of polygons, each a list of rings, each a list of corners, the first not repeated."""
    plane: Plane
    names: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    walls: tuple = field(default_factory=lambda: (set(), set()))

    def add(self, parts):
        self.names.append(f"t{len(self.names) + 1}")
        self.parts.append(parts)
        return len(self.names) - 1

    def wall(self, low, high):
        """The sides of a town."""
        for corner in (low, high):
            for axis in (0, 1):
                self.walls[axis].add(float(corner[axis]))

    def is_outer(self, corner):
        return corner[0] in self.walls[0] or corner[1] in self.walls[1]

    def shape(self, index, about=(0.0, 0.0)):
        """The shape, its coordinates about a place: no rounding where that is near."""
        near = lambda ring: [(x - about[0], y - about[1]) for x, y in ring]
        polygons = [shapely.Polygon(near(rings[0]), [near(ring) for ring in rings[1:]]) for rings in self.parts[index]]
        return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)

    def shapes(self):
        return np.array([self.shape(index) for index in range(len(self.names))], object)


def middle(a, b):
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)


def is_between(point, a, b):
    """Exactly on the edge, at none of its ends."""
    if point == a or point == b:
        return False
    (px, py), (ax, ay), (bx, by) = ([Fraction(value) for value in corner] for corner in (point, a, b))
    if (bx - ax) * (py - ay) != (by - ay) * (px - ax):
        return False
    return min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by)


def tiling(plane, count, seed):
    random = np.random.default_rng(seed)
    tiles = Tiles(plane)
    side = max(6, round((count / 3.3) ** 0.5))
    lattice(tiles, random, side, (0.0, 0.0))
    bricks(tiles, random, side, ((side + 4) * CELL, 0.0))
    voronoi(tiles, random, side, (0.0, (side + 4) * CELL))
    return tiles


def lattice(tiles, random, side, start):
    plane = tiles.plane
    steps = 3
    x, y = np.meshgrid(np.arange(steps * side + 1), np.arange(steps * side + 1), indexing="ij")
    moved = lambda of: np.where((of == 0) | (of == steps * side), 0, random.uniform(-0.28, 0.28, of.shape))
    metres = np.stack([start[0] + (x + moved(x)) * CELL / steps, start[1] + (y + moved(y)) * CELL / steps], -1)
    corners = plane.place(metres)
    tiles.wall(corners[0, 0], corners[-1, -1])
    # The corners of some edges are left out, for both neighbours.
    kept = random.random(corners.shape[:2]) < 0.7
    kept[::steps, ::steps] = True
    point = lambda i, j: (float(corners[i, j, 0]), float(corners[i, j, 1]))
    cells = {}
    for i in range(side):
        for j in range(side):
            a, b = steps * i, steps * j
            way = [(a + k, b) for k in range(steps)] + [(a + steps, b + k) for k in range(steps)] \
                + [(a + steps - k, b + steps) for k in range(steps)] + [(a, b + steps - k) for k in range(steps)]
            cells[i, j] = [point(*at) for at in way if kept[at]]
    done = set()
    for (i, j), ring in cells.items():
        if (i, j) in done:
            continue
        done.add((i, j))
        kind = random.random()
        inside = 0 < i < side - 2 and 0 < j < side - 2
        if kind < 0.15 and inside:
            halves = cut(ring)
            for half in halves or [ring]:
                tiles.add([[half]])
        elif kind < 0.25:
            with_islands(tiles, random, ring)
        elif kind < 0.29 and inside and (i + 1, j + 1) not in done:
            done.add((i + 1, j + 1))
            tiles.add([[ring], [cells[i + 1, j + 1]]])
        elif kind < 0.33 and inside and (i, j + 2) in cells and (i, j + 2) not in done:
            done.add((i, j + 2))
            tiles.add([[ring], [cells[i, j + 2]]])
        else:
            tiles.add([[ring]])


def cut(ring):
    """Two halves along a line between the middles of two edges, or none where it leaves the ring."""
    at, across = 0, len(ring) // 2
    first, second = middle(ring[at], ring[at + 1]), middle(ring[across], ring[(across + 1) % len(ring)])
    line = shapely.LineString([first, second])
    whole = shapely.Polygon(ring)
    if whole.boundary.intersection(line).geom_type != "MultiPoint" or not whole.covers(line.interpolate(0.5, True)):
        return None
    halves = [[first, *ring[at + 1:across + 1], second], [second, *ring[across + 1:], ring[0], first]]
    return halves if all(shapely.Polygon(half).is_valid for half in halves) else None


def with_islands(tiles, random, ring):
    """A cell with a hole that is filled by another feature, in some of which the same is repeated."""
    plane, shape = tiles.plane, shapely.Polygon(ring)
    centre = plane.local(shape.representative_point().coords[0])
    reach = shape.boundary.distance(shape.representative_point()) / max(plane.scale)
    if reach < 6:
        tiles.add([[ring]])
        return
    rings = [ring]
    for share in [0.8, 0.35] if random.random() < 0.5 else [0.8]:
        angles = (np.arange(7) + random.uniform(-0.2, 0.2, 7)) * 2 * np.pi / 7
        round_it = [(centre[0] + share * reach * math.cos(angle), centre[1] + share * reach * math.sin(angle)) for angle in angles]
        hole = [tuple(map(float, corner)) for corner in plane.place(round_it)]
        tiles.add([[rings[-1], hole[::-1]]])
        rings.append(hole)
    tiles.add([[rings[-1]]])


def bricks(tiles, random, side, start):
    """Rows that are set off by half a cell; each corner is one of three cells."""
    plane = tiles.plane
    columns = 2 * side
    x, y = np.meshgrid(np.arange(columns + 1), np.arange(side + 1), indexing="ij")
    moved_x = np.where((x == 0) | (x == columns), 0, random.uniform(-0.3, 0.3, x.shape))
    moved_y = np.where((y == 0) | (y == side), 0, random.uniform(-0.3, 0.3, y.shape))
    corners = plane.place(np.stack([start[0] + (x + moved_x) * CELL / 2, start[1] + (y + moved_y) * CELL], -1))
    tiles.wall(corners[0, 0], corners[-1, -1])
    point = lambda i, j: (float(corners[i, j, 0]), float(corners[i, j, 1]))
    for j in range(side):
        ends = sorted({0, columns, *range(j % 2, columns + 1, 2)})
        for west, east in zip(ends, ends[1:]):
            tiles.add([[[point(i, j) for i in range(west, east + 1)] + [point(i, j + 1) for i in range(east, west - 1, -1)]]])


def voronoi(tiles, random, side, start):
    """The cells of random points, cut off at the border."""
    plane = tiles.plane
    i, j = (of.ravel() for of in np.meshgrid(np.arange(side), np.arange(side), indexing="ij"))
    seeds = np.c_[i + random.uniform(0.15, 0.85, len(i)), j + random.uniform(0.15, 0.85, len(i))] * CELL
    inside = shapely.box(0, 0, side * CELL, side * CELL)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=inside))
    tiles.wall(plane.place(start), plane.place((start[0] + side * CELL, start[1] + side * CELL)))
    for cell in shapely.intersection(cells, inside):
        corners = plane.place(np.asarray(cell.exterior.coords[:-1]) + start)
        ring = [tuple(map(float, corner)) for corner in corners]
        tiles.add([[[corner for corner, before in zip(ring, ring[-1:] + ring[:-1]) if corner != before]]])


@dataclass
class Expected:
    """A finding that a fault leads to. `features` are those that it may name."""
    code: str
    features: frozenset
    area: float
    shape: shapely.Geometry  # about the origin of the fault
    inner: str = None
    width: float = None


@dataclass
class Fault:
    kind: str
    size: float
    about: tuple
    involved: frozenset
    findings: list


class Planter:
    """Plants faults whose surroundings have nothing in common."""

    def __init__(self, tiles, seed, gap_width):
        self.tiles, self.plane, self.gap_width = tiles, tiles.plane, gap_width
        self.random = np.random.default_rng(seed)
        shapes = tiles.shapes()
        assert shapely.is_valid(shapes).all()
        self.tree = shapely.STRtree(shapes)
        self.used, self.missing, self.faults = set(), set(), []
        self.by_edge, self.by_corner = {}, {}
        for index, parts in enumerate(tiles.parts):
            for p, rings in enumerate(parts):
                for r, ring in enumerate(rings):
                    for k, corner in enumerate(ring):
                        following = ring[(k + 1) % len(ring)]
                        self.by_edge.setdefault(frozenset((corner, following)), []).append((index, p, r, k))
                        self.by_corner.setdefault(corner, []).append((index, p, r, k))
        self.outer = {corner for corner in self.by_corner if tiles.is_outer(corner)}

    def near(self, index):
        return {int(other) for other in self.tree.query(self.tree.geometries[index], predicate="intersects")}

    def shapes_about(self, indexes, about):
        return {index: self.tiles.shape(index, about) for index in indexes if index not in self.missing}

    def plant(self, kind, size, changed, change, expected=None, added=()):
        """Changes features; what is then found follows by set operations on the surroundings, before and after."""
        involved = set().union(*(self.near(index) for index in changed))
        if involved & self.used:
            return False
        about = self.tiles.parts[changed[0]][0][0][0]
        before = self.shapes_about(involved, about)
        old = {index: self.tiles.parts[index] for index in changed}
        for index, parts in change.items():
            if parts is None:
                self.missing.add(index)
            else:
                self.tiles.parts[index] = parts
        fresh = [self.tiles.add(parts) for parts in added]
        after = self.shapes_about(involved | set(fresh), about)
        findings = self.found(before, after, about, changed, fresh) \
            if all(shape.is_valid for shape in after.values()) else None
        if findings is None:
            self.tiles.parts = self.tiles.parts[:len(self.tiles.parts) - len(fresh)]
            self.tiles.names = self.tiles.names[:len(self.tiles.parts)]
            self.missing -= set(changed)
            for index, parts in old.items():
                self.tiles.parts[index] = parts
            return False
        self.used |= involved
        names = frozenset(self.tiles.names[index] for index in involved | set(fresh))
        self.faults.append(Fault(kind, size, about, names, findings))
        return True

    def found(self, before, after, about, changed, fresh):
        """None where it is not plain what is to be found."""
        findings = []
        touched = [index for index in [*changed, *fresh] if index in after]
        seen = set()
        for one in touched:
            for other, shape in after.items():
                pair = frozenset((one, other))
                if one == other or pair in seen:
                    continue
                seen.add(pair)
                first, second = sorted((one, other))
                common = polygons_of(after[first].intersection(after[second]))
                if common.area == 0:
                    continue
                names = frozenset((self.tiles.names[first], self.tiles.names[second]))
                area = self.area(common, about)
                if after[first].normalize().equals_exact(after[second].normalize(), 0):
                    findings.append(Expected("duplicate-shape", names, area, common, inner=self.tiles.names[second]))
                elif after[first].covers(after[second]):
                    findings.append(Expected("contained", names, area, common, inner=self.tiles.names[second]))
                elif after[second].covers(after[first]):
                    findings.append(Expected("contained", names, area, common, inner=self.tiles.names[first]))
                else:
                    findings.append(Expected("overlap", names, area, common))
        void = polygons_of(shapely.union_all(list(before.values())).difference(shapely.union_all(list(after.values()))))
        for hole in shapely.get_parts(void):
            wide = 2 * shapely.maximum_inscribed_circle(hole, 1e-3 * self.plane.scale[1]).length / self.plane.scale[1]
            if 0.9 < wide / self.gap_width < 1.1:
                return None
            users = frozenset(self.tiles.names[index] for index, shape in after.items()
                              if shape.distance(hole) < 1e-6 * self.plane.scale[1])
            findings.append(Expected("gap" if wide < self.gap_width else "hole", users, self.area(hole, about), hole))
        return findings

    def area(self, shape, about):
        centre = shape.centroid
        return self.plane.on_ellipsoid(shape.area, (about[0] + centre.x, about[1] + centre.y))

    # The faults. Each tries random places until one can be taken.

    def somewhere(self, places, attempt, tries=400):
        for _ in range(tries):
            if attempt(places[int(self.random.integers(len(places)))]):
                return True
        return False

    def changed_ring(self, at, change):
        """The parts of a feature with a ring that was changed."""
        index, part, ring, corner = at
        parts = [[list(ring) for ring in rings] for rings in self.tiles.parts[index]]
        parts[part][ring] = change(parts[part][ring], corner)
        return parts

    def corner(self, size):
        """A corner of one feature alone is somewhere else."""
        def attempt(place):
            users = self.by_corner[place]
            if place in self.outer or len({user[0] for user in users}) < 2:
                return False
            at = users[int(self.random.integers(len(users)))]
            angle = self.random.uniform(0, 2 * math.pi)
            to = self.plane.moved(place, (size * math.cos(angle), size * math.sin(angle)))
            parts = self.changed_ring(at, lambda ring, k: [*ring[:k], to, *ring[k + 1:]])
            return self.plant("corner moved", size, [at[0]], {at[0]: parts})
        return self.somewhere(list(self.by_corner), attempt)

    def shared_edges(self, least=8.0):
        if not hasattr(self, "shared"):
            length = lambda a, b: math.dist(self.plane.local(a), self.plane.local(b))
            self.shared = sorted(tuple(sorted(edge)) for edge, users in self.by_edge.items()
                                 if len(users) == 2 and users[0][0] != users[1][0] and length(*edge) > least)
        return self.shared

    def strip(self, size, is_gap):
        """Along a common edge one feature is narrower, or wider."""
        def attempt(edge):
            if edge[0] in self.outer or edge[1] in self.outer:
                return False
            at = self.by_edge[frozenset(edge)][int(self.random.integers(2))]
            parts = self.changed_ring(at, lambda ring, k: self.bent(ring, k, size, is_gap, (0.1, 0.9)))
            return self.plant("strip gap" if is_gap else "strip overlap", size, [at[0]], {at[0]: parts})
        return self.somewhere(self.shared_edges(), attempt)

    def bent(self, ring, k, size, inwards, shares):
        """Corners beside an edge."""
        a, b = self.plane.local(ring[k]), self.plane.local(ring[(k + 1) % len(ring)])
        length = math.dist(a, b)
        side = signed_area(ring) * (1 if inwards else -1)
        across = (-(b[1] - a[1]) / length, (b[0] - a[0]) / length)
        off = [size * math.copysign(1, side) * part for part in across]
        between = [self.plane.moved(ring[k], ((b[0] - a[0]) * share + off[0], (b[1] - a[1]) * share + off[1])) for share in shares]
        return [*ring[:k + 1], *between, *ring[k + 1:]]

    def open_strip(self, size):
        """A gap along an edge that ends at the outer border: open there."""
        def attempt(edge):
            ends = [corner for corner in edge if corner in self.outer]
            users = self.by_edge[frozenset(edge)]
            if len(ends) != 1 or len({user[0] for user in self.by_corner[ends[0]]}) != 2:
                return False
            at = users[int(self.random.integers(2))]
            if at[0] in self.used:
                return False
            ring = self.tiles.parts[at[0]][at[1]][at[2]]
            k = ring.index(ends[0])
            is_first = ring[(k + 1) % len(ring)] in edge
            beyond = ring[k - 1] if is_first else ring[(k + 1) % len(ring)]
            a, b = self.plane.local(ring[k]), self.plane.local(beyond)
            if frozenset((ring[k], beyond)) not in self.by_edge or len(self.by_edge[frozenset((ring[k], beyond))]) != 1:
                return False
            length = math.dist(a, b)
            to = self.plane.moved(ring[k], ((b[0] - a[0]) * size / length, (b[1] - a[1]) * size / length))
            # The far end stays, and a corner near it: a gap of about the same width from there to the border.
            def change(ring, _):
                other = ring[(k + 1) % len(ring)] if is_first else ring[k - 1]
                c = self.plane.local(other)
                off = ((a[0] - c[0]) * 0.1 + (b[0] - a[0]) * size / length, (a[1] - c[1]) * 0.1 + (b[1] - a[1]) * size / length)
                near = self.plane.moved(other, off)
                fresh = list(ring)
                fresh[k] = to
                fresh.insert(k + 1 if is_first else k, near)
                return fresh
            parts = self.changed_ring(at, change)
            return self.plant("strip gap, open", size, [at[0]], {at[0]: parts})
        return self.somewhere([edge for edge in self.shared_edges() if (edge[0] in self.outer) != (edge[1] in self.outer)], attempt)

    def inside(self, size):
        """A feature inside another, 2 m long."""
        def attempt(index):
            index = int(index)
            if index in self.used or len(self.tiles.parts[index]) > 1 or len(self.tiles.parts[index][0]) > 1:
                return False
            centre = self.plane.local(self.tree.geometries[index].representative_point().coords[0])
            angle = self.random.uniform(0, math.pi)
            along, off = (math.cos(angle), math.sin(angle)), (-math.sin(angle) * size, math.cos(angle) * size)
            ends = [(centre[0] + s * along[0], centre[1] + s * along[1]) for s in (-1, 1)]
            ring = [*ends, (ends[1][0] + off[0], ends[1][1] + off[1]), (ends[0][0] + off[0], ends[0][1] + off[1])]
            ring = [self.plane.moved(self.plane.origin, corner) for corner in ring]
            return self.plant("inside another", size, [index], {}, added=[[[ring]]])
        return self.somewhere(range(self.tree.geometries.size), attempt)

    def duplicate(self, size):
        """The same feature again, wound the other way and begun elsewhere."""
        def attempt(index):
            index = int(index)
            again = lambda ring: (ring[2:] + ring[:2])[::-1]
            return self.plant("duplicate", size, [index], {}, added=[[[again(ring) for ring in rings] for rings in self.tiles.parts[index]]])
        return self.somewhere(range(self.tree.geometries.size), attempt)

    def near_duplicate(self, size):
        """The same feature again, but for a corner that lies further inside."""
        def attempt(index):
            index = int(index)
            rings = self.tiles.parts[index][0]
            if len(self.tiles.parts[index]) > 1 or len(rings) > 1:
                return False
            ring = list(rings[0])
            k = int(self.random.integers(len(ring)))
            here, before, after = (self.plane.local(ring[at % len(ring)]) for at in (k, k - 1, k + 1))
            inwards = [(before[axis] + after[axis]) / 2 - here[axis] for axis in (0, 1)]
            length = math.hypot(*inwards)
            turn = (here[0] - before[0]) * (after[1] - here[1]) - (here[1] - before[1]) * (after[0] - here[0])
            if turn * signed_area(ring) <= 0 or length < 2:
                return False
            ring[k] = self.plane.moved(ring[k], [size * part / length for part in inwards])
            return self.plant("near duplicate", size, [index], {}, added=[[[ring]]])
        return self.somewhere(range(self.tree.geometries.size), attempt)

    def absent(self, size):
        """A feature is missing."""
        def attempt(index):
            index = int(index)
            corners = [corner for rings in self.tiles.parts[index] for ring in rings for corner in ring]
            if any(corner in self.outer for corner in corners):
                return False
            return self.plant("missing polygon", size, [index], {index: None})
        return self.somewhere(range(self.tree.geometries.size), attempt)

    def exact_corner(self, size):
        """A corner exactly on a common edge, which the neighbour does not have."""
        def attempt(edge):
            at = self.by_edge[frozenset(edge)][int(self.random.integers(2))]
            point = middle(*edge)
            if not is_between(point, *edge):
                return False
            parts = self.changed_ring(at, lambda ring, k: [*ring[:k + 1], point, *ring[k + 1:]])
            return self.plant("missing corner", size, [at[0]], {at[0]: parts})
        return self.somewhere(self.shared_edges(), attempt)

    def corner_beside(self, size):
        """A corner beside a common edge, which the neighbour does not have."""
        def attempt(edge):
            if edge[0] in self.outer and edge[1] in self.outer:
                return False
            at = self.by_edge[frozenset(edge)][int(self.random.integers(2))]
            inwards = self.random.random() < 0.5
            parts = self.changed_ring(at, lambda ring, k: self.bent(ring, k, size, inwards, (0.5,)))
            return self.plant("missing corner beside", size, [at[0]], {at[0]: parts})
        return self.somewhere(self.shared_edges(), attempt)

    def island(self, size):
        """An island that does not fill its hole, or that is larger."""
        if not hasattr(self, "islands"):
            holes = {frozenset(ring) for parts in self.tiles.parts for rings in parts for ring in rings[1:]}
            self.islands = [index for index, parts in enumerate(self.tiles.parts)
                            if len(parts) == 1 and frozenset(parts[0][0]) in holes]
        def attempt(index):
            ring = [self.plane.local(corner) for corner in self.tiles.parts[index][0][0]]
            smaller = self.random.random() < 0.5
            centre = np.mean(ring, 0)
            def change(corner, local):
                out = np.asarray(local) - centre
                return self.plane.moved(corner, out / np.hypot(*out) * (-size if smaller else size))
            fresh = [[[change(corner, local) for corner, local in zip(self.tiles.parts[index][0][0], ring)],
                      *self.tiles.parts[index][0][1:]]]
            return self.plant("island smaller" if smaller else "island larger", size, [index], {index: fresh})
        return self.somewhere(self.islands, attempt)


def signed_area(ring):
    x0, y0 = ring[0]
    return sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in zip(ring, ring[1:] + ring[:1])) / 2


def polygons_of(shape):
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    parts = [inner for part in parts for inner in shapely.get_parts(part) if inner.area > 0]
    return shapely.MultiPolygon(parts)


SIZES = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]


def planted(tiles, seed, gap_width, of_each):
    planter = Planter(tiles, seed, gap_width)
    kinds = [planter.corner, lambda size: planter.strip(size, False), lambda size: planter.strip(size, True),
             planter.open_strip, planter.inside, planter.near_duplicate, planter.corner_beside, planter.island]
    for size in SIZES:
        for kind in kinds:
            for _ in range(of_each):
                kind(size)
    for kind in (planter.duplicate, planter.absent, planter.exact_corner):
        for _ in range(len(SIZES) * of_each):
            kind(0.0)
    return planter


def unmatched_corners(tiles, missing):
    """Corners on an edge of another feature without that corner, as (corner, feature, other): those exactly on it or
    plainly within a millimetre, and all that may be counted so."""
    edges, owners, corners, holders, own = [], [], [], [], {}
    for index, parts in enumerate(tiles.parts):
        if index in missing:
            continue
        own[index] = {corner for rings in parts for ring in rings for corner in ring}
        for rings in parts:
            for ring in rings:
                for corner, following in zip(ring, ring[1:] + ring[:1]):
                    edges.append((corner, following))
                    owners.append(index)
                    corners.append(corner)
                    holders.append(index)
    tree = shapely.STRtree(shapely.linestrings(np.asarray(edges)))
    exact, near, possible = set(), set(), set()
    for point, edge in tree.query(shapely.points(np.asarray(corners)), predicate="dwithin", distance=1.5e-3 * max(tiles.plane.scale)).T:
        corner, other = corners[point], owners[edge]
        if other == holders[point] or corner in own[other]:
            continue
        finding = (corner, tiles.names[holders[point]], tiles.names[other])
        possible.add(finding)
        if is_between(corner, *edges[edge]):
            exact.add(finding)
        a, b, c = (np.subtract(tiles.plane.local(at), tiles.plane.local(corner)) for at in (*edges[edge], corner))
        length = math.dist(a, b)
        along = np.dot(b - a, c - a) / length
        if abs((b - a)[0] * (c - a)[1] - (b - a)[1] * (c - a)[0]) / length < 0.9e-3 and 2e-3 < along < length - 2e-3:
            near.add(finding)
    return exact, near, possible
