//! How the rows of a table are drawn, for formats that say so.

use crate::plan::Level;
use crate::plan::palette::Paint;

/// The style of a layer, for a format that embeds it.
pub(crate) struct LayerStyle {
    pub(crate) features: FeatureStyles,
    /// The same as a style file of QGIS.
    pub(crate) qml: String,
}

/// How rows are drawn, in their order.
pub(crate) struct FeatureStyles {
    pub(crate) entries: Vec<FeatureStyle>,
    /// A warning about what they are.
    pub(crate) notice: Option<String>,
}

/// A feature, and how it is drawn.
pub(crate) struct FeatureStyle {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) name_en: Option<String>,
    pub(crate) level: Option<Level>,
    pub(crate) paint: Paint,
}

impl FeatureStyles {
    /// Each way of drawing once, in the order of the rows.
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
