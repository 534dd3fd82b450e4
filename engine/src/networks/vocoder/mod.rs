//! Mel to sound. Which network it is, the `architecture` field of `models/vocoder.json` says.

pub mod harmonic;
mod layers;
mod network;
mod pulse;
pub mod vocos;

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use harmonic::HarmonicVocoder;
pub use layers::{NORM_EPSILON, TIME_TAPS};
pub use network::{FusedVocoderNetwork, VocoderNetwork, VocoderWeights};
use pulse::PulseTrain;
pub use pulse::pulse_train;
pub use vocos::Vocos;

use crate::audio::{HOP_LENGTH, MEL_BIN_COUNT};
use crate::error::ModelPart;
use crate::random::Random;
use crate::weights::{Weights, open, read_config, unfit};
use crate::{Error, Result};

/// Name in error messages.
const WHAT: ModelPart = ModelPart::Vocoder;

/// Any of the vocoders that the product can load.
pub enum Vocoder {
    /// The built-in one.
    Harmonic(Box<HarmonicVocoder>),
    /// A published Vocos that the user brought.
    Vocos(Box<Vocos>),
}

/// The one field that all configurations share.
#[derive(Deserialize)]
struct Kind {
    architecture: String,
}

/// A vocoder's configuration and weights, from which it is made once it is decided where its network computes.
pub struct VocoderCheckpoint {
    config: KnownConfig,
    weights: Weights,
    /// The file of the weights.
    path: PathBuf,
}

enum KnownConfig {
    Harmonic(harmonic::Config),
    Vocos(vocos::Config),
}

impl VocoderCheckpoint {
    /// Opens `vocoder.json` and `vocoder.safetensors` in a folder of models. Shapes are checked when a network is made.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] and [`Error::WeightsUnfit`] with the file's path.
    pub fn open(models: &Path) -> Result<Self> {
        let config_path = models.join("vocoder.json");
        let path = models.join("vocoder.safetensors");
        let kind: Kind = read_config(&config_path, WHAT)?;
        let config = match kind.architecture.as_str() {
            "harmonic" => KnownConfig::Harmonic(read_config(&config_path, WHAT)?),
            "vocos" => KnownConfig::Vocos(read_config(&config_path, WHAT)?),
            other => {
                return Err(unfit(
                    &config_path,
                    format!("the architecture is {other:?}, known are \"harmonic\" and \"vocos\""),
                ));
            }
        };
        Ok(Self {
            config,
            weights: open(&path, WHAT)?,
            path,
        })
    }

    /// A Vocos of these weights, which came from `path`.
    pub fn vocos(config: vocos::Config, weights: Weights, path: &Path) -> Self {
        Self {
            config: KnownConfig::Vocos(config),
            weights,
            path: path.to_owned(),
        }
    }

    /// What its network is made of.
    ///
    /// # Errors
    /// [`Error::WeightsUnfit`].
    pub fn network(&self) -> Result<VocoderWeights> {
        match &self.config {
            KnownConfig::Harmonic(config) => config
                .network(&self.weights)
                .map_err(|error| unfit(&self.path, error)),
            KnownConfig::Vocos(config) => Ok(config.network(&self.weights)),
        }
    }

    /// The file of the weights.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The vocoder, with the network that was made of [`Self::network`].
    ///
    /// # Errors
    /// [`Error::WeightsUnfit`].
    pub fn vocoder(&self, network: Box<dyn VocoderNetwork>) -> Result<Vocoder> {
        Ok(match &self.config {
            KnownConfig::Harmonic(config) => {
                let vocoder = HarmonicVocoder::with_network(config, &self.weights, network);
                let vocoder = vocoder.map_err(|error| unfit(&self.path, error))?;
                Vocoder::Harmonic(Box::new(vocoder))
            }
            KnownConfig::Vocos(_) => Vocoder::Vocos(Box::new(Vocos::with_network(network))),
        })
    }
}

impl Vocoder {
    /// Loads `vocoder.json` and `vocoder.safetensors` from a folder of models, onto the CPU.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] and [`Error::WeightsUnfit`] with the file's path.
    pub fn load(models: &Path) -> Result<Self> {
        let checkpoint = VocoderCheckpoint::open(models)?;
        let network = FusedVocoderNetwork::new(&checkpoint.network()?);
        let network = network.map_err(|error| unfit(&checkpoint.path, error))?;
        checkpoint.vocoder(Box::new(network))
    }

