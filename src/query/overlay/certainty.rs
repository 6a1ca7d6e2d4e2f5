//! Whether the majority of a parcel is certain: by the area that stays in its zone wherever the true boundaries lie
//! within their accuracy.
//!
//! In a plane around the parcel, the parcel is halved until every cell is decided, or what is undecided cannot change
//! the result. A cell is decided by the middle of its box, if boundaries are far enough from it or near enough: no point
//! of the cell is farther from the middle than the corners. A cell beside straight boundaries is cut exactly, along the
//! lines at the distance of their accuracy.
//!
//! The features of a layer count as one: pieces of boundaries between two of them are left out first (`layer_boundary`).

use std::ops::AddAssign;

use geo::{BoundingRect, Coord, LineString, MultiPolygon, Rect};

use crate::crs::LocalPlane;
use crate::geometry::measure::geocentric_m;
use crate::maths::hypot;
use crate::plan::{FeatureId, Level};
use crate::query::locate::Certainty;
use crate::query::overlay::layer_boundary::layer_boundary;
use crate::query::overlay::piece::Piece;
use crate::query::overlay::{Overlayer, Part};
use crate::units::{Metres, SquareMetres};

/// The share of a parcel that is too small to go on for: within it of a half, the middles of the cells decide.
const MAX_UNDECIDED: f64 = 1e-4;

/// The most cells of a parcel.
const MAX_CELLS: usize = 1 << 16;

/// What is known of a part of a parcel: the rest of it may be elsewhere.
#[derive(Debug, Clone, Copy, Default)]
struct Decided {
    /// The area that stays in the zone.
    stays_m2: f64,
    /// The area in the zone whose outline states no accuracy.
    not_assessed_m2: f64,
}

impl AddAssign for Decided {
    fn add_assign(&mut self, other: Decided) {
        self.stays_m2 += other.stays_m2;
        self.not_assessed_m2 += other.not_assessed_m2;
    }
}

/// A part of a parcel.
struct Cell {
    /// Exteriors counter-clockwise, holes clockwise, without the repeated last point.
    rings: Vec<Vec<Coord<f64>>>,
    /// The pieces of boundaries that may be within their accuracy of it.
    near: Vec<usize>,
    bounds: Rect<f64>,
    area_m2: f64,
}

impl Cell {
    /// `None` if there is nothing left.
    fn new(rings: Vec<Vec<Coord<f64>>>, near: Vec<usize>) -> Option<Cell> {
        let bounds = LineString(rings.iter().flatten().copied().collect()).bounding_rect()?;
        let area_m2 = rings.iter().map(|ring| area_m2(ring)).sum::<f64>();
        (area_m2 > 0.0).then_some(Cell { rings, near, bounds, area_m2 })
    }

    /// The parts that are farther from all boundaries nearby than their accuracy, each on one side of them: if these
    /// are straight along the whole cell.
    fn beyond_all(&self, pieces: &[Piece]) -> Option<Vec<Vec<Vec<Coord<f64>>>>> {
        /// More make too many parts.
        const MAX_PIECES: usize = 6;
        if self.near.len() > MAX_PIECES || !self.near.iter().all(|&piece| pieces[piece].spans(self.bounds)) {
            return None;
        }
        let mut parts = vec![self.rings.clone()];
        for &piece in &self.near {
            let piece = &pieces[piece];
            // Otherwise the parts are not clear of the boundary.
            let reach_m = piece.accuracy.filter(|accuracy| accuracy.0 > 1e-3)?.0;
            let beyond = |part: &Vec<Vec<Coord<f64>>>, side: f64| {
                rings_clipped(part, |at| reach_m - side * piece.along_and_off_m(at).1)
            };
            parts = parts.iter().flat_map(|part| [beyond(part, 1.0), beyond(part, -1.0)]).collect();
        }
        Some(parts)
    }

    /// The halves to both sides of the middle of its longer extent.
    fn halves(self) -> impl Iterator<Item = Cell> {
        let middle = self.bounds.center();
        let is_wide = self.bounds.width() > self.bounds.height();
        let half =
            |sign: f64| rings_clipped(&self.rings, |at| sign * if is_wide { at.x - middle.x } else { at.y - middle.y });
        let (low, high) = (half(1.0), half(-1.0));
        [Cell::new(low, self.near.clone()), Cell::new(high, self.near)].into_iter().flatten()
    }
}

