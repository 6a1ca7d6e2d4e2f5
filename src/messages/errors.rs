//! Errors and findings in both languages.

use std::io;

use crate::error::{
    BaseMapProblem, Error, ErrorKind, FeatureProblem, Hint, Location, PlanProblem, PropertyKind, RowProblem,
    ShapeProblem, Unsupported,
};
use crate::messages::details::{self, Detail};
use crate::messages::shift;
use crate::messages::{Lang, foreign};
use crate::plan::{Finding, Problem};
use crate::query::reason::{ReasonText, reason};

/// The message of an error in one line, with its location.
///
/// ```
/// use taizhou_corridor::error::{Error, ErrorKind};
/// use taizhou_corridor::messages::{Lang, error};
///
/// let empty = Error::new(ErrorKind::Empty).in_file("sites.csv");
/// assert_eq!(error(&empty, Lang::En), "sites.csv: it is empty");
/// assert_eq!(error(&empty, Lang::Zh), "sites.csv：文件为空");
/// ```
pub fn error(error: &Error, lang: Lang) -> String {
    match lang {
        Lang::En => match cause(error.kind()) {
            Some(cause) => format!("{error}: {}", io_en(cause)),
            None => error.to_string(),
        },
        Lang::Zh => {
            let location = place_zh(error.location());
            let kind = kind_zh(error.kind());
            if location.is_empty() { kind } else { format!("{location}：{kind}") }
        }
    }
}

/// The message of a finding in one line, without its location.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
/// use taizhou_corridor::messages::{Lang, finding};
///
/// let wrong = PLAN_GEOJSON.replace(r#""parent":"luqiao""#, r#""parent":"lucheng""#);
/// let outline = UncheckedPlan::read(wrong.as_bytes())?;
/// assert!(finding(&outline.findings()[0], Lang::En).contains("`lucheng`"));
/// assert_eq!(finding(&outline.findings()[0], Lang::Zh), "上级`lucheng`不是本规划中上一层级的要素");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn finding(finding: &Finding, lang: Lang) -> String {
    match (&finding.problem, lang) {
        (Problem::Shape(problem), Lang::En) => problem.to_string(),
        (Problem::Plan(problem), Lang::En) => problem.to_string(),
        (Problem::Shape(problem), Lang::Zh) => shape_zh(problem),
        (Problem::Plan(problem), Lang::Zh) => plan_zh(problem),
    }
}

/// The message of a finding in a file in one line, with its feature.
#[cfg(feature = "cli")]
pub(crate) fn finding_in_file(file: &str, about: &Finding, lang: Lang) -> String {
    let location = Location { file: Some(file.to_owned()), feature: about.feature.clone(), ..Location::default() };
    match lang {
        Lang::En => format!("{location}: {}", finding(about, lang)),
        Lang::Zh => format!("{}：{}", place_zh(&location), finding(about, lang)),
    }
}

/// The message of the problem of a row.
pub(super) fn problem(problem: &RowProblem, lang: Lang) -> String {
    match lang {
        Lang::En => problem.to_string(),
        Lang::Zh => row_zh(problem),
    }
}

/// The Chinese text of the column `reason`, after the code.
fn reason_zh(problem: &RowProblem, is_repaired: bool) -> String {
    format!("{}{}：{}", if is_repaired { "已修复：" } else { "" }, problem.code(), row_zh(problem))
}

impl Lang {
    /// The text of the column `reason` for people. In machine output it is English in every language.
    ///
    /// ```
    /// use taizhou_corridor::error::RowProblem;
    /// use taizhou_corridor::messages::Lang;
    ///
    /// let reason = Lang::Zh.reason_text();
    /// assert_eq!(reason(&RowProblem::NullGeometry, false), "null-geometry：几何为空");
    /// ```
    pub fn reason_text(self) -> ReasonText {
        match self {
            Lang::En => reason,
            Lang::Zh => reason_zh,
        }
    }
}

