//! Driving a portrait by a video or a motion file, as the command line says it.

use std::path::PathBuf;

use crate::cli::texts::text;
use clap::{Args, ValueEnum};
use engine::motion::driving::STRENGTH_RANGE;
use engine::motion::{DriveMode, Driving, Regions};

/// Options of every command whose portrait can be driven.
#[derive(Clone, Debug, Args)]
pub struct DriveArguments {
    /// Video of a face, or motion file (.json, .safetensors), that moves the portrait
    #[arg(long, help_heading = "Driver", value_name = "VIDEO OR MOTION")]
    pub driver: Option<PathBuf>,
    /// What it moves: head, eyes, brows and mouth, with commas between; all but the mouth if there is sound to speak
    #[arg(
        long,
        help_heading = "Driver",
        value_name = "PARTS",
        value_delimiter = ',',
        requires = "driver"
    )]
    pub drive: Vec<RegionArgument>,
    /// Against what it is measured
    #[arg(long, help_heading = "Driver", value_enum, default_value_t = ModeArgument::Relative, requires = "driver")]
    pub drive_mode: ModeArgument,
    /// How strongly: 1 as the driver moves, at most 2
    #[arg(long, help_heading = "Driver", default_value_t = 1.0, value_parser = strength, requires = "driver")]
    pub drive_strength: f32,
    /// How much it is calmed: 0 as it is, at most 1
    #[arg(long, help_heading = "Driver", default_value_t = 0.0, value_parser = smoothing, requires = "driver")]
    pub drive_smoothing: f32,
    /// Begin again where the driver is shorter than the speech, in place of coming to rest
    #[arg(long, help_heading = "Driver", requires = "driver")]
    pub drive_loop: bool,
}

/// One of [`Regions`] by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RegionArgument {
    /// Turn, place and size
    Head,
    /// Lids and gaze
    Eyes,
    /// Brows and forehead
    Brows,
    /// Lips, chin and cheeks, in place of the speech's
    Mouth,
}

/// [`DriveMode`] by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ModeArgument {
    /// How the driver mostly holds still
    #[default]
    Relative,
    /// A face that looks into the camera
    Absolute,
}

impl Default for DriveArguments {
    fn default() -> Self {
        Self {
            driver: None,
            drive: Vec::new(),
            drive_mode: ModeArgument::Relative,
            drive_strength: 1.0,
            drive_smoothing: 0.0,
            drive_loop: false,
        }
    }
}

impl DriveArguments {
    /// The same as settings; `otherwise` is driven where nothing is said.
    pub fn driving(&self, otherwise: Regions) -> Driving {
        let has = |region| self.drive.contains(&region);
        Driving {
            regions: if self.drive.is_empty() {
                otherwise
            } else {
                Regions {
                    head: has(RegionArgument::Head),
                    eyes: has(RegionArgument::Eyes),
                    brows: has(RegionArgument::Brows),
                    mouth: has(RegionArgument::Mouth),
                }
            },
            mode: match self.drive_mode {
                ModeArgument::Relative => DriveMode::Relative,
                ModeArgument::Absolute => DriveMode::Absolute,
            },
            strength: self.drive_strength,
            smoothing: self.drive_smoothing,
            repeats: self.drive_loop,
        }
    }
}

fn strength(argument: &str) -> Result<f32, String> {
    number(argument, STRENGTH_RANGE)
}

fn smoothing(argument: &str) -> Result<f32, String> {
    number(argument, 0.0..=1.0)
}

fn number(argument: &str, range: std::ops::RangeInclusive<f32>) -> Result<f32, String> {
    argument
        .trim()
        .parse()
        .ok()
        .filter(|value| range.contains(value))
        .ok_or_else(|| {
            text!(
                "number-range",
                min = range.start().to_string(),
                max = range.end().to_string(),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        drive: DriveArguments,
    }

    fn driving(arguments: &[&str]) -> Option<Driving> {
        let command = std::iter::once("drive").chain(arguments.iter().copied());
        let command = Command::try_parse_from(command).ok()?;
        Some(command.drive.driving(Regions::default()))
    }

    #[test]
    fn what_is_said_arrives() {
        assert_eq!(driving(&[]), Some(Driving::default()));
        let said = driving(&[
            "--driver",
            "a.mp4",
            "--drive",
            "head,mouth",
            "--drive-mode",
            "absolute",
            "--drive-strength",
            "1.5",
            "--drive-loop",
        ])
        .unwrap();
        assert!(said.regions.head && said.regions.mouth && !said.regions.eyes);
        assert_eq!((said.mode, said.strength), (DriveMode::Absolute, 1.5));
        assert!(said.repeats);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for arguments in [
            ["--drive", "head"].as_slice(),
            &["--driver", "a", "--drive", "ears"],
            &["--driver", "a", "--drive-strength", "3"],
            &["--driver", "a", "--drive-smoothing", "nan"],
        ] {
            assert_eq!(driving(arguments), None, "{arguments:?}");
        }
    }
}
