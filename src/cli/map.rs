//! `corridor map`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::Outcome;
use crate::cli::args::{self, OutputArgs, PlanArgs};
use crate::cli::tables::{ReadArgs, tell_invalid, tell_read};
use crate::cli::talk::Talk;
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::map::{self, Drawing, Layer, MapOptions, Orientation, Paper, Theme};
use crate::plan::Plan;

/// Draw a map of the plan, with sites or parcels in the colour of the zone that answers for them.
///
/// Writes SVG or PNG, by the ending of the file: zones with their names, a legend, degrees, the scale, the
/// north, sources, and the notice that an indicative outline is not official. The same input gives the same
/// SVG. Sites and parcels come from a file of any format that is read; many sites are gathered to circles.
/// Rows that are neither are counted; the exit code is then 1.
#[derive(Args)]
pub(super) struct MapArgs {
    /// Sites or parcels to draw over the plan, in any format that is read; - for standard input
    input: Option<PathBuf>,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Form of the output; by default that of the file's ending, else SVG
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<Form>,
    /// Column by which sites or parcels are named, where there is room
    #[arg(long, value_name = "COLUMN", requires = "input")]
    label: Option<String>,
    /// Colour each part of a parcel by the zone it lies in, instead of all of it by the zone of most of it
    #[arg(long, requires = "input")]
    pieces: bool,
    /// Title; by default the name of the plan
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Name a source besides those of the plan, as the licence of sites or parcels may ask for
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Light or dark ground
    #[arg(long, value_enum, value_name = "THEME", default_value = "light")]
    theme: ThemeArg,
    /// Size of the paper
    #[arg(long, value_enum, value_name = "PAPER", default_value = "a4")]
    paper: PaperArg,
    /// How the paper lies; auto makes the map larger
    #[arg(long, value_enum, value_name = "ORIENTATION", default_value = "auto")]
    orientation: OrientationArg,
    /// Pixels to an inch of paper, in PNG; by default 150
    #[arg(long, value_name = "DPI", value_parser = clap::value_parser!(u32).range(36..=600))]
    dpi: Option<u32>,
    /// Draw in the plane of this projected system; by default in a local one, true at the middle latitude
    #[arg(long, value_name = "CRS")]
    to_crs: Option<Crs>,
    /// Stop at the first row that has no valid point or polygon
    #[arg(long)]
    strict: bool,
}

/// What a map is written as.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// vector graphics
    Svg,
    /// pixels
    Png,
}

