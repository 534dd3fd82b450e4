//! Euler steps, guidance and known rows, for those backends whose state is a candle tensor.

use candle_core::{Device, Result, Tensor};

use super::{FlowPlan, FlowRun, Start, Stream, StreamPlan, Streams};
use crate::networks::jam_flow::{Config, Exchange, Output, Prediction, StreamInput};

/// A joint network on candle tensors, as [`EulerRun`] needs it.
pub(super) trait JointNetwork {
    /// How it keeps the modulation of one time.
    type Modulation;
    /// How it keeps positions and masks of one length.
    type Timeline;

    fn config(&self) -> &Config;
    /// Where its tensors lie.
    fn device(&self) -> &Device;
    fn timeline(&self, tokens: usize, frames: usize) -> Result<Self::Timeline>;
    /// One modulation a time; none for a stream that the network does not have.
    fn modulations(&self, stream: Stream, times: &[f64]) -> Result<Vec<Self::Modulation>>;
    /// What can be computed of a condition (1, n, condition_dim) once for all steps.
    fn condition(&self, stream: Stream, rows: Tensor) -> Result<Tensor>;
    fn forward(
        &self,
        timeline: &Self::Timeline,
        audio: StreamInput<Self::Modulation>,
        motion: Option<StreamInput<Self::Modulation>>,
        exchange: Exchange,
    ) -> Result<Output>;
}

/// A run of the flow on such a network.
pub(super) struct EulerRun<'a, N: JointNetwork> {
    network: &'a N,
    times: &'a [f64],
    exchange: Exchange,
    timeline: N::Timeline,
    audio: StreamState<N::Modulation>,
    motion: Option<StreamState<N::Modulation>>,
    /// Whether both halves of a batch are computed: the condition and its absence.
    is_guided: bool,
}

impl<'a, N: JointNetwork> EulerRun<'a, N> {
    pub fn new(network: &'a N, plan: &'a FlowPlan) -> Result<Self> {
        let frames = plan.motion.as_ref().map_or(0, |motion| motion.count);
        let state = |stream, own: &StreamPlan| StreamState::new(network, stream, own, &plan.times);
        let audio = state(Stream::Audio, &plan.audio)?;
        let motion = match &plan.motion {
            Some(own) => Some(state(Stream::Motion, own)?),
            None => None,
        };
        Ok(Self {
            network,
            times: &plan.times,
            exchange: plan.exchange,
            timeline: network.timeline(plan.audio.count, frames)?,
            is_guided: audio.is_guided() || motion.as_ref().is_some_and(StreamState::is_guided),
            audio,
            motion,
        })
    }

    fn advance(&mut self, step: usize) -> Result<()> {
        let prediction = self.network.config().prediction;
        let (t, next) = (self.times[step], self.times[step + 1]);
        let guided = self.is_guided;
        let audio_noisy = self.audio.noisy(guided)?;
        let motion_noisy = self.motion.as_ref().map(|motion| motion.noisy(guided));
        let motion_noisy = motion_noisy.transpose()?;
        let motion_input = self
            .motion
            .as_ref()
            .zip(motion_noisy.as_ref())
            .map(|(state, noisy)| state.input(noisy, guided, step));
        let output = self.network.forward(
            &self.timeline,
            self.audio.input(&audio_noisy, guided, step),
            motion_input,
            self.exchange,
        )?;
        if let Some(raw) = &output.audio {
            self.audio.advance(raw, prediction, t, next)?;
        }
        if let (Some(state), Some(raw)) = (&mut self.motion, &output.motion) {
            state.advance(raw, prediction, t, next)?;
        }
        Ok(())
    }
}

impl<N: JointNetwork> FlowRun for EulerRun<'_, N> {
    fn step(&mut self, step: usize) -> super::Result<()> {
        Ok(self.advance(step)?)
    }

    fn read(&self) -> super::Result<Streams> {
        let values = |x: &Tensor| x.flatten_all()?.to_vec1();
        let motion = self.motion.as_ref().map(|motion| values(&motion.x));
        Ok(Streams {
            audio: values(&self.audio.x)?,
            motion: motion.transpose()?.unwrap_or_default(),
        })
    }
}

/// Velocity of the path at x_t, from the network's raw output.
///
/// With preconditioning, v = (x̂₁ − x_t) / (1 − t) = (2t − 1) / p · x_t + F / √p with p = t² + (1 − t)², which has no pole at
/// t = 1; an Euler step with it is the same as renoising x̂₁ with the noise that x_t and x̂₁ imply.
///
/// # Errors
/// If the shapes differ.
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
struct StreamState<M> {
    /// (1, n, noisy_dim).
    x: Tensor,
    modulations: Vec<M>,
    is_made: bool,
    known: Option<KnownRows>,
    /// w, if this stream is guided.
    strength: Option<f64>,
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

impl<M> StreamState<M> {
    fn new<N>(network: &N, stream: Stream, plan: &StreamPlan, times: &[f64]) -> Result<Self>
    where
        N: JointNetwork<Modulation = M>,
    {
        let (n, device) = (plan.count, network.device());
        let rows =
            |values: &[f32]| Tensor::from_slice(values, (1, n, values.len() / n.max(1)), device);
        let prepared = |values: &[f32]| network.condition(stream, rows(values)?);
        let steps = times.len().saturating_sub(1);
        let (start, known) = match &plan.start {
            Start::Noise(noise) => (noise, None),
            Start::Partly {
                noise,
                rows: known,
                is_known,
            } => {
                let is_known: Vec<f32> =
                    is_known.iter().map(|&is| f32::from(u8::from(is))).collect();
                let is_known = rows(&is_known)?;
                let known = KnownRows {
                    rows: rows(known)?.broadcast_mul(&is_known)?,
                    noise: rows(noise)?.broadcast_mul(&is_known)?,
                    is_open: (1.0 - &is_known)?,
                };
                (noise, Some(known))
            }
            Start::Known(values) => (values, None),
        };
        let is_made = !matches!(plan.start, Start::Known(_));
        let condition = prepared(&plan.condition)?;
        let null_condition = match &plan.guidance {
            Some(guidance) => prepared(&guidance.null_condition)?,
            None => condition.clone(),
        };
        Ok(Self {
            x: rows(start)?,
            modulations: network
                .modulations(stream, if is_made { &times[..steps] } else { &[1.0] })?,
            is_made,
            known,
            strength: plan.guidance.as_ref().map(|guidance| guidance.strength),
            paired_condition: Tensor::cat(&[&condition, &null_condition], 0)?,
            condition,
        })
    }

    fn is_guided(&self) -> bool {
        self.is_made && self.strength.is_some()
    }

    /// x_t, twice for the two halves of a batch.
    fn noisy(&self, paired: bool) -> Result<Tensor> {
        match paired {
            true => Tensor::cat(&[&self.x, &self.x], 0),
            false => Ok(self.x.clone()),
        }
    }

    fn input<'a>(&'a self, noisy: &'a Tensor, paired: bool, step: usize) -> StreamInput<'a, M> {
        StreamInput {
            noisy,
            condition: match paired {
                true => &self.paired_condition,
                false => &self.condition,
            },
            modulation: &self.modulations[if self.is_made { step } else { 0 }],
            is_wanted: self.is_made,
        }
    }

    fn advance(&mut self, raw: &Tensor, prediction: Prediction, t: f64, next: f64) -> Result<()> {
        let conditioned = raw.narrow(0, 0, 1)?;
        let raw = match self.strength {
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
