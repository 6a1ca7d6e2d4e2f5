//! Maps as PNG.

use resvg::tiny_skia::{Pixmap, Transform};

use crate::error::Result;
use crate::map::Drawing;
use crate::map::print::{Fonts, failed};

/// The maximum number of pixels: at 4 bytes each, 800 MB. A3 at 600 dpi has 70 million.
const MAX_PIXELS: f64 = 200e6;

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
        let pixels = |mm: f64| (mm / 25.4 * f64::from(dpi)).round();
        let (width, height) = (pixels(self.width_mm), pixels(self.height_mm));
        if width * height > MAX_PIXELS {
            return Err(failed("the picture has too many pixels"));
        }
        let tree = self.tree(fonts)?;
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
