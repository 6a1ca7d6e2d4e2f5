//! `corridor check --coverage`

use std::path::PathBuf;

use clap::Args;
use geo::MultiPolygon;

use crate::cli::args;
use crate::cli::check::files::{CheckedFile, Findings};
use crate::cli::outline_file::read_outline;
use crate::cli::ui::Ui;
use crate::crs::{BetweenPlanes, Crs, Plane};
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::clip::union;
use crate::io::ReadOptions;
use crate::plan::{Level, OutlineOptions, UncheckedFeature};
use crate::plan_io::OutlineRead;
use crate::query::coverage::{CoverageFeature, CoverageOptions, CoverageReport, check_coverage};
use crate::units::{Metres, SquareMetres};

/// The checks between features, and their thresholds.
#[derive(Args)]
pub(super) struct CoverageArgs {
    /// Check the features of all files as one coverage: overlaps, gaps and borders that do not match; of a plan, the core and the zones
    #[arg(long)]
    coverage: bool,
    /// Voids between features up to this width are gaps, wider enclosed ones are holes (information): 1, 0.5m, 10cm
    #[arg(long, value_name = "M", default_value = "1", value_parser = args::distance, requires = "coverage")]
    gap_width: f64,
    /// Count smaller overlaps, gaps and other areas, and do not list them: 0.01, 1m2
    #[arg(long, value_name = "M2", default_value = "0.01", value_parser = args::area, requires = "coverage")]
    min_finding_area: f64,
    /// A corner that lies on an edge of a neighbour, without a corner there, is a warning instead of information
    #[arg(long, requires = "coverage")]
    strict_corners: bool,
    /// Corners with a smaller angle are spikes
    #[arg(long, value_name = "DEG", default_value = "1", value_parser = args::degrees, requires = "coverage")]
    spike_angle: f64,
    /// Features with a smaller mean width are slivers
    #[arg(
        long = "sliver-width",
        id = "coverage_sliver_width",
        value_name = "M",
        default_value = "0.1",
        value_parser = args::distance,
        requires = "coverage"
    )]
    sliver_width: f64,
    /// Parts of features with a smaller width are narrow; by default, this is not checked
    #[arg(long, value_name = "M", value_parser = args::distance, requires = "coverage")]
    min_width: Option<f64>,
    /// Features with a smaller area are small; by default, this is not checked
    #[arg(
        long = "min-area",
        id = "coverage_min_area",
        value_name = "M2",
        value_parser = args::area,
        requires = "coverage"
    )]
    min_area: Option<f64>,
    /// The polygons of this file together are the boundary, within which features must lie and which they must cover
    #[arg(long, value_name = "FILE", requires = "coverage")]
    boundary_layer: Option<PathBuf>,
    /// Coordinate system of the boundary; by default what its file declares, else WGS84
    #[arg(long, value_name = "CRS", value_parser = args::crs, requires = "boundary_layer")]
    boundary_crs: Option<Crs>,
}

impl CoverageArgs {
    pub(super) fn is_given(&self) -> bool {
        self.coverage
    }

    /// The thresholds.
    pub(super) fn options(&self) -> CoverageOptions {
        CoverageOptions {
            gap_width: Metres(self.gap_width),
            min_finding_area: SquareMetres(self.min_finding_area),
            strict_corners: self.strict_corners,
            spike_angle_deg: self.spike_angle,
            sliver_width: Metres(self.sliver_width),
            min_width: Metres(self.min_width.unwrap_or(0.0)),
            min_area: SquareMetres(self.min_area.unwrap_or(0.0)),
        }
    }

