//! A voice model's speech with its mouth while it is made, chunk by chunk, for somebody who listens.

use std::collections::VecDeque;
use std::time::Instant;

use engine::synthesizer::{LiveMouth, SAMPLES_PER_FRAME};
use engine::voice_model::{Spoken, SpokenPiece, VoiceModelSettings};
use engine::{Result, SpeechChunk, Synthesizer};

use super::Made;
use super::head_start::is_enough;
use crate::reference_voice::Listener;
use crate::voice_model::{ModelVoice, WordsToCome, heard_words_of};

/// One speech. It is handed on once so much is there that it will not stop in between.
pub(super) struct LiveModelSpeech<'a> {
    listener: &'a Listener,
    mouth: LiveMouth<'a>,
    /// Everything that was said.
    samples: Vec<f32>,
    /// Words of pieces to come.
    words: WordsToCome,
    /// Share of the voice's work that is done.
    share: f32,
    began: Instant,
    is_heard: bool,
    /// Pieces that wait for the head start.
    waiting: VecDeque<SpeechChunk>,
}

impl<'a> LiveModelSpeech<'a> {
    /// Nothing is said yet; what is made from now on is timed.
    pub fn new(synthesizer: &'a Synthesizer, listener: &'a Listener, seed: u64) -> Self {
        Self {
            listener,
            mouth: LiveMouth::new(synthesizer, seed),
            samples: Vec::new(),
            words: WordsToCome::new(Vec::new()),
            share: 0.0,
            began: Instant::now(),
            is_heard: false,
            waiting: VecDeque::new(),
        }
    }

    /// Speaks a text.
    ///
    /// # Errors
    /// If it cannot be spoken, [`engine::Error::Cancelled`], or what `on_made` returned.
    pub fn speak(
        mut self,
        voice: &ModelVoice,
        text: &str,
        settings: &VoiceModelSettings,
        cancelled: &dyn Fn() -> bool,
        on_made: &mut dyn FnMut(Made) -> Result<()>,
    ) -> Result<()> {
        voice.speak_in_pieces(text, settings, cancelled, &mut |spoken| match spoken {
            Spoken::Share(share) => {
                self.share = share;
                match self.is_heard {
                    true => Ok(()),
                    false => on_made(Made::Share(share)),
                }
            }
            Spoken::Piece(piece) => self.add(&piece, cancelled, on_made),
        })
    }

    fn add(
        &mut self,
        piece: &SpokenPiece,
        cancelled: &dyn Fn() -> bool,
        on_made: &mut dyn FnMut(Made) -> Result<()>,
    ) -> Result<()> {
        self.samples.extend(&piece.samples);
        let end = piece.chunk.samples.end.min(self.samples.len());
        let sound = &self.samples[piece.chunk.samples.start.min(end)..end];
        let heard = heard_words_of(self.listener, &piece.chunk, sound, cancelled)?;
        self.words.add(heard.words);
        let is_last = piece.later_secs.is_empty();
        let new = self.mouth.samples();
        new.extend(&piece.samples);
        if is_last {
            let whole_frames = self.samples.len().next_multiple_of(SAMPLES_PER_FRAME);
            new.resize(new.len() + whole_frames - self.samples.len(), 0.0);
        }
        while let Some(chunk) = self.mouth.next(false, cancelled)? {
            self.wait(chunk);
        }
        if is_last {
            if let Some(chunk) = self.mouth.next(true, cancelled)? {
                self.wait(chunk);
            }
            if let Some(last) = self.waiting.back_mut() {
                last.fraction_done = 1.0;
                self.words.join_last(last);
            }
        }
        let made_secs = self.words.made_secs();
        let work = self.began.elapsed().as_secs_f64() / made_secs;
        self.is_heard |= is_enough(made_secs, work, &piece.later_secs);
        if self.is_heard {
            self.waiting
                .drain(..)
                .try_for_each(|chunk| on_made(Made::Chunk(chunk)))?;
        }
        Ok(())
    }

    /// A piece with a mouth, and with the words that begin in it.
    fn wait(&mut self, mut chunk: SpeechChunk) {
        self.words.join(&mut chunk);
        chunk.fraction_done = self.share;
        self.waiting.push_back(chunk);
    }
}
