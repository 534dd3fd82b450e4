//! Draws the part of a picture that a framing shows, at the video's size.
//!
//! A head in a narrow frame moves as in the whole picture: more of the picture is drawn than is shown, and the frame is cut out
//! of it.

use std::sync::Arc;

use shaders::{Background, FaceMotion, FrameReading, Gpu, GroupRenderer, PortraitScene};

use super::cut_out::{CutOut, colour};
use super::{Framing, Region};
use crate::avatar::{Avatar, group_renderer};

/// How much more of the picture than the frame is drawn to each side, face heights.
const MARGIN: f64 = 0.7;
/// Longest side that is drawn, pixels: every graphics card has it.
const MAX_SIDE_PX: f64 = 8192.0;

/// A renderer of people of one picture, of the part that a video shows.
#[derive(Debug)]
pub struct FramedRenderer {
    renderer: GroupRenderer,
    size_px: (u32, u32),
    /// Where in the drawn frame the video's is, if more is drawn.
    corner_px: Option<[usize; 2]>,
    /// The faces in the frame: x, y, width, height, from the hairline to the chin.
    faces_px: Vec<[f32; 4]>,
    /// What was begun and not fetched.
    begun: Option<Begun>,
    /// The picture fetched last; empty before the first.
    last: Vec<u8>,
    /// Pictures drawn.
    drawn: u64,
}

/// A picture that has begun.
#[derive(Debug)]
enum Begun {
    /// On its way out of the device.
    Drawn(FrameReading),
    /// The one before, again.
    AsBefore,
}

impl FramedRenderer {
    /// A renderer of the part of the picture that `framing` shows, in frames of this size.
    ///
    /// # Errors
    /// Those of [`GroupRenderer::new`].
    pub fn new(
        people: &[Arc<Avatar>],
        gpu: &Gpu,
        framing: &Framing,
        size_px: (u32, u32),
        background: Background,
    ) -> shaders::Result<Self> {
        let Some(first) = people.first().filter(|_| !framing.is_whole_picture()) else {
            return Ok(Self {
                renderer: group_renderer(people, gpu, size_px, background)?,
                size_px,
                corner_px: None,
                faces_px: people.iter().map(|avatar| whole(avatar, size_px)).collect(),
                begun: None,
                last: Vec::new(),
                drawn: 0,
            });
        };
        let picture_size_px = first.picture_size_px();
        let faces: Vec<[f32; 4]> = people.iter().map(|avatar| avatar.face_px()).collect();
        let region = framing.region(picture_size_px, &faces, size_px);
        let face_height = faces.iter().map(|face| face[3]).fold(0.0, f32::max);
        let (cut, corner_px) = widened(
            region,
            size_px,
            MARGIN * f64::from(face_height),
            picture_size_px,
        );
        let scenes = scenes(people, &cut, framing, background);
        let [width, height] = cut.size_px.map(|side| side as u32);
        Ok(Self {
            renderer: GroupRenderer::new(gpu, &scenes, width, height)?,
            size_px,
            corner_px: (cut.size_px != [size_px.0 as usize, size_px.1 as usize])
                .then_some(corner_px),
            faces_px: faces
                .iter()
                .map(|&face| placed(face, region, size_px))
                .collect(),
            begun: None,
            last: Vec::new(),
            drawn: 0,
        })
    }

    /// Width and height of the frames.
    pub fn size_px(&self) -> (u32, u32) {
        self.size_px
    }

    /// Where the faces are in the frame at rest: x, y, width, height, from the hairline to the chin.
    pub fn faces_px(&self) -> &[[f32; 4]] {
        &self.faces_px
    }

    /// The picture of a frame, RGBA. Where nobody has moved visibly since the picture drawn last, see
    /// [`GroupRenderer::render_visible`], it is that one again.
    ///
    /// # Errors
    /// Those of [`GroupRenderer::read_rgba`].
    pub fn picture(&mut self, motions: &[FaceMotion]) -> shaders::Result<&[u8]> {
        // One that is on its way may be the one to show again.
        self.begun()?;
        self.begin(motions);
        let picture = self.begun()?;
        Ok(picture.expect("it has begun"))
    }

    /// The picture fetched last; empty before the first.
    pub fn last_picture(&self) -> &[u8] {
        &self.last
    }

    /// Begins the picture of a frame, and returns the one begun before, if there is one: while a picture is drawn, the one before is
    /// fetched and used.
    ///
    /// # Errors
    /// As [`Self::picture`].
    pub fn next_picture(&mut self, motions: &[FaceMotion]) -> shaders::Result<Option<&[u8]>> {
        let before = self.begun.take();
        self.begin(motions);
        match before {
            Some(before) => self.fetch(before).map(Some),
            None => Ok(None),
        }
    }

    /// The picture begun last, if it was not fetched.
    ///
    /// # Errors
    /// As [`Self::picture`].
    pub fn begun(&mut self) -> shaders::Result<Option<&[u8]>> {
        match self.begun.take() {
            Some(begun) => self.fetch(begun).map(Some),
            None => Ok(None),
        }
    }

    fn begin(&mut self, motions: &[FaceMotion]) {
        let is_new = self.renderer.render_visible(motions) || self.drawn == 0;
        self.drawn += u64::from(is_new);
        self.begun = Some(match is_new {
            true => Begun::Drawn(self.renderer.start_reading()),
            false => Begun::AsBefore,
        });
    }

