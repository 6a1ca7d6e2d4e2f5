//! Messages to the user, on standard error.

use std::io::Write;

use crate::cli::args::CommonArgs;
use crate::cli::progress::ProgressArg;
use crate::cli::settings::UsedSettings;
use crate::cli::usage;
use crate::error::Error;
use crate::messages::text::one_line;
use crate::messages::{self, Lang, Texts};
use crate::plan::Plan;

/// How, and how much, the command talks.
pub(super) struct Ui {
    pub(super) lang: Lang,
    is_quiet: bool,
    is_verbose: bool,
    progress: ProgressArg,
    settings: UsedSettings,
}

impl Ui {
    /// Reports settings that are used.
    pub(super) fn new(common: &CommonArgs, settings: UsedSettings) -> Ui {
        let (lang, progress) = (common.lang(), common.progress);
        let ui = Ui { lang, is_quiet: common.quiet, is_verbose: common.verbose, progress, settings };
        if let Some(settings) = ui.settings() {
            ui.info(&usage::settings(lang, &settings));
        }
        ui
    }

    /// The settings that are used, and of which file.
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

    /// How progress is reported.
    pub(super) fn progress(&self) -> ProgressArg {
        self.progress
    }

    /// An error: what happened, where, and what to do.
    pub(super) fn error(&self, problem: &Error) {
        error(problem, self.lang);
    }

    /// Something worth knowing.
    pub(super) fn info(&self, text: &str) {
        if !self.is_quiet {
            print(&format!("corridor{}{text}", self.texts().colon));
        }
    }

    /// Something that only those want to know who ask.
    pub(super) fn verbose(&self, text: &str) {
        if self.is_verbose {
            self.info(text);
        }
    }

    /// That the outline is not official, where it is not.
    pub(super) fn disclaimer(&self, plan: &Plan) {
        if let Some(notice) = self.lang.notice_of(plan) {
            self.info(&notice);
        }
    }
}

/// An error: what happened, where, and what to do.
pub(super) fn error(error: &Error, lang: Lang) {
    let texts = lang.texts();
    let text = messages::error(error, lang);
    print(&format!("corridor{}{}{}{text}", texts.colon, texts.error, texts.colon));
    if let Some(advice) = messages::advice(error, lang) {
        print(&format!("  {advice}"));
    }
}

fn print(line: &str) {
    // Texts from files may drive a terminal, or fill it.
    const MAX_CHARACTERS: usize = 1000;
    let mut line = one_line(line);
    if let Some((end, _)) = line.char_indices().nth(MAX_CHARACTERS) {
        line.replace_range(end.., "…");
    }
    // Where messages cannot be written, there is nowhere to say so.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
