//! The user's own parameters between an earlier datum or a local system and CGCS2000. Published parameters do not exist:
//! they are computed from control points of a region.

use serde_json::{Value, json};

use crate::crs::defined::{Basis, SourceSystem};
use crate::crs::earlier::{self, EarlierDatum};
use crate::crs::formula::{Formula, transverse_mercator_of};
use crate::crs::helmert::Ellipsoid;
use crate::crs::structure::{Datum, datum_name, ellipsoid_of, entry, is_degree, scale_of};
use crate::crs::{Crs, Definition, GaussKruegerZone};
use crate::error::{Error, ErrorKind, Result, ShiftProblem};
use crate::units::Metres;

/// The direction in which rotations are positive.
///
/// With the other one, the same parameters give coordinates that are off by metres to hundreds of metres.
///
/// ```
/// use taizhou_corridor::crs::RotationConvention;
///
/// assert_eq!(RotationConvention::CoordinateFrame.as_str(), "coordinate-frame");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationConvention {
    /// The position is rotated (EPSG method 1033, PROJ's `position_vector`).
    PositionVector,
    /// The axes are rotated (EPSG method 1032, PROJ's `coordinate_frame`), as in the model of Bursa and Wolf in Chinese
    /// specifications.
    CoordinateFrame,
}

impl RotationConvention {
    /// Both.
    pub const ALL: [RotationConvention; 2] = [RotationConvention::PositionVector, RotationConvention::CoordinateFrame];

    /// Its name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            RotationConvention::PositionVector => "position-vector",
            RotationConvention::CoordinateFrame => "coordinate-frame",
        }
    }
}

/// The 7 parameters of a Helmert transformation between geocentric coordinates, from the earlier system to CGCS2000.
#[derive(Debug, Clone, PartialEq)]
pub struct Helmert {
    /// Translation along the X axis in metres.
    pub dx_m: f64,
    /// Translation along the Y axis in metres.
    pub dy_m: f64,
    /// Translation along the Z axis in metres.
    pub dz_m: f64,
    /// Rotation about the X axis in seconds of arc.
    pub rx_arcsec: f64,
    /// Rotation about the Y axis in seconds of arc.
    pub ry_arcsec: f64,
    /// Rotation about the Z axis in seconds of arc.
    pub rz_arcsec: f64,
    /// The change of scale in parts per million.
    pub scale_ppm: f64,
    /// The direction of the rotations.
    pub convention: RotationConvention,
}

/// The axis of a plane that parameters call x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaneAxis {
    /// x is the northing, y the easting, as in Chinese surveying.
    North,
    /// x is the easting, y the northing.
    East,
}

/// The 4 parameters of a similarity between planes: x′ = dx + k (x cos α − y sin α), y′ = dy + k (x sin α + y cos α).
#[derive(Debug, Clone, PartialEq)]
pub struct Similarity {
    /// Translation along x in metres.
    pub dx_m: f64,
    /// Translation along y in metres.
    pub dy_m: f64,
    /// The rotation α from x to y in seconds of arc.
    pub rotation_arcsec: f64,
    /// The scale k, close to 1.
    pub scale: f64,
    /// What x is.
    pub x_axis: PlaneAxis,
    /// The system of x′ and y′: a projected one on CGCS2000 or WGS 84.
    pub target: Crs,
}

/// How coordinates are transformed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ShiftMethod {
    /// 7 parameters.
    Helmert(Helmert),
    /// 4 parameters.
    Similarity(Similarity),
}

/// The systems that parameters are for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ShiftSource {
    /// All systems on a datum.
    Datum(EarlierDatum),
    /// One system.
    System(Crs),
    /// A plane without a definition, of 4 parameters alone.
    Plane,
}

/// A transformation from an earlier datum or a local system to CGCS2000, with the user's own parameters.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::crs::*;
/// use taizhou_corridor::units::Metres;
///
/// let parameters = Helmert {
///     dx_m: 24.5, dy_m: -123.0, dz_m: -94.2, rx_arcsec: -0.02, ry_arcsec: 0.25, rz_arcsec: 0.13, scale_ppm: 1.1,
///     convention: RotationConvention::PositionVector,
/// };
/// let source = ShiftSource::Datum(EarlierDatum::Beijing1954);
/// let shift = DatumShift::new("bj54.toml", source, ShiftMethod::Helmert(parameters), Metres(0.5))?;
/// let crs = shift.bind(&Crs::Epsg(2437)).unwrap();
/// assert_eq!((crs.to_string().as_str(), crs.datum_shift().unwrap().accuracy()), ("EPSG:2437", Metres(0.5)));
///
/// let mut site = [coord! { x: 641_800.0, y: 3_171_300.0 }];
/// Transformer::from_crs(crs)?.apply(&mut site)?;
/// assert!((site[0].x - 121.45).abs() < 0.002);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DatumShift {
    name: String,
    source: ShiftSource,
    method: ShiftMethod,
    accuracy: Metres,
    /// Whether the parameters are still to come, from the header of a table.
    is_of_table: bool,
}

