//! A cell index in the plane of another CRS, so that most points need not be transformed.

use geo::{BoundingRect, Coord, LineString, Rect, coord};

use crate::crs::{CoordNormalizer, Crs, GaussKruegerZone, IntoPlane, Plane, Transformer};
use crate::error::RowProblem;
use crate::geometry::measure::rings;
use crate::index::cells::build::{CELLS, DIVISIONS_BYTES, bounds};
use crate::index::cells::frame::{Block, CELLS_OF_DIVISION, Cells, Frame, SIDE};
use crate::index::cells::sets::StoredSets;
use crate::index::cells::{CellIndex, FeatureSetId, FeatureSetInterner, Packed};
use crate::maths::{hypot, sin_cos_deg};
use crate::plan::Plan;

/// With more pieces than this nothing is gained: most points would be near one of them.
const MAX_PIECES: usize = 1 << 19;

/// The approximate maximum number of contacts of pieces and cells.
const MAX_TOUCHES: f64 = 8_388_608.0;

/// A cell index over the zones of a plan, projected into another CRS: a point in a cell that no boundary touches needs
/// no transformation.
///
/// The results equal those of transforming each point and querying the [`CellIndex`]. Supported are the Gauss-Krüger
/// zones of CGCS2000, GCJ-02 and BD-09 for a plan in longitude and latitude, and these for a plan in such a zone.
///
/// **Correctness.** An edge is straight in the plane of the plan, and curved in the other CRS. It is split into
/// pieces, and a cell is decided only if no piece is within a margin of it. The margin is far wider than the deviation
/// of a piece from a straight line and the rounding of the transformations: 0.1 m in Gauss-Krüger zones, 10⁻⁶
/// degrees in longitude and latitude, and twice that in GCJ-02 and BD-09.
///
/// **Cost.** For a few large zones, building takes about 25 ms and a query 18 ns, while transforming a point takes 0.2
/// to 1 µs.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
/// use taizhou_corridor::index::{CellIndex, FeatureSetId, FeatureSetInterner, ProjectedCellIndex};
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// let cell_index = CellIndex::new(&plan).unwrap();
/// let system = ProjectedCellIndex::new(&plan, &cell_index, &Crs::Epsg(4549)).unwrap();
/// let mut sets = FeatureSetInterner::with_system(&cell_index, &system);
/// let mut normalizer = CoordNormalizer::new(Crs::Epsg(4549), AxisOrder::Auto)?;
/// // The station in the axis order of survey files, and an invalid pair.
/// let mut sites = [Ok(coord! { x: 3_171_898.561, y: 633_838.222 }), Ok(coord! { x: 1.0, y: 2.0 })];
/// let holding = system.containing(&mut sets, &mut normalizer, &mut sites);
/// assert_eq!(sets.get(holding[0]).len(), 3);
/// assert!(sites[1].is_err());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct ProjectedCellIndex {
    /// That of the plan.
    plane: Plane,
    crs: Crs,
    /// The valid extent: west, south, east, north in the CRS.
    area: [f64; 4],
    cells: Cells,
    /// The sets of its cells that the cell index does not store; their ids follow.
    pub(super) sets: StoredSets,
}

/// The length of pieces and the margin, and the extent for which they are proven to be sufficient.
struct Limits {
    /// The longest piece of an edge, in units of the plan's plane.
    piece: f64,
    /// The margin in units of the CRS.
    margin: f64,
    /// The permitted extent of the plan: west, south, east, north in its plane.
    within: [f64; 4],
    /// The extent of points in units of the CRS, in which the transformation is defined and one-to-one.
    area: [f64; 4],
}

