//! Sets of zones, each stored once and known by a number.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use geo::Coord;

use crate::geometry::position::PointLocation;
use crate::index::cells::{Cell, CellIndex, ProjectedCellIndex};
use crate::plan::FeatureId;

/// The number of a set of zones in [`FeatureSetInterner`].
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::index::{CellIndex, FeatureSetId, FeatureSetInterner};
/// use taizhou_corridor::plan::Plan;
///
/// let grid = CellIndex::new(&Plan::bundled()).unwrap();
/// let at_sea = FeatureSetInterner::new(&grid).containing(coord! { x: 122.5, y: 28.6 });
/// assert_eq!(at_sea, FeatureSetId::NONE);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeatureSetId(pub(super) u32);

impl FeatureSetId {
    /// No zone at all.
    pub const NONE: FeatureSetId = FeatureSetId(0);
}

/// The sets of zones that points were found in, numbered: for callers who make something of each set
/// once, and of each point no more than its number.
///
/// It grows with the sets that are met on and near boundaries, and is cheap to begin anew, say with each
/// batch. A set may have two numbers.
///
/// ```
/// use std::collections::HashMap;
/// use geo::coord;
/// use taizhou_corridor::index::{CellIndex, FeatureSetInterner};
/// use taizhou_corridor::plan::Plan;
///
/// // How many of these sites are in how many features? Each set is looked at once.
/// let plan = Plan::bundled();
/// let grid = CellIndex::new(&plan).unwrap();
/// let mut sets = FeatureSetInterner::new(&grid);
/// let mut count_by_set = HashMap::new();
/// for site in [coord! { x: 121.36898, y: 28.6559 }, coord! { x: 121.3690, y: 28.6560 }, coord! { x: 121.429, y: 28.5622 }] {
///     *count_by_set.entry(sets.containing(site)).or_insert(0) += 1;
/// }
/// let mut counts: Vec<(usize, i32)> = count_by_set.iter().map(|(&id, &count)| (sets.get(id).len(), count)).collect();
/// counts.sort();
/// assert_eq!(counts, [(0, 1), (3, 2)]);
/// ```
pub struct FeatureSetInterner<'g> {
    grid: &'g CellIndex,
    /// The sets of decided cells, numbered from 0: first those of the grid, then those of a grid of
    /// another system.
    decided: [Option<&'g StoredSets>; 2],
    /// Those met near boundaries: their numbers follow.
    interned: StoredSets,
    /// Their places by their hashes.
    places: HashMap<u64, usize, BuildHasherDefault<QuickHasher>>,
    buffer: Vec<(FeatureId, PointLocation)>,
}

impl<'g> FeatureSetInterner<'g> {
    /// Begins with what the cells of a grid hold.
    ///
    /// ```
    /// use taizhou_corridor::index::{CellIndex, FeatureSetId, FeatureSetInterner};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let grid = CellIndex::new(&Plan::bundled()).unwrap();
    /// assert!(FeatureSetInterner::new(&grid).get(FeatureSetId::NONE).is_empty());
    /// ```
    pub fn new(grid: &'g CellIndex) -> FeatureSetInterner<'g> {
        FeatureSetInterner::of([Some(&grid.sets), None], grid)
    }

    /// Begins with what the cells of a grid and of one in another system hold.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::index::{CellIndex, FeatureSetId, FeatureSetInterner, ProjectedCellIndex};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let grid = CellIndex::new(&plan).unwrap();
    /// let system = ProjectedCellIndex::new(&plan, &grid, &Crs::Gcj02).unwrap();
    /// assert!(FeatureSetInterner::with_system(&grid, &system).get(FeatureSetId::NONE).is_empty());
    /// ```
    pub fn with_system(grid: &'g CellIndex, system: &'g ProjectedCellIndex) -> FeatureSetInterner<'g> {
        FeatureSetInterner::of([Some(&grid.sets), Some(&system.sets)], grid)
    }

