//! In place of the crate `zopfli` (0.8): the crate `zip` compresses with it at levels above 9, which nothing here asks
//! for. It would be 50 kB of the module.

use std::io::{self, Write};
use std::num::NonZeroU64;

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Unused.
    pub iteration_count: NonZeroU64,
}

impl Default for Options {
    fn default() -> Options {
        Options { iteration_count: NonZeroU64::MIN }
    }
}

/// The kind of block.
#[derive(Debug, Clone, Copy, Default)]
pub struct BlockType;

/// Compresses nothing: writing to it fails.
#[derive(Debug)]
pub struct DeflateEncoder<W: Write>(W);

impl<W: Write> DeflateEncoder<W> {
    /// An encoder before this writer.
    pub fn new(_: Options, _: BlockType, sink: W) -> DeflateEncoder<W> {
        DeflateEncoder(sink)
    }

    /// The writer.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.0)
    }

    /// The writer.
    pub fn get_ref(&self) -> &W {
        &self.0
    }

    /// The writer.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.0
    }
}

impl<W: Write> Write for DeflateEncoder<W> {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
