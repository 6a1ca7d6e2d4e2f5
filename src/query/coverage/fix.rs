//! Repair of a coverage: what has one right answer.

use std::collections::{BTreeMap, HashSet};

use geo::{Coord, Line, LineString, MultiPolygon, Polygon};

use crate::crs::Plane;
use crate::geometry::box_tree::Bounds;
use crate::geometry::clip::{OverlayRule, with_all_corners};
use crate::geometry::coverage::border::{Border, UnmatchedCorner, has_corner};
use crate::geometry::coverage::lattice::metres_per_unit;
use crate::geometry::coverage::overlaps::{FeatureBoxes, OverlapKind, OverlappingPair, overlapping_pairs};
use crate::geometry::coverage::voids::{CoveredArea, Void};
use crate::geometry::measure::rings;
use crate::geometry::validity::first_validation_error_in;
use crate::maths::hypot;
use crate::query::coverage::single::spike_corners;
use crate::query::coverage::{CORNER_DISTANCE, CoverageFeature, CoverageOptions, MIN_WIDTH};
use crate::units::{Metres, SquareMetres};

/// What was done to a feature.
///
/// ```
/// use taizhou_corridor::query::coverage::ChangeKind;
///
/// assert_eq!(ChangeKind::ClosedGap.code(), "closed-gap");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The tip of a spike was removed.
    RemovedSpike,
    /// The feature had the shape of an earlier one, and was removed.
    RemovedDuplicate,
    /// A corner was moved to that of another feature.
    SnappedCorner,
    /// A corner of another feature was added to an edge.
    AddedCorner,
    /// An overlap was left to the other feature.
    DividedOverlap,
    /// A gap was added to the feature.
    ClosedGap,
}

impl ChangeKind {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            ChangeKind::RemovedSpike => "removed-spike",
            ChangeKind::RemovedDuplicate => "removed-duplicate",
            ChangeKind::SnappedCorner => "snapped-corner",
            ChangeKind::AddedCorner => "added-corner",
            ChangeKind::DividedOverlap => "divided-overlap",
            ChangeKind::ClosedGap => "closed-gap",
        }
    }
}

/// A change to a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageChange {
    /// What was done.
    pub kind: ChangeKind,
    /// The index of the feature.
    pub feature: usize,
    /// The index of the other feature.
    pub other: Option<usize>,
    /// The area that the feature gained; negative if it lost some.
    pub gained: SquareMetres,
    /// A location, in longitude and latitude.
    pub at: Option<Coord<f64>>,
}

/// A repaired coverage.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CoverageFix {
    /// The new shape of each feature; `None` where it did not change. It is empty if the feature was removed.
    pub shapes: Vec<Option<MultiPolygon<f64>>>,
    /// All changes, in the order they were made. Those of a feature add up to the change of its area.
    pub changes: Vec<CoverageChange>,
}

/// Overlaps and gaps beyond this number of rounds are left.
const MAX_ROUNDS: usize = 24;

/// Corners are on an edge up to this distance: what rounding makes of it.
const ON_EDGE: Metres = Metres(1e-6);

/// Repairs a coverage: removes spikes and duplicates, joins corners up to a millimetre apart, adds corners that
/// neighbours have, and divides overlaps and closes gaps that are narrower than the gap width. Features without these
/// findings keep their shapes.
///
/// An overlap or a gap goes to the feature with the highest priority, and among equals to that with the longest border
/// along it; then to the first. What would make a shape invalid is not done, and so is what would remove a feature that
/// is no duplicate.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::crs::{Crs, Plane};
/// use taizhou_corridor::query::coverage::{CoverageFeature, CoverageOptions, check_coverage, fix_coverage};
///
/// let parcel = |west: f64| -> MultiPolygon {
///     polygon![(x: west, y: 3.17e6), (x: west + 50.0, y: 3.17e6), (x: west + 50.0, y: 3.1701e6), (x: west, y: 3.1701e6)].into()
/// };
/// let shapes = [("0701", parcel(640_000.0)), ("0702", parcel(640_050.1))];
/// let features: Vec<CoverageFeature> =
///     (1..).zip(&shapes).map(|(row, (id, shape))| CoverageFeature { id: *id, row, shape }).collect();
/// let (plane, options) = (Plane::of(&Crs::Epsg(4549))?, CoverageOptions::default());
/// let fix = fix_coverage(&features, &plane, None, &options);
/// let change = &fix.changes[0];
/// assert_eq!((change.kind.code(), change.feature, format!("{:.1}", change.gained.0)), ("closed-gap", 0, "10.0".to_owned()));
/// assert!(fix.shapes[1].is_none());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn fix_coverage(
    features: &[CoverageFeature<'_>],
    plane: &Plane,
    priorities: Option<&[f64]>,
    options: &CoverageOptions,
) -> CoverageFix {
    let mut repair = Repair {
        features,
        plane,
        priorities,
        options,
        fix: CoverageFix { shapes: vec![None; features.len()], changes: vec![] },
        pending: (0..features.len()).collect(),
        failed: HashSet::new(),
    };
    repair.remove_spikes(0..features.len());
    for _ in 0..MAX_ROUNDS {
        if !repair.round() {
            break;
        }
    }
    repair.fix
}

