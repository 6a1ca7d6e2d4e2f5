//! Documents as Word documents (WordprocessingML, ECMA-376), written by hand.
//!
//! The crate `docx-rs` 0.4.22 keeps all of a document in memory, and brings a second `zip` and a second `quick-xml` into
//! the program; a report needs headings, paragraphs, tables and pictures only. The order of elements is that of the
//! schema, which Word insists on.

use std::io::{Seek, SeekFrom, Write};

use quick_xml::escape::escape;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::error::Result;
use crate::io::{Output, spool};
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::report::document::layout::Columns;
use crate::report::document::workbook::WorkbookDocument;
use crate::report::document::{
    Cover, CreateAnnex, Document, Head, Picture, Rasterizer, Section, Spool, Table, display, write_error,
};
use crate::report::text::Align;
use crate::table::Value;

/// The rows of the streamed table that a Word document holds: about sixty pages.
pub const MAX_ROWS: u64 = 2_000;

pub(super) struct DocxDocument {
    lang: Lang,
    rasterizer: Result<Rasterizer, String>,
    streamed: Vec<StreamedTable>,
    annex: Option<Annex>,
}

/// The first rows of a streamed table.
struct StreamedTable {
    head: Head,
    rows: Spool,
    /// The number of all rows.
    row_count: u64,
    columns: Columns,
}

/// A workbook with all rows, which is written if they are too many for the document.
struct Annex {
    workbook: Box<WorkbookDocument>,
    create: CreateAnnex,
}

/// Twentieths of a point: A4, its margins, and what is left of it.
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGIN: u32 = 1_020;
/// The width of a half-width character in tables of 8 points, in fonts that are wide, and of the space beside a cell.
const CHARACTER: u32 = 104;
const CELL_SPACE: u32 = 160;
/// Tables with more columns are on landscape pages.
const MAX_PORTRAIT_COLUMNS: usize = 7;

impl DocxDocument {
    pub(super) fn new(lang: Lang, rasterizer: Result<Rasterizer, String>, annex: Option<CreateAnnex>) -> DocxDocument {
        let workbook = || Box::new(WorkbookDocument::new(lang, Err(String::new())));
        let annex = annex.map(|create| Annex { workbook: workbook(), create });
        DocxDocument { lang, rasterizer, streamed: vec![], annex }
    }

    /// Writes the annex if it is needed.
    fn write_annex(&mut self, cover: &Cover, sections: &[Section<'_>]) -> Result<Option<Output>> {
        let is_cut = |section: &&Section<'_>| match &section.table {
            Some(Table::Streamed(table)) => self.streamed[*table].row_count > MAX_ROWS,
            _ => false,
        };
        let streamed: Vec<Section<'_>> = sections.iter().filter(is_cut).cloned().collect();
        let Some(Annex { workbook, create }) = self.annex.take().filter(|_| !streamed.is_empty()) else {
            return Ok(None);
        };
        let mut output = create()?;
        let name = output.name().to_owned();
        workbook.finish(&mut output, cover, &streamed).map_err(|error| error.in_file(name))?;
        Ok(Some(output))
    }
}

impl Document for DocxDocument {
    fn add_table(&mut self, head: Head) -> Result<()> {
        if let Some(annex) = &mut self.annex {
            annex.workbook.add_table(head.clone())?;
        }
        let columns = Columns::new(&head);
        self.streamed.push(StreamedTable { head, rows: Spool::new(), row_count: 0, columns });
        Ok(())
    }

