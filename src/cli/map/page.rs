//! The page.

use std::path::PathBuf;

use crate::cli::map::{MapArgs, ThemeArg};
use crate::cli::run_query::stop_at_first;
use crate::cli::table_args::{report_invalid, report_read};
use crate::cli::ui::Ui;
use crate::cli::{Outcome, args, write_text};
use crate::error::Result;
use crate::map::page::{BaseMap, PageOptions, PageOverlay, Theme, page};
use crate::plan::Plan;

pub(super) fn write(args: &MapArgs, plan: &Plan, talk: &Ui) -> Result<Outcome> {
    let base_maps = args
        .page
        .basemap
        .iter()
        .map(|template| BaseMap::new(template, &args.page.basemap_crs))
        .collect::<Result<Vec<_>>>()?;
    let layer = args.input.as_ref().map(|path| read_layer(path, args, plan, talk)).transpose()?;
    let options = PageOptions { lang: talk.lang, theme: theme(args), base_maps };
    write_text(args.output.create()?, &page(plan, layer.as_ref(), &options)?)?;

    let mut origins: Vec<&str> = options.base_maps.iter().flat_map(BaseMap::origins).collect();
    origins.dedup();
    if !origins.is_empty() {
        talk.info(&talk.words().asks_hosts(&origins.join(", ")));
    }
    if args.page.basemap_crs.is_shifted() && !origins.is_empty() {
        talk.info(&talk.words().shifted(&args.page.basemap_crs));
    }
    talk.disclaimer(plan);
    let is_refused = layer.is_some_and(|layer| layer.summary().invalid.count > 0);
    Ok(if is_refused { Outcome::Findings } else { Outcome::Done })
}

fn read_layer(path: &PathBuf, args: &MapArgs, plan: &Plan, talk: &Ui) -> Result<PageOverlay> {
    let mut rows = args.read.open(args::input(path), talk)?;
    let layer = PageOverlay::read(&mut rows, plan).map_err(|error| error.in_file(rows.file()))?;
    let tally = layer.summary();
    stop_at_first(&tally.invalid, args.strict).map_err(|error| error.in_file(rows.file()))?;
    report_read(&rows, talk);
    report_invalid(&tally.invalid, rows.file(), talk);
    if tally.rows() == tally.invalid.count {
        talk.info(&talk.lang.none_on_the_page(rows.file()));
    } else if tally.is_outside() && tally.parcels.rows() == 0 {
        talk.info(&talk.words().all_outside(rows.file()));
    } else if tally.is_outside() {
        talk.info(&talk.lang.map_words().all_off_the_map(rows.file()));
    }
    for said in tally.sentences(rows.file(), talk.lang) {
        talk.info(&said);
    }
    Ok(layer)
}

fn theme(args: &MapArgs) -> Theme {
    match args.theme {
        None | Some(ThemeArg::Auto) => Theme::Auto,
        Some(ThemeArg::Light) => Theme::Light,
        Some(ThemeArg::Dark) => Theme::Dark,
    }
}