impl DatumShift {
    /// A transformation of this name, for messages; `accuracy` is that of transformed positions at 95 %. Errors if a
    /// parameter is out of range, or the target of 4 parameters is no plane that this crate computes.
    pub fn new(
        name: impl Into<String>,
        source: ShiftSource,
        method: ShiftMethod,
        accuracy: Metres,
    ) -> Result<DatumShift> {
        let ranges = match &method {
            ShiftMethod::Helmert(parameters) => vec![
                ("dx_m", parameters.dx_m, 1e5),
                ("dy_m", parameters.dy_m, 1e5),
                ("dz_m", parameters.dz_m, 1e5),
                ("rx_arcsec", parameters.rx_arcsec, 3600.0),
                ("ry_arcsec", parameters.ry_arcsec, 3600.0),
                ("rz_arcsec", parameters.rz_arcsec, 3600.0),
                ("scale_ppm", parameters.scale_ppm, 1e4),
            ],
            ShiftMethod::Similarity(parameters) => vec![
                ("dx_m", parameters.dx_m, 1e8),
                ("dy_m", parameters.dy_m, 1e8),
                ("rotation_arcsec", parameters.rotation_arcsec, 360.0 * 3600.0),
                ("scale", parameters.scale - 1.0, 0.1),
            ],
        };
        let problem = |problem| Err(Error::new(ErrorKind::DatumShift(problem)));
        if let Some(&(key, ..)) = ranges.iter().find(|(_, value, most)| value.is_nan() || value.abs() > *most) {
            return problem(ShiftProblem::OutOfRange { key });
        }
        if accuracy.0.is_nan() || accuracy.0 <= 0.0 || accuracy.0 > 1e6 {
            return problem(ShiftProblem::OutOfRange { key: "accuracy_m" });
        }
        match (&source, &method) {
            (ShiftSource::Plane, ShiftMethod::Helmert(_)) => return problem(ShiftProblem::NoSource),
            (ShiftSource::Datum(_), ShiftMethod::Similarity(_)) => return problem(ShiftProblem::DatumOfPlane),
            (ShiftSource::System(crs), ShiftMethod::Helmert(_)) if Formula::of(crs).is_some() => {
                return problem(ShiftProblem::NoShift { crs: crs.to_string() });
            }
            (_, ShiftMethod::Similarity(Similarity { target, .. }))
                if target.datum_shift().is_some() || target.is_degrees() || Formula::of(target).is_none() =>
            {
                return problem(ShiftProblem::Target { crs: target.to_string() });
            }
            _ => {}
        }
        let shift = DatumShift { name: name.into(), source, method, accuracy, is_of_table: false };
        if let ShiftSource::System(crs) = &shift.source
            && shift.bind(crs).is_none()
        {
            return problem(ShiftProblem::Source { crs: crs.to_string() });
        }
        Ok(shift)
    }

    /// A transformation whose 7 parameters the table states itself, as the header of survey TXT does: translations in
    /// metres, rotations in seconds of arc, the change of scale in parts per million. Errors as [`new`](DatumShift::new).
    ///
    /// ```
    /// use taizhou_corridor::crs::{Crs, DatumShift, EarlierDatum, RotationConvention, ShiftSource};
    /// use taizhou_corridor::units::Metres;
    ///
    /// let source = ShiftSource::Datum(EarlierDatum::Xian1980);
    /// let shift = DatumShift::of_table("xian.toml", source, RotationConvention::PositionVector, Metres(0.5))?;
    /// assert_eq!(shift.bind(&Crs::Epsg(2364)), None);
    /// let shift = shift.with_parameters([1.5, -2.0, 0.5, 0.1, -0.2, 0.3, 1.0])?;
    /// assert!(shift.bind(&Crs::Epsg(2364)).is_some());
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn of_table(
        name: impl Into<String>,
        source: ShiftSource,
        convention: RotationConvention,
        accuracy: Metres,
    ) -> Result<DatumShift> {
        let method = ShiftMethod::Helmert(helmert([0.0; 7], convention));
        Ok(DatumShift { is_of_table: true, ..DatumShift::new(name, source, method, accuracy)? })
    }

