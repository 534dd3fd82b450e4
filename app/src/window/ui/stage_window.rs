//! What the window with nothing but the stage shows.

use egui::load::SizedTexture;
use egui::{Color32, Rect, Role, Sense, Ui, ViewportCommand, WidgetInfo};

use super::{keys, menu_bar, paste};
use crate::window::stage_painter;
use crate::window::state::{Action, State};
use crate::window::texts::text;

/// Draws the portrait as large as the window allows, on a ground or on none. It is dragged by the portrait.
pub fn show(
    state: &State,
    portrait: SizedTexture,
    ground: Option<Color32>,
    ui: &mut Ui,
    actions: &mut Vec<Action>,
) {
    keys::read(state, ui.ctx(), actions);
    paste::read(state, ui.ctx(), actions);
    let place = ui.available_rect_before_wrap();
    if let Some(ground) = ground {
        ui.painter()
            .add(stage_painter::ground(ui.ctx(), place, ground));
    }
    let scale = (place.width() / portrait.size.x).min(place.height() / portrait.size.y);
    let rect = Rect::from_center_size(place.center(), portrait.size * scale);
    ui.painter()
        .add(stage_painter::portrait(ui.ctx(), rect, 0.0));
    let response = ui.allocate_rect(place, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text!("stage-window")));
    if response.drag_started() {
        ui.ctx().send_viewport_cmd(ViewportCommand::StartDrag);
    }
    if response.double_clicked() {
        toggle_full_screen(ui.ctx());
    }
    let offered = [
        Action::PlayOrPause,
        Action::Speak,
        Action::ToggleStageWindow,
    ];
    menu_bar::context(&response, state, actions, &offered);
}

/// Lets the window that is drawn fill the screen, or not any more.
pub fn toggle_full_screen(context: &egui::Context) {
    let is_full = context.input(|input| input.viewport().fullscreen == Some(true));
    context.send_viewport_cmd(ViewportCommand::Fullscreen(!is_full));
}
