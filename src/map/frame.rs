//! The sheet: paper size, layout of map and legend, and the map's view of the plane.

use std::str::FromStr;

use geo::{Coord, LineString, MultiPolygon, Rect};

use crate::geometry::measure::distance;
use crate::map::projection::Projection;
use crate::maths::{decimal_exponent, hypot, power_of_ten};

/// The paper size.
///
/// ```
/// use taizhou_corridor::map::Paper;
///
/// assert_eq!("a3".parse(), Ok(Paper::A3));
/// assert_eq!(Paper::A4.size_mm(), (297.0, 210.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Paper {
    /// 297 mm by 210 mm.
    #[default]
    A4,
    /// 420 mm by 297 mm.
    A3,
}

impl Paper {
    /// The longer and the shorter side in millimetres (ISO 216).
    pub fn size_mm(self) -> (f64, f64) {
        match self {
            Paper::A4 => (297.0, 210.0),
            Paper::A3 => (420.0, 297.0),
        }
    }

    /// The name: `a4`, `a3`.
    pub fn as_str(self) -> &'static str {
        match self {
            Paper::A4 => "a4",
            Paper::A3 => "a3",
        }
    }

    /// The text scale relative to A4: larger sheets are read from farther away.
    pub(super) fn type_scale(self) -> f64 {
        match self {
            Paper::A4 => 1.0,
            Paper::A3 => 1.25,
        }
    }
}

impl FromStr for Paper {
    type Err = String;

    fn from_str(text: &str) -> Result<Paper, String> {
        [Paper::A4, Paper::A3]
            .into_iter()
            .find(|paper| paper.as_str() == text.to_ascii_lowercase())
            .ok_or_else(|| format!("`{text}` is no paper; there are a4, a3"))
    }
}

/// The orientation of the paper.
///
/// ```
/// use taizhou_corridor::map::Orientation;
///
/// assert_eq!(Orientation::default(), Orientation::Auto);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Orientation {
    /// Whichever makes the map larger.
    #[default]
    Auto,
    /// Landscape.
    Landscape,
    /// Portrait.
    Portrait,
}

/// Millimetres per CSS pixel (96 to the inch).
pub(super) const MM_PER_PX: f64 = 25.4 / 96.0;

/// The layout of a sheet in pixels, y downwards.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) width_mm: f64,
    pub(super) height_mm: f64,
    /// The left margin and the baseline of the title.
    pub(super) margin: f64,
    /// The map frame.
    pub(super) map: Rect<f64>,
    /// The legend.
    pub(super) panel: Rect<f64>,
    /// The number of legend columns.
    pub(super) columns: usize,
    /// The top of the footer.
    pub(super) foot: f64,
}

/// The heights of the elements around the map, at A4 text size.
pub(super) struct Heights<'a> {
    pub(super) title: f64,
    /// The footer, for a given width.
    pub(super) foot: &'a dyn Fn(f64) -> f64,
    /// The legend, for a given number of columns.
    pub(super) legend: &'a dyn Fn(usize) -> f64,
}

/// The width of a legend column and the gap between columns.
pub(super) const COLUMN: f64 = 232.0;
pub(super) const GUTTER: f64 = 22.0;
/// The margin for graticule labels around the map.
const DEGREES: f64 = 17.0;
const MARGIN: f64 = 34.0;

impl Sheet {
    pub(super) fn width(&self) -> f64 {
        self.width_mm / MM_PER_PX
    }

    pub(super) fn height(&self) -> f64 {
        self.height_mm / MM_PER_PX
    }

