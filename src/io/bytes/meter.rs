//! Progress of reading a file.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counts the bytes read from a file, which may be read in several passes.
#[derive(Debug, Clone, Default)]
pub(in crate::io) struct Meter {
    read: Arc<AtomicU64>,
    /// The total size of all passes.
    total: Arc<AtomicU64>,
    /// Whether the size of a pass is unknown.
    has_unknown_size: Arc<AtomicBool>,
}

impl Meter {
    /// Adds a pass over a number of bytes, if known, and meters its reader.
    pub(in crate::io) fn pass<R>(&self, inner: R, bytes: Option<u64>) -> Metered<R> {
        self.total.fetch_add(bytes.unwrap_or(0), Ordering::Relaxed);
        if bytes.is_none() {
            self.has_unknown_size.store(true, Ordering::Relaxed);
        }
        Metered { inner, read: self.read.clone() }
    }

    /// The number of bytes read.
    pub(in crate::io) fn bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The share of all passes that is read, from 0 to 1; `None` if a size is unknown.
    pub(in crate::io) fn share(&self) -> Option<f64> {
        let all = self.total.load(Ordering::Relaxed);
        let is_known = all > 0 && !self.has_unknown_size.load(Ordering::Relaxed);
        is_known.then(|| (self.bytes() as f64 / all as f64).min(1.0))
    }
}

pub(in crate::io) struct Metered<R> {
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
