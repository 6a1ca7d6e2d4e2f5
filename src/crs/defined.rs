//! CRSs given by a full definition, without a register entry.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::Value;

/// The definition of a CRS that is in no register, such as a city's local CRS with its own central meridian. Two
/// definitions are equal if their coordinates are, whatever their names.
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
}

impl Definition {
    /// From PROJJSON; `essence` is equal for definitions with equal coordinates.
    pub(super) fn new(name: &str, definition: &Value, essence: String) -> Definition {
        Definition(Arc::new(Parts { name: name.to_owned(), projjson: definition.to_string(), essence }))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The definition as PROJJSON.
    pub fn projjson(&self) -> &str {
        &self.0.projjson
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
