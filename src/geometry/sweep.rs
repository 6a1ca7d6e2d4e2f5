//! Nesting of closed rings: which ring lies in which, where rings touch, and a point where two cross.
//!
//! A plane sweep from west to east (Shamos and Hoey, Geometric intersection problems, 1976). The status holds the edges
//! that the sweep line crosses, from south to north; edges that intersect are adjacent in it beforehand. All decisions
//! are orientation tests of three input vertices, which are exact: no intersection point is computed. It takes (n + k)
//! log n steps for n edges and k touching vertices, wherever the edges lie.
//!
//! The sweep of geo (0.33, `Intersections`) finds pairs of segments that meet, not how rings are nested, and tests all pairs
//! that overlap in x.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line};

/// The nesting of rings that do not cross.
pub(crate) struct Nesting {
    /// The smallest ring around each ring.
    pub(crate) parents: Vec<Option<usize>>,
    /// The vertices at which rings touch, with these rings.
    pub(crate) touches: Vec<(Coord<f64>, Vec<usize>)>,
}

/// A violation: rings that do more than touch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Crossing {
    /// Two edges cross or overlap.
    Edges(usize, usize),
    /// Two rings cross at a vertex, or one passes through it twice.
    Rings(usize, usize, Coord<f64>),
}

/// Determines how rings are nested, or where they cross. `ring_of` is the index of the ring of each edge. Edges must
/// not have zero length, coordinates must be finite.
///
/// If rings are known not to cross, `touches` are the vertices at which they touch: then only the edges above and below
/// these and the westernmost vertex of each ring matter.
pub(crate) fn nesting(
    edges: &[Line<f64>],
    ring_of: &[usize],
    ring_count: usize,
    touches: Option<&[Coord<f64>]>,
) -> Result<Nesting, Crossing> {
    let event_xs = touches.map(|touches| {
        let mut first = vec![f64::INFINITY; ring_count];
        for (edge, &ring) in edges.iter().zip(ring_of) {
            first[ring] = first[ring].min(edge.start.x);
        }
        first.extend(touches.iter().map(|touch| touch.x));
        first.sort_unstable_by(f64::total_cmp);
        first
    });
    let mut ends: Vec<(Coord<f64>, Option<usize>)> = vec![];
    for (edge_index, edge) in edges.iter().enumerate() {
        let (west, east) = west_to_east(edge);
        let is_relevant = |xs: &Vec<f64>| xs.get(xs.partition_point(|&x| x < west.x)).is_some_and(|&x| x <= east.x);
        if event_xs.as_ref().is_none_or(is_relevant) {
            ends.extend([(west, Some(edge_index)), (east, None)]);
        }
    }
    ends.sort_unstable_by(|a, b| event_order(a.0, b.0));
    let mut sweep = Sweep {
        edges,
        ring_of,
        status: BTreeSet::new(),
        is_ccw: vec![None; ring_count],
        nesting: Nesting { parents: vec![None; ring_count], touches: vec![] },
        west: vec![],
        east: vec![],
    };
    for event in ends.chunk_by(|a, b| a.0 == b.0) {
        sweep.process_event(event[0].0, event.iter().filter_map(|&(_, starts)| starts))?;
    }
    Ok(sweep.nesting)
}

/// Event order: from west to east, then from south to north.
fn event_order(a: Coord<f64>, b: Coord<f64>) -> Ordering {
    // Coordinates are finite and thus always comparable; unlike with `total_cmp`, 0 equals −0.
    let compare = |a: f64, b: f64| a.partial_cmp(&b).unwrap_or(Ordering::Equal);
    compare(a.x, b.x).then(compare(a.y, b.y))
}

fn west_to_east(edge: &Line<f64>) -> (Coord<f64>, Coord<f64>) {
    if event_order(edge.start, edge.end).is_lt() { (edge.start, edge.end) } else { (edge.end, edge.start) }
}

