//! All faces of a picture, counted from left to right, and which pixels belong to one of several people.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::crop::RgbPicture;
use super::detector::{DetectedFace, Detector};
use super::landmarks::{LandmarkNetwork, region_of};
use super::{FaceError, MIN_FACE_PX};
use crate::{Error, Result};

/// Pictures with a longer side than this are searched in smaller parts, too: what is small in them is large enough to be moved.
const LARGE_PX: usize = 1024;
/// Between two people the matte fades over this part of a face's size to each side of the border.
const BORDER_FADE: f32 = 0.05;
/// Longer side of the picture in which ways are looked for.
const GRID_SIDE: usize = 384;
/// A way over an edge from black to white is longer by so many sizes of the face.
const EDGE_LENGTH: f32 = 3.0;
/// Differences of neighbours up to this are no edge.
const GRAIN: f32 = 0.03;
/// How much longer a way is through the background than through people.
const BACKGROUND_LENGTH: f32 = 4.0;

/// The faces of a picture that are large enough to be moved, the leftmost first.
pub(super) struct Faces {
    faces: Vec<DetectedFace>,
    /// Pixels of the picture in one of the picture that was searched.
    scale: f32,
}

impl Faces {
    /// Looks for faces in the whole picture and, for small ones, in its parts; `scale` as in the field.
    ///
    /// # Errors
    /// [`Error::Face`] if there is none, or none is large enough.
    pub fn find(
        detector: &Detector,
        landmarks: &LandmarkNetwork,
        picture: &RgbPicture,
        scale: f32,
    ) -> Result<Self> {
        let mut found = detector.detect(picture, false)?;
        let mut smaller = detector.detect_in_parts(picture, 2)?;
        if found.is_empty() {
            std::mem::swap(&mut found, &mut smaller);
        }
        if picture.width.max(picture.height) > LARGE_PX {
            smaller.extend(detector.detect_in_parts(picture, 4)?);
        }
        // The detector takes folds of cloth and, close to them, textures for faces. The landmark network does not, at the latest when it
        // looks at the place where its own points say that the face is.
        let is_face = |face: &DetectedFace| -> Result<bool> {
            let Some(points) = landmarks.find_once(picture, face.landmark_region())? else {
                return Ok(false);
            };
            Ok(landmarks.find_once(picture, region_of(&points))?.is_some())
        };
        let mut faces: Vec<DetectedFace> = Vec::with_capacity(found.len());
        for face in found {
            // The best one is looked at when it is measured, which says what is wrong with it.
            if faces.is_empty() || is_face(&face)? {
                faces.push(face);
            }
        }
        for face in smaller {
            if !faces.iter().any(|known| is_same(known, &face)) && is_face(&face)? {
                faces.push(face);
            }
        }
        let size_px = |face: &DetectedFace| face.size_px[0].max(face.size_px[1]) * scale;
        let largest_px = faces.iter().map(size_px).fold(0.0, f32::max);
        if faces.is_empty() {
            return Err(FaceError::NotFound.into());
        }
        faces.retain(|face| size_px(face) >= MIN_FACE_PX);
        if faces.is_empty() {
            return Err(Error::from(FaceError::TooSmall {
                width_px: largest_px,
                min_px: MIN_FACE_PX,
            }));
        }
        faces.sort_by(|a, b| a.centre_px[0].total_cmp(&b.centre_px[0]));
        Ok(Self { faces, scale })
    }

    /// Index of the face with this number, which counts from 1; of the largest one without a number.
    ///
    /// # Errors
    /// [`Error::Face`] if there is no such face.
    pub fn choose(&self, number: Option<usize>) -> Result<usize> {
        let count = self.faces.len();
        let Some(number) = number else {
            let area = |face: &DetectedFace| face.size_px[0] * face.size_px[1];
            return (0..count)
                .max_by(|&a, &b| area(&self.faces[a]).total_cmp(&area(&self.faces[b])))
                .ok_or(FaceError::NotFound.into());
        };
        if !(1..=count).contains(&number) {
            return Err(FaceError::NoSuchNumber { number, count }.into());
        }
        Ok(number - 1)
    }

    /// A face, in pixels of the picture that was searched.
    pub fn face(&self, index: usize) -> &DetectedFace {
        &self.faces[index]
    }

    /// Pixels of the whole picture in one of the picture that was searched.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// The boxes in pixels of the whole picture: x, y, width, height.
    pub fn boxes_px(&self) -> Vec<[f32; 4]> {
        let boxed = |face: &DetectedFace| {
            let face = face.scaled(self.scale);
            let [width, height] = face.size_px;
            let [x, y] = face.centre_px;
            [x - width / 2.0, y - height / 2.0, width, height]
        };
        self.faces.iter().map(boxed).collect()
    }
}

