//! Which parts of the window look otherwise than in the frame before.

use egui::epaint::ClippedShape;
use egui::{Rect, Shape};

/// Shapes reach beyond their bounds by the width of their soft edges, points.
const SOFT_EDGE_PT: f32 = 2.0;
/// More parts than this are joined.
const MAX_PARTS: usize = 8;
/// Parts are joined where no more than this is drawn in vain, square points: each part has a cost of its own.
const JOIN_AREA_PT2: f32 = 1000.0;
/// Beyond this share of the window all of it is drawn.
const WHOLE_SHARE: f32 = 0.7;
/// Shapes that may have come or gone at one place of the list.
const LOOK_AHEAD: usize = 12;

/// The parts of `window` in which the two lists of shapes look otherwise, on whole pixels and apart from each other; `is_new` says
/// which shapes look otherwise although they are the same.
pub(super) fn parts(
    before: &[ClippedShape],
    now: &[ClippedShape],
    is_new: &dyn Fn(&Shape) -> bool,
    window: Rect,
    pixels_per_point: f32,
) -> Vec<Rect> {
    let mut parts = Parts {
        rects: Vec::new(),
        window,
        pixels_per_point,
    };
    let (mut before, mut now) = (before, now);
    loop {
        match (before, now) {
            ([], []) => break,
            ([same, gone @ ..], [shape, come @ ..]) if same == shape => {
                if is_new(&shape.shape) {
                    parts.add(seen(shape));
                }
                (before, now) = (gone, come);
            }
            _ => {
                let (gone, come) = until_same(before, now);
                let changed = before[..gone].iter().chain(&now[..come]);
                changed.for_each(|shape| parts.add(seen(shape)));
                (before, now) = (&before[gone..], &now[come..]);
            }
        }
    }
    parts.rects_or_window()
}

/// The shapes that are seen in these parts, once for each, and cut to it.
pub(super) fn within(shapes: &[ClippedShape], parts: &[Rect]) -> Vec<ClippedShape> {
    let mut cut = Vec::new();
    for part in parts {
        let here = shapes
            .iter()
            .filter(|shape| seen(shape).intersect(*part).is_positive());
        cut.extend(here.map(|shape| ClippedShape {
            clip_rect: shape.clip_rect.intersect(*part),
            ..shape.clone()
        }));
    }
    cut
}

/// Where a shape can be seen.
fn seen(shape: &ClippedShape) -> Rect {
    let bounds = shape.transform_after_tessellation * shape.shape.visual_bounding_rect();
    bounds.expand(SOFT_EDGE_PT).intersect(shape.clip_rect)
}

/// How many shapes of each list to pass by until both go on alike.
fn until_same(before: &[ClippedShape], now: &[ClippedShape]) -> (usize, usize) {
    for passed in 1..=LOOK_AHEAD {
        for gone in 0..=passed {
            let come = passed - gone;
            if let (Some(before), Some(now)) = (before.get(gone), now.get(come))
                && before == now
            {
                return (gone, come);
            }
        }
    }
    (before.len().min(1), now.len().min(1))
}

/// Parts that do not overlap.
struct Parts {
    rects: Vec<Rect>,
    window: Rect,
    pixels_per_point: f32,
}

impl Parts {
    fn add(&mut self, rect: Rect) {
        let rect = rect.intersect(self.window);
        if !rect.is_positive() {
            return;
        }
        let scale = self.pixels_per_point;
        let from = (rect.min * scale).floor() / scale;
        let to = (rect.max.to_vec2() * scale).ceil() / scale;
        self.join(Rect::from_min_max(from, to.to_pos2()));
        while self.rects.len() > MAX_PARTS {
            self.join_nearest();
        }
    }

    /// Adds a part, joined with all that it overlaps or nearly touches.
    fn join(&mut self, mut rect: Rect) {
        let belongs = |other: &Rect, rect: Rect| {
            other.intersect(rect).is_positive() || in_vain(*other, rect) <= JOIN_AREA_PT2
        };
        while let Some(index) = self.rects.iter().position(|other| belongs(other, rect)) {
            rect |= self.rects.swap_remove(index);
        }
        self.rects.push(rect);
    }

    /// Joins the last part with the one that it costs least to join.
    fn join_nearest(&mut self) {
        if let Some(last) = self.rects.pop() {
            let cost = |index: &usize| in_vain(self.rects[*index], last);
            let nearest =
                (0..self.rects.len()).min_by(|one, other| cost(one).total_cmp(&cost(other)));
            let joined = nearest.map(|index| self.rects.swap_remove(index) | last);
            self.join(joined.unwrap_or(last));
        }
    }

    fn rects_or_window(self) -> Vec<Rect> {
        let area: f32 = self.rects.iter().map(|rect| rect.area()).sum();
        match area > WHOLE_SHARE * self.window.area() {
            true => vec![self.window],
            false => self.rects,
        }
    }
}

/// What is drawn more if two parts are one.
fn in_vain(one: Rect, other: Rect) -> f32 {
    (one | other).area() - one.area() - other.area()
}

#[cfg(test)]
mod tests {
    use egui::epaint::RectShape;
    use egui::{Color32, CornerRadius, Pos2, Vec2};

    use super::*;

    const WINDOW: Rect = Rect {
        min: Pos2::ZERO,
        max: Pos2::new(1000.0, 800.0),
    };

