//! Chinese messages for problems in a file, a geometry, JSON, a coordinate system or a query.

use std::fmt;

use crate::error::{
    ColumnProblem, CoordinateAxis, CrsProblem, FileKind, FilePart, FileProblem, GeoJsonExpected, GeoJsonFound,
    GeometryProblem, JsonProblem, JsonToken, LibraryMessage, QueryProblem, SystemPlace, WktToken,
};

/// The detail of a problem, which follows a general sentence.
pub(super) enum Detail<'a> {
    Own(String),
    /// The message of a library, which is in English and therefore quoted.
    Library(&'a LibraryMessage),
}

impl fmt::Display for Detail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Detail::Own(text) => write!(f, "：{text}"),
            Detail::Library(LibraryMessage { library, text }) => write!(f, "（{library}程序库信息：{text}）"),
        }
    }
}

pub(super) fn file_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::ExcelWorkbook => "Excel工作簿",
        FileKind::FlatGeobuf => "FlatGeobuf文件",
        FileKind::GeoPackage => "GeoPackage",
        FileKind::Shapefile => "Shapefile",
        FileKind::DbaseTable => "dBASE表",
        FileKind::ZipArchive => "zip压缩包",
        FileKind::GzipFile => "gzip压缩文件",
        FileKind::Kml => "KML文件",
        FileKind::Parquet => "Parquet文件",
        FileKind::FileGeodatabase => "文件地理数据库",
        FileKind::Dxf => "DXF图形",
    }
}

pub(super) fn part(part: FilePart) -> &'static str {
    match part {
        FilePart::QuotedField => "带引号的字段",
        FilePart::Feature => "要素",
        FilePart::Features => "要素部分",
        FilePart::FeatureCollection => "要素集合",
        FilePart::Header => "文件头",
        FilePart::Index => "索引",
        FilePart::Element => "元素",
        FilePart::ParquetFile => "Parquet文件",
        FilePart::Record => "记录",
        FilePart::Shape => "图形",
        FilePart::JsonObject => "JSON对象",
        FilePart::JsonValue => "JSON值",
        FilePart::Drawing => "图形",
    }
}

pub(super) fn file(problem: &FileProblem) -> Detail<'_> {
    Detail::Own(match problem {
        FileProblem::Truncated => "数据不完整".to_owned(),
        FileProblem::Signature => "文件头不符".to_owned(),
        FileProblem::RootElement(name) => format!("根元素为`{name}`"),
        FileProblem::NoRootElement => "没有`kml`元素".to_owned(),
        FileProblem::UnknownEncoding(name) => format!("声明的编码`{name}`无法识别"),
        FileProblem::Xml { message, byte } => format!("第{byte}字节处XML有误{}", Detail::Library(message)),
        FileProblem::NestedTooDeep { limit } => format!("元素嵌套超过{limit}层"),
        FileProblem::NoKmlInArchive => "压缩包中没有.kml".to_owned(),
        FileProblem::MissingMember(name) => format!("其中缺少`{name}`"),
        FileProblem::Dbase7 => "版本为dBASE 7，不是III".to_owned(),
        FileProblem::FieldsBeyondRecord => "字段总长超过记录长度".to_owned(),
        FileProblem::FieldType(number) => format!("第{number}个字段的类型无效"),
        FileProblem::RecordCounts { shapes, records } => format!(".shp有{shapes}个图形，.dbf有{records}条记录"),
        FileProblem::GroupCode(text) => format!("`{text}`不是组码"),
        FileProblem::BlocksTooLarge { limit } => format!("块展开后超过{limit}个顶点"),
        FileProblem::Version(version) => format!("版本{version}无法识别"),
        FileProblem::RowIndex => "行索引损坏".to_owned(),
        FileProblem::OverlappingRecords => "记录相互重叠".to_owned(),
        FileProblem::NoMetadata(member) => format!("元数据`geo`中没有`{member}`"),
        FileProblem::NoMetadataColumn(name) => format!("元数据`geo`中没有列`{name}`"),
        FileProblem::NoColumn(name) => format!("没有列`{name}`"),
        FileProblem::NoColumnInTable { table, column } => format!("表`{table}`没有列`{column}`"),
        FileProblem::NotGeometries(name) => format!("列`{name}`不是几何"),
        FileProblem::Footer => "文件尾损坏".to_owned(),
        FileProblem::Schema => "表结构损坏".to_owned(),
        FileProblem::Page => "有数据页损坏".to_owned(),
        FileProblem::RowGroupColumns => "行组的列数与文件不符".to_owned(),
        FileProblem::TooManyRows => "声明的行数远多于字节数".to_owned(),
        FileProblem::NegativeRows => "行数为负".to_owned(),
        FileProblem::Column { name, problem } => format!("列`{name}`{}", column(*problem)),
        FileProblem::IndexTooLarge => "索引过大".to_owned(),
        FileProblem::FeatureColumns => "有要素自带列定义".to_owned(),
        FileProblem::ValueWithoutColumn => "有值没有对应的列".to_owned(),
        FileProblem::ColumnType => "有列的类型无法识别".to_owned(),
        FileProblem::TruncatedValue => "有值不完整".to_owned(),
        FileProblem::NotUtf8 => "有文本不是UTF-8".to_owned(),
        FileProblem::ColumnNotUtf8(name) => format!("列`{name}`的文本不是UTF-8"),
        FileProblem::ContradictoryRecords => "各记录互相矛盾".to_owned(),
        FileProblem::CellOutsideSheet { columns, rows } => format!("有单元格超出{columns}列、{rows}行"),
        FileProblem::Interrupted => "读取意外中断".to_owned(),
        FileProblem::EndlessView => "其中的视图无法算完".to_owned(),
        FileProblem::RowOrder => "行的顺序混乱".to_owned(),
        FileProblem::NotADatabase => "不是数据库".to_owned(),
        FileProblem::DamagedDatabase => "数据库损坏".to_owned(),
        FileProblem::Library(message) => return Detail::Library(message),
    })
}

