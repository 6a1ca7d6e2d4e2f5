//! Drawing: from the background up.

use geo::{Coord, LineString, Rect};

use crate::crs::Crs;
use crate::error::{CrsProblem, Error, ErrorKind, Result};
use crate::map::content::{Content, FootStyle, Labelled, Picture};
use crate::map::context;
use crate::map::data_overlay::DataOverlay;
use crate::map::frame::Sheet;
use crate::map::graticule::{Edge, graticule, latitude};
use crate::map::labels::{Anchor, LINE_STEP};
use crate::map::legend::{self, OUTLINE_WIDTH, Scale};
use crate::map::names::Feature;
use crate::map::palette::Palette;
use crate::map::projection::{Projection, bounds_of, joined};
use crate::map::svg::{Attribute, Svg, line_path, number, shape_path};
use crate::map::text::{clean, width_em, wrap};
use crate::map::{Drawing, MapOptions};
use crate::messages::Lang;
use crate::plan::Plan;

/// Draws a plan and, optionally, data over it.
///
/// The scale is rounded to a usual one, and names are placed without overlaps. Anything omitted or simplified
/// is reported on the map and in the [`Drawing`].
///
/// Errors if the plan has no shape or cannot be projected to the requested coordinate system.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::map::{self, DataOverlay, MapOptions, Theme};
/// use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
///
/// let plan = Plan::bundled();
/// let mut layer = DataOverlay::new(&plan);
/// let mut rows = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
/// while let Some(batch) = rows.next_batch()? {
///     layer.add(&batch);
/// }
/// let options = MapOptions { theme: Theme::Dark, crs: Some(Crs::Epsg(4549)), ..MapOptions::default() };
/// let drawing = map::draw(&plan, Some(&layer), &options)?;
/// assert!(drawing.svg.contains("EPSG:4549") && drawing.clustered.is_none());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn draw(plan: &Plan, layer: Option<&DataOverlay<'_>>, options: &MapOptions) -> Result<Drawing> {
    let plan = &*plan.in_lon_lat()?;
    let frame = layer.and_then(DataOverlay::frame);
    let bounds = frame
        .or_else(|| bounds_of(plan.features().iter().map(|zone| &zone.shape)))
        .ok_or_else(|| Error::new(ErrorKind::EmptySelection))?;
    let crs = options.crs.clone().filter(|crs| !crs.coincides(&Crs::Crs84));
    let projection = Projection::new(crs.clone(), bounds)?;
    let shapes = plan.features().iter().map(|zone| {
        projection.shape(&zone.shape).ok_or_else(|| {
            let crs = crs.as_ref().unwrap_or(&Crs::Crs84).to_string();
            Error::new(ErrorKind::Crs { crs, problem: CrsProblem::OutsideArea }).at_feature(zone.id.clone())
        })
    });
    let shapes = shapes.collect::<Result<Vec<_>>>()?;
    let around = bounds_of(&shapes).ok_or_else(|| Error::new(ErrorKind::EmptySelection))?;
    let area = match frame {
        Some(frame) => framed(frame, &projection).unwrap_or(around),
        None => layer.and_then(|layer| area_of(layer, &projection)).map_or(around, |area| joined(around, area)),
    };
    let context = options.context.of(plan)?;
    let picture = Picture {
        plan,
        layer: layer.filter(|layer| layer.summary().rows() > 0),
        classes: layer.and_then(|layer| layer.classes(options.lang)),
        context: context.as_deref(),
        options,
        texts: options.lang.map_texts(),
        palette: palette(plan, layer, options),
        projection: &projection,
        latitude: latitude(bounds.center().y),
        crs,
        k: options.paper.type_scale(),
    };
    let content = picture.settled(&shapes, area);
    Ok(Drawing {
        svg: picture.svg(&content),
        title: picture.title(),
        author: options.author.as_deref().map(clean),
        language: picture.texts.language,
        width_mm: content.sheet.width_mm,
        height_mm: content.sheet.height_mm,
        scale_denominator: content.view.denominator(),
        unnamed: content.unnamed,
        clustered: content.marks.as_ref().and_then(|marks| marks.clustered),
    })
}

fn palette(plan: &Plan, layer: Option<&DataOverlay<'_>>, options: &MapOptions) -> Palette {
    let palette = Palette::new(plan, options.theme, layer.is_some_and(DataOverlay::is_classed));
    // Findings are seen among the features that they are of.
    let has_findings = |layer: &DataOverlay<'_>| layer.has_findings() && layer.summary().rows() > 0;
    if layer.is_some_and(has_findings) { palette.in_grey() } else { palette }
}

