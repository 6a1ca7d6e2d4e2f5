//! Reports on parcels and on sites.

use std::cell::RefCell;
use std::rc::Rc;

use corridor_front_end::{ParcelChoice, read_options};
use taizhou_corridor::io::{Memory, Output, ReadOptions, Rows};
use taizhou_corridor::messages::{Lang, Marked};
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::query::locate::{KeepSites, LocateColumn, LocatedSites, Locator, RowLocator};
use taizhou_corridor::query::overlay::{KeepParcels, OverlaidParcels, ParcelSummary};
use taizhou_corridor::report;
use taizhou_corridor::report::Source;
use taizhou_corridor::report::document::{DocumentTarget, ReportFormat};
use taizhou_corridor::report::parcels::ParcelReport;
use taizhou_corridor::report::sites::SiteReport;
use taizhou_corridor::run::column_of;
use taizhou_corridor::units::Metres;

use crate::files::files_of_all;
use crate::parcels::parcel_reply;
use crate::problem::Problem;
use crate::reply::{Replied, ReplyFile};
use crate::request::{Request, RequestFile};
use crate::table::{Table, table_reply};

/// Where a report goes, and what its cover says.
struct Draft {
    lang: Lang,
    ending: &'static str,
    format: ReportFormat,
    output: Option<String>,
    title: Option<String>,
    author: Option<String>,
    date: Option<String>,
    outline: Option<String>,
    is_strict: bool,
}

pub(crate) fn report_on(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    const FORMATS: [(&str, ReportFormat); 4] = [
        ("html", ReportFormat::Html),
        ("md", ReportFormat::Markdown),
        ("xlsx", ReportFormat::Workbook),
        ("docx", ReportFormat::Docx),
    ];
    const SUBJECTS: [&str; 2] = ["parcels", "sites"];
    let (file, lang, options) = (request.file()?, request.lang, &mut request.options);
    let subject = options.one_of("of", &SUBJECTS, |name| name)?.unwrap_or("parcels");
    let (ending, format) = options.one_of("format", &FORMATS, |(name, _)| name)?.unwrap_or(FORMATS[0]);
    let draft = Draft {
        lang,
        ending,
        format,
        output: options.text("output")?,
        title: options.text("title")?,
        author: options.text("author")?,
        date: options.text("date")?,
        outline: options.text("plan-file")?,
        is_strict: options.flag("strict")?,
    };
    if subject == "sites" {
        on_sites(file, draft, &mut request, plan)
    } else {
        on_parcels(file, draft, &mut request, plan)
    }
}

impl Draft {
    /// The output, the files that are written to it, and the target.
    fn target(&self, table: &Table) -> (DocumentTarget, Files) {
        let name = self.output.clone().unwrap_or_else(|| table.output_name(self.ending));
        let annex_name = format!("{}-annex.xlsx", name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem));
        let (output, memory) = Output::memory(name);
        let annex: Rc<RefCell<Option<Memory>>> = Rc::default();
        let files = Files { memory, annex: Rc::clone(&annex) };
        let create_annex = move || {
            let (output, memory) = Output::memory(annex_name);
            *annex.borrow_mut() = Some(memory);
            Ok(output)
        };
        (DocumentTarget { annex: Some(Box::new(create_annex)), ..DocumentTarget::new(output, self.format) }, files)
    }

    fn source(self, file: String, rows: &Rows) -> Source {
        Source {
            file,
            format: rows.format().to_string(),
            crs: self.lang.texts().system_of(&rows.crs(), rows.overridden_crs()),
            title: self.title,
            author: self.author,
            date: self.date,
            outline: self.outline,
            ..Source::default()
        }
    }
}

/// The files of a report: itself and, for rows that a Word document does not hold, a workbook.
struct Files {
    memory: Memory,
    annex: Rc<RefCell<Option<Memory>>>,
}

