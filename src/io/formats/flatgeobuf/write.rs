//! Writing FlatGeobuf with its index.

use std::collections::BTreeSet;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use ::flatgeobuf::packed_r_tree::{NodeItem, PackedRTree, calc_extent, hilbert_sort};
use ::flatgeobuf::{
    Column, ColumnArgs, ColumnType, Crs as CrsTable, CrsArgs, Feature, FeatureArgs, GeometryType, Header, HeaderArgs,
};
use flatbuffers::FlatBufferBuilder;
use geo::{BoundingRect, CoordsIter, Geometry};
use tempfile::SpooledTempFile;

use super::MAGIC;
use super::geometry::encode;
use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::output::Output;
use crate::io::bytes::stored::spool_in;
use crate::io::rows::format::WriteOptions;
use crate::io::rows::loss::Loss;
use crate::io::rows::loss::crs_loss;
use crate::io::rows::typed::TypedColumns;
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch, Field, Kind, Schema, Shape, Value};

/// Writes rows as FlatGeobuf. Features are buffered in a temporary file, since their order is that of the index; only
/// their index entries, about a hundred bytes each, are in memory.
pub(in crate::io) struct FlatGeobufWriter {
    output: Output,
    spool: BufWriter<SpooledTempFile>,
    /// The bounds of each feature, and its index in the spool.
    nodes: Vec<NodeItem>,
    /// The offset of each feature in the spool, and the end of the last.
    starts: Vec<u64>,
    builder: FlatBufferBuilder<'static>,
    columns: TypedColumns,
    /// Which JSON columns have values that are not JSON: they are written as text.
    has_invalid_json: Vec<bool>,
    added: Vec<Field>,
    kinds: BTreeSet<&'static str>,
    crs: Crs,
    name: String,
}

/// FlatBuffers are limited to 2 GiB; no map has larger features.
const MAX_FEATURE_BYTES: usize = 1 << 29;

impl FlatGeobufWriter {
    pub(in crate::io) fn new(output: Output, schema: &Schema, added: &[Field], options: &WriteOptions) -> Result<Self> {
        // Buffered next to the output, since the folder for temporary files may be in memory.
        let spool = BufWriter::with_capacity(1 << 16, spool_in(output.temporary().and_then(Path::parent)));
        let stem = output.stem();
        let columns = TypedColumns::new(schema, added);
        if columns.fields().len() > usize::from(u16::MAX) {
            return Err(Error::new(ErrorKind::Write(std::io::Error::other("a FlatGeobuf file holds 65535 columns"))));
        }
        Ok(FlatGeobufWriter {
            output,
            spool,
            nodes: vec![],
            starts: vec![0],
            builder: FlatBufferBuilder::new(),
            has_invalid_json: vec![false; columns.fields().len()],
            columns,
            added: added.to_vec(),
            kinds: BTreeSet::new(),
            crs: options.written_crs(),
            name: stem.unwrap_or_default(),
        })
    }

    fn write_feature(&mut self, geometry: Option<&Geometry<f64>>, properties: &[u8]) -> Result<()> {
        let numbers_bytes = geometry.map_or(0, |geometry| geometry.coords_count().saturating_mul(32));
        if properties.len().saturating_add(numbers_bytes) > MAX_FEATURE_BYTES {
            return Err(Error::new(ErrorKind::TooLong { limit_bytes: MAX_FEATURE_BYTES }));
        }
        let builder = &mut self.builder;
        builder.reset();
        let table = geometry.map(|geometry| encode(builder, geometry));
        let properties = (!properties.is_empty()).then(|| builder.create_vector(properties));
        let args = FeatureArgs { geometry: table, properties, ..FeatureArgs::default() };
        let feature = Feature::create(builder, &args);
        builder.finish_size_prefixed(feature, None);
        let bytes = builder.finished_data();
        self.spool.write_all(bytes).map_err(|error| Error::new(ErrorKind::Write(error)))?;
        let number = self.nodes.len() as u64;
        let bounds = geometry.and_then(BoundingRect::bounding_rect);
        self.nodes.push(match bounds {
            Some(bounds) => {
                let (min, max) = (bounds.min(), bounds.max());
                NodeItem { offset: number, ..NodeItem::bounds(min.x, min.y, max.x, max.y) }
            }
            // Empty bounds.
            None => NodeItem::create(number),
        });
        self.starts.push(self.starts.last().copied().unwrap_or_default() + bytes.len() as u64);
        Ok(())
    }

    /// The header, after all features are written.
    fn header(&mut self, extent: Option<&NodeItem>) -> &[u8] {
        let builder = &mut self.builder;
        builder.reset();
        let columns: Vec<_> = self
            .columns
            .fields()
            .iter()
            .zip(&self.has_invalid_json)
            .map(|(field, &has_texts)| {
                let name = Some(builder.create_string(&field.name));
                let type_ = column_type(if has_texts { Kind::Text } else { field.kind });
                Column::create(builder, &ColumnArgs { name, type_, ..ColumnArgs::default() })
            })
            .collect();
        let columns = (!columns.is_empty()).then(|| builder.create_vector(&columns));
        let wkt = self.crs.wkt_of_gdal();
        let wkt = wkt.map(|wkt| builder.create_string(&wkt));
        let code = self.crs.epsg().and_then(|code| i32::try_from(code).ok());
        let org = code.map(|_| builder.create_string("EPSG"));
        let name = code.is_none().then(|| builder.create_string(&self.crs.to_string()));
        let crs_args = CrsArgs { org, code: code.unwrap_or(0), name, wkt, ..CrsArgs::default() };
        let crs = Some(CrsTable::create(builder, &crs_args));
        let envelope = extent.map(|node| builder.create_vector(&[node.min_x, node.min_y, node.max_x, node.max_y]));
        let name = (!self.name.is_empty()).then(|| builder.create_string(&self.name));
        let header = Header::create(
            builder,
            &HeaderArgs {
                name,
                envelope,
                geometry_type: geometry_type(&self.kinds),
                columns,
                features_count: self.nodes.len() as u64,
                index_node_size: if extent.is_some() { PackedRTree::DEFAULT_NODE_SIZE } else { 0 },
                crs,
                ..HeaderArgs::default()
            },
        );
        builder.finish_size_prefixed(header, None);
        builder.finished_data()
    }

