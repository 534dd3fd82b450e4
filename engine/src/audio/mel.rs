//! The mel spectrogram of F5-TTS (commit 2ae2c9b, `model/modules.py`, "vocos" type): magnitude, 100 triangles on the HTK scale
//! from 0 to 12 kHz without area normalisation, clamped at 1e-5, natural logarithm.

use realfft::num_complex::Complex32;

use super::{BIN_COUNT, MEL_BIN_COUNT, SAMPLE_RATE_HZ, Stft};

/// Smallest magnitude before the logarithm; ln 1e-5 = −11.5 is silence.
const MAGNITUDE_FLOOR: f32 = 1e-5;

/// A bin that the triangles see less of than this counts as if they saw so much.
const MIN_BIN_WEIGHT: f32 = 1e-3;

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
    /// One over what the triangles weigh together at each bin.
    bin_weights: Vec<f32>,
}

impl Default for MelFrontEnd {
    fn default() -> Self {
        Self::new()
    }
}

impl MelFrontEnd {
    /// Plans the transform and builds the triangles.
    pub fn new() -> Self {
        let triangles = triangles();
        let mut bin_weights = vec![0.0_f32; BIN_COUNT];
        for triangle in &triangles {
            let bins = bin_weights[triangle.first_bin..].iter_mut();
            for (sum, weight) in bins.zip(&triangle.weights) {
                *sum += weight;
            }
        }
        for weight in &mut bin_weights {
            *weight = 1.0 / weight.max(MIN_BIN_WEIGHT);
        }
        Self {
            stft: Stft::new(),
            triangles,
            bin_weights,
        }
    }

    /// (samples) → (samples / 256 + 1, 100) row-major. Frame i is centred on sample 256·i. No samples give no frames.
    #[doc(alias = "mel_spec")]
    pub fn log_mel(&self, samples: &[f32]) -> Vec<f32> {
        let spectrum = self.stft.analyze(samples);
        let mut mel = vec![0.0; spectrum.frame_count() * MEL_BIN_COUNT];
        for (bins, mel) in spectrum.frames().zip(mel.chunks_exact_mut(MEL_BIN_COUNT)) {
            self.log_mel_of_frame(bins, mel);
        }
        mel
    }

    /// The bins of one frame → its 100 numbers.
    pub fn log_mel_of_frame(&self, bins: &[Complex32], mel: &mut [f32]) {
        let mut magnitude = [0.0_f32; BIN_COUNT];
        for (magnitude, bin) in magnitude.iter_mut().zip(bins) {
            *magnitude = (bin.re * bin.re + bin.im * bin.im).sqrt();
        }
        for (mel, triangle) in mel.iter_mut().zip(&self.triangles) {
            let sum: f32 = triangle
                .weights
                .iter()
                .zip(&magnitude[triangle.first_bin..])
                .map(|(weight, magnitude)| weight * magnitude)
                .sum();
            *mel = sum.max(MAGNITUDE_FLOOR).ln();
        }
    }

    /// One number a band → one a bin: the mean of the bands that see the bin, 0 where none does.
    pub fn spread_over_bins(&self, bands: &[f32], bins: &mut [f32; BIN_COUNT]) {
        bins.fill(0.0);
        for (band, triangle) in bands.iter().zip(&self.triangles) {
            for (bin, weight) in bins[triangle.first_bin..].iter_mut().zip(&triangle.weights) {
                *bin += band * weight;
            }
        }
        for (bin, weight) in bins.iter_mut().zip(&self.bin_weights) {
            *bin *= weight;
        }
    }

    /// The transform under it.
    pub fn stft(&self) -> &Stft {
        &self.stft
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
    fn bands_spread_over_the_bins_that_they_see() {
        let front_end = MelFrontEnd::new();
        let mut bins = [f32::NAN; BIN_COUNT];
        front_end.spread_over_bins(&[2.0; MEL_BIN_COUNT], &mut bins);
        // No triangle covers 0 Hz and 12 kHz.
        assert!(bins[0].abs() < 1e-6 && bins[BIN_COUNT - 1].abs() < 1e-6);
        assert!(
            bins[1..BIN_COUNT - 1]
                .iter()
                .all(|x| (x - 2.0).abs() < 1e-5)
        );
    }

    #[test]
    fn short_and_empty_sounds_are_allowed() {
        let front_end = MelFrontEnd::new();
        assert!(front_end.log_mel(&[]).is_empty());
        assert_eq!(front_end.log_mel(&[0.5; 3]).len(), MEL_BIN_COUNT);
    }
}
