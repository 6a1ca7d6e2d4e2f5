//! The same answers inside a query engine: where tables of a province lie in a warehouse, the functions go there.
//!
//! [`register`] makes them known in a session of Apache DataFusion; [`Query`] and the command `corridor sql` are a
//! small front of one over files. With the feature `ballista`, `engine::cluster` runs the same over many
//! machines.
//!
//! | function | answer |
//! |---|---|
//! | `corridor_zone(lon, lat[, crs])` | id of the core or zone that holds the position; null outside of all |
//! | `corridor_zone_name`, `corridor_cluster`, `corridor_path`, `corridor_position`, `corridor_boundary_of`, `corridor_nearest_zone` | as the columns of `locate` of these names |
//! | `corridor_distance_m(lon, lat[, crs])` | metres to the boundary, to the millimetre: `distance_to_boundary_m` |
//! | `corridor_certainty(lon, lat[, uncertainty_m][, crs])` | `certain`, `uncertain`, null where the outline states no accuracy; the position is known to within `uncertainty_m`, by default 0 |
//! | `corridor_overlay(wkb[, crs])` | a list of what of a polygon lies in each zone: `zone`, `zone_name`, `relation`, `area_m2`, `share`, `majority`, `certainty` |
//!
//! The answers are those of `locate` and `overlay`, from the same kernels. The functions read the engine's arrays of
//! longitudes and latitudes where they are, and answer each set of zones once. A null is answered with null, as is
//! what is no position (NaN, out of range, or no image in its system) and no valid polygon: nothing stops at such a row,
//! and `corridor_position(lon, lat) IS NULL` finds them. A text that is no number makes a column of texts in CSV:
//! `TRY_CAST(lon AS DOUBLE)` has the numbers in it.
//!
//! A system that a file declares is not read: functions see columns, not files. Name it. Numbers of 32 bits are taken as
//! they are, where `locate` takes the decimal they were written from.
//!
//! `crs` is a text in the query, such as `'EPSG:4549'`, `'GCJ02'` or `'BD09'`; the easting or longitude always comes
//! first. (`locate` may take the order from the first row of a file; an engine has no first row.)
//!
//! # How a plan gets to executors
//! A function is carried as its name and the [`PlanId`] of its plan, 64 digits that say what is in it. Each process has
//! the plan itself: the bundled one is in the program, another comes from its file at the start (a few MB at most, the
//! same file on each machine or in the image they run). A process without it refuses the query and names the id, and
//! so does one with another edition of the file: no answer is ever by the wrong plan. Indexes are made once a process
//! and plan.
//!
//! # How tables are best divided
//! A position needs no other row: any division gives the same answers, and nothing is shuffled until something is
//! grouped. Then a group has a row for each partition that met it, and is small: zones are few.
//! - By time (`day=2025-06-01/…`), as warehouses have it: a query of some days reads these alone.
//! - Along a space-filling curve (order by a Hilbert or Z-order key of the position when the table is written): row
//!   groups are compact then, and `WHERE lon BETWEEN … AND lat BETWEEN …` skips those that lie elsewhere. For a plan
//!   that covers a small part of a province this saves more than any number of machines, since most rows are in no zone:
//!   say the box of the corridor in the query.
//! - In several files or row groups for each core: a part of the table is the least that one of them takes.
//!
//! # When it pays, and what it costs
//! Measured on two cores with the bundled plan (`benches/README.md`): a position takes 42 ns of a core where its zone is
//! asked, the reading of 15 bytes of Parquet in it, and 2.6 µs with distance and certainty. A task takes 5 ms besides,
//! and leaves 6 kB for each partition to be shuffled (a row for each group), whatever the number of positions. Two
//! executors of one core are 1.93 times as fast as one.
//!
//! On paper, for a billion positions in 1,024 partitions:
//!
//! | cores | zones alone (42 s of a core) | with distance and certainty (2,600 s of a core) |
//! |---|---|---|
//! | 8 | 6 s | 5.4 min |
//! | 64 | 0.8 s | 41 s |
//! | 512 | 0.1 s | 5.1 s |
//!
//! Next to that stand 6 MB of shuffles, which are nothing, the 15 GB that are read, 15 s of a disk of 1 GB/s, and up to 10 s
//! of tasks, should the scheduler give them out one by one. So zones alone are a matter of disks from three cores a disk
//! on, and distances of the scheduler from some 256 cores on. Where the whole takes some seconds, or one disk or network
//! holds all the files, one process is as fast and much simpler. Where a table lies with the executors already, it is not
//! moved.
//!
//! Memory is the plan with its indexes, some MB, for each process, and a batch of positions for each core.
//!
//! ```
//! use taizhou_corridor::engine::{Form, Query, write_answer};
//! use taizhou_corridor::io::Output;
//! use taizhou_corridor::plan::Plan;
//!
//! let sql = "SELECT corridor_zone(x, y, 'EPSG:4549') AS zone FROM (VALUES (633838.222, 3171898.561), (NULL, 1)) t(x, y)";
//! let (output, written) = Output::memory("zones.csv");
//! write_answer(&mut Query::new(sql, Plan::bundled(), 1)?, Form::Csv, output)?;
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
pub use results::{Form, write_answer};
pub use session::{Query, register, session};
