//! How a film looks: its size, what is behind the person, and how the face behaves.

use std::sync::Arc;

use engine::motion::LifeSettings;
use serde::{Deserialize, Serialize};
pub use shaders::Background;

use crate::avatar::{Avatar, VIDEO_LONG_SIDE_PX, fitted_size};
use crate::captions::CaptionStyle;
use crate::framing::Framing;
pub use crate::media::write::FrameRate;
use crate::media::write::SIZES_PX;

/// Most of [`LifeSettings::amount`] that is asked for.
pub const LIVELINESS_RANGE: std::ops::RangeInclusive<f32> = 0.0..=2.0;
/// Shorter sides that a film may be asked for, pixels.
pub const SHORT_SIDES_PX: std::ops::RangeInclusive<u32> = 512..=2160;

/// Shorter side of a film of a part of the picture, at least, pixels.
const PART_SHORT_SIDE_PX: u32 = 720;

/// Reads a colour such as `#00ff00`: red, green, blue.
pub fn colour(said: &str) -> Option<[u8; 3]> {
    let digits = said.trim().strip_prefix('#')?;
    let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    let [_, red, green, blue] = code.to_be_bytes();
    Some([red, green, blue])
}

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
    /// Pictures in a second.
    pub frame_rate: FrameRate,
    /// Which part of the picture it shows.
    pub framing: Framing,
    /// Words in the picture as they are spoken.
    pub captions: Option<CaptionStyle>,
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

    /// Width and height of a film of these people of one picture, both even.
    pub fn size_px(&self, people: &[Arc<Avatar>]) -> (u32, u32) {
        let Some(avatar) = people.first() else {
            return (0, 0);
        };
        if !self.framing.is_whole_picture() {
            return self.part_size_px(people, avatar.picture_size_px());
        }
        match self.size {
            FilmSize::Usual => avatar.video_size_px(),
            FilmSize::Picture => {
                let (width_px, height_px) = avatar.picture_size_px();
                (width_px & !1, height_px & !1)
            }
            FilmSize::ShortSide(side_px) => fitted_size(avatar.picture_size_px(), side_px),
        }
    }

    fn part_size_px(&self, people: &[Arc<Avatar>], picture: (u32, u32)) -> (u32, u32) {
        let of_short_side = |short_side_px| self.framing.size_px(picture, short_side_px);
        if let FilmSize::ShortSide(side_px) = self.size {
            return of_short_side(side_px);
        }
        let faces: Vec<[f32; 4]> = people.iter().map(|avatar| avatar.face_px()).collect();
        let region = self.framing.region(picture, &faces, of_short_side(1080));
        let own_px = region.width.min(region.height).round() as u32;
        let long_part = region.width.max(region.height) / region.width.min(region.height);
        let max_px = |long_side_px: u32| (f64::from(long_side_px) / long_part) as u32;
        of_short_side(match self.size {
            // No larger than a film may be, no smaller than its encoder takes.
            FilmSize::Picture => own_px.min(max_px(*SIZES_PX.end())).max(64),
            _ => own_px
                .min(max_px(VIDEO_LONG_SIDE_PX))
                .max(PART_SHORT_SIDE_PX),
        })
    }
}
