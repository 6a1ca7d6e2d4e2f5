//! Coordinates and geometries of KML.

use std::fmt::Write;

use geo::orient::{Direction, Orient};
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use crate::error::{GeometryProblem, RowProblem};
use crate::geometry::encoding::Decoded;
use crate::io::formats::kml::placemarks::Tag;

/// Parses tuples of longitude, latitude and optional altitude. Sets `has_heights` if an altitude is not 0.
fn coordinates(text: &str, has_heights: &mut bool) -> Result<Vec<Coord<f64>>, RowProblem> {
    let bad = |tuple: &str| -> RowProblem {
        let shown: String = tuple.chars().take(40).collect();
        GeometryProblem::NotLonLat(shown).into()
    };
    // Files written by hand may have blanks around commas.
    let joined;
    let text = if text.contains([' ', '\n', '\t', '\r']) && has_blank_commas(text) {
        joined = without_blank_commas(text);
        joined.as_str()
    } else {
        text
    };
    let mut coords = vec![];
    for tuple in text.split_ascii_whitespace() {
        let mut numbers = tuple.split(',').map(|number| number.parse::<f64>().ok().filter(|value| value.is_finite()));
        let (Some(Some(x)), Some(Some(y))) = (numbers.next(), numbers.next()) else { return Err(bad(tuple)) };
        match (numbers.next(), numbers.next()) {
            (None, _) => {}
            // Altitude 0 is commonly written if there is none.
            (Some(Some(altitude)), None) => *has_heights |= altitude != 0.0,
            _ => return Err(bad(tuple)),
        }
        coords.push(Coord { x, y });
    }
    Ok(coords)
}

fn has_blank_commas(text: &str) -> bool {
    text.split_ascii_whitespace().any(|part| part.starts_with(',') || part.ends_with(','))
}

fn without_blank_commas(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for part in text.split_ascii_whitespace() {
        if !part.starts_with(',') && !joined.ends_with(',') && !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    joined
}

/// The maximum depth of collections, which other code traverses recursively.
const MAX_DEPTH: usize = 16;

/// The builder of the geometry of a placemark.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The parts of each open collection; the first is the placemark itself.
    open: Vec<Vec<Geometry<f64>>>,
    line: Vec<Coord<f64>>,
    exterior: Vec<Coord<f64>>,
    holes: Vec<Vec<Coord<f64>>>,
    has_heights: bool,
    was_open: bool,
    has_empty_members: bool,
    problem: Option<RowProblem>,
}

impl Parts {
    pub(super) fn start(&mut self, tag: Tag) {
        match tag {
            Tag::MultiGeometry if self.open.len() > MAX_DEPTH => self.fail(GeometryProblem::NestedTooDeep),
            Tag::MultiGeometry => self.open.push(vec![]),
            Tag::Polygon => (self.exterior, self.holes) = (vec![], vec![]),
            Tag::Point | Tag::LineString | Tag::LinearRing => self.line = vec![],
            Tag::Unread => self.fail(GeometryProblem::TrackOrModel),
            _ => {}
        }
    }

    pub(super) fn coordinates(&mut self, text: &str) {
        match coordinates(text, &mut self.has_heights) {
            Ok(line) => self.line = line,
            Err(problem) => self.keep(problem),
        }
    }

    /// Ends an element within another.
    pub(super) fn end(&mut self, tag: Tag, parent: Tag) {
        match tag {
            Tag::Point => match std::mem::take(&mut self.line).as_slice() {
                [] => self.leave_out(),
                [coord] => self.add(Geometry::Point(Point(*coord))),
                _ => self.fail(GeometryProblem::SeveralPositions),
            },
            Tag::LinearRing if parent == Tag::OuterBoundary => self.exterior = std::mem::take(&mut self.line),
            Tag::LinearRing if parent == Tag::InnerBoundary => self.holes.push(std::mem::take(&mut self.line)),
            Tag::LineString | Tag::LinearRing => match std::mem::take(&mut self.line) {
                line if line.is_empty() => self.leave_out(),
                line => self.add(LineString(line).into()),
            },
            Tag::Polygon => {
                let (exterior, mut holes) = (std::mem::take(&mut self.exterior), std::mem::take(&mut self.holes));
                self.has_empty_members |= holes.iter().any(Vec::is_empty);
                holes.retain(|hole| !hole.is_empty());
                self.was_open |= holes.iter().chain([&exterior]).any(|ring| ring.first() != ring.last());
                if exterior.is_empty() {
                    self.leave_out();
                } else {
                    self.add(Polygon::new(LineString(exterior), holes.into_iter().map(LineString).collect()).into());
                }
            }
            Tag::MultiGeometry => match self.open.pop().and_then(many) {
                Some(geometry) => self.add(geometry),
                None => self.leave_out(),
            },
            _ => {}
        }
    }

    pub(super) fn finish(self) -> Result<Decoded, RowProblem> {
        let Parts { mut open, has_heights, was_open, has_empty_members, problem, .. } = self;
        let parts = if open.is_empty() { vec![] } else { open.swap_remove(0) };
        match problem {
            Some(problem) => Err(problem),
            // The standard allows one geometry; several are read as a collection.
            None => {
                let geometry = if parts.len() == 1 { parts.into_iter().next() } else { many(parts) };
                let has_empty_members = has_empty_members && geometry.is_some();
                Ok(Decoded { geometry, has_heights, was_open, has_empty_members, ..Decoded::default() })
            }
        }
    }

    fn add(&mut self, geometry: Geometry<f64>) {
        match self.open.last_mut() {
            Some(parts) => parts.push(geometry),
            None => self.open.push(vec![geometry]),
        }
    }

