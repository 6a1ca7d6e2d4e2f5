//! The levels of the hierarchy.

use std::fmt;
use std::str::FromStr;

/// The level of a feature in the hierarchy, the coarsest first.
///
/// ```
/// use taizhou_corridor::plan::Level;
///
/// assert_eq!("zone".parse(), Ok(Level::Zone));
/// assert!(Level::Corridor < Level::Cluster); // the coarsest first
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The whole corridor (走廊).
    Corridor,
    /// The Central Innovation Core (一核).
    Core,
    /// One of the zones around it (三片).
    Zone,
    /// A functional cluster (功能组团) in the core or a zone.
    Cluster,
}

impl Level {
    /// All levels, the coarsest first.
    ///
    /// ```
    /// use taizhou_corridor::plan::{Level, Plan};
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(Level::ALL.map(|level| plan.at_level(level).count()), [1, 1, 3, 11]);
    /// ```
    pub const ALL: [Level; 4] = [Level::Corridor, Level::Core, Level::Zone, Level::Cluster];

    /// The value in files: `corridor`, `core`, `zone`, `cluster`.
    ///
    /// ```
    /// use taizhou_corridor::plan::Level;
    ///
    /// assert_eq!(Level::Cluster.as_str(), "cluster");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Corridor => "corridor",
            Level::Core => "core",
            Level::Zone => "zone",
            Level::Cluster => "cluster",
        }
    }

    /// Whether features of this level form the partition of the corridor: the core and the zones.
    ///
    /// ```
    /// use taizhou_corridor::plan::Level;
    ///
    /// assert_eq!(Level::ALL.map(Level::is_partition), [false, true, true, false]);
    /// ```
    pub fn is_partition(self) -> bool {
        matches!(self, Level::Core | Level::Zone)
    }

    /// The depth in the hierarchy; that of the core and the zones is the same.
    pub(crate) fn depth(self) -> usize {
        match self {
            Level::Corridor => 0,
            Level::Core | Level::Zone => 1,
            Level::Cluster => 2,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Level, String> {
        Level::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a level: choose from corridor, core, zone, cluster"))
    }
}
