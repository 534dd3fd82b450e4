//! The flow in plain tensor operations: [`JointModel`] as it is stated, on whatever device its weights lie.
//!
//! The networks around it likewise. Slower than the CPU's own backend on a CPU; it is the yardstick of the others.

mod conv_next;
mod prosody;
mod vocoder;

pub use prosody::PlainProsody;
pub use vocoder::PlainVocoder;

use candle_core::{Device, Result, Tensor};

use super::euler::{EulerRun, JointNetwork};
use super::{FlowBackend, FlowPlan, FlowRun, Stream};
use crate::networks::jam_flow::{
    Checkpoint, Config, Dit, Exchange, JointModel, Modulation, Output, StreamInput, Timeline,
};

/// Runs the flow with tensor operations.
#[derive(Debug)]
pub struct TensorsBackend {
    model: JointModel,
}

impl TensorsBackend {
    /// On the device of the checkpoint's weights.
    ///
    /// # Errors
    /// Names the first tensor that is missing or has another shape.
    pub fn new(checkpoint: &Checkpoint) -> Result<Self> {
        let model = checkpoint.joint_model()?;
        Ok(Self { model })
    }
}

impl FlowBackend for TensorsBackend {
    fn name(&self) -> &'static str {
        "tensors"
    }

    fn prepare<'a>(&'a self, plan: &'a FlowPlan) -> super::Result<Box<dyn FlowRun + 'a>> {
        Ok(Box::new(EulerRun::new(&self.model, plan)?))
    }
}

impl JointNetwork for JointModel {
    type Modulation = Modulation;
    type Timeline = Timeline;

    fn config(&self) -> &Config {
        self.config()
    }

    fn device(&self) -> &Device {
        self.device()
    }

    fn timeline(&self, tokens: usize, frames: usize) -> Result<Timeline> {
        self.timeline(tokens, frames)
    }

    fn modulations(&self, stream: Stream, times: &[f64]) -> Result<Vec<Modulation>> {
        let modulations = |dit: &Dit| dit.modulations(times);
        match stream {
            Stream::Audio => modulations(self.audio()),
            Stream::Motion => self.motion().map_or_else(|| Ok(Vec::new()), modulations),
        }
    }

    fn condition(&self, _: Stream, rows: Tensor) -> Result<Tensor> {
        // It enters the network as it is, beside the noisy values.
        Ok(rows)
    }

    fn forward(
        &self,
        timeline: &Timeline,
        audio: StreamInput<Modulation>,
        motion: Option<StreamInput<Modulation>>,
        exchange: Exchange,
    ) -> Result<Output> {
        self.forward(timeline, audio, motion, exchange)
    }
}
