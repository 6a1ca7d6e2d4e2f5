//! Why options cannot be used, in words.

use taizhou_corridor::error::Error;
use taizhou_corridor::messages::{self, Lang};
use taizhou_corridor::plan::PlanField;

use crate::Language;

/// Why there is no answer: the options, or the data that they are about.
#[derive(Debug)]
pub enum OptionProblem {
    /// An error of the library.
    Library(Error),
    /// The value of an option is not what is expected.
    Bad {
        /// The name of the option, as the language writes it.
        name: String,
        /// What is expected.
        expected: Expected,
    },
    /// An option that the function does not have.
    Unknown {
        /// Its name.
        name: String,
    },
}

impl From<Error> for OptionProblem {
    fn from(error: Error) -> OptionProblem {
        OptionProblem::Library(error)
    }
}

impl OptionProblem {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            OptionProblem::Library(error) => error.kind().code(),
            OptionProblem::Bad { .. } => "bad-option",
            OptionProblem::Unknown { .. } => "unknown-option",
        }
    }

    /// What happened.
    pub fn message(&self, lang: Lang, language: Language) -> String {
        match (lang, self) {
            (_, OptionProblem::Library(error)) => language.with_own_names(&messages::error(error, lang)),
            (Lang::En, OptionProblem::Bad { name, expected }) => {
                format!("option `{name}`: {}", expected.english(language))
            }
            (Lang::Zh, OptionProblem::Bad { name, expected }) => {
                format!("选项`{name}`：{}", expected.chinese(language))
            }
            (Lang::En, OptionProblem::Unknown { name }) => format!("there is no option `{name}` here"),
            (Lang::Zh, OptionProblem::Unknown { name }) => format!("此处没有`{name}`选项"),
        }
    }

    /// What to do. `not_built` is said of what the package does not have.
    pub fn advice(&self, lang: Lang, language: Language, not_built: &str) -> Option<String> {
        match self {
            OptionProblem::Library(_) if self.code() == "not-built" => Some(not_built.to_owned()),
            OptionProblem::Library(error) => {
                messages::advice(error, lang).map(|advice| language.with_own_names(advice))
            }
            _ => None,
        }
    }
}

/// The expected value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// A text.
    Text,
    /// A text or several.
    Texts,
    /// True or false.
    Flag,
    /// A number, 0 or more.
    Amount,
    /// A whole number in a range.
    WholeNumber {
        /// The least.
        min: u32,
        /// The largest.
        max: u32,
    },
    /// One of these.
    OneOf(Vec<&'static str>),
    /// The label of an encoding.
    Encoding,
    /// Properties of a plan and the fields that have them, `PROPERTY=FIELD`.
    PlanFields,
    /// The same as names and values.
    PlanFieldPairs,
    /// Names of levels and what they mean.
    LevelNames,
}

impl Expected {
    fn english(&self, language: Language) -> String {
        let [yes, no] = language.truth_values();
        match self {
            Expected::Text => "a text is expected".to_owned(),
            Expected::Texts => format!("{} of texts is expected", language.list(Lang::En)),
            Expected::Flag => format!("{yes} or {no} is expected"),
            Expected::Amount => "a number, 0 or more, is expected".to_owned(),
            Expected::WholeNumber { min, max } => format!("a whole number from {min} to {max} is expected"),
            Expected::OneOf(names) => format!("choose from: {}", names.join(", ")),
            Expected::Encoding => "an encoding such as utf-8, gb18030, big5, utf-16le is expected".to_owned(),
            Expected::PlanFields => {
                format!("PROPERTY=FIELD is expected, where PROPERTY is one of {}", PlanField::PROPERTIES.join(", "))
            }
            Expected::PlanFieldPairs => {
                "a dict of properties and fields is expected, as {\"name\": \"名称\"}".to_owned()
            }
            Expected::LevelNames => {
                "NAME=LEVEL is expected, where LEVEL is corridor, core, zone or cluster, as in 片区=zone".to_owned()
            }
        }
    }

    fn chinese(&self, language: Language) -> String {
        let [yes, no] = language.truth_values();
        match self {
            Expected::Text => "应为文本".to_owned(),
            Expected::Texts => format!("应为文本{}", language.list(Lang::Zh)),
            Expected::Flag => format!("应为{yes}或{no}"),
            Expected::Amount => "应为不小于0的数".to_owned(),
            Expected::WholeNumber { min, max } => format!("应为{min}至{max}的整数"),
            Expected::OneOf(names) => format!("可选值为{}", names.join("、")),
            Expected::Encoding => "应为编码名称，如utf-8、gb18030、big5、utf-16le".to_owned(),
            Expected::PlanFields => format!("应为“属性=字段”，属性可为{}", PlanField::PROPERTIES.join("、")),
            Expected::PlanFieldPairs => "应为属性与字段名的字典，如{\"name\": \"名称\"}".to_owned(),
            Expected::LevelNames => "应为“名称=层级”，层级可为corridor、core、zone、cluster，如片区=zone".to_owned(),
        }
    }
}
