//! The stage in a window of its own, without panels, for programs that capture it.

use egui::{Color32, Key, Modifiers, ViewportBuilder, ViewportClass, ViewportId, WindowLevel};

use super::App;
use crate::window::live_view::LiveView;
use crate::window::place;
use crate::window::state::Action;
use crate::window::texts::text;
use crate::window::{theme, ui};

/// What capture programs make transparent, where the system cannot.
const KEY_COLOUR: Color32 = Color32::GREEN;

/// Height of the portrait when the window opens.
const HEIGHT_PT: f32 = 640.0;

impl App {
    /// Draws that window while it is open, and adds what the user asked for in it.
    pub(super) fn show_stage_window(&mut self, context: &egui::Context, actions: &mut Vec<Action>) {
        let portrait = self.live.as_ref().map(LiveView::image);
        let (true, Some(portrait)) = (self.desk.state.is_stage_window_open, portrait) else {
            self.stage_window_size = None;
            return;
        };
        let size = *self
            .stage_window_size
            .get_or_insert_with(|| portrait.size * (HEIGHT_PT / portrait.size.y));
        let choices = self.desk.state.settings.stage_window;
        let is_clear = choices.is_transparent && self.can_be_clear;
        let ground = match choices.is_transparent {
            _ if is_clear => None,
            true => Some(KEY_COLOUR),
            false => Some(theme::palette(&context.global_style().visuals).stage),
        };
        let builder = ViewportBuilder::default()
            .with_title(text!("stage-window"))
            .with_app_id("jam-flow")
            .with_inner_size(size)
            .with_min_inner_size(place::MIN_STAGE_SIZE_PT)
            .with_transparent(is_clear)
            .with_decorations(!is_clear)
            .with_window_level(match choices.is_on_top {
                true => WindowLevel::AlwaysOnTop,
                false => WindowLevel::Normal,
            });
        let id = ViewportId::from_hash_of("stage");
        context.show_viewport_immediate(id, builder, |ui, class| {
            // Where there are no further windows, the keys are those of this one.
            if class != ViewportClass::EmbeddedWindow {
                read_keys(ui.ctx(), actions);
            }
            ui::stage_window::show(&self.desk.state, portrait, ground, ui, actions);
        });
    }
}

/// Escape closes this window, F11 lets it fill the screen; all else is asked for as in the other one.
fn read_keys(context: &egui::Context, actions: &mut Vec<Action>) {
    let is_closed = context.input_mut(|input| {
        input.viewport().close_requested() || input.consume_key(Modifiers::NONE, Key::Escape)
    });
    if is_closed {
        actions.push(Action::ToggleStageWindow);
    }
    if context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F11)) {
        ui::stage_window::toggle_full_screen(context);
    }
}
