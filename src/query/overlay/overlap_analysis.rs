//! Overlaps among parcels.

use std::collections::HashMap;

use geo::MultiPolygon;

use crate::crs::Plane;
use crate::geometry::cover::{IndexedShapes, overcount};
use crate::geometry::overlap::PreparedShape;
use crate::parallel;
use crate::plan::FeatureId;
use crate::query::overlay::{Overlayer, Sums};
use crate::units::SquareMetres;

/// Finds overlaps among parcels. All parcels are kept in memory.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{OverlapAnalysis, Overlayer, Sums};
///
/// // The second block covers the eastern half of the first; both lie in the core.
/// let block = |x: f64| -> MultiPolygon {
///     polygon![(x: x, y: 28.65), (x: x + 0.01, y: 28.65), (x: x + 0.01, y: 28.655), (x: x, y: 28.655)].into()
/// };
/// let plan = Plan::bundled();
/// let mut analysis = OverlapAnalysis::default();
/// analysis.add(1, "A", block(121.40));
/// analysis.add(2, "B", block(121.405));
/// let overlayer = Overlayer::new(&plan);
/// let overlaps = analysis.overlaps(&overlayer, &Sums::new(&overlayer));
/// assert_eq!((overlaps.pairs[0].rows, overlaps.pairs[0].area.ha().round()), ((1, 2), 27.0));
/// // The first column is the core.
/// assert_eq!((overlaps.areas[0].ha().round(), overlaps.areas[1].ha().round()), (27.0, 0.0));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct OverlapAnalysis {
    plane: Plane,
    parcels: Vec<ParcelShape>,
}

#[derive(Debug, Clone)]
struct ParcelShape {
    row: u64,
    label: String,
    shape: MultiPolygon<f64>,
}

/// Two parcels that overlap.
#[derive(Debug, Clone, PartialEq)]
pub struct OverlapPair {
    /// The rows of the parcels.
    pub rows: (u64, u64),
    /// The labels of the parcels.
    pub labels: (String, String),
    /// The ellipsoidal area of the intersection.
    pub area: SquareMetres,
}

/// The overlaps among parcels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OverlapPairs {
    /// The first [`OverlapAnalysis::MAX_PAIRS`] pairs of parcels that overlap by more than 0.01 m², in row order.
    pub pairs: Vec<OverlapPair>,
    /// The number of all such pairs.
    pub pair_count: u64,
    /// For each of [`Sums::columns`], the sum of the parcel areas minus the area of their union.
    pub areas: Vec<SquareMetres>,
}

/// Smaller overlaps come from rounded vertices: one millimetre along ten metres of border.
const MIN_OVERLAP: SquareMetres = SquareMetres(0.01);

/// Smaller areas are rounding errors of intersection points and sums.
const MIN_REPEATED: SquareMetres = SquareMetres(1e-4);

impl OverlapAnalysis {
    /// The maximum number of pairs kept; all pairs are counted.
    pub const MAX_PAIRS: usize = 1000;

    /// No parcels yet, in a plane: by [`default`](OverlapAnalysis::default), in longitude and latitude.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::OverlapAnalysis;
    ///
    /// let analysis = OverlapAnalysis::in_plane(Plan::bundled().plane());
    /// assert_eq!(analysis.repeated_area().0, 0.0);
    /// ```
    pub fn in_plane(plane: &Plane) -> OverlapAnalysis {
        OverlapAnalysis { plane: plane.clone(), parcels: vec![] }
    }

    /// Adds a valid parcel with its row and label.
    pub fn add(&mut self, row: u64, label: impl Into<String>, shape: MultiPolygon<f64>) {
        self.parcels.push(ParcelShape { row, label: label.into(), shape });
    }

    /// The pairs of parcels that overlap by more than 0.01 m², and the area counted more than once in each column of
    /// the sums.
    pub fn overlaps(&self, overlayer: &Overlayer<'_>, sums: &Sums<'_>) -> OverlapPairs {
        let prepared = PreparedParcels::new(&self.parcels, &self.plane);
        let (pairs, pair_count) = self.pairs(&prepared);
        OverlapPairs { pairs, pair_count, areas: prepared.counted_twice(overlayer, sums) }
    }

