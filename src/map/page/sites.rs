//! Sites to be shown on a page, with their answers.

use std::path::Path;

use geo::Coord;

use crate::error::{Error, Result, RowProblem};
use crate::io::Rows;
use crate::plan::Plan;
use crate::query::locate::{Certainty, Column, Locator, RowLocator, Tally};
use crate::report::lang::{self, Lang};
use crate::table::Batch;

/// Sites of a table, each with whether its answer is certain.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::map::page::Sites;
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
///
/// let plan = Plan::bundled();
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// let sites = Sites::read(&mut rows, &plan)?;
/// assert_eq!((sites.tally().inside, sites.tally().outside), (14, 18));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sites {
    file: String,
    sites: Vec<Site>,
    /// The table's own columns, without those that are coordinates or names.
    columns: Vec<String>,
    tally: Tally,
}

/// Of more sites than that only the names are in the page, lest it grow too large.
const MOST_WITH_CELLS: usize = 5_000;

#[derive(Debug, Clone)]
struct Site {
    position: Coord<f64>,
    name: String,
    name_en: String,
    is_uncertain: bool,
    /// What stands in these columns, without empty cells.
    cells: Vec<(usize, String)>,
}

impl Sites {
    /// Reads all rows of a table; those without a usable position are counted, and left out.
    ///
    /// A site is called by what stands in a column `name`, or in another that such names stand in, and in English by
    /// what stands in `name_en`; what stands in the other columns is told of it, too. Fails where the table cannot be read to its end.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::page::Sites;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let table = Input::bytes("sites.csv", "name,lon,lat\nA,121.4,28.65\nB,,28.65\n");
    /// let sites = Sites::read(&mut io::open(table, &ReadOptions::default())?, &plan)?;
    /// assert_eq!((sites.tally().rows(), sites.tally().invalid), (2, 1));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read(rows: &mut Rows, plan: &Plan) -> Result<Sites> {
        let name = rows.schema().position("name").or_else(|| rows.label_column());
        let name_en = rows.schema().position("name_en");
        let locator = RowLocator::new(Locator::new(plan), &[Column::Certainty]);
        // Who gets the page need not know where the file lay.
        let file = Path::new(rows.file()).file_name().map_or_else(|| rows.file().into(), |name| name.to_string_lossy());
        let called = [name, name_en].into_iter().flatten().map(|column| rows.schema().fields[column].name.clone());
        let coordinates = rows.coordinate_columns().into_iter().flat_map(|(x, y)| [x.to_owned(), y.to_owned()]);
        let known: Vec<String> = called.chain(coordinates).collect();
        let mut sites = Sites { file: file.into_owned(), sites: vec![], columns: vec![], tally: Tally::default() };
        while let Some(batch) = rows.next_batch()? {
            let text = |number: usize, column: Option<usize>| {
                let cell = column.and_then(|column| batch.row(number).cell(column));
                cell.map(|cell| cell.text().into_owned()).unwrap_or_default()
            };
            for (number, values) in locator.answer(&batch, &mut sites.tally).iter() {
                let Ok(position) = batch.sites()[number] else { continue };
                let cells = sites.cells(&batch, number, &known);
                sites.sites.push(Site {
                    position,
                    name: text(number, name),
                    name_en: text(number, name_en),
                    cells,
                    is_uncertain: values.iter().any(|value| value.to_string() == Certainty::Uncertain.as_str()),
                });
            }
        }
        Ok(sites)
    }

    /// What stands in the columns of a row but for those that are known already.
    fn cells(&mut self, batch: &Batch, number: usize, known: &[String]) -> Vec<(usize, String)> {
        if self.sites.len() >= MOST_WITH_CELLS {
            return vec![];
        }
        let mut cells = vec![];
        for (column, cell) in batch.row(number).cells() {
            let (name, text) = (&batch.columns()[column], cell.text());
            if known.contains(name) || text.is_empty() {
                continue;
            }
            let place = self.columns.iter().position(|column| column == name).unwrap_or_else(|| {
                self.columns.push(name.clone());
                self.columns.len() - 1
            });
            cells.push((place, text.into_owned()));
        }
        cells
    }

    /// How many sites are where.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::map::page::Sites;
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let table = Input::bytes("sites.csv", "lon,lat\n121.4,28.65\n");
    /// let sites = Sites::read(&mut io::open(table, &ReadOptions::default())?, &plan)?;
    /// assert_eq!(sites.tally().inside, 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Column by column, since there may be many.
    pub(super) fn json(&self) -> serde_json::Value {
        let of = |value: fn(&Site) -> serde_json::Value| self.sites.iter().map(value).collect::<Vec<_>>();
        let has_english = self.sites.iter().any(|site| !site.name_en.is_empty());
        let has_cells = self.sites.len() <= MOST_WITH_CELLS;
        let said = |lang| {
            let said =
                |(row, problem): &(u64, RowProblem)| lang::error(&Error::new(problem.clone()).at_row(*row), lang);
            let first: Vec<String> = self.tally.first_invalid.iter().map(said).collect();
            serde_json::json!({ "tally": lang.words().tally(&self.file, &self.tally), "invalid": first })
        };
        serde_json::json!({
            "lon": of(|site| site.position.x.into()),
            "lat": of(|site| site.position.y.into()),
            "name": of(|site| site.name.as_str().into()),
            "name_en": if has_english { of(|site| site.name_en.as_str().into()) } else { vec![] },
            "columns": if has_cells { self.columns.as_slice() } else { &[] },
            "cells": if has_cells { of(|site| serde_json::json!(site.cells)) } else { vec![] },
            "uncertain": of(|site| u8::from(site.is_uncertain).into()),
            "invalid": self.tally.invalid,
            "outside": self.tally.outside,
            "said": { "en": said(Lang::En), "zh": said(Lang::Zh) },
        })
    }
}
