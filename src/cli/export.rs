//! `corridor export`

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{OutputArgs, PlanArgs};
use crate::cli::talk::Talk;
use crate::error::{Error, ErrorKind, Result};
use crate::io::{ExportOptions, Format, write_plan};
use crate::plan::Level;

/// Write the plan for a map tool, as RFC 7946 GeoJSON.
///
/// Longitude and latitude on WGS 84 (CGCS2000 is treated as equal), exteriors counter-clockwise, with
/// bbox, ids as text, every shape valid after rounding. An output that ends in .ndjson has one
/// feature a line.
#[derive(Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Only features of this level; may be repeated
    #[arg(long, value_name = "LEVEL")]
    level: Vec<Level>,
    /// Only the feature with this id; may be repeated
    #[arg(long, value_name = "ID")]
    id: Vec<String>,
    /// Decimals of a degree: 7 are a centimetre
    #[arg(long, value_name = "DECIMALS", default_value = "7", value_parser = clap::value_parser!(u8).range(0..=15))]
    precision: u8,
    /// Add colours for map tools (simplestyle)
    #[arg(long)]
    style: bool,
}

pub(super) fn run(args: ExportArgs, talk: &Talk) -> Result<Outcome> {
    let plan = args.plan.load(talk)?;
    let format = args.output.file().map_or(Ok(Format::GeoJson), |path| Format::of_path(path))?;
    if let (Format::Csv | Format::Tsv | Format::Xlsx, Some(path)) = (format, args.output.file()) {
        return Err(Error::new(ErrorKind::NoOutlines(path.display().to_string())));
    }
    let options = ExportOptions {
        levels: args.level,
        ids: args.id,
        as_lines: format != Format::GeoJson,
        decimals: usize::from(args.precision),
        with_style: args.style,
    };
    let mut output = args.output.create()?;
    let count = write_plan(&plan, &options, &mut output)?;
    let name = output.name().to_owned();
    output.commit()?;
    if args.output.file().is_some() {
        talk.note(&talk.words().wrote(&name, count as u64, format.as_str()));
    }
    talk.notice(&plan);
    Ok(Outcome::Done)
}
