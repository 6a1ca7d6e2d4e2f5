//! The parts of a drawing around its entities, which CAD programs require: header, tables, blocks, objects.

use geo::{Coord, Rect};

use super::own::APPLICATION;
use crate::geometry::encoding::number_text;
use crate::io::bytes::encoding::Encoding;

/// Pairs of a group code and a value, as text.
#[derive(Debug, Default)]
pub(super) struct Pairs(pub(super) Vec<u8>);

impl Pairs {
    pub(super) fn text(&mut self, code: i32, value: impl AsRef<[u8]>) {
        self.0.extend_from_slice(format!("{code:>3}\r\n").as_bytes());
        self.0.extend_from_slice(value.as_ref());
        self.0.extend_from_slice(b"\r\n");
    }

    pub(super) fn integer(&mut self, code: i32, value: i64) {
        self.text(code, value.to_string());
    }

    /// A decimal has a point even if it is whole, as CAD programs write it.
    pub(super) fn real(&mut self, code: i32, value: f64) {
        let mut text = number_text(value);
        if !text.contains('.') {
            text.push_str(".0");
        }
        self.text(code, text);
    }

    pub(super) fn handle(&mut self, code: i32, handle: u64) {
        self.text(code, format!("{handle:X}"));
    }

    /// The start of an entity or table entry: its type, handle, owner and classes.
    pub(super) fn object(&mut self, kind: &str, handle: u64, owner: u64, classes: &[&str]) {
        self.text(0, kind);
        self.handle(5, handle);
        self.handle(330, owner);
        classes.iter().for_each(|class| self.text(100, class));
    }

    fn position(&mut self, code: i32, at: Coord<f64>) {
        self.real(code, at.x);
        self.real(code + 10, at.y);
    }

    /// A table, whose entries `entries` writes with its handle.
    fn table(&mut self, name: &str, handle: u64, count: usize, entries: impl FnOnce(&mut Pairs, u64)) {
        self.text(0, "TABLE");
        self.text(2, name);
        self.handle(5, handle);
        self.handle(330, 0);
        self.text(100, "AcDbSymbolTable");
        self.integer(70, count as i64);
        if name == "DIMSTYLE" {
            self.text(100, "AcDbDimStyleTable");
            self.integer(71, 0);
        }
        entries(self, handle);
        self.text(0, "ENDTAB");
    }

    /// An entry of a table.
    fn entry(&mut self, kind: &str, handle: u64, table: u64, class: &str, name: impl AsRef<[u8]>) {
        self.object(kind, handle, table, &["AcDbSymbolTableRecord", class]);
        self.text(2, name);
        if kind != "BLOCK_RECORD" {
            self.integer(70, 0);
        }
    }
}

/// The owner of all entities: the record of the block of the model.
pub(super) const MODEL: u64 = 0x50;
const SHEET: u64 = 0x51;

/// The first handle of layers and entities; those below are for the other objects.
pub(super) const FIRST_HANDLE: u64 = 0x100;

/// The layer that every drawing has.
pub(super) const DEFAULT_LAYER: &str = "0";

/// Colours of layers, by their number in the index of AutoCAD.
const COLOURS: [i64; 12] = [1, 3, 5, 30, 6, 4, 94, 174, 214, 42, 140, 232];

/// What is known of a drawing once its entities are written.
pub(super) struct Summary<'a> {
    pub(super) encoding: Encoding,
    pub(super) is_metric: bool,
    /// The names of the layers as they are written, and their handles.
    pub(super) layers: &'a [(Vec<u8>, u64)],
    pub(super) extent: Option<Rect<f64>>,
    pub(super) next_handle: u64,
}

/// All before the entities.
pub(super) fn head(summary: &Summary<'_>) -> Vec<u8> {
    let mut pairs = Pairs::default();
    header(&mut pairs, summary);
    for section in ["CLASSES", "TABLES"] {
        pairs.text(0, "SECTION");
        pairs.text(2, section);
        if section == "TABLES" {
            tables(&mut pairs, summary);
        }
        pairs.text(0, "ENDSEC");
    }
    pairs.text(0, "SECTION");
    pairs.text(2, "BLOCKS");
    for (name, owner, first) in [("*Model_Space", MODEL, 0x60), ("*Paper_Space", SHEET, 0x62)] {
        pairs.object("BLOCK", first, owner, &["AcDbEntity"]);
        pairs.text(8, DEFAULT_LAYER);
        pairs.text(100, "AcDbBlockBegin");
        pairs.text(2, name);
        pairs.integer(70, 0);
        pairs.position(10, Coord::zero());
        pairs.real(30, 0.0);
        pairs.text(3, name);
        pairs.text(1, "");
        pairs.object("ENDBLK", first + 1, owner, &["AcDbEntity"]);
        pairs.text(8, DEFAULT_LAYER);
        pairs.text(100, "AcDbBlockEnd");
    }
    pairs.text(0, "ENDSEC");
    pairs.text(0, "SECTION");
    pairs.text(2, "ENTITIES");
    pairs.0
}

/// All after the entities.
pub(super) fn tail() -> Vec<u8> {
    let mut pairs = Pairs::default();
    pairs.text(0, "ENDSEC");
    pairs.text(0, "SECTION");
    pairs.text(2, "OBJECTS");
    let (root, groups) = (0x70, 0x71);
    for (handle, owner) in [(root, 0), (groups, root)] {
        pairs.object("DICTIONARY", handle, owner, &["AcDbDictionary"]);
        pairs.integer(281, 1);
        if handle == root {
            pairs.text(3, "ACAD_GROUP");
            pairs.handle(350, groups);
        }
    }
    pairs.text(0, "ENDSEC");
    pairs.text(0, "EOF");
    pairs.0
}

