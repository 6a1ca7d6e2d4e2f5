//! Areas and lengths. This is the only file that chooses an ellipsoid or a plane.
//!
//! All measures are on the ellipsoid of CGCS2000 (GB 22021-2008; a = 6 378 137 m, 1/f = 298.257222101). The default is
//! the polygon with edges straight in longitude and latitude, as RFC 7946 defines them and as the Chinese land survey
//! measures them (椭球面积); geodesic and planar measures are offered for comparison.
//!
//! `GeodesicArea` of geo (0.33) measures polygons whose edges are geodesics, and on WGS 84.

use std::f64::consts::FRAC_PI_2;
use std::sync::LazyLock;

use geo::{Area, Coord, Euclidean, Length, Line, LineString, MultiPolygon, Polygon};
use geographiclib_rs::{Geodesic, InverseGeodesic, PolygonArea, Winding};

use crate::crs::Transformer;
use crate::error::Result;
use crate::maths::{atan2, hypot, sin_cos, sin_cos_deg};
use crate::units::{Metres, SquareMetres};

/// The semi-major axis of CGCS2000, in metres.
pub const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// The flattening of CGCS2000.
pub const FLATTENING: f64 = 1.0 / 298.257_222_101;
/// The first eccentricity, squared.
const E2: f64 = FLATTENING * (2.0 - FLATTENING);

/// Geodesics on CGCS2000.
pub(crate) static GEODESIC: LazyLock<Geodesic> = LazyLock::new(|| Geodesic::new(SEMI_MAJOR_M, FLATTENING));

/// An area and the length of its boundary.
///
/// ```
/// use taizhou_corridor::geometry::measure::{AreaPerimeter, measure_ellipsoidal};
/// use taizhou_corridor::plan::Plan;
///
/// let AreaPerimeter { area, perimeter } = measure_ellipsoidal(&Plan::bundled().feature("core")?.shape);
/// assert_eq!(format!("{:.1} km², {:.1} km around", area.km2(), perimeter.km()), "41.0 km², 30.4 km around");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AreaPerimeter {
    /// The area without holes.
    pub area: SquareMetres,
    /// The length of all rings, holes included.
    pub perimeter: Metres,
}

/// Area and perimeter on the ellipsoid of CGCS2000, with edges straight in longitude and latitude (degrees). The
/// direction of the rings does not matter.
///
/// ```
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::geometry::measure;
///
/// let degree: MultiPolygon = polygon![(x: 121., y: 28.), (x: 122., y: 28.), (x: 122., y: 29.), (x: 121., y: 29.)].into();
/// let size = measure::measure_ellipsoidal(&degree);
/// assert_eq!(size.area.km2().round(), 10_850.0);
/// assert_eq!(size.perimeter.km().round(), 417.0);
/// ```
pub fn measure_ellipsoidal(shape: &MultiPolygon<f64>) -> AreaPerimeter {
    AreaPerimeter { area: ellipsoid_area(shape), perimeter: perimeter(shape) }
}

/// The perimeter of [`measure_ellipsoidal`], without the area.
pub(crate) fn perimeter(shape: &MultiPolygon<f64>) -> Metres {
    shape_sum(shape, ring_length_m)
}

/// The area of [`measure_ellipsoidal`], without the perimeter.
///
/// ```
/// use taizhou_corridor::geometry::measure::ellipsoid_area;
/// use taizhou_corridor::plan::Plan;
///
/// let park = ellipsoid_area(&Plan::bundled().feature("digital-economy-park")?.shape);
/// assert_eq!(park.mu().round(), 1_920.0);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn ellipsoid_area(shape: &MultiPolygon<f64>) -> SquareMetres {
    SquareMetres(shape.iter().map(|polygon| polygon_area_m2(polygon, |ring| ring_area_m2(ring).abs())).sum())
}