    /// The layout that makes an area of this aspect ratio (width by height) largest: portrait or landscape, with the
    /// legend on the right or below.
    pub(super) fn best(
        paper: Paper,
        orientation: Orientation,
        heights: &Heights<'_>,
        aspect: f64,
        can_be_below: bool,
    ) -> Sheet {
        let orientations = match orientation {
            Orientation::Auto => &[Orientation::Landscape, Orientation::Portrait][..],
            Orientation::Landscape => &[Orientation::Landscape],
            Orientation::Portrait => &[Orientation::Portrait],
        };
        let sheets = orientations.iter().flat_map(|&orientation| {
            let legends: &[bool] = if can_be_below { &[false, true] } else { &[false] };
            legends.iter().map(move |&is_below| Sheet::new(paper, orientation, heights, is_below))
        });
        // The first among equals.
        let size = |sheet: &Sheet| (sheet.map.width() / aspect).min(sheet.map.height());
        let first = Sheet::new(paper, orientations[0], heights, false);
        sheets.fold(first, |best, sheet| if size(&sheet) > size(&best) * 1.02 { sheet } else { best })
    }

    fn new(paper: Paper, orientation: Orientation, heights: &Heights<'_>, is_below: bool) -> Sheet {
        let (long, short) = paper.size_mm();
        let (width_mm, height_mm) = if orientation == Orientation::Portrait { (short, long) } else { (long, short) };
        let k = paper.type_scale();
        let (width, height) = (width_mm / MM_PER_PX, height_mm / MM_PER_PX);
        let (margin, degrees, gutter, column) = (MARGIN * k, DEGREES * k, GUTTER * k, COLUMN * k);
        let foot = height - margin * 0.7 - k * (heights.foot)((width - 2.0 * margin) / k);
        let top = margin + k * heights.title + degrees;
        let (left, right) = (margin + degrees, width - margin);
        let (map, panel, columns);
        if is_below {
            columns = (((right - margin + gutter) / (column + gutter)) as usize).max(1);
            let panel_top = foot - gutter * 0.9 - k * (heights.legend)(columns);
            map = (left, top, right - degrees, panel_top - degrees - gutter * 0.7);
            panel = (margin, panel_top, right, foot - gutter * 0.9);
        } else {
            columns = 1;
            map = (left, top, right - column - gutter - degrees, foot - gutter * 0.5 - degrees);
            panel = (right - column, top, right, foot - gutter * 0.5);
        }
        // Leave room for the map even if the legend is too long.
        let rect = |(x0, y0, x1, y1): (f64, f64, f64, f64)| {
            Rect::new(Coord { x: x0, y: y0 }, Coord { x: x1.max(x0 + 100.0), y: y1.max(y0 + 100.0) })
        };
        Sheet { width_mm, height_mm, margin, map: rect(map), panel: rect(panel), columns, foot }
    }
}

/// The transformation between the plane and the sheet.
pub(super) struct View<'a> {
    pub(super) projection: &'a Projection,
    map: Rect<f64>,
    centre: Coord<f64>,
    /// Pixels per unit of the plane.
    scale: f64,
    /// Pixels per metre on the ground, at the centre of the map.
    pub(super) px_per_m: f64,
}

