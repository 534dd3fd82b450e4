//! Vocos for mel at 24 kHz (Siuzdak, "Vocos: closing the gap between time-domain and Fourier-based neural vocoders",
//! arXiv 2306.00814; gemelo-ai/vocos, commit c859e3b). Checkpoint: `charactr/vocos-mel-24khz` as safetensors.
//!
//! Mel → ConvNeXt → log magnitude and phase → inverse STFT. Shape letter: `n` mel frames.

use candle_core::Result;
use realfft::num_complex::Complex32;
use serde::Deserialize;

use super::{FusedVocoderNetwork, VocoderNetwork, VocoderWeights};
use crate::audio::{BIN_COUNT, HOP_LENGTH, MEL_BIN_COUNT, Spectrum, Stft};
use crate::networks::NetworkError;
use crate::weights::Weights;

/// Largest magnitude that the head may give (`heads.py`).
const MAGNITUDE_LIMIT: f32 = 100.0;

/// Sizes, with the names of the published `config.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Always "vocos".
    pub architecture: String,
    /// Width of the ConvNeXt.
    pub dim: usize,
    /// Width inside its blocks.
    pub intermediate_dim: usize,
    /// How many blocks.
    pub num_layers: usize,
}

impl Config {
    /// The published checkpoint: 13.5 million parameters.
    pub fn mel_24khz() -> Self {
        Self {
            architecture: "vocos".to_owned(),
            dim: 512,
            intermediate_dim: 1536,
            num_layers: 8,
        }
    }

    /// The network's sizes and places; `vb` stands at the root of the published checkpoint (`backbone.…`, `head.…`).
    pub fn network(&self, vb: &Weights) -> VocoderWeights {
        VocoderWeights {
            inputs: MEL_BIN_COUNT,
            dim: self.dim,
            intermediate_dim: self.intermediate_dim,
            num_layers: self.num_layers,
            // Log magnitude and phase of all bins.
            outputs: 2 * BIN_COUNT,
            backbone: vb.pp("backbone"),
            head: vb.pp("head").pp("out"),
        }
    }
}

/// The network and its inverse transform.
pub struct Vocos {
    network: Box<dyn VocoderNetwork>,
    stft: Stft,
}

impl Vocos {
    /// On the CPU. `vb` stands at the root of the published checkpoint.
    ///
    /// # Errors
    /// Names the first tensor that is missing or has another shape.
    pub fn new(config: &Config, vb: &Weights) -> Result<Self> {
        let network = FusedVocoderNetwork::new(&config.network(vb))?;
        Ok(Self::with_network(Box::new(network)))
    }

    /// With a network that was made of [`Config::network`].
    pub fn with_network(network: Box<dyn VocoderNetwork>) -> Self {
        Self {
            network,
            stft: Stft::new(),
        }
    }

    /// mel (n, 100) → 256·(n − 1) samples.
    ///
    /// # Errors
    /// What the network fails with.
    pub fn forward(&self, mel: &[f32]) -> std::result::Result<Vec<f32>, NetworkError> {
        let rows = mel.len() / MEL_BIN_COUNT;
        if rows < 2 {
            return Ok(Vec::new());
        }
        let head = self.network.forward(mel)?; // (n, 2·513)
        let mut bins = Vec::with_capacity(rows * BIN_COUNT);
        for row in head.chunks_exact(2 * BIN_COUNT) {
            let (log_magnitude, phase) = row.split_at(BIN_COUNT);
            bins.extend(log_magnitude.iter().zip(phase).map(|(&log, &phase)| {
                Complex32::from_polar(log.exp().min(MAGNITUDE_LIMIT), phase)
            }));
        }
        let spectrum = Spectrum {
            bins,
            bin_count: BIN_COUNT,
        };
        Ok(self.stft.synthesize(&spectrum, HOP_LENGTH * (rows - 1)))
    }
}
