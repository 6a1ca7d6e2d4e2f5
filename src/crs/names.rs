//! Names of CRSs: EPSG codes as typed by users and in URNs and URIs, and the names used by ArcGIS and EPSG for the
//! systems of China.

use crate::crs::earlier::{EarlierDatum, code_of_zone};
use crate::crs::{Crs, GaussKruegerZone};

/// The CRS with a name; `None` if the name is unknown.
pub(super) fn crs_of_name(name: &str) -> Option<Crs> {
    let name = name.trim();
    parse_code(name).or_else(|| parse_title(name))
}

/// A name in lower case without punctuation and spaces, with full-width digits and Chinese numerals converted to
/// digits.
pub(crate) fn plain_name(name: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10).unwrap_or(c),
        '〇' | '○' => '0',
        _ => {
            "零一二三四五六七八九".chars().position(|digit| digit == c).map_or(c, |digit| (b'0' + digit as u8) as char)
        }
    };
    name.chars().map(plain).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The Chinese datum before CGCS2000 that a name names.
pub(super) fn earlier_datum(name: &str) -> Option<EarlierDatum> {
    let plain = plain_name(name);
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    // In Chinese these are known by their year, such as 80坐标系; no others are.
    let is_of_year = |years: [&str; 2]| {
        let is_chinese = has(&["坐标", "国家", "大地"]) || plain.ends_with('系');
        is_chinese && plain.split(|c: char| !c.is_ascii_digit()).any(|number| years.contains(&number))
    };
    if has(&["newbeijing", "新北京", "新1954北京"]) {
        Some(EarlierDatum::NewBeijing)
    } else if has(&["beijing", "peking", "北京", "bj"]) && has(&["54"]) || is_of_year(["54", "1954"]) {
        Some(EarlierDatum::Beijing1954)
    } else if has(&["xian", "西安"]) && has(&["80"]) || is_of_year(["80", "1980"]) {
        Some(EarlierDatum::Xian1980)
    } else {
        None
    }
}

/// The Chinese datums before CGCS2000, by the names of systems on them.
pub(super) fn datum_of_name(name: &str) -> Option<&'static str> {
    EarlierDatum::of_name(name).map(EarlierDatum::as_str)
}

/// The Chinese datums before CGCS2000, by the codes of systems on them.
#[cfg(any(test, not(feature = "proj")))]
pub(super) fn datum_of_code(code: u32) -> Option<&'static str> {
    EarlierDatum::of_code(code).map(EarlierDatum::as_str)
}

/// The system on an earlier datum with a name such as `Xian_1980_3_Degree_GK_Zone_40`.
pub(super) fn earlier_of_name(name: &str) -> Option<Crs> {
    let datum = EarlierDatum::of_name(name)?;
    let plain = plain_name(name);
    let names = match datum {
        EarlierDatum::Beijing1954 => ["beijing1954", "beijing54"],
        EarlierDatum::Xian1980 => ["xian1980", "xian80"],
        EarlierDatum::NewBeijing => return None,
    };
    let rest = names.iter().find_map(|name| plain.trim_start_matches("gcs").strip_prefix(name))?;
    if rest.is_empty() {
        return Some(Crs::Epsg(if datum == EarlierDatum::Xian1980 { 4610 } else { 4214 }));
    }
    code_of_zone(datum, zone_of_title(rest)?).map(Crs::Epsg)
}

/// Parses `4549`, `EPSG:4549`, `urn:ogc:def:crs:EPSG::4549`, `http://www.opengis.net/def/crs/EPSG/0/4549` and similar
/// forms, `CRS84`, and the short names of this crate.
fn parse_code(name: &str) -> Option<Crs> {
    let upper = name.to_ascii_uppercase();
    match upper.replace(['-', ' ', '_'], "").as_str() {
        "CRS84" | "WGS84" => return Some(Crs::Crs84),
        "CGCS2000" => return Some(Crs::Cgcs2000),
        "GCJ02" => return Some(Crs::Gcj02),
        "BD09" => return Some(Crs::Bd09),
        _ => {}
    }
    let path = ["URN:OGC:DEF:CRS:", "URN:X-OGC:DEF:CRS:"].iter().find_map(|start| upper.strip_prefix(start));
    let link = ["HTTP://", "HTTPS://"].iter().find_map(|start| upper.strip_prefix(start));
    let link = link.and_then(|link| link.strip_prefix("WWW.OPENGIS.NET/").or(link.strip_prefix("OPENGIS.NET/")));
    let link = link.and_then(|link| link.strip_prefix("DEF/CRS/"));
    // An optional version is between the authority and the code.
    let parts: Vec<&str> = match (path, link) {
        (Some(path), _) => path.split(':').collect(),
        (None, Some(link)) => link.trim_end_matches('/').split('/').collect(),
        (None, None) if upper.bytes().all(|byte| byte.is_ascii_digit()) => vec!["EPSG", &upper],
        (None, None) => upper.split(':').collect(),
    };
    match parts.as_slice() {
        ["EPSG", code] | ["EPSG", _, code] => crs_of_epsg(code.trim().parse().ok()?),
        ["OGC", "CRS84"] | ["OGC", _, "CRS84"] => Some(Crs::Crs84),
        _ => None,
    }
}

/// From an EPSG code, without a check that it is a CRS.
fn crs_of_epsg(code: u32) -> Option<Crs> {
    Some(match code {
        4326 => Crs::Crs84,
        4490 => Crs::Cgcs2000,
        code => Crs::Epsg(code),
    })
}

