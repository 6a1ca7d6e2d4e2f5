//! How much of each sample parcel lies in each of several layers, and farther than 30 m from the boundary of a zone.

use taizhou_corridor::error::Result;
use taizhou_corridor::io::{self, Input, ReadOptions};
use taizhou_corridor::plan::Plan;
use taizhou_corridor::query::overlay::{Layer, LayerColumn, LayerOverlayer, LayersSummary, Overlayer};
use taizhou_corridor::run::TableRun;
use taizhou_corridor::units::Metres;

/// Two fields that overlap: what both cover counts once.
const FARMLAND: &[u8] = br#"{"type": "FeatureCollection", "features": [
    {"type": "Feature", "id": 1, "properties": {"accuracy_m": 5}, "geometry": {"type": "Polygon",
     "coordinates": [[[121.40, 28.63], [121.43, 28.63], [121.43, 28.66], [121.40, 28.66], [121.40, 28.63]]]}},
    {"type": "Feature", "id": 2, "properties": {"accuracy_m": 5}, "geometry": {"type": "Polygon",
     "coordinates": [[[121.42, 28.63], [121.45, 28.63], [121.45, 28.66], [121.42, 28.66], [121.42, 28.63]]]}}]}"#;

fn main() -> Result<()> {
    let (plan, farmland) = (Plan::bundled(), Plan::flat_from_geojson(FARMLAND, None)?);
    let set_back = plan.offset(Metres(-30.0))?.plan;
    let layers = [("zones", &plan), ("zones, 30 m set back", &set_back), ("farmland", &farmland)];
    let layer = |(name, plan): (&str, _)| Layer { name: name.to_owned(), overlayer: Overlayer::new(plan) };
    let overlayer = LayerOverlayer::new(layers.map(layer).into(), &LayerColumn::ALL);

    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample-parcels.txt");
    let rows = io::open(Input::path(sample), &ReadOptions::default())?;
    let LayersSummary { parcels, parcel_area, layers: found, .. } = TableRun::new(rows, &overlayer).run()?.summary;
    println!("{parcels} parcels, {:.2} ha", parcel_area.ha());
    for (layer, found) in overlayer.layers().iter().zip(found) {
        let (within, straddling, area) = (found.within, found.straddling, found.area.ha());
        println!("{}: {within} within, {straddling} in part, {area:.2} ha", layer.name);
    }
    Ok(())
}
