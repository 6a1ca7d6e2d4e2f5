//! The columns that `locate` adds to a table.

use crate::table::{Field, Kind};

/// A column that `locate` adds. Its name does not depend on the language.
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions};
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::locate::{LocateColumn, Locator, RowLocator, LocateSummary};
///
/// let site = Input::bytes("sites.csv", "lon,lat\n121.36898,28.65590\n");
/// let batch = io::open(site, &ReadOptions::default())?.next_batch()?.unwrap();
/// let plan = Plan::bundled();
/// let columns = [LocateColumn::Zone, LocateColumn::Cluster, LocateColumn::DistanceToBoundaryM];
/// let locator = RowLocator::new(Locator::new(&plan), &columns);
/// let answers = locator.answer(&batch, &mut LocateSummary::default());
/// let cells: Vec<String> = answers.iter().next().unwrap().1.iter().map(|value| value.to_string()).collect();
/// assert_eq!(cells, ["core", "high-speed-rail-district", "348.920"]);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocateColumn {
    /// `inside`, `boundary`, `outside`, or `invalid` for a row without a usable position.
    Position,
    /// The id of the core or zone; in a flat dataset, of the feature.
    Zone,
    /// The name of that feature.
    ZoneName,
    /// The id of the cluster.
    Cluster,
    /// The ids from the corridor to the most specific feature, joined by `/`.
    Path,
    /// The ids of all features on whose boundary the site lies, joined by `;`.
    BoundaryOf,
    /// The id of the nearest zone, for a site outside all zones.
    NearestZone,
    /// Distance in metres to the boundary of the most specific feature, or from outside to the nearest zone.
    DistanceToBoundaryM,
    /// `certain` or `uncertain`; empty if the outline does not state its accuracy.
    Certainty,
    /// Why a row is invalid.
    Reason,
}

impl LocateColumn {
    /// All columns, in output order.
    pub const ALL: [LocateColumn; 10] = [
        LocateColumn::Position,
        LocateColumn::Zone,
        LocateColumn::ZoneName,
        LocateColumn::Cluster,
        LocateColumn::Path,
        LocateColumn::BoundaryOf,
        LocateColumn::NearestZone,
        LocateColumn::DistanceToBoundaryM,
        LocateColumn::Certainty,
        LocateColumn::Reason,
    ];

    /// The name of the column.
    ///
    /// ```
    /// use taizhou_corridor::query::locate::LocateColumn;
    ///
    /// assert_eq!(LocateColumn::DistanceToBoundaryM.as_str(), "distance_to_boundary_m");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            LocateColumn::Position => "position",
            LocateColumn::Zone => "zone",
            LocateColumn::ZoneName => "zone_name",
            LocateColumn::Cluster => "cluster",
            LocateColumn::Path => "path",
            LocateColumn::BoundaryOf => "boundary_of",
            LocateColumn::NearestZone => "nearest_zone",
            LocateColumn::DistanceToBoundaryM => "distance_to_boundary_m",
            LocateColumn::Certainty => "certainty",
            LocateColumn::Reason => "reason",
        }
    }

    /// The field of a table: name and kind.
    ///
    /// ```
    /// use taizhou_corridor::query::locate::LocateColumn;
    /// use taizhou_corridor::table::{Field, Kind};
    ///
    /// assert_eq!(LocateColumn::Zone.field(), Field::new("zone", Kind::Text));
    /// assert_eq!(LocateColumn::DistanceToBoundaryM.field().kind, Kind::Real);
    /// ```
    pub fn field(self) -> Field {
        let kind = if self == LocateColumn::DistanceToBoundaryM { Kind::Real } else { Kind::Text };
        Field::new(self.as_str(), kind)
    }

    /// Whether the column requires a distance.
    ///
    /// ```
    /// use taizhou_corridor::query::locate::LocateColumn;
    ///
    /// // Columns that are cheap to compute.
    /// let fast: Vec<LocateColumn> = LocateColumn::ALL.into_iter().filter(|column| !column.needs_distance()).collect();
    /// assert!(fast.contains(&LocateColumn::Path) && !fast.contains(&LocateColumn::Certainty));
    /// ```
    pub fn needs_distance(self) -> bool {
        matches!(self, LocateColumn::NearestZone | LocateColumn::DistanceToBoundaryM | LocateColumn::Certainty)
    }
}
