//! Where the phones of new words go in time, and where old and new sound meet.

use std::ops::Range;

use super::splice::{FADE_SAMPLES, quietest};
use super::words::Change;
use super::{Changer, SpanLength, Speech, Surroundings};
use crate::audio::SAMPLE_RATE_HZ;
use crate::motion::FRAMES_PER_SECOND;
use crate::networks::jam_flow::{Config, DURATION_FRAME_SECS};
use crate::speech::plan::{Alignment, Prediction};
use crate::speech::{SAMPLES_PER_FRAME, SpeechError};
use crate::text::PhoneTokenizer;
use crate::{AlignedSpeech, Result};

/// A border may lie so far within a word that is kept, if it is quieter there than between the words.
const REACH_SECS: f64 = 0.12;
/// A gap between words this long is a pause, and the border lies in it.
const PAUSE_SECS: f64 = 0.03;
/// Without new phones the words on either side are said again for so long, where they meet.
const MEETING_SECS: f64 = 0.03;
/// Faster than this, against the speaker's own pace, new words do not fit.
const MAX_PACE: f64 = 2.0;
/// Slower than this the rest of a kept length becomes a pause.
const MAX_STRETCH: f64 = 1.3;

/// The new phones in time.
pub struct Layout {
    /// The whole speech with the new words in it.
    pub aligned: AlignedSpeech,
    /// Phones around the change: (tokens).
    pub phones: Vec<u32>,
    /// When the first of them begins and when each ends, seconds of the new speech.
    begin_secs: f64,
    ends_secs: Vec<f64>,
    /// Samples of the old speech that go, and those of the new speech that come in their place.
    pub old_cut: Range<usize>,
    pub new_cut: Range<usize>,
    /// By how many motion frames what follows moves.
    pub moved_frames: isize,
    /// Until when, and from when on, the new speech has the phones of the old one.
    pub kept_secs: (f64, f64),
}

/// The tokens between the words that are kept on either side of old words.
pub fn replaced_tokens(aligned: &AlignedSpeech, words: &Range<usize>) -> Range<usize> {
    let begin = match words.start {
        0 => 0,
        word => aligned.words[word - 1].tokens.end,
    };
    let next = aligned.words.get(words.end);
    begin..next.map_or(aligned.tokens.len(), |word| word.tokens.start)
}

