//! Errors and findings in both languages, and what to do about them.

use std::borrow::Cow;

use crate::error::{
    BaseMapProblem, Error, ErrorKind, FeatureProblem, Hint, Location, PlanProblem, RowProblem, ShapeProblem,
    Unsupported,
};
use crate::plan::{Finding, Problem};
use crate::report::lang::details::in_chinese;
use crate::report::lang::{Lang, foreign};

/// An error in a line: where and what.
///
/// ```
/// use taizhou_corridor::error::{Error, ErrorKind};
/// use taizhou_corridor::report::lang::{Lang, error};
///
/// let empty = Error::new(ErrorKind::Empty).in_file("sites.csv");
/// assert_eq!(error(&empty, Lang::En), "sites.csv: it is empty");
/// assert_eq!(error(&empty, Lang::Zh), "sites.csv：文件为空");
/// ```
pub fn error(error: &Error, lang: Lang) -> String {
    match lang {
        Lang::En => error.to_string(),
        Lang::Zh => {
            let place = place_zh(error.location());
            let kind = kind_zh(error.kind());
            if place.is_empty() { kind } else { format!("{place}：{kind}") }
        }
    }
}

/// What to do about an error, where there is something to be said.
///
/// ```
/// use taizhou_corridor::error::{Error, ErrorKind};
/// use taizhou_corridor::report::lang::{Lang, advice};
///
/// assert!(advice(&Error::new(ErrorKind::AlreadyExists), Lang::En).unwrap().contains("--overwrite"));
/// ```
pub fn advice(error: &Error, lang: Lang) -> Option<&'static str> {
    let (en, zh) = match error.kind() {
        ErrorKind::Open(error) if error.kind() == std::io::ErrorKind::NotFound => {
            ("check the name and the folder", "请检查文件名和所在目录")
        }
        ErrorKind::AlreadyExists => {
            ("add --overwrite to replace it, or name another file", "如需替换请加--overwrite，或另指定文件")
        }
        ErrorKind::Empty => ("a table needs a header, GeoJSON a feature", "表格须有表头，GeoJSON须有要素"),
        ErrorKind::NoHeader => (
            "put the names of the columns into the first row, and delete what stands above them",
            "请将列名放在首行，并删去其上的行",
        ),
        ErrorKind::NoParcels => (
            "a parcel is a line of its fields that ends in @, and the lines of its corners: label, ring, northing, easting",
            "每个地块为一行以@结尾的属性，其后为界址点各行：点号、圈号、北坐标、东坐标",
        ),
        ErrorKind::NotText { .. } => (
            "name its encoding with --input-encoding, such as utf-8, gb18030, big5 or windows-1252, or save it as UTF-8",
            "请用--input-encoding指定编码，如utf-8、gb18030、big5、windows-1252，或另存为UTF-8",
        ),
        ErrorKind::Truncated(_) => {
            ("it was cut off when it was written or copied; get it again", "文件在写入或复制时被截断，请重新获取")
        }
        ErrorKind::Json(_) => ("fix the file there", "请修正文件的该处"),
        ErrorKind::NotGeoJson { .. } => (
            "GeoJSON is a FeatureCollection, a Feature or a geometry, or one of these a line",
            "GeoJSON应为要素集合、单个要素或几何，或每行一个",
        ),
        ErrorKind::NoCoordinateColumns { .. } => (
            "name them: --lon-field COLUMN --lat-field COLUMN, or --wkt-field COLUMN for geometries; recognised automatically: lon, lng, long, longitude, 经度, x, east, easting and lat, latitude, 纬度, y, north, northing; for geometries wkt, geometry, geom, which an outline needs",
            "请用--lon-field和--lat-field指定，几何列请用--wkt-field；可自动识别：lon、lng、long、longitude、经度、x、east、easting，lat、latitude、纬度、y、north、northing；几何列：wkt、geometry、geom（范围线文件须用此类列名）",
        ),
        ErrorKind::AmbiguousColumns { .. } => {
            ("name them: --lon-field COLUMN --lat-field COLUMN", "请用--lon-field和--lat-field指定")
        }
        ErrorKind::AmbiguousPlaces { .. } => (
            "name one: --lon-field COLUMN --lat-field COLUMN, or --wkt-field COLUMN; in an outline, rename the others",
            "请用--lon-field和--lat-field，或用--wkt-field，指定其一；范围线文件请将其余列改名",
        ),
        ErrorKind::Malformed { what: "Excel workbook", .. } => {
            ("open it in Excel and save it as .xlsx again", "请用Excel打开并另存为.xlsx")
        }
        ErrorKind::Malformed { .. } => {
            ("get it again, or write it again with the program it is from", "请重新获取，或用原软件重新保存")
        }
        ErrorKind::Foreign { format, .. } => foreign::advice(*format),
        ErrorKind::Unsupported(Unsupported::GeometryEncoding(_)) => (
            "write it with geometries as WKB (in GeoPandas: to_parquet with geometry_encoding=\"WKB\"), or as GeoPackage",
            "请改以WKB编码几何重新写出（GeoPandas：to_parquet并设geometry_encoding=\"WKB\"），或改存为GeoPackage",
        ),
        ErrorKind::Unsupported(Unsupported::Links) => (
            "open it in Google Earth, and save the folder that is linked as .kmz",
            "请用Google Earth打开，将所链接的文件夹另存为.kmz",
        ),
        ErrorKind::Unsupported(Unsupported::Encryption) => ("save it without encryption", "请以不加密方式重新保存"),
        ErrorKind::Unsupported(_) => (
            "write it again without that, such as with the compression zstd or snappy and default encodings",
            "请改用其他方式重新写出，如zstd或snappy压缩、默认编码",
        ),
        ErrorKind::MissingPart { .. } => ("copy it beside the other parts", "请将其复制到其他配套文件旁"),
        ErrorKind::MixedGeometry { .. } | ErrorKind::UnsupportedGeometry { .. } => {
            ("write .gpkg or .geojson, which hold all kinds", "请改写为.gpkg或.geojson，可保存各种几何")
        }
        ErrorKind::NotBuilt { .. } => (
            "build it with the feature of that name, or with all default features",
            "请启用相应特性或全部默认特性重新编译",
        ),
        ErrorKind::NeedsFile { .. } => ("name one with -o", "请用-o指定"),
        ErrorKind::BinaryToTerminal { .. } => (
            "write it to a file with -o FILE, or as text with -f csv, geojson or text where the command has them",
            "请用-o写入文件，或用-f csv、geojson、text（视命令而定）以文本输出",
        ),
        ErrorKind::NeedsPath { .. } => {
            ("give its name, or pack all of its files into one .zip", "请给出文件名，或将全部配套文件打包为一个.zip")
        }
        ErrorKind::TooLarge { .. } => ("write .gpkg or .csv instead", "请改写为.gpkg或.csv"),
        ErrorKind::CellTooLong { .. } => (
            "write .gpkg or .csv instead; geometries get shorter with fewer decimals (--precision)",
            "请改写为.gpkg或.csv；几何也可用--precision减少小数位以缩短",
        ),
        ErrorKind::NoTableInArchive => (
            "pack a table in it: .csv, .xlsx, .geojson, .gpkg, .shp with its companions, .fgb, .parquet, .kml or .txt",
            "请将表格打包其中：.csv、.xlsx、.geojson、.gpkg、.shp及其配套文件、.fgb、.parquet、.kml、.txt",
        ),
        ErrorKind::PasswordProtected => ("save or unpack it without the password first", "请先解除密码另存，或先解压"),
        ErrorKind::UnknownCrs { .. } => (
            "if you know it, name it with --crs: a code, or its definition (@FILE.prj); coordinates of a local system are transformed to CGCS2000 first, with local parameters",
            "如已知坐标系，请用--crs指定代码或定义（@文件.prj）；地方坐标系请先用当地参数转换到CGCS2000",
        ),
        ErrorKind::OtherDatum { .. } if error.location().file.is_none() => {
            ("transform the coordinates to CGCS2000 with local parameters first", "请先用当地参数将坐标转换到CGCS2000")
        }
        ErrorKind::OtherDatum { .. } => (
            "transform the coordinates to CGCS2000 with local parameters first; if the file declares it wrongly, name the right system with --override-crs (of a plan --override-plan-crs)",
            "请先用当地参数将坐标转换到CGCS2000；若文件的声明有误，请用--override-crs指定正确的坐标系（规划用--override-plan-crs）",
        ),
        ErrorKind::NoSuchCrs { .. } => (
            "a system is WGS84, CGCS2000, GCJ02, BD09, a code of EPSG, a name that ArcGIS has for it, or a definition",
            "坐标系可为WGS84、CGCS2000、GCJ02、BD09、EPSG代码、ArcGIS中的名称或定义文本",
        ),
        ErrorKind::NotSurveyTxt { .. } => (
            "a parcel is 界址点数,面积,编号,名称,图形属性,图幅号,用途,地类编码,@ and a corner label,ring,northing,easting: other layouts are not read, export the parcels as a shapefile",
            "地块行应为“界址点数,面积,编号,名称,图形属性,图幅号,用途,地类编码,@”，界址点行应为“点号,圈号,纵坐标,横坐标”；其他版式不能读取，请改为导出Shapefile",
        ),
        ErrorKind::NoGaussKruegerZone => (
            "name it with --crs: EPSG:4549 is zone 40, EPSG:4550 zone 41",
            "请用--crs指定：EPSG:4549为40带，EPSG:4550为41带",
        ),
        ErrorKind::NotGaussKrueger { .. } => (
            "name a zone with --to-crs: EPSG:4528 is zone 40, EPSG:4529 zone 41",
            "请用--to-crs指定：EPSG:4528为40带，EPSG:4529为41带",
        ),
        ErrorKind::LonLatOnly { .. } => {
            ("write .gpkg, .shp or .csv, which hold any system", "请改写为.gpkg、.shp或.csv，可保存任意坐标系")
        }
        ErrorKind::SeveralLayers { .. } => ("name one with --layer", "请用--layer指定"),
        ErrorKind::UnknownLayer { .. } => ("choose one of these", "请从中选择"),
        ErrorKind::TooManyRows { .. } => ("write .csv instead", "请改写为.csv"),
        ErrorKind::UnknownColumn { .. } => {
            ("check the spelling; names are case-sensitive", "请检查拼写，列名区分大小写")
        }
        ErrorKind::NoUnit { .. } => ("add --stated-unit: m2, ha, mu or km2", "请用--stated-unit指定：m2、ha、mu、km2"),
        ErrorKind::UnknownReportFormat(_) => ("end its name in .xlsx, .html or .md", "请使用.xlsx、.html、.md扩展名"),
        ErrorKind::UnknownMapFormat(_) => ("end its name in .html, .svg or .png", "请使用.html、.svg、.png扩展名"),
        ErrorKind::NoFont => (
            "install one, such as Noto Sans CJK, or write .svg, which is drawn with the viewer's fonts",
            "请安装字体（如Noto Sans CJK），或改写为.svg，由查看软件的字体显示",
        ),
        ErrorKind::UnknownFormat(_) => (
            "end its name in .csv, .xlsx, .geojson, .gpkg, .shp, .fgb, .parquet, .kml or .txt, or name the format with -f",
            "请使用.csv、.xlsx、.geojson、.gpkg、.shp、.fgb、.parquet、.kml、.txt等扩展名，或用-f指定格式",
        ),
        ErrorKind::SchemaMismatch { .. } => (
            "files of CSV that are asked together have the same header; name others one by one",
            "一起查询的CSV文件须有相同的表头；否则请分别指明",
        ),
        ErrorKind::NestedColumn(_) => ("unnest it, or write .parquet", "请用unnest展开，或改写为.parquet"),
        ErrorKind::UnknownResultFormat(_) => {
            ("end its name in .csv, .parquet or .txt", "请使用.csv、.parquet、.txt扩展名")
        }
        ErrorKind::TableNotFound { .. } => (
            "tables are files by their names in quotes, 'points/*.parquet', or of a folder, 'points/'; of .csv, .json (an object a line) or .parquet",
            "表用带引号的文件名表示，如'points/*.parquet'，或文件夹名'points/'；可为.csv、.json（每行一个对象）、.parquet",
        ),
        ErrorKind::BadPosition(_) => ("give longitude,latitude in degrees", "请给出以度为单位的经度,纬度"),
        ErrorKind::UnknownId { .. } => ("choose one of these", "请从中选择"),
        ErrorKind::Crs { .. } => {
            ("coordinates have to be in a system on CGCS2000 or WGS 84", "坐标须采用基于CGCS2000或WGS 84的坐标系")
        }
        ErrorKind::CrsConflict { .. } => (
            "leave out --crs; if the file declares it wrongly, use --override-crs instead (of a plan --override-plan-crs)",
            "请去掉--crs；若文件的声明有误，请改用--override-crs（规划用--override-plan-crs）",
        ),
        ErrorKind::TooManyTiles { .. } => ("lower --max-zoom", "请降低--max-zoom"),
        ErrorKind::BaseMap { problem: BaseMapProblem::System(_), .. } => (
            "name tiles in WGS84, CGCS2000 or GCJ02, such as those of Tianditu or Amap; Baidu's lie on a grid of their own",
            "请改用WGS84、CGCS2000或GCJ02瓦片，如天地图或高德；百度瓦片采用自有网格",
        ),
        ErrorKind::BaseMap { .. } => (
            "an address of tiles is such as https://tiles.example/{z}/{x}/{y}.png; {s}, {a-c} or {0-7} stands for the server",
            "瓦片地址形如https://tiles.example/{z}/{x}/{y}.png；{s}、{a-c}或{0-7}表示服务器编号",
        ),
        ErrorKind::Rounding { .. } => ("keep more decimals with --precision", "请用--precision保留更多小数位"),
        ErrorKind::Row(RowProblem::LatitudeRange { .. } | RowProblem::LongitudeRange { .. }) => (
            "positions are longitude, latitude in degrees; name another system with --crs: GCJ02, BD09, or that of the zone (EPSG:4549 has its meridian at 120°E, EPSG:4550 at 123°E)",
            "坐标应为经度、纬度，单位为度；其他坐标系请用--crs指定：GCJ02、BD09，或所在投影带的代码（EPSG:4549中央经线为120°E，EPSG:4550为123°E）",
        ),
        ErrorKind::Row(RowProblem::OtherGaussKruegerZone { .. }) => (
            "the eastings begin with the number of one zone, and the file (in a survey TXT its 带号) or --crs names another: find out which is right; if the eastings are, name their zone with --override-crs (EPSG:4528 has prefix 40, EPSG:4529 41)",
            "东坐标的带号与文件声明（报批TXT的“带号”）或--crs不一致，请核实何者正确；若东坐标正确，请用--override-crs指定其所在带（EPSG:4528为40带，EPSG:4529为41带）",
        ),
        ErrorKind::Row(RowProblem::NoStoredValue { .. }) => {
            ("open the file in Excel, which computes it, and save it", "请用Excel打开（会重新计算）并保存")
        }
        ErrorKind::Row(RowProblem::OtherDatum { .. }) => (
            "transform the coordinates of these rows to CGCS2000 with local parameters first; if their SRID is wrong, name the right system of the table with --override-crs (of a plan --override-plan-crs)",
            "请先用当地参数将这些行的坐标转换到CGCS2000；若其SRID有误，请用--override-crs指定全表的正确坐标系（规划用--override-plan-crs）",
        ),
        ErrorKind::Row(RowProblem::OtherCrs { .. }) => (
            "give the rows of each system as a table of their own; if their SRID is wrong, name the right system of the table with --override-crs (of a plan --override-plan-crs)",
            "请将不同坐标系的行拆分为不同的表；若其SRID有误，请用--override-crs指定全表的正确坐标系（规划用--override-plan-crs）",
        ),
        ErrorKind::Row(_) if error.location().file.is_some() => {
            ("fix the row, or leave out --strict to keep and mark it", "请修正该行，或去掉--strict以保留并标记")
        }
        ErrorKind::Plan(PlanProblem::MissingId { .. }) => (
            "give each feature an `id`, or name the property that tells them apart: --name-field PROPERTY",
            "请为每个要素设置`id`，或用--name-field指定区分要素的属性",
        ),
        ErrorKind::Plan(PlanProblem::CrsMember { .. }) => (
            "name it (--plan-crs; of check --crs), or convert the file: corridor convert FILE -o NEW.geojson",
            "请指定坐标系（--plan-crs；check为--crs），或先转换：corridor convert 文件 -o 新文件.geojson",
        ),
        ErrorKind::Plan(PlanProblem::NotACollection { .. }) => {
            ("a plan is an RFC 7946 FeatureCollection", "规划文件应为RFC 7946要素集合")
        }
        ErrorKind::Plan(_) | ErrorKind::Shape(_) => {
            ("`corridor check FILE` lists all that is wrong in it", "用`corridor check 文件`列出全部问题")
        }
        _ => return None,
    };
    Some(match lang {
        Lang::En => en,
        Lang::Zh => zh,
    })
}

