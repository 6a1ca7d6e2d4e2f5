//! The area of each class of parcels, such as a land use, in each zone.

use std::collections::{BTreeMap, HashMap};

use crate::plan::{FeatureId, Plan};
use crate::query::overlay::{Membership, Overlayer};
use crate::units::SquareMetres;

/// The total areas of parcel classes in the zones of a plan.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{Overlayer, Sums};
///
/// let block: MultiPolygon =
///     polygon![(x: 121.46, y: 28.65), (x: 121.48, y: 28.65), (x: 121.48, y: 28.66), (x: 121.46, y: 28.66)].into();
/// let plan = Plan::bundled();
/// let overlayer = Overlayer::new(&plan);
/// let mut sums = Sums::new(&overlayer);
/// sums.add("0802", &overlayer.overlay(&block));
/// let core = sums.column_of(plan.id_of("core").ok()).unwrap();
/// let in_core = sums.classes()[0].in_column(core);
/// assert_eq!((in_core.parcels, format!("{:.2} ha", in_core.area.ha()).as_str()), (1, "45.48 ha"));
/// // The rest of the core is not covered by parcels.
/// assert!(sums.difference(core).unwrap().km2() > 40.0);
/// ```
pub struct Sums<'p> {
    plan: &'p Plan,
    columns: Vec<Option<FeatureId>>,
    index_of_class: HashMap<String, usize>,
    classes: Vec<ClassSum>,
}

/// The sums of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassSum {
    /// The class: the value of the class field.
    pub class: String,
    /// The number of parcels.
    pub parcels: u64,
    /// The total area of the parcels.
    pub whole: SquareMetres,
    /// The sums by index in [`Sums::columns`]; columns without an area are absent.
    columns: BTreeMap<usize, ColumnSum>,
}

/// The sum of a class, or of all classes, in a zone or outside all zones.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ColumnSum {
    /// The number of parcels with a part there.
    pub parcels: u64,
    /// The area of these parts.
    pub area: SquareMetres,
}

impl ClassSum {
    /// The sum in one of [`Sums::columns`], by index.
    pub fn in_column(&self, column: usize) -> ColumnSum {
        self.columns.get(&column).copied().unwrap_or_default()
    }

    /// The columns in which the class has an area, with their indices, in ascending order.
    pub fn columns(&self) -> impl Iterator<Item = (usize, ColumnSum)> {
        self.columns.iter().map(|(&column, &sum)| (column, sum))
    }
}

impl<'p> Sums<'p> {
    /// Empty sums for the zones of an overlay.
    pub fn new(overlayer: &Overlayer<'p>) -> Sums<'p> {
        let plan = overlayer.plan();
        let zones = plan.ids().filter(|&zone| overlayer.is_overlaid(zone)).map(Some);
        Sums { plan, columns: zones.chain([None]).collect(), index_of_class: HashMap::new(), classes: vec![] }
    }

    /// The columns: the zones in plan order, then `None` for the area outside all zones.
    pub fn columns(&self) -> &[Option<FeatureId>] {
        &self.columns
    }

    /// The classes in the order of their first occurrence.
    pub fn classes(&self) -> &[ClassSum] {
        &self.classes
    }

    /// Adds a parcel.
    pub fn add(&mut self, class: &str, membership: &Membership) {
        let index = *self.index_of_class.entry(class.to_owned()).or_insert_with(|| {
            let class = class.to_owned();
            self.classes.push(ClassSum { class, parcels: 0, whole: SquareMetres(0.0), columns: BTreeMap::new() });
            self.classes.len() - 1
        });
        let sum = &mut self.classes[index];
        sum.parcels += 1;
        sum.whole.0 += membership.parcel_area.0;
        for part in membership.parts.iter().filter(|part| part.area.0 > 0.0) {
            if let Some(column) = column_of(&self.columns, part.zone) {
                let sum = sum.columns.entry(column).or_default();
                sum.parcels += 1;
                sum.area.0 += part.area.0;
            }
        }
    }

    /// The index of a zone, or of `None`, in [`Sums::columns`].
    pub fn column_of(&self, zone: Option<FeatureId>) -> Option<usize> {
        column_of(&self.columns, zone)
    }

    /// The area of all classes in a column, by index.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{Overlayer, Sums};
    ///
    /// let plan = Plan::bundled();
    /// let overlayer = Overlayer::new(&plan);
    /// let mut sums = Sums::new(&overlayer);
    /// // The core as a parcel.
    /// sums.add("all", &overlayer.overlay(&plan.features()[1].shape));
    /// assert_eq!(format!("{:.1} km²", sums.total(0).km2()), "41.0 km²");
    /// assert!(sums.difference(0).unwrap().0.abs() < 1e-6);
    /// ```
    pub fn total(&self, column: usize) -> SquareMetres {
        SquareMetres(self.classes.iter().map(|class| class.in_column(column).area.0).sum())
    }

    /// The sum of all classes in each column.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{Overlayer, Sums};
    ///
    /// let plan = Plan::bundled();
    /// let overlayer = Overlayer::new(&plan);
    /// let mut sums = Sums::new(&overlayer);
    /// sums.add("all", &overlayer.overlay(&plan.features()[1].shape));
    /// let parcels: Vec<u64> = sums.totals().iter().map(|sum| sum.parcels).collect();
    /// assert_eq!(parcels, [1, 0, 0, 0, 0]);
    /// ```
    pub fn totals(&self) -> Vec<ColumnSum> {
        let mut totals = vec![ColumnSum::default(); self.columns.len()];
        for (column, sum) in self.classes.iter().flat_map(ClassSum::columns) {
            totals[column].parcels += sum.parcels;
            totals[column].area.0 += sum.area.0;
        }
        totals
    }

    /// The area of a zone minus that of all classes in it: the area not covered by parcels; negative if overlapping
    /// parcels add up to more than the zone. `None` for the column outside all zones.
    pub fn difference(&self, column: usize) -> Option<SquareMetres> {
        Some(SquareMetres(self.zone_area(column)?.0 - self.total(column).0))
    }

    /// The area of the zone of a column.
    pub fn zone_area(&self, column: usize) -> Option<SquareMetres> {
        let zone = self.columns[column]?;
        Some(self.plan.plane().area(&self.plan[zone].shape))
    }

    /// The plan.
    pub fn plan(&self) -> &'p Plan {
        self.plan
    }
}

/// Relies on the order of the columns: zones ascending, then `None`.
fn column_of(columns: &[Option<FeatureId>], zone: Option<FeatureId>) -> Option<usize> {
    match zone {
        Some(_) => columns[..columns.len() - 1].binary_search(&zone).ok(),
        None => Some(columns.len() - 1),
    }
}