    /// Writes the file: the header, the index, and the features in its order.
    fn assemble(&mut self) -> std::io::Result<()> {
        let extent = Some(calc_extent(&self.nodes)).filter(|extent| extent.min_x.is_finite());
        let header = self.header(extent.as_ref()).to_vec();
        self.output.write_all(&MAGIC)?;
        self.output.write_all(&header)?;
        let mut nodes = std::mem::take(&mut self.nodes);
        let mut order: Vec<u64> = vec![];
        if let Some(extent) = &extent {
            hilbert_sort(&mut nodes, extent);
            order = nodes.iter().map(|node| node.offset).collect();
            let mut offset = 0;
            for node in &mut nodes {
                let number = node.offset as usize;
                node.offset = offset;
                offset += self.starts[number + 1] - self.starts[number];
            }
            let tree = PackedRTree::build(&nodes, extent, PackedRTree::DEFAULT_NODE_SIZE);
            tree.map_err(std::io::Error::other)?.stream_write(&mut self.output)?;
        }
        drop(nodes);
        self.spool.flush()?;
        let spool = self.spool.get_mut();
        if order.is_empty() {
            spool.seek(SeekFrom::Start(0))?;
            std::io::copy(spool, &mut self.output)?;
            return Ok(());
        }
        let mut bytes = vec![];
        for number in order {
            let (start, end) = (self.starts[number as usize], self.starts[number as usize + 1]);
            spool.seek(SeekFrom::Start(start))?;
            bytes.resize((end - start) as usize, 0);
            spool.read_exact(&mut bytes)?;
            self.output.write_all(&bytes)?;
        }
        Ok(())
    }
}

impl RowWriter for FlatGeobufWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        let mut properties = vec![];
        for (row_index, values) in answers.iter() {
            properties.clear();
            let row = self.columns.row(batch, row_index, values);
            for (index, value) in row.iter().enumerate() {
                if let (Kind::Json, Value::Text(text)) = (self.columns.fields()[index].kind, value) {
                    self.has_invalid_json[index] |= serde_json::from_str::<serde::de::IgnoredAny>(text).is_err();
                }
                push_property(&mut properties, index, value);
            }
            let shape = batch.shape(row_index).ok();
            self.kinds.extend(shape.map(Shape::kind));
            let geometry = shape.map(Shape::geometry);
            let written = self.write_feature(geometry.as_ref(), &properties);
            written.map_err(|error| error.in_file(self.output.name()).at_row(batch.first_row() + row_index as u64))?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Loss>> {
        let written = self.assemble();
        written.map_err(|error| Error::new(ErrorKind::Write(error)).in_file(self.output.name()))?;
        let mut losses = self.columns.losses(&self.added);
        losses.extend(crs_loss(&self.crs));
        self.output.commit()?;
        Ok(losses)
    }
}

/// Appends a property: the index of its column, and the value. Null values are left out.
fn push_property(properties: &mut Vec<u8>, index: usize, value: &Value<'_>) {
    // The number of columns was checked before.
    let Ok(index) = u16::try_from(index) else { return };
    if *value != Value::Null {
        properties.extend(index.to_le_bytes());
    }
    match value {
        Value::Null => {}
        Value::Integer(value) => properties.extend(value.to_le_bytes()),
        Value::Float { value, .. } => properties.extend(value.to_le_bytes()),
        Value::Bool(value) => properties.push((*value).into()),
        Value::Text(text) => {
            properties.extend((text.len() as u32).to_le_bytes());
            properties.extend(text.as_bytes());
        }
    }
}

/// The type of a column. There is none for dates, which are text.
fn column_type(kind: Kind) -> ColumnType {
    match kind {
        Kind::Text | Kind::Date => ColumnType::String,
        Kind::Integer => ColumnType::Long,
        Kind::Real => ColumnType::Double,
        Kind::Boolean => ColumnType::Bool,
        Kind::DateTime => ColumnType::DateTime,
        Kind::Json => ColumnType::Json,
    }
}

/// The type of all geometries, if they have the same.
fn geometry_type(kinds: &BTreeSet<&'static str>) -> GeometryType {
    match Vec::from_iter(kinds)[..] {
        [&"Point"] => GeometryType::Point,
        [&"MultiPoint"] => GeometryType::MultiPoint,
        [&"LineString"] => GeometryType::LineString,
        [&"MultiLineString"] => GeometryType::MultiLineString,
        [&"Polygon"] => GeometryType::Polygon,
        [&"MultiPolygon"] => GeometryType::MultiPolygon,
        [&"GeometryCollection"] => GeometryType::GeometryCollection,
        _ => GeometryType::Unknown,
    }
}
