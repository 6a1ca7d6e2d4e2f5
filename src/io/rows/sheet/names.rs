//! What the name of a column says: which coordinate, in which unit, and of what.

use crate::error::CoordinateAxis::{self, Latitude, Longitude};
use crate::io::rows::sheet::signs::half_width;

/// Kinds of coordinates, as columns are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum Family {
    Degrees,
    /// x and y: in surveys, x is often the northing.
    Plane,
    /// Easting and northing.
    Metres,
}

/// A column of coordinates by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::io) struct CoordinateName {
    pub(in crate::io) family: Family,
    /// The axis: of x and easting, that of the longitude.
    pub(in crate::io) axis: CoordinateAxis,
    /// What else the name says, such as the place: the two columns of a place have it in common.
    pub(in crate::io) qualifier: String,
}

/// A pair of coordinates in one column, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) struct PairName {
    /// Whether the name has the latitude first.
    pub(in crate::io) is_latitude_first: bool,
}

/// Longer names are sentences.
const MAX_BYTES: usize = 120;

const LATIN: [(&str, Family, CoordinateAxis); 12] = [
    ("lon", Family::Degrees, Longitude),
    ("lng", Family::Degrees, Longitude),
    ("long", Family::Degrees, Longitude),
    ("longitude", Family::Degrees, Longitude),
    ("lat", Family::Degrees, Latitude),
    ("latitude", Family::Degrees, Latitude),
    ("x", Family::Plane, Longitude),
    ("y", Family::Plane, Latitude),
    ("east", Family::Metres, Longitude),
    ("easting", Family::Metres, Longitude),
    ("north", Family::Metres, Latitude),
    ("northing", Family::Metres, Latitude),
];

/// Chinese words, at the end of a name.
const CHINESE: [(&str, Family, CoordinateAxis); 12] = [
    ("经度", Family::Degrees, Longitude),
    ("东经", Family::Degrees, Longitude),
    ("纬度", Family::Degrees, Latitude),
    ("北纬", Family::Degrees, Latitude),
    ("横坐标", Family::Metres, Longitude),
    ("东坐标", Family::Metres, Longitude),
    ("东向坐标", Family::Metres, Longitude),
    ("东距", Family::Metres, Longitude),
    ("纵坐标", Family::Metres, Latitude),
    ("北坐标", Family::Metres, Latitude),
    ("北向坐标", Family::Metres, Latitude),
    ("北距", Family::Metres, Latitude),
];

/// Words that say nothing of the place: units and fillings.
const FILLINGS: [&str; 24] = [
    "deg",
    "degree",
    "degrees",
    "dd",
    "dms",
    "decimal",
    "m",
    "meter",
    "meters",
    "metre",
    "metres",
    "米",
    "单位",
    "单位米",
    "度",
    "单位度",
    "坐标",
    "坐标值",
    "值",
    "轴",
    "coord",
    "coordinate",
    "coordinates",
    "十进制",
];

/// Directions: of x and y, they decide the axis.
const DIRECTIONS: [(&str, CoordinateAxis); 10] = [
    ("e", Longitude),
    ("n", Latitude),
    ("东", Longitude),
    ("北", Latitude),
    ("东向", Longitude),
    ("北向", Latitude),
    ("东方向", Longitude),
    ("北方向", Latitude),
    ("横", Longitude),
    ("纵", Latitude),
];

const PAIRS: [(&str, bool); 13] = [
    ("lonlat", false),
    ("lnglat", false),
    ("longlat", false),
    ("latlon", true),
    ("latlng", true),
    ("latlong", true),
    ("location", false),
    ("coordinates", false),
    ("coordinate", false),
    ("coords", false),
    ("经纬度", false),
    ("纬经度", true),
    ("坐标", false),
];

/// The words of a name in lower case: runs of ASCII letters and digits, split where `pointX` is, and of other letters.
pub(in crate::io) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![];
    let mut last = None;
    for c in half_width(name).chars() {
        let is_word = c.is_alphanumeric();
        let starts = match last {
            Some(last) => is_ascii(last) != is_ascii(c) || is_lower(last) && c.is_ascii_uppercase(),
            None => true,
        };
        match words.last_mut() {
            Some(word) if is_word && !starts => word.extend(c.to_lowercase()),
            _ if is_word => words.push(c.to_lowercase().collect()),
            _ => {}
        }
        last = is_word.then_some(c);
    }
    words
}

fn is_ascii(c: char) -> bool {
    c.is_ascii()
}

fn is_lower(c: char) -> bool {
    c.is_ascii_lowercase()
}

