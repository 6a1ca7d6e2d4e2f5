//! The fonts of a PDF: subsets with the glyphs of a map, which can be selected and searched.
//!
//! As Adobe's technical note 5014 and ISO 32000-1, 9.7 have it: a composite font whose character codes are the glyph ids
//! of the subset, with a table from them to Unicode.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Finish, Name, Pdf, Rect, Ref, Str};
use resvg::usvg::fontdb::{Database, ID};
use sha2::{Digest, Sha256};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};
use subsetter::GlyphRemapper;

use crate::map::print::pdf::deflated;

/// The glyphs of one font that a document has.
pub(super) struct PdfFont {
    id: ID,
    pub(super) units_per_em: f32,
    glyphs: GlyphRemapper,
    /// The advance of each glyph of the subset in thousandths of an em, and the text that it stands for.
    advances: BTreeMap<u16, (f32, String)>,
}

/// The fonts in order of first use; `None` for one that cannot be embedded.
#[derive(Default)]
pub(super) struct PdfFonts {
    fonts: Vec<(ID, Option<PdfFont>)>,
}

impl PdfFonts {
    /// The index of a font; `None` if it cannot be embedded: variable fonts, which the subsetter would reduce to their
    /// default, and those whose licence bits forbid it.
    pub(super) fn index(&mut self, id: ID, database: &Database) -> Option<usize> {
        let index = self.fonts.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            let font = database.with_face_data(id, |data, index| PdfFont::new(id, data, index)).flatten();
            self.fonts.push((id, font));
            self.fonts.len() - 1
        });
        self.fonts[index].1.is_some().then_some(index)
    }

    /// The glyph of the subset and its advance in thousandths of an em.
    pub(super) fn glyph(&mut self, font: usize, glyph: u16, text: &str, database: &Database) -> Option<(u16, f32)> {
        let font = self.fonts.get_mut(font)?.1.as_mut()?;
        let new = font.glyphs.remap(glyph);
        if let Some((advance, _)) = font.advances.get(&new) {
            return Some((new, *advance));
        }
        let advance = database.with_face_data(font.id, |data, index| {
            let face = FontRef::from_index(data, index).ok()?;
            face.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(GlyphId::from(glyph))
        });
        let advance = advance.flatten().unwrap_or(0.0) / font.units_per_em * 1000.0;
        font.advances.insert(new, (advance, text.to_owned()));
        Some((new, advance))
    }

    pub(super) fn units_per_em(&self, font: usize) -> f32 {
        self.fonts.get(font).and_then(|(_, font)| font.as_ref()).map_or(1000.0, |font| font.units_per_em)
    }

    /// The names of the fonts that cannot be embedded.
    pub(super) fn not_embedded(&self, database: &Database) -> Vec<String> {
        let faces = self.fonts.iter().filter(|(_, font)| font.is_none()).filter_map(|(id, _)| database.face(*id));
        faces.map(|face| face.post_script_name.clone()).collect()
    }

    /// Writes the fonts; `next` gives a new reference. Returns their names and references; `None` if one has no subset.
    pub(super) fn write(
        &self,
        pdf: &mut Pdf,
        database: &Database,
        next: &mut impl FnMut() -> Ref,
    ) -> Option<Vec<(String, Ref)>> {
        let mut written = vec![];
        for (index, (_, font)) in self.fonts.iter().enumerate() {
            if let Some(font) = font.as_ref().filter(|font| !font.advances.is_empty()) {
                let name = format!("F{index}");
                written.push((name, font.write(pdf, database, next)?));
            }
        }
        Some(written)
    }
}

const SYSTEM_INFO: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

