//! The schema of a table: its columns, their types, and how the geometry is stored.

use std::borrow::Cow;

use crate::crs::AxisOrder;
use crate::geometry::encoding::number_text;
use crate::table::{Batch, CellText, unused_name};

/// The type of a column. Cells are always kept as text; the type determines how writers of typed formats parse them.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::table::Kind;
///
/// // A CSV file has no types: codes and long ids remain text.
/// let rows = io::open(Input::bytes("sites.csv", "code,lon,lat\n0701,121.4,28.65\n"), &ReadOptions::default())?;
/// assert_eq!(rows.schema().fields[0].kind, Kind::Text);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// Text.
    #[default]
    Text,
    /// Whole numbers of at most 64 bits.
    Integer,
    /// Numbers.
    Real,
    /// `true` and `false`.
    Boolean,
    /// Dates: `2022-11-14`.
    Date,
    /// Dates with a time: `2022-11-14T09:30:00`, with or without an offset from UTC.
    DateTime,
    /// JSON of any kind: lists, objects, or values of several kinds.
    Json,
}

impl Kind {
    /// The most specific type for the values of both.
    ///
    /// ```
    /// use taizhou_corridor::table::Kind;
    ///
    /// assert_eq!(Kind::Integer.or(Kind::Real), Kind::Real);
    /// assert_eq!(Kind::Date.or(Kind::Text), Kind::Text);
    /// assert_eq!(Kind::Boolean.or(Kind::Integer), Kind::Json);
    /// ```
    pub fn or(self, other: Kind) -> Kind {
        let is_text = |kind| matches!(kind, Kind::Text | Kind::Date | Kind::DateTime);
        match (self, other) {
            (a, b) if a == b => a,
            (Kind::Integer, Kind::Real) | (Kind::Real, Kind::Integer) => Kind::Real,
            (a, b) if is_text(a) && is_text(b) => Kind::Text,
            _ => Kind::Json,
        }
    }
}

/// A column: its name and type.
///
/// ```
/// use taizhou_corridor::table::{Field, Kind};
///
/// let area = Field::new("area_m2", Kind::Real);
/// assert_eq!((area.name.as_str(), area.kind), ("area_m2", Kind::Real));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The type.
    pub kind: Kind,
}

impl Field {
    /// A column with a name and a type.
    pub fn new(name: impl Into<String>, kind: Kind) -> Field {
        Field { name: name.into(), kind }
    }
}

/// How the geometry of the rows is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GeometrySource {
    /// Two columns, for x and y.
    Columns(usize, usize),
    /// A column of two coordinates, `121.4,28.65`, in an order. In [`Auto`](AxisOrder::Auto) order, each cell decides by
    /// its words or values.
    Pair(usize, AxisOrder),
    /// A column of well-known text (OGC Simple Features): `POINT (121.4 28.65)`.
    Wkt(usize),
    /// Not a column: each row has a point or no geometry.
    Points,
    /// Not a column: rows may have geometries of any type.
    #[default]
    Shapes,
}

impl GeometrySource {
    /// The indices of the columns that hold positions or geometries.
    ///
    /// ```
    /// use taizhou_corridor::table::GeometrySource;
    ///
    /// assert_eq!(GeometrySource::Columns(2, 1).columns(), [2, 1]);
    /// assert!(GeometrySource::Shapes.columns().is_empty());
    /// ```
    pub fn columns(self) -> Vec<usize> {
        match self {
            GeometrySource::Columns(x, y) => vec![x, y],
            GeometrySource::Pair(column, _) | GeometrySource::Wkt(column) => vec![column],
            GeometrySource::Points | GeometrySource::Shapes => vec![],
        }
    }
}

