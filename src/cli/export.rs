//! `corridor export`

use std::path::Path;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::cli::Outcome;
use crate::cli::args::{self, PlanArgs};
use crate::cli::table_args::{FormatArg, WriteArgs};
use crate::cli::ui::Ui;
use crate::cli::usage::ValueProblem;
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::io::Format;
use crate::plan::Level;
#[cfg(feature = "tiles")]
use crate::plan_io::export_tiles;
use crate::plan_io::{self, ExportOptions, TileOptions};

/// Export the plan for a map tool, in any format and coordinate system.
///
/// GeoJSON is RFC 7946: longitude and latitude on WGS 84 (CGCS2000 is treated as equal) to 7 decimals,
/// exteriors counter-clockwise, with bbox, ids as text, every shape valid after rounding.
#[derive(Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    write: WriteArgs,
    /// Output format; by default from the file extension, else GeoJSON
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<ExportFormat>,
    /// Only features of this level; may be repeated
    #[arg(long, value_name = "LEVEL", value_parser = args::level)]
    level: Vec<Level>,
    /// Only the feature with this id; may be repeated
    #[arg(long, value_name = "ID")]
    id: Vec<String>,
    /// Add colours and labels for map tools: simplestyle in GeoJSON, styles in KML, QGIS styles in GeoPackage or in a .qml beside GeoJSON, shapefile and FlatGeobuf, a MapLibre style beside PMTiles
    #[arg(long)]
    style: bool,
    /// Lowest zoom level of vector tiles; by default 8
    #[arg(long, value_name = "ZOOM", value_parser = zoom)]
    min_zoom: Option<u8>,
    /// Highest zoom level of vector tiles, at most 18; by default 16
    #[arg(long, value_name = "ZOOM", value_parser = zoom)]
    max_zoom: Option<u8>,
}

fn zoom(text: &str) -> Result<u8, ValueProblem> {
    args::whole_number(text, 0, TileOptions::MAX_ZOOM.into())
}

/// A table format or a map format.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExportFormat {
    Table(Format),
    TopoJson,
    PmTiles,
}

impl ExportFormat {
    fn as_str(self) -> &'static str {
        match self {
            ExportFormat::Table(format) => format.as_str(),
            ExportFormat::TopoJson => "topojson",
            ExportFormat::PmTiles => "pmtiles",
        }
    }

    fn of_path(path: &Path) -> Result<ExportFormat> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "topojson" => Ok(ExportFormat::TopoJson),
            "pmtiles" => Ok(ExportFormat::PmTiles),
            _ => Format::of_path(path).map(ExportFormat::Table),
        }
    }
}

impl ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [ExportFormat] {
        const ALL: [ExportFormat; Format::WRITTEN.len() + 2] = {
            let mut all = [ExportFormat::TopoJson; Format::WRITTEN.len() + 2];
            all[Format::WRITTEN.len() + 1] = ExportFormat::PmTiles;
            let mut i = 0;
            while i < Format::WRITTEN.len() {
                all[i] = ExportFormat::Table(Format::WRITTEN[i]);
                i += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            ExportFormat::Table(format) => FormatArg(*format).to_possible_value(),
            ExportFormat::TopoJson => Some(PossibleValue::new("topojson").help("TopoJSON: shared borders once")),
            ExportFormat::PmTiles => Some(PossibleValue::new("pmtiles").help("vector tiles in a PMTiles file")),
        }
    }
}

/// The default number of decimals, in degrees: a centimetre.
const DECIMALS: usize = 7;

pub(super) fn run(args: ExportArgs, ui: &Ui) -> Result<Outcome> {
    let plan = args.plan.load(ui)?;
    let format = match (args.format, args.write.output.file()) {
        (Some(format), _) => format,
        (None, Some(path)) => ExportFormat::of_path(path)?,
        (None, None) => ExportFormat::Table(Format::GEOJSON),
    };
    let options = ExportOptions {
        levels: args.level,
        ids: args.id,
        as_lines: format == ExportFormat::Table(Format::NDJSON),
        crs: args.write.to_crs.clone().unwrap_or(Crs::Crs84),
        decimals: args.write.precision.map_or(DECIMALS, usize::from),
        with_style: args.style,
    };
    for (option, zoom) in [("--min-zoom", args.min_zoom), ("--max-zoom", args.max_zoom)] {
        if zoom.is_some() && format != ExportFormat::PmTiles {
            return Err(Error::new(ErrorKind::OptionMismatch { option, format: format.as_str().to_owned() }));
        }
    }
    // The CRS of the write options applies to map formats, too.
    let write = match format {
        ExportFormat::Table(format) => args.write.options(format, ui.lang)?,
        ExportFormat::TopoJson | ExportFormat::PmTiles => args.write.options_of_map(format.as_str())?,
    };
    let name = args.write.name();
    let mut output = args.write.create()?;
    let (count, losses) = match format {
        ExportFormat::Table(_) => plan_io::export_plan(&plan, &options, output, &write)?,
        ExportFormat::TopoJson => {
            let count = plan_io::write_topojson(&plan, &layer_of(&args.write), &options, &mut output)?;
            output.commit()?;
            (count, vec![])
        }
        ExportFormat::PmTiles => {
            let layer = layer_of(&args.write);
            let TileOptions { min_zoom, max_zoom, .. } = TileOptions::default();
            let (min_zoom, max_zoom) = (args.min_zoom.unwrap_or(min_zoom), args.max_zoom.unwrap_or(max_zoom));
            let tiles = TileOptions { layer, min_zoom, max_zoom };
            (export_tiles(&plan, &tiles, &options, output.for_binary(format.as_str())?)?, vec![])
        }
    };
    let added = match format {
        ExportFormat::Table(_) => plan_io::added_corners(&plan, &plan_io::options_for(&options, &write))?,
        ExportFormat::TopoJson | ExportFormat::PmTiles => plan_io::added_corners(&plan, &options)?,
    };
    if added > 0 {
        ui.info(&ui.texts().corners_added(&name, added as u64));
    }
    ui.report(ui.texts().of_written(&losses, &write, &name));
    if args.write.output.file().is_some() {
        ui.info(&ui.texts().wrote(&name, count as u64, format.as_str()));
    }
    ui.disclaimer(&plan);
    Ok(Outcome::Done)
}

#[cfg(not(feature = "tiles"))]
fn export_tiles(_: &crate::plan::Plan, _: &TileOptions, _: &ExportOptions, _: crate::io::Output) -> Result<usize> {
    Err(Error::new(ErrorKind::NotBuilt { format: "pmtiles".to_owned(), feature: "tiles" }))
}

/// The name of the layer: the option, else the name of the file.
fn layer_of(write: &WriteArgs) -> String {
    let stem = write.output.file().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    write.to_layer.clone().or(stem).filter(|name| !name.is_empty()).unwrap_or_else(|| "plan".to_owned())
}
