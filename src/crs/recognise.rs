//! Recognition of CRS definitions: WKT of any version and dialect, PROJJSON, PROJ strings. A definition is rebuilt from
//! its numbers and names only, so that nothing in it can open a file or a grid.

use std::fmt;

use geo::Coord;
use serde_json::Value;

use crate::crs::defined::Basis;
use crate::crs::formula::of_definition;
use crate::crs::names::{crs_of_name, datum_of_name, earlier_of_name};
use crate::crs::structure::{
    Datum, by_id, datum_name, entry, essence, has_ellipsoid, is_degree, is_name_of_cgcs2000, is_unknown_datum, plain,
    scale_of, semi_major_axis,
};
use crate::crs::wkt_tree::Element;
use crate::crs::{Crs, Definition, proj_string, transform, with_proj, wkt_read};
use crate::error::{CrsProblem, Error, ErrorKind};

/// The CRS declared by a file: none, a known one, or why it cannot be used.
pub(crate) type Declared = Result<Option<Crs>, Unusable>;

/// Why a declared CRS cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// The name is unknown.
    Unknown(String),
    /// There is no accurate transformation from its datum to CGCS2000 or WGS 84.
    /// It can be used with a shift, if its definition is known.
    OtherDatum { crs: String, datum: String, system: Option<Crs> },
    /// PROJ is not part of the build. It can be used with a shift, if its definition is known.
    NeedsProj { crs: String, system: Option<Crs> },
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Unknown(name)
            | Unusable::OtherDatum { crs: name, .. }
            | Unusable::NeedsProj { crs: name, .. } => f.write_str(name),
        }
    }
}

impl From<Unusable> for Error {
    fn from(unusable: Unusable) -> Error {
        Error::new(match unusable {
            Unusable::Unknown(declared) => ErrorKind::UnknownCrs { declared },
            Unusable::OtherDatum { crs, datum, .. } => ErrorKind::OtherDatum { crs, datum },
            Unusable::NeedsProj { crs, .. } => ErrorKind::Crs { crs, problem: CrsProblem::NeedsProj },
        })
    }
}

/// The maximum length of a definition, in bytes.
const LONGEST: usize = 1 << 16;

impl Crs {
    /// The CRS of a WKT definition of any version and dialect; of a compound CRS, the horizontal part.
    pub(crate) fn of_wkt(wkt: &str) -> Declared {
        let wkt = wkt.trim_start_matches('\u{feff}').trim();
        if wkt.is_empty() {
            return Ok(None);
        }
        let name = wkt.split('"').nth(1).unwrap_or(wkt).trim().chars().take(80).collect::<String>();
        let element = Element::first(wkt).filter(|_| wkt.len() < LONGEST);
        let definition = element.and_then(|(element, text)| {
            let read = wkt_read::projjson(&element)?;
            // Without PROJ, what is read is enough to say why it is needed.
            if is_computed(&read) || !cfg!(feature = "proj") { Some(read) } else { with_proj::projjson(text) }
        });
        match definition {
            Some(definition) => Crs::of_projjson(&definition),
            // A name or a code instead of a definition.
            None => crs_of_name(wkt).map(Some).ok_or_else(|| unusable(name)),
        }
    }

