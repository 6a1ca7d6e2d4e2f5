//! Whether polygons cover an area without overlaps and gaps, and what to do where they do not.

mod fix;
mod repaired_rows;
mod single;
#[cfg(test)]
mod tests;

use geo::MultiPolygon;

use crate::crs::Plane;
use crate::error::CoverageProblem;
use crate::geometry::clip::{difference, intersection};
use crate::geometry::coverage::border::Border;
use crate::geometry::coverage::lattice::metres_per_unit;
use crate::geometry::coverage::overlaps::{FeatureBoxes, OverlapKind, OverlappingPair, overlapping_pairs};
use crate::geometry::coverage::voids::{CoveredArea, Void};
use crate::geometry::overlap::PreparedShape;
use crate::parallel;
use crate::plan::{Finding, Severity};
use crate::query::coverage::single::single_findings;
use crate::units::{Metres, SquareMetres};

pub use self::fix::{ChangeKind, CoverageChange, CoverageFix, fix_coverage};
pub use self::repaired_rows::RepairedRows;

/// A feature of a coverage: a valid polygon with its name.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::crs::{Crs, Plane};
/// use taizhou_corridor::query::coverage::{CoverageFeature, CoverageOptions, check_coverage};
///
/// // Two parcels with 10 cm between them.
/// let parcel = |west: f64| -> MultiPolygon {
///     polygon![(x: west, y: 3.17e6), (x: west + 50.0, y: 3.17e6), (x: west + 50.0, y: 3.1701e6), (x: west, y: 3.1701e6)].into()
/// };
/// let shapes = [("0701", parcel(640_000.0)), ("0702", parcel(640_050.1))];
/// let features: Vec<CoverageFeature> =
///     (1..).zip(&shapes).map(|(row, (id, shape))| CoverageFeature { id: *id, row, shape }).collect();
/// let report = check_coverage(&features, &Plane::of(&Crs::Epsg(4549))?, None, &CoverageOptions::default());
/// let gap = &report.findings[0];
/// assert_eq!((gap.problem.code(), gap.feature.as_deref(), gap.problem.other()), ("gap", Some("0701"), Some("0702")));
/// assert_eq!(format!("{:.2}", gap.problem.area().unwrap().0), "10.00");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct CoverageFeature<'a> {
    /// The name in findings.
    pub id: &'a str,
    /// The position in its file, from 1.
    pub row: u64,
    /// The shape, in the plane of the coverage.
    pub shape: &'a MultiPolygon<f64>,
}

/// The thresholds of a coverage check.
///
/// ```
/// use taizhou_corridor::query::coverage::CoverageOptions;
/// use taizhou_corridor::units::Metres;
///
/// let options = CoverageOptions { gap_width: Metres(5.0), ..CoverageOptions::default() };
/// assert_eq!(options.min_finding_area.0, 0.01);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoverageOptions {
    /// The width up to which a void is a gap.
    pub gap_width: Metres,
    /// Overlaps, gaps and other areas smaller than this are counted, not listed.
    pub min_finding_area: SquareMetres,
    /// Whether a corner without a counterpart is a warning.
    pub strict_corners: bool,
    /// Corners with a smaller angle are spikes, in degrees; 0 for no such test.
    pub spike_angle_deg: f64,
    /// Features with a smaller mean width are slivers; 0 for no such test.
    pub sliver_width: Metres,
    /// Parts of features with a smaller width are narrow; 0 for no such test.
    pub min_width: Metres,
    /// Features with a smaller area are small; 0 for no such test.
    pub min_area: SquareMetres,
}

impl Default for CoverageOptions {
    fn default() -> CoverageOptions {
        CoverageOptions {
            gap_width: Metres(1.0),
            min_finding_area: SquareMetres(0.01),
            strict_corners: false,
            spike_angle_deg: 1.0,
            sliver_width: Metres(0.1),
            min_width: Metres(0.0),
            min_area: SquareMetres(0.0),
        }
    }
}

/// The result of a coverage check.
///
/// ```
/// use taizhou_corridor::query::coverage::CoverageReport;
///
/// assert!(CoverageReport::default().findings.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CoverageReport {
    /// The findings, in the order of the features.
    pub findings: Vec<Finding>,
    /// The number of overlaps, of two features each, below the minimum area.
    pub small_overlaps: u64,
    /// The number of gaps and holes below the minimum area.
    pub small_gaps: u64,
}

