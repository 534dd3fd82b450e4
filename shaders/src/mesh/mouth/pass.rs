//! The draw that lays the inside of the mouth over the opening between the lips. Shader: `wgsl/mesh/mouth.wgsl`.

use super::OUTLINE_LEN;
use crate::mesh::deform::Deformed;
use crate::mesh::pipeline;
use crate::mesh::prepare::PreparedScene;

/// Source of the shader.
pub(crate) const SHADER: &str = concat!(
    include_str!("../../../wgsl/common.wgsl"),
    include_str!("../../../wgsl/mesh/mouth.wgsl")
);

/// `Mouth` of the shader; distances in output pixels.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct MouthUniforms {
    size_px: [f32; 2],
    region_origin_px: [f32; 2],
    region_px: [f32; 2],
    /// 0–1
    reveal: f32,
    /// Mouth corner to mouth corner at rest.
    width_px: f32,
    outline_len: u32,
    padding: [u32; 3],
    outline_px: [[f32; 2]; OUTLINE_LEN],
}

/// The pipeline and this portrait's uniforms.
#[derive(Debug)]
pub(crate) struct MouthPass {
    pipeline: wgpu::RenderPipeline,
    bind_group: wgpu::BindGroup,
    uniforms: wgpu::Buffer,
}

impl MouthPass {
    pub fn new(
        device: &wgpu::Device,
        inside: &wgpu::TextureView,
        target_format: wgpu::TextureFormat,
    ) -> Self {
        let layout = pipeline::uniform_and_textures_layout(device, "mouth", 1);
        let uniforms = pipeline::uniform_buffer::<MouthUniforms>(device, "mouth uniforms");
        let shader = pipeline::shader(device, "mouth", SHADER);
        let pipeline = pipeline::Settings {
            label: "mouth",
            shader: &shader,
            layout: &layout,
            vertex_buffers: &[],
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            depth: false,
            // The picture's own alpha stays.
            blend: Some(wgpu::BlendState {
                color: wgpu::BlendComponent {
                    src_factor: wgpu::BlendFactor::SrcAlpha,
                    dst_factor: wgpu::BlendFactor::OneMinusSrcAlpha,
                    operation: wgpu::BlendOperation::Add,
                },
                alpha: wgpu::BlendComponent {
                    src_factor: wgpu::BlendFactor::Zero,
                    dst_factor: wgpu::BlendFactor::One,
                    operation: wgpu::BlendOperation::Add,
                },
            }),
            target_format,
        }
        .build(device);
        Self {
            bind_group: pipeline::uniform_and_textures(
                device,
                "mouth",
                &layout,
                &uniforms,
                &[inside],
            ),
            pipeline,
            uniforms,
        }
    }

    /// Uploads one frame.
    pub fn write(&self, queue: &wgpu::Queue, scene: &PreparedScene, frame: &Deformed) {
        let mouth = &frame.mouth;
        let mut outline_px = [[0.0; 2]; OUTLINE_LEN];
        for (slot, point) in outline_px.iter_mut().zip(&mouth.outline_px) {
            *slot = point.to_array();
        }
        let uniforms = MouthUniforms {
            size_px: [scene.width_px as f32, scene.height_px as f32],
            region_origin_px: mouth.region_origin_px.to_array(),
            region_px: scene.mouth.region_px.map(|side| side as f32),
            reveal: mouth.reveal,
            width_px: scene.mouth.width_px,
            outline_len: mouth.outline_px.len() as u32,
            padding: [0; 3],
            outline_px,
        };
        queue.write_buffer(&self.uniforms, 0, bytemuck::bytes_of(&uniforms));
    }

    /// Records the draw over the face.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        pass.draw(0..4, 0..1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::pipeline::layout_check::{assert_offsets, assert_span};
    use std::mem::offset_of;

    #[test]
    fn uniforms_match_the_shader() {
        assert_span::<MouthUniforms>(SHADER, "Mouth");
        assert_offsets(
            SHADER,
            "Mouth",
            &[
                ("size_px", offset_of!(MouthUniforms, size_px)),
                (
                    "region_origin_px",
                    offset_of!(MouthUniforms, region_origin_px),
                ),
                ("region_px", offset_of!(MouthUniforms, region_px)),
                ("reveal", offset_of!(MouthUniforms, reveal)),
                ("width_px", offset_of!(MouthUniforms, width_px)),
                ("outline_len", offset_of!(MouthUniforms, outline_len)),
                ("outline_px", offset_of!(MouthUniforms, outline_px)),
            ],
        );
    }
}
