//! Writing survey files: GB18030, CRLF line ends, eastings with zone prefix, areas in hectares on the ellipsoid. Eastings in
//! a file of points are as in the CRS, since other programs expect them without prefix.

use std::borrow::Cow;
use std::path::Path;

use geo::{Coord, Geometry, LineString, MultiPolygon};

use super::cass::{HEIGHT, POINT_ALIASES, POINT_FIELDS};
use super::keywords::{
    ALIASES, AREA, EXTRA_FIELD, FIELDS, HEADER, HEADER_END, HEADER_MIDDLE, HEADER_START, LINE, PARCELS, POINT,
    POINT_COUNT, POLYGON, PRECISION, SHAPE, ZONE, ZONE_WIDTH,
};
use crate::crs::{GaussKruegerZone, Plane};
use crate::error::{Error, ErrorKind, Result};
use crate::geometry::validity::first_validation_error_in;
use crate::geometry::visit_coords;
use crate::io::bytes::encoding::Encoding;
use crate::io::bytes::output::Output;
use crate::io::rows::format::WriteOptions;
use crate::io::rows::loss::Loss;
use crate::io::rows::txt_dialect::{TxtDialect, TxtNumbering};
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch, CellText, Field, GeometrySource, Schema, Shape};

/// The default number of decimals of coordinates, in metres.
pub(in crate::io) const DECIMALS: usize = 3;

pub(in crate::io) struct SurveyTxtWriter {
    output: Output,
    encoding: Encoding,
    schema: Schema,
    /// The names of the columns of the table and those that a query adds.
    names: Vec<String>,
    /// The column of each field of the format, then of additional fields.
    columns: Vec<Option<usize>>,
    left_out: Vec<String>,
    zone: GaussKruegerZone,
    plane: Plane,
    decimals: usize,
    dialect: TxtDialect,
    numbering: TxtNumbering,
    /// Whether the first corner of a ring is not repeated at its end.
    has_open_rings: bool,
    /// The number of the last corner.
    label: usize,
    /// The number of replaced separators in each field.
    replaced: Vec<u64>,
}

