//! Who is on stage, and what everybody there does in each frame: idle life, speech, glances, nods and what drives the face.
//!
//! The live view and the film play the same [`Performance`]: the one at the pace of the sound that is heard, see [`Live`], the
//! other as fast as it can.

mod cast;
mod frame_clock;
mod live;
#[cfg(test)]
mod tests;
mod tongue;

use std::ops::Range;
use std::sync::Arc;

use engine::SpeechChunk;
use engine::motion::between::EyesBetween;
use engine::motion::prosody::Accent;
use engine::motion::{
    Driver, LifeSettings, LiveDriver, LiveDriving, LiveMotion, MotionFrame, MouthFrame,
};

use crate::avatar::Avatar;
use crate::take::Take;
use cast::{Cast, Spoken};

pub use frame_clock::{FRAME_SECS, FrameClock};
pub use live::Live;
pub use tongue::tongue_raised;

/// One frame of a speech.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeechFrame<'a> {
    /// Its number from the beginning of the speech, from 0 on.
    pub index: usize,
    /// The speaker's mouth.
    pub mouth: &'a MouthFrame,
    /// How far the speaker's tongue is raised, 0 to 1.
    pub tongue: f32,
    /// The stress of the voice.
    pub accent: Accent,
    /// Number of the speaker's face in a dialogue, counted from the left from 1 on; none where one person speaks.
    pub face: Option<usize>,
}

/// The frames of the next piece of a speech, which begins with frame `first`.
pub fn speech_frames(chunk: &SpeechChunk, first: usize) -> impl Iterator<Item = SpeechFrame<'_>> {
    let face = chunk.turn.as_ref().map(|turn| turn.face);
    (first..)
        .zip(&chunk.mouth)
        .enumerate()
        .map(move |(number, (index, mouth))| SpeechFrame {
            index,
            mouth,
            tongue: tongue_raised(&chunk.phones, index),
            accent: chunk.accents.get(number).copied().unwrap_or_default(),
            face,
        })
}

/// A frame of a take; the last one beyond the end, none of a take without any.
pub fn take_frame(take: &Take, index: usize) -> Option<SpeechFrame<'_>> {
    Some(SpeechFrame {
        index,
        mouth: take.mouth.get(index).or(take.mouth.last())?,
        tongue: tongue_raised(&take.phones, index),
        accent: take.accents.get(index).copied().unwrap_or_default(),
        face: take.turn_at(index).map(|turn| turn.face),
    })
}

/// Everybody on stage. Equal people, seeds, settings and speech give equal frames.
#[derive(Clone)]
pub struct Performance {
    people: Vec<Arc<Avatar>>,
    /// Numbers of the faces in the cast, in its order; empty where one person is whom nobody sees.
    faces: Vec<usize>,
    cast: Cast,
    /// Who speaks what is no dialogue, and is driven: an index among the people.
    speaker: usize,
    /// Whether they speak in turns.
    is_dialogue: bool,
    driver: Option<Arc<Driver>>,
    /// Frames since the driver began; a speech begins it anew.
    driven_frames: usize,
    /// Who sits before a camera; they take their regions over from all else but speech.
    live_driver: LiveDriver,
}

impl Performance {
    /// The people of one picture, or one person whom nobody sees if there are none. `speaker` is the index of the one who speaks
    /// what is no dialogue.
    pub fn new(people: &[Arc<Avatar>], speaker: usize, seed: u64) -> Self {
        Self {
            people: people.to_vec(),
            faces: people.iter().map(|avatar| avatar.face_number()).collect(),
            cast: Cast::new(people, seed),
            speaker,
            is_dialogue: false,
            driver: None,
            driven_frames: 0,
            live_driver: LiveDriver::default(),
        }
    }

    /// The same for people who speak in turns.
    #[must_use]
    pub fn in_turns(self) -> Self {
        Self {
            is_dialogue: true,
            ..self
        }
    }

