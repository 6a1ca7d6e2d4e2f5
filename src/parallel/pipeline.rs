//! Work on items in several threads, in the order of the items, between a reader and a writer.
//!
//! Written here because `rayon` has no such pipeline: `par_bridge` does not keep the order, and its ordered iterators
//! need all items at once.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::error::Result;

/// Passes each item of `next` to a worker, and the results to `take` in the order of the items.
///
/// `next` and `take` run in the thread of the caller; each other thread has its own worker, which `worker` creates
/// there. A few items per thread are in memory at any time, whatever their total number. The first failure, in the
/// order of the items, ends the run. A single item, or a single thread, is worked on in the thread of the caller.
pub(crate) fn run<T: Send, R: Send, W: FnMut(T) -> R>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<T>>,
    worker: impl Fn() -> W + Sync,
    mut take: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    if threads <= 1 || cfg!(not(feature = "threads")) {
        let mut work = worker();
        while let Some(item) = next()? {
            take(work(item))?;
        }
        return Ok(());
    }
    let Some(first) = next()? else { return Ok(()) };
    let second = match next() {
        Ok(Some(second)) => second,
        last => {
            take(worker()(first))?;
            return last.map(drop);
        }
    };
    in_threads(threads, [first, second].into_iter(), next, worker, take)
}

fn in_threads<T: Send, R: Send, W: FnMut(T) -> R>(
    threads: usize,
    mut start: impl Iterator<Item = T>,
    mut next: impl FnMut() -> Result<Option<T>>,
    worker: impl Fn() -> W + Sync,
    mut take: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    let most_held = 2 * threads + 2;
    thread::scope(|scope| {
        let (items, to_do) = sync_channel::<(u64, T)>(most_held);
        let (results, done) = channel::<(u64, thread::Result<R>)>();
        let to_do = Arc::new(Mutex::new(to_do));
        for _ in 0..threads {
            let (to_do, results, worker) = (to_do.clone(), results.clone(), &worker);
            scope.spawn(move || {
                let mut work = worker();
                loop {
                    let item = to_do.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((number, item)) = item else { break };
                    // Else the caller would wait for it.
                    let result = catch_unwind(AssertUnwindSafe(|| work(item)));
                    if results.send((number, result)).is_err() {
                        break;
                    }
                }
            });
        }
        // The workers end when the caller does: with nothing to do, or nobody to tell.
        drop((to_do, results));
        let mut early: BTreeMap<u64, thread::Result<R>> = BTreeMap::new();
        let (mut sent, mut taken) = (0, 0);
        let mut end = None;
        loop {
            while end.is_none() && sent - taken < most_held as u64 {
                let item = match start.next() {
                    Some(item) => Ok(Some(item)),
                    None => next(),
                };
                match item {
                    // There is room for all that are held, and somebody to take them.
                    Ok(Some(item)) => match items.send((sent, item)) {
                        Ok(()) => sent += 1,
                        Err(_) => end = Some(Ok(())),
                    },
                    last => end = Some(last.map(drop)),
                }
                // What is ready is written before more is read.
                early.extend(done.try_iter());
                if early.contains_key(&taken) {
                    break;
                }
            }
            while !early.contains_key(&taken) && taken < sent {
                let Ok((number, result)) = done.recv() else { break };
                early.insert(number, result);
            }
            match early.remove(&taken) {
                Some(Ok(result)) => take(result)?,
                Some(Err(panic)) => resume_unwind(panic),
                None => return end.unwrap_or(Ok(())),
            }
            taken += 1;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};

    /// Squares the numbers below a bound, and fails at a number in each of the three steps.
    fn squares(threads: usize, bound: u64, fail: [u64; 3]) -> (Vec<u64>, bool) {
        let failed = || Error::new(ErrorKind::Empty);
        let (mut number, mut taken) = (0, vec![]);
        let next = || {
            number += 1;
            if number - 1 == fail[0] { Err(failed()) } else { Ok((number <= bound).then_some(number - 1)) }
        };
        let work = |number: u64| {
            // The later ones are done first.
            thread::sleep(std::time::Duration::from_micros(300 - 100 * (number % 4).min(3)));
            if number == fail[1] { Err(failed()) } else { Ok(number * number) }
        };
        let take = |square: Result<u64>| {
            let square = square?;
            if square == fail[2] * fail[2] {
                return Err(failed());
            }
            taken.push(square);
            Ok(())
        };
        let result = run(threads, next, || work, take);
        (taken, result.is_ok())
    }

    const NEVER: u64 = 1 << 20;

    #[test]
    fn results_come_in_order() {
        for threads in [1, 2, 8] {
            for bound in [0, 1, 2, 3, 100] {
                let expected: Vec<u64> = (0..bound).map(|number| number * number).collect();
                assert_eq!(squares(threads, bound, [NEVER; 3]), (expected, true), "{threads} threads, {bound} items");
            }
        }
    }

    #[test]
    fn the_first_failure_ends_it_behind_all_before() {
        for threads in [1, 2, 8] {
            for fail in
                [[20, NEVER, NEVER], [NEVER, 20, NEVER], [NEVER, NEVER, 20], [25, 22, 20], [0, 30, 40], [1, 9, 9]]
            {
                let first = *fail.iter().min().unwrap();
                let expected: Vec<u64> = (0..first).map(|number| number * number).collect();
                assert_eq!(squares(threads, 100, fail), (expected, false), "{threads} threads, {fail:?}");
            }
        }
    }

    #[test]
    fn a_panic_is_handed_on() {
        let mut numbers = 0..50;
        let work = |number: i32| assert!(number != 20, "at 20");
        let outcome = catch_unwind(AssertUnwindSafe(|| run(2, || Ok(numbers.next()), || work, |()| Ok(()))));
        assert!(outcome.is_err());
    }
}
