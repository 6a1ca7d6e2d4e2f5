//! Sentences about tables: what was found out while reading, what a format could not represent, which rows are invalid.

use std::ops::RangeInclusive;

use crate::crs::{AxisOrder, Crs};
use crate::io::Loss;
use crate::messages::sentences::plural;
use crate::messages::{Lang, Texts};
use crate::query::QuerySummary;
use crate::query::convert::ConversionSummary;
use crate::query::nearest::NearestSummary;
use crate::units::SquareMetres;

/// Where the output marks invalid rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// Nowhere.
    No,
    /// In the column `reason`.
    Reason,
    /// In this column, and in the column `reason`.
    Column(&'static str),
}

impl Lang {
    /// The headings of a list of layers: name, rows, geometry, system, fields, problem.
    pub(crate) fn layer_headings(self) -> [&'static str; 6] {
        match self {
            Lang::En => ["layer", "rows", "geometry", "system", "fields", "problem"],
            Lang::Zh => ["图层", "行数", "几何", "坐标系", "字段", "问题"],
        }
    }

    /// What is between the members of a list.
    pub(crate) fn list_separator(self) -> &'static str {
        match self {
            Lang::En => ", ",
            Lang::Zh => "、",
        }
    }
}

impl Texts {
    /// The number of invalid rows, and where they are marked.
    pub fn invalid_rows(&self, file: &str, invalid: u64, rows: u64, marked: Marked) -> String {
        let text = match self.lang {
            Lang::En => format!("{file}: {invalid} of {} invalid (kept)", plural(rows, "row")),
            Lang::Zh => format!("{file}：{rows}行中有{invalid}行无效，均已保留"),
        };
        text + &match (marked, self.lang) {
            (Marked::No, _) => String::new(),
            (Marked::Reason, Lang::En) => ": see column `reason`".to_owned(),
            (Marked::Reason, Lang::Zh) => "，原因见`reason`列".to_owned(),
            (Marked::Column(column), Lang::En) => format!(": `{column}` is `invalid`, see column `reason`"),
            (Marked::Column(column), Lang::Zh) => format!("：`{column}`列为`invalid`，原因见`reason`列"),
        }
    }

    /// Note that a file is read in another coordinate system than it declares.
    pub fn overridden_crs(&self, file: &str, declared: Option<&str>, crs: &Crs) -> String {
        match (self.lang, declared) {
            (Lang::En, Some(declared)) => format!("{file}: declares {declared}, read as {crs}"),
            (Lang::Zh, Some(declared)) => format!("{file}：文件声明为{declared}，按{crs}读取"),
            (Lang::En, None) => format!("{file}: read as {crs}, whatever the file declares"),
            (Lang::Zh, None) => format!("{file}：按{crs}读取，不采用文件声明的坐标系"),
        }
    }

    /// The coordinate system of a table in a report, with the overridden declaration.
    pub fn system_of(&self, crs: &Crs, declared: Option<&str>) -> String {
        let crs = match crs.datum_shift() {
            Some(shift) => self.datum_shift_of(crs, shift),
            None => crs.to_string(),
        };
        match (self.lang, declared) {
            (_, None) => crs,
            (Lang::En, Some(declared)) => format!("{crs} (the file declares {declared})"),
            (Lang::Zh, Some(declared)) => format!("{crs}（文件声明为{declared}）"),
        }
    }

    /// Note that coordinates are outside the area of use of their system.
    pub(crate) fn beyond_area(&self, file: &str, count: u64, crs: &Crs) -> String {
        match self.lang {
            Lang::En if count == 1 => format!("{file}: 1 coordinate lies beyond the area of use of {crs}"),
            Lang::En => format!("{file}: {count} coordinates lie beyond the area of use of {crs}"),
            Lang::Zh => format!("{file}：有{count}个坐标超出{crs}的适用范围"),
        }
    }

    /// Note that shifted coordinates are for display only.
    pub(crate) fn shifted(&self, crs: &Crs) -> String {
        match self.lang {
            Lang::En => format!("{crs} coordinates are for display only"),
            Lang::Zh => format!("{crs}坐标仅供显示"),
        }
    }

    /// Note that more rows are invalid than are listed.
    pub(crate) fn and_more(&self, count: u64) -> String {
        match self.lang {
            Lang::En => format!("… and {count} more"),
            Lang::Zh => format!("……另有{count}行"),
        }
    }

    /// Note that an added column was renamed.
    pub(crate) fn renamed(&self, name: &str, new_name: &str) -> String {
        match self.lang {
            Lang::En => format!("the input already has a column `{name}`: the result is written as `{new_name}`"),
            Lang::Zh => format!("输入已有`{name}`列：结果写入`{new_name}`列"),
        }
    }

