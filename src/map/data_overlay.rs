//! Sites and parcels drawn over the plan, each with its zone.

use std::collections::BTreeMap;

use geo::{Area, BoundingRect, Coord, InteriorPoint, Intersects, MultiPolygon, Rect};

use crate::error::{InvalidRows, RowProblem};
use crate::geometry::polygons_of;
use crate::map::classes::{ClassMethod, Classes, Values};
use crate::map::palette::MarkPaint;
use crate::map::projection::bounds_of;
use crate::maths::sin_cos_deg;
use crate::messages::Lang;
use crate::parallel;
use crate::plan::{FeatureId, Finding, Plan};
use crate::query::locate::{Certainty, LocatedSite, Locator};
use crate::query::overlay::{Overlayer, Parcel, Relation, RowOverlayer};
use crate::table::{Batch, CellText, Row, Shape};
use crate::units::Metres;

/// Sites and parcels to draw over a plan.
///
/// Sites are points in the colour of the core or the zone that contains them. Parcels are polygons in
/// the colour of the zone with the largest share, or with each part in the colour of its zone; or both have the colour of
/// a value. Sites whose zone is uncertain are hollow, parcels whose main zone is uncertain hatched.
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
/// assert_eq!((layer.summary().sites, layer.summary().parcels, layer.summary().invalid.count), (32, 0, 0));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct DataOverlay<'p> {
    locator: Locator<'p>,
    overlayer: RowOverlayer<'p>,
    label: Option<usize>,
    in_pieces: bool,
    colouring: Option<Colouring>,
    /// Whether the rows are findings.
    is_of_findings: bool,
    /// The extent of the map (degrees).
    reach: Rect<f64>,
    /// What the map shows, if that is not the plan with the data near it (degrees).
    frame: Option<Rect<f64>>,
    sites: BTreeMap<(u32, u32, Group), Place>,
    parcels: Vec<Piece>,
    labels: Vec<Label>,
    counts: BTreeMap<Option<FeatureId>, u64>,
    assessments: BTreeMap<Assessment, u64>,
    summary: DataOverlaySummary,
}

/// The column that colours sites and parcels.
struct Colouring {
    column: usize,
    name: String,
    method: ClassMethod,
    values: Values,
}

/// Whether the zone of a site or parcel is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Assessment {
    Certain,
    Uncertain,
    /// The outline states no accuracy.
    NotAssessed,
}

impl From<Option<Certainty>> for Assessment {
    fn from(certainty: Option<Certainty>) -> Assessment {
        match certainty {
            Some(Certainty::Certain) => Assessment::Certain,
            Some(Certainty::Uncertain) => Assessment::Uncertain,
            None => Assessment::NotAssessed,
        }
    }
}

/// What sites and parcels have in common that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) zone: Option<FeatureId>,
    /// The value of the column that colours; 0 without one.
    value: u32,
    /// `None` for parts of parcels, which have none.
    pub(super) assessment: Option<Assessment>,
}

/// Sites of one zone that are too close to be distinguished on a map.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: Coord<f64>,
    pub(super) count: u64,
}

/// A parcel or a part of a parcel.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) group: Group,
    pub(super) shape: MultiPolygon<f64>,
}

/// The label of a site or parcel.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) at: Coord<f64>,
    /// Half the width and height (degrees); 0 for a site.
    pub(super) half: Coord<f64>,
    pub(super) text: String,
}

/// The number of rows by kind.
///
/// ```
/// use taizhou_corridor::map::DataOverlay;
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// assert_eq!(DataOverlay::new(&plan).summary().rows(), 0);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DataOverlaySummary {
    /// Points.
    pub sites: u64,
    /// Valid polygons.
    pub parcels: u64,
    /// Sites and parcels, included above, that are off the map.
    pub off_the_map: u64,
    /// Findings without a location.
    pub without_location: u64,
    /// Rows without a valid site or parcel.
    pub invalid: InvalidRows,
}

impl Group {
    pub(super) fn paint(&self, classes: Option<&Classes>) -> MarkPaint {
        classes.map_or(MarkPaint::Zone(self.zone), |classes| MarkPaint::Class(classes.of(self.value)))
    }
}

impl DataOverlaySummary {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.sites + self.parcels + self.without_location + self.invalid.rows()
    }
}

