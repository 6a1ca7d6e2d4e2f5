//! Counts node visits, for tests that prove that work does not grow quadratically. Unlike time, the count is the same
//! on every machine.

/// Counts one node visit, in tests only.
#[inline(always)]
pub(crate) fn count_step() {
    #[cfg(test)]
    counter::STEPS.set(counter::STEPS.get() + 1);
}

#[cfg(test)]
pub(crate) use counter::{squares, steps_of};

#[cfg(test)]
mod counter {
    use std::cell::Cell;

    use crate::plan::Plan;

    thread_local! {
        pub(super) static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    /// The number of node visits of `work`, run in one thread.
    pub(crate) fn steps_of(work: impl FnOnce() + Send) -> u64 {
        let count = || {
            STEPS.set(0);
            work();
            STEPS.get()
        };
        #[cfg(feature = "threads")]
        return rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(count);
        #[cfg(not(feature = "threads"))]
        count()
    }

    /// A dataset of adjacent squares of about ten metres: `side` columns and as many rows.
    pub(crate) fn squares(side: u32) -> Plan {
        let ring = |x: u32, y: u32| {
            let east = |x: u32| 121.3 + f64::from(x) * 1e-4;
            let north = |y: u32| 28.6 + f64::from(y) * 1e-4;
            let (w, e, s, n) = (east(x), east(x + 1), north(y), north(y + 1));
            format!("[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]")
        };
        let feature = |i: u32| {
            let rings = ring(i % side, i / side);
            format!(
                r#"{{"type":"Feature","id":"{i}","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{rings}}}}}"#
            )
        };
        let features: Vec<String> = (0..side * side).map(feature).collect();
        let json = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        Plan::flat_from_geojson(json.as_bytes(), None).unwrap()
    }
}
