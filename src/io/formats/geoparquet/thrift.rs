//! A reader of the Thrift compact protocol that traverses a struct, to check lengths before the library allocates by
//! them.
//!
//! The crate `thrift` (0.25) reads values from a stream and does not return the offset of a field, which the correction
//! of footers needs.

/// The maximum depth of structs.
const MAX_DEPTH: usize = 64;

/// Type codes of fields that are read.
pub(super) const I32: u8 = 5;
pub(super) const I64: u8 = 6;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// Reads Thrift values from bytes. All methods return `None` at the end.
pub(super) struct ThriftReader<'a> {
    bytes: &'a [u8],
    position: usize,
}

/// A field header; its value follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) id: i16,
    pub(super) kind: u8,
}

impl<'a> ThriftReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> ThriftReader<'a> {
        ThriftReader { bytes, position: 0 }
    }

    /// The number of bytes read.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// The next field of a struct after the one of id `last`, 0 for the first; `Some(None)` at the end of the struct.
    pub(super) fn field(&mut self, last: i16) -> Option<Option<Field>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        let id = match i16::from(byte >> 4) {
            0 => i16::try_from(self.zigzag()?).ok()?,
            delta => last.checked_add(delta)?,
        };
        Some(Some(Field { id, kind: byte & 0x0f }))
    }

    pub(super) fn i32(&mut self) -> Option<i32> {
        i32::try_from(self.zigzag()?).ok()
    }

    /// The element type of a list and its length, which is at most the number of remaining bytes.
    pub(super) fn list(&mut self) -> Option<(u8, usize)> {
        let byte = self.byte()?;
        let count = match byte >> 4 {
            15 => usize::try_from(self.varint()?).ok()?,
            count => usize::from(count),
        };
        (count <= self.bytes.len() - self.position).then_some((byte & 0x0f, count))
    }

    pub(super) fn skip(&mut self, kind: u8) -> Option<()> {
        self.skip_within(kind, MAX_DEPTH)
    }

    fn skip_within(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // The value of a boolean field is in its type.
            1 | 2 => Some(()),
            3 => self.advance(1),
            4..=6 => self.varint().map(drop),
            7 => self.advance(8),
            8 => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.advance(length)
            }
            LIST | 10 => {
                let (element, count) = self.list()?;
                (0..count).try_for_each(|_| self.skip_element(element, depth))
            }
            11 => {
                let count = self.varint()?;
                if count == 0 {
                    return Some(());
                }
                let kinds = self.byte()?;
                for _ in 0..count {
                    self.skip_element(kinds >> 4, depth)?;
                    self.skip_element(kinds & 0x0f, depth)?;
                }
                Some(())
            }
            STRUCT => {
                let mut last = 0;
                while let Some(field) = self.field(last)? {
                    self.skip_within(field.kind, depth)?;
                    last = field.id;
                }
                Some(())
            }
            13 => self.advance(16),
            _ => None,
        }
    }

    /// Booleans take a byte in collections.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Option<()> {
        if matches!(kind, 1 | 2) { self.advance(1) } else { self.skip_within(kind, depth) }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.position)?;
        self.position += 1;
        Some(byte)
    }

    fn advance(&mut self, count: usize) -> Option<()> {
        let place = self.position.checked_add(count).filter(|place| *place <= self.bytes.len())?;
        self.position = place;
        Some(())
    }

    /// A variable-length integer (ULEB128).
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_is_walked_through() {
        // 1: i32 = -3, 2: list of two binaries, 18: struct with a boolean, 19: double.
        let bytes = [0x15, 5, 0x19, 0x28, 1, b'a', 0, 0x0c, 36, 0x11, 0, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let mut reader = ThriftReader::new(&bytes);
        assert_eq!(reader.field(0), Some(Some(Field { id: 1, kind: I32 })));
        assert_eq!(reader.i32(), Some(-3));
        assert_eq!(reader.field(1), Some(Some(Field { id: 2, kind: LIST })));
        reader.skip(LIST).unwrap();
        assert_eq!(reader.field(2), Some(Some(Field { id: 18, kind: STRUCT })));
        reader.skip(STRUCT).unwrap();
        assert_eq!(reader.field(18), Some(Some(Field { id: 19, kind: 7 })));
        reader.skip(7).unwrap();
        assert_eq!((reader.field(19), reader.position()), (Some(None), bytes.len()));
        // Truncated anywhere, it fails.
        assert!((0..bytes.len()).all(|end| ThriftReader::new(&bytes[..end]).skip(STRUCT).is_none()));
    }

    #[test]
    fn lengths_beyond_the_bytes_are_refused() {
        assert_eq!(ThriftReader::new(&[0xf8, 0xff, 0xff, 0xff, 0x7f]).list(), None);
        assert_eq!(ThriftReader::new(&[0xff; 20]).varint(), None);
        assert_eq!(ThriftReader::new(&[0x1c; 100]).skip(STRUCT), None);
    }
}
