//! What do parcels cover more than once?

use std::sync::OnceLock;

use geo::{BoundingRect, MultiPolygon};
use rayon::prelude::*;

use crate::geometry::clip::{intersection, union};
use crate::geometry::measure::ellipsoid_area;
use crate::geometry::overlap::Edges;
use crate::index::Boxes;
use crate::query::overlay::{Overlayer, Sums};
use crate::units::SquareMetres;

/// Parcels, to find those that overlap. All of them are kept in memory.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{Coverage, Overlayer, Sums};
///
/// // The second block covers the eastern half of the first; both lie in the core.
/// let block = |x: f64| -> MultiPolygon {
///     polygon![(x: x, y: 28.65), (x: x + 0.01, y: 28.65), (x: x + 0.01, y: 28.655), (x: x, y: 28.655)].into()
/// };
/// let plan = Plan::bundled();
/// let mut coverage = Coverage::default();
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
pub struct Coverage {
    parcels: Vec<Covering>,
}

#[derive(Debug, Clone)]
struct Covering {
    row: u64,
    label: String,
    shape: MultiPolygon<f64>,
}

/// Two parcels that overlap.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    /// Their rows.
    pub rows: (u64, u64),
    /// What they are called.
    pub labels: (String, String),
    /// The area that they have in common, on the ellipsoid.
    pub area: SquareMetres,
}

/// What parcels cover more than once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Repeats {
    /// The pairs of parcels that overlap, in the order of their rows.
    pub pairs: Vec<Repeat>,
    /// In each of [`Sums::columns`], the area of all parcels less the area that they cover together.
    pub areas: Vec<SquareMetres>,
}

/// Less in common is the rounding of corners: a millimetre along ten metres of border.
const LEAST: SquareMetres = SquareMetres(0.01);

impl Coverage {
    /// Adds a parcel (degrees, valid) with its row and what it is called.
    pub fn add(&mut self, row: u64, label: impl Into<String>, shape: MultiPolygon<f64>) {
        self.parcels.push(Covering { row, label: label.into(), shape });
    }

    /// The parcels that overlap by more than 0.01 m², and the area that is counted more than once in each
    /// of the zones that sums are made for, and outside of all.
    pub fn repeats(&self, overlayer: &Overlayer<'_>, sums: &Sums<'_>) -> Repeats {
        let pairs = self.pairs();
        let mut areas = vec![SquareMetres(0.0); sums.columns().len()];
        for region in self.regions(&pairs) {
            for part in overlayer.overlay(&region).parts {
                if let Some(column) = sums.column_of(part.zone) {
                    areas[column].0 += part.area.0;
                }
            }
        }
        let named = |&(earlier, later, area): &(usize, usize, SquareMetres)| {
            let (a, b) = (&self.parcels[earlier], &self.parcels[later]);
            Repeat { rows: (a.row, b.row), labels: (a.label.clone(), b.label.clone()), area }
        };
        Repeats { pairs: pairs.iter().map(named).collect(), areas }
    }

    /// The area of all parcels less the area that they cover together.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::Coverage;
    ///
    /// // The core lies in the corridor, and is covered by both.
    /// let plan = Plan::bundled();
    /// let mut coverage = Coverage::default();
    /// coverage.add(1, "corridor", plan.find("corridor")?.shape.clone());
    /// coverage.add(2, "core", plan.find("core")?.shape.clone());
    /// assert_eq!(format!("{:.3} km²", coverage.repeated_area().km2()), "41.000 km²");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn repeated_area(&self) -> SquareMetres {
        self.regions(&self.pairs()).map(|region| ellipsoid_area(&region)).sum()
    }

    /// The pairs that overlap, the earlier first, and the area they have in common.
    fn pairs(&self) -> Vec<(usize, usize, SquareMetres)> {
        let edges: Vec<OnceLock<Edges>> = self.parcels.iter().map(|_| OnceLock::new()).collect();
        let edges_of = |number: usize| edges[number].get_or_init(|| Edges::new(&self.parcels[number].shape));
        let boxes = self.parcels.iter().enumerate();
        let boxes = Boxes::new(boxes.filter_map(|(number, parcel)| Some((number, parcel.shape.bounding_rect()?))));
        let common =
            |(earlier, later): (usize, usize)| (earlier, later, edges_of(earlier).overlap(edges_of(later)).area);
        boxes.meeting_pairs().into_par_iter().map(common).filter(|&(_, _, area)| area > LEAST).collect()
    }

    /// For each parcel, what it covers again of all that came before it.
    fn regions(&self, pairs: &[(usize, usize, SquareMetres)]) -> impl Iterator<Item = MultiPolygon<f64>> {
        let mut by_later = pairs.to_vec();
        by_later.sort_by_key(|&(earlier, later, _)| (later, earlier));
        let mut regions = by_later.into_iter().peekable();
        std::iter::from_fn(move || {
            let first = regions.next()?;
            let mut common = vec![self.common(first)];
            while let Some(next) = regions.next_if(|&(_, later, _)| later == first.1) {
                common.push(self.common(next));
            }
            Some(if common.len() == 1 { common.remove(0) } else { union(&common) })
        })
    }

    /// What two parcels have in common: where it is all of one, that one, which the overlay would round.
    fn common(&self, (earlier, later, area): (usize, usize, SquareMetres)) -> MultiPolygon<f64> {
        let (earlier, later) = (&self.parcels[earlier].shape, &self.parcels[later].shape);
        let is_all = |shape| area.0 >= ellipsoid_area(shape).0 - 1e-6;
        match [earlier, later].into_iter().find(|shape| is_all(shape)) {
            Some(shape) => shape.clone(),
            None => intersection(earlier, later),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use geo::polygon;

    fn block(x: f64, width: f64) -> MultiPolygon<f64> {
        polygon![(x: x, y: 28.65), (x: x + width, y: 28.65), (x: x + width, y: 28.655), (x: x, y: 28.655)].into()
    }

    #[test]
    fn what_three_parcels_cover_counts_twice_and_not_thrice() {
        let plan = Plan::bundled();
        let mut coverage = Coverage::default();
        for row in 1..=3 {
            coverage.add(row, row.to_string(), block(121.40, 0.004));
        }
        coverage.add(4, "neighbour", block(121.404, 0.004));
        let overlayer = Overlayer::new(&plan);
        let repeats = coverage.repeats(&overlayer, &Sums::new(&overlayer));
        assert_eq!(repeats.pairs.iter().map(|pair| pair.rows).collect::<Vec<_>>(), [(1, 2), (1, 3), (2, 3)]);
        let twice_m2 = 2.0 * ellipsoid_area(&block(121.40, 0.004)).0;
        assert!((repeats.areas[0].0 - twice_m2).abs() < 1.0, "{:?} {twice_m2}", repeats.areas);
    }

    #[test]
    fn a_tiling_covers_nothing_twice() {
        let plan = Plan::bundled();
        let mut coverage = Coverage::default();
        for number in 0..20u32 {
            coverage.add(number.into(), "", block(121.40 + f64::from(number) * 0.001, 0.001));
        }
        let overlayer = Overlayer::new(&plan);
        let repeats = coverage.repeats(&overlayer, &Sums::new(&overlayer));
        assert!(repeats.pairs.is_empty() && repeats.areas.iter().all(|area| area.0 == 0.0), "{repeats:?}");
    }
}
