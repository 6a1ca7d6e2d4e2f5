//! What shapes cover more than once, without building what they cover.
//!
//! The area that is counted more than once is what lies under two shapes, that under three again, and so on. Each of
//! these has a boundary, which is made of pieces of the shapes' own: of an edge under d other shapes, that of what lies
//! under d + 1. An area is a sum over its boundary; so it is enough to follow each edge and to know how many shapes are
//! around. That changes where edges cross; as in [`overlap`](crate::geometry::overlap), crossings are decided exactly,
//! and only their places are rounded.
//!
//! With n edges and k places where boxes of edges meet, it takes about (n + k) log n steps, whatever the number of shapes.

use geo::{Coord, Line};
use rayon::prelude::*;

use crate::geometry::edge_tree::{Bounds, EdgeTree, place_in};
use crate::geometry::measure::strip_area_m2;
use crate::geometry::overlap::{Meeting, PreparedShape, meet};
use crate::units::SquareMetres;

/// Valid shapes, found by where they are.
pub(crate) struct Layer<'a> {
    shapes: Vec<(&'a PreparedShape, u32)>,
    /// The shapes in the order of the tree's leaves: what is near in space is near there.
    order: Vec<usize>,
    tree: EdgeTree,
}

impl<'a> Layer<'a> {
    /// Of shapes that differ, each with how often it is there.
    pub(crate) fn new(shapes: Vec<(&'a PreparedShape, u32)>) -> Layer<'a> {
        let whole = shapes.iter().map(|(edges, _)| edges.bounds()).fold(Bounds::NOTHING, Bounds::with);
        let mut order: Vec<usize> = (0..shapes.len()).collect();
        order.sort_by_cached_key(|&shape| place_in(whole, shapes[shape].0.bounds()));
        let tree = EdgeTree::new(order.iter().map(|&shape| shapes[shape].0.bounds()));
        Layer { shapes, order, tree }
    }

    /// Calls `visit` with the number of each shape whose box meets a box.
    fn visit_near(&self, bounds: Bounds, visit: &mut impl FnMut(usize)) {
        self.tree.visit(&|node| bounds.meets(node), &mut |leaf| visit(self.order[leaf]));
    }

    fn bounds(&self) -> Bounds {
        self.shapes.iter().map(|(edges, _)| edges.bounds()).fold(Bounds::NOTHING, Bounds::with)
    }

    /// The pairs of shapes that have more in common than an area, the earlier first, and what they have in common.
    pub(crate) fn overlapping_pairs(&self, least: SquareMetres) -> Vec<(usize, usize, SquareMetres)> {
        let of_shape = |earlier: usize| {
            let edges = self.shapes[earlier].0;
            let mut pairs = vec![];
            self.visit_near(edges.bounds(), &mut |later| {
                if later > earlier {
                    pairs.push((earlier, later, edges.common_area(self.shapes[later].0)));
                }
            });
            pairs.retain(|&(.., area)| area > least);
            pairs.sort_by_key(|&(_, later, _)| later);
            pairs
        };
        (0..self.shapes.len()).into_par_iter().flat_map_iter(of_shape).collect()
    }
}

/// What is counted more than once, in square metres.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Repeated {
    /// In each of the zones.
    pub(crate) in_zones_m2: Vec<f64>,
    /// Outside of all of them.
    pub(crate) outside_m2: f64,
    /// The shapes that could add to it.
    pub(crate) shapes: Vec<usize>,
}

/// What shapes cover more than once: the sum of their areas less the area that they cover together, in each zone and
/// outside of all.
pub(crate) fn repeated(shapes: &Layer<'_>, zones: &Layer<'_>) -> Repeated {
    let bounds = shapes.bounds();
    let meridian_deg = (bounds.low[0] + bounds.high[0]) / 2.0;
    let walk = |me: Id| {
        let mut sums: Vec<(Option<usize>, f64)> = vec![];
        let mut add = |zone: Option<usize>, area_m2: f64| match sums.iter_mut().find(|(of, _)| *of == zone) {
            Some((_, sum)) => *sum += area_m2,
            None => sums.push((zone, area_m2)),
        };
        let count = if me.kind == Kind::Shape { shapes.shapes[me.number].1 } else { 0 };
        Walk { shapes, zones, me, count }.follow(&mut |piece, around| {
            let weight = match me.kind {
                Kind::Shape => excess(around.depth + i64::from(count)) - excess(around.depth),
                Kind::Zone => excess(around.depth),
            };
            if weight == 0 || piece.start == piece.end {
                return;
            }
            let area_m2 = weight as f64 * strip_area_m2(piece, meridian_deg);
            match me.kind {
                Kind::Shape => around.zones().for_each(|zone| add(Some(zone), area_m2)),
                Kind::Zone => add(Some(me.number), area_m2),
            }
            if around.zones().next().is_none() {
                // Where a zone begins, what is outside ends.
                add(None, if me.kind == Kind::Shape { area_m2 } else { -area_m2 });
            }
        });
        sums
    };
    let ids = |kind, count| (0..count).map(move |number| Id { kind, number });
    let all: Vec<Id> = ids(Kind::Shape, shapes.shapes.len()).chain(ids(Kind::Zone, zones.shapes.len())).collect();
    let sums: Vec<Vec<(Option<usize>, f64)>> = all.par_iter().map(|&me| walk(me)).collect();
    let mut repeated = Repeated { in_zones_m2: vec![0.0; zones.shapes.len()], ..Repeated::default() };
    for (me, sums) in all.into_iter().zip(sums) {
        if me.kind == Kind::Shape && !sums.is_empty() {
            repeated.shapes.push(me.number);
        }
        for (zone, area_m2) in sums {
            match zone {
                Some(zone) => repeated.in_zones_m2[zone] += area_m2,
                None => repeated.outside_m2 += area_m2,
            }
        }
    }
    repeated
}

/// How often too much a place is counted that lies under so many shapes.
fn excess(depth: i64) -> i64 {
    (depth - 1).max(0)
}

/// Of two, the earlier is the one that is thought of as moved; shapes come before zones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    kind: Kind,
    number: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Shape,
    Zone,
}

