//! How many pictures of a speaking face the window shows in a second: the window itself, drawn where nobody sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossbeam_channel::bounded;
use eframe::App as _;
use egui::mutex::RwLock;
use egui::{FullOutput, Pos2, RawInput, Rect, Vec2, ViewportId};
use egui_wgpu::{RenderState, Renderer, RendererOptions, ScreenDescriptor};

use super::{App, Options};
use crate::window::settings::Settings;
use crate::window::state::{Action, Readiness};
use crate::window::texts::text;
use crate::window::threads::Folders;
use studio::resources::Resources;
use studio::sound::microphone::Microphone;
use studio::sound::output::PacedOutput;

/// Width and height of the window that is measured, at one pixel a point.
pub const SIZE_PX: [u32; 2] = [1280, 800];
/// As on a screen: the channels as they are, no more than a byte each.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
/// A frame that nobody asked for still looks for what the threads have made.
const MAX_WAIT: Duration = Duration::from_millis(100);

/// What was seen while the window spoke.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PictureRate {
    /// Pictures of the portrait that were drawn and finished, each other than the one before.
    pub pictures: u32,
    /// From the first frame with sound to the last.
    pub speaking_secs: f64,
}

impl PictureRate {
    /// Pictures a second; at most as many as motion has frames.
    pub fn per_second(self) -> f64 {
        f64::from(self.pictures) / self.speaking_secs.max(f64::EPSILON)
    }
}

/// Opens a window of [`SIZE_PX`] without a screen, lets it speak `words`, and counts. Sound keeps its time and is not heard.
///
/// # Errors
/// What `check` returns, which is asked at each frame, and what the window would show as an error.
pub fn measure(
    resources: Resources,
    gpu: &shaders::Gpu,
    words: &str,
    check: &dyn Fn() -> anyhow::Result<()>,
) -> anyhow::Result<PictureRate> {
    let folder = tempfile::tempdir()?;
    let mut window = Unseen::open(resources, gpu, folder.path())?;
    while window.app.state().readiness == Readiness::Loading || window.app.live.is_none() {
        check()?;
        window.frame()?;
    }
    words.clone_into(&mut window.app.document().words);
    window.app.act(Action::Speak);
    let mut rate = PictureRate::default();
    let mut first_sound: Option<Instant> = None;
    while window.app.state().is_speaking() {
        check()?;
        window.frame()?;
        let activity = window.app.activity();
        if activity.is_playing {
            let began = *first_sound.get_or_insert_with(Instant::now);
            rate.speaking_secs = began.elapsed().as_secs_f64();
            rate.pictures += u32::from(activity.is_new_picture);
        }
    }
    anyhow::ensure!(rate.speaking_secs > 0.0, "{}", text!("picture-rate-silent"));
    Ok(rate)
}

/// A window without a screen.
struct Unseen {
    app: App,
    context: egui::Context,
    render_state: RenderState,
    screen: wgpu::TextureView,
    opened: Instant,
    wanted: crossbeam_channel::Receiver<()>,
    /// What the adapter is still drawing.
    drawing: Option<wgpu::SubmissionIndex>,
}

