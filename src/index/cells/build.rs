//! Building a grid: zone by zone over the cells, then the cells that hold many edges once more.
//!
//! A cell that no edge of a zone touches lies in the zone or out of it, as its middle does. For one that
//! edges touch, a *note* is made: these edges, and a parity. The parity of a point's crossings to the
//! right is that of the note and of what each of its edges adds (`Edge::parity`).
//!
//! **Why the edges of a cell are enough.** Between them, the ring runs outside of the cell. Take a point of
//! the cell and the ray to its right. While the point moves within the cell, the parity of the ray's
//! crossings with such a run changes only where the ray passes an end of the run: the run never meets the
//! cell, where the ray begins. Its ends are ends of the cell's edges, and only those to the right of the cell
//! lie on a ray. So each edge counts, next to its own crossing, its ends to the right that lie at or
//! below the point; what remains is the same for the whole cell.

use std::ops::Range;

use geo::{BoundingRect, Coord, Rect};

use crate::geometry::measure::rings;
use crate::index::cells::frame::{Block, CELLS_OF_DIVISION, Cells, DIVISIONS, Frame, SIDE};
use crate::index::cells::sets::GrowingSets;
use crate::index::cells::{CellIndex, Edge, Packed};
use crate::plan::Plan;

/// Cells with more edges than this are divided.
const MAX_EDGES: usize = 16;

/// What all undecided cells may take to be divided once, however few edges they hold: then fewer points fall
/// into undecided ones.
pub(super) const DIVISIONS_BYTES: usize = 4 << 20;

/// So many cells, at least and at most; not counting divisions.
pub(super) const CELLS: (f64, f64) = (131_072.0, 4_194_304.0);

/// The steps that a plan may take in proportion to its area rather than its edges.
const MAX_STEPS: f64 = 16_777_216.0;

/// The steps that sets may take to grow, zone by zone, next to some for each corner.
const MAX_SET_STEPS: usize = 4_194_304;
const STEPS_PER_CORNER: usize = 8;

/// What all cells may take, next to a fixed amount, for each corner of a zone.
const BYTES_PER_CORNER: usize = 128;

/// A cell that edges touch.
struct Undecided {
    /// The place in the table of cells, or in that of divisions.
    place: usize,
    /// Counted from the first of all cells of its size.
    column: u32,
    row: u32,
    notes: Range<usize>,
}

/// None where the plan has too many corners to be numbered, or zones overlap so often that the sets are too long.
pub(super) fn build(plan: &Plan) -> Option<CellIndex> {
    let Some(bounds) = bounds(plan) else { return Some(CellIndex::empty()) };
    // Each ring's corners, the last as the first; by zone, where its rings end.
    let mut corners = vec![];
    let mut ring_ends = vec![];
    for zone in plan.features() {
        let ends = zone.shape.iter().flat_map(rings).map(|ring| {
            corners.extend(&ring.0);
            corners.len()
        });
        ring_ends.push(ends.collect::<Vec<_>>());
    }
    if corners.len() > Edge::MAX || ring_ends.len() > Packed::MAX {
        return None;
    }
    let frame = frame(plan, bounds, corners.len())?;
    let block = frame.block();
    let table = vec![GrowingSets::EMPTY; block.columns as usize * block.rows as usize];
    let (sets, sweep) = (GrowingSets::new(MAX_SET_STEPS + STEPS_PER_CORNER * corners.len()), Sweep::default());
    let mut builder = Builder { frame, corners, sets, table, divisions: vec![], lists: vec![], sweep };
    let (undecided, notes) = builder.sweep_all(&block, &ring_ends);
    builder.divide_all(undecided, notes);
    if builder.sets.is_exhausted() { None } else { builder.finish() }
}

/// The box around all zones.
pub(super) fn bounds(plan: &Plan) -> Option<Rect<f64>> {
    let boxes = plan.features().iter().filter_map(|zone| zone.shape.bounding_rect());
    boxes.reduce(|a, b| {
        let min = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
        let max = Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
        Rect::new(min, max)
    })
}

