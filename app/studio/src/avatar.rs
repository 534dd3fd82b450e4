//! A portrait made ready for drawing: where what `engine` found in the picture becomes what `shaders` draws.
//!
//! A portrait to frames, for any Rust program:
//!
//! ```
//! # extern crate jam_flow_studio as studio;
//! use std::path::Path;
//!
//! use engine::synthesizer::SAMPLES_PER_FRAME;
//! use engine::{SpeakRequest, Synthesizer, Voice};
//! use studio::avatar::{AvatarMaker, face_motion};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # if std::env::var_os("SKIP_GPU_TESTS").is_some() {
//! #     return Ok(());
//! # }
//! let models = Path::new("../../models");
//! let avatar = AvatarMaker::load(models)?.make(Path::new("../../assets/portraits/amara.jpg"))?;
//! let gpu = shaders::Gpu::headless()?;
//! let (width_px, height_px) = (256, 320);
//! let mut renderer = avatar.renderer(&gpu, width_px, height_px)?;
//! // Blinks, gaze and breath around the mouth of the speech.
//! let mut life = avatar.life(0);
//! let request = SpeakRequest {
//!     text: "Hi.".to_owned(),
//!     voice: Voice::Default,
//!     seed: 0,
//!     speed: 1.0,
//! };
//! let (mut samples, mut mouth) = (Vec::new(), Vec::new());
//! Synthesizer::load(models)?.speak(&request, &|| false, &mut |chunk| {
//!     samples.extend(chunk.samples);
//!     mouth.extend(chunk.mouth);
//!     Ok(())
//! })?;
//! assert_eq!(mouth.len(), samples.len().div_ceil(SAMPLES_PER_FRAME));
//! for mouth in &mouth {
//!     renderer.render(&face_motion(&life.next_frame(Some(mouth))));
//!     // RGBA rows from the top; a frame is shown while its 960 samples are heard.
//!     let frame: Vec<u8> = renderer.read_rgba()?;
//!     assert_eq!(frame.len(), (width_px * height_px * 4) as usize);
//! }
//! # Ok(())
//! # }
//! ```

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use engine::motion::idle::IdleLife;
use engine::motion::{DrivenPortrait, MotionFrame};
use engine::portrait::{Analyzer, FaceError, FaceRig, Picture, PortraitMesh};
use shaders::{Background, FaceMotion, Gpu, GroupRenderer, MeshRenderer, PortraitScene};

use crate::texts::text;

/// Pictures with a longer side are made smaller first: no film shows more.
const MAX_SIDE_PX: u32 = 3840;
/// The same for pictures with more pixels.
const MAX_PIXELS: u64 = 3840 * 2160;
/// Shorter side of a video, at least.
const VIDEO_SHORT_SIDE_PX: u32 = 512;
/// Longer side of a video, at most.
pub(crate) const VIDEO_LONG_SIDE_PX: u32 = 1280;
/// What is behind a person who was cut out, where a film cannot be transparent: a light grey.
pub const NEUTRAL_BACKGROUND: Background = Background::Colour([200, 200, 200]);
/// A picture of which less is clear has rounded corners or a frame, and nobody is cut out in it.
const CUT_OUT_SHARE: f64 = 0.01;
/// In a picture of so many people those who do not speak live, too. Of more only the one who speaks moves: each is a portrait of its own
/// to be analysed and drawn.
pub const COMPANY: RangeInclusive<usize> = 2..=6;

/// The models that turn pictures into avatars, loaded once.
pub struct AvatarMaker {
    analyzer: Analyzer,
}

