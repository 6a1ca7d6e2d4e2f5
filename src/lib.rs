//! Spatial planning in the Taizhou Bay Science & Technology Innovation Corridor (台州湾科创走廊): which zone contains a site,
//! how large each zone is, and how certain the results are.
//!
//! The bundled outline is an **indicative model, not the official one**: the published plan gives areas, not
//! coordinates. Load your own with [`Plan::from_geojson`](plan::Plan::from_geojson).
//!
//! # Which zone contains this site? [`query::locate`]: the position, the path from the corridor to the cluster, the
//! distance to the boundary, and whether the answer is certain.
//!
//! ```
//! use geo::coord;
//! use taizhou_corridor::plan::Plan;
//! use taizhou_corridor::query::locate::Locator;
//! use taizhou_corridor::units::Metres;
//!
//! let plan = Plan::bundled();
//! let station = Locator::new(&plan).locate(coord! { x: 121.36898, y: 28.6559 }, Metres(20.0));
//! let path: Vec<&str> =
//!     plan.path(station.most_specific.unwrap()).into_iter().map(|number| plan[number].name.as_str()).collect();
//! assert_eq!(path, ["台州湾科创走廊", "中央创新核", "高铁新区"]);
//! assert!((station.distance_to_boundary.unwrap().0 - 348.92).abs() < 0.01);
//! ```
//!
//! # How large is each zone? [`query::areas`]: on the ellipsoid of CGCS2000, with the published figure, in the units of
//! [`units`]. The measures themselves are in [`geometry::measure`].
//!
//! ```
//! use taizhou_corridor::plan::Plan;
//! use taizhou_corridor::query::areas::{Method, areas};
//!
//! let plan = Plan::bundled();
//! let corridor = &areas(&plan, &[Method::Ellipsoid])?[0];
//! assert_eq!(format!("{:.2} km²", corridor.size.area.km2()), "115.00 km²");
//! assert!(corridor.difference_ppm().unwrap().abs() < 0.1);
//! # Ok::<(), taizhou_corridor::Error>(())
//! ```
//!
//! # Which zones does this parcel overlap? [`query::overlay`]: the area and share in each zone, the zone with the
//! largest share, and whether that could change within the accuracy of the outlines.
//!
//! # Which zone is nearest?
//! [`query::nearest`]: the zone, the geodesic distance, the bearing.
//!
//! # Which zones are candidates here? [`index::FeatureIndex`]: spatial indexes that return feature ids; its
//! documentation defines the treatment of borders.
//!
//! # Is my outline valid? [`plan::check`]: rings, ids, hierarchy, partition, published areas; each finding with its
//! location.
//!
//! # What does the plan say?
//! [`plan::Plan::facts`]: roles, industries, projects, targets, sources, in both languages.
//!
//! # How do I read a table, and write it with results, or in another format and CRS? [`io::open`] and [`io::create`]:
//! CSV, GeoJSON, workbooks, shapefiles, file geodatabases, GeoPackage, FlatGeobuf, GeoParquet, KML and the text files of
//! land surveys, in any CRS, in batches. Attributes are unchanged; a bad row is kept and marked. Each query has its columns for them, as
//! [`query::locate::RowLocator`]; [`run::TableRun`] answers a whole table in all cores, for these queries and for those
//! of your own.
//!
//! # How do I share the plan? [`map::page`]: a single page for any browser that works offline.
//!
//! # How do I export the plan for a map tool? [`plan_io::export_plan`]: in any format, with colours and labels;
//! [`plan_io::write_topojson`]: shared borders once; `plan_io::export_tiles`: vector tiles. The colours are those of
//! [`plan::palette`].
//!
//! # How do I draw a map of the plan, with my sites or parcels on it? [`map::draw`]: an SVG for print or web, a PDF
//! with the feature `pdf`, a PNG with the feature `png`.
//!
//! # How do I query tables that are too large for one program? `engine::register`: the zones as functions in SQL,
//! inside Apache DataFusion (feature `datafusion`) or Ballista (feature `ballista`).
//!
//! # How do I report errors in Chinese?
//! [`messages::error`] and [`messages::advice`]: what is wrong, where, and what to do, in a [`messages::Lang`].
//!
//! # The rules
//! - x is the longitude or easting, y the latitude or northing, everywhere.
//! - Edges are straight in the plane of the plan ([`plan::Plan::plane`]): longitude and latitude, or that of a projected
//!   system. Predicates are exact in it; measures are on the ellipsoid of CGCS2000, which coincides with WGS 84 to
//!   centimetres.
//! - The unit of a number is in its name or its type.
//! - No input makes this crate panic; problems are an [`Error`] with its location, or a marked row.
//!
//! # Features
//! - `cli` (on): the module `cli` and the binary `corridor`. Without it clap and its dependencies are not built.
//! - `flatgeobuf` (on): the format FlatGeobuf.
//! - `geopackage` (on): the format GeoPackage, with SQLite.
//! - `parquet` (on): GeoParquet and plain Parquet.
//! - `pdf` (on): maps as PDF.
//! - `png` (on): maps as PNG.
//! - `proj` (on): any system of the EPSG register, by PROJ. Without it: longitude and latitude on CGCS2000 and WGS 84,
//!   Gauss-Krüger zones, UTM, Web Mercator, GCJ-02 and BD-09, and definitions of such systems; others are errors.
//! - `threads` (on): work in all cores; without it in one thread.
//! - `tiles` (on): vector tiles, `plan_io::export_tiles`.
//! - `datafusion`: the module `engine`, and with `cli` the command `corridor sql`. Wants Rust 1.94.
//! - `ballista`: the same over many machines, `engine::cluster`. Wants Rust 1.94.
//!
//! For `wasm32-unknown-unknown` it builds without default features, with `flatgeobuf` and `tiles` if they are wanted.
//! Inputs and outputs are then in memory, and no clock, thread, file or network is used; `packages/web` in the repository
//! is the library for JavaScript.

// Tests may unwrap and print; the library may not.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)
)]
// Results are the same on every platform, see `maths`.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
#![forbid(unsafe_code)]

mod maths;

pub mod units;

pub mod error;

mod panics;

mod parallel;

pub mod crs;

pub mod geometry;

pub mod plan;

pub mod index;

pub mod table;

pub mod query;

pub mod io;

pub mod run;

pub mod plan_io;

pub mod messages;

pub mod report;

pub mod map;

#[cfg(feature = "datafusion")]
pub mod engine;

#[cfg(feature = "cli")]
pub mod cli;

pub use error::{Error, Result};
