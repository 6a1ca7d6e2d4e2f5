//! The picture, from the ground up.

use geo::{Coord, LineString, MultiPolygon, Rect};

use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::map::frame::{Heights, Sheet, View};
use crate::map::graticule::{Edge, graticule, latitude};
use crate::map::labels::{Anchor, Board, LINE_STEP, Label};
use crate::map::layer::Layer;
use crate::map::legend::{self, Entry, Scale, Style, Swatch};
use crate::map::marks::Marks;
use crate::map::names::{Feature, names};
use crate::map::palette::{Palette, coloured_by, has_own_hues};
use crate::map::projection::{Projection, bounds_of, joined};
use crate::map::svg::{Attribute, Svg, line_path, number, shape_path};
use crate::map::text::{clean, wrap};
use crate::map::{Drawing, MapOptions};
use crate::plan::{Level, Plan, ZoneNumber};
use crate::report::describe::sources;
use crate::report::lang::{Lang, MapWords};

/// Draws a plan, and a layer over it.
///
/// The scale is rounded to one that people know, and names are placed so that none overlap; what is left out
/// or drawn otherwise is said on the map and in the [`Drawing`].
///
/// Fails where the plan has no shape, or no image in the system that is asked for.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::map::{self, Layer, MapOptions, Theme};
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
///
/// let plan = Plan::bundled();
/// let mut layer = Layer::new(&plan);
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// while let Some(batch) = rows.next_batch()? {
///     layer.add(&batch);
/// }
/// let options = MapOptions { theme: Theme::Dark, crs: Some(Crs::Epsg(4549)), ..MapOptions::default() };
/// let drawing = map::draw(&plan, Some(&layer), &options)?;
/// assert!(drawing.svg.contains("EPSG:4549") && drawing.gathered.is_none());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn draw(plan: &Plan, layer: Option<&Layer<'_>>, options: &MapOptions) -> Result<Drawing> {
    let bounds =
        bounds_of(plan.zones().iter().map(|zone| &zone.shape)).ok_or_else(|| Error::new(ErrorKind::NothingChosen))?;
    let crs = options.crs.filter(|crs| !crs.coincides(Crs::Crs84));
    let projection = Projection::new(crs, bounds)?;
    let shapes = plan.zones().iter().map(|zone| {
        projection.shape(&zone.shape).ok_or_else(|| {
            let crs = crs.unwrap_or(Crs::Crs84).to_string();
            Error::new(ErrorKind::Crs { crs, reason: "a corner has no image".to_owned() }).at_feature(zone.id.clone())
        })
    });
    let shapes = shapes.collect::<Result<Vec<_>>>()?;
    let around = bounds_of(&shapes).ok_or_else(|| Error::new(ErrorKind::NothingChosen))?;
    let area = layer.and_then(|layer| area_of(layer, &projection)).map_or(around, |area| joined(around, area));
    let picture = Picture {
        plan,
        layer: layer.filter(|layer| layer.tally().rows() > 0),
        options,
        words: options.lang.map_words(),
        palette: Palette::new(plan, options.theme),
        projection: &projection,
        latitude: latitude(bounds.center().y),
        crs,
        k: options.paper.type_scale(),
    };
    Ok(picture.drawn(&shapes, area))
}

/// The part of the plane that the sites and parcels near the plan lie in.
fn area_of(layer: &Layer<'_>, projection: &Projection) -> Option<Rect<f64>> {
    let sites = layer.sites().filter_map(|(_, place)| projection.forward(place.at));
    let parcels = layer.parcels().iter().filter_map(|piece| geo::BoundingRect::bounding_rect(&piece.shape));
    let corners = parcels.flat_map(|bounds| [bounds.min(), bounds.max()]);
    let corners = corners.filter_map(|corner| projection.forward(layer.within_reach(corner)));
    sites.chain(corners).map(|place| Rect::new(place, place)).reduce(joined)
}