/// A finding in a line, without its place.
///
/// ```
/// use taizhou_corridor::plan::{UncheckedPlan, PLAN_GEOJSON};
/// use taizhou_corridor::report::lang::{Lang, finding};
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

/// What is wrong with a row.
pub(super) fn problem(problem: &RowProblem, lang: Lang) -> String {
    match lang {
        Lang::En => problem.to_string(),
        Lang::Zh => row_zh(problem),
    }
}

fn place_zh(place: &Location) -> String {
    let parts = [
        place.file.clone(),
        place.line.map(|line| format!("第{line}行")),
        place.row.map(|row| format!("第{row}条记录")),
        place.feature.as_ref().map(|id| format!("要素`{id}`")),
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
        ErrorKind::AlreadyExists => "文件已存在".to_owned(),
        ErrorKind::Empty => "文件为空".to_owned(),
        ErrorKind::NoHeader => "首行为空，应为列名".to_owned(),
        ErrorKind::NoParcels => "其中没有地块".to_owned(),
        ErrorKind::NotText { encoding } => format!("不是{}文本", encoding.replace(" or ", "或")),
        ErrorKind::Truncated(what) => {
            let what = match *what {
                "a quoted field" => "带引号的字段",
                "a feature" => "要素",
                "its features" => "要素部分",
                "a header" => "文件头",
                "its index" => "索引",
                "an element" => "元素",
                "a Parquet file" => "Parquet文件",
                "a feature collection" => "要素集合",
                "a record" => "记录",
                "a shape" => "图形",
                _ => "JSON值",
            };
            format!("文件在{what}中间结束，已被截断")
        }
        ErrorKind::Json(detail) => format!("不是JSON{}", in_chinese(detail)),
        ErrorKind::NotGeoJson { expected, found } => {
            let expected = match *expected {
                "a GeoJSON object" => "GeoJSON对象",
                "a Feature, a geometry, or a FeatureCollection with `features`" => {
                    "Feature、几何，或含`features`的FeatureCollection"
                }
                "the same `crs` in all of the file" => "全文件一致的`crs`",
                _ => "包含`features`的FeatureCollection",
            };
            let found = match found.as_str() {
                "an object without a `type`" => "没有`type`的对象",
                "none" => "无",
                found => found,
            };
            format!("应为{expected}，实为{found}")
        }
        ErrorKind::Csv(detail) => format!("CSV格式有误{}", in_chinese(detail)),
        ErrorKind::TooLong { limit_bytes } => format!("单个值超过{limit_bytes}字节的读取上限"),
        ErrorKind::Malformed { what, detail } => {
            let what = match *what {
                "Excel workbook" => "Excel工作簿",
                "FlatGeobuf file" => "FlatGeobuf文件",
                "shapefile" => "Shapefile",
                "dBASE table" => "dBASE表",
                "zip archive" => "zip压缩包",
                "gzip file" => "gzip压缩文件",
                "KML file" => "KML文件",
                "Parquet file" => "Parquet文件",
                what => what,
            };
            format!("不是完好的{what}{}", in_chinese(detail))
        }
        ErrorKind::Unsupported(unsupported) => match unsupported {
            Unsupported::GeometryEncoding(name) => format!("几何编码为`{name}`，不支持读取"),
            Unsupported::Compression(name) => format!("压缩方式为{name}，不支持读取"),
            Unsupported::Links => "没有地标（Placemark），只有指向其他文件的链接（NetworkLink），不支持读取".to_owned(),
            Unsupported::Encryption => "文件已加密，不支持读取".to_owned(),
            Unsupported::Feature(what) => format!("使用了不支持读取的特性：{what}"),
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
        ErrorKind::NotBuilt { format, .. } => format!("本程序未编入{format}格式"),
        ErrorKind::SeveralLayers { layers, hidden } => format!("有多个图层：{}", layers_zh(layers, hidden)),
        ErrorKind::UnknownLayer { name, layers, hidden } => {
            format!("没有图层`{name}`，现有：{}", layers_zh(layers, hidden))
        }
        ErrorKind::NoLayer => "没有含几何的图层，也没有含坐标列的表".to_owned(),
        ErrorKind::TooManyRows { limit } => format!("工作表最多{limit}行，数据超出"),
        ErrorKind::NoCoordinateColumns { columns } => format!("未找到坐标列，现有列：{}", list_zh(columns)),
        ErrorKind::AmbiguousColumns { axis, columns } => {
            let axis = if *axis == "longitude" { "经度" } else { "纬度" };
            format!("有多列可能为{axis}：{}", list_zh(columns))
        }
        ErrorKind::AmbiguousPlaces { places } => format!("有多列可作位置：{}", places.join(" / ")),
        ErrorKind::NoUnit { column } => format!("`{column}`列未注明面积单位"),
        ErrorKind::SameOutput(name) => format!("结果和报告均指定为`{name}`"),
        ErrorKind::UnknownReportFormat(name) => format!("无法由扩展名判断报告`{name}`的形式"),
        ErrorKind::UnknownMapFormat(name) => format!("无法由扩展名判断地图`{name}`的形式"),
        ErrorKind::NoFont => "未安装字体，无法绘制文字".to_owned(),
        ErrorKind::UnknownColumn { name, columns } => format!("没有`{name}`列，现有列：{}", list_zh(columns)),
        ErrorKind::UnknownFormat(name) => format!("无法由扩展名判断`{name}`的格式"),
        ErrorKind::BadPosition(text) => format!("`{text}`不是坐标，应如121.42,28.65"),
        ErrorKind::NoZoom { min_zoom, max_zoom } => format!("没有{min_zoom}至{max_zoom}级"),
        ErrorKind::TooManyTiles { max_zoom, limit } => format!("到{max_zoom}级的瓦片将超过{limit}个"),
        ErrorKind::OptionMismatch { option, format } => format!("{option}不适用于{format}格式"),
        ErrorKind::UnknownId { id, known } => format!("规划中没有要素`{id}`，现有：{}", list_zh(known)),
        ErrorKind::Query(problem) => format!("无法执行该查询：{problem}"),
        ErrorKind::TableNotFound { name, is_there: true } => format!("`{name}`不能作为表查询"),
        ErrorKind::TableNotFound { name, is_there: false } => format!("没有可供查询的文件`{name}`"),
        ErrorKind::SchemaMismatch { first } => format!("其列或列序与`{first}`不同"),
        ErrorKind::NestedColumn(name) => format!("CSV无法存放`{name}`列中的列表或结构"),
        ErrorKind::UnknownResultFormat(name) => format!("无法由扩展名判断结果`{name}`的形式"),
        ErrorKind::Engine(problem) => format!("查询未能完成：{problem}"),
        ErrorKind::EmptySelection => "规划中没有符合所选层级和id的要素".to_owned(),
        ErrorKind::Crs { crs, reason } => format!("无法使用坐标系{crs}：{}", crs_reason_zh(reason)),
        ErrorKind::NoSuchCrs { crs, similar: None } => format!("没有坐标系`{crs}`"),
        ErrorKind::NoSuchCrs { crs, similar: Some(similar) } => format!("没有坐标系`{crs}`，是否为{similar}？"),
        ErrorKind::OtherDatum { crs, datum } => {
            let datum = match datum.as_str() {
                "Beijing 1954" => "1954北京坐标系",
                "New Beijing" => "新1954北京坐标系",
                "Xian 1980" => "1980西安坐标系",
                datum => datum,
            };
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

fn io_zh(error: &std::io::Error) -> String {
    use std::io::ErrorKind as Io;
    match error.kind() {
        Io::NotFound => "文件或目录不存在".to_owned(),
        Io::PermissionDenied => "没有权限".to_owned(),
        Io::IsADirectory => "这是一个目录".to_owned(),
        Io::StorageFull => "磁盘已满".to_owned(),
        Io::ReadOnlyFilesystem => "文件系统只读".to_owned(),
        _ => error.raw_os_error().map_or_else(|| "输入输出错误".to_owned(), |code| format!("系统错误{code}")),
    }
}

fn hint_zh(hint: Hint) -> &'static str {
    match hint {
        Hint::None => "",
        Hint::Swapped => "；经纬度似乎颠倒",
        Hint::Projected => "；似为投影坐标（米），不是度",
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

/// Why a system cannot be used. What PROJ itself says is left as it is.
fn crs_reason_zh(reason: &str) -> Cow<'_, str> {
    Cow::Borrowed(match reason {
        "its coordinates are geocentric" => "其坐标为地心空间直角坐标",
        "it is no system of positions on the globe" => "它不是地球表面的平面或经纬度坐标系",
        "it is not a plane in metres" => "它不是以米为单位的平面坐标系",
        "a coordinate has no image" | "a corner has no image" => "有坐标无法换算",
        "PROJ does not know it" => "PROJ无法识别",
        "PROJ finds no way to it" => "PROJ没有可用的转换方法",
        "PROJ knows the way in one direction alone" => "PROJ只能单向转换",
        reason => return format!("PROJ提示“{reason}”").into(),
    })
}

fn row_zh(problem: &RowProblem) -> String {
    match problem {
        RowProblem::MissingCoordinate { field } => format!("`{field}`为空"),
        RowProblem::NoStoredValue { field, cell } => {
            format!("`{field}`是公式，单元格{cell}中没有存储计算结果")
        }
        RowProblem::NotANumber { field, text } => format!("`{field}`不是数字：`{text}`"),
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
        RowProblem::BadGeometry { detail } => format!("几何无法读取{}", in_chinese(detail)),
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

/// A kind of geometry, with its name in files.
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
    }
}

fn plan_zh(problem: &PlanProblem) -> String {
    match problem {
        PlanProblem::NotACollection { found } => format!("应为GeoJSON要素集合，实为{found}"),
        PlanProblem::NoFeature => "没有要素".to_owned(),
        PlanProblem::CrsMember { found } => {
            format!("`crs`成员声明为{found}；GeoJSON坐标应为WGS 84经纬度（RFC 7946第4节）")
        }
        PlanProblem::NotAFeature { detail } => format!("不是GeoJSON要素：{detail}"),
        PlanProblem::MissingId { count: 1 } => "要素没有`id`".to_owned(),
        PlanProblem::MissingId { count } => format!("共{count}个要素没有`id`，首个在此"),
        PlanProblem::Row(found) => row_zh(found),
        PlanProblem::DuplicateId => "id重复".to_owned(),
        PlanProblem::MissingProperty { name } => format!("缺少属性`{name}`"),
        PlanProblem::BadProperty { name, expected, found } => {
            let expected = match expected.as_str() {
                "a text" => "文本",
                "a list of texts" => "文本列表",
                "indicative or official" => "indicative或official",
                "corridor, core, zone or cluster" => "corridor、core、zone或cluster",
                "a number of metres, 0 or more" => "不小于0的米数",
                "a number of km² above 0" => "大于0的平方公里数",
                other => other,
            };
            format!("属性`{name}`应为{expected}，实为{found}")
        }
        PlanProblem::UnknownParent { parent } => format!("上级`{parent}`不是本规划中上一层级的要素"),
        PlanProblem::Roots { count } => format!("规划应有一个corridor层级的要素，现有{count}个"),
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
