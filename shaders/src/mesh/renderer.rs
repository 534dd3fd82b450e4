//! The portrait renderer: one portrait at one size, a frame of motion in, a texture out.

use std::sync::mpsc;

use motion::MotionFrame;

use super::deform::{Deformed, UNSEEN_PX, deform};
use super::eye::EyePass;
use super::fold::FoldPass;
use super::mouth::MouthPass;
use super::mouth::interior::InteriorPass;
use super::pipeline;
use super::prepare::PreparedScene;
use super::rest::{RestInputs, RestPass};
use super::warp::WarpPass;
use super::wireframe::Wireframe;
use crate::error::{Error, Result};
use crate::gpu::Gpu;
use crate::scene::area::Area;
use crate::scene::{FaceMotion, PortraitScene};

/// Format of the frames; the bytes are sRGB-coded, as in the picture.
pub const FRAME_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
const MIN_SIDE_PX: u32 = 16;

/// Draws one portrait at one size.
#[derive(Debug)]
pub struct MeshRenderer {
    gpu: Gpu,
    scene: PreparedScene,
    /// What lies under the mesh: the picture, and where others move behind the person, what is seen of them.
    picture: wgpu::Texture,
    /// Brings `picture` up to date, if there are others behind.
    rest: Option<RestPass>,
    /// What was drawn last.
    drawn: (FaceMotion, Deformed),
    frame: wgpu::Texture,
    frame_view: wgpu::TextureView,
    warp: WarpPass,
    eyes: EyePass,
    folds: FoldPass,
    interior: InteriorPass,
    mouth: MouthPass,
    /// Outside of it the frame drawn last is the picture.
    changed: Area,
    /// Outside of it the person changed nothing of that frame.
    own: Area,
    /// The same of those behind, if there are any.
    behind: Option<Area>,
    /// Buffers for frames that are read, kept from frame to frame.
    read_backs: Vec<wgpu::Buffer>,
}

impl MeshRenderer {
    /// Uploads the portrait for frames of this size and draws it at rest. A picture of another shape is cut to cover the
    /// frame, around the face.
    ///
    /// # Errors
    /// [`Error::Size`] if the adapter cannot draw the size, [`Error::Scene`] if the portrait's data does not fit together.
    pub fn new(gpu: &Gpu, scene: &PortraitScene, width_px: u32, height_px: u32) -> Result<Self> {
        check_size(gpu, width_px, height_px)?;
        let scene = PreparedScene::new(scene, width_px, height_px)?;
        Ok(Self::of_prepared(gpu, scene, None))
    }

    /// As [`Self::new`], in front of the frames of another renderer of the same size if `behind` is its texture.
    pub(crate) fn of_prepared(
        gpu: &Gpu,
        scene: PreparedScene,
        behind: Option<&wgpu::Texture>,
    ) -> Self {
        let (width_px, height_px) = (scene.width_px, scene.height_px);
        let device = &gpu.device;
        let size = [width_px, height_px];
        let upload = |label: &str, bytes: &[u8]| pipeline::picture(gpu, label, size, bytes);
        let drawn = |label: &str| {
            pipeline::target(
                device,
                label,
                size,
                FRAME_FORMAT,
                wgpu::TextureUsages::TEXTURE_BINDING
                    | wgpu::TextureUsages::COPY_SRC
                    | wgpu::TextureUsages::COPY_DST,
            )
        };
        let view =
            |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
        let still = upload("picture", &scene.layers.still);
        let person = upload("person", &scene.layers.person);
        let plate = upload("background", &scene.layers.plate);
        let frame = drawn("portrait frame");
        let (picture, plate, rest) = match behind {
            None => (still, plate, None),
            Some(behind) => {
                let moving = [drawn("people behind"), drawn("person at rest before them")];
                let inputs = RestInputs {
                    backdrop: &view(behind),
                    layers: [&view(&person), &view(&plate), &view(&still)],
                };
                let targets = moving.each_ref().map(view);
                let rest = RestPass::new(gpu, size, &inputs, targets, FRAME_FORMAT);
                let [plate, picture] = moving;
                (picture, plate, Some(rest))
            }
        };
        let interior = InteriorPass::new(device, &scene.mouth);
        let mut renderer = Self {
            warp: WarpPass::new(
                device,
                &scene,
                [&view(&person), &view(&plate), &view(&picture)],
                FRAME_FORMAT,
            ),
            eyes: EyePass::new(gpu, &scene, &view(&picture), FRAME_FORMAT),
            folds: FoldPass::new(gpu, &scene, FRAME_FORMAT),
            mouth: MouthPass::new(
                gpu,
                &scene.mouth,
                [interior.view(), &view(&picture)],
                FRAME_FORMAT,
            ),
            interior,
            frame_view: view(&frame),
            frame,
            picture,
            rest,
            drawn: (FaceMotion::default(), Deformed::default()),
            // Of a frame that was never drawn everything has to be.
            changed: Area::whole(size.map(|side| side as usize)),
            own: Area::whole(size.map(|side| side as usize)),
            behind: behind.map(|_| Area::whole(size.map(|side| side as usize))),
            read_backs: Vec::new(),
            scene,
            gpu: gpu.clone(),
        };
        renderer.render(&FaceMotion::default());
        renderer
    }

