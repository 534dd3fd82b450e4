//! Portrait analysis: from a picture to the mesh that the renderer moves.
//!
//! Once per portrait: find the face, its 478 landmarks, the similarity from the canonical face, and the person's matte. The
//! networks are MediaPipe's (Apache-2.0), run by rten on the CPU in some tens of milliseconds.

mod avif;
mod canonical;
mod colour;
pub(crate) mod crop;
pub(crate) mod detector;
mod error;
mod faces;
mod guided_filter;
pub(crate) mod landmarks;
mod matte;
mod network;
mod picture;
mod rig;

use std::path::Path;
use std::sync::Arc;

pub(crate) use canonical::fit_similarity;
pub use error::{FaceError, PictureError};
pub use picture::{MAX_BYTES, MAX_PIXELS, MIN_SIDE_PX, Picture, load_picture};
pub use rig::load_rig;

pub use crate::motion::{FACE_TRIANGLES, FACE_VERTICES, FaceRig, MouthInterior, Similarity};

use crate::motion::{HeadPose, IRIS_KEYPOINTS, KEYPOINT_COUNT};
use crate::{Error, Result};
use crop::RgbPicture;
use detector::Detector;
use faces::Faces;
use landmarks::LandmarkNetwork;
use matte::MatteNetwork;

/// Smallest face that is worth moving, its box's longer side.
pub const MIN_FACE_PX: f32 = 64.0;
/// Beyond this yaw one side of the mouth is hidden, radians (50°).
pub const MAX_YAW: f32 = 50.0 * std::f32::consts::PI / 180.0;
/// Larger pictures are analysed at a whole fraction of their size.
const WORKING_SIDE_PX: usize = 2048;
/// Landmarks of the irises: centre first, then four of the rim; picture-left, picture-right.
pub(crate) const IRIS_LANDMARKS: [usize; 2] = [468, 473];
/// Upper and lower lid in the middle of each eye, picture-left then picture-right.
const LID_LANDMARKS: [[usize; 2]; 2] = [[159, 145], [386, 374]];
/// How much surer the detector must be of a face in a turned picture. Upright faces score 0.91 to 0.96, the same pictures turned by
/// one, two or three quarters 0.09 less at least.
const TURNED_ADVANTAGE: f32 = 0.05;
/// Below this score a face in a turned picture may be a pattern.
const TURNED_SCORE: f32 = 0.85;
/// Both eyes less open than this, in canonical units, are shut (4 mm on a face of common size); portraits of people who squint have
/// twice that.
const SHUT_EYES_OPENING: f32 = 0.04;
/// A face is cut off when more outline points than this lie outside the picture.
const MAX_OUTSIDE: usize = 6;

/// A portrait's face, ready to be moved. Pixels are those of the picture that was analysed; whole numbers are pixel centres.
#[derive(Clone, Debug)]
pub struct PortraitMesh {
    /// The 468 vertices of the face as it is in the picture; z on the scale of x, smaller is nearer.
    pub vertices_px: Vec<[f32; 3]>,
    /// Centres of the irises, picture-left then picture-right.
    pub irises_px: [[f32; 3]; 2],
    /// Their radii.
    pub iris_radii_px: [f32; 2],
    /// From the canonical face to the picture.
    pub picture_from_canonical: Similarity,
    /// The head pose in the portrait.
    pub pose: HeadPose,
    /// The 21 keypoints of this face in canonical units, head pose removed.
    #[doc(alias = "kp")]
    pub canonical_keypoints: [[f32; 3]; KEYPOINT_COUNT],
    /// How far the lids stand apart in the middle of each eye, picture-left then picture-right, canonical units: about 0.88 of it
    /// as y of keypoints 11 and 15 shuts the eye.
    pub eye_opening: [f32; 2],
    /// How far the lips' inner edges stand apart in the middle, canonical units: about 0 with a shut mouth.
    pub lip_opening: f32,
    /// The face's box: x, y, width, height.
    pub face_box_px: [f32; 4],
    /// Boxes of all faces in the picture that are large enough to be moved, the leftmost first: x, y, width, height.
    pub faces_px: Vec<[f32; 4]>,
    /// Which of them this one is.
    pub face_index: usize,
    /// Mask of this person at the picture's size, 255 = person, rows from the top.
    pub matte: Vec<u8>,
}

/// The networks of the portrait analysis.
pub struct Analyzer {
    detector: Detector,
    landmarks: LandmarkNetwork,
    matte: MatteNetwork,
    rig: Arc<FaceRig>,
}