    /// The detected format, coordinate system and columns.
    pub(crate) fn reads(&self, file: &str, format: &str, columns: Option<(&str, &str)>, crs: &Crs) -> String {
        let crs = match (self.lang, crs) {
            (Lang::En, Crs::Crs84 | Crs::Cgcs2000) => "degrees on WGS 84 or CGCS2000".to_owned(),
            (Lang::Zh, Crs::Crs84 | Crs::Cgcs2000) => "WGS 84或CGCS2000，单位为度".to_owned(),
            (_, crs) => crs.to_string(),
        };
        match (self.lang, columns) {
            (Lang::En, None) => format!("{file}: read as {format}; coordinates: {crs}"),
            (Lang::Zh, None) => format!("{file}：按{format}读取；坐标：{crs}"),
            (Lang::En, Some((x, y))) => format!("{file}: read as {format}; coordinates from `{x}` and `{y}`: {crs}"),
            (Lang::Zh, Some((x, y))) => format!("{file}：按{format}读取；坐标取`{x}`列和`{y}`列：{crs}"),
        }
    }

    /// The rows of the header, if it is not the first row.
    pub(crate) fn header_in(&self, file: &str, rows: &RangeInclusive<u64>) -> String {
        let (first, last) = (rows.start(), rows.end());
        match (self.lang, first == last) {
            (Lang::En, true) => format!("{file}: the header is row {first}"),
            (Lang::En, false) => format!("{file}: the header is in rows {first} to {last}, joined"),
            (Lang::Zh, true) => format!("{file}：表头为第{first}行"),
            (Lang::Zh, false) => format!("{file}：表头为第{first}至{last}行，已合并"),
        }
    }

    /// The column of both coordinates.
    pub(crate) fn pairs(&self, file: &str, column: &str, order: AxisOrder) -> String {
        let order = match order {
            AxisOrder::EastNorth => self.pick("easting or longitude first", "东坐标或经度在前"),
            AxisOrder::NorthEast => self.pick("northing or latitude first", "北坐标或纬度在前"),
            AxisOrder::Auto => self.pick("their order from each cell", "顺序由各单元格判断"),
        };
        match self.lang {
            Lang::En => format!("{file}: `{column}` holds both coordinates, {order}"),
            Lang::Zh => format!("{file}：`{column}`列含两个坐标，{order}"),
        }
    }

    /// The number of rows whose coordinates are not plain numbers.
    pub(crate) fn spelled(&self, file: &str, count: u64) -> String {
        match self.lang {
            Lang::En => {
                let rows = plural(count, "row");
                format!("{file}: in {rows}, coordinates are written in degrees, minutes and seconds or with symbols")
            }
            Lang::Zh => format!("{file}：{count}行的坐标以度分秒书写，或带有单位、方向等符号，已换算"),
        }
    }

    /// The number of rows that are not records.
    pub(crate) fn remarks(&self, file: &str, count: u64) -> String {
        match (self.lang, count) {
            (Lang::En, 1) => format!("{file}: 1 row is a total or a note, not a record (kept)"),
            (Lang::En, _) => format!("{file}: {count} rows are totals or notes, not records (kept)"),
            (Lang::Zh, _) => format!("{file}：{count}行为合计或注释，不是记录，已保留"),
        }
    }

    /// Advice for a table whose longitudes and latitudes are in each other's columns.
    pub(crate) fn swap_columns(&self, x: &str, y: &str) -> String {
        let quoted = |name: &str| {
            if name.contains(char::is_whitespace) { format!("\"{name}\"") } else { name.to_owned() }
        };
        let (x, y) = (quoted(x), quoted(y));
        match self.lang {
            Lang::En => format!("if the columns are swapped: --lon-field {y} --lat-field {x}"),
            Lang::Zh => format!("如两列颠倒，请加--lon-field {y} --lat-field {x}"),
        }
    }

    /// Advice for eastings with the prefix of a zone.
    pub(crate) fn name_zone(&self, code: u32) -> String {
        match self.lang {
            Lang::En => format!("name the system: --crs EPSG:{code} if the coordinates are on CGCS2000"),
            Lang::Zh => format!("请指定坐标系：如为CGCS2000坐标，请加--crs EPSG:{code}"),
        }
    }

