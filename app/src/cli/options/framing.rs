//! Which part of the picture a video shows, as the command line says it.

use clap::{Args, ValueEnum};
use studio::framing::{Aspect, Extent, Fill, Framing, SHIFT_RANGE, ZOOM_RANGE};
use studio::look::colour;

use crate::cli::texts::text;

/// Options of every command that writes videos.
#[derive(Clone, Debug, Default, Args)]
pub struct FramingArguments {
    /// How much of the person the video shows, found by the face
    #[arg(long, help_heading = "Framing", value_enum, default_value_t)]
    pub framing: FramingArgument,
    /// Width against height: portrait (as the picture), 16:9, 9:16, 1:1 or 4:5
    #[arg(long, help_heading = "Framing", value_name = "ASPECT", default_value = "portrait", value_parser = aspect)]
    pub aspect: Aspect,
    /// How close the frame is against what was found, 0.5 to 2
    #[arg(long, help_heading = "Framing", value_name = "FACTOR", value_parser = zoom)]
    pub zoom: Option<f32>,
    /// How far the frame moves to the right and down, in parts of its sides, each −0.5 to 0.5, such as 0.1,-0.05
    #[arg(long, help_heading = "Framing", value_name = "X,Y", allow_hyphen_values = true, value_parser = shift)]
    pub shift: Option<Shift>,
    /// What is shown beyond the picture: blur (the picture goes on, blurred) or a colour such as #202020
    #[arg(long, help_heading = "Framing", value_name = "FILL", default_value = "blur", value_parser = fill)]
    pub beyond: Fill,
}

/// A shift of the frame.
pub type Shift = [f32; 2];

/// [`Extent`] by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FramingArgument {
    /// The head
    Head,
    /// Head and shoulders
    Shoulders,
    /// All that the picture shows and the shape has room for
    #[default]
    Full,
}

impl FramingArguments {
    /// The same as the video takes it.
    pub fn framing(&self) -> Framing {
        Framing {
            extent: extent(self.framing),
            aspect: self.aspect,
            zoom: self.zoom.unwrap_or(1.0),
            shift: self.shift.unwrap_or_default(),
            fill: self.beyond,
        }
    }
}

/// What the name stands for.
pub fn extent(argument: FramingArgument) -> Extent {
    match argument {
        FramingArgument::Head => Extent::Head,
        FramingArgument::Shoulders => Extent::Shoulders,
        FramingArgument::Full => Extent::Full,
    }
}

/// Reads an aspect ratio by its name.
///
/// # Errors
/// A line for the user if it is none.
pub fn aspect(argument: &str) -> Result<Aspect, String> {
    let named = |aspect: &Aspect| aspect.name() == argument.trim();
    Aspect::ALL.into_iter().find(named).ok_or_else(|| {
        let names = Aspect::ALL.map(Aspect::name);
        text!("one-of", names = names.join(", "))
    })
}

fn zoom(argument: &str) -> Result<f32, String> {
    let factor = argument.trim().parse().ok();
    factor
        .filter(|factor| ZOOM_RANGE.contains(factor))
        .ok_or_else(|| {
            text!(
                "number-range",
                min = ZOOM_RANGE.start().to_string(),
                max = ZOOM_RANGE.end().to_string(),
            )
        })
}

fn shift(argument: &str) -> Result<Shift, String> {
    let parts = argument.split(',').map(|part| part.trim().parse().ok());
    let parts = parts.collect::<Option<Vec<f32>>>();
    parts
        .and_then(|parts| Shift::try_from(parts).ok())
        .filter(|shift| shift.iter().all(|part| SHIFT_RANGE.contains(part)))
        .ok_or_else(|| text!("shift").to_owned())
}

fn fill(argument: &str) -> Result<Fill, String> {
    match argument.trim() {
        "blur" => Ok(Fill::Blurred),
        other => colour(other)
            .map(Fill::Colour)
            .ok_or_else(|| text!("beyond").to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        framing: FramingArguments,
    }

    fn framing(arguments: &[&str]) -> Option<Framing> {
        let command = std::iter::once("video").chain(arguments.iter().copied());
        Some(Command::try_parse_from(command).ok()?.framing.framing())
    }

    #[test]
    fn nothing_said_is_the_whole_picture() {
        let framing = framing(&[]).unwrap();
        assert_eq!(framing, Framing::default());
        assert!(framing.is_whole_picture());
    }

    #[test]
    fn what_is_said_arrives() {
        let said = framing(&[
            "--framing",
            "shoulders",
            "--aspect=9:16",
            "--zoom=1.2",
            "--shift",
            "-0.1,0.2",
            "--beyond=#102030",
        ]);
        let expected = Framing {
            extent: Extent::Shoulders,
            aspect: Aspect::Tall,
            zoom: 1.2,
            shift: [-0.1, 0.2],
            fill: Fill::Colour([0x10, 0x20, 0x30]),
        };
        assert_eq!(said, Some(expected));
    }

    #[test]
    fn what_cannot_be_shown_is_refused() {
        for wrong in [
            "--framing=feet",
            "--aspect=3:2",
            "--zoom=0",
            "--zoom=nan",
            "--shift=1,0",
            "--shift=0.1",
            "--beyond=transparent",
        ] {
            assert_eq!(framing(&[wrong]), None, "{wrong}");
        }
    }
}
