//! The draw that lays the inside of the mouth over the opening between the lips. Shader: `wgsl/mesh/mouth.wgsl`.

use super::{MouthShape, OUTLINE_LEN};
use crate::gpu::Gpu;
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
    /// Corner to corner at rest.
    width_px: f32,
    outline_len: u32,
    /// Standard deviation of the picture's blur beyond that of the inside as it is drawn.
    blur_px: f32,
    /// Half the width over which the inside gives way to the lips.
    edge_px: f32,
    /// Largest grain, 0–1.
    grain_limit: f32,
    middle_px: [f32; 2],
    /// From the middle to a corner, over its length squared.
    across: [f32; 2],
    /// From a pixel to the skin whose grain it takes over.
    grain_from_px: [f32; 2],
    /// Columns and rows of the picture's own upper teeth, 0 if it shows none.
    own_size: [f32; 2],
    /// From output pixels to theirs: columns of the matrix, then the shift.
    to_own: [f32; 4],
    own_shift: [f32; 2],
    /// Strength of the line between shut lips, 0–1, and how far it is seen.
    seam: f32,
    seam_px: f32,
    /// First and last corner of what is drawn.
    drawn_px: [f32; 4],
    rim: [f32; 4],
    /// In alpha how much of a narrow opening it fills.
    seam_colour: [f32; 4],
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
        gpu: &Gpu,
        shape: &MouthShape,
        [inside, picture]: [&wgpu::TextureView; 2],
        target_format: wgpu::TextureFormat,
    ) -> Self {
        let device = &gpu.device;
        let layout = pipeline::uniform_and_textures_layout(device, "mouth", 3);
        let (size, rgba) = match &shape.own_row {
            Some(row) => (row.size, row.rgba.as_slice()),
            None => ([1, 1], [0; 4].as_slice()),
        };
        let own = pipeline::picture(gpu, "own teeth", size, rgba);
        let own = own.create_view(&wgpu::TextureViewDescriptor::default());
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
                &[inside, picture, &own],
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
        let own_size = scene.mouth.own_row.as_ref().map_or([0; 2], |row| row.size);
        let uniforms = MouthUniforms {
            size_px: [scene.width_px as f32, scene.height_px as f32],
            region_origin_px: mouth.region_origin_px.to_array(),
            region_px: scene.mouth.region_px.map(|side| side as f32),
            reveal: mouth.reveal,
            width_px: scene.mouth.width_px,
            outline_len: mouth.outline_px.len() as u32,
            blur_px: scene.mouth.blur_px(),
            edge_px: scene.mouth.edge_px(),
            grain_limit: scene.mouth.finish.grain_limit,
            middle_px: mouth.middle_px.to_array(),
            across: mouth.across().to_array(),
            grain_from_px: scene.mouth.grain_from(mouth.middle_px).to_array(),
            own_size: own_size.map(|side| side as f32),
            to_own: mouth.to_own_row.matrix2.to_cols_array(),
            own_shift: mouth.to_own_row.translation.to_array(),
            seam: mouth.seam.strength,
            seam_px: scene.mouth.seam_px(),
            drawn_px: mouth.drawn_px(scene.mouth.rim_px(1.0)),
            rim: scene.mouth.rim.extend(1.0).to_array(),
            seam_colour: scene.mouth.seam.extend(mouth.seam.filled).to_array(),
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
                ("blur_px", offset_of!(MouthUniforms, blur_px)),
                ("edge_px", offset_of!(MouthUniforms, edge_px)),
                ("grain_limit", offset_of!(MouthUniforms, grain_limit)),
                ("middle_px", offset_of!(MouthUniforms, middle_px)),
                ("across", offset_of!(MouthUniforms, across)),
                ("grain_from_px", offset_of!(MouthUniforms, grain_from_px)),
                ("own_size", offset_of!(MouthUniforms, own_size)),
                ("to_own", offset_of!(MouthUniforms, to_own)),
                ("own_shift", offset_of!(MouthUniforms, own_shift)),
                ("seam", offset_of!(MouthUniforms, seam)),
                ("seam_px", offset_of!(MouthUniforms, seam_px)),
                ("drawn_px", offset_of!(MouthUniforms, drawn_px)),
                ("rim", offset_of!(MouthUniforms, rim)),
                ("seam_colour", offset_of!(MouthUniforms, seam_colour)),
                ("outline_px", offset_of!(MouthUniforms, outline_px)),
            ],
        );
    }
}
