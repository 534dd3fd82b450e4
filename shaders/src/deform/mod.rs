//! From motion to positions: the part of drawing that the GPU path and the CPU twin share.
//!
//! [`PreparedScene`] is the portrait at the output's size with rings around the face; [`PreparedScene::deform`] moves it.
//! Each vertex carries the way **back** to its place in the picture. A vertex that does not move carries exactly zero,
//! interpolation of zeros is exactly zero, and such a pixel is copied: that is what makes a still portrait bit-exact.

mod eye;
mod image;
mod inside;
mod lid;
mod line;
mod mouth;
mod rings;
mod shut_mouth;
mod silhouette;
mod unfold;

use glam::{Mat3, Vec2, Vec3};

pub(crate) use eye::{CURVE_SAMPLES, EyeColumn, EyeShape};
pub(crate) use image::Image;
pub(crate) use lid::LidSkin;
use line::{farthest_distance, farthest_pair, smooth_line};
pub(crate) use mouth::{INTERIOR_OVERSAMPLING, MouthShape, OUTLINE_LEN, srgb_from_linear};
use rings::{HeadFrame, RingVertex};
use silhouette::Visible;

use crate::area::Area;
use crate::error::{Error, Result};
use crate::layers::Layers;
use crate::picture::{Fit, resample};
use crate::scene::{EXPRESSION_LEN, FaceMotion, PortraitScene, Similarity};
use crate::smooth_step::smooth_step;

/// Upper eyelid keypoints, picture-left then picture-right: +y shuts the eye.
const LID_KEYPOINTS: [usize; 2] = [11, 15];
/// Iris keypoints in the same order: x and y are the gaze.
const IRIS_KEYPOINTS: [usize; 2] = [13, 16];
/// Part of a lid's closing that still drags the mesh: the skin around the eye gives a little, the rest is lid skin.
const LID_DRAG: f32 = 0.12;
/// Shut eyes meet a little above the lower edge of the opening.
const LID_TRAVEL: f32 = 0.88;
/// Head angles beyond this need surfaces that the picture does not show, radians.
const POSE_LIMIT: f32 = 0.6;

/// Turns of the head in the picture between which the mesh of its hidden side goes, radians.
const TURNED: [f32; 2] = [0.25, 0.6];
/// A triangle at the edge of the mesh of such a head that shows less than this part of its area is left out: its few pixels would
/// smear when the head moves.
const LEAST_SHOWN: f32 = 0.22;
/// Turns between which turning back becomes limited, radians: the picture does not show what it would bring to light.
const TURNED_FAR: [f32; 2] = [0.45, 0.7];
/// The limit: this part of what the head lacks to a turn of the second, radians.
const TURN_BACK: (f32, f32) = (0.65, 1.05);

/// How high head and shoulders are against the face, where the picture is not less high.
const SURROUNDINGS: f32 = 2.5;
/// Stray hair stays while the head moves by less than this part of that.
const STRAYS_STAY: f32 = 0.012;

/// Part of the face's depth that turns with the head. Turned with all of it, the cheeks before the ears smear on one side and
/// fold on the other, since the picture has hardly a pixel of them.
const RELIEF: f32 = 0.68;

/// A vertex as the warp pass takes it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
pub(crate) struct WarpVertex {
    /// Where it is now, output pixels.
    pub position_px: [f32; 2],
    /// From there to where it is in the picture.
    pub offset_px: [f32; 2],
}

/// An eye in one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct EyeState {
    /// 0 as in the picture, 1 shut.
    pub closure: f32,
    /// Shift of the iris.
    pub gaze_px: Vec2,
}

impl EyeState {
    /// Whether the eye is other than in the picture.
    pub fn is_active(&self) -> bool {
        self.closure > 0.0 || self.gaze_px != Vec2::ZERO
    }
}

/// The mouth in one frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct MouthState {
    /// How much of the inside is shown, 0 (the picture's own mouth) to 1.
    pub reveal: f32,
    /// Outline of the opening.
    pub outline_px: Vec<Vec2>,
    /// First pixel of the part of the output that the inside is drawn for.
    pub region_origin_px: Vec2,
    /// x and y in output pixels from `region_origin_px`, depth 0 (near) to 1.
    pub interior: Vec<[f32; 3]>,
}

