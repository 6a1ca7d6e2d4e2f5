//! What is drawn around the plan for orientation: coast, rivers, railways, places.

mod clip;
mod kinds;
mod sheet;

pub(super) use sheet::{ContextOnSheet, ContextSymbol, draw_areas, draw_lines, draw_places, draw_swatch};

use std::borrow::Cow;
use std::path::Path;

use geo::{Coord, Geometry, LineString, MultiPolygon};

use crate::error::{InvalidRows, Result};
use crate::io::{self, Input, ReadOptions, Rows};
use crate::map::context::kinds::{CREDITS, ContextKind, ENGLISH_NAMES, KINDS, NAMES};
use crate::messages::Lang;
use crate::messages::text::one_line;
use crate::plan::Plan;
use crate::table::Batch;

/// The bundled context of the corridor as GeoJSON: coast, river banks, railways, district seats; simplified, 30 to 500 m
/// off. Each feature names its source and licence, which go with the data: OpenStreetMap (ODbL 1.0) and GSHHG (LGPL 3.0
/// or later).
///
/// ```
/// use taizhou_corridor::map::CONTEXT_GEOJSON;
///
/// assert!(CONTEXT_GEOJSON.contains("ODbL-1.0") && CONTEXT_GEOJSON.len() < 10_000);
/// ```
pub const CONTEXT_GEOJSON: &str = include_str!("../../../data/context.geojson");

/// Lines, areas and places drawn beneath a plan for orientation, with their credit.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::map::Context;
///
/// let csv = "name,kind,wkt\nRing road,road,\"LINESTRING(121.3 28.6,121.5 28.6)\"\nPort,,POINT(121.45 28.7)\n";
/// let mut rows = io::open(Input::bytes("roads.csv", csv), &ReadOptions::default())?;
/// let context = Context::read(&mut rows)?;
/// assert_eq!((context.len(), context.invalid().count), (2, 0));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Context {
    features: Vec<ContextFeature>,
    /// The credit; `None` for the bundled context, which has one in either language.
    credit: Option<String>,
    invalid: InvalidRows,
}

/// Which context a map has.
///
/// ```
/// use taizhou_corridor::map::{Context, ContextChoice};
/// use taizhou_corridor::plan::Plan;
///
/// assert!(ContextChoice::default().of(&Plan::bundled())?.is_some());
/// assert!(ContextChoice::None.of(&Plan::bundled())?.is_none());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub enum ContextChoice {
    /// The bundled context for the bundled plan, none for others.
    #[default]
    Auto,
    /// None.
    None,
    /// This one.
    Given(Context),
}

impl ContextChoice {
    /// The context for a plan.
    ///
    /// Errors if the bundled context cannot be read, which does not happen.
    pub fn of(&self, plan: &Plan) -> Result<Option<Cow<'_, Context>>> {
        match self {
            ContextChoice::Auto if plan.is_bundled() => Context::bundled().map(|context| Some(Cow::Owned(context))),
            ContextChoice::Auto | ContextChoice::None => Ok(None),
            ContextChoice::Given(context) => Ok(Some(Cow::Borrowed(context))),
        }
    }
}

/// A feature, by what it is.
#[derive(Debug, Clone)]
pub(super) struct ContextFeature {
    pub(super) kind: ContextKind,
    name: String,
    name_en: String,
    lines: Vec<LineString<f64>>,
    areas: MultiPolygon<f64>,
    places: Vec<Coord<f64>>,
}

impl ContextFeature {
    fn name(&self, lang: Lang) -> &str {
        if lang == Lang::En && !self.name_en.is_empty() { &self.name_en } else { &self.name }
    }
}

/// More different credits than this are not read.
const MAX_CREDITS: usize = 5;

