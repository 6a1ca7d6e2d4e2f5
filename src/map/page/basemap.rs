//! Base map tiles from a URL template given by the user.

use crate::crs::Crs;
use crate::error::{BaseMapProblem, Error, ErrorKind, Result};

/// Web Mercator tiles below a map.
///
/// The URL template has placeholders for tile indices: `{z}`, `{x}`, and `{y}` (from the north) or `{-y}` (from the
/// south), or WMTS's `{TileMatrix}`, `{TileCol}`, `{TileRow}`. One for the server is `{s}`, `{a-c}` or `{0-7}`: `{s}`
/// means 0 to 7, or a to c if it is the whole first label of the host.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::map::page::BaseMap;
///
/// let map = BaseMap::new("https://t{0-3}.tiles.example/{z}/{x}/{y}.png", &Crs::Crs84)?;
/// assert_eq!(map.origins().last(), Some("https://t3.tiles.example"));
/// assert!(BaseMap::new("tiles/{z}/{x}/{y}.png", &Crs::Crs84).is_err());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseMap {
    /// With the placeholders `{z}`, `{x}`, `{y}`, `{-y}` and `{s}`.
    template: String,
    servers: Vec<char>,
    origins: Vec<String>,
    is_gcj02: bool,
}

impl BaseMap {
    /// The tiles of a URL template, in WGS 84, CGCS2000 or GCJ-02.
    ///
    /// Errors if the URL is not http(s) or lacks a placeholder, and for tiles in other coordinate systems: Baidu's,
    /// in BD-09, use a different tile grid.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::map::page::BaseMap;
    ///
    /// let template = "https://tiles.example/{z}/{x}/{y}.png";
    /// assert!(BaseMap::new(template, &Crs::Gcj02).is_ok());
    /// assert!(BaseMap::new(template, &Crs::Bd09).is_err());
    /// ```
    pub fn new(template: &str, crs: &Crs) -> Result<BaseMap> {
        let refused = |problem| {
            let template = template.to_owned();
            Error::new(ErrorKind::BaseMap { template, problem })
        };
        if !matches!(crs, Crs::Crs84 | Crs::Cgcs2000 | Crs::Gcj02) {
            return Err(refused(BaseMapProblem::System(crs.to_string())));
        }
        read(template, crs).map_err(refused)
    }

    /// The hosts of the tiles, each with its scheme.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::map::page::BaseMap;
    ///
    /// let map = BaseMap::new("https://tiles.example:8080/{z}/{x}/{y}.png", &Crs::Crs84)?;
    /// assert_eq!(map.origins().collect::<Vec<_>>(), ["https://tiles.example:8080"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.origins.iter().map(String::as_str)
    }

    /// Whether the tiles are in GCJ-02.
    pub(super) fn is_gcj02(&self) -> bool {
        self.is_gcj02
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let servers: Vec<String> = self.servers.iter().map(char::to_string).collect();
        serde_json::json!({ "template": self.template, "servers": servers, "host": self.host() })
    }

    /// The host for display, without scheme and server label.
    fn host(&self) -> &str {
        let host = self.origins.first().map_or("", |origin| origin.split_once("://").map_or("", |(_, host)| host));
        if self.servers.is_empty() { host } else { host.split_once('.').map_or(host, |(_, domain)| domain) }
    }
}

fn read(template: &str, crs: &Crs) -> Result<BaseMap, BaseMapProblem> {
    if let Some(character) = template.chars().find(|c| !c.is_ascii_graphic() || "\"'<>\\^`|".contains(*c)) {
        return Err(BaseMapProblem::BadCharacter(character));
    }
    let lower = template.to_ascii_lowercase();
    let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme));
    let scheme = scheme.ok_or(BaseMapProblem::NotHttp)?;
    let (template, servers) = placeholders(&template[scheme.len()..])?;
    for (needed, otherwise) in [("{z}", "{z}"), ("{x}", "{x}"), ("{y}", "{-y}")] {
        if !template.contains(needed) && !template.contains(otherwise) {
            return Err(BaseMapProblem::Missing(needed));
        }
    }
    let host = template.split(['/', '?', '#']).next().unwrap_or_default();
    let origins: Vec<String> = if servers.is_empty() || !host.contains("{s}") {
        vec![host.to_owned()]
    } else {
        servers.iter().map(|server| host.replace("{s}", &server.to_string())).collect()
    };
    if !origins.iter().all(|host| is_host(host)) {
        return Err(BaseMapProblem::BadHost);
    }
    Ok(BaseMap {
        origins: origins.into_iter().map(|host| format!("{scheme}{host}")).collect(),
        template: format!("{scheme}{template}"),
        servers,
        is_gcj02: *crs == Crs::Gcj02,
    })
}