/// Area and perimeter of the polygon whose edges are geodesics between its vertices, on the ellipsoid of CGCS2000
/// (Karney 2013, “Algorithms for geodesics”).
///
/// ```
/// use taizhou_corridor::geometry::measure::{measure_ellipsoidal, measure_geodesic};
/// use taizhou_corridor::plan::Plan;
///
/// // With edges of a few hundred metres, the two methods differ by 55 m² in 41 km².
/// let plan = Plan::bundled();
/// let core = &plan.feature("core")?.shape;
/// assert_eq!((measure_ellipsoidal(core).area.0 - measure_geodesic(core).area.0).round(), 55.0);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn measure_geodesic(shape: &MultiPolygon<f64>) -> AreaPerimeter {
    let measure = |ring: &LineString<f64>| {
        let mut area = PolygonArea::new(&GEODESIC, Winding::CounterClockwise);
        // `PolygonArea` closes the ring itself.
        for vertex in &ring.0[..ring.0.len().saturating_sub(1)] {
            area.add_point(vertex.y, vertex.x);
        }
        area.compute(true)
    };
    AreaPerimeter {
        area: SquareMetres(shape.iter().map(|p| polygon_area_m2(p, |ring| measure(ring).1.abs())).sum()),
        perimeter: shape_sum(shape, |ring| measure(ring).0),
    }
}

/// Area and perimeter in the plane of a projected CRS, in its unit. They include the distortion of the projection: in
/// EPSG:4549 the area is about +500 ppm at the corridor. Fails if a vertex cannot be projected.
///
/// ```
/// use taizhou_corridor::crs::{Crs, Transformer};
/// use taizhou_corridor::geometry::measure::{measure_ellipsoidal, measure_planar};
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// let core = &plan.feature("core")?.shape;
/// let in_plane = measure_planar(core, &Transformer::to_crs(Crs::Epsg(4549))?)?;
/// assert_eq!(((in_plane.area.0 / measure_ellipsoidal(core).area.0 - 1.0) * 1e6).round(), 460.0); // ppm
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn measure_planar(shape: &MultiPolygon<f64>, plane: &Transformer) -> Result<AreaPerimeter> {
    let project = |ring: &LineString<f64>| {
        let mut vertices = ring.0.clone();
        plane.apply(&mut vertices)?;
        Ok(LineString(vertices))
    };
    let project = |polygon: &Polygon<f64>| -> Result<Polygon<f64>> {
        let exterior = project(polygon.exterior())?;
        let holes = polygon.interiors().iter().map(project).collect::<Result<Vec<_>>>()?;
        Ok(Polygon::new(exterior, holes))
    };
    Ok(planar(&MultiPolygon(shape.iter().map(project).collect::<Result<_>>()?)))
}

/// Area and perimeter in the plane of the coordinates, in their unit.
pub(crate) fn planar(shape: &MultiPolygon<f64>) -> AreaPerimeter {
    AreaPerimeter {
        area: SquareMetres(shape.unsigned_area()),
        perimeter: shape_sum(shape, |ring| Euclidean.length(ring)),
    }
}

/// The area by the rule of the land survey (国土调查办发〔2008〕32号) between the corners (degrees), and the perimeter of
/// [`measure_ellipsoidal`]. The rule takes the strip of an edge at its mean longitude.
///
/// ```
/// use taizhou_corridor::geometry::measure::{measure_by_survey_rule, measure_ellipsoidal};
/// use taizhou_corridor::plan::Plan;
///
/// let plan = Plan::bundled();
/// let core = &plan.feature("core")?.shape;
/// let difference_m2 = measure_by_survey_rule(core).area.0 - measure_ellipsoidal(core).area.0;
/// assert_eq!(difference_m2.round(), 14.0);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn measure_by_survey_rule(shape: &MultiPolygon<f64>) -> AreaPerimeter {
    let ring_area_m2 = |ring: &LineString<f64>| {
        let Some(origin) = ring.0.first() else { return 0.0 };
        ring.lines().map(|edge| survey_strip_m2(edge, origin.x)).sum::<f64>().abs()
    };
    let area_m2 = shape.iter().map(|polygon| polygon_area_m2(polygon, ring_area_m2)).sum();
    AreaPerimeter { area: SquareMetres(area_m2), perimeter: perimeter(shape) }
}

