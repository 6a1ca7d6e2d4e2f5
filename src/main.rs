//! The `corridor` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(taizhou_corridor::cli::run(std::env::args_os()))
}
