//! The queries, prepared for a plan.

use std::sync::Arc;

use self_cell::self_cell;
use taizhou_corridor::crs::{CoordNormalizer, Crs};
use taizhou_corridor::error::InvalidRows;
use taizhou_corridor::geometry::position::PointLocation;
use taizhou_corridor::messages::Lang;
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::query::convert::{Conversion, ConversionSummary};
use taizhou_corridor::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};
use taizhou_corridor::query::nearest::{NearestColumn, NearestFinder, NearestSummary, RowNearestFinder};
use taizhou_corridor::query::overlay::{OverlayColumn, OverlaySummary, Overlayer, RowOverlayer};
use taizhou_corridor::query::{AnsweredBatch, QueryCoords, QuerySummary, TableQuery};
use taizhou_corridor::report;
use taizhou_corridor::run::ParcelColumns;
use taizhou_corridor::table::{Batch, Field, GeometrySource};
use taizhou_corridor::units::{AreaUnit, Metres, SquareMetres};

use crate::options::Options;
use crate::problem::Problem;

/// What is asked, apart from the table.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    Locate {
        columns: Vec<LocateColumn>,
        level: Level,
        is_long: bool,
        uncertainty: Metres,
        uncertainty_field: Option<String>,
        counts_zones: bool,
    },
    Overlay(OverlayQuestion),
    Nearest {
        ids: Vec<String>,
        level: Option<Level>,
        within: Metres,
        to_boundary: bool,
    },
    /// The rows themselves.
    Read,
}

#[derive(Debug, Clone)]
pub(crate) struct OverlayQuestion {
    pub(crate) columns: Vec<OverlayColumn>,
    level: Level,
    is_wide: bool,
    as_pieces: bool,
    is_repaired: bool,
    min_area: SquareMetres,
    min_share: f64,
    sliver_width: Option<Metres>,
    pub(crate) parcel_columns: ParcelColumns,
}

impl OverlayQuestion {
    pub(crate) fn take(options: &mut Options<'_>) -> Result<OverlayQuestion, Problem> {
        const UNITS: [(&str, AreaUnit); 4] = [
            ("m2", AreaUnit::SquareMetres),
            ("ha", AreaUnit::Hectares),
            ("mu", AreaUnit::Mu),
            ("km2", AreaUnit::SquareKilometres),
        ];
        let (is_wide, stated_area) = (options.flag("wide")?, options.text("stated_area")?);
        let columns = match options.some_of("columns", &OverlayColumn::ALL, OverlayColumn::as_str)? {
            none if none.is_empty() => OverlayColumn::of_answer(is_wide, stated_area.is_some()),
            chosen => chosen,
        };
        Ok(OverlayQuestion {
            columns,
            level: options.level("level")?.unwrap_or(Level::Zone),
            is_wide,
            as_pieces: options.flag("pieces")?,
            is_repaired: options.flag("repair")?,
            min_area: SquareMetres(options.amount("min_area")?.unwrap_or_default()),
            min_share: options.amount("min_share")?.unwrap_or_default(),
            sliver_width: options.amount("sliver_width")?.map(Metres),
            parcel_columns: ParcelColumns {
                label: options.text("label")?,
                class: options.text("sum_by")?,
                stated_area,
                stated_unit: options.one_of("stated_unit", &UNITS, |(name, _)| name)?.map(|(_, unit)| unit),
                tolerance_ppm: options.amount("area_tolerance")?.unwrap_or(1000.0),
            },
        })
    }

    /// The overlay for a table in a system, whose column of stated areas is given.
    pub(crate) fn overlayer<'p>(
        &self,
        plan: &'p Plan,
        crs: &Crs,
        stated: Option<(usize, AreaUnit)>,
    ) -> RowOverlayer<'p> {
        let overlayer = Overlayer::new(plan).at_level(self.level).with_uncertainty(crs.shift_accuracy());
        let mut overlayer = RowOverlayer::new(overlayer, &self.columns).without_slivers(self.min_area, self.min_share);
        if self.is_wide {
            overlayer = overlayer.wide();
        }
        if self.as_pieces {
            overlayer = overlayer.as_pieces();
        }
        if let Some(width) = self.sliver_width {
            overlayer = overlayer.with_sliver_width(width);
        }
        if self.is_repaired {
            overlayer = overlayer.repairing();
        }
        match stated {
            Some((column, unit)) => overlayer.with_stated_area(column, unit),
            None => overlayer,
        }
    }
}

