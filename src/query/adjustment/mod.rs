//! Computed areas adjusted to control areas (面积平差).
//!
//! The rule is that of land surveys: from the whole to the parts, a control area is divided among its parts in proportion
//! to their computed area, if the difference is within a tolerance; the adjusted areas of the parts are the control areas
//! of their own parts. Areas are whole hundredths of a square metre, so that parts add up exactly.

mod controls;
mod distribute;
mod tree;

use crate::error::{AdjustmentProblem, Error, ErrorKind, Result};
use crate::geometry::clip::NOISE;
use crate::plan::{FeatureId, Plan};
use crate::query::areas::{Method, ZoneArea};
use crate::query::overlay::OverlapAnalysis;
use crate::units::{SquareDecimetres, SquareMetres};

pub use self::controls::Controls;
pub use self::distribute::distribute;
use self::tree::Tree;

/// The default tolerance, in parts per million: 1/200, within which the areas of parcels are adjusted to that of their
/// block in urban cadastral surveys (城镇地籍调查规程, TD 1001—93).
pub const TOLERANCE_PPM: f64 = 5000.0;

/// What an adjusted area is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Member {
    /// All features of a flat dataset.
    Total,
    /// The features with a value of the property that they are grouped by; empty if they have none.
    Group(String),
    /// A feature.
    Feature(FeatureId),
    /// What the features in a feature leave of it.
    Rest(FeatureId),
}

/// An area before and after the adjustment.
#[derive(Debug, Clone, PartialEq)]
pub struct AdjustedArea {
    /// What it is of.
    pub member: Member,
    /// How deep it is in the hierarchy; 0 is the whole.
    pub depth: usize,
    /// The index of what it is a part of.
    pub parent: Option<usize>,
    /// The computed area; of what has parts, the sum of theirs.
    pub computed: SquareDecimetres,
    /// The adjusted area; of what has parts, exactly the sum of theirs.
    pub adjusted: SquareDecimetres,
    /// Its own control area.
    pub control: Option<SquareDecimetres>,
}

impl AdjustedArea {
    /// Adjusted minus computed area.
    pub fn correction(&self) -> SquareDecimetres {
        SquareDecimetres(self.adjusted.0 - self.computed.0)
    }

    /// Computed minus control area in parts per million of the control area.
    pub fn difference_ppm(&self) -> Option<f64> {
        self.control.map(|control| difference_ppm(self.computed, control))
    }
}

fn difference_ppm(computed: SquareDecimetres, control: SquareDecimetres) -> f64 {
    (computed.0 - control.0) as f64 / control.0 as f64 * 1e6
}

/// The adjusted areas of a plan by one method.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjustment {
    /// The method by which the areas are computed.
    pub method: Method,
    /// The areas: the whole first, the parts of each after it, in plan order.
    pub areas: Vec<AdjustedArea>,
    /// The ids of features and the names of groups without a control area, neither of their own nor of what they are in.
    pub without_control: Vec<String>,
    /// The area that the features of a flat dataset cover more than once.
    pub repeated: SquareMetres,
    /// The tolerance, in parts per million.
    pub tolerance_ppm: f64,
}

/// Adjusts areas that [`areas`](crate::query::areas::areas) has computed to control areas, separately by each method.
///
/// Features of a plan with levels are parts of the feature that they are in; what they leave of it is a part as well,
/// unless it is below [`NOISE`]. Features of a flat dataset are parts of groups with the same value of the property `by`,
/// or of the whole.
///
/// # Errors
/// [`ErrorKind::Adjustment`] if a difference exceeds the tolerance, control areas contradict each other or are of nothing
/// that there is, or features overlap those beside them by more than the tolerance.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::adjustment::{Controls, TOLERANCE_PPM, adjust};
/// use taizhou_corridor::query::areas::{Method, areas};
/// use taizhou_corridor::units::SquareMetres;
///
/// // The areas in the plane, brought to the 115 km² that are published.
/// let plan = Plan::bundled();
/// let computed = areas(&plan, &[Method::GAUSS_KRUEGER_120E])?;
/// let controls = Controls::of_total(SquareMetres::from_km2(115.0));
/// let adjusted = &adjust(&plan, &computed, None, &controls, TOLERANCE_PPM)?[0].areas;
/// assert_eq!(adjusted[0].adjusted.square_metres().km2(), 115.0);
/// let core = &adjusted[1];
/// assert_eq!(core.correction().square_metres(), SquareMetres(-18_481.38));
/// let zones: i64 = adjusted.iter().filter(|area| area.parent == Some(0)).map(|area| area.adjusted.0).sum();
/// assert_eq!(zones, adjusted[0].adjusted.0);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn adjust(
    plan: &Plan,
    areas: &[ZoneArea],
    by: Option<&str>,
    controls: &Controls,
    tolerance_ppm: f64,
) -> Result<Vec<Adjustment>> {
    if let Some(property) = by.filter(|_| !plan.is_flat()) {
        return Err(failed(AdjustmentProblem::Levels { property: property.to_owned() }));
    }
    let mut repeated = SquareMetres(0.0);
    if plan.is_flat() {
        let mut analysis = OverlapAnalysis::in_plane(plan.plane());
        plan.iter().for_each(|(id, feature)| analysis.add(id.index() as u64, "", feature.shape.clone()));
        repeated = Some(analysis.repeated_area()).filter(|&area| area > NOISE).unwrap_or_default();
    }
    // For each method the features in plan order, then their total.
    let of_methods = areas.chunks(plan.features().len() + 1);
    let adjusted = of_methods.filter_map(|of_method| Some((of_method.first()?.method.clone(), of_method)));
    adjusted
        .map(|(method, of_method)| {
            let computed = of_method.iter().filter(|area| area.zone.is_some()).map(|area| area.size.area);
            let mut tree = Tree::new(plan, computed.map(SquareDecimetres::nearest).collect(), by, tolerance_ppm)?;
            tree.set_controls(controls)?;
            let without_control = tree.without_control();
            Ok(Adjustment { method, areas: tree.settled()?, without_control, repeated, tolerance_ppm })
        })
        .collect()
}

fn failed(problem: AdjustmentProblem) -> Error {
    Error::new(ErrorKind::Adjustment(problem))
}
