//! Sites and parcels to be shown on a page, with their answers.

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
use crate::query::locate::{Certainty, LocateColumn, LocateSummary as SiteTally, Locator, RowLocator};
use crate::query::overlay::{OverlaySummary as ParcelTally, Overlayer, RowOverlayer};
use crate::table::{Batch, Shape};

/// Sites and parcels of a table, each with its answer.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::map::page::PageLayer;
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
///
/// let plan = Plan::bundled();
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let layer = PageLayer::read(&mut rows, &plan)?;
/// assert_eq!((layer.tally().sites.inside, layer.tally().sites.outside), (14, 18));
///
/// let mut rows = io::open(Input::path("data/sample-parcels.geojson"), &ReadOptions::default())?;
/// assert_eq!(PageLayer::read(&mut rows, &plan)?.tally().parcels.rows(), 30);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PageLayer {
    file: String,
    teller: LabelReader,
    sites: Vec<Site>,
    parcels: Parcels,
    tally: PageSummary,
}

#[derive(Debug, Clone)]
struct Site {
    position: Coord<f64>,
    told: RowLabel,
    certainty: Option<Certainty>,
}

/// What came of the rows of a [`PageLayer`].
///
/// ```
/// use taizhou_corridor::map::page::PageSummary;
///
/// assert_eq!(PageSummary::default().rows(), 0);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageSummary {
    /// Sites; none of them is invalid.
    pub sites: SiteTally,
    /// Parcels; none of them is invalid.
    pub parcels: ParcelTally,
    /// Parcels of these that are not on the page, lest it grow too large.
    pub left_out: u64,
    /// Rows that are neither.
    pub invalid: InvalidRows,
}

impl PageSummary {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.sites.rows() + self.parcels.rows() + self.invalid.count
    }

    /// Whether there is something, and nothing of it lies in a zone.
    pub fn is_outside(&self) -> bool {
        let outside = self.sites.outside + self.parcels.outside;
        outside > 0 && outside == self.sites.rows() + self.parcels.rows()
    }

    /// What came of the rows of a file, in sentences.
    ///
    /// ```
    /// use taizhou_corridor::error::RowProblem;
    /// use taizhou_corridor::map::page::PageSummary;
    /// use taizhou_corridor::query::locate::LocateSummary;
    /// use taizhou_corridor::messages::Lang;
    ///
    /// let sites = LocateSummary { inside: 2, ..LocateSummary::default() };
    /// let mut tally = PageSummary { sites, ..PageSummary::default() };
    /// tally.invalid.add(3, &RowProblem::NullGeometry);
    /// let said = tally.said("sites.csv", Lang::En);
    /// assert_eq!(said, ["sites.csv: 3 rows: 2 inside, 0 on a boundary, 0 outside, 1 invalid; 0 uncertain"]);
    /// ```
    pub fn said(&self, file: &str, lang: Lang) -> Vec<String> {
        let words = lang.words();
        let mut said = vec![];
        let has_parcels = self.parcels.rows() > 0;
        let has_sites = self.sites.rows() > 0 || !has_parcels;
        // Rows that are neither are said once.
        if has_sites {
            said.push(words.tally(file, &SiteTally { invalid: self.invalid.clone(), ..self.sites.clone() }, true));
        }
        if has_parcels {
            let invalid = if has_sites { InvalidRows::default() } else { self.invalid.clone() };
            said.push(words.overlay_tally(file, &ParcelTally { invalid, ..self.parcels.clone() }));
        }
        if self.left_out > 0 {
            said.push(lang.left_out_of_the_page(file, self.left_out, self.parcels.rows()));
        }
        said
    }
}

