//! How a film looks: its size, what is behind the person, and how the face behaves.

use engine::motion::LifeSettings;
use serde::{Deserialize, Serialize};
pub use shaders::Background;

use crate::avatar::{Avatar, fitted_size};

/// Most of [`LifeSettings::amount`] that is asked for.
pub const LIVELINESS_RANGE: std::ops::RangeInclusive<f32> = 0.0..=2.0;
/// Shorter sides that a film may be asked for, pixels.
pub const SHORT_SIDES_PX: std::ops::RangeInclusive<u32> = 512..=2160;

/// How large a film is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilmSize {
    /// The portrait's own size within what is usual for a film.
    #[default]
    Usual,
    /// The picture's own size: what does not move is the picture, pixel for pixel.
    Picture,
    /// This shorter side, pixels.
    ShortSide(u32),
}

/// Size and background of a film, and the life in its face.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// How large it is.
    pub size: FilmSize,
    /// What is behind the person.
    pub background: Background,
    /// How the face behaves.
    pub life: LifeSettings,
}

impl Look {
    /// The same for a format that may have no alpha, which keeps the background then in place of none.
    #[must_use]
    pub fn with_alpha(self, has_alpha: bool) -> Self {
        match self.background {
            Background::Transparent if !has_alpha => Self {
                background: Background::Keep,
                ..self
            },
            _ => self,
        }
    }

    /// Width and height of a film of this portrait: the picture's shape, both even.
    pub fn size_px(&self, avatar: &Avatar) -> (u32, u32) {
        match self.size {
            FilmSize::Usual => avatar.video_size_px(),
            FilmSize::Picture => {
                let (width_px, height_px) = avatar.picture_size_px();
                (width_px & !1, height_px & !1)
            }
            FilmSize::ShortSide(side_px) => fitted_size(avatar.picture_size_px(), side_px),
        }
    }
}
