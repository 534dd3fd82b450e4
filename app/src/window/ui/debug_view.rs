//! The debug view: measurements in a corner of the stage, and the mesh over the portrait.

use egui::{Align2, Area, Frame, Grid, Id, Margin, Order, Rect, RichText, Stroke, Ui, Vec2};

use super::buttons::tick;
use crate::window::state::{DebugView, Measured, State};
use crate::window::texts::text;
use crate::window::theme::{CORNER, GRID_PT, SMALL_PT, palette};

/// Draws it over the portrait, which lies in `portrait`.
pub(super) fn show(state: &mut State, ui: &Ui, stage: Rect, portrait: Option<Rect>) {
    let underruns = state
        .transport
        .playing
        .map_or(0, |playing| playing.underruns);
    let Some(view) = &mut state.debug else {
        return;
    };
    if let Some(portrait) = portrait {
        paint_mesh(view, ui, portrait);
    }
    let colors = palette(ui.visuals());
    let frame = Frame::new()
        .fill(colors.surface.gamma_multiply(0.9))
        .corner_radius(CORNER)
        .inner_margin(Margin::same(GRID_PT as i8));
    Area::new(Id::unique("debug view"))
        .order(Order::Middle)
        .pivot(Align2::RIGHT_TOP)
        .fixed_pos(stage.right_top() + Vec2::new(-GRID_PT, GRID_PT))
        .show(ui.ctx(), |ui| {
            frame.show(ui, |ui| {
                tick(ui, &mut view.shows_mesh, text!("debug-mesh"));
                Grid::new("measured").num_columns(2).show(ui, |ui| {
                    for (name, value) in rows(&view.measured, underruns) {
                        let quiet = RichText::new(name).size(SMALL_PT).color(colors.text_quiet);
                        ui.label(quiet);
                        ui.label(RichText::new(value).size(SMALL_PT).monospace());
                        ui.end_row();
                    }
                });
            });
        });
}

fn rows(measured: &Measured, underruns: u64) -> [(&'static str, String); 9] {
    let ms = |value: Option<f64>| {
        value.map_or(text!("debug-none").to_owned(), |value| {
            text!("debug-ms", value = format!("{value:.1}"))
        })
    };
    let number = |value: Option<f64>, digits: usize| {
        value.map_or(text!("debug-none").to_owned(), |value| {
            format!("{value:.digits$}")
        })
    };
    [
        (
            text!("debug-window"),
            text!(
                "debug-window-ms",
                median = format!("{:.1}", measured.window_ms),
                slowest = format!("{:.1}", measured.window_slowest_ms),
            ),
        ),
        (text!("debug-draw"), ms(measured.draw_ms)),
        (text!("debug-rate"), number(measured.frames_per_sec, 1)),
        (
            text!("debug-size"),
            measured
                .frame_px
                .map_or(text!("debug-none").to_owned(), |[width, height]| {
                    text!("debug-size-px", width = width, height = height)
                }),
        ),
        (text!("debug-drift"), ms(measured.drift_ms)),
        (text!("debug-camera"), ms(measured.camera_ms)),
        (text!("debug-dropouts"), underruns.to_string()),
        (text!("debug-rtf"), number(measured.real_time_factor, 3)),
        (text!("debug-first"), ms(measured.first_samples_ms)),
    ]
}

fn paint_mesh(view: &DebugView, ui: &Ui, portrait: Rect) {
    let stroke = Stroke::new(0.5, palette(ui.visuals()).accent_line);
    let painter = ui.painter_at(portrait);
    let at = |[x, y]: [f32; 2]| portrait.min + portrait.size() * Vec2::new(x, y);
    for &[from, to] in &view.mesh {
        painter.line_segment([at(from), at(to)], stroke);
    }
}
