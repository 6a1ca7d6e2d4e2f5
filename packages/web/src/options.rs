//! Options: each is taken by its name, and one that nothing takes is an error.

use serde_json::{Map, Value};
use taizhou_corridor::crs::Crs;
use taizhou_corridor::io::{Encoding, Format, InputEncoding};
use taizhou_corridor::plan::Level;

use crate::problem::{Expected, Problem};

/// The options of a request.
pub(crate) struct Options(Map<String, Value>);

impl Options {
    pub(crate) fn new(values: Map<String, Value>) -> Options {
        Options(values)
    }

    fn take<T>(
        &mut self,
        name: &str,
        expected: impl FnOnce() -> Expected,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(&value) {
                Some(value) => Ok(Some(value)),
                None => Err(Problem::BadOption { name: name.to_owned(), expected: expected() }),
            },
        }
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        self.take(name, || Expected::Text, |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn texts(&mut self, name: &str) -> Result<Vec<String>, Problem> {
        let read = |value: &Value| match value {
            Value::String(text) => Some(vec![text.clone()]),
            value => value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        };
        Ok(self.take(name, || Expected::Texts, read)?.unwrap_or_default())
    }

    /// Texts that are parsed one by one.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        expected: fn() -> Expected,
        parse: fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Problem> {
        let bad = || Problem::BadOption { name: name.to_owned(), expected: expected() };
        self.texts(name)?.iter().map(|text| parse(text).ok_or_else(bad)).collect()
    }

    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, Problem> {
        Ok(self.take(name, || Expected::Flag, Value::as_bool)?.unwrap_or_default())
    }

    /// A number, 0 or more.
    pub(crate) fn amount(&mut self, name: &str) -> Result<Option<f64>, Problem> {
        self.take(name, || Expected::Amount, |value| value.as_f64().filter(|value| *value >= 0.0))
    }

    pub(crate) fn whole_number(&mut self, name: &str, min: u32, max: u32) -> Result<Option<u32>, Problem> {
        // In JavaScript, all numbers are doubles.
        let read = |value: &Value| {
            let value = value.as_f64()?;
            (value.fract() == 0.0 && (f64::from(min)..=f64::from(max)).contains(&value)).then_some(value as u32)
        };
        self.take(name, || Expected::WholeNumber { min, max }, read)
    }

    /// One of several values with names.
    pub(crate) fn one_of<T: Copy>(
        &mut self,
        name: &str,
        all: &[T],
        name_of: fn(T) -> &'static str,
    ) -> Result<Option<T>, Problem> {
        let expected = || Expected::OneOf(all.iter().map(|one| name_of(*one)).collect());
        self.take(name, expected, |value| {
            let text = value.as_str()?;
            all.iter().copied().find(|one| name_of(*one) == text)
        })
    }

    /// Several of such values, each once.
    pub(crate) fn some_of<T: Copy + PartialEq>(
        &mut self,
        name: &str,
        all: &[T],
        name_of: fn(T) -> &'static str,
    ) -> Result<Vec<T>, Problem> {
        let mut chosen = vec![];
        for text in self.texts(name)? {
            let Some(one) = all.iter().copied().find(|one| name_of(*one) == text) else {
                let expected = Expected::OneOf(all.iter().map(|one| name_of(*one)).collect());
                return Err(Problem::BadOption { name: name.to_owned(), expected });
            };
            if !chosen.contains(&one) {
                chosen.push(one);
            }
        }
        Ok(chosen)
    }

    pub(crate) fn level(&mut self, name: &str) -> Result<Option<Level>, Problem> {
        self.one_of(name, &Level::ALL, Level::as_str)
    }

    pub(crate) fn format(&mut self, name: &str) -> Result<Option<Format>, Problem> {
        self.one_of(name, &Format::ALL, Format::as_str)
    }

    pub(crate) fn crs(&mut self, name: &str) -> Result<Option<Crs>, Problem> {
        Ok(self.text(name)?.map(|text| Crs::parse(&text)).transpose()?)
    }

    pub(crate) fn input_encoding(&mut self, name: &str) -> Result<Option<InputEncoding>, Problem> {
        self.take(name, || Expected::Encoding, |value| value.as_str()?.parse().ok())
    }

    pub(crate) fn output_encoding(&mut self, name: &str) -> Result<Option<Encoding>, Problem> {
        let expected = || Expected::OneOf(vec!["UTF-8", "GB18030", "GBK"]);
        self.take(name, expected, |value| value.as_str()?.parse().ok())
    }

    /// Errors if an option was not taken.
    pub(crate) fn finish(&self) -> Result<(), Problem> {
        match self.0.keys().next() {
            Some(name) => Err(Problem::UnknownOption { name: name.clone() }),
            None => Ok(()),
        }
    }
}

/// The formats of tables that are not those of rows.
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
    pub(crate) fn take(options: &mut Options, all: &[TextFormat]) -> Result<TextFormat, Problem> {
        Ok(options.one_of("format", all, TextFormat::as_str)?.unwrap_or(TextFormat::Text))
    }
}
