//! The chest: slow and even in silence; in speech a quick breath in before a phrase, let out over the words.
//!
//! People who rest take 12 to 20 breaths a minute, half of the time in. Who speaks breathes in within half a second, at the pauses between
//! phrases, and out for as long as the phrase lasts (Winkworth et al., 1995; Rochet-Capellan and Fuchs, 2013).

use super::FRAMES_PER_SECOND;

/// Breaths in a second at rest.
const REST_HZ: f64 = 0.24;
/// How full the chest is at the ends of a resting breath, 0 to 1.
const REST_RANGE: [f64; 2] = [0.15, 0.55];
/// Frames of silence after a phrase before the next breath begins.
const PAUSE_FRAMES: u32 = 2;
/// Time that a breath between two phrases takes, seconds.
const BREATH_IN_SECS: f64 = 0.36;
/// Time in which a full chest would be spoken empty, seconds.
const PHRASE_SECS: f64 = 6.0;
/// Time for which a full chest waits for the next phrase before it rests, seconds.
const READY_SECS: f64 = 1.0;
/// The chest follows within about this time, seconds: nothing starts with a jerk.
const FOLLOW_SECS: f64 = 0.08;

/// A chest that fills and empties, frame by frame.
#[derive(Clone, Debug)]
pub(super) struct Breath {
    /// Of the resting breath, radians; 0 is empty.
    phase: f64,
    /// Where the chest is bound for.
    wanted: f64,
    /// Two stages of following, the second of which is shown.
    follows: [f64; 2],
    /// What it does besides resting.
    speech: Option<Speech>,
}

#[derive(Clone, Copy, Debug)]
enum Speech {
    Words,
    /// In a pause, for so many frames.
    Pause(u32),
}

impl Breath {
    /// At rest, so far into a breath.
    pub(super) fn new(phase: f64) -> Self {
        let full = resting(phase);
        Self {
            phase,
            wanted: full,
            follows: [full; 2],
            speech: None,
        }
    }

    /// How full the chest is in the next frame, 0 to 1. `speaks`: words sound now.
    pub(super) fn next(&mut self, speaks: bool) -> f64 {
        self.speech = match (self.speech, speaks) {
            (_, true) => Some(Speech::Words),
            (Some(Speech::Words), false) => Some(Speech::Pause(1)),
            (Some(Speech::Pause(frames)), false) => {
                let waited_secs = f64::from(frames) / FRAMES_PER_SECOND;
                (waited_secs < BREATH_IN_SECS + READY_SECS).then_some(Speech::Pause(frames + 1))
            }
            (None, false) => None,
        };
        let frame_secs = 1.0 / FRAMES_PER_SECOND;
        match self.speech {
            Some(Speech::Words) => self.wanted = (self.wanted - frame_secs / PHRASE_SECS).max(0.0),
            Some(Speech::Pause(frames)) if frames > PAUSE_FRAMES => {
                self.wanted = (self.wanted + frame_secs / BREATH_IN_SECS).min(1.0);
                // Rest begins with breathing out.
                self.phase = std::f64::consts::PI;
            }
            Some(Speech::Pause(_)) => {}
            None => {
                self.phase += std::f64::consts::TAU * REST_HZ * frame_secs;
                // After speech the chest comes down to the resting breath.
                self.wanted += 0.06 * (resting(self.phase) - self.wanted);
            }
        }
        let pace = frame_secs / (FOLLOW_SECS + frame_secs);
        self.follows[0] += pace * (self.wanted - self.follows[0]);
        self.follows[1] += pace * (self.follows[0] - self.follows[1]);
        self.follows[1]
    }
}

fn resting(phase: f64) -> f64 {
    let [empty, full] = REST_RANGE;
    empty + (full - empty) * (0.5 - 0.5 * phase.cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How full the chest is over a text: 2 s of silence, then phrases of 2 s with 0.6 s between, then silence.
    fn told() -> (Vec<bool>, Vec<f64>) {
        let seconds = |count: f64, speaks| vec![speaks; (count * FRAMES_PER_SECOND) as usize];
        let mut speaks = seconds(2.0, false);
        for _ in 0..4 {
            speaks.extend(seconds(2.0, true));
            speaks.extend(seconds(0.6, false));
        }
        speaks.extend(seconds(20.0, false));
        let mut breath = Breath::new(0.0);
        let chest = speaks.iter().map(|&speaks| breath.next(speaks)).collect();
        (speaks, chest)
    }

    #[test]
    fn each_pause_fills_the_chest_and_each_phrase_empties_it() {
        let (speaks, chest) = told();
        let last_word = speaks.iter().rposition(|&speaks| speaks).unwrap();
        let starts: Vec<usize> = (1..last_word)
            .filter(|&i| speaks[i] && !speaks[i - 1])
            .collect();
        assert_eq!(starts.len(), 4);
        for &start in &starts[1..] {
            let (before, at, after) = (chest[start - 12], chest[start + 6], chest[start + 48]);
            assert!(at > before + 0.2, "{before} to {at}");
            assert!(after < at - 0.2, "{at} to {after}");
        }
    }

    #[test]
    fn the_chest_never_jerks_and_comes_to_rest() {
        let (_, chest) = told();
        assert!(chest.iter().all(|full| (0.0..=1.0).contains(full)));
        assert!(chest.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.1));
        let end = &chest[chest.len() - 250..];
        let (low, high) = end.iter().fold((1.0f64, 0.0f64), |(low, high), &x| {
            (low.min(x), high.max(x))
        });
        assert!(
            (0.1..0.35).contains(&low) && (0.4..0.6).contains(&high),
            "{low} {high}"
        );
    }
}
