//! Buttons of the window's own kinds. Each has a name for screen readers; an icon alone says nothing to them.

use egui::{Button, Response, RichText, Role, Stroke, Ui, Vec2, WidgetInfo};

use crate::window::theme::{CONTROL_HEIGHT_PT, ICON_PT, SMALL_PT, palette, strong_family};

/// Height of [`main_button`].
pub(super) const MAIN_HEIGHT_PT: f32 = CONTROL_HEIGHT_PT + 4.0;

/// A square button with an icon; `name` is what it is called and what it shows when hovered.
pub(super) fn icon_button(ui: &mut Ui, icon: &str, name: &str) -> Response {
    icon_toggle(ui, icon, name, name, false)
}

/// A square button that can be on. `hover` may say more than the name.
pub(super) fn icon_toggle(
    ui: &mut Ui,
    icon: &str,
    name: &str,
    hover: &str,
    is_on: bool,
) -> Response {
    let colors = palette(ui.visuals());
    let color = if is_on {
        colors.accent_line
    } else {
        colors.text
    };
    let button = Button::new(RichText::new(icon).size(ICON_PT).color(color))
        .frame_when_inactive(is_on)
        .selected(is_on)
        .min_size(Vec2::splat(CONTROL_HEIGHT_PT));
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().button_padding = Vec2::splat(6.0);
            ui.add(button)
        })
        .inner;
    named(response, name, is_on.then_some(true)).on_hover_text(hover)
}

/// A button with an icon and words, as wide as `width`.
pub(super) fn wide_button(ui: &mut Ui, icon: &str, words: &str, width: f32) -> Response {
    let response = ui
        // Inside a row, a button's text stands in its middle.
        .horizontal(|ui| {
            ui.add(
                Button::new(with_icon(icon, words)).min_size(Vec2::new(width, CONTROL_HEIGHT_PT)),
            )
        })
        .inner;
    named(response, words, None)
}

/// The one button of a page that is to be pressed next.
pub(super) fn main_button(ui: &mut Ui, icon: &str, words: &str, width: f32) -> Response {
    let colors = palette(ui.visuals());
    let response = ui
        .horizontal(|ui| {
            // One that cannot be used looks like any other: faded dark words on a faded accent could not be read.
            if ui.is_enabled() {
                let widgets = &mut ui.visuals_mut().widgets;
                for (widget, fill) in [
                    (&mut widgets.inactive, colors.accent),
                    (&mut widgets.hovered, colors.accent_hover),
                    (&mut widgets.active, colors.accent_hover),
                ] {
                    widget.weak_bg_fill = fill;
                    widget.bg_stroke = Stroke::new(1.0, colors.accent_line);
                    widget.fg_stroke.color = colors.on_accent;
                }
            }
            ui.add(
                Button::new(RichText::new(with_icon(icon, words)).family(strong_family()))
                    .min_size(Vec2::new(width, MAIN_HEIGHT_PT)),
            )
        })
        .inner;
    named(response, words, None)
}

/// A small button inside a line of text.
pub(super) fn small_button(ui: &mut Ui, words: &str) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().button_padding = Vec2::new(8.0, 2.0);
        ui.spacing_mut().interact_size.y = 24.0;
        ui.add(Button::new(RichText::new(words).size(SMALL_PT)))
    })
    .inner
}

/// A box to tick with an edge of its own; its fill says only whether it is ticked.
pub(super) fn tick(ui: &mut Ui, is_on: &mut bool, words: &str) -> Response {
    let fill = palette(ui.visuals()).raised;
    ui.scope(|ui| {
        ui.visuals_mut().widgets.inactive.bg_fill = fill;
        ui.checkbox(is_on, words)
    })
    .inner
}

/// Gives a button the name that a screen reader says.
pub(super) fn named(response: Response, name: &str, selected: Option<bool>) -> Response {
    response.widget_info(|| match selected {
        Some(selected) => WidgetInfo::selected(Role::Button, response.enabled(), selected, name),
        None => WidgetInfo::labeled(Role::Button, response.enabled(), name),
    });
    response
}

fn with_icon(icon: &str, words: &str) -> String {
    if icon.is_empty() {
        words.to_owned()
    } else {
        format!("{icon}  {words}")
    }
}
