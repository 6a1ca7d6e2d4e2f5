//! Normalisation of input coordinates: pairs of numbers as read from a file become longitude and latitude.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use geo::{Coord, coord};

use crate::crs::formula::NAN_COORD;
use crate::crs::gauss_krueger::without_prefix;
use crate::crs::{AxisOrder, Crs, GaussKruegerZone, Plane, Transformer};
use crate::error::{Hint, Result, RowProblem};
use crate::maths::hypot;

/// Normalises the coordinates of a table: detects the axis order, checks the range and converts to longitude and
/// latitude.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
///
/// let mut normalizer = CoordNormalizer::new(Crs::Epsg(4549), AxisOrder::Auto)?;
/// // Northing first, as in survey files.
/// let mut sites = [Ok(coord! { x: 3_171_338.022, y: 641_767.968 }), Ok(coord! { x: 1.0, y: 2.0 })];
/// normalizer.normalize(&mut sites);
/// assert!((sites[0].as_ref().unwrap().x - 121.45).abs() < 1e-8);
/// assert!(sites[1].is_err());
/// assert_eq!(normalizer.axis_order(), AxisOrder::NorthEast);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct CoordNormalizer {
    crs: Crs,
    order: AxisOrder,
    zone: Option<GaussKruegerZone>,
    plane: Plane,
    transformer: Transformer,
    plausibility: Option<Plausibility>,
    /// The number of coordinates outside the area of use of the CRS.
    outside_area: Arc<AtomicU64>,
}

/// The plausibility check for coordinates of a CRS. Not needed for Gauss-Krüger zones, whose values are unambiguous.
struct Plausibility {
    forward: Transformer,
    /// The area of use: west, south, east, north, in degrees.
    area_deg: [f64; 4],
    is_degrees: bool,
}

impl Plausibility {
    fn new(crs: &Crs) -> Result<Plausibility> {
        let area_deg = crs.area_of_use_deg().unwrap_or([-180.0, -90.0, 180.0, 90.0]);
        Ok(Plausibility { forward: Transformer::to_crs(crs.clone())?, area_deg, is_degrees: crs.is_degrees() })
    }

    /// Whether transformed coordinates return to the originals by the inverse.
    fn round_trips(&self, coords: &[Coord<f64>], transformed: &[Coord<f64>]) -> bool {
        // Between datums the inverse differs by millimetres, for some by decimetres, so the tolerance is a metre, or
        // the same in degrees. Meaningless coordinates return far away.
        let tolerance = if self.is_degrees { 1e-5 } else { 1.0 };
        let mut returned = transformed.to_vec();
        let is_close = |(a, b): (&Coord<f64>, &Coord<f64>)| hypot(a.x - b.x, a.y - b.y) < tolerance;
        self.forward.apply(&mut returned).is_ok() && coords.iter().zip(&returned).all(is_close)
    }

    /// Whether a position is in or near the area of use.
    fn is_near(&self, image: Coord<f64>) -> bool {
        /// Zones are often used slightly beyond their borders.
        const MARGIN_DEG: f64 = 1.0;
        let [west, south, east, north] = self.area_deg;
        // An area may cross the antimeridian.
        let is_within = if west <= east {
            (west - MARGIN_DEG..=east + MARGIN_DEG).contains(&image.x)
        } else {
            image.x >= west - MARGIN_DEG || image.x <= east + MARGIN_DEG
        };
        is_within && (south - MARGIN_DEG..=north + MARGIN_DEG).contains(&image.y)
    }
}

impl CoordNormalizer {
    /// For coordinates of a CRS in an axis order. Fails as [`Transformer::from_crs`].
    ///
    /// ```
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
    ///
    /// assert!(CoordNormalizer::new(Crs::Gcj02, AxisOrder::EastNorth).is_ok());
    /// assert!(CoordNormalizer::new(Crs::Epsg(1), AxisOrder::EastNorth).is_err());
    /// ```
    pub fn new(crs: Crs, order: AxisOrder) -> Result<CoordNormalizer> {
        let zone = GaussKruegerZone::on_any_datum(&crs);
        let transformer = Transformer::from_crs(crs.clone())?;
        let is_checked = matches!(crs, Crs::Epsg(_) | Crs::Defined(_)) && zone.is_none();
        let plausibility = is_checked.then(|| Plausibility::new(&crs)).transpose()?;
        let plane = Plane::of(&crs)?;
        Ok(CoordNormalizer { crs, order, zone, plane, transformer, plausibility, outside_area: Arc::default() })
    }

