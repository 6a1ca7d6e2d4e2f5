//! Metres and square metres, and the area units used in plans.
//!
//! Values are in metres and square metres; other units are for input and output.

/// A length in metres.
///
/// ```
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::units::Metres;
///
/// // Clusters that are located only by a place name are accurate to 1500 m.
/// let plan = Plan::bundled();
/// assert_eq!(plan.feature("yongning-smart-chip")?.accuracy, Some(Metres(1500.0)));
/// assert!(plan.feature("core")?.accuracy < Some(Metres(1500.0)));
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
    /// An area from square kilometres.
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

impl std::iter::Sum for SquareMetres {
    fn sum<I: Iterator<Item = SquareMetres>>(areas: I) -> SquareMetres {
        SquareMetres(areas.map(|area| area.0).sum())
    }
}

/// An area in whole hundredths of a square metre (square decimetres): figures that are to add up exactly.
///
/// ```
/// use taizhou_corridor::units::{SquareDecimetres, SquareMetres};
///
/// let area = SquareDecimetres::nearest(SquareMetres(41_000_016.376));
/// assert_eq!((area, area.square_metres()), (SquareDecimetres(4_100_001_638), SquareMetres(41_000_016.38)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SquareDecimetres(pub i64);

impl SquareDecimetres {
    /// The nearest to an area. Beyond some 90 billion km², the largest that there is.
    ///
    /// ```
    /// use taizhou_corridor::units::{SquareDecimetres, SquareMetres};
    ///
    /// assert_eq!(SquareDecimetres::nearest(SquareMetres(0.125)), SquareDecimetres(13));
    /// ```
    pub fn nearest(area: SquareMetres) -> SquareDecimetres {
        SquareDecimetres((area.0 * 100.0).round() as i64)
    }

    /// The same in square metres.
    ///
    /// ```
    /// use taizhou_corridor::units::{SquareDecimetres, SquareMetres};
    ///
    /// assert_eq!(SquareDecimetres(-5).square_metres(), SquareMetres(-0.05));
    /// ```
    pub fn square_metres(self) -> SquareMetres {
        SquareMetres(self.0 as f64 / 100.0)
    }
}

/// A unit of area used in tables.
///
/// ```
/// use taizhou_corridor::units::{AreaUnit, SquareMetres};
///
/// let unit: AreaUnit = "亩".parse()?;
/// assert_eq!(unit.of(15.0), SquareMetres(10_000.0));
/// # Ok::<(), taizhou_corridor::units::UnknownUnit>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AreaUnit {
    /// m², 平方米
    SquareMetres,
    /// ha, 公顷: 10,000 m²
    Hectares,
    /// 亩: 2000/3 m²
    Mu,
    /// km², 平方公里
    SquareKilometres,
}

/// The error for a text that is not a unit of area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are m2, ha, mu, km2")]
pub struct UnknownUnit;

impl AreaUnit {
    /// The names of the units; a name precedes any shorter name that is its suffix.
    const NAMES: [(&str, AreaUnit); 18] = [
        ("平方公里", AreaUnit::SquareKilometres),
        ("平方千米", AreaUnit::SquareKilometres),
        ("km²", AreaUnit::SquareKilometres),
        ("km2", AreaUnit::SquareKilometres),
        ("sqkm", AreaUnit::SquareKilometres),
        ("hm²", AreaUnit::Hectares),
        ("hm2", AreaUnit::Hectares),
        ("hectares", AreaUnit::Hectares),
        ("hectare", AreaUnit::Hectares),
        ("sqm", AreaUnit::SquareMetres),
        ("平方米", AreaUnit::SquareMetres),
        ("㎡", AreaUnit::SquareMetres),
        ("m²", AreaUnit::SquareMetres),
        ("m2", AreaUnit::SquareMetres),
        ("公顷", AreaUnit::Hectares),
        ("ha", AreaUnit::Hectares),
        ("亩", AreaUnit::Mu),
        ("mu", AreaUnit::Mu),
    ];

    /// Converts a value in this unit to square metres.
    pub fn of(self, value: f64) -> SquareMetres {
        match self {
            AreaUnit::SquareMetres => SquareMetres(value),
            AreaUnit::Hectares => SquareMetres(value * 1e4),
            AreaUnit::Mu => SquareMetres(value * 2000.0 / 3.0),
            AreaUnit::SquareKilometres => SquareMetres::from_km2(value),
        }
    }

