//! WKT reader, for ISO and PostGIS (EWKT).
//!
//! The crate `wkt` (0.14) is not used: it does not support curves, `SRID=`, Z values without a `Z` before them or empty
//! members of a multipoint, and it ignores text after the end.

use geo::{Coord, Geometry, Point};

use super::Decoded;
use super::arcs::ArcTolerance;
use super::assembly::{Assembly, MAX_DEPTH};
use super::kind::Kind;
use super::wkb::{HEADER_BYTES, from_wkb, srid_of_wkb};
use crate::error::{GeometryProblem, RowProblem, WktToken};

/// Reads WKT, with or without the `SRID=` prefix of EWKT. Arcs are linearised. Fails if the text is malformed, or if
/// the geometry type has no shape in the plane.
///
/// ```
/// use geo::{Geometry, point};
/// use taizhou_corridor::geometry::encoding::{ArcTolerance, from_wkt};
///
/// let read = |text| from_wkt(text, ArcTolerance::default());
/// assert_eq!(read("Point (121.4 28.65)").unwrap().geometry, Some(Geometry::Point(point! { x: 121.4, y: 28.65 })));
/// assert_eq!(read("SRID=4490;POINT (121.4 28.65)").unwrap().srid, Some(4490));
/// assert!(read("POLYGON ((121.4 28.65").is_err());
/// assert_eq!(read("TIN (((0 0, 1 0, 0 1, 0 0)))").unwrap_err().code(), "unsupported-geometry");
/// ```
pub fn from_wkt(text: &str, arcs: ArcTolerance) -> Result<Decoded, RowProblem> {
    let mut assembly = Assembly::new(arcs);
    let (srid, plain) = split_srid(text);
    if let Some(srid) = srid {
        // A negative SRID means none.
        assembly.see_srid(u32::try_from(srid?).unwrap_or_default())?;
    }
    let mut text = Text { rest: plain };
    let geometry = geometry(&mut text, None, MAX_DEPTH, &mut assembly)?;
    text.skip_space();
    if !text.rest.is_empty() {
        return Err(GeometryProblem::TextAfterEnd(excerpt(text.rest)).into());
    }
    Ok(assembly.finish(geometry))
}

/// Reads a text cell: WKT, or WKB in hexadecimal digits as PostGIS exports it.
///
/// ```
/// use taizhou_corridor::geometry::encoding::{ArcTolerance, from_text};
///
/// let hex = "0101000020E610000032384A5E9D575E404772F90FE9A73C40";
/// let text = "SRID=4326;POINT(121.36898 28.6559)";
/// let read = |text| from_text(text, ArcTolerance::default()).unwrap();
/// assert_eq!(read(hex), read(text));
/// ```
pub fn from_text(text: &str, arcs: ArcTolerance) -> Result<Decoded, RowProblem> {
    match hex_digits(text) {
        Some(digits) => from_wkb(&bytes_of(digits).ok_or(GeometryProblem::NotHexadecimal)?, arcs),
        None => from_wkt(text, arcs),
    }
}

/// The SRID in a text cell with WKT or hexadecimal WKB.
pub(crate) fn srid_of_text(text: &str) -> Option<u32> {
    match hex_digits(text) {
        Some(digits) => srid_of_wkb(&bytes_of(digits.get(..2 * HEADER_BYTES)?)?),
        None => u32::try_from(split_srid(text).0?.ok()?).ok().filter(|srid| *srid != 0),
    }
}

/// Hexadecimal WKB without the prefix of exported bytes; `None` if the text is not hexadecimal WKB. No WKT starts with
/// the byte order digits of WKB.
fn hex_digits(text: &str) -> Option<&str> {
    let text = text.trim();
    let digits = ["\\x", "0x", "0X"].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
    (digits.starts_with("00") || digits.starts_with("01")).then_some(digits)
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| Some(char::from(byte).to_digit(16)? as u8);
    let (pairs, rest) = digits.as_bytes().as_chunks();
    let bytes = pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    if rest.is_empty() { bytes } else { None }
}

/// Splits an optional `SRID=` prefix from the WKT.
fn split_srid(text: &str) -> (Option<Result<i64, RowProblem>>, &str) {
    let Some((start, plain)) = text.split_once(';') else { return (None, text) };
    match start.split_once('=') {
        Some((name, number)) if name.trim().eq_ignore_ascii_case("SRID") => {
            (Some(number.trim().parse().map_err(|_| GeometryProblem::Srid(excerpt(number)).into())), plain)
        }
        _ => (None, text),
    }
}

/// The first characters of a text, for a message.
fn excerpt(text: &str) -> String {
    text.chars().take(20).collect()
}

