//! The take over time: sound, words, phones, mouth, and the playhead that moves through them.
//!
//! A click or a drag moves the playhead; a drag along the times (or with Shift anywhere) repeats that span; a double click
//! repeats the word under the pointer; the wheel zooms, with Shift it moves.

mod lanes;
mod view;

use std::ops::Range;

use egui::{Id, Pos2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo};

use super::menu_bar;
use super::text::time;
use crate::window::stage_painter;
use crate::window::state::{Action, State};
use crate::window::texts::text;
use crate::window::theme::{BODY_PT, CORNER, GRID_PT, palette};
use lanes::Lanes;
use studio::sound::playback::MIN_LOOP_SECS;
use studio::take::Take;
use view::View;

/// Height in a window of usual height.
const HEIGHT_PT: f32 = 19.0 * GRID_PT;
/// Height in a low window.
const LOW_HEIGHT_PT: f32 = 12.0 * GRID_PT;
/// Windows lower than this are low.
const LOW_WINDOW_PT: f32 = 600.0;

/// What the pointer does between its press and its release.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drag {
    Playhead,
    /// Where the span began.
    Span(f64),
}

pub(super) fn show(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let is_low = ui.ctx().content_rect().height() < LOW_WINDOW_PT;
    let height = if is_low { LOW_HEIGHT_PT } else { HEIGHT_PT };
    let size = Vec2::new(ui.available_width(), height);
    let Some(take) = state.selected_take() else {
        empty(ui, size);
        return;
    };
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let response = named(response, state, take);
    let offered = [
        Action::PlayOrPause,
        Action::ToStart,
        Action::ToggleLoop,
        Action::Export,
        Action::PutAwaySelected,
    ];
    menu_bar::context(&response, state, actions, &offered);
    let id = Id::unique("timeline view");
    let mut view = ui
        .data(|data| data.get_temp::<View>(id))
        .unwrap_or_default()
        .of(take);
    let lanes = Lanes::new(rect, is_low);
    view.zoom_and_move(ui, &response, lanes.rect, take);
    if state.transport.playing.is_some() && !state.transport.is_scrubbing {
        view.follow(state.transport.playhead_secs, take);
    }
    point(state, ui, &response, take, &lanes, &view, actions);
    lanes.paint(ui, state, take, &view, response.has_focus());
    ui.data_mut(|data| data.insert_temp(id, view));
}

/// Says what would be here.
fn empty(ui: &mut Ui, size: Vec2) {
    let colors = palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().add(stage_painter::timeline(
        ui.ctx(),
        rect,
        colors.surface,
        f32::from(CORNER.nw),
    ));
    ui.put(
        Rect::from_center_size(rect.center(), Vec2::new(rect.width(), 3.0 * GRID_PT)),
        egui::Label::new(
            egui::RichText::new(text!("timeline-empty"))
                .size(BODY_PT)
                .color(colors.text_quiet),
        ),
    );
}

fn named(response: Response, state: &State, take: &Take) -> Response {
    let playhead_secs = state.transport.playhead_secs;
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(
            Role::Slider,
            true,
            text!(
                "timeline-of",
                title = take.title(),
                now = time(playhead_secs),
                length = time(take.duration_secs()),
            ),
        );
        info.value = Some(playhead_secs);
        info
    });
    response
}

/// Turns what the pointer does into actions.
fn point(
    state: &State,
    ui: &Ui,
    response: &Response,
    take: &Take,
    lanes: &Lanes,
    view: &View,
    actions: &mut Vec<Action>,
) {
    let id = Id::unique("timeline drag");
    let secs_at = |position: Pos2| {
        view.secs_at(position.x, lanes.rect)
            .clamp(0.0, take.duration_secs())
    };
    let is_shifted = ui.input(|input| input.modifiers.shift);
    if let Some(position) = response.hover_pos() {
        let icon = if lanes.times.contains(position) || is_shifted {
            egui::CursorIcon::ResizeHorizontal
        } else {
            egui::CursorIcon::Text
        };
        ui.ctx().set_cursor_icon(icon);
    }
    if response.double_clicked()
        && let Some(position) = response.interact_pointer_pos()
    {
        let secs = secs_at(position);
        let word = take
            .words
            .iter()
            .find(|word| (word.start_secs..word.end_secs).contains(&secs));
        if let Some(word) = word {
            actions.push(Action::Loop(longer(word.start_secs..word.end_secs, take)));
        }
        return;
    }
    if response.clicked()
        && let Some(position) = response.interact_pointer_pos()
    {
        let secs = secs_at(position);
        let word = take
            .words
            .iter()
            .find(|word| (word.start_secs..word.end_secs).contains(&secs));
        if lanes.times.contains(position) && state.transport.looped.is_some() {
            actions.push(Action::Loop(None));
        } else if let Some(word) = word.filter(|_| lanes.words.contains(position)) {
            actions.push(Action::Hear(word.start_secs..word.end_secs));
        } else {
            actions.extend([Action::Scrub(secs_at(position)), Action::EndScrub]);
        }
    }
    if response.drag_started()
        && let Some(position) = ui.input(|input| input.pointer.press_origin())
    {
        let drag = if lanes.times.contains(position) || is_shifted {
            Drag::Span(secs_at(position))
        } else {
            Drag::Playhead
        };
        ui.data_mut(|data| data.insert_temp(id, drag));
    }
    let drag = ui.data(|data| data.get_temp::<Drag>(id));
    if let Some(drag) = drag
        && let Some(position) = response.interact_pointer_pos()
    {
        let secs = secs_at(position);
        match drag {
            Drag::Playhead if response.dragged() => actions.push(Action::Scrub(secs)),
            Drag::Span(start_secs) if response.dragged() => {
                let span = start_secs.min(secs)..start_secs.max(secs);
                if span.end - span.start >= MIN_LOOP_SECS {
                    actions.push(Action::Loop(Some(span)));
                }
            }
            _ => {}
        }
    }
    if response.drag_stopped() {
        if drag == Some(Drag::Playhead) {
            actions.push(Action::EndScrub);
        }
        ui.data_mut(|data| data.remove::<Drag>(id));
    }
}

/// A span that can be repeated without a buzz.
fn longer(span: Range<f64>, take: &Take) -> Option<Range<f64>> {
    let end_secs = span.end.max(span.start + 2.0 * MIN_LOOP_SECS);
    Some(span.start..end_secs.min(take.duration_secs()))
}
