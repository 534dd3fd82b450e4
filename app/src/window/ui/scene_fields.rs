//! The scene that is shown: what is said, by whom, and what comes after it.

use egui::{ComboBox, DragValue, TextEdit, Ui};

use super::choice::combo;
use super::scene_list::voice_name;
use super::text::{field_label, problem};
use super::{portrait_picker, text};
use crate::window::state::{Action, Dialog, FilmAction, FilmFile, State, VoiceName};
use crate::window::texts::text;
use crate::window::theme::{CONTROL_HEIGHT_PT, GRID_PT};
use studio::output_path::file_name;
use studio::scenes::{MAX_PAUSE_SECS, Place, Transition, USUAL_TRANSITION_SECS};
use studio::script::{MAX_CHARACTERS, Script, ScriptVoice};

/// Rows of the box with the words, at least.
const WORD_ROWS: usize = 3;
/// Share of a row that its wider field takes.
const WIDER_SHARE: f32 = 0.62;

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    if state.scene().is_none() {
        return;
    }
    words(state, ui);
    ui.add_space(GRID_PT);
    portrait(state, ui, actions);
    ui.add_space(GRID_PT);
    voice(state, ui);
    ui.add_space(GRID_PT);
    after(state, ui);
    ui.add_space(GRID_PT);
    title(state, ui);
}

/// What is wrong with a field of the scene that is shown.
fn wrong(state: &State, field: &str, ui: &mut Ui) {
    let place = Place::Scene(state.scene_number() + 1);
    if let Some(reason) = state.film_problem(place, field) {
        problem(ui, &studio::wording::capitalised(reason));
    }
}

fn words(state: &mut State, ui: &mut Ui) {
    let number = state.scene_number();
    let wants_words = std::mem::take(&mut state.film.wants_words);
    let Some(scene) = state.scene_mut() else {
        return;
    };
    let (name, said, id) = match &mut scene.script {
        Script::Words { text, .. } => (
            text!("film-words", number = number + 1),
            text,
            "scene-words",
        ),
        Script::AudioFile(path) => {
            let name = text!(
                "film-transcript",
                number = number + 1,
                file = file_name(path)
            );
            let words = scene.transcript.get_or_insert_default();
            (name, words, "scene-transcript")
        }
        _ => return,
    };
    let label = field_label(ui, &name);
    let response = ui
        .add(
            TextEdit::multiline(said)
                .id_salt((id, number))
                .hint_text(text!("film-words-hint"))
                .char_limit(MAX_CHARACTERS)
                .desired_rows(WORD_ROWS)
                .desired_width(f32::INFINITY),
        )
        .labelled_by(label);
    if wants_words {
        response.request_focus();
        response.scroll_to_me(None);
    }
    if let Script::AudioFile(_) = scene.script {
        // Without words there is no transcript.
        scene.transcript = scene.transcript.take().filter(|words| !words.is_empty());
    }
    wrong(state, "text", ui);
    wrong(state, "audio", ui);
}

fn portrait(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let usual = state.session.default_portrait.as_deref();
    let chosen = state.scene().and_then(|scene| scene.portrait.as_deref());
    portrait_picker::gallery(
        state,
        chosen.or(usual),
        &|path| Action::Film(FilmAction::Portrait(path)),
        Dialog::Film(FilmFile::Portrait),
        ui,
        actions,
    );
    wrong(state, "portrait", ui);
    wrong(state, "face", ui);
}

fn voice(state: &mut State, ui: &mut Ui) {
    let Some(Script::Words { voice, .. }) = state.scene().map(|scene| &scene.script) else {
        return;
    };
    let label = field_label(ui, text!("voice"));
    let now = voice_name(state, voice);
    let portrait = state.scene().and_then(|scene| scene.portrait.as_deref());
    let portrait = portrait.or(state.session.default_portrait.as_deref());
    let fitting = portrait.and_then(|path| state.fitting_voices.of(path));
    let mut chosen = None;
    ComboBox::from_id_salt("scene-voice")
        .selected_text(now.as_str())
        .width(ui.available_width())
        .truncate()
        .show_ui(ui, |ui| {
            for voice in &state.voices {
                let name = VoiceName::of(voice).whole();
                let is_now = name == now;
                let words = match fitting == Some(voice.as_str()) {
                    true => text!("voices-fits", voice = name),
                    false => name,
                };
                if ui.selectable_label(is_now, words).clicked() {
                    chosen = Some(voice.clone());
                }
            }
        })
        .response
        .labelled_by(label);
    wrong(state, "voice", ui);
    let Some(name) = chosen else { return };
    if let Some(Script::Words { voice, .. }) = state.scene_mut().map(|scene| &mut scene.script) {
        *voice = ScriptVoice::Named(name);
    }
}

/// The pause behind the speech, and the transition to the next scene.
fn after(state: &mut State, ui: &mut Ui) {
    let Some(scene) = state.scene_mut() else {
        return;
    };
    let width = ui.available_width() - GRID_PT;
    ui.horizontal_top(|ui| {
        let [wider, narrower] =
            [WIDER_SHARE, 1.0 - WIDER_SHARE].map(|share| (share * width).floor());
        ui.allocate_ui(egui::vec2(wider, 0.0), |ui| {
            ui.vertical(|ui| {
                let secs = match scene.transition {
                    Transition::Cut => USUAL_TRANSITION_SECS,
                    now => now.secs(),
                };
                let choices = [
                    (Transition::Cut, text!("film-cut").to_owned()),
                    (
                        Transition::Crossfade { secs },
                        text!("film-crossfade").to_owned(),
                    ),
                    (Transition::Black { secs }, text!("film-black").to_owned()),
                ];
                let name = text!("film-transition");
                combo(ui, name, wider, &mut scene.transition, choices);
            });
        });
        ui.allocate_ui(egui::vec2(narrower, 0.0), |ui| {
            ui.vertical(|ui| {
                let label = field_label(ui, text!("film-pause"));
                ui.add_sized(
                    egui::vec2(narrower, CONTROL_HEIGHT_PT),
                    DragValue::new(&mut scene.pause_secs)
                        .range(0.0..=MAX_PAUSE_SECS)
                        .speed(0.02)
                        .fixed_decimals(1)
                        .suffix(format!(" {}", text!("film-pause-unit"))),
                )
                .labelled_by(label);
            });
        });
    });
}

/// The chapter that begins with the scene.
fn title(state: &mut State, ui: &mut Ui) {
    let number = state.scene_number();
    let Some(scene) = state.scene_mut() else {
        return;
    };
    let mut title = scene.title.clone().unwrap_or_default();
    let label = field_label(ui, text!("film-chapter"));
    let response = ui
        .add(
            TextEdit::singleline(&mut title)
                .id_salt(("scene-title", number))
                .hint_text(text!("film-chapter-hint"))
                .desired_width(f32::INFINITY),
        )
        .labelled_by(label);
    if response.changed() {
        scene.title = Some(title).filter(|title| !title.is_empty());
    }
    text::quiet(ui, text!("film-chapter-about"));
}
