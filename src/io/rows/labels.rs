//! Recognition of the column that labels rows.

use crate::table::{Field, Schema};

/// Names of columns that identify rows, in lower case: codes, then names.
pub(in crate::io) const CODES: &[&str] =
    &["编号", "地块编号", "地块号", "宗地编号", "id", "code", "parcel", "parcel_id"];
pub(in crate::io) const NAMES: &[&str] = &["名称", "地块名称", "项目名称", "name"];
/// Further names of columns with names, of sites.
const SITE_NAMES: &[&str] = &["企业名称", "单位名称", "点位名称"];

/// The label column: the first whose name is that of a code or name.
pub(in crate::io) fn label_column(schema: &Schema) -> Option<usize> {
    let position =
        |names: &[&str]| schema.fields.iter().position(|column| names.contains(&column.name.to_lowercase().as_str()));
    position(CODES).or_else(|| position(NAMES))
}

/// The column of names: the first whose name is that of a name, else that of a code.
pub(in crate::io) fn name_column(schema: &Schema) -> Option<usize> {
    let is_name = |column: &Field| [NAMES, SITE_NAMES].concat().contains(&column.name.to_lowercase().as_str());
    schema.fields.iter().position(is_name).or_else(|| label_column(schema))
}
