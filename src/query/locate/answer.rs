//! The answer for a site.

use crate::geometry::position::PointLocation;
use crate::maths::hypot;
use crate::plan::FeatureId;
use crate::units::Metres;

/// The certainty of an answer, given the accuracy of the outline and of the site's position.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::locate::{Certainty, Locator};
/// use taizhou_corridor::units::Metres;
///
/// let plan = Plan::bundled();
/// let locator = Locator::new(&plan);
/// // A metro station deep in the core, and the Citizens' Square near its border.
/// let xueyuan_road = locator.locate(coord! { x: 121.39839, y: 28.64093 }, Metres(20.0));
/// assert_eq!(xueyuan_road.certainty, Some(Certainty::Certain));
/// let square = locator.locate(coord! { x: 121.40988, y: 28.65798 }, Metres(50.0));
/// assert_eq!(square.certainty, Some(Certainty::Uncertain));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// Every boundary that could change the answer is farther away than the combined accuracy of outline and site.
    Certain,
    /// At least one boundary is within that distance: the site may lie on its other side.
    Uncertain,
}

impl Certainty {
    /// The value in tables: `certain`, `uncertain`.
    ///
    /// ```
    /// use taizhou_corridor::query::locate::Certainty;
    ///
    /// assert_eq!(Certainty::Uncertain.as_str(), "uncertain");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Certainty::Certain => "certain",
            Certainty::Uncertain => "uncertain",
        }
    }

    /// Uncertain if the distance is at most √(accuracy² + uncertainty²), both at 95 %.
    ///
    /// ```
    /// use taizhou_corridor::query::locate::Certainty;
    /// use taizhou_corridor::units::Metres;
    ///
    /// // Accuracies of 300 m (outline) and 400 m (site) combine to 500 m.
    /// let (accuracy, uncertainty) = (Metres(300.0), Metres(400.0));
    /// assert_eq!(Certainty::of(Metres(501.0), accuracy, uncertainty), Certainty::Certain);
    /// assert_eq!(Certainty::of(Metres(500.0), accuracy, uncertainty), Certainty::Uncertain);
    /// ```
    pub fn of(distance: Metres, accuracy: Metres, uncertainty: Metres) -> Certainty {
        if distance.0 <= hypot(accuracy.0, uncertainty.0) { Certainty::Uncertain } else { Certainty::Certain }
    }
}

/// The answer for a site.
///
/// ```
/// use geo::coord;
/// use taizhou_corridor::geometry::position::PointLocation;
/// use taizhou_corridor::plan::Plan;
/// use taizhou_corridor::query::locate::Locator;
/// use taizhou_corridor::units::Metres;
///
/// let plan = Plan::bundled();
/// let airport = Locator::new(&plan).locate(coord! { x: 121.429, y: 28.5622 }, Metres(300.0));
/// assert_eq!(airport.position, PointLocation::Outside);
/// assert_eq!(airport.nearest_zone, Some(plan.id_of("jiaojiang")?));
/// assert_eq!(format!("{:.1} km", airport.distance_to_boundary.unwrap().km()), "3.8 km");
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Inside a zone, on its boundary, or outside all zones.
    pub position: PointLocation,
    /// The feature of the partition that contains the site: the core or a zone; in a flat dataset, any feature.
    pub zone: Option<FeatureId>,
    /// The cluster that contains the site.
    pub cluster: Option<FeatureId>,
    /// The most specific feature that contains the site; its [path](crate::plan::Plan::path) has all others.
    pub most_specific: Option<FeatureId>,
    /// All features on whose boundary the site lies, in plan order.
    pub boundary_of: Vec<FeatureId>,
    /// The nearest zone, for a site outside all zones.
    pub nearest_zone: Option<FeatureId>,
    /// The geodesic distance to the boundary of the most specific feature, or from outside to the nearest zone. `None`
    /// if not requested.
    pub distance_to_boundary: Option<Metres>,
    /// `None` if the plan does not state the accuracy of that outline, or distances are not requested.
    pub certainty: Option<Certainty>,
    /// For an uncertain answer, the feature whose boundary is within its accuracy. It may differ from the feature that
    /// [`distance_to_boundary`](Answer::distance_to_boundary) refers to: a less accurate outline counts from farther
    /// away.
    pub uncertain_because_of: Option<FeatureId>,
}
