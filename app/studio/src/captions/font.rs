//! The program's own font as outlines.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider as _};
use vello_cpu::kurbo::{Affine, BezPath};

/// Inter, by the SIL Open Font License; the window has it as well.
const SEMI_BOLD: &[u8] = include_bytes!("../../../../assets/fonts/Inter-SemiBold.otf");

/// A font at a size of 1.
pub(super) struct Font {
    font: FontRef<'static>,
    /// Its own units in an em.
    units: f32,
}

impl Font {
    /// The one that captions are set in.
    pub fn semi_bold() -> Self {
        let font = FontRef::new(SEMI_BOLD).expect("the font comes with the program");
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        Self {
            units: f32::from(metrics.units_per_em),
            font,
        }
    }

    /// Width of a line, ems. Signs that the font does not have take no room.
    pub fn width(&self, line: &str) -> f32 {
        let metrics = self
            .font
            .glyph_metrics(Size::unscaled(), LocationRef::default());
        let glyphs = line
            .chars()
            .filter_map(|sign| self.font.charmap().map(sign));
        let widths = glyphs.filter_map(|glyph| metrics.advance_width(glyph));
        widths.sum::<f32>() / self.units
    }

    /// Outlines of a line with its baseline's start at a place, `em_px` large.
    pub fn outlines(&self, line: &str, [x, y]: [f32; 2], em_px: f32) -> BezPath {
        let glyphs = self.font.outline_glyphs();
        let metrics = self
            .font
            .glyph_metrics(Size::unscaled(), LocationRef::default());
        let scale = f64::from(em_px / self.units);
        let mut path = BezPath::new();
        let mut at = f64::from(x);
        for glyph in line
            .chars()
            .filter_map(|sign| self.font.charmap().map(sign))
        {
            let mut pen = Pen(BezPath::new());
            if let Some(outline) = glyphs.get(glyph) {
                let unscaled = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
                // A glyph that cannot be drawn leaves a gap.
                let _ = outline.draw(unscaled, &mut pen);
            }
            // Fonts have y upwards.
            let place =
                Affine::translate((at, f64::from(y))) * Affine::scale_non_uniform(scale, -scale);
            path.extend(place * pen.0);
            at += f64::from(metrics.advance_width(glyph).unwrap_or_default()) * scale;
        }
        path
    }
}

struct Pen(BezPath);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((f64::from(x), f64::from(y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to((f64::from(x), f64::from(y)));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let point = |x: f32, y: f32| (f64::from(x), f64::from(y));
        self.0.quad_to(point(cx, cy), point(x, y));
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let point = |x: f32, y: f32| (f64::from(x), f64::from(y));
        self.0
            .curve_to(point(cx0, cy0), point(cx1, cy1), point(x, y));
    }

    fn close(&mut self) {
        self.0.close_path();
    }
}

#[cfg(test)]
mod tests {
    use vello_cpu::kurbo::Shape as _;

    use super::*;

    #[test]
    fn letters_have_width_and_stand_on_the_line() {
        let font = Font::semi_bold();
        assert!(font.width("mm") > 2.0 * font.width("i"));
        assert!((font.width("ab") - font.width("a") - font.width("b")).abs() < 1e-6);
        let area = font.outlines("H", [10.0, 50.0], 40.0).bounding_box();
        assert!((area.y1 - 50.0).abs() < 0.5 && (24.0..32.0).contains(&area.height()));
        assert!(area.x0 > 10.0 && area.x1 < 10.0 + f64::from(font.width("H")) * 40.0);
        assert_eq!(font.width("中"), 0.0);
    }
}
