//! Sites and parcels on a page, with their answers.

use std::collections::HashMap;
use std::path::Path;

use geo::{Coord, MultiPolygon};
use serde_json::{Value, json};

use crate::error::{InvalidRows, Result, RowProblem};
use crate::geometry::polygons_of;
use crate::io::Rows;
use crate::map::page::data::label;
use crate::map::page::parcels::Parcels;
use crate::map::page::row_labels::{LabelReader, RowLabel};
use crate::messages::{self, Lang};
use crate::plan::{Plan, Severity};
use crate::query::QuerySummary;
use crate::query::locate::{Certainty, LocateColumn, LocateSummary as SiteSummary, Locator, RowLocator};
use crate::query::overlay::{OverlaySummary as ParcelCounts, Overlayer, RowOverlayer};
use crate::report::check::severity_column;
use crate::table::{Batch, CellText, Shape};

/// What a page shows of a table.
///
/// ```
/// use taizhou_corridor::map::page::PageOverlayOptions;
///
/// let options = PageOverlayOptions { fields: Some(vec!["name".to_owned()]), ..PageOverlayOptions::default() };
/// assert!(options.label.is_none());
/// ```
#[derive(Debug, Clone, Default)]
pub struct PageOverlayOptions {
    /// The column of the labels; by default `name` or another that is recognised as names.
    pub label: Option<String>,
    /// The only columns that get into the page; by default all.
    pub fields: Option<Vec<String>>,
    /// Whether the numbers of the rows get into the page, for a program that shows it beside the table.
    pub has_row_numbers: bool,
}

/// Of more sites than this, a sample is on the page.
const MAX_SITES: usize = 100_000;

/// The sites and parcels of a table with their answers.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::map::page::{PageOverlay, PageOverlayOptions};
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
/// use taizhou_corridor::query::QuerySummary;
///
/// let plan = Plan::bundled();
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let options = PageOverlayOptions::default();
/// let layer = PageOverlay::read(&mut rows, &plan, &options)?;
/// assert_eq!((layer.summary().sites.inside, layer.summary().sites.outside), (14, 18));
///
/// let mut rows = io::open(Input::path("data/sample-parcels.geojson"), &ReadOptions::default())?;
/// assert_eq!(PageOverlay::read(&mut rows, &plan, &options)?.summary().parcels.rows(), 30);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PageOverlay {
    file: String,
    label_reader: LabelReader,
    sites: Vec<Site>,
    /// Every how many sites one is on the page, and how many came since the last of them.
    stride: usize,
    skipped: usize,
    parcels: Parcels,
    summary: PageSummary,
}

#[derive(Debug, Clone)]
struct Site {
    position: Coord<f64>,
    row_label: RowLabel,
    /// The index of its zone in the plan.
    zone: Option<usize>,
    certainty: Option<Certainty>,
    /// That of a finding.
    severity: Option<Severity>,
}

/// The findings of a check on a page.
///
/// ```
/// use taizhou_corridor::map::page::FindingCounts;
///
/// assert_eq!(FindingCounts { errors: 1, warnings: 2, ..FindingCounts::default() }.rows(), 3);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FindingCounts {
    /// Of severity `error`.
    pub errors: u64,
    /// Of severity `warning`.
    pub warnings: u64,
    /// Of severity `info`.
    pub infos: u64,
    /// Findings, included above, without a location, that are not on the page.
    pub without_location: u64,
}

impl FindingCounts {
    /// All findings.
    pub fn rows(&self) -> u64 {
        self.errors + self.warnings + self.infos
    }

    fn count(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Info => self.infos += 1,
        }
    }
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
    /// Sites, included above, of which the page has but a sample, that are not in it.
    pub sites_left_out: u64,
    /// The findings of a check, if the rows are such.
    pub findings: Option<FindingCounts>,
    /// Rows without a valid site or parcel.
    pub invalid: InvalidRows,
}

