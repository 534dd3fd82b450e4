//! What the user may type after `jam-flow`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::drive::DriveArguments;
use crate::face_arguments::FaceArguments;
use crate::look::{self, Background, FilmSize, Look};
use crate::portrait_arguments::{PortraitArguments, face_number};

/// A portrait that speaks: text or a recording in, voice and moving face out.
#[derive(Debug, Parser)]
#[command(name = "jam-flow", version, about, long_about = None)]
pub struct Arguments {
    /// Folder of the models, in place of the one that came with the program
    #[arg(long, global = true, value_name = "FOLDER")]
    pub models: Option<PathBuf>,
    /// What to do; the window opens if nothing is named
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The things that work without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Speak a text, as a video of the portrait (.mp4) or as sound alone (.wav)
    Speak(SpeakArguments),
    /// Let the portrait speak a recording
    Animate(AnimateArguments),
    /// Find when the words of a recording are spoken, as subtitles or as JSON
    Align(AlignArguments),
    /// Change words of a recording: only what changed is spoken anew, in the same voice, with the lips
    Dub(DubArguments),
    /// Make many films from a CSV or from a folder of texts and recordings
    Batch(BatchArguments),
    /// Follow the face in a video and write its movement, which can drive a portrait
    Track(TrackArguments),
    /// Show what the program sees in a portrait
    Inspect(InspectArguments),
    /// List the model files, or check that they are the right ones
    Models(ModelsArguments),
    /// Finish the films that a killed program left unfinished
    Recover(RecoverArguments),
    /// Measure this machine: time of each stage, frames per second, memory
    Bench(BenchArguments),
    /// Print what a shell needs to complete the commands
    Completions(CompletionsArguments),
    /// Print the manual page
    Manual(ManualArguments),
}

/// How a film looks.
#[derive(Clone, Debug, Default, Args)]
pub struct LookArguments {
    /// Shorter side of the film in pixels, 512 to 2160, or "picture" for the picture's own size, up to 3840 × 2160 pixels of it;
    /// if absent the picture's own size between 512 and 1280 pixels
    #[arg(long, value_name = "PIXELS", value_parser = look::film_size)]
    pub size: Option<FilmSize>,
    /// What is behind the person: keep, transparent, or a colour such as #00ff00
    #[arg(long, value_name = "BACKGROUND", default_value = "keep", value_parser = look::background)]
    pub background: Background,
    /// How the face behaves
    #[command(flatten)]
    pub face: FaceArguments,
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

/// Arguments of `jam-flow speak`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("words").required(true).args(["text", "text_file", "dialogue"]))]
pub struct SpeakArguments {
    /// The words to speak
    #[arg(long, allow_hyphen_values = true)]
    pub text: Option<String>,
    /// File with the words to speak, UTF-8
    #[arg(long, value_name = "FILE")]
    pub text_file: Option<PathBuf>,
    /// File with a dialogue, UTF-8, for a picture of several people: lines such as "1 (af_heart): Good morning!", which begin with
    /// the number of a face from the left and, once, its voice; "1 = Anna" gives it a name
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["voice", "reference", "motion", "driver", "face_number", "motion_output"]
    )]
    pub dialogue: Option<PathBuf>,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// Name of the voice
    #[arg(long)]
    pub voice: Option<String>,
    /// Recording of 3 to 10 s of somebody's speech, to speak in that voice
    #[arg(
        long,
        value_name = "RECORDING",
        conflicts_with = "voice",
        requires = "reference_text"
    )]
    pub reference: Option<PathBuf>,
    /// What is said in the reference
    #[arg(
        long,
        value_name = "WORDS",
        requires = "reference",
        allow_hyphen_values = true
    )]
    pub reference_text: Option<String>,
    /// States that the speaker of the reference has permitted this; it is written into the files
    #[arg(long, requires = "reference")]
    pub i_have_permission: bool,
    /// Movement (.json or .safetensors) of a face that speaks without sound: the text is spoken in time with it
    #[arg(long, value_name = "FILE", conflicts_with = "speed")]
    pub motion: Option<PathBuf>,
    /// The same seed gives the same speech and movement
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Rate of speech, 1 = the voice's own
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub speed: f32,
    /// File to write: .mp4 for picture and sound, .wav for sound alone, a name without ending for a folder of PNG pictures;
    /// .mov (ProRes 4444), .webm or .mkv where ffmpeg is installed
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Size and background
    #[command(flatten)]
    pub look: LookArguments,
    /// Also write the sound alone (.wav)
    #[arg(long, value_name = "FILE")]
    pub audio_output: Option<PathBuf>,
    /// A movement in place of the face's own
    #[command(flatten)]
    pub drive: DriveArguments,
    /// Also write the movement (.json or .safetensors)
    #[arg(long, value_name = "FILE")]
    pub motion_output: Option<PathBuf>,
    /// Also write subtitles (.srt or .vtt)
    #[arg(long, value_name = "FILE")]
    pub subtitles: Option<PathBuf>,
    /// Print what was written as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `jam-flow animate`.