impl PdfFont {
    fn new(id: ID, data: &[u8], index: u32) -> Option<PdfFont> {
        /// OpenType 1.9, table OS/2, fsType: restricted licence embedding.
        const RESTRICTED: u16 = 2;
        let face = FontRef::from_index(data, index).ok()?;
        let is_restricted = face.os2().is_ok_and(|table| table.fs_type() & 0xf == RESTRICTED);
        let has_outlines = [b"glyf", b"CFF "].iter().any(|tag| face.table_data(Tag::new(tag)).is_some());
        if is_restricted || !has_outlines || !face.axes().is_empty() {
            return None;
        }
        let units_per_em = face.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
        // A subset that fails is found here, before text refers to it.
        subsetter::subset(data, index, &GlyphRemapper::new()).ok()?;
        let glyphs = GlyphRemapper::new();
        (units_per_em > 0).then(|| PdfFont {
            id,
            units_per_em: f32::from(units_per_em),
            glyphs,
            advances: BTreeMap::new(),
        })
    }

    fn write(&self, pdf: &mut Pdf, database: &Database, next: &mut impl FnMut() -> Ref) -> Option<Ref> {
        let [font, descendant, descriptor, file, to_unicode] = std::array::from_fn(|_| next());
        let subset = database.with_face_data(self.id, |data, index| subsetter::subset(data, index, &self.glyphs));
        let subset = subset?.ok()?;
        let cff = FontRef::new(&subset).ok().and_then(|subset| subset.table_data(Tag::new(b"CFF ")));
        let bytes = cff.map_or(subset.as_slice(), |cff| cff.as_bytes());
        let is_cff = cff.is_some();
        // Six letters before the name say that it is a subset, and which.
        let tag: String = Sha256::digest(bytes)[..6].iter().map(|byte| char::from(b'A' + byte % 26)).collect();
        let name = format!("{tag}+{}", database.face(self.id)?.post_script_name);
        let name = Name(name.as_bytes());

        pdf.type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(to_unicode);
        let mut cid = pdf.cid_font(descendant);
        cid.subtype(if is_cff { CidFontType::Type0 } else { CidFontType::Type2 });
        cid.base_font(name).system_info(SYSTEM_INFO).font_descriptor(descriptor).default_width(0.0);
        if !is_cff {
            cid.cid_to_gid_map_predefined(Name(b"Identity"));
        }
        let mut widths = cid.widths();
        for (glyph, (advance, _)) in &self.advances {
            widths.consecutive(*glyph, [*advance]);
        }
        widths.finish();
        cid.finish();

        let em = 1000.0 / self.units_per_em;
        database.with_face_data(self.id, |data, index| {
            let face = FontRef::from_index(data, index).ok()?;
            let metrics = face.metrics(Size::unscaled(), LocationRef::default());
            let bounds = metrics.bounds.unwrap_or_default();
            let mut written = pdf.font_descriptor(descriptor);
            written
                .name(name)
                .flags(FontFlags::SYMBOLIC)
                .bbox(Rect::new(bounds.x_min * em, bounds.y_min * em, bounds.x_max * em, bounds.y_max * em))
                .italic_angle(metrics.italic_angle)
                .ascent(metrics.ascent * em)
                .descent(metrics.descent * em)
                .cap_height(metrics.cap_height.unwrap_or(metrics.ascent) * em)
                // No table has it; viewers use it for substitutes alone.
                .stem_v(80.0);
            if is_cff {
                written.font_file3(file)
            } else {
                written.font_file2(file)
            };
            Some(())
        })??;

        let packed = deflated(bytes);
        let mut stream = pdf.stream(file, &packed);
        stream.filter(pdf_writer::Filter::FlateDecode);
        if is_cff {
            stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        } else {
            stream.pair(Name(b"Length1"), i32::try_from(bytes.len()).ok()?);
        }
        stream.finish();

        let mut map = UnicodeCmap::<u16>::new(Name(b"Custom"), SYSTEM_INFO);
        for (glyph, (_, text)) in self.advances.iter().filter(|(_, (_, text))| !text.is_empty()) {
            map.pair_with_multiple(*glyph, text.chars());
        }
        let packed = deflated(map.finish().as_slice());
        pdf.stream(to_unicode, &packed).filter(pdf_writer::Filter::FlateDecode);
        Some(font)
    }
}
