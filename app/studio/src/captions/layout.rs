//! Which words stand together for how long, and where.

use engine::TimedWord;

use super::CaptionStyle;
use super::font::Font;

/// Most words at once where each is highlighted.
const HIGHLIGHTED_WORDS: usize = 5;
/// A pause of this length ends a block, seconds.
const PAUSE_SECS: f64 = 0.5;
/// A sentence that ends here ends the block too, if that has stood this long.
const SENTENCE_SECS: f64 = 1.5;
/// No block stands longer, except for a single long word.
const MAX_SECS: f64 = 6.0;
/// Shorter ones stay on, as long as the next has not begun, and nobody sees gaps that are shorter.
const MIN_SECS: f64 = 1.0;
const GAP_SECS: f64 = 0.3;
/// From one baseline to the next, ems.
pub(super) const LINE_HEIGHT: f32 = 1.28;
/// How far letters reach above the baseline and below it, ems.
pub(super) const ABOVE: f32 = 1.1;
pub(super) const BELOW: f32 = 0.5;
/// Between which parts of a face, from the hairline to the chin, the mouth is while it speaks and the head nods; and how wide.
const MOUTH: [f32; 2] = [0.62, 1.06];
const MOUTH_BESIDE: f32 = 0.2;
/// Hair above a face, parts of its height.
const HAIR: f32 = 0.3;

/// Sizes and places in a video.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    style: CaptionStyle,
    /// Width and height of the video.
    pub size_px: (u32, u32),
    /// Size of the letters.
    pub em_px: f32,
    /// Widest line.
    pub width_px: f32,
    /// The last baseline.
    pub baseline_px: f32,
}

/// Words that stand there together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// When it appears, and when it goes.
    pub start_secs: f64,
    pub end_secs: f64,
    /// One or two.
    pub lines: Vec<Vec<Word>>,
}

/// A word of a block.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub text: String,
    pub start_secs: f64,
}

impl Block {
    /// The word that is spoken at a time, counted over all lines.
    pub fn spoken_at(&self, secs: f64) -> Option<usize> {
        let words = self.lines.iter().flatten();
        words
            .take_while(|word| word.start_secs <= secs)
            .count()
            .checked_sub(1)
    }
}

impl Layout {
    /// Captions of a style in a video of this size.
    ///
    /// Television keeps the outer twentieth free; programs for telephones lay buttons over the lower fifth and the right eighth
    /// of a tall video.
    pub fn of(style: CaptionStyle, size_px: (u32, u32)) -> Self {
        let [width, height] = [size_px.0 as f32, size_px.1 as f32];
        let is_tall = height > 1.5 * width;
        let (side, bottom) = if is_tall { (0.13, 0.24) } else { (0.08, 0.09) };
        let em = match (style, is_tall) {
            (CaptionStyle::Highlight, true) => 0.09,
            (CaptionStyle::Highlight, false) => 0.08,
            (CaptionStyle::Plain | CaptionStyle::Boxed, true) => 0.058,
            (CaptionStyle::Plain | CaptionStyle::Boxed, false) => 0.052,
        };
        Self {
            style,
            size_px,
            em_px: (em * width.min(height)).max(8.0),
            width_px: width * (1.0 - 2.0 * side),
            baseline_px: height * (1.0 - bottom),
        }
    }

    /// The same, moved to where no block covers the mouth of a face (x, y, width, height, from the hairline to the chin): below the chin
    /// or above the hair where the frame has room, else over hair and forehead.
    pub fn beside(mut self, faces_px: &[[f32; 4]]) -> Self {
        let [width, height] = [self.size_px.0 as f32, self.size_px.1 as f32];
        let is_tall = height > 1.5 * width;
        let [above, below] = [(ABOVE + LINE_HEIGHT) * self.em_px, BELOW * self.em_px];
        let sides = [-0.5, 0.5].map(|part| width / 2.0 + part * self.width_px);
        let faces: Vec<&[f32; 4]> = (faces_px.iter())
            .filter(|[x, _, face_width, _]| {
                let beside = MOUTH_BESIDE * face_width;
                x + beside < sides[1] && x + face_width - beside > sides[0]
            })
            .collect();
        let is_free = |baseline: &f32| {
            faces.iter().all(|[_, y, _, face_height]| {
                let [from, to] = MOUTH.map(|part| y + part * face_height);
                baseline + below <= from || baseline - above >= to
            })
        };
        // The outer twentieth, or what telephones lay over the picture.
        let (first, last) = if is_tall { (0.1, 0.8) } else { (0.05, 0.95) };
        let safe = first * height + above..=last * height - below;
        let chin = faces.iter().map(|[_, y, _, size]| y + MOUTH[1] * size);
        let hair = faces.iter().map(|[_, y, _, size]| y - HAIR * size);
        let lips = faces.iter().map(|[_, y, _, size]| y + MOUTH[0] * size);
        let places = [
            chin.fold(0.0, f32::max) + above,
            hair.fold(height, f32::min) - below,
            *safe.start(),
            lips.fold(height, f32::min) - below,
        ];
        if !is_free(&self.baseline_px) {
            let place = places
                .iter()
                .find(|place| safe.contains(place) && is_free(place));
            self.baseline_px = place.copied().unwrap_or(self.baseline_px);
        }
        self
    }