/// The bounding box of a frame in the plane.
fn framed(frame: Rect<f64>, projection: &Projection) -> Option<Rect<f64>> {
    let corners = frame.to_polygon().exterior().0.clone();
    corners.into_iter().filter_map(|corner| projection.forward(corner)).map(|at| Rect::new(at, at)).reduce(joined)
}

/// The bounding box of the sites and parcels near the plan, in the plane.
fn area_of(layer: &DataOverlay<'_>, projection: &Projection) -> Option<Rect<f64>> {
    let sites = layer.sites().filter_map(|(_, place)| projection.forward(place.at));
    let parcels = layer.parcels().iter().filter_map(|piece| geo::BoundingRect::bounding_rect(&piece.shape));
    let corners = parcels.flat_map(|bounds| [bounds.min(), bounds.max()]);
    let corners = corners.filter_map(|corner| projection.forward(layer.within_reach(corner)));
    sites.chain(corners).map(|place| Rect::new(place, place)).reduce(joined)
}

impl Picture<'_> {
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
                ("xml:lang", self.texts.language),
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
        let rect = [("x", x.as_str()), ("y", y.as_str()), ("width", width.as_str()), ("height", height.as_str())];
        svg.open("clipPath", &[("id", "map")]);
        svg.empty("rect", &rect);
        svg.close();
        svg.empty("rect", &[&rect[..], &[("fill", &palette.background.to_string())]].concat());
        svg.open("g", &[("clip-path", "url(#map)")]);
        context::draw_areas(&mut svg, &content.context, palette);
        self.zones(&mut svg, content);
        context::draw_lines(&mut svg, &content.context, palette, k);
        let lines = graticule(&content.view, map, 105.0 * k);
        let (line, thin) = (palette.line.to_string(), number(0.5 * k));
        svg.open("g", &[("fill", "none"), ("stroke", &line), ("stroke-width", &thin), ("stroke-opacity", "0.55")]);
        lines.iter().for_each(|line| svg.path(&line_path(&line.path), &[]));
        svg.close();
        self.outlines(&mut svg, content);
        context::draw_places(&mut svg, &content.context, palette, k);
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
                self.texts.scale(content.view.denominator(), paper),
                self.texts.projection(self.crs.as_ref(), &self.latitude),
            ],
            north: self.texts.north,
        };
        legend::draw(&mut svg, &content.entries, &scale, sheet, palette, k);
        self.tail(&mut svg, sheet);
        svg.finish()
    }

    fn description(&self) -> String {
        const MAX: usize = 12;
        let names = self.plan.partition().take(MAX);
        let names: Vec<String> = names.map(|zone| clean(self.options.lang.name_of(&self.plan[zone]))).collect();
        let summary = self.layer.map(DataOverlay::summary);
        let (sites, parcels) = summary.map_or((0, 0), |summary| (summary.sites, summary.parcels));
        let text = match self.layer.is_some_and(DataOverlay::has_findings) {
            true => self.texts.description_of_findings(&names, sites),
            false => self.texts.description(&names, sites, parcels),
        };
        self.options.lang.notice_of(self.plan).map_or(text.clone(), |notice| format!("{text} {}", clean(&notice)))
    }

    fn head(&self, svg: &mut Svg, sheet: &Sheet) {
        let k = self.k;
        let room = sheet.width() - 2.0 * sheet.margin;
        let title = self.title();
        let size = (22.0 * k).min(room / width_em(&title).max(1.0)).max(13.0 * k);
        let (font, ink) = (number(size), self.palette.ink.to_string());
        let at = Coord { x: sheet.margin, y: sheet.margin + 13.0 * k };
        let paint = [("font-size", font.as_str()), ("font-weight", "bold"), ("fill", ink.as_str())];
        svg.lines(at, 0.0, &wrap(&title, room / size, 1), &paint);
        if let Some(subtitle) = self.subtitle() {
            let (font, quiet) = (number(11.5 * k), self.palette.muted.to_string());
            let at = Coord { x: at.x, y: at.y + 19.0 * k };
            svg.lines(at, 0.0, &wrap(&subtitle, room / (11.5 * k), 1), &[("font-size", &font), ("fill", &quiet)]);
        }
    }

    fn tail(&self, svg: &mut Svg, sheet: &Sheet) {
        let mut y = sheet.foot;
        for (lines, FootStyle { size, is_dark, is_bold }) in self.foot((sheet.width() - 2.0 * sheet.margin) / self.k) {
            let fill = if is_dark { self.palette.ink } else { self.palette.muted }.to_string();
            let font = number(size * self.k);
            let mut paint: Vec<Attribute<'_>> = vec![("font-size", &font), ("fill", &fill)];
            if is_bold {
                paint.push(("font-weight", "bold"));
            }
            let step = size * self.k * 1.3;
            svg.lines(Coord { x: sheet.margin, y: y + size * self.k }, step, &lines, &paint);
            y += step * lines.len() as f64;
        }
    }

    /// Fills; shapes of the same colour share one path.
    fn zones(&self, svg: &mut Svg, content: &Content<'_>) {
        let colour = |feature: &Feature| {
            let zone = feature.coloured_by.unwrap_or(feature.zone);
            if feature.is_cluster { self.palette.inner_fill(zone) } else { self.palette.fill(zone) }
        };
        let mut all: Vec<&Feature> = content.features.iter().collect();
        if is_dense(content) {
            all.sort_by_key(|feature| (feature.is_cluster, colour(feature).to_string()));
        }
        for group in all.chunk_by(|a, b| colour(a) == colour(b)) {
            let data: String = group.iter().map(|feature| shape_path(&feature.shape)).collect();
            svg.path(&data, &[("fill", &colour(group[0]).to_string())]);
        }
    }

    fn outlines(&self, svg: &mut Svg, content: &Content<'_>) {
        let k = self.k;
        svg.open("g", &[("fill", "none"), ("stroke-linejoin", "round")]);
        let is_dense = is_dense(content);
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
        // Clusters first, so that zone boundaries are drawn over them.
        let clusters = content.features.iter().filter(|feature| feature.is_cluster);
        let zones = content.features.iter().filter(|feature| !feature.is_cluster);
        let mut all: Vec<&Feature> = clusters.chain(zones).collect();
        if is_dense {
            all.sort_by_key(|feature| (!feature.is_cluster, paint(feature)));
        }
        for group in all.chunk_by(|a, b| paint(a) == paint(b)) {
            let data: String = group.iter().map(|feature| shape_path(&feature.shape)).collect();
            let (stroke, width) = paint(group[0]);
            svg.path(&data, &[("stroke", &stroke), ("stroke-width", &width)]);
        }
        // On top, so that it looks as it does in the legend where it coincides with the boundary of a zone.
        if let Some(root) = &content.root {
            let (ink, width) = (self.palette.ink.to_string(), number(OUTLINE_WIDTH * k));
            svg.path(&shape_path(root), &[("stroke", &ink), ("stroke-width", &width)]);
        }
        svg.close();
    }

    fn labels(&self, svg: &mut Svg, content: &Content<'_>) {
        let k = self.k;
        let (ink, quiet, ground) =
            (self.palette.ink.to_string(), self.palette.muted.to_string(), self.palette.background.to_string());
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
        for (labelled, label) in &content.labels {
            let feature = match labelled {
                Labelled::Feature(index) => Some(&content.features[*index]),
                _ => None,
            };
            let fill = match (labelled, feature) {
                (_, Some(feature)) if !feature.is_cluster && !self.plan.is_flat() => {
                    self.palette.text(feature.zone).to_string()
                }
                (Labelled::Context, _) => quiet.clone(),
                (Labelled::Water, _) => self.palette.water.to_string(),
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
            if feature.is_some_and(|feature| !feature.is_cluster) && !self.plan.is_flat() {
                paint.push(("font-weight", "bold"));
            }
            let at = Coord { x, y: label.bounds.min().y + label.size * 0.86 };
            svg.lines(at, label.size * LINE_STEP, &label.lines, &paint);
        }
        svg.close();
    }

    fn degrees<'l>(&self, svg: &mut Svg, ends: impl Iterator<Item = (Edge, Coord<f64>, &'l str)>) {
        let k = self.k;
        let (font, quiet) = (number(9.0 * k), self.palette.muted.to_string());
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

/// Whether there are too many features to draw each on its own: those of a colour share one path with thin lines.
fn is_dense(content: &Content<'_>) -> bool {
    content.features.len() > 400
}

/// Commonly installed fonts, in order of preference.
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
