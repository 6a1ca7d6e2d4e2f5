//! A syntax check of definitions before they reach PROJ, which writes to standard error if it cannot parse them.
//!
//! The safe crate `proj` (0.31) cannot silence it; only `proj-sys` binds `proj_log_level`, as an unsafe function.

/// The first element of a text as WKT: `PROJCS[…]` of `PROJCS[…],VERTCS[…]`. `None` unless the whole text is WKT of a
/// CRS on the Earth and each element has its required content.
pub(super) fn first_element(text: &str) -> Option<&str> {
    let keyword = text.split(['[', '(']).next().unwrap_or_default().trim_end();
    if !KEYWORDS.contains(&keyword.to_ascii_uppercase().as_str()) {
        return None;
    }
    let mut stack: Vec<Element> = vec![];
    let (mut word, mut is_quoted) = (String::new(), false);
    for (index, c) in text.char_indices() {
        match c {
            '"' => {
                is_quoted = !is_quoted;
                word.push(c);
            }
            '[' | '(' if !is_quoted => {
                let keyword = std::mem::take(&mut word).trim().to_ascii_uppercase();
                stack.push(Element { keyword, parts: vec![], elements: vec![] });
            }
            ',' | ']' | ')' if !is_quoted => {
                let part = std::mem::take(&mut word).trim().to_owned();
                let element = stack.last_mut()?;
                if !part.is_empty() {
                    element.parts.push(part);
                }
                if c == ',' {
                    continue;
                }
                let closed = stack.pop().filter(Element::is_well_formed)?;
                match stack.last_mut() {
                    Some(outer) => outer.elements.push(closed.keyword),
                    None => return text.get(..=index),
                }
            }
            c => word.push(c),
        }
    }
    None
}

/// The keywords that start a definition.
const KEYWORDS: [&str; 11] = [
    "PROJCS",
    "GEOGCS",
    "COMPD_CS",
    "PROJCRS",
    "PROJECTEDCRS",
    "GEOGCRS",
    "GEOGRAPHICCRS",
    "GEODCRS",
    "GEODETICCRS",
    "COMPOUNDCRS",
    "BOUNDCRS",
];

/// A WKT element: its texts and numbers, and the keywords of its child elements.
struct Element {
    keyword: String,
    parts: Vec<String>,
    elements: Vec<String>,
}

impl Element {
    fn is_well_formed(&self) -> bool {
        let is_number =
            |index: usize| self.parts.get(index).is_some_and(|part| part.parse::<f64>().is_ok_and(f64::is_finite));
        let has = |names: &[&str]| self.elements.iter().any(|element| names.contains(&element.as_str()));
        let is_of_datum = || has(&["DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF", "DYNAMIC"]);
        match self.keyword.as_str() {
            "PROJCS" => has(&["GEOGCS"]) && has(&["PROJECTION"]),
            "PROJCRS" | "PROJECTEDCRS" => {
                has(&["BASEGEOGCRS", "BASEGEODCRS"]) && has(&["CONVERSION"]) && has(&["CS"]) && has(&["AXIS"])
            }
            "GEOGCRS" | "GEOGRAPHICCRS" | "GEODCRS" | "GEODETICCRS" => is_of_datum() && has(&["CS"]) && has(&["AXIS"]),
            "GEOGCS" | "BASEGEOGCRS" | "BASEGEODCRS" => is_of_datum(),
            "CONVERSION" => has(&["METHOD", "PROJECTION"]),
            "DATUM" | "GEODETICDATUM" | "TRF" => has(&["SPHEROID", "ELLIPSOID"]),
            "COMPD_CS" | "COMPOUNDCRS" => self.elements.len() > 1,
            "BOUNDCRS" => has(&["SOURCECRS"]) && has(&["TARGETCRS"]) && has(&["ABRIDGEDTRANSFORMATION"]),
            "SPHEROID" | "ELLIPSOID" => is_number(1) && is_number(2),
            "PRIMEM" | "PARAMETER" | "UNIT" | "LENGTHUNIT" | "ANGLEUNIT" | "SCALEUNIT" => is_number(1),
            "TOWGS84" => [3, 7].contains(&self.parts.len()) && (0..self.parts.len()).all(is_number),
            _ => true,
        }
    }
}

