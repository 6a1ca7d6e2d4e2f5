//! Printing errors of clap in the chosen language.

use std::io::Write;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::cli::help::with_full_width_colons;
use crate::cli::usage::{MORE_ZH, UsageProblem, ValueProblem, suggestion_zh, usage_zh};
use crate::messages::Lang;

/// Prints help, the version or an error. In English, the text is that of clap.
pub(super) fn print(error: &Error, lang: Lang) {
    match (lang, problem(error)) {
        (Lang::Zh, Some(problem)) => print_zh(error, &problem),
        (Lang::Zh, None) if !error.use_stderr() => {
            let help = with_full_width_colons(&error.render().ansi().to_string());
            // If standard output cannot be written to, there is no way to report it.
            let _ = anstream::stdout().write_all(help.as_bytes());
        }
        // If the stream cannot be written to, there is no way to report it.
        _ => drop(error.print()),
    }
}

fn print_zh(error: &Error, problem: &UsageProblem) {
    let texts = Lang::Zh.texts();
    let mut text = format!("corridor{0}{1}{0}{2}\n", texts.colon, texts.error, problem.zh());
    let suggestions = [ContextKind::SuggestedValue, ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand];
    for name in suggestions.iter().flat_map(|&kind| context(error, kind)) {
        text.push_str(&format!("  {}\n", suggestion_zh(&name)));
    }
    if let Some(usage) = context(error, ContextKind::Usage).first() {
        text.push_str(&format!("\n{}\n", usage_zh(usage.trim().trim_start_matches("Usage:").trim())));
    }
    // If standard error cannot be written to, there is no way to report it.
    let _ = write!(std::io::stderr().lock(), "{text}\n{MORE_ZH}\n");
}

/// The usage problem of an error; `None` for help and version.
fn problem(error: &Error) -> Option<UsageProblem> {
    let option = || context(error, ContextKind::InvalidArg).join("、");
    let value = || context(error, ContextKind::InvalidValue).concat();
    let choices = || context(error, ContextKind::ValidValue);
    let name = || context(error, ContextKind::InvalidSubcommand).concat();
    Some(match error.kind() {
        ErrorKind::InvalidValue if value().is_empty() => {
            UsageProblem::MissingValue { option: option(), choices: choices() }
        }
        ErrorKind::InvalidValue => UsageProblem::UnknownValue { option: option(), value: value(), choices: choices() },
        ErrorKind::ValueValidation => {
            let source = std::error::Error::source(error)?;
            let problem = source.downcast_ref::<ValueProblem>()?.text(Lang::Zh);
            UsageProblem::BadValue { option: option(), value: value(), problem }
        }
        ErrorKind::UnknownArgument => UsageProblem::UnknownOption { name: option() },
        ErrorKind::InvalidSubcommand => UsageProblem::UnknownCommand { name: name() },
        ErrorKind::NoEquals | ErrorKind::TooFewValues => {
            UsageProblem::MissingValue { option: option(), choices: vec![] }
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => UsageProblem::TooManyValues { option: option() },
        ErrorKind::ArgumentConflict => {
            UsageProblem::Conflict { option: option(), others: context(error, ContextKind::PriorArg) }
        }
        ErrorKind::MissingRequiredArgument => UsageProblem::MissingArguments(context(error, ContextKind::InvalidArg)),
        ErrorKind::MissingSubcommand => UsageProblem::MissingCommand,
        ErrorKind::InvalidUtf8 => UsageProblem::NotUtf8,
        _ => return None,
    })
}

/// The context of an error, by kind.
fn context(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => vec![],
    }
}
