//! What computes speech, one against the other.

use engine::{SpeakRequest, SynthesisTimings};
use serde::Serialize;
use studio::compute::{KernelTime, Loaded};

use super::{memory, milliseconds};
use crate::cli::texts::text;

/// One backend with one speech.
#[derive(Debug, Serialize)]
pub(super) struct BackendReport {
    /// Short name: `cpu` or `gpu`.
    name: &'static str,
    /// The graphics adapter, if there is one.
    adapter: Option<String>,
    /// Text to speech and motion: time spent over length of the sound.
    real_time_factor: f64,
    /// From the text to the first samples ready to play, models warm.
    first_sound_ms: f64,
    /// The joint flow of voice and mouth.
    flow_ms: f64,
    /// Kernels that the speech took.
    dispatches: u64,
    /// Bytes brought back from the adapter.
    bytes_read_back: u64,
    /// Copies that brought them.
    read_backs: u64,
    /// Everything that is kept on the adapter, weights included.
    adapter_memory_mb: f64,
    /// Memory of the program that it holds once it has spoken, weights included; only on Linux.
    memory_mb: Option<f64>,
    /// What each kernel took in a speech of its own, the slowest first; none where the adapter has no clock.
    kernels: Vec<KernelReport>,
    /// All times.
    #[serde(skip)]
    pub timings: SynthesisTimings,
}

/// All dispatches of one kernel.
#[derive(Debug, Serialize)]
struct KernelReport {
    /// Its name.
    name: &'static str,
    /// How often it ran.
    dispatches: u64,
    /// The time that it took on the adapter.
    milliseconds: f64,
    /// Floating-point operations a second, in billions.
    gflops: f64,
}

impl From<KernelTime> for KernelReport {
    fn from(time: KernelTime) -> Self {
        let secs = time.time.as_secs_f64();
        Self {
            name: time.kernel,
            dispatches: time.dispatches,
            milliseconds: 1000.0 * secs,
            gflops: 2.0 * time.macs as f64 / secs.max(1e-9) / 1e9,
        }
    }
}

/// `memory_before_mb` is what the program held before the backend was loaded.
///
/// Speaks twice: the first speech warms caches, pipelines and thread pools, the second is measured. Where kernels can be timed, which
/// slows them down, a third one follows.
pub(super) fn measure(
    loaded: &Loaded,
    memory_before_mb: Option<f64>,
    request: &SpeakRequest,
    cancelled: &dyn Fn() -> bool,
) -> engine::Result<BackendReport> {
    let Loaded {
        synthesizer,
        device,
    } = loaded;
    let usage = || {
        device
            .as_ref()
            .map(|device| device.usage())
            .unwrap_or_default()
    };
    synthesizer.speak(request, cancelled, &mut |_| Ok(()))?;
    let before = usage();
    synthesizer.speak(request, cancelled, &mut |_| Ok(()))?;
    let after = usage();
    let memory_mb = memory::in_use_mb()
        .zip(memory_before_mb)
        .map(|(now, before)| now - before);
    let timings = synthesizer.timings();
    let mut kernels = Vec::new();
    if let Some(device) = device
        && device.start_profile()
    {
        let spoken = synthesizer.speak(request, cancelled, &mut |_| Ok(()));
        kernels.extend(device.take_profile().into_iter().map(KernelReport::from));
        spoken?;
    }
    Ok(BackendReport {
        name: synthesizer.backend_name(),
        adapter: device
            .as_ref()
            .map(|device| device.adapter_name().to_owned()),
        real_time_factor: timings.real_time_factor(),
        first_sound_ms: milliseconds(timings.first_chunk),
        flow_ms: milliseconds(timings.flow),
        dispatches: after.dispatches - before.dispatches,
        bytes_read_back: after.bytes_read_back - before.bytes_read_back,
        read_backs: after.read_backs - before.read_backs,
        adapter_memory_mb: after.kept_bytes as f64 / 1e6,
        memory_mb,
        kernels,
        timings,
    })
}

impl BackendReport {
    /// Lines for the terminal: one, and one for each kernel.
    pub fn lines(&self) -> Vec<String> {
        let kernel = |kernel: &KernelReport| {
            text!(
                "bench-kernel",
                name = kernel.name,
                dispatches = kernel.dispatches.to_string(),
                time_ms = format!("{:.2}", kernel.milliseconds),
                gflops = format!("{:.1}", kernel.gflops),
            )
        };
        let kernels = self.kernels.iter().map(kernel);
        std::iter::once(self.line()).chain(kernels).collect()
    }

    fn line(&self) -> String {
        let line = text!(
            "bench-backend",
            name = self.name,
            rtf = format!("{:.3}", self.real_time_factor),
            first_sound_ms = format!("{:.0}", self.first_sound_ms),
            flow_ms = format!("{:.0}", self.flow_ms),
        );
        let line = match self.memory_mb {
            None => line,
            Some(megabytes) => text!(
                "bench-backend-memory",
                line = line,
                megabytes = format!("{megabytes:.0}"),
            ),
        };
        match &self.adapter {
            None => line,
            Some(adapter) => text!(
                "bench-backend-on",
                line = line,
                adapter = adapter.as_str(),
                dispatches = self.dispatches.to_string(),
                bytes = self.bytes_read_back.to_string(),
                copies = self.read_backs.to_string(),
                megabytes = format!("{:.0}", self.adapter_memory_mb),
            ),
        }
    }
}
