//! Pictures in a second of a video.

use serde::{Deserialize, Serialize};

/// How many pictures a video has in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FrameRate {
    /// 25, one for each frame of motion.
    #[default]
    Fps25,
    /// 50, with the motion half-way between its frames in every second picture.
    Fps50,
}

impl FrameRate {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Fps25, Self::Fps50];

    /// Pictures in a second.
    pub fn per_second(self) -> u32 {
        match self {
            Self::Fps25 => 25,
            Self::Fps50 => 50,
        }
    }

    /// The one with so many pictures in a second.
    pub fn of(per_second: u32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|rate| rate.per_second() == per_second)
    }
}