fn header(pairs: &mut Pairs, summary: &Summary<'_>) {
    // AutoCAD 2007 is the first with UTF-8. AutoCAD 2000 is read by all that know the code page.
    let (version, page) = match summary.encoding {
        Encoding::Utf8 => ("AC1021", "ANSI_1252"),
        Encoding::Gb18030 => ("AC1015", "ANSI_936"),
    };
    pairs.text(0, "SECTION");
    pairs.text(2, "HEADER");
    let mut variable = |name: &str, write: &dyn Fn(&mut Pairs)| {
        pairs.text(9, name);
        write(pairs);
    };
    variable("$ACADVER", &|pairs| pairs.text(1, version));
    variable("$DWGCODEPAGE", &|pairs| pairs.text(3, page));
    variable("$HANDSEED", &|pairs| pairs.handle(5, summary.next_handle));
    // Metres, and line types of the metric system.
    variable("$INSUNITS", &|pairs| pairs.integer(70, if summary.is_metric { 6 } else { 0 }));
    variable("$MEASUREMENT", &|pairs| pairs.integer(70, 1));
    if let Some(extent) = summary.extent {
        for (name, at) in [("$EXTMIN", extent.min()), ("$EXTMAX", extent.max())] {
            variable(name, &|pairs| {
                pairs.position(10, at);
                pairs.real(30, 0.0);
            });
        }
    }
    pairs.text(0, "ENDSEC");
}

fn tables(pairs: &mut Pairs, summary: &Summary<'_>) {
    pairs.table("VPORT", 0x1, 1, |pairs, table| viewport(pairs, table, summary.extent));
    pairs.table("LTYPE", 0x2, 3, |pairs, table| {
        for (handle, name) in [(0x11, "ByBlock"), (0x12, "ByLayer"), (0x13, "Continuous")] {
            pairs.entry("LTYPE", handle, table, "AcDbLinetypeTableRecord", name);
            pairs.text(3, "");
            pairs.integer(72, 65);
            pairs.integer(73, 0);
            pairs.real(40, 0.0);
        }
    });
    pairs.table("LAYER", 0x3, summary.layers.len() + 1, |pairs, table| {
        let mut layer = |name: &[u8], handle, colour| {
            pairs.entry("LAYER", handle, table, "AcDbLayerTableRecord", name);
            pairs.integer(62, colour);
            pairs.text(6, "Continuous");
        };
        layer(DEFAULT_LAYER.as_bytes(), 0x14, 7);
        for ((name, handle), colour) in summary.layers.iter().zip(COLOURS.into_iter().cycle()) {
            layer(name, *handle, colour);
        }
    });
    pairs.table("STYLE", 0x4, 1, |pairs, table| {
        pairs.entry("STYLE", 0x15, table, "AcDbTextStyleTableRecord", "Standard");
        pairs.real(40, 0.0);
        pairs.real(41, 1.0);
        pairs.real(50, 0.0);
        pairs.integer(71, 0);
        pairs.real(42, 2.5);
        // Fonts of AutoCAD: Latin letters, and Chinese ones.
        pairs.text(3, "gbenor.shx");
        pairs.text(4, "gbcbig.shx");
    });
    pairs.table("VIEW", 0x5, 0, |_, _| {});
    pairs.table("UCS", 0x6, 0, |_, _| {});
    pairs.table("APPID", 0x7, 2, |pairs, table| {
        pairs.entry("APPID", 0x16, table, "AcDbRegAppTableRecord", "ACAD");
        pairs.entry("APPID", 0x17, table, "AcDbRegAppTableRecord", APPLICATION);
    });
    pairs.table("DIMSTYLE", 0x8, 1, |pairs, table| {
        // Its handle has a code of its own.
        pairs.text(0, "DIMSTYLE");
        pairs.handle(105, 0x18);
        pairs.handle(330, table);
        pairs.text(100, "AcDbSymbolTableRecord");
        pairs.text(100, "AcDbDimStyleTableRecord");
        pairs.text(2, "Standard");
        pairs.integer(70, 0);
    });
    pairs.table("BLOCK_RECORD", 0x9, 2, |pairs, table| {
        pairs.entry("BLOCK_RECORD", MODEL, table, "AcDbBlockTableRecord", "*Model_Space");
        pairs.entry("BLOCK_RECORD", SHEET, table, "AcDbBlockTableRecord", "*Paper_Space");
    });
}

/// The view in which the drawing opens: all of it.
fn viewport(pairs: &mut Pairs, table: u64, extent: Option<Rect<f64>>) {
    let (centre, height) = extent.map_or((Coord::zero(), 1000.0), |extent| {
        (extent.center(), 1.1 * extent.height().max(extent.width() / 1.5).max(1.0))
    });
    pairs.entry("VPORT", 0x10, table, "AcDbViewportTableRecord", "*Active");
    pairs.position(10, Coord::zero());
    pairs.position(11, Coord { x: 1.0, y: 1.0 });
    pairs.position(12, centre);
    pairs.position(13, Coord::zero());
    pairs.position(14, Coord { x: 10.0, y: 10.0 });
    pairs.position(15, Coord { x: 10.0, y: 10.0 });
    for (code, [x, y, z]) in [(16, [0.0, 0.0, 1.0]), (17, [0.0, 0.0, 0.0])] {
        pairs.position(code, Coord { x, y });
        pairs.real(code + 20, z);
    }
    pairs.real(40, height);
    pairs.real(41, 1.5);
    pairs.real(42, 50.0);
}
