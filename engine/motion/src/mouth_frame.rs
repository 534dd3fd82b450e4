//! The mouth of one frame: what the Motion-DiT generates.

use serde::{Deserialize, Serialize};

/// Deltas of the four mouth keypoints ([`crate::MOUTH_KEYPOINTS`]), canonical units. Zero is the portrait's own mouth, shut.
///
/// Stored as four triples in the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "[[f32; 3]; 4]", into = "[[f32; 3]; 4]")]
pub struct MouthFrame {
    /// The mouth corner on the right of the picture.
    pub corner: [f32; 3],
    /// Middle of the upper lip.
    pub upper_lip: [f32; 3],
    /// Middle of the lower lip.
    pub lower_lip: [f32; 3],
    /// The chin.
    pub chin: [f32; 3],
}

impl MouthFrame {
    /// Numbers in a frame.
    pub const VALUES: usize = 12;

    /// From the numbers in the order of the fields, x, y, z each: the layout of the Motion-DiT's channels.
    pub fn from_values(values: &[f32; Self::VALUES]) -> Self {
        let (deltas, _) = values.as_chunks::<3>();
        Self::from([deltas[0], deltas[1], deltas[2], deltas[3]])
    }

    /// The numbers in the order of the fields, x, y, z each.
    pub fn values(&self) -> [f32; Self::VALUES] {
        let deltas: [[f32; 3]; 4] = (*self).into();
        std::array::from_fn(|i| deltas[i / 3][i % 3])
    }

    /// Every number changed by `f`.
    #[must_use]
    pub fn map(&self, f: impl Fn(f32) -> f32) -> Self {
        Self::from_values(&self.values().map(f))
    }

    /// The frame that lies `part` of the way to another one.
    #[must_use]
    pub fn mixed(&self, other: &Self, part: f32) -> Self {
        let (from, to) = (self.values(), other.values());
        let mix = |i: usize| from[i] + (to[i] - from[i]) * part;
        Self::from_values(&std::array::from_fn(mix))
    }

    /// How much farther the lower lip has gone down than the upper one, canonical units; negative where lips are pressed.
    pub fn lip_gap(&self) -> f32 {
        self.lower_lip[1] - self.upper_lip[1]
    }
}

impl From<[[f32; 3]; 4]> for MouthFrame {
    fn from([corner, upper_lip, lower_lip, chin]: [[f32; 3]; 4]) -> Self {
        Self {
            corner,
            upper_lip,
            lower_lip,
            chin,
        }
    }
}

impl From<MouthFrame> for [[f32; 3]; 4] {
    fn from(mouth: MouthFrame) -> Self {
        [mouth.corner, mouth.upper_lip, mouth.lower_lip, mouth.chin]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_order() {
        let values = std::array::from_fn(|i| i as f32);
        let mouth = MouthFrame::from_values(&values);
        assert_eq!(mouth.upper_lip, [3.0, 4.0, 5.0]);
        assert_eq!(mouth.chin, [9.0, 10.0, 11.0]);
        assert_eq!(mouth.values(), values);
        assert_eq!(mouth.lip_gap(), 3.0);
        assert_eq!(mouth.map(|value| 2.0 * value).corner, [0.0, 2.0, 4.0]);
    }

    #[test]
    fn the_way_between_two_mouths_has_both_at_its_ends() {
        let open = MouthFrame {
            lower_lip: [0.0, 0.1, 0.0],
            ..MouthFrame::default()
        };
        let shut = MouthFrame::default();
        assert_eq!(shut.mixed(&open, 0.0), shut);
        assert_eq!(shut.mixed(&open, 1.0), open);
        assert_eq!(shut.mixed(&open, 0.5).lip_gap(), 0.05);
    }
}
