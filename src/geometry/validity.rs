//! Is a shape a valid polygon, and if not, what is wrong and where.
//!
//! The rules are those of OGC Simple Features (06-103r4, 6.1.11 and 6.1.14): rings are closed and
//! simple; holes lie inside their exterior and meet it, and each other, in single points at most;
//! the interior is in one piece; the parts of a multipolygon meet in single points at most.
//! All of it is decided exactly, from the corners as they are given: crossings are found by a tree of boxes,
//! or by a sweep where too many boxes meet, and the sweep finds which ring lies in which. A ring of 100,000
//! corners takes a fraction of a second, and so do 100,000 rings.
//!
//! `Validation` of geo (0.33) does not say where a ring crosses itself, does not check that the interior is in one
//! piece, and compares all pairs of edges of a ring (5 s for 20,000 corners).

use std::ops::ControlFlow;

use geo::kernels::{Kernel, Orientation};
use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, GeoNum, Line, LineString, MultiPolygon};

use crate::error::{Hint, ShapeProblem};
use crate::geometry::edge_tree::{Bounds, intersecting_pairs};
use crate::geometry::measure::rings;
use crate::geometry::sweep::{Crossing, Nesting, nesting};

/// Something wrong with a shape, and a place where it shows.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::error::{Hint, ShapeProblem};
/// use taizhou_corridor::geometry::validity::{ValidationError, validation_errors};
///
/// let swapped: MultiPolygon = polygon![(x: 28.65, y: 121.40), (x: 28.66, y: 121.40), (x: 28.66, y: 121.41)].into();
/// let problem = ShapeProblem::OutOfRange { lon: 28.65, lat: 121.40, hint: Hint::Swapped };
/// // What is out of range is no place on a map.
/// assert_eq!(validation_errors(&swapped), [ValidationError { problem, at: None }]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationError {
    /// What is wrong.
    pub problem: ShapeProblem,
    /// Where, in degrees.
    pub at: Option<Coord<f64>>,
}

/// At most this many flaws of a shape are listed: a scribble crosses itself without end.
pub const MAX_VALIDATION_ERRORS: usize = 100;

/// All that is wrong with a shape, up to [`MAX_VALIDATION_ERRORS`]; nothing if it is valid.
///
/// ```
/// use geo::{MultiPolygon, coord, polygon};
/// use taizhou_corridor::error::ShapeProblem;
/// use taizhou_corridor::geometry::validity::validation_errors;
///
/// let bow_tie: MultiPolygon = polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)].into();
/// let flaws = validation_errors(&bow_tie);
/// assert_eq!(flaws[0].problem, ShapeProblem::SelfCrossing);
/// assert_eq!(flaws[0].at, Some(coord! { x: 1.0, y: 1.0 }));
/// ```
pub fn validation_errors(shape: &MultiPolygon<f64>) -> Vec<ValidationError> {
    find(shape, MAX_VALIDATION_ERRORS)
}

/// The first thing wrong with a shape, for those who need no more.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::error::ShapeProblem;
/// use taizhou_corridor::geometry::validity::first_validation_error;
///
/// let sliver: MultiPolygon = polygon![(x: 121.40, y: 28.65), (x: 121.41, y: 28.65)].into();
/// assert_eq!(first_validation_error(&sliver).unwrap().problem, ShapeProblem::TooFewPoints { count: 2 });
/// ```
pub fn first_validation_error(shape: &MultiPolygon<f64>) -> Option<ValidationError> {
    find(shape, 1).into_iter().next()
}

/// Repeated points, and rings that wind against RFC 7946: allowed, but worth a word.
///
/// ```
/// use geo::{MultiPolygon, coord, polygon};
/// use taizhou_corridor::error::ShapeProblem;
/// use taizhou_corridor::geometry::validity::{validation_errors, warnings};
///
/// let parcel: MultiPolygon =
///     polygon![(x: 121.40, y: 28.65), (x: 121.41, y: 28.65), (x: 121.41, y: 28.65), (x: 121.41, y: 28.66)].into();
/// assert!(validation_errors(&parcel).is_empty());
/// assert_eq!(warnings(&parcel)[0].problem, ShapeProblem::RepeatedPoint);
/// assert_eq!(warnings(&parcel)[0].at, Some(coord! { x: 121.41, y: 28.65 }));
/// ```
pub fn warnings(shape: &MultiPolygon<f64>) -> Vec<ValidationError> {
    let mut found = vec![];
    for polygon in shape {
        for (number, ring) in rings(polygon).enumerate() {
            if let Some(pair) = ring.0.windows(2).find(|pair| pair[0] == pair[1]) {
                found.push(ValidationError { problem: ShapeProblem::RepeatedPoint, at: Some(pair[0]) });
            }
            use geo::winding_order::{Winding, WindingOrder};
            let expected = if number == 0 { WindingOrder::CounterClockwise } else { WindingOrder::Clockwise };
            if ring.winding_order().is_some_and(|order| order != expected) {
                found.push(ValidationError { problem: ShapeProblem::Winding, at: ring.0.first().copied() });
            }
        }
    }
    found
}

