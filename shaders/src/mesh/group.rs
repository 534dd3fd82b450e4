//! The renderer of several people of one picture, each with motion of their own.

use super::deform::Deformed;
use super::prepare::PreparedScene;
use super::renderer::{FrameReading, MeshRenderer, check_size};
use super::wireframe::Wireframe;
use crate::error::Result;
use crate::gpu::Gpu;
use crate::scene::area::Area;
use crate::scene::people::People;
use crate::scene::{FaceMotion, PortraitScene};

/// Draws the people of one picture at one size. One person alone is drawn as by [`MeshRenderer`].
#[derive(Debug)]
pub struct GroupRenderer {
    /// The rearmost first, each with its number among the scenes; each draws over the frame of the one before.
    people: Vec<(usize, MeshRenderer)>,
}

impl GroupRenderer {
    /// Uploads people for frames of this size and draws them at rest. The scenes must be of one picture, each with the matte of one
    /// person; the first one's background is everybody's. A picture of another shape is cut to cover the frame, around the faces.
    ///
    /// # Errors
    /// As [`MeshRenderer::new`], and [`crate::Error::Scene`] if there is nobody or the scenes are not of one picture.
    pub fn new(gpu: &Gpu, scenes: &[PortraitScene], width_px: u32, height_px: u32) -> Result<Self> {
        check_size(gpu, width_px, height_px)?;
        let mut people: Vec<(usize, MeshRenderer)> = Vec::with_capacity(scenes.len());
        for Placed { number, scene } in placed(scenes, width_px, height_px)? {
            let behind = people.last().map(|(_, renderer)| renderer.texture());
            people.push((number, MeshRenderer::of_prepared(gpu, scene, behind)));
        }
        Ok(Self { people })
    }

    /// Draws a frame into [`Self::texture`]; motions are in the order of the scenes, and who has none is at rest. Returns when the work
    /// is handed over, not when it is done.
    pub fn render(&mut self, motions: &[FaceMotion]) {
        let mut behind: Option<Area> = None;
        for (number, renderer) in &mut self.people {
            let motion = motions.get(*number).copied().unwrap_or_default();
            behind = Some(renderer.render_before(&motion, behind));
        }
    }

    /// As [`Self::render`], unless nobody has moved since the frame drawn last so that one could see it: by more than an eighth of a
    /// pixel. Says whether it drew. Whoever comes to rest is drawn at rest.
    pub fn render_visible(&mut self, motions: &[FaceMotion]) -> bool {
        let motion = |number: usize| motions.get(number).copied().unwrap_or_default();
        let frames: Vec<Option<Deformed>> = (self.people.iter())
            .map(|(number, renderer)| renderer.visible(&motion(*number)))
            .collect();
        if frames.iter().all(Option::is_none) {
            return false;
        }
        let mut behind: Option<Area> = None;
        for ((number, renderer), frame) in self.people.iter_mut().zip(frames) {
            let motion = motion(*number);
            behind = Some(match frame {
                Some(frame) => renderer.draw(motion, frame, behind),
                None => renderer.render_before(&motion, behind),
            });
        }
        true
    }

    /// The mesh of everybody as lines, with motions as for [`Self::render`].
    #[must_use]
    pub fn wireframes(&self, motions: &[FaceMotion]) -> Vec<Wireframe> {
        let motion = |number: usize| motions.get(number).copied().unwrap_or_default();
        let people = self.people.iter();
        people
            .map(|(number, renderer)| renderer.wireframe(&motion(*number)))
            .collect()
    }

    /// The frame drawn last, as [`MeshRenderer::texture`].
    #[must_use]
    pub fn texture(&self) -> &wgpu::Texture {
        self.foremost().texture()
    }

    /// Width and height of the frames.
    #[must_use]
    pub fn size_px(&self) -> [u32; 2] {
        self.foremost().size_px()
    }

    /// Waits for the frame drawn last and copies it out, as [`MeshRenderer::read_rgba`].
    ///
    /// # Errors
    /// [`crate::Error::DeviceLost`].
    pub fn read_rgba(&mut self) -> Result<Vec<u8>> {
        self.foremost_mut().read_rgba()
    }

    /// Asks for the frame drawn last, and returns before it is there. The next one may be drawn before this one is fetched by
    /// [`Self::finish_reading`], so that neither the device nor the caller waits for the other.
    pub fn start_reading(&mut self) -> FrameReading {
        self.foremost_mut().start_reading()
    }

    /// Waits for a frame of this renderer and copies it out, as [`Self::read_rgba`].
    ///
    /// # Errors
    /// [`crate::Error::DeviceLost`].
    pub fn finish_reading(&mut self, reading: FrameReading) -> Result<Vec<u8>> {
        self.foremost_mut().finish_reading(reading)
    }

    fn foremost_mut(&mut self) -> &mut MeshRenderer {
        let (_, foremost) = self.people.last_mut().expect("a group has somebody");
        foremost
    }

    fn foremost(&self) -> &MeshRenderer {
        let (_, foremost) = self.people.last().expect("a group has somebody");
        foremost
    }
}

/// One of several people.
pub(super) struct Placed {
    /// Which of the scenes it is.
    pub number: usize,
    /// The person, and the picture without those in front.
    pub scene: PreparedScene,
}

/// The people of one picture for frames of this size, the rearmost first. Larger faces are nearer.
pub(super) fn placed(
    scenes: &[PortraitScene],
    width_px: u32,
    height_px: u32,
) -> Result<Vec<Placed>> {
    if let [scene] = scenes {
        let scene = PreparedScene::new(scene, width_px, height_px)?;
        return Ok(vec![Placed { number: 0, scene }]);
    }
    let mut people = People::new(scenes, width_px, height_px)?;
    let mut order: Vec<usize> = (0..scenes.len()).collect();
    let size = |number: usize| scenes[number].picture_from_canonical.scale_px;
    order.sort_by(|&a, &b| size(b).total_cmp(&size(a)));
    people.divide_cut_out(&order);
    let mut placed = Vec::with_capacity(scenes.len());
    for (position, &number) in order.iter().enumerate() {
        let scene = people.scene(&scenes[number], number);
        let mut scene = PreparedScene::new(&scene, width_px, height_px)?;
        people.take_off(&mut scene.layers, &order[position + 1..]);
        placed.push(Placed { number, scene });
    }
    placed.reverse();
    Ok(placed)
}
