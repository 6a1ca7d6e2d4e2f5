//! Reading FlatGeobuf, feature by feature.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use ::flatgeobuf::{
    ColumnType, Feature, GeometryType, Header, size_prefixed_root_as_feature_with_opts, size_prefixed_root_as_header,
};
use flatbuffers::VerifierOptions;

use super::geometry::decode;
use super::{MAGIC, malformed};
use crate::crs::{Crs, Declared, declared_name};
use crate::error::{Error, ErrorKind, FilePart, FileProblem, LibraryMessage, Result};
use crate::geometry::encoding::{ArcTolerance, Decoded};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::Source;
use crate::io::rows::columns::end_row_with;
use crate::io::rows::geometries::GeometryReader;
use crate::io::rows::reader::RowReader;
use crate::io::rows::typed::hex;
use crate::table::{Batch, BatchBuilder, CellText, Field, GeometrySource, Kind, Schema};

pub(in crate::io) struct FlatGeobufReader {
    reader: BufReader<Box<dyn Read>>,
    schema: Schema,
    columns: Arc<Vec<String>>,
    types: Vec<ColumnType>,
    crs: Declared,
    kind: GeometryType,
    has_heights: bool,
    arcs: ArcTolerance,
    /// The number of features, if the header has it.
    count: Option<u64>,
    row: u64,
    /// The bytes of the current feature.
    bytes: Vec<u8>,
}

/// The limit of the crate `flatgeobuf`.
const MAX_HEADER_BYTES: usize = 10 << 20;
/// No map has larger features.
const MAX_FEATURE_BYTES: usize = 1 << 29;

impl FlatGeobufReader {
    pub(in crate::io) fn new(source: Source) -> Result<FlatGeobufReader> {
        let mut reader = source.reader;
        let mut magic = vec![];
        reader.by_ref().take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(read_error)?;
        match magic[..] {
            [] => return Err(Error::new(ErrorKind::Empty)),
            [b'f', b'g', b'b', 0..=3, b'f', b'g', b'b', _] => {}
            _ => return Err(malformed(FileProblem::Signature)),
        }
        let mut bytes = vec![];
        if !read_prefixed(&mut reader, &mut bytes, MAX_HEADER_BYTES, FilePart::Header)? {
            return Err(Error::new(ErrorKind::Truncated(FilePart::Header)));
        }
        let header = size_prefixed_root_as_header(&bytes).map_err(first_line)?;
        let fields: Vec<(Field, ColumnType)> = header
            .columns()
            .into_iter()
            .flatten()
            .map(|column| (Field::new(column.name(), kind_of(column.type_())), column.type_()))
            .collect();
        let (fields, types): (Vec<Field>, Vec<ColumnType>) = fields.into_iter().unzip();
        let kind = header.geometry_type();
        let geometry_source = if kind == GeometryType::Point { GeometrySource::Points } else { GeometrySource::Shapes };
        let count = Some(header.features_count()).filter(|count| *count > 0);
        let crs = declared_crs(&header);
        let has_heights = header.has_z() || header.has_m() || header.has_t() || header.has_tm();
        let index_bytes = index_bytes(header.features_count(), header.index_node_size());
        let index_bytes = index_bytes.ok_or_else(|| malformed(FileProblem::IndexTooLarge))?;
        let skipped = std::io::copy(&mut reader.by_ref().take(index_bytes), &mut std::io::sink());
        if skipped.map_err(read_error)? < index_bytes {
            return Err(Error::new(ErrorKind::Truncated(FilePart::Index)));
        }
        let schema = Schema { fields, geometry_source, ..Schema::default() };
        let columns = Arc::new(schema.names());
        let arcs = ArcTolerance::default();
        Ok(FlatGeobufReader { reader, schema, columns, types, crs, kind, has_heights, arcs, count, row: 0, bytes })
    }

    /// Appends the current feature as a row.
    fn read_feature(&self, batch: &mut BatchBuilder) -> Result<()> {
        // Offsets may refer to the same bytes repeatedly; the total is limited by the size of the feature.
        let options =
            VerifierOptions { max_apparent_size: self.bytes.len().saturating_mul(16), ..VerifierOptions::default() };
        let feature = size_prefixed_root_as_feature_with_opts(&options, &self.bytes).map_err(first_line)?;
        if feature.columns().is_some_and(|columns| !columns.is_empty()) {
            return Err(malformed(FileProblem::FeatureColumns));
        }
        self.read_properties(feature, batch)?;
        let decoded = match feature.geometry() {
            Some(table) => decode(table, self.kind, self.arcs).map(|decoded| Decoded {
                has_heights: self.has_heights && decoded.geometry.is_some(),
                // FlatGeobuf allows rings without the repeated last position.
                was_open: false,
                ..decoded
            }),
            None => Ok(Decoded::default()),
        };
        end_row_with(batch, decoded);
        Ok(())
    }

