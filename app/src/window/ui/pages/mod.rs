//! Pages over the window.

mod about;
mod help;
mod projects;
mod pronunciations;
mod recovery;
mod settings;
mod virtual_camera;
mod voice_model_form;
mod voice_models;
mod voices;
mod welcome;

use egui::{Align, Frame, Id, Layout, Margin, Modal, ScrollArea, Stroke, Ui};

use super::buttons::icon_button;
use crate::window::state::{Action, Page, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, STAGE_CORNER, icon, palette};

/// Width of a page.
const WIDTH_PT: f32 = 80.0 * GRID_PT;
/// Space between a page and the window's edge, at least.
const EDGE_PT: f32 = 4.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &Ui, actions: &mut Vec<Action>) {
    let Some(page) = state.page else {
        return;
    };
    let colors = palette(ui.visuals());
    let window = ui.ctx().content_rect().size();
    let frame = Frame::new()
        .fill(colors.surface)
        .stroke(Stroke::new(1.0, colors.outline))
        .corner_radius(STAGE_CORNER)
        .inner_margin(Margin::same(3 * GRID_PT as i8));
    let response = Modal::new(Id::unique("page"))
        .frame(frame)
        .backdrop_color(colors.stage.gamma_multiply(0.8))
        .show(ui.ctx(), |ui| {
            ui.set_width(WIDTH_PT.min(window.x - 2.0 * EDGE_PT));
            ui.horizontal(|ui| {
                ui.heading(title(page));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon_button(ui, icon::CLOSE, text!("page-close")).clicked() {
                        actions.push(Action::Show(None));
                    }
                });
            });
            ui.add_space(GRID_PT);
            let room = window.y - 2.0 * EDGE_PT - 14.0 * GRID_PT;
            ScrollArea::vertical()
                .max_height(room)
                // Else the page would stay as low as the one before it.
                .min_scrolled_height(room)
                .auto_shrink([false, true])
                .show(ui, |ui| match page {
                    Page::Welcome => welcome::show(ui, actions),
                    Page::Recovery => recovery::show(state, ui, actions),
                    Page::Projects => projects::show(state, ui, actions),
                    Page::Voices => voices::show(state, ui, actions),
                    Page::VoiceModel => voice_model_form::show(state, ui, actions),
                    Page::Pronunciations => pronunciations::show(state, ui, actions),
                    Page::Settings => settings::show(state, ui, actions),
                    Page::VirtualCamera => virtual_camera::show(state, ui, actions),
                    Page::Help => help::show(ui),
                    Page::About => about::show(state, ui),
                });
        });
    if response.backdrop_response.clicked() {
        actions.push(Action::Show(None));
    }
}

fn title(page: Page) -> &'static str {
    match page {
        Page::Welcome => text!("page-welcome"),
        Page::Recovery => text!("page-recovery"),
        Page::Projects => text!("page-projects"),
        Page::Voices => text!("page-voices"),
        Page::VoiceModel => text!("page-voice-model"),
        Page::Pronunciations => text!("page-pronunciations"),
        Page::Settings => text!("page-settings"),
        Page::VirtualCamera => text!("page-virtual-camera"),
        Page::Help => text!("page-shortcuts"),
        Page::About => text!("page-about"),
    }
}