    /// Draws a frame into [`Self::texture`]. Returns when the work is handed over, not when it is done.
    pub fn render(&mut self, motion: &FaceMotion) {
        self.render_before(motion, None);
    }

    /// As [`Self::render`], in front of others whose frame differs from the picture within `behind`. Returns where this one does.
    pub(crate) fn render_before(&mut self, motion: &FaceMotion, behind: Option<Area>) -> Area {
        let frame = deform(&self.scene, motion);
        self.draw(*motion, frame, behind)
    }

    /// The frame of a motion, if it is to be told from the one drawn last: something moves by more than [`UNSEEN_PX`], or all of it
    /// has come to rest.
    pub(crate) fn visible(&self, motion: &FaceMotion) -> Option<Deformed> {
        let (last, drawn) = &self.drawn;
        if motion == last {
            return None;
        }
        let frame = deform(&self.scene, motion);
        let is_at_rest = motion.frame == MotionFrame::default();
        (is_at_rest || frame.travel_px(drawn, &self.scene) > UNSEEN_PX).then_some(frame)
    }

    /// Draws a frame, see [`Self::render_before`].
    pub(crate) fn draw(
        &mut self,
        motion: FaceMotion,
        frame: Deformed,
        behind: Option<Area>,
    ) -> Area {
        let queue = &self.gpu.queue;
        let mouth_opens = frame.mouth.reveal > 0.0;
        let mouth_shows = frame.mouth.shows();
        self.warp.write(queue, &self.scene, &frame);
        self.eyes.write(queue, &self.scene, &frame);
        self.folds.write(queue, &frame);
        let mut encoder = self
            .gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor {
                label: Some("portrait frame"),
            });
        if mouth_shows {
            self.mouth.write(queue, &self.scene, &frame);
        }
        if mouth_opens {
            self.interior.write(queue, &frame);
            self.interior.encode(&mut encoder);
        }
        // The picture lies under the mesh, which does not reach into the corners; what neither this frame nor the last one changes
        // is there.
        let own = self.scene.changed(&frame);
        let renewed = [
            Some(own.with(self.own)),
            match (behind, self.behind) {
                (Some(now), Some(before)) => Some(now.with(before)),
                (now, before) => now.or(before),
            },
        ];
        let changed = behind.map_or(own, |behind| own.with(behind));
        self.own = own;
        self.behind = behind;
        self.changed = changed;
        if let (Some(rest), Some(behind)) = (&self.rest, renewed[1]) {
            let (origin, extent) = texels(behind);
            rest.encode(&mut encoder, origin, extent);
        }
        for area in renewed.into_iter().flatten() {
            let (origin, extent) = texels(area);
            let [from, to] =
                [&self.picture, &self.frame].map(|texture| wgpu::TexelCopyTextureInfo {
                    origin,
                    ..texture.as_image_copy()
                });
            encoder.copy_texture_to_texture(from, to, extent);
        }
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("portrait frame"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &self.frame_view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Load,
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            let (origin, extent) = texels(own);
            pass.set_scissor_rect(origin.x, origin.y, extent.width, extent.height);
            self.warp.draw(&mut pass);
            self.eyes.draw(&mut pass, self.warp.vertices(), &frame);
            self.folds.draw(&mut pass, self.warp.vertices(), &frame);
            if mouth_shows {
                self.mouth.draw(&mut pass);
            }
        }
        queue.submit([encoder.finish()]);
        self.drawn = (motion, frame);
        changed
    }

    /// The mesh of a motion's frame as lines.
    #[must_use]
    pub fn wireframe(&self, motion: &FaceMotion) -> Wireframe {
        Wireframe::new(&self.scene, motion)
    }

    /// The frame drawn last, [`FRAME_FORMAT`]. It stays the same texture for the renderer's life, so that a window can
    /// register it once.
    #[must_use]
    pub fn texture(&self) -> &wgpu::Texture {
        &self.frame
    }

    /// Width and height of the frames.
    #[must_use]
    pub fn size_px(&self) -> [u32; 2] {
        [self.scene.width_px, self.scene.height_px]
    }

    /// Waits for the frame drawn last and copies it out: RGBA, rows from the top. Alpha is straight; it is below 255 only where
    /// [`crate::Background::Transparent`] or the portrait's own picture asks for it.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn read_rgba(&mut self) -> Result<Vec<u8>> {
        let reading = self.start_reading();
        self.finish_reading(reading)
    }

    /// Asks for the frame drawn last. Others may be drawn before it is fetched by [`Self::finish_reading`].
    pub(crate) fn start_reading(&mut self) -> FrameReading {
        let [width, height] = self.size_px();
        let (origin, extent) = texels(self.changed);
        let row_bytes = padded_row_bytes(extent.width);
        let used_bytes = u64::from(row_bytes) * u64::from(extent.height);
        let device = &self.gpu.device;
        let buffer = self.read_backs.pop().unwrap_or_else(|| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("frame read-back"),
                size: u64::from(padded_row_bytes(width)) * u64::from(height),
                usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
                mapped_at_creation: false,
            })
        });
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor {
            label: Some("frame read-back"),
        });
        encoder.copy_texture_to_buffer(
            wgpu::TexelCopyTextureInfo {
                origin,
                ..self.frame.as_image_copy()
            },
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(row_bytes),
                    rows_per_image: None,
                },
            },
            extent,
        );
        let submission = self.gpu.queue.submit([encoder.finish()]);
        let (sender, mapped) = mpsc::sync_channel(1);
        buffer.map_async(wgpu::MapMode::Read, ..used_bytes, move |result| {
            // Nobody listens any more only if the frame is not fetched.
            let _ = sender.send(result);
        });
        FrameReading {
            buffer,
            submission,
            mapped,
            area: self.changed,
        }
    }

    /// Waits for a frame and copies it out, as [`Self::read_rgba`].
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub(crate) fn finish_reading(&mut self, reading: FrameReading) -> Result<Vec<u8>> {
        let rgba = self.fetch(&reading);
        // Kept in any case: a device that is lost makes no new one.
        self.read_backs.push(reading.buffer);
        rgba
    }

    fn fetch(&self, reading: &FrameReading) -> Result<Vec<u8>> {
        let FrameReading {
            buffer,
            submission,
            mapped,
            area,
        } = reading;
        let lost = |what: &dyn std::fmt::Display| Error::DeviceLost(what.to_string());
        let wait = wgpu::PollType::Wait {
            submission_index: Some(submission.clone()),
            timeout: None,
        };
        self.gpu.device.poll(wait).map_err(|error| lost(&error))?;
        let result = mapped.recv().map_err(|error| lost(&error))?;
        result.map_err(|error| lost(&error))?;
        let mut rgba = self.scene.layers.still.clone();
        let width = self.scene.width_px as usize;
        let (origin, extent) = texels(*area);
        let row_bytes = padded_row_bytes(extent.width);
        let used_bytes = u64::from(row_bytes) * u64::from(extent.height);
        {
            let mapped = buffer
                .get_mapped_range(..used_bytes)
                .map_err(|error| lost(&error))?;
            let rows = mapped.chunks_exact(row_bytes as usize);
            for (row, y) in rows.zip(origin.y as usize..) {
                let start = (y * width + origin.x as usize) * 4;
                let bytes = extent.width as usize * 4;
                rgba[start..start + bytes].copy_from_slice(&row[..bytes]);
            }
        }
        buffer.unmap();
        Ok(rgba)
    }
}

