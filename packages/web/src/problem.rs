//! Errors as JavaScript gets them: a code, a message, a place and advice.

use corridor_front_end::{Language, OptionProblem};
use serde_json::{Map, Value, json};
use taizhou_corridor::error::Error;
use taizhou_corridor::messages::Lang;

/// Why a request has no answer.
pub(crate) enum Problem {
    /// The options, or the data.
    Option(OptionProblem),
    /// There is no file in the request.
    NoFile,
    /// The plan was freed.
    NoPlan,
    /// The request is not one of `index.mjs`.
    BadRequest,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::Option(error.into())
    }
}

impl From<OptionProblem> for Problem {
    fn from(problem: OptionProblem) -> Problem {
        Problem::Option(problem)
    }
}

impl Problem {
    /// The members `code`, `message`, `advice`, `place`.
    pub(crate) fn object(&self, lang: Lang) -> Map<String, Value> {
        let place = match self {
            Problem::Option(OptionProblem::Library(error)) => {
                let place = error.location();
                json!({ "file": place.file, "line": place.line, "row": place.row, "feature": place.feature })
            }
            Problem::Option(OptionProblem::Bad { name, .. } | OptionProblem::Unknown { name }) => {
                json!({ "option": name })
            }
            _ => json!({}),
        };
        let advice = match self {
            Problem::Option(problem) => problem.advice(lang, Language::JavaScript, not_built_advice(lang)),
            _ => None,
        };
        let members = [
            ("code", json!(self.code())),
            ("message", json!(self.message(lang))),
            ("advice", json!(advice)),
            ("place", place),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn code(&self) -> &'static str {
        match self {
            Problem::Option(problem) => problem.code(),
            Problem::NoFile => "no-file",
            Problem::NoPlan => "no-plan",
            Problem::BadRequest => "bad-request",
        }
    }

    fn message(&self, lang: Lang) -> String {
        let (english, chinese) = match self {
            Problem::Option(problem) => return problem.message(lang, Language::JavaScript),
            Problem::NoFile => ("a file is expected: its name and its bytes", "缺少文件（文件名和内容）"),
            Problem::NoPlan => ("the plan was freed", "该规划已释放"),
            Problem::BadRequest => {
                ("the module and its JavaScript are of different versions", "模块与其JavaScript版本不一致")
            }
        };
        if lang == Lang::Zh { chinese } else { english }.to_owned()
    }
}

/// Advice about what is not in this module, since nobody builds it anew in a browser.
fn not_built_advice(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "this is not in the library for JavaScript: use the program `corridor`, or another format",
        Lang::Zh => "JavaScript版不含此项，请使用`corridor`程序或其他格式",
    }
}
