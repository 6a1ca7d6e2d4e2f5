//! Construction of the cell index: zone by zone over all cells, then division of cells with many edges.
//!
//! A cell that no edge of a zone touches lies wholly inside or outside the zone, like its centre. For a cell that edges
//! touch, a *record* is stored: these edges and a parity. The parity of the crossings of a point's ray to the east is
//! that of the record combined with the contribution of each of its edges (`Edge::parity_of_ends`).
//!
//! **Why the edges of a cell are enough.** Between these edges, the ring runs outside the cell. Consider the ray to the
//! east from a point of the cell. While the point moves within the cell, the parity of the ray's crossings with such a
//! run changes only when the ray passes an end of the run, as the run never enters the cell. The ends of runs are ends
//! of the cell's edges, and only those to the east of the cell can lie on a ray. So each edge contributes its own
//! crossing and its ends to the east that lie at or below the point; the rest is constant for the whole cell.

use std::ops::Range;

use geo::{BoundingRect, Coord, Rect};

use crate::geometry::measure::rings;
use crate::index::cells::frame::{Block, CELLS_OF_DIVISION, Cells, DIVISIONS, Frame, SIDE};
use crate::index::cells::sets::GrowingSets;
use crate::index::cells::{CellIndex, Edge, Packed};
use crate::maths::sin_cos_deg;
use crate::plan::Plan;

/// Cells with more edges than this are divided.
const MAX_EDGES: usize = 16;

/// If dividing all undecided cells takes no more memory than this, all of them are divided once, however few edges they
/// have, so that fewer points fall into undecided cells.
pub(super) const DIVISIONS_BYTES: usize = 4 << 20;

/// The minimum and maximum number of cells, without divisions.
pub(super) const CELLS: (f64, f64) = (131_072.0, 4_194_304.0);

/// The maximum number of steps in proportion to the area of a plan rather than its edges.
const MAX_STEPS: f64 = 16_777_216.0;

/// The maximum number of steps for building sets: a fixed number, plus some per vertex.
const MAX_SET_STEPS: usize = 4_194_304;
const STEPS_PER_VERTEX: usize = 8;

/// The maximum memory for all cells per vertex, in addition to a fixed amount.
const BYTES_PER_VERTEX: usize = 128;

/// A cell that edges touch.
struct Undecided {
    /// The index in the table of cells or of divisions.
    index: usize,
    /// Counted from the origin in cells of this size.
    column: u32,
    row: u32,
    records: Range<usize>,
}

/// `None` if the plan has too many vertices, or if zones overlap so often that the sets are too long.
pub(super) fn build(plan: &Plan) -> Option<CellIndex> {
    let Some(bounds) = bounds(plan) else { return Some(CellIndex::empty()) };
    // The vertices of closed rings; by zone, the ends of its rings.
    let mut vertices = vec![];
    let mut ring_ends = vec![];
    for zone in plan.features() {
        let ends = zone.shape.iter().flat_map(rings).map(|ring| {
            vertices.extend(&ring.0);
            vertices.len()
        });
        ring_ends.push(ends.collect::<Vec<_>>());
    }
    if vertices.len() > Edge::MAX || ring_ends.len() > Packed::MAX {
        return None;
    }
    let frame = frame(plan, bounds, vertices.len())?;
    let block = frame.block();
    let table = vec![GrowingSets::EMPTY; block.columns as usize * block.rows as usize];
    let (sets, sweep) = (GrowingSets::new(MAX_SET_STEPS + STEPS_PER_VERTEX * vertices.len()), Sweep::default());
    let mut builder = Builder { frame, vertices, sets, table, divisions: vec![], lists: vec![], sweep };
    let (undecided, records) = builder.sweep_all(&block, &ring_ends);
    builder.divide_all(undecided, records);
    if builder.sets.is_exhausted() { None } else { builder.finish() }
}

/// The bounding box of all zones.
pub(super) fn bounds(plan: &Plan) -> Option<Rect<f64>> {
    let boxes = plan.features().iter().filter_map(|zone| zone.shape.bounding_rect());
    boxes.reduce(|a, b| {
        let min = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
        let max = Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
        Rect::new(min, max)
    })
}

