//! Speech by a voice model that the user brought: its sound, our mouth on it, and when its words are heard.

use std::collections::VecDeque;
use std::path::Path;

use engine::audio::SAMPLE_RATE_HZ;
use engine::voice_model::{
    OnRead, Spoken, SpokenChunk, VoiceModel, VoiceModelFiles, VoiceModelSettings, VoiceModelSpeech,
    VoiceReference,
};
use engine::{Error, SpeechChunk, Synthesizer, Task, TimedWord};
use serde::{Deserialize, Serialize};

use crate::compute::Compute;
use crate::output_path::file_stem;
use crate::reference_voice::{Listener, OwnVoice};

/// What a voice model and the voice that it speaks in are made from: where the files lie, no more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelVoiceFiles {
    /// The voice model.
    pub model: VoiceModelFiles,
    /// Whose voice it is.
    pub voice: OwnVoice,
}

impl ModelVoiceFiles {
    /// What people call it: the name of the recording, and of the checkpoint.
    pub fn name(&self) -> String {
        let (recording, checkpoint) = (&self.voice.recording, &self.model.checkpoint);
        format!("{}, {}", file_stem(recording), file_stem(checkpoint))
    }
}

/// A voice model with the voice that it speaks in.
pub struct ModelVoice {
    model: VoiceModel,
    reference: VoiceReference,
}

impl ModelVoice {
    /// Reads the recording of the voice, then the model, which computes where `compute` says; `models` is the folder of the built-in
    /// ones. `on_read` is told how much of the checkpoint is read.
    ///
    /// # Errors
    /// If the voice may not or cannot be used, a file is not what it should be, or [`Error::Cancelled`] where `on_read` says no.
    pub fn load(
        models: &Path,
        files: &ModelVoiceFiles,
        compute: &Compute,
        on_read: Option<OnRead>,
    ) -> anyhow::Result<Self> {
        let voice = &files.voice;
        voice.check()?;
        let recording = engine::audio::decode_file(&voice.recording)?;
        let reference = VoiceReference::new(&recording, &voice.words)
            .map_err(|error| Error::from(error).in_file(&voice.recording))?;
        let model = compute.load_voice_model(models, &files.model, on_read)?;
        model.check_text(reference.words())?;
        Ok(Self { model, reference })
    }

    /// The model.
    pub fn model(&self) -> &VoiceModel {
        &self.model
    }

    /// What is used of the recording.
    pub fn reference(&self) -> &VoiceReference {
        &self.reference
    }

    /// Speaks a text; `on_progress` is told which share is done.
    ///
    /// # Errors
    /// If the text cannot be spoken, [`Error::Cancelled`], or what `on_progress` returned.
    pub fn speak(
        &self,
        text: &str,
        settings: &VoiceModelSettings,
        cancelled: &dyn Fn() -> bool,
        on_progress: &mut dyn FnMut(f32) -> engine::Result<()>,
    ) -> engine::Result<VoiceModelSpeech> {
        self.model
            .speak(&self.reference, text, settings, cancelled, on_progress)
    }

    /// The same chunk by chunk, for whoever listens while it is made.
    ///
    /// # Errors
    /// As [`Self::speak`], or what `on_spoken` returned.
    pub fn speak_in_pieces(
        &self,
        text: &str,
        settings: &VoiceModelSettings,
        cancelled: &dyn Fn() -> bool,
        on_spoken: &mut dyn FnMut(Spoken) -> engine::Result<()>,
    ) -> engine::Result<()> {
        let reference = &self.reference;
        self.model
            .speak_in_pieces(reference, text, settings, cancelled, on_spoken)
    }
}

/// When the words of a speech are heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeardWords {
    /// In order.
    pub words: Vec<TimedWord>,
    /// Whether some could not be found in the sound; their times follow from their lengths.
    pub is_estimated: bool,
}

/// Finds the words of each chunk in its sound.
///
/// # Errors
/// If the aligner cannot be loaded, or [`Error::Cancelled`].
pub fn heard_words(
    listener: &Listener,
    speech: &VoiceModelSpeech,
    cancelled: &dyn Fn() -> bool,
) -> engine::Result<HeardWords> {
    let mut heard = HeardWords::default();
    for chunk in &speech.chunks {
        let sound = &speech.samples[chunk.samples.clone()];
        let of_chunk = heard_words_of(listener, chunk, sound, cancelled)?;
        heard.words.extend(of_chunk.words);
        heard.is_estimated |= of_chunk.is_estimated;
    }
    Ok(heard)
}

