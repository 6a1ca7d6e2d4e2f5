//! Entities: what is drawn.

use super::frame::Frame;
use super::hatch::{self, Path};
use super::layers::Names;
use super::own::OwnRow;
use super::record::{Record, Records};
use super::text::{plain_mtext, plain_text};
use crate::error::Result;

/// An entity.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    pub(super) layer: usize,
    pub(super) handle: String,
    /// Whether it is on a sheet, not in the model.
    pub(super) is_on_sheet: bool,
    /// The coordinate system of its coordinates.
    pub(super) frame: Frame,
    pub(super) own: Option<OwnRow>,
    pub(super) shape: Shape,
}

#[derive(Debug, Clone)]
pub(super) enum Shape {
    Polyline(Polyline),
    Circle {
        centre: [f64; 3],
        radius: f64,
        kind: &'static str,
    },
    Hatch {
        paths: Vec<Path>,
        z: f64,
    },
    Point([f64; 3]),
    Text {
        at: [f64; 3],
        text: String,
    },
    Insert(Insert),
    /// What is not read, by its kind.
    Other(String),
}

#[derive(Debug, Clone)]
pub(super) struct Polyline {
    pub(super) vertices: Vec<Vertex>,
    pub(super) is_closed: bool,
    pub(super) kind: &'static str,
}

/// Vertices that are nearer to each other are the same: a thousandth of a millimetre in a drawing in metres. Programs
/// that compute with coordinates make smaller errors.
pub(super) const SAME: f64 = 1e-6;

/// A vertex of a polyline, and the bulge of the edge from it: the tangent of a quarter of the angle of an arc, positive
/// if it runs counter-clockwise; 0 for a straight edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vertex {
    pub(super) at: [f64; 3],
    pub(super) bulge: f64,
}

/// A reference to a block.
#[derive(Debug, Clone)]
pub(super) struct Insert {
    pub(super) block: String,
    pub(super) at: [f64; 3],
    pub(super) scale: [f64; 3],
    pub(super) rotation_deg: f64,
    /// The numbers of columns and rows, and their distances.
    pub(super) counts: [u32; 2],
    pub(super) spacing: [f64; 2],
    /// The values of its attributes.
    pub(super) texts: Vec<String>,
}

impl Polyline {
    /// Whether it encloses an area: it is closed, or ends where it begins.
    pub(super) fn is_ring(&self) -> bool {
        let is_same = |a: &Vertex, b: &Vertex| (0..2).all(|i| (a.at[i] - b.at[i]).abs() <= SAME);
        match &self.vertices[..] {
            [first, _, .., last] => self.is_closed || is_same(first, last) && self.vertices.len() > 3,
            [_, _] => self.is_closed,
            _ => false,
        }
    }
}

/// Reads an entity, whose record has been read, with the records that belong to it.
pub(super) fn read(records: &mut Records, record: &Record, names: &mut Names) -> Result<Entity> {
    let mut extrusion = record.position(210).map_or(Frame::WORLD, Frame::of_extrusion);
    let layer = names.layer(record.text(8));
    let handle = String::from_utf8_lossy(record.text(5).unwrap_or_default().trim_ascii()).into_owned();
    let origin = || record.position(10).unwrap_or([f64::NAN; 3]);
    let other = || Shape::Other(String::from_utf8_lossy(record.name()).chars().take(40).collect());
    let shape = match record.name() {
        b"LWPOLYLINE" => Shape::Polyline(light_polyline(record)),
        b"POLYLINE" => {
            let found = polyline(records, record)?;
            if found.as_ref().is_some_and(|(_, is_in_space)| *is_in_space) {
                extrusion = Frame::WORLD;
            }
            found.map_or_else(|| Shape::Other("POLYLINE (mesh)".to_owned()), |(found, _)| Shape::Polyline(found))
        }
        b"CIRCLE" => Shape::Circle { centre: origin(), radius: record.number(40).unwrap_or(f64::NAN), kind: "CIRCLE" },
        b"ELLIPSE" => match ellipse(record) {
            Some(frame) => {
                extrusion = frame;
                Shape::Circle { centre: [0.0; 3], radius: 1.0, kind: "ELLIPSE" }
            }
            None => other(),
        },
        b"HATCH" => Shape::Hatch { paths: hatch::paths(record), z: record.number(30).unwrap_or(0.0) },
        b"POINT" => {
            extrusion = Frame::WORLD;
            Shape::Point(origin())
        }
        b"TEXT" => text(record, names),
        b"MTEXT" => {
            extrusion = Frame::WORLD;
            let bytes: Vec<u8> = record.texts(3).chain(record.texts(1)).flatten().copied().collect();
            Shape::Text { at: origin(), text: plain_mtext(&names.decoder.decode(&bytes)) }
        }
        b"INSERT" => Shape::Insert(insert(records, record, names)?),
        _ => other(),
    };
    let is_on_sheet = record.flags(67) == 1;
    Ok(Entity { layer, handle, is_on_sheet, frame: extrusion, own: OwnRow::read(record, &mut names.decoder), shape })
}

