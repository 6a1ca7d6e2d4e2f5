//! The examples in the help.

use super::either;
use crate::messages::Lang;

/// The examples of a command. Their input files exist in the tests of the manual.
pub fn examples(path: &str, lang: Lang) -> Option<String> {
    let lines: &[&str] = match (path, lang) {
        ("", _) => &["corridor locate --at 121.36898,28.65590", "corridor map -o plan.html"],
        ("locate", Lang::En) => {
            &["corridor locate sites.csv -o answers.csv", "corridor locate sites.shp --to-crs GCJ02 -o answers.xlsx"]
        }
        ("locate", Lang::Zh) => {
            &["corridor locate 点位.csv -o 结果.csv", "corridor locate 点位.xlsx --fields name -f text"]
        }
        ("overlay", Lang::En) => {
            &["corridor overlay parcels.gpkg -o parts.gpkg", "corridor overlay parcels.shp --report report.xlsx"]
        }
        ("overlay", Lang::Zh) => {
            &["corridor overlay 地块.gpkg -o 重叠.gpkg", "corridor overlay 地块.shp --report 报告.xlsx"]
        }
        ("nearest", Lang::En) => {
            &["corridor nearest --at 121.36898,28.65590", "corridor nearest sites.csv --within 1.5km -o near.csv"]
        }
        ("nearest", Lang::Zh) => {
            &["corridor nearest --at 121.36898,28.65590", "corridor nearest 点位.csv --within 1.5km -o 邻近.csv"]
        }
        ("convert", Lang::En) => &["corridor convert parcels.shp --to-crs EPSG:4549 -o parcels-4549.gpkg"],
        ("convert", Lang::Zh) => &["corridor convert 地块.shp --to-crs EPSG:4549 -o 地块4549.gpkg"],
        ("areas", Lang::En) => {
            &["corridor areas --method all", "corridor areas --adjust-to published_area -o areas.csv"]
        }
        ("areas", Lang::Zh) => {
            &["corridor areas --method all", "corridor areas --adjust-to published_area -o 面积.csv"]
        }
        ("export", _) => &[
            "corridor export --style -o plan.kml",
            "corridor export --level zone --to-crs EPSG:4549 -o zones-4549.shp",
        ],
        ("map", Lang::En) => {
            &["corridor map sites.csv -o sites.html", "corridor map parcels.gpkg --paper a3 -o parcels.svg"]
        }
        ("map", Lang::Zh) => &["corridor map 点位.csv -o 点位.html", "corridor map 地块.gpkg --paper a3 -o 地块.svg"],
        ("check", Lang::En) => &[
            "corridor check own.geojson",
            "corridor check zones.gpkg --name-field 片区名称 -o findings.csv",
            "corridor check parcels.gpkg --name-field 编号 --coverage -o findings.gpkg",
        ],
        ("check", Lang::Zh) => &[
            "corridor check own.geojson",
            "corridor check 片区.gpkg --name-field 片区名称 -o 问题.csv",
            "corridor check 地块.gpkg --name-field 编号 --coverage -o 问题.gpkg",
        ],
        ("plan", Lang::En) => {
            &["corridor plan new zones.shp --plan-fields name=片区名称 --plan-accuracy 5 -o plan.gpkg"]
        }
        ("plan", Lang::Zh) => {
            &["corridor plan new 片区.shp --plan-fields name=片区名称 --plan-accuracy 5 -o 规划.gpkg"]
        }
        ("describe", Lang::En) => &["corridor describe jiaojiang"],
        ("layers", Lang::En) => &["corridor layers parcels.gpkg"],
        ("layers", Lang::Zh) => &["corridor layers 地块.gpkg"],
        ("describe", Lang::Zh) => &["corridor describe 椒江"],
        ("sql", _) => {
            &["corridor sql \"SELECT corridor_zone(lon, lat) AS zone, count(*) FROM 'sites.csv' GROUP BY 1\""]
        }
        ("completions", _) => &["corridor completions bash > ~/.local/share/bash-completion/completions/corridor"],
        ("man", _) => &["corridor man locate | man -l -"],
        _ => return None,
    };
    let heading = either(lang, "Examples:", "示例：");
    Some(lines.iter().fold(heading.to_owned(), |text, line| text + "\n  " + line))
}
