//! Which pixels show the person: MediaPipe's selfie segmentation, a soft mask that keeps the background still.

use std::path::Path;

use super::crop::{Region, RgbPicture};
use super::guided_filter::LocalLines;
use super::network::Network;
use crate::ease::ease;
use crate::error::ModelPart;
use crate::{Error, Result};

const PATCH_PX: usize = 256;
/// Below the first the mask is background, above the second person; between them it rises smoothly.
const EDGE: [f32; 2] = [0.15, 0.75];
/// The same for the mask drawn to the picture's edges, which is never quite 0 or 1.
const SURE: [f32; 2] = [0.12, 0.88];
/// Side of the square that the network sees, in sizes of the face: of somebody alone, and of one of several people, where a wider
/// square shows the others and less of each.
const ALONE: f32 = 4.0;
const AMONG_OTHERS: f32 = 3.0;
/// The same of a second, closer look at the head of somebody alone.
const CLOSE: f32 = 2.2;
/// It is taken if its square has at most this part of the side of the first: otherwise it shows less and nothing new.
const CLOSER: f32 = 0.8;
/// How far inside its square, in parts of the side, it begins to count, and counts in full.
const CLOSE_BORDER: [f32; 2] = [0.04, 0.20];
/// Longer side of the picture that the edges are read from.
const GUIDE_SIDE_PX: usize = 768;

pub(super) struct MatteNetwork {
    network: Network,
}

impl MatteNetwork {
    pub fn load(models: &Path) -> Result<Self> {
        Ok(Self {
            network: Network::load(
                models,
                "selfie_segmentation.onnx",
                ModelPart::PersonMask,
                PATCH_PX,
                &["activation_10"],
            )?,
        })
    }

    /// The mean of what the network says of a square and of its mirror image, which it judges otherwise where it is not sure.
    fn close_look(&self, picture: &RgbPicture, region: Region) -> Result<Look> {
        let patch = region.cut(picture, PATCH_PX);
        let flipped = mirrored(&patch, 3);
        let mut mask = self.shares(patch)?;
        for (share, other) in mask.iter_mut().zip(mirrored(&self.shares(flipped)?, 1)) {
            *share = 0.5 * (*share + other);
        }
        Ok(Look {
            region,
            mask: blurred(&mask),
        })
    }

    /// What the network says of a square patch, values 0 to 255: shares of the person.
    fn shares(&self, mut patch: Vec<f32>) -> Result<Vec<f32>> {
        for value in &mut patch {
            *value /= 255.0;
        }
        let mask = self.network.run(patch)?.swap_remove(0);
        if mask.len() != PATCH_PX * PATCH_PX {
            return Err(Error::model(
                "person segmentation",
                "the mask has an unexpected size",
            ));
        }
        Ok(mask)
    }

    /// The mask of the whole picture at `width` × `height`, 255 = person. Rows from the top.
    ///
    /// The network sees a square about the head and shoulders when `face_px` (x, y, width, height, in pixels of `picture`) is
    /// small in the picture, so that its 256 pixels do not blur the edge more than needed; outside the square nothing moves. The
    /// square is narrower unless the face `is_alone` in the picture; then the head is looked at once more, up close.
    pub fn matte(
        &self,
        picture: &RgbPicture,
        face_px: [f32; 4],
        is_alone: bool,
        width: usize,
        height: usize,
    ) -> Result<Vec<u8>> {
        let longest = picture.width.max(picture.height) as f32;
        let sizes = if is_alone { ALONE } else { AMONG_OTHERS };
        let wanted = face_px[2].max(face_px[3]) * sizes;
        let region = if wanted < longest {
            Region {
                centre_px: [face_px[0] + face_px[2] / 2.0, face_px[1] + face_px[3] * 0.8],
                side_px: wanted,
                angle: 0.0,
            }
        } else {
            Region {
                centre_px: [picture.width as f32 / 2.0, picture.height as f32 / 2.0],
                side_px: longest,
                angle: 0.0,
            }
        };
        let wide = Look {
            mask: blurred(&self.shares(region.cut(picture, PATCH_PX))?),
            region,
        };
        // Up close the network tells a dark flag from the dark hat in front of it.
        let head = Region {
            centre_px: [0, 1].map(|c| face_px[c] + face_px[2 + c] / 2.0),
            side_px: face_px[2].max(face_px[3]) * CLOSE,
            angle: 0.0,
        };
        let close = match is_alone && head.side_px <= CLOSER * wide.region.side_px {
            true => Some(self.close_look(picture, head)?),
            false => None,
        };
        let scale = [
            picture.width as f32 / width as f32,
            picture.height as f32 / height as f32,
        ];
        // The network's edge is soft and a few pixels off: the picture's own edges draw it to where it belongs.
        let shrink = picture.width.max(picture.height).div_ceil(GUIDE_SIDE_PX);
        let guide = picture.shrunk(shrink);
        let small_mask: Vec<f32> = (0..guide.width * guide.height)
            .map(|index| {
                let place = [index % guide.width, index / guide.width]
                    .map(|at| (at as f32 + 0.5) * shrink as f32);
                let share = wide.share(place);
                let share = close.as_ref().map_or(share, |close| {
                    share + (close.share(place) - share) * close.weight(place)
                });
                sharpened(share)
            })
            .collect();
        // A window of some three mask pixels to each side.
        let radius = 3.0 * wide.region.side_px / PATCH_PX as f32 / shrink as f32;
        let lines = LocalLines::fit(&guide, &small_mask, radius.round().max(2.0) as usize);
        let guide_from =
            |full: usize, c: usize| (full as f32 + 0.5) * scale[c] / shrink as f32 - 0.5;
        let columns: Vec<f32> = (0..width).map(|x| guide_from(x, 0)).collect();
        let mut matte = Vec::with_capacity(width * height);
        for y in 0..height {
            let guide_row = guide_from(y, 1);
            let picture_row = ((y as f32 + 0.5) * scale[1]) as usize;
            for (x, &guide_column) in columns.iter().enumerate() {
                let picture_column = ((x as f32 + 0.5) * scale[0]) as usize;
                let index = picture_row.min(picture.height - 1) * picture.width
                    + picture_column.min(picture.width - 1);
                let drawn = lines.mask(guide_column, guide_row, picture.pixel(index));
                let drawn = ((drawn - SURE[0]) / (SURE[1] - SURE[0])).clamp(0.0, 1.0);
                matte.push((drawn * 255.0).round() as u8);
            }
        }
        Ok(matte)
    }
}

