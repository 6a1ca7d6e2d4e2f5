//! The colours that features of a plan are drawn in, told apart by colour-blind eyes.
//!
//! They are those of M. Okabe and K. Ito, *Color Universal Design: How to make figures and presentations
//! that are friendly to colorblind people* (2002, revised 2008), <https://jfly.uni-koeln.de/color/>, without
//! their black, which is for text and lines.

use std::fmt;

use crate::plan::{FeatureId, Level, Plan};

/// A colour of the sRGB space.
///
/// ```
/// use taizhou_corridor::plan::palette::Colour;
///
/// assert_eq!(Colour::of_rgb(0xd5_5e_00).to_string(), "#d55e00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Colour {
    /// The colour of a number such as `0xd55e00`.
    pub const fn of_rgb(number: u32) -> Colour {
        let [_, red, green, blue] = number.to_be_bytes();
        Colour { red, green, blue }
    }
}

/// As in CSS: `#d55e00`.
impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// How a feature is drawn: its area, and its boundary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    /// The colour of the area.
    pub fill: Colour,
    /// How much of what is below the area hides, 0 to 1.
    pub fill_opacity: f64,
    /// The colour of the boundary, which hides what is below it.
    pub stroke: Colour,
    /// The width of the boundary in pixels of the screen.
    pub stroke_width_px: f64,
}

/// Grey, for what encloses all others.
const GREY: Colour = Colour::of_rgb(0x99_99_99);

/// Vermillion, blue, bluish green, reddish purple, orange, sky blue, yellow: the stronger ones first.
pub(crate) const HUES: [Colour; 7] = [
    Colour::of_rgb(0xd5_5e_00),
    Colour::of_rgb(0x00_72_b2),
    Colour::of_rgb(0x00_9e_73),
    Colour::of_rgb(0xcc_79_a7),
    Colour::of_rgb(0xe6_9f_00),
    Colour::of_rgb(0x56_b4_e9),
    Colour::of_rgb(0xf0_e4_42),
];

/// Without yellow, which is hardly seen on a light map where it is not outlined.
const COLOURS: &[Colour] = HUES.split_at(6).0;

/// How each feature of a plan is drawn, by its number: the corridor in grey, the core and each zone in a
/// colour of its own, a cluster in that of what it lies in; the features of a layer in all colours by turns.
///
/// ```
/// use taizhou_corridor::plan::{Plan, palette::paints};
///
/// let plan = Plan::bundled();
/// let paints = paints(&plan);
/// let fill = |id: &str| plan.id_of(id).map(|number| paints[number.index()].fill.to_string());
/// assert_eq!(fill("core")?, "#d55e00");
/// assert_eq!(fill("luqiao")?, fill("feilong-lake-community")?);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn paints(plan: &Plan) -> Vec<Paint> {
    let mut colours = vec![GREY; plan.features().len()];
    for (number, &colour) in plan.partition().zip(COLOURS.iter().cycle()) {
        colours[number.index()] = colour;
    }
    let paint = |number: FeatureId| {
        let level = plan[number].level;
        let place = match level {
            Some(Level::Cluster) => plan[number].parent.unwrap_or(number),
            _ => number,
        };
        let colour = colours[place.index()];
        let (fill_opacity, stroke_width_px) = match level {
            Some(Level::Corridor) => (0.1, 3.0),
            Some(Level::Core | Level::Zone) | None => (0.3, 2.0),
            Some(Level::Cluster) => (0.4, 1.0),
        };
        Paint { fill: colour, fill_opacity, stroke: colour, stroke_width_px }
    };
    plan.ids().map(paint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_have_different_colours() {
        let plan = Plan::bundled();
        let paints = paints(&plan);
        let mut fills: Vec<String> = plan.partition().map(|id| paints[id.index()].fill.to_string()).collect();
        fills.sort();
        fills.dedup();
        assert_eq!(fills.len(), 4);
        assert_eq!(paints[plan.id_of("corridor").unwrap().index()].fill, GREY);
    }

    #[test]
    fn a_layer_is_drawn_in_all_colours() {
        let feature = r#"{"type":"Feature","id":"ID","properties":{},"geometry":{"type":"Polygon",
            "coordinates":[[[121.4,28.6],[121.5,28.6],[121.5,28.7],[121.4,28.6]]]}}"#;
        let features = (0..8).map(|id| feature.replace("ID", &id.to_string())).collect::<Vec<_>>().join(",");
        let json = format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}");
        let paints = paints(&Plan::layer_from_geojson(json.as_bytes(), None).unwrap());
        assert!(paints[..6].iter().all(|paint| paints.iter().filter(|other| other.fill == paint.fill).count() <= 2));
        assert_eq!((paints[0], paints[1]), (paints[6], paints[7]));
    }
}
