//! `corridor map`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::{self, OutputArgs, PlanArgs};
use crate::cli::tables::{ReadArgs, tell_invalid, tell_read};
use crate::cli::talk::Talk;
use crate::cli::{Outcome, write_text};
use crate::crs::Crs;
use crate::error::Result;
use crate::map::page::{BaseMap, PageOptions, Sites, Theme, page};
use crate::plan::Plan;

/// Show the plan: a page that pans, zooms and answers, for any browser.
///
/// The page is one file and works offline. It tells what the plan says of a zone, and answers any place that is
/// clicked or typed as locate does. It uses the network only where --basemap names tiles to lay under it.
#[derive(Args)]
pub(super) struct MapArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Form of the output; by default that of the file's ending, else html
    #[arg(short, long, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// Sites to show, each with its answer: a table of any format that is read; - for standard input
    #[arg(long, value_name = "FILE")]
    sites: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
    /// Tiles to lay under the page's map, as https://HOST/{z}/{x}/{y}.png; may be repeated, the first lies at the bottom
    #[arg(long, value_name = "TEMPLATE")]
    basemap: Vec<String>,
    /// System of these tiles: WGS84, CGCS2000 or GCJ02; the drawing is shifted to match
    #[arg(long, value_name = "CRS", default_value = "WGS84", requires = "basemap")]
    basemap_crs: Crs,
    /// Light or dark; auto as the reader's system has it
    #[arg(long, value_enum, value_name = "THEME", default_value = "auto")]
    theme: ThemeArg,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Html,
}

#[derive(Clone, Copy, ValueEnum)]
enum ThemeArg {
    Auto,
    Light,
    Dark,
}

impl From<ThemeArg> for Theme {
    fn from(theme: ThemeArg) -> Theme {
        match theme {
            ThemeArg::Auto => Theme::Auto,
            ThemeArg::Light => Theme::Light,
            ThemeArg::Dark => Theme::Dark,
        }
    }
}

pub(super) fn run(args: MapArgs, talk: &Talk) -> Result<Outcome> {
    let form = match args.format {
        Some(form) => form,
        None => args.output.format(Form::Html, |ending| matches!(ending, "html" | "htm").then_some(Form::Html))?,
    };
    let plan = args.plan.load(talk)?;
    match form {
        Form::Html => write_page(&args, &plan, talk),
    }
}

fn write_page(args: &MapArgs, plan: &Plan, talk: &Talk) -> Result<Outcome> {
    let base_maps =
        args.basemap.iter().map(|template| BaseMap::new(template, args.basemap_crs)).collect::<Result<Vec<_>>>()?;
    let sites = args.sites.as_ref().map(|path| read_sites(path, args, plan, talk)).transpose()?;
    let options = PageOptions { lang: talk.lang, theme: args.theme.into(), base_maps };
    write_text(args.output.create()?, &page(plan, sites.as_ref(), &options)?)?;

    let mut origins: Vec<&str> = options.base_maps.iter().flat_map(BaseMap::origins).collect();
    origins.dedup();
    if !origins.is_empty() {
        talk.note(&talk.words().asks_hosts(&origins.join(", ")));
    }
    if args.basemap_crs.is_shifted() && !origins.is_empty() {
        talk.note(&talk.words().shifted(args.basemap_crs));
    }
    talk.notice(plan);
    let is_refused = sites.is_some_and(|sites| sites.tally().invalid > 0);
    Ok(if is_refused { Outcome::Findings } else { Outcome::Done })
}

fn read_sites(path: &PathBuf, args: &MapArgs, plan: &Plan, talk: &Talk) -> Result<Sites> {
    let mut rows = args.read.open(args::input(path), talk)?;
    let sites = Sites::read(&mut rows, plan).map_err(|error| error.in_file(rows.file()))?;
    tell_read(&rows, talk);
    let tally = sites.tally();
    tell_invalid(&tally.first_invalid, tally.invalid, rows.file(), talk);
    if tally.rows() == tally.invalid {
        talk.note(&talk.words().no_sites(rows.file()));
    } else if tally.outside == tally.rows() - tally.invalid {
        talk.note(&talk.words().all_outside(rows.file()));
    }
    talk.note(&talk.words().tally(rows.file(), tally));
    Ok(sites)
}
