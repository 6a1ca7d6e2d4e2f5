//! The queries about sites.

use taizhou_corridor::crs::Crs;
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator};
use taizhou_corridor::query::nearest::{NearestColumn, NearestFinder, RowNearestFinder};
use taizhou_corridor::units::Metres;

use crate::{OptionProblem, Options};

/// How sites are located.
#[derive(Debug, Clone)]
pub struct SiteChoice {
    /// The columns of the answer.
    pub columns: Vec<LocateColumn>,
    /// Whether zones and certainties are counted.
    pub counts_zones: bool,
    /// Whether there is a row for each zone that contains a site.
    pub is_long: bool,
    /// The column with the position uncertainty of each site.
    pub uncertainty_field: Option<String>,
    uncertainty: Metres,
    level: Level,
}

impl SiteChoice {
    /// Takes the options.
    pub fn take(options: &mut Options) -> Result<SiteChoice, OptionProblem> {
        let columns = options.some_of("columns", &LocateColumn::ALL, LocateColumn::as_str)?;
        let columns = if columns.is_empty() { LocateColumn::ALL.to_vec() } else { columns };
        Ok(SiteChoice {
            counts_zones: options.flag("summary")? || columns.iter().any(|column| column.needs_distance()),
            is_long: options.flag("long")?,
            uncertainty_field: options.text("uncertainty-field")?,
            uncertainty: Metres(options.amount("uncertainty")?.unwrap_or_default()),
            level: options.level("level")?.unwrap_or(Level::Cluster),
            columns,
        })
    }

    /// Whether a column needs a distance.
    pub fn has_distances(&self) -> bool {
        self.columns.iter().any(|column| column.needs_distance())
    }

    /// The query for a table in a system.
    pub fn locator<'p>(&self, plan: &'p Plan, crs: &Crs) -> RowLocator<'p> {
        let mut locator = RowLocator::new(Locator::new(plan).max_level(self.level), &self.columns)
            .with_uncertainty(self.uncertainty, self.uncertainty_field.clone())
            .with_shift_accuracy(crs.shift_accuracy());
        if self.is_long {
            locator = locator.long();
        }
        if self.counts_zones {
            locator = locator.counting_zones();
        }
        locator
    }
}

/// Among what the nearest feature is found.
#[derive(Debug, Clone)]
pub struct NearestChoice {
    ids: Vec<String>,
    level: Option<Level>,
    within: Metres,
    to_boundary: bool,
}

impl NearestChoice {
    /// Takes the options.
    pub fn take(options: &mut Options) -> Result<NearestChoice, OptionProblem> {
        Ok(NearestChoice {
            ids: options.texts("id")?,
            level: options.level("level")?,
            within: Metres(options.amount("within")?.unwrap_or(f64::INFINITY)),
            to_boundary: options.flag("boundary")?,
        })
    }

    /// The query. Errors if the plan has no feature of an id.
    pub fn finder<'p>(&self, plan: &'p Plan) -> Result<RowNearestFinder<'p>, OptionProblem> {
        let mut finder = NearestFinder::new(plan);
        if !self.ids.is_empty() {
            let ids = self.ids.iter().map(|id| plan.id_of(id)).collect::<Result<Vec<_>, _>>()?;
            finder = finder.among(&ids);
        } else if let Some(level) = self.level {
            finder = finder.at_level(level);
        }
        if self.to_boundary {
            finder = finder.to_boundary();
        }
        Ok(RowNearestFinder::new(finder, &NearestColumn::ALL).within(self.within))
    }
}
