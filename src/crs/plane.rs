//! The plane in which edges are straight: longitude and latitude, or the plane of a projected system.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use geo::Coord;

use crate::crs::defined::Basis;
use crate::crs::formula::{Formula, NAN_COORD};
use crate::crs::{Crs, GaussKruegerZone, Transformer};
use crate::error::Result;

/// The plane in which the edges of a plan or table are straight.
///
/// Coordinates are longitude and latitude in degrees, or easting and northing in the unit of a projected system. The
/// zone prefix of a Gauss-Krüger easting is notation: a system with it has the plane of the one without, and a 6-degree
/// zone that of the 3-degree zone on its meridian. Shifted systems (GCJ-02, BD-09) and other systems in degrees have no plane of their own: their corners are
/// converted, and edges are straight in longitude and latitude.
///
/// ```
/// use taizhou_corridor::crs::{Crs, Plane};
///
/// let plane = Plane::of(&Crs::Epsg(4528))?;
/// assert_eq!(plane, Plane::of(&Crs::Epsg(4549))?);
/// assert_eq!(plane.crs(), &Crs::Epsg(4549));
/// assert!(Plane::of(&Crs::Gcj02)?.is_lon_lat());
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Clone)]
pub struct Plane {
    crs: Crs,
    projection: Option<Projection>,
}

#[derive(Clone)]
enum Projection {
    Formula(Arc<Formula>),
    /// By PROJ, whose operations belong to a thread.
    Proj,
}

impl Plane {
    /// Longitude and latitude in degrees.
    pub const LON_LAT: Plane = Plane { crs: Crs::Crs84, projection: None };

    /// The plane of a system. Errors if the system is unknown or has no accurate transformation.
    pub fn of(crs: &Crs) -> Result<Plane> {
        if crs.is_lon_lat() {
            return Ok(Plane::LON_LAT);
        }
        let zone = GaussKruegerZone::of(crs).and_then(|zone| zone.plane().crs());
        let bare = || match crs {
            Crs::Defined(definition) => match definition.basis() {
                Basis::Shifted(bound) => bound.0.without_prefix(&bound.1),
                _ => None,
            },
            _ => None,
        };
        let crs = zone.or_else(bare).unwrap_or_else(|| crs.clone());
        if crs.datum_shift().is_some() && crs.is_degrees() {
            return Ok(Plane::LON_LAT);
        }
        if let Some(formula) = Formula::of(&crs) {
            return Ok(Plane { crs, projection: Some(Projection::Formula(Arc::new(formula))) });
        }
        // Fails here rather than at each coordinate.
        Transformer::to_crs(crs.clone())?;
        if crs.is_degrees() {
            return Ok(Plane::LON_LAT);
        }
        Ok(Plane { crs, projection: Some(Projection::Proj) })
    }

    /// The system whose coordinates these are, without a zone prefix; [`Crs::Crs84`] for longitude and latitude.
    pub fn crs(&self) -> &Crs {
        &self.crs
    }

    /// Whether coordinates are longitude and latitude.
    pub fn is_lon_lat(&self) -> bool {
        self.projection.is_none()
    }

    /// The position (degrees) of a coordinate; not a number if it has none.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{Crs, Plane};
    ///
    /// let position = Plane::of(&Crs::Epsg(4549))?.position(coord! { x: 641_767.967894, y: 3_171_338.022119 });
    /// assert!((position.x - 121.45).abs() < 1e-9 && (position.y - 28.65).abs() < 1e-9);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn position(&self, coord: Coord<f64>) -> Coord<f64> {
        let mut coords = [coord];
        self.to_positions(&mut coords);
        coords[0]
    }

    /// The coordinate of a position (degrees); not a number if it has none.
    pub fn coord(&self, position: Coord<f64>) -> Coord<f64> {
        let mut coords = [position];
        self.to_coords(&mut coords);
        coords[0]
    }

    /// Replaces coordinates by their positions.
    pub(crate) fn to_positions(&self, coords: &mut [Coord<f64>]) {
        match &self.projection {
            None => {}
            Some(Projection::Formula(formula)) => formula.inverse(coords),
            Some(Projection::Proj) => self.by_proj(false, coords),
        }
    }

    /// Replaces positions by their coordinates.
    pub(crate) fn to_coords(&self, positions: &mut [Coord<f64>]) {
        match &self.projection {
            None => {}
            Some(Projection::Formula(formula)) => formula.forward(positions),
            Some(Projection::Proj) => self.by_proj(true, positions),
        }
    }

    fn by_proj(&self, is_forward: bool, coords: &mut [Coord<f64>]) {
        /// The operations of the plane that this thread used last.
        struct Operations {
            crs: Crs,
            forward: Option<Transformer>,
            inverse: Option<Transformer>,
        }
        thread_local! {
            static LAST: RefCell<Option<Operations>> = const { RefCell::new(None) };
        }
        LAST.with_borrow_mut(|last| {
            let operations = match last.take_if(|operations| operations.crs == self.crs) {
                Some(operations) => last.insert(operations),
                None => {
                    let forward = Transformer::to_crs(self.crs.clone()).ok();
                    let inverse = Transformer::from_crs(self.crs.clone()).ok();
                    last.insert(Operations { crs: self.crs.clone(), forward, inverse })
                }
            };
            let operation = if is_forward { &operations.forward } else { &operations.inverse };
            let apply = |coords: &mut [Coord<f64>]| operation.as_ref().is_some_and(|it| it.apply(coords).is_ok());
            let originals = coords.to_vec();
            if apply(coords) {
                return;
            }
            // At least one of them has no image.
            for (coord, original) in coords.iter_mut().zip(originals) {
                let mut single = [original];
                *coord = if apply(&mut single) { single[0] } else { NAN_COORD };
            }
        });
    }
}

impl Default for Plane {
    fn default() -> Plane {
        Plane::LON_LAT
    }
}

impl PartialEq for Plane {
    fn eq(&self, other: &Plane) -> bool {
        self.crs == other.crs
    }
}

impl Eq for Plane {}

impl fmt::Debug for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Plane").field(&self.crs).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::coord;

    #[test]
    fn positions_and_coordinates_are_inverse() {
        let position = coord! { x: 121.45, y: 28.65 };
        for crs in [Crs::Crs84, Crs::Epsg(4528), Crs::Epsg(3857), Crs::Epsg(32651)] {
            let plane = Plane::of(&crs).unwrap();
            let returned = plane.position(plane.coord(position));
            assert!((returned.x - position.x).abs() < 1e-12 && (returned.y - position.y).abs() < 1e-12, "{crs}");
        }
        assert!(Plane::of(&Crs::Epsg(1)).is_err());
    }

    #[test]
    #[cfg(feature = "proj")]
    fn systems_of_proj_work_in_any_thread() {
        let plane = Plane::of(&Crs::Epsg(3395)).unwrap();
        let there = || plane.position(plane.coord(coord! { x: 121.45, y: 28.65 }));
        let other = std::thread::scope(|scope| scope.spawn(there).join().unwrap());
        assert_eq!(there(), other);
        assert!((there().x - 121.45).abs() < 1e-12);
        let mixed = [coord! { x: 121.45, y: 28.65 }, coord! { x: 0.0, y: f64::NAN }].map(|at| plane.coord(at));
        assert!(mixed[0].x.is_finite() && mixed[1].x.is_nan());
        assert!(Plane::of(&Crs::Epsg(4258)).unwrap().is_lon_lat());
    }
}
