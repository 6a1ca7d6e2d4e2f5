//! Interned sets of zones.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use geo::Coord;

use crate::geometry::position::PointLocation;
use crate::index::cells::{CellIndex, CellState, ProjectedCellIndex};
use crate::plan::FeatureId;

/// The id of a set of zones in a [`FeatureSetInterner`].
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::index::{CellIndex, FeatureSetId, FeatureSetInterner};
/// use taizhou_corridor::plan::Plan;
///
/// let cell_index = CellIndex::new(&Plan::bundled()).unwrap();
/// let at_sea = FeatureSetInterner::new(&cell_index).containing(coord! { x: 122.5, y: 28.6 });
/// assert_eq!(at_sea, FeatureSetId::NONE);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeatureSetId(pub(super) u32);

impl FeatureSetId {
    /// The empty set.
    pub const NONE: FeatureSetId = FeatureSetId(0);
}

/// Interns the sets of zones that contain points: callers process each distinct set once and keep only an id per point.
///
/// It grows with the sets found on and near boundaries, and is cheap to create, for example for each batch. The same
/// set may have two ids.
///
/// ```
/// use std::collections::HashMap;
/// use geo::coord;
/// use taizhou_corridor::index::{CellIndex, FeatureSetInterner};
/// use taizhou_corridor::plan::Plan;
///
/// // How many of these sites are in how many features? Each distinct set is processed once.
/// let plan = Plan::bundled();
/// let cell_index = CellIndex::new(&plan).unwrap();
/// let mut sets = FeatureSetInterner::new(&cell_index);
/// let mut count_by_set = HashMap::new();
/// for site in [coord! { x: 121.36898, y: 28.6559 }, coord! { x: 121.3690, y: 28.6560 }, coord! { x: 121.429, y: 28.5622 }] {
///     *count_by_set.entry(sets.containing(site)).or_insert(0) += 1;
/// }
/// let mut counts: Vec<(usize, i32)> = count_by_set.iter().map(|(&id, &count)| (sets.get(id).len(), count)).collect();
/// counts.sort();
/// assert_eq!(counts, [(0, 1), (3, 2)]);
/// ```
pub struct FeatureSetInterner<'g> {
    cell_index: &'g CellIndex,
    /// The sets of decided cells, with ids from 0: first those of the cell index, then those of a projected one.
    decided: [Option<&'g StoredSets>; 2],
    /// The sets found near boundaries, with the ids after those.
    interned: StoredSets,
    /// Their indexes by hash.
    index_by_hash: HashMap<u64, usize, BuildHasherDefault<QuickHasher>>,
    buffer: Vec<(FeatureId, PointLocation)>,
}

impl<'g> FeatureSetInterner<'g> {
    /// Starts with the sets of a cell index.
    ///
    /// ```
    /// use taizhou_corridor::index::{CellIndex, FeatureSetId, FeatureSetInterner};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let cell_index = CellIndex::new(&Plan::bundled()).unwrap();
    /// assert!(FeatureSetInterner::new(&cell_index).get(FeatureSetId::NONE).is_empty());
    /// ```
    pub fn new(cell_index: &'g CellIndex) -> FeatureSetInterner<'g> {
        FeatureSetInterner::of([Some(&cell_index.sets), None], cell_index)
    }

    /// Starts with the sets of a cell index and of a projected one.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::index::{CellIndex, FeatureSetId, FeatureSetInterner, ProjectedCellIndex};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let cell_index = CellIndex::new(&plan).unwrap();
    /// let system = ProjectedCellIndex::new(&plan, &cell_index, &Crs::Gcj02).unwrap();
    /// assert!(FeatureSetInterner::with_system(&cell_index, &system).get(FeatureSetId::NONE).is_empty());
    /// ```
    pub fn with_system(cell_index: &'g CellIndex, system: &'g ProjectedCellIndex) -> FeatureSetInterner<'g> {
        FeatureSetInterner::of([Some(&cell_index.sets), Some(&system.sets)], cell_index)
    }