/// What is around a place.
#[derive(Default)]
struct Around {
    /// So many shapes.
    depth: i64,
    /// These zones, each once: of crossings at one place, a zone may be left before it is entered.
    zones: Vec<(usize, i32)>,
}

impl Around {
    fn zones(&self) -> impl Iterator<Item = usize> {
        self.zones.iter().filter(|(_, times)| *times > 0).map(|&(zone, _)| zone)
    }
}

struct Crossing {
    /// How far along the edge.
    along: f64,
    at: Coord<f64>,
    of: Id,
    enters: bool,
}

/// The way along the edges of a shape or a zone through all others.
struct Walk<'w, 'a> {
    shapes: &'w Layer<'a>,
    zones: &'w Layer<'a>,
    me: Id,
    /// So many shapes like it.
    count: u32,
}

impl Walk<'_, '_> {
    /// Calls `visit` with the pieces of the edges, and what is around them, wherever that could be two shapes.
    fn follow(&self, visit: &mut impl FnMut(Line<f64>, &Around)) {
        let edges = self.edges_of(self.me);
        if self.count < 2 && !self.comes_near_shapes(edges.bounds()) {
            return;
        }
        let (mut around, mut is_known) = (Around::default(), false);
        let mut crossings = vec![];
        for (number, &edge) in edges.edges().iter().enumerate() {
            let bounds = Bounds::of(&edge);
            is_known &= edges.ring_starts().binary_search(&number).is_err();
            if self.count < 2 && !self.comes_near_shapes(bounds) {
                is_known = false;
                continue;
            }
            if !is_known {
                self.look_around(edge.start, &mut around);
                is_known = true;
            }
            self.cross(edge, bounds, &mut crossings);
            let mut start = edge.start;
            for crossing in crossings.drain(..) {
                visit(Line::new(start, crossing.at), &around);
                self.pass(crossing.of, crossing.enters, &mut around);
                start = crossing.at;
            }
            visit(Line::new(start, edge.end), &around);
        }
    }

    fn edges_of(&self, id: Id) -> &PreparedShape {
        match id.kind {
            Kind::Shape => self.shapes.shapes[id.number].0,
            Kind::Zone => self.zones.shapes[id.number].0,
        }
    }

    fn comes_near_shapes(&self, bounds: Bounds) -> bool {
        let mut comes_near = false;
        self.shapes.visit_near(bounds, &mut |number| comes_near |= Id { kind: Kind::Shape, number } != self.me);
        comes_near
    }

    /// Calls `visit` with all others that come near.
    fn visit_others(&self, bounds: Bounds, visit: &mut impl FnMut(Id, &PreparedShape)) {
        for (kind, layer) in [(Kind::Shape, self.shapes), (Kind::Zone, self.zones)] {
            layer.visit_near(bounds, &mut |number| {
                let id = Id { kind, number };
                if id != self.me {
                    visit(id, layer.shapes[number].0);
                }
            });
        }
    }

