//! The draw that gives the eyes their gaze and their lids, over the warped portrait. Shader: `wgsl/mesh/eye.wgsl`.

use super::finish::EyeFinish;
use super::{CURVE_SAMPLES, EyeShape, EyeState, LidSkin};
use crate::gpu::Gpu;
use crate::mesh::deform::Deformed;
use crate::mesh::pipeline;
use crate::mesh::prepare::PreparedScene;
use crate::mesh::warp::{index_buffer, warped_pipeline};

/// Source of the shader.
pub(crate) const SHADER: &str = concat!(
    include_str!("../../../wgsl/common.wgsl"),
    include_str!("../../../wgsl/mesh/eye.wgsl")
);

/// `Eye` of the shader; distances in output pixels, colours 0–1 as the picture has them.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct EyeUniforms {
    size_px: [f32; 2],
    origin_px: [f32; 2],
    axis: [f32; 2],
    iris_px: [f32; 2],
    gaze_px: [f32; 2],
    length_px: f32,
    height_px: f32,
    lash: [f32; 4],
    iris_radius_px: f32,
    closure: f32,
    /// Where the painted skin begins and ends: part of the length, pixels down.
    lid_from: [f32; 2],
    lid_to: [f32; 2],
    grain_from_px: [f32; 2],
    blur_px: f32,
    grain_limit: f32,
    padding: [f32; 2],
    curves_px: [[f32; 4]; CURVE_SAMPLES],
}

impl EyeUniforms {
    fn new(size_px: [f32; 2], shape: &EyeShape, finish: &EyeFinish, state: &EyeState) -> Self {
        Self {
            size_px,
            origin_px: shape.origin_px.to_array(),
            axis: shape.axis.to_array(),
            iris_px: shape.iris_px.to_array(),
            gaze_px: state.gaze_px.to_array(),
            length_px: shape.length_px,
            height_px: shape.height_px,
            lash: shape.lash.extend(1.0).to_array(),
            iris_radius_px: shape.iris_radius_px,
            closure: state.closure,
            lid_from: shape.lid.from.to_array(),
            lid_to: shape.lid.to.to_array(),
            grain_from_px: finish.grain_from_px.to_array(),
            blur_px: finish.blur_px,
            grain_limit: finish.grain_limit,
            padding: [0.0; 2],
            curves_px: shape
                .columns
                .map(|column| [column.upper_px, column.lower_px, column.rest_edge_px, 0.0]),
        }
    }
}

/// What one eye is drawn with.
#[derive(Debug)]
struct Eye {
    bind_group: wgpu::BindGroup,
    uniforms: wgpu::Buffer,
    triangles: wgpu::Buffer,
    index_count: u32,
}

/// The pipeline and both eyes.
#[derive(Debug)]
pub(crate) struct EyePass {
    pipeline: wgpu::RenderPipeline,
    eyes: [Eye; 2],
}

impl EyePass {
    pub fn new(
        gpu: &Gpu,
        scene: &PreparedScene,
        picture: &wgpu::TextureView,
        target_format: wgpu::TextureFormat,
    ) -> Self {
        let device = &gpu.device;
        let layout = pipeline::uniform_and_textures_layout(device, "eye", 2);
        let pipeline = warped_pipeline(device, "eye", SHADER, &layout, target_format);
        let eyes = [0, 1].map(|side| {
            let corners = scene.draw_order.eyes[side].as_flattened();
            let uniforms = pipeline::uniform_buffer::<EyeUniforms>(device, "eye uniforms");
            let size = LidSkin::SIZE.map(|side| side as u32);
            let lid = pipeline::picture(gpu, "lid skin", size, &scene.eyes[side].lid.rgba);
            let lid = lid.create_view(&wgpu::TextureViewDescriptor::default());
            Eye {
                bind_group: pipeline::uniform_and_textures(
                    device,
                    "eye",
                    &layout,
                    &uniforms,
                    &[picture, &lid],
                ),
                uniforms,
                index_count: corners.len() as u32,
                triangles: index_buffer(device, "eye triangles", corners),
            }
        });
        Self { pipeline, eyes }
    }

    /// Uploads one frame.
    pub fn write(&self, queue: &wgpu::Queue, scene: &PreparedScene, frame: &Deformed) {
        let size_px = [scene.width_px as f32, scene.height_px as f32];
        for ((eye, shape), state) in self.eyes.iter().zip(&scene.eyes).zip(&frame.eyes) {
            if state.is_active() {
                let finish = EyeFinish::new(shape, &scene.mouth);
                let uniforms = EyeUniforms::new(size_px, shape, &finish, state);
                queue.write_buffer(&eye.uniforms, 0, bytemuck::bytes_of(&uniforms));
            }
        }
    }

    /// Records the draw of the eyes that are not as in the picture; `vertices` are those of the warp pass.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, vertices: &wgpu::Buffer, frame: &Deformed) {
        for (eye, state) in self.eyes.iter().zip(&frame.eyes) {
            if state.is_active() {
                pass.set_pipeline(&self.pipeline);
                pass.set_bind_group(0, &eye.bind_group, &[]);
                pass.set_vertex_buffer(0, vertices.slice(..));
                pass.set_index_buffer(eye.triangles.slice(..), wgpu::IndexFormat::Uint32);
                pass.draw_indexed(0..eye.index_count, 0, 0..1);
            }
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
        assert_span::<EyeUniforms>(SHADER, "Eye");
        assert_offsets(
            SHADER,
            "Eye",
            &[
                ("size_px", offset_of!(EyeUniforms, size_px)),
                ("origin_px", offset_of!(EyeUniforms, origin_px)),
                ("axis", offset_of!(EyeUniforms, axis)),
                ("iris_px", offset_of!(EyeUniforms, iris_px)),
                ("gaze_px", offset_of!(EyeUniforms, gaze_px)),
                ("length_px", offset_of!(EyeUniforms, length_px)),
                ("height_px", offset_of!(EyeUniforms, height_px)),
                ("lash", offset_of!(EyeUniforms, lash)),
                ("iris_radius_px", offset_of!(EyeUniforms, iris_radius_px)),
                ("closure", offset_of!(EyeUniforms, closure)),
                ("lid_from", offset_of!(EyeUniforms, lid_from)),
                ("lid_to", offset_of!(EyeUniforms, lid_to)),
                ("grain_from_px", offset_of!(EyeUniforms, grain_from_px)),
                ("blur_px", offset_of!(EyeUniforms, blur_px)),
                ("grain_limit", offset_of!(EyeUniforms, grain_limit)),
                ("curves_px", offset_of!(EyeUniforms, curves_px)),
            ],
        );
    }
}
