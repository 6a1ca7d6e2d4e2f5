//! `corridor sql` without the feature `datafusion`.

use std::ffi::OsString;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::ui::Ui;
use crate::error::{Error, ErrorKind, Result};

/// Query tables with SQL, with the zones as functions of a position.
///
/// This program is built without SQL. Build it with the feature datafusion, which needs Rust 1.94 and takes some
/// minutes: cargo install --path . --features datafusion
#[derive(Args)]
pub(super) struct SqlArgs {
    /// A query: SELECT …
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "QUERY")]
    query: Vec<OsString>,
}

pub(super) fn run(_: SqlArgs, _: &Ui) -> Result<Outcome> {
    Err(Error::new(ErrorKind::NotBuilt { format: "SQL".to_owned(), feature: "datafusion" }))
}
