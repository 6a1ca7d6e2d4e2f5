//! A summary of the parcels of a table: counts by zone, areas by class, findings.

use crate::error::RowProblem;
use crate::plan::FeatureId;
use crate::query::overlay::{
    OverlapAnalysis, OverlapPairs, Overlayer, Parcel, Part, Relation, Repair, Sums, stated_area,
};
use crate::table::{Batch, CellText};
use crate::units::{AreaUnit, Metres, SquareMetres};

/// The columns that a summary reads, by index.
///
/// ```
/// use taizhou_corridor::query::overlay::ParcelSummaryOptions;
///
/// // The third column has the classes.
/// let options = ParcelSummaryOptions { class: Some(2), ..ParcelSummaryOptions::default() };
/// assert_eq!(options.tolerance_ppm, 1000.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelSummaryOptions {
    /// The column with the labels of parcels; by default, parcels are labelled by row.
    pub label: Option<usize>,
    /// The column with the class of parcels; by default, all are in one class.
    pub class: Option<usize>,
    /// The column with the stated area, and its unit.
    pub stated: Option<(usize, AreaUnit)>,
    /// The tolerance between stated and computed area, in parts per million. The default is 1000, more than the areal
    /// distortion of any 3-degree zone.
    pub tolerance_ppm: f64,
}

impl Default for ParcelSummaryOptions {
    fn default() -> ParcelSummaryOptions {
        ParcelSummaryOptions { label: None, class: None, stated: None, tolerance_ppm: 1000.0 }
    }
}

/// The number of parcels by relation to a zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ZoneCount {
    /// Parcels within the zone.
    pub within: u64,
    /// Parcels of which a part is in the zone.
    pub straddling: u64,
    /// Parcels that touch the zone.
    pub touching: u64,
    /// Parcels of which the largest part is in the zone.
    pub majority: u64,
}

/// A finding about a row.
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelFinding {
    /// The row, from 1.
    pub row: u64,
    /// The label of the parcel.
    pub label: String,
    /// The kind of finding.
    pub kind: FindingKind,
}

/// The kind of a finding about a parcel.
#[derive(Debug, Clone, PartialEq)]
pub enum FindingKind {
    /// The row has no valid parcel.
    Invalid(RowProblem),
    /// The parcel was repaired.
    Repaired(RowProblem),
    /// A part in a zone, or outside all zones, is narrow.
    Sliver {
        /// The zone; `None` for the part outside all zones.
        zone: Option<FeatureId>,
        /// The area of the part.
        area: SquareMetres,
        /// The mean width of the part.
        mean_width: Metres,
    },
    /// The stated area differs from the computed one.
    StatedArea {
        /// The stated area.
        stated: SquareMetres,
        /// The computed area.
        computed: SquareMetres,
    },
    /// The stated area is not a number.
    UnreadableStatedArea {
        /// The text of the cell.
        text: String,
    },
}

impl FindingKind {
    /// The code, which does not depend on the language.
    ///
    /// ```
    /// use taizhou_corridor::query::overlay::FindingKind;
    /// use taizhou_corridor::units::SquareMetres;
    ///
    /// let kind = FindingKind::StatedArea { stated: SquareMetres(100.0), computed: SquareMetres(90.0) };
    /// assert_eq!(kind.code(), "stated-area-off");
    /// ```
    pub fn code(&self) -> &'static str {
        FindingKind::CODES[self.code_index()]
    }

    /// All codes.
    pub const CODES: [&'static str; 5] = ["invalid", "repaired", "sliver", "stated-area-off", "stated-area-unreadable"];

    fn code_index(&self) -> usize {
        match self {
            FindingKind::Invalid(_) => 0,
            FindingKind::Repaired(_) => 1,
            FindingKind::Sliver { .. } => 2,
            FindingKind::StatedArea { .. } => 3,
            FindingKind::UnreadableStatedArea { .. } => 4,
        }
    }
}

/// The sum of the stated areas, and of the computed areas of the same parcels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct StatedSum {
    /// Parcels with a stated area.
    pub parcels: u64,
    /// The sum of the stated areas.
    pub stated: SquareMetres,
    /// The sum of the computed areas.
    pub computed: SquareMetres,
}

/// A summary of the parcels of a table.
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
/// let mut summary = ParcelSummary::new(overlayer.overlayer(), options);
/// summary.add(&batch, &overlayer.parcels(&batch));
/// let class = &summary.sums().classes()[0];
/// assert_eq!((class.class.as_str(), class.parcels), ("0802", 1));
/// // It straddles the border of the core and Jiaojiang.
/// assert_eq!(summary.counts().iter().filter(|count| count.straddling == 1).count(), 2);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct ParcelSummary<'p> {
    options: ParcelSummaryOptions,
    sums: Sums<'p>,
    counts: Vec<ZoneCount>,
    overlap_analysis: OverlapAnalysis,
    findings: Vec<ParcelFinding>,
    finding_counts: [u64; FindingKind::CODES.len()],
    stated: StatedSum,
}

impl<'p> ParcelSummary<'p> {
    /// The maximum number of findings kept of each kind; all are counted.
    pub const MAX_FINDINGS: u64 = 1000;

    /// Parts with a smaller mean width are slivers.
    pub const SLIVER_WIDTH: Metres = Metres(1.0);

