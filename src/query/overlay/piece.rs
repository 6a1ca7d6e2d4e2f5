//! Pieces of boundaries in the plane around a parcel.

use std::f64::consts::PI;

use geo::{Coord, Rect};

use crate::maths::hypot;
use crate::units::Metres;

/// A piece of a boundary in the plane around a parcel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) from: Coord<f64>,
    pub(super) to: Coord<f64>,
    /// The accuracy of the outline. One that states none only divides cells.
    pub(super) accuracy: Option<Metres>,
}

impl Piece {
    /// How far along the piece a point is, from its start, and how far off its line, positive on its left.
    pub(super) fn along_and_off_m(&self, point: Coord<f64>) -> (f64, f64) {
        let (along, to_point) = (self.to - self.from, point - self.from);
        let length_m = hypot(along.x, along.y);
        let dot = along.x * to_point.x + along.y * to_point.y;
        let cross = along.x * to_point.y - along.y * to_point.x;
        (dot / length_m, cross / length_m)
    }

    /// Whether the piece is as long as a box is beside it: then what is within a distance of it is a strip.
    pub(super) fn spans(&self, bounds: Rect<f64>) -> bool {
        let (low, high) = (bounds.min(), bounds.max());
        let corners = [low, high, Coord { x: low.x, y: high.y }, Coord { x: high.x, y: low.y }];
        let length_m = hypot(self.to.x - self.from.x, self.to.y - self.from.y);
        corners.iter().all(|&corner| (0.0..=length_m).contains(&self.along_and_off_m(corner).0))
    }

    /// The share of the piece, 0 to 1, at which it is nearest to a point.
    pub(super) fn share_of(&self, point: Coord<f64>) -> f64 {
        let (along, to_point) = (self.to - self.from, point - self.from);
        let length2 = along.x * along.x + along.y * along.y;
        let dot = along.x * to_point.x + along.y * to_point.y;
        if length2 > 0.0 { (dot / length2).clamp(0.0, 1.0) } else { 0.0 }
    }

    pub(super) fn distance_m(&self, point: Coord<f64>) -> f64 {
        let to_point = point - self.from - (self.to - self.from) * self.share_of(point);
        hypot(to_point.x, to_point.y)
    }

    /// An upper bound of the area within the accuracy of the piece, and within a radius of the origin.
    pub(super) fn max_area_near_m2(&self, radius_m: f64) -> f64 {
        let Some(accuracy) = self.accuracy else { return 0.0 };
        let (reach_m, distance_m) = (radius_m + accuracy.0, self.distance_m(Coord::zero()));
        if distance_m >= reach_m {
            return 0.0;
        }
        // No more of it is nearer than the chord of the circle.
        let chord_m = 2.0 * (reach_m * reach_m - distance_m * distance_m).sqrt();
        let length_m = hypot(self.to.x - self.from.x, self.to.y - self.from.y).min(chord_m);
        2.0 * accuracy.0 * length_m + PI * accuracy.0 * accuracy.0
    }
}