impl Layout {
    /// Lays out a change, and says what the predictor thinks of [`Layout::phones`].
    ///
    /// # Errors
    /// [`SpeechError::DoesNotFit`] if the length is to be kept and the words do not fit into it.
    pub fn new<'a>(
        changer: &Changer<'a>,
        old: &Speech,
        change: &Change,
        around: &Surroundings,
    ) -> Result<(Self, Prediction<'a>)> {
        let tokenizer = changer.job.model.front_end.tokenizer();
        let replaced = replaced_tokens(&old.aligned, &change.old);
        let wanted = replaced_tokens(changer.wanted, &change.new);
        let (left_secs, right_secs) = old.aligned.span_secs(replaced.clone());
        let mut fresh = changer.wanted.tokens[wanted].to_vec();
        let before = &old.aligned.tokens[around.tokens.start..replaced.start];
        let after = &old.aligned.tokens[replaced.end..around.tokens.end];
        let predict = |fresh: &[u32]| {
            let phones = [before, fresh, after].concat();
            Prediction::new(changer.job.model, &phones, &around.predicted_as)
                .map(|prediction| (phones, prediction))
        };
        let (mut phones, mut prediction) = predict(&fresh)?;
        let mut secs: Vec<f64> = prediction.log_frames[before.len()..][..fresh.len()]
            .iter()
            .map(|&log| f64::from(log).exp() * DURATION_FRAME_SECS * around.style.pace)
            .map(|secs| if secs > 0.0 { secs.min(2.0) } else { 0.0 })
            .collect();
        let is_kept = keep_pauses(tokenizer, &old.aligned, &replaced, &fresh, &mut secs);

        // A whole number of frames longer or shorter, so that sound and mouth stay on one clock.
        let old_secs = right_secs - left_secs;
        let moved_frames = match changer.edit.length {
            SpanLength::Kept => 0,
            SpanLength::Free => {
                let longer = (secs.iter().sum::<f64>() - old_secs) * FRAMES_PER_SECOND;
                // Nothing shrinks below nothing.
                longer.round().max((-old_secs * FRAMES_PER_SECOND).ceil()) as isize
            }
        };
        let new_secs = old_secs + moved_frames as f64 / FRAMES_PER_SECOND;
        let surplus_secs = fit(&mut secs, &is_kept, new_secs).ok_or_else(|| {
            let words = &changer.wanted.words[change.new.clone()];
            let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            SpeechError::DoesNotFit {
                words: words.join(" "),
                secs: new_secs,
            }
        })?;
        if surplus_secs > 1e-6 {
            let pause = fresh.iter().rposition(|&token| tokenizer.is_silence(token));
            match pause {
                Some(pause) => secs[pause] += surplus_secs,
                None => {
                    fresh.push(space(tokenizer));
                    secs.push(surplus_secs);
                    (phones, prediction) = predict(&fresh)?;
                }
            }
        }

        let moved_secs = moved_frames as f64 / FRAMES_PER_SECOND;
        let fresh_ends = secs.iter().scan(left_secs, |end, secs| {
            *end += secs;
            Some(*end)
        });
        let moved_ends = old.aligned.ends_secs[replaced.end..]
            .iter()
            .map(|end| end + moved_secs);
        let mut ends_secs = old.aligned.ends_secs[..replaced.start].to_vec();
        ends_secs.extend(fresh_ends.chain(moved_ends));
        let gaps = Gaps {
            old: pauses(tokenizer, &old.aligned.tokens[replaced.clone()], |i| {
                let (begin, end) = old
                    .aligned
                    .span_secs(replaced.start + i..replaced.start + i + 1);
                end - begin
            }),
            new: pauses(tokenizer, &fresh, |i| secs[i]),
        };
        let has_new_phones = new_secs > 2.0 * MEETING_SECS;
        let mut old_cut = gaps.cut(old, change, left_secs, right_secs, has_new_phones);
        let moved_samples = moved_frames * SAMPLES_PER_FRAME as isize;
        let new_end = usize::try_from(old_cut.end as isize + moved_samples).unwrap_or(0);
        // There is always room for both fades.
        old_cut.start = old_cut.start.min(new_end.saturating_sub(2 * FADE_SAMPLES));

        let local = around.tokens.start..replaced.start + fresh.len() + after.len();
        let begin_secs = match local.start {
            0 => 0.0,
            first => ends_secs[first - 1],
        };
        let layout = Self {
            begin_secs,
            ends_secs: ends_secs[local].to_vec(),
            phones,
            new_cut: old_cut.start..new_end,
            old_cut,
            moved_frames,
            kept_secs: (left_secs, right_secs + moved_secs),
            aligned: renewed(
                &old.aligned,
                changer.wanted,
                change,
                &replaced,
                &fresh,
                ends_secs,
            ),
        };
        Ok((layout, prediction))
    }

    /// The phones around the change on the model's clock, which begins with sample `first` of the new speech.
    pub fn alignment(&self, config: &Config, first: usize, tokens: usize) -> Option<Alignment> {
        let origin_secs = first as f64 / f64::from(SAMPLE_RATE_HZ);
        let ends_secs: Vec<f64> = self.ends_secs.iter().map(|end| end - origin_secs).collect();
        Alignment::of_ends(config, self.begin_secs - origin_secs, &ends_secs, tokens)
    }
}

/// The old speech's words and phones with the new ones in place.
fn renewed(
    old: &AlignedSpeech,
    wanted: &AlignedSpeech,
    change: &Change,
    replaced: &Range<usize>,
    fresh: &[u32],
    ends_secs: Vec<f64>,
) -> AlignedSpeech {
    let moved = |token: usize, from: usize, to: usize| token + to - from;
    let first_wanted = replaced_tokens(wanted, &change.new).start;
    let mut words = old.words[..change.old.start].to_vec();
    words.extend(
        wanted.words[change.new.clone()]
            .iter()
            .cloned()
            .map(|mut word| {
                word.tokens = moved(word.tokens.start, first_wanted, replaced.start)
                    ..moved(word.tokens.end, first_wanted, replaced.start);
                word
            }),
    );
    let after = replaced.start + fresh.len();
    words.extend(old.words[change.old.end..].iter().cloned().map(|mut word| {
        word.tokens = moved(word.tokens.start, replaced.end, after)
            ..moved(word.tokens.end, replaced.end, after);
        word
    }));
    AlignedSpeech {
        tokens: [
            &old.tokens[..replaced.start],
            fresh,
            &old.tokens[replaced.end..],
        ]
        .concat(),
        ends_secs,
        words,
    }
}

