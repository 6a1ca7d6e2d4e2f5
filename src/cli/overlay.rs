//! `corridor overlay`

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::{self, PlanArgs};
use crate::cli::tables::{
    OutputFormat, ReadArgs, WriteArgs, added_fields, format_of_answers, tell_invalid, tell_read, tell_written,
};
use crate::cli::talk::Talk;
use crate::cli::{Outcome, write_text};
use crate::error::{Error, ErrorKind, Result};
use crate::io::Format;
use crate::plan::{Level, Plan};
use crate::query::overlay::{Column, Overlayer, RowOverlayer, Sums, Tally};
use crate::report;
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
    /// Write the area of each class in each zone instead: classes are what stands in this column
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["wide", "pieces", "columns", "min_area", "min_share"])]
    sum_by: Option<String>,
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
    if let Some(field) = &args.sum_by {
        return sums(&args, field, &plan, talk);
    }
    let format = args.write.format(args.format)?;
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
    let format = format.unwrap_or_else(|| format_of_answers(&rows));
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
    tell_tally(&tally, columns.contains(&Column::Relation) && columns.contains(&Column::Reason), rows.file(), talk);
    let summary = talk.words().overlay_tally(rows.file(), &tally);
    if args.write.output.file().is_some() {
        talk.note(&summary);
    } else {
        talk.detail(&summary);
    }
    talk.notice(&plan);
    Ok(if tally.invalid > 0 { Outcome::Findings } else { Outcome::Done })
}

/// Says what became of rows that are no parcels, or not as they came.
fn tell_tally(tally: &Tally, is_marked: bool, file: &str, talk: &Talk) {
    tell_invalid(&tally.first_invalid, tally.invalid, file, talk);
    if tally.invalid > 0 {
        talk.note(&talk.words().refused_parcels(file, tally.invalid, tally.rows(), is_marked));
    }
    if tally.repaired > 0 {
        talk.note(&talk.words().repaired(file, tally.repaired));
    }
    if tally.slivers > 0 {
        talk.note(&talk.words().slivers(file, tally.slivers, tally.sliver_area));
    }
}

/// The area of each class in each zone.
fn sums(args: &OverlayArgs, field: &str, plan: &Plan, talk: &Talk) -> Result<Outcome> {
    let format = match args.format {
        None => args.write.output.format(OutputFormat::Text, |ending| match ending {
            "txt" => Some(OutputFormat::Text),
            "csv" => Some(OutputFormat::Table(Format::Csv)),
            "json" => Some(OutputFormat::Table(Format::GeoJson)),
            _ => None,
        })?,
        Some(format @ (OutputFormat::Text | OutputFormat::Table(Format::Csv))) => format,
        Some(OutputFormat::Table(format)) => {
            return Err(Error::new(ErrorKind::OptionMismatch { option: "--sum-by", format: format.to_string() }));
        }
    };
    let mut rows = args.read.open(args::input(&args.input), talk)?;
    let column = rows.schema().position(field).ok_or_else(|| {
        let kind = ErrorKind::UnknownColumn { name: field.to_owned(), columns: rows.schema().names() };
        Error::new(kind).in_file(rows.file())
    })?;
    let mut overlayer = RowOverlayer::new(Overlayer::new(plan).at_level(args.level), &[]);
    if args.repair {
        overlayer = overlayer.repairing();
    }
    let (mut sums, mut tally) = (Sums::new(overlayer.overlayer()), Tally::default());
    while let Some(batch) = rows.next_batch()? {
        overlayer.sum(&batch, column, &mut sums, &mut tally);
        if let (true, Some((row, problem))) = (args.strict, tally.first_invalid.first()) {
            return Err(Error::new(problem.clone()).in_file(rows.file()).at_row(*row));
        }
    }
    let text = match format {
        OutputFormat::Text => report::sums::table(&sums, field, talk.lang),
        OutputFormat::Table(Format::Csv) => report::sums::records(&sums).to_csv(),
        OutputFormat::Table(_) => report::sums::records(&sums).to_json(),
    };
    write_text(args.write.create()?, &text)?;
    tell_read(&rows, talk);
    tell_tally(&tally, false, rows.file(), talk);
    talk.notice(plan);
    Ok(if tally.invalid > 0 { Outcome::Findings } else { Outcome::Done })
}
