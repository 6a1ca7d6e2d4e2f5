//! Documents for people: a workbook, a page, or Markdown, of the same sections.
//!
//! One table of a document may be long: its rows are written as they come, and kept on disk.

mod html;
mod markdown;
mod workbook;

use std::io::{self, Seek, Write};

use crate::error::{Error, ErrorKind, Result};
use crate::io::Output;
use crate::messages::Lang;
use crate::messages::text::grouped;
use crate::report::text::Align;
use crate::table::Value;

/// The form of a document.
///
/// ```
/// use taizhou_corridor::report::document::ReportFormat;
///
/// assert_eq!(ReportFormat::of_ending("md"), Some(ReportFormat::Markdown));
/// assert_eq!(ReportFormat::of_ending("docx"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// Excel: a sheet a section, with typed cells.
    Workbook,
    /// Markdown with tables.
    Markdown,
    /// A page of its own, without anything to be fetched.
    Html,
}

impl ReportFormat {
    /// The form that the ending of a file's name tells: `xlsx`, `md`, `html`.
    pub fn of_ending(ending: &str) -> Option<ReportFormat> {
        match ending.to_ascii_lowercase().as_str() {
            "xlsx" => Some(ReportFormat::Workbook),
            "md" | "markdown" => Some(ReportFormat::Markdown),
            "html" | "htm" => Some(ReportFormat::Html),
            _ => None,
        }
    }
}

/// The headings of a table, each with the side its column is flush on: numbers are flush right.
pub type Head = Vec<(String, Align)>;

/// A section of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Section<'a> {
    /// Its heading; in a workbook the name of its sheet.
    pub title: String,
    /// What is said before its table.
    pub paragraphs: Vec<String>,
    /// Its table.
    pub table: Option<Table<'a>>,
}

/// The table of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Table<'a> {
    /// Rows that are at hand.
    Short {
        /// The headings.
        head: Head,
        /// A value for each heading.
        rows: Vec<Vec<Value<'a>>>,
    },
    /// The rows that were written before by [`DocumentWriter::row`].
    Long,
}

/// A document is written with this: first the rows of its long table, then all around it.
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
/// writer.row(&[Value::text(Some("A|B")), Value::number(Some(1234.5), 2)])?;
/// let section = Section { title: "Parcels".to_owned(), paragraphs: vec![], table: Some(Table::Long) };
/// writer.finish("Report", &[section])?;
/// let text = String::from_utf8(memory.into_bytes()).unwrap();
/// assert!(text.ends_with("## Parcels\n\n| Parcel | Area ha |\n| :-- | --: |\n| A\\|B | 1,234.50 |\n"), "{text}");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct DocumentWriter {
    output: Output,
    pages: Box<dyn Pages>,
}

/// What a form has to do.
trait Pages {
    /// Keeps a row of the long table.
    fn row(&mut self, row: &[Value<'_>]) -> Result<()>;

    /// Writes the document.
    fn finish(self: Box<Self>, output: &mut Output, title: &str, sections: &[Section<'_>]) -> Result<()>;
}

impl DocumentWriter {
    /// Begins a document whose long table has these headings.
    ///
    /// Fails where there is no room on disk.
    pub fn new(output: Output, form: ReportFormat, lang: Lang, head: Head) -> Result<DocumentWriter> {
        let in_file = |error: Error| error.in_file(output.name());
        let pages: Box<dyn Pages> = match form {
            ReportFormat::Workbook => Box::new(workbook::WorkbookPages::new(head).map_err(in_file)?),
            ReportFormat::Markdown => Box::new(markdown::MarkdownPages::new(head)),
            ReportFormat::Html => Box::new(html::HtmlPages::new(head, lang)),
        };
        Ok(DocumentWriter { output, pages })
    }

    /// Writes a row of the long table.
    pub fn row(&mut self, row: &[Value<'_>]) -> Result<()> {
        self.pages.row(row).map_err(|error| error.in_file(self.output.name()))
    }

    /// Writes the document around it; it is there once the output is committed.
    pub fn finish(mut self, title: &str, sections: &[Section<'_>]) -> Result<Output> {
        let name = self.output.name().to_owned();
        self.pages.finish(&mut self.output, title, sections).map_err(|error| error.in_file(name))?;
        Ok(self.output)
    }
}

/// A value as it is shown.
fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Float { value, decimals: Some(decimals) } => grouped(*value, *decimals),
        other => other.to_string(),
    }
}

/// Text that is kept on disk once there is much of it.
struct Spool(tempfile::SpooledTempFile);

impl Spool {
    fn new() -> Spool {
        const IN_MEMORY_BYTES: usize = 8 << 20;
        Spool(tempfile::SpooledTempFile::new(IN_MEMORY_BYTES))
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