/// One frame's positions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deformed {
    pub vertices: Vec<WarpVertex>,
    pub eyes: [EyeState; 2],
    pub mouth: MouthState,
}

/// A portrait at the output's size with everything that does not change from frame to frame.
#[derive(Clone, Debug)]
pub(crate) struct PreparedScene {
    pub width_px: u32,
    pub height_px: u32,
    /// The picture at the output's size, as it is and taken apart.
    pub layers: Layers,
    /// Where frames can differ from the picture while nothing moves.
    moving: Area,
    /// What the warp pass cannot explain of the picture is gone where more than this moves.
    pub strays_px: f32,
    /// Rings, then the mouth's own triangles, then the rest of the face: later ones are in front.
    pub triangles: Vec<[u32; 3]>,
    /// The same triangles, those of the face in the rig's order: neighbours follow each other.
    unsorted: Vec<[u32; 3]>,
    /// Which of the triangles lie between the inner lips.
    pub mouth_triangles: std::ops::Range<usize>,
    pub eyes: [EyeShape; 2],
    /// Those of `triangles` that lids and gaze can touch, in the same order.
    pub eye_triangles: [Vec<[u32; 3]>; 2],
    pub mouth: MouthShape,
    face_px: Vec<Vec3>,
    rings: Vec<RingVertex>,
    /// All vertices, face then rings.
    rest_px: Vec<Vec2>,
    /// Vertices from here on lie on the border and stay there.
    pinned: std::ops::RangeFrom<usize>,
    frame: HeadFrame,
    similarity: Similarity,
    /// The visible face's outline as a closed ring.
    outline: Vec<u32>,
    /// Inner lips from one corner around to the other and back.
    lips: Vec<u32>,
    displacement_map: Vec<f32>,
    jaw_map: Vec<f32>,
    /// Shift of each face vertex that shuts the picture's mouth, pixels; empty if it is shut.
    shut_mouth_px: Vec<Vec3>,
}

