//! `jam-flow speak --dialogue`: a film in which the people of one picture speak in turn.

use std::collections::BTreeMap;
use std::path::Path;

use engine::FlowSettings;

use super::SpeakArguments;
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use studio::avatar::{AvatarMaker, Everybody};
use studio::cancel::CancelToken;
use studio::dialogue::{Dialogue, lines, with_voices};
use studio::film::{Film, Outputs, Summary};
use studio::performance::Performance;
use studio::resources::Resources;
use studio::script::Script;
use studio::script::{check_text, read_text_file};
use studio::sound::microphone::no_microphone;
use studio::speech::{SpeechMaker, SpeechRequest};
use studio::wording::words;

/// Runs the command for the script in `file`. Everything that can be checked is checked before the long work begins.
pub fn run(
    resources: &Resources,
    arguments: &SpeakArguments,
    file: &Path,
    outputs: &Outputs,
) -> anyhow::Result<()> {
    let dictionary = &arguments.script.pronunciations;
    let inputs: Vec<&Path> = [
        Some(file),
        arguments.portrait.path(),
        dictionary.dictionary.as_deref(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let text = read_text_file(file)?;
    let dictionary = dictionary.load()?;
    let dialogue = Dialogue::parse(&text)?;
    check_text(&dialogue.words())?;
    outputs.check(&inputs)?;
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-loading"));
    let shown = match outputs.video {
        Some(_) => Some(Shown::prepare(resources, arguments, &dialogue, &progress)?),
        None => None,
    };
    interrupt.check()?;
    let maker = SpeechMaker::load_on(
        &resources.models,
        &arguments.compute.compute(&progress),
        no_microphone(),
        dictionary,
    )?;
    let voices = with_voices(&dialogue, maker.synthesizer(), None)?;
    tell_voices(&dialogue, &voices, &progress);
    interrupt.check()?;
    progress.stage(text!("stage-speaking"));
    let request = SpeechRequest {
        script: Script::Dialogue {
            text,
            first_voice: None,
            speed: arguments.speed,
        },
        original: None,
        seed: arguments.seed,
        flow: arguments.search.applied_to(FlowSettings::for_files()),
    };
    let summary = film(
        &maker,
        &request,
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
        let notices = everybody
            .avatars
            .iter()
            .map(|avatar| (avatar.face_number(), avatar.notices()));
        for (number, notice) in
            notices.flat_map(|(number, all)| all.iter().map(move |one| (number, one)))
        {
            progress.note(&text!(
                "face-notice",
                number = number,
                notice = notice.to_string(),
            ));
        }
        for (number, reason) in &everybody.left_out {
            progress.note(&text!(
                "face-left-out",
                number = *number,
                reason = words(reason),
            ));
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
            Some(text!(
                "dialogue-voice",
                name = dialogue.label(*face),
                voice = voices.get(face)?.as_str(),
            ))
        })
        .collect();
    if !chosen.is_empty() {
        progress.note(&text!("dialogue-voices", voices = chosen.join(", ")));
    }
}

fn film(
    maker: &SpeechMaker,
    request: &SpeechRequest,
    outputs: &Outputs,
    shown: Option<&Shown>,
    interrupt: &Interrupt,
    progress: &Progress,
) -> anyhow::Result<Summary> {
    let people = shown.map_or(&[][..], |shown| &shown.everybody.avatars);
    let performance = Performance::new(people, 0, request.seed).in_turns();
    Film::start(outputs, performance, shown.map(|shown| &shown.gpu))?.write(
        interrupt.token(),
        |on_piece| maker.make(request, &CancelToken::new(), interrupt.token(), on_piece),
        &|share| progress.set(share),
    )
}
