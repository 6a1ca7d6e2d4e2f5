//! The area that shapes cover more than once, computed without building their union.
//!
//! The overcounted area is the area covered by at least two shapes, plus that covered by at least three, and so on. The
//! boundary of each of these regions consists of pieces of the shapes' own edges: an edge covered by d other shapes
//! bounds the region of depth d + 1. An area is a sum over its boundary, so it is enough to walk along each edge and
//! keep track of the number of shapes that cover it. That number changes where edges cross. As in
//! [`overlap`](crate::geometry::overlap), crossings are decided exactly; only their coordinates are rounded.
//!
//! With n edges and k intersecting pairs of edge boxes, this takes about (n + k) log n steps, whatever the number of
//! shapes.

use geo::{Coord, Line};

use crate::crs::Plane;
use crate::geometry::box_tree::{Bounds, BoxTree, morton_code};
use crate::geometry::overlap::PreparedShape;
use crate::geometry::perturbed::{EdgeIntersection, intersect_edges};
use crate::parallel;
use crate::units::SquareMetres;

/// Valid shapes with a spatial index.
pub(crate) struct IndexedShapes<'a> {
    shapes: Vec<(&'a PreparedShape, u32)>,
    /// The indexes of the shapes in the order of the tree's leaves (Morton order).
    order: Vec<usize>,
    tree: BoxTree,
}

impl<'a> IndexedShapes<'a> {
    /// Indexes distinct shapes, each with its multiplicity.
    pub(crate) fn new(shapes: Vec<(&'a PreparedShape, u32)>) -> IndexedShapes<'a> {
        let whole = shapes.iter().map(|(edges, _)| edges.bounds()).fold(Bounds::EMPTY, Bounds::union);
        let mut order: Vec<usize> = (0..shapes.len()).collect();
        order.sort_by_cached_key(|&shape| morton_code(whole, shapes[shape].0.bounds()));
        let tree = BoxTree::new(order.iter().map(|&shape| shapes[shape].0.bounds()));
        IndexedShapes { shapes, order, tree }
    }

    /// Calls `visit` with the index of each shape whose box intersects `bounds`.
    fn visit_intersecting(&self, bounds: Bounds, visit: &mut impl FnMut(usize)) {
        self.tree.visit(&|node| bounds.intersects(node), &mut |leaf| visit(self.order[leaf]));
    }

    fn bounds(&self) -> Bounds {
        self.shapes.iter().map(|(edges, _)| edges.bounds()).fold(Bounds::EMPTY, Bounds::union)
    }

    /// The pairs of shapes that overlap by more than `min_area`, the lower index first, with the area of the overlap.
    pub(crate) fn overlapping_pairs(&self, min_area: SquareMetres) -> Vec<(usize, usize, SquareMetres)> {
        let of_shape = |earlier: usize| {
            let edges = self.shapes[earlier].0;
            let mut pairs = vec![];
            self.visit_intersecting(edges.bounds(), &mut |later| {
                if later > earlier {
                    pairs.push((earlier, later, edges.overlap_area(self.shapes[later].0)));
                }
            });
            pairs.retain(|&(.., area)| area > min_area);
            pairs.sort_by_key(|&(_, later, _)| later);
            pairs
        };
        parallel::map(0..self.shapes.len(), of_shape).into_iter().flatten().collect()
    }
}

/// The overcounted area, in square metres.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Overcount {
    /// By zone.
    pub(crate) in_zones_m2: Vec<f64>,
    /// Outside of all of them.
    pub(crate) outside_m2: f64,
    /// The indexes of the shapes that may contribute to it.
    pub(crate) shapes: Vec<usize>,
}

/// The sum of the areas of the shapes minus the area of their union, within each zone and outside all zones.
pub(crate) fn overcount(shapes: &IndexedShapes<'_>, zones: &IndexedShapes<'_>) -> Overcount {
    let bounds = shapes.bounds();
    let plane = shapes.shapes.first().map_or(&Plane::LON_LAT, |(first, _)| first.plane());
    let [x, y] = [0, 1].map(|axis| (bounds.low[axis] + bounds.high[axis]) / 2.0);
    let meridian_deg = plane.position(Coord { x, y }).x;
    let sums_of = |id: Id| {
        let mut sums: Vec<(Option<usize>, f64)> = vec![];
        let mut add = |zone: Option<usize>, area_m2: f64| match sums.iter_mut().find(|(of, _)| *of == zone) {
            Some((_, sum)) => *sum += area_m2,
            None => sums.push((zone, area_m2)),
        };
        let count = if id.kind == Kind::Shape { shapes.shapes[id.index].1 } else { 0 };
        EdgeWalk { shapes, zones, id, count }.follow(&mut |piece, cover| {
            let weight = match id.kind {
                Kind::Shape => excess(cover.depth + i64::from(count)) - excess(cover.depth),
                Kind::Zone => excess(cover.depth),
            };
            if weight == 0 || piece.start == piece.end {
                return;
            }
            let area_m2 = weight as f64 * plane.strip_area_m2(piece, meridian_deg);
            match id.kind {
                Kind::Shape => cover.zones().for_each(|zone| add(Some(zone), area_m2)),
                Kind::Zone => add(Some(id.index), area_m2),
            }
            if cover.zones().next().is_none() {
                // The boundary of a zone bounds the outside area from the other side.
                add(None, if id.kind == Kind::Shape { area_m2 } else { -area_m2 });
            }
        });
        sums
    };
    let ids = |kind, count| (0..count).map(move |index| Id { kind, index });
    let all: Vec<Id> = ids(Kind::Shape, shapes.shapes.len()).chain(ids(Kind::Zone, zones.shapes.len())).collect();
    let sums: Vec<Vec<(Option<usize>, f64)>> = parallel::map(&all, |&id| sums_of(id));
    let mut overcount = Overcount { in_zones_m2: vec![0.0; zones.shapes.len()], ..Overcount::default() };
    for (id, sums) in all.into_iter().zip(sums) {
        if id.kind == Kind::Shape && !sums.is_empty() {
            overcount.shapes.push(id.index);
        }
        for (zone, area_m2) in sums {
            match zone {
                Some(zone) => overcount.in_zones_m2[zone] += area_m2,
                None => overcount.outside_m2 += area_m2,
            }
        }
    }
    overcount
}

/// How many times too often a point covered by `depth` shapes is counted.
fn excess(depth: i64) -> i64 {
    (depth - 1).max(0)
}

/// In a pair, the lower id is the one that is perturbed; shapes come before zones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    kind: Kind,
    index: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Shape,
    Zone,
}

