//! Draws again only what looks otherwise than in the frame before, for machines where the processor draws: the window is kept as a
//! picture, its damaged parts are painted, and the screen is given the picture.

mod damage;
mod kept_picture;

use std::collections::HashSet;

use egui::epaint::ClippedShape;
use egui::epaint::textures::TexturesDelta;
use egui::{Color32, Context, FullOutput, Rect, Shape, TextureId, Ui, ViewportId};
use egui_wgpu::{RenderState, ScreenDescriptor, wgpu};

use super::{stage_painter, theme};
use kept_picture::{KeptPicture, Pipeline};

/// The plugin of egui that does it.
pub struct Redraw {
    render_state: RenderState,
    pipeline: Pipeline,
    kept: Option<KeptPicture>,
    /// The frame that `kept` shows.
    before: Frame,
    /// Of the pass that ends.
    now: Pass,
    /// Textures that hold something else since `before`.
    changed: HashSet<TextureId>,
    is_portrait_new: bool,
    is_everything_new: bool,
}

/// What a frame consists of.
#[derive(Default)]
struct Frame {
    shapes: Vec<ClippedShape>,
    ground: Color32,
    pixels_per_point: f32,
}

/// A pass of egui over a window.
#[derive(Clone, Copy)]
struct Pass {
    viewport: ViewportId,
    rect: Rect,
    ground: Color32,
}

impl Redraw {
    /// For the window that this draws.
    pub fn new(render_state: &RenderState) -> Self {
        Self {
            render_state: render_state.clone(),
            pipeline: Pipeline::new(&render_state.device, render_state.target_format),
            kept: None,
            before: Frame::default(),
            now: Pass {
                viewport: ViewportId::ROOT,
                rect: Rect::NOTHING,
                ground: Color32::BLACK,
            },
            changed: HashSet::new(),
            is_portrait_new: false,
            is_everything_new: false,
        }
    }

    /// The portrait was drawn anew into this texture.
    pub fn portrait_changed(&mut self, texture: TextureId) {
        self.is_portrait_new = true;
        self.changed.insert(texture);
    }

    /// Nothing that was drawn holds any more.
    pub fn everything_changed(&mut self) {
        self.is_everything_new = true;
    }

    /// Other windows share the textures, so that those of their passes count, too.
    fn note_textures(&mut self, delta: &TexturesDelta) {
        for (&id, deltas) in &delta.set {
            let is_whole = deltas.iter().any(|delta| delta.is_whole());
            match id {
                // Letters are added to it, which changes none that was drawn.
                TextureId::Managed(0) if !is_whole => {}
                TextureId::Managed(0) => self.is_everything_new = true,
                _ => {
                    self.changed.insert(id);
                }
            }
        }
    }

    fn is_new(&self, context: &Context, shape: &Shape) -> bool {
        match shape {
            Shape::Vec(shapes) => shapes.iter().any(|shape| self.is_new(context, shape)),
            Shape::Callback(_) => {
                self.is_portrait_new && stage_painter::is_portrait(context, shape)
            }
            _ => !self.changed.is_empty() && self.changed.contains(&shape.texture_id()),
        }
    }

    /// Brings the kept picture up to date.
    fn draw(&mut self, context: &Context, shapes: &[ClippedShape], pixels_per_point: f32) {
        let size_px = (self.now.rect.size() * pixels_per_point).round();
        let size_px = [size_px.x as u32, size_px.y as u32];
        let fits = |kept: &KeptPicture| kept.size_px == size_px;
        let is_everything_new = !self.kept.as_ref().is_some_and(fits)
            || self.is_everything_new
            || self.before.ground != self.now.ground
            || self.before.pixels_per_point != pixels_per_point;
        let parts = if is_everything_new {
            vec![self.now.rect]
        } else {
            let is_new = |shape: &Shape| self.is_new(context, shape);
            let before = &self.before.shapes;
            damage::parts(before, shapes, &is_new, self.now.rect, pixels_per_point)
        };
        if parts.is_empty() {
            return;
        }
        let RenderState { device, queue, .. } = &self.render_state;
        let format = self.render_state.target_format;
        if !self.kept.as_ref().is_some_and(fits) {
            self.kept = None;
        }
        let kept = self
            .kept
            .get_or_insert_with(|| KeptPicture::new(device, format, size_px, &self.pipeline));
        let screen = ScreenDescriptor {
            size_in_pixels: size_px,
            pixels_per_point,
        };
        let primitives = context.tessellate(damage::within(shapes, &parts), pixels_per_point);
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor {
            label: Some("redraw"),
        });
        let mut renderer = self.render_state.renderer.write();
        let first = renderer.update_buffers(device, queue, &mut encoder, &primitives, &screen);
        {
            let mut pass = kept.begin(&mut encoder).forget_lifetime();
            let parts_px = parts.iter().map(|part| {
                let [from, to] =
                    [part.min, part.max].map(|corner| (corner * pixels_per_point).round());
                let left = (from.x as u32).min(size_px[0]);
                let top = (from.y as u32).min(size_px[1]);
                let right = (to.x as u32).clamp(left, size_px[0]);
                let bottom = (to.y as u32).clamp(top, size_px[1]);
                [left, top, right - left, bottom - top]
            });
            let ground = self.now.ground;
            let resources = &renderer.callback_resources;
            stage_painter::clear(&mut pass, queue, resources, ground, parts_px);
            renderer.render(&mut pass, &primitives, &screen);
        }
        queue.submit(first.into_iter().chain([encoder.finish()]));
    }
}

impl egui::Plugin for Redraw {
    fn debug_name(&self) -> &'static str {
        "redraw"
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        let context = ui.ctx();
        self.now = Pass {
            viewport: context.viewport_id(),
            rect: context.viewport_rect(),
            ground: theme::palette(&context.global_style().visuals).surface,
        };
    }

    fn output_hook(&mut self, context: &Context, output: &mut FullOutput) {
        self.note_textures(&output.textures_delta);
        // At once, also those of a window that nobody paints now: what is drawn stays.
        {
            let RenderState { device, queue, .. } = &self.render_state;
            let mut renderer = self.render_state.renderer.write();
            for (id, deltas) in output.textures_delta.set.drain() {
                for delta in deltas {
                    renderer.update_texture(device, queue, id, &delta);
                }
            }
        }
        if self.now.viewport != ViewportId::ROOT || !self.now.rect.is_positive() {
            return;
        }
        let shapes = std::mem::take(&mut output.shapes);
        let pixels_per_point = output.pixels_per_point;
        self.draw(context, &shapes, pixels_per_point);
        self.before = Frame {
            shapes,
            ground: self.now.ground,
            pixels_per_point,
        };
        self.changed.clear();
        self.is_portrait_new = false;
        self.is_everything_new = false;
        if let Some(kept) = &self.kept {
            let shown = kept.shown(&self.pipeline, self.now.rect);
            output.shapes = vec![ClippedShape::new(self.now.rect, shown)];
        }
    }
}
