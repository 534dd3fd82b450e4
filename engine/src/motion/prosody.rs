//! Where a voice puts its stress, as motion of head and brows that goes with it.
//!
//! People nod into stressed syllables and raise their brows on the strongest; the motion begins before the syllable and its turning
//! point falls on it (Hadar et al., 1983; Munhall et al., 2004; Krahmer and Swerts, 2007). Stress is read from loudness and pitch.

use super::FRAMES_PER_SECOND;
use crate::audio::SAMPLE_RATE_HZ;

/// What head and brows do with one frame of speech, each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accent {
    /// Part of a full nod downwards.
    pub nod: f32,
    /// Part of a full raise of the brows.
    pub brow: f32,
}

/// Frames this much below the loudest are pauses, dB.
const SPEECH_RANGE_DB: f32 = 25.0;
/// Speech that varies less than this is taken as flat, dB.
const MIN_SPREAD_DB: f32 = 3.0;
/// Pitch that lies this much higher counts as one standard deviation of loudness, semitones.
const STRESS_SEMITONES: f32 = 4.0;
/// Least distance of two stresses, frames.
const MIN_DISTANCE: usize = 11;
/// A stress is at least this far above the speech around it, standard deviations.
const MIN_SCORE: f32 = 0.5;
/// Strength from which the brows take part.
const BROW_STRENGTH: f32 = 0.45;
/// Range of voices, hertz.
const PITCH_HZ: [f32; 2] = [70.0, 400.0];
/// Least autocorrelation of a voiced frame.
const VOICED: f32 = 0.5;

/// Accents of mono speech at 24 kHz, one for each frame of motion; the last may be shorter.
pub fn accents(samples: &[f32]) -> Vec<Accent> {
    let frame_len = (f64::from(SAMPLE_RATE_HZ) / FRAMES_PER_SECOND) as usize;
    let frames: Vec<&[f32]> = samples.chunks(frame_len).collect();
    let scores = scores(&frames);
    let mut accents = vec![Accent::default(); frames.len()];
    for (peak, strength) in stresses(&scores) {
        for (index, accent) in accents.iter_mut().enumerate() {
            let after = index as f32 - peak as f32;
            accent.nod = accent.nod.max(strength * bump(after, 5.0, 9.0));
            if strength > BROW_STRENGTH {
                accent.brow = accent.brow.max(strength * bump(after + 1.0, 6.0, 15.0));
            }
        }
    }
    accents
}

