//! The film of a clip on the stage: the clip and the portrait in their places, as they will be written.

use egui::emath::GuiRounding as _;
use egui::load::SizedTexture;
use egui::{Color32, CornerRadius, Image, Rect, Role, TextureHandle, Vec2, WidgetInfo};

use super::menu_bar;
use crate::window::state::{Action, Dialog, Previewed, State, WatchedClip};
use crate::window::texts::text;
use crate::window::theme::STAGE_CORNER;
use engine::motion::FRAMES_PER_SECOND;
use studio::watch::layout::{Pane, Person};

/// Round corners of a person who stands on the clip, in its shorter side.
const INSET_CORNER_SHARE: f32 = 0.14;

/// Draws it if there is a clip; `false` if not.
pub(super) fn show(
    state: &State,
    portrait: SizedTexture,
    place: Rect,
    ui: &mut egui::Ui,
    actions: &mut Vec<Action>,
) -> bool {
    let Some((watched, stage)) = state.watch.clip.as_ref().zip(state.stage.as_ref()) else {
        return false;
    };
    let size = watched.clip.size;
    let person = Person::of(&stage.avatar);
    let layout = state.settings.watch.layout;
    let places = layout.places((size.width_px, size.height_px), &person);
    let film = Vec2::new(places.size_px.0 as f32, places.size_px.1 as f32);
    let scale = (place.width() / film.x).min(place.height() / film.y);
    let rect = Rect::from_center_size(place.center(), film * scale).round_ui();
    let response = ui.interact(rect, ui.scope_id().with("film"), egui::Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text!("stage-film")));
    menu_bar::context(
        &response,
        state,
        actions,
        &[Action::Ask(Dialog::Clip), Action::ToggleFullScreen],
    );
    ui.painter().rect_filled(rect, STAGE_CORNER, Color32::BLACK);
    let number = watched.picture_at(clip_secs(state));
    if let Some(number) = number {
        let texture = texture(ui.ctx(), watched, number);
        let corners = if places.is_inset {
            STAGE_CORNER
        } else {
            CornerRadius::ZERO
        };
        paint(ui, (&texture).into(), &places.clip, rect, scale, corners);
    }
    let corners = if places.is_inset {
        let side = places
            .person
            .place_px
            .width
            .min(places.person.place_px.height);
        CornerRadius::same((side as f32 * scale * INSET_CORNER_SHARE) as u8)
    } else {
        CornerRadius::ZERO
    };
    paint(ui, portrait, &places.person, rect, scale, corners);
    true
}

fn paint(
    ui: &egui::Ui,
    texture: SizedTexture,
    pane: &Pane,
    film: Rect,
    scale: f32,
    corners: CornerRadius,
) {
    let place = &pane.place_px;
    let [x, y, width, height] =
        [place.x, place.y, place.width, place.height].map(|side| side as f32 * scale);
    let rect = Rect::from_min_size(film.min + Vec2::new(x, y), Vec2::new(width, height));
    let source = &pane.source;
    let [x, y, width, height] =
        [source.x, source.y, source.width, source.height].map(|side| side as f32);
    Image::from_texture(texture)
        .uv(Rect::from_min_size(
            egui::pos2(x, y),
            Vec2::new(width, height),
        ))
        .corner_radius(corners)
        .paint_at(ui, rect);
}

/// Where the clip is: what the preview shows, else its start.
fn clip_secs(state: &State) -> f64 {
    match &state.transport.preview {
        Some(preview) => match &preview.of {
            Previewed::Clip(timeline) => {
                let frame = (preview.secs * FRAMES_PER_SECOND) as usize;
                let (clip_frame, _) = timeline.clip_frame(frame);
                clip_frame as f64 / FRAMES_PER_SECOND
            }
            Previewed::Voice(_) | Previewed::Word(_) | Previewed::Scene(_) => 0.0,
        },
        None => 0.0,
    }
}

/// The picture as egui draws it: the one that is shown is kept.
fn texture(context: &egui::Context, watched: &WatchedClip, number: usize) -> TextureHandle {
    let id = egui::Id::unique("clip picture");
    let wanted = (std::ptr::from_ref(watched) as usize, number);
    let kept = context.data(|data| data.get_temp::<((usize, usize), TextureHandle)>(id));
    if let Some((_, texture)) = kept.filter(|(shown, _)| *shown == wanted) {
        return texture;
    }
    let picture = &watched.pictures[number];
    let image = egui::ColorImage::from_rgba_unmultiplied(picture.size_px, &picture.rgba);
    let options = egui::TextureOptions::LINEAR;
    let texture = context.load_texture("clip", image, options);
    context.data_mut(|data| data.insert_temp(id, (wanted, texture.clone())));
    texture
}
