//! The graticule: meridians, parallels and their labels.

use geo::{Coord, LineString, Rect};

use crate::map::frame::View;

/// A meridian or parallel on the sheet.
pub(super) struct Line {
    pub(super) path: LineString<f64>,
    pub(super) label: String,
    /// Its intersections with the map frame: bottom and top, or left and right.
    pub(super) ends: Vec<(Edge, Coord<f64>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Top,
    Bottom,
    Left,
    Right,
}

/// Usual graticule intervals in seconds of arc.
const STEPS_SECONDS: [f64; 25] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0,
    1200.0, 1800.0, 3600.0, 7200.0, 18000.0, 36000.0,
];

/// Lines with at least the given spacing (px).
pub(super) fn graticule(view: &View<'_>, map: Rect<f64>, least_gap: f64) -> Vec<Line> {
    let Some((west_south, east_north)) = range(view, map) else { return vec![] };
    let (width, height) = (east_north.x - west_south.x, east_north.y - west_south.y);
    let step = |degrees: f64, room: f64| {
        let least = degrees * 3600.0 * least_gap / room;
        STEPS_SECONDS.into_iter().find(|&step| step >= least).unwrap_or(108_000.0)
    };
    // The same interval for both directions, unless that is too sparse.
    let (of_width, of_height) = (step(width, map.width()), step(height, map.height()));
    let both = of_width.max(of_height);
    let is_enough = |degrees: f64| degrees * 3600.0 / both >= 1.5;
    let (lon_step, lat_step) = if is_enough(width) && is_enough(height) { (both, both) } else { (of_width, of_height) };
    let meridians = multiples(west_south.x, east_north.x, lon_step)
        .filter_map(|seconds| line(view, map, seconds, true, (west_south.y, east_north.y)));
    let parallels = multiples(west_south.y, east_north.y, lat_step)
        .filter_map(|seconds| line(view, map, seconds, false, (west_south.x, east_north.x)));
    meridians.chain(parallels).collect()
}

/// The range of longitudes and latitudes on the map.
pub(super) fn range(view: &View<'_>, map: Rect<f64>) -> Option<(Coord<f64>, Coord<f64>)> {
    let parts = (0..=16).map(|i| f64::from(i) / 16.0);
    let (low, size) = (map.min(), Coord { x: map.width(), y: map.height() });
    let border = parts.flat_map(|t| [(t, 0.0), (t, 1.0), (0.0, t), (1.0, t)]);
    let positions = border.filter_map(|(x, y)| view.position(Coord { x: low.x + x * size.x, y: low.y + y * size.y }));
    positions.fold(None, |range, position| {
        let (min, max) = range.unwrap_or((position, position));
        let least = Coord { x: min.x.min(position.x).max(-180.0), y: min.y.min(position.y).max(-90.0) };
        let most = Coord { x: max.x.max(position.x).min(180.0), y: max.y.max(position.y).min(90.0) };
        Some((least, most))
    })
}

/// The multiples of an interval (seconds) between two values (degrees), at most a few hundred.
fn multiples(low: f64, high: f64, step: f64) -> impl Iterator<Item = f64> {
    let first = (low * 3600.0 / step).ceil();
    let last = (high * 3600.0 / step).floor().min(first + 200.0);
    let count = if last >= first { (last - first) as u32 + 1 } else { 0 };
    (0..count).map(move |i| (first + f64::from(i)) * step)
}

fn line(view: &View<'_>, map: Rect<f64>, seconds: f64, is_meridian: bool, (from, to): (f64, f64)) -> Option<Line> {
    let degrees = seconds / 3600.0;
    // Slightly beyond the map, so that the line crosses its frame.
    let spare = (to - from) * 0.05;
    let at = |t: f64| {
        let along = from - spare + t * (to - from + 2.0 * spare);
        if is_meridian {
            Coord { x: degrees, y: along.clamp(-90.0, 90.0) }
        } else {
            Coord { x: along.clamp(-180.0, 180.0), y: degrees }
        }
    };
    let points: Vec<Coord<f64>> = (0..=32).filter_map(|i| view.pixel_of(at(f64::from(i) / 32.0))).collect();
    let edges = if is_meridian { [Edge::Bottom, Edge::Top] } else { [Edge::Left, Edge::Right] };
    let end_of = |edge| crossing(&points, map, edge).or_else(|| end_within(&points, map, edge));
    let ends = edges.into_iter().filter_map(|edge| end_of(edge).map(|at| (edge, at))).collect();
    // A straight line needs no intermediate points.
    let is_straight = points.len() > 2 && {
        let (first, last) = (points[0], points[points.len() - 1]);
        let middle = points[points.len() / 2];
        let half = (first + last) / 2.0;
        (half.x - middle.x).abs() < 0.02 && (half.y - middle.y).abs() < 0.02
    };
    let path = if is_straight { LineString(vec![points[0], points[points.len() - 1]]) } else { LineString(points) };
    (path.0.len() > 1).then(|| Line { path, label: label(seconds, is_meridian), ends })
}

