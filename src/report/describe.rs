//! Descriptions of features: the published text, and the properties of the outline.

use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::plan::{Facts, Feature, FeatureId, Level, Plan, Text};

/// The description of a feature in one language. Texts from files are in one line, without terminal control characters
/// and characters that change the writing direction.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report::describe;
///
/// let plan = Plan::bundled();
/// let core = describe::description(&plan, plan.facts().as_ref(), plan.id_of("core")?, Lang::En);
/// assert_eq!((core.name.as_str(), core.other_name.as_deref()), ("Central Innovation Core", Some("中央创新核")));
/// assert!(core.fields.contains(&("Published area", "41 km²".to_owned())));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// The name in this language.
    pub name: String,
    /// The name in the other language.
    pub other_name: Option<String>,
    /// The id.
    pub id: String,
    /// The role of the feature in the plan.
    pub summary: Option<String>,
    /// Facts with one value: name and value.
    pub fields: Vec<(&'static str, String)>,
    /// Facts with several values. No list is empty.
    pub lists: Vec<List>,
}

/// A list of facts.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report::describe;
///
/// let plan = Plan::bundled();
/// let luqiao = describe::description(&plan, plan.facts().as_ref(), plan.id_of("luqiao")?, Lang::En);
/// let focus = luqiao.lists.iter().find(|list| list.name == "Focus").unwrap();
/// assert_eq!(focus.items[0], "industrial software");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// The heading.
    pub name: &'static str,
    /// The items. Sub-items follow their item, indented by two spaces.
    pub items: Vec<String>,
    /// A note on the whole list.
    pub note: Option<String>,
}

/// The description of a feature, with the facts of the published text if they are given.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report::describe;
///
/// let plan = Plan::bundled();
/// let core = plan.id_of("core")?;
/// // Without the published text, only the properties of the outline are described.
/// assert_eq!(describe::description(&plan, None, core, Lang::En).summary, None);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn description(plan: &Plan, facts: Option<&Facts>, id: FeatureId, lang: Lang) -> Description {
    let texts = lang.texts();
    let zone = &plan[id];
    let known = facts.and_then(|facts| facts.features.get(&zone.id));
    let other_name = match lang {
        Lang::En => Some(zone.name.as_str()).filter(|_| zone.name_en.is_some()),
        Lang::Zh => zone.name_en.as_deref(),
    };
    let mut lists = vec![];
    let mut list = |name: &'static str, items: Vec<String>, note: Option<String>| {
        if !items.is_empty() {
            lists.push(List { name, items, note });
        }
    };
    let translated = |texts: &[Text]| texts.iter().map(|text| lang.localized(text).to_owned()).collect::<Vec<_>>();
    if let Some(known) = known {
        list(texts.roles, translated(&known.roles), None);
        list(texts.focus, translated(&known.focus), None);
        list(texts.projects, translated(&known.projects), None);
        let targets = known.targets.iter().map(|target| {
            let text = Text { zh: target.zh.clone(), en: target.en.clone() };
            format!("{}{}{}", target.year, texts.colon, lang.localized(&text))
        });
        list(texts.targets, targets.collect(), None);
        list(texts.measures, translated(&known.measures), None);
        list(texts.platforms, translated(&known.platforms), None);
        list(texts.phases, translated(&known.phases), None);
    } else {
        // Other plans may have these properties.
        let own = |name: &str| -> Vec<String> {
            let list = zone.properties.get(name).and_then(|value| value.as_array());
            list.map_or(vec![], |list| list.iter().filter_map(|text| text.as_str()).map(one_line).collect())
        };
        list(texts.focus, own("focus"), None);
        list(texts.projects, own("projects"), None);
    }
    let named = facts.map_or(&[][..], |facts| &facts.clusters.named);
    let clusters = facts
        .filter(|_| zone.level == Some(Level::Corridor))
        .map(|facts| texts.clusters(facts.clusters.published, facts.clusters.named.len()));
    list(texts.parts, parts(plan, id, named, lang), clusters);
    if let Some(known) = known {
        list(texts.notes, translated(&known.notes), None);
    }
    list(texts.sources, sources_by(facts, plan, zone, lang), None);
    Description {
        name: one_line(lang.name_of(zone)),
        other_name: other_name.map(one_line),
        id: one_line(&zone.id),
        summary: known.map(|known| lang.localized(&known.summary).to_owned()),
        fields: fields(plan, zone, lang),
        lists,
    }
}

