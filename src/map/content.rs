//! The content of a map and its layout: sheet, shapes, names, legend.

use geo::{Coord, MultiPolygon, Rect};

use crate::crs::Crs;
use crate::geometry::orient;
use crate::map::MapOptions;
use crate::map::classes::Classes;
use crate::map::context::{Context, ContextOnSheet};
use crate::map::data_overlay::DataOverlay;
use crate::map::frame::{Heights, Sheet, View};
use crate::map::label_obstacles::LabelObstacles;
use crate::map::labels::Label;
use crate::map::legend::{self, Entry};
use crate::map::marks::Marks;
use crate::map::names::{Feature, names};
use crate::map::palette::{Palette, coloured_by};
use crate::map::projection::Projection;
use crate::map::text::{clean, wrap};
use crate::messages::{Lang, MapTexts};
use crate::plan::{Level, Plan};
use crate::report::describe::sources;

/// The inputs of a map.
pub(super) struct Picture<'a> {
    pub(super) plan: &'a Plan,
    pub(super) layer: Option<&'a DataOverlay<'a>>,
    pub(super) classes: Option<Classes>,
    pub(super) context: Option<&'a Context>,
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
    pub(super) context: ContextOnSheet,
    pub(super) labels: Vec<(Labelled, Label)>,
    pub(super) unnamed: u64,
    /// The numbers in place of names, and the names of sites and parcels that there was no room to number.
    pub(super) keys: usize,
    pub(super) unnumbered: usize,
    pub(super) entries: Vec<Entry>,
}

/// What a label is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Labelled {
    /// The feature of this index.
    Feature(usize),
    /// A site or parcel.
    Row,
    /// A line or place of the context.
    Context,
    /// A water body of the context.
    Water,
}

/// The size of a font, and whether the text is emphasised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FootStyle {
    pub(super) size: f64,
    pub(super) is_dark: bool,
    pub(super) is_bold: bool,
}

/// The most rows that are made room for to list what numbers stand for.
const MAX_KEY_ROWS: usize = 30;

const NOTICE: FootStyle = FootStyle { size: 10.5, is_dark: true, is_bold: true };
const IMPRINT: FootStyle = FootStyle { size: 9.5, is_dark: true, is_bold: false };
const SOURCE: FootStyle = FootStyle { size: 8.5, is_dark: false, is_bold: false };

