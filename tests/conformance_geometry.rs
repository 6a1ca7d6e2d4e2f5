//! Positions, areas in common and validity of the arrangements that published suites have: the cases of
//! `tests/data/geometry`.

use geo::{Coord, Geometry, MapCoords, MultiPolygon, coord};
use taizhou_corridor::geometry::clip::{difference, intersection, union};
use taizhou_corridor::geometry::encoding::{ArcTolerance, from_wkt};
use taizhou_corridor::geometry::measure::ellipsoid_area;
use taizhou_corridor::geometry::overlap::PreparedShape;
use taizhou_corridor::geometry::position::{PointLocation, position};
use taizhou_corridor::geometry::validity::first_validation_error;
use taizhou_corridor::plan::{FeatureId, Plan};
use taizhou_corridor::query::locate::Locator;
use taizhou_corridor::query::overlay::Overlayer;
use taizhou_corridor::units::Metres;

/// Where a case is tried: turned and mirrored, as it is or small and in the corridor.
#[derive(Debug, Clone, Copy)]
struct Placement {
    is_swapped: bool,
    signs: (f64, f64),
    is_small: bool,
}

impl Placement {
    fn all() -> impl Iterator<Item = Placement> {
        (0..16).map(|bits| {
            let sign = |bit: u32| if bits & bit == 0 { 1.0 } else { -1.0 };
            Placement { is_swapped: bits & 1 == 1, signs: (sign(2), sign(4)), is_small: bits & 8 == 8 }
        })
    }

    /// Without any rounding.
    fn of(self, Coord { x, y }: Coord<f64>) -> Coord<f64> {
        let (x, y) = if self.is_swapped { (y, x) } else { (x, y) };
        let (x, y) = (x * self.signs.0, y * self.signs.1);
        if self.is_small {
            coord! { x: 121.375 + x / 1024.0, y: 28.625 + y / 1024.0 }
        } else {
            coord! { x: x, y: y }
        }
    }

    fn shape(self, wkt: &str) -> MultiPolygon<f64> {
        match from_wkt(wkt, ArcTolerance::default()).unwrap().geometry.unwrap().map_coords(|coord| self.of(coord)) {
            Geometry::Polygon(polygon) => polygon.into(),
            Geometry::MultiPolygon(polygons) => polygons,
            other => panic!("{other:?}"),
        }
    }
}

/// The columns of the lines of a file of cases.
fn cases<const COLUMNS: usize>(text: &'static str) -> Vec<[&'static str; COLUMNS]> {
    let columns = |line: &'static str| line.split('\t').collect::<Vec<_>>().try_into().unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(columns).collect()
}

