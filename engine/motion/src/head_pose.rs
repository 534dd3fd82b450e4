//! How a head is turned.

use serde::{Deserialize, Serialize};

/// Turn of the head against the portrait's own pose, radians. Positive pitch nods down, positive yaw turns the nose to the
/// picture's right, positive roll tilts the head clockwise in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeadPose {
    /// About the x axis.
    pub pitch: f32,
    /// About the y axis.
    pub yaw: f32,
    /// About the z axis.
    pub roll: f32,
}

impl HeadPose {
    /// R = Rz(roll) · Ry(−yaw) · Rx(pitch), rows of the matrix: what the angles say in words.
    pub fn rotation(&self) -> [[f32; 3]; 3] {
        let (sp, cp) = self.pitch.sin_cos();
        let (sy, cy) = self.yaw.sin_cos();
        let (sr, cr) = self.roll.sin_cos();
        let inner = [
            [cy, -sy * sp, -sy * cp],
            [0.0, cp, -sp],
            [sy, cy * sp, cy * cp],
        ];
        product(&[[cr, -sr, 0.0], [sr, cr, 0.0], [0.0, 0.0, 1.0]], &inner)
    }

    /// The angles of a rotation, the other way round of [`Self::rotation`].
    pub fn of_rotation(rotation: &[[f32; 3]; 3]) -> Self {
        Self {
            pitch: rotation[2][1].atan2(rotation[2][2]),
            yaw: rotation[2][0].clamp(-1.0, 1.0).asin(),
            roll: rotation[1][0].atan2(rotation[0][0]),
        }
    }

    /// The pose of a head in pose `first` that then makes this turn about the picture's axes.
    #[must_use]
    pub fn after(&self, first: &Self) -> Self {
        Self::of_rotation(&product(&self.rotation(), &first.rotation()))
    }

    /// The turn that leads from `rest` to this pose.
    #[must_use]
    pub fn against(&self, rest: &Self) -> Self {
        Self::of_rotation(&product(&self.rotation(), &transposed(&rest.rotation())))
    }

    /// The same as a turn about the axes that the head has in `rest`.
    #[must_use]
    pub fn since(&self, rest: &Self) -> Self {
        Self::of_rotation(&product(&transposed(&rest.rotation()), &self.rotation()))
    }

    /// This turn of a head that faces the camera, made by one that is held in `rest`: about its own axes, so that a head in
    /// three-quarter view nods where it looks.
    #[must_use]
    pub fn about(&self, rest: &Self) -> Self {
        let rest = rest.rotation();
        let turned = product(&rest, &self.rotation());
        Self::of_rotation(&product(&turned, &transposed(&rest)))
    }
}

fn transposed(a: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|row| std::array::from_fn(|column| a[column][row]))
}

fn product(a: &[[f32; 3]; 3], b: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| (0..3).map(|k| a[row][k] * b[k][column]).sum())
    })
}
