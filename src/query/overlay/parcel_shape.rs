//! The polygon of a parcel: from its row, into the plane of a plan, and back into a table.

use geo::{Geometry, MultiPolygon};

use crate::crs::{IntoPlane, Plane};
use crate::error::RowProblem;
use crate::geometry::polygons_of;
use crate::geometry::repair::repair_in;
use crate::geometry::validity::first_validation_error_in;
use crate::query::overlay::{Parcel, RowOverlayer};
use crate::table::{Batch, Shape};
use crate::units::Metres;

/// The valid polygon of a row, in the coordinates of its table.
pub(in crate::query) struct ValidPolygon {
    pub(in crate::query) shape: MultiPolygon<f64>,
    /// What was repaired, if anything.
    pub(in crate::query) repaired: Option<RowProblem>,
}

impl ValidPolygon {
    pub(in crate::query) fn of(
        batch: &Batch,
        row_index: usize,
        plane: &Plane,
        with_repair: bool,
    ) -> Result<ValidPolygon, RowProblem> {
        match polygons(batch, row_index, plane) {
            Ok(shape) => Ok(ValidPolygon { shape, repaired: None }),
            Err((problem, Some(invalid))) if with_repair => match repair_in(&invalid, plane) {
                Some(shape) => Ok(ValidPolygon { shape, repaired: Some(problem) }),
                None => Err(RowProblem::NotRepairable(Box::new(problem))),
            },
            Err((problem, _)) => Err(problem),
        }
    }
}

/// A polygon of a table in the plane of a plan.
pub(super) fn in_plane(shape: &MultiPolygon<f64>, into_plane: &IntoPlane<'_>) -> Result<MultiPolygon<f64>, RowProblem> {
    if into_plane.keeps_numbers() { Ok(shape.clone()) } else { into_plane.shape(shape) }
}

/// The width below which parts are ignored in relations, by default that of the deviation of transformed edges.
pub(super) fn sliver_width(chosen: Option<Metres>, into_plane: &IntoPlane<'_>) -> Metres {
    let default = if into_plane.is_same_plane() { Metres(0.0) } else { RowOverlayer::TRANSFORMED_SLIVER_WIDTH };
    chosen.unwrap_or(default)
}

/// The valid polygon of a row; or its problem, and the invalid polygon if there is one.
fn polygons(
    batch: &Batch,
    row_index: usize,
    plane: &Plane,
) -> Result<MultiPolygon<f64>, (RowProblem, Option<MultiPolygon<f64>>)> {
    let shape = match batch.shape(row_index) {
        Ok(shape) => shape,
        Err(problem) => return Err((problem.clone(), batch.closed_shape(row_index).and_then(parcel_of))),
    };
    let parcel = if let Shape::Other(geometry) = shape { parcel_of(geometry) } else { None };
    let Some(parcel) = parcel else {
        return Err((RowProblem::NotAParcel { found: shape.kind().to_owned() }, None));
    };
    match first_validation_error_in(&parcel, plane) {
        None => Ok(parcel),
        Some(error) => Err((RowProblem::Shape(error.problem), Some(parcel))),
    }
}

/// The shape of a parcel in the coordinates of its batch.
pub(super) fn shape_in_table(batch: &Batch, row_index: usize, parcel: &Parcel) -> MultiPolygon<f64> {
    match (&parcel.repaired, batch.shape(row_index)) {
        (Some(repair), _) => repair.shape.clone(),
        (None, Ok(Shape::Other(geometry))) => parcel_of(geometry).unwrap_or_else(|| parcel.shape.clone()),
        (None, _) => parcel.shape.clone(),
    }
}

fn parcel_of(geometry: &Geometry<f64>) -> Option<MultiPolygon<f64>> {
    Some(MultiPolygon(polygons_of(geometry)?.into_iter().cloned().collect()))
}