impl Limits {
    /// A piece of length h deviates from its chord by at most h² / 8 times the second derivative along it.
    fn of(plane: &Plane, crs: &Crs) -> Option<Limits> {
        if !plane.is_lon_lat() {
            let zone = GaussKruegerZone::of(plane.crs()).filter(|_| matches!(crs, Crs::Crs84 | Crs::Cgcs2000))?;
            // An edge of 500 m deviates by 8 mm in latitude up to 58° N, by 15 mm in longitude: 1.4 × 10⁻⁷ degrees.
            let meridian_degrees = f64::from(zone.central_meridian_deg());
            let area = [meridian_degrees - 6.0, 1.0, meridian_degrees + 6.0, 60.0];
            return Some(Limits { piece: 500.0, margin: 1e-6, within: [0.0, 2e5, 1e6, 6.5e6], area });
        }
        if let Some(zone) = GaussKruegerZone::of(crs) {
            // Within 6° of the meridian, second derivatives are below 10⁷ m a radian² (N sin φ for the mixed one, N sin
            // φ cos φ along a parallel, N the radius of curvature in the prime vertical): a piece deviates by 6 mm at
            // most. PROJ round trips are accurate to a micrometre.
            let meridian_degrees = f64::from(zone.central_meridian_deg());
            let within = [meridian_degrees - 6.0, -80.0, meridian_degrees + 6.0, 80.0];
            // The eastings and northings that are accepted: within 9° of the meridian.
            let west_m = if zone.has_prefix { f64::from(zone.number) * 1e6 } else { 0.0 };
            let area = [west_m, 1e6, west_m + 1e6, 6.5e6];
            return Some(Limits { piece: 1.0 / 256.0, margin: 0.1, within, area });
        }
        // The periodic terms of GCJ-02 have second derivatives of 0.1 degrees per degree², those of BD-09, an angle of
        // 3 × 10⁻⁶ at a radius of 150° with 52 radians per degree, of 1.3: a piece deviates by 7 × 10⁻⁷ degrees at
        // most. The inverse is iterated to 10⁻⁹ degrees. All this holds within the box in which coordinates are
        // shifted.
        let within = [73.0, 1.5, 137.0, 55.0];
        let shifted = Limits { piece: 1.0 / 512.0, margin: 2e-6, within, area: within };
        crs.is_shifted().then_some(shifted)
    }
}

impl ProjectedCellIndex {
    /// Builds the index of a plan in a CRS; `cell_index` is that of the plan. `None` if the CRS is not supported, if
    /// the plan extends beyond the area of the CRS, or if it has more than about 500,000 edges, where nothing would be
    /// gained.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::index::{CellIndex, ProjectedCellIndex};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let cell_index = CellIndex::new(&plan).unwrap();
    /// assert!(ProjectedCellIndex::new(&plan, &cell_index, &Crs::Bd09).is_some());
    /// assert!(ProjectedCellIndex::new(&plan, &cell_index, &Crs::Crs84).is_none());
    /// ```
    pub fn new(plan: &Plan, cell_index: &CellIndex, crs: &Crs) -> Option<ProjectedCellIndex> {
        let plane = plan.plane();
        let limits = Limits::of(plane, crs)?;
        let [west, south, east, north] = limits.within;
        let extent = bounds(plan)?;
        let (min, max) = (extent.min(), extent.max());
        if !(min.x >= west && min.y >= south && max.x <= east && max.y <= north) {
            return None;
        }
        let pieces = pieces(plan, &limits, &Transformer::to_crs(crs.clone()).ok()?)?;
        let stretch = if crs.is_lon_lat() { sin_cos_deg(plane.position(extent.center()).y).1 } else { 1.0 };
        let frame = frame(bounds_of(&pieces, limits.margin)?, stretch, &pieces, limits.margin)?;
        let mut builder = Builder { samples: vec![], table: vec![], divisions: vec![] };
        builder.mark(frame, &pieces);
        let Builder { mut samples, mut table, mut divisions } = builder;
        Transformer::from_crs(crs.clone()).ok()?.apply(&mut samples).ok()?;
        plane.to_coords(&mut samples);
        let mut sets = FeatureSetInterner::new(cell_index);
        let ids: Vec<FeatureSetId> = samples.into_iter().map(|middle| sets.containing(middle)).collect();
        for packed in table.iter_mut().chain(&mut divisions).filter(|packed| Packed(**packed).is_set()) {
            *packed = ids[*packed as usize].0;
        }
        Some(ProjectedCellIndex {
            plane: plane.clone(),
            crs: crs.clone(),
            area: limits.area,
            cells: Cells { frame, table, divisions },
            sets: sets.into_interned(),
        })
    }