    /// Shares the counter of coordinates outside the area of use with others.
    pub(crate) fn counting(mut self, outside_area: Arc<AtomicU64>) -> CoordNormalizer {
        self.outside_area = outside_area;
        self
    }

    /// The number of coordinates outside the area of use of their CRS by more than a degree. They are converted
    /// nevertheless if the projection is defined there.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
    ///
    /// // UTM 50N ends at 120° E; this is at 121.45° E.
    /// let mut sites = [Ok(coord! { x: 935_119.633_344, y: 3_177_321.618_874 })];
    /// let mut normalizer = CoordNormalizer::new(Crs::Epsg(32650), AxisOrder::Auto)?;
    /// normalizer.normalize(&mut sites);
    /// assert!((sites[0].as_ref().unwrap().x - 121.45).abs() < 1e-8);
    /// assert_eq!(normalizer.beyond_area(), 1);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn beyond_area(&self) -> u64 {
        self.outside_area.load(Ordering::Relaxed)
    }

    /// The CRS of the coordinates.
    ///
    /// ```
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
    ///
    /// assert_eq!(CoordNormalizer::new(Crs::Epsg(4528), AxisOrder::Auto)?.crs(), Crs::Epsg(4528));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn crs(&self) -> Crs {
        self.crs.clone()
    }

    /// Their order: as given, or as detected from the first row.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
    ///
    /// let mut normalizer = CoordNormalizer::new(Crs::Epsg(4549), AxisOrder::Auto)?;
    /// assert_eq!(normalizer.axis_order(), AxisOrder::Auto);
    /// normalizer.normalize(&mut [Ok(coord! { x: 633_838.222, y: 3_171_898.561 })]);
    /// assert_eq!(normalizer.axis_order(), AxisOrder::EastNorth);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn axis_order(&self) -> AxisOrder {
        self.order
    }

    /// Whether the axis order is still to be detected from a row.
    pub(crate) fn needs_axis_detection(&self) -> bool {
        self.zone.is_some() && self.order == AxisOrder::Auto
    }

    /// Replaces pairs of numbers by longitude and latitude in degrees, or by their problem. In a Gauss-Krüger zone the
    /// axis order is detected from the first pair, and the others must have the same.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
    ///
    /// // The second row has the prefix of another zone.
    /// let mut sites = [
    ///     Ok(coord! { x: 40_633_838.222, y: 3_171_898.561 }),
    ///     Ok(coord! { x: 41_340_539.996, y: 3_172_220.306 }),
    /// ];
    /// CoordNormalizer::new(Crs::Epsg(4549), AxisOrder::Auto)?.normalize(&mut sites);
    /// assert!((sites[0].as_ref().unwrap().x - 121.36898).abs() < 1e-8);
    /// assert_eq!(sites[1].as_ref().unwrap_err().code(), "other-zone");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn normalize(&mut self, sites: &mut [Result<Coord<f64>, RowProblem>]) {
        self.to_system_order(sites);
        self.to_lon_lat(sites);
    }

    /// Like [`normalize`](CoordNormalizer::normalize), but the pairs stay in their CRS: easting or longitude as x, the
    /// easting with or without zone prefix as defined by the CRS.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
    ///
    /// let mut sites = [Ok(coord! { x: 3_171_338.022, y: 641_767.968 }), Ok(coord! { x: 1.0, y: 2.0 })];
    /// CoordNormalizer::new(Crs::Epsg(4528), AxisOrder::Auto)?.check(&mut sites);
    /// assert_eq!(sites[0], Ok(coord! { x: 40_641_767.968, y: 3_171_338.022 }));
    /// assert!(sites[1].is_err());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn check(&mut self, sites: &mut [Result<Coord<f64>, RowProblem>]) {
        self.to_system_order(sites);
        self.replace(sites, |pair, image| lon_lat(image.x, image.y).map(|_| pair));
    }

    /// The first half of [`normalize`](CoordNormalizer::normalize), which takes a fraction of its time: puts pairs into
    /// the axis order and prefix convention of their CRS, or replaces them by their problem. They are not transformed.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer};
    ///
    /// let mut sites = [Ok(coord! { x: 3_171_338.022, y: 641_767.968 })];
    /// let mut normalizer = CoordNormalizer::new(Crs::Epsg(4549), AxisOrder::Auto)?;
    /// normalizer.to_system_order(&mut sites);
    /// assert_eq!(sites[0], Ok(coord! { x: 641_767.968, y: 3_171_338.022 }));
    /// normalizer.to_lon_lat(&mut sites);
    /// assert!((sites[0].as_ref().unwrap().x - 121.45).abs() < 1e-8);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn to_system_order(&mut self, sites: &mut [Result<Coord<f64>, RowProblem>]) {
        for site in sites {
            if let Ok(pair) = site {
                *site = self.in_system(*pair);
            }
        }
    }

    /// The second half of [`normalize`](CoordNormalizer::normalize): replaces pairs in system order by longitude and
    /// latitude, or by their problem.
    ///
    /// ```
    /// use geo::coord;
    /// use taizhou_corridor::crs::{AxisOrder, Crs, CoordNormalizer, gcj02_from_wgs84};
    ///
    /// let shifted = gcj02_from_wgs84(coord! { x: 121.45, y: 28.65 });
    /// let mut sites = [Ok(shifted)];
    /// CoordNormalizer::new(Crs::Gcj02, AxisOrder::Auto)?.to_lon_lat(&mut sites);
    /// assert!((sites[0].as_ref().unwrap().x - 121.45).abs() < 1e-9);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn to_lon_lat(&self, sites: &mut [Result<Coord<f64>, RowProblem>]) {
        self.replace(sites, |_, image| lon_lat(image.x, image.y));
    }

    /// Replaces pairs in system order by `result` of the pair and its longitude and latitude.
    /// The plane in which the edges of the table are straight.
    pub(crate) fn plane(&self) -> &Plane {
        &self.plane
    }

    /// Whether pairs in the order of the system are coordinates of its plane without a check.
    pub(crate) fn keeps_numbers(&self) -> bool {
        match self.zone {
            Some(zone) => !zone.has_prefix,
            None => matches!(self.crs, Crs::Crs84 | Crs::Cgcs2000),
        }
    }

    /// Brings pairs in the order of the system into its plane: takes off the zone prefix, converts systems without a
    /// plane of their own to longitude and latitude, and checks the others.
    pub(crate) fn to_plane(&self, sites: &mut [Result<Coord<f64>, RowProblem>]) {
        match self.zone {
            // The order of the pairs proves that they are coordinates of the zone.
            Some(_) => sites.iter_mut().flatten().for_each(|site| *site = self.plane_coord(*site)),
            None if self.plane.is_lon_lat() => self.to_lon_lat(sites),
            None => self.replace(sites, |pair, image| lon_lat(image.x, image.y).map(|_| pair)),
        }
    }

    /// A coordinate of the system in its plane, if that is not longitude and latitude.
    pub(crate) fn plane_coord(&self, coord: Coord<f64>) -> Coord<f64> {
        match self.zone {
            Some(GaussKruegerZone { number, has_prefix: true }) => {
                Coord { x: without_prefix(coord.x, number), y: coord.y }
            }
            _ => coord,
        }
    }

    /// Replaces coordinates of the plane by those of the table.
    pub(crate) fn to_table(&self, coords: &mut [Coord<f64>]) {
        match (self.zone, self.plane.is_lon_lat()) {
            (Some(GaussKruegerZone { number, has_prefix: true }), _) => {
                coords.iter_mut().for_each(|coord| coord.x += f64::from(number) * 1e6);
            }
            (None, true) if !matches!(self.crs, Crs::Crs84 | Crs::Cgcs2000) => {
                let transformed = Transformer::to_crs(self.crs.clone()).and_then(|to_crs| to_crs.apply(coords));
                if transformed.is_err() {
                    coords.fill(NAN_COORD);
                }
            }
            _ => {}
        }
    }

    fn replace(
        &self,
        sites: &mut [Result<Coord<f64>, RowProblem>],
        made_of: impl Fn(Coord<f64>, Coord<f64>) -> Result<Coord<f64>, RowProblem>,
    ) {
        // Already longitude and latitude, and in range.
        if matches!(self.crs, Crs::Crs84 | Crs::Cgcs2000) {
            return;
        }
        let coords: Vec<Coord<f64>> = sites.iter().filter_map(|site| site.as_ref().ok().copied()).collect();
        let transformed = self.transformed(&coords);
        let mut transformed = transformed.iter().flatten();
        for site in sites {
            let Ok(coord) = *site else { continue };
            *site = match transformed.next() {
                Some(&image) => made_of(coord, image),
                // At least one of them cannot be transformed: find out which.
                None => match self.transformed(&[coord]).as_deref() {
                    Some(&[image]) => made_of(coord, image),
                    _ => Err(RowProblem::OutsideCrsArea { x: coord.x, y: coord.y, crs: self.crs.to_string() }),
                },
            };
        }
    }

    /// The longitude and latitude of coordinates; `None` unless all can be transformed, return to the originals and are
    /// plausible.
    fn transformed(&self, coords: &[Coord<f64>]) -> Option<Vec<Coord<f64>>> {
        let mut transformed = coords.to_vec();
        self.transformer.apply(&mut transformed).ok()?;
        let Some(plausibility) = &self.plausibility else { return Some(transformed) };
        if !plausibility.round_trips(coords, &transformed) {
            return None;
        }
        let mut outside_area = 0;
        for (coord, image) in coords.iter().zip(&transformed) {
            if !plausibility.is_near(*image) {
                if self.has_likelier_reading(plausibility, *coord) {
                    return None;
                }
                outside_area += u64::from(lon_lat(image.x, image.y).is_ok());
            }
        }
        self.outside_area.fetch_add(outside_area, Ordering::Relaxed);
        Some(transformed)
    }

    /// Whether a pair outside the area of use has a likelier interpretation: degrees instead of metres, or swapped
    /// axes, which are inside the area.
    fn has_likelier_reading(&self, plausibility: &Plausibility, pair: Coord<f64>) -> bool {
        let is_lon_lat = |x: f64, y: f64| x.abs() <= 180.0 && y.abs() <= 90.0;
        if !plausibility.is_degrees && (is_lon_lat(pair.x, pair.y) || is_lon_lat(pair.y, pair.x)) {
            return true;
        }
        let swapped = [coord! { x: pair.y, y: pair.x }];
        let mut image = swapped;
        self.transformer.apply(&mut image).is_ok()
            && plausibility.round_trips(&swapped, &image)
            && plausibility.is_near(image[0])
    }

    /// The pair as easting and northing of the CRS.
    fn in_system(&mut self, pair: Coord<f64>) -> Result<Coord<f64>, RowProblem> {
        if let Some(zone) = self.zone {
            let (coord, order) = zone.normalize(pair.x, pair.y, self.order)?;
            self.order = order;
            return Ok(coord);
        }
        let coord = if self.order == AxisOrder::NorthEast {
            coord! { x: pair.y, y: pair.x }
        } else {
            pair
        };
        if self.crs.is_lon_lat() { lon_lat(coord.x, coord.y) } else { Ok(coord) }
    }
}