    /// Whom a video is about, as a part of the people: who speaks, or all of a dialogue.
    pub fn subjects(&self) -> Range<usize> {
        let all = 0..self.people.len();
        if self.is_dialogue || all.is_empty() {
            return all;
        }
        self.speaker..self.speaker + 1
    }

    /// The people on stage, the leftmost first; empty if nobody is seen.
    pub fn people(&self) -> &[Arc<Avatar>] {
        &self.people
    }

    /// Who of them speaks what is no dialogue.
    pub fn speaker(&self) -> usize {
        self.speaker
    }

    /// Begins with these settings, without a transition.
    pub fn start_with(&mut self, settings: &LifeSettings) {
        self.cast.start_with(settings);
    }

    /// Changes how the faces behave; they get there within half a second.
    pub fn set_life(&mut self, settings: &LifeSettings) {
        self.cast.set_settings(settings);
    }

    /// Lets a motion drive its part of the face from now on, or nothing. One that takes the place of another goes on where that
    /// was: it is the same one with other settings.
    pub fn set_driver(&mut self, driver: Option<Arc<Driver>>) {
        let is_same = match (&self.driver, &driver) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            if self.driver.is_none() {
                self.driven_frames = 0;
            }
            self.driver = driver;
        }
    }

    /// How who sits before a camera drives the speaker's face, from now on.
    pub fn set_live_driving(&mut self, driving: &LiveDriving) {
        let portrait = self
            .people
            .get(self.speaker)
            .map(|avatar| *avatar.driven())
            .unwrap_or_default();
        self.live_driver.set(driving, &portrait);
    }

    /// What who sits before a camera does now; none once they have gone. The face goes back to its own life if nothing more comes.
    pub fn take_live(&mut self, motion: Option<LiveMotion>) {
        self.live_driver.take(motion);
    }

    /// Nobody has spoken yet: everybody looks at the viewer again.
    pub fn forget_speaker(&mut self) {
        self.cast.forget_speaker();
    }

    /// The next frame of everybody, in the order of the people; `speech` is what is said in it.
    pub fn next_frames(&mut self, speech: Option<SpeechFrame<'_>>) -> Vec<MotionFrame> {
        let spoken = speech.and_then(|speech| {
            Some(Spoken {
                person: self.person(speech.face)?,
                mouth: speech.mouth,
                tongue: speech.tongue,
                accent: speech.accent,
            })
        });
        let mut frames = self.cast.next_frames(spoken);
        // A speech and what drives the face begin together.
        self.driven_frames = speech.map_or(self.driven_frames + 1, |speech| speech.index);
        if self.is_driven(speech)
            && let Some(frame) = frames.get_mut(self.speaker)
        {
            let held = self.cast.held(self.speaker);
            if let Some(driver) = &self.driver {
                driver.drive(self.driven_frames, &held, frame);
            }
            self.live_driver.drive(&held, speech.is_some(), frame);
        }
        frames
    }

    /// What everybody's eyes did between the last two frames, in the order of the people.
    pub fn eyes_between(&self) -> Vec<EyesBetween> {
        let mut eyes = self.cast.eyes_between();
        let regions = self.driver.as_ref().map(|driver| driver.regions());
        let mut regions = regions.into_iter().chain(self.live_driver.regions());
        if regions.any(|regions| regions.eyes)
            && let Some(driven) = eyes.get_mut(self.speaker)
        {
            *driven = EyesBetween::default();
        }
        eyes
    }

    /// Whether the speaker's face can be driven; nothing drives it while several people talk.
    fn is_driven(&self, speech: Option<SpeechFrame<'_>>) -> bool {
        let is_turn = speech.is_some_and(|speech| speech.face.is_some());
        self.people.len() < 2 || !is_turn && !self.is_dialogue
    }

    /// Who has a face; none if that face is not on stage.
    fn person(&self, face: Option<usize>) -> Option<usize> {
        match face {
            Some(_) if self.faces.is_empty() => Some(0),
            Some(face) => self.faces.iter().position(|&other| other == face),
            None => Some(self.speaker),
        }
    }
}
