//! Texts whose changed words are coloured.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Galley, Response, Sense, Stroke, Ui};

use crate::window::theme::{BODY_PT, palette};

/// How marked words look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Struck through: they go.
    Gone,
    /// Underlined: they come.
    New,
}

/// A text with marked bytes, broken at `width`.
pub(super) fn galley(
    ui: &Ui,
    text: &str,
    marked: &[Range<usize>],
    mark: Mark,
    width: f32,
) -> Arc<Galley> {
    let colors = palette(ui.visuals());
    let plain = TextFormat::simple(FontId::proportional(BODY_PT), colors.text);
    let line = |color: Color32| Stroke::new(1.5, color);
    let marked_format = match mark {
        Mark::Gone => TextFormat {
            color: colors.error,
            strikethrough: line(colors.error),
            ..plain.clone()
        },
        Mark::New => TextFormat {
            color: colors.accent_line,
            underline: line(colors.accent_line),
            ..plain.clone()
        },
    };
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let mut from = 0;
    for bytes in marked {
        // The text may be newer than its marks by one letter.
        let (Some(before), Some(inside)) = (text.get(from..bytes.start), text.get(bytes.clone()))
        else {
            continue;
        };
        job.append(before, 0.0, plain.clone());
        job.append(inside, 0.0, marked_format.clone());
        from = bytes.end;
    }
    job.append(text.get(from..).unwrap_or_default(), 0.0, plain);
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// Shows a text that can be clicked; returns the byte that was.
pub(super) fn clickable(ui: &mut Ui, galley: Arc<Galley>) -> (Response, Option<usize>) {
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click());
    let clicked = response
        .clicked()
        .then(|| response.interact_pointer_pos())
        .flatten()
        .map(|position| {
            let letters = galley.cursor_from_pos(position - rect.min).index.0;
            galley
                .text()
                .chars()
                .take(letters)
                .map(char::len_utf8)
                .sum()
        });
    let color = ui.visuals().text_color();
    let words = galley.text().to_owned();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
    ui.painter().galley(rect.min, galley, color);
    (response, clicked)
}
