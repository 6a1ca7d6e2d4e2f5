//! CRSs given by a full definition, without a register entry.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::Value;

use crate::crs::helmert::Ellipsoid;
use crate::crs::transverse_mercator::Parameters;
use crate::crs::{DatumShift, GaussKruegerZone};

/// The definition of a CRS that is in no register, such as a city's local CRS with its own central meridian, or one with
/// a [`DatumShift`]. Two definitions are equal if their coordinates are, whatever their names.
///
/// ```
/// use taizhou_corridor::crs::Crs;
///
/// let city: Crs = "+proj=tmerc +lat_0=0 +lon_0=121 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m".parse()?;
/// assert!(matches!(&city, Crs::Defined(definition) if definition.projjson().contains("Transverse Mercator")));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone)]
pub struct Definition(Arc<Parts>);

struct Parts {
    name: String,
    projjson: String,
    /// The parameters that determine its coordinates.
    essence: String,
    epsg: Option<u32>,
    basis: Basis,
}

/// How a definition is related to CGCS2000.
pub(super) enum Basis {
    /// By formulas of this crate or PROJ.
    Usable,
    /// Not at all: it is on another datum, of this name.
    OtherDatum(String),
    /// By the user's parameters.
    Shifted(Box<(DatumShift, SourceSystem)>),
}

/// A system on an earlier datum, or a local plane, by its numbers.
#[derive(Debug, Clone)]
pub(super) struct SourceSystem {
    pub(super) name: String,
    pub(super) definition: Value,
    pub(super) epsg: Option<u32>,
    /// `None` for a plane without a definition.
    pub(super) ellipsoid: Option<Ellipsoid>,
    /// `None` for degrees, and for a plane without a definition.
    pub(super) projection: Option<Parameters>,
    pub(super) zone: Option<GaussKruegerZone>,
    /// What is added to eastings before they are transformed: a prefix that is left out.
    pub(super) offset_m: f64,
}

impl SourceSystem {
    /// What determines its coordinates, for comparison.
    pub(super) fn essence(&self) -> String {
        format!("{:?} {:?} {:?}", self.ellipsoid, self.projection, self.offset_m)
    }
}

impl Definition {
    /// From PROJJSON; `essence` is equal for definitions with equal coordinates.
    pub(super) fn new(name: &str, definition: &Value, essence: String) -> Definition {
        Definition::with_basis(name, definition, essence, None, Basis::Usable)
    }

    /// The same with its code, if it has one, and its relation to CGCS2000.
    pub(super) fn with_basis(
        name: &str,
        definition: &Value,
        essence: String,
        epsg: Option<u32>,
        basis: Basis,
    ) -> Definition {
        Definition(Arc::new(Parts { name: name.to_owned(), projjson: definition.to_string(), essence, epsg, basis }))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The definition as PROJJSON. A [`DatumShift`] is not part of it.
    pub fn projjson(&self) -> &str {
        &self.0.projjson
    }

    /// The code of the system on the earlier datum.
    pub(super) fn epsg(&self) -> Option<u32> {
        self.0.epsg
    }

    pub(super) fn basis(&self) -> &Basis {
        &self.0.basis
    }
}

impl PartialEq for Definition {
    fn eq(&self, other: &Definition) -> bool {
        self.0.essence == other.0.essence
    }
}

impl Eq for Definition {}

impl Hash for Definition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.essence.hash(state);
    }
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Definition({})", self.0.name)
    }
}
