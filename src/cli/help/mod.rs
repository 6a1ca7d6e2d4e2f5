//! Texts of the help: Chinese translations; headings and examples in both languages.

mod examples;
mod headings;

use crate::messages::Lang;

pub use self::examples::examples;
pub use self::headings::Heading;

/// The Chinese help of a command or an argument, by its path: `locate`, `locate.at`; `.lang` for an argument of all
/// commands.
pub fn help(path: &str) -> Option<&'static str> {
    let own = match path {
        "" => {
            "点位属于哪个规划片区、各片区面积多大：台州湾科创走廊空间规划工具。\n\n内置范围线为示意模型，非官方边界；请用--plan指定自有范围线。"
        }
        ".lang" => "消息和报告的语言，默认取系统区域设置",
        ".quiet" => "除错误外不输出消息",
        ".progress" => {
            "处理大表时如何报告进度：auto（在终端显示一行）、json（每秒向标准错误写一行JSON，供程序读取）、never（不报告）"
        }
        ".exit_zero" => "有问题（如无效行）时退出码为0，而不为1",
        ".strict_crs" => "文件名、工作表名、列名或标题表明为GCJ-02或BD-09而未指定坐标系时，报错停止",
        ".config" => "设置文件；默认为当前目录下的corridor.toml（如有）",
        ".no_config" => "不使用设置文件",
        ".verbose" => "显示识别出的格式、列和规划",

        "locate" => {
            "各点位属于哪个片区，距边界多远，结果是否可靠？\n\n读取任何支持格式的点位，在原有各列之后写入结果列；原有的列及行序不变。坐标不可用的行保留，标为invalid并注明原因和数量，此时退出码为1。\n\n坐标默认为WGS 84或CGCS2000经纬度（度），其他坐标系用--crs指定。高斯-克吕格坐标由数值判断坐标顺序和是否带带号。GCJ-02和BD-09无法由数值判断，须用--crs指定。"
        }
        "locate.input" => "点位文件，任何支持的格式；-表示标准输入",
        "locate.uncertainty" => "点位精度（米，95%置信度），计入可信度",
        "locate.uncertainty_field" => "各点位精度（米）所在的列；为空处取--uncertainty",
        "locate.level" => "判定到该层级：zone不含功能组团",
        "locate.columns" => "只写这些结果列，按此顺序",
        "locate.long" => "每个点位与其所在片区各占一行；不在任何片区的点位保留一行",

        "overlay" => {
            "各地块涉及哪些片区，各占多少，结果是否可靠？\n\n读取地块（面），为每个地块与所涉及的每个片区写一行：位置关系、重叠面积和占比，并标出最大部分。不在任何片区的部分另占一行，故同一地块的占比之和为1。面积为CGCS2000椭球面积。几何无效的行予以保留，标为invalid并注明原因，此时退出码为1。"
        }
        "overlay.input" => "地块文件，任何支持的格式；-表示标准输入",
        "overlay.level" => "与该层级的要素叠加",
        "overlay.columns" => "只写这些结果列，按此顺序",
        "overlay.wide" => "每个地块一行：最大部分，全部占比写入一列；指定--against时每个图层各占数列",
        "overlay.against" => "改为与该面图层叠加：名称=文件，或文件；可重复。同时指定--plan时，规划也作为一个图层",
        "overlay.against_accuracy" => {
            "要素未以`accuracy_m`注明精度的图层的精度（米，95%置信度）；名称=米数仅用于该图层"
        }
        "overlay.against_crs" => "图层坐标的坐标系；默认取各文件声明，否则为WGS84；名称=坐标系仅用于该图层",
        "overlay.against_datum_shift" => {
            "图层所用坐标系到CGCS2000的四参数或七参数文件，同--datum-shift；名称=文件仅用于该图层"
        }
        "overlay.against_layer" => "文件有多个图层时指定其一：名称=文件中的图层",
        "overlay.min_area" => "略去面积小于此值（平方米）的部分，最大部分除外",
        "overlay.min_share" => "略去占比小于此值的部分，最大部分除外",
        "overlay.sum_by" => "改为汇总各类在各片区的面积，并注明该类涉及该片区的地块数；类别取自该列",
        "overlay.report" | "locate.report" => {
            "写报告：按扩展名为Word文档、Excel工作簿、网页或Markdown（docx、xlsx、html、md）；此时须用-o才写出各行"
        }
        "areas.report" => {
            "写报告：面积与公布面积对照，含图；按扩展名为Word文档、Excel工作簿、网页或Markdown（docx、xlsx、html、md）；此时须用-o才写出表格"
        }
        "check.report" => {
            "写报告：各类问题的数量及全部问题；按扩展名为Word文档、Excel工作簿、网页或Markdown（docx、xlsx、html、md）；此时须用-o才写出检查结果"
        }
        "overlay.title" | "locate.title" | "areas.title" | "check.title" => "报告：标题；默认按报告内容命名",
        "overlay.author" | "locate.author" | "areas.author" | "check.author" => "报告：编制单位或人员",
        "overlay.date" | "locate.date" | "areas.date" | "check.date" => {
            "报告：日期，按原样显示；默认不写，以便相同输入得到相同的报告"
        }
        "overlay.no_map" | "locate.no_map" | "areas.no_map" | "check.no_map" => "报告：不附位置图",
        "locate.label" => "报告中标注点位名称的列，默认取名称相符的列",
        "overlay.stated_area" => "载明各地块面积的列，用以与计算面积比较",
        "overlay.stated_unit" => "载明面积的单位，列名未注明时须指定：m2、ha、mu、km2",
        "overlay.area_tolerance" => "载明面积相差不超过此值（ppm）的不在报告中列出",
        "overlay.repair" => "修复无效的面，并在`reason`列注明",
        "overlay.sliver_width" => {
            "判定relation时不计宽度小于此值（米）的部分；默认为0，地块与规划不在同一平面时为0.0001"
        }
        "overlay.pieces" => "以各部分为几何写出，供制图",

        "nearest" => {
            "离各点位最近的是哪个片区，多远，在什么方向？\n\n距离为CGCS2000椭球面上的大地线长度，精确到微米；位于片区内的点位距离为0，除非指定--boundary。方位角为从正北顺时针的度数。指定--within时略去更远的点位。"
        }
        "nearest.input" => "点位文件，任何支持的格式；-表示标准输入",
        "nearest.within" => "只保留该距离以内的点位：500、500m、1.5km",
        "nearest.boundary" => "一律量到边界，点位在片区内亦然",
        "nearest.id" => "只考虑该id的要素；可重复",
        "nearest.level" => "只考虑该层级的要素；默认为核与片区",

        "convert" => {
            "转换格式或坐标系，内容不变。\n\n属性保持原样：编码的前导零、长编号的各位数字、日期和中文均不变；格式无法保存之处会予以说明。坐标系不变时坐标逐位不变。\n\n几何无法读取、或不在其坐标系范围内的行予以保留但无几何，并计数，此时退出码为1；--mark可增加一列说明原因。"
        }
        "convert.input" => "待转换的文件；-表示标准输入",
        "convert.mark" => "增加`reason`列：说明该行的问题，无问题时为空",

        "areas" => {
            "各片区面积多大，与公布面积相差多少？\n\n在CGCS2000椭球面上量算（椭球面积），边在规划数据的坐标系中为直线。单位：平方米、平方公里、公顷、亩。"
        }
        "areas.method" => {
            "量算方法：ellipsoid椭球面积，survey国土调查面积规则（国土调查办发〔2008〕32号），geodesic大地线为边，plane投影平面，all四者并列"
        }
        "areas.plane_crs" => "plane方法所用的投影坐标系",
        "areas.by" => "改为按要素的该属性分类汇总面积",
        "areas.overlaps" => "改为列出两两要素的重叠面积",
        "areas.adjust_to" => {
            "面积平差到控制面积：全部要素的控制面积及单位（如41km2）；或各要素载明控制面积的属性（指定--by时为所在分组的控制面积）；或表格文件，含`id`列（或--by的属性列）和列名注明单位的面积列"
        }
        "areas.adjust_by" => "控制面积的分配依据：area为按面积成比例",
        "areas.adjust_tolerance" => "计算面积与控制面积的限差（百万分率）；默认为1/200",
        "areas.format" => "输出格式；默认按文件扩展名，否则为文本",

        "export" => {
            "导出规划供地图软件使用，格式和坐标系不限。\n\nGeoJSON遵循RFC 7946：WGS 84经纬度（与CGCS2000视为一致），7位小数，外环逆时针，含bbox，id为文本，取整后逐一校验图形。"
        }
        "export.level" => "只导出该层级的要素；可重复",
        "export.id" => "只导出该id的要素；可重复",
        "export.format" => "输出格式；默认按文件扩展名，否则为GeoJSON",
        "export.style" => {
            "写出地图软件的绘制方式：GeoJSON中的颜色（simplestyle）、KML中的样式，以及GeoPackage中或GeoJSON、Shapefile、FlatGeobuf旁（.qml）的QGIS样式、PMTiles旁的MapLibre样式"
        }

        "export.min_zoom" => "矢量瓦片的最小级别；默认为8",
        "export.max_zoom" => "矢量瓦片的最大级别，不超过18；默认为16",

        "map" => {
            "把规划做成查询网页或地图（SVG、PDF、PNG）。\n\n网页为单一文件，可离线使用：可平移、缩放，显示规划对各片区的表述，点击或输入坐标即显示该处的判定结果（同`corridor locate`）。仅为--basemap指定的底图瓦片访问网络。\n\n地图含片区及名称、图例、经纬度、比例尺、指北针、来源，以及示意模型的声明。相同输入得到相同的SVG。\n\n点位和地块可为任何支持格式的文件，颜色同所属片区，或点击即见所属片区。点位过多时聚合显示；网页至多含2万个地块。无法显示的行计数，此时退出码为1。"
        }
        "map.input" => "要显示的点位或地块，一并给出所属片区；-表示标准输入",
        "map.tool" => "写出可在浏览器中离线查询文件的网页，无需安装任何软件",
        "map.format" => "输出形式；默认按文件扩展名，否则为SVG",
        "map.theme" => "浅色light或深色dark；网页可随阅读者的系统（auto），且默认如此",
        "map.basemap" => "网页：地图的底图瓦片，如https://HOST/{z}/{x}/{y}.png；可重复，先指定的在下层",
        "map.basemap_crs" => "网页：底图瓦片的坐标系：WGS84、CGCS2000或GCJ02；图形随之偏移",
        "map.label" => "点位或地块的名称列；SVG、PDF、PNG在空间足够时标注，不足时编号并列入图例",
        "map.fields" => "网页：仅写入点位或地块的这些列（以逗号分隔），默认全部",
        "map.color_by" => "SVG、PDF、PNG：点位或地块按该列着色并列入图例，而非按所属片区",
        "map.classify" => {
            "SVG、PDF、PNG：--color-by的分级方法：categories分类，quantiles按分位数分级，equal等间距分级；默认（auto）为超过8个不同数值时按分位数分级"
        }
        "map.pieces" => "SVG、PDF、PNG：地块按各部分所在片区着色，而非整块按占比最大的片区",
        "map.title" => "标题（图名），默认为规划名称",
        "map.subtitle" => "SVG、PDF、PNG：副标题，默认为规划文件名称",
        "map.author" => "SVG、PDF、PNG：制图单位或制图人",
        "map.date" => "SVG、PDF、PNG：制图日期，按所写印出",
        "map.source" => "除规划外另需注明的来源，如点位、地块的许可所要求；SVG、PDF、PNG与规划的来源分别注明",
        "map.context" => {
            "SVG、PDF、PNG：规划周边的线、面、点（底图要素），任何支持的格式；bundled为台州的海岸线、河岸线、铁路和区政府驻地，内置规划默认绘出；none不绘"
        }
        "map.paper" => "SVG、PDF、PNG：幅面，默认为A4",
        "map.orientation" => "SVG、PDF、PNG：横幅或竖幅；默认及auto取图幅较大者",
        "map.dpi" => "PNG：每英寸纸面的像素数，默认150",
        "map.to_crs" => "SVG、PDF、PNG：按该投影坐标系绘制；默认为以中间纬度为标准纬线的局部投影",
        "map.strict" => "遇到第一个无法显示的行即停止",

        "check" => {
            "检查范围线或面图层数据：环、id、层级、分区、公布面积；重叠、缝隙和公共边。\n\n不指定文件时检查内置规划。多个文件逐一检查；指定--coverage时一并检查各面之间是否既不重叠、也无缝隙。有错误（文件不能用作规划）或警告时退出码为1。代码与语言无关。"
        }
        "check.file" => "规划或面图层，任何支持的格式；-表示标准输入；可有多个",
        "check.coverage" => "将全部文件的要素一并作拓扑检查：重叠、缝隙、公共边不一致；规划只检查核与片区",
        "check.gap_width" => "要素之间宽度不超过此值（米）的空隙为缝隙，更宽而被围合的为空洞（提示）：1、0.5m、10cm",
        "check.min_finding_area" => "小于此值（平方米）的重叠、缝隙等只计数，不列出：0.01、1m2",
        "check.fix" => {
            "修复只有一种正确结果的问题，并将图层写入-o指定的文件：尖角、重复图形、相距1毫米以内的拐点、缺少的拐点，以及窄于缝隙宽度的重叠和缝隙。全部修改以文本列出，或按-f指定的csv、json列出"
        }
        "check.fix_priority" => "重叠和缝隙划归此属性数值较大的要素；未指定或数值相等时，划归公共边较长的要素",
        "check.strict_corners" => "位于相邻要素边上而该要素没有对应拐点的拐点列为警告，而非提示",
        "check.spike_angle" => "夹角小于此值（度）的为尖角",
        "check.coverage_sliver_width" => "平均宽度小于此值（米）的要素为碎面",
        "check.min_width" => "宽度小于此值（米）的部分为局部过窄；默认不检查",
        "check.coverage_min_area" => "面积小于此值（平方米）的要素为面积过小；默认不检查",
        "check.boundary_layer" => "以该文件的各面合为边界：要素不得超出边界，并须将其覆盖",
        "check.boundary_crs" => "边界的坐标系；默认取文件声明，否则为WGS84",
        "check.crs" => "其坐标系；默认取文件声明，否则为WGS84",
        "check.override_crs" => "其坐标系，不论文件如何声明；用于声明有误的文件",
        "check.layer" => "文件有多个图层时指定其一",
        "check.area_tolerance" => "面积与公布值的允许差（百万分率）；默认以四舍五入后等于公布值为准",
        "check.format" => "输出格式；默认按文件扩展名，否则为文本",

        "plan" => {
            "由自有的面制作规划：层级、精度、公布面积和来源。\n\n层级按包含关系推断：包含其他全部要素的为走廊，走廊之下为片区，片区之内为组团。没有走廊时，以外围要素的并集作为走廊。所作推断均予说明。规划按文件的坐标系写为GeoPackage，或写为GeoJSON，并按corridor check检查，有警告时退出码为1。"
        }
        "plan.action" => "操作：new制作新规划",
        "plan.file" => "面文件，任何支持的格式；-表示标准输入",
        "plan.crs" => "其坐标系；默认取文件声明，否则为WGS84",
        "plan.override_crs" => "其坐标系，不论文件如何声明；用于声明有误的文件",
        "plan.layer" => "文件有多个图层时指定其一",
        "plan.title" => "规划名称，默认取文件名",
        "plan.corridor_name" => "走廊名称（各面均非走廊时），默认取规划名称",
        "plan.core" => "作为核的片区，其id或名称",
        "plan.authority" => "范围线的效力：indicative示意，official官方；默认为indicative",
        "plan.source" => "范围线和数据的来源，默认取文件名",
        "plan.published_by" => "规划的发布单位",
        "plan.published_on" => "规划文件的日期：YYYY-MM-DD",
        "plan.format" => "输出格式：gpkg或geojson；默认按文件扩展名，否则为geojson",

        "describe" => {
            "查看规划对走廊、片区、组团的描述。\n\n定位、产业、项目、2026和2035年目标、来源，以及未公布的内容。不指定id时显示走廊，并列出其中各要素的id。"
        }
        "describe.id" => "要素的id或名称，也可只写一部分：jiaojiang、椒江",

        "layers" => {
            "列出文件的图层：行数、几何类型、坐标系、字段。\n\n包括GeoPackage、文件地理数据库和图形文件的图层、工作簿的工作表、压缩包中的表格；其他文件为一个图层。每个图层均读到末尾；既无几何又无坐标列的表只列字段。有图层无法读取时，退出码为1。"
        }
        "layers.container" => "任何支持格式的文件",

        "sql" => {
            "用SQL查询表格，规划片区作为位置的函数。\n\n表用带引号的文件名表示，可一次多个：'points/*.parquet'，或文件夹名'points/'；可为CSV、JSON（每行一个对象）、Parquet或GeoParquet。函数有corridor_zone(lon, lat)、corridor_path、corridor_distance_m、corridor_certainty等（与locate各列同名），以及corridor_overlay(wkb)；参数之后可注明坐标系：corridor_zone(x, y, 'EPSG:4549')。坐标不可用的行结果为空值。除非查询含ORDER BY，行序由引擎决定。"
        }
        "sql.query" => "查询语句：SELECT …",
        "sql.format" => "输出格式；默认按文件扩展名，否则为文本",
        "sql.partitions" => "并行处理的分区数；默认等于处理器核数",

        "completions" => "输出命令行补全脚本。",
        "completions.shell" => "shell名称",
        "man" => "输出手册页。",
        "man.command" => "某个命令的手册页",
        _ => return shared(path.split_once('.')?.1),
    };
    Some(own)
}

