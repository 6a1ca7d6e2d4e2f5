//! `corridor locate`

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use geo::Coord;

use crate::cli::args::{self, PlanArgs};
use crate::cli::progress::Progress;
use crate::cli::run_query::{answer_all, stop_at_first};
use crate::cli::table_args::{
    CarryArgs, OutputFormat, ReadArgs, SummaryArgs, WriteArgs, added_fields, format_of_answers, report_invalid,
    report_read, report_written,
};
use crate::cli::ui::Ui;
use crate::cli::usage::{Quantity, ValueProblem};
use crate::cli::{Outcome, pipeline, write_text};
use crate::crs::{AxisOrder, CoordNormalizer};
use crate::error::{Error, ErrorKind, Result};
use crate::index::ProjectedCellIndex;
use crate::io::{Format, Input, Output, Rows, WriteOptions, Writer};
use crate::plan::{Level, Plan};
use crate::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};
use crate::report;
use crate::report::locate::card;
use crate::table::{AnswerTable, Batch};
use crate::units::Metres;

/// Which zone contains each site, how far is its boundary, and how certain is that?
///
/// Reads sites from a file in any supported format and writes them with the answer in additional columns; the
/// sites' own columns and the order of rows are kept. A row without a usable position is kept, marked `invalid`
/// with a reason, and counted; the exit code is then 1.
///
/// Coordinates are longitude and latitude in degrees on WGS 84 or CGCS2000, unless --crs names another system. In a
/// Gauss-Krüger zone, axis order and zone prefix are detected from the values. GCJ-02 and BD-09 cannot be detected
/// from the values; pass --crs.
#[derive(Args)]
#[command(group(ArgGroup::new("sites").required(true).args(["input", "at"])))]
pub(super) struct LocateArgs {
    /// Sites, in any supported format; - for standard input
    input: Option<PathBuf>,
    /// A site given directly: longitude,latitude in degrees; may be repeated
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true, conflicts_with_all = ["fields", "summary"])]
    at: Vec<String>,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    carry: CarryArgs,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    summary: SummaryArgs,
    /// Output format; by default from the file extension, else that of the input
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<OutputFormat>,
    /// Position uncertainty of the sites in metres (95 %), taken into account in `certainty`
    #[arg(long, value_name = "METRES", default_value = "0", value_parser = metres, allow_hyphen_values = true)]
    uncertainty: f64,
    /// Column with the position uncertainty of each site in metres; --uncertainty applies where it is empty
    #[arg(long, value_name = "COLUMN", conflicts_with = "at")]
    uncertainty_field: Option<String>,
    /// Most specific level of the answer: zone leaves out clusters
    #[arg(long, value_name = "LEVEL", default_value = "cluster", value_parser = args::level)]
    level: Level,
    /// Write only these columns of the answer, in this order
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', value_parser = column)]
    columns: Vec<LocateColumn>,
    /// One row for each site and zone that contains it; a site in no zone keeps one row
    #[arg(long)]
    long: bool,
    /// Stop at the first row without a usable position
    #[arg(long)]
    strict: bool,
}

fn metres(text: &str) -> Result<f64, ValueProblem> {
    args::amount(text, Quantity::Metres)
}

fn column(name: &str) -> Result<LocateColumn, ValueProblem> {
    args::one_of(LocateColumn::ALL, LocateColumn::as_str, name)
}

