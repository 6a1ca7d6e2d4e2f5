//! The features to name on a map, with their order and font size.

use geo::{Area, MultiPolygon};

use crate::map::labels::Name;
use crate::map::text::clean;
use crate::messages::Lang;
use crate::plan::{FeatureId, Level, Plan};

/// A feature on the sheet, in drawing order: the coarsest first.
pub(super) struct Feature {
    pub(super) zone: FeatureId,
    /// In pixels.
    pub(super) shape: MultiPolygon<f64>,
    /// The core, zone or feature that determines its colour; `None` for the corridor.
    pub(super) coloured_by: Option<FeatureId>,
    pub(super) is_cluster: bool,
}

/// With more features than this, none is named: labels would be illegible.
const MAX_NAMES: usize = 400;
/// With more features than this, names are placed inside or in the legend only.
const MAX_BESIDE: usize = 40;

/// The names to place, the most important first; and the number omitted from the start.
pub(super) fn names(plan: &Plan, features: &[Feature], lang: Lang, k: f64) -> (Vec<Name>, u64) {
    let named = |feature: &Feature| feature.coloured_by.is_some();
    let mut order: Vec<usize> = (0..features.len()).filter(|&index| named(&features[index])).collect();
    let area = |index: usize| features[index].shape.unsigned_area();
    order.sort_by(|&a, &b| {
        features[a].is_cluster.cmp(&features[b].is_cluster).then(area(b).total_cmp(&area(a))).then(a.cmp(&b))
    });
    let left_out = order.len().saturating_sub(MAX_NAMES) as u64;
    order.truncate(MAX_NAMES);
    let may_be_beside = order.len() <= MAX_BESIDE;
    let names = order.iter().map(|&index| {
        let feature = &features[index];
        let zone = &plan[feature.zone];
        let sizes: &[f64] = match zone.level {
            Some(Level::Core) => &[16.0, 14.5, 13.0],
            Some(Level::Cluster) => &[10.5, 9.5],
            Some(_) => &[14.5, 13.0, 12.0],
            None if order.len() <= 12 => &[14.0, 12.0, 10.0],
            None => &[10.5, 9.0],
        };
        let size_beside = match zone.level {
            Some(Level::Cluster) => 10.5,
            Some(_) => 12.5,
            None => 10.0,
        };
        Name {
            text: clean(lang.name_of(zone)),
            sizes: sizes.iter().map(|size| size * k).collect(),
            size_beside: size_beside * k,
            may_be_beside,
            shape: index,
        }
    });
    (names.collect(), left_out)
}
