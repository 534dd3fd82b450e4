//! The stage: the portrait, as large as the window allows.

use egui::emath::GuiRounding as _;
use egui::{Align2, FontId, Rect, Spinner, Vec2};

use crate::state::{Readiness, State};
use crate::theme::{BODY_PT, GRID_PT, SMALL_PT, STAGE_CORNER, palette};

pub(super) fn show(state: &State, ui: &mut egui::Ui) {
    let stage = ui.available_rect_before_wrap();
    let Some(live) = &state.live else {
        waiting(state, ui, stage);
        return;
    };
    let texture = live.image();
    let scale = (stage.width() / texture.size.x).min(stage.height() / texture.size.y);
    let rect = Rect::from_center_size(stage.center(), texture.size * scale).round_ui();
    ui.put(
        rect,
        egui::Image::from_texture(texture)
            .fit_to_exact_size(rect.size())
            .corner_radius(STAGE_CORNER)
            .alt_text("The portrait"),
    );
    if state.recording.progress.is_some() {
        badge(ui, rect, "Recording");
    } else if state.is_listening() {
        badge(ui, rect, "Listening");
    }
}

fn waiting(state: &State, ui: &mut egui::Ui, stage: Rect) {
    let colors = palette(ui.visuals());
    let side = stage.width().min(stage.height()).min(65.0 * GRID_PT);
    let rect = Rect::from_center_size(stage.center(), Vec2::splat(side));
    ui.painter().rect_filled(rect, STAGE_CORNER, colors.surface);
    let is_stuck = state.status.is_error || matches!(state.readiness, Readiness::Failed(_));
    let line = if is_stuck {
        "Drop a picture of a face here"
    } else {
        ui.put(
            Rect::from_center_size(
                rect.center() - Vec2::new(0.0, 4.0 * GRID_PT),
                Vec2::splat(4.0 * GRID_PT),
            ),
            Spinner::new().size(4.0 * GRID_PT).color(colors.accent_line),
        );
        "Getting ready"
    };
    ui.put(
        Rect::from_center_size(rect.center(), Vec2::new(side, 3.0 * GRID_PT)),
        egui::Label::new(
            egui::RichText::new(line)
                .size(BODY_PT)
                .color(colors.text_quiet),
        ),
    );
}

/// Says on the stage itself that something of the user is taken in or written.
fn badge(ui: &egui::Ui, portrait: Rect, words: &str) {
    let colors = palette(ui.visuals());
    let badge = Rect::from_min_size(
        portrait.min + Vec2::splat(2.0 * GRID_PT),
        Vec2::new(13.0 * GRID_PT, 4.0 * GRID_PT),
    );
    let painter = ui.painter();
    painter.rect_filled(badge, 2.0 * GRID_PT, colors.surface.gamma_multiply(0.85));
    painter.circle_filled(
        badge.left_center() + Vec2::new(2.0 * GRID_PT, 0.0),
        5.0,
        colors.record,
    );
    painter.text(
        badge.left_center() + Vec2::new(3.5 * GRID_PT, 0.0),
        Align2::LEFT_CENTER,
        words,
        FontId::proportional(SMALL_PT),
        colors.text,
    );
}
