//! The boundary of a layer near a parcel: without the pieces between two of its features.
//!
//! Pieces are cut where they cross or touch, so that each is between features or bounds the layer as a whole. A union of
//! the features would give the same, but would have to be made for each parcel from all of their vertices.

use geo::{Coord, Rect};

use crate::index::Boxes;
use crate::maths::hypot;
use crate::query::overlay::piece::Piece;

/// How far on either side of a piece the layer is looked for, in metres: narrower gaps between features do not count.
const ASIDE_M: f64 = 1e-3;

/// The pieces that bound the layer, in the plane around a parcel; `is_covered` tells whether a point is in any feature.
pub(super) fn layer_boundary(pieces: &[Piece], is_covered: impl Fn(Coord<f64>) -> bool) -> Vec<Piece> {
    let cuts = cuts(pieces);
    let mut boundary = vec![];
    for (piece, mut shares) in pieces.iter().zip(cuts) {
        shares.extend([0.0, 1.0]);
        shares.sort_by(f64::total_cmp);
        let along = piece.to - piece.from;
        let length_m = hypot(along.x, along.y);
        if length_m == 0.0 {
            continue;
        }
        let aside = Coord { x: -along.y, y: along.x } * (ASIDE_M / length_m);
        for ends in shares.windows(2).filter(|ends| ends[1] > ends[0]) {
            let middle = piece.from + along * ((ends[0] + ends[1]) / 2.0);
            if !(is_covered(middle + aside) && is_covered(middle - aside)) {
                let [from, to] = [ends[0], ends[1]].map(|share| piece.from + along * share);
                boundary.push(Piece { from, to, accuracy: piece.accuracy });
            }
        }
    }
    boundary
}

/// The shares of each piece at which others cross or touch it.
fn cuts(pieces: &[Piece]) -> Vec<Vec<f64>> {
    let bounds = |piece: &Piece| {
        let reach = Coord { x: ASIDE_M, y: ASIDE_M };
        let of_piece = Rect::new(piece.from, piece.to);
        Rect::new(of_piece.min() - reach, of_piece.max() + reach)
    };
    let mut cuts = vec![vec![]; pieces.len()];
    for (a, b) in Boxes::new(pieces.iter().map(bounds).enumerate()).intersecting_pairs() {
        for (one, other) in [(a, b), (b, a)] {
            let (piece, other) = (&pieces[one], &pieces[other]);
            let touching = [other.from, other.to].into_iter().filter(|&end| piece.distance_m(end) < ASIDE_M);
            cuts[one].extend(touching.map(|end| piece.share_of(end)).filter(is_between));
            cuts[one].extend(crossing(piece, other).filter(is_between));
        }
    }
    cuts
}

fn is_between(share: &f64) -> bool {
    0.0 < *share && *share < 1.0
}

/// The share of a piece at which the line of another crosses it; `None` if they are parallel.
fn crossing(piece: &Piece, other: &Piece) -> Option<f64> {
    let (along, across, offset) = (piece.to - piece.from, other.to - other.from, other.from - piece.from);
    let cross = |a: Coord<f64>, b: Coord<f64>| a.x * b.y - a.y * b.x;
    let turn = cross(along, across);
    let (share, of_other) = (cross(offset, across) / turn, cross(offset, along) / turn);
    (turn != 0.0 && (0.0..=1.0).contains(&of_other)).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Metres;

    /// The sides of a square.
    fn square(x: f64, y: f64, size: f64) -> Vec<Piece> {
        let corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)];
        let side =
            |ends: &[(f64, f64)]| Piece { from: ends[0].into(), to: ends[1].into(), accuracy: Some(Metres(1.0)) };
        corners.windows(2).map(side).collect()
    }

    #[test]
    fn pieces_between_features_are_left_out() {
        let length_m = |squares: &[(f64, f64, f64)]| {
            let pieces: Vec<Piece> = squares.iter().flat_map(|&(x, y, size)| square(x, y, size)).collect();
            let is_covered = |at: Coord<f64>| {
                squares.iter().any(|&(x, y, size)| (x..x + size).contains(&at.x) && (y..y + size).contains(&at.y))
            };
            let boundary = layer_boundary(&pieces, is_covered);
            boundary.iter().map(|piece| hypot(piece.to.x - piece.from.x, piece.to.y - piece.from.y)).sum::<f64>()
        };
        // Neighbours with a side in common, and one with a T-junction.
        assert_eq!(length_m(&[(0.0, 0.0, 10.0), (10.0, 0.0, 10.0)]), 60.0);
        assert_eq!(length_m(&[(0.0, 0.0, 10.0), (10.0, 2.0, 5.0)]), 50.0);
        // Overlapping, and one within the other.
        assert_eq!(length_m(&[(0.0, 0.0, 10.0), (5.0, 5.0, 10.0)]), 60.0);
        assert_eq!(length_m(&[(0.0, 0.0, 10.0), (2.0, 2.0, 5.0)]), 40.0);
        // A gap of a tenth of a millimetre, and one of a centimetre.
        assert!((length_m(&[(0.0, 0.0, 10.0), (10.0001, 0.0, 10.0)]) - 60.0).abs() < 0.01);
        assert_eq!(length_m(&[(0.0, 0.0, 10.0), (10.01, 0.0, 10.0)]), 80.0);
    }
}
