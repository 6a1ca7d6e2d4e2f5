//! Errors and findings in both languages.

use std::io;

use crate::error::{BaseMapProblem, Error, ErrorKind, Location, RowProblem, Unsupported};
use crate::messages::details::{self, Detail};
use crate::messages::problems::{coverage_zh, plan_zh, row_zh, shape_zh};
use crate::messages::{Lang, adjustment, foreign, shift};
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
        (Problem::Coverage(problem), Lang::En) => problem.to_string(),
        (Problem::Coverage(problem), Lang::Zh) => coverage_zh(problem),
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
pub(crate) fn problem(problem: &RowProblem, lang: Lang) -> String {
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
        ErrorKind::NotBuilt { feature: "tool", .. } => "本程序未编入查询网页".to_owned(),
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
        ErrorKind::OneFileOnly { option } => format!("{option}只能处理一个文件，不能是多个文件或标准输入"),
        ErrorKind::SameOutput(name) => format!("两项输出均指定为`{name}`"),
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
        ErrorKind::Adjustment(problem) => adjustment::problem(problem),
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
        ErrorKind::NotAPlane { crs } => {
            format!("界址点须为投影平面坐标：{crs}不是投影坐标系，且该处不在中国的高斯-克吕格投影带内")
        }
        ErrorKind::TooManyBoundaryPoints { parcels, corners } => {
            format!("界址点成果表工作簿最多容纳{parcels}宗地、{corners}个界址点，数据超出")
        }
        ErrorKind::UnknownBoundaryFormat(name) => format!("无法由扩展名判断界址点成果表`{name}`的格式"),
        ErrorKind::NoSystem { format, code: None } => format!("{}未注明坐标系", format.to_uppercase()),
        ErrorKind::NoSystem { format, code: Some(code) } => {
            format!("{}未注明坐标系；其东坐标带号与EPSG:{code}一致", format.to_uppercase())
        }
        ErrorKind::PlaneOnly { format, crs } => format!("{format}只能是平面坐标，{crs}以度为单位"),
        ErrorKind::LonLatOnly { format, crs } => format!("{format}只能是经纬度，不能是{crs}"),
        ErrorKind::CrsConflict { declared, given } => format!("文件声明为{declared}，而指定为{given}"),
        ErrorKind::DifferentSystems { crs, other_file, other_crs } => {
            format!("坐标系为{crs}，而{other_file}为{other_crs}：一并检查的要素须在同一平面内")
        }
        ErrorKind::Rounding { decimals, problem } => {
            format!("坐标保留{decimals}位小数后图形不再有效：{}", shape_zh(problem))
        }
        ErrorKind::BaseMap { template, problem } => format!("底图`{template}`不可用：{}", base_map_zh(problem)),
        ErrorKind::Row(problem) => row_zh(problem),
        ErrorKind::Shape(problem) => shape_zh(problem),
        ErrorKind::Plan(problem) => plan_zh(problem),
        ErrorKind::Coverage(problem) => coverage_zh(problem),
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
