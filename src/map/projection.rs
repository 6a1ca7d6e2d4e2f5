//! Projections: from longitude and latitude to a plane, and back.

use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon, Rect};

use crate::crs::{Crs, Transformer};
use crate::error::{CrsProblem, Error, ErrorKind, Result};
use crate::geometry::measure::radii_m;
use crate::maths::sin_cos;

/// A plane with x to the east and y to the north.
pub(super) enum Projection {
    /// Equirectangular, true to scale at the central latitude: metres from the centre.
    Local { middle: Coord<f64>, metres_per_degree: Coord<f64> },
    /// The plane of a named coordinate system, in its units.
    Named { to: Transformer, from: Transformer, step_deg: f64 },
}

impl Projection {
    /// The projection for an extent (degrees). Errors if a map cannot be drawn in the system.
    pub(super) fn new(crs: Option<Crs>, bounds: Rect<f64>) -> Result<Projection> {
        let middle = bounds.center();
        match crs.filter(|crs| !crs.coincides(&Crs::Crs84)) {
            None => {
                // Snyder, Map Projections: A Working Manual (1987), page 90 with the radii of the ellipsoid.
                // At a pole, a degree of longitude has no length; the map is stretched there.
                let latitude = middle.y.clamp(-89.0, 89.0).to_radians();
                let (meridian_m, normal_m) = radii_m(latitude);
                let metres_per_degree =
                    Coord { x: (normal_m * sin_cos(latitude).1).to_radians(), y: meridian_m.to_radians() };
                Ok(Projection::Local { middle, metres_per_degree })
            }
            Some(crs) if crs.is_shifted() => {
                Err(Error::new(ErrorKind::Crs { crs: crs.to_string(), problem: CrsProblem::WebMapOnly }))
            }
            Some(crs) => {
                // Edges are straight in longitude and latitude, hence curved in the plane.
                let step_deg = bounds.width().max(bounds.height()) / 64.0;
                Ok(Projection::Named {
                    to: Transformer::to_crs(crs.clone())?,
                    from: Transformer::from_crs(crs)?,
                    step_deg,
                })
            }
        }
    }

    /// The point of the plane for a position; `None` if it cannot be projected.
    pub(super) fn forward(&self, position: Coord<f64>) -> Option<Coord<f64>> {
        match self {
            Projection::Local { middle, metres_per_degree } => Some(Coord {
                x: (position.x - middle.x) * metres_per_degree.x,
                y: (position.y - middle.y) * metres_per_degree.y,
            }),
            Projection::Named { to, .. } => image(to, position),
        }
    }

    /// The position for a point of the plane; `None` if it cannot be unprojected.
    pub(super) fn inverse(&self, point: Coord<f64>) -> Option<Coord<f64>> {
        match self {
            Projection::Local { middle, metres_per_degree } => {
                Some(Coord { x: middle.x + point.x / metres_per_degree.x, y: middle.y + point.y / metres_per_degree.y })
            }
            Projection::Named { from, .. } => image(from, point),
        }
    }

    /// Projects a shape; `None` if a vertex cannot be projected.
    pub(super) fn shape(&self, shape: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
        let polygon = |polygon: &Polygon<f64>| {
            let holes = polygon.interiors().iter().map(|ring| self.line(ring)).collect::<Option<Vec<_>>>()?;
            Some(Polygon::new(self.line(polygon.exterior())?, holes))
        };
        shape.iter().map(polygon).collect::<Option<Vec<_>>>().map(MultiPolygon::new)
    }

    /// Projects a line.
    pub(super) fn line(&self, line: &LineString<f64>) -> Option<LineString<f64>> {
        match self {
            Projection::Local { .. } => line.0.iter().map(|&corner| self.forward(corner)).collect(),
            Projection::Named { to, step_deg, .. } => {
                let mut images = densified(line, *step_deg).0;
                to.apply(&mut images).ok().map(|()| LineString(images))
            }
        }
    }
}

fn image(transformer: &Transformer, coord: Coord<f64>) -> Option<Coord<f64>> {
    let mut coords = [coord];
    transformer.apply(&mut coords).ok().map(|()| coords[0])
}

/// Densifies a line, so that no edge is longer than a step in either direction.
fn densified(line: &LineString<f64>, step: f64) -> LineString<f64> {
    let mut dense: Vec<Coord<f64>> = line.0.first().copied().into_iter().collect();
    for edge in line.lines() {
        let delta = edge.delta();
        let parts = (delta.x.abs().max(delta.y.abs()) / step).ceil().clamp(1.0, 256.0) as u32;
        dense.extend((1..parts).map(|part| edge.start + delta * (f64::from(part) / f64::from(parts))));
        dense.push(edge.end);
    }
    LineString(dense)
}

/// The bounding box of several shapes.
pub(super) fn bounds_of<'s>(shapes: impl IntoIterator<Item = &'s MultiPolygon<f64>>) -> Option<Rect<f64>> {
    shapes.into_iter().filter_map(|shape| shape.bounding_rect()).reduce(joined)
}

/// The union of two boxes.
pub(super) fn joined(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    let (low, high) = (|a: f64, b: f64| a.min(b), |a: f64, b: f64| a.max(b));
    Rect::new(
        Coord { x: low(a.min().x, b.min().x), y: low(a.min().y, b.min().y) },
        Coord { x: high(a.max().x, b.max().x), y: high(a.max().y, b.max().y) },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::measure::distance;
    use geo::coord;

    #[test]
    fn the_local_plane_is_true_to_scale_at_its_centre() {
        let bounds = Rect::new(coord! { x: 121.2, y: 28.5 }, coord! { x: 121.5, y: 28.7 });
        let local = Projection::new(None, bounds).unwrap();
        let ends = [coord! { x: 121.349, y: 28.599 }, coord! { x: 121.351, y: 28.601 }];
        let [a, b] = ends.map(|end| local.forward(end).unwrap());
        let length_m = (b.x - a.x).hypot(b.y - a.y);
        assert!((length_m / distance(ends[0], ends[1]).0 - 1.0).abs() < 1e-6);
        let back = local.inverse(b).unwrap();
        assert!((back.x - ends[1].x).abs() < 1e-12 && (back.y - ends[1].y).abs() < 1e-12);
    }

    #[test]
    fn rejects_systems_without_a_plane() {
        let bounds = Rect::new(coord! { x: 121.2, y: 28.5 }, coord! { x: 121.5, y: 28.7 });
        assert!(Projection::new(Some(Crs::Gcj02), bounds).is_err());
        assert!(Projection::new(Some(Crs::Epsg(4549)), bounds).is_ok());
    }
}
