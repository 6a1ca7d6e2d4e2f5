//! Colours: muted fills in hues that are distinguishable with colour-blind vision.

use geo::{BoundingRect, Rect};

use crate::index::FeatureIndex;
use crate::map::classes::Class;
use crate::plan::palette::{Colour, HUES};
use crate::plan::{FeatureId, Level, Plan, Severity};

/// Light or dark background.
///
/// ```
/// use taizhou_corridor::map::Theme;
///
/// assert_eq!(Theme::default(), Theme::Light);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// Dark on light, for paper.
    #[default]
    Light,
    /// Light on dark, for screens.
    Dark,
}

/// Mixes two colours; `part` is the share of the second.
fn mixed(colour: Colour, other: Colour, share: f64) -> Colour {
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    Colour {
        red: mix(colour.red, other.red),
        green: mix(colour.green, other.green),
        blue: mix(colour.blue, other.blue),
    }
}

/// What gives a site or parcel its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MarkPaint {
    /// Its zone; `None` outside all zones.
    Zone(Option<FeatureId>),
    /// The class of its value.
    Class(Class),
}

/// Five steps of viridis, by S. van der Walt and N. Smith (2015, CC0): even in lightness, and so distinguishable with
/// colour-blind vision and in grey.
const STEPS: [Colour; 5] = [
    Colour::of_rgb(0x44_01_54),
    Colour::of_rgb(0x3b_52_8b),
    Colour::of_rgb(0x21_91_8c),
    Colour::of_rgb(0x5e_c9_62),
    Colour::of_rgb(0xfd_e7_25),
];

/// The colours of one map.
pub(super) struct Palette {
    pub(super) paper: Colour,
    pub(super) background: Colour,
    pub(super) ink: Colour,
    pub(super) muted: Colour,
    pub(super) line: Colour,
    pub(super) water: Colour,
    pub(super) water_fill: Colour,
    /// The index of the hue of each feature.
    hues: Vec<usize>,
    is_grey: bool,
    tint: f64,
}

impl Palette {
    /// The colours for a plan; with `is_quiet`, its areas have hardly any, since those of classes stand on them.
    pub(super) fn new(plan: &Plan, theme: Theme, is_quiet: bool) -> Palette {
        let palette = Palette::of_theme(plan, theme);
        if is_quiet { Palette { tint: QUIET_TINT, ..palette } } else { palette }
    }

    /// Features without colours, which are those of findings.
    pub(super) fn in_grey(self) -> Palette {
        Palette { is_grey: true, ..self }
    }

    fn of_theme(plan: &Plan, theme: Theme) -> Palette {
        let hues = hues(plan);
        match theme {
            Theme::Light => Palette {
                paper: Colour::of_rgb(0xff_ff_ff),
                background: Colour::of_rgb(0xf6_f6_f2),
                ink: Colour::of_rgb(0x22_26_2b),
                muted: Colour::of_rgb(0x5b_63_6b),
                line: Colour::of_rgb(0x9a_a2_a8),
                water: Colour::of_rgb(0x3a_7a_ab),
                water_fill: Colour::of_rgb(0xdb_e8_f2),
                hues,
                is_grey: false,
                tint: 0.2,
            },
            Theme::Dark => Palette {
                paper: Colour::of_rgb(0x0f_13_18),
                background: Colour::of_rgb(0x18_1e_25),
                ink: Colour::of_rgb(0xee_f1_f4),
                muted: Colour::of_rgb(0xa9_b3_bd),
                line: Colour::of_rgb(0x5d_68_73),
                water: Colour::of_rgb(0x5c_97_c4),
                water_fill: Colour::of_rgb(0x1f_33_45),
                hues,
                is_grey: false,
                tint: 0.26,
            },
        }
    }

    fn hue(&self, zone: FeatureId) -> Colour {
        if self.is_grey { self.muted } else { HUES[self.hues[zone.index()]] }
    }

    /// The fill of the core, a zone, or a feature of a flat dataset.
    pub(super) fn fill(&self, zone: FeatureId) -> Colour {
        mixed(self.background, self.hue(zone), self.tint)
    }

    /// The fill of a cluster in that zone.
    pub(super) fn inner_fill(&self, zone: FeatureId) -> Colour {
        mixed(self.background, self.hue(zone), self.tint * 2.0)
    }

    /// The boundary colour.
    pub(super) fn stroke(&self, zone: FeatureId) -> Colour {
        mixed(self.hue(zone), self.ink, 0.2)
    }

    /// The colour of sites and parcels.
    pub(super) fn mark(&self, paint: MarkPaint) -> Colour {
        match paint {
            MarkPaint::Zone(zone) => zone.map_or(self.muted, |zone| self.hue(zone)),
            MarkPaint::Class(Class::Category(rank)) => HUES[usize::from(rank) % HUES.len()],
            MarkPaint::Class(Class::Step(step, steps)) => {
                let last = usize::from(steps.max(2)) - 1;
                STEPS[(usize::from(step) * (STEPS.len() - 1) / last).min(STEPS.len() - 1)]
            }
            MarkPaint::Class(Class::Severity(severity)) => match severity {
                Severity::Error => Colour::of_rgb(0xc6_28_28),
                Severity::Warning => Colour::of_rgb(0xee_8a_00),
                Severity::Info => Colour::of_rgb(0x1e_78_c8),
            },
            MarkPaint::Class(Class::Other) => self.muted,
            MarkPaint::Class(Class::Missing) => self.background,
        }
    }

    /// The colour of the name.
    pub(super) fn text(&self, zone: FeatureId) -> Colour {
        mixed(self.hue(zone), self.ink, 0.62)
    }
}

const QUIET_TINT: f64 = 0.05;

/// The hues in plan order; clusters have that of their parent. With more features than hues, neighbours
/// differ as far as possible.
fn hues(plan: &Plan) -> Vec<usize> {
    let mut hues: Vec<Option<usize>> = vec![None; plan.features().len()];
    let coloured: Vec<FeatureId> = plan.partition().collect();
    if coloured.len() <= HUES.len() {
        coloured.iter().enumerate().for_each(|(hue, &zone)| hues[zone.index()] = Some(hue));
    } else {
        let index = FeatureIndex::new(plan);
        for &zone in &coloured {
            let Some(bounds) = plan[zone].shape.bounding_rect() else { continue };
            // With a margin, for neighbours separated by a small gap.
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

/// Whether each feature of the partition has its own hue.
pub(super) fn has_own_hues(plan: &Plan) -> bool {
    plan.partition().count() <= HUES.len()
}

/// The core, zone or feature of a flat dataset that determines the colour of a feature; `None` for the corridor.
pub(super) fn coloured_by(plan: &Plan, zone: FeatureId) -> Option<FeatureId> {
    if plan[zone].level == Some(Level::Corridor) {
        return None;
    }
    Some(plan.path(zone).into_iter().find(|&zone| plan.is_partition(zone)).unwrap_or(zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_below_findings_have_no_colour() {
        let plan = Plan::bundled();
        let palette = Palette::new(&plan, Theme::Light, true).in_grey();
        let grey = mixed(palette.muted, palette.ink, 0.2);
        assert!(plan.partition().all(|zone| palette.stroke(zone) == grey));
        let warning = palette.mark(MarkPaint::Class(Class::Severity(Severity::Warning)));
        assert!(
            warning != grey
                && warning
                    == Palette::new(&plan, Theme::Light, true)
                        .mark(MarkPaint::Class(Class::Severity(Severity::Warning)))
        );
    }
}
