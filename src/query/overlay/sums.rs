//! How much of each class, such as each land use, lies in each zone?

use std::collections::{BTreeMap, HashMap};

use crate::geometry::measure::ellipsoid_area;
use crate::plan::{FeatureId, Plan};
use crate::query::overlay::{Membership, Overlayer};
use crate::units::SquareMetres;

/// The areas of classes of parcels in the zones of a plan, summed up.
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
/// // All the other land of the core is in no parcel.
/// assert!(sums.difference(core).unwrap().km2() > 40.0);
/// ```
pub struct Sums<'p> {
    plan: &'p Plan,
    columns: Vec<Option<FeatureId>>,
    places: HashMap<String, usize>,
    classes: Vec<ClassSum>,
}

/// The sums of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassSum {
    /// The class: what stands in the field that was chosen.
    pub class: String,
    /// Its parcels.
    pub parcels: u64,
    /// The area of the parcels.
    pub whole: SquareMetres,
    /// What of it lies in each of [`Sums::columns`], where it has land.
    columns: BTreeMap<usize, ColumnSum>,
}

/// What of a class, or of all, lies in a zone or in none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ColumnSum {
    /// The parcels that have a part there.
    pub parcels: u64,
    /// The area of these parts.
    pub area: SquareMetres,
}

impl ClassSum {
    /// What of the class lies in one of [`Sums::columns`].
    pub fn in_column(&self, column: usize) -> ColumnSum {
        self.columns.get(&column).copied().unwrap_or_default()
    }

    /// The columns that it has land in, by their numbers, in ascending order.
    pub fn columns(&self) -> impl Iterator<Item = (usize, ColumnSum)> {
        self.columns.iter().map(|(&column, &sum)| (column, sum))
    }
}

impl<'p> Sums<'p> {
    /// Nothing yet, over the zones that parcels are laid over.
    pub fn new(overlayer: &Overlayer<'p>) -> Sums<'p> {
        let plan = overlayer.plan();
        let zones = plan.ids().filter(|&zone| overlayer.is_asked(zone)).map(Some);
        Sums { plan, columns: zones.chain([None]).collect(), places: HashMap::new(), classes: vec![] }
    }

    /// The zones that there is a sum for, and at the end none: what lies in none of them.
    pub fn columns(&self) -> &[Option<FeatureId>] {
        &self.columns
    }

    /// The classes in the order in which they first appeared.
    pub fn classes(&self) -> &[ClassSum] {
        &self.classes
    }

    /// Adds a parcel.
    pub fn add(&mut self, class: &str, membership: &Membership) {
        let place = *self.places.entry(class.to_owned()).or_insert_with(|| {
            let class = class.to_owned();
            self.classes.push(ClassSum { class, parcels: 0, whole: SquareMetres(0.0), columns: BTreeMap::new() });
            self.classes.len() - 1
        });
        let sum = &mut self.classes[place];
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

    /// The place of a zone, or of none, among [`Sums::columns`].
    pub fn column_of(&self, zone: Option<FeatureId>) -> Option<usize> {
        column_of(&self.columns, zone)
    }

    /// The area of all classes in a column.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{Overlayer, Sums};
    ///
    /// let plan = Plan::bundled();
    /// let overlayer = Overlayer::new(&plan);
    /// let mut sums = Sums::new(&overlayer);
    /// // The core is a parcel of itself.
    /// sums.add("all", &overlayer.overlay(&plan.features()[1].shape));
    /// assert_eq!(format!("{:.1} km²", sums.total(0).km2()), "41.0 km²");
    /// assert!(sums.difference(0).unwrap().0.abs() < 1e-6);
    /// ```
    pub fn total(&self, column: usize) -> SquareMetres {
        SquareMetres(self.classes.iter().map(|class| class.in_column(column).area.0).sum())
    }

    /// What of all classes lies in each column.
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

    /// The area of a zone less that of all classes in it: what is covered by no parcel; below zero where
    /// parcels cover more than there is, and so overlap. None for what lies in no zone.
    pub fn difference(&self, column: usize) -> Option<SquareMetres> {
        Some(SquareMetres(self.zone_area(column)?.0 - self.total(column).0))
    }

    /// The area of the zone of a column.
    pub fn zone_area(&self, column: usize) -> Option<SquareMetres> {
        let zone = self.columns[column]?;
        Some(ellipsoid_area(&self.plan[zone].shape))
    }

    /// The plan.
    pub fn plan(&self) -> &'p Plan {
        self.plan
    }
}

/// Zones are in ascending order, none is last.
fn column_of(columns: &[Option<FeatureId>], zone: Option<FeatureId>) -> Option<usize> {
    match zone {
        Some(_) => columns[..columns.len() - 1].binary_search(&zone).ok(),
        None => Some(columns.len() - 1),
    }
}
