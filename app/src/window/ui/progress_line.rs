//! How far long work is, how long it will take, and the way to end it.

use egui::{Align, Label, Layout, ProgressBar, RichText};

use super::buttons::small_button;
use super::text::quiet;
use crate::window::state::{Action, Progress, Readiness, State, WatchStep, WatchWork};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, SMALL_PT, palette};
use studio::output_path::file_name;

/// Work that is over sooner is not worth a line.
const SHOWN_AFTER_SECS: f64 = 0.5;
/// Exports that have a line of their own.
const SHOWN_EXPORTS: usize = 3;

pub(super) fn show(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let colors = palette(ui.visuals());
    let top = ui.cursor().top();
    for export in state.exports.iter().take(SHOWN_EXPORTS) {
        let file = file_name(&export.path);
        let stop = Action::StopExport(export.number);
        match &export.progress {
            Some(progress) => {
                let words = text!("progress-export", file = file);
                line(ui, actions, &words, progress, colors.accent_line, stop);
            }
            None => row(
                ui,
                actions,
                &text!("progress-export-waits", file = file),
                stop,
            ),
        }
    }
    if state.exports.len() > SHOWN_EXPORTS {
        let count = state.exports.len() - SHOWN_EXPORTS;
        quiet(ui, &text!("progress-more-exports", count = count));
    }
    if let Some(work) = &state.watch.work {
        watching(work, ui, actions);
    }
    if let Some(progress) = &state.recording.progress {
        line(
            ui,
            actions,
            text!("progress-recording"),
            progress,
            colors.record,
            Action::Stop,
        );
    } else if let Some(making) = &state.transport.making {
        let words = if state.readiness == Readiness::Loading {
            text!("progress-loading")
        } else {
            text!("progress-speech")
        };
        line(
            ui,
            actions,
            words,
            &making.progress,
            colors.accent_line,
            Action::Stop,
        );
    }
    keep_below_whole(ui, ui.cursor().top() - top);
}

fn watching(work: &WatchWork, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let color = palette(ui.visuals()).accent_line;
    let stop = Action::StopWatching;
    // How long a model reads and thinks is not known.
    let (words, is_measured) = match &work.step {
        WatchStep::Reading(path) => (text!("status-reading", file = file_name(path)), true),
        WatchStep::Speaking => (text!("progress-speech").to_owned(), true),
        WatchStep::Loading => (text!("progress-model").to_owned(), false),
        WatchStep::Asking(None) => (text!("progress-asking").to_owned(), false),
        WatchStep::Asking(Some(host)) => {
            (text!("progress-asking-host", host = host.as_str()), false)
        }
    };
    match is_measured {
        true => line(ui, actions, &words, &work.progress, color, stop),
        false => row(ui, actions, &words, stop),
    }
}

/// When a line comes or goes, draws this frame once more, so that the buttons below it are never cut off.
fn keep_below_whole(ui: &egui::Ui, height: f32) {
    let id = egui::Id::unique("progress height");
    let before = ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or(id, height), height));
    if before != height {
        ui.ctx().request_discard("a line of progress came or went");
    }
}

/// What goes on and how far it is; nothing for the first moments.
pub(super) fn line(
    ui: &mut egui::Ui,
    actions: &mut Vec<Action>,
    words: &str,
    progress: &Progress,
    color: egui::Color32,
    stop: Action,
) {
    if progress.began.elapsed().as_secs_f64() < SHOWN_AFTER_SECS {
        return;
    }
    let shown = match progress.left_secs() {
        Some(secs) => text!("progress-left", what = words, time = duration(secs)),
        None => words.to_owned(),
    };
    row(ui, actions, &shown, stop);
    let bar = ui.add(
        ProgressBar::new(progress.fraction)
            .desired_height(4.0)
            .corner_radius(2)
            .fill(color),
    );
    bar.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, words);
        info.value = Some(f64::from(progress.fraction * 100.0));
        info
    });
    ui.add_space(GRID_PT / 2.0);
}

/// What goes on, and the button that ends it.
fn row(ui: &mut egui::Ui, actions: &mut Vec<Action>, words: &str, stop: Action) {
    ui.horizontal(|ui| {
        let color = palette(ui.visuals()).text_quiet;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if small_button(ui, text!("cancel")).clicked() {
                actions.push(stop);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words = RichText::new(words).size(SMALL_PT).color(color);
                ui.add(Label::new(words).truncate());
            });
        });
    });
}

/// A rounded time, such as 35 s or 4 min.
fn duration(secs: f64) -> String {
    match secs {
        secs if secs < 10.0 => text!("time-seconds", count = secs.ceil()),
        secs if secs < 90.0 => text!("time-seconds", count = (secs / 5.0).ceil() * 5.0),
        secs => text!("time-minutes", count = (secs / 60.0).ceil()),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_are_round() {
        let times: Vec<_> = [0.2, 7.1, 31.0, 200.0].map(duration).into();
        assert_eq!(times, ["1 s", "8 s", "35 s", "4 min"]);
    }
}
