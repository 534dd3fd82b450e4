//! Paints the window's largest surfaces, the ground of the stage, the portrait on it and the ground of the timeline, with a shader of
//! their own.
//!
//! egui's shader can filter textures by hand. lavapipe goes through both sides of a branch for every pixel, so that painting these
//! with it takes most of the time of each picture where there is no graphics card.

use egui::{Color32, Context, Id, PaintCallbackInfo, Rect, Shape, ViewportId};
use egui_wgpu::{Callback, CallbackResources, CallbackTrait, RenderState, ScreenDescriptor, wgpu};

const SHADER: &str = include_str!("stage_painter.wgsl");

/// `Surface` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Uniforms {
    colour: [f32; 4],
    size_px: [f32; 2],
    corner_px: f32,
    padding: f32,
}

/// One of them, ready to be painted.
struct Surface {
    /// Shared by surfaces of a kind.
    pipeline: wgpu::RenderPipeline,
    uniforms: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
}

/// All of them, as egui's renderer keeps them.
struct StagePainter {
    portrait_pipeline: wgpu::RenderPipeline,
    cleared: Surface,
    ground: Surface,
    timeline: Surface,
    /// Once there is one.
    portrait: Option<Surface>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Which {
    Ground,
    Timeline,
    Portrait,
}

/// One of them in a place.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Painted {
    which: Which,
    colour: Color32,
    rect: Rect,
    corner_pt: f32,
}

/// Makes the painter ready. Without it, shapes of this module paint nothing.
pub fn prepare(render_state: &RenderState) {
    let device = &render_state.device;
    let format = render_state.target_format;
    let [plain, portrait] = match format.is_srgb() {
        false => ["plain", "portrait"],
        true => ["plain_linear", "portrait_linear"],
    }
    .map(|entry_point| pipeline(device, format, entry_point));
    let painter = StagePainter {
        portrait_pipeline: portrait,
        cleared: Surface::new(device, &plain, None),
        ground: Surface::new(device, &plain, None),
        timeline: Surface::new(device, &plain, None),
        portrait: None,
    };
    let mut renderer = render_state.renderer.write();
    renderer.callback_resources.insert(painter);
}

/// Which portrait is on the stage from now on: a texture with straight alpha.
pub fn set_portrait(render_state: &RenderState, portrait: &wgpu::TextureView) {
    let mut renderer = render_state.renderer.write();
    if let Some(painter) = renderer.callback_resources.get_mut::<StagePainter>() {
        let pipeline = &painter.portrait_pipeline;
        let surface = Surface::new(&render_state.device, pipeline, Some(portrait));
        painter.portrait = Some(surface);
    }
}

/// The ground of the stage.
pub fn ground(context: &Context, rect: Rect, colour: Color32) -> Shape {
    painted(context, Which::Ground, rect, colour, 0.0)
}

/// The ground of the timeline.
pub fn timeline(context: &Context, rect: Rect, colour: Color32, corner_pt: f32) -> Shape {
    painted(context, Which::Timeline, rect, colour, corner_pt)
}

/// The portrait on the stage.
pub fn portrait(context: &Context, rect: Rect, corner_pt: f32) -> Shape {
    painted(
        context,
        Which::Portrait,
        rect,
        Color32::TRANSPARENT,
        corner_pt,
    )
}

/// Whether this is the portrait in the main window.
pub fn is_portrait(context: &Context, shape: &Shape) -> bool {
    let id = kept_id(Which::Portrait, ViewportId::ROOT);
    let kept = context.data(|data| data.get_temp::<(Painted, Shape)>(id));
    kept.is_some_and(|(_, portrait)| portrait == *shape)
}

