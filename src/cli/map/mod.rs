//! `corridor map`

mod page;
mod picture;
mod tool;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::Outcome;
use crate::cli::args::{self, OutputArgs, PlanArgs};
use crate::cli::table_args::ReadArgs;
use crate::cli::ui::Ui;
use crate::cli::usage::ValueProblem;
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::map::{ClassMethod, Paper};

/// Make a web page or a map (SVG, PDF, PNG) of the plan.
///
/// The page is one file and works offline: it pans and zooms, shows what the plan says about a zone, and locates any
/// position that is clicked or typed, as `corridor locate` does. It uses the network only for the tiles of --basemap.
///
/// A map has the zones with their names, a legend, a graticule, a scale bar, a north arrow, sources, and the notice
/// that an indicative outline is not official. The same input gives the same SVG.
///
/// Sites and parcels come from a file in any supported format, in the colour of their zone or with their zone on a
/// click. Many sites are clustered; a page has at most 20,000 parcels. Rows that cannot be shown are counted; the
/// exit code is then 1.
#[derive(Args)]
pub(super) struct MapArgs {
    /// Sites or parcels to show with their zones; - for standard input
    input: Option<PathBuf>,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Write the page in which files are answered in a browser, offline and without installing anything
    #[arg(long, conflicts_with_all = ["input", "plan", "format", "theme", "strict", "title", "source"])]
    tool: bool,
    /// Output format; by default from the file extension, else SVG
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<MapFormat>,
    /// Light or dark; a page can follow the reader's system (auto), and does so by default
    #[arg(long, value_enum, value_name = "THEME")]
    theme: Option<ThemeArg>,
    /// Stop at the first row that cannot be shown
    #[arg(long)]
    strict: bool,
    /// Title; by default the name of the plan
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// A source to credit besides those of the plan, such as that of sites or parcels
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Column that labels sites or parcels; on SVG, PDF and PNG where there is room, else they are numbered
    #[arg(long, value_name = "COLUMN", requires = "input")]
    label: Option<String>,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    picture: PictureArgs,
}

/// Options of web pages only.
#[derive(Args)]
struct PageArgs {
    /// HTML: base map tiles, as https://HOST/{z}/{x}/{y}.png; may be repeated, the first is the lowest layer
    #[arg(long, value_name = "TEMPLATE")]
    basemap: Vec<String>,
    /// HTML: only these columns of the sites or parcels go into the page; by default all
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', requires = "input")]
    fields: Vec<String>,
    /// HTML: coordinate system of the tiles: WGS84, CGCS2000 or GCJ02; the drawing is shifted to match
    #[arg(long, value_name = "CRS", default_value = "WGS84", value_parser = args::crs, requires = "basemap")]
    basemap_crs: Crs,
}

/// Options of SVG, PDF and PNG maps only.
#[derive(Args)]
struct PictureArgs {
    /// SVG, PDF, PNG: column that colours sites or parcels, with a legend, instead of their zones
    #[arg(long, value_name = "COLUMN", requires = "input")]
    color_by: Option<String>,
    /// SVG, PDF, PNG: how --color-by makes classes: categories, or numbers by quantiles or in equal steps; by default (auto) quantiles if there are more than eight different numbers
    #[arg(long, value_name = "METHOD", requires = "color_by", value_parser = class_method)]
    classify: Option<ClassMethod>,
    /// SVG, PDF, PNG: colour each part of a parcel by its zone, instead of the whole parcel by the zone with the largest share
    #[arg(long, requires = "input")]
    pieces: bool,
    /// SVG, PDF, PNG: line below the title; by default the name of the plan document
    #[arg(long, value_name = "TEXT")]
    subtitle: Option<String>,
    /// SVG, PDF, PNG: who made the map
    #[arg(long, value_name = "TEXT")]
    author: Option<String>,
    /// SVG, PDF, PNG: date of the map, as it is to be printed
    #[arg(long, value_name = "TEXT")]
    date: Option<String>,
    /// SVG, PDF, PNG: lines, polygons and points to draw around the plan, in any supported format; bundled is the coast, rivers, railways and district seats of Taizhou, the default for the bundled plan; none draws none
    #[arg(long, value_name = "FILE")]
    context: Option<PathBuf>,
    /// SVG, PDF, PNG: paper size; by default A4
    #[arg(long, value_enum, value_name = "PAPER")]
    paper: Option<PaperArg>,
    /// SVG, PDF, PNG: paper orientation; by default, and with auto, the one with the larger map
    #[arg(long, value_enum, value_name = "ORIENTATION")]
    orientation: Option<OrientationArg>,
    /// PNG: resolution in pixels per inch; by default 150
    #[arg(long, value_name = "DPI", value_parser = dpi)]
    dpi: Option<u32>,
    /// SVG, PDF, PNG: projected coordinate system of the map; by default a local one, true to scale at the middle latitude
    #[arg(long, value_name = "CRS", value_parser = args::crs)]
    to_crs: Option<Crs>,
}

