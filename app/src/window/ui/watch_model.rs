//! Which model watches a clip, and what it is sent.

use egui::{Align, Label, Layout, RichText, TextEdit, Ui};

use super::buttons::{icon_button, small_button, wide_button};
use super::choice::choice;
use super::text::{field_label, problem, quiet};
use crate::window::state::{Action, Dialog, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, SMALL_PT, icon, palette};
use crate::window::watch_choices::ModelPlace;
use studio::output_path::file_name;
use studio::watch::asking::Model;
use studio::watch::endpoint::Disclosure;
use studio::wording::capitalised;

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    field_label(ui, text!("watch-model"));
    let model = state.settings.watch.model(state.watch.typed_key());
    let named = model.and_then(Result::ok);
    // One that is named already needs no more than a line.
    let is_open = state.watch.is_model_open;
    let is_open = is_open.unwrap_or(named.is_none());
    state.watch.is_model_open = Some(is_open);
    match named.filter(|_| !is_open) {
        Some(model) => {
            let mut opens = false;
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    opens = icon_button(ui, icon::WRITE, text!("watch-model-change")).clicked();
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.add(Label::new(summary(&model)).truncate());
                    });
                });
            });
            if opens {
                state.watch.is_model_open = Some(true);
            }
        }
        None => fields(state, ui, actions),
    }
}

/// A model in a line.
fn summary(model: &Model) -> String {
    match model {
        Model::Server(endpoint) => text!(
            "watch-model-at",
            model = endpoint.model(),
            host = endpoint.host()
        ),
        Model::Folder(folder) => file_name(folder),
    }
}

fn fields(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    choice(
        ui,
        &mut state.settings.watch.place,
        [
            (ModelPlace::Nowhere, text!("watch-place-nowhere")),
            (ModelPlace::Server, text!("watch-place-server")),
            (ModelPlace::Here, text!("watch-place-here")),
        ],
    );
    match state.settings.watch.place {
        ModelPlace::Nowhere => quiet(ui, text!("watch-place-nowhere-about")),
        ModelPlace::Server => server(state, ui, actions),
        ModelPlace::Here => {
            let folder = &mut state.settings.watch.model_folder;
            let choose = (text!("watch-folder-choose"), Dialog::ModelFolder);
            file(folder, choose, text!("watch-folder-leave"), ui, actions);
            quiet(ui, text!("watch-folder-about"));
        }
    }
    if let Some(Err(error)) = state.settings.watch.model(state.watch.typed_key()) {
        problem(ui, &capitalised(&error.to_string()));
    }
    if let Some(Ok(_)) = state.settings.watch.model(state.watch.typed_key()) {
        ui.add_space(GRID_PT / 2.0);
        if small_button(ui, text!("watch-model-done")).clicked() {
            state.watch.is_model_open = Some(false);
        }
    }
}

fn server(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let chosen = &mut state.settings.watch;
    let label = field_label(ui, text!("watch-address"));
    ui.add(
        TextEdit::singleline(&mut chosen.address)
            .id_salt("address")
            .hint_text(text!("watch-address-hint"))
            .desired_width(f32::INFINITY),
    )
    .labelled_by(label);
    let label = field_label(ui, text!("watch-model-name"));
    ui.add(
        TextEdit::singleline(&mut chosen.model)
            .id_salt("model")
            .hint_text(text!("watch-model-name-hint"))
            .desired_width(f32::INFINITY),
    )
    .labelled_by(label);
    let label = field_label(ui, text!("watch-key"));
    ui.add(
        TextEdit::singleline(&mut state.watch.key)
            .id_salt("key")
            .password(true)
            .hint_text(text!("watch-key-hint"))
            .desired_width(f32::INFINITY),
    )
    .labelled_by(label);
    ui.add_space(GRID_PT / 2.0);
    let choose = (text!("watch-key-file"), Dialog::KeyFile);
    let key_file = &mut chosen.key_file;
    file(key_file, choose, text!("watch-key-file-leave"), ui, actions);
}

/// A file or folder that is chosen, with the way to let go of it, or the way to choose one.
fn file(
    chosen: &mut Option<std::path::PathBuf>,
    (words, dialog): (&str, Dialog),
    leave: &str,
    ui: &mut Ui,
    actions: &mut Vec<Action>,
) {
    let Some(path) = chosen else {
        let width = ui.available_width();
        if wide_button(ui, icon::FOLDER, words, width).clicked() {
            actions.push(Action::Ask(dialog));
        }
        return;
    };
    let mut is_gone = false;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_gone = icon_button(ui, icon::CLOSE, leave).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(file_name(path)).truncate())
                    .on_hover_text(path.display().to_string());
            });
        });
    });
    if is_gone {
        *chosen = None;
    }
}

/// What leaves the computer when the model is asked.
pub(super) fn sent(state: &State, ui: &mut Ui) {
    let colors = palette(ui.visuals());
    field_label(ui, text!("watch-sent"));
    let model = state.settings.watch.model(state.watch.typed_key());
    let (words, is_risk) = match (model, &state.watch.clip) {
        (Some(Ok(Model::Folder(_))), _) => (text!("watch-sent-nothing-here").to_owned(), false),
        (Some(Ok(Model::Server(endpoint))), Some(clip)) => {
            let sent = endpoint.disclosure(&clip.frames);
            let is_risk = !sent.is_local && !sent.is_encrypted;
            (told(&sent), is_risk)
        }
        (Some(Ok(Model::Server(_))), None) => (text!("watch-sent-no-clip").to_owned(), false),
        (Some(Err(_)) | None, _) => (text!("watch-sent-nothing").to_owned(), false),
    };
    let color = match is_risk {
        true => colors.error,
        false => colors.text,
    };
    ui.add(Label::new(RichText::new(words).size(SMALL_PT).color(color)).wrap());
}

fn told(sent: &Disclosure) -> String {
    let host = sent.host.as_str();
    let pictures = sent.pictures;
    let megabytes = format!("{:.1}", (sent.bytes as f64 / 1e6).max(0.1));
    if sent.is_local {
        return text!("watch-sent-local", host = host, pictures = pictures);
    }
    match sent.is_encrypted {
        true => text!(
            "watch-sent-encrypted",
            host = host,
            pictures = pictures,
            megabytes = megabytes
        ),
        false => text!(
            "watch-sent-open",
            host = host,
            pictures = pictures,
            megabytes = megabytes
        ),
    }
}
