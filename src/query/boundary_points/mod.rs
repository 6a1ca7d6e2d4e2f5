//! Boundary points of parcels (界址点): corners with their numbers, sides and bearings in the plane of a projected system.
//!
//! The order is that of Chinese cadastral surveys (地籍调查规程): the exterior clockwise from the corner nearest to the
//! north-west corner of its bounding box. Holes run counter-clockwise, so that the parcel is always to the right.

mod keep;
mod plane;
mod ring;

use std::collections::HashMap;

pub use self::keep::{KeepBoundaries, ParcelBoundary, WithBoundaries};
pub use self::plane::BoundaryPlane;
use self::ring::{Millimetres, side};
use crate::crs::{BetweenPlanes, Plane};
use crate::error::RowProblem;
use crate::units::{Metres, SquareMetres};

/// The decimals of coordinates in metres. Corners whose coordinates are equal at this precision are one point.
pub const DECIMALS: usize = 3;

/// How corners are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numbering {
    /// Through the file: corners that parcels share have one number.
    #[default]
    File,
    /// From 1 in each parcel.
    Parcel,
}

/// The corners of a parcel.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryParcel {
    /// The row, from 1.
    pub row: u64,
    /// The label; empty without a label column.
    pub label: String,
    /// The rings: the exterior of each part, then its holes.
    pub rings: Vec<BoundaryRing>,
    /// The area in the plane, of the rounded corners.
    pub plane_area: SquareMetres,
    /// The area on the ellipsoid, of the corners before rounding, edges straight in the system of the table.
    pub area: SquareMetres,
}

/// A ring of a parcel, which ends at its first corner.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryRing {
    /// Whether it is a hole.
    pub is_hole: bool,
    /// The corners, each once.
    pub corners: Vec<BoundaryCorner>,
}

/// A corner, and the side from it to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundaryCorner {
    /// Its number, from 1.
    pub number: u64,
    /// X of surveys, in metres, rounded to [`DECIMALS`].
    pub northing_m: f64,
    /// Y of surveys, in metres, with the zone prefix if the system has one.
    pub easting_m: f64,
    /// The length of the side in the plane, between the rounded corners.
    pub side: Metres,
    /// The direction of the side, clockwise from grid north, 0 to 360.
    pub azimuth_deg: f64,
}

/// Numbers the corners of parcels in a plane, one parcel after the other.
///
/// ```
/// use taizhou_corridor::crs::{Crs, Plane};
/// use geo::{MultiPolygon, polygon};
/// use taizhou_corridor::query::boundary_points::{BoundaryPlane, BoundaryPoints, Numbering, ParcelBoundary};
/// use taizhou_corridor::units::SquareMetres;
///
/// let square = |west: f64| -> MultiPolygon {
///     polygon![(x: west, y: 0.), (x: west + 30., y: 0.), (x: west + 30., y: 40.), (x: west, y: 40.)].into()
/// };
/// let zone = BoundaryPlane::of(&Crs::Epsg(4549))?;
/// let plane = Plane::of(&Crs::Epsg(4549))?;
/// let mut points = BoundaryPoints::new(zone, Numbering::File);
/// let mut numbers = |row, shape| {
///     let boundary = ParcelBoundary { row, label: String::new(), shape, area: SquareMetres(1200.) };
///     let parcel = points.parcel(boundary, &plane).unwrap().unwrap();
///     parcel.rings[0].corners.iter().map(|corner| corner.number).collect::<Vec<_>>()
/// };
/// assert_eq!(numbers(1, square(500_000.)), [1, 2, 3, 4]);
/// // The neighbour to the east shares two of them.
/// assert_eq!(numbers(2, square(500_030.)), [2, 5, 6, 3]);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct BoundaryPoints {
    plane: BoundaryPlane,
    numbering: Numbering,
    numbers: HashMap<Millimetres, u64>,
    /// The numbers of parcels before, if each begins anew.
    earlier: u64,
}

impl BoundaryPoints {
    /// Numbers corners in this plane.
    pub fn new(plane: BoundaryPlane, numbering: Numbering) -> BoundaryPoints {
        BoundaryPoints { plane, numbering, numbers: HashMap::new(), earlier: 0 }
    }

    /// The plane.
    pub fn plane(&self) -> &BoundaryPlane {
        &self.plane
    }

    /// How many numbers have been given.
    pub fn point_count(&self) -> u64 {
        self.earlier + self.numbers.len() as u64
    }

    /// The corners of a parcel in `source`, longitude and latitude or the plane of its table. `None` if the parcel has no
    /// area at this precision. Errors if a corner has no coordinates in the plane.
    pub fn parcel(&mut self, boundary: ParcelBoundary, source: &Plane) -> Result<Option<BoundaryParcel>, RowProblem> {
        let ParcelBoundary { row, label, shape, area } = boundary;
        let shape = BetweenPlanes::new(source, self.plane.plane()).corners(&shape)?;
        let rings = ring::ordered(&shape);
        if rings.is_empty() {
            return Ok(None);
        }
        if self.numbering == Numbering::Parcel {
            self.earlier = self.point_count();
            self.numbers.clear();
        }
        let twice_mm2: i128 = rings.iter().map(|(is_hole, ring)| signed(*is_hole, ring::twice_area(ring).abs())).sum();
        let rings = rings.iter().map(|(is_hole, ring)| self.ring(*is_hole, ring)).collect();
        let plane_area = SquareMetres(twice_mm2 as f64 / 2e6);
        Ok(Some(BoundaryParcel { row, label, rings, plane_area, area }))
    }

    fn ring(&mut self, is_hole: bool, ring: &[Millimetres]) -> BoundaryRing {
        let nexts = ring.iter().cycle().skip(1);
        let corner = |(corner, next): (&Millimetres, &Millimetres)| {
            let unused = self.numbers.len() as u64 + 1;
            let (side, azimuth_deg) = side(*corner, *next);
            BoundaryCorner {
                number: *self.numbers.entry(*corner).or_insert(unused),
                northing_m: corner.north as f64 / 1e3,
                easting_m: (corner.east + self.plane.prefix_mm()) as f64 / 1e3,
                side,
                azimuth_deg,
            }
        };
        BoundaryRing { is_hole, corners: ring.iter().zip(nexts).map(corner).collect() }
    }
}

fn signed(is_hole: bool, area: i128) -> i128 {
    if is_hole { -area } else { area }
}
