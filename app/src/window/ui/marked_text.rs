//! Texts whose changed words are coloured.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Galley, Response, Sense, Stroke, Ui};

use crate::window::theme::{BODY_PT, palette};

/// How much of the accent a tinted ground has.
const TINT: f32 = 0.14;

/// How marked words look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Struck through: they go.
    Gone,
    /// Underlined: they come.
    New,
}

/// A text with marked bytes, and some on a tinted ground, broken at `width`.
pub(super) fn galley(
    ui: &Ui,
    text: &str,
    marked: &[Range<usize>],
    mark: Mark,
    tinted: Option<&Range<usize>>,
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
    let tint = colors.accent_line.gamma_multiply(TINT);
    let none = 0..0;
    let tinted = tinted.unwrap_or(&none);
    let mut edges: Vec<usize> = marked
        .iter()
        .chain([tinted])
        .flat_map(|bytes| [bytes.start, bytes.end])
        .collect();
    edges.push(text.len());
    edges.sort_unstable();
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let mut from = 0;
    for to in edges {
        // The text may be newer than its marks by one letter.
        let Some(part) = text.get(from..to).filter(|part| !part.is_empty()) else {
            continue;
        };
        let is_marked = marked.iter().any(|bytes| bytes.contains(&from));
        let mut format = match is_marked {
            true => marked_format.clone(),
            false => plain.clone(),
        };
        if tinted.contains(&from) {
            format.background = tint;
        }
        job.append(part, 0.0, format);
        from = to;
    }
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
