//! Is a shape a valid polygon, and if not, what is wrong and where.
//!
//! The rules are those of OGC Simple Features (06-103r4, 6.1.11 and 6.1.14): rings are closed and
//! simple; holes lie inside their exterior and meet it, and each other, in single points at most;
//! the interior is in one piece; the parts of a multipolygon meet in single points at most.
//! Crossings are found by a tree of boxes and decided exactly, so that a ring of 100,000 corners
//! takes a fraction of a second.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::kernels::{Kernel, Orientation};
use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{BoundingRect, Coord, GeoNum, Line, LineString, MultiPolygon, Polygon};

use crate::error::{Hint, ShapeProblem};
use crate::geometry::clip::{covered, intersection, union, without};
use crate::geometry::joins::meeting_pairs;
use crate::geometry::measure::rings;
use crate::geometry::position::{Position, in_polygon};

/// Something wrong with a shape, and a place where it shows.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::error::{Hint, ShapeProblem};
/// use taizhou_corridor::geometry::validity::{Flaw, flaws};
///
/// let swapped: MultiPolygon = polygon![(x: 28.65, y: 121.40), (x: 28.66, y: 121.40), (x: 28.66, y: 121.41)].into();
/// let problem = ShapeProblem::OutOfRange { lon: 28.65, lat: 121.40, hint: Hint::Swapped };
/// // What is out of range is no place on a map.
/// assert_eq!(flaws(&swapped), [Flaw { problem, at: None }]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Flaw {
    /// What is wrong.
    pub problem: ShapeProblem,
    /// Where, in degrees.
    pub at: Option<Coord<f64>>,
}

/// At most this many flaws of a shape are listed: a scribble crosses itself without end.
pub const MOST_FLAWS: usize = 100;

/// All that is wrong with a shape, up to [`MOST_FLAWS`]; nothing if it is valid.
///
/// ```
/// use geo::{MultiPolygon, coord, polygon};
/// use taizhou_corridor::error::ShapeProblem;
/// use taizhou_corridor::geometry::validity::flaws;
///
/// let bow_tie: MultiPolygon = polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)].into();
/// let flaws = flaws(&bow_tie);
/// assert_eq!(flaws[0].problem, ShapeProblem::SelfCrossing);
/// assert_eq!(flaws[0].at, Some(coord! { x: 1.0, y: 1.0 }));
/// ```
pub fn flaws(shape: &MultiPolygon<f64>) -> Vec<Flaw> {
    find(shape, MOST_FLAWS)
}

/// The first thing wrong with a shape, for those who need no more.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::error::ShapeProblem;
/// use taizhou_corridor::geometry::validity::first_flaw;
///
/// let sliver: MultiPolygon = polygon![(x: 121.40, y: 28.65), (x: 121.41, y: 28.65)].into();
/// assert_eq!(first_flaw(&sliver).unwrap().problem, ShapeProblem::TooFewPoints { count: 2 });
/// ```
pub fn first_flaw(shape: &MultiPolygon<f64>) -> Option<Flaw> {
    find(shape, 1).into_iter().next()
}

/// Repeated points, and rings that wind against RFC 7946: allowed, but worth a word.
///
/// ```
/// use geo::{MultiPolygon, coord, polygon};
/// use taizhou_corridor::error::ShapeProblem;
/// use taizhou_corridor::geometry::validity::{flaws, remarks};
///
/// let parcel: MultiPolygon =
///     polygon![(x: 121.40, y: 28.65), (x: 121.41, y: 28.65), (x: 121.41, y: 28.65), (x: 121.41, y: 28.66)].into();
/// assert!(flaws(&parcel).is_empty());
/// assert_eq!(remarks(&parcel)[0].problem, ShapeProblem::RepeatedPoint);
/// assert_eq!(remarks(&parcel)[0].at, Some(coord! { x: 121.41, y: 28.65 }));
/// ```
pub fn remarks(shape: &MultiPolygon<f64>) -> Vec<Flaw> {
    let mut found = vec![];
    for polygon in shape {
        for (number, ring) in rings(polygon).enumerate() {
            if let Some(pair) = ring.0.windows(2).find(|pair| pair[0] == pair[1]) {
                found.push(Flaw { problem: ShapeProblem::RepeatedPoint, at: Some(pair[0]) });
            }
            use geo::winding_order::{Winding, WindingOrder};
            let expected = if number == 0 { WindingOrder::CounterClockwise } else { WindingOrder::Clockwise };
            if ring.winding_order().is_some_and(|order| order != expected) {
                found.push(Flaw { problem: ShapeProblem::Winding, at: ring.0.first().copied() });
            }
        }
    }
    found
}