/// One cell for every two edges, within limits; fewer if long edges or overlapping zones would touch too many cells.
fn frame(plan: &Plan, bounds: Rect<f64>, vertices: usize) -> Option<Frame> {
    let (width, height) = (bounds.width(), bounds.height());
    let edges = plan.features().iter().flat_map(|zone| zone.shape.iter()).flat_map(rings).flat_map(|ring| ring.lines());
    let run: f64 = edges.map(|edge| edge.dx().abs() / width + edge.dy().abs() / height).sum();
    let boxes = plan.features().iter().filter_map(|zone| zone.shape.bounding_rect());
    let depth: f64 = boxes.map(|bounds| bounds.width() / width * (bounds.height() / height)).sum();
    let mut cells = (vertices as f64 / 2.0).clamp(CELLS.0, CELLS.1);
    while cells > 16.0 && (run * cells.sqrt() > 4.0 * vertices as f64 + MAX_STEPS / 8.0 || depth * cells > MAX_STEPS) {
        cells /= 2.0;
    }
    let stretch = sin_cos_deg(bounds.center().y).1.clamp(0.1, 1.0);
    Frame::new(bounds, stretch, cells, 0.0)
}

/// The record of a zone in a cell that its edges touch. Encoded as zone and parity, set, number of edges, edges.
pub(super) struct CellEdges<'a> {
    pub(super) zone: u32,
    pub(super) parity: bool,
    /// The set of zones for a point that lies in this zone and in no other of the cell's records.
    pub(super) set_if_only: u32,
    pub(super) edges: &'a [u32],
}

const RECORD_HEAD: usize = 3;

fn push_record(records: &mut Vec<u32>, zone: u32, parity: bool, edges: &[Edge]) {
    records.extend([zone << 1 | u32::from(parity), GrowingSets::EMPTY, edges.len() as u32]);
    records.extend(edges.iter().map(|edge| edge.0));
}

fn record_length(records: &[u32]) -> usize {
    RECORD_HEAD + records[2] as usize
}

/// Decodes consecutive records.
pub(super) fn records_in(mut records: &[u32]) -> impl Iterator<Item = CellEdges<'_>> {
    std::iter::from_fn(move || {
        let (&[zone, set_if_only, count], rest) = records.split_first_chunk::<RECORD_HEAD>()?;
        let (edges, rest) = rest.split_at_checked(count as usize)?;
        records = rest;
        Some(CellEdges { zone: zone >> 1, parity: zone & 1 == 1, set_if_only, edges })
    })
}

fn edge_count(records: &[u32]) -> usize {
    records_in(records).map(|record| record.edges.len()).sum()
}

/// Scratch buffers for one zone in a block of cells, reused for the next zone.
#[derive(Default)]
struct Sweep {
    /// Row, column, and an edge that touches that cell.
    touches: Vec<(u32, u32, Edge)>,
    /// A row, and the column in which an edge crosses its centre line.
    crossings: Vec<(u32, i64)>,
    edges: Vec<Edge>,
}

impl Sweep {
    /// Classifies the cells of a block for a zone: calls `decide` with each cell inside the zone, and `record` with
    /// each cell that edges touch, its parity and these edges. `parity_of_row` is the contribution of the rest of the
    /// zone to the parity of a row.
    fn zone(
        &mut self,
        block: &Block,
        vertices: &[Coord<f64>],
        edges: &[Edge],
        parity_of_row: impl Fn(u32) -> bool,
        decide: &mut impl FnMut(u32),
        record: &mut impl FnMut(u32, bool, &[Edge]),
    ) {
        self.touches.clear();
        self.crossings.clear();
        for &edge in edges {
            let (a, b) = edge.ends(vertices);
            block.touched(a, b, |column, row| self.touches.push((row, column, edge)));
            for row in block.rows_between(a.y.min(b.y), a.y.max(b.y)) {
                if is_crossed(a, b, block.middle_y(row)) {
                    self.crossings.push((row, block.crossing(a, b, row)));
                }
            }
        }
        self.touches.sort_unstable_by_key(|&(row, column, edge)| (row, column, edge.0));
        self.crossings.sort_unstable();
        let (mut touches, mut crossings) = (self.touches.as_slice(), self.crossings.as_slice());
        let rows = match (touches.first(), touches.last()) {
            // Rows without edges may lie in the zone within a division, but not in the whole frame.
            (Some(first), Some(last)) if block.rows > SIDE => first.0..last.0 + 1,
            _ => 0..block.rows,
        };
        for row in rows {
            let touches = split_off(&mut touches, |touch| touch.0 == row);
            let crossings = split_off(&mut crossings, |crossing| crossing.0 == row);
            let parity_of_row = parity_of_row(row);
            let mut passed = 0;
            let mut next_column = 0;
            let mut is_inside_east_of = |column: i64| {
                while crossings.get(passed).is_some_and(|&(_, crossed)| crossed <= column) {
                    passed += 1;
                }
                parity_of_row ^ is_odd(crossings.len() - passed)
            };
            for touched in touches.chunk_by(|a, b| a.1 == b.1) {
                let column = touched[0].1;
                if next_column < column && is_inside_east_of(i64::from(column) - 1) {
                    (next_column..column).for_each(|column| decide(row * block.columns + column));
                }
                next_column = column + 1;
                let mut parity = is_inside_east_of(i64::from(column));
                self.edges.clear();
                for &(_, _, edge) in touched {
                    let edge = edge.for_cell(block.right(column), vertices);
                    let (a, b) = edge.ends(vertices);
                    let middle_y = block.middle_y(row);
                    let is_right = is_crossed(a, b, middle_y) && block.crossing(a, b, row) > i64::from(column);
                    parity ^= is_right ^ edge.parity_of_ends(a, b, middle_y);
                    self.edges.push(edge);
                }
                record(row * block.columns + column, parity, &self.edges);
            }
            if next_column < block.columns && is_inside_east_of(i64::from(block.columns) - 1) {
                (next_column..block.columns).for_each(|column| decide(row * block.columns + column));
            }
        }
    }
}

