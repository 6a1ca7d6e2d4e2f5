//! `corridor locate`

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use geo::Coord;

use crate::cli::Outcome;
use crate::cli::args::{self, PlanArgs};
use crate::cli::tables::{
    OutputFormat, ReadArgs, WriteArgs, added_fields, format_of_answers, tell_invalid, tell_read, tell_written,
};
use crate::cli::talk::Talk;
use crate::crs::{AxisOrder, Crs, Settler};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Format, Input, Rows, WriteOptions, Writer};
use crate::plan::{Level, Plan};
use crate::query::locate::{Column, Locator, RowLocator, Tally};
use crate::report::locate::card;
use crate::units::Metres;

/// Which zone holds each site, how far is its boundary, and how sure is that?
///
/// Reads sites from a CSV, GeoJSON or XLSX file and writes them with the answer in further columns; the
/// sites' own columns, and their order, stay as they are. A row that has no usable position is kept,
/// marked `invalid` with a reason, and counted; the exit code is then 1.
///
/// Coordinates are longitude and latitude in degrees on WGS 84 or CGCS2000, unless --crs names another
/// system. In a Gauss-Krüger zone the numbers tell which is the northing, and whether the easting has
/// the prefix of the zone. GCJ-02 and BD-09 cannot be told by their numbers: name them.
#[derive(Args)]
#[command(group(ArgGroup::new("sites").required(true).args(["input", "at"])))]
pub(super) struct LocateArgs {
    /// Sites: a CSV, GeoJSON or XLSX file; - for standard input
    input: Option<PathBuf>,
    /// A site given here: longitude,latitude in degrees; may be repeated
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    at: Vec<String>,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    write: WriteArgs,
    /// Format of the output; by default that of the file's ending, else that of the input
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<OutputFormat>,
    /// Position uncertainty of the sites at 95 %, in metres; widens what is uncertain
    #[arg(long, value_name = "METRES", default_value = "0", value_parser = metres, allow_hyphen_values = true)]
    uncertainty: f64,
    /// Column that states each site's position uncertainty in metres; where it is empty, --uncertainty holds
    #[arg(long, value_name = "COLUMN", conflicts_with = "at")]
    uncertainty_field: Option<String>,
    /// Answer down to this level only: zone leaves out clusters
    #[arg(long, value_name = "LEVEL", default_value = "cluster")]
    level: Level,
    /// Write only these columns of the answer, in this order
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', value_parser = column)]
    columns: Vec<Column>,
    /// One row for each site and zone that holds it; a site in none keeps one row
    #[arg(long)]
    long: bool,
    /// Stop at the first row that has no usable position
    #[arg(long)]
    strict: bool,
}

fn metres(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("a number of metres, 0 or more, is expected".to_owned()),
    }
}

fn column(name: &str) -> Result<Column, String> {
    Column::ALL.into_iter().find(|column| column.as_str() == name).ok_or_else(|| {
        let names: Vec<&str> = Column::ALL.iter().map(|column| column.as_str()).collect();
        format!("there are {}", names.join(", "))
    })
}

