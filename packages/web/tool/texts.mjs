// What the page says, in both languages.

const ENGLISH = {
  title: "Zones of sites and parcels",
  subtitle: "Taizhou Bay Science and Technology Innovation Corridor, or an outline of your own",
  language: "中文",
  "theme-auto": "Theme: system", "theme-light": "Theme: light", "theme-dark": "Theme: dark",
  skip: "Skip to the result",
  "welcome-title": "Which zone contains it?",
  "welcome-text": "Drop sites or parcels here: a shapefile, a survey TXT, Excel, CSV, GeoJSON, KML, DXF. You get the zone of each, the areas and shares, how certain that is, and files and reports to hand in.",
  privacy: "Nothing leaves this computer. The page works offline and makes no network requests.",
  choose: "Choose files…",
  "choose-folder": "Choose a folder (.gdb)…",
  "try": "Try a sample:",
  "sample-sites": "32 landmarks",
  "sample-parcels": "30 fictitious parcels (survey TXT)",
  files: "Files", add: "Add files…", remove: "Remove {name}",
  "how-read": "How the file is read",
  automatic: "automatic ({value})", "automatic-none": "automatic",
  "crs": "Coordinate system", "crs-hint": "such as CGCS2000, EPSG:4528, GCJ02",
  "overrides": "although the file declares another",
  inputEncoding: "Text encoding", layer: "Layer or sheet", headerRow: "Row of the column names",
  lonField: "Column of longitudes or eastings", latField: "Column of latitudes or northings",
  wktField: "Column of geometries (WKT)", coordField: "Column of both coordinates", axis: "Order of coordinates",
  "axis-en": "easting first", "axis-ne": "northing first",
  question: "Question",
  locate: "Sites: the zone of each", overlay: "Parcels: the area in each zone", nearest: "Sites: the nearest zone",
  check: "Polygons: overlaps, gaps, invalid shapes", convert: "Convert only",
  uncertainty: "Position uncertainty of the sites, m (95 %)", uncertaintyField: "Column with that of each site",
  level: "Most specific level", "level-cluster": "clusters", "level-zone": "core and zones", "level-core": "core",
  wide: "One row for each parcel", repair: "Repair invalid polygons",
  statedArea: "Column of stated areas", statedUnit: "Their unit", sumBy: "Reports: column of land use classes",
  within: "Only within, m", boundary: "Measure to the boundary from inside, too",
  gapWidth: "Voids up to this width are gaps, m", minFindingArea: "Do not list smaller areas, m²", strictCorners: "Corners without a counterpart are warnings",
  nameField: "Column that identifies the polygons",
  "fast": "Zone only, without distance and certainty (faster)",
  outline: "Outline", bundled: "Bundled (indicative)", "own-outline": "Use an outline of your own: add its file, then choose it here.",
  planAccuracy: "Accuracy of the outline, m (95 %)", "map-level": "Column of levels", "map-accuracy": "Column of accuracies (m)", "map-area": "Column of published areas",
  "plan-features": "{count} features: {names}",
  none: "none",
  "phase-reading": "Reading the file…", "phase-recognising": "Recognising the format…", "phase-answering": "Computing…",
  "phase-arranging": "Preparing the table…", "phase-writing": "Writing the file…", "phase-drawing": "Drawing the map…", "phase-starting": "Starting…",
  cancel: "Cancel", cancelled: "Cancelled. The files are still here.",
  again: "Compute again",
  result: "Result", notes: "Notes ({count})", "counts": "Counts by zone",
  zone: "Zone", count: "Rows", certain: "Certain", uncertain: "Uncertain", "not-assessed": "Not assessed", outside: "outside all zones",
  "filter-text": "Search in the table", "all-of": "{name}: all", "shown-rows": "{shown} of {count} rows", "empty-value": "(empty)",
  table: "Table", "table-hint": "Arrow keys move from row to row; a row is shown on the map.",
  "draw-map": "Draw the map", "large-map": "The map is drawn on request: {count} rows take a while.",
  "no-map": "No map: {reason}", "map-frame": "Map of the plan with the rows",
  "save-rows": "Save the rows as", "save-report": "Report", "save-map": "Save the map as", save: "Save",
  toCrs: "in the system", "as-input": "as it is read", excel: "CSV for Excel",
  "page-html": "web page", "format-docx": "Word", "format-xlsx": "Excel", "format-html": "web page", "format-md": "Markdown",
  "text-TXT": "survey TXT (parcels without answers)",
  saved: "{name} written", "save-failed": "{name} was not written",
  error: "Error", advice: "What to do", code: "Code",
  "crashed": "The page ran out of memory or the program failed on {name}", "crashed-advice": "The files are still here. Close other tabs, use a smaller file, or use the program corridor, which reads files of any size.",
  "too-large": "A browser reads files up to about 1 GB: {name} has {size} MB", "too-large-advice": "use the program corridor for it",
  "no-files": "There is no file in what was dropped",
  "unsupported": "This browser is too old for the page: it needs Chrome or Edge 103, Firefox 113 or Safari 16.4, or newer.",
  about: "About this page",
  "about-text": "corridor {version}. The page contains the library as WebAssembly. Formats and systems that need PROJ, GeoPackage or GeoParquet are in the program only.",
  colon: ": ", "engine-seconds": "computed in {seconds} s",
};