impl Context {
    /// The bundled context of the corridor.
    ///
    /// Errors if it cannot be read, which does not happen.
    ///
    /// ```
    /// use taizhou_corridor::map::Context;
    ///
    /// assert_eq!(Context::bundled()?.len(), 11);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn bundled() -> Result<Context> {
        let mut rows = io::open(Input::bytes("context.geojson", CONTEXT_GEOJSON), &ReadOptions::default())?;
        Ok(Context { credit: None, ..Context::read(&mut rows)? })
    }

    /// The lines, polygons and points of a table, on WGS 84 or in the system that it declares.
    ///
    /// Names come from the column `name` or `名称`, in English from `name_en`; the symbol from `kind` (`类型`): railway,
    /// road, coast, river bank, boundary, water, district seat; credits from `attribution` or `source` (`来源`), else
    /// the file is named. Rows without a geometry are counted.
    ///
    /// Errors if the table cannot be read.
    pub fn read(rows: &mut Rows) -> Result<Context> {
        let file = rows.file().to_owned();
        let stem = Path::new(&file).file_stem().map_or(file.clone(), |stem| stem.to_string_lossy().into_owned());
        let columns: Vec<String> = rows.schema().names().iter().map(|name| name.to_lowercase()).collect();
        let find = |names: &[&str]| names.iter().find_map(|name| columns.iter().position(|column| column == name));
        let [kind, name, name_en, credit] = [&KINDS[..], &NAMES, &ENGLISH_NAMES, &CREDITS].map(find);
        let mut context = Context::default();
        let mut credits: Vec<String> = vec![];
        while let Some(batch) = rows.next_batch()? {
            for row in 0..batch.len() {
                let geometry = match batch.shape(row) {
                    Ok(shape) => shape.geometry(),
                    Err(problem) => {
                        context.invalid.add(batch.first_row() + row as u64, problem);
                        continue;
                    }
                };
                let text = |column| text(&batch, row, column);
                let mut feature = ContextFeature {
                    kind: ContextKind::of(&text(kind), &stem),
                    name: text(name),
                    name_en: text(name_en),
                    lines: vec![],
                    areas: MultiPolygon::new(vec![]),
                    places: vec![],
                };
                feature.add(geometry);
                context.features.push(feature);
                let credit = text(credit);
                if !credit.is_empty() && credits.len() < MAX_CREDITS && !credits.contains(&credit) {
                    credits.push(credit);
                }
            }
        }
        context.credit = Some(if credits.is_empty() { file } else { credits.join("; ") });
        Ok(context)
    }

    /// The number of features.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there are no features.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The rows without a valid geometry, which are not drawn.
    pub fn invalid(&self) -> &InvalidRows {
        &self.invalid
    }

    /// The credit, as licences of data require it on each map.
    pub(super) fn credit(&self, lang: Lang) -> &str {
        self.credit.as_deref().unwrap_or(lang.map_texts().context_credit)
    }

    pub(super) fn features(&self) -> &[ContextFeature] {
        &self.features
    }
}

impl ContextFeature {
    fn add(&mut self, geometry: Geometry<f64>) {
        match geometry {
            Geometry::Point(point) => self.places.push(point.0),
            Geometry::MultiPoint(points) => self.places.extend(points.0.into_iter().map(|point| point.0)),
            Geometry::Line(line) => self.lines.push(LineString(vec![line.start, line.end])),
            Geometry::LineString(line) => self.lines.push(line),
            Geometry::MultiLineString(lines) => self.lines.extend(lines.0),
            Geometry::Polygon(polygon) => self.areas.0.push(polygon),
            Geometry::MultiPolygon(polygons) => self.areas.0.extend(polygons.0),
            Geometry::Rect(rect) => self.areas.0.push(rect.to_polygon()),
            Geometry::Triangle(triangle) => self.areas.0.push(triangle.to_polygon()),
            Geometry::GeometryCollection(parts) => parts.0.into_iter().for_each(|part| self.add(part)),
        }
    }
}

fn text(batch: &Batch, row: usize, column: Option<usize>) -> String {
    let cell = column.and_then(|column| batch.row(row).cell(column));
    cell.map(|cell| one_line(&cell.shown())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_context_has_symbols_for_all_its_features() {
        let context = Context::bundled().unwrap();
        assert!(context.features.iter().all(|feature| !matches!(feature.kind, ContextKind::Other(_))));
        assert_eq!(context.invalid.count, 0);
        for lang in [Lang::En, Lang::Zh] {
            for word in ["OpenStreetMap contributors", "ODbL", "GSHHG", "LGPL"] {
                assert!(context.credit(lang).contains(word), "{word}");
            }
        }
    }

    #[test]
    fn a_file_of_ones_own_is_credited_and_named_in_the_legend() {
        let read = |csv: &str| {
            let mut rows = io::open(Input::bytes("界线.csv", csv), &ReadOptions::default()).unwrap();
            Context::read(&mut rows).unwrap()
        };
        let plain = read("名称,wkt\n甲,\"LINESTRING(121.3 28.6,121.5 28.6)\"\n乙,\n");
        assert_eq!(plain.features[0].kind, ContextKind::Other("界线".to_owned()));
        assert_eq!((plain.credit(Lang::Zh), plain.features[0].name(Lang::En)), ("界线.csv", "甲"));
        assert_eq!(plain.invalid().count, 1);
        let credited = read("类型,来源,wkt\n铁路,甲局,\"LINESTRING(121.3 28.6,121.5 28.6)\"\n");
        assert_eq!((credited.credit(Lang::En), &credited.features[0].kind), ("甲局", &ContextKind::Railway));
    }
}
