//! Leaves the mouth shut where nobody speaks.

use crate::audio::{HOP_LENGTH, MEL_BIN_COUNT, SAMPLE_RATE_HZ};
use crate::motion::MouthFrame;
use crate::speech::SAMPLES_PER_FRAME;

/// Mel frames in a patch of the speech detector.
const PATCH_FRAMES: usize = 2;
const PATCHES_PER_SEC: f64 = SAMPLE_RATE_HZ as f64 / (PATCH_FRAMES * HOP_LENGTH) as f64;
/// Somebody who speaks within this reach of a frame moves it: lips open before the sound and shut after it, in seconds.
const BEFORE_SECS: f64 = 0.12;
const AFTER_SECS: f64 = 0.24;
/// Log odds of speech below which the mouth rests and above which it is left alone.
const LOG_ODDS: (f32, f32) = (-2.0, -0.5);
/// Patches to both sides over which the loud part must be speech: a beat or a string sounds like a vowel now and then, but not
/// for long. 25 recordings of people have 0.84 at least, pieces of music 0.09 at most.
const AROUND_PATCHES: usize = 35;
const SHARES: (f32, f32) = (0.45, 0.6);
/// Frames to both sides over which the two are blended, so that lips neither snap open nor shut.
const BLEND_FRAMES: usize = 2;

/// Brings `mouth` to rest in frames that no speech is near. `log_odds` are those of the speech detector for the same stretch,
/// `mel` (2·n, 100) is what it heard.
pub fn rest_in_silence(mouth: &mut [MouthFrame], log_odds: &[f32], mel: &[f32]) {
    let shares = speech_shares(log_odds, mel);
    let moving: Vec<f32> = (0..mouth.len())
        .map(|frame| {
            let secs = (frame * SAMPLES_PER_FRAME) as f64 / f64::from(SAMPLE_RATE_HZ);
            let patch = |secs: f64| (secs.max(0.0) * PATCHES_PER_SEC) as usize;
            let first = patch(secs - AFTER_SECS).min(log_odds.len());
            let end = (patch(secs + BEFORE_SECS) + 1).min(log_odds.len());
            // Where nothing is known, as beyond the end, the mouth is left alone.
            if first >= end {
                return 1.0;
            }
            let most = log_odds[first..end]
                .iter()
                .copied()
                .fold(f32::NEG_INFINITY, f32::max);
            let here = patch(secs).min(log_odds.len() - 1);
            ramp(most, LOG_ODDS) * ramp(shares[here], SHARES)
        })
        .collect();
    for (frame, mouth) in mouth.iter_mut().enumerate() {
        let near = frame.saturating_sub(BLEND_FRAMES)..(frame + BLEND_FRAMES + 1).min(moving.len());
        let share = moving[near.clone()].iter().sum::<f32>() / near.len() as f32;
        *mouth = mouth.map(|value| value * share);
    }
}

/// For each patch how much of what is loud around it is speech, 0 to 1.
fn speech_shares(log_odds: &[f32], mel: &[f32]) -> Vec<f32> {
    let loudness = |patch: usize| -> f32 {
        let width = PATCH_FRAMES * MEL_BIN_COUNT;
        mel[patch * width..(patch + 1) * width]
            .iter()
            .map(|x| x.exp())
            .sum()
    };
    let weights: Vec<f32> = (0..log_odds.len()).map(loudness).collect();
    (0..log_odds.len())
        .map(|patch| {
            let around = patch.saturating_sub(AROUND_PATCHES)
                ..(patch + AROUND_PATCHES + 1).min(log_odds.len());
            let speech: f32 = around
                .clone()
                .map(|i| weights[i] / (1.0 + (-log_odds[i]).exp()))
                .sum();
            speech / weights[around].iter().sum::<f32>().max(f32::MIN_POSITIVE)
        })
        .collect()
}

/// 0 up to the first limit, 1 from the second on.
fn ramp(value: f32, (low, high): (f32, f32)) -> f32 {
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: MouthFrame = MouthFrame {
        corner: [0.5; 3],
        upper_lip: [0.5; 3],
        lower_lip: [0.5; 3],
        chin: [0.5; 3],
    };
    const SHUT: MouthFrame = MouthFrame {
        corner: [0.0; 3],
        upper_lip: [0.0; 3],
        lower_lip: [0.0; 3],
        chin: [0.0; 3],
    };

    /// Four seconds; `at` gives the log odds and the loudness at a time.
    fn rested(at: impl Fn(f64) -> (f32, f32)) -> Vec<MouthFrame> {
        let patches = (4.0 * PATCHES_PER_SEC) as usize;
        let told: Vec<(f32, f32)> = (0..patches)
            .map(|i| at(i as f64 / PATCHES_PER_SEC))
            .collect();
        let log_odds: Vec<f32> = told.iter().map(|told| told.0).collect();
        let mel: Vec<f32> = told
            .iter()
            .flat_map(|told| [told.1.ln(); PATCH_FRAMES * MEL_BIN_COUNT])
            .collect();
        let mut mouth = vec![OPEN; 100];
        rest_in_silence(&mut mouth, &log_odds, &mel);
        mouth
    }

    #[test]
    fn the_mouth_rests_away_from_speech_and_moves_in_it() {
        let mouth = rested(|secs| match (1.0..2.0).contains(&secs) {
            true => (4.0, 1.0),
            false => (-4.0, 0.001),
        });
        assert_eq!(mouth[30..45], [OPEN; 15]);
        assert!(mouth[..18].iter().chain(&mouth[62..]).all(|m| *m == SHUT));
        // It gets there in steps that no eye takes for a jump.
        for pair in mouth.windows(2) {
            assert!((pair[0].corner[0] - pair[1].corner[0]).abs() < 0.11);
        }
    }

    #[test]
    fn one_short_word_in_silence_is_speech() {
        let mouth = rested(|secs| match (2.0..2.2).contains(&secs) {
            true => (4.0, 1.0),
            false => (-4.0, 0.001),
        });
        assert_eq!(mouth[52], OPEN);
    }

    #[test]
    fn a_beat_that_sounds_like_a_vowel_is_none() {
        let mouth = rested(|secs| match secs % 0.5 < 0.15 {
            true => (4.0, 1.0),
            false => (-4.0, 1.0),
        });
        assert!(mouth.iter().all(|m| *m == SHUT));
    }

    #[test]
    fn where_nothing_is_known_the_mouth_is_left_alone() {
        let mut unknown = vec![OPEN; 10];
        rest_in_silence(&mut unknown, &[], &[]);
        assert_eq!(unknown, [OPEN; 10]);
    }
}
