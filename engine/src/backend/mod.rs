//! Who runs the networks of speech. A [`Backend`] opens the flow, the prosody predictor and the vocoder's network where it computes;
//! each is given plain numbers and hands plain numbers back.
//!
//! The flow is given a [`FlowPlan`] and hands back both streams:
//! [`FlowBackend::prepare`] takes everything that a run needs to the backend's own memory, [`FlowRun::step`] follows the flow for
//! one Euler step without bringing anything back, [`FlowRun::read`] brings both streams back. [`follow`] does all three.
//!
//! | backend | computes with | for |
//! |---|---|---|
//! | [`cpu`] | fused, vectorised kernels | the product |
//! | [`tensors`] | plain tensor operations | yardstick of the others |
//!
//! Backends outside this crate, such as one on a GPU, join by [`Backend`]. [`Comparison`] checks one against another, and [`Fallback`]
//! finishes on a second one what the first one cannot.

mod comparison;
pub mod cpu;
mod euler;
mod fallback;
pub mod tensors;

pub use comparison::Comparison;
pub use euler::velocity;
pub use fallback::Fallback;

pub use crate::networks::jam_flow::ProsodyNetwork;
pub use crate::networks::vocoder::{VocoderNetwork, VocoderWeights};

use crate::networks::jam_flow::{Checkpoint, Exchange};
use crate::networks::vocoder::FusedVocoderNetwork;

pub use crate::networks::NetworkError as Error;
/// The result of a backend's calls.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that a backend is chosen for.
#[derive(Clone, Copy)]
pub struct SpeechWeights<'a> {
    /// The joint model, or a voice alone.
    pub joint: &'a Checkpoint,
    /// The network of the vocoder that follows it.
    pub vocoder: &'a VocoderWeights,
}

/// Chooses a backend for these weights.
pub type OpenBackend<'a> = &'a dyn Fn(&SpeechWeights) -> Result<Box<dyn Backend>>;

/// Opens networks where it computes.
pub trait Backend: Send + Sync {
    /// The joint flow.
    ///
    /// # Errors
    /// Names the first tensor that is missing or has another shape; so do the others. Or there is no memory for it.
    fn flow(&self, checkpoint: &Checkpoint) -> Result<Box<dyn FlowBackend>>;

    /// The prosody predictor.
    ///
    /// # Errors
    /// As [`Self::flow`].
    fn prosody(&self, checkpoint: &Checkpoint) -> Result<Box<dyn ProsodyNetwork>>;

    /// A vocoder's network.
    ///
    /// # Errors
    /// As [`Self::flow`].
    fn vocoder(&self, weights: &VocoderWeights) -> Result<Box<dyn VocoderNetwork>>;
}

/// Runs the joint flow.
pub trait FlowBackend: Send + Sync {
    /// A short name for reports.
    fn name(&self) -> &'static str;

    /// Takes a plan to where the backend computes.
    ///
    /// # Errors
    /// If the plan does not fit the model, or there is no memory for it.
    fn prepare<'a>(&'a self, plan: &'a FlowPlan) -> Result<Box<dyn FlowRun + 'a>>;
}

/// A run of the flow under way.
pub trait FlowRun {
    /// Follows the flow from the plan's time number `step` to the next one.
    ///
    /// # Errors
    /// If the device fails.
    fn step(&mut self, step: usize) -> Result<()>;

    /// Both streams as they are after the steps so far.
    ///
    /// # Errors
    /// If the device fails.
    fn read(&self) -> Result<Streams>;
}

/// The backends of this crate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compute {
    /// [`cpu`].
    #[default]
    Cpu,
    /// [`tensors`].
    Tensors,
}

impl Backend for Compute {
    fn flow(&self, checkpoint: &Checkpoint) -> Result<Box<dyn FlowBackend>> {
        Ok(match self {
            Self::Cpu => Box::new(cpu::CpuBackend::new(checkpoint)?),
            Self::Tensors => Box::new(tensors::TensorsBackend::new(checkpoint)?),
        })
    }

    fn prosody(&self, checkpoint: &Checkpoint) -> Result<Box<dyn ProsodyNetwork>> {
        Ok(match self {
            Self::Cpu => Box::new(checkpoint.prosody()?),
            Self::Tensors => Box::new(tensors::PlainProsody::new(checkpoint)?),
        })
    }

    fn vocoder(&self, weights: &VocoderWeights) -> Result<Box<dyn VocoderNetwork>> {
        Ok(match self {
            Self::Cpu => Box::new(FusedVocoderNetwork::new(weights)?),
            Self::Tensors => Box::new(tensors::PlainVocoder::new(weights)?),
        })
    }
}

/// One of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// The voice: audio tokens.
    Audio,
    /// The mouth: motion frames.
    Motion,
}

/// Everything that one run needs, as plain numbers.
#[derive(Debug, Clone)]
pub struct FlowPlan {
    /// Rising times from 0 to 1, one more than there are steps: [`crate::networks::jam_flow::schedule`].
    pub times: Vec<f64>,
    /// Which stream sees which.
    pub exchange: Exchange,
    /// The voice.
    pub audio: StreamPlan,
    /// The mouth, unless the model is a voice alone.
    pub motion: Option<StreamPlan>,
}

/// One stream's start and conditions.
#[derive(Debug, Clone)]
pub struct StreamPlan {
    /// Rows: audio tokens or motion frames.
    pub count: usize,
    /// Whether it is made or known.
    pub start: Start,
    /// (count, condition_dim), as [`crate::networks::jam_flow::AudioCondition::rows`] or its sister makes them.
    pub condition: Vec<f32>,
    /// What it is pushed away from; without it a step takes half the work.
    pub guidance: Option<Guidance>,
}

/// Where one stream begins.
#[derive(Debug, Clone)]
pub enum Start {
    /// At this noise, (count, noisy_dim): it is made.
    Noise(Vec<f32>),
    /// At noise, but for rows that are known: they go the straight way from noise to what they are, as in training.
    Partly {
        /// (count, noisy_dim).
        noise: Vec<f32>,
        /// Normalised: (count, noisy_dim), anything where it is not known.
        rows: Vec<f32>,
        /// For each row.
        is_known: Vec<bool>,
    },
    /// At its end: it is known whole, normalised: (count, noisy_dim), and stands at t = 1 throughout.
    Known(Vec<f32>),
}

/// Classifier-free guidance of one stream: `pred + w·(pred − null_pred)`.
#[derive(Debug, Clone)]
pub struct Guidance {
    /// The condition of `null_pred`: (count, condition_dim); the stream's own condition guides by the other stream alone.
    pub null_condition: Vec<f32>,
    /// w.
    #[doc(alias = "cfg_strength")]
    pub strength: f64,
}

/// What came out, normalised; a given stream comes back as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Streams {
    /// (n, token_dim).
    pub audio: Vec<f32>,
    /// (m, motion_channels); empty if the model is a voice alone.
    pub motion: Vec<f32>,
}

/// Follows a plan to its end. `Ok(None)` means that `cancelled` said so between two steps.
///
/// # Errors
/// What the backend fails with.
pub fn follow(
    backend: &dyn FlowBackend,
    plan: &FlowPlan,
    cancelled: &dyn Fn() -> bool,
) -> Result<Option<Streams>> {
    let mut run = backend.prepare(plan)?;
    for step in 0..plan.times.len().saturating_sub(1) {
        if cancelled() {
            return Ok(None);
        }
        run.step(step)?;
    }
    run.read().map(Some)
}