    /// The same with these parameters: dx, dy, dz, rx, ry, rz, scale. Errors if one is out of range.
    pub fn with_parameters(&self, parameters: [f64; 7]) -> Result<DatumShift> {
        let ShiftMethod::Helmert(Helmert { convention, .. }) = self.method else { return Ok(self.clone()) };
        let method = ShiftMethod::Helmert(helmert(parameters, convention));
        DatumShift::new(self.name.clone(), self.source.clone(), method, self.accuracy)
    }

    /// Whether the parameters are still to come, from the header of a table.
    pub fn takes_parameters_of_table(&self) -> bool {
        self.is_of_table
    }

    /// Its name: that of its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The systems that it is for.
    pub fn source(&self) -> &ShiftSource {
        &self.source
    }

    /// The parameters.
    pub fn method(&self) -> &ShiftMethod {
        &self.method
    }

    /// The accuracy of transformed positions at 95 %.
    pub fn accuracy(&self) -> Metres {
        self.accuracy
    }

    /// A system together with this transformation, so that it can be used as any other; `None` if the parameters are
    /// for others, or this crate does not compute its projection.
    pub fn bind(&self, crs: &Crs) -> Option<Crs> {
        if self.is_of_table {
            return None;
        }
        if let ShiftSource::System(source) = &self.source
            && !crs.coincides(source)
            && crs.epsg().is_none_or(|code| source.epsg() != Some(code))
        {
            // A definition of the same numbers under another name.
            let numbers = |crs: &Crs| self.system(&definition_of(crs)?, crs.to_string(), None).map(|it| it.essence());
            if numbers(crs).is_none() || numbers(crs) != numbers(source) {
                return None;
            }
        }
        let definition = definition_of(crs)?;
        let (name, epsg) = (crs.to_string(), crs.epsg());
        self.bound(self.system(&definition, name, epsg)?)
    }

    /// The system that it is for, if it is one alone: a table needs no other declaration.
    pub fn own_system(&self) -> Option<Crs> {
        match &self.source {
            ShiftSource::Datum(_) => None,
            ShiftSource::System(crs) => self.bind(crs),
            ShiftSource::Plane => {
                let axis = |name: &str, abbreviation: &str, direction: &str| json!({"name": name, "abbreviation": abbreviation, "direction": direction, "unit": "metre"});
                let definition = json!({
                    "type": "EngineeringCRS",
                    "name": self.name,
                    "datum": {"type": "EngineeringDatum", "name": self.name},
                    "coordinate_system": {
                        "subtype": "Cartesian",
                        "axis": [axis("Easting", "E", "east"), axis("Northing", "N", "north")],
                    },
                });
                let plane = SourceSystem {
                    name: self.name.clone(),
                    definition,
                    epsg: None,
                    ellipsoid: None,
                    projection: None,
                    zone: None,
                    offset_m: 0.0,
                };
                self.bound(plane)
            }
        }
    }

    fn bound(&self, system: SourceSystem) -> Option<Crs> {
        let essence = format!("{} by {:?} ± {:?}", system.essence(), self.method, self.accuracy);
        let (name, epsg, definition) = (system.name.clone(), system.epsg, system.definition.clone());
        Some(Crs::Defined(Definition::with_basis(
            &name,
            &definition,
            essence,
            epsg,
            Basis::Shifted(Box::new((self.clone(), system))),
        )))
    }

    /// A definition as a source of the parameters; `None` if they are for other datums, or its projection is not computed.
    fn system(&self, definition: &Value, name: String, epsg: Option<u32>) -> Option<SourceSystem> {
        let is_projected = definition["type"] == "ProjectedCRS";
        let base = if is_projected { &definition["base_crs"] } else { definition };
        let stated = ellipsoid_of(base)?;
        let earlier = EarlierDatum::of_name(datum_name(base));
        // To the digits that definitions have.
        let is_of = |ellipsoid: &Ellipsoid| {
            (ellipsoid.semi_major_m - stated.semi_major_m).abs() < 1e-3
                && (ellipsoid.inverse_flattening - stated.inverse_flattening).abs() < 1e-6
        };
        let ellipsoid = match self.source {
            ShiftSource::Datum(datum) if earlier == Some(datum) && is_of(&datum.ellipsoid()) => datum.ellipsoid(),
            ShiftSource::System(_) => stated,
            _ => return None,
        };
        let projection = match is_projected {
            true => Some(transverse_mercator_of(definition, ellipsoid)?),
            false => {
                let axes = definition["coordinate_system"]["axis"].as_array()?;
                let is_degrees = axes.iter().all(|axis| scale_of(&axis["unit"]).is_some_and(is_degree));
                if definition["type"] != "GeographicCRS" || !is_degrees {
                    return None;
                }
                None
            }
        };
        if matches!(self.method, ShiftMethod::Similarity(_)) && projection.is_none() {
            return None;
        }
        // The zones of CGCS2000 have the same numbers.
        let zone = entry(definition, &Datum::Cgcs2000).as_ref().and_then(GaussKruegerZone::of);
        let registered = zone.and_then(|zone| earlier::code_of_zone(earlier?, zone)).filter(|_| is_projected);
        let epsg = epsg.or(registered);
        let definition = epsg.and_then(earlier::projjson).unwrap_or_else(|| definition.clone());
        Some(SourceSystem { name, definition, epsg, ellipsoid: Some(ellipsoid), projection, zone, offset_m: 0.0 })
    }

