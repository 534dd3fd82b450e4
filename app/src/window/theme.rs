//! Colours, spacing, type and icons of the window, in one place: a quiet room in which the portrait is the stage.

use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Vec2,
};

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Behind the portrait; the furthest from it in brightness.
    pub stage: Color32,
    /// Panels and bars.
    pub surface: Color32,
    /// Fields and buttons on a panel.
    pub raised: Color32,
    /// A field or button under the pointer.
    pub raised_hover: Color32,
    /// Hairlines between what needs no edge.
    pub outline: Color32,
    /// Edges of fields and buttons; contrast of 3 to 1 on every ground.
    pub edge: Color32,
    /// Text; contrast above 12 to 1 on every ground.
    pub text: Color32,
    /// Text that explains; contrast above 4.5 to 1.
    pub text_quiet: Color32,
    /// The one warm colour, as a ground: what to press next.
    pub accent: Color32,
    /// The accent under the pointer.
    pub accent_hover: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// The accent as a line or as text: what is chosen, where the sound is.
    pub accent_line: Color32,
    /// Recording.
    pub record: Color32,
    /// Errors.
    pub error: Color32,
    /// The sound in the timeline.
    pub wave: Color32,
    /// The mouth in the timeline.
    pub mouth: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// For dark rooms.
pub const DARK: Palette = Palette {
    stage: rgb(0x0e0f13),
    surface: rgb(0x16181e),
    raised: rgb(0x21242c),
    raised_hover: rgb(0x2b2f39),
    outline: rgb(0x313540),
    edge: rgb(0x7a8090),
    text: rgb(0xeceae6),
    text_quiet: rgb(0xa2a5af),
    accent: rgb(0xf0b66d),
    accent_hover: rgb(0xf7c88b),
    on_accent: rgb(0x261a0b),
    accent_line: rgb(0xf0b66d),
    record: rgb(0xf2554e),
    error: rgb(0xff9d94),
    wave: rgb(0x7d8aa3),
    mouth: rgb(0x7fc8b4),
};

/// For bright rooms.
pub const LIGHT: Palette = Palette {
    stage: rgb(0xe4e1da),
    surface: rgb(0xf6f4f0),
    raised: rgb(0xffffff),
    raised_hover: rgb(0xefece5),
    outline: rgb(0xd0cbc1),
    edge: rgb(0x7a766d),
    text: rgb(0x1e1f24),
    text_quiet: rgb(0x5b5e68),
    accent: rgb(0xf0b66d),
    accent_hover: rgb(0xe6a656),
    on_accent: rgb(0x261a0b),
    accent_line: rgb(0x8c5008),
    record: rgb(0xc42b24),
    error: rgb(0xa61b13),
    wave: rgb(0x6c7990),
    mouth: rgb(0x1f7a64),
};

/// The colours that these visuals were made from.
pub fn palette(visuals: &egui::Visuals) -> &'static Palette {
    if visuals.dark_mode { &DARK } else { &LIGHT }
}

/// The grid: every distance is a multiple of it.
pub const GRID_PT: f32 = 8.0;
/// Width of the panel with the controls.
pub const PANEL_WIDTH_PT: f32 = 45.0 * GRID_PT;
/// Height of buttons and single-line fields.
pub const CONTROL_HEIGHT_PT: f32 = 4.5 * GRID_PT;
/// Corners of fields and buttons.
pub const CORNER: CornerRadius = CornerRadius::same(8);
/// Corners of the portrait.
pub const STAGE_CORNER: CornerRadius = CornerRadius::same(16);

/// Size of running text.
pub const BODY_PT: f32 = 15.0;
/// Size of the title.
pub const HEADING_PT: f32 = 22.0;
/// Size of headings inside a page.
pub const SUBHEADING_PT: f32 = 17.0;
/// Size of labels above fields, of the timeline and of the status line.
pub const SMALL_PT: f32 = 13.0;
/// Size of an icon that stands alone.
pub const ICON_PT: f32 = 20.0;
/// How much of a control shows that cannot be used now; its words can still be read.
const DISABLED_ALPHA: f32 = 0.65;
/// How long a change takes: long enough to be seen, too short to be waited for.
pub const MOTION_SECS: f32 = 0.12;

