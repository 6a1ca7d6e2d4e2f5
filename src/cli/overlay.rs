//! `corridor overlay`

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{self, PlanArgs};
use crate::cli::tables::{OutputFormat, ReadArgs, WriteArgs, added_fields, tell_invalid, tell_read, tell_written};
use crate::cli::talk::Talk;
use crate::error::{Error, Result};
use crate::io::Format;
use crate::plan::Level;
use crate::query::overlay::{Column, Overlayer, RowOverlayer, Tally};
use crate::table::Carrier;
use crate::units::SquareMetres;

/// Which zones does each parcel meet, how much of it lies in each, and how sure is that?
///
/// Reads parcels (polygons) and writes a row for each parcel and zone that it meets: how it lies to the zone,
/// the area and the share of the part, and which part is the largest. What lies in no zone is a row of its
/// own, so that the shares of a parcel add up to 1. Areas are on the ellipsoid of CGCS2000. A row without a
/// valid polygon is kept, marked `invalid` with a reason, and counted; the exit code is then 1.
#[derive(Args)]
pub(super) struct OverlayArgs {
    /// Parcels, in any format that is read; - for standard input
    input: PathBuf,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    write: WriteArgs,
    /// Format of the output; by default that of the file's ending, else that of the input
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<OutputFormat>,
    /// Lay the parcels over the features of this level
    #[arg(long, value_name = "LEVEL", default_value = "zone")]
    level: Level,
    /// Write only these columns of the answer, in this order
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', value_parser = column)]
    columns: Vec<Column>,
    /// One row for each parcel: its largest part, and all shares in one column
    #[arg(long)]
    wide: bool,
    /// Leave out parts smaller than this area in square metres, but never the largest
    #[arg(long, value_name = "M2", default_value = "0", value_parser = amount)]
    min_area: f64,
    /// Leave out parts with a smaller share of their parcel, but never the largest
    #[arg(long, value_name = "SHARE", default_value = "0", value_parser = amount)]
    min_share: f64,
    /// Repair polygons that are not valid, and say so in `reason`
    #[arg(long)]
    repair: bool,
    /// Write the parts themselves as geometries, for a map
    #[arg(long, conflicts_with = "wide")]
    pieces: bool,
    /// Stop at the first row that is no valid polygon
    #[arg(long)]
    strict: bool,
}

fn amount(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("a number, 0 or more, is expected".to_owned()),
    }
}

fn column(name: &str) -> Result<Column, String> {
    let all = [Column::LONG.as_slice(), &[Column::Shares]].concat();
    all.iter().copied().find(|column| column.as_str() == name).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|column| column.as_str()).collect();
        format!("there are {}", names.join(", "))
    })
}

pub(super) fn run(args: OverlayArgs, talk: &Talk) -> Result<Outcome> {
    let plan = args.plan.load(talk)?;
    let format = match (args.format, args.write.output.file()) {
        (Some(format), _) => Some(format),
        (None, Some(path)) => Some(OutputFormat::Table(Format::of_path(path)?)),
        (None, None) if args.write.excel => Some(OutputFormat::Table(Format::Csv)),
        (None, None) => None,
    };
    let mut rows = args.read.open(args::input(&args.input), talk)?;
    let mut columns = if !args.columns.is_empty() {
        vec![]
    } else if args.wide {
        Column::WIDE.to_vec()
    } else {
        Column::LONG.to_vec()
    };
    for &column in &args.columns {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let added = added_fields(columns.iter().map(|column| column.field()), rows.schema(), talk);
    let format = format.unwrap_or(OutputFormat::Table(rows.format()));
    let mut schema = rows.schema().clone();
    if args.pieces {
        schema.carrier = Carrier::Shapes;
    }
    let (options, mut writer) = args.write.writer(format, &rows, &schema, &added, talk)?;
    let mut overlayer = RowOverlayer::new(Overlayer::new(&plan).at_level(args.level), &columns)
        .without_slivers(SquareMetres(args.min_area), args.min_share);
    if args.wide {
        overlayer = overlayer.wide();
    }
    if args.repair {
        overlayer = overlayer.repairing();
    }
    let mut tally = Tally::default();
    while let Some(batch) = rows.next_batch()? {
        let (batch, answers) = if args.pieces {
            let Some(pieces) = overlayer.pieces(&batch, &mut tally) else { continue };
            pieces
        } else {
            let answers = overlayer.answer(&batch, &mut tally);
            (batch, answers)
        };
        if let (true, Some((row, problem))) = (args.strict, tally.first_invalid.first()) {
            return Err(Error::new(problem.clone()).in_file(rows.file()).at_row(*row));
        }
        writer.write(batch, &answers).map_err(|error| error.in_file(rows.file()))?;
    }
    let losses = writer.finish()?;
    tell_read(&rows, talk);
    tell_written(&losses, &options, &args.write.name(), talk);
    tell_invalid(&tally.first_invalid, tally.invalid, rows.file(), talk);
    if tally.invalid > 0 {
        let is_marked = columns.contains(&Column::Relation) && columns.contains(&Column::Reason);
        talk.note(&talk.words().refused_parcels(rows.file(), tally.invalid, tally.rows(), is_marked));
    }
    if tally.repaired > 0 {
        talk.note(&talk.words().repaired(rows.file(), tally.repaired));
    }
    if tally.slivers > 0 {
        talk.note(&talk.words().slivers(rows.file(), tally.slivers, tally.sliver_area));
    }
    let summary = talk.words().overlay_tally(rows.file(), &tally);
    if args.write.output.file().is_some() {
        talk.note(&summary);
    } else {
        talk.detail(&summary);
    }
    talk.notice(&plan);
    Ok(if tally.invalid > 0 { Outcome::Findings } else { Outcome::Done })
}