    /// A box of 20 × 20 points.
    fn tile(x: f32, y: f32, grey: u8) -> ClippedShape {
        let rect = Rect::from_min_size(Pos2::new(x, y), Vec2::splat(20.0));
        let shape = RectShape::filled(rect, CornerRadius::ZERO, Color32::from_gray(grey));
        ClippedShape::new(WINDOW, shape)
    }

    fn grid() -> Vec<ClippedShape> {
        let tiles = (0..10).flat_map(|x| (0..8).map(move |y| (x, y)));
        tiles
            .map(|(x, y)| tile(100.0 * x as f32, 100.0 * y as f32, 50))
            .collect()
    }

    fn changed(before: &[ClippedShape], now: &[ClippedShape]) -> Vec<Rect> {
        parts(before, now, &|_| false, WINDOW, 1.0)
    }

    #[test]
    fn the_same_shapes_damage_nothing() {
        assert!(changed(&grid(), &grid()).is_empty());
    }

    #[test]
    fn another_colour_damages_its_place_and_its_soft_edge() {
        let mut now = grid();
        now[9] = tile(100.0, 100.0, 200);
        let place = Rect::from_min_max(Pos2::new(98.0, 98.0), Pos2::new(122.0, 122.0));
        assert_eq!(changed(&grid(), &now), [place]);
    }

    #[test]
    fn what_moves_damages_where_it_was_and_where_it_is() {
        let mut now = grid();
        now[9] = tile(650.0, 350.0, 50);
        let mut parts = changed(&grid(), &now);
        parts.sort_by(|one, other| one.min.x.total_cmp(&other.min.x));
        assert_eq!(parts.len(), 2);
        assert!(parts[0].contains(Pos2::new(110.0, 110.0)));
        assert!(parts[1].contains(Pos2::new(660.0, 360.0)));
    }

    #[test]
    fn what_comes_or_goes_damages_only_its_own_place() {
        let mut more = grid();
        more.insert(5, tile(350.0, 450.0, 90));
        let place = Rect::from_min_max(Pos2::new(348.0, 448.0), Pos2::new(372.0, 472.0));
        assert_eq!(changed(&grid(), &more), [place]);
        assert_eq!(changed(&more, &grid()), [place]);
    }

    #[test]
    fn another_order_damages_what_overlaps() {
        let (one, other) = (tile(100.0, 100.0, 10), tile(110.0, 110.0, 90));
        let before = [one.clone(), other.clone()];
        let parts = changed(&before, &[other, one]);
        let overlap = Rect::from_min_max(Pos2::new(110.0, 110.0), Pos2::new(120.0, 120.0));
        assert!(parts.iter().any(|part| part.contains_rect(overlap)));
    }

    #[test]
    fn parts_are_few_apart_and_on_whole_pixels() {
        let moved = |offset: f32| -> Vec<ClippedShape> {
            let mut shapes = grid();
            for shape in shapes.iter_mut().step_by(7) {
                shape.shape.translate(Vec2::splat(offset));
            }
            shapes
        };
        let scale = 1.25;
        let parts = parts(&moved(0.0), &moved(3.3), &|_| false, WINDOW, scale);
        assert!(!parts.is_empty() && parts.len() <= MAX_PARTS);
        for (index, part) in parts.iter().enumerate() {
            for side in [part.left(), part.right(), part.top(), part.bottom()] {
                let side_px = side * scale;
                assert!((side_px - side_px.round()).abs() < 1e-3, "{part:?}");
            }
            let others = &parts[index + 1..];
            assert!(
                others
                    .iter()
                    .all(|other| !other.intersect(*part).is_positive())
            );
        }
        for shape in moved(3.3).iter().step_by(7) {
            let place = seen(shape).intersect(WINDOW);
            assert!(parts.iter().any(|part| part.contains_rect(place)));
        }
    }

    #[test]
    fn new_content_damages_a_shape_that_is_the_same() {
        let dark = |shape: &Shape| matches!(shape, Shape::Rect(rect) if rect.fill == Color32::from_gray(7));
        let mut shapes = grid();
        shapes[0] = tile(0.0, 0.0, 7);
        let parts = parts(&shapes, &shapes, &dark, WINDOW, 1.0);
        assert_eq!(
            parts,
            [Rect::from_min_max(Pos2::ZERO, Pos2::new(22.0, 22.0))]
        );
    }

    #[test]
    fn most_of_the_window_is_all_of_it() {
        let ground = |grey| {
            vec![ClippedShape::new(
                WINDOW,
                RectShape::filled(
                    WINDOW.shrink(40.0),
                    CornerRadius::ZERO,
                    Color32::from_gray(grey),
                ),
            )]
        };
        assert_eq!(changed(&ground(1), &ground(2)), [WINDOW]);
    }

    #[test]
    fn shapes_are_cut_to_the_parts_that_they_are_seen_in() {
        let parts = [
            Rect::from_min_max(Pos2::new(90.0, 90.0), Pos2::new(110.0, 130.0)),
            Rect::from_min_max(Pos2::new(500.0, 500.0), Pos2::new(530.0, 530.0)),
        ];
        let cut = within(&grid(), &parts);
        let clips: Vec<Rect> = cut.iter().map(|shape| shape.clip_rect).collect();
        assert_eq!(clips, parts);
        assert_eq!(cut[0].shape, tile(100.0, 100.0, 50).shape);
    }
}
