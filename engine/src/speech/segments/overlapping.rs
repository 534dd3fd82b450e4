//! Equal windows that share their ends.

use super::{Grid, Segment};
use crate::motion::MouthFrame;

/// A window is about as long as an utterance.
const WINDOW_SECS: f64 = 11.85;
/// What it shares with the next one.
const OVERLAP_SECS: f64 = 0.97;

/// Each window keeps all that it makes but what the next one begins with.
pub fn segments(grid: &Grid, tokens: usize) -> Vec<Segment> {
    let steps = tokens.div_ceil(grid.tokens).max(1);
    let (window, overlap) = (grid.steps(WINDOW_SECS), grid.steps(OVERLAP_SECS));
    let mut segments = Vec::new();
    let mut start = 0;
    loop {
        let end = (start + window).min(steps);
        let made_end = if end == steps { end } else { end - overlap };
        segments.push(Segment {
            window: start * grid.tokens..end * grid.tokens,
            made: start * grid.tokens..made_end * grid.tokens,
        });
        if end == steps {
            return segments;
        }
        start = made_end;
    }
}

/// Goes over from what an earlier run made of some frames to what a later one made of them.
pub fn cross_fade(earlier: &[MouthFrame], later: &mut [MouthFrame]) {
    let count = earlier.len().min(later.len()) as f32 + 1.0;
    for (i, (old, new)) in earlier.iter().zip(later).enumerate() {
        *new = old.mixed(new, (i as f32 + 1.0) / count);
    }
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
    fn windows_cover_every_length_once() {
        for samples in [
            1,
            960,
            7680,
            284_160,
            284_161,
            307_200,
            1_000_000,
            24_000 * 600,
        ] {
            let tokens = usize::div_ceil(samples, GRID.token_samples());
            let all = segments(&GRID, tokens);
            assert_eq!(all[0].made.start, 0, "{samples}");
            let end = all.last().unwrap().made.end;
            assert!(end >= tokens && end - tokens < GRID.tokens);
            for pair in all.windows(2) {
                assert_eq!(pair[0].made.end, pair[1].made.start);
                let shared = pair[0].window.end - pair[1].window.start;
                assert_eq!(shared, 3 * GRID.tokens);
                assert!(pair[1].window.len() > shared, "{samples}");
                assert_eq!(pair[0].window.len(), 37 * GRID.tokens);
            }
        }
    }

    #[test]
    fn cross_fading_goes_from_old_to_new() {
        let earlier = vec![MouthFrame::default(); 3];
        let mut later = vec![MouthFrame::from([[1.0; 3]; 4]); 5];
        cross_fade(&earlier, &mut later);
        let first: Vec<f32> = later.iter().map(|frame| frame.corner[0]).collect();
        assert_eq!(first, [0.25, 0.5, 0.75, 1.0, 1.0]);
        let mut short = vec![MouthFrame::from([[1.0; 3]; 4]); 1];
        cross_fade(&earlier, &mut short);
        assert_eq!(short[0].corner[0], 0.5);
    }
}
