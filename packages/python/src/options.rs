//! The options of a call: a dictionary as values with names, and those that only this package has.

use corridor_front_end::{Expected, Language, OptionProblem, Options};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use serde_json::{Map, Value};
use taizhou_corridor::io::ReadOptions;
use taizhou_corridor::plan::{OutlineOptions, PlanField};
use taizhou_corridor::units::Metres;

use crate::problem::Problem;

/// The options in a dictionary.
pub(crate) fn options_of(values: &Bound<'_, PyDict>) -> Result<Options, Problem> {
    Ok(Options::new(object_of(values)?, Language::Python))
}

fn object_of(values: &Bound<'_, PyDict>) -> Result<Map<String, Value>, Problem> {
    values.iter().map(|(name, value)| Ok((name.extract()?, value_of(&value)?))).collect()
}

/// A value of Python. One that no option takes is an object without members.
fn value_of(value: &Bound<'_, PyAny>) -> Result<Value, Problem> {
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(truth) = value.cast::<PyBool>() {
        return Ok(truth.is_true().into());
    }
    if value.is_instance_of::<PyString>() {
        return Ok(value.extract::<String>()?.into());
    }
    if let Ok(values) = value.cast::<PyDict>() {
        return Ok(Value::Object(object_of(values)?));
    }
    if let Ok(number) = value.extract::<f64>() {
        // An amount that is not finite is none.
        return Ok(if number.is_finite() { number.into() } else { Value::Object(Map::new()) });
    }
    match value.try_iter() {
        Ok(values) => values.map(|value| value_of(&value?)).collect(),
        Err(_) => Ok(Value::Object(Map::new())),
    }
}

/// The number of threads; none for all cores.
pub(crate) fn threads(options: &mut Options) -> Result<Option<usize>, OptionProblem> {
    Ok(options.whole_number("threads", 1, 1024)?.map(|threads| threads as usize))
}

/// Whether the first bad row is an error.
pub(crate) fn is_strict(options: &mut Options) -> Result<bool, OptionProblem> {
    const CHOICE: [(&str, bool); 2] = [("keep", false), ("raise", true)];
    Ok(options.one_of("on-invalid", &CHOICE, |(name, _)| name)?.is_some_and(|(_, is_strict)| is_strict))
}

/// The options of reading a plan.
pub(crate) fn outline(options: &mut Options) -> Result<(ReadOptions, OutlineOptions), OptionProblem> {
    let read = ReadOptions {
        crs: options.crs("crs")?,
        override_crs: options.crs("override-crs")?,
        encoding: options.input_encoding("input-encoding")?,
        layer: options.text("layer")?,
        prefers_wkt: true,
        ..ReadOptions::default()
    };
    let pairs = options.take(
        "fields",
        || Expected::PlanFieldPairs,
        |value| {
            let pair = |(property, field): (&String, &Value)| Some(format!("{property}={}", field.as_str()?));
            value.as_object()?.iter().map(pair).collect::<Option<Vec<String>>>()
        },
    )?;
    let field = |pair: String| {
        let expected = || Expected::OneOf(PlanField::PROPERTIES.to_vec());
        PlanField::parse(&pair).ok_or_else(|| OptionProblem::Bad { name: "fields".to_owned(), expected: expected() })
    };
    let outline = OutlineOptions {
        name_field: options.text("name-field")?,
        fields: pairs.unwrap_or_default().into_iter().map(field).collect::<Result<_, _>>()?,
        accuracy: options.amount("accuracy")?.map(Metres),
        ..OutlineOptions::default()
    };
    Ok((read, outline))
}