impl AvatarMaker {
    /// Loads the face models and the rig from the models folder.
    pub fn load(models: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            analyzer: Analyzer::load(models)?,
        })
    }

    /// Reads a picture and finds its largest face. Fails if there is no face or the picture is of no use.
    pub fn make(&self, path: &Path) -> anyhow::Result<Avatar> {
        self.make_of(path, None)
    }

    /// As [`Self::make`] for the face with this number, counted from the left from 1 on. Fails if there is no such face, too.
    pub fn make_of(&self, path: &Path, face: Option<usize>) -> anyhow::Result<Avatar> {
        let upright = self.upright(path, &|picture| {
            self.analyzer
                .analyze_face(&picture.rgba, picture.width, picture.height, face)
        })?;
        self.avatar(upright.picture, upright.found, upright.turned_quarters)
    }

    /// Everybody in a picture. Fails if nobody in it can be moved.
    pub fn make_everybody(&self, path: &Path) -> anyhow::Result<Everybody> {
        let unusable = || text!("portrait-unusable", path = path.display().to_string());
        let Upright {
            picture,
            turned_quarters,
            found: meshes,
        } = self.upright(path, &|picture| {
            self.analyzer
                .analyze_every(&picture.rgba, picture.width, picture.height)
        })?;
        let mut everybody = Everybody {
            avatars: Vec::new(),
            left_out: Vec::new(),
        };
        for (number, mesh) in (1..).zip(meshes) {
            match mesh {
                Ok(mesh) => everybody.avatars.push(Arc::new(self.avatar(
                    picture.clone(),
                    mesh,
                    turned_quarters,
                )?)),
                Err(error) => everybody.left_out.push((number, error)),
            }
        }
        if everybody.avatars.is_empty()
            && let Some((_, error)) = everybody.left_out.pop()
        {
            return Err(error).with_context(unusable);
        }
        Ok(everybody)
    }

    /// The face that was asked for or else the largest, and whoever else in the picture can be moved.
    pub fn make_people(&self, choice: &PortraitChoice) -> anyhow::Result<People> {
        let avatar = Arc::new(self.make_of(&choice.path, choice.face)?);
        let alone = || People {
            avatars: vec![Arc::clone(&avatar)],
            chosen: 0,
        };
        if !COMPANY.contains(&avatar.face_boxes().len()) {
            return Ok(alone());
        }
        let avatars = self.make_everybody(&choice.path)?.avatars;
        Ok(match index_of(&avatars, avatar.face_number()) {
            Some(chosen) => People { avatars, chosen },
            None => alone(),
        })
    }

    /// Reads a picture and turns it so that `look`, which searches it for faces, finds them upright.
    fn upright<T>(
        &self,
        path: &Path,
        look: &dyn Fn(&Picture) -> engine::Result<T>,
    ) -> anyhow::Result<Upright<T>> {
        let picture = within_film_size(engine::portrait::load_picture(path)?);
        let picture = without_frame(picture);
        let quarters =
            self.analyzer
                .quarters_to_upright(&picture.rgba, picture.width, picture.height)?;
        let mut upright = picture.turned(quarters);
        let mut turned_quarters = quarters;
        let mut first_error = None;
        // Small faces are found by the thorough search alone, which is tried in all directions if it has to be.
        for _ in 0..4 {
            match look(&upright) {
                Ok(found) => {
                    return Ok(Upright {
                        picture: upright,
                        turned_quarters,
                        found,
                    });
                }
                Err(error) => {
                    let goes_on = matches!(error.kind(), engine::Error::Face(FaceError::NotFound));
                    let error = first_error.get_or_insert(error);
                    if !goes_on {
                        break;
                    }
                    tracing::debug!(%error, turned_quarters, "no face this way up");
                }
            }
            upright = upright.turned(1);
            turned_quarters = (turned_quarters + 1) % 4;
        }
        let error = first_error.unwrap_or_else(|| FaceError::NotFound.into());
        Err(error).with_context(|| text!("portrait-unusable", path = path.display().to_string()))
    }

    fn avatar(
        &self,
        picture: Picture,
        mesh: PortraitMesh,
        turned_quarters: u8,
    ) -> anyhow::Result<Avatar> {
        let is_cut_out = is_cut_out(&picture);
        let mut notices = Vec::new();
        if turned_quarters > 0 {
            notices.push(PortraitNotice::Turned {
                degrees: u16::from(turned_quarters) * 90,
            });
        }
        if mesh.has_shut_eyes() {
            notices.push(PortraitNotice::ShutEyes);
        }
        let faces_px = mesh.faces_px.clone();
        let face_index = mesh.face_index;
        let driven = DrivenPortrait {
            pose: mesh.pose,
            eye_opening: mesh.eye_opening,
        };
        let scene = scene(picture, mesh, Arc::clone(self.analyzer.rig()));
        scene.validate()?;
        Ok(Avatar {
            scene,
            driven,
            faces_px,
            face_index,
            is_cut_out,
            notices,
        })
    }
}

