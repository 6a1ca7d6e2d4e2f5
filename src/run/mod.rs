//! Runs queries over whole tables: reads, answers in several threads, writes in the order of the input.
//!
//! ```
//! use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
//! use taizhou_corridor::plan::{LANDMARKS_CSV, Plan};
//! use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator};
//! use taizhou_corridor::run::TableRun;
//!
//! let plan = Plan::bundled();
//! let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Zone, LocateColumn::Certainty]);
//! let landmarks = io::open(Input::bytes("landmarks.csv", LANDMARKS_CSV), &ReadOptions::default())?;
//! let (output, written) = Output::memory("located.csv");
//!
//! let run = TableRun::new(landmarks, &locator).write(output, WriteOptions::new(Format::CSV))?.run()?;
//! assert_eq!((run.summary.inside, run.summary.outside), (14, 18));
//! run.finish()?;
//! assert!(String::from_utf8(written.into_bytes()).unwrap().starts_with("id,name,name_en,"));
//! # Ok::<(), taizhou_corridor::Error>(())
//! ```

mod controls;
mod options;
mod table_run;
mod tests;

pub use self::controls::read_controls;
pub use self::options::{ParcelColumns, answer_format, check_read_options, check_write_options, column_of};
pub use self::table_run::{AnsweredTable, Finished, Progress, TableRun, Written};
