//! How closed rings lie to each other: which lies in which, where they touch, and a place where two cross.
//!
//! A vertical line sweeps over all edges from west to east (Shamos and Hoey, Geometric intersection problems,
//! 1976). The edges that it crosses are kept in their order from south to north; edges that meet are neighbours
//! in it before they do. All is decided by the orientation of three given corners, which is exact: no place is
//! computed. It takes (n + k) log n steps for n edges and k touching corners, wherever the edges lie.
//!
//! The sweep of geo (0.33, `Intersections`) finds pairs of segments that meet, not how rings lie, and tests all pairs
//! that overlap in x.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line};

/// How rings lie to each other that do not cross.
pub(crate) struct Nesting {
    /// The smallest ring around each.
    pub(crate) parents: Vec<Option<usize>>,
    /// The corners in which rings touch, and the rings that do.
    pub(crate) touches: Vec<(Coord<f64>, Vec<usize>)>,
}

/// Where rings are none that only touch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Crossing {
    /// Two edges cross, or run along each other.
    Edges(usize, usize),
    /// Two rings cross in a corner, or one comes back to it.
    Rings(usize, usize, Coord<f64>),
}

/// How rings lie to each other, or where they cross: given are the edges, none of them without length, and the
/// number of the ring that each belongs to. Coordinates are finite.
///
/// Where rings are known not to cross, `touches` are the corners in which they touch: then it is enough to look at
/// the edges above and below these and the first corner of each ring.
pub(crate) fn nesting(
    edges: &[Line<f64>],
    ring_of: &[usize],
    ring_count: usize,
    touches: Option<&[Coord<f64>]>,
) -> Result<Nesting, Crossing> {
    let looked_at = touches.map(|touches| {
        let mut first = vec![f64::INFINITY; ring_count];
        for (edge, &ring) in edges.iter().zip(ring_of) {
            first[ring] = first[ring].min(edge.start.x);
        }
        first.extend(touches.iter().map(|touch| touch.x));
        first.sort_unstable_by(f64::total_cmp);
        first
    });
    let mut ends: Vec<(Coord<f64>, Option<usize>)> = vec![];
    for (number, edge) in edges.iter().enumerate() {
        let (west, east) = from_the_west(edge);
        let is_in = |xs: &Vec<f64>| xs.get(xs.partition_point(|&x| x < west.x)).is_some_and(|&x| x <= east.x);
        if looked_at.as_ref().is_none_or(is_in) {
            ends.extend([(west, Some(number)), (east, None)]);
        }
    }
    ends.sort_unstable_by(|a, b| order(a.0, b.0));
    let mut sweep = Sweep {
        edges,
        ring_of,
        crossed: BTreeSet::new(),
        winds_left: vec![None; ring_count],
        nesting: Nesting { parents: vec![None; ring_count], touches: vec![] },
        west: vec![],
        east: vec![],
    };
    for corner in ends.chunk_by(|a, b| a.0 == b.0) {
        sweep.pass(corner[0].0, corner.iter().filter_map(|&(_, starts)| starts))?;
    }
    Ok(sweep.nesting)
}

/// From west to east, and from south to north where that is the same.
fn order(a: Coord<f64>, b: Coord<f64>) -> Ordering {
    // Finite, so that any two compare; and unlike `total_cmp`, 0 and −0 are the same.
    let compare = |a: f64, b: f64| a.partial_cmp(&b).unwrap_or(Ordering::Equal);
    compare(a.x, b.x).then(compare(a.y, b.y))
}

fn from_the_west(edge: &Line<f64>) -> (Coord<f64>, Coord<f64>) {
    if order(edge.start, edge.end).is_lt() { (edge.start, edge.end) } else { (edge.end, edge.start) }
}

/// An edge on the line, or the place just below or above a corner on it.
#[derive(Debug, Clone, Copy)]
enum Crossed {
    Edge { west: Coord<f64>, east: Coord<f64>, number: usize },
    Below(Coord<f64>),
    Above(Coord<f64>),
}

impl Crossed {
    /// Where an edge lies, seen from a corner: less is south of it.
    fn side(west: Coord<f64>, east: Coord<f64>, corner: Coord<f64>) -> Ordering {
        match RobustKernel::orient2d(west, east, corner) {
            Orientation::CounterClockwise => Ordering::Less,
            Orientation::Clockwise => Ordering::Greater,
            Orientation::Collinear => Ordering::Equal,
        }
    }
}

impl Ord for Crossed {
    /// From south to north, of edges that do not cross.
    fn cmp(&self, other: &Crossed) -> Ordering {
        use Crossed::{Above, Below, Edge};
        match (*self, *other) {
            (Edge { west: a, east: b, number }, Edge { west: c, east: d, number: other }) => {
                if order(a, c).is_le() {
                    Crossed::side(a, b, c).then_with(|| Crossed::side(a, b, d)).then(number.cmp(&other))
                } else {
                    let reverse = Crossed::side(c, d, a).then_with(|| Crossed::side(c, d, b));
                    reverse.reverse().then(number.cmp(&other))
                }
            }
            (Edge { west, east, .. }, Below(corner)) => Crossed::side(west, east, corner).then(Ordering::Greater),
            (Edge { west, east, .. }, Above(corner)) => Crossed::side(west, east, corner).then(Ordering::Less),
            (Below(_) | Above(_), Edge { .. }) => other.cmp(self).reverse(),
            (Below(_), Above(_)) => Ordering::Less,
            (Above(_), Below(_)) => Ordering::Greater,
            (Below(_), Below(_)) | (Above(_), Above(_)) => Ordering::Equal,
        }
    }
}