impl Question {
    pub(crate) fn take(command: &str, options: &mut Options<'_>) -> Result<Question, Problem> {
        Ok(match command {
            "locate" => {
                let columns = options.some_of("columns", &LocateColumn::ALL, LocateColumn::as_str)?;
                let columns = if columns.is_empty() { LocateColumn::ALL.to_vec() } else { columns };
                Question::Locate {
                    level: options.level("level")?.unwrap_or(Level::Cluster),
                    is_long: options.flag("long")?,
                    uncertainty: Metres(options.amount("uncertainty")?.unwrap_or_default()),
                    uncertainty_field: options.text("uncertainty_field")?,
                    counts_zones: options.flag("summary")? || columns.iter().any(|column| column.needs_distance()),
                    columns,
                }
            }
            "overlay" => Question::Overlay(OverlayQuestion::take(options)?),
            "nearest" => Question::Nearest {
                ids: options.texts("id")?,
                level: options.level("level")?,
                within: Metres(options.amount("within")?.unwrap_or(f64::INFINITY)),
                to_boundary: options.flag("boundary")?,
            },
            _ => Question::Read,
        })
    }

    /// Whether well-known text precedes columns of coordinates.
    pub(crate) fn prefers_wkt(&self) -> bool {
        matches!(self, Question::Overlay(_))
    }

    /// Whether the geometries of the answer are not those of the table.
    pub(crate) fn changes_geometries(&self) -> bool {
        matches!(
            self,
            Question::Overlay(OverlayQuestion { as_pieces: true, .. } | OverlayQuestion { is_repaired: true, .. })
        )
    }

    /// Whether the rows of the answer are other rows than those of the table.
    pub(crate) fn is_numbered(&self) -> bool {
        matches!(self, Question::Overlay(OverlayQuestion { as_pieces: true, .. }))
    }

    /// The columns of the table that it reads.
    pub(crate) fn table_columns(&self) -> Option<&str> {
        match self {
            Question::Locate { uncertainty_field, .. } => uncertainty_field.as_deref(),
            Question::Overlay(question) => question.parcel_columns.stated_area.as_deref(),
            _ => None,
        }
    }

    /// The number of rows that are answered at once, in a time that nobody notices.
    pub(crate) fn rows_at_once(&self) -> usize {
        match self {
            Question::Locate { columns, .. } if columns.iter().any(|column| column.needs_distance()) => 4096,
            Question::Locate { .. } | Question::Read => 16_384,
            Question::Overlay(_) => 512,
            Question::Nearest { .. } => 4096,
        }
    }
}

/// A query for a plan.
pub(crate) enum Query<'p> {
    /// With whether all that is asked depends on the zones of a point alone.
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
                Question::Locate { columns, level, is_long, uncertainty, uncertainty_field, counts_zones } => {
                    let mut locator = RowLocator::new(Locator::new(plan).max_level(*level), columns)
                        .with_uncertainty(*uncertainty, uncertainty_field.clone())
                        .with_shift_accuracy(crs.shift_accuracy());
                    if *is_long {
                        locator = locator.long();
                    }
                    if *counts_zones {
                        locator = locator.counting_zones();
                    }
                    let needs_rows = *counts_zones || *is_long || uncertainty_field.is_some();
                    Query::Locate(Box::new(locator), !needs_rows)
                }
                Question::Overlay(question) => Query::Overlay(Box::new(question.overlayer(plan, crs, stated))),
                Question::Nearest { ids, level, within, to_boundary } => {
                    let mut finder = NearestFinder::new(plan);
                    if !ids.is_empty() {
                        let ids = ids.iter().map(|id| plan.id_of(id)).collect::<Result<Vec<_>, _>>()?;
                        finder = finder.among(&ids);
                    } else if let Some(level) = level {
                        finder = finder.at_level(*level);
                    }
                    if *to_boundary {
                        finder = finder.to_boundary();
                    }
                    let finder = RowNearestFinder::new(finder, &NearestColumn::ALL).within(*within);
                    Query::Nearest(Box::new(finder))
                }
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
