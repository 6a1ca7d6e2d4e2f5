//! The same cells in the plane of another system, so that most of its points need not be transformed.

use geo::{BoundingRect, Coord, LineString, Rect, coord};

use crate::crs::{CoordNormalizer, Crs, GaussKruegerZone, Transformer};
use crate::error::RowProblem;
use crate::geometry::measure::rings;
use crate::index::cells::build::{CELLS, DIVISIONS_BYTES, bounds};
use crate::index::cells::frame::{Block, CELLS_OF_DIVISION, Cells, Frame, SIDE};
use crate::index::cells::sets::StoredSets;
use crate::index::cells::{CellIndex, FeatureSetId, FeatureSetInterner, Packed};
use crate::plan::Plan;

/// Zones whose edges make more pieces than this gain nothing: most points would be near one of them.
const MAX_PIECES: usize = 1 << 19;

/// About so many times, pieces may touch cells.
const MAX_TOUCHES: f64 = 8_388_608.0;

/// Cells over the images of a plan's zones in another system: a point in a cell that no boundary reaches is
/// answered without being transformed.
///
/// The answers are those of each point transformed and asked of the [`CellIndex`]. There are such cells for
/// Gauss-Krüger zones of CGCS2000, GCJ-02 and BD-09.
///
/// **Why it is the same.** An edge is straight in longitude and latitude. Its image is bent: it is cut
/// into pieces, and a cell is decided only if no piece comes nearer than a margin, far wider than a
/// piece is bent and than the transformations round: 0.1 m in Gauss-Krüger zones, 2 × 10⁻⁶ degrees in GCJ-02
/// and BD-09.
///
/// **Cost.** A few large zones take some 25 ms to make, and 18 ns a point, where 0.2 to 1 µs are needed to
/// transform it.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
/// use taizhou_corridor::index::{CellIndex, FeatureSetId, FeatureSetInterner, ProjectedCellIndex};
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// let grid = CellIndex::new(&plan).unwrap();
/// let system = ProjectedCellIndex::new(&plan, &grid, &Crs::Epsg(4549)).unwrap();
/// let mut sets = FeatureSetInterner::with_system(&grid, &system);
/// let mut settler = CoordNormalizer::new(Crs::Epsg(4549), AxisOrder::Auto)?;
/// // The station, as a survey file has it; then something else.
/// let mut sites = [Ok(coord! { x: 3_171_898.561, y: 633_838.222 }), Ok(coord! { x: 1.0, y: 2.0 })];
/// let holding = system.containing(&mut sets, &mut settler, &mut sites);
/// assert_eq!(sets.get(holding[0]).len(), 3);
/// assert!(sites[1].is_err());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct ProjectedCellIndex {
    crs: Crs,
    /// Where points have an image: west, south, east, north in the system.
    area: [f64; 4],
    cells: Cells,
    /// The sets of its cells that are none of the grid's; numbered behind them.
    pub(super) sets: StoredSets,
}

/// How finely edges are cut, how far their cells keep off, and where that is known to be enough.
struct Limits {
    /// The longest piece of an edge, in degrees.
    piece_degrees: f64,
    /// In the units of the system.
    margin: f64,
    /// Of the whole plan: west, south, east, north in degrees.
    within_degrees: [f64; 4],
    /// Of the points, in the units of the system. They have an image, and no two of them the same.
    area: [f64; 4],
}

impl Limits {
    /// A piece of length h is bent by at most h² / 8 times the second derivative along it.
    fn of(crs: &Crs) -> Option<Limits> {
        if let Some(zone) = GaussKruegerZone::of(crs) {
            // Within 6° of the meridian, second derivatives are below 10⁷ m a radian² (N sin φ for the mixed
            // one, N sin φ cos φ along a parallel, N the radius of curvature across the meridian): a piece is
            // bent by 6 mm at most. There and back again, PROJ returns to within a micrometre.
            let meridian_degrees = f64::from(zone.central_meridian_deg());
            let within_degrees = [meridian_degrees - 6.0, -80.0, meridian_degrees + 6.0, 80.0];
            // The eastings and northings that are taken for such: within 9° of the meridian.
            let west_m = if zone.has_prefix { f64::from(zone.number) * 1e6 } else { 0.0 };
            let area = [west_m, 1e6, west_m + 1e6, 6.5e6];
            return Some(Limits { piece_degrees: 1.0 / 256.0, margin: 0.1, within_degrees, area });
        }
        // The waves of GCJ-02 have second derivatives of 0.1 degrees a degree², those of BD-09, an angle of
        // 3 × 10⁻⁶ at a radius of 150° with 52 radians a degree, of 1.3: a piece is bent by 7 × 10⁻⁷ degrees at
        // most. The inverse is iterated to 10⁻⁹ degrees. All that within the box that is shifted.
        let within_degrees = [73.0, 1.5, 137.0, 55.0];
        let shifted = Limits { piece_degrees: 1.0 / 512.0, margin: 2e-6, within_degrees, area: within_degrees };
        crs.is_shifted().then_some(shifted)
    }
}