fn class_method(text: &str) -> Result<ClassMethod, ValueProblem> {
    args::one_of(ClassMethod::ALL, ClassMethod::as_str, text)
}

fn dpi(text: &str) -> Result<u32, ValueProblem> {
    args::whole_number(text, 36, 600)
}

/// The format of a map.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MapFormat {
    /// a page for browsers
    Html,
    /// vector graphics
    Svg,
    /// pages for print
    Pdf,
    /// pixels
    Png,
}

impl MapFormat {
    fn of_ending(ending: &str) -> Option<MapFormat> {
        match ending {
            "html" | "htm" => Some(MapFormat::Html),
            "svg" => Some(MapFormat::Svg),
            "pdf" => Some(MapFormat::Pdf),
            "png" => Some(MapFormat::Png),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            MapFormat::Html => "HTML",
            MapFormat::Svg => "SVG",
            MapFormat::Pdf => "PDF",
            MapFormat::Png => "PNG",
        }
    }
}

impl MapFormat {
    fn is_built(self) -> bool {
        match self {
            MapFormat::Html | MapFormat::Svg => true,
            MapFormat::Pdf => cfg!(feature = "pdf"),
            MapFormat::Png => cfg!(feature = "png"),
        }
    }

    fn not_built(self) -> Error {
        let feature = if self == MapFormat::Pdf { "pdf" } else { "png" };
        Error::new(ErrorKind::NotBuilt { format: self.as_str().to_owned(), feature })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ThemeArg {
    Auto,
    Light,
    Dark,
}

#[derive(Clone, Copy, ValueEnum)]
enum PaperArg {
    A4,
    A3,
}

#[derive(Clone, Copy, ValueEnum)]
enum OrientationArg {
    Auto,
    Landscape,
    Portrait,
}

impl MapArgs {
    fn format(&self) -> Result<MapFormat> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let Some(path) = self.output.file() else { return Ok(MapFormat::Svg) };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        MapFormat::of_ending(&ending).ok_or_else(|| Error::new(ErrorKind::UnknownMapFormat(path.display().to_string())))
    }

    /// Errors if an option does not apply to the format.
    fn check_options(&self, format: MapFormat) -> Result<()> {
        let PictureArgs { color_by, classify, pieces, .. } = &self.picture;
        let PictureArgs { subtitle, author, date, context, paper, orientation, dpi, to_crs, .. } = &self.picture;
        let of_pages = [("--basemap", !self.page.basemap.is_empty()), ("--fields", !self.page.fields.is_empty())];
        let of_pictures = [
            ("--color-by", color_by.is_some()),
            ("--classify", classify.is_some()),
            ("--pieces", *pieces),
            ("--subtitle", subtitle.is_some()),
            ("--author", author.is_some()),
            ("--date", date.is_some()),
            ("--context", context.is_some()),
            ("--paper", paper.is_some()),
            ("--orientation", orientation.is_some()),
            ("--dpi", dpi.is_some()),
            ("--to-crs", to_crs.is_some()),
        ];
        let others = if format == MapFormat::Html { of_pictures.as_slice() } else { &of_pages };
        let of_pixels = [("--dpi", format != MapFormat::Png && dpi.is_some())];
        let auto = [("--theme auto", format != MapFormat::Html && self.theme == Some(ThemeArg::Auto))];
        match others.iter().chain(&of_pixels).chain(&auto).find(|(_, is_given)| *is_given) {
            Some(&(option, _)) => {
                Err(Error::new(ErrorKind::OptionMismatch { option, format: format.as_str().to_owned() }))
            }
            None => Ok(()),
        }
    }
}

pub(super) fn run(args: MapArgs, ui: &Ui) -> Result<Outcome> {
    if args.tool {
        return tool::write(&args.output);
    }
    let format = args.format()?;
    args.check_options(format)?;
    if !format.is_built() {
        return Err(format.not_built());
    }
    let plan = args.plan.load(ui)?;
    let plan = plan.in_lon_lat()?;
    match format {
        MapFormat::Html => page::write(&args, &plan, ui),
        MapFormat::Svg | MapFormat::Pdf | MapFormat::Png => picture::write(&args, format, &plan, ui),
    }
}

impl From<Option<PaperArg>> for Paper {
    fn from(paper: Option<PaperArg>) -> Paper {
        match paper {
            None | Some(PaperArg::A4) => Paper::A4,
            Some(PaperArg::A3) => Paper::A3,
        }
    }
}