/// How much each frame stands out, standard deviations; very low in pauses.
fn scores(frames: &[&[f32]]) -> Vec<f32> {
    let level_db: Vec<f32> = frames
        .iter()
        .map(|frame| {
            let power =
                frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len().max(1) as f32;
            10.0 * (power + 1e-9).log10()
        })
        .collect();
    let loudest = level_db.iter().copied().fold(f32::MIN, f32::max);
    // Digital silence has no stress.
    let is_speech = |level: f32| level > loudest - SPEECH_RANGE_DB && level > -60.0;
    let speech: Vec<f32> = level_db.iter().copied().filter(|&l| is_speech(l)).collect();
    let count = speech.len().max(1) as f32;
    let mean = speech.iter().sum::<f32>() / count;
    let variance = speech.iter().map(|l| (l - mean).powi(2)).sum::<f32>() / count;
    let spread = variance.sqrt().max(MIN_SPREAD_DB);
    let pitches: Vec<Option<f32>> = frames
        .iter()
        .zip(&level_db)
        .map(|(frame, &level)| is_speech(level).then(|| semitones(frame)).flatten())
        .collect();
    let mut sorted: Vec<f32> = pitches.iter().flatten().copied().collect();
    sorted.sort_by(f32::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let raw: Vec<f32> = level_db
        .iter()
        .zip(&pitches)
        .map(|(&level, pitch)| {
            if is_speech(level) {
                let high = pitch.map_or(0.0, |pitch| (pitch - median) / STRESS_SEMITONES);
                (level - mean) / spread + high.clamp(-1.0, 1.5)
            } else {
                -3.0
            }
        })
        .collect();
    (0..raw.len())
        .map(|index| {
            let around = &raw[index.saturating_sub(1)..(index + 2).min(raw.len())];
            around.iter().sum::<f32>() / around.len() as f32
        })
        .collect()
}

/// Frame and strength (0 to 1) of each stress.
fn stresses(scores: &[f32]) -> Vec<(usize, f32)> {
    let mut peaks: Vec<usize> = (0..scores.len())
        .filter(|&index| {
            let is_higher = |other: Option<&f32>| other.is_none_or(|&other| scores[index] >= other);
            scores[index] > MIN_SCORE
                && is_higher(index.checked_sub(1).and_then(|before| scores.get(before)))
                && is_higher(scores.get(index + 1))
        })
        .collect();
    peaks.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut taken: Vec<usize> = Vec::new();
    for peak in peaks {
        if taken
            .iter()
            .all(|&other| peak.abs_diff(other) >= MIN_DISTANCE)
        {
            taken.push(peak);
        }
    }
    taken
        .into_iter()
        .map(|peak| (peak, ((scores[peak] - 0.2) / 1.6).clamp(0.0, 1.0)))
        .collect()
}

/// Rises over `rise` frames before 0, falls over `fall` frames after it.
fn bump(after: f32, rise: f32, fall: f32) -> f32 {
    let away = if after < 0.0 {
        -after / rise
    } else {
        after / fall
    };
    if away >= 1.0 {
        0.0
    } else {
        0.5 + 0.5 * (std::f32::consts::PI * away).cos()
    }
}

/// Pitch of a voiced frame in semitones above 1 Hz, by autocorrelation at a quarter of the rate.
fn semitones(frame: &[f32]) -> Option<f32> {
    let slow: Vec<f32> = frame
        .chunks_exact(4)
        .map(|four| four.iter().sum())
        .collect();
    let rate_hz = SAMPLE_RATE_HZ as f32 / 4.0;
    let energy = |part: &[f32]| part.iter().map(|sample| sample * sample).sum::<f32>();
    let lags = (rate_hz / PITCH_HZ[1]) as usize..=(rate_hz / PITCH_HZ[0]) as usize;
    let (lag, alike) = lags
        .filter(|&lag| lag + 32 < slow.len())
        .map(|lag| {
            let (early, late) = (&slow[..slow.len() - lag], &slow[lag..]);
            let product: f32 = early.iter().zip(late).map(|(a, b)| a * b).sum();
            (
                lag,
                product / (energy(early) * energy(late)).sqrt().max(1e-9),
            )
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    (alike > VOICED).then(|| 12.0 * (rate_hz / lag as f32).log2())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a voice with syllables of 0.2 s, the fourth louder and higher.
    fn voice() -> Vec<f32> {
        let mut phase = 0.0_f32;
        (0..48_000)
            .map(|i| {
                let secs = i as f32 / 24_000.0;
                let syllable = (secs / 0.25) as usize;
                let (gain, pitch_hz) = if syllable == 3 {
                    (0.5, 180.0)
                } else {
                    (0.12, 120.0)
                };
                phase += std::f32::consts::TAU * pitch_hz / 24_000.0;
                let shape = (std::f32::consts::PI * (secs / 0.25).fract()).sin();
                gain * shape * (phase.sin() + 0.5 * (2.0 * phase).sin())
            })
            .collect()
    }

    #[test]
    fn the_nod_turns_on_the_stressed_syllable() {
        let accents = accents(&voice());
        assert_eq!(accents.len(), 50);
        let highest = (0..50)
            .max_by(|&a, &b| accents[a].nod.total_cmp(&accents[b].nod))
            .unwrap();
        assert!((19..=25).contains(&highest), "{highest}");
        assert!(accents[highest].nod > 0.6 && accents[highest].brow > 0.6);
        assert!(
            accents
                .windows(2)
                .all(|pair| (pair[0].nod - pair[1].nod).abs() < 0.35)
        );
    }

    #[test]
    fn silence_has_no_accents() {
        assert!(
            accents(&[0.0; 9600])
                .iter()
                .all(|accent| *accent == Accent::default())
        );
        assert!(accents(&[]).is_empty());
    }

    #[test]
    fn pitch_is_found() {
        let tone: Vec<f32> = (0..960)
            .map(|i| (std::f32::consts::TAU * 150.0 * i as f32 / 24_000.0).sin())
            .collect();
        let found = semitones(&tone).unwrap();
        assert!((found - 12.0 * 150.0_f32.log2()).abs() < 0.6, "{found}");
    }
}
