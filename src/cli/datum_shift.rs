//! The file of `--datum-shift`: TOML with the user's own parameters between an earlier datum or a local system and
//! CGCS2000.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use encoding_rs::GB18030;
use geo::Coord;
use toml::de::{DeTable, DeValue};

use crate::crs::{
    Crs, DatumShift, EarlierDatum, Helmert, PlaneAxis, RotationConvention, ShiftMethod, ShiftSource, Similarity,
    Transformer,
};
use crate::error::{Error, ErrorKind, Result, ShiftProblem};
use crate::geometry::measure::distance;
use crate::units::Metres;

/// The keys of a file.
const KEYS: [&str; 19] = [
    "name",
    "source_datum",
    "source_crs",
    "target_crs",
    "convention",
    "dx_m",
    "dy_m",
    "dz_m",
    "rx_arcsec",
    "ry_arcsec",
    "rz_arcsec",
    "scale_ppm",
    "x_axis",
    "rotation_arcsec",
    "scale",
    "accuracy_m",
    "parameters",
    "control_points",
    "note",
];

/// Those of 7 parameters, and of 4.
const OF_SEVEN: [&str; 6] = ["convention", "dz_m", "rx_arcsec", "ry_arcsec", "rz_arcsec", "scale_ppm"];
const OF_FOUR: [&str; 4] = ["target_crs", "x_axis", "rotation_arcsec", "scale"];

/// Reads the file of a datum shift.
pub(super) fn datum_shift(path: &str) -> Result<DatumShift> {
    /// Longer files are not parameters.
    const MAX_BYTES: u64 = 1 << 16;
    let mut bytes = vec![];
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes));
    let text = read.and_then(|_| {
        let not_text = || io::Error::from(io::ErrorKind::InvalidData);
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            // As editors on Windows save Chinese names.
            Err(error) => {
                let decoded = GB18030.decode_without_bom_handling_and_without_replacement(error.as_bytes());
                decoded.map(Cow::into_owned).ok_or_else(not_text)
            }
        }
    });
    let text = text.map_err(|error| Error::new(ErrorKind::Open(error)).in_file(path))?;
    let name = Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned());
    parse(&name, &text).map_err(|error| error.in_file(path))
}