    /// mel (n, 100) row-major, log magnitude as [`crate::audio::MelFrontEnd`] gives it → 256·(n − 1) samples.
    ///
    /// `f0_hz` (n), 0 where unvoiced, is the pitch to sing; without it the pitch is read from the mel. Vocos needs neither it
    /// nor `seed`, which makes the noise of breath and hiss.
    ///
    /// # Errors
    /// [`Error::Model`] if the lengths do not fit.
    pub fn synthesize(&self, mel: &[f32], f0_hz: Option<&[f32]>, seed: u64) -> Result<Vec<f32>> {
        let rows = mel.len() / MEL_BIN_COUNT;
        if !mel.len().is_multiple_of(MEL_BIN_COUNT) || f0_hz.is_some_and(|f0| f0.len() != rows) {
            let pitch = f0_hz.map(<[f32]>::len);
            let reason = format!(
                "{} mel values and {pitch:?} pitch values are not whole frames of {MEL_BIN_COUNT} and 1",
                mel.len()
            );
            return Err(Error::model("vocoder", reason));
        }
        let mut excitation = Excitation::new(seed);
        match f0_hz {
            Some(f0_hz) => self.sing(&mut excitation, f0_hz),
            None => self.sing_along(&mut excitation, mel, true),
        }
        self.synthesize_part(mel, 0, &excitation, 0..excitation.sample_count())
    }

    /// mel (n, 100) → (n) pitch in Hz that is heard in it, 0 where unvoiced; `None` if this vocoder has no ear for it.
    pub fn pitch_hz(&self, mel: &[f32]) -> Option<Vec<f32>> {
        match self {
            Self::Harmonic(vocoder) => Some(vocoder.pitch_hz(mel)),
            Self::Vocos(_) => None,
        }
    }

    /// Lengthens the excitation by frames of this pitch in Hz, 0 where unvoiced.
    fn sing(&self, excitation: &mut Excitation, f0_hz: &[f32]) {
        excitation.f0_hz.extend_from_slice(f0_hz);
        if let Self::Harmonic(_) = self {
            let count = excitation.sample_count();
            let Excitation {
                train,
                pulses,
                random,
                noise,
                ..
            } = excitation;
            rayon::join(
                || train.extend(f0_hz, pulses),
                || noise.resize_with(count, || random.normal() as f32),
            );
        }
    }

    /// Lengthens the excitation by the pitch that is read from the frames of `mel` which it does not cover yet; `mel` holds the
    /// utterance from its beginning, and all of it if `is_whole`. The last frames of a beginning wait for what follows them.
    pub fn sing_along(&self, excitation: &mut Excitation, mel: &[f32], is_whole: bool) {
        let known = mel.len() / MEL_BIN_COUNT;
        let begin = excitation.f0_hz.len();
        let end = match is_whole {
            true => known,
            false => known.saturating_sub(harmonic::PITCH_CONTEXT_FRAMES),
        };
        if end <= begin {
            return;
        }
        match self {
            Self::Harmonic(vocoder) => {
                let from = begin.saturating_sub(harmonic::PITCH_CONTEXT_FRAMES);
                let until = known.min(end + harmonic::PITCH_CONTEXT_FRAMES);
                let f0_hz = vocoder.pitch_hz(&mel[from * MEL_BIN_COUNT..until * MEL_BIN_COUNT]);
                self.sing(excitation, &f0_hz[begin - from..end - from]);
            }
            Self::Vocos(_) => excitation.f0_hz.resize(end, 0.0),
        }
    }

    /// The samples in `range` of an utterance, where `mel` holds its frames from number `first` on.
    ///
    /// With [`Self::CONTEXT_FRAMES`] beyond either end of the range, or the end of the utterance, they are what the utterance
    /// made whole would have there.
    ///
    /// # Errors
    /// [`Error::Model`] with what the network fails with.
    pub fn synthesize_part(
        &self,
        mel: &[f32],
        first: usize,
        excitation: &Excitation,
        range: Range<usize>,
    ) -> Result<Vec<f32>> {
        let known = (first + mel.len() / MEL_BIN_COUNT).min(excitation.f0_hz.len());
        let begin = (range.start / HOP_LENGTH)
            .saturating_sub(Self::CONTEXT_FRAMES)
            .max(first);
        let end = (range.end.div_ceil(HOP_LENGTH) + 1 + Self::CONTEXT_FRAMES).min(known);
        if range.is_empty() || end < begin + 2 {
            return Ok(Vec::new());
        }
        let mel = &mel[(begin - first) * MEL_BIN_COUNT..(end - first) * MEL_BIN_COUNT];
        let made = match self {
            Self::Harmonic(vocoder) => {
                let samples = begin * HOP_LENGTH..(end - 1) * HOP_LENGTH;
                vocoder.filter(
                    mel,
                    &excitation.f0_hz[begin..end],
                    &excitation.pulses[samples.clone()],
                    &excitation.noise[samples],
                )
            }
            Self::Vocos(vocoder) => vocoder.forward(mel),
        }
        .map_err(|source| Error::model("vocoder", source))?;
        let skipped = range.start - begin * HOP_LENGTH;
        Ok(made[skipped..made.len().min(skipped + range.len())].to_vec())
    }