/// The Chinese help of arguments of several commands.
fn shared(argument: &str) -> Option<&'static str> {
    Some(match argument {
        "format" => "输出格式；默认按文件扩展名，否则同输入",
        "at" => "直接给出点位：经度,纬度（度）；可重复",
        "strict" => "遇到第一个无效的行即停止",
        "input_format" => "输入格式；默认按文件扩展名，否则按文件开头判断",
        "input_encoding" => {
            "输入文本的编码（WHATWG标签）：utf-8、gb18030、big5、utf-16le、windows-1252等；默认由文本判断"
        }
        "layer" => "输入有多个图层或工作表时指定其一",
        "crs" => {
            "输入坐标的坐标系：WGS84、CGCS2000、GCJ02、BD09、EPSG:nnnn、ArcGIS中的名称，或定义（WKT、PROJJSON、+proj=…、@文件.prj）；默认取文件声明，否则为WGS84"
        }
        "override_crs" => "输入坐标的坐标系，不论文件如何声明；用于声明有误的文件",
        "field_names" => "文件地理数据库的列名取字段名（name）或别名（alias），默认为字段名",
        "domains" => "文件地理数据库中以属性域和子类型的名称代替编码",
        "input_dialect" => "读取报批TXT时所用的版式，取值同--txt-dialect；默认由文件各行识别",
        "axis" => "输入坐标的顺序：auto由数值判断（高斯-克吕格），en东坐标或经度在前，ne北坐标或纬度在前",
        "lon_field" => "经度或东坐标列（列名无法识别时）",
        "lat_field" => "纬度或北坐标列（列名无法识别时）",
        "coord_field" => "两个坐标所在的列，如121.4,28.65；顺序按--axis，默认由数值判断",
        "header_row" => "列名所在行，占两行时如3-4；默认在标题行之下自动识别",
        "wkt_field" => "WKT或十六进制WKB几何列（列名无法识别时）",
        "fields" => "只写出输入的这些列（以逗号分隔）和新增的列；不在列中的标识和几何以`id`、`wkt`或`lon,lat`表示",
        "to_crs" => "输出坐标的坐标系，写法同--crs；默认同输入，GeoJSON和KML为WGS84",
        "precision" => "输出坐标的小数位数；默认全部保留，经坐标转换的保留9位（度）或4位（米）",
        "encoding" => "输出文本的编码（CSV、Shapefile、报批TXT、DXF）：UTF-8或GB18030",
        "to_layer" => "输出图层或工作表的名称；默认取文件名",
        "summary" => "将各片区、各可信度的数量以JSON写入该文件（-表示标准输出）；此时须用-o才写出各行",
        "headers" => "工作簿中结果列的表头和固定取值：names各语言相同，供程序读取；localized采用--lang的语言，供人阅读",
        "excel" => "输出供Excel打开的CSV：带BOM，会被Excel当作公式的单元格前加撇号",
        "boundary_points" => {
            "写界址点成果表，按扩展名为Excel工作簿或CSV：各地块自西北角顺时针的界址点，及边长、方位角和面积；坐标取--to-crs的投影平面，未指定时取输入的高斯-克吕格投影带，否则取首宗地所在的3度带"
        }
        "boundary_numbering" => "界址点编号范围：file为全文件统一编号，相邻地块的公共点同号；parcel为各地块单独编号",
        "label" => "报告和界址点成果表中标注地块名称的列，默认取名称相符的列",
        "plan" => "用自有的规划或面图层（任何支持的格式）代替内置的示意规划",
        "plan_crs" => "规划坐标的坐标系；默认取文件声明，否则为WGS84",
        "plan_encoding" => "规划文件文本的编码（WHATWG标签）；默认由文本判断",
        "layer_field" => "以该列为各行的图层名（DXF）；默认为命令新增的片区，其次为`layer`列",
        "text_field" => "将该列作为文字写在各面之内（DXF）",
        "txt_dialect" => {
            "写出报批TXT的版式：survey（勘测定界）、one-map（国土空间规划一张图）、linkage（增减挂钩）、zhejiang（报省部标）、cass（CASS点坐标）；默认survey，.dat为cass"
        }
        "geoparquet_version" => {
            "写出的GeoParquet版本：2.0带Parquet的GEOMETRY类型和行组统计，1.1供较旧的软件读取；默认2.0"
        }
        "corner_numbers" => {
            "报批TXT中界址点的编号：每地块（parcel）、每圈（ring）从1起编，或全文件（file）连续编号；默认parcel"
        }
        "open_rings" => "报批TXT中各圈末尾不重复首点",
        "datum_shift" => "由1954北京、1980西安或地方坐标系转CGCS2000的四参数或七参数文件（TOML）",
        "plan_datum_shift" => "规划坐标转CGCS2000的四参数或七参数文件，同--datum-shift",
        "override_plan_crs" => "规划坐标的坐标系，不论文件如何声明；用于声明有误的文件",
        "plan_layer" => "规划文件有多个图层时指定其一",
        "setback" => "退线：各范围自边界向内缩小该距离：30、30m、1.5km",
        "grow" => "外扩：各范围自边界向外扩大该距离：30、30m、1.5km",
        "plan_accuracy" => "范围线精度（米，95%置信度），用于自身未注明精度的要素",
        "plan_fields" => {
            "规划属性取自文件中的哪些字段，如accuracy_m=精度,published_area_km2=规划面积；公布面积可注明单位，如规划面积:ha"
        }
        "plan_levels" => "文件中各级别的含义，如片区=zone,核心区=core",
        "name_field" => "按无层级图层读取，以该属性区分要素",
        "output" => "写入该文件而非标准输出；扩展名决定格式",
        "overwrite" => "输出文件已存在时予以替换",
        _ => return None,
    })
}

