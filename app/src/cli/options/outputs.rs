//! The files that a command which speaks writes.

use std::path::PathBuf;

use clap::Args;
use studio::film::Outputs;
use studio::media::write::{SoundFormat, VideoFormat};

use crate::cli::options::look::LookArguments;
use crate::cli::texts::text;

/// What is written, and how it looks.
#[derive(Clone, Debug, Default, Args)]
pub struct OutputArguments {
    /// File to write: .mp4 for picture and sound, .wav, .m4a, .flac or .opus for sound alone, .gif for a short animation, a name without
    /// ending for a folder of PNG pictures; .mov (ProRes 4444), .webm, .mkv or .mp3 where ffmpeg is installed
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Size and background
    #[command(flatten)]
    pub look: LookArguments,
    /// Also write the sound alone (.wav, .m4a, .flac, .opus or .mp3)
    #[arg(long, value_name = "FILE")]
    pub audio_output: Option<PathBuf>,
    /// Also write the movement (.json or .safetensors)
    #[arg(long, value_name = "FILE")]
    pub motion_output: Option<PathBuf>,
    /// Also write curves for games: Apple's 52 blend shapes and Oculus' visemes (.json or .csv), or a face that moves (.glb)
    #[arg(long, value_name = "FILE")]
    pub curves: Option<PathBuf>,
    /// Also write subtitles (.srt or .vtt)
    #[arg(long, value_name = "FILE")]
    pub subtitles: Option<PathBuf>,
}

impl OutputArguments {
    /// The same as the film takes it. `--output` names a video or a sound.
    ///
    /// # Errors
    /// A line for the user if it names neither, or a sound beside another one.
    pub fn outputs(&self) -> anyhow::Result<Outputs> {
        let mut outputs = Outputs {
            look: self.look.look(),
            sound_codec: self.look.audio_codec,
            audio: self.audio_output.clone(),
            motion: self.motion_output.clone(),
            curves: self.curves.clone(),
            subtitles: self.subtitles.clone(),
            ..Outputs::default()
        };
        if SoundFormat::of(&self.output).is_some() {
            anyhow::ensure!(outputs.audio.is_none(), "{}", text!("output-is-audio"));
            outputs.audio = Some(self.output.clone());
        } else {
            anyhow::ensure!(
                VideoFormat::of(&self.output).is_some(),
                "{}",
                text!("output-name", file = self.output.display().to_string())
            );
            outputs.video = Some(self.output.clone());
        }
        Ok(outputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(output: &str, audio_output: Option<&str>) -> anyhow::Result<Outputs> {
        OutputArguments {
            output: output.into(),
            audio_output: audio_output.map(PathBuf::from),
            ..OutputArguments::default()
        }
        .outputs()
    }

    #[test]
    fn the_ending_says_whether_it_is_a_film_or_a_sound() {
        let film = named("a.mp4", Some("a.wav")).unwrap();
        assert_eq!(film.video, Some("a.mp4".into()));
        assert_eq!(film.audio, Some("a.wav".into()));
        let sound = named("a.wav", None).unwrap();
        assert_eq!((sound.video, sound.audio), (None, Some("a.wav".into())));
        assert!(named("a.wav", Some("b.wav")).is_err());
        assert!(named("a.txt", None).is_err());
    }
}