    /// Groups words into blocks. Adding words changes at most the last block.
    pub fn blocks(&self, words: &[TimedWord], font: &Font) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut group: Vec<&TimedWord> = Vec::new();
        for word in words.iter().filter(|word| !word.text.trim().is_empty()) {
            if let (Some(first), Some(last)) = (group.first(), group.last()) {
                let ends = last.text.trim_end().ends_with(['.', '!', '?', '…', '。']);
                let is_short = last.end_secs - first.start_secs < SENTENCE_SECS;
                let is_full = match self.style {
                    CaptionStyle::Highlight => ends || group.len() >= HIGHLIGHTED_WORDS,
                    CaptionStyle::Plain | CaptionStyle::Boxed => ends && !is_short,
                };
                let pauses = word.start_secs - last.end_secs >= PAUSE_SECS;
                let is_long = word.end_secs - first.start_secs > MAX_SECS;
                group.push(word);
                let fits = self.lines(&group, font).is_some();
                group.pop();
                if is_full || pauses || is_long || !fits {
                    blocks.push(self.block(&group, font));
                    group.clear();
                }
            }
            group.push(word);
        }
        if !group.is_empty() {
            blocks.push(self.block(&group, font));
        }
        for index in 0..blocks.len() {
            let next_secs = blocks
                .get(index + 1)
                .map_or(f64::INFINITY, |next| next.start_secs);
            let block: &mut Block = &mut blocks[index];
            let wanted = block.end_secs.max(block.start_secs + MIN_SECS);
            block.end_secs = if next_secs < wanted + GAP_SECS {
                next_secs
            } else {
                wanted
            };
        }
        blocks
    }

    fn block(&self, words: &[&TimedWord], font: &Font) -> Block {
        // A word that is longer than a line stands alone; the painter makes it smaller.
        let lines = self.lines(words, font).unwrap_or_else(|| vec![words.len()]);
        let mut rest = words.iter();
        let lines = lines.into_iter().map(|count| {
            let words = rest.by_ref().take(count).map(|word| Word {
                text: word.text.trim().to_owned(),
                start_secs: word.start_secs,
            });
            words.collect()
        });
        Block {
            start_secs: words.first().map_or(0.0, |word| word.start_secs),
            end_secs: words.last().map_or(0.0, |word| word.end_secs),
            lines: lines.collect(),
        }
    }

    /// How many words go into each line; none if two are not enough. Two lines are of like length.
    fn lines(&self, words: &[&TimedWord], font: &Font) -> Option<Vec<usize>> {
        let width_px = |words: &[&TimedWord]| {
            let texts: Vec<&str> = words.iter().map(|word| word.text.trim()).collect();
            font.width(&texts.join(" ")) * self.em_px
        };
        if width_px(words) <= self.width_px {
            return Some(vec![words.len()]);
        }
        let longer = |split: usize| width_px(&words[..split]).max(width_px(&words[split..]));
        let best = (1..words.len()).min_by(|&a, &b| longer(a).total_cmp(&longer(b)))?;
        (longer(best) <= self.width_px).then(|| vec![best, words.len() - best])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_word_stands_there_while_it_is_spoken_and_lines_fit(
            lengths in prop::collection::vec((1_usize..9, 0.05_f64..0.6, 0.0_f64..0.8), 1..60),
            style in prop::sample::select(CaptionStyle::ALL.to_vec()),
            size in prop::sample::select(vec![(1280, 720), (720, 1280), (1080, 1080)]),
        ) {
            let font = Font::semi_bold();
            let mut secs = 0.0;
            let words: Vec<TimedWord> = lengths.iter().map(|&(letters, length, pause)| {
                let start_secs = secs + pause;
                secs = start_secs + length;
                TimedWord {
                    text: format!("{}{}", "w".repeat(letters), if letters == 5 { "." } else { "" }),
                    start_secs,
                    end_secs: secs,
                }
            }).collect();
            let layout = Layout::of(style, size);
            let blocks = layout.blocks(&words, &font);
            let shown: usize = blocks.iter().flat_map(|block| &block.lines).map(Vec::len).sum();
            prop_assert_eq!(shown, words.len());
            let mut next = words.iter();
            for block in &blocks {
                prop_assert!(block.lines.len() <= 2);
                for line in &block.lines {
                    let texts: Vec<&str> = line.iter().map(|word| word.text.as_str()).collect();
                    let width = font.width(&texts.join(" ")) * layout.em_px;
                    prop_assert!(width <= layout.width_px || line.len() == 1);
                    for _ in line {
                        let word = next.next().unwrap();
                        prop_assert!(block.start_secs <= word.start_secs);
                        prop_assert!(block.end_secs >= word.end_secs - 1e-9);
                    }
                }
            }
            for pair in blocks.windows(2) {
                prop_assert!(pair[0].end_secs <= pair[1].start_secs);
            }
            // Words to come leave all but the last block as they are.
            let fewer = layout.blocks(&words[..words.len().div_ceil(2)], &font);
            let whole = fewer.len() - 1;
            for (before, after) in fewer[..whole.saturating_sub(1)].iter().zip(&blocks) {
                prop_assert_eq!(before, after);
            }
        }
    }
}
