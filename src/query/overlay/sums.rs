//! How much of each class, such as each land use, lies in each zone?

use std::collections::HashMap;

use crate::geometry::measure::ellipsoid_area;
use crate::plan::{Plan, ZoneNumber};
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
/// let core = sums.columns().iter().position(|&zone| zone == Some(1)).unwrap();
/// assert_eq!(format!("{:.2} ha", sums.classes()[0].areas[core].ha()), "45.48 ha");
/// // All the other land of the core is in no parcel.
/// assert!(sums.difference(core).unwrap().km2() > 40.0);
/// ```
pub struct Sums<'p> {
    plan: &'p Plan,
    columns: Vec<Option<ZoneNumber>>,
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
    /// The area in each of [`Sums::columns`].
    pub areas: Vec<SquareMetres>,
}

impl<'p> Sums<'p> {
    /// Nothing yet, over the zones that parcels are laid over.
    pub fn new(overlayer: &Overlayer<'p>) -> Sums<'p> {
        let plan = overlayer.plan();
        let zones = (0..plan.zones().len()).filter(|&zone| overlayer.is_asked(zone)).map(Some);
        Sums { plan, columns: zones.chain([None]).collect(), places: HashMap::new(), classes: vec![] }
    }

    /// The zones that there is a sum for, and at the end none: what lies in none of them.
    pub fn columns(&self) -> &[Option<ZoneNumber>] {
        &self.columns
    }

    /// The classes in the order in which they first appeared.
    pub fn classes(&self) -> &[ClassSum] {
        &self.classes
    }

    /// Adds a parcel.
    pub fn add(&mut self, class: &str, membership: &Membership) {
        let width = self.columns.len();
        let place = *self.places.entry(class.to_owned()).or_insert_with(|| {
            let (class, areas) = (class.to_owned(), vec![SquareMetres(0.0); width]);
            self.classes.push(ClassSum { class, parcels: 0, whole: SquareMetres(0.0), areas });
            self.classes.len() - 1
        });
        let sum = &mut self.classes[place];
        sum.parcels += 1;
        sum.whole.0 += membership.parcel_area.0;
        for part in &membership.parts {
            if let Some(column) = column_of(&self.columns, part.zone) {
                sum.areas[column].0 += part.area.0;
            }
        }
    }

    /// The place of a zone, or of none, among [`Sums::columns`].
    pub fn column_of(&self, zone: Option<ZoneNumber>) -> Option<usize> {
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
    /// sums.add("all", &overlayer.overlay(&plan.zones()[1].shape));
    /// assert_eq!(format!("{:.1} km²", sums.total(0).km2()), "41.0 km²");
    /// assert!(sums.difference(0).unwrap().0.abs() < 1e-6);
    /// ```
    pub fn total(&self, column: usize) -> SquareMetres {
        SquareMetres(self.classes.iter().map(|class| class.areas[column].0).sum())
    }

    /// The area of a zone less that of all classes in it: what is covered by no parcel; below zero where
    /// parcels cover more than there is, and so overlap. None for what lies in no zone.
    pub fn difference(&self, column: usize) -> Option<SquareMetres> {
        Some(SquareMetres(self.zone_area(column)?.0 - self.total(column).0))
    }

    /// The area of the zone of a column.
    pub fn zone_area(&self, column: usize) -> Option<SquareMetres> {
        let zone = self.columns[column]?;
        Some(ellipsoid_area(&self.plan.zones()[zone].shape))
    }

    /// The plan.
    pub fn plan(&self) -> &'p Plan {
        self.plan
    }
}

/// Zones are in ascending order, none is last.
fn column_of(columns: &[Option<ZoneNumber>], zone: Option<ZoneNumber>) -> Option<usize> {
    match zone {
        Some(_) => columns[..columns.len() - 1].binary_search(&zone).ok(),
        None => Some(columns.len() - 1),
    }
}
