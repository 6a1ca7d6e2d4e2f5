//! Records: an entity, a table entry or a section head, which the code 0 begins.

use super::pairs::{Pairs, Value, truncated};
use crate::error::Result;

/// The codes of a record, in their order. One record is reused for all.
#[derive(Debug, Default)]
pub(super) struct Record {
    name: Vec<u8>,
    items: Vec<(i32, Item)>,
    /// The texts of the items.
    texts: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Item {
    Number(f64),
    /// A range of the texts.
    Text(usize, usize),
}

impl Record {
    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }

    /// The first number with a code.
    pub(super) fn number(&self, code: i32) -> Option<f64> {
        self.numbers(code).next()
    }

    /// The numbers with a code.
    pub(super) fn numbers(&self, code: i32) -> impl Iterator<Item = f64> {
        self.items.iter().filter_map(move |item| match item {
            (found, Item::Number(number)) if *found == code => Some(*number),
            _ => None,
        })
    }

    /// The bits of an integer; 0 if it is missing.
    pub(super) fn flags(&self, code: i32) -> i64 {
        // Out of range, it is the nearest integer; NaN is 0.
        self.number(code).map_or(0, |number| number as i64)
    }

    /// The first text with a code.
    pub(super) fn text(&self, code: i32) -> Option<&[u8]> {
        self.texts(code).next()
    }

    /// The texts with a code.
    pub(super) fn texts(&self, code: i32) -> impl Iterator<Item = &[u8]> {
        self.items.iter().filter_map(move |item| match item {
            (found, Item::Text(from, to)) if *found == code => self.texts.get(*from..*to),
            _ => None,
        })
    }

    /// A position of the codes of x, y = x + 10 and z = x + 20.
    pub(super) fn position(&self, code: i32) -> Option<[f64; 3]> {
        Some([self.number(code)?, self.number(code + 10)?, self.number(code + 20).unwrap_or(0.0)])
    }

    /// All pairs.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (i32, Value<'_>)> + Clone {
        self.items.iter().map(|(code, item)| match *item {
            Item::Number(number) => (*code, Value::Number(number)),
            Item::Text(from, to) => (*code, Value::Text(self.texts.get(from..to).unwrap_or_default())),
        })
    }

    fn push(&mut self, code: i32, value: Value<'_>) {
        let item = match value {
            Value::Number(number) => Item::Number(number),
            Value::Text(text) => {
                let from = self.texts.len();
                self.texts.extend_from_slice(text);
                Item::Text(from, self.texts.len())
            }
        };
        self.items.push((code, item));
    }
}

/// Reads records.
pub(super) struct Records {
    pairs: Pairs,
    /// The name of the next record, whose code 0 is read.
    next: Vec<u8>,
}

impl Records {
    /// Reads up to the first record.
    pub(super) fn new(mut pairs: Pairs) -> Result<Records> {
        loop {
            let Some(pair) = pairs.next()? else { return Err(truncated()) };
            if let (0, Value::Text(name)) = (pair.code, pair.value) {
                let next = name.trim_ascii().to_vec();
                return Ok(Records { pairs, next });
            }
        }
    }

    pub(super) fn is_binary(&self) -> bool {
        self.pairs.is_binary()
    }

    /// The name of the next record.
    pub(super) fn peek(&self) -> &[u8] {
        &self.next
    }

    /// Reads the next record; false at the end of the drawing. A file that ends before is truncated.
    pub(super) fn read(&mut self, record: &mut Record) -> Result<bool> {
        const END: &[u8] = b"EOF";
        /// What follows belongs to an object in the record, with codes of its own.
        const EMBEDDED: i32 = 101;
        record.items.clear();
        record.texts.clear();
        std::mem::swap(&mut record.name, &mut self.next);
        if record.name == END {
            self.next = END.to_vec();
            return Ok(false);
        }
        let mut is_embedded = false;
        loop {
            let Some(pair) = self.pairs.next()? else { return Err(truncated()) };
            if let (0, Value::Text(name)) = (pair.code, pair.value) {
                self.next.clear();
                self.next.extend_from_slice(name.trim_ascii());
                return Ok(true);
            }
            is_embedded |= pair.code == EMBEDDED;
            if !is_embedded || pair.code >= 1000 {
                record.push(pair.code, pair.value);
            }
        }
    }
}
