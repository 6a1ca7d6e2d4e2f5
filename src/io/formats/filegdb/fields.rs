//! The description of the fields of a table.

use super::cursor::Cursor;
use super::malformed;
use crate::error::{FileProblem, Result};
use crate::table::Kind;

/// The type of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FieldType {
    Int16,
    Int32,
    Float32,
    Float64,
    Text,
    DateTime,
    /// The row id, which is not stored.
    ObjectId,
    Geometry(GeometryField),
    Binary,
    Raster(Raster),
    /// A UUID: of a row, or of another table.
    Guid,
    Xml,
    Int64,
    Date,
    Time,
    /// A local time, and the minutes by which it is ahead of UTC.
    DateTimeWithOffset,
}

/// How the values of a raster field are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Raster {
    /// As a path.
    External,
    /// In another table, by its id.
    Managed,
    Inline,
}

/// The grid of the coordinates of a table: they are whole multiples of 1/`scale` from the origin.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GeometryField {
    /// The definition of the CRS in Esri's dialect of WKT; a UUID if it is unknown.
    pub(super) wkt: String,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) scale: f64,
}

/// A field of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) alias: String,
    pub(super) kind: FieldType,
    pub(super) is_nullable: bool,
}

impl Field {
    /// The kind of its values in a table; `None` for the row id and the geometry.
    pub(super) fn column_kind(&self) -> Option<Kind> {
        Some(match self.kind {
            FieldType::ObjectId | FieldType::Geometry(_) => return None,
            FieldType::Int16 | FieldType::Int32 | FieldType::Int64 | FieldType::Raster(Raster::Managed) => {
                Kind::Integer
            }
            FieldType::Float32 | FieldType::Float64 => Kind::Real,
            FieldType::DateTime | FieldType::DateTimeWithOffset => Kind::DateTime,
            FieldType::Date => Kind::Date,
            FieldType::Text
            | FieldType::Binary
            | FieldType::Raster(_)
            | FieldType::Guid
            | FieldType::Xml
            | FieldType::Time => Kind::Text,
        })
    }
}

/// The kind of geometries of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GeometryKind {
    None,
    Point,
    MultiPoint,
    Line,
    Polygon,
    MultiPatch,
    Other,
}

/// The fields of a table, and how its rows are encoded.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) fields: Vec<Field>,
    pub(super) geometry: GeometryKind,
    /// Whether texts are UTF-8, and not UTF-16.
    pub(super) is_utf8: bool,
    /// The number of bytes of the null flags of a row.
    pub(super) null_bytes: usize,
}

/// A flag of a field.
const NULLABLE: u8 = 1;
const HAS_DEFAULT: u8 = 4;

impl Layout {
    /// Reads the section of a `.gdbtable` file that describes its fields, without its length.
    pub(super) fn parse(section: &[u8]) -> Result<Layout> {
        let mut cursor = Cursor::new(section);
        let damaged = || malformed(FileProblem::Schema);
        let start = |cursor: &mut Cursor<'_>| {
            let _version = cursor.u32()?;
            Some((cursor.u32()?, cursor.u16()?))
        };
        let (flags, count) = start(&mut cursor).ok_or_else(damaged)?;
        let [has_heights, has_measures] = [31, 30].map(|bit| flags >> bit & 1 == 1);
        let mut fields: Vec<Field> = vec![];
        for number in 1..=usize::from(count) {
            let field = field(&mut cursor, has_heights, has_measures).ok_or_else(damaged)?;
            fields.push(field.ok_or_else(|| malformed(FileProblem::FieldType(number)))?);
        }
        let is = |test: fn(&FieldType) -> bool| fields.iter().filter(|field| test(&field.kind)).count();
        if is(|kind| matches!(kind, FieldType::Geometry(_))) > 1 || is(|kind| *kind == FieldType::ObjectId) > 1 {
            return Err(damaged());
        }
        let geometry = match flags & 0xff {
            0 => GeometryKind::None,
            1 => GeometryKind::Point,
            2 => GeometryKind::MultiPoint,
            3 => GeometryKind::Line,
            4 => GeometryKind::Polygon,
            9 => GeometryKind::MultiPatch,
            _ => GeometryKind::Other,
        };
        let null_bytes = fields.iter().filter(|field| field.is_nullable).count().div_ceil(8);
        Ok(Layout { fields, geometry, is_utf8: flags >> 8 & 1 == 1, null_bytes })
    }

    pub(super) fn geometry_field(&self) -> Option<&GeometryField> {
        self.fields.iter().find_map(|field| match &field.kind {
            FieldType::Geometry(geometry) => Some(geometry),
            _ => None,
        })
    }
}

