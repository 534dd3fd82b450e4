//! Speaking, playing, scrubbing, looping, and the lines that wait.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

use super::Desk;
use crate::window::state::{
    Action, Line, LivePlayhead, Making, Page, Playing, Progress, Readiness, Status,
};
use crate::window::texts::text;
use crate::window::threads::RecordingRequest;
use studio::dialogue::{Dialogue, ScriptError, lines};
use studio::output_path;
use studio::script::{Script, check_text};
use studio::speech::SpeechRequest;
use studio::take::Take;

/// Lines that may wait.
const MAX_LINES: usize = 100;

impl Desk {
    /// What the boxes say now, as a line.
    pub(super) fn line(&self) -> Line {
        let document = &self.state.history.now;
        Line {
            text: document.words.clone(),
            voice: document.voice.clone(),
            own_voice: document.own_voice.clone(),
            model_voice: document.model_voice.clone(),
            speed: document.speed,
        }
    }

    /// Speaks the words in place of whatever is spoken.
    pub(super) fn speak_now(&mut self) {
        self.stop();
        let line = self.line();
        self.begin_line(line);
    }

    /// Speaks the words after what is spoken.
    pub(super) fn add_to_queue(&mut self) {
        let line = self.line();
        if let Err(error) = check_text(&line.text) {
            self.state.status = Status::error(&error).in_panel();
        } else if self.state.queue.len() >= MAX_LINES {
            let full = text!("status-queue-full", count = MAX_LINES);
            self.state.status = Status::problem(full).in_panel();
        } else {
            self.state.status = Status::default();
            self.state.queue.push_back(line);
        }
    }

    /// Ends speech, sound and everything that waits. What was made of a speech stays.
    pub(super) fn stop(&mut self) {
        self.worker.stop();
        self.player.stop();
        self.state.queue.clear();
        self.state.transport.upcoming.clear();
        self.state.transport.is_scrubbing = false;
        self.end_making();
        self.end_preview();
    }

    fn begin_line(&mut self, line: Line) {
        let Some(dialogue) = self.state.dialogue_in(&line.text) else {
            let script = Script::Words {
                voice: line.script_voice(),
                text: line.text,
                speed: line.speed,
            };
            self.begin(script, None);
            return;
        };
        if dialogue.is_ok() && !self.state.is_everybody_on_stage() {
            // Spoken once they are there.
            self.state.status = Status::note(text!("status-preparing-everyone").to_owned());
            self.state.queue.push_front(line);
            return;
        }
        match self.dialogue_script(dialogue, line) {
            Ok(script) => self.begin(script, None),
            Err(error) => {
                self.state.queue.clear();
                self.state.status = Status::error(&error).in_panel();
            }
        }
    }

    fn dialogue_script(
        &self,
        dialogue: Result<Dialogue, ScriptError>,
        line: Line,
    ) -> anyhow::Result<Script> {
        let dialogue = dialogue?;
        check_text(&dialogue.words())?;
        anyhow::ensure!(
            line.own_voice.is_none() && line.model_voice.is_none(),
            "{}",
            text!("error-cloned-dialogue")
        );
        let everybody = self
            .state
            .stage
            .as_ref()
            .and_then(|stage| stage.everybody.as_ref())
            .context(text!("error-nobody"))?;
        lines(&dialogue, &BTreeMap::new(), Some(everybody))?;
        Ok(Script::Dialogue {
            text: line.text,
            first_voice: Some(line.voice).filter(|voice| !voice.is_empty()),
            speed: line.speed,
        })
    }

    /// Makes a take of the one in the timeline with the words that were changed in the script, or else with the sentence at the
    /// playhead said again.
    pub(super) fn regenerate(&mut self) -> anyhow::Result<()> {
        self.state.follow_words();
        anyhow::ensure!(
            self.state.can_regenerate(),
            "{}",
            text!("error-nothing-to-regenerate")
        );
        let edit = &self.state.word_edit;
        let said = edit.said().unwrap_or_default().to_owned();
        if edit.is_changed() {
            let script = self.state.history.now.words.clone();
            self.begin_dub(said, script, None);
            return Ok(());
        }
        let sentence = self.state.sentence_at_playhead();
        let is_all = sentence
            .as_ref()
            .is_some_and(|bytes| said[bytes.clone()] == *said.trim());
        match self.state.selected_take().map(|take| &take.script) {
            // With nothing around it to keep, it is spoken as it was the first time.
            Some(script @ Script::Words { .. }) if is_all => {
                let script = script.clone();
                self.stop();
                self.begin(script, None);
            }
            _ => self.begin_dub(said.clone(), said, sentence),
        }
        Ok(())
    }