impl PreparedScene {
    /// Checks the scene, brings it to the output's size and builds what is around the face.
    pub fn new(scene: &PortraitScene, width_px: u32, height_px: u32) -> Result<Self> {
        scene.validate()?;
        let rig = &scene.rig;
        let fit = Fit::cover(scene, width_px, height_px);
        let sizes = ([scene.width_px, scene.height_px], [width_px, height_px]);
        let picture = resample(&scene.rgba, 4, sizes.0, fit, sizes.1);
        let matte = scene
            .matte
            .as_ref()
            .map(|matte| resample(matte, 1, sizes.0, fit, sizes.1));
        let image = Image {
            bytes: &picture,
            width: width_px as usize,
            height: height_px as usize,
        };
        let mut face_px: Vec<Vec3> = scene.vertices_px.iter().map(|&v| fit.point(v)).collect();
        let mean = |points: &[Vec2]| points.iter().sum::<Vec2>() / points.len() as f32;
        let [x, _, z] = scene
            .picture_from_canonical
            .transform_vector([0.0, 0.0, 1.0]);
        let back = Vec3::new(x, 0.0, z).normalize_or(Vec3::Z);
        let turned = smooth_step(TURNED[0], TURNED[1], back.x.abs().min(1.0).asin());
        let eyes_and_mouth = [
            &rig.left_eye,
            &rig.right_eye,
            &rig.lips_inner,
            &rig.lips_outer,
        ];
        let visible = Visible::new(
            &face_px,
            &rig.triangles,
            &rig.face_oval,
            &eyes_and_mouth.map(Vec::as_slice),
            LEAST_SHOWN * turned,
        );
        if turned > 0.0
            && let Some(matte) = &matte
        {
            let placed = fit.similarity(&scene.picture_from_canonical);
            let [x, y, _] = placed.transform_vector([1.0, 0.0, 0.0]);
            let inwards = Vec2::new(x, y).normalize_or(Vec2::X) * back.x.signum();
            let inner = visible.inner();
            inside::bring_inside(
                &mut face_px,
                &inner,
                inwards,
                placed.scale_px,
                (matte, width_px),
            );
        }
        let pick = |ring: &[u32]| -> Vec<Vec3> {
            ring.iter().map(|&index| face_px[index as usize]).collect()
        };
        let flat = |ring: &[u32]| -> Vec<Vec2> {
            pick(ring).iter().map(|point| point.truncate()).collect()
        };
        let oval_px = pick(&visible.outline);
        let eyes_px = [flat(&rig.left_eye), flat(&rig.right_eye)];
        let frame = HeadFrame::new(
            &oval_px,
            (mean(&eyes_px[0]) + mean(&eyes_px[1])) / 2.0,
            mean(&flat(&rig.lips_inner)),
            back,
        );
        let surroundings_px = (SURROUNDINGS * frame.height_px).min(height_px as f32);
        let oval_flat: Vec<Vec2> = oval_px.iter().map(|point| point.truncate()).collect();
        let layers = Layers::new(
            &picture,
            matte.as_deref(),
            [width_px as usize, height_px as usize],
            &oval_flat,
            surroundings_px,
            scene.background,
        );
        let size_px = Vec2::new(width_px as f32, height_px as f32);
        let rings = rings::build(&oval_px, &frame, size_px, matte.as_deref());
        let eye = |side: usize| {
            EyeShape::new(
                &eyes_px[side],
                frame.down,
                fit.point(scene.irises_px[side]).truncate(),
                scene.iris_radii_px[side] * fit.scale,
                &image,
            )
        };
        let eyes = [eye(0), eye(1)];
        let (corner, _) = farthest_pair(&flat(&rig.lips_inner));
        let mut lips = rig.lips_inner.clone();
        lips.rotate_left(corner);
        if lips.len() > OUTLINE_LEN {
            return Err(Error::Scene(format!(
                "the inner lips have {} vertices, at most {OUTLINE_LEN} are drawn",
                lips.len()
            )));
        }
        let similarity = fit.similarity(&scene.picture_from_canonical);
        let shut_mouth_px =
            shut_mouth::shifts(&face_px, &lips, &rig.lips_outer, frame.down.extend(0.0));
        let shut_lips: Vec<Vec3> = lips
            .iter()
            .map(|&index| {
                let closing = shut_mouth_px.get(index as usize);
                face_px[index as usize] + closing.copied().unwrap_or_default()
            })
            .collect();
        let mouth = MouthShape::new(
            scene,
            &similarity,
            [&pick(&lips), &shut_lips],
            &pick(&rig.lips_outer),
            &image,
        );
        let mut triangles = rings::triangles(&visible.outline, face_px.len() as u32);
        let (inside, mut outside): (Vec<[u32; 3]>, Vec<[u32; 3]>) = visible
            .triangles
            .iter()
            .partition(|triangle| triangle.iter().all(|corner| lips.contains(corner)));
        let mouth_triangles = triangles.len()..triangles.len() + inside.len();
        triangles.extend(inside);
        let unsorted = [triangles.clone(), outside.clone()].concat();
        // Where a turn brings one part of the face over another, the nearer one is seen.
        let depth_px = |triangle: &[u32; 3]| -> f32 {
            triangle.map(|index| face_px[index as usize].z).iter().sum()
        };
        outside.sort_by(|a, b| depth_px(b).total_cmp(&depth_px(a)));
        let eye_triangles = eyes.each_ref().map(|eye| {
            let touches = |triangle: &&[u32; 3]| {
                let corners = triangle.map(|index| face_px[index as usize].truncate());
                let low = corners.iter().fold(Vec2::INFINITY, |low, &p| low.min(p));
                let high = corners
                    .iter()
                    .fold(Vec2::NEG_INFINITY, |high, &p| high.max(p));
                eye.bounds_px[0].cmplt(high).all() && low.cmplt(eye.bounds_px[1]).all()
            };
            outside.iter().filter(touches).copied().collect()
        });
        triangles.extend(outside);
        let ring_points = rings.iter().map(|ring| ring.rest_px);
        let rest_px: Vec<Vec2> = face_px
            .iter()
            .copied()
            .chain(ring_points)
            .map(|point| point.truncate())
            .collect();
        let pinned = rest_px.len() - visible.outline.len()..;
        Ok(Self {
            rest_px,
            pinned,
            width_px,
            height_px,
            triangles,
            unsorted,
            mouth_triangles,
            eyes,
            eye_triangles,
            mouth,
            face_px,
            rings,
            frame,
            similarity,
            outline: visible.outline,
            lips,
            displacement_map: rig.displacement_map.clone(),
            jaw_map: rig.jaw_map.clone(),
            shut_mouth_px,
            moving: layers.moving([width_px as usize, height_px as usize]),
            strays_px: STRAYS_STAY * surroundings_px,
            layers,
        })
    }