impl PageSummary {
    /// All rows.
    pub fn rows(&self) -> u64 {
        let findings = self.findings.map_or(0, |findings| findings.rows());
        self.sites.rows() + self.parcels.rows() + self.invalid.rows() + findings
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
        if let Some(findings) = self.findings {
            let FindingCounts { errors, warnings, infos, without_location } = findings;
            let counts = texts.finding_count(errors as usize, warnings as usize, infos as usize);
            lines.push(texts.of_file(file, &counts));
            lines.extend((without_location > 0).then(|| texts.findings_without_location(file, without_location)));
            if self.sites_left_out > 0 {
                let marks = findings.rows() - without_location;
                lines.push(lang.sample_on_page(file, marks - self.sites_left_out, marks));
            }
            return lines;
        }
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
        if self.sites_left_out > 0 {
            let sites = self.sites.rows();
            lines.push(lang.sample_on_page(file, sites - self.sites_left_out, sites));
        }
        lines
    }
}

impl PageOverlay {
    /// Reads all rows of a table; rows without a valid site or parcel are counted and omitted.
    ///
    /// The label of a row is the value of the chosen column, else of the column `name` or of another column recognised
    /// as names, and in English that of `name_en`; the page also shows the other columns. At most 20,000 parcels
    /// with 500,000 vertices in total are kept, a sample of more than 100,000 sites, and beyond 5,000 rows only labels
    /// unless the columns are chosen.
    /// Errors if the table has no such columns, or cannot be read completely.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::page::{PageOverlay, PageOverlayOptions};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let table = Input::bytes("sites.csv", "name,lon,lat\nA,121.4,28.65\nB,,28.65\n");
    /// let mut rows = io::open(table, &ReadOptions::default())?;
    /// let layer = PageOverlay::read(&mut rows, &plan, &PageOverlayOptions::default())?;
    /// assert_eq!((layer.summary().rows(), layer.summary().invalid.count), (2, 1));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read(rows: &mut Rows, plan: &Plan, options: &PageOverlayOptions) -> Result<PageOverlay> {
        let locator = RowLocator::new(Locator::new(plan), &[LocateColumn::Zone, LocateColumn::Certainty]);
        let zones: HashMap<&str, usize> = plan.partition().map(|zone| (plan[zone].id.as_str(), zone.index())).collect();
        let overlayer = RowOverlayer::new(Overlayer::new(plan), &[]);
        // Do not reveal the path of the file to readers of the page.
        let file = Path::new(rows.file()).file_name().map_or_else(|| rows.file().into(), |name| name.to_string_lossy());
        let mut layer = PageOverlay {
            file: file.into_owned(),
            label_reader: LabelReader::new(rows, options)?,
            sites: vec![],
            stride: 1,
            skipped: 0,
            parcels: Parcels::default(),
            summary: PageSummary::default(),
        };
        if let Some(severity) = severity_column(rows.schema()) {
            layer.add_findings(rows, severity)?;
            return Ok(layer);
        }
        while let Some(batch) = rows.next_batch()? {
            layer.add(&batch, &locator, &overlayer, &zones);
        }
        layer.summary.sites_left_out = layer.summary.sites.rows() - layer.sites.len() as u64;
        Ok(layer)
    }

    /// Adds the findings of a check, of which a column has the severity: those with an area as parcels, as long as there
    /// is room, others as sites.
    fn add_findings(&mut self, rows: &mut Rows, severity: usize) -> Result<()> {
        let (mut counts, mut marks) = (FindingCounts::default(), 0);
        while let Some(batch) = rows.next_batch()? {
            for row in 0..batch.len() {
                let text = batch.row(row).cell(severity).map(CellText::text).unwrap_or_default();
                let severity = Severity::of_code(&text).unwrap_or(Severity::Info);
                counts.count(severity);
                let position = match batch.shape(row) {
                    Err(_) => None,
                    Ok(Shape::Point(position)) => Some(position),
                    Ok(Shape::Other(shape)) => {
                        let polygons = polygons_of(shape).unwrap_or_default().into_iter().cloned();
                        let area = MultiPolygon(polygons.collect());
                        if !area.0.is_empty() && self.parcels.has_room() {
                            let row_label = self.label_reader.read(&batch, row);
                            self.parcels.push_finding(&area, severity, row_label);
                            continue;
                        }
                        label(&area).map(Coord::from)
                    }
                };
                let Some(position) = position else {
                    counts.without_location += 1;
                    continue;
                };
                marks += 1;
                if self.takes_site() {
                    let (row_label, severity) = (self.label_reader.read(&batch, row), Some(severity));
                    self.sites.push(Site { position, row_label, zone: None, certainty: None, severity });
                }
            }
        }
        self.summary.sites_left_out = marks - self.sites.len() as u64;
        self.summary.findings = Some(counts);
        Ok(())
    }

    fn add(
        &mut self,
        batch: &Batch,
        locator: &RowLocator<'_>,
        overlayer: &RowOverlayer<'_>,
        zones: &HashMap<&str, usize>,
    ) {
        let is_area = |row: usize| matches!(batch.shape(row), Ok(Shape::Other(shape)) if polygons_of(shape).is_some());
        let parcels = if (0..batch.len()).any(is_area) { overlayer.parcels(batch) } else { vec![] };
        let mut sites = SiteSummary::default();
        for (row, values) in locator.answer(batch, &mut sites).iter() {
            match (&batch.sites()[row], parcels.get(row)) {
                (Ok(position), _) => {
                    if !self.takes_site() {
                        continue;
                    }
                    let [zone, certainty] = [0, 1].map(|column| values[column].text_of());
                    self.sites.push(Site {
                        position: *position,
                        row_label: self.label_reader.read(batch, row),
                        zone: zones.get(zone.as_ref()).copied(),
                        certainty: [Certainty::Certain, Certainty::Uncertain]
                            .into_iter()
                            .find(|known| known.as_str() == certainty),
                        severity: None,
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

    /// Whether the next site gets onto the page: each at first, and every second, fourth, … once there are too many, so
    /// that the sample is spread over the whole table.
    fn takes_site(&mut self) -> bool {
        if self.skipped > 0 {
            self.skipped = (self.skipped + 1) % self.stride;
            return false;
        }
        if self.sites.len() == MAX_SITES {
            let mut number = 0;
            self.sites.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.stride *= 2;
        }
        self.skipped = 1 % self.stride;
        true
    }

    fn refuse(&mut self, batch: &Batch, row: usize, problem: &RowProblem) {
        self.summary.invalid.add(batch.first_row() + row as u64, problem);
    }

    /// The counts of sites and parcels.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::page::{PageOverlay, PageOverlayOptions};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let table = Input::bytes("sites.csv", "lon,lat\n121.4,28.65\n");
    /// let mut rows = io::open(table, &ReadOptions::default())?;
    /// let layer = PageOverlay::read(&mut rows, &plan, &PageOverlayOptions::default())?;
    /// assert_eq!(layer.summary().sites.inside, 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn summary(&self) -> &PageSummary {
        &self.summary
    }

    /// The columns of the table that are in the page, those of the labels first.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::page::{PageOverlay, PageOverlayOptions};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let table = Input::bytes("sites.csv", "name,phone,use,lon,lat\nA,1,shop,121.4,28.65\n");
    /// let options = PageOverlayOptions { fields: Some(vec!["name".into(), "use".into()]), ..Default::default() };
    /// let mut rows = io::open(table, &ReadOptions::default())?;
    /// let layer = PageOverlay::read(&mut rows, &Plan::bundled(), &options)?;
    /// assert_eq!(layer.columns(), ["name", "use"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn columns(&self) -> Vec<&str> {
        self.label_reader.labels().iter().chain(self.label_reader.columns()).map(String::as_str).collect()
    }

    /// The table: its summary and columns.
    pub(super) fn json(&self) -> Value {
        let summary = &self.summary;
        let said = |lang| {
            let first: Vec<String> = summary.invalid.errors().map(|error| messages::error(&error, lang)).collect();
            json!({ "tally": summary.sentences(&self.file, lang), "invalid": first })
        };
        json!({
            "name": Path::new(&self.file).file_stem().map_or(&*self.file, |stem| stem.to_str().unwrap_or(&self.file)),
            "label": self.label_reader.labels().first(),
            "columns": self.label_reader.columns(),
            "hasFindings": summary.findings.is_some(),
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
        json["zone"] = of(|site| site.zone.into());
        json["uncertain"] =
            of(|site| json!(site.certainty.map(|certainty| u8::from(certainty == Certainty::Uncertain))));
        if self.summary.findings.is_some() {
            json["severity"] = of(|site| json!(site.severity.map(Severity::as_str)));
        }
        Some(json)
    }

    /// The parcels by column; `None` without parcels.
    pub(super) fn parcels_json(&self) -> Option<Value> {
        (self.parcels.len() > 0).then(|| self.parcels.json(&self.label_reader))
    }
}
