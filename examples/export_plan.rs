//! How do I export the zones for a map tool?

use taizhou_corridor::io::Output;
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::plan_io::{ExportOptions, write_plan};

fn main() -> Result<(), taizhou_corridor::Error> {
    let zones = ExportOptions { levels: vec![Level::Zone], with_style: true, ..ExportOptions::default() };
    let path = std::env::temp_dir().join(format!("zones-{}.geojson", std::process::id()));
    let mut output = Output::create(&path, false)?;
    let count = write_plan(&Plan::bundled(), &zones, &mut output)?;
    output.commit()?;
    println!("{count} features, {} bytes", std::fs::metadata(&path).map_or(0, |file| file.len()));
    let _ = std::fs::remove_file(&path);
    Ok(())
}
