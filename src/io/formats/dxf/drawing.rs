//! What is to be known of a drawing before its first row is read: layers, blocks, texts, and what is not read.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use geo::Coord;

use super::blocks::{Block, Blocks};
use super::entity::{self, Shape};
use super::items::{Item, Items, Rows};
use super::layers::Names;
use super::pairs::{Pairs, Value};
use super::record::{Record, Records};
use super::text::{Declared, Decoder};
use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::input::Rereadable;
use crate::io::rows::format::ReadOptions;
use crate::io::rows::note::ReadNote;

pub(super) struct Drawing {
    pub(super) names: Names,
    pub(super) blocks: Blocks,
    /// The layer that is read; `None` for all.
    pub(super) layer: Option<usize>,
    pub(super) texts: Vec<(Coord<f64>, String)>,
    /// The names of the attributes of rows that this program has written.
    pub(super) attributes: Vec<String>,
    /// Whether all geometries are points.
    pub(super) is_of_points: bool,
    /// A position in it.
    pub(super) position: Option<Coord<f64>>,
    pub(super) notes: Vec<ReadNote>,
}

/// Numbers of entities that are not read.
#[derive(Default)]
struct Unread {
    kinds: BTreeMap<String, u64>,
    on_sheets: u64,
    external: u64,
}

impl Unread {
    fn add(&mut self, kind: &str) {
        /// Further kinds are counted as one.
        const MAX_KINDS: usize = 100;
        let is_full = self.kinds.len() >= MAX_KINDS && !self.kinds.contains_key(kind);
        *self.kinds.entry(if is_full { "…" } else { kind }.to_owned()).or_default() += 1;
    }

    fn notes(self) -> Vec<ReadNote> {
        let kinds =
            (!self.kinds.is_empty()).then(|| ReadNote::UnreadEntities { kinds: self.kinds.into_iter().collect() });
        let on_sheets = (self.on_sheets > 0).then_some(ReadNote::EntitiesOnSheets { count: self.on_sheets });
        let external = (self.external > 0).then_some(ReadNote::ExternalBlocks { count: self.external });
        kinds.into_iter().chain(on_sheets).chain(external).collect()
    }
}

impl Drawing {
    /// Reads all of it.
    pub(super) fn read(file: &Rereadable, options: &ReadOptions) -> Result<Drawing> {
        let mut records = Records::new(Pairs::new(file.pass()?)?)?;
        let mut record = Record::default();
        let (mut declared, mut names, mut blocks) = (Declared::default(), None, Blocks::default());
        let mut note = None;
        let mut has_names = |declared: &Declared, is_binary: bool| -> Result<Names> {
            let evidence = if is_binary { None } else { Some(file.evidence()?) };
            let (encoding, found) = declared.encoding(options.encoding, evidence.as_ref());
            note = found;
            Ok(Names::new(Decoder { encoding, invalid: 0 }))
        };
        let mut section = vec![];
        let mut items = None;
        while records.read(&mut record)? {
            if record.name() == b"SECTION" {
                section = record.text(2).unwrap_or_default().trim_ascii().to_vec();
                if section == b"HEADER" {
                    declared = read_header(&record);
                    continue;
                }
            }
            let is_binary = records.is_binary();
            let names = match &mut names {
                Some(names) => names,
                none => none.insert(has_names(&declared, is_binary)?),
            };
            match (&section[..], record.name()) {
                (b"TABLES", b"LAYER") => {
                    let layer = names.layer(record.text(2));
                    if record.flags(70) & 1 != 0 || record.number(62).is_some_and(|colour| colour < 0.0) {
                        names.hide(layer);
                    }
                }
                (b"BLOCKS", b"BLOCK") => read_block(&mut records, &record, names, &mut blocks)?,
                (b"ENTITIES", b"SECTION") => {
                    items = Some(Items::new(records));
                    break;
                }
                _ => {}
            }
        }
        blocks.find_areas();
        let names = match names {
            Some(names) => names,
            None => has_names(&declared, false)?,
        };
        let notes = note.into_iter().collect();
        let mut drawing = Drawing {
            names,
            blocks,
            layer: None,
            texts: vec![],
            attributes: vec![],
            is_of_points: true,
            position: None,
            notes,
        };
        match items {
            Some(items) => drawing.read_entities(items, options)?,
            None => drawing.choose_layer(options)?,
        }
        let encoding = drawing.names.decoder.encoding;
        let invalid = std::mem::take(&mut drawing.names.decoder.invalid);
        drawing.notes.extend((invalid > 0).then_some(ReadNote::InvalidTexts { count: invalid, encoding }));
        Ok(drawing)
    }