    fn row(&mut self, table: usize, row: &[Value<'_>]) -> Result<()> {
        let streamed = &mut self.streamed[table];
        streamed.row_count += 1;
        if streamed.row_count <= MAX_ROWS {
            streamed.columns.add(row);
            streamed.rows.push(&table_row(&streamed.head, row))?;
        }
        match &mut self.annex {
            Some(annex) => annex.workbook.row(table, row),
            None => Ok(()),
        }
    }

    fn finish(
        mut self: Box<Self>,
        output: &mut Output,
        cover: &Cover,
        sections: &[Section<'_>],
    ) -> Result<Option<Output>> {
        let annex = self.write_annex(cover, sections)?;
        let mut archive = Archive(ZipWriter::new(spool()));
        archive.part("[Content_Types].xml", CONTENT_TYPES)?;
        archive.part("_rels/.rels", RELATIONSHIPS)?;
        archive.part("docProps/core.xml", &core_properties(cover))?;
        archive.part("word/styles.xml", &styles(self.lang))?;
        archive.part("word/footer1.xml", FOOTER)?;

        let mut pictures: Vec<(Picture, Vec<u8>)> = vec![];
        archive.start("word/document.xml")?;
        archive.text(&format!("{HEAD}<w:document {NAMESPACES}><w:body>"))?;
        archive.text(&paragraph("Title", &cover.title))?;
        archive.text(&cover_table(cover))?;
        let is_wide = |section: &Section<'_>| match &section.table {
            Some(Table::Short { head, .. }) => head.len() > MAX_PORTRAIT_COLUMNS,
            Some(Table::Streamed(table)) => self.streamed[*table].head.len() > MAX_PORTRAIT_COLUMNS,
            None => false,
        };
        let landscapes: Vec<bool> = sections.iter().map(is_wide).collect();
        let mut is_landscape = false;
        for (section, &wide) in sections.iter().zip(&landscapes) {
            if wide != is_landscape {
                archive.text(&format!("<w:p><w:pPr>{}</w:pPr></w:p>", page(is_landscape)))?;
                is_landscape = wide;
            }
            archive.text(&paragraph("Heading1", &section.title))?;
            for text in &section.paragraphs {
                archive.text(&paragraph("BodyText", text))?;
            }
            for picture in section.pictures(self.lang) {
                match &self.rasterizer {
                    Ok(rasterizer) => {
                        let png = rasterizer(&picture)?;
                        pictures.push((picture, png));
                        archive.text(&drawing(&pictures[pictures.len() - 1].0, pictures.len(), is_landscape))?;
                    }
                    Err(reason) if reason.is_empty() => {}
                    Err(reason) => archive.text(&paragraph("BodyText", reason))?,
                }
            }
            match &section.table {
                Some(Table::Short { head, rows }) => {
                    archive.text(&table_start(head, &Columns::of(head, rows), is_landscape))?;
                    rows.iter().try_for_each(|row| archive.text(&table_row(head, row)))?;
                    archive.text(TABLE_END)?;
                }
                Some(Table::Streamed(table)) => {
                    let StreamedTable { head, rows, row_count, columns } = &mut self.streamed[*table];
                    if *row_count > MAX_ROWS {
                        let annex = annex.as_ref().map(|output| file_name(output.name()));
                        let note = self.lang.report_texts().first_rows(MAX_ROWS, *row_count, annex);
                        archive.text(&paragraph("BodyText", &note))?;
                    }
                    archive.text(&table_start(head, columns, is_landscape))?;
                    rows.copy_to(&mut archive.0)?;
                    archive.text(TABLE_END)?;
                }
                None => {}
            }
        }
        archive.text(&format!("{}</w:body></w:document>", page(is_landscape)))?;

        archive.part("word/_rels/document.xml.rels", &document_relationships(pictures.len()))?;
        for (number, (_, png)) in (1..).zip(&pictures) {
            archive.start(&format!("word/media/image{number}.png"))?;
            archive.0.write_all(png).map_err(write_error)?;
        }
        let mut file = archive.0.finish().map_err(|error| write_error(error.into()))?;
        file.seek(SeekFrom::Start(0)).map_err(write_error)?;
        std::io::copy(&mut file, output).map_err(write_error)?;
        Ok(annex)
    }
}

/// The ZIP archive of the parts.
struct Archive(ZipWriter<tempfile::SpooledTempFile>);

impl Archive {
    fn start(&mut self, name: &str) -> Result<()> {
        // A fixed date, so that the same report is the same file.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        self.0.start_file(name, options).map_err(|error| write_error(error.into()))
    }

    fn text(&mut self, text: &str) -> Result<()> {
        self.0.write_all(text.as_bytes()).map_err(write_error)
    }

