//! The scenes of the film in their order: one is shown, a drag puts it elsewhere, and buttons add, copy, move and remove.

use egui::{Align, FontId, Layout, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use super::buttons::{icon_button, wide_button};
use super::portrait_picker;
use crate::window::state::{Action, FilmAction, State, VoiceName};
use crate::window::texts::text;
use crate::window::theme::{BODY_PT, CORNER, GRID_PT, SMALL_PT, icon, palette};
use studio::scenes::{Scene, Transition};
use studio::script::{Script, ScriptVoice};

/// Height of a row.
const ROW_PT: f32 = 6.0 * GRID_PT;

pub(super) fn show(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let Some(edited) = state.edited_film() else {
        return;
    };
    let scenes = &edited.film.scenes;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = GRID_PT / 2.0;
        for (number, scene) in scenes.iter().enumerate() {
            row(state, number, scene, ui, actions);
        }
    });
    let shown = state.scene_number();
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut button = |ui: &mut Ui, picture, name: &str, is_possible, action| {
                ui.add_enabled_ui(is_possible, |ui| {
                    if icon_button(ui, picture, name).clicked() {
                        actions.push(Action::Film(action));
                    }
                });
            };
            let is_one_of_several = scenes.len() > 1;
            let to = |to| FilmAction::Move { from: shown, to };
            button(
                ui,
                icon::DELETE,
                text!("film-scene-remove"),
                is_one_of_several,
                FilmAction::Remove,
            );
            button(
                ui,
                icon::COPY,
                text!("film-scene-copy"),
                true,
                FilmAction::Duplicate,
            );
            button(
                ui,
                icon::DOWN,
                text!("film-scene-down"),
                shown + 1 < scenes.len(),
                to(shown + 1),
            );
            button(
                ui,
                icon::UP,
                text!("film-scene-up"),
                shown > 0,
                to(shown.saturating_sub(1)),
            );
            let width = (ui.available_width() - GRID_PT).max(0.0);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if wide_button(ui, icon::ADD, text!("film-scene-add"), width)
                    .on_hover_text(text!("film-scene-add-hint"))
                    .clicked()
                {
                    actions.push(Action::Film(FilmAction::Add));
                }
            });
        });
    });
    let width = ui.available_width();
    if wide_button(ui, icon::WRITE, text!("film-scene-add-script"), width)
        .on_hover_text(text!("film-scene-add-script-hint"))
        .clicked()
    {
        actions.push(Action::Film(FilmAction::AddScript));
    }
}

fn row(state: &State, number: usize, scene: &Scene, ui: &mut Ui, actions: &mut Vec<Action>) {
    let colors = palette(ui.visuals());
    let is_shown = number == state.scene_number();
    let size = Vec2::new(ui.available_width(), ROW_PT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let title = title(scene);
    response.widget_info(|| {
        let name = text!(
            "film-scene-row",
            number = number + 1,
            words = title.as_str()
        );
        WidgetInfo::selected(Role::Button, true, is_shown, name)
    });
    if response.clicked() {
        actions.push(Action::Film(FilmAction::Select(number)));
    }
    response.dnd_set_drag_payload(number);
    let is_target = response.dnd_hover_payload::<usize>().is_some();
    if let Some(from) = response.dnd_release_payload::<usize>() {
        let (from, to) = (*from, number);
        actions.push(Action::Film(FilmAction::Move { from, to }));
    }
    let fill = match response.hovered() || is_shown {
        true => colors.raised_hover,
        false => colors.raised,
    };
    let edge = match (is_shown || is_target, response.has_focus()) {
        (true, _) => Stroke::new(2.0, colors.accent_line),
        (false, true) => Stroke::new(2.0, colors.text_quiet),
        (false, false) => Stroke::new(1.0, colors.outline),
    };
    ui.painter().rect_filled(rect, CORNER, fill);
    ui.painter()
        .rect_stroke(rect, CORNER, edge, StrokeKind::Inside);

    let inside = rect.shrink(GRID_PT / 2.0);
    let picture = Rect::from_min_size(inside.min, Vec2::splat(inside.height()));
    portrait_picker::paint(state, scene.portrait.as_deref(), ui, picture);
    let words = Rect::from_min_max(picture.right_top() + Vec2::new(GRID_PT, 0.0), inside.max);
    let middle = words.center().y;
    let line = |y: f32, words_of: String, size_pt: f32, color| {
        let mut job = egui::text::LayoutJob::simple_singleline(
            words_of,
            FontId::proportional(size_pt),
            color,
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width(words.width());
        let galley = ui.painter().layout_job(job);
        let at = egui::pos2(words.left(), y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, color);
    };
    let first = text!("film-scene-title", number = number + 1, words = title);
    line(middle - GRID_PT, first, BODY_PT, colors.text);
    let second = details(state, scene);
    line(middle + GRID_PT + 2.0, second, SMALL_PT, colors.text_quiet);
}

/// What is said in a scene, in few words.
fn title(scene: &Scene) -> String {
    let title = match &scene.title {
        Some(title) => title.clone(),
        None => scene.script.title(),
    };
    match title.is_empty() {
        true => text!("film-scene-empty").to_owned(),
        false => title,
    }
}

/// Who says it, and what comes after it.
fn details(state: &State, scene: &Scene) -> String {
    let voice = match &scene.script {
        Script::Words { voice, .. } => voice_name(state, voice),
        _ => String::new(),
    };
    match scene.transition {
        Transition::Cut => voice,
        Transition::Crossfade { .. } => {
            text!(
                "film-scene-details",
                voice = voice,
                then = text!("film-crossfade")
            )
        }
        Transition::Black { .. } => {
            text!(
                "film-scene-details",
                voice = voice,
                then = text!("film-black")
            )
        }
    }
}

/// What a voice is called.
pub(super) fn voice_name(state: &State, voice: &ScriptVoice) -> String {
    match voice {
        ScriptVoice::Default => state.voices.first().map_or_else(
            || text!("voice-loading").to_owned(),
            |voice| VoiceName::of(voice).whole(),
        ),
        ScriptVoice::Named(name) => VoiceName::of(name).whole(),
        ScriptVoice::Reference(voice) => text!(
            "voice-cloned",
            file = studio::output_path::file_name(&voice.recording)
        ),
        ScriptVoice::Model(files) => files.name(),
    }
}
