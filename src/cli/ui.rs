//! Messages to the user, on standard error.

use std::io::Write;

use crate::cli::args::CommonArgs;
use crate::cli::progress::ProgressArg;
use crate::cli::settings::UsedSettings;
use crate::cli::usage;
use crate::error::Error;
use crate::messages::text::one_line;
use crate::messages::{self, Lang, Message, Texts};
use crate::plan::Plan;

/// Prints messages in the chosen language and verbosity.
pub(super) struct Ui {
    pub(super) lang: Lang,
    is_quiet: bool,
    is_verbose: bool,
    is_strict_crs: bool,
    progress: ProgressArg,
    settings: UsedSettings,
}

impl Ui {
    /// Also reports the settings that are used.
    pub(super) fn new(common: &CommonArgs, settings: UsedSettings) -> Ui {
        let (lang, progress) = (common.lang(), common.progress);
        let ui = Ui {
            lang,
            is_quiet: common.quiet,
            is_verbose: common.verbose,
            is_strict_crs: common.strict_crs,
            progress,
            settings,
        };
        if let Some(settings) = ui.settings() {
            ui.info(&usage::settings(lang, &settings));
        }
        ui
    }

    /// The used settings and their file.
    pub(super) fn settings(&self) -> Option<String> {
        let UsedSettings { file, keys } = &self.settings;
        (!keys.is_empty()).then(|| format!("{file}{}{}", self.texts().colon, keys.join(", ")))
    }

    pub(super) fn texts(&self) -> &'static Texts {
        self.lang.texts()
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// Whether a hint at GCJ-02 or BD-09 is an error where no coordinate system is given.
    pub(super) fn is_strict_crs(&self) -> bool {
        self.is_strict_crs
    }

    /// How progress is reported.
    pub(super) fn progress(&self) -> ProgressArg {
        self.progress
    }

    /// Prints an error with its location and advice.
    pub(super) fn error(&self, problem: &Error) {
        error(problem, self.lang);
    }

    /// Prints a message, unless `--quiet` is set.
    pub(super) fn info(&self, text: &str) {
        if !self.is_quiet {
            print(&format!("corridor{}{text}", self.texts().colon));
        }
    }

    /// Prints a message if `--verbose` is set.
    pub(super) fn verbose(&self, text: &str) {
        if self.is_verbose {
            self.info(text);
        }
    }

    /// Prints messages; details if `--verbose` is set.
    pub(super) fn report(&self, messages: Vec<Message>) {
        for message in messages {
            if message.is_detail { self.verbose(&message.text) } else { self.info(&message.text) }
        }
    }

    /// Prints the result of a command in a sentence; with `for_all` unset, only if `--verbose` is set.
    pub(super) fn result(&self, sentence: &str, for_all: bool) {
        if for_all { self.info(sentence) } else { self.verbose(sentence) }
    }

    /// Prints the notice of the plan, if it has one.
    pub(super) fn disclaimer(&self, plan: &Plan) {
        if let Some(notice) = self.lang.notice_of(plan) {
            self.info(&notice);
        }
    }
}

/// Prints an error with its location and advice.
pub(super) fn error(error: &Error, lang: Lang) {
    let texts = lang.texts();
    let text = messages::error(error, lang);
    print(&format!("corridor{}{}{}{text}", texts.colon, texts.error, texts.colon));
    if let Some(advice) = messages::advice(error, lang) {
        print(&format!("  {advice}"));
    }
}

/// Prints a text of the program itself.
pub(super) fn line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints a line in which texts of files may occur.
pub(super) fn print(line: &str) {
    // Texts from files may be long or contain terminal control characters.
    const MAX_CHARACTERS: usize = 1000;
    let mut line = one_line(line);
    if let Some((end, _)) = line.char_indices().nth(MAX_CHARACTERS) {
        line.replace_range(end.., "…");
    }
    // If standard error cannot be written to, there is no way to report it.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