    /// Checks the features of all files as one coverage, and adds the findings to those of the files. Returns what was
    /// checked, and what is not listed, in a sentence.
    pub(super) fn check(&self, files: &[CheckedFile], findings: &mut Findings, ui: &Ui) -> Result<String> {
        let plane = plane_of(files)?;
        let boundary = self.boundary_layer.as_ref().map(|path| self.read_boundary(path, plane, ui)).transpose()?;
        let features = Features::of(files);
        let report = check_coverage(&features.coverage(), plane, boundary.as_ref(), &self.options());
        let summary = features.summary(&report, &self.options(), ui);
        for finding in report.findings {
            // What is of no feature is of the boundary, which belongs to all files.
            let has_prefix = |file: &CheckedFile| finding.feature.as_ref().is_some_and(|id| file.has_prefix_of(id));
            let file = files.iter().position(has_prefix).unwrap_or(0);
            findings.extend(file, [finding]);
        }
        Ok(summary)
    }

    /// The polygons of the boundary layer as one shape in a plane.
    fn read_boundary(&self, path: &PathBuf, plane: &Plane, ui: &Ui) -> Result<MultiPolygon<f64>> {
        let input = args::input(path);
        let file = input.name().to_owned();
        let options = ReadOptions { crs: self.boundary_crs.clone(), ..ReadOptions::default() };
        let OutlineRead { outline, .. } =
            read_outline(input, options, &OutlineOptions::default(), "--boundary-crs", ui)?;
        ui.report(ui.texts().of_layer(&file, &outline));
        let layer = outline.into_layer().map_err(|error| error.in_file(file.clone()))?;
        let in_plane = BetweenPlanes::new(layer.plane(), plane);
        let shapes = layer.features().iter().map(|feature| {
            in_plane
                .shape(&feature.shape)
                .map_err(|problem| Error::new(problem).at_feature(feature.id.clone()).in_file(file.clone()))
        });
        let shapes: Vec<MultiPolygon<f64>> = shapes.collect::<Result<_>>()?;
        Ok(match shapes.as_slice() {
            [only] => only.clone(),
            several => union(several),
        })
    }
}

/// The plane of all files. Errors if they are in several.
fn plane_of(files: &[CheckedFile]) -> Result<&Plane> {
    let first = &files[0];
    let other = files.iter().find(|file| file.outline.plane() != first.outline.plane());
    match other {
        None => Ok(first.outline.plane()),
        Some(other) => {
            let (crs, other_crs) = (other.crs.to_string(), first.crs.to_string());
            let kind = ErrorKind::DifferentSystems { crs, other_file: first.name.clone(), other_crs };
            Err(Error::new(kind).in_file(other.name.clone()))
        }
    }
}

/// The features of all files that are to form a coverage.
pub(super) struct Features<'f> {
    pub(super) features: Vec<&'f UncheckedFeature>,
    /// Their ids, where these are not their own.
    ids: Vec<String>,
    /// The number of features without a valid polygon.
    left_out: u64,
}

impl<'f> Features<'f> {
    pub(super) fn of(files: &'f [CheckedFile]) -> Features<'f> {
        let mut all = Features { features: vec![], ids: vec![], left_out: 0 };
        for file in files {
            // The corridor and the clusters of a plan lie over the others.
            let has_levels = file.outline.has_levels();
            let is_part =
                |feature: &&UncheckedFeature| !has_levels || feature.feature.level.is_some_and(Level::is_partition);
            for feature in file.outline.features().iter().filter(is_part) {
                if feature.is_valid {
                    all.features.push(feature);
                    all.ids.extend(file.prefixed_id(&feature.feature.id));
                } else {
                    all.left_out += 1;
                }
            }
        }
        all
    }

    /// The features as they are checked.
    pub(super) fn coverage(&self) -> Vec<CoverageFeature<'_>> {
        let id =
            |index: usize, feature: &'f UncheckedFeature| self.ids.get(index).unwrap_or(&feature.feature.id).as_str();
        let feature = |(index, &feature)| CoverageFeature {
            id: id(index, feature),
            row: feature.row,
            shape: &feature.feature.shape,
        };
        self.features.iter().enumerate().map(feature).collect()
    }

    fn summary(&self, report: &CoverageReport, options: &CoverageOptions, ui: &Ui) -> String {
        ui.texts().coverage_summary(self.features.len() as u64, self.left_out, report, options.min_finding_area)
    }
}
