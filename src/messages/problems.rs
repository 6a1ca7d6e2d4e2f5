//! Problems of rows, shapes and plans in Chinese; the English texts are with their types.

use crate::error::{
    CoverageProblem, FeatureProblem, Hint, PlanProblem, PropertyKind, RowProblem, ShapeProblem, width_decimals,
};
use crate::messages::details::{self, Detail};
use crate::units::{Metres, SquareMetres};

pub(super) fn row_zh(problem: &RowProblem) -> String {
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

pub(super) fn shape_zh(problem: &ShapeProblem) -> String {
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

pub(super) fn plan_zh(problem: &PlanProblem) -> String {
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

pub(super) fn coverage_zh(problem: &CoverageProblem) -> String {
    let area = |area: SquareMetres| {
        let decimals = if area.0 < 0.1 { 6 } else { 2 };
        format!("{:.decimals$}平方米", area.0)
    };
    let width = |width: Metres| format!("宽{:.*}米", width_decimals(width), width.0);
    match problem {
        CoverageProblem::Overlap { other, area: of, width: wide } => {
            format!("与`{other}`重叠：{}，{}", area(*of), width(*wide))
        }
        CoverageProblem::Contained { other, area: of } => format!("位于`{other}`之内：{}", area(*of)),
        CoverageProblem::DuplicateShape { other, area: of } => format!("图形与`{other}`重复：{}", area(*of)),
        CoverageProblem::Gap { other, area: of, width: wide } => {
            let place = other.as_ref().map_or_else(|| "边界处".to_owned(), |other| format!("与`{other}`之间"));
            format!("{place}有缝隙：{}，{}", area(*of), width(*wide))
        }
        CoverageProblem::Hole { area: of, .. } => format!("其旁有被要素围合而不属于任何要素的空洞：{}", area(*of)),
        CoverageProblem::UnmatchedCorner { other } => format!("公共边上的此拐点，`{other}`没有对应拐点"),
        CoverageProblem::Spike { angle_deg, .. } => format!("边界折返成尖角，夹角{angle_deg:.2}度"),
        CoverageProblem::Sliver { area: of, width: wide } => format!("为碎面：{}，平均{}", area(*of), width(*wide)),
        CoverageProblem::Narrow { area: of, width: wide } => format!("局部过窄：{}，{}", area(*of), width(*wide)),
        CoverageProblem::Small { area: of } => format!("面积仅{}", area(*of)),
        CoverageProblem::OutsideBoundary { area: of } => format!("有{}超出边界", area(*of)),
        CoverageProblem::Uncovered { area: of } => format!("边界内有{}不属于任何要素", area(*of)),
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
