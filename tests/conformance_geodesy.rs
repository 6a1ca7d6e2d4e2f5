//! Distances, areas and Gauss-Krüger zones against published numbers: those of `tests/data/geodesy`, and some here.

#![allow(
    clippy::excessive_precision,
    clippy::inconsistent_digit_grouping,
    reason = "numbers stand as they are published"
)]

use geo::{Coord, LineString, MultiPolygon, Polygon, coord};
use taizhou_corridor::crs::{Crs, GaussKruegerZone, Transformer};
use taizhou_corridor::geometry::measure::{bearing_deg, distance, ellipsoid_area, measure_geodesic};

/// The numbers of the lines of a file; what stands behind them is left.
fn numbers<const COLUMNS: usize>(text: &str) -> Vec<[f64; COLUMNS]> {
    let columns = |line: &str| -> [f64; COLUMNS] {
        let numbers: Vec<f64> = line.split('\t').take(COLUMNS).map(|text| text.parse().unwrap()).collect();
        numbers.try_into().unwrap()
    };
    text.lines().filter(|line| !line.starts_with('#')).map(columns).collect()
}

/// A ring through pairs of latitude and longitude, as GeographicLib has them.
fn ring(corners: &[(f64, f64)]) -> MultiPolygon<f64> {
    let corners: Vec<Coord<f64>> = corners.iter().map(|&(y, x)| coord! { x: x, y: y }).collect();
    Polygon::new(LineString(corners), vec![]).into()
}

/// The area of the ellipsoid by its authalic radius (Moritz 2000).
const WHOLE_M2: f64 = 4.0 * std::f64::consts::PI * 6_371_007.181 * 6_371_007.181;

#[test]
fn geodesics_are_those_of_geographiclib() {
    let cases = numbers::<7>(include_str!("data/geodesy/geodesics.txt"));
    assert_eq!(cases.len(), 20);
    let mut areas = 0;
    for [y1, x1, bearing, y2, x2, length_m, area_m2] in cases {
        let (from, to) = (coord! { x: x1, y: y1 }, coord! { x: x2, y: y2 });
        let found_m = distance(from, to).0;
        assert!((found_m - length_m).abs() < 5e-4, "{from:?} {to:?}: {found_m} {length_m}");
        assert!((distance(to, from).0 - found_m).abs() < 1e-8);
        let found_deg = bearing_deg(from, to).unwrap();
        assert!((found_deg - bearing.rem_euclid(360.0)).abs() < 1e-8, "{from:?} {to:?}: {found_deg} {bearing}");
        // On one side of the equator, and not around a pole: a ring.
        if y1 * y2 > 0.0 && (x2 - x1).abs() < 120.0 {
            let shape = ring(&[(y1, x1), (y2, x2), (0.0, x2), (0.0, x1)]);
            let found_m2 = measure_geodesic(&shape).area.0;
            assert!((found_m2 - area_m2.abs()).abs() < 1e-10 * WHOLE_M2, "{from:?} {to:?}: {found_m2} {area_m2}");
            areas += 1;
        }
    }
    assert_eq!(areas, 6);
}

