//! The thread that owns the synthesizer: speaks texts and animates recordings.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossbeam_channel::Receiver;
use engine::motion::prosody::{self, Accent};
use engine::{SpeechChunk, Synthesizer, Task};

use super::listening::listen;
use super::recorder::Recorder;
use super::{Event, Reporter, Script, SpeechJob, shielded};
use crate::interrupt::is_cancelled;
use crate::microphone::OpenMicrophone;
use crate::wording::one_line;

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
        while let Ok(job) = self.jobs.recv() {
            let generation = job.generation;
            synthesizer = synthesizer.with_settings(job.flow);
            let event = match shielded(|| self.speak(&synthesizer, job)) {
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

    fn speak(&self, synthesizer: &Synthesizer, job: SpeechJob) -> anyhow::Result<()> {
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
        let mut hand_on = |chunk: SpeechChunk, accents: Vec<Accent>| {
            let chunk = Arc::new(chunk);
            if let Some(recorder) = &mut recorder {
                recorder.add(Arc::clone(&chunk));
            }
            let event = Event::Chunk {
                generation,
                chunk,
                accents,
            };
            if self.reporter.send(event) {
                Ok(())
            } else {
                Err(engine::Error::Cancelled)
            }
        };
        let mut on_chunk = |chunk: SpeechChunk| {
            let accents = prosody::accents(&chunk.samples);
            hand_on(chunk, accents)
        };
        match &job.script {
            Script::Text(request) => synthesizer.speak(request, &cancelled, &mut on_chunk)?,
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
