//! Maps as PDF: vectors, and text that can be selected.
//!
//! `svg2pdf` 0.13 and `krilla-svg` 0.8 convert any SVG, but for older versions of `usvg`, which would be built a second
//! time, and `krilla` wants a newer Rust than this crate. A map is made of filled and stroked paths, text and one clip
//! path; `pdf-writer` writes these as `usvg` has them.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use resvg::tiny_skia::{Path as PathData, PathSegment, Transform};
use resvg::usvg::{Fill, FillRule, Group, LineCap, LineJoin, Node, Paint, PaintOrder, Path, Stroke, Text, Tree};

use crate::error::Result;
use crate::map::Drawing;
use crate::map::frame::MM_PER_PX;
use crate::map::print::pdf_fonts::PdfFonts;
use crate::map::print::{Fonts, failed};

/// A map as PDF.
///
/// ```
/// use taizhou_corridor::map::{self, Fonts, MapOptions};
/// use taizhou_corridor::plan::Plan;
///
/// let fonts = Fonts::system();
/// if !fonts.are_none() {
///     let drawing = map::draw(&Plan::bundled(), None, &MapOptions::default())?;
///     assert!(drawing.to_pdf(&fonts)?.bytes.starts_with(b"%PDF-1.7"));
/// }
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PdfMap {
    /// The file.
    pub bytes: Vec<u8>,
    /// The PostScript names of fonts that could not be embedded, such as variable ones: their text is drawn as outlines,
    /// and cannot be selected.
    pub outlined_fonts: Vec<String>,
}

/// Points of 1/72 inch in a pixel.
const POINTS_PER_PX: f32 = (MM_PER_PX / 25.4 * 72.0) as f32;

impl Drawing {
    /// The map as a page of its size, with its fonts embedded. The same drawing and fonts give the same bytes.
    ///
    /// Errors if no font is installed, since the notice must be legible.
    ///
    /// ```
    /// use taizhou_corridor::error::ErrorKind;
    /// use taizhou_corridor::map::{self, Fonts, MapOptions};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let drawing = map::draw(&Plan::bundled(), None, &MapOptions::default())?;
    /// let error = drawing.to_pdf(&Fonts::none()).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::NoFont));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn to_pdf(&self, fonts: &Fonts) -> Result<PdfMap> {
        let tree = self.tree(fonts)?;
        let mut page =
            Page { tree: &tree, content: Content::new(), fonts: PdfFonts::default(), states: BTreeMap::new() };
        let (width, height) = (tree.size().width() * POINTS_PER_PX, tree.size().height() * POINTS_PER_PX);
        // The origin of a PDF is at the bottom.
        page.content.transform([POINTS_PER_PX, 0.0, 0.0, -POINTS_PER_PX, 0.0, height]);
        page.group(tree.root());
        let Page { content, fonts, states, .. } = page;

        let mut count = 0;
        let mut next = || {
            count += 1;
            Ref::new(count)
        };
        let [catalog, pages, sheet, stream, info] = std::array::from_fn(|_| next());
        let mut pdf = Pdf::new();
        let mut root = pdf.catalog(catalog);
        root.pages(pages).lang(TextStr(self.language));
        root.viewer_preferences().display_doc_title(true);
        root.finish();
        pdf.pages(pages).kids([sheet]).count(1);
        let written = fonts.write(&mut pdf, tree.fontdb(), &mut next).ok_or_else(|| failed("a font has no subset"))?;
        let mut written_page = pdf.page(sheet);
        written_page.parent(pages).media_box(Rect::new(0.0, 0.0, rounded(width), rounded(height))).contents(stream);
        let mut resources = written_page.resources();
        let mut dictionary = resources.fonts();
        for (name, font) in &written {
            dictionary.pair(Name(name.as_bytes()), font);
        }
        dictionary.finish();
        let mut dictionary = resources.ext_g_states();
        for ((fill, stroke), name) in &states {
            let mut state =
                dictionary.insert(Name(name.as_bytes())).start::<pdf_writer::writers::ExtGraphicsState<'_>>();
            state.non_stroking_alpha(f32::from(*fill) / 255.0).stroking_alpha(f32::from(*stroke) / 255.0);
        }
        dictionary.finish();
        resources.finish();
        written_page.finish();
        let packed = deflated(content.finish().as_slice());
        pdf.stream(stream, &packed).filter(Filter::FlateDecode);
        // Without a date: the same map is the same file.
        let mut about = pdf.document_info(info);
        about.title(TextStr(&self.title)).creator(TextStr(concat!("Taizhou Corridor ", env!("CARGO_PKG_VERSION"))));
        if let Some(author) = &self.author {
            about.author(TextStr(author));
        }
        about.finish();
        Ok(PdfMap { bytes: pdf.finish(), outlined_fonts: fonts.not_embedded(tree.fontdb()) })
    }
}

