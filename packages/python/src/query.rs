//! The queries, prepared for a plan.

use std::sync::Arc;

use corridor_front_end::{NearestChoice, OptionProblem, Options, ParcelChoice, SiteChoice};
use self_cell::self_cell;
use taizhou_corridor::crs::{CoordNormalizer, Crs};
use taizhou_corridor::error::InvalidRows;
use taizhou_corridor::geometry::position::PointLocation;
use taizhou_corridor::messages::Lang;
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::convert::{Conversion, ConversionSummary};
use taizhou_corridor::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};
use taizhou_corridor::query::nearest::{NearestSummary, RowNearestFinder};
use taizhou_corridor::query::overlay::{OverlaySummary, RowOverlayer};
use taizhou_corridor::query::{AnsweredBatch, QueryCoords, QuerySummary, TableQuery};
use taizhou_corridor::report;
use taizhou_corridor::table::{Batch, Field, GeometrySource};
use taizhou_corridor::units::AreaUnit;

use crate::problem::Problem;

/// A query without its plan and table.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    Locate(SiteChoice),
    Overlay(ParcelChoice),
    Nearest(NearestChoice),
    /// The rows themselves.
    Read,
}

impl Question {
    pub(crate) fn take(command: &str, options: &mut Options) -> Result<Question, OptionProblem> {
        Ok(match command {
            "locate" => Question::Locate(SiteChoice::take(options)?),
            "overlay" => Question::Overlay(ParcelChoice::take(options)?),
            "nearest" => Question::Nearest(NearestChoice::take(options)?),
            _ => Question::Read,
        })
    }

    /// Whether well-known text precedes columns of coordinates.
    pub(crate) fn prefers_wkt(&self) -> bool {
        matches!(self, Question::Overlay(_))
    }

    /// Whether the geometries of the answer are not those of the table.
    pub(crate) fn changes_geometries(&self) -> bool {
        matches!(self, Question::Overlay(choice) if choice.as_pieces || choice.is_repaired)
    }

    /// Whether the rows of the answer are other rows than those of the table.
    pub(crate) fn is_numbered(&self) -> bool {
        matches!(self, Question::Overlay(choice) if choice.as_pieces)
    }

    /// The columns of the table that it reads.
    pub(crate) fn table_columns(&self) -> Option<&str> {
        match self {
            Question::Locate(choice) => choice.uncertainty_field.as_deref(),
            Question::Overlay(choice) => choice.parcel_columns.stated_area.as_deref(),
            _ => None,
        }
    }

    /// The number of rows that are answered at once, in a time that nobody notices.
    pub(crate) fn rows_at_once(&self) -> usize {
        match self {
            Question::Locate(choice) if choice.has_distances() => 4096,
            Question::Locate(_) | Question::Read => 16_384,
            Question::Overlay(_) => 512,
            Question::Nearest(_) => 4096,
        }
    }
}

