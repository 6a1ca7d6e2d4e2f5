//! The layers of a file as tables.

use crate::io::Layer;
use crate::messages::Lang;
use crate::report::Records;
use crate::report::text::{Align, TextTable};
use crate::table::Value;

/// The layers for programs: `fields` and `geometry` are separated by commas.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::report;
///
/// let layers = io::layers(|| Input::bytes("sites.csv", "name,lon,lat\na,121.4,28.6\n"), &ReadOptions::default())?;
/// let csv = report::layer_list::records(&layers).to_csv();
/// assert_eq!(csv, "layer,rows,geometry,system,fields,hidden,problem\nsites,1,Point,OGC:CRS84,\"name,lon,lat\",false,\n");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn records(layers: &[Layer]) -> Records<'_> {
    let mut records = Records::new(&["layer", "rows", "geometry", "system", "fields", "hidden", "problem"]);
    for layer in layers {
        records.push(vec![
            Value::text(Some(layer.name.as_str())),
            layer.rows.map_or(Value::Null, |rows| Value::Integer(rows as i64)),
            Value::text(Some(layer.geometry.join(","))),
            Value::text(layer.crs.as_ref().map(ToString::to_string)),
            Value::text(Some(layer.fields.join(","))),
            Value::Bool(layer.is_hidden),
            Value::text(layer.problem.as_ref().map(|problem| problem.kind().code())),
        ]);
    }
    records
}

/// The layers for people.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report;
///
/// let layers = io::layers(|| Input::bytes("sites.csv", "name,lon,lat\na,121.4,28.6\n"), &ReadOptions::default())?;
/// assert!(report::layer_list::table(&layers, Lang::En).ends_with("\nsites     1  Point     OGC:CRS84  name, lon, lat\n"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn table(layers: &[Layer], lang: Lang) -> String {
    let head = lang.layer_headings();
    let aligned = head.map(|name| {
        let is_number = name == head[1];
        (name.to_owned(), if is_number { Align::Right } else { Align::Left })
    });
    let mut table = TextTable::new(aligned);
    let separator = lang.list_separator();
    for layer in layers {
        table.push([
            layer.name.clone(),
            layer.rows.map_or_else(String::new, |rows| rows.to_string()),
            layer.geometry.join(separator),
            layer.crs.as_ref().map_or_else(String::new, ToString::to_string),
            layer.fields.join(separator),
            layer.problem.as_ref().map_or("", |problem| problem.kind().code()).to_owned(),
        ]);
    }
    table.render()
}