impl PortraitMesh {
    /// Whether the eyes are shut in the picture. They stay so in a film: what lies behind the lids is not known.
    pub fn has_shut_eyes(&self) -> bool {
        self.eye_opening
            .iter()
            .all(|&opening| opening < SHUT_EYES_OPENING)
    }
}

impl Analyzer {
    /// Loads the three networks and the rig from the models folder.
    ///
    /// # Errors
    ///
    /// [`Error::WeightsMissing`] or [`Error::WeightsUnfit`], naming the file.
    pub fn load(models: &Path) -> Result<Self> {
        Ok(Self {
            detector: Detector::load(models)?,
            landmarks: LandmarkNetwork::load(models)?,
            matte: MatteNetwork::load(models)?,
            rig: Arc::new(load_rig(&models.join("face_rig.safetensors"))?),
        })
    }

    /// The rig that the similarity refers to.
    pub fn rig(&self) -> &Arc<FaceRig> {
        &self.rig
    }

    /// How many quarters, clockwise, a picture must be turned for its faces to be upright. Cameras say so in the metadata, but
    /// messengers and scanners lose those.
    ///
    /// # Errors
    ///
    /// [`Error::Face`] if the picture is too small.
    pub fn quarters_to_upright(&self, rgba: &[u8], width: u32, height: u32) -> Result<u8> {
        let (picture, _) = working_picture(rgba, width, height)?;
        let mut scores = [0.0_f32; 4];
        for (tilt, score) in (0..4).zip(&mut scores) {
            *score = self.detector.best_score(&picture, tilt)?;
        }
        let best = (1..4).fold(0, |best, tilt| match scores[tilt] > scores[best] {
            true => tilt,
            false => best,
        });
        let is_sure = scores[best] > scores[0] + TURNED_ADVANTAGE && scores[best] > TURNED_SCORE;
        // A face that leans by one quarter clockwise is upright after three more.
        Ok(if is_sure { (4 - best as u8) % 4 } else { 0 })
    }

    /// Finds the largest face of an RGBA picture (rows from the top, `width · height · 4` bytes) and measures it.
    ///
    /// # Errors
    ///
    /// [`Error::Face`]: no face, too small, turned too far, cut off by the border.
    pub fn analyze(&self, rgba: &[u8], width: u32, height: u32) -> Result<PortraitMesh> {
        self.analyze_face(rgba, width, height, None)
    }

    /// As [`Self::analyze`] for the face with this number; numbers count from the left and begin with 1. Without one the largest is
    /// taken.
    ///
    /// # Errors
    ///
    /// As [`Self::analyze`], and if there is no face with this number.
    pub fn analyze_face(
        &self,
        rgba: &[u8],
        width: u32,
        height: u32,
        number: Option<usize>,
    ) -> Result<PortraitMesh> {
        let (picture, faces) = self.search(rgba, width, height)?;
        self.measure(&picture, &faces, faces.choose(number)?, [width, height])
    }

    /// Measures every face of a picture that is large enough to be moved, the leftmost first. Of those that cannot be used the reason is
    /// given.
    ///
    /// # Errors
    ///
    /// As [`Self::analyze`] if there is no face at all, or none is large enough.
    pub fn analyze_every(
        &self,
        rgba: &[u8],
        width: u32,
        height: u32,
    ) -> Result<Vec<Result<PortraitMesh>>> {
        let (picture, faces) = self.search(rgba, width, height)?;
        let indices = 0..faces.boxes_px().len();
        Ok(indices
            .map(|index| self.measure(&picture, &faces, index, [width, height]))
            .collect())
    }

    /// The picture at the size that is searched, and its faces.
    fn search(&self, rgba: &[u8], width: u32, height: u32) -> Result<(RgbPicture, Faces)> {
        let (picture, factor) = working_picture(rgba, width, height)?;
        let faces = Faces::find(&self.detector, &self.landmarks, &picture, factor as f32)?;
        Ok((picture, faces))
    }