    /// The CRS of a PROJJSON definition.
    pub(crate) fn of_projjson(definition: &Value) -> Declared {
        if definition.is_null() {
            return Ok(None);
        }
        let (definition, is_shifted) = horizontal(definition);
        // Without a name, the type identifies it.
        let name = definition["name"].as_str().or(definition["type"].as_str()).unwrap_or("?").to_owned();
        let known = match name.as_str() {
            "GCJ-02" => Some(Crs::Gcj02),
            "BD-09" => Some(Crs::Bd09),
            _ => by_id(definition),
        };
        if let Some(known) = known {
            return Ok(Some(known));
        }
        let (base, is_projected) = match definition["type"].as_str() {
            Some("GeographicCRS") => (definition, false),
            Some("ProjectedCRS") => (&definition["base_crs"], true),
            _ => return Err(unusable(name)),
        };
        let datum = Datum::of(base);
        if is_unknown_datum(base) {
            return Err(unusable(name));
        }
        if is_shifted {
            let datum = format!("{} (TOWGS84)", datum_name(base));
            let system = other_datum_system(&name, definition, &datum);
            return Err(Unusable::OtherDatum { crs: name, datum, system });
        }
        if !is_projected {
            let is_degree = scale_of(&definition["coordinate_system"]["axis"][0]["unit"]).is_some_and(is_degree);
            match datum {
                Datum::Cgcs2000 if is_degree => return Ok(Some(Crs::Cgcs2000)),
                Datum::Wgs84 if is_degree => return Ok(Some(Crs::Crs84)),
                _ => {}
            }
        }
        if !cfg!(feature = "proj") && !is_computed(definition) {
            return Err(needs_proj(name, definition, base));
        }
        let Some(definition) = plain(definition, &datum, is_projected) else { return Err(unusable(name)) };
        if let Some(known) = entry(&definition, &datum) {
            return Ok(Some(known));
        }
        let crs = Crs::Defined(Definition::new(&name, &definition, essence(&definition)));
        match transform::Transformer::from_crs(crs.clone()) {
            Ok(_) if !can_transform(&crs) => Err(unusable(name)),
            Ok(_) => Ok(Some(crs)),
            Err(error) => Err(match error.kind() {
                ErrorKind::OtherDatum { datum, .. } => {
                    let datum = with_axis(datum, base);
                    let system = other_datum_system(&name, &definition, &datum);
                    Unusable::OtherDatum { crs: name, datum, system }
                }
                _ => unusable(name),
            }),
        }
    }

    /// The CRS of a PROJ string. Without a datum, the ellipsoids of CGCS2000 and WGS 84 imply these datums: PROJ itself
    /// writes CGCS2000 systems this way.
    fn of_proj_string(text: &str) -> Declared {
        if let Some(definition) = proj_string::projjson(text) {
            return Crs::of_projjson(&definition);
        }
        let keys = text.split_whitespace().map(|part| part.trim_start_matches('+').split('=').next().unwrap_or(""));
        if !proj_string::is_proj_string(text) {
            return Err(Unusable::Unknown(text.to_owned()));
        }
        let is_typed = keys.clone().any(|key| key == "type");
        let typed = if is_typed { text.to_owned() } else { format!("{text} +type=crs") };
        if !cfg!(feature = "proj") {
            let system = proj_string::on_other_ellipsoid(text)
                .and_then(|definition| other_datum_system(text, &definition, "unknown"));
            return Err(Unusable::NeedsProj { crs: text.to_owned(), system });
        }
        let Some(mut definition) = with_proj::projjson(&typed) else { return Err(Unusable::Unknown(text.to_owned())) };
        if definition["name"] == "unknown" {
            definition["name"] = text.into();
        }
        let (system, is_shifted) = horizontal(&definition);
        if is_shifted || keys.clone().any(|key| key == "datum") {
            return Crs::of_projjson(&definition);
        }
        let mut system = system.clone();
        let is_projected = system["type"] == "ProjectedCRS";
        let base = if is_projected { &mut system["base_crs"] } else { &mut system };
        let has = |inverse_flattening| has_ellipsoid(&base["datum"]["ellipsoid"], inverse_flattening);
        let stands_for = if has(Datum::CGCS2000) {
            "CGCS2000"
        } else if has(Datum::WGS84) {
            "WGS 84"
        } else {
            return Crs::of_projjson(&definition);
        };
        base["datum"]["name"] = stands_for.into();
        system["name"] = text.into();
        Crs::of_projjson(&system)
    }

    /// The CRS of a name or definition typed by a user.
    pub(super) fn of_text(text: &str) -> Declared {
        let text = text.trim();
        if let Some(crs) = crs_of_name(text) {
            return Ok(Some(crs));
        }
        if text.len() >= LONGEST {
            let start: String = text.chars().take(80).collect();
            return Err(Unusable::Unknown(format!("{start}…")));
        }
        if text.starts_with('+') {
            return Crs::of_proj_string(text);
        }
        if text.starts_with('{') {
            let definition = serde_json::from_str(text).map_err(|error| Unusable::Unknown(error.to_string()))?;
            return Crs::of_projjson(&definition);
        }
        Crs::of_wkt(text)
    }
}

