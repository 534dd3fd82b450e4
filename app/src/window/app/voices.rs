//! Voices that are tried out, and the one that fits a portrait.

use std::path::Path;
use std::sync::Arc;

use super::Desk;
use crate::window::state::{Making, Preview, Previewed, Progress, Readiness, Status};
use crate::window::texts::text;
use studio::pronunciations::dictionary;
use studio::script::{Script, ScriptVoice};
use studio::speech::SpeechRequest;
use studio::take::Take;

impl Desk {
    /// Lets the portrait say a sentence in the voice of this name, in place of whatever is spoken. It becomes no take.
    pub(super) fn preview(&mut self, name: String, voice: ScriptVoice) -> anyhow::Result<()> {
        let script = Script::Words {
            text: text!("voice-sample").to_owned(),
            voice,
            speed: self.state.history.now.speed,
        };
        self.preview_script(script, 0, Previewed::Voice(name))
    }

    /// Lets the portrait say the word in a row of the user's dictionary.
    pub(super) fn hear_word(&mut self, row: usize) -> anyhow::Result<()> {
        let Some(entry) = self.state.settings.pronunciations.get(row) else {
            return Ok(());
        };
        let document = &self.state.history.now;
        let script = Script::Words {
            text: entry.written.clone(),
            voice: ScriptVoice::named(Some(document.voice.clone())),
            speed: document.speed,
        };
        self.pronounce_anew();
        self.preview_script(script, 0, Previewed::Word(row))
    }

    /// Speaks with the pronunciations as they are now, from the next speech on.
    pub(super) fn pronounce_anew(&mut self) {
        let rows = &self.state.settings.pronunciations;
        if *rows == self.state.session.pronounced {
            return;
        }
        let rows = rows.clone();
        self.stop();
        match self.worker.set_dictionary(dictionary(&rows)) {
            Ok(()) => {
                self.state.session.pronounced = rows;
                self.state.readiness = Readiness::Loading;
            }
            Err(error) => self.state.status = Status::error(&error),
        }
    }

    /// Lets something be heard that becomes no take.
    pub(super) fn preview_script(
        &mut self,
        script: Script,
        seed: u64,
        of: Previewed,
    ) -> anyhow::Result<()> {
        self.stop();
        if let Readiness::Failed(reason) = &self.state.readiness {
            anyhow::bail!("{reason}");
        }
        let mut take = Take::new(
            super::transport::new_id(&self.state.all_takes),
            script,
            seed,
        );
        take.is_complete = false;
        let request = SpeechRequest {
            script: take.script.clone(),
            original: None,
            seed: take.seed,
            flow: self.state.settings.quality.flow(),
        };
        let generation = self.worker.speak(request, None)?;
        self.state.transport.making = Some(Making {
            generation,
            take: take.id,
            progress: Progress::begin(),
        });
        self.state.transport.preview = Some(Preview {
            of,
            take: take.id,
            secs: 0.0,
        });
        let device = self.state.settings.output_device.clone();
        self.player.play(&take, device, 0.0, None);
        self.state.all_takes.push(Arc::new(take));
        Ok(())
    }

    /// Throws the preview away.
    pub(super) fn end_preview(&mut self) {
        if let Some(preview) = self.state.transport.preview.take() {
            if self.player.take() == Some(preview.take) {
                self.player.stop();
            }
            self.state.all_takes.retain(|take| take.id != preview.take);
        }
    }

    /// A portrait brings the voice that fits it, unless the user has chosen one.
    pub(super) fn fit_voice(&mut self, before: Option<&Path>, now: &Path) {
        let state = &self.state;
        let Some(fitting) = state.fitting_voices.of(now) else {
            return;
        };
        let document = &state.history.now;
        let fitted_before = before.and_then(|before| state.fitting_voices.of(before));
        let is_untouched = Some(document.voice.as_str()) == fitted_before
            || Some(&document.voice) == state.voices.first();
        let is_named = document.own_voice.is_none() && document.model_voice.is_none();
        if is_named && is_untouched {
            let fitting = fitting.to_owned();
            self.state.history.now.voice = fitting;
        }
    }
}
