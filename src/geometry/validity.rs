//! Validity of polygons: what is wrong, and where.
//!
//! The rules are those of OGC Simple Features (06-103r4, 6.1.11 and 6.1.14): rings are closed and simple; holes lie
//! inside their exterior and touch it, and each other, at single points at most; the interior is connected; the parts
//! of a multipolygon touch at single points at most. All of it is decided exactly from the input vertices. Crossings
//! are found by a bounding-box tree, or by a plane sweep if too many boxes intersect; the sweep also finds the nesting
//! of rings. A ring of 100,000 vertices takes a fraction of a second, and so do 100,000 rings.
//!
//! `Validation` of geo (0.33) does not say where a ring crosses itself, does not check that the interior is
//! connected, and compares all pairs of edges of a ring (5 s for 20,000 vertices).

use std::ops::ControlFlow;

use geo::kernels::{Kernel, Orientation};
use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, GeoNum, Line, LineString, MultiPolygon};

use crate::crs::Plane;
use crate::error::{Hint, ShapeProblem};
use crate::geometry::box_tree::{Bounds, intersecting_pairs};
use crate::geometry::measure::rings;
use crate::geometry::sweep::{Crossing, Nesting, nesting};

/// A validation error of a shape, with its location.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::error::{Hint, ShapeProblem};
/// use taizhou_corridor::geometry::validity::{ValidationError, validation_errors};
///
/// let swapped: MultiPolygon = polygon![(x: 28.65, y: 121.40), (x: 28.66, y: 121.40), (x: 28.66, y: 121.41)].into();
/// let problem = ShapeProblem::OutOfRange { lon: 28.65, lat: 121.40, hint: Hint::Swapped };
/// // Out of range, so there is no location.
/// assert_eq!(validation_errors(&swapped), [ValidationError { problem, at: None }]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationError {
    /// The problem.
    pub problem: ShapeProblem,
    /// The location, in degrees.
    pub at: Option<Coord<f64>>,
}

/// The maximum number of errors listed per shape: a scribble crosses itself very often.
pub const MAX_VALIDATION_ERRORS: usize = 100;

/// All errors of a shape, up to [`MAX_VALIDATION_ERRORS`]; empty if it is valid.
///
/// ```
/// use geo::{MultiPolygon, coord, polygon};
/// use taizhou_corridor::error::ShapeProblem;
/// use taizhou_corridor::geometry::validity::validation_errors;
///
/// let bow_tie: MultiPolygon = polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)].into();
/// let errors = validation_errors(&bow_tie);
/// assert_eq!(errors[0].problem, ShapeProblem::SelfCrossing);
/// assert_eq!(errors[0].at, Some(coord! { x: 1.0, y: 1.0 }));
/// ```
pub fn validation_errors(shape: &MultiPolygon<f64>) -> Vec<ValidationError> {
    collect_errors(shape, true, MAX_VALIDATION_ERRORS)
}

/// The first error of a shape, which is cheaper than all of them; `None` if it is valid.
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
    collect_errors(shape, true, 1).into_iter().next()
}

/// Repeated points, and ring directions that differ from RFC 7946: valid, but reported as warnings.
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
    let mut errors = vec![];
    for polygon in shape {
        for (ring_index, ring) in rings(polygon).enumerate() {
            if let Some(pair) = ring.0.windows(2).find(|pair| pair[0] == pair[1]) {
                errors.push(ValidationError { problem: ShapeProblem::RepeatedPoint, at: Some(pair[0]) });
            }
            use geo::winding_order::{Winding, WindingOrder};
            let expected = if ring_index == 0 { WindingOrder::CounterClockwise } else { WindingOrder::Clockwise };
            if ring.winding_order().is_some_and(|order| order != expected) {
                errors.push(ValidationError { problem: ShapeProblem::Winding, at: ring.0.first().copied() });
            }
        }
    }
    errors
}

/// The first edge of a shape in longitude and latitude that spans more than 180° of longitude: probably one across the
/// antimeridian.
pub(crate) fn long_edge(shape: &MultiPolygon<f64>) -> Option<ValidationError> {
    let edge = shape.iter().flat_map(rings).flat_map(LineString::lines).find(|edge| edge.dx().abs() > 180.0)?;
    Some(ValidationError { problem: ShapeProblem::LongEdge, at: Some(edge.start) })
}