    /// The sets of zones that contain each of a batch of coordinate pairs as read from a file. They equal those of
    /// [`CoordNormalizer::normalize`] and [`FeatureSetInterner::containing`]. The pairs are put in order as by
    /// [`CoordNormalizer::to_system_order`]; invalid pairs are replaced by their problem, and get the empty set.
    ///
    /// `sets` should include the sets of this index ([`FeatureSetInterner::with_system`]), and `normalizer` have its
    /// CRS; otherwise all pairs are transformed.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer, gcj02_from_wgs84};
    /// use taizhou_corridor::index::{CellIndex, FeatureSetInterner, ProjectedCellIndex};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let cell_index = CellIndex::new(&plan).unwrap();
    /// let system = ProjectedCellIndex::new(&plan, &cell_index, &Crs::Gcj02).unwrap();
    /// let mut sets = FeatureSetInterner::with_system(&cell_index, &system);
    /// let mut sites = [Ok(gcj02_from_wgs84(coord! { x: 121.36898, y: 28.6559 }))];
    /// let mut normalizer = CoordNormalizer::new(Crs::Gcj02, AxisOrder::Auto)?;
    /// let station = system.containing(&mut sets, &mut normalizer, &mut sites)[0];
    /// assert_eq!(sets.get(station)[1].0, plan.id_of("core")?);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn containing(
        &self,
        sets: &mut FeatureSetInterner<'_>,
        normalizer: &mut CoordNormalizer,
        sites: &mut [Result<Coord<f64>, RowProblem>],
    ) -> Vec<FeatureSetId> {
        normalizer.to_system_order(sites);
        self.containing_ordered(sets, normalizer, sites)
    }

    /// The same for pairs that are already in order.
    pub(crate) fn containing_ordered(
        &self,
        sets: &mut FeatureSetInterner<'_>,
        normalizer: &CoordNormalizer,
        sites: &mut [Result<Coord<f64>, RowProblem>],
    ) -> Vec<FeatureSetId> {
        let is_own = normalizer.crs() == self.crs && sets.includes(&self.sets);
        let mut undecided = vec![];
        let mut indexes = vec![];
        let mut ids = vec![FeatureSetId::NONE; sites.len()];
        for (index, site) in sites.iter().enumerate() {
            let Ok(pair) = site else { continue };
            match self.decided(*pair).filter(|_| is_own) {
                Some(id) => ids[index] = id,
                None => {
                    indexes.push(index);
                    undecided.push(Ok(*pair));
                }
            }
        }
        IntoPlane::new(Some(normalizer), &self.plane).sites(&mut undecided);
        for (index, site) in indexes.into_iter().zip(undecided) {
            match site {
                Ok(point) => ids[index] = sets.containing(point),
                Err(problem) => sites[index] = Err(problem),
            }
        }
        ids
    }

    /// The memory used, in bytes, without that of the cell index.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::index::{CellIndex, ProjectedCellIndex};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let system = ProjectedCellIndex::new(&plan, &CellIndex::new(&plan).unwrap(), &Crs::Epsg(4528)).unwrap();
    /// assert!(system.bytes() < 8_000_000);
    /// ```
    pub fn bytes(&self) -> usize {
        self.cells.bytes() + self.sets.bytes()
    }

    #[inline]
    pub(super) fn decided(&self, pair: Coord<f64>) -> Option<FeatureSetId> {
        let [west, south, east, north] = self.area;
        let is_within = (west..=east).contains(&pair.x) && (south..=north).contains(&pair.y);
        let packed = self.cells.at(pair);
        (is_within && packed.is_set()).then_some(FeatureSetId(packed.0))
    }
}

/// All edges in the CRS, split into pieces.
fn pieces(plan: &Plan, limits: &Limits, to_system: &Transformer) -> Option<Vec<(Coord<f64>, Coord<f64>)>> {
    let mut pieces = vec![];
    let mut ring = vec![];
    for line in plan.features().iter().flat_map(|zone| zone.shape.iter()).flat_map(rings).flat_map(LineString::lines) {
        let count = (hypot(line.dx(), line.dy()) / limits.piece).ceil().max(1.0);
        if count > MAX_PIECES as f64 || pieces.len() + count as usize > MAX_PIECES {
            return None;
        }
        ring.clear();
        ring.extend((0..=count as usize).map(|i| line.start + line.delta() * (i as f64 / count)));
        plan.plane().to_positions(&mut ring);
        to_system.apply(&mut ring).ok()?;
        pieces.extend(ring.windows(2).map(|pair| (pair[0], pair[1])));
    }
    Some(pieces)
}

