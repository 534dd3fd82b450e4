//! Where the window was, so that it comes back there.

use egui::{Pos2, Rect, Vec2, ViewportBuilder, ViewportInfo};
use serde::{Deserialize, Serialize};

/// Size of the first window: with its title it fits on a screen of 1366 × 768 beside a task bar.
const FIRST_SIZE_PT: [f32; 2] = [1280.0, 680.0];
/// Smallest size of a window.
pub const MIN_SIZE_PT: [f32; 2] = [840.0, 460.0];
/// Smallest inner size of the window with the stage alone.
pub const MIN_STAGE_SIZE_PT: [f32; 2] = [120.0, 120.0];
/// Sizes beyond this are no screen's.
const MAX_SIDE_PT: f32 = 16_384.0;

/// Size and place of the window, in the system's own points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Left and top, where the system tells.
    pub position_pt: Option<[f32; 2]>,
    /// Width and height without its title.
    pub size_pt: [f32; 2],
    /// Whether it filled the screen; then the others are what they were before.
    pub is_maximized: bool,
}

impl Default for WindowPlace {
    fn default() -> Self {
        Self {
            position_pt: None,
            size_pt: FIRST_SIZE_PT,
            is_maximized: false,
        }
    }
}

impl WindowPlace {
    /// Where a window is now, whose points are `zoom` of the system's own. `self` is where it was.
    #[must_use]
    pub fn now(self, info: &ViewportInfo, zoom: f32) -> Self {
        if info.minimized == Some(true) || info.fullscreen == Some(true) {
            return self;
        }
        let is_maximized = info.maximized == Some(true);
        match info.inner_rect {
            Some(inner) if !is_maximized => Self {
                position_pt: info.outer_rect.map(|outer| (outer.min * zoom).into()),
                size_pt: (inner.size() * zoom).into(),
                is_maximized,
            },
            _ => Self {
                is_maximized,
                ..self
            },
        }
    }

    /// Opens a window there. What cannot be right is left out, since anybody may write to the settings.
    pub fn apply(&self, builder: ViewportBuilder) -> ViewportBuilder {
        let smallest = Vec2::from(MIN_SIZE_PT);
        let size = Vec2::from(self.size_pt);
        let size = match size.is_finite() {
            true => size.clamp(smallest, Vec2::splat(MAX_SIDE_PT)),
            false => Vec2::from(FIRST_SIZE_PT),
        };
        let builder = builder
            .with_inner_size(size)
            .with_maximized(self.is_maximized);
        let screens = Rect::from_min_max(Pos2::ZERO, Pos2::new(MAX_SIDE_PT, MAX_SIDE_PT));
        match self.position_pt.map(Pos2::from) {
            Some(position) if screens.contains(position) => builder.with_position(position),
            _ => builder,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_comes_back_where_it_was() {
        let info = |maximized| ViewportInfo {
            inner_rect: Some(Rect::from_min_size(
                Pos2::new(50.0, 80.0),
                Vec2::new(600.0, 400.0),
            )),
            outer_rect: Some(Rect::from_min_size(
                Pos2::new(48.0, 50.0),
                Vec2::new(604.0, 432.0),
            )),
            maximized: Some(maximized),
            ..ViewportInfo::default()
        };
        let place = WindowPlace::default().now(&info(false), 2.0);
        assert_eq!(place.position_pt, Some([96.0, 100.0]));
        assert_eq!(place.size_pt, [1200.0, 800.0]);
        // A window that fills the screen keeps what it was before.
        let full = place.now(&info(true), 2.0);
        assert!(full.is_maximized && full.size_pt == place.size_pt);
        let builder = full.apply(ViewportBuilder::default());
        assert_eq!(builder.inner_size, Some(Vec2::new(1200.0, 800.0)));
        assert_eq!(builder.position, Some(Pos2::new(96.0, 100.0)));
        assert_eq!(builder.maximized, Some(true));
    }

    #[test]
    fn nonsense_in_the_settings_opens_a_window_all_the_same() {
        for (size_pt, position_pt) in [
            ([f32::NAN, 3.0], [f32::NAN, 0.0]),
            ([0.0, -5.0], [-9e9, 10.0]),
            ([9e9, 9e9], [9e9, 9e9]),
        ] {
            let place = WindowPlace {
                size_pt,
                position_pt: Some(position_pt),
                is_maximized: false,
            };
            let builder = place.apply(ViewportBuilder::default());
            let size = builder.inner_size.unwrap();
            assert!(size.x >= MIN_SIZE_PT[0] && size.y <= MAX_SIDE_PT);
            assert_eq!(builder.position, None);
        }
        // The first one fits on a small laptop: its title and a task bar take some 80 points.
        let first = WindowPlace::default().size_pt;
        assert!(first[0] <= 1366.0 && first[1] + 80.0 <= 768.0);
    }
}
