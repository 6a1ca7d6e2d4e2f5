//! Coordinate systems of entities and block references in a drawing: affine maps of space.

/// An affine map of space: the images of the axes and of the origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    axes: [[f64; 3]; 3],
    origin: [f64; 3],
}

impl Frame {
    /// The world coordinate system.
    pub(super) const WORLD: Frame =
        Frame { axes: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], origin: [0.0; 3] };

    /// The object coordinate system of an extrusion direction (*DXF Reference*, "Arbitrary Axis Algorithm").
    pub(super) fn of_extrusion(direction: [f64; 3]) -> Frame {
        if direction == [0.0, 0.0, 1.0] {
            return Frame::WORLD;
        }
        let Some(z) = unit(direction) else { return Frame::WORLD };
        let is_near_z = z[0].abs() < 1.0 / 64.0 && z[1].abs() < 1.0 / 64.0;
        let x = cross(if is_near_z { [0.0, 1.0, 0.0] } else { [0.0, 0.0, 1.0] }, z);
        let Some(x) = unit(x) else { return Frame::WORLD };
        Frame { axes: [x, cross(z, x), z], origin: [0.0; 3] }
    }

    /// A scale along the axes, then a rotation about z in degrees, then a shift.
    pub(super) fn placed(at: [f64; 3], rotation_deg: f64, [x, y, z]: [f64; 3]) -> Frame {
        let (sin, cos) = crate::maths::sin_cos_deg(rotation_deg);
        Frame { axes: [[cos * x, sin * x, 0.0], [-sin * y, cos * y, 0.0], [0.0, 0.0, z]], origin: at }
    }

    /// The map of the unit circle to an ellipse.
    pub(super) fn of_ellipse(centre: [f64; 3], major: [f64; 3], ratio: f64, normal: [f64; 3]) -> Frame {
        let z = unit(normal).unwrap_or([0.0, 0.0, 1.0]);
        Frame { axes: [major, cross(z, major).map(|part| part * ratio), z], origin: centre }
    }

    /// A shift.
    pub(super) fn shifted(by: [f64; 3]) -> Frame {
        Frame { origin: by, ..Frame::WORLD }
    }

    /// The image of a position.
    pub(super) fn apply(&self, at: [f64; 3]) -> [f64; 3] {
        let turned = self.turn(at);
        [turned[0] + self.origin[0], turned[1] + self.origin[1], turned[2] + self.origin[2]]
    }

    /// The map that applies `inner` first.
    pub(super) fn after(&self, inner: &Frame) -> Frame {
        Frame { axes: inner.axes.map(|axis| self.turn(axis)), origin: self.apply(inner.origin) }
    }

    /// How much the plane of x and y is stretched at most, seen from above.
    pub(super) fn stretch(&self) -> f64 {
        let [[a, c, _], [b, d, _], _] = self.axes;
        // The larger singular value of the matrix of these two axes.
        let sum = a * a + b * b + c * c + d * d;
        let difference = a * a + b * b - c * c - d * d;
        let mixed = 2.0 * (a * c + b * d);
        ((sum + crate::maths::hypot(difference, mixed)) / 2.0).sqrt()
    }

    fn turn(&self, at: [f64; 3]) -> [f64; 3] {
        let [x, y, z] = self.axes;
        [0, 1, 2].map(|i| x[i] * at[0] + y[i] * at[1] + z[i] * at[2])
    }
}

fn unit(vector: [f64; 3]) -> Option<[f64; 3]> {
    let length = vector.iter().map(|part| part * part).sum::<f64>().sqrt();
    (length.is_finite() && length > 0.0).then(|| vector.map(|part| part / length))
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: [f64; 3], b: [f64; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    #[test]
    fn mirrored_entities_have_their_x_reversed() {
        let mirrored = Frame::of_extrusion([0.0, 0.0, -1.0]);
        assert_eq!(mirrored.apply([3.0, 4.0, 5.0]), [-3.0, 4.0, -5.0]);
        // A wall that faces the south: its x runs to the east, its y upwards.
        let wall = Frame::of_extrusion([0.0, -2.0, 0.0]);
        assert!(close(wall.apply([3.0, 4.0, 5.0]), [3.0, -5.0, 4.0]));
        for none in [[0.0; 3], [f64::NAN, 0.0, 1.0], [f64::INFINITY; 3]] {
            assert_eq!(Frame::of_extrusion(none), Frame::WORLD);
        }
    }

    #[test]
    fn references_scale_turn_and_shift() {
        let placed = Frame::placed([100.0, 200.0, 0.0], 90.0, [2.0, 3.0, 1.0]);
        assert!(close(placed.apply([1.0, 1.0, 7.0]), [97.0, 202.0, 7.0]));
        let inner = Frame::shifted([-1.0, -1.0, 0.0]);
        assert!(close(placed.after(&inner).apply([1.0, 1.0, 0.0]), [100.0, 200.0, 0.0]));
        assert_eq!(placed.after(&Frame::WORLD), placed);
        assert!((placed.stretch() - 3.0).abs() < 1e-12 && Frame::WORLD.stretch() == 1.0);
    }
}
