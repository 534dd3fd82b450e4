//! Dubbing: some words of a speech become other words. Only their stretch is generated anew, sound and mouth together, with
//! what is said around it as given context; everything else stays as it is, to the bit.

mod layout;
mod splice;
pub(super) mod take;
mod words;

use std::ops::Range;

use layout::Layout;
use splice::{Made, splice, splice_mouth};
use words::{Change, changes};

use super::alignment::Alignment;
use super::animate::GRID_SAMPLES;
use super::hearing::{contour, gain, log_mel, normalized_mel, normalized_mouth};
use super::score::{Conditions, Prediction};
use super::speaker::{Given, Manner, Speaker, nearest_voice, pace};
use super::window::{Rows, Window, known_but, rows};
use super::{SAMPLES_PER_FRAME, Synthesizer, Voice, failed, mouth_frames};
use crate::audio::SAMPLE_RATE_HZ;
use crate::motion::MouthFrame;
use crate::text::FrontEnd;
use crate::{AlignedSpeech, AlignedWord, Error, Result};

/// What the model is given on either side of a change, where there is so much.
const CONTEXT_SECS: f64 = 4.0;
/// With less of the speaker around a change, the old speech is given whole, up to [`REFERENCE_STEPS`], as a reference.
const LEAST_CONTEXT_SECS: f64 = 2.5;
/// 8 s in steps of 0.32 s.
const REFERENCE_STEPS: usize = 25;
/// A longer change is made in pieces of this many tokens, 9.6 s, which are whole steps.
const PIECE_TOKENS: usize = 450;
/// What a piece is given of what was made before it, and what is made beyond its end and thrown away.
const PIECE_CONTEXT_TOKENS: usize = 150;
const PIECE_OUTLOOK_TOKENS: usize = 15;
/// Tokens in a step of 0.32 s, where they meet motion frames.
const STEP_TOKENS: usize = 15;

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
    /// Whether changed stretches keep their length.
    pub length: SpanLength,
    /// The voice of the table that spoke it, as in [`Voice::Named`]; if absent it was somebody else, whom what is kept tells.
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

