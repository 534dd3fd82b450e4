//! Speak, Stop, Record, and how far they are.

use egui::{Button, Color32, ProgressBar, RichText, Stroke, Vec2};

use crate::app::{Action, App, Readiness};
use crate::theme::{
    ACCENT, ACCENT_HOVER, CONTROL_HEIGHT_PT, GRID_PT, ON_ACCENT, OUTLINE, RAISED, RECORD, SMALL_PT,
    TEXT_QUIET, strong_family,
};

pub(super) fn show(app: &mut App, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = GRID_PT;
    progress(app, ui);
    let width = ui.available_width();

    let speak = ui
        // Inside a row, a button's text stands in its middle.
        .horizontal(|ui| {
            let widgets = &mut ui.visuals_mut().widgets;
            for (widget, fill) in [
                (&mut widgets.inactive, ACCENT),
                (&mut widgets.hovered, ACCENT_HOVER),
                (&mut widgets.active, ACCENT_HOVER),
            ] {
                widget.weak_bg_fill = fill;
                widget.bg_stroke = Stroke::NONE;
                widget.fg_stroke.color = ON_ACCENT;
            }
            ui.add(
                Button::new(RichText::new("Speak").family(strong_family()))
                    .min_size(Vec2::new(width, CONTROL_HEIGHT_PT + GRID_PT)),
            )
        })
        .inner
        .on_hover_text("Say the words in the box (Ctrl+Enter)");
    if speak.clicked() {
        actions.push(Action::Speak);
    }

    let half = Vec2::new((width - GRID_PT) / 2.0, CONTROL_HEIGHT_PT);
    ui.horizontal(|ui| {
        let stop = ui
            .add_enabled(
                app.is_speaking() || app.recording.fraction.is_some(),
                Button::new("Stop").min_size(half),
            )
            .on_hover_text("End the speech and its recording (Esc)");
        if stop.clicked() {
            actions.push(Action::Stop);
        }
        let (text, fill, outline) = if app.controls.record {
            ("Recording on", RECORD.gamma_multiply(0.25), RECORD)
        } else {
            ("Record to MP4", RAISED, OUTLINE)
        };
        let record = ui
            .add(
                Button::selectable(app.controls.record, text)
                    .fill(fill)
                    .stroke(Stroke::new(1.0, outline))
                    .min_size(half),
            )
            .on_hover_text("Also write what is spoken next to a video (Ctrl+R)");
        if record.clicked() {
            app.controls.record = !app.controls.record;
        }
    });
}

fn progress(app: &App, ui: &mut egui::Ui) {
    let (text, fraction, color): (&str, f32, Color32) =
        match (app.recording.fraction, app.player.fraction_made()) {
            _ if app.is_speaking() && app.readiness == Readiness::Loading => {
                ("Getting ready", 0.0, TEXT_QUIET)
            }
            (Some(fraction), _) => ("Writing the recording", fraction, RECORD),
            (None, Some(fraction)) => ("Preparing the words", fraction, ACCENT),
            (None, None) => return,
        };
    ui.label(RichText::new(text).size(SMALL_PT).color(TEXT_QUIET));
    ui.add(
        ProgressBar::new(fraction)
            .desired_height(4.0)
            .corner_radius(2)
            .fill(color),
    );
}