impl PageLayer {
    /// Reads all rows of a table; those that are neither a site nor a valid parcel are counted, and left out.
    ///
    /// A row is called by what stands in a column `name`, or in another that such names stand in, and in English by
    /// what stands in `name_en`; what stands in the other columns is told of it, too. Of parcels, the first 20,000
    /// are kept, as long as they have no more than 500,000 corners, and of more than 5,000 rows the names alone.
    /// Fails where the table cannot be read to its end.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::page::PageLayer;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let table = Input::bytes("sites.csv", "name,lon,lat\nA,121.4,28.65\nB,,28.65\n");
    /// let layer = PageLayer::read(&mut io::open(table, &ReadOptions::default())?, &plan)?;
    /// assert_eq!((layer.tally().rows(), layer.tally().invalid.count), (2, 1));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read(rows: &mut Rows, plan: &Plan) -> Result<PageLayer> {
        let locator = RowLocator::new(Locator::new(plan), &[LocateColumn::Certainty]);
        let overlayer = RowOverlayer::new(Overlayer::new(plan), &[]);
        // Who gets the page need not know where the file lay.
        let file = Path::new(rows.file()).file_name().map_or_else(|| rows.file().into(), |name| name.to_string_lossy());
        let mut layer = PageLayer {
            file: file.into_owned(),
            teller: LabelReader::new(rows),
            sites: vec![],
            parcels: Parcels::default(),
            tally: PageSummary::default(),
        };
        while let Some(batch) = rows.next_batch()? {
            layer.add(&batch, &locator, &overlayer);
        }
        Ok(layer)
    }

    fn add(&mut self, batch: &Batch, locator: &RowLocator<'_>, overlayer: &RowOverlayer<'_>) {
        let is_area = |row: usize| matches!(batch.shape(row), Ok(Shape::Other(shape)) if polygons_of(shape).is_some());
        let parcels = if (0..batch.len()).any(is_area) { overlayer.parcels(batch) } else { vec![] };
        let mut sites = SiteTally::default();
        for (row, values) in locator.answer(batch, &mut sites).iter() {
            match (&batch.sites()[row], parcels.get(row)) {
                (Ok(position), _) => {
                    let is = |certainty: &Certainty| values.iter().any(|value| value.text_of() == certainty.as_str());
                    let certainty = [Certainty::Certain, Certainty::Uncertain].into_iter().find(is);
                    self.sites.push(Site { position: *position, told: self.teller.tell(batch, row), certainty });
                }
                (_, Some(Ok(parcel))) if self.parcels.have_room() => {
                    self.parcels.push(parcel, self.teller.tell(batch, row));
                }
                (_, Some(Ok(_))) => self.tally.left_out += 1,
                (_, Some(Err(problem))) | (Err(problem), None) => self.refuse(batch, row, problem),
            }
        }
        self.tally.sites.append(SiteTally { invalid: InvalidRows::default(), ..sites });
        let mut found = ParcelTally::default();
        found.count(batch, &parcels);
        self.tally.parcels.append(ParcelTally { invalid: InvalidRows::default(), ..found });
    }

    fn refuse(&mut self, batch: &Batch, row: usize, problem: &RowProblem) {
        self.tally.invalid.add(batch.first_row() + row as u64, problem);
    }

    /// How many sites and parcels are where.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::page::PageLayer;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let table = Input::bytes("sites.csv", "lon,lat\n121.4,28.65\n");
    /// let layer = PageLayer::read(&mut io::open(table, &ReadOptions::default())?, &plan)?;
    /// assert_eq!(layer.tally().sites.inside, 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn tally(&self) -> &PageSummary {
        &self.tally
    }

    /// The table: what is said of it, and its columns.
    pub(super) fn json(&self) -> Value {
        let tally = &self.tally;
        let said = |lang| {
            let first: Vec<String> = tally.invalid.errors().map(|error| messages::error(&error, lang)).collect();
            json!({ "tally": tally.said(&self.file, lang), "invalid": first })
        };
        json!({
            "columns": self.teller.columns(),
            "invalid": tally.invalid.count,
            "isOutside": tally.is_outside(),
            "said": { "en": said(Lang::En), "zh": said(Lang::Zh) },
        })
    }

    /// Its sites, column by column; none where there are none.
    pub(super) fn sites_json(&self) -> Option<Value> {
        if self.sites.is_empty() {
            return None;
        }
        let of = |value: fn(&Site) -> Value| Value::from(self.sites.iter().map(value).collect::<Vec<_>>());
        let mut json = self.teller.json(self.sites.iter().map(|site| &site.told));
        json["lon"] = of(|site| site.position.x.into());
        json["lat"] = of(|site| site.position.y.into());
        json["uncertain"] =
            of(|site| json!(site.certainty.map(|certainty| u8::from(certainty == Certainty::Uncertain))));
        Some(json)
    }

    /// The same of its parcels.
    pub(super) fn parcels_json(&self) -> Option<Value> {
        (self.parcels.len() > 0).then(|| self.parcels.json(&self.teller))
    }
}
