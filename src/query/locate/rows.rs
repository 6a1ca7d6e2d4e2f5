//! `locate` for the rows of a table.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use geo::Coord;

use crate::crs::{CoordNormalizer, Crs, IntoPlane};
use crate::error::RowProblem;
use crate::geometry::position::PointLocation;
use crate::index::{Containments, FeatureSetId, FeatureSetInterner, NAN_COORD, ProjectedCellIndex, QuickHasher};
use crate::maths::hypot;
use crate::plan::FeatureId;
use crate::query::locate::summary::AnswerCounts;
use crate::query::locate::{Answer, Certainty, LocateColumn, LocateSummary, LocatedSite, Locator};
use crate::query::reason::{ReasonText, reason};
use crate::query::{AnsweredBatch, QueryCoords, TableQuery, sites_in_plane};
use crate::table::{AnswerTable, Batch, CellText, Field, Row, TupleId, Value};
use crate::units::Metres;

/// Locates the sites of a table.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
/// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator, LocateSummary};
///
/// let plan = Plan::bundled();
/// let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone]);
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let mut in_core = 0;
/// while let Some(batch) = rows.next_batch()? {
///     let answers = locator.answer(&batch, &mut LocateSummary::default());
///     in_core += answers.iter().filter(|(_, zone)| zone[0].to_string() == "core").count();
/// }
/// assert_eq!(in_core, 5);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct RowLocator<'p> {
    locator: Locator<'p>,
    columns: Vec<LocateColumn>,
    is_long: bool,
    counts_zones: bool,
    uncertainty: Metres,
    uncertainty_field: Option<String>,
    /// The accuracy of the transformation of all sites, beside their own uncertainty.
    shift_accuracy: Metres,
    reason: ReasonText,
    /// The id and the path of each feature; paths only if requested.
    ids: Texts,
    paths: Texts,
    /// The cell index in the coordinate system of the sites; `None` within if it cannot be built.
    projected_cells: OnceLock<Option<ProjectedCellIndex>>,
}

impl<'p> RowLocator<'p> {
    /// Answers with these columns, one row for each site.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Level, Plan};
    /// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator};
    ///
    /// // Options of the locator are set before.
    /// let plan = Plan::bundled();
    /// let zones_only = Locator::new(&plan).max_level(Level::Zone);
    /// let locator = RowLocator::new(zones_only, &LocateColumn::ALL);
    /// assert_eq!(locator.columns().len(), LocateColumn::ALL.len());
    /// ```
    pub fn new(locator: Locator<'p>, columns: &[LocateColumn]) -> RowLocator<'p> {
        let plan = locator.plan();
        let path =
            |id: FeatureId| plan.path(id).into_iter().map(|id| plan[id].id.as_str()).collect::<Vec<_>>().join("/");
        let ids = plan.features().iter().map(|feature| feature.id.as_str()).collect();
        let with_paths = columns.contains(&LocateColumn::Path);
        let paths = plan.ids().filter(|_| with_paths).map(path).collect();
        let locator =
            if columns.iter().any(|column| column.needs_distance()) { locator } else { locator.without_distance() };
        let (uncertainty, uncertainty_field) = (Metres(0.0), None);
        RowLocator {
            locator,
            columns: columns.to_vec(),
            is_long: false,
            counts_zones: false,
            uncertainty,
            uncertainty_field,
            shift_accuracy: Metres(0.0),
            reason,
            ids,
            paths,
            projected_cells: OnceLock::new(),
        }
    }

    /// One row for each pair of a site and a zone that contains it; a site outside all zones keeps one row.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator, LocateSummary};
    ///
    /// let corner = Input::bytes("sites.csv", "lon,lat\n121.44,28.6584\n");
    /// let batch = io::open(corner, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone]).long();
    /// let answers = locator.answer(&batch, &mut LocateSummary::default());
    /// let zones: Vec<String> = answers.iter().map(|(_, zone)| zone[0].to_string()).collect();
    /// assert_eq!(zones, ["core", "jiaojiang"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn long(mut self) -> RowLocator<'p> {
        self.is_long = true;
        self
    }