pub(super) fn run(args: LocateArgs, ui: &Ui) -> Result<Outcome> {
    let plan = args.plan.load(ui)?;
    let format = match args.write.format(args.format)? {
        // Columns are those of a table.
        None if !args.at.is_empty() && (args.long || !args.columns.is_empty()) => {
            Some(OutputFormat::Table(Format::CSV))
        }
        format => format,
    };
    if args.write.excel && format == Some(OutputFormat::Text) {
        return Err(Error::new(ErrorKind::OptionMismatch { option: "--excel", format: "text".to_owned() }));
    }
    if !args.at.is_empty() && matches!(format, None | Some(OutputFormat::Text)) {
        return cards(&args, &plan, ui);
    }
    let input = match &args.input {
        Some(path) => args::input(path),
        None => at_table(&args)?,
    };
    let rows = args.read.open(input, ui)?;
    if let Some(name) = args.uncertainty_field.as_ref().filter(|name| rows.schema().position(name).is_none()) {
        let kind = ErrorKind::UnknownColumn { name: name.clone(), columns: rows.schema().names() };
        return Err(Error::new(kind).in_file(rows.file()));
    }
    let columns = if args.columns.is_empty() { LocateColumn::ALL.to_vec() } else { args::distinct(&args.columns) };
    let schema = args.carry.schema(&rows)?;
    let added = added_fields(columns.iter().map(|column| column.field()), &schema, ui);
    let format = format.unwrap_or_else(|| format_of_answers(&rows));
    // Coordinates stay as they are where the system does, and most sites need not be brought to another one.
    let stays = ProjectedCellIndex::supports(&rows.crs()) && args.write.keeps_system_of(&rows, format)?;
    let rows = if stays { rows.in_source_crs() } else { rows };
    let summary = args.summary.output(&args.write)?;
    let written = match args.summary.leaves_rows(&args.write) {
        true => Some(args.write.writer(format, &rows, &schema, &added, ui)?),
        false => None,
    };
    let mut locator = RowLocator::new(Locator::new(&plan).max_level(args.level), &columns)
        .with_uncertainty(Metres(args.uncertainty), args.uncertainty_field.clone())
        .with_reasons(format.reason_text(ui.lang));
    if args.long {
        locator = locator.long();
    }
    if summary.is_some() {
        locator = locator.counting_zones();
    }
    table(rows, written, summary, &locator, &args, ui)
}

/// Answers all rows of a table.
fn table(
    mut rows: Rows,
    mut written: Option<(WriteOptions, Writer)>,
    summary: Option<Output>,
    locator: &RowLocator<'_>,
    args: &LocateArgs,
    ui: &Ui,
) -> Result<Outcome> {
    let mut tally = LocateSummary::default();
    let (file, progress) = (rows.file().to_owned(), Progress::of(&rows, args.write.output.file().is_none(), ui));
    answer_all(
        pipeline::threads(),
        &mut rows,
        progress,
        written.as_mut().map(|(_, writer)| writer),
        |batch, normalizer| answered(locator, batch, normalizer),
        |found| {
            tally.append(found);
            stop_at_first(&tally.invalid, args.strict)
        },
    )
    .map_err(|error| error.in_file(file))?;
    let plan = locator.locator().plan();
    let is_written = written.is_some();
    let losses = match written {
        Some((options, writer)) => Some((writer.finish()?, options)),
        None => None,
    };
    if let Some(output) = summary {
        write_text(output, &report::summary::locate(plan, &tally))?;
    }
    report_read(&rows, ui);
    if let Some((losses, options)) = losses {
        report_written(&losses, &options, &args.write.name(), ui);
    }
    let texts = ui.texts();
    report_invalid(&tally.invalid, rows.file(), ui);
    if tally.invalid.count > 0 {
        let is_marked = is_written
            && [LocateColumn::Position, LocateColumn::Reason].iter().all(|column| locator.columns().contains(column));
        ui.info(&texts.invalid_rows(rows.file(), tally.invalid.count, tally.rows(), is_marked.then_some("position")));
    }
    let summary =
        texts.locate_summary(rows.file(), &tally, locator.columns().iter().any(|column| column.needs_distance()));
    if args.write.output.file().is_some() {
        ui.info(&summary)
    } else {
        ui.verbose(&summary)
    }
    ui.disclaimer(plan);
    Ok(if tally.invalid.count > 0 { Outcome::Findings } else { Outcome::Done })
}