/// Reads a geometry, which is a member of a `parent` or at the top level; `depth_left` is the remaining nesting of
/// collections.
fn geometry(
    text: &mut Text<'_>,
    parent: Option<Kind>,
    depth_left: usize,
    assembly: &mut Assembly,
) -> Result<Option<Geometry<f64>>, RowProblem> {
    let (kind, mut dimensions) = text.header(parent)?;
    if let Some(parent) = parent.filter(|parent| !parent.allows_member(kind)) {
        return Err(GeometryProblem::Member { member: kind.name(), parent: parent.name() }.into());
    }
    if text.is_empty_word() {
        return Ok(None);
    }
    let read = match kind {
        // Points of a MULTIPOINT may be written without parentheses.
        Kind::Point if parent == Some(Kind::MultiPoint) && !text.is_at(b'(') => {
            Some(Geometry::Point(Point(text.coord(&mut dimensions)?)))
        }
        Kind::Point => {
            text.expect(b'(')?;
            let coord = text.coord(&mut dimensions)?;
            text.expect(b')')?;
            Some(Geometry::Point(Point(coord)))
        }
        Kind::LineString | Kind::CircularString => {
            let coords = text.coords(&mut dimensions)?;
            assembly.line(kind, coords)?
        }
        Kind::Polygon | Kind::Triangle => {
            let ring =
                |text: &mut Text<'_>| if text.is_empty_word() { Ok(vec![]) } else { text.coords(&mut dimensions) };
            let rings = text.list(ring)?;
            assembly.polygon(rings)
        }
        _ => {
            let depth_left = depth_left.checked_sub(1).ok_or(GeometryProblem::NestedTooDeep)?;
            let members = text.list(|text| geometry(text, Some(kind), depth_left, assembly))?;
            assembly.compound(kind, members)?
        }
    };
    if dimensions.is_some_and(|count| count > 2) {
        assembly.record_heights();
    }
    Ok(read)
}

/// The remaining text.
struct Text<'t> {
    rest: &'t str,
}

impl<'t> Text<'t> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn is_at(&mut self, byte: u8) -> bool {
        self.skip_space();
        self.rest.as_bytes().first() == Some(&byte)
    }

    fn take_byte(&mut self, byte: u8) -> bool {
        let is_there = self.is_at(byte);
        if is_there {
            self.rest = &self.rest[1..];
        }
        is_there
    }

    fn expect(&mut self, byte: u8) -> Result<(), RowProblem> {
        if self.take_byte(byte) { Ok(()) } else { Err(self.unexpected(WktToken::Character(char::from(byte)))) }
    }

    fn unexpected(&self, expected: WktToken) -> RowProblem {
        let problem = match self.rest {
            "" => GeometryProblem::TextEnds(expected),
            rest => GeometryProblem::UnexpectedText { found: excerpt(rest), expected },
        };
        problem.into()
    }

    /// The next letters, without consuming them.
    fn peek_word(&mut self) -> &'t str {
        self.skip_space();
        let end = self.rest.bytes().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        &self.rest[..end]
    }

    fn is_empty_word(&mut self) -> bool {
        let peek_word = self.peek_word();
        let is_empty = peek_word.eq_ignore_ascii_case("EMPTY");
        if is_empty {
            self.rest = &self.rest[peek_word.len()..];
        }
        is_empty
    }

    /// The type of a geometry, and the number of coordinates per position if given.
    fn header(&mut self, parent: Option<Kind>) -> Result<(Kind, Option<usize>), RowProblem> {
        let peek_word = self.peek_word();
        let plain = parent.and_then(Kind::default_member);
        if let Some(plain) = plain.filter(|_| peek_word.is_empty() || peek_word.eq_ignore_ascii_case("EMPTY")) {
            return Ok((plain, None));
        }
        let upper = peek_word.to_ascii_uppercase();
        let with_dimensions = || {
            let matched = [("ZM", 4), ("Z", 3), ("M", 3)];
            matched.iter().find_map(|(end, count)| Some((Kind::of_name(upper.strip_suffix(end)?)?, Some(*count))))
        };
        let matched = Kind::of_name(&upper).map(|kind| (kind, None)).or_else(with_dimensions);
        let (kind, mut dimensions) = matched.ok_or_else(|| self.unexpected(WktToken::GeometryType))?;
        self.rest = &self.rest[peek_word.len()..];
        if dimensions.is_none() {
            let peek_word = self.peek_word();
            dimensions = match peek_word.to_ascii_uppercase().as_str() {
                "Z" | "M" => Some(3),
                "ZM" => Some(4),
                _ => None,
            };
            if dimensions.is_some() {
                self.rest = &self.rest[peek_word.len()..];
            }
        }
        Ok((kind?, dimensions))
    }

    /// A comma-separated list in parentheses.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Text<'t>) -> Result<T, RowProblem>) -> Result<Vec<T>, RowProblem> {
        self.expect(b'(')?;
        let mut items = vec![];
        loop {
            items.push(item(self)?);
            if !self.take_byte(b',') {
                self.expect(b')')?;
                return Ok(items);
            }
        }
    }

    fn coords(&mut self, dimensions: &mut Option<usize>) -> Result<Vec<Coord<f64>>, RowProblem> {
        self.list(|text| text.coord(dimensions))
    }

    /// A position, which must have as many coordinates as the previous ones.
    fn coord(&mut self, dimensions: &mut Option<usize>) -> Result<Coord<f64>, RowProblem> {
        let coord = Coord { x: self.number()?, y: self.number()? };
        let mut count = 2;
        while !self.is_at(b',') && !self.is_at(b')') && count < 4 {
            self.number()?;
            count += 1;
        }
        match dimensions.get_or_insert(count) {
            expected if *expected == count => Ok(coord),
            expected => Err(GeometryProblem::PositionSize { found: count, expected: *expected }.into()),
        }
    }

    fn number(&mut self) -> Result<f64, RowProblem> {
        self.skip_space();
        let is_part = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
        let end = self.rest.bytes().position(|byte| !is_part(byte)).unwrap_or(self.rest.len());
        let number = self.rest[..end].parse().map_err(|_| self.unexpected(WktToken::Number))?;
        self.rest = &self.rest[end..];
        Ok(number)
    }
}