/// A picture the right way up, and what was found in it.
struct Upright<T> {
    picture: Picture,
    turned_quarters: u8,
    found: T,
}

/// Something about a portrait that its user should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortraitNotice {
    /// It lay on its side or stood on its head.
    Turned {
        /// How far it was turned, clockwise.
        degrees: u16,
    },
    /// Its eyes are shut, and stay so.
    ShutEyes,
}

impl std::fmt::Display for PortraitNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Turned { degrees } => f.write_str(&text!("portrait-turned", degrees = *degrees)),
            Self::ShutEyes => f.write_str(text!("portrait-shut-eyes")),
        }
    }
}

/// A face in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortraitChoice {
    /// The picture.
    pub path: PathBuf,
    /// The face's number, counted from the left from 1 on; none for the largest.
    pub face: Option<usize>,
    /// Whether the others in the picture move, too.
    pub everybody: bool,
}

/// Who lives in a picture of which one person speaks.
#[derive(Clone, Debug)]
pub struct People {
    /// Those who move, the leftmost first.
    pub avatars: Vec<Arc<Avatar>>,
    /// Who of them speaks.
    pub chosen: usize,
}

impl People {
    /// Who speaks.
    pub fn chosen(&self) -> &Arc<Avatar> {
        &self.avatars[self.chosen]
    }
}

/// The people of one picture.
#[derive(Debug)]
pub struct Everybody {
    /// Those who can be moved, the leftmost first.
    pub avatars: Vec<Arc<Avatar>>,
    /// Numbers of the faces that cannot, with the reason.
    pub left_out: Vec<(usize, engine::Error)>,
}

impl Everybody {
    /// How many faces the picture shows.
    pub fn face_count(&self) -> usize {
        self.avatars.len() + self.left_out.len()
    }

    /// Where among [`Self::avatars`] the face with this number is.
    pub fn index_of(&self, face: usize) -> Option<usize> {
        index_of(&self.avatars, face)
    }

    /// Who has the face with this number, or else the largest of all.
    pub fn chosen(&self, face: Option<usize>) -> Option<&Arc<Avatar>> {
        let size = |avatar: &Arc<Avatar>| {
            let [_, _, width, height] = avatar.face_box_px();
            width * height
        };
        let largest = || {
            let avatars = self.avatars.iter();
            avatars.max_by(|a, b| size(a).total_cmp(&size(b)))
        };
        face.and_then(|face| self.avatars.get(self.index_of(face)?))
            .or_else(largest)
    }
}

/// Where among people the face with this number is.
pub fn index_of(people: &[Arc<Avatar>], face: usize) -> Option<usize> {
    people
        .iter()
        .position(|avatar| avatar.face_number() == face)
}

/// A renderer of people of one picture with something else behind them. Fails if the people are not of one picture.
pub fn group_renderer(
    avatars: &[Arc<Avatar>],
    gpu: &Gpu,
    (width_px, height_px): (u32, u32),
    background: Background,
) -> shaders::Result<GroupRenderer> {
    let scenes: Vec<PortraitScene> = avatars
        .iter()
        .map(|avatar| PortraitScene {
            background,
            ..avatar.scene.clone()
        })
        .collect();
    GroupRenderer::new(gpu, &scenes, width_px, height_px)
}

/// What the renderer needs of an analysed picture.
pub fn scene(picture: Picture, mesh: PortraitMesh, rig: Arc<FaceRig>) -> PortraitScene {
    PortraitScene {
        width_px: picture.width,
        height_px: picture.height,
        rgba: picture.rgba,
        matte: Some(mesh.matte),
        background: Background::Keep,
        vertices_px: mesh.vertices_px,
        irises_px: mesh.irises_px,
        iris_radii_px: mesh.iris_radii_px,
        picture_from_canonical: mesh.picture_from_canonical,
        rig,
    }
}

/// A portrait that can be drawn.
#[derive(Debug)]
pub struct Avatar {
    scene: PortraitScene,
    driven: DrivenPortrait,
    faces_px: Vec<[f32; 4]>,
    face_index: usize,
    is_cut_out: bool,
    notices: Vec<PortraitNotice>,
}

