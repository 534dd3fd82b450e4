//! How a film looks, as the command line says it.

use clap::Args;
use studio::look::{Background, FilmSize, Look, SHORT_SIDES_PX};
use studio::media::write::SoundCodec;

use crate::cli::options::face::FaceArguments;
use crate::cli::texts::text;

/// How a film looks.
#[derive(Clone, Debug, Default, Args)]
pub struct LookArguments {
    /// Shorter side of the film in pixels, 512 to 2160, or "picture" for the picture's own size, up to 3840 × 2160 pixels of it;
    /// if absent the picture's own size between 512 and 1280 pixels
    #[arg(long, value_name = "PIXELS", value_parser = film_size)]
    pub size: Option<FilmSize>,
    /// What is behind the person: keep, transparent, or a colour such as #00ff00
    #[arg(long, value_name = "BACKGROUND", default_value = "keep", value_parser = background)]
    pub background: Background,
    /// How the sound of an MP4 is coded: aac plays everywhere, opus is smaller and free of patents
    #[arg(long, value_name = "CODEC", default_value = "aac", value_parser = audio_codec)]
    pub audio_codec: SoundCodec,
    /// How the face behaves
    #[command(flatten)]
    pub face: FaceArguments,
}

/// Reads the name of a codec.
///
/// # Errors
/// A line for the user if it is none.
fn audio_codec(argument: &str) -> Result<SoundCodec, String> {
    match argument.trim().to_ascii_lowercase().as_str() {
        "aac" => Ok(SoundCodec::Aac),
        "opus" => Ok(SoundCodec::Opus),
        _ => Err(text!("argument-audio-codec").to_owned()),
    }
}

impl LookArguments {
    /// The same as the film takes it.
    pub fn look(&self) -> Look {
        Look {
            size: self.size.unwrap_or_default(),
            background: self.background,
            life: self.face.life(),
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
            .ok_or_else(|| text!("background").to_owned()),
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
            text!(
                "size",
                min = *SHORT_SIDES_PX.start(),
                max = *SHORT_SIDES_PX.end(),
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
