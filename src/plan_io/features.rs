//! The selected features of a plan, rounded and styled for web maps.

use geo::{CoordsIter, MapCoords, MultiPolygon};
use geojson::JsonObject;

use crate::crs::{AxisOrder, BetweenPlanes, CoordNormalizer, Crs, IntoPlane, Plane, Transformer};
use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::geometry::validity::first_validation_error;
use crate::geometry::{orient, round};
use crate::maths::power_of_ten;
use crate::plan::palette::{Paint, paints};
use crate::plan::{Feature, FeatureId, Level, Plan};

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
    let outlines = Outlines::new(plan, options)?;
    let paints = options.with_style.then(|| paints(plan));
    let feature = |id: FeatureId| {
        let zone = &plan[id];
        let shape = orient(&round(&reproject(&outlines.in_lon_lat(zone)?, &transformer)?, options.decimals));
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

/// The outlines of a plan for an export to a system.
///
/// To another plane, edges are cut so that they deviate by less than half of the last decimal that is written.
pub(super) struct Outlines<'p> {
    plan: &'p Plan,
    target: Plane,
    normalizer: CoordNormalizer,
    max_deviation_m: f64,
}

impl<'p> Outlines<'p> {
    pub(super) fn new(plan: &'p Plan, options: &ExportOptions) -> Result<Outlines<'p>> {
        /// Finer cuts would be of no use to anybody.
        const MIN_DEVIATION_M: f64 = 5e-5;
        const DEGREE_M: f64 = 111_000.0;
        let target = Plane::of(&options.crs)?;
        let unit_m = if options.crs.is_degrees() { DEGREE_M } else { 1.0 };
        let half_m = 0.5 * unit_m * power_of_ten(-(options.decimals.min(15) as i32));
        let normalizer = CoordNormalizer::new(options.crs.clone(), AxisOrder::EastNorth)?;
        Ok(Outlines { plan, target, normalizer, max_deviation_m: half_m.max(MIN_DEVIATION_M) })
    }

    /// Whether the system of the export has the plan's own plane, which is not longitude and latitude.
    pub(super) fn is_own_plane(&self) -> bool {
        !self.target.is_lon_lat() && self.target == *self.plan.plane()
    }

    /// The outline of a feature in the system of the export, if that has the plan's plane.
    pub(super) fn own(&self, zone: &Feature) -> Result<MultiPolygon<f64>> {
        let into_plane = IntoPlane::new(Some(&self.normalizer), self.plan.plane());
        into_plane.shape_in_table(&zone.shape).map_err(|problem| of_feature(problem, zone))
    }

    /// The outline of a feature in the plan's plane, with corners where its edges are cut.
    pub(super) fn cut(&self, zone: &Feature) -> Result<MultiPolygon<f64>> {
        let between = BetweenPlanes::new(self.plan.plane(), &self.target).deviating_by(self.max_deviation_m);
        between.cut(&zone.shape).map_err(|problem| of_feature(problem, zone))
    }

    /// The same in longitude and latitude.
    pub(super) fn in_lon_lat(&self, zone: &Feature) -> Result<MultiPolygon<f64>> {
        Ok(self.cut(zone)?.map_coords(|corner| self.plan.plane().position(corner)))
    }
}

fn of_feature(problem: RowProblem, zone: &Feature) -> Error {
    Error::new(ErrorKind::Row(problem)).at_feature(zone.id.clone())
}

/// The number of corners that an export adds to keep edges where they are: none in the plan's own plane.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::plan_io::{ExportOptions, added_corners};
///
/// let plan = Plan::bundled();
/// assert_eq!(added_corners(&plan, &ExportOptions::default())?, 0);
/// let gauss_krueger = ExportOptions { crs: Crs::Epsg(4549), decimals: 3, ..ExportOptions::default() };
/// assert!(added_corners(&plan, &gauss_krueger)? > 0);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn added_corners(plan: &Plan, options: &ExportOptions) -> Result<usize> {
    let outlines = Outlines::new(plan, options)?;
    let chosen = options.chosen(plan)?;
    chosen.into_iter().map(|id| Ok(outlines.cut(&plan[id])?.coords_count() - plan[id].shape.coords_count())).sum()
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
