//! `jam-flow speak --checkpoint`: an F5-TTS checkpoint speaks, and the joint model moves the mouth to it.

use engine::motion::Regions;
use engine::synthesizer::REFERENCE_REMARK;
use engine::voice_model::VoiceModelSettings;

use super::SpeakArguments;
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::cli::stage::Stage;
use crate::cli::texts::text;
use studio::film::{Outputs, Summary};
use studio::reference_voice::Listener;
use studio::resources::Resources;
use studio::voice_model::{HeardWords, ModelVoice, ModelVoiceFiles, heard_words, with_mouth};

/// Speaks a text with a voice model into files. Nothing is left of them if it fails or is cancelled.
pub fn speak(
    resources: &Resources,
    arguments: &SpeakArguments,
    files: &ModelVoiceFiles,
    text: &str,
    outputs: &Outputs,
) -> anyhow::Result<Summary> {
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-loading"));
    let mut stage = Stage::new(resources);
    stage.prepare(&arguments.portrait, outputs)?;
    let (drive, regions) = (&arguments.drive, Regions::default());
    stage.drive(drive, regions, &interrupt, &progress)?;
    interrupt.check()?;
    let compute = arguments.compute.compute(&progress);
    let voice = ModelVoice::load(&resources.models, files, &compute, None)?;
    voice.model().check_text(text)?;
    let synthesizer = compute.load(&resources.models)?.synthesizer;
    interrupt.check()?;
    note_doubts(&voice, text, &progress);

    progress.stage(text!("stage-speaking"));
    let mut settings = VoiceModelSettings {
        speed: f64::from(arguments.speed),
        seed: arguments.seed,
        ..VoiceModelSettings::default()
    };
    settings.steps = arguments
        .voice_model
        .steps
        .map_or(settings.steps, usize::from);
    let cancelled = || interrupt.requested();
    let speech = voice.speak(text, &settings, &cancelled, &mut |share| {
        progress.set(share);
        Ok(())
    })?;
    // A gigabyte that nobody needs any more.
    drop(voice);
    let mut heard = HeardWords::default();
    if outputs.subtitles.is_some() {
        progress.stage(text!("stage-aligning"));
        let listener = Listener::new(&resources.models, synthesizer.front_end());
        heard = heard_words(&listener, &speech, &cancelled)?;
        if heard.is_estimated {
            progress.note(text!("words-estimated"));
        }
    }

    progress.stage(text!("stage-animating"));
    let outputs = Outputs {
        remark: Some(REFERENCE_REMARK.to_owned()),
        ..outputs.clone()
    };
    let mut sound = Some((speech.samples, heard.words));
    let summary = stage.film(
        &outputs,
        arguments.seed,
        &interrupt,
        &progress,
        &mut |cancel, on_chunk| {
            let (samples, words) = sound.take().unwrap_or_default();
            let cancelled = || cancel.is_cancelled();
            let seed = arguments.seed;
            Ok(with_mouth(
                &synthesizer,
                samples,
                words,
                seed,
                &cancelled,
                on_chunk,
            )?)
        },
    )?;
    progress.finish(&summary.to_string());
    Ok(summary)
}

/// Says what may go wrong with this voice and this text.
fn note_doubts(voice: &ModelVoice, text: &str, progress: &Progress) {
    let model = voice.model();
    if model.is_version_assumed() {
        progress.note(text!("checkpoint-assumed"));
    }
    if voice.reference().is_shortened() {
        let secs = format!("{:.1}", voice.reference().secs());
        progress.note(&text!("reference-shortened", secs = secs));
    }
    let unknown = model.unknown_characters(text);
    if !unknown.is_empty() {
        progress.note(&text!("characters-unknown", characters = unknown));
    }
}
