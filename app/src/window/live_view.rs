//! The live view: draws the performance on the stage into the texture that the window shows.

use std::ops::Deref;
use std::time::{Duration, Instant};

use egui_wgpu::RenderState;

use crate::window::stage_painter;
use crate::window::state::Stage;
use crate::window::threads::PortraitReady;
use studio::avatar::face_motion;
use studio::performance::{Live, Performance};
use studio::take::Take;

/// The portrait on the stage.
pub struct LiveView {
    stage: Stage,
    renderer: shaders::GroupRenderer,
    texture: egui::TextureId,
    live: Live,
    /// Frames lived so far, also those that were not drawn.
    frame_number: u64,
    /// Of so many frames that are lived one is drawn.
    draw_stride: usize,
    frames_drawn: u64,
    /// Of the frame on the stage.
    motions: Vec<shaders::FaceMotion>,
    speech_frame: Option<usize>,
    draw_time: Option<Duration>,
}

impl LiveView {
    /// Puts a portrait on the stage; `previous` gives its texture back.
    pub fn new(
        render_state: &RenderState,
        ready: PortraitReady,
        seed: u64,
        previous: Option<Self>,
    ) -> Self {
        let view = ready
            .renderer
            .texture()
            .create_view(&wgpu::TextureViewDescriptor::default());
        stage_painter::set_portrait(render_state, &view);
        let mut egui_renderer = render_state.renderer.write();
        if let Some(previous) = previous {
            egui_renderer.free_texture(&previous.texture);
        }
        let texture = egui_renderer.register_native_texture(
            &render_state.device,
            &view,
            wgpu::FilterMode::Linear,
        );
        let performance = Performance::new(ready.stage.people(), ready.stage.speaker(), seed);
        Self {
            stage: ready.stage,
            live: Live::new(performance),
            frame_number: 0,
            draw_stride: 1,
            renderer: ready.renderer,
            texture,
            frames_drawn: 0,
            motions: Vec::new(),
            speech_frame: None,
            draw_time: None,
        }
    }

    /// Who is on stage and what they do.
    pub fn performance(&mut self) -> &mut Performance {
        &mut self.live
    }

    /// Lives one of `lived` frames while nobody speaks, and draws one of `drawn`, which is no less.
    pub fn set_strides(&mut self, lived: usize, drawn: usize) {
        self.live.set_idle_stride(lived);
        self.draw_stride = drawn / lived.max(1);
    }

    /// Draws the frame that is due, if one is and anybody has moved visibly, and says whether. `take` is the running speech and `speech_frame` is where its audio clock is.
    pub fn advance(
        &mut self,
        now_secs: f64,
        take: Option<&Take>,
        speech_frame: Option<usize>,
    ) -> bool {
        let Some(frames) = self.live.advance(now_secs, take, speech_frame) else {
            return false;
        };
        let began = Instant::now();
        self.motions = frames.iter().map(face_motion).collect();
        self.speech_frame = speech_frame;
        self.frame_number += 1;
        if !self
            .frame_number
            .is_multiple_of(self.draw_stride.max(1) as u64)
        {
            return false;
        }
        let is_drawn = self.renderer.render_visible(&self.motions);
        if is_drawn {
            self.draw_time = Some(began.elapsed());
            self.frames_drawn += 1;
        }
        is_drawn
    }

    /// Time until the next idle frame is due.
    pub fn until_next_secs(&self, now_secs: f64) -> f64 {
        self.live.until_next_secs(now_secs)
    }

    /// The texture as egui knows it, with its size in pixels.
    pub fn image(&self) -> egui::load::SizedTexture {
        let size = self.renderer.texture().size();
        egui::load::SizedTexture::new(
            self.texture,
            egui::vec2(size.width as f32, size.height as f32),
        )
    }

    /// How everybody moves in the frame that was lived last.
    pub fn motions(&self) -> &[shaders::FaceMotion] {
        &self.motions
    }

    /// The number of that frame; 0 before the first.
    pub fn frame_number(&self) -> u64 {
        self.frame_number
    }

    /// Frames drawn so far.
    pub fn frames_drawn(&self) -> u64 {
        self.frames_drawn
    }

    /// Which frame of the running speech is on the stage.
    pub fn speech_frame(&self) -> Option<usize> {
        self.speech_frame
    }

    /// How long the last frame took to be handed to the graphics adapter.
    pub fn draw_time(&self) -> Option<Duration> {
        self.draw_time
    }

    /// Width and height of a frame, pixels.
    pub fn size_px(&self) -> [u32; 2] {
        self.renderer.size_px()
    }

    /// The mesh of the frame on the stage: lines from and to, as shares of its width and height.
    pub fn mesh(&self) -> Vec<[[f32; 2]; 2]> {
        let [width, height] = self.size_px().map(|side| side as f32);
        let share = |[x, y]: [f32; 2]| [x / width, y / height];
        let mut lines = Vec::new();
        for wireframe in self.renderer.wireframes(&self.motions) {
            let at = |vertex: u32| share(wireframe.vertices_px[vertex as usize]);
            lines.extend(wireframe.edges.iter().map(|edge| edge.map(at)));
        }
        lines
    }

    /// The frame on the stage, RGBA; slow, for tests.
    pub fn read_rgba(&mut self) -> shaders::Result<Vec<u8>> {
        self.renderer.read_rgba()
    }
}

impl Deref for LiveView {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.stage
    }
}
