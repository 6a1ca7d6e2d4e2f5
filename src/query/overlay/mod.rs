//! Overlay of parcels with the plan: the zones that a parcel intersects, the area in each, and the certainty.

mod certainty;
mod column;
mod keep_parcels;
mod layer_boundary;
mod layers;
mod overlap_analysis;
mod parcel_shape;
mod parcel_summary;
mod piece;
mod rows;
mod summary;
mod sums;

pub use column::OverlayColumn;
pub use keep_parcels::{KeepParcels, OverlaidParcels};
pub use layers::{CoveredParcel, Layer, LayerColumn, LayerCover, LayerOverlayer, LayerSummary, LayersSummary};
pub use overlap_analysis::{OverlapAnalysis, OverlapPair, OverlapPairs};
pub(in crate::query) use parcel_shape::ValidPolygon;
pub use parcel_summary::{FindingKind, ParcelFinding, ParcelSummary, ParcelSummaryOptions, StatedSum, ZoneCount};
pub use rows::{Parcel, Repair, RowOverlayer, stated_area};
pub use summary::OverlaySummary;
pub use sums::{ClassSum, ColumnSum, Sums};

use std::cell::OnceCell;
use std::collections::HashMap;
use std::f64::consts::PI;
use std::sync::{Mutex, OnceLock, PoisonError};

use geo::{BoundingRect, MultiPolygon};

use crate::crs::Plane;
use crate::geometry::clip::{difference, intersection};
use crate::geometry::overlap::{Overlap, PreparedShape};
use crate::index::Boxes;
use crate::maths::hypot;
use crate::plan::{FeatureId, Level, Plan};
use crate::query::locate::{Certainty, Locator};
use crate::units::{Metres, SquareMetres};

/// The relation of a parcel to a zone.
///
/// ```
/// use taizhou_corridor::query::overlay::Relation;
///
/// assert_eq!(Relation::Straddles.as_str(), "straddles");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The whole parcel is in the zone; it may touch the boundary from inside.
    Within,
    /// A part of the parcel is in the zone.
    Straddles,
    /// Only the boundary of the parcel touches the zone.
    Touches,
    /// The parcel, or the part in question, is outside all zones.
    Outside,
}

impl Relation {
    /// The value in tables: `within`, `straddles`, `touches`, `outside`.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Within => "within",
            Relation::Straddles => "straddles",
            Relation::Touches => "touches",
            Relation::Outside => "outside",
        }
    }
}

/// The part of a parcel in one zone, or outside all zones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The zone; `None` for the part outside all zones.
    pub zone: Option<FeatureId>,
    /// The relation of the parcel to the zone.
    pub relation: Relation,
    /// The ellipsoidal area of the part.
    pub area: SquareMetres,
    /// The share of the parcel, 0 to 1.
    pub share: f64,
    /// The perimeter of the part; `None` if the part is the whole parcel.
    perimeter: Option<Metres>,
    /// The length shared with the boundary of the parcel.
    parcel_boundary: Metres,
}

impl Part {
    /// Whether the part is the whole parcel.
    pub(super) fn is_whole(&self) -> bool {
        self.perimeter.is_none()
    }

    /// The mean width: twice the area divided by the perimeter, which is the width of a long, narrow part. `plane` is
    /// that of the plan and the parcel.
    ///
    /// ```
    /// use geo::{MultiPolygon, polygon};
    /// use taizhou_corridor::crs::Plane;
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::Overlayer;
    ///
    /// // A strip of about 9.8 m by 1.1 km in the core.
    /// let strip: MultiPolygon =
    ///     polygon![(x: 121.42, y: 28.65), (x: 121.4201, y: 28.65), (x: 121.4201, y: 28.66), (x: 121.42, y: 28.66)].into();
    /// let membership = Overlayer::new(&Plan::bundled()).overlay(&strip);
    /// let width = membership.parts[0].mean_width(&strip, &Plane::LON_LAT);
    /// assert!((9.6..9.8).contains(&width.0));
    /// ```
    pub fn mean_width(&self, parcel: &MultiPolygon<f64>, plane: &Plane) -> Metres {
        let perimeter = self.perimeter.unwrap_or_else(|| plane.perimeter(parcel));
        // No shape of this area has a shorter perimeter than the circle: that of a tiny part is mostly rounding.
        let widest = (self.area.0 / PI).sqrt();
        Metres(if perimeter.0 > 0.0 { (2.0 * self.area.0 / perimeter.0).min(widest) } else { 0.0 })
    }
}

