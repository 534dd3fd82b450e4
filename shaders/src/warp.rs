//! The pass that draws the portrait through its moved mesh, with eyelids and gaze. Shader: `wgsl/warp.wgsl`.

use crate::deform::{CURVE_SAMPLES, Deformed, EyeShape, EyeState, PreparedScene, WarpVertex};
use crate::pipeline::{self, vertex_layout};

/// Source of the shader.
pub(crate) const SHADER: &str = include_str!("../wgsl/warp.wgsl");

/// `Eye` of the shader; distances in output pixels, colours 0–1 as the picture has them.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub(crate) struct EyeUniforms {
    origin_px: [f32; 2],
    axis: [f32; 2],
    iris_px: [f32; 2],
    gaze_px: [f32; 2],
    bounds_px: [f32; 4],
    lash: [f32; 4],
    length_px: f32,
    height_px: f32,
    iris_radius_px: f32,
    closure: f32,
    curves_px: [[f32; 4]; CURVE_SAMPLES],
    skin: [[f32; 4]; CURVE_SAMPLES],
}

impl EyeUniforms {
    fn new(shape: &EyeShape, state: &EyeState) -> Self {
        let [low, high] = shape.bounds_px;
        Self {
            origin_px: shape.origin_px.to_array(),
            axis: shape.axis.to_array(),
            iris_px: shape.iris_px.to_array(),
            gaze_px: state.gaze_px.to_array(),
            bounds_px: [low.x, low.y, high.x, high.y],
            lash: shape.lash.extend(1.0).to_array(),
            length_px: shape.length_px,
            height_px: shape.height_px,
            iris_radius_px: shape.iris_radius_px,
            closure: state.closure,
            curves_px: shape.columns.map(|column| {
                [
                    column.upper_px,
                    column.lower_px,
                    column.fold_px,
                    column.rest_edge_px,
                ]
            }),
            skin: shape
                .columns
                .map(|column| column.skin.extend(1.0).to_array()),
        }
    }
}

/// `Warp` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub(crate) struct WarpUniforms {
    /// Size of the output, which is the picture's.
    size_px: [f32; 2],
    padding: [f32; 2],
    eyes: [EyeUniforms; 2],
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
    pub fn new(
        device: &wgpu::Device,
        scene: &PreparedScene,
        picture: &wgpu::TextureView,
        target_format: wgpu::TextureFormat,
    ) -> Self {
        let layout = pipeline::uniform_and_texture_layout(device, "warp");
        let uniforms = pipeline::uniform_buffer::<WarpUniforms>(device, "warp uniforms");
        let attributes = wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2];
        let shader = pipeline::shader(device, "warp", SHADER);
        let pipeline = pipeline::Settings {
            label: "warp",
            shader: &shader,
            layout: &layout,
            vertex_buffers: &[Some(vertex_layout::<WarpVertex>(&attributes))],
            topology: wgpu::PrimitiveTopology::TriangleList,
            depth: false,
            blend: None,
            target_format,
        }
        .build(device);
        let triangles: Vec<u32> = scene.triangles.iter().flatten().copied().collect();
        Self {
            bind_group: pipeline::uniform_and_texture(device, "warp", &layout, &uniforms, picture),
            pipeline,
            uniforms,
            vertices: pipeline::vertex_buffer::<WarpVertex>(
                device,
                "warp vertices",
                scene.vertex_count(),
            ),
            index_count: triangles.len() as u32,
            triangles: pipeline::filled_buffer(
                device,
                "warp triangles",
                wgpu::BufferUsages::INDEX,
                bytemuck::cast_slice(&triangles),
            ),
        }
    }

    /// Uploads one frame.
    pub fn write(&self, queue: &wgpu::Queue, scene: &PreparedScene, frame: &Deformed) {
        let uniforms = WarpUniforms {
            size_px: [scene.width_px as f32, scene.height_px as f32],
            padding: [0.0; 2],
            eyes: std::array::from_fn(|side| {
                EyeUniforms::new(&scene.eyes[side], &frame.eyes[side])
            }),
        };
        queue.write_buffer(&self.uniforms, 0, bytemuck::bytes_of(&uniforms));
        queue.write_buffer(&self.vertices, 0, bytemuck::cast_slice(&frame.vertices));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::layout_check::{assert_offsets, assert_span};
    use std::mem::offset_of;

    #[test]
    fn uniforms_match_the_shader() {
        assert_span::<EyeUniforms>(SHADER, "Eye");
        assert_span::<WarpUniforms>(SHADER, "Warp");
        assert_offsets(
            SHADER,
            "Warp",
            &[
                ("size_px", offset_of!(WarpUniforms, size_px)),
                ("eyes", offset_of!(WarpUniforms, eyes)),
            ],
        );
        assert_offsets(
            SHADER,
            "Eye",
            &[
                ("origin_px", offset_of!(EyeUniforms, origin_px)),
                ("axis", offset_of!(EyeUniforms, axis)),
                ("iris_px", offset_of!(EyeUniforms, iris_px)),
                ("gaze_px", offset_of!(EyeUniforms, gaze_px)),
                ("bounds_px", offset_of!(EyeUniforms, bounds_px)),
                ("lash", offset_of!(EyeUniforms, lash)),
                ("length_px", offset_of!(EyeUniforms, length_px)),
                ("height_px", offset_of!(EyeUniforms, height_px)),
                ("iris_radius_px", offset_of!(EyeUniforms, iris_radius_px)),
                ("closure", offset_of!(EyeUniforms, closure)),
                ("curves_px", offset_of!(EyeUniforms, curves_px)),
                ("skin", offset_of!(EyeUniforms, skin)),
            ],
        );
    }
}
