//! The speech that is playing: feeds the sound output and reads the time from it.
//!
//! Audio is the clock: the frame to show is the one at the time of the sound that is heard now. Sound is never stretched;
//! frames may be skipped.

use std::collections::VecDeque;

use engine::SpeechChunk;
use engine::motion::prosody::{self, Accent};
use engine::motion::{FRAMES_PER_SECOND, MouthFrame};

use crate::audio_output::AudioOutput;

/// A device's clock may stop this much before the end; speech ends in silence, so nothing is cut off.
const END_TOLERANCE_SECS: f64 = 0.02;

/// Opens the sound output, and says in one line if it is not the device that the user would expect.
pub type OpenOutput = Box<dyn FnMut() -> (Box<dyn AudioOutput>, Option<String>)>;

/// Opens the system's sound device, or a silent output that keeps time where there is none.
pub fn open_device() -> OpenOutput {
    Box::new(crate::audio_output::open)
}

/// Plays one speech at a time.
pub struct Player {
    open_output: OpenOutput,
    speech: Option<Speech>,
}

struct Speech {
    generation: u64,
    /// Opened when the first words are ready, so that its clock begins with them.
    output: Option<Box<dyn AudioOutput>>,
    waiting: VecDeque<f32>,
    mouth: Vec<MouthFrame>,
    accents: Vec<Accent>,
    sample_count: usize,
    fraction_made: f32,
    is_complete: bool,
}

impl Player {
    /// A player that plays nothing yet.
    pub fn new(open_output: OpenOutput) -> Self {
        Self {
            open_output,
            speech: None,
        }
    }

    /// Waits for the pieces of a speech, in place of the one that plays.
    pub fn begin(&mut self, generation: u64) {
        self.speech = Some(Speech {
            generation,
            output: None,
            waiting: VecDeque::new(),
            mouth: Vec::new(),
            accents: Vec::new(),
            sample_count: 0,
            fraction_made: 0.0,
            is_complete: false,
        });
    }

    /// Ends the speech at once.
    pub fn stop(&mut self) {
        self.speech = None;
    }

    /// Whether a speech is being made or played.
    pub fn is_active(&self) -> bool {
        self.speech.is_some()
    }

    /// Whether this is the generation of the speech that is being made or played.
    pub fn is_current(&self, generation: u64) -> bool {
        self.speech
            .as_ref()
            .is_some_and(|speech| speech.generation == generation)
    }

    /// Takes the next piece; one of an older speech is dropped.
    pub fn add(&mut self, generation: u64, chunk: &SpeechChunk) {
        if let Some(speech) = self.current(generation) {
            speech.waiting.extend(&chunk.samples);
            speech.mouth.extend_from_slice(&chunk.mouth);
            let mut accents = prosody::accents(&chunk.samples);
            accents.resize(chunk.mouth.len(), Accent::default());
            speech.accents.extend(accents);
            speech.sample_count += chunk.samples.len();
            speech.fraction_made = chunk.fraction_done;
        }
    }

    /// Learns that no piece will follow.
    pub fn complete(&mut self, generation: u64) {
        if let Some(speech) = self.current(generation) {
            speech.is_complete = true;
        }
    }

    /// Passes waiting sound to the output and ends a speech that was heard to its end. Returns a notice about the output
    /// when one was opened that is not what the user would expect.
    pub fn feed(&mut self) -> Option<String> {
        let speech = self.speech.as_mut()?;
        let mut notice = None;
        if speech.output.is_none() && !speech.waiting.is_empty() {
            let (output, opening_notice) = (self.open_output)();
            speech.output = Some(output);
            notice = opening_notice;
        }
        if let Some(output) = &mut speech.output {
            let taken = output.write(speech.waiting.make_contiguous());
            speech.waiting.drain(..taken);
            notice = notice.or_else(|| output.take_notice());
        }
        let is_heard = speech.is_complete
            && speech.waiting.is_empty()
            && speech.heard_secs() + END_TOLERANCE_SECS >= speech.duration_secs();
        if is_heard {
            self.speech = None;
        }
        notice
    }

    /// The frame of the running speech that belongs to the sound heard now; none before its first sound.
    pub fn frame(&self) -> Option<usize> {
        let speech = self.speech.as_ref()?;
        speech.output.as_ref()?;
        let frame = (speech.heard_secs() * FRAMES_PER_SECOND + 1e-6) as usize;
        Some(frame.min(speech.mouth.len().saturating_sub(1)))
    }

    /// Frames of the running speech that are there so far.
    pub fn mouth_frames(&self) -> &[MouthFrame] {
        self.speech.as_ref().map_or(&[], |speech| &speech.mouth)
    }

    /// The stress of the same frames.
    pub fn accents(&self) -> &[Accent] {
        self.speech.as_ref().map_or(&[], |speech| &speech.accents)
    }

    /// Time until the sound reaches the next frame.
    pub fn until_next_frame_secs(&self) -> Option<f64> {
        let frame = self.frame()?;
        let speech = self.speech.as_ref()?;
        let next_secs = (frame + 1) as f64 / FRAMES_PER_SECOND;
        Some((next_secs - speech.heard_secs()).clamp(0.0, 1.0 / FRAMES_PER_SECOND))
    }

    /// How much of the running speech is made, 0 to 1; none once it is complete.
    pub fn fraction_made(&self) -> Option<f32> {
        self.speech
            .as_ref()
            .filter(|speech| !speech.is_complete)
            .map(|speech| speech.fraction_made)
    }

    fn current(&mut self, generation: u64) -> Option<&mut Speech> {
        self.speech
            .as_mut()
            .filter(|speech| speech.generation == generation)
    }
}

impl Speech {
    fn heard_secs(&self) -> f64 {
        self.output
            .as_ref()
            .map_or(0.0, |output| output.heard_secs())
    }

    fn duration_secs(&self) -> f64 {
        self.sample_count as f64 / f64::from(engine::audio::SAMPLE_RATE_HZ)
    }
}