/// An entry of the sweep-line status, or a position just below or above a vertex on the sweep line.
#[derive(Debug, Clone, Copy)]
enum StatusEntry {
    Edge { west: Coord<f64>, east: Coord<f64>, edge_index: usize },
    Below(Coord<f64>),
    Above(Coord<f64>),
}

impl StatusEntry {
    /// The position of an edge relative to a vertex: `Less` is south of it.
    fn side(west: Coord<f64>, east: Coord<f64>, vertex: Coord<f64>) -> Ordering {
        match RobustKernel::orient2d(west, east, vertex) {
            Orientation::CounterClockwise => Ordering::Less,
            Orientation::Clockwise => Ordering::Greater,
            Orientation::Collinear => Ordering::Equal,
        }
    }
}

impl Ord for StatusEntry {
    /// From south to north, for edges that do not cross.
    fn cmp(&self, other: &StatusEntry) -> Ordering {
        use StatusEntry::{Above, Below, Edge};
        match (*self, *other) {
            (Edge { west: a, east: b, edge_index }, Edge { west: c, east: d, edge_index: other }) => {
                if event_order(a, c).is_le() {
                    StatusEntry::side(a, b, c).then_with(|| StatusEntry::side(a, b, d)).then(edge_index.cmp(&other))
                } else {
                    let reverse = StatusEntry::side(c, d, a).then_with(|| StatusEntry::side(c, d, b));
                    reverse.reverse().then(edge_index.cmp(&other))
                }
            }
            (Edge { west, east, .. }, Below(vertex)) => StatusEntry::side(west, east, vertex).then(Ordering::Greater),
            (Edge { west, east, .. }, Above(vertex)) => StatusEntry::side(west, east, vertex).then(Ordering::Less),
            (Below(_) | Above(_), Edge { .. }) => other.cmp(self).reverse(),
            (Below(_), Above(_)) => Ordering::Less,
            (Above(_), Below(_)) => Ordering::Greater,
            (Below(_), Below(_)) | (Above(_), Above(_)) => Ordering::Equal,
        }
    }
}

