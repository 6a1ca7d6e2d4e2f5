//! Web Mercator (EPSG:3857): the Mercator projection of a sphere with the radius of the equator, applied to latitudes on
//! the ellipsoid. IOGP Publication 373-7-2 (EPSG Guidance Note 7-2), method 1024.

use geo::{Coord, coord};

use crate::maths::{asinh, atan, sinh, tan};

const RADIUS_M: f64 = 6_378_137.0;

/// Easting and northing in metres of a longitude and latitude in degrees. The poles are finite, 238,000 km away, since
/// π/2 is not a floating-point number.
pub(super) fn forward(position: Coord<f64>) -> Coord<f64> {
    coord! { x: RADIUS_M * position.x.to_radians(), y: RADIUS_M * asinh(tan(position.y.to_radians())) }
}

/// Longitude and latitude of an easting and northing.
pub(super) fn inverse(position: Coord<f64>) -> Coord<f64> {
    coord! { x: (position.x / RADIUS_M).to_degrees(), y: atan(sinh(position.y / RADIUS_M)).to_degrees() }
}