/// Whether a shape is valid in a projected plane: the same rules, without the range of longitude and latitude.
pub(crate) fn is_valid_in_plane(shape: &MultiPolygon<f64>) -> bool {
    collect_errors(shape, false, 1).is_empty()
}

/// The same as [`validation_errors`] in another plane.
pub(crate) fn validation_errors_in(shape: &MultiPolygon<f64>, plane: &Plane) -> Vec<ValidationError> {
    collect_errors(shape, plane.is_lon_lat(), MAX_VALIDATION_ERRORS)
}

/// The same as [`first_validation_error`] in another plane.
pub(crate) fn first_validation_error_in(shape: &MultiPolygon<f64>, plane: &Plane) -> Option<ValidationError> {
    collect_errors(shape, plane.is_lon_lat(), 1).into_iter().next()
}

fn collect_errors(shape: &MultiPolygon<f64>, is_lon_lat: bool, limit: usize) -> Vec<ValidationError> {
    let is_out_of_range = |vertex: Coord<f64>| is_lon_lat && (vertex.x.abs() > 180.0 || vertex.y.abs() > 90.0);
    let ring_or_coord_error = |ring: &LineString<f64>| coord_error(ring, is_out_of_range).or_else(|| ring_error(ring));
    let errors: Vec<ValidationError> =
        shape.iter().flat_map(rings).filter_map(ring_or_coord_error).take(limit).collect();
    // The topology of broken rings is undefined.
    if errors.is_empty() { topology_errors(shape, limit) } else { errors }
}

/// Errors in the topology of rings that are valid by themselves.
fn topology_errors(shape: &MultiPolygon<f64>, limit: usize) -> Vec<ValidationError> {
    let graph = EdgeGraph::new(shape);
    let mut errors = vec![];
    let touches = graph.contacts(limit, &mut errors);
    if errors.is_empty() && (graph.rings.len() > 1 || touches.is_none()) {
        match nesting(&graph.edges, &graph.ring_of, graph.rings.len(), touches.as_deref()) {
            Ok(nesting) => graph.check_nesting(&nesting, limit, &mut errors),
            Err(crossing) => errors.push(graph.crossing_error(crossing)),
        }
    }
    errors
}

/// An error in the coordinates of a ring.
fn coord_error(ring: &LineString<f64>, is_out_of_range: impl Fn(Coord<f64>) -> bool) -> Option<ValidationError> {
    let problem = ring.0.iter().find_map(|&vertex| {
        if !(vertex.x.is_finite() && vertex.y.is_finite()) {
            return Some(ShapeProblem::NotFinite);
        }
        let problem = || {
            let hint = Hint::of(vertex.x, vertex.y);
            ShapeProblem::OutOfRange { lon: vertex.x, lat: vertex.y, hint }
        };
        is_out_of_range(vertex).then(problem)
    });
    problem.map(|problem| ValidationError { problem, at: None })
}

/// An error of a ring by itself, except for crossings.
fn ring_error(ring: &LineString<f64>) -> Option<ValidationError> {
    let at = ring.0.first().copied();
    if ring.0.first() != ring.0.last() {
        return Some(ValidationError { problem: ShapeProblem::NotClosed, at });
    }
    // A closed ring has as many distinct points as edges of non-zero length; one without such edges has a single point.
    let count = ring.0.windows(2).filter(|pair| pair[0] != pair[1]).count().max(usize::from(at.is_some()));
    if count < 3 {
        return Some(ValidationError { problem: ShapeProblem::TooFewPoints { count }, at });
    }
    let first = ring.lines().find(|edge| edge.start != edge.end)?;
    let encloses = ring.0.iter().any(|&vertex| is_bend(first, Line::new(first.end, vertex)));
    (!encloses).then_some(ValidationError { problem: ShapeProblem::NoArea, at })
}

/// Whether a closed ring is empty or collapses to a line.
pub(crate) fn encloses_nothing(ring: &LineString<f64>) -> bool {
    ring.0.is_empty() || ring_error(ring).is_some()
}

/// Whether an edge that starts at the end of another is not collinear with it.
fn is_bend(edge: Line<f64>, next: Line<f64>) -> bool {
    <f64 as GeoNum>::Ker::orient2d(edge.start, edge.end, next.end) != Orientation::Collinear
}

