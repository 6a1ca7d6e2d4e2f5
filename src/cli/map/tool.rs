//! The page that answers questions about files in a browser: `packages/web/tool`.

use crate::cli::Outcome;
use crate::cli::args::OutputArgs;
use crate::error::Result;

/// The page with the library as WebAssembly, made by `make tool`.
#[cfg(feature = "tool")]
const TOOL: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/packages/web/corridor.html"));

#[cfg(feature = "tool")]
pub(super) fn write(output: &OutputArgs) -> Result<Outcome> {
    crate::cli::write_text(output.create()?, TOOL)?;
    Ok(Outcome::Done)
}

#[cfg(not(feature = "tool"))]
pub(super) fn write(_: &OutputArgs) -> Result<Outcome> {
    use crate::error::{Error, ErrorKind};
    Err(Error::new(ErrorKind::NotBuilt { format: "the tool page".to_owned(), feature: "tool" }))
}
