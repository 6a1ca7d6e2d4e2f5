//! How do I locate a whole table of sites?

use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::locate::{LocateColumn, LocateSummary, Locator, RowLocator};

fn main() -> Result<(), taizhou_corridor::Error> {
    let csv = "code,lon,lat\n0701,121.36898,28.65590\n0702,28.65590,121.36898\n";
    let mut rows = io::open(Input::bytes("sites.csv", csv), &ReadOptions::default())?;

    let plan = Plan::bundled();
    let columns = [LocateColumn::Position, LocateColumn::Path, LocateColumn::Reason];
    let locator = RowLocator::new(Locator::new(&plan), &columns);
    let output = Output::stream("-", std::io::stdout());
    let added = columns.map(LocateColumn::field);
    let mut writer = io::create(output, rows.schema(), &added, &WriteOptions::new(Format::CSV))?;

    let mut tally = LocateSummary::default();
    while let Some(batch) = rows.next_batch()? {
        let answers = locator.answer(&batch, &mut tally);
        writer.write(batch, &answers)?;
    }
    writer.finish()?;
    println!("{} rows, {} of them invalid", tally.rows(), tally.invalid.count);
    Ok(())
}