    /// Makes a take of the recording in the timeline that knows the words of the script as its own.
    pub(super) fn find_words(&mut self) {
        let said = self.state.history.now.words.clone();
        self.begin_dub(said.clone(), said, None);
    }

    fn begin_dub(&mut self, said: String, text: String, again: Option<Range<usize>>) {
        let Some(take) = self.state.selected_take().cloned() else {
            return;
        };
        self.stop();
        let script = Script::Dub {
            said,
            text,
            again,
            voice: take.script.voice().map(str::to_owned),
            keeps_length: self.state.word_edit.keeps_length,
        };
        self.begin(script, Some(take));
    }

    /// Lets the portrait speak a recording, in place of whatever is spoken.
    pub(super) fn begin_recording(&mut self, path: PathBuf) {
        self.stop();
        self.begin(Script::AudioFile(path), None);
    }

    /// Lets the portrait say what the microphone hears, in place of whatever is spoken.
    pub(super) fn listen(&mut self) {
        self.stop();
        self.state.status = Status::default();
        let script = Script::Microphone(self.state.settings.microphone.clone());
        match self.try_begin(script, None) {
            Ok(take) => {
                self.select_take(take);
                self.state.transport.live = Some(LivePlayhead::default());
            }
            Err(error) => self.state.status = Status::error(&error),
        }
    }

    /// Ends what the microphone hears; what it has heard becomes a take.
    pub(super) fn end_listening(&mut self) {
        self.worker.end_listening();
        if let Some(live) = &mut self.state.transport.live {
            live.is_ending = true;
        }
    }

    /// Begins to make a speech, which is played once it is its turn.
    fn begin(&mut self, script: Script, original: Option<Arc<Take>>) {
        self.state.status = Status::default();
        match self.try_begin(script, original) {
            Ok(take) => {
                if self.player.take().is_none() {
                    self.play_take(take);
                } else {
                    self.state.transport.upcoming.push_back(take);
                }
            }
            Err(error) => {
                self.state.queue.clear();
                self.state.status = Status::error(&error).in_panel();
            }
        }
    }

    fn try_begin(&mut self, script: Script, original: Option<Arc<Take>>) -> anyhow::Result<u64> {
        if let Readiness::Failed(reason) = &self.state.readiness {
            anyhow::bail!("{reason}");
        }
        script.check()?;
        let seed = self.speeches;
        let mut take = Take::new(new_id(&self.state.all_takes), script, seed);
        let recording = match (&self.state.stage, self.state.record) {
            (_, false) => None,
            (None, true) => anyhow::bail!("{}", text!("error-no-portrait")),
            (Some(stage), true) => Some(RecordingRequest {
                output: self.next_recording(&take)?,
                people: stage.people().to_vec(),
                speaker: stage.speaker(),
                is_dialogue: matches!(take.script, Script::Dialogue { .. }),
                look: self.state.film_look(false),
                sound_codec: self.state.settings.export.sound_codec,
                driver: self.state.driver.now.clone(),
                remark: take.script.remark(),
                seed,
            }),
        };
        self.state.recording.progress = recording.is_some().then(Progress::begin);
        let request = SpeechRequest {
            script: take.script.clone(),
            original,
            seed,
            flow: self.state.settings.quality.flow(),
        };
        let generation = self.worker.speak(request, recording)?;
        self.end_making();
        take.is_complete = false;
        self.state.transport.making = Some(Making {
            generation,
            take: take.id,
            progress: Progress::begin(),
        });
        let id = take.id;
        self.state.all_takes.push(Arc::new(take));
        self.speeches += 1;
        Ok(id)
    }

    /// A free name in the folder of the recordings, from what is said.
    fn next_recording(&self, take: &Take) -> anyhow::Result<PathBuf> {
        std::fs::create_dir_all(&self.recordings).with_context(|| {
            text!(
                "error-recordings-folder",
                folder = self.recordings.display().to_string()
            )
        })?;
        let stem = output_path::stem_from_words(&take.script.title());
        let output = output_path::free_name(&self.recordings, &stem, "mp4");
        output_path::check(&output, text!("recording-file"), &["mp4"])?;
        Ok(output)
    }