/// Further cases of the tests of GeographicLib, with the names that they have there.
#[test]
fn distances_that_once_were_wrong_are_right() {
    for (name, from, to, expected_m, tolerance_m) in [
        ("GeodSolve0", (40.6, -73.8), (49.01666667, 2.55), 5_853_226.0, 0.5),
        ("GeodSolve4", (36.493349428792, 0.0), (36.49334942879201, 0.0000008), 0.072, 0.5e-3),
        ("GeodSolve6", (88.202499451857, 0.0), (-88.202499451857, 179.981022032992859592), 20_003_898.214, 1e-3),
        ("GeodSolve6", (89.262080389218, 0.0), (-89.262080389218, 179.992207982775375662), 20_003_925.854, 1e-3),
        ("GeodSolve6", (89.333123580033, 0.0), (-89.333123580032997687, 179.99295812360148422), 20_003_926.881, 1e-3),
        ("GeodSolve9", (56.320923501171, 0.0), (-56.320923501171, 179.664747671772880215), 19_993_558.287, 1e-3),
        ("GeodSolve10", (52.784459512564, 0.0), (-52.784459512563990912, 179.634407464943777557), 19_991_596.095, 1e-3),
        ("GeodSolve11", (48.522876735459, 0.0), (-48.52287673545898293, 179.599720456223079643), 19_989_144.774, 1e-3),
        ("GeodSolve33", (0.0, 0.0), (0.0, 179.0), 19_926_189.0, 0.5),
        ("GeodSolve33", (0.0, 0.0), (0.0, 179.5), 19_980_862.0, 0.5),
        ("GeodSolve33", (0.0, 0.0), (0.0, 180.0), 20_003_931.0, 0.5),
        ("GeodSolve33", (0.0, 0.0), (1.0, 180.0), 19_893_357.0, 0.5),
        // Moritz 2000: from the equator to the pole.
        ("GRS 80, meridian quadrant", (0.0, 121.0), (90.0, 121.0), 10_001_965.7293, 1e-4),
    ] {
        let at = |(y, x): (f64, f64)| coord! { x: x, y: y };
        let found_m = distance(at(from), at(to)).0;
        assert!((found_m - expected_m).abs() < tolerance_m, "{name}: {found_m} {expected_m}");
    }
}

#[test]
fn areas_are_the_published_ones() {
    for (name, corners, expected_m, expected_m2, tolerance) in [
        ("Planimeter0", &[(0.0, -1.0), (-1.0, 0.0), (0.0, 1.0), (1.0, 0.0)][..], 627_598.2731, 24_619_419_146.0, 1.5),
        ("Planimeter0", &[(90.0, 0.0), (0.0, 0.0), (0.0, 90.0)], 30_022_685.0, 63_758_202_715_511.0, 1e-10 * WHOLE_M2),
        ("Planimeter15", &[(2.0, 1.0), (1.0, 2.0), (3.0, 3.0)], f64::NAN, 18_454_562_325.451_19, 1.5),
    ] {
        let found = measure_geodesic(&ring(corners));
        assert!((found.area.0 - expected_m2).abs() < tolerance, "{name}: {found:?}");
        assert!(expected_m.is_nan() || (found.perimeter.0 - expected_m).abs() < 1.0, "{name}: {found:?}");
    }
    // Straight edges in longitude and latitude: all of the ellipsoid, an eighth of it, and a strip of it.
    let rectangle = |west, south, east, north| ring(&[(south, west), (south, east), (north, east), (north, west)]);
    for (shape, share) in [
        (rectangle(-180.0, -90.0, 180.0, 90.0), 1.0),
        (rectangle(0.0, 0.0, 90.0, 90.0), 0.125),
        (rectangle(120.0, -90.0, 123.0, 90.0), 1.0 / 120.0),
    ] {
        let found_m2 = ellipsoid_area(&shape).0;
        // The radius is stated to a tenth of a millimetre, which is 3·10⁻¹¹ of the area.
        assert!((found_m2 / (share * WHOLE_M2) - 1.0).abs() < 5e-11, "{share}: {found_m2}");
    }
    // Edges along meridians and the equator are geodesics, and the pole is a point.
    let octant = (measure_geodesic(&ring(&[(90.0, 0.0), (0.0, 0.0), (0.0, 90.0)])).area.0, WHOLE_M2 / 8.0);
    assert!((octant.0 / octant.1 - 1.0).abs() < 5e-11, "{octant:?}");
}

/// An ellipsoid, and a meridian with the scale on it.
struct TransverseMercator {
    semi_major_m: f64,
    flattening: f64,
    meridian_deg: f64,
    scale: f64,
}

