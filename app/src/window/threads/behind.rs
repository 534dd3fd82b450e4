//! How films are written behind the window without the window having to wait for them.

use shaders::Gpu;

/// How much less than the window a film is worth to the system's scheduler, in its own steps.
#[cfg(target_os = "linux")]
const NICER_BY: i32 = 10;

/// Lets the window go first from now on: this thread and those that it starts get what the others leave. Only Linux can do so.
pub(super) fn let_the_window_go_first() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICER_BY) {
        tracing::debug!("a film is written at the window's own priority: {error}");
    }
}

/// The device that a film is drawn on. A card draws for all; without one a film gets a device of its own, since the window would
/// stand in line behind the film's pictures on a shared one.
pub(super) fn film_gpu(window: &Gpu) -> Gpu {
    let is_software = |gpu: &Gpu| gpu.device().adapter_info().device_type == wgpu::DeviceType::Cpu;
    if !is_software(window) {
        return window.clone();
    }
    match Gpu::headless() {
        Ok(own) if is_software(&own) => own,
        // A card that the user does not want, or no second device.
        _ => window.clone(),
    }
}
