//! The plane that boundary points are in.

use geo::Coord;

use crate::crs::{Crs, GaussKruegerZone, Plane, Transformer};
use crate::error::{Error, ErrorKind, Result};

/// A projected system in metres for boundary points.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::query::boundary_points::BoundaryPlane;
///
/// // Parcels in longitude and latitude are brought into a zone.
/// assert_eq!(BoundaryPlane::of_table(&Crs::Crs84), None);
/// assert_eq!(BoundaryPlane::near(coord! { x: 121.4, y: 28.65 }).unwrap().crs(), &Crs::Epsg(4549));
/// assert_eq!(BoundaryPlane::near(coord! { x: 2.35, y: 48.85 }), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundaryPlane {
    crs: Crs,
    plane: Plane,
    is_chosen: bool,
}

impl BoundaryPlane {
    /// The plane of a system. Errors if it is not projected, or has no accurate transformation.
    pub fn of(crs: &Crs) -> Result<BoundaryPlane> {
        let plane = Plane::of(crs)?;
        if plane.is_lon_lat() {
            return Err(Error::new(ErrorKind::NotAPlane { crs: crs.to_string() }));
        }
        Ok(BoundaryPlane { crs: crs.clone(), plane, is_chosen: false })
    }

    /// The plane of the system of a table, if it is a Gauss-Krüger zone, or a local plane with a datum shift.
    pub fn of_table(crs: &Crs) -> Option<BoundaryPlane> {
        let is_survey = GaussKruegerZone::on_any_datum(crs).is_some() || crs.datum_shift().is_some();
        BoundaryPlane::of(crs).ok().filter(|_| is_survey)
    }

    /// The 3-degree Gauss-Krüger zone of CGCS2000, without zone prefix, with the meridian nearest to a position (degrees).
    /// `None` if that is not a zone of China.
    pub fn near(position: Coord<f64>) -> Option<BoundaryPlane> {
        let number = (position.x / 3.0).round();
        // As a number of a zone of 3 degrees.
        let number = if (25.0..=45.0).contains(&number) { number as u32 } else { return None };
        let crs = GaussKruegerZone { number, has_prefix: false }.crs()?;
        Some(BoundaryPlane { is_chosen: true, ..BoundaryPlane::of(&crs).ok()? })
    }

    /// The system.
    pub fn crs(&self) -> &Crs {
        &self.crs
    }

    /// The plane, in whose coordinates eastings have no zone prefix.
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// Whether it was neither stated nor that of the table.
    pub fn is_chosen(&self) -> bool {
        self.is_chosen
    }

    /// Errors unless the plane is in metres near a position (degrees).
    pub fn check_metric(&self, near: Coord<f64>) -> Result<()> {
        match GaussKruegerZone::on_any_datum(&self.crs) {
            Some(_) => Ok(()),
            None => Transformer::to_crs(self.crs.clone())?.check_metric(near),
        }
    }

    /// The prefix of eastings, in millimetres.
    pub(super) fn prefix_mm(&self) -> i64 {
        let zone = GaussKruegerZone::on_any_datum(&self.crs).filter(|zone| zone.has_prefix);
        zone.map_or(0, |zone| i64::from(zone.number) * 1_000_000_000)
    }
}
