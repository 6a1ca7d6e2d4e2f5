//! Texts for people, in English and Chinese: errors and advice, and texts that reports, maps and the command line
//! share.

mod adjustment;
mod advice;
mod boundary_points;
mod details;
mod errors;
mod findings;
mod foreign;
#[cfg(feature = "cli")]
mod launch;
mod layers;
mod maps;
mod outlines;
mod page;
mod parcels;
mod problems;
mod read_notes;
mod reports;
mod runs;
pub(crate) mod sentences;
mod shift;
mod tables;
pub mod text;
mod vocabulary;

pub use advice::advice;
#[cfg(feature = "cli")]
pub(crate) use errors::finding_in_file;
pub(crate) use errors::problem;
pub use errors::{error, finding};
pub use layers::LayerTexts;
pub use maps::MapTexts;
pub use outlines::INDICATIVE_NOTICE;
pub use page::page_texts;
pub use parcels::ParcelTexts;
pub use reports::ReportTexts;
pub use runs::Message;
pub use tables::Marked;
pub use vocabulary::Texts;
pub(crate) use vocabulary::base_name;

use crate::messages::text::one_line;

/// A language of messages and reports. Column names and codes are the same in both.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::messages::Lang;
///
/// let plan = Plan::bundled();
/// let names = [Lang::En, Lang::Zh].map(|lang| lang.name_of(&plan.features()[1]).to_owned());
/// assert_eq!(names, ["Central Innovation Core", "中央创新核"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese (中文).
    Zh,
}

impl Lang {
    /// The language of a locale name such as `zh_CN.UTF-8`; English unless it is Chinese.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// assert_eq!(Lang::of_locale("zh_CN.UTF-8"), Lang::Zh);
    /// assert_eq!(Lang::of_locale("C"), Lang::En);
    /// ```
    pub fn of_locale(name: &str) -> Lang {
        if name.to_ascii_lowercase().starts_with("zh") { Lang::Zh } else { Lang::En }
    }

    /// The fixed texts of this language.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// assert_eq!((Lang::En.texts().zone, Lang::Zh.texts().zone), ("Zone", "片区"));
    /// ```
    pub fn texts(self) -> &'static Texts {
        Texts::of(self)
    }

    /// The fixed texts of the report on parcels and layers.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// assert_eq!(Lang::Zh.layer_texts().of_layer("永久基本农田", "面积"), "永久基本农田：面积");
    /// ```
    pub fn layer_texts(self) -> &'static LayerTexts {
        LayerTexts::of(self)
    }

    /// The fixed texts of the parcel report.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// assert_eq!(Lang::En.parcel_texts().in_unit("Area", "ha"), "Area (ha)");
    /// ```
    pub fn parcel_texts(self) -> &'static ParcelTexts {
        ParcelTexts::of(self)
    }

    /// The fixed texts of maps.
    ///
    /// ```
    /// use taizhou_corridor::messages::Lang;
    ///
    /// assert_eq!(Lang::En.map_texts().legend, "Legend");
    /// ```
    pub fn map_texts(self) -> &'static MapTexts {
        MapTexts::of(self)
    }

    /// The text in this language.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::messages::Lang;
    ///
    /// let facts = Plan::bundled().facts().unwrap();
    /// assert_eq!(Lang::En.localized(&facts.features["core"].roles[0]), "Source of innovation");
    /// ```
    pub fn localized(self, text: &crate::plan::Text) -> &str {
        match self {
            Lang::En => &text.en,
            Lang::Zh => &text.zh,
        }
    }

    /// The notice of a plan: for the bundled plan and the notice of new plans in this language, else as it is in the file.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::messages::Lang;
    ///
    /// assert!(Lang::Zh.notice_of(&Plan::bundled()).unwrap().contains("非官方"));
    /// ```
    pub fn notice_of(self, plan: &crate::plan::Plan) -> Option<String> {
        let notice = plan.notice()?;
        Some(match notice {
            _ if plan.is_bundled() => self.texts().indicative.to_owned(),
            INDICATIVE_NOTICE => self.texts().indicative_outline().to_owned(),
            notice => one_line(notice),
        })
    }

    /// The name of a zone in this language; the Chinese name if there is no English one.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::messages::Lang;
    ///
    /// // A layer may have one name only.
    /// let parcel = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "0701",
    ///     "properties": {"name": "滨海地块"}, "geometry": {"type": "Polygon", "coordinates":
    ///     [[[121.40, 28.65], [121.41, 28.65], [121.41, 28.66], [121.40, 28.65]]]}}]}"#;
    /// assert_eq!(Lang::En.name_of(&Plan::from_geojson(parcel.as_bytes())?.features()[0]), "滨海地块");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn name_of(self, zone: &crate::plan::Feature) -> &str {
        match self {
            Lang::En => zone.name_en.as_deref().unwrap_or(&zone.name),
            Lang::Zh => &zone.name,
        }
    }
}