/// Parses a title such as `CGCS2000_3_Degree_GK_CM_120E` or `CGCS2000 / 3-degree Gauss-Kruger zone 40`.
fn parse_title(name: &str) -> Option<Crs> {
    let plain = plain_name(name);
    match plain.as_str() {
        "2000国家大地坐标系" | "国家2000坐标系" | "国家大地坐标系2000" => {
            return Some(Crs::Cgcs2000);
        }
        "gcschinageodeticcoordinatesystem2000" | "chinageodeticcoordinatesystem2000" | "gcscgcs2000" => {
            return Some(Crs::Cgcs2000);
        }
        "gcswgs1984" | "wgs1984" => return Some(Crs::Crs84),
        "wgs1984webmercatorauxiliarysphere" | "wgs84pseudomercator" => return Some(Crs::Epsg(3857)),
        _ => {}
    }
    if let Some(zone) = ["wgs1984utmzone", "wgs84utmzone"].iter().find_map(|start| plain.strip_prefix(start)) {
        let first = if zone.ends_with('n') { 32_600 } else { 32_700 };
        let number: u32 = zone.strip_suffix(['n', 's'])?.parse().ok()?;
        return (1..=60).contains(&number).then_some(Crs::Epsg(first + number));
    }
    zone_of_title(plain.strip_prefix("cgcs2000")?)?.crs()
}

/// The zone of the end of a title, such as `3degreegkcm120e`.
fn zone_of_title(rest: &str) -> Option<GaussKruegerZone> {
    let (width_deg, rest) = match (rest.strip_prefix("3degree"), rest.strip_prefix("6degree")) {
        (Some(rest), _) => (3, rest),
        (None, Some(rest)) => (6, rest),
        (None, None) => (6, rest),
    };
    let rest = ["gausskruger", "gausskrueger", "gk"].iter().find_map(|method| rest.strip_prefix(method))?;
    let zone = if let Some(number) = rest.strip_prefix("zone") {
        GaussKruegerZone { number: number.parse().ok()?, has_prefix: true }
    } else {
        let meridian_deg: u32 = rest.strip_prefix("cm")?.strip_suffix('e')?.parse().ok()?;
        let number = if width_deg == 3 { meridian_deg / 3 } else { (meridian_deg + 3) / 6 };
        let zone = GaussKruegerZone { number, has_prefix: false };
        (zone.central_meridian_deg() == meridian_deg).then_some(zone)?
    };
    (zone.width_deg() == width_deg).then_some(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_all_notations() {
        for name in [
            "4549",
            " epsg:4549 ",
            "EPSG::4549",
            "urn:ogc:def:crs:EPSG::4549",
            "urn:ogc:def:crs:EPSG:9.8:4549",
            "urn:x-ogc:def:crs:EPSG:4549",
            "http://www.opengis.net/def/crs/EPSG/0/4549",
            "https://www.opengis.net/def/crs/epsg/0/4549/",
            "CGCS2000_3_Degree_GK_CM_120E",
            "CGCS2000 / 3-degree Gauss-Kruger CM 120E",
        ] {
            assert_eq!(crs_of_name(name), Some(Crs::Epsg(4549)), "{name}");
        }
        for name in ["urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC:CRS84"] {
            assert_eq!(crs_of_name(name), Some(Crs::Crs84), "{name}");
        }
        for name in ["http://www.opengis.net/def/crs/EPSG/0/4490", "CGCS 2000", "２０００国家大地坐标系"] {
            assert_eq!(crs_of_name(name), Some(Crs::Cgcs2000), "{name}");
        }
        assert_eq!(
            (crs_of_name("WGS 84"), crs_of_name("WGS_84"), crs_of_name("EPSG: 4549")),
            (Some(Crs::Crs84), Some(Crs::Crs84), Some(Crs::Epsg(4549)))
        );
    }

    #[test]
    fn titles_of_zones_are_read() {
        for (name, code) in [
            ("CGCS2000_3_Degree_GK_Zone_40", 4528),
            ("CGCS2000_3_Degree_GK_CM_123E", 4550),
            ("CGCS2000_GK_CM_123E", 4510),
            ("CGCS2000_GK_Zone_21", 4499),
            ("CGCS2000 / Gauss-Kruger CM 117E", 4509),
            ("CGCS2000 / 3-degree Gauss-Kruger zone 41", 4529),
            ("WGS_1984_UTM_Zone_51N", 32651),
            ("WGS 84 / UTM zone 51S", 32751),
            ("WGS_1984_Web_Mercator_Auxiliary_Sphere", 3857),
        ] {
            assert_eq!(crs_of_name(name), Some(Crs::Epsg(code)), "{name}");
        }
        assert_eq!(crs_of_name("GCS_China_Geodetic_Coordinate_System_2000"), Some(Crs::Cgcs2000));
    }

    /// A meridian between two zones, non-existent zones, other authorities, other datums.
    #[test]
    fn unknown_names_are_rejected() {
        for name in [
            "CGCS2000_3_Degree_GK_CM_121E",
            "CGCS2000_3_Degree_GK_Zone_20",
            "CGCS2000_GK_Zone_40",
            "CGCS2000_GK_CM_120E",
            "WGS_1984_UTM_Zone_61N",
            "WGS_1984_UTM_Zone_51",
            "ESRI:102100",
            "urn:ogc:def:crs:IAU::4549",
            "http://example.org/def/crs/EPSG/0/4549",
            "EPSG:",
            "台州CGCS2000_3_Degree_GK_CM_120E",
            "EPSG:x",
            "EPSG:-1",
            "",
            "Xian_1980_3_Degree_GK_Zone_40",
        ] {
            assert_eq!(crs_of_name(name), None, "{name}");
        }
    }
}