/// Paints these parts, left, top, width and height in pixels, in one colour, whatever was there.
pub fn clear(
    pass: &mut wgpu::RenderPass<'_>,
    queue: &wgpu::Queue,
    resources: &CallbackResources,
    colour: Color32,
    parts_px: impl Iterator<Item = [u32; 4]>,
) {
    let Some(painter) = resources.get::<StagePainter>() else {
        return;
    };
    // So large that no pixel is one of the edge.
    let uniforms = Uniforms {
        colour: colour.to_normalized_gamma_f32(),
        size_px: [1e6; 2],
        corner_px: 0.5,
        padding: 0.0,
    };
    queue.write_buffer(&painter.cleared.uniforms, 0, bytemuck::bytes_of(&uniforms));
    pass.set_pipeline(&painter.cleared.pipeline);
    pass.set_bind_group(0, &painter.cleared.bind_group, &[]);
    for [left, top, width, height] in parts_px {
        pass.set_scissor_rect(left, top, width, height);
        pass.draw(0..4, 0..1);
    }
}

/// The same shape as in the frame before if nothing about it has changed: egui cannot compare what these paint.
fn painted(context: &Context, which: Which, rect: Rect, colour: Color32, corner_pt: f32) -> Shape {
    let painted = Painted {
        which,
        colour,
        rect,
        corner_pt,
    };
    let id = kept_id(which, context.viewport_id());
    if let Some((before, shape)) = context.data(|data| data.get_temp::<(Painted, Shape)>(id))
        && before == painted
    {
        return shape;
    }
    let shape = Shape::from(Callback::new_paint_callback(rect, painted));
    context.data_mut(|data| data.insert_temp(id, (painted, shape.clone())));
    shape
}

fn kept_id(which: Which, viewport: ViewportId) -> Id {
    Id::unique(("stage painter", which, viewport))
}

/// Paints with one of the shader's fragment functions.
fn pipeline(
    device: &wgpu::Device,
    format: wgpu::TextureFormat,
    entry_point: &str,
) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("stage"),
        source: wgpu::ShaderSource::Wgsl(SHADER.into()),
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(entry_point),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("vertex"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            ..Default::default()
        },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some(entry_point),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(wgpu::ColorTargetState {
                format,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}

impl Surface {
    /// A plain one, or one with a picture, as its pipeline paints it.
    fn new(
        device: &wgpu::Device,
        pipeline: &wgpu::RenderPipeline,
        picture: Option<&wgpu::TextureView>,
    ) -> Self {
        let uniforms = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("stage"),
            size: size_of::<Uniforms>() as wgpu::BufferAddress,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        });
        let mut entries = vec![wgpu::BindGroupEntry {
            binding: 0,
            resource: uniforms.as_entire_binding(),
        }];
        if let Some(picture) = picture {
            entries.push(wgpu::BindGroupEntry {
                binding: 1,
                resource: wgpu::BindingResource::TextureView(picture),
            });
            entries.push(wgpu::BindGroupEntry {
                binding: 2,
                resource: wgpu::BindingResource::Sampler(&sampler),
            });
        }
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("stage"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        Self {
            pipeline: pipeline.clone(),
            uniforms,
            bind_group,
        }
    }
}

impl Painted {
    fn surface(self, painter: &StagePainter) -> Option<&Surface> {
        match self.which {
            Which::Ground => Some(&painter.ground),
            Which::Timeline => Some(&painter.timeline),
            Which::Portrait => painter.portrait.as_ref(),
        }
    }

    fn uniforms(self, pixels_per_point: f32) -> Uniforms {
        Uniforms {
            colour: self.colour.to_normalized_gamma_f32(),
            size_px: (self.rect.size() * pixels_per_point).into(),
            // Half a pixel is a sharp corner: the outermost pixels are covered to their middle.
            corner_px: (self.corner_pt * pixels_per_point).max(0.5),
            padding: 0.0,
        }
    }
}

impl CallbackTrait for Painted {
    fn prepare(
        &self,
        _device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let painter = resources.get::<StagePainter>();
        if let Some(surface) = painter.and_then(|painter| self.surface(painter)) {
            let uniforms = self.uniforms(screen.pixels_per_point);
            queue.write_buffer(&surface.uniforms, 0, bytemuck::bytes_of(&uniforms));
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let painter = resources.get::<StagePainter>();
        if let Some(surface) = painter.and_then(|painter| self.surface(painter)) {
            pass.set_pipeline(&surface.pipeline);
            pass.set_bind_group(0, &surface.bind_group, &[]);
            pass.draw(0..4, 0..1);
        }
    }
}
