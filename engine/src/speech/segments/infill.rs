//! A gap that is filled in pieces, each with what was made before it.

use std::ops::Range;

use super::{Grid, Segment};

/// A longer gap is made in pieces of this length.
const PIECE_SECS: f64 = 9.7;
/// What a piece sees of what was made before it.
const CONTEXT_SECS: f64 = 3.25;
/// What is made beyond a piece's end and thrown away: steps.
const OUTLOOK_STEPS: usize = 1;

/// Pieces end where tokens and frames meet; the first one sees all that is known before the gap, and no short one is left over.
pub fn segments(
    grid: &Grid,
    tokens: usize,
    gap: &Range<usize>,
    sees_beginning: bool,
) -> Vec<Segment> {
    let piece = grid.steps(PIECE_SECS) * grid.tokens;
    let context = grid.steps(CONTEXT_SECS) * grid.tokens;
    let mut segments = Vec::new();
    let mut begin = gap.start;
    while begin < gap.end {
        let next = grid.step_before(begin + piece);
        let is_last = gap.end < next + piece / 4;
        let start = match begin == gap.start || sees_beginning {
            true => 0,
            false => grid.step_before(begin.saturating_sub(context)),
        };
        let (end, until) = match is_last {
            true => (gap.end, tokens),
            false => (next, next + OUTLOOK_STEPS * grid.tokens),
        };
        segments.push(Segment {
            window: start..until,
            made: begin..end,
        });
        begin = end;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid {
        samples: 7680,
        tokens: 15,
        frames: 8,
    };

    #[test]
    fn pieces_fill_the_gap_and_see_what_is_around_it() {
        for gap in [0..1, 7..100, 180..700, 0..3000, 31..2017] {
            for sees_beginning in [false, true] {
                let tokens = gap.end + 190;
                let all = segments(&GRID, tokens, &gap, sees_beginning);
                assert_eq!(all[0].made.start, gap.start);
                assert_eq!(all[0].window.start, 0);
                let last = all.last().unwrap();
                assert_eq!((last.made.end, last.window.end), (gap.end, tokens));
                for pair in all.windows(2) {
                    assert_eq!(pair[0].made.end, pair[1].made.start);
                    assert_eq!(pair[0].window.end, pair[0].made.end + 15);
                    assert!(pair[1].made.start.is_multiple_of(15));
                    assert!(pair[1].window.start.is_multiple_of(15));
                    assert_eq!(
                        pair[1].window.start == 0,
                        sees_beginning || pair[1].made.start < 165
                    );
                    assert!(pair[1].made.len() >= 100, "{gap:?}");
                }
            }
        }
    }
}
