//! Tables of locate, overlay, nearest and convert: any number of threads, any system, any format.

#![cfg(test)]

use geo::Coord;

use super::*;
use crate::crs::{CoordNormalizer, Crs, Transformer};
use crate::error::{ErrorKind, Result};
use crate::io::{self, Encoding, Format, Input, Output, ReadOptions, WriteOptions};
use crate::plan::Plan;
use crate::query::convert::Conversion;
use crate::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};
use crate::query::nearest::{NearestColumn, NearestFinder, RowNearestFinder};
use crate::query::overlay::{KeepParcels, OverlayColumn, Overlayer, RowOverlayer};
use crate::query::{AnsweredBatch, QuerySummary, TableQuery};
use crate::table::{Batch, Field};

/// A query that takes all rows in longitude and latitude.
struct InLonLat<'q, Q>(&'q Q);

impl<Q: TableQuery> TableQuery for InLonLat<'_, Q> {
    type Summary = Q::Summary;

    fn fields(&self) -> Vec<Field> {
        self.0.fields()
    }

    fn answer_batch(
        &self,
        batch: Batch,
        normalizer: Option<&CoordNormalizer>,
        summary: &mut Q::Summary,
    ) -> Option<AnsweredBatch<'_>> {
        assert!(normalizer.is_none());
        self.0.answer_batch(batch, normalizer, summary)
    }
}

/// The written table and the summary of a query in this number of threads.
fn answered<Q: TableQuery>(
    threads: usize,
    csv: &[u8],
    format: Format,
    crs: Crs,
    query: &Q,
) -> Result<(Vec<u8>, Q::Summary)> {
    let options = ReadOptions { crs: Some(crs), ..ReadOptions::default() };
    // Whatever the caller chose for the coordinates.
    let rows = io::open(Input::bytes("sites.csv", csv), &options)?.in_source_crs();
    let (output, written) = Output::memory("out");
    let run = TableRun::new(rows, query).with_threads(threads).write(output, WriteOptions::new(format))?;
    let finished = run.run()?.finish()?;
    Ok((written.into_bytes(), finished.summary))
}

fn located(threads: usize, csv: &[u8], format: Format, crs: Crs) -> Result<(Vec<u8>, LocateSummary)> {
    let plan = Plan::bundled();
    let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone, LocateColumn::Reason]).long();
    answered(threads, csv, format, crs, &locator)
}

fn located_in_lon_lat(csv: &[u8], format: Format, crs: Crs) -> Result<(Vec<u8>, LocateSummary)> {
    let plan = Plan::bundled();
    let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone, LocateColumn::Reason]).long();
    answered(1, csv, format, crs, &InLonLat(&locator))
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
        _ => Coord { x: 121.19 + 0.33 * part(number, 0.754_877_666), y: 28.54 + 0.175 * part(number, 0.569_840_291) },
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
        let (expected, tally) = located_in_lon_lat(csv.as_bytes(), Format::CSV, crs.clone()).unwrap();
        assert!(tally.inside > 1_000 && tally.outside > 1_000 && tally.invalid.count > 100, "{tally:?}");
        for threads in [1, 2] {
            let (written, also) = located(threads, csv.as_bytes(), Format::CSV, crs.clone()).unwrap();
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

const PARCELS: &str = "block,wkt\n\
    A,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n\
    B,\"POLYGON((121.4 28.65,121.41 28.66,121.41 28.65,121.4 28.66,121.4 28.65))\"\n\
    C,\n";

#[test]
fn parcels_are_kept_in_order_and_counted_the_same() {
    let plan = Plan::bundled();
    let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[OverlayColumn::Zone]);
    let csv = PARCELS.as_bytes();
    let (rows, counts) = answered(2, csv, Format::CSV, Crs::Crs84, &overlayer).unwrap();
    let mut labels = vec![];
    let open = || io::open(Input::bytes("parcels.csv", csv), &ReadOptions::default()).unwrap();
    let (output, written) = Output::memory("out");
    let keeping = KeepParcels(&overlayer);
    let run = TableRun::new(open(), &keeping).write(output, WriteOptions::new(Format::CSV)).unwrap();
    let kept = run
        .on_batch(|found| {
            for (batch, parcels) in found.batches.drain(..) {
                assert_eq!(batch.len(), parcels.len());
                labels.extend((0..batch.len()).map(|row| batch.row(row).cell(0).unwrap().text().into_owned()));
            }
            Ok(())
        })
        .run()
        .unwrap();
    assert_eq!((&kept.summary.counts, kept.summary.batches.len()), (&counts, 0));
    kept.finish().unwrap();
    assert_eq!((written.into_bytes(), labels), (rows, vec!["A".to_owned(), "B".to_owned(), "C".to_owned()]));
    // Counts are the same without rows.
    let counted = TableRun::new(open(), &overlayer).run().unwrap();
    assert_eq!((counts.rows(), counts.invalid.count), (3, 2));
    assert_eq!(counted.summary, counts);
    assert!(counted.finish().unwrap().written.is_none());
}

#[test]
fn the_first_invalid_row_ends_a_strict_run_and_nothing_is_written() {
    let plan = Plan::bundled();
    let csv = "lon,lat\n121.4,28.65\n121.4,\n";
    let finder = RowNearestFinder::new(NearestFinder::new(&plan), &NearestColumn::ALL);
    for is_strict in [false, true] {
        let rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let output = Output::create(&path, false).unwrap();
        let run = TableRun::new(rows, &finder).write(output, WriteOptions::new(Format::CSV)).unwrap();
        match run.strict(is_strict).run() {
            Ok(answered) => {
                assert!(!is_strict);
                answered.finish().unwrap();
                assert!(path.exists());
            }
            Err(error) => {
                assert!(is_strict);
                assert_eq!((error.location().file.as_deref(), error.location().row), (Some("sites.csv"), Some(2)));
                assert!(!path.exists());
            }
        }
    }
}

#[test]
fn conversion_counts_rows_outside_the_system_that_is_written() {
    // Zone 40 does not extend to the Gulf of Guinea.
    let csv = b"lon,lat\n121.4,28.65\n0,0\n121.4,95\n";
    let query = Conversion::new().with_reasons();
    for format in [Format::CSV, Format::XLSX] {
        for threads in [1, 2] {
            let rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default()).unwrap();
            let options = WriteOptions { crs: Some(Crs::Epsg(4549)), ..WriteOptions::new(format) };
            let run =
                TableRun::new(rows, &query).with_threads(threads).write(Output::memory("out").0, options).unwrap();
            let finished = run.run().unwrap().finish().unwrap();
            let codes: Vec<_> =
                finished.summary.invalid.first.iter().map(|(row, problem)| (*row, problem.code())).collect();
            assert_eq!(codes, [(2, "outside-crs-area"), (3, "latitude-out-of-range")], "{format}");
            assert!(finished.written.unwrap().losses.is_empty());
        }
    }
}

#[test]
fn progress_ends_with_all_rows() {
    let csv = rows("\n", 60_000, |number| format!("{number},{}", lon_lat(number)));
    let (mut steps, mut last) = (0, 0);
    let table = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default()).unwrap();
    let query = Conversion::new();
    let run = TableRun::new(table, &query).on_progress(|progress| {
        assert!(progress.rows > last && progress.bytes_read.is_some(), "{progress:?}");
        (steps, last) = (steps + 1, progress.rows);
    });
    let answered = run.run().unwrap();
    assert_eq!(answered.summary.rows, 60_000);
    drop(answered);
    assert!(steps > 1 && last == 60_000);
}