/// The columns of a table, its geometry and ids.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::table::{GeometrySource, Field, Kind};
///
/// let feature = r#"{"type": "Feature", "id": "S01", "properties": {"name": "台州站", "floors": 3},
///     "geometry": {"type": "Point", "coordinates": [121.36898, 28.6559]}}"#;
/// let rows = io::open(Input::bytes("site.geojson", feature), &ReadOptions::default())?;
/// let schema = rows.schema();
/// assert_eq!(schema.fields, [Field::new("name", Kind::Text), Field::new("floors", Kind::Integer)]);
/// assert_eq!((schema.geometry_source, schema.ids), (GeometrySource::Points, Some(Kind::Text)));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// The columns, in order.
    pub fields: Vec<Field>,
    /// How the geometry is stored.
    pub geometry_source: GeometrySource,
    /// The type of row ids that are not a column, [`Kind::Integer`] or [`Kind::Text`]; `None` if there are none.
    pub ids: Option<Kind>,
    /// The indexes of columns that are not attributes: coordinates that are transformed, for formats with a geometry of
    /// their own.
    pub left_out: Vec<usize>,
    /// The indexes of columns that are not written: [`Schema::only`].
    pub dropped: Vec<usize>,
    /// Whether a geometry that is not a column is omitted in formats without a geometry of their own.
    pub drops_geometry: bool,
}

impl Schema {
    /// A schema with text columns.
    ///
    /// ```
    /// use taizhou_corridor::table::{GeometrySource, Schema};
    ///
    /// let schema = Schema::of_text(["code", "lon", "lat"], GeometrySource::Columns(1, 2));
    /// assert_eq!(schema.position("lat"), Some(2));
    /// ```
    pub fn of_text<N: Into<String>>(names: impl IntoIterator<Item = N>, geometry_source: GeometrySource) -> Schema {
        let fields = names.into_iter().map(|name| Field::new(name, Kind::Text)).collect();
        Schema { fields, geometry_source, ..Schema::default() }
    }

