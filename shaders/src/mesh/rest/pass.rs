//! The pass that puts a person at rest in front of people who move, for the passes that move the person to draw over. Shader:
//! `wgsl/mesh/rest.wgsl`.

use crate::mesh::pipeline;

/// Source of the shader.
pub(crate) const SHADER: &str = concat!(
    include_str!("../../../wgsl/common.wgsl"),
    include_str!("../../../wgsl/mesh/rest.wgsl")
);

/// `Rest` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub(crate) struct RestUniforms {
    /// Size of the output.
    size_px: [f32; 2],
    /// 1 for the frame of those behind, 0 for the person over it.
    shows_backdrop: u32,
    padding: u32,
}

/// What the pass reads.
pub(crate) struct RestInputs<'a> {
    /// The frame of those behind, which changes.
    pub backdrop: &'a wgpu::TextureView,
    /// Person, background behind and picture at rest, as [`crate::scene::layers::Layers`] has them.
    pub layers: [&'a wgpu::TextureView; 3],
}

/// The pipeline and what it is bound to.
#[derive(Debug)]
pub(crate) struct RestPass {
    pipeline: wgpu::RenderPipeline,
    /// For the two pictures that it draws.
    bind_groups: [wgpu::BindGroup; 2],
    /// Those behind with their colour times alpha, then the person over them.
    targets: [wgpu::TextureView; 2],
}

impl RestPass {
    pub fn new(
        gpu: &crate::Gpu,
        size_px: [u32; 2],
        inputs: &RestInputs<'_>,
        targets: [wgpu::TextureView; 2],
        target_format: wgpu::TextureFormat,
    ) -> Self {
        let device = &gpu.device;
        let [person, plate, still] = inputs.layers;
        let textures = [inputs.backdrop, person, plate, still];
        let layout = pipeline::uniform_and_textures_layout(device, "rest", textures.len());
        let bind_groups = [1, 0].map(|shows_backdrop| {
            let uniforms = pipeline::uniform_buffer::<RestUniforms>(device, "rest uniforms");
            let value = RestUniforms {
                size_px: size_px.map(|side| side as f32),
                shows_backdrop,
                padding: 0,
            };
            gpu.queue
                .write_buffer(&uniforms, 0, bytemuck::bytes_of(&value));
            pipeline::uniform_and_textures(device, "rest", &layout, &uniforms, &textures)
        });
        let pipeline = pipeline::Settings {
            label: "rest",
            shader: &pipeline::shader(device, "rest", SHADER),
            layout: &layout,
            vertex_buffers: &[],
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            depth: false,
            blend: None,
            target_format,
        }
        .build(device);
        Self {
            pipeline,
            bind_groups,
            targets,
        }
    }

    /// Records both draws for a part of the picture: its first pixel and its size.
    pub fn encode(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        origin: wgpu::Origin3d,
        extent: wgpu::Extent3d,
    ) {
        for (bind_group, target) in self.bind_groups.iter().zip(&self.targets) {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("rest"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: target,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Load,
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            pass.set_scissor_rect(origin.x, origin.y, extent.width, extent.height);
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, bind_group, &[]);
            pass.draw(0..4, 0..1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::pipeline::layout_check::{assert_offsets, assert_span};
    use std::mem::offset_of;

    #[test]
    fn uniforms_match_the_shader() {
        assert_span::<RestUniforms>(SHADER, "Rest");
        assert_offsets(
            SHADER,
            "Rest",
            &[
                ("size_px", offset_of!(RestUniforms, size_px)),
                ("shows_backdrop", offset_of!(RestUniforms, shows_backdrop)),
            ],
        );
    }
}
