//! Maps of the plan.
//!
//! A map shows the features of a plan with their names and, optionally, sites or parcels in the colour of
//! their zone, with graticule, legend, scale, north arrow, sources and a notice that
//! an indicative outline is not official. It is drawn as SVG, identical for identical input; PDF and PNG are
//! made from it. A [`page`] is an interactive map for browsers.
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

mod classes;
mod content;
mod context;
mod data_overlay;
mod draw;
mod entries;
mod frame;
mod graticule;
mod label_obstacles;
mod labels;
mod legend;
mod marks;
mod names;
pub mod page;
mod palette;
#[cfg(any(feature = "pdf", feature = "png"))]
mod print;
mod projection;
mod raster;
mod svg;
mod text;

pub use classes::ClassMethod;
pub use context::{CONTEXT_GEOJSON, Context, ContextChoice};
pub use data_overlay::{DataOverlay, DataOverlaySummary};
pub use draw::draw;
pub use frame::{Orientation, Paper};
pub use palette::Theme;
#[cfg(any(feature = "pdf", feature = "png"))]
pub use print::Fonts;
#[cfg(feature = "pdf")]
pub use print::PdfMap;

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
    /// The line below the title; by default, the name of the document of the plan.
    pub subtitle: Option<String>,
    /// Who made the map.
    pub author: Option<String>,
    /// The date of the map, as it is to be printed.
    pub date: Option<String>,
    /// The name of the file of the plan, to be named on the map with its authority, accuracy and date; `None` for the
    /// bundled plan.
    pub outline: Option<String>,
    /// The source of the sites or parcels, as their licence may require; credited apart from those of the plan.
    pub source: Option<String>,
    /// Coast, rivers, railways and the like around the plan.
    pub context: ContextChoice,
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
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    /// The SVG, with text as text elements.
    pub svg: String,
    /// The title.
    pub title: String,
    /// Who made the map.
    pub author: Option<String>,
    /// The language as a tag of BCP 47.
    pub language: &'static str,
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