    /// One of the layers, to read from.
    pub fn image<'a>(&self, bytes: &'a [u8]) -> Image<'a> {
        Image {
            bytes,
            width: self.width_px as usize,
            height: self.height_px as usize,
        }
    }

    /// Vertices of the warp mesh.
    pub fn vertex_count(&self) -> usize {
        self.face_px.len() + self.rings.len()
    }

    /// Outside this area a frame is the picture.
    pub fn changed(&self, frame: &Deformed) -> Area {
        let offsets = frame.vertices.iter();
        let farthest = offsets
            .map(|vertex| Vec2::from(vertex.offset_px).length())
            .fold(0.0, f32::max);
        let size = [self.width_px as usize, self.height_px as usize];
        // One more for what a sample takes from its neighbours.
        self.moving.wider(farthest.ceil() as usize + 2, size)
    }

    /// Moves the mesh, the eyes and the mouth.
    pub fn deform(&self, motion: &FaceMotion) -> Deformed {
        let pose = Pose::new(motion, &self.frame, self.similarity.scale_px);
        let (expression, eyes) = self.split_eyes(motion);
        let mut shifts = self.expression_shifts(&expression);
        let shut = motion.mouth_shut.clamp(0.0, 1.0);
        for (shift, &closing) in shifts.iter_mut().zip(&self.shut_mouth_px) {
            *shift += closing * shut;
        }
        self.keep_lips_apart(&mut shifts, shut);
        let reveal = self.reveal(&shifts, shut);

        let face = self.face_px.iter().zip(&shifts);
        let face = face.map(|(&rest, &shift)| shift + pose.shift(rest + shift));
        let rings = self.rings.iter().map(|ring| {
            let carried = shifts[self.outline[ring.oval_position] as usize];
            let shift = carried * ring.expression_weight;
            shift + pose.shift(ring.rest_px + shift) * ring.pose_weight
        });
        let mut moved: Vec<Vec2> = face.chain(rings).map(|shift| shift.truncate()).collect();
        unfold::relax(
            &self.rest_px,
            &self.unsorted,
            &self.mouth_triangles,
            &self.pinned,
            &mut moved,
        );
        let vertices: Vec<WarpVertex> = self
            .rest_px
            .iter()
            .zip(&moved)
            .map(|(&rest, &shift)| WarpVertex {
                position_px: (rest + shift).to_array(),
                // Minus zero would do no harm; plus zero is easier to read in a debugger.
                offset_px: (Vec2::ZERO - shift).to_array(),
            })
            .collect();
        let mouth = self.deform_mouth(&vertices, &expression, &pose, reveal);
        Deformed {
            vertices,
            eyes,
            mouth,
        }
    }

    /// Takes out of the expression what lids and irises draw themselves.
    fn split_eyes(&self, motion: &FaceMotion) -> ([f32; EXPRESSION_LEN], [EyeState; 2]) {
        let mut expression = motion.expression;
        let eyes = std::array::from_fn(|side| {
            let lid = &mut expression[LID_KEYPOINTS[side]];
            let shape = &self.eyes[side];
            let closing = lid[1].max(0.0) * self.similarity.scale_px;
            lid[1] -= lid[1].max(0.0) * (1.0 - LID_DRAG);
            let iris = expression[IRIS_KEYPOINTS[side]];
            let gaze = Vec3::from(self.similarity.transform_vector([iris[0], iris[1], 0.0]));
            let limit = 0.3 * shape.length_px;
            EyeState {
                closure: (closing / (LID_TRAVEL * shape.height_px)).clamp(0.0, 1.0),
                gaze_px: gaze.truncate().clamp_length_max(limit),
            }
        });
        let mut flat = [0.0; EXPRESSION_LEN];
        for (slot, value) in flat.iter_mut().zip(expression.iter().flatten()) {
            *slot = *value;
        }
        (flat, eyes)
    }

    /// Displacement of each face vertex by the expression, pixels, before the head turns.
    fn expression_shifts(&self, expression: &[f32; EXPRESSION_LEN]) -> Vec<Vec3> {
        let length = self.face_px.len() * 3;
        let mut canonical = vec![0.0_f32; length];
        for (&delta, row) in expression
            .iter()
            .zip(self.displacement_map.chunks_exact(length))
        {
            if delta != 0.0 {
                for (sum, &gain) in canonical.iter_mut().zip(row) {
                    *sum += delta * gain;
                }
            }
        }
        canonical
            .chunks_exact(3)
            .map(|v| Vec3::from(self.similarity.transform_vector([v[0], v[1], v[2]])))
            .collect()
    }

    /// Lips that are told to go through each other meet instead, and then move on together.
    fn keep_lips_apart(&self, shifts: &mut [Vec3], shut: f32) {
        let down = self.frame.down.extend(0.0);
        let half = self.lips.len() / 2;
        let pairs = || {
            (1..half).map(|position| {
                let opposite = self.lips.len() - position;
                (self.lips[position] as usize, self.lips[opposite] as usize)
            })
        };
        let apart =
            |(one, other): (usize, usize)| (self.face_px[other] - self.face_px[one]).dot(down);
        let first_is_upper = pairs().map(apart).sum::<f32>() >= 0.0;
        for (one, other) in pairs() {
            let (upper, lower) = if first_is_upper {
                (one, other)
            } else {
                (other, one)
            };
            // Landmarks of a shut mouth may overlap a little, and may stay so.
            let rest_gap = apart((upper, lower));
            let gap = rest_gap + (shifts[lower] - shifts[upper]).dot(down);
            // Lips that were shut first overlap by their rims.
            let rims = match self.shut_mouth_px.is_empty() {
                true => 0.0,
                false => shut * shut_mouth::overlap_px(rest_gap),
            };
            let lacking = rest_gap.min(0.0) - rims - gap;
            if lacking > 0.0 {
                shifts[upper] -= down * (lacking / 2.0);
                shifts[lower] += down * (lacking / 2.0);
            }
        }
    }

    /// How far the mouth is open beyond the picture's, as the part of the inside that shows.
    fn reveal(&self, shifts: &[Vec3], shut: f32) -> f32 {
        let lips: Vec<Vec2> = self
            .lips
            .iter()
            .map(|&index| (self.face_px[index as usize] + shifts[index as usize]).truncate())
            .collect();
        let width = self.mouth.width_px;
        // A mouth that was shut first opens anew, and never shows the picture's own teeth.
        let (rest_gap_px, gap_px) = if self.shut_mouth_px.is_empty() {
            (self.mouth.rest_gap_px, mouth::gap_px(&lips))
        } else {
            let rest_gap_px = self.mouth.rest_gap_px * (1.0 - shut);
            let at_rest = self.lips.iter();
            let at_rest: Vec<Vec2> = at_rest
                .map(|&index| self.face_px[index as usize].truncate())
                .collect();
            let gap_px = shut_mouth::gap_px(&at_rest, &lips, self.frame.down);
            (rest_gap_px, gap_px)
        };
        let opened = gap_px - rest_gap_px;
        // A mouth that is open in the picture shows its own teeth for longer.
        let (from, to) = if rest_gap_px > 0.06 * width {
            (0.05, 0.20)
        } else {
            (0.006, 0.03)
        };
        smooth_step(from * width, to * width, opened)
    }

    fn deform_mouth(
        &self,
        vertices: &[WarpVertex],
        expression: &[f32; EXPRESSION_LEN],
        pose: &Pose,
        reveal: f32,
    ) -> MouthState {
        if reveal == 0.0 {
            return MouthState::default();
        }
        let lips: Vec<Vec2> = self
            .lips
            .iter()
            .map(|&index| Vec2::from(vertices[index as usize].position_px))
            .collect();
        let half = lips.len() / 2;
        let pieces = if lips.len() * 2 <= OUTLINE_LEN { 2 } else { 1 };
        let mut outline_px = smooth_line(&lips[..=half], pieces);
        outline_px.pop();
        let back: Vec<Vec2> = lips[half..].iter().chain(&lips[..1]).copied().collect();
        outline_px.extend(smooth_line(&back, pieces));
        outline_px.pop();

        let (low, high) = outline_px.iter().fold(
            (Vec2::INFINITY, Vec2::NEG_INFINITY),
            |(low, high), &point| (low.min(point), high.max(point)),
        );
        let region = Vec2::new(
            self.mouth.region_px[0] as f32,
            self.mouth.region_px[1] as f32,
        );
        let region_origin_px = ((low + high - region) / 2.0).floor();
        let mut jaw = [0.0_f32; 3];
        for (&delta, row) in expression.iter().zip(self.jaw_map.chunks_exact(3)) {
            for (sum, gain) in jaw.iter_mut().zip(row) {
                *sum += delta * gain;
            }
        }
        let jaw_px = Vec3::from(self.similarity.transform_vector(jaw));
        let interior = self
            .mouth
            .interior
            .iter()
            .map(|vertex| {
                let moved = vertex.position_px + jaw_px * vertex.jaw_weight;
                let placed = moved + pose.shift(moved);
                let depth =
                    0.5 + (placed.z - self.mouth.depth_px) / (2.0 * self.mouth.depth_range_px);
                let position = placed.truncate() - region_origin_px;
                [position.x, position.y, depth.clamp(0.001, 0.999)]
            })
            .collect();
        MouthState {
            reveal,
            outline_px,
            region_origin_px,
            interior,
        }
    }
}