    /// The take that is being made gets no more; one without any sound goes.
    pub(super) fn end_making(&mut self) {
        self.state.transport.live = None;
        let Some(making) = self.state.transport.making.take() else {
            return;
        };
        if let Some(index) = self
            .state
            .all_takes
            .iter()
            .position(|take| take.id == making.take)
        {
            if self.state.all_takes[index].samples().is_empty() {
                self.state.all_takes.remove(index);
                self.state
                    .transport
                    .upcoming
                    .retain(|id| *id != making.take);
                if self.player.take() == Some(making.take) {
                    self.player.stop();
                }
                if self.state.transport.selected == Some(making.take) {
                    let last = self.state.takes().next_back().map(|take| take.id);
                    self.state.transport.selected = last;
                    self.state.transport.playhead_secs = 0.0;
                }
            } else {
                Arc::make_mut(&mut self.state.all_takes[index]).is_complete = true;
                let preview = self.state.transport.preview.as_ref();
                if preview.is_none_or(|preview| preview.take != making.take) {
                    self.state.history.add_take(making.take);
                }
            }
        }
    }

    /// Puts a take into the timeline and plays it from its start.
    pub(super) fn play_take(&mut self, id: u64) {
        self.select_take(id);
        self.play();
    }

    /// Puts a take into the timeline.
    pub(super) fn select_take(&mut self, id: u64) {
        if self.state.transport.selected != Some(id) {
            self.player.stop();
            self.state.transport.looped = None;
        }
        self.state.transport.selected = Some(id);
        self.state.transport.playhead_secs = 0.0;
    }

    /// Lets a part of the take in the timeline be heard, once.
    pub(super) fn hear(&mut self, span: Range<f64>) {
        self.player.stop();
        self.state.transport.looped = None;
        self.state.transport.playhead_secs = span.start;
        self.play();
        self.state.transport.heard_until_secs = Some(span.end);
    }

    /// Plays the take that the one in the timeline was changed from, and then that one again; or else the last that it was changed into.
    pub(super) fn compare(&mut self) {
        let takes: Vec<&Arc<Take>> = self.state.takes().collect();
        let place = |id: Option<u64>| takes.iter().position(|take| Some(take.id) == id);
        let Some(now) = place(self.state.transport.selected) else {
            return;
        };
        let before = |after: usize| {
            let made_from = made_from(takes[after])?;
            let is_it = |take: &&Arc<Take>| take.text() == Some(made_from);
            takes[..after].iter().rposition(is_it)
        };
        let came_from = place(self.state.transport.compared);
        let came_from = came_from.filter(|after| before(*after) == Some(now));
        let is_after =
            |take: &&Arc<Take>| made_from(take).is_some_and(|from| takes[now].text() == Some(from));
        let later = || {
            let later = takes[now + 1..].iter().rposition(is_after)?;
            Some(now + 1 + later)
        };
        let other = came_from.or_else(|| before(now)).or_else(later);
        let ids = other.map(|other| (takes[now].id, takes[other].id, other < now));
        match ids {
            Some((now, other, is_before)) => {
                self.state.transport.compared = is_before.then_some(now);
                self.state.transport.upcoming.clear();
                self.play_take(other);
            }
            None => self.state.status = Status::note(text!("status-nothing-to-compare").to_owned()),
        }
    }

    /// Plays the take in the timeline from the playhead on, from the start if it was heard to its end.
    pub(super) fn play(&mut self) {
        self.state.transport.heard_until_secs = None;
        let Some(take) = self.state.selected_take().cloned() else {
            self.state.status = Status::note(text!("status-nothing-to-play").to_owned())
                .with_button(text!("speak"), Action::Speak);
            return;
        };
        let looped = self.state.transport.looped.clone();
        let is_at_end =
            take.is_complete && self.state.transport.playhead_secs + 0.04 >= take.duration_secs();
        let is_outside = looped
            .as_ref()
            .is_some_and(|span| !span.contains(&self.state.transport.playhead_secs));
        if is_at_end || is_outside {
            self.state.transport.playhead_secs = looped.as_ref().map_or(0.0, |span| span.start);
        }
        let device = self.state.settings.output_device.clone();
        let playhead_secs = self.state.transport.playhead_secs;
        self.player.play(&take, device, playhead_secs, looped);
    }

