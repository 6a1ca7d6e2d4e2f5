//! The selected features of a plan, rounded and styled for web maps.

use geo::{MapCoords, MultiPolygon};
use geojson::JsonObject;

use crate::crs::{Crs, Transformer};
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::validity::first_validation_error;
use crate::geometry::{orient, round};
use crate::plan::palette::{Paint, paints};
use crate::plan::{FeatureId, Level, Plan};

/// Which features of a plan are exported, and how.
///
/// ```
/// use taizhou_corridor::plan_io::ExportOptions;
/// use taizhou_corridor::plan::Level;
///
/// // The core and the zones, in colours, to the decimetre.
/// let options = ExportOptions {
///     levels: vec![Level::Core, Level::Zone],
///     with_style: true,
///     decimals: 6,
///     ..ExportOptions::default()
/// };
/// assert!(options.ids.is_empty() && !options.as_lines);
/// ```
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// The levels to export; all if empty.
    pub levels: Vec<Level>,
    /// The ids of the features to export; all if empty.
    pub ids: Vec<String>,
    /// Whether to write one feature per line, without a collection.
    pub as_lines: bool,
    /// The coordinate system: longitude and latitude, or one of the shifted systems of Chinese web maps.
    pub crs: Crs,
    /// The number of decimals, in degrees: 7 are a centimetre.
    pub decimals: usize,
    /// Whether to add styles: in formats for web maps as properties (simplestyle 1.1.0: `fill`, `stroke`, …), in other
    /// formats as [`export_plan`](crate::plan_io::export_plan) describes.
    pub with_style: bool,
}

impl Default for ExportOptions {
    fn default() -> ExportOptions {
        ExportOptions { levels: vec![], ids: vec![], as_lines: false, crs: Crs::Crs84, decimals: 7, with_style: false }
    }
}

impl ExportOptions {
    /// The ids of the selected features. Errors if an id is unknown or no feature is selected.
    pub(super) fn chosen(&self, plan: &Plan) -> Result<Vec<FeatureId>> {
        for id in &self.ids {
            plan.feature(id)?;
        }
        let is_chosen = |&id: &FeatureId| {
            let zone = &plan[id];
            (self.levels.is_empty() || zone.level.is_some_and(|level| self.levels.contains(&level)))
                && (self.ids.is_empty() || self.ids.contains(&zone.id))
        };
        let zones: Vec<FeatureId> = plan.ids().filter(is_chosen).collect();
        if zones.is_empty() { Err(Error::new(ErrorKind::EmptySelection)) } else { Ok(zones) }
    }
}

/// A feature of a plan, with its properties on a map.
pub(super) struct PlanFeature {
    pub(super) id: String,
    pub(super) properties: JsonObject,
    /// In the system of the options, exteriors counter-clockwise, rounded and valid.
    pub(super) shape: MultiPolygon<f64>,
}

/// The selected features. Errors if there are none, or if a shape is not valid after rounding.
pub(super) fn plan_features(plan: &Plan, options: &ExportOptions) -> Result<Vec<PlanFeature>> {
    let transformer = Transformer::to_crs(options.crs.clone())?;
    let paints = options.with_style.then(|| paints(plan));
    let feature = |id: FeatureId| {
        let zone = &plan[id];
        let shape = orient(&round(&reproject(&zone.shape, &transformer)?, options.decimals));
        if let Some(flaw) = first_validation_error(&shape) {
            let kind = ErrorKind::Rounding { decimals: options.decimals, problem: flaw.problem };
            return Err(Error::new(kind).at_feature(zone.id.clone()));
        }
        let mut properties = zone.properties.clone();
        properties.extend(paints.iter().flat_map(|paints| simplestyle(&paints[id.index()])));
        if options.crs.is_shifted() {
            let notice =
                format!("coordinates are {}, for display on maps that need it, not for surveying", options.crs);
            properties.insert(CRS_NOTICE.to_owned(), notice.into());
        }
        Ok(PlanFeature { id: zone.id.clone(), properties, shape })
    };
    options.chosen(plan)?.into_iter().map(feature).collect()
}

/// The property that warns of shifted coordinates. On each feature, so that it is kept when features are copied.
const CRS_NOTICE: &str = "crs_notice";

/// A shape in another coordinate system.
fn reproject(shape: &MultiPolygon<f64>, transformer: &Transformer) -> Result<MultiPolygon<f64>> {
    shape.try_map_coords(|coord| {
        let mut transformed = [coord];
        transformer.apply(&mut transformed).map(|()| transformed[0])
    })
}

/// The style of a feature in simplestyle-spec 1.1.0.
fn simplestyle(paint: &Paint) -> JsonObject {
    let style = [
        ("fill", paint.fill.to_string().into()),
        ("fill-opacity", paint.fill_opacity.into()),
        ("stroke", paint.stroke.to_string().into()),
        ("stroke-opacity", 1.0.into()),
        ("stroke-width", paint.stroke_width_px.into()),
    ];
    style.into_iter().map(|(name, value): (&str, serde_json::Value)| (name.to_owned(), value)).collect()
}