fn either(lang: Lang, en: &'static str, zh: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The placeholder of a value in the Chinese help. Abbreviations are the same in both languages.
pub fn value_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "INPUT" => "输入文件",
        "FILE" => "文件",
        "CRS" => "坐标系",
        "FORMAT" => "格式",
        "LON,LAT" => "经度,纬度",
        "METRES" | "M" => "米",
        "DEG" => "度",
        "M2" => "平方米",
        "COLUMN" | "COLUMNS" => "列",
        "ROW" => "行号",
        "LEVEL" => "层级",
        "PROPERTY=FIELD" => "属性=字段",
        "NAME=LEVEL" => "名称=层级",
        "AUTHORITY" => "效力",
        "ACTION" => "操作",
        "DATE" => "日期",
        "ZOOM" => "级别",
        "LANG" => "语言",
        "MODE" => "方式",
        "DISTANCE" => "距离",
        "SCOPE" => "范围",
        "NAME" | "NAMES" => "名称",
        "DIALECT" => "版式",
        "NAME=FILE" => "名称=文件",
        "NAME=LAYER" => "名称=图层",
        "PROPERTY" => "属性",
        "CONTROL" => "控制面积",
        "WEIGHT" => "依据",
        "ENCODING" => "编码",
        "VERSION" => "版本",
        "ORDER" => "顺序",
        "DECIMALS" => "位数",
        "SHARE" => "占比",
        "UNIT" => "单位",
        "TEMPLATE" => "网址模板",
        "TEXT" => "文字",
        "THEME" => "主题",
        "PAPER" => "幅面",
        "ORIENTATION" => "方向",
        "METHOD" => "方法",
        "COUNT" => "数量",
        "QUERY" => "查询语句",
        "COMMAND" => "命令",
        "SHELL" => "shell",
        "ID" => "ID",
        "PPM" => "ppm",
        "DPI" => "dpi",
        _ => return None,
    })
}

