//! Reading numbers and texts from bytes. All numbers are little-endian.

/// A position in bytes. Each method returns `None` if there are too few of them.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { rest: bytes }
    }

    /// The number of remaining bytes.
    pub(super) fn len(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(first)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*first)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]: [u8; 1]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn i16(&mut self) -> Option<i16> {
        self.array().map(i16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub(super) fn f32(&mut self) -> Option<f32> {
        self.array().map(f32::from_le_bytes)
    }

    pub(super) fn f64(&mut self) -> Option<f64> {
        self.array().map(f64::from_le_bytes)
    }

    /// An unsigned number of variable length: seven bits a byte, the lowest first.
    pub(super) fn varuint(&mut self) -> Option<u64> {
        let first = self.u8()?;
        self.continued(u64::from(first & 0x7f), first, 7)
    }

    /// A signed number of variable length: the first byte has the sign and six bits.
    pub(super) fn varint(&mut self) -> Option<i64> {
        let first = self.u8()?;
        let size = self.continued(u64::from(first & 0x3f), first, 6)? as i64;
        Some(if first & 0x40 == 0 { size } else { size.wrapping_neg() })
    }

    /// The further bytes of a number, whose first has `shift` bits of it. `None` if it is longer than 64 bits.
    fn continued(&mut self, mut value: u64, mut byte: u8, mut shift: u32) -> Option<u64> {
        while byte & 0x80 != 0 {
            byte = self.u8()?;
            if shift >= u64::BITS {
                return None;
            }
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
        }
        Some(value)
    }

    /// A number of variable length that counts what is left of the bytes, each at least `bytes_each` long.
    pub(super) fn count(&mut self, bytes_each: usize) -> Option<usize> {
        let count = usize::try_from(self.varuint()?).ok()?;
        (count <= self.len() / bytes_each).then_some(count)
    }

    /// Bytes that are preceded by their number.
    pub(super) fn prefixed(&mut self) -> Option<&'a [u8]> {
        let count = self.count(1)?;
        self.bytes(count)
    }

    /// A text in UTF-16 of a number of code units.
    pub(super) fn utf16(&mut self, units: usize) -> Option<String> {
        Some(utf16(self.bytes(units.checked_mul(2)?)?))
    }
}

/// A text in UTF-16; invalid code units become replacement characters.
pub(super) fn utf16(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_variable_lengths() {
        let unsigned = |bytes: &[u8]| Cursor::new(bytes).varuint();
        assert_eq!(
            (unsigned(&[0x7f]), unsigned(&[0x80, 0x01]), unsigned(&[0xff, 0x7f])),
            (Some(127), Some(128), Some(16_383))
        );
        let signed = |bytes: &[u8]| Cursor::new(bytes).varint();
        assert_eq!(
            (signed(&[0x3f]), signed(&[0x7f]), signed(&[0x80, 0x01]), signed(&[0xc1, 0x01])),
            (Some(63), Some(-63), Some(64), Some(-65))
        );
        for (unterminated, endless) in [(&[][..], &[0xff; 11][..]), (&[0x80, 0x80], &[0x80; 20])] {
            assert_eq!((unsigned(unterminated), signed(unterminated)), (None, None));
            assert_eq!((unsigned(endless), signed(endless)), (None, None));
        }
    }

    #[test]
    fn counts_do_not_exceed_the_bytes() {
        let mut cursor = Cursor::new(&[3, b'a', b'b', b'c', 2, b'd']);
        assert_eq!(cursor.prefixed(), Some(&b"abc"[..]));
        assert_eq!(cursor.prefixed(), None);
        assert_eq!(Cursor::new(&[2, 0, 0, 0]).count(2), None);
        assert_eq!(Cursor::new(&[0xf0, 0x53, 0xde, 0x5d]).utf16(2).unwrap(), "台州");
        assert_eq!(Cursor::new(&[0, 0]).utf16(usize::MAX), None);
    }
}
