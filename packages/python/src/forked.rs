//! Processes that were forked, as those of `multiprocessing`: the threads of the first one are not in them, and work
//! that is given to these would never be done.

use std::sync::OnceLock;

use arrow_schema::ArrowError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::problem::Problem;

/// Notes the process that has the threads: that which imports the module.
pub(crate) fn note_owner() {
    owner();
}

fn owner() -> u32 {
    static OWNER: OnceLock<u32> = OnceLock::new();
    *OWNER.get_or_init(std::process::id)
}

/// Whether this process is not the one that has the threads.
pub(crate) fn is_forked() -> bool {
    owner() != std::process::id()
}

/// So many threads of their own; with 0 as many as there are cores.
pub(crate) fn own_threads(count: usize) -> Result<ThreadPool, Problem> {
    let pool = ThreadPoolBuilder::new().num_threads(count).build();
    Ok(pool.map_err(|error| ArrowError::ExternalError(Box::new(error)))?)
}

/// Works without the interpreter lock; in a forked process with threads of its own.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Problem> + Send,
) -> Result<T, Problem> {
    py.detach(|| if is_forked() { own_threads(0)?.install(work) } else { work() })
}