/// The list of possible values, in Chinese.
pub fn values(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| format!("[可选值：{}]", values.join("、")))
}

/// The default value, in Chinese.
pub fn default(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| format!("[默认：{}]", values.join("、")))
}

/// The help of `--help` and `--version`: short, long.
pub fn flag(name: &str, lang: Lang) -> (&'static str, &'static str) {
    match (name, lang) {
        ("help", Lang::En) => ("Print help (more with --help)", "Print help (a summary with -h)"),
        ("help", Lang::Zh) => ("显示帮助（详见--help）", "显示帮助（-h为简要）"),
        (_, Lang::En) => ("Print version", "Print version"),
        (_, Lang::Zh) => ("显示版本", "显示版本"),
    }
}

/// The template of the Chinese help.
pub const TEMPLATE: &str = "{about}\n\n用法：{usage}\n\n{all-args}{after-help}";
/// The placeholder of options in the Chinese usage.
pub const OPTIONS: &str = "[选项]";
/// The Chinese heading of positional arguments.
pub const ARGUMENTS: &str = "参数";
/// The Chinese heading of commands.
pub const COMMANDS: &str = "命令";
/// The Chinese section headings of manual pages, which `clap_mangen` always writes in English.
pub const MAN_SECTIONS: [(&str, &str); 6] = [
    ("NAME", "名称"),
    ("SYNOPSIS", "概要"),
    ("DESCRIPTION", "描述"),
    ("OPTIONS", "选项"),
    ("EXTRA", "其他"),
    ("VERSION", "版本"),
];

/// The help with full-width colons after Chinese headings, for which clap always writes an ASCII colon.
pub fn with_full_width_colons(help: &str) -> String {
    let headings = Heading::ALL.map(|heading| heading.text(Lang::Zh)).into_iter().chain([ARGUMENTS, COMMANDS]);
    headings.fold(help.to_owned(), |help, heading| help.replace(&format!("{heading}:"), &format!("{heading}：")))
}

/// The Chinese help of the command `help`.
pub const HELP_COMMAND: &str = "显示帮助或某个命令的帮助";