/// Whether the datum and the projection of a definition are among those that this crate computes.
pub(super) fn is_computed(definition: &Value) -> bool {
    let (definition, _) = horizontal(definition);
    let is_projected = definition["type"] == "ProjectedCRS";
    let base = if is_projected { &definition["base_crs"] } else { definition };
    let is_degree = |axis: &Value| scale_of(&axis["unit"]).is_some_and(is_degree);
    let is_known = |datum: &Datum| match is_projected {
        true => entry(definition, datum).is_some() || of_definition(definition).is_some(),
        false => base["coordinate_system"]["axis"]
            .as_array()
            .is_some_and(|axes| axes.len() == 2 && axes.iter().all(is_degree)),
    };
    match Datum::of(base) {
        Datum::Other => false,
        datum => is_known(&datum),
    }
}

/// Whether a definition can transform positions: PROJ accepts unknown projections, but then fails to transform.
fn can_transform(crs: &Crs) -> bool {
    let Ok(transformer) = transform::Transformer::to_crs(crs.clone()) else { return false };
    let places = [(121.4, 28.65), (0.5, 45.0), (-100.0, 40.0), (140.0, -30.0), (-60.0, -30.0)];
    places.iter().any(|&(x, y)| transformer.apply(&mut [Coord { x, y }]).is_ok())
}

/// Why a definition cannot be used without PROJ: its datum may be known to be of no use.
fn needs_proj(name: String, definition: &Value, geographic: &Value) -> Unusable {
    let datum = datum_name(geographic);
    let system = other_datum_system(&name, definition, datum);
    if is_name_of_cgcs2000(datum) && Datum::of(geographic) == Datum::Other {
        return Unusable::OtherDatum { crs: name, datum: with_axis(datum, geographic), system };
    }
    match datum_of_name(datum) {
        Some(datum) => Unusable::OtherDatum { crs: name, datum: datum.to_owned(), system },
        None => Unusable::NeedsProj { crs: name, system },
    }
}

/// A system on another datum, rebuilt from its definition, which can be used with a shift.
fn other_datum_system(name: &str, definition: &Value, datum: &str) -> Option<Crs> {
    let plain = plain(definition, &Datum::Other, definition["type"] == "ProjectedCRS")?;
    let essence = essence(&plain);
    Some(Crs::Defined(Definition::with_basis(name, &plain, essence, None, Basis::OtherDatum(datum.to_owned()))))
}

/// The name of a datum, with the semi-major axis if a local plane uses the name of a known datum with another
/// ellipsoid.
fn with_axis(datum: &str, geographic: &Value) -> String {
    let is_known = is_name_of_cgcs2000(datum);
    match semi_major_axis(geographic).filter(|_| is_known) {
        Some(axis_m) => format!("{datum} (a = {axis_m} m)"),
        None => datum.to_owned(),
    }
}

/// The reason why a name cannot be used: it may name a known datum.
pub(crate) fn unusable(name: String) -> Unusable {
    match datum_of_name(&name) {
        Some(datum) => {
            let system = earlier_of_name(&name);
            Unusable::OtherDatum { crs: name, datum: datum.to_owned(), system }
        }
        None => Unusable::Unknown(name),
    }
}

/// The CRS that a file declares by a name only, or by a text of another kind.
pub(crate) fn declared_name(name: &str) -> Declared {
    if name.trim().is_empty() {
        return Ok(None);
    }
    crs_of_name(name).map(Some).ok_or_else(|| unusable(name.trim().chars().take(80).collect()))
}

