//! `jam-flow speak --dialogue`: a film in which the people of one picture speak in turn.

use std::collections::BTreeMap;
use std::path::Path;

use engine::{FlowSettings, Synthesizer};

use super::{Dialogue, Line, ScriptError, perform, with_voices};
use crate::avatar::{AvatarMaker, Everybody};
use crate::command_line::SpeakArguments;
use crate::film::{Film, Outputs, Summary};
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::resources::Resources;
use crate::speak::{check_text, read_text_file};
use crate::standard_output::answer;

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

/// The turns with the people who say them: everybody of the picture, or whoever speaks where nobody is shown.
///
/// # Errors
/// [`ScriptError`] for the first turn whose face cannot speak.
pub fn lines(
    dialogue: &Dialogue,
    voices: &BTreeMap<usize, String>,
    people: Option<&Everybody>,
) -> Result<Vec<Line>, ScriptError> {
    let lines = dialogue.turns.iter().map(|turn| {
        let person = match people {
            None => 0,
            Some(people) => people.index_of(turn.face).ok_or_else(|| ScriptError {
                line: turn.line,
                problem: why_not(people, turn.face),
            })?,
        };
        Ok(Line {
            person,
            label: dialogue.label(turn.face),
            text: turn.text.clone(),
            voice: voices.get(&turn.face).cloned().unwrap_or_default(),
        })
    });
    lines.collect()
}

/// Why a face cannot speak.
fn why_not(people: &Everybody, face: usize) -> String {
    let left_out = people.left_out.iter().find(|(number, _)| *number == face);
    match (left_out, people.face_count()) {
        (Some((_, reason)), _) => format!("face {face} cannot speak: {reason}"),
        (None, 1) => format!("there is no face {face}: the picture shows one face"),
        (None, count) => {
            format!("there is no face {face}: the picture shows {count}, counted from the left")
        }
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
