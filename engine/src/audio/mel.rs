//! The mel spectrogram of F5-TTS (commit 2ae2c9b, `model/modules.py`, "vocos" type): magnitude, 100 triangles on the HTK scale
//! from 0 to 12 kHz without area normalisation, clamped at 1e-5, natural logarithm.

use super::{BIN_COUNT, MEL_BIN_COUNT, SAMPLE_RATE_HZ, Stft};

/// Smallest magnitude before the logarithm; ln 1e-5 = −11.5 is silence.
const MAGNITUDE_FLOOR: f32 = 1e-5;

/// One triangle: where it begins and its weights from there on.
#[derive(Debug)]
struct Triangle {
    first_bin: usize,
    weights: Vec<f32>,
}

/// Samples to log-mel.
#[derive(Debug)]
pub struct MelFrontEnd {
    stft: Stft,
    triangles: Vec<Triangle>,
}

impl Default for MelFrontEnd {
    fn default() -> Self {
        Self::new()
    }
}

impl MelFrontEnd {
    /// Plans the transform and builds the triangles.
    pub fn new() -> Self {
        Self {
            stft: Stft::new(),
            triangles: triangles(),
        }
    }

    /// (samples) → (samples / 256 + 1, 100) row-major. Frame i is centred on sample 256·i. No samples give no frames.
    #[doc(alias = "mel_spec")]
    pub fn log_mel(&self, samples: &[f32]) -> Vec<f32> {
        let spectrum = self.stft.analyze(samples);
        let mut mel = Vec::with_capacity(spectrum.frame_count() * MEL_BIN_COUNT);
        let mut magnitude = [0.0_f32; BIN_COUNT];
        for bins in spectrum.frames() {
            for (magnitude, bin) in magnitude.iter_mut().zip(bins) {
                *magnitude = (bin.re * bin.re + bin.im * bin.im).sqrt();
            }
            mel.extend(self.triangles.iter().map(|triangle| {
                let sum: f32 = triangle
                    .weights
                    .iter()
                    .zip(&magnitude[triangle.first_bin..])
                    .map(|(weight, magnitude)| weight * magnitude)
                    .sum();
                sum.max(MAGNITUDE_FLOOR).ln()
            }));
        }
        mel
    }
}

/// The HTK scale and back: mel = 2595·log10(1 + f / 700).
fn hz_from_mel(mel: f64) -> f64 {
    700.0 * (10_f64.powf(mel / 2595.0) - 1.0)
}

fn triangles() -> Vec<Triangle> {
    let nyquist_hz = f64::from(SAMPLE_RATE_HZ) / 2.0;
    let top = 2595.0 * (1.0 + nyquist_hz / 700.0).log10();
    let edge_hz = |i: usize| hz_from_mel(top * i as f64 / (MEL_BIN_COUNT + 1) as f64);
    (0..MEL_BIN_COUNT)
        .map(|i| {
            let (low_hz, centre_hz, high_hz) = (edge_hz(i), edge_hz(i + 1), edge_hz(i + 2));
            let weights: Vec<f32> = (0..BIN_COUNT)
                .map(|bin| {
                    let hz = nyquist_hz * bin as f64 / (BIN_COUNT - 1) as f64;
                    let rising = (hz - low_hz) / (centre_hz - low_hz);
                    let falling = (high_hz - hz) / (high_hz - centre_hz);
                    rising.min(falling).max(0.0) as f32
                })
                .collect();
            let first_bin = weights.iter().position(|&w| w > 0.0).unwrap_or(0);
            let end_bin = weights.iter().rposition(|&w| w > 0.0).map_or(0, |i| i + 1);
            Triangle {
                first_bin,
                weights: weights[first_bin.min(end_bin)..end_bin].to_vec(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_the_floor() {
        let mel = MelFrontEnd::new().log_mel(&[0.0; 24_000]);
        assert_eq!(mel.len(), 94 * MEL_BIN_COUNT);
        assert!(mel.iter().all(|&x| (x - 1e-5_f32.ln()).abs() < 1e-6));
    }

    #[test]
    fn short_and_empty_sounds_are_allowed() {
        let front_end = MelFrontEnd::new();
        assert!(front_end.log_mel(&[]).is_empty());
        assert_eq!(front_end.log_mel(&[0.5; 3]).len(), MEL_BIN_COUNT);
    }
}
