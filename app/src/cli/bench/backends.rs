//! What computes speech, one against the other.

use engine::{SpeakRequest, SynthesisTimings};
use serde::Serialize;
use studio::compute::Loaded;

use super::milliseconds;
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
    /// All times.
    #[serde(skip)]
    pub timings: SynthesisTimings,
}

/// Speaks twice: the first speech warms caches, pipelines and thread pools, the second is measured.
pub(super) fn measure(
    loaded: &Loaded,
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
    let timings = synthesizer.timings();
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
        adapter_memory_mb: after.buffer_bytes as f64 / 1e6,
        timings,
    })
}

impl BackendReport {
    /// One line for the terminal.
    pub fn line(&self) -> String {
        let line = text!(
            "bench-backend",
            name = self.name,
            rtf = format!("{:.3}", self.real_time_factor),
            first_sound_ms = format!("{:.0}", self.first_sound_ms),
            flow_ms = format!("{:.0}", self.flow_ms),
        );
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
