//! The joint model on a device.

use std::sync::{Mutex, PoisonError};

use engine::backend::{FlowBackend, FlowPlan, FlowRun};
use engine::networks::jam_flow::{Checkpoint, Config, DitShape};

use crate::device::ComputeDevice;
use crate::dit::{Dit, Modulation};
use crate::error::{Error, Result};
use crate::kernels::{Attention, Euler, Linear, Norm};
use crate::run::{GpuRun, Memory};
use crate::weights::{Part, Source};

/// Schedules whose modulation is kept: live speech, files and recordings have one each, guided or not.
const KEPT_SCHEDULES: usize = 16;
/// Sets of buffers that are kept for later runs: as many as run at a time.
const KEPT_MEMORIES: usize = 2;

/// The kernels that both streams share.
pub struct Kernels {
    pub linear: Linear,
    pub norm: Norm,
    pub attention: Attention,
    pub euler: Euler,
}

/// Runs the flow on a GPU.
pub struct GpuBackend {
    device: ComputeDevice,
    pub(crate) config: Config,
    pub(crate) kernels: Kernels,
    pub(crate) audio: Dit,
    pub(crate) motion: Option<Dit>,
    schedules: Mutex<Vec<Schedule>>,
    idle: Mutex<Vec<Memory>>,
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
        let kernels = Kernels {
            linear: Linear::new(&device),
            norm: Norm::new(&device),
            attention: Attention::new(&device, config.dim_head)?,
            euler: Euler::new(&device),
        };
        let dit = |part, shape| {
            let source = Source::new(&device, checkpoint, part);
            Dit::load(&config, shape, &source)
        };
        let audio = dit(Part::Audio, DitShape::audio(&config))?;
        let motion = (config.motion_depth > 0)
            .then(|| dit(Part::Motion, DitShape::motion(&config)))
            .transpose()?;
        // Lets go of the copies of all weights that wait for the first submission.
        device.queue.submit([]);
        device
            .device
            .poll(wgpu::PollType::wait_indefinitely())
            .map_err(|error| Error::DeviceLost(error.to_string()))?;
        device.check()?;
        Ok(Self {
            device,
            kernels,
            audio,
            motion,
            config,
            schedules: Mutex::default(),
            idle: Mutex::default(),
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
        let modulation = dit.modulation(&self.device, &self.kernels, times)?;
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

    /// Buffers for a run: those of an earlier one if there are any.
    pub(crate) fn take_memory(&self) -> Memory {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop().unwrap_or_default()
    }

    /// Keeps a run's buffers for a later one.
    pub(crate) fn give_memory(&self, memory: Memory) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT_MEMORIES {
            idle.push(memory);
        }
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