/// A cell for every two edges, within limits: fewer where long edges or overlapping zones would touch
/// more of them than that.
fn frame(plan: &Plan, bounds: Rect<f64>, corners: usize) -> Option<Frame> {
    let (width, height) = (bounds.width(), bounds.height());
    let edges = plan.features().iter().flat_map(|zone| zone.shape.iter()).flat_map(rings).flat_map(|ring| ring.lines());
    let run: f64 = edges.map(|edge| edge.dx().abs() / width + edge.dy().abs() / height).sum();
    let boxes = plan.features().iter().filter_map(|zone| zone.shape.bounding_rect());
    let depth: f64 = boxes.map(|bounds| bounds.width() / width * (bounds.height() / height)).sum();
    let mut cells = (corners as f64 / 2.0).clamp(CELLS.0, CELLS.1);
    while cells > 16.0 && (run * cells.sqrt() > 4.0 * corners as f64 + MAX_STEPS / 8.0 || depth * cells > MAX_STEPS) {
        cells /= 2.0;
    }
    let stretch = bounds.center().y.to_radians().cos().clamp(0.1, 1.0);
    Frame::new(bounds, stretch, cells, 0.0)
}

/// What is known of a zone in a cell that its edges touch. Written as the zone and the parity, the set, the
/// number of edges, the edges.
pub(super) struct CellEdges<'a> {
    pub(super) zone: u32,
    pub(super) parity: bool,
    /// What holds a point of the cell that lies in this zone and in no other of the notes.
    pub(super) alone: u32,
    pub(super) edges: &'a [u32],
}

const NOTE_HEAD: usize = 3;

fn push_note(notes: &mut Vec<u32>, zone: u32, parity: bool, edges: &[Edge]) {
    notes.extend([zone << 1 | u32::from(parity), GrowingSets::EMPTY, edges.len() as u32]);
    notes.extend(edges.iter().map(|edge| edge.0));
}

fn note_length(notes: &[u32]) -> usize {
    NOTE_HEAD + notes[2] as usize
}

/// The notes that are written one after the other.
pub(super) fn notes_in(mut notes: &[u32]) -> impl Iterator<Item = CellEdges<'_>> {
    std::iter::from_fn(move || {
        let (&[zone, alone, count], rest) = notes.split_first_chunk::<NOTE_HEAD>()?;
        let (edges, rest) = rest.split_at_checked(count as usize)?;
        notes = rest;
        Some(CellEdges { zone: zone >> 1, parity: zone & 1 == 1, alone, edges })
    })
}

fn edges_of(notes: &[u32]) -> usize {
    notes_in(notes).map(|note| note.edges.len()).sum()
}

/// What is found of a zone in a block of cells, with its memory kept for the next.
#[derive(Default)]
struct Sweep {
    /// The row, the column, and the edge that touches that cell.
    touches: Vec<(u32, u32, Edge)>,
    /// The row, and the column in which an edge crosses its middle.
    crossings: Vec<(u32, i64)>,
    edges: Vec<Edge>,
}

impl Sweep {
    /// Decides the cells of a block for a zone that edges lead through: calls with each that lies in the zone, and
    /// with each that edges touch, its parity and these edges. `parity_of_row` is what the rest of the zone adds
    /// to the parity of a row.
    fn zone(
        &mut self,
        block: &Block,
        corners: &[Coord<f64>],
        edges: &[Edge],
        parity_of_row: impl Fn(u32) -> bool,
        decide: &mut impl FnMut(u32),
        note: &mut impl FnMut(u32, bool, &[Edge]),
    ) {
        self.touches.clear();
        self.crossings.clear();
        for &edge in edges {
            let (a, b) = edge.ends(corners);
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
            // Beyond its edges, a row of a division may lie in the zone; one of the whole frame does not.
            (Some(first), Some(last)) if block.rows > SIDE => first.0..last.0 + 1,
            _ => 0..block.rows,
        };
        for row in rows {
            let touches = split_off(&mut touches, |touch| touch.0 == row);
            let crossings = split_off(&mut crossings, |crossing| crossing.0 == row);
            let parity_of_row = parity_of_row(row);
            let mut passed = 0;
            let mut next_column = 0;
            let mut is_in_right_of = |column: i64| {
                while crossings.get(passed).is_some_and(|&(_, crossed)| crossed <= column) {
                    passed += 1;
                }
                parity_of_row ^ is_odd(crossings.len() - passed)
            };
            for touched in touches.chunk_by(|a, b| a.1 == b.1) {
                let column = touched[0].1;
                if next_column < column && is_in_right_of(i64::from(column) - 1) {
                    (next_column..column).for_each(|column| decide(row * block.columns + column));
                }
                next_column = column + 1;
                let mut parity = is_in_right_of(i64::from(column));
                self.edges.clear();
                for &(_, _, edge) in touched {
                    let edge = edge.seen_from(block.right(column), corners);
                    let (a, b) = edge.ends(corners);
                    let middle_y = block.middle_y(row);
                    let is_right = is_crossed(a, b, middle_y) && block.crossing(a, b, row) > i64::from(column);
                    parity ^= is_right ^ edge.parity_of_ends(a, b, middle_y);
                    self.edges.push(edge);
                }
                note(row * block.columns + column, parity, &self.edges);
            }
            if next_column < block.columns && is_in_right_of(i64::from(block.columns) - 1) {
                (next_column..block.columns).for_each(|column| decide(row * block.columns + column));
            }
        }
    }
}

