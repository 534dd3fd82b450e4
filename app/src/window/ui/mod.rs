//! The panels. Each draws from [`State`] and says what the user asked for; none does work.
//!
//! ```text
//! ┌ menus ───────────────────────────────────────────────┐
//! ├ top bar: project, uses, undo, settings ──────────────┤
//! ├ stage: the portrait ──────────────┬ panel of the use ┤
//! │                                   │                  │
//! ├ timeline: sound, words, mouth ────┤                  │
//! ├ status line ──────────────────────┴──────────────────┤
//! ```

mod buttons;
mod camera_panel;
mod choice;
mod clip_stage;
mod debug_view;
mod driver_panel;
mod drop_overlay;
mod export_panel;
mod face_panel;
mod film_panel;
mod film_settings;
mod frame_overlay;
mod keys;
mod look_panel;
mod marked_text;
mod menu_bar;
mod notice;
mod pages;
mod paste;
mod portrait_picker;
mod portrait_view;
mod progress_line;
mod record_panel;
mod scene_fields;
mod scene_list;
mod script_panel;
pub mod stage_window;
mod status_line;
mod take_panel;
mod text;
mod timeline;
mod top_bar;
mod transport_bar;
mod use_panel;
mod voice_panel;
mod watch_model;
mod watch_panel;
mod write_panel;

use egui::{CentralPanel, Frame, Margin, Panel, UiBuilder, UiKind, UiStackInfo};

use crate::window::stage_painter;
use crate::window::state::{Action, State, Use};
use crate::window::theme::{GRID_PT, PANEL_WIDTH_PT, palette};

/// Draws the whole window on a ground in the colour of the panels and adds what the user asked for. `portrait` is what is drawn of the portrait on the stage.
pub fn show(
    state: &mut State,
    portrait: Option<egui::load::SizedTexture>,
    ui: &mut egui::Ui,
    actions: &mut Vec<Action>,
) {
    keys::read(state, ui.ctx(), actions);
    paste::read(state, ui.ctx(), actions);
    state.follow_words();
    draw_anew_if_new(state.use_now, ui.ctx());
    let colors = palette(ui.visuals());
    let margin = Margin::same(2 * GRID_PT as i8);
    let bar = Frame::new().inner_margin(Margin::symmetric(2 * GRID_PT as i8, GRID_PT as i8 / 2));
    Panel::top("top bar")
        .show_separator_line(false)
        .frame(bar)
        .show(ui, |ui| {
            ui.scope(|ui| menu_bar::show(state, ui, actions));
            top_bar::show(state, ui, actions);
        });
    Panel::bottom("status")
        .resizable(false)
        .show_separator_line(false)
        .frame(bar)
        .show(ui, |ui| status_line::show(state, ui, actions));
    Panel::right("use")
        .exact_size(PANEL_WIDTH_PT)
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().inner_margin(margin))
        .show(ui, |ui| {
            // The window is cleared in the panel's colour; lists that are cut off fade into it.
            let frame = Frame::new().fill(colors.surface);
            let cleared = UiStackInfo::new(UiKind::Frame).with_frame(frame);
            ui.scope_builder(UiBuilder::new().ui_stack_info(cleared), |ui| {
                match state.use_now {
                    Use::Write => write_panel::show(state, ui, actions),
                    Use::Record => record_panel::show(state, ui, actions),
                    Use::Watch => watch_panel::show(state, ui, actions),
                    Use::Film => film_panel::show(state, ui, actions),
                    Use::Export => export_panel::show(state, ui, actions),
                }
            });
        });
    let beside = ui.available_rect_before_wrap();
    ui.painter()
        .add(stage_painter::ground(ui.ctx(), beside, colors.stage));
    Panel::bottom("timeline")
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().inner_margin(Margin::symmetric(2 * GRID_PT as i8, GRID_PT as i8)))
        .show(ui, |ui| {
            transport_bar::show(state, ui, actions);
            ui.add_space(GRID_PT / 2.0);
            timeline::show(state, ui, actions);
        });
    CentralPanel::no_frame()
        .frame(Frame::new().inner_margin(margin))
        .show(ui, |ui| portrait_view::show(state, portrait, ui, actions));
    pages::show(state, ui, actions);
    drop_overlay::show(state, ui.ctx());
}

/// A panel knows its height only after it was drawn once, so the first frame of another use is drawn twice.
fn draw_anew_if_new(use_now: Use, context: &egui::Context) {
    let id = egui::Id::unique("use");
    let before = context.data_mut(|data| {
        let kept: &mut Option<Use> = data.get_temp_mut_or_default(id);
        kept.replace(use_now)
    });
    if before != Some(use_now) {
        context.request_discard("another use of the window");
    }
}
