//! A lattice of metres for what is measured between features.

use geo::{Coord, Line, MapCoords, MultiPolygon};

use crate::crs::Plane;
use crate::geometry::box_tree::Bounds;
use crate::geometry::measure::radii_m;
use crate::maths::sin_cos_deg;

/// Whole numbers of steps of 2⁻²⁶ m (15 nm) east and north of the middle of a layer. Doubles hold them exactly up to
/// 130,000 km.
///
/// In longitude and latitude, steps are as long as on the parallel in the middle; farther north they are shorter, see
/// [`stretch`](Lattice::stretch).
pub(crate) struct Lattice {
    origin: Coord<f64>,
    /// Steps in a unit of the plane.
    scale: [f64; 2],
    /// The latitude in the middle, of a layer in longitude and latitude.
    latitude_deg: Option<f64>,
}

/// Steps in a metre.
pub(crate) const STEPS_PER_METRE: f64 = (1u64 << 26) as f64;

impl Lattice {
    /// A lattice for coordinates of a plane within a box.
    pub(crate) fn new(plane: &Plane, bounds: Bounds) -> Lattice {
        let middle = |axis: usize| bounds.low[axis] + (bounds.high[axis] - bounds.low[axis]) / 2.0;
        let origin = Coord { x: middle(0), y: middle(1) };
        let metres = metres_per_unit(plane, origin);
        let latitude_deg = plane.is_lon_lat().then_some(origin.y);
        Lattice { origin, scale: metres.map(|metres| metres * STEPS_PER_METRE), latitude_deg }
    }

    pub(crate) fn steps(&self, at: Coord<f64>) -> Coord<f64> {
        Coord {
            x: ((at.x - self.origin.x) * self.scale[0]).round(),
            y: ((at.y - self.origin.y) * self.scale[1]).round(),
        }
    }

    /// The coordinate in the plane.
    pub(crate) fn coord(&self, steps: Coord<f64>) -> Coord<f64> {
        Coord { x: steps.x / self.scale[0] + self.origin.x, y: steps.y / self.scale[1] + self.origin.y }
    }

    pub(crate) fn shape(&self, shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        shape.map_coords(|at| self.steps(at))
    }

    pub(crate) fn shape_in_plane(&self, steps: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        steps.map_coords(|at| self.coord(at))
    }

    /// How much longer a step to the east is than one to the north, at a number of steps north of the middle.
    pub(crate) fn stretch(&self, north: f64) -> f64 {
        let Some(middle_deg) = self.latitude_deg else { return 1.0 };
        let cos = |latitude_deg: f64| {
            let (_, normal_m) = radii_m(latitude_deg);
            normal_m * sin_cos_deg(latitude_deg).1
        };
        (cos(middle_deg + north / self.scale[1]) / cos(middle_deg)).max(1e-3)
    }
}

/// The metres in a unit of each axis of a plane.
pub(crate) fn metres_per_unit(plane: &Plane, at: Coord<f64>) -> [f64; 2] {
    if plane.is_lon_lat() {
        let (meridian_m, normal_m) = radii_m(at.y);
        let (_, cos_lat) = sin_cos_deg(at.y);
        return [normal_m * cos_lat.max(1e-3), meridian_m].map(f64::to_radians);
    }
    // A kilometre on the ellipsoid tells the unit, which is not always the metre.
    let length = |to: Coord<f64>| plane.edge_length_m(Line::new(at, at + to)) / 1000.0;
    let metres = [length(Coord { x: 1000.0, y: 0.0 }), length(Coord { x: 0.0, y: 1000.0 })];
    metres.map(|metres| if metres.is_finite() && metres > 0.0 { metres } else { 1.0 })
}
