//! How large is each zone, by three methods?

use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::areas::{Method, areas};

fn main() -> Result<(), taizhou_corridor::Error> {
    let plan = Plan::bundled();
    for method in [Method::Ellipsoid, Method::Geodesic, Method::GAUSS_KRUEGER_120E] {
        println!("{method}");
        for area in areas(&plan, &[method])? {
            let Some(zone) = area.zone.filter(|&id| plan.is_partition(id)) else { continue };
            let area = area.size.area;
            println!("  {}: {:.4} km² = {:.2} ha = {:.1} mu", plan[zone].id, area.km2(), area.ha(), area.mu());
        }
    }
    Ok(())
}