impl<'a> Picture<'a> {
    /// The content of the map. Computed twice: the legend lists the unplaced names, and its size affects the room for
    /// names.
    pub(super) fn settled(&self, shapes: &[MultiPolygon<f64>], area: Rect<f64>) -> Content<'a> {
        let mut content = self.content(shapes, area, &self.entries(&[], &ContextOnSheet::default(), None, 0));
        if content.unnumbered > 0 {
            // Room for more numbers, which makes the map smaller.
            let rows = (content.keys + content.unnumbered).div_ceil(self.keys_in_a_row()).min(MAX_KEY_ROWS);
            let expected = self.entries(&[], &content.context, content.marks.as_ref(), 1).into_iter();
            let expected: Vec<Entry> = expected.chain((0..rows).map(|_| Entry::key(0, ""))).collect();
            content = self.content(shapes, area, &expected);
        }
        for _ in 0..2 {
            if legend::height(&content.entries, content.sheet.columns) * self.k <= content.sheet.panel.height() + 0.5 {
                break;
            }
            let entries = std::mem::take(&mut content.entries);
            content = self.content(shapes, area, &entries);
        }
        content
    }

    /// How many numbers with the names of sites or parcels fit side by side in the legend.
    fn keys_in_a_row(&self) -> usize {
        let mut labels = self.layer.iter().flat_map(|layer| layer.labels()).peekable();
        if labels.peek().is_some() && labels.all(|label| legend::is_narrow(&label.text)) { 2 } else { 1 }
    }

    /// The content with a legend of these entries expected.
    fn content(&self, shapes: &[MultiPolygon<f64>], area: Rect<f64>, expected: &[Entry]) -> Content<'a> {
        let k = self.k;
        let heights = Heights {
            title: if self.subtitle().is_some() { 47.0 } else { 31.0 },
            foot: &|width| self.foot(width).iter().map(|(lines, style)| lines.len() as f64 * style.size * 1.3).sum(),
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

        let marks = self.layer.map(|layer| Marks::new(layer, self.classes.as_ref(), &view, k));
        let outlines: Vec<_> = features.iter().map(|feature| (&feature.shape, feature.is_cluster)).collect();
        let mut obstacles = LabelObstacles::new(sheet.map, k, &outlines);
        // Proportional circles are everywhere, so names may cover them.
        for mark in marks.iter().filter(|marks| marks.clustered.is_none()).flat_map(|marks| &marks.sites) {
            obstacles.mark(mark.at, mark.radius);
        }
        let context = self.context.map(|context| ContextOnSheet::new(context, &view, self.options.lang));
        let context = context.unwrap_or_default();
        context.mark(&mut obstacles);
        for bounds in marks.iter().flat_map(Marks::parcel_bounds) {
            obstacles.mark(bounds.center(), bounds.width().max(bounds.height()).min(40.0 * k) / 2.0);
        }
        let (names, mut unnamed) = names(self.plan, &features, self.options.lang, k);
        let most_keys = legend::room_for_keys(expected, &sheet, k).saturating_sub(2) * self.keys_in_a_row();
        let placed = obstacles.place(&names, &outlines, most_keys);
        let mut keys: Vec<(usize, String)> = vec![];
        let mut labels = vec![];
        for (name, label) in names.iter().zip(placed) {
            match label {
                Some(label) => {
                    keys.extend(label.key.map(|key| (key, name.text.clone())));
                    labels.push((Labelled::Feature(name.shape), label));
                }
                None => unnamed += 1,
            }
        }
        let mut without_room: Vec<(String, Coord<f64>, Coord<f64>)> = vec![];
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
                Some(label) => labels.push((Labelled::Row, label)),
                None => without_room.push((text, at, half)),
            }
        }
        let mut unnumbered = 0;
        for (text, at, half) in without_room {
            let key = keys.len() + 1;
            let can_list = keys.len() < most_keys;
            match can_list.then(|| obstacles.at_mark(&key.to_string(), at, half, 8.5 * k)).flatten() {
                Some(label) => {
                    labels.push((Labelled::Row, label));
                    keys.push((key, text));
                }
                None => {
                    unnamed += 1;
                    unnumbered += usize::from(!can_list);
                }
            }
        }
        // Last, and not counted: the context is there for orientation.
        labels.extend(
            context
                .labels(&mut obstacles)
                .into_iter()
                .map(|(is_water, label)| (if is_water { Labelled::Water } else { Labelled::Context }, label)),
        );
        keys.sort();
        let entries = self.entries(&keys, &context, marks.as_ref(), unnamed);
        let keys = keys.len();
        Content { sheet, view, features, root, marks, context, labels, unnamed, keys, unnumbered, entries }
    }

    pub(super) fn title(&self) -> String {
        let name = || self.plan.root().map_or(self.texts.plan, |root| self.options.lang.name_of(root)).to_owned();
        clean(&self.options.title.clone().unwrap_or_else(name))
    }

    /// The line below the title, unless it would repeat it.
    pub(super) fn subtitle(&self) -> Option<String> {
        if let Some(subtitle) = &self.options.subtitle {
            return Some(clean(subtitle)).filter(|text| !text.is_empty());
        }
        let properties = &self.plan.root()?.properties;
        let text = |name: &str| properties.get(name).and_then(|value| value.as_str());
        let own = text("plan");
        let name = if self.options.lang == Lang::En { text("plan_en").or(own) } else { own };
        name.map(clean).filter(|name| *name != self.title())
    }

    /// The lines below the map: the notice, the provenance of one's own outline, author and date, sources.
    pub(super) fn foot(&self, width: f64) -> Vec<(Vec<String>, FootStyle)> {
        let (lang, texts, options) = (self.options.lang, self.texts, self.options);
        let mut foot = vec![];
        let mut add = |text: &str, style: FootStyle, most_lines: usize| {
            let text = clean(text);
            if !text.is_empty() {
                foot.push((wrap(&text, width / style.size, most_lines), style));
            }
        };
        add(&lang.notice_of(self.plan).unwrap_or_default(), NOTICE, 3);
        let imprint = [(texts.author, &options.author), (texts.date, &options.date)];
        let imprint = imprint.into_iter().filter_map(|(name, value)| Some(format!("{name}{}", clean(value.as_ref()?))));
        add(&imprint.collect::<Vec<_>>().join(texts.separator), IMPRINT, 2);
        add(&lang.texts().outline_line(self.plan, options.outline.as_deref()).unwrap_or_default(), SOURCE, 3);
        let zone = self.plan.root().or(self.plan.features().first());
        let of_plan = zone.map_or(vec![], |zone| sources(self.plan, zone, lang)).join(texts.separator);
        let credits = [
            (texts.plan_source, Some(of_plan)),
            (texts.data_source, options.source.clone()),
            (texts.context, self.context.map(|context| context.credit(lang).to_owned())),
        ];
        for (name, credit) in credits {
            if let Some(credit) = credit.filter(|credit| !credit.is_empty()) {
                add(&format!("{name}{credit}"), SOURCE, 4);
            }
        }
        foot
    }
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
        let context = Context::bundled().unwrap();
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
                classes: None,
                context: Some(&context),
                options: &options,
                texts: lang.map_texts(),
                palette: Palette::new(&plan, Theme::Light, false),
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
