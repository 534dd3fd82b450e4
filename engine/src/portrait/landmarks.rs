//! MediaPipe's face mesh with irises: 478 points of one face. "Attention Mesh" (arXiv 2006.10962) is its paper; the weights are
//! those of face_landmarker.task.

use std::path::Path;

use super::crop::{Region, RgbPicture};
use super::network::Network;
use crate::error::ModelPart;
use crate::{Error, Result};

const PATCH_PX: usize = 256;
/// Points of the network: 468 of the face, 5 of each iris.
pub(crate) const LANDMARKS: usize = 478;
/// Below this the network does not believe that it sees a face.
const MIN_PRESENCE: f32 = 0.5;
/// Later rounds look at the region that the landmarks themselves span.
const ROUNDS: usize = 2;

pub(crate) struct LandmarkNetwork {
    network: Network,
}

impl LandmarkNetwork {
    pub fn load(models: &Path) -> Result<Self> {
        Ok(Self {
            network: Network::load(
                models,
                "face_landmarks.onnx",
                ModelPart::FaceLandmarks,
                PATCH_PX,
                &["Identity", "Identity_1"],
            )?,
        })
    }

    /// Points in pixels of the picture, z on the scale of x and smaller nearer the viewer; `None` if there is no face.
    pub fn find(&self, picture: &RgbPicture, region: Region) -> Result<Option<Vec<[f32; 3]>>> {
        let mut region = region;
        let mut found = None;
        for _ in 0..ROUNDS {
            match self.find_once(picture, region)? {
                Some(points) => {
                    region = region_of(&points);
                    found = Some(points);
                }
                None => return Ok(found),
            }
        }
        Ok(found)
    }

    /// One look at one region.
    pub fn find_once(&self, picture: &RgbPicture, region: Region) -> Result<Option<Vec<[f32; 3]>>> {
        let mut patch = region.cut(picture, PATCH_PX);
        for value in &mut patch {
            *value /= 255.0;
        }
        let outputs = self.network.run(patch)?;
        let (points, presence) = (&outputs[0], &outputs[1]);
        if points.len() != LANDMARKS * 3 || presence.len() != 1 {
            return Err(Error::model(
                "face landmark network",
                "an output has an unexpected size",
            ));
        }
        let presence = 1.0 / (1.0 + (-presence[0]).exp());
        if presence.is_nan()
            || presence < MIN_PRESENCE
            || points.iter().any(|value| !value.is_finite())
        {
            return Ok(None);
        }
        let patch_px = PATCH_PX as f32;
        let points = points
            .chunks_exact(3)
            .map(|point| {
                let [x, y] = region.picture_from_patch(point[0] / patch_px, point[1] / patch_px);
                [x, y, point[2] * region.side_px / patch_px]
            })
            .collect();
        Ok(Some(points))
    }
}

/// The square that holds the points with the eye line level, × 1.5, as MediaPipe tracks from frame to frame.
pub(crate) fn region_of(points: &[[f32; 3]]) -> Region {
    let (left, right) = (points[33], points[263]);
    let angle = (right[1] - left[1]).atan2(right[0] - left[0]);
    let (sin, cos) = angle.sin_cos();
    let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
    for point in points {
        let turned = [
            cos * point[0] + sin * point[1],
            cos * point[1] - sin * point[0],
        ];
        low = [low[0].min(turned[0]), low[1].min(turned[1])];
        high = [high[0].max(turned[0]), high[1].max(turned[1])];
    }
    let middle = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
    Region {
        centre_px: [
            cos * middle[0] - sin * middle[1],
            sin * middle[0] + cos * middle[1],
        ],
        side_px: 1.5 * (high[0] - low[0]).max(high[1] - low[1]),
        angle,
    }
}
