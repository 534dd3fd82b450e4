//! Where the networks of speech run: on the processor or on a graphics card.
//!
//! [`Choice::Auto`] takes a graphics card if it is one, agrees with the processor and is faster. That is measured once for each adapter
//! and model and kept in a file; software adapters are the processor by another way and never taken. A card that fails later on is given
//! up with a notice, and the processor finishes what it began.

mod measured;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use engine::Synthesizer;
use engine::backend::{self, Backend, Comparison, Fallback, OpenBackend, SpeechWeights};
use engine::voice_model::{OnRead, VoiceModel, VoiceModelFiles};
use flow_gpu::ComputeDevice;
pub use flow_gpu::KernelTime;

use crate::texts::text;
use crate::wording::words;
use measured::{Measured, Verdict};

/// What the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Choice {
    /// The graphics card where it is faster.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// The graphics card, or an error.
    Gpu,
}

/// The adapter to compute on.
#[derive(Clone, Debug)]
pub enum Adapter {
    /// The one that draws, such as the window's.
    Of(shaders::Gpu),
    /// The one that a film would be drawn on.
    Best,
}

/// Takes lines for the user.
pub type Notify = Arc<dyn Fn(&str) + Send + Sync>;

/// Where speech is to be computed, and whom to tell when that changes.
#[derive(Clone)]
pub struct Compute {
    /// What the user wants.
    pub choice: Choice,
    /// The graphics card in question.
    pub adapter: Adapter,
    /// File that keeps what was measured; without it every start measures again.
    pub measurements: Option<PathBuf>,
    /// Called when a graphics card is given up.
    pub notify: Notify,
}

impl Default for Compute {
    /// On the processor.
    fn default() -> Self {
        Self {
            choice: Choice::Cpu,
            adapter: Adapter::Best,
            measurements: None,
            notify: Arc::new(|_| ()),
        }
    }
}

/// A synthesizer, and the device that it computes on if that is a graphics card.
pub struct Loaded {
    /// Ready to speak.
    pub synthesizer: Synthesizer,
    /// For what it was asked to do.
    pub device: Option<ComputeDevice>,
}

impl Compute {
    /// Loads the models of speech.
    ///
    /// # Errors
    /// Those of [`Synthesizer::load`]; with [`Choice::Gpu`] also why there is none.
    pub fn load(&self, models: &Path) -> anyhow::Result<Loaded> {
        let weights = models.join("jam_flow.safetensors");
        let (synthesizer, device) =
            self.choosing(&weights, |open| Synthesizer::load_with(models, open))?;
        Ok(Loaded {
            synthesizer,
            device,
        })
    }

    /// Loads a voice model that the user brought; `models` is the folder of the built-in ones, `on_read` is told how much of the
    /// checkpoint is read.
    ///
    /// # Errors
    /// Those of [`VoiceModel::load_with`]; with [`Choice::Gpu`] also why there is no graphics card.
    pub fn load_voice_model(
        &self,
        models: &Path,
        files: &VoiceModelFiles,
        on_read: Option<OnRead>,
    ) -> anyhow::Result<VoiceModel> {
        let load = |open: OpenBackend| VoiceModel::load_with(files, models, open, on_read);
        Ok(self.choosing(&files.checkpoint, load)?.0)
    }