/// How many silences a run of phones begins and ends with; all of it counts for both if it has nothing else.
fn silences(tokenizer: &PhoneTokenizer, phones: &[u32]) -> (usize, usize) {
    let is_silence = |token: &&u32| tokenizer.is_silence(**token);
    (
        phones.iter().take_while(is_silence).count(),
        phones.iter().rev().take_while(is_silence).count(),
    )
}

/// Length of the pauses that a run of phones begins and ends with; what is nothing but a pause is halved.
fn pauses(tokenizer: &PhoneTokenizer, phones: &[u32], secs: impl Fn(usize) -> f64) -> (f64, f64) {
    let (leading, trailing) = silences(tokenizer, phones);
    if leading == phones.len() {
        let half_secs = (0..leading).map(&secs).sum::<f64>() / 2.0;
        return (half_secs, half_secs);
    }
    (
        (0..leading).map(&secs).sum(),
        (phones.len() - trailing..phones.len()).map(&secs).sum(),
    )
}

/// Gives pauses at either end of the new phones the length that they have in the old speech, where they are the same there.
/// Says which.
fn keep_pauses(
    tokenizer: &PhoneTokenizer,
    old: &AlignedSpeech,
    replaced: &Range<usize>,
    fresh: &[u32],
    secs: &mut [f64],
) -> Vec<bool> {
    let before = &old.tokens[replaced.clone()];
    let old_secs = |i: usize| {
        let (begin, end) = old.span_secs(replaced.start + i..replaced.start + i + 1);
        end - begin
    };
    let (old_leading, old_trailing) = silences(tokenizer, before);
    let (leading, trailing) = silences(tokenizer, fresh);
    let mut is_kept = vec![false; fresh.len()];
    let mut keep = |count: usize, old_from: usize, from: usize| {
        for i in 0..count {
            (secs[from + i], is_kept[from + i]) = (old_secs(old_from + i), true);
        }
    };
    let keeps_leading = leading > 0 && before[..old_leading] == fresh[..leading];
    if keeps_leading {
        keep(leading, 0, 0);
    }
    let (old_from, from) = (before.len() - old_trailing, fresh.len() - trailing);
    // What is nothing but a pause has one length, not two.
    let is_free = !(keeps_leading && leading == fresh.len());
    if is_free && trailing > 0 && before[old_from..] == fresh[from..] {
        keep(trailing, old_from, from);
    }
    is_kept
}

/// Brings lengths to a sum, kept ones last. → what is left over for a pause; `None` if they do not fit.
fn fit(secs: &mut [f64], is_kept: &[bool], total_secs: f64) -> Option<f64> {
    let sum = |secs: &[f64], which: bool| -> f64 {
        let of = secs.iter().zip(is_kept).filter(|(_, kept)| **kept == which);
        of.map(|(secs, _)| secs).sum()
    };
    let (kept, free) = (sum(secs, true), sum(secs, false));
    if kept + free <= 0.0 {
        return Some(total_secs.max(0.0));
    }
    // At a pace that is still the speaker's, pauses stay as they are.
    let gentle = match free > 0.0 {
        true => (total_secs - kept) / free,
        false => f64::NAN,
    };
    if (0.75..=MAX_STRETCH).contains(&gentle) {
        for (secs, _) in secs.iter_mut().zip(is_kept).filter(|(_, kept)| !**kept) {
            *secs *= gentle;
        }
        return Some(0.0);
    }
    let pace = total_secs / (kept + free);
    if pace > 1.0 {
        let slower = if free > 0.0 {
            gentle.min(MAX_STRETCH)
        } else {
            1.0
        };
        for (secs, _) in secs.iter_mut().zip(is_kept).filter(|(_, kept)| !**kept) {
            *secs *= slower;
        }
        return Some(total_secs - secs.iter().sum::<f64>());
    }
    if pace < MAX_PACE.recip() && free > 0.0 && total_secs > 0.0 || total_secs < 0.0 {
        return None;
    }
    secs.iter_mut().for_each(|secs| *secs *= pace);
    Some(0.0)
}