/// All edges of a shape in ring order.
struct EdgeGraph<'a> {
    edges: Vec<Line<f64>>,
    ring_of: Vec<usize>,
    /// The next edge on the ring of each edge.
    next: Vec<usize>,
    rings: Vec<EdgeGraphRing<'a>>,
}

struct EdgeGraphRing<'a> {
    part: usize,
    is_exterior: bool,
    line: &'a LineString<f64>,
}

impl<'a> EdgeGraph<'a> {
    fn new(shape: &'a MultiPolygon<f64>) -> EdgeGraph<'a> {
        let mut graph = EdgeGraph { edges: vec![], ring_of: vec![], next: vec![], rings: vec![] };
        for (part, polygon) in shape.iter().enumerate() {
            for (ring_index, line) in rings(polygon).enumerate() {
                let first = graph.edges.len();
                graph.edges.extend(line.lines().filter(|edge| edge.start != edge.end));
                let count = graph.edges.len() - first;
                graph.ring_of.extend(std::iter::repeat_n(graph.rings.len(), count));
                graph.next.extend((0..count).map(|i| first + (i + 1) % count));
                graph.rings.push(EdgeGraphRing { part, is_exterior: ring_index == 0, line });
            }
        }
        graph
    }

    /// Finds invalid contacts of edges, and the points where rings touch; `None` if that was abandoned because it took
    /// too many steps.
    fn contacts(&self, limit: usize, errors: &mut Vec<ValidationError>) -> Option<Vec<Coord<f64>>> {
        /// Real-world outlines take about ten steps per edge.
        const MAX_STEPS: usize = 64;
        let max_steps = 1024 + MAX_STEPS * self.edges.len();
        let mut touches = vec![];
        let outcome = intersecting_pairs(self.edges.iter().map(Bounds::of), max_steps, &mut |a, b| {
            match self.contact(a, b) {
                None => {}
                Some(Ok(touch)) => touches.push(touch),
                Some(Err(error)) => errors.push(error),
            }
            if errors.len() >= limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (outcome != ControlFlow::Break(None)).then_some(touches)
    }

    /// How two edges meet: not at all, at a vertex where their rings touch, or invalidly.
    fn contact(&self, a: usize, b: usize) -> Option<Result<Coord<f64>, ValidationError>> {
        let (edge_a, edge_b) = (self.edges[a], self.edges[b]);
        // Fast path: most edges that meet are consecutive and do not fold back.
        if self.next[a] == b && is_bend(edge_a, edge_b) || self.next[b] == a && is_bend(edge_b, edge_a) {
            return None;
        }
        let (at, is_touch) = match line_intersection(edge_a, edge_b)? {
            LineIntersection::SinglePoint { intersection, is_proper } => (intersection, !is_proper),
            LineIntersection::Collinear { intersection } => (intersection.start, false),
        };
        let neighbours = (self.next[a] == b && edge_a.end == at) || (self.next[b] == a && edge_b.end == at);
        let (a, b) = (self.ring_of[a], self.ring_of[b]);
        match (is_touch, a == b) {
            (true, false) => Some(Ok(at)),
            (true, true) if neighbours => None,
            _ => Some(Err(self.contact_error(a, b, at))),
        }
    }

    /// The error for an invalid contact of two rings.
    fn contact_error(&self, a: usize, b: usize, at: Coord<f64>) -> ValidationError {
        let problem = if a == b {
            ShapeProblem::SelfCrossing
        } else if self.rings[a].part == self.rings[b].part {
            ShapeProblem::RingsCross
        } else {
            ShapeProblem::PartsOverlap
        };
        ValidationError { problem, at: Some(at) }
    }

    fn crossing_error(&self, crossing: Crossing) -> ValidationError {
        match crossing {
            Crossing::Edges(a, b) => match self.contact(a, b) {
                Some(Err(error)) => error,
                _ => self.contact_error(self.ring_of[a], self.ring_of[b], self.edges[a].start),
            },
            Crossing::Rings(a, b, at) => self.contact_error(a, b, at),
        }
    }

    /// Finds wrongly nested rings, once none cross. A hole must lie directly in its own exterior, an exterior in no
    /// ring or directly in a hole.
    fn check_nesting(&self, nesting: &Nesting, limit: usize, errors: &mut Vec<ValidationError>) {
        let problem = |(ring, &parent): (usize, &Option<usize>)| {
            let (own, parent_ring) = (&self.rings[ring], parent.map(|parent| (parent, &self.rings[parent])));
            let problem = match (own.is_exterior, parent_ring) {
                (true, None) => return None,
                (true, Some((_, parent))) if !parent.is_exterior => return None,
                (true, Some(_)) => ShapeProblem::PartsOverlap,
                (false, Some((_, parent))) if parent.is_exterior && parent.part == own.part => return None,
                // The enclosing part overlaps another part, which is reported instead.
                (false, Some((parent, _))) if self.is_in_part(parent, nesting) => return None,
                (false, _) => ShapeProblem::HoleOutside,
            };
            Some((own.is_exterior, ValidationError { problem, at: own.line.0.first().copied() }))
        };
        let mut nesting_errors: Vec<(bool, ValidationError)> =
            nesting.parents.iter().enumerate().filter_map(problem).take(limit).collect();
        nesting_errors.sort_by_key(|&(is_exterior, _)| is_exterior);
        errors.extend(nesting_errors.into_iter().map(|(_, error)| error));
        if errors.len() < limit {
            let cut = self.interior_cut(&nesting.touches);
            errors.extend(cut.map(|at| ValidationError { problem: ShapeProblem::InteriorCut, at: Some(at) }));
        }
    }

    /// Whether a ring is an exterior that lies directly in another.
    fn is_in_part(&self, ring: usize, nesting: &Nesting) -> bool {
        self.rings[ring].is_exterior && nesting.parents[ring].is_some_and(|outer| self.rings[outer].is_exterior)
    }

    /// The rings of a part and the points where they touch form a graph; a cycle in it disconnects the interior.
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

    /// Joins two sets; `false` if they were already joined.
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
        validation_errors(&shape.into()).into_iter().map(|error| error.problem).collect()
    }

    fn square(x: f64, y: f64, size: f64) -> geo::Polygon<f64> {
        polygon![(x: x, y: y), (x: x + size, y: y), (x: x + size, y: y + size), (x: x, y: y + size)]
    }

    fn with_holes(exterior: geo::Polygon<f64>, holes: &[geo::Polygon<f64>]) -> geo::Polygon<f64> {
        let rings = holes.iter().map(|hole| hole.exterior().clone()).collect();
        geo::Polygon::new(exterior.exterior().clone(), rings)
    }

    #[test]
    fn valid_shapes_have_no_errors() {
        assert_eq!(problems(square(0., 0., 1.)), []);
        assert_eq!(problems(with_holes(square(0., 0., 9.), &[square(1., 1., 2.), square(4., 4., 2.)])), []);
        // Parts that touch at a vertex, a part in another's hole, holes that touch at a vertex.
        assert_eq!(problems(MultiPolygon::new(vec![square(0., 0., 1.), square(1., 1., 1.)])), []);
        let ring = with_holes(square(0., 0., 9.), &[square(1., 1., 7.)]);
        assert_eq!(problems(MultiPolygon::new(vec![ring, square(2., 2., 3.)])), []);
        assert_eq!(problems(with_holes(square(0., 0., 9.), &[square(1., 1., 2.), square(3., 3., 2.)])), []);
        // A repeated point is valid.
        let repeated = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 0.), (x: 0., y: 1.)];
        assert_eq!(problems(repeated.clone()), []);
        assert_eq!(warnings(&repeated.into())[0].problem, ShapeProblem::RepeatedPoint);
    }

