//! The extended data of entities that this program writes: the row that an entity is of, and its attributes.
//!
//! A polygon with holes, or of several parts, is several polylines in a drawing. By these data they become one row
//! again, without a guess.

use super::pairs::Value;
use super::record::Record;
use super::text::{Decoder, uncontrolled};

/// The name of the application.
pub(super) const APPLICATION: &str = "TAIZHOU_CORRIDOR";

/// The maximum length of a text in extended data, in bytes.
pub(super) const MAX_TEXT_BYTES: usize = 255;

/// The maximum length of all texts in the extended data of an entity, in bytes: AutoCAD allows 16 KiB with what is around
/// them.
pub(super) const MAX_BYTES: usize = 12_000;

/// Group codes.
pub(super) const NAME_OF_APPLICATION: i32 = 1001;
pub(super) const TEXT: i32 = 1000;
pub(super) const BRACE: i32 = 1002;
pub(super) const INTEGER: i32 = 1071;

/// The place of an entity in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) row: i64,
    /// The part of its geometry.
    pub(super) part: i64,
    /// The ring of a polygon, 0 for the exterior.
    pub(super) ring: i64,
}

impl Place {
    /// Whether an entity at this place goes on with the row of the one before. A copy that was made in a CAD program
    /// does not.
    pub(super) fn follows(self, before: Place) -> bool {
        self.row == before.row && (self.part, self.ring) > (before.part, before.ring)
    }
}

/// The row that an entity is of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OwnRow {
    pub(super) place: Place,
    pub(super) attributes: Vec<(String, String)>,
}

impl OwnRow {
    /// Reads the extended data of an entity, if they are of this program.
    pub(super) fn read(record: &Record, decoder: &mut Decoder) -> Option<OwnRow> {
        let is_own = |pair: &(i32, Value<'_>)| *pair == (NAME_OF_APPLICATION, Value::Text(APPLICATION.as_bytes()));
        let mut pairs = record.pairs().skip_while(|pair| !is_own(pair)).skip(1);
        let mut integer = || match pairs.next() {
            Some((INTEGER, Value::Number(number))) => Some(number as i64),
            _ => None,
        };
        let place = Place { row: integer()?, part: integer()?, ring: integer()? };
        let mut attributes = vec![];
        let mut texts: Option<(Option<Vec<u8>>, Vec<u8>)> = None;
        for (code, value) in pairs.take_while(|(code, _)| *code >= 1000 && *code != NAME_OF_APPLICATION) {
            match (code, value, &mut texts) {
                (BRACE, Value::Text(b"{"), _) => texts = Some((None, vec![])),
                (BRACE, _, _) => {
                    if let Some((Some(name), value)) = texts.take() {
                        let mut text = |bytes: &[u8]| uncontrolled(&decoder.decode(bytes)).into_owned();
                        attributes.push((text(&name), text(&value)));
                    }
                }
                (TEXT, Value::Text(text), Some((name @ None, _))) => *name = Some(text.to_vec()),
                (TEXT, Value::Text(text), Some((_, value))) => value.extend_from_slice(text),
                _ => {}
            }
        }
        Some(OwnRow { place, attributes })
    }
}
