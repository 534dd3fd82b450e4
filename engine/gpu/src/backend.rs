//! The joint model on a device.

use std::sync::{Mutex, PoisonError};

use engine::backend::{FlowBackend, FlowPlan, FlowRun};
use engine::networks::jam_flow::{Checkpoint, Config, DitShape};

use crate::device::ComputeDevice;
use crate::dit::{Dit, Modulation};
use crate::error::{Error, Result};
use crate::memory::Pool;
use crate::run::{GpuRun, Memory};
use crate::weights::Source;

/// Schedules whose modulation is kept: live speech, files and recordings have one each, guided or not.
const KEPT_SCHEDULES: usize = 16;
/// Runs the flow on a GPU.
pub struct GpuBackend {
    device: ComputeDevice,
    pub(crate) config: Config,
    pub(crate) audio: Dit,
    pub(crate) motion: Option<Dit>,
    schedules: Mutex<Vec<Schedule>>,
    pub(crate) memories: Pool<Memory>,
}

/// One of the two streams of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Audio,
    Motion,
}

/// Modulation of one stream for one list of times.
struct Schedule {
    part: Part,
    times: Vec<u64>,
    modulation: Modulation,
}

impl GpuBackend {
    /// Takes the weights of a checkpoint to a device. Weights that half precision holds exactly stay in half precision.
    ///
    /// # Errors
    /// [`Error::Weights`] names the first tensor that does not fit, [`Error::Unsupported`], [`Error::OutOfMemory`].
    pub fn new(device: ComputeDevice, checkpoint: &Checkpoint) -> std::result::Result<Self, Error> {
        let config = checkpoint.config().clone();
        let dit = |weights, shape| Dit::load(&config, shape, &Source::new(&device, weights));
        let audio = dit(checkpoint.audio(), DitShape::audio(&config))?;
        let motion = (config.motion_depth > 0)
            .then(|| dit(checkpoint.motion(), DitShape::motion(&config)))
            .transpose()?;
        device.settle()?;
        Ok(Self {
            device,
            audio,
            motion,
            config,
            schedules: Mutex::default(),
            memories: Pool::default(),
        })
    }

    /// The device that it runs on.
    #[must_use]
    pub fn device(&self) -> &ComputeDevice {
        &self.device
    }

    /// A stream's modulation for these times, from the last time that they were asked for.
    pub(crate) fn modulation(&self, part: Part, dit: &Dit, times: &[f64]) -> Result<Modulation> {
        let bits: Vec<u64> = times.iter().map(|time| time.to_bits()).collect();
        let mut schedules = self
            .schedules
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = schedules
            .iter()
            .find(|schedule| schedule.part == part && schedule.times == bits);
        if let Some(known) = known {
            return Ok(known.modulation.clone());
        }
        let modulation = dit.modulation(&self.device, times)?;
        if schedules.len() == KEPT_SCHEDULES {
            schedules.remove(0);
        }
        schedules.push(Schedule {
            part,
            times: bits,
            modulation: modulation.clone(),
        });
        Ok(modulation)
    }
}

impl FlowBackend for GpuBackend {
    fn name(&self) -> &'static str {
        "gpu"
    }

    fn prepare<'a>(&'a self, plan: &'a FlowPlan) -> engine::backend::Result<Box<dyn FlowRun + 'a>> {
        Ok(Box::new(GpuRun::new(self, plan)?))
    }
}
