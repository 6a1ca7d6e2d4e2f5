//! Messages about datum shifts.

use crate::crs::{Crs, DatumShift, Helmert, PlaneAxis, RotationConvention, ShiftMethod, ShiftSource, Similarity};
use crate::error::ShiftProblem;
use crate::messages::{Lang, Texts};

/// The Chinese name of a datum.
pub(super) fn datum(name: &str) -> &str {
    match name {
        "Beijing 1954" => "1954北京坐标系",
        "New Beijing" => "新1954北京坐标系",
        "Xian 1980" => "1980西安坐标系",
        name => name,
    }
}

/// The Chinese text of a problem.
pub(super) fn problem(problem: &ShiftProblem) -> String {
    match problem {
        ShiftProblem::Missing { key } => format!("缺少`{key}`"),
        ShiftProblem::NoConvention => "缺少`convention`，旋转方向不明".to_owned(),
        ShiftProblem::NoAxis => "缺少`x_axis`，x为北坐标还是东坐标不明".to_owned(),
        ShiftProblem::Value { key, known } => format!("`{key}`应为{}之一", known.join("、")),
        ShiftProblem::NotANumber { key } => format!("`{key}`不是数字"),
        ShiftProblem::OutOfRange { key } => format!("`{key}`超出范围"),
        ShiftProblem::Mixed { key, count } => format!("`{key}`不属于{}", if *count == 4 { "四参数" } else { "七参数" }),
        ShiftProblem::NoSource => "未注明参数适用的基准（source_datum）或坐标系（source_crs）".to_owned(),
        ShiftProblem::TwoSources => "`source_datum`和`source_crs`只能填写其一".to_owned(),
        ShiftProblem::DatumOfPlane => "四参数只用于一个平面：请填写source_crs，而非source_datum".to_owned(),
        ShiftProblem::Source { crs } => format!("{crs}既不是以度为单位的坐标系，也不是以米为单位的横轴墨卡托投影"),
        ShiftProblem::NoShift { crs } => format!("{crs}即为CGCS2000或WGS 84上的坐标系，无需转换参数"),
        ShiftProblem::Target { crs } => format!("{crs}不是CGCS2000或WGS 84上的横轴墨卡托投影"),
        ShiftProblem::NoParameters => "参数应取自报批TXT文件头的“转换参数”，而该表未注明".to_owned(),
        ShiftProblem::ControlPoint { number, off_mm } => {
            format!("第{number}个控制点偏差{}.{:03}米，超过accuracy_m", off_mm / 1000, off_mm % 1000)
        }
    }
}

impl Texts {
    /// The transformation of a system with its parameters, for messages and reports.
    ///
    /// ```
    /// use taizhou_corridor::crs::{DatumShift, EarlierDatum, Helmert, RotationConvention, ShiftMethod, ShiftSource};
    /// use taizhou_corridor::messages::Lang;
    /// use taizhou_corridor::units::Metres;
    ///
    /// let parameters = Helmert {
    ///     dx_m: 1.5, dy_m: -2.0, dz_m: 0.5, rx_arcsec: 0.1, ry_arcsec: -0.2, rz_arcsec: 0.3, scale_ppm: 1.0,
    ///     convention: RotationConvention::CoordinateFrame,
    /// };
    /// let source = ShiftSource::Datum(EarlierDatum::Xian1980);
    /// let shift = DatumShift::new("xian80.toml", source, ShiftMethod::Helmert(parameters), Metres(0.3))?;
    /// assert_eq!(
    ///     Lang::En.texts().datum_shift(&shift),
    ///     "xian80.toml, Xian 1980 to CGCS2000 by 7 parameters (coordinate frame): dx 1.5 m, dy -2 m, dz 0.5 m, \
    ///      rx 0.1″, ry -0.2″, rz 0.3″, scale 1 ppm; accuracy 0.3 m"
    /// );
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn datum_shift(&self, shift: &DatumShift) -> String {
        let (name, accuracy_m) = (shift.name(), shift.accuracy().0);
        let source = match (shift.source(), self.lang) {
            (ShiftSource::Datum(earlier), Lang::En) => earlier.as_str().to_owned(),
            (ShiftSource::Datum(earlier), Lang::Zh) => datum(earlier.as_str()).to_owned(),
            (ShiftSource::System(crs), _) => crs.to_string(),
            (ShiftSource::Plane, Lang::En) => "a local plane".to_owned(),
            (ShiftSource::Plane, Lang::Zh) => "地方坐标系".to_owned(),
        };
        match shift.method() {
            ShiftMethod::Helmert(parameters) => {
                let Helmert { dx_m, dy_m, dz_m, rx_arcsec, ry_arcsec, rz_arcsec, scale_ppm, convention } = parameters;
                let convention = match (convention, self.lang) {
                    (RotationConvention::PositionVector, Lang::En) => "position vector",
                    (RotationConvention::CoordinateFrame, Lang::En) => "coordinate frame",
                    (RotationConvention::PositionVector, Lang::Zh) => "位置矢量",
                    (RotationConvention::CoordinateFrame, Lang::Zh) => "坐标框架",
                };
                match self.lang {
                    Lang::En => format!(
                        "{name}, {source} to CGCS2000 by 7 parameters ({convention}): dx {dx_m} m, dy {dy_m} m, dz {dz_m} m, rx {rx_arcsec}″, ry {ry_arcsec}″, rz {rz_arcsec}″, scale {scale_ppm} ppm; accuracy {accuracy_m} m"
                    ),
                    Lang::Zh => format!(
                        "{name}，七参数（{convention}），{source}转CGCS2000：ΔX {dx_m}米，ΔY {dy_m}米，ΔZ {dz_m}米，εX {rx_arcsec}″，εY {ry_arcsec}″，εZ {rz_arcsec}″，尺度{scale_ppm} ppm；精度{accuracy_m}米"
                    ),
                }
            }
            ShiftMethod::Similarity(parameters) => {
                let Similarity { dx_m, dy_m, rotation_arcsec, scale, x_axis, target } = parameters;
                match self.lang {
                    Lang::En => {
                        let x = if *x_axis == PlaneAxis::North { "north" } else { "east" };
                        format!(
                            "{name}, {source} to {target} by 4 parameters (x {x}): dx {dx_m} m, dy {dy_m} m, rotation {rotation_arcsec}″, scale {scale}; accuracy {accuracy_m} m"
                        )
                    }
                    Lang::Zh => {
                        let x = if *x_axis == PlaneAxis::North { "x为北坐标" } else { "x为东坐标" };
                        format!(
                            "{name}，四参数（{x}），{source}转{target}：Δx {dx_m}米，Δy {dy_m}米，旋转{rotation_arcsec}″，尺度{scale}；精度{accuracy_m}米"
                        )
                    }
                }
            }
        }
    }

    /// A system and its transformation.
    pub(super) fn datum_shift_of(&self, crs: &Crs, shift: &DatumShift) -> String {
        match self.lang {
            Lang::En => format!("{crs}, transformed by {}", self.datum_shift(shift)),
            Lang::Zh => format!("{crs}，转换参数：{}", self.datum_shift(shift)),
        }
    }

    /// A message that a table or plan is transformed.
    pub(crate) fn shifted_by(&self, file: &str, shift: &DatumShift) -> String {
        let text = self.datum_shift(shift);
        match self.lang {
            Lang::En => format!("{file}: transformed by {text}"),
            Lang::Zh => format!("{file}：已按转换参数转换：{text}"),
        }
    }
}