/// Makes the speech have the text. `None` if cancelled.
pub(super) fn dub(
    synthesizer: &Synthesizer,
    edit: &Edit,
    cancelled: &dyn Fn() -> bool,
) -> Result<Dubbed> {
    check(&edit.speech)?;
    let wanted = spoken(&synthesizer.front_end, &edit.text)?;
    let mut dubbed = Dubbed {
        speech: edit.speech.clone(),
        changed: Vec::new(),
    };
    // From the last to the first, so that the words before a change keep their numbers.
    for change in changes(&edit.speech.aligned.words, &wanted.words)
        .iter()
        .rev()
    {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let changer = Changer {
            synthesizer,
            edit,
            wanted: &wanted,
            cancelled,
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

fn check(speech: &Speech) -> Result<()> {
    let unusable = |reason: &str| Err(Error::InputUnusable(reason.to_owned()));
    let aligned = &speech.aligned;
    if aligned.words.is_empty() || speech.samples.is_empty() {
        return unusable(
            "the speech has no words that could be changed: give the words that are said in it",
        );
    }
    if speech.samples.iter().any(|sample| !sample.is_finite()) {
        return unusable("the recording has samples that are not numbers: save it again");
    }
    if speech.mouth.len() != speech.samples.len().div_ceil(SAMPLES_PER_FRAME) {
        return unusable("sound and mouth of the speech are not equally long: make the take anew");
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
        return unusable("the words do not lie within the sound: align them anew");
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
    synthesizer: &'a Synthesizer,
    edit: &'a Edit,
    wanted: &'a AlignedSpeech,
    cancelled: &'a dyn Fn() -> bool,
}

impl Changer<'_> {
    /// → the speech with the change, and the samples that are new.
    fn change(&self, old: &Speech, change: &Change) -> Result<(Speech, Range<usize>)> {
        let around = Surroundings::of(self, old, change)?;
        let (layout, prediction) = Layout::new(self, old, change, &around)?;
        let stretch = Stretch::new(old, &layout);
        let made = stretch.make(self, old, &layout, &around, &prediction)?;
        let samples = splice(
            &old.samples,
            &layout.old_cut,
            layout.new_cut.end,
            &Made {
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

/// Who speaks around a change, and how.
struct Surroundings {
    /// For the flow; `None` where what is kept tells the voice.
    embedding: Option<candle_core::Tensor>,
    predicted_as: candle_core::Tensor,
    manner: Manner,
    /// Tokens of the old speech that lie around the change.
    tokens: Range<usize>,
    /// Brings the old speech to the loudness that the model knows.
    gain: f32,
}

impl Surroundings {
    fn of(changer: &Changer, old: &Speech, change: &Change) -> Result<Self> {
        let synthesizer = changer.synthesizer;
        let config = synthesizer.model.config();
        let replaced = layout::replaced_tokens(&old.aligned, &change.old);
        let (begin_secs, end_secs) = old.aligned.span_secs(replaced);
        let ends = &old.aligned.ends_secs;
        let first = ends.partition_point(|&end| end <= begin_secs - CONTEXT_SECS);
        let after = ends.partition_point(|&end| end < end_secs + CONTEXT_SECS) + 1;
        let tokens = first..after.min(ends.len());
        let gain = gain(&old.samples);

        // The melody that is heard there, changed words included: it is the same speaker's.
        let phones = &old.aligned.tokens[tokens.clone()];
        let (from_secs, until_secs) = old.aligned.span_secs(tokens.clone());
        let at = |secs: f64| (secs * f64::from(SAMPLE_RATE_HZ)) as usize;
        let token_samples = GRID_SAMPLES / STEP_TOKENS;
        let heard_tokens = (at(until_secs) - at(from_secs))
            .div_ceil(token_samples)
            .max(1);
        let range = at(from_secs)..at(from_secs) + heard_tokens * token_samples;
        let mel = log_mel(synthesizer, &old.samples, gain, &range);
        let heard = contour(synthesizer, &mel);
        let ends_secs: Vec<f64> = old.aligned.ends_secs[tokens.clone()]
            .iter()
            .map(|end| end - from_secs)
            .collect();
        let alignment = Alignment::of_ends(config, 0.0, &ends_secs, heard_tokens)
            .expect("there are words, so there are tokens");
        let named = match &changer.edit.voice {
            Some(name) => {
                let voice = Voice::Named(name.clone());
                Speaker::new(synthesizer, &voice, 0, changer.cancelled)?.embedding
            }
            None => None,
        };
        let found = match (&named, &heard) {
            (None, Some(heard)) => nearest_voice(synthesizer, phones, &alignment, heard),
            _ => {
                let voice = match &named {
                    Some(voice) => voice.clone(),
                    None => {
                        Speaker::new(synthesizer, &Voice::Default, 0, changer.cancelled)?
                            .predicted_as
                    }
                };
                Prediction::new(synthesizer, phones, &voice).and_then(|prediction| {
                    let pace = pace(synthesizer, phones, &alignment, &prediction.log_frames);
                    let predicted = prediction.contour(&alignment)?;
                    let heard = heard.as_deref().unwrap_or(&predicted);
                    Ok((voice, Manner::between(pace, &predicted, heard)))
                })
            }
        };
        let (predicted_as, manner) = found.map_err(failed("prosody predictor"))?;
        Ok(Self {
            embedding: named,
            predicted_as,
            manner,
            tokens,
            gain,
        })
    }
}

/// A stretch of the new speech around a change, on the model's grid: it begins with a motion frame, where tokens begin too.
struct Stretch {
    /// Motion frame of the speech that it begins with.
    first_frame: usize,
    /// How long it is.
    tokens: usize,
    /// Tokens to make, from the stretch's beginning; those before and behind are known.
    made_tokens: Range<usize>,
    /// Frames to make, from the speech's beginning.
    made_frames: Range<usize>,
}

/// What was made for a stretch.
struct Fresh {
    /// From the stretch's beginning, at the old speech's loudness.
    samples: Vec<f32>,
    /// The frames that were to be made.
    mouth: Vec<MouthFrame>,
}

impl Stretch {
    fn new(old: &Speech, layout: &Layout) -> Self {
        let token_samples = GRID_SAMPLES / STEP_TOKENS;
        let context = (CONTEXT_SECS * f64::from(SAMPLE_RATE_HZ)) as usize;
        let samples = (old.samples.len() as isize
            + layout.moved_frames * SAMPLES_PER_FRAME as isize) as usize;
        let cut = &layout.new_cut;
        let first_frame = cut.start.saturating_sub(context) / SAMPLES_PER_FRAME;
        let first = first_frame * SAMPLES_PER_FRAME;
        // Beyond the end of the speech there is room for the vocoder's last frame.
        let end = (cut.end + context).min(samples + token_samples);
        let tokens = (end - first).div_ceil(token_samples);
        // A mel frame next to a border hears what is beyond it: it is made anew.
        let begin_made = match cut.start > 0 {
            true => ((cut.start - first) / token_samples).saturating_sub(1),
            false => 0,
        };
        let end_made = match cut.end < samples {
            true => ((cut.end - first).div_ceil(token_samples) + 1).min(tokens),
            false => tokens,
        };
        let frames = samples.div_ceil(SAMPLES_PER_FRAME);
        Self {
            first_frame,
            tokens,
            made_tokens: begin_made..end_made,
            made_frames: cut.start.div_ceil(SAMPLES_PER_FRAME)
                ..cut.end.div_ceil(SAMPLES_PER_FRAME).min(frames),
        }
    }

    fn first_sample(&self) -> usize {
        self.first_frame * SAMPLES_PER_FRAME
    }

    /// Makes sound and mouth where they are to be made.
    fn make(
        &self,
        changer: &Changer,
        old: &Speech,
        layout: &Layout,
        around: &Surroundings,
        prediction: &Prediction,
    ) -> Result<Fresh> {
        let synthesizer = changer.synthesizer;
        let config = synthesizer.model.config();
        let width = config.token_dim();
        let given = self.reference(changer, old, around)?;
        let ahead = given
            .as_ref()
            .map_or(0, |given| given.alignment.index.len());
        let alignment = layout
            .alignment(config, self.first_sample(), self.tokens)
            .expect("there are words, so there are tokens");
        let mut melody = prediction
            .contour(&alignment)
            .map_err(failed("prosody predictor"))?;
        around.manner.apply(&mut melody);
        // Known sound on either side, on the stretch's own grid.
        let token_samples = GRID_SAMPLES / STEP_TOKENS;
        let moved = layout.moved_frames * SAMPLES_PER_FRAME as isize;
        let first = self.first_sample();
        let mut audio = vec![0.0; self.tokens * width];
        let token_at = |secs: f64| {
            let sample = (secs * f64::from(SAMPLE_RATE_HZ)) as usize;
            sample.saturating_sub(first) / token_samples
        };
        let made = &self.made_tokens;
        // Where kept phones are said anew, next to a border, their melody stays.
        let sung_until = token_at(layout.kept_secs.0).clamp(made.start, made.end);
        let sung_from = (token_at(layout.kept_secs.1) + 1).clamp(sung_until, made.end);
        for (sung, kept, shift) in [
            (0..sung_until, 0..made.start, 0),
            (sung_from..self.tokens, made.end..self.tokens, moved),
        ] {
            let begin = (first + sung.start * token_samples) as isize - shift;
            let begin = usize::try_from(begin).unwrap_or(0);
            let range = begin..begin + sung.len() * token_samples;
            let mel = log_mel(synthesizer, &old.samples, around.gain, &range);
            if let Some(heard) = contour(synthesizer, &mel) {
                melody[3 * sung.start..3 * sung.end].copy_from_slice(&heard);
            }
            let known = normalized_mel(config, &mel);
            let known = &known[(kept.start - sung.start) * width..(kept.end - sung.start) * width];
            audio[kept.start * width..kept.end * width].copy_from_slice(known);
        }
        let frames = config.motion_frames(self.tokens);
        let mouth: Vec<MouthFrame> = (self.first_frame..self.first_frame + frames)
            .map(|frame| {
                let from = match frame < self.made_frames.start {
                    true => Some(frame),
                    false if frame < self.made_frames.end => None,
                    false => usize::try_from(frame as isize - layout.moved_frames).ok(),
                };
                let from = from.map(|frame| frame.min(old.mouth.len() - 1));
                from.map_or_else(MouthFrame::default, |frame| old.mouth[frame])
            })
            .collect();
        let channels = config.motion_channels;
        let mut motion = normalized_mouth(config, &mouth);
        let made_frames =
            self.made_frames.start - self.first_frame..self.made_frames.end - self.first_frame;
        motion[made_frames.start * channels..made_frames.end * channels].fill(0.0);

        let (phones, whole, melody) = match &given {
            None => (layout.phones.clone(), alignment, melody),
            Some(given) => {
                audio = [given.audio.as_slice(), &audio].concat();
                motion = [given.motion.as_slice(), &motion].concat();
                (
                    [given.phones.as_slice(), &layout.phones].concat(),
                    given.alignment.followed_by(&alignment),
                    [given.contour.as_slice(), &melody].concat(),
                )
            }
        };
        let ahead_frames = ahead / STEP_TOKENS * (GRID_SAMPLES / SAMPLES_PER_FRAME);
        let mut infilling = Infilling {
            changer,
            embedding: around.embedding.as_ref(),
            audio,
            motion,
            made_tokens: self.made_tokens.start + ahead..self.made_tokens.end + ahead,
            made_frames: made_frames.start + ahead_frames..made_frames.end + ahead_frames,
            ahead,
        };
        Conditions::new(synthesizer, &phones, &whole, melody)
            .and_then(|conditions| infilling.run(&conditions))
            .map_err(failed("joint model"))?
            .ok_or(Error::Cancelled)?;

        let (mean, std) = (config.mel_mean as f32, config.mel_std as f32);
        let mel: Vec<f32> = infilling.audio[ahead * width..]
            .iter()
            .map(|x| x * std + mean)
            .collect();
        let mut samples = synthesizer
            .vocoder
            .synthesize(&mel, None, changer.edit.seed)?;
        for sample in &mut samples {
            *sample /= around.gain;
        }
        let made = infilling.made_frames;
        let mouth = mouth_frames(
            &synthesizer.model,
            &infilling.motion[made.start * channels..made.end * channels],
        );
        Ok(Fresh { samples, mouth })
    }

    /// The old speech as a reference, if what is kept around the change does not tell the voice.
    fn reference(
        &self,
        changer: &Changer,
        old: &Speech,
        around: &Surroundings,
    ) -> Result<Option<Given>> {
        let kept = self.tokens - self.made_tokens.len();
        let least = LEAST_CONTEXT_SECS * changer.synthesizer.model.config().tokens_per_second();
        if around.embedding.is_some() || kept as f64 >= least {
            return Ok(None);
        }
        let end_secs = (REFERENCE_STEPS * GRID_SAMPLES) as f64 / f64::from(SAMPLE_RATE_HZ);
        let words = &old.aligned.words;
        let spoken =
            words.partition_point(|word| old.aligned.span_secs(word.tokens.clone()).1 <= end_secs);
        let tokens = match spoken {
            0 => old.aligned.tokens.len(),
            all if all == words.len() => old.aligned.tokens.len(),
            some => words[some - 1].tokens.end,
        };
        let aligned = AlignedSpeech {
            tokens: old.aligned.tokens[..tokens].to_vec(),
            ends_secs: old.aligned.ends_secs[..tokens].to_vec(),
            words: words[..spoken].to_vec(),
        };
        let until = (old.samples.len()).min(REFERENCE_STEPS * GRID_SAMPLES);
        Given::of_speech(
            changer.synthesizer,
            &old.samples[..until],
            &old.mouth,
            &aligned,
        )
        .map(Some)
    }
}

/// Both streams of a stretch with a gap, which is filled piece by piece.
struct Infilling<'a> {
    changer: &'a Changer<'a>,
    embedding: Option<&'a candle_core::Tensor>,
    /// (tokens, token_dim), normalised.
    audio: Vec<f32>,
    /// (frames, motion_channels), normalised.
    motion: Vec<f32>,
    made_tokens: Range<usize>,
    made_frames: Range<usize>,
    /// Tokens of a reference in front.
    ahead: usize,
}

impl Infilling<'_> {
    /// `None` if cancelled.
    fn run(&mut self, conditions: &Conditions) -> candle_core::Result<Option<()>> {
        let synthesizer = self.changer.synthesizer;
        let config = synthesizer.model.config();
        let (width, channels) = (config.token_dim(), config.motion_channels);
        let all = self.audio.len() / width;
        let frame_of = |token: usize| token / STEP_TOKENS * (GRID_SAMPLES / SAMPLES_PER_FRAME);
        let mut begin = self.made_tokens.start;
        while begin < self.made_tokens.end {
            // Pieces end where tokens and frames meet; no short one is left over.
            let next = (begin + PIECE_TOKENS) / STEP_TOKENS * STEP_TOKENS;
            let is_last = self.made_tokens.end < next + PIECE_TOKENS / 4;
            let end = if is_last { self.made_tokens.end } else { next };
            let start = match begin == self.made_tokens.start || self.ahead > 0 {
                true => 0,
                false => begin.saturating_sub(PIECE_CONTEXT_TOKENS) / STEP_TOKENS * STEP_TOKENS,
            };
            let until = if is_last {
                all
            } else {
                end + PIECE_OUTLOOK_TOKENS
            };
            let tokens = until - start;
            let first_frame = frame_of(start);
            let frames = config.motion_frames(tokens);
            let mut motion = self.motion[first_frame * channels..].to_vec();
            motion.resize(frames * channels, 0.0);
            let known_mel = rows(&self.audio[start * width..until * width], width)?;
            let known_mouth = rows(&motion, channels)?;
            // What is not made yet is open, too: the rest of the gap as far as this window sees it.
            let from = match begin == self.made_tokens.start {
                true => self.made_frames.start,
                false => frame_of(begin),
            };
            let open_tokens = begin - start..self.made_tokens.end - start;
            let open_frames = from - first_frame..self.made_frames.end - first_frame;
            let window = Window {
                tokens,
                conditions: Some(&conditions.narrow(start, tokens)?),
                voice: self.embedding,
                audio: Rows::Infilled(&known_mel, &known_but(&open_tokens, tokens)?),
                motion: Rows::Infilled(&known_mouth, &known_but(&open_frames, frames)?),
                steps: synthesizer.settings.steps,
                seed: self.changer.edit.seed.wrapping_add(begin as u64),
            };
            let Some(filled) = window.fill(synthesizer, self.changer.cancelled)? else {
                return Ok(None);
            };
            let fresh = &filled.audio[(begin - start) * width..(end - start) * width];
            self.audio[begin * width..end * width].copy_from_slice(fresh);
            let to = match is_last {
                true => self.made_frames.end,
                false => frame_of(end).min(self.made_frames.end),
            };
            if from < to {
                let fresh =
                    &filled.motion[(from - first_frame) * channels..(to - first_frame) * channels];
                self.motion[from * channels..to * channels].copy_from_slice(fresh);
            }
            begin = end;
        }
        Ok(Some(()))
    }
}
