//! Colours, spacing and type of the window, in one place: a quiet dark room in which the portrait is the stage.

use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Vec2};

/// Behind everything; darkest, so that the portrait is the brightest thing in the window.
pub const STAGE: Color32 = Color32::from_rgb(0x0e, 0x0f, 0x13);
/// The panel with the controls.
pub const SURFACE: Color32 = Color32::from_rgb(0x16, 0x18, 0x1e);
/// Fields and buttons on the panel.
pub const RAISED: Color32 = Color32::from_rgb(0x21, 0x24, 0x2c);
/// A field or button under the pointer.
pub const RAISED_HOVER: Color32 = Color32::from_rgb(0x2b, 0x2f, 0x39);
/// Hairlines.
pub const OUTLINE: Color32 = Color32::from_rgb(0x31, 0x35, 0x40);
/// Text.
pub const TEXT: Color32 = Color32::from_rgb(0xec, 0xea, 0xe6);
/// Text that explains.
pub const TEXT_QUIET: Color32 = Color32::from_rgb(0xa2, 0xa5, 0xaf);
/// The one warm colour: what to press next, what is chosen, how far it is.
pub const ACCENT: Color32 = Color32::from_rgb(0xf0, 0xb6, 0x6d);
/// The accent under the pointer.
pub const ACCENT_HOVER: Color32 = Color32::from_rgb(0xf7, 0xc8, 0x8b);
/// Text on the accent.
pub const ON_ACCENT: Color32 = Color32::from_rgb(0x26, 0x1a, 0x0b);
/// Recording.
pub const RECORD: Color32 = Color32::from_rgb(0xf2, 0x55, 0x4e);
/// Errors; light enough to be read on the panel (contrast above 7 to 1).
pub const ERROR: Color32 = Color32::from_rgb(0xff, 0x9d, 0x94);

/// The grid: every distance is a multiple of it.
pub const GRID_PT: f32 = 8.0;
/// Width of the panel with the controls.
pub const PANEL_WIDTH_PT: f32 = 45.0 * GRID_PT;
/// Height of buttons and single-line fields.
pub const CONTROL_HEIGHT_PT: f32 = 5.0 * GRID_PT;
/// Corners of fields and buttons.
pub const CORNER: CornerRadius = CornerRadius::same(8);
/// Corners of the portrait.
pub const STAGE_CORNER: CornerRadius = CornerRadius::same(16);

/// Size of running text, of headings and of small print.
pub const BODY_PT: f32 = 15.0;
/// Size of the title.
pub const HEADING_PT: f32 = 22.0;
/// Size of labels above fields and of the status line.
pub const SMALL_PT: f32 = 13.0;

/// The family of [`TextStyle::Heading`] and of what stands out.
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// Installs fonts, colours and spacing.
pub fn apply(context: &egui::Context) {
    add_font(
        context,
        "Inter",
        include_bytes!("../../assets/fonts/Inter-Regular.otf"),
        FontFamily::Proportional,
    );
    add_font(
        context,
        "Inter SemiBold",
        include_bytes!("../../assets/fonts/Inter-SemiBold.otf"),
        strong_family(),
    );
    context.set_theme(egui::Theme::Dark);
    context.all_styles_mut(style);
}

fn add_font(context: &egui::Context, name: &str, font: &'static [u8], family: FontFamily) {
    context.add_font(FontInsert::new(
        name,
        egui::FontData::from_static(font),
        vec![InsertFontFamily {
            family,
            priority: FontPriority::Highest,
        }],
    ));
}

fn style(style: &mut egui::Style) {
    style.text_styles = [
        (TextStyle::Heading, FontId::new(HEADING_PT, strong_family())),
        (TextStyle::Body, FontId::proportional(BODY_PT)),
        (TextStyle::Button, FontId::proportional(BODY_PT)),
        (TextStyle::Small, FontId::proportional(SMALL_PT)),
        (TextStyle::Monospace, FontId::monospace(SMALL_PT)),
    ]
    .into();
    style.interaction.selectable_labels = false;
    style.animation_time = 0.12;

    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::splat(GRID_PT);
    spacing.button_padding = Vec2::new(2.0 * GRID_PT, GRID_PT);
    spacing.interact_size = Vec2::new(CONTROL_HEIGHT_PT, CONTROL_HEIGHT_PT);
    spacing.icon_width = 18.0;
    spacing.slider_rail_height = 4.0;
    spacing.menu_margin = Margin::same(GRID_PT as i8);
    spacing.scroll = egui::style::ScrollStyle::thin();

    let visuals = &mut style.visuals;
    *visuals = egui::Visuals::dark();
    visuals.panel_fill = SURFACE;
    visuals.window_fill = RAISED;
    visuals.window_stroke = Stroke::new(1.0, OUTLINE);
    visuals.window_corner_radius = CORNER;
    visuals.menu_corner_radius = CORNER;
    visuals.popup_shadow = Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: Color32::from_black_alpha(120),
    };
    visuals.extreme_bg_color = RAISED;
    visuals.text_edit_bg_color = Some(RAISED);
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(TEXT_QUIET);
    visuals.error_fg_color = ERROR;
    visuals.selection.bg_fill = ACCENT.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.5, ACCENT);
    visuals.slider_trailing_fill = true;
    visuals.disabled_alpha = 0.45;
    visuals.text_cursor.stroke = Stroke::new(2.0, ACCENT);

    let widgets = &mut visuals.widgets;
    for (widget, fill, outline) in [
        (&mut widgets.noninteractive, SURFACE, OUTLINE),
        (&mut widgets.inactive, RAISED, OUTLINE),
        (&mut widgets.hovered, RAISED_HOVER, OUTLINE),
        (&mut widgets.active, RAISED_HOVER, ACCENT),
        (&mut widgets.open, RAISED_HOVER, ACCENT),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, outline);
        widget.fg_stroke = Stroke::new(1.0, TEXT);
        widget.corner_radius = CORNER;
        widget.expansion = 0.0;
    }
    // The rail and the handle of a slider must stand out from the panel that they lie on.
    widgets.inactive.bg_fill = OUTLINE;
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, TEXT);
}
