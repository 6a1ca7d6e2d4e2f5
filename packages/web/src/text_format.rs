//! The formats of tables that are not those of rows.

use corridor_front_end::{OptionProblem, Options};

/// Text for people, and records.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextFormat {
    Text,
    Csv,
    Json,
    GeoJson,
}

impl TextFormat {
    fn as_str(self) -> &'static str {
        match self {
            TextFormat::Text => "text",
            TextFormat::Csv => "csv",
            TextFormat::Json => "json",
            TextFormat::GeoJson => "geojson",
        }
    }

    pub(crate) fn ending(self) -> &'static str {
        if self == TextFormat::Text { "txt" } else { self.as_str() }
    }

    /// The chosen one, by default text.
    pub(crate) fn take(options: &mut Options, all: &[TextFormat]) -> Result<TextFormat, OptionProblem> {
        Ok(options.one_of("format", all, TextFormat::as_str)?.unwrap_or(TextFormat::Text))
    }
}