    /// An empty summary for the zones of an overlay.
    pub fn new(overlayer: &Overlayer<'p>, options: ParcelSummaryOptions) -> ParcelSummary<'p> {
        let sums = Sums::new(overlayer);
        let counts = vec![ZoneCount::default(); sums.columns().len()];
        let overlap_analysis = OverlapAnalysis::in_plane(overlayer.plan().plane());
        let (findings, finding_counts, stated) = (vec![], Default::default(), StatedSum::default());
        ParcelSummary { options, sums, counts, overlap_analysis, findings, finding_counts, stated }
    }

    /// Adds the parcels of a batch, from [`RowOverlayer::parcels`](super::RowOverlayer::parcels).
    pub fn add(&mut self, batch: &Batch, parcels: &[Result<Parcel, RowProblem>]) {
        for (row_index, parcel) in parcels.iter().enumerate() {
            let row = batch.first_row() + row_index as u64;
            let label = self.label(batch, row_index);
            match parcel {
                Ok(parcel) => {
                    let class = self.options.class.and_then(|column| batch.row(row_index).cell(column));
                    self.sums.add(&class.map_or("".into(), CellText::text), &parcel.membership);
                    self.count(parcel);
                    if let Some(Repair { problem, .. }) = &parcel.repaired {
                        self.add_finding(row, &label, FindingKind::Repaired(problem.clone()));
                    }
                    self.find_slivers(row, &label, parcel);
                    self.compare_stated_area(batch, row_index, &label, parcel);
                    self.overlap_analysis.add(row, label, parcel.shape.clone());
                }
                Err(problem) => self.add_finding(row, &label, FindingKind::Invalid(problem.clone())),
            }
        }
    }

    /// The label of a row, by index in the batch; empty without a label column.
    pub fn label(&self, batch: &Batch, row_index: usize) -> String {
        let cell = self.options.label.and_then(|column| batch.row(row_index).cell(column));
        cell.map_or(String::new(), |cell| cell.shown().into_owned())
    }

    /// The areas by class and zone.
    pub fn sums(&self) -> &Sums<'p> {
        &self.sums
    }

    /// The counts for each of [`Sums::columns`].
    pub fn counts(&self) -> &[ZoneCount] {
        &self.counts
    }

    /// The first findings of each kind, in row order.
    pub fn findings(&self) -> &[ParcelFinding] {
        &self.findings
    }

    /// The number of findings of each of [`FindingKind::CODES`].
    pub fn finding_counts(&self) -> [u64; FindingKind::CODES.len()] {
        self.finding_counts
    }

    /// The stated areas; `None` without such a column.
    pub fn stated(&self) -> Option<StatedSum> {
        self.options.stated.map(|_| self.stated)
    }

    /// The options.
    pub fn options(&self) -> &ParcelSummaryOptions {
        &self.options
    }

    /// The overlaps among the parcels, with areas for each of [`Sums::columns`].
    pub fn overlaps(&self, overlayer: &Overlayer<'_>) -> OverlapPairs {
        self.overlap_analysis.overlaps(overlayer, &self.sums)
    }

    /// Only the areas of [`overlaps`](ParcelSummary::overlaps), which cost less.
    pub fn counted_twice(&self, overlayer: &Overlayer<'_>) -> Vec<SquareMetres> {
        self.overlap_analysis.counted_twice(overlayer, &self.sums)
    }

    fn count(&mut self, parcel: &Parcel) {
        for (index, part) in parcel.membership.parts.iter().enumerate() {
            let Some(column) = self.sums.column_of(part.zone) else { continue };
            let count = &mut self.counts[column];
            match part.relation {
                Relation::Within => count.within += 1,
                Relation::Straddles => count.straddling += 1,
                Relation::Touches => count.touching += 1,
                Relation::Outside if part.share < 1.0 => count.straddling += 1,
                Relation::Outside => count.within += 1,
            }
            count.majority += u64::from(index == parcel.membership.majority);
        }
    }

    fn find_slivers(&mut self, row: u64, label: &str, parcel: &Parcel) {
        let is_part = |part: &&Part| part.area.0 > 0.0 && !part.is_whole();
        for part in parcel.membership.parts.iter().filter(is_part) {
            let mean_width = part.mean_width(&parcel.shape, self.sums.plan().plane());
            if mean_width < ParcelSummary::SLIVER_WIDTH {
                self.add_finding(row, label, FindingKind::Sliver { zone: part.zone, area: part.area, mean_width });
            }
        }
    }

    fn compare_stated_area(&mut self, batch: &Batch, row_index: usize, label: &str, parcel: &Parcel) {
        let Some(column) = self.options.stated else { return };
        let row = batch.first_row() + row_index as u64;
        let computed = parcel.membership.parcel_area;
        match stated_area(batch.row(row_index), column) {
            Some(stated) => {
                self.stated.parcels += 1;
                self.stated.stated.0 += stated.area.0;
                self.stated.computed.0 += computed.0;
                if !stated.is_met_by(computed, self.options.tolerance_ppm) {
                    self.add_finding(row, label, FindingKind::StatedArea { stated: stated.area, computed });
                }
            }
            None => {
                let text = batch.row(row_index).cell(column.0).map_or("".into(), CellText::shown);
                if !text.trim().is_empty() {
                    self.add_finding(row, label, FindingKind::UnreadableStatedArea { text: text.into_owned() });
                }
            }
        }
    }

    fn add_finding(&mut self, row: u64, label: &str, kind: FindingKind) {
        let count = &mut self.finding_counts[kind.code_index()];
        *count += 1;
        if *count <= ParcelSummary::MAX_FINDINGS {
            self.findings.push(ParcelFinding { row, label: label.to_owned(), kind });
        }
    }
}