/// The bounding box of all pieces, enlarged by more than the margin.
fn bounds_of(pieces: &[(Coord<f64>, Coord<f64>)], margin: f64) -> Option<Rect<f64>> {
    let bounds = pieces.iter().map(|piece| piece.0).collect::<LineString<f64>>().bounding_rect()?;
    let around = coord! { x: 4.0 * margin, y: 4.0 * margin };
    Some(Rect::new(bounds.min() - around, bounds.max() + around))
}

/// The cells are much wider than the margin, and fewer if long edges would touch very many.
fn frame(bounds: Rect<f64>, stretch: f64, pieces: &[(Coord<f64>, Coord<f64>)], margin: f64) -> Option<Frame> {
    let (width, height) = (bounds.width(), bounds.height());
    let run: f64 = pieces.iter().map(|(a, b)| (b.x - a.x).abs() / width + (b.y - a.y).abs() / height).sum();
    let mut cells = CELLS.0.min(width * height / (256.0 * margin * margin)).max(1.0);
    while cells > 16.0 && run * cells.sqrt() > MAX_TOUCHES {
        cells /= 2.0;
    }
    Frame::new(bounds, stretch, cells, margin)
}

/// The tables under construction. A decided cell has the index of a sample point in the same connected group of decided
/// cells.
struct Builder {
    samples: Vec<Coord<f64>>,
    table: Vec<u32>,
    divisions: Vec<u32>,
}

impl Builder {
    fn mark(&mut self, frame: Frame, pieces: &[(Coord<f64>, Coord<f64>)]) {
        let block = frame.block();
        let mut touches = vec![];
        for (piece, &(a, b)) in pieces.iter().enumerate() {
            block.touched(a, b, |column, row| touches.push((row * block.columns + column, piece as u32)));
        }
        touches.sort_unstable();
        let mut is_touched = vec![false; block.columns as usize * block.rows as usize];
        touches.iter().for_each(|&(cell, _)| is_touched[cell as usize] = true);
        let mut table = self.label_cells(&block, &is_touched);
        let is_small = touches.chunk_by(|a, b| a.0 == b.0).count() * CELLS_OF_DIVISION * 4 <= DIVISIONS_BYTES;
        for of_cell in touches.chunk_by(|a, b| a.0 == b.0).filter(|_| is_small) {
            let cell = of_cell[0].0;
            let division = frame.division(0, cell % block.columns, cell / block.columns);
            let mut is_touched = [false; CELLS_OF_DIVISION];
            for &(_, piece) in of_cell {
                let (a, b) = pieces[piece as usize];
                division.touched(a, b, |column, row| is_touched[(row * SIDE + column) as usize] = true);
            }
            table[cell as usize] = Packed::divided(self.divisions.len() / CELLS_OF_DIVISION).0;
            let cells = self.label_cells(&division, &is_touched);
            self.divisions.extend(cells);
        }
        self.table = table;
    }

    /// Labels the untouched cells of a block with a sample point. There is no boundary between adjacent untouched
    /// cells, so that they share one.
    fn label_cells(&mut self, block: &Block, is_touched: &[bool]) -> Vec<u32> {
        let mut cells: Vec<u32> = Vec::with_capacity(is_touched.len());
        for row in 0..block.rows {
            for column in 0..block.columns {
                let index = cells.len();
                let neighbour = |is_there: bool, step: u32| {
                    let packed = is_there.then(|| cells[index - step as usize]);
                    packed.filter(|&packed| Packed(packed).is_set())
                };
                let neighbour_label = neighbour(column > 0, 1).or_else(|| neighbour(row > 0, block.columns));
                cells.push(match neighbour_label {
                    _ if is_touched[index] => Packed::near(0).0,
                    Some(label) => label,
                    None => {
                        self.samples.push(block.middle(column, row));
                        self.samples.len() as u32 - 1
                    }
                });
            }
        }
        cells
    }
}
