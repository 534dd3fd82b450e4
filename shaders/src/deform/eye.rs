//! One eye of the portrait at rest: the opening as two curves, the skin above it and the colour of the lashes. Lids and
//! gaze are drawn with these in the picture's own space, before the mesh moves it.

use glam::{Vec2, Vec3};

use super::image::Image;

/// Samples of each curve from corner to corner.
pub(crate) const CURVE_SAMPLES: usize = 33;
/// Lashes reach this far above the opening, parts of its height: the lid's edge rests above them.
const LASH_REACH: f32 = 0.30;
/// Height of the skin above the lashes and under the eye that the lid's colour is read from, parts of the opening's height.
const SKIN_BAND: f32 = 0.7;

/// Lines of an eye across its width. All are distances along `down` from the line through the corners, output pixels.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EyeColumn {
    pub upper_px: f32,
    pub lower_px: f32,
    /// Where the lid's edge waits while the eye is as in the picture.
    pub rest_edge_px: f32,
    /// Skin of the lid, 0–1.
    pub skin: Vec3,
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
        let (first, second) = super::farthest_pair(ring_px);
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
        shape.set_colours(picture);
        shape
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
        let line: Vec<Vec2> = super::smooth_line(line, 4)
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
        let margin = 0.15 * height + 2.0;
        let corners: Vec<Vec2> = self
            .columns
            .iter()
            .enumerate()
            .flat_map(|(sample, column)| {
                let along = sample as f32 / (CURVE_SAMPLES - 1) as f32;
                [
                    self.point(along, column.rest_edge_px),
                    self.point(along, column.lower_px),
                ]
            })
            .collect();
        self.bounds_px = [
            corners.iter().fold(Vec2::INFINITY, |low, &p| low.min(p)) - margin,
            corners
                .iter()
                .fold(Vec2::NEG_INFINITY, |high, &p| high.max(p))
                + margin,
        ];
    }

    /// Reads the lid's skin around the eye, leaving out lashes, creases, brow hair, the rims of glasses and their glints:
    /// what differs from the middle of all the skin there.
    fn set_colours(&mut self, picture: &Image) {
        let luma = |colour: &Vec3| colour.dot(Vec3::new(0.299, 0.587, 0.114));
        let by_luma = |a: &Vec3, b: &Vec3| luma(a).total_cmp(&luma(b));
        let band_px = SKIN_BAND * self.height_px;
        let mut lashes = Vec::new();
        let bands: Vec<Vec<Vec3>> = (0..CURVE_SAMPLES)
            .map(|sample| {
                // The corners have no height: borrow from just inside.
                let along = (sample as f32 / (CURVE_SAMPLES - 1) as f32).clamp(0.12, 0.88);
                let column = &self.columns[(along * (CURVE_SAMPLES - 1) as f32) as usize];
                lashes.extend((-2..=2).map(|step| {
                    let offset = 0.04 * self.height_px * step as f32;
                    picture.sample(self.point(along, column.upper_px + offset))
                }));
                (0..16)
                    .flat_map(|step| {
                        let offset = band_px * step as f32 / 15.0;
                        [
                            column.rest_edge_px - offset,
                            column.lower_px + 0.35 * self.height_px + offset,
                        ]
                    })
                    .map(|height| picture.sample(self.point(along, height)))
                    .collect()
            })
            .collect();
        let mut all: Vec<Vec3> = bands.iter().flatten().copied().collect();
        all.sort_by(by_luma);
        let middle = &all[all.len() * 9 / 20..all.len() * 15 / 20];
        let typical = middle.iter().sum::<Vec3>() / middle.len().max(1) as f32;
        for sample in 0..CURVE_SAMPLES {
            // The typical colour weighs a little everywhere, for columns that show no skin.
            let (mut sum, mut total) = (typical * 0.5, 0.5);
            for (other, band) in bands.iter().enumerate() {
                let steps = (other as f32 - sample as f32) / 5.0;
                let near = (-steps * steps).exp();
                for colour in band {
                    let weight = near * (-colour.distance_squared(typical) / 0.01).exp();
                    sum += *colour * weight;
                    total += weight;
                }
            }
            // Lids are a shade darker than the skin around them.
            self.columns[sample].skin = sum / total * 0.95;
        }
        lashes.sort_by(by_luma);
        let darkest = &lashes[..lashes.len() / 5];
        self.lash = darkest.iter().sum::<Vec3>() / darkest.len().max(1) as f32;
    }
}

/// Points of a ring from one position forwards to another, both included.
fn arc(ring: &[Vec2], from: usize, to: usize) -> Vec<Vec2> {
    let steps = (to + ring.len() - from) % ring.len();
    (0..=steps)
        .map(|step| ring[(from + step) % ring.len()])
        .collect()
}