    /// The same schema, restricted to these columns for output, in their order. `id` stands for row ids that are not a
    /// column, and `wkt`, or `lon` and `lat`, for a geometry that is not. Coordinate columns stay together. Formats
    /// with their own storage for ids and geometries always write them; only Parquet can omit the geometry.
    ///
    /// Fails with the first name that does not exist.
    ///
    /// ```
    /// use taizhou_corridor::table::{GeometrySource, Schema};
    ///
    /// let schema = Schema::of_text(["code", "owner", "use"], GeometrySource::Shapes);
    /// let names = |names: &[&str]| -> Vec<String> {
    ///     let written = schema.only(&names.iter().map(|name| name.to_string()).collect::<Vec<_>>()).unwrap();
    ///     written.flat_fields(["lon", "lat"]).into_iter().map(|field| field.name).collect()
    /// };
    /// assert_eq!(names(&["use", "code"]), ["code", "use"]);
    /// assert_eq!(names(&["code", "wkt"]), ["code", "wkt"]);
    /// assert_eq!(schema.only(&["area".to_owned()]), Err("area".to_owned()));
    /// ```
    pub fn only(&self, names: &[String]) -> Result<Schema, String> {
        let geometry: Vec<String> = self.geometry_fields(["lon", "lat"]).into_iter().map(|field| field.name).collect();
        let id = self.id_name();
        let is_id = |name: &str| self.ids.is_some() && name == id;
        let is_geometry = |name: &str| geometry.iter().any(|known| known == name);
        let is_known = |name: &str| self.position(name).is_some() || is_id(name) || is_geometry(name);
        if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
            return Err(unknown.clone());
        }
        let mut kept: Vec<usize> = names.iter().filter_map(|name| self.position(name)).collect();
        match self.geometry_source {
            GeometrySource::Columns(x, y) if kept.contains(&x) || kept.contains(&y) => kept.extend([x, y]),
            _ => {}
        }
        Ok(Schema {
            ids: self.ids.filter(|_| names.iter().any(|name| is_id(name))),
            dropped: (0..self.fields.len()).filter(|index| !kept.contains(index)).collect(),
            drops_geometry: !names.iter().any(|name| is_geometry(name)),
            ..self.clone()
        })
    }

    /// Whether a column is one of [`attributes`](Schema::attributes).
    pub(crate) fn is_written(&self, index: usize) -> bool {
        !self.left_out.contains(&index) && !self.dropped.contains(&index)
    }

    /// The names of the columns.
    ///
    /// ```
    /// use taizhou_corridor::table::{GeometrySource, Schema};
    ///
    /// assert_eq!(Schema::of_text(["code"], GeometrySource::Points).names(), ["code"]);
    /// ```
    pub fn names(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.name.clone()).collect()
    }

    /// The index of a column.
    ///
    /// ```
    /// use taizhou_corridor::table::{GeometrySource, Schema};
    ///
    /// let schema = Schema::of_text(["code", "lon", "lat"], GeometrySource::Columns(1, 2));
    /// assert_eq!(schema.position("Lat"), None);
    /// ```
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Whether the geometry of rows is written, as a whole or in columns.
    #[cfg(feature = "parquet")]
    pub(crate) fn writes_geometry(&self) -> bool {
        match self.geometry_source {
            GeometrySource::Columns(column, _) | GeometrySource::Pair(column, _) | GeometrySource::Wkt(column) => {
                !self.dropped.contains(&column)
            }
            GeometrySource::Points | GeometrySource::Shapes => !self.drops_geometry,
        }
    }

    /// Whether the geometry is not stored in columns.
    pub fn has_geometry(&self) -> bool {
        matches!(self.geometry_source, GeometrySource::Points | GeometrySource::Shapes)
    }

    /// A unique column name for row ids that are not a column.
    fn id_name(&self) -> String {
        unused_name("id", &self.names())
    }

    /// The attribute columns: those of the table, preceded by row ids that are not a column. The columns of the table
    /// keep their names; if one of them is called `id`, the ids are `id_2`.
    ///
    /// ```
    /// use taizhou_corridor::table::{GeometrySource, Kind, Schema};
    ///
    /// let features = Schema { ids: Some(Kind::Text), ..Schema::of_text(["id", "name"], GeometrySource::Points) };
    /// let names: Vec<String> = features.attributes().into_iter().map(|field| field.name).collect();
    /// assert_eq!(names, ["id_2", "id", "name"]);
    /// ```
    pub fn attributes(&self) -> Vec<Field> {
        let id = self.ids.map(|kind| Field::new(self.id_name(), kind));
        let own = self.fields.iter().enumerate().filter(|&(index, _)| self.is_written(index));
        id.into_iter().chain(own.map(|(_, field)| field.clone())).collect()
    }

    /// The cells of a row, one for each of [`attributes`](Schema::attributes); `None` if the row does not have the
    /// cell.
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    /// use taizhou_corridor::table::CellText;
    ///
    /// let feature = r#"{"type": "Feature", "id": "S01", "properties": {"name": "台州站"}, "geometry": null}"#;
    /// let mut rows = io::open(Input::bytes("site.geojson", feature), &ReadOptions::default())?;
    /// let batch = rows.next_batch()?.unwrap();
    /// assert_eq!(rows.schema().cells(&batch, 0), [Some(CellText::Json("\"S01\"")), Some(CellText::Json("\"台州站\""))]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn cells<'b>(&self, batch: &'b Batch, row_index: usize) -> Vec<Option<CellText<'b>>> {
        let row = batch.row(row_index);
        let mut cells = Vec::with_capacity(self.fields.len() + 1);
        if self.ids.is_some() {
            cells.push(row.id().map(CellText::Json));
        }
        let first = cells.len();
        cells.resize(first + self.fields.len(), None);
        for (column, cell) in row.cells() {
            // Readers never return columns beyond their schema.
            if let Some(index) = cells.get_mut(first + column) {
                *index = Some(cell);
            }
        }
        if !self.left_out.is_empty() || !self.dropped.is_empty() {
            let mut index = 0..;
            cells.retain(|_| {
                index
                    .next()
                    .is_none_or(|index: usize| index.checked_sub(first).is_none_or(|column| self.is_written(column)))
            });
        }
        cells
    }

    /// The columns of a flat table for a geometry that is not a column: two for points, otherwise one with WKT. If
    /// attributes have these names, the same number is appended to both.
    ///
    /// ```
    /// use taizhou_corridor::table::{GeometrySource, Schema};
    ///
    /// let schema = Schema::of_text(["lon", "name"], GeometrySource::Points);
    /// let names: Vec<String> = schema.geometry_fields(["lon", "lat"]).into_iter().map(|field| field.name).collect();
    /// assert_eq!(names, ["lon_2", "lat_2"]);
    /// ```
    pub fn geometry_fields(&self, axes: [&str; 2]) -> Vec<Field> {
        let fields = match self.geometry_source {
            GeometrySource::Columns(..) | GeometrySource::Pair(..) | GeometrySource::Wkt(_) => vec![],
            GeometrySource::Points => axes.map(|name| Field::new(name, Kind::Real)).to_vec(),
            GeometrySource::Shapes => vec![Field::new("wkt", Kind::Text)],
        };
        let taken = self.names();
        let is_free = |end: &String| fields.iter().all(|field| !taken.contains(&format!("{}{end}", field.name)));
        let ends = std::iter::once(String::new()).chain((2u32..).map(|row_index| format!("_{row_index}")));
        let end = ends.into_iter().find(is_free).unwrap_or_default();
        fields.into_iter().map(|Field { name, kind }| Field { name: name + &end, kind }).collect()
    }

    /// The columns of a complete flat table: the attributes, followed by the [geometry
    /// columns](Schema::geometry_fields) if the geometry is not a column.
    ///
    /// ```
    /// use taizhou_corridor::table::{GeometrySource, Kind, Schema};
    ///
    /// let names = |geometry_source| {
    ///     let schema = Schema::of_text(["name"], geometry_source);
    ///     schema.flat_fields(["lon", "lat"]).into_iter().map(|field| field.name).collect::<Vec<_>>()
    /// };
    /// assert_eq!(names(GeometrySource::Points), ["name", "lon", "lat"]);
    /// assert_eq!(names(GeometrySource::Shapes), ["name", "wkt"]);
    /// ```
    pub fn flat_fields(&self, axes: [&str; 2]) -> Vec<Field> {
        let geometry = if self.drops_geometry { vec![] } else { self.geometry_fields(axes) };
        self.attributes().into_iter().chain(geometry).collect()
    }

    /// The cells of a row as text, one for each of [`flat_fields`](Schema::flat_fields).
    ///
    /// ```
    /// use taizhou_corridor::io::{self, Input, ReadOptions};
    ///
    /// let feature = r#"{"type": "Feature", "id": "S01", "properties": {"name": "台州站"},
    ///     "geometry": {"type": "Point", "coordinates": [121.36898, 28.6559]}}"#;
    /// let mut rows = io::open(Input::bytes("site.geojson", feature), &ReadOptions::default())?;
    /// let batch = rows.next_batch()?.unwrap();
    /// assert_eq!(rows.schema().flat_row(&batch, 0), ["S01", "台州站", "121.36898", "28.6559"]);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn flat_row<'b>(&self, batch: &'b Batch, row_index: usize) -> Vec<Cow<'b, str>> {
        let text = |cell: Option<CellText<'b>>| cell.map_or(Cow::Borrowed(""), CellText::text);
        let mut cells: Vec<Cow<'b, str>> = self.cells(batch, row_index).into_iter().map(text).collect();
        match self.geometry_source {
            _ if self.drops_geometry => {}
            GeometrySource::Columns(..) | GeometrySource::Pair(..) | GeometrySource::Wkt(_) => {}
            GeometrySource::Points => {
                let site = batch.sites()[row_index].as_ref().ok();
                let text = |value: Option<f64>| value.map_or(Cow::Borrowed(""), |value| Cow::Owned(number_text(value)));
                cells.extend([text(site.map(|site| site.x)), text(site.map(|site| site.y))]);
            }
            GeometrySource::Shapes => {
                cells.push(batch.shape(row_index).ok().map_or(Cow::Borrowed(""), |shape| Cow::Owned(shape.wkt())));
            }
        }
        cells
    }
}