    fn read_properties(&self, feature: Feature<'_>, batch: &mut BatchBuilder) -> Result<()> {
        let mut rest = feature.properties().map_or(&[][..], |properties| properties.bytes());
        let mut values: Vec<Option<Value<'_>>> = vec![None; self.types.len()];
        while !rest.is_empty() {
            let index = usize::from(u16::from_le_bytes(number(&mut rest)?));
            let kind = *self.types.get(index).ok_or_else(|| malformed(FileProblem::ValueWithoutColumn))?;
            values[index] = Some(value(kind, &mut rest)?);
        }
        for (index, value) in values.into_iter().enumerate() {
            match value {
                None => batch.cell(index, CellText::Json("null")),
                Some(Value::Json(json)) => batch.cell(index, CellText::Json(&json)),
                Some(Value::Text(text)) => batch.cell(index, CellText::Text(text)),
                Some(Value::Bytes(bytes)) => batch.cell(index, CellText::Text(&hex(bytes))),
            }
        }
        Ok(())
    }
}

impl RowReader for FlatGeobufReader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn declared_crs(&self) -> Declared {
        self.crs.clone()
    }

    fn read_geometries_with(&mut self, geometries: Arc<GeometryReader>) {
        self.arcs = geometries.arcs();
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = BatchBuilder::new(self.row + 1);
        while !batch.is_full() && self.count.is_none_or(|count| self.row < count) {
            let at_row = |error: Error, row| error.at_row(row);
            let (reader, bytes) = (&mut self.reader, &mut self.bytes);
            let is_read = read_prefixed(reader, bytes, MAX_FEATURE_BYTES, FilePart::Feature);
            let is_read = match is_read {
                // Some programs append a byte to files with an unknown number of features.
                Err(error) if matches!(error.kind(), ErrorKind::Truncated(_)) && bytes.len() == 1 => Ok(false),
                is_read => is_read,
            };
            if !is_read.map_err(|error| at_row(error, self.row + 1))? {
                match self.count {
                    Some(_) => return Err(Error::new(ErrorKind::Truncated(FilePart::Features))),
                    None => break,
                }
            }
            self.row += 1;
            self.read_feature(&mut batch).map_err(|error| at_row(error, self.row))?;
        }
        Ok(batch.finish(self.columns.clone()))
    }
}

/// Reads length-prefixed bytes, including the prefix. Returns false at the end of the file.
fn read_prefixed(
    reader: &mut BufReader<Box<dyn Read>>,
    bytes: &mut Vec<u8>,
    limit_bytes: usize,
    part: FilePart,
) -> Result<bool> {
    if reader.fill_buf().map_err(read_error)?.is_empty() {
        return Ok(false);
    }
    bytes.clear();
    // Memory is allocated as bytes are read, not by the declared length.
    reader.by_ref().take(4).read_to_end(bytes).map_err(read_error)?;
    let prefix: [u8; 4] = bytes.as_slice().try_into().map_err(|_| Error::new(ErrorKind::Truncated(part)))?;
    let length = u32::from_le_bytes(prefix) as usize;
    if length > limit_bytes {
        return Err(Error::new(ErrorKind::TooLong { limit_bytes }));
    }
    let read = reader.by_ref().take(length as u64).read_to_end(bytes).map_err(read_error)?;
    if read < length { Err(Error::new(ErrorKind::Truncated(part))) } else { Ok(true) }
}

/// The size of the index of a number of features.
fn index_bytes(count: u64, node_size: u16) -> Option<u64> {
    const NODE_BYTES: u64 = 40;
    if count == 0 || node_size == 0 {
        return Some(0);
    }
    let node_size = u64::from(node_size.max(2));
    let (mut level, mut nodes) = (count, count);
    loop {
        level = level.div_ceil(node_size);
        nodes = nodes.checked_add(level)?;
        if level == 1 {
            return nodes.checked_mul(NODE_BYTES);
        }
    }
}

/// The CRS of a header: by its code, its definition, or its name.
fn declared_crs(header: &Header<'_>) -> Declared {
    let Some(crs) = header.crs() else { return Ok(None) };
    let is_epsg = crs.org().is_none_or(|organization| organization.eq_ignore_ascii_case("EPSG"));
    if crs.code() > 0 && is_epsg {
        return declared_name(&format!("EPSG:{}", crs.code()));
    }
    if let Some(wkt) = crs.wkt().filter(|wkt| !wkt.trim().is_empty()) {
        return Crs::of_wkt(wkt);
    }
    let code = (crs.code() > 0).then(|| format!("{}:{}", crs.org().unwrap_or_default(), crs.code()));
    let name = crs.code_string().or(crs.name()).map(str::to_owned).or(code).filter(|name| !name.is_empty());
    name.map_or(Ok(None), |name| declared_name(&name))
}

