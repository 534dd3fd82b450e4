//! The portraits that came with the program, one's own, and the way to more.

use std::path::{Path, PathBuf};

use egui::{
    CornerRadius, Response, Role, Sense, Stroke, StrokeKind, TextureHandle, Vec2, WidgetInfo,
};

use super::buttons::wide_button;
use super::text::field_label;
use crate::window::state::Dialog;
use crate::window::state::{Action, GalleryPicture, State};
use crate::window::texts::text;
use crate::window::theme::{CORNER, GRID_PT, icon, palette};

/// Side of a small picture where there is room.
const THUMBNAIL_PT: f32 = 6.0 * GRID_PT;
/// Small pictures that stand beside each other, also beside a scroll bar.
const IN_A_ROW: usize = 6;

pub(super) fn show(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let chosen = state
        .stage
        .as_ref()
        .map(|stage| stage.choice.path.as_path());
    gallery(state, chosen, &Action::Open, Dialog::Portrait, ui, actions);
}

/// The pictures of which one is chosen: a click asks to `choose` another one, the button below for a file.
pub(super) fn gallery(
    state: &State,
    chosen: Option<&Path>,
    choose: &dyn Fn(PathBuf) -> Action,
    ask: Dialog,
    ui: &mut egui::Ui,
    actions: &mut Vec<Action>,
) {
    field_label(ui, text!("portrait"));
    let gaps = (IN_A_ROW - 1) as f32 * GRID_PT;
    let side = ((ui.available_width() - gaps) / IN_A_ROW as f32)
        .floor()
        .min(THUMBNAIL_PT);
    ui.horizontal_wrapped(|ui| {
        for picture in &state.gallery {
            let is_chosen = chosen == Some(picture.path.as_path());
            let response = thumbnail(ui, picture, side, is_chosen);
            if response.clicked() {
                actions.push(choose(picture.path.clone()));
            }
            if picture.is_own {
                response.context_menu(|ui| {
                    if ui.button(text!("portrait-forget")).clicked() {
                        actions.push(Action::ForgetPortrait(picture.path.clone()));
                        ui.close();
                    }
                });
            }
        }
    });
    let width = ui.available_width();
    if wide_button(ui, icon::PICTURE, text!("portrait-choose"), width)
        .on_hover_text(text!("portrait-choose-hint"))
        .clicked()
    {
        actions.push(Action::Ask(ask));
    }
}

fn thumbnail(ui: &mut egui::Ui, picture: &GalleryPicture, side: f32, is_chosen: bool) -> Response {
    let colors = palette(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(
            Role::Button,
            true,
            is_chosen,
            text!("portrait-named", name = picture.name.as_str()),
        )
    });
    paint_picture(Some(picture), ui, rect);
    let outline = if is_chosen {
        Stroke::new(2.0, colors.accent_line)
    } else if response.has_focus() || response.hovered() {
        Stroke::new(2.0, colors.text_quiet)
    } else {
        Stroke::new(1.0, colors.outline)
    };
    ui.painter()
        .rect_stroke(rect, CornerRadius::same(8), outline, StrokeKind::Inside);
    response.on_hover_text(&picture.name)
}

/// Paints the small picture of a portrait; of the one that came with the program if none is named.
pub(super) fn paint(state: &State, portrait: Option<&Path>, ui: &egui::Ui, rect: egui::Rect) {
    let path = portrait.or(state.session.default_portrait.as_deref());
    let mut gallery = state.gallery.iter();
    let picture = gallery.find(|picture| Some(picture.path.as_path()) == path);
    paint_picture(picture, ui, rect);
}

fn paint_picture(picture: Option<&GalleryPicture>, ui: &egui::Ui, rect: egui::Rect) {
    match picture.and_then(|picture| texture(ui.ctx(), picture)) {
        Some(texture) => {
            egui::Image::from_texture(&texture)
                .corner_radius(CORNER)
                .paint_at(ui, rect);
        }
        None => {
            let color = palette(ui.visuals()).raised;
            ui.painter().rect_filled(rect, CORNER, color);
        }
    }
}

/// The small picture as egui draws it: uploaded once, then kept.
fn texture(context: &egui::Context, picture: &GalleryPicture) -> Option<TextureHandle> {
    let thumbnail = picture.thumbnail.as_ref()?;
    let id = egui::Id::unique(("thumbnail", &picture.path));
    if let Some(kept) = context.data(|data| data.get_temp::<TextureHandle>(id)) {
        return Some(kept);
    }
    let size = [thumbnail.side_px; 2];
    let image = egui::ColorImage::from_rgba_unmultiplied(size, &thumbnail.rgba);
    let options = egui::TextureOptions::LINEAR;
    let texture = context.load_texture(picture.name.clone(), image, options);
    context.data_mut(|data| data.insert_temp(id, texture.clone()));
    Some(texture)
}