/// The coordinate that a name stands for, with units, directions and brackets: `经度(°)`, `X坐标（米）`, `中心经度`,
/// `lng_gcj02`, `POINT_X`.
pub(in crate::io) fn coordinate_name(name: &str) -> Option<CoordinateName> {
    if name.len() > MAX_BYTES {
        return None;
    }
    let (mut found, mut direction, mut qualifiers): (
        Vec<(Family, CoordinateAxis)>,
        Option<CoordinateAxis>,
        Vec<String>,
    ) = (vec![], None, vec![]);
    for word in words(name) {
        let base = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let latin = LATIN.iter().find(|(known, ..)| *known == base);
        let chinese = CHINESE.iter().find_map(|known| Some((word.strip_suffix(known.0)?, known)));
        let chinese = chinese.or_else(|| {
            let without = word.strip_suffix("坐标").or_else(|| word.strip_suffix('值'))?;
            CHINESE.iter().find_map(|known| Some((without.strip_suffix(known.0)?, known)))
        });
        if let Some((before, _)) = chinese
            && (before.ends_with(['经', '纬']) || CHINESE.iter().any(|(known, ..)| before.contains(known)))
        {
            return None;
        }
        match (latin, chinese) {
            (Some((_, family, axis)), _) => {
                found.push((*family, *axis));
                qualifiers.push(word[base.len()..].to_owned());
            }
            (_, Some((before, (_, family, axis)))) => {
                found.push((*family, *axis));
                qualifiers.push(before.to_owned());
            }
            _ if FILLINGS.contains(&word.as_str()) => {}
            _ => match DIRECTIONS.iter().find(|(known, _)| *known == word) {
                Some((_, axis)) => direction = Some(*axis),
                None => qualifiers.push(word),
            },
        }
    }
    let of = |family: Family| found.iter().filter(move |(found, _)| *found == family);
    let family =
        [Family::Degrees, Family::Metres, Family::Plane].into_iter().find(|family| of(*family).next().is_some())?;
    let &(_, axis) = of(family).next()?;
    // Two coordinates in one name are no column of one.
    if of(family).any(|(_, other)| *other != axis) {
        return None;
    }
    let (family, axis) = match (family, direction) {
        (Family::Plane, Some(direction)) => (Family::Metres, direction),
        (_, Some(direction)) if direction != axis => return None,
        _ => (family, axis),
    };
    qualifiers.retain(|word| !word.is_empty());
    Some(CoordinateName { family, axis, qualifier: qualifiers.join("_") })
}

/// Whether a name stands for two coordinates in one column: `经纬度`, `高德坐标`, `lnglat`.
pub(in crate::io) fn pair_name(name: &str) -> Option<PairName> {
    if name.len() > MAX_BYTES {
        return None;
    }
    let words = words(name);
    let joined: String = words.concat();
    let is_latitude_first = |word: &String| {
        PAIRS.iter().find(|(known, _)| word == known || !known.is_ascii() && word.ends_with(known)).map(|(_, is)| *is)
    };
    let is_latitude_first =
        words.iter().find_map(is_latitude_first).or_else(|| is_latitude_first(&joined)).or_else(|| {
            let joined = joined.strip_suffix("坐标")?;
            PAIRS.iter().find(|(known, _)| joined.ends_with(known)).map(|(_, is)| *is)
        })?;
    Some(PairName { is_latitude_first })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(name: &str) -> Option<(Family, CoordinateAxis, String)> {
        coordinate_name(name).map(|CoordinateName { family, axis, qualifier }| (family, axis, qualifier))
    }

    #[test]
    fn names_are_told_from_their_units_and_places() {
        let degrees = |axis, qualifier: &str| Some((Family::Degrees, axis, qualifier.to_owned()));
        for name in [
            "经度(°)",
            "经度（E）",
            "经度（度）",
            "东经",
            "经度坐标",
            "经度值",
            "lon (deg)",
            "Longitude [°E]",
            "东经（E）",
            "经度\n(°)",
            "Ｌｏｎ",
            "经度：",
            "经度(东经)",
        ] {
            assert_eq!(meaning(name), degrees(Longitude, ""), "{name}");
        }
        for name in ["纬度(°)", "北纬", "Lat_deg", "纬度（N）", "latitude(decimal degrees)"] {
            assert_eq!(meaning(name), degrees(Latitude, ""), "{name}");
        }
        assert_eq!(meaning("中心经度"), degrees(Longitude, "中心"));
        assert_eq!(meaning("lng_gcj02"), degrees(Longitude, "gcj02"));
        assert_eq!(meaning("gcjLat"), degrees(Latitude, "gcj"));
        assert_eq!(meaning("高德经度"), degrees(Longitude, "高德"));
        assert_eq!(meaning("经度(起点)"), degrees(Longitude, "起点"));
        assert_eq!(meaning("lon2"), degrees(Longitude, "2"));
        assert_eq!(meaning("坐标_经度"), degrees(Longitude, ""));
        assert_eq!(meaning("X坐标"), Some((Family::Plane, Longitude, String::new())));
        assert_eq!(meaning("POINT_Y"), Some((Family::Plane, Latitude, "point".to_owned())));
        assert_eq!(meaning("坐标Y(米)"), Some((Family::Plane, Latitude, String::new())));
        for name in ["X（北）", "纵坐标X", "纵坐标", "北坐标(m)", "Northing (m)"] {
            assert_eq!(meaning(name), Some((Family::Metres, Latitude, String::new())), "{name}");
        }
        assert_eq!(meaning("Y坐标（东）"), Some((Family::Metres, Longitude, String::new())));
        for name in
            ["名称", "经纬度", "经度纬度", "lon/lat", "e", "经度(N)", "xyz", "x y", "经济", "东经北纬", "long_lat"]
        {
            assert_eq!(meaning(name), None, "{name}");
        }
    }

    #[test]
    fn names_of_pairs_are_known() {
        for name in ["坐标", "经纬度", "高德坐标", "经纬度坐标", "lnglat", "LngLat", "location", "企业坐标（高德）"]
        {
            assert_eq!(pair_name(name), Some(PairName { is_latitude_first: false }), "{name}");
        }
        assert_eq!(pair_name("latlng"), Some(PairName { is_latitude_first: true }));
        assert_eq!(pair_name("lat_lng"), Some(PairName { is_latitude_first: true }));
        for name in ["名称", "坐标系", "经度", "relocation"] {
            assert_eq!(pair_name(name), None, "{name}");
        }
    }
}