/// A corner counts as one on the edge of a neighbour up to this distance.
const CORNER_DISTANCE: Metres = Metres(0.001);

/// Areas that are narrower on average come from the rounding of coordinates.
const MIN_WIDTH: Metres = Metres(1e-7);

/// Checks whether features cover an area without overlaps and gaps, and a boundary where one is given; all shapes are
/// valid and in one plane.
///
/// Overlaps are decided exactly: common borders have none, whatever corners there are on them. What is narrower than
/// a tenth of a micrometre on average comes from rounded coordinates, and does not count. Areas are measured on the ellipsoid; the width
/// of a finding is twice its area divided by its perimeter. Locations and shapes of findings are in longitude and
/// latitude.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::coverage::{CoverageFeature, CoverageOptions, check_coverage};
///
/// // The core and the three zones cover the corridor; what it leaves out inside is for information.
/// let plan = Plan::bundled();
/// let features: Vec<CoverageFeature> = plan
///     .partition()
///     .map(|id| CoverageFeature { id: &plan[id].id, row: id.index() as u64 + 1, shape: &plan[id].shape })
///     .collect();
/// let boundary = &plan.feature("corridor")?.shape;
/// let report = check_coverage(&features, plan.plane(), Some(boundary), &CoverageOptions::default());
/// assert!(report.findings.iter().all(|finding| finding.problem.code() == "hole"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn check_coverage(
    features: &[CoverageFeature<'_>],
    plane: &Plane,
    boundary: Option<&MultiPolygon<f64>>,
    options: &CoverageOptions,
) -> CoverageReport {
    let shapes: Vec<&MultiPolygon<f64>> = features.iter().map(|feature| feature.shape).collect();
    let boxes = FeatureBoxes::new(&shapes);
    let middle = boxes.middle();
    let near = metres_per_unit(plane, middle).map(|metres| CORNER_DISTANCE.0 / metres);
    let mut border = Border::new(&shapes, near);
    let check = Check { features, plane, options };
    let mut report = CoverageReport::default();
    let mut found: Vec<(usize, Finding)> = vec![];
    let (overlaps, corners) = overlapping_pairs(&shapes, plane, &border, &boxes);
    let corners = border.take_unmatched_corners(corners);
    let covered = CoveredArea::new(&border, plane);
    for finding in parallel::map(&overlaps, |pair| check.overlap(pair)).into_iter().flatten() {
        match finding {
            Some(finding) => found.push(finding),
            None => report.small_overlaps += 1,
        }
    }
    for finding in parallel::map(&covered.voids(options.gap_width), |void| check.void(void)).into_iter().flatten() {
        match finding {
            Some(finding) => found.push(finding),
            None => report.small_gaps += 1,
        }
    }
    let corner_severity = if options.strict_corners { Severity::Warning } else { Severity::Info };
    for corner in &corners {
        let other = check.id(corner.other);
        let finding = check.finding(corner.feature, corner_severity, CoverageProblem::UnmatchedCorner { other });
        found.push((corner.feature as usize, Finding { at: Some(plane.position(corner.at)), ..finding }));
    }
    found.extend(single_findings(&check, &shapes));
    if let Some(boundary) = boundary {
        found.extend(check.outside(&shapes, boundary));
    }
    // In the order of the features; what is found of one, in the order above.
    found.sort_by_key(|(feature, _)| *feature);
    report.findings = found.into_iter().map(|(_, finding)| finding).collect();
    if let Some(boundary) = boundary {
        report.findings.extend(check.uncovered(&covered, boundary));
    }
    report
}

/// What all tests need.
struct Check<'a> {
    features: &'a [CoverageFeature<'a>],
    plane: &'a Plane,
    options: &'a CoverageOptions,
}

