//! The console of the program on Windows.

#[cfg(windows)]
use std::io::IsTerminal;

#[cfg(windows)]
use windows_sys::Win32::System::Console::GetConsoleProcessList;

/// Whether the console was opened for this program, as by a double click, and closes when it ends: no other process
/// uses it. Of the crates for consoles none has this call without `unsafe`.
#[cfg(windows)]
#[allow(unsafe_code, reason = "a call of Windows")]
pub(crate) fn is_own() -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    let mut processes = [0; 2];
    // SAFETY: the buffer has room for as many numbers as the call is told.
    unsafe { GetConsoleProcessList(processes.as_mut_ptr(), processes.len() as u32) == 1 }
}

/// Elsewhere a terminal outlives the program.
#[cfg(not(windows))]
pub(crate) fn is_own() -> bool {
    false
}