fn parse(file: &str, text: &str) -> Result<DatumShift> {
    let line_at = |position: usize| 1 + text.bytes().take(position).filter(|&byte| byte == b'\n').count() as u64;
    let table = DeTable::parse(text).map_err(|error| {
        let line = line_at(error.span().map_or(0, |span| span.start));
        Error::new(ErrorKind::BadToml(error.message().to_owned())).at_line(line)
    })?;
    let keys = Keys { table: table.get_ref(), line_at: &line_at };
    for (name, _) in keys.table {
        if !KEYS.contains(&name.get_ref().as_ref()) {
            let known = KEYS.map(str::to_owned).to_vec();
            let kind = ErrorKind::UnknownSetting { key: name.get_ref().to_string(), known };
            return Err(Error::new(kind).at_line(line_at(name.span().start)));
        }
    }
    let has_any = |keys: &[&'static str], of: &Keys<'_>| keys.iter().copied().find(|key| of.has(key));
    let (four, seven) = (has_any(&OF_FOUR, &keys), has_any(&OF_SEVEN, &keys));
    let method = match (four, seven) {
        (Some(_), Some(key)) => return Err(keys.error(key, ShiftProblem::Mixed { key, count: 4 })),
        (Some(_), None) => ShiftMethod::Similarity(similarity(&keys)?),
        (None, _) if keys.has("parameters") => return of_table(file, &keys),
        (None, _) => ShiftMethod::Helmert(helmert(&keys)?),
    };
    let source = source(&keys)?;
    let accuracy = Metres(keys.number("accuracy_m")?);
    let name = keys.text("name")?.unwrap_or(file);
    let shift = DatumShift::new(name, source, method, accuracy).map_err(|error| keys.in_range(error))?;
    check_control_points(&keys, &shift)?;
    Ok(shift)
}

/// Parameters that the table states.
fn of_table(file: &str, keys: &Keys<'_>) -> Result<DatumShift> {
    const KEY: &str = "parameters";
    if keys.text(KEY)? != Some("survey-txt") {
        return Err(keys.error(KEY, ShiftProblem::Value { key: KEY, known: vec!["survey-txt"] }));
    }
    let numbers = ["dx_m", "dy_m", "dz_m", "rx_arcsec", "ry_arcsec", "rz_arcsec", "scale_ppm", "control_points"];
    if let Some(key) = numbers.into_iter().find(|key| keys.has(key)) {
        return Err(keys.error(key, ShiftProblem::Mixed { key, count: 7 }));
    }
    let accuracy = Metres(keys.number("accuracy_m")?);
    let name = keys.text("name")?.unwrap_or(file);
    let shift = DatumShift::of_table(name, source(keys)?, convention(keys)?, accuracy);
    shift.map_err(|error| keys.in_range(error))
}

fn source(keys: &Keys<'_>) -> Result<ShiftSource> {
    Ok(match (keys.text("source_datum")?, keys.text("source_crs")?) {
        (Some(_), Some(_)) => return Err(keys.error("source_crs", ShiftProblem::TwoSources)),
        (Some(name), None) => {
            let known = || vec!["Beijing 1954", "Xian 1980", "New Beijing"];
            let datum = EarlierDatum::of_name(name);
            let unknown = || keys.error("source_datum", ShiftProblem::Value { key: "source_datum", known: known() });
            ShiftSource::Datum(datum.ok_or_else(unknown)?)
        }
        (None, Some(text)) => ShiftSource::System(keys.at("source_crs", Crs::parse_on_any_datum(text))?),
        (None, None) => ShiftSource::Plane,
    })
}

fn convention(keys: &Keys<'_>) -> Result<RotationConvention> {
    let convention = match keys.text("convention")? {
        None => return Err(Error::new(ErrorKind::DatumShift(ShiftProblem::NoConvention))),
        Some(name) => RotationConvention::ALL.into_iter().find(|convention| convention.as_str() == name),
    };
    let known = RotationConvention::ALL.map(RotationConvention::as_str).to_vec();
    let unknown = || keys.error("convention", ShiftProblem::Value { key: "convention", known });
    convention.ok_or_else(unknown)
}

fn helmert(keys: &Keys<'_>) -> Result<Helmert> {
    Ok(Helmert {
        convention: convention(keys)?,
        dx_m: keys.number("dx_m")?,
        dy_m: keys.number("dy_m")?,
        dz_m: keys.number("dz_m")?,
        rx_arcsec: keys.number("rx_arcsec")?,
        ry_arcsec: keys.number("ry_arcsec")?,
        rz_arcsec: keys.number("rz_arcsec")?,
        scale_ppm: keys.number("scale_ppm")?,
    })
}

fn similarity(keys: &Keys<'_>) -> Result<Similarity> {
    let x_axis = match keys.text("x_axis")? {
        None => return Err(Error::new(ErrorKind::DatumShift(ShiftProblem::NoAxis))),
        Some("north") => PlaneAxis::North,
        Some("east") => PlaneAxis::East,
        Some(_) => {
            return Err(keys.error("x_axis", ShiftProblem::Value { key: "x_axis", known: vec!["north", "east"] }));
        }
    };
    let missing = || Error::new(ErrorKind::DatumShift(ShiftProblem::Missing { key: "target_crs" }));
    let target = keys.text("target_crs")?.ok_or_else(missing)?;
    Ok(Similarity {
        x_axis,
        target: keys.at("target_crs", Crs::parse_on_any_datum(target))?,
        dx_m: keys.number("dx_m")?,
        dy_m: keys.number("dy_m")?,
        rotation_arcsec: keys.number("rotation_arcsec")?,
        scale: keys.number("scale")?,
    })
}

/// The table of a file.
struct Keys<'a> {
    table: &'a DeTable<'a>,
    line_at: &'a dyn Fn(usize) -> u64,
}

