//! Captions in the part of the film that is free for them.

use engine::TimedWord;

use super::layout::Places;
use crate::captions::{CaptionStyle, Captions};

/// Captions beside whoever stands on the clip.
pub(super) struct PlacedCaptions {
    captions: Captions,
    /// Width of the film and of the part for captions, from the left, pixels.
    film_width: usize,
    width: usize,
    /// The part while letters are drawn on it.
    part: Vec<u8>,
}

impl PlacedCaptions {
    /// All words of a film.
    pub fn new(style: CaptionStyle, places: &Places, words: &[TimedWord]) -> Self {
        let area = places.captions_px();
        let mut captions = Captions::new(style, (area.width as u32, area.height as u32), &[]);
        captions.add_words(words);
        Self {
            captions,
            film_width: places.size_px.0 as usize,
            width: area.width as usize,
            part: Vec::new(),
        }
    }

    /// Draws what stands there at a time over a picture of the film, RGBA.
    pub fn draw(&mut self, secs: f64, rgba: &mut [u8]) {
        if self.width == self.film_width {
            self.captions.draw(secs, rgba);
            return;
        }
        let (row_bytes, part_bytes) = (self.film_width * 4, self.width * 4);
        self.part.clear();
        for row in rgba.chunks_exact(row_bytes) {
            self.part.extend_from_slice(&row[..part_bytes]);
        }
        self.captions.draw(secs, &mut self.part);
        let rows = rgba.chunks_exact_mut(row_bytes);
        for (row, part) in rows.zip(self.part.chunks_exact(part_bytes)) {
            row[..part_bytes].copy_from_slice(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::layout::{Layout, Person, Rect};

    #[test]
    fn captions_leave_the_person_in_the_corner_alone() {
        let person = Person {
            size_px: (800, 1000),
            face: Rect {
                x: 0.3,
                y: 0.2,
                width: 0.4,
                height: 0.4,
            },
        };
        let word = |(number, text): (usize, &str)| TimedWord {
            text: text.to_owned(),
            start_secs: 0.3 * number as f64,
            end_secs: 0.3 * number as f64 + 0.3,
        };
        let said = "A white square moves slowly across a field that is as red as poppies";
        let words: Vec<_> = said.split(' ').enumerate().map(word).collect();
        for layout in [Layout::Corner, Layout::Side] {
            let places = layout.places((1280, 720), &person);
            let (width, height) = places.size_px;
            let grey = [90, 90, 90, 255].repeat((width * height) as usize);
            let mut rgba = grey.clone();
            let mut captions = PlacedCaptions::new(CaptionStyle::Boxed, &places, &words);
            captions.draw(1.0, &mut rgba);
            let changed = |index: usize| rgba[index * 4..][..3] != grey[index * 4..][..3];
            let pixels = (width * height) as usize;
            let columns = (0..pixels).filter(|&index| changed(index));
            let right = columns.map(|index| index % width as usize).max().unwrap();
            let begins = places.person.place_px.x as usize;
            assert!(right > 200);
            assert!(
                layout != Layout::Corner || right < begins,
                "{right} {begins}"
            );
        }
    }
}
