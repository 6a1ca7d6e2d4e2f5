//! Rasterises a map with the fonts of the system: the only file that uses `resvg`.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Family, Query};
use resvg::usvg::{Node, Options, Tree};

use crate::error::{Error, ErrorKind, Result};
use crate::map::Drawing;
use crate::map::draw::font_family;
use crate::messages::Lang;

/// The fonts for rasterised maps.
///
/// ```
/// use taizhou_corridor::map::Fonts;
///
/// assert!(!Fonts::none().have_chinese());
/// ```
pub struct Fonts(Arc<Database>);

/// The maximum number of pixels: at 4 bytes each, 800 MB. A3 at 600 dpi has 70 million.
const MAX_PIXELS: f64 = 200e6;

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
    /// The map as PNG at a resolution in dots per inch, which is stored in the file.
    ///
    /// Errors if no font is installed, since the notice must be legible, or if the image
    /// would have more than 200 million pixels.
    ///
    /// ```
    /// use taizhou_corridor::error::ErrorKind;
    /// use taizhou_corridor::map::{self, Fonts, MapOptions};
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let drawing = map::draw(&Plan::bundled(), None, &MapOptions::default())?;
    /// let error = drawing.to_png(96, &Fonts::none()).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::NoFont));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn to_png(&self, dpi: u32, fonts: &Fonts) -> Result<Vec<u8>> {
        if fonts.are_none() {
            return Err(Error::new(ErrorKind::NoFont));
        }
        let failed = |what: &str| Error::new(ErrorKind::Write(std::io::Error::other(what.to_owned())));
        let pixels = |mm: f64| (mm / 25.4 * f64::from(dpi)).round();
        let (width, height) = (pixels(self.width_mm), pixels(self.height_mm));
        if width * height > MAX_PIXELS {
            return Err(failed("the picture has too many pixels"));
        }
        let tree = Tree::from_str(&self.svg, &fonts.options()).map_err(|error| failed(&error.to_string()))?;
        let mut pixmap = Pixmap::new(width as u32, height as u32).ok_or_else(|| failed("the picture has no pixels"))?;
        // Round the paper up to whole pixels, so that no edge is transparent.
        let size = tree.size();
        let fit = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
        resvg::render(&tree, fit, &mut pixmap.as_mut());
        // The paper covers the whole image: there is no transparency.
        let rgb: Vec<u8> = pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        encode(&rgb, width as u32, height as u32, dpi).map_err(|error| failed(&error.to_string()))
    }
}

fn encode(rgb: &[u8], width: u32, height: u32, dpi: u32) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let per_metre = (f64::from(dpi) / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rgb)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{MapOptions, draw};
    use crate::plan::Plan;

    #[test]
    fn png_has_the_size_of_the_paper() {
        let fonts = Fonts::system();
        if fonts.are_none() {
            return;
        }
        let drawing = draw(&Plan::bundled(), None, &MapOptions::default()).unwrap();
        let bytes = drawing.to_png(50, &fonts).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let info = reader.info();
        assert_eq!((info.width, info.height), (585, 413));
        assert_eq!(info.pixel_dims.unwrap().xppu, 1969);
    }

    #[test]
    fn rejects_too_many_pixels() {
        let drawing = draw(&Plan::bundled(), None, &MapOptions::default()).unwrap();
        let fonts = Fonts::system();
        assert!(fonts.are_none() || drawing.to_png(5000, &fonts).is_err());
    }
}
