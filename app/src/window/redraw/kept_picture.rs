//! The window as a picture that stays from frame to frame.

use egui::{PaintCallbackInfo, Rect, Shape};
use egui_wgpu::{Callback, CallbackResources, CallbackTrait, wgpu};

const SHADER: &str = include_str!("kept_picture.wgsl");

/// Copies a picture to the screen, pixel by pixel.
pub(super) struct Pipeline(wgpu::RenderPipeline);

/// The picture.
pub(super) struct KeptPicture {
    pub size_px: [u32; 2],
    view: wgpu::TextureView,
    bind_group: wgpu::BindGroup,
}

/// The picture on the screen.
struct Shown {
    pipeline: wgpu::RenderPipeline,
    bind_group: wgpu::BindGroup,
}

impl Pipeline {
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("redraw"),
            source: wgpu::ShaderSource::Wgsl(SHADER.into()),
        });
        Self(
            device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some("redraw"),
                layout: None,
                vertex: wgpu::VertexState {
                    module: &module,
                    entry_point: Some("vertex"),
                    compilation_options: wgpu::PipelineCompilationOptions::default(),
                    buffers: &[],
                },
                primitive: wgpu::PrimitiveState::default(),
                depth_stencil: None,
                multisample: wgpu::MultisampleState::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &module,
                    entry_point: Some("fragment"),
                    compilation_options: wgpu::PipelineCompilationOptions::default(),
                    targets: &[Some(format.into())],
                }),
                multiview_mask: None,
                cache: None,
            }),
        )
    }
}

impl KeptPicture {
    pub fn new(
        device: &wgpu::Device,
        format: wgpu::TextureFormat,
        size_px: [u32; 2],
        pipeline: &Pipeline,
    ) -> Self {
        let usage = wgpu::TextureUsages::TEXTURE_BINDING;
        let texture = shaders::target(device, "kept_picture", size_px, format, usage);
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("redraw"),
            layout: &pipeline.0.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(&view),
            }],
        });
        Self {
            size_px,
            view,
            bind_group,
        }
    }

    /// A pass that paints on top of what is there.
    pub fn begin<'a>(&self, encoder: &'a mut wgpu::CommandEncoder) -> wgpu::RenderPass<'a> {
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("redraw"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Load,
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        })
    }

    /// Shows it in a window that `rect` is all of.
    pub fn shown(&self, pipeline: &Pipeline, rect: Rect) -> Shape {
        let shown = Shown {
            pipeline: pipeline.0.clone(),
            bind_group: self.bind_group.clone(),
        };
        Callback::new_paint_callback(rect, shown).into()
    }
}

impl CallbackTrait for Shown {
    fn paint(
        &self,
        _info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _resources: &CallbackResources,
    ) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        pass.draw(0..3, 0..1);
    }
}
