//! Maps as files for print, drawn with the fonts of the system: PNG and PDF. The only folder that uses `resvg`.

#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "pdf")]
mod pdf_fonts;
#[cfg(feature = "png")]
mod png;

#[cfg(feature = "pdf")]
pub use pdf::PdfMap;

use std::sync::Arc;

use resvg::usvg::fontdb::{Database, Family, Query};
use resvg::usvg::{Node, Options, Tree};

use crate::error::{Error, ErrorKind, Result};
use crate::map::Drawing;
use crate::map::draw::font_family;
use crate::messages::Lang;

/// The fonts for maps as PNG and PDF.
///
/// ```
/// use taizhou_corridor::map::Fonts;
///
/// assert!(!Fonts::none().have_chinese());
/// ```
pub struct Fonts(Arc<Database>);

impl Fonts {
    /// The installed fonts; finding them takes some hundredths of a second.
    pub fn system() -> Fonts {
        let mut database = Database::new();
        database.load_system_fonts();
        // The default for `sans-serif` may be missing on a minimal system.
        let is_there =
            |name: &&str| database.query(&Query { families: &[Family::Name(name)], ..Query::default() }).is_some();
        let usual = ["Liberation Sans", "Noto Sans", "DejaVu Sans", "Noto Sans CJK SC"];
        let usual = usual.into_iter().find(is_there).map(str::to_owned);
        let any = || database.faces().next().and_then(|face| Some(face.families.first()?.0.clone()));
        if let Some(name) = usual.or_else(any) {
            database.set_sans_serif_family(name.clone());
            database.set_serif_family(name);
        }
        Fonts(Arc::new(database))
    }

    /// No fonts, as on a minimal system.
    pub fn none() -> Fonts {
        Fonts(Arc::default())
    }

    /// Whether any font is installed.
    pub fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any font has Chinese characters.
    pub fn have_chinese(&self) -> bool {
        // The first character of the corridor's name.
        const CHARACTER: char = '\u{53f0}';
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\" font-family=\"{}\"><text>{CHARACTER}</text></svg>",
            font_family(Lang::Zh)
        );
        let Ok(tree) = Tree::from_str(&svg, &self.options()) else { return false };
        let texts = tree
            .root()
            .children()
            .iter()
            .filter_map(|node| if let Node::Text(text) = node { Some(text) } else { None });
        let mut glyphs = texts.flat_map(|text| text.layouted()).flat_map(|span| &span.positioned_glyphs).peekable();
        // Glyph 0 is the fallback for missing characters.
        glyphs.peek().is_some() && glyphs.all(|glyph| glyph.id.0 != 0)
    }

    fn options(&self) -> Options<'static> {
        Options { fontdb: self.0.clone(), font_family: "sans-serif".to_owned(), ..Options::default() }
    }
}

impl Drawing {
    /// The drawing with its text laid out. Errors if no font is installed, since the notice must be legible.
    fn tree(&self, fonts: &Fonts) -> Result<Tree> {
        if fonts.are_none() {
            return Err(Error::new(ErrorKind::NoFont));
        }
        Tree::from_str(&self.svg, &fonts.options()).map_err(|error| failed(&error.to_string()))
    }
}

fn failed(what: &str) -> Error {
    Error::new(ErrorKind::Write(std::io::Error::other(what.to_owned())))
}
