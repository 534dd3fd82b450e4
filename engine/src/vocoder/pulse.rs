//! The voiced half of the excitation: a pulse train at the pitch without anything above 12 kHz.

use std::f64::consts::TAU;

use crate::audio::{HOP_LENGTH, SAMPLE_RATE_HZ};

/// Pitch that stands in where nothing is voiced; it is never heard.
const FALLBACK_HZ: f64 = 150.0;

/// (n) pitch, 0 where unvoiced → the last voiced value held; before the first one, the first.
fn fill_unvoiced(f0_hz: &[f32]) -> Vec<f64> {
    let first = f0_hz.iter().copied().find(|&hz| hz > 0.0);
    let mut held = first.map_or(FALLBACK_HZ, f64::from);
    f0_hz
        .iter()
        .map(|&hz| {
            if hz > 0.0 {
                held = f64::from(hz);
            }
            held
        })
        .collect()
}

/// (n) pitch, 0 where unvoiced → 256·(n − 1) samples: all harmonics below 12 kHz in phase, power 1, faded by voicing.
///
/// The sum of cos kφ for k = 1…K has the closed form sin((K + ½)φ) / (2 sin(φ/2)) − ½.
pub fn pulse_train(f0_hz: &[f32]) -> Vec<f32> {
    let filled = fill_unvoiced(f0_hz);
    let rate_hz = f64::from(SAMPLE_RATE_HZ);
    let mut phase = 0.0_f64;
    let mut out = Vec::with_capacity(HOP_LENGTH * f0_hz.len().saturating_sub(1));
    for (pair, voicing) in filled.windows(2).zip(f0_hz.windows(2)) {
        let gate = [voicing[0], voicing[1]].map(|hz| f64::from(u8::from(hz > 0.0)));
        for i in 0..HOP_LENGTH {
            let part = i as f64 / HOP_LENGTH as f64;
            let hz = pair[0] * (1.0 - part) + pair[1] * part;
            phase = (phase + TAU * hz / rate_hz) % TAU;
            let gate = gate[0] * (1.0 - part) + gate[1] * part;
            if gate == 0.0 {
                out.push(0.0);
                continue;
            }
            let harmonics = (0.5 * rate_hz / hz).floor();
            let half = (phase / 2.0).sin();
            let total = if half.abs() < 1e-4 {
                harmonics
            } else {
                ((harmonics + 0.5) * phase).sin() / (2.0 * half) - 0.5
            };
            out.push((gate * total * (2.0 / harmonics).sqrt()) as f32);
        }
    }
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
        assert_eq!(
            fill_unvoiced(&[0.0, 100.0, 0.0, 0.0, 200.0, 0.0]),
            [100.0, 100.0, 100.0, 100.0, 200.0, 200.0]
        );
        assert_eq!(fill_unvoiced(&[0.0; 2]), [150.0; 2]);
        assert!(pulse_train(&[0.0; 5]).iter().all(|&x| x == 0.0));
        assert!(pulse_train(&[100.0]).is_empty() && pulse_train(&[]).is_empty());
    }
}