/// The URL template with normalised placeholders, and the values of `{s}`.
fn placeholders(address: &str) -> Result<(String, Vec<char>), BaseMapProblem> {
    let (mut known, mut servers) = (String::new(), vec![]);
    let mut rest = address;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(|| BaseMapProblem::Unknown(after.to_owned()))?;
        known.push_str(before);
        let lower = name.to_ascii_lowercase();
        known.push_str(match lower.as_str() {
            "z" | "tilematrix" => "{z}",
            "x" | "tilecol" => "{x}",
            "y" | "tilerow" => "{y}",
            "-y" => "{-y}",
            "s" => {
                let is_first_part = known.is_empty() && after.starts_with('.');
                servers = if is_first_part { ('a'..='c').collect() } else { ('0'..='7').collect() };
                "{s}"
            }
            _ => {
                servers = range(name).ok_or_else(|| BaseMapProblem::Unknown(name.to_owned()))?;
                "{s}"
            }
        });
        rest = after;
    }
    known.push_str(rest);
    Ok((known, servers))
}

/// `a-c`, `0-7`.
fn range(name: &str) -> Option<Vec<char>> {
    let mut characters = name.chars();
    let (Some(first), Some('-'), Some(last), None) =
        (characters.next(), characters.next(), characters.next(), characters.next())
    else {
        return None;
    };
    let are_alike =
        first.is_ascii_digit() && last.is_ascii_digit() || first.is_ascii_lowercase() && last.is_ascii_lowercase();
    (are_alike && first <= last).then(|| (first..=last).collect())
}

fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    !name.is_empty() && name.chars().all(is_name) && !port.is_empty() && port.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(template: &str) -> BaseMapProblem {
        let error = BaseMap::new(template, &Crs::Crs84).unwrap_err();
        let ErrorKind::BaseMap { problem, .. } = error.kind() else { panic!("{error}") };
        problem.clone()
    }

    #[test]
    fn accepts_server_and_wmts_placeholders() {
        let template = "https://t{s}.tianditu.gov.cn/vec_w/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=KEY";
        let map = BaseMap::new(template, &Crs::Cgcs2000).unwrap();
        assert_eq!(map.origins().count(), 8);
        assert_eq!(map.origins().next(), Some("https://t0.tianditu.gov.cn"));
        assert_eq!(map.host(), "tianditu.gov.cn");
        let letters = BaseMap::new("http://{s}.tiles.example/{z}/{x}/{-y}", &Crs::Crs84).unwrap();
        assert_eq!(letters.origins().last(), Some("http://c.tiles.example"));
        let rest = BaseMap::new("https://a.example/{TileMatrix}/{TileCol}/{TileRow}.png", &Crs::Crs84).unwrap();
        assert_eq!(rest.template, "https://a.example/{z}/{x}/{y}.png");
    }

    #[test]
    fn rejects_invalid_tile_urls() {
        assert_eq!(problem("file:///tiles/{z}/{x}/{y}.png"), BaseMapProblem::NotHttp);
        assert_eq!(problem("javascript:alert(1)//{z}{x}{y}"), BaseMapProblem::NotHttp);
        assert_eq!(problem("https://tiles.example/"), BaseMapProblem::Missing("{z}"));
        assert_eq!(problem("https://tiles.example/{z}/{x}.png"), BaseMapProblem::Missing("{y}"));
        assert_eq!(problem("https://tiles.example/{z}/{x}/{y}/{k}"), BaseMapProblem::Unknown("k".to_owned()));
        assert_eq!(problem("https://tiles.example/{z}/{x}/{y}/{c-a}"), BaseMapProblem::Unknown("c-a".to_owned()));
        assert_eq!(problem("https://user:word@tiles.example/{z}/{x}/{y}"), BaseMapProblem::BadHost);
        assert_eq!(problem("https://a;script-src/{z}/{x}/{y}"), BaseMapProblem::BadHost);
        assert_eq!(problem("https://{x}.example/{z}/{x}/{y}"), BaseMapProblem::BadHost);
        assert_eq!(problem("https:///{z}/{x}/{y}"), BaseMapProblem::BadHost);
        assert_eq!(problem("https://a b/{z}/{x}/{y}"), BaseMapProblem::BadCharacter(' '));
        assert_eq!(problem("https://a.example/{z}/{x}/{y}?\u{202e}"), BaseMapProblem::BadCharacter('\u{202e}'));
    }

    #[test]
    fn rejects_tiles_in_other_systems() {
        let error = BaseMap::new("https://tiles.example/{z}/{x}/{y}", &Crs::Bd09).unwrap_err();
        assert!(error.to_string().contains("tiles in BD-09 do not lie"), "{error}");
    }
}
