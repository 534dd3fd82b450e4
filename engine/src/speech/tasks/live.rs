//! Sound that is still coming in, with its mouth shortly after it: the microphone.

use crate::Result;
use crate::audio::loudness::live_gain;
use crate::motion::MouthFrame;
use crate::motion::prosody::accents;
use crate::speech::segments::{Rolling, cross_fade};
use crate::speech::{SAMPLES_PER_FRAME, SpeechChunk, Synthesizer};

/// Makes the mouth for sound that comes in piece by piece, mono at [`crate::audio::SAMPLE_RATE_HZ`].
///
/// The newest stretch goes to the model again and again, with some of what came before; neighbouring runs are cross-faded. Memory
/// stays flat, however long it takes.
pub struct LiveMouth<'a> {
    synthesizer: &'a Synthesizer,
    seed: u64,
    rolling: Rolling,
    /// The newest sound, which begins with frame [`Rolling::first`].
    samples: Vec<f32>,
    /// What the last run made of the frames that it did not hand on.
    carried: Vec<MouthFrame>,
    /// Frames that were handed on.
    frames: usize,
}

impl<'a> LiveMouth<'a> {
    /// Has heard nothing yet.
    pub fn new(synthesizer: &'a Synthesizer, seed: u64) -> Self {
        Self {
            synthesizer,
            seed,
            rolling: Rolling::new(&synthesizer.model.grid),
            samples: Vec::new(),
            carried: Vec::new(),
            frames: 0,
        }
    }

    /// Frames that were handed on so far.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Where new sound is to be appended.
    pub fn samples(&mut self) -> &mut Vec<f32> {
        &mut self.samples
    }

    /// The next piece, if enough sound has come in; at its end everything that is left.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`], or as [`Synthesizer::animate`].
    pub fn next(
        &mut self,
        is_end: bool,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Option<SpeechChunk>> {
        let there = self.rolling.first() + self.samples.len() / SAMPLES_PER_FRAME;
        let Some(segment) = self.rolling.next(there, is_end) else {
            return Ok(None);
        };
        let heard = &self.samples[..segment.window.len() * SAMPLES_PER_FRAME];
        let mut mouth = Vec::with_capacity(segment.window.len());
        // Whoever is silent now may speak later: the room's noise is not to be raised to the level of speech meanwhile.
        let gain = live_gain(heard);
        self.synthesizer
            .animate_at(gain, heard, self.seed, cancelled, &mut |frames, _| {
                mouth.extend(frames);
                Ok(())
            })?;
        // From the window's beginning.
        let made =
            segment.made.start - segment.window.start..segment.made.end - segment.window.start;
        let mut mouth = mouth.split_off(made.start.min(mouth.len()));
        cross_fade(&self.carried, &mut mouth);
        self.carried = mouth.split_off(made.len().min(mouth.len()));
        let accents = accents(heard)
            .into_iter()
            .skip(made.start)
            .take(made.len())
            .collect();
        let chunk = SpeechChunk {
            // Stress is measured against what was said before, too.
            accents,
            ..SpeechChunk::new(
                heard[made.start * SAMPLES_PER_FRAME..made.end * SAMPLES_PER_FRAME].to_vec(),
                mouth,
                0.0,
            )
        };
        let forgotten = self.rolling.first() - segment.window.start;
        self.samples.drain(..forgotten * SAMPLES_PER_FRAME);
        self.frames = segment.made.end;
        Ok(Some(chunk))
    }
}
