//! Prepared plans: each built once per process and identified by its content.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::crs::Crs;
use crate::geometry::measure::rings;
use crate::index::ProjectedCellIndex;
use crate::plan::Plan;
use crate::query::locate::{LocateColumn, Locator, RowLocator};
use crate::query::overlay::{OverlayColumn, Overlayer, RowOverlayer};

/// A content hash of a plan in 32 bytes: equal for plans that give the same answers, whatever
/// file they were read from.
///
/// ```
/// use taizhou_corridor::engine::PlanId;
/// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
///
/// let id = PlanId::of(&Plan::bundled());
/// assert_eq!(id, PlanId::of(&Plan::from_geojson(PLAN_GEOJSON.as_bytes())?));
/// assert_ne!(id, PlanId::of(&Plan::from_geojson(PLAN_GEOJSON.replace("121.44,", "121.45,").as_bytes())?));
/// assert_eq!(id.to_string().parse(), Ok(id));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlanId([u8; 32]);

impl PlanId {
    /// Computes the id of a plan.
    pub fn of(plan: &Plan) -> PlanId {
        let mut hasher = Sha256::new();
        // Prefix texts with their length, so that different plans never encode to the same bytes.
        let mut text = |text: Option<&str>| {
            hasher.update(text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
            hasher.update(text.unwrap_or_default());
        };
        text(Some("taizhou-corridor plan 1"));
        text(Some(if plan.is_flat() { "layer" } else { "plan" }));
        for zone in plan.features() {
            text(Some(&zone.id));
            text(zone.level.map(|level| level.as_str()));
            text(zone.parent.map(|parent| plan[parent].id.as_str()));
            text(Some(&zone.name));
            text(zone.name_en.as_deref());
            text(zone.accuracy.map(|accuracy| accuracy.0.to_string()).as_deref());
            for (number, polygon) in zone.shape.iter().enumerate() {
                for ring in rings(polygon) {
                    text(Some(&number.to_string()));
                    let corners = ring.0.iter().map(|corner| format!("{} {},", corner.x, corner.y));
                    text(Some(&corners.collect::<String>()));
                }
            }
        }
        PlanId(hasher.finalize().into())
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for PlanId {
    type Err = String;

    /// Reads 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<PlanId, String> {
        let wrong = || format!("`{text}` is no id of a plan: 64 hexadecimal digits are expected");
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).map_err(|_| wrong())?;
        }
        Ok(PlanId(bytes))
    }
}

/// A plan with its indexes.
pub(super) struct Prepared {
    pub(super) id: PlanId,
    pub(super) locator: RowLocator<'static>,
    pub(super) overlayer: RowOverlayer<'static>,
    projected_cells: Mutex<HashMap<Crs, Option<Arc<ProjectedCellIndex>>>>,
}

/// A reference to a prepared plan; equal if the ids are.
#[derive(Clone, Copy)]
pub(super) struct PlanRef(&'static Prepared);

impl Deref for PlanRef {
    type Target = Prepared;

    fn deref(&self) -> &Prepared {
        self.0
    }
}

impl fmt::Debug for PlanRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl PartialEq for PlanRef {
    fn eq(&self, other: &PlanRef) -> bool {
        self.id == other.id
    }
}

impl Eq for PlanRef {}

impl Hash for PlanRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// The fields for a parcel and an intersected zone.
pub(super) const OVERLAY_COLUMNS: [OverlayColumn; 7] = [
    OverlayColumn::Zone,
    OverlayColumn::ZoneName,
    OverlayColumn::Relation,
    OverlayColumn::AreaM2,
    OverlayColumn::Share,
    OverlayColumn::Majority,
    OverlayColumn::Certainty,
];

static PREPARED: Mutex<BTreeMap<PlanId, PlanRef>> = Mutex::new(BTreeMap::new());

impl Prepared {
    /// Prepares a plan once and keeps it for the life of the process: queries may outlive the code that created
    /// them, and executors get the same plan with each task.
    pub(super) fn of(plan: Plan) -> PlanRef {
        let id = PlanId::of(&plan);
        let mut known = PREPARED.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(id).or_insert_with(|| {
            let plan: &'static Plan = Box::leak(Box::new(plan));
            PlanRef(Box::leak(Box::new(Prepared {
                id,
                locator: RowLocator::new(Locator::new(plan), &LocateColumn::ALL),
                overlayer: RowOverlayer::new(Overlayer::new(plan), &OVERLAY_COLUMNS),
                projected_cells: Mutex::default(),
            })))
        })
    }

    /// The plan with this id, if it was prepared in this process.
    #[cfg(feature = "ballista")]
    pub(super) fn known(id: PlanId) -> Option<PlanRef> {
        PREPARED.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }

    /// The cell index of the plan in a coordinate system, for a batch of this size; `None` until building it would pay
    /// off, or if it cannot be built.
    pub(super) fn projected_cells(&self, crs: &Crs, points: usize) -> Option<Arc<ProjectedCellIndex>> {
        let cells = self.locator.locator().cells(points)?;
        let mut projected_cells = self.projected_cells.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = self.locator.locator().plan();
        projected_cells
            .entry(crs.clone())
            .or_insert_with(|| ProjectedCellIndex::new(plan, cells, crs).map(Arc::new))
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::PLAN_GEOJSON;

    #[test]
    fn a_plan_is_prepared_once() {
        assert!(std::ptr::eq(Prepared::of(Plan::bundled()).0, Prepared::of(Plan::bundled()).0));
        let layer = Plan::flat_from_geojson(PLAN_GEOJSON.as_bytes(), None).unwrap();
        assert_ne!(PlanId::of(&layer), PlanId::of(&Plan::bundled()));
    }

    #[test]
    fn rejects_invalid_ids() {
        for text in ["", "00", &"g".repeat(64), &"é".repeat(32)] {
            assert!(text.parse::<PlanId>().is_err(), "{text}");
        }
    }
}
