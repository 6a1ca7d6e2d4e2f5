//! The Chinese keywords of the format.

use crate::io::rows::labels::{CODES, NAMES};

/// The section of `key=value` lines.
pub(super) const HEADER: &str = "属性描述";
/// The section of parcels.
pub(super) const PARCELS: &str = "地块坐标";

/// Keys of the header that are read.
pub(super) const SYSTEM: &str = "坐标系";
pub(super) const ZONE_WIDTH: &str = "几度分带";
pub(super) const ZONE: &str = "带号";
pub(super) const UNIT: &str = "计量单位";
pub(super) const PROJECTION: &str = "投影类型";
pub(super) const PARAMETERS: &str = "转换参数";
/// Substrings of keys that state the central meridian of the zone.
pub(super) const MERIDIAN: [&str; 2] = ["子午线", "中央经线"];

/// The words of names of CGCS2000; those that contain others come first.
pub(super) const CGCS2000_WORDS: [&str; 26] = [
    "chinageodeticcoordinatesystem",
    "gausskruger",
    "degree",
    "china",
    "cgcs",
    "gcs",
    "wgs",
    "zone",
    "gk",
    "cm",
    "国家",
    "大地",
    "坐标系统",
    "坐标系",
    "坐标",
    "中国",
    "高斯",
    "克吕格",
    "投影",
    "平面直角",
    "中央子午线",
    "分带",
    "度",
    "带",
    "年",
    "e",
];

/// The fields of a parcel, in order.
pub(super) const FIELDS: [&str; 8] = ["界址点数", "面积", "编号", "名称", "图形属性", "图幅号", "用途", "地类编码"];
/// The indices of fields that are computed from the geometry.
pub(super) const POINT_COUNT: usize = 0;
pub(super) const AREA: usize = 1;
pub(super) const SHAPE: usize = 4;
/// The name of an additional field, followed by its number.
pub(super) const EXTRA_FIELD: &str = "字段";

/// Names of the fields in other tables, in lower case.
pub(super) const ALIASES: [&[&str]; 8] = [
    &[],
    &["面积公顷", "area_ha"],
    CODES,
    NAMES,
    &[],
    &["图幅", "map_sheet"],
    &["地块用途", "土地用途", "规划用途", "use", "land_use"],
    &["地类代码", "地类", "dlbm", "land_use_code"],
];

/// The names of geometry types.
pub(super) const POLYGON: &str = "面";
pub(super) const LINE: &str = "线";
pub(super) const POINT: &str = "点";

/// The lines of the written header, in three parts, between which the zone is inserted.
pub(super) const HEADER_START: &str = "格式版本号=1.01版本\n数据产生单位=\n数据产生日期=\n坐标系=2000国家大地坐标系\n";
pub(super) const HEADER_MIDDLE: &str = "投影类型=高斯克吕格\n计量单位=米\n";
pub(super) const HEADER_END: &str = "转换参数=,,,,,,\n";
pub(super) const PRECISION: &str = "精度";
