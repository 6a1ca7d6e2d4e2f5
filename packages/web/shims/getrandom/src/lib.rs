//! In place of the crate `getrandom` (0.4): the crate `zip` asks for random numbers only to encrypt and to unpack into
//! folders, which is not done here.

use std::fmt;

/// There are no random numbers.
#[derive(Debug, Clone, Copy)]
pub struct Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there are no random numbers")
    }
}

impl std::error::Error for Error {}

/// Fails.
pub fn fill(_: &mut [u8]) -> Result<(), Error> {
    Err(Error)
}

/// Fails.
pub fn u64() -> Result<u64, Error> {
    Err(Error)
}
