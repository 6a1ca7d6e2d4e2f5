//! Cells over the zones of a plan: most points are answered by the cell they lie in.

mod build;
mod frame;
mod sets;
mod system;
#[cfg(test)]
mod tests;

pub(crate) use sets::QuickHasher;
pub use sets::{FeatureSetId, FeatureSetInterner};
pub use system::ProjectedCellIndex;

use geo::Coord;
use robust::orient2d;

use crate::geometry::position::PointLocation;
use crate::index::cells::build::{CellEdges, notes_in};
use crate::index::cells::frame::Cells;
use crate::index::cells::sets::StoredSets;
use crate::plan::{FeatureId, Plan};

/// Cells over the zones of a plan, for the question which zones hold a point, asked very often.
///
/// Its answers are those of [`FeatureIndex::containing`](crate::index::FeatureIndex::containing), exact for the given
/// doubles. A cell that no boundary touches is decided: the answer is a number that stands in a table. Any
/// other cell holds the few edges that touch it, and the exact test is made with these. Cells with many
/// edges are divided into 8 × 8, up to four times.
///
/// **Cost.** The cells adapt to the edges. A few large zones take some 10 ms to make, 3 MB, and 4 to 7 ns a
/// point; 200,000 parcels half a second, 410 bytes each, and 65 ns a point that lies near the one before (0.4 µs
/// at random). There is a cell for every two corners, at least 131,072 and at most 4 million; cells are divided
/// no more once that takes 128 bytes a corner next to 8 MB.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::index::{CellIndex, FeatureIndex};
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// let (index, grid) = (FeatureIndex::new(&plan), CellIndex::new(&plan).unwrap());
/// let mut holding = vec![];
/// for site in [coord! { x: 121.36898, y: 28.6559 }, coord! { x: 121.44, y: 28.6584 }, coord! { x: 0.0, y: f64::NAN }] {
///     grid.containing(site, &mut holding);
///     assert_eq!(holding, index.containing(site));
/// }
/// ```
pub struct CellIndex {
    /// None where there is no zone.
    cells: Option<Cells>,
    /// Of each cell near a boundary: the set of the zones that it lies in, the number of notes, the notes.
    lists: Vec<u32>,
    corners: Vec<Coord<f64>>,
    sets: StoredSets,
}

/// What a cell tells.
enum Cell {
    /// The set that holds each of its points.
    Decided(FeatureSetId),
    /// Where its list begins.
    Near(usize),
}

impl CellIndex {
    /// Makes the cells of a plan. None where it has more than 2²⁷ corners, or where thousands of zones lie on
    /// top of each other: the answers are too long then to be stored.
    ///
    /// ```
    /// use taizhou_corridor::index::CellIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let grid = CellIndex::new(&Plan::bundled()).unwrap();
    /// assert!(grid.bytes() < 8_000_000);
    /// ```
    pub fn new(plan: &Plan) -> Option<CellIndex> {
        build::build(plan)
    }

    fn empty() -> CellIndex {
        let mut sets = StoredSets::new();
        sets.push([]);
        CellIndex { cells: None, lists: vec![], corners: vec![], sets }
    }

