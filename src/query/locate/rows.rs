//! The same question for the rows of a table.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use geo::Coord;

use crate::crs::CoordNormalizer;
use crate::error::RowProblem;
use crate::geometry::position::PointLocation;
use crate::index::{Containments, FeatureSetId, FeatureSetInterner, NAN_COORD, ProjectedCellIndex, QuickHasher};
use crate::plan::FeatureId;
use crate::query::locate::summary::AnswerCounts;
use crate::query::locate::{Answer, Certainty, LocateColumn, LocateSummary, Locator};
use crate::query::reason::{ReasonText, reason};
use crate::table::{AnswerTable, Batch, CellText, Row, TupleId, Value};
use crate::units::Metres;

/// Answers the rows of a table.
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
    uncertainty: Metres,
    uncertainty_field: Option<String>,
    reason: ReasonText,
    /// The id and the path of each feature, ready to be written; paths where they are asked for.
    ids: Texts,
    paths: Texts,
    /// The cells in the system that sites come in, made with those on the earth; none within where there are none.
    system: OnceLock<Option<ProjectedCellIndex>>,
}

impl<'p> RowLocator<'p> {
    /// Answers with these columns, one row a site.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Level, Plan};
    /// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator};
    ///
    /// // How the locator answers is settled before.
    /// let plan = Plan::bundled();
    /// let down_to_zones = Locator::new(&plan).max_level(Level::Zone);
    /// let locator = RowLocator::new(down_to_zones, &LocateColumn::ALL);
    /// assert_eq!(locator.columns().len(), LocateColumn::ALL.len());
    /// ```
    pub fn new(locator: Locator<'p>, columns: &[LocateColumn]) -> RowLocator<'p> {
        let plan = locator.plan();
        let path = |number: FeatureId| {
            plan.path(number).into_iter().map(|n| plan[n].id.as_str()).collect::<Vec<_>>().join("/")
        };
        let ids = plan.features().iter().map(|zone| zone.id.as_str()).collect();
        let with_paths = columns.contains(&LocateColumn::Path);
        let paths = plan.ids().filter(|_| with_paths).map(path).collect();
        let locator =
            if columns.iter().any(|column| column.needs_distance()) { locator } else { locator.without_distance() };
        let (uncertainty, uncertainty_field) = (Metres(0.0), None);
        RowLocator {
            locator,
            columns: columns.to_vec(),
            is_long: false,
            uncertainty,
            uncertainty_field,
            reason,
            ids,
            paths,
            system: OnceLock::new(),
        }
    }

    /// One row for each site and zone that holds it; a site in none keeps one row.
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

    /// The sites' own position uncertainty at 95 %: the same for all, unless a column of the table
    /// states it (in metres).
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
    ///     let mut tally = LocateSummary::default();
    ///     locator.with_uncertainty(Metres(20.0), field.map(str::to_owned)).answer(&batch, &mut tally);
    ///     tally.uncertain
    /// };
    /// assert!(uncertain(None) < uncertain(Some("position_accuracy_m")));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn with_uncertainty(mut self, uncertainty: Metres, field: Option<String>) -> RowLocator<'p> {
        self.uncertainty = uncertainty;
        self.uncertainty_field = field;
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

    /// The columns it answers with.
    pub fn columns(&self) -> &[LocateColumn] {
        &self.columns
    }

    /// What answers single questions.
    pub fn locator(&self) -> &Locator<'p> {
        &self.locator
    }

