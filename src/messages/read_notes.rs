//! Messages for the notes of readers.

use crate::crs::Crs;
use crate::io::{ReadNote, TxtDialect};
use crate::messages::details;
use crate::messages::sentences::plural;
use crate::messages::{Lang, Texts};

impl Texts {
    /// A note about a file; `crs_option` is the option that names its coordinate system.
    pub(crate) fn read_note(&self, file: &str, note: &ReadNote, crs_option: &str) -> String {
        let text = match self.lang {
            Lang::En => english(note, crs_option),
            Lang::Zh => chinese(note, crs_option),
        };
        self.of_file(file, &text)
    }

    /// That a survey TXT is in a dialect.
    pub(crate) fn txt_dialect(&self, dialect: TxtDialect) -> &'static str {
        match (self.lang, dialect) {
            (Lang::En, TxtDialect::OneMap) => "the lines are those of the dialect one-map (国土空间规划一张图)",
            (Lang::En, TxtDialect::Linkage) => "the lines are those of the dialect linkage (增减挂钩)",
            (Lang::En, TxtDialect::Zhejiang) => "the lines are those of the dialect zhejiang (报省部标)",
            (Lang::En, TxtDialect::Cass) => "the lines are points of CASS (name, code, easting, northing, height)",
            (Lang::En, TxtDialect::Survey) => "the lines are those of the dialect survey (勘测定界)",
            (Lang::Zh, TxtDialect::OneMap) => "版式为国土空间规划一张图（one-map）",
            (Lang::Zh, TxtDialect::Linkage) => "版式为增减挂钩（linkage）",
            (Lang::Zh, TxtDialect::Zhejiang) => "版式为浙江报省部标（zhejiang）",
            (Lang::Zh, TxtDialect::Cass) => "版式为CASS坐标数据文件（点号,编码,东坐标,北坐标,高程）",
            (Lang::Zh, TxtDialect::Survey) => "版式为勘测定界（survey）",
        }
    }

    /// A text about a file.
    pub(crate) fn of_file(&self, file: &str, text: &str) -> String {
        format!("{file}{}{text}", self.colon)
    }
}

fn english(note: &ReadNote, crs_option: &str) -> String {
    match note {
        ReadNote::EncodingGuessed { encoding } => format!(
            "the text is valid in both UTF-8 and GB18030; read as {encoding}: if that is wrong, use --input-encoding"
        ),
        ReadNote::EncodingDoubtful { encoding } => format!(
            "the text is read as {encoding}, in which many of its characters are rare: if names look wrong, use --input-encoding (such as big5, windows-1252)"
        ),
        ReadNote::UnknownEncoding { name, encoding } => {
            format!("the .cpg file names an unknown encoding, `{name}`; read as {encoding}")
        }
        ReadNote::JsonEncoding { encoding } => {
            format!("the text is {encoding}; JSON should be UTF-8 (RFC 8259): other programs may not read it")
        }
        ReadNote::NotFinite { count } => {
            format!("{} NaN or Infinity, not allowed in JSON (RFC 8259); read as null", plural_of_values(*count))
        }
        ReadNote::ShiftedSystem { word, place, crs } => {
            let (system, option, offset) = shifted(crs);
            format!(
                "`{word}` in {place} suggests {system} coordinates; read without a shift: if they are {system}, add {crs_option} {option} (otherwise they are about {offset} km off in Taizhou), if not, {crs_option} WGS84"
            )
        }
        ReadNote::GeodesicEdges => {
            "the file says that edges are geodesics (GEOGRAPHY); they are read as straight lines in its coordinates"
                .to_owned()
        }
        ReadNote::NoRowIndex => {
            "the .gdbtablx file of the layer is missing: rows are in the order of the file, without their ids"
                .to_owned()
        }
        ReadNote::NoPlacemarks => "the KML contains no placemarks: there are no rows".to_owned(),
        ReadNote::UnreadEntities { kinds } => format!("entities not read: {}", counted(kinds, ", ")),
        ReadNote::EntitiesOnSheets { count } => format!("entities on sheets (paper space) not read: {count}"),
        ReadNote::ExternalBlocks { count } => {
            format!("{} to other drawings (xrefs) not read: bind them in the CAD program", plural(*count, "reference"))
        }
        ReadNote::UnusedTexts { count } => format!("{} in no polygon not read", plural(*count, "text")),
        ReadNote::InvalidTexts { count, encoding } => format!(
            "{} not valid in {encoding}, with � for what is wrong: if names look wrong, use --input-encoding (such as gb18030)",
            plural(*count, "text")
        ),
        ReadNote::NoStoredValue { cell, count } => format!(
            "{} without a stored value, the first in {cell}; read as empty: open the file in Excel and save it",
            plural(*count, "formula")
        ),
    }
}

