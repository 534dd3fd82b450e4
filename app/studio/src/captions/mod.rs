//! Captions that are part of the picture: the words as they are spoken, in one of three styles.

mod font;
mod layout;
mod painter;

use engine::TimedWord;
use serde::{Deserialize, Serialize};

use font::Font;
use layout::{Block, Layout};
use painter::Overlay;

/// How captions look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaptionStyle {
    /// White letters with a dark outline.
    Plain,
    /// White letters on a dark box.
    Boxed,
    /// Few large words at a time, the one that is spoken in colour.
    Highlight,
}

impl CaptionStyle {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Boxed, Self::Highlight];

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Boxed => "boxed",
            Self::Highlight => "highlight",
        }
    }
}

/// The captions of a video.
pub struct Captions {
    style: CaptionStyle,
    font: Font,
    layout: Layout,
    words: Vec<TimedWord>,
    blocks: Vec<Block>,
    /// What was drawn last: which block, which of its words is spoken, and how it looks.
    drawn: Option<((usize, Option<usize>), Overlay)>,
}

impl std::fmt::Debug for Captions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Captions")
            .field("style", &self.style)
            .field("words", &self.words.len())
            .finish_non_exhaustive()
    }
}

impl Captions {
    /// Captions without words for a video of this size, which leave the mouths of the faces in it free: x, y, width, height, from the
    /// hairline to the chin.
    pub fn new(style: CaptionStyle, size_px: (u32, u32), faces_px: &[[f32; 4]]) -> Self {
        Self {
            style,
            font: Font::semi_bold(),
            layout: Layout::of(style, size_px).beside(faces_px),
            words: Vec::new(),
            blocks: Vec::new(),
            drawn: None,
        }
    }

    /// Adds the words of the next piece of speech. What has been shown stays as it was.
    pub fn add_words(&mut self, words: &[TimedWord]) {
        if words.is_empty() {
            return;
        }
        self.words.extend_from_slice(words);
        self.blocks = self.layout.blocks(&self.words, &self.font);
        self.drawn = None;
    }

