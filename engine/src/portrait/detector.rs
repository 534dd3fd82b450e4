//! BlazeFace, short range: where faces are. "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs"
//! (arXiv 1907.05047), weights from MediaPipe's face_landmarker.task.

use std::path::Path;

use super::crop::{Region, RgbPicture};
use super::network::Network;
use crate::error::ModelPart;
use crate::{Error, Result};

const PATCH_PX: usize = 128;
const ANCHORS: usize = 896;
/// A box counts from this score on.
const MIN_SCORE: f32 = 0.5;
/// Boxes that overlap more than this are the same face.
const MIN_OVERLAP: f32 = 0.3;

/// One face, in pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DetectedFace {
    pub score: f32,
    pub centre_px: [f32; 2],
    pub size_px: [f32; 2],
    /// Eyes (picture-left, picture-right), nose, mouth, ears.
    pub points_px: [[f32; 2]; 6],
}

impl DetectedFace {
    /// What the landmark network wants to see: the box's square × 1.5, turned so that the eyes are level.
    pub fn landmark_region(&self) -> Region {
        let [left, right, ..] = self.points_px;
        Region {
            centre_px: self.centre_px,
            side_px: 1.5 * self.size_px[0].max(self.size_px[1]),
            angle: (right[1] - left[1]).atan2(right[0] - left[0]),
        }
    }

    /// The same face in a picture that is larger by a factor.
    pub fn scaled(&self, factor: f32) -> Self {
        let place = |value: f32| (value + 0.5) * factor - 0.5;
        Self {
            score: self.score,
            centre_px: self.centre_px.map(place),
            size_px: self.size_px.map(|side| side * factor),
            points_px: self.points_px.map(|point| point.map(place)),
        }
    }
}

pub(crate) struct Detector {
    network: Network,
    anchors: Vec<[f32; 2]>,
}

impl Detector {
    pub fn load(models: &Path) -> Result<Self> {
        Ok(Self {
            network: Network::load(
                models,
                "face_detector.onnx",
                ModelPart::FaceDetector,
                PATCH_PX,
                &["regressors", "classificators"],
            )?,
            anchors: anchors(),
        })
    }

    /// All faces of the picture, best score first. If the picture as a whole shows none, a thorough search looks in its parts.
    pub fn detect(&self, picture: &RgbPicture, thorough: bool) -> Result<Vec<DetectedFace>> {
        let (width, height) = (picture.width as f32, picture.height as f32);
        let whole = Region {
            centre_px: [width / 2.0, height / 2.0],
            side_px: width.max(height),
            angle: 0.0,
        };
        let faces = self.detect_in(picture, whole)?;
        if !faces.is_empty() || !thorough {
            return Ok(faces);
        }
        self.detect_in_parts(picture, 2)
    }

    /// The best score of a face in the picture, looked at with the head tilted by so many quarters clockwise; 0 without a face.
    pub fn best_score(&self, picture: &RgbPicture, tilt: u8) -> Result<f32> {
        let (width, height) = (picture.width as f32, picture.height as f32);
        let whole = Region {
            centre_px: [width / 2.0, height / 2.0],
            side_px: width.max(height),
            angle: f32::from(tilt) * std::f32::consts::FRAC_PI_2,
        };
        let faces = self.detect_in(picture, whole)?;
        Ok(faces.iter().map(|face| face.score).fold(0.0, f32::max))
    }

    /// All faces that show in overlapping parts of the picture, `count` of which beside each other have its size. One that a part
    /// cuts has a smaller box than it should.
    pub fn detect_in_parts(&self, picture: &RgbPicture, count: u8) -> Result<Vec<DetectedFace>> {
        let (width, height) = (picture.width as f32, picture.height as f32);
        let part = 1.0 / f32::from(count);
        let side_px = width.max(height) * part;
        let mut found = Vec::new();
        for row in 1..2 * count {
            for column in 1..2 * count {
                let place = |index: u8| 0.5 * part * f32::from(index);
                let centre_px = [width * place(column), height * place(row)];
                let tile = Region {
                    centre_px,
                    side_px,
                    angle: 0.0,
                };
                found.extend(self.detect_in(picture, tile)?);
            }
        }
        Ok(suppress(found))
    }

