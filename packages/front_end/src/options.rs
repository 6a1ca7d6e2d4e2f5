//! Options: each is taken by its name on the command line, and one that nothing takes is an error.

use serde_json::{Map, Value};
use taizhou_corridor::crs::Crs;
use taizhou_corridor::io::{Encoding, Format, InputEncoding};
use taizhou_corridor::plan::Level;

use crate::{Expected, Language, OptionProblem};

/// The options of a call, with names as the language writes them.
#[derive(Debug, Clone)]
pub struct Options {
    values: Map<String, Value>,
    language: Language,
}

impl Options {
    /// Options of a call in a language.
    pub fn new(values: Map<String, Value>, language: Language) -> Options {
        Options { values, language }
    }

    /// Takes an option, and reads its value; `None` if it is not given or null.
    pub fn take<T>(
        &mut self,
        option: &str,
        expected: impl FnOnce() -> Expected,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, OptionProblem> {
        let name = self.language.name(option);
        match self.values.remove(&name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(&value) {
                Some(value) => Ok(Some(value)),
                None => Err(OptionProblem::Bad { name, expected: expected() }),
            },
        }
    }

    /// A text.
    pub fn text(&mut self, option: &str) -> Result<Option<String>, OptionProblem> {
        self.take(option, || Expected::Text, |value| value.as_str().map(str::to_owned))
    }

    /// A text or several; none if the option is not given.
    pub fn texts(&mut self, option: &str) -> Result<Vec<String>, OptionProblem> {
        let read = |value: &Value| match value {
            Value::String(text) => Some(vec![text.clone()]),
            value => value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        };
        Ok(self.take(option, || Expected::Texts, read)?.unwrap_or_default())
    }

    /// Texts that are parsed one by one.
    pub fn parsed<T>(
        &mut self,
        option: &str,
        expected: fn() -> Expected,
        parse: fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, OptionProblem> {
        let texts = self.texts(option)?;
        let bad = || OptionProblem::Bad { name: self.language.name(option), expected: expected() };
        texts.iter().map(|text| parse(text).ok_or_else(bad)).collect()
    }

    /// True or false; false if it is not given.
    pub fn flag(&mut self, option: &str) -> Result<bool, OptionProblem> {
        Ok(self.take(option, || Expected::Flag, Value::as_bool)?.unwrap_or_default())
    }

    /// A number, 0 or more.
    pub fn amount(&mut self, option: &str) -> Result<Option<f64>, OptionProblem> {
        self.take(option, || Expected::Amount, |value| value.as_f64().filter(|value| *value >= 0.0))
    }

    /// A whole number in a range.
    pub fn whole_number(&mut self, option: &str, min: u32, max: u32) -> Result<Option<u32>, OptionProblem> {
        // In JavaScript, all numbers are doubles.
        let read = |value: &Value| {
            let value = value.as_f64()?;
            (value.fract() == 0.0 && (f64::from(min)..=f64::from(max)).contains(&value)).then_some(value as u32)
        };
        self.take(option, || Expected::WholeNumber { min, max }, read)
    }

    /// One of several values with names.
    pub fn one_of<T: Copy>(
        &mut self,
        option: &str,
        all: &[T],
        name_of: fn(T) -> &'static str,
    ) -> Result<Option<T>, OptionProblem> {
        let expected = || Expected::OneOf(all.iter().map(|one| name_of(*one)).collect());
        self.take(option, expected, |value| {
            let text = value.as_str()?;
            all.iter().copied().find(|one| name_of(*one) == text)
        })
    }

    /// Several of such values, each once.
    pub fn some_of<T: Copy + PartialEq>(
        &mut self,
        option: &str,
        all: &[T],
        name_of: fn(T) -> &'static str,
    ) -> Result<Vec<T>, OptionProblem> {
        let mut chosen = vec![];
        for text in self.texts(option)? {
            let Some(one) = all.iter().copied().find(|one| name_of(*one) == text) else {
                let expected = Expected::OneOf(all.iter().map(|one| name_of(*one)).collect());
                return Err(OptionProblem::Bad { name: self.language.name(option), expected });
            };
            if !chosen.contains(&one) {
                chosen.push(one);
            }
        }
        Ok(chosen)
    }

    /// A level of the plan.
    pub fn level(&mut self, option: &str) -> Result<Option<Level>, OptionProblem> {
        self.one_of(option, &Level::ALL, Level::as_str)
    }

    /// The format of a table.
    pub fn format(&mut self, option: &str) -> Result<Option<Format>, OptionProblem> {
        self.one_of(option, &Format::ALL, Format::as_str)
    }

    /// A coordinate system.
    pub fn crs(&mut self, option: &str) -> Result<Option<Crs>, OptionProblem> {
        Ok(self.text(option)?.map(|text| Crs::parse(&text)).transpose()?)
    }

    /// The encoding of an input.
    pub fn input_encoding(&mut self, option: &str) -> Result<Option<InputEncoding>, OptionProblem> {
        self.take(option, || Expected::Encoding, |value| value.as_str()?.parse().ok())
    }

    /// The encoding of an output.
    pub fn output_encoding(&mut self, option: &str) -> Result<Option<Encoding>, OptionProblem> {
        let expected = || Expected::OneOf(vec!["UTF-8", "GB18030", "GBK"]);
        self.take(option, expected, |value| value.as_str()?.parse().ok())
    }

    /// Errors if an option was not taken.
    pub fn finish(&self) -> Result<(), OptionProblem> {
        match self.values.keys().next() {
            Some(name) => Err(OptionProblem::Unknown { name: name.clone() }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use taizhou_corridor::messages::Lang;

    use super::*;

    fn options(values: Value, language: Language) -> Options {
        Options::new(values.as_object().cloned().unwrap_or_default(), language)
    }

    #[test]
    fn options_have_the_names_of_the_language() {
        let mut own = options(json!({ "toCrs": "EPSG:4549", "strict": true }), Language::JavaScript);
        assert_eq!(own.crs("to-crs").ok().flatten(), Some(Crs::Epsg(4549)));
        assert!(own.finish().is_err());
        assert_eq!((own.flag("strict").ok(), own.finish().is_ok()), (Some(true), true));
        let mut own = options(json!({ "to_crs": "EPSG:4549" }), Language::Python);
        assert_eq!(own.crs("to-crs").ok().flatten(), Some(Crs::Epsg(4549)));
    }

    #[test]
    fn what_is_expected_is_said_in_the_words_of_the_language() {
        let said = |language| {
            let problem = options(json!({ "wide": 1 }), language).flag("wide").err()?;
            Some((problem.code(), problem.message(Lang::En, language), problem.message(Lang::Zh, language)))
        };
        let [python, javascript] = [Language::Python, Language::JavaScript].map(said);
        assert_eq!(
            python,
            Some((
                "bad-option",
                "option `wide`: True or False is expected".into(),
                "选项`wide`：应为True或False".into()
            ))
        );
        assert!(javascript.is_some_and(|(_, english, _)| english.ends_with("true or false is expected")));
    }

    #[test]
    fn numbers_have_their_range() {
        let number = |value| options(json!({ "precision": value }), Language::Python).whole_number("precision", 0, 15);
        assert_eq!(number(json!(15.0)).ok(), Some(Some(15)));
        assert!(
            [json!(16), json!(1.5), json!(-1), json!("1"), json!(true)].into_iter().all(|value| number(value).is_err())
        );
    }
}