impl PartialOrd for Crossed {
    fn partial_cmp(&self, other: &Crossed) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Crossed {
    fn eq(&self, other: &Crossed) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Crossed {}

/// An edge that ends in a corner, begins there, or goes through it.
#[derive(Clone, Copy)]
struct Arm {
    west: Coord<f64>,
    east: Coord<f64>,
    number: usize,
}

struct Sweep<'a> {
    edges: &'a [Line<f64>],
    ring_of: &'a [usize],
    /// The edges that the line crosses.
    crossed: BTreeSet<Crossed>,
    /// Whether each ring that the line has come to is counter-clockwise.
    winds_left: Vec<Option<bool>>,
    nesting: Nesting,
    /// The edges to the west and to the east of the corner at hand, from south to north.
    west: Vec<Arm>,
    east: Vec<Arm>,
}

impl Sweep<'_> {
    /// Passes a corner in which edges start, end, or both.
    fn pass(&mut self, corner: Coord<f64>, starting: impl Iterator<Item = usize>) -> Result<(), Crossing> {
        let (below, above) = (Crossed::Below(corner), Crossed::Above(corner));
        let number = |crossed: &Crossed| if let Crossed::Edge { number, .. } = *crossed { Some(number) } else { None };
        let south = self.crossed.range(..below).next_back().and_then(number);
        let north = self.crossed.range(above..).next().and_then(number);
        self.west.clear();
        for &crossed in self.crossed.range(below..above) {
            if let Crossed::Edge { west, east, number } = crossed {
                self.west.push(Arm { west, east, number });
            }
        }
        self.east.clear();
        self.east.extend(self.west.iter().filter(|arm| arm.east != corner));
        if let [through, across, ..] = self.east[..] {
            return Err(Crossing::Edges(through.number, across.number));
        }
        let crossed = |arm: &Arm| Crossed::Edge { west: arm.west, east: arm.east, number: arm.number };
        for arm in self.west.iter().filter(|arm| arm.east == corner) {
            self.crossed.remove(&crossed(arm));
        }
        let edges = self.edges;
        self.east.extend(starting.map(|number| Arm { west: corner, east: from_the_west(&edges[number]).1, number }));
        let from_south = |a: &Arm, b: &Arm| Crossed::side(corner, a.east, b.east);
        self.east.sort_by(from_south);
        if let Some(pair) = self.east.windows(2).find(|pair| from_south(&pair[0], &pair[1]).is_eq()) {
            return Err(Crossing::Edges(pair[0].number, pair[1].number));
        }
        // What goes through is there already.
        self.crossed.extend(self.east.iter().filter(|arm| arm.west == corner).map(crossed));
        self.nest(corner, south);
        self.touch(corner)?;
        self.meet(south, self.east.first().map(|arm| arm.number).or(north))?;
        self.meet(self.east.last().map(|arm| arm.number), north)
    }

    /// Finds the ring around each that begins in a corner: that of the edge below it, or the one around that.
    fn nest(&mut self, corner: Coord<f64>, south: Option<usize>) {
        let mut below = south;
        for &Arm { number, .. } in &self.east {
            let ring = self.ring_of[number];
            if self.winds_left[ring].is_none() {
                // Of the two edges that leave its first corner this is the lower.
                self.winds_left[ring] = Some(self.edges[number].start == corner);
                self.nesting.parents[ring] = below.and_then(|edge| {
                    let other = self.ring_of[edge];
                    let is_eastward = order(self.edges[edge].start, self.edges[edge].end).is_lt();
                    let is_inside = self.winds_left[other] == Some(is_eastward);
                    if is_inside { Some(other) } else { self.nesting.parents[other] }
                });
            }
            below = Some(number);
        }
    }

    /// Notes which rings touch in a corner. They may not cross there: around the corner, the two ways that one
    /// takes lie between those of another, or not between them.
    fn touch(&mut self, corner: Coord<f64>) -> Result<(), Crossing> {
        if self.east.len() + self.west.len() <= 2 {
            return Ok(());
        }
        let around = self.east.iter().chain(self.west.iter().rev()).map(|arm| self.ring_of[arm.number]);
        let mut rings: Vec<usize> = around.clone().collect();
        rings.sort_unstable();
        if let Some(ring) = rings.chunk_by(usize::eq).find(|ways| ways.len() > 2) {
            return Err(Crossing::Rings(ring[0], ring[0], corner));
        }
        rings.dedup();
        let mut open: Vec<usize> = vec![];
        let mut is_open = std::collections::HashSet::new();
        for ring in around {
            if open.last() == Some(&ring) {
                open.pop();
            } else if is_open.insert(ring) {
                open.push(ring);
            } else {
                return Err(Crossing::Rings(ring, open.last().copied().unwrap_or(ring), corner));
            }
        }
        if rings.len() > 1 {
            self.nesting.touches.push((corner, rings));
        }
        Ok(())
    }

    /// Looks at two edges that have become neighbours.
    fn meet(&self, a: Option<usize>, b: Option<usize>) -> Result<(), Crossing> {
        let (Some(a), Some(b)) = (a, b) else { return Ok(()) };
        match line_intersection(self.edges[a], self.edges[b]) {
            None | Some(LineIntersection::SinglePoint { is_proper: false, .. }) => Ok(()),
            Some(_) => Err(Crossing::Edges(a, b)),
        }
    }
}