#[derive(Debug, Args)]
pub struct AnimateArguments {
    /// Recording of speech (WAV, MP3, FLAC, Ogg, Opus, AIFF, M4A, or the sound of an MP4, MKV or WebM); without it the sound of the
    /// video that drives is taken, and if there is none the film is silent
    #[arg(long, value_name = "RECORDING", required_unless_present = "driver")]
    pub audio: Option<PathBuf>,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// The same seed gives the same movement
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// File to write: .mp4, a name without ending for a folder of PNG pictures; .mov (ProRes 4444), .webm or .mkv where ffmpeg
    /// is installed
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Size and background
    #[command(flatten)]
    pub look: LookArguments,
    /// A movement in place of the face's own
    #[command(flatten)]
    pub drive: DriveArguments,
    /// Also write the movement (.json or .safetensors)
    #[arg(long, value_name = "FILE")]
    pub motion_output: Option<PathBuf>,
    /// Print what was written as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `jam-flow align`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("spoken").required(true).args(["text", "text_file"]))]
pub struct AlignArguments {
    /// Recording of speech (WAV, MP3, FLAC, Ogg, Opus, AIFF, M4A, or the sound of an MP4, MKV or WebM)
    #[arg(long, value_name = "RECORDING")]
    pub audio: PathBuf,
    /// The words that are spoken in it
    #[arg(long, allow_hyphen_values = true)]
    pub text: Option<String>,
    /// File with the words, UTF-8
    #[arg(long, value_name = "FILE")]
    pub text_file: Option<PathBuf>,
    /// File to write: subtitles (.srt or .vtt), or words and phones with their times (.json)
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Print words and phones as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `jam-flow dub`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("recording").required(true).args(["audio", "video"]))]
#[command(group = clap::ArgGroup::new("old").required(true).args(["text", "text_file"]))]
#[command(group = clap::ArgGroup::new("new").required(true).args(["new_text", "new_text_file"]))]
pub struct DubArguments {
    /// Recording of speech (WAV, MP3, FLAC, Ogg, Opus, AIFF, M4A)
    #[arg(long, value_name = "RECORDING")]
    pub audio: Option<PathBuf>,
    /// Video whose sound is taken (MP4, MKV or WebM)
    #[arg(long, value_name = "VIDEO")]
    pub video: Option<PathBuf>,
    /// The words that are spoken in it
    #[arg(long, allow_hyphen_values = true)]
    pub text: Option<String>,
    /// File with the words, UTF-8
    #[arg(long, value_name = "FILE")]
    pub text_file: Option<PathBuf>,
    /// All the words as they are to be: what differs is spoken anew
    #[arg(long, value_name = "WORDS", allow_hyphen_values = true)]
    pub new_text: Option<String>,
    /// File with the new words, UTF-8
    #[arg(long, value_name = "FILE")]
    pub new_text_file: Option<PathBuf>,
    /// What changes keeps its length, so that nothing behind it moves
    #[arg(long)]
    pub keep_length: bool,
    /// Name of the voice, if the recording was made by this program in one of its own
    #[arg(long)]
    pub voice: Option<String>,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// The same seed gives the same speech and movement
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// File to write: .mp4 for picture and sound, .wav for sound alone, a name without ending for a folder of PNG pictures;
    /// .mov (ProRes 4444), .webm or .mkv where ffmpeg is installed
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Size and background
    #[command(flatten)]
    pub look: LookArguments,
    /// Also write the sound alone (.wav)
    #[arg(long, value_name = "FILE")]
    pub audio_output: Option<PathBuf>,
    /// Also write the movement (.json or .safetensors)
    #[arg(long, value_name = "FILE")]
    pub motion_output: Option<PathBuf>,
    /// Also write subtitles (.srt or .vtt)
    #[arg(long, value_name = "FILE")]
    pub subtitles: Option<PathBuf>,
    /// Print what was written and which stretches changed as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `jam-flow batch`.
#[derive(Debug, Args)]
pub struct BatchArguments {
    /// CSV whose first row names its columns: output, and text, text_file or audio; portrait, face, voice, seed, speed, size and
    /// background where they differ from the options. Or a folder of texts (.txt) and recordings
    #[arg(value_name = "CSV OR FOLDER")]
    pub input: PathBuf,
    /// Folder that the films go into; it is made if need be
    #[arg(long, value_name = "FOLDER")]
    pub output: PathBuf,
    /// For a folder: the format of the films, png for folders of pictures
    #[arg(long, default_value = "mp4", value_parser = ["mp4", "wav", "mov", "webm", "mkv", "png"])]
    pub format: String,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// Name of the voice
    #[arg(long)]
    pub voice: Option<String>,
    /// The same seed gives the same speech and movement
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Rate of speech, 1 = the voice's own
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub speed: f32,
    /// Size and background
    #[command(flatten)]
    pub look: LookArguments,
    /// Make the films that are there already once more
    #[arg(long)]
    pub overwrite: bool,
    /// Print what became of each item as JSON
    #[arg(long)]
    pub json: bool,
}

impl BatchArguments {
    /// All the options at their defaults.
    pub fn new(input: PathBuf, output: PathBuf) -> Self {
        Self {
            input,
            output,
            format: "mp4".to_owned(),
            portrait: PortraitArguments::default(),
            voice: None,
            seed: 0,
            speed: 1.0,
            look: LookArguments::default(),
            overwrite: false,
            json: false,
        }
    }
}

/// Arguments of `jam-flow track`.
#[derive(Debug, Args)]
pub struct TrackArguments {
    /// Video of a face: MP4 or MOV with H.264; anything else where ffmpeg is installed
    #[arg(value_name = "VIDEO")]
    pub video: PathBuf,
    /// File to write: .json or .safetensors
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// What the movement is measured against: what the face mostly is in the clip, or its first frame
    #[arg(long, value_enum, default_value_t = NeutralArgument::Clip)]
    pub neutral: NeutralArgument,
    /// Print what was followed as JSON
    #[arg(long)]
    pub json: bool,
}

/// [`engine::tracking::Neutral`] by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum NeutralArgument {
    /// Eyes as they mostly are, the mouth when it is shut
    #[default]
    Clip,
    /// The first frame, which should show a calm face
    First,
}