/// Finds the words of one chunk in its sound; times count from the start of the speech.
///
/// # Errors
/// As [`heard_words`].
pub(crate) fn heard_words_of(
    listener: &Listener,
    chunk: &SpokenChunk,
    sound: &[f32],
    cancelled: &dyn Fn() -> bool,
) -> engine::Result<HeardWords> {
    let start_secs = secs(chunk.samples.start);
    match listener.align(sound, &chunk.text, cancelled) {
        Ok(aligned) => {
            let timed = |i: usize| {
                let (begin, end) = aligned.word_secs(i);
                TimedWord {
                    text: aligned.words[i].text.clone(),
                    start_secs: start_secs + begin,
                    end_secs: start_secs + end,
                }
            };
            Ok(HeardWords {
                words: (0..aligned.words.len()).map(timed).collect(),
                is_estimated: false,
            })
        }
        // Another language, say.
        Err(Error::Alignment(_)) => Ok(HeardWords {
            words: estimated(chunk),
            is_estimated: true,
        }),
        Err(error) => Err(error),
    }
}

/// Hands a sound on with the mouth that the joint model makes for it, each word with the piece in which it begins.
///
/// # Errors
/// [`Error::Cancelled`], or what `on_chunk` returned.
pub fn with_mouth(
    synthesizer: &Synthesizer,
    samples: Vec<f32>,
    words: Vec<TimedWord>,
    seed: u64,
    cancelled: &dyn Fn() -> bool,
    on_chunk: &mut dyn FnMut(SpeechChunk) -> engine::Result<()>,
) -> engine::Result<()> {
    let mut words = WordsToCome::new(words);
    let task = Task::Animate { samples, seed };
    synthesizer.perform(&task, cancelled, &mut |mut chunk| {
        words.join(&mut chunk);
        if chunk.fraction_done >= 1.0 {
            words.join_last(&mut chunk);
        }
        on_chunk(chunk)
    })
}

/// Words that wait for the pieces in which they begin.
pub(crate) struct WordsToCome {
    words: VecDeque<TimedWord>,
    /// End of the last piece, samples.
    end: usize,
}

impl WordsToCome {
    /// Words from the beginning of the speech, in order.
    pub fn new(words: Vec<TimedWord>) -> Self {
        Self {
            words: words.into(),
            end: 0,
        }
    }

    /// Words after those that are there.
    pub fn add(&mut self, words: Vec<TimedWord>) {
        self.words.extend(words);
    }

    /// Length of the pieces so far.
    pub fn made_secs(&self) -> f64 {
        secs(self.end)
    }

    /// Gives the next piece the words that begin in it.
    pub fn join(&mut self, chunk: &mut SpeechChunk) {
        self.end += chunk.samples.len();
        let end_secs = self.made_secs();
        let is_begun = |word: &mut TimedWord| word.start_secs < end_secs;
        while let Some(word) = self.words.pop_front_if(is_begun) {
            chunk.words.push(word);
        }
    }

    /// Gives the last piece the words that are left.
    pub fn join_last(&mut self, chunk: &mut SpeechChunk) {
        chunk.words.extend(self.words.drain(..));
    }
}

/// Words over the length of their chunk, by their letters.
fn estimated(chunk: &SpokenChunk) -> Vec<TimedWord> {
    let letters = |word: &str| word.chars().count() + 1;
    let whole: usize = chunk.text.split_whitespace().map(letters).sum();
    let (begin, length) = (secs(chunk.samples.start), secs(chunk.samples.len()));
    let at = |letters: usize| begin + length * letters as f64 / whole as f64;
    let mut before = 0;
    chunk
        .text
        .split_whitespace()
        .map(|word| {
            let start_secs = at(before);
            before += letters(word);
            TimedWord {
                text: word.to_owned(),
                start_secs,
                end_secs: at(before),
            }
        })
        .collect()
}

fn secs(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE_HZ)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimated_words_fill_their_chunk() {
        let chunk = SpokenChunk {
            text: "ab  abcdefg".to_owned(),
            samples: 24_000..24_000 + 11 * 2_400,
        };
        let words = estimated(&chunk);
        let times: Vec<_> = words.iter().map(|w| (w.start_secs, w.end_secs)).collect();
        assert_eq!(times.len(), 2);
        assert!((times[0].0 - 1.0).abs() < 1e-9 && (times[0].1 - 1.3).abs() < 1e-9);
        assert!((times[1].0 - 1.3).abs() < 1e-9 && (times[1].1 - 2.1).abs() < 1e-9);
    }
}