fn column(problem: ColumnProblem) -> &'static str {
    match problem {
        ColumnProblem::Offset => "的偏移量有误",
        ColumnProblem::BeyondFile => "超出文件末尾",
        ColumnProblem::PageHeader => "有数据页损坏",
        ColumnProblem::PageBeyondColumn => "有数据页超出该列",
        ColumnProblem::PageTooLarge => "有数据页过大",
        ColumnProblem::PageValues => "有数据页的值过多",
        ColumnProblem::Dictionary => "的字典短于声明的长度",
        ColumnProblem::PageCounts => "有数据页的计数有误",
        ColumnProblem::ListsTooLarge => "的列表过大",
        ColumnProblem::ValueCount => "的值数与行数不符",
    }
}

pub(super) fn geometry(problem: &GeometryProblem) -> String {
    match problem {
        GeometryProblem::Truncated => "数据不完整".to_owned(),
        GeometryProblem::NoBytes => "没有数据".to_owned(),
        GeometryProblem::TextAfterEnd(text) => format!("末尾有多余的`{text}`"),
        GeometryProblem::BytesAfterEnd(count) => format!("末尾有多余的{count}字节"),
        GeometryProblem::NotHexadecimal => "不全是十六进制数字".to_owned(),
        GeometryProblem::Srid(text) => format!("`{text}`不是SRID"),
        GeometryProblem::TextEnds(expected) => format!("文本不完整，缺少{}", token(*expected)),
        GeometryProblem::UnexpectedText { found, expected } => format!("`{found}`处应为{}", token(*expected)),
        GeometryProblem::PositionSize { found, expected } => format!("有坐标为{found}个数，应为{expected}个"),
        GeometryProblem::ByteOrder => "字节序无效".to_owned(),
        GeometryProblem::Type => "类型无效".to_owned(),
        GeometryProblem::Member { member, parent } => format!("{member}不能位于{parent}之中"),
        GeometryProblem::NestedTooDeep => "集合嵌套过深".to_owned(),
        GeometryProblem::DifferentSystems => "各成员的坐标系不同".to_owned(),
        GeometryProblem::CompoundCurveGap => "复合曲线的各段不相接".to_owned(),
        GeometryProblem::CircularString(count) => format!("圆弧串有{count}个坐标，应为不小于3的奇数"),
        GeometryProblem::ArcsTooLarge { limit } => format!("圆弧过大：加密到1毫米后顶点达{limit}个以上"),
        GeometryProblem::TooManyArcs => "圆弧加密到1毫米后顶点过多（含此前各行）".to_owned(),
        GeometryProblem::NotLonLat(text) => format!("`{text}`不是经度,纬度"),
        GeometryProblem::SeveralPositions => "一个点有多个坐标".to_owned(),
        GeometryProblem::TrackOrModel => "不支持轨迹和模型".to_owned(),
        GeometryProblem::ShortRecord => "记录过短".to_owned(),
        GeometryProblem::ShapeType(number) => format!("没有编号为{number}的图形类型"),
        GeometryProblem::NotOfPoints(number) => format!("点文件中有编号为{number}的图形类型"),
        GeometryProblem::NotFinite(x, y) => format!("坐标{x}, {y}不是有限数"),
        GeometryProblem::NoPart => "有点而没有部分".to_owned(),
        GeometryProblem::PartOrder => "各部分的顺序有误".to_owned(),
        GeometryProblem::SinglePointPart => "线的一个部分只有一个点".to_owned(),
        GeometryProblem::NotGeoPackage => "不是GeoPackage几何".to_owned(),
        GeometryProblem::Extended => "是扩展几何".to_owned(),
        GeometryProblem::Envelope => "外包矩形的类型无法识别".to_owned(),
        GeometryProblem::OneCoordinate => "有位置只有一个坐标".to_owned(),
        GeometryProblem::NotACorner { line, text } => format!("第{line}行不是界址点：{text}"),
    }
}

