//! Writing a drawing: polygons as closed polylines, lines as open ones, points as points, each with the attributes of its
//! row as extended data.

use std::borrow::Cow;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use geo::{Area, BoundingRect, Coord, Geometry, InteriorPoint, LineString, Polygon, Rect};
use tempfile::SpooledTempFile;

use super::layer_names::LayerNames;
use super::own::{APPLICATION, BRACE, INTEGER, MAX_BYTES, MAX_TEXT_BYTES, NAME_OF_APPLICATION, TEXT};
use super::skeleton::{DEFAULT_LAYER, FIRST_HANDLE, MODEL, Pairs, Summary, head, tail};
use super::text::{escaped, escaped_with_ends};
use super::{BLOCK, COLUMNS, ELEVATION, ENTITY, HANDLE, LAYER, TEXT as TEXT_COLUMN};
use crate::crs::{Crs, Transformer};
use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::encoding::Encoding;
use crate::io::bytes::output::Output;
use crate::io::bytes::stored::spool;
use crate::io::rows::format::NewTable;
use crate::io::rows::loss::Loss;
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch, CellText, Field, GeometrySource, Kind, Schema, distinct_names};

/// Entities are written to a temporary file, since the tables before them depend on all.
pub(super) struct DxfWriter {
    output: Output,
    entities: BufWriter<SpooledTempFile>,
    schema: Schema,
    /// The names of the columns in the table, and in the drawing.
    names: Vec<String>,
    attributes: Vec<Attribute>,
    /// The names of columns that are not written.
    left_out: Vec<String>,
    layer: LayerOf,
    layers: LayerNames,
    /// The column that is written as text.
    text: Option<usize>,
    encoding: Encoding,
    crs: Crs,
    extent: Option<Rect<f64>>,
    next_handle: u64,
    row: i64,
    without_geometry: u64,
}

/// A column that is written as extended data.
struct Attribute {
    column: usize,
    name: String,
    /// The number of texts that were cut.
    cut: u64,
}

/// What the layer of a row is called by.
enum LayerOf {
    Column(usize),
    Name(String),
}

/// The column of the zone, which queries add.
const ZONE: &str = "zone";

impl DxfWriter {
    /// Errors if there is no column of the name of an option.
    pub(super) fn new(output: Output, table: &NewTable<'_>) -> Result<DxfWriter> {
        let (mut schema, options) = (table.schema_of_geometries(), table.options);
        // It is drawn.
        if let GeometrySource::Wkt(column) = schema.geometry_source {
            schema.left_out = vec![column];
        }
        let fields: Vec<Field> = schema.attributes().into_iter().chain(table.added.iter().cloned()).collect();
        let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        let find = |name: &String| {
            let unknown = || ErrorKind::UnknownColumn { name: name.clone(), columns: names.clone() };
            names.iter().position(|found| found == name).ok_or_else(|| Error::new(unknown()))
        };
        let own = names.len() - table.added.len();
        let zone = || names.iter().skip(own).position(|name| name == ZONE).map(|place| own + place);
        let layer = match (&options.layer_field, &options.layer) {
            (Some(field), _) => LayerOf::Column(find(field)?),
            (None, Some(name)) => LayerOf::Name(name.clone()),
            (None, None) => match zone().or_else(|| names.iter().position(|name| name == LAYER)) {
                Some(column) => LayerOf::Column(column),
                None => LayerOf::Name(output.stem().unwrap_or_else(|| DEFAULT_LAYER.to_owned())),
            },
        };
        let text = options.text_field.as_ref().map(find).transpose()?;
        // The types and handles of the entities of another drawing.
        let is_drawing = schema.fields.iter().map(|field| field.name.as_str()).take(COLUMNS.len()).eq(COLUMNS);
        let (left_out, written): (Vec<usize>, Vec<usize>) = (0..names.len())
            .filter(|&column| !(names[column] == LAYER && matches!(layer, LayerOf::Column(of) if of == column)))
            .partition(|&column| is_drawing && [ENTITY, HANDLE].contains(&names[column].as_str()));
        // A reader has columns of its own, which only some attributes may fill.
        let taken = COLUMNS.iter().map(|name| (*name).to_owned());
        let distinct = distinct_names(&taken.chain(names.iter().cloned()).collect::<Vec<_>>());
        let fills = |column: usize| match names[column].as_str() {
            BLOCK | TEXT_COLUMN => true,
            ELEVATION => matches!(fields[column].kind, Kind::Real | Kind::Integer),
            _ => false,
        };
        let name = |column: usize| if fills(column) { &names[column] } else { &distinct[COLUMNS.len() + column] };
        let attribute = |column: usize| Attribute { column, name: name(column).clone(), cut: 0 };
        let attributes = written.into_iter().map(attribute).collect();
        let left_out = left_out.into_iter().map(|column| names[column].clone()).collect();
        Ok(DxfWriter {
            output,
            entities: BufWriter::new(spool()),
            schema,
            names,
            attributes,
            left_out,
            layer,
            layers: LayerNames::default(),
            text,
            encoding: options.encoding.unwrap_or(Encoding::Utf8),
            crs: options.written_crs(),
            extent: None,
            next_handle: FIRST_HANDLE,
            row: 0,
            without_geometry: 0,
        })
    }