/// The name of a shifted system, its name in options, and the shift in Taizhou in kilometres.
fn shifted(crs: &Crs) -> (&'static str, &'static str, &'static str) {
    match crs {
        Crs::Bd09 => ("BD-09", "BD09", "1.1"),
        _ => ("GCJ-02", "GCJ02", "0.5"),
    }
}

/// Types with their numbers: `12 LINE, 3 SPLINE`.
fn counted(kinds: &[(String, u64)], separator: &str) -> String {
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    kinds.join(separator)
}

fn plural_of_values(count: u64) -> String {
    format!("{} {}", plural(count, "value"), if count == 1 { "is" } else { "are" })
}

fn chinese(note: &ReadNote, crs_option: &str) -> String {
    match note {
        ReadNote::EncodingGuessed { encoding } => {
            format!("文本按UTF-8和GB18030均可解读，已按{encoding}读取；如有误，请用--input-encoding指定")
        }
        ReadNote::EncodingDoubtful { encoding } => format!(
            "文本已按{encoding}读取，但其中生僻字较多；如文字有误，请用--input-encoding指定编码（如big5、windows-1252）"
        ),
        ReadNote::UnknownEncoding { name, encoding } => {
            format!(".cpg文件注明的编码`{name}`无法识别，已按{encoding}读取")
        }
        ReadNote::JsonEncoding { encoding } => {
            format!("文本编码为{encoding}；JSON应为UTF-8（RFC 8259），其他软件可能无法读取")
        }
        ReadNote::NotFinite { count } => {
            format!("{count}个值为NaN或Infinity，JSON不允许此类数值（RFC 8259），已按空值读取")
        }
        ReadNote::ShiftedSystem { word, place, crs } => {
            let (system, option, offset) = shifted(crs);
            let place = details::system_place(place);
            format!(
                "{place}含`{word}`，坐标可能为{system}，现按无偏移读取；如为{system}，请加{crs_option} {option}（否则在台州偏差约{offset}公里），如不是，请加{crs_option} WGS84"
            )
        }
        ReadNote::GeodesicEdges => "文件声明边为大地线（GEOGRAPHY），读取时按坐标平面内的直线处理".to_owned(),
        ReadNote::NoRowIndex => "图层的.gdbtablx文件缺失：各行按文件中的顺序读取，没有行号（ObjectID）".to_owned(),
        ReadNote::NoPlacemarks => "KML中没有地标（Placemark），表中没有行".to_owned(),
        ReadNote::UnreadEntities { kinds } => format!("未读取的图元：{}", counted(kinds, "、")),
        ReadNote::EntitiesOnSheets { count } => format!("布局（图纸空间）中的{count}个图元未读取"),
        ReadNote::ExternalBlocks { count } => format!("{count}个外部参照未读取，请先在CAD软件中绑定"),
        ReadNote::UnusedTexts { count } => format!("{count}个文字不在任何面内，未读取"),
        ReadNote::InvalidTexts { count, encoding } => format!(
            "{count}个文字按{encoding}无法完全解读，以�代替；如文字有误，请用--input-encoding指定编码（如gb18030）"
        ),
        ReadNote::NoStoredValue { cell, count } => {
            format!("{count}个公式没有存储计算结果（首个在{cell}），已按空值读取；请用Excel打开并保存")
        }
    }
}
