//! Writing delimited text.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::Result;
use crate::io::bytes::encoding::Encoding;
use crate::io::bytes::output::Output;
use crate::io::rows::encode::{BatchEncoder, EncodedBatch};
use crate::io::rows::flat_table::FlatTable;
use crate::io::rows::format::WriteOptions;
use crate::io::rows::loss::Loss;
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch};

/// Writes rows as CSV.
pub(in crate::io) struct CsvWriter {
    output: Output,
    encoder: Arc<LineEncoder>,
}

impl CsvWriter {
    /// Writes the header. For Excel, UTF-8 starts with a byte order mark, and text that Excel would evaluate as a
    /// formula is prefixed with an apostrophe.
    pub(in crate::io) fn new(
        mut output: Output,
        flat: FlatTable,
        delimiter: u8,
        options: &WriteOptions,
    ) -> Result<CsvWriter> {
        let for_excel = options.for_excel;
        let encoding = options.encoding.unwrap_or_default();
        let copies_records = flat.keeps_records() && encoding == Encoding::Utf8 && !for_excel;
        let encoder = LineEncoder { flat, delimiter, encoding, for_excel, copies_records };
        let mut header = vec![];
        if for_excel && encoding == Encoding::Utf8 {
            header.extend_from_slice("\u{feff}".as_bytes());
        }
        encoder.push_cells(encoder.flat.names().into_iter().map(Cow::Owned), true, &mut header);
        header.push(b'\n');
        output.bytes(&header)?;
        Ok(CsvWriter { output, encoder: Arc::new(encoder) })
    }
}

impl RowWriter for CsvWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        let encoded = self.encoder.encode(batch, answers);
        self.output.bytes(&encoded.bytes)
    }

    fn keeps_text_of(&self, batch: &Batch) -> bool {
        self.encoder.keeps_text_of(batch)
    }

    fn batch_encoder(&self) -> Option<Arc<dyn BatchEncoder>> {
        Some(self.encoder.clone())
    }

    fn write_encoded(&mut self, encoded: EncodedBatch) -> Result<()> {
        self.output.bytes(&encoded.bytes)
    }

    fn finish(self: Box<Self>) -> Result<Vec<Loss>> {
        self.output.commit()?;
        Ok(vec![])
    }
}

/// Encodes rows as lines.
struct LineEncoder {
    flat: FlatTable,
    delimiter: u8,
    encoding: Encoding,
    for_excel: bool,
    /// Whether records with this delimiter and without quotes are copied unchanged.
    copies_records: bool,
}

impl BatchEncoder for LineEncoder {
    fn encode(&self, batch: &Batch, answers: &AnswerTable<'_>) -> EncodedBatch {
        let mut lines = vec![];
        let has_input_columns = self.flat.fields().len() > self.flat.added();
        // The encoded answers that follow the cells of the input, once for all rows with the same answer.
        let mut encoded_answers = vec![];
        let mut ends = Vec::with_capacity(answers.tuple_count() + 1);
        ends.push(0);
        for values in answers.distinct() {
            self.push_cells(values.iter().map(|value| value.text_of()), !has_input_columns, &mut encoded_answers);
            encoded_answers.push(b'\n');
            ends.push(encoded_answers.len());
        }
        // The approximate size for most tables: their records, and short answers.
        lines.reserve(batch.text_bytes() + encoded_answers.len() + 8 * answers.tuples().len());
        for &(row_index, tuple) in answers.tuples() {
            match batch.row(row_index).record(self.delimiter).filter(|_| self.copies_records) {
                Some(record) => lines.extend_from_slice(record.as_bytes()),
                None => self.push_cells(self.flat.row(batch, row_index, &[]).into_iter(), true, &mut lines),
            }
            let index = tuple.number();
            lines.extend_from_slice(&encoded_answers[ends[index]..ends[index + 1]]);
        }
        EncodedBatch { bytes: lines, ..EncodedBatch::default() }
    }

    fn keeps_text_of(&self, _batch: &Batch) -> bool {
        self.flat.keeps_text()
    }

    fn needs_coordinates(&self) -> bool {
        self.flat.shows_geometry()
    }
}

impl LineEncoder {
    /// Appends cells separated by delimiters, and preceded by one unless they start a line.
    fn push_cells<'c>(&self, cells: impl Iterator<Item = Cow<'c, str>>, begins_line: bool, lines: &mut Vec<u8>) {
        let is_only_cell = begins_line && self.flat.fields().len() == 1;
        for (index, text) in cells.enumerate() {
            if index > 0 || !begins_line {
                lines.push(self.delimiter);
            }
            let text = if self.for_excel { escape_formula(text) } else { text };
            let bytes = self.encoding.encode(&text);
            let is_special = |byte: &u8| matches!(byte, b'"' | b'\n' | b'\r') || *byte == self.delimiter;
            // An empty line would be skipped by readers.
            if bytes.iter().any(is_special) || is_only_cell && bytes.is_empty() {
                lines.push(b'"');
                for part in bytes.split_inclusive(|&byte| byte == b'"') {
                    lines.extend_from_slice(part);
                    if part.ends_with(b"\"") {
                        lines.push(b'"');
                    }
                }
                lines.push(b'"');
            } else {
                lines.extend_from_slice(&bytes);
            }
        }
    }
}

/// Prefixes text that Excel would evaluate as a formula with an apostrophe, but not numbers such as −1.5.
fn escape_formula(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_number = || text.parse::<f64>().is_ok_and(f64::is_finite);
    let is_risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number();
    if is_risky { Cow::Owned(format!("'{text}")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_no_formulas() {
        for text in ["=1+1", "+cmd", "-x", "@sum", "\tx"] {
            assert_eq!(escape_formula(text.into()), format!("'{text}"));
        }
        for text in ["-1.5", "+3", "x=1", "", "1e5"] {
            assert_eq!(escape_formula(text.into()), text);
        }
    }
}