/// Whether a line crosses the parallel `y`; an end on it counts as below.
fn is_crossed(a: Coord<f64>, b: Coord<f64>, y: f64) -> bool {
    (a.y <= y) != (b.y <= y)
}

fn is_odd(count: usize) -> bool {
    count % 2 == 1
}

/// Splits off the leading items that match.
fn split_off<'a, T>(items: &mut &'a [T], matches: impl Fn(&T) -> bool) -> &'a [T] {
    let count = items.iter().take_while(|item| matches(item)).count();
    let (taken, rest) = items.split_at(count);
    *items = rest;
    taken
}

/// The tables under construction. Sets are indexes into `sets`.
struct Builder {
    frame: Frame,
    vertices: Vec<Coord<f64>>,
    sets: GrowingSets,
    /// The cells of the frame.
    table: Vec<u32>,
    /// The cells of divisions, 64 each.
    divisions: Vec<u32>,
    /// For each cell that stays undecided: the set of zones that contain it, the number of records, the records.
    lists: Vec<u32>,
    sweep: Sweep,
}

impl Builder {
    /// Classifies the cells of the frame, zone by zone, and returns those that edges touch, with their records.
    fn sweep_all(&mut self, block: &Block, ring_ends: &[Vec<usize>]) -> (Vec<Undecided>, Vec<u32>) {
        let Builder { vertices, sets, table, sweep, .. } = self;
        // By zone: the cell, and the start of its record.
        let mut record_starts: Vec<(u32, u32)> = vec![];
        let mut records = vec![];
        let mut start = 0;
        let mut edges = vec![];
        for (zone, ends) in ring_ends.iter().enumerate() {
            edges.clear();
            for &end in ends {
                // Vertices may be repeated.
                let edges_of_ring = (start + 1..end).filter(|&next| vertices[next - 1] != vertices[next]);
                edges.extend(edges_of_ring.map(|next| Edge::from_vertex(next - 1)));
                start = end;
            }
            let mut decide = |cell: u32| {
                let set = &mut table[cell as usize];
                *set = sets.with(*set, zone as u32);
            };
            let mut record = |cell: u32, parity: bool, edges: &[Edge]| {
                record_starts.push((cell, records.len() as u32));
                push_record(&mut records, zone as u32, parity, edges);
            };
            sweep.zone(block, vertices, &edges, |_| false, &mut decide, &mut record);
        }
        // A stable sort keeps the zones of a cell in their order.
        record_starts.sort_by_key(|&(cell, _)| cell);
        let mut undecided = vec![];
        let mut by_cell = Vec::with_capacity(records.len());
        for of_cell in record_starts.chunk_by(|a, b| a.0 == b.0) {
            let (cell, start) = (of_cell[0].0, by_cell.len());
            for record in of_cell.iter().map(|&(_, start)| &records[start as usize..]) {
                by_cell.extend(&record[..record_length(record)]);
            }
            let (column, row) = (cell % block.columns, cell / block.columns);
            undecided.push(Undecided { index: cell as usize, column, row, records: start..by_cell.len() });
        }
        (undecided, by_cell)
    }