/// A position in degrees, x the longitude and y the latitude, if in range. Values beyond 180° or 90° by a rounding
/// error are clamped: at most 4 ulps, 1.2·10⁻¹³ degrees of longitude or 13 nm.
///
/// ```
/// use taizhou_corridor::crs::lon_lat;
///
/// assert!(lon_lat(121.4, 28.65).is_ok());
/// let problem = lon_lat(28.65, 121.4).unwrap_err();
/// assert!(problem.to_string().ends_with("longitude and latitude look swapped"));
/// // The antimeridian as written by software that accumulates degrees.
/// assert_eq!(lon_lat(180.00000000000003, 28.65)?.x, 180.0);
/// # Ok::<(), taizhou_corridor::error::RowProblem>(())
/// ```
pub fn lon_lat(x: f64, y: f64) -> Result<Coord<f64>, RowProblem> {
    let Coord { x, y } = within_limits(coord! { x: x, y: y });
    if !(-180.0..=180.0).contains(&x) {
        return Err(RowProblem::LongitudeRange { value: x, hint: Hint::of(x, y) });
    }
    if !(-90.0..=90.0).contains(&y) {
        return Err(RowProblem::LatitudeRange { value: y, hint: Hint::of(x, y) });
    }
    Ok(Coord { x, y })
}