fn survey_strip_m2(edge: Line<f64>, meridian_deg: f64) -> f64 {
    let semi_minor_m = SEMI_MAJOR_M * (1.0 - FLATTENING);
    let mid_lat = ((edge.start.y + edge.end.y) / 2.0).to_radians();
    let half_height = ((edge.end.y - edge.start.y) / 2.0).to_radians();
    let mid_lon = ((edge.start.x - meridian_deg + edge.end.x - meridian_deg) / 2.0).to_radians();
    let terms = STRIP_COEFFICIENTS.iter().zip([1.0, 3.0, 5.0, 7.0, 9.0]);
    let sum: f64 = terms.map(|(c, k)| c * 2.0 * sin_cos(k * half_height).0 * sin_cos(k * mid_lat).1 * mid_lon).sum();
    semi_minor_m * semi_minor_m * sum
}

/// The geodesic distance between two positions (degrees) on the ellipsoid of CGCS2000.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::geometry::measure::distance;
///
/// // From Taizhou Railway Station to Taizhou Library.
/// let length = distance(coord! { x: 121.36898, y: 28.6559 }, coord! { x: 121.41386, y: 28.66118 });
/// assert_eq!(format!("{:.1} m", length.0), "4426.2 m");
/// ```
pub fn distance(from: Coord<f64>, to: Coord<f64>) -> Metres {
    Metres(GEODESIC.inverse(from.y, from.x, to.y, to.x))
}

/// The initial azimuth of the geodesic from one position (degrees) to another on the ellipsoid of CGCS2000: degrees
/// clockwise from north, 0 to 360. `None` if the positions are equal.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::geometry::measure::bearing_deg;
///
/// let station = coord! { x: 121.36898, y: 28.6559 };
/// assert_eq!(bearing_deg(station, coord! { x: 121.36898, y: 28.7 }), Some(0.0));
/// let west = bearing_deg(station, coord! { x: 121.3, y: 28.6559 }).unwrap();
/// assert!((west - 270.0).abs() < 0.1);
/// assert_eq!(bearing_deg(station, station), None);
/// ```
pub fn bearing_deg(from: Coord<f64>, to: Coord<f64>) -> Option<f64> {
    if from == to {
        return None;
    }
    let (_, azimuth_deg, _, _): (f64, f64, f64, f64) = GEODESIC.inverse(from.y, from.x, to.y, to.x);
    Some(if azimuth_deg < 0.0 { azimuth_deg + 360.0 } else { azimuth_deg + 0.0 })
}

/// The geocentric Cartesian coordinates, in metres, of a position (degrees) on the ellipsoid.
pub(crate) fn geocentric_m(position: Coord<f64>) -> [f64; 3] {
    let (sin_lon, cos_lon) = sin_cos_deg(position.x);
    let (sin_lat, cos_lat) = sin_cos_deg(position.y);
    let (_, normal) = radii_from_sin_m(sin_lat);
    let equatorial = normal * cos_lat;
    [equatorial * cos_lon, equatorial * sin_lon, normal * (1.0 - E2) * sin_lat]
}

/// The position (degrees) of a point on the ellipsoid (geocentric, in metres); approximate for points off the
/// ellipsoid.
pub(crate) fn geodetic_deg([x, y, z]: [f64; 3]) -> Coord<f64> {
    Coord { x: atan2(y, x).to_degrees(), y: atan2(z, (1.0 - E2) * hypot(x, y)).to_degrees() }
}

/// The smallest radius of curvature of the ellipsoid: along the meridian, at the equator.
pub(crate) const MIN_RADIUS_M: f64 = SEMI_MAJOR_M * (1.0 - E2);

/// The radii of curvature in the meridian and in the prime vertical at a latitude in radians.
pub(crate) fn radii_m(lat: f64) -> (f64, f64) {
    radii_from_sin_m(sin_cos(lat).0)
}

/// The radii of curvature in the meridian and in the prime vertical at a latitude, from its sine.
pub(crate) fn radii_from_sin_m(sin_lat: f64) -> (f64, f64) {
    let w2 = 1.0 - E2 * sin_lat * sin_lat;
    let normal = SEMI_MAJOR_M / w2.sqrt();
    (normal * (1.0 - E2) / w2, normal)
}

