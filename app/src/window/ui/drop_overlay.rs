//! Shown while a file hovers over the window.

use egui::{Align2, FontId, Id, LayerId, Order};

use crate::window::state::{State, Use};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, HEADING_PT, STAGE_CORNER, palette, strong_family};

pub(super) fn show(state: &State, context: &egui::Context) {
    if context.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let colors = palette(&context.global_style().visuals);
    let painter =
        context.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop overlay")));
    let window = context.content_rect();
    painter.rect_filled(window, 0, colors.stage.gamma_multiply(0.85));
    painter.rect_stroke(
        window.shrink(3.0 * GRID_PT),
        STAGE_CORNER,
        (2.0, colors.accent_line),
        egui::StrokeKind::Inside,
    );
    painter.text(
        window.center(),
        Align2::CENTER_CENTER,
        match state.use_now {
            Use::Watch => text!("drop-overlay-watch"),
            _ => text!("drop-overlay"),
        },
        FontId::new(HEADING_PT, strong_family()),
        colors.text,
    );
}
