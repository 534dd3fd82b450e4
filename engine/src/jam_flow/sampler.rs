//! Follows the flow from noise to speech and movement: Euler steps, guidance, cancellation.

use candle_core::{Device, Result, Tensor};

use super::config::Prediction;
use super::dit::{Dit, DitModulation};
use super::model::{Exchange, JamFlow, StreamInput, Timeline};
use super::noise::Noise;

/// What happens to one stream.
#[derive(Debug, Clone, Copy)]
pub enum Task<'a> {
    /// It is generated from noise.
    Generate,
    /// It is known whole, normalised: (1, n, noisy_dim). The stream then stands at t = 1 throughout.
    Given(&'a Tensor),
}

/// One stream's task and conditions.
#[derive(Debug, Clone, Copy)]
pub struct StreamTask<'a> {
    /// Whether it is generated or known.
    pub task: Task<'a>,
    /// The projected condition: (1, n, dim).
    pub condition: &'a Tensor,
    /// The projected condition that guidance moves away from; the same as `condition` to leave the stream's own as it is.
    pub null_condition: &'a Tensor,
    /// w in `pred + w·(pred − null_pred)`; 0 turns guidance off for this stream.
    #[doc(alias = "cfg_strength")]
    pub guidance: f64,
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
    pub audio: StreamTask<'a>,
    /// The mouth, unless the model is a voice alone.
    pub motion: Option<StreamTask<'a>>,
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
        (Some(dit), Some(task)) => Some(StreamState::new(dit, task, sampling, 1)?),
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
    guidance: f64,
    condition: Tensor,
    paired_condition: Tensor,
}

impl StreamState {
    fn new(dit: &Dit, task: StreamTask, sampling: &Sampling, stream: u64) -> Result<Self> {
        let steps = sampling.times.len().saturating_sub(1);
        let (x, modulations) = match task.task {
            Task::Generate => {
                let (_, n, _) = task.condition.dims3()?;
                let width = dit.noisy_dim();
                let noise = Noise::new(sampling.seed, stream).take(n * width);
                let x = Tensor::from_vec(noise, (1, n, width), &Device::Cpu)?;
                (x, dit.modulations(&sampling.times[..steps])?)
            }
            Task::Given(x) => (x.clone(), dit.modulations(&[1.0])?),
        };
        Ok(Self {
            x,
            modulations,
            generated: matches!(task.task, Task::Generate),
            guidance: task.guidance,
            condition: task.condition.clone(),
            paired_condition: Tensor::cat(&[task.condition, task.null_condition], 0)?,
        })
    }

    fn guided(&self) -> bool {
        self.generated && self.guidance != 0.0
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
        let raw = if raw.dim(0)? > 1 && self.guidance != 0.0 {
            let null = raw.narrow(0, 1, 1)?;
            ((&conditioned * (1.0 + self.guidance))? - (null * self.guidance)?)?
        } else {
            conditioned
        };
        let velocity = velocity(prediction, &self.x, &raw, t)?;
        self.x = (&self.x + (velocity * (next - t))?)?;
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
