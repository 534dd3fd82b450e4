//! How a film looks: its size, what is behind the person, and how the face behaves.

use engine::motion::LifeSettings;
pub use shaders::Background;

use crate::avatar::{Avatar, fitted_size};

/// Shorter sides that a film may be asked for, pixels.
pub const SHORT_SIDES_PX: std::ops::RangeInclusive<u32> = 512..=2160;

/// How large a film is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// Reads `keep`, `transparent` or a colour such as `#00ff00`.
///
/// # Errors
/// A line for the user if it is none of them.
pub fn background(argument: &str) -> Result<Background, String> {
    let colour = |digits: &str| {
        let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        let [_, red, green, blue] = code.to_be_bytes();
        Some(Background::Colour([red, green, blue]))
    };
    match argument.trim() {
        "keep" => Ok(Background::Keep),
        "transparent" => Ok(Background::Transparent),
        other => other
            .strip_prefix('#')
            .and_then(colour)
            .ok_or_else(|| "give keep, transparent, or a colour such as #00ff00".to_owned()),
    }
}

/// Reads `picture`, or a shorter side within [`SHORT_SIDES_PX`].
///
/// # Errors
/// A line for the user if it is neither.
pub fn film_size(argument: &str) -> Result<FilmSize, String> {
    let argument = argument.trim();
    if argument == "picture" {
        return Ok(FilmSize::Picture);
    }
    argument
        .parse()
        .ok()
        .filter(|side_px| SHORT_SIDES_PX.contains(side_px))
        .map(FilmSize::ShortSide)
        .ok_or_else(|| {
            format!(
                "give a number of pixels from {} to {}, or picture for the picture's own size",
                SHORT_SIDES_PX.start(),
                SHORT_SIDES_PX.end()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backgrounds_are_words_or_colours() {
        assert_eq!(background("keep"), Ok(Background::Keep));
        assert_eq!(background(" transparent "), Ok(Background::Transparent));
        assert_eq!(
            background("#0fF080"),
            Ok(Background::Colour([0x0f, 0xf0, 0x80]))
        );
        for wrong in ["", "#", "#12345", "#1234567", "#+12345", "#ä2345", "green"] {
            assert!(background(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sides_stay_within_the_range() {
        assert_eq!(film_size("512"), Ok(FilmSize::ShortSide(512)));
        assert_eq!(film_size("2160"), Ok(FilmSize::ShortSide(2160)));
        assert_eq!(film_size("picture"), Ok(FilmSize::Picture));
        for wrong in ["511", "2161", "-1", "big", ""] {
            assert!(film_size(wrong).is_err(), "{wrong}");
        }
    }
}
