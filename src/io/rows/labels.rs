//! Recognition of the column that labels rows.

use crate::table::Schema;

/// Names of columns that identify rows, in lower case: codes, then names.
pub(in crate::io) const CODES: &[&str] =
    &["编号", "地块编号", "地块号", "宗地编号", "id", "code", "parcel", "parcel_id"];
pub(in crate::io) const NAMES: &[&str] = &["名称", "地块名称", "项目名称", "name"];

/// The label column: the first whose name is that of a code or name.
pub(in crate::io) fn label_column(schema: &Schema) -> Option<usize> {
    let position =
        |names: &[&str]| schema.fields.iter().position(|column| names.contains(&column.name.to_lowercase().as_str()));
    position(CODES).or_else(|| position(NAMES))
}