impl TransverseMercator {
    /// Metres east of the meridian and north of the equator, by Krüger's series to the fourth power of n, as in EPSG
    /// Guidance Note 7-2 (373-7-2, 2019), 3.5.3.1, “JHS formulas”.
    fn project(&self, place: Coord<f64>) -> Coord<f64> {
        let f = self.flattening;
        let (e, n) = ((f * (2.0 - f)).sqrt(), f / (2.0 - f));
        let radius_m = self.semi_major_m / (1.0 + n) * (1.0 + n.powi(2) / 4.0 + n.powi(4) / 64.0);
        let h = [
            n / 2.0 - 2.0 / 3.0 * n.powi(2) + 5.0 / 16.0 * n.powi(3) + 41.0 / 180.0 * n.powi(4),
            13.0 / 48.0 * n.powi(2) - 3.0 / 5.0 * n.powi(3) + 557.0 / 1440.0 * n.powi(4),
            61.0 / 240.0 * n.powi(3) - 103.0 / 140.0 * n.powi(4),
            49_561.0 / 161_280.0 * n.powi(4),
        ];
        let (latitude, longitude) = (place.y.to_radians(), (place.x - self.meridian_deg).to_radians());
        let isometric = latitude.tan().asinh() - e * (e * latitude.sin()).atanh();
        let conformal = isometric.sinh().atan();
        let eta = (conformal.cos() * longitude.sin()).atanh();
        let xi = (conformal.sin() * eta.cosh()).asin();
        let (mut north, mut east) = (xi, eta);
        for (h, twice) in h.iter().zip([2.0, 4.0, 6.0, 8.0]) {
            north += h * (twice * xi).sin() * (twice * eta).cosh();
            east += h * (twice * xi).cos() * (twice * eta).sinh();
        }
        coord! { x: self.scale * radius_m * east, y: self.scale * radius_m * north }
    }
}

fn zones() -> impl Iterator<Item = GaussKruegerZone> {
    (13..=23).chain(25..=45).flat_map(|number| [true, false].map(|has_prefix| GaussKruegerZone { number, has_prefix }))
}

/// What a zone adds to the metres east of its meridian.
fn false_easting_m(zone: GaussKruegerZone) -> f64 {
    500_000.0 + if zone.has_prefix { f64::from(zone.number) * 1e6 } else { 0.0 }
}

#[test]
fn gauss_krueger_is_the_transverse_mercator_of_proj() {
    let cases = numbers::<6>(include_str!("data/geodesy/transverse_mercator.txt"));
    assert_eq!(cases.len(), 7);
    for zone in zones() {
        let crs = zone.crs().unwrap();
        let (to, from) = (Transformer::to_crs(crs.clone()).unwrap(), Transformer::from_crs(crs.clone()).unwrap());
        for [beside_deg, latitude_deg, east_m, north_m, scale, tolerance_m] in &cases {
            let place = coord! { x: f64::from(zone.central_meridian_deg()) + beside_deg, y: *latitude_deg };
            let mut pair = [place];
            to.apply(&mut pair).unwrap();
            let (east, north) = (pair[0].x - false_easting_m(zone), pair[0].y);
            assert!((east - east_m / scale).abs() < *tolerance_m, "{crs} {place:?}: {east}");
            assert!((north - north_m / scale).abs() < *tolerance_m, "{crs} {place:?}: {north}");
            from.apply(&mut pair).unwrap();
            assert!((pair[0].x - place.x).abs() < 1e-9 && (pair[0].y - place.y).abs() < 1e-9, "{crs} {place:?}");
        }
    }
}

