//! Web pages.

use std::path::PathBuf;

use crate::cli::map::{MapArgs, ThemeArg};
use crate::cli::ui::Ui;
use crate::cli::{Outcome, args, write_text};
use crate::error::Result;
use crate::map::page::{BaseMap, PageOptions, PageOverlay, PageOverlayOptions, Theme, page};
use crate::plan::Plan;
use crate::query::QuerySummary;

pub(super) fn write(args: &MapArgs, plan: &Plan, ui: &Ui) -> Result<Outcome> {
    let base_maps = args
        .page
        .basemap
        .iter()
        .map(|template| BaseMap::new(template, &args.page.basemap_crs))
        .collect::<Result<Vec<_>>>()?;
    let layer = args.input.as_ref().map(|path| read_layer(path, args, plan, ui)).transpose()?;
    let options = PageOptions {
        lang: ui.lang,
        theme: theme(args),
        outline: args.plan.file_name(),
        title: args.title.clone(),
        source: args.source.clone(),
        base_maps,
    };
    write_text(args.output.create()?, &page(plan, layer.as_ref(), &options)?)?;

    let mut origins: Vec<&str> = options.base_maps.iter().flat_map(BaseMap::origins).collect();
    origins.dedup();
    if !origins.is_empty() {
        ui.info(&ui.texts().asks_hosts(&origins.join(", ")));
    }
    if args.page.basemap_crs.is_shifted() && !origins.is_empty() {
        ui.info(&ui.texts().shifted(&args.page.basemap_crs));
    }
    ui.disclaimer(plan);
    let is_refused = layer.is_some_and(|layer| layer.summary().invalid.count > 0);
    Ok(if is_refused { Outcome::Findings } else { Outcome::Done })
}

fn read_layer(path: &PathBuf, args: &MapArgs, plan: &Plan, ui: &Ui) -> Result<PageOverlay> {
    let mut rows = args.read.open(args::input(path), ui)?;
    let fields = Some(&args.page.fields).filter(|fields| !fields.is_empty()).cloned();
    let options = PageOverlayOptions { label: args.label.clone(), fields, ..PageOverlayOptions::default() };
    let layer = PageOverlay::read(&mut rows, plan, &options).map_err(|error| error.in_file(rows.file()))?;
    let counts = layer.summary();
    if args.strict {
        counts.invalid.as_result().map_err(|error| error.in_file(rows.file()))?;
    }
    ui.report(ui.texts().of_read(&rows));
    ui.report(ui.texts().of_invalid(&counts.invalid, &rows));
    if counts.rows() == counts.invalid.rows() {
        ui.info(&ui.lang.no_rows_on_page(rows.file()));
    } else if counts.findings.is_none() && counts.is_outside() && counts.parcels.rows() == 0 {
        ui.info(&ui.texts().all_outside(rows.file()));
    } else if counts.is_outside() {
        ui.info(&ui.lang.map_texts().all_off_the_map(rows.file()));
    }
    for sentence in counts.sentences(rows.file(), ui.lang) {
        ui.info(&sentence);
    }
    if !layer.columns().is_empty() {
        ui.info(&ui.lang.columns_on_page(rows.file(), &layer.columns()));
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