impl ProjectedCellIndex {
    /// Whether there are such cells for a system: a Gauss-Krüger zone of CGCS2000, or a shifted one.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::index::ProjectedCellIndex;
    ///
    /// assert!(ProjectedCellIndex::is_for(&Crs::Bd09) && !ProjectedCellIndex::is_for(&Crs::Crs84));
    /// ```
    pub fn is_for(crs: &Crs) -> bool {
        Limits::of(crs).is_some()
    }

    /// Makes the cells of a plan in a system; `grid` is that of the plan. None where no such cells are
    /// known to be right, or they would not be worth it: in other systems, for plans that reach beyond the
    /// system's area, and for those with more than some 500,000 edges.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::index::{CellIndex, ProjectedCellIndex};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let grid = CellIndex::new(&plan).unwrap();
    /// assert!(ProjectedCellIndex::new(&plan, &grid, &Crs::Bd09).is_some());
    /// assert!(ProjectedCellIndex::new(&plan, &grid, &Crs::Crs84).is_none());
    /// ```
    pub fn new(plan: &Plan, grid: &CellIndex, crs: &Crs) -> Option<ProjectedCellIndex> {
        let limits = Limits::of(crs)?;
        let [west, south, east, north] = limits.within_degrees;
        let on_earth = bounds(plan)?;
        let (min, max) = (on_earth.min(), on_earth.max());
        if !(min.x >= west && min.y >= south && max.x <= east && max.y <= north) {
            return None;
        }
        let pieces = pieces(plan, &limits, &Transformer::to_crs(crs.clone()).ok()?)?;
        let stretch = if crs.is_lon_lat() { on_earth.center().y.to_radians().cos() } else { 1.0 };
        let frame = frame(bounds_of(&pieces, limits.margin)?, stretch, &pieces, limits.margin)?;
        let mut builder = Builder { middles: vec![], table: vec![], divisions: vec![] };
        builder.mark(frame, &pieces);
        let Builder { mut middles, mut table, mut divisions } = builder;
        Transformer::from_crs(crs.clone()).ok()?.apply(&mut middles).ok()?;
        let mut sets = FeatureSetInterner::new(grid);
        let ids: Vec<FeatureSetId> = middles.into_iter().map(|middle| sets.containing(middle)).collect();
        for packed in table.iter_mut().chain(&mut divisions).filter(|packed| Packed(**packed).is_set()) {
            *packed = ids[*packed as usize].0;
        }
        Some(ProjectedCellIndex {
            crs: crs.clone(),
            area: limits.area,
            cells: Cells { frame, table, divisions },
            sets: sets.into_met(),
        })
    }

    /// The set of the zones that hold each of some pairs of numbers, as a file has them: those that
    /// [`CoordNormalizer::normalize`] and [`FeatureSetInterner::containing`] tell. The pairs are left as [`CoordNormalizer::to_system_order`] leaves them;
    /// one that is refused is replaced by what is wrong with it, and has no zone.
    ///
    /// `sets` is to be of this grid ([`FeatureSetInterner::with_system`]), `settler` of its system; with another's, all pairs
    /// are transformed.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer, gcj02_from_wgs84};
    /// use taizhou_corridor::index::{CellIndex, FeatureSetInterner, ProjectedCellIndex};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let grid = CellIndex::new(&plan).unwrap();
    /// let system = ProjectedCellIndex::new(&plan, &grid, &Crs::Gcj02).unwrap();
    /// let mut sets = FeatureSetInterner::with_system(&grid, &system);
    /// let mut sites = [Ok(gcj02_from_wgs84(coord! { x: 121.36898, y: 28.6559 }))];
    /// let mut settler = CoordNormalizer::new(Crs::Gcj02, AxisOrder::Auto)?;
    /// let station = system.containing(&mut sets, &mut settler, &mut sites)[0];
    /// assert_eq!(sets.get(station)[1].0, plan.id_of("core")?);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn containing(
        &self,
        sets: &mut FeatureSetInterner<'_>,
        settler: &mut CoordNormalizer,
        sites: &mut [Result<Coord<f64>, RowProblem>],
    ) -> Vec<FeatureSetId> {
        settler.to_system_order(sites);
        self.holding_arranged(sets, settler, sites)
    }

    /// The same for pairs that are arranged.
    pub(crate) fn holding_arranged(
        &self,
        sets: &mut FeatureSetInterner<'_>,
        settler: &CoordNormalizer,
        sites: &mut [Result<Coord<f64>, RowProblem>],
    ) -> Vec<FeatureSetId> {
        let is_own = settler.crs() == self.crs && sets.contains(&self.sets);
        let mut undecided = vec![];
        let mut places = vec![];
        let mut holding = vec![FeatureSetId::NONE; sites.len()];
        for (place, site) in sites.iter().enumerate() {
            let Ok(pair) = site else { continue };
            match self.decided(*pair).filter(|_| is_own) {
                Some(id) => holding[place] = id,
                None => {
                    places.push(place);
                    undecided.push(Ok(*pair));
                }
            }
        }
        settler.to_lon_lat(&mut undecided);
        for (place, site) in places.into_iter().zip(undecided) {
            match site {
                Ok(point) => holding[place] = sets.containing(point),
                Err(problem) => sites[place] = Err(problem),
            }
        }
        holding
    }

    /// The memory that it takes, next to that of the grid.
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

