//! Systems that are defined in full, without an entry in a register.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::Value;

/// The definition of a system that no register has, as a city with a meridian of its own defines one. Two
/// definitions are equal where their coordinates are, whatever they are called.
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
    /// What makes its coordinates what they are.
    essence: String,
}

impl Definition {
    /// Of a definition as PROJJSON; `essence` is the same for the same coordinates.
    pub(super) fn new(name: &str, definition: &Value, essence: String) -> Definition {
        Definition(Arc::new(Parts { name: name.to_owned(), projjson: definition.to_string(), essence }))
    }

    /// What it is called.
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