fn token(token: WktToken) -> String {
    match token {
        WktToken::Character(character) => format!("`{character}`"),
        WktToken::GeometryType => "几何类型".to_owned(),
        WktToken::Number => "数字".to_owned(),
    }
}

pub(super) fn json(problem: &JsonProblem) -> Detail<'_> {
    Detail::Own(match problem {
        JsonProblem::Unexpected { expected, found } => {
            format!("应为{}，实为`{}`", json_token(*expected), found.escape_ascii())
        }
        JsonProblem::SecondFeatures => "`features`成员应只有一个".to_owned(),
        JsonProblem::Expected(characters) => {
            let characters: Vec<String> = characters.iter().map(|character| format!("`{character}`")).collect();
            format!("此处应为{}", characters.join("或"))
        }
        JsonProblem::ExpectedValue => "此处应为值".to_owned(),
        JsonProblem::ExpectedWord => "此处的词不是true、false或null".to_owned(),
        JsonProblem::NameNotString => "成员名应为字符串".to_owned(),
        JsonProblem::TrailingComma => "多余的逗号".to_owned(),
        JsonProblem::TrailingCharacters => "其后有多余的字符".to_owned(),
        JsonProblem::InvalidEscape => "转义有误".to_owned(),
        JsonProblem::InvalidNumber => "数字有误".to_owned(),
        JsonProblem::NumberOutOfRange => "数字超出范围".to_owned(),
        JsonProblem::ControlCharacter => "字符串中有控制字符".to_owned(),
        JsonProblem::NestedTooDeep => "嵌套过深".to_owned(),
        JsonProblem::Library(message) => return Detail::Library(message),
    })
}

fn json_token(token: JsonToken) -> &'static str {
    match token {
        JsonToken::AfterFeature => "要素后的`,`或`]`",
        JsonToken::AfterMember => "成员后的`,`或`}`",
        JsonToken::AfterName => "成员名后的`:`",
        JsonToken::Name => "成员名",
        JsonToken::Value => "值",
    }
}

pub(super) fn geojson_expected(expected: GeoJsonExpected) -> &'static str {
    match expected {
        GeoJsonExpected::Object => "GeoJSON对象",
        GeoJsonExpected::FeatureOrGeometry => "Feature、几何，或含`features`的FeatureCollection",
        GeoJsonExpected::Collection => "包含`features`的FeatureCollection",
        GeoJsonExpected::SameCrs => "全文件一致的`crs`",
    }
}

pub(super) fn geojson_found(found: &GeoJsonFound) -> &str {
    match found {
        GeoJsonFound::Text(text) => text,
        GeoJsonFound::NoType => "没有`type`的对象",
        GeoJsonFound::Nothing => "无",
    }
}

pub(super) fn system_place(place: &SystemPlace) -> String {
    match place {
        SystemPlace::File => "文件名".to_owned(),
        SystemPlace::Sheet => "工作表名".to_owned(),
        SystemPlace::Column(name) => format!("列名`{name}`"),
        SystemPlace::Title => "标题".to_owned(),
    }
}

