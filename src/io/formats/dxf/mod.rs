//! DXF: drawings of AutoCAD and other CAD programs, as text of any version, or binary.
//!
//! Entities are rows: closed polylines, circles, ellipses and hatches are polygons, other polylines lines, points and
//! references to blocks points; a reference to a block with closed polylines is the shapes in it. No polygon becomes the
//! hole of another, unless this program has written both. Group codes are as in the *DXF Reference* of Autodesk.
//!
//! The crate `dxf` (0.6.2) is not used: it does not read hatches, panics on a date in the header that is out of range,
//! holds the whole drawing in 11 times the memory of the file, decodes texts in an encoding that has to be known before,
//! and depends on `image`, `num` and `uuid`.

mod blocks;
mod drawing;
mod entity;
mod frame;
mod hatch;
mod items;
mod labels;
mod layer_names;
mod layers;
mod own;
mod pairs;
mod read;
mod record;
mod shape;
mod skeleton;
mod text;
mod write;

use crate::error::{Error, ErrorKind, FileKind, FileProblem};
use crate::io::rows::format::{Codec, Content, CrsSupport, Driver, Format, Signature};

static DRIVER: Driver = Driver {
    content: Content::Text,
    signature: Signature::Text(is_dxf),
    crs: CrsSupport::Projected,
    needs_crs: true,
    has_layers: true,
    layer_column: Some(LAYER),
    has_encodings: true,
    ..Driver::new(
        "dxf",
        &["dxf"],
        "DXF drawing of a CAD program",
        Codec::Built(
            |source, options| Ok(Box::new(read::DxfReader::new(source, options)?)),
            |output, table| Ok(Box::new(write::DxfWriter::new(output, &table)?)),
        ),
    )
};

impl Format {
    /// A DXF drawing of AutoCAD and other CAD programs.
    pub const DXF: Format = Format::of(&DRIVER);
}

/// The columns of entities.
const COLUMNS: [&str; 6] = [LAYER, ENTITY, BLOCK, HANDLE, TEXT, ELEVATION];
const LAYER: &str = "layer";
const ENTITY: &str = "entity";
const BLOCK: &str = "block";
const HANDLE: &str = "handle";
const TEXT: &str = "text";
const ELEVATION: &str = "elevation";

/// Whether a text is a drawing: pairs of lines, of which the first that is not a comment opens a section.
fn is_dxf(text: &str) -> bool {
    if text.as_bytes().starts_with(&pairs::BINARY[..18]) {
        return true;
    }
    let mut lines = text.lines().map(str::trim);
    while let (Some(code), Some(value)) = (lines.next(), lines.next()) {
        match code {
            "999" => continue,
            _ => return code == "0" && value == "SECTION",
        }
    }
    false
}

fn malformed(problem: impl Into<FileProblem>) -> Error {
    Error::new(ErrorKind::Malformed { kind: FileKind::Dxf, problem: problem.into() })
}
