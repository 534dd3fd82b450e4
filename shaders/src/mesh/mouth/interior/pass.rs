//! The pass that draws teeth, gums, tongue and cavity into a texture of their own. Shader: `wgsl/mesh/interior.wgsl`.

use crate::mesh::deform::Deformed;
use crate::mesh::mouth::{INTERIOR_OVERSAMPLING, MouthShape};
use crate::mesh::pipeline::{self, vertex_layout};

/// Source of the shader.
pub(crate) const SHADER: &str = concat!(
    include_str!("../../../../wgsl/common.wgsl"),
    include_str!("../../../../wgsl/mesh/interior.wgsl")
);
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// `Interior` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub(crate) struct InteriorUniforms {
    /// Size of the region, output pixels.
    region_px: [f32; 2],
    padding: [f32; 2],
}

/// How a vertex gives back light; the same in every frame.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Paint {
    /// Linear light.
    colour: [f32; 3],
    normal: [f32; 3],
    gloss: f32,
}

/// The pipeline, its target and this portrait's buffers.
#[derive(Debug)]
pub(crate) struct InteriorPass {
    pipeline: wgpu::RenderPipeline,
    bind_group: wgpu::BindGroup,
    positions: wgpu::Buffer,
    paint: wgpu::Buffer,
    triangles: wgpu::Buffer,
    index_count: u32,
    background: wgpu::Color,
    colour: wgpu::TextureView,
    depth: wgpu::TextureView,
}

impl InteriorPass {
    pub fn new(device: &wgpu::Device, mouth: &MouthShape) -> Self {
        let size = mouth.region_px.map(|side| side * INTERIOR_OVERSAMPLING);
        let colour = pipeline::target(
            device,
            "mouth interior",
            size,
            FORMAT,
            wgpu::TextureUsages::TEXTURE_BINDING,
        );
        let depth = pipeline::target(
            device,
            "mouth interior depth",
            size,
            pipeline::DEPTH_FORMAT,
            wgpu::TextureUsages::empty(),
        );
        let layout = pipeline::uniform_layout(device, "interior");
        let uniforms = InteriorUniforms {
            region_px: mouth.region_px.map(|side| side as f32),
            padding: [0.0; 2],
        };
        let uniforms = pipeline::filled_buffer(
            device,
            "interior uniforms",
            wgpu::BufferUsages::UNIFORM,
            bytemuck::bytes_of(&uniforms),
        );
        let place = wgpu::vertex_attr_array![0 => Float32x3];
        let painted = wgpu::vertex_attr_array![1 => Float32x3, 2 => Float32x3, 3 => Float32];
        let shader = pipeline::shader(device, "interior", SHADER);
        let pipeline = pipeline::Settings {
            label: "interior",
            shader: &shader,
            layout: &layout,
            vertex_buffers: &[
                Some(vertex_layout::<[f32; 3]>(&place)),
                Some(vertex_layout::<Paint>(&painted)),
            ],
            topology: wgpu::PrimitiveTopology::TriangleList,
            depth: true,
            blend: None,
            target_format: FORMAT,
        }
        .build(device);
        let paint: Vec<Paint> = mouth
            .interior
            .iter()
            .map(|vertex| Paint {
                colour: vertex.colour.to_array(),
                normal: vertex.normal.to_array(),
                gloss: vertex.gloss,
            })
            .collect();
        let triangles: Vec<u32> = mouth.triangles.iter().flatten().copied().collect();
        let [red, green, blue] = mouth.background_srgb().to_array().map(f64::from);
        Self {
            bind_group: pipeline::uniform_only(device, "interior", &layout, &uniforms),
            pipeline,
            positions: pipeline::vertex_buffer::<[f32; 3]>(
                device,
                "interior positions",
                mouth.interior.len(),
            ),
            paint: pipeline::filled_buffer(
                device,
                "interior paint",
                wgpu::BufferUsages::VERTEX,
                bytemuck::cast_slice(&paint),
            ),
            index_count: triangles.len() as u32,
            triangles: pipeline::filled_buffer(
                device,
                "interior triangles",
                wgpu::BufferUsages::INDEX,
                bytemuck::cast_slice(&triangles),
            ),
            background: wgpu::Color {
                r: red,
                g: green,
                b: blue,
                a: 1.0,
            },
            colour: colour.create_view(&wgpu::TextureViewDescriptor::default()),
            depth: depth.create_view(&wgpu::TextureViewDescriptor::default()),
        }
    }

    /// What the pass draws into.
    pub fn view(&self) -> &wgpu::TextureView {
        &self.colour
    }

    /// Uploads one frame.
    pub fn write(&self, queue: &wgpu::Queue, frame: &Deformed) {
        if !frame.mouth.interior.is_empty() {
            queue.write_buffer(
                &self.positions,
                0,
                bytemuck::cast_slice(&frame.mouth.interior),
            );
        }
    }

    /// Records the pass.
    pub fn encode(&self, encoder: &mut wgpu::CommandEncoder) {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("mouth interior"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.colour,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(self.background),
                    store: wgpu::StoreOp::Store,
                },
            })],
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: &self.depth,
                depth_ops: Some(wgpu::Operations {
                    load: wgpu::LoadOp::Clear(1.0),
                    store: wgpu::StoreOp::Discard,
                }),
                stencil_ops: None,
            }),
            ..Default::default()
        });
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        pass.set_vertex_buffer(0, self.positions.slice(..));
        pass.set_vertex_buffer(1, self.paint.slice(..));
        pass.set_index_buffer(self.triangles.slice(..), wgpu::IndexFormat::Uint32);
        pass.draw_indexed(0..self.index_count, 0, 0..1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::pipeline::layout_check::{assert_offsets, assert_span};

    #[test]
    fn uniforms_match_the_shader() {
        // The span in the shader ends with its last member; the buffer is padded to 16 bytes.
        assert_offsets(
            SHADER,
            "Interior",
            &[(
                "region_px",
                std::mem::offset_of!(InteriorUniforms, region_px),
            )],
        );
        assert_span::<[f32; 2]>(SHADER, "Interior");
    }
}
