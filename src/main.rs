//! The `corridor` command.

use std::process::ExitCode;

use taizhou_corridor::cli;

fn main() -> ExitCode {
    cli::silence_caught_panics();
    ExitCode::from(cli::run(std::env::args_os()))
}
