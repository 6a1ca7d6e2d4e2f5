//! Coverages: polygons that are to fill an area side by side, without overlaps and gaps.
//!
//! The number of polygons that cover a point changes only across their edges. Where two polygons share an edge, one to
//! its left and one to its right, it does not change. What is left when all such pairs of edges are removed
//! ([`border`]) says everything about the coverage: it is its outer boundary, and around each fault. Faults are few, so
//! what follows looks at few edges: which polygons overlap ([`overlaps`]) is decided exactly, as in
//! [`overlap`](crate::geometry::overlap); voids are the parts of the plane that no border edge winds around ([`voids`]),
//! and their narrow parts are found in a Delaunay triangulation of them ([`narrow`]).
//!
//! GEOS and JTS (`CoverageValidator`) compare each polygon with its neighbours instead; they report edges, not overlaps
//! and gaps with their areas.

pub(crate) mod border;
pub(crate) mod lattice;
pub(crate) mod narrow;
pub(crate) mod overlaps;
pub(crate) mod voids;