/// The images of all edges, in pieces.
fn pieces(plan: &Plan, limits: &Limits, to_system: &Transformer) -> Option<Vec<(Coord<f64>, Coord<f64>)>> {
    let mut pieces = vec![];
    let mut ring = vec![];
    for line in plan.features().iter().flat_map(|zone| zone.shape.iter()).flat_map(rings).flat_map(LineString::lines) {
        let count = (line.dx().hypot(line.dy()) / limits.piece_degrees).ceil().max(1.0);
        if count > MAX_PIECES as f64 || pieces.len() + count as usize > MAX_PIECES {
            return None;
        }
        ring.clear();
        ring.extend((0..=count as usize).map(|i| line.start + line.delta() * (i as f64 / count)));
        to_system.apply(&mut ring).ok()?;
        pieces.extend(ring.windows(2).map(|pair| (pair[0], pair[1])));
    }
    Some(pieces)
}

/// The box around all pieces, and around that more than the margin.
fn bounds_of(pieces: &[(Coord<f64>, Coord<f64>)], margin: f64) -> Option<Rect<f64>> {
    let bounds = pieces.iter().map(|piece| piece.0).collect::<LineString<f64>>().bounding_rect()?;
    let around = coord! { x: 4.0 * margin, y: 4.0 * margin };
    Some(Rect::new(bounds.min() - around, bounds.max() + around))
}

/// Cells much wider than the margin; fewer where long edges would touch very many.
fn frame(bounds: Rect<f64>, stretch: f64, pieces: &[(Coord<f64>, Coord<f64>)], margin: f64) -> Option<Frame> {
    let (width, height) = (bounds.width(), bounds.height());
    let run: f64 = pieces.iter().map(|(a, b)| (b.x - a.x).abs() / width + (b.y - a.y).abs() / height).sum();
    let mut cells = CELLS.0.min(width * height / (16.0 * margin).powi(2)).max(1.0);
    while cells > 16.0 && run * cells.sqrt() > MAX_TOUCHES {
        cells /= 2.0;
    }
    Frame::new(bounds, stretch, cells, margin)
}

/// The tables while they are made. A decided cell has the number of a point that lies in it, or in a
/// decided cell next to it, or next to that.
struct Builder {
    middles: Vec<Coord<f64>>,
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
        let mut table = self.number(&block, &is_touched);
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
            let cells = self.number(&division, &is_touched);
            self.divisions.extend(cells);
        }
        self.table = table;
    }

    /// Numbers the cells of a block that nothing touches. Between two of them that lie side by side there is no
    /// boundary, so that one point answers for both.
    fn number(&mut self, block: &Block, is_touched: &[bool]) -> Vec<u32> {
        let mut cells: Vec<u32> = Vec::with_capacity(is_touched.len());
        for row in 0..block.rows {
            for column in 0..block.columns {
                let place = cells.len();
                let neighbour = |is_there: bool, step: u32| {
                    let packed = is_there.then(|| cells[place - step as usize]);
                    packed.filter(|&packed| Packed(packed).is_set())
                };
                let known = neighbour(column > 0, 1).or_else(|| neighbour(row > 0, block.columns));
                cells.push(match known {
                    _ if is_touched[place] => Packed::near(0).0,
                    Some(number) => number,
                    None => {
                        self.middles.push(block.middle(column, row));
                        self.middles.len() as u32 - 1
                    }
                });
            }
        }
        cells
    }
}
