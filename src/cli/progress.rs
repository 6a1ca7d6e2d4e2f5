//! How far long work is, on standard error: a line on a terminal, or JSON for programs.

use std::cell::{Cell, RefCell};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::ui::Ui;
use crate::io::Rows;
use crate::messages::Texts;

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

/// Follows the rows of a table from reading to writing, both in one thread.
pub(super) struct Progress {
    sink: Sink,
    texts: &'static Texts,
    begun: Instant,
    last: Cell<Instant>,
    rows: Cell<u64>,
    share: Cell<Option<f64>>,
    bytes: Cell<Option<u64>>,
    /// What was read before: a format may look through the file for its columns.
    share_before: f64,
    bytes_before: u64,
}

enum Sink {
    None,
    Terminal(RefCell<Option<ProgressBar>>),
    Program,
}

impl Progress {
    /// Follows rows to a file or to standard output. A terminal that gets the rows themselves gets no line among them.
    pub(super) fn of(rows: &Rows, to_standard_output: bool, ui: &Ui) -> Progress {
        let is_among_rows = to_standard_output && std::io::stdout().is_terminal();
        let sink = match ui.progress() {
            ProgressArg::Json => Sink::Program,
            ProgressArg::Auto if !ui.is_quiet() && !is_among_rows => Sink::Terminal(RefCell::new(None)),
            _ => Sink::None,
        };
        let (share_before, bytes_before) = (rows.share_read().unwrap_or(0.0), rows.bytes_read().unwrap_or(0));
        Progress::new(sink, ui.texts(), share_before, bytes_before)
    }

    /// Tells nobody.
    #[cfg(test)]
    pub(super) fn nobody() -> Progress {
        Progress::new(Sink::None, crate::messages::Lang::En.texts(), 0.0, 0)
    }

    fn new(sink: Sink, texts: &'static Texts, share_before: f64, bytes_before: u64) -> Progress {
        let begun = Instant::now();
        let (last, rows) = (Cell::new(begun), Cell::new(0));
        let (share, bytes) = (Cell::new(None), Cell::new(None));
        Progress { sink, texts, begun, last, rows, share, bytes, share_before, bytes_before }
    }

    /// Some of the table was read.
    pub(super) fn read(&self, rows: &Rows) {
        self.share.set(rows.share_read());
        self.bytes.set(rows.bytes_read());
    }

    /// This many more rows are done.
    pub(super) fn done(&self, rows: usize) {
        self.rows.set(self.rows.get() + rows as u64);
        let now = Instant::now();
        let (tick, patience) = match &self.sink {
            Sink::None => return,
            Sink::Terminal(_) => (TICK, SHOW_AFTER),
            Sink::Program => (JSON_TICK, JSON_TICK),
        };
        if now - self.begun < patience || now - self.last.get() < tick {
            return;
        }
        self.last.set(now);
        match &self.sink {
            Sink::None => {}
            Sink::Program => self.report_to_program("progress"),
            Sink::Terminal(bar) => {
                let mut bar = bar.borrow_mut();
                let bar = bar.get_or_insert_with(|| {
                    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                    // A template of nothing but the message is one.
                    ProgressStyle::with_template("{msg}").into_iter().fold(bar, ProgressBar::with_style)
                });
                let elapsed_s = self.begun.elapsed().as_secs_f64();
                let mb_per_s = self.bytes().map(|bytes| bytes as f64 / 1e6 / elapsed_s);
                bar.set_message(self.texts.progress(self.rows.get(), mb_per_s, self.share(), self.left()));
                bar.tick();
            }
        }
    }

    /// The bytes that were read since it began.
    fn bytes(&self) -> Option<u64> {
        Some(self.bytes.get()?.saturating_sub(self.bytes_before))
    }

    /// The share of what was to be done when it began.
    fn share(&self) -> Option<f64> {
        let to_do = 1.0 - self.share_before;
        let done = self.share.get()? - self.share_before;
        Some(if to_do > 0.0 { (done / to_do).clamp(0.0, 1.0) } else { 1.0 })
    }

    /// How long the rest takes, at the rate so far.
    fn left(&self) -> Option<Duration> {
        let share = self.share().filter(|share| *share > 0.01)?;
        Some(self.begun.elapsed().mul_f64((1.0 - share) / share))
    }

    fn report_to_program(&self, event: &str) {
        let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
        let line = serde_json::json!({
            "event": event,
            "rows": self.rows.get(),
            "bytes": self.bytes(),
            "share": self.share().map(rounded),
            "elapsed_s": rounded(self.begun.elapsed().as_secs_f64()),
            "left_s": self.left().map(|left| rounded(left.as_secs_f64())),
        });
        // Where messages cannot be written, there is nowhere to say so.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    /// Ends the line, and reports completion to programs.
    pub(super) fn end(self) {
        if matches!(self.sink, Sink::Program) {
            self.share.set(Some(1.0));
            self.report_to_program("done");
        }
    }
}

/// Clears the line before any other message, errors included.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Sink::Terminal(bar) = &self.sink
            && let Some(bar) = bar.borrow_mut().take()
        {
            bar.finish_and_clear();
        }
    }
}
