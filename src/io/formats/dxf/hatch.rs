//! The boundaries of hatches: polylines with bulges, or chains of lines, arcs, arcs of ellipses and splines.

use super::entity::Vertex;
use super::pairs::Value;
use super::record::Record;

/// A closed path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Path {
    Polyline(Vec<Vertex>),
    Edges(Vec<Edge>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Edge {
    Line([[f64; 2]; 2]),
    Arc(Arc),
    /// A spline, which is not read.
    Spline,
}

/// An arc of an ellipse, counter-clockwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Arc {
    pub(super) centre: [f64; 2],
    /// The end of the major axis, from the centre.
    pub(super) major: [f64; 2],
    pub(super) ratio: f64,
    /// From the major axis.
    pub(super) start_deg: f64,
    pub(super) end_deg: f64,
}

/// Paths that are the outlines of texts in the hatch, and no boundary of their own.
const IS_TEXT_BOX: i64 = 8;
const IS_POLYLINE: i64 = 2;

/// The paths of a hatch.
pub(super) fn paths(record: &Record) -> Vec<Path> {
    let mut numbers = record.pairs().filter_map(|(code, value)| match value {
        Value::Number(number) => Some((code, number)),
        Value::Text(_) => None,
    });
    let mut paths: Vec<(i64, Path)> = vec![];
    // The number of paths, after which they begin, each with its flags.
    if numbers.by_ref().find(|(code, _)| *code == 91).is_none() {
        return vec![];
    }
    let mut path: Option<(i64, Path)> = None;
    let mut finish = |path: Option<(i64, Path)>| paths.extend(path.filter(|(flags, _)| flags & IS_TEXT_BOX == 0));
    for (code, number) in numbers {
        match (code, &mut path) {
            // The style, after the last path.
            (75, _) => break,
            (92, _) => {
                let flags = number as i64;
                let is_polyline = flags & IS_POLYLINE != 0;
                finish(path.replace((flags, if is_polyline { Path::Polyline(vec![]) } else { Path::Edges(vec![]) })));
            }
            (_, Some((_, Path::Polyline(vertices)))) => add_to_polyline(vertices, code, number),
            (_, Some((_, Path::Edges(edges)))) => add_to_edges(edges, code, number),
            (_, None) => {}
        }
    }
    finish(path);
    paths.into_iter().map(|(_, path)| path).collect()
}

fn add_to_polyline(vertices: &mut Vec<Vertex>, code: i32, number: f64) {
    match (code, vertices.last_mut()) {
        (10, _) => vertices.push(Vertex { at: [number, f64::NAN, 0.0], bulge: 0.0 }),
        (20, Some(vertex)) => vertex.at[1] = number,
        (42, Some(vertex)) => vertex.bulge = number,
        _ => {}
    }
}

fn add_to_edges(edges: &mut Vec<Edge>, code: i32, number: f64) {
    const NONE: [f64; 2] = [f64::NAN; 2];
    if code == 72 {
        let arc = Arc { centre: NONE, major: [f64::NAN, 0.0], ratio: 1.0, start_deg: 0.0, end_deg: 360.0 };
        edges.push(match number as i64 {
            1 => Edge::Line([NONE; 2]),
            2 | 3 => Edge::Arc(arc),
            _ => Edge::Spline,
        });
        return;
    }
    match (code, edges.last_mut()) {
        (10, Some(Edge::Line([start, _]))) => start[0] = number,
        (20, Some(Edge::Line([start, _]))) => start[1] = number,
        (11, Some(Edge::Line([_, end]))) => end[0] = number,
        (21, Some(Edge::Line([_, end]))) => end[1] = number,
        (10, Some(Edge::Arc(arc))) => arc.centre[0] = number,
        (20, Some(Edge::Arc(arc))) => arc.centre[1] = number,
        (11, Some(Edge::Arc(arc))) => arc.major[0] = number,
        (21, Some(Edge::Arc(arc))) => arc.major[1] = number,
        // The radius of a circle, or the ratio of the axes of an ellipse, whose major axis comes before.
        (40, Some(Edge::Arc(arc))) if arc.major[0].is_nan() => arc.major = [number, 0.0],
        (40, Some(Edge::Arc(arc))) => arc.ratio = number,
        (50, Some(Edge::Arc(arc))) => arc.start_deg = number,
        (51, Some(Edge::Arc(arc))) => arc.end_deg = number,
        // Clockwise: the angles are those of the mirror image.
        (73, Some(Edge::Arc(arc))) if number == 0.0 => {
            (arc.start_deg, arc.end_deg) = (-arc.end_deg, -arc.start_deg);
        }
        _ => {}
    }
}
