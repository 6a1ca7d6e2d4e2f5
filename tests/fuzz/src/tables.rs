//! Tables of any bytes: of any kinds of columns, texts and shapes.

use std::sync::Arc;

use geo::{Coord, Geometry, GeometryCollection, LineString, MultiPolygon, Point, Polygon, coord};
use taizhou_corridor::error::RowProblem;
use taizhou_corridor::io::Format;
use taizhou_corridor::table::{Batch, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema};

/// Bytes to be taken one by one; behind the last there are zeros.
struct Bytes<'a>(&'a [u8]);

/// What texts are made of: all that some format has a meaning for.
const PIECES: [&str; 48] = [
    "a",
    "B",
    "7",
    "台州",
    "é",
    "\u{1f600}",
    "ß",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\"",
    "'",
    ",",
    ";",
    "=",
    "@",
    "+",
    "-",
    "<",
    ">",
    "&",
    "&amp;",
    "]]>",
    "\\",
    "/",
    "_x0041_",
    "_x",
    "%",
    "\0",
    "\u{1}",
    "\u{1f}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffd}",
    "\u{fffe}",
    "null",
    "true",
    "NaN",
    "1e5",
    "00",
    ".",
    "$[name]",
    "\u{e5e5}",
];

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    fn below(&mut self, bound: u8) -> u8 {
        self.byte() % bound
    }

    fn text(&mut self) -> String {
        (0..self.below(7)).map(|_| PIECES[usize::from(self.byte()) % PIECES.len()]).collect()
    }

    fn integer(&mut self) -> i64 {
        match self.below(8) {
            0 => i64::MIN,
            1 => i64::MAX,
            2 => (1 << 53) + 1,
            3 => i64::from(self.byte()) << 33,
            _ => i64::from(self.byte()) - 128,
        }
    }

    fn real(&mut self) -> f64 {
        let number = match self.below(8) {
            0 => f64::from_bits(u64::from_le_bytes(std::array::from_fn(|_| self.byte()))),
            1 => f64::MAX,
            2 => f64::MIN_POSITIVE,
            3 => 0.1 + 0.2,
            4 => -0.0,
            _ => f64::from(self.byte()) / 8.0,
        };
        if number.is_finite() { number } else { 1.5 }
    }

    fn date(&mut self) -> String {
        format!("{:04}-{:02}-{:02}", 1900 + u16::from(self.byte()), 1 + self.below(12), 1 + self.below(28))
    }

    fn time(&mut self) -> String {
        let date = self.date();
        let end = ["", "Z", ".250", ".250Z", "+08:00"][usize::from(self.below(5))];
        format!("{date}T{:02}:{:02}:{:02}{end}", self.below(24), self.below(60), self.below(60))
    }

    /// A value of a kind, as JSON.
    fn value(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Text => serde_json::Value::from(self.text()).to_string(),
            Kind::Integer => self.integer().to_string(),
            Kind::Real => serde_json::Value::from(self.real()).to_string(),
            Kind::Boolean => (self.below(2) == 0).to_string(),
            Kind::Date => serde_json::Value::from(self.date()).to_string(),
            Kind::DateTime => serde_json::Value::from(self.time()).to_string(),
            Kind::Json => format!("[{},{{\"a\":{}}}]", self.byte(), serde_json::Value::from(self.text())),
        }
    }

    /// A place on a lattice, in degrees or in metres of a zone.
    fn place(&mut self, is_in_metres: bool) -> Coord<f64> {
        let (x, y) = (f64::from(self.byte()), f64::from(self.byte()));
        match is_in_metres {
            true => coord! { x: 40_600_000.0 + x * 8.0, y: 3_100_000.0 + y * 8.0 + 0.125 },
            false => coord! { x: 121.0 + x / 300.0, y: 28.0 + y / 700.0 },
        }
    }

    /// A triangle, at times with a hole in it.
    fn polygon(&mut self, corner: Coord<f64>, side: f64) -> Polygon<f64> {
        let ring = |scale: f64| {
            let at = |x: f64, y: f64| coord! { x: corner.x + side * x, y: corner.y + side * y };
            let (near, far) = ((1.0 - scale) / 4.0, scale);
            LineString(vec![at(near, near), at(near + far, near), at(near, near + far), at(near, near)])
        };
        let holes = if self.below(3) == 0 { vec![ring(0.25)] } else { vec![] };
        Polygon::new(ring(1.0), holes)
    }

    fn shape(&mut self, kind: u8, is_in_metres: bool) -> Geometry<f64> {
        let side = if is_in_metres { 4.0 } else { 1e-3 };
        let corner = self.place(is_in_metres);
        let beside = |steps: u8| coord! { x: corner.x + side * 2.0 * f64::from(steps), y: corner.y };
        let line =
            |from: u8| LineString(vec![beside(from), coord! { x: corner.x, y: corner.y + side }, beside(from + 1)]);
        match kind {
            0 => Point(corner).into(),
            1 => geo::MultiPoint((0..=1 + self.below(3)).map(|step| Point(beside(step))).collect()).into(),
            2 => line(0).into(),
            3 => geo::MultiLineString((0..=1 + self.below(3)).map(line).collect()).into(),
            4 => self.polygon(corner, side).into(),
            5 => MultiPolygon((0..=1 + self.below(3)).map(|step| self.polygon(beside(step), side)).collect()).into(),
            _ => {
                let parts = vec![Point(corner).into(), line(0).into(), self.polygon(corner, side).into()];
                Geometry::GeometryCollection(GeometryCollection(parts))
            }
        }
    }
}