    /// Holds the sound where it is, or lets it go on.
    pub(super) fn play_or_pause(&mut self) {
        if self.player.take().is_some() {
            self.player.stop();
            self.state.transport.upcoming.clear();
        } else {
            self.play();
        }
    }

    /// The user moves the playhead; sound waits until it is let go of.
    pub(super) fn scrub(&mut self, secs: f64) {
        let Some(take) = self.state.selected_take() else {
            return;
        };
        let duration_secs = take.duration_secs();
        if !self.state.transport.is_scrubbing {
            self.state.transport.resumes = self.player.take().is_some();
            self.player.stop();
        }
        self.state.transport.is_scrubbing = true;
        self.state.transport.playhead_secs = secs.clamp(0.0, duration_secs);
    }

    /// The user lets go of the playhead.
    pub(super) fn end_scrub(&mut self) {
        if std::mem::take(&mut self.state.transport.is_scrubbing)
            && std::mem::take(&mut self.state.transport.resumes)
        {
            self.play();
        }
    }

    /// Repeats a span from now on, or nothing.
    pub(super) fn set_loop(&mut self, span: Option<Range<f64>>) {
        let was_playing = self.player.take().is_some();
        self.state.transport.looped = span;
        if was_playing {
            self.play();
        }
    }

    /// What the player does, for the panels.
    pub(super) fn show_player(&mut self) {
        self.state.transport.playing = self.player.take().map(|take| Playing {
            take,
            is_heard: self.player.position_secs().is_some(),
            underruns: self.player.underruns(),
        });
    }

    /// Feeds the sound, moves the playhead, goes on to what comes next.
    pub(super) fn run_transport(&mut self, now_secs: f64) {
        let making = self.state.transport.making.map(|making| making.take);
        if let Some(live) = &mut self.state.transport.live
            && let Some(take) = self
                .state
                .all_takes
                .iter()
                .find(|take| Some(take.id) == making)
        {
            live.advance(now_secs, take.duration_secs());
            if self.state.transport.selected == making {
                self.state.transport.playhead_secs = live.secs().unwrap_or(0.0);
            }
        }
        if let Some(id) = self.player.take()
            && let Some(take) = self.state.all_takes.iter().find(|take| take.id == id)
        {
            let fed = self.player.feed(take);
            let preview = self.state.transport.preview.as_mut();
            let preview = preview.filter(|preview| preview.take == id);
            let is_preview = preview.is_some();
            let playhead_secs = match preview {
                Some(preview) => &mut preview.secs,
                None => &mut self.state.transport.playhead_secs,
            };
            if let Some(position_secs) = self.player.position_secs() {
                *playhead_secs = position_secs;
            }
            self.player.tidy();
            let until_secs = self.state.transport.heard_until_secs;
            if let Some(until_secs) = until_secs.filter(|until| *playhead_secs >= *until) {
                *playhead_secs = until_secs;
                self.state.transport.heard_until_secs = None;
                self.player.stop();
            }
            if fed.has_ended {
                *playhead_secs = take.duration_secs();
                if is_preview {
                    self.end_preview();
                }
                if let Some(next) = self.state.transport.upcoming.pop_front() {
                    self.play_take(next);
                }
            }
            if let Some(notice) = fed.notice {
                self.state.status = Status::problem(notice).with_button(
                    text!("action-sound-settings"),
                    Action::Show(Some(Page::Settings)),
                );
            }
        }
        // The next line is made while this one is heard.
        if self.state.transport.making.is_none()
            && self.state.recording.progress.is_none()
            && self.state.transport.upcoming.is_empty()
            && self.state.is_stage_ready_for_queue()
            && let Some(line) = self.state.queue.pop_front()
        {
            self.begin_line(line);
        }
        self.show_player();
    }
}

/// What was said in the take that this one was changed from; words that are spoken anew were the same.
fn made_from(take: &Take) -> Option<&str> {
    match &take.script {
        Script::Dub { said, .. } => Some(said),
        Script::Words { text, .. } => Some(text),
        _ => None,
    }
}

/// A number that no other take has, not even one of another project: the time.
pub(super) fn new_id(takes: &[Arc<Take>]) -> u64 {
    let nanos = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_nanos() as u64);
    let mut id = nanos;
    while takes.iter().any(|take| take.id == id) {
        id = id.wrapping_add(1);
    }
    id
}