pub(super) fn axis(axis: CoordinateAxis) -> &'static str {
    match axis {
        CoordinateAxis::Longitude => "经度",
        CoordinateAxis::Latitude => "纬度",
    }
}

pub(super) fn crs(problem: &CrsProblem) -> Detail<'_> {
    let text = match problem {
        CrsProblem::Geocentric => "其坐标为地心空间直角坐标",
        CrsProblem::NotHorizontal => "它不是平面或经纬度坐标系",
        CrsProblem::NotMetres => "它不是以米为单位的平面坐标系",
        CrsProblem::WebMapOnly => "地图须采用投影坐标系，该坐标系仅用于网络地图",
        CrsProblem::OutsideArea => "有坐标无法换算",
        CrsProblem::NeedsProj => "需用PROJ换算，而本程序未编入PROJ（特性`proj`）",
        CrsProblem::Unknown => "PROJ无法识别",
        CrsProblem::NoOperation => "PROJ没有可用的转换方法",
        CrsProblem::NoInverse => "PROJ只能单向转换",
        CrsProblem::Library(message) => return Detail::Library(message),
    };
    Detail::Own(text.to_owned())
}

pub(super) fn query(problem: &QueryProblem) -> Detail<'_> {
    Detail::Own(match problem {
        QueryProblem::CoordinateArguments { usage, found } => {
            format!("{usage}的参数不能是({found})；应为数字（文本请用TRY_CAST(文本 AS DOUBLE)转换）和坐标系名称")
        }
        QueryProblem::ParcelArguments { usage, found } => {
            format!("{usage}的参数不能是({found})；应为WKB几何和坐标系名称")
        }
        QueryProblem::CrsNotLiteral { function } => {
            format!("{function}：坐标系须在查询中以文本直接写出，如'EPSG:4549'")
        }
        QueryProblem::Library(message) => return Detail::Library(message),
    })
}

#[cfg(test)]
mod tests {
    use crate::error::{Error, ErrorKind, FileKind, LibraryMessage};
    use crate::io::{self, Input, ReadOptions};
    use crate::messages::{Lang, error};

    #[test]
    fn a_library_is_quoted_as_such() {
        let problem = LibraryMessage::new("zip", "invalid Zip archive: no end").into();
        let damaged = Error::new(ErrorKind::Malformed { kind: FileKind::ZipArchive, problem }).in_file("a.zip");
        assert_eq!(
            error(&damaged, Lang::Zh),
            "a.zip：不是有效的zip压缩包（zip程序库信息：invalid Zip archive: no end）"
        );
    }

    #[test]
    fn an_error_in_chinese_has_no_english_prose() {
        for (name, bytes) in [
            ("a.zip", b"PK\x03\x04 no archive".as_slice()),
            ("a.xlsx", b"PK\x03\x04 no workbook"),
            ("a.gpkg", b"\x01\x02\x03"),
            ("a.gpkg", b"SQLite format 3\0 and no more of it"),
            ("a.fgb", b"\x01\x02\x03\x04\x05\x06\x07\x08\x09"),
            ("a.kml", b"<kml><Document><NetworkLink/></Document></kml>"),
            ("a.kml", b"<?xml version='1.0' encoding='klingon'?><kml/>"),
            ("a.kml", b"<kml><Document></kml>"),
            ("a.geojson", br#"{"type":"Feature","properties":{"a":nan},"geometry":null}"#),
            ("a.geojson", br#"{"type":"Feature",,}"#),
            ("a.geojson", b"{}"),
            ("a.geojson", b"{"),
            ("a.csv", b"a,b\n1,2\n"),
            ("a.csv", b"lon,longitude,lat\n1,2,3\n"),
            ("a.csv", b"lon,lat\n\"1,2\n"),
            ("a.txt", b"[attributes]\n@\n"),
            ("a.csv.gz", b"\x1f\x8b\x08\0 no stream"),
            ("a.parquet", b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"),
        ] {
            let opened = io::open(Input::bytes(name, bytes), &ReadOptions::default());
            let failed = opened.and_then(|mut rows| rows.next_batch()).map(|_| ()).unwrap_err();
            let text = error(&failed, Lang::Zh);
            // Messages of libraries are quoted in English.
            let own = text.split("程序库信息：").next().unwrap_or_default();
            let words = own.split_ascii_whitespace().filter(|word| word.len() > 1 && word.is_ascii());
            assert!(words.count() <= 2, "{text}");
        }
    }
}
