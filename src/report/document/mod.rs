//! Documents for people with the same sections in each format: Excel workbook, Word document, HTML or Markdown.
//!
//! Tables of a document may be streamed: their rows are written as they are computed, and buffered on disk.

mod docx;
mod figure;
mod html;
mod layout;
mod markdown;
mod svg;
mod workbook;

use std::io::{self, Seek, Write};

use crate::error::{Error, ErrorKind, Result};
use crate::io::{Output, spool};
use crate::messages::Lang;
use crate::messages::text::grouped;
use crate::report::text::Align;
use crate::table::Value;

pub use self::docx::MAX_ROWS as MAX_DOCX_ROWS;
pub use self::figure::{BarChart, Figure, Picture};

/// The format of a document.
///
/// ```
/// use taizhou_corridor::report::document::ReportFormat;
///
/// assert_eq!(ReportFormat::of_ending("md"), Some(ReportFormat::Markdown));
/// assert_eq!(ReportFormat::of_ending("doc"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// Excel workbook: a sheet per section, with typed cells.
    Workbook,
    /// Word document, with at most [`MAX_DOCX_ROWS`] rows of the streamed table.
    Docx,
    /// Markdown with tables.
    Markdown,
    /// HTML in one file, without external resources.
    Html,
}

impl ReportFormat {
    /// The format of a file extension: `xlsx`, `docx`, `md`, `html`.
    pub fn of_ending(ending: &str) -> Option<ReportFormat> {
        match ending.to_ascii_lowercase().as_str() {
            "xlsx" => Some(ReportFormat::Workbook),
            "docx" => Some(ReportFormat::Docx),
            "md" | "markdown" => Some(ReportFormat::Markdown),
            "html" | "htm" => Some(ReportFormat::Html),
            _ => None,
        }
    }

    /// Whether pictures are pixels in this format.
    ///
    /// ```
    /// use taizhou_corridor::report::document::ReportFormat;
    ///
    /// assert!(ReportFormat::Docx.has_pixels() && !ReportFormat::Html.has_pixels());
    /// ```
    pub fn has_pixels(self) -> bool {
        matches!(self, ReportFormat::Workbook | ReportFormat::Docx)
    }

    /// Whether the format has pictures.
    pub fn has_pictures(self) -> bool {
        self != ReportFormat::Markdown
    }
}

/// The headings of a table, each with the alignment of its column.
pub type Head = Vec<(String, Align)>;

/// What stands before the sections.
///
/// ```
/// use taizhou_corridor::report::document::Cover;
///
/// let cover = Cover::new("Sites and zones");
/// assert!(cover.author.is_none() && cover.lines.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover {
    /// The title.
    pub title: String,
    /// The author, for the properties of the file.
    pub author: Option<String>,
    /// Names and values: author, date, files, systems.
    pub lines: Vec<(String, String)>,
}

impl Cover {
    /// A title alone.
    pub fn new(title: impl Into<String>) -> Cover {
        Cover { title: title.into(), ..Cover::default() }
    }
}

/// A section of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section<'a> {
    /// The heading; in a workbook, the name of the sheet.
    pub title: String,
    /// Text before the figures and the table.
    pub paragraphs: Vec<String>,
    /// Pictures and charts; in a workbook, they are below the table.
    pub figures: Vec<Figure>,
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

impl Section<'_> {
    /// The table, if it is in memory.
    fn short(&self) -> Option<(&Head, &[Vec<Value<'_>>])> {
        match &self.table {
            Some(Table::Short { head, rows }) => Some((head, rows)),
            _ => None,
        }
    }

    /// The figures that are drawn: charts that have something to show, as pictures.
    fn pictures(&self, lang: Lang) -> Vec<Picture> {
        self.figures.iter().filter_map(|figure| self.picture(figure, lang)).collect()
    }

    fn picture(&self, figure: &Figure, lang: Lang) -> Option<Picture> {
        match figure {
            Figure::Picture(picture) => Some(picture.clone()),
            Figure::Bars(chart) => self.short().and_then(|(head, rows)| chart.picture(head, rows, lang)),
        }
    }
}

/// Makes a PNG of a picture.
pub type Rasterizer = Box<dyn Fn(&Picture) -> Result<Vec<u8>>>;

