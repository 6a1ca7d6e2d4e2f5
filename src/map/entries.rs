//! The entries of the legend.

use crate::map::content::Picture;
use crate::map::context::ContextOnSheet;
use crate::map::data_overlay::{Assessment, DataOverlay};
use crate::map::legend::{self, Entry, Style, Swatch};
use crate::map::marks::{Look, Marks};
use crate::map::palette::{MarkPaint, coloured_by, has_own_hues};
use crate::map::text::clean;
use crate::plan::{FeatureId, Level};

impl Picture<'_> {
    /// The entries with these numbered names, for what is drawn.
    pub(super) fn entries(
        &self,
        keys: &[(usize, String)],
        context: &ContextOnSheet,
        marks: Option<&Marks>,
        unnamed: u64,
    ) -> Vec<Entry> {
        let (plan, texts) = (self.plan, self.texts);
        let summary = self.layer.map(DataOverlay::summary);
        let has_findings = self.layer.is_some_and(DataOverlay::has_findings);
        // Findings are not counted by zone.
        let counted = self.layer.filter(|_| !has_findings);
        let count = |zone| counted.map_or(String::new(), |layer| grouped(layer.count(zone)));
        let mut entries = vec![Entry::new(Swatch::None, texts.legend, Style::Heading)];
        if let Some(summary) = summary {
            entries[0].count = match (summary.sites, summary.parcels) {
                _ if has_findings => "",
                (_, 0) => texts.sites,
                (0, _) => texts.parcels,
                _ => texts.rows,
            }
            .to_owned();
        }
        if plan.root().is_some() {
            entries.push(Entry::new(Swatch::Outline, texts.outline, Style::Plain));
        }
        let is_parcels = summary.is_some_and(|summary| summary.sites == 0);
        // Zones have the colour of what is in them, unless values have it.
        let sign = summary.filter(|_| self.classes.is_none()).map(|_| is_parcels);
        if has_own_hues(plan) {
            for zone in plan.partition() {
                let name = clean(self.options.lang.name_of(&plan[zone]));
                let entry = Entry::new(Swatch::Zone(zone, sign), name, Style::Plain);
                entries.push(Entry { count: count(Some(zone)), ..entry });
            }
        } else {
            let features = plan.partition().count();
            let text = if has_findings { texts.grey_features(features) } else { texts.features(features) };
            let mut entry = Entry::new(Swatch::None, text, Style::Plain);
            if let (Some(layer), Some(summary)) = (counted, summary) {
                entry.count = grouped(summary.sites + summary.parcels - layer.count(None));
            }
            entries.push(entry);
        }
        let mut parents: Vec<FeatureId> = vec![];
        for zone in plan.ids().filter(|&zone| plan[zone].level == Some(Level::Cluster)) {
            let parent = coloured_by(plan, zone).unwrap_or(zone);
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        if !parents.is_empty() {
            let mut parents = parents.into_iter();
            let swatch = Swatch::Clusters(std::array::from_fn(|_| parents.next()));
            entries.push(Entry::new(swatch, texts.clusters, Style::Plain));
        }
        if let Some(layer) = self.layer {
            let text = if plan.is_flat() { texts.in_no_feature } else { texts.in_no_zone };
            let mark = |paint, assessment| Swatch::Mark(Look { paint, assessment }, is_parcels);
            let swatch = sign.map_or(Swatch::None, |_| mark(MarkPaint::Zone(None), None));
            if !has_findings {
                entries.push(Entry { count: count(None), ..Entry::new(swatch, text, Style::Plain) });
            }
            if let Some(classes) = &self.classes {
                entries.push(Entry::new(Swatch::None, clean(&classes.heading), Style::Heading));
                for (class, text, rows) in &classes.entries {
                    let entry = Entry::new(mark(MarkPaint::Class(*class), None), clean(text), Style::Plain);
                    entries.push(Entry { count: grouped(*rows), ..entry });
                }
            }
            if !layer.assessments().is_empty() {
                entries.push(Entry::new(Swatch::None, texts.certainty, Style::Heading));
            }
            for (&assessment, &rows) in layer.assessments() {
                let text = match assessment {
                    Assessment::Certain => texts.certain,
                    Assessment::Uncertain => texts.uncertain,
                    Assessment::NotAssessed => texts.not_assessed,
                };
                let entry = Entry::new(mark(MarkPaint::Zone(None), Some(assessment)), text, Style::Plain);
                entries.push(Entry { count: grouped(rows), ..entry });
            }
        }
        if let Some(largest) = marks.filter(|marks| marks.clustered.is_some()).and_then(Marks::largest) {
            entries.push(Entry::new(
                Swatch::Circle(largest.radius / self.k),
                texts.largest(largest.count),
                Style::Plain,
            ));
        }
        let of_context = context.keys().map(|(symbol, text)| Entry::new(Swatch::Context(symbol), text, Style::Plain));
        entries.extend(of_context);
        entries.extend(legend::keys(keys));
        let clustered = marks.and_then(|marks| marks.clustered).map(|(sites, circles)| texts.clustered(sites, circles));
        let off_the_map =
            summary.map(|summary| summary.off_the_map).filter(|&rows| rows > 0).map(|rows| texts.off_the_map(rows));
        let invalid =
            summary.map(|summary| summary.invalid.count).filter(|&rows| rows > 0).map(|rows| texts.invalid(rows));
        let unnamed = Some(unnamed).filter(|&names| names > 0).map(|names| texts.unnamed(names));
        let not_assessed = self.layer.filter(|layer| layer.is_not_assessed());
        let not_assessed = not_assessed.map(|_| self.options.lang.texts().certainty_not_assessed().to_owned());
        let notes = [not_assessed, clustered, off_the_map, invalid, unnamed].into_iter().flatten();
        entries.extend(notes.map(|note| Entry::new(Swatch::None, note, Style::Note)));
        entries
    }
}

fn grouped(count: u64) -> String {
    crate::messages::text::grouped(count as f64, 0)
}
