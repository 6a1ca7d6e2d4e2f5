//! Feature ids: typed positions in a plan.

/// Identifies a feature of a [`Plan`](crate::plan::Plan): its position in plan order.
///
/// Ids come from the plan itself ([`id_of`](crate::plan::Plan::id_of), [`find`](crate::plan::Plan::find),
/// [`ids`](crate::plan::Plan::ids), [`iter`](crate::plan::Plan::iter)) and from queries on it. A plan does not change,
/// so its ids stay valid for it and for its clones. They order as the features of the plan do.
///
/// An id carries no reference to its plan. In another plan the same id denotes an unrelated feature or none:
/// there, [`Plan::get`](crate::plan::Plan::get) returns `None` for an id beyond the last feature, and `plan[id]`
/// panics as an index out of bounds does.
///
/// ```
/// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
///
/// let plan = Plan::bundled();
/// let core = plan.id_of("core")?;
/// assert_eq!((core.index(), plan[core].name.as_str()), (1, "中央创新核"));
///
/// let block = br#"{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "A-01",
///     "properties": {}, "geometry": {"type": "Polygon",
///     "coordinates": [[[121.4, 28.6], [121.5, 28.6], [121.5, 28.7], [121.4, 28.6]]]}}]}"#;
/// assert!(Plan::from_geojson(block)?.get(core).is_none()); // an id of another plan
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct FeatureId(usize);

impl FeatureId {
    pub(crate) const fn new(index: usize) -> FeatureId {
        FeatureId(index)
    }

    /// The position of the feature in [`Plan::features`](crate::plan::Plan::features), from 0: for tables of one's own
    /// with a row for each feature.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let mut sites = vec![0; plan.features().len()];
    /// sites[plan.id_of("luqiao")?.index()] += 1;
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub const fn index(self) -> usize {
        self.0
    }
}
