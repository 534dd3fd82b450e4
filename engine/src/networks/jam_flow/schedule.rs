//! Times at which the flow is evaluated (F5-TTS commit 2ae2c9b, `model/cfm.py` and `model/utils.py`). Pure functions.

use std::f64::consts::FRAC_PI_2;

/// Largest sway coefficient that keeps times rising: 2 / (π − 2).
pub const MAX_SWAY: f64 = 2.0 / (std::f64::consts::PI - 2.0);

/// Empirically pruned grids in 1/32 (arXiv 2505.19931), which drop the late steps that matter least.
const EPSS: &[&[u8]] = &[
    &[0, 2, 4, 8, 16, 32],
    &[0, 2, 4, 6, 8, 16, 32],
    &[0, 2, 4, 6, 8, 16, 24, 32],
    &[0, 2, 4, 6, 8, 12, 16, 20, 24, 28, 32],
    &[0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32],
    &[0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32],
];

/// Evenly spaced times 0 … 1, `nfe_step` + 1 of them; at least one step.
pub fn uniform(nfe_step: usize) -> Vec<f64> {
    let steps = nfe_step.max(1);
    (0..=steps).map(|i| i as f64 / steps as f64).collect()
}

/// The pruned grid for this number of steps, or the uniform one where there is none.
#[doc(alias = "get_epss_timesteps")]
pub fn epss(nfe_step: usize) -> Vec<f64> {
    EPSS.iter()
        .find(|grid| grid.len() == nfe_step + 1)
        .map_or_else(
            || uniform(nfe_step),
            |grid| grid.iter().map(|&i| f64::from(i) / 32.0).collect(),
        )
}

/// Moves times by t + s·(cos(πt/2) − 1 + t): s < 0 puts more of them near 0. F5-TTS uses −1.
///
/// `sway_sampling_coef` is held within [−1, [`MAX_SWAY`]], where the times keep rising.
pub fn sway(times: &[f64], sway_sampling_coef: f64) -> Vec<f64> {
    let s = sway_sampling_coef.clamp(-1.0, MAX_SWAY);
    let last = times.len().saturating_sub(1);
    times
        .iter()
        .enumerate()
        .map(|(i, &t)| match i {
            // The ends stay where they are to the last bit: nothing is left to do at 1.
            0 => t,
            _ if i == last => t,
            _ => t + s * ((FRAC_PI_2 * t).cos() - 1.0 + t),
        })
        .collect()
}

/// `nfe_step` Euler steps with sway, on F5-TTS's pruned grid where there is one.
pub fn schedule(nfe_step: usize, sway_sampling_coef: f64) -> Vec<f64> {
    sway(&epss(nfe_step), sway_sampling_coef)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pruned_grids_have_their_steps() {
        for steps in [5, 6, 7, 10, 12, 16] {
            let grid = epss(steps);
            assert_eq!(grid.len(), steps + 1);
            assert_ne!(grid, uniform(steps));
        }
        assert_eq!(epss(32), uniform(32));
    }

    #[test]
    fn sway_of_minus_one_is_a_cosine() {
        for (swayed, t) in sway(&uniform(8), -1.0).into_iter().zip(uniform(8)) {
            assert!((swayed - (1.0 - (FRAC_PI_2 * t).cos())).abs() < 1e-12);
        }
    }

    proptest! {
        #[test]
        fn schedules_rise_from_zero_to_one(steps in 1usize..64, coefficient in -1.0..MAX_SWAY) {
            let times = schedule(steps, coefficient);
            prop_assert_eq!(times.len(), steps + 1);
            prop_assert_eq!(times[0], 0.0);
            prop_assert_eq!(times[steps], 1.0);
            prop_assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