impl Keys<'_> {
    fn get(&self, key: &str) -> Option<(&DeValue<'_>, u64)> {
        let (name, value) = self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key)?;
        Some((value.get_ref(), (self.line_at)(name.span().start)))
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn text(&self, key: &'static str) -> Result<Option<&str>> {
        match self.get(key) {
            None => Ok(None),
            Some((DeValue::String(text), _)) => Ok(Some(text)),
            Some((_, line)) => Err(Error::new(ErrorKind::BadSetting { key: key.to_owned() }).at_line(line)),
        }
    }

    fn number(&self, key: &'static str) -> Result<f64> {
        let Some((value, _)) = self.get(key) else {
            return Err(Error::new(ErrorKind::DatumShift(ShiftProblem::Missing { key })));
        };
        number(value).ok_or_else(|| self.error(key, ShiftProblem::NotANumber { key }))
    }

    /// With the line of a value that is out of range.
    fn in_range(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::DatumShift(ShiftProblem::OutOfRange { key }) => {
                self.error(key, ShiftProblem::OutOfRange { key })
            }
            _ => error,
        }
    }

    fn error(&self, key: &str, problem: ShiftProblem) -> Error {
        let error = Error::new(ErrorKind::DatumShift(problem));
        match self.get(key) {
            Some((_, line)) => error.at_line(line),
            None => error,
        }
    }

    fn at<T>(&self, key: &str, result: Result<T>) -> Result<T> {
        result.map_err(|error| match self.get(key) {
            Some((_, line)) => error.at_line(line),
            None => error,
        })
    }
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Integer(number) => number.to_string().parse::<f64>().ok(),
        DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// Checks the parameters by points that are known in both systems: a sign or an axis that is mistaken shows there.
