//! The portraits that came with the program, and the way to one's own.

use egui::{Button, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Vec2, WidgetInfo};

use super::field_label;
use crate::app::{Action, App, GalleryPicture};
use crate::theme::{ACCENT, CORNER, GRID_PT, OUTLINE, RAISED, TEXT_QUIET};

/// Side of a small picture.
const THUMBNAIL_PT: f32 = 9.0 * GRID_PT;

pub(super) fn show(app: &App, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    field_label(ui, "Portrait");
    ui.horizontal_wrapped(|ui| {
        for picture in &app.gallery {
            let is_chosen = app
                .live
                .as_ref()
                .is_some_and(|live| live.path == picture.path);
            if thumbnail(ui, picture, is_chosen).clicked() {
                actions.push(Action::Open(picture.path.clone()));
            }
        }
    });
    let width = ui.available_width();
    if ui
        // Inside a row, a button's text stands in its middle.
        .horizontal(|ui| ui.add(Button::new("Choose a picture").min_size(Vec2::new(width, 0.0))))
        .inner
        .on_hover_text("Any photo or painting of one face; dropping it on the window works too")
        .clicked()
    {
        actions.push(Action::ChoosePortrait);
    }
}

fn thumbnail(ui: &mut egui::Ui, picture: &GalleryPicture, is_chosen: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(THUMBNAIL_PT), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(
            Role::Button,
            true,
            is_chosen,
            format!("Portrait {}", picture.name),
        )
    });
    match &picture.thumbnail {
        Some(texture) => {
            egui::Image::from_texture(texture)
                .corner_radius(CORNER)
                .paint_at(ui, rect);
        }
        None => {
            ui.painter().rect_filled(rect, CORNER, RAISED);
        }
    }
    let outline = if is_chosen {
        Stroke::new(2.0, ACCENT)
    } else if response.has_focus() || response.hovered() {
        Stroke::new(2.0, TEXT_QUIET)
    } else {
        Stroke::new(1.0, OUTLINE)
    };
    ui.painter()
        .rect_stroke(rect, CornerRadius::same(8), outline, StrokeKind::Inside);
    response.on_hover_text(&picture.name)
}