/// The token of a pause without a mark.
fn space(tokenizer: &PhoneTokenizer) -> u32 {
    (0..tokenizer.vocabulary_size() as u32)
        .find(|&token| tokenizer.text(token).as_deref() == Some(" "))
        .unwrap_or(0)
}

/// Pauses before and behind the changed words, seconds.
struct Gaps {
    old: (f64, f64),
    new: (f64, f64),
}

impl Gaps {
    /// The samples of the old speech that go.
    fn cut(
        &self,
        old: &Speech,
        change: &Change,
        left_secs: f64,
        right_secs: f64,
        has_new_phones: bool,
    ) -> Range<usize> {
        let words = &old.aligned.words;
        let at = |secs: f64| {
            let sample = (secs.max(0.0) * f64::from(SAMPLE_RATE_HZ)) as usize;
            sample.min(old.samples.len())
        };
        let inside = if has_new_phones { 0.0 } else { MEETING_SECS };
        let leading = self.old.0.min(self.new.0);
        let begin = match change.old.start {
            // Before the first word there may be nothing that could be kept.
            0 if leading < PAUSE_SECS => 0,
            0 => quietest(&old.samples, 0..at(left_secs + leading)),
            _ if leading >= PAUSE_SECS && has_new_phones => {
                quietest(&old.samples, at(left_secs)..at(left_secs + leading))
            }
            word => {
                let (word_begin, word_end) = old.aligned.word_secs(word - 1);
                let reach = REACH_SECS.min((word_end - word_begin) / 2.0).max(inside);
                quietest(
                    &old.samples,
                    at(left_secs - reach)..at(left_secs - inside) + 1,
                )
            }
        };
        let trailing = self.old.1.min(self.new.1);
        let length = old.samples.len();
        let end = match words.get(change.old.end) {
            None if trailing < PAUSE_SECS => length,
            None => {
                let end = at(right_secs);
                // What comes after the last phone is as quiet as the pause before it.
                quietest(
                    &old.samples,
                    at(right_secs - trailing)..end.max(length.saturating_sub(1)),
                )
            }
            Some(_) if trailing >= PAUSE_SECS && has_new_phones => {
                quietest(&old.samples, at(right_secs - trailing)..at(right_secs))
            }
            Some(_) => {
                let (word_begin, word_end) = old.aligned.word_secs(change.old.end);
                let reach = REACH_SECS.min((word_end - word_begin) / 2.0).max(inside);
                quietest(
                    &old.samples,
                    at(right_secs + inside)..at(right_secs + reach) + 1,
                )
            }
        };
        begin..end.max(begin).min(length)
    }
}

const _: () = assert!(
    2 * FADE_SAMPLES <= (2.0 * MEETING_SECS * SAMPLE_RATE_HZ as f64) as usize,
    "where words meet there is room for both fades"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_brought_to_their_sum() {
        let mut secs = [0.1, 0.2, 0.3];
        assert_eq!(fit(&mut secs, &[true, false, false], 0.6), Some(0.0));
        assert_eq!(fit(&mut secs, &[true, false, false], 0.55), Some(0.0));
        assert!((secs[0] - 0.1).abs() < 1e-9 && (secs.iter().sum::<f64>() - 0.55).abs() < 1e-9);
        // Much slower: the rest is a pause.
        let left = fit(&mut secs, &[true, false, false], 2.0).unwrap();
        assert!((left + secs.iter().sum::<f64>() - 2.0).abs() < 1e-9);
        assert!(left > 1.0);
        // Faster than anybody speaks.
        assert_eq!(fit(&mut [1.0, 1.0], &[false, false], 0.5), None);
        assert_eq!(fit(&mut [0.2], &[true], 0.0), Some(0.0));
        assert_eq!(fit(&mut [], &[], 0.02), Some(0.02));
    }
}
