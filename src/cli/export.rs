//! `corridor export`

use std::path::Path;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::cli::Outcome;
use crate::cli::args::PlanArgs;
use crate::cli::tables::{FormatArg, WriteArgs, tell_written};
use crate::cli::talk::Talk;
use crate::crs::Crs;
use crate::error::Result;
use crate::io::{self, ExportOptions, Format, Loss, WriteOptions};
use crate::plan::{Level, Plan};

/// Write the plan for a map tool, in any format and system.
///
/// GeoJSON is RFC 7946: longitude and latitude on WGS 84 (CGCS2000 is treated as equal) to 7 decimals,
/// exteriors counter-clockwise, with bbox, ids as text, every shape valid after rounding.
#[derive(Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    write: WriteArgs,
    /// Format of the output; by default that of the file's ending, else GeoJSON
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<ExportFormat>,
    /// Only features of this level; may be repeated
    #[arg(long, value_name = "LEVEL")]
    level: Vec<Level>,
    /// Only the feature with this id; may be repeated
    #[arg(long, value_name = "ID")]
    id: Vec<String>,
    /// Write how map tools are to draw it: colours in GeoJSON (simplestyle), styles in KML, and for QGIS in GeoPackage or in a .qml beside GeoJSON, shapefile and FlatGeobuf
    #[arg(long)]
    style: bool,
}

/// A format of tables, or one of maps alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExportFormat {
    Table(Format),
    TopoJson,
}

impl ExportFormat {
    fn as_str(self) -> &'static str {
        match self {
            ExportFormat::Table(format) => format.as_str(),
            ExportFormat::TopoJson => "topojson",
        }
    }

    fn of_path(path: &Path) -> Result<ExportFormat> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "topojson" => Ok(ExportFormat::TopoJson),
            _ => Format::of_path(path).map(ExportFormat::Table),
        }
    }
}

impl ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [ExportFormat] {
        const ALL: [ExportFormat; Format::ALL.len() + 1] = {
            let mut all = [ExportFormat::TopoJson; Format::ALL.len() + 1];
            let mut i = 0;
            while i < Format::ALL.len() {
                all[i] = ExportFormat::Table(Format::ALL[i]);
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
        }
    }
}

/// The decimals of a degree in what web maps read: a centimetre.
const DECIMALS: usize = 7;

pub(super) fn run(args: ExportArgs, talk: &Talk) -> Result<Outcome> {
    let plan = args.plan.load(talk)?;
    let format = match (args.format, args.write.output.file()) {
        (Some(format), _) => format,
        (None, Some(path)) => ExportFormat::of_path(path)?,
        (None, None) => ExportFormat::Table(Format::GeoJson),
    };
    let options = ExportOptions {
        levels: args.level,
        ids: args.id,
        as_lines: format == ExportFormat::Table(Format::NdJson),
        crs: args.write.to_crs.unwrap_or(Crs::Crs84),
        decimals: args.write.precision.map_or(DECIMALS, usize::from),
        with_style: args.style,
    };
    // How tables are written tells of the system, too.
    let write = match format {
        ExportFormat::Table(format) => args.write.options(format, Crs::Crs84)?,
        ExportFormat::TopoJson => args.write.options_of_map(format.as_str())?,
    };
    let name = args.write.name();
    let (count, losses) = export(&plan, format, &options, &args.write, &write)?;
    tell_written(&losses, &write, &name, talk);
    if args.write.output.file().is_some() {
        talk.note(&talk.words().wrote(&name, count as u64, format.as_str()));
    }
    talk.notice(&plan);
    Ok(Outcome::Done)
}

fn export(
    plan: &Plan,
    format: ExportFormat,
    options: &ExportOptions,
    args: &WriteArgs,
    write: &WriteOptions,
) -> Result<(usize, Vec<Loss>)> {
    let mut output = args.create()?;
    if let ExportFormat::Table(_) = format {
        return io::export_plan(plan, options, output, write);
    }
    let stem = args.output.file().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let layer = args.to_layer.clone().or(stem).unwrap_or_else(|| "plan".to_owned());
    let count = io::write_topojson(plan, &layer, options, &mut output)?;
    output.commit()?;
    Ok((count, vec![]))
}