    fn of(decided: [Option<&'g StoredSets>; 2], cell_index: &'g CellIndex) -> FeatureSetInterner<'g> {
        FeatureSetInterner {
            cell_index,
            decided,
            interned: StoredSets::new(),
            index_by_hash: HashMap::default(),
            buffer: vec![],
        }
    }

    /// The set of all zones that contain a point (degrees), boundaries included, as in
    /// [`FeatureIndex::containing`](crate::index::FeatureIndex::containing).
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::geometry::position::PointLocation;
    /// use taizhou_corridor::index::{CellIndex, FeatureSetInterner};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let cell_index = CellIndex::new(&plan).unwrap();
    /// let mut sets = FeatureSetInterner::new(&cell_index);
    /// let corner = sets.containing(coord! { x: 121.44, y: 28.6584 });
    /// assert!(sets.get(corner).contains(&(plan.id_of("core")?, PointLocation::Boundary)));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    #[inline]
    pub fn containing(&mut self, point: Coord<f64>) -> FeatureSetId {
        match self.cell_index.cell(point) {
            CellState::Decided(id) => id,
            CellState::Near(list) => self.near(point, list),
        }
    }

    /// Whether it starts with these sets in addition to those of its cell index.
    pub(super) fn includes(&self, sets: &StoredSets) -> bool {
        self.decided[1].is_some_and(|own| std::ptr::eq(own, sets))
    }

    /// The interned sets, without those of the cell index.
    pub(super) fn into_interned(self) -> StoredSets {
        self.interned
    }

    /// The zones of a set, in plan order, with the location of its points relative to each.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::geometry::position::PointLocation;
    /// use taizhou_corridor::index::{CellIndex, FeatureSetInterner};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let cell_index = CellIndex::new(&plan).unwrap();
    /// let mut sets = FeatureSetInterner::new(&cell_index);
    /// let station = sets.containing(coord! { x: 121.36898, y: 28.6559 });
    /// let ids: Vec<&str> = sets.get(station).iter().map(|&(zone, _)| plan[zone].id.as_str()).collect();
    /// assert_eq!(ids, ["corridor", "core", "high-speed-rail-district"]);
    /// ```
    pub fn get(&self, id: FeatureSetId) -> &[(FeatureId, PointLocation)] {
        let mut index = id.0 as usize;
        for stored in self.decided.into_iter().flatten() {
            if index < stored.len() {
                return stored.get(index);
            }
            index -= stored.len();
        }
        if index < self.interned.len() { self.interned.get(index) } else { &[] }
    }

    fn near(&mut self, point: Coord<f64>, list: usize) -> FeatureSetId {
        self.cell_index.stored_near(point, list).unwrap_or_else(|| self.intern(point, list))
    }

    /// Interns a set that the cell index does not store.
    #[cold]
    fn intern(&mut self, point: Coord<f64>, list: usize) -> FeatureSetId {
        let mut buffer = std::mem::take(&mut self.buffer);
        self.cell_index.near(point, list, &mut buffer);
        let stored_count: usize = self.decided.into_iter().flatten().map(StoredSets::len).sum();
        let hash = self.index_by_hash.hasher().hash_one(buffer.as_slice());
        let index = match self.index_by_hash.get(&hash) {
            Some(&index) if self.interned.get(index) == buffer => index,
            // On a hash collision the first set keeps its entry; the other is stored again each time.
            _ => {
                self.interned.push(buffer.iter().copied());
                self.index_by_hash.entry(hash).or_insert(self.interned.len() - 1);
                self.interned.len() - 1
            }
        };
        let id = if buffer.is_empty() { FeatureSetId::NONE } else { FeatureSetId((stored_count + index) as u32) };
        self.buffer = buffer;
        id
    }
}