    /// Splits the unit from the end of a value (`6.1 公顷`) or of a column name (`area_ha`, `面积(亩)`). A multiple of a
    /// unit (`万亩`) is another one, which is not known.
    ///
    /// ```
    /// use taizhou_corridor::units::AreaUnit;
    ///
    /// assert_eq!(AreaUnit::at_end_of("area_ha"), Some(("area_", AreaUnit::Hectares)));
    /// assert_eq!(AreaUnit::at_end_of("面积（亩）"), Some(("面积", AreaUnit::Mu)));
    /// assert_eq!(AreaUnit::at_end_of("alpha"), None);
    /// ```
    pub fn at_end_of(text: &str) -> Option<(&str, AreaUnit)> {
        let is_bracket = |c: char| matches!(c, '(' | ')' | '（' | '）' | '[' | ']' | ' ');
        let text = text.trim_end_matches(is_bracket);
        AreaUnit::NAMES.into_iter().find_map(|(name, unit)| {
            let start = text.len().checked_sub(name.len()).filter(|&start| text.is_char_boundary(start))?;
            let (before, end) = text.split_at(start);
            let is_word = before.ends_with(|c: char| c.is_ascii_alphabetic());
            // 公亩 is an are.
            let is_multiple = before.ends_with(['十', '百', '千', '万', '亿', '公']);
            let is_unit = end.eq_ignore_ascii_case(name) && !is_word && !is_multiple;
            is_unit.then(|| (before.trim_end_matches(is_bracket), unit))
        })
    }

    /// Whether a text ends with a unit of area that is not known: `面积_万亩`, `area_acres`.
    ///
    /// ```
    /// use taizhou_corridor::units::AreaUnit;
    ///
    /// assert_eq!(["面积_万亩", "面积_亩", "面积"].map(AreaUnit::is_unknown_at_end_of), [true, false, false]);
    /// ```
    pub fn is_unknown_at_end_of(text: &str) -> bool {
        const OTHERS: [&str; 6] = ["acre", "acres", "sqft", "sqmi", "亩", "顷"];
        let text = text.trim_end_matches([')', '）', ']', ' ']).to_lowercase();
        let others = OTHERS.into_iter().chain(AreaUnit::NAMES.map(|(name, _)| name).into_iter().filter(|name| {
            // Words may end with these letters.
            !name.chars().all(|c| c.is_ascii_alphabetic())
        }));
        AreaUnit::at_end_of(&text).is_none() && others.into_iter().any(|name| text.ends_with(name))
    }
}

impl std::str::FromStr for AreaUnit {
    type Err = UnknownUnit;

    fn from_str(text: &str) -> Result<AreaUnit, UnknownUnit> {
        AreaUnit::at_end_of(text).filter(|(before, _)| before.is_empty()).map(|(_, unit)| unit).ok_or(UnknownUnit)
    }
}

/// An area as stated in a table, with its precision.
///
/// ```
/// use taizhou_corridor::units::{AreaUnit, SquareMetres, StatedArea};
///
/// let stated = StatedArea::parse("4.4261", AreaUnit::Hectares).unwrap();
/// assert_eq!((stated.area.0.round(), stated.rounding), (44_261.0, SquareMetres(0.5)));
/// assert!(stated.is_met_by(SquareMetres(44_261.4), 0.0));
/// assert!(!stated.is_met_by(SquareMetres(44_281.0), 100.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StatedArea {
    /// The area.
    pub area: SquareMetres,
    /// Half a unit of the last digit.
    pub rounding: SquareMetres,
}