/// The horizontal CRS in a definition, and whether it has a non-zero datum shift.
fn horizontal(mut definition: &Value) -> (&Value, bool) {
    const MAX_DEPTH: usize = 4;
    let mut is_shifted = false;
    for _ in 0..MAX_DEPTH {
        definition = match definition["type"].as_str() {
            Some("CompoundCRS") => &definition["components"][0],
            Some("BoundCRS") => {
                is_shifted |= !is_zero_shift(&definition["transformation"]);
                &definition["source_crs"]
            }
            _ => break,
        };
    }
    (definition, is_shifted)
}

/// Whether a datum transformation is zero.
fn is_zero_shift(transformation: &Value) -> bool {
    let parameters = transformation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    !parameters.is_empty() && parameters.iter().all(|parameter| parameter["value"].as_f64() == Some(0.0))
}

#[cfg(test)]
mod tests {
    use geo::coord;
    use serde_json::json;

    use super::*;
    use crate::crs::Transformer;

    #[test]
    fn written_definitions_are_recognised() {
        let codes = [
            4549,
            4528,
            4529,
            4550,
            4513,
            4554,
            4491,
            32651,
            32751,
            3857,
            #[cfg(feature = "proj")]
            4258,
        ];
        let systems = codes.map(Crs::Epsg).into_iter();
        for crs in systems.chain([Crs::Crs84, Crs::Cgcs2000, Crs::Gcj02, Crs::Bd09]) {
            let known = Ok(Some(crs.clone()));
            assert_eq!(Crs::of_projjson(&crs.projjson().unwrap()), known, "{crs}");
            assert_eq!(Crs::of_wkt(&crs.wkt_of_gdal().unwrap()), known, "{crs}");
            if crs != Crs::Epsg(4258) {
                assert_eq!(Crs::of_wkt(&crs.wkt_of_esri().unwrap()), known, "{crs}");
            }
        }
    }

    const CGCS2000: &str = "SPHEROID[\"CGCS2000\",6378137,298.257222101]";

    fn gauss_kruger(false_easting: &str, meridian: &str, datum: &str, spheroid: &str) -> String {
        format!(
            "PROJCS[\"a name of its own\",GEOGCS[\"{datum}\",DATUM[\"{datum}\",{spheroid}],\
             PRIMEM[\"Greenwich\",0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Gauss_Kruger\"],\
             PARAMETER[\"False_Easting\",{false_easting}],PARAMETER[\"False_Northing\",0],\
             PARAMETER[\"Central_Meridian\",{meridian}],PARAMETER[\"Scale_Factor\",1],\
             PARAMETER[\"Latitude_Of_Origin\",0],UNIT[\"Meter\",1]]"
        )
    }

    /// ESRI WKT has no codes: the CRS is identified by its parameters.
    #[test]
    fn definitions_of_other_software_are_recognised() {
        let read = |easting, meridian, datum| Crs::of_wkt(&gauss_kruger(easting, meridian, datum, CGCS2000));
        assert_eq!(read("40500000", "120", "D_China_2000"), Ok(Some(Crs::Epsg(4528))));
        assert_eq!(read("500000", "123", "D_CGCS2000"), Ok(Some(Crs::Epsg(4550))));
        assert_eq!(read("20500000", "117", "CGCS_2000"), Ok(Some(Crs::Epsg(4498))));
        assert_eq!(Crs::of_wkt("no wkt"), Err(Unusable::Unknown("no wkt".to_owned())));
        assert_eq!(Crs::of_wkt(" "), Ok(None));
        // Compound CRSs with heights, as written by ArcGIS and GDAL.
        let with_heights = gauss_kruger("500000", "120", "D_China_2000", CGCS2000)
            + ",VERTCS[\"Yellow_Sea_1985\",VDATUM[\"Yellow_Sea_1985\"],UNIT[\"Meter\",1]]";
        assert_eq!(Crs::of_wkt(&with_heights), Ok(Some(Crs::Epsg(4549))));
        let compound = format!(
            "COMPD_CS[\"both\",{},VERT_CS[\"h\",VERT_DATUM[\"h\",2005],UNIT[\"metre\",1],AXIS[\"Up\",UP]]]",
            gauss_kruger("500000", "120", "D_China_2000", CGCS2000)
        );
        assert_eq!(Crs::of_wkt(&compound), Ok(Some(Crs::Epsg(4549))));
    }

