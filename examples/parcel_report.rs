//! A report on the sample parcels: the zones they belong to, and a check of their stated areas.

use taizhou_corridor::error::Result;
use taizhou_corridor::io::{self, Input, Output, ReadOptions};
use taizhou_corridor::messages::Lang;
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::overlay::{OverlaySummary, Overlayer, ParcelSummary, ParcelSummaryOptions, RowOverlayer};
use taizhou_corridor::report::document::ReportFormat;
use taizhou_corridor::report::parcels::{ParcelReport, Source};

fn main() -> Result<()> {
    let plan = Plan::bundled();
    let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[]);
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.txt");
    let mut rows = io::open(Input::path(sample), &ReadOptions::default())?;

    // The columns with the names and the stated areas of the parcels.
    let options = ParcelSummaryOptions {
        label: rows.label_column(),
        stated: rows.stated_area(),
        ..ParcelSummaryOptions::default()
    };
    let mut account = ParcelSummary::new(overlayer.overlayer(), options);
    let mut tally = OverlaySummary::default();

    let (output, memory) = Output::memory("report.md");
    let mut report = ParcelReport::new(output, ReportFormat::Markdown, &account, Lang::En)?;
    while let Some(batch) = rows.next_batch()? {
        let parcels = overlayer.parcels(&batch);
        tally.count(&batch, &parcels);
        account.add(&batch, &parcels);
        report.add(&batch, &parcels, &account)?;
    }
    let source = Source {
        file: "sample-parcels.txt".to_owned(),
        format: rows.format().to_string(),
        crs: rows.crs().to_string(),
        outline: None,
        settings: None,
    };
    report.finish(&source, &account, overlayer.overlayer(), &tally, None)?.commit()?;

    let text = String::from_utf8_lossy(&memory.into_bytes()).into_owned();
    text.lines().take(5).for_each(|line| println!("{line}"));
    if let Some(sum) = account.stated() {
        let (stated, computed) = (sum.stated.ha(), sum.computed.ha());
        println!("{} parcels: {stated:.4} ha stated, {computed:.4} ha computed", sum.parcels);
    }
    Ok(())
}