struct Repair<'a> {
    features: &'a [CoverageFeature<'a>],
    plane: &'a Plane,
    priorities: Option<&'a [f64]>,
    options: &'a CoverageOptions,
    fix: CoverageFix,
    /// The features that changed in the last round, or were at fault before it.
    pending: HashSet<usize>,
    /// What cannot be done.
    failed: HashSet<(ChangeKind, usize, usize)>,
}

/// The faults of some features, which are given by index.
struct Faults {
    overlaps: Vec<OverlappingPair>,
    gaps: Vec<Void>,
    corners: Vec<UnmatchedCorner>,
}

/// A corner to be moved, in all features that have it.
struct CornerMove {
    from: Coord<f64>,
    to: Coord<f64>,
    features: Vec<usize>,
    /// A feature that has the other corner.
    target: usize,
}

impl Faults {
    fn features(&self) -> HashSet<usize> {
        let of_overlaps = self.overlaps.iter().flat_map(|pair| pair.features);
        let of_gaps = self.gaps.iter().flat_map(|gap| gap.features.iter().copied());
        let of_corners = self.corners.iter().flat_map(|corner| [corner.feature, corner.other]);
        of_overlaps.chain(of_gaps).chain(of_corners).map(|feature| feature as usize).collect()
    }
}

impl Repair<'_> {
    fn shape(&self, feature: usize) -> &MultiPolygon<f64> {
        self.fix.shapes[feature].as_ref().unwrap_or(self.features[feature].shape)
    }

    fn remove_spikes(&mut self, features: impl IntoIterator<Item = usize>) -> bool {
        let mut is_done = false;
        for feature in features {
            // The corners beside a tip may be one in turn.
            while let Some(tip) = spike_corners(self.shape(feature), self.plane, self.options).into_iter().next() {
                let without = |removed: &[Coord<f64>]| {
                    without_lines(&map_rings(self.shape(feature), |ring| {
                        let kept = |corner: &Coord<f64>| !removed.contains(corner);
                        let mut ring: LineString<f64> = ring.0.iter().copied().filter(kept).collect();
                        ring.close();
                        ring
                    }))
                };
                // A tip that is no wider than rounding goes with a corner of its base.
                let [before, after] = tip.beside;
                let tries = [without(&[tip.at]), without(&[tip.at, after]), without(&[tip.at, before])];
                let Some(shape) = tries.into_iter().find(|shape| self.is_usable(shape)) else { break };
                self.replace(ChangeKind::RemovedSpike, feature, None, shape, Some(tip.at));
                is_done = true;
            }
        }
        is_done
    }

    /// Repairs one kind of faults. Returns whether there was any that could be repaired.
    fn round(&mut self) -> bool {
        let near = self.near_pending();
        let faults = self.faults(&near);
        self.pending = faults.features();
        let mut is_done = false;
        for pair in faults.overlaps.iter().filter(|pair| pair.kind == OverlapKind::Same) {
            let [first, second] = pair.features.map(|feature| feature as usize);
            is_done |= self.remove_duplicate(first, second);
        }
        if !is_done {
            is_done = self.snap_corners(&faults.corners, &near);
        }
        if !is_done {
            for corner in &faults.corners {
                is_done |= self.add_corner(corner);
            }
        }
        if !is_done {
            for pair in faults.overlaps.iter().filter(|pair| pair.kind == OverlapKind::Partial) {
                is_done |= self.divide_overlap(pair);
            }
        }
        if !is_done {
            for gap in &faults.gaps {
                is_done |= self.close_gap(gap);
            }
        }
        if !is_done {
            // Where overlaps and gaps meet, a narrow rest may be left.
            let features: Vec<usize> =
                (0..self.features.len()).filter(|&feature| self.fix.shapes[feature].is_some()).collect();
            is_done = self.remove_spikes(features);
        }
        is_done
    }

    /// The pending features and those around them.
    fn near_pending(&self) -> Vec<usize> {
        if self.pending.len() == self.features.len() {
            return (0..self.features.len()).filter(|&feature| !self.shape(feature).0.is_empty()).collect();
        }
        let shapes: Vec<&MultiPolygon<f64>> = (0..self.features.len()).map(|feature| self.shape(feature)).collect();
        let boxes = FeatureBoxes::new(&shapes);
        let reach = self.units(self.options.gap_width, boxes.middle());
        // The neighbours of neighbours, which have the other side of each void around a changed feature.
        let mut near: HashSet<usize> = self.pending.clone();
        for _ in 0..2 {
            let mut next = near.clone();
            for &feature in &near {
                boxes.visit(boxes.bounds(feature as u32).widened(reach), &mut |other| {
                    next.insert(other as usize);
                });
            }
            near = next;
        }
        let mut near: Vec<usize> = near.into_iter().filter(|&feature| !shapes[feature].0.is_empty()).collect();
        near.sort_unstable();
        near
    }

    fn units(&self, length: Metres, at: Coord<f64>) -> [f64; 2] {
        metres_per_unit(self.plane, at).map(|metres| length.0 / metres)
    }

    fn faults(&self, near: &[usize]) -> Faults {
        let shapes: Vec<&MultiPolygon<f64>> = near.iter().map(|&feature| self.shape(feature)).collect();
        let boxes = FeatureBoxes::new(&shapes);
        let mut border = Border::new(&shapes, self.units(CORNER_DISTANCE, boxes.middle()));
        // Other corners on edges are gone with the overlap.
        let (mut overlaps, _) = overlapping_pairs(&shapes, self.plane, &border, &boxes);
        let corners = border.take_unmatched_corners(vec![]);
        let gap_width = self.options.gap_width;
        let mean_width = |pair: &OverlappingPair| 2.0 * pair.overlap.area.0 / pair.overlap.perimeter.0;
        overlaps
            .retain(|pair| pair.kind == OverlapKind::Same || (MIN_WIDTH.0..gap_width.0).contains(&mean_width(pair)));
        let mut gaps = CoveredArea::new(&border, self.plane).voids(gap_width);
        gaps.retain(|gap| {
            let mean_width = || 2.0 * self.plane.area(&gap.shape).0 / self.plane.perimeter(&gap.shape).0;
            gap.is_narrow && !gap.features.is_empty() && mean_width() >= MIN_WIDTH.0
        });
        let index = |feature: u32| near[feature as usize] as u32;
        for pair in &mut overlaps {
            pair.features = pair.features.map(index);
        }
        for gap in &mut gaps {
            gap.features.iter_mut().for_each(|feature| *feature = index(*feature));
        }
        let corners = corners.iter().map(|corner| UnmatchedCorner {
            at: corner.at,
            feature: index(corner.feature),
            other: index(corner.other),
        });
        Faults { overlaps, gaps, corners: corners.collect() }
    }

    fn is_usable(&self, shape: &MultiPolygon<f64>) -> bool {
        !shape.0.is_empty() && first_validation_error_in(shape, self.plane).is_none()
    }

    /// Gives a feature a new shape, unless it is invalid or empty.
    fn replace(
        &mut self,
        kind: ChangeKind,
        feature: usize,
        other: Option<usize>,
        shape: MultiPolygon<f64>,
        at: Option<Coord<f64>>,
    ) -> bool {
        let key = (kind, feature, other.unwrap_or(feature));
        if !self.is_usable(&shape) {
            self.failed.insert(key);
            return false;
        }
        let gained = SquareMetres(self.plane.area(&shape).0 - self.plane.area(self.shape(feature)).0);
        self.fix.shapes[feature] = Some(shape);
        let at = at.map(|at| self.plane.position(at));
        self.fix.changes.push(CoverageChange { kind, feature, other, gained, at });
        self.pending.insert(feature);
        true
    }

    fn remove_duplicate(&mut self, first: usize, second: usize) -> bool {
        if self.shape(first).0.is_empty() || self.shape(second).0.is_empty() {
            return false;
        }
        let at = self.shape(second).0[0].exterior().0.first().map(|&corner| self.plane.position(corner));
        let gained = SquareMetres(-self.plane.area(self.shape(second)).0);
        self.fix.shapes[second] = Some(MultiPolygon(vec![]));
        let kind = ChangeKind::RemovedDuplicate;
        self.fix.changes.push(CoverageChange { kind, feature: second, other: Some(first), gained, at });
        self.pending.extend([first, second]);
        true
    }

    /// Moves corners to those of neighbours: of two that are near each other, the one that fewer features have.
    fn snap_corners(&mut self, corners: &[UnmatchedCorner], near: &[usize]) -> bool {
        let shapes: Vec<&MultiPolygon<f64>> = near.iter().map(|&feature| self.shape(feature)).collect();
        let boxes = FeatureBoxes::new(&shapes);
        let reach = self.units(CORNER_DISTANCE, boxes.middle());
        let with_corner = |at: Coord<f64>| {
            let mut features = vec![];
            boxes.visit(Bounds::of_point(at), &mut |feature| {
                if has_corner(shapes[feature as usize], at) {
                    features.push(near[feature as usize]);
                }
            });
            features.sort_unstable();
            features
        };
        let mut moves: Vec<CornerMove> = vec![];
        let mut is_moved: HashSet<[u64; 2]> = HashSet::new();
        let key = |at: Coord<f64>| [at.x.to_bits(), at.y.to_bits()];
        for corner in corners {
            let (feature, other) = (corner.feature as usize, corner.other as usize);
            let partner = corner_near(self.shape(other), corner.at, reach);
            let Some(partner) = partner.filter(|&partner| partner != corner.at) else { continue };
            if is_moved.contains(&key(partner)) || is_moved.contains(&key(corner.at)) {
                continue;
            }
            let (own, theirs) = (with_corner(corner.at), with_corner(partner));
            let (from, to, features, target) = match own.len() <= theirs.len() {
                true => (corner.at, partner, own, other),
                false => (partner, corner.at, theirs, feature),
            };
            if features.iter().any(|&feature| self.failed.contains(&(ChangeKind::SnappedCorner, feature, target))) {
                continue;
            }
            is_moved.extend([key(from), key(to)]);
            moves.push(CornerMove { from, to, features, target });
        }
        let mut is_done = false;
        for CornerMove { from, to, features, target } in moves {
            let moved = |feature: &usize| {
                without_lines(&map_rings(self.shape(*feature), |ring| {
                    without_returns(ring.0.iter().map(|&corner| if corner == from { to } else { corner }))
                }))
            };
            let shapes: Vec<MultiPolygon<f64>> = features.iter().map(moved).collect();
            // All features that have the corner, or none.
            if shapes.iter().any(|shape| !self.is_usable(shape)) {
                self.failed.extend(features.iter().map(|&feature| (ChangeKind::SnappedCorner, feature, target)));
                continue;
            }
            for (feature, shape) in features.into_iter().zip(shapes) {
                is_done |= self.replace(ChangeKind::SnappedCorner, feature, Some(target), shape, Some(from));
            }
        }
        is_done
    }

    /// Adds a corner to the feature that has none there.
    fn add_corner(&mut self, corner: &UnmatchedCorner) -> bool {
        let (feature, other) = (corner.other as usize, corner.feature as usize);
        if self.failed.contains(&(ChangeKind::AddedCorner, feature, other)) {
            return false;
        }
        let reach = self.units(CORNER_DISTANCE, corner.at);
        match with_corners(self.shape(feature), &[corner.at], reach) {
            Some(shape) => self.replace(ChangeKind::AddedCorner, feature, Some(other), shape, Some(corner.at)),
            None => false,
        }
    }

    /// Whether the first feature comes before the second; `None` if their priorities are equal.
    fn precedes(&self, first: usize, second: usize) -> Option<bool> {
        let priorities = self.priorities?;
        let priority = |feature: usize| Some(priorities[feature]).filter(|value| !value.is_nan());
        match (priority(first), priority(second)) {
            (Some(first), Some(second)) if first == second => None,
            (Some(first), Some(second)) => Some(first > second),
            (first, second) if first.is_some() == second.is_some() => None,
            (first, _) => Some(first.is_some()),
        }
    }

    fn divide_overlap(&mut self, pair: &OverlappingPair) -> bool {
        let [first, second] = pair.features.map(|feature| feature as usize);
        // With the first feature, the overlap has in common what of the boundary of the second runs inside it.
        let own = pair.overlap.own_length.0;
        let is_longer = pair.overlap.perimeter.0 - own >= own;
        let first_wins = self.precedes(first, second).unwrap_or(is_longer);
        let orders = if first_wins { [(first, second), (second, first)] } else { [(second, first), (first, second)] };
        // Where the priority decides, it does so alone.
        let tries = if self.precedes(first, second).is_some() { 1 } else { 2 };
        for (winner, loser) in orders.into_iter().take(tries) {
            if self.failed.contains(&(ChangeKind::DividedOverlap, loser, winner)) {
                continue;
            }
            let rest = with_all_corners(self.shape(loser), self.shape(winner), OverlayRule::Difference);
            let at = new_corners(&rest, self.shape(loser)).into_iter().next();
            let added = new_corners(&rest, self.shape(loser));
            if self.replace(ChangeKind::DividedOverlap, loser, Some(winner), rest, at) {
                self.share_corners(winner, loser, &added);
                return true;
            }
        }
        false
    }

    fn close_gap(&mut self, gap: &Void) -> bool {
        let mut features: Vec<usize> = gap.features.iter().map(|&feature| feature as usize).collect();
        // A stable sort: among equals, the longest border first.
        features.sort_by(|&a, &b| match self.precedes(a, b) {
            Some(true) => std::cmp::Ordering::Less,
            Some(false) => std::cmp::Ordering::Greater,
            None => std::cmp::Ordering::Equal,
        });
        let corners: Vec<Coord<f64>> =
            gap.shape.iter().flat_map(rings).flat_map(|ring| ring.0.iter().copied()).collect();
        for &feature in &features {
            let other = features.iter().copied().find(|&other| other != feature);
            if self.failed.contains(&(ChangeKind::ClosedGap, feature, other.unwrap_or(feature))) {
                continue;
            }
            let reach = self.units(ON_EDGE, corners[0]);
            let own = with_corners(self.shape(feature), &corners, reach);
            let own = own.as_ref().unwrap_or(self.shape(feature));
            let closed = with_all_corners(own, &gap.shape, OverlayRule::Union);
            if self.replace(ChangeKind::ClosedGap, feature, other, closed, corners.first().copied()) {
                for &neighbour in features.iter().filter(|&&neighbour| neighbour != feature) {
                    self.share_corners(neighbour, feature, &corners);
                }
                return true;
            }
        }
        false
    }

    /// Adds corners that a neighbour got on the common border.
    fn share_corners(&mut self, feature: usize, neighbour: usize, corners: &[Coord<f64>]) {
        let Some(&first) = corners.first() else { return };
        let reach = self.units(ON_EDGE, first);
        if let Some(shape) = with_corners(self.shape(feature), corners, reach) {
            self.replace(ChangeKind::AddedCorner, feature, Some(neighbour), shape, Some(first));
        }
    }
}