/// Whether a line crosses a height: an end at that height counts as below.
fn is_crossed(a: Coord<f64>, b: Coord<f64>, y: f64) -> bool {
    (a.y <= y) != (b.y <= y)
}

fn is_odd(count: usize) -> bool {
    count % 2 == 1
}

/// Takes the first items as long as they fit.
fn split_off<'a, T>(items: &mut &'a [T], fits: impl Fn(&T) -> bool) -> &'a [T] {
    let count = items.iter().take_while(|item| fits(item)).count();
    let (taken, rest) = items.split_at(count);
    *items = rest;
    taken
}

/// The tables of a grid while they are made. Sets have the numbers of `sets`.
struct Builder {
    frame: Frame,
    corners: Vec<Coord<f64>>,
    sets: GrowingSets,
    /// The cells of the frame.
    table: Vec<u32>,
    /// The cells of divisions, 64 by 64.
    divisions: Vec<u32>,
    /// Of the cells that stay undecided: the set of the zones around them, the number of notes, the notes.
    lists: Vec<u32>,
    sweep: Sweep,
}

impl Builder {
    /// Decides the cells of the frame, zone by zone, and returns those that edges touch, with their notes.
    fn sweep_all(&mut self, block: &Block, ring_ends: &[Vec<usize>]) -> (Vec<Undecided>, Vec<u32>) {
        let Builder { corners, sets, table, sweep, .. } = self;
        // By zone: the cell, and where its note begins.
        let mut noted: Vec<(u32, u32)> = vec![];
        let mut notes = vec![];
        let mut start = 0;
        let mut edges = vec![];
        for (zone, ends) in ring_ends.iter().enumerate() {
            edges.clear();
            for &end in ends {
                // A corner may be repeated.
                let edges_of_ring = (start + 1..end).filter(|&next| corners[next - 1] != corners[next]);
                edges.extend(edges_of_ring.map(|next| Edge::from_corner(next - 1)));
                start = end;
            }
            let mut decide = |cell: u32| {
                let set = &mut table[cell as usize];
                *set = sets.with(*set, zone as u32);
            };
            let mut note = |cell: u32, parity: bool, edges: &[Edge]| {
                noted.push((cell, notes.len() as u32));
                push_note(&mut notes, zone as u32, parity, edges);
            };
            sweep.zone(block, corners, &edges, |_| false, &mut decide, &mut note);
        }
        // A stable sort keeps the zones of a cell in their order.
        noted.sort_by_key(|&(cell, _)| cell);
        let mut undecided = vec![];
        let mut by_cell = Vec::with_capacity(notes.len());
        for of_cell in noted.chunk_by(|a, b| a.0 == b.0) {
            let (cell, start) = (of_cell[0].0, by_cell.len());
            for note in of_cell.iter().map(|&(_, start)| &notes[start as usize..]) {
                by_cell.extend(&note[..note_length(note)]);
            }
            let (column, row) = (cell % block.columns, cell / block.columns);
            undecided.push(Undecided { place: cell as usize, column, row, notes: start..by_cell.len() });
        }
        (undecided, by_cell)
    }

