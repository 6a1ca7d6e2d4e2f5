//! Maps of the plan.
//!
//! A map shows the features of a plan with their names and, optionally, sites or parcels in the colour of
//! their zone, with graticule, legend, scale, north arrow, sources and a notice that
//! an indicative outline is not official. It is drawn as SVG, identical for identical input; a PNG is
//! rasterised from it. A [`page`] is an interactive map for browsers.
//!
//! A plan across the 180° meridian is drawn by its coordinate values, around the other side of the earth.
//!
//! ```
//! use taizhou_corridor::map::{self, MapOptions};
//! use taizhou_corridor::plan::Plan;
//!
//! let drawing = map::draw(&Plan::bundled(), None, &MapOptions::default())?;
//! assert!(drawing.svg.starts_with("<svg ") && drawing.svg.contains("Central Innovation Core"));
//! # Ok::<(), taizhou_corridor::Error>(())
//! ```

mod content;
mod data_overlay;
mod draw;
mod frame;
mod graticule;
mod label_obstacles;
mod labels;
mod legend;
mod marks;
mod names;
pub mod page;
mod palette;
#[cfg(feature = "png")]
mod png;
mod projection;
mod raster;
mod svg;
mod text;

pub use data_overlay::{DataOverlay, DataOverlaySummary};
pub use draw::draw;
pub use frame::{Orientation, Paper};
pub use palette::Theme;
#[cfg(feature = "png")]
pub use png::Fonts;

use crate::crs::Crs;
use crate::messages::Lang;

/// How a map is drawn.
///
/// ```
/// use taizhou_corridor::map::{MapOptions, Paper, Theme};
/// use taizhou_corridor::messages::Lang;
///
/// let options = MapOptions { lang: Lang::Zh, paper: Paper::A3, ..MapOptions::default() };
/// assert_eq!(options.theme, Theme::Light);
/// ```
#[derive(Debug, Clone, Default)]
pub struct MapOptions {
    /// The language of labels.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// The paper size.
    pub paper: Paper,
    /// The orientation of the paper.
    pub orientation: Orientation,
    /// The plane to draw in; without one, a local plane that is true at the middle latitude.
    pub crs: Option<Crs>,
    /// The title; by default, the name of the plan.
    pub title: Option<String>,
    /// The name of the file of the plan, to be named on the map with its authority, accuracy and date; `None` for the
    /// bundled plan.
    pub outline: Option<String>,
    /// Sources to credit besides those of the plan, as licences of data may require.
    pub source: Option<String>,
}

/// A drawn map.
///
/// ```
/// use taizhou_corridor::map::{self, MapOptions};
/// use taizhou_corridor::plan::Plan;
///
/// let drawing = map::draw(&Plan::bundled(), None, &MapOptions::default())?;
/// assert_eq!((drawing.width_mm, drawing.height_mm), (297.0, 210.0));
/// assert_eq!(drawing.unnamed, 0);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The SVG, with text as text elements.
    pub svg: String,
    /// The paper width in millimetres.
    pub width_mm: f64,
    /// The paper height in millimetres.
    pub height_mm: f64,
    /// The denominator of the scale on paper.
    pub scale_denominator: f64,
    /// The number of names without room.
    pub unnamed: u64,
    /// The number of clustered sites and of circles, if there are too many sites to draw each.
    pub clustered: Option<(u64, u64)>,
}
