//! Is an outline valid, and if not, what is wrong and where?

use taizhou_corridor::messages::{self, Lang};
use taizhou_corridor::plan::{PLAN_GEOJSON, UncheckedPlan, check};

fn main() -> Result<(), taizhou_corridor::Error> {
    // The bundled plan, with a vertex of the core moved across its border with Jiaojiang.
    let moved = PLAN_GEOJSON.replace("[121.44,28.6584],[121.432,28.6593]", "[121.44,28.6684],[121.432,28.6593]");
    for finding in check::check(&UncheckedPlan::read(moved.as_bytes())?, None) {
        let feature = finding.feature.as_deref().unwrap_or("-");
        let place = finding.at.map_or(String::new(), |at| format!(" at {:.4}, {:.4}", at.x, at.y));
        println!("{feature}: {}{place}", messages::finding(&finding, Lang::En));
    }
    Ok(())
}