const KINDS: [Kind; 7] = [Kind::Text, Kind::Integer, Kind::Real, Kind::Boolean, Kind::Date, Kind::DateTime, Kind::Json];

/// A table of these bytes that a format can hold, and whether its coordinates are metres of a zone.
pub fn table(bytes: &[u8], format: Format) -> (Schema, Batch, bool) {
    let mut bytes = Bytes(bytes);
    let is_survey = format == Format::SURVEY_TXT;
    let is_in_metres = is_survey || format == Format::DXF || !format.is_lon_lat_only() && bytes.below(8) == 0;
    let fields: Vec<Field> = if is_survey {
        ["编号", "名称", "用途", "地类编码"].map(|name| Field::new(name, Kind::Text)).to_vec()
    } else {
        let count = bytes.below(5);
        // A number in front tells columns apart, and from those that have a meaning.
        let field = |number: u8| {
            let kind = KINDS[usize::from(bytes.below(KINDS.len() as u8))];
            Field::new(format!("{number}{}", bytes.text().trim()), kind)
        };
        (1..=1 + count).map(field).collect()
    };
    let common = bytes.below(8);
    let mut builder = BatchBuilder::new(1);
    let has_ids = !is_survey && bytes.below(4) == 0;
    let mut has_points = true;
    for number in 0..=bytes.below(6) {
        if has_ids {
            builder.id(&serde_json::Value::from(format!("{}{number}", bytes.text().trim())).to_string());
        }
        for (column, field) in fields.iter().enumerate() {
            let json = bytes.value(field.kind);
            match bytes.below(8) {
                0 => {}
                1 => builder.cell(column, CellText::Json("null")),
                2 => builder.cell(column, CellText::Text(&CellText::Json(&json).text())),
                _ => builder.cell(column, CellText::Json(&json)),
            }
        }
        let kind = match common {
            // A shapefile has shapes of one kind.
            7 if format != Format::SHAPEFILE => bytes.below(if is_survey { 6 } else { 7 }),
            6 | 7 if format == Format::SHAPEFILE || is_survey => 4,
            kind => kind,
        };
        has_points &= kind == 0;
        match bytes.below(6) {
            0 => builder.end_row(Err(RowProblem::NullGeometry)),
            _ => {
                let shape = bytes.shape(kind, is_in_metres);
                builder.end_row_with(Ok(shape));
            }
        }
    }
    let geometry_source = if has_points { GeometrySource::Points } else { GeometrySource::Shapes };
    let columns: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let schema = Schema { ids: has_ids.then_some(Kind::Text), fields, geometry_source, ..Schema::default() };
    let batch = builder.finish(Arc::new(columns)).expect("a table has a row");
    (schema, batch, is_in_metres)
}
