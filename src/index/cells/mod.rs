//! A cell index over the zones of a plan: for most points, the cell determines the zones.

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
use crate::index::cells::build::{CellEdges, records_in};
use crate::index::cells::frame::Cells;
use crate::index::cells::sets::StoredSets;
use crate::plan::{FeatureId, Plan};

/// A cell index over the zones of a plan, for very many point-in-polygon queries.
///
/// Results equal those of [`FeatureIndex::containing`](crate::index::FeatureIndex::containing), exact for the given
/// doubles. A cell that no boundary touches is decided: its zones are stored in a table. Any other cell lists the few
/// edges that touch it, and the exact test uses only these. Cells with many edges are divided into 8 × 8, up to four
/// times.
///
/// **Cost.** The size of the cells adapts to the edges. For a few large zones, building takes about 10 ms and 3 MB, a
/// query 4 to 7 ns; for 200,000 parcels half a second and 410 bytes each, and a query 65 ns if points are close to the
/// previous one (0.4 µs in random order). There is a cell for every two vertices, at least 131,072 and at most 4
/// million; cells are no longer divided once that takes 128 bytes per vertex plus 8 MB.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::index::{CellIndex, FeatureIndex};
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// let (index, cell_index) = (FeatureIndex::new(&plan), CellIndex::new(&plan).unwrap());
/// let mut holding = vec![];
/// for site in [coord! { x: 121.36898, y: 28.6559 }, coord! { x: 121.44, y: 28.6584 }, coord! { x: 0.0, y: f64::NAN }] {
///     cell_index.containing(site, &mut holding);
///     assert_eq!(holding, index.containing(site));
/// }
/// ```
pub struct CellIndex {
    /// `None` if there are no zones.
    cells: Option<Cells>,
    /// For each undecided cell: the set of zones that contain the whole cell, the number of records, the records.
    lists: Vec<u32>,
    vertices: Vec<Coord<f64>>,
    sets: StoredSets,
}

/// The result of looking up a cell.
enum CellState {
    /// The set of zones is the same for all points of the cell.
    Decided(FeatureSetId),
    /// The start of the list of an undecided cell.
    Near(usize),
}

impl CellIndex {
    /// Builds the cell index of a plan. `None` if the plan has more than 2²⁷ vertices, or if thousands of zones overlap
    /// each other, so that the results are too long to be stored.
    ///
    /// ```
    /// use taizhou_corridor::index::CellIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let cell_index = CellIndex::new(&Plan::bundled()).unwrap();
    /// assert!(cell_index.bytes() < 8_000_000);
    /// ```
    pub fn new(plan: &Plan) -> Option<CellIndex> {
        build::build(plan)
    }

    fn empty() -> CellIndex {
        let mut sets = StoredSets::new();
        sets.push([]);
        CellIndex { cells: None, lists: vec![], vertices: vec![], sets }
    }

