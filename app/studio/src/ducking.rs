//! Sound that makes room for speech: quieter while somebody speaks, with soft ways there and back, and never beyond full scale.

use std::collections::VecDeque;

use engine::motion::FRAMES_PER_SECOND;
use serde::{Deserialize, Serialize};

/// Louder samples are rounded off.
const KNEE: f32 = 0.8;

/// How a sound makes room for speech.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ducking {
    /// How much quieter it is while somebody speaks.
    pub reduction_db: f32,
    /// How long it takes to become quiet; it is quiet when the speech begins.
    pub attack_secs: f32,
    /// How long it takes to become loud again.
    pub release_secs: f32,
    /// In pauses of the speech that are not longer than this it stays quiet.
    pub short_pause_secs: f32,
}

/// The gain of a ducked sound, frame by frame of the motion's rate. It answers later than it is asked, since it is quiet before the speech
/// begins.
#[derive(Clone, Debug)]
pub struct Ducker {
    reduction_db: f32,
    attack: usize,
    release: usize,
    short_pause: usize,
    /// Frames without an answer: whether somebody speaks in them.
    waiting: VecDeque<bool>,
    /// How many frames ago somebody spoke.
    since_speech: Option<usize>,
}

impl Ducker {
    /// Before the first frame.
    pub fn new(ducking: &Ducking) -> Self {
        let frames = |secs: f32| (f64::from(secs) * FRAMES_PER_SECOND).round() as usize;
        Self {
            reduction_db: ducking.reduction_db,
            attack: frames(ducking.attack_secs).max(1),
            release: frames(ducking.release_secs).max(1),
            short_pause: frames(ducking.short_pause_secs),
            waiting: VecDeque::new(),
            since_speech: None,
        }
    }

    /// Takes the next frame. Returns the gain where an earlier frame begins, once it is known.
    pub fn push(&mut self, is_spoken: bool) -> Option<f32> {
        self.waiting.push_back(is_spoken);
        let known_frames = self.attack.max(self.short_pause);
        (self.waiting.len() > known_frames).then(|| self.answer())
    }

    /// The gains of the frames that are left; nobody speaks after them.
    pub fn finish(mut self) -> Vec<f32> {
        let left = self.waiting.len();
        (0..left).map(|_| self.answer()).collect()
    }

    fn answer(&mut self) -> f32 {
        let is_spoken = self.waiting.pop_front().unwrap_or_default();
        let since = self.since_speech.map(|frames| frames + 1);
        let until = self.waiting.iter().position(|&spoken| spoken);
        let until = until.map(|index| index + 1);
        self.since_speech = if is_spoken { Some(0) } else { since };
        let nearness = |frames: Option<usize>, ramp: usize| match frames {
            Some(frames) => (1.0 - frames as f32 / ramp as f32).max(0.0),
            None => 0.0,
        };
        let is_short_pause = || match (since, until) {
            (Some(since), Some(until)) => since + until - 1 <= self.short_pause,
            _ => false,
        };
        let depth = match is_spoken || is_short_pause() {
            true => 1.0,
            false => nearness(since, self.release).max(nearness(until, self.attack)),
        };
        // Even steps in loudness, not in amplitude.
        10.0_f32.powf(-self.reduction_db * depth / 20.0)
    }
}

/// Changes the loudness of samples evenly from one gain to another.
pub fn fade(samples: &mut [f32], from: f32, to: f32) {
    let count = samples.len() as f32;
    for (index, sample) in samples.iter_mut().enumerate() {
        *sample *= from + (to - from) * (index as f32 / count);
    }
}

/// Bends what is louder than the knee towards 1 without reaching it.
pub fn rounded_off(sample: f32) -> f32 {
    let loud = sample.abs() - KNEE;
    if loud <= 0.0 {
        return sample;
    }
    let room = 1.0 - KNEE;
    (KNEE + room * (loud / room).tanh()).copysign(sample)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DUCKING: Ducking = Ducking {
        reduction_db: 12.0,
        attack_secs: 0.2,
        release_secs: 0.4,
        short_pause_secs: 0.6,
    };

    /// The gains in dB.
    fn gains_db(spoken: &[bool]) -> Vec<f32> {
        let mut ducker = Ducker::new(&DUCKING);
        let mut gains: Vec<f32> = spoken.iter().filter_map(|&is| ducker.push(is)).collect();
        gains.extend(ducker.finish());
        gains.iter().map(|gain| 20.0 * gain.log10()).collect()
    }

    #[test]
    fn it_is_quiet_before_the_speech_and_comes_back_slowly() {
        let mut spoken = vec![false; 100];
        spoken[40..50].fill(true);
        let gains = gains_db(&spoken);
        assert_eq!(gains.len(), 100);
        let is_near = |frame: usize, wanted: f32| (gains[frame] - wanted).abs() < 1e-3;
        assert!(is_near(35, 0.0) && is_near(38, -12.0 * 0.6) && is_near(40, -12.0));
        assert!(is_near(49, -12.0) && is_near(54, -6.0) && is_near(59, 0.0));
    }

    #[test]
    fn short_pauses_stay_quiet() {
        let mut spoken = vec![false; 60];
        (spoken[10], spoken[26], spoken[43]) = (true, true, true);
        let gains = gains_db(&spoken);
        assert!(gains[10..=26].iter().all(|gain| (gain + 12.0).abs() < 1e-3));
        assert!(gains[26..43].iter().any(|gain| *gain > -1.0));
    }

    #[test]
    fn loud_samples_are_bent_and_quiet_ones_are_as_they_were() {
        assert_eq!(rounded_off(-0.5), -0.5);
        assert!(rounded_off(9.0) <= 1.0 && rounded_off(-1.0) > -1.0);
    }

    proptest! {
        #[test]
        fn no_step_is_steeper_than_its_ramp(spoken in prop::collection::vec(prop::bool::weighted(0.1), 1..200)) {
            let gains = gains_db(&spoken);
            prop_assert_eq!(gains.len(), spoken.len());
            for pair in gains.windows(2) {
                let step = pair[1] - pair[0];
                prop_assert!((-12.0 / 5.0 - 1e-3..=12.0 / 10.0 + 1e-3).contains(&step));
            }
            for (gain, is_spoken) in gains.iter().zip(spoken) {
                prop_assert!(!is_spoken || (gain + 12.0).abs() < 1e-3);
            }
        }
    }
}
