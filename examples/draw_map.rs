//! A map of the plan with the sample sites on it, as SVG.

use taizhou_corridor::error::Result;
use taizhou_corridor::io::{self, Input, Output, ReadOptions};
use taizhou_corridor::map::{self, DataOverlay, MapOptions, Paper};
use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};

fn main() -> Result<()> {
    let plan = Plan::bundled();
    let mut layer = DataOverlay::new(&plan);
    let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
    while let Some(batch) = rows.next_batch()? {
        layer.add(&batch);
    }
    let options = MapOptions { paper: Paper::A3, title: Some("Landmarks".to_owned()), ..MapOptions::default() };
    let drawing = map::draw(&plan, Some(&layer), &options)?;

    // To a file: Output::create("landmarks.svg", false).
    let (mut output, memory) = Output::memory("landmarks.svg");
    output.text(&drawing.svg)?;
    output.commit()?;
    println!("{} sites on {} mm by {} mm", layer.summary().sites, drawing.width_mm, drawing.height_mm);
    println!("1:{}, {} names without room", drawing.scale_denominator.round(), drawing.unnamed);
    println!("{} bytes begin with {:?}", memory.into_bytes().len() / 10_000 * 10_000, &drawing.svg[..5]);
    Ok(())
}