    /// Answers the rows of a batch, and tallies them.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator, LocateSummary};
    ///
    /// // The second row has its coordinates swapped: it keeps its place and says why.
    /// let sites = Input::bytes("sites.csv", "lon,lat\n121.36898,28.65590\n28.65590,121.36898\n");
    /// let batch = io::open(sites, &ReadOptions::default())?.next_batch()?.unwrap();
    /// let plan = Plan::bundled();
    /// let mut tally = LocateSummary::default();
    /// let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Position, LocateColumn::Reason]);
    /// let answers = locator.answer(&batch, &mut tally);
    /// let (row, values) = answers.iter().nth(1).unwrap();
    /// assert_eq!((row, values[0].to_string().as_str()), (1, "invalid"));
    /// assert!(values[1].to_string().ends_with("longitude and latitude look swapped"));
    /// assert_eq!((tally.inside, tally.invalid.count), (1, 1));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn answer<'a>(&'a self, batch: &Batch, tally: &mut LocateSummary) -> AnswerTable<'a> {
        let asked = self.asked(self.locator.sets(batch.len()), batch.sites());
        self.answer_sites(batch, batch.sites(), &asked, tally)
    }

    /// The same for sites in the system of `settler`, arranged as it has them: where no distance is asked for, most need
    /// not be transformed. Those that are no places in it get a problem.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::io::{self, BlockReader, Input, ReadOptions};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator, LocateSummary};
    ///
    /// let options = ReadOptions { crs: Some(Crs::Epsg(4549)), ..ReadOptions::default() };
    /// let csv = "east,north\n633838.222,3171898.561\n";
    /// let mut rows = io::open(Input::bytes("survey.csv", csv), &options)?.in_own_system();
    /// let mut reader = BlockReader::default();
    /// let (mut batch, settler) = reader.read_unchecked(rows.next_block()?.unwrap())?.unwrap();
    /// let plan = Plan::bundled();
    /// let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone]);
    /// let answers = locator.answer_in_system(settler, &mut batch, &mut LocateSummary::default());
    /// assert_eq!(answers.iter().next().unwrap().1[0].to_string(), "core");
    /// assert_eq!(batch.sites()[0].as_ref().unwrap().x, 633838.222);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn answer_in_system<'a>(
        &'a self,
        settler: &CoordNormalizer,
        batch: &mut Batch,
        tally: &mut LocateSummary,
    ) -> AnswerTable<'a> {
        let system = |grid| {
            let system = self.system.get_or_init(|| ProjectedCellIndex::new(self.locator.plan(), grid, &settler.crs()));
            Some((FeatureSetInterner::with_system(grid, system.as_ref()?), system.as_ref()?))
        };
        let grid = self.locator.grid(batch.len());
        // Distances are measured from places.
        if let Some((mut sets, system)) = grid.filter(|_| !self.locator.with_distance).and_then(system) {
            let ids = system.containing_ordered(&mut sets, settler, batch.sites_mut());
            return self.answer_sites(batch, batch.sites(), &Lookup::Sets(sets, ids), tally);
        }
        let mut places = batch.sites().to_vec();
        settler.to_lon_lat(&mut places);
        for (site, place) in batch.sites_mut().iter_mut().zip(&places) {
            if let Err(problem) = place {
                *site = Err(problem.clone());
            }
        }
        let asked = self.asked(grid.map(FeatureSetInterner::new), &places);
        self.answer_sites(batch, &places, &asked, tally)
    }

    fn answer_sites<'a>(
        &'a self,
        batch: &Batch,
        sites: &[Result<Coord<f64>, RowProblem>],
        asked: &Lookup<'_>,
        tally: &mut LocateSummary,
    ) -> AnswerTable<'a> {
        let uncertainty_column =
            self.uncertainty_field.as_ref().and_then(|field| batch.columns().iter().position(|column| column == field));
        let mut answers = AnswerTable::new(self.columns.len());
        // Without a distance, all sites in a set of zones have the same answer.
        let mut known: HashMap<FeatureSetId, CachedAnswer, BuildHasherDefault<QuickHasher>> = HashMap::default();
        for (number, site) in sites.iter().enumerate() {
            let uncertainty = self.row_uncertainty(batch.row(number), uncertainty_column);
            match (site, uncertainty) {
                (Ok(site), Ok(uncertainty)) => {
                    let mut find = |holding: &[_]| self.find(number, *site, uncertainty, holding, &mut answers);
                    match asked {
                        Lookup::Index(holdings) => tally.add(&find(holdings.of(number)).first),
                        Lookup::Sets(sets, ids) => {
                            let id = ids[number];
                            if self.locator.with_distance {
                                tally.add(&find(sets.get(id)).first);
                                continue;
                            }
                            let found = match known.entry(id) {
                                Entry::Vacant(entry) => entry.insert(find(sets.get(id))),
                                Entry::Occupied(entry) => {
                                    let found = entry.into_mut();
                                    answers.push_again_all(number, found.tuples);
                                    found
                                }
                            };
                            tally.add(&found.first);
                        }
                    }
                }
                (Err(problem), _) => {
                    tally.invalid.add(batch.first_row() + number as u64, problem);
                    answers.push(number, self.columns.iter().map(|&column| self.refused(column, problem)));
                }
                (Ok(_), Err(problem)) => {
                    tally.invalid.add(batch.first_row() + number as u64, &problem);
                    answers.push(number, self.columns.iter().map(|&column| self.refused(column, &problem)));
                }
            }
        }
        answers
    }

    /// Asks the cells, or where there are none the index. What is no place lies in no zone.
    fn asked<'g>(&self, sets: Option<FeatureSetInterner<'g>>, sites: &[Result<Coord<f64>, RowProblem>]) -> Lookup<'g> {
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

    /// Answers for a site that these zones hold.
    fn find<'a>(
        &'a self,
        number: usize,
        site: Coord<f64>,
        uncertainty: Metres,
        holding: &[(FeatureId, PointLocation)],
        answers: &mut AnswerTable<'a>,
    ) -> CachedAnswer {
        let mut add = |answer: Answer| {
            let tuple = answers.push_tuple(number, self.columns.iter().map(|&column| self.value(column, &answer)));
            (AnswerCounts::of(&answer), tuple)
        };
        let ((first, tuple), count) = if self.is_long {
            self.locator.each(site, uncertainty, holding, add)
        } else {
            (add(self.locator.first(site, uncertainty, holding)), 1)
        };
        CachedAnswer { first, tuples: (tuple, count) }
    }

    /// The uncertainty that the row states; where its cell is empty, that of all sites.
    fn row_uncertainty(&self, row: Row<'_>, column: Option<usize>) -> Result<Metres, RowProblem> {
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

    fn refused(&self, column: LocateColumn, problem: &RowProblem) -> Value<'static> {
        match column {
            LocateColumn::Position => Value::text(Some("invalid")),
            LocateColumn::Reason => Value::text(Some((self.reason)(problem, false))),
            _ => Value::Null,
        }
    }

    /// What stands in a column of an answer.
    pub(crate) fn value(&self, column: LocateColumn, answer: &Answer) -> Value<'_> {
        let plan = self.locator.plan();
        let id = |number: Option<FeatureId>| Value::text(number.map(|number| self.ids.get(number.index())));
        match column {
            LocateColumn::Position => Value::text(Some(answer.position.as_str())),
            LocateColumn::Zone => id(answer.zone),
            LocateColumn::ZoneName => Value::text(answer.zone.map(|number| plan[number].name.as_str())),
            LocateColumn::Cluster => id(answer.cluster),
            LocateColumn::Path => Value::text(answer.most_specific.map(|number| self.paths.get(number.index()))),
            LocateColumn::BoundaryOf if answer.boundary_of.is_empty() => Value::Null,
            LocateColumn::BoundaryOf => {
                let ids: Vec<&str> = answer.boundary_of.iter().map(|&number| self.ids.get(number.index())).collect();
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

/// Which zones hold each site. All sites are asked at once: what they need is far from each other in memory, and they
/// wait for it together.
enum Lookup<'g> {
    Index(Containments),
    Sets(FeatureSetInterner<'g>, Vec<FeatureSetId>),
}

/// What was answered for a site: what is counted, and the first of the tuples that are written with how many.
struct CachedAnswer {
    first: AnswerCounts,
    tuples: (TupleId, usize),
}

/// Texts by their numbers, one behind the other: those of many features are asked for in any order, and so are near
/// each other.
#[derive(Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn get(&self, number: usize) -> &str {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[number]]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Level, Plan};
    use crate::table::BatchBuilder;
    use geo::coord;
    use std::sync::Arc;

    /// More rows than make a grid worth it: each is answered as a single question is, before and after.
    #[test]
    fn many_rows_are_answered_as_single_ones() {
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
            let (mut tally, mut expected_tally) = (LocateSummary::default(), LocateSummary::default());
            for batch_number in 0..9 {
                let sites: Vec<Coord<f64>> = (0..5_000).map(|i| site(batch_number * 5_000 + i)).collect();
                let mut builder = BatchBuilder::new(0);
                sites.iter().for_each(|&site| builder.end_row(Ok(site)));
                let batch = builder.finish(Arc::default()).unwrap();
                let mut expected = AnswerTable::new(columns.len());
                for (number, &site) in sites.iter().enumerate() {
                    let found = if is_long {
                        single.locate_all(site, Metres(0.0))
                    } else {
                        vec![single.locate(site, Metres(0.0))]
                    };
                    expected_tally.add(&AnswerCounts::of(&found[0]));
                    found.iter().for_each(|answer| {
                        expected.push(number, columns.iter().map(|&column| many.value(column, answer)));
                    });
                }
                assert!(many.answer(&batch, &mut tally) == expected);
            }
            assert_eq!(tally, expected_tally);
            assert!(many.locator.grid.get().is_some() && single.grid.get().is_none());
        }
    }
}
