//! Words about a clip are spoken in time with it, mixed with its sound, and become a film.

use engine::SpeechChunk;
use engine::motion::prosody::Accent;
use engine::motion::{FRAMES_PER_SECOND, MouthFrame};

use super::clip::Clip;
use super::film::{OnStage, WatchFilm, write};
use super::narration::Narration;
use super::sound_mix::mixed;
use super::speaking::{SpokenNarration, spoken};
use crate::cancel::CancelToken;
use crate::film::Summary;
use crate::media::read::sound_of;
use crate::script::{Script, ScriptVoice};
use crate::speech::{SpeechMaker, SpeechRequest};
use crate::take::Take;

/// What is told, and how it sounds.
#[derive(Clone, Debug)]
pub struct Telling {
    /// The clip.
    pub clip: Clip,
    /// The words.
    pub narration: Narration,
    /// Who speaks them.
    pub voice: ScriptVoice,
    /// Rate of speech, 1 is the voice's own.
    pub speed: f32,
    /// Seed of the speech.
    pub seed: u64,
    /// Volume of the clip's own sound, 0 to 1.
    pub clip_volume: f32,
}

/// What happens on the way.
#[derive(Debug)]
pub enum TellEvent {
    /// So much is spoken, 0 to 1.
    Speaking(f32),
    /// The clip has to wait so many seconds in all.
    Waits(f64),
    /// The clip's own sound cannot be read and is left out.
    Silent(engine::Error),
    /// So much of the film is written, 0 to 1.
    Writing(f32),
}

/// A narration that is spoken, and all that is heard with it.
#[derive(Clone, Debug)]
pub struct Told {
    /// The lines and the film's time.
    pub spoken: SpokenNarration,
    /// Speech and the clip's sound together, [`engine::synthesizer::SAMPLES_PER_FRAME`] for each frame of the film.
    pub sound: Vec<f32>,
}

impl Told {
    /// How long the clip waits in all, seconds.
    pub fn waited_secs(&self) -> f64 {
        self.spoken.timeline.waited_frames() as f64 / FRAMES_PER_SECOND
    }

    /// All that is heard as a take, whose mouth rests between the lines.
    pub fn take(&self, id: u64, script: Script, seed: u64) -> Take {
        let frames = self.spoken.timeline.frame_count();
        let mut mouth = vec![MouthFrame::default(); frames];
        let mut accents = vec![Accent::default(); frames];
        for line in &self.spoken.lines {
            let place = line.first_frame..frames;
            for (to, from) in mouth[place.clone()].iter_mut().zip(&line.mouth) {
                *to = *from;
            }
            for (to, from) in accents[place].iter_mut().zip(&line.accents) {
                *to = *from;
            }
        }
        let mut take = Take::new(id, script, seed);
        take.add(&SpeechChunk {
            accents,
            words: self.spoken.words(),
            ..SpeechChunk::new(self.sound.clone(), mouth, 1.0)
        });
        take.is_complete = true;
        take
    }
}

impl Telling {
    /// Speaks the words and mixes them with the clip's sound.
    ///
    /// # Errors
    /// If something cannot be spoken, or [`engine::Error::Cancelled`].
    pub fn speak(
        &self,
        maker: &SpeechMaker,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(TellEvent),
    ) -> anyhow::Result<Told> {
        on_event(TellEvent::Speaking(0.0));
        let spoken = spoken(
            &self.narration,
            self.clip.duration_secs(),
            self.speed,
            &mut |line, speed| {
                let request =
                    SpeechRequest::for_file(line.script(self.voice.clone(), speed), self.seed);
                maker.take(&request, cancel)
            },
            &mut |fraction| on_event(TellEvent::Speaking(fraction)),
        )?;
        let clip_sound = match sound_of(&self.clip.path, &|| cancel.is_cancelled()) {
            Ok(sound) => sound,
            Err(engine::Error::Cancelled) => return Err(engine::Error::Cancelled.into()),
            Err(error) => {
                on_event(TellEvent::Silent(error));
                None
            }
        };
        let told = Told {
            sound: mixed(&spoken, clip_sound.as_deref(), self.clip_volume),
            spoken,
        };
        if told.waited_secs() > 0.0 {
            on_event(TellEvent::Waits(told.waited_secs()));
        }
        Ok(told)
    }

    /// Speaks the words and writes the film.
    ///
    /// # Errors
    /// Those of [`Self::speak`] and [`write()`].
    pub fn film(
        &self,
        wanted: &WatchFilm,
        maker: &SpeechMaker,
        on_stage: OnStage<'_>,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(TellEvent),
    ) -> anyhow::Result<(Told, Summary)> {
        let told = self.speak(maker, cancel, on_event)?;
        on_event(TellEvent::Writing(0.0));
        let summary = write(
            wanted,
            &self.clip,
            &told.spoken,
            &told.sound,
            on_stage,
            cancel,
            &mut |fraction| on_event(TellEvent::Writing(fraction)),
        )?;
        Ok((told, summary))
    }
}