/// The map extends beyond the plan for data by at most this fraction of the plan's longer side.
const REACH: f64 = 0.4;
/// The resolution of site positions as a fraction of the map width: less than a screen pixel.
const CELLS: f64 = 4096.0;
/// The maximum number of labels to place; more would not fit.
const MAX_LABELS: usize = 2000;

impl<'p> DataOverlay<'p> {
    /// An empty overlay for a plan.
    pub fn new(plan: &'p Plan) -> DataOverlay<'p> {
        DataOverlay {
            locator: Locator::new(plan),
            overlayer: RowOverlayer::new(Overlayer::new(plan), &[]),
            label: None,
            in_pieces: false,
            colouring: None,
            is_of_findings: false,
            reach: reach(plan),
            frame: None,
            sites: BTreeMap::new(),
            parcels: vec![],
            labels: vec![],
            counts: BTreeMap::new(),
            assessments: BTreeMap::new(),
            summary: DataOverlaySummary::default(),
        }
    }

    /// Labels sites and parcels with the values of a column, if there is room.
    pub fn labelled_by(mut self, column: usize) -> DataOverlay<'p> {
        self.label = Some(column);
        self
    }

    /// Colours each part of a parcel by its zone.
    pub fn in_pieces(mut self) -> DataOverlay<'p> {
        self.in_pieces = true;
        self
    }

    /// Colours sites and parcels by the values of a column of this name, instead of by their zones.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::{self, ClassMethod, DataOverlay, MapOptions};
    /// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
    ///
    /// let plan = Plan::bundled();
    /// let mut layer = DataOverlay::new(&plan).coloured_by(3, "kind", ClassMethod::Auto);
    /// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
    /// while let Some(batch) = rows.next_batch()? {
    ///     layer.add(&batch);
    /// }
    /// let drawing = map::draw(&plan, Some(&layer), &MapOptions::default())?;
    /// assert!(drawing.svg.contains("metro station") && drawing.svg.contains("Other (6 values)"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn coloured_by(mut self, column: usize, name: &str, method: ClassMethod) -> DataOverlay<'p> {
        let (name, values) = (name.to_owned(), Values::default());
        self.colouring = Some(Colouring { column, name, method, values });
        self
    }

    /// Draws the findings of a check, of which this column has the severity: each as a marker in the colour of its
    /// severity and, where it has one, its area. Findings without a location are counted.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::{self, DataOverlay, MapOptions};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let csv = "code,severity,feature,message,lon,lat\ngap,warning,core,there is a gap,121.45,28.65\n";
    /// let mut rows = io::open(Input::bytes("findings.csv", csv), &ReadOptions::default())?;
    /// let mut layer = DataOverlay::new(&plan).of_findings(1);
    /// while let Some(batch) = rows.next_batch()? {
    ///     layer.add(&batch);
    /// }
    /// assert!(map::draw(&plan, Some(&layer), &MapOptions::default())?.svg.contains("#ee8a00"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn of_findings(mut self, severity: usize) -> DataOverlay<'p> {
        self.is_of_findings = true;
        self.coloured_by(severity, "severity", ClassMethod::Categories)
    }

    /// Shows these bounds in longitude and latitude, instead of the whole plan.
    ///
    /// ```
    /// use geo::Rect;
    /// use taizhou_corridor::map::{self, DataOverlay, MapOptions};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let layer = DataOverlay::new(&plan).framed(Rect::new((121.35, 28.63), (121.4, 28.66)));
    /// let part = map::draw(&plan, Some(&layer), &MapOptions::default())?;
    /// let whole = map::draw(&plan, None, &MapOptions::default())?;
    /// assert!(part.scale_denominator < whole.scale_denominator);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn framed(mut self, bounds: Rect<f64>) -> DataOverlay<'p> {
        self.reach = bounds;
        self.frame = Some(bounds);
        self
    }

    pub(super) fn frame(&self) -> Option<Rect<f64>> {
        self.frame
    }

    /// Adds the rows of a batch.
    pub fn add(&mut self, batch: &Batch) {
        if self.is_of_findings {
            return self.add_rows_of_findings(batch);
        }
        let is_polygon =
            |row: usize| matches!(batch.shape(row), Ok(Shape::Other(shape)) if polygons_of(shape).is_some());
        let parcels = if (0..batch.len()).any(is_polygon) { self.overlayer.parcels(batch) } else { vec![] };
        let mut parcels = parcels.into_iter();
        // The distances that certainty needs take most of the time.
        let located = parallel::map(batch.sites(), |site| {
            let site = *site.as_ref().ok()?;
            let answer = self.locator.locate(site, Metres(0.0));
            Some((site, answer.zone, Assessment::from(answer.certainty)))
        });
        for (row, located) in located.into_iter().enumerate() {
            match (located, parcels.next()) {
                (Some((site, zone, assessment)), _) => self.add_site(site, zone, assessment, Some(batch.row(row))),
                (None, Some(Ok(parcel))) => self.add_parcel(parcel, Some(batch.row(row))),
                (None, Some(Err(problem))) => self.refuse(batch, row, problem),
                (None, None) => {
                    if let Err(problem) = &batch.sites()[row] {
                        self.refuse(batch, row, problem.clone());
                    }
                }
            }
        }
    }

    fn add_rows_of_findings(&mut self, batch: &Batch) {
        let column = self.colouring.as_ref().map(|colouring| colouring.column);
        for index in 0..batch.len() {
            let row = batch.row(index);
            let severity = column.and_then(|column| row.cell(column)).map(CellText::text).unwrap_or_default();
            let (at, shape) = match batch.shape(index) {
                Ok(Shape::Point(at)) => (Some(at), None),
                Ok(Shape::Other(shape)) => {
                    let polygons = polygons_of(shape).unwrap_or_default().into_iter().cloned();
                    (None, Some(MultiPolygon(polygons.collect())))
                }
                Err(_) => (None, None),
            };
            self.mark(&severity, at, shape, Some(row));
        }
    }

    /// Adds a finding, without a label.
    pub fn add_finding(&mut self, finding: &Finding) {
        self.mark(finding.severity.as_str(), finding.at, finding.shape.clone(), None);
    }

    /// Adds a finding, marked at a location, else in the middle of its area.
    fn mark(&mut self, severity: &str, at: Option<Coord<f64>>, shape: Option<MultiPolygon<f64>>, row: Option<Row<'_>>) {
        let shape = shape.filter(|shape| !shape.0.is_empty());
        let middle = || shape.as_ref().and_then(middle);
        let Some(at) = at.or_else(middle) else {
            self.summary.without_location += 1;
            return;
        };
        self.summary.sites += 1;
        let value = self.colouring.as_mut().map_or(0, |colouring| colouring.values.add(severity));
        let group = Group { zone: None, value, assessment: None };
        if self.place(at, group) {
            self.add_label(at, Coord::zero(), row);
            self.parcels.extend(shape.map(|shape| Piece { group, shape }));
        }
    }

    /// Adds a site with its answer, without a label and a class.
    pub fn add_located(&mut self, site: &LocatedSite) {
        self.add_site(site.position, site.answer.zone, site.answer.certainty.into(), None);
    }

    /// Adds a parcel with its answer, in longitude and latitude, without a label and a class.
    pub fn add_overlaid(&mut self, parcel: Parcel) {
        self.add_parcel(parcel, None);
    }

    /// Adds a parcel that counts for a zone, in longitude and latitude, without a label and a class.
    ///
    /// ```
    /// use taizhou_corridor::map::DataOverlay;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let mut layer = DataOverlay::new(&plan);
    /// layer.add_shape(plan.feature("core")?.shape.clone(), Some(plan.id_of("core")?), None);
    /// assert_eq!(layer.summary().parcels, 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn add_shape(&mut self, shape: MultiPolygon<f64>, zone: Option<FeatureId>, certainty: Option<Certainty>) {
        if let Some(group) = self.count_parcel(&shape, zone, Some(certainty.into()), None) {
            self.parcels.push(Piece { group, shape });
        }
    }

    /// The number of rows by kind.
    pub fn summary(&self) -> &DataOverlaySummary {
        &self.summary
    }

    fn refuse(&mut self, batch: &Batch, row: usize, problem: RowProblem) {
        self.summary.invalid.add(batch.first_row() + row as u64, &problem);
    }

    fn add_site(&mut self, site: Coord<f64>, zone: Option<FeatureId>, assessment: Assessment, row: Option<Row<'_>>) {
        self.summary.sites += 1;
        let group = self.group(zone, Some(assessment), row);
        if self.place(site, group) {
            self.add_label(site, Coord::zero(), row);
        }
    }

    /// Places a mark, unless it is off the map.
    fn place(&mut self, at: Coord<f64>, group: Group) -> bool {
        if !self.reach.intersects(&at) {
            self.summary.off_the_map += 1;
            return false;
        }
        let cell = |value: f64, low: f64, size: f64| ((value - low) / size * CELLS) as u32;
        let (low, width, height) = (self.reach.min(), self.reach.width(), self.reach.height());
        let key = (cell(at.y, low.y, height), cell(at.x, low.x, width), group);
        self.sites.entry(key).or_insert(Place { at, count: 0 }).count += 1;
        true
    }

    fn add_parcel(&mut self, parcel: Parcel, row: Option<Row<'_>>) {
        let membership = &parcel.membership;
        let majority = membership.parts[membership.majority].zone;
        let assessment = (!self.in_pieces).then(|| membership.certainty.into());
        let Some(group) = self.count_parcel(&parcel.shape, majority, assessment, row) else { return };
        if self.in_pieces && membership.parts.len() > 1 {
            for part in membership.parts.iter().filter(|part| part.relation != Relation::Touches) {
                let shape = self.overlayer.overlayer().piece(&parcel.shape, membership, part);
                self.parcels.push(Piece { group: Group { zone: part.zone, ..group }, shape });
            }
        } else {
            self.parcels.push(Piece { group, shape: parcel.shape });
        }
    }

    /// Counts and labels a parcel; `None` if it is off the map.
    fn count_parcel(
        &mut self,
        shape: &MultiPolygon<f64>,
        zone: Option<FeatureId>,
        assessment: Option<Assessment>,
        row: Option<Row<'_>>,
    ) -> Option<Group> {
        self.summary.parcels += 1;
        let group = self.group(zone, assessment, row);
        let Some(bounds) = shape.bounding_rect().filter(|bounds| bounds.intersects(&self.reach)) else {
            self.summary.off_the_map += 1;
            return None;
        };
        let half = Coord { x: bounds.width() / 2.0, y: bounds.height() / 2.0 };
        self.add_label(bounds.center(), half, row);
        Some(group)
    }

    /// Counts a row, and gives what it has in common with others.
    fn group(&mut self, zone: Option<FeatureId>, assessment: Option<Assessment>, row: Option<Row<'_>>) -> Group {
        *self.counts.entry(zone).or_default() += 1;
        if let Some(assessment) = assessment {
            *self.assessments.entry(assessment).or_default() += 1;
        }
        let value = self.colouring.as_mut().zip(row).map_or(0, |(colouring, row)| {
            let cell = row.cell(colouring.column);
            colouring.values.add(&cell.map(|cell| cell.shown()).unwrap_or_default())
        });
        Group { zone, value, assessment }
    }

    fn add_label(&mut self, at: Coord<f64>, half: Coord<f64>, row: Option<Row<'_>>) {
        let (Some(column), Some(row)) = (self.label, row) else { return };
        if self.labels.len() < MAX_LABELS
            && let Some(cell) = row.cell(column)
        {
            let text = cell.shown().into_owned();
            self.labels.push(Label { at, half, text });
        }
    }

    /// The distinct positions of each group.
    pub(super) fn sites(&self) -> impl Iterator<Item = (Group, Place)> {
        self.sites.iter().map(|(&(_, _, group), &place)| (group, place))
    }

    /// The classes of the column that colours; `None` without one.
    pub(super) fn classes(&self, lang: Lang) -> Option<Classes> {
        let Colouring { name, method, values, .. } = self.colouring.as_ref()?;
        if self.is_of_findings {
            return Some(Classes::of_severities(values, lang));
        }
        Some(Classes::new(name, values, *method, lang.map_texts()))
    }

    /// Whether the rows are findings of a check.
    pub(super) fn has_findings(&self) -> bool {
        self.is_of_findings
    }

    pub(super) fn is_classed(&self) -> bool {
        self.colouring.is_some()
    }

    /// The number of sites and parcels of each assessment; empty if none is assessed, or none is on the map.
    pub(super) fn assessments(&self) -> &BTreeMap<Assessment, u64> {
        static NONE: BTreeMap<Assessment, u64> = BTreeMap::new();
        let is_assessed = self.assessments.keys().any(|&assessment| assessment != Assessment::NotAssessed);
        if is_assessed && !self.is_off_the_map() { &self.assessments } else { &NONE }
    }

    /// Whether there is something to assess, but no accuracy to assess it by.
    pub(super) fn is_not_assessed(&self) -> bool {
        !self.assessments.is_empty() && !self.is_off_the_map() && self.assessments().is_empty()
    }

    pub(super) fn parcels(&self) -> &[Piece] {
        &self.parcels
    }

    pub(super) fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// The number of sites and parcels in a zone, or outside all zones.
    pub(super) fn count(&self, zone: Option<FeatureId>) -> u64 {
        self.counts.get(&zone).copied().unwrap_or(0)
    }

    /// The nearest position within the extent of the map.
    pub(super) fn within_reach(&self, position: Coord<f64>) -> Coord<f64> {
        let (min, max) = (self.reach.min(), self.reach.max());
        Coord { x: position.x.clamp(min.x, max.x), y: position.y.clamp(min.y, max.y) }
    }

    /// Whether there are sites or parcels, but none on the map.
    pub fn is_off_the_map(&self) -> bool {
        let drawable = self.summary.sites + self.summary.parcels;
        drawable > 0 && self.summary.off_the_map == drawable
    }
}