/// A valid shape that covers what a broken one does, once: each exterior covers all that it winds around, holes
/// take away from it, and parts that overlap become one. A bow-tie becomes two triangles, a hole that lies outside
/// of its exterior a part of its own. Corners stay where they are; new ones are only where edges cross. None where
/// there is nothing left, or coordinates are no longitude and latitude.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::geometry::validity::{first_flaw, repair};
///
/// let bow_tie: MultiPolygon = polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)].into();
/// let repaired = repair(&bow_tie).unwrap();
/// assert_eq!(repaired.0.len(), 2);
/// assert!(first_flaw(&repaired).is_none());
/// let line: MultiPolygon = polygon![(x: 0., y: 0.), (x: 2., y: 2.)].into();
/// assert_eq!(repair(&line), None);
/// ```
pub fn repair(shape: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
    let is_lon_lat = |corner: &Coord<f64>| corner.x.abs() <= 180.0 && corner.y.abs() <= 90.0;
    if !shape.iter().flat_map(rings).flat_map(|ring| &ring.0).all(is_lon_lat) {
        return None;
    }
    let repaired = union(&shape.iter().map(repair_polygon).collect::<Vec<_>>());
    (!repaired.0.is_empty() && first_flaw(&repaired).is_none()).then_some(repaired)
}

fn repair_polygon(polygon: &Polygon<f64>) -> MultiPolygon<f64> {
    let exterior = covered([polygon.exterior()]);
    let (holes, apart): (Vec<_>, Vec<_>) = polygon
        .interiors()
        .iter()
        .map(|ring| covered([ring]))
        .partition(|hole| !intersection(hole, &exterior).0.is_empty());
    let left = if holes.is_empty() { exterior } else { without(&exterior, &holes) };
    if apart.is_empty() { left } else { union(apart.iter().chain([&left])) }
}

fn find(shape: &MultiPolygon<f64>, most: usize) -> Vec<Flaw> {
    let mut found: Vec<Flaw> = shape.iter().flat_map(rings).filter_map(ring_flaw).take(most).collect();
    // With broken rings there is nothing to compare.
    if found.is_empty() {
        let outline = Outline::new(shape);
        let touches = outline.contacts(most, &mut found);
        if found.is_empty() {
            outline.relations(&touches, most, &mut found);
        }
    }
    found
}

/// What is wrong with one ring by itself, crossings aside.
fn ring_flaw(ring: &LineString<f64>) -> Option<Flaw> {
    for &corner in &ring.0 {
        if !(corner.x.is_finite() && corner.y.is_finite()) {
            return Some(Flaw { problem: ShapeProblem::NotFinite, at: None });
        }
        if corner.x.abs() > 180.0 || corner.y.abs() > 90.0 {
            let hint = Hint::of(corner.x, corner.y);
            return Some(Flaw { problem: ShapeProblem::OutOfRange { lon: corner.x, lat: corner.y, hint }, at: None });
        }
    }
    let at = ring.0.first().copied();
    if ring.0.first() != ring.0.last() {
        return Some(Flaw { problem: ShapeProblem::NotClosed, at });
    }
    // The way around comes back to where it began; one that never leaves there has a single point.
    let count = ring.0.windows(2).filter(|pair| pair[0] != pair[1]).count().max(usize::from(at.is_some()));
    if count < 3 {
        return Some(Flaw { problem: ShapeProblem::TooFewPoints { count }, at });
    }
    let first = ring.lines().find(|edge| edge.start != edge.end)?;
    let encloses = ring.0.iter().any(|&corner| is_corner(first, Line::new(first.end, corner)));
    (!encloses).then_some(Flaw { problem: ShapeProblem::NoArea, at })
}