    /// Divides undecided cells level by level if they have many edges, and lists the records of the others.
    fn divide_all(&mut self, mut undecided: Vec<Undecided>, mut records: Vec<u32>) {
        let max_bytes = 2 * DIVISIONS_BYTES + BYTES_PER_VERTEX * self.vertices.len();
        let mut children: Vec<Vec<u32>> = vec![vec![]; CELLS_OF_DIVISION];
        for level in 0..=DIVISIONS {
            let is_small = level == 0 && undecided.len() * CELLS_OF_DIVISION * 4 <= DIVISIONS_BYTES;
            let max_edges = if is_small { 0 } else { MAX_EDGES };
            let mut next = vec![];
            let mut next_notes = vec![];
            for cell in undecided {
                if self.sets.is_exhausted() {
                    return;
                }
                let of_cell = &records[cell.records.clone()];
                let bytes = 4 * (self.divisions.len() + self.lists.len() + next_notes.len());
                let packed = if level < DIVISIONS && edge_count(of_cell) > max_edges && bytes < max_bytes {
                    let division = self.divisions.len() / CELLS_OF_DIVISION;
                    self.divide(level, &cell, of_cell, &mut children);
                    for (index, child) in children.iter_mut().enumerate().filter(|(_, child)| !child.is_empty()) {
                        let start = next_notes.len();
                        next_notes.append(child);
                        let (column, row) = (index as u32 % SIDE, index as u32 / SIDE);
                        next.push(Undecided {
                            index: division * CELLS_OF_DIVISION + index,
                            column: cell.column * SIDE + column,
                            row: cell.row * SIDE + row,
                            records: start..next_notes.len(),
                        });
                    }
                    Packed::divided(division)
                } else {
                    let enclosing = *self.cell_mut(level, cell.index);
                    self.list(enclosing, of_cell)
                };
                *self.cell_mut(level, cell.index) = packed.0;
            }
            (undecided, records) = (next, next_notes);
        }
    }

    /// Lists the records of a cell that stays undecided.
    fn list(&mut self, enclosing: u32, records: &[u32]) -> Packed {
        let start = self.lists.len();
        self.lists.extend([enclosing, 0]);
        let mut record = start + 2;
        self.lists.extend(records);
        while record < self.lists.len() {
            self.lists[record + 1] = self.sets.with(enclosing, self.lists[record] >> 1);
            self.lists[start + 1] += 1;
            record += record_length(&self.lists[record..]);
        }
        Packed::near(start)
    }

    fn cell_mut(&mut self, level: u32, index: usize) -> &mut u32 {
        if level == 0 { &mut self.table[index] } else { &mut self.divisions[index] }
    }

    /// Adds the division of a cell, and puts the records of its cells into `children`.
    fn divide(&mut self, level: u32, cell: &Undecided, records: &[u32], children: &mut [Vec<u32>]) {
        let block = self.frame.division(level, cell.column, cell.row);
        let enclosing = *self.cell_mut(level, cell.index);
        let first = self.divisions.len();
        self.divisions.resize(first + CELLS_OF_DIVISION, enclosing);
        let Builder { vertices, sets, divisions, sweep, .. } = self;
        let cells = &mut divisions[first..];
        let mut edges = vec![];
        for CellEdges { zone, parity, edges: of_zone, .. } in records_in(records) {
            edges.clear();
            edges.extend(of_zone.iter().copied().map(Edge));
            let parity_of_row = |row: u32| {
                let middle_y = block.middle_y(row);
                edges.iter().fold(parity, |parity, edge| {
                    let (a, b) = edge.ends(vertices);
                    parity ^ edge.parity_of_ends(a, b, middle_y)
                })
            };
            let mut decide = |index: u32| {
                let set = &mut cells[index as usize];
                *set = sets.with(*set, zone);
            };
            let mut record = |index: u32, parity: bool, edges: &[Edge]| {
                push_record(&mut children[index as usize], zone, parity, edges)
            };
            sweep.zone(&block, vertices, &edges, parity_of_row, &mut decide, &mut record);
        }
    }

    /// Stores the sets in use and replaces set indexes in all tables by their final values.
    fn finish(mut self) -> Option<CellIndex> {
        // The positions of set indexes in the lists.
        let mut in_lists = vec![];
        let mut start = 0;
        while start < self.lists.len() {
            in_lists.push(start);
            let count = self.lists[start + 1];
            start += 2;
            for _ in 0..count {
                in_lists.push(start + 1);
                start += record_length(&self.lists[start..]);
            }
        }
        if self.lists.len() > Packed::MAX || self.divisions.len() / CELLS_OF_DIVISION > Packed::MAX {
            return None;
        }
        let of_cells = self.table.iter().chain(&self.divisions).copied().filter(|&packed| Packed(packed).is_set());
        let of_lists = in_lists.iter().map(|&index| self.lists[index]);
        let (stored, new_indexes) = self.sets.store(of_cells.chain(of_lists))?;
        for packed in self.table.iter_mut().chain(&mut self.divisions).filter(|packed| Packed(**packed).is_set()) {
            *packed = new_indexes[*packed as usize];
        }
        for index in in_lists {
            self.lists[index] = new_indexes[self.lists[index] as usize];
        }
        self.lists.shrink_to_fit();
        self.divisions.shrink_to_fit();
        Some(CellIndex {
            cells: Some(Cells { frame: self.frame, table: self.table, divisions: self.divisions }),
            lists: self.lists,
            vertices: self.vertices,
            sets: stored,
        })
    }
}
