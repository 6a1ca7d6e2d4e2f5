//! Maps: the page that `corridor map` writes, and a drawing.

use corridor_front_end::{Options, read_options};
use taizhou_corridor::io::{ReadOptions, Rows};
use taizhou_corridor::map::page::{PageOptions, PageOverlay, PageOverlayOptions, Theme, page};
use taizhou_corridor::map::{self, DataOverlay, MapOptions, Paper};
use taizhou_corridor::messages::Lang;
use taizhou_corridor::plan::Plan;
use taizhou_corridor::report::check::severity_column;
use taizhou_corridor::run::column_of;

use crate::files::text_file;
use crate::problem::Problem;
use crate::reply::Replied;
use crate::request::Request;
use crate::table::{Table, table_reply};

/// What is written on a page or drawing besides the plan and the rows.
struct Frame {
    lang: Lang,
    title: Option<String>,
    source: Option<String>,
    outline: Option<String>,
}

pub(crate) fn map_of(mut request: Request, plan: &Plan) -> Result<Replied, Problem> {
    const FORMATS: [&str; 2] = ["html", "svg"];
    let lang = request.lang;
    let file = request.file().ok();
    let options = &mut request.options;
    let read = ReadOptions { prefers_wkt: true, ..read_options(options)? };
    let format = options.one_of("format", &FORMATS, |name| name)?.unwrap_or("html");
    let output = options.text("output")?;
    let (title, source, outline) = (options.text("title")?, options.text("source")?, options.text("plan-file")?);
    let frame = Frame { lang, title, source, outline };

    let plan = &*plan.in_lon_lat()?;
    let mut table = file.map(|file| Table::open(file, &read, lang)).transpose()?;
    let name = output.unwrap_or_else(|| match &table {
        Some(table) => table.output_name(format),
        None => format!("map.{format}"),
    });
    let rows = table.as_mut().map(|table| &mut table.rows);
    let (text, sentences) =
        if format == "html" { page_of(rows, plan, frame, options)? } else { drawing_of(rows, plan, frame, options)? };
    let messages = table.map(|table| table.messages).unwrap_or_default();
    Ok(table_reply(text_file(name, &text)?, "{}", sentences.join("\n"), &messages, lang.notice_of(plan)))
}

/// The page, and what is on it in sentences.
fn page_of(
    rows: Option<&mut Rows>,
    plan: &Plan,
    frame: Frame,
    options: &mut Options,
) -> Result<(String, Vec<String>), Problem> {
    const THEMES: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];
    let theme = options.one_of("theme", &THEMES, Theme::as_str)?.unwrap_or_default();
    let shown = PageOverlayOptions {
        label: options.text("label")?,
        fields: Some(options.texts("fields")?).filter(|fields| !fields.is_empty()),
        has_row_numbers: options.flag("row-numbers")?,
    };
    options.finish()?;

    let Frame { lang, title, source, outline } = frame;
    let page_options = PageOptions { lang, theme, outline, title, source, base_maps: vec![] };
    let Some(rows) = rows else { return Ok((page(plan, None, &page_options)?, vec![])) };
    let layer = PageOverlay::read(rows, plan, &shown).map_err(|error| error.in_file(rows.file()))?;
    let sentences = layer.summary().sentences(rows.file(), lang);
    Ok((page(plan, Some(&layer), &page_options)?, sentences))
}

/// The drawing as SVG.
fn drawing_of(
    rows: Option<&mut Rows>,
    plan: &Plan,
    frame: Frame,
    options: &mut Options,
) -> Result<(String, Vec<String>), Problem> {
    const THEMES: [(&str, map::Theme); 2] = [("light", map::Theme::Light), ("dark", map::Theme::Dark)];
    let theme = options.one_of("theme", &THEMES, |(name, _)| name)?.map(|(_, theme)| theme).unwrap_or_default();
    let paper = options.one_of("paper", &[Paper::A4, Paper::A3], Paper::as_str)?.unwrap_or_default();
    let label = options.text("label")?;
    options.finish()?;

    let Frame { lang, title, source, outline } = frame;
    let map_options = MapOptions { lang, theme, paper, title, source, outline, ..MapOptions::default() };
    let Some(rows) = rows else { return Ok((map::draw(plan, None, &map_options)?.svg, vec![])) };
    let mut layer = DataOverlay::new(plan);
    if let Some(name) = label {
        layer = layer.labelled_by(column_of(rows, &name)?);
    }
    if let Some(severity) = severity_column(rows.schema()) {
        layer = layer.of_findings(severity);
    }
    while let Some(batch) = rows.next_batch()? {
        layer.add(&batch);
    }
    Ok((map::draw(plan, Some(&layer), &map_options)?.svg, vec![]))
}