fn check_control_points(keys: &Keys<'_>, shift: &DatumShift) -> Result<()> {
    let Some((points, line)) = keys.get("control_points") else { return Ok(()) };
    let bad = || Error::new(ErrorKind::BadSetting { key: "control_points".to_owned() }).at_line(line);
    let DeValue::Array(points) = points else { return Err(bad()) };
    for (index, point) in points.iter().enumerate() {
        let DeValue::Table(point) = point.get_ref() else { return Err(bad()) };
        let get =
            |key: &str| point.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(_, value)| value.get_ref());
        let text = |key: &str| match get(key) {
            Some(DeValue::String(text)) => Some(text.to_string()),
            _ => None,
        };
        let pair = |key: &str| match get(key) {
            Some(DeValue::Array(numbers)) if numbers.len() == 2 => {
                Some(Coord { x: number(numbers[0].get_ref())?, y: number(numbers[1].get_ref())? })
            }
            _ => None,
        };
        let system =
            |key: &str| text(key).map(|text| keys.at("control_points", Crs::parse_on_any_datum(&text))).transpose();
        let source = match system("source_crs")? {
            Some(crs) => shift.bind(&crs),
            None => shift.own_system(),
        };
        let own_target = match shift.method() {
            ShiftMethod::Similarity(similarity) => Some(similarity.target.clone()),
            _ => None,
        };
        let target = system("target_crs")?.or(own_target);
        let (Some(source), Some(target), Some(from), Some(to)) = (source, target, pair("source"), pair("target"))
        else {
            return Err(bad());
        };
        let position = |crs: Crs, at: Coord<f64>| -> Result<Coord<f64>> {
            let mut coords = [at];
            Transformer::from_crs(crs)?.apply(&mut coords)?;
            Ok(coords[0])
        };
        let off = distance(position(source, from)?, position(target, to)?);
        if off.0 > shift.accuracy().0 {
            let problem = ShiftProblem::ControlPoint { number: index + 1, off_mm: (off.0 * 1e3).round() as u64 };
            return Err(keys.error("control_points", problem));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const XIAN: &str = "source_datum = 'Xian 1980'\nconvention = 'coordinate-frame'\ndx_m = 1.5\ndy_m = -2\ndz_m = 0.5\n\
        rx_arcsec = 0.1\nry_arcsec = -0.2\nrz_arcsec = 0.3\nscale_ppm = 1\naccuracy_m = 0.3\n";
    const LOCAL: &str = "target_crs = 'EPSG:4549'\nx_axis = 'north'\ndx_m = 3_150_000.5\ndy_m = 500000\n\
        rotation_arcsec = 12.5\nscale = 1.000012\naccuracy_m = 0.1\n";

    #[test]
    fn parameters_are_read() {
        let shift = parse("a.toml", XIAN).unwrap();
        assert_eq!((shift.name(), shift.accuracy()), ("a.toml", Metres(0.3)));
        let ShiftMethod::Helmert(parameters) = shift.method() else { panic!("{shift:?}") };
        assert_eq!((parameters.dy_m, parameters.convention), (-2.0, RotationConvention::CoordinateFrame));
        let plane = parse("b.toml", &format!("name = '台州独立'\n{LOCAL}")).unwrap();
        assert_eq!(plane.own_system().unwrap().to_string(), "台州独立");
    }

    #[test]
    fn names_may_be_in_gb18030() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("local.toml");
        let write = |bytes: &[u8]| std::fs::write(&path, bytes).unwrap();
        write(&GB18030.encode(&format!("name = '台州独立'\n{LOCAL}")).0);
        assert_eq!(datum_shift(path.to_str().unwrap()).unwrap().name(), "台州独立");
        write(b"name = '\xff\xff'\n");
        let error = datum_shift(path.to_str().unwrap()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Open(_)), "{error}");
    }

    #[test]
    fn files_without_a_convention_or_with_mistakes_are_refused() {
        let without =
            |text: &str, key: &str| text.lines().filter(|line| !line.starts_with(key)).collect::<Vec<_>>().join("\n");
        for (text, line, expected) in [
            (without(XIAN, "convention"), None, "`convention` is missing"),
            (without(XIAN, "accuracy_m"), None, "`accuracy_m` is missing"),
            (without(XIAN, "rx_arcsec"), None, "`rx_arcsec` is missing"),
            (without(XIAN, "source_datum"), None, "neither `source_datum` nor `source_crs`"),
            (without(LOCAL, "x_axis"), None, "`x_axis` is missing"),
            (without(LOCAL, "target_crs"), None, "`target_crs` is missing"),
            (XIAN.replace("coordinate-frame", "bursa-wolf"), Some(2), "`convention` is not one of position-vector"),
            (XIAN.replace("dy_m = -2", "dy_m = '-2'"), Some(4), "`dy_m` is not a number"),
            (XIAN.replace("0.3\nscale", "4000\nscale"), Some(8), "`rz_arcsec` is out of range"),
            (XIAN.replace("accuracy_m = 0.3", "accuracy_m = 0"), Some(10), "`accuracy_m` is out of range"),
            (XIAN.replace("Xian 1980", "WGS 84"), Some(1), "`source_datum` is not one of"),
            (format!("{XIAN}source_crs = 'EPSG:2385'\n"), Some(11), "both `source_datum` and `source_crs`"),
            (format!("{LOCAL}dz_m = 1\n"), Some(8), "`dz_m` does not belong to 4 parameters"),
            (format!("{LOCAL}dz = 1\n"), Some(8), "there is no setting `dz`"),
            (format!("{LOCAL}source_datum = 'Xian 1980'\n"), None, "4 parameters are for one plane"),
            (XIAN.replace("source_datum = 'Xian 1980'", "source_crs = 'EPSG:4528'"), None, "EPSG:4528 is on CGCS2000"),
            (LOCAL.replace("4549", "4490"), None, "EPSG:4490 is not a transverse Mercator"),
            (LOCAL.replace("1.000012", "12"), Some(6), "`scale` is out of range"),
            ("dx_m = ".to_owned(), Some(1), "not valid TOML"),
        ] {
            let error = parse("a.toml", &text).unwrap_err();
            assert!(error.kind().to_string().starts_with(expected), "{text}: {error}");
            assert_eq!(error.location().line, line, "{text}");
        }
    }

    #[test]
    fn control_points_find_mistaken_signs() {
        // The image of a point by these parameters, to the millimetre.
        let shift = parse("b.toml", LOCAL).unwrap();
        let mut point = [Coord { x: 20_000.0, y: 30_000.0 }];
        Transformer::from_crs(shift.own_system().unwrap()).unwrap().apply(&mut point).unwrap();
        Transformer::to_crs(Crs::Epsg(4549)).unwrap().apply(&mut point).unwrap();
        let at = format!("control_points = [{{source = [20000, 30000], target = [{}, {}]}}]\n", point[0].x, point[0].y);
        assert!(parse("b.toml", &format!("{LOCAL}{at}")).is_ok());
        let error = parse("b.toml", &format!("{LOCAL}{at}").replace("12.5", "-12.5")).unwrap_err();
        assert_eq!(error.location().line, Some(8));
        assert!(error.kind().to_string().starts_with("control point 1 is off by 4.3"), "{error}");
    }
}