/// A frame on its way out of the device.
#[derive(Debug)]
pub struct FrameReading {
    buffer: wgpu::Buffer,
    submission: wgpu::SubmissionIndex,
    mapped: mpsc::Receiver<std::result::Result<(), wgpu::BufferAsyncError>>,
    /// Outside of it the frame is the picture.
    area: Area,
}

/// Bytes of a row as buffers hold it.
fn padded_row_bytes(width_px: u32) -> u32 {
    (width_px * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT)
}

/// Refuses frames that the adapter cannot draw.
pub(crate) fn check_size(gpu: &Gpu, width_px: u32, height_px: u32) -> Result<()> {
    let limit_px = gpu.device.limits().max_texture_dimension_2d;
    let sides = MIN_SIDE_PX..=limit_px;
    if sides.contains(&width_px) && sides.contains(&height_px) {
        return Ok(());
    }
    Err(Error::Size {
        width_px,
        height_px,
        limit_px,
    })
}

/// An area as textures count it.
fn texels(area: Area) -> (wgpu::Origin3d, wgpu::Extent3d) {
    let [x, y] = area.from.map(|side| side as u32);
    let [width, height] = area.size().map(|side| side as u32);
    let origin = wgpu::Origin3d { x, y, z: 0 };
    let extent = wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    };
    (origin, extent)
}