    /// Divides undecided cells level by level, those that are worth it, and lists the notes of the others.
    fn divide_all(&mut self, mut undecided: Vec<Undecided>, mut notes: Vec<u32>) {
        let most_bytes = 2 * DIVISIONS_BYTES + BYTES_PER_CORNER * self.corners.len();
        let mut children: Vec<Vec<u32>> = vec![vec![]; CELLS_OF_DIVISION];
        for level in 0..=DIVISIONS {
            let is_small = level == 0 && undecided.len() * CELLS_OF_DIVISION * 4 <= DIVISIONS_BYTES;
            let most_edges = if is_small { 0 } else { MAX_EDGES };
            let mut next = vec![];
            let mut next_notes = vec![];
            for cell in undecided {
                if self.sets.is_exhausted() {
                    return;
                }
                let of_cell = &notes[cell.notes.clone()];
                let bytes = 4 * (self.divisions.len() + self.lists.len() + next_notes.len());
                let packed = if level < DIVISIONS && edges_of(of_cell) > most_edges && bytes < most_bytes {
                    let division = self.divisions.len() / CELLS_OF_DIVISION;
                    self.divide(level, &cell, of_cell, &mut children);
                    for (number, child) in children.iter_mut().enumerate().filter(|(_, child)| !child.is_empty()) {
                        let start = next_notes.len();
                        next_notes.append(child);
                        let (column, row) = (number as u32 % SIDE, number as u32 / SIDE);
                        next.push(Undecided {
                            place: division * CELLS_OF_DIVISION + number,
                            column: cell.column * SIDE + column,
                            row: cell.row * SIDE + row,
                            notes: start..next_notes.len(),
                        });
                    }
                    Packed::divided(division)
                } else {
                    let around = *self.place(level, cell.place);
                    self.list(around, of_cell)
                };
                *self.place(level, cell.place) = packed.0;
            }
            (undecided, notes) = (next, next_notes);
        }
    }

    /// Lists the notes of a cell that stays undecided.
    fn list(&mut self, around: u32, notes: &[u32]) -> Packed {
        let start = self.lists.len();
        self.lists.extend([around, 0]);
        let mut note = start + 2;
        self.lists.extend(notes);
        while note < self.lists.len() {
            self.lists[note + 1] = self.sets.with(around, self.lists[note] >> 1);
            self.lists[start + 1] += 1;
            note += note_length(&self.lists[note..]);
        }
        Packed::near(start)
    }

    fn place(&mut self, level: u32, place: usize) -> &mut u32 {
        if level == 0 { &mut self.table[place] } else { &mut self.divisions[place] }
    }

    /// Adds the division of a cell, and leaves the notes of its cells in `children`.
    fn divide(&mut self, level: u32, cell: &Undecided, notes: &[u32], children: &mut [Vec<u32>]) {
        let block = self.frame.division(level, cell.column, cell.row);
        let around = *self.place(level, cell.place);
        let first = self.divisions.len();
        self.divisions.resize(first + CELLS_OF_DIVISION, around);
        let Builder { corners, sets, divisions, sweep, .. } = self;
        let cells = &mut divisions[first..];
        let mut edges = vec![];
        for CellEdges { zone, parity, edges: of_zone, .. } in notes_in(notes) {
            edges.clear();
            edges.extend(of_zone.iter().copied().map(Edge));
            let parity_of_row = |row: u32| {
                let middle_y = block.middle_y(row);
                edges.iter().fold(parity, |parity, edge| {
                    let (a, b) = edge.ends(corners);
                    parity ^ edge.parity_of_ends(a, b, middle_y)
                })
            };
            let mut decide = |number: u32| {
                let set = &mut cells[number as usize];
                *set = sets.with(*set, zone);
            };
            let mut note = |number: u32, parity: bool, edges: &[Edge]| {
                push_note(&mut children[number as usize], zone, parity, edges)
            };
            sweep.zone(&block, corners, &edges, parity_of_row, &mut decide, &mut note);
        }
    }

    /// Stores the sets that are used, and gives all tables their final numbers.
    fn finish(mut self) -> Option<CellIndex> {
        // Where the lists name sets.
        let mut in_lists = vec![];
        let mut start = 0;
        while start < self.lists.len() {
            in_lists.push(start);
            let count = self.lists[start + 1];
            start += 2;
            for _ in 0..count {
                in_lists.push(start + 1);
                start += note_length(&self.lists[start..]);
            }
        }
        if self.lists.len() > Packed::MAX || self.divisions.len() / CELLS_OF_DIVISION > Packed::MAX {
            return None;
        }
        let of_cells = self.table.iter().chain(&self.divisions).copied().filter(|&packed| Packed(packed).is_set());
        let of_lists = in_lists.iter().map(|&place| self.lists[place]);
        let (stored, numbers) = self.sets.store(of_cells.chain(of_lists))?;
        for packed in self.table.iter_mut().chain(&mut self.divisions).filter(|packed| Packed(**packed).is_set()) {
            *packed = numbers[*packed as usize];
        }
        for place in in_lists {
            self.lists[place] = numbers[self.lists[place] as usize];
        }
        self.lists.shrink_to_fit();
        self.divisions.shrink_to_fit();
        Some(CellIndex {
            cells: Some(Cells { frame: self.frame, table: self.table, divisions: self.divisions }),
            lists: self.lists,
            corners: self.corners,
            sets: stored,
        })
    }
}