fn place_zh(location: &Location) -> String {
    let parts = [
        location.file.clone(),
        location.line.map(|line| format!("第{line}行")),
        location.row.map(|row| format!("第{row}条记录")),
        location.feature.as_ref().map(|id| format!("要素`{id}`")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("，")
}

fn list_zh(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join("、");
    if names.len() > SHOWN {
        text.push_str(&format!("等{}个", names.len()));
    }
    text
}

fn layers_zh(layers: &[String], hidden: &[String]) -> String {
    match hidden {
        [] => list_zh(layers),
        hidden => format!("{}（其中隐藏：{}）", list_zh(layers), list_zh(hidden)),
    }
}

fn kind_zh(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::Open(error) => format!("无法打开：{}", io_zh(error)),
        ErrorKind::Read(error) => format!("无法读取：{}", io_zh(error)),
        ErrorKind::ModifiedDuringRead => "读取过程中文件被改动".to_owned(),
        ErrorKind::Write(error) => format!("无法写入：{}", io_zh(error)),
        ErrorKind::OpenElsewhere => "文件正被其他程序打开".to_owned(),
        ErrorKind::AlreadyExists => "文件已存在".to_owned(),
        ErrorKind::Empty => "文件为空".to_owned(),
        ErrorKind::NoHeader => "首行为空，应为列名".to_owned(),
        ErrorKind::SystemNotGiven { word, place, crs } => {
            format!("{}含`{word}`，坐标可能为{crs}，而未指定坐标系", details::system_place(place))
        }
        ErrorKind::NoHeaderAt { row } => format!("第{row}行没有列名"),
        ErrorKind::NoParcels => "其中没有地块".to_owned(),
        ErrorKind::NotText { encoding } => format!("不是{encoding}文本"),
        ErrorKind::Truncated(part) => format!("文件在{}中间结束，已被截断", details::part(*part)),
        ErrorKind::Json(problem) => format!("不是JSON{}", details::json(problem)),
        ErrorKind::NotGeoJson { expected, found } => {
            format!("应为{}，实为{}", details::geojson_expected(*expected), details::geojson_found(found))
        }
        ErrorKind::TooManyFields { limit } => format!("一条记录有{limit}个以上字段，超过读取上限"),
        ErrorKind::TooLong { limit_bytes } => format!("单个值超过{limit_bytes}字节的读取上限"),
        ErrorKind::Malformed { kind, problem } => {
            format!("不是有效的{}{}", details::file_kind(*kind), details::file(problem))
        }
        ErrorKind::Unsupported(unsupported) => match unsupported {
            Unsupported::GeometryEncoding(name) => format!("几何编码为`{name}`，不支持读取"),
            Unsupported::Compression(name) => format!("压缩方式为{name}，不支持读取"),
            Unsupported::Links => "没有地标（Placemark），只有指向其他文件的链接（NetworkLink），不支持读取".to_owned(),
            Unsupported::CompressedLayer(name) => format!("图层`{name}`已压缩（CDF/SDC），不支持读取"),
            Unsupported::Encryption => "文件已加密，不支持读取".to_owned(),
            Unsupported::ColumnEncoding(name) => format!("使用了不支持读取的编码{name}"),
            Unsupported::Library(message) => format!("使用了不支持读取的特性{}", Detail::Library(message)),
        },
        ErrorKind::Foreign { format, member: None } => format!("这是{}，不支持读取", foreign::chinese(*format)),
        ErrorKind::Foreign { format, member: Some(member) } => {
            format!("压缩包中没有表格，只有`{member}`：{}，不支持读取", foreign::chinese(*format))
        }
        ErrorKind::MissingPart { part } => format!("缺少配套文件`{part}`"),
        ErrorKind::DecompressionBomb { limit_bytes } => format!("解压后超过{limit_bytes}字节，远超此类文件应有的大小"),
        ErrorKind::MixedGeometry { format, first, found } => {
            format!("{format}只能保存一种几何：首个为{first}，此处为{found}")
        }
        ErrorKind::UnsupportedGeometry { format, found } => format!("{format}不能保存{found}"),
        ErrorKind::NeedsFile { format } => format!("{format}只能写入文件"),
        ErrorKind::BinaryToTerminal { format } => format!("{format}为二进制格式，不能输出到终端"),
        ErrorKind::NeedsPath { format } => format!("{format}由多个文件组成，须按文件名读取"),
        ErrorKind::NeedsEnding { format, ending } => format!("{format}的文件名须以.{ending}结尾"),
        ErrorKind::TooLarge { format, limit_bytes } => format!("{format}最多{limit_bytes}字节，数据超出"),
        ErrorKind::CellTooLong { limit } => format!("工作簿单元格最多{limit}个字符，此单元格内容超出"),
        ErrorKind::NoTableInArchive => "压缩包中没有表格".to_owned(),
        ErrorKind::PasswordProtected => "有密码保护".to_owned(),
        ErrorKind::NotBuilt { format, .. } => format!("本程序未编入{format}"),
        ErrorKind::ReadOnlyFormat { format } => format!("{format}只能读取，不能写出"),
        ErrorKind::SeveralLayers { layers, hidden } => format!("有多个图层：{}", layers_zh(layers, hidden)),
        ErrorKind::UnknownLayer { name, layers, hidden } => {
            format!("没有图层`{name}`，现有：{}", layers_zh(layers, hidden))
        }
        ErrorKind::NoLayer => "没有含几何的图层，也没有含坐标列的表".to_owned(),
        ErrorKind::TooManyRows { limit } => format!("工作表最多{limit}行，数据超出"),
        ErrorKind::SheetTooLarge { limit_cells } => {
            format!("工作表首末单元格之间超过{limit_cells}个单元格")
        }
        ErrorKind::NoCoordinateColumns { columns } => format!("未找到坐标列，现有列：{}", list_zh(columns)),
        ErrorKind::AmbiguousColumns { axis, columns } => {
            format!("有多列可能为{}：{}", details::axis(*axis), list_zh(columns))
        }
        ErrorKind::AmbiguousGeometry { candidates } => format!("有多列可作几何：{}", candidates.join(" / ")),
        ErrorKind::NoUnit { column } => format!("`{column}`列未注明面积单位"),
        ErrorKind::SameOutput(name) => format!("结果和报告均指定为`{name}`"),
        ErrorKind::UnknownReportFormat(name) => format!("无法由扩展名判断报告`{name}`的形式"),
        ErrorKind::UnknownPlanFormat(name) => format!("无法由扩展名判断规划`{name}`的格式"),
        ErrorKind::UnknownMapFormat(name) => format!("无法由扩展名判断地图`{name}`的形式"),
        ErrorKind::NoFont => "未安装字体，无法绘制文字".to_owned(),
        ErrorKind::UnknownColumn { name, columns } => format!("没有`{name}`列，现有列：{}", list_zh(columns)),
        ErrorKind::UnknownFormat(name) => format!("无法由扩展名判断`{name}`的格式"),
        ErrorKind::BadPosition(text) => format!("`{text}`不是坐标，应如121.42,28.65"),
        ErrorKind::NoZoom { min_zoom, max_zoom } => format!("没有{min_zoom}至{max_zoom}级"),
        ErrorKind::TooManyTiles { max_zoom, limit } => format!("到{max_zoom}级的瓦片将超过{limit}个"),
        ErrorKind::OptionMismatch { option, format } => format!("{option}不适用于{format}格式"),
        ErrorKind::NoAnswerColumns { format } => format!("{format}的字段固定，不能保存结果列"),
        ErrorKind::UnknownSetting { key, known } => format!("没有设置项`{key}`，可选：{}", known.join("、")),
        ErrorKind::BadSetting { key } => format!("`{key}`的值不是文本或数字"),
        ErrorKind::BadToml(_) => "TOML语法错误".to_owned(),
        ErrorKind::AmbiguousId { text, candidates } => format!("`{text}`对应多个要素：{}", list_zh(candidates)),
        ErrorKind::UnknownId { id, known } => format!("规划中没有要素`{id}`，现有：{}", list_zh(known)),
        ErrorKind::UnknownLayerName { name, known } => format!("没有名为`{name}`的图层，现有：{}", list_zh(known)),
        ErrorKind::DuplicateLayerName(name) => format!("有两个图层名为`{name}`"),
        ErrorKind::OffsetTooLarge { max_metres } => format!("退线或外扩的距离最大为{}公里", max_metres / 1000.0),
        ErrorKind::NothingLeft { metres } => format!("退线后没有剩余范围：各范围的宽度均不足{metres}米的两倍"),
        ErrorKind::Query(problem) => format!("无法执行该查询{}", details::query(problem)),
        ErrorKind::TableNotFound { name, exists: true } => format!("`{name}`不能作为表查询"),
        ErrorKind::TableNotFound { name, exists: false } => format!("没有可供查询的文件`{name}`"),
        ErrorKind::SchemaMismatch { first } => format!("其列或列序与`{first}`不同"),
        ErrorKind::NestedColumn(name) => format!("CSV无法存放`{name}`列中的列表或结构"),
        ErrorKind::UnknownResultFormat(name) => format!("无法由扩展名判断结果`{name}`的形式"),
        ErrorKind::Engine(message) => format!("查询未能完成{}", Detail::Library(message)),
        ErrorKind::EmptySelection => "规划中没有符合所选层级和id的要素".to_owned(),
        ErrorKind::Crs { crs, problem } => format!("无法使用坐标系{crs}{}", details::crs(problem)),
        ErrorKind::NoSuchCrs { crs, similar: None } => format!("没有坐标系`{crs}`"),
        ErrorKind::NoSuchCrs { crs, similar: Some(similar) } => format!("没有坐标系`{crs}`，是否为{similar}？"),
        ErrorKind::DatumShift(problem) => shift::problem(problem),
        ErrorKind::ShiftNotApplicable { shift, crs } => format!("转换参数{shift}不适用于{crs}"),
        ErrorKind::OtherDatum { crs, datum } => {
            let datum = shift::datum(datum);
            let datum = if datum == crs { String::new() } else { format!("的大地基准为{datum}，") };
            format!("{crs}{datum}与CGCS2000、WGS 84之间没有精确的转换关系")
        }
        ErrorKind::NotSurveyTxt { text } => format!("既不是地块行，也不是界址点行：{text}"),
        ErrorKind::UnknownCrs { declared } => format!("文件声明的坐标系无法识别：{declared}"),
        ErrorKind::NoGaussKruegerZone => "表头和坐标均未注明高斯—克吕格带号".to_owned(),
        ErrorKind::NotGaussKrueger { format, crs } => format!("{format}只能是高斯—克吕格坐标，不能是{crs}"),
        ErrorKind::LonLatOnly { format, crs } => format!("{format}只能是经纬度，不能是{crs}"),
        ErrorKind::CrsConflict { declared, given } => format!("文件声明为{declared}，而指定为{given}"),
        ErrorKind::Rounding { decimals, problem } => {
            format!("坐标保留{decimals}位小数后图形不再有效：{}", shape_zh(problem))
        }
        ErrorKind::BaseMap { template, problem } => format!("底图`{template}`不可用：{}", base_map_zh(problem)),
        ErrorKind::Row(problem) => row_zh(problem),
        ErrorKind::Shape(problem) => shape_zh(problem),
        ErrorKind::Plan(problem) => plan_zh(problem),
    }
}

/// The I/O error that caused an error.
fn cause(kind: &ErrorKind) -> Option<&io::Error> {
    match kind {
        ErrorKind::Open(error) | ErrorKind::Read(error) | ErrorKind::Write(error) => Some(error),
        _ => None,
    }
}

/// The message of an I/O error without its code. Windows has other words than Unix, in the language of the system.
fn io_en(error: &io::Error) -> String {
    use io::ErrorKind as Io;
    let text = error.to_string();
    let Some(code) = error.raw_os_error() else { return text.to_lowercase() };
    match error.kind() {
        Io::NotFound => "no such file or directory".to_owned(),
        Io::PermissionDenied => "permission denied".to_owned(),
        Io::StorageFull => "no space left on device".to_owned(),
        _ if cfg!(windows) => format!("system error {code}"),
        _ => text.split(" (os error").next().unwrap_or(&text).to_lowercase(),
    }
}

fn io_zh(error: &io::Error) -> String {
    use io::ErrorKind as Io;
    match error.kind() {
        Io::NotFound => "文件或目录不存在".to_owned(),
        Io::PermissionDenied => "没有权限".to_owned(),
        Io::IsADirectory => "这是一个目录".to_owned(),
        Io::StorageFull => "磁盘已满".to_owned(),
        Io::ReadOnlyFilesystem => "文件系统只读".to_owned(),
        _ => error.raw_os_error().map_or_else(|| "输入输出错误".to_owned(), |code| format!("系统错误{code}")),
    }
}

fn hint_zh(hint: Hint) -> String {
    match hint {
        Hint::None => String::new(),
        Hint::Swapped => "；经纬度似乎颠倒".to_owned(),
        Hint::Projected => "；似为投影坐标（米），不是度".to_owned(),
        Hint::GaussKrueger(zone) => {
            let code = hint.epsg().map_or(String::new(), |code| format!("，CGCS2000下为EPSG:{code}"));
            format!("；似为高斯-克吕格{zone}带坐标（米）{code}")
        }
    }
}

fn base_map_zh(problem: &BaseMapProblem) -> String {
    match problem {
        BaseMapProblem::NotHttp => "不以http://或https://开头".to_owned(),
        BaseMapProblem::BadHost => "主机名应为普通名称，可带端口".to_owned(),
        BaseMapProblem::BadCharacter(c) => format!("含有网址不允许的字符{c:?}"),
        BaseMapProblem::Missing(name) => format!("缺少瓦片编号占位符{name}"),
        BaseMapProblem::Unknown(name) => format!("未知的占位符{{{name}}}"),
        BaseMapProblem::System(crs) => format!("{crs}瓦片与所用的Web墨卡托网格不一致"),
    }
}

fn row_zh(problem: &RowProblem) -> String {
    match problem {
        RowProblem::MissingCoordinate { field } => format!("`{field}`为空"),
        RowProblem::NoStoredValue { field, cell } => {
            format!("`{field}`是公式，单元格{cell}中没有存储计算结果")
        }
        RowProblem::NotANumber { field, text } => format!("`{field}`不是数字：`{text}`"),
        RowProblem::NotAPair { field, text } => format!("`{field}`不是一对坐标：`{text}`"),
        RowProblem::TotalRow { text } => format!("合计行，不是记录：`{text}`"),
        RowProblem::NoteRow { text } => format!("注释行，不是记录：`{text}`"),
        RowProblem::NotFinite { field, text } => format!("`{field}`不是有限数：`{text}`"),
        RowProblem::LongitudeRange { value, hint } => format!("经度{value}超出-180..180度{}", hint_zh(*hint)),
        RowProblem::LatitudeRange { value, hint } => format!("纬度{value}超出-90..90度{}", hint_zh(*hint)),
        RowProblem::NotGaussKrueger { first, second } => format!("{first}, {second}不是以米为单位的东、北坐标"),
        RowProblem::OtherAxisOrder { first, second } => format!("{first}, {second}的坐标顺序与指定的或首行的不同"),
        RowProblem::OtherGaussKruegerZone { easting, found, expected } => {
            format!("东坐标{easting}带号为{found}，应为{expected}")
        }
        RowProblem::OutsideCrsArea { x, y, crs } => format!("{x}, {y}不在{crs}的适用范围内"),
        RowProblem::NullGeometry => "几何为空".to_owned(),
        RowProblem::NotAPoint { found } => {
            let advice = if found.ends_with("Polygon") { "；地块请用overlay" } else { "" };
            format!("应为点，实为{}{advice}", geometry_zh(found))
        }
        RowProblem::NotAParcel { found } => {
            let advice = if found.ends_with("Point") { "；点位请用locate" } else { "" };
            format!("应为面，实为{}{advice}", geometry_zh(found))
        }
        RowProblem::BadGeometry(problem) => format!("几何无法读取：{}", details::geometry(problem)),
        RowProblem::UnsupportedGeometry { kind } => {
            format!("不支持几何类型{kind}，仅支持点、线、面（可含圆弧）")
        }
        RowProblem::OtherCrs { found, expected } => format!("几何的坐标系为{found}，表的坐标系为{expected}"),
        RowProblem::OtherDatum { found } => format!("几何的坐标系为{found}，其基准与CGCS2000、WGS 84之间无精确转换"),
        RowProblem::Shape(problem) => shape_zh(problem),
        RowProblem::NotRepairable(problem) => format!("无法修复：{}", row_zh(problem)),
        RowProblem::NotAFeature(flaw) => {
            let flaw = match flaw {
                FeatureProblem::NotAnObject(found) => format!("实为{found}"),
                FeatureProblem::NoType => "没有`type`".to_owned(),
                FeatureProblem::Type(found) => format!("其`type`为{found}"),
                FeatureProblem::Properties => "其`properties`不是对象".to_owned(),
                FeatureProblem::Geometry => "其`geometry`不是几何".to_owned(),
                FeatureProblem::Coordinates(found) => format!("其坐标为{found}"),
            };
            format!("不是GeoJSON要素：{flaw}")
        }
        RowProblem::FieldCount { found, expected, extra } => {
            let extra = if extra.is_empty() { String::new() } else { format!("；多出：{}", extra.join(" | ")) };
            format!("有{found}个字段，表头为{expected}个{extra}")
        }
        RowProblem::BadUncertainty { field, text } => format!("`{field}`不是以米为单位的点位精度：`{text}`"),
    }
}

/// A geometry type, with its English name.
fn geometry_zh(found: &str) -> String {
    let kind = match found {
        "Point" => "点",
        "MultiPoint" => "多点",
        "LineString" => "线",
        "MultiLineString" => "多线",
        "Polygon" => "面",
        "MultiPolygon" => "多面",
        "GeometryCollection" => "几何集合",
        other => return other.to_owned(),
    };
    format!("{kind}（{found}）")
}

fn shape_zh(problem: &ShapeProblem) -> String {
    match problem {
        ShapeProblem::Missing => "没有几何".to_owned(),
        ShapeProblem::NotPolygon { found } => format!("应为面，实为{}", geometry_zh(found)),
        ShapeProblem::ShortPosition => "坐标不足两个数".to_owned(),
        ShapeProblem::TooFewPoints { count } => format!("环只有{count}个不同的点，至少需要3个"),
        ShapeProblem::NoArea => "环不围成面积：各点共线".to_owned(),
        ShapeProblem::NotClosed => "环未闭合".to_owned(),
        ShapeProblem::NotFinite => "坐标不是有限数".to_owned(),
        ShapeProblem::OutOfRange { lon, lat, hint } => {
            format!("位置{lon}, {lat}超出-180..180, -90..90度{}", hint_zh(*hint))
        }
        ShapeProblem::SelfCrossing => "环自相交或自相接".to_owned(),
        ShapeProblem::RingsCross => "两个环相交或共边".to_owned(),
        ShapeProblem::HoleOutside => "内环位于外环之外或另一内环之内".to_owned(),
        ShapeProblem::InteriorCut => "环相接使内部被分割".to_owned(),
        ShapeProblem::PartsOverlap => "两个部分重叠或共边".to_owned(),
        ShapeProblem::RepeatedPoint => "环有重复点".to_owned(),
        ShapeProblem::Winding => "外环为顺时针或内环为逆时针".to_owned(),
        ShapeProblem::LongEdge => "边的经度跨度超过180度；跨180°经线的面须在该处分割".to_owned(),
    }
}

fn plan_zh(problem: &PlanProblem) -> String {
    match problem {
        PlanProblem::NotACollection { found } => {
            format!("应为GeoJSON要素集合，实为{}", details::geojson_found(found))
        }
        PlanProblem::NoFeature => "没有要素".to_owned(),
        PlanProblem::CrsMember { found } => {
            format!("`crs`成员声明为{found}；GeoJSON坐标应为WGS 84经纬度（RFC 7946第4节）")
        }
        PlanProblem::NotAFeature(message) => format!("不是GeoJSON要素{}", Detail::Library(message)),
        PlanProblem::MissingId { count: 1 } => "要素没有`id`".to_owned(),
        PlanProblem::MissingId { count } => format!("共{count}个要素没有`id`，首个在此"),
        PlanProblem::Row(found) => row_zh(found),
        PlanProblem::DuplicateId => "id重复".to_owned(),
        PlanProblem::MissingProperty { name } => format!("缺少属性`{name}`"),
        PlanProblem::BadProperty { name, expected, found } => {
            let expected = match expected {
                PropertyKind::Text => "文本",
                PropertyKind::TextList => "文本列表",
                PropertyKind::Authority => "indicative或official",
                PropertyKind::Level => "corridor、core、zone或cluster",
                PropertyKind::Metres => "不小于0的米数",
                PropertyKind::SquareKilometres => "大于0的平方公里数",
                PropertyKind::Area => "大于0的数",
            };
            format!("属性`{name}`应为{expected}，实为{found}")
        }
        PlanProblem::UnknownParent { parent } => format!("上级`{parent}`不是本规划中上一层级的要素"),
        PlanProblem::Roots { count } => format!("规划应有一个corridor层级的要素，现有{count}个"),
        PlanProblem::LevelsIgnored { unknown, roots } if unknown.is_empty() => {
            format!("按无层级图层读取：corridor层级的要素应有1个，现有{roots}个；可用corridor plan new制作规划")
        }
        PlanProblem::LevelsIgnored { unknown, .. } => {
            let names = unknown.iter().map(|name| if name.is_empty() { "（空）" } else { name });
            format!("按无层级图层读取：无法识别的层级{}", names.collect::<Vec<_>>().join("、"))
        }
        PlanProblem::PartlyInside { other, share } => {
            format!("{:.1}%的面积位于`{other}`之内：既不在其内，也不在其外", share * 100.0)
        }
        PlanProblem::SameExtent { other } => format!("与`{other}`范围相同"),
        PlanProblem::TooDeep { parent } => format!("位于组团`{parent}`之内，而组团之下没有层级"),
        PlanProblem::OutsideParent { parent, area_m2 } => format!("有{area_m2:.0}平方米位于上级`{parent}`之外"),
        PlanProblem::Overlap { other, area_m2 } => format!("与`{other}`重叠{area_m2:.0}平方米"),
        PlanProblem::Gap { area_m2 } => format!("走廊有{area_m2:.0}平方米不属于核或任何片区"),
        PlanProblem::Arcs { count } => format!("{count}个要素的圆弧以折线代替，偏差不超过1毫米"),
        PlanProblem::EmptyMembers { count } => format!("{count}个要素的空成员已略去"),
        PlanProblem::AreaOff { computed_km2, published_km2, difference_ppm } => {
            format!("面积{computed_km2:.4}平方公里，公布{published_km2}平方公里（{difference_ppm:+.0} ppm）")
        }
    }
}