    /// Only the areas of [`overlaps`](OverlapAnalysis::overlaps). The cost depends on the edges and their
    /// intersections, not on the number of overlapping pairs.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{OverlapAnalysis, Overlayer, Sums};
    ///
    /// // The core three times: its area is counted twice too often.
    /// let plan = Plan::bundled();
    /// let mut analysis = OverlapAnalysis::default();
    /// for row in 1..=3 {
    ///     analysis.add(row, "", plan.feature("core")?.shape.clone());
    /// }
    /// let overlayer = Overlayer::new(&plan);
    /// let areas = analysis.counted_twice(&overlayer, &Sums::new(&overlayer));
    /// assert_eq!(format!("{:.3} km²", areas[0].km2()), "82.000 km²");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn counted_twice(&self, overlayer: &Overlayer<'_>, sums: &Sums<'_>) -> Vec<SquareMetres> {
        PreparedParcels::new(&self.parcels, &self.plane).counted_twice(overlayer, sums)
    }

    /// The sum of the parcel areas minus the area of their union.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::OverlapAnalysis;
    ///
    /// // The core is part of the corridor and so covered by both.
    /// let plan = Plan::bundled();
    /// let mut analysis = OverlapAnalysis::default();
    /// analysis.add(1, "corridor", plan.feature("corridor")?.shape.clone());
    /// analysis.add(2, "core", plan.feature("core")?.shape.clone());
    /// assert_eq!(format!("{:.3} km²", analysis.repeated_area().km2()), "41.000 km²");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn repeated_area(&self) -> SquareMetres {
        let prepared = PreparedParcels::new(&self.parcels, &self.plane);
        drop_rounding(overcount(&prepared.layer(), &IndexedShapes::new(vec![])).outside_m2)
    }

    /// The first overlapping pairs, and the number of all.
    fn pairs(&self, prepared: &PreparedParcels) -> (Vec<OverlapPair>, u64) {
        let mut partners: Vec<Vec<(usize, SquareMetres)>> = vec![vec![]; prepared.edges.len()];
        let mut count = 0;
        for (a, b, area) in prepared.layer().overlapping_pairs(MIN_OVERLAP) {
            count += prepared.parcels_of[a].len() as u64 * prepared.parcels_of[b].len() as u64;
            partners[a].push((b, area));
            partners[b].push((a, area));
        }
        for (shape, same) in prepared.parcels_of.iter().enumerate() {
            let area = prepared.edges[shape].area();
            if same.len() > 1 && area > MIN_OVERLAP {
                count += same.len() as u64 * (same.len() as u64 - 1) / 2;
                partners[shape].push((shape, area));
            }
        }
        let mut pairs = vec![];
        for (earlier, parcel) in self.parcels.iter().enumerate() {
            let later = |&(shape, area): &(usize, SquareMetres)| {
                let same = &prepared.parcels_of[shape];
                let later = &same[same.partition_point(|&other| other <= earlier)..];
                later.iter().take(OverlapAnalysis::MAX_PAIRS).map(move |&later| (later, area))
            };
            let mut overlapping: Vec<(usize, SquareMetres)> =
                partners[prepared.shape_of[earlier]].iter().flat_map(later).collect();
            overlapping.sort_by_key(|&(later, _)| later);
            for (later, area) in overlapping.into_iter().take(OverlapAnalysis::MAX_PAIRS - pairs.len()) {
                let other = &self.parcels[later];
                let labels = (parcel.label.clone(), other.label.clone());
                pairs.push(OverlapPair { rows: (parcel.row, other.row), labels, area });
            }
            if pairs.len() == OverlapAnalysis::MAX_PAIRS {
                break;
            }
        }
        (pairs, count)
    }
}

fn drop_rounding(area_m2: f64) -> SquareMetres {
    SquareMetres(if area_m2 > MIN_REPEATED.0 { area_m2 } else { 0.0 })
}

/// The distinct shapes of parcels.
struct PreparedParcels {
    edges: Vec<PreparedShape>,
    /// For each shape, the parcels with that shape, in ascending order.
    parcels_of: Vec<Vec<usize>>,
    /// For each parcel, its shape.
    shape_of: Vec<usize>,
}

