//! What is wrong with a file or a geometry, in Chinese. Details come from the readers in English; those of other
//! libraries have no Chinese, and are left out.

/// The details that readers tell, `{}` for what stands in them, and their Chinese.
const DETAILS: &[(&str, &str)] = &[
    ("it is cut off", "数据不完整"),
    ("its root element is `{}`", "根元素为`{}`"),
    ("it has no element `kml`", "没有`kml`元素"),
    ("its encoding `{}` is not known", "声明的编码`{}`无法识别"),
    ("the archive holds no .kml", "压缩包中没有.kml"),
    ("elements stand in each other more than {} deep", "元素嵌套超过{}层"),
    ("it is of dBASE 7, not III", "版本为dBASE 7，不是III"),
    ("its fields are longer than its records", "字段总长超过记录长度"),
    ("field {} is of no type", "第{}个字段没有类型"),
    ("its .shp holds {} shapes, and its .dbf {} records", ".shp有{}个图形，.dbf有{}条记录"),
    ("it does not begin as a .shp file does", "文件头不是.shp"),
    ("its records overlap", "记录相互重叠"),
    ("its metadata `geo` has no column `{}`", "元数据`geo`中没有列`{}`"),
    ("its metadata `geo` has no `{}`", "元数据`geo`中没有`{}`"),
    ("it has no column `{}`", "没有列`{}`"),
    ("its column `{}` holds no geometries", "列`{}`不是几何"),
    ("it does not begin with PAR1", "文件头不是PAR1"),
    ("its footer is damaged", "文件尾损坏"),
    ("a row group has another number of columns than the file", "行组的列数与文件不符"),
    ("it has far more rows than bytes", "行数远多于字节数"),
    ("its number of rows is negative", "行数为负"),
    ("column `{}`: {}", "列`{}`损坏"),
    ("it does not begin like one", "文件头不符"),
    ("its index is larger than any file", "索引过大"),
    ("a feature has columns of its own", "有要素自带列定义"),
    ("a value has no column", "有值没有对应的列"),
    ("a column is of no known type", "有列的类型无法识别"),
    ("a value is cut off", "有值不完整"),
    ("a text is not UTF-8", "有文本不是UTF-8"),
    ("a cell is beyond {} columns and {} rows", "有单元格超出{}列、{}行"),
    ("reading it came to a sudden end", "读取意外中断"),
    ("a view of it computes without end", "其中的视图计算不止"),
    ("`{}` has no column `{}`", "`{}`没有列`{}`"),
    ("its rows are in disorder", "行的顺序混乱"),
    ("the text of `{}` is not UTF-8", "`{}`的文本不是UTF-8"),
    ("a record has {} fields or more", "一条记录有{}个以上字段"),
    ("file is not a database", "不是数据库"),
    ("database disk image is malformed", "数据库损坏"),
    ("invalid Zip archive: {}", "不是完好的zip压缩包"),
    ("Zip error: invalid Zip archive: {}", "不是完好的zip压缩包"),
    ("File not found '{}'", "缺少`{}`"),
    ("expected the name of a member, found `{}`", "应为成员名，实为`{}`"),
    ("expected one member `features`, found `{}`", "`features`成员应只有一个"),
    ("expected a value, found `{}`", "应为值，实为`{}`"),
    ("expected {}, found `{}`", "此处不应为`{}`"),
    ("expected value", "此处应为值"),
    ("expected ident", "此处的词不是true、false或null"),
    ("expected `{}` or `{}`", "此处应为`{}`或`{}`"),
    ("expected `{}`", "此处应为`{}`"),
    ("key must be a string", "成员名应为字符串"),
    ("trailing comma", "多余的逗号"),
    ("trailing characters", "其后有多余的字符"),
    ("invalid escape", "转义有误"),
    ("invalid number", "数字有误"),
    ("number out of range", "数字超出范围"),
    ("control character (\\u0000-\\u001F) found while parsing a string", "字符串中有控制字符"),
    ("recursion limit exceeded", "嵌套过深"),
    ("its members are in different systems", "各成员的坐标系不同"),
    ("the parts of a compound curve do not meet", "复合曲线的各段不相接"),
    ("a {} in a {}", "{}不能位于{}之中"),
    ("too many collections in each other", "集合嵌套过深"),
    ("its order of bytes is none", "字节序无效"),
    ("its kind is none", "类型无效"),
    ("`{}` behind its end", "末尾有多余的`{}`"),
    ("{} bytes behind its end", "末尾有多余的{}字节"),
    ("not all of it is hexadecimal digits", "不全是十六进制数字"),
    ("`{}` is no SRID", "`{}`不是SRID"),
    ("it ends where {} is expected", "文本不完整"),
    ("`{}` where {} is expected", "`{}`处有误"),
    ("a position of {} numbers where there should be {}", "有坐标为{}个数，应为{}个"),
    ("`{}` is no longitude,latitude", "`{}`不是经度,纬度"),
    ("no geometry of a GeoPackage", "不是GeoPackage几何"),
    ("line {} is no corner: {}", "第{}行不是界址点：{}"),
    (
        "its arcs, with those of the rows before it, have too many corners within a millimetre",
        "圆弧加密到1毫米后顶点过多（含此前各行）",
    ),
];