#[test]
fn gauss_krueger_is_the_series_of_epsg() {
    // British National Grid, the example of the guidance note: 50°30′ N, 0°30′ E, stated to a centimetre.
    let airy = TransverseMercator {
        semi_major_m: 6_377_563.396,
        flattening: 1.0 / 299.324_96,
        meridian_deg: -2.0,
        scale: 0.999_601_3,
    };
    let origin = airy.project(coord! { x: -2.0, y: 49.0 });
    let image = airy.project(coord! { x: 0.5, y: 50.5 });
    let (easting, northing) = (image.x + 400_000.0, image.y - origin.y - 100_000.0);
    assert!((easting - 577_274.99).abs() < 0.01 && (northing - 69_740.50).abs() < 0.01, "{easting} {northing}");

    let mut tried = 0;
    for zone in zones() {
        let meridian_deg = f64::from(zone.central_meridian_deg());
        let series = TransverseMercator {
            semi_major_m: 6_378_137.0,
            flattening: 1.0 / 298.257_222_101,
            meridian_deg,
            scale: 1.0,
        };
        let to = Transformer::to_crs(zone.crs().unwrap()).unwrap();
        let half_deg = f64::from(zone.width_deg()) / 2.0;
        for step in -4..=4 {
            for latitude_deg in [9.0, 18.0, 28.65, 31.4, 45.0, 53.5] {
                let place = coord! { x: meridian_deg + half_deg * f64::from(step) / 4.0, y: latitude_deg };
                let (expected, mut found) = (series.project(place), [place]);
                to.apply(&mut found).unwrap();
                let (east, north) = (found[0].x - false_easting_m(zone), found[0].y);
                assert!((east - expected.x).abs() < 1e-5, "{zone:?} {place:?}: {east} {expected:?}");
                assert!((north - expected.y).abs() < 1e-5, "{zone:?} {place:?}: {north} {expected:?}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 64 * 54);
    assert_eq!(Crs::Epsg(4549), GaussKruegerZone { number: 40, has_prefix: false }.crs().unwrap());
}

/// The systems of test 5101, as definitions: parts 3 and 4 are on the ellipsoid of GRS 1980, which is that of CGCS2000.
#[test]
fn transverse_mercator_passes_gigs_5101() {
    let systems = [
        "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +datum=WGS84 +units=m",
        "EPSG:32631",
        "+proj=utm +zone=54 +south +ellps=GRS80 +units=m",
        "+proj=tmerc +lat_0=-90 +lon_0=-60 +k=1 +x_0=5500000 +y_0=0 +ellps=GRS80 +units=m",
    ]
    .map(|text| text.parse::<Crs>().unwrap());
    let cases = numbers::<5>(include_str!("data/geodesy/gigs_5101.txt"));
    assert_eq!(cases.len(), 121);
    for [part, longitude, latitude, easting_m, northing_m] in cases {
        let crs = &systems[part as usize - 1];
        let (site, plane) = (coord! { x: longitude, y: latitude }, coord! { x: easting_m, y: northing_m });
        let (mut image, mut origin) = ([site], [plane]);
        let (to, from) = (Transformer::to_crs(crs.clone()).unwrap(), Transformer::from_crs(crs.clone()).unwrap());
        to.apply(&mut image).unwrap();
        from.apply(&mut origin).unwrap();
        // The tolerance of the test is 0.03 m; positions are stated to 1e-7 degrees.
        let metres_a_degree = coord! { x: 111_320.0 * latitude.to_radians().cos(), y: 111_320.0 };
        let off = [
            image[0] - plane,
            coord! {
                x: (origin[0].x - site.x) * metres_a_degree.x,
                y: (origin[0].y - site.y) * metres_a_degree.y,
            },
        ];
        for off in off {
            assert!(off.x.abs() < 0.03 && off.y.abs() < 0.03, "part {part}: {site:?} {plane:?}: {off:?}");
        }
        // The round trip of the test is 0.006 m after 1000 times.
        let mut again = image;
        for _ in 0..1000 {
            from.apply(&mut again).unwrap();
            to.apply(&mut again).unwrap();
        }
        let off = again[0] - image[0];
        assert!(off.x.abs() < 0.006 && off.y.abs() < 0.006, "part {part}: {site:?}: {off:?}");
    }
}
