//! What the parcels of a table come to: zone by zone, class by class, and what is to be said of some.

use crate::error::RowProblem;
use crate::plan::FeatureId;
use crate::query::overlay::{OverlapAnalysis, OverlapPairs, Overlayer, Parcel, Part, Relation, Sums, stated_area};
use crate::table::{Batch, CellText};
use crate::units::{AreaUnit, Metres, SquareMetres};

/// Which columns of a table, by their numbers, an account goes by.
///
/// ```
/// use taizhou_corridor::query::overlay::ParcelSummaryOptions;
///
/// // Classes are told by the third column; the others are not looked at.
/// let options = ParcelSummaryOptions { class: Some(2), ..ParcelSummaryOptions::default() };
/// assert_eq!(options.tolerance_ppm, 1000.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelSummaryOptions {
    /// What a parcel is called; by default by its row.
    pub label: Option<usize>,
    /// The class that a parcel belongs to; by default there is one.
    pub class: Option<usize>,
    /// The area that is stated for a parcel, and the unit it is in.
    pub stated: Option<(usize, AreaUnit)>,
    /// How far a stated area may be from the computed one without a remark, in parts per million. The
    /// default is 1000: no plane of a 3-degree zone is farther off the ellipsoid.
    pub tolerance_ppm: f64,
}

impl Default for ParcelSummaryOptions {
    fn default() -> ParcelSummaryOptions {
        ParcelSummaryOptions { label: None, class: None, stated: None, tolerance_ppm: 1000.0 }
    }
}

/// How the parcels lie to a zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ZoneCount {
    /// Parcels within the zone.
    pub within: u64,
    /// Parcels of which a part lies in the zone.
    pub straddling: u64,
    /// Parcels that touch it.
    pub touching: u64,
    /// Parcels of which the largest part lies in it.
    pub majority: u64,
}

/// Something to be said of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelFinding {
    /// The row, from 1.
    pub row: u64,
    /// What the parcel is called.
    pub label: String,
    /// What is to be said.
    pub about: FindingKind,
}

/// What is to be said of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum FindingKind {
    /// It is no parcel.
    Invalid(RowProblem),
    /// It was repaired.
    Repaired(RowProblem),
    /// Its part in a zone, or outside of all, is narrow.
    Sliver {
        /// The zone; none for what lies in none.
        zone: Option<FeatureId>,
        /// The area of the part.
        area: SquareMetres,
        /// Its mean width.
        mean_width: Metres,
    },
    /// The area that is stated for it is not the computed one.
    StatedArea {
        /// As it is stated.
        stated: SquareMetres,
        /// As it is computed.
        computed: SquareMetres,
    },
    /// The area that is stated for it is no number.
    NoStatedArea {
        /// What stands there.
        text: String,
    },
}

impl FindingKind {
    /// The code of it, the same in every language.
    ///
    /// ```
    /// use taizhou_corridor::query::overlay::FindingKind;
    /// use taizhou_corridor::units::SquareMetres;
    ///
    /// let about = FindingKind::StatedArea { stated: SquareMetres(100.0), computed: SquareMetres(90.0) };
    /// assert_eq!(about.code(), "stated-area-off");
    /// ```
    pub fn code(&self) -> &'static str {
        FindingKind::CODES[self.place()]
    }

    /// All codes.
    pub const CODES: [&'static str; 5] = ["invalid", "repaired", "sliver", "stated-area-off", "stated-area-unreadable"];

    fn place(&self) -> usize {
        match self {
            FindingKind::Invalid(_) => 0,
            FindingKind::Repaired(_) => 1,
            FindingKind::Sliver { .. } => 2,
            FindingKind::StatedArea { .. } => 3,
            FindingKind::NoStatedArea { .. } => 4,
        }
    }
}

/// The areas that a table states, and the computed areas of the same parcels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct StatedSum {
    /// Parcels with a stated area.
    pub parcels: u64,
    /// The sum of the stated areas.
    pub stated: SquareMetres,
    /// The sum of the computed areas.
    pub computed: SquareMetres,
}

/// What the parcels of a table come to.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::overlay::{ParcelSummary, ParcelSummaryOptions, Overlayer, RowOverlayer};
///
/// let csv = "use,wkt\n0802,\"POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))\"\n";
/// let batch = io::open(Input::bytes("blocks.csv", csv), &ReadOptions::default())?.next_batch()?.unwrap();
/// let plan = Plan::bundled();
/// let overlayer = RowOverlayer::new(Overlayer::new(&plan), &[]);
/// let options = ParcelSummaryOptions { class: Some(0), ..ParcelSummaryOptions::default() };
/// let mut account = ParcelSummary::new(overlayer.overlayer(), options);
/// account.add(&batch, &overlayer.parcels(&batch));
/// let class = &account.sums().classes()[0];
/// assert_eq!((class.class.as_str(), class.parcels), ("0802", 1));
/// // It straddles the border of the core and Jiaojiang.
/// assert_eq!(account.counts().iter().filter(|count| count.straddling == 1).count(), 2);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct ParcelSummary<'p> {
    options: ParcelSummaryOptions,
    sums: Sums<'p>,
    counts: Vec<ZoneCount>,
    coverage: OverlapAnalysis,
    remarks: Vec<ParcelFinding>,
    finding_counts: [u64; FindingKind::CODES.len()],
    stated: StatedSum,
}

impl<'p> ParcelSummary<'p> {
    /// So many remarks of a kind are kept; all are counted.
    pub const MAX_FINDINGS: u64 = 1000;