impl Unseen {
    /// Keeps everything that the window keeps in `folder`.
    fn open(
        resources: Resources,
        gpu: &shaders::Gpu,
        folder: &std::path::Path,
    ) -> anyhow::Result<Self> {
        let folders = Folders {
            settings: folder.join("settings.json"),
            recovery: folder.join("recovery"),
            pasted: folder.join("pasted"),
        };
        let settings = Settings {
            is_welcomed: true,
            ..Settings::default()
        };
        settings.save(&folders.settings)?;
        let device = gpu.device();
        let options = RendererOptions {
            dithering: false,
            ..RendererOptions::default()
        };
        let render_state = RenderState {
            instance: gpu.instance().clone(),
            adapter: gpu.adapter().clone(),
            available_adapters: Vec::new(),
            device: device.clone(),
            queue: gpu.queue().clone(),
            target_format: FORMAT,
            renderer: Arc::new(RwLock::new(Renderer::new(device, FORMAT, options))),
        };
        let usage = wgpu::TextureUsages::empty();
        let screen = shaders::target(device, "window", SIZE_PX, FORMAT, usage);
        let context = egui::Context::default();
        let (want, wanted) = bounded(1);
        context.set_request_repaint_callback(move |request| {
            if request.delay.is_zero() {
                // One that waits is enough.
                let _ = want.try_send(());
            }
        });
        let app = App::in_context(
            &context,
            &render_state,
            Options {
                resources,
                open_output: Box::new(|_| (Box::new(PacedOutput::new()), None)),
                open_microphone: Arc::new(Microphone::open),
                recordings: folder.join("films"),
                folders,
                is_cleared: true,
                files: Vec::new(),
            },
        )?;
        Ok(Self {
            app,
            context,
            render_state,
            screen: screen.create_view(&wgpu::TextureViewDescriptor::default()),
            opened: Instant::now(),
            wanted,
            drawing: None,
        })
    }

    /// Draws a frame once one is wanted; the one before is finished then.
    fn frame(&mut self) -> anyhow::Result<()> {
        let size = Vec2::from(SIZE_PX.map(|side| side as f32));
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            max_texture_side: Some(
                self.render_state.device.limits().max_texture_dimension_2d as usize,
            ),
            time: Some(self.opened.elapsed().as_secs_f64()),
            focused: true,
            ..RawInput::default()
        };
        let app = &mut self.app;
        let output = self.context.run_ui(input, |ui| {
            app.advance(ui.ctx());
            app.show(ui, None);
        });
        let state = app.state();
        let failed = match &state.readiness {
            Readiness::Failed(line) => Some(line),
            _ if state.status.is_error => Some(&state.status.line),
            _ => None,
        };
        if let Some(line) = failed {
            anyhow::bail!("{line}");
        }
        let wait = output
            .viewport_output
            .get(&ViewportId::ROOT)
            .map_or(MAX_WAIT, |viewport| viewport.repaint_delay);
        let began = Instant::now();
        let drawing = self.paint(output);
        if let Some(index) = self.drawing.replace(drawing) {
            let done = wgpu::PollType::Wait {
                submission_index: Some(index),
                timeout: None,
            };
            let waited = self.render_state.device.poll(done);
            waited.context(text!("picture-rate-device"))?;
        }
        let wait = wait.min(MAX_WAIT).saturating_sub(began.elapsed());
        // Woken or not: a frame is due.
        let _ = self.wanted.recv_timeout(wait);
        Ok(())
    }

    fn paint(&self, output: FullOutput) -> wgpu::SubmissionIndex {
        let RenderState { device, queue, .. } = &self.render_state;
        let mut renderer = self.render_state.renderer.write();
        for (id, deltas) in &output.textures_delta.set {
            for delta in deltas {
                renderer.update_texture(device, queue, *id, delta);
            }
        }
        let screen = ScreenDescriptor {
            size_in_pixels: SIZE_PX,
            pixels_per_point: output.pixels_per_point,
        };
        let primitives = self
            .context
            .tessellate(output.shapes, output.pixels_per_point);
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor {
            label: Some("window"),
        });
        let first = renderer.update_buffers(device, queue, &mut encoder, &primitives, &screen);
        {
            let style = self.context.global_style();
            let [r, g, b, a] = self.app.clear_color(&style.visuals).map(f64::from);
            let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("window"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &self.screen,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a }),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            renderer.render(&mut pass.forget_lifetime(), &primitives, &screen);
        }
        let drawing = queue.submit(first.into_iter().chain([encoder.finish()]));
        for id in &output.textures_delta.free {
            renderer.free_texture(id);
        }
        drawing
    }
}
