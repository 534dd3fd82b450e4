//! The thread that owns the synthesizer: speaks texts and animates recordings.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossbeam_channel::Receiver;
use engine::motion::prosody::{self, Accent};
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::{Edit, SpanLength, SpeakRequest, Speech, SpeechChunk, Synthesizer, Task, Voice};

use super::listening::listen;
use super::recorder::Recorder;
use super::{DialogueScript, DubScript, Event, Reporter, Script, Speaking, SpeechJob, shielded};
use studio::cancel::is_cancelled;
use studio::dialogue;
use studio::reference_voice::Listener;
use studio::sound::microphone::OpenMicrophone;
use studio::wording::one_line;

pub(super) struct EngineThread {
    pub open_microphone: OpenMicrophone,
    pub listening_ends: Arc<AtomicBool>,
    pub recording_stops: Arc<AtomicU64>,
    pub models: PathBuf,
    pub gpu: shaders::Gpu,
    pub jobs: Receiver<SpeechJob>,
    pub generation: Arc<AtomicU64>,
    pub reporter: Reporter,
}

impl EngineThread {
    pub fn run(self) {
        let mut synthesizer = match shielded(|| Ok(Synthesizer::load(&self.models)?)) {
            Ok(synthesizer) => synthesizer,
            Err(error) => {
                self.reporter.send(Event::Unready(one_line(&error)));
                return;
            }
        };
        let ready = Event::Ready {
            voices: synthesizer.voices().to_vec(),
            default_voice: synthesizer.default_voice().to_owned(),
        };
        if !self.reporter.send(ready) {
            return;
        }
        let listener = Listener::new(&self.models, synthesizer.front_end());
        while let Ok(job) = self.jobs.recv() {
            let generation = job.generation;
            synthesizer = synthesizer.with_settings(job.flow);
            let event = match shielded(|| self.speak(&synthesizer, &listener, job)) {
                Ok(()) => Event::SpeechComplete { generation },
                Err(error) if is_cancelled(&error) => continue,
                Err(error) => Event::SpeechFailed {
                    generation,
                    reason: one_line(&error),
                },
            };
            if !self.reporter.send(event) {
                return;
            }
        }
    }

    fn speak(
        &self,
        synthesizer: &Synthesizer,
        listener: &Listener,
        job: SpeechJob,
    ) -> anyhow::Result<()> {
        let generation = job.generation;
        let cancelled = || self.generation.load(Ordering::SeqCst) != generation;
        let mut recorder = job
            .recording
            .map(|request| {
                Recorder::start(
                    request,
                    self.gpu.clone(),
                    generation,
                    Arc::clone(&self.generation),
                    Arc::clone(&self.recording_stops),
                    self.reporter.clone(),
                )
            })
            .transpose()?;
        let mut hand_over = |chunk: SpeechChunk, accents, speaking: Option<Speaking>| {
            let chunk = Arc::new(chunk);
            if let Some(recorder) = &mut recorder {
                recorder.add(Arc::clone(&chunk), speaking.clone());
            }
            let event = Event::Chunk {
                generation,
                chunk,
                accents,
                speaking,
            };
            if self.reporter.send(event) {
                Ok(())
            } else {
                Err(engine::Error::Cancelled)
            }
        };
        if let Script::Dialogue(script) = &job.script {
            let mut on_piece = |chunk: SpeechChunk, speaking| {
                let accents = prosody::accents(&chunk.samples);
                hand_over(chunk, accents, Some(speaking))
            };
            perform_dialogue(synthesizer, script, &cancelled, &mut on_piece)?;
        }
        let mut hand_on =
            |chunk: SpeechChunk, accents: Vec<Accent>| hand_over(chunk, accents, None);
        let mut on_chunk = |chunk: SpeechChunk| {
            let accents = prosody::accents(&chunk.samples);
            hand_on(chunk, accents)
        };
        match &job.script {
            Script::Text(request, None) => {
                synthesizer.speak(request, &cancelled, &mut on_chunk)?;
            }
            Script::Text(request, Some(own_voice)) => {
                let request = SpeakRequest {
                    voice: Voice::Reference(listener.reference(own_voice, &cancelled)?),
                    ..request.clone()
                };
                synthesizer.speak(&request, &cancelled, &mut on_chunk)?;
            }
            // Spoken already.
            Script::Dialogue(_) => {}
            Script::Dub(script) => {
                let edit = edit(synthesizer, listener, script, &cancelled)?;
                synthesizer.perform(&Task::Dub(edit), &cancelled, &mut on_chunk)?;
            }
            Script::Recording(path, seed) => {
                let samples = engine::audio::decode_file(path)?;
                let task = Task::Animate {
                    samples,
                    seed: *seed,
                };
                synthesizer.perform(&task, &cancelled, &mut on_chunk)?;
            }
            Script::Microphone(device, seed) => {
                let mut microphone =
                    (self.open_microphone)(device.as_deref()).map_err(anyhow::Error::msg)?;
                let has_ended = || self.listening_ends.load(Ordering::SeqCst);
                listen(
                    synthesizer,
                    &mut microphone,
                    *seed,
                    &has_ended,
                    &cancelled,
                    &mut hand_on,
                )?;
            }
        }
        if let Some(recorder) = recorder {
            recorder.complete();
        }
        Ok(())
    }
}

/// Speaks a dialogue piece by piece.
fn perform_dialogue(
    synthesizer: &Synthesizer,
    script: &DialogueScript,
    cancelled: &dyn Fn() -> bool,
    on_piece: &mut dyn FnMut(SpeechChunk, Speaking) -> engine::Result<()>,
) -> anyhow::Result<()> {
    let first_voice = Some(script.first_voice.as_str()).filter(|voice| !voice.is_empty());
    let voices = dialogue::with_voices(&script.dialogue, synthesizer, first_voice)?;
    let people = &script.everybody;
    let lines = dialogue::lines(&script.dialogue, &voices, Some(people))?;
    dialogue::perform(
        synthesizer,
        &lines,
        script.seed,
        script.speed,
        cancelled,
        &mut |piece| {
            let speaking = Speaking {
                face: people.avatars[piece.person].face_number(),
                begins: piece.begins,
            };
            on_piece(piece.chunk, speaking)
        },
    )?;
    Ok(())
}

/// What the synthesizer is to change about a take. The words of a recording are found first.
fn edit(
    synthesizer: &Synthesizer,
    listener: &Listener,
    script: &DubScript,
    cancelled: &dyn Fn() -> bool,
) -> anyhow::Result<Edit> {
    let take = &script.take;
    let samples: Vec<f32> = take.sound(0, usize::MAX).collect();
    // A recording's last frame may lie beyond its end.
    let mut mouth = take.mouth.clone();
    let last = mouth.last().copied().unwrap_or_default();
    mouth.resize(samples.len().div_ceil(SAMPLES_PER_FRAME), last);
    let speech = if take.phones.is_empty() {
        let aligned = listener.align(&samples, &script.said, cancelled)?;
        Speech {
            samples,
            mouth,
            aligned,
        }
    } else {
        synthesizer.speech(&script.said, &take.phones, samples, mouth)?
    };
    Ok(Edit {
        speech,
        text: script.words.clone(),
        length: match script.keeps_length {
            true => SpanLength::Kept,
            false => SpanLength::Free,
        },
        voice: take.voice().map(str::to_owned),
        seed: script.seed,
    })
}