/// The rings in order, each replaced by another.
fn map_rings(shape: &MultiPolygon<f64>, mut map: impl FnMut(&LineString<f64>) -> LineString<f64>) -> MultiPolygon<f64> {
    let polygon = |polygon: &Polygon<f64>| {
        let exterior = map(polygon.exterior());
        Polygon::new(exterior, polygon.interiors().iter().map(&mut map).collect())
    };
    shape.iter().map(polygon).collect()
}

/// A closed ring without repeated corners, and without corners to which it runs and from which it returns the same way.
fn without_returns(corners: impl Iterator<Item = Coord<f64>>) -> LineString<f64> {
    let mut ring: Vec<Coord<f64>> = vec![];
    for corner in corners {
        let count = ring.len();
        if count > 1 && ring[count - 2] == corner {
            ring.pop();
        } else if ring.last() != Some(&corner) {
            ring.push(corner);
        }
    }
    // The first corner is the last one, too.
    while ring.len() > 2 && ring[1] == ring[ring.len() - 2] {
        ring.pop();
        ring.remove(0);
    }
    let mut ring = LineString(ring);
    ring.close();
    ring
}

/// The shape without the parts and holes of which a line or a point is left.
fn without_lines(shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let is_ring = |ring: &&LineString<f64>| ring.0.len() > 3;
    let part = |polygon: &Polygon<f64>| {
        let holes = polygon.interiors().iter().filter(is_ring).cloned().collect();
        is_ring(&polygon.exterior()).then(|| Polygon::new(polygon.exterior().clone(), holes))
    };
    shape.iter().filter_map(part).collect()
}