fn rings_clipped(rings: &[Vec<Coord<f64>>], beyond: impl Fn(Coord<f64>) -> f64) -> Vec<Vec<Coord<f64>>> {
    rings.iter().map(|ring| clipped(ring, &beyond)).filter(|ring| ring.len() > 2).collect()
}

/// The part of a ring that is not beyond a line, by a function that is linear. Where that is several parts they are joined along the
/// line, which adds no area (Sutherland and Hodgman, Reentrant Polygon Clipping, 1974).
fn clipped(ring: &[Coord<f64>], beyond: impl Fn(Coord<f64>) -> f64) -> Vec<Coord<f64>> {
    let mut kept = Vec::with_capacity(ring.len() + 2);
    for (index, &to) in ring.iter().enumerate() {
        let from = ring[if index == 0 { ring.len() - 1 } else { index - 1 }];
        let (before, after) = (beyond(from), beyond(to));
        if (before > 0.0) != (after > 0.0) {
            kept.push(from + (to - from) * (before / (before - after)));
        }
        if after <= 0.0 {
            kept.push(to);
        }
    }
    kept
}

/// The area of a ring, positive if it is counter-clockwise.
fn area_m2(ring: &[Coord<f64>]) -> f64 {
    let Some(&origin) = ring.first() else { return 0.0 };
    let cross = |pair: &[Coord<f64>]| {
        let (a, b) = (pair[0] - origin, pair[1] - origin);
        a.x * b.y - a.y * b.x
    };
    ring.windows(2).map(cross).sum::<f64>() / 2.0
}

/// The side of the boundaries on which a part of a parcel is to stay.
#[derive(Debug, Clone, Copy)]
enum Side {
    /// In a zone, or outside all of them.
    Zone(Option<FeatureId>),
    /// In any of the features, or outside all of them.
    Layer { is_inside: bool },
}

impl Side {
    fn has(self, zone: Option<FeatureId>) -> bool {
        match self {
            Side::Zone(side) => zone == side,
            Side::Layer { is_inside } => zone.is_some() == is_inside,
        }
    }
}

/// The largest part of a parcel.
struct Largest {
    area: SquareMetres,
    side: Side,
    /// Whether the parts do not overlap.
    is_disjoint: bool,
}

