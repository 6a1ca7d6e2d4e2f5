//! How much is looked at, for tests that work does not grow with the square of what there is to do. Unlike time, it is
//! the same on every machine.

/// Counts a box that is looked at, in tests.
#[inline(always)]
pub(crate) fn count_step() {
    #[cfg(test)]
    counted::LOOKED_AT.set(counted::LOOKED_AT.get() + 1);
}

#[cfg(test)]
pub(crate) use counted::{squares, steps_of};

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    use crate::plan::Plan;

    thread_local! {
        pub(super) static LOOKED_AT: Cell<u64> = const { Cell::new(0) };
    }

    /// How many boxes are looked at, in one thread.
    pub(crate) fn steps_of(work: impl FnOnce() + Send) -> u64 {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        pool.install(|| {
            LOOKED_AT.set(0);
            work();
            LOOKED_AT.get()
        })
    }

    /// A layer of squares of some ten metres next to each other, so many in a row and so many rows.
    pub(crate) fn squares(in_a_row: u32) -> Plan {
        let ring = |x: u32, y: u32| {
            let east = |x: u32| 121.3 + f64::from(x) * 1e-4;
            let north = |y: u32| 28.6 + f64::from(y) * 1e-4;
            let (w, e, s, n) = (east(x), east(x + 1), north(y), north(y + 1));
            format!("[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]")
        };
        let feature = |i: u32| {
            let rings = ring(i % in_a_row, i / in_a_row);
            format!(
                r#"{{"type":"Feature","id":"{i}","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{rings}}}}}"#
            )
        };
        let features: Vec<String> = (0..in_a_row * in_a_row).map(feature).collect();
        let json = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        Plan::layer_from_geojson(json.as_bytes(), None).unwrap()
    }
}
