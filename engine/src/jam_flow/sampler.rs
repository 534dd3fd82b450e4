//! Follows the flow from noise to speech and movement: Euler steps, guidance, cancellation.

use candle_core::{Device, Result, Tensor};

use super::config::Prediction;
use super::dit::{Dit, DitModulation};
use super::model::{Exchange, JamFlow, StreamInput, Timeline};
use super::noise::Noise;

/// Where one stream begins.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// At noise: it is generated.
    Noise,
    /// At noise, but for rows that are known: they go the straight way from noise to what they are, as in training.
    Partly {
        /// Normalised: (1, n, noisy_dim), anything where it is not known.
        rows: &'a Tensor,
        /// 1 where it is known, else 0: (1, n, 1).
        is_known: &'a Tensor,
    },
    /// At its end: it is known whole, normalised: (1, n, noisy_dim), and stands at t = 1 throughout.
    Known(&'a Tensor),
}

/// One stream's start and conditions.
#[derive(Debug, Clone, Copy)]
pub struct Stream<'a> {
    /// Whether it is generated or known.
    pub start: Start<'a>,
    /// Spread of the noise that it starts from. 1 is what weights are trained with; less is less varied, and cleaner where
    /// the condition leaves little to chance (Matcha-TTS, arXiv 2309.03199, section 3.4).
    pub temperature: f64,
    /// The projected condition: (1, n, dim).
    pub condition: &'a Tensor,
    /// What it is pushed away from; without it a step takes half the work.
    pub guidance: Option<Guidance<'a>>,
}

/// Classifier-free guidance of one stream: `pred + w·(pred − null_pred)`.
#[derive(Debug, Clone, Copy)]
pub struct Guidance<'a> {
    /// The projected condition of `null_pred`: (1, n, dim); the stream's own condition guides by the other stream alone.
    pub null_condition: &'a Tensor,
    /// w.
    #[doc(alias = "cfg_strength")]
    pub strength: f64,
}

/// Everything that one run needs.
#[derive(Debug, Clone, Copy)]
pub struct Sampling<'a> {
    /// Positions and masks for the streams' lengths.
    pub timeline: &'a Timeline,
    /// Rising times from 0 to 1: [`super::schedule`].
    pub times: &'a [f64],
    /// Which noise to start from.
    pub seed: u64,
    /// Which stream sees which.
    pub exchange: Exchange,
    /// The voice.
    pub audio: Stream<'a>,
    /// The mouth, unless the model is a voice alone.
    pub motion: Option<Stream<'a>>,
}

/// What came out, normalised; a given stream comes back as it was.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// (1, n, token_dim).
    pub audio: Tensor,
    /// (1, m, motion_channels).
    pub motion: Option<Tensor>,
}

/// Runs the flow. `Ok(None)` means that `cancelled` said so between two steps.
pub fn sample(
    model: &JamFlow,
    sampling: &Sampling,
    cancelled: &dyn Fn() -> bool,
) -> Result<Option<Sampled>> {
    let times = sampling.times;
    let prediction = model.config().prediction;
    let mut audio = StreamState::new(model.audio(), sampling.audio, sampling, 0)?;
    let mut motion = match (model.motion(), sampling.motion) {
        (Some(dit), Some(stream)) => Some(StreamState::new(dit, stream, sampling, 1)?),
        _ => None,
    };
    let guided = audio.guided() || motion.as_ref().is_some_and(StreamState::guided);
    for (step, pair) in times.windows(2).enumerate() {
        if cancelled() {
            return Ok(None);
        }
        // With guidance the two halves of one batch are the condition and its absence.
        let audio_noisy = batch(&audio.x, guided)?;
        let motion_noisy = motion.as_ref().map(|m| batch(&m.x, guided)).transpose()?;
        let output = model.forward(
            sampling.timeline,
            audio.input(&audio_noisy, guided, step),
            motion
                .as_ref()
                .zip(motion_noisy.as_ref())
                .map(|(state, noisy)| state.input(noisy, guided, step)),
            sampling.exchange,
        )?;
        let (t, next) = (pair[0], pair[1]);
        if let Some(raw) = &output.audio {
            audio.advance(raw, prediction, t, next)?;
        }
        if let (Some(state), Some(raw)) = (motion.as_mut(), &output.motion) {
            state.advance(raw, prediction, t, next)?;
        }
    }
    Ok(Some(Sampled {
        audio: audio.x,
        motion: motion.map(|state| state.x),
    }))
}

