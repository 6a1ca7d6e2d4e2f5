//! Panics of libraries: caught where they happen, and silent there.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

thread_local! {
    /// Whether a panic of this thread is caught by [`catch`].
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// The result of a call into a library, or none where the library panics.
pub(crate) fn catch<T>(call: impl FnOnce() -> T) -> Option<T> {
    let _scope = Scope { was_caught: IS_CAUGHT.replace(true) };
    // What the call leaves half done is dropped by every caller.
    catch_unwind(AssertUnwindSafe(call)).ok()
}

/// The time of one [`catch`]; they may be nested.
struct Scope {
    was_caught: bool,
}

impl Drop for Scope {
    fn drop(&mut self) {
        IS_CAUGHT.set(self.was_caught);
    }
}

/// Has the panic hook pass over the panics that [`catch`] turns into errors. For programs: a library leaves the hook as
/// it is.
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only a program sets the hook"))]
pub(crate) fn silence_caught() {
    let hook = take_hook();
    set_hook(Box::new(move |panic| {
        if !IS_CAUGHT.get() {
            hook(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::panic, reason = "it is what is caught")]
    fn a_panic_is_none_and_the_flag_is_as_before() {
        assert_eq!(catch(|| 1), Some(1));
        let nested = catch(|| {
            assert_eq!(catch(|| -> u8 { panic!("inner") }), None);
            assert!(IS_CAUGHT.get());
            2
        });
        assert_eq!((nested, IS_CAUGHT.get()), (Some(2), false));
        assert_eq!(catch(|| -> u8 { panic!("outer") }), None);
        assert!(!IS_CAUGHT.get());
    }
}