    /// Note that a file is not in UTF-8.
    pub(crate) fn encoding(&self, file: &str, encoding: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: the text is {encoding}"),
            Lang::Zh => format!("{file}：文本编码为{encoding}"),
        }
    }

    /// Note that arcs were replaced by straight edges.
    pub(crate) fn arcs(&self, file: &str, count: u64) -> String {
        match self.lang {
            Lang::En => {
                let rows = plural(count, "row");
                format!("{file}: arcs in {rows} linearised to within 1 mm")
            }
            Lang::Zh => format!("{file}：{count}行的圆弧已折线化，偏差不超过1毫米"),
        }
    }

    /// Note that null or empty members were left out.
    pub(crate) fn empty_members(&self, file: &str, count: u64) -> String {
        match self.lang {
            Lang::En => {
                format!("{file}: null or empty members skipped in the geometries of {}", plural(count, "row"))
            }
            Lang::Zh => format!("{file}：{count}行的几何含空成员，未予读取"),
        }
    }

    /// What a format could not represent.
    pub(crate) fn loss(&self, loss: &Loss) -> String {
        match (self.lang, loss) {
            (Lang::En, Loss::Renamed { from, to }) => format!("column `{from}` is renamed to `{to}`"),
            (Lang::Zh, Loss::Renamed { from, to }) => format!("`{from}`列改名为`{to}`"),
            (Lang::En, Loss::AddedRenamed { from, to }) => {
                format!("the input already has a column `{from}`: the added column is named `{to}`")
            }
            (Lang::Zh, Loss::AddedRenamed { from, to }) => format!("输入已有`{from}`列：新增列命名为`{to}`"),
            (Lang::En, Loss::Cut { field, limit_bytes, count }) => {
                format!("column `{field}`: {} cut to {limit_bytes} bytes", plural(*count, "text"))
            }
            (Lang::Zh, Loss::Cut { field, limit_bytes, count }) => {
                format!("`{field}`列：{count}个文本截为{limit_bytes}字节")
            }
            (Lang::En, Loss::Unfit { field, count }) => {
                format!("column `{field}`: {} not written: they do not fit its type", plural(*count, "value"))
            }
            (Lang::Zh, Loss::Unfit { field, count }) => format!("`{field}`列：{count}个值与列类型不符，未写入"),
            (Lang::En, Loss::Characters { field, count }) => {
                format!("column `{field}`: {count} characters that the format cannot store are replaced")
            }
            (Lang::Zh, Loss::Characters { field, count }) => {
                format!("`{field}`列：{count}个格式无法保存的字符已被替换")
            }
            (Lang::En, Loss::BigIntegers { field }) => {
                format!("column `{field}` has integers beyond ±2⁵³, which JavaScript reads inexactly")
            }
            (Lang::Zh, Loss::BigIntegers { field }) => {
                format!("`{field}`列有超过±2⁵³的整数：JavaScript程序读取时会失真")
            }
            (Lang::En, Loss::Heights) => "Z and M values are not kept".to_owned(),
            (Lang::Zh, Loss::Heights) => "高程(Z)和度量值(M)不予保留".to_owned(),
            (Lang::En, Loss::OutsideCrsArea { crs, count }) => {
                format!("{} written without a geometry: outside the area of {crs}", plural(*count, "row"))
            }
            (Lang::Zh, Loss::OutsideCrsArea { crs, count }) => format!("{count}行不在{crs}的适用范围内，无几何"),
            (Lang::En, Loss::BeyondArea { crs, count }) => {
                format!("{} beyond the area of use of {crs}, where it distorts more", plural(*count, "coordinate"))
            }
            (Lang::Zh, Loss::BeyondArea { crs, count }) => format!("{count}个坐标超出{crs}的适用范围，变形较大"),
            (Lang::En, Loss::Collapsed { count }) => {
                format!("{} too small for the number of decimals: no longer valid", plural(*count, "polygon"))
            }
            (Lang::Zh, Loss::Collapsed { count }) => format!("{count}个面过小，按所写小数位取整后不再有效"),
            (Lang::En, Loss::Vanished { holes, parts }) => {
                let counts = [(*holes, "hole"), (*parts, "part")];
                let counts = counts.into_iter().filter(|&(count, _)| count > 0);
                let counts: Vec<String> = counts.map(|(count, what)| plural(count, what)).collect();
                format!("{} of polygons not written: too small for the number of decimals", counts.join(" and "))
            }
            (Lang::Zh, Loss::Vanished { holes, parts }) => {
                let counts = [(*holes, "空洞"), (*parts, "部分")];
                let counts = counts.into_iter().filter(|&(count, _)| count > 0);
                let counts: Vec<String> = counts.map(|(count, what)| format!("{count}个{what}")).collect();
                format!("面的{}过小，按所写小数位取整后消失，未写入", counts.join("、"))
            }
            (Lang::En, Loss::Columns { fields }) => format!("columns not written: {}", fields.join(", ")),
            (Lang::Zh, Loss::Columns { fields }) => format!("未写入的列：{}", fields.join("、")),
            (Lang::En, Loss::LayersRenamed { from, to, count }) => {
                format!("{} changed, such as `{from}` to `{to}`: not allowed, or taken", plural(*count, "layer name"))
            }
            (Lang::Zh, Loss::LayersRenamed { from, to, count }) => {
                format!("{count}个图层名不合规或重复，已改名，如`{from}`改为`{to}`")
            }
            (Lang::En, Loss::RowsWithoutGeometry { count }) => {
                format!("{} without a geometry not written", plural(*count, "row"))
            }
            (Lang::Zh, Loss::RowsWithoutGeometry { count }) => format!("{count}行没有几何，未写入"),
            (Lang::En, Loss::Crs { crs }) => {
                format!("the file format cannot record the coordinate system ({crs}): note it yourself")
            }
            (Lang::Zh, Loss::Crs { crs }) => format!("该文件格式无法记录坐标系（{crs}），请自行注明"),
        }
    }

    /// The summary of `nearest`.
    pub fn nearest_summary(&self, file: &str, tally: &NearestSummary) -> String {
        let NearestSummary { written, beyond, .. } = *tally;
        let invalid = tally.invalid.count;
        match self.lang {
            Lang::En => format!(
                "{file}: {}: {written} found, {beyond} beyond the maximum distance, {invalid} invalid",
                plural(tally.rows(), "site")
            ),
            Lang::Zh => {
                format!("{file}：共{}个点位：有结果{written}个，超出最大距离{beyond}个，无效{invalid}个", tally.rows())
            }
        }
    }

    /// The number of repaired parcels.
    pub(crate) fn repaired(&self, file: &str, count: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: {} repaired: see column `reason`", plural(count, "parcel")),
            Lang::Zh => format!("{file}：修复地块{count}个，原因见`reason`列"),
        }
    }

    /// The number of parcels that could not be repaired.
    pub(crate) fn not_repairable(&self, file: &str, count: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: {} could not be repaired: see column `reason`", plural(count, "parcel")),
            Lang::Zh => format!("{file}：{count}个地块无法修复，原因见`reason`列"),
        }
    }

    /// The number of parcels with parts too narrow to count in their relation.
    pub(crate) fn narrow_parts(&self, file: &str, count: u64) -> String {
        match self.lang {
            Lang::En => format!(
                "{file}: {} with parts narrower than the sliver width, which do not count in `relation` (--sliver-width)",
                plural(count, "parcel")
            ),
            Lang::Zh => format!("{file}：{count}个地块含宽度小于碎面宽度的部分，判定relation时不计（--sliver-width）"),
        }
    }

    /// The number of omitted small parts.
    pub(crate) fn slivers(&self, file: &str, count: u64, area: SquareMetres) -> String {
        match self.lang {
            Lang::En => format!("{file}: {} omitted, {:.2} m² in total", plural(count, "sliver"), area.0),
            Lang::Zh => format!("{file}：略去碎面{count}个，共{:.2}平方米", area.0),
        }
    }

    /// The number of rows written without geometry.
    pub fn without_geometry(&self, file: &str, invalid: u64, rows: u64, is_marked: bool) -> String {
        let mut text = match self.lang {
            Lang::En => format!("{file}: {invalid} of {} kept without a geometry", plural(rows, "row")),
            Lang::Zh => format!("{file}：{rows}行中有{invalid}行保留但无几何"),
        };
        if !is_marked {
            text.push_str(self.pick("; --mark adds a column with the reason", "；--mark可增加一列说明原因"));
        }
        text
    }

    /// The summary of `convert`.
    pub fn converted(&self, file: &str, found: &ConversionSummary, format: &str, crs: &Crs) -> String {
        let ConversionSummary { rows, without_geometry, .. } = *found;
        let mut text = match self.lang {
            Lang::En => format!("{file}: {} written as {format}, {crs}", plural(rows, "row")),
            Lang::Zh => format!("{file}：已按{format}格式写入{rows}行，{crs}"),
        };
        if without_geometry > 0 {
            text.push_str(&match self.lang {
                Lang::En => format!("; {without_geometry} had no geometry"),
                Lang::Zh => format!("；其中{without_geometry}行本无几何"),
            });
        }
        text
    }

    /// Note that the file has northings first.
    pub(crate) fn north_first(&self, file: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: northings first"),
            Lang::Zh => format!("{file}：第一个坐标为北坐标"),
        }
    }

    /// Note that a plan is read as a flat layer.
    pub fn levels_ignored(&self, file: &str) -> String {
        match self.lang {
            Lang::En => format!("{file}: with --name-field the file is read as a flat layer; its levels are ignored"),
            Lang::Zh => format!("{file}：指定--name-field后按无层级图层读取，忽略其level"),
        }
    }
}
