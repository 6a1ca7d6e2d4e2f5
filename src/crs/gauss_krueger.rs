//! CGCS2000 in 3-degree and 6-degree Gauss-Krüger zones: detection of the zone, its prefix, and which of two numbers is
//! the northing.
//!
//! North of 9° N a northing of China lies between 1 and 6.5 million metres, an easting without prefix below one
//! million, an easting with prefix between 13 and 46 million: the ranges do not overlap. Positions farther south, in
//! the Nansha islands, are rejected.

use geo::{Coord, coord};

use crate::crs::defined::Basis;
use crate::crs::earlier::{EarlierDatum, code_of_zone};
use crate::crs::{AxisOrder, Crs};
use crate::error::RowProblem;

/// A Gauss-Krüger zone of CGCS2000.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::{AxisOrder, GaussKruegerZone};
///
/// let zone = GaussKruegerZone { number: 40, has_prefix: true };
/// let (site, _) = zone.normalize(633_838.222, 3_171_898.561, AxisOrder::Auto)?;
/// assert_eq!(site, coord! { x: 40_633_838.222, y: 3_171_898.561 });
/// # Ok::<(), taizhou_corridor::error::RowProblem>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GaussKruegerZone {
    /// The zone: 25 to 45 are 3 degrees wide, 13 to 23 are 6 degrees wide.
    pub number: u32,
    /// Whether eastings begin with the number of the zone.
    pub has_prefix: bool,
}

impl GaussKruegerZone {
    /// The zone of CGCS2000 of an EPSG code: 4513 to 4533 are zones 25 to 45 with prefix, 4534 to 4554 without; 4491 to
    /// 4501 are zones 13 to 23 with prefix, 4502 to 4512 without.
    ///
    /// ```
    /// use taizhou_corridor::crs::{Crs, GaussKruegerZone};
    ///
    /// let zone = GaussKruegerZone::of(&Crs::Epsg(4528)).unwrap();
    /// assert_eq!((zone.number, zone.central_meridian_deg(), zone.has_prefix), (40, 120, true));
    /// assert_eq!(GaussKruegerZone::of(&Crs::Epsg(4550)).unwrap().number, 41);
    /// assert_eq!(GaussKruegerZone::of(&Crs::Epsg(3857)), None);
    /// ```
    pub fn of(crs: &Crs) -> Option<GaussKruegerZone> {
        match *crs {
            Crs::Epsg(code @ 4513..=4533) => Some(GaussKruegerZone { number: code - 4513 + 25, has_prefix: true }),
            Crs::Epsg(code @ 4534..=4554) => Some(GaussKruegerZone { number: code - 4534 + 25, has_prefix: false }),
            Crs::Epsg(code @ 4491..=4501) => Some(GaussKruegerZone { number: code - 4491 + 13, has_prefix: true }),
            Crs::Epsg(code @ 4502..=4512) => Some(GaussKruegerZone { number: code - 4502 + 13, has_prefix: false }),
            _ => None,
        }
    }

    /// The zone of a system on any datum that is used with a shift, or of CGCS2000.
    pub(crate) fn on_any_datum(crs: &Crs) -> Option<GaussKruegerZone> {
        match crs {
            Crs::Defined(definition) => match definition.basis() {
                Basis::Shifted(bound) => bound.1.zone,
                _ => None,
            },
            _ => GaussKruegerZone::of(crs),
        }
    }

    /// The system of this zone on an earlier datum, if it has a code.
    pub(crate) fn on_earlier_datum(self, datum: EarlierDatum) -> Option<Crs> {
        code_of_zone(datum, self).map(Crs::Epsg)
    }

    /// The CRS of this zone; `None` if there is no such zone in China.
    ///
    /// ```
    /// use taizhou_corridor::crs::{Crs, GaussKruegerZone};
    ///
    /// assert_eq!(GaussKruegerZone { number: 40, has_prefix: true }.crs(), Some(Crs::Epsg(4528)));
    /// assert_eq!(GaussKruegerZone { number: 24, has_prefix: true }.crs(), None);
    /// ```
    pub fn crs(self) -> Option<Crs> {
        let code = match (self.number, self.has_prefix) {
            (number @ 25..=45, true) => 4513 + number - 25,
            (number @ 25..=45, false) => 4534 + number - 25,
            (number @ 13..=23, true) => 4491 + number - 13,
            (number @ 13..=23, false) => 4502 + number - 13,
            _ => return None,
        };
        Some(Crs::Epsg(code))
    }

    /// The width of the zone in degrees: 3 or 6.
    ///
    /// ```
    /// use taizhou_corridor::crs::GaussKruegerZone;
    ///
    /// assert_eq!(GaussKruegerZone { number: 20, has_prefix: true }.width_deg(), 6);
    /// ```
    pub fn width_deg(self) -> u32 {
        if self.number < 25 { 6 } else { 3 }
    }

    /// The zone given by the prefix of the easting of a pair in either order.
    ///
    /// ```
    /// use taizhou_corridor::crs::GaussKruegerZone;
    ///
    /// assert_eq!(GaussKruegerZone::prefix_of(3_171_145.705, 40_633_795.452), Some(40));
    /// assert_eq!(GaussKruegerZone::prefix_of(3_171_145.705, 633_795.452), None);
    /// ```
    pub fn prefix_of(first: f64, second: f64) -> Option<u32> {
        match (Part::of(first), Part::of(second)) {
            (Part::Easting(prefix), Part::Northing) | (Part::Northing, Part::Easting(prefix)) => prefix,
            _ => None,
        }
    }