    /// What `load` makes on the backend that is chosen for the weights of this file, and the graphics card if it is one.
    fn choosing<T>(
        &self,
        file: &Path,
        load: impl FnOnce(OpenBackend) -> engine::Result<T>,
    ) -> anyhow::Result<(T, Option<ComputeDevice>)> {
        if self.choice == Choice::Cpu {
            return Ok((load(&|_| Ok(Box::new(backend::Compute::Cpu)))?, None));
        }
        // Drivers take a while to answer; meanwhile the front end loads.
        let source = self.adapter.clone();
        let search = std::thread::Builder::new()
            .name("adapters".to_owned())
            .spawn(move || source.find())
            .context(text!("gpu-search-thread"))?;
        let search = RefCell::new(Some(search));
        let (refusal, device) = (RefCell::new(None), RefCell::new(None));
        let loaded = load(&|weights| {
            let found = search
                .borrow_mut()
                .take()
                .map(std::thread::JoinHandle::join);
            let adapter = match found {
                Some(Ok(adapter)) => adapter,
                _ => Err(anyhow::anyhow!(text!("gpu-search-failed"))),
            };
            match self.gpu(file, weights, adapter) {
                Ok(Some((backend, opened))) => {
                    *device.borrow_mut() = Some(opened);
                    Ok(backend)
                }
                Ok(None) => Ok(Box::new(backend::Compute::Cpu)),
                Err(error) if self.choice == Choice::Gpu => {
                    *refusal.borrow_mut() = Some(error);
                    Err(text!("gpu-none").into())
                }
                Err(error) => {
                    tracing::debug!(%error, "computing on the processor");
                    Ok(Box::new(backend::Compute::Cpu))
                }
            }
        });
        // Weights that can't be read ask for no backend. A driver that is still looking when the program ends crashes it.
        if let Some(search) = search.into_inner() {
            let _ = search.join();
        }
        if let Some(refusal) = refusal.into_inner() {
            return Err(refusal.context(text!("gpu-unusable")));
        }
        Ok((loaded?, device.into_inner()))
    }

    /// The backend on the graphics card, unless the processor is the better choice.
    fn gpu(
        &self,
        file: &Path,
        weights: &SpeechWeights,
        adapter: anyhow::Result<wgpu::Adapter>,
    ) -> anyhow::Result<Option<(Box<dyn Backend>, ComputeDevice)>> {
        let adapter = adapter?;
        let info = adapter.get_info();
        let is_forced = self.choice == Choice::Gpu;
        if info.device_type == wgpu::DeviceType::Cpu && !is_forced {
            return Ok(None);
        }
        let key = measured::key(&info, file);
        let mut measured = Measured::load(self.measurements.as_deref());
        let known = measured.verdict(&key);
        let is_wanted = |verdict: Verdict| verdict.agrees && (is_forced || verdict.is_faster());
        if known.is_some_and(|verdict| !is_wanted(verdict)) {
            return Ok(None);
        }
        let device = ComputeDevice::open(&adapter)?;
        let verdict = match known {
            Some(verdict) => verdict,
            None => {
                let compared = match Comparison::run(&device, &backend::Compute::Cpu, weights) {
                    Ok(compared) => compared,
                    // The file is at fault, which the processor says in its own words.
                    Err(error) if is_about_weights(&error) => return Ok(None),
                    Err(error) => anyhow::bail!(words(error.as_ref())),
                };
                tracing::debug!(adapter = info.name, ?compared, "measured the graphics card");
                let verdict = Verdict::from(compared);
                measured.keep(key, verdict);
                verdict
            }
        };
        if !verdict.agrees {
            let line = text!(
                "gpu-wrong",
                name = info.name.as_str(),
                correlation = format!("{:.4}", verdict.voice_correlation)
            );
            anyhow::ensure!(!is_forced, line);
            (self.notify)(&text!("gpu-left-out", reason = line));
            return Ok(None);
        }
        if !is_wanted(verdict) {
            return Ok(None);
        }
        let notify = Arc::clone(&self.notify);
        let on_failure = move |error: &backend::Error| {
            notify(&text!("gpu-failed", reason = words(error.as_ref())));
        };
        let (gpu, cpu) = (Box::new(device.clone()), Box::new(backend::Compute::Cpu));
        let backend = Fallback::new(gpu, cpu, Box::new(on_failure));
        Ok(Some((Box::new(backend), device)))
    }
}

fn is_about_weights(error: &backend::Error) -> bool {
    matches!(error.downcast_ref(), Some(flow_gpu::Error::Weights(_)))
}

impl Adapter {
    fn find(&self) -> anyhow::Result<wgpu::Adapter> {
        Ok(match self {
            Self::Of(gpu) => gpu.adapter().clone(),
            Self::Best => shaders::Gpu::headless_adapter()?.1,
        })
    }
}
