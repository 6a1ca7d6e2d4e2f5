//! What do parcels cover more than once?

use std::collections::HashMap;

use geo::MultiPolygon;
use rayon::prelude::*;

use crate::geometry::cover::{IndexedShapes, overcount};
use crate::geometry::overlap::PreparedShape;
use crate::plan::FeatureId;
use crate::query::overlay::{Overlayer, Sums};
use crate::units::SquareMetres;

/// Parcels, to find those that overlap. All of them are kept in memory.
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
/// let mut coverage = OverlapAnalysis::default();
/// coverage.add(1, "A", block(121.40));
/// coverage.add(2, "B", block(121.405));
/// let overlayer = Overlayer::new(&plan);
/// let repeats = coverage.repeats(&overlayer, &Sums::new(&overlayer));
/// assert_eq!((repeats.pairs[0].rows, repeats.pairs[0].area.ha().round()), ((1, 2), 27.0));
/// // The first column is the core.
/// assert_eq!((repeats.areas[0].ha().round(), repeats.areas[1].ha().round()), (27.0, 0.0));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct OverlapAnalysis {
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
    /// Their rows.
    pub rows: (u64, u64),
    /// What they are called.
    pub labels: (String, String),
    /// The area that they have in common, on the ellipsoid.
    pub area: SquareMetres,
}

/// What parcels cover more than once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OverlapPairs {
    /// The pairs of parcels that overlap by more than 0.01 m², in the order of their rows: the first
    /// [`OverlapAnalysis::MAX_PAIRS`].
    pub pairs: Vec<OverlapPair>,
    /// How many there are.
    pub pair_count: u64,
    /// In each of [`Sums::columns`], the area of all parcels less the area that they cover together.
    pub areas: Vec<SquareMetres>,
}

/// Less in common is the rounding of corners: a millimetre along ten metres of border.
const MIN_OVERLAP: SquareMetres = SquareMetres(0.01);

/// Less is the rounding of crossings and of sums.
const MIN: SquareMetres = SquareMetres(1e-4);

impl OverlapAnalysis {
    /// So many pairs are kept; all are counted.
    pub const MAX_PAIRS: usize = 1000;

    /// Adds a parcel (degrees, valid) with its row and what it is called.
    pub fn add(&mut self, row: u64, label: impl Into<String>, shape: MultiPolygon<f64>) {
        self.parcels.push(ParcelShape { row, label: label.into(), shape });
    }

    /// The parcels that overlap by more than 0.01 m², and the area that is counted more than once in each
    /// of the zones that sums are made for, and outside of all.
    pub fn repeats(&self, overlayer: &Overlayer<'_>, sums: &Sums<'_>) -> OverlapPairs {
        let laid = PreparedParcels::new(&self.parcels);
        let (pairs, pair_count) = self.pairs(&laid);
        OverlapPairs { pairs, pair_count, areas: laid.counted_twice(overlayer, sums) }
    }