/// Creates the annex of a document: a workbook with the rows that it does not hold.
pub type CreateAnnex = Box<dyn FnOnce() -> Result<Output>>;

/// Where a document goes, and in which format.
///
/// ```
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::report::document::{DocumentTarget, ReportFormat};
///
/// let target = DocumentTarget::new(Output::memory("report.md").0, ReportFormat::Markdown);
/// assert_eq!(target.format, ReportFormat::Markdown);
/// ```
pub struct DocumentTarget {
    /// The output.
    pub output: Output,
    /// The format.
    pub format: ReportFormat,
    /// Makes pixels of pictures, for formats that have pixels; otherwise why pictures are left out, in a sentence.
    pub rasterizer: Result<Rasterizer, String>,
    /// Creates the annex of a Word document with more rows than it holds; without one, they are left out.
    pub annex: Option<CreateAnnex>,
}

impl DocumentTarget {
    /// A document without pixels and annex.
    pub fn new(output: Output, format: ReportFormat) -> DocumentTarget {
        DocumentTarget { output, format, rasterizer: Err(String::new()), annex: None }
    }
}

/// Writes a document: first the rows of streamed tables, then all sections.
///
/// ```
/// use taizhou_corridor::io::Output;
/// use taizhou_corridor::report::document::{Cover, DocumentTarget, DocumentWriter, ReportFormat, Section, Table};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report::text::Align;
/// use taizhou_corridor::table::Value;
///
/// let (output, memory) = Output::memory("report.md");
/// let head = vec![("Parcel".to_owned(), Align::Left), ("Area ha".to_owned(), Align::Right)];
/// let target = DocumentTarget::new(output, ReportFormat::Markdown);
/// let mut writer = DocumentWriter::new(target, Lang::En, head)?;
/// writer.row(0, &[Value::text(Some("A|B")), Value::number(Some(1234.5), 2)])?;
/// let section = Section { title: "Parcels".to_owned(), table: Some(Table::Streamed(0)), ..Section::default() };
/// writer.finish(&Cover::new("Report"), &[section])?.commit()?;
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

/// A document whose files are complete and do not have their names yet.
#[must_use = "the files appear when they are committed"]
pub struct WrittenDocument {
    output: Output,
    annex: Option<Output>,
}

impl WrittenDocument {
    /// Gives the files their names.
    pub fn commit(self) -> Result<()> {
        self.annex.map_or(Ok(()), Output::commit)?;
        self.output.commit()
    }

    /// The name of the annex, if there is one.
    pub fn annex(&self) -> Option<&str> {
        self.annex.as_ref().map(Output::name)
    }
}

/// The writer of a format.
trait Document {
    /// Adds a streamed table with these headings.
    fn add_table(&mut self, head: Head) -> Result<()>;

    /// Buffers a row of a streamed table.
    fn row(&mut self, table: usize, row: &[Value<'_>]) -> Result<()>;

    /// Writes the document, and returns its annex.
    fn finish(self: Box<Self>, output: &mut Output, cover: &Cover, sections: &[Section<'_>]) -> Result<Option<Output>>;
}

impl DocumentWriter {
    /// Begins a document whose first streamed table has these headings.
    ///
    /// Errors if the temporary file cannot be created.
    pub fn new(target: DocumentTarget, lang: Lang, head: Head) -> Result<DocumentWriter> {
        let DocumentTarget { output, format, rasterizer, annex } = target;
        let document: Box<dyn Document> = match format {
            ReportFormat::Workbook => Box::new(workbook::WorkbookDocument::new(lang, rasterizer)),
            ReportFormat::Docx => Box::new(docx::DocxDocument::new(lang, rasterizer, annex)),
            ReportFormat::Markdown => Box::new(markdown::MarkdownDocument::new(lang)),
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

    /// Writes the document, which is not yet committed.
    pub fn finish(mut self, cover: &Cover, sections: &[Section<'_>]) -> Result<WrittenDocument> {
        let name = self.output.name().to_owned();
        let annex = self.document.finish(&mut self.output, cover, sections).map_err(|error| error.in_file(name))?;
        Ok(WrittenDocument { output: self.output, annex })
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

    fn copy_to(&mut self, output: &mut impl Write) -> Result<()> {
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
