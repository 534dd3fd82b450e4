//! Shuts the mouth of a portrait that was taken with parted lips, so that its speech starts from shut lips as every speech does.
//!
//! A mouth that is told to open as far as it is in the picture is the picture's: it is shut the less, the farther it is told to open,
//! and what the picture opens by itself is not opened a second time. Shut first and opened by the rig it would come back with thinner
//! lips and a longer chin.

use glam::{Vec2, Vec3};
use motion::keypoint::{CHIN, LOWER_LIP, UPPER_LIP};

use crate::scene::EXPRESSION_LEN;

/// A gap of less than this part of the mouth's width is a shut mouth that the landmarks blur.
const MIN_GAP: f32 = 0.02;
/// The lips come a little farther than their edges: landmarks lie on their rim, which rolls inwards as they meet.
const PRESS: f32 = 1.06;
/// The same as a length, pixels: what blends with the teeth at the rim.
const RIM_PX: f32 = 0.8;
/// Part of the gap that the upper lip comes down; the lower lip and the jaw come up by the rest.
const UPPER_PART: f32 = 0.3;
/// Part of the gap that the chin goes down by in a mouth that opens so far.
const CHIN_PART: f32 = 0.6;
/// How far the closing reaches around the lips, parts of the mouth's width, above and below.
const REACH: [f32; 2] = [0.22, 0.5];

/// How far lips that stand `gap_px` apart go past each other's landmarks when they shut.
pub(super) fn overlap_px(gap_px: f32) -> f32 {
    let gap_px = gap_px.max(0.0);
    gap_px * (PRESS - 1.0) + RIM_PX.min(gap_px)
}

/// Mean height of the opening between lips that may overlap, given as the inner edge from one corner along the upper lip to the other
/// and back.
pub(super) fn gap_px(lips_px: &[Vec2], down: Vec2) -> f32 {
    let half = lips_px.len() / 2;
    let apart = |position: usize| (lips_px[lips_px.len() - position] - lips_px[position]).dot(down);
    let open = (1..half).map(|position| apart(position).max(0.0));
    open.sum::<f32>() / half.max(1) as f32
}

/// Takes what the picture's mouth is open by out of an expression that opens it, and returns how much of the mouth is still to be shut,
/// of `shut`. `parted` is how far the lips are apart in the middle of the picture's mouth, canonical units.
pub(in crate::mesh) fn leave_open(
    expression: &mut [f32; EXPRESSION_LEN],
    parted: f32,
    shut: f32,
) -> f32 {
    let y = |keypoint: usize| 3 * keypoint + 1;
    let told = expression[y(LOWER_LIP)] - expression[y(UPPER_LIP)];
    if parted <= 0.0 || told <= 0.0 {
        return shut;
    }
    let open = shut * (told / parted).min(1.0);
    expression[y(UPPER_LIP)] += UPPER_PART * parted * open;
    expression[y(LOWER_LIP)] -= (1.0 - UPPER_PART) * parted * open;
    expression[y(CHIN)] -= CHIN_PART * parted * open;
    shut - open
}

