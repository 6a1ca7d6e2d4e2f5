//! The cover of a report: title, author, date, the files and systems that it is made from.

use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::plan::Plan;
use crate::report::document::{Cover, Figure, Picture, Section};

/// The inputs of a report, and what its cover says.
///
/// ```
/// use taizhou_corridor::report::Source;
///
/// let source = Source { file: "parcels.shp".to_owned(), crs: "EPSG:4549".to_owned(), ..Source::default() };
/// assert!(source.title.is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Source {
    /// The title; by default one that fits the report.
    pub title: Option<String>,
    /// The author, such as an office.
    pub author: Option<String>,
    /// The date of the report, as it is to be shown. Reports have no date by themselves: the same input gives the same
    /// file.
    pub date: Option<String>,
    /// The file of the sites or parcels; empty if there is none.
    pub file: String,
    /// Its format.
    pub format: String,
    /// Its coordinate reference system.
    pub crs: String,
    /// The file of the plan; `None` for the bundled plan.
    pub outline: Option<String>,
    /// The settings that were used: `corridor.toml: plan, crs`.
    pub settings: Option<String>,
    /// A map with the sites or parcels.
    pub map: Option<Picture>,
    /// What is to be said of the map.
    pub map_note: Option<String>,
}

impl Source {
    /// The section of the map, if there is one, or something to say of it.
    pub(super) fn map_section(&self, lang: Lang) -> Option<Section<'static>> {
        let figures: Vec<Figure> = self.map.clone().map(Figure::Picture).into_iter().collect();
        if figures.is_empty() && self.map_note.is_none() {
            return None;
        }
        let title = lang.report_texts().map().to_owned();
        Some(Section { title, paragraphs: self.map_note.iter().cloned().collect(), figures, table: None })
    }

    /// The cover of a report on a table with a plan; without one, on layers, which have a section of their own.
    pub(super) fn cover(&self, default_title: &str, plan: Option<&Plan>, lang: Lang) -> Cover {
        let (parcel, texts) = (lang.parcel_texts(), lang.report_texts());
        let mut lines: Vec<(&str, Option<String>)> = vec![
            (texts.author(), self.author.as_deref().map(one_line)),
            (texts.date(), self.date.as_deref().map(one_line)),
            (parcel.file, Some(one_line(&self.file))),
            (parcel.format, Some(self.format.clone())),
            (parcel.system, Some(self.crs.clone())),
        ];
        if let Some(plan) = plan {
            let property = |name: &str| {
                let value = plan.root().and_then(|root| root.properties.get(name)).and_then(|value| value.as_str());
                value.map(one_line)
            };
            let name = property("plan_en").filter(|_| lang == Lang::En).or_else(|| property("plan"));
            lines.extend([
                (parcel.plan, name),
                (parcel.plan_version, property("version")),
                (parcel.published_by, property("published_by")),
            ]);
            lines.extend(
                lang.texts()
                    .provenance(plan, self.outline.as_deref())
                    .into_iter()
                    .map(|(name, value)| (name, Some(value))),
            );
        }
        lines.push((parcel.settings, self.settings.as_deref().map(one_line)));
        let is_said = |value: &String| !value.trim().is_empty();
        let lines = lines.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.filter(is_said)?)));
        Cover {
            title: self.title.as_deref().map_or_else(|| default_title.to_owned(), one_line),
            author: self.author.as_deref().map(one_line),
            lines: lines.collect(),
        }
    }
}
