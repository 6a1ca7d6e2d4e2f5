//! The `corridor` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The writer of workbooks panics where the disk is full: that becomes an error, and is said as one.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("rust_xlsxwriter")) {
            hook(panic);
        }
    }));
    ExitCode::from(taizhou_corridor::cli::run(std::env::args_os()))
}