    /// All features that a point (degrees) lies in or on the boundary of, in plan order: they replace what
    /// `found` holds. What is no number lies in none.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::geometry::position::PointLocation;
    /// use taizhou_corridor::index::CellIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let mut found = vec![];
    /// CellIndex::new(&plan).unwrap().containing(coord! { x: 121.44, y: 28.6584 }, &mut found);
    /// assert_eq!(found[1], (plan.id_of("core")?, PointLocation::Boundary));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn containing(&self, point: Coord<f64>, found: &mut Vec<(FeatureId, PointLocation)>) {
        match self.cell(point) {
            Cell::Decided(id) => {
                found.clear();
                found.extend_from_slice(self.sets.get(id.0 as usize));
            }
            Cell::Near(list) => self.near(point, list, found),
        }
    }

    /// The memory that it takes.
    ///
    /// ```
    /// use taizhou_corridor::index::CellIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// // Even a small plan has some ten thousand cells.
    /// assert!(CellIndex::new(&Plan::bundled()).unwrap().bytes() > 100_000);
    /// ```
    pub fn bytes(&self) -> usize {
        let (cells, lists) = (self.cells.as_ref().map_or(0, Cells::bytes), self.lists.len() * size_of::<u32>());
        cells + lists + self.corners.len() * size_of::<Coord<f64>>() + self.sets.bytes()
    }

    #[inline]
    fn cell(&self, point: Coord<f64>) -> Cell {
        match self.cells.as_ref().map(|cells| cells.at(point)) {
            None => Cell::Decided(FeatureSetId::NONE),
            Some(packed) if packed.is_set() => Cell::Decided(FeatureSetId(packed.0)),
            Some(packed) => Cell::Near(packed.number()),
        }
    }

    /// What holds a point of an undecided cell, if it is a stored set: where the point lies in one zone of
    /// its notes at most, and on no boundary.
    fn stored_near(&self, point: Coord<f64>, list: usize) -> Option<FeatureSetId> {
        let (around, notes) = self.list(list);
        let mut found = None;
        for note in notes {
            match self.position(point, &note) {
                PointLocation::Outside => {}
                PointLocation::Inside if found.is_none() => found = Some(note.alone),
                _ => return None,
            }
        }
        Some(FeatureSetId(found.unwrap_or(around)))
    }

    /// What holds a point of an undecided cell: the zones around the cell, and those whose edges tell.
    fn near(&self, point: Coord<f64>, list: usize, found: &mut Vec<(FeatureId, PointLocation)>) {
        found.clear();
        let (around, notes) = self.list(list);
        let mut around = self.sets.get(around as usize);
        for note in notes {
            let zone = FeatureId::new(note.zone as usize);
            let before = around.iter().take_while(|&&(number, _)| number < zone).count();
            found.extend_from_slice(&around[..before]);
            around = &around[before..];
            match self.position(point, &note) {
                PointLocation::Outside => {}
                position => found.push((zone, position)),
            }
        }
        found.extend_from_slice(around);
    }

    /// The set of the zones around a cell, and its notes.
    fn list(&self, start: usize) -> (u32, impl Iterator<Item = CellEdges<'_>>) {
        let list = &self.lists[start..];
        (list[0], notes_in(&list[2..]).take(list[1] as usize))
    }

    /// The position of a point of the note's cell: the crossings of the ray to its right are counted as
    /// [`position`](crate::geometry::position::position) counts them, so that the answer is the same.
    fn position(&self, point: Coord<f64>, note: &CellEdges<'_>) -> PointLocation {
        let mut is_inside = note.parity;
        for edge in note.edges.iter().copied().map(Edge) {
            let (a, b) = edge.ends(&self.corners);
            is_inside ^= edge.parity_of_ends(a, b, point.y);
            let is_upward = a.y <= point.y;
            if is_upward != (b.y <= point.y) {
                let turn = turn(a, b, point);
                if turn == 0.0 {
                    return PointLocation::Boundary;
                }
                is_inside ^= (turn > 0.0) == is_upward;
            } else if point == a
                || point == b
                || (a.y == point.y && b.y == point.y && (a.x < point.x) != (b.x < point.x))
            {
                return PointLocation::Boundary;
            }
        }
        if is_inside { PointLocation::Inside } else { PointLocation::Outside }
    }
}

/// Above 0 where a point lies to the left of the way from `a` to `b`, 0 on it: exact.
#[inline]
fn turn(a: Coord<f64>, b: Coord<f64>, point: Coord<f64>) -> f64 {
    let [a, b, point] = [a, b, point].map(|Coord { x, y }| robust::Coord { x, y });
    orient2d(a, b, point)
}

/// A cell in 32 bits: a set, a list, or a division.
#[derive(Clone, Copy)]
struct Packed(u32);

impl Packed {
    const LIST: u32 = 1 << 31;
    const DIVISION: u32 = Packed::LIST | 1 << 30;

    /// The largest number that a set, a list or a division may have.
    const MAX: usize = (1 << 30) - 1;

    fn near(list: usize) -> Packed {
        Packed(Packed::LIST | list as u32)
    }

    fn divided(division: usize) -> Packed {
        Packed(Packed::DIVISION | division as u32)
    }

    fn is_set(self) -> bool {
        self.0 < Packed::LIST
    }

    fn division(self) -> Option<usize> {
        (self.0 >= Packed::DIVISION).then_some(self.number())
    }

    fn number(self) -> usize {
        (self.0 & (Packed::LIST - 1) >> 1) as usize
    }
}

/// An edge of a zone as a cell has it: the number of its first corner, and which of its ends lie to the
/// right of the cell.
#[derive(Clone, Copy)]
struct Edge(u32);

impl Edge {
    /// So many corners can be numbered.
    const MAX: usize = 1 << 27;

    fn from_corner(number: usize) -> Edge {
        Edge((number as u32) << 2)
    }

    /// The same edge as the cell that ends to the right at `right` has it.
    fn seen_from(self, right: f64, corners: &[Coord<f64>]) -> Edge {
        let (a, b) = self.ends(corners);
        Edge(self.0 & !3 | u32::from(a.x > right) << 1 | u32::from(b.x > right))
    }

    #[inline]
    fn ends(self, corners: &[Coord<f64>]) -> (Coord<f64>, Coord<f64>) {
        let corner = (self.0 >> 2) as usize;
        let ends = &corners[corner..corner + 2];
        (ends[0], ends[1])
    }

    /// Whether one of its ends that lie to the right, and not both, is at or below a height.
    #[inline]
    fn parity_of_ends(self, a: Coord<f64>, b: Coord<f64>, y: f64) -> bool {
        (self.0 & 2 != 0 && a.y <= y) ^ (self.0 & 1 != 0 && b.y <= y)
    }
}
