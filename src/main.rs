//! The `corridor` command.

mod console;

use std::process::ExitCode;

use taizhou_corridor::cli;

fn main() -> ExitCode {
    cli::silence_caught_panics();
    let arguments = std::env::args_os();
    let code = if console::is_own() { cli::run_in_own_window(arguments) } else { cli::run(arguments) };
    ExitCode::from(code)
}