/// Whether a shape is valid in a plane: by the same rules, but for the range of longitudes and latitudes.
pub(crate) fn is_valid_in_plane(shape: &MultiPolygon<f64>) -> bool {
    let mut rings_of = shape.iter().flat_map(rings);
    rings_of.all(|ring| corner_flaw(ring, |_| false).or_else(|| ring_flaw(ring)).is_none())
        && arrangement(shape, 1).is_empty()
}

fn find(shape: &MultiPolygon<f64>, most: usize) -> Vec<ValidationError> {
    let is_beyond = |corner: Coord<f64>| corner.x.abs() > 180.0 || corner.y.abs() > 90.0;
    let flaw = |ring: &LineString<f64>| corner_flaw(ring, is_beyond).or_else(|| ring_flaw(ring));
    let found: Vec<ValidationError> = shape.iter().flat_map(rings).filter_map(flaw).take(most).collect();
    // With broken rings there is nothing to compare.
    if found.is_empty() { arrangement(shape, most) } else { found }
}

/// What is wrong with how sound rings lie to each other.
fn arrangement(shape: &MultiPolygon<f64>, most: usize) -> Vec<ValidationError> {
    let outline = Outline::new(shape);
    let mut found = vec![];
    let touches = outline.contacts(most, &mut found);
    if found.is_empty() && (outline.rings.len() > 1 || touches.is_none()) {
        match nesting(&outline.edges, &outline.ring_of, outline.rings.len(), touches.as_deref()) {
            Ok(nesting) => outline.relations(&nesting, most, &mut found),
            Err(crossing) => found.push(outline.crossing(crossing)),
        }
    }
    found
}

/// What is wrong with the numbers of a ring.
fn corner_flaw(ring: &LineString<f64>, is_beyond: impl Fn(Coord<f64>) -> bool) -> Option<ValidationError> {
    let problem = ring.0.iter().find_map(|&corner| {
        if !(corner.x.is_finite() && corner.y.is_finite()) {
            return Some(ShapeProblem::NotFinite);
        }
        let out_of_range = || {
            let hint = Hint::of(corner.x, corner.y);
            ShapeProblem::OutOfRange { lon: corner.x, lat: corner.y, hint }
        };
        is_beyond(corner).then(out_of_range)
    });
    problem.map(|problem| ValidationError { problem, at: None })
}

/// What is wrong with the way of a ring, crossings aside.
fn ring_flaw(ring: &LineString<f64>) -> Option<ValidationError> {
    let at = ring.0.first().copied();
    if ring.0.first() != ring.0.last() {
        return Some(ValidationError { problem: ShapeProblem::NotClosed, at });
    }
    // The way around comes back to where it began; one that never leaves there has a single point.
    let count = ring.0.windows(2).filter(|pair| pair[0] != pair[1]).count().max(usize::from(at.is_some()));
    if count < 3 {
        return Some(ValidationError { problem: ShapeProblem::TooFewPoints { count }, at });
    }
    let first = ring.lines().find(|edge| edge.start != edge.end)?;
    let encloses = ring.0.iter().any(|&corner| is_corner(first, Line::new(first.end, corner)));
    (!encloses).then_some(ValidationError { problem: ShapeProblem::NoArea, at })
}

/// Whether a closed ring is none, or goes to and fro on a line.
pub(crate) fn encloses_nothing(ring: &LineString<f64>) -> bool {
    ring.0.is_empty() || ring_flaw(ring).is_some()
}

/// Whether an edge that begins at the end of another goes off to its side.
fn is_corner(edge: Line<f64>, next: Line<f64>) -> bool {
    <f64 as GeoNum>::Ker::orient2d(edge.start, edge.end, next.end) != Orientation::Collinear
}

/// All edges of a shape, in order, with the ring that each belongs to.
struct Outline<'a> {
    edges: Vec<Line<f64>>,
    ring_of: Vec<usize>,
    /// The edge after each on its ring.
    next: Vec<usize>,
    rings: Vec<OutlineRing<'a>>,
}

