//! Metres and square metres, and the units that plans print them in.
//!
//! Values stay in metres and square metres; a unit is chosen when a value is shown.

/// A length in metres.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::units::Metres;
///
/// // Clusters that are drawn from a name alone are known to no better than 1500 m.
/// let plan = Plan::bundled();
/// assert_eq!(plan.find("yongning-smart-chip")?.accuracy, Some(Metres(1500.0)));
/// assert!(plan.find("core")?.accuracy < Some(Metres(1500.0)));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Metres(pub f64);

impl Metres {
    /// The length in kilometres.
    ///
    /// ```
    /// use taizhou_corridor::units::Metres;
    ///
    /// assert_eq!(Metres(4_426.0).km(), 4.426);
    /// ```
    pub fn km(self) -> f64 {
        self.0 / 1e3
    }
}

/// An area in square metres.
///
/// ```
/// use taizhou_corridor::units::SquareMetres;
///
/// let core = SquareMetres(41e6);
/// assert_eq!(core.km2(), 41.0);
/// assert_eq!(core.ha(), 4_100.0);
/// assert_eq!(core.mu(), 61_500.0); // 1 km² = 1500 亩
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct SquareMetres(pub f64);

impl SquareMetres {
    /// An area given in square kilometres.
    ///
    /// ```
    /// use taizhou_corridor::units::SquareMetres;
    ///
    /// let core_and_zones: SquareMetres = [41.0, 29.0, 29.0, 16.0].map(SquareMetres::from_km2).into_iter().sum();
    /// assert_eq!(core_and_zones, SquareMetres(115e6));
    /// ```
    pub fn from_km2(area_km2: f64) -> SquareMetres {
        SquareMetres(area_km2 * 1e6)
    }

    /// The area in square kilometres.
    ///
    /// ```
    /// use taizhou_corridor::units::SquareMetres;
    ///
    /// assert_eq!(SquareMetres(1_280_000.0).km2(), 1.28);
    /// ```
    pub fn km2(self) -> f64 {
        self.0 / 1e6
    }

    /// The area in hectares (公顷).
    ///
    /// ```
    /// use taizhou_corridor::units::SquareMetres;
    ///
    /// // 100 m by 250 m.
    /// assert_eq!(SquareMetres(100.0 * 250.0).ha(), 2.5);
    /// ```
    pub fn ha(self) -> f64 {
        self.0 / 1e4
    }

    /// The area in mu (亩): 1 亩 = 2000/3 m².
    ///
    /// ```
    /// use taizhou_corridor::units::SquareMetres;
    ///
    /// // 1 公顷 = 15 亩
    /// assert_eq!(SquareMetres(10_000.0).mu(), 15.0);
    /// ```
    pub fn mu(self) -> f64 {
        self.0 * 3.0 / 2000.0
    }
}

impl SquareMetres {
    /// The larger of two areas.
    pub(crate) fn max(self, other: SquareMetres) -> SquareMetres {
        SquareMetres(self.0.max(other.0))
    }
}

impl std::iter::Sum for SquareMetres {
    fn sum<I: Iterator<Item = SquareMetres>>(areas: I) -> SquareMetres {
        SquareMetres(areas.map(|area| area.0).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mu_is_two_thirds_of_a_thousand_square_metres() {
        assert_eq!(SquareMetres(2000.0 / 3.0).mu(), 1.0);
        assert_eq!(SquareMetres::from_km2(1.0).mu(), 1500.0);
        assert_eq!(SquareMetres::from_km2(1.0).ha(), 100.0);
    }
}