    #[test]
    fn every_problem_is_detected() {
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
        // Two parts that overlap though their edges meet at vertices only.
        let pinwheel = MultiPolygon::new(vec![
            polygon![(x: 0., y: 0.), (x: 3., y: 0.), (x: 1., y: 1.), (x: -2., y: 1.)],
            polygon![(x: 1., y: 0.), (x: 1., y: 3.), (x: 0., y: 1.), (x: 0., y: -2.)],
        ]);
        assert!(problems(pinwheel).contains(&PartsOverlap));
        let diamond = polygon![(x: 0., y: 2.), (x: 2., y: 0.), (x: 4., y: 2.), (x: 2., y: 4.)];
        assert_eq!(problems(with_holes(square(0., 0., 4.), &[diamond])), [InteriorCut]);
    }

    #[test]
    fn open_rings_are_detected() {
        // `Polygon::new` would close it.
        let open = LineString(vec![coord! { x: 0., y: 0. }, coord! { x: 1., y: 0. }, coord! { x: 1., y: 1. }]);
        assert_eq!(ring_error(&open).unwrap().problem, ShapeProblem::NotClosed);
    }

    #[test]
    fn ring_direction_is_a_warning() {
        let clockwise = polygon![(x: 0., y: 0.), (x: 0., y: 1.), (x: 1., y: 0.)];
        assert_eq!(problems(clockwise.clone()), []);
        assert_eq!(warnings(&clockwise.into())[0].problem, ShapeProblem::Winding);
    }