/// The result of an overlay: the parts of a parcel.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The ellipsoidal area of the parcel.
    pub parcel_area: SquareMetres,
    /// The parts in plan order, the part outside all zones last.
    pub parts: Vec<Part>,
    /// The index of the largest part.
    pub majority: usize,
    /// Whether the majority remains the same if the boundaries move within their accuracy; `None` if the relevant
    /// outlines do not state an accuracy.
    pub certainty: Option<Certainty>,
}

impl Membership {
    /// Makes the relations those without parts narrower than a width: such a part touches, and a parcel that has no
    /// other but its largest part is within. Returns whether there is one.
    fn ignore_slivers(&mut self, parcel: &MultiPolygon<f64>, plane: &Plane, width: Metres) -> bool {
        if width.0 == 0.0 || self.parts.iter().all(|part| part.relation != Relation::Straddles) {
            return false;
        }
        let noise = noise(parcel, plane, self.parcel_area);
        let is_sliver = |part: &Part| part.area <= noise || part.mean_width(parcel, plane) < width;
        let majority = self.majority;
        let others = self.parts.iter_mut().enumerate().filter(|(index, _)| *index != majority).map(|(_, part)| part);
        let (mut has_slivers, mut is_divided) = (false, false);
        for part in others.filter(|part| part.relation != Relation::Touches) {
            if !is_sliver(part) {
                is_divided = true;
                continue;
            }
            has_slivers = true;
            if part.zone.is_some() {
                part.relation = Relation::Touches;
            }
        }
        let largest = &mut self.parts[majority];
        if !is_divided && largest.relation == Relation::Straddles {
            largest.relation = Relation::Within;
            has_slivers = true;
        }
        has_slivers
    }
}

/// Overlays parcels with the zones of a plan.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{Overlayer, Relation};
///
/// // A block on the border of the core and Jiaojiang.
/// let block: MultiPolygon =
///     polygon![(x: 121.46, y: 28.65), (x: 121.48, y: 28.65), (x: 121.48, y: 28.66), (x: 121.46, y: 28.66)].into();
/// let plan = Plan::bundled();
/// let membership = Overlayer::new(&plan).overlay(&block);
/// let zones: Vec<&str> =
///     membership.parts.iter().map(|part| plan[part.zone.unwrap()].id.as_str()).collect();
/// assert_eq!(zones, ["core", "jiaojiang"]);
/// assert!(membership.parts.iter().all(|part| part.relation == Relation::Straddles));
/// let shares: f64 = membership.parts.iter().map(|part| part.share).sum();
/// assert!((shares - 1.0).abs() < 1e-9);
/// ```
pub struct Overlayer<'p> {
    locator: Locator<'p>,
    level: Level,
    /// The uncertainty of the parcels, beside the accuracy of the outlines.
    uncertainty: Metres,
    edges: Vec<OnceLock<PreparedShape>>,
    /// Cached overlap areas of pairs of zones.
    overlap_areas: Mutex<HashMap<(FeatureId, FeatureId), SquareMetres>>,
}

/// The rounding error of an area: intersection points along the boundary of the parcel are rounded to a few nanometres,
/// and sums to twelve digits.
fn noise(parcel: &MultiPolygon<f64>, plane: &Plane, area: SquareMetres) -> SquareMetres {
    let rounding_m2 = plane.rounding_m() * plane.rough_perimeter(parcel).0 + 1e-12 * area.0;
    SquareMetres(rounding_m2.min(area.0 / 4.0))
}

/// The index of the largest part, the first among equals.
fn largest(parts: &[Part]) -> usize {
    (0..parts.len()).fold(0, |best, index| if parts[index].area > parts[best].area { index } else { best })
}

