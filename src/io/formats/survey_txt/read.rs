//! Reading survey files.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

use geo::{Area, Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point};

use super::cass::HEIGHT;
use super::header::{declared_crs, shift_parameters};
use super::keywords::{AREA, EXTRA_FIELD, LINE, POINT, SHAPE};
use super::parse::{Parcel, parse};
use crate::crs::{AxisOrder, Declared};
use crate::error::{Error, ErrorKind, Result, RowProblem, ShapeProblem};
use crate::geometry::rings::assemble;
use crate::io::bytes::encoding::InputEncoding;
use crate::io::bytes::errors::read_error;
use crate::io::bytes::evidence::EncodingEvidence;
use crate::io::bytes::input::Source;
use crate::io::rows::format::ReadOptions;
use crate::io::rows::reader::RowReader;
use crate::io::rows::txt_dialect::TxtDialect;
use crate::table::{Batch, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema};
use crate::units::AreaUnit;

/// Reads a whole file, since they are small.
pub(in crate::io) struct SurveyTxtReader {
    parcels: std::vec::IntoIter<Parcel>,
    schema: Schema,
    columns: Arc<Vec<String>>,
    crs: Declared,
    encoding: InputEncoding,
    dialect: TxtDialect,
    shift_parameters: Option<[f64; 7]>,
    row: u64,
}

impl SurveyTxtReader {
    pub(in crate::io) fn new(mut source: Source, options: &ReadOptions) -> Result<SurveyTxtReader> {
        let mut bytes = vec![];
        source.reader.read_to_end(&mut bytes).map_err(read_error)?;
        let (text, encoding) = decoded(&bytes, options.encoding)?;
        let document = parse(&text, options.txt_dialect)?;
        if document.parcels.is_empty() {
            let is_empty = text.trim_start_matches('\u{feff}').trim().is_empty();
            return Err(Error::new(if is_empty { ErrorKind::Empty } else { ErrorKind::NoParcels }));
        }
        let given = options.override_crs.as_ref().or(options.crs.as_ref());
        let crs = declared_crs(&document, given);
        if crs == Ok(None) && given.is_none() && options.datum_shift.is_none() {
            return Err(Error::new(ErrorKind::NoGaussKruegerZone));
        }
        let (dialect, shift_parameters) = (document.dialect, shift_parameters(&document));
        let names = dialect.names();
        let width = document.parcels.iter().map(|parcel| parcel.fields.len()).max().unwrap_or(0).max(names.len());
        let name = |index: usize| {
            names.get(index).map_or_else(|| format!("{EXTRA_FIELD}{}", index + 1), |name| (*name).to_owned())
        };
        let columns: Vec<String> = (0..width).map(name).collect();
        let is_points = dialect == TxtDialect::Cass;
        let source = if is_points { GeometrySource::Points } else { GeometrySource::Shapes };
        let mut schema = Schema::of_text(&columns, source);
        // The column of numbers.
        let (column, is_number): (usize, fn(&str) -> bool) = match is_points {
            true => (HEIGHT, |text| text.is_empty() || text.parse().is_ok_and(f64::is_finite)),
            false => (AREA, |text| hectares(text, None).is_some()),
        };
        if document.parcels.iter().all(|parcel| parcel.fields.get(column).is_none_or(|text| is_number(text))) {
            schema.fields[column] = Field::new(names[column], Kind::Real);
        }
        let parcels = document.parcels.into_iter();
        Ok(SurveyTxtReader {
            parcels,
            schema,
            columns: Arc::new(columns),
            crs,
            encoding,
            dialect,
            shift_parameters,
            row: 0,
        })
    }
}

impl RowReader for SurveyTxtReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn declared_crs(&self) -> Declared {
        self.crs.clone()
    }

    fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    fn shift_parameters(&self) -> Option<[f64; 7]> {
        self.shift_parameters
    }

    fn txt_dialect(&self) -> Option<TxtDialect> {
        Some(self.dialect)
    }

    fn axis_order(&self) -> Option<AxisOrder> {
        (self.dialect == TxtDialect::Cass).then_some(AxisOrder::EastNorth)
    }

    fn stated_area(&self) -> Option<(usize, AreaUnit)> {
        (self.dialect != TxtDialect::Cass).then_some((AREA, AreaUnit::Hectares))
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        while !batch.is_full() {
            let Some(parcel) = self.parcels.next() else { break };
            self.row += 1;
            let is_point = self.dialect == TxtDialect::Cass;
            let geometry = geometry(&parcel, is_point);
            let area_m2 = geometry.as_ref().ok().map(Area::unsigned_area);
            for (index, field) in parcel.fields.iter().enumerate() {
                let number = match index {
                    HEIGHT if is_point => json_number(field),
                    AREA if !is_point => hectares(field, area_m2),
                    _ => None,
                };
                match number {
                    Some(number) => batch.cell(index, CellText::Json(&number)),
                    None if field.is_empty() => batch.cell(index, CellText::Json("null")),
                    None => batch.cell(index, CellText::Text(field)),
                }
            }
            batch.end_row_with(geometry);
        }
        Ok(batch.finish(self.columns.clone()))
    }
}

