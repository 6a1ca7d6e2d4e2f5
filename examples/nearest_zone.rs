//! Which zone is nearest to a site, how far is it, and in which direction?

use geo::coord;
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::nearest::NearestFinder;

fn main() {
    let airport = coord! { x: 121.429, y: 28.5622 };

    let plan = Plan::bundled();
    let finder = NearestFinder::new(&plan);
    if let Some(nearest) = finder.nearest(airport) {
        let zone = &plan[nearest.zone];
        let bearing = nearest.bearing_deg.map_or(String::new(), |degrees| format!(", bearing {degrees:.1}°"));
        println!("{}: {:.1} m{bearing}", zone.name, nearest.distance.0);
    }
}