    fn fetch(&mut self, begun: Begun) -> shaders::Result<&[u8]> {
        if let Begun::Drawn(reading) = begun {
            self.last = self.finish_reading(reading)?;
        }
        Ok(&self.last)
    }

    /// How many pictures were drawn; the others were as before.
    pub fn drawn_count(&self) -> u64 {
        self.drawn
    }

    /// Waits for a frame and copies it out.
    fn finish_reading(&mut self, reading: FrameReading) -> shaders::Result<Vec<u8>> {
        let drawn = self.renderer.finish_reading(reading)?;
        let Some([left, top]) = self.corner_px else {
            return Ok(drawn);
        };
        let [drawn_width, _] = self.renderer.size_px();
        let rows = drawn.chunks_exact(drawn_width as usize * 4);
        let rows = rows.skip(top).take(self.size_px.1 as usize);
        let shown = left * 4..(left + self.size_px.0 as usize) * 4;
        Ok(rows.flat_map(|row| &row[shown.clone()]).copied().collect())
    }
}

/// A face of the whole picture, in a frame of this size.
fn whole(avatar: &Avatar, size_px: (u32, u32)) -> [f32; 4] {
    let (width, height) = avatar.picture_size_px();
    let region = Region {
        x: 0.0,
        y: 0.0,
        width: width.into(),
        height: height.into(),
    };
    placed(avatar.face_px(), region, size_px)
}

/// A face of the picture, in a frame of this size that shows a region.
fn placed(face: [f32; 4], region: Region, (width_px, height_px): (u32, u32)) -> [f32; 4] {
    let scale = [
        f64::from(width_px) / region.width,
        f64::from(height_px) / region.height,
    ];
    let [x, y, width, height] = face.map(f64::from);
    [
        (x - region.x) * scale[0],
        (y - region.y) * scale[1],
        width * scale[0],
        height * scale[1],
    ]
    .map(|side| side as f32)
}

/// What is drawn so that `region` moves as a part of its picture, and where the region's corner is in it. Only what the picture
/// shows is added.
fn widened(
    region: Region,
    (width_px, height_px): (u32, u32),
    margin: f64,
    (picture_width, picture_height): (u32, u32),
) -> (CutOut, [usize; 2]) {
    let scale = f64::from(width_px) / region.width;
    // In whole pixels of the video, so that the region's own pixels are the same.
    let beside = |start: f64, length: f64, picture: u32, length_px: u32| {
        let max_px = ((MAX_SIDE_PX - f64::from(length_px)) / 2.0).max(0.0);
        let px = |room: f64| (room.clamp(0.0, margin) * scale).floor().min(max_px) as usize;
        [px(start), px(f64::from(picture) - start - length)]
    };
    let [left, right] = beside(region.x, region.width, picture_width, width_px);
    let [top, bottom] = beside(region.y, region.height, picture_height, height_px);
    let size_px = [
        left + width_px as usize + right,
        top + height_px as usize + bottom,
    ];
    let cut = CutOut {
        region: Region {
            x: region.x - left as f64 / scale,
            y: region.y - top as f64 / scale,
            width: size_px[0] as f64 / scale,
            height: size_px[1] as f64 / scale,
        },
        size_px,
    };
    (cut, [left, top])
}

/// The people in a picture that is what was cut out.
fn scenes(
    people: &[Arc<Avatar>],
    cut: &CutOut,
    framing: &Framing,
    background: Background,
) -> Vec<PortraitScene> {
    let beyond = colour(framing.fill);
    let mut picture: Option<Vec<u8>> = None;
    let scenes = people.iter().map(|avatar| {
        let scene = avatar.scene();
        let size = [scene.width_px as usize, scene.height_px as usize];
        let rgba = picture.get_or_insert_with(|| cut.bytes::<4>(&scene.rgba, size, beyond));
        let scale = cut.scale() as f32;
        let mut similarity = scene.picture_from_canonical;
        similarity.scale_px *= scale;
        similarity.translation_px = cut.point(similarity.translation_px);
        PortraitScene {
            width_px: cut.size_px[0] as u32,
            height_px: cut.size_px[1] as u32,
            rgba: rgba.clone(),
            matte: scene
                .matte
                .as_ref()
                .map(|matte| cut.bytes::<1>(matte, size, beyond.map(|_| [0]))),
            background,
            vertices_px: scene.vertices_px.iter().map(|&at| cut.point(at)).collect(),
            irises_px: scene.irises_px.map(|at| cut.point(at)),
            iris_radii_px: scene.iris_radii_px.map(|radius| radius * scale),
            picture_from_canonical: similarity,
            rig: Arc::clone(&scene.rig),
        }
    });
    scenes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_beside_the_frame_leaves_its_pixels_in_place() {
        let region = Region {
            x: 100.3,
            y: -20.0,
            width: 320.0,
            height: 180.0,
        };
        let (cut, [left, top]) = widened(region, (1280, 720), 70.0, (640, 480));
        assert_eq!((left, top), (280, 0));
        assert_eq!(cut.size_px, [280 + 1280 + 280, 720 + 280]);
        assert!((cut.region.x + left as f64 / 4.0 - region.x).abs() < 1e-9);
        assert!((cut.scale() - 4.0).abs() < 1e-9);
        assert!(cut.region.x >= 0.0 && cut.region.x + cut.region.width <= 640.0);
    }
}
