//! `corridor export`

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::PlanArgs;
use crate::cli::tables::{FormatArg, WriteArgs, tell_written};
use crate::cli::talk::Talk;
use crate::crs::Crs;
use crate::error::Result;
use crate::io::{self, ExportOptions, Format};
use crate::plan::Level;

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
    format: Option<FormatArg>,
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

/// The decimals of a degree in GeoJSON: a centimetre.
const DECIMALS: usize = 7;

pub(super) fn run(args: ExportArgs, talk: &Talk) -> Result<Outcome> {
    let plan = args.plan.load(talk)?;
    let format = match (args.format, args.write.output.file()) {
        (Some(FormatArg(format)), _) => format,
        (None, Some(path)) => Format::of_path(path)?,
        (None, None) => Format::GeoJson,
    };
    let write = args.write.options(format, Crs::Crs84)?;
    let options = ExportOptions {
        levels: args.level,
        ids: args.id,
        as_lines: format == Format::NdJson,
        decimals: args.write.precision.map_or(DECIMALS, usize::from),
        with_style: args.style,
        ..ExportOptions::default()
    };
    let output = args.write.create()?;
    let name = output.name().to_owned();
    let (count, losses) = io::export_plan(&plan, &options, output, &write)?;
    tell_written(&losses, &write, &name, talk);
    if args.write.output.file().is_some() {
        talk.note(&talk.words().wrote(&name, count as u64, format.as_str()));
    }
    talk.notice(&plan);
    Ok(Outcome::Done)
}
