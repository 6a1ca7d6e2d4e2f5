//! Shapes between planes, and the coordinates of a table in the plane of a plan.
//!
//! An edge that is straight in one plane is curved in another. It is cut so that its pieces deviate by less than
//! 0.1 mm from it.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::crs::{CoordNormalizer, Plane};
use crate::error::RowProblem;
use crate::maths::{hypot, sin_cos_deg};

/// The deviation of a piece of an edge, in metres. Half of what is promised: the deviation is estimated by that of the
/// middle.
const MAX_DEVIATION_M: f64 = 5e-5;

/// The most pieces of an edge, that of an edge of some hundred kilometres.
const MAX_PIECES: f64 = 8192.0;

/// Brings shapes from one plane into another.
pub(crate) struct BetweenPlanes<'a> {
    from: &'a Plane,
    to: &'a Plane,
    max_deviation_m: f64,
}

impl<'a> BetweenPlanes<'a> {
    pub(crate) fn new(from: &'a Plane, to: &'a Plane) -> BetweenPlanes<'a> {
        BetweenPlanes { from, to, max_deviation_m: MAX_DEVIATION_M }
    }

    /// Cuts edges so that they deviate by about this much at most.
    pub(crate) fn deviating_by(self, max_deviation_m: f64) -> BetweenPlanes<'a> {
        BetweenPlanes { max_deviation_m, ..self }
    }

    /// The shape in the other plane. Errors if a part of it has no coordinates there.
    pub(crate) fn shape(&self, shape: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, RowProblem> {
        if self.from == self.to {
            return Ok(shape.clone());
        }
        map_rings(shape, |ring| self.line(ring))
    }

    /// The shape with its corners alone in the other plane, whose edges are not cut. Errors if a corner has no
    /// coordinates there.
    pub(crate) fn corners(&self, shape: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, RowProblem> {
        if self.from == self.to {
            return Ok(shape.clone());
        }
        map_rings(shape, |ring| self.images(ring))
    }

    /// The same shape in its own plane, with corners where its edges are cut to be transformed.
    pub(crate) fn cut(&self, shape: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, RowProblem> {
        if self.from == self.to {
            return Ok(shape.clone());
        }
        map_rings(shape, |ring| {
            let mut corners = ring.to_vec();
            let added = self.added_corners(ring, &self.images(ring)?)?;
            for (index, added) in added.into_iter().enumerate().rev() {
                corners.splice(index + 1..index + 1, added);
            }
            Ok(corners)
        })
    }

    /// The image of a line, with corners where its edges are cut.
    fn line(&self, corners: &[Coord<f64>]) -> Result<Vec<Coord<f64>>, RowProblem> {
        let images = self.images(corners)?;
        let mut line = Vec::with_capacity(images.len());
        for (&image, added) in images.iter().zip(self.added_corners(corners, &images)?) {
            line.push(image);
            if !added.is_empty() {
                line.extend(self.images(&added)?);
            }
        }
        line.extend(images.last());
        Ok(line)
    }

    /// The corners to add to each edge of a line, given the images of its corners.
    fn added_corners(&self, corners: &[Coord<f64>], images: &[Coord<f64>]) -> Result<Vec<Vec<Coord<f64>>>, RowProblem> {
        let middles: Vec<Coord<f64>> = corners.windows(2).map(|edge| edge[0] + (edge[1] - edge[0]) * 0.5).collect();
        let middles = self.images(&middles)?;
        let added = middles.iter().enumerate().map(|(index, &middle)| {
            let (from, to) = (corners[index], corners[index + 1]);
            let straight = images[index] + (images[index + 1] - images[index]) * 0.5;
            // The deviation falls with the square of the number of pieces.
            let pieces = (self.metres(middle - straight, middle) / self.max_deviation_m).sqrt().ceil().min(MAX_PIECES);
            (1..pieces as u32).map(|piece| from + (to - from) * (f64::from(piece) / pieces)).collect()
        });
        Ok(added.collect())
    }

    /// The images of coordinates.
    fn images(&self, coords: &[Coord<f64>]) -> Result<Vec<Coord<f64>>, RowProblem> {
        let mut images = coords.to_vec();
        self.from.to_positions(&mut images);
        self.to.to_coords(&mut images);
        match coords.iter().zip(&images).find(|(_, image)| !is_finite(**image)) {
            Some((&coord, _)) => Err(outside(coord, self.to)),
            None => Ok(images),
        }
    }

    /// The length of a short line in the plane, in metres.
    fn metres(&self, delta: Coord<f64>, near: Coord<f64>) -> f64 {
        const DEGREE_M: f64 = 111_700.0;
        match self.to.is_lon_lat() {
            true => DEGREE_M * hypot(delta.x * sin_cos_deg(near.y).1, delta.y),
            false => hypot(delta.x, delta.y),
        }
    }
}

/// The way from the coordinates of a table to the plane of a plan, and back.
pub(crate) struct IntoPlane<'a> {
    /// That of the table, if its rows are in its own system, and not in longitude and latitude.
    normalizer: Option<&'a CoordNormalizer>,
    target: &'a Plane,
}

impl<'a> IntoPlane<'a> {
    pub(crate) fn new(normalizer: Option<&'a CoordNormalizer>, target: &'a Plane) -> IntoPlane<'a> {
        IntoPlane { normalizer, target }
    }

    /// The plane of the table.
    pub(crate) fn source(&self) -> &Plane {
        self.normalizer.map_or(&Plane::LON_LAT, CoordNormalizer::plane)
    }

    /// Whether the table is in the plane of the plan, so that no edge is cut.
    pub(crate) fn is_same_plane(&self) -> bool {
        self.source() == self.target
    }

    /// Whether the numbers of the table are those of the plane, and proven to be so by their order.
    pub(crate) fn keeps_numbers(&self) -> bool {
        self.is_same_plane() && self.normalizer.is_none_or(CoordNormalizer::keeps_numbers)
    }

    /// Brings sites into the plane, or replaces them by their problem.
    pub(crate) fn sites(&self, sites: &mut [Result<Coord<f64>, RowProblem>]) {
        if self.is_same_plane() {
            if let Some(normalizer) = self.normalizer {
                normalizer.to_plane(sites);
            }
            return;
        }
        if let Some(normalizer) = self.normalizer {
            normalizer.to_lon_lat(sites);
        }
        let mut coords: Vec<Coord<f64>> = sites.iter().flatten().copied().collect();
        self.target.to_coords(&mut coords);
        let mut coords = coords.into_iter();
        for site in sites {
            let Ok(position) = *site else { continue };
            if let Some(coord) = coords.next() {
                *site = if is_finite(coord) { Ok(coord) } else { Err(outside(position, self.target)) };
            }
        }
    }

    /// Brings a polygon whose corners are checked into the plane. Errors if a part of it is outside the area of the
    /// plane's system.
    pub(crate) fn shape(&self, shape: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, RowProblem> {
        match self.normalizer {
            None => BetweenPlanes::new(self.source(), self.target).shape(shape),
            Some(normalizer) => {
                let in_source_plane = in_plane_of_table(shape, normalizer)?;
                BetweenPlanes::new(self.source(), self.target).shape(&in_source_plane)
            }
        }
    }

    /// A shape of the plane in the coordinates of the table. Errors if a part of it has none.
    pub(crate) fn shape_in_table(&self, shape: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, RowProblem> {
        let in_source_plane = BetweenPlanes::new(self.target, self.source()).shape(shape)?;
        match self.normalizer {
            None => Ok(in_source_plane),
            Some(normalizer) => map_rings(&in_source_plane, |ring| {
                let mut corners = ring.to_vec();
                normalizer.to_table(&mut corners);
                match corners.iter().zip(ring).find(|(corner, _)| !is_finite(**corner)) {
                    Some((_, &corner)) => {
                        Err(RowProblem::OutsideCrsArea { x: corner.x, y: corner.y, crs: normalizer.crs().to_string() })
                    }
                    None => Ok(corners),
                }
            }),
        }
    }
}

/// A polygon of a table, whose corners are checked, in the plane of the table.
pub(crate) fn in_plane_of_table(
    shape: &MultiPolygon<f64>,
    normalizer: &CoordNormalizer,
) -> Result<MultiPolygon<f64>, RowProblem> {
    map_rings(shape, |ring| {
        if !normalizer.plane().is_lon_lat() {
            return Ok(ring.iter().map(|&corner| normalizer.plane_coord(corner)).collect());
        }
        let mut corners: Vec<_> = ring.iter().copied().map(Ok).collect();
        normalizer.to_lon_lat(&mut corners);
        corners.into_iter().collect()
    })
}

fn map_rings(
    shape: &MultiPolygon<f64>,
    map: impl Fn(&[Coord<f64>]) -> Result<Vec<Coord<f64>>, RowProblem>,
) -> Result<MultiPolygon<f64>, RowProblem> {
    let ring = |ring: &LineString<f64>| map(&ring.0).map(LineString);
    let polygon = |polygon: &Polygon<f64>| -> Result<Polygon<f64>, RowProblem> {
        let interiors = polygon.interiors().iter().map(ring).collect::<Result<_, _>>()?;
        Ok(Polygon::new(ring(polygon.exterior())?, interiors))
    };
    shape.iter().map(polygon).collect::<Result<Vec<_>, _>>().map(MultiPolygon)
}

fn outside(coord: Coord<f64>, plane: &Plane) -> RowProblem {
    RowProblem::OutsideCrsArea { x: coord.x, y: coord.y, crs: plane.crs().to_string() }
}

fn is_finite(coord: Coord<f64>) -> bool {
    coord.x.is_finite() && coord.y.is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::{AxisOrder, Crs};
    use geo::{coord, polygon};
    use proptest::prelude::*;

    fn normalizer(code: u32) -> CoordNormalizer {
        CoordNormalizer::new(Crs::Epsg(code), AxisOrder::EastNorth).unwrap()
    }

    #[test]
    fn within_a_plane_numbers_are_kept() {
        let plane = Plane::of(&Crs::Epsg(4549)).unwrap();
        let (bare, prefixed) = (normalizer(4549), normalizer(4528));
        let square = |west: f64| -> MultiPolygon<f64> {
            polygon![(x: west, y: 3_171_000.1), (x: west + 0.5, y: 3_171_000.1), (x: west + 0.5, y: 3_172_000.7)].into()
        };
        let into = IntoPlane::new(Some(&bare), &plane);
        assert!(into.is_same_plane());
        assert_eq!(into.shape(&square(633_838.222)).unwrap(), square(633_838.222));
        let mut sites = [Ok(coord! { x: 40_633_838.222, y: 3_171_000.1 })];
        IntoPlane::new(Some(&prefixed), &plane).sites(&mut sites);
        assert_eq!(sites[0], Ok(coord! { x: 633_838.222, y: 3_171_000.1 }));
    }

    proptest! {
        #[test]
        fn pieces_deviate_by_less_than_a_tenth_of_a_millimetre(
            x in 400_000.0..700_000.0, y in 2_600_000.0..4_500_000.0, dx in -20_000.0..20_000.0, dy in -20_000.0..20_000.0, t in 0.0..1.0,
        ) {
            let source = Plane::of(&Crs::Epsg(4549)).unwrap();
            for target in [Crs::Crs84, Crs::Epsg(4550), Crs::Epsg(3857)] {
                let target = Plane::of(&target).unwrap();
                let into = BetweenPlanes::new(&source, &target);
                let (from, to) = (coord! { x: x, y: y }, coord! { x: x + dx, y: y + dy });
                let line = into.line(&[from, to]).unwrap();
                // A point of the edge is near the piece of its share.
                let pieces = (line.len() - 1) as f64;
                let index = (t * pieces) as usize;
                let share = t * pieces - index as f64;
                let on_piece = line[index] + (line[index + 1] - line[index]) * share;
                let on_edge = into.images(&[from + (to - from) * t]).unwrap()[0];
                prop_assert!(into.metres(on_piece - on_edge, on_edge) < 1e-4);
            }
        }
    }
}