/// What covers a point.
#[derive(Default)]
struct Cover {
    /// The number of shapes.
    depth: i64,
    /// Zones with a counter: of several crossings at one point, the exit from a zone may be processed before the entry.
    zones: Vec<(usize, i32)>,
}

impl Cover {
    fn zones(&self) -> impl Iterator<Item = usize> {
        self.zones.iter().filter(|(_, count)| *count > 0).map(|&(zone, _)| zone)
    }
}

struct Crossing {
    /// The position along the edge, by which crossings are sorted.
    along: f64,
    at: Coord<f64>,
    of: Id,
    enters: bool,
}

/// A walk along the edges of one shape or zone, through all others.
struct EdgeWalk<'w, 'a> {
    shapes: &'w IndexedShapes<'a>,
    zones: &'w IndexedShapes<'a>,
    id: Id,
    /// The multiplicity of the shape.
    count: u32,
}

impl EdgeWalk<'_, '_> {
    /// Calls `visit` with the pieces of the edges and what covers them, wherever two shapes could overlap.
    fn follow(&self, visit: &mut impl FnMut(Line<f64>, &Cover)) {
        let edges = self.edges_of(self.id);
        if self.count < 2 && !self.may_meet_other_shapes(edges.bounds()) {
            return;
        }
        let (mut cover, mut is_current) = (Cover::default(), false);
        let mut crossings = vec![];
        for (index, &edge) in edges.edges().iter().enumerate() {
            let bounds = Bounds::of(&edge);
            is_current &= edges.ring_starts().binary_search(&index).is_err();
            if self.count < 2 && !self.may_meet_other_shapes(bounds) {
                is_current = false;
                continue;
            }
            if !is_current {
                self.locate_vertex(edge.start, &mut cover);
                is_current = true;
            }
            self.find_crossings(edge, bounds, &mut crossings);
            let mut start = edge.start;
            for crossing in crossings.drain(..) {
                visit(Line::new(start, crossing.at), &cover);
                self.update(crossing.of, crossing.enters, &mut cover);
                start = crossing.at;
            }
            visit(Line::new(start, edge.end), &cover);
        }
    }

    fn edges_of(&self, id: Id) -> &PreparedShape {
        match id.kind {
            Kind::Shape => self.shapes.shapes[id.index].0,
            Kind::Zone => self.zones.shapes[id.index].0,
        }
    }

    fn may_meet_other_shapes(&self, bounds: Bounds) -> bool {
        let mut found = false;
        self.shapes.visit_intersecting(bounds, &mut |index| found |= Id { kind: Kind::Shape, index } != self.id);
        found
    }

    /// Calls `visit` with all other shapes and zones whose boxes intersect `bounds`.
    fn visit_others(&self, bounds: Bounds, visit: &mut impl FnMut(Id, &PreparedShape)) {
        for (kind, layer) in [(Kind::Shape, self.shapes), (Kind::Zone, self.zones)] {
            layer.visit_intersecting(bounds, &mut |index| {
                let id = Id { kind, index };
                if id != self.id {
                    visit(id, layer.shapes[index].0);
                }
            });
        }
    }