impl<'p> Overlayer<'p> {
    /// Overlays parcels with the core and the zones of a plan, or with all features of a flat dataset.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::Overlayer;
    ///
    /// let plan = Plan::bundled();
    /// let core = &plan.feature("core")?.shape;
    /// // A zone is within itself and touches its neighbours.
    /// let membership = Overlayer::new(&plan).overlay(core);
    /// assert_eq!(membership.parts[0].share, 1.0);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn new(plan: &'p Plan) -> Overlayer<'p> {
        let locator = Locator::new(plan).max_level(Level::Zone);
        let edges = plan.features().iter().map(|_| OnceLock::new()).collect();
        let uncertainty = Metres(0.0);
        Overlayer { locator, level: Level::Zone, uncertainty, edges, overlap_areas: Mutex::default() }
    }

    /// Overlays parcels with the features of another level.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Level, Plan};
    /// use taizhou_corridor::query::overlay::{Overlayer, Relation};
    ///
    /// let plan = Plan::bundled();
    /// let membership = Overlayer::new(&plan).at_level(Level::Cluster).overlay(&plan.feature("core")?.shape);
    /// // The part of the core outside all clusters.
    /// assert_eq!(membership.parts.last().unwrap().relation, Relation::Outside);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn at_level(mut self, level: Level) -> Overlayer<'p> {
        self.level = level;
        self.locator = self.locator.max_level(level);
        self
    }

    /// The position uncertainty of the parcels at 95 %, such as that of their transformation ([`Crs::shift_accuracy`]). It
    /// adds to the accuracy of each outline by the sum of squares, as that of sites does.
    ///
    /// ```
    /// use geo::{MultiPolygon, polygon};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::Certainty;
    /// use taizhou_corridor::query::overlay::Overlayer;
    /// use taizhou_corridor::units::Metres;
    ///
    /// // 50 m by 50 m, some 700 m inside the core, whose outline is accurate to 500 m.
    /// let block: MultiPolygon =
    ///     polygon![(x: 121.369, y: 28.6559), (x: 121.3695, y: 28.6559), (x: 121.3695, y: 28.6564), (x: 121.369, y: 28.6564)].into();
    /// let plan = Plan::bundled();
    /// let certainty = |metres| Overlayer::new(&plan).with_uncertainty(Metres(metres)).overlay(&block).certainty;
    /// assert_eq!(certainty(0.0), Some(Certainty::Certain));
    /// assert_eq!(certainty(600.0), Some(Certainty::Uncertain));
    /// ```
    ///
    /// [`Crs::shift_accuracy`]: crate::crs::Crs::shift_accuracy
    pub fn with_uncertainty(mut self, uncertainty: Metres) -> Overlayer<'p> {
        self.uncertainty = uncertainty;
        self
    }

    /// The accuracy of an outline, with the uncertainty of the parcels.
    fn with_uncertainty_of_parcels(&self, accuracy: Metres) -> Metres {
        if self.uncertainty.0 == 0.0 { accuracy } else { Metres(hypot(accuracy.0, self.uncertainty.0)) }
    }

    /// The level of the overlaid features.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The plan.
    pub fn plan(&self) -> &'p Plan {
        self.locator.plan()
    }

    fn locator(&self) -> &Locator<'p> {
        &self.locator
    }

    fn plane(&self) -> &Plane {
        self.plan().plane()
    }

    /// Overlays a valid polygon in the plan's plane with the zones.
    pub fn overlay(&self, parcel: &MultiPolygon<f64>) -> Membership {
        let parcel_area = self.plane().area(parcel);
        let parts = self.parts(parcel, parcel_area);
        let majority = largest(&parts);
        let certainty = self.certainty(parcel, parcel_area, &parts, majority);
        Membership { parcel_area, parts, majority, certainty }
    }

    /// The parts in plan order, the part outside all zones last.
    fn parts(&self, parcel: &MultiPolygon<f64>, parcel_area: SquareMetres) -> Vec<Part> {
        let mut parts = vec![];
        let edges = OnceCell::new();
        if let Some(bounds) = parcel.bounding_rect() {
            for zone in self.locator.index().near(bounds).into_iter().filter(|&zone| self.is_overlaid(zone)) {
                parts.extend(self.part(parcel, &edges, parcel_area, zone));
            }
        }
        self.add_part_outside(parcel, parcel_area, &mut parts);
        parts
    }

    /// The geometry of a part; new vertices are rounded to double precision.
    pub fn piece(&self, parcel: &MultiPolygon<f64>, membership: &Membership, part: &Part) -> MultiPolygon<f64> {
        let plan = self.plan();
        match part.zone {
            _ if part.is_whole() => parcel.clone(),
            Some(zone) => intersection(parcel, &plan[zone].shape),
            None => {
                let overlapping = membership.parts.iter().filter(|part| part.area.0 > 0.0);
                difference(parcel, overlapping.filter_map(|part| Some(&plan[part.zone?].shape)))
            }
        }
    }

    /// Whether the feature is of the overlaid level.
    fn is_overlaid(&self, zone: FeatureId) -> bool {
        let level = self.plan()[zone].level;
        level.is_none_or(|level| level.depth() == self.level.depth())
    }

    fn prepared(&self, zone: FeatureId) -> &PreparedShape {
        self.edges[zone.index()].get_or_init(|| PreparedShape::in_plane(&self.plan()[zone].shape, self.plane()))
    }

    fn part(
        &self,
        parcel: &MultiPolygon<f64>,
        edges: &OnceCell<PreparedShape>,
        parcel_area: SquareMetres,
        zone: FeatureId,
    ) -> Option<Part> {
        let zone_shape = self.prepared(zone);
        let part = |relation, area: SquareMetres, perimeter, parcel_boundary| {
            let share = if relation == Relation::Within { 1.0 } else { (area.0 / parcel_area.0).clamp(0.0, 1.0) };
            Some(Part { zone: Some(zone), relation, area, share, perimeter, parcel_boundary })
        };
        let within = || part(Relation::Within, parcel_area, None, Metres(0.0));
        let bounds = parcel.bounding_rect()?;
        if !zone_shape.has_edge_near(bounds) {
            // No boundary nearby: one vertex decides for the whole parcel.
            let corner = parcel.0.first()?.exterior().0.first().copied()?;
            return if zone_shape.contains_off_boundary(corner) { within() } else { None };
        }
        let overlap = edges.get_or_init(|| PreparedShape::in_plane(parcel, self.plane())).overlap(zone_shape);
        let Overlap { area, perimeter, own_length: parcel_boundary, crosses, touches } = overlap;
        // Without crossings, the intersection is the whole parcel, empty, or a part that ends at a vertex or an edge.
        let noise = noise(parcel, self.plane(), parcel_area);
        if crosses || (noise.0 < area.0 && area.0 < parcel_area.0 - noise.0) {
            part(Relation::Straddles, area, Some(perimeter), parcel_boundary)
        } else if area.0 > noise.0 {
            within()
        } else if touches {
            part(Relation::Touches, SquareMetres(0.0), Some(Metres(0.0)), Metres(0.0))
        } else {
            None
        }
    }

    /// Adds the part outside all zones. If there is none and zones do not overlap, the largest part takes the rounding
    /// error, so that the parts add up to the whole.
    fn add_part_outside(&self, parcel: &MultiPolygon<f64>, parcel_area: SquareMetres, parts: &mut Vec<Part>) {
        if parts.iter().any(|part| part.relation == Relation::Within) {
            return;
        }
        let outside = |area: SquareMetres, perimeter: Option<Metres>| {
            let share = if perimeter.is_none() { 1.0 } else { area.0 / parcel_area.0 };
            let parcel_boundary = Metres(0.0);
            Part { zone: None, relation: Relation::Outside, area, share, perimeter, parcel_boundary }
        };
        let zones: Vec<FeatureId> =
            parts.iter().filter(|part| part.area.0 > 0.0).filter_map(|part| part.zone).collect();
        if zones.is_empty() {
            parts.push(outside(parcel_area, None));
            return;
        }
        let shapes = zones.iter().map(|&zone| &self.plan()[zone].shape);
        let noise = noise(parcel, self.plane(), parcel_area);
        if self.any_overlap(&zones) {
            let rest = self.plane().measure(&difference(parcel, shapes));
            if rest.area > noise {
                parts.push(outside(rest.area, Some(rest.perimeter)));
            }
            return;
        }
        let rest = SquareMetres(parcel_area.0 - parts.iter().map(|part| part.area.0).sum::<f64>());
        let largest = largest(parts);
        let part = &mut parts[largest];
        if rest <= noise {
            part.area.0 += rest.0;
            part.share = part.area.0 / parcel_area.0;
            return;
        }
        let around = match (zones.as_slice(), part.perimeter) {
            // The boundary of the parcel outside the zone, plus that of the zone inside the parcel.
            ([_], Some(of_part)) => Metres(self.plane().perimeter(parcel).0 + of_part.0 - 2.0 * part.parcel_boundary.0),
            _ => self.plane().perimeter(&difference(parcel, shapes)),
        };
        parts.push(outside(rest, Some(around)));
    }

    /// Whether any of these zones overlap by more than their borders; only pairs whose boxes intersect are examined.
    fn any_overlap(&self, zones: &[FeatureId]) -> bool {
        /// Up to this number, testing all pairs is faster than an index of boxes.
        const MAX_ALL_PAIRS: usize = 8;
        if zones.len() <= MAX_ALL_PAIRS {
            let pairs = zones.iter().enumerate().flat_map(|(i, &a)| zones[i + 1..].iter().map(move |&b| (a, b)));
            return self.pairs_overlap(pairs);
        }
        let boxes = zones.iter().filter_map(|&zone| Some((zone.index(), self.prepared(zone).bounding_rect()?)));
        let pairs = Boxes::new(boxes).intersecting_pairs().into_iter();
        self.pairs_overlap(pairs.map(|(a, b)| (FeatureId::new(a), FeatureId::new(b))))
    }

    /// Whether the overlaps of these pairs sum up to more than rounding errors: many small overlaps add up.
    fn pairs_overlap(&self, pairs: impl IntoIterator<Item = (FeatureId, FeatureId)>) -> bool {
        const MIN: SquareMetres = SquareMetres(1e-3);
        let mut sum = SquareMetres(0.0);
        pairs.into_iter().any(|(a, b)| {
            let mut areas = self.overlap_areas.lock().unwrap_or_else(PoisonError::into_inner);
            sum.0 += areas.entry((a, b)).or_insert_with(|| self.prepared(a).overlap_area(self.prepared(b))).0;
            sum > MIN
        })
    }

    /// The overlaid zones whose boxes intersect that of a shape.
    fn near<'a>(&'a self, edges: &PreparedShape) -> impl Iterator<Item = FeatureId> + use<'a, 'p> {
        let near = edges.bounding_rect().map(|bounds| self.locator.index().near(bounds));
        near.into_iter().flatten().filter(|&zone| self.is_overlaid(zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::measure::ellipsoid_area;
    use crate::geometry::step_count;
    use geo::polygon;

    fn block(west: f64, south: f64, size: f64) -> MultiPolygon<f64> {
        polygon![(x: west, y: south), (x: west + size, y: south), (x: west + size, y: south + size), (x: west, y: south + size)]
            .into()
    }

    #[test]
    fn cost_of_a_parcel_is_linear_in_its_zones() {
        let looked_at = [12, 48].map(|in_a_row| {
            let plan = step_count::squares(in_a_row);
            let overlayer = Overlayer::new(&plan);
            let parcel = block(121.29, 28.59, 0.1);
            let membership = overlayer.overlay(&parcel);
            assert_eq!(membership.parts.len(), (in_a_row * in_a_row + 1) as usize);
            let shares: f64 = membership.parts.iter().map(|part| part.share).sum();
            assert!((shares - 1.0).abs() < 1e-9, "{shares}");
            let overlayer = Overlayer::new(&plan);
            step_count::steps_of(|| drop(overlayer.overlay(&parcel)))
        });
        // Sixteen times the zones and a tree a third higher; the number of all pairs would grow 256-fold.
        assert!(looked_at[1] < 32 * looked_at[0], "{looked_at:?}");
    }

    #[test]
    fn cost_of_a_parcel_depends_on_nearby_edges_only() {
        let comb = |teeth: u32| {
            let tooth = |i: u32| {
                format!("[{},{}]", 121.3 + f64::from(i) * 0.02 / f64::from(teeth), 28.62 + f64::from(i % 2) * 0.02)
            };
            let teeth: Vec<String> = (0..teeth).map(tooth).collect();
            let ring = format!("[[121.3,28.6],{},[121.32,28.6],[121.3,28.6]]", teeth.join(","));
            let json = format!(
                r#"{{"type":"Feature","id":"comb","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
            );
            Plan::flat_from_geojson(format!(r#"{{"type":"FeatureCollection","features":[{json}]}}"#).as_bytes(), None)
                .unwrap()
        };
        let looked_at = [500, 8000].map(|teeth| {
            let plan = comb(teeth);
            let overlayer = Overlayer::new(&plan);
            // Below the teeth, near the western edge only; and as wide as ten teeth.
            let below = block(121.2999, 28.605, 0.0002);
            let across = block(121.31, 28.63, 0.2 / f64::from(teeth));
            step_count::steps_of(|| drop((overlayer.overlay(&below), overlayer.overlay(&across))))
        });
        assert!(looked_at[1] < 2 * looked_at[0], "{looked_at:?}");
    }

    #[test]
    fn small_overlaps_of_many_zones_add_up() {
        // Each overlap is 11 m by 0.07 mm: 8 cm².
        let square = |i: u32| {
            let (w, s) = (121.3 + f64::from(i % 20) * 1e-4, 28.6 + f64::from(i / 20) * 1e-4);
            let (e, n) = (w + 1e-4 + 7e-10, s + 1e-4);
            format!(
                r#"{{"type":"Feature","id":"{i}","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]}}}}"#
            )
        };
        let features: Vec<String> = (0..400).map(square).collect();
        let plan = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        let plan = Plan::flat_from_geojson(plan.as_bytes(), None).unwrap();
        let parcel = block(121.299, 28.599, 0.004);
        let membership = Overlayer::new(&plan).overlay(&parcel);
        let covered: MultiPolygon<f64> = polygon![
            (x: 121.3, y: 28.6), (x: 121.302 + 7e-10, y: 28.6), (x: 121.302 + 7e-10, y: 28.602), (x: 121.3, y: 28.602)
        ]
        .into();
        let expected = ellipsoid_area(&parcel).0 - ellipsoid_area(&covered).0;
        let outside = membership.parts.last().unwrap().area.0;
        assert!((outside - expected).abs() < 1e-2, "{outside} {expected}");
    }

    #[test]
    fn finds_overlapping_zones_among_many() {
        let overlapping = |with_one_more: bool| {
            let mut json = vec![];
            for i in 0..100 {
                json.push((121.3 + f64::from(i % 10) * 0.001, 28.6 + f64::from(i / 10) * 0.001, 0.001));
            }
            if with_one_more {
                json.push((121.3052, 28.6052, 0.0002));
            }
            let feature = |(i, &(w, s, size)): (usize, &(f64, f64, f64))| {
                let (e, n) = (w + size, s + size);
                format!(
                    r#"{{"type":"Feature","id":"{i}","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]}}}}"#
                )
            };
            let features: Vec<String> = json.iter().enumerate().map(feature).collect();
            let plan = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
            Plan::flat_from_geojson(plan.as_bytes(), None).unwrap()
        };
        for with_one_more in [false, true] {
            let plan = overlapping(with_one_more);
            let overlayer = Overlayer::new(&plan);
            let zones: Vec<FeatureId> = plan.ids().collect();
            let every_pair = zones.iter().any(|&a| zones.iter().any(|&b| a < b && overlayer.pairs_overlap([(a, b)])));
            assert_eq!((overlayer.any_overlap(&zones), every_pair), (with_one_more, with_one_more));
            // The part outside is the same.
            let parcel = block(121.2995, 28.5995, 0.011);
            let outside = overlayer.overlay(&parcel).parts.last().unwrap().area.0;
            let expected = ellipsoid_area(&parcel).0 - ellipsoid_area(&block(121.3, 28.6, 0.01)).0;
            assert!((outside - expected).abs() < 1e-3, "{outside} {expected}");
        }
    }
}