/// Clamps a longitude or latitude that exceeds its limit by a rounding error; all others are unchanged.
pub(crate) fn within_limits(coord: Coord<f64>) -> Coord<f64> {
    /// The rounding error of sums and products of a few values.
    const MAX_STEPS: f64 = 4.0;
    let within = |value: f64, limit: f64| {
        let excess = value.abs() - limit;
        if excess > 0.0 && excess <= MAX_STEPS * (limit.next_up() - limit) { limit.copysign(value) } else { value }
    };
    coord! { x: within(coord.x, 180.0), y: within(coord.y, 90.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(crs: Crs, order: AxisOrder, pairs: &[(f64, f64)]) -> Vec<Result<Coord<f64>, RowProblem>> {
        let mut sites: Vec<_> = pairs.iter().map(|&(x, y)| Ok(coord! { x: x, y: y })).collect();
        CoordNormalizer::new(crs, order).unwrap().normalize(&mut sites);
        sites
    }

    fn is_site(site: &Result<Coord<f64>, RowProblem>) -> bool {
        site.as_ref().is_ok_and(|site| (site.x - 121.45).abs() < 1e-8 && (site.y - 28.65).abs() < 1e-8)
    }

    #[test]
    fn errors_name_the_probable_cause() {
        assert_eq!(lon_lat(28.65, 121.36), Err(RowProblem::LatitudeRange { value: 121.36, hint: Hint::Swapped }));
        let projected = lon_lat(641_767.9, 3_171_338.0);
        assert_eq!(projected, Err(RowProblem::LongitudeRange { value: 641_767.9, hint: Hint::Projected }));
        assert_eq!(lon_lat(121.0, 91.0), Err(RowProblem::LatitudeRange { value: 91.0, hint: Hint::None }));
        assert!(lon_lat(f64::NAN, 0.0).is_err());
    }

    #[test]
    fn rounding_errors_beyond_the_limits_are_clamped() {
        for (x, y, expected) in [
            (180.00000000000003, 28.65, (180.0, 28.65)),
            (-180.00000000000006, 90.00000000000001, (-180.0, 90.0)),
            (-180.0, -90.00000000000003, (-180.0, -90.0)),
        ] {
            assert_eq!(lon_lat(x, y), Ok(expected.into()));
        }
        for (x, y) in [(180.0000000000002, 0.0), (0.0, -90.0000000000001), (f64::INFINITY, 0.0), (0.0, f64::NAN)] {
            assert!(lon_lat(x, y).is_err(), "{x} {y}");
        }
    }

    /// 121.45 E, 28.65 N in each zone, with and without its prefix, in both orders.
    #[test]
    fn gauss_krueger_axes_are_detected_from_the_values() {
        let (n40, e40) = (3_171_338.022_119_2, 641_767.967_894_3);
        let (n41, e41) = (3_171_460.790_230_5, 348_453.674_784_1);
        for (codes, prefix_m, north, east) in [([4528, 4549], 40e6, n40, e40), ([4529, 4550], 41e6, n41, e41)] {
            for code in codes {
                for pair in [(east, north), (east + prefix_m, north), (north, east), (north, east + prefix_m)] {
                    let sites = normalized(Crs::Epsg(code), AxisOrder::Auto, &[pair]);
                    assert!(is_site(&sites[0]), "EPSG:{code} {pair:?} {sites:?}");
                }
            }
        }
    }

    #[test]
    fn pairs_that_contradict_the_system_are_rejected() {
        let problem =
            |code, order, pairs: &[(f64, f64)]| normalized(Crs::Epsg(code), order, pairs).pop().unwrap().unwrap_err();
        let other = problem(4549, AxisOrder::Auto, &[(41_348_453.67, 3_171_460.79)]);
        assert_eq!(other, RowProblem::OtherGaussKruegerZone { easting: 41_348_453.67, found: 41, expected: 40 });
        let degrees = problem(4549, AxisOrder::Auto, &[(121.45, 28.65)]);
        assert!(matches!(degrees, RowProblem::NotGaussKrueger { .. }));
        let other_order = problem(4549, AxisOrder::EastNorth, &[(3_171_338.0, 641_767.9)]);
        assert!(matches!(other_order, RowProblem::OtherAxisOrder { .. }));
        // The first row determines the axis order of the file.
        let mixed = problem(4549, AxisOrder::Auto, &[(3_171_338.0, 641_767.9), (641_767.9, 3_171_338.0)]);
        assert!(matches!(mixed, RowProblem::OtherAxisOrder { .. }));
    }

    #[test]
    fn north_first_works_for_any_system() {
        assert!(is_site(&normalized(Crs::Crs84, AxisOrder::NorthEast, &[(28.65, 121.45)])[0]));
        let utm = [(3_170_192.206_006_6, 348_514.293_314_8)];
        assert!(is_site(&normalized(Crs::Epsg(32651), AxisOrder::NorthEast, &utm)[0]));
    }

    #[test]
    fn one_untransformable_pair_does_not_affect_the_others() {
        let sites =
            normalized(Crs::Epsg(32651), AxisOrder::Auto, &[(1e30, 1e30), (348_514.293_314_8, 3_170_192.206_006_6)]);
        assert!(sites[0].is_err());
        assert!(is_site(&sites[1]), "{sites:?}");
    }

    #[test]
    fn pairs_with_a_likelier_reading_are_rejected() {
        // Degrees and swapped metres in UTM; more than 360° of longitude in Web Mercator.
        let sites = normalized(Crs::Epsg(32651), AxisOrder::Auto, &[(121.4, 28.65), (3_170_192.2, 348_514.3)]);
        assert!(sites.iter().all(|site| matches!(site, Err(RowProblem::OutsideCrsArea { .. }))), "{sites:?}");
        assert!(normalized(Crs::Epsg(3857), AxisOrder::Auto, &[(53_585_000.0, 3_330_000.0)])[0].is_err());
        assert!(is_site(&normalized(Crs::Epsg(3857), AxisOrder::Auto, &[(13_519_752.156_843_1, 3_331_173.851_94)])[0]));
    }

    /// In the adjacent zone to the west, and on a European datum. Coordinates are valid wherever the projection is
    /// defined.
    #[test]
    fn pairs_outside_the_area_of_use_are_counted() {
        for (crs, pair) in [
            (Crs::Epsg(32650), (935_119.633_344, 3_177_321.618_874)),
            #[cfg(feature = "proj")]
            (Crs::Epsg(4258), (121.45, 28.65)),
        ] {
            let mut normalizer = CoordNormalizer::new(crs, AxisOrder::Auto).unwrap();
            let mut sites = [Ok(coord! { x: pair.0, y: pair.1 }), Ok(coord! { x: 1e30, y: 1e30 })];
            normalizer.normalize(&mut sites);
            assert!(is_site(&sites[0]) && sites[1].is_err(), "{sites:?}");
            assert_eq!(normalizer.beyond_area(), 1);
        }
        let mut normalizer = CoordNormalizer::new(Crs::Epsg(32651), AxisOrder::Auto).unwrap();
        normalizer.normalize(&mut [Ok(coord! { x: 348_514.293_314_8, y: 3_170_192.206_006_6 })]);
        assert_eq!(normalizer.beyond_area(), 0);
    }

    /// The Swiss datum differs by 700 m, and the round trip by a millimetre. The old observatory of Bern, as published
    /// by swisstopo: 46°57′03.9″ N, 7°26′19.1″ E.
    #[test]
    #[cfg(feature = "proj")]
    fn round_trips_may_differ_by_a_millimetre() {
        let sites =
            normalized(Crs::Epsg(2056), AxisOrder::Auto, &[(2_600_000.0, 1_200_000.0), (2_658_121.8, 1_183_485.7)]);
        let bern = sites[0].as_ref().unwrap();
        assert!((bern.x - 7.43863).abs() < 2e-5 && (bern.y - 46.95108).abs() < 2e-5, "{bern:?}");
        assert!(sites[1].is_ok());
    }

    #[test]
    fn web_map_coordinates_are_inverted() {
        let shifted = crate::crs::gcj02_from_wgs84(coord! { x: 121.45, y: 28.65 });
        assert!(is_site(&normalized(Crs::Gcj02, AxisOrder::Auto, &[(shifted.x, shifted.y)])[0]));
        assert!(normalized(Crs::Gcj02, AxisOrder::Auto, &[(28.65, 121.45)])[0].is_err());
    }
}