/// Shift of each face vertex, pixels, that brings the lips together; empty if they are. `lips` is the inner edge from one
/// corner along the upper lip to the other and back, `down` has length 1.
pub(in crate::mesh) fn shifts(
    face_px: &[Vec3],
    lips: &[u32],
    lips_outer: &[u32],
    down: Vec3,
) -> Vec<Vec3> {
    let half = lips.len() / 2;
    let at = |position: usize| face_px[lips[position % lips.len()] as usize];
    let width = at(0).distance(at(half)).max(1.0);
    let pairs: Vec<(usize, usize)> = (0..=half)
        .map(|position| (position, (lips.len() - position) % lips.len()))
        .collect();
    let apart = |&(one, other): &(usize, usize)| (at(other) - at(one)).dot(down);
    let gaps: Vec<f32> = pairs.iter().map(|pair| apart(pair).max(0.0)).collect();
    if gaps.iter().copied().fold(0.0, f32::max) < MIN_GAP * width {
        return Vec::new();
    }
    let gaps: Vec<f32> = gaps.iter().map(|&gap| gap + overlap_px(gap)).collect();
    let seam: Vec<(Vec3, f32)> = pairs
        .iter()
        .zip(&gaps)
        .map(|(&(upper, _), &gap)| (at(upper) + down * (gap * UPPER_PART), gap))
        .collect();
    // The inner edges meet; the renderer keeps them from passing through each other.
    let mut moved: Vec<Option<Vec3>> = vec![None; face_px.len()];
    for (&(upper, lower), gap) in pairs.iter().zip(&gaps) {
        moved[lips[upper % lips.len()] as usize] = Some(down * (gap * UPPER_PART));
        moved[lips[lower % lips.len()] as usize] = Some(-down * (gap * (1.0 - UPPER_PART)));
    }
    face_px
        .iter()
        .enumerate()
        .map(|(index, &vertex)| {
            if let Some(moved) = moved[index] {
                return moved;
            }
            // Around them the skin follows the nearest part of the seam, less with distance; the lips themselves go along whole.
            let (mut gap, mut total, mut nearest, mut height) = (0.0, 0.0, f32::MAX, 0.0);
            for &(point, gap_here) in &seam {
                let away = vertex - point;
                let down_px = away.dot(down);
                let flat = (away - down * down_px).truncate().length();
                let weight = (-(flat / (0.12 * width)).powi(2)).exp() + 1e-6;
                gap += gap_here * weight;
                height += down_px * weight;
                total += weight;
                nearest = nearest.min(flat);
            }
            let (gap, height) = (gap / total, height / total);
            let beside = (-(nearest / (0.15 * width)).powi(2)).exp();
            let (part, reach) = if height < 0.0 {
                (UPPER_PART, REACH[0])
            } else {
                (UPPER_PART - 1.0, REACH[1])
            };
            let free = if lips_outer.contains(&(index as u32)) {
                0.0
            } else {
                (height.abs() / width - 0.1).max(0.0)
            };
            let fade = (-(free / reach).powi(2)).exp();
            down * (gap * part * beside * fade)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twelve points around an open mouth, and one on the chin.
    fn face(half_height: f32) -> (Vec<Vec3>, Vec<u32>) {
        let mut points: Vec<Vec3> = (0..12)
            .map(|i| {
                let angle = i as f32 / 12.0 * std::f32::consts::TAU;
                Vec3::new(
                    50.0 - 20.0 * angle.cos(),
                    50.0 - half_height * angle.sin(),
                    0.0,
                )
            })
            .collect();
        points.push(Vec3::new(50.0, 75.0, 0.0));
        (points, (0..12).collect())
    }

    #[test]
    fn parted_lips_meet_and_the_chin_comes_along() {
        let (points, lips) = face(6.0);
        let shifts = shifts(&points, &lips, &[], Vec3::Y);
        for position in 1..6 {
            let (upper, lower) = (position, 12 - position);
            let gap = (points[lower] + shifts[lower] - points[upper] - shifts[upper]).y;
            assert!((-1.8..1e-3).contains(&gap), "{position}: {gap}");
        }
        assert!(shifts[12].y < -1.0);
    }

    #[test]
    fn a_mouth_that_opens_as_in_the_picture_is_the_pictures() {
        const PARTED: f32 = 0.05;
        let told = |gap: f32| {
            let mut expression = [0.0; EXPRESSION_LEN];
            expression[3 * UPPER_LIP + 1] = -UPPER_PART * gap;
            expression[3 * LOWER_LIP + 1] = (1.0 - UPPER_PART) * gap;
            expression[3 * CHIN + 1] = CHIN_PART * gap;
            expression
        };
        for (gap, left, shut) in [
            (0.0, 0.0, 1.0),
            (0.5 * PARTED, 0.0, 0.5),
            (PARTED, 0.0, 0.0),
            (3.0 * PARTED, 2.0 * PARTED, 0.0),
        ] {
            let mut expression = told(gap);
            assert!((leave_open(&mut expression, PARTED, 1.0) - shut).abs() < 1e-6);
            for (value, wanted) in expression.iter().zip(told(left)) {
                assert!((value - wanted).abs() < 1e-6, "{gap}: {value} for {wanted}");
            }
        }
        let pressed = told(-0.02);
        let mut expression = pressed;
        assert_eq!(leave_open(&mut expression, PARTED, 1.0), 1.0);
        assert_eq!(expression, pressed);
    }

    #[test]
    fn a_shut_mouth_is_left_alone() {
        let (points, lips) = face(0.2);
        assert!(shifts(&points, &lips, &[], Vec3::Y).is_empty());
    }
}
