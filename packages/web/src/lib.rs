//! The library as a WebAssembly module with plain exports, for `index.mjs`.
//!
//! A call is a request and a reply. The request is written to the memory that [`corridor_request`] reserves: the length
//! of a text in four bytes, least significant first, the text, which is JSON, and the bytes of files. The reply is a
//! length and a text in the same way, and says where in memory its files are. It stays until [`corridor_release`].
//!
//! A panic ends the instance, since WebAssembly is built without unwinding: `index.mjs` then makes another one.

mod commands;
mod files;
mod maps;
mod parcels;
mod plans;
mod points;
mod problem;
mod reply;
mod reports;
mod request;
mod table;
mod text_format;

use std::cell::RefCell;

use reply::Replied;
use taizhou_corridor::plan::Plan;

thread_local! {
    static REQUEST: RefCell<Vec<u8>> = const { RefCell::new(vec![]) };
    static REPLY: RefCell<Replied> = const { RefCell::new(Replied::NONE) };
    static PANIC: RefCell<Vec<u8>> = const { RefCell::new(vec![]) };
    /// The bundled plan, and those that were loaded; `None` for those that were freed.
    static PLANS: RefCell<Vec<Option<Plan>>> = const { RefCell::new(vec![]) };
}

/// Reserves memory for a request of this many bytes. Null if there is not so much.
// SAFETY: no other function of the module has this name, nor has one of those below.
#[unsafe(no_mangle)]
pub extern "C" fn corridor_request(length: usize) -> *mut u8 {
    REQUEST.with_borrow_mut(|request| {
        *request = vec![];
        if request.try_reserve_exact(length).is_err() {
            return std::ptr::null_mut();
        }
        request.resize(length, 0);
        request.as_mut_ptr()
    })
}

/// Answers the request, and returns where the reply is.
#[unsafe(no_mangle)]
pub extern "C" fn corridor_call() -> *const u8 {
    let request = REQUEST.take();
    let replied = PLANS.with_borrow_mut(|plans| {
        if plans.is_empty() {
            set_panic_hook();
            plans.push(Some(Plan::bundled()));
        }
        commands::answer(request, plans)
    });
    REPLY.with_borrow_mut(|reply| {
        *reply = replied;
        reply.text().as_ptr()
    })
}

/// Frees the reply.
#[unsafe(no_mangle)]
pub extern "C" fn corridor_release() {
    REPLY.set(Replied::NONE);
}

/// Where the message of a panic is: a length and a text, as in a reply.
#[unsafe(no_mangle)]
pub extern "C" fn corridor_panic() -> *const u8 {
    PANIC.with_borrow(|message| message.as_ptr())
}

/// Keeps the message of a panic for the report of it.
fn set_panic_hook() {
    PANIC.set(reply::with_length(""));
    std::panic::set_hook(Box::new(|panic| PANIC.set(reply::with_length(&panic.to_string()))));
}