    /// The central meridian, in degrees east.
    ///
    /// ```
    /// use taizhou_corridor::crs::GaussKruegerZone;
    ///
    /// assert_eq!(GaussKruegerZone { number: 41, has_prefix: false }.central_meridian_deg(), 123);
    /// ```
    pub fn central_meridian_deg(self) -> u32 {
        if self.width_deg() == 6 { (6 * self.number).saturating_sub(3) } else { 3 * self.number }
    }

    /// The zone without prefix whose coordinates are the same: that of 3 degrees on the same meridian.
    pub(super) fn plane(self) -> GaussKruegerZone {
        GaussKruegerZone { number: self.central_meridian_deg() / 3, has_prefix: false }
    }

    /// The easting of the central meridian, in metres.
    pub(super) fn false_easting_m(self) -> f64 {
        500_000.0 + if self.has_prefix { f64::from(self.number) * 1e6 } else { 0.0 }
    }

    /// Easting and northing in this zone, from two numbers as read from a file: in either order unless `order` fixes
    /// one, the easting with or without the prefix.
    ///
    /// Fails if the numbers are not an easting and northing in China, are in the other order, or have the prefix of
    /// another zone.
    ///
    /// ```
    /// use taizhou_corridor::crs::{AxisOrder, Crs, GaussKruegerZone};
    ///
    /// let zone = GaussKruegerZone::of(&Crs::Epsg(4549)).unwrap();
    /// // A survey file: north first, the easting with its prefix.
    /// let (site, order) = zone.normalize(3_171_145.705, 40_633_795.452, AxisOrder::Auto)?;
    /// assert!((site.x - 633_795.452).abs() < 1e-6 && site.y == 3_171_145.705);
    /// assert_eq!(order, AxisOrder::NorthEast);
    /// # Ok::<(), taizhou_corridor::error::RowProblem>(())
    /// ```
    pub fn normalize(self, first: f64, second: f64, order: AxisOrder) -> Result<(Coord<f64>, AxisOrder), RowProblem> {
        let (easting, northing, found) = match (Part::of(first), Part::of(second)) {
            (Part::Easting(prefix), Part::Northing) => ((first, prefix), second, AxisOrder::EastNorth),
            (Part::Northing, Part::Easting(prefix)) => ((second, prefix), first, AxisOrder::NorthEast),
            _ => return Err(RowProblem::NotGaussKrueger { first, second }),
        };
        if order != AxisOrder::Auto && order != found {
            return Err(RowProblem::OtherAxisOrder { first, second });
        }
        let (easting, prefix) = easting;
        if let Some(prefix) = prefix.filter(|&prefix| prefix != self.number) {
            return Err(RowProblem::OtherGaussKruegerZone { easting, found: prefix, expected: self.number });
        }
        let x = match (prefix, self.has_prefix) {
            (Some(prefix), false) => without_prefix(easting, prefix),
            (None, true) => easting + f64::from(self.number) * 1e6,
            _ => easting,
        };
        Ok((coord! { x: x, y: northing }, found))
    }
}

/// An easting without its zone prefix. The prefix is taken off the decimal number that the double stands for, the
/// shortest: 40633838.222 becomes 633838.222, while the difference of the doubles is 633838.2220000029.
pub(super) fn without_prefix(easting: f64, prefix: u32) -> f64 {
    let prefix_m = f64::from(prefix) * 1e6;
    // With few decimals both numbers are whole multiples below 2⁵³, so each step is exact but the last, which rounds
    // correctly.
    let exact = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5].into_iter().find_map(|scale| {
        let units = (easting * scale).round();
        (units / scale == easting).then(|| (units - prefix_m * scale) / scale)
    });
    // The prefix is the first two digits.
    exact.or_else(|| easting.to_string().get(2..)?.parse().ok()).unwrap_or(easting - prefix_m)
}

/// The possible meanings of a number.
enum Part {
    Northing,
    /// With the zone of its prefix.
    Easting(Option<u32>),
    Neither,
}

impl Part {
    fn of(value: f64) -> Part {
        match value {
            value if (1e6..6.5e6).contains(&value) => Part::Northing,
            value if (1e4..1e6).contains(&value) => Part::Easting(None),
            value if (13e6..46e6).contains(&value) => Part::Easting(Some((value / 1e6) as u32)),
            _ => Part::Neither,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_taken_off_in_decimal() {
        // Every decimal of up to eight places is that of the number without its prefix.
        for (decimals, step) in [(0, 977_u64), (3, 99_991), (4, 1_000_003), (8, 9_999_999_967)] {
            let scale = 10_u64.pow(decimals);
            for units in (0..1_000_000 * scale).step_by(step as usize) {
                let (metres, rest) = (units / scale, units % scale);
                let places = decimals as usize;
                let text = if places == 0 { metres.to_string() } else { format!("{metres}.{rest:0places$}") };
                let with_prefix: f64 = format!("40{metres:06}.{rest:0places$}").parse().unwrap();
                assert_eq!(without_prefix(with_prefix, 40), text.parse::<f64>().unwrap(), "{text}");
            }
        }
    }

    #[test]
    fn zones_on_a_meridian_have_one_plane() {
        let plane = |code| GaussKruegerZone::of(&Crs::Epsg(code)).unwrap().plane().crs();
        // 117° E in zones of 6 and of 3 degrees, with prefix and without.
        assert!([4498, 4509, 4527, 4548].into_iter().all(|code| plane(code) == Some(Crs::Epsg(4548))));
        assert_eq!(plane(4528), Some(Crs::Epsg(4549)));
    }
}
