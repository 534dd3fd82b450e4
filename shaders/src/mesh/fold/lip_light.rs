//! Lips that come forward catch more light on the round of the lower one.

use glam::Vec3;

use crate::smooth_step::smooth_step;

/// The most that it is brighter there.
const MOST: f32 = 0.06;
/// Way forward from and up to which it gets brighter, canonical units.
const FORWARD: [f32; 2] = [0.002, 0.03];

/// The lower lip at rest.
#[derive(Clone, Debug, Default)]
pub(super) struct LipLight {
    /// Vertices of its round and how much of the light they take, above 0 to 1.
    round: Vec<(usize, f32)>,
    scale_px: f32,
}

impl LipLight {
    /// `scale_px` is a canonical unit in pixels.
    pub fn new(round: impl Iterator<Item = (usize, f32)>, scale_px: f32) -> Self {
        Self {
            round: round.collect(),
            scale_px,
        }
    }

    /// Whether a vertex takes any of it.
    pub fn reaches(&self, vertex: u32) -> bool {
        (self.round.iter()).any(|&(index, _)| index == vertex as usize)
    }

    /// Which vertices are brighter, and by which part, when the face moves by these pixels.
    pub fn brighter(&self, shifts_px: &[Vec3]) -> impl Iterator<Item = (usize, f32)> {
        let total: f32 = self.round.iter().map(|&(_, weight)| weight).sum();
        let forward = |&(vertex, weight): &(usize, f32)| -shifts_px[vertex].z * weight;
        let mean_px = self.round.iter().map(forward).sum::<f32>() / total.max(1e-6);
        let light = MOST * smooth_step(FORWARD[0], FORWARD[1], mean_px / self.scale_px);
        (self.round.iter()).map(move |&(vertex, weight)| (vertex, light * weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lip_that_comes_forward_is_brighter() {
        let lip = LipLight::new([(1, 1.0), (2, 0.5)].into_iter(), 100.0);
        let moved = |z: f32| {
            let mut shifts = [Vec3::ZERO; 4];
            shifts[1..3].fill(Vec3::new(0.0, 0.0, z));
            lip.brighter(&shifts).collect::<Vec<_>>()
        };
        for still in [0.0, 5.0] {
            assert_eq!(moved(still), [(1, 0.0), (2, 0.0)]);
        }
        assert_eq!(moved(-9.0), [(1, MOST), (2, MOST / 2.0)]);
        assert!(lip.reaches(2) && !lip.reaches(3));
    }
}