    /// The areas alone of [`repeats`](OverlapAnalysis::repeats): however many parcels overlap, they take no longer than to
    /// follow the edges and what crosses them.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{OverlapAnalysis, Overlayer, Sums};
    ///
    /// // The core three times: twice too often.
    /// let plan = Plan::bundled();
    /// let mut coverage = OverlapAnalysis::default();
    /// for row in 1..=3 {
    ///     coverage.add(row, "", plan.feature("core")?.shape.clone());
    /// }
    /// let overlayer = Overlayer::new(&plan);
    /// let areas = coverage.counted_twice(&overlayer, &Sums::new(&overlayer));
    /// assert_eq!(format!("{:.3} km²", areas[0].km2()), "82.000 km²");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn counted_twice(&self, overlayer: &Overlayer<'_>, sums: &Sums<'_>) -> Vec<SquareMetres> {
        PreparedParcels::new(&self.parcels).counted_twice(overlayer, sums)
    }

    /// The area of all parcels less the area that they cover together.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::OverlapAnalysis;
    ///
    /// // The core lies in the corridor, and is covered by both.
    /// let plan = Plan::bundled();
    /// let mut coverage = OverlapAnalysis::default();
    /// coverage.add(1, "corridor", plan.feature("corridor")?.shape.clone());
    /// coverage.add(2, "core", plan.feature("core")?.shape.clone());
    /// assert_eq!(format!("{:.3} km²", coverage.repeated_area().km2()), "41.000 km²");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn repeated_area(&self) -> SquareMetres {
        let laid = PreparedParcels::new(&self.parcels);
        noticeable(overcount(&laid.layer(), &IndexedShapes::new(vec![])).outside_m2)
    }

    /// The first pairs that overlap, and how many there are.
    fn pairs(&self, laid: &PreparedParcels) -> (Vec<OverlapPair>, u64) {
        let mut partners: Vec<Vec<(usize, SquareMetres)>> = vec![vec![]; laid.edges.len()];
        let mut count = 0;
        for (a, b, area) in laid.layer().overlapping_pairs(MIN_OVERLAP) {
            count += laid.alike[a].len() as u64 * laid.alike[b].len() as u64;
            partners[a].push((b, area));
            partners[b].push((a, area));
        }
        for (shape, alike) in laid.alike.iter().enumerate() {
            let area = laid.edges[shape].area();
            if alike.len() > 1 && area > MIN_OVERLAP {
                count += alike.len() as u64 * (alike.len() as u64 - 1) / 2;
                partners[shape].push((shape, area));
            }
        }
        let mut pairs = vec![];
        for (earlier, parcel) in self.parcels.iter().enumerate() {
            let later = |&(shape, area): &(usize, SquareMetres)| {
                let alike = &laid.alike[shape];
                let later = &alike[alike.partition_point(|&other| other <= earlier)..];
                later.iter().take(OverlapAnalysis::MAX_PAIRS).map(move |&later| (later, area))
            };
            let mut overlapping: Vec<(usize, SquareMetres)> =
                partners[laid.shape_of[earlier]].iter().flat_map(later).collect();
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

fn noticeable(area_m2: f64) -> SquareMetres {
    SquareMetres(if area_m2 > MIN.0 { area_m2 } else { 0.0 })
}

/// The shapes of parcels, each once, however many parcels have it.
struct PreparedParcels {
    edges: Vec<PreparedShape>,
    /// For each shape, the parcels that have it, in ascending order.
    alike: Vec<Vec<usize>>,
    /// For each parcel, its shape.
    shape_of: Vec<usize>,
}

impl PreparedParcels {
    fn new(parcels: &[ParcelShape]) -> PreparedParcels {
        let all: Vec<PreparedShape> = parcels.par_iter().map(|parcel| PreparedShape::new(&parcel.shape)).collect();
        let mut with_quick_key: HashMap<_, Vec<usize>> = HashMap::new();
        for (parcel, edges) in all.iter().enumerate() {
            with_quick_key.entry(edges.quick_key()).or_default().push(parcel);
        }
        // The first parcel that has the shape of each.
        let mut first: Vec<usize> = (0..all.len()).collect();
        for parcels in with_quick_key.into_values().filter(|parcels| parcels.len() > 1) {
            let mut with_key = HashMap::new();
            for parcel in parcels {
                first[parcel] = *with_key.entry(all[parcel].key()).or_insert(parcel);
            }
        }
        let (mut edges, mut alike, mut shape_of) = (vec![], vec![], vec![]);
        for (parcel, of_parcel) in all.into_iter().enumerate() {
            let shape = if first[parcel] < parcel { shape_of[first[parcel]] } else { edges.len() };
            if shape == edges.len() {
                edges.push(of_parcel);
                alike.push(vec![]);
            }
            alike[shape].push(parcel);
            shape_of.push(shape);
        }
        PreparedParcels { edges, alike, shape_of }
    }

    fn layer(&self) -> IndexedShapes<'_> {
        let count = |alike: &Vec<usize>| u32::try_from(alike.len()).unwrap_or(u32::MAX);
        IndexedShapes::new(self.edges.iter().zip(self.alike.iter().map(count)).collect())
    }

    /// What is counted more than once in each column of some sums.
    fn counted_twice(&self, overlayer: &Overlayer<'_>, sums: &Sums<'_>) -> Vec<SquareMetres> {
        let mut areas = vec![SquareMetres(0.0); sums.columns().len()];
        let layer = self.layer();
        let all = overcount(&layer, &IndexedShapes::new(vec![]));
        if all.outside_m2 <= MIN.0 {
            return areas;
        }
        let near = |&shape: &usize| overlayer.near(&self.edges[shape]);
        let mut zones: Vec<FeatureId> = all.shapes.iter().flat_map(near).collect();
        zones.sort_unstable();
        zones.dedup();
        let of_zones = IndexedShapes::new(zones.iter().map(|&zone| (overlayer.edges_of(zone), 1)).collect());
        let found = overcount(&layer, &of_zones);
        let of_zones = zones.into_iter().map(Some).zip(found.in_zones_m2);
        for (zone, area_m2) in of_zones.chain([(None, found.outside_m2)]) {
            if let Some(column) = sums.column_of(zone) {
                areas[column] = noticeable(area_m2);
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
    fn what_three_parcels_cover_counts_twice_and_not_thrice() {
        let plan = Plan::bundled();
        let mut coverage = OverlapAnalysis::default();
        for row in 1..=3 {
            coverage.add(row, row.to_string(), block(121.40, 0.004));
        }
        coverage.add(4, "neighbour", block(121.404, 0.004));
        let overlayer = Overlayer::new(&plan);
        let repeats = coverage.repeats(&overlayer, &Sums::new(&overlayer));
        assert_eq!(repeats.pairs.iter().map(|pair| pair.rows).collect::<Vec<_>>(), [(1, 2), (1, 3), (2, 3)]);
        let twice_m2 = 2.0 * ellipsoid_area(&block(121.40, 0.004)).0;
        assert!((repeats.areas[0].0 - twice_m2).abs() < 1e-6, "{:?} {twice_m2}", repeats.areas);
    }

    #[test]
    fn a_tiling_covers_nothing_twice() {
        let plan = Plan::bundled();
        let mut coverage = OverlapAnalysis::default();
        for number in 0..20u32 {
            coverage.add(number.into(), "", block(121.40 + f64::from(number) * 0.001, 0.001));
        }
        let overlayer = Overlayer::new(&plan);
        let repeats = coverage.repeats(&overlayer, &Sums::new(&overlayer));
        assert!(repeats.pairs.is_empty() && repeats.areas.iter().all(|area| area.0 == 0.0), "{repeats:?}");
    }

    #[test]
    fn many_small_overlaps_add_up() {
        // Each is smaller than what two parcels are told for: 100 m by 0.08 mm.
        let plan = Plan::bundled();
        let mut coverage = OverlapAnalysis::default();
        let mut expected_m2 = -ellipsoid_area(&block(121.40, 199.0 * 0.0002 + 0.000_2 + 8e-10)).0;
        for number in 0..200u32 {
            let parcel = block(121.40 + f64::from(number) * 0.0002, 0.0002 + 8e-10);
            expected_m2 += ellipsoid_area(&parcel).0;
            coverage.add(number.into(), "", parcel);
        }
        let overlayer = Overlayer::new(&plan);
        let repeats = coverage.repeats(&overlayer, &Sums::new(&overlayer));
        let sum_m2: f64 = repeats.areas.iter().map(|area| area.0).sum();
        assert!(expected_m2 > 5.0 && (sum_m2 - expected_m2).abs() < 1e-4, "{sum_m2} {expected_m2}");
        assert!((coverage.repeated_area().0 - expected_m2).abs() < 1e-4);
    }

    #[test]
    fn the_same_shape_is_told_wherever_its_rings_begin() {
        let plan = Plan::bundled();
        let mut turned = block(121.40, 0.004).0[0].exterior().0.clone();
        turned.pop();
        turned.rotate_left(1);
        turned.reverse();
        let mut coverage = OverlapAnalysis::default();
        coverage.add(1, "", block(121.40, 0.004));
        coverage.add(2, "", block(121.402, 0.004));
        coverage.add(3, "", geo::Polygon::new(turned.into(), vec![]).into());
        assert_eq!(PreparedParcels::new(&coverage.parcels).alike, [vec![0, 2], vec![1]]);
        let overlayer = Overlayer::new(&plan);
        let repeats = coverage.repeats(&overlayer, &Sums::new(&overlayer));
        assert_eq!(repeats.pairs.iter().map(|pair| pair.rows).collect::<Vec<_>>(), [(1, 2), (1, 3), (2, 3)]);
        assert_eq!(repeats.pair_count, 3);
    }

    #[test]
    fn pairs_are_counted_and_the_first_are_kept() {
        let plan = Plan::bundled();
        let mut coverage = OverlapAnalysis::default();
        for row in 1..=100 {
            coverage.add(row, "", block(121.40, 0.004));
        }
        let overlayer = Overlayer::new(&plan);
        let repeats = coverage.repeats(&overlayer, &Sums::new(&overlayer));
        assert_eq!((repeats.pair_count, repeats.pairs.len()), (4950, OverlapAnalysis::MAX_PAIRS));
        assert_eq!((repeats.pairs[0].rows, repeats.pairs[99].rows), ((1, 2), (2, 3)));
    }

    #[test]
    fn the_work_grows_with_the_parcels_and_what_crosses_them() {
        let plan = Plan::bundled();
        let overlayer = Overlayer::new(&plan);
        let sums = Sums::new(&overlayer);
        let work = |count: u32, step: f64| {
            let mut coverage = OverlapAnalysis::default();
            for row in 0..count {
                coverage.add(row.into(), "", block(121.30 + f64::from(row) * step, 0.00004));
            }
            step_count::steps_of(|| drop(coverage.counted_twice(&overlayer, &sums)))
        };
        // In a row, each over its neighbours; and all at one place.
        let (few, many) = (work(250, 0.00003), work(4000, 0.00003));
        // Sixteen times as many, and a tree that is half as high again; of all pairs there are 256 times as many.
        assert!(many < 32 * few, "{few} {many}");
        assert!(work(4000, 0.0) < few);
    }
}
