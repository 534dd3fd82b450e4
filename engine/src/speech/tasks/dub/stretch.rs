//! The stretch of a speech around a change: what is known of it, and how the gap is filled.

use std::ops::Range;

use super::layout::Layout;
use super::surroundings::{CONTEXT_SECS, Surroundings};
use super::{Changer, Speech};
use crate::audio::SAMPLE_RATE_HZ;
use crate::motion::MouthFrame;
use crate::speech::SAMPLES_PER_FRAME;
use crate::speech::features::{contour, log_mel, normalized_mel, normalized_mouth};
use crate::speech::plan::{Conditions, Prediction};
use crate::speech::segments::{Grid, Segment, Strategy};
use crate::speech::voice::ReferenceSpeech;
use crate::speech::window::{Rows, Window};
use crate::{AlignedSpeech, Result};

/// With less of the speaker around a change, the old speech is given whole, up to [`REFERENCE_SECS`], as a reference.
const MIN_CONTEXT_SECS: f64 = 2.5;
/// Longest reference.
const REFERENCE_SECS: f64 = 8.1;

/// A stretch of the new speech around a change, on the model's grid: it begins with a motion frame, where tokens begin too.
pub struct Stretch {
    /// Motion frame of the speech that it begins with.
    first_frame: usize,
    /// How long it is.
    tokens: usize,
    /// Tokens to make, from the stretch's beginning; those before and behind are known.
    made_tokens: Range<usize>,
    /// Frames to make, from the speech's beginning.
    pub made_frames: Range<usize>,
}

/// What was made for a stretch.
pub struct NewSpeech {
    /// From the stretch's beginning, at the old speech's loudness.
    pub samples: Vec<f32>,
    /// The frames that were to be made.
    pub mouth: Vec<MouthFrame>,
}

impl Stretch {
    pub fn new(grid: &Grid, old: &Speech, layout: &Layout) -> Self {
        let token_samples = grid.token_samples();
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

    pub fn first_sample(&self) -> usize {
        self.first_frame * SAMPLES_PER_FRAME
    }

    /// Makes sound and mouth where they are to be made.
    pub fn make(
        &self,
        changer: &Changer,
        old: &Speech,
        layout: &Layout,
        around: &Surroundings,
        prediction: &Prediction,
    ) -> Result<NewSpeech> {
        let (model, config) = (changer.job.model, &changer.job.model.config);
        let width = config.token_dim();
        let given = self.reference(changer, old, around)?;
        let ahead = given
            .as_ref()
            .map_or(0, |given| given.alignment.index.len());
        let alignment = layout
            .alignment(config, self.first_sample(), self.tokens)
            .expect("there are words, so there are tokens");
        let mut melody = prediction.contour(&alignment)?;
        around.style.apply(&mut melody);
        // Known sound on either side, on the stretch's own grid.
        let token_samples = model.grid.token_samples();
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
            let mel = log_mel(model, &old.samples, around.gain, &range);
            if let Some(heard) = contour(model, &mel) {
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
        let ahead_frames = model.grid.frame_of(ahead);
        let mut infilling = Infilling {
            changer,
            embedding: around.embedding.as_deref(),
            audio,
            motion,
            made_tokens: self.made_tokens.start + ahead..self.made_tokens.end + ahead,
            made_frames: made_frames.start + ahead_frames..made_frames.end + ahead_frames,
            ahead,
        };
        infilling.run(&Conditions::new(model, &phones, &whole, melody)?)?;

        let mel = model.log_mel(&infilling.audio[ahead * width..]);
        let mut samples = model.vocoder.synthesize(&mel, None, changer.edit.seed)?;
        for sample in &mut samples {
            *sample /= around.gain;
        }
        let made = infilling.made_frames;
        let mouth =
            model.mouth_frames(&infilling.motion[made.start * channels..made.end * channels]);
        Ok(NewSpeech { samples, mouth })
    }

    /// The old speech as a reference, if what is kept around the change does not tell the voice.
    fn reference(
        &self,
        changer: &Changer,
        old: &Speech,
        around: &Surroundings,
    ) -> Result<Option<ReferenceSpeech>> {
        let grid = &changer.job.model.grid;
        let kept = self.tokens - self.made_tokens.len();
        let least = MIN_CONTEXT_SECS * grid.tokens_per_second();
        if around.embedding.is_some() || kept as f64 >= least {
            return Ok(None);
        }
        let steps = grid.steps(REFERENCE_SECS);
        let end_secs = grid.secs(steps);
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
        let until = (old.samples.len()).min(steps * grid.samples);
        let samples = &old.samples[..until];
        ReferenceSpeech::of_speech(changer.job, samples, &old.mouth, &aligned).map(Some)
    }
}

/// Both streams of a stretch with a gap, which is filled piece by piece.
struct Infilling<'a> {
    changer: &'a Changer<'a>,
    embedding: Option<&'a [f32]>,
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
    fn run(&mut self, conditions: &Conditions) -> Result<()> {
        let job = self.changer.job;
        let (config, grid) = (&job.model.config, &job.model.grid);
        let (width, channels) = (config.token_dim(), config.motion_channels);
        let strategy = Strategy::Infill {
            gap: self.made_tokens.clone(),
            sees_beginning: self.ahead > 0,
        };
        for Segment { window, made } in strategy.segments(grid, self.audio.len() / width) {
            let tokens = window.len();
            let first_frame = grid.frame_of(window.start);
            let frames = config.motion_frames(tokens);
            let mut motion = self.motion[first_frame * channels..].to_vec();
            motion.resize(frames * channels, 0.0);
            let from = match made.start == self.made_tokens.start {
                true => self.made_frames.start,
                false => grid.frame_of(made.start),
            };
            // What is not made yet is open, too: the rest of the gap as far as this window sees it.
            let open_tokens = made.start - window.start..self.made_tokens.end - window.start;
            let open_frames = from - first_frame..self.made_frames.end - first_frame;
            let run = Window {
                tokens,
                conditions: Some(conditions.rows(window.clone())),
                voice: self.embedding,
                audio: Rows::Infilled {
                    rows: &self.audio[window.start * width..window.end * width],
                    gap: &open_tokens,
                },
                motion: Rows::Infilled {
                    rows: &motion,
                    gap: &open_frames,
                },
                heard: None,
                steps: job.settings.steps,
                seed: self.changer.edit.seed.wrapping_add(made.start as u64),
                kept: Some(made.start - window.start..made.end - window.start),
            };
            let streams = run.fill(job)?;
            let new = (made.start - window.start) * width..(made.end - window.start) * width;
            self.audio[made.start * width..made.end * width].copy_from_slice(&streams.audio[new]);
            let to = match made.end == self.made_tokens.end {
                true => self.made_frames.end,
                false => grid.frame_of(made.end).min(self.made_frames.end),
            };
            if from < to {
                let new = (from - first_frame) * channels..(to - first_frame) * channels;
                self.motion[from * channels..to * channels].copy_from_slice(&streams.motion[new]);
            }
        }
        Ok(())
    }
}
