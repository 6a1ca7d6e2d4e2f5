//! Control areas from a table.

use crate::error::{AdjustmentProblem, Error, ErrorKind, Result};
use crate::io::{self, Input, ReadOptions};
use crate::query::adjustment::Controls;
use crate::units::AreaUnit;

/// Reads control areas from a table: a column `id` with the ids of features, `total` for the whole, and, where features
/// are grouped by the property `by`, a column of that name with the names of groups; and one column of areas whose name
/// ends in their unit, or has `control` or `控制` in it besides. A row with a group is of that group, whatever its id.
///
/// Errors if there is no such column, or a cell is not an area.
///
/// ```
/// use taizhou_corridor::io::Input;
/// use taizhou_corridor::run::read_controls;
///
/// let table = "镇街,id,控制面积_亩\n海门街道,,1500\n,total,172500\n";
/// assert!(!read_controls(Input::bytes("controls.csv", table), Some("镇街"))?.is_empty());
/// assert!(read_controls(Input::bytes("controls.csv", "name,area_mu\n海门街道,1500\n"), Some("镇街")).is_err());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn read_controls(input: Input, by: Option<&str>) -> Result<Controls> {
    let mut rows = io::open(input, &ReadOptions { attributes_only: true, ..ReadOptions::default() })?;
    let file = rows.file().to_owned();
    let in_file = |problem| Error::new(ErrorKind::Adjustment(problem)).in_file(file.clone());
    let names = rows.schema().names();
    let id = names.iter().position(|name| name.trim().eq_ignore_ascii_case("id"));
    let group = by.and_then(|by| names.iter().position(|name| name.trim() == by));
    if id.or(group).is_none() {
        return Err(in_file(AdjustmentProblem::NoKey { group: by.map(str::to_owned) }));
    }
    let (area, unit) = area_column(&names, [id, group]).map_err(in_file)?;
    let mut controls = Controls::new();
    while let Some(batch) = rows.next_batch()? {
        for row_index in 0..batch.len() {
            let row = batch.row(row_index);
            let cell = |column: usize| row.cell(column).map_or_else(String::new, |cell| cell.shown().trim().to_owned());
            let (of_group, of_feature) = (group.map_or_else(String::new, cell), id.map_or_else(String::new, cell));
            let text = cell(area);
            let added = match (of_group.as_str(), of_feature.as_str()) {
                ("", "") => Ok(()),
                ("", id) => controls.add_feature(id, &text, unit),
                (group, _) => controls.add_group(group, &text, unit),
            };
            added.map_err(|error| error.in_file(file.clone()).at_row(batch.first_row() + row_index as u64))?;
        }
    }
    if controls.is_empty() {
        return Err(in_file(AdjustmentProblem::NoControl { column: names[area].clone() }));
    }
    Ok(controls)
}

/// The column of the control areas and its unit.
fn area_column(names: &[String], keys: [Option<usize>; 2]) -> Result<(usize, AreaUnit), AdjustmentProblem> {
    let of_areas = |(index, name): (usize, &String)| {
        let (_, unit) = AreaUnit::at_end_of(name).filter(|_| !keys.contains(&Some(index)))?;
        Some((index, unit))
    };
    let found: Vec<(usize, AreaUnit)> = names.iter().enumerate().filter_map(of_areas).collect();
    let is_named = |(index, _): &&(usize, AreaUnit)| {
        let name = names[*index].to_lowercase();
        name.contains("control") || name.contains("控制")
    };
    let named: Vec<&(usize, AreaUnit)> = found.iter().filter(is_named).collect();
    match (found.as_slice(), named.as_slice()) {
        (&[only], _) | (_, &[&only]) => Ok(only),
        _ => {
            let columns = found.iter().map(|(index, _)| names[*index].clone()).collect();
            Err(AdjustmentProblem::AreaColumns { columns })
        }
    }
}
