//! How do I locate a whole table of sites?

use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::QuerySummary;
use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator};
use taizhou_corridor::run::TableRun;

fn main() -> Result<(), taizhou_corridor::Error> {
    let csv = "code,lon,lat\n0701,121.36898,28.65590\n0702,28.65590,121.36898\n";
    let rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;

    let plan = Plan::bundled();
    let columns = [LocateColumn::Position, LocateColumn::Path, LocateColumn::Reason];
    let locator = RowLocator::new(Locator::new(&plan), &columns);

    let output = Output::stream("-", std::io::stdout());
    let run = TableRun::new(rows, &locator).write(output, WriteOptions::new(Format::CSV))?;
    let finished = run.run()?.finish()?;

    let counts = finished.summary;
    println!("{} rows, {} of them invalid", counts.rows(), counts.invalid.count);
    Ok(())
}