impl Files {
    fn into_reply(self) -> Result<Vec<ReplyFile>, Problem> {
        files_of_all([Some(self.memory), self.annex.take()].into_iter().flatten())
    }
}

/// The name of a file without its folder, which its readers have no use for.
fn name_of(file: &RequestFile) -> String {
    file.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

fn on_parcels(file: RequestFile, draft: Draft, request: &mut Request, plan: &Plan) -> Result<Replied, Problem> {
    let lang = draft.lang;
    let read = ReadOptions { prefers_wkt: true, ..read_options(&mut request.options)? };
    let choice = ParcelChoice::take(&mut request.options)?;
    request.options.finish()?;

    let source_name = name_of(&file);
    let table = Table::open(file, &read, lang)?;
    let summary_options = choice.parcel_columns.of(&table.rows)?;
    let overlayer = choice.overlayer(plan, &table.rows.crs(), summary_options.stated);
    let mut parcels = ParcelSummary::new(overlayer.overlayer(), summary_options);
    let (target, files) = draft.target(&table);
    let mut report = ParcelReport::new(target, &parcels, lang)?;
    let query = KeepParcels(&overlayer);
    let take = |found: &mut OverlaidParcels| {
        found.batches.drain(..).try_for_each(|(batch, of_batch)| {
            parcels.add(&batch, &of_batch);
            report.add(&batch, &of_batch, &parcels)
        })
    };
    let texts = lang.texts();
    let invalid = |file: &str, invalid, rows| texts.invalid_rows(file, invalid, rows, Marked::No);
    let done = table.count(&query, draft.is_strict, take)?.finish(invalid)?;
    let (rows, found) = (&done.finished.rows, &done.finished.summary.counts);
    let source = draft.source(source_name, rows);
    let class = choice.parcel_columns.class.as_deref();
    report.finish(&source, &parcels, overlayer.overlayer(), found, class)?.commit()?;
    Ok(parcel_reply(files.into_reply()?, (plan, lang), (rows.file(), found), done.messages))
}

fn on_sites(file: RequestFile, draft: Draft, request: &mut Request, plan: &Plan) -> Result<Replied, Problem> {
    let (lang, options) = (draft.lang, &mut request.options);
    let read = read_options(options)?;
    let uncertainty = Metres(options.amount("uncertainty")?.unwrap_or_default());
    let uncertainty_field = options.text("uncertainty-field")?;
    let level = options.level("level")?.unwrap_or(Level::Cluster);
    let label = options.text("label")?;
    options.finish()?;

    let source_name = name_of(&file);
    let table = Table::open(file, &read, lang)?;
    uncertainty_field.as_ref().map(|name| column_of(&table.rows, name)).transpose()?;
    let named = label.map(|name| column_of(&table.rows, &name)).transpose()?;
    let label = named.or_else(|| table.rows.name_column());
    let locator = RowLocator::new(Locator::new(plan).max_level(level), &LocateColumn::ALL)
        .with_uncertainty(uncertainty, uncertainty_field)
        .counting_zones();
    let (target, files) = draft.target(&table);
    let mut report = SiteReport::new(target, plan, label, lang)?.with_uncertainty(uncertainty);
    let query = KeepSites(&locator);
    let take =
        |found: &mut LocatedSites| found.batches.drain(..).try_for_each(|(batch, sites)| report.add(&batch, &sites));
    let texts = lang.texts();
    let invalid = |file: &str, invalid, rows| texts.invalid_rows(file, invalid, rows, Marked::No);
    let done = table.count(&query, draft.is_strict, take)?.finish(invalid)?;
    let (rows, found) = (&done.finished.rows, &done.finished.summary.counts);
    report.finish(&draft.source(source_name, rows), found)?.commit()?;
    let sentence = texts.locate_summary(rows.file(), found, true);
    let summary = report::summary::locate(plan, found);
    Ok(table_reply(files.into_reply()?, &summary, sentence, &done.messages, lang.notice_of(plan)))
}
