//! Sites and parcels on a page, with their answers.

use std::path::Path;

use geo::Coord;
use serde_json::{Value, json};

use crate::error::{InvalidRows, Result, RowProblem};
use crate::geometry::polygons_of;
use crate::io::Rows;
use crate::map::page::parcels::Parcels;
use crate::map::page::row_labels::{LabelReader, RowLabel};
use crate::messages::{self, Lang};
use crate::plan::Plan;
use crate::query::QuerySummary;
use crate::query::locate::{Certainty, LocateColumn, LocateSummary as SiteSummary, Locator, RowLocator};
use crate::query::overlay::{OverlaySummary as ParcelCounts, Overlayer, RowOverlayer};
use crate::table::{Batch, Shape};

/// The sites and parcels of a table with their answers.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::map::page::PageOverlay;
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
/// use taizhou_corridor::query::QuerySummary;
///
/// let plan = Plan::bundled();
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let layer = PageOverlay::read(&mut rows, &plan)?;
/// assert_eq!((layer.summary().sites.inside, layer.summary().sites.outside), (14, 18));
///
/// let mut rows = io::open(Input::path("data/sample-parcels.geojson"), &ReadOptions::default())?;
/// assert_eq!(PageOverlay::read(&mut rows, &plan)?.summary().parcels.rows(), 30);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PageOverlay {
    file: String,
    label_reader: LabelReader,
    sites: Vec<Site>,
    parcels: Parcels,
    summary: PageSummary,
}

#[derive(Debug, Clone)]
struct Site {
    position: Coord<f64>,
    row_label: RowLabel,
    certainty: Option<Certainty>,
}

/// Counts of the rows of a [`PageOverlay`].
///
/// ```
/// use taizhou_corridor::map::page::PageSummary;
///
/// assert_eq!(PageSummary::default().rows(), 0);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageSummary {
    /// Valid sites.
    pub sites: SiteSummary,
    /// Valid parcels.
    pub parcels: ParcelCounts,
    /// Parcels, included above, that are omitted to limit the size of the page.
    pub left_out: u64,
    /// Rows without a valid site or parcel.
    pub invalid: InvalidRows,
}

impl PageSummary {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.sites.rows() + self.parcels.rows() + self.invalid.rows()
    }

    /// Whether there are sites or parcels, but none in a zone.
    pub fn is_outside(&self) -> bool {
        let outside = self.sites.outside + self.parcels.outside;
        outside > 0 && outside == self.sites.rows() + self.parcels.rows()
    }

    /// The counts for a file as sentences.
    ///
    /// ```
    /// use taizhou_corridor::error::RowProblem;
    /// use taizhou_corridor::map::page::PageSummary;
    /// use taizhou_corridor::query::locate::LocateSummary;
    /// use taizhou_corridor::messages::Lang;
    ///
    /// let sites = LocateSummary { inside: 2, ..LocateSummary::default() };
    /// let mut summary = PageSummary { sites, ..PageSummary::default() };
    /// summary.invalid.add(3, &RowProblem::NullGeometry);
    /// let lines = summary.sentences("sites.csv", Lang::En);
    /// assert_eq!(lines, ["sites.csv: 3 rows: 2 inside, 0 on a boundary, 0 outside, 1 invalid; 0 uncertain"]);
    /// ```
    pub fn sentences(&self, file: &str, lang: Lang) -> Vec<String> {
        let texts = lang.texts();
        let mut lines = vec![];
        let has_parcels = self.parcels.rows() > 0;
        let has_sites = self.sites.rows() > 0 || !has_parcels;
        // Report invalid rows once.
        if has_sites {
            lines.push(texts.locate_summary(
                file,
                &SiteSummary { invalid: self.invalid.clone(), ..self.sites.clone() },
                true,
            ));
        }
        if has_parcels {
            let invalid = if has_sites { InvalidRows::default() } else { self.invalid.clone() };
            lines.push(texts.overlay_summary(file, &ParcelCounts { invalid, ..self.parcels.clone() }));
        }
        if self.left_out > 0 {
            lines.push(lang.rows_not_on_page(file, self.left_out, self.parcels.rows()));
        }
        lines
    }
}

