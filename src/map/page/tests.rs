use super::*;
use crate::crs::Crs;
use crate::io::{self, Input, ReadOptions};
use crate::plan::{LANDMARKS_CSV, PLAN_GEOJSON};

fn bundled(options: &PageOptions) -> String {
    page(&Plan::bundled(), None, options).unwrap()
}

/// What the page knows, as its script reads it.
fn data_of(page: &str) -> serde_json::Value {
    let (_, after) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn the_page_is_small_and_asks_nobody() {
    let page = bundled(&PageOptions::default());
    assert!(page.len() <= 300_000, "{}", page.len());
    for address in ["http:", "https:", "//www", "url(", "@import", " src=", "fetch(", "XMLHttpRequest", "WebSocket"] {
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
fn the_outline_keeps_every_bit() {
    let plan = Plan::bundled();
    let data = data_of(&bundled(&PageOptions::default()));
    for (zone, known) in plan.zones().iter().zip(data["zones"].as_array().unwrap()) {
        let flat: Vec<f64> = zone.shape.0[0].exterior().coords().flat_map(|c| [c.x, c.y]).collect();
        let text = known["shape"][0][0].to_string();
        let read: Vec<f64> = text.trim_matches(['[', ']']).split(',').map(|number| number.parse().unwrap()).collect();
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
    let sites = Sites::read(&mut rows, &plan).unwrap();
    let page = page(&plan, Some(&sites), &PageOptions { lang: Lang::Zh, ..PageOptions::default() }).unwrap();
    // The data, the script, and nothing more.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!page.contains("<!--") && !page.contains('\u{2028}'));
    let data = data_of(&page);
    assert_eq!(data["zones"][0]["name"], nasty);
    assert_eq!(data["sites"]["name"][0], nasty);
    assert!(data["sites"]["said"]["en"]["tally"].as_str().unwrap().starts_with("<b>.csv: 1 row"));
}

#[test]
fn a_base_map_opens_the_page_to_its_hosts_alone() {
    let tiles = BaseMap::new("https://t{0-1}.tiles.example/{z}/{x}/{y}.png", Crs::Gcj02).unwrap();
    let page = bundled(&PageOptions { base_maps: vec![tiles.clone(), tiles], ..PageOptions::default() });
    assert!(page.contains("img-src https://t0.tiles.example https://t1.tiles.example; base-uri"));
    let data = data_of(&page);
    assert_eq!(data["isGcj02"], true);
    assert_eq!(data["baseMaps"][1]["template"], "https://t{s}.tiles.example/{z}/{x}/{y}.png");
}

#[test]
fn the_policy_names_the_script_and_the_style_that_are_there() {
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
fn sites_are_shown_with_how_sure_they_are() {
    let plan = Plan::bundled();
    let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default()).unwrap();
    let sites = Sites::read(&mut rows, &plan).unwrap();
    let data = data_of(&page(&plan, Some(&sites), &PageOptions::default()).unwrap());
    assert_eq!(data["sites"]["name_en"][0], "Taizhou Railway Station");
    let uncertain = data["sites"]["uncertain"].as_array().unwrap();
    let count = uncertain.iter().filter(|site| **site == 1).count() as u64;
    assert_eq!((uncertain.len(), count), (32, sites.tally().uncertain));
}

#[test]
fn a_layer_has_a_page_too() {
    let layer = Plan::layer_from_geojson(PLAN_GEOJSON.as_bytes(), Some("name")).unwrap();
    let data = data_of(&page(&layer, None, &PageOptions::default()).unwrap());
    assert_eq!((data["isLayer"].as_bool(), &data["zones"][3]["level"]), (Some(true), &serde_json::Value::Null));
    assert_eq!(data["title"]["en"], "Polygon layer");
}