/// What a picture is made from.
struct Picture<'a> {
    plan: &'a Plan,
    layer: Option<&'a Layer<'a>>,
    options: &'a MapOptions,
    words: &'static MapWords,
    palette: Palette,
    projection: &'a Projection,
    latitude: String,
    crs: Option<Crs>,
    /// The size of a pixel of A4.
    k: f64,
}

/// What a picture shows, once it is known where.
struct Content<'a> {
    sheet: Sheet,
    view: View<'a>,
    features: Vec<Feature>,
    root: Option<MultiPolygon<f64>>,
    marks: Option<Marks>,
    /// Each with the feature that it names; sites and parcels have none.
    labels: Vec<(Option<usize>, Label)>,
    unnamed: u64,
    entries: Vec<Entry>,
}

impl<'a> Picture<'a> {
    fn drawn(&self, shapes: &[MultiPolygon<f64>], area: Rect<f64>) -> Drawing {
        // The legend tells what found no room, which depends on the room that the legend leaves.
        let mut content = self.content(shapes, area, &self.entries(&[], None, 0));
        for _ in 0..2 {
            if legend::height(&content.entries, content.sheet.columns) * self.k <= content.sheet.panel.height() + 0.5 {
                break;
            }
            let entries = std::mem::take(&mut content.entries);
            content = self.content(shapes, area, &entries);
        }
        let svg = self.svg(&content);
        Drawing {
            svg,
            width_mm: content.sheet.width_mm,
            height_mm: content.sheet.height_mm,
            scale_denominator: content.view.denominator(),
            unnamed: content.unnamed,
            gathered: content.marks.as_ref().and_then(|marks| marks.gathered),
        }
    }

    fn content(&self, shapes: &[MultiPolygon<f64>], area: Rect<f64>, expected: &[Entry]) -> Content<'a> {
        let k = self.k;
        let heights = Heights {
            title: if self.subtitle().is_some() { 47.0 } else { 31.0 },
            foot: &|width| self.foot(width).iter().map(|(lines, size)| lines.len() as f64 * size * 1.3).sum(),
            legend: &|columns| legend::height(expected, columns),
        };
        let aspect = (area.width() / area.height()).clamp(0.05, 20.0);
        let can_be_below = self.plan.zones().len() <= 40;
        let sheet = Sheet::best(self.options.paper, self.options.orientation, &heights, aspect, can_be_below);
        let view = View::new(self.projection, area, sheet.map, 22.0 * k);