impl PartialOrd for StatusEntry {
    fn partial_cmp(&self, other: &StatusEntry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for StatusEntry {
    fn eq(&self, other: &StatusEntry) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for StatusEntry {}

/// An edge that ends at a vertex, starts at it or passes through it.
#[derive(Clone, Copy)]
struct IncidentEdge {
    west: Coord<f64>,
    east: Coord<f64>,
    edge_index: usize,
}

struct Sweep<'a> {
    edges: &'a [Line<f64>],
    ring_of: &'a [usize],
    /// The sweep-line status.
    status: BTreeSet<StatusEntry>,
    /// For each ring reached by the sweep line, whether it is counter-clockwise.
    is_ccw: Vec<Option<bool>>,
    nesting: Nesting,
    /// The edges to the west and to the east of the current vertex, from south to north.
    west: Vec<IncidentEdge>,
    east: Vec<IncidentEdge>,
}

impl Sweep<'_> {
    /// Processes the event of a vertex at which edges start, end, or both.
    fn process_event(&mut self, vertex: Coord<f64>, starting: impl Iterator<Item = usize>) -> Result<(), Crossing> {
        let (below, above) = (StatusEntry::Below(vertex), StatusEntry::Above(vertex));
        let edge_index = |entry: &StatusEntry| {
            if let StatusEntry::Edge { edge_index, .. } = *entry { Some(edge_index) } else { None }
        };
        let south = self.status.range(..below).next_back().and_then(edge_index);
        let north = self.status.range(above..).next().and_then(edge_index);
        self.west.clear();
        for &entry in self.status.range(below..above) {
            if let StatusEntry::Edge { west, east, edge_index } = entry {
                self.west.push(IncidentEdge { west, east, edge_index });
            }
        }
        self.east.clear();
        self.east.extend(self.west.iter().filter(|edge| edge.east != vertex));
        if let [first, second, ..] = self.east[..] {
            return Err(Crossing::Edges(first.edge_index, second.edge_index));
        }
        let entry =
            |edge: &IncidentEdge| StatusEntry::Edge { west: edge.west, east: edge.east, edge_index: edge.edge_index };
        for edge in self.west.iter().filter(|edge| edge.east == vertex) {
            self.status.remove(&entry(edge));
        }
        let edges = self.edges;
        self.east.extend(starting.map(|edge_index| IncidentEdge {
            west: vertex,
            east: west_to_east(&edges[edge_index]).1,
            edge_index,
        }));
        let from_south = |a: &IncidentEdge, b: &IncidentEdge| StatusEntry::side(vertex, a.east, b.east);
        self.east.sort_by(from_south);
        if let Some(pair) = self.east.windows(2).find(|pair| from_south(&pair[0], &pair[1]).is_eq()) {
            return Err(Crossing::Edges(pair[0].edge_index, pair[1].edge_index));
        }
        // Edges that pass through the vertex are in the status already.
        self.status.extend(self.east.iter().filter(|edge| edge.west == vertex).map(entry));
        self.assign_parents(vertex, south);
        self.check_touch(vertex)?;
        self.check_neighbours(south, self.east.first().map(|edge| edge.edge_index).or(north))?;
        self.check_neighbours(self.east.last().map(|edge| edge.edge_index), north)
    }

    /// Finds the parent of each ring whose westernmost vertex this is: the ring of the edge below, or its parent.
    fn assign_parents(&mut self, vertex: Coord<f64>, south: Option<usize>) {
        let mut below = south;
        for &IncidentEdge { edge_index, .. } in &self.east {
            let ring = self.ring_of[edge_index];
            if self.is_ccw[ring].is_none() {
                // This is the lower of the two edges at the ring's westernmost vertex.
                self.is_ccw[ring] = Some(self.edges[edge_index].start == vertex);
                self.nesting.parents[ring] = below.and_then(|edge| {
                    let other = self.ring_of[edge];
                    let is_eastward = event_order(self.edges[edge].start, self.edges[edge].end).is_lt();
                    let is_inside = self.is_ccw[other] == Some(is_eastward);
                    if is_inside { Some(other) } else { self.nesting.parents[other] }
                });
            }
            below = Some(edge_index);
        }
    }

    /// Records which rings touch at a vertex. They must not cross there: in circular order around the vertex, the two
    /// edges of one ring are not separated by those of another.
    fn check_touch(&mut self, vertex: Coord<f64>) -> Result<(), Crossing> {
        if self.east.len() + self.west.len() <= 2 {
            return Ok(());
        }
        let around = self.east.iter().chain(self.west.iter().rev()).map(|edge| self.ring_of[edge.edge_index]);
        let mut rings: Vec<usize> = around.clone().collect();
        rings.sort_unstable();
        if let Some(ring) = rings.chunk_by(usize::eq).find(|edges| edges.len() > 2) {
            return Err(Crossing::Rings(ring[0], ring[0], vertex));
        }
        rings.dedup();
        let mut stack: Vec<usize> = vec![];
        let mut seen = std::collections::HashSet::new();
        for ring in around {
            if stack.last() == Some(&ring) {
                stack.pop();
            } else if seen.insert(ring) {
                stack.push(ring);
            } else {
                return Err(Crossing::Rings(ring, stack.last().copied().unwrap_or(ring), vertex));
            }
        }
        if rings.len() > 1 {
            self.nesting.touches.push((vertex, rings));
        }
        Ok(())
    }

    /// Checks two edges that have become adjacent in the status.
    fn check_neighbours(&self, a: Option<usize>, b: Option<usize>) -> Result<(), Crossing> {
        let (Some(a), Some(b)) = (a, b) else { return Ok(()) };
        match line_intersection(self.edges[a], self.edges[b]) {
            None | Some(LineIntersection::SinglePoint { is_proper: false, .. }) => Ok(()),
            Some(_) => Err(Crossing::Edges(a, b)),
        }
    }
}
