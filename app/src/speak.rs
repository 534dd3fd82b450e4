//! `jam-flow speak`: words in, a video or a sound file out.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use engine::{SpeakRequest, Synthesizer};

use crate::avatar::AvatarMaker;
use crate::command_line::SpeakArguments;
use crate::film::{Film, Outputs};
use crate::interrupt::Interrupt;
use crate::output_path;
use crate::progress::Progress;
use crate::resources::Resources;

/// Longest text, in characters: two hours of speech.
pub const MOST_CHARACTERS: usize = 100_000;

/// Runs the command. Everything that can be checked is checked before the long work begins.
pub fn run(resources: &Resources, arguments: &SpeakArguments) -> anyhow::Result<()> {
    let outputs = outputs(arguments)?;
    let text = match (&arguments.text, &arguments.text_file) {
        (Some(text), _) => text.clone(),
        (None, Some(file)) => read_text_file(file)?,
        (None, None) => unreachable!("the command line asks for one of the two"),
    };
    check_text(&text)?;
    let inputs: Vec<&Path> = [&arguments.text_file, &arguments.portrait]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    outputs.check(&inputs)?;
    let request = SpeakRequest {
        text,
        voice: arguments.voice.clone(),
        seed: arguments.seed,
        speed: arguments.speed,
    };
    speak_to_files(resources, &request, arguments.portrait.as_deref(), &outputs)
}

/// Speaks into files, with progress on the terminal; Ctrl-C cancels and leaves no file.
pub fn speak_to_files(
    resources: &Resources,
    request: &SpeakRequest,
    portrait: Option<&Path>,
    outputs: &Outputs,
) -> anyhow::Result<()> {
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start("Getting ready");
    let stage = Stage::prepare(resources, portrait, outputs)?;
    interrupt.check()?;
    let synthesizer = Synthesizer::load(&resources.models)?;
    interrupt.check()?;
    progress.stage("Speaking");
    let mut film = stage.film(outputs, request.seed)?;
    let cancelled = || interrupt.requested();
    let mut failure = None;
    let spoken = synthesizer.speak(request, &cancelled, &mut |chunk| {
        progress.set(chunk.fraction_done);
        film.add(&chunk, &cancelled).map_err(|error| {
            failure = Some(error);
            engine::Error::Cancelled
        })
    });
    if let Some(error) = failure {
        return Err(error);
    }
    spoken?;
    interrupt.check()?;
    let summary = film.finish()?;
    progress.finish(&summary.to_string());
    Ok(())
}

/// The portrait and the device that draws it, if a video was asked for.
pub struct Stage {
    avatar: Option<(crate::avatar::Avatar, shaders::Gpu)>,
}

impl Stage {
    /// Reads the portrait, the default one if none is named. Does nothing if no video is to be written.
    pub fn prepare(
        resources: &Resources,
        portrait: Option<&Path>,
        outputs: &Outputs,
    ) -> anyhow::Result<Self> {
        if outputs.video.is_none() {
            return Ok(Self { avatar: None });
        }
        let portrait = match portrait {
            Some(path) => path.to_path_buf(),
            None => resources.default_portrait()?,
        };
        let avatar = AvatarMaker::load(&resources.models)?.make(&portrait)?;
        Ok(Self {
            avatar: Some((avatar, shaders::Gpu::headless()?)),
        })
    }

    /// Begins a film of this portrait.
    pub fn film(&self, outputs: &Outputs, seed: u64) -> anyhow::Result<Film> {
        let avatar = self.avatar.as_ref().map(|(avatar, gpu)| (avatar, gpu));
        Film::start(outputs, avatar, seed)
    }
}

/// Reads a text that the user named: UTF-8 of at most [`MOST_CHARACTERS`].
pub fn read_text_file(path: &Path) -> anyhow::Result<String> {
    let unreadable = || format!("cannot read the text: {}", path.display());
    let bytes = std::fs::metadata(path).with_context(unreadable)?.len();
    anyhow::ensure!(
        // A character takes four bytes at most.
        bytes <= 4 * MOST_CHARACTERS as u64,
        "the text is too long: give at most {MOST_CHARACTERS} characters at a time: {}",
        path.display()
    );
    let bytes = std::fs::read(path).with_context(unreadable)?;
    String::from_utf8(bytes)
        .map_err(|_| {
            anyhow::anyhow!(
                "the text is not UTF-8: save it as plain text: {}",
                path.display()
            )
        })
        .map(|text| text.trim_start_matches('\u{feff}').to_owned())
}

/// Refuses a text that is empty or too long.
pub fn check_text(text: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        text.chars().any(|character| !character.is_whitespace()),
        "there is nothing to say: give some words"
    );
    let characters = text.chars().count();
    anyhow::ensure!(
        characters <= MOST_CHARACTERS,
        "the text has {characters} characters: give at most {MOST_CHARACTERS} at a time"
    );
    Ok(())
}

fn outputs(arguments: &SpeakArguments) -> anyhow::Result<Outputs> {
    let mut outputs = Outputs {
        audio: arguments.audio_output.clone(),
        motion: arguments.motion_output.clone(),
        subtitles: arguments.subtitles.clone(),
        ..Outputs::default()
    };
    if output_path::extension(&arguments.output) == "wav" {
        anyhow::ensure!(
            outputs.audio.is_none(),
            "the output is the sound already: leave --audio-output out, or name the output *.mp4"
        );
        outputs.audio = Some(arguments.output.clone());
    } else {
        output_path::check(&arguments.output, "the output", &["mp4", "wav"])?;
        outputs.video = Some(arguments.output.clone());
    }
    Ok(outputs)
}
