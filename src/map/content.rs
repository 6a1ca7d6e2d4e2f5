//! The content of a map and its layout: sheet, shapes, names, legend.

use geo::{Coord, MultiPolygon, Rect};

use crate::crs::Crs;
use crate::geometry::orient;
use crate::map::MapOptions;
use crate::map::data_overlay::DataOverlay;
use crate::map::frame::{Heights, Sheet, View};
use crate::map::label_obstacles::LabelObstacles;
use crate::map::labels::Label;
use crate::map::legend::{self, Entry, Style, Swatch};
use crate::map::marks::Marks;
use crate::map::names::{Feature, names};
use crate::map::palette::{Palette, coloured_by, has_own_hues};
use crate::map::projection::Projection;
use crate::map::text::{clean, wrap};
use crate::messages::{Lang, MapTexts};
use crate::plan::{FeatureId, Level, Plan};
use crate::report::describe::sources;
/// The inputs of a map.
pub(super) struct Picture<'a> {
    pub(super) plan: &'a Plan,
    pub(super) layer: Option<&'a DataOverlay<'a>>,
    pub(super) options: &'a MapOptions,
    pub(super) texts: &'static MapTexts,
    pub(super) palette: Palette,
    pub(super) projection: &'a Projection,
    pub(super) latitude: String,
    pub(super) crs: Option<Crs>,
    /// The size of a pixel of A4.
    pub(super) k: f64,
}

/// The content of a map after layout.
pub(super) struct Content<'a> {
    pub(super) sheet: Sheet,
    pub(super) view: View<'a>,
    pub(super) features: Vec<Feature>,
    pub(super) root: Option<MultiPolygon<f64>>,
    pub(super) marks: Option<Marks>,
    /// Each with the feature that it labels; `None` for sites and parcels.
    pub(super) labels: Vec<(Option<usize>, Label)>,
    pub(super) unnamed: u64,
    pub(super) entries: Vec<Entry>,
}