    fn of(decided: [Option<&'g StoredSets>; 2], grid: &'g CellIndex) -> FeatureSetInterner<'g> {
        FeatureSetInterner { grid, decided, interned: StoredSets::new(), places: HashMap::default(), buffer: vec![] }
    }

    /// The set of all zones that hold a point (degrees), boundaries included: those that
    /// [`FeatureIndex::containing`](crate::index::FeatureIndex::containing) lists.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::geometry::position::PointLocation;
    /// use taizhou_corridor::index::{CellIndex, FeatureSetInterner};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let grid = CellIndex::new(&plan).unwrap();
    /// let mut sets = FeatureSetInterner::new(&grid);
    /// let corner = sets.containing(coord! { x: 121.44, y: 28.6584 });
    /// assert!(sets.get(corner).contains(&(plan.id_of("core")?, PointLocation::Boundary)));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    #[inline]
    pub fn containing(&mut self, point: Coord<f64>) -> FeatureSetId {
        match self.grid.cell(point) {
            Cell::Decided(id) => id,
            Cell::Near(list) => self.near(point, list),
        }
    }

    /// Whether it begins with these sets, next to those of its grid.
    pub(super) fn contains(&self, sets: &StoredSets) -> bool {
        self.decided[1].is_some_and(|known| std::ptr::eq(known, sets))
    }

    /// The sets that were met so far, beyond those that the grid stores.
    pub(super) fn into_met(self) -> StoredSets {
        self.interned
    }

    /// The zones of a set, in plan order, and where its points lie relative to each.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::geometry::position::PointLocation;
    /// use taizhou_corridor::index::{CellIndex, FeatureSetInterner};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let grid = CellIndex::new(&plan).unwrap();
    /// let mut sets = FeatureSetInterner::new(&grid);
    /// let station = sets.containing(coord! { x: 121.36898, y: 28.6559 });
    /// let ids: Vec<&str> = sets.get(station).iter().map(|&(zone, _)| plan[zone].id.as_str()).collect();
    /// assert_eq!(ids, ["corridor", "core", "high-speed-rail-district"]);
    /// ```
    pub fn get(&self, id: FeatureSetId) -> &[(FeatureId, PointLocation)] {
        let mut number = id.0 as usize;
        for stored in self.decided.into_iter().flatten() {
            if number < stored.len() {
                return stored.get(number);
            }
            number -= stored.len();
        }
        if number < self.interned.len() { self.interned.get(number) } else { &[] }
    }

    fn near(&mut self, point: Coord<f64>, list: usize) -> FeatureSetId {
        self.grid.stored_near(point, list).unwrap_or_else(|| self.intern(point, list))
    }

    /// The number of a set that is met, and not stored by the grid.
    #[cold]
    fn intern(&mut self, point: Coord<f64>, list: usize) -> FeatureSetId {
        let mut buffer = std::mem::take(&mut self.buffer);
        self.grid.near(point, list, &mut buffer);
        let before: usize = self.decided.into_iter().flatten().map(StoredSets::len).sum();
        let hash = self.places.hasher().hash_one(buffer.as_slice());
        let place = match self.places.get(&hash) {
            Some(&place) if self.interned.get(place) == buffer => place,
            // Of two sets with one hash, the first keeps its place; the other gets a new one each time.
            _ => {
                self.interned.push(buffer.iter().copied());
                self.places.entry(hash).or_insert(self.interned.len() - 1);
                self.interned.len() - 1
            }
        };
        let id = if buffer.is_empty() { FeatureSetId::NONE } else { FeatureSetId((before + place) as u32) };
        self.buffer = buffer;
        id
    }
}

/// Sets of zones, one after the other. The first is empty.
#[derive(Debug)]
pub(super) struct StoredSets {
    starts: Vec<u32>,
    members: Vec<(FeatureId, PointLocation)>,
}

