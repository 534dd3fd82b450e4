//! Painting the timeline, lane by lane.

use std::collections::BTreeSet;

use egui::{Align2, Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, Ui};

use super::View;
use crate::window::stage_painter;
use crate::window::state::{State, WordMarks, words_in};
use crate::window::texts::text;
use crate::window::theme::{CORNER, GRID_PT, Palette, SMALL_PT, palette};
use engine::audio::SAMPLE_RATE_HZ;
use engine::motion::FRAMES_PER_SECOND;
use studio::script::Script;
use studio::take::{PEAK_SAMPLES, Take};

/// Text in the lanes.
const LANE_TEXT_PT: f32 = 12.0;
/// Letters closer than this to the next box would touch it.
const TEXT_GAP_PT: f32 = 3.0;
/// Space between two times on the ruler, at least.
const TICK_GAP_PT: f32 = 72.0;
/// Steps of the ruler.
const TICKS_SECS: [f64; 12] = [
    0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0,
];
/// Columns of the waveform in a shape: where the playhead passes, one shape changes its colours.
const WAVE_COLUMNS: usize = 16;
/// The mouth lane's full height, millimetres; wider mouths fill it.
const FULL_OPENING_MM: f32 = 14.0;

/// Where each lane lies.
pub(super) struct Lanes {
    /// The ground, a little wider than the take so that the playhead is whole at both ends.
    ground: Rect,
    pub rect: Rect,
    pub times: Rect,
    wave: Rect,
    pub words: Rect,
    /// None in a low window.
    phones: Option<Rect>,
    mouth: Option<Rect>,
}

impl Lanes {
    pub fn new(ground: Rect, is_low: bool) -> Self {
        let rect = ground.shrink2(egui::vec2(GRID_PT, 0.0));
        let mut top = rect.top();
        let mut lane = |height: f32| {
            let lane = Rect::from_min_max(
                Pos2::new(rect.left(), top),
                Pos2::new(rect.right(), top + height),
            );
            top += height;
            lane
        };
        let times = lane(2.5 * GRID_PT);
        let rest = rect.height() - 2.5 * GRID_PT;
        if is_low {
            let wave = lane(rest - 2.5 * GRID_PT);
            return Self {
                ground,
                rect,
                times,
                wave,
                words: lane(2.5 * GRID_PT),
                phones: None,
                mouth: None,
            };
        }
        let wave = lane(rest - 10.0 * GRID_PT);
        let words = lane(2.5 * GRID_PT);
        let phones = lane(2.5 * GRID_PT);
        Self {
            ground,
            rect,
            times,
            wave,
            words,
            phones: Some(phones),
            mouth: Some(lane(5.0 * GRID_PT)),
        }
    }

    pub fn paint(&self, ui: &Ui, state: &State, take: &Take, view: &View, has_focus: bool) {
        let colors = palette(ui.visuals());
        let painter = ui.painter_at(self.ground);
        painter.add(stage_painter::timeline(
            ui.ctx(),
            self.ground,
            colors.surface,
            f32::from(CORNER.nw),
        ));
        if let Some(span) = &state.transport.looped {
            let (left, right) = (
                view.x_at(span.start, self.rect),
                view.x_at(span.end, self.rect),
            );
            let whole = Rect::from_x_y_ranges(left..=right, self.rect.y_range());
            painter.rect_filled(whole, 0, colors.accent_line.gamma_multiply(0.12));
            let bar = Rect::from_x_y_ranges(
                left..=right,
                self.times.bottom() - 3.0..=self.times.bottom(),
            );
            painter.rect_filled(bar, 1, colors.accent_line);
        }
        self.paint_times(&painter, view, colors);
        self.paint_wave(&painter, state, take, view, colors);
        let changed = changed_words(ui, state, take);
        for is_changed in [false, true] {
            let words = take.words.iter().enumerate();
            let words = words.filter(|(index, _)| changed.contains(index) == is_changed);
            let words = words.map(|(_, word)| (word.text.as_str(), word.start_secs, word.end_secs));
            let color = match is_changed {
                true => colors.accent_line,
                false => colors.text,
            };
            self.paint_texts(&painter, self.words, words, view, color, colors);
        }
        if let Some(lane) = self.phones {
            let phones: Vec<_> = take
                .phones
                .iter()
                .map(|phone| (shown(&phone.phone), phone.start_secs, phone.end_secs))
                .collect();
            let phones = phones
                .iter()
                .map(|(phone, start, end)| (phone.as_str(), *start, *end));
            self.paint_texts(&painter, lane, phones, view, colors.text_quiet, colors);
        }
        if let Some(lane) = self.mouth {
            paint_movement(&painter, lane, take, view, self.rect, colors);
        }
        self.paint_playhead(&painter, state.transport.playhead_secs, view, colors);
        if has_focus {
            painter.rect_stroke(
                self.ground,
                CORNER,
                Stroke::new(1.5, colors.accent_line),
                egui::StrokeKind::Inside,
            );
        }
    }