    fn read_entities(&mut self, mut items: Items, options: &ReadOptions) -> Result<()> {
        let mut found: BTreeMap<usize, (Unread, bool)> = BTreeMap::new();
        let mut attributes = HashSet::new();
        while let Some(item) = items.next(&mut self.names, &self.blocks)? {
            if self.position.is_none() {
                let at = item.position().map(|[x, y, _]| Coord { x, y });
                self.position = at.filter(|at| at.x.is_finite() && at.y.is_finite() && (at.x, at.y) != (0.0, 0.0));
            }
            let (unread, is_of_points) = found.entry(item.layer).or_insert_with(|| (Unread::default(), true));
            if item.kind().is_some() {
                *is_of_points &= item.is_point();
            }
            for (name, _) in item.own().map_or(&[][..], |own| &own.attributes) {
                if attributes.insert(name.clone()) {
                    self.attributes.push(name.clone());
                }
            }
            self.look_at(&item, unread);
        }
        let mut record = Record::default();
        let mut rest = items.into_records();
        while rest.read(&mut record)? {}
        self.choose_layer(options)?;
        let mut all = Unread::default();
        for (layer, (unread, is_of_points)) in found {
            if self.layer.is_some_and(|chosen| chosen != layer) {
                continue;
            }
            self.is_of_points &= is_of_points;
            unread.kinds.iter().for_each(|(kind, count)| *all.kinds.entry(kind.clone()).or_default() += count);
            all.on_sheets += unread.on_sheets;
            all.external += unread.external;
        }
        self.notes.extend(all.notes());
        Ok(())
    }

    /// Keeps the text of an entity, and counts what is not read.
    fn look_at(&mut self, item: &Item, unread: &mut Unread) {
        match &item.entity.shape {
            _ if item.entity.is_on_sheet => unread.on_sheets += 1,
            Shape::Insert(_) if item.is_external => unread.external += 1,
            Shape::Text { text, .. } => match item.position() {
                Some([x, y, _]) if x.is_finite() && y.is_finite() => {
                    if !text.is_empty() {
                        self.texts.push((Coord { x, y }, text.clone()));
                    }
                }
                _ => unread.add("TEXT"),
            },
            Shape::Other(kind) => unread.add(kind),
            _ => {}
        }
    }

    /// Finds the layer that is asked for.
    fn choose_layer(&mut self, options: &ReadOptions) -> Result<()> {
        let Some(name) = &options.layer else { return Ok(()) };
        let unknown = || {
            let (layers, hidden) = self.names.lists();
            Error::new(ErrorKind::UnknownLayer { name: name.clone(), layers, hidden })
        };
        self.layer = Some(self.names.find(name).ok_or_else(unknown)?);
        Ok(())
    }

    /// Reads the rows from the start.
    pub(super) fn rows(&self, file: &Rereadable) -> Result<Option<Rows>> {
        let mut records = Records::new(Pairs::new(file.pass()?)?)?;
        let mut record = Record::default();
        while records.read(&mut record)? {
            if record.name() == b"SECTION" && record.text(2).is_some_and(|name| name.trim_ascii() == b"ENTITIES") {
                return Ok(Some(Rows::new(Items::new(records), self.layer)));
            }
        }
        Ok(None)
    }
}

/// The version and code page of the header.
fn read_header(record: &Record) -> Declared {
    let mut declared = Declared::default();
    let mut variable: &[u8] = b"";
    for (code, value) in record.pairs() {
        let Value::Text(value) = value else { continue };
        let text = || String::from_utf8_lossy(value.trim_ascii()).into_owned();
        match (code, variable) {
            (9, _) => variable = value.trim_ascii(),
            (1, b"$ACADVER") => declared.version = text(),
            (3, b"$DWGCODEPAGE") => declared.code_page = text(),
            _ => {}
        }
    }
    declared
}

fn read_block(records: &mut Records, head: &Record, names: &mut Names, blocks: &mut Blocks) -> Result<()> {
    /// An external reference, or one laid over.
    const EXTERNAL: i64 = 4 | 8;
    let name = names.decoder.decode(head.text(2).unwrap_or_default().trim_ascii());
    let (base, flags) = (head.position(10).unwrap_or_default(), head.flags(70));
    let mut entities = vec![];
    let mut record = Record::default();
    while !matches!(records.peek(), b"ENDBLK" | b"ENDSEC" | b"EOF") && records.read(&mut record)? {
        entities.push(Arc::new(entity::read(records, &record, names)?));
    }
    blocks.add(&name, Block::new(base, flags & EXTERNAL != 0, entities));
    Ok(())
}
