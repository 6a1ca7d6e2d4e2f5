//! How do I read surveyed parcels and write them in another format and CRS?

use taizhou_corridor::crs::Crs;
use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
use taizhou_corridor::query::convert::Conversion;
use taizhou_corridor::run::TableRun;

fn main() -> Result<(), taizhou_corridor::Error> {
    // Northing first, eastings with the prefix of zone 40.
    let survey = "[地块坐标]\n\
        4,,DK001,示例地块,面,,科研用地,0802,@\n\
        J1,1,3171145.705,40633795.452\n\
        J2,1,3171345.705,40633795.452\n\
        J3,1,3171345.705,40634095.452\n\
        J4,1,3171145.705,40634095.452\n";
    let rows = io::open(Input::bytes("survey.txt", survey), &ReadOptions::default())?;
    println!("read as {} in {}", rows.format(), rows.crs());

    let output = Output::stream("-", std::io::stdout());
    let options = WriteOptions { crs: Some(Crs::Cgcs2000), ..WriteOptions::new(Format::NDJSON) };
    let conversion = Conversion::new();
    let finished = TableRun::new(rows, &conversion).write(output, options)?.run()?.finish()?;
    for loss in finished.written.iter().flat_map(|written| &written.losses) {
        println!("not kept: {loss:?}");
    }
    Ok(())
}