/// Whether an edge that begins at the end of another goes off to its side.
fn is_corner(edge: Line<f64>, next: Line<f64>) -> bool {
    <f64 as GeoNum>::Ker::orient2d(edge.start, edge.end, next.end) != Orientation::Collinear
}

/// All edges of a shape, in order, with the ring and the part that each belongs to.
struct Outline<'a> {
    shape: &'a MultiPolygon<f64>,
    edges: Vec<Line<f64>>,
    owners: Vec<Owner>,
    rings: Vec<OutlineRing<'a>>,
}

struct OutlineRing<'a> {
    part: usize,
    line: &'a LineString<f64>,
    /// Its edges among all.
    edges: Range<usize>,
}

#[derive(Clone, Copy)]
struct Owner {
    part: usize,
    ring: usize,
    /// The edge after this one on the ring.
    next: usize,
}

/// Two rings that meet in a point, and the edges that do.
struct Touch {
    rings: (usize, usize),
    edges: [usize; 2],
    at: Coord<f64>,
}

impl<'a> Outline<'a> {
    fn new(shape: &'a MultiPolygon<f64>) -> Outline<'a> {
        let mut outline = Outline { shape, edges: vec![], owners: vec![], rings: vec![] };
        for (part, polygon) in shape.iter().enumerate() {
            for ring in rings(polygon) {
                let first = outline.edges.len();
                let number = outline.rings.len();
                outline.edges.extend(ring.lines().filter(|edge| edge.start != edge.end));
                let count = outline.edges.len() - first;
                let next = |i: usize| first + (i + 1) % count;
                outline.owners.extend((0..count).map(|i| Owner { part, ring: number, next: next(i) }));
                outline.rings.push(OutlineRing { part, line: ring, edges: first..first + count });
            }
        }
        outline
    }

    /// Finds where edges meet that may not, and where rings touch.
    fn contacts(&self, most: usize, found: &mut Vec<Flaw>) -> Vec<Touch> {
        let mut touches = vec![];
        let _ = meeting_pairs(&self.edges, &mut |a, b| {
            match self.contact(a, b) {
                None => {}
                Some(Ok(touch)) => touches.push(touch),
                Some(Err(flaw)) => found.push(flaw),
            }
            if found.len() >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        touches
    }

    /// How two edges meet: not at all, in a point where their rings may touch, or wrongly.
    fn contact(&self, a: usize, b: usize) -> Option<Result<Touch, Flaw>> {
        let (edge_a, edge_b) = (self.edges[a], self.edges[b]);
        let (owner_a, owner_b) = (self.owners[a], self.owners[b]);
        // Most of those that meet follow each other, and do not turn back.
        if owner_a.next == b && is_corner(edge_a, edge_b) || owner_b.next == a && is_corner(edge_b, edge_a) {
            return None;
        }
        let (at, single) = match line_intersection(edge_a, edge_b)? {
            LineIntersection::SinglePoint { intersection, is_proper } => (intersection, !is_proper),
            LineIntersection::Collinear { intersection } => (intersection.start, false),
        };
        let neighbours = (owner_a.next == b && edge_a.end == at) || (owner_b.next == a && edge_b.end == at);
        let problem = if owner_a.ring == owner_b.ring {
            if single && neighbours {
                return None;
            }
            ShapeProblem::SelfCrossing
        } else if single {
            return Some(Ok(Touch { rings: (owner_a.ring, owner_b.ring), edges: [a, b], at }));
        } else if owner_a.part == owner_b.part {
            ShapeProblem::RingsCross
        } else {
            ShapeProblem::PartsOverlap
        };
        Some(Err(Flaw { problem, at: Some(at) }))
    }

    /// Finds rings that lie where they may not, once no edges cross.
    fn relations(&self, touches: &[Touch], most: usize, found: &mut Vec<Flaw>) {
        let mut flawed = |problem: ShapeProblem, at: Coord<f64>| {
            if found.len() < most {
                found.push(Flaw { problem, at: Some(at) });
            }
        };
        let boxes: Vec<_> = self.rings.iter().map(|ring| ring.line.bounding_rect()).collect();
        let apart = |a: usize, b: usize| match (boxes[a], boxes[b]) {
            (Some(a), Some(b)) => {
                a.max().x < b.min().x || b.max().x < a.min().x || a.max().y < b.min().y || b.max().y < a.min().y
            }
            _ => true,
        };
        let touching = Touching::new(touches);
        let on_side = |ring: usize, other: usize, side: CoordPos| {
            let samples = self.samples(ring, touching.are(ring, other), touching.cuts(ring, other));
            samples.into_iter().find(|&at| coord_pos_relative_to_ring(at, self.rings[other].line) == side)
        };
        let mut exteriors: Vec<usize> = vec![];
        for (number, ring) in self.rings.iter().enumerate() {
            if exteriors.len() == ring.part {
                exteriors.push(number);
                continue;
            }
            let exterior = exteriors[ring.part];
            if let Some(at) = on_side(number, exterior, CoordPos::Outside) {
                flawed(ShapeProblem::HoleOutside, at);
            }
            for other in (exterior + 1..number).filter(|&other| !apart(number, other)) {
                let inside = on_side(number, other, CoordPos::Inside);
                if let Some(at) = inside.or_else(|| on_side(other, number, CoordPos::Inside)) {
                    flawed(ShapeProblem::HoleOutside, at);
                }
            }
        }
        let part_inside = |part: usize, other: usize| {
            let exterior = exteriors[part];
            let are_touching = self.rings_of(&exteriors, other).any(|ring| touching.are(exterior, ring));
            let cuts = self.rings_of(&exteriors, other).flat_map(|ring| touching.cuts(exterior, ring));
            let samples = self.samples(exterior, are_touching, cuts);
            samples.into_iter().find(|&at| in_polygon(at, &self.shape.0[other]) == Position::Inside)
        };
        for number in 0..exteriors.len() {
            for other in (0..number).filter(|&other| !apart(exteriors[number], exteriors[other])) {
                if let Some(at) = part_inside(number, other).or_else(|| part_inside(other, number)) {
                    flawed(ShapeProblem::PartsOverlap, at);
                }
            }
        }
        if let Some(at) = self.interior_cut(touches) {
            flawed(ShapeProblem::InteriorCut, at);
        }
    }

    /// The numbers of a part's rings.
    fn rings_of(&self, exteriors: &[usize], part: usize) -> Range<usize> {
        exteriors[part]..exteriors.get(part + 1).copied().unwrap_or(self.rings.len())
    }

    /// Points of a ring that show on which sides of another it lies. Where the two do not touch, one
    /// corner speaks for all. Where they do, each edge is cut where it is touched: no edges cross, so
    /// that a piece lies on one side.
    fn samples(
        &self,
        ring: usize,
        are_touching: bool,
        cuts: impl Iterator<Item = (usize, Coord<f64>)>,
    ) -> Vec<Coord<f64>> {
        if !are_touching {
            return self.rings[ring].line.0.first().copied().into_iter().collect();
        }
        let mut on_edge: HashMap<usize, Vec<Coord<f64>>> = HashMap::new();
        for (edge, at) in cuts {
            on_edge.entry(edge).or_default().push(at);
        }
        let mut samples = vec![];
        for number in self.rings[ring].edges.clone() {
            let edge = self.edges[number];
            let mut points = on_edge.remove(&number).unwrap_or_default();
            points.extend([edge.start, edge.end]);
            let along = |at: &Coord<f64>| (at.x - edge.start.x) * edge.dx() + (at.y - edge.start.y) * edge.dy();
            points.sort_by(|a, b| along(a).total_cmp(&along(b)));
            samples.push(edge.start);
            samples.extend(points.windows(2).filter(|pair| pair[0] != pair[1]).map(|pair| (pair[0] + pair[1]) / 2.0));
        }
        samples
    }

    /// Rings and the points where they touch form a graph; a cycle in it cuts the interior in two.
    fn interior_cut(&self, touches: &[Touch]) -> Option<Coord<f64>> {
        let mut nodes = DisjointSets((0..self.rings.len()).collect());
        let mut points: HashMap<(usize, [u64; 2]), (usize, Vec<usize>)> = HashMap::new();
        for touch in touches {
            let part = self.rings[touch.rings.0].part;
            if part != self.rings[touch.rings.1].part {
                continue;
            }
            // Adding zero makes −0 and 0 the same.
            let key = (part, [(touch.at.x + 0.0).to_bits(), (touch.at.y + 0.0).to_bits()]);
            let (point, rings) = points.entry(key).or_insert_with(|| (nodes.add(), vec![]));
            for ring in [touch.rings.0, touch.rings.1] {
                if !rings.contains(&ring) {
                    rings.push(ring);
                    if !nodes.join(ring, *point) {
                        return Some(touch.at);
                    }
                }
            }
        }
        None
    }
}

/// Which rings touch, and where their edges are touched.
struct Touching<'t>(HashMap<(usize, usize), Vec<&'t Touch>>);

impl<'t> Touching<'t> {
    fn new(touches: &'t [Touch]) -> Touching<'t> {
        let mut pairs: HashMap<(usize, usize), Vec<&Touch>> = HashMap::new();
        for touch in touches {
            pairs.entry(touch.rings).or_default().push(touch);
        }
        Touching(pairs)
    }

    fn of(&self, a: usize, b: usize) -> &[&'t Touch] {
        self.0.get(&(a.min(b), a.max(b))).map_or(&[], Vec::as_slice)
    }

    fn are(&self, a: usize, b: usize) -> bool {
        !self.of(a, b).is_empty()
    }

    /// The edges of a ring that another touches, and the points.
    fn cuts(&self, ring: usize, other: usize) -> impl Iterator<Item = (usize, Coord<f64>)> {
        let own = usize::from(ring > other);
        self.of(ring, other).iter().map(move |touch| (touch.edges[own], touch.at))
    }
}

struct DisjointSets(Vec<usize>);

impl DisjointSets {
    fn add(&mut self) -> usize {
        self.0.push(self.0.len());
        self.0.len() - 1
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.0[node] != node {
            self.0[node] = self.0[self.0[node]];
            node = self.0[node];
        }
        node
    }

    /// Joins two sets; false if they were one already.
    fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a] = b;
        a != b
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{coord, polygon};
    use proptest::prelude::*;

    fn problems(shape: impl Into<MultiPolygon<f64>>) -> Vec<ShapeProblem> {
        flaws(&shape.into()).into_iter().map(|flaw| flaw.problem).collect()
    }

    fn square(x: f64, y: f64, size: f64) -> geo::Polygon<f64> {
        polygon![(x: x, y: y), (x: x + size, y: y), (x: x + size, y: y + size), (x: x, y: y + size)]
    }

    fn with_holes(exterior: geo::Polygon<f64>, holes: &[geo::Polygon<f64>]) -> geo::Polygon<f64> {
        let rings = holes.iter().map(|hole| hole.exterior().clone()).collect();
        geo::Polygon::new(exterior.exterior().clone(), rings)
    }

    #[test]
    fn what_is_repaired_covers_all_that_it_did_once() {
        let square = |x: f64, size: f64| polygon![(x: x, y: 0.0), (x: x + size, y: 0.0), (x: x + size, y: size), (x: x, y: size)];
        let area = |shape: &MultiPolygon<f64>| geo::Area::unsigned_area(shape);
        let with_holes = |holes: &[Polygon<f64>]| {
            let holes = holes.iter().map(|hole| hole.exterior().clone()).collect();
            MultiPolygon::from(Polygon::new(square(0.0, 4.0).exterior().clone(), holes))
        };
        let twice: Vec<Coord<f64>> = square(0.0, 2.0).exterior().0.repeat(2);
        let cases: [(&str, MultiPolygon<f64>, f64); 7] = [
            ("parts that overlap", MultiPolygon::new(vec![square(0.0, 2.0), square(1.0, 2.0)]), 6.0),
            ("a part listed twice", MultiPolygon::new(vec![square(0.0, 2.0), square(0.0, 2.0)]), 4.0),
            ("parts that share an edge", MultiPolygon::new(vec![square(0.0, 2.0), square(2.0, 2.0)]), 8.0),
            ("a ring wound twice", Polygon::new(LineString(twice), vec![]).into(), 4.0),
            ("a hole across the exterior", with_holes(&[square(3.0, 2.0)]), 14.0),
            ("a hole outside", with_holes(&[square(5.0, 2.0)]), 20.0),
            ("holes that overlap", with_holes(&[square(0.5, 2.0), square(1.5, 2.0)]), 10.0),
        ];
        for (name, shape, expected) in cases {
            assert!(first_flaw(&shape).is_some(), "{name}");
            assert_eq!(repair(&shape).map(|repaired| area(&repaired)), Some(expected), "{name}");
        }
    }

    #[test]
    fn sound_shapes_have_no_flaw() {
        assert_eq!(problems(square(0., 0., 1.)), []);
        assert_eq!(problems(with_holes(square(0., 0., 9.), &[square(1., 1., 2.), square(4., 4., 2.)])), []);
        // Parts that touch in a corner, a part in another's hole, holes that touch in a corner.
        assert_eq!(problems(MultiPolygon::new(vec![square(0., 0., 1.), square(1., 1., 1.)])), []);
        let ring = with_holes(square(0., 0., 9.), &[square(1., 1., 7.)]);
        assert_eq!(problems(MultiPolygon::new(vec![ring, square(2., 2., 3.)])), []);
        assert_eq!(problems(with_holes(square(0., 0., 9.), &[square(1., 1., 2.), square(3., 3., 2.)])), []);
        // A repeated point is no flaw.
        let repeated = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 0.), (x: 0., y: 1.)];
        assert_eq!(problems(repeated.clone()), []);
        assert_eq!(remarks(&repeated.into())[0].problem, ShapeProblem::RepeatedPoint);
    }