impl Form {
    fn of_ending(ending: &str) -> Option<Form> {
        match ending {
            "svg" => Some(Form::Svg),
            "png" => Some(Form::Png),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Form::Svg => "SVG",
            Form::Png => "PNG",
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum ThemeArg {
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

const DPI: u32 = 150;

impl MapArgs {
    fn form(&self) -> Result<Form> {
        if let Some(form) = self.format {
            return Ok(form);
        }
        let Some(path) = self.output.file() else { return Ok(Form::Svg) };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        Form::of_ending(&ending).ok_or_else(|| Error::new(ErrorKind::UnknownPicture(path.display().to_string())))
    }

    fn options(&self, plan: &Plan, talk: &Talk) -> MapOptions {
        MapOptions {
            lang: talk.lang,
            theme: match self.theme {
                ThemeArg::Light => Theme::Light,
                ThemeArg::Dark => Theme::Dark,
            },
            paper: match self.paper {
                PaperArg::A4 => Paper::A4,
                PaperArg::A3 => Paper::A3,
            },
            orientation: match self.orientation {
                OrientationArg::Auto => Orientation::Auto,
                OrientationArg::Landscape => Orientation::Landscape,
                OrientationArg::Portrait => Orientation::Portrait,
            },
            crs: self.to_crs,
            // A layer has no name of its own.
            title: self.title.clone().or_else(|| self.plan.file_stem().filter(|_| plan.root().is_none())),
            source: self.source.clone(),
        }
    }
}

pub(super) fn run(args: MapArgs, talk: &Talk) -> Result<Outcome> {
    let form = args.form()?;
    if args.dpi.is_some() && form != Form::Png {
        return Err(Error::new(ErrorKind::OptionMismatch { option: "--dpi", format: form.as_str().to_owned() }));
    }
    check_built(form)?;
    let plan = args.plan.load(talk)?;
    let mut output = args.output.create()?;
    let name = output.name().to_owned();
    let layer = match &args.input {
        Some(input) => Some(read_layer(input, &args, &plan, talk)?),
        None => None,
    };
    let mut options = args.options(&plan, talk);
    let drawing = match form {
        Form::Svg => {
            let drawing = map::draw(&plan, layer.as_ref(), &options)?;
            output.text(&drawing.svg)?;
            drawing
        }
        Form::Png => {
            let (drawing, bytes) = picture(&plan, layer.as_ref(), &mut options, args.dpi.unwrap_or(DPI), talk)?;
            output.bytes(&bytes)?;
            drawing
        }
    };
    output.commit()?;
    tell_drawing(&drawing, layer.as_ref(), talk);
    if args.output.file().is_some() {
        let words = talk.lang.map_words();
        let scale = words.scale(drawing.scale_denominator, options.paper.as_str());
        talk.note(&words.drew(&name, drawing.width_mm, drawing.height_mm, &scale));
    }
    talk.notice(&plan);
    Ok(if layer.is_some_and(|layer| layer.tally().invalid > 0) { Outcome::Findings } else { Outcome::Done })
}

/// The sites and parcels of a file.
fn read_layer<'p>(input: &PathBuf, args: &MapArgs, plan: &'p Plan, talk: &Talk) -> Result<Layer<'p>> {
    let mut rows = args.read.open(args::input(input), talk)?;
    let mut layer = Layer::new(plan);
    if args.pieces {
        layer = layer.in_pieces();
    }
    if let Some(name) = &args.label {
        let kind = || ErrorKind::UnknownColumn { name: name.clone(), columns: rows.schema().names() };
        let column = rows.schema().position(name).ok_or_else(|| Error::new(kind()).in_file(rows.file()))?;
        layer = layer.labelled_by(column);
    }
    while let Some(batch) = rows.next_batch()? {
        layer.add(&batch);
        if let (true, Some((row, problem))) = (args.strict, layer.tally().first_invalid.first()) {
            return Err(Error::new(problem.clone()).in_file(rows.file()).at_row(*row));
        }
    }
    tell_read(&rows, talk);
    let tally = layer.tally();
    tell_invalid(&tally.first_invalid, tally.invalid, rows.file(), talk);
    let words = talk.lang.map_words();
    if tally.rows() == 0 {
        talk.note(&words.empty_layer(rows.file()));
    } else if layer.is_off_the_map() {
        talk.note(&words.all_off_the_map(rows.file()));
    }
    Ok(layer)
}

/// Says what the map leaves out, or draws otherwise.
fn tell_drawing(drawing: &Drawing, layer: Option<&Layer<'_>>, talk: &Talk) {
    let words = talk.lang.map_words();
    if let Some((sites, circles)) = drawing.gathered {
        talk.note(&words.gathered(sites, circles));
    }
    if let Some(layer) = layer {
        let tally = layer.tally();
        if tally.off_the_map > 0 && !layer.is_off_the_map() {
            talk.note(&words.off_the_map(tally.off_the_map));
        }
        if tally.invalid > 0 {
            talk.note(&words.invalid(tally.invalid));
        }
    }
    if drawing.unnamed > 0 {
        talk.note(&words.unnamed(drawing.unnamed));
    }
}

/// Fails early where this program cannot write such a form.
fn check_built(form: Form) -> Result<()> {
    match form {
        Form::Png if !cfg!(feature = "png") => {
            Err(Error::new(ErrorKind::NotBuilt { format: form.as_str().to_owned(), feature: "png" }))
        }
        _ => Ok(()),
    }
}

/// The map as pixels; labelled in English where no font has Chinese characters.
#[cfg(feature = "png")]
fn picture(
    plan: &Plan,
    layer: Option<&Layer<'_>>,
    options: &mut MapOptions,
    dpi: u32,
    talk: &Talk,
) -> Result<(Drawing, Vec<u8>)> {
    use crate::report::lang::Lang;
    let fonts = map::Fonts::system();
    if options.lang == Lang::Zh && !fonts.are_none() && !fonts.have_chinese() {
        talk.note(talk.lang.map_words().no_chinese_font);
        options.lang = Lang::En;
    }
    let drawing = map::draw(plan, layer, options)?;
    let bytes = drawing.to_png(dpi, &fonts)?;
    Ok((drawing, bytes))
}

#[cfg(not(feature = "png"))]
fn picture(_: &Plan, _: Option<&Layer<'_>>, _: &mut MapOptions, _: u32, _: &Talk) -> Result<(Drawing, Vec<u8>)> {
    Err(Error::new(ErrorKind::NotBuilt { format: Form::Png.as_str().to_owned(), feature: "png" }))
}
