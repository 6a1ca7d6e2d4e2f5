//! Documents for people with the same sections in each format: Excel workbook, HTML or Markdown.
//!
//! Tables of a document may be streamed: their rows are written as they are computed, and buffered on disk.

mod html;
mod markdown;
mod workbook;

use std::io::{self, Seek, Write};

use crate::error::{Error, ErrorKind, Result};
use crate::io::{Output, spool};
use crate::messages::Lang;
use crate::messages::text::grouped;
use crate::report::text::Align;
use crate::table::Value;

/// The format of a document.
///
/// ```
/// use taizhou_corridor::report::document::ReportFormat;
///
/// assert_eq!(ReportFormat::of_ending("md"), Some(ReportFormat::Markdown));
/// assert_eq!(ReportFormat::of_ending("docx"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// Excel workbook: a sheet per section, with typed cells.
    Workbook,
    /// Markdown with tables.
    Markdown,
    /// HTML in one file, without external resources.
    Html,
}

impl ReportFormat {
    /// The format of a file extension: `xlsx`, `md`, `html`.
    pub fn of_ending(ending: &str) -> Option<ReportFormat> {
        match ending.to_ascii_lowercase().as_str() {
            "xlsx" => Some(ReportFormat::Workbook),
            "md" | "markdown" => Some(ReportFormat::Markdown),
            "html" | "htm" => Some(ReportFormat::Html),
            _ => None,
        }
    }
}

/// The headings of a table, each with the alignment of its column.
pub type Head = Vec<(String, Align)>;

/// A section of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Section<'a> {
    /// The heading; in a workbook, the name of the sheet.
    pub title: String,
    /// Text before the table.
    pub paragraphs: Vec<String>,
    /// The table.
    pub table: Option<Table<'a>>,
}

/// The table of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Table<'a> {
    /// A table in memory.
    Short {
        /// The headings.
        head: Head,
        /// A value for each heading.
        rows: Vec<Vec<Value<'a>>>,
    },
    /// The rows written by [`DocumentWriter::row`] to the streamed table with this index.
    Streamed(usize),
}

/// Writes a document: first the rows of streamed tables, then all sections.
///
/// ```
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::report::document::{DocumentWriter, ReportFormat, Section, Table};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report::text::Align;
/// use taizhou_corridor::table::Value;
///
/// let (output, memory) = Output::memory("report.md");
/// let head = vec![("Parcel".to_owned(), Align::Left), ("Area ha".to_owned(), Align::Right)];
/// let mut writer = DocumentWriter::new(output, ReportFormat::Markdown, Lang::En, head)?;
/// writer.row(0, &[Value::text(Some("A|B")), Value::number(Some(1234.5), 2)])?;
/// let section = Section { title: "Parcels".to_owned(), paragraphs: vec![], table: Some(Table::Streamed(0)) };
/// writer.finish("Report", &[section])?;
/// let text = String::from_utf8(memory.into_bytes()).unwrap();
/// assert!(text.ends_with("## Parcels\n\n| Parcel | Area ha |\n| :-- | --: |\n| A\\|B | 1,234.50 |\n"), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct DocumentWriter {
    output: Output,
    /// The numbers of columns of the streamed tables.
    widths: Vec<usize>,
    document: Box<dyn Document>,
}

/// The writer of a format.
trait Document {
    /// Adds a streamed table with these headings.
    fn add_table(&mut self, head: Head) -> Result<()>;

    /// Buffers a row of a streamed table.
    fn row(&mut self, table: usize, row: &[Value<'_>]) -> Result<()>;

    /// Writes the document.
    fn finish(self: Box<Self>, output: &mut Output, title: &str, sections: &[Section<'_>]) -> Result<()>;
}

impl DocumentWriter {
    /// Begins a document whose first streamed table has these headings.
    ///
    /// Errors if the temporary file cannot be created.
    pub fn new(output: Output, format: ReportFormat, lang: Lang, head: Head) -> Result<DocumentWriter> {
        let in_file = |error: Error| error.in_file(output.name());
        let document: Box<dyn Document> = match format {
            ReportFormat::Workbook => Box::new(workbook::WorkbookDocument::new().map_err(in_file)?),
            ReportFormat::Markdown => Box::new(markdown::MarkdownDocument::default()),
            ReportFormat::Html => Box::new(html::HtmlDocument::new(lang)),
        };
        let mut writer = DocumentWriter { output, widths: vec![], document };
        writer.add_table(head)?;
        Ok(writer)
    }

    /// Adds a streamed table with these headings, and returns its index; that of the first is 0.
    pub fn add_table(&mut self, head: Head) -> Result<usize> {
        self.widths.push(head.len());
        self.document.add_table(head).map_err(|error| error.in_file(self.output.name()))?;
        Ok(self.widths.len() - 1)
    }

    /// The number of columns of a streamed table.
    pub(super) fn width(&self, table: usize) -> usize {
        self.widths[table]
    }

    /// Writes a row of a streamed table.
    ///
    /// # Panics
    /// If there is no such table.
    pub fn row(&mut self, table: usize, row: &[Value<'_>]) -> Result<()> {
        self.document.row(table, row).map_err(|error| error.in_file(self.output.name()))
    }

    /// Writes the document. The returned output is not yet committed.
    pub fn finish(mut self, title: &str, sections: &[Section<'_>]) -> Result<Output> {
        let name = self.output.name().to_owned();
        self.document.finish(&mut self.output, title, sections).map_err(|error| error.in_file(name))?;
        Ok(self.output)
    }
}

/// A value as text for people.
fn display(value: &Value<'_>) -> String {
    match value {
        Value::Float { value, decimals: Some(decimals) } => grouped(*value, *decimals),
        other => other.to_string(),
    }
}

/// A text buffer that moves to disk when it is large.
struct Spool(tempfile::SpooledTempFile);

impl Spool {
    fn new() -> Spool {
        Spool(spool())
    }

    fn push(&mut self, text: &str) -> Result<()> {
        self.0.write_all(text.as_bytes()).map_err(write_error)
    }

    fn copy_to(&mut self, output: &mut Output) -> Result<()> {
        self.0.rewind().map_err(write_error)?;
        io::copy(&mut self.0, output).map_err(write_error)?;
        Ok(())
    }
}

fn write_error(error: io::Error) -> Error {
    Error::new(ErrorKind::Write(error))
}

fn write_text(output: &mut Output, text: &str) -> Result<()> {
    output.write_all(text.as_bytes()).map_err(write_error)
}
