//! Interruption and progress.

use pyo3::prelude::*;

use crate::problem::Problem;

/// Checks for Ctrl-C, and reports progress.
pub(crate) struct Watch {
    /// Called with the number of rows that were done since the last call.
    progress: Option<Py<PyAny>>,
}

impl Watch {
    pub(crate) fn new(progress: Option<Py<PyAny>>) -> Watch {
        Watch { progress }
    }

    /// This many more rows are done. Errors if the work is interrupted.
    pub(crate) fn rows(&self, count: u64) -> Result<(), Problem> {
        Python::attach(|py| {
            py.check_signals()?;
            if let Some(progress) = &self.progress {
                progress.call1(py, (count,))?;
            }
            Ok(())
        })
    }
}