struct Page<'t> {
    tree: &'t Tree,
    content: Content,
    fonts: PdfFonts,
    /// The names of the graphics states by the opacity of fills and strokes.
    states: BTreeMap<(u8, u8), String>,
}

impl Page<'_> {
    fn group(&mut self, group: &Group) {
        let clip = group.clip_path();
        if let Some(clip) = clip {
            self.content.save_state();
            for node in clip.root().children() {
                if let Node::Path(path) = node {
                    let transform = group.abs_transform().pre_concat(clip.transform());
                    self.trace(path.data(), transform.pre_concat(path.abs_transform()));
                }
            }
            self.content.clip_nonzero().end_path();
        }
        for node in group.children() {
            match node {
                Node::Group(group) => self.group(group),
                Node::Path(path) => self.path(path),
                Node::Text(text) => self.text(text),
                Node::Image(_) => {}
            }
        }
        if clip.is_some() {
            self.content.restore_state();
        }
    }

    fn path(&mut self, path: &Path) {
        if !path.is_visible() {
            return;
        }
        let transform = path.abs_transform();
        let fill = |page: &mut Self| page.fill(path.data(), transform, path.fill());
        let stroke = |page: &mut Self| page.stroke(path.data(), transform, path.stroke());
        match path.paint_order() {
            PaintOrder::FillAndStroke => (fill(self), stroke(self)),
            PaintOrder::StrokeAndFill => (stroke(self), fill(self)),
        };
    }

    fn fill(&mut self, data: &PathData, transform: Transform, fill: Option<&Fill>) {
        let Some(fill) = fill else { return };
        self.set_fill(fill);
        self.trace(data, transform);
        match fill.rule() {
            FillRule::NonZero => self.content.fill_nonzero(),
            FillRule::EvenOdd => self.content.fill_even_odd(),
        };
    }

    fn set_fill(&mut self, fill: &Fill) {
        self.set_opacity(fill.opacity().get(), 1.0);
        let [red, green, blue] = components(fill.paint());
        self.content.set_fill_rgb(red, green, blue);
    }

    fn stroke(&mut self, data: &PathData, transform: Transform, stroke: Option<&Stroke>) {
        let Some(stroke) = stroke else { return };
        self.set_opacity(1.0, stroke.opacity().get());
        let [red, green, blue] = components(stroke.paint());
        // Transforms on maps turn and move, and leave widths as they are.
        self.content.set_stroke_rgb(red, green, blue).set_line_width(rounded(stroke.width().get()));
        self.content.set_line_join(match stroke.linejoin() {
            LineJoin::Miter | LineJoin::MiterClip => LineJoinStyle::MiterJoin,
            LineJoin::Round => LineJoinStyle::RoundJoin,
            LineJoin::Bevel => LineJoinStyle::BevelJoin,
        });
        self.content.set_miter_limit(stroke.miterlimit().get());
        self.content.set_line_cap(match stroke.linecap() {
            LineCap::Butt => LineCapStyle::ButtCap,
            LineCap::Round => LineCapStyle::RoundCap,
            LineCap::Square => LineCapStyle::ProjectingSquareCap,
        });
        let dashes = stroke.dasharray().unwrap_or_default();
        self.content.set_dash_pattern(dashes.iter().map(|&dash| rounded(dash)), stroke.dashoffset());
        self.trace(data, transform);
        self.content.stroke();
    }

    fn set_opacity(&mut self, fill: f32, stroke: f32) {
        let [fill, stroke] = [fill, stroke].map(|opacity| (opacity * 255.0).round() as u8);
        let count = self.states.len();
        let name = self.states.entry((fill, stroke)).or_insert_with(|| format!("G{count}"));
        self.content.set_parameters(Name(name.as_bytes()));
    }

    fn trace(&mut self, data: &PathData, transform: Transform) {
        let content = &mut self.content;
        let mut last = (0.0, 0.0);
        let to = |point: resvg::tiny_skia::Point| {
            let Transform { sx, kx, ky, sy, tx, ty } = transform;
            (rounded(sx * point.x + kx * point.y + tx), rounded(ky * point.x + sy * point.y + ty))
        };
        for segment in data.segments() {
            match segment {
                PathSegment::MoveTo(at) => {
                    last = to(at);
                    content.move_to(last.0, last.1);
                }
                PathSegment::LineTo(at) => {
                    last = to(at);
                    content.line_to(last.0, last.1);
                }
                PathSegment::QuadTo(control, at) => {
                    // The cubic of the same shape has its controls at two thirds of the way.
                    let (control, end) = (to(control), to(at));
                    let third = |from: (f32, f32)| {
                        let part = |from: f32, control: f32| rounded(from + (control - from) * 2.0 / 3.0);
                        (part(from.0, control.0), part(from.1, control.1))
                    };
                    let (first, second) = (third(last), third(end));
                    content.cubic_to(first.0, first.1, second.0, second.1, end.0, end.1);
                    last = end;
                }
                PathSegment::CubicTo(first, second, at) => {
                    let (first, second) = (to(first), to(second));
                    last = to(at);
                    content.cubic_to(first.0, first.1, second.0, second.1, last.0, last.1);
                }
                PathSegment::Close => {
                    content.close_path();
                }
            }
        }
    }

    /// Halos as outlines, then the text: once, so that it is found once.
    fn text(&mut self, text: &Text) {
        self.outlines(text.flattened(), &mut |page, path| {
            page.stroke(path.data(), path.abs_transform(), path.stroke());
        });
        let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
        // All are asked, so that each that cannot be embedded is reported.
        let others = glyphs.filter(|glyph| self.fonts.index(glyph.font, self.tree.fontdb()).is_none()).count();
        if others > 0 {
            return self.outlines(text.flattened(), &mut |page, path| {
                page.fill(path.data(), path.abs_transform(), path.fill());
            });
        }
        for span in text.layouted().iter().filter(|span| span.visible) {
            let Some(fill) = &span.fill else { continue };
            self.set_fill(fill);
            let glyphs = span.positioned_glyphs.iter().filter_map(|glyph| {
                let font = self.fonts.index(glyph.font, self.tree.fontdb())?;
                let id = u16::try_from(glyph.id.0).ok()?;
                let (id, advance) = self.fonts.glyph(font, id, &glyph.text, self.tree.fontdb())?;
                let em = self.fonts.units_per_em(font);
                let matrix = text.abs_transform().pre_concat(glyph.outline_transform()).pre_scale(em, em);
                Some(Glyph { font, id, advance, matrix })
            });
            let glyphs: Vec<Glyph> = glyphs.collect();
            self.show(&glyphs);
        }
    }

    fn outlines(&mut self, group: &Group, draw: &mut dyn FnMut(&mut Self, &Path)) {
        for node in group.children() {
            match node {
                Node::Group(group) => self.outlines(group, draw),
                Node::Path(path) => draw(self, path),
                Node::Text(_) | Node::Image(_) => {}
            }
        }
    }

    /// Shows glyphs, those along one line in one operation.
    fn show(&mut self, glyphs: &[Glyph]) {
        self.content.begin_text();
        let mut rest = glyphs;
        while let Some(first) = rest.first() {
            let along: Vec<f32> = rest.iter().map_while(|glyph| first.em_to(glyph)).collect();
            let (run, after) = rest.split_at(along.len().max(1));
            let Transform { sx, kx, ky, sy, tx, ty } = first.matrix;
            self.content.set_font(Name(format!("F{}", first.font).as_bytes()), 1.0);
            self.content.set_text_matrix([sx, ky, kx, sy, rounded(tx), rounded(ty)]);
            let mut shown = self.content.show_positioned();
            let mut items = shown.items();
            let mut at = 0.0;
            let mut bytes: Vec<u8> = vec![];
            for (glyph, &wanted) in run.iter().zip(&along) {
                let adjust = (at - wanted * 1000.0).round();
                if adjust != 0.0 {
                    if !bytes.is_empty() {
                        items.show(Str(&bytes));
                        bytes.clear();
                    }
                    items.adjust(adjust);
                    at -= adjust;
                }
                bytes.extend(glyph.id.to_be_bytes());
                at += glyph.advance;
            }
            items.show(Str(&bytes));
            items.finish();
            shown.finish();
            rest = after;
        }
        self.content.end_text();
    }
}

