//! Cuts lines and rings at a box, so that a map has no more of a large file than it shows.
//!
//! `geo`'s boolean operations would give exact polygons; for what is filled under a clip path, the edges along the box
//! that this leaves are outside the map.

use geo::{Coord, Line, LineString, Polygon, Rect};

/// The parts of a line in the box.
pub(super) fn runs(line: &LineString<f64>, bounds: Rect<f64>) -> Vec<LineString<f64>> {
    let mut runs: Vec<LineString<f64>> = vec![];
    for segment in line.lines() {
        let Some((start, end)) = cut(segment, bounds) else { continue };
        match runs.last_mut() {
            Some(run) if run.0.last() == Some(&start) => run.0.push(end),
            _ => runs.push(LineString(vec![start, end])),
        }
    }
    runs
}

/// The part of a segment in the box: Liang and Barsky, A new concept and method for line clipping (1984).
fn cut(segment: Line<f64>, bounds: Rect<f64>) -> Option<(Coord<f64>, Coord<f64>)> {
    let (start, delta) = (segment.start, segment.delta());
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (from, step, low, high) in
        [(start.x, delta.x, bounds.min().x, bounds.max().x), (start.y, delta.y, bounds.min().y, bounds.max().y)]
    {
        if step == 0.0 {
            if from < low || from > high {
                return None;
            }
            continue;
        }
        let (a, b) = ((low - from) / step, (high - from) / step);
        (enter, leave) = (enter.max(a.min(b)), leave.min(a.max(b)));
    }
    let at = |share: f64, end: Coord<f64>, whole: f64| if share == whole { end } else { start + delta * share };
    (enter <= leave).then(|| (at(enter, segment.start, 0.0), at(leave, segment.end, 1.0)))
}

/// The part of a polygon in the box, by cutting its rings: Sutherland and Hodgman, Reentrant polygon clipping (1974).
/// `None` if nothing of it is there.
pub(super) fn part(polygon: &Polygon<f64>, bounds: Rect<f64>) -> Option<Polygon<f64>> {
    let exterior = ring(polygon.exterior(), bounds)?;
    let holes = polygon.interiors().iter().filter_map(|hole| ring(hole, bounds)).collect();
    Some(Polygon::new(exterior, holes))
}

fn ring(ring: &LineString<f64>, bounds: Rect<f64>) -> Option<LineString<f64>> {
    let (min, max) = (bounds.min(), bounds.max());
    type Along = fn(Coord<f64>) -> f64;
    let sides: [(Along, f64); 4] = [(|at| at.x, min.x), (|at| -at.x, -max.x), (|at| at.y, min.y), (|at| -at.y, -max.y)];
    let mut corners: Vec<Coord<f64>> = ring.0.iter().copied().skip(1).collect();
    for (along, limit) in sides {
        let mut kept = vec![];
        for (index, &corner) in corners.iter().enumerate() {
            let before = corners[(index + corners.len() - 1) % corners.len()];
            let (from, to) = (along(before) - limit, along(corner) - limit);
            if (from < 0.0) != (to < 0.0) {
                kept.push(before + (corner - before) * (from / (from - to)));
            }
            if to >= 0.0 {
                kept.push(corner);
            }
        }
        corners = kept;
    }
    (corners.len() > 2).then_some(LineString(corners))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, line_string, polygon};

    fn unit() -> Rect<f64> {
        Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 1.0, y: 1.0 })
    }

    #[test]
    fn lines_keep_what_is_in_the_box() {
        let line = line_string![
            (x: -3.0, y: 0.5), (x: 0.5, y: 0.5), (x: 3.0, y: 0.5), (x: 3.0, y: 9.0), (x: 0.5, y: 9.0), (x: 0.5, y: 0.2)
        ];
        let expected = [
            line_string![(x: 0.0, y: 0.5), (x: 0.5, y: 0.5), (x: 1.0, y: 0.5)],
            line_string![(x: 0.5, y: 1.0), (x: 0.5, y: 0.2)],
        ];
        assert_eq!(runs(&line, unit()), expected);
    }

    #[test]
    fn polygons_are_cut_at_the_box_with_their_holes() {
        let square = polygon!(exterior: [(x: -1.0, y: -1.0), (x: 2.0, y: -1.0), (x: 2.0, y: 2.0), (x: -1.0, y: 2.0)],
            interiors: [[(x: 0.5, y: 0.5), (x: 0.5, y: 5.0), (x: 5.0, y: 5.0), (x: 5.0, y: 0.5)]]);
        assert_eq!(part(&square, unit()).unwrap().unsigned_area(), 0.75);
        let away = polygon![(x: 5.0, y: 5.0), (x: 6.0, y: 5.0), (x: 6.0, y: 6.0)];
        assert!(part(&away, unit()).is_none());
    }
}