    fn paint_times(&self, painter: &Painter, view: &View, colors: &Palette) {
        let min_secs = f64::from(TICK_GAP_PT / self.rect.width().max(1.0)) * view.width_secs();
        let step_secs = TICKS_SECS
            .into_iter()
            .find(|step| *step >= min_secs)
            .unwrap_or(3600.0);
        let span = view.span();
        let first = (span.start / step_secs).ceil() as u64;
        let last = (span.end / step_secs).floor() as u64;
        for number in first..=last {
            let secs = number as f64 * step_secs;
            let x = view.x_at(secs, self.rect);
            painter.vline(
                x,
                self.times.bottom()..=self.rect.bottom(),
                Stroke::new(1.0, colors.outline.gamma_multiply(0.5)),
            );
            let words = if step_secs < 1.0 {
                format!("{secs:.1} s")
            } else {
                format!("{}:{:02}", secs as u64 / 60, secs as u64 % 60)
            };
            painter.text(
                Pos2::new(x + 4.0, self.times.center().y),
                Align2::LEFT_CENTER,
                words,
                FontId::proportional(LANE_TEXT_PT),
                colors.text_quiet,
            );
        }
    }

    /// Lowest and highest sample under each point of width; what was heard is warm.
    fn paint_wave(
        &self,
        painter: &Painter,
        state: &State,
        take: &Take,
        view: &View,
        colors: &Palette,
    ) {
        let lane = self.wave.shrink2(egui::vec2(0.0, 2.0));
        let peaks = take.peaks();
        let peaks_per_sec = f64::from(SAMPLE_RATE_HZ) / PEAK_SAMPLES as f64;
        let loudest = peaks
            .iter()
            .map(|[low, high]| low.unsigned_abs().max(high.unsigned_abs()))
            .max()
            .unwrap_or(1)
            .max(32);
        let scale = lane.height() / 2.0 / f32::from(loudest);
        let mut mesh = Mesh::default();
        let columns = lane.width().max(1.0) as usize;
        for column in 0..columns {
            let left = lane.left() + column as f32;
            let from = (view.secs_at(left, self.rect) * peaks_per_sec).max(0.0) as usize;
            let to = (view.secs_at(left + 1.0, self.rect) * peaks_per_sec).ceil() as usize;
            let Some(under) = peaks.get(from..to.max(from + 1).min(peaks.len())) else {
                break;
            };
            if under.is_empty() {
                break;
            }
            let low = under.iter().map(|peak| peak[0]).min().unwrap_or(0);
            let high = under.iter().map(|peak| peak[1]).max().unwrap_or(0);
            let top = lane.center().y - f32::from(high.max(0)) * scale - 0.5;
            let bottom = lane.center().y - f32::from(low.min(0)) * scale + 0.5;
            let is_heard = view.secs_at(left, self.rect) < state.transport.playhead_secs;
            let color = if is_heard {
                colors.accent_line
            } else {
                colors.wave
            };
            mesh.add_colored_rect(
                Rect::from_min_max(Pos2::new(left, top), Pos2::new(left + 1.0, bottom)),
                color,
            );
            if column % WAVE_COLUMNS == WAVE_COLUMNS - 1 {
                painter.add(Shape::mesh(std::mem::take(&mut mesh)));
            }
        }
        painter.add(Shape::mesh(mesh));
    }

    /// Boxes with text where there is room for it.
    fn paint_texts<'a>(
        &self,
        painter: &Painter,
        lane: Rect,
        texts: impl Iterator<Item = (&'a str, f64, f64)>,
        view: &View,
        color: Color32,
        colors: &Palette,
    ) {
        let span = view.span();
        for (text, start_secs, end_secs) in texts {
            if end_secs < span.start || start_secs > span.end {
                continue;
            }
            let left = view.x_at(start_secs, self.rect);
            let right = view.x_at(end_secs, self.rect);
            let place = Rect::from_x_y_ranges(left + 0.5..=right - 0.5, lane.y_range())
                .shrink2(egui::vec2(0.0, 1.0));
            if place.width() < 1.0 {
                continue;
            }
            painter.rect_filled(place, 3, colors.raised);
            let galley =
                painter.layout_no_wrap(text.to_owned(), FontId::proportional(LANE_TEXT_PT), color);
            let fits = galley.size().x + TEXT_GAP_PT <= place.width();
            if fits {
                painter.galley(place.center() - galley.size() / 2.0, galley, color);
            }
        }
    }

