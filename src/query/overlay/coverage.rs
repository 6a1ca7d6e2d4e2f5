//! What do parcels cover more than once?

use geo::{BoundingRect, MultiPolygon};
use rayon::prelude::*;

use crate::geometry::cover::covered_area;
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
        let laid = Laid::new(&self.parcels);
        let zones: Vec<Option<&Edges>> =
            sums.columns().iter().map(|zone| zone.map(|zone| overlayer.edges_of(zone))).collect();
        let areas = laid.heaps().par_iter().map(|heap| heap.repeated_by(&zones)).reduce(
            || vec![SquareMetres(0.0); zones.len()],
            |a, b| a.into_iter().zip(b).map(|(a, b)| SquareMetres(a.0 + b.0)).collect(),
        );
        let named = |&(earlier, later, area): &(usize, usize, SquareMetres)| {
            let (a, b) = (&self.parcels[earlier], &self.parcels[later]);
            Repeat { rows: (a.row, b.row), labels: (a.label.clone(), b.label.clone()), area }
        };
        Repeats { pairs: laid.overlapping.iter().map(named).collect(), areas }
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
        Laid::new(&self.parcels).heaps().iter().map(|heap| heap.repeated(&[])).sum()
    }
}

/// Parcels with their edges, and which of them meet.
struct Laid {
    edges: Vec<Edges>,
    /// For each parcel, those whose boxes meet its own.
    neighbours: Vec<Vec<usize>>,
    /// The pairs that overlap, the earlier first, and the area they have in common.
    overlapping: Vec<(usize, usize, SquareMetres)>,
}

impl Laid {
    fn new(parcels: &[Covering]) -> Laid {
        let edges: Vec<Edges> = parcels.par_iter().map(|parcel| Edges::new(&parcel.shape)).collect();
        let boxes = parcels.iter().enumerate();
        let boxes = Boxes::new(boxes.filter_map(|(number, parcel)| Some((number, parcel.shape.bounding_rect()?))));
        let pairs = boxes.meeting_pairs();
        let mut neighbours = vec![vec![]; parcels.len()];
        for &(earlier, later) in &pairs {
            neighbours[earlier].push(later);
            neighbours[later].push(earlier);
        }
        let common = |(earlier, later): (usize, usize)| (earlier, later, edges[earlier].overlap(&edges[later]).area);
        let overlapping = pairs.into_par_iter().map(common).filter(|&(_, _, area)| area > LEAST).collect();
        Laid { edges, neighbours, overlapping }
    }

    /// The parcels that overlap any others, in heaps that do not overlap each other.
    fn heaps(&self) -> Vec<Heap<'_>> {
        let mut beside = vec![vec![]; self.edges.len()];
        for &(earlier, later, _) in &self.overlapping {
            beside[earlier].push(later);
            beside[later].push(earlier);
        }
        let mut heaps = vec![];
        let mut places = vec![None; self.edges.len()];
        for start in (0..self.edges.len()).filter(|&start| !beside[start].is_empty()) {
            if places[start].is_some() {
                continue;
            }
            let mut members = vec![start];
            places[start] = Some((heaps.len(), 0));
            let mut next = 0;
            while let Some(&member) = members.get(next) {
                for &other in &beside[member] {
                    if places[other].is_none() {
                        places[other] = Some((heaps.len(), members.len()));
                        members.push(other);
                    }
                }
                next += 1;
            }
            let place_here =
                |other: &usize| places[*other].filter(|&(heap, _)| heap == heaps.len()).map(|(_, place)| place);
            let neighbours =
                members.iter().map(|&member| self.neighbours[member].iter().filter_map(place_here).collect()).collect();
            heaps.push(Heap { edges: members.iter().map(|&member| &self.edges[member]).collect(), neighbours });
        }
        heaps
    }
}

/// Parcels that overlap, one by one.
struct Heap<'a> {
    edges: Vec<&'a Edges>,
    /// For each parcel, those of the heap whose boxes meet its own.
    neighbours: Vec<Vec<usize>>,
}

impl Heap<'_> {
    /// What is covered more than once in each of some zones, and outside of all of them where there is none.
    fn repeated_by(&self, zones: &[Option<&Edges>]) -> Vec<SquareMetres> {
        let near: Vec<&Edges> = zones.iter().flatten().copied().filter(|zone| self.meets(zone)).collect();
        let outside = || SquareMetres(self.repeated(&[]).0 - self.repeated(&near).0);
        let area = |zone: &Option<&Edges>| match zone {
            Some(zone) if self.meets(zone) => self.repeated(&[zone]),
            Some(_) => SquareMetres(0.0),
            None if near.is_empty() => self.repeated(&[]),
            None => outside(),
        };
        zones.iter().map(area).map(|area| if area > LEAST { area } else { SquareMetres(0.0) }).collect()
    }

    fn meets(&self, zone: &Edges) -> bool {
        self.edges.iter().any(|edges| edges.bounds_meet(zone))
    }

    /// What is covered more than once: of that what lies within some zones, if there are any.
    fn repeated(&self, within: &[&Edges]) -> SquareMetres {
        let singly: f64 = self.edges.iter().map(|&edges| covered_area(&[edges], &[vec![]], within).0).sum();
        SquareMetres((singly - covered_area(&self.edges, &self.neighbours, within).0).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::measure::ellipsoid_area;
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
        assert!((repeats.areas[0].0 - twice_m2).abs() < 1e-6, "{:?} {twice_m2}", repeats.areas);
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
