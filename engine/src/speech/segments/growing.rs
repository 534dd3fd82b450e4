//! Where an utterance is cut, so that its beginning is heard while its rest is made.
//!
//! Durations and pitch are predicted for the whole utterance first, so a cut breaks no melody. Each piece is made with the
//! one before it as given context and a little of what follows as outlook, which is thrown away.

use super::{Grid, Segment};

/// What a piece is given of the pieces before it.
const CONTEXT_SECS: f64 = 2.0;
/// What is made beyond a piece's end and thrown away: the next piece makes it again, with a wider view.
const OUTLOOK_SECS: f64 = 0.3;
/// Each piece may be this much longer than the one before, which is heard while it is made.
pub const GROWTH: f64 = 4.0;
/// No piece is left over that is shorter.
const MIN_PIECE_SECS: f64 = 0.8;
/// A gap between words this long is a pause, where a cut is least of all heard.
const PAUSE_SECS: f64 = 0.06;

/// Cuts `tokens` tokens between words into pieces that grow from about `first_secs`.
pub fn segments(
    grid: &Grid,
    tokens: usize,
    words_secs: &[(f64, f64)],
    first_secs: f64,
) -> Vec<Segment> {
    let per_second = grid.tokens_per_second();
    let (context, outlook) = (
        (CONTEXT_SECS * per_second) as usize,
        (OUTLOOK_SECS * per_second) as usize,
    );
    let total_secs = tokens as f64 / per_second;
    let gaps: Vec<Gap> = words_secs
        .windows(2)
        .map(|pair| Gap {
            middle_secs: (pair[0].1 + pair[1].0) / 2.0,
            is_pause: pair[1].0 - pair[0].1 >= PAUSE_SECS,
        })
        .collect();
    let mut pieces = Vec::new();
    let (mut begin, mut begin_secs, mut length_secs) = (0, 0.0, first_secs);
    while let Some(cut_secs) = cut(&gaps, begin_secs, length_secs, total_secs) {
        let end = (cut_secs * per_second).round() as usize;
        pieces.push(begin..end);
        (begin, begin_secs, length_secs) = (end, cut_secs, length_secs * GROWTH);
    }
    pieces.push(begin..tokens);
    pieces
        .into_iter()
        .map(|made| Segment {
            // A piece begins where tokens and motion frames meet, so that both streams stay on one clock.
            window: grid.step_before(made.start.saturating_sub(context))
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

/// The best gap to end a piece of about `length_secs` that begins at `begin_secs`; `None` if the rest is one piece.
fn cut(gaps: &[Gap], begin_secs: f64, length_secs: f64, total_secs: f64) -> Option<f64> {
    let length = |gap: &Gap| gap.middle_secs - begin_secs;
    let possible = || {
        gaps.iter().filter(|gap| {
            length(gap) >= MIN_PIECE_SECS && total_secs - gap.middle_secs >= MIN_PIECE_SECS
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
    use crate::speech::segments::Strategy;

    const GRID: Grid = Grid {
        samples: 7680,
        tokens: 15,
        frames: 8,
    };

    /// Phones of 0.1 s; words of three, with a pause of one phone after each `sentence` words. -> words, tokens
    fn spoken(words: usize, sentence: usize) -> (Vec<(f64, f64)>, usize) {
        let mut spans = Vec::new();
        let mut phones = 1;
        for word in 1..=words {
            spans.push((f64::from(phones) * 0.1, f64::from(phones + 3) * 0.1));
            phones += 3 + i32::from(word % sentence == 0);
        }
        let secs = f64::from(phones + 1) * 0.1;
        (spans, (secs * GRID.tokens_per_second()) as usize)
    }

    #[test]
    fn pieces_cover_the_utterance_and_grow() {
        for words in 1..50 {
            let (spans, tokens) = spoken(words, 7);
            let pieces = segments(&GRID, tokens, &spans, 1.2);
            assert_eq!(pieces[0].made.start, 0);
            assert_eq!(pieces.last().unwrap().made.end, tokens);
            for pair in pieces.windows(2) {
                assert_eq!(pair[0].made.end, pair[1].made.start);
                assert!(pair[0].window.end > pair[0].made.end);
                assert!(pair[1].window.start.is_multiple_of(GRID.tokens));
            }
            // No cut lies in a word.
            for piece in &pieces[1..] {
                let at = piece.made.start as f64 / GRID.tokens_per_second();
                let inside = |(start, end): &(f64, f64)| start + 0.02 < at && at < end - 0.02;
                assert!(!spans.iter().any(inside), "{words} words, {at} s");
            }
            let first_secs = pieces[0].made.end as f64 / GRID.tokens_per_second();
            assert!(first_secs < 2.5 && pieces.len() <= 4, "{first_secs}");
        }
    }

    #[test]
    fn a_pause_is_the_better_place() {
        let (spans, tokens) = spoken(20, 5);
        let pieces = segments(&GRID, tokens, &spans, 1.3);
        // After five words: 0.1 + 1.5 s, and half of the pause.
        assert_eq!(pieces[0].made.end, (1.65 * 46.875f64).round() as usize);
    }

    #[test]
    fn one_piece_where_waiting_is_no_matter() {
        let (spans, tokens) = spoken(30, 7);
        let growing = segments(&GRID, tokens, &spans, f64::INFINITY);
        assert_eq!(growing, Strategy::Whole.segments(&GRID, tokens));
    }
}
