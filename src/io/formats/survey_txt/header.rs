//! The CRS in the header of a survey file.

use super::keywords::{CGCS2000_WORDS, MERIDIAN, PARAMETERS, PROJECTION, SYSTEM, UNIT, ZONE, ZONE_WIDTH};
use super::parse::Document;
use crate::crs::{Crs, Declared, EarlierDatum, GaussKruegerZone, Unusable, declared_name, plain_name, unusable};

/// The CRS of the header, or, if it has no zone, of the prefix of the first easting. A header with anything but
/// Gauss-Krüger zones of CGCS2000 in metres, or with contradictions, is an error; on an earlier datum with its zone.
pub(super) fn declared_crs(document: &Document, given: Option<&Crs>) -> Declared {
    match named_crs(document) {
        Ok(named) => zone_of_header(document, named, given),
        Err(Unusable::OtherDatum { crs, datum, system }) => {
            let zone = zone_of_header(document, None, None).ok().flatten();
            let zone = zone.as_ref().and_then(GaussKruegerZone::of);
            let of_zone = EarlierDatum::of_name(&datum).and_then(|datum| {
                // Zones with and without prefix are equivalent here, too.
                let both =
                    [true, false].map(|has_prefix| GaussKruegerZone { has_prefix, ..zone? }.on_earlier_datum(datum));
                let is_given = both.iter().flatten().find(|crs| given == Some(*crs)).cloned();
                is_given.or_else(|| zone?.on_earlier_datum(datum))
            });
            Err(Unusable::OtherDatum { crs, datum, system: of_zone.or(system) })
        }
        Err(unusable) => Err(unusable),
    }
}

fn zone_of_header(document: &Document, named: Option<Crs>, given: Option<&Crs>) -> Declared {
    let corners = document.parcels.iter().flat_map(|parcel| &parcel.rings).flat_map(|ring| &ring.corners);
    let prefix = corners.clone().next().and_then(|&(first, second)| GaussKruegerZone::prefix_of(first, second));
    let widths = values(document, |key| key == ZONE_WIDTH).filter_map(|(_, value)| digits(value));
    let width = widths.last();
    let mut numbers = vec![];
    if let Some(named) = &named {
        match GaussKruegerZone::of(named) {
            Some(zone) => numbers.push((format!("{SYSTEM}={named}"), zone.number)),
            None => return Ok(Some(named.clone())),
        }
    }
    for (key, value) in values(document, |key| key.ends_with(ZONE)) {
        numbers.extend(digits(value).map(|number| (format!("{key}={value}"), number)));
    }
    for (key, value) in values(document, |key| MERIDIAN.iter().any(|word| key.contains(word))) {
        let number = zone_of_meridian(value, width).ok_or_else(|| Unusable::Unknown(format!("{key}={value}")))?;
        numbers.push((format!("{key}={value}"), number));
    }
    let Some(number) = numbers.first().map(|(_, number)| *number).or(prefix) else { return Ok(None) };
    let zone = GaussKruegerZone { number, has_prefix: prefix.is_some() };
    let agrees =
        numbers.iter().all(|(_, other)| *other == number) && width.is_none_or(|width| width == zone.width_deg());
    match zone.crs() {
        Some(crs) if agrees => {
            // Zones with and without prefix are equivalent here, since the prefix is detected from the values.
            let is_same = given.and_then(GaussKruegerZone::of).is_some_and(|given| given.number == number);
            Ok(Some(given.filter(|_| is_same).cloned().unwrap_or(crs)))
        }
        _ => {
            let width = width.map(|width| format!("{ZONE_WIDTH}={width}"));
            let stated: Vec<String> = width.into_iter().chain(numbers.into_iter().map(|(text, _)| text)).collect();
            Err(unusable(stated.join(", ")))
        }
    }
}

/// The parameters of a datum shift, in this order: translations along X, Y and Z, rotations, scale. `None` where the
/// fields are empty, or all are zero, as in most files.
pub(super) fn shift_parameters(document: &Document) -> Option<[f64; 7]> {
    let (_, text) = values(document, |key| key == PARAMETERS).last()?;
    let numbers: Option<Vec<f64>> = text.split([',', '，']).map(|number| number.trim().parse().ok()).collect();
    let parameters: [f64; 7] = numbers?.try_into().ok()?;
    parameters.iter().any(|&parameter| parameter != 0.0).then_some(parameters)
}

/// The header lines of a file with matching keys and a value.
fn values(document: &Document, fits: impl Fn(&str) -> bool) -> impl Iterator<Item = (&str, &str)> {
    let lines = document.header.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    lines.filter(move |(key, value)| !value.is_empty() && fits(key))
}

/// The named CRS, unless it is just CGCS2000 or WGS 84, which is treated as equal.
fn named_crs(document: &Document) -> Declared {
    let is_system = |key: &str| key.contains(SYSTEM) && !key.contains("高程") && !key.contains("类型");
    let mut named = None;
    for (_, name) in values(document, is_system) {
        // A bare number is an EPSG code only if it is that of a zone: 2000 and 80 are abbreviations.
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        match declared_name(name) {
            Ok(Some(crs)) if GaussKruegerZone::of(&crs).is_some() => named = Some(crs),
            _ if is_cgcs2000(name) => {}
            _ if is_number => return Err(unusable(format!("{SYSTEM}{name}"))),
            Ok(crs) => named = crs.filter(|crs| !crs.is_lon_lat()),
            Err(unusable) => return Err(unusable),
        }
    }
    let is_metre =
        |unit: &str| unit.contains('米') && !unit.contains(['千', '厘', '毫', '分']) || METRES.contains(&unit);
    let is_gauss = |name: &str| ["高斯", "gauss", "gk"].iter().any(|word| name.contains(word));
    for (key, value) in values(document, |key| key == UNIT || key == PROJECTION) {
        let plain = plain_name(value);
        if !(if key == UNIT { is_metre(&plain) } else { is_gauss(&plain) }) {
            return Err(Unusable::Unknown(format!("{key}={value}")));
        }
    }
    Ok(named)
}