/// Decodes the text, and returns its encoding: that of a byte order mark, the given one, or detected. The text has many
/// Chinese characters, so that detection is reliable.
fn decoded(bytes: &[u8], given: Option<InputEncoding>) -> Result<(Cow<'_, str>, InputEncoding)> {
    let mut evidence = EncodingEvidence::default();
    evidence.add(bytes, false);
    let detected = InputEncoding::detect(bytes, given);
    let encoding = detected.unwrap_or_else(|| evidence.encoding().into());
    let (text, _, has_errors) = encoding.0.decode(bytes);
    if has_errors {
        let is_given = detected.is_some() || encoding == InputEncoding::UTF_8;
        let encoding = if is_given { encoding.name() } else { "UTF-8/GB18030" };
        return Err(Error::new(ErrorKind::NotText { encoding }));
    }
    Ok((text, encoding))
}

fn geometry(parcel: &Parcel, is_point: bool) -> Result<Geometry<f64>, RowProblem> {
    if let Some(problem) = &parcel.problem {
        return Err(problem.clone().into());
    }
    let lines: Vec<Vec<Coord<f64>>> =
        parcel.rings.iter().map(|ring| ring.corners.iter().map(|&(x, y)| Coord { x, y }).collect()).collect();
    if lines.is_empty() {
        return Err(RowProblem::NullGeometry);
    }
    let shape = if is_point { POINT } else { parcel.fields.get(SHAPE).map_or("", String::as_str) };
    match shape {
        POINT => {
            let mut points: Vec<Point<f64>> = lines.into_iter().flatten().map(Point).collect();
            Ok(if points.len() == 1 { points.remove(0).into() } else { MultiPoint(points).into() })
        }
        LINE => {
            let mut lines: Vec<LineString<f64>> = lines.into_iter().map(LineString).collect();
            Ok(if lines.len() == 1 { lines.remove(0).into() } else { MultiLineString(lines).into() })
        }
        _ => {
            let mut rings = vec![];
            for mut ring in lines {
                ring.dedup();
                if ring.first() == ring.last() {
                    ring.pop();
                }
                if ring.len() < 3 {
                    return Err(RowProblem::Shape(ShapeProblem::TooFewPoints { count: ring.len() }));
                }
                ring.push(ring[0]);
                rings.push(LineString(ring));
            }
            let MultiPolygon(mut parts) = assemble(rings);
            Ok(if parts.len() == 1 { parts.remove(0).into() } else { MultiPolygon(parts).into() })
        }
    }
}

/// A finite number as JSON.
fn json_number(text: &str) -> Option<String> {
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    let is_json = serde_json::from_str::<f64>(text).is_ok();
    Some(if is_json { text.to_owned() } else { value.to_string() })
}

/// An area in hectares, as a JSON number. Its unit is stated, or else detected by comparison with the planar area of
/// the polygon; usually it is hectares.
fn hectares(text: &str, area_m2: Option<f64>) -> Option<String> {
    let (number, unit) = AreaUnit::at_end_of(text).map_or((text, None), |(number, unit)| (number, Some(unit)));
    let number = number.trim();
    let value = number.parse::<f64>().ok().filter(|value| value.is_finite())?;
    let is_close = |unit: &AreaUnit| {
        let area_m2 = area_m2.unwrap_or(0.0);
        area_m2 > 0.0 && (unit.of(value).0 / area_m2 - 1.0).abs() < 0.05
    };
    let detected = || [AreaUnit::Hectares, AreaUnit::SquareMetres, AreaUnit::Mu].into_iter().find(is_close);
    let unit = unit.or_else(detected).unwrap_or(AreaUnit::Hectares);
    // Unchanged if it is a JSON number in hectares; else rounded to a hundredth of a square metre.
    let is_json = serde_json::from_str::<f64>(number).is_ok();
    let area_ha = (unit.of(value).ha() * 1e6).round() / 1e6;
    Some(if unit == AreaUnit::Hectares && is_json { number.to_owned() } else { area_ha.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_hectares() {
        assert_eq!(hectares("6.0973", Some(61_000.0)).as_deref(), Some("6.0973"));
        assert_eq!(hectares("0.7655公顷", None).as_deref(), Some("0.7655"));
        assert_eq!(hectares("60973", Some(61_000.0)).as_deref(), Some("6.0973"));
        assert_eq!(hectares("91.5 亩", None).as_deref(), Some("6.1"));
        assert_eq!(hectares("91.46", Some(61_000.0)).unwrap()[..5], *"6.097");
        assert_eq!(hectares(".5", None).as_deref(), Some("0.5"));
        assert_eq!(hectares("many", None), None);
    }
}
