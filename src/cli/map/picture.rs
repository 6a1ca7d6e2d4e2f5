//! Maps as SVG and PNG.

use std::path::PathBuf;

use crate::cli::map::{MapArgs, MapFormat, OrientationArg, ThemeArg};
use crate::cli::ui::Ui;
use crate::cli::{Outcome, args};
use crate::error::Result;
use crate::io::{self, ReadOptions};
use crate::map::{self, Context, ContextChoice, DataOverlay, Drawing, MapOptions, Orientation, Theme};
use crate::plan::Plan;
use crate::report::check::severity_column;
use crate::run::column_of;

#[cfg(feature = "png")]
const DPI: u32 = 150;

fn options(args: &MapArgs, plan: &Plan, ui: &Ui) -> Result<MapOptions> {
    Ok(MapOptions {
        lang: ui.lang,
        theme: match args.theme {
            Some(ThemeArg::Dark) => Theme::Dark,
            _ => Theme::Light,
        },
        paper: args.picture.paper.into(),
        orientation: match args.picture.orientation {
            None | Some(OrientationArg::Auto) => Orientation::Auto,
            Some(OrientationArg::Landscape) => Orientation::Landscape,
            Some(OrientationArg::Portrait) => Orientation::Portrait,
        },
        crs: args.picture.to_crs.clone(),
        // A flat layer has no name, so the title is that of its file.
        title: args.title.clone().or_else(|| args.plan.file_stem().filter(|_| plan.root().is_none())),
        subtitle: args.picture.subtitle.clone(),
        author: args.picture.author.clone(),
        date: args.picture.date.clone(),
        outline: args.plan.file_name(),
        source: args.source.clone(),
        context: context(args.picture.context.as_ref(), ui)?,
    })
}

fn context(path: Option<&PathBuf>, ui: &Ui) -> Result<ContextChoice> {
    let Some(path) = path else { return Ok(ContextChoice::Auto) };
    match path.to_str() {
        Some("none") => Ok(ContextChoice::None),
        Some("bundled") => Context::bundled().map(ContextChoice::Given),
        _ => {
            let mut rows = io::open(args::input(path), &ReadOptions::default())?;
            ui.report(ui.texts().of_opened(&rows));
            let context = Context::read(&mut rows)?;
            ui.report(ui.texts().of_read(&rows));
            ui.report(ui.texts().of_invalid(context.invalid(), &rows));
            Ok(ContextChoice::Given(context))
        }
    }
}

pub(super) fn write(args: &MapArgs, format: MapFormat, plan: &Plan, ui: &Ui) -> Result<Outcome> {
    let output = args.output.create()?;
    let is_text = matches!(format, MapFormat::Html | MapFormat::Svg);
    let mut output = if is_text { output } else { output.for_binary(format.as_str())? };
    let name = output.name().to_owned();
    let layer = match &args.input {
        Some(input) => Some(read_layer(input, args, plan, ui)?),
        None => None,
    };
    let mut options = options(args, plan, ui)?;
    let drawing = match format {
        MapFormat::Html | MapFormat::Svg => {
            let drawing = map::draw(plan, layer.as_ref(), &options)?;
            output.text(&drawing.svg)?;
            drawing
        }
        MapFormat::Pdf | MapFormat::Png => {
            let (drawing, bytes) = printed(plan, layer.as_ref(), &mut options, args, format, ui)?;
            output.bytes(&bytes)?;
            drawing
        }
    };
    output.commit()?;
    report_drawing(&drawing, layer.as_ref(), ui);
    if args.output.file().is_some() {
        let texts = ui.lang.map_texts();
        let scale = texts.scale(drawing.scale_denominator, options.paper.as_str());
        ui.info(&texts.map_written(&name, drawing.width_mm, drawing.height_mm, &scale));
    }
    ui.disclaimer(plan);
    Ok(if layer.is_some_and(|layer| layer.summary().invalid.count > 0) { Outcome::Findings } else { Outcome::Done })
}

