//! The voids between the features of a coverage.

use geo::{Coord, Line, MapCoords, MultiPolygon};

use crate::crs::Plane;
use crate::geometry::box_tree::{Bounds, BoxTree};
use crate::geometry::clip::{difference_whole, fill_nonzero_whole};
use crate::geometry::coverage::border::Border;
use crate::geometry::coverage::lattice::{Lattice, STEPS_PER_METRE};
use crate::geometry::coverage::narrow::{Part, Side, parts};
use crate::maths::hypot;
use crate::parallel;
use crate::units::Metres;

/// The area that features cover, in steps of a lattice.
pub(crate) struct CoveredArea<'a> {
    border: &'a Border,
    lattice: Lattice,
    covered: MultiPolygon<f64>,
    /// The edges of the border in steps, and their boxes.
    edges: Vec<Line<f64>>,
    tree: BoxTree,
}

/// An area that belongs to no feature.
#[derive(Debug, Clone)]
pub(crate) struct Void {
    /// In the plane of the features.
    pub(crate) shape: MultiPolygon<f64>,
    /// The features around it, that with the longest common border first.
    pub(crate) features: Vec<u32>,
    /// Whether it is a narrow part, or else the rest of an enclosed void.
    pub(crate) is_narrow: bool,
}

/// Edges are cut where they cross, and their ends are rounded: a border is found this many steps from its edge.
const NEAR: f64 = 4.0;

impl<'a> CoveredArea<'a> {
    pub(crate) fn new(border: &'a Border, plane: &Plane) -> CoveredArea<'a> {
        let bounds = border.edges.iter().map(|edge| Bounds::of(&edge.line)).fold(Bounds::EMPTY, Bounds::union);
        let lattice = Lattice::new(plane, bounds);
        let rings: Vec<_> = border.rings().iter().map(|ring| ring.map_coords(|at| lattice.steps(at))).collect();
        let covered = fill_nonzero_whole(&rings);
        let steps = |line: Line<f64>| Line::new(lattice.steps(line.start), lattice.steps(line.end));
        let edges: Vec<Line<f64>> = border.edges.iter().map(|edge| steps(edge.line)).collect();
        let tree = BoxTree::new(edges.iter().map(Bounds::of));
        CoveredArea { border, lattice, covered, edges, tree }
    }

    /// The narrow voids between features, and other voids that they enclose.
    pub(crate) fn voids(&self, gap_width: Metres) -> Vec<Void> {
        let stretch = |north: f64| self.lattice.stretch(north);
        let found = parts(&self.covered, Side::Outside, gap_width.0 * STEPS_PER_METRE, &stretch);
        let narrow = found.narrow.iter().map(|part| (part, true));
        let all: Vec<(&Part, bool)> = narrow.chain(found.wide.iter().map(|part| (part, false))).collect();
        let voids = parallel::map(&all, |&(part, is_narrow)| {
            let features = self.features_around(&part.border);
            // An inlet of one feature is its shape.
            let is_void = part.is_enclosed || !is_narrow || features.len() > 1;
            is_void.then(|| Void { shape: self.shape(&part.shape), features, is_narrow })
        });
        voids.into_iter().flatten().collect()
    }

    /// The part of a shape that belongs to no feature.
    pub(crate) fn uncovered(&self, boundary: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        self.shape(&difference_whole(&self.lattice.shape(boundary), &self.covered))
    }

    /// A shape in the plane, with the corners of the features where it has them.
    fn shape(&self, steps: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        steps.map_coords(|at| {
            let mut corner = None;
            self.visit_near(at, &mut |index| {
                let (line, given) = (self.edges[index], self.border.edges[index].line);
                for (end, given) in [(line.start, given.start), (line.end, given.end)] {
                    if (end.x - at.x).abs() <= 1.0 && (end.y - at.y).abs() <= 1.0 {
                        corner = Some(given);
                    }
                }
            });
            corner.unwrap_or_else(|| self.lattice.coord(at))
        })
    }

    fn features_around(&self, border: &[Line<f64>]) -> Vec<u32> {
        let mut lengths: Vec<(u32, f64)> = vec![];
        for line in border {
            let length = hypot(line.dx(), line.dy());
            let middle = (line.start + line.end) / 2.0;
            let mut features: Vec<u32> = vec![];
            self.visit_near(middle, &mut |index| {
                let feature = self.border.edges[index].feature;
                if distance(self.edges[index], middle) <= NEAR && !features.contains(&feature) {
                    features.push(feature);
                }
            });
            for feature in features {
                match lengths.iter_mut().find(|(of, _)| *of == feature) {
                    Some((_, sum)) => *sum += length,
                    None => lengths.push((feature, length)),
                }
            }
        }
        // To the millimetre, so that the first of equals is the first.
        let millimetres = |length: f64| (length / STEPS_PER_METRE * 1e3).round();
        lengths.sort_by(|a, b| millimetres(b.1).total_cmp(&millimetres(a.1)).then(a.0.cmp(&b.0)));
        lengths.into_iter().map(|(feature, _)| feature).collect()
    }

    /// Calls `visit` with the index of each edge of the border whose box is near a point.
    fn visit_near(&self, at: Coord<f64>, visit: &mut impl FnMut(usize)) {
        let near = Bounds::of_point(at).widened([NEAR; 2]);
        self.tree.visit(&|node| near.intersects(node), visit);
    }
}

fn distance(line: Line<f64>, point: Coord<f64>) -> f64 {
    let (along, to) = (line.delta(), point - line.start);
    let length = along.x * along.x + along.y * along.y;
    let t = if length > 0.0 { ((along.x * to.x + along.y * to.y) / length).clamp(0.0, 1.0) } else { 0.0 };
    let off = to - along * t;
    hypot(off.x, off.y)
}