/// The intersection of a line with one edge of the map frame.
fn crossing(points: &[Coord<f64>], map: Rect<f64>, edge: Edge) -> Option<Coord<f64>> {
    let (min, max) = (map.min(), map.max());
    points.windows(2).find_map(|pair| {
        let (a, b) = (pair[0], pair[1]);
        let (from, to, level) = match edge {
            Edge::Top => (a.y, b.y, min.y),
            Edge::Bottom => (a.y, b.y, max.y),
            Edge::Left => (a.x, b.x, min.x),
            Edge::Right => (a.x, b.x, max.x),
        };
        if (from - level) * (to - level) > 0.0 || from == to {
            return None;
        }
        let at = a + (b - a) * ((level - from) / (to - from));
        let is_within = match edge {
            Edge::Top | Edge::Bottom => (min.x..=max.x).contains(&at.x),
            Edge::Left | Edge::Right => (min.y..=max.y).contains(&at.y),
        };
        is_within.then_some(at)
    })
}

/// The end of a line on the map, as at a pole.
fn end_within(points: &[Coord<f64>], map: Rect<f64>, edge: Edge) -> Option<Coord<f64>> {
    let ends = [*points.first()?, *points.last()?];
    let outermost = |towards: fn(&Coord<f64>) -> f64| ends.into_iter().max_by(|a, b| towards(a).total_cmp(&towards(b)));
    let end = match edge {
        Edge::Top => outermost(|end| -end.y),
        Edge::Bottom => outermost(|end| end.y),
        Edge::Left => outermost(|end| -end.x),
        Edge::Right => outermost(|end| end.x),
    };
    end.filter(|end| geo::Intersects::intersects(&map, end))
}

/// Degrees, minutes and seconds as needed: `121°20′E`.
fn label(seconds: f64, is_meridian: bool) -> String {
    // In integer thousandths, which are exact.
    let thousandths = (seconds.abs() * 1000.0).round() as u64;
    let (degrees, rest) = (thousandths / 3_600_000, thousandths % 3_600_000);
    let (minutes, rest) = (rest / 60_000, rest % 60_000);
    let mut text = format!("{degrees}°");
    if minutes > 0 || rest > 0 {
        text.push_str(&format!("{minutes:02}′"));
    }
    if rest > 0 {
        let exact = format!("{:06.3}", rest as f64 / 1000.0);
        text.push_str(exact.trim_end_matches('0').trim_end_matches('.'));
        text.push('″');
    }
    let side = match (is_meridian, seconds) {
        (_, 0.0) => "",
        (true, east) => {
            if east > 0.0 {
                "E"
            } else {
                "W"
            }
        }
        (false, north) => {
            if north > 0.0 {
                "N"
            } else {
                "S"
            }
        }
    };
    text + side
}

/// A latitude with seconds.
pub(super) fn latitude(degrees: f64) -> String {
    label((degrees * 3600.0).round(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_minutes_seconds() {
        let cases =
            [(436_800.0, true, "121°20′E"), (102_960.0, false, "28°36′N"), (3600.0, true, "1°E"), (0.0, false, "0°")];
        for (seconds, is_meridian, text) in cases {
            assert_eq!(label(seconds, is_meridian), text);
        }
        assert_eq!(label(-102_960.5, false), "28°36′00.5″S");
        assert_eq!(label(436_805.0, true), "121°20′05″E");
    }

    #[test]
    fn multiples_are_in_range() {
        assert_eq!(multiples(121.2, 121.5, 600.0).collect::<Vec<_>>(), [436_800.0, 437_400.0]);
        assert_eq!(multiples(0.1, 0.2, 3600.0).count(), 0);
    }
}