    fn handle(&mut self) -> u64 {
        self.next_handle += 1;
        self.next_handle - 1
    }

    /// The entities of a row.
    fn entities(&mut self, geometry: &Geometry<f64>, cells: &[Cow<'_, str>]) -> Pairs {
        let name = match &self.layer {
            LayerOf::Column(column) => cells.get(*column).map_or("", |cell| cell),
            LayerOf::Name(name) => name,
        };
        let next_handle = &mut self.next_handle;
        let layer = self.layers.of(name, self.encoding, || {
            *next_handle += 1;
            *next_handle - 1
        });
        let layer = self.layers.written[layer].0.clone();
        if let Some(bounds) = geometry.bounding_rect() {
            self.extent = Some(self.extent.map_or(bounds, |extent| joined(extent, bounds)));
        }
        let mut row = RowOfEntities { pairs: Pairs::default(), layer, part: 0 };
        self.add(&mut row, geometry, cells);
        if let Some(text) = self.text.and_then(|column| cells.get(column)).filter(|text| !text.trim().is_empty()) {
            self.label(&mut row, geometry, text.trim());
        }
        row.pairs
    }

    fn add(&mut self, row: &mut RowOfEntities, geometry: &Geometry<f64>, cells: &[Cow<'_, str>]) {
        match geometry {
            Geometry::Point(point) => {
                self.start(row, "POINT", "AcDbPoint");
                row.pairs.real(10, point.x());
                row.pairs.real(20, point.y());
                row.pairs.real(30, 0.0);
                self.extended_data(row, 0, cells);
            }
            Geometry::LineString(line) => self.polyline(row, line, None, cells),
            Geometry::Polygon(polygon) => {
                let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
                for (number, ring) in rings.enumerate() {
                    self.polyline(row, ring, Some(number), cells);
                }
            }
            Geometry::MultiPoint(points) => points.iter().for_each(|point| self.add(row, &(*point).into(), cells)),
            Geometry::MultiLineString(lines) => {
                lines.iter().for_each(|line| self.add(row, &line.clone().into(), cells));
            }
            Geometry::MultiPolygon(polygons) => {
                polygons.iter().for_each(|polygon| self.add(row, &polygon.clone().into(), cells));
            }
            Geometry::GeometryCollection(members) => members.iter().for_each(|member| self.add(row, member, cells)),
            // No table has these.
            Geometry::Line(line) => self.add(row, &LineString::from(*line).into(), cells),
            Geometry::Rect(rect) => self.add(row, &rect.to_polygon().into(), cells),
            Geometry::Triangle(triangle) => self.add(row, &triangle.to_polygon().into(), cells),
        }
        if !matches!(
            geometry,
            Geometry::MultiPoint(_)
                | Geometry::MultiLineString(_)
                | Geometry::MultiPolygon(_)
                | Geometry::GeometryCollection(_)
        ) {
            row.part += 1;
        }
    }

    fn start(&mut self, row: &mut RowOfEntities, kind: &str, class: &str) {
        let handle = self.handle();
        row.pairs.object(kind, handle, MODEL, &["AcDbEntity"]);
        row.pairs.text(8, &row.layer);
        row.pairs.text(100, class);
    }

    /// A polyline: a line, or a ring of a polygon with its number.
    fn polyline(
        &mut self,
        row: &mut RowOfEntities,
        line: &LineString<f64>,
        ring: Option<usize>,
        cells: &[Cow<'_, str>],
    ) {
        let is_closed = ring.is_some();
        let vertices = match line.0.split_last() {
            Some((last, rest)) if is_closed && rest.first() == Some(last) => rest,
            _ => &line.0,
        };
        self.start(row, "LWPOLYLINE", "AcDbPolyline");
        row.pairs.integer(90, vertices.len() as i64);
        row.pairs.integer(70, i64::from(is_closed));
        for vertex in vertices {
            row.pairs.real(10, vertex.x);
            row.pairs.real(20, vertex.y);
        }
        self.extended_data(row, ring.unwrap_or(0), cells);
    }

    /// The place of an entity in its row, and, with the first, the attributes.
    fn extended_data(&mut self, row: &mut RowOfEntities, ring: usize, cells: &[Cow<'_, str>]) {
        let pairs = &mut row.pairs;
        pairs.text(NAME_OF_APPLICATION, APPLICATION);
        for number in [self.row, row.part, ring as i64] {
            pairs.integer(INTEGER, number);
        }
        if (row.part, ring) != (0, 0) {
            return;
        }
        let encoding = self.encoding;
        let mut left = MAX_BYTES;
        for attribute in &mut self.attributes {
            let value = cells.get(attribute.column).map_or("", |cell| cell);
            if value.is_empty() {
                continue;
            }
            let name = escaped(&attribute.name, encoding);
            let room = left.saturating_sub(name.len());
            if name.len() > MAX_TEXT_BYTES || room == 0 {
                attribute.cut += 1;
                continue;
            }
            let (chunks, is_cut) = chunks(value, encoding, room);
            attribute.cut += u64::from(is_cut);
            pairs.text(BRACE, "{");
            pairs.text(TEXT, &name);
            for chunk in &chunks {
                pairs.text(TEXT, chunk);
            }
            pairs.text(BRACE, "}");
            left = room - chunks.iter().map(Vec::len).sum::<usize>();
        }
    }

    /// A text in the largest polygon of a row.
    fn label(&mut self, row: &mut RowOfEntities, geometry: &Geometry<f64>, text: &str) {
        let Some((area, at)) = largest(geometry)
            .and_then(|polygon| polygon.interior_point().map(|point| (polygon.unsigned_area(), point.0)))
        else {
            return;
        };
        let mut height = area.sqrt() / text.chars().count().max(8) as f64;
        if !(height.is_finite() && height > 0.0) {
            height = 1.0;
        }
        self.start(row, "TEXT", "AcDbText");
        let pairs = &mut row.pairs;
        let position = |pairs: &mut Pairs, code: i32, at: Coord<f64>| {
            pairs.real(code, at.x);
            pairs.real(code + 10, at.y);
            pairs.real(code + 20, 0.0);
        };
        position(pairs, 10, at);
        pairs.real(40, height);
        // Two of them begin a code, three are one.
        pairs.text(1, escaped(&text.replace("%%", "%%%%%%"), self.encoding));
        // Centred at its position, in both directions.
        pairs.integer(72, 1);
        position(pairs, 11, at);
        pairs.text(100, "AcDbText");
        pairs.integer(73, 2);
    }

    fn losses(&self) -> Vec<Loss> {
        let mut losses = vec![Loss::Crs { crs: self.crs.to_string() }];
        let renamed = self.attributes.iter().filter(|attribute| self.names[attribute.column] != attribute.name);
        losses.extend(
            renamed.map(|attribute| Loss::Renamed {
                from: self.names[attribute.column].clone(),
                to: attribute.name.clone(),
            }),
        );
        losses.extend((!self.left_out.is_empty()).then(|| Loss::Columns { fields: self.left_out.clone() }));
        let cut = self.attributes.iter().filter(|attribute| attribute.cut > 0);
        losses.extend(cut.map(|attribute| Loss::Cut {
            field: self.names[attribute.column].clone(),
            limit_bytes: MAX_BYTES,
            count: attribute.cut,
        }));
        if let Some((from, to)) = self.layers.renamed.clone() {
            losses.push(Loss::LayersRenamed { from, to, count: self.layers.renamed_count });
        }
        if self.without_geometry > 0 {
            losses.push(Loss::RowsWithoutGeometry { count: self.without_geometry });
        }
        losses
    }

    /// Whether the unit is a metre.
    fn is_metric(&self) -> bool {
        let Some(extent) = self.extent else { return true };
        let mut centre = [extent.center()];
        let to_lon_lat = Transformer::from_crs(self.crs.clone()).and_then(|from| from.apply(&mut centre));
        to_lon_lat.is_ok() && Transformer::to_crs(self.crs.clone()).is_ok_and(|to| to.check_metric(centre[0]).is_ok())
    }
}

/// The entities of a row.
struct RowOfEntities {
    pairs: Pairs,
    /// The name of the layer, as it is written.
    layer: Vec<u8>,
    /// The number of the part that is written next.
    part: i64,
}

impl RowWriter for DxfWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        for (row_index, values) in answers.iter() {
            let geometry = batch.shape(row_index).ok().map(|shape| shape.geometry());
            let is_drawn = |geometry: &Geometry<f64>| geometry.bounding_rect().is_some();
            let Some(geometry) = geometry.filter(is_drawn) else {
                self.without_geometry += 1;
                continue;
            };
            let own = self.schema.cells(batch, row_index);
            let own = own.into_iter().map(|cell| cell.map_or(Cow::Borrowed(""), CellText::text));
            let cells: Vec<Cow<'_, str>> = own.chain(values.iter().map(|value| value.text_of())).collect();
            let pairs = self.entities(&geometry, &cells);
            self.row += 1;
            let written = self.entities.write_all(&pairs.0);
            written.map_err(|error| Error::new(ErrorKind::Write(error)).in_file(self.output.name()))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<Loss>> {
        let losses = self.losses();
        let head = head(&Summary {
            encoding: self.encoding,
            is_metric: self.is_metric(),
            layers: &self.layers.written[1..],
            extent: self.extent,
            next_handle: self.next_handle,
        });
        let DxfWriter { mut output, entities, .. } = *self;
        let write = || -> io::Result<()> {
            let mut entities = entities.into_inner().map_err(io::IntoInnerError::into_error)?;
            entities.seek(SeekFrom::Start(0))?;
            output.write_all(&head)?;
            io::copy(&mut entities, &mut output)?;
            output.write_all(&tail())?;
            output.flush()
        };
        write().map_err(|error| Error::new(ErrorKind::Write(error)).in_file(output.name().to_owned()))?;
        output.commit()?;
        Ok(losses)
    }
}

/// A text in parts that fit extended data, and whether it was cut to fit a number of bytes.
fn chunks(text: &str, encoding: Encoding, room: usize) -> (Vec<Vec<u8>>, bool) {
    let mut ends = vec![];
    let bytes = escaped_with_ends(text, encoding, |end| ends.push(end));
    let is_cut = bytes.len() > room;
    let (mut chunks, mut start, mut last) = (vec![], 0, 0);
    for end in ends.into_iter().filter(|end| *end <= room) {
        if end - start > MAX_TEXT_BYTES {
            chunks.push(bytes[start..last].to_vec());
            start = last;
        }
        last = end;
    }
    chunks.push(bytes[start..last].to_vec());
    (chunks, is_cut)
}

fn joined(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    let (low, high) = (a.min(), a.max());
    Rect::new(
        Coord { x: low.x.min(b.min().x), y: low.y.min(b.min().y) },
        Coord { x: high.x.max(b.max().x), y: high.y.max(b.max().y) },
    )
}

/// The largest polygon of a geometry.
fn largest(geometry: &Geometry<f64>) -> Option<&Polygon<f64>> {
    let largest = |a: &&Polygon<f64>, b: &&Polygon<f64>| a.unsigned_area().total_cmp(&b.unsigned_area());
    match geometry {
        Geometry::Polygon(polygon) => Some(polygon),
        Geometry::MultiPolygon(polygons) => polygons.iter().max_by(largest),
        Geometry::GeometryCollection(members) => members.iter().filter_map(self::largest).max_by(largest),
        _ => None,
    }
}