/// Whether two boxes are one face: a part of the picture that cuts a face shows less of it.
fn is_same(a: &DetectedFace, b: &DetectedFace) -> bool {
    let holds = |outer: &DetectedFace, inner: &DetectedFace| {
        (0..2).all(|c| (inner.centre_px[c] - outer.centre_px[c]).abs() <= outer.size_px[c] * 0.6)
    };
    holds(a, b) || holds(b, a)
}

/// Takes from a matte of all people (255 = person, `width` pixels a row) what belongs to others than the chosen face. A pixel belongs to
/// the face with the shortest way to it, in sizes of that face; ways avoid the background and the edges in the picture. Boxes are
/// x, y, width, height in pixels of the matte, `picture` shows the same at any size.
pub(super) fn keep_one_person(
    matte: &mut [u8],
    width: usize,
    picture: &RgbPicture,
    boxes_px: &[[f32; 4]],
    chosen: usize,
) {
    if boxes_px.len() < 2 {
        return;
    }
    let shrink = picture.width.max(picture.height).div_ceil(GRID_SIDE);
    let small = picture.shrunk(shrink);
    let scale = width as f32 / small.width as f32;
    let colours: Vec<[f32; 3]> = (0..small.width * small.height)
        .map(|index| small.pixel(index))
        .collect();
    let height = matte.len() / width;
    let is_person: Vec<bool> = (0..colours.len())
        .map(|index| {
            let middle = |at: usize| ((at as f32 + 0.5) * scale) as usize;
            let (x, y) = (middle(index % small.width), middle(index / small.width));
            matte[y.min(height - 1) * width + x.min(width - 1)] > 127
        })
        .collect();
    let grid = Grid {
        size: [small.width, small.height],
        colours,
        is_person,
    };
    let boxes = boxes_px.iter().enumerate();
    let (own, others): (Vec<_>, Vec<_>) = boxes
        .map(|(index, face)| (index, face.map(|value| value / scale)))
        .partition(|&(index, _)| index == chosen);
    let faces = |part: Vec<(usize, [f32; 4])>| part.into_iter().map(|(_, face)| face).collect();
    let own = grid.ways(faces(own));
    let others = grid.ways(faces(others));
    let nearer: Vec<f32> = own
        .iter()
        .zip(&others)
        .map(|(own, other)| other - own)
        .collect();
    for (row, line) in matte.chunks_exact_mut(width).enumerate() {
        let y = (row as f32 + 0.5) / scale - 0.5;
        for (column, value) in line.iter_mut().enumerate().filter(|(_, value)| **value > 0) {
            let x = (column as f32 + 0.5) / scale - 0.5;
            let share = (grid.between(&nearer, x, y) / (2.0 * BORDER_FADE) + 0.5).clamp(0.0, 1.0);
            *value = (f32::from(*value) * share * share * (3.0 - 2.0 * share)).round() as u8;
        }
    }
}

/// The picture as ways go through it.
struct Grid {
    size: [usize; 2],
    /// Red, green and blue, 0 to 255.
    colours: Vec<[f32; 3]>,
    is_person: Vec<bool>,
}

impl Grid {
    /// Length of the shortest way from a face to each point, in sizes of that face (Dijkstra's algorithm).
    fn ways(&self, faces: Vec<[f32; 4]>) -> Vec<f32> {
        let [width, height] = self.size;
        let mut lengths = vec![f32::INFINITY; width * height];
        let mut open = BinaryHeap::new();
        for [x, y, w, h] in faces {
            let size = w.max(h).max(1.0);
            let (middle, half) = ([x + w / 2.0, y + h / 2.0], [w / 2.0, h / 2.0]);
            // At least the point in the middle, of a face that is smaller than the grid's steps.
            let nearest = |at: f32, count: usize| (at.max(0.0) as usize).min(count - 1);
            let first = nearest(middle[1], height) * width + nearest(middle[0], width);
            for index in (0..width * height).filter(|&index| {
                let (dx, dy) = (
                    ((index % width) as f32 + 0.5 - middle[0]) / half[0].max(0.5),
                    ((index / width) as f32 + 0.5 - middle[1]) / half[1].max(0.5),
                );
                index == first || dx.hypot(dy) <= 1.0
            }) {
                lengths[index] = 0.0;
                // Lengths are never negative, and the bits of such numbers are ordered as the numbers are.
                open.push((Reverse(0_u32), index, size.to_bits()));
            }
        }
        while let Some((Reverse(bits), index, size_bits)) = open.pop() {
            let (length, size) = (f32::from_bits(bits), f32::from_bits(size_bits));
            if length > lengths[index] {
                continue;
            }
            let (x, y) = (index % width, index / width);
            let neighbours = [
                (x > 0).then(|| index - 1),
                (x + 1 < width).then_some(index + 1),
                (y > 0).then(|| index - width),
                (y + 1 < height).then_some(index + width),
            ];
            for next in neighbours.into_iter().flatten() {
                let longer = length + self.step(index, next, size);
                if longer < lengths[next] {
                    lengths[next] = longer;
                    open.push((Reverse(longer.to_bits()), next, size_bits));
                }
            }
        }
        lengths
    }