    fn part(&mut self, name: &str, text: &str) -> Result<()> {
        self.start(name)?;
        self.text(text)
    }
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"";

const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
    <Default Extension=\"png\" ContentType=\"image/png\"/>\
    <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
    <Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\
    <Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>\
    <Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
    </Types>";

const RELATIONSHIPS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
    <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
    </Relationships>";

const FOOTER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <w:ftr xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
    <w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr>\
    <w:fldSimple w:instr=\" PAGE \"><w:r><w:t>1</w:t></w:r></w:fldSimple>\
    <w:r><w:t xml:space=\"preserve\"> / </w:t></w:r>\
    <w:fldSimple w:instr=\" NUMPAGES \"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>";

fn document_relationships(pictures: usize) -> String {
    const TYPE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let image = |number: usize| {
        format!("<Relationship Id=\"rIdImage{number}\" Type=\"{TYPE}/image\" Target=\"media/image{number}.png\"/>")
    };
    format!(
        "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rIdStyles\" Type=\"{TYPE}/styles\" Target=\"styles.xml\"/>\
         <Relationship Id=\"rIdFooter\" Type=\"{TYPE}/footer\" Target=\"footer1.xml\"/>{}</Relationships>",
        (1..=pictures).map(image).collect::<String>()
    )
}

fn core_properties(cover: &Cover) -> String {
    let author =
        cover.author.as_ref().map_or(String::new(), |author| format!("<dc:creator>{}</dc:creator>", escaped(author)));
    format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title>{author}</cp:coreProperties>",
        escaped(&cover.title)
    )
}

fn styles(lang: Lang) -> String {
    let lang = if lang == Lang::Zh { "zh-CN" } else { "en-US" };
    let style = |id: &str, name: &str, paragraph: &str, run: &str| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>\
             <w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        )
    };
    let size = |half_points: u32| format!("<w:sz w:val=\"{half_points}\"/><w:szCs w:val=\"{half_points}\"/>");
    let bold = |half_points: u32| format!("<w:b/><w:bCs/><w:color w:val=\"1F4E66\"/>{}", size(half_points));
    [
        format!(
            "{HEAD}<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:docDefaults>\
             <w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:eastAsia=\"Microsoft YaHei\" w:cs=\"Calibri\"/>\
             {}<w:lang w:val=\"{lang}\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>\
             <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>",
            size(21)
        ),
        style("Title", "Title", "<w:spacing w:before=\"0\" w:after=\"200\"/>", &bold(44)),
        style(
            "Heading1",
            "heading 1",
            "<w:keepNext/><w:spacing w:before=\"360\" w:after=\"120\"/><w:outlineLvl w:val=\"0\"/>",
            &bold(28),
        ),
        style("BodyText", "Body Text", "<w:spacing w:after=\"120\" w:line=\"288\" w:lineRule=\"auto\"/>", ""),
        style("TableText", "Table Text", "<w:spacing w:before=\"20\" w:after=\"20\"/>", &size(16)),
        "</w:styles>".to_owned(),
    ]
    .concat()
}

fn paragraph(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{}</w:p>", run(text, ""))
}

fn run(text: &str, properties: &str) -> String {
    format!("<w:r>{properties}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text))
}

/// The page of the text before it.
fn page(is_landscape: bool) -> String {
    let (width, height, orientation) =
        if is_landscape { (PAGE.1, PAGE.0, " w:orient=\"landscape\"") } else { (PAGE.0, PAGE.1, "") };
    format!(
        "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rIdFooter\"/><w:type w:val=\"nextPage\"/>\
         <w:pgSz w:w=\"{width}\" w:h=\"{height}\"{orientation}/>\
         <w:pgMar w:top=\"{MARGIN}\" w:right=\"{MARGIN}\" w:bottom=\"{MARGIN}\" w:left=\"{MARGIN}\" w:header=\"500\" w:footer=\"500\" w:gutter=\"0\"/>\
         </w:sectPr>"
    )
}

/// The width between the margins.
fn text_width(is_landscape: bool) -> u32 {
    (if is_landscape { PAGE.1 } else { PAGE.0 }) - 2 * MARGIN
}

/// The lines of the cover: a table of two columns without rules.
fn cover_table(cover: &Cover) -> String {
    if cover.lines.is_empty() {
        return String::new();
    }
    let widths = [2_300, text_width(false) - 2_300];
    let grid = widths.map(|width| format!("<w:gridCol w:w=\"{width}\"/>")).concat();
    let cell = |text: &str, properties: &str| format!("<w:tc><w:p>{}</w:p></w:tc>", run(text, properties));
    let row = |(name, value): &(String, String)| {
        let grey = "<w:rPr><w:color w:val=\"5B636B\"/></w:rPr>";
        format!("<w:tr>{}{}</w:tr>", cell(name, grey), cell(value, ""))
    };
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{}\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{}</w:tbl>",
        text_width(false),
        cover.lines.iter().map(row).collect::<String>()
    )
}

