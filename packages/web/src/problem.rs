//! Errors as JavaScript gets them: a code, a message, a place and advice.

use serde_json::{Map, Value, json};
use taizhou_corridor::error::Error;
use taizhou_corridor::messages::{self, Lang};
use taizhou_corridor::plan::PlanField;

/// Why a request has no answer.
pub(crate) enum Problem {
    /// An error of the library.
    Library(Error),
    /// The value of an option is not what is expected.
    BadOption { name: String, expected: Expected },
    /// Options that the function does not have.
    UnknownOption { name: String },
    /// There is no file in the request.
    NoFile,
    /// The plan was freed.
    NoPlan,
    /// The request is not one of `index.mjs`.
    BadRequest,
}

/// The expected value of an option.
pub(crate) enum Expected {
    Text,
    Texts,
    Flag,
    /// A number, 0 or more.
    Amount,
    /// A whole number in a range.
    WholeNumber {
        min: u32,
        max: u32,
    },
    /// One of these.
    OneOf(Vec<&'static str>),
    /// The label of an encoding.
    Encoding,
    /// Properties of a plan and the fields that have them.
    PlanFields,
    /// Names of levels and what they mean.
    LevelNames,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::Library(error)
    }
}

impl Problem {
    /// The members `code`, `message`, `advice`, `place`.
    pub(crate) fn object(&self, lang: Lang) -> Map<String, Value> {
        let place = match self {
            Problem::Library(error) => {
                let place = error.location();
                json!({ "file": place.file, "line": place.line, "row": place.row, "feature": place.feature })
            }
            Problem::BadOption { name, .. } | Problem::UnknownOption { name } => json!({ "option": name }),
            _ => json!({}),
        };
        let advice = match self {
            Problem::Library(_) if self.code() == "not-built" => Some(not_built_advice(lang).to_owned()),
            Problem::Library(error) => messages::advice(error, lang).map(with_own_names),
            _ => None,
        };
        let members = [
            ("code", json!(self.code())),
            ("message", json!(with_own_names(&self.message(lang)))),
            ("advice", json!(advice)),
            ("place", place),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn code(&self) -> &'static str {
        match self {
            Problem::Library(error) => error.kind().code(),
            Problem::BadOption { .. } => "bad-option",
            Problem::UnknownOption { .. } => "unknown-option",
            Problem::NoFile => "no-file",
            Problem::NoPlan => "no-plan",
            Problem::BadRequest => "bad-request",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (_, Problem::Library(error)) => messages::error(error, lang),
            (Lang::En, Problem::BadOption { name, expected }) => format!("option `{name}`: {}", expected.english()),
            (Lang::Zh, Problem::BadOption { name, expected }) => format!("选项`{name}`：{}", expected.chinese()),
            (Lang::En, Problem::UnknownOption { name }) => format!("there is no option `{name}` here"),
            (Lang::Zh, Problem::UnknownOption { name }) => format!("此处没有`{name}`选项"),
            (Lang::En, Problem::NoFile) => "a file is expected: its name and its bytes".to_owned(),
            (Lang::Zh, Problem::NoFile) => "缺少文件（文件名和内容）".to_owned(),
            (Lang::En, Problem::NoPlan) => "the plan was freed".to_owned(),
            (Lang::Zh, Problem::NoPlan) => "该规划已释放".to_owned(),
            (Lang::En, Problem::BadRequest) => "the module and its JavaScript are of different versions".to_owned(),
            (Lang::Zh, Problem::BadRequest) => "模块与其JavaScript版本不一致".to_owned(),
        }
    }
}

/// Advice about what is not in this module, since nobody builds it anew in a browser.
fn not_built_advice(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "this is not in the library for JavaScript: use the program `corridor`, or another format",
        Lang::Zh => "JavaScript版不含此项，请使用`corridor`程序或其他格式",
    }
}

impl Expected {
    fn english(&self) -> String {
        match self {
            Expected::Text => "a text is expected".to_owned(),
            Expected::Texts => "an array of texts is expected".to_owned(),
            Expected::Flag => "true or false is expected".to_owned(),
            Expected::Amount => "a number, 0 or more, is expected".to_owned(),
            Expected::WholeNumber { min, max } => format!("a whole number from {min} to {max} is expected"),
            Expected::OneOf(names) => format!("choose from: {}", names.join(", ")),
            Expected::Encoding => "an encoding such as utf-8, gb18030, big5, utf-16le is expected".to_owned(),
            Expected::PlanFields => {
                format!("PROPERTY=FIELD is expected, where PROPERTY is one of {}", PlanField::PROPERTIES.join(", "))
            }
            Expected::LevelNames => {
                "NAME=LEVEL is expected, where LEVEL is corridor, core, zone or cluster, as in 片区=zone".to_owned()
            }
        }
    }

    fn chinese(&self) -> String {
        match self {
            Expected::Text => "应为文本".to_owned(),
            Expected::Texts => "应为文本数组".to_owned(),
            Expected::Flag => "应为true或false".to_owned(),
            Expected::Amount => "应为不小于0的数".to_owned(),
            Expected::WholeNumber { min, max } => format!("应为{min}至{max}的整数"),
            Expected::OneOf(names) => format!("可选值为{}", names.join("、")),
            Expected::Encoding => "应为编码名称，如utf-8、gb18030、big5、utf-16le".to_owned(),
            Expected::PlanFields => format!("应为“属性=字段”，属性可为{}", PlanField::PROPERTIES.join("、")),
            Expected::LevelNames => "应为“名称=层级”，层级可为corridor、core、zone、cluster，如片区=zone".to_owned(),
        }
    }
}

/// The text with the options of the command line as they are named in JavaScript: `--to-crs` as `toCrs`.
pub(crate) fn with_own_names(text: &str) -> String {
    let mut own = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("--") {
        let (before, name) = (&rest[..start], &rest[start + 2..]);
        let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(name.len());
        let is_option = name.starts_with(|c: char| c.is_ascii_lowercase()) && !before.ends_with('-');
        own.push_str(before);
        if is_option {
            own.push_str(&camel_case(&name[..end]));
        } else {
            own.push_str(&rest[start..start + 2 + end]);
        }
        rest = if is_option { without_placeholder(&name[end..]) } else { &name[end..] };
    }
    own + rest
}

/// What is after an option, without the placeholder of its value, ` COLUMN`; a value such as `EPSG:4528` stays.
fn without_placeholder(text: &str) -> &str {
    let Some(value) = text.strip_prefix(' ') else { return text };
    let length = value.bytes().take_while(u8::is_ascii_uppercase).count();
    let goes_on = value[length..].starts_with(|next: char| next == ':' || next.is_ascii_alphanumeric());
    if length > 1 && !goes_on { &value[length..] } else { text }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |own, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|first| first.to_ascii_uppercase());
        own + &capital.into_iter().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_the_names_of_javascript() {
        assert_eq!(with_own_names("use --input-encoding (such as big5)"), "use inputEncoding (such as big5)");
        assert_eq!(with_own_names("请用--to-crs指定，或--crs"), "请用toCrs指定，或crs");
        assert_eq!(with_own_names("--lon-field COLUMN --lat-field COLUMN, or"), "lonField latField, or");
        assert_eq!(with_own_names("name it: --crs EPSG:4528 or --crs GCJ02"), "name it: crs EPSG:4528 or crs GCJ02");
        assert_eq!(with_own_names("a -- b --- c--"), "a -- b --- c--");
    }
}
