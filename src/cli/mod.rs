//! The command line `corridor`, a thin layer over the library.
//!
//! Exit codes: 0 success; 1 findings; 2 usage error; 3 unreadable input; 4 output not written; 130 interrupted. A
//! closed pipe exits 0 without a message.

mod against_args;
mod areas;
mod args;
mod boundary_args;
mod check;
mod command;
mod convert;
mod coordinate_args;
mod datum_shift;
mod describe;
mod exit_code;
mod export;
mod help;
mod launch;
mod layers;
mod locate;
mod manual;
mod map;
mod messages;
mod nearest;
mod offset_args;
mod outline_args;
mod outline_file;
mod overlay;
mod plan;
mod progress;
mod report_args;
mod settings;
#[cfg(feature = "datafusion")]
mod sql;
#[cfg(not(feature = "datafusion"))]
#[path = "no_sql.rs"]
mod sql;
mod table_args;
mod table_command;
mod ui;
mod usage;
mod usage_error;

use std::ffi::OsString;

use clap::{FromArgMatches, Parser, Subcommand};

use crate::error::{Error, ErrorKind, Result};
use args::CommonArgs;
use settings::{Settings, UsedSettings};
use ui::Ui;

/// The outcome of a command that did not fail.
enum Outcome {
    Done,
    /// There are invalid rows, or a check found problems.
    Findings,
}

/// Which planning zone contains a site, and how large is each zone: the Taizhou Bay Science & Technology
/// Innovation Corridor.
///
/// The bundled outline is an indicative model, not the official one; use your own with --plan FILE.
#[derive(Parser)]
#[command(name = "corridor", bin_name = "corridor", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: CommonArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Locate(locate::LocateArgs),
    Overlay(Box<overlay::OverlayArgs>),
    Nearest(nearest::NearestArgs),
    Convert(convert::ConvertArgs),
    Areas(areas::AreasArgs),
    Export(export::ExportArgs),
    Map(map::MapArgs),
    Check(check::CheckArgs),
    Plan(plan::PlanNewArgs),
    Describe(describe::DescribeArgs),
    Layers(layers::LayersArgs),
    Sql(sql::SqlArgs),
    Completions(manual::CompletionsArgs),
    Man(manual::ManArgs),
}

/// Installs a panic hook that ignores panics of libraries which become errors. The program calls it before [`run`]; a
/// process that embeds the library keeps its own hook.
pub fn silence_caught_panics() {
    crate::panics::silence_caught();
}

/// Runs the command line with arguments, of which the first is the program name, and returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let settings = Settings::find(&arguments);
    let of_settings = settings.as_ref().ok().and_then(|settings| settings.as_ref()?.lang());
    let lang = args::lang_of(&arguments, of_settings);
    let command = command::command(lang);
    if let Some(files) = launch::files_alone(&arguments, &command) {
        return launch::answer(&files, lang, run);
    }
    coordinate_args::join_coordinates(&mut arguments);
    let used = match &settings {
        Ok(Some(settings)) => settings.add_to(&mut arguments, &command),
        _ => UsedSettings::default(),
    };
    let cli = command.try_get_matches_from(arguments);
    let cli = match cli.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // Errors of the library in an option value are printed like others, in the chosen language.
            if let Some(error) = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Error>()) {
                ui::error(error, lang);
                return 2;
            }
            // Help and version are errors to clap, but exit with 0.
            usage_error::print(&error, lang);
            if error.kind() == clap::error::ErrorKind::DisplayVersion {
                let _ = manual::plan_version(lang);
            }
            return if error.use_stderr() { 2 } else { 0 };
        }
    };
    if let Err(error) = settings {
        ui::error(&error, lang);
        return exit_code::exit_code(&error);
    }
    leave_nothing_when_interrupted();
    let (ui, exit_zero) = (Ui::new(&cli.common, used), cli.common.exit_zero);
    let outcome = match cli.command {
        Command::Locate(args) => locate::run(args, &ui),
        Command::Nearest(args) => nearest::run(args, &ui),
        Command::Overlay(args) => overlay::run(*args, &ui),
        Command::Convert(args) => convert::run(args, &ui),
        Command::Areas(args) => areas::run(args, &ui),
        Command::Export(args) => export::run(args, &ui),
        Command::Map(args) => map::run(args, &ui),
        Command::Check(args) => check::run(args, &ui),
        Command::Plan(args) => plan::run(args, &ui),
        Command::Describe(args) => describe::run(args, &ui),
        Command::Layers(args) => layers::run(args, &ui),
        Command::Sql(args) => sql::run(args, &ui),
        Command::Completions(args) => manual::completions(args, ui.lang),
        Command::Man(args) => manual::man(args, ui.lang),
    };
    match outcome {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Findings) => u8::from(!exit_zero),
        Err(error) if is_closed_pipe(&error) => 0,
        Err(error) => {
            ui.error(&error);
            exit_code::exit_code(&error)
        }
    }
}

/// Runs the command line in a window that closes when the program ends, and returns the exit code. After a double click
/// or dropped files, which the program cannot tell from calls by other programs but by having no command, the window
/// stays until Enter is pressed; without arguments the program says what to do.
pub fn run_in_own_window(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let lang = args::lang_of(&arguments, None);
    let is_double_click = arguments.len() <= 1;
    if !is_double_click && launch::files_alone(&arguments, &command::command(lang)).is_none() {
        return run(arguments);
    }
    let code = if is_double_click {
        ui::line(lang.how_to_start());
        0
    } else {
        run(arguments)
    };
    ui::line(lang.press_enter());
    // If there is nothing to read from, the window closes at once.
    let _ = std::io::stdin().read_line(&mut String::new());
    code
}

/// Removes unfinished files on Ctrl-C and termination signals.
fn leave_nothing_when_interrupted() {
    // It fails if a handler is set already, by an earlier run in this process or by the host.
    let _ = ctrlc::set_handler(|| {
        crate::io::remove_unfinished();
        std::process::exit(130);
    });
}

fn is_closed_pipe(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Write(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Writes a text to an output and commits it.
fn write_text(mut output: crate::io::Output, text: &str) -> Result<()> {
    output.text(text)?;
    output.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_twice_in_one_process() {
        let arguments = || ["corridor", "-q", "describe", "nowhere"].map(OsString::from);
        assert_eq!(run(arguments()), 2);
        assert_eq!(run(arguments()), 2);
    }

    #[cfg(not(feature = "datafusion"))]
    #[test]
    fn sql_says_how_to_get_it() {
        assert_eq!(run(["corridor", "-q", "sql", "SELECT 1", "--partitions", "2"].map(OsString::from)), 2);
    }

    #[test]
    fn findings_exit_with_zero_on_request() {
        let run = |option: &str| {
            run(["corridor", "-q", "check", "-o", "-", "--lang", "en", option, "tests/cmd/check.in/bow_tie.geojson"]
                .map(OsString::from))
        };
        assert_eq!((run("--overwrite"), run("--exit-zero")), (1, 0));
    }
}
