//! What the plan says of a feature, and what this outline of it is.

use crate::geometry::measure::ellipsoid_area;
use crate::plan::{Level, Plan, Text, Zone, ZoneNumber};
use crate::report::lang::Lang;
use crate::report::text::one_line;

/// A page about a feature, for people.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::report::{describe, lang::Lang};
///
/// let plan = Plan::bundled();
/// let page = describe::page(&plan, plan.number_of("core")?, Lang::En);
/// assert!(page.starts_with("Central Innovation Core · 中央创新核 [core]\n"));
/// assert!(page.contains("\nPublished area: 41 km²\n"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn page(plan: &Plan, number: ZoneNumber, lang: Lang) -> String {
    let words = lang.words();
    let zone = &plan.zones()[number];
    let facts = plan.facts();
    let known = facts.as_ref().and_then(|facts| facts.features.get(&zone.id));
    let mut page = Page { text: String::new(), colon: words.colon };

    let mut title = one_line(lang.name_of(zone));
    let other = match lang {
        Lang::En => Some(zone.name.as_str()).filter(|_| zone.name_en.is_some()),
        Lang::Zh => zone.name_en.as_deref(),
    };
    if let Some(other) = other {
        title.push_str(&format!(" · {}", one_line(other)));
    }
    page.line(&format!("{title} [{}]", one_line(&zone.id)));
    if let Some(known) = known {
        page.line(lang.of(&known.summary));
    }
    page.blank();

    if let Some(level) = zone.level {
        page.field(words.level, words.level_name(level));
    }
    if let Some(parent) = zone.parent {
        let parent = &plan.zones()[parent];
        page.field(words.within, &format!("{} [{}]", one_line(lang.name_of(parent)), one_line(&parent.id)));
    }
    if let Some(district) = zone.properties.get("district").and_then(|value| value.as_str()) {
        let code = zone.properties.get("district_code").and_then(|value| value.as_str()).unwrap_or_default();
        page.field(words.district, &one_line(format!("{district} {code}").trim()));
    }
    if let Some(published) = zone.published_area {
        page.field(words.published_area, &format!("{} km²", published.km2()));
    }
    let area = ellipsoid_area(&zone.shape);
    page.field(words.model_area, &format!("{:.2} km² = {:.1} ha = {:.0} mu (亩)", area.km2(), area.ha(), area.mu()));
    if let Some(accuracy) = zone.accuracy {
        page.field(words.accuracy, &format!("{} m (95 %)", accuracy.0));
    }

    if let Some(known) = known {
        page.list(words.roles, known.roles.iter().map(|text| lang.of(text)));
        page.list(words.focus, known.focus.iter().map(|text| lang.of(text)));
        page.list(words.projects, known.projects.iter().map(|text| lang.of(text)));
        let targets = known.targets.iter().map(|target| {
            let text = Text { zh: target.zh.clone(), en: target.en.clone() };
            format!("{}{}{}", target.year, words.colon, lang.of(&text))
        });
        page.list(words.targets, targets.collect::<Vec<_>>().iter().map(String::as_str));
        page.list(words.measures, known.measures.iter().map(|text| lang.of(text)));
        page.list(words.platforms, known.platforms.iter().map(|text| lang.of(text)));
        page.list(words.phases, known.phases.iter().map(|text| lang.of(text)));
    } else {
        // A planner's own plan says of itself what it says.
        let own = |name: &str| -> Vec<String> {
            let list = zone.properties.get(name).and_then(|value| value.as_array());
            list.map_or(vec![], |list| list.iter().filter_map(|text| text.as_str()).map(one_line).collect())
        };
        page.list(words.focus, own("focus").iter().map(String::as_str));
        page.list(words.projects, own("projects").iter().map(String::as_str));
    }

    let named = facts.as_ref().map_or(&[][..], |facts| &facts.clusters.named);
    page.list(words.parts, parts(plan, number, named, lang).iter().map(String::as_str));
    if let (Some(facts), Some(Level::Corridor)) = (&facts, zone.level) {
        page.line(&words.clusters(facts.clusters.published, facts.clusters.named.len()));
    }
    if let Some(known) = known {
        page.list(words.notes, known.notes.iter().map(|text| lang.of(text)));
    }
    page.list(words.sources, sources(plan, zone, lang).iter().map(String::as_str));
    if let Some(notice) = lang.notice_of(plan) {
        page.blank();
        page.line(&notice);
    }
    page.text
}

/// Where the figures and the outline of a zone come from.
pub(crate) fn sources(plan: &Plan, zone: &Zone, lang: Lang) -> Vec<String> {
    let facts = plan.facts();
    let documents = facts.iter().flat_map(|facts| facts.sources.iter().map(|text| lang.of(text).to_owned()));
    // Of the bundled outlines the facts tell the source in both languages; any other plan tells its own.
    let outline = match &facts {
        Some(facts) if plan.is_bundled() => Some(lang.of(&facts.outline).to_owned()),
        _ => zone.properties.get("source").and_then(|value| value.as_str()).map(one_line),
    };
    documents.chain(outline).collect()
}

/// The features inside another, and those inside them further in; the named clusters are marked.
fn parts(plan: &Plan, number: ZoneNumber, named: &[String], lang: Lang) -> Vec<String> {
    let inside = (0..plan.zones().len()).filter(|&part| plan.zones()[part].parent == Some(number));
    inside
        .flat_map(|part| {
            let zone = &plan.zones()[part];
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

    fn list<'t>(&mut self, name: &str, items: impl Iterator<Item = &'t str>) {
        let mut items = items.peekable();
        if items.peek().is_none() {
            return;
        }
        self.blank();
        self.line(name);
        for item in items {
            let text = item.trim_start();
            let indent = &item[..item.len() - text.len()];
            self.line(&format!("  {indent}- {text}"));
        }
    }
}
