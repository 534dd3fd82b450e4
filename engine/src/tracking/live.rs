//! Follows the face of somebody who is filmed now: one picture in, what the face does in it out, and nothing of what is yet to come.
//!
//! ```text
//! picture ─► follower ─► measurement ─► calmed as it comes ─► against the neutral face ─► LiveMotion
//!                              └─► the first second of a face that looks this way: the neutral one
//! ```
//!
//! A film's [`super::FaceTrack`] knows all of it before it says anything; the measurements and the neutral face are the same here.

use std::collections::VecDeque;

use super::follower::{Follower, Seen};
use super::low_pass::Calm;
use super::measure::{GAZE, Measurement, POSE};
use super::neutral::{NeutralFace, SHUT_EYE};
use super::timeline::{BRIDGED_SECS, MIN_PIECE, TimedMeasurement};
use super::{Neutral, Tracker, VideoFrame};
use crate::Result;
use crate::motion::LiveMotion;

/// A picture that comes sooner after the last one is passed over: thirty a second come unevenly, sixty are more than is wanted.
const MIN_STEP_SECS: f64 = 0.02;
/// What of a face is taken for the neutral one.
const SETTLING_SECS: f64 = 1.0;
/// A face that does not look this way for so long is taken as it is held: the camera stands beside it.
const MAX_SETTLING_SECS: f64 = 3.0;
/// Whoever was away for so long sits elsewhere now, or is somebody else: the neutral face is taken again.
const AWAY_SECS: f64 = 10.0;
/// Farthest that a face is turned aside, or up and down, that looks this way, radians.
const MAX_TURN: f32 = 0.4;
/// While nobody is there, one picture in so long is searched.
const SEARCH_SECS: f64 = 0.2;
/// Blinks that are remembered.
const BLINKS: usize = 8;
/// An eye that is open by this part of its neutral opening blinks no more.
const OPEN_AGAIN: f32 = 0.8;

/// What was seen in a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sight {
    /// Whether there is a face.
    pub has_face: bool,
    /// Whether the neutral face is being taken.
    pub is_settling: bool,
    /// What the face does; none while there is no face, or no neutral one yet.
    pub motion: Option<LiveMotion>,
}

/// Follows one face for as long as there are pictures. Memory does not grow with the time.
pub struct LiveTrack<'a> {
    follower: Follower<'a>,
    face: LiveFace,
}

impl<'a> LiveTrack<'a> {
    /// Before the first picture.
    pub fn new(tracker: &'a Tracker) -> Self {
        Self {
            follower: Follower::new(tracker),
            face: LiveFace::default(),
        }
    }

    /// Takes the next second of the face for the neutral one. Until then the old one counts.
    pub fn take_neutral(&mut self) {
        self.face.take_neutral();
    }

    /// Takes the next picture; its time only has to rise. None if it was passed over.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Tracking`] for a picture whose size and bytes disagree; [`crate::Error::Model`] if a network fails.
    pub fn push(&mut self, frame: &VideoFrame<'_>) -> Result<Option<Sight>> {
        let is_followed = self.follower.expects_a_face();
        let step_secs = match is_followed || self.face.is_seen() {
            true => MIN_STEP_SECS,
            false => SEARCH_SECS,
        };
        let last_secs = self.face.last_secs;
        if last_secs.is_some_and(|last_secs| frame.time_secs - last_secs < step_secs) {
            return Ok(None);
        }
        let seen = self.follower.look(frame)?;
        Ok(Some(self.face.next(frame.time_secs, seen)))
    }
}

/// What is known of the face, without the pictures.
pub(super) struct LiveFace {
    calm: Calm,
    /// The last time that was looked at.
    last_secs: Option<f64>,
    /// When the face was seen last, while it counts as there.
    seen_secs: Option<f64>,
    /// When it was there last.
    last_here_secs: Option<f64>,
    /// Pictures in a row that it was seen in.
    seen_in_a_row: usize,
    /// The neutral face that is being taken.
    settling: Option<Settling>,
    neutral: Option<NeutralFace>,
    /// How many there have been.
    neutral_count: u32,
    blinks: [Blinks; 2],
    /// Where the eyes looked when they were seen last.
    gaze: Option<[f32; 2]>,
    motion: Option<LiveMotion>,
}

impl Default for LiveFace {
    fn default() -> Self {
        Self {
            calm: Calm::default(),
            last_secs: None,
            seen_secs: None,
            last_here_secs: None,
            seen_in_a_row: 0,
            settling: Some(Settling::default()),
            neutral: None,
            neutral_count: 0,
            blinks: Default::default(),
            gaze: None,
            motion: None,
        }
    }
}

impl LiveFace {
    /// Takes the next second for the neutral face.
    pub fn take_neutral(&mut self) {
        self.settling = Some(Settling::default());
    }

    fn is_seen(&self) -> bool {
        self.seen_in_a_row > 0
    }

