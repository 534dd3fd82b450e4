//! The frame of an exported video over the portrait on the stage: dragging moves it, the wheel zooms.

use egui::{CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, Vec2};
use studio::framing::{SHIFT_RANGE, ZOOM_RANGE};

use crate::window::state::{State, Use};
use crate::window::texts::text;
use crate::window::theme::palette;

/// How much a point of the wheel zooms, in its exponent.
const ZOOM_PER_POINT: f32 = 0.002;

/// Draws it over the picture, which lies in `picture` on the stage `place`, and takes what the pointer does.
pub(super) fn show(state: &mut State, ui: &Ui, place: Rect, picture: Rect) {
    let Some([x, y, width, height]) = state.export_frame() else {
        return;
    };
    let at = |x: f32, y: f32| picture.min + picture.size() * Vec2::new(x, y);
    let frame = Rect::from_min_max(at(x, y), at(x + width, y + height));
    let seen = frame.intersect(place);
    let colors = palette(ui.visuals());
    let painter = ui.painter_at(place);
    let veil = colors.stage.gamma_multiply(0.7);
    for part in around(picture, frame) {
        painter.rect_filled(part, 0, veil);
    }
    let edge = Stroke::new(2.0, colors.accent_line);
    painter.rect_stroke(seen, CornerRadius::ZERO, edge, StrokeKind::Inside);

    let response = ui
        .interact(seen, ui.scope_id().with("frame"), Sense::drag())
        .on_hover_text(text!("export-frame-hint"))
        .on_hover_cursor(egui::CursorIcon::Move);
    let framing = match (state.use_now, state.scene_mut()) {
        (Use::Film, Some(scene)) => &mut scene.framing,
        _ => &mut state.settings.export.framing,
    };
    if response.dragged() {
        // The picture stays and the frame moves.
        let moved = response.drag_delta() / frame.size();
        for (shift, part) in framing.shift.iter_mut().zip([moved.x, moved.y]) {
            *shift = (*shift + part).clamp(*SHIFT_RANGE.start(), *SHIFT_RANGE.end());
        }
    }
    if response.hovered() {
        let wheel = ui.input(|input| input.smooth_scroll_delta()).y;
        let zoom = framing.zoom * (ZOOM_PER_POINT * wheel).exp();
        framing.zoom = zoom.clamp(*ZOOM_RANGE.start(), *ZOOM_RANGE.end());
    }
}

/// The parts of `whole` outside of `hole`.
fn around(whole: Rect, hole: Rect) -> Vec<Rect> {
    let hole = hole.intersect(whole);
    if !hole.is_positive() {
        return vec![whole];
    }
    let parts = [
        Rect::from_x_y_ranges(whole.x_range(), whole.top()..=hole.top()),
        Rect::from_x_y_ranges(whole.x_range(), hole.bottom()..=whole.bottom()),
        Rect::from_x_y_ranges(whole.left()..=hole.left(), hole.y_range()),
        Rect::from_x_y_ranges(hole.right()..=whole.right(), hole.y_range()),
    ];
    parts.into_iter().filter(Rect::is_positive).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_veil_is_all_but_the_frame() {
        let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(100.0, 80.0));
        let hole = Rect::from_min_max(egui::pos2(20.0, -30.0), egui::pos2(120.0, 60.0));
        let area: f32 = around(whole, hole).iter().map(Rect::area).sum();
        assert_eq!(area, whole.area() - 80.0 * 60.0);
        let beside = hole.translate(egui::vec2(500.0, 0.0));
        assert_eq!(around(whole, beside), [whole]);
        assert!(around(whole, whole.expand(5.0)).is_empty());
    }
}
