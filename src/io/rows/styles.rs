//! Styles of rows, for formats that store them.

use crate::plan::Level;
use crate::plan::palette::Paint;

/// The style of a layer, for a format that embeds it.
pub(crate) struct LayerStyle {
    pub(crate) features: FeatureStyles,
    /// The same styles as QML of QGIS.
    #[cfg_attr(not(feature = "geopackage"), allow(dead_code, reason = "other formats have it beside them"))]
    pub(crate) qml: String,
}

/// The styles of rows, in their order.
pub(crate) struct FeatureStyles {
    pub(crate) entries: Vec<FeatureStyle>,
    /// The notice of the plan.
    pub(crate) notice: Option<String>,
}

/// A feature and its style.
pub(crate) struct FeatureStyle {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) name_en: Option<String>,
    pub(crate) level: Option<Level>,
    pub(crate) paint: Paint,
}

impl FeatureStyles {
    /// The distinct styles, in the order of the rows.
    pub(crate) fn paints(&self) -> Vec<Paint> {
        let mut paints: Vec<Paint> = vec![];
        for entry in &self.entries {
            if !paints.contains(&entry.paint) {
                paints.push(entry.paint);
            }
        }
        paints
    }
}