/// A list of sets of zones. The first is empty.
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

    pub(super) fn get(&self, index: usize) -> &[(FeatureId, PointLocation)] {
        &self.members[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    pub(super) fn push(&mut self, set: impl IntoIterator<Item = (FeatureId, PointLocation)>) {
        self.members.extend(set);
        self.starts.push(self.members.len() as u32);
    }

    pub(super) fn bytes(&self) -> usize {
        self.starts.len() * 4 + self.members.len() * size_of::<(FeatureId, PointLocation)>()
    }
}

/// Sets that grow zone by zone while cells are classified. A set is represented by a smaller set and its last zone, so
/// that each exists once.
pub(super) struct GrowingSets {
    /// Each set: the set without its last zone, and that zone.
    sets: Vec<(u32, u32)>,
    indexes: HashMap<(u32, u32), u32, BuildHasherDefault<QuickHasher>>,
    /// The last operation, as the next cell usually needs the same.
    cached: ((u32, u32), u32),
    steps_left: usize,
}

impl GrowingSets {
    pub(super) const EMPTY: u32 = 0;

    /// `max_steps` limits the number of steps, and of stored members.
    pub(super) fn new(max_steps: usize) -> GrowingSets {
        let (sets, cached) = (vec![(0, 0)], ((0, u32::MAX), 0));
        GrowingSets { sets, indexes: HashMap::default(), cached, steps_left: max_steps }
    }

    /// Whether no steps are left.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps_left == 0
    }

    /// The set with one more zone, which it does not contain yet. An arbitrary set once no steps are left.
    pub(super) fn with(&mut self, set: u32, zone: u32) -> u32 {
        if self.cached.0 == (set, zone) {
            return self.cached.1;
        }
        if self.is_exhausted() {
            return set;
        }
        let mut smaller = set;
        let mut after = vec![];
        while smaller != GrowingSets::EMPTY && self.sets[smaller as usize].1 > zone {
            let (stored_count, cached) = self.sets[smaller as usize];
            after.push(cached);
            smaller = stored_count;
        }
        self.steps_left = self.steps_left.saturating_sub(1 + after.len());
        let mut larger = self.child(smaller, zone);
        for zone in after.into_iter().rev() {
            larger = self.child(larger, zone);
        }
        self.cached = ((set, zone), larger);
        larger
    }

    fn child(&mut self, set: u32, zone: u32) -> u32 {
        *self.indexes.entry((set, zone)).or_insert_with(|| {
            self.sets.push((set, zone));
            self.sets.len() as u32 - 1
        })
    }

    /// Stores the sets in use and returns their new indexes by the old ones. `None` if the steps are exhausted.
    pub(super) fn store(&self, used: impl Iterator<Item = u32>) -> Option<(StoredSets, Vec<u32>)> {
        let mut stored = StoredSets::new();
        let mut indexes = vec![u32::MAX; self.sets.len()];
        let mut zones = vec![];
        for set in std::iter::once(GrowingSets::EMPTY).chain(used) {
            if indexes[set as usize] != u32::MAX {
                continue;
            }
            if self.steps_left <= stored.members.len() {
                return None;
            }
            indexes[set as usize] = stored.len() as u32;
            zones.clear();
            let mut rest = set;
            while rest != GrowingSets::EMPTY {
                let (stored_count, zone) = self.sets[rest as usize];
                zones.push(zone);
                rest = stored_count;
            }
            stored.push(zones.iter().rev().map(|&zone| (FeatureId::new(zone as usize), PointLocation::Inside)));
        }
        Some((stored, indexes))
    }
}

/// A fast hasher for small trusted keys.
#[derive(Default)]
pub(crate) struct QuickHasher(u64);

impl QuickHasher {
    fn mix(&mut self, value: u64) {
        // The odd integer nearest to 2⁶⁴ / the golden ratio.
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Hasher for QuickHasher {
    fn finish(&self) -> u64 {
        // The map uses the upper and the lower bits; only the upper bits of the product are well mixed.
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
