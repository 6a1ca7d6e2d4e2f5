//! Colours for the features of a plan, distinguishable with colour-blind vision.
//!
//! The palette of M. Okabe and K. Ito, *Color Universal Design: How to make figures and presentations
//! that are friendly to colorblind people* (2002, revised 2008), <https://jfly.uni-koeln.de/color/>, without
//! its black, which is reserved for text and lines.

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

/// CSS notation: `#d55e00`.
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
    /// The opacity of the area, 0 to 1.
    pub fill_opacity: f64,
    /// The colour of the boundary, which is opaque.
    pub stroke: Colour,
    /// The width of the boundary in screen pixels.
    pub stroke_width_px: f64,
}

/// For the corridor, which encloses all other features.
const GREY: Colour = Colour::of_rgb(0x99_99_99);

/// Vermillion, blue, bluish green, reddish purple, orange, sky blue, yellow: the strongest first.
pub(crate) const HUES: [Colour; 7] = [
    Colour::of_rgb(0xd5_5e_00),
    Colour::of_rgb(0x00_72_b2),
    Colour::of_rgb(0x00_9e_73),
    Colour::of_rgb(0xcc_79_a7),
    Colour::of_rgb(0xe6_9f_00),
    Colour::of_rgb(0x56_b4_e9),
    Colour::of_rgb(0xf0_e4_42),
];

/// Without yellow, which is hardly visible on a light map without an outline.
const COLOURS: &[Colour] = HUES.split_at(6).0;

/// The paint of each feature of a plan, in plan order: the corridor is grey, the core and each zone have a colour of
/// their own, clusters have the colour of their parent, and the features of a flat dataset cycle through all colours.
///
/// ```
/// use taizhou_corridor::plan::{Plan, palette::paints};
///
/// let plan = Plan::bundled();
/// let paints = paints(&plan);
/// let fill = |id: &str| plan.id_of(id).map(|id| paints[id.index()].fill.to_string());
/// assert_eq!(fill("core")?, "#d55e00");
/// assert_eq!(fill("luqiao")?, fill("feilong-lake-community")?);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn paints(plan: &Plan) -> Vec<Paint> {
    let mut colours = vec![GREY; plan.features().len()];
    for (id, &colour) in plan.partition().zip(COLOURS.iter().cycle()) {
        colours[id.index()] = colour;
    }
    let paint = |id: FeatureId| {
        let level = plan[id].level;
        let coloured_by = match level {
            Some(Level::Cluster) => plan[id].parent.unwrap_or(id),
            _ => id,
        };
        let colour = colours[coloured_by.index()];
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
    fn features_of_a_flat_dataset_cycle_through_the_colours() {
        let feature = r#"{"type":"Feature","id":"ID","properties":{},"geometry":{"type":"Polygon",
            "coordinates":[[[121.4,28.6],[121.5,28.6],[121.5,28.7],[121.4,28.6]]]}}"#;
        let features = (0..8).map(|id| feature.replace("ID", &id.to_string())).collect::<Vec<_>>().join(",");
        let json = format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}");
        let paints = paints(&Plan::flat_from_geojson(json.as_bytes(), None).unwrap());
        assert!(paints[..6].iter().all(|paint| paints.iter().filter(|other| other.fill == paint.fill).count() <= 2));
        assert_eq!((paints[0], paints[1]), (paints[6], paints[7]));
    }
}
