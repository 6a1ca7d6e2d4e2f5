//! SQL functions for query engines: province-wide tables usually live in a data warehouse, and the same functions run
//! there.
//!
//! [`register`] adds them to a session of Apache DataFusion; [`Query`] and the command `corridor sql` are a thin layer
//! over such a session with files as tables. With the feature `ballista`, `engine::cluster` runs queries on several
//! machines.
//!
//! | function | answer |
//! |---|---|
//! | `corridor_zone(lon, lat[, crs])` | id of the core or zone that contains the position; null outside all zones |
//! | `corridor_zone_name`, `corridor_cluster`, `corridor_path`, `corridor_position`, `corridor_boundary_of`, `corridor_nearest_zone` | the columns of `locate` with these names |
//! | `corridor_distance_m(lon, lat[, crs])` | metres to the boundary, to the millimetre: `distance_to_boundary_m` |
//! | `corridor_certainty(lon, lat[, uncertainty_m][, crs])` | `certain`, `uncertain`, null if the outline states no accuracy; `uncertainty_m` is the position uncertainty at 95 %, by default 0 |
//! | `corridor_overlay(wkb[, crs])` | the parts of a polygon by zone, as a list of `zone`, `zone_name`, `relation`, `area_m2`, `share`, `majority`, `certainty` |
//!
//! The answers are those of `locate` and `overlay`, from the same code. The functions read the engine's arrays of
//! longitudes and latitudes in place and answer each set of zones once. The answer is null for a null, an invalid
//! position (NaN, out of range, or outside the area of its system) and an invalid polygon: such rows do not stop a
//! query, and `corridor_position(lon, lat) IS NULL` finds them. A CSV column that mixes numbers and text is read as
//! text: `TRY_CAST(lon AS DOUBLE)` extracts the numbers.
//!
//! Functions read columns, not the coordinate system declared by a file: pass it as `crs`. 32-bit floats are used as
//! they are; `locate` uses their shortest decimal form.
//!
//! `crs` is a string literal such as `'EPSG:4549'`, `'GCJ02'` or `'BD09'`; the easting or longitude always comes
//! first. (`locate` can detect the order from the first row of a file; an engine has no first row.)
//!
//! # Distributing plans to executors
//! A function is encoded as its name and the [`PlanId`] of its plan, a content hash of 64 digits. Each process needs
//! the plan itself: the bundled one is built in, others are loaded from a file at start-up (a few MB at most, the same
//! file on each machine or in its image). A process without the plan rejects the query and reports the id, and so does
//! one with another edition of the file: answers never come from the wrong plan. Indexes are built once per process and
//! plan.
//!
//! # Partitioning tables
//! Rows are independent: any partitioning gives the same answers, and nothing is shuffled until rows are
//! grouped. Then each partition contributes one row per group, which is little: zones are few.
//! - By time (`day=2025-06-01/…`), as usual in warehouses: a query for some days reads only these.
//! - Along a space-filling curve (order by a Hilbert or Z-order key of the position when the table is written): row
//!   groups are compact then, and `WHERE lon BETWEEN … AND lat BETWEEN …` skips those elsewhere. For a plan that covers
//!   a small part of a province this saves more than any number of machines, since most rows are outside all zones: put
//!   the bounding box of the corridor into the query.
//! - In several files or row groups per core: these are the smallest units of parallel work.
//!
//! # Cost and scaling
//! Measured on two cores with the bundled plan (`benches/README.md`): a position takes 42 ns of a core for its zone,
//! including the reading of 15 bytes of Parquet, and 2.6 µs with distance and certainty. Each task takes another 5 ms
//! and produces 6 kB of shuffle data per partition (one row per group), regardless of the number of positions. Two
//! executors with one core each are 1.93 times as fast as one.
//!
//! Estimates for a billion positions in 1,024 partitions:
//!
//! | cores | zones only (42 core seconds) | with distance and certainty (2,600 core seconds) |
//! |---|---|---|
//! | 8 | 6 s | 5.4 min |
//! | 64 | 0.8 s | 41 s |
//! | 512 | 0.1 s | 5.1 s |
//!
//! In addition: 6 MB of shuffles (negligible), reading 15 GB (15 s on a disk of 1 GB/s), and up to 10 s of tasks, if
//! the scheduler assigns them one by one. So queries for zones only are limited by disks from three cores per disk on,
//! and those with distances by the scheduler from about 256 cores on. If a query takes only seconds, or one disk or
//! network serves all files, one process is as fast and much simpler. A table that is already local to the executors is
//! not moved.
//!
//! Memory: the plan with its indexes (a few MB) per process, and a batch of positions per core.
//!
//! ```
//! use taizhou_corridor::engine::{ResultFormat, Query, write_answer};
//! use taizhou_corridor::io::Output;
//! use taizhou_corridor::plan::Plan;
//!
//! let sql = "SELECT corridor_zone(x, y, 'EPSG:4549') AS zone FROM (VALUES (633838.222, 3171898.561), (NULL, 1)) t(x, y)";
//! let (output, written) = Output::memory("zones.csv");
//! write_answer(&mut Query::new(sql, Plan::bundled(), 1)?, ResultFormat::Csv, output)?;
//! assert_eq!(written.into_bytes(), b"zone\ncore\n\"\"\n");
//! # Ok::<(), taizhou_corridor::Error>(())
//! ```

mod arguments;
#[cfg(feature = "ballista")]
pub mod cluster;
mod distances;
mod headers;
mod parcels;
mod plans;
mod points;
mod results;
mod session;

pub use plans::PlanId;
pub use results::{ResultFormat, write_answer};
pub use session::{Query, register, session};
