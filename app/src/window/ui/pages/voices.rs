//! Voices to listen to, to search and to choose from.

use egui::{Align, Button, Layout, RichText, TextEdit, Ui, Vec2};

use crate::window::settings::Preset;
use crate::window::state::{Accent, Action, Dialog, Previewed, Sex, State, VoiceName};
use crate::window::texts::text;
use crate::window::theme::{CONTROL_HEIGHT_PT, GRID_PT, SMALL_PT, icon, palette};
use crate::window::ui::buttons::{icon_button, icon_toggle, named, wide_button};
use crate::window::ui::text::{field_label, quiet};

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let label = field_label(ui, text!("voices-search"));
    let search = ui
        .add(TextEdit::singleline(&mut state.voice_search.words).desired_width(f32::INFINITY))
        .labelled_by(label);
    if ui.memory(|memory| memory.focused().is_none()) {
        search.request_focus();
    }
    ui.horizontal_wrapped(|ui| {
        let search = &mut state.voice_search;
        for (sex, words) in [
            (Sex::Woman, text!("voices-women")),
            (Sex::Man, text!("voices-men")),
        ] {
            toggle(ui, &mut search.sex, sex, words);
        }
        ui.add_space(GRID_PT);
        for (accent, words) in [
            (Accent::American, text!("voices-american")),
            (Accent::British, text!("voices-british")),
        ] {
            toggle(ui, &mut search.accent, accent, words);
        }
    });
    ui.add_space(GRID_PT);
    super::voice_models::show(state, ui, actions);
    let fitting = state.fitting_voice().map(str::to_owned);
    let is_favourite = |state: &State, voice: &str| {
        let presets = &state.settings.presets;
        presets.iter().any(|preset| preset.voice == voice)
    };
    // The one that fits, then favourites, then the others.
    let mut voices = state.voices.clone();
    voices.sort_by_key(|voice| {
        let is_fitting = Some(voice) == fitting.as_ref();
        (!is_fitting, !is_favourite(state, voice))
    });
    voices.retain(|voice| state.voice_search.finds(&VoiceName::of(voice)));
    if voices.is_empty() {
        quiet(ui, text!("voices-none"));
    }
    for voice in voices {
        let is_fitting = Some(&voice) == fitting.as_ref();
        row(&voice, is_fitting, state, ui, actions);
    }
    ui.add_space(GRID_PT);
    let width = ui.available_width();
    if wide_button(ui, icon::PERSON_SPEAKING, text!("voice-clone"), width)
        .on_hover_text(text!("voice-clone-hint"))
        .clicked()
    {
        actions.extend([Action::Show(None), Action::Ask(Dialog::Voice)]);
    }
    super::voice_models::add_button(ui, actions);
}

fn row(voice: &str, is_fitting: bool, state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let name = VoiceName::of(voice);
    let preview = state.transport.preview.as_ref();
    let is_heard = preview.is_some_and(|preview| match &preview.of {
        Previewed::Voice(heard) => heard == voice,
        Previewed::Word(_) | Previewed::Scene(_) | Previewed::Clip(_) => false,
    });
    ui.horizontal(|ui| {
        if is_heard {
            let words = text!("voices-stop", voice = name.name.as_str());
            if icon_button(ui, icon::STOP, &words).clicked() {
                actions.push(Action::Stop);
            }
        } else {
            let words = text!("voices-listen", voice = name.name.as_str());
            if icon_button(ui, icon::PLAY, &words).clicked() {
                actions.push(Action::Preview(voice.to_owned()));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            favourite(voice, &name, state, ui);
            let document = &state.history.now;
            let is_chosen = document.own_voice.is_none()
                && document.model_voice.is_none()
                && document.voice == voice;
            let whole = name.whole();
            let words = match is_fitting {
                true => text!("voices-fits", voice = whole),
                false => whole,
            };
            let color = palette(ui.visuals()).text;
            let button = Button::selectable(is_chosen, RichText::new(&words).color(color))
                .min_size(Vec2::new(ui.available_width(), CONTROL_HEIGHT_PT));
            let response = ui
                .with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(button))
                .inner;
            if named(response, &words, Some(is_chosen)).clicked() {
                actions.extend([Action::ChooseVoice(voice.to_owned()), Action::Show(None)]);
            }
        });
    });
}

/// The star beside a voice: its favourite speed is the one that is set now.
fn favourite(voice: &str, name: &VoiceName, state: &mut State, ui: &mut Ui) {
    let presets = &mut state.settings.presets;
    let is_kept = presets.iter().any(|preset| preset.voice == voice);
    let (words, hover) = match is_kept {
        true => (
            text!("voices-unstar", voice = name.name.as_str()),
            text!("voice-favourite-remove"),
        ),
        false => (
            text!("voices-star", voice = name.name.as_str()),
            text!("voice-favourite-add"),
        ),
    };
    if icon_toggle(ui, icon::FAVOURITE, &words, hover, is_kept).clicked() {
        match is_kept {
            true => presets.retain(|preset| preset.voice != voice),
            false => presets.push(Preset {
                voice: voice.to_owned(),
                speed: state.history.now.speed,
            }),
        }
    }
}

/// One of two, or none.
fn toggle<T: PartialEq + Copy>(ui: &mut Ui, value: &mut Option<T>, choice: T, words: &str) {
    let is_on = *value == Some(choice);
    let words = RichText::new(words).size(SMALL_PT);
    if ui.selectable_label(is_on, words).clicked() {
        *value = (!is_on).then_some(choice);
    }
}