    /// The position of a fixed easting and northing.
    fn position_of(crs: &Crs) -> geo::Coord<f64> {
        let mut site = [coord! { x: 543_000.0, y: 3_171_000.0 }];
        Transformer::from_crs(crs.clone()).unwrap().apply(&mut site).unwrap();
        site[0]
    }

    /// A local central meridian: the same plane as that of the zone, shifted to the east.
    #[test]
    fn local_central_meridians_are_kept_as_definitions() {
        let city = Crs::of_wkt(&gauss_kruger("500000", "121", "D_China_2000", CGCS2000)).unwrap().unwrap();
        assert_eq!(city.to_string(), "a name of its own");
        let zone = position_of(&Crs::Epsg(4549));
        assert!((position_of(&city).x - zone.x - 1.0).abs() < 1e-11 && (position_of(&city).y - zone.y).abs() < 1e-11);
        assert!(!city.is_lon_lat() && !city.is_degrees() && city.epsg().is_none());
        // The same CRS in other notations.
        let equal = |other: Declared| assert_eq!(other, Ok(Some(city.clone())));
        equal(Crs::of_wkt(&city.wkt_of_esri().unwrap()));
        equal(Crs::of_wkt(&city.wkt_of_gdal().unwrap()));
        equal(Crs::of_projjson(&city.projjson().unwrap()));
        equal(Crs::of_text("+proj=tmerc +lat_0=0 +lon_0=121 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs"));
        equal(Crs::of_text("+proj=tmerc +lon_0=121 +x_0=500000 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m"));
        let other = Crs::of_wkt(&gauss_kruger("500000", "121.5", "D_China_2000", CGCS2000)).unwrap();
        assert_ne!(other, Some(city));
    }

    #[test]
    fn definitions_of_epsg_entries_are_recognised() {
        for (text, crs) in [
            ("+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=40500000 +y_0=0 +ellps=GRS80 +units=m", Crs::Epsg(4528)),
            ("+proj=utm +zone=51 +datum=WGS84 +units=m +no_defs +type=crs", Crs::Epsg(32651)),
            ("+proj=longlat +ellps=GRS80", Crs::Cgcs2000),
            ("+proj=webmerc +datum=WGS84 +type=crs", Crs::Epsg(3857)),
            (
                "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null \
                 +wktext +no_defs",
                Crs::Epsg(3857),
            ),
            ("+proj=longlat +datum=WGS84 +no_defs", Crs::Crs84),
        ] {
            assert_eq!(Crs::of_text(text), Ok(Some(crs)), "{text}");
        }
    }

    /// Albers as used for maps of China: areas equal those on the ellipsoid (GeographicLib, edges straight in longitude
    /// and latitude).
    #[test]
    #[cfg(feature = "proj")]
    fn other_projections_use_their_definitions() {
        let albers = Crs::of_text("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80 +units=m").unwrap().unwrap();
        let mut corners =
            [(121.4, 28.6), (121.41, 28.6), (121.41, 28.61), (121.4, 28.61)].map(|(x, y)| coord! { x: x, y: y });
        Transformer::to_crs(albers.clone()).unwrap().apply(&mut corners).unwrap();
        let sides = (0..4).map(|at| (corners[at], corners[(at + 1) % 4]));
        let area_m2 = sides.map(|(a, b)| a.x * b.y - b.x * a.y).sum::<f64>() / 2.0;
        assert!((area_m2 - 1_083_988.3).abs() < 0.1, "{area_m2}");
        assert_eq!(Crs::of_wkt(&albers.wkt_of_gdal().unwrap()), Ok(Some(albers)));
    }

