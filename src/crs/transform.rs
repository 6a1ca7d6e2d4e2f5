//! From longitude and latitude into a projected system: the only file that names `proj`.

use geo::Coord;
use proj::Proj;

use crate::crs::Crs;
use crate::error::{Error, ErrorKind, Result};

/// Takes longitudes and latitudes (degrees, CGCS2000 or WGS 84) to another coordinate reference
/// system. It belongs to the thread that made it; making one takes milliseconds, so keep it.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::{Crs, Transformer};
///
/// let to_plane = Transformer::new(Crs::Epsg(4549))?;
/// let mut site = [coord! { x: 121.45, y: 28.65 }];
/// to_plane.project(&mut site)?;
/// assert!((site[0].x - 641_767.968).abs() < 1e-3); // easting in m
/// assert!((site[0].y - 3_171_338.022).abs() < 1e-3); // northing in m
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct Transformer {
    crs: Crs,
    proj: Option<Proj>,
}

impl Transformer {
    /// A transformer into `crs`. Fails where PROJ does not know it.
    pub fn new(crs: Crs) -> Result<Transformer> {
        let proj = match crs {
            Crs::Crs84 => None,
            // EPSG:4490 is CGCS2000; `new_known_crs` settles its axes as longitude, latitude.
            Crs::Epsg(_) => {
                Some(Proj::new_known_crs("EPSG:4490", &crs.to_string(), None).map_err(|error| refused(crs, error))?)
            }
        };
        Ok(Transformer { crs, proj })
    }

    /// Fails unless the system is a plane whose unit is the metre, near a position (degrees).
    pub fn check_metric(&self, near: Coord<f64>) -> Result<()> {
        // A hundred metres to the north; projections stretch by less than half of that here.
        let step_deg = 0.0009;
        let mut ends = [near, Coord { x: near.x, y: near.y + step_deg }];
        self.project(&mut ends)?;
        let length = (ends[1].x - ends[0].x).hypot(ends[1].y - ends[0].y);
        if (50.0..200.0).contains(&length) { Ok(()) } else { Err(refused(self.crs, "it is not a plane in metres")) }
    }

    /// The system it leads to.
    pub fn crs(&self) -> Crs {
        self.crs
    }

    /// Replaces longitude, latitude (degrees) by easting, northing (the units of the system).
    /// Fails where a coordinate has no image.
    pub fn project(&self, coords: &mut [Coord<f64>]) -> Result<()> {
        let Some(proj) = &self.proj else { return Ok(()) };
        proj.convert_array(coords).map_err(|error| refused(self.crs, error))?;
        Ok(())
    }
}

fn refused(crs: Crs, reason: impl std::fmt::Display) -> Error {
    let reason = reason.to_string();
    // What PROJ's wrapper says of a code that is not in the register.
    let reason = if reason.contains("Unknown error") { "PROJ does not know it".to_owned() } else { reason };
    Error::new(ErrorKind::Crs { crs: crs.to_string(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::coord;

    /// Reference values of PROJ 9.6.2's own `cs2cs`, and of two independent implementations, for
    /// 121.45° E, 28.65° N.
    #[test]
    fn agrees_with_reference_values() {
        let expected = [
            (4549, 641_767.967_894_306_3, 3_171_338.022_119_174),
            (4528, 40_641_767.967_894, 3_171_338.022_119_174),
            (4550, 348_453.674_784_1, 3_171_460.790_230_5),
            (32651, 348_514.293_314_8, 3_170_192.206_006_6),
        ];
        for (code, x, y) in expected {
            let mut site = [coord! { x: 121.45, y: 28.65 }];
            Transformer::new(Crs::Epsg(code)).unwrap().project(&mut site).unwrap();
            assert!((site[0].x - x).abs() < 1e-4 && (site[0].y - y).abs() < 1e-4, "EPSG:{code}: {site:?}");
        }
    }

    #[test]
    fn leaves_longitude_and_latitude_alone() {
        let mut site = [coord! { x: 121.45, y: 28.65 }];
        Transformer::new(Crs::Crs84).unwrap().project(&mut site).unwrap();
        assert_eq!(site, [coord! { x: 121.45, y: 28.65 }]);
    }

    #[test]
    fn degrees_and_feet_are_no_metres() {
        let check = |code| Transformer::new(Crs::Epsg(code)).unwrap().check_metric(coord! { x: 121.45, y: 28.65 });
        assert!(check(4549).is_ok() && check(3857).is_ok() && check(32651).is_ok());
        assert!(check(4326).is_err() && check(2240).is_err());
        assert!(Transformer::new(Crs::Crs84).unwrap().check_metric(coord! { x: 121.45, y: 28.65 }).is_err());
    }

    #[test]
    fn an_unknown_code_is_an_error() {
        assert!(Transformer::new(Crs::Epsg(1)).is_err());
    }
}