struct OutlineRing<'a> {
    part: usize,
    is_exterior: bool,
    line: &'a LineString<f64>,
}

impl<'a> Outline<'a> {
    fn new(shape: &'a MultiPolygon<f64>) -> Outline<'a> {
        let mut outline = Outline { edges: vec![], ring_of: vec![], next: vec![], rings: vec![] };
        for (part, polygon) in shape.iter().enumerate() {
            for (number, line) in rings(polygon).enumerate() {
                let first = outline.edges.len();
                outline.edges.extend(line.lines().filter(|edge| edge.start != edge.end));
                let count = outline.edges.len() - first;
                outline.ring_of.extend(std::iter::repeat_n(outline.rings.len(), count));
                outline.next.extend((0..count).map(|i| first + (i + 1) % count));
                outline.rings.push(OutlineRing { part, is_exterior: number == 0, line });
            }
        }
        outline
    }

    /// Finds where edges meet that may not, and where rings touch; of the latter none where that took too many
    /// steps, and was left.
    fn contacts(&self, most: usize, found: &mut Vec<ValidationError>) -> Option<Vec<Coord<f64>>> {
        /// Outlines of this world take some ten steps an edge.
        const MAX_STEPS: usize = 64;
        let most_steps = 1024 + MAX_STEPS * self.edges.len();
        let mut touches = vec![];
        let end = intersecting_pairs(self.edges.iter().map(Bounds::of), most_steps, &mut |a, b| {
            match self.contact(a, b) {
                None => {}
                Some(Ok(touch)) => touches.push(touch),
                Some(Err(flaw)) => found.push(flaw),
            }
            if found.len() >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (end != ControlFlow::Break(None)).then_some(touches)
    }

    /// How two edges meet: not at all, or in a corner where their rings touch, or wrongly.
    fn contact(&self, a: usize, b: usize) -> Option<Result<Coord<f64>, ValidationError>> {
        let (edge_a, edge_b) = (self.edges[a], self.edges[b]);
        // Most of those that meet follow each other, and do not turn back.
        if self.next[a] == b && is_corner(edge_a, edge_b) || self.next[b] == a && is_corner(edge_b, edge_a) {
            return None;
        }
        let (at, single) = match line_intersection(edge_a, edge_b)? {
            LineIntersection::SinglePoint { intersection, is_proper } => (intersection, !is_proper),
            LineIntersection::Collinear { intersection } => (intersection.start, false),
        };
        let neighbours = (self.next[a] == b && edge_a.end == at) || (self.next[b] == a && edge_b.end == at);
        let (a, b) = (self.ring_of[a], self.ring_of[b]);
        match (single, a == b) {
            (true, false) => Some(Ok(at)),
            (true, true) if neighbours => None,
            _ => Some(Err(self.meeting(a, b, at))),
        }
    }

    /// A place where rings meet that may not.
    fn meeting(&self, a: usize, b: usize, at: Coord<f64>) -> ValidationError {
        let problem = if a == b {
            ShapeProblem::SelfCrossing
        } else if self.rings[a].part == self.rings[b].part {
            ShapeProblem::RingsCross
        } else {
            ShapeProblem::PartsOverlap
        };
        ValidationError { problem, at: Some(at) }
    }

    fn crossing(&self, crossing: Crossing) -> ValidationError {
        match crossing {
            Crossing::Edges(a, b) => match self.contact(a, b) {
                Some(Err(flaw)) => flaw,
                _ => self.meeting(self.ring_of[a], self.ring_of[b], self.edges[a].start),
            },
            Crossing::Rings(a, b, at) => self.meeting(a, b, at),
        }
    }

    /// Finds rings that lie where they may not, once none cross. A ring lies rightly if what is around it is what
    /// the ring around it has inside: its own part around a hole, nothing around an exterior.
    fn relations(&self, nesting: &Nesting, most: usize, found: &mut Vec<ValidationError>) {
        let problem = |(ring, &parent): (usize, &Option<usize>)| {
            let (own, parent_ring) = (&self.rings[ring], parent.map(|parent| (parent, &self.rings[parent])));
            let problem = match (own.is_exterior, parent_ring) {
                (true, None) => return None,
                (true, Some((_, around))) if !around.is_exterior => return None,
                (true, Some(_)) => ShapeProblem::PartsOverlap,
                (false, Some((_, around))) if around.is_exterior && around.part == own.part => return None,
                // The part around it is inside another: that is the flaw.
                (false, Some((around, _))) if self.is_in_part(around, nesting) => return None,
                (false, _) => ShapeProblem::HoleOutside,
            };
            Some((own.is_exterior, ValidationError { problem, at: own.line.0.first().copied() }))
        };
        let mut flaws: Vec<(bool, ValidationError)> =
            nesting.parents.iter().enumerate().filter_map(problem).take(most).collect();
        flaws.sort_by_key(|&(is_exterior, _)| is_exterior);
        found.extend(flaws.into_iter().map(|(_, flaw)| flaw));
        if found.len() < most {
            let cut = self.interior_cut(&nesting.touches);
            found.extend(cut.map(|at| ValidationError { problem: ShapeProblem::InteriorCut, at: Some(at) }));
        }
    }

    /// Whether a ring is an exterior that lies directly in another.
    fn is_in_part(&self, ring: usize, nesting: &Nesting) -> bool {
        self.rings[ring].is_exterior && nesting.parents[ring].is_some_and(|around| self.rings[around].is_exterior)
    }

    /// The rings of a part and the points where they touch form a graph; a cycle in it cuts the interior in two.
    fn interior_cut(&self, touches: &[(Coord<f64>, Vec<usize>)]) -> Option<Coord<f64>> {
        let mut nodes = DisjointSets((0..self.rings.len()).collect());
        for (at, rings) in touches {
            // Rings are numbered part by part.
            for rings in rings.chunk_by(|&a, &b| self.rings[a].part == self.rings[b].part) {
                let point = nodes.add();
                if !rings.iter().all(|&ring| nodes.join(ring, point)) {
                    return Some(*at);
                }
            }
        }
        None
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
        validation_errors(&shape.into()).into_iter().map(|flaw| flaw.problem).collect()
    }

    fn square(x: f64, y: f64, size: f64) -> geo::Polygon<f64> {
        polygon![(x: x, y: y), (x: x + size, y: y), (x: x + size, y: y + size), (x: x, y: y + size)]
    }

    fn with_holes(exterior: geo::Polygon<f64>, holes: &[geo::Polygon<f64>]) -> geo::Polygon<f64> {
        let rings = holes.iter().map(|hole| hole.exterior().clone()).collect();
        geo::Polygon::new(exterior.exterior().clone(), rings)
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
        assert_eq!(warnings(&repeated.into())[0].problem, ShapeProblem::RepeatedPoint);
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
        assert_eq!(warnings(&clockwise.into())[0].problem, ShapeProblem::Winding);
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

    /// Rings side by side, in any order; triangles that all touch in one corner; teeth that lean, so that all their
    /// boxes meet. Tried pair by pair, each takes minutes.
    #[test]
    fn many_rings_take_no_time() {
        let count = 40_000;
        let place = |i: i32| (f64::from(i * 7919 % count % 200), f64::from(i * 7919 % count / 200));
        let squares: Vec<_> = (0..count).map(|i| square(place(i).0 * 0.5, place(i).1 * 0.25, 0.2)).collect();
        assert_eq!(problems(MultiPolygon::new(squares.clone())), []);
        let mut overlapping = squares.clone();
        overlapping.push(square(0.05, 0.05, 0.1));
        assert_eq!(problems(MultiPolygon::new(overlapping)), [ShapeProblem::PartsOverlap]);
        assert_eq!(
            problems(with_holes(square(-1.25, -1.25, 90.0), &squares[..20_000])).first(),
            Some(&ShapeProblem::HoleOutside)
        );
        let direction = |i: i32| coord! { x: f64::from(i) / 1000.0, y: 80.0 };
        let fan = (0..count).map(|i| polygon![coord! { x: 0., y: 0. }, direction(2 * i), direction(2 * i + 1)]);
        assert_eq!(problems(MultiPolygon::new(fan.collect())), []);
        let tooth = |i: i32| coord! { x: f64::from(i) / 1000.0 + f64::from(i % 2) * 80.0, y: f64::from(i % 2) * 80.0 };
        let mut comb: LineString<f64> = (0..count).map(tooth).collect();
        comb.0.push(coord! { x: 90.0, y: -1.0 });
        comb.close();
        assert_eq!(problems(geo::Polygon::new(comb, vec![])), []);
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
            let is_valid = validation_errors(&MultiPolygon::new(vec![a.clone(), b.clone()])).is_empty();
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
            prop_assert!(!validation_errors(&shape).is_empty() || shape.is_valid(), "{:?}", shape);
        }
    }
}