/// The detail behind a colon; nothing where it has no Chinese.
pub(super) fn in_chinese(detail: &str) -> String {
    let found = DETAILS.iter().find_map(|(english, chinese)| Some((parts(english, detail)?, chinese)));
    let Some((parts, chinese)) = found else { return String::new() };
    let mut parts = parts.into_iter();
    let mut text = String::from("：");
    for (number, piece) in chinese.split("{}").enumerate() {
        if number > 0 {
            text.push_str(parts.next().unwrap_or_default());
        }
        text.push_str(piece);
    }
    text
}

/// What stands in a text for each `{}` of a pattern; none where it does not fit.
fn parts<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut parts = vec![];
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let end = if pieces.peek().is_some() { rest.find(piece)? } else { rest.strip_suffix(piece)?.len() };
        parts.push(rest.get(..end)?);
        rest = rest.get(end + piece.len()..)?;
    }
    rest.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{self, Input, ReadOptions};
    use crate::report::lang::{Lang, error};

    #[test]
    fn details_are_chinese_with_what_stands_in_them() {
        for (detail, expected) in [
            ("it is cut off", "：数据不完整"),
            ("its .shp holds 3 shapes, and its .dbf 4 records", "：.shp有3个图形，.dbf有4条记录"),
            ("its root element is `gpx`", "：根元素为`gpx`"),
            ("column `a`: a page is too large", "：列`a`损坏"),
            ("expected ident", "：此处的词不是true、false或null"),
            ("expected `,` or `}`", "：此处应为`,`或`}`"),
            ("something of another library", ""),
            ("", ""),
        ] {
            assert_eq!(in_chinese(detail), expected, "{detail}");
        }
    }

    /// Each placeholder of a Chinese detail has one in English.
    #[test]
    fn what_stands_in_a_detail_is_known() {
        for (english, chinese) in DETAILS {
            assert!(english.matches("{}").count() >= chinese.matches("{}").count(), "{english}");
        }
    }

    #[test]
    fn an_error_in_chinese_has_no_english_prose() {
        for (name, bytes) in [
            ("a.zip", b"PK\x03\x04 no archive".as_slice()),
            ("a.xlsx", b"PK\x03\x04 no workbook"),
            ("a.gpkg", b"\x01\x02\x03"),
            ("a.fgb", b"\x01\x02\x03\x04\x05\x06\x07\x08\x09"),
            ("a.kml", b"<kml><Document><NetworkLink/></Document></kml>"),
            ("a.kml", b"<?xml version='1.0' encoding='klingon'?><kml/>"),
            ("a.geojson", br#"{"type":"Feature","properties":{"a":nan},"geometry":null}"#),
            ("a.geojson", br#"{"type":"Feature",,}"#),
            ("a.geojson", b"{}"),
            ("a.parquet", b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"),
        ] {
            let error = error(&io::open(Input::bytes(name, bytes), &ReadOptions::default()).err().unwrap(), Lang::Zh);
            let is_prose =
                |text: &str| text.split_ascii_whitespace().filter(|word| word.len() > 1 && word.is_ascii()).count() > 2;
            assert!(!is_prose(&error), "{error}");
        }
    }
}
