//! Whether the majority of a parcel is certain: by the area that stays in its zone wherever the true boundaries lie
//! within their accuracy.
//!
//! The box of the parcel is quartered until every cell is decided, or what is undecided cannot change the result. A cell
//! is decided for all its points by one: the distance to a boundary differs by no more than the radius of the cell. The
//! area of the parcel in a cell is that of their overlap, on the ellipsoid.

use geo::{Coord, Rect};

use crate::geometry::measure::distance;
use crate::geometry::overlap::PreparedShape;
use crate::plan::{FeatureId, Level};
use crate::query::locate::{Answer, Certainty};
use crate::query::overlay::Overlayer;
use crate::units::{Metres, SquareMetres};

/// The share of a parcel that is too small to go on for: within it of a half, the middles of the cells decide.
const MAX_UNDECIDED: f64 = 1e-4;

/// The most cells of a parcel.
const MAX_CELLS: usize = 1 << 16;

/// What is true of all points of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// They stay in the zone.
    Stays,
    /// They may be elsewhere.
    MayLeave,
    /// They are in the zone, but the outline that decides states no accuracy.
    NotAssessed,
    Undecided,
}

impl Overlayer<'_> {
    /// The majority is certain if more than half of the parcel stays in its zone wherever the true boundaries lie
    /// within their accuracy. `None` if the outlines that decide state no accuracy.
    pub(super) fn certainty<'s>(
        &self,
        parcel: &dyn Fn() -> &'s PreparedShape,
        parcel_area: SquareMetres,
        majority: Option<FeatureId>,
    ) -> Option<Certainty> {
        if !self.locator().states_accuracy() {
            return None;
        }
        let half_m2 = parcel_area.0 / 2.0;
        let (mut stays_m2, mut not_assessed_m2, mut undecided_m2) = (0.0, 0.0, parcel_area.0);
        let mut cells = vec![(parcel().bounding_rect()?, parcel_area.0)];
        let mut count = 1;
        while !cells.is_empty() {
            let is_last = undecided_m2 <= MAX_UNDECIDED * parcel_area.0 || count > MAX_CELLS;
            let mut quarters = vec![];
            for (cell, area_m2) in cells {
                let found = match self.cell(cell, majority) {
                    Cell::Undecided if is_last => self.middle(cell, majority),
                    found => found,
                };
                match found {
                    Cell::Stays => stays_m2 += area_m2,
                    Cell::NotAssessed => not_assessed_m2 += area_m2,
                    Cell::MayLeave => {}
                    Cell::Undecided => {
                        quarters.extend(quartered(cell).map(|quarter| (quarter, self.area_in_m2(parcel(), quarter))));
                        continue;
                    }
                }
                undecided_m2 -= area_m2;
            }
            quarters.retain(|&(_, area_m2)| area_m2 > 0.0);
            count += quarters.len();
            let undecided_m2 = if quarters.is_empty() { 0.0 } else { undecided_m2.max(0.0) };
            if stays_m2 > half_m2 {
                return Some(Certainty::Certain);
            }
            if stays_m2 + undecided_m2 + not_assessed_m2 <= half_m2 {
                return Some(Certainty::Uncertain);
            }
            if stays_m2 + not_assessed_m2 > half_m2 && stays_m2 + undecided_m2 <= half_m2 {
                return None;
            }
            cells = quarters;
        }
        // Rounding left them apart.
        if not_assessed_m2 > 0.0 { None } else { Some(Certainty::Uncertain) }
    }

    fn cell(&self, cell: Rect<f64>, majority: Option<FeatureId>) -> Cell {
        let locator = self.locator();
        let centre = cell.center();
        let radius = self.radius(cell);
        // Its square and that of an accuracy sum up to at least the square of accuracy plus radius.
        let accuracy_m = locator.max_accuracy().0;
        let spare = Metres((2.0 * accuracy_m * radius.0 + radius.0 * radius.0).sqrt());
        let answer = locator.locate(centre, spare);
        let is_undivided = || locator.all_state_accuracy() || !self.has_boundary_in(cell);
        let stays = self.zone_of(&answer) == majority;
        match answer.certainty {
            Some(Certainty::Certain) if is_undivided() => {
                if stays {
                    Cell::Stays
                } else {
                    Cell::MayLeave
                }
            }
            None if is_undivided() => {
                if stays {
                    Cell::NotAssessed
                } else {
                    Cell::MayLeave
                }
            }
            Some(Certainty::Uncertain) if locator.is_uncertain_around(centre, radius) => Cell::MayLeave,
            _ => Cell::Undecided,
        }
    }

    /// What is true of the middle of a cell.
    fn middle(&self, cell: Rect<f64>, majority: Option<FeatureId>) -> Cell {
        let answer = self.locator().locate(cell.center(), Metres(0.0));
        match answer.certainty {
            _ if self.zone_of(&answer) != majority => Cell::MayLeave,
            Some(Certainty::Certain) => Cell::Stays,
            Some(Certainty::Uncertain) => Cell::MayLeave,
            None => Cell::NotAssessed,
        }
    }

    /// The feature of the overlaid level in an answer.
    fn zone_of(&self, answer: &Answer) -> Option<FeatureId> {
        match self.level() {
            Level::Corridor => answer.most_specific,
            Level::Core | Level::Zone => answer.zone,
            Level::Cluster => answer.cluster,
        }
    }

    /// An upper bound of the distance from the middle of a cell to its points.
    fn radius(&self, cell: Rect<f64>) -> Metres {
        /// Corners are the farthest points but for the curvature of the sides.
        const CURVATURE: f64 = 1.001;
        let plane = self.plan().plane();
        let centre = plane.position(cell.center());
        let corners = [cell.min(), cell.max(), Coord { x: cell.min().x, y: cell.max().y }];
        let distances_m = corners.map(|corner| distance(centre, plane.position(corner)).0);
        Metres(CURVATURE * distances_m.into_iter().fold(0.0, f64::max))
    }

    /// Whether a boundary may run through a cell.
    fn has_boundary_in(&self, cell: Rect<f64>) -> bool {
        let zones = self.locator().index().near(cell);
        zones.into_iter().any(|zone| self.prepared(zone).has_edge_near(cell))
    }

    fn area_in_m2(&self, parcel: &PreparedShape, cell: Rect<f64>) -> f64 {
        parcel.overlap_area(&PreparedShape::in_plane(&cell.to_polygon().into(), self.plan().plane())).0
    }
}

fn quartered(cell: Rect<f64>) -> [Rect<f64>; 4] {
    let (min, max, middle) = (cell.min(), cell.max(), cell.center());
    [
        Rect::new(min, middle),
        Rect::new(Coord { x: middle.x, y: min.y }, Coord { x: max.x, y: middle.y }),
        Rect::new(Coord { x: min.x, y: middle.y }, Coord { x: middle.x, y: max.y }),
        Rect::new(middle, max),
    ]
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