    /// Leaves out a member without positions; a placemark without geometry has none.
    fn leave_out(&mut self) {
        self.has_empty_members |= !self.open.is_empty();
    }

    fn fail(&mut self, problem: GeometryProblem) {
        self.keep(problem.into());
    }

    fn keep(&mut self, problem: RowProblem) {
        self.problem.get_or_insert(problem);
    }
}

/// Parts of one type as a multi-geometry, of several types as a collection.
fn many(parts: Vec<Geometry<f64>>) -> Option<Geometry<f64>> {
    let is = |matches: fn(&Geometry<f64>) -> bool| parts.iter().all(matches);
    let geometry = if parts.is_empty() {
        return None;
    } else if is(|part| matches!(part, Geometry::Point(_))) {
        MultiPoint(parts.into_iter().filter_map(|part| part.try_into().ok()).collect()).into()
    } else if is(|part| matches!(part, Geometry::LineString(_))) {
        MultiLineString(parts.into_iter().filter_map(|part| part.try_into().ok()).collect()).into()
    } else if is(|part| matches!(part, Geometry::Polygon(_))) {
        MultiPolygon(parts.into_iter().filter_map(|part| part.try_into().ok()).collect()).into()
    } else {
        Geometry::GeometryCollection(GeometryCollection(parts))
    };
    Some(geometry)
}

/// Appends a geometry, exteriors counter-clockwise.
pub(super) fn push(text: &mut String, geometry: &Geometry<f64>) {
    match geometry {
        Geometry::Point(point) => push_line(text, "Point", &[point.0]),
        Geometry::Line(line) => push_line(text, "LineString", &[line.start, line.end]),
        Geometry::LineString(line) => push_line(text, "LineString", &line.0),
        Geometry::Polygon(polygon) => push_polygon(text, polygon),
        Geometry::Rect(rect) => push_polygon(text, &rect.to_polygon()),
        Geometry::Triangle(triangle) => push_polygon(text, &triangle.to_polygon()),
        Geometry::MultiPoint(points) => push_many(text, &points.0, |text, point| push_line(text, "Point", &[point.0])),
        Geometry::MultiLineString(lines) => {
            push_many(text, &lines.0, |text, line| push_line(text, "LineString", &line.0));
        }
        Geometry::MultiPolygon(polygons) => push_many(text, &polygons.0, push_polygon),
        Geometry::GeometryCollection(parts) => push_many(text, &parts.0, push),
    }
}

fn push_many<P>(text: &mut String, parts: &[P], push: impl Fn(&mut String, &P)) {
    text.push_str("<MultiGeometry>");
    parts.iter().for_each(|part| push(text, part));
    text.push_str("</MultiGeometry>");
}

fn push_polygon(text: &mut String, polygon: &Polygon<f64>) {
    let polygon = polygon.orient(Direction::Default);
    text.push_str("<Polygon><outerBoundaryIs>");
    push_line(text, "LinearRing", &polygon.exterior().0);
    text.push_str("</outerBoundaryIs>");
    for hole in polygon.interiors() {
        text.push_str("<innerBoundaryIs>");
        push_line(text, "LinearRing", &hole.0);
        text.push_str("</innerBoundaryIs>");
    }
    text.push_str("</Polygon>");
}

fn push_line(text: &mut String, element: &str, coords: &[Coord<f64>]) {
    text.extend(["<", element, "><coordinates>"]);
    for (index, Coord { x, y }) in coords.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{x},{y}", if index == 0 { "" } else { " " });
    }
    text.extend(["</coordinates></", element, ">"]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn tuples_are_read_as_they_are_written_in_the_wild() {
        let read = |text: &str| {
            let mut has_heights = false;
            let coords = coordinates(text, &mut has_heights).map_err(|problem| problem.code())?;
            Ok((coords.into_iter().map(|coord| (coord.x, coord.y)).collect::<Vec<_>>(), has_heights))
        };
        let pair = vec![(121.4, 28.65), (121.5, 28.7)];
        assert_eq!(read("121.4,28.65 121.5,28.7"), Ok((pair.clone(), false)));
        assert_eq!(read("\n\t121.4,28.65,0\n\t121.5,28.7,0.0\n"), Ok((pair.clone(), false)));
        assert_eq!(read("121.4, 28.65, 0\n121.5 ,28.7 ,12.5"), Ok((pair, true)));
        assert_eq!(read(" "), Ok((vec![], false)));
        for text in ["121.4", "121.4,", "a,b", "121.4,28.65,0,1", "121.4;28.65", "NaN,1", "121.4,28.65,x"] {
            assert_eq!(read(text), Err("bad-geometry"), "{text}");
        }
    }

    #[test]
    fn exteriors_are_counter_clockwise() {
        let clockwise = polygon![(x: 0., y: 0.), (x: 0., y: 1.), (x: 1., y: 0.)];
        let mut text = String::new();
        push(&mut text, &clockwise.into());
        assert!(text.contains("<coordinates>0,0 1,0 0,1 0,0</coordinates>"), "{text}");
    }

    #[test]
    fn parts_of_one_kind_are_a_geometry_of_many() {
        let point: Geometry<f64> = Point::new(1., 2.).into();
        let line: Geometry<f64> = LineString::from(vec![(1., 2.), (3., 4.)]).into();
        assert!(matches!(many(vec![point.clone(), point.clone()]), Some(Geometry::MultiPoint(_))));
        assert!(matches!(many(vec![line.clone()]), Some(Geometry::MultiLineString(_))));
        assert!(matches!(many(vec![point, line]), Some(Geometry::GeometryCollection(_))));
        assert_eq!(many(vec![]), None);
    }
}
