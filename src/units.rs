//! Metres and square metres, and the units that plans print them in.
//!
//! Values stay in metres and square metres; a unit is chosen when a value is shown.

/// A length in metres.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Metres(pub f64);

impl Metres {
    /// The length in kilometres.
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
    pub fn from_km2(area_km2: f64) -> SquareMetres {
        SquareMetres(area_km2 * 1e6)
    }

    /// The area in square kilometres.
    pub fn km2(self) -> f64 {
        self.0 / 1e6
    }

    /// The area in hectares (公顷).
    pub fn ha(self) -> f64 {
        self.0 / 1e4
    }

    /// The area in mu (亩): 1 亩 = 2000/3 m².
    pub fn mu(self) -> f64 {
        self.0 * 3.0 / 2000.0
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
