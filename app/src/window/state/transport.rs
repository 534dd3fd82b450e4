//! The take in the timeline and the lines that wait.

use std::ops::Range;

use super::Progress;
use studio::reference_voice::OwnVoice;
use studio::script::ScriptVoice;
use studio::voice_model::ModelVoiceFiles;
use studio::watch::Timeline;

/// Which take is in the timeline, and what happens to it.
#[derive(Clone, Debug, Default)]
pub struct Transport {
    /// The take in the timeline.
    pub selected: Option<u64>,
    /// Where it is heard or looked at.
    pub playhead_secs: f64,
    /// Whether the user holds the playhead.
    pub is_scrubbing: bool,
    /// Whether sound goes on when the user lets go.
    pub resumes: bool,
    /// The span that is repeated.
    pub looped: Option<Range<f64>>,
    /// Where the sound ends if only a part is heard.
    pub heard_until_secs: Option<f64>,
    /// The take that is played.
    pub playing: Option<Playing>,
    /// The speech that is being made.
    pub making: Option<Making>,
    /// Where the face is in what the microphone hears, while it listens.
    pub live: Option<LivePlayhead>,
    /// What is heard, but is no take of the project: a sample of a voice, or a clip that is told.
    pub preview: Option<Preview>,
    /// The take from which a look back was taken at the one that it was changed from.
    pub compared: Option<u64>,
    /// Takes that are played one after the other.
    pub upcoming: std::collections::VecDeque<u64>,
}

/// A take that is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playing {
    /// The take.
    pub take: u64,
    /// Whether its sound has begun.
    pub is_heard: bool,
    /// How often the sound ran out.
    pub underruns: u64,
}

/// What is previewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Previewed {
    /// A voice, by its name.
    Voice(String),
    /// A word of the user's dictionary, by its row.
    Word(usize),
    /// A scene of the film, by its number from 0 on.
    Scene(usize),
    /// A clip that is told: how the film's time follows the clip's.
    Clip(Timeline),
}

/// Speech that is heard and thrown away.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// What it lets hear.
    pub of: Previewed,
    /// The take that is played, and thrown away.
    pub take: u64,
    /// Where it is heard.
    pub secs: f64,
}

/// A speech that is being made.
#[derive(Clone, Copy, Debug)]
pub struct Making {
    /// Of the worker.
    pub generation: u64,
    /// The take that it becomes.
    pub take: u64,
    /// How far it is.
    pub progress: Progress,
}

/// A line that waits to be spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What to say.
    pub text: String,
    /// By whom.
    pub voice: String,
    /// By somebody of whom a recording is given, in place of `voice`.
    pub own_voice: Option<OwnVoice>,
    /// By a voice model, in place of both.
    pub model_voice: Option<ModelVoiceFiles>,
    /// How fast.
    pub speed: f32,
}

impl Line {
    /// Who says it.
    pub fn script_voice(&self) -> ScriptVoice {
        match (&self.model_voice, &self.own_voice) {
            (Some(files), _) => ScriptVoice::Model(Box::new(files.clone())),
            (None, Some(voice)) => ScriptVoice::Reference(voice.clone()),
            (None, None) => ScriptVoice::named(Some(self.voice.clone())),
        }
    }
}

/// Moves through sound that is still being heard: steadily, a little behind the newest piece.
#[derive(Clone, Copy, Debug, Default)]
pub struct LivePlayhead {
    secs: Option<f64>,
    last_secs: f64,
    /// Whether the user has ended it and the last piece is awaited.
    pub is_ending: bool,
}

/// Sound that has to be there before the face moves, so that it need not stop again at once.
const LEAD_SECS: f64 = 0.12;
/// Further behind than this it jumps forth: a piece came late, and what follows is due.
const MAX_BEHIND_SECS: f64 = 0.6;

impl LivePlayhead {
    /// The time to show; none before there is anything.
    pub fn secs(&self) -> Option<f64> {
        self.secs
    }

    /// Goes on to `now_secs` of any steady clock, with so much there to be shown.
    pub fn advance(&mut self, now_secs: f64, there_secs: f64) {
        let passed_secs = (now_secs - self.last_secs).max(0.0);
        self.last_secs = now_secs;
        self.secs = match self.secs {
            None => (there_secs > LEAD_SECS).then_some(0.0),
            Some(secs) if there_secs - secs > MAX_BEHIND_SECS => Some(there_secs - LEAD_SECS),
            Some(secs) => Some((secs + passed_secs).min(there_secs)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_stays_close_behind_what_is_heard() {
        let mut playhead = LivePlayhead::default();
        let mut most_behind_secs = 0.0_f64;
        let mut moves = 0;
        // Pieces of 0.32 s, each ready 0.2 s after its sound; a window at 60 passes a second.
        for pass in 0..600 {
            let now_secs = f64::from(pass) / 60.0;
            let there_secs = ((now_secs - 0.2).max(0.0) / 0.32).floor() * 0.32;
            let before = playhead.secs();
            playhead.advance(now_secs, there_secs);
            moves += u32::from(before != playhead.secs());
            if let Some(secs) = playhead.secs() {
                assert!(secs <= there_secs && before.is_none_or(|before| secs >= before));
                most_behind_secs = most_behind_secs.max(there_secs - secs);
            }
        }
        assert!(most_behind_secs <= MAX_BEHIND_SECS, "{most_behind_secs}");
        assert!(moves > 500, "{moves}");
    }
}