    /// What is around a corner.
    fn look_around(&self, corner: Coord<f64>, around: &mut Around) {
        around.depth = 0;
        around.zones.clear();
        self.visit_others(Bounds::of(&Line::new(corner, corner)), &mut |id, other| {
            if if id < self.me { other.perturbed_contains(corner) } else { other.holds_moved(corner) } {
                self.pass(id, true, around);
            }
        });
    }

    fn pass(&self, id: Id, enters: bool, around: &mut Around) {
        match id.kind {
            Kind::Shape => {
                let count = i64::from(self.shapes.shapes[id.number].1);
                around.depth += if enters { count } else { -count };
            }
            Kind::Zone => {
                let change = if enters { 1 } else { -1 };
                match around.zones.iter_mut().find(|(zone, _)| *zone == id.number) {
                    Some((_, times)) => *times += change,
                    None => around.zones.push((id.number, change)),
                }
                around.zones.retain(|&(_, times)| times != 0);
            }
        }
    }

    /// Where the others cross an edge, in the order along it.
    fn cross(&self, edge: Line<f64>, bounds: Bounds, crossings: &mut Vec<Crossing>) {
        let along = edge.delta();
        self.visit_others(bounds, &mut |of, other| {
            let is_earlier = of < self.me;
            other.visit_near(bounds, &mut |across| {
                let meeting = if is_earlier { meet(across, edge) } else { meet(edge, across) };
                if let Meeting::Crossing { crossing, .. } = meeting {
                    let way = crossing.at - edge.start;
                    // Where the other enters, this one leaves.
                    let enters = crossing.enters != is_earlier;
                    let along = along.x * way.x + along.y * way.y;
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

    /// Polygons on a coarse grid, so that borders are shared all the time, or beside it by next to nothing.
    fn star() -> impl Strategy<Value = MultiPolygon<f64>> {
        let offset = prop::sample::select(vec![0.0, 0.0, 1e-12, -3e-14, 1e-7]);
        (-3..4i32, -3..4i32, prop::collection::vec(1..5i32, 8), offset).prop_map(|(x, y, radii, offset)| {
            let directions = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
            let corners = directions.iter().zip(radii).map(|(&(east, north), radius)| Coord {
                x: 121.0 + f64::from(x + east * radius) * 0.001 + offset,
                y: 28.0 + f64::from(y + north * radius) * 0.001,
            });
            Polygon::new(corners.collect(), vec![]).into()
        })
    }

    fn edges(shapes: &[MultiPolygon<f64>]) -> Vec<PreparedShape> {
        shapes.iter().map(PreparedShape::new).collect()
    }

    fn layer<'a>(edges: &'a [PreparedShape], counts: &[u32]) -> Layer<'a> {
        Layer::new(edges.iter().zip(counts.iter().copied().chain(std::iter::repeat(1))).collect())
    }

    proptest! {
        #[test]
        fn equals_the_areas_less_that_of_the_union(
            shapes in prop::collection::vec(star(), 1..7),
            counts in prop::collection::vec(1..4u32, 7),
            zones in prop::collection::vec(star(), 0..4),
        ) {
            let (of_shapes, of_zones) = (edges(&shapes), edges(&zones));
            let found = repeated(&layer(&of_shapes, &counts), &layer(&of_zones, &[]));
            let covered = union(&shapes);
            let expected = |zone: Option<&MultiPolygon<f64>>| {
                let area = |shape: &MultiPolygon<f64>| match zone {
                    Some(zone) => ellipsoid_area(&intersection(shape, zone)).0,
                    None => ellipsoid_area(shape).0,
                };
                let each: f64 = shapes.iter().zip(&counts).map(|(shape, &count)| f64::from(count) * area(shape)).sum();
                each - area(&covered)
            };
            for (number, zone) in zones.iter().enumerate() {
                let expected = expected(Some(zone));
                prop_assert!((found.in_zones_m2[number] - expected).abs() < 1e-4, "{} {}", found.in_zones_m2[number], expected);
            }
            let outside = expected(None) - if zones.is_empty() { 0.0 } else { expected(Some(&union(&zones))) };
            prop_assert!((found.outside_m2 - outside).abs() < 1e-4, "{} {}", found.outside_m2, outside);
        }
    }
}