    /// Measures one of the faces in a picture of this width and height.
    fn measure(
        &self,
        picture: &RgbPicture,
        faces: &Faces,
        face_index: usize,
        full_size: [u32; 2],
    ) -> Result<PortraitMesh> {
        let [full_width, full_height] = full_size.map(|side| side as usize);
        let scale = faces.scale();
        let face = faces.face(face_index);
        let points = self
            .landmarks
            .find(picture, face.landmark_region())?
            .ok_or(FaceError::NotFound)?;
        let similarity = self.fit(&points);
        let pose = similarity.pose();
        if pose.yaw.abs() > MAX_YAW {
            return Err(Error::from(FaceError::TurnedAway {
                degrees: pose.yaw.abs().to_degrees(),
                max_degrees: MAX_YAW.to_degrees(),
            }));
        }
        let outside = self.rig.face_oval.iter().filter(|&&vertex| {
            let [x, y, _] = points[vertex as usize];
            x < 0.0 || y < 0.0 || x >= picture.width as f32 || y >= picture.height as f32
        });
        if outside.count() > MAX_OUTSIDE {
            return Err(FaceError::CutOff.into());
        }
        let face_box = bounds(&points[..FACE_VERTICES]);
        let faces_px = faces.boxes_px();
        let mut matte = self.matte.matte(
            picture,
            face_box,
            faces_px.len() == 1,
            full_width,
            full_height,
        )?;
        faces::keep_one_person(&mut matte, full_width, picture, &faces_px, face_index);

        let full = |[x, y, z]: [f32; 3]| {
            let place = |value: f32| (value + 0.5) * scale - 0.5;
            [place(x), place(y), z * scale]
        };
        let points: Vec<_> = points.into_iter().map(full).collect();
        let similarity = self.fit(&points);
        let distance = |a: usize, b: usize| {
            let (a, b) = (points[a], points[b]);
            (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f32>().sqrt()
        };
        let height = |upper: usize, lower: usize| {
            let canonical = |landmark: usize| similarity.invert(points[landmark]);
            (canonical(lower)[1] - canonical(upper)[1]).max(0.0)
        };
        Ok(PortraitMesh {
            irises_px: IRIS_LANDMARKS.map(|centre| points[centre]),
            iris_radii_px: IRIS_LANDMARKS.map(|centre| {
                (1..=4)
                    .map(|rim| distance(centre, centre + rim))
                    .sum::<f32>()
                    / 4.0
            }),
            canonical_keypoints: self.keypoints(&points, &similarity),
            eye_opening: LID_LANDMARKS.map(|[upper, lower]| height(upper, lower)),
            lip_opening: height(13, 14),
            face_box_px: bounds(&points[..FACE_VERTICES]),
            vertices_px: points[..FACE_VERTICES].to_vec(),
            picture_from_canonical: similarity,
            pose,
            faces_px,
            face_index,
            matte,
        })
    }

    fn fit(&self, points: &[[f32; 3]]) -> Similarity {
        let rigid = || self.rig.rigid_points.iter().map(|&vertex| vertex as usize);
        let canonical: Vec<_> = rigid().map(|v| self.rig.canonical_vertices[v]).collect();
        let found: Vec<_> = rigid().map(|v| points[v]).collect();
        fit_similarity(&canonical, &found)
    }

    fn keypoints(
        &self,
        points: &[[f32; 3]],
        similarity: &Similarity,
    ) -> [[f32; 3]; KEYPOINT_COUNT] {
        std::array::from_fn(|keypoint| {
            let landmark = self.rig.keypoint_vertices[keypoint].map_or_else(
                || IRIS_LANDMARKS[usize::from(keypoint == IRIS_KEYPOINTS[1])],
                |vertex| vertex as usize,
            );
            similarity.invert(points[landmark])
        })
    }
}

/// The picture at the size that is searched, and the factor to that.
fn working_picture(rgba: &[u8], width: u32, height: u32) -> Result<(RgbPicture, usize)> {
    let (full_width, full_height) = (width as usize, height as usize);
    if rgba.len() != full_width * full_height * 4 || width.min(height) < MIN_SIDE_PX {
        return Err(Error::from(FaceError::Picture {
            width_px: width,
            height_px: height,
            bytes: rgba.len(),
        }));
    }
    let factor = full_width.max(full_height).div_ceil(WORKING_SIDE_PX);
    let picture = RgbPicture::from_rgba(rgba, full_width, full_height, factor);
    Ok((picture, factor))
}

/// x, y, width, height of the points.
fn bounds(points: &[[f32; 3]]) -> [f32; 4] {
    let fold = |c: usize, start: f32, pick: fn(f32, f32) -> f32| {
        points.iter().map(|point| point[c]).fold(start, pick)
    };
    let (left, top) = (fold(0, f32::MAX, f32::min), fold(1, f32::MAX, f32::min));
    let (right, bottom) = (fold(0, f32::MIN, f32::max), fold(1, f32::MIN, f32::max));
    [left, top, right - left, bottom - top]
}

#[cfg(test)]
mod tests;
