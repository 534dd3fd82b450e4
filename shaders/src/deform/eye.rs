//! One eye of the portrait at rest: the opening as two curves, the skin above it and the colour of the lashes. Lids and
//! gaze are drawn with these in the picture's own space, before the mesh moves it.

use glam::{Vec2, Vec3};

use super::image::Image;

/// Samples of each curve from corner to corner.
pub(crate) const CURVE_SAMPLES: usize = 33;
/// Lashes reach this far above the opening, parts of its height: the lid's edge rests above them.
const LASH_REACH: f32 = 0.30;
/// Height of the skin above the lashes that unrolls over the eye, parts of the opening's height.
const LID_BAND: f32 = 0.55;

/// Lines of an eye across its width. All are distances along `down` from the line through the corners, output pixels.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EyeColumn {
    pub upper_px: f32,
    pub lower_px: f32,
    /// Upper end of the skin that unrolls.
    pub fold_px: f32,
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
            column.fold_px = column.rest_edge_px - LID_BAND * height * taper;
        }
        let margin = 0.15 * height + 2.0;
        let corners: Vec<Vec2> = self
            .columns
            .iter()
            .enumerate()
            .flat_map(|(sample, column)| {
                let along = sample as f32 / (CURVE_SAMPLES - 1) as f32;
                [
                    self.point(along, column.fold_px),
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

    /// Reads the lid's skin from the band above the eye, leaving out lashes, creases, brow hair and the rims of
    /// glasses, which are darker, and glints, which are brighter.
    fn set_colours(&mut self, picture: &Image) {
        let luma = |colour: &Vec3| colour.dot(Vec3::new(0.299, 0.587, 0.114));
        let mut lash_samples = Vec::new();
        let raw: Vec<Vec3> = (0..CURVE_SAMPLES)
            .map(|sample| {
                // The corners have no band: borrow from just inside.
                let along = (sample as f32 / (CURVE_SAMPLES - 1) as f32).clamp(0.15, 0.85);
                let column = &self.columns[(along * (CURVE_SAMPLES - 1) as f32) as usize];
                let mut band: Vec<Vec3> = (0..24)
                    .map(|step| {
                        let part = step as f32 / 23.0;
                        let height = column.fold_px + (column.rest_edge_px - column.fold_px) * part;
                        picture.sample(self.point(along, height))
                    })
                    .collect();
                band.sort_by(|a, b| luma(a).total_cmp(&luma(b)));
                lash_samples.extend((-2..=2).map(|step| {
                    let offset = 0.04 * self.height_px * step as f32;
                    picture.sample(self.point(along, column.upper_px + offset))
                }));
                band[11..19].iter().sum::<Vec3>() / 8.0
            })
            .collect();
        for sample in 0..CURVE_SAMPLES {
            let (mut sum, mut total) = (Vec3::ZERO, 0.0);
            for (other, colour) in raw.iter().enumerate() {
                let distance = (other as f32 - sample as f32) / 5.0;
                let weight = (-distance * distance).exp();
                sum += *colour * weight;
                total += weight;
            }
            self.columns[sample].skin = sum / total;
        }
        lash_samples.sort_by(|a, b| luma(a).total_cmp(&luma(b)));
        let darkest = &lash_samples[..lash_samples.len() / 5];
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
