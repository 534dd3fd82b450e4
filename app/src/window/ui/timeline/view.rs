//! Which part of a take the timeline shows.

use egui::{Rect, Response, Ui};

use studio::take::Take;

/// Closest look: a phone fills a good part of the width.
const MIN_SECS: f64 = 0.4;
/// A take that is still being made leaves room, so that the picture does not shrink with every piece.
const ROOM_SECS: f64 = 5.0;

/// A part of a take.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct View {
    take: u64,
    /// Left edge.
    start_secs: f64,
    /// Width; none for all of the take.
    zoomed_secs: Option<f64>,
    whole_secs: f64,
}

impl View {
    /// This view if it is of this take, else all of the take.
    pub fn of(self, take: &Take) -> Self {
        let known = if self.take == take.id {
            self
        } else {
            Self {
                take: take.id,
                ..Self::default()
            }
        };
        let duration_secs = take.duration_secs();
        let whole_secs = if take.is_complete {
            duration_secs
        } else {
            (duration_secs / ROOM_SECS).floor() * ROOM_SECS + ROOM_SECS
        };
        Self {
            whole_secs: whole_secs.max(MIN_SECS),
            ..known
        }
    }

    /// Width of what is shown.
    pub fn width_secs(&self) -> f64 {
        self.zoomed_secs.unwrap_or(self.whole_secs)
    }

    /// Left and right edge.
    pub fn span(&self) -> std::ops::Range<f64> {
        self.start_secs..self.start_secs + self.width_secs()
    }

    pub fn secs_at(&self, x: f32, rect: Rect) -> f64 {
        let share = f64::from((x - rect.left()) / rect.width().max(1.0));
        self.start_secs + share * self.width_secs()
    }

    pub fn x_at(&self, secs: f64, rect: Rect) -> f32 {
        rect.left() + ((secs - self.start_secs) / self.width_secs()) as f32 * rect.width()
    }

    /// The wheel zooms around the pointer; sideways it moves.
    pub fn zoom_and_move(&mut self, ui: &Ui, response: &Response, rect: Rect, take: &Take) {
        let Some(position) = response.hover_pos() else {
            return;
        };
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
        let factor = f64::from(pinch) * f64::from(scroll.y * 0.004).exp();
        if (factor - 1.0).abs() > 1e-6 {
            let anchor_secs = self.secs_at(position.x, rect);
            let width_secs = (self.width_secs() / factor).clamp(MIN_SECS, self.whole_secs);
            let share = (anchor_secs - self.start_secs) / self.width_secs();
            self.start_secs = anchor_secs - share * width_secs;
            let is_whole = width_secs >= self.whole_secs * 0.999;
            self.zoomed_secs = (!is_whole).then_some(width_secs);
        }
        self.start_secs -= f64::from(scroll.x / rect.width().max(1.0)) * self.width_secs();
        self.stay_inside(take);
    }

    /// Turns the page when the playhead leaves it.
    pub fn follow(&mut self, playhead_secs: f64, take: &Take) {
        if !self.span().contains(&playhead_secs) {
            self.start_secs = playhead_secs;
            self.stay_inside(take);
        }
    }

    fn stay_inside(&mut self, take: &Take) {
        let most = (self.whole_secs.max(take.duration_secs()) - self.width_secs()).max(0.0);
        self.start_secs = self.start_secs.clamp(0.0, most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio::script::Script;

    #[test]
    fn places_and_times_belong_together() {
        let mut take = Take::new(1, Script::Microphone(None), 0);
        take.add_samples(&vec![0.0; 240_000]);
        take.is_complete = true;
        let mut view = View::default().of(&take);
        view.zoomed_secs = Some(2.0);
        view.follow(9.5, &take);
        assert_eq!(view.span(), 8.0..10.0);
        let rect = Rect::from_min_size(egui::pos2(10.0, 0.0), egui::vec2(400.0, 10.0));
        assert_eq!(view.x_at(9.0, rect), 210.0);
        assert!((view.secs_at(210.0, rect) - 9.0).abs() < 1e-9);
        // Another take is seen whole.
        take.id = 2;
        assert_eq!(view.of(&take).span(), 0.0..10.0);
    }
}
