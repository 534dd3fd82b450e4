//! The built-in vocoder: a pulse train at the pitch and white noise, each filtered bin by bin in the STFT domain, added.
//! Specification: `models/recipe/vocoder/model.py`, `HarmonicVocoder`. Shape letter: `n` mel frames.
//! What noise and overlapping frames then do to the spectrum is mended by comparing the mel of the sound with the one asked for.
//!
//! The network has no phase to invent for voiced sound: the pulse train brings it. So 5 million parameters are enough.

use candle_core::Result;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use realfft::num_complex::Complex32;
use serde::Deserialize;

use super::layers::Convolution;
use super::pulse::pulse_train;
use super::{FusedVocoderNetwork, VocoderNetwork, VocoderWeights};
use crate::audio::{BIN_COUNT, HOP_LENGTH, MEL_BIN_COUNT, MelFrontEnd, Stft};
use crate::kernels::{Activation, Linear, exp, rows_per_task, vectorized};
use crate::networks::NetworkError;
use crate::weights::Weights;

/// Largest natural logarithm of a gain.
const LOG_GAIN_LIMIT: f32 = 8.0;
/// Largest natural logarithm of what a correction scales a bin by: a hundred.
const LOG_CORRECTION_LIMIT: f32 = 4.605_170_2;
/// Natural logarithm of the most that a correction makes a frame louder by: a mel that is beyond all speech is not to be followed
/// all the way.
const LOG_LOUDER_LIMIT: f32 = 0.5;
/// Frames to either side that a sample depends on through a transform and its inverse, of which each correction is another pair.
pub const TRANSFORM_CONTEXT_FRAMES: usize = 4;
/// Most corrections: [`super::Vocoder::CONTEXT_FRAMES`] has room for them.
pub const MAX_CORRECTIONS: usize = 1;
/// Taps of the convolutions that read the pitch from the mel.
const PITCH_TAPS: usize = 5;
/// Frames to either side that a frame's pitch is read from: two such convolutions.
pub const PITCH_CONTEXT_FRAMES: usize = 2 * (PITCH_TAPS / 2);

/// Sizes and scales, with the names of the recipe.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Always "harmonic".
    pub architecture: String,
    /// Numbers in a mel frame, 100.
    pub mel_bins: usize,
    /// Width of the ConvNeXt.
    pub dim: usize,
    /// Width inside its blocks.
    pub intermediate_dim: usize,
    /// How many blocks.
    pub num_layers: usize,
    /// Width of the part that reads the pitch from the mel.
    pub pitch_dim: usize,
    /// Mean of the mel over the training speech.
    pub mel_mean: f32,
    /// Its standard deviation.
    pub mel_std: f32,
    /// Mean of ln(pitch in Hz).
    pub log_pitch_mean: f32,
    /// Its standard deviation.
    pub log_pitch_std: f32,
    /// Filters for a mel frame; they work in as many times more frames, in windows as many times shorter than the mel's. Windows of
    /// 43 ms leave to noise what a voice does within a few periods.
    #[serde(default = "one")]
    pub filters_per_frame: usize,
    /// How often the sound is brought nearer to the mel after it is made.
    #[serde(default)]
    pub mel_corrections: usize,
}

/// What weights without the field have.
fn one() -> usize {
    1
}

impl Config {
    /// Whether the front end and the transforms are what it asks for.
    fn check(&self) -> Result<()> {
        if self.mel_bins != MEL_BIN_COUNT {
            candle_core::bail!(
                "mel_bins is {}, the front end has {MEL_BIN_COUNT}",
                self.mel_bins
            );
        }
        if self.mel_corrections > MAX_CORRECTIONS {
            candle_core::bail!(
                "mel_corrections is {}, at most {MAX_CORRECTIONS} are known",
                self.mel_corrections
            );
        }
        let finer = self.filters_per_frame;
        if finer == 0 || !HOP_LENGTH.is_multiple_of(finer) {
            candle_core::bail!("filters_per_frame is {finer}, which does not divide {HOP_LENGTH}");
        }
        Ok(())
    }

    /// The network's sizes and places; `vb` stands at the root of the checkpoint.
    ///
    /// # Errors
    /// If the configuration means nothing.
    pub fn network(&self, vb: &Weights) -> Result<VocoderWeights> {
        self.check()?;
        let finer = self.filters_per_frame;
        Ok(VocoderWeights {
            // Beside the mel: normalised log pitch and voicing.
            inputs: self.mel_bins + 2,
            dim: self.dim,
            intermediate_dim: self.intermediate_dim,
            num_layers: self.num_layers,
            outputs: finer * 4 * Stft::finer(finer).bin_count(),
            backbone: vb.clone(),
            head: vb.pp("head"),
        })
    }
}