impl PreparedParcels {
    fn new(parcels: &[ParcelShape], plane: &Plane) -> PreparedParcels {
        let all: Vec<PreparedShape> = parallel::map(parcels, |parcel| PreparedShape::in_plane(&parcel.shape, plane));
        let mut with_quick_key: HashMap<_, Vec<usize>> = HashMap::new();
        for (parcel, edges) in all.iter().enumerate() {
            with_quick_key.entry(edges.quick_key()).or_default().push(parcel);
        }
        // For each parcel, the first parcel with the same shape.
        let mut first: Vec<usize> = (0..all.len()).collect();
        for parcels in with_quick_key.into_values().filter(|parcels| parcels.len() > 1) {
            let mut with_key = HashMap::new();
            for parcel in parcels {
                first[parcel] = *with_key.entry(all[parcel].key()).or_insert(parcel);
            }
        }
        let (mut edges, mut parcels_of, mut shape_of) = (vec![], vec![], vec![]);
        for (parcel, of_parcel) in all.into_iter().enumerate() {
            let shape = if first[parcel] < parcel { shape_of[first[parcel]] } else { edges.len() };
            if shape == edges.len() {
                edges.push(of_parcel);
                parcels_of.push(vec![]);
            }
            parcels_of[shape].push(parcel);
            shape_of.push(shape);
        }
        PreparedParcels { edges, parcels_of, shape_of }
    }