impl StoredSets {
    pub(super) fn new() -> StoredSets {
        StoredSets { starts: vec![0], members: vec![] }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn get(&self, number: usize) -> &[(FeatureId, PointLocation)] {
        &self.members[self.starts[number] as usize..self.starts[number + 1] as usize]
    }

    pub(super) fn push(&mut self, set: impl IntoIterator<Item = (FeatureId, PointLocation)>) {
        self.members.extend(set);
        self.starts.push(self.members.len() as u32);
    }

    pub(super) fn bytes(&self) -> usize {
        self.starts.len() * 4 + self.members.len() * size_of::<(FeatureId, PointLocation)>()
    }
}

/// Sets that grow zone by zone, while cells are decided. A set is a smaller one and its last zone, so
/// that each exists once.
pub(super) struct GrowingSets {
    /// The set without its last zone, and that zone.
    sets: Vec<(u32, u32)>,
    numbers: HashMap<(u32, u32), u32, BuildHasherDefault<QuickHasher>>,
    /// The last step that was taken: the next cell mostly takes the same.
    last: ((u32, u32), u32),
    steps_left: usize,
}

impl GrowingSets {
    pub(super) const EMPTY: u32 = 0;

    /// It takes at most so many steps, and stores no more members than that.
    pub(super) fn new(most_steps: usize) -> GrowingSets {
        let (sets, last) = (vec![(0, 0)], ((0, u32::MAX), 0));
        GrowingSets { sets, numbers: HashMap::default(), last, steps_left: most_steps }
    }

    /// Whether no steps are left.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps_left == 0
    }

    /// The set with one more zone, which it does not hold yet. Without steps left, any set.
    pub(super) fn with(&mut self, set: u32, zone: u32) -> u32 {
        if self.last.0 == (set, zone) {
            return self.last.1;
        }
        if self.is_exhausted() {
            return set;
        }
        let mut smaller = set;
        let mut behind = vec![];
        while smaller != GrowingSets::EMPTY && self.sets[smaller as usize].1 > zone {
            let (before, last) = self.sets[smaller as usize];
            behind.push(last);
            smaller = before;
        }
        self.steps_left = self.steps_left.saturating_sub(1 + behind.len());
        let mut larger = self.child(smaller, zone);
        for zone in behind.into_iter().rev() {
            larger = self.child(larger, zone);
        }
        self.last = ((set, zone), larger);
        larger
    }

    fn child(&mut self, set: u32, zone: u32) -> u32 {
        *self.numbers.entry((set, zone)).or_insert_with(|| {
            self.sets.push((set, zone));
            self.sets.len() as u32 - 1
        })
    }

    /// Stores the sets that are still in use, and tells their numbers there by their numbers here. None if it
    /// ran out of steps before, or does now.
    pub(super) fn store(&self, used: impl Iterator<Item = u32>) -> Option<(StoredSets, Vec<u32>)> {
        let mut stored = StoredSets::new();
        let mut numbers = vec![u32::MAX; self.sets.len()];
        let mut zones = vec![];
        for set in std::iter::once(GrowingSets::EMPTY).chain(used) {
            if numbers[set as usize] != u32::MAX {
                continue;
            }
            if self.steps_left <= stored.members.len() {
                return None;
            }
            numbers[set as usize] = stored.len() as u32;
            zones.clear();
            let mut rest = set;
            while rest != GrowingSets::EMPTY {
                let (before, zone) = self.sets[rest as usize];
                zones.push(zone);
                rest = before;
            }
            stored.push(zones.iter().rev().map(|&zone| (FeatureId::new(zone as usize), PointLocation::Inside)));
        }
        Some((stored, numbers))
    }
}

/// Hashes a few small numbers that nobody chooses to collide.
#[derive(Default)]
pub(crate) struct QuickHasher(u64);

impl QuickHasher {
    fn mix(&mut self, value: u64) {
        // The odd number nearest to 2⁶⁴ / the golden ratio.
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Hasher for QuickHasher {
    fn finish(&self) -> u64 {
        // The map looks at the upper bits and the lower ones: the product is well mixed in the upper.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.mix(u64::from(byte)));
    }

    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.mix(value as u64);
    }
}