    /// Draws what stands there at a time over a picture, RGBA with straight alpha.
    pub fn draw(&mut self, secs: f64, rgba: &mut [u8]) {
        let after = self
            .blocks
            .partition_point(|block| block.start_secs <= secs);
        let Some(number) = after.checked_sub(1) else {
            return;
        };
        let block = &self.blocks[number];
        if secs >= block.end_secs {
            return;
        }
        let spoken = match self.style {
            CaptionStyle::Plain | CaptionStyle::Boxed => None,
            CaptionStyle::Highlight => block.spoken_at(secs),
        };
        let wanted = (number, spoken);
        if self
            .drawn
            .as_ref()
            .is_none_or(|(drawn, _)| *drawn != wanted)
        {
            let overlay = Overlay::of(self.style, &self.layout, block, spoken, &self.font);
            self.drawn = Some((wanted, overlay));
        }
        if let Some((_, overlay)) = &self.drawn {
            overlay.blend(rgba, self.layout.size_px.0 as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(said: &str) -> Vec<TimedWord> {
        let timed = said.split(' ').enumerate().map(|(number, word)| TimedWord {
            text: word.to_owned(),
            start_secs: 0.4 * number as f64,
            end_secs: 0.4 * number as f64 + 0.35,
        });
        timed.collect()
    }

    /// The part of the picture that is not as it was: left, top, right, bottom.
    fn changed(rgba: &[u8], width: usize) -> Option<[usize; 4]> {
        let pixels = rgba.chunks_exact(4).enumerate();
        let changed = pixels.filter(|(_, pixel)| *pixel != [90, 90, 90, 255]);
        changed.fold(None, |area: Option<[usize; 4]>, (index, _)| {
            let (x, y) = (index % width, index / width);
            let [left, top, right, bottom] = area.unwrap_or([x, y, x, y]);
            Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
        })
    }

    #[test]
    fn captions_stay_within_the_safe_area_in_the_middle() {
        let said =
            words("Supercalifragilistic stories are told here, one after the other, until night.");
        for style in CaptionStyle::ALL {
            for (width, height, bottom) in [(1280, 720, 0.95), (720, 1280, 0.8), (720, 720, 0.95)] {
                let mut captions = Captions::new(style, (width, height), &[]);
                captions.add_words(&said);
                let mut shown = 0;
                for tenth in 0..60 {
                    let mut rgba = [90, 90, 90, 255].repeat((width * height) as usize);
                    captions.draw(f64::from(tenth) / 10.0, &mut rgba);
                    let Some(area) = changed(&rgba, width as usize) else {
                        continue;
                    };
                    shown += 1;
                    let [left, top, right, low] = area.map(|side| side as f32);
                    let (width, height) = (width as f32, height as f32);
                    assert!(
                        left > 0.04 * width && right < 0.96 * width,
                        "{style:?} {area:?}"
                    );
                    assert!(
                        low < bottom * height && top > 0.4 * height,
                        "{style:?} {area:?}"
                    );
                    assert!(((left + right) / 2.0 - width / 2.0).abs() < 0.02 * width);
                }
                assert!(shown > 42, "{style:?}: {shown}");
            }
        }
    }

    #[test]
    fn mouths_stay_free_wherever_the_face_is() {
        let said = words("Supercalifragilistic stories are told here, until night.");
        for style in CaptionStyle::ALL {
            for (width, height) in [(720_u32, 1280_u32), (720, 720), (1280, 720)] {
                for [face_height, down] in [[0.2, 0.4], [0.3, 0.45], [0.3, 0.55], [0.45, 0.4]] {
                    let [frame_width, frame_height] = [width as f32, height as f32];
                    let face_height = face_height * frame_height;
                    let face_width = 0.75 * face_height;
                    let top = down * frame_height;
                    let face = [
                        (frame_width - face_width) / 2.0,
                        top,
                        face_width,
                        face_height,
                    ];
                    let mouth = top + 0.65 * face_height..top + face_height;
                    let mut captions = Captions::new(style, (width, height), &[face]);
                    captions.add_words(&said);
                    for tenth in 0..40 {
                        let mut rgba = [90, 90, 90, 255].repeat((width * height) as usize);
                        captions.draw(f64::from(tenth) / 10.0, &mut rgba);
                        let Some([_, first, _, last]) = changed(&rgba, width as usize) else {
                            continue;
                        };
                        let place =
                            format!("{style:?} {first}..{last} beside {mouth:?} of {height}");
                        assert!(
                            last as f32 <= mouth.start || first as f32 >= mouth.end,
                            "{place}"
                        );
                        assert!(first as f32 > 0.04 * frame_height, "{place}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_spoken_word_is_the_coloured_one() {
        let mut captions = Captions::new(CaptionStyle::Highlight, (1280, 720), &[]);
        captions.add_words(&words("one two"));
        let mut yellow_middle = |secs: f64| {
            let mut rgba = [90, 90, 90, 255].repeat(1280 * 720);
            captions.draw(secs, &mut rgba);
            let pixels = rgba.chunks_exact(4).enumerate();
            let yellow = pixels.filter(|(_, p)| p[0] > 230 && p[1] > 190 && p[2] < 60);
            let places: Vec<usize> = yellow.map(|(index, _)| index % 1280).collect();
            assert!(places.len() > 200);
            places.iter().sum::<usize>() / places.len()
        };
        let (first, second) = (yellow_middle(0.1), yellow_middle(0.6));
        assert!(first < 640 && second > 640, "{first} {second}");
    }

    #[test]
    fn nothing_is_drawn_without_words_and_after_them() {
        let mut captions = Captions::new(CaptionStyle::Boxed, (640, 360), &[]);
        let grey = [90, 90, 90, 255].repeat(640 * 360);
        let mut rgba = grey.clone();
        captions.draw(0.5, &mut rgba);
        captions.add_words(&words("Hello there."));
        captions.draw(9.0, &mut rgba);
        assert!(rgba == grey);
        captions.draw(0.5, &mut rgba);
        assert!(rgba != grey);
    }

    #[test]
    fn a_transparent_picture_has_the_letters_in_its_alpha() {
        let mut captions = Captions::new(CaptionStyle::Plain, (640, 360), &[]);
        captions.add_words(&words("Hello"));
        let mut rgba = vec![0; 640 * 360 * 4];
        captions.draw(0.1, &mut rgba);
        let white = |pixel: &[u8]| pixel == [255; 4];
        assert!(rgba.chunks_exact(4).any(white));
        let soft = rgba
            .chunks_exact(4)
            .filter(|pixel| (1..255).contains(&pixel[3]));
        assert!(soft.count() > 50);
    }
}
