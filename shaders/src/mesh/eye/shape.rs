//! One eye of the portrait at rest: the opening as two curves, the skin above it and the colour of the lashes. Lids and
//! gaze are drawn with these in the picture's own space, before the mesh moves it.

use glam::{Vec2, Vec3};

use super::lid::LidSkin;
use crate::mesh::line::{farthest_pair, smooth_line};
use crate::scene::image::Image;

/// Samples of each curve from corner to corner.
pub(crate) const CURVE_SAMPLES: usize = 33;
/// Lashes reach this far above the opening, parts of its height: the lid's edge rests above them.
const LASH_REACH: f32 = 0.30;

/// Lines of an eye across its width. All are distances along `down` from the line through the corners, output pixels.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EyeColumn {
    pub upper_px: f32,
    pub lower_px: f32,
    /// Where the lid's edge waits while the eye is as in the picture.
    pub rest_edge_px: f32,
}

/// An eye at rest.
#[derive(Clone, Debug)]
pub(crate) struct EyeShape {
    /// Corner on the picture's left.
    pub origin_px: Vec2,
    /// Length 1, to the other corner; `down` is this turned by a quarter.
    pub axis: Vec2,
    pub length_px: f32,
    /// Greatest height of the opening.
    pub height_px: f32,
    pub iris_px: Vec2,
    pub iris_radius_px: f32,
    /// Least and greatest x and y that a lid or the gaze can touch.
    pub bounds_px: [Vec2; 2],
    pub lash: Vec3,
    /// What the lid is drawn with.
    pub lid: LidSkin,
    pub columns: [EyeColumn; CURVE_SAMPLES],
}

impl EyeShape {
    pub fn new(
        ring_px: &[Vec2],
        head_down: Vec2,
        iris_px: Vec2,
        iris_radius_px: f32,
        picture: &Image,
    ) -> Self {
        let (first, second) = farthest_pair(ring_px);
        let along_right = Vec2::new(head_down.y, -head_down.x);
        let (left, right) = if ring_px[first].dot(along_right) < ring_px[second].dot(along_right) {
            (first, second)
        } else {
            (second, first)
        };
        let origin_px = ring_px[left];
        let span = ring_px[right] - origin_px;
        let length_px = span.length().max(1.0);
        let axis = span / length_px;
        let mut shape = Self {
            origin_px,
            axis,
            length_px,
            height_px: 0.0,
            iris_px,
            iris_radius_px: iris_radius_px.max(1.0),
            bounds_px: [origin_px; 2],
            lash: Vec3::ZERO,
            lid: LidSkin::default(),
            columns: [EyeColumn::default(); CURVE_SAMPLES],
        };
        let one_way = shape.curve(&arc(ring_px, left, right));
        let mut other: Vec<Vec2> = arc(ring_px, right, left);
        other.reverse();
        let other_way = shape.curve(&other);
        let middle = CURVE_SAMPLES / 2;
        let (upper, lower) = if one_way[middle] < other_way[middle] {
            (one_way, other_way)
        } else {
            (other_way, one_way)
        };
        shape.height_px = upper
            .iter()
            .zip(&lower)
            .map(|(upper, lower)| lower - upper)
            .fold(1.0, f32::max);
        shape.set_columns(&upper, &lower);
        shape.paint(picture);
        shape
    }

    /// The white of the eye as the picture has it, if the picture shows some: the brighter part of what lies between lids and iris.
    pub fn white(&self, picture: &Image) -> Option<Vec3> {
        let luma = |colour: &Vec3| colour.dot(Vec3::new(0.299, 0.587, 0.114));
        let mut whites: Vec<Vec3> = self
            .columns
            .iter()
            .enumerate()
            .flat_map(|(sample, column)| {
                let along = sample as f32 / (CURVE_SAMPLES - 1) as f32;
                [0.4, 0.5, 0.6].map(|part| {
                    let down = column.upper_px + (column.lower_px - column.upper_px) * part;
                    (column, self.point(along, down))
                })
            })
            .filter(|&(column, point)| {
                column.lower_px - column.upper_px > 0.45 * self.height_px
                    && point.distance(self.iris_px) > 1.2 * self.iris_radius_px
            })
            .map(|(_, point)| picture.sample(point))
            .collect();
        if whites.len() < 4 {
            return None;
        }
        let place = whites.len() * 7 / 10;
        let by_luma = |a: &Vec3, b: &Vec3| luma(a).total_cmp(&luma(b));
        Some(*whites.select_nth_unstable_by(place, by_luma).1)
    }

