//! Short-time Fourier transform and its inverse with the conventions of `torch.stft(center=True, pad_mode="reflect")`:
//! periodic Hann window, a hop of a quarter of it, frame i centred on sample hop·i.

use std::sync::Arc;

use rayon::prelude::*;
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use super::{FFT_LENGTH, HOP_LENGTH};

/// Frames of a spectrum, row-major (frames, bins of a frame).
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// All frames, one after the other.
    pub bins: Vec<Complex32>,
    /// How many of them are one frame.
    pub bin_count: usize,
}

impl Spectrum {
    /// How many frames there are.
    pub fn frame_count(&self) -> usize {
        self.bins.len() / self.bin_count
    }

    /// The frames in order.
    pub fn frames(&self) -> impl Iterator<Item = &[Complex32]> {
        self.bins.chunks_exact(self.bin_count)
    }
}

/// The two transforms with their plans and window.
pub struct Stft {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    hop_length: usize,
}

impl std::fmt::Debug for Stft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stft").finish_non_exhaustive()
    }
}

impl Default for Stft {
    fn default() -> Self {
        Self::new()
    }
}

impl Stft {
    /// Plans the transforms of the mel: windows of 1024 samples, 256 apart.
    pub fn new() -> Self {
        Self::finer(1)
    }

    /// Plans transforms with `times` as many frames, of windows as many times shorter; 256 must be a multiple of `times`.
    pub fn finer(times: usize) -> Self {
        let fft_length = FFT_LENGTH / times;
        let mut planner = RealFftPlanner::new();
        let window = (0..fft_length)
            .map(|i| {
                let turn = i as f64 / fft_length as f64;
                (0.5 - 0.5 * (std::f64::consts::TAU * turn).cos()) as f32
            })
            .collect();
        Self {
            forward: planner.plan_fft_forward(fft_length),
            inverse: planner.plan_fft_inverse(fft_length),
            window,
            hop_length: HOP_LENGTH / times,
        }
    }

    /// Bins of a frame.
    pub fn bin_count(&self) -> usize {
        self.window.len() / 2 + 1
    }

    /// The spectrum of `samples`, samples / hop + 1 frames. The ends are mirrored; sound shorter than the mirror is
    /// mirrored over and over, where PyTorch would refuse it.
    pub fn analyze(&self, samples: &[f32]) -> Spectrum {
        let bin_count = self.bin_count();
        let frames = if samples.is_empty() {
            0
        } else {
            samples.len() / self.hop_length + 1
        };
        let mut bins = vec![Complex32::default(); frames * bin_count];
        bins.par_chunks_mut(bin_count).enumerate().for_each_init(
            || {
                (
                    self.forward.make_input_vec(),
                    self.forward.make_scratch_vec(),
                )
            },
            |(windowed, scratch), (frame, row)| {
                self.cut_frame(samples, frame, windowed);
                self.forward
                    .process_with_scratch(windowed, row, scratch)
                    .expect("buffer lengths come from the plan");
            },
        );
        Spectrum { bins, bin_count }
    }

    /// The samples under one frame, windowed.
    fn cut_frame(&self, samples: &[f32], frame: usize, windowed: &mut [f32]) {
        let start = (frame * self.hop_length) as isize - (self.window.len() / 2) as isize;
        let inside = usize::try_from(start)
            .ok()
            .and_then(|start| samples.get(start..start + self.window.len()));
        if let Some(part) = inside {
            for ((out, &sample), &weight) in windowed.iter_mut().zip(part).zip(&self.window) {
                *out = sample * weight;
            }
        } else {
            for (i, (out, &weight)) in windowed.iter_mut().zip(&self.window).enumerate() {
                *out = samples[mirrored(start + i as isize, samples.len())] * weight;
            }
        }
    }

    /// The sound of `spectrum`, `samples` long: overlap-add, divided by the summed squares of the window.
    ///
    /// Frames carry sound until half a window after the middle of the last one; what lies beyond is silence.
    pub fn synthesize(&self, spectrum: &Spectrum, samples: usize) -> Vec<f32> {
        let (fft_length, bin_count) = (self.window.len(), self.bin_count());
        let padded = samples + fft_length;
        let mut sum = vec![0.0_f32; padded];
        let mut weight = vec![0.0_f32; padded];
        let mut row = self.inverse.make_input_vec();
        let mut block = self.inverse.make_output_vec();
        let mut scratch = self.inverse.make_scratch_vec();
        for (frame, bins) in spectrum.frames().enumerate() {
            let start = frame * self.hop_length;
            let count = fft_length.min(padded.saturating_sub(start));
            if count == 0 {
                break;
            }
            row.copy_from_slice(bins);
            // A real signal has real first and last bins; a network does not know.
            row[0].im = 0.0;
            row[bin_count - 1].im = 0.0;
            self.inverse
                .process_with_scratch(&mut row, &mut block, &mut scratch)
                .expect("buffer lengths come from the plan and the outer bins are real");
            for i in 0..count {
                sum[start + i] += block[i] * self.window[i];
                weight[start + i] += self.window[i] * self.window[i];
            }
        }
        // realfft does not scale; PyTorch divides the inverse by the length.
        let scale = 1.0 / fft_length as f32;
        sum[fft_length / 2..fft_length / 2 + samples]
            .iter()
            .zip(&weight[fft_length / 2..])
            .map(|(&sum, &weight)| {
                if weight > 1e-11 {
                    sum * scale / weight
                } else {
                    0.0
                }
            })
            .collect()
    }
}

/// `position` folded into `0..length` by mirrors at the first and the last sample, which are not repeated.
fn mirrored(position: isize, length: usize) -> usize {
    if length == 1 {
        return 0;
    }
    let period = 2 * (length as isize - 1);
    let folded = position.rem_euclid(period);
    folded.min(period - folded) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mirrors_do_not_repeat_the_ends() {
        let folded: Vec<usize> = (-4..8).map(|i| mirrored(i, 4)).collect();
        assert_eq!(folded, [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]);
        assert_eq!(mirrored(-3, 1), 0);
    }

    #[test]
    fn a_cosine_lands_in_its_bin() {
        let samples: Vec<f32> = (0..4096)
            .map(|i| (std::f32::consts::TAU * 64.0 * i as f32 / 1024.0).cos())
            .collect();
        let spectrum = Stft::new().analyze(&samples);
        assert_eq!(spectrum.frame_count(), 17);
        let middle = spectrum.frames().nth(8).unwrap();
        // Half of the window's sum: 1024 / 2 / 2.
        assert!((middle[64].norm() - 256.0).abs() < 0.1);
        assert!(middle[100].norm() < 0.1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn analysis_and_synthesis_return_the_signal(
            samples in prop::collection::vec(-1.0_f32..1.0, 1..6000),
            times in prop::sample::select(vec![1_usize, 2, 4]),
        ) {
            let stft = Stft::finer(times);
            let back = stft.synthesize(&stft.analyze(&samples), samples.len());
            prop_assert_eq!(back.len(), samples.len());
            for (a, b) in samples.iter().zip(&back) {
                prop_assert!((a - b).abs() < 2e-5, "{} {}", a, b);
            }
        }
    }
}