/// Reads a pitch from a mel that comes without one.
#[derive(Debug)]
struct PitchHead {
    conv1: Convolution,
    conv2: Convolution,
    out: Linear,
}

/// The network and its transforms.
pub struct HarmonicVocoder {
    config: Config,
    /// Always on the CPU: it is a twenty-fifth of the work, and whether a frame is voiced must not depend on who computes.
    pitch: PitchHead,
    /// Frames of mel, pitch and voicing → filters.
    network: Box<dyn VocoderNetwork>,
    /// Where the filters work.
    stft: Stft,
    front_end: MelFrontEnd,
}

impl HarmonicVocoder {
    /// On the CPU. `vb` stands at the root of the checkpoint.
    ///
    /// # Errors
    /// If the configuration means nothing, or naming the first tensor that is missing or has another shape.
    pub fn new(config: &Config, vb: &Weights) -> Result<Self> {
        let network = FusedVocoderNetwork::new(&config.network(vb)?)?;
        Self::with_network(config, vb, Box::new(network))
    }

    /// With a network that was made of [`Config::network`].
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_network(
        config: &Config,
        vb: &Weights,
        network: Box<dyn VocoderNetwork>,
    ) -> Result<Self> {
        config.check()?;
        let (c, pitch) = (config, vb.pp("pitch"));
        Ok(Self {
            pitch: PitchHead {
                conv1: Convolution::new(c.mel_bins, c.pitch_dim, PITCH_TAPS, &pitch.pp("conv1"))?,
                conv2: Convolution::new(c.pitch_dim, c.pitch_dim, PITCH_TAPS, &pitch.pp("conv2"))?,
                out: Linear::load(c.pitch_dim, 2, &pitch.pp("out"))?,
            },
            network,
            stft: Stft::finer(c.filters_per_frame),
            front_end: MelFrontEnd::new(),
            config: config.clone(),
        })
    }

    fn normalized(&self, mel: &[f32]) -> Vec<f32> {
        mel.iter()
            .map(|x| (x - self.config.mel_mean) / self.config.mel_std)
            .collect()
    }

    /// mel (n, 100) → (n) pitch in Hz, 0 where unvoiced.
    pub fn pitch_hz(&self, mel: &[f32]) -> Vec<f32> {
        let h = self
            .pitch
            .conv1
            .forward(&self.normalized(mel), Some(Activation::Gelu));
        let h = self.pitch.conv2.forward(&h, Some(Activation::Gelu));
        let out = self.pitch.out.rows(&h, None); // (n, 2)
        let (mean, std) = (self.config.log_pitch_mean, self.config.log_pitch_std);
        out.chunks_exact(2)
            .map(|row| {
                if row[1] > 0.0 {
                    (row[0] * std + mean).exp()
                } else {
                    0.0
                }
            })
            .collect()
    }

    /// mel (n, 100), pitch (n) in Hz with 0 where unvoiced, noise (256·(n − 1)) standard normal → 256·(n − 1) samples.
    ///
    /// # Errors
    /// What the network fails with.
    pub fn forward(
        &self,
        mel: &[f32],
        f0_hz: &[f32],
        noise: &[f32],
    ) -> std::result::Result<Vec<f32>, NetworkError> {
        self.filter(mel, f0_hz, &pulse_train(f0_hz), noise)
    }

    /// As [`Self::forward`], with the pulses (256·(n − 1)) given: those of a part run on from the part before.
    ///
    /// # Errors
    /// What the network fails with.
    pub fn filter(
        &self,
        mel: &[f32],
        f0_hz: &[f32],
        pulses: &[f32],
        noise: &[f32],
    ) -> std::result::Result<Vec<f32>, NetworkError> {
        if f0_hz.len() < 2 {
            return Ok(Vec::new());
        }
        let head = self.network.forward(&self.frames(mel, f0_hz))?;
        let (mut voiced, hiss) =
            rayon::join(|| self.stft.analyze(pulses), || self.stft.analyze(noise));
        let bin_count = voiced.bin_count;
        // The last mel frame is the end of the sound, so what its later filters are for lies beyond.
        let task = rows_per_task(voiced.frame_count());
        voiced
            .bins
            .par_chunks_mut(task * bin_count)
            .zip(hiss.bins.par_chunks(task * bin_count))
            .zip(head.par_chunks(task * 4 * bin_count))
            .for_each(|((voiced, hiss), head)| {
                vectorized(Mix {
                    bin_count,
                    voiced,
                    hiss,
                    head,
                });
            });
        let mut sound = self.stft.synthesize(&voiced, noise.len());
        for _ in 0..self.config.mel_corrections {
            sound = self.corrected(&sound, mel);
        }
        Ok(sound)
    }