/// Phosphor's icons, by the place of each in the font.
pub mod icon {
    /// Undo.
    pub const UNDO: &str = "\u{E08A}";
    /// Redo.
    pub const REDO: &str = "\u{E08C}";
    /// Project, folder.
    pub const FOLDER: &str = "\u{E256}";
    /// Favourite, a star.
    pub const FAVOURITE: &str = "\u{E46A}";
    /// Save.
    pub const SAVE: &str = "\u{E248}";
    /// New project.
    pub const NEW: &str = "\u{E236}";
    /// Settings.
    pub const SETTINGS: &str = "\u{E272}";
    /// Help.
    pub const HELP: &str = "\u{E3E8}";
    /// About.
    pub const ABOUT: &str = "\u{E2CE}";
    /// Close, remove.
    pub const CLOSE: &str = "\u{E4F6}";
    /// Delete.
    pub const DELETE: &str = "\u{E4A6}";
    /// Play.
    pub const PLAY: &str = "\u{E3D0}";
    /// Pause.
    pub const PAUSE: &str = "\u{E39E}";
    /// Stop.
    pub const STOP: &str = "\u{E46C}";
    /// To the start.
    pub const TO_START: &str = "\u{E5A4}";
    /// Loop.
    pub const LOOP: &str = "\u{E3F6}";
    /// Record.
    pub const RECORD: &str = "\u{E3EE}";
    /// Microphone.
    pub const MICROPHONE: &str = "\u{E326}";
    /// Write.
    pub const WRITE: &str = "\u{E3B2}";
    /// Change words.
    pub const EDIT: &str = "\u{EAE0}";
    /// Somebody's voice.
    pub const PERSON_SPEAKING: &str = "\u{ECA8}";
    /// A video of a face.
    pub const CAMERA: &str = "\u{E4DA}";
    /// Export.
    pub const EXPORT: &str = "\u{E792}";
    /// A picture.
    pub const PICTURE: &str = "\u{E2CA}";
    /// A sound.
    pub const SOUND: &str = "\u{E802}";
    /// Speak.
    pub const SPEAK: &str = "\u{E44A}";
    /// Add to a queue.
    pub const QUEUE: &str = "\u{E2F8}";
    /// The whole length.
    pub const FIT: &str = "\u{EB06}";
    /// Done.
    pub const DONE: &str = "\u{E182}";
    /// A film of several scenes.
    pub const FILM: &str = "\u{E8C2}";
    /// Add.
    pub const ADD: &str = "\u{E3D4}";
    /// Make a copy.
    pub const COPY: &str = "\u{E1CA}";
    /// One place up.
    pub const UP: &str = "\u{E08E}";
    /// One place down.
    pub const DOWN: &str = "\u{E03E}";
    /// A warning.
    pub const WARNING: &str = "\u{E4E0}";
}

/// The family of [`TextStyle::Heading`] and of what stands out.
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// Installs fonts, colours and spacing for both themes.
pub fn apply(context: &egui::Context) {
    let families = [FontFamily::Proportional, strong_family()];
    for (name, font, family) in [
        (
            "Inter",
            include_bytes!("../../../assets/fonts/Inter-Regular.otf").as_slice(),
            &families[..1],
        ),
        (
            "Inter SemiBold",
            include_bytes!("../../../assets/fonts/Inter-SemiBold.otf"),
            &families[1..],
        ),
    ] {
        add_font(context, name, font, family, FontPriority::Highest);
    }
    let phones = include_bytes!("../../../assets/fonts/Inter-phones.otf");
    add_font(
        context,
        "Inter phones",
        phones,
        &families,
        FontPriority::Lowest,
    );
    let icons = include_bytes!("../../../assets/fonts/Phosphor-subset.ttf");
    // Behind the letters: the icon font has blank letters of its own.
    add_font(context, "Phosphor", icons, &families, FontPriority::Lowest);
    for (theme, palette) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        context.style_mut_of(theme, |style| {
            layout(style);
            style.visuals = match theme {
                Theme::Dark => egui::Visuals::dark(),
                Theme::Light => egui::Visuals::light(),
            };
            color(&mut style.visuals, palette);
        });
    }
}