impl Avatar {
    /// What the user should know of it.
    pub fn notices(&self) -> &[PortraitNotice] {
        &self.notices
    }

    /// What is behind this person in a film where `asked` is asked for: a person who is cut out has no background to be kept, so
    /// nothing is behind them, or a neutral grey in a format without alpha.
    pub fn background(&self, asked: Background, has_alpha: bool) -> Background {
        match asked {
            Background::Keep if self.is_cut_out && !has_alpha => NEUTRAL_BACKGROUND,
            _ => asked,
        }
    }

    /// Boxes of the picture's faces that can be chosen, the leftmost first, as parts of its width and height: x, y, width, height.
    pub fn face_boxes(&self) -> impl ExactSizeIterator<Item = [f32; 4]> + '_ {
        let (width, height) = self.picture_size_px();
        let (width, height) = (width as f32, height as f32);
        let faces = self.faces_px.iter();
        faces.map(move |&[x, y, w, h]| [x / width, y / height, w / width, h / height])
    }

    /// Number of the face that moves, counted from the left from 1 on.
    pub fn face_number(&self) -> usize {
        self.face_index + 1
    }

    /// Middle of the face that moves, pixels.
    pub fn face_middle_px(&self) -> [f32; 2] {
        let [x, y, width, height] = self.face_box_px();
        [x + width / 2.0, y + height / 2.0]
    }

    /// The face that moves from the hairline to the chin: x, y, width, height, pixels.
    pub fn face_px(&self) -> [f32; 4] {
        let vertices = &self.scene.vertices_px;
        let [[left, right], [top, bottom]] = [0, 1].map(|axis| {
            let places = vertices.iter().map(|vertex| vertex[axis]);
            [
                places.clone().fold(f32::INFINITY, f32::min),
                places.fold(f32::NEG_INFINITY, f32::max),
            ]
        });
        [left, top, right - left, bottom - top]
    }

    /// What is the same for every face.
    pub fn rig(&self) -> &FaceRig {
        &self.scene.rig
    }

    /// What is drawn.
    pub(crate) fn scene(&self) -> &PortraitScene {
        &self.scene
    }

    fn face_box_px(&self) -> [f32; 4] {
        let own = self.faces_px.get(self.face_index);
        own.copied().unwrap_or_default()
    }

    /// Width and height of the picture, pixels.
    pub fn picture_size_px(&self) -> (u32, u32) {
        (self.scene.width_px, self.scene.height_px)
    }

    /// Width and height of a video of this portrait, pixels: the picture's shape, both even as H.264 asks.
    pub fn video_size_px(&self) -> (u32, u32) {
        let (width, height) = self.picture_size_px();
        let short = width.min(height);
        let long = width.max(height);
        let short = short
            .max(VIDEO_SHORT_SIDE_PX)
            .min((u64::from(VIDEO_LONG_SIDE_PX) * u64::from(short) / u64::from(long)) as u32);
        fitted_size((width, height), short)
    }

    /// Life around the mouth that fits this portrait.
    pub fn life(&self, seed: u64) -> IdleLife {
        let mut life = IdleLife::new(seed);
        life.fit(&self.driven);
        life
    }

    /// What a driver has to know of this portrait.
    pub fn driven(&self) -> &DrivenPortrait {
        &self.driven
    }

    /// A renderer of this portrait.
    pub fn renderer(
        &self,
        gpu: &Gpu,
        width_px: u32,
        height_px: u32,
    ) -> shaders::Result<MeshRenderer> {
        MeshRenderer::new(gpu, &self.scene, width_px, height_px)
    }
}

/// The size with the shape of `picture_size` and this shorter side, both even.
pub fn fitted_size((width, height): (u32, u32), short_side: u32) -> (u32, u32) {
    let scale = f64::from(short_side) / f64::from(width.min(height).max(1));
    let even = |side: u32| ((f64::from(side) * scale / 2.0).round() as u32).max(8) * 2;
    (even(width), even(height))
}