    /// The corridor would be off by 76 m if coordinates on Beijing 1954 were taken for CGCS2000.
    #[test]
    fn other_datums_are_detected_by_name() {
        let krassovsky = "SPHEROID[\"Krasovsky_1940\",6378245,298.3]";
        let iag75 = "SPHEROID[\"Xian_1980\",6378140,298.257]";
        for (datum, spheroid, meridian, name) in [
            ("D_Beijing_1954", krassovsky, "120", "Beijing 1954"),
            ("D_Beijing_1954", krassovsky, "121", "Beijing 1954"),
            ("D_Xian_1980", iag75, "120", "Xian 1980"),
            ("D_Xian_1980", iag75, "121.5", "Xian 1980"),
            ("New_Beijing", krassovsky, "120", "New Beijing"),
            // The name of CGCS2000 with an ellipsoid scaled to a town's mean elevation.
            ("D_China_2000", "SPHEROID[\"local\",6378237,298.257222101]", "120", "China 2000 (a = 6378237 m)"),
            #[cfg(feature = "proj")]
            ("D_unknown", krassovsky, "120", "unknown"),
        ] {
            let result = Crs::of_wkt(&gauss_kruger("500000", meridian, datum, spheroid)).unwrap_err();
            let Unusable::OtherDatum { crs, datum, .. } = result else { panic!("{datum}: {result:?}") };
            assert_eq!((crs.as_str(), datum.as_str()), ("a name of its own", name));
        }
        // With a Chinese name, and by its ellipsoid only.
        let chinese = Crs::of_wkt(&gauss_kruger("500000", "120", "D_2000国家大地坐标系", CGCS2000));
        assert_eq!(chinese, Ok(Some(Crs::Epsg(4549))));
        for datum in ["D_User_Defined", "D_GRS_1980_IUGG"] {
            let result = Crs::of_wkt(&gauss_kruger("500000", "120", datum, CGCS2000));
            assert_eq!(result, Err(Unusable::Unknown("a name of its own".to_owned())), "{datum}");
        }
        // An unknown datum on the right ellipsoid: left for the user to decide.
        let unknown = Crs::of_wkt(&gauss_kruger("500000", "120", "D_unknown", CGCS2000));
        assert_eq!(unknown, Err(Unusable::Unknown("a name of its own".to_owned())));
        // A shift that was once published for all of China.
        let shifted = gauss_kruger("500000", "120", "Beijing_1954", krassovsky)
            .replace("298.3]", "298.3],TOWGS84[15.8,-154.4,-82.3,0,0,0,0]");
        assert!(matches!(Crs::of_wkt(&shifted), Err(Unusable::OtherDatum { .. })));
        for text in [
            #[cfg(feature = "proj")]
            "+proj=tmerc +lon_0=120 +x_0=500000 +ellps=krass +units=m",
            #[cfg(feature = "proj")]
            "+proj=tmerc +lon_0=120 +x_0=500000 +ellps=krass +towgs84=12,-130,-95,0,0,0,0 +units=m",
            "Xian_1980_3_Degree_GK_CM_120E",
            "1980西安坐标系",
            "北京54",
            "北京五四坐标系",
            "国家80坐标系",
            "54坐标系",
        ] {
            assert!(matches!(Crs::of_text(text), Err(Unusable::OtherDatum { .. })), "{text}");
        }
    }

    /// A stale code next to a different definition: the definition wins, as in GDAL.
    #[test]
    fn codes_that_contradict_the_definition_are_ignored() {
        let code = |wkt: String, code: u32| {
            wkt.strip_suffix(']').unwrap().to_owned() + &format!(",AUTHORITY[\"EPSG\",\"{code}\"]]")
        };
        let other = code(gauss_kruger("500000", "123", "D_China_2000", CGCS2000), 4549);
        assert_eq!(Crs::of_wkt(&other), Ok(Some(Crs::Epsg(4550))));
        let krassovsky = "SPHEROID[\"Krasovsky_1940\",6378245,298.3]";
        let beijing = gauss_kruger("500000", "120", "Beijing_1954", krassovsky);
        let base = beijing.replace("0.0174532925199433]]", "0.0174532925199433],AUTHORITY[\"EPSG\",\"4490\"]]");
        for wkt in [code(beijing, 4549), base] {
            let result = Crs::of_wkt(&wkt);
            assert!(
                matches!(&result, Err(Unusable::OtherDatum { datum, .. }) if datum.contains("Beijing")),
                "{result:?}"
            );
        }
        let mut definition = Crs::Epsg(4549).projjson().unwrap();
        definition["base_crs"]["datum"]["name"] = "Xian 1980".into();
        definition["base_crs"]["datum"]["ellipsoid"]["semi_major_axis"] = 6_378_140.into();
        assert!(matches!(Crs::of_projjson(&definition), Err(Unusable::OtherDatum { .. })));
        // A code that agrees with the definition is used.
        let same = code(gauss_kruger("500000", "120", "D_China_2000", CGCS2000), 4549);
        assert_eq!(Crs::of_wkt(&same), Ok(Some(Crs::Epsg(4549))));
    }

