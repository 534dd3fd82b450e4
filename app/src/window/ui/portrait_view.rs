//! The stage: the portrait, as large as the window allows.

use egui::emath::GuiRounding as _;
use egui::load::SizedTexture;
use egui::{Align2, FontId, Rect, Role, Sense, Spinner, Stroke, StrokeKind, Vec2, WidgetInfo};

use super::{clip_stage, debug_view, frame_overlay, menu_bar, notice};
use crate::window::stage_painter;
use crate::window::state::{Action, Dialog, Readiness, Stage, State, Use};
use crate::window::texts::text;
use crate::window::theme::{BODY_PT, CORNER, GRID_PT, SMALL_PT, STAGE_CORNER, palette};

/// `image` is what is drawn of the portrait on the stage.
pub(super) fn show(
    state: &mut State,
    image: Option<SizedTexture>,
    ui: &mut egui::Ui,
    actions: &mut Vec<Action>,
) {
    let place = ui.available_rect_before_wrap();
    let Some((stage, texture)) = state.stage.as_ref().zip(image) else {
        waiting(state, ui, place);
        notice::on_stage(state, ui, place, actions);
        debug_view::show(state, ui, place, None);
        return;
    };
    if state.use_now == Use::Watch && clip_stage::show(state, texture, place, ui, actions) {
        notice::on_stage(state, ui, place, actions);
        return;
    }
    let scale = (place.width() / texture.size.x).min(place.height() / texture.size.y);
    let rect = Rect::from_center_size(place.center(), texture.size * scale).round_ui();
    let shown = ui.allocate_rect(rect, Sense::CLICK);
    shown.widget_info(|| WidgetInfo::labeled(Role::Image, true, text!("stage-portrait")));
    let corner_pt = f32::from(STAGE_CORNER.nw);
    ui.painter()
        .add(stage_painter::portrait(ui.ctx(), rect, corner_pt));
    let offered = [
        Action::Ask(Dialog::Portrait),
        Action::Export,
        Action::ToggleFullScreen,
    ];
    menu_bar::context(&shown, state, actions, &offered);
    if state.recording.progress.is_some() {
        badge(ui, rect, text!("stage-recording"));
    } else if state.is_listening() {
        badge(ui, rect, text!("stage-listening"));
    } else if stage.avatar.face_boxes().len() > 1 && !state.is_speaking() {
        let asked = state.history.now.face;
        let is_dialogue = state.dialogue_in(&state.history.now.words).is_some();
        choose_face(stage, (asked, is_dialogue), ui, rect, actions);
    }
    frame_overlay::show(state, ui, place, rect);
    notice::on_stage(state, ui, place, actions);
    debug_view::show(state, ui, place, Some(rect));
}

/// An outline with a number around each face of the picture; a click lets that one speak. In a dialogue everybody does.
fn choose_face(
    stage: &Stage,
    (asked, is_dialogue): (Option<usize>, bool),
    ui: &egui::Ui,
    picture: Rect,
    actions: &mut Vec<Action>,
) {
    let colors = palette(ui.visuals());
    let avatar = &stage.avatar;
    // The one that was asked for, even while it is made ready.
    let chosen = asked.unwrap_or(avatar.face_number());
    let speaks = |number: usize| match &stage.everybody {
        Some(everybody) if is_dialogue => everybody.index_of(number).is_some(),
        _ => number == chosen,
    };
    let boxes = avatar.face_boxes();
    let count = boxes.len();
    for (index, [x, y, width, height]) in boxes.enumerate() {
        let number = index + 1;
        let place = |x: f32, y: f32| picture.min + picture.size() * Vec2::new(x, y);
        let face = Rect::from_min_max(place(x, y), place(x + width, y + height));
        let face = face.intersect(picture).round_ui();
        let response = ui
            .interact(face, ui.scope_id().with(("face", number)), Sense::click())
            .on_hover_text(text!("stage-face-hint"));
        let is_chosen = speaks(number);
        response.widget_info(|| {
            let name = text!("stage-face", number = number, count = count);
            WidgetInfo::selected(Role::Button, true, is_chosen, name)
        });
        if response.clicked() {
            actions.push(Action::ChooseFace(number));
        }
        let is_pointed_at = response.hovered() || response.has_focus();
        let (width, color) = match (is_chosen, is_pointed_at) {
            (true, _) => (2.0, colors.accent_line),
            (false, true) => (2.0, colors.text),
            (false, false) => (1.0, colors.text_quiet),
        };
        let painter = ui.painter();
        painter.rect_stroke(face, CORNER, Stroke::new(width, color), StrokeKind::Inside);
        let label = Rect::from_min_size(face.min, Vec2::splat(3.0 * GRID_PT));
        painter.rect_filled(label, CORNER, colors.surface.gamma_multiply(0.85));
        painter.text(
            label.center(),
            Align2::CENTER_CENTER,
            number,
            FontId::proportional(SMALL_PT),
            if is_chosen {
                colors.text
            } else {
                colors.text_quiet
            },
        );
    }
}

fn waiting(state: &State, ui: &mut egui::Ui, stage: Rect) {
    let colors = palette(ui.visuals());
    let side = stage.width().min(stage.height()).min(65.0 * GRID_PT);
    let rect = Rect::from_center_size(stage.center(), Vec2::splat(side));
    ui.painter().rect_filled(rect, STAGE_CORNER, colors.surface);
    let is_stuck = state.status.is_error || matches!(state.readiness, Readiness::Failed(_));
    let line = if is_stuck {
        text!("stage-drop")
    } else {
        ui.put(
            Rect::from_center_size(
                rect.center() - Vec2::new(0.0, 4.0 * GRID_PT),
                Vec2::splat(4.0 * GRID_PT),
            ),
            Spinner::new().size(4.0 * GRID_PT).color(colors.accent_line),
        );
        text!("stage-loading")
    };
    ui.put(
        Rect::from_center_size(rect.center(), Vec2::new(side, 3.0 * GRID_PT)),
        egui::Label::new(
            egui::RichText::new(line)
                .size(BODY_PT)
                .color(colors.text_quiet),
        ),
    );
}

/// Says on the stage itself that something of the user is taken in or written.
fn badge(ui: &egui::Ui, portrait: Rect, words: &str) {
    let colors = palette(ui.visuals());
    let badge = Rect::from_min_size(
        portrait.min + Vec2::splat(2.0 * GRID_PT),
        Vec2::new(13.0 * GRID_PT, 4.0 * GRID_PT),
    );
    let painter = ui.painter();
    painter.rect_filled(badge, 2.0 * GRID_PT, colors.surface.gamma_multiply(0.85));
    painter.circle_filled(
        badge.left_center() + Vec2::new(2.0 * GRID_PT, 0.0),
        5.0,
        colors.record,
    );
    painter.text(
        badge.left_center() + Vec2::new(3.5 * GRID_PT, 0.0),
        Align2::LEFT_CENTER,
        words,
        FontId::proportional(SMALL_PT),
        colors.text,
    );
}
