//! The head's motion in one frame.

use glam::{Mat3, Vec3};
use motion::{HeadPose, MotionFrame};

use crate::mesh::prepare::HeadFrame;
use crate::smooth_step::smooth_step;

/// Head angles beyond this need surfaces that the picture does not show, radians.
const POSE_LIMIT: f32 = 0.6;
/// Turns between which turning back becomes limited, radians: the picture does not show what it would bring to light.
const TURNED_FAR: [f32; 2] = [0.45, 0.7];
/// The limit: this part of what the head lacks to a turn of the second, radians.
const TURN_BACK: (f32, f32) = (0.65, 1.05);
/// Part of the face's depth that turns with the head. Turned with all of it, the cheeks before the ears smear on one side and
/// fold on the other, since the picture has hardly a pixel of them.
const RELIEF: f32 = 0.68;

/// The motion as a shift of each point; exactly zero for a head that does not move.
pub(in crate::mesh) struct HeadMotion {
    /// scale · rotation − identity
    change: Mat3,
    pivot_px: Vec3,
    ear_depth_px: f32,
    translation_px: Vec3,
}

impl HeadMotion {
    pub fn new(motion: &MotionFrame, frame: &HeadFrame, scale_px: f32) -> Self {
        let HeadPose { pitch, yaw, roll } = motion.pose;
        let [pitch, yaw, roll] =
            [pitch, yaw, roll].map(|angle| angle.clamp(-POSE_LIMIT, POSE_LIMIT));
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

    /// How far a point of the head moves, pixels.
    pub fn shift(&self, point_px: Vec3) -> Vec3 {
        let depth_px = self.ear_depth_px + (point_px.z - self.ear_depth_px) * RELIEF;
        self.change * (point_px.with_z(depth_px) - self.pivot_px) + self.translation_px
    }
}