    /// The sound with its phases, its magnitudes scaled so that its mel is nearer to `mel`.
    ///
    /// One step of the kind of Griffin and Lim (1984), with the mel in place of the magnitudes.
    fn corrected(&self, sound: &[f32], mel: &[f32]) -> Vec<f32> {
        let mut spectrum = self.front_end.stft().analyze(sound);
        let task = rows_per_task(spectrum.frame_count());
        spectrum
            .bins
            .par_chunks_mut(task * BIN_COUNT)
            .zip(mel.par_chunks(task * MEL_BIN_COUNT))
            .for_each(|(bins, mel)| {
                vectorized(Correct {
                    front_end: &self.front_end,
                    bins,
                    mel,
                });
            });
        self.front_end.stft().synthesize(&spectrum, sound.len())
    }

    /// → (n, mel bins + 2), what the network is given. It makes (n·filters of a frame, 4·bins): log gain of the pulses, real and
    /// imaginary offset of their gain, log gain of the noise.
    fn frames(&self, mel: &[f32], f0_hz: &[f32]) -> Vec<f32> {
        let (mean, std) = (self.config.log_pitch_mean, self.config.log_pitch_std);
        let mut input = Vec::with_capacity(f0_hz.len() * (MEL_BIN_COUNT + 2));
        for (row, &hz) in self.normalized(mel).chunks_exact(MEL_BIN_COUNT).zip(f0_hz) {
            input.extend_from_slice(row);
            if hz > 0.0 {
                input.extend([(hz.max(1.0).ln() - mean) / std, 1.0]);
            } else {
                input.extend([0.0, 0.0]);
            }
        }
        input
    }
}

/// Filters the pulses with the first three parts of each row of `head`, the noise with the last, and adds them up.
struct Mix<'a> {
    bin_count: usize,
    voiced: &'a mut [Complex32],
    hiss: &'a [Complex32],
    head: &'a [f32],
}

impl WithSimd for Mix<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let rows = self
            .voiced
            .chunks_exact_mut(self.bin_count)
            .zip(self.hiss.chunks_exact(self.bin_count))
            .zip(self.head.chunks_exact(4 * self.bin_count));
        for ((voiced, hiss), head) in rows {
            let (gain, rest) = head.split_at(self.bin_count);
            let (real, rest) = rest.split_at(self.bin_count);
            let (imaginary, breath) = rest.split_at(self.bin_count);
            for i in 0..self.bin_count {
                let filter =
                    Complex32::new(1.0 + real[i], imaginary[i]) * exp(gain[i].min(LOG_GAIN_LIMIT));
                voiced[i] = voiced[i] * filter + hiss[i] * exp(breath[i].min(LOG_GAIN_LIMIT));
            }
        }
    }
}

/// Scales the bins of each frame by what its mel lacks.
struct Correct<'a> {
    front_end: &'a MelFrontEnd,
    bins: &'a mut [Complex32],
    mel: &'a [f32],
}

impl WithSimd for Correct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut lacking = [0.0; MEL_BIN_COUNT];
        let mut gain = [0.0; BIN_COUNT];
        let rows = self
            .bins
            .chunks_exact_mut(BIN_COUNT)
            .zip(self.mel.chunks_exact(MEL_BIN_COUNT));
        for (bins, mel) in rows {
            self.front_end.log_mel_of_frame(bins, &mut lacking);
            let louder = 0.5 * (log_power(mel) - log_power(&lacking));
            let too_loud = (louder - LOG_LOUDER_LIMIT).max(0.0);
            for (lacking, mel) in lacking.iter_mut().zip(mel) {
                *lacking =
                    (mel - too_loud - *lacking).clamp(-LOG_CORRECTION_LIMIT, LOG_CORRECTION_LIMIT);
            }
            self.front_end.spread_over_bins(&lacking, &mut gain);
            for (bin, &gain) in bins.iter_mut().zip(&gain) {
                *bin *= exp(gain);
            }
        }
    }
}

/// Natural logarithm of the power of a frame of log mel.
#[inline(always)]
fn log_power(log_mel: &[f32]) -> f32 {
    log_mel.iter().map(|&x| exp(2.0 * x)).sum::<f32>().ln()
}