    #[test]
    fn each_flaw_is_told() {
        use ShapeProblem::*;
        let spike = polygon![(x: 0., y: 0.), (x: 4., y: 0.), (x: 6., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.)];
        assert_eq!(problems(spike)[0], SelfCrossing);
        let pinched =
            polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 2., y: 2.), (x: 0., y: 4.)];
        assert_eq!(problems(pinched)[0], SelfCrossing);
        assert_eq!(problems(polygon![(x: 0., y: 0.), (x: 1., y: 0.)]), [TooFewPoints { count: 2 }]);
        assert_eq!(problems(polygon![(x: 0., y: 0.), (x: f64::NAN, y: 0.), (x: 1., y: 1.)]), [NotFinite]);
        let swapped = polygon![(x: 28.6, y: 121.4), (x: 28.7, y: 121.4), (x: 28.7, y: 121.5)];
        assert_eq!(problems(swapped), [OutOfRange { lon: 28.6, lat: 121.4, hint: Hint::Swapped }]);
        assert_eq!(problems(with_holes(square(0., 0., 2.), &[square(5., 5., 1.)])), [HoleOutside]);
        assert_eq!(problems(with_holes(square(0., 0., 9.), &[square(1., 1., 5.), square(2., 2., 1.)])), [HoleOutside]);
        assert!(problems(with_holes(square(0., 0., 4.), &[square(2., 2., 4.)])).contains(&RingsCross));
        assert_eq!(problems(MultiPolygon::new(vec![square(0., 0., 9.), square(1., 1., 2.)])), [PartsOverlap]);
        assert_eq!(problems(MultiPolygon::new(vec![square(0., 0., 1.), square(1., 0., 1.)])), [PartsOverlap]);
        // Two parts whose edges meet in corners only, and that overlap all the same.
        let pinwheel = MultiPolygon::new(vec![
            polygon![(x: 0., y: 0.), (x: 3., y: 0.), (x: 1., y: 1.), (x: -2., y: 1.)],
            polygon![(x: 1., y: 0.), (x: 1., y: 3.), (x: 0., y: 1.), (x: 0., y: -2.)],
        ]);
        assert!(problems(pinwheel).contains(&PartsOverlap));
        let diamond = polygon![(x: 0., y: 2.), (x: 2., y: 0.), (x: 4., y: 2.), (x: 2., y: 4.)];
        assert_eq!(problems(with_holes(square(0., 0., 4.), &[diamond])), [InteriorCut]);
    }

    #[test]
    fn an_open_ring_is_told() {
        // `Polygon::new` would close it.
        let open = LineString(vec![coord! { x: 0., y: 0. }, coord! { x: 1., y: 0. }, coord! { x: 1., y: 1. }]);
        assert_eq!(ring_flaw(&open).unwrap().problem, ShapeProblem::NotClosed);
    }

    #[test]
    fn winding_is_a_remark() {
        let clockwise = polygon![(x: 0., y: 0.), (x: 0., y: 1.), (x: 1., y: 0.)];
        assert_eq!(problems(clockwise.clone()), []);
        assert_eq!(remarks(&clockwise.into())[0].problem, ShapeProblem::Winding);
    }

    #[test]
    fn a_large_ring_takes_no_time() {
        let corners = 100_000;
        let ring: LineString<f64> = (0..corners)
            .map(|i| f64::from(i) / f64::from(corners) * std::f64::consts::TAU)
            .map(|a| (a.cos() * (1.0 + 0.1 * (200.0 * a).sin()), a.sin() * (1.0 + 0.1 * (200.0 * a).sin())))
            .collect();
        assert_eq!(problems(geo::Polygon::new(ring, vec![])), []);
    }

    /// By trying every pair of edges of one ring.
    fn is_simple(ring: &LineString<f64>) -> bool {
        let edges: Vec<_> = ring.lines().filter(|edge| edge.start != edge.end).collect();
        let count = edges.len();
        (0..count).all(|b| {
            (0..b).all(|a| match line_intersection(edges[a], edges[b]) {
                None => true,
                Some(LineIntersection::Collinear { .. }) => false,
                Some(LineIntersection::SinglePoint { intersection: at, .. }) => {
                    (b == a + 1 && at == edges[b].start) || (a == 0 && b == count - 1 && at == edges[a].start)
                }
            })
        })
    }

    proptest! {
        #[test]
        fn rings_on_a_small_grid_equal_every_pair_tried(corners in prop::collection::vec((0..7i32, 0..7i32), 3..9)) {
            let ring: LineString<f64> = corners.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect();
            let polygon = geo::Polygon::new(ring, vec![]);
            prop_assume!(ring_flaw(polygon.exterior()).is_none());
            prop_assert_eq!(problems(polygon.clone()).is_empty(), is_simple(polygon.exterior()));
        }

        /// Two parts that are valid together have no area in common.
        #[test]
        fn valid_parts_do_not_overlap(
            a in prop::collection::vec((0..5i32, 0..5i32), 3..6),
            b in prop::collection::vec((0..5i32, 0..5i32), 3..6),
        ) {
            use geo::{Area, BooleanOps};
            let part = |corners: &[(i32, i32)]| {
                let ring: LineString<f64> = corners.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect();
                geo::Polygon::new(ring, vec![])
            };
            let (a, b) = (part(&a), part(&b));
            let is_valid = flaws(&MultiPolygon::new(vec![a.clone(), b.clone()])).is_empty();
            prop_assert!(!is_valid || a.intersection(&b).unsigned_area() < 1e-6);
        }

        /// Where our rules say valid, geo's (quadratic) validation agrees.
        #[test]
        fn what_is_valid_here_is_valid_for_geo(
            corners in prop::collection::vec((0..9i32, 0..9i32), 3..6),
            hole in prop::collection::vec((0..9i32, 0..9i32), 3..5),
            part in prop::collection::vec((0..9i32, 0..9i32), 3..5),
        ) {
            use geo::Validation;
            let ring = |corners: &[(i32, i32)]| -> LineString<f64> {
                let mut ring: LineString<f64> = corners.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect();
                ring.close();
                ring
            };
            let shape = MultiPolygon::new(vec![
                geo::Polygon::new(ring(&corners), vec![ring(&hole)]),
                geo::Polygon::new(ring(&part), vec![]),
            ]);
            prop_assert!(!flaws(&shape).is_empty() || shape.is_valid(), "{:?}", shape);
        }
    }
}