/** @type {typeof ENGLISH} */
const CHINESE = {
  title: "点位与地块所属片区查询",
  subtitle: "台州湾科创走廊，或自有范围线",
  language: "English",
  "theme-auto": "主题：跟随系统", "theme-light": "主题：浅色", "theme-dark": "主题：深色",
  skip: "跳到结果",
  "welcome-title": "属于哪个片区？",
  "welcome-text": "把点位或地块文件拖到此处：Shapefile、界址点TXT、Excel、CSV、GeoJSON、KML、DXF均可。可得所属片区、面积与占比、可信度，并导出成果文件和报告。",
  privacy: "数据不离开本机：本页离线运行，不发出任何网络请求。",
  choose: "选择文件…",
  "choose-folder": "选择文件夹（.gdb）…",
  "try": "试用示例：",
  "sample-sites": "32个地标",
  "sample-parcels": "30个虚构地块（界址点TXT）",
  files: "文件", add: "添加文件…", remove: "移除{name}",
  "how-read": "读取方式",
  automatic: "自动（{value}）", "automatic-none": "自动",
  "crs": "坐标系", "crs-hint": "如CGCS2000、EPSG:4528、GCJ02",
  "overrides": "不采用文件声明的坐标系",
  inputEncoding: "文本编码", layer: "图层或工作表", headerRow: "列名所在行",
  lonField: "经度（东坐标）列", latField: "纬度（北坐标）列",
  wktField: "几何列（WKT）", coordField: "坐标对列", axis: "坐标顺序",
  "axis-en": "东坐标在前", "axis-ne": "北坐标在前",
  question: "查询内容",
  locate: "点位：所属片区", overlay: "地块：各片区内面积", nearest: "点位：最近片区",
  check: "面：重叠、缝隙、无效几何", convert: "仅转换格式",
  uncertainty: "点位精度（米，95%置信度）", uncertaintyField: "各点精度所在列",
  level: "判定到哪一级", "level-cluster": "功能组团", "level-zone": "核与片区", "level-core": "核",
  wide: "每个地块一行", repair: "修复无效面",
  statedArea: "载明面积列", statedUnit: "面积单位", sumBy: "报告：地类列",
  within: "最大距离（米）", boundary: "在片区内也量至边界",
  gapWidth: "缝隙最大宽度（米）", minFindingArea: "不列出小于此面积的问题（平方米）", strictCorners: "缺少对应折点按警告",
  nameField: "标识面的列",
  "fast": "只判定片区，不计算距离和可信度（较快）",
  outline: "范围线", bundled: "内置（示意，非官方）", "own-outline": "使用自有范围线：先添加文件，再在此选择。",
  planAccuracy: "范围线精度（米，95%置信度）", "map-level": "层级列", "map-accuracy": "精度列（米）", "map-area": "公布面积列",
  "plan-features": "{count}个要素：{names}",
  none: "无",
  "phase-reading": "正在读取文件…", "phase-recognising": "正在识别格式…", "phase-answering": "正在计算…",
  "phase-arranging": "正在准备表格…", "phase-writing": "正在写出文件…", "phase-drawing": "正在绘制地图…", "phase-starting": "正在启动…",
  cancel: "取消", cancelled: "已取消，文件仍保留。",
  again: "重新计算",
  result: "结果", notes: "提示（{count}条）", "counts": "按片区统计",
  zone: "片区", count: "行数", certain: "确定", uncertain: "不确定", "not-assessed": "未评定", outside: "片区以外",
  "filter-text": "在表中查找", "all-of": "{name}：全部", "shown-rows": "显示{shown}行，共{count}行", "empty-value": "（空）",
  table: "表格", "table-hint": "用方向键逐行移动，所选行在地图上显示。",
  "draw-map": "绘制地图", "large-map": "共{count}行，绘制需要一些时间，按需绘制。",
  "no-map": "无法绘制地图：{reason}", "map-frame": "规划及各行数据的地图",
  "save-rows": "保存数据为", "save-report": "报告", "save-map": "保存地图为", save: "保存",
  toCrs: "坐标系", "as-input": "与读取时相同", excel: "供Excel打开的CSV",
  "page-html": "网页", "format-docx": "Word", "format-xlsx": "Excel", "format-html": "网页", "format-md": "Markdown",
  "text-TXT": "界址点TXT（地块，不含判定结果）",
  saved: "已写出{name}", "save-failed": "{name}未写出",
  error: "错误", advice: "处理办法", code: "代码",
  "crashed": "处理{name}时内存不足或程序出错", "crashed-advice": "文件仍保留。请关闭其他标签页、改用较小的文件，或使用corridor程序（文件大小不限）。",
  "too-large": "浏览器可读取的文件约以1 GB为限：{name}为{size} MB", "too-large-advice": "请使用corridor程序",
  "no-files": "拖入的内容中没有文件",
  "unsupported": "浏览器版本过低：需要Chrome或Edge 103、Firefox 113、Safari 16.4及以上版本。",
  about: "关于本页",
  "about-text": "corridor {version}。本页内含WebAssembly版程序库；需要PROJ的坐标系以及GeoPackage、GeoParquet格式请使用corridor程序。",
  colon: "：", "engine-seconds": "计算用时{seconds}秒",
};

/** @typedef {"en" | "zh"} Lang */
/** @typedef {keyof typeof ENGLISH} Key */

const TEXTS = { en: ENGLISH, zh: CHINESE };

/** @param {Lang} lang */
export const textsOf = (lang) =>
  /** @param {Key} key @param {Record<string, unknown>} [values] @returns {string} */
  (key, values = {}) => TEXTS[lang][key].replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));

// The options of the library whose names messages use, as the page calls them; not such as are words, too.
const NAMED = ["crs", "inputEncoding", "headerRow", "lonField", "latField", "wktField", "coordField", "nameField", "statedArea",
  "statedUnit", "planAccuracy", "toCrs"];
const NAMES = new RegExp(`(?<![\\w:])(?:${NAMED.join("|")})(?![\\w:])`, "g");

/** A message of the library with the names of options as they are on the page. @param {string} text @param {Lang} lang */
export function withLabels(text, lang) {
  const word = textsOf(lang);
  const quoted = (/** @type {any} */ name) => `“${word(name)}”`;
  return text.replace(/\boverrideCrs\b/g, () => `${quoted("crs")} (${word("overrides")})`)
    .replace(NAMES, (name) => quoted(name));
}
