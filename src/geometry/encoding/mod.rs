//! Encodings of geometries: WKB and WKT (OGC Simple Features, 06-103r4, 7 and 8; curves as in ISO/IEC 13249-3).

mod arcs;
mod assembly;
mod curves;
mod kind;
pub(crate) mod parts;
mod wkb;
mod wkt;
mod write;

use geo::Geometry;

pub use arcs::ArcTolerance;
pub(crate) use assembly::{Assembly, MAX_DEPTH};
pub(crate) use curves::{Ellipse, Sweep};
pub(crate) use kind::Kind;
#[cfg(feature = "parquet")]
pub(crate) use wkb::srid_of_wkb;
pub use wkb::{from_wkb, to_wkb};
pub(crate) use wkt::srid_of_text;
pub use wkt::{from_text, from_wkt};
pub(crate) use write::number_text;
pub use write::to_wkt;

/// A decoded geometry.
///
/// ```
/// use taizhou_corridor::geometry::encoding::{ArcTolerance, from_wkt};
///
/// let read = |text| from_wkt(text, ArcTolerance::default()).unwrap();
/// let site = read("POINT (121.4 28.65 7.5)");
/// assert!(site.geometry.is_some() && site.has_heights);
/// assert!(read("POINT EMPTY").geometry.is_none());
/// assert!(read("CURVEPOLYGON (CIRCULARSTRING (0 0, 4 0, 0 0))").has_arcs);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decoded {
    /// The geometry; `None` if it is empty.
    pub geometry: Option<Geometry<f64>>,
    /// Whether there were Z or M values, which are dropped.
    pub has_heights: bool,
    /// Whether a polygon ring was not closed; it is closed here.
    pub was_open: bool,
    /// Whether arcs were linearised.
    pub has_arcs: bool,
    /// Whether null or empty members were dropped.
    pub has_empty_members: bool,
    /// The SRID given in the encoding.
    pub srid: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RowProblem;
    use geo::{GeometryCollection, Polygon, line_string, point, polygon};

    fn wkb(bytes: &[u8]) -> Result<Decoded, RowProblem> {
        from_wkb(bytes, ArcTolerance::default())
    }

    fn text(text: &str) -> Result<Decoded, RowProblem> {
        from_text(text, ArcTolerance::of(&crate::crs::Crs::Epsg(4549)))
    }

    /// Decodes a text and encodes it as plain WKT.
    fn plain(from: &str) -> String {
        text(from).unwrap().geometry.map_or_else(|| "none".to_owned(), |geometry| to_wkt(&geometry))
    }

    /// A geometry of every linear type.
    fn geometries() -> Vec<Geometry<f64>> {
        let polygon = polygon!(
            exterior: [(x: 0., y: -1e-9), (x: 121.123456789, y: 0.1), (x: 9., y: 1e20)],
            interiors: [[(x: 6., y: 1.), (x: 8., y: 1.), (x: 8., y: 2.)]]
        );
        let line = line_string![(x: 121.1, y: 28.123456789012345), (x: 1e-7, y: -0.5)];
        let polygons = |count: usize| geo::MultiPolygon(vec![polygon.clone(); count]);
        vec![
            point! { x: 121.4, y: 28.65 }.into(),
            geo::MultiPoint::new(vec![point! { x: 1., y: 2. }, point! { x: 3., y: 4. }]).into(),
            line.clone().into(),
            geo::MultiLineString::new(vec![line.clone(), line.clone()]).into(),
            polygon.clone().into(),
            polygons(1).into(),
            polygons(2).into(),
            Geometry::GeometryCollection(GeometryCollection(vec![
                point! { x: 1., y: 2. }.into(),
                polygons(2).into(),
                line.into(),
            ])),
        ]
    }

    /// Geometries without a coordinate.
    fn empty() -> Vec<Geometry<f64>> {
        vec![
            geo::LineString(vec![]).into(),
            Polygon::new(geo::LineString(vec![]), vec![]).into(),
            geo::MultiPoint(vec![]).into(),
            geo::MultiPolygon(vec![]).into(),
            Geometry::GeometryCollection(GeometryCollection::default()),
        ]
    }

    #[test]
    fn every_geometry_type_round_trips() {
        for geometry in geometries() {
            assert_eq!(wkb(&to_wkb(&geometry)).unwrap().geometry.as_ref(), Some(&geometry));
            assert_eq!(text(&to_wkt(&geometry)).unwrap().geometry.as_ref(), Some(&geometry));
        }
        for geometry in empty() {
            assert_eq!(wkb(&to_wkb(&geometry)), Ok(Decoded::default()));
            assert_eq!(text(&to_wkt(&geometry)), Ok(Decoded::default()));
        }
    }

    #[test]
    fn output_equals_that_of_the_wkt_and_wkb_crates() {
        use ::wkt::ToWkt;
        for geometry in geometries().into_iter().chain(empty()) {
            let mut bytes = vec![];
            ::wkb::writer::write_geometry(&mut bytes, &geometry, &::wkb::writer::WriteOptions::default()).unwrap();
            assert_eq!(to_wkb(&geometry), bytes, "{geometry:?}");
            assert_eq!(to_wkt(&geometry), geometry.wkt_string());
        }
    }

    #[test]
    fn empty_parts_are_written_as_empty_and_dropped_by_the_reader() {
        let empty = Polygon::new(geo::LineString(vec![]), vec![]);
        let vertex = polygon![(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)];
        let geometry = geo::MultiPolygon(vec![empty, vertex]).into();
        assert_eq!(to_wkt(&geometry), "MULTIPOLYGON(EMPTY,((0 0,9 0,9 9,0 0)))");
        for read in [text(&to_wkt(&geometry)).unwrap(), wkb(&to_wkb(&geometry)).unwrap()] {
            assert!(read.has_empty_members);
            assert_eq!(to_wkt(&read.geometry.unwrap()), "MULTIPOLYGON(((0 0,9 0,9 9,0 0)))");
        }
    }

    #[test]
    fn empty_members_do_not_affect_others() {
        for (from, expected) in [
            ("GEOMETRYCOLLECTION(POINT EMPTY, POINT(1 1))", "GEOMETRYCOLLECTION(POINT(1 1))"),
            ("GEOMETRYCOLLECTION(POINT(1 1), MULTIPOLYGON EMPTY)", "GEOMETRYCOLLECTION(POINT(1 1))"),
            ("GEOMETRYCOLLECTION(GEOMETRYCOLLECTION EMPTY, POINT(1 1))", "GEOMETRYCOLLECTION(POINT(1 1))"),
            ("MULTIPOINT(EMPTY, (1 1))", "MULTIPOINT((1 1))"),
            ("MULTIPOINT(1 1, EMPTY)", "MULTIPOINT((1 1))"),
            ("MULTILINESTRING(EMPTY,(0 0,1 1))", "MULTILINESTRING((0 0,1 1))"),
            ("MULTISURFACE(((0 0,1 0,1 1,0 0)),CURVEPOLYGON EMPTY)", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))"),
        ] {
            let read = text(from).unwrap();
            assert_eq!((plain(from).as_str(), read.has_empty_members), (expected, true), "{from}");
        }
        // PostGIS writes an empty point as NaN coordinates in WKB.
        let mut bytes = vec![1, 4, 0, 0, 0, 2, 0, 0, 0];
        for [x, y] in [[f64::NAN; 2], [1.0, 2.0]] {
            bytes.extend([1, 1, 0, 0, 0]);
            bytes.extend([x, y].iter().flat_map(|value| value.to_le_bytes()));
        }
        let read = wkb(&bytes).unwrap();
        assert_eq!((to_wkt(&read.geometry.unwrap()).as_str(), read.has_empty_members), ("MULTIPOINT((1 2))", true));
        for none in ["GEOMETRYCOLLECTION(GEOMETRYCOLLECTION EMPTY)", "MULTIPOINT(EMPTY,EMPTY)", "POLYGON(EMPTY)"] {
            assert_eq!(text(none), Ok(Decoded::default()), "{none}");
        }
    }

    #[test]
    fn holes_never_replace_an_empty_exterior() {
        let ring = "(0 0,9 0,9 9,0 0)";
        let shell_is_empty = |from: &str| {
            let Some(Geometry::Polygon(polygon)) = text(from).unwrap().geometry else { panic!("{from}") };
            polygon.exterior().0.is_empty() && polygon.interiors().len() == 1
        };
        for shell in ["POLYGON(EMPTY", "CURVEPOLYGON(EMPTY", "CURVEPOLYGON(CIRCULARSTRING EMPTY"] {
            assert!(shell_is_empty(&format!("{shell},{ring})")), "{shell}");
        }
        for kind in ["POLYGON", "CURVEPOLYGON"] {
            let read = text(&format!("{kind}({ring},EMPTY)")).unwrap();
            assert!(read.has_empty_members);
            assert_eq!(to_wkt(&read.geometry.unwrap()), format!("POLYGON({ring})"));
        }
    }

    /// MySQL prefixes WKB with the SRID: if that is 0, another point seems to follow.
    #[test]
    fn trailing_bytes_are_an_error() {
        let point = to_wkb(&point! { x: 121.4, y: 28.65 }.into());
        assert!(wkb(&[&[0; 4], &point[..]].concat()).is_err());
        assert!(wkb(&[&point[..], &[0]].concat()).is_err());
    }

    #[test]
    fn linear_parts_of_curves_are_unchanged() {
        for (from, expected) in [
            ("COMPOUNDCURVE((0 0,1 0),(1 0,1 1))", "LINESTRING(0 0,1 0,1 1)"),
            ("COMPOUNDCURVE(LINESTRING(0 0,1 0),CIRCULARSTRING(1 0,1 1,1 2))", "LINESTRING(0 0,1 0,1 1,1 2)"),
            ("CURVEPOLYGON((0 0,9 0,9 9,0 0),(5 1,8 1,8 3,5 1))", "POLYGON((0 0,9 0,9 9,0 0),(5 1,8 1,8 3,5 1))"),
            ("CurvePolygon(CompoundCurve((0 0,9 0),(9 0,9 9,0 0)))", "POLYGON((0 0,9 0,9 9,0 0))"),
            ("MULTICURVE((0 0,1 1),COMPOUNDCURVE((2 2,3 3)))", "MULTILINESTRING((0 0,1 1),(2 2,3 3))"),
            (
                "MULTISURFACE(((0 0,9 0,9 9,0 0)),CURVEPOLYGON((20 0,29 0,29 9,20 0)))",
                "MULTIPOLYGON(((0 0,9 0,9 9,0 0)),((20 0,29 0,29 9,20 0)))",
            ),
            ("TRIANGLE((0 0,9 0,9 9,0 0))", "POLYGON((0 0,9 0,9 9,0 0))"),
            ("LINEARRING(0 0,9 0,9 9,0 0)", "LINESTRING(0 0,9 0,9 9,0 0)"),
        ] {
            assert_eq!(plain(from), expected, "{from}");
        }
        assert!(text("COMPOUNDCURVE((0 0,1 0),(2 0,1 1))").is_err());
        assert!(text("MULTISURFACE(CIRCULARSTRING(0 0,1 1,2 0))").is_err());
    }

    /// A disc, an annulus, and a rectangle with a semicircle at each end.
    #[test]
    fn arcs_enclose_the_expected_area() {
        use geo::Area;
        let pi = std::f64::consts::PI;
        for (from, area, length) in [
            ("CURVEPOLYGON(CIRCULARSTRING(633800 3171850,634000 3171850,633800 3171850))", 1e4 * pi, 200.0 * pi),
            (
                "CURVEPOLYGON(CIRCULARSTRING(0 0,100 100,200 0,100 -100,0 0),CIRCULARSTRING(90 0,110 0,90 0))",
                9_900.0 * pi,
                220.0 * pi,
            ),
            (
                "MULTISURFACE ZM(CURVEPOLYGON ZM(COMPOUNDCURVE ZM((0 0 1 1,50 0 1 1),CIRCULARSTRING ZM(50 0 1 1,60 10 1 1,\
                50 20 1 1),(50 20 1 1,0 20 1 1),CIRCULARSTRING ZM(0 20 1 1,-10 10 1 1,0 0 1 1))))",
                1_000.0 + 100.0 * pi,
                100.0 + 20.0 * pi,
            ),
        ] {
            let read = text(from).unwrap();
            assert!(read.has_arcs && !read.was_open && read.has_heights == from.contains("ZM"));
            // Edges are within a millimetre inside the arcs, two thirds of that on average.
            let missing = area - read.geometry.unwrap().unsigned_area();
            assert!((0.0..0.7e-3 * length).contains(&missing.abs()), "{from}: {missing}");
        }
    }

    /// ISO codes (in thousands) and EWKB flags, in both byte orders.
    #[test]
    fn all_dimension_codes_are_read() {
        let double = |value: f64, is_little: bool| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
        let count = |value: u32, is_little: bool| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
        for is_little in [true, false] {
            for (iso, flags, dimensions) in
                [(0, 0, 2), (1000, 0x8000_0000, 3), (2000, 0x4000_0000, 3), (3000, 0xc000_0000, 4)]
            {
                for code in [2 + iso, 2 | flags, 2 | flags | 0x2000_0000, (2 + iso) | flags] {
                    let mut bytes = vec![u8::from(is_little)];
                    bytes.extend(count(code, is_little));
                    if code & 0x2000_0000 != 0 {
                        bytes.extend(count(4490, is_little));
                    }
                    bytes.extend(count(2, is_little));
                    for vertex in [1.0, 3.0] {
                        bytes.extend((0..dimensions).flat_map(|axis| double(vertex + f64::from(axis), is_little)));
                    }
                    let read = wkb(&bytes).unwrap();
                    assert_eq!(read.geometry, Some(line_string![(x: 1., y: 2.), (x: 3., y: 4.)].into()), "{code}");
                    assert_eq!(read.has_heights, dimensions > 2);
                    assert_eq!(read.srid, (code & 0x2000_0000 != 0).then_some(4490));
                    assert!((0..bytes.len()).all(|end| wkb(&bytes[..end]).is_err()));
                    let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
                    for hex in [hex.clone(), format!(r" \x{} ", hex.to_lowercase()), format!("0x{hex}")] {
                        assert_eq!(text(&hex).unwrap(), read);
                        assert_eq!(srid_of_text(&hex), read.srid);
                    }
                }
            }
        }
    }

    /// The `wkb` crate takes codes modulo eight and so confuses these types.
    #[test]
    fn geometry_types_are_not_confused() {
        let code = |code: u32| wkb(&[&[1], &code.to_le_bytes()[..], &[0; 4]].concat()).map(|read| read.geometry);
        for kind in (2..=12).chain([17, 1007, 2010, 3012]) {
            assert_eq!(code(kind), Ok(None), "{kind}");
        }
        for kind in [0, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 102, 999, 1015, 2016, 4001, 1_000_001] {
            assert_eq!(code(kind).unwrap_err().code(), "unsupported-geometry", "{kind}");
        }
        for (from, name) in [
            ("TIN(((0 0,1 0,0 1,0 0)))", "TIN"),
            ("POLYHEDRALSURFACE Z(((0 0 0,1 0 0,0 1 0,0 0 0)))", "PolyhedralSurface"),
            ("POLYHEDRALSURFACEZ EMPTY", "PolyhedralSurface"),
            ("GEOMETRYCOLLECTION(TIN EMPTY)", "TIN"),
            ("NURBSCURVE(3,(0 0,1 1))", "NurbsCurve"),
        ] {
            assert_eq!(text(from), Err(RowProblem::UnsupportedGeometry { kind: name.to_owned() }), "{from}");
        }
    }

    #[test]
    fn number_of_coordinates_must_match_the_dimension() {
        for from in [
            "POINT(1 2 3)",
            "POINT Z(1 2 3)",
            "POINTZ(1 2 3)",
            "pointm (1 2 3)",
            "POINT ZM (1 2 3 4)",
            "POINT(1 2 3 4)",
        ] {
            let read = text(from).unwrap();
            assert_eq!((plain(from).as_str(), read.has_heights), ("POINT(1 2)", true), "{from}");
        }
        assert_eq!(plain("LINESTRING(1 2 3,4 5 6)"), "LINESTRING(1 2,4 5)");
        assert_eq!(plain(" Point\n( -1e3\t+.5 ) "), "POINT(-1000 0.5)");
        for from in ["POINT Z(1 2)", "POINT M(1 2 3 4)", "LINESTRING(1 2 3,4 5)", "POINT(1 2 3 4 5)"] {
            assert!(text(from).is_err(), "{from}");
        }
    }

    #[test]
    fn srids_are_returned() {
        let srid = |from: &str| text(from).unwrap().srid;
        for (from, expected) in [
            ("SRID=4549;POINT(1 2)", Some(4549)),
            (" srid = 4610 ; POINT EMPTY", Some(4610)),
            ("SRID=0;POINT(1 2)", None),
            ("SRID=-1;POINT(1 2)", None),
            ("POINT(1 2)", None),
        ] {
            assert_eq!((srid(from), srid_of_text(from)), (expected, expected), "{from}");
        }
        assert!(text("SRID=x;POINT(1 2)").is_err() && srid_of_text("SRID=x;POINT(1 2)").is_none());
        // A member may repeat the SRID, but not have a different one.
        let member = |srid: u32| {
            let point = to_wkb(&point! { x: 1., y: 2. }.into());
            let head = [&[1, 4, 0, 0, 0x20], &4490_u32.to_le_bytes()[..], &[1, 0, 0, 0, 1, 1, 0, 0, 0x20]].concat();
            wkb(&[&head, &srid.to_le_bytes()[..], &point[5..]].concat())
        };
        assert_eq!(member(4490).unwrap().srid, Some(4490));
        assert!(member(4549).is_err());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(20_000))]
        #[test]
        fn numbers_round_trip_in_the_fewest_digits(bits: u64, decimal in -1e16..1e16, exponent in -20..20) {
            for value in [f64::from_bits(bits), decimal, decimal.trunc(), decimal * 10f64.powi(exponent)] {
                let (text, display) = (number_text(value), value.to_string());
                proptest::prop_assert_eq!(text.len(), display.len());
                proptest::prop_assert!(text.parse::<f64>().unwrap().to_bits() == value.to_bits() || value.is_nan());
                proptest::prop_assert!(!text.contains('e'));
            }
        }
    }

    #[test]
    fn truncated_or_deeply_nested_input_is_an_error() {
        let deep: Vec<u8> = [1, 7, 0, 0, 0, 1, 0, 0, 0].repeat(100_000);
        assert!(wkb(&deep).is_err());
        assert!(text(&"GEOMETRYCOLLECTION(".repeat(100_000)).is_err());
        // The declared count is larger than the data.
        for kind in [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 17] {
            assert!(wkb(&[1, kind, 0, 0, 0, 255, 255, 255, 255, 1, 1]).is_err());
        }
        for from in [
            "",
            "POINT",
            "POINT()",
            "POINT(1)",
            "POINT(a b)",
            "CIRCLE(1 2)",
            "POINT(1 2))",
            "POINT(1 2",
            "POINT(1 2)x",
            "01",
            "010",
        ] {
            assert!(text(from).is_err(), "{from}");
        }
        assert_eq!(text("POLYGON EMPTY").unwrap().geometry, None);
        assert!(text("POLYGON((0 0,9 0,9 9))").unwrap().was_open);
    }
}
