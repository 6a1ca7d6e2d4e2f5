//! Which zone contains a site, and how certain is that?

use geo::coord;
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::locate::{Certainty, Locator};
use taizhou_corridor::units::Metres;

fn main() {
    let plan = Plan::bundled();
    let locator = Locator::new(&plan);
    // Longitude, latitude, and the accuracy of the position.
    let sites = [
        ("台州站", coord! { x: 121.36898, y: 28.65590 }, Metres(20.0)),
        ("台州市图书馆", coord! { x: 121.41386, y: 28.66118 }, Metres(50.0)),
        ("台州路桥机场", coord! { x: 121.42900, y: 28.56220 }, Metres(300.0)),
    ];
    for (name, site, uncertainty) in sites {
        let answer = locator.locate(site, uncertainty);
        let zone = answer.zone.map_or("no zone", |id| plan[id].name.as_str());
        let distance = answer.distance_to_boundary.map_or(f64::NAN, |distance| distance.0);
        let certainty = answer.certainty.map_or("", Certainty::as_str);
        println!("{name}: {} ({zone}), {distance:.0} m to the boundary, {certainty}", answer.position.as_str());
    }
}
