//! Where movement comes from beside the Motion-DiT: idle life, accents, attention, driving; and motion files.
//!
//! What a frame means stands in the crate `motion`, which the renderer shares; all of it is exported here as well.

mod articulation;
mod attention;
pub mod between;
mod breath;
pub mod driving;
pub mod idle;
mod life_settings;
pub mod motion_file;
pub mod prosody;
mod smoothing;

pub use articulation::{ARTICULATION_RANGE, MOUTH_SHAPE_RANGE, MouthStyle, articulated};
pub use attention::{Attention, looking_towards};
pub use driving::{
    DriveMode, DrivenPortrait, Driver, Driving, LiveDriver, LiveDriving, LiveMotion, Regions,
};
pub use life_settings::{GAZE_REACH, HEAD_POSE_LIMIT, LifeSettings, Mood};

pub(crate) use smoothing::smooth;

pub use ::motion::*;