/// How long a change takes for somebody who wants less motion, or not.
pub fn change_secs(reduces_motion: bool) -> f32 {
    match reduces_motion {
        true => 0.0,
        false => MOTION_SECS,
    }
}

fn add_font(
    context: &egui::Context,
    name: &str,
    font: &'static [u8],
    families: &[FontFamily],
    priority: FontPriority,
) {
    let families = families.iter().map(|family| InsertFontFamily {
        family: family.clone(),
        priority,
    });
    context.add_font(FontInsert::new(
        name,
        egui::FontData::from_static(font),
        families.collect(),
    ));
}

fn layout(style: &mut egui::Style) {
    style.text_styles = [
        (TextStyle::Heading, FontId::new(HEADING_PT, strong_family())),
        (TextStyle::Body, FontId::proportional(BODY_PT)),
        (TextStyle::Button, FontId::proportional(BODY_PT)),
        (TextStyle::Small, FontId::proportional(SMALL_PT)),
        (TextStyle::Monospace, FontId::monospace(SMALL_PT)),
    ]
    .into();
    style.interaction.selectable_labels = false;
    style.animation_time = MOTION_SECS;

    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::splat(GRID_PT);
    spacing.button_padding = Vec2::new(1.5 * GRID_PT, 0.75 * GRID_PT);
    spacing.interact_size = Vec2::new(CONTROL_HEIGHT_PT, CONTROL_HEIGHT_PT);
    spacing.icon_width = 18.0;
    spacing.slider_rail_height = 4.0;
    // Nine choices without scrolling.
    spacing.combo_height = 54.0 * GRID_PT;
    spacing.menu_margin = Margin::same(GRID_PT as i8);
    // The bar lies on a margin that is always there, so that nothing moves when it comes and goes.
    spacing.scroll = egui::style::ScrollStyle {
        floating_allocated_width: 0.0,
        content_margin: Margin {
            right: GRID_PT as i8,
            ..Margin::ZERO
        },
        ..egui::style::ScrollStyle::thin()
    };
}

