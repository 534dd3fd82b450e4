//! How a film looks, as the command line says it.

use clap::Args;
use studio::captions::CaptionStyle;
use studio::look::{Background, FilmSize, FrameRate, Look, SHORT_SIDES_PX, colour};
use studio::media::write::SoundCodec;

use crate::cli::options::face::FaceArguments;
use crate::cli::options::framing::FramingArguments;
use crate::cli::texts::text;

/// How a film looks.
#[derive(Clone, Debug, Default, Args)]
pub struct LookArguments {
    /// Shorter side of the film in pixels, 512 to 2160, or "picture" for the picture's own size, up to 3840 × 2160 pixels of it;
    /// if absent the picture's own size between 512 and 1280 pixels, of a part of it at least 720
    #[arg(long, value_name = "PIXELS", value_parser = film_size)]
    pub size: Option<FilmSize>,
    /// Frames a second: 25, or 50 for smoother movement
    #[arg(long, value_name = "RATE", default_value = "25", value_parser = frame_rate)]
    pub fps: FrameRate,
    /// What is behind the person: keep, transparent, or a colour such as #00ff00
    #[arg(long, value_name = "BACKGROUND", default_value = "keep", value_parser = background)]
    pub background: Background,
    /// How the sound of an MP4 is coded: aac plays everywhere, opus is smaller and free of patents
    #[arg(long, value_name = "CODEC", default_value = "aac", value_parser = audio_codec)]
    pub audio_codec: SoundCodec,
    /// Draw the words into the picture as they are spoken: plain, boxed, or highlight, which colours the spoken word
    #[arg(long, value_name = "STYLE", value_parser = captions)]
    pub captions: Option<CaptionStyle>,
    /// Which part of the picture is shown
    #[command(flatten)]
    pub framing: FramingArguments,
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
            frame_rate: self.fps,
            framing: self.framing.framing(),
            captions: self.captions,
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
    match argument.trim() {
        "keep" => Ok(Background::Keep),
        "transparent" => Ok(Background::Transparent),
        other => colour(other)
            .map(Background::Colour)
            .ok_or_else(|| text!("background").to_owned()),
    }
}

/// Reads a style of captions by its name.
///
/// # Errors
/// A line for the user if it is none.
pub fn captions(argument: &str) -> Result<CaptionStyle, String> {
    let named = |style: &CaptionStyle| style.name() == argument.trim();
    CaptionStyle::ALL.into_iter().find(named).ok_or_else(|| {
        let names = CaptionStyle::ALL.map(CaptionStyle::name);
        text!("one-of", names = names.join(", "))
    })
}

/// Reads `25` or `50`.
///
/// # Errors
/// A line for the user if it is neither.
pub fn frame_rate(argument: &str) -> Result<FrameRate, String> {
    let per_second = argument.trim().parse().ok();
    per_second
        .and_then(FrameRate::of)
        .ok_or_else(|| text!("frame-rate").to_owned())
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
    fn frame_rates_are_those_that_are_written() {
        assert_eq!(frame_rate("25"), Ok(FrameRate::Fps25));
        assert_eq!(frame_rate(" 50 "), Ok(FrameRate::Fps50));
        for wrong in ["", "30", "24", "50.0", "-25"] {
            assert!(frame_rate(wrong).is_err(), "{wrong}");
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