    /// Counts sites by zone and certainty, too, which needs the distance to the boundary.
    pub fn counting_zones(mut self) -> RowLocator<'p> {
        self.counts_zones = true;
        self.locator.with_distance = true;
        self
    }

    /// The position uncertainty of the sites at 95 %: the same for all sites, or the value in metres in the column
    /// `field`; an empty cell means the former.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
    /// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator, LocateSummary};
    /// use taizhou_corridor::units::Metres;
    ///
    /// let landmarks = Input::bytes("landmarks.csv", LANDMARKS_CSV);
    /// let batch = io::open(landmarks, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let uncertain = |field: Option<&str>| {
    ///     let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Certainty]);
    ///     let mut summary = LocateSummary::default();
    ///     locator.with_uncertainty(Metres(20.0), field.map(str::to_owned)).answer(&batch, &mut summary);
    ///     summary.uncertain
    /// };
    /// assert!(uncertain(None) < uncertain(Some("position_accuracy_m")));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_uncertainty(mut self, uncertainty: Metres, field: Option<String>) -> RowLocator<'p> {
        self.uncertainty = uncertainty;
        self.uncertainty_field = field;
        self
    }

    /// The accuracy of the transformation of the sites at 95 % ([`Crs::shift_accuracy`]), which adds to the uncertainty of
    /// each by the sum of squares.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
    /// use taizhou_corridor::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};
    /// use taizhou_corridor::units::Metres;
    ///
    /// let landmarks = Input::bytes("landmarks.csv", LANDMARKS_CSV);
    /// let batch = io::open(landmarks, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let uncertain = |shift_m: f64| {
    ///     let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Certainty]);
    ///     let mut summary = LocateSummary::default();
    ///     locator.with_shift_accuracy(Metres(shift_m)).answer(&batch, &mut summary);
    ///     summary.uncertain
    /// };
    /// assert!(uncertain(0.0) < uncertain(2000.0));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_shift_accuracy(mut self, accuracy: Metres) -> RowLocator<'p> {
        self.shift_accuracy = accuracy;
        self
    }

    /// Words the column `reason` in another way than [`reason`](crate::query::reason::reason) does, as for people.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};
    ///
    /// let sites = Input::bytes("sites.csv", "lon,lat\n121.4,\n");
    /// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Reason]);
    /// let locator = locator.with_reasons(|problem, _| problem.code().to_uppercase());
    /// let answers = locator.answer(&batch, &mut LocateSummary::default());
    /// assert_eq!(answers.iter().next().unwrap().1[0].to_string(), "MISSING-COORDINATE");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_reasons(mut self, reason: ReasonText) -> RowLocator<'p> {
        self.reason = reason;
        self
    }

    /// The output columns.
    pub fn columns(&self) -> &[LocateColumn] {
        &self.columns
    }

    /// The locator for single sites.
    pub fn locator(&self) -> &Locator<'p> {
        &self.locator
    }

    /// Locates the sites of a batch in longitude and latitude and adds them to the summary.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator, LocateSummary};
    ///
    /// // The second row has swapped coordinates: it is kept, with a reason.
    /// let sites = Input::bytes("sites.csv", "lon,lat\n121.36898,28.65590\n28.65590,121.36898\n");
    /// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let mut summary = LocateSummary::default();
    /// let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Position, LocateColumn::Reason]);
    /// let answers = locator.answer(&batch, &mut summary);
    /// let (row, values) = answers.iter().nth(1).unwrap();
    /// assert_eq!((row, values[0].to_string().as_str()), (1, "invalid"));
    /// assert!(values[1].to_string().ends_with("longitude and latitude look swapped"));
    /// assert_eq!((summary.inside, summary.invalid.count), (1, 1));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn answer<'a>(&'a self, batch: &Batch, summary: &mut LocateSummary) -> AnswerTable<'a> {
        let into_plane = IntoPlane::new(None, self.locator.plan().plane());
        if into_plane.keeps_numbers() {
            return self.answer_in_plane(batch, batch.sites(), summary);
        }
        let mut sites = batch.sites().to_vec();
        into_plane.sites(&mut sites);
        self.answer_in_plane(batch, &sites, summary)
    }

    fn answer_in_plane<'a>(
        &'a self,
        batch: &Batch,
        sites: &[Result<Coord<f64>, RowProblem>],
        summary: &mut LocateSummary,
    ) -> AnswerTable<'a> {
        let lookup = self.look_up(self.locator.sets(batch.len()), sites);
        self.answer_sites(batch, sites, &lookup, summary)
    }

    /// The same for sites in the coordinate system of `normalizer`, in its axis order: without distances, most need not
    /// be transformed. Invalid coordinates become problems of their rows.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, BlockReader, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator, LocateSummary};
    ///
    /// let options = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    /// let csv = "east,north\n633838.222,3171898.561\n";
    /// let mut rows = io::open(Input::bytes("survey.csv", csv), &options)?.in_source_crs();
    /// let mut reader = BlockReader::default();
    /// let (mut batch, normalizer) = reader.read_unchecked(rows.next_block()?.unwrap())?.unwrap();
    /// let plan = Plan::bundled();
    /// let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone]);
    /// let answers = locator.answer_in_system(normalizer, &mut batch, &mut LocateSummary::default());
    /// assert_eq!(answers.iter().next().unwrap().1[0].to_string(), "core");
    /// assert_eq!(batch.sites()[0].as_ref().unwrap().x, 633838.222);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn answer_in_system<'a>(
        &'a self,
        normalizer: &CoordNormalizer,
        batch: &mut Batch,
        summary: &mut LocateSummary,
    ) -> AnswerTable<'a> {
        let plane = self.locator.plan().plane();
        let into_plane = IntoPlane::new(Some(normalizer), plane);
        if into_plane.keeps_numbers() {
            return self.answer_in_plane(batch, batch.sites(), summary);
        }
        let system = |cells| {
            let system = self
                .projected_cells
                .get_or_init(|| ProjectedCellIndex::new(self.locator.plan(), cells, &normalizer.crs()));
            Some((FeatureSetInterner::with_system(cells, system.as_ref()?), system.as_ref()?))
        };
        let cells = self.locator.cells(batch.len());
        if let Some((mut sets, system)) = cells.filter(|_| !self.locator.with_distance).and_then(system) {
            let ids = system.containing_ordered(&mut sets, normalizer, batch.sites_mut());
            return self.answer_sites(batch, batch.sites(), &Lookup::Sets(sets, ids), summary);
        }
        let sites = sites_in_plane(&into_plane, batch);
        let lookup = self.look_up(cells.map(FeatureSetInterner::new), &sites);
        self.answer_sites(batch, &sites, &lookup, summary)
    }

    fn answer_sites<'a>(
        &'a self,
        batch: &Batch,
        sites: &[Result<Coord<f64>, RowProblem>],
        lookup: &Lookup<'_>,
        summary: &mut LocateSummary,
    ) -> AnswerTable<'a> {
        let uncertainty_column = self.uncertainty_column(batch);
        let mut answers = AnswerTable::new(self.columns.len());
        // Without distances, all sites in the same set of zones have the same answer.
        let mut known: HashMap<FeatureSetId, CachedAnswer, BuildHasherDefault<QuickHasher>> = HashMap::default();
        for (row_index, site) in sites.iter().enumerate() {
            let uncertainty = self.row_uncertainty(batch.row(row_index), uncertainty_column);
            match (site, uncertainty) {
                (Ok(site), Ok(uncertainty)) => {
                    let mut push =
                        |containing: &[_]| self.push_answers(row_index, *site, uncertainty, containing, &mut answers);
                    match lookup {
                        Lookup::Index(containments) => self.count(&push(containments.of(row_index)).first, summary),
                        Lookup::Sets(sets, ids) => {
                            let id = ids[row_index];
                            if self.locator.with_distance {
                                self.count(&push(sets.get(id)).first, summary);
                                continue;
                            }
                            let found = match known.entry(id) {
                                Entry::Vacant(entry) => entry.insert(push(sets.get(id))),
                                Entry::Occupied(entry) => {
                                    let found = entry.into_mut();
                                    answers.push_shared_all(row_index, found.tuples);
                                    found
                                }
                            };
                            self.count(&found.first, summary);
                        }
                    }
                }
                (Err(problem), _) => {
                    summary.invalid.add(batch.first_row() + row_index as u64, problem);
                    answers.push(row_index, self.columns.iter().map(|&column| self.invalid_value(column, problem)));
                }
                (Ok(_), Err(problem)) => {
                    summary.invalid.add(batch.first_row() + row_index as u64, &problem);
                    answers.push(row_index, self.columns.iter().map(|&column| self.invalid_value(column, &problem)));
                }
            }
        }
        answers
    }

    /// The sites of a batch with their answers, one for each row.
    pub(super) fn sites_in(
        &self,
        batch: &Batch,
        normalizer: Option<&CoordNormalizer>,
    ) -> Vec<Result<LocatedSite, RowProblem>> {
        let plane = self.locator.plan().plane();
        let mut sites = batch.sites().to_vec();
        IntoPlane::new(normalizer, plane).sites(&mut sites);
        let uncertainty_column = self.uncertainty_column(batch);
        let located = |(row_index, site): (usize, Result<Coord<f64>, RowProblem>)| {
            let site = site?;
            let uncertainty = self.row_uncertainty(batch.row(row_index), uncertainty_column)?;
            let answer = self.locator.locate(site, uncertainty);
            Ok(LocatedSite { position: plane.position(site), answer })
        };
        sites.into_iter().enumerate().map(located).collect()
    }

    /// The index of the column with the uncertainty of each site.
    fn uncertainty_column(&self, batch: &Batch) -> Option<usize> {
        let field = self.uncertainty_field.as_ref()?;
        batch.columns().iter().position(|column| column == field)
    }

    fn count(&self, answer: &AnswerCounts, summary: &mut LocateSummary) {
        summary.add(answer);
        if self.counts_zones {
            summary.add_zone(answer);
        }
    }

    /// Looks up all sites in the cells, or in the index if there are none. Invalid sites are in no zone.
    fn look_up<'g>(
        &self,
        sets: Option<FeatureSetInterner<'g>>,
        sites: &[Result<Coord<f64>, RowProblem>],
    ) -> Lookup<'g> {
        match sets {
            Some(mut sets) => {
                let set = |site: &Result<_, _>| site.as_ref().map_or(FeatureSetId::NONE, |&site| sets.containing(site));
                let ids = sites.iter().map(set).collect();
                Lookup::Sets(sets, ids)
            }
            None => {
                let points = sites.iter().map(|site| site.as_ref().map_or(NAN_COORD, |&site| site));
                Lookup::Index(self.locator.index.containing_batch(points))
            }
        }
    }

    /// Adds the answers for a site, given the features that contain it.
    fn push_answers<'a>(
        &'a self,
        row_index: usize,
        site: Coord<f64>,
        uncertainty: Metres,
        containing: &[(FeatureId, PointLocation)],
        answers: &mut AnswerTable<'a>,
    ) -> CachedAnswer {
        let mut add = |answer: Answer| {
            let tuple = answers.push_tuple(row_index, self.columns.iter().map(|&column| self.value(column, &answer)));
            (AnswerCounts::of(&answer), tuple)
        };
        let ((first, tuple), count) = if self.is_long {
            self.locator.each(site, uncertainty, containing, add)
        } else {
            (add(self.locator.first(site, uncertainty, containing)), 1)
        };
        CachedAnswer { first, tuples: (tuple, count) }
    }

    /// The uncertainty of the site of a row, with that of its transformation.
    fn row_uncertainty(&self, row: Row<'_>, column: Option<usize>) -> Result<Metres, RowProblem> {
        let Metres(stated_m) = self.stated_uncertainty(row, column)?;
        Ok(Metres(if self.shift_accuracy.0 == 0.0 { stated_m } else { hypot(stated_m, self.shift_accuracy.0) }))
    }

    /// The uncertainty stated in the row; that of all sites if the cell is empty.
    fn stated_uncertainty(&self, row: Row<'_>, column: Option<usize>) -> Result<Metres, RowProblem> {
        let Some(column) = column else { return Ok(self.uncertainty) };
        let text = row.cell(column).map_or(Cow::Borrowed(""), CellText::text);
        if text.trim().is_empty() {
            return Ok(self.uncertainty);
        }
        match text.trim().parse::<f64>() {
            Ok(value) if value.is_finite() && value >= 0.0 => Ok(Metres(value)),
            _ => {
                let field = self.uncertainty_field.clone().unwrap_or_default();
                Err(RowProblem::BadUncertainty { field, text: text.into_owned() })
            }
        }
    }

    fn invalid_value(&self, column: LocateColumn, problem: &RowProblem) -> Value<'static> {
        match column {
            LocateColumn::Position if problem.is_remark() => Value::Null,
            LocateColumn::Position => Value::text(Some("invalid")),
            LocateColumn::Reason => Value::text(Some((self.reason)(problem, false))),
            _ => Value::Null,
        }
    }

    /// The value of a column for an answer.
    pub(crate) fn value(&self, column: LocateColumn, answer: &Answer) -> Value<'_> {
        let plan = self.locator.plan();
        let id = |id: Option<FeatureId>| Value::text(id.map(|id| self.ids.get(id.index())));
        match column {
            LocateColumn::Position => Value::text(Some(answer.position.as_str())),
            LocateColumn::Zone => id(answer.zone),
            LocateColumn::ZoneName => Value::text(answer.zone.map(|id| plan[id].name.as_str())),
            LocateColumn::Cluster => id(answer.cluster),
            LocateColumn::Path => Value::text(answer.most_specific.map(|id| self.paths.get(id.index()))),
            LocateColumn::BoundaryOf if answer.boundary_of.is_empty() => Value::Null,
            LocateColumn::BoundaryOf => {
                let ids: Vec<&str> = answer.boundary_of.iter().map(|&id| self.ids.get(id.index())).collect();
                Value::text(Some(ids.join(";")))
            }
            LocateColumn::NearestZone => id(answer.nearest_zone),
            LocateColumn::DistanceToBoundaryM => {
                Value::number(answer.distance_to_boundary.map(|distance| distance.0), 3)
            }
            LocateColumn::Certainty => Value::text(answer.certainty.map(Certainty::as_str)),
            LocateColumn::Reason => Value::Null,
        }
    }
}