impl<'a> View<'a> {
    /// Fits an area of the plane at a round scale.
    pub(super) fn new(projection: &'a Projection, area: Rect<f64>, map: Rect<f64>, spare: f64) -> View<'a> {
        let fit =
            |side: f64, room: f64| if side > 0.0 { (room - 2.0 * spare).max(room / 2.0) / side } else { f64::INFINITY };
        let scale = fit(area.width(), map.width()).min(fit(area.height(), map.height()));
        let scale = if scale.is_finite() { scale } else { 1.0 };
        let mut view = View { projection, map, centre: area.center(), scale, px_per_m: scale };
        if let Some(px_per_m) = view.measured() {
            let rounded = PX_PER_PAPER_M / round_denominator(PX_PER_PAPER_M / px_per_m);
            view.scale *= rounded / px_per_m;
            view.px_per_m = rounded;
        }
        view
    }

    /// Plane units per metre on the ground at the centre of the map, along a line to the east.
    fn measured(&self) -> Option<f64> {
        let middle = self.map.center();
        let reach = self.map.width().min(self.map.height()) / 8.0;
        let ends = [-reach, reach].map(|dx| self.position(Coord { x: middle.x + dx, y: middle.y }));
        let [Some(west), Some(east)] = ends else { return None };
        let length_m = distance(west, east).0;
        (length_m > 0.0 && length_m.is_finite()).then(|| 2.0 * reach / length_m)
    }

    /// The map frame on the sheet.
    pub(super) fn map(&self) -> Rect<f64> {
        self.map
    }

    /// The denominator of the scale.
    pub(super) fn denominator(&self) -> f64 {
        PX_PER_PAPER_M / self.px_per_m
    }

    /// The pixel of a point of the plane.
    pub(super) fn pixel(&self, point: Coord<f64>) -> Coord<f64> {
        let middle = self.map.center();
        Coord {
            x: middle.x + (point.x - self.centre.x) * self.scale,
            y: middle.y - (point.y - self.centre.y) * self.scale,
        }
    }

    /// The pixel of a position (degrees).
    pub(super) fn pixel_of(&self, position: Coord<f64>) -> Option<Coord<f64>> {
        self.projection.forward(position).map(|point| self.pixel(point))
    }

    /// The position (degrees) of a pixel.
    pub(super) fn position(&self, pixel: Coord<f64>) -> Option<Coord<f64>> {
        let middle = self.map.center();
        self.projection.inverse(Coord {
            x: self.centre.x + (pixel.x - middle.x) / self.scale,
            y: self.centre.y - (pixel.y - middle.y) / self.scale,
        })
    }

    /// A line of the plane on the sheet, without details too small to be visible.
    pub(super) fn line(&self, line: &LineString<f64>) -> LineString<f64> {
        thinned(line.0.iter().map(|&corner| self.pixel(corner)))
    }

    /// A shape of the plane on the sheet, without details too small to be visible.
    pub(super) fn shape(&self, shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        let ring = |ring: &LineString<f64>| closed(self.line(ring));
        let polygons = shape
            .iter()
            .map(|polygon| geo::Polygon::new(ring(polygon.exterior()), polygon.interiors().iter().map(ring).collect()));
        polygons.filter(|polygon| polygon.exterior().0.len() > 3).collect()
    }
}

/// A line without vertices that are too close to the previous one to be visible.
fn thinned(corners: impl Iterator<Item = Coord<f64>>) -> LineString<f64> {
    const MIN_PX: f64 = 0.15;
    let mut kept: Vec<Coord<f64>> = vec![];
    for corner in corners {
        if kept.last().is_none_or(|last| hypot(corner.x - last.x, corner.y - last.y) >= MIN_PX) {
            kept.push(corner);
        }
    }
    LineString(kept)
}

/// A ring whose last vertex may have been dropped, closed with the first.
fn closed(mut ring: LineString<f64>) -> LineString<f64> {
    let first = ring.0.first().copied();
    if let (Some(first), Some(last)) = (first, ring.0.last_mut()) {
        *last = first;
    }
    ring
}

/// Pixels per metre of paper.
const PX_PER_PAPER_M: f64 = 1000.0 / MM_PER_PX;

/// The next larger round scale denominator: shrinks the map by at most a fifth.
fn round_denominator(denominator: f64) -> f64 {
    let power = power_of_ten(decimal_exponent(denominator));
    let steps = [1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.5, 8.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|round| *round >= denominator * (1.0 - 1e-9)).unwrap_or(denominator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_denominators_are_round() {
        for (exact, round) in [(133_500.0, 150_000.0), (150_000.0, 150_000.0), (9_990.0, 10_000.0), (0.9, 1.0)] {
            assert!((round_denominator(exact) - round).abs() < 1e-6 * round, "{exact}");
        }
    }

    #[test]
    fn orientation_follows_the_area() {
        let heights = Heights { title: 50.0, foot: &|_| 30.0, legend: &|_| 100.0 };
        let sheet = |aspect| Sheet::best(Paper::A4, Orientation::Auto, &heights, aspect, true);
        assert!(sheet(2.0).width() > sheet(2.0).height());
        assert!(sheet(0.4).width() < sheet(0.4).height());
    }
}