    fn paint_playhead(&self, painter: &Painter, secs: f64, view: &View, colors: &Palette) {
        let x = view.x_at(secs, self.rect);
        painter.vline(x, self.rect.y_range(), Stroke::new(2.0, colors.accent_line));
        let top = self.times.center().y;
        painter.circle_filled(Pos2::new(x, top), 5.0, colors.accent_line);
    }
}

/// Words of the take that were changed in it, or that are about to go.
fn changed_words(ui: &Ui, state: &State, take: &Take) -> BTreeSet<usize> {
    let edit = &state.word_edit;
    let spans = match (&take.script, edit.marks()) {
        (_, Some(marks)) if edit.is_changed() => marks.gone_words.clone(),
        (
            Script::Dub {
                said, text, again, ..
            },
            _,
        ) => {
            let id = egui::Id::unique(("changed words", take.id));
            ui.data_mut(|data| {
                let find = || {
                    let mut new = WordMarks::of(said, text).new_words;
                    new.extend(again.as_ref().map(|bytes| words_in(text, bytes)));
                    new
                };
                data.get_temp_mut_or_insert_with(id, find).clone()
            })
        }
        _ => Vec::new(),
    };
    let spoken = spans.into_iter().map(|words| edit.spoken(words));
    spoken.flatten().collect()
}

/// How wide the mouth is open, from shut at the bottom, and how far the head nods, from the top down.
fn paint_movement(
    painter: &Painter,
    lane: Rect,
    take: &Take,
    view: &View,
    whole: Rect,
    colors: &Palette,
) {
    let inside = lane.shrink2(egui::vec2(0.0, 4.0));
    let span = view.span();
    let curve = |values: &mut dyn Iterator<Item = f32>, y: &dyn Fn(f32) -> f32| -> Vec<Pos2> {
        values
            .enumerate()
            .map(|(frame, value)| (frame as f64 / FRAMES_PER_SECOND, value))
            .filter(|(secs, _)| *secs >= span.start - 0.1 && *secs <= span.end + 0.1)
            .map(|(secs, value)| Pos2::new(view.x_at(secs, whole), y(value)))
            .collect()
    };
    let nods = curve(&mut take.accents.iter().map(|accent| accent.nod), &|nod| {
        inside.top() + 0.5 * nod * inside.height()
    });
    let openings = curve(&mut take.opening_mm(), &|opening_mm| {
        inside.bottom() - (opening_mm / FULL_OPENING_MM).clamp(0.0, 1.0) * inside.height()
    });
    let mut under = Mesh::default();
    for pair in openings.windows(2) {
        let first = under.vertices.len() as u32;
        let color = colors.mouth.gamma_multiply(0.25);
        for point in pair {
            under.colored_vertex(*point, color);
            under.colored_vertex(Pos2::new(point.x, inside.bottom()), color);
        }
        under.add_triangle(first, first + 1, first + 2);
        under.add_triangle(first + 1, first + 2, first + 3);
    }
    painter.add(Shape::mesh(under));
    painter.add(Shape::line(openings, Stroke::new(1.5, colors.mouth)));
    painter.add(Shape::line(nods, Stroke::new(1.5, colors.wave)));
    let font = FontId::proportional(SMALL_PT - 2.0);
    let mut left = inside.left_top() + egui::vec2(6.0, 2.0);
    for (name, color) in [
        (text!("timeline-mouth"), colors.mouth),
        (text!("timeline-head"), colors.wave),
    ] {
        let galley = painter.layout_no_wrap(name.to_owned(), font.clone(), color);
        let place = Rect::from_min_size(left, galley.size());
        painter.rect_filled(place.expand2(egui::vec2(3.0, 0.0)), 3, colors.surface);
        painter.galley(left, galley, color);
        left.x = place.right() + GRID_PT;
    }
}

/// A phone in letters that the typeface has.
fn shown(phone: &str) -> String {
    phone.replace('ᵊ', "ə").replace('ᵻ', "ɪ")
}
