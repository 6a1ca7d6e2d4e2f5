//! The `corridor` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The writer of workbooks panics where the disk is full, and PROJ's wrapper at systems it does not know: both
    // become errors, and are said as such.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_caught = |file: &str| file.contains("rust_xlsxwriter") || file.contains("proj-0");
        if !panic.location().is_some_and(|place| is_caught(place.file())) {
            hook(panic);
        }
    }));
    ExitCode::from(taizhou_corridor::cli::run(std::env::args_os()))
}