/// A glyph of a font of the document.
struct Glyph {
    font: usize,
    id: u16,
    /// In thousandths of an em.
    advance: f32,
    /// From ems to pixels.
    matrix: Transform,
}

impl Glyph {
    /// How far another glyph stands along the line of this one, in ems; `None` if it is of another font, size or line.
    fn em_to(&self, other: &Glyph) -> Option<f32> {
        let (a, b) = (self.matrix, other.matrix);
        let is_same = self.font == other.font && (a.sx, a.kx, a.ky, a.sy) == (b.sx, b.kx, b.ky, b.sy);
        let square = a.sx * a.sx + a.ky * a.ky;
        if !is_same || square == 0.0 {
            return None;
        }
        let (dx, dy) = (b.tx - a.tx, b.ty - a.ty);
        let across = (dy * a.sx - dx * a.ky) / square;
        (across.abs() < 1e-3).then(|| (dx * a.sx + dy * a.ky) / square)
    }
}

fn components(paint: &Paint) -> [f32; 3] {
    match paint {
        Paint::Color(colour) => [colour.red, colour.green, colour.blue].map(|part| rounded(f32::from(part) / 255.0)),
        // Maps have none of these.
        Paint::LinearGradient(_) | Paint::RadialGradient(_) | Paint::Pattern(_) => [0.0; 3],
    }
}

