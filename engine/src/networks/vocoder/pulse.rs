//! The voiced half of the excitation: a pulse train at the pitch without anything above 12 kHz.

use std::f64::consts::TAU;

use crate::audio::{HOP_LENGTH, SAMPLE_RATE_HZ};

/// Pitch that stands in where nothing is voiced; it is never heard.
const FALLBACK_HZ: f64 = 150.0;

/// A pulse train that grows with the pitch it is given.
#[derive(Debug, Clone, Default)]
pub struct PulseTrain {
    phase: f64,
    /// The last pitch that was voiced; unvoiced frames hold it.
    held_hz: Option<f64>,
    /// Pitch in Hz and voicing, 0 or 1, of the last frame.
    last: Option<(f64, f64)>,
}

impl PulseTrain {
    /// Appends to `out` the 256 samples between each frame of `f0_hz` and the one before it, which may be the last of the call
    /// before: all harmonics below 12 kHz in phase, power 1, faded by voicing. 0 Hz is unvoiced.
    ///
    /// The sum of cos kφ for k = 1…K has the closed form sin((K + ½)φ) / (2 sin(φ/2)) − ½.
    pub fn extend(&mut self, f0_hz: &[f32], out: &mut Vec<f32>) {
        let rate_hz = f64::from(SAMPLE_RATE_HZ);
        let first_hz = f0_hz.iter().copied().find(|&hz| hz > 0.0).map(f64::from);
        let before_hz = self.held_hz.or(first_hz).unwrap_or(FALLBACK_HZ);
        for &hz in f0_hz {
            if hz > 0.0 {
                self.held_hz = Some(f64::from(hz));
            }
            let next = (
                self.held_hz.unwrap_or(before_hz),
                f64::from(u8::from(hz > 0.0)),
            );
            let Some(last) = self.last.replace(next) else {
                continue;
            };
            for i in 0..HOP_LENGTH {
                let part = i as f64 / HOP_LENGTH as f64;
                let hz = last.0 * (1.0 - part) + next.0 * part;
                self.phase = (self.phase + TAU * hz / rate_hz) % TAU;
                let gate = last.1 * (1.0 - part) + next.1 * part;
                if gate == 0.0 {
                    out.push(0.0);
                    continue;
                }
                let harmonics = (0.5 * rate_hz / hz).floor();
                let half = (self.phase / 2.0).sin();
                let total = if half.abs() < 1e-4 {
                    harmonics
                } else {
                    ((harmonics + 0.5) * self.phase).sin() / (2.0 * half) - 0.5
                };
                out.push((gate * total * (2.0 / harmonics).sqrt()) as f32);
            }
        }
    }
}

/// (n) pitch, 0 where unvoiced → 256·(n − 1) samples.
pub fn pulse_train(f0_hz: &[f32]) -> Vec<f32> {
    let mut out = Vec::with_capacity(HOP_LENGTH * f0_hz.len().saturating_sub(1));
    PulseTrain::default().extend(f0_hz, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Stft;

    #[test]
    fn the_train_has_power_one_and_its_harmonics() {
        let train = pulse_train(&[187.5; 95]);
        assert_eq!(train.len(), 94 * 256);
        let power = train.iter().map(|x| x * x).sum::<f32>() / train.len() as f32;
        assert!((power - 1.0).abs() < 0.02, "{power}");
        // 187.5 Hz is 8 bins.
        let spectrum = Stft::new().analyze(&train);
        let frame = spectrum.frames().nth(40).unwrap();
        for harmonic in 1..60 {
            let (on, between) = (frame[harmonic * 8].norm(), frame[harmonic * 8 + 4].norm());
            assert!(on > 1000.0 * between, "{harmonic}: {on} {between}");
        }
    }

    #[test]
    fn unvoiced_stretches_are_silent_and_hold_the_pitch() {
        assert!(pulse_train(&[0.0; 5]).iter().all(|&x| x == 0.0));
        assert!(pulse_train(&[100.0]).is_empty() && pulse_train(&[]).is_empty());
        // 93.75 Hz has a period of one frame, so a held pitch comes back in phase.
        let train = pulse_train(&[0.0, 93.75, 93.75, 0.0, 0.0, 93.75, 93.75]);
        let frame = |i: usize| &train[i * 256..(i + 1) * 256];
        assert!(frame(3).iter().all(|&x| x == 0.0));
        for (a, b) in frame(1).iter().zip(frame(5)) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
    }

    #[test]
    fn a_train_grows_as_if_made_at_once() {
        let f0_hz: Vec<f32> = (0..60)
            .map(|i| if i % 20 < 4 { 0.0 } else { 120.0 + i as f32 })
            .collect();
        let (mut train, mut grown) = (PulseTrain::default(), Vec::new());
        for part in [0..11, 11..12, 12..43, 43..60] {
            train.extend(&f0_hz[part], &mut grown);
        }
        assert_eq!(grown, pulse_train(&f0_hz));
    }
}
