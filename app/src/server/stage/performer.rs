//! What happens on the stage, frame by frame: idle life, and the speeches that were asked for, one after the other.

use std::collections::VecDeque;
use std::sync::Arc;

use crossbeam_channel::{Receiver, TryRecvError};
use engine::motion::prosody::Accent;
use engine::motion::{LifeSettings, MotionFrame, MouthFrame};
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::{SpeechChunk, TimedPhone};
use studio::cancel::CancelToken;
use studio::performance::{Performance, SpeechFrame, tongue_raised};

use super::command::LifeChange;

/// What comes of a speech while it is made.
pub(super) enum Spoken {
    /// The next piece.
    Chunk(Arc<SpeechChunk>),
    /// There is no more.
    Complete,
    /// It failed, for this reason.
    Failed(String),
}

/// A speech that was asked for. Dropping it cancels it.
pub(super) struct Line {
    pub pieces: Receiver<Spoken>,
    pub cancel: CancelToken,
    samples: Vec<f32>,
    mouth: Vec<MouthFrame>,
    accents: Vec<Accent>,
    phones: Vec<TimedPhone>,
    is_complete: bool,
    /// Why it ends early, if it does.
    failure: Option<String>,
    /// The next frame.
    at: usize,
}

impl Line {
    /// A speech whose pieces come over a channel.
    pub fn new(pieces: Receiver<Spoken>, cancel: CancelToken) -> Self {
        Self {
            pieces,
            cancel,
            samples: Vec::new(),
            mouth: Vec::new(),
            accents: Vec::new(),
            phones: Vec::new(),
            is_complete: false,
            failure: None,
            at: 0,
        }
    }

    /// Takes over what is ready.
    fn hear(&mut self) {
        while !self.is_complete {
            match self.pieces.try_recv() {
                Ok(Spoken::Chunk(chunk)) => {
                    self.samples.extend_from_slice(&chunk.samples);
                    self.mouth.extend_from_slice(&chunk.mouth);
                    self.accents.extend_from_slice(&chunk.accents);
                    self.accents.resize(self.mouth.len(), Accent::default());
                    self.phones.extend_from_slice(&chunk.phones);
                }
                Ok(Spoken::Complete) => self.is_complete = true,
                Ok(Spoken::Failed(reason)) => {
                    self.is_complete = true;
                    self.failure = Some(reason);
                }
                Err(TryRecvError::Empty) => break,
                // It was cancelled.
                Err(TryRecvError::Disconnected) => self.is_complete = true,
            }
        }
    }

    /// The next frame with its sound, if it is there.
    fn next(&mut self) -> Option<(SpeechFrame<'_>, &[f32])> {
        let index = self.at;
        let mouth = self.mouth.get(index)?;
        self.at += 1;
        let start = (index * SAMPLES_PER_FRAME).min(self.samples.len());
        let end = (start + SAMPLES_PER_FRAME).min(self.samples.len());
        let frame = SpeechFrame {
            index,
            mouth,
            tongue: tongue_raised(&self.phones, index),
            accent: self.accents.get(index).copied().unwrap_or_default(),
            face: None,
        };
        Some((frame, &self.samples[start..end]))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// What those who look at the stage are told beside its frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A speech begins with this frame.
    Begins,
    /// A speech was heard to its end.
    Ended,
    /// A speech failed, for this reason.
    Failed(String),
}

/// One moment on the stage.
pub(super) struct Moment {
    pub motion: MotionFrame,
    /// The sound of a whole frame, or none.
    pub samples: Vec<f32>,
    pub events: Vec<Event>,
}

/// Plays the lines in their order.
pub(super) struct Performer {
    performance: Performance,
    life: LifeSettings,
    lines: VecDeque<Line>,
}

impl Performer {
    pub fn new(performance: Performance) -> Self {
        Self {
            performance,
            life: LifeSettings::default(),
            lines: VecDeque::new(),
        }
    }

    /// Puts a speech behind the others.
    pub fn say(&mut self, line: Line) {
        self.lines.push_back(line);
    }

    /// Speeches that are said or wait.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Cancels all speeches.
    pub fn stop(&mut self) {
        self.lines.clear();
    }

    /// Changes how the face behaves.
    pub fn change(&mut self, change: LifeChange) {
        change.apply(&mut self.life);
        self.performance.set_life(&self.life);
    }

    /// The next 40 ms. A speech whose next piece is not there yet lets the idle life go on.
    pub fn next(&mut self) -> Moment {
        let mut events = Vec::new();
        let mut samples = Vec::new();
        let mut motion = None;
        while let Some(line) = self.lines.front_mut() {
            line.hear();
            if let Some((frame, sound)) = line.next() {
                if frame.index == 0 {
                    events.push(Event::Begins);
                }
                samples.extend_from_slice(sound);
                samples.resize(SAMPLES_PER_FRAME, 0.0);
                motion = self.performance.next_frames(Some(frame)).pop();
                break;
            }
            if !line.is_complete {
                break;
            }
            // What was made before it failed is heard first.
            events.push(match line.failure.take() {
                Some(reason) => Event::Failed(reason),
                None => Event::Ended,
            });
            self.lines.pop_front();
        }
        Moment {
            motion: motion
                .or_else(|| self.performance.next_frames(None).pop())
                .unwrap_or_default(),
            samples,
            events,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::{Sender, bounded};

    fn performer() -> Performer {
        Performer::new(Performance::new(&[], 0, 1))
    }

    fn line() -> (Sender<Spoken>, Line) {
        let (sender, pieces) = bounded(10);
        (sender, Line::new(pieces, CancelToken::new()))
    }

    fn chunk(frames: usize, value: f32) -> Spoken {
        let mut mouth = MouthFrame::default();
        mouth.lower_lip[1] = 0.05;
        Spoken::Chunk(Arc::new(SpeechChunk::new(
            vec![value; frames * SAMPLES_PER_FRAME],
            vec![mouth; frames],
            0.5,
        )))
    }

    #[test]
    fn every_sample_is_in_the_frame_of_its_mouth() {
        let mut performer = performer();
        assert!(performer.next().samples.is_empty());
        let ((first, line_a), (second, line_b)) = (line(), line());
        performer.say(line_a);
        performer.say(line_b);
        // Nothing has come yet: the face lives on.
        assert!(performer.next().samples.is_empty());
        first.send(chunk(2, 0.25)).unwrap();
        let moments = [performer.next(), performer.next()];
        assert_eq!(moments[0].events, [Event::Begins]);
        for moment in &moments {
            assert_eq!(moment.samples, vec![0.25; SAMPLES_PER_FRAME]);
            assert!(moment.motion.mouth().lower_lip[1] > 0.04);
        }
        assert!(performer.next().samples.is_empty());
        first.send(Spoken::Complete).unwrap();
        second.send(chunk(1, 0.5)).unwrap();
        second.send(Spoken::Failed("no".to_owned())).unwrap();
        let moment = performer.next();
        assert_eq!(moment.events, [Event::Ended, Event::Begins]);
        assert_eq!(moment.samples[0], 0.5);
        assert_eq!(performer.next().events, [Event::Failed("no".to_owned())]);
        assert!(performer.next().events.is_empty());
    }

    #[test]
    fn stopping_cancels_what_is_said_and_what_waits() {
        let mut performer = performer();
        let (sender, line) = line();
        let cancel = line.cancel.clone();
        sender.send(chunk(5, 0.1)).unwrap();
        performer.say(line);
        assert!(!performer.next().samples.is_empty());
        performer.stop();
        assert!(performer.next().samples.is_empty() && cancel.is_cancelled());
    }
}