/// Three decimals, which is a ten thousandth of a millimetre, and finer than colours have it.
fn rounded(value: f32) -> f32 {
    (value * 1000.0).round() / 1000.0
}

pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(vec![], Compression::default());
    // A vector takes all bytes.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::map::{MapOptions, Orientation, Paper, draw};
    use crate::messages::Lang;
    use crate::plan::Plan;

    /// The streams of a document, inflated.
    fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
        let (start, end) = (b"stream\n", b"\nendstream");
        let find = |from: usize, what: &[u8]| {
            pdf[from..].windows(what.len()).position(|part| part == what).map(|at| from + at)
        };
        let (mut streams, mut at) = (vec![], 0);
        while let Some(found) = find(at, start) {
            let begin = found + start.len();
            let stop = find(begin, end).unwrap();
            let mut bytes = vec![];
            flate2::read::ZlibDecoder::new(&pdf[begin..stop]).read_to_end(&mut bytes).unwrap();
            streams.push(bytes);
            at = stop + end.len();
        }
        streams
    }

    #[test]
    fn text_is_text_in_either_language_and_the_same_map_is_the_same_file() {
        let fonts = Fonts::system();
        if fonts.are_none() || !fonts.have_chinese() {
            return;
        }
        let (lang, paper, orientation) = (Lang::Zh, Paper::A3, Orientation::Landscape);
        let author = Some("规划处".to_owned());
        let options = MapOptions { lang, paper, orientation, author, ..MapOptions::default() };
        let drawing = draw(&Plan::bundled(), None, &options).unwrap();
        let pdf = drawing.to_pdf(&fonts).unwrap();
        assert_eq!(pdf.bytes, drawing.to_pdf(&fonts).unwrap().bytes);
        let text = String::from_utf8_lossy(&pdf.bytes);
        // 420 mm by 297 mm in points.
        assert!(text.contains("/MediaBox [0 0 1190.551 841.89]") && text.contains("/Lang (zh-CN)"), "the page");
        if !pdf.outlined_fonts.is_empty() {
            return;
        }
        let streams: Vec<String> =
            streams(&pdf.bytes).iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        let maps: Vec<&String> = streams.iter().filter(|stream| stream.contains("beginbfchar")).collect();
        for c in "台州湾科创走廊".chars() {
            let code = format!("<{:04X}>", u32::from(c));
            assert!(maps.iter().any(|map| map.contains(&code)), "{c}");
        }
    }

    #[test]
    fn opacities_of_fills_and_strokes_are_kept() {
        let fonts = Fonts::system();
        if fonts.are_none() {
            return;
        }
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><path d=\"M1 1h5v5z\" fill=\"#f00\" fill-opacity=\"0.4\" stroke=\"#00f\" stroke-dasharray=\"2 1\"/></svg>";
        let drawing = draw(&Plan::bundled(), None, &MapOptions::default()).unwrap();
        let pdf = Drawing { svg: svg.to_owned(), ..drawing }.to_pdf(&fonts).unwrap();
        assert!(String::from_utf8_lossy(&pdf.bytes).contains("/ca 0.4"));
        let content = streams(&pdf.bytes).pop().unwrap();
        let content = String::from_utf8(content).unwrap();
        assert!(
            content.contains("1 0 0 rg") && content.contains("[2 1] 0 d") && content.contains("1 1 m"),
            "{content}"
        );
    }
}
