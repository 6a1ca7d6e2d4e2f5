//! The plan as a single web page: it pans and zooms, shows facts about zones, and locates any position
//! as [`locate`](crate::query::locate) does. It makes no network requests unless a base map is given.
//!
//! The scripts of the page implement the same algorithms as this crate: exact
//! predicates, distances on the ellipsoid of CGCS2000. `tests/clients/page.mjs` compares them.

mod basemap;
mod data;
mod data_overlay;
mod parcels;
mod row_labels;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;
use sha2::{Digest, Sha256};

pub use basemap::BaseMap;
pub use data_overlay::{FindingCounts, PageOverlay, PageOverlayOptions, PageSummary};

use crate::error::Result;
use crate::messages::Lang;
use crate::plan::Plan;

const HTML: &str = include_str!("page/page.html");
const STYLE: &str = concat!("\n", include_str!("page/page.css"));
/// In order of dependency, in a scope of their own, after the first frame: title and notice are
/// in the HTML and visible at once.
const SCRIPT: &str = concat!(
    "\n\"use strict\";\nrequestAnimationFrame(() => setTimeout(() => {\n",
    include_str!("page/exact.js"),
    include_str!("page/geodesic.js"),
    include_str!("page/locate.js"),
    include_str!("page/gcj02.js"),
    include_str!("page/view.js"),
    include_str!("page/tiles.js"),
    include_str!("page/parcels.js"),
    include_str!("page/draw.js"),
    include_str!("page/input.js"),
    include_str!("page/grid.js"),
    include_str!("page/search.js"),
    include_str!("page/links.js"),
    include_str!("page/save.js"),
    include_str!("page/panel.js"),
    include_str!("page/main.js"),
    "}));\n"
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
    /// The setting of the reader's system.
    #[default]
    Auto,
    /// Light background.
    Light,
    /// Dark background.
    Dark,
}

impl Theme {
    /// The name: `auto`, `light`, `dark`.
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

/// The options of a page.
///
/// ```
/// use taizhou_corridor::map::page::{PageOptions, Theme};
/// use taizhou_corridor::messages::Lang;
///
/// let options = PageOptions { lang: Lang::Zh, theme: Theme::Dark, ..PageOptions::default() };
/// assert!(options.base_maps.is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct PageOptions {
    /// The initial language; the page contains both.
    pub lang: Lang,
    /// The initial theme.
    pub theme: Theme,
    /// The name of the file of the plan, to be named on the page with its authority, accuracy and date; `None` for the
    /// bundled plan. It is the title of a flat layer, without its extension.
    pub outline: Option<String>,
    /// The title; by default the name of the corridor or layer.
    pub title: Option<String>,
    /// A source to credit besides that of the outline, such as that of sites or parcels.
    pub source: Option<String>,
    /// Base map tiles below the map, the first at the bottom. Without any, the page makes no network requests.
    pub base_maps: Vec<BaseMap>,
}

