//! Options: each is taken by its name, and one that nothing takes is an error.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use taizhou_corridor::crs::{AxisOrder, Crs};
use taizhou_corridor::io::{Encoding, Format, InputEncoding, ReadOptions};
use taizhou_corridor::plan::{Level, OutlineOptions, PlanField};
use taizhou_corridor::units::Metres;

use crate::problem::{Expected, Problem};

/// The options of a call.
pub(crate) struct Options<'py>(Bound<'py, PyDict>);

impl<'py> Options<'py> {
    /// A copy of a dictionary, of which options are taken.
    pub(crate) fn new(values: &Bound<'py, PyDict>) -> Result<Options<'py>, Problem> {
        Ok(Options(values.copy()?))
    }

    fn take<T>(
        &mut self,
        name: &str,
        expected: impl FnOnce() -> Expected,
        read: impl FnOnce(&Bound<'py, PyAny>) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.0.get_item(name)? else { return Ok(None) };
        self.0.del_item(name)?;
        if value.is_none() {
            return Ok(None);
        }
        match read(&value) {
            Some(value) => Ok(Some(value)),
            None => Err(Problem::BadOption { name: name.to_owned(), expected: expected() }),
        }
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        self.take(name, || Expected::Text, |value| value.extract().ok())
    }

    pub(crate) fn texts(&mut self, name: &str) -> Result<Vec<String>, Problem> {
        let read = |value: &Bound<'py, PyAny>| match value.is_instance_of::<PyString>() {
            true => Some(vec![value.extract().ok()?]),
            false => value.try_iter().ok()?.map(|text| text.ok()?.extract().ok()).collect(),
        };
        Ok(self.take(name, || Expected::Texts, read)?.unwrap_or_default())
    }

    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, Problem> {
        let read = |value: &Bound<'py, PyAny>| Some(value.cast::<PyBool>().ok()?.is_true());
        Ok(self.take(name, || Expected::Flag, read)?.unwrap_or_default())
    }

    /// A number, 0 or more.
    pub(crate) fn amount(&mut self, name: &str) -> Result<Option<f64>, Problem> {
        self.take(name, || Expected::Amount, |value| value.extract().ok().filter(|value: &f64| *value >= 0.0))
    }

    pub(crate) fn whole_number(&mut self, name: &str, min: u32, max: u32) -> Result<Option<u32>, Problem> {
        let read = |value: &Bound<'py, PyAny>| value.extract().ok().filter(|value| (min..=max).contains(value));
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
            let text: String = value.extract().ok()?;
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
        self.take(name, || Expected::Encoding, |value| value.extract::<String>().ok()?.parse().ok())
    }

    pub(crate) fn output_encoding(&mut self, name: &str) -> Result<Option<Encoding>, Problem> {
        let expected = || Expected::OneOf(vec!["UTF-8", "GB18030", "GBK"]);
        self.take(name, expected, |value| value.extract::<String>().ok()?.parse().ok())
    }

    /// The number of threads; none for all cores.
    pub(crate) fn threads(&mut self) -> Result<Option<usize>, Problem> {
        Ok(self.whole_number("threads", 1, 1024)?.map(|threads| threads as usize))
    }

    /// Whether the first bad row is an error.
    pub(crate) fn is_strict(&mut self) -> Result<bool, Problem> {
        const CHOICE: [(&str, bool); 2] = [("keep", false), ("raise", true)];
        Ok(self.one_of("on_invalid", &CHOICE, |(name, _)| name)?.is_some_and(|(_, is_strict)| is_strict))
    }

    /// The options of reading a table.
    pub(crate) fn read(&mut self) -> Result<ReadOptions, Problem> {
        const AXES: [(&str, AxisOrder); 3] =
            [("auto", AxisOrder::Auto), ("en", AxisOrder::EastNorth), ("ne", AxisOrder::NorthEast)];
        let header_row = self.whole_number("header_row", 1, 1_048_576)?;
        let axis = self.one_of("axis", &AXES, |(name, _)| name)?;
        Ok(ReadOptions {
            format: self.format("input_format")?,
            crs: self.crs("crs")?,
            override_crs: self.crs("override_crs")?,
            axis_order: axis.map(|(_, order)| order).unwrap_or_default(),
            encoding: self.input_encoding("input_encoding")?,
            layer: self.text("layer")?,
            strict_crs: self.flag("strict_crs")?,
            lon_field: self.text("lon_field")?,
            lat_field: self.text("lat_field")?,
            coord_field: self.text("coord_field")?,
            header_rows: header_row.map(|row| u64::from(row)..=u64::from(row)),
            wkt_field: self.text("wkt_field")?,
            uses_aliases: self.flag("field_names")?,
            decodes_domains: self.flag("domains")?,
            ..ReadOptions::default()
        })
    }

    /// The options of reading a plan.
    pub(crate) fn outline(&mut self) -> Result<(ReadOptions, OutlineOptions), Problem> {
        let read = ReadOptions {
            crs: self.crs("crs")?,
            override_crs: self.crs("override_crs")?,
            encoding: self.input_encoding("input_encoding")?,
            layer: self.text("layer")?,
            prefers_wkt: true,
            ..ReadOptions::default()
        };
        let pairs = self.take(
            "fields",
            || Expected::Fields,
            |value| {
                let dict = value.cast::<PyDict>().ok()?;
                dict.iter().map(|(name, field)| Some((name.extract().ok()?, field.extract().ok()?))).collect()
            },
        )?;
        let pairs: Vec<(String, String)> = pairs.unwrap_or_default();
        let field = |(property, field): (String, String)| {
            let bad = || Problem::BadOption {
                name: "fields".to_owned(),
                expected: Expected::OneOf(PlanField::PROPERTIES.to_vec()),
            };
            PlanField::parse(&format!("{property}={field}")).ok_or_else(bad)
        };
        let outline = OutlineOptions {
            name_field: self.text("name_field")?,
            fields: pairs.into_iter().map(field).collect::<Result<_, _>>()?,
            accuracy: self.amount("accuracy")?.map(Metres),
            ..OutlineOptions::default()
        };
        Ok((read, outline))
    }

    /// Errors if an option was not taken.
    pub(crate) fn finish(&self) -> Result<(), Problem> {
        match self.0.keys().iter().next() {
            Some(name) => Err(Problem::UnknownOption { name: name.to_string() }),
            None => Ok(()),
        }
    }
}