impl Overlayer<'_> {
    /// The majority is certain if more than half of the parcel stays in its zone wherever the true boundaries lie
    /// within their accuracy. `None` if the outlines that decide state no accuracy.
    pub(super) fn certainty(
        &self,
        parcel: &MultiPolygon<f64>,
        parcel_area: SquareMetres,
        parts: &[Part],
        majority: usize,
    ) -> Option<Certainty> {
        if !self.locator().states_accuracy() {
            return None;
        }
        let is_disjoint = parts.iter().map(|part| part.area.0).sum::<f64>() <= parcel_area.0 * (1.0 + 1e-9);
        let majority = &parts[majority];
        let largest = Largest { area: majority.area, side: Side::Zone(majority.zone), is_disjoint };
        self.certainty_of_largest(parcel, parcel_area, &largest)
    }

    /// The same for the features of a layer taken as one: of a parcel of which this area is in any of them, whether more
    /// than half stays there, or outside. Boundaries between features do not count.
    pub(super) fn certainty_in_layer(
        &self,
        parcel: &MultiPolygon<f64>,
        parcel_area: SquareMetres,
        inside: SquareMetres,
    ) -> Option<Certainty> {
        if !self.locator().states_accuracy() {
            return None;
        }
        let outside = SquareMetres(parcel_area.0 - inside.0);
        let is_inside = inside > outside;
        let area = if is_inside { inside } else { outside };
        self.certainty_of_largest(
            parcel,
            parcel_area,
            &Largest { area, side: Side::Layer { is_inside }, is_disjoint: true },
        )
    }

    fn certainty_of_largest(
        &self,
        parcel: &MultiPolygon<f64>,
        parcel_area: SquareMetres,
        largest: &Largest,
    ) -> Option<Certainty> {
        let Largest { area: SquareMetres(largest_m2), side, is_disjoint } = *largest;
        if largest_m2 <= parcel_area.0 / 2.0 {
            return Some(Certainty::Uncertain);
        }
        let centre = parcel.bounding_rect()?.center();
        let local = LocalPlane::around(self.plane().position(centre));
        let mut pieces = self.boundaries_near(&local, parcel.bounding_rect()?);
        if pieces.is_empty() && self.locator().all_state_accuracy() {
            return Some(Certainty::Certain);
        }
        // Where zones do not overlap, all that is far from boundaries stays.
        if is_disjoint && self.locator().all_state_accuracy() {
            let radius_m = self.radius(parcel.bounding_rect()?).0;
            let near_m2 = pieces.iter().map(|piece| piece.max_area_near_m2(radius_m)).sum::<f64>();
            if largest_m2 - near_m2 > parcel_area.0 / 2.0 {
                return Some(Certainty::Certain);
            }
        }
        if let Side::Layer { .. } = side {
            let is_covered = |point| self.zone_at(self.plane().coord(local.position(point))).is_some();
            pieces = layer_boundary(&pieces, is_covered);
        }
        let whole = Cell::new(self.rings_in(&local, parcel), (0..pieces.len()).collect())?;
        let total_m2 = whole.area_m2;
        let (mut sum, mut undecided_m2) = (Decided::default(), total_m2);
        let (mut cells, mut count) = (vec![whole], 1);
        while !cells.is_empty() {
            let is_last = undecided_m2 <= MAX_UNDECIDED * total_m2 || count > MAX_CELLS;
            let mut undecided = vec![];
            for mut cell in cells {
                match self.decide(&local, &pieces, &mut cell, is_last, side) {
                    Some(decided) => sum += decided,
                    None => undecided.push(cell),
                }
            }
            undecided_m2 = undecided.iter().map(|cell| cell.area_m2).sum();
            let half_m2 = total_m2 / 2.0;
            let Decided { stays_m2, not_assessed_m2 } = sum;
            if stays_m2 > half_m2 {
                return Some(Certainty::Certain);
            }
            if stays_m2 + undecided_m2 + not_assessed_m2 <= half_m2 {
                return Some(Certainty::Uncertain);
            }
            if stays_m2 + not_assessed_m2 > half_m2 && stays_m2 + undecided_m2 <= half_m2 {
                return None;
            }
            cells = undecided.into_iter().flat_map(Cell::halves).collect();
            count += cells.len();
        }
        // Rounding left them apart.
        if sum.not_assessed_m2 > 0.0 { None } else { Some(Certainty::Uncertain) }
    }

    /// Decides a cell, if it can be decided; by its middle alone if `by_middle`.
    fn decide(
        &self,
        local: &LocalPlane,
        pieces: &[Piece],
        cell: &mut Cell,
        by_middle: bool,
        side: Side,
    ) -> Option<Decided> {
        let middle = cell.bounds.center();
        let radius_m = if by_middle { 0.0 } else { hypot(cell.bounds.width(), cell.bounds.height()) / 2.0 };
        let mut may_leave = false;
        cell.near.retain(|&piece| {
            let distance_m = pieces[piece].distance_m(middle);
            let accuracy = pieces[piece].accuracy;
            may_leave |= accuracy.is_some_and(|accuracy| distance_m + radius_m <= accuracy.0);
            distance_m - radius_m <= accuracy.map_or(0.0, |accuracy| accuracy.0)
        });
        if may_leave {
            return Some(Decided::default());
        }
        let decided = |point, area_m2| {
            let point = self.plane().coord(local.position(point));
            let zone = self.zone_at(point);
            if !side.has(zone) {
                return Some(Decided::default());
            }
            Some(match self.states_accuracy_around(point, Metres(2.0 * radius_m), zone)? {
                true => Decided { stays_m2: area_m2, not_assessed_m2: 0.0 },
                false => Decided { stays_m2: 0.0, not_assessed_m2: area_m2 },
            })
        };
        if cell.near.is_empty() || by_middle {
            // No boundary divides it.
            return decided(middle, cell.area_m2);
        }
        let mut sum = Decided::default();
        for part in cell.beyond_all(pieces)? {
            // Its corners are off all boundaries, and on the same side of each.
            if let Some(&corner) = part.iter().flatten().next() {
                sum += decided(corner, part.iter().map(|ring| area_m2(ring)).sum())?;
            }
        }
        Some(sum)
    }

    /// The feature of the overlaid level that holds a point of the plan's plane.
    fn zone_at(&self, point: Coord<f64>) -> Option<FeatureId> {
        let answer = self.locator().locate_without_distance(point);
        match self.level() {
            Level::Corridor => answer.most_specific,
            Level::Core | Level::Zone => answer.zone,
            Level::Cluster => answer.cluster,
        }
    }

    /// Whether the outline that decides states its accuracy, at all points around one of the plan's plane: that of the
    /// zone, outside that of the nearest. `None` if it does at some of them.
    fn states_accuracy_around(&self, point: Coord<f64>, radius: Metres, zone: Option<FeatureId>) -> Option<bool> {
        if self.locator().all_state_accuracy() {
            return Some(true);
        }
        let states = |id: FeatureId| self.plan()[id].accuracy.is_some();
        if let Some(zone) = zone {
            return Some(states(zone));
        }
        let nearest_m = |stating: bool| {
            let is_wanted = |id: FeatureId| self.plan().is_partition(id) && states(id) == stating;
            self.locator().index().nearest_of(point, is_wanted).map_or(f64::INFINITY, |(_, distance)| distance.0)
        };
        let (stating_m, silent_m) = (nearest_m(true), nearest_m(false));
        // Each changes by the radius at most.
        let is_decided = radius.0 == 0.0 || (stating_m - silent_m).abs() > 2.0 * radius.0;
        is_decided.then_some(stating_m <= silent_m)
    }

    /// The boundaries that may be within their accuracy of a parcel with this bounding box.
    fn boundaries_near(&self, local: &LocalPlane, bounds: Rect<f64>) -> Vec<Piece> {
        let (index, centre) = (self.locator().index(), bounds.center());
        let radius_m = self.radius(bounds).0;
        let max_accuracy = self.with_uncertainty_of_parcels(self.locator().max_accuracy());
        let farthest = Metres(max_accuracy.0 + radius_m);
        let mut pieces = vec![];
        for (id, at_least) in index.by_distance(centre).take_while(|&(_, at_least)| at_least <= farthest) {
            let accuracy = self.plan()[id].accuracy.map(|accuracy| self.with_uncertainty_of_parcels(accuracy));
            let limit = Metres(accuracy.map_or(0.0, |accuracy| accuracy.0) + radius_m);
            if !self.is_boundary_relevant(id) || at_least > limit {
                continue;
            }
            for edge in index.edges_within(id, centre, limit) {
                let (from, to) = (local.coord(edge.at(0.0)), local.coord(edge.at(1.0)));
                let mut start = from;
                for end in local.cuts(from, to, |t| edge.at(t)).chain([to]) {
                    pieces.push(Piece { from: start, to: end, accuracy });
                    start = end;
                }
            }
        }
        pieces
    }

    /// Whether moving the boundary of a feature could change the answer. The boundary of the corridor is that of the
    /// core and the zones.
    fn is_boundary_relevant(&self, id: FeatureId) -> bool {
        self.plan()[id].level.is_none_or(|level| match self.level() {
            Level::Corridor => level == Level::Corridor,
            overlaid => level > Level::Corridor && level.depth() <= overlaid.depth(),
        })
    }

    /// The rings of a parcel in the plane around it.
    fn rings_in(&self, local: &LocalPlane, parcel: &MultiPolygon<f64>) -> Vec<Vec<Coord<f64>>> {
        let plane = self.plane();
        let ring_in = |ring: &LineString<f64>, sign: f64| {
            let mut images = ring.0.clone();
            plane.to_positions(&mut images);
            images.iter_mut().for_each(|at| *at = local.coord(*at));
            let mut corners = Vec::with_capacity(images.len());
            for (edge, ends) in ring.lines().zip(images.windows(2)) {
                corners.push(ends[0]);
                corners.extend(local.cuts(ends[0], ends[1], |t| plane.position(edge.start + edge.delta() * t)));
            }
            if sign * area_m2(&corners) < 0.0 {
                corners.reverse();
            }
            corners
        };
        let of_polygon = |polygon: &geo::Polygon<f64>| {
            let holes = polygon.interiors().iter().map(|hole| ring_in(hole, -1.0)).collect::<Vec<_>>();
            std::iter::once(ring_in(polygon.exterior(), 1.0)).chain(holes)
        };
        parcel.iter().flat_map(of_polygon).collect()
    }

    /// An upper bound of the distance from the middle of a box to its points.
    fn radius(&self, bounds: Rect<f64>) -> Metres {
        /// Corners are the farthest points but for the curvature of the sides, and an arc is longer than its chord.
        const CURVATURE: f64 = 1.001;
        /// An arc of half a turn.
        const LONGEST: f64 = 1.6;
        let geocentric = |at: Coord<f64>| geocentric_m(self.plane().position(at));
        let centre_m = geocentric(bounds.center());
        let corners = [bounds.min(), bounds.max(), Coord { x: bounds.min().x, y: bounds.max().y }];
        let chords_m = corners.map(|corner| {
            let corner_m = geocentric(corner);
            let squares = (0..3).map(|axis| (corner_m[axis] - centre_m[axis]) * (corner_m[axis] - centre_m[axis]));
            squares.sum::<f64>().sqrt()
        });
        let chord_m = chords_m.into_iter().fold(0.0, f64::max);
        Metres(if chord_m < 1e5 { CURVATURE } else { LONGEST } * chord_m)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use geo::{MultiPolygon, coord, polygon};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static PLAN: LazyLock<Plan> = LazyLock::new(Plan::bundled);
    static OVERLAYER: LazyLock<Overlayer<'static>> = LazyLock::new(|| Overlayer::new(&PLAN));

    /// The shares of a parcel that stay and that are not assessed, by points.
    fn sampled_share(parcel: &MultiPolygon<f64>, majority: Option<FeatureId>) -> f64 {
        use crate::geometry::position::{PointLocation, position};
        use geo::BoundingRect;
        let bounds = parcel.bounding_rect().unwrap();
        let (mut inside, mut stay) = (0, 0);
        const SIDE: u32 = 160;
        for (i, j) in (0..SIDE).flat_map(|i| (0..SIDE).map(move |j| (i, j))) {
            let part = |k: u32| (f64::from(k) + 0.5) / f64::from(SIDE);
            let point = bounds.min() + coord! { x: part(i) * bounds.width(), y: part(j) * bounds.height() };
            if position(point, parcel) == PointLocation::Inside {
                inside += 1;
                let answer = OVERLAYER.locator().locate(point, Metres(0.0));
                stay += u32::from(answer.certainty == Some(Certainty::Certain) && answer.zone == majority);
            }
        }
        f64::from(stay) / f64::from(inside)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn equals_the_share_of_a_fine_grid(
            x in 121.2..121.5, y in 28.55..28.72, u in 0.002..0.03, v in 0.002..0.03, cut in 0.1..0.9,
        ) {
            // An L, whose middle is not typical of it.
            let parcel: MultiPolygon<f64> = polygon![
                (x: x, y: y), (x: x + u, y: y), (x: x + u, y: y + cut * v), (x: x + cut * u, y: y + cut * v),
                (x: x + cut * u, y: y + v), (x: x, y: y + v),
            ]
            .into();
            let membership = OVERLAYER.overlay(&parcel);
            let share = sampled_share(&parcel, membership.parts[membership.majority].zone);
            if share > 0.51 {
                prop_assert_eq!(membership.certainty, Some(Certainty::Certain), "{}", share);
            } else if share < 0.49 {
                prop_assert_eq!(membership.certainty, Some(Certainty::Uncertain), "{}", share);
            }
        }
    }
}