    /// Determines what covers a vertex.
    fn locate_vertex(&self, vertex: Coord<f64>, cover: &mut Cover) {
        cover.depth = 0;
        cover.zones.clear();
        self.visit_others(Bounds::of(&Line::new(vertex, vertex)), &mut |id, other| {
            if if id < self.id { other.perturbed_contains(vertex) } else { other.contains_perturbed(vertex) } {
                self.update(id, true, cover);
            }
        });
    }

    fn update(&self, id: Id, enters: bool, cover: &mut Cover) {
        match id.kind {
            Kind::Shape => {
                let count = i64::from(self.shapes.shapes[id.index].1);
                cover.depth += if enters { count } else { -count };
            }
            Kind::Zone => {
                let change = if enters { 1 } else { -1 };
                match cover.zones.iter_mut().find(|(zone, _)| *zone == id.index) {
                    Some((_, count)) => *count += change,
                    None => cover.zones.push((id.index, change)),
                }
                cover.zones.retain(|&(_, count)| count != 0);
            }
        }
    }

    /// Finds where other shapes and zones cross an edge, sorted along it.
    fn find_crossings(&self, edge: Line<f64>, bounds: Bounds, crossings: &mut Vec<Crossing>) {
        let along = edge.delta();
        self.visit_others(bounds, &mut |of, other| {
            let is_earlier = of < self.id;
            other.visit_intersecting(bounds, &mut |other_edge| {
                let intersection =
                    if is_earlier { intersect_edges(other_edge, edge) } else { intersect_edges(edge, other_edge) };
                if let EdgeIntersection::Crossing { crossing, .. } = intersection {
                    let offset = crossing.at - edge.start;
                    // Where one boundary enters the other shape, the other boundary leaves its own.
                    let enters = crossing.enters != is_earlier;
                    let along = along.x * offset.x + along.y * offset.y;
                    crossings.push(Crossing { along, at: crossing.at, of, enters });
                }
            });
        });
        crossings.sort_by(|a, b| a.along.total_cmp(&b.along));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::clip::{intersection, union};
    use crate::geometry::measure::ellipsoid_area;
    use geo::{MultiPolygon, Polygon};
    use proptest::prelude::*;

    /// Polygons on a coarse grid, exactly or with a tiny offset, so that shared and nearly shared borders are common.
    fn star() -> impl Strategy<Value = MultiPolygon<f64>> {
        let offset = prop::sample::select(vec![0.0, 0.0, 1e-12, -3e-14, 1e-7]);
        (-3..4i32, -3..4i32, prop::collection::vec(1..5i32, 8), offset).prop_map(|(x, y, radii, offset)| {
            let directions = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
            let vertices = directions.iter().zip(radii).map(|(&(east, north), radius)| Coord {
                x: 121.0 + f64::from(x + east * radius) * 0.001 + offset,
                y: 28.0 + f64::from(y + north * radius) * 0.001,
            });
            Polygon::new(vertices.collect(), vec![]).into()
        })
    }

    fn edges(shapes: &[MultiPolygon<f64>]) -> Vec<PreparedShape> {
        shapes.iter().map(PreparedShape::new).collect()
    }

    fn layer<'a>(edges: &'a [PreparedShape], counts: &[u32]) -> IndexedShapes<'a> {
        IndexedShapes::new(edges.iter().zip(counts.iter().copied().chain(std::iter::repeat(1))).collect())
    }

    proptest! {
        #[test]
        fn equals_the_sum_of_areas_minus_the_area_of_the_union(
            shapes in prop::collection::vec(star(), 1..7),
            counts in prop::collection::vec(1..4u32, 7),
            zones in prop::collection::vec(star(), 0..4),
        ) {
            let (of_shapes, of_zones) = (edges(&shapes), edges(&zones));
            let found = overcount(&layer(&of_shapes, &counts), &layer(&of_zones, &[]));
            let union_of_all = union(&shapes);
            let expected = |zone: Option<&MultiPolygon<f64>>| {
                let area = |shape: &MultiPolygon<f64>| match zone {
                    Some(zone) => ellipsoid_area(&intersection(shape, zone)).0,
                    None => ellipsoid_area(shape).0,
                };
                let each: f64 = shapes.iter().zip(&counts).map(|(shape, &count)| f64::from(count) * area(shape)).sum();
                each - area(&union_of_all)
            };
            for (index, zone) in zones.iter().enumerate() {
                let expected = expected(Some(zone));
                prop_assert!((found.in_zones_m2[index] - expected).abs() < 1e-4, "{} {}", found.in_zones_m2[index], expected);
            }
            let outside = expected(None) - if zones.is_empty() { 0.0 } else { expected(Some(&union(&zones))) };
            prop_assert!((found.outside_m2 - outside).abs() < 1e-4, "{} {}", found.outside_m2, outside);
        }
    }
}
