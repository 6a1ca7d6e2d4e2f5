//! Maps of the plan: what people look at.
//!
//! A map shows the zones of a plan or layer with their names, and over them sites or parcels in the colour of
//! the zone that answers for them; around it stand degrees, a legend, the scale, the north, sources, and that
//! an indicative outline is not official. It is drawn as SVG, always the same for the same input; a PNG is a
//! picture of that. A [`page`] is for browsers: it answers.
//!
//! A plan that crosses the meridian of 180° is drawn as its coordinates say, around the other side.
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
    /// The language of names and words.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// The size of the paper.
    pub paper: Paper,
    /// How it lies.
    pub orientation: Orientation,
    /// The plane to draw in; without one, a local plane that is true at the middle latitude.
    pub crs: Option<Crs>,
    /// The title; without one, the name of the plan.
    pub title: Option<String>,
    /// Sources to be named besides those of the plan, as licences of sites or parcels ask for.
    pub source: Option<String>,
}

/// A map that is drawn.
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
    /// The picture, as SVG whose text is text.
    pub svg: String,
    /// The width of the paper, in millimetres.
    pub width_mm: f64,
    /// Its height, in millimetres.
    pub height_mm: f64,
    /// The denominator of the scale on paper.
    pub scale_denominator: f64,
    /// How many names found no room.
    pub unnamed: u64,
    /// How many sites were gathered in how many circles, where there are too many to draw each.
    pub gathered: Option<(u64, u64)>,
}
