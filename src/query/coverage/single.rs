//! Tests of each feature of a coverage by itself.

use geo::{Coord, LineString, MultiPolygon};

use crate::crs::Plane;
use crate::error::CoverageProblem;
use crate::geometry::box_tree::Bounds;
use crate::geometry::coverage::lattice::{Lattice, STEPS_PER_METRE, metres_per_unit};
use crate::geometry::coverage::narrow::{Side, parts};
use crate::geometry::measure::rings;
use crate::maths::{atan2, hypot, tan};
use crate::parallel;
use crate::plan::{Finding, Severity};
use crate::query::coverage::{Check, CoverageOptions};
use crate::units::{Metres, SquareMetres};

/// The spikes, slivers, narrow parts and small features.
pub(super) fn single_findings(check: &Check<'_>, shapes: &[&MultiPolygon<f64>]) -> Vec<(usize, Finding)> {
    // One scale will do for a projected plane.
    let of_plane = match (check.plane.is_lon_lat(), shapes.iter().find_map(|shape| first_corner(shape))) {
        (false, Some(corner)) => Some(metres_per_unit(check.plane, corner)),
        _ => None,
    };
    let found = parallel::map(0..shapes.len(), |feature| {
        let shape = shapes[feature];
        let Some(corner) = first_corner(shape) else { return vec![] };
        let metres = of_plane.unwrap_or_else(|| metres_per_unit(check.plane, corner));
        let single = Single { check, feature: feature as u32, shape, metres };
        let mut findings = single.spikes();
        findings.extend(single.sliver());
        findings.extend(single.narrow());
        findings.extend(single.small());
        findings.into_iter().map(|finding| (feature, finding)).collect()
    });
    found.concat()
}

fn first_corner(shape: &MultiPolygon<f64>) -> Option<Coord<f64>> {
    shape.0.first()?.exterior().0.first().copied()
}

/// A corner with a very small angle.
pub(super) struct SpikeCorner {
    pub(super) at: Coord<f64>,
    /// The corners before and after it.
    pub(super) beside: [Coord<f64>; 2],
    angle_deg: f64,
    /// Of the shorter edge.
    length: Metres,
}

/// The spikes of a shape.
pub(super) fn spike_corners(shape: &MultiPolygon<f64>, plane: &Plane, options: &CoverageOptions) -> Vec<SpikeCorner> {
    first_corner(shape).map_or_else(Vec::new, |at| spikes_of(shape, metres_per_unit(plane, at), options))
}

fn spikes_of(shape: &MultiPolygon<f64>, metres: [f64; 2], options: &CoverageOptions) -> Vec<SpikeCorner> {
    if options.spike_angle_deg <= 0.0 {
        return vec![];
    }
    let slope = tan(options.spike_angle_deg.min(89.0).to_radians());
    let mut spikes = vec![];
    for ring in shape.iter().flat_map(rings) {
        let mut corners: Vec<Coord<f64>> = ring.0.clone();
        corners.dedup();
        corners.pop();
        let count = corners.len();
        for (index, &at) in corners.iter().enumerate() {
            let [before, after] = [index + count - 1, index + 1].map(|index| corners[index % count]);
            let ([ax, ay], [bx, by]) = (way(metres, at, before), way(metres, at, after));
            let (along, across) = (ax * bx + ay * by, (ax * by - ay * bx).abs());
            if along > 0.0 && across < slope * along {
                let angle_deg = atan2(across, along).to_degrees();
                spikes.push(SpikeCorner {
                    at,
                    beside: [before, after],
                    angle_deg,
                    length: Metres(hypot(ax, ay).min(hypot(bx, by))),
                });
            }
        }
    }
    spikes
}

/// The way from one corner to another, in metres.
fn way(metres: [f64; 2], from: Coord<f64>, to: Coord<f64>) -> [f64; 2] {
    [(to.x - from.x) * metres[0], (to.y - from.y) * metres[1]]
}

struct Single<'a> {
    check: &'a Check<'a>,
    feature: u32,
    shape: &'a MultiPolygon<f64>,
    /// Metres in a unit of each axis.
    metres: [f64; 2],
}

impl Single<'_> {
    fn finding(&self, severity: Severity, problem: CoverageProblem) -> Finding {
        self.check.finding(self.feature, severity, problem)
    }

    fn spikes(&self) -> Vec<Finding> {
        let finding = |spike: SpikeCorner| {
            let problem = CoverageProblem::Spike { angle_deg: spike.angle_deg, length: spike.length };
            let at = Some(self.check.plane.position(spike.at));
            Finding { at, ..self.finding(Severity::Warning, problem) }
        };
        spikes_of(self.shape, self.metres, self.check.options).into_iter().map(finding).collect()
    }

    /// The area and perimeter, in the plane, for thresholds.
    fn rough_size(&self) -> (f64, f64) {
        let of_ring = |ring: &LineString<f64>| {
            let Some(&first) = ring.0.first() else { return (0.0, 0.0) };
            ring.0.windows(2).fold((0.0, 0.0), |(area, length), pair| {
                let ([ax, ay], [bx, by]) = (way(self.metres, first, pair[0]), way(self.metres, first, pair[1]));
                (area + (ax * by - ay * bx) / 2.0, length + hypot(bx - ax, by - ay))
            })
        };
        let mut size = (0.0, 0.0);
        for polygon in self.shape {
            for (index, ring) in rings(polygon).enumerate() {
                let (area, length) = of_ring(ring);
                size.0 += if index == 0 { area.abs() } else { -area.abs() };
                size.1 += length;
            }
        }
        size
    }

    fn sliver(&self) -> Option<Finding> {
        let max_width = self.check.options.sliver_width;
        let (area_m2, length_m) = self.rough_size();
        if 2.0 * area_m2 > 1.1 * max_width.0 * length_m {
            return None;
        }
        let area = self.check.plane.area(self.shape);
        let width = self.check.mean_width(self.shape, area);
        let finding = || self.finding(Severity::Warning, CoverageProblem::Sliver { area, width });
        (width < max_width).then(|| finding().with_area(self.shape, self.check.plane))
    }

    fn small(&self) -> Option<Finding> {
        let min_area = self.check.options.min_area;
        if min_area.0 <= 0.0 || self.rough_size().0 > 1.1 * min_area.0 {
            return None;
        }
        let area = self.check.plane.area(self.shape);
        let finding = || self.finding(Severity::Warning, CoverageProblem::Small { area });
        (area < min_area).then(|| finding().with_area(self.shape, self.check.plane))
    }

    fn narrow(&self) -> Vec<Finding> {
        let min_width = self.check.options.min_width;
        if min_width.0 <= 0.0 {
            return vec![];
        }
        let corners = self.shape.iter().flat_map(rings).flat_map(|ring| &ring.0);
        let bounds = corners.map(|&corner| Bounds::of_point(corner)).fold(Bounds::EMPTY, Bounds::union);
        let lattice = Lattice::new(self.check.plane, bounds);
        let stretch = |north: f64| lattice.stretch(north);
        let found = parts(&lattice.shape(self.shape), Side::Inside, min_width.0 * STEPS_PER_METRE, &stretch);
        let finding = |part: &MultiPolygon<f64>| {
            let shape = lattice.shape_in_plane(part);
            let area: SquareMetres = self.check.plane.area(&shape);
            let width = self.check.mean_width(&shape, area);
            let finding = || self.finding(Severity::Warning, CoverageProblem::Narrow { area, width });
            self.check.is_listed(area).then(|| finding().with_area(&shape, self.check.plane))
        };
        found.narrow.iter().filter_map(|part| finding(&part.shape)).collect()
    }
}