    /// No file is opened, and there is no panic.
    #[test]
    fn hostile_definitions_are_errors() {
        let far = "9".repeat(400);
        let long = format!("PROJCS[\"{}\"]", "a".repeat(1 << 16));
        let deep = "PROJCS[".repeat(8_000);
        for text in [
            "+proj=tmerc +ellps=GRS80 +nadgrids=@/etc/passwd",
            "+proj=tmerc +ellps=GRS80 +geoidgrids=/etc/passwd",
            "+init=epsg:4549",
            "+init=/etc/passwd:4549",
            "+proj=pipeline +step +proj=tmerc",
            "+proj=nothing",
            "+proj=tmerc +lon_0=abc +ellps=GRS80",
            "+proj=tmerc +k=0 +ellps=GRS80",
            "+proj=tmerc +ellps=nothing",
            "+proj=tmerc +ellps=GRS80 +towgs84=1",
            "+proj=utm +zone=99 +ellps=GRS80",
            "+proj=merc +a=6378137 +b=6378137 +nadgrids=@/etc/passwd",
            "+proj=merc +a=6378137 +b=6378136 +nadgrids=@null",
            "+proj=tmerc +lon_0=120 +ellps=GRS80 +nadgrids=@null",
            "+proj=lcc +ellps=GRS80",
            "+proj",
            "+",
            "{",
            "{}",
            "[]",
            r#"{"type": "ProjectedCRS", "name": "x"}"#,
            r#"{"type": "CompoundCRS", "name": "x", "components": []}"#,
            "PROJCS[",
            "PROJCS[\"a",
            "PROJCS[]",
            "PROJCS[\"a\",GEOGCS[\"b\"]]",
            "GEOGCS]",
            "BOUNDCRS[SOURCECRS[],TARGETCRS[]]",
            "PROJCS[\"x\"]",
            "COMPD_CS[\"x\"]",
            "GEOGCS[\"x\",DATUM[\"D_China_2000\"]]",
            &gauss_kruger("500000", "abc", "D_China_2000", CGCS2000),
            &gauss_kruger("500000", "120", "D_China_2000", CGCS2000).replace("PROJECTION[\"Gauss_Kruger\"],", ""),
            &gauss_kruger("500000", "120", "D_China_2000", CGCS2000).replace("Gauss_Kruger", "Nonsense"),
            &gauss_kruger("500000", &far, "D_China_2000", CGCS2000),
            &gauss_kruger("1e400", "120", "D_China_2000", CGCS2000),
            &long,
            &deep,
        ] {
            assert!(Crs::of_text(text).is_err(), "{}", &text[..text.len().min(80)]);
            assert!(text.parse::<Crs>().is_err());
        }
        // A PROJ string as method name, and a grid as a parameter.
        let mut definition = Crs::Epsg(4549).projjson().unwrap();
        definition.as_object_mut().unwrap().remove("id");
        let mut raw = definition.clone();
        raw["conversion"]["method"] = json!({"name": "PROJ tmerc +nadgrids=/etc/passwd"});
        assert!(Crs::of_projjson(&raw).is_err());
        definition["conversion"]["parameters"][0]["value"] = "/etc/passwd".into();
        assert!(Crs::of_projjson(&definition).is_err());
    }
}
