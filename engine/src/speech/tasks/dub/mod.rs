//! Dubbing: some words of a speech become other words. Only their stretch is generated again, sound and mouth together, with
//! what is said around it as given context; everything else stays as it is, to the bit.

mod layout;
mod made_speech;
mod splice;
mod stretch;
mod surroundings;
mod words;

use std::ops::Range;

pub use made_speech::speech;
pub use words::{Change, word_changes};

use layout::Layout;
use splice::{NewSound, splice, splice_mouth};
use stretch::Stretch;
use surroundings::Surroundings;
use words::changes;

use crate::audio::SAMPLE_RATE_HZ;
use crate::motion::MouthFrame;
use crate::speech::{Job, SAMPLES_PER_FRAME, SpeechError};
use crate::text::FrontEnd;
use crate::{AlignedSpeech, AlignedWord, Result};

/// Speech with its mouth and its words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Speech {
    /// Mono at [`SAMPLE_RATE_HZ`].
    pub samples: Vec<f32>,
    /// At 25 frames a second, as many as cover the sound.
    pub mouth: Vec<MouthFrame>,
    /// Its words and phones in time.
    pub aligned: AlignedSpeech,
}

/// A speech and the text that it is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// What is there.
    pub speech: Speech,
    /// The whole new text.
    pub text: String,
    /// Bytes of it whose words are generated again although they are the same.
    pub again: Option<Range<usize>>,
    /// Whether changed stretches keep their length.
    pub length: SpanLength,
    /// The voice of the table that spoke it, as in [`crate::Voice::Named`]; if absent it was somebody else, whom what is kept tells.
    pub voice: Option<String>,
    /// Equal seeds change equal words in equal ways.
    pub seed: u64,
}

/// How long a changed stretch becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpanLength {
    /// As long as the new words take at the speaker's pace, in whole motion frames; what follows is moved.
    #[default]
    Free,
    /// As long as the old words took.
    Kept,
}

/// A speech whose words were changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Dubbed {
    /// Sound, mouth and words as they are now.
    pub speech: Speech,
    /// Samples that are new, in order; all others are the old ones to the bit.
    pub changed: Vec<Range<usize>>,
}

/// Makes the speech have the text.
pub fn dub(job: Job, edit: &Edit) -> Result<Dubbed> {
    check(&edit.speech)?;
    let wanted = spoken(&job.model.front_end, &edit.text)?;
    let mut dubbed = Dubbed {
        speech: edit.speech.clone(),
        changed: Vec::new(),
    };
    // From the last to the first, so that the words before a change keep their numbers.
    let again = edit.again.clone().unwrap_or_default();
    for change in changes(&edit.speech.aligned.words, &wanted.words, &again)
        .iter()
        .rev()
    {
        job.check_cancelled()?;
        let changer = Changer {
            job,
            edit,
            wanted: &wanted,
        };
        let old_length = dubbed.speech.samples.len();
        let (speech, range) = changer.change(&dubbed.speech, change)?;
        let longer = speech.samples.len() as isize - old_length as isize;
        let moved = |at: usize| (at as isize + longer) as usize;
        for later in &mut dubbed.changed {
            *later = moved(later.start)..moved(later.end);
        }
        match dubbed.changed.first_mut() {
            Some(next) if next.start <= range.end => next.start = range.start,
            _ => dubbed.changed.insert(0, range),
        }
        dubbed.speech = speech;
    }
    // Kept words may be written otherwise than before: their letters are the same, their case or place need not be.
    for (word, new) in dubbed.speech.aligned.words.iter_mut().zip(&wanted.words) {
        word.text.clone_from(&new.text);
        word.written = new.written.clone();
    }
    Ok(dubbed)
}

fn check(speech: &Speech) -> std::result::Result<(), SpeechError> {
    let aligned = &speech.aligned;
    if aligned.words.is_empty() || speech.samples.is_empty() {
        return Err(SpeechError::NoWords);
    }
    if speech.samples.iter().any(|sample| !sample.is_finite()) {
        return Err(SpeechError::NotFinite);
    }
    let (frames, sound_frames) = (
        speech.mouth.len(),
        speech.samples.len().div_ceil(SAMPLES_PER_FRAME),
    );
    if frames != sound_frames {
        return Err(SpeechError::LengthsDiffer {
            frames,
            sound_frames,
        });
    }
    let secs = speech.samples.len() as f64 / f64::from(SAMPLE_RATE_HZ);
    let fits = aligned.tokens.len() == aligned.ends_secs.len()
        && aligned.ends_secs.is_sorted()
        && aligned.duration_secs() <= secs + 0.1
        && aligned
            .words
            .iter()
            .all(|word| !word.tokens.is_empty() && word.tokens.end <= aligned.tokens.len())
        && aligned.words.is_sorted_by_key(|word| word.tokens.start);
    if !fits {
        return Err(SpeechError::WordsOutsideSound);
    }
    Ok(())
}

/// The phones and words of a text, without times.
fn spoken(front_end: &FrontEnd, text: &str) -> Result<AlignedSpeech> {
    let mut all = AlignedSpeech::default();
    for utterance in front_end.utterances_lazily(text)? {
        let utterance = utterance?;
        let before = all.tokens.len();
        all.words
            .extend(utterance.words.into_iter().map(|word| AlignedWord {
                text: word.text,
                tokens: before + word.tokens.start..before + word.tokens.end,
                written: word.written,
                confidence: 1.0,
            }));
        all.tokens.extend(utterance.tokens);
    }
    Ok(all)
}

/// Makes one change after the other.
struct Changer<'a> {
    job: Job<'a>,
    edit: &'a Edit,
    wanted: &'a AlignedSpeech,
}

impl Changer<'_> {
    /// → the speech with the change, and the samples that are new.
    fn change(&self, old: &Speech, change: &Change) -> Result<(Speech, Range<usize>)> {
        let around = Surroundings::of(self, old, change)?;
        let (layout, prediction) = Layout::new(self, old, change, &around)?;
        let stretch = Stretch::new(&self.job.model.grid, old, &layout);
        let made = stretch.make(self, old, &layout, &around, &prediction)?;
        let samples = splice(
            &old.samples,
            &layout.old_cut,
            layout.new_cut.end,
            &NewSound {
                samples: &made.samples,
                first: stretch.first_sample(),
            },
        );
        let frames = stretch.made_frames.clone();
        let old_frames = frames.start..(frames.end as isize - layout.moved_frames) as usize;
        let mouth = splice_mouth(&old.mouth, &old_frames, made.mouth);
        let speech = Speech {
            samples,
            mouth,
            aligned: layout.aligned,
        };
        Ok((speech, layout.new_cut))
    }
}
