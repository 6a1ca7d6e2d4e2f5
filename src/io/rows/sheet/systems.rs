//! Words for the shifted systems of Chinese web maps in the names of files, sheets and columns, and in titles.

use crate::crs::Crs;
use crate::io::rows::sheet::names::words;

/// Chinese words, anywhere in a text.
const CHINESE: [(&str, Crs); 4] =
    [("高德", Crs::Gcj02), ("火星", Crs::Gcj02), ("腾讯", Crs::Gcj02), ("百度", Crs::Bd09)];

/// Beginnings of words in Latin letters.
const LATIN: [(&str, Crs); 12] = [
    ("gcj", Crs::Gcj02),
    ("amap", Crs::Gcj02),
    ("autonavi", Crs::Gcj02),
    ("tencent", Crs::Gcj02),
    ("bd09", Crs::Bd09),
    ("baidu", Crs::Bd09),
    ("bdlng", Crs::Bd09),
    ("bdlon", Crs::Bd09),
    ("bdlat", Crs::Bd09),
    ("gdlng", Crs::Gcj02),
    ("gdlon", Crs::Gcj02),
    ("gdlat", Crs::Gcj02),
];

/// The shifted system that a text names, and the word.
pub(in crate::io) fn shifted_system(text: &str) -> Option<(Crs, &'static str)> {
    /// Longer texts are not examined further.
    const MAX_CHARACTERS: usize = 200;
    let text: String = text.chars().take(MAX_CHARACTERS).collect();
    let chinese = CHINESE.iter().find(|(word, _)| text.contains(word));
    let found = chinese.map(|(word, crs)| (crs.clone(), *word));
    found.or_else(|| {
        let words = words(&text);
        let joined = words.windows(2).map(|pair| pair.concat());
        let mut words = words.iter().cloned().chain(joined);
        words.find_map(|word| {
            LATIN.iter().find(|(start, _)| word.starts_with(start)).map(|(start, crs)| (crs.clone(), *start))
        })
    })
}

/// Whether a text names a system that is not shifted.
pub(in crate::io) fn names_unshifted(text: &str) -> bool {
    words(text).iter().any(|word| ["wgs", "cgcs", "epsg"].iter().any(|start| word.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_shifted_systems_are_found() {
        for text in [
            "企业点位（高德坐标）",
            "lng_gcj02",
            "gcjLat",
            "GCJ-02",
            "amap_pois",
            "poi-Amap",
            "火星坐标",
            "腾讯地图",
            "gd_lon",
        ] {
            assert_eq!(shifted_system(text).map(|(crs, _)| crs), Some(Crs::Gcj02), "{text}");
        }
        for text in ["百度经度", "bd09", "BD-09", "bd_09_lng", "baidu.csv", "bd_lng", "bdLat"] {
            assert_eq!(shifted_system(text).map(|(crs, _)| crs), Some(Crs::Bd09), "{text}");
        }
        for text in ["datamap", "点位", "bd", "2009", "heatmap_09"] {
            assert_eq!(shifted_system(text), None, "{text}");
        }
        assert!(names_unshifted("lng_wgs84") && names_unshifted("CGCS2000经度") && !names_unshifted("lng"));
    }
}