    /// Perpendicular to the line through the corners, towards the cheek.
    pub fn down(&self) -> Vec2 {
        Vec2::new(-self.axis.y, self.axis.x)
    }

    fn point(&self, along: f32, down_px: f32) -> Vec2 {
        self.origin_px + self.axis * (along * self.length_px) + self.down() * down_px
    }

    /// Heights of a line from corner to corner at evenly spaced columns.
    fn curve(&self, line: &[Vec2]) -> [f32; CURVE_SAMPLES] {
        let line: Vec<Vec2> = smooth_line(line, 4)
            .iter()
            .map(|&point| {
                let relative = point - self.origin_px;
                Vec2::new(
                    relative.dot(self.axis) / self.length_px,
                    relative.dot(self.down()),
                )
            })
            .collect();
        std::array::from_fn(|sample| {
            let along = sample as f32 / (CURVE_SAMPLES - 1) as f32;
            line.windows(2)
                .find(|pair| along <= pair[1].x)
                .map_or(0.0, |pair| {
                    let part = (along - pair[0].x) / (pair[1].x - pair[0].x).max(1e-6);
                    pair[0].y + (pair[1].y - pair[0].y) * part.clamp(0.0, 1.0)
                })
        })
    }

    fn set_columns(&mut self, upper: &[f32], lower: &[f32]) {
        let height = self.height_px;
        for (sample, column) in self.columns.iter_mut().enumerate() {
            let along = sample as f32 / (CURVE_SAMPLES - 1) as f32;
            // The lid has no height in the corners.
            let taper = (4.0 * along * (1.0 - along)).max(0.0).sqrt();
            column.upper_px = upper[sample];
            column.lower_px = lower[sample].max(upper[sample]);
            column.rest_edge_px = upper[sample] - LASH_REACH * height * taper;
        }
    }

    /// Finds the lashes' colour and the lid's skin in the picture.
    fn paint(&mut self, picture: &Image) {
        let shape = &*self;
        let luma = |colour: &Vec3| colour.dot(Vec3::new(0.299, 0.587, 0.114));
        let mut lashes: Vec<Vec3> = (0..CURVE_SAMPLES)
            .flat_map(|sample| {
                // The corners have no height: borrow from just inside.
                let along = (sample as f32 / (CURVE_SAMPLES - 1) as f32).clamp(0.12, 0.88);
                let column = &shape.columns[(along * (CURVE_SAMPLES - 1) as f32) as usize];
                // Above the line: below it lies the iris.
                (-6..=-1).map(move |step| {
                    let offset = 0.04 * shape.height_px * step as f32;
                    picture.sample(shape.point(along, column.upper_px + offset))
                })
            })
            .collect();
        lashes.sort_by(|a, b| luma(a).total_cmp(&luma(b)));
        let darkest = &lashes[..lashes.len() / 5];
        let lash = darkest.iter().sum::<Vec3>() / darkest.len().max(1) as f32;

        let lines = |along: f32| {
            let place = along.clamp(0.0, 1.0) * (CURVE_SAMPLES - 1) as f32;
            let first = (place as usize).min(CURVE_SAMPLES - 2);
            let part = place - first as f32;
            let (from, to) = (&shape.columns[first], &shape.columns[first + 1]);
            let mix = |from: f32, to: f32| from + (to - from) * part;
            (
                mix(from.upper_px, to.upper_px),
                mix(from.lower_px, to.lower_px),
            )
        };
        let place = |along: f32, down: f32| shape.point(along, down);
        let lid = LidSkin::new(&lines, shape.height_px, &place, picture);
        (self.lash, self.lid) = (lash, lid);
        let (from, to) = (self.lid.from, self.lid.to);
        let corners = [from, Vec2::new(from.x, to.y), Vec2::new(to.x, from.y), to]
            .map(|corner| self.point(corner.x, corner.y));
        let margin = Vec2::splat(2.0);
        self.bounds_px = [
            corners.into_iter().fold(Vec2::INFINITY, Vec2::min) - margin,
            corners.into_iter().fold(Vec2::NEG_INFINITY, Vec2::max) + margin,
        ];
    }
}

/// Points of a ring from one position forwards to another, both included.
fn arc(ring: &[Vec2], from: usize, to: usize) -> Vec<Vec2> {
    let steps = (to + ring.len() - from) % ring.len();
    (0..=steps)
        .map(|step| ring[(from + step) % ring.len()])
        .collect()
}