/// Whether a text is a PROJ string of a single projection with numbers, ellipsoids, datums and units only: no files and
/// no pipeline steps.
pub(super) fn is_proj_string(text: &str) -> bool {
    let part = |part: &str| {
        let part = part.trim_start_matches('+');
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        (key.to_owned(), value.to_owned())
    };
    let parts: Vec<(String, String)> = text.split_whitespace().map(part).collect();
    let value = |key: &str| parts.iter().find(|part| part.0 == key).map(|part| part.1.as_str());
    let number = |key: &str| value(key).and_then(|value| value.parse::<f64>().ok());
    let has_two_parallels = || {
        let first = number("lat_1").unwrap_or(0.0);
        (first + number("lat_2").unwrap_or(first)).abs() > 1e-9
    };
    let is_complete = match value("proj").unwrap_or_default() {
        "utm" => number("zone").is_some(),
        "lcc" | "aea" | "eqdc" => has_two_parallels(),
        name => PROJECTIONS.contains(&name),
    };
    is_complete && parts.iter().all(|(key, value)| is_well_formed(key, value))
}

/// Whether a key of a PROJ string may have a value.
fn is_well_formed(key: &str, value: &str) -> bool {
    let number = || value.parse::<f64>().ok().filter(|number| number.is_finite());
    // Degrees, minutes and seconds as PROJ writes them: 120d30'E.
    let is_angle = || {
        let is_part = |c: char| c.is_ascii_digit() || ".d'\"".contains(c);
        let bare = value.trim_start_matches('-').trim_end_matches(['N', 'S', 'E', 'W']);
        number().is_some() || bare.starts_with(|c: char| c.is_ascii_digit()) && bare.chars().all(is_part)
    };
    match key {
        "proj" => true,
        "lat_0" | "lat_1" | "lat_2" | "lat_ts" => is_angle() && number().is_none_or(|lat| lat.abs() <= 90.0),
        "lon_0" | "lonc" | "alpha" | "gamma" => is_angle(),
        "x_0" | "y_0" => number().is_some(),
        "k" | "k_0" | "a" | "b" | "R" | "to_meter" => number().is_some_and(|number| number > 0.0),
        "rf" => number().is_some_and(|number| number > 1.0),
        "zone" => value.parse::<u8>().is_ok_and(|zone| (1..=60).contains(&zone)),
        "towgs84" => {
            let mut numbers = value.split(',');
            [3, 7].contains(&value.split(',').count()) && numbers.all(|number| number.parse::<f64>().is_ok())
        }
        "ellps" => ELLIPSOIDS.contains(&value),
        "datum" => DATUMS.contains(&value),
        "units" => UNITS.contains(&value),
        "type" => value == "crs",
        "south" | "no_defs" | "wktext" => value.is_empty(),
        _ => false,
    }
}

const PROJECTIONS: [&str; 22] = [
    "longlat", "latlong", "lonlat", "latlon", "tmerc", "etmerc", "utm", "merc", "webmerc", "lcc", "aea", "laea",
    "omerc", "eqc", "cea", "sinu", "cass", "poly", "aeqd", "stere", "gnom", "robin",
];
const ELLIPSOIDS: [&str; 20] = [
    "GRS80",
    "WGS84",
    "krass",
    "IAU76",
    "WGS72",
    "WGS66",
    "WGS60",
    "GRS67",
    "bessel",
    "intl",
    "clrk66",
    "clrk80",
    "clrk80ign",
    "airy",
    "mod_airy",
    "evrst30",
    "aust_SA",
    "helmert",
    "hough",
    "sphere",
];
const DATUMS: [&str; 10] =
    ["WGS84", "NAD83", "NAD27", "GGRS87", "potsdam", "carthage", "hermannskogel", "ire65", "nzgd49", "OSGB36"];
const UNITS: [&str; 10] = ["m", "km", "dm", "cm", "mm", "ft", "us-ft", "mi", "us-mi", "kmi"];