/// The start of a table with its header, which is repeated on each page.
fn table_start(head: &Head, columns: &Columns, is_landscape: bool) -> String {
    let available = text_width(is_landscape);
    let for_cells = available.saturating_sub(CELL_SPACE * head.len() as u32);
    let widths = columns.widths_within((for_cells / CHARACTER) as usize);
    let mut widths: Vec<u32> = widths.iter().map(|&width| width as u32 * CHARACTER + CELL_SPACE).collect();
    let sum = widths.iter().sum::<u32>().max(1);
    if sum > available {
        widths.iter_mut().for_each(|width| *width = (*width * available / sum).max(1));
    }
    let grid: String = widths.iter().map(|width| format!("<w:gridCol w:w=\"{width}\"/>")).collect();
    let border = |side: &str| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"B9BEC4\"/>");
    let cell = |(name, align): &(String, Align)| {
        format!(
            "<w:tc><w:tcPr><w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"E8EEF2\"/></w:tcPr>{}</w:tc>",
            cell_paragraph(&one_line(name), *align, "<w:rPr><w:b/><w:bCs/></w:rPr>")
        )
    };
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{}\" w:type=\"dxa\"/><w:tblBorders>{}{}{}</w:tblBorders><w:tblLayout w:type=\"fixed\"/>\
         <w:tblCellMar><w:left w:w=\"70\" w:type=\"dxa\"/><w:right w:w=\"70\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>\
         <w:tblGrid>{grid}</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{}</w:tr>",
        widths.iter().sum::<u32>(),
        border("top"),
        border("bottom"),
        border("insideH"),
        head.iter().map(cell).collect::<String>()
    )
}

/// A paragraph after a table keeps it apart from the next one.
const TABLE_END: &str = "</w:tbl><w:p/>";

fn table_row(head: &Head, row: &[Value<'_>]) -> String {
    let cell = |((_, align), value): (&(String, Align), &Value<'_>)| {
        let is_number = matches!(value, Value::Integer(_) | Value::Float { .. });
        let align = if is_number { Align::Right } else { *align };
        format!("<w:tc>{}</w:tc>", cell_paragraph(&display(value), align, ""))
    };
    let cells: String = head.iter().zip(row).map(cell).collect();
    format!("<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
}

fn cell_paragraph(text: &str, align: Align, properties: &str) -> String {
    let side = if align == Align::Right { "<w:jc w:val=\"right\"/>" } else { "" };
    let run = if text.is_empty() { String::new() } else { run(text, properties) };
    format!("<w:p><w:pPr><w:pStyle w:val=\"TableText\"/>{side}</w:pPr>{run}</w:p>")
}

/// A picture in a paragraph of its own.
fn drawing(picture: &Picture, number: usize, is_landscape: bool) -> String {
    const EMU_PER_MM: f64 = 36_000.0;
    const MM_PER_TWIP: f64 = 25.4 / 1_440.0;
    let height_mm = if is_landscape { 150.0 } else { 220.0 };
    let (width, height) = picture.fitted(f64::from(text_width(is_landscape)) * MM_PER_TWIP, height_mm);
    let [width, height] = [width, height].map(|mm| (mm * EMU_PER_MM) as u64);
    let description = escaped(&picture.description);
    format!(
        "<w:p><w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
         <wp:docPr id=\"{number}\" name=\"Picture {number}\" descr=\"{description}\"/>\
         <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>\
         <pic:nvPicPr><pic:cNvPr id=\"{number}\" name=\"image{number}.png\"/><pic:cNvPicPr/></pic:nvPicPr>\
         <pic:blipFill><a:blip r:embed=\"rIdImage{number}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
         <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr>\
         </pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
}

/// The text for XML, without characters that XML does not have.
fn escaped(text: &str) -> String {
    let text: String = one_line(text).chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
    escape(text.as_str()).into_owned()
}

/// The name of a file without its folder.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("<w:t>&\u{1b}\u{ffff}\""), "&lt;w:t&gt;&amp; &quot;");
        assert_eq!(file_name("a/b\\c.xlsx"), "c.xlsx");
    }

    #[test]
    fn wide_tables_fit_the_page() {
        let head: Head = (0..40).map(|column| (format!("heading {column}"), Align::Left)).collect();
        let table = table_start(&head, &Columns::new(&head), true);
        let width = |part: &str| part.split('"').next().and_then(|text| text.parse::<u32>().ok()).unwrap();
        let sum: u32 = table.split("<w:gridCol w:w=\"").skip(1).map(width).sum();
        assert!(sum <= text_width(true), "{sum}");
    }
}