impl Check<'_> {
    fn id(&self, feature: u32) -> String {
        self.features[feature as usize].id.to_owned()
    }

    fn finding(&self, feature: u32, severity: Severity, problem: CoverageProblem) -> Finding {
        let CoverageFeature { id, row, .. } = self.features[feature as usize];
        Finding { severity, row: Some(row), feature: Some(id.to_owned()), ..Finding::of_file(problem) }
    }

    fn is_listed(&self, area: SquareMetres) -> bool {
        area >= self.options.min_finding_area && area.0 > 0.0
    }

    /// Twice the area by the perimeter.
    fn mean_width(&self, shape: &MultiPolygon<f64>, area: SquareMetres) -> Metres {
        Metres(2.0 * area.0 / self.plane.perimeter(shape).0)
    }

    /// `None` if the overlap comes from rounding; of others, `None` if it is too small to be listed.
    fn overlap(&self, pair: &OverlappingPair) -> Option<Option<(usize, Finding)>> {
        let area = pair.overlap.area;
        let width = Metres(2.0 * area.0 / pair.overlap.perimeter.0);
        if pair.kind == OverlapKind::Partial && width < MIN_WIDTH {
            return None;
        }
        if !self.is_listed(area) {
            return Some(None);
        }
        let [first, second] = pair.features;
        let (feature, problem) = match pair.kind {
            OverlapKind::Partial => (first, CoverageProblem::Overlap { other: self.id(second), area, width }),
            OverlapKind::FirstInside => (first, CoverageProblem::Contained { other: self.id(second), area }),
            OverlapKind::SecondInside => (second, CoverageProblem::Contained { other: self.id(first), area }),
            OverlapKind::Same => (second, CoverageProblem::DuplicateShape { other: self.id(first), area }),
        };
        let finding = self.finding(feature, Severity::Warning, problem);
        let [a, b] = pair.features.map(|feature| self.features[feature as usize].shape);
        let finding = match pair.kind {
            OverlapKind::Partial => finding.with_area(&intersection(a, b), self.plane),
            OverlapKind::SecondInside => finding.with_area(b, self.plane),
            OverlapKind::FirstInside | OverlapKind::Same => finding.with_area(a, self.plane),
        };
        Some(Some((feature as usize, finding)))
    }

    /// `None` if the void comes from rounding; of others, `None` if it is too small to be listed.
    fn void(&self, void: &Void) -> Option<Option<(usize, Finding)>> {
        let area = self.plane.area(&void.shape);
        let width = self.mean_width(&void.shape, area);
        let feature = *void.features.first()?;
        if width < MIN_WIDTH {
            return None;
        }
        if !self.is_listed(area) {
            return Some(None);
        }
        let other = void.features.get(1).map(|&other| self.id(other));
        let (severity, problem) = match void.is_narrow {
            true => (Severity::Warning, CoverageProblem::Gap { other, area, width }),
            false => (Severity::Info, CoverageProblem::Hole { other, area, width }),
        };
        Some(Some((feature as usize, self.finding(feature, severity, problem).with_area(&void.shape, self.plane))))
    }

    /// The features that extend beyond the boundary.
    fn outside(&self, shapes: &[&MultiPolygon<f64>], boundary: &MultiPolygon<f64>) -> Vec<(usize, Finding)> {
        let prepared = PreparedShape::in_plane(boundary, self.plane);
        let found = parallel::map(0..shapes.len(), |feature| {
            let shape = shapes[feature];
            let own = PreparedShape::in_plane(shape, self.plane);
            let area = SquareMetres(own.area().0 - own.overlap_area(&prepared).0);
            if !self.is_listed(area) {
                return None;
            }
            let outside = difference(shape, [boundary]);
            let area = self.plane.area(&outside);
            let problem = CoverageProblem::OutsideBoundary { area };
            let finding = self.finding(feature as u32, Severity::Warning, problem);
            self.is_listed(area).then(|| (feature, finding.with_area(&outside, self.plane)))
        });
        found.into_iter().flatten().collect()
    }

    /// The parts of the boundary that no feature covers.
    fn uncovered(&self, covered: &CoveredArea<'_>, boundary: &MultiPolygon<f64>) -> Vec<Finding> {
        let parts = covered.uncovered(boundary);
        let finding = |part: &geo::Polygon<f64>| {
            let part = MultiPolygon::from(part.clone());
            let area = self.plane.area(&part);
            let finding =
                || Finding { severity: Severity::Warning, ..Finding::of_file(CoverageProblem::Uncovered { area }) };
            self.is_listed(area).then(|| finding().with_area(&part, self.plane))
        };
        parts.iter().filter_map(finding).collect()
    }
}