/// The sites and parcels of a file.
fn read_layer<'p>(input: &PathBuf, args: &MapArgs, plan: &'p Plan, ui: &Ui) -> Result<DataOverlay<'p>> {
    let mut rows = args.read.open(args::input(input), ui)?;
    let mut layer = DataOverlay::new(plan);
    if args.picture.pieces {
        layer = layer.in_pieces();
    }
    if let Some(name) = &args.label {
        layer = layer.labelled_by(column_of(&rows, name)?);
    }
    let severity = severity_column(rows.schema()).filter(|_| !args.picture.pieces);
    layer = match (&args.picture.color_by, severity) {
        (Some(name), _) => layer.coloured_by(column_of(&rows, name)?, name, args.picture.classify.unwrap_or_default()),
        (None, Some(severity)) => layer.of_findings(severity),
        (None, None) => layer,
    };
    while let Some(batch) = rows.next_batch()? {
        layer.add(&batch);
        if args.strict {
            layer.summary().invalid.as_result().map_err(|error| error.in_file(rows.file()))?;
        }
    }
    ui.report(ui.texts().of_read(&rows));
    let counts = layer.summary();
    ui.report(ui.texts().of_invalid(&counts.invalid, &rows));
    let texts = ui.lang.map_texts();
    if counts.without_location > 0 {
        ui.info(&ui.texts().findings_without_location(rows.file(), counts.without_location));
    }
    if counts.rows() == 0 {
        ui.info(&texts.empty_layer(rows.file()));
    } else if layer.is_off_the_map() {
        ui.info(&texts.all_off_the_map(rows.file()));
    }
    Ok(layer)
}

/// Reports what is not shown, clustered or unlabelled.
fn report_drawing(drawing: &Drawing, layer: Option<&DataOverlay<'_>>, ui: &Ui) {
    let texts = ui.lang.map_texts();
    if let Some((sites, circles)) = drawing.clustered {
        ui.info(&texts.clustered(sites, circles));
    }
    if let Some(layer) = layer {
        let counts = layer.summary();
        if counts.off_the_map > 0 && !layer.is_off_the_map() {
            ui.info(&texts.off_the_map(counts.off_the_map));
        }
        if counts.invalid.count > 0 {
            ui.info(&texts.invalid(counts.invalid.count));
        }
    }
    if drawing.unnamed > 0 {
        ui.info(&texts.unnamed(drawing.unnamed));
    }
}

/// The map with the fonts of this machine, labelled in English if none has Chinese characters.
#[cfg(any(feature = "pdf", feature = "png"))]
#[cfg_attr(not(feature = "png"), expect(unused_variables, reason = "the resolution is that of PNG"))]
fn printed(
    plan: &Plan,
    layer: Option<&DataOverlay<'_>>,
    options: &mut MapOptions,
    args: &MapArgs,
    format: MapFormat,
    ui: &Ui,
) -> Result<(Drawing, Vec<u8>)> {
    use crate::messages::Lang;
    let fonts = map::Fonts::system();
    if options.lang == Lang::Zh && !fonts.are_none() && !fonts.have_chinese() {
        ui.info(ui.lang.map_texts().no_chinese_font);
        options.lang = Lang::En;
    }
    let drawing = map::draw(plan, layer, options)?;
    let bytes = match format {
        #[cfg(feature = "pdf")]
        MapFormat::Pdf => {
            let pdf = drawing.to_pdf(&fonts)?;
            if !pdf.outlined_fonts.is_empty() {
                ui.info(&ui.lang.map_texts().outlined_fonts(&pdf.outlined_fonts));
            }
            pdf.bytes
        }
        #[cfg(feature = "png")]
        MapFormat::Png => drawing.to_png(args.picture.dpi.unwrap_or(DPI), &fonts)?,
        _ => return Err(format.not_built()),
    };
    Ok((drawing, bytes))
}

#[cfg(not(any(feature = "pdf", feature = "png")))]
fn printed(
    _: &Plan,
    _: Option<&DataOverlay<'_>>,
    _: &mut MapOptions,
    _: &MapArgs,
    format: MapFormat,
    _: &Ui,
) -> Result<(Drawing, Vec<u8>)> {
    Err(format.not_built())
}
