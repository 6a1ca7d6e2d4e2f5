//! The column by which a table calls its rows.

use crate::table::Schema;

/// Names of columns that tell rows apart, in lower case: those of codes, and those of names.
pub(in crate::io) const CODES: &[&str] =
    &["编号", "地块编号", "地块号", "宗地编号", "id", "code", "parcel", "parcel_id"];
pub(in crate::io) const NAMES: &[&str] = &["名称", "地块名称", "项目名称", "name"];

/// The column by which a table calls its rows: the first that is named as such columns are.
pub(in crate::io) fn label_column(schema: &Schema) -> Option<usize> {
    let called =
        |names: &[&str]| schema.fields.iter().position(|column| names.contains(&column.name.to_lowercase().as_str()));
    called(CODES).or_else(|| called(NAMES))
}