impl StatedArea {
    /// Parses a value with a unit, or in the unit of its column; commas may separate thousands. `None` if the text is
    /// not an area.
    pub fn parse(text: &str, unit: AreaUnit) -> Option<StatedArea> {
        let (figure, unit) = AreaUnit::at_end_of(text).unwrap_or((text, unit));
        let ungrouped = ungrouped(figure.trim());
        let figure = ungrouped.as_str();
        let value = figure.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0)?;
        let (mantissa, exponent) = figure.split_once(['e', 'E']).unwrap_or((figure, "0"));
        let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
        let last_digit = crate::maths::power_of_ten(exponent.parse::<i32>().ok()?.saturating_sub(decimals));
        Some(StatedArea { area: unit.of(value), rounding: unit.of(0.5 * last_digit) })
    }

    /// Whether an area rounds to the stated value, or differs from it by at most a number of parts per million.
    pub fn is_met_by(self, area: SquareMetres, tolerance_ppm: f64) -> bool {
        let tolerance_m2 = self.rounding.0.max(self.area.0 * tolerance_ppm * 1e-6);
        (area.0 - self.area.0).abs() <= tolerance_m2
    }
}

/// Removes the commas between thousands, if they are in the right positions.
fn ungrouped(figure: &str) -> String {
    let whole = figure.split_once('.').map_or(figure, |(whole, _)| whole);
    let mut groups = whole.split(',');
    let first_is_short = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    let is_grouped = first_is_short && groups.all(|group| group.len() == 3);
    if is_grouped { figure.replacen(',', "", whole.matches(',').count()) } else { figure.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_may_separate_thousands() {
        let area_m2 = |text: &str| StatedArea::parse(text, AreaUnit::SquareMetres).map(|stated| stated.area.0);
        assert_eq!(area_m2("1,083,786.17"), Some(1_083_786.17));
        assert_eq!(area_m2("1,000 ha"), Some(1e7));
        assert_eq!([area_m2("1,08"), area_m2("1083,786"), area_m2(",786"), area_m2("1.083,786")], [None; 4]);
    }

    #[test]
    fn a_mu_is_two_thirds_of_a_thousand_square_metres() {
        assert_eq!(SquareMetres(2000.0 / 3.0).mu(), 1.0);
        assert_eq!(SquareMetres::from_km2(1.0).mu(), 1500.0);
        assert_eq!(SquareMetres::from_km2(1.0).ha(), 100.0);
    }

    #[test]
    fn units_are_read_from_the_end() {
        let unit = |text: &str| AreaUnit::at_end_of(text).map(|(_, unit)| unit);
        assert_eq!(unit("AREA_M2"), Some(AreaUnit::SquareMetres));
        assert_eq!(unit("area_km2"), Some(AreaUnit::SquareKilometres));
        assert_eq!(unit("宗地面积平方米"), Some(AreaUnit::SquareMetres));
        assert_eq!(unit("面积ha"), Some(AreaUnit::Hectares));
        assert_eq!(unit("6.1ha"), Some(AreaUnit::Hectares));
        assert_eq!(["面积hm²", "面积_hm2", "AREA_HECTARES"].map(unit), [Some(AreaUnit::Hectares); 3]);
        assert_eq!(
            (unit("area_sqm"), unit("area_sqkm")),
            (Some(AreaUnit::SquareMetres), Some(AreaUnit::SquareKilometres))
        );
        assert_eq!((unit("面积"), unit("emu"), unit("")), (None, None, None));
        let unknown = ["面积_万亩", "面积（千公顷）", "1.5万亩", "面积_公亩", "面积_万平方米", "面积顷", "area_acres"];
        assert_eq!(unknown.map(|text| (unit(text), AreaUnit::is_unknown_at_end_of(text))), [(None, true); 7]);
        assert!(!["面积", "alpha", "规划面积_公顷", "area_km2"].map(AreaUnit::is_unknown_at_end_of).contains(&true));
        assert_eq!(("mu".parse(), "acres".parse::<AreaUnit>()), (Ok(AreaUnit::Mu), Err(UnknownUnit)));
    }

    #[test]
    fn stated_areas_have_the_precision_of_their_digits() {
        let stated = |text| StatedArea::parse(text, AreaUnit::Mu);
        assert_eq!(stated("15").unwrap().area, SquareMetres(10_000.0));
        assert!((stated("1.5e1").unwrap().rounding.0 - 1000.0 / 3.0).abs() < 1e-9);
        assert_eq!(stated("1.00 公顷").unwrap(), StatedArea { area: SquareMetres(1e4), rounding: SquareMetres(50.0) });
        assert_eq!(
            (stated(""), stated("-1"), stated("many"), stated("nan"), stated("1e999999999999")),
            (None, None, None, None, None)
        );
    }
}
