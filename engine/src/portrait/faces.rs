//! All faces of a picture, counted from left to right, and which pixels belong to one of several people.

use super::crop::RgbPicture;
use super::detector::{DetectedFace, Detector};
use super::landmarks::LandmarkNetwork;
use super::{MIN_FACE_PX, no_face};
use crate::{Error, Result};

/// Pictures with a longer side than this are searched in smaller parts, too: what is small in them is large enough to be moved.
const LARGE_PX: usize = 1024;
/// Between two people the matte fades over this part of a face's size to each side of the border.
const BORDER_FADE: f32 = 0.05;

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
    /// [`Error::InputUnusable`] if there is none, or none is large enough.
    pub fn find(
        detector: &Detector,
        landmarks: &LandmarkNetwork,
        picture: &RgbPicture,
        scale: f32,
    ) -> Result<Self> {
        let mut faces = detector.detect(picture)?;
        // Close to them, the detector takes textures for faces; the landmark network does not.
        let mut smaller = detector.detect_in_parts(picture, 2)?;
        if picture.width.max(picture.height) > LARGE_PX {
            smaller.extend(detector.detect_in_parts(picture, 4)?);
        }
        for face in smaller {
            if !faces.iter().any(|known| is_same(known, &face))
                && landmarks
                    .find_once(picture, face.landmark_region())?
                    .is_some()
            {
                faces.push(face);
            }
        }
        let size_px = |face: &DetectedFace| face.size_px[0].max(face.size_px[1]) * scale;
        let largest_px = faces.iter().map(size_px).fold(0.0, f32::max);
        if faces.is_empty() {
            return Err(no_face());
        }
        faces.retain(|face| size_px(face) >= MIN_FACE_PX);
        if faces.is_empty() {
            return Err(Error::InputUnusable(format!(
                "the face is only {largest_px:.0} pixels wide, at least {MIN_FACE_PX:.0} are needed: crop closer or use a larger picture"
            )));
        }
        faces.sort_by(|a, b| a.centre_px[0].total_cmp(&b.centre_px[0]));
        Ok(Self { faces, scale })
    }

    /// Index of the face with this number, which counts from 1; of the largest one without a number.
    ///
    /// # Errors
    /// [`Error::InputUnusable`] if there is no such face.
    pub fn choose(&self, number: Option<usize>) -> Result<usize> {
        let count = self.faces.len();
        let Some(number) = number else {
            let area = |face: &DetectedFace| face.size_px[0] * face.size_px[1];
            return (0..count)
                .max_by(|&a, &b| area(&self.faces[a]).total_cmp(&area(&self.faces[b])))
                .ok_or_else(no_face);
        };
        if !(1..=count).contains(&number) {
            let there = match count {
                1 => "one face".to_owned(),
                _ => format!("{count} faces, counted from the left"),
            };
            return Err(Error::InputUnusable(format!(
                "there is no face {number}: the picture shows {there}"
            )));
        }
        Ok(number - 1)
    }

    /// A face, in pixels of the picture that was searched.
    pub fn face(&self, index: usize) -> &DetectedFace {
        &self.faces[index]
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

/// Takes from a matte of all people (255 = person, `width` pixels a row) what is nearer to the other faces than to the chosen one,
/// measured in sizes of each face. Boxes are x, y, width, height in pixels of the matte.
pub(super) fn keep_one_person(
    matte: &mut [u8],
    width: usize,
    boxes_px: &[[f32; 4]],
    chosen: usize,
) {
    // Of a person less is above the face than below, and a large one is so in both directions.
    let middle_and_size = |[x, y, width, height]: [f32; 4]| {
        (
            [x + width / 2.0, y + height / 2.0],
            width.max(height).max(1.0),
        )
    };
    let own = middle_and_size(boxes_px[chosen]);
    let others: Vec<_> = boxes_px
        .iter()
        .enumerate()
        .filter(|&(index, _)| index != chosen)
        .map(|(_, &face)| middle_and_size(face))
        .collect();
    if others.is_empty() {
        return;
    }
    for (row, line) in matte.chunks_exact_mut(width).enumerate() {
        for (column, value) in line.iter_mut().enumerate().filter(|(_, value)| **value > 0) {
            // Level distances count more: people stand beside each other, and each has a body below the face.
            let distance = |&([x, y], size): &([f32; 2], f32)| {
                (column as f32 - x).hypot((row as f32 - y) * 0.5) / size
            };
            let nearest = others.iter().map(distance).fold(f32::MAX, f32::min);
            let share = ((nearest - distance(&own)) / (2.0 * BORDER_FADE) + 0.5).clamp(0.0, 1.0);
            *value = (f32::from(*value) * share * share * (3.0 - 2.0 * share)).round() as u8;
        }
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
        let mut mattes = [0, 1].map(|chosen| {
            let mut matte = vec![255; width * height];
            keep_one_person(&mut matte, width, &boxes, chosen);
            matte
        });
        let at = |matte: &[u8], x: usize| matte[30 * width + x];
        assert_eq!((at(&mattes[0], 40), at(&mattes[0], 140)), (255, 0));
        assert_eq!((at(&mattes[1], 40), at(&mattes[1], 140)), (0, 255));
        // What one person does not have the other has.
        for (a, b) in mattes[0].iter().zip(&mattes[1]) {
            assert!((254..=256).contains(&(u32::from(*a) + u32::from(*b))));
        }
        let alone = mattes[0].clone();
        keep_one_person(&mut mattes[0], width, &boxes[..1], 0);
        assert_eq!(mattes[0], alone);
    }
}