/// Reads a field; `Some(None)` if its type is unknown, `None` if it is truncated.
fn field(cursor: &mut Cursor<'_>, has_heights: bool, has_measures: bool) -> Option<Option<Field>> {
    let name = name(cursor)?;
    let alias = self::name(cursor)?;
    let code = cursor.u8()?;
    let kind = match code {
        0 => FieldType::Int16,
        1 => FieldType::Int32,
        2 => FieldType::Float32,
        3 => FieldType::Float64,
        4 => FieldType::Text,
        5 => FieldType::DateTime,
        6 => FieldType::ObjectId,
        7 => {
            return geometry(cursor, has_heights, has_measures).map(|(is_nullable, geometry)| {
                Some(Field { name, alias, kind: FieldType::Geometry(geometry), is_nullable })
            });
        }
        8 => FieldType::Binary,
        9 => {
            let (is_nullable, raster) = raster(cursor)?;
            return Some(Some(Field { name, alias, kind: FieldType::Raster(raster), is_nullable }));
        }
        10 | 11 => FieldType::Guid,
        12 => FieldType::Xml,
        13 => FieldType::Int64,
        14 => FieldType::Date,
        15 => FieldType::Time,
        16 => FieldType::DateTimeWithOffset,
        _ => return Some(None),
    };
    let (flags, default_bytes) = match kind {
        FieldType::Text => {
            cursor.u32()?;
            (cursor.u8()?, usize::try_from(cursor.varuint()?).ok()?)
        }
        FieldType::ObjectId | FieldType::Binary | FieldType::Guid | FieldType::Xml => {
            cursor.u8()?;
            (cursor.u8()?, 0)
        }
        _ => {
            cursor.u8()?;
            (cursor.u8()?, usize::from(cursor.u8()?))
        }
    };
    if flags & HAS_DEFAULT != 0 {
        cursor.bytes(default_bytes)?;
    }
    let is_nullable = flags & NULLABLE != 0;
    Some(Some(Field { name, alias, kind, is_nullable }))
}

/// A text in UTF-16, preceded by its number of code units.
fn name(cursor: &mut Cursor<'_>) -> Option<String> {
    let units = cursor.u8()?;
    cursor.utf16(units.into())
}

/// The definition of a CRS.
fn definition(cursor: &mut Cursor<'_>) -> Option<String> {
    let bytes = cursor.u16()?;
    let text = super::cursor::utf16(cursor.bytes(bytes.into())?);
    Some(text)
}

/// Whether a geometry field is nullable, and the field.
fn geometry(cursor: &mut Cursor<'_>, has_heights: bool, has_measures: bool) -> Option<(bool, GeometryField)> {
    cursor.u8()?;
    let is_nullable = cursor.u8()? & NULLABLE != 0;
    let wkt = definition(cursor)?;
    let grid = grid(cursor)?;
    // The extent.
    cursor.bytes(32)?;
    cursor.bytes(16 * (usize::from(has_heights) + usize::from(has_measures)))?;
    cursor.u8()?;
    let cell_sizes = usize::try_from(cursor.u32()?).ok()?;
    cursor.bytes(cell_sizes.checked_mul(8)?)?;
    let [x, y, scale] = grid;
    // A scale of zero has no coordinates.
    (scale != 0.0).then_some((is_nullable, GeometryField { wkt, x, y, scale }))
}

/// The origin and scale of coordinates. Those of heights and measures, and the tolerances, are skipped.
fn grid(cursor: &mut Cursor<'_>) -> Option<[f64; 3]> {
    let flags = cursor.u8()?;
    let grid = [cursor.f64()?, cursor.f64()?, cursor.f64()?];
    let further = usize::from(flags >> 1 & 1) + usize::from(flags >> 2 & 1);
    cursor.bytes(8 + 24 * further)?;
    Some(grid)
}

fn raster(cursor: &mut Cursor<'_>) -> Option<(bool, Raster)> {
    cursor.u8()?;
    let is_nullable = cursor.u8()? & NULLABLE != 0;
    name(cursor)?;
    definition(cursor)?;
    let mut ahead = *cursor;
    if ahead.u8()? == 0 {
        cursor.u8()?;
    } else {
        grid(cursor)?;
    }
    let raster = match cursor.u8()? {
        0 => Raster::External,
        1 => Raster::Managed,
        _ => Raster::Inline,
    };
    Some((is_nullable, raster))
}
