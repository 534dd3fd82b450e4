//! Voice models of the user's: added after a check, listened to, chosen and removed.

use super::Desk;
use crate::window::state::{Page, Preview, Previewed, Progress, Status, VoiceModelAction};
use crate::window::texts::text;
use crate::window::threads::VoiceModelEvent;
use studio::script::ScriptVoice;
use studio::voice_model::ModelVoiceFiles;

impl Desk {
    pub(super) fn voice_model(&mut self, action: VoiceModelAction) -> anyhow::Result<()> {
        match action {
            VoiceModelAction::Check => self.check_voice_model(),
            VoiceModelAction::StopChecking => self.stop_voice_check(),
            VoiceModelAction::Preview(files) => {
                self.preview(files.name(), ScriptVoice::Model(files))?;
            }
            VoiceModelAction::Choose(files) => {
                let document = &mut self.state.history.now;
                document.own_voice = None;
                document.model_voice = Some(*files);
            }
            VoiceModelAction::Remove(files) => {
                let preview = self.state.transport.preview.as_ref();
                let is_it = |preview: &Preview| preview.of == Previewed::Voice(files.name());
                if preview.is_some_and(is_it) {
                    self.stop();
                }
                let document = &mut self.state.history.now;
                document.model_voice.take_if(|voice| *voice == *files);
                self.state
                    .settings
                    .voice_models
                    .retain(|known| *known != *files);
            }
        }
        Ok(())
    }

    fn check_voice_model(&mut self) {
        let form = &mut self.state.voice_model_form;
        form.problem = None;
        let begun = match form.files() {
            Ok(files) => self.worker.check_voice_model(files),
            Err(missing) => Err(anyhow::Error::msg(missing)),
        };
        match begun {
            Ok(number) => form.check = Some((number, Progress::begin())),
            Err(error) => form.problem = Some(studio::wording::one_line(&error)),
        }
    }

    /// Leaves the check of a voice model, if one runs.
    pub(super) fn stop_voice_check(&mut self) {
        self.worker.stop_voice_check();
        self.state.voice_model_form.check = None;
    }

    /// How the check of a voice model goes. One that nobody waits for any more says nothing.
    pub(super) fn take_voice_model(&mut self, number: u64, event: VoiceModelEvent) {
        let form = &mut self.state.voice_model_form;
        let Some((_, progress)) = form.check.as_mut().filter(|(wanted, _)| *wanted == number)
        else {
            return;
        };
        match event {
            VoiceModelEvent::Progress(share) => progress.fraction = share,
            VoiceModelEvent::Fits(files) => self.add_voice_model(*files),
            VoiceModelEvent::Refused(reason) => {
                form.check = None;
                form.problem = Some(reason);
            }
        }
    }

    /// A checked voice stands in the list from now on.
    fn add_voice_model(&mut self, files: ModelVoiceFiles) {
        self.state.voice_model_form = Default::default();
        self.state.status = Status::note(text!("voice-model-added", voice = files.name()));
        let known = &mut self.state.settings.voice_models;
        known.retain(|known| *known != files);
        known.push(files);
        self.state.page = Some(Page::Voices);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::app::tests::Bench;
    use crate::window::state::Action;
    use crate::window::threads::Event;

    #[test]
    fn a_check_that_was_left_says_nothing_more_and_the_list_changes_by_the_user_alone() {
        let mut bench = Bench::new();
        let files = ModelVoiceFiles::default();
        let fits = |number| Event::VoiceModel {
            number,
            event: VoiceModelEvent::Fits(Box::default()),
        };
        let wait = |bench: &mut Bench, number| {
            bench.desk.state.voice_model_form.check = Some((number, Progress::begin()));
        };
        wait(&mut bench, 7);
        bench.send(Event::VoiceModel {
            number: 7,
            event: VoiceModelEvent::Progress(0.5),
        });
        bench.step();
        let (_, progress) = bench.desk.state.voice_model_form.check.unwrap();
        assert_eq!(progress.fraction, 0.5);
        let stop = Action::VoiceModel(VoiceModelAction::StopChecking);
        bench.desk.act(stop);
        bench.send(fits(7));
        wait(&mut bench, 8);
        bench.send(Event::VoiceModel {
            number: 7,
            event: VoiceModelEvent::Refused("late".to_owned()),
        });
        bench.step();
        let form = &bench.desk.state.voice_model_form;
        assert!(form.check.is_some() && form.problem.is_none());
        assert!(bench.desk.state.settings.voice_models.is_empty());

        // Twice the same is one entry; removed, it does not speak any more either.
        for number in [8, 9] {
            wait(&mut bench, number);
            bench.send(fits(number));
            bench.step();
        }
        assert_eq!(bench.desk.state.settings.voice_models, vec![files.clone()]);
        assert_eq!(bench.desk.state.page, Some(Page::Voices));
        let act = |action: fn(Box<ModelVoiceFiles>) -> VoiceModelAction| {
            Action::VoiceModel(action(Box::new(files.clone())))
        };
        bench.desk.act(act(VoiceModelAction::Choose));
        assert_eq!(
            bench.desk.state.history.now.model_voice,
            Some(files.clone())
        );
        bench.desk.act(act(VoiceModelAction::Remove));
        assert!(bench.desk.state.settings.voice_models.is_empty());
        assert!(bench.desk.state.history.now.model_voice.is_none());
        // Without models there is nothing to check with.
        bench.desk.act(Action::VoiceModel(VoiceModelAction::Check));
        let form = &bench.desk.state.voice_model_form;
        assert!(form.check.is_none() && form.problem.is_some());
    }
}