fn fields(plan: &Plan, zone: &Feature, lang: Lang) -> Vec<(&'static str, String)> {
    let texts = lang.texts();
    let mut fields = vec![];
    if let Some(level) = zone.level {
        fields.push((texts.level, texts.level_name(level).to_owned()));
    }
    if let Some(parent) = zone.parent {
        let parent = &plan[parent];
        fields.push((texts.within, format!("{} [{}]", one_line(lang.name_of(parent)), one_line(&parent.id))));
    }
    if let Some(district) = zone.properties.get("district").and_then(|value| value.as_str()) {
        let code = zone.properties.get("district_code").and_then(|value| value.as_str()).unwrap_or_default();
        fields.push((texts.district, one_line(format!("{district} {code}").trim())));
    }
    if let Some(published) = zone.published_area {
        fields.push((texts.published_area, texts.square_kilometres(published.km2())));
    }
    let area = plan.plane().area(&zone.shape);
    fields.push((texts.model_area, texts.area_in_all_units(area)));
    if let Some(accuracy) = zone.accuracy {
        fields.push((texts.accuracy, texts.accuracy_of(accuracy)));
    }
    fields.extend(plan.offset_distance().map(|distance| (texts.offset_name(), texts.offset(distance))));
    fields
}

/// The description of a feature as text for people.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::messages::Lang;
/// use taizhou_corridor::report::describe;
///
/// let plan = Plan::bundled();
/// let page = describe::page(&plan, plan.id_of("core")?, Lang::En);
/// assert!(page.starts_with("Central Innovation Core · 中央创新核 [core]\n"));
/// assert!(page.contains("\nPublished area: 41 km²\n"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn page(plan: &Plan, id: FeatureId, lang: Lang) -> String {
    let described = description(plan, plan.facts().as_ref(), id, lang);
    let mut page = Page { text: String::new(), colon: lang.texts().colon };
    let other_name = described.other_name.map(|name| format!(" · {name}")).unwrap_or_default();
    page.line(&format!("{}{other_name} [{}]", described.name, described.id));
    if let Some(summary) = &described.summary {
        page.line(summary);
    }
    page.blank();
    for (name, value) in &described.fields {
        page.field(name, value);
    }
    for list in &described.lists {
        page.list(list);
    }
    if let Some(notice) = lang.notice_of(plan) {
        page.blank();
        page.line(&notice);
    }
    page.text
}

/// The sources of the figures and the outline of a zone.
pub(crate) fn sources(plan: &Plan, zone: &Feature, lang: Lang) -> Vec<String> {
    sources_by(plan.facts().as_ref(), plan, zone, lang)
}

fn sources_by(facts: Option<&Facts>, plan: &Plan, zone: &Feature, lang: Lang) -> Vec<String> {
    let documents = facts.iter().flat_map(|facts| facts.sources.iter().map(|text| lang.localized(text).to_owned()));
    // The facts have the source of the bundled outlines in both languages; other plans have a property.
    let outline = match facts {
        Some(facts) if plan.is_bundled() => Some(lang.localized(&facts.outline).to_owned()),
        _ => zone.properties.get("source").and_then(|value| value.as_str()).map(one_line),
    };
    documents.chain(outline).collect()
}

/// The features inside another, their own parts indented; the clusters that the published text names are marked.
fn parts(plan: &Plan, id: FeatureId, named: &[String], lang: Lang) -> Vec<String> {
    let inside = plan.ids().filter(|&part| plan[part].parent == Some(id));
    inside
        .flat_map(|part| {
            let zone = &plan[part];
            let mark = if named.contains(&zone.id) { " *" } else { "" };
            let line = format!("{} [{}]{mark}", one_line(lang.name_of(zone)), one_line(&zone.id));
            let further = parts(plan, part, named, lang).into_iter().map(|line| format!("  {line}"));
            std::iter::once(line).chain(further).collect::<Vec<_>>()
        })
        .collect()
}

struct Page {
    text: String,
    colon: &'static str,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.extend([line, "\n"]);
    }

    fn blank(&mut self) {
        self.line("");
    }

    fn field(&mut self, name: &str, value: &str) {
        let colon = self.colon;
        self.line(&format!("{name}{colon}{value}"));
    }

    fn list(&mut self, list: &List) {
        self.blank();
        self.line(list.name);
        for item in &list.items {
            let text = item.trim_start();
            let indent = &item[..item.len() - text.len()];
            self.line(&format!("  {indent}- {text}"));
        }
        if let Some(note) = &list.note {
            self.line(note);
        }
    }
}
