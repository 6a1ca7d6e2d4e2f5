//! A report on the sample parcels: the zones they belong to, and a check of their stated areas.

use taizhou_corridor::error::Result;
use taizhou_corridor::io::{self, Input, Output, ReadOptions};
use taizhou_corridor::messages::Lang;
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::overlay::{KeepParcels, Overlayer, ParcelSummary, ParcelSummaryOptions, RowOverlayer};
use taizhou_corridor::report::Source;
use taizhou_corridor::report::document::{DocumentTarget, ReportFormat};
use taizhou_corridor::report::parcels::ParcelReport;
use taizhou_corridor::run::TableRun;

fn main() -> Result<()> {
    let plan = Plan::bundled();
    let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[]);
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.txt");
    let rows = io::open(Input::path(sample), &ReadOptions::default())?;

    // The columns with the names and the stated areas of the parcels.
    let options = ParcelSummaryOptions {
        label: rows.label_column(),
        stated: rows.stated_area(),
        ..ParcelSummaryOptions::default()
    };
    let mut summary = ParcelSummary::new(overlayer.overlayer(), options);

    let (output, memory) = Output::memory("report.md");
    let target = DocumentTarget::new(output, ReportFormat::Markdown);
    let mut report = ParcelReport::new(target, &summary, Lang::En)?;
    let query = KeepParcels(&overlayer);
    let run = TableRun::new(rows, &query).on_batch(|found| {
        for (batch, parcels) in found.batches.drain(..) {
            summary.add(&batch, &parcels);
            report.add(&batch, &parcels, &summary)?;
        }
        Ok(())
    });
    let answered = run.run()?;
    let source = Source {
        file: "sample-parcels.txt".to_owned(),
        format: answered.rows.format().to_string(),
        crs: answered.rows.crs().to_string(),
        ..Source::default()
    };
    report.finish(&source, &summary, overlayer.overlayer(), &answered.summary.counts, None)?.commit()?;

    let text = String::from_utf8_lossy(&memory.into_bytes()).into_owned();
    // The title, and the result in a sentence.
    let shown = text.lines().filter(|line| line.starts_with("# ") || line.contains(" within one zone, "));
    shown.for_each(|line| println!("{line}"));
    if let Some(sum) = summary.stated() {
        let (stated, computed) = (sum.stated.ha(), sum.computed.ha());
        println!("{} parcels: {stated:.4} ha stated, {computed:.4} ha computed", sum.parcels);
    }
    Ok(())
}