    fn detect_in(&self, picture: &RgbPicture, region: Region) -> Result<Vec<DetectedFace>> {
        let mut patch = region.cut(picture, PATCH_PX);
        for value in &mut patch {
            *value = *value / 127.5 - 1.0;
        }
        let outputs = self.network.run(patch)?;
        let (regressors, scores) = (&outputs[0], &outputs[1]);
        if regressors.len() != ANCHORS * 16 || scores.len() != ANCHORS {
            return Err(Error::model(
                "face detector",
                "an output has an unexpected size",
            ));
        }
        let scale = region.side_px;
        let faces = scores
            .iter()
            .zip(regressors.chunks_exact(16))
            .zip(&self.anchors)
            .filter_map(|((&logit, box_and_points), anchor)| {
                let score = 1.0 / (1.0 + (-logit.clamp(-100.0, 100.0)).exp());
                if score < MIN_SCORE {
                    return None;
                }
                let share = |i: usize| box_and_points[i] / PATCH_PX as f32;
                let point = |i: usize| {
                    region.picture_from_patch(share(i) + anchor[0], share(i + 1) + anchor[1])
                };
                Some(DetectedFace {
                    score,
                    centre_px: point(0),
                    size_px: [share(2) * scale, share(3) * scale],
                    points_px: std::array::from_fn(|k| point(4 + 2 * k)),
                })
            })
            .collect();
        Ok(suppress(faces))
    }
}

/// MediaPipe's weighted non-maximum suppression: each face is the mean, by score, of the boxes that overlap its best one.
fn suppress(mut boxes: Vec<DetectedFace>) -> Vec<DetectedFace> {
    boxes.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faces = Vec::new();
    while let Some(&best) = boxes.first() {
        let (same, rest): (Vec<DetectedFace>, Vec<DetectedFace>) = boxes
            .iter()
            .copied()
            .partition(|candidate| overlap(candidate, &best) > MIN_OVERLAP);
        if same.is_empty() {
            // A box without area overlaps nothing, not even itself.
            boxes.remove(0);
            continue;
        }
        let total: f32 = same.iter().map(|face| face.score).sum();
        let mean = |value: &dyn Fn(&DetectedFace) -> f32| {
            same.iter()
                .map(|face| face.score * value(face))
                .sum::<f32>()
                / total
        };
        faces.push(DetectedFace {
            score: best.score,
            centre_px: std::array::from_fn(|c| mean(&|face| face.centre_px[c])),
            size_px: std::array::from_fn(|c| mean(&|face| face.size_px[c])),
            points_px: std::array::from_fn(|k| {
                std::array::from_fn(|c| mean(&|face| face.points_px[k][c]))
            }),
        });
        boxes = rest;
    }
    faces
}

/// Intersection over union of two boxes.
fn overlap(a: &DetectedFace, b: &DetectedFace) -> f32 {
    let shared: f32 = (0..2)
        .map(|c| {
            let low =
                (a.centre_px[c] - a.size_px[c] / 2.0).max(b.centre_px[c] - b.size_px[c] / 2.0);
            let high =
                (a.centre_px[c] + a.size_px[c] / 2.0).min(b.centre_px[c] + b.size_px[c] / 2.0);
            (high - low).max(0.0)
        })
        .product();
    let area = |face: &DetectedFace| face.size_px[0] * face.size_px[1];
    let union = area(a) + area(b) - shared;
    if union > 0.0 { shared / union } else { 0.0 }
}

/// Centres of the network's anchors in shares of the patch; all of size 1. Two a cell on a 16 × 16 grid, six on 8 × 8.
fn anchors() -> Vec<[f32; 2]> {
    [(16, 2), (8, 6)]
        .into_iter()
        .flat_map(|(grid, per_cell)| {
            let centre = move |index: usize| (index as f32 + 0.5) / grid as f32;
            (0..grid * grid).flat_map(move |cell| {
                std::iter::repeat_n([centre(cell % grid), centre(cell / grid)], per_cell)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, score: f32) -> DetectedFace {
        DetectedFace {
            score,
            centre_px: [x, 0.0],
            size_px: [10.0, 10.0],
            points_px: [[x, 0.0]; 6],
        }
    }

    #[test]
    fn anchors_are_those_of_the_network() {
        let anchors = anchors();
        assert_eq!(anchors.len(), ANCHORS);
        assert_eq!(anchors[2], [1.5 / 16.0, 0.5 / 16.0]);
        assert_eq!(anchors[512], [0.5 / 8.0, 0.5 / 8.0]);
    }

    #[test]
    fn overlapping_boxes_become_one_face_weighted_by_score() {
        let faces = suppress(vec![face(0.0, 0.9), face(100.0, 0.7), face(2.0, 0.6)]);
        assert_eq!(faces.len(), 2);
        assert!((faces[0].centre_px[0] - 0.8).abs() < 1e-5);
        assert_eq!(faces[1].centre_px[0], 100.0);
    }
}