const METRES: [&str; 5] = ["m", "meter", "meters", "metre", "metres"];

/// Whether a name is that of CGCS2000, and not of a local system derived from it.
fn is_cgcs2000(name: &str) -> bool {
    // Text in brackets states the source of the coordinates.
    let plain = plain_name(name.split(['(', '（']).next().unwrap_or(name));
    let rest = CGCS2000_WORDS.iter().fold(plain.clone(), |rest, word| rest.replace(word, ""));
    ["2000", "wgs84", "wgs1984"].iter().any(|word| plain.contains(word))
        && rest.bytes().all(|byte| byte.is_ascii_digit())
        && unusable(plain.clone()) == Unusable::Unknown(plain)
}

/// The zone of a central meridian; `None` if it is not one, or the text is not understood.
fn zone_of_meridian(text: &str, width_deg: Option<u32>) -> Option<u32> {
    let number: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let unit = text.get(number.len()..)?.trim();
    let meridian_deg = number.parse::<f64>().ok().filter(|value| value.fract() == 0.0)? as u32;
    let zone = if width_deg == Some(6) { (meridian_deg + 3) / 6 } else { meridian_deg / 3 };
    let is_its = GaussKruegerZone { number: zone, has_prefix: false }.central_meridian_deg() == meridian_deg;
    (is_its && ["", "度", "°", "E", "°E", "度E"].contains(&unit)).then_some(zone)
}

fn digits(text: &str) -> Option<u32> {
    plain_name(text).chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::formats::survey_txt::parse::parse;

    const REST: &str = "几度分带=3\n投影类型=高斯克吕格\n计量单位=米\n带号=40\n";

    fn declared(header: &str) -> Declared {
        let text = format!(
            "[属性描述]\n{header}[地块坐标]\n3,1,DK1,甲,面,,,,@\nJ1,1,3171900,633800\nJ2,1,3172000,633800\nJ3,1,3172000,633900\n"
        );
        declared_crs(&parse(&text, None).unwrap(), None)
    }

    #[test]
    fn names_of_cgcs2000_are_read_as_people_write_them() {
        for name in [
            "2000国家大地坐标系",
            "２０００国家大地坐标系",
            "国家2000坐标系",
            "大地2000",
            "cgcs 2000",
            "CGCS2000_3_Degree_GK_Zone_40",
            "China Geodetic Coordinate System 2000",
            "2000国家大地坐标系（由1980西安坐标系转换）",
            "2000国家大地坐标系3度带",
            "WGS84",
            "EPSG:4549",
            "4528",
        ] {
            assert_eq!(declared(&format!("坐标系={name}\n{REST}")), Ok(Some(Crs::Epsg(4549))), "{name}");
        }
    }

    /// Reading them as CGCS2000 would shift the corridor by 50 m, or by a degree.
    #[test]
    fn other_systems_are_never_passed_over() {
        for name in [
            "1980西安坐标系",
            "１９８０西安坐标系",
            "国家80坐标系",
            "80坐标系",
            "1980坐标系",
            "西安八〇",
            "北京五四坐标系",
            "54坐标系",
            "BJ54",
            "80",
        ] {
            for line in [
                "坐标系=",
                "坐标系：",
                "坐标系统=",
                "坐标系名称:",
                "平面坐标系=",
                "坐 标 系=",
                "坐标系\t",
                "坐标系，",
                "坐标系 ",
            ] {
                let found = declared(&format!("{line}{name}\n{REST}"));
                assert!(matches!(found, Err(Unusable::OtherDatum { .. })), "{line}{name}: {found:?}");
            }
        }
        for name in
            ["台州独立坐标系", "台州2000坐标系", "台州市2000独立坐标系", "2000独立坐标系", "ITRF2000", "地方坐标系"]
        {
            assert_eq!(declared(&format!("坐标系={name}\n{REST}")), Err(Unusable::Unknown(name.to_owned())));
        }
        let later = format!("坐标系=2000国家大地坐标系\n{REST}[属性描述]\n坐标系=1980西安坐标系\n");
        assert!(declared(&later).is_err());
    }

    #[test]
    fn a_header_that_states_another_plane_is_refused() {
        for (from, to) in [
            ("计量单位=米", "计量单位=千米"),
            ("计量单位=米", "计量单位=度"),
            ("投影类型=高斯克吕格", "投影类型=UTM"),
            ("带号=40", "带号=40\n中央子午线=121"),
            ("带号=40", "带号=40\n中央经线=123"),
            ("带号=40", "带号=40\n带号=41"),
            ("带号=40", "中央子午线=121°30′"),
            ("几度分带=3", "几度分带=6"),
            ("几度分带=3", "几度分带=1.5"),
        ] {
            let found = declared(&format!("坐标系=2000国家大地坐标系\n{}", REST.replace(from, to)));
            assert!(matches!(found, Err(Unusable::Unknown(_))), "{to}: {found:?}");
        }
        for (from, to) in [
            ("带号=40", "中央子午线=120"),
            ("带号=40", "中央经线:120°E"),
            ("带号=40", "带号：４０带"),
            ("投影类型=高斯克吕格", "投影类型=高斯-克吕格"),
            ("计量单位=米", "计量单位=m"),
        ] {
            assert_eq!(declared(&REST.replace(from, to)), Ok(Some(Crs::Epsg(4549))), "{to}");
        }
    }
}
