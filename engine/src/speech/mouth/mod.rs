//! What a generated mouth is corrected by: lips that must meet, silence, and how fast lips travel.

mod closures;
mod silence;
mod travel;

pub use closures::{LipContacts, close_lips};
pub use silence::rest_in_silence;
pub use travel::limit_travel;

use crate::motion::MouthFrame;

/// Share of the way that the lower lip goes when lips come nearer to each other; the upper one comes down for the rest.
const LOWER_LIP_SHARE: f32 = 0.7;

/// Brings the lips nearer to each other, canonical units.
fn narrow_gap(mouth: &mut MouthFrame, by: f32) {
    mouth.lower_lip[1] -= by * LOWER_LIP_SHARE;
    mouth.upper_lip[1] += by * (1.0 - LOWER_LIP_SHARE);
}

/// How fast the mouth comes to rest where frames must be made up: a third a frame.
const REST_DECAY: f32 = 2.0 / 3.0;

/// Cuts or lengthens to `frames`, the mouth coming to rest where there is nothing to follow.
pub fn rest_until(mouth: &mut Vec<MouthFrame>, frames: usize) {
    mouth.truncate(frames);
    while mouth.len() < frames {
        let last = mouth.last().copied().unwrap_or_default();
        mouth.push(last.map(|value| value * REST_DECAY));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mouth_comes_to_rest() {
        let mut mouth = vec![MouthFrame::from([[0.9; 3]; 4])];
        rest_until(&mut mouth, 4);
        assert_eq!(mouth.len(), 4);
        assert!((mouth[3].corner[0] - 0.9 * 8.0 / 27.0).abs() < 1e-6);
        rest_until(&mut mouth, 2);
        assert_eq!(mouth.len(), 2);
    }
}