/// What the network says of a square of the picture.
struct Look {
    region: Region,
    /// Shares of the person, rows from the top.
    mask: Vec<f32>,
}

impl Look {
    /// Where a place of the picture lies in the square, 0 to 1 inside.
    fn part(&self, place_px: [f32; 2]) -> [f32; 2] {
        let Region {
            centre_px, side_px, ..
        } = self.region;
        [0, 1].map(|c| (place_px[c] - centre_px[c]) / side_px + 0.5)
    }

    /// How much of the person is at a place of the picture.
    fn share(&self, place_px: [f32; 2]) -> f32 {
        let [column, row] = self.part(place_px).map(|part| part * PATCH_PX as f32 - 0.5);
        sample(&self.mask, column, row)
    }

    /// 1 well inside the square, 0 outside.
    fn weight(&self, place_px: [f32; 2]) -> f32 {
        let inside = self
            .part(place_px)
            .map(|part| part.min(1.0 - part))
            .into_iter()
            .fold(f32::INFINITY, f32::min);
        risen(inside, CLOSE_BORDER)
    }
}

fn sharpened(share: f32) -> f32 {
    risen(share, EDGE)
}

/// 0 up to `from`, 1 from `to` on, smooth between them.
fn risen(value: f32, [from, to]: [f32; 2]) -> f32 {
    ease((value - from) / (to - from))
}

/// Left and right exchanged in rows of [`PATCH_PX`] pixels of `channels` values.
fn mirrored(values: &[f32], channels: usize) -> Vec<f32> {
    values
        .chunks_exact(PATCH_PX * channels)
        .flat_map(|row| row.chunks_exact(channels).rev().flatten().copied())
        .collect()
}

/// One pass of the 3 × 3 binomial filter: takes the network's stair steps off.
fn blurred(mask: &[f32]) -> Vec<f32> {
    let at = |x: i32, y: i32| {
        let clamp = |value: i32| value.clamp(0, PATCH_PX as i32 - 1) as usize;
        mask[clamp(y) * PATCH_PX + clamp(x)]
    };
    let mut out = Vec::with_capacity(mask.len());
    for y in 0..PATCH_PX as i32 {
        for x in 0..PATCH_PX as i32 {
            let mut sum = 0.0;
            for (dy, wy) in [(-1, 0.25), (0, 0.5), (1, 0.25)] {
                for (dx, wx) in [(-1, 0.25), (0, 0.5), (1, 0.25)] {
                    sum += wx * wy * at(x + dx, y + dy);
                }
            }
            out.push(sum);
        }
    }
    out
}

/// Bilinear sample of the mask; its border goes on outwards.
fn sample(mask: &[f32], x: f32, y: f32) -> f32 {
    let last = (PATCH_PX - 1) as f32;
    let (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(PATCH_PX - 1), (top + 1).min(PATCH_PX - 1));
    let (fx, fy) = (x - left as f32, y - top as f32);
    let row = |y: usize| mask[y * PATCH_PX + left] * (1.0 - fx) + mask[y * PATCH_PX + right] * fx;
    row(top) * (1.0 - fy) + row(bottom) * fy
}