    /// What is to be said of the next picture.
    pub fn next(&mut self, time_secs: f64, seen: Option<Seen>) -> Sight {
        self.last_secs = Some(time_secs);
        let is_there = self.is_there(time_secs, seen.is_some());
        if let Some(Seen { channels, .. }) = seen {
            self.settle(time_secs, &channels);
            self.motion = self.moved(time_secs, *channels);
        }
        Sight {
            has_face: is_there,
            is_settling: is_there && self.settling.is_some(),
            motion: self.motion.filter(|_| is_there),
        }
    }

    /// Nobody passes by in a sixth of a second, and a face that is there does not go for a moment: there the detector erred.
    fn is_there(&mut self, time_secs: f64, is_seen: bool) -> bool {
        let is_bridged = |last_secs: &f64| time_secs - last_secs <= BRIDGED_SECS;
        self.seen_secs = self.seen_secs.filter(is_bridged);
        self.seen_in_a_row = if is_seen { self.seen_in_a_row + 1 } else { 0 };
        if is_seen && (self.seen_secs.is_some() || self.seen_in_a_row >= MIN_PIECE) {
            let was_here = |last_secs| time_secs - last_secs < AWAY_SECS;
            if !self.last_here_secs.is_none_or(was_here) {
                self.take_neutral();
            }
            self.seen_secs = Some(time_secs);
            self.last_here_secs = Some(time_secs);
        }
        self.seen_secs.is_some()
    }

    fn settle(&mut self, time_secs: f64, channels: &Measurement) {
        let Some(settling) = &mut self.settling else {
            return;
        };
        if let Some(face) = settling.next(time_secs, channels) {
            self.settling = None;
            self.neutral = Some(face);
            self.neutral_count += 1;
            self.blinks = Default::default();
            self.gaze = None;
        }
    }

    fn moved(&mut self, time_secs: f64, mut channels: Measurement) -> Option<LiveMotion> {
        let face = self.neutral.as_mut()?;
        // While the lids hide the irises, they look where they looked.
        match face.sees_irises(&channels) {
            true => self.gaze = Some([channels[GAZE], channels[GAZE + 1]]),
            false => {
                if let Some(gaze) = self.gaze {
                    channels[GAZE..GAZE + 2].copy_from_slice(&gaze);
                }
            }
        }
        for (eye, blinks) in self.blinks.iter_mut().enumerate() {
            if let Some(part) = blinks.next(face.opening(&channels, eye)) {
                face.set_shut_eye(eye, part);
            }
        }
        Some(LiveMotion {
            frame: face.motion(&self.calm.next(time_secs, &channels)),
            rest: face.rest(),
            neutral: self.neutral_count,
        })
    }
}

/// A neutral face that is being taken.
#[derive(Default)]
struct Settling {
    began_secs: Option<f64>,
    /// Of the last second.
    measured: VecDeque<TimedMeasurement>,
}

impl Settling {
    /// The neutral face, once there was a second of it.
    fn next(&mut self, time_secs: f64, channels: &Measurement) -> Option<NeutralFace> {
        let waited_secs = time_secs - *self.began_secs.get_or_insert(time_secs);
        let looks_here = channels[POSE..POSE + 2]
            .iter()
            .all(|turn| turn.abs() <= MAX_TURN);
        if !looks_here && waited_secs < MAX_SETTLING_SECS {
            return None;
        }
        let is_broken = |last: &TimedMeasurement| time_secs - last.time_secs > BRIDGED_SECS;
        if self.measured.back().is_some_and(is_broken) {
            self.measured.clear();
        }
        self.measured.push_back(TimedMeasurement {
            time_secs,
            channels: Box::new(*channels),
        });
        let first_secs = self.measured.front()?.time_secs;
        if time_secs - first_secs < SETTLING_SECS {
            return None;
        }
        let seen: Vec<&Measurement> = self.measured.iter().map(|one| &*one.channels).collect();
        NeutralFace::of_seen(&seen, Neutral::Clip)
    }
}

/// What the lids do when they shut, learned as they do: a second rarely has a blink in it.
#[derive(Default)]
struct Blinks {
    /// The least opening of the blink that goes on, parts of the neutral one.
    running: Option<f32>,
    /// The same of those before.
    least: VecDeque<f32>,
}

impl Blinks {
    /// What is to be taken for a shut eye from now on, once a blink is over: the eye is open then, so nothing jumps.
    fn next(&mut self, opening: f32) -> Option<f32> {
        if opening < *SHUT_EYE.end() {
            self.running = Some(self.running.map_or(opening, |least| least.min(opening)));
        }
        let least = self.running.filter(|_| opening > OPEN_AGAIN)?;
        self.running = None;
        self.least.push_back(least);
        if self.least.len() > BLINKS {
            self.least.pop_front();
        }
        self.least.iter().copied().reduce(f32::min)
    }
}
