//! Styles of placemarks, and folders for levels.

use crate::io::formats::kml::write::escaped;
use crate::io::rows::styles::FeatureStyles;
use crate::plan::Level;
use crate::plan::palette::{Colour, Paint};

/// The prefix of style ids, unlikely to be that of a row id.
pub(super) const STYLE: &str = "corridor.style.";

/// The styles of placemarks, in the order of the rows.
pub(super) struct Styles {
    features: FeatureStyles,
    paints: Vec<Paint>,
    /// The folder that is open.
    folder: Option<Level>,
}

impl Styles {
    pub(super) fn new(features: FeatureStyles) -> Styles {
        Styles { paints: features.paints(), features, folder: None }
    }

    /// The notice of the document, and the shared styles.
    pub(super) fn head(&self) -> (String, String) {
        let notice = self.features.notice.as_deref().map_or_else(String::new, |notice| {
            let (notice, _) = escaped(notice);
            format!("<description>{notice}</description>\n")
        });
        let styles = self.paints.iter().enumerate().map(|(number, paint)| {
            let (line, area) = (colour(paint.stroke, 1.0), colour(paint.fill, paint.fill_opacity));
            format!(
                "<Style id=\"{STYLE}{number}\"><LineStyle><color>{line}</color><width>{}</width></LineStyle>\
                 <PolyStyle><color>{area}</color></PolyStyle></Style>\n",
                paint.stroke_width_px
            )
        });
        (notice, styles.collect())
    }

    /// The text before the placemark of a row: a new folder if the level changes.
    pub(super) fn before(&mut self, row: usize) -> String {
        let level = self.features.entries.get(row).and_then(|entry| entry.level);
        if level == self.folder {
            return String::new();
        }
        let open = level.map_or_else(String::new, |level| format!("<Folder><name>{}</name>\n", level.as_str()));
        let close = self.close();
        self.folder = level;
        close.to_owned() + &open
    }

    /// The text after the last placemark.
    pub(super) fn close(&self) -> &'static str {
        if self.folder.is_some() { "</Folder>\n" } else { "" }
    }

    /// The element of a placemark that refers to its style.
    pub(super) fn of_row(&self, row: usize) -> String {
        let paint = self.features.entries.get(row).map(|entry| entry.paint);
        let number = self.paints.iter().position(|known| Some(*known) == paint);
        number.map_or_else(String::new, |number| format!("<styleUrl>#{STYLE}{number}</styleUrl>"))
    }
}

/// A colour in KML: opacity, blue, green, red.
fn colour(colour: Colour, opacity: f64) -> String {
    let Colour { red, green, blue } = colour;
    format!("{:02x}{blue:02x}{green:02x}{red:02x}", (opacity * 255.0).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blue_comes_before_red() {
        assert_eq!(colour(Colour::of_rgb(0xd5_5e_00), 0.4), "66005ed5");
        assert_eq!(colour(Colour::of_rgb(0x00_72_b2), 1.0), "ffb27200");
    }
}
