//! What is drawn over the plan: sites and parcels, each with the zone that answers for it.

use std::collections::BTreeMap;

use geo::{BoundingRect, Coord, Intersects, MultiPolygon, Rect};

use crate::error::{InvalidRows, RowProblem};
use crate::geometry::polygons_of;
use crate::map::projection::bounds_of;
use crate::plan::{FeatureId, Level, Plan};
use crate::query::locate::Locator;
use crate::query::overlay::{Overlayer, Parcel, Relation, RowOverlayer};
use crate::table::{Batch, Shape};
use crate::units::Metres;

/// Sites and parcels to be drawn over a plan.
///
/// Sites are points, and have the colour of the core or the zone they lie in; parcels are polygons, and have
/// the colour of the zone that most of them lies in, or of each part by itself.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::map::DataOverlay;
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
///
/// let plan = Plan::bundled();
/// let mut layer = DataOverlay::new(&plan);
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// while let Some(batch) = rows.next_batch()? {
///     layer.add(&batch);
/// }
/// assert_eq!((layer.tally().sites, layer.tally().parcels, layer.tally().invalid.count), (32, 0, 0));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct DataOverlay<'p> {
    locator: Locator<'p>,
    overlayer: RowOverlayer<'p>,
    label: Option<usize>,
    in_pieces: bool,
    /// What can be on a map of the plan (degrees).
    reach: Rect<f64>,
    sites: BTreeMap<(u32, u32, Option<FeatureId>), Place>,
    parcels: Vec<Piece>,
    labels: Vec<Label>,
    counts: BTreeMap<Option<FeatureId>, u64>,
    tally: DataOverlaySummary,
}

/// Sites of one zone that lie so near to each other that no map tells them apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: Coord<f64>,
    pub(super) count: u64,
}

/// A parcel, or a part of one.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) zone: Option<FeatureId>,
    pub(super) shape: MultiPolygon<f64>,
}

/// What a site or a parcel is called.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) at: Coord<f64>,
    /// Half of what it is wide and high (degrees); nothing for a site.
    pub(super) half: Coord<f64>,
    pub(super) text: String,
}

/// How many rows a layer has of each kind.
///
/// ```
/// use taizhou_corridor::map::DataOverlay;
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// assert_eq!(DataOverlay::new(&plan).tally().rows(), 0);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DataOverlaySummary {
    /// Points.
    pub sites: u64,
    /// Valid polygons.
    pub parcels: u64,
    /// Sites and parcels of these that lie so far outside of the plan that they are not on the map.
    pub off_the_map: u64,
    /// Rows that are neither.
    pub invalid: InvalidRows,
}

impl DataOverlaySummary {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.sites + self.parcels + self.invalid.count
    }
}

/// The map reaches so far beyond the plan, in parts of its longer side, if something lies there.
const REACH: f64 = 0.4;
/// Places on the map are told apart to this part of its width: less than a pixel of a screen.
const CELLS: f64 = 4096.0;
/// More names than this are not drawn, since they would not find room.
const MAX_LABELS: usize = 2000;

impl<'p> DataOverlay<'p> {
    /// An empty layer over a plan.
    pub fn new(plan: &'p Plan) -> DataOverlay<'p> {
        DataOverlay {
            locator: Locator::new(plan).max_level(Level::Zone).without_distance(),
            overlayer: RowOverlayer::new(Overlayer::new(plan), &[]),
            label: None,
            in_pieces: false,
            reach: reach(plan),
            sites: BTreeMap::new(),
            parcels: vec![],
            labels: vec![],
            counts: BTreeMap::new(),
            tally: DataOverlaySummary::default(),
        }
    }

    /// Names sites and parcels by a column, as far as there is room.
    pub fn labelled_by(mut self, column: usize) -> DataOverlay<'p> {
        self.label = Some(column);
        self
    }