impl PageOverlay {
    /// Reads all rows of a table; rows without a valid site or parcel are counted and omitted.
    ///
    /// The label of a row is the value of the column `name` or of another column recognised as names, and in English
    /// that of `name_en`; the page also shows the other columns. At most 20,000 parcels
    /// with 500,000 vertices in total are kept, and beyond 5,000 rows only labels.
    /// Errors if the table cannot be read completely.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::page::PageOverlay;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let table = Input::bytes("sites.csv", "name,lon,lat\nA,121.4,28.65\nB,,28.65\n");
    /// let layer = PageOverlay::read(&mut io::open(table, &ReadOptions::default())?, &plan)?;
    /// assert_eq!((layer.summary().rows(), layer.summary().invalid.count), (2, 1));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read(rows: &mut Rows, plan: &Plan) -> Result<PageOverlay> {
        let locator = RowLocator::new(Locator::new(plan), &[LocateColumn::Certainty]);
        let overlayer = RowOverlayer::new(Overlayer::new(plan), &[]);
        // Do not reveal the path of the file to readers of the page.
        let file = Path::new(rows.file()).file_name().map_or_else(|| rows.file().into(), |name| name.to_string_lossy());
        let mut layer = PageOverlay {
            file: file.into_owned(),
            label_reader: LabelReader::new(rows),
            sites: vec![],
            parcels: Parcels::default(),
            summary: PageSummary::default(),
        };
        while let Some(batch) = rows.next_batch()? {
            layer.add(&batch, &locator, &overlayer);
        }
        Ok(layer)
    }

    fn add(&mut self, batch: &Batch, locator: &RowLocator<'_>, overlayer: &RowOverlayer<'_>) {
        let is_area = |row: usize| matches!(batch.shape(row), Ok(Shape::Other(shape)) if polygons_of(shape).is_some());
        let parcels = if (0..batch.len()).any(is_area) { overlayer.parcels(batch) } else { vec![] };
        let mut sites = SiteSummary::default();
        for (row, values) in locator.answer(batch, &mut sites).iter() {
            match (&batch.sites()[row], parcels.get(row)) {
                (Ok(position), _) => {
                    let is = |certainty: &Certainty| values.iter().any(|value| value.text_of() == certainty.as_str());
                    let certainty = [Certainty::Certain, Certainty::Uncertain].into_iter().find(is);
                    self.sites.push(Site {
                        position: *position,
                        row_label: self.label_reader.read(batch, row),
                        certainty,
                    });
                }
                (_, Some(Ok(parcel))) if self.parcels.has_room() => {
                    self.parcels.push(parcel, self.label_reader.read(batch, row));
                }
                (_, Some(Ok(_))) => self.summary.left_out += 1,
                (_, Some(Err(problem))) | (Err(problem), None) => self.refuse(batch, row, problem),
            }
        }
        self.summary.sites.append(SiteSummary { invalid: InvalidRows::default(), ..sites });
        let mut found = ParcelCounts::default();
        found.count(batch, &parcels);
        self.summary.parcels.append(ParcelCounts { invalid: InvalidRows::default(), ..found });
    }

    fn refuse(&mut self, batch: &Batch, row: usize, problem: &RowProblem) {
        self.summary.invalid.add(batch.first_row() + row as u64, problem);
    }

    /// The counts of sites and parcels.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::page::PageOverlay;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let table = Input::bytes("sites.csv", "lon,lat\n121.4,28.65\n");
    /// let layer = PageOverlay::read(&mut io::open(table, &ReadOptions::default())?, &plan)?;
    /// assert_eq!(layer.summary().sites.inside, 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn summary(&self) -> &PageSummary {
        &self.summary
    }

    /// The table: its summary and columns.
    pub(super) fn json(&self) -> Value {
        let summary = &self.summary;
        let said = |lang| {
            let first: Vec<String> = summary.invalid.errors().map(|error| messages::error(&error, lang)).collect();
            json!({ "tally": summary.sentences(&self.file, lang), "invalid": first })
        };
        json!({
            "columns": self.label_reader.columns(),
            "invalid": summary.invalid.count,
            "isOutside": summary.is_outside(),
            "said": { "en": said(Lang::En), "zh": said(Lang::Zh) },
        })
    }

    /// The sites by column; `None` without sites.
    pub(super) fn sites_json(&self) -> Option<Value> {
        if self.sites.is_empty() {
            return None;
        }
        let of = |value: fn(&Site) -> Value| Value::from(self.sites.iter().map(value).collect::<Vec<_>>());
        let mut json = self.label_reader.json(self.sites.iter().map(|site| &site.row_label));
        json["lon"] = of(|site| site.position.x.into());
        json["lat"] = of(|site| site.position.y.into());
        json["uncertain"] =
            of(|site| json!(site.certainty.map(|certainty| u8::from(certainty == Certainty::Uncertain))));
        Some(json)
    }

    /// The parcels by column; `None` without parcels.
    pub(super) fn parcels_json(&self) -> Option<Value> {
        (self.parcels.len() > 0).then(|| self.parcels.json(&self.label_reader))
    }
}
