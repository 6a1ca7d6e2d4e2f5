//! Colours: quiet grounds, and hues that colour-blind eyes tell apart.

use geo::{BoundingRect, Rect};

use crate::index::FeatureIndex;
use crate::plan::palette::{Colour, HUES};
use crate::plan::{FeatureId, Level, Plan};

/// Light or dark grounds.
///
/// ```
/// use taizhou_corridor::map::Theme;
///
/// assert_eq!(Theme::default(), Theme::Light);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// Dark ink on a light ground, for paper.
    #[default]
    Light,
    /// Light ink on a dark ground, for screens.
    Dark,
}

/// So much of another colour in a colour.
fn mixed(colour: Colour, other: Colour, share: f64) -> Colour {
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    Colour {
        red: mix(colour.red, other.red),
        green: mix(colour.green, other.green),
        blue: mix(colour.blue, other.blue),
    }
}

/// The colours of one picture.
pub(super) struct Palette {
    pub(super) paper: Colour,
    pub(super) ground: Colour,
    pub(super) ink: Colour,
    pub(super) quiet: Colour,
    pub(super) line: Colour,
    /// The hue of each feature of the plan.
    hues: Vec<usize>,
    tint: f64,
}

impl Palette {
    pub(super) fn new(plan: &Plan, theme: Theme) -> Palette {
        let hues = hues(plan);
        match theme {
            Theme::Light => Palette {
                paper: Colour::of_rgb(0xff_ff_ff),
                ground: Colour::of_rgb(0xf6_f6_f2),
                ink: Colour::of_rgb(0x22_26_2b),
                quiet: Colour::of_rgb(0x5b_63_6b),
                line: Colour::of_rgb(0x9a_a2_a8),
                hues,
                tint: 0.2,
            },
            Theme::Dark => Palette {
                paper: Colour::of_rgb(0x0f_13_18),
                ground: Colour::of_rgb(0x18_1e_25),
                ink: Colour::of_rgb(0xee_f1_f4),
                quiet: Colour::of_rgb(0xa9_b3_bd),
                line: Colour::of_rgb(0x5d_68_73),
                hues,
                tint: 0.26,
            },
        }
    }

    fn hue(&self, zone: FeatureId) -> Colour {
        HUES[self.hues[zone.index()]]
    }

    /// The ground of the core, a zone, or a feature of a layer.
    pub(super) fn fill(&self, zone: FeatureId) -> Colour {
        mixed(self.ground, self.hue(zone), self.tint)
    }

    /// The ground of a cluster in it.
    pub(super) fn inner_fill(&self, zone: FeatureId) -> Colour {
        mixed(self.ground, self.hue(zone), self.tint * 2.0)
    }

    /// Its outline.
    pub(super) fn stroke(&self, zone: FeatureId) -> Colour {
        mixed(self.hue(zone), self.ink, 0.2)
    }

    /// What lies in it: sites and parcels.
    pub(super) fn mark(&self, zone: Option<FeatureId>) -> Colour {
        zone.map_or(self.quiet, |zone| self.hue(zone))
    }

    /// Its name.
    pub(super) fn text(&self, zone: FeatureId) -> Colour {
        mixed(self.hue(zone), self.ink, 0.62)
    }
}

/// The hues in plan order, clusters like what they lie in. Where there are more features than hues, neighbours
/// differ as far as they go.
fn hues(plan: &Plan) -> Vec<usize> {
    let mut hues: Vec<Option<usize>> = vec![None; plan.features().len()];
    let coloured: Vec<FeatureId> = plan.partition().collect();
    if coloured.len() <= HUES.len() {
        coloured.iter().enumerate().for_each(|(place, &zone)| hues[zone.index()] = Some(place));
    } else {
        let index = FeatureIndex::new(plan);
        for &zone in &coloured {
            let Some(bounds) = plan[zone].shape.bounding_rect() else { continue };
            // A little beyond, for what ends just short of it.
            let spare = geo::Coord { x: bounds.width() * 0.05, y: bounds.height() * 0.05 };
            let near = index.near(Rect::new(bounds.min() - spare, bounds.max() + spare));
            let taken: Vec<usize> = near.into_iter().filter_map(|other| hues[other.index()]).collect();
            let uses = |hue: &usize| taken.iter().filter(|&other| other == hue).count();
            hues[zone.index()] = (0..HUES.len()).map(|step| (zone.index() + step) % HUES.len()).min_by_key(uses);
        }
    }
    let of = |zone: FeatureId| plan.path(zone).into_iter().rev().find_map(|zone| hues[zone.index()]);
    plan.ids().map(|zone| of(zone).unwrap_or(0)).collect()
}

/// Whether each feature that is coloured has a hue of its own.
pub(super) fn has_own_hues(plan: &Plan) -> bool {
    plan.partition().count() <= HUES.len()
}

/// The core, the zone or the feature of a layer that a feature is, or lies in.
pub(super) fn coloured_by(plan: &Plan, zone: FeatureId) -> Option<FeatureId> {
    if plan[zone].level == Some(Level::Corridor) {
        return None;
    }
    Some(plan.path(zone).into_iter().find(|&zone| plan.is_partition(zone)).unwrap_or(zone))
}
