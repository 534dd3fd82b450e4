//! How the face behaves, as the command line says it.

use crate::cli::texts::text;
use clap::{Args, ValueEnum};
use engine::motion::{
    ARTICULATION_RANGE, HEAD_POSE_LIMIT, HeadPose, LifeSettings, MOUTH_SHAPE_RANGE, Mood,
};
use studio::look::LIVELINESS_RANGE;

/// Options of every command that moves a portrait.
#[derive(Clone, Debug, Args)]
pub struct FaceArguments {
    /// Lasting expression
    #[arg(long, help_heading = "Face", value_enum, default_value_t = MoodArgument::Neutral)]
    pub mood: MoodArgument,
    /// How much the face moves by itself: 0 holds still, 1 as people do, at most 2
    #[arg(long, help_heading = "Face", default_value_t = 1.0, value_parser = within(LIVELINESS_RANGE))]
    pub liveliness: f32,
    /// How clearly the mouth speaks: 0 mumbles, 1 as people do, at most 1.5
    #[arg(long, help_heading = "Face", default_value_t = 1.0, value_parser = within(ARTICULATION_RANGE))]
    pub articulation: f32,
    /// How far the mouth spreads, as in "ee": 0 not at all, 1 as people do, at most 2
    #[arg(long, help_heading = "Face", default_value_t = 1.0, value_parser = within(MOUTH_SHAPE_RANGE))]
    pub mouth_spread: f32,
    /// How far the mouth rounds, as in "oo": 0 not at all, 1 as people do, at most 2
    #[arg(long, help_heading = "Face", default_value_t = 1.0, value_parser = within(MOUTH_SHAPE_RANGE))]
    pub mouth_rounding: f32,
    /// Where the eyes look: −1 to 1 to the picture's right, then −1 to 1 down, such as 0.5,0
    #[arg(long, help_heading = "Face", value_name = "X,Y", allow_hyphen_values = true, value_parser = gaze)]
    pub gaze: Option<Gaze>,
    /// How the head is held, in degrees of at most 15: down, to the picture's right, clockwise, such as 5,-10,0
    #[arg(long, help_heading = "Face", value_name = "PITCH,YAW,ROLL", allow_hyphen_values = true, value_parser = head)]
    pub head: Option<HeadPose>,
}

/// A direction of the eyes.
pub type Gaze = [f32; 2];

/// [`Mood`] by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MoodArgument {
    /// The portrait's own
    Neutral,
    /// A smile
    Happy,
    /// Brows drawn together
    Concerned,
    /// Raised brows, wide eyes
    Surprised,
}

impl Default for FaceArguments {
    fn default() -> Self {
        Self {
            mood: MoodArgument::Neutral,
            liveliness: 1.0,
            articulation: 1.0,
            mouth_spread: 1.0,
            mouth_rounding: 1.0,
            gaze: None,
            head: None,
        }
    }
}

impl FaceArguments {
    /// The same as settings.
    pub fn life(&self) -> LifeSettings {
        LifeSettings {
            amount: self.liveliness,
            articulation: self.articulation,
            mouth_spread: self.mouth_spread,
            mouth_rounding: self.mouth_rounding,
            gaze: self.gaze.unwrap_or_default(),
            head: self.head.unwrap_or_default(),
            mood: match self.mood {
                MoodArgument::Neutral => Mood::Neutral,
                MoodArgument::Happy => Mood::Happy,
                MoodArgument::Concerned => Mood::Concerned,
                MoodArgument::Surprised => Mood::Surprised,
            },
            ..LifeSettings::default()
        }
    }
}

fn within(
    range: std::ops::RangeInclusive<f32>,
) -> impl Fn(&str) -> Result<f32, String> + Clone + Send + Sync + 'static {
    move |argument| {
        number(argument, &range).ok_or_else(|| {
            text!(
                "number-range",
                min = range.start().to_string(),
                max = range.end().to_string(),
            )
        })
    }
}

fn number(argument: &str, range: &std::ops::RangeInclusive<f32>) -> Option<f32> {
    argument
        .trim()
        .parse()
        .ok()
        .filter(|value| range.contains(value))
}

fn numbers<const COUNT: usize>(argument: &str, limit: f32) -> Option<[f32; COUNT]> {
    let values: Option<Vec<f32>> = argument
        .split(',')
        .map(|part| number(part, &(-limit..=limit)))
        .collect();
    values?.try_into().ok()
}

fn gaze(argument: &str) -> Result<Gaze, String> {
    numbers(argument, 1.0).ok_or_else(|| text!("gaze").to_owned())
}

fn head(argument: &str) -> Result<HeadPose, String> {
    let limit_degrees = HEAD_POSE_LIMIT.to_degrees().floor();
    let [pitch, yaw, roll] =
        numbers(argument, limit_degrees).ok_or_else(|| text!("head", limit = limit_degrees))?;
    Ok(HeadPose {
        pitch: pitch.to_radians(),
        yaw: yaw.to_radians(),
        roll: roll.to_radians(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        face: FaceArguments,
    }

    fn life(arguments: &[&str]) -> Option<LifeSettings> {
        let command = std::iter::once("face").chain(arguments.iter().copied());
        Some(Command::try_parse_from(command).ok()?.face.life())
    }

    #[test]
    fn nothing_said_is_everyday_life() {
        assert_eq!(life(&[]), Some(LifeSettings::default()));
    }

    #[test]
    fn what_is_said_arrives() {
        let said = life(&[
            "--mood",
            "happy",
            "--gaze",
            "-0.5,0.25",
            "--head",
            "5,-10,0",
            "--mouth-rounding",
            "1.5",
        ])
        .unwrap();
        assert_eq!((said.mouth_spread, said.mouth_rounding), (1.0, 1.5));
        assert_eq!((said.mood, said.gaze), (Mood::Happy, [-0.5, 0.25]));
        assert!((said.head.yaw + 10.0_f32.to_radians()).abs() < 1e-6);
    }

    #[test]
    fn what_no_face_can_do_is_refused() {
        for arguments in [
            ["--liveliness", "3"],
            ["--liveliness", "nan"],
            ["--articulation", "2"],
            ["--mouth-spread", "-1"],
            ["--mouth-rounding", "3"],
            ["--gaze", "1"],
            ["--gaze", "2,0"],
            ["--head", "40,0,0"],
            ["--mood", "bored"],
        ] {
            assert_eq!(life(&arguments), None, "{arguments:?}");
        }
    }
}
