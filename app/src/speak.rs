//! `jam-flow speak`: words in, a video or a sound file out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use engine::motion::{MouthFrame, Regions};
use engine::text::FrontEnd;
use engine::{FlowSettings, SpeakRequest, Synthesizer, Task, Voice};

use crate::command_line::SpeakArguments;
use crate::drive::DriveArguments;
use crate::film::{Outputs, Summary};
use crate::interrupt::Interrupt;
use crate::listener::{Listener, OwnVoice};
use crate::output_path;
use crate::portrait_arguments::PortraitArguments;
use crate::progress::Progress;
use crate::recording::VideoFormat;
use crate::resources::Resources;
use crate::stage::Stage;
use crate::standard_output::answer;

/// Longest text, in characters: two hours of speech.
pub const MOST_CHARACTERS: usize = 100_000;

/// Runs the command. Everything that can be checked is checked before the long work begins.
pub fn run(resources: &Resources, arguments: &SpeakArguments) -> anyhow::Result<()> {
    let outputs = outputs(arguments)?;
    if let Some(file) = &arguments.dialogue {
        return crate::dialogue::film::run(resources, arguments, file, &outputs);
    }
    let text = match (&arguments.text, &arguments.text_file) {
        (Some(text), _) => text.clone(),
        (None, Some(file)) => read_text_file(file)?,
        (None, None) => unreachable!("the command line asks for one of them"),
    };
    check_text(&text)?;
    let inputs: Vec<&Path> = [
        &arguments.text_file,
        &arguments.portrait.path,
        &arguments.reference,
        &arguments.motion,
        &arguments.drive.driver,
    ]
    .into_iter()
    .flatten()
    .map(PathBuf::as_path)
    .collect();
    outputs.check(&inputs)?;
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start("Getting ready");
    let mouth = arguments.motion.as_deref().map(mouth_of).transpose()?;
    let voice = match &arguments.reference {
        Some(recording) => reference_voice(
            resources,
            recording,
            arguments.reference_text.as_deref().unwrap_or_default(),
            arguments.i_have_permission,
            &interrupt,
        )?,
        None => Voice::named(arguments.voice.clone()),
    };
    let request = SpeakRequest {
        text,
        voice,
        seed: arguments.seed,
        speed: arguments.speed,
    };
    let task = match mouth {
        Some(mouth) => Task::Follow { request, mouth },
        None => Task::Speak(request),
    };
    let summary = perform_to_files(
        resources,
        &task,
        &arguments.portrait,
        &arguments.drive,
        &outputs,
        &interrupt,
        progress,
    )?;
    if arguments.json {
        answer(serde_json::to_string_pretty(&summary)?)?;
    }
    Ok(())
}

/// Speaks into files, with progress on the terminal; Ctrl-C cancels and leaves no file.
pub fn speak_to_files(
    resources: &Resources,
    request: SpeakRequest,
    portrait: Option<&Path>,
    outputs: &Outputs,
) -> anyhow::Result<Summary> {
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start("Getting ready");
    let task = Task::Speak(request);
    let portrait = PortraitArguments {
        path: portrait.map(Path::to_path_buf),
        face: None,
    };
    perform_to_files(
        resources,
        &task,
        &portrait,
        &DriveArguments::default(),
        outputs,
        &interrupt,
        progress,
    )
}

fn perform_to_files(
    resources: &Resources,
    task: &Task,
    portrait: &PortraitArguments,
    drive: &DriveArguments,
    outputs: &Outputs,
    interrupt: &Interrupt,
    progress: Progress,
) -> anyhow::Result<Summary> {
    let mut stage = Stage::new(resources);
    stage.prepare(portrait, outputs)?;
    drive.drive(
        resources,
        &mut stage,
        Regions::default(),
        interrupt,
        &progress,
    )?;
    interrupt.check()?;
    let synthesizer =
        Synthesizer::load(&resources.models)?.with_settings(FlowSettings::for_files());
    interrupt.check()?;
    progress.stage("Speaking");
    let summary = stage.perform(&synthesizer, task, outputs, interrupt, &progress)?;
    progress.finish(&summary.to_string());
    Ok(summary)
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

/// The files that `output`, which names a film or a sound, and `others` ask for.
pub fn with_main_output(output: &Path, others: Outputs) -> anyhow::Result<Outputs> {
    let mut outputs = others;
    if output_path::extension(output) == "wav" {
        anyhow::ensure!(
            outputs.audio.is_none(),
            "the output is the sound already: leave --audio-output out, or name the output *.mp4"
        );
        outputs.audio = Some(output.to_owned());
    } else {
        anyhow::ensure!(
            VideoFormat::of(output).is_some(),
            "the output must be named *.mp4, *.wav, *.mov, *.webm or *.mkv, or be a folder for PNG pictures: {}",
            output.display()
        );
        outputs.video = Some(output.to_owned());
    }
    Ok(outputs)
}

fn outputs(arguments: &SpeakArguments) -> anyhow::Result<Outputs> {
    let others = Outputs {
        look: arguments.look.look(),
        audio: arguments.audio_output.clone(),
        motion: arguments.motion_output.clone(),
        subtitles: arguments.subtitles.clone(),
        ..Outputs::default()
    };
    with_main_output(&arguments.output, others)
}

/// A recording of somebody with its words, as a voice to speak in. The speaker must have permitted it.
pub fn reference_voice(
    resources: &Resources,
    recording: &Path,
    words: &str,
    is_permitted: bool,
    interrupt: &Interrupt,
) -> anyhow::Result<Voice> {
    anyhow::ensure!(
        is_permitted,
        "a voice belongs to its speaker: add --i-have-permission if they have permitted you to use theirs"
    );
    check_text(words)?;
    let voice = OwnVoice {
        recording: recording.to_owned(),
        words: words.to_owned(),
        is_permitted,
    };
    let front_end = Arc::new(FrontEnd::load(&resources.models)?);
    let reference =
        Listener::new(&resources.models, front_end).reference(&voice, &|| interrupt.requested())?;
    Ok(Voice::Reference(reference))
}

/// The mouth of a motion file.
fn mouth_of(path: &Path) -> anyhow::Result<Vec<MouthFrame>> {
    let motion = engine::motion::motion_file::read(path)?;
    Ok(motion
        .frames
        .iter()
        .map(engine::motion::MotionFrame::mouth)
        .collect())
}
