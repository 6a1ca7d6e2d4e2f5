//! The library for Python: the module `taizhou_corridor._native`, which the package around it calls.
//!
//! Tables come as Arrow by the PyCapsule interface, as NumPy arrays whose memory is used as it is, or as paths. The
//! library's own queries answer them in batches, by all cores and without the global interpreter lock.

mod answers;
mod files;
mod forked;
mod memory;
mod options;
mod outlines;
mod plan;
mod problem;
mod query;
mod source;
mod watch;

use corridor_front_end::{Expected, OptionProblem};
use pyo3::prelude::*;
use taizhou_corridor::messages::Lang;

/// Runs the program `corridor` with arguments, of which the first is its name, and returns the exit code.
#[pyfunction]
fn main(py: Python<'_>, arguments: Vec<std::ffi::OsString>) -> u8 {
    py.detach(|| {
        taizhou_corridor::cli::silence_caught_panics();
        taizhou_corridor::cli::run(arguments)
    })
}

/// Sets the language of messages: `en` or `zh`.
#[pyfunction]
fn set_lang(lang: &str) -> Result<(), problem::Problem> {
    if !["en", "zh"].iter().any(|known| lang.to_lowercase().starts_with(known)) {
        let expected = Expected::OneOf(vec!["en", "zh"]);
        return Err(OptionProblem::Bad { name: "lang".to_owned(), expected }.into());
    }
    problem::set_lang(Lang::of_locale(lang));
    Ok(())
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    forked::note_owner();
    module.add_class::<plan::PyPlan>()?;
    module.add_class::<plan::PyLocator>()?;
    module.add_function(wrap_pyfunction!(plan::check_outline, module)?)?;
    module.add_function(wrap_pyfunction!(main, module)?)?;
    module.add_function(wrap_pyfunction!(set_lang, module)?)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    Ok(())
}
