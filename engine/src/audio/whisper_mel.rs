//! Whisper's log mel (openai/whisper commit c0d2f62, `whisper/audio.py`): 80 triangles of equal area on Slaney's scale up to 8 kHz, power,
//! logarithm to base 10, 80 dB at most under the loudest, of sound at 16 kHz in windows of 25 ms, 10 ms apart.

use std::sync::Arc;

use rayon::prelude::*;
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

/// Sample rate that Whisper hears, Hz.
pub const WHISPER_RATE_HZ: u32 = 16_000;
/// Numbers in a frame.
pub const WHISPER_MEL_BINS: usize = 80;
/// Samples from one frame to the next.
pub const WHISPER_HOP_LENGTH: usize = 160;
/// Samples of a window.
const WINDOW_LENGTH: usize = 400;
const BIN_COUNT: usize = WINDOW_LENGTH / 2 + 1;
/// Smallest power before the logarithm.
const POWER_FLOOR: f32 = 1e-10;
/// Slaney's scale is linear up to this frequency and logarithmic above.
const LINEAR_TO_HZ: f64 = 1000.0;

/// Samples to log mel.
pub struct WhisperMel {
    forward: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// (80, 201) row-major.
    filters: Vec<f32>,
}

impl std::fmt::Debug for WhisperMel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WhisperMel").finish_non_exhaustive()
    }
}

impl Default for WhisperMel {
    fn default() -> Self {
        Self::new()
    }
}

impl WhisperMel {
    /// Plans the transform and builds the triangles.
    pub fn new() -> Self {
        let turn = |i: usize| std::f64::consts::TAU * i as f64 / WINDOW_LENGTH as f64;
        Self {
            forward: RealFftPlanner::new().plan_fft_forward(WINDOW_LENGTH),
            window: (0..WINDOW_LENGTH)
                .map(|i| (0.5 - 0.5 * turn(i).cos()) as f32)
                .collect(),
            filters: triangles(),
        }
    }

    /// (samples) at 16 kHz → (samples / 160, 80) row-major. Frame i is centred on sample 160·i; the ends are mirrored.
    pub fn log_mel(&self, samples: &[f32]) -> Vec<f32> {
        let frames = samples.len() / WHISPER_HOP_LENGTH;
        let mut mel = vec![0.0; frames * WHISPER_MEL_BINS];
        mel.par_chunks_mut(WHISPER_MEL_BINS)
            .enumerate()
            .for_each_init(
                || {
                    (
                        self.forward.make_input_vec(),
                        self.forward.make_output_vec(),
                        self.forward.make_scratch_vec(),
                    )
                },
                |(windowed, bins, scratch), (frame, row)| {
                    for (i, (out, weight)) in windowed.iter_mut().zip(&self.window).enumerate() {
                        let at = (frame * WHISPER_HOP_LENGTH + i) as isize;
                        *out = weight * mirrored(samples, at - (WINDOW_LENGTH / 2) as isize);
                    }
                    self.forward
                        .process_with_scratch(windowed, bins, scratch)
                        .expect("buffer lengths come from the plan");
                    self.log_of_frame(bins, row);
                },
            );
        let largest = mel.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for value in &mut mel {
            *value = (value.max(largest - 8.0) + 4.0) / 4.0;
        }
        mel
    }

    fn log_of_frame(&self, bins: &[Complex32], row: &mut [f32]) {
        let mut power = [0.0_f32; BIN_COUNT];
        for (power, bin) in power.iter_mut().zip(bins) {
            *power = bin.norm_sqr();
        }
        for (value, filter) in row.iter_mut().zip(self.filters.chunks_exact(BIN_COUNT)) {
            let sum: f32 = filter.iter().zip(&power).map(|(a, b)| a * b).sum();
            *value = sum.max(POWER_FLOOR).log10();
        }
    }
}

/// The sample at `at`, mirrored at the ends without repeating the last one; silence where there is none.
fn mirrored(samples: &[f32], at: isize) -> f32 {
    let last = samples.len() as isize - 1;
    if last <= 0 {
        return samples.first().copied().unwrap_or(0.0);
    }
    let at = at.rem_euclid(2 * last);
    samples[at.min(2 * last - at) as usize]
}

/// (80, 201): triangles evenly spaced on Slaney's scale, each of area 1 over frequency.
fn triangles() -> Vec<f32> {
    let top = mel_of(f64::from(WHISPER_RATE_HZ) / 2.0);
    let edges_hz: Vec<f64> = (0..WHISPER_MEL_BINS + 2)
        .map(|i| hz_of(top * i as f64 / (WHISPER_MEL_BINS + 1) as f64))
        .collect();
    let mut filters = vec![0.0; WHISPER_MEL_BINS * BIN_COUNT];
    for (edges, filter) in edges_hz.windows(3).zip(filters.chunks_exact_mut(BIN_COUNT)) {
        let area = 2.0 / (edges[2] - edges[0]);
        for (bin, weight) in filter.iter_mut().enumerate() {
            let hz = f64::from(WHISPER_RATE_HZ) * bin as f64 / WINDOW_LENGTH as f64;
            let rising = (hz - edges[0]) / (edges[1] - edges[0]);
            let falling = (edges[2] - hz) / (edges[2] - edges[1]);
            *weight = (area * rising.min(falling).max(0.0)) as f32;
        }
    }
    filters
}

/// Slaney's scale: 3 mel for 200 Hz up to 1 kHz, 27 mel for each factor of 6.4 above.
fn mel_of(hz: f64) -> f64 {
    match hz < LINEAR_TO_HZ {
        true => hz * 3.0 / 200.0,
        false => 15.0 + 27.0 * (hz / LINEAR_TO_HZ).ln() / 6.4_f64.ln(),
    }
}

fn hz_of(mel: f64) -> f64 {
    match mel < 15.0 {
        true => mel * 200.0 / 3.0,
        false => LINEAR_TO_HZ * (6.4_f64.ln() * (mel - 15.0) / 27.0).exp(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_slaneys() {
        for hz in [0.0, 200.0, 999.0, 1000.0, 6400.0, 8000.0] {
            assert!((hz_of(mel_of(hz)) - hz).abs() < 1e-6, "{hz}");
        }
        assert!((mel_of(6400.0) - 42.0).abs() < 1e-9);
    }

    #[test]
    fn a_tone_is_loudest_where_it_lies_and_silence_is_even() {
        let tone: Vec<f32> = (0..16_000)
            .map(|i| (std::f32::consts::TAU * 1000.0 * i as f32 / 16_000.0).sin())
            .collect();
        let mel = WhisperMel::new().log_mel(&tone);
        assert_eq!(mel.len(), 100 * WHISPER_MEL_BINS);
        let frame = &mel[50 * WHISPER_MEL_BINS..][..WHISPER_MEL_BINS];
        let loudest = (0..WHISPER_MEL_BINS)
            .max_by(|&a, &b| frame[a].total_cmp(&frame[b]))
            .unwrap();
        // 15 of 45.2 mel, 81 steps.
        assert!((25..=28).contains(&loudest), "{loudest}");
        let silence = WhisperMel::new().log_mel(&[0.0; 1600]);
        assert!(
            silence.iter().all(|&x| (x + 1.5).abs() < 1e-6),
            "{silence:?}"
        );
        assert!(WhisperMel::new().log_mel(&[0.1; 100]).is_empty());
    }
}