    /// Frames that a sample's sound depends on, to either side: 8 blocks and the first convolution of 7 taps each, and the
    /// transforms of the sound and of its corrections.
    pub const CONTEXT_FRAMES: usize =
        9 * 3 + (1 + harmonic::MAX_CORRECTIONS) * harmonic::TRANSFORM_CONTEXT_FRAMES;
}

/// The source of an utterance's sound, which grows with it: pulses at the pitch, and noise.
#[derive(Debug, Clone)]
pub struct Excitation {
    f0_hz: Vec<f32>,
    train: PulseTrain,
    pulses: Vec<f32>,
    random: Random,
    noise: Vec<f32>,
}

impl Excitation {
    /// Nothing yet; the noise follows from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            f0_hz: Vec::new(),
            train: PulseTrain::default(),
            pulses: Vec::new(),
            random: Random::new(seed),
            noise: Vec::new(),
        }
    }

    /// Frames that it covers.
    pub fn frame_count(&self) -> usize {
        self.f0_hz.len()
    }

    /// Samples that it covers: 256·(n − 1).
    pub fn sample_count(&self) -> usize {
        HOP_LENGTH * self.f0_hz.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with this configuration, and with weights for one block of width 4 if they are asked for.
    fn folder(config: &str, with_weights: bool) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("vocoder.json"), config).unwrap();
        if with_weights {
            let zeros = |shape: &[usize]| {
                let device = candle_core::Device::Cpu;
                candle_core::Tensor::zeros(shape, candle_core::DType::F16, &device).unwrap()
            };
            let mut named = std::collections::HashMap::new();
            for (name, shape) in [
                ("backbone.embed.weight", &[4, 100, 7][..]),
                ("backbone.embed.bias", &[4]),
                ("backbone.norm.weight", &[4]),
                ("backbone.norm.bias", &[4]),
                ("backbone.final_layer_norm.weight", &[4]),
                ("backbone.final_layer_norm.bias", &[4]),
                ("head.out.weight", &[1026, 4]),
                ("head.out.bias", &[1026]),
            ] {
                named.insert(name.to_owned(), zeros(shape));
            }
            let path = folder.path().join("vocoder.safetensors");
            candle_core::safetensors::save(&named, path).unwrap();
        }
        folder
    }

    const TINY: &str = r#"{"architecture":"vocos","dim":4,"intermediate_dim":8,"num_layers":0}"#;

    #[test]
    fn a_mel_becomes_sound_of_its_length() {
        let vocoder = Vocoder::load(folder(TINY, true).path()).unwrap();
        let samples = vocoder.synthesize(&[0.0; 10 * 100], None, 1).unwrap();
        assert_eq!(samples.len(), 9 * 256);
        assert!(vocoder.synthesize(&[], None, 1).unwrap().is_empty());
        assert!(vocoder.synthesize(&[0.0; 150], None, 1).is_err());
        assert!(vocoder.synthesize(&[0.0; 200], Some(&[100.0]), 1).is_err());
    }

    /// A vocoder of random weights, as deep as the ones that ship.
    fn random_harmonic(filters_per_frame: usize, mel_corrections: usize) -> Vocoder {
        let (dim, inner, depth) = (16, 24, 8);
        let bin_count = crate::audio::Stft::finer(filters_per_frame).bin_count();
        let mut named = std::collections::HashMap::new();
        let mut random = Random::new(2);
        let mut add = |name: String, shape: &[usize], spread: f32| {
            let count = shape.iter().product();
            let values: Vec<f32> = (0..count)
                .map(|_| spread * random.normal() as f32)
                .collect();
            let device = candle_core::Device::Cpu;
            let values = candle_core::Tensor::from_vec(values, shape, &device).unwrap();
            named.insert(name, values);
        };
        for (name, shape) in [
            ("embed", &[dim, 102, 7][..]),
            ("norm", &[dim]),
            ("final_layer_norm", &[dim]),
            ("head", &[filters_per_frame * 4 * bin_count, dim]),
            ("pitch.conv1", &[4, 100, 5]),
            ("pitch.conv2", &[4, 4, 5]),
            ("pitch.out", &[2, 4]),
        ] {
            add(format!("{name}.weight"), shape, 0.2);
            add(format!("{name}.bias"), &shape[..1], 0.1);
        }
        for i in 0..depth {
            let name = |part: &str| format!("convnext.{i}.{part}");
            add(name("gamma"), &[dim], 0.5);
            for (part, shape) in [
                ("dwconv", &[dim, 1, 7][..]),
                ("norm", &[dim]),
                ("pwconv1", &[inner, dim]),
                ("pwconv2", &[dim, inner]),
            ] {
                add(name(&format!("{part}.weight")), shape, 0.3);
                add(name(&format!("{part}.bias")), &shape[..1], 0.1);
            }
        }
        let config = harmonic::Config {
            architecture: "harmonic".to_owned(),
            mel_bins: 100,
            dim,
            intermediate_dim: inner,
            num_layers: depth,
            pitch_dim: 4,
            mel_mean: 0.0,
            mel_std: 1.0,
            log_pitch_mean: 5.0,
            log_pitch_std: 1.0,
            filters_per_frame,
            mel_corrections,
        };
        let device = candle_core::Device::Cpu;
        let vb = candle_nn::VarBuilder::from_tensors(named, candle_core::DType::F32, &device);
        Vocoder::Harmonic(Box::new(HarmonicVocoder::new(&config, &vb).unwrap()))
    }

    #[test]
    fn parts_join_into_the_whole() {
        for filters_per_frame in [1, 2, 4] {
            parts_join(&random_harmonic(filters_per_frame, 1));
        }
    }

    fn parts_join(vocoder: &Vocoder) {
        let frames = 160;
        let mut random = Random::new(4);
        let mel: Vec<f32> = (0..frames * 100).map(|_| random.normal() as f32).collect();
        let whole = vocoder.synthesize(&mel, None, 9).unwrap();
        let mut excitation = Excitation::new(9);
        let count = 256 * (frames - 1);
        assert_eq!(whole.len(), count);
        let largest = whole.iter().fold(0f32, |a, b| a.max(b.abs()));
        let mut joined = Vec::new();
        let mut first = 0;
        for end in [960 * 11, 960 * 23, count] {
            // The frames that are known when the part is made, and those that are still held.
            let known = frames.min(end.div_ceil(256) + 1 + Vocoder::CONTEXT_FRAMES);
            let heard = &mel[..(known + harmonic::PITCH_CONTEXT_FRAMES).min(frames) * 100];
            vocoder.sing_along(&mut excitation, heard, known == frames);
            let part = &mel[first * 100..known * 100];
            let range = joined.len()..end;
            let part = vocoder.synthesize_part(part, first, &excitation, range);
            joined.extend(part.unwrap());
            first = (end / 256).saturating_sub(Vocoder::CONTEXT_FRAMES);
        }
        assert_eq!(joined.len(), count);
        for (i, (a, b)) in joined.iter().zip(&whole).enumerate() {
            assert!((a - b).abs() < 1e-4 * largest, "sample {i}: {a} {b}");
        }
    }

    #[test]
    fn corrections_bring_the_mel_nearer() {
        let mut random = Random::new(4);
        let mel: Vec<f32> = (0..80 * 100).map(|_| random.normal() as f32).collect();
        let far = |vocoder: &Vocoder| {
            let samples = vocoder.synthesize(&mel, None, 9).unwrap();
            let heard = crate::audio::MelFrontEnd::new().log_mel(&samples);
            let pairs = heard.iter().zip(&mel);
            pairs.map(|(a, b)| (a - b).abs()).sum::<f32>() / mel.len() as f32
        };
        let (plain, corrected) = (far(&random_harmonic(2, 0)), far(&random_harmonic(2, 1)));
        assert!(corrected < 0.7 * plain, "{corrected} {plain}");
    }

    #[test]
    fn missing_and_unfit_files_are_told_apart() {
        let nowhere = tempfile::tempdir().unwrap();
        let load = |folder: &Path| Vocoder::load(folder).err().unwrap();
        assert!(matches!(load(nowhere.path()), Error::WeightsMissing { .. }));
        assert!(matches!(
            load(folder(TINY, false).path()),
            Error::WeightsMissing { .. }
        ));
        let wider = TINY.replace("\"dim\":4", "\"dim\":5");
        assert!(matches!(
            load(folder(&wider, true).path()),
            Error::WeightsUnfit { .. }
        ));
        let other = load(folder(r#"{"architecture":"bigvgan"}"#, true).path()).to_string();
        assert!(
            other.contains("bigvgan") && other.contains("harmonic"),
            "{other}"
        );
    }
}