/// What is counted of a batch, and what is written of it.
fn answered<'p>(
    locator: &'p RowLocator<'p>,
    mut batch: Batch,
    normalizer: Option<&CoordNormalizer>,
) -> (LocateSummary, Option<(Batch, AnswerTable<'p>)>) {
    let mut tally = LocateSummary::default();
    let answers = match normalizer {
        Some(normalizer) => locator.answer_in_system(normalizer, &mut batch, &mut tally),
        None => locator.answer(&batch, &mut tally),
    };
    (tally, Some((batch, answers)))
}

/// The sites of the command line, answered for people.
fn cards(args: &LocateArgs, plan: &Plan, ui: &Ui) -> Result<Outcome> {
    let locator = Locator::new(plan).max_level(args.level);
    let uncertainty = Metres(args.uncertainty);
    let mut text = String::new();
    for site in at_sites(args)? {
        let answer = locator.locate(site, uncertainty);
        text.push_str(&card(plan, site, uncertainty, &answer, ui.lang));
    }
    if let Some(notice) = ui.lang.notice_of(plan) {
        text.push_str(&format!("\n{notice}\n"));
    }
    write_text(args.write.create()?, &text)?;
    Ok(Outcome::Done)
}

/// The sites of the command line as longitudes and latitudes.
fn at_sites(args: &LocateArgs) -> Result<Vec<Coord<f64>>> {
    let mut sites = args.at.iter().map(|at| numbers(at).map(Ok)).collect::<Result<Vec<_>>>()?;
    CoordNormalizer::new(args.read.crs.of_command_line(), args.read.crs.axis_order())?.normalize(&mut sites);
    Ok(sites.into_iter().collect::<Result<Vec<_>, _>>()?)
}

/// The sites of the command line as a table, as they were given.
fn at_table(args: &LocateArgs) -> Result<Input> {
    at_sites(args)?;
    let is_lon_lat = args.read.crs.of_command_line().is_lon_lat();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::{Crs, Transformer};
    use crate::io::{self, Encoding, ReadOptions};

    /// What is written of a file by so many threads, and what is counted.
    fn located(threads: usize, csv: &[u8], format: Format, crs: Crs) -> Result<(Vec<u8>, LocateSummary)> {
        located_in(false, threads, csv, format, crs)
    }

    /// The same, with the rows left in their own system or not.
    fn located_in(
        is_own: bool,
        threads: usize,
        csv: &[u8],
        format: Format,
        crs: Crs,
    ) -> Result<(Vec<u8>, LocateSummary)> {
        let plan = Plan::bundled();
        let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone, LocateColumn::Reason]).long();
        let options = ReadOptions { crs: Some(crs.clone()), ..ReadOptions::default() };
        let mut rows = io::open(Input::bytes("sites.csv", csv), &options)?;
        let (output, written) = Output::memory("out");
        let added = locator.columns().iter().map(|column| column.field()).collect::<Vec<_>>();
        if is_own {
            rows = rows.in_source_crs();
        }
        let options = WriteOptions { source_crs: crs, is_in_source_crs: is_own, ..WriteOptions::new(format) };
        let mut writer = io::create(output, rows.schema(), &added, &options)?;
        let mut tally = LocateSummary::default();
        answer_all(
            threads,
            &mut rows,
            Progress::nobody(),
            Some(&mut writer),
            |batch, normalizer| answered(&locator, batch, normalizer),
            |found| {
                tally.append(found);
                Ok(())
            },
        )?;
        writer.finish()?;
        Ok((written.into_bytes(), tally))
    }

    fn rows(line_end: &str, count: usize, line: impl Fn(usize) -> String) -> String {
        let lines = (0..count).map(|number| line(number) + line_end);
        std::iter::once(format!("name,lon,lat{line_end}")).chain(lines).collect()
    }

    fn lon_lat(number: usize) -> String {
        let part = |step: f64| (number as f64 * step).fract();
        format!("{:.7},{:.7}", 121.19 + 0.33 * part(0.754_877_666), 28.54 + 0.175 * part(0.569_840_291))
    }

    #[test]
    fn any_number_of_threads_writes_the_same() {
        let many = 60_000;
        let plain = rows("\n", many, |number| match number % 1_000 {
            7 => format!("{number},,28.6"),
            8 => format!("{number},121.4"),
            _ => format!("{number},{}", lon_lat(number)),
        });
        let nasty = rows("\r\n", many, |number| match number % 50 {
            7 => format!("\"a \"\"{number}\"\", b\r\nc\",{}", lon_lat(number)),
            8 => format!("台州 \"{number},{}\r\n", lon_lat(number)),
            9 => format!("\"{number}\", {} ,more", lon_lat(number)),
            _ => format!("台州{number},{}", lon_lat(number)),
        });
        let zone = rows("\n", many, |number| format!("a,{}.5,{}", 3_160_000 + number % 10_000, 630_000 + number / 4));
        let long = rows("\n", 20, |number| format!("\"{}\n\",{}", "台".repeat(200_000), lon_lat(number)));
        for (csv, crs) in [(plain, Crs::Crs84), (nasty, Crs::Crs84), (zone, Crs::Epsg(4549)), (long, Crs::Crs84)] {
            let is_lon_lat = crs == Crs::Crs84;
            for format in [Format::CSV, Format::TSV, Format::GEOJSON] {
                let (expected, tally) = located(1, csv.as_bytes(), format, crs.clone()).unwrap();
                assert!(tally.rows() >= 20 && tally.inside > 0, "{tally:?}");
                assert!(
                    !is_lon_lat
                        || tally.invalid.count == 0
                        || tally.invalid.first[0].0 == 8
                        || tally.invalid.first[0].0 == 10
                );
                for threads in [2, 8] {
                    let (written, also) = located(threads, csv.as_bytes(), format, crs.clone()).unwrap();
                    assert!(written == expected && also == tally, "{format} by {threads} threads");
                }
            }
        }
    }

    #[test]
    fn sites_that_stay_in_their_system_have_the_same_answers() {
        let plan = Plan::bundled();
        let corners: Vec<Coord<f64>> =
            plan.features().iter().flat_map(|zone| zone.shape.0[0].exterior().0.clone()).collect();
        let part = |number: usize, step: f64| (number as f64 * step).fract();
        let place = |number: usize| match number % 10 {
            0 => corners[number / 10 % corners.len()],
            _ => {
                Coord { x: 121.19 + 0.33 * part(number, 0.754_877_666), y: 28.54 + 0.175 * part(number, 0.569_840_291) }
            }
        };
        for crs in [Crs::Epsg(4549), Crs::Epsg(4528), Crs::Gcj02, Crs::Bd09] {
            let mut places: Vec<Coord<f64>> = (0..60_000).map(place).collect();
            Transformer::to_crs(crs.clone()).unwrap().apply(&mut places).unwrap();
            let csv = rows("\n", places.len(), |number| {
                let Coord { x, y } = places[number];
                match number % 1_000 {
                    7 => format!("{number},,{y}"),
                    8 => format!("{number},{x}"),
                    9 => format!("{number},1e300,{y}"),
                    10 => format!("{number},{x},-7e5"),
                    11 => format!("{number},{y},{x}"),
                    12 => format!("{number},{},{y}", x + 3e6),
                    13 => format!("{number},0,0"),
                    _ => format!("{number},{x},{y}"),
                }
            });
            let (expected, tally) = located(1, csv.as_bytes(), Format::CSV, crs.clone()).unwrap();
            assert!(tally.inside > 1_000 && tally.outside > 1_000 && tally.invalid.count > 100, "{tally:?}");
            for threads in [1, 2] {
                let (written, also) = located_in(true, threads, csv.as_bytes(), Format::CSV, crs.clone()).unwrap();
                assert!(written == expected && also == tally, "{crs}: {also:?}, {tally:?}");
            }
        }
    }

    #[test]
    fn lines_that_nothing_changes_are_written_as_they_came() {
        let csv = "\u{feff}name,lon,lat\r\n\r\na,121.0, 28.0 \r\n\"b\nc\",121.0,28.0\rd\"e,121.0,28.0\n\"f\",121.0\n\ng,121.0,28.0,x";
        let (written, tally) = located(2, csv.as_bytes(), Format::CSV, Crs::Crs84).unwrap();
        let expected = "name,lon,lat,zone,reason\na,121.0, 28.0 ,,\n\"b\nc\",121.0,28.0,,\n\"d\"\"e\",121.0,28.0,,\n\
            f,121.0,,,field-count: 2 fields where the header has 3\n\
            g,121.0,28.0,,field-count: 4 fields where the header has 3; beyond them: x\n";
        assert_eq!(String::from_utf8(written).unwrap(), expected);
        assert_eq!((tally.invalid.count, tally.outside), (2, 3));
    }

    #[test]
    fn tabs_and_gb18030_come_out_as_what_is_asked_for() {
        let tabs = "name\tlon\tlat\n台,州\t121.0\t28.0\n";
        let gbk = Encoding::Gb18030.encode(tabs).into_owned();
        for csv in [tabs.as_bytes(), gbk.as_slice()] {
            let written = |format| String::from_utf8(located(2, csv, format, Crs::Crs84).unwrap().0).unwrap();
            assert_eq!(written(Format::TSV), "name\tlon\tlat\tzone\treason\n台,州\t121.0\t28.0\t\t\n");
            assert_eq!(written(Format::CSV), "name,lon,lat,zone,reason\n\"台,州\",121.0,28.0,,\n");
        }
    }

    #[test]
    fn an_error_tells_its_row_in_any_block() {
        let mut csv = rows("\n", 60_000, |number| format!("台州{number},{}", lon_lat(number))).into_bytes();
        // A byte behind the line end that 50,000 rows and the header have before.
        let (line_end, _) = csv.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(50_000).unwrap();
        csv[line_end + 1] = 0xff;
        for threads in [1, 2, 8] {
            let error = located(threads, &csv, Format::CSV, Crs::Crs84).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::NotText { encoding: "UTF-8" }));
            assert_eq!((error.location().row, error.location().line), (Some(50_001), Some(50_002)), "{error}");
        }
    }
}