/// Renders the page of a plan, with sites and parcels if given. The same arguments give the same bytes.
///
/// Errors if an area cannot be measured.
///
/// ```
/// use taizhou_corridor::map::page::{PageOptions, page};
/// use taizhou_corridor::plan::Plan;
///
/// let page = page(&Plan::bundled(), None, &PageOptions::default())?;
/// assert!(page.starts_with("<!DOCTYPE html>") && page.len() < 300_000);
/// // Nothing to fetch.
/// assert!(!page.contains("://"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn page(plan: &Plan, layer: Option<&PageOverlay>, options: &PageOptions) -> Result<String> {
    let plan = &*plan.in_lon_lat()?;
    let title = data::title(plan, options, options.lang);
    // Each placeholder occurs once, and inserted text is not searched again.
    let values = [
        ("lang", if options.lang == Lang::Zh { "zh-CN" } else { "en" }.to_owned()),
        ("theme", options.theme.as_str().to_owned()),
        ("policy", policy(&options.base_maps)),
        ("title", escape(&title).into_owned()),
        ("style", STYLE.to_owned()),
        ("heading", escape(&title).into_owned()),
        ("notice", escape(options.lang.notice_of(plan).unwrap_or_default()).into_owned()),
        ("noscript", Lang::Zh.page_text("noscript").to_owned() + " " + Lang::En.page_text("noscript")),
        ("data", in_script(&data::data(plan, layer, options)?.to_string())),
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

/// The content security policy: this script, this style, tiles from these hosts, nothing else.
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

/// JSON that is safe in a script element: it cannot end the element or open a comment.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::io::{self, Input, ReadOptions};
    use crate::plan::{LANDMARKS_CSV, PLAN_GEOJSON};
    use crate::query::QuerySummary;

    fn bundled(options: &PageOptions) -> String {
        page(&Plan::bundled(), None, options).unwrap()
    }

    /// The data of the page as its script reads it.
    fn data_of(page: &str) -> serde_json::Value {
        let (_, after) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
        serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap()
    }

    #[test]
    fn the_page_is_small_and_makes_no_requests() {
        let page = bundled(&PageOptions::default());
        assert!(page.len() <= 300_000, "{}", page.len());
        for address in ["http:", "https:", "//www", "url(", "@import", " src=", "fetch(", "XMLHttpRequest", "WebSocket"]
        {
            assert!(!page.contains(address), "{address}");
        }
        assert!(page.contains("default-src 'none'") && page.contains("img-src 'none'"));
    }

    #[test]
    fn the_same_arguments_give_the_same_page() {
        assert_eq!(bundled(&PageOptions::default()), bundled(&PageOptions::default()));
    }

    #[test]
    fn both_languages_are_in_the_page() {
        let page = bundled(&PageOptions { lang: Lang::Zh, ..PageOptions::default() });
        assert!(page.contains("<html lang=\"zh-CN\"") && page.contains("<title>台州湾科创走廊</title>"));
        let data = data_of(&page);
        assert_eq!(data["title"]["en"], "Taizhou Bay Science and Technology Innovation Corridor");
        assert!(data["notice"]["zh"].as_str().unwrap().contains("非官方"));
        assert!(data["notice"]["en"].as_str().unwrap().contains("not the official one"));
    }

    #[test]
    fn a_title_is_that_of_either_language_and_stays_text() {
        let title = Some("</title><b>x".to_owned());
        let page = bundled(&PageOptions { title, ..PageOptions::default() });
        assert!(page.contains("<title>&lt;/title&gt;&lt;b&gt;x</title>"));
        let data = data_of(&page);
        assert_eq!((&data["title"]["en"], &data["title"]["zh"]), (&"</title><b>x".into(), &"</title><b>x".into()));
    }

    #[test]
    fn the_page_has_every_word_that_its_scripts_use() {
        let data = data_of(&bundled(&PageOptions::default()));
        let parts = [HTML, SCRIPT];
        let after = |start: &str| -> Vec<String> {
            let found = parts.iter().flat_map(|part| part.split(start).skip(1));
            found.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
        };
        let keys: Vec<String> = ["data-word=\"", "data-label=\"", "data-hint=\"", "word(\"", "sentence(\""]
            .into_iter()
            .flat_map(after)
            .collect();
        assert!(keys.len() > 50);
        for key in keys {
            assert!(data["words"]["en"][&key].is_string() && data["words"]["zh"][&key].is_string(), "{key}");
        }
    }

    #[test]
    fn the_outline_keeps_every_bit() {
        let plan = Plan::bundled();
        let data = data_of(&bundled(&PageOptions::default()));
        for (zone, known) in plan.features().iter().zip(data["zones"].as_array().unwrap()) {
            let flat: Vec<f64> = zone.shape.0[0].exterior().coords().flat_map(|c| [c.x, c.y]).collect();
            let text = known["shape"][0][0].to_string();
            let read: Vec<f64> =
                text.trim_matches(['[', ']']).split(',').map(|number| number.parse().unwrap()).collect();
            assert_eq!(read, flat, "{}", zone.id);
        }
    }

    #[test]
    fn text_of_data_stays_text() {
        let nasty = "</script><script>alert(1)</script><!--]]>\u{2028}\u{202e}\"'&{{script}}";
        let quoted = serde_json::to_string(nasty).unwrap();
        let plan = Plan::from_geojson(PLAN_GEOJSON.replace("\"台州湾科创走廊\"", &quoted).as_bytes()).unwrap();
        let table = format!("name,lon,lat\n\"{}\",121.4,28.65\n", nasty.replace('"', "\"\""));
        let mut rows = io::open(Input::bytes("<b>.csv", table), &ReadOptions::default()).unwrap();
        let layer = PageOverlay::read(&mut rows, &plan, &PageOverlayOptions::default()).unwrap();
        let page = page(&plan, Some(&layer), &PageOptions { lang: Lang::Zh, ..PageOptions::default() }).unwrap();
        // Only the data and the script.
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script").count(), 2);
        assert!(!page.contains("<!--"));
        assert!(!page.split_once("id=\"data\">").unwrap().1.contains('\u{2028}'));
        let data = data_of(&page);
        assert_eq!(data["zones"][0]["name"], nasty);
        assert_eq!(data["sites"]["name"][0], nasty);
        assert!(data["table"]["said"]["en"]["tally"][0].as_str().unwrap().starts_with("<b>.csv: 1 row"));
    }

    #[test]
    fn the_policy_allows_only_the_hosts_of_the_base_map() {
        let tiles = BaseMap::new("https://t{0-1}.tiles.example/{z}/{x}/{y}.png", &Crs::Gcj02).unwrap();
        let page = bundled(&PageOptions { base_maps: vec![tiles.clone(), tiles], ..PageOptions::default() });
        assert!(page.contains("img-src https://t0.tiles.example https://t1.tiles.example; base-uri"));
        let data = data_of(&page);
        assert_eq!(data["isGcj02"], true);
        assert_eq!(data["baseMaps"][1]["template"], "https://t{s}.tiles.example/{z}/{x}/{y}.png");
    }

    #[test]
    fn the_policy_has_the_hashes_of_script_and_style() {
        let page = bundled(&PageOptions::default());
        let between = |start: &str, end: &str| {
            let (_, after) = page.rsplit_once(start).unwrap();
            after.split_once(end).unwrap().0.to_owned()
        };
        for text in [between("<script>", "</script>"), between("<style>", "</style>")] {
            assert!(page.contains(&format!("'sha256-{}'", STANDARD.encode(Sha256::digest(&text)))));
        }
    }

    #[test]
    fn sites_have_their_certainty() {
        let plan = Plan::bundled();
        let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default()).unwrap();
        let layer = PageOverlay::read(&mut rows, &plan, &PageOverlayOptions::default()).unwrap();
        let data = data_of(&page(&plan, Some(&layer), &PageOptions::default()).unwrap());
        assert_eq!(data["sites"]["name_en"][0], "Taizhou Railway Station");
        let uncertain = data["sites"]["uncertain"].as_array().unwrap();
        let count = uncertain.iter().filter(|site| **site == 1).count() as u64;
        assert_eq!((uncertain.len(), count), (32, layer.summary().sites.uncertain));
    }

    #[test]
    fn parcels_have_their_parts() {
        let plan = Plan::bundled();
        let table = "\
            name,code,wkt\n\
            block,0701,\"POLYGON((121.46 28.65,121.46 28.66,121.48 28.66,121.48 28.65,121.46 28.65))\"\n\
            bow tie,,\"POLYGON((121.4 28.65,121.41 28.66,121.41 28.65,121.4 28.66,121.4 28.65))\"\n\
            line,,\"LINESTRING(121.4 28.65,121.41 28.66)\"\n\
            site,,POINT(121.4 28.65)\n\
            nowhere,,\n\
            far,,\"POLYGON((116 40,116.1 40,116.1 40.1,116 40))\"\n";
        let mut rows = io::open(Input::bytes("parcels.csv", table), &ReadOptions::default()).unwrap();
        let layer = PageOverlay::read(&mut rows, &plan, &PageOverlayOptions::default()).unwrap();
        let summary = layer.summary();
        assert_eq!(
            (summary.rows(), summary.sites.inside, summary.parcels.straddling, summary.parcels.outside),
            (6, 1, 1, 1)
        );
        let refused: Vec<(u64, &str)> =
            summary.invalid.first.iter().map(|(row, problem)| (*row, problem.code())).collect();
        assert_eq!(refused, [(2, "self-crossing"), (3, "not-a-polygon"), (5, "null-geometry")]);
        assert!(!summary.is_outside());

        let data = data_of(&page(&plan, Some(&layer), &PageOptions::default()).unwrap());
        let parcels = &data["parcels"];
        assert_eq!(parcels["name"], serde_json::json!(["block", "far"]));
        // The exterior is counter-clockwise whatever the input; vertices are relative to the previous one.
        let ring = serde_json::json!([1214600000, 286500000, 200000, 0, 0, 100000, -200000, 0, 0, -100000]);
        assert_eq!(parcels["shape"][0], serde_json::json!([[ring]]));
        let named = |id: &str| plan.features().iter().position(|zone| zone.id == id).unwrap();
        let (core, jiaojiang) = (&parcels["parts"][0][0], &parcels["parts"][0][1]);
        assert_eq!((&core[0], &core[1]), (&named("core").into(), &0.209865.into()));
        assert_eq!((&jiaojiang[0], &jiaojiang[1]), (&named("jiaojiang").into(), &0.790135.into()));
        assert_eq!((&parcels["majority"][0], &parcels["relation"][0]), (&1.into(), &"straddles".into()));
        assert_eq!(parcels["parts"][1][0][0], serde_json::Value::Null);
        assert_eq!(data["table"]["columns"][parcels["cells"][0][0][0].as_u64().unwrap() as usize], "code");
        let said = data["table"]["said"]["en"]["tally"].as_array().unwrap();
        assert!(said[0].as_str().unwrap().starts_with("parcels.csv: 4 rows: 1 inside"), "{said:?}");
        assert!(said[1].as_str().unwrap().starts_with("parcels.csv: 2 parcels: 0 within"), "{said:?}");
    }

    #[test]
    fn the_page_has_a_sample_of_many_sites() {
        let plan = Plan::bundled();
        let mut table = String::from("n,lon,lat\n");
        for n in 0..250_003 {
            table.push_str(&format!("{n},{},28.65\n", 121.0 + f64::from(n) * 1e-6));
        }
        let mut rows = io::open(Input::bytes("many.csv", table), &ReadOptions::default()).unwrap();
        let options = PageOverlayOptions { label: Some("n".to_owned()), ..PageOverlayOptions::default() };
        let layer = PageOverlay::read(&mut rows, &plan, &options).unwrap();
        let summary = layer.summary();
        assert_eq!((summary.sites.rows(), summary.sites_left_out), (250_003, 187_502));
        let data = data_of(&page(&plan, Some(&layer), &PageOptions::default()).unwrap());
        let names: Vec<&str> = data["sites"]["name"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
        // Each fourth, from the first.
        assert_eq!((names.len(), names[0], names[1], *names.last().unwrap()), (62_501, "0", "4", "250000"));
        let said = data["table"]["said"]["en"]["tally"].as_array().unwrap();
        assert!(said[1].as_str().unwrap().contains("62,501 of 250,003 sites"), "{said:?}");
    }

    #[test]
    fn only_the_chosen_columns_get_into_the_page() {
        let plan = Plan::bundled();
        let table = "name,phone,use,lon,lat\nA,13800000000,shop,121.4,28.65\n";
        let with = |options: PageOverlayOptions| {
            let mut rows = io::open(Input::bytes("sites.csv", table), &ReadOptions::default()).unwrap();
            let layer = PageOverlay::read(&mut rows, &plan, &options)?;
            page(&plan, Some(&layer), &PageOptions::default())
        };
        let fields = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
        let page = with(PageOverlayOptions {
            label: Some("use".to_owned()),
            fields: fields(&["use"]),
            ..PageOverlayOptions::default()
        })
        .unwrap();
        assert!(!page.contains("13800000000") && !page.contains("\"A\""));
        assert_eq!(data_of(&page)["sites"]["name"][0], "shop");
        // The column of names is a column like others.
        let page = with(PageOverlayOptions { fields: fields(&["use"]), ..PageOverlayOptions::default() }).unwrap();
        assert_eq!(data_of(&page)["sites"]["name"][0], "");
        assert!(with(PageOverlayOptions { fields: fields(&["fax"]), ..PageOverlayOptions::default() }).is_err());
    }

    #[test]
    fn row_numbers_get_into_the_page_on_request() {
        let plan = Plan::bundled();
        // The second row has no position.
        let table = "name,lon,lat\nA,121.4,28.65\nB,,\nC,121.41,28.65\n";
        let numbers = |has_row_numbers| {
            let mut rows = io::open(Input::bytes("sites.csv", table), &ReadOptions::default()).unwrap();
            let options = PageOverlayOptions { has_row_numbers, ..PageOverlayOptions::default() };
            let layer = PageOverlay::read(&mut rows, &plan, &options).unwrap();
            data_of(&page(&plan, Some(&layer), &PageOptions::default()).unwrap())["sites"]["row"].clone()
        };
        assert_eq!((numbers(true), numbers(false)), (serde_json::json!([1, 3]), serde_json::Value::Null));
    }

    #[test]
    fn a_geometry_is_no_attribute() {
        let table = "name,use,wkt\nA,shop,POINT(121.4 28.65)\n";
        let mut rows = io::open(Input::bytes("sites.csv", table), &ReadOptions::default()).unwrap();
        let layer = PageOverlay::read(&mut rows, &Plan::bundled(), &PageOverlayOptions::default()).unwrap();
        assert_eq!(layer.columns(), ["name", "use"]);
    }

    #[test]
    fn the_page_limits_the_number_of_parcels() {
        let plan = Plan::bundled();
        let mut table = String::from("n,wkt\n");
        for n in 0..20_003 {
            let (x, y) = (110.0 + f64::from(n % 200) / 1e3, 20.0 + f64::from(n / 200) / 1e3);
            table.push_str(&format!("{n},\"POLYGON(({x} {y},{} {y},{x} {},{x} {y}))\"\n", x + 5e-4, y + 5e-4));
        }
        let mut rows = io::open(Input::bytes("many.csv", table), &ReadOptions::default()).unwrap();
        let layer = PageOverlay::read(&mut rows, &plan, &PageOverlayOptions::default()).unwrap();
        assert_eq!((layer.summary().parcels.outside, layer.summary().left_out), (20_003, 3));
        assert!(layer.summary().is_outside());
        let data = data_of(&page(&plan, Some(&layer), &PageOptions::default()).unwrap());
        assert_eq!(data["parcels"]["shape"].as_array().unwrap().len(), 20_000);
        assert_eq!(data["parcels"]["cells"], serde_json::json!([]));
        assert!(data["table"]["said"]["en"]["tally"][1].as_str().unwrap().contains("20,000 of 20,003 parcels"));
    }

    #[test]
    fn a_flat_dataset_has_a_page() {
        let layer = Plan::flat_from_geojson(PLAN_GEOJSON.as_bytes(), Some("name")).unwrap();
        let data = data_of(&page(&layer, None, &PageOptions::default()).unwrap());
        assert_eq!((data["isLayer"].as_bool(), &data["zones"][3]["level"]), (Some(true), &serde_json::Value::Null));
        assert_eq!(data["title"]["en"], "Polygon layer");
    }

    #[test]
    fn findings_are_marked_by_severity() {
        let plan = Plan::bundled();
        let table = "\
            code,severity,feature,message,other_feature,wkt\n\
            overlap,error,A-01,it overlaps `A-02`,A-02,\"POLYGON((121.45 28.65,121.450001 28.65,121.450001 28.66,121.45 28.66,121.45 28.65))\"\n\
            unmatched-corner,info,A-02,no corner,A-01,POINT(121.45 28.65)\n\
            missing-id,warning,,no id,,\n";
        let mut rows = io::open(Input::bytes("findings.csv", table), &ReadOptions::default()).unwrap();
        let layer = PageOverlay::read(&mut rows, &plan, &PageOverlayOptions::default()).unwrap();
        let counts = FindingCounts { errors: 1, warnings: 1, infos: 1, without_location: 1 };
        assert_eq!((layer.summary().findings, layer.summary().rows()), (Some(counts), 3));
        assert_eq!(
            layer.summary().sentences("f.csv", Lang::En),
            ["f.csv: errors: 1, warnings: 1, info: 1", "f.csv: 1 finding has no location and is not shown",]
        );

        let data = data_of(&page(&plan, Some(&layer), &PageOptions::default()).unwrap());
        assert_eq!(data["table"]["hasFindings"], true);
        // The narrow strip is one parcel, with its place for a marker.
        let parcels = &data["parcels"];
        assert_eq!((&parcels["severity"][0], &parcels["name"][0]), (&"error".into(), &"重叠".into()));
        assert_eq!((&parcels["name_en"][0], &parcels["parts"][0][0][0]), (&"Overlap".into(), &serde_json::Value::Null));
        assert!((parcels["label"][0][1].as_f64().unwrap() - 28.655).abs() < 0.005);
        let sites = &data["sites"];
        assert_eq!(
            (&sites["severity"][0], &sites["name_en"][0]),
            (&"info".into(), &"Corner without a counterpart".into())
        );
        // What is searched and shown.
        let columns = data["table"]["columns"].as_array().unwrap();
        let message = columns.iter().position(|column| column == "message").unwrap();
        let cells = parcels["cells"][0].as_array().unwrap();
        assert!(cells.contains(&serde_json::json!([message, "it overlaps `A-02`"])), "{cells:?}");
        assert!(columns.iter().any(|column| column == "code") && columns.iter().any(|column| column == "feature"));
    }
}
