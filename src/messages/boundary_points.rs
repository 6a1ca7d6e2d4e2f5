//! Texts of tables of boundary points.

use crate::crs::GaussKruegerZone;
use crate::messages::Lang;
#[cfg(feature = "cli")]
use crate::messages::{Texts, sentences::plural};
use crate::query::boundary_points::BoundaryPlane;

/// The fixed texts of a table of boundary points.
pub(crate) struct BoundaryTexts {
    lang: Lang,
    pub(crate) title: &'static str,
    pub(crate) parcel: &'static str,
    pub(crate) plane_area: &'static str,
    pub(crate) area: &'static str,
    pub(crate) mu: &'static str,
    pub(crate) system: &'static str,
    pub(crate) corner_count: &'static str,
    pub(crate) corners: &'static str,
    pub(crate) ring_number: &'static str,
    /// The headings of a corner: number, X, Y, side, azimuth.
    pub(crate) heads: [&'static str; 5],
    /// The footer of a page, in the notation of Excel.
    pub(crate) footer: &'static str,
}

static EN: BoundaryTexts = BoundaryTexts {
    lang: Lang::En,
    title: "Table of boundary points",
    parcel: "Parcel",
    plane_area: "Area in the plane (m²)",
    area: "Area on the ellipsoid (m²)",
    mu: "Area (mu)",
    system: "Coordinates",
    corner_count: "Boundary points",
    corners: "Boundary points",
    ring_number: "Ring",
    heads: ["Point", "X, northing (m)", "Y, easting (m)", "Side (m)", "Azimuth"],
    footer: "&CPage &P of &N",
};

static ZH: BoundaryTexts = BoundaryTexts {
    lang: Lang::Zh,
    title: "界址点成果表",
    parcel: "宗地",
    plane_area: "宗地面积（平面，m²）",
    area: "椭球面积（m²）",
    mu: "面积（亩）",
    system: "坐标系",
    corner_count: "界址点数",
    corners: "界址点",
    ring_number: "圈号",
    heads: ["点号", "X(m)", "Y(m)", "边长(m)", "方位角"],
    footer: "&C第&P页 共&N页",
};

impl BoundaryTexts {
    /// The heading of a ring of a parcel with several.
    pub(crate) fn ring(&self, number: usize, is_hole: bool) -> String {
        match (self.lang, is_hole) {
            (Lang::En, false) => format!("Ring {number}"),
            (Lang::En, true) => format!("Ring {number} (hole)"),
            (Lang::Zh, false) => format!("第{number}圈"),
            (Lang::Zh, true) => format!("第{number}圈（内环）"),
        }
    }

    /// The system of the coordinates.
    pub(crate) fn plane(&self, plane: &BoundaryPlane) -> String {
        let crs = plane.crs();
        let Some(zone) = GaussKruegerZone::on_any_datum(crs) else { return crs.to_string() };
        let (width, meridian, number) = (zone.width_deg(), zone.central_meridian_deg(), zone.number);
        let datum = match (GaussKruegerZone::of(crs).is_some(), self.lang) {
            (true, Lang::En) => "CGCS2000, ",
            (true, Lang::Zh) => "CGCS2000，",
            (false, _) => "",
        };
        match self.lang {
            Lang::En => {
                let prefix = if zone.has_prefix { format!(", Y with zone prefix {number}") } else { String::new() };
                format!("{datum}{width}-degree Gauss-Krüger, central meridian {meridian}° E{prefix} ({crs})")
            }
            Lang::Zh => {
                let prefix = if zone.has_prefix { format!("，Y加带号{number}") } else { String::new() };
                format!("{datum}高斯-克吕格{width}度带，中央子午线{meridian}°E{prefix}（{crs}）")
            }
        }
    }
}

impl Lang {
    pub(crate) fn boundary_texts(self) -> &'static BoundaryTexts {
        match self {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }
}

#[cfg(feature = "cli")]
impl Texts {
    /// The system of boundary points that was chosen, for the user to state another.
    pub(crate) fn chosen_plane(&self, file: &str, plane: &BoundaryPlane) -> String {
        let plane = self.lang.boundary_texts().plane(plane);
        match self.lang {
            Lang::En => {
                format!("{file}: boundary points in {plane}, the zone of the first parcel; --to-crs states another")
            }
            Lang::Zh => format!("{file}：界址点坐标采用首宗地所在的投影带：{plane}；可用--to-crs另行指定"),
        }
    }

    /// The number of boundary points and parcels in a table.
    pub(crate) fn boundary_points_written(&self, file: &str, points: u64, parcels: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: {} of {}", plural(points, "boundary point"), plural(parcels, "parcel")),
            Lang::Zh => format!("{file}：{parcels}宗地，界址点{points}个"),
        }
    }

    /// Rows that are not in a table of boundary points.
    pub(crate) fn without_boundary(&self, file: &str, rows: u64) -> String {
        match self.lang {
            Lang::En => format!("{file}: without {}, invalid or too small", plural(rows, "row")),
            Lang::Zh => format!("{file}：不含几何无效或过小的{rows}行"),
        }
    }
}
