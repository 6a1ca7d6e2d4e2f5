//! Which parcel of my own dataset contains a site?

use geo::coord;
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::locate::Locator;
use taizhou_corridor::units::Metres;

const PARCELS: &str = r#"{"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"地块编号": "0701"}, "geometry": {"type": "Polygon", "coordinates":
        [[[121.40, 28.65], [121.41, 28.65], [121.41, 28.66], [121.40, 28.66], [121.40, 28.65]]]}},
    {"type": "Feature", "properties": {"地块编号": "0702"}, "geometry": {"type": "Polygon", "coordinates":
        [[[121.41, 28.65], [121.42, 28.65], [121.42, 28.66], [121.41, 28.66], [121.41, 28.65]]]}}
]}"#;

fn main() -> Result<(), taizhou_corridor::Error> {
    let parcels = Plan::flat_from_geojson(PARCELS.as_bytes(), Some("地块编号"))?;
    let locator = Locator::new(&parcels);
    for site in [coord! { x: 121.405, y: 28.655 }, coord! { x: 121.41, y: 28.655 }, coord! { x: 121.5, y: 28.7 }] {
        // On the border of two parcels, both are listed.
        for answer in locator.locate_all(site, Metres(0.0)) {
            let parcel = answer.zone.map_or("none", |id| parcels[id].id.as_str());
            println!("{}, {}: {} {parcel}", site.x, site.y, answer.position.as_str());
        }
    }
    Ok(())
}
