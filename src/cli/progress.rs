//! How far long work is, on standard error: a line on a terminal, or JSON for programs.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::ui::Ui;
use crate::io::Rows;
use crate::messages::Texts;
use crate::run::Progress;

/// How progress is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum ProgressArg {
    /// A line on a terminal
    #[default]
    Auto,
    /// A line of JSON each second on standard error, for programs
    Json,
    /// No progress
    Never,
}

/// Work that is done sooner needs no line.
const SHOW_AFTER: Duration = Duration::from_millis(800);
const TICK: Duration = Duration::from_millis(200);
const JSON_TICK: Duration = Duration::from_secs(1);

/// Shows the progress of a run over a table.
pub(super) struct ProgressLine {
    sink: Sink,
    texts: &'static Texts,
    start: Instant,
    last: Instant,
    rows: u64,
    share: Option<f64>,
    bytes: Option<u64>,
    /// What was read before the start: a format may look through the file for its columns.
    share_before: f64,
    bytes_before: u64,
}

enum Sink {
    None,
    Terminal(Option<ProgressBar>),
    Program,
}

impl ProgressLine {
    /// The line of a run that writes to a file or to standard output. A terminal that receives the rows gets no line
    /// among them.
    pub(super) fn of(rows: &Rows, to_standard_output: bool, ui: &Ui) -> ProgressLine {
        let is_among_rows = to_standard_output && std::io::stdout().is_terminal();
        let sink = match ui.progress() {
            ProgressArg::Json => Sink::Program,
            ProgressArg::Auto if !ui.is_quiet() && !is_among_rows => Sink::Terminal(None),
            _ => Sink::None,
        };
        let start = Instant::now();
        ProgressLine {
            sink,
            texts: ui.texts(),
            start,
            last: start,
            rows: 0,
            share: None,
            bytes: None,
            share_before: rows.share_read().unwrap_or(0.0),
            bytes_before: rows.bytes_read().unwrap_or(0),
        }
    }

    /// Shows the progress, but not too often.
    pub(super) fn show(&mut self, progress: Progress) {
        (self.rows, self.share, self.bytes) = (progress.rows, progress.share_read, progress.bytes_read);
        let now = Instant::now();
        let (tick, patience) = match &self.sink {
            Sink::None => return,
            Sink::Terminal(_) => (TICK, SHOW_AFTER),
            Sink::Program => (JSON_TICK, JSON_TICK),
        };
        if now - self.start < patience || now - self.last < tick {
            return;
        }
        self.last = now;
        let elapsed_s = self.start.elapsed().as_secs_f64();
        let mb_per_s = self.bytes().map(|bytes| bytes as f64 / 1e6 / elapsed_s);
        let line = self.texts.progress(self.rows, mb_per_s, self.share(), self.left());
        match &mut self.sink {
            Sink::None => {}
            Sink::Program => self.report_to_program("progress"),
            Sink::Terminal(bar) => {
                let bar = bar.get_or_insert_with(|| {
                    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                    // The template of the message alone is valid.
                    ProgressStyle::with_template("{msg}").into_iter().fold(bar, ProgressBar::with_style)
                });
                bar.set_message(line);
                bar.tick();
            }
        }
    }

    /// The bytes that were read since the start.
    fn bytes(&self) -> Option<u64> {
        Some(self.bytes?.saturating_sub(self.bytes_before))
    }

    /// The share that is read of what was left at the start.
    fn share(&self) -> Option<f64> {
        let to_do = 1.0 - self.share_before;
        let done = self.share? - self.share_before;
        Some(if to_do > 0.0 { (done / to_do).clamp(0.0, 1.0) } else { 1.0 })
    }

    /// How long the rest takes, at the rate so far.
    fn left(&self) -> Option<Duration> {
        let share = self.share().filter(|share| *share > 0.01)?;
        Some(self.start.elapsed().mul_f64((1.0 - share) / share))
    }

    fn report_to_program(&self, event: &str) {
        let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
        let line = serde_json::json!({
            "event": event,
            "rows": self.rows,
            "bytes": self.bytes(),
            "share": self.share().map(rounded),
            "elapsed_s": rounded(self.start.elapsed().as_secs_f64()),
            "left_s": self.left().map(|left| rounded(left.as_secs_f64())),
        });
        // Where messages cannot be written, there is nowhere to say so.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    /// Ends the line, and reports completion to programs.
    pub(super) fn end(mut self) {
        if matches!(self.sink, Sink::Program) {
            self.share = Some(1.0);
            self.report_to_program("done");
        }
    }
}

/// Clears the line before any other message, errors included.
impl Drop for ProgressLine {
    fn drop(&mut self) {
        if let Sink::Terminal(Some(bar)) = &self.sink {
            bar.finish_and_clear();
        }
    }
}
