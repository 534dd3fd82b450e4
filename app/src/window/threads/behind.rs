//! How films are written behind the window without the window having to wait for them.

use std::cell::Cell;

use engine::SpeechChunk;
use shaders::Gpu;
use studio::film::Film;

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

/// Frames from one report of progress to the next.
const PROGRESS_FRAMES: usize = 5;

/// Adds a piece to a film and reports now and then how far that is, from `done` to what is done with the piece, 0 to 1.
pub(super) fn add_with_progress(
    film: &mut Film,
    chunk: &SpeechChunk,
    done: f32,
    cancelled: &dyn Fn() -> bool,
    progress: &dyn Fn(f32),
) -> anyhow::Result<()> {
    // The film asks before each frame whether to go on, so this counts them.
    let frames = Cell::new(0_usize);
    let count = chunk.mouth.len().max(1);
    film.add(chunk, &|| {
        if frames.get().is_multiple_of(PROGRESS_FRAMES) {
            let share = frames.get() as f32 / count as f32;
            progress(done + share * (chunk.fraction_done - done));
        }
        frames.set(frames.get() + 1);
        cancelled()
    })?;
    progress(chunk.fraction_done);
    Ok(())
}