/// The head's movement in one frame as a shift of each point; exactly zero for a head that does not move.
struct Pose {
    /// scale · rotation − identity
    change: Mat3,
    pivot_px: Vec3,
    ear_depth_px: f32,
    translation_px: Vec3,
}

impl Pose {
    fn new(motion: &FaceMotion, frame: &HeadFrame, scale_px: f32) -> Self {
        let [pitch, yaw, roll] = [motion.pitch, motion.yaw, motion.roll]
            .map(|angle| angle.clamp(-POSE_LIMIT, POSE_LIMIT));
        let yaw = if yaw * frame.yaw < 0.0 {
            let limit = TURN_BACK.0 * (TURN_BACK.1 - frame.yaw.abs()).max(0.05);
            let limited = limit * (yaw / limit).tanh();
            yaw + (limited - yaw) * smooth_step(TURNED_FAR[0], TURNED_FAR[1], frame.yaw.abs())
        } else {
            yaw
        };
        let rotation = Mat3::from_rotation_z(roll)
            * Mat3::from_rotation_y(-yaw)
            * Mat3::from_rotation_x(pitch);
        Self {
            change: rotation * motion.scale.clamp(0.5, 2.0) - Mat3::IDENTITY,
            pivot_px: frame.pivot_px,
            ear_depth_px: frame.ear_depth_px,
            translation_px: Vec3::from(motion.translation) * scale_px,
        }
    }

    fn shift(&self, point_px: Vec3) -> Vec3 {
        let depth_px = self.ear_depth_px + (point_px.z - self.ear_depth_px) * RELIEF;
        self.change * (point_px.with_z(depth_px) - self.pivot_px) + self.translation_px
    }
}
