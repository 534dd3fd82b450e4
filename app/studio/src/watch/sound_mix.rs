//! The clip's own sound under the speech.

use engine::audio::SAMPLE_RATE_HZ;
use engine::synthesizer::SAMPLES_PER_FRAME;

use super::speaking::SpokenNarration;
use crate::ducking::{Ducker, Ducking, fade, rounded_off};

/// How the clip's sound makes room for the speech.
const DUCKING: Ducking = Ducking {
    reduction_db: 15.0,
    attack_secs: 0.3,
    release_secs: 0.3,
    short_pause_secs: 0.7,
};
/// At the edges of a pause of the clip.
const FADE_SAMPLES: usize = SAMPLE_RATE_HZ as usize / 100;

/// Speech and the clip's sound together, [`SAMPLES_PER_FRAME`] for each frame of the film. `volume` is the clip's, 0 to 1.
pub fn mixed(spoken: &SpokenNarration, clip_sound: Option<&[f32]>, volume: f32) -> Vec<f32> {
    let frames = spoken.timeline.frame_count();
    let mut mix = match clip_sound {
        Some(sound) => beside_the_pictures(spoken, sound),
        None => vec![0.0; frames * SAMPLES_PER_FRAME],
    };
    let gains = gains(spoken, frames);
    for (samples, pair) in mix
        .chunks_exact_mut(SAMPLES_PER_FRAME)
        .zip(gains.windows(2))
    {
        fade(samples, volume * pair[0], volume * pair[1]);
    }
    for line in &spoken.lines {
        let at = line.first_frame * SAMPLES_PER_FRAME;
        for (sample, said) in mix.iter_mut().skip(at).zip(&line.samples) {
            *sample += said;
        }
    }
    for sample in &mut mix {
        *sample = rounded_off(*sample);
    }
    mix
}

/// The clip's sound in the time of the film, silent where the clip waits.
fn beside_the_pictures(spoken: &SpokenNarration, sound: &[f32]) -> Vec<f32> {
    let timeline = &spoken.timeline;
    let frames = timeline.frame_count();
    let mut out = vec![0.0; frames * SAMPLES_PER_FRAME];
    let mut was_still = true;
    for frame in 0..frames {
        let (clip_frame, is_still) = timeline.clip_frame(frame);
        let at = frame * SAMPLES_PER_FRAME;
        if !is_still {
            let from = clip_frame * SAMPLES_PER_FRAME;
            let source = sound.get(from..).unwrap_or_default();
            for (sample, &value) in out[at..at + SAMPLES_PER_FRAME].iter_mut().zip(source) {
                *sample = value;
            }
        }
        if is_still != was_still && frame > 0 {
            for index in 0..FADE_SAMPLES {
                let gain = index as f32 / FADE_SAMPLES as f32;
                out[at - 1 - index] *= gain;
                out[at + index] *= gain;
            }
        }
        was_still = is_still;
    }
    out
}

/// The gain of the clip's sound where each frame begins, and behind the last one.
fn gains(spoken: &SpokenNarration, frames: usize) -> Vec<f32> {
    let mut is_spoken = vec![false; frames + 1];
    for line in &spoken.lines {
        let end = (line.first_frame + line.mouth.len()).min(frames);
        is_spoken[line.first_frame.min(end)..end].fill(true);
    }
    let mut ducker = Ducker::new(&DUCKING);
    let mut gains: Vec<f32> = is_spoken
        .into_iter()
        .filter_map(|is| ducker.push(is))
        .collect();
    gains.extend(ducker.finish());
    gains
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::speaking::SpokenLine;
    use crate::watch::timeline::{Claim, Timeline};
    use engine::motion::MouthFrame;

    /// A clip of 6 s with a line of 1 s at 3 s; the line is silent.
    fn spoken(claims: &[(f64, f64)]) -> SpokenNarration {
        let claims: Vec<Claim> = claims
            .iter()
            .map(|&(start_secs, spoken_secs)| Claim {
                start_secs,
                spoken_secs,
            })
            .collect();
        let timeline = Timeline::new(6.0, &claims);
        let lines = timeline.starts().iter().zip(&claims);
        SpokenNarration {
            lines: lines
                .map(|(&first_frame, claim)| {
                    let frames = (claim.spoken_secs * 25.0) as usize;
                    SpokenLine {
                        first_frame,
                        samples: vec![0.0; frames * SAMPLES_PER_FRAME],
                        mouth: vec![MouthFrame::default(); frames],
                        accents: Vec::new(),
                        tongue: Vec::new(),
                        words: Vec::new(),
                        rate: 1.0,
                    }
                })
                .collect(),
            timeline,
        }
    }

    fn at(mix: &[f32], secs: f32) -> f32 {
        mix[(secs * SAMPLE_RATE_HZ as f32) as usize]
    }

    #[test]
    fn the_clip_is_quiet_while_somebody_speaks() {
        let sound = vec![0.5; 6 * SAMPLE_RATE_HZ as usize];
        let mix = mixed(&spoken(&[(3.0, 1.0)]), Some(&sound), 1.0);
        assert_eq!(mix.len(), sound.len());
        assert_eq!((at(&mix, 2.0), at(&mix, 5.0)), (0.5, 0.5));
        for secs in [3.0, 3.5, 3.9] {
            let ducked = 0.5 * 10.0_f32.powf(-DUCKING.reduction_db / 20.0);
            assert!((at(&mix, secs) - ducked).abs() < 1e-4);
        }
        // No step anywhere.
        let step = mix.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        assert!(step.fold(0.0, f32::max) < 1e-3);
    }

    #[test]
    fn the_clip_is_silent_while_it_waits_and_loses_nothing() {
        let frames = 6 * 25;
        let sound: Vec<f32> = (0..frames * SAMPLES_PER_FRAME)
            .map(|index| 0.1 + (index / SAMPLES_PER_FRAME) as f32 * 0.001)
            .collect();
        // The first line takes 3.87 s of the 2 s that it has.
        let spoken = spoken(&[(0.0, 3.87), (2.0, 1.0)]);
        let mix = mixed(&spoken, Some(&sound), 1.0);
        assert_eq!(at(&mix, 3.0), 0.0);
        let clip_end = spoken.timeline.frame_count() as f32 / 25.0;
        assert!((at(&mix, clip_end - 0.02) - at(&sound, 5.98)).abs() < 1e-3);
    }

    #[test]
    fn nothing_is_louder_than_full_scale() {
        let loud = vec![3.0; SAMPLE_RATE_HZ as usize];
        assert!(
            mixed(&spoken(&[]), Some(&loud), 1.0)
                .iter()
                .all(|sample| *sample <= 1.0)
        );
        let soft = mixed(&spoken(&[]), Some(&loud), 0.0);
        assert!(soft.iter().all(|sample| *sample == 0.0));
    }
}