/// A query for a plan.
pub(crate) enum Query<'p> {
    /// With whether the answer depends on the zones of a point alone.
    Locate(Box<RowLocator<'p>>, bool),
    Overlay(Box<RowOverlayer<'p>>),
    Nearest(Box<RowNearestFinder<'p>>),
    Read(Conversion),
}

self_cell!(
    /// A query, and the plan that it is for.
    pub(crate) struct Prepared {
        owner: Arc<Plan>,
        #[not_covariant]
        dependent: Query,
    }
);

impl Prepared {
    /// Prepares a question for tables in a system, whose column of stated areas is given.
    pub(crate) fn of(
        plan: &Arc<Plan>,
        question: &Question,
        crs: &Crs,
        stated: Option<(usize, AreaUnit)>,
    ) -> Result<Prepared, Problem> {
        Prepared::try_new(plan.clone(), |plan| {
            Ok(match question {
                Question::Locate(choice) => {
                    let needs_rows = choice.counts_zones || choice.is_long || choice.uncertainty_field.is_some();
                    Query::Locate(Box::new(choice.locator(plan, crs)), !needs_rows)
                }
                Question::Overlay(choice) => Query::Overlay(Box::new(choice.overlayer(plan, crs, stated))),
                Question::Nearest(choice) => Query::Nearest(Box::new(choice.finder(plan)?)),
                Question::Read => Query::Read(Conversion::new()),
            })
        })
    }
}

/// The counts of any query; those of the others are empty.
#[derive(Default)]
pub(crate) struct Summary {
    kind: SummaryKind,
    locate: LocateSummary,
    overlay: OverlaySummary,
    nearest: NearestSummary,
    read: ConversionSummary,
}

#[derive(Default, Clone, Copy)]
enum SummaryKind {
    #[default]
    Read,
    Locate,
    Overlay,
    Nearest,
}

impl QuerySummary for Summary {
    fn append(&mut self, later: Summary) {
        self.kind = later.kind;
        match later.kind {
            SummaryKind::Locate => self.locate.append(later.locate),
            SummaryKind::Overlay => self.overlay.append(later.overlay),
            SummaryKind::Nearest => self.nearest.append(later.nearest),
            SummaryKind::Read => self.read.append(later.read),
        }
    }

    fn rows(&self) -> u64 {
        match self.kind {
            SummaryKind::Locate => self.locate.rows(),
            SummaryKind::Overlay => self.overlay.rows(),
            SummaryKind::Nearest => self.nearest.rows(),
            SummaryKind::Read => self.read.rows(),
        }
    }

    fn invalid(&self) -> &InvalidRows {
        match self.kind {
            SummaryKind::Locate => self.locate.invalid(),
            SummaryKind::Overlay => self.overlay.invalid(),
            SummaryKind::Nearest => self.nearest.invalid(),
            SummaryKind::Read => self.read.invalid(),
        }
    }
}

impl Summary {
    /// The counts as JSON.
    pub(crate) fn json(&self, plan: &Plan) -> String {
        match self.kind {
            SummaryKind::Locate => report::summary::locate(plan, &self.locate),
            SummaryKind::Overlay => report::summary::overlay(plan, &self.overlay),
            SummaryKind::Nearest => report::summary::nearest(plan, &self.nearest),
            SummaryKind::Read => serde_json::json!({
                "rows": self.read.rows,
                "without_geometry": self.read.without_geometry,
                "invalid": self.read.invalid.count,
            })
            .to_string(),
        }
    }

    /// The counts in a sentence about a file.
    pub(crate) fn sentence(&self, file: &str, has_distances: bool, lang: Lang) -> String {
        let texts = lang.texts();
        match self.kind {
            SummaryKind::Locate => texts.locate_summary(file, &self.locate, has_distances),
            SummaryKind::Overlay => texts.overlay_summary(file, &self.overlay),
            SummaryKind::Nearest => texts.nearest_summary(file, &self.nearest),
            SummaryKind::Read => String::new(),
        }
    }

    /// Counts sites at a position, without their zones.
    pub(crate) fn add_located(&mut self, position: PointLocation, count: u64) {
        self.kind = SummaryKind::Locate;
        match position {
            PointLocation::Inside => self.locate.inside += count,
            PointLocation::Boundary => self.locate.boundary += count,
            PointLocation::Outside => self.locate.outside += count,
        }
    }

    pub(crate) fn of_overlay(&self) -> Option<&OverlaySummary> {
        matches!(self.kind, SummaryKind::Overlay).then_some(&self.overlay)
    }
}

impl<'p> Query<'p> {
    /// The locator and the columns, if points in the same zones have the same answer.
    pub(crate) fn shared_answers(&self) -> Option<(&Locator<'p>, &[LocateColumn])> {
        match self {
            Query::Locate(query, true) => Some((query.locator(), query.columns())),
            _ => None,
        }
    }
}

impl TableQuery for Query<'_> {
    type Summary = Summary;

    fn fields(&self) -> Vec<Field> {
        match self {
            Query::Locate(query, _) => query.fields(),
            Query::Overlay(query) => query.fields(),
            Query::Nearest(query) => query.fields(),
            Query::Read(query) => query.fields(),
        }
    }

    fn coordinates(&self, crs: &Crs) -> QueryCoords {
        match self {
            Query::Locate(query, _) => query.coordinates(crs),
            Query::Overlay(query) => query.coordinates(crs),
            Query::Nearest(query) => query.coordinates(crs),
            Query::Read(query) => query.coordinates(crs),
        }
    }

    fn geometry_source(&self, of_table: GeometrySource) -> GeometrySource {
        match self {
            Query::Overlay(query) => query.geometry_source(of_table),
            _ => of_table,
        }
    }

    fn answer_batch(
        &self,
        batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut Summary,
    ) -> Option<AnsweredBatch<'_>> {
        match self {
            Query::Locate(query, _) => {
                summary.kind = SummaryKind::Locate;
                query.answer_batch(batch, normalizer, &mut summary.locate)
            }
            Query::Overlay(query) => {
                summary.kind = SummaryKind::Overlay;
                query.answer_batch(batch, normalizer, &mut summary.overlay)
            }
            Query::Nearest(query) => {
                summary.kind = SummaryKind::Nearest;
                query.answer_batch(batch, normalizer, &mut summary.nearest)
            }
            Query::Read(query) => query.answer_batch(batch, normalizer, &mut summary.read),
        }
    }
}
