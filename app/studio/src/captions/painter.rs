//! Draws a block of words and lays it over pictures.

use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::kurbo::{Join, Rect, RoundedRect, Shape as _, Stroke};
use vello_cpu::{Pixmap, RenderContext, Resources};

use super::CaptionStyle;
use super::font::Font;
use super::layout::{ABOVE, BELOW, Block, LINE_HEIGHT, Layout};

const WHITE: AlphaColor<Srgb> = AlphaColor::from_rgb8(255, 255, 255);
const SPOKEN: AlphaColor<Srgb> = AlphaColor::from_rgb8(255, 214, 10);
const OUTLINE: AlphaColor<Srgb> = AlphaColor::from_rgba8(0, 0, 0, 225);
const BOX: AlphaColor<Srgb> = AlphaColor::from_rgba8(0, 0, 0, 185);
/// Widths of the outlines, ems; half of each lies under the letters.
const PLAIN_OUTLINE: f32 = 0.13;
const HIGHLIGHT_OUTLINE: f32 = 0.17;
/// Room in a box beside the letters, above and below the baseline, and the radius of its corners, ems.
const BOX_BESIDE: f32 = 0.32;
const BOX_ABOVE: f32 = 1.0;
const BOX_BELOW: f32 = 0.34;
const BOX_CORNER: f64 = 0.2;

/// A picture that lies over others.
pub(super) struct Overlay {
    left: usize,
    top: usize,
    pixmap: Pixmap,
}

impl Overlay {
    /// Draws a block. `spoken` is the word in colour, counted over all lines.
    pub fn of(
        style: CaptionStyle,
        layout: &Layout,
        block: &Block,
        spoken: Option<usize>,
        font: &Font,
    ) -> Self {
        let texts: Vec<Vec<&str>> = block
            .lines
            .iter()
            .map(|line| line.iter().map(|word| word.text.as_str()).collect())
            .collect();
        let widths: Vec<f32> = texts
            .iter()
            .map(|line| font.width(&line.join(" ")))
            .collect();
        let widest = widths.iter().copied().fold(0.0, f32::max);
        // A single word may be longer than a line.
        let em_px = layout.em_px.min(layout.width_px / widest.max(1e-3));

        let (width, height) = (layout.size_px.0 as f32, layout.size_px.1 as f32);
        let lines = block.lines.len() as f32;
        let half_px = (widest / 2.0 + BOX_BESIDE + HIGHLIGHT_OUTLINE) * em_px;
        let left = (width / 2.0 - half_px).floor().max(0.0);
        let right = (width / 2.0 + half_px).ceil().min(width);
        let first_baseline = layout.baseline_px - (lines - 1.0) * LINE_HEIGHT * em_px;
        let top = (first_baseline - ABOVE * em_px).floor().max(0.0);
        let bottom = (layout.baseline_px + BELOW * em_px).ceil().min(height);
        let size = [right - left, bottom - top].map(|side| side.clamp(1.0, 8192.0) as u16);

        let mut context = RenderContext::new(size[0], size[1]);
        let mut word_number = 0;
        for (number, (line, line_width)) in texts.iter().zip(&widths).enumerate() {
            let baseline = first_baseline - top + number as f32 * LINE_HEIGHT * em_px;
            let start = width / 2.0 - left - line_width * em_px / 2.0;
            let outlines = font.outlines(&line.join(" "), [start, baseline], em_px);
            match style {
                CaptionStyle::Boxed => {
                    let em = f64::from(em_px);
                    let side = |px: f32| f64::from(px);
                    let area = Rect::new(
                        side(start - BOX_BESIDE * em_px),
                        side(baseline - BOX_ABOVE * em_px),
                        side(start + (line_width + BOX_BESIDE) * em_px),
                        side(baseline + BOX_BELOW * em_px),
                    );
                    let corners = RoundedRect::from_rect(area, BOX_CORNER * em);
                    context.set_paint(BOX);
                    context.fill_path(&corners.to_path(0.1));
                }
                CaptionStyle::Plain | CaptionStyle::Highlight => {
                    let outline = match style {
                        CaptionStyle::Highlight => HIGHLIGHT_OUTLINE,
                        _ => PLAIN_OUTLINE,
                    };
                    let stroke = Stroke::new(f64::from(outline * em_px)).with_join(Join::Round);
                    context.set_stroke(stroke);
                    context.set_paint(OUTLINE);
                    context.stroke_path(&outlines);
                }
            }
            let mut at = start;
            for word in line {
                context.set_paint(match spoken {
                    Some(spoken) if spoken == word_number => SPOKEN,
                    _ => WHITE,
                });
                context.fill_path(&font.outlines(word, [at, baseline], em_px));
                at += (font.width(word) + font.width(" ")) * em_px;
                word_number += 1;
            }
        }
        let mut pixmap = Pixmap::new(size[0], size[1]);
        context.flush();
        context.render(&mut pixmap, &mut Resources::new());
        Self {
            left: left as usize,
            top: top as usize,
            pixmap,
        }
    }

    /// Lays it over a picture, RGBA with straight alpha.
    pub fn blend(&self, rgba: &mut [u8], width: usize) {
        let row_pixels = usize::from(self.pixmap.width());
        let rows = self.pixmap.data().chunks_exact(row_pixels);
        let pictures = rgba.chunks_exact_mut(width * 4).skip(self.top);
        for (row, picture) in rows.zip(pictures) {
            let pixels = picture[self.left * 4..].chunks_exact_mut(4);
            for (over, pixel) in row.iter().zip(pixels) {
                if over.a == 0 {
                    continue;
                }
                let under = u32::from(pixel[3]) * u32::from(255 - over.a);
                // In 255ths of a 255th.
                let alpha = 255 * u32::from(over.a) + under;
                for (channel, over) in pixel.iter_mut().zip([over.r, over.g, over.b]) {
                    // What lies over it is colour times alpha already.
                    let colour = 255 * 255 * u32::from(over) + u32::from(*channel) * under;
                    *channel = ((colour + alpha / 2) / alpha).min(255) as u8;
                }
                pixel[3] = ((alpha + 127) / 255) as u8;
            }
        }
    }
}