impl<'a> Picture<'a> {
    /// The content of the map. Computed twice: the legend lists the unplaced names, and its size affects the room for
    /// names.
    pub(super) fn settled(&self, shapes: &[MultiPolygon<f64>], area: Rect<f64>) -> Content<'a> {
        let mut content = self.content(shapes, area, &self.entries(&[], None, 0));
        for _ in 0..2 {
            if legend::height(&content.entries, content.sheet.columns) * self.k <= content.sheet.panel.height() + 0.5 {
                break;
            }
            let entries = std::mem::take(&mut content.entries);
            content = self.content(shapes, area, &entries);
        }
        content
    }

    fn content(&self, shapes: &[MultiPolygon<f64>], area: Rect<f64>, expected: &[Entry]) -> Content<'a> {
        let k = self.k;
        let heights = Heights {
            title: if self.subtitle().is_some() { 47.0 } else { 31.0 },
            foot: &|width| self.foot(width).iter().map(|(lines, size)| lines.len() as f64 * size * 1.3).sum(),
            legend: &|columns| legend::height(expected, columns),
        };
        let aspect = (area.width() / area.height()).clamp(0.05, 20.0);
        let can_be_below = self.plan.features().len() <= 40;
        let sheet = Sheet::best(self.options.paper, self.options.orientation, &heights, aspect, can_be_below);
        let view = View::new(self.projection, area, sheet.map, 22.0 * k);

        let mut features: Vec<Feature> = vec![];
        let mut root = None;
        for (zone, shape) in self.plan.ids().zip(shapes) {
            // Oriented alike, so that shapes of the same colour can share one path.
            let (shape, level) = (orient(&view.shape(shape)), self.plan[zone].level);
            match coloured_by(self.plan, zone) {
                None => root = Some(shape),
                coloured_by => {
                    features.push(Feature { zone, shape, coloured_by, is_cluster: level == Some(Level::Cluster) });
                }
            }
        }
        features.sort_by_key(|feature| feature.is_cluster);

        let marks = self.layer.map(|layer| Marks::new(layer, &view, k));
        let outlines: Vec<_> = features.iter().map(|feature| (&feature.shape, feature.is_cluster)).collect();
        let mut obstacles = LabelObstacles::new(sheet.map, k, &outlines);
        // Proportional circles are everywhere, so names may cover them.
        for mark in marks.iter().filter(|marks| marks.clustered.is_none()).flat_map(|marks| &marks.sites) {
            obstacles.mark(mark.at, mark.radius);
        }
        for bounds in marks.iter().flat_map(Marks::parcel_bounds) {
            obstacles.mark(bounds.center(), bounds.width().max(bounds.height()).min(40.0 * k) / 2.0);
        }
        let (names, mut unnamed) = names(self.plan, &features, self.options.lang, k);
        let most_keys = legend::room_for_lines(expected, &sheet, k).saturating_sub(2);
        let placed = obstacles.place(&names, &outlines, most_keys);
        let mut keys: Vec<(usize, String)> = vec![];
        let mut labels = vec![];
        for (name, label) in names.iter().zip(placed) {
            match label {
                Some(label) => {
                    keys.extend(label.key.map(|key| (key, name.text.clone())));
                    labels.push((Some(name.shape), label));
                }
                None => unnamed += 1,
            }
        }
        for label in self.layer.iter().flat_map(|layer| layer.labels()) {
            let (Some(at), Some(corner)) = (view.pixel_of(label.at), view.pixel_of(label.at + label.half)) else {
                continue;
            };
            let text = clean(&label.text);
            if text.is_empty() {
                continue;
            }
            let least = 2.0 * k;
            let half = Coord { x: (corner.x - at.x).abs().max(least), y: (corner.y - at.y).abs().max(least) };
            match obstacles.at_mark(&text, at, half, 9.0 * k) {
                Some(label) => labels.push((None, label)),
                None => unnamed += 1,
            }
        }
        keys.sort();
        let entries = self.entries(&keys, marks.as_ref(), unnamed);
        Content { sheet, view, features, root, marks, labels, unnamed, entries }
    }

    pub(super) fn title(&self) -> String {
        let name = || self.plan.root().map_or(self.texts.plan, |root| self.options.lang.name_of(root)).to_owned();
        clean(&self.options.title.clone().unwrap_or_else(name))
    }

    /// The name of the plan.
    pub(super) fn subtitle(&self) -> Option<String> {
        let properties = &self.plan.root()?.properties;
        let text = |name: &str| properties.get(name).and_then(|value| value.as_str());
        let own = text("plan");
        let name = if self.options.lang == Lang::En { text("plan_en").or(own) } else { own };
        name.map(clean)
    }

    /// The footer lines with their font sizes: the notice, the provenance of one's own outline, and the sources.
    pub(super) fn foot(&self, width: f64) -> Vec<(Vec<String>, f64)> {
        let mut foot = vec![];
        if let Some(notice) = self.options.lang.notice_of(self.plan) {
            foot.push((wrap(&clean(&notice), width / 10.5, 3), 10.5));
        }
        if let Some(line) = self.options.lang.texts().outline_line(self.plan, self.options.outline.as_deref()) {
            foot.push((wrap(&clean(&line), width / 8.5, 3), 8.5));
        }
        let zone = self.plan.root().or(self.plan.features().first());
        let mut all = zone.map_or(vec![], |zone| sources(self.plan, zone, self.options.lang));
        all.extend(self.options.source.clone());
        if !all.is_empty() {
            let text = clean(&format!("{}{}", self.texts.source, all.join(self.texts.separator)));
            foot.push((wrap(&text, width / 8.5, 4), 8.5));
        }
        foot
    }

    fn entries(&self, keys: &[(usize, String)], marks: Option<&Marks>, unnamed: u64) -> Vec<Entry> {
        let (plan, texts) = (self.plan, self.texts);
        let summary = self.layer.map(DataOverlay::summary);
        let count = |zone| self.layer.map_or(String::new(), |layer| grouped(layer.count(zone)));
        let mut entries = vec![Entry::new(Swatch::None, texts.legend, Style::Heading)];
        if let Some(summary) = summary {
            entries[0].count = match (summary.sites, summary.parcels) {
                (_, 0) => texts.sites,
                (0, _) => texts.parcels,
                _ => texts.rows,
            }
            .to_owned();
        }
        if plan.root().is_some() {
            entries.push(Entry::new(Swatch::Outline, texts.outline, Style::Plain));
        }
        let sign = summary.map(|summary| summary.sites == 0);
        if has_own_hues(plan) {
            for zone in plan.partition() {
                let name = clean(self.options.lang.name_of(&plan[zone]));
                let entry = Entry::new(Swatch::Zone(zone, sign), name, Style::Plain);
                entries.push(Entry { count: count(Some(zone)), ..entry });
            }
        } else {
            let mut entry = Entry::new(Swatch::None, texts.features(plan.partition().count()), Style::Plain);
            if let (Some(layer), Some(summary)) = (self.layer, summary) {
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
        if let Some(is_parcels) = sign {
            let text = if plan.is_flat() { texts.in_no_feature } else { texts.in_no_zone };
            let entry = Entry::new(Swatch::Outside(is_parcels), text, Style::Plain);
            entries.push(Entry { count: count(None), ..entry });
        }
        if let Some(largest) = marks.filter(|marks| marks.clustered.is_some()).and_then(Marks::largest) {
            entries.push(Entry::new(
                Swatch::Circle(largest.radius / self.k),
                texts.largest(largest.count),
                Style::Plain,
            ));
        }
        entries.extend(keys.iter().map(|(key, name)| Entry::key(*key, name)));
        let clustered = marks.and_then(|marks| marks.clustered).map(|(sites, circles)| texts.clustered(sites, circles));
        let off_the_map =
            summary.map(|summary| summary.off_the_map).filter(|&rows| rows > 0).map(|rows| texts.off_the_map(rows));
        let invalid =
            summary.map(|summary| summary.invalid.count).filter(|&rows| rows > 0).map(|rows| texts.invalid(rows));
        let unnamed = Some(unnamed).filter(|&names| names > 0).map(|names| texts.unnamed(names));
        let notes = [clustered, off_the_map, invalid, unnamed].into_iter().flatten();
        entries.extend(notes.map(|note| Entry::new(Swatch::None, note, Style::Note)));
        entries
    }
}

fn grouped(count: u64) -> String {
    crate::messages::text::grouped(count as f64, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{self, Input, ReadOptions};
    use crate::map::projection::bounds_of;
    use crate::map::{Orientation, Paper, Theme};
    use crate::plan::LANDMARKS_CSV;
    use geo::Intersects;

    fn landmarks(plan: &Plan) -> DataOverlay<'_> {
        let mut layer = DataOverlay::new(plan).labelled_by(2);
        let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default()).unwrap();
        layer.add(&rows.next_batch().unwrap().unwrap());
        layer
    }

    #[test]
    fn names_do_not_overlap_and_stay_on_the_map() {
        let plan = Plan::bundled();
        let layer = landmarks(&plan);
        let shapes = || plan.features().iter().map(|zone| &zone.shape);
        let projection = Projection::new(None, bounds_of(shapes()).unwrap()).unwrap();
        let shapes: Vec<_> = shapes().map(|shape| projection.shape(shape).unwrap()).collect();
        for (lang, paper, orientation) in [
            (Lang::En, Paper::A4, Orientation::Landscape),
            (Lang::Zh, Paper::A4, Orientation::Portrait),
            (Lang::En, Paper::A3, Orientation::Portrait),
            (Lang::Zh, Paper::A3, Orientation::Landscape),
        ] {
            let options = MapOptions { lang, paper, orientation, ..MapOptions::default() };
            let picture = Picture {
                plan: &plan,
                layer: Some(&layer),
                options: &options,
                texts: lang.map_texts(),
                palette: Palette::new(&plan, Theme::Light),
                projection: &projection,
                latitude: String::new(),
                crs: None,
                k: paper.type_scale(),
            };
            let content = picture.settled(&shapes, bounds_of(&shapes).unwrap());
            let labels: Vec<&Label> = content.labels.iter().map(|(_, label)| label).collect();
            assert!(labels.len() > 15 + 15, "clusters, zones and most landmarks are named");
            for (i, label) in labels.iter().enumerate() {
                let (bounds, map) = (label.bounds, content.sheet.map);
                assert!(bounds.min().x >= map.min().x && bounds.max().x <= map.max().x, "{label:?}");
                assert!(bounds.min().y >= map.min().y && bounds.max().y <= map.max().y, "{label:?}");
                let hit = labels[i + 1..].iter().find(|other| other.bounds.intersects(&bounds));
                assert!(hit.is_none(), "{options:?}: {label:?} {hit:?}");
            }
            assert!(
                legend::height(&content.entries, content.sheet.columns) * picture.k
                    <= content.sheet.panel.height() + 0.5
            );
        }
    }
}