/// The zones that contain each site of a batch. All sites are looked up together, so that their cache misses overlap.
enum Lookup<'g> {
    Index(Containments),
    Sets(FeatureSetInterner<'g>, Vec<FeatureSetId>),
}

/// The answer for a site: what is counted of it, and its output tuples (the first and their number).
struct CachedAnswer {
    first: AnswerCounts,
    tuples: (TupleId, usize),
}

/// Texts by index, in one string for cache locality.
#[derive(Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |previous| self.ends[previous]);
        &self.text[start..self.ends[index]]
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Texts {
        let mut all = Texts::default();
        for text in texts {
            all.text.push_str(text.as_ref());
            all.ends.push(all.text.len());
        }
        all
    }
}

impl TableQuery for RowLocator<'_> {
    type Summary = LocateSummary;

    fn fields(&self) -> Vec<Field> {
        self.columns.iter().map(|column| column.field()).collect()
    }

    fn coordinates(&self, _crs: &Crs) -> QueryCoords {
        QueryCoords::Source
    }

    fn answer_batch(
        &self,
        mut batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut LocateSummary,
    ) -> Option<AnsweredBatch<'_>> {
        let answers = match normalizer {
            Some(normalizer) => self.answer_in_system(normalizer, &mut batch, summary),
            None => self.answer(&batch, summary),
        };
        Some((batch, answers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Level, Plan};
    use crate::table::BatchBuilder;
    use geo::coord;
    use std::sync::Arc;

    /// Enough rows to build the cell index: answers equal those of single queries, before and after.
    #[test]
    fn batches_match_single_queries() {
        let plan = Plan::bundled();
        let part = |i: usize, step: f64| (i as f64 * step).fract();
        let site = |i: usize| match i % 100 {
            // On a border, and on corners of the outlines.
            0 => coord! { x: 121.44, y: 28.6584 },
            1 => plan.features()[i / 100 % 16].shape.0[0].exterior().0[i / 1600 % 4],
            _ => coord! { x: 121.19 + 0.33 * part(i, 0.754_877_666), y: 28.54 + 0.175 * part(i, 0.569_840_291) },
        };
        let columns = [LocateColumn::Position, LocateColumn::Zone, LocateColumn::Path, LocateColumn::BoundaryOf];
        for (is_long, level) in [(false, Level::Cluster), (true, Level::Cluster), (true, Level::Zone)] {
            let locator = || RowLocator::new(Locator::new(&plan).max_level(level), &columns);
            let many = if is_long { locator().long() } else { locator() };
            let single = Locator::new(&plan).max_level(level).without_distance();
            let (mut summary, mut expected_summary) = (LocateSummary::default(), LocateSummary::default());
            for batch_number in 0..9 {
                let sites: Vec<Coord<f64>> = (0..5_000).map(|i| site(batch_number * 5_000 + i)).collect();
                let mut builder = BatchBuilder::new(0);
                sites.iter().for_each(|&site| builder.end_row(Ok(site)));
                let batch = builder.finish(Arc::default()).unwrap();
                let mut expected = AnswerTable::new(columns.len());
                for (row_index, &site) in sites.iter().enumerate() {
                    let found = if is_long {
                        single.locate_all(site, Metres(0.0))
                    } else {
                        vec![single.locate(site, Metres(0.0))]
                    };
                    expected_summary.add(&AnswerCounts::of(&found[0]));
                    found.iter().for_each(|answer| {
                        expected.push(row_index, columns.iter().map(|&column| many.value(column, answer)));
                    });
                }
                assert!(many.answer(&batch, &mut summary) == expected);
            }
            assert_eq!(summary, expected_summary);
            assert!(many.locator.cells.get().is_some() && single.cells.get().is_none());
        }
    }
}