/// A layer with one shape.
fn layer(shape: &MultiPolygon<f64>) -> Plan {
    let geometry = serde_json::to_string(&geojson::Geometry::from(shape)).unwrap();
    let feature = format!(r#"{{"type":"Feature","properties":{{"name":"a"}},"geometry":{geometry}}}"#);
    let json = format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#);
    Plan::flat_from_geojson(json.as_bytes(), Some("name")).unwrap()
}

#[test]
fn points_lie_where_geos_has_them() {
    let cases = cases::<4>(include_str!("data/geometry/points.txt"));
    assert_eq!(cases.len(), 81);
    for placement in Placement::all() {
        for [expected, point, wkt, name] in &cases {
            let Some(Geometry::Point(point)) = from_wkt(point, ArcTolerance::default()).unwrap().geometry else {
                panic!("{point}")
            };
            let (site, shape) = (placement.of(point.0), placement.shape(wkt));
            assert_eq!(position(site, &shape).as_str(), *expected, "{name}: {point:?} {placement:?}");
            let plan = layer(&shape);
            let answer = Locator::new(&plan).locate(site, Metres(0.0));
            let found = match (answer.boundary_of.as_slice(), answer.zone.map(FeatureId::index)) {
                ([id], _) if id.index() == 0 => PointLocation::Boundary,
                (_, Some(0)) => PointLocation::Inside,
                _ => PointLocation::Outside,
            };
            assert_eq!(found.as_str(), *expected, "locate, {name}: {point:?} {placement:?}");
        }
    }
}

#[test]
fn areas_have_in_common_what_geos_has() {
    let cases = cases::<5>(include_str!("data/geometry/areas.txt"));
    assert_eq!(cases.len(), 51);
    for placement in Placement::all() {
        for [matrix, first, second, common, name] in &cases {
            let (a, b) = (placement.shape(first), placement.shape(second));
            let expected_m2 = match *common {
                "MULTIPOLYGON EMPTY" => 0.0,
                common => ellipsoid_area(&placement.shape(common)).0,
            };
            check(matrix, &a, &b, expected_m2, &format!("{name} {placement:?}"));
            // The other way round the matrix is transposed.
            let at = |place: usize| matrix.as_bytes()[place] as char;
            let transposed: String = [0, 3, 6, 1, 4, 7, 2, 5, 8].map(at).iter().collect();
            check(&transposed, &b, &a, expected_m2, &format!("{name}, the other way {placement:?}"));
        }
    }
}

fn check(matrix: &str, a: &MultiPolygon<f64>, b: &MultiPolygon<f64>, expected_m2: f64, name: &str) {
    let (a_m2, b_m2) = (ellipsoid_area(a).0, ellipsoid_area(b).0);
    let noise_m2 = 1e-12 * (a_m2 + b_m2) + 1e-6;
    let overlap = PreparedShape::new(a).overlap(&PreparedShape::new(b));
    let found_m2 = overlap.area.0;
    assert!((found_m2 - expected_m2).abs() < noise_m2, "{name}: {found_m2} {expected_m2}");
    // Interior and interior, interior and exterior, exterior and interior, boundary and boundary.
    let is_there = |place: usize| matrix.as_bytes()[place] != b'F';
    assert_eq!(found_m2 > noise_m2, is_there(0), "{name}: {matrix} {overlap:?}");
    assert_eq!(a_m2 - found_m2 > noise_m2, is_there(2), "{name}: {matrix} {overlap:?}");
    assert_eq!(b_m2 - found_m2 > noise_m2, is_there(6), "{name}: {matrix} {overlap:?}");
    assert_eq!(overlap.crosses || overlap.touches, is_there(4), "{name}: {matrix} {overlap:?}");
    // What is made of them is good to the grid of the overlay.
    let grid_m2 = 1e-8 * (a_m2 + b_m2) + 1e-6;
    for (what, shape, expected_m2) in [
        ("intersection", intersection(a, b), expected_m2),
        ("difference", difference(a, [b]), a_m2 - expected_m2),
        ("union", union([a, b]), a_m2 + b_m2 - expected_m2),
    ] {
        let found_m2 = ellipsoid_area(&shape).0;
        assert!((found_m2 - expected_m2).abs() < grid_m2, "{what}, {name}: {found_m2} {expected_m2}");
    }
    let plan = layer(b);
    let membership = Overlayer::new(&plan).overlay(a);
    let of_zone = |zone| membership.parts.iter().filter(|part| part.zone == zone).map(|part| part.area.0).sum::<f64>();
    assert!((of_zone(plan.ids().next()) - expected_m2).abs() < noise_m2, "overlay, {name}: {membership:?}");
    assert!((of_zone(None) - (a_m2 - expected_m2)).abs() < noise_m2, "overlay, {name}: {membership:?}");
}

#[test]
fn shapes_are_valid_that_are_for_geos() {
    let cases = cases::<3>(include_str!("data/geometry/valid.txt"));
    assert_eq!(cases.len(), 49);
    for placement in Placement::all() {
        for [expected, wkt, name] in &cases {
            let flaw = first_validation_error(&placement.shape(wkt));
            assert_eq!(flaw.is_none(), *expected == "valid", "{name}: {flaw:?} {placement:?}");
        }
    }
}