/// Velocity of the path at x_t, from the network's raw output.
///
/// With preconditioning, v = (x̂₁ − x_t) / (1 − t) = (2t − 1) / p · x_t + F / √p with p = t² + (1 − t)², which has no pole at
/// t = 1; an Euler step with it is the same as renoising x̂₁ with the noise that x_t and x̂₁ imply.
pub fn velocity(prediction: Prediction, x: &Tensor, raw: &Tensor, t: f64) -> Result<Tensor> {
    match prediction {
        Prediction::Velocity => Ok(raw.clone()),
        Prediction::Preconditioned => {
            let power = t * t + (1.0 - t) * (1.0 - t);
            (x * ((2.0 * t - 1.0) / power))? + (raw * power.sqrt().recip())?
        }
    }
}

/// One stream on its way.
struct StreamState {
    x: Tensor,
    modulations: Vec<DitModulation>,
    generated: bool,
    known: Option<KnownRows>,
    /// w, if this stream is guided.
    guidance: Option<f64>,
    condition: Tensor,
    /// The condition and what guidance moves away from, for the two halves of one batch.
    paired_condition: Tensor,
}

/// Rows of a stream that are known, zero where it is made.
struct KnownRows {
    rows: Tensor,
    noise: Tensor,
    /// 1 where it is made: (1, n, 1).
    is_open: Tensor,
}

impl StreamState {
    fn new(dit: &Dit, stream: Stream, sampling: &Sampling, number: u64) -> Result<Self> {
        let steps = sampling.times.len().saturating_sub(1);
        let (x, modulations) = match stream.start {
            Start::Noise | Start::Partly { .. } => {
                let (_, n, _) = stream.condition.dims3()?;
                let width = dit.noisy_dim();
                let noise = Noise::new(sampling.seed, number).take(n * width);
                let x =
                    (Tensor::from_vec(noise, (1, n, width), &Device::Cpu)? * stream.temperature)?;
                (x, dit.modulations(&sampling.times[..steps])?)
            }
            Start::Known(x) => (x.clone(), dit.modulations(&[1.0])?),
        };
        let known = match stream.start {
            Start::Partly { rows, is_known } => Some(KnownRows {
                rows: rows.broadcast_mul(is_known)?,
                noise: x.broadcast_mul(is_known)?,
                is_open: (1.0 - is_known)?,
            }),
            _ => None,
        };
        let condition = stream.condition;
        let null_condition = stream.guidance.map_or(condition, |it| it.null_condition);
        Ok(Self {
            x,
            modulations,
            generated: !matches!(stream.start, Start::Known(_)),
            known,
            guidance: stream.guidance.map(|guidance| guidance.strength),
            condition: condition.clone(),
            paired_condition: Tensor::cat(&[condition, null_condition], 0)?,
        })
    }

    fn guided(&self) -> bool {
        self.generated && self.guidance.is_some()
    }

    fn input<'a>(&'a self, noisy: &'a Tensor, paired: bool, step: usize) -> StreamInput<'a> {
        StreamInput {
            noisy,
            condition: if paired {
                &self.paired_condition
            } else {
                &self.condition
            },
            modulation: &self.modulations[if self.generated { step } else { 0 }],
            wanted: self.generated,
        }
    }

    fn advance(&mut self, raw: &Tensor, prediction: Prediction, t: f64, next: f64) -> Result<()> {
        let conditioned = raw.narrow(0, 0, 1)?;
        let raw = match self.guidance {
            Some(strength) if raw.dim(0)? > 1 => {
                let null = raw.narrow(0, 1, 1)?;
                ((&conditioned * (1.0 + strength))? - (null * strength)?)?
            }
            _ => conditioned,
        };
        let velocity = velocity(prediction, &self.x, &raw, t)?;
        self.x = (&self.x + (velocity * (next - t))?)?;
        if let Some(known) = &self.known {
            let path = ((&known.rows * next)? + (&known.noise * (1.0 - next))?)?;
            self.x = (self.x.broadcast_mul(&known.is_open)? + path)?;
        }
        Ok(())
    }
}

fn batch(x: &Tensor, paired: bool) -> Result<Tensor> {
    if paired {
        Tensor::cat(&[x, x], 0)
    } else {
        Ok(x.clone())
    }
}
