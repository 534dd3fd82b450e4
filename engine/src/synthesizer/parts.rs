//! Where an utterance is cut, so that its beginning is heard while its rest is made.
//!
//! Durations and pitch are predicted for the whole utterance first, so a cut breaks no melody. Each part is generated with the
//! one before it as given context and a little of what follows as outlook, which is thrown away.

use std::ops::Range;

use super::alignment::Alignment;
use crate::jam_flow::Config;

/// What a part is given of the parts before it.
const CONTEXT_SECS: f64 = 2.0;
/// What is generated beyond a part's end and thrown away: the next part makes it anew, with a wider view.
const OUTLOOK_SECS: f64 = 0.3;
/// Tokens after which tokens and motion frames meet: a part begins on such a token, so that both streams stay on one clock.
const GRID_TOKENS: usize = 15;
/// Each part may be this much longer than the one before, which is heard while it is made.
pub const GROWTH: f64 = 4.0;
/// No part is left over that is shorter.
const SHORTEST_SECS: f64 = 0.8;
/// A gap between words this long is a pause, where a cut is least of all heard.
const PAUSE_SECS: f64 = 0.06;

/// The tokens of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Given context, the part itself, outlook.
    pub window: Range<usize>,
    /// The part itself.
    pub made: Range<usize>,
}

/// Cuts an utterance between words into parts that grow from about `first_secs`; `words` are ranges of phones.
pub fn parts(
    config: &Config,
    alignment: &Alignment,
    words: impl IntoIterator<Item = Range<usize>>,
    first_secs: f64,
) -> Vec<Part> {
    let tokens = alignment.index.len();
    let per_second = config.tokens_per_second();
    let (context, outlook) = (
        (CONTEXT_SECS * per_second) as usize,
        (OUTLOOK_SECS * per_second) as usize,
    );
    let total_secs = tokens as f64 / per_second;
    let spans: Vec<_> = words
        .into_iter()
        .map(|word| alignment.span_secs(word))
        .collect();
    let gaps: Vec<Gap> = spans
        .windows(2)
        .map(|pair| Gap {
            middle_secs: (pair[0].1 + pair[1].0) / 2.0,
            is_pause: pair[1].0 - pair[0].1 >= PAUSE_SECS,
        })
        .collect();
    let mut parts = Vec::new();
    let (mut begin, mut begin_secs, mut length_secs) = (0, 0.0, first_secs);
    while let Some(cut_secs) = cut(&gaps, begin_secs, length_secs, total_secs) {
        let end = (cut_secs * per_second).round() as usize;
        parts.push(begin..end);
        (begin, begin_secs, length_secs) = (end, cut_secs, length_secs * GROWTH);
    }
    parts.push(begin..tokens);
    parts
        .into_iter()
        .map(|made| Part {
            window: made.start.saturating_sub(context) / GRID_TOKENS * GRID_TOKENS
                ..(made.end + outlook).min(tokens),
            made,
        })
        .collect()
}

/// The space between two words.
struct Gap {
    middle_secs: f64,
    is_pause: bool,
}

/// The best gap to end a part of about `length_secs` that begins at `begin_secs`; `None` if the rest is one part.
fn cut(gaps: &[Gap], begin_secs: f64, length_secs: f64, total_secs: f64) -> Option<f64> {
    let length = |gap: &Gap| gap.middle_secs - begin_secs;
    let possible = || {
        gaps.iter().filter(|gap| {
            length(gap) >= SHORTEST_SECS && total_secs - gap.middle_secs >= SHORTEST_SECS
        })
    };
    let fits = |gap: &&Gap| (0.75 * length_secs..1.5 * length_secs).contains(&length(gap));
    let off = |gap: &Gap| (length(gap) - length_secs).abs();
    let nearest = |a: &&Gap, b: &&Gap| off(a).total_cmp(&off(b));
    if total_secs - begin_secs < 1.5 * length_secs {
        return None;
    }
    possible()
        .filter(fits)
        .filter(|gap| gap.is_pause)
        .min_by(nearest)
        .or_else(|| possible().min_by(nearest))
        .map(|gap| gap.middle_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config {
            patch_size: 2,
            ..Config::f5_v1_base()
        }
    }

    /// Phones of 0.1 s; words of three, with a pause of one phone after each `sentence` words.
    fn spoken(words: usize, sentence: usize) -> (Alignment, Vec<Range<usize>>) {
        let mut spans = Vec::new();
        let mut phones = 1;
        for word in 1..=words {
            spans.push(phones..phones + 3);
            phones += 3 + usize::from(word % sentence == 0);
        }
        let logs = vec![4f32.ln(); phones + 1];
        (Alignment::new(&config(), &logs, 1.0).unwrap(), spans)
    }

    #[test]
    fn parts_cover_the_utterance_and_grow() {
        for words in 1..50 {
            let (alignment, spans) = spoken(words, 7);
            let parts = parts(&config(), &alignment, spans.clone(), 1.2);
            let tokens = alignment.index.len();
            assert_eq!(parts[0].made.start, 0);
            assert_eq!(parts.last().unwrap().made.end, tokens);
            for pair in parts.windows(2) {
                assert_eq!(pair[0].made.end, pair[1].made.start);
                assert!(pair[0].window.end > pair[0].made.end);
                assert!(pair[1].window.start.is_multiple_of(GRID_TOKENS));
            }
            // No cut lies in a word.
            for part in &parts[1..] {
                let at = part.made.start as f64 / config().tokens_per_second();
                let inside = |word: &Range<usize>| {
                    let (start, end) = alignment.span_secs(word.clone());
                    start + 0.02 < at && at < end - 0.02
                };
                assert!(!spans.iter().any(inside), "{words} words, {at} s");
            }
            let first_secs = parts[0].made.end as f64 / config().tokens_per_second();
            assert!(first_secs < 2.5 && parts.len() <= 4, "{first_secs}");
        }
    }

    #[test]
    fn a_pause_is_the_better_place() {
        let (alignment, spans) = spoken(20, 5);
        let parts = parts(&config(), &alignment, spans, 1.3);
        // After five words: 0.1 + 1.5 s, and half of the pause.
        assert_eq!(parts[0].made.end, (1.65 * 46.875f64).round() as usize);
    }

    #[test]
    fn one_part_where_waiting_is_no_matter() {
        let (alignment, spans) = spoken(30, 7);
        let whole = parts(&config(), &alignment, spans, f64::INFINITY);
        assert_eq!(whole.len(), 1);
        assert_eq!(whole[0].window, whole[0].made);
    }
}