/// A point inside the largest polygon.
fn middle(shape: &MultiPolygon<f64>) -> Option<Coord<f64>> {
    let largest = shape.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
    largest.interior_point().map(Coord::from)
}

/// The extent of the plan with its surroundings.
fn reach(plan: &Plan) -> Rect<f64> {
    let origin = Coord { x: 0.0, y: 0.0 };
    let bounds = bounds_of(plan.features().iter().map(|zone| &zone.shape)).unwrap_or(Rect::new(origin, origin));
    let shrink = sin_cos_deg(bounds.center().y).1.max(0.01);
    let margin = REACH * (bounds.width() * shrink).max(bounds.height());
    let margin = Coord { x: margin / shrink, y: margin };
    Rect::new(bounds.min() - margin, bounds.max() + margin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{CoverageProblem, PlanProblem};
    use crate::map::classes::Class;
    use crate::plan::Severity;
    use crate::units::{Metres, SquareMetres};
    use geo::polygon;

    #[test]
    fn findings_are_marked_and_have_their_area() {
        let plan = Plan::bundled();
        let mut layer = DataOverlay::new(&plan).of_findings(0);
        let strip = polygon![(x: 121.45, y: 28.65), (x: 121.450001, y: 28.65), (x: 121.450001, y: 28.66), (x: 121.45, y: 28.66)];
        let gap = CoverageProblem::Gap { other: None, area: SquareMetres(10.0), width: Metres(0.1) };
        let at = Some(Coord { x: 121.4500005, y: 28.655 });
        let warning = Finding { severity: Severity::Warning, at, ..Finding::of_file(gap) };
        layer.add_finding(&Finding { shape: Some(strip.into()), ..warning.clone() });
        layer.add_finding(&Finding { at: Some(Coord { x: 121.4, y: 28.6 }), ..warning.clone() });
        layer.add_finding(&Finding { at: Some(Coord { x: 10.0, y: 50.0 }), ..warning });
        layer.add_finding(&Finding::of_file(PlanProblem::NoFeature));
        let summary = layer.summary();
        assert_eq!((summary.sites, summary.off_the_map, summary.without_location, summary.rows()), (3, 1, 1, 4));
        assert_eq!((layer.sites().count(), layer.parcels().len()), (2, 1));
        let classes = layer.classes(Lang::Zh).unwrap();
        assert_eq!(classes.heading, "检查结果");
        assert_eq!(classes.entries, [(Class::Severity(Severity::Warning), "警告".to_owned(), 3)]);
        // They are in no zone, and nothing of them is certain or not.
        assert!(layer.assessments().is_empty() && !layer.is_not_assessed());
    }
}