    /// The system of a zone without the prefix of its eastings.
    pub(super) fn without_prefix(&self, system: &SourceSystem) -> Option<Crs> {
        let zone = system.zone.filter(|zone| zone.has_prefix)?;
        let prefix_m = f64::from(zone.number) * 1e6;
        let mut bare = system.clone();
        bare.zone = Some(zone.plane());
        let datum = system.epsg.and_then(EarlierDatum::of_code);
        bare.epsg = datum.and_then(|datum| earlier::code_of_zone(datum, zone.plane()));
        bare.name = bare.epsg.map_or_else(|| system.name.clone(), |code| format!("EPSG:{code}"));
        bare.definition = match bare.epsg.and_then(earlier::projjson) {
            Some(definition) => definition,
            None => without_prefix(&system.definition, prefix_m),
        };
        match &mut bare.projection {
            // 4 parameters are between the coordinates as the systems have them.
            _ if matches!(self.method, ShiftMethod::Similarity(_)) => bare.offset_m = prefix_m,
            Some(projection) => projection.false_easting_m -= prefix_m,
            None => {}
        }
        self.bound(bare)
    }
}

fn helmert(
    [dx_m, dy_m, dz_m, rx_arcsec, ry_arcsec, rz_arcsec, scale_ppm]: [f64; 7],
    convention: RotationConvention,
) -> Helmert {
    Helmert { dx_m, dy_m, dz_m, rx_arcsec, ry_arcsec, rz_arcsec, scale_ppm, convention }
}

/// A definition whose false easting has no prefix.
fn without_prefix(definition: &Value, prefix_m: f64) -> Value {
    let mut bare = definition.clone();
    if let Some(parameters) = bare["conversion"]["parameters"].as_array_mut() {
        for parameter in parameters.iter_mut().filter(|parameter| parameter["name"] == "False easting") {
            if let Some(easting_m) = parameter["value"].as_f64() {
                parameter["value"] = json!(easting_m - prefix_m);
            }
        }
    }
    bare
}

fn definition_of(crs: &Crs) -> Option<Value> {
    match crs {
        Crs::Epsg(code) => earlier::projjson(*code).or_else(|| crs.projjson()),
        _ => crs.projjson(),
    }
}

impl Crs {
    /// The transformation with which it is used ([`DatumShift::bind`]).
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    ///
    /// assert!(Crs::Epsg(4549).datum_shift().is_none());
    /// ```
    pub fn datum_shift(&self) -> Option<&DatumShift> {
        match self {
            Crs::Defined(definition) => match definition.basis() {
                Basis::Shifted(bound) => Some(&bound.0),
                Basis::Usable | Basis::OtherDatum(_) => None,
            },
            _ => None,
        }
    }

    /// The accuracy that its coordinates lose when they are transformed: that of its datum shift.
    ///
    /// ```
    /// use taizhou_corridor::crs::Crs;
    /// use taizhou_corridor::units::Metres;
    ///
    /// assert_eq!(Crs::Epsg(4549).shift_accuracy(), Metres(0.0));
    /// ```
    pub fn shift_accuracy(&self) -> Metres {
        self.datum_shift().map_or(Metres(0.0), DatumShift::accuracy)
    }

    /// Whether x is the northing: in a local plane, whose axes are known from its parameters alone.
    pub(crate) fn has_northing_as_x(&self) -> bool {
        let is_north = |shift: &DatumShift| {
            let method = shift.method();
            shift.source == ShiftSource::Plane
                && matches!(method, ShiftMethod::Similarity(Similarity { x_axis: PlaneAxis::North, .. }))
        };
        self.datum_shift().is_some_and(is_north)
    }
}