impl SurveyTxtWriter {
    /// Writes the header. Errors if the CRS is not a Gauss-Krüger zone.
    pub(in crate::io) fn new(
        output: Output,
        schema: &Schema,
        added: &[Field],
        options: &WriteOptions,
    ) -> Result<SurveyTxtWriter> {
        let crs = options.written_crs();
        let zone = GaussKruegerZone::of(&crs).ok_or_else(|| {
            Error::new(ErrorKind::NotGaussKrueger { format: options.format.to_string(), crs: crs.to_string() })
        })?;
        let names: Vec<String> = schema.attributes().into_iter().chain(added.iter().cloned()).map(|f| f.name).collect();
        let known: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
        let column_of = |name: &str, aliases: &[&str]| {
            let is_known = |known: &String| known == name || aliases.contains(&known.as_str());
            let exact = known.iter().position(|known| known == name);
            exact.or_else(|| known.iter().position(is_known))
        };
        let further = |number: usize| known.iter().position(|name| *name == format!("{EXTRA_FIELD}{number}"));
        let is_dat = Path::new(output.name()).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("dat"));
        let by_ending = if is_dat { TxtDialect::Cass } else { TxtDialect::default() };
        let dialect = options.txt_dialect.unwrap_or(by_ending);
        let mut columns: Vec<Option<usize>> = match dialect {
            TxtDialect::Cass => std::iter::zip(POINT_FIELDS, POINT_ALIASES).map(|(f, a)| column_of(f, a)).collect(),
            _ => std::iter::zip(FIELDS, ALIASES).map(|(field, aliases)| column_of(field, aliases)).collect(),
        };
        match dialect {
            TxtDialect::Cass => {}
            TxtDialect::Survey => columns.extend((FIELDS.len() + 1..).map_while(further).map(Some)),
            _ => {
                let own = dialect.further_columns().iter();
                columns.extend(own.map(|name| known.iter().position(|known| known == name)));
                // What the dialect has no place for is left out, and reported.
                for (index, column) in columns.iter_mut().enumerate() {
                    *column = column.filter(|_| dialect.columns().contains(&Some(index)));
                }
            }
        }
        let carried = match schema.geometry_source {
            GeometrySource::Columns(x, y) => vec![x, y],
            GeometrySource::Pair(column, _) | GeometrySource::Wkt(column) => vec![column],
            _ => vec![],
        };
        let first = usize::from(schema.ids.is_some());
        let is_left_out =
            |index: &usize| !columns.contains(&Some(*index)) && !carried.iter().any(|column| column + first == *index);
        let left_out = (0..names.len()).filter(is_left_out).map(|index| names[index].clone()).collect();
        let decimals = options.decimals.unwrap_or(DECIMALS);
        let mut writer = SurveyTxtWriter {
            output,
            encoding: options.encoding.unwrap_or(Encoding::Gb18030),
            replaced: vec![0; columns.len()],
            schema: schema.clone(),
            names,
            columns,
            left_out,
            zone,
            plane: Plane::of(&crs)?,
            decimals,
            dialect,
            numbering: options.txt_numbering,
            has_open_rings: options.txt_open_rings,
            label: 0,
        };
        if dialect == TxtDialect::Cass {
            return Ok(writer);
        }
        let unit = if decimals == 0 { "1".to_owned() } else { format!("0.{}1", "0".repeat(decimals - 1)) };
        let (width, number) = (zone.width_deg(), zone.number);
        writer.lines(&format!(
            "[{HEADER}]\n{HEADER_START}{ZONE_WIDTH}={width}\n{HEADER_MIDDLE}{ZONE}={number}\n{PRECISION}={unit}\n{HEADER_END}\
             [{PARCELS}]\n"
        ))?;
        Ok(writer)
    }

    fn lines(&mut self, text: &str) -> Result<()> {
        use std::io::Write;
        let text = text.replace('\n', "\r\n");
        let written = self.output.write_all(&self.encoding.encode(&text));
        written.map_err(|error| Error::new(ErrorKind::Write(error)).in_file(self.output.name()))
    }

    /// The ellipsoidal area in hectares of a geometry in the CRS of the zone; `None` if it is not a valid polygon.
    fn area_ha(&self, geometry: &Geometry<f64>) -> Result<Option<f64>> {
        let mut geometry = geometry.clone();
        let prefix_m = if self.zone.has_prefix { f64::from(self.zone.number) * 1e6 } else { 0.0 };
        visit_coords(&mut geometry, &mut |coord| coord.x -= prefix_m);
        let shape: MultiPolygon<f64> = match geometry {
            Geometry::Polygon(polygon) => polygon.into(),
            Geometry::MultiPolygon(polygons) => polygons,
            _ => return Ok(None),
        };
        Ok(first_validation_error_in(&shape, &self.plane).is_none().then(|| self.plane.area(&shape).ha()))
    }

    fn parcel(&mut self, geometry: Option<&Geometry<f64>>, cells: &[Cow<'_, str>]) -> Result<()> {
        let (shape, rings) = match geometry {
            None => (POLYGON, vec![]),
            Some(geometry) => rings(geometry).ok_or_else(|| {
                let found = Shape::Other(geometry).kind().to_owned();
                Error::new(ErrorKind::UnsupportedGeometry { format: "survey-txt".to_owned(), found })
            })?,
        };
        let is_closed = shape == POLYGON && !self.has_open_rings;
        let written = |ring: &LineString<f64>| ring.0.len() - usize::from(shape == POLYGON && !is_closed);
        let count: usize = rings.iter().map(written).sum();
        let mut fields: Vec<String> = vec![];
        for (index, column) in self.columns.clone().into_iter().enumerate() {
            let own = column.and_then(|column| cells.get(column)).map_or("", |cell| cell.trim());
            fields.push(match index {
                POINT_COUNT => count.to_string(),
                AREA if own.is_empty() => match geometry {
                    Some(geometry) if shape == POLYGON => {
                        self.area_ha(geometry)?.map_or(String::new(), |area_ha| format!("{area_ha:.4}"))
                    }
                    _ => String::new(),
                },
                SHAPE if own.is_empty() || geometry.is_some() => shape.to_owned(),
                _ => self.plain(index, own),
            });
        }
        if self.dialect == TxtDialect::Linkage && shape != POLYGON {
            // It states no type: lines would be read as polygons.
            let found = shape.to_owned();
            return Err(Error::new(ErrorKind::UnsupportedGeometry {
                format: "survey-txt (linkage)".to_owned(),
                found,
            }));
        }
        if self.dialect != TxtDialect::Survey {
            let in_line = |column: &Option<usize>| column.map_or_else(String::new, |column| fields[column].clone());
            fields = self.dialect.columns().iter().map(in_line).collect();
        }
        let mut text = format!("{},@\n", fields.join(","));
        let prefix_m = if self.zone.has_prefix { 0.0 } else { f64::from(self.zone.number) * 1e6 };
        if self.numbering == TxtNumbering::Parcel {
            self.label = 0;
        }
        for (number, ring) in (1..).zip(rings) {
            if self.numbering == TxtNumbering::Ring {
                self.label = 0;
            }
            let first = self.label + 1;
            let (last, count) = (ring.0.len() - 1, written(&ring));
            for (index, Coord { x, y }) in ring.0.into_iter().enumerate().take(count) {
                // The closing point of a ring has the label of the first.
                let shown = if is_closed && index == last { first } else { self.label + 1 };
                self.label = self.label.max(shown);
                let (east, decimals) = (x + prefix_m, self.decimals);
                text.push_str(&match self.dialect {
                    TxtDialect::Linkage => format!("J{shown},{y:.decimals$},{east:.decimals$},,{number},\n"),
                    _ => format!("J{shown},{number},{y:.decimals$},{east:.decimals$}\n"),
                });
            }
        }
        self.lines(&text)
    }

    /// Writes the points of a row in a file of points. Other geometries are refused: the file could not show which corners belong together.
    fn points(&mut self, geometry: Option<&Geometry<f64>>, cells: &[Cow<'_, str>]) -> Result<()> {
        let points: Vec<Option<Coord<f64>>> = match geometry {
            None => vec![None],
            Some(Geometry::Point(point)) => vec![Some(point.0)],
            Some(Geometry::MultiPoint(points)) => points.iter().map(|point| Some(point.0)).collect(),
            Some(other) => {
                let found = Shape::Other(other).kind().to_owned();
                return Err(Error::new(ErrorKind::UnsupportedGeometry {
                    format: "survey-txt (cass)".to_owned(),
                    found,
                }));
            }
        };
        let mut text = String::new();
        for point in points {
            self.label += 1;
            let mut own = |index: usize| {
                let column = self.columns[index];
                self.plain(index, column.and_then(|column| cells.get(column)).map_or("", |cell| cell.trim()))
            };
            let [mut name, code, mut height] = [own(0), own(1), own(HEIGHT)];
            if name.is_empty() {
                name = self.label.to_string();
            }
            let decimals = self.decimals;
            // A height is required.
            if height.is_empty() && point.is_some() {
                height = format!("{:.decimals$}", 0.0);
            }
            let position =
                point.map_or_else(|| ",".to_owned(), |at| format!("{:.decimals$},{:.decimals$}", at.x, at.y));
            text.push_str(&format!("{name},{code},{position},{height}\n"));
        }
        self.lines(&text)
    }

    /// A text with separators of fields and lines replaced.
    fn plain(&mut self, field: usize, text: &str) -> String {
        self.replaced[field] += self.encoding.unheld(text);
        let is_special = |c: char| matches!(c, ',' | '@' | '\n' | '\r' | '\t');
        if !text.contains(is_special) {
            return text.to_owned();
        }
        self.replaced[field] += text.matches(is_special).count() as u64;
        text.chars()
            .map(|c| match c {
                ',' => '，',
                '@' => '＠',
                c if is_special(c) => ' ',
                c => c,
            })
            .collect()
    }
}

impl RowWriter for SurveyTxtWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        for (row_index, values) in answers.iter() {
            let own =
                self.schema.cells(batch, row_index).into_iter().map(|cell| cell.map_or("".into(), CellText::text));
            let added = values.iter().map(|value| Cow::Owned(value.to_string()));
            let cells: Vec<Cow<'_, str>> = own.chain(added).collect();
            let geometry = batch.shape(row_index).ok().map(Shape::geometry);
            let at_row = |error: Error| error.at_row(batch.first_row() + row_index as u64);
            let written = match self.dialect {
                TxtDialect::Cass => self.points(geometry.as_ref(), &cells),
                _ => self.parcel(geometry.as_ref(), &cells),
            };
            written.map_err(at_row)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<Loss>> {
        let mut losses = vec![];
        if !self.left_out.is_empty() {
            losses.push(Loss::Columns { fields: self.left_out.clone() });
        }
        for (column, &count) in self.columns.iter().zip(&self.replaced).filter(|(_, count)| **count > 0) {
            let field = column.map_or_else(String::new, |column| self.names[column].clone());
            losses.push(Loss::Characters { field, count });
        }
        self.output.commit()?;
        Ok(losses)
    }
}

/// The name of a geometry type, and its rings or lines: the exterior of each part, then its holes.
fn rings(geometry: &Geometry<f64>) -> Option<(&'static str, Vec<LineString<f64>>)> {
    let of_polygons = |polygons: &MultiPolygon<f64>| {
        polygons
            .iter()
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
            .cloned()
            .collect()
    };
    Some(match geometry {
        Geometry::Point(point) => (POINT, vec![LineString(vec![point.0])]),
        Geometry::MultiPoint(points) => (POINT, vec![LineString(points.iter().map(|point| point.0).collect())]),
        Geometry::LineString(line) => (LINE, vec![line.clone()]),
        Geometry::MultiLineString(lines) => (LINE, lines.0.clone()),
        Geometry::Polygon(polygon) => (POLYGON, of_polygons(&polygon.clone().into())),
        Geometry::MultiPolygon(polygons) => (POLYGON, of_polygons(polygons)),
        _ => return None,
    })
}
