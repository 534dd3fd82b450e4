//! The pass that draws the portrait through its moved mesh. Shader: `wgsl/mesh/warp.wgsl`.

use crate::mesh::deform::{Deformed, WarpVertex};
use crate::mesh::pipeline::{self, vertex_layout};
use crate::mesh::prepare::PreparedScene;

/// Source of the shader.
pub(crate) const SHADER: &str = concat!(
    include_str!("../../../wgsl/common.wgsl"),
    include_str!("../../../wgsl/mesh/warp.wgsl")
);

/// `Warp` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub(crate) struct WarpUniforms {
    /// Size of the output, which is the picture's.
    size_px: [f32; 2],
    /// What cannot be explained of the picture is gone where more than this moves.
    strays_px: f32,
    padding: f32,
}

/// The pipeline and this portrait's buffers.
#[derive(Debug)]
pub(crate) struct WarpPass {
    pipeline: wgpu::RenderPipeline,
    bind_group: wgpu::BindGroup,
    uniforms: wgpu::Buffer,
    vertices: wgpu::Buffer,
    triangles: wgpu::Buffer,
    index_count: u32,
}

impl WarpPass {
    /// `layers` are the person, the background behind it and the picture as it is.
    pub fn new(
        device: &wgpu::Device,
        scene: &PreparedScene,
        layers: [&wgpu::TextureView; 3],
        target_format: wgpu::TextureFormat,
    ) -> Self {
        let layout = pipeline::uniform_and_textures_layout(device, "warp", layers.len());
        let uniforms = pipeline::uniform_buffer::<WarpUniforms>(device, "warp uniforms");
        let pipeline = warped_pipeline(device, "warp", SHADER, &layout, target_format);
        let triangles = scene.draw_order.triangles.as_flattened();
        Self {
            bind_group: pipeline::uniform_and_textures(device, "warp", &layout, &uniforms, &layers),
            pipeline,
            uniforms,
            vertices: pipeline::vertex_buffer::<WarpVertex>(
                device,
                "warp vertices",
                scene.vertex_count(),
            ),
            index_count: triangles.len() as u32,
            triangles: index_buffer(device, "warp triangles", triangles),
        }
    }

    /// Uploads one frame.
    pub fn write(&self, queue: &wgpu::Queue, scene: &PreparedScene, frame: &Deformed) {
        let uniforms = WarpUniforms {
            size_px: [scene.width_px as f32, scene.height_px as f32],
            strays_px: scene.strays_px,
            padding: 0.0,
        };
        queue.write_buffer(&self.uniforms, 0, bytemuck::bytes_of(&uniforms));
        queue.write_buffer(&self.vertices, 0, bytemuck::cast_slice(&frame.vertices));
    }

    /// The vertices of the frame written last, for whoever draws a part of the mesh again.
    pub fn vertices(&self) -> &wgpu::Buffer {
        &self.vertices
    }

    /// Records the draw over whatever the pass has already.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        pass.set_vertex_buffer(0, self.vertices.slice(..));
        pass.set_index_buffer(self.triangles.slice(..), wgpu::IndexFormat::Uint32);
        pass.draw_indexed(0..self.index_count, 0, 0..1);
    }
}

/// A pipeline whose vertices are [`WarpVertex`] and whose pixels replace what lies there.
pub(crate) fn warped_pipeline(
    device: &wgpu::Device,
    label: &str,
    shader: &str,
    layout: &wgpu::BindGroupLayout,
    target_format: wgpu::TextureFormat,
) -> wgpu::RenderPipeline {
    let attributes = wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2];
    pipeline::Settings {
        label,
        shader: &pipeline::shader(device, label, shader),
        layout,
        vertex_buffers: &[Some(vertex_layout::<WarpVertex>(&attributes))],
        topology: wgpu::PrimitiveTopology::TriangleList,
        depth: false,
        blend: None,
        target_format,
    }
    .build(device)
}

/// Corners of triangles, as numbers of vertices.
pub(crate) fn index_buffer(device: &wgpu::Device, label: &str, triangles: &[u32]) -> wgpu::Buffer {
    pipeline::filled_buffer(
        device,
        label,
        wgpu::BufferUsages::INDEX,
        bytemuck::cast_slice(triangles),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::pipeline::layout_check::{assert_offsets, assert_span};
    use std::mem::offset_of;

    #[test]
    fn uniforms_match_the_shader() {
        assert_span::<WarpUniforms>(SHADER, "Warp");
        assert_offsets(
            SHADER,
            "Warp",
            &[
                ("size_px", offset_of!(WarpUniforms, size_px)),
                ("strays_px", offset_of!(WarpUniforms, strays_px)),
            ],
        );
    }
}