    /// Colours each part of a parcel by the zone it lies in.
    pub fn in_pieces(mut self) -> DataOverlay<'p> {
        self.in_pieces = true;
        self
    }

    /// Adds the rows of a batch.
    pub fn add(&mut self, batch: &Batch) {
        let is_polygon =
            |row: usize| matches!(batch.shape(row), Ok(Shape::Other(shape)) if polygons_of(shape).is_some());
        let parcels = if (0..batch.len()).any(is_polygon) { self.overlayer.parcels(batch) } else { vec![] };
        let mut parcels = parcels.into_iter();
        for row in 0..batch.len() {
            let parcel = parcels.next();
            match (&batch.sites()[row], parcel) {
                (Ok(site), _) => self.add_site(*site, batch, row),
                (_, Some(Ok(parcel))) => self.add_parcel(parcel, batch, row),
                (_, Some(Err(problem))) => self.refuse(batch, row, problem),
                (Err(problem), None) => self.refuse(batch, row, problem.clone()),
            }
        }
    }

    /// How many rows of each kind there are.
    pub fn tally(&self) -> &DataOverlaySummary {
        &self.tally
    }

    fn refuse(&mut self, batch: &Batch, row: usize, problem: RowProblem) {
        self.tally.invalid.add(batch.first_row() + row as u64, &problem);
    }

    fn add_site(&mut self, site: Coord<f64>, batch: &Batch, row: usize) {
        let zone = self.locator.locate(site, Metres(0.0)).zone;
        self.tally.sites += 1;
        *self.counts.entry(zone).or_default() += 1;
        if !self.reach.intersects(&site) {
            self.tally.off_the_map += 1;
            return;
        }
        let cell = |value: f64, low: f64, size: f64| ((value - low) / size * CELLS) as u32;
        let (low, width, height) = (self.reach.min(), self.reach.width(), self.reach.height());
        let key = (cell(site.y, low.y, height), cell(site.x, low.x, width), zone);
        self.sites.entry(key).or_insert(Place { at: site, count: 0 }).count += 1;
        self.add_label(site, Coord::zero(), batch, row);
    }

    fn add_parcel(&mut self, parcel: Parcel, batch: &Batch, row: usize) {
        let membership = &parcel.membership;
        let majority = membership.parts[membership.majority].zone;
        self.tally.parcels += 1;
        *self.counts.entry(majority).or_default() += 1;
        let Some(bounds) = parcel.shape.bounding_rect().filter(|bounds| bounds.intersects(&self.reach)) else {
            self.tally.off_the_map += 1;
            return;
        };
        let half = Coord { x: bounds.width() / 2.0, y: bounds.height() / 2.0 };
        self.add_label(bounds.center(), half, batch, row);
        if self.in_pieces && membership.parts.len() > 1 {
            for part in membership.parts.iter().filter(|part| part.relation != Relation::Touches) {
                let shape = self.overlayer.overlayer().piece(&parcel.shape, membership, part);
                self.parcels.push(Piece { zone: part.zone, shape });
            }
        } else {
            self.parcels.push(Piece { zone: majority, shape: parcel.shape });
        }
    }

    fn add_label(&mut self, at: Coord<f64>, half: Coord<f64>, batch: &Batch, row: usize) {
        let Some(column) = self.label else { return };
        if self.labels.len() < MAX_LABELS
            && let Some(cell) = batch.row(row).cell(column)
        {
            let text = cell.shown().into_owned();
            self.labels.push(Label { at, half, text });
        }
    }

    /// Each place once, those of a zone together.
    pub(super) fn sites(&self) -> impl Iterator<Item = (Option<FeatureId>, Place)> {
        self.sites.iter().map(|(&(_, _, zone), &place)| (zone, place))
    }

    pub(super) fn parcels(&self) -> &[Piece] {
        &self.parcels
    }

    pub(super) fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// How many sites and parcels answer with a zone, or with none.
    pub(super) fn count(&self, zone: Option<FeatureId>) -> u64 {
        self.counts.get(&zone).copied().unwrap_or(0)
    }

    /// The nearest position that can be on the map.
    pub(super) fn within_reach(&self, position: Coord<f64>) -> Coord<f64> {
        let (min, max) = (self.reach.min(), self.reach.max());
        Coord { x: position.x.clamp(min.x, max.x), y: position.y.clamp(min.y, max.y) }
    }

    /// Whether nothing of it is on the map, though there is something.
    pub fn is_off_the_map(&self) -> bool {
        let drawable = self.tally.sites + self.tally.parcels;
        drawable > 0 && self.tally.off_the_map == drawable
    }
}

/// The plan and what is around it.
fn reach(plan: &Plan) -> Rect<f64> {
    let origin = Coord { x: 0.0, y: 0.0 };
    let bounds = bounds_of(plan.features().iter().map(|zone| &zone.shape)).unwrap_or(Rect::new(origin, origin));
    let shrink = bounds.center().y.to_radians().cos().max(0.01);
    let margin = REACH * (bounds.width() * shrink).max(bounds.height());
    let margin = Coord { x: margin / shrink, y: margin };
    Rect::new(bounds.min() - margin, bounds.max() + margin)
}
