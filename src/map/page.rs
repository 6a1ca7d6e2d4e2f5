//! The plan as one page for a browser: it pans and zooms, tells what the plan says of a zone, and answers any place
//! as [`locate`](crate::query::locate) does. It is one file and asks nobody for anything, unless a base map is named.
//!
//! The questions are answered in the page by scripts of its own, which do what the rooms of this crate do: exact
//! predicates, distances on the ellipsoid of CGCS2000. `tests/clients/page.mjs` compares them.

mod basemap;
mod data;
mod sites;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

pub use basemap::BaseMap;
pub use sites::Sites;

use crate::error::Result;
use crate::plan::Plan;
use crate::report::lang::Lang;

const HTML: &str = include_str!("page/page.html");
const STYLE: &str = concat!("\n", include_str!("page/page.css"));
/// In the order in which they need each other, in a scope of their own.
const SCRIPT: &str = concat!(
    "\n\"use strict\";\n(() => {\n",
    include_str!("page/exact.js"),
    include_str!("page/geodesic.js"),
    include_str!("page/locate.js"),
    include_str!("page/gcj02.js"),
    include_str!("page/view.js"),
    include_str!("page/tiles.js"),
    include_str!("page/draw.js"),
    include_str!("page/input.js"),
    include_str!("page/panel.js"),
    include_str!("page/main.js"),
    "})();\n"
);

/// Light or dark.
///
/// ```
/// use taizhou_corridor::map::page::Theme;
///
/// assert_eq!(Theme::default().as_str(), "auto");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The word for it: `auto`, `light`, `dark`.
    ///
    /// ```
    /// use taizhou_corridor::map::page::Theme;
    ///
    /// assert_eq!(Theme::Dark.as_str(), "dark");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// How a page is made.
///
/// ```
/// use taizhou_corridor::map::page::{PageOptions, Theme};
/// use taizhou_corridor::report::lang::Lang;
///
/// let options = PageOptions { lang: Lang::Zh, theme: Theme::Dark, ..PageOptions::default() };
/// assert!(options.base_maps.is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct PageOptions {
    /// The language that it opens in; both are in the page.
    pub lang: Lang,
    /// The theme that it opens in.
    pub theme: Theme,
    /// Tiles to lay under the map, the first at the bottom. Without any, the page never uses the network.
    pub base_maps: Vec<BaseMap>,
}

/// The page of a plan, with sites where there are some. The same arguments give the same bytes.
///
/// Fails where an area cannot be measured.
///
/// ```
/// use taizhou_corridor::map::page::{PageOptions, page};
/// use taizhou_corridor::plan::Plan;
///
/// let page = page(&Plan::bundled(), None, &PageOptions::default())?;
/// assert!(page.starts_with("<!DOCTYPE html>") && page.len() < 300_000);
/// // Nothing to be fetched.
/// assert!(!page.contains("http"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn page(plan: &Plan, sites: Option<&Sites>, options: &PageOptions) -> Result<String> {
    let title = data::title(plan, options.lang);
    // Each placeholder stands once, and what is put in is not looked at again.
    let values = [
        ("lang", if options.lang == Lang::Zh { "zh-CN" } else { "en" }.to_owned()),
        ("theme", options.theme.as_str().to_owned()),
        ("policy", policy(&options.base_maps)),
        ("title", escaped(&title)),
        ("style", STYLE.to_owned()),
        ("heading", escaped(&title)),
        ("notice", escaped(&options.lang.notice_of(plan).unwrap_or_default())),
        ("noscript", Lang::Zh.page_word("noscript").to_owned() + " " + Lang::En.page_word("noscript")),
        ("data", in_script(&data::data(plan, sites, options)?.to_string())),
        ("script", SCRIPT.to_owned()),
    ];
    let mut page = String::new();
    let mut rest = HTML;
    for (name, value) in values {
        let Some((before, after)) = rest.split_once(&format!("{{{{{name}}}}}")) else { continue };
        page.extend([before, &value]);
        rest = after;
    }
    page.push_str(rest);
    Ok(page)
}

/// What the page may do: run this script, use this style, show tiles of these hosts, and nothing else.
fn policy(base_maps: &[BaseMap]) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let mut hosts: Vec<&str> = vec![];
    for origin in base_maps.iter().flat_map(BaseMap::origins) {
        if !hosts.contains(&origin) {
            hosts.push(origin);
        }
    }
    let images = if hosts.is_empty() { "'none'".to_owned() } else { hosts.join(" ") };
    format!(
        "default-src 'none'; script-src {}; style-src {}; img-src {images}; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// JSON that may stand in a script element: nothing in it ends the element or opens a comment.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