/// The corner that is nearest to a point, if it is as near as this along each axis.
fn corner_near(shape: &MultiPolygon<f64>, at: Coord<f64>, reach: [f64; 2]) -> Option<Coord<f64>> {
    let distance = |corner: &Coord<f64>| hypot((corner.x - at.x) / reach[0], (corner.y - at.y) / reach[1]);
    let corners = shape.iter().flat_map(rings).flat_map(|ring| ring.0.iter().copied());
    corners.filter(|corner| distance(corner) <= 1.0).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// The corners of a shape that another has not.
fn new_corners(shape: &MultiPolygon<f64>, before: &MultiPolygon<f64>) -> Vec<Coord<f64>> {
    let key = |at: &Coord<f64>| [at.x.to_bits(), at.y.to_bits()];
    let known: HashSet<[u64; 2]> = before.iter().flat_map(rings).flat_map(|ring| ring.0.iter().map(key)).collect();
    let corners = shape.iter().flat_map(rings).flat_map(|ring| ring.0.iter().copied());
    corners.filter(|corner| !known.contains(&key(corner))).collect()
}

/// The shape with corners on those of its edges that are nearest to them; `None` if there is none to add.
fn with_corners(shape: &MultiPolygon<f64>, corners: &[Coord<f64>], reach: [f64; 2]) -> Option<MultiPolygon<f64>> {
    let scaled = |at: Coord<f64>| Coord { x: at.x / reach[0], y: at.y / reach[1] };
    let mut missing: Vec<Coord<f64>> = corners.iter().copied().filter(|&at| !has_corner(shape, at)).collect();
    missing.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    missing.dedup();
    // For each edge, by its number in the shape, where along it which corners are added.
    let mut added: BTreeMap<usize, Vec<(f64, Coord<f64>)>> = BTreeMap::new();
    for at in missing {
        let on_edge = |(number, edge): (usize, Line<f64>)| {
            let (along, to) = (scaled(edge.delta()), scaled(at - edge.start));
            let t = (along.x * to.x + along.y * to.y) / (along.x * along.x + along.y * along.y);
            let off = to - along * t;
            let square = off.x * off.x + off.y * off.y;
            (t > 0.0 && t < 1.0 && square <= 1.0).then_some((square, number, t))
        };
        let edges = shape.iter().flat_map(rings).flat_map(LineString::lines).enumerate();
        if let Some((_, number, t)) = edges.filter_map(on_edge).min_by(|a, b| a.0.total_cmp(&b.0)) {
            added.entry(number).or_default().push((t, at));
        }
    }
    if added.is_empty() {
        return None;
    }
    let mut number = 0;
    Some(map_rings(shape, |ring| {
        let mut corners: Vec<Coord<f64>> = vec![];
        for edge in ring.lines() {
            corners.push(edge.start);
            if let Some(on_edge) = added.get_mut(&number) {
                on_edge.sort_by(|a, b| a.0.total_cmp(&b.0));
                corners.extend(on_edge.iter().map(|&(_, at)| at));
            }
            number += 1;
        }
        corners.extend(ring.0.last());
        LineString(corners)
    }))
}