/// Arguments of `jam-flow inspect`.
#[derive(Debug, Args)]
pub struct InspectArguments {
    /// Picture of one or more faces (PNG, JPEG, WebP or BMP)
    #[arg(value_name = "PICTURE")]
    pub portrait: PathBuf,
    /// Which face to measure: they count from the left, 1 is the leftmost; without it the largest
    #[arg(long, value_name = "NUMBER", value_parser = face_number)]
    pub face: Option<usize>,
    /// Also draw the landmarks, the face and the background into a picture (.png)
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print everything that was found as JSON, the landmarks too
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `jam-flow models`.
#[derive(Debug, Args)]
pub struct ModelsArguments {
    /// What to do with them
    #[command(subcommand)]
    pub command: ModelsCommand,
    /// Print JSON in place of a table
    #[arg(long, global = true)]
    pub json: bool,
}

/// What can be done with the model files.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ModelsCommand {
    /// Name, size and licence of each
    List,
    /// Compare each with the checksum in the list
    Verify,
}

/// Arguments of `jam-flow completions`.
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Arguments of `jam-flow manual`.
#[derive(Debug, Args)]
pub struct ManualArguments {
    /// Write this page and one for each command into a folder
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

/// Arguments of `jam-flow recover`.
#[derive(Debug, Args)]
pub struct RecoverArguments {
    /// Name that the film was to get, or a folder to look through
    #[arg(value_name = "FILE OR FOLDER", default_value = ".")]
    pub path: PathBuf,
    /// Print what was recovered as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `jam-flow bench`.
#[derive(Debug, Args)]
pub struct BenchArguments {
    /// Print one JSON object in place of the table
    #[arg(long)]
    pub json: bool,
}

/// Slowest and fastest rate of speech that still sounds like speech.
pub const SPEED_RANGE: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// Reads a rate of speech within [`SPEED_RANGE`].
///
/// # Errors
/// A line for the user if it is outside.
pub fn speed(argument: &str) -> Result<f32, String> {
    argument
        .parse()
        .ok()
        .filter(|speed| SPEED_RANGE.contains(speed))
        .ok_or_else(|| {
            format!(
                "give a number from {} to {}",
                SPEED_RANGE.start(),
                SPEED_RANGE.end()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(std::iter::once("jam-flow").chain(arguments.iter().copied()))
    }

    #[test]
    fn nothing_opens_the_window() {
        assert!(parse(&[]).unwrap().command.is_none());
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
