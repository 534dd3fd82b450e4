//! The flow on the CPU: blocks fused from vectorised kernels, on all cores.

mod ada_layer_norm;
pub mod dit;
mod input_embedding;
pub mod joint_attention;
mod joint_model;
pub mod rotary;
pub mod time_embedding;

use candle_core::{Device, Result, Tensor};

pub use joint_model::{FusedJointModel, Timeline};

use super::euler::{EulerRun, JointNetwork};
use super::{FlowBackend, FlowPlan, FlowRun, Stream};
use crate::networks::jam_flow::{Checkpoint, Config, Exchange, Output, StreamInput};
use dit::{Dit, DitModulation};

/// Runs the flow on the CPU.
#[derive(Debug)]
pub struct CpuBackend {
    model: FusedJointModel,
}

impl CpuBackend {
    /// Lays the weights out for this machine.
    ///
    /// # Errors
    /// Names the first tensor that is missing or has another shape.
    pub fn new(checkpoint: &Checkpoint) -> Result<Self> {
        let (audio, motion) = (checkpoint.audio(), checkpoint.motion());
        Ok(Self {
            model: FusedJointModel::new(checkpoint.config(), audio, motion)?,
        })
    }

    /// The network itself.
    pub fn model(&self) -> &FusedJointModel {
        &self.model
    }
}

impl FlowBackend for CpuBackend {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn prepare<'a>(&'a self, plan: &'a FlowPlan) -> super::Result<Box<dyn FlowRun + 'a>> {
        Ok(Box::new(EulerRun::new(&self.model, plan)?))
    }
}

impl FusedJointModel {
    fn dit(&self, stream: Stream) -> Option<&Dit> {
        match stream {
            Stream::Audio => Some(self.audio()),
            Stream::Motion => self.motion(),
        }
    }
}

impl JointNetwork for FusedJointModel {
    type Modulation = DitModulation;
    type Timeline = Timeline;

    fn config(&self) -> &Config {
        self.config()
    }

    fn device(&self) -> &Device {
        &Device::Cpu
    }

    fn timeline(&self, tokens: usize, frames: usize) -> Result<Timeline> {
        Ok(Timeline::new(self.config(), tokens, frames))
    }

    fn modulations(&self, stream: Stream, times: &[f64]) -> Result<Vec<DitModulation>> {
        let dit = self.dit(stream);
        dit.map_or_else(|| Ok(Vec::new()), |dit| dit.modulations(times))
    }

    fn condition(&self, stream: Stream, rows: Tensor) -> Result<Tensor> {
        match self.dit(stream) {
            Some(dit) => dit.condition(&rows),
            None => Ok(rows),
        }
    }

    fn forward(
        &self,
        timeline: &Timeline,
        audio: StreamInput<DitModulation>,
        motion: Option<StreamInput<DitModulation>>,
        exchange: Exchange,
    ) -> Result<Output> {
        self.forward(timeline, audio, motion, exchange)
    }
}
