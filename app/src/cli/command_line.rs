//! What the user may type after `jam-flow`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::cli::align::AlignArguments;
use crate::cli::animate::AnimateArguments;
use crate::cli::batch::BatchArguments;
use crate::cli::bench::BenchArguments;
use crate::cli::cameras::CamerasArguments;
use crate::cli::dub::DubArguments;
use crate::cli::inspect::InspectArguments;
use crate::cli::manual::{CompletionsArguments, ManualArguments};
use crate::cli::models::ModelsArguments;
use crate::cli::read::ReadArguments;
use crate::cli::recover::RecoverArguments;
use crate::cli::scenes::ScenesArguments;
use crate::cli::serve::ServeArguments;
use crate::cli::speak::SpeakArguments;
use crate::cli::track::TrackArguments;
use crate::cli::verify::VerifyArguments;
use crate::cli::watch::WatchArguments;

/// A portrait that speaks: text or a recording in, voice and moving face out.
#[derive(Debug, Parser)]
#[command(name = "jam-flow", version, about, long_about = None)]
pub struct Arguments {
    /// Folder of the models, in place of the one that came with the program
    #[arg(long, global = true, value_name = "FOLDER")]
    pub models: Option<PathBuf>,
    /// Camera that drives the portrait in the window, live: its name, its device, or a video file that plays in a loop in its place
    #[arg(long, value_name = "CAMERA")]
    pub camera: Option<String>,
    /// Pictures, audio files, texts or a project to open in the window
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What to do; the window opens if nothing is named
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The things that work without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Speak a text, as a video of the portrait (.mp4) or as sound alone (.wav)
    Speak(SpeakArguments),
    /// Print the words and phones that would be spoken
    Read(ReadArguments),
    /// Let the portrait speak a recording
    Animate(AnimateArguments),
    /// Find when the words of a recording are spoken, as subtitles or as JSON
    Align(AlignArguments),
    /// Change words of a recording: only what changed is spoken anew, in the same voice, with the lips
    Dub(DubArguments),
    /// Make many films from a CSV or from a folder of texts and recordings
    Batch(BatchArguments),
    /// Make one film of several scenes, with transitions, backgrounds, music, captions and chapters
    Scenes(ScenesArguments),
    /// Let other programs on this machine ask for speech and videos, and show the portrait in OBS: an HTTP server
    Serve(ServeArguments),
    /// Follow the face in a video and write its movement, which can drive a portrait
    Track(TrackArguments),
    /// Let the portrait tell what happens in a clip, as a vision model saw it or as you wrote it
    Watch(WatchArguments),
    /// Show what the program sees in a portrait
    Inspect(InspectArguments),
    /// List the cameras that can drive the portrait in the window, and the virtual ones that can show it
    Cameras(CamerasArguments),
    /// List the model files, or check that they are the right ones
    Models(ModelsArguments),
    /// Finish what a killed program left unfinished: videos, sounds, folders of images
    Recover(RecoverArguments),
    /// Say what a file claims about where it comes from, and whether it was changed
    Verify(VerifyArguments),
    /// Measure this machine: time of each stage, frames per second, memory
    Bench(BenchArguments),
    /// Print what a shell needs to complete the commands
    Completions(CompletionsArguments),
    /// Print the manual page
    Manual(ManualArguments),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(std::iter::once("jam-flow").chain(arguments.iter().copied()))
    }

    #[test]
    fn every_command_that_speaks_words_takes_a_dictionary() {
        let program = <Arguments as clap::CommandFactory>::command();
        for name in ["speak", "read", "dub", "batch", "watch", "serve"] {
            let command = program.find_subcommand(name).unwrap();
            let takes = command
                .get_arguments()
                .any(|argument| argument.get_id() == "dictionary");
            assert!(takes, "{name}");
        }
    }

    #[test]
    fn nothing_opens_the_window_and_so_does_a_file() {
        assert!(parse(&[]).unwrap().command.is_none());
        let opened = parse(&["my pictures/me.jpg", "me.wav"]).unwrap();
        assert_eq!(
            opened.files,
            ["my pictures/me.jpg", "me.wav"].map(PathBuf::from)
        );
        assert!(opened.command.is_none());
        // Commands are commands, also after an option.
        let speaks = parse(&["--models", "m", "speak", "--text", "a", "--output", "a.mp4"]);
        let speaks = speaks.unwrap();
        assert!(speaks.files.is_empty() && matches!(speaks.command, Some(Command::Speak(_))));
    }

    #[test]
    fn speak_wants_words_from_exactly_one_place() {
        assert!(parse(&["speak", "--output", "a.mp4"]).is_err());
        assert!(
            parse(&[
                "speak",
                "--text",
                "a",
                "--text-file",
                "b",
                "--output",
                "a.mp4"
            ])
            .is_err()
        );
        assert!(parse(&["speak", "--text", "a", "--output", "a.mp4"]).is_ok());
    }

    #[test]
    fn a_dialogue_has_its_own_faces_and_voices() {
        let with = |more: &[&str]| {
            let dialogue = ["speak", "--dialogue", "a.txt", "--output", "a.mp4"];
            parse(&[dialogue.as_slice(), more].concat()).is_ok()
        };
        assert!(with(&["--portrait", "two.png", "--mood", "happy"]));
        for more in [
            ["--voice", "af_heart"],
            ["--face", "2"],
            ["--driver", "a.mp4"],
            ["--motion-output", "a.json"],
            ["--text", "a"],
        ] {
            assert!(!with(&more), "{more:?}");
        }
    }

    #[test]
    fn a_text_may_begin_with_a_dash() {
        assert!(parse(&["speak", "--text", "- well", "--output", "a.mp4"]).is_ok());
    }

    #[test]
    fn speed_stays_within_speech() {
        for speed in ["0", "-1", "nan", "inf", "3", "fast"] {
            let speed = format!("--speed={speed}");
            assert!(parse(&["speak", "--text", "a", "--output", "a.mp4", &speed]).is_err());
        }
    }
}