    /// A part that is narrower than this, on average, is a sliver.
    pub const SLIVER_WIDTH: Metres = Metres(1.0);

    /// Nothing yet, over the zones that parcels are laid over.
    pub fn new(overlayer: &Overlayer<'p>, options: ParcelSummaryOptions) -> ParcelSummary<'p> {
        let sums = Sums::new(overlayer);
        let counts = vec![ZoneCount::default(); sums.columns().len()];
        let coverage = OverlapAnalysis::default();
        let (remarks, finding_counts, stated) = (vec![], Default::default(), StatedSum::default());
        ParcelSummary { options, sums, counts, coverage, remarks, finding_counts, stated }
    }

    /// Adds the parcels of a batch, as [`RowOverlayer::parcels`](super::RowOverlayer::parcels) gives them.
    pub fn add(&mut self, batch: &Batch, parcels: &[Result<Parcel, RowProblem>]) {
        for (number, parcel) in parcels.iter().enumerate() {
            let row = batch.first_row() + number as u64;
            let label = self.label(batch, number);
            match parcel {
                Ok(parcel) => {
                    let class = self.options.class.and_then(|column| batch.row(number).cell(column));
                    self.sums.add(&class.map_or("".into(), CellText::text), &parcel.membership);
                    self.count(parcel);
                    if let Some(problem) = &parcel.repaired {
                        self.remark(row, &label, FindingKind::Repaired(problem.clone()));
                    }
                    self.look_for_slivers(row, &label, parcel);
                    self.compare_stated_area(batch, number, &label, parcel);
                    self.coverage.add(row, label, parcel.shape.clone());
                }
                Err(problem) => self.remark(row, &label, FindingKind::Invalid(problem.clone())),
            }
        }
    }

    /// What a row is called: empty where no column tells.
    pub fn label(&self, batch: &Batch, number: usize) -> String {
        let cell = self.options.label.and_then(|column| batch.row(number).cell(column));
        cell.map_or(String::new(), |cell| cell.shown().into_owned())
    }

    /// The areas by class and zone.
    pub fn sums(&self) -> &Sums<'p> {
        &self.sums
    }

    /// How the parcels lie to each of [`Sums::columns`].
    pub fn counts(&self) -> &[ZoneCount] {
        &self.counts
    }

    /// What is to be said of some rows, the first of each kind, in the order of the rows.
    pub fn findings(&self) -> &[ParcelFinding] {
        &self.remarks
    }

    /// How many remarks there are of each code.
    pub fn finding_counts(&self) -> [u64; FindingKind::CODES.len()] {
        self.finding_counts
    }

    /// The stated areas; none where no column states any.
    pub fn stated(&self) -> Option<StatedSum> {
        self.options.stated.map(|_| self.stated)
    }

    /// What it goes by.
    pub fn options(&self) -> &ParcelSummaryOptions {
        &self.options
    }

    /// What the parcels cover more than once, in each of [`Sums::columns`].
    pub fn repeats(&self, overlayer: &Overlayer<'_>) -> OverlapPairs {
        self.coverage.repeats(overlayer, &self.sums)
    }

    /// The areas alone of these.
    pub fn counted_twice(&self, overlayer: &Overlayer<'_>) -> Vec<SquareMetres> {
        self.coverage.counted_twice(overlayer, &self.sums)
    }

    fn count(&mut self, parcel: &Parcel) {
        for (place, part) in parcel.membership.parts.iter().enumerate() {
            let Some(column) = self.sums.column_of(part.zone) else { continue };
            let count = &mut self.counts[column];
            match part.relation {
                Relation::Within => count.within += 1,
                Relation::Straddles => count.straddling += 1,
                Relation::Touches => count.touching += 1,
                Relation::Outside if part.share < 1.0 => count.straddling += 1,
                Relation::Outside => count.within += 1,
            }
            count.majority += u64::from(place == parcel.membership.majority);
        }
    }

    fn look_for_slivers(&mut self, row: u64, label: &str, parcel: &Parcel) {
        let is_part = |part: &&Part| part.relation == Relation::Straddles || part.zone.is_none() && part.share < 1.0;
        for part in parcel.membership.parts.iter().filter(is_part) {
            let mean_width = part.mean_width(&parcel.shape);
            if mean_width < ParcelSummary::SLIVER_WIDTH {
                self.remark(row, label, FindingKind::Sliver { zone: part.zone, area: part.area, mean_width });
            }
        }
    }

    fn compare_stated_area(&mut self, batch: &Batch, number: usize, label: &str, parcel: &Parcel) {
        let Some(column) = self.options.stated else { return };
        let row = batch.first_row() + number as u64;
        let computed = parcel.membership.parcel_area;
        match stated_area(batch.row(number), column) {
            Some(stated) => {
                self.stated.parcels += 1;
                self.stated.stated.0 += stated.area.0;
                self.stated.computed.0 += computed.0;
                if !stated.is_met_by(computed, self.options.tolerance_ppm) {
                    self.remark(row, label, FindingKind::StatedArea { stated: stated.area, computed });
                }
            }
            None => {
                let text = batch.row(number).cell(column.0).map_or("".into(), CellText::shown);
                if !text.trim().is_empty() {
                    self.remark(row, label, FindingKind::NoStatedArea { text: text.into_owned() });
                }
            }
        }
    }

    fn remark(&mut self, row: u64, label: &str, about: FindingKind) {
        let count = &mut self.finding_counts[about.place()];
        *count += 1;
        if *count <= ParcelSummary::MAX_FINDINGS {
            self.remarks.push(ParcelFinding { row, label: label.to_owned(), about });
        }
    }
}