/// All rings of a polygon, the exterior first.
pub(crate) fn rings(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

fn polygon_area_m2(polygon: &Polygon<f64>, ring_area_m2: impl Fn(&LineString<f64>) -> f64) -> f64 {
    ring_area_m2(polygon.exterior()) - polygon.interiors().iter().map(&ring_area_m2).sum::<f64>()
}

fn shape_sum(shape: &MultiPolygon<f64>, ring_length_m: impl Fn(&LineString<f64>) -> f64) -> Metres {
    Metres(shape.iter().flat_map(rings).map(ring_length_m).sum())
}

/// The signed area of a ring, positive if counter-clockwise: the sum over its edges of the area between the edge and a
/// fixed meridian.
fn ring_area_m2(ring: &LineString<f64>) -> f64 {
    let Some(origin) = ring.0.first() else { return 0.0 };
    ring.lines().map(|edge| strip_area_m2(edge, origin.x)).sum()
}

/// The area between an edge and a meridian, positive if the edge runs north and lies east of the meridian. Its sum
/// over the edges of a ring is the area of the ring.
///
/// With the latitude as the variable, the area between an edge and the meridian L0 is ∫ (λ(φ) − L0) s(φ) dφ, where s(φ)
/// = M N cos φ is the area of a strip of one radian of longitude, and ∫ s = b² Σ c_k sin kφ (k = 1, 3, 5, 7, 9). The
/// land survey's formula (国土调查办发〔2008〕32号) uses the mean longitude of the edge: b² Σ c_k · 2 sin(kΔφ/2) cos(kφm) · (λm
/// − L0). An edge that is straight in longitude and latitude has λ(φ) − λm = Δλ/Δφ (φ − φm); the integral of that part
/// is −b² Σ c_k · Δλ sin(kφm) G(kΔφ/2), G(x) = (sin x − x cos x) / x. The sum of both is exact for edges of any length,
/// except for terms in e¹⁰ and higher (4·10⁻¹² of the area).
pub(crate) fn strip_area_m2(edge: Line<f64>, meridian_deg: f64) -> f64 {
    let semi_minor_m = SEMI_MAJOR_M * (1.0 - FLATTENING);
    let mid_lat = ((edge.start.y + edge.end.y) / 2.0).to_radians();
    let half_height = ((edge.end.y - edge.start.y) / 2.0).to_radians();
    let mid_lon = ((edge.start.x - meridian_deg + edge.end.x - meridian_deg) / 2.0).to_radians();
    let width = (edge.end.x - edge.start.x).to_radians();
    // The sines and cosines of k times an angle, for odd k, each from those of k − 2.
    let multiples = |(sin, cos): (f64, f64)| {
        let (step_sin, step_cos) = (2.0 * sin * cos, 1.0 - 2.0 * sin * sin);
        std::iter::successors(Some((sin, cos)), move |&(sin, cos)| {
            Some((sin * step_cos + cos * step_sin, cos * step_cos - sin * step_sin))
        })
    };
    let sum: f64 = STRIP_COEFFICIENTS
        .iter()
        .zip([1.0, 3.0, 5.0, 7.0, 9.0])
        .zip(multiples(small_sin_cos(half_height)).zip(multiples(sin_cos(mid_lat))))
        .map(|((coefficient, k), ((half_sin, half_cos), (mid_sin, mid_cos)))| {
            let strip = 2.0 * half_sin * mid_cos * mid_lon;
            coefficient * (strip - width * mid_sin * slant(k * half_height, half_sin, half_cos))
        })
        .sum();
    semi_minor_m * semi_minor_m * sum
}

/// Sine and cosine; for small angles by their series, to double precision.
fn small_sin_cos(x: f64) -> (f64, f64) {
    let x2 = x * x;
    if x.abs() < 1e-3 {
        (x * (1.0 - x2 / 6.0 * (1.0 - x2 / 20.0)), 1.0 - x2 / 2.0 * (1.0 - x2 / 12.0))
    } else {
        sin_cos(x)
    }
}

/// (sin x − x cos x) / x, by its series where the difference would lose digits.
fn slant(x: f64, sin: f64, cos: f64) -> f64 {
    let x2 = x * x;
    if x.abs() < 0.1 { x2 / 3.0 * (1.0 - x2 / 10.0 * (1.0 - x2 / 28.0 * (1.0 - x2 / 54.0))) } else { sin / x - cos }
}

/// A, −B, C, −D, E of the land survey's ellipsoid area (国土调查办发〔2008〕32号).
const STRIP_COEFFICIENTS: [f64; 5] = {
    let (e2, e4, e6, e8) = (E2, E2 * E2, E2 * E2 * E2, E2 * E2 * E2 * E2);
    [
        1.0 + 3.0 / 6.0 * e2 + 30.0 / 80.0 * e4 + 35.0 / 112.0 * e6 + 630.0 / 2304.0 * e8,
        -(1.0 / 6.0 * e2 + 15.0 / 80.0 * e4 + 21.0 / 112.0 * e6 + 420.0 / 2304.0 * e8),
        3.0 / 80.0 * e4 + 7.0 / 112.0 * e6 + 180.0 / 2304.0 * e8,
        -(1.0 / 112.0 * e6 + 45.0 / 2304.0 * e8),
        5.0 / 2304.0 * e8,
    ]
};

fn ring_length_m(ring: &LineString<f64>) -> f64 {
    ring.lines().map(edge_length_m).sum()
}

/// The length of an edge that is straight in longitude and latitude: the integral of √(M² φ'² + N² cos² φ λ'²) along
/// it, by Gauss-Legendre quadrature: five points on each piece of at most one degree, two points if the edge is short.
pub(crate) fn edge_length_m(edge: Line<f64>) -> f64 {
    curve_length_m(edge, Coord::zero())
}

/// The length of an edge whose middle is off that of its ends by `bow` degrees, see [`plane`](crate::geometry::plane).
pub(super) fn curve_length_m(edge: Line<f64>, bow: Coord<f64>) -> f64 {
    const FIVE_POINTS: [(f64, f64); 5] = [
        (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
        (-0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
        (0.0, 0.568_888_888_888_888_9),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
        (0.906_179_845_938_664, 0.236_926_885_056_189_1),
    ];
    // Along a few kilometres the integrand is so nearly linear that two points are enough.
    const TWO_POINTS: [(f64, f64); 2] = [(-0.577_350_269_189_625_8, 1.0), (0.577_350_269_189_625_8, 1.0)];
    const SHORT_DEG: f64 = 0.05;
    let (dx, dy) = (edge.end.x - edge.start.x, edge.end.y - edge.start.y);
    let extent_deg = dx.abs().max(dy.abs());
    let rule: &[(f64, f64)] = if extent_deg <= SHORT_DEG { &TWO_POINTS } else { &FIVE_POINTS };
    let pieces = extent_deg.ceil().clamp(1.0, 360.0);
    let (width, height) = (dx.to_radians() / pieces, dy.to_radians() / pieces);
    let mut length_m = 0.0;
    for piece in 0..pieces as u32 {
        for (node, weight) in rule {
            let t = (f64::from(piece) + (node + 1.0) / 2.0) / pieces;
            let lat = (edge.start.y + t * dy).to_radians().clamp(-FRAC_PI_2, FRAC_PI_2);
            let (sin_lat, cos_lat) = sin_cos(lat);
            let (meridian, normal) = radii_from_sin_m(sin_lat);
            let turn = 4.0 * (1.0 - 2.0 * t) / pieces;
            let north_m = meridian * (height + turn * bow.y.to_radians());
            let east_m = normal * cos_lat * (width + turn * bow.x.to_radians());
            length_m += weight / 2.0 * (north_m * north_m + east_m * east_m).sqrt();
        }
    }
    length_m
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    /// The strip between the equator and a latitude has a closed form (Snyder 1987, 3-12).
    fn strip_m2(lat: f64) -> f64 {
        let (e, s) = (E2.sqrt(), lat.to_radians().sin());
        SEMI_MAJOR_M * SEMI_MAJOR_M * (1.0 - E2) / 2.0 * (s / (1.0 - E2 * s * s) + (e * s).atanh() / e)
    }

    #[test]
    fn area_of_a_graticule_cell_equals_the_closed_form() {
        for (west, south, east, north) in [(121.0, 28.0, 122.0, 29.0), (-10.0, -60.0, 40.0, 70.0)] {
            let cell = polygon![(x: west, y: south), (x: east, y: south), (x: east, y: north), (x: west, y: north)];
            let expected = f64::to_radians(east - west) * (strip_m2(north) - strip_m2(south));
            let area = ellipsoid_area(&cell.into()).0;
            assert!((area / expected - 1.0).abs() < 1e-11, "{area} {expected}");
        }
    }

    #[test]
    fn slanted_edges_are_exact_at_any_length() {
        // The same edges split into a thousand pieces have the same area.
        let coarse = polygon![(x: 100.0, y: 10.0), (x: 130.0, y: 10.0), (x: 112.0, y: 50.0)];
        let pieces = |edge: geo::Line<f64>| (0..1000).map(move |i| edge.start + edge.delta() * (f64::from(i) / 1000.0));
        let fine = Polygon::new(coarse.exterior().lines().flat_map(pieces).collect(), vec![]);
        let (coarse, fine) = (ellipsoid_area(&coarse.into()).0, ellipsoid_area(&fine.into()).0);
        assert!((coarse / fine - 1.0).abs() < 1e-12, "{coarse} {fine}");
    }

    #[test]
    fn ring_direction_does_not_matter_and_holes_are_subtracted() {
        let mut shape = polygon!(
            exterior: [(x: 0., y: 0.), (x: 3., y: 0.), (x: 3., y: 3.), (x: 0., y: 3.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 2.)]],
        );
        let before = measure_ellipsoidal(&shape.clone().into());
        shape.exterior_mut(|ring| ring.0.reverse());
        let after = measure_ellipsoidal(&shape.into());
        assert!((before.area.0 / after.area.0 - 1.0).abs() < 1e-14);
        assert!((before.perimeter.0 / after.perimeter.0 - 1.0).abs() < 1e-14);
        assert!((before.area.km2() - 8.0 * 12_300.0).abs() < 300.0);
    }

    #[test]
    fn meridians_and_the_equator_are_geodesics() {
        let triangle = polygon![(x: 0., y: 0.), (x: 0.5, y: 0.), (x: 0.5, y: 0.0001)].into();
        let difference_m = measure_ellipsoidal(&triangle).perimeter.0 - measure_geodesic(&triangle).perimeter.0;
        assert!(difference_m.abs() < 1e-6, "{difference_m}");
    }

    #[test]
    fn series_and_closed_form_agree() {
        let slant = |x: f64| slant(x, x.sin(), x.cos());
        assert!((slant(0.1 - 1e-12) - slant(0.1 + 1e-12)).abs() < 5e-13);
        assert_eq!(slant(0.0), 0.0);
    }

    #[test]
    fn geocentric_coordinates_of_pole_and_equator() {
        let pole = geocentric_m(Coord { x: 0.0, y: 90.0 });
        assert!((pole[2] - SEMI_MAJOR_M * (1.0 - FLATTENING)).abs() < 1e-8);
        assert_eq!(geocentric_m(Coord { x: 0.0, y: 0.0 }), [SEMI_MAJOR_M, 0.0, 0.0]);
    }

    #[test]
    fn length_of_an_edge_equals_the_sum_of_its_pieces() {
        // With the two-point rule and the five-point rule.
        let line = |a: (f64, f64), b: (f64, f64)| Line::new(a, b);
        for (dx, dy) in [(0.05, 0.05), (0.05, -0.01), (0.0, 0.05), (0.04, 0.0)] {
            let (start, end) = ((121.0, 28.0), (121.0 + 4.0 * dx, 28.0 + 4.0 * dy));
            let whole_m = edge_length_m(line(start, end));
            let quarter = |i: f64| (121.0 + i * dx, 28.0 + i * dy);
            let parts_m: f64 =
                (0..4).map(|i| edge_length_m(line(quarter(f64::from(i)), quarter(f64::from(i + 1))))).sum();
            assert!((whole_m - parts_m).abs() < 1e-7, "{whole_m} {parts_m}");
        }
    }
}
