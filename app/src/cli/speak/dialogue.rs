//! `jam-flow speak --dialogue`: a film in which the people of one picture speak in turn.

use std::collections::BTreeMap;
use std::path::Path;

use engine::{FlowSettings, Synthesizer};

use super::SpeakArguments;
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::cli::standard_output::answer;
use studio::avatar::{AvatarMaker, Everybody};
use studio::dialogue::{Dialogue, Line, lines, perform, with_voices};
use studio::film::{Film, Outputs, Summary};
use studio::resources::Resources;
use studio::script::{check_text, read_text_file};

/// Runs the command for the script in `file`. Everything that can be checked is checked before the long work begins.
pub fn run(
    resources: &Resources,
    arguments: &SpeakArguments,
    file: &Path,
    outputs: &Outputs,
) -> anyhow::Result<()> {
    let inputs: Vec<&Path> = [Some(file), arguments.portrait.path()]
        .into_iter()
        .flatten()
        .collect();
    let dialogue = Dialogue::parse(&read_text_file(file)?)?;
    check_text(&dialogue.words())?;
    outputs.check(&inputs)?;
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start("Getting ready");
    let shown = match outputs.video {
        Some(_) => Some(Shown::prepare(resources, arguments, &dialogue, &progress)?),
        None => None,
    };
    interrupt.check()?;
    let synthesizer =
        Synthesizer::load(&resources.models)?.with_settings(FlowSettings::for_files());
    let voices = with_voices(&dialogue, &synthesizer, None)?;
    tell_voices(&dialogue, &voices, &progress);
    let people = shown.as_ref().map(|shown| &shown.everybody);
    let lines = lines(&dialogue, &voices, people)?;
    interrupt.check()?;
    progress.stage("Speaking");
    let summary = film(
        &synthesizer,
        &lines,
        arguments,
        outputs,
        shown.as_ref(),
        &interrupt,
        &progress,
    )?;
    progress.finish(&summary.to_string());
    if arguments.json {
        answer(serde_json::to_string_pretty(&summary)?)?;
    }
    Ok(())
}

/// What a film shows.
struct Shown {
    everybody: Everybody,
    gpu: shaders::Gpu,
}

impl Shown {
    fn prepare(
        resources: &Resources,
        arguments: &SpeakArguments,
        dialogue: &Dialogue,
        progress: &Progress,
    ) -> anyhow::Result<Self> {
        let choice = arguments.portrait.choice(resources)?;
        let everybody = AvatarMaker::load(&resources.models)?.make_everybody(&choice.path)?;
        // Before anything is loaded for the speech.
        lines(dialogue, &BTreeMap::new(), Some(&everybody))?;
        for (number, reason) in &everybody.left_out {
            progress.note(&format!("face {number} stays as it is: {reason}"));
        }
        Ok(Self {
            everybody,
            gpu: shaders::Gpu::headless()?,
        })
    }
}

/// Says which voices were chosen for those who were given none.
fn tell_voices(dialogue: &Dialogue, voices: &BTreeMap<usize, String>, progress: &Progress) {
    let chosen: Vec<String> = dialogue
        .speakers
        .iter()
        .filter(|(_, speaker)| speaker.voice.is_none())
        .filter_map(|(face, _)| {
            Some(format!(
                "{} as {}",
                dialogue.label(*face),
                voices.get(face)?
            ))
        })
        .collect();
    if !chosen.is_empty() {
        progress.note(&format!(
            "speaks: {}; \"1 (af_heart): …\" names another voice",
            chosen.join(", ")
        ));
    }
}

fn film(
    synthesizer: &Synthesizer,
    lines: &[Line],
    arguments: &SpeakArguments,
    outputs: &Outputs,
    shown: Option<&Shown>,
    interrupt: &Interrupt,
    progress: &Progress,
) -> anyhow::Result<Summary> {
    let avatars = shown.map_or(&[][..], |shown| &shown.everybody.avatars);
    let gpu = shown.map(|shown| &shown.gpu);
    let mut film = Film::start_together(outputs, avatars, gpu, arguments.seed)?;
    let cancelled = || interrupt.requested();
    let mut failure = None;
    let made = perform(
        synthesizer,
        lines,
        arguments.seed,
        arguments.speed,
        &cancelled,
        &mut |piece| {
            progress.set(piece.chunk.fraction_done);
            film.let_speak(piece.person, piece.begins.as_deref());
            film.add(&piece.chunk, &cancelled).map_err(|error| {
                failure = Some(error);
                engine::Error::Cancelled
            })
        },
    );
    if let Some(error) = failure {
        return Err(error);
    }
    made?;
    interrupt.check()?;
    film.finish()
}