        let mut features: Vec<Feature> = vec![];
        let mut root = None;
        for (zone, shape) in shapes.iter().enumerate() {
            let (shape, level) = (view.shape(shape), self.plan.zones()[zone].level);
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
        let mut board = Board::new(sheet.map, k, &outlines);
        // Circles are all over the map.
        for mark in marks.iter().filter(|marks| marks.gathered.is_none()).flat_map(|marks| &marks.sites) {
            board.mark(mark.at, mark.radius);
        }
        for bounds in marks.iter().flat_map(Marks::parcel_bounds) {
            board.mark(bounds.center(), bounds.width().max(bounds.height()).min(40.0 * k) / 2.0);
        }
        let (names, mut unnamed) = names(self.plan, &features, self.options.lang, k);
        let most_keys = legend::room_for_lines(expected, &sheet, k).saturating_sub(2);
        let placed = board.place(&names, &outlines, most_keys);
        let mut keys: Vec<String> = vec![];
        let mut labels = vec![];
        for (name, label) in names.iter().zip(placed) {
            match label {
                Some(label) => {
                    if label.key.is_some() {
                        keys.push(name.text.clone());
                    }
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
            match board.at_mark(&text, at, half, 9.0 * k) {
                Some(label) => labels.push((None, label)),
                None => unnamed += 1,
            }
        }
        let entries = self.entries(&keys, marks.as_ref(), unnamed);
        Content { sheet, view, features, root, marks, labels, unnamed, entries }
    }

    fn title(&self) -> String {
        let name = || self.plan.root().map_or(self.words.plan, |root| self.options.lang.name_of(root)).to_owned();
        clean(&self.options.title.clone().unwrap_or_else(name))
    }

    /// The name of the plan itself.
    fn subtitle(&self) -> Option<String> {
        let properties = &self.plan.root()?.properties;
        let text = |name: &str| properties.get(name).and_then(|value| value.as_str());
        let own = text("plan");
        let name = if self.options.lang == Lang::En { text("plan_en").or(own) } else { own };
        name.map(clean)
    }

    /// The lines below all, and their sizes: that the outline is indicative, and the sources.
    fn foot(&self, width: f64) -> Vec<(Vec<String>, f64)> {
        let mut foot = vec![];
        if let Some(notice) = self.options.lang.notice_of(self.plan) {
            foot.push((wrap(&clean(&notice), width / 10.5, 3), 10.5));
        }
        let zone = self.plan.root().or(self.plan.zones().first());
        let mut all = zone.map_or(vec![], |zone| sources(self.plan, zone, self.options.lang));
        all.extend(self.options.source.clone());
        if !all.is_empty() {
            let text = clean(&format!("{}{}", self.words.source, all.join(self.words.separator)));
            foot.push((wrap(&text, width / 8.5, 4), 8.5));
        }
        foot
    }

    fn entries(&self, keys: &[String], marks: Option<&Marks>, unnamed: u64) -> Vec<Entry> {
        let (plan, words) = (self.plan, self.words);
        let tally = self.layer.map(Layer::tally);
        let count = |zone| self.layer.map_or(String::new(), |layer| grouped(layer.count(zone)));
        let mut entries = vec![Entry::new(Swatch::None, words.legend, Style::Heading)];
        if let Some(tally) = tally {
            entries[0].count = match (tally.sites, tally.parcels) {
                (_, 0) => words.sites,
                (0, _) => words.parcels,
                _ => words.rows,
            }
            .to_owned();
        }
        if plan.root().is_some() {
            entries.push(Entry::new(Swatch::Outline, words.outline, Style::Plain));
        }
        let sign = tally.map(|tally| tally.sites == 0);
        if has_own_hues(plan) {
            for zone in plan.partition() {
                let name = clean(self.options.lang.name_of(&plan.zones()[zone]));
                let entry = Entry::new(Swatch::Zone(zone, sign), name, Style::Plain);
                entries.push(Entry { count: count(Some(zone)), ..entry });
            }
        } else {
            let mut entry = Entry::new(Swatch::None, words.features(plan.partition().count()), Style::Plain);
            if let (Some(layer), Some(tally)) = (self.layer, tally) {
                entry.count = grouped(tally.sites + tally.parcels - layer.count(None));
            }
            entries.push(entry);
        }
        let mut holders: Vec<ZoneNumber> = vec![];
        for zone in (0..plan.zones().len()).filter(|&zone| plan.zones()[zone].level == Some(Level::Cluster)) {
            let holder = coloured_by(plan, zone).unwrap_or(zone);
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
        if !holders.is_empty() {
            let mut holders = holders.into_iter();
            let swatch = Swatch::Clusters(std::array::from_fn(|_| holders.next()));
            entries.push(Entry::new(swatch, words.clusters, Style::Plain));
        }
        if let Some(is_parcels) = sign {
            let text = if plan.is_layer() { words.in_no_feature } else { words.in_no_zone };
            let entry = Entry::new(Swatch::Outside(is_parcels), text, Style::Plain);
            entries.push(Entry { count: count(None), ..entry });
        }
        if let Some(largest) = marks.filter(|marks| marks.gathered.is_some()).and_then(Marks::largest) {
            entries.push(Entry::new(
                Swatch::Circle(largest.radius / self.k),
                words.largest(largest.count),
                Style::Plain,
            ));
        }
        let keys = keys.iter().enumerate().map(|(i, name)| Entry::key(i + 1, name));
        entries.extend(keys);
        let gathered = marks.and_then(|marks| marks.gathered).map(|(sites, circles)| words.gathered(sites, circles));
        let off_the_map =
            tally.map(|tally| tally.off_the_map).filter(|&rows| rows > 0).map(|rows| words.off_the_map(rows));
        let invalid = tally.map(|tally| tally.invalid).filter(|&rows| rows > 0).map(|rows| words.invalid(rows));
        let unnamed = Some(unnamed).filter(|&names| names > 0).map(|names| words.unnamed(names));
        let notes = [gathered, off_the_map, invalid, unnamed].into_iter().flatten();
        entries.extend(notes.map(|note| Entry::new(Swatch::None, note, Style::Note)));
        entries
    }

    fn svg(&self, content: &Content<'_>) -> String {
        let (k, palette, sheet) = (self.k, &self.palette, &content.sheet);
        let mut svg = Svg::default();
        let (width, height) = (number(sheet.width()), number(sheet.height()));
        svg.open(
            "svg",
            &[
                ("xmlns", "http://www.w3.org/2000/svg"),
                ("width", &format!("{}mm", sheet.width_mm)),
                ("height", &format!("{}mm", sheet.height_mm)),
                ("viewBox", &format!("0 0 {width} {height}")),
                ("xml:lang", self.words.language),
                ("role", "img"),
                ("aria-labelledby", "title description"),
                ("font-family", font_family(self.options.lang)),
            ],
        );
        svg.leaf("title", &[("id", "title")], &self.title());
        svg.leaf("desc", &[("id", "description")], &self.description());
        svg.empty("rect", &[("width", &width), ("height", &height), ("fill", &palette.paper.to_string())]);
        self.head(&mut svg, sheet);
        let map = sheet.map;
        let (x, y) = (number(map.min().x), number(map.min().y));
        let (width, height) = (number(map.width()), number(map.height()));
        let place = [("x", x.as_str()), ("y", y.as_str()), ("width", width.as_str()), ("height", height.as_str())];
        svg.open("clipPath", &[("id", "map")]);
        svg.empty("rect", &place);
        svg.close();
        svg.empty("rect", &[&place[..], &[("fill", &palette.ground.to_string())]].concat());
        svg.open("g", &[("clip-path", "url(#map)")]);
        self.zones(&mut svg, content);
        let lines = graticule(&content.view, map, 105.0 * k);
        let (line, thin) = (palette.line.to_string(), number(0.5 * k));
        svg.open("g", &[("fill", "none"), ("stroke", &line), ("stroke-width", &thin), ("stroke-opacity", "0.55")]);
        lines.iter().for_each(|line| svg.path(&line_path(&line.path), &[]));
        svg.close();
        self.outlines(&mut svg, content);
        if let Some(marks) = &content.marks {
            marks.draw_parcels(&mut svg, palette, k);
            marks.draw_sites(&mut svg, palette, k);
        }
        self.labels(&mut svg, content);
        svg.close();
        legend::frame(&mut svg, map, palette, k);
        let ends = lines.iter().flat_map(|line| line.ends.iter().map(|&(edge, at)| (edge, at, line.label.as_str())));
        self.degrees(&mut svg, ends);
        let paper = self.options.paper.as_str();
        let scale = Scale {
            view: &content.view,
            lines: vec![
                self.words.scale(content.view.denominator(), paper),
                self.words.projection(self.crs, &self.latitude),
            ],
            north: self.words.north,
        };
        legend::draw(&mut svg, &content.entries, &scale, sheet, palette, k);
        self.tail(&mut svg, sheet);
        svg.finish()
    }

    fn description(&self) -> String {
        const MOST: usize = 12;
        let names = self.plan.partition().take(MOST);
        let names: Vec<String> = names.map(|zone| clean(self.options.lang.name_of(&self.plan.zones()[zone]))).collect();
        let tally = self.layer.map(Layer::tally);
        let text = self.words.description(
            &names,
            tally.map_or(0, |tally| tally.sites),
            tally.map_or(0, |tally| tally.parcels),
        );
        self.options.lang.notice_of(self.plan).map_or(text.clone(), |notice| format!("{text} {}", clean(&notice)))
    }

    fn head(&self, svg: &mut Svg, sheet: &Sheet) {
        let k = self.k;
        let room = sheet.width() - 2.0 * sheet.margin;
        let title = self.title();
        let size = (22.0 * k).min(room / crate::map::text::width_em(&title).max(1.0)).max(13.0 * k);
        let (font, ink) = (number(size), self.palette.ink.to_string());
        let at = Coord { x: sheet.margin, y: sheet.margin + 13.0 * k };
        let paint = [("font-size", font.as_str()), ("font-weight", "bold"), ("fill", ink.as_str())];
        svg.lines(at, 0.0, &wrap(&title, room / size, 1), &paint);
        if let Some(subtitle) = self.subtitle() {
            let (font, quiet) = (number(11.5 * k), self.palette.quiet.to_string());
            let at = Coord { x: at.x, y: at.y + 19.0 * k };
            svg.lines(at, 0.0, &wrap(&subtitle, room / (11.5 * k), 1), &[("font-size", &font), ("fill", &quiet)]);
        }
    }

    fn tail(&self, svg: &mut Svg, sheet: &Sheet) {
        let mut y = sheet.foot;
        for (lines, size) in self.foot((sheet.width() - 2.0 * sheet.margin) / self.k) {
            let is_notice = size > 9.0;
            let fill = if is_notice { self.palette.ink } else { self.palette.quiet }.to_string();
            let font = number(size * self.k);
            let mut paint: Vec<Attribute<'_>> = vec![("font-size", &font), ("fill", &fill)];
            if is_notice {
                paint.push(("font-weight", "bold"));
            }
            let step = size * self.k * 1.3;
            svg.lines(Coord { x: sheet.margin, y: y + size * self.k }, step, &lines, &paint);
            y += step * lines.len() as f64;
        }
    }

    /// The grounds: those of one colour as one path.
    fn zones(&self, svg: &mut Svg, content: &Content<'_>) {
        let colour = |feature: &Feature| {
            let zone = feature.coloured_by.unwrap_or(feature.zone);
            if feature.is_cluster { self.palette.inner_fill(zone) } else { self.palette.fill(zone) }
        };
        for group in content.features.chunk_by(|a, b| colour(a) == colour(b)) {
            let data: String = group.iter().map(|feature| shape_path(&feature.shape)).collect();
            svg.path(&data, &[("fill", &colour(&group[0]).to_string()), ("fill-rule", "evenodd")]);
        }
    }

    fn outlines(&self, svg: &mut Svg, content: &Content<'_>) {
        let k = self.k;
        svg.open("g", &[("fill", "none"), ("stroke-linejoin", "round")]);
        if let Some(root) = &content.root {
            let (ink, width) = (self.palette.ink.to_string(), number(2.8 * k));
            svg.path(&shape_path(root), &[("stroke", &ink), ("stroke-width", &width)]);
        }
        let is_dense = content.features.len() > 400;
        let paint = |feature: &Feature| {
            let stroke = self.palette.stroke(feature.coloured_by.unwrap_or(feature.zone));
            let width = if feature.is_cluster {
                0.8
            } else if is_dense {
                0.4
            } else {
                1.4
            };
            (stroke.to_string(), number(width * k))
        };
        // Clusters first, the line of a zone over those in it.
        let clusters = content.features.iter().filter(|feature| feature.is_cluster);
        let zones = content.features.iter().filter(|feature| !feature.is_cluster);
        let all: Vec<&Feature> = clusters.chain(zones).collect();
        for group in all.chunk_by(|a, b| paint(a) == paint(b)) {
            let data: String = group.iter().map(|feature| shape_path(&feature.shape)).collect();
            let (stroke, width) = paint(group[0]);
            svg.path(&data, &[("stroke", &stroke), ("stroke-width", &width)]);
        }
        svg.close();
    }

    fn labels(&self, svg: &mut Svg, content: &Content<'_>) {
        let k = self.k;
        let (ink, quiet, ground) =
            (self.palette.ink.to_string(), self.palette.quiet.to_string(), self.palette.ground.to_string());
        svg.open("g", &[("stroke", &quiet), ("stroke-width", &number(0.7 * k)), ("fill", &ink)]);
        for (_, label) in &content.labels {
            let Some((from, to)) = label.leader else { continue };
            svg.path(&line_path(&LineString(vec![from, to])), &[("fill", "none")]);
            let radius = number(1.4 * k);
            svg.empty("circle", &[("cx", &number(to.x)), ("cy", &number(to.y)), ("r", &radius), ("stroke", "none")]);
        }
        svg.close();
        let halo = number(2.6 * k);
        svg.open(
            "g",
            &[
                ("stroke", &ground),
                ("stroke-width", &halo),
                ("stroke-linejoin", "round"),
                ("stroke-opacity", "0.85"),
                ("paint-order", "stroke"),
            ],
        );
        for (feature, label) in &content.labels {
            let feature = feature.map(|place| &content.features[place]);
            let fill = match feature {
                Some(feature) if !feature.is_cluster && !self.plan.is_layer() => {
                    self.palette.text(feature.zone).to_string()
                }
                _ => ink.clone(),
            };
            let (anchor, x) = match label.anchor {
                Anchor::Start => ("start", label.bounds.min().x),
                Anchor::Middle => ("middle", label.bounds.center().x),
                Anchor::End => ("end", label.bounds.max().x),
            };
            let font = number(label.size);
            let mut paint: Vec<Attribute<'_>> = vec![("font-size", &font), ("fill", &fill)];
            if anchor != "start" {
                paint.push(("text-anchor", anchor));
            }
            if feature.is_some_and(|feature| !feature.is_cluster) && !self.plan.is_layer() {
                paint.push(("font-weight", "bold"));
            }
            let at = Coord { x, y: label.bounds.min().y + label.size * 0.86 };
            svg.lines(at, label.size * LINE_STEP, &label.lines, &paint);
        }
        svg.close();
    }

    fn degrees<'l>(&self, svg: &mut Svg, ends: impl Iterator<Item = (Edge, Coord<f64>, &'l str)>) {
        let k = self.k;
        let (font, quiet) = (number(9.0 * k), self.palette.quiet.to_string());
        svg.open("g", &[("font-size", &font), ("fill", &quiet), ("text-anchor", "middle")]);
        for (edge, at, label) in ends {
            let (x, y) = match edge {
                Edge::Top => (at.x, at.y - 5.0 * k),
                Edge::Bottom => (at.x, at.y + 12.0 * k),
                Edge::Left => (at.x - 5.0 * k, at.y),
                Edge::Right => (at.x + 12.0 * k, at.y),
            };
            let (x, y) = (number(x), number(y));
            let turn = format!("rotate(-90 {x} {y})");
            let mut place: Vec<Attribute<'_>> = vec![("x", &x), ("y", &y)];
            if matches!(edge, Edge::Left | Edge::Right) {
                place.push(("transform", &turn));
            }
            svg.leaf("text", &place, label);
        }
        svg.close();
    }
}

fn grouped(count: u64) -> String {
    crate::report::text::grouped(count as f64, 0)
}

/// Fonts that viewers have, one after the other.
pub(super) fn font_family(lang: Lang) -> &'static str {
    match lang {
        Lang::En => {
            "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
        }
        Lang::Zh => {
            "'Noto Sans CJK SC', 'Source Han Sans SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', SimHei, Arial, sans-serif"
        }
    }
}