    /// Replaces `found` by all features that a point (degrees) lies in or on the boundary of, in plan order. NaN
    /// coordinates lie in none.
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
            CellState::Decided(id) => {
                found.clear();
                found.extend_from_slice(self.sets.get(id.0 as usize));
            }
            CellState::Near(list) => self.near(point, list, found),
        }
    }

    /// The memory used, in bytes.
    ///
    /// ```
    /// use taizhou_corridor::index::CellIndex;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// // Even a small plan has tens of thousands of cells.
    /// assert!(CellIndex::new(&Plan::bundled()).unwrap().bytes() > 100_000);
    /// ```
    pub fn bytes(&self) -> usize {
        let (cells, lists) = (self.cells.as_ref().map_or(0, Cells::bytes), self.lists.len() * size_of::<u32>());
        cells + lists + self.vertices.len() * size_of::<Coord<f64>>() + self.sets.bytes()
    }

    #[inline]
    fn cell(&self, point: Coord<f64>) -> CellState {
        match self.cells.as_ref().map(|cells| cells.at(point)) {
            None => CellState::Decided(FeatureSetId::NONE),
            Some(packed) if packed.is_set() => CellState::Decided(FeatureSetId(packed.0)),
            Some(packed) => CellState::Near(packed.index()),
        }
    }

    /// The set of zones that contain a point of an undecided cell, if it is a stored set: if the point lies in at most
    /// one zone of the records and on no boundary.
    fn stored_near(&self, point: Coord<f64>, list: usize) -> Option<FeatureSetId> {
        let (enclosing, records) = self.list(list);
        let mut found = None;
        for record in records {
            match self.position(point, &record) {
                PointLocation::Outside => {}
                PointLocation::Inside if found.is_none() => found = Some(record.set_if_only),
                _ => return None,
            }
        }
        Some(FeatureSetId(found.unwrap_or(enclosing)))
    }

    /// The zones that contain a point of an undecided cell: those that contain the whole cell, and those found by the
    /// edges.
    fn near(&self, point: Coord<f64>, list: usize, found: &mut Vec<(FeatureId, PointLocation)>) {
        found.clear();
        let (enclosing, records) = self.list(list);
        let mut enclosing = self.sets.get(enclosing as usize);
        for record in records {
            let zone = FeatureId::new(record.zone as usize);
            let before = enclosing.iter().take_while(|&&(index, _)| index < zone).count();
            found.extend_from_slice(&enclosing[..before]);
            enclosing = &enclosing[before..];
            match self.position(point, &record) {
                PointLocation::Outside => {}
                position => found.push((zone, position)),
            }
        }
        found.extend_from_slice(enclosing);
    }

    /// The set of zones that contain a whole cell, and its records.
    fn list(&self, start: usize) -> (u32, impl Iterator<Item = CellEdges<'_>>) {
        let list = &self.lists[start..];
        (list[0], records_in(&list[2..]).take(list[1] as usize))
    }

    /// The location of a point of the record's cell. Crossings of the ray to the east are counted as in
    /// [`position`](crate::geometry::position::position), so that the result is the same.
    fn position(&self, point: Coord<f64>, record: &CellEdges<'_>) -> PointLocation {
        let mut is_inside = record.parity;
        for edge in record.edges.iter().copied().map(Edge) {
            let (a, b) = edge.ends(&self.vertices);
            is_inside ^= edge.parity_of_ends(a, b, point.y);
            let is_upward = a.y <= point.y;
            if is_upward != (b.y <= point.y) {
                let orientation = orientation(a, b, point);
                if orientation == 0.0 {
                    return PointLocation::Boundary;
                }
                is_inside ^= (orientation > 0.0) == is_upward;
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

/// Exact orientation: positive if a point lies to the left of the line from `a` to `b`, 0 if on it.
#[inline]
fn orientation(a: Coord<f64>, b: Coord<f64>, point: Coord<f64>) -> f64 {
    let [a, b, point] = [a, b, point].map(|Coord { x, y }| robust::Coord { x, y });
    orient2d(a, b, point)
}

/// A cell in 32 bits: a set, a list, or a division.
#[derive(Clone, Copy)]
struct Packed(u32);

impl Packed {
    const LIST: u32 = 1 << 31;
    const DIVISION: u32 = Packed::LIST | 1 << 30;

    /// The maximum index of a set, a list or a division.
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
        (self.0 >= Packed::DIVISION).then_some(self.index())
    }

    fn index(self) -> usize {
        (self.0 & (Packed::LIST - 1) >> 1) as usize
    }
}

/// An edge of a zone as stored for a cell: the index of its first vertex, and which of its ends lie to the east of the
/// cell.
#[derive(Clone, Copy)]
struct Edge(u32);

impl Edge {
    /// The maximum number of vertices.
    const MAX: usize = 1 << 27;

    fn from_vertex(index: usize) -> Edge {
        Edge((index as u32) << 2)
    }

    /// The same edge as stored for a cell with the east side `right`.
    fn for_cell(self, right: f64, vertices: &[Coord<f64>]) -> Edge {
        let (a, b) = self.ends(vertices);
        Edge(self.0 & !3 | u32::from(a.x > right) << 1 | u32::from(b.x > right))
    }

    #[inline]
    fn ends(self, vertices: &[Coord<f64>]) -> (Coord<f64>, Coord<f64>) {
        let vertex = (self.0 >> 2) as usize;
        let ends = &vertices[vertex..vertex + 2];
        (ends[0], ends[1])
    }

    /// Whether exactly one of its ends is both to the east of the cell and at or below `y`.
    #[inline]
    fn parity_of_ends(self, a: Coord<f64>, b: Coord<f64>, y: f64) -> bool {
        (self.0 & 2 != 0 && a.y <= y) ^ (self.0 & 1 != 0 && b.y <= y)
    }
}
