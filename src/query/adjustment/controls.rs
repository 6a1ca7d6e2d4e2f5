//! Control areas: of the whole, of groups and of features.

use crate::error::{AdjustmentProblem, Result};
use crate::plan::{Feature, Plan};
use crate::query::adjustment::failed;
use crate::query::areas::{check_property, class_of};
use crate::units::{AreaUnit, SquareDecimetres, SquareMetres, StatedArea};

/// Control areas, to which computed areas are adjusted.
///
/// ```
/// use taizhou_corridor::query::adjustment::Controls;
/// use taizhou_corridor::units::{AreaUnit, SquareMetres};
///
/// let mut controls = Controls::of_total(SquareMetres::from_km2(115.0));
/// controls.add_feature("core", "4100", AreaUnit::Hectares)?;
/// assert!(controls.add_feature("jiaojiang", "large", AreaUnit::Hectares).is_err());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Controls {
    pub(super) areas: Vec<(ControlOf, SquareDecimetres)>,
}

/// What a control area is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ControlOf {
    Total,
    Group(String),
    /// The feature with this id; `total` is the whole if there is no such feature.
    Feature(String),
}

impl Controls {
    /// No control areas yet.
    pub fn new() -> Controls {
        Controls::default()
    }

    /// A control area of the whole: of the corridor, or of all features of a flat dataset.
    pub fn of_total(area: SquareMetres) -> Controls {
        Controls { areas: vec![(ControlOf::Total, SquareDecimetres::nearest(area))] }
    }

    /// The control areas that features state as a property, in a unit that its name ends with or that stands behind each
    /// value; `published_area` is the published area in any unit. With `by`, a value is of the group of the feature.
    ///
    /// Missing and empty values, and zeros, are none.
    ///
    /// # Errors
    /// If no feature has the property, or states an area; if the unit is not known, a value is not an area, or features of
    /// a group state different areas.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::adjustment::Controls;
    ///
    /// let plan = Plan::bundled();
    /// assert!(Controls::of_property(&plan, "published_area_km2", None).is_ok());
    /// assert!(Controls::of_property(&plan, "level", None).is_err());
    /// ```
    pub fn of_property(plan: &Plan, property: &str, by: Option<&str>) -> Result<Controls> {
        let mut controls = Controls::new();
        let is_published = property == "published_area";
        if !is_published {
            check_property(plan, property)?;
        }
        let unit = AreaUnit::at_end_of(property).map(|(_, unit)| unit);
        for feature in plan.features() {
            let of = match by {
                Some(by) => ControlOf::Group(class_of(feature, by)),
                None => ControlOf::Feature(feature.id.clone()),
            };
            if is_published {
                let area = feature.published_area.map(SquareDecimetres::nearest);
                controls.areas.extend(area.map(|area| (of, area)));
                continue;
            }
            let Some(text) = text_of(feature, property) else { continue };
            let of_value = AreaUnit::at_end_of(&text).map(|(_, unit)| unit);
            let no_unit = || failed(AdjustmentProblem::NoUnit { column: property.to_owned() });
            controls.add(of, &text, of_value.or(unit).ok_or_else(no_unit)?)?;
        }
        match controls.areas.as_slice() {
            [] => Err(failed(AdjustmentProblem::NoControl { column: property.to_owned() })),
            _ => Ok(controls),
        }
    }

    /// Adds the control area of a feature by its id, or of the whole as `total`: a text that may end in a unit, otherwise
    /// in `unit`. An empty text and 0 are none. Errors if it is not an area.
    pub fn add_feature(&mut self, id: &str, text: &str, unit: AreaUnit) -> Result<()> {
        self.add(ControlOf::Feature(id.to_owned()), text, unit)
    }

    /// Adds the control area of a group, as [`add_feature`](Controls::add_feature).
    pub fn add_group(&mut self, name: &str, text: &str, unit: AreaUnit) -> Result<()> {
        self.add(ControlOf::Group(name.to_owned()), text, unit)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    fn add(&mut self, of: ControlOf, text: &str, unit: AreaUnit) -> Result<()> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        // Beyond the largest countries and oceans; sums of such areas stay exact.
        const MAX: SquareMetres = SquareMetres(1e15);
        let area = StatedArea::parse(text, unit).map(|stated| stated.area).filter(|area| *area <= MAX);
        match area {
            Some(SquareMetres(0.0)) => {}
            Some(area) => self.areas.push((of, SquareDecimetres::nearest(area))),
            None => {
                let of = of.name().to_owned();
                return Err(failed(AdjustmentProblem::NotAnArea { of, text: text.to_owned() }));
            }
        }
        Ok(())
    }
}

impl ControlOf {
    pub(super) fn name(&self) -> &str {
        match self {
            ControlOf::Total => TOTAL,
            ControlOf::Group(name) | ControlOf::Feature(name) => name,
        }
    }
}

/// The name of the whole.
pub(super) const TOTAL: &str = "total";

fn text_of(feature: &Feature, property: &str) -> Option<String> {
    match feature.properties.get(property)? {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