    fn layer(&self) -> IndexedShapes<'_> {
        let count = |parcels: &Vec<usize>| u32::try_from(parcels.len()).unwrap_or(u32::MAX);
        IndexedShapes::new(self.edges.iter().zip(self.parcels_of.iter().map(count)).collect())
    }

    /// The area counted more than once in each column of the sums.
    fn counted_twice(&self, overlayer: &Overlayer<'_>, sums: &Sums<'_>) -> Vec<SquareMetres> {
        let mut areas = vec![SquareMetres(0.0); sums.columns().len()];
        let layer = self.layer();
        let all = overcount(&layer, &IndexedShapes::new(vec![]));
        if all.outside_m2 <= MIN_REPEATED.0 {
            return areas;
        }
        let near = |&shape: &usize| overlayer.near(&self.edges[shape]);
        let mut zones: Vec<FeatureId> = all.shapes.iter().flat_map(near).collect();
        zones.sort_unstable();
        zones.dedup();
        let of_zones = IndexedShapes::new(zones.iter().map(|&zone| (overlayer.prepared(zone), 1)).collect());
        let found = overcount(&layer, &of_zones);
        let of_zones = zones.into_iter().map(Some).zip(found.in_zones_m2);
        for (zone, area_m2) in of_zones.chain([(None, found.outside_m2)]) {
            if let Some(column) = sums.column_of(zone) {
                areas[column] = drop_rounding(area_m2);
            }
        }
        areas
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::measure::ellipsoid_area;
    use crate::geometry::step_count;
    use crate::plan::Plan;
    use geo::polygon;

    fn block(x: f64, width: f64) -> MultiPolygon<f64> {
        polygon![(x: x, y: 28.65), (x: x + width, y: 28.65), (x: x + width, y: 28.655), (x: x, y: 28.655)].into()
    }

    #[test]
    fn area_covered_three_times_counts_twice() {
        let plan = Plan::bundled();
        let mut analysis = OverlapAnalysis::default();
        for row in 1..=3 {
            analysis.add(row, row.to_string(), block(121.40, 0.004));
        }
        analysis.add(4, "neighbour", block(121.404, 0.004));
        let overlayer = Overlayer::new(&plan);
        let overlaps = analysis.overlaps(&overlayer, &Sums::new(&overlayer));
        assert_eq!(overlaps.pairs.iter().map(|pair| pair.rows).collect::<Vec<_>>(), [(1, 2), (1, 3), (2, 3)]);
        let twice_m2 = 2.0 * ellipsoid_area(&block(121.40, 0.004)).0;
        assert!((overlaps.areas[0].0 - twice_m2).abs() < 1e-6, "{:?} {twice_m2}", overlaps.areas);
    }

    #[test]
    fn a_tiling_has_no_overlaps() {
        let plan = Plan::bundled();
        let mut analysis = OverlapAnalysis::default();
        for number in 0..20u32 {
            analysis.add(number.into(), "", block(121.40 + f64::from(number) * 0.001, 0.001));
        }
        let overlayer = Overlayer::new(&plan);
        let overlaps = analysis.overlaps(&overlayer, &Sums::new(&overlayer));
        assert!(overlaps.pairs.is_empty() && overlaps.areas.iter().all(|area| area.0 == 0.0), "{overlaps:?}");
    }

    #[test]
    fn many_small_overlaps_add_up() {
        // Each overlap is below the threshold for a pair: 100 m by 0.08 mm.
        let plan = Plan::bundled();
        let mut analysis = OverlapAnalysis::default();
        let mut expected_m2 = -ellipsoid_area(&block(121.40, 199.0 * 0.0002 + 0.000_2 + 8e-10)).0;
        for number in 0..200u32 {
            let parcel = block(121.40 + f64::from(number) * 0.0002, 0.0002 + 8e-10);
            expected_m2 += ellipsoid_area(&parcel).0;
            analysis.add(number.into(), "", parcel);
        }
        let overlayer = Overlayer::new(&plan);
        let overlaps = analysis.overlaps(&overlayer, &Sums::new(&overlayer));
        let sum_m2: f64 = overlaps.areas.iter().map(|area| area.0).sum();
        assert!(expected_m2 > 5.0 && (sum_m2 - expected_m2).abs() < 1e-4, "{sum_m2} {expected_m2}");
        assert!((analysis.repeated_area().0 - expected_m2).abs() < 1e-4);
    }

    #[test]
    fn recognises_equal_shapes_with_different_start_vertices() {
        let plan = Plan::bundled();
        let mut turned = block(121.40, 0.004).0[0].exterior().0.clone();
        turned.pop();
        turned.rotate_left(1);
        turned.reverse();
        let mut analysis = OverlapAnalysis::default();
        analysis.add(1, "", block(121.40, 0.004));
        analysis.add(2, "", block(121.402, 0.004));
        analysis.add(3, "", geo::Polygon::new(turned.into(), vec![]).into());
        assert_eq!(PreparedParcels::new(&analysis.parcels, &Plane::LON_LAT).parcels_of, [vec![0, 2], vec![1]]);
        let overlayer = Overlayer::new(&plan);
        let overlaps = analysis.overlaps(&overlayer, &Sums::new(&overlayer));
        assert_eq!(overlaps.pairs.iter().map(|pair| pair.rows).collect::<Vec<_>>(), [(1, 2), (1, 3), (2, 3)]);
        assert_eq!(overlaps.pair_count, 3);
    }

    #[test]
    fn counts_all_pairs_and_keeps_the_first() {
        let plan = Plan::bundled();
        let mut analysis = OverlapAnalysis::default();
        for row in 1..=100 {
            analysis.add(row, "", block(121.40, 0.004));
        }
        let overlayer = Overlayer::new(&plan);
        let overlaps = analysis.overlaps(&overlayer, &Sums::new(&overlayer));
        assert_eq!((overlaps.pair_count, overlaps.pairs.len()), (4950, OverlapAnalysis::MAX_PAIRS));
        assert_eq!((overlaps.pairs[0].rows, overlaps.pairs[99].rows), ((1, 2), (2, 3)));
    }

    #[test]
    fn cost_is_linear_in_parcels_and_intersections() {
        let plan = Plan::bundled();
        let overlayer = Overlayer::new(&plan);
        let sums = Sums::new(&overlayer);
        let work = |count: u32, step: f64| {
            let mut analysis = OverlapAnalysis::default();
            for row in 0..count {
                analysis.add(row.into(), "", block(121.30 + f64::from(row) * step, 0.00004));
            }
            step_count::steps_of(|| drop(analysis.counted_twice(&overlayer, &sums)))
        };
        // In a row, each overlapping its neighbours; and all in the same place.
        let (few, many) = (work(250, 0.00003), work(4000, 0.00003));
        // Sixteen times the parcels and a tree half as high again; the number of all pairs would grow 256-fold.
        assert!(many < 32 * few, "{few} {many}");
        assert!(work(4000, 0.0) < few);
    }
}
