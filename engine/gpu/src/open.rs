//! The device as a backend of the engine.

use engine::backend::{
    Backend, FlowBackend, ProsodyNetwork, Result, VocoderNetwork, VocoderWeights,
};
use engine::networks::jam_flow::Checkpoint;

use crate::backend::GpuBackend;
use crate::device::ComputeDevice;
use crate::prosody::GpuProsody;
use crate::vocoder::GpuVocoder;

impl Backend for ComputeDevice {
    fn flow(&self, checkpoint: &Checkpoint) -> Result<Box<dyn FlowBackend>> {
        Ok(Box::new(GpuBackend::new(self.clone(), checkpoint)?))
    }

    fn prosody(&self, checkpoint: &Checkpoint) -> Result<Box<dyn ProsodyNetwork>> {
        Ok(Box::new(GpuProsody::new(self.clone(), checkpoint)?))
    }

    fn vocoder(&self, weights: &VocoderWeights) -> Result<Box<dyn VocoderNetwork>> {
        Ok(Box::new(GpuVocoder::new(self.clone(), weights)?))
    }
}