pub(super) fn run(args: LocateArgs, talk: &Talk) -> Result<Outcome> {
    let plan = args.plan.load(talk)?;
    let format = match args.write.format(args.format)? {
        // Columns are those of a table.
        None if !args.at.is_empty() && (args.long || !args.columns.is_empty()) => {
            Some(OutputFormat::Table(Format::Csv))
        }
        format => format,
    };
    if args.write.excel && format == Some(OutputFormat::Text) {
        return Err(Error::new(ErrorKind::OptionMismatch { option: "--excel", format: "text".to_owned() }));
    }
    if !args.at.is_empty() && matches!(format, None | Some(OutputFormat::Text)) {
        return cards(&args, &plan, talk);
    }
    let input = match &args.input {
        Some(path) => args::input(path),
        None => at_table(&args)?,
    };
    let rows = args.read.open(input, talk)?;
    if let Some(name) = args.uncertainty_field.as_ref().filter(|name| rows.schema().position(name).is_none()) {
        let kind = ErrorKind::UnknownColumn { name: name.clone(), columns: rows.schema().names() };
        return Err(Error::new(kind).in_file(rows.file()));
    }
    let mut columns = if args.columns.is_empty() { Column::ALL.to_vec() } else { vec![] };
    for &column in &args.columns {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let added = added_fields(columns.iter().map(|column| column.field()), rows.schema(), talk);
    let format = format.unwrap_or_else(|| format_of_answers(&rows));
    let (options, writer) = args.write.writer(format, &rows, rows.schema(), &added, talk)?;
    let mut locator = RowLocator::new(Locator::new(&plan).down_to(args.level), &columns)
        .with_uncertainty(Metres(args.uncertainty), args.uncertainty_field.clone());
    if args.long {
        locator = locator.long();
    }
    table(rows, (writer, &options), &locator, &args, &plan, talk)
}

/// Answers all rows of a table.
fn table(
    mut rows: Rows,
    (mut writer, options): (Writer, &WriteOptions),
    locator: &RowLocator<'_>,
    args: &LocateArgs,
    plan: &Plan,
    talk: &Talk,
) -> Result<Outcome> {
    let mut tally = Tally::default();
    while let Some(batch) = rows.next_batch()? {
        let answers = locator.answer(&batch, &mut tally);
        if let (true, Some((row, problem))) = (args.strict, tally.first_invalid.first()) {
            return Err(Error::new(problem.clone()).in_file(rows.file()).at_row(*row));
        }
        writer.write(batch, &answers).map_err(|error| error.in_file(rows.file()))?;
    }
    let losses = writer.finish()?;
    tell_read(&rows, talk);
    tell_written(&losses, options, &args.write.name(), talk);
    let words = talk.words();
    tell_invalid(&tally.first_invalid, tally.invalid, rows.file(), talk);
    if tally.invalid > 0 {
        let is_marked = locator.columns().contains(&Column::Position) && locator.columns().contains(&Column::Reason);
        talk.note(&words.refused_rows(rows.file(), tally.invalid, tally.rows(), is_marked));
    }
    let summary = words.tally(rows.file(), &tally);
    if args.write.output.file().is_some() {
        talk.note(&summary)
    } else {
        talk.detail(&summary)
    }
    talk.notice(plan);
    Ok(if tally.invalid > 0 { Outcome::Findings } else { Outcome::Done })
}

/// The sites of the command line, answered for people.
fn cards(args: &LocateArgs, plan: &Plan, talk: &Talk) -> Result<Outcome> {
    let locator = Locator::new(plan).down_to(args.level);
    let uncertainty = Metres(args.uncertainty);
    let mut text = String::new();
    for site in at_sites(args)? {
        let answer = locator.locate(site, uncertainty);
        text.push_str(&card(plan, site, uncertainty, &answer, talk.lang));
    }
    if let Some(notice) = talk.lang.notice_of(plan) {
        text.push_str(&format!("\n{notice}\n"));
    }
    super::write_text(args.write.create()?, &text)?;
    Ok(Outcome::Done)
}

/// The sites of the command line as longitudes and latitudes.
fn at_sites(args: &LocateArgs) -> Result<Vec<Coord<f64>>> {
    let mut sites = args.at.iter().map(|at| numbers(at).map(Ok)).collect::<Result<Vec<_>>>()?;
    Settler::new(args.read.crs.crs().unwrap_or(Crs::Crs84), args.read.crs.axis_order())?.settle(&mut sites);
    Ok(sites.into_iter().collect::<Result<Vec<_>, _>>()?)
}

/// The sites of the command line as a table, as they were given.
fn at_table(args: &LocateArgs) -> Result<Input> {
    at_sites(args)?;
    let is_lon_lat = args.read.crs.crs().is_none_or(Crs::is_lon_lat);
    let mut csv = String::from(match (is_lon_lat, args.read.crs.axis_order()) {
        (true, AxisOrder::NorthEast) => "lat,lon\n",
        (true, _) => "lon,lat\n",
        (false, _) => "x,y\n",
    });
    for at in &args.at {
        let Coord { x, y } = numbers(at)?;
        csv.push_str(&format!("{x},{y}\n"));
    }
    Ok(Input::bytes("--at", csv))
}

/// Two numbers with a comma, a Chinese comma or a space between them.
fn numbers(text: &str) -> Result<Coord<f64>> {
    let parts: Vec<Option<f64>> =
        text.split([',', '，', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    match parts.as_slice() {
        &[Some(x), Some(y)] if x.is_finite() && y.is_finite() => Ok(Coord { x, y }),
        _ => Err(Error::new(ErrorKind::BadPosition(text.to_owned()))),
    }
}
