//! The draw that shades the skin of the warped portrait. Shader: `wgsl/mesh/fold.wgsl`.

use super::Shade;
use crate::gpu::Gpu;
use crate::mesh::deform::{Deformed, WarpVertex};
use crate::mesh::pipeline::{self, vertex_layout};
use crate::mesh::prepare::PreparedScene;

/// Source of the shader.
const SHADER: &str = concat!(
    include_str!("../../../wgsl/common.wgsl"),
    include_str!("../../../wgsl/mesh/fold.wgsl")
);

/// What lies there times twice what is drawn; alpha stays.
const MULTIPLY: wgpu::BlendState = wgpu::BlendState {
    color: wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::Dst,
        dst_factor: wgpu::BlendFactor::Src,
        operation: wgpu::BlendOperation::Add,
    },
    alpha: wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::Zero,
        dst_factor: wgpu::BlendFactor::One,
        operation: wgpu::BlendOperation::Add,
    },
};

/// `Fold` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct FoldUniforms {
    size_px: [f32; 2],
    map_from_px: [f32; 2],
    map_size_px: [f32; 2],
}

/// The pipeline and this portrait's buffers.
#[derive(Debug)]
pub(crate) struct FoldPass {
    pipeline: wgpu::RenderPipeline,
    bind_group: wgpu::BindGroup,
    shades: wgpu::Buffer,
    triangles: wgpu::Buffer,
}

impl FoldPass {
    pub fn new(gpu: &Gpu, scene: &PreparedScene, target_format: wgpu::TextureFormat) -> Self {
        let device = &gpu.device;
        let shape = &scene.folds;
        let layout = pipeline::uniform_and_textures_layout(device, "fold", 1);
        let warp = wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2];
        let shade = wgpu::vertex_attr_array![2 => Float32x2];
        let pipeline = pipeline::Settings {
            label: "fold",
            shader: &pipeline::shader(device, "fold", SHADER),
            layout: &layout,
            vertex_buffers: &[
                Some(vertex_layout::<WarpVertex>(&warp)),
                Some(vertex_layout::<Shade>(&shade)),
            ],
            topology: wgpu::PrimitiveTopology::TriangleList,
            depth: false,
            blend: Some(MULTIPLY),
            target_format,
        }
        .build(device);
        let uniforms = FoldUniforms {
            size_px: [scene.width_px as f32, scene.height_px as f32],
            map_from_px: shape.map.from_px.to_array(),
            map_size_px: shape.map.size.map(|side| side as f32),
        };
        let uniforms = pipeline::filled_buffer(
            device,
            "fold uniforms",
            wgpu::BufferUsages::UNIFORM,
            bytemuck::bytes_of(&uniforms),
        );
        let size = shape.map.size.map(|side| side as u32);
        let map = pipeline::picture(gpu, "folds", size, &shape.map.rgba);
        let map = map.create_view(&wgpu::TextureViewDescriptor::default());
        Self {
            pipeline,
            bind_group: pipeline::uniform_and_textures(device, "fold", &layout, &uniforms, &[&map]),
            shades: pipeline::vertex_buffer::<Shade>(device, "shades", scene.vertex_count()),
            triangles: device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("fold triangles"),
                size: size_of_val(&shape.triangles[..]).max(4) as wgpu::BufferAddress,
                usage: wgpu::BufferUsages::INDEX | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }),
        }
    }

    /// Uploads one frame.
    pub fn write(&self, queue: &wgpu::Queue, frame: &Deformed) {
        if !frame.shaded.is_empty() {
            queue.write_buffer(&self.shades, 0, bytemuck::cast_slice(&frame.shades));
            queue.write_buffer(&self.triangles, 0, bytemuck::cast_slice(&frame.shaded));
        }
    }

    /// Records the draw, if the face does anything; `vertices` are those of the warp pass.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, vertices: &wgpu::Buffer, frame: &Deformed) {
        if frame.shaded.is_empty() {
            return;
        }
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        pass.set_vertex_buffer(0, vertices.slice(..));
        pass.set_vertex_buffer(1, self.shades.slice(..));
        pass.set_index_buffer(self.triangles.slice(..), wgpu::IndexFormat::Uint32);
        let index_count = frame.shaded.as_flattened().len() as u32;
        pass.draw_indexed(0..index_count, 0, 0..1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::pipeline::layout_check::{assert_offsets, assert_span};
    use std::mem::offset_of;

    #[test]
    fn uniforms_match_the_shader() {
        assert_span::<FoldUniforms>(SHADER, "Fold");
        assert_offsets(
            SHADER,
            "Fold",
            &[
                ("size_px", offset_of!(FoldUniforms, size_px)),
                ("map_from_px", offset_of!(FoldUniforms, map_from_px)),
                ("map_size_px", offset_of!(FoldUniforms, map_size_px)),
            ],
        );
    }
}