fn light_polyline(record: &Record) -> Polyline {
    let z = record.number(38).unwrap_or(0.0);
    let mut vertices: Vec<Vertex> = vec![];
    for (code, value) in record.pairs() {
        let super::pairs::Value::Number(number) = value else { continue };
        match (code, vertices.last_mut()) {
            (10, _) => vertices.push(Vertex { at: [number, f64::NAN, z], bulge: 0.0 }),
            (20, Some(vertex)) => vertex.at[1] = number,
            (42, Some(vertex)) => vertex.bulge = number,
            _ => {}
        }
    }
    Polyline { vertices, is_closed: record.flags(70) & 1 != 0, kind: "LWPOLYLINE" }
}

/// A polyline of separate vertices, and whether it is one in space; `None` for a mesh.
fn polyline(records: &mut Records, head: &Record) -> Result<Option<(Polyline, bool)>> {
    const CLOSED: i64 = 1;
    const IN_SPACE: i64 = 8;
    const MESH: i64 = 16 | 64;
    /// A vertex of the frame of a spline, which is not on the curve.
    const OF_FRAME: i64 = 16;
    let flags = head.flags(70);
    let is_in_space = flags & IN_SPACE != 0;
    let z = head.number(30).unwrap_or(0.0);
    let mut vertices = vec![];
    let mut record = Record::default();
    while records.peek() == b"VERTEX" {
        records.read(&mut record)?;
        if record.flags(70) & OF_FRAME != 0 || flags & MESH != 0 {
            continue;
        }
        let mut at = record.position(10).unwrap_or([f64::NAN; 3]);
        if !is_in_space {
            at[2] = z;
        }
        vertices.push(Vertex { at, bulge: if is_in_space { 0.0 } else { record.number(42).unwrap_or(0.0) } });
    }
    if records.peek() == b"SEQEND" {
        records.read(&mut record)?;
    }
    let polyline = Polyline { vertices, is_closed: flags & CLOSED != 0, kind: "POLYLINE" };
    Ok((flags & MESH == 0).then_some((polyline, is_in_space)))
}

/// The map of the unit circle to a whole ellipse; `None` for a part of one.
fn ellipse(record: &Record) -> Option<Frame> {
    let (first, last) = (record.number(41).unwrap_or(0.0), record.number(42).unwrap_or(std::f64::consts::TAU));
    let is_whole = ((last - first).abs() - std::f64::consts::TAU).abs() < 1e-9;
    let (centre, major) = (record.position(10)?, record.position(11)?);
    let normal = record.position(210).unwrap_or([0.0, 0.0, 1.0]);
    is_whole.then(|| Frame::of_ellipse(centre, major, record.number(40).unwrap_or(1.0), normal))
}

fn text(record: &Record, names: &mut Names) -> Shape {
    // The second position is that of the alignment; of a text that is fitted between two, the first.
    let (horizontal, vertical) = (record.flags(72), record.flags(73));
    let is_aligned = (horizontal != 0 || vertical != 0) && horizontal != 3 && horizontal != 5;
    let aligned = record.position(11).filter(|_| is_aligned);
    let at = aligned.or_else(|| record.position(10)).unwrap_or([f64::NAN; 3]);
    Shape::Text { at, text: plain_text(&names.decoder.decode(record.text(1).unwrap_or_default())) }
}

fn insert(records: &mut Records, record: &Record, names: &mut Names) -> Result<Insert> {
    let mut texts = vec![];
    let mut attribute = Record::default();
    while records.peek() == b"ATTRIB" {
        records.read(&mut attribute)?;
        let text = plain_text(&names.decoder.decode(attribute.text(1).unwrap_or_default()));
        if !text.is_empty() {
            texts.push(text);
        }
    }
    if records.peek() == b"SEQEND" {
        records.read(&mut attribute)?;
    }
    let scale = |code| record.number(code).unwrap_or(1.0);
    let count = |code| record.flags(code).clamp(1, 32_767) as u32;
    let spacing = |code| record.number(code).unwrap_or(0.0);
    Ok(Insert {
        block: names.decoder.decode(record.text(2).unwrap_or_default().trim_ascii()),
        at: record.position(10).unwrap_or([f64::NAN; 3]),
        scale: [scale(41), scale(42), scale(43)],
        rotation_deg: record.number(50).unwrap_or(0.0),
        counts: [count(70), count(71)],
        spacing: [spacing(44), spacing(45)],
        texts,
    })
}
