//! What to do about an error, in both languages.

use crate::error::{
    AdjustmentProblem, BaseMapProblem, CrsProblem, Error, ErrorKind, FileKind, PlanProblem, RowProblem, ShiftProblem,
    Unsupported,
};
use crate::messages::{Lang, foreign};

/// The advice for an error, if there is any.
///
/// ```
/// use taizhou_corridor::error::{Error, ErrorKind};
/// use taizhou_corridor::messages::{Lang, advice};
///
/// assert!(advice(&Error::new(ErrorKind::AlreadyExists), Lang::En).unwrap().contains("--overwrite"));
/// ```
pub fn advice(error: &Error, lang: Lang) -> Option<&'static str> {
    let (en, zh) = match error.kind() {
        ErrorKind::Open(error) if error.kind() == std::io::ErrorKind::NotFound => {
            ("check the name and the folder", "请检查文件名和所在目录")
        }
        ErrorKind::OpenElsewhere => (
            "close it there, for example in Excel, or name another file",
            "请先在该程序（如Excel）中关闭文件，或另指定文件",
        ),
        ErrorKind::AlreadyExists => {
            ("add --overwrite to replace it, or name another file", "如需替换请加--overwrite，或另指定文件")
        }
        ErrorKind::Empty => ("a table needs a header, GeoJSON a feature", "表格须有表头，GeoJSON须有要素"),
        ErrorKind::NoHeader => (
            "name the row of the column names with --header-row (3, or 3-4 for two rows)",
            "请用--header-row指定列名所在行（如3；表头占两行时如3-4）",
        ),
        ErrorKind::SystemNotGiven { .. } => (
            "name the system: --crs GCJ02 (Amap, Tencent), --crs BD09 (Baidu), or --crs WGS84 if the coordinates are not shifted; of a plan with --plan-crs, of a layer with --against-crs",
            "请指定坐标系：--crs GCJ02（高德、腾讯）、--crs BD09（百度）；坐标无偏移时用--crs WGS84；规划用--plan-crs，图层用--against-crs",
        ),
        ErrorKind::SheetTooLarge { .. } => (
            "delete stray cells far from the table, or save it as .xlsx or .csv",
            "请删除远离表格的零散单元格，或另存为.xlsx或.csv",
        ),
        ErrorKind::NoHeaderAt { .. } => (
            "count the rows as the sheet numbers them, in a text file its lines; empty rows count",
            "行号以工作表所示为准，文本文件为行数，空行计入",
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
            ("it was truncated when it was written or copied; get it again", "文件在写入或复制时被截断，请重新获取")
        }
        ErrorKind::Json(_) => ("fix the file there", "请修正文件的该处"),
        ErrorKind::NotGeoJson { .. } => (
            "GeoJSON is a FeatureCollection, a Feature or a geometry, or one of these a line",
            "GeoJSON应为要素集合、单个要素或几何，或每行一个",
        ),
        ErrorKind::NoCoordinateColumns { .. } => (
            "name them: --lon-field COLUMN --lat-field COLUMN, or --wkt-field COLUMN for geometries; recognised automatically: lon, lng, long, longitude, 经度, x, east, easting and lat, latitude, 纬度, y, north, northing; for geometries wkt, geometry, geom, which an outline needs; for two coordinates in one column use --coord-field COLUMN; if the header is not recognised, name its row with --header-row",
            "请用--lon-field和--lat-field指定，几何列请用--wkt-field；可自动识别：lon、lng、long、longitude、经度、x、east、easting，lat、latitude、纬度、y、north、northing；几何列：wkt、geometry、geom（范围线文件须用此类列名）；两个坐标在同一列时用--coord-field；未识别出表头时用--header-row指定所在行",
        ),
        ErrorKind::AmbiguousColumns { .. } => {
            ("name them: --lon-field COLUMN --lat-field COLUMN", "请用--lon-field和--lat-field指定")
        }
        ErrorKind::AmbiguousGeometry { .. } => (
            "name one: --lon-field COLUMN --lat-field COLUMN, or --wkt-field COLUMN, or --coord-field COLUMN; in an outline, rename the others",
            "请用--lon-field和--lat-field，或用--wkt-field，或用--coord-field，指定其一；范围线文件请将其余列改名",
        ),
        ErrorKind::Malformed { kind: FileKind::ExcelWorkbook, .. } => {
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
        ErrorKind::Unsupported(Unsupported::CompressedLayer(_)) => (
            "uncompress it in ArcGIS: Uncompress File Geodatabase Data",
            "请在ArcGIS中用“解压缩文件地理数据库数据”工具解压",
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
        ErrorKind::NotBuilt { feature: "datafusion", .. } => (
            "install it with `cargo install --path . --features datafusion` (Rust 1.94, some minutes)",
            "请用`cargo install --path . --features datafusion`安装（需Rust 1.94，耗时数分钟）",
        ),
        ErrorKind::NotBuilt { feature: "tool", .. } => (
            "take `corridor.html` from where this program came from, or make it with `make tool` (Rust, Node.js, npm)",
            "请从本程序的下载处获取`corridor.html`，或用`make tool`生成（需Rust、Node.js、npm）",
        ),
        ErrorKind::NotBuilt { .. } => (
            "build it with the feature of that name, or with all default features",
            "请启用相应特性或全部默认特性重新编译",
        ),
        ErrorKind::ReadOnlyFormat { .. } => {
            ("write .gpkg, which ArcGIS Pro and QGIS open", "请改写为.gpkg，ArcGIS Pro和QGIS均可打开")
        }
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
            "pack a table in it: .csv, .xlsx, .geojson, .gpkg, .shp with its companions, .fgb, .parquet, .kml, .dxf, .txt or a .gdb folder",
            "请将表格打包其中：.csv、.xlsx、.geojson、.gpkg、.shp及其配套文件、.fgb、.parquet、.kml、.dxf、.txt、.gdb文件夹",
        ),
        ErrorKind::PasswordProtected => ("save or unpack it without the password first", "请先解除密码另存，或先解压"),
        ErrorKind::UnknownCrs { .. } => (
            "if you know it, name it with --crs: a code, or its definition (@FILE.prj); a local system needs local parameters to CGCS2000: --datum-shift FILE (of a plan --plan-datum-shift)",
            "如已知坐标系，请用--crs指定代码或定义（@文件.prj）；地方坐标系需要当地的转换参数：--datum-shift 文件（规划用--plan-datum-shift）",
        ),
        ErrorKind::OtherDatum { .. } if error.location().file.is_none() => (
            "give local parameters to CGCS2000 (4 or 7) with --datum-shift FILE (of a plan --plan-datum-shift), or transform the coordinates first",
            "请用--datum-shift 文件（规划用--plan-datum-shift）提供当地的转换参数（四参数或七参数），或先将坐标转换到CGCS2000",
        ),
        ErrorKind::OtherDatum { .. } => (
            "give local parameters to CGCS2000 (4 or 7) with --datum-shift FILE (of a plan --plan-datum-shift), or transform the coordinates first; if the file declares it wrongly, name the right system with --override-crs (of a plan --override-plan-crs)",
            "请用--datum-shift 文件（规划用--plan-datum-shift）提供当地的转换参数（四参数或七参数），或先将坐标转换到CGCS2000；若文件的声明有误，请用--override-crs指定正确的坐标系（规划用--override-plan-crs）",
        ),
        ErrorKind::Adjustment(
            AdjustmentProblem::OutOfTolerance { .. } | AdjustmentProblem::RestOutOfTolerance { .. },
        ) => (
            "check the control area, its unit and --method (plane areas are up to 500 ppm larger); --adjust-tolerance PPM allows more",
            "请核对控制面积及其单位，以及--method（平面面积最多约大500 ppm）；可用--adjust-tolerance放宽限差",
        ),
        ErrorKind::Adjustment(AdjustmentProblem::Overlap { .. }) => {
            ("find where with `corridor check`", "请用`corridor check`检查重叠之处")
        }
        ErrorKind::Adjustment(AdjustmentProblem::Levels { .. }) => (
            "leave out --by, or read the file as a flat layer with --name-field PROPERTY",
            "请去掉--by，或用--name-field按无层级图层读取",
        ),
        ErrorKind::Adjustment(AdjustmentProblem::NoMember { .. }) => {
            ("the whole is named `total`, groups need --by PROPERTY", "全部要素以`total`表示；分组须用--by指定属性")
        }
        ErrorKind::NotAPlane { .. } => {
            ("name a Gauss-Krüger zone: --to-crs EPSG:4549", "请用--to-crs指定高斯-克吕格投影带，如EPSG:4549")
        }
        ErrorKind::TooManyBoundaryPoints { .. } => ("write .csv, which holds any number", "请写为.csv，数量不限"),
        ErrorKind::UnknownBoundaryFormat(_) => ("end its name in .xlsx or .csv", "请以.xlsx或.csv为扩展名"),
        ErrorKind::DatumShift(ShiftProblem::NoConvention) => (
            "add convention = \"position-vector\" or \"coordinate-frame\", as whoever computed the parameters states it; rotations of one have the opposite signs of the other",
            "请按参数提供者的说明填写convention = \"position-vector\"（位置矢量）或\"coordinate-frame\"（坐标框架，布尔莎模型）；两者旋转角符号相反",
        ),
        ErrorKind::DatumShift(ShiftProblem::NoAxis) => (
            "add x_axis = \"north\" if x of the parameters is the northing, as in Chinese surveying, or \"east\"",
            "参数中的x为北坐标（测量惯例）时请填写x_axis = \"north\"，为东坐标时填写\"east\"",
        ),
        ErrorKind::DatumShift(ShiftProblem::ControlPoint { .. }) => (
            "check the signs of the rotations, `convention` or `x_axis`, and that the point is in the systems that are stated",
            "请检查旋转角的符号、convention或x_axis，以及控制点所用坐标系",
        ),
        ErrorKind::DatumShift(_) => (
            "7 parameters need source_datum or source_crs, convention, dx_m, dy_m, dz_m, rx_arcsec, ry_arcsec, rz_arcsec, scale_ppm and accuracy_m; 4 parameters need target_crs, x_axis, dx_m, dy_m, rotation_arcsec, scale and accuracy_m",
            "七参数须有source_datum或source_crs、convention、dx_m、dy_m、dz_m、rx_arcsec、ry_arcsec、rz_arcsec、scale_ppm、accuracy_m；四参数须有target_crs、x_axis、dx_m、dy_m、rotation_arcsec、scale、accuracy_m",
        ),
        ErrorKind::ShiftNotApplicable { .. } => (
            "a datum shift is for the datum or system that its file states: name the system of the table with --crs, or leave the shift out",
            "转换参数只用于其文件注明的基准或坐标系：请用--crs指定表格的坐标系，或不使用转换参数",
        ),
        ErrorKind::NoSuchCrs { .. } => (
            "a system is WGS84, CGCS2000, GCJ02, BD09, a code of EPSG, a name that ArcGIS has for it, or a definition",
            "坐标系可为WGS84、CGCS2000、GCJ02、BD09、EPSG代码、ArcGIS中的名称或定义文本",
        ),
        ErrorKind::NotSurveyTxt { .. } => (
            "a parcel is 界址点数,面积,编号,名称,图形属性,图幅号,用途,地类编码,@ and a corner label,ring,northing,easting, or as in one of the dialects of the manual; all lines of a file are in one: other layouts are not read, export the parcels as a shapefile",
            "地块行应为“界址点数,面积,编号,名称,图形属性,图幅号,用途,地类编码,@”，界址点行应为“点号,圈号,纵坐标,横坐标”，或为手册所列的其他版式，且全文一致；其余版式不能读取，请改为导出Shapefile",
        ),
        ErrorKind::NoGaussKruegerZone => (
            "name it with --crs: EPSG:4549 is zone 40, EPSG:4550 zone 41",
            "请用--crs指定：EPSG:4549为40带，EPSG:4550为41带",
        ),
        ErrorKind::NotGaussKrueger { .. } => (
            "name a zone with --to-crs: EPSG:4528 is zone 40, EPSG:4529 zone 41",
            "请用--to-crs指定：EPSG:4528为40带，EPSG:4529为41带",
        ),
        ErrorKind::NoSystem { .. } => (
            "name it: --crs EPSG:4528 (CGCS2000, eastings with the prefix 40), EPSG:4549 (the same without prefix); of a plan --plan-crs, of a layer --against-crs",
            "请用--crs指定：EPSG:4528（CGCS2000，东坐标带号40）、EPSG:4549（同一投影带，东坐标不加带号）；规划用--plan-crs，图层用--against-crs",
        ),
        ErrorKind::PlaneOnly { .. } => (
            "name a plane with --to-crs: EPSG:4528 (CGCS2000, eastings with the prefix 40), EPSG:4549 (without)",
            "请用--to-crs指定平面坐标系：EPSG:4528（CGCS2000，东坐标带号40）、EPSG:4549（不加带号）",
        ),
        ErrorKind::LonLatOnly { .. } => {
            ("write .gpkg, .shp or .csv, which hold any system", "请改写为.gpkg、.shp或.csv，可保存任意坐标系")
        }
        ErrorKind::SeveralLayers { .. } => (
            "name one with --layer; in a plan with --plan-layer, in a layer of --against with --against-layer",
            "请用--layer指定；规划用--plan-layer，--against的图层用--against-layer",
        ),
        ErrorKind::UnknownLayer { .. } => ("choose one of these", "请从中选择"),
        ErrorKind::TooManyRows { .. } => ("write .csv instead", "请改写为.csv"),
        ErrorKind::UnknownColumn { .. } => {
            ("check the spelling; names are case-sensitive", "请检查拼写，列名区分大小写")
        }
        ErrorKind::NoUnit { .. } => ("add --stated-unit: m2, ha, mu or km2", "请用--stated-unit指定：m2、ha、mu、km2"),
        ErrorKind::UnknownReportFormat(_) => ("use .docx, .xlsx, .html or .md", "请使用.docx、.xlsx、.html、.md扩展名"),
        ErrorKind::UnknownMapFormat(_) => ("use .html, .svg, .pdf or .png", "请使用.html、.svg、.pdf、.png扩展名"),
        ErrorKind::UnknownPlanFormat(_) => ("use .gpkg or .geojson", "请使用.gpkg、.geojson扩展名"),
        ErrorKind::NoFont => (
            "install one, such as Noto Sans CJK, or write .svg, which is drawn with the viewer's fonts",
            "请安装字体（如Noto Sans CJK），或改写为.svg，由查看软件的字体显示",
        ),
        ErrorKind::UnknownFormat(name) if is_document(name) => (
            "reports are written with --report, maps with `corridor map`; for rows use .csv, .xlsx, .geojson, .gpkg, .shp or .fgb",
            "报告请用--report写出，地图请用`corridor map`；数据请用.csv、.xlsx、.geojson、.gpkg、.shp、.fgb等扩展名",
        ),
        ErrorKind::UnknownFormat(_) => (
            "use .csv, .xlsx, .geojson, .gpkg, .shp, .fgb, .parquet, .kml, .dxf or .txt, or set the format with -f",
            "请使用.csv、.xlsx、.geojson、.gpkg、.shp、.fgb、.parquet、.kml、.dxf、.txt等扩展名，或用-f指定格式",
        ),
        ErrorKind::SchemaMismatch { .. } => (
            "files of CSV that are asked together have the same header; name others one by one",
            "一起查询的CSV文件须有相同的表头；否则请分别指明",
        ),
        ErrorKind::NestedColumn(_) => ("unnest it, or write .parquet", "请用unnest展开，或改写为.parquet"),
        ErrorKind::UnknownResultFormat(_) => ("use .csv, .parquet or .txt", "请使用.csv、.parquet、.txt扩展名"),
        ErrorKind::TableNotFound { .. } => (
            "tables are files by their names in quotes, 'points/*.parquet', or of a folder, 'points/'; of .csv, .json (an object a line) or .parquet",
            "表用带引号的文件名表示，如'points/*.parquet'，或文件夹名'points/'；可为.csv、.json（每行一个对象）、.parquet",
        ),
        ErrorKind::BadPosition(_) => ("give longitude,latitude in degrees", "请给出以度为单位的经度,纬度"),
        ErrorKind::UnknownId { .. } => ("choose one of these", "请从中选择"),
        ErrorKind::UnknownLayerName { .. } => ("choose one of these", "请从中选择"),
        ErrorKind::DuplicateLayerName(_) => ("name them: --against NAME=FILE", "请分别命名：--against 名称=文件"),
        ErrorKind::NothingLeft { .. } => ("use a smaller --setback", "请减小--setback"),
        ErrorKind::OffsetTooLarge { .. } => ("use a smaller --setback or --grow", "请减小--setback或--grow"),
        ErrorKind::AmbiguousId { .. } => ("give an id, or more of the name", "请指定id，或更完整的名称"),
        ErrorKind::UnknownSetting { .. } => ("keys are the long names of options", "键名为选项的长名称"),
        ErrorKind::BadSetting { .. } => {
            ("write text in quotes: crs = \"EPSG:4549\"", "文本须加引号：crs = \"EPSG:4549\"")
        }
        ErrorKind::BadToml(_) => {
            ("write one setting a line: crs = \"EPSG:4549\"", "每行写一项设置：crs = \"EPSG:4549\"")
        }
        ErrorKind::Crs { problem: CrsProblem::NeedsProj, .. } => (
            "build it with the feature `proj`, or convert the data to a system on CGCS2000 or WGS 84",
            "请启用特性`proj`重新编译，或先将数据转换为基于CGCS2000或WGS 84的坐标系",
        ),
        ErrorKind::Crs { .. } => {
            ("coordinates have to be in a system on CGCS2000 or WGS 84", "坐标须采用基于CGCS2000或WGS 84的坐标系")
        }
        ErrorKind::CrsConflict { .. } => (
            "leave out --crs; if the file declares it wrongly, use --override-crs instead (of a plan --override-plan-crs)",
            "请去掉--crs；若文件的声明有误，请改用--override-crs（规划用--override-plan-crs）",
        ),
        ErrorKind::DifferentSystems { .. } => (
            "bring one of them into the system of the other: corridor convert FILE --to-crs CRS -o NEW",
            "请先转换其中之一：corridor convert 文件 --to-crs 坐标系 -o 新文件",
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
            "longitude, latitude in degrees are expected; for another system use --crs: GCJ02, BD09, or the code of the zone (EPSG:4549 has its meridian at 120°E, EPSG:4550 at 123°E)",
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
            "give these rows as a table of their own, with local parameters to CGCS2000 (--datum-shift FILE), or transform them first; if their SRID is wrong, name the right system of the table with --override-crs (of a plan --override-plan-crs)",
            "请将这些行另存为单独的表，并用--datum-shift 文件提供当地的转换参数，或先将其转换到CGCS2000；若其SRID有误，请用--override-crs指定全表的正确坐标系（规划用--override-plan-crs）",
        ),
        ErrorKind::Row(RowProblem::OtherCrs { .. }) => (
            "give the rows of each system as a table of their own; if their SRID is wrong, name the right system of the table with --override-crs (of a plan --override-plan-crs)",
            "请将不同坐标系的行拆分为不同的表；若其SRID有误，请用--override-crs指定全表的正确坐标系（规划用--override-plan-crs）",
        ),
        ErrorKind::Row(_) if error.location().file.is_some() => {
            ("fix the row, or leave out --strict to keep and mark it", "请修正该行，或去掉--strict以保留并标记")
        }
        ErrorKind::Plan(PlanProblem::MissingId { .. }) => (
            "give each feature an `id`, or name the property that tells them apart: --name-field PROPERTY, or --plan-fields name=PROPERTY",
            "请为每个要素设置`id`，或用--name-field 属性、--plan-fields name=属性指定区分要素的属性",
        ),
        ErrorKind::Plan(PlanProblem::DuplicateId) => (
            "give each feature an id, or a name, of its own; `corridor check FILE` lists all that is wrong in it",
            "请为各要素设置互不相同的id或名称；用`corridor check 文件`列出全部问题",
        ),
        ErrorKind::Plan(PlanProblem::CrsMember { .. }) => (
            "name it (--plan-crs; of check and plan --crs, of a layer --against-crs), or convert the file: corridor convert FILE -o NEW.geojson",
            "请指定坐标系（--plan-crs；check和plan为--crs，图层为--against-crs），或先转换：corridor convert 文件 -o 新文件.geojson",
        ),
        ErrorKind::Plan(PlanProblem::NotACollection { .. }) => {
            ("a plan is an RFC 7946 FeatureCollection", "规划文件应为RFC 7946要素集合")
        }
        ErrorKind::Plan(
            PlanProblem::PartlyInside { .. } | PlanProblem::SameExtent { .. } | PlanProblem::TooDeep { .. },
        ) => (
            "the hierarchy does not follow from the outlines: state it in the file and name its columns, as in --plan-fields level=级别,parent=上级",
            "由范围线无法推断层级：请在文件中注明，并指定所在的列，如--plan-fields level=级别,parent=上级",
        ),
        ErrorKind::Plan(_) | ErrorKind::Shape(_) | ErrorKind::Coverage(_) => {
            ("`corridor check FILE` lists all that is wrong in it", "用`corridor check 文件`列出全部问题")
        }
        _ => return None,
    };
    Some(match lang {
        Lang::En => en,
        Lang::Zh => zh,
    })
}

/// Whether the name of a file is that of a report or map.
fn is_document(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    ["docx", "htm", "html", "md", "pdf", "png", "svg"].contains(&ending.as_str())
}
