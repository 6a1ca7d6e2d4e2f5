//! Which zones does a parcel overlap, and by how much?

use geo::{MultiPolygon, polygon};
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::overlay::Overlayer;

fn main() {
    // A block on the border of the core and Jiaojiang.
    let block: MultiPolygon =
        polygon![(x: 121.46, y: 28.65), (x: 121.48, y: 28.65), (x: 121.48, y: 28.66), (x: 121.46, y: 28.66)].into();

    let plan = Plan::bundled();
    let membership = Overlayer::new(&plan).overlay(&block);
    println!("{:.2} ha", membership.parcel_area.ha());
    for (number, part) in membership.parts.iter().enumerate() {
        let name = part.zone.map_or("in no zone", |zone| plan[zone].name.as_str());
        let mark = if number == membership.majority { " (the largest part)" } else { "" };
        println!("{name}: {:.2} ha, {:.1} %{mark}", part.area.ha(), 100.0 * part.share);
    }
    println!("certainty: {:?}", membership.certainty);
}