/// One frame of movement as speech draws it: from shut lips.
pub fn face_motion(frame: &MotionFrame) -> FaceMotion {
    FaceMotion {
        frame: *frame,
        mouth_shut: 1.0,
    }
}

/// Whether the picture is clear around somebody.
fn is_cut_out(picture: &Picture) -> bool {
    clear_share(picture) > 0.0
}

/// The share of the pixels that are more clear than opaque.
fn clear_share(picture: &Picture) -> f64 {
    let clear = picture.rgba.chunks_exact(4).filter(|pixel| pixel[3] < 128);
    clear.count() as f64 / (picture.rgba.len() / 4).max(1) as f64
}

/// Puts a picture that is clear only in its corners, or only a little all over, on the neutral background: its alpha does not say
/// who is in it.
fn without_frame(mut picture: Picture) -> Picture {
    if clear_share(&picture) >= CUT_OUT_SHARE {
        return picture;
    }
    let Background::Colour(neutral) = NEUTRAL_BACKGROUND else {
        return picture;
    };
    for pixel in picture
        .rgba
        .chunks_exact_mut(4)
        .filter(|pixel| pixel[3] < 255)
    {
        let alpha = u32::from(pixel[3]);
        for (channel, behind) in neutral.into_iter().enumerate() {
            let sum = u32::from(pixel[channel]) * alpha + u32::from(behind) * (255 - alpha);
            pixel[channel] = ((sum + 127) / 255) as u8;
        }
        pixel[3] = 255;
    }
    picture
}

fn within_film_size(picture: Picture) -> Picture {
    let long = f64::from(picture.width.max(picture.height));
    let pixels = f64::from(picture.width) * f64::from(picture.height);
    let scale = (f64::from(MAX_SIDE_PX) / long).min((MAX_PIXELS as f64 / pixels).sqrt());
    if scale >= 1.0 {
        return picture;
    }
    let shrunk = |side: u32| ((f64::from(side) * scale) as u32).max(1);
    let (width, height) = (shrunk(picture.width), shrunk(picture.height));
    let pixels = image::RgbaImage::from_raw(picture.width, picture.height, picture.rgba)
        .expect("a picture holds four bytes for each pixel");
    let pixels = image::imageops::resize(
        &pixels,
        width,
        height,
        image::imageops::FilterType::Triangle,
    );
    Picture {
        width,
        height,
        rgba: pixels.into_raw(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_at_most_as_large_as_a_film() {
        let of = |width: u32, height: u32| {
            let rgba = vec![255; width as usize * height as usize * 4];
            let picture = within_film_size(Picture {
                width,
                height,
                rgba,
            });
            (picture.width, picture.height)
        };
        assert_eq!(of(3840, 2160), (3840, 2160));
        assert_eq!(of(4000, 1000), (3840, 960));
        assert_eq!(of(3000, 3000), (2880, 2880));
    }

    #[test]
    fn alpha_cuts_somebody_out_or_is_a_frame() {
        let picture = |alpha: &dyn Fn(usize) -> u8| Picture {
            width: 100,
            height: 100,
            rgba: (0..10_000).flat_map(|i| [10, 20, 30, alpha(i)]).collect(),
        };
        let cut_out = without_frame(picture(&|i| if i % 100 < 40 { 0 } else { 255 }));
        assert!(is_cut_out(&cut_out));
        assert_eq!(cut_out.rgba[..4], [10, 20, 30, 0]);
        // Rounded corners, and a picture that is a little clear all over.
        for framed in [
            picture(&|i| if i < 50 { 0 } else { 255 }),
            picture(&|_| 204),
        ] {
            let flat = without_frame(framed);
            assert!(!is_cut_out(&flat));
            assert!(flat.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255));
        }
        let corner = without_frame(picture(&|i| if i < 50 { 0 } else { 255 }));
        assert_eq!(corner.rgba[..4], [200, 200, 200, 255]);
    }

    #[test]
    fn sizes_are_even_and_keep_the_shape() {
        assert_eq!(fitted_size((100, 200), 512), (512, 1024));
        let (width, height) = fitted_size((333, 517), 511);
        assert!(width % 2 == 0 && height % 2 == 0);
        assert!((f64::from(height) / f64::from(width) - 517.0 / 333.0).abs() < 0.01);
    }
}
