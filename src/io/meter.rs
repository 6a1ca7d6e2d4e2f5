//! How much of a file has been read.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the bytes that are read from a file, which may be read several times.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter {
    read: Arc<AtomicU64>,
    /// What there is to read, each pass counted; 0 where it is not known.
    all: Arc<AtomicU64>,
}

impl Meter {
    /// Adds a pass over so many bytes: what is read through it is counted.
    pub(super) fn pass<R>(&self, inner: R, bytes: Option<u64>) -> Metered<R> {
        self.all.fetch_add(bytes.unwrap_or(0), Ordering::Relaxed);
        Metered { inner, read: self.read.clone() }
    }

    /// The bytes that were read, and those of all passes that have begun.
    pub(super) fn bytes(&self) -> (u64, u64) {
        (self.read.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }
}

pub(super) struct Metered<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