/// The error of the verifier, without the path in the FlatBuffer.
fn first_line(error: flatbuffers::InvalidFlatbuffer) -> Error {
    malformed(LibraryMessage::new("flatbuffers", error.to_string().lines().next().unwrap_or_default()))
}

fn kind_of(column: ColumnType) -> Kind {
    match column {
        ColumnType::Byte
        | ColumnType::UByte
        | ColumnType::Short
        | ColumnType::UShort
        | ColumnType::Int
        | ColumnType::UInt
        | ColumnType::Long
        | ColumnType::ULong => Kind::Integer,
        ColumnType::Float | ColumnType::Double => Kind::Real,
        ColumnType::Bool => Kind::Boolean,
        ColumnType::DateTime => Kind::DateTime,
        ColumnType::Json => Kind::Json,
        _ => Kind::Text,
    }
}

#[derive(Clone)]
enum Value<'a> {
    Json(String),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// Reads a value of a type, and advances `rest`.
fn value<'a>(column: ColumnType, rest: &mut &'a [u8]) -> Result<Value<'a>> {
    let json = |value: &dyn std::fmt::Display| Value::Json(value.to_string());
    let real = |text: String, is_finite: bool| Value::Json(if is_finite { text } else { "null".to_owned() });
    Ok(match column {
        ColumnType::Byte => json(&i8::from_le_bytes(number(rest)?)),
        ColumnType::UByte => json(&u8::from_le_bytes(number(rest)?)),
        ColumnType::Short => json(&i16::from_le_bytes(number(rest)?)),
        ColumnType::UShort => json(&u16::from_le_bytes(number(rest)?)),
        ColumnType::Int => json(&i32::from_le_bytes(number(rest)?)),
        ColumnType::UInt => json(&u32::from_le_bytes(number(rest)?)),
        ColumnType::Long => json(&i64::from_le_bytes(number(rest)?)),
        ColumnType::ULong => json(&u64::from_le_bytes(number(rest)?)),
        ColumnType::Bool => json(&(u8::from_le_bytes(number(rest)?) != 0)),
        ColumnType::Float => {
            let value = f32::from_le_bytes(number(rest)?);
            real(format!("{value:?}"), value.is_finite())
        }
        ColumnType::Double => {
            let value = f64::from_le_bytes(number(rest)?);
            real(format!("{value:?}"), value.is_finite())
        }
        ColumnType::Binary => Value::Bytes(prefixed(rest)?),
        ColumnType::String | ColumnType::DateTime => Value::Text(text(rest)?),
        ColumnType::Json => {
            let text = text(rest)?;
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
            if is_json { Value::Json(text.trim().to_owned()) } else { Value::Text(text) }
        }
        _ => return Err(malformed(FileProblem::ColumnType)),
    })
}

fn number<const BYTES: usize>(rest: &mut &[u8]) -> Result<[u8; BYTES]> {
    let (first, remaining) = rest.split_first_chunk().ok_or_else(|| malformed(FileProblem::TruncatedValue))?;
    *rest = remaining;
    Ok(*first)
}

fn prefixed<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8]> {
    let length = u32::from_le_bytes(number(rest)?) as usize;
    let (first, remaining) = rest.split_at_checked(length).ok_or_else(|| malformed(FileProblem::TruncatedValue))?;
    *rest = remaining;
    Ok(first)
}

fn text<'a>(rest: &mut &'a [u8]) -> Result<&'a str> {
    std::str::from_utf8(prefixed(rest)?).map_err(|_| malformed(FileProblem::NotUtf8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::flatgeobuf::packed_r_tree::PackedRTree;

    #[test]
    fn an_index_is_as_long_as_its_writer_makes_it() {
        for (count, node_size) in [(1, 16), (2, 2), (16, 16), (17, 16), (1_000_003, 16), (5, 65_535)] {
            assert_eq!(index_bytes(count, node_size), Some(PackedRTree::index_size(count as usize, node_size) as u64));
        }
        assert_eq!((index_bytes(0, 16), index_bytes(7, 0), index_bytes(u64::MAX, 2)), (Some(0), Some(0), None));
    }

    #[test]
    fn values_are_taken_by_their_type() {
        let mut rest: &[u8] = &[0xff, 0xff, 0, 0, 0xc0, 0x7f, 3, 0, 0, 0, b'[', b'1', b']', 1, 0, 0, 0, 0xe4];
        assert!(matches!(value(ColumnType::Short, &mut rest), Ok(Value::Json(json)) if json == "-1"));
        assert!(matches!(value(ColumnType::Float, &mut rest), Ok(Value::Json(json)) if json == "null"));
        assert!(matches!(value(ColumnType::Json, &mut rest), Ok(Value::Json(json)) if json == "[1]"));
        assert!(value(ColumnType::String, &mut rest).is_err());
        assert!(value(ColumnType(200), &mut rest).is_err() && value(ColumnType::Long, &mut rest).is_err());
    }
}