    fn step(&self, from: usize, to: usize, size: f32) -> f32 {
        let difference = self.colours[from]
            .iter()
            .zip(self.colours[to])
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        let edge = EDGE_LENGTH * (difference / 255.0 - GRAIN).max(0.0);
        let across = match self.is_person[to] {
            true => 1.0,
            false => BACKGROUND_LENGTH,
        };
        across / size + edge
    }

    /// A value between the points of the grid.
    fn between(&self, values: &[f32], x: f32, y: f32) -> f32 {
        let [width, height] = self.size;
        let (x, y) = (
            x.clamp(0.0, (width - 1) as f32),
            y.clamp(0.0, (height - 1) as f32),
        );
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
        let (fx, fy) = (x - left as f32, y - top as f32);
        let row = |y: usize| values[y * width + left] * (1.0 - fx) + values[y * width + right] * fx;
        row(top) * (1.0 - fy) + row(bottom) * fy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, size: f32) -> DetectedFace {
        DetectedFace {
            score: 0.9,
            centre_px: [x, 50.0],
            size_px: [size; 2],
            points_px: [[x, 50.0]; 6],
        }
    }

    #[test]
    fn without_a_number_the_largest_is_taken_and_numbers_count_from_the_left() {
        let faces = Faces {
            faces: vec![face(10.0, 20.0), face(60.0, 30.0), face(120.0, 25.0)],
            scale: 2.0,
        };
        assert_eq!(faces.choose(None).unwrap(), 1);
        assert_eq!(faces.choose(Some(3)).unwrap(), 2);
        for number in [0, 4] {
            let line = faces.choose(Some(number)).unwrap_err().to_string();
            assert!(line.contains(&format!("no face {number}")), "{line}");
            assert!(line.contains("3 faces"), "{line}");
        }
        assert_eq!(faces.boxes_px()[0], [0.5, 80.5, 40.0, 40.0]);
    }

    #[test]
    fn a_face_that_is_cut_by_a_part_is_the_same_face() {
        assert!(is_same(&face(50.0, 40.0), &face(60.0, 20.0)));
        assert!(!is_same(&face(50.0, 40.0), &face(110.0, 40.0)));
    }

    #[test]
    fn the_matte_is_divided_between_the_faces() {
        let (width, height) = (200, 60);
        let boxes = [[30.0, 20.0, 20.0, 20.0], [130.0, 20.0, 20.0, 20.0]];
        // Alike but for something of the first person that hangs over into the second one's half.
        let rgba: Vec<u8> = (0..width * height)
            .flat_map(|index| {
                let (x, y) = (index % width, index / width);
                let is_hair = (5..28).contains(&y) && (20..110).contains(&x);
                [if is_hair { 40 } else { 160 }, 100, 100, 255]
            })
            .collect();
        let picture = RgbPicture::from_rgba(&rgba, width, height, 1);
        let mut mattes = [0, 1].map(|chosen| {
            let mut matte = vec![255; width * height];
            keep_one_person(&mut matte, width, &picture, &boxes, chosen);
            matte
        });
        let at = |matte: &[u8], x: usize| matte[30 * width + x];
        assert_eq!((at(&mattes[0], 40), at(&mattes[0], 140)), (255, 0));
        assert_eq!((at(&mattes[1], 40), at(&mattes[1], 140)), (0, 255));
        let hair = 12 * width + 98;
        assert_eq!((mattes[0][hair], mattes[1][hair]), (255, 0));
        // What one person does not have the other has.
        for (a, b) in mattes[0].iter().zip(&mattes[1]) {
            assert!((254..=256).contains(&(u32::from(*a) + u32::from(*b))));
        }
        let alone = mattes[0].clone();
        keep_one_person(&mut mattes[0], width, &picture, &boxes[..1], 0);
        assert_eq!(mattes[0], alone);
    }
}
