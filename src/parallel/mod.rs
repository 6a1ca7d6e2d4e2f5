//! Work in several threads: by `rayon` and threads of its own with the feature `threads`, in one thread without it.

pub(crate) mod pipeline;

/// The number of threads that can work at once: that of the cores, or 1 if it is not known.
#[cfg(feature = "threads")]
pub(crate) fn available_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The number of threads that can work at once.
#[cfg(not(feature = "threads"))]
pub(crate) fn available_threads() -> usize {
    1
}

/// Maps items in all threads; the results are in their order.
#[cfg(feature = "threads")]
pub(crate) fn map<I, R>(items: I, work: impl Fn(I::Item) -> R + Send + Sync) -> Vec<R>
where
    I: rayon::iter::IntoParallelIterator<Iter: rayon::iter::IndexedParallelIterator>,
    R: Send,
{
    use rayon::iter::ParallelIterator;
    items.into_par_iter().map(work).collect()
}

/// Maps items in order.
#[cfg(not(feature = "threads"))]
pub(crate) fn map<I: IntoIterator, R>(items: I, work: impl Fn(I::Item) -> R) -> Vec<R> {
    items.into_iter().map(work).collect()
}

/// Maps items in all threads while the calling thread does other work.
#[cfg(feature = "threads")]
pub(crate) fn map_while_doing<T: Sync, R: Send, O>(
    items: &[T],
    work: impl Fn(&T) -> R + Send + Sync,
    other: impl FnOnce() -> O,
) -> (Vec<R>, O) {
    let mut results = vec![];
    let other = rayon::in_place_scope(|scope| {
        scope.spawn(|_| results = map(items, work));
        other()
    });
    (results, other)
}

/// Maps items, and does other work.
#[cfg(not(feature = "threads"))]
pub(crate) fn map_while_doing<T, R, O>(items: &[T], work: impl Fn(&T) -> R, other: impl FnOnce() -> O) -> (Vec<R>, O) {
    (map(items, work), other())
}