fn color(visuals: &mut egui::Visuals, palette: &Palette) {
    visuals.panel_fill = palette.surface;
    visuals.window_fill = palette.raised;
    visuals.window_stroke = Stroke::new(1.0, palette.outline);
    visuals.window_corner_radius = CORNER;
    visuals.menu_corner_radius = CORNER;
    visuals.popup_shadow = Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: Color32::from_black_alpha(if visuals.dark_mode { 120 } else { 48 }),
    };
    visuals.extreme_bg_color = palette.raised;
    visuals.text_edit_bg_color = Some(palette.raised);
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.text_quiet);
    visuals.error_fg_color = palette.error;
    visuals.hyperlink_color = palette.accent_line;
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.25);
    visuals.selection.stroke = Stroke::new(1.5, palette.accent_line);
    visuals.slider_trailing_fill = true;
    visuals.disabled_alpha = DISABLED_ALPHA;
    visuals.text_cursor.stroke = Stroke::new(2.0, palette.accent_line);

    let widgets = &mut visuals.widgets;
    for (widget, fill, outline) in [
        (
            &mut widgets.noninteractive,
            palette.surface,
            palette.outline,
        ),
        (&mut widgets.inactive, palette.raised, palette.edge),
        (&mut widgets.hovered, palette.raised_hover, palette.edge),
        (
            &mut widgets.active,
            palette.raised_hover,
            palette.accent_line,
        ),
        (&mut widgets.open, palette.raised_hover, palette.accent_line),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, outline);
        widget.fg_stroke = Stroke::new(1.0, palette.text);
        widget.corner_radius = CORNER;
        widget.expansion = 0.0;
    }
    // The rail and the handle of a slider must stand out from the panel that they lie on.
    widgets.inactive.bg_fill = palette.edge;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours after WCAG 2.1.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |color: Color32| {
            let [r, g, b, _] = egui::Rgba::from(color).to_array();
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// What is seen of `over`, of which so much shows, on `ground`.
    fn blend(over: Color32, ground: Color32, alpha: f32) -> Color32 {
        let mix = |a: u8, b: u8| (f32::from(a) * alpha + f32::from(b) * (1.0 - alpha)) as u8;
        Color32::from_rgb(
            mix(over.r(), ground.r()),
            mix(over.g(), ground.g()),
            mix(over.b(), ground.b()),
        )
    }

    /// Both themes as egui has them after [`apply`], each with its palette.
    fn themes() -> [(egui::Visuals, Palette); 2] {
        let context = egui::Context::default();
        apply(&context);
        [(Theme::Dark, DARK), (Theme::Light, LIGHT)]
            .map(|(theme, palette)| (context.style_of(theme).visuals.clone(), palette))
    }

    #[test]
    fn every_text_can_be_read_on_every_ground() {
        for palette in [DARK, LIGHT] {
            for ground in [
                palette.stage,
                palette.surface,
                palette.raised,
                palette.raised_hover,
            ] {
                assert!(contrast(palette.text, ground) > 10.0);
                for quiet in [palette.text_quiet, palette.error, palette.accent_line] {
                    assert!(contrast(quiet, ground) >= 4.5, "{quiet:?} on {ground:?}");
                }
            }
            assert!(contrast(palette.on_accent, palette.accent) > 7.0);
            assert!(contrast(palette.on_accent, palette.accent_hover) > 7.0);
        }
    }

    /// WCAG 2.1, 1.4.11: 3 to 1 for what shows where a control is and which state it has.
    #[test]
    fn controls_have_edges_that_are_seen() {
        for (visuals, palette) in themes() {
            let widgets = &visuals.widgets;
            for ground in [palette.stage, palette.surface, palette.raised] {
                for widget in [
                    &widgets.inactive,
                    &widgets.hovered,
                    &widgets.active,
                    &widgets.open,
                ] {
                    let edge = widget.bg_stroke.color;
                    assert!(contrast(edge, ground) >= 3.0, "{edge:?} on {ground:?}");
                    assert!(contrast(edge, widget.weak_bg_fill) >= 3.0, "{edge:?}");
                }
                // A slider's rail, the line under a tab, and the cursor.
                for line in [
                    widgets.inactive.bg_fill,
                    palette.accent_line,
                    palette.record,
                    visuals.text_cursor.stroke.color,
                ] {
                    assert!(contrast(line, ground) >= 3.0, "{line:?} on {ground:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_chosen_and_what_cannot_be_used_can_be_read() {
        for (visuals, palette) in themes() {
            let chosen = visuals.selection.bg_fill;
            let tint = f32::from(chosen.a()) / 255.0;
            let chosen = blend(palette.accent, palette.surface, tint);
            let words = visuals.selection.stroke.color;
            assert!(contrast(words, chosen) >= 4.5, "{words:?} on {chosen:?}");
            let fade = |color| blend(color, palette.surface, visuals.disabled_alpha);
            for button in [palette.raised, palette.surface] {
                let (words, ground) = (fade(palette.text), fade(button));
                assert!(contrast(words, ground) >= 4.5, "{words:?} on {ground:?}");
            }
        }
    }
}