    #[test]
    fn edges_over_180_degrees_are_detected() {
        let strip = |width: f64| {
            MultiPolygon::from(polygon![
                (x: -90., y: 0.), (x: -90. + width, y: 0.), (x: -90. + width, y: 1.), (x: -90., y: 1.),
            ])
        };
        assert_eq!(long_edge(&strip(180.)), None);
        let found = long_edge(&strip(180.5)).unwrap();
        assert_eq!((found.problem, found.at), (ShapeProblem::LongEdge, Some(coord! { x: -90., y: 0. })));
    }

    #[test]
    fn large_rings_are_fast() {
        let vertices = 100_000;
        let ring: LineString<f64> = (0..vertices)
            .map(|i| f64::from(i) / f64::from(vertices) * std::f64::consts::TAU)
            .map(|a| (a.cos() * (1.0 + 0.1 * (200.0 * a).sin()), a.sin() * (1.0 + 0.1 * (200.0 * a).sin())))
            .collect();
        assert_eq!(problems(geo::Polygon::new(ring, vec![])), []);
    }

    /// Adjacent rings in any order; triangles that all touch at one vertex; slanted teeth whose boxes all intersect.
    /// Brute force takes minutes for each.
    #[test]
    fn many_rings_are_fast() {
        let count = 40_000;
        let origin = |i: i32| (f64::from(i * 7919 % count % 200), f64::from(i * 7919 % count / 200));
        let squares: Vec<_> = (0..count).map(|i| square(origin(i).0 * 0.5, origin(i).1 * 0.25, 0.2)).collect();
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

    /// Brute force over all pairs of edges.
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
        fn simple_rings_equal_brute_force(vertices in prop::collection::vec((0..7i32, 0..7i32), 3..9)) {
            let ring: LineString<f64> = vertices.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect();
            let polygon = geo::Polygon::new(ring, vec![]);
            prop_assume!(ring_error(polygon.exterior()).is_none());
            prop_assert_eq!(problems(polygon.clone()).is_empty(), is_simple(polygon.exterior()));
        }

        /// Valid parts have no area in common.
        #[test]
        fn valid_parts_do_not_overlap(
            a in prop::collection::vec((0..5i32, 0..5i32), 3..6),
            b in prop::collection::vec((0..5i32, 0..5i32), 3..6),
        ) {
            use geo::{Area, BooleanOps};
            let part = |vertices: &[(i32, i32)]| {
                let ring: LineString<f64> = vertices.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect();
                geo::Polygon::new(ring, vec![])
            };
            let (a, b) = (part(&a), part(&b));
            let is_valid = validation_errors(&MultiPolygon::new(vec![a.clone(), b.clone()])).is_empty();
            prop_assert!(!is_valid || a.intersection(&b).unsigned_area() < 1e-6);
        }

        /// Shapes that are valid here are valid for `geo`'s (quadratic) validation, too.
        #[test]
        fn valid_shapes_are_valid_for_geo(
            vertices in prop::collection::vec((0..9i32, 0..9i32), 3..6),
            hole in prop::collection::vec((0..9i32, 0..9i32), 3..5),
            part in prop::collection::vec((0..9i32, 0..9i32), 3..5),
        ) {
            use geo::Validation;
            let ring = |vertices: &[(i32, i32)]| -> LineString<f64> {
                let mut ring: LineString<f64> = vertices.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect();
                ring.close();
                ring
            };
            let shape = MultiPolygon::new(vec![
                geo::Polygon::new(ring(&vertices), vec![ring(&hole)]),
                geo::Polygon::new(ring(&part), vec![]),
            ]);
            prop_assert!(!validation_errors(&shape).is_empty() || shape.is_valid(), "{:?}", shape);
        }
    }
}
