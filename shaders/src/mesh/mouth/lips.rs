//! The lips themselves: they do not go through each other, and they keep their thickness.
//!
//! The rig moves the inner edge of a lip far and its outer edge little, which would make the lip of an open mouth half as thick. Lips
//! are flesh of one piece: their outer edge goes along, and the skin around makes up for it. Lips that press, or roll in over the teeth,
//! get thinner, and those that come forward fuller.

use glam::{Vec2, Vec3};

use super::shut;
use crate::mesh::prepare::PreparedScene;
use crate::smooth_step::smooth_step;

/// Part of the way that the inner edge goes and the outer one would not, which a lip goes along: an open mouth stretches it a little.
const GOES_ALONG: f32 = 0.85;
/// How far beyond the lip the skin goes along, parts of the mouth's width.
const SKIN_REACH: f32 = 0.22;
/// Part of a press that each lip gives in by, and the most of its thickness that it can give.
const PRESSED: f32 = 0.55;
const MAX_PRESSED: f32 = 0.24;
/// Way of a lip's inner edge into the head that comes with its way down when the jaw turns: no rolling in.
const TURN_OF_JAW: f32 = 0.17;
/// Part of the way of the inner edge into the head or out of it by which the lip gets thinner or fuller, and the most of its thickness.
const ROLLED: f32 = 0.45;
const MAX_ROLLED: [f32; 2] = [0.40, 0.25];

/// How a vertex on a lip or beside it follows the lip.
#[derive(Clone, Copy, Debug)]
struct Follower {
    vertex: usize,
    /// Positions in [`LipSkin::columns`] of the two that are nearest, and the share of the second.
    columns: [usize; 2],
    share: f32,
    lower: bool,
    /// 0 on the inner edge, 1 on the outer one.
    across: f32,
    /// How much it goes along: 1 on the lip, less beside it.
    follows: f32,
}

/// Vertices of a lip at one place along it: inner and outer edge.
#[derive(Clone, Copy, Debug)]
struct Column {
    inner: usize,
    outer: usize,
    thickness_px: f32,
}

/// How the skin around the mouth belongs to the lips.
#[derive(Clone, Debug, Default)]
pub(crate) struct LipSkin {
    /// Upper and lower lip from one corner to the other, without the corners.
    columns: [Vec<Column>; 2],
    followers: Vec<Follower>,
}

impl LipSkin {
    /// `inner` is the inner edge from one corner along the upper lip to the other and back, `outer` the outer edge; `down` has length 1.
    pub fn new(face_px: &[Vec3], inner: &[u32], outer: &[u32], down: Vec3) -> Self {
        let half = inner.len() / 2;
        let at = |index: u32| face_px[index as usize];
        let right = down.cross(Vec3::Z);
        let along = |point: Vec3| point.dot(right);
        let corner = (at(inner[0]), at(inner[half]));
        let middle = (corner.0 + corner.1) / 2.0;
        let width = (along(corner.1) - along(corner.0)).abs().max(1.0);
        let sides: [Vec<u32>; 2] = [inner[1..half].to_vec(), {
            let mut back = inner[half + 1..].to_vec();
            back.reverse();
            back
        }];
        let columns = [0, 1].map(|side| {
            let sign = if side == 0 { -1.0 } else { 1.0 };
            sides[side]
                .iter()
                .filter_map(|&index| {
                    let edge = at(index);
                    // The vertex of the outer edge that lies straight out of this one.
                    let out = |&&other: &&u32| sign * (at(other) - edge).dot(down) > 0.0;
                    let beside = |other: &u32| (along(at(*other)) - along(edge)).abs();
                    let other = outer
                        .iter()
                        .filter(out)
                        .min_by(|a, b| beside(a).total_cmp(&beside(b)))?;
                    Some(Column {
                        inner: index as usize,
                        outer: *other as usize,
                        thickness_px: sign * (at(*other) - edge).dot(down),
                    })
                })
                .collect::<Vec<Column>>()
        });
        if columns.iter().any(|side| side.len() < 3) {
            return Self::default();
        }
        let is_inner = |vertex: usize| inner.contains(&(vertex as u32));
        let followers = (0..face_px.len())
            .filter(|&vertex| !is_inner(vertex))
            .filter_map(|vertex| {
                let point = face_px[vertex];
                let beyond = (along(point - middle).abs() - width / 2.0).max(0.0) / width;
                let near = nearest(&columns, face_px, point, right, down)?;
                let thickness = near.thickness_px.max(0.02 * width);
                let across = near.away_px / thickness;
                let skin = (near.away_px - thickness).max(0.0) / (SKIN_REACH * width);
                let follows =
                    (1.0 - smooth_step(0.0, 1.0, skin)) * (1.0 - smooth_step(0.0, 0.12, beyond));
                (follows > 0.0 && across > 0.0).then_some(Follower {
                    vertex,
                    columns: near.columns,
                    share: near.share,
                    lower: near.lower,
                    across: across.min(1.0),
                    follows,
                })
            })
            .collect();
        Self { columns, followers }
    }

    /// Vertices of the lower lip's round and how near its middle line they lie, above 0 to 1.
    pub fn lower_round(&self) -> impl Iterator<Item = (usize, f32)> {
        let on_it =
            (self.followers.iter()).filter(|follower| follower.lower && follower.across < 1.0);
        on_it.map(|follower| {
            let across = follower.across;
            (
                follower.vertex,
                4.0 * across * (1.0 - across) * follower.follows,
            )
        })
    }

    /// Moves the outer edges of the lips and the skin around along with the inner edges. `down` has length 1, `told` is what
    /// [`keep_lips_apart`] returned.
    pub fn keep_whole(&self, down: Vec3, shifts: &mut [Vec3], told: &[f32]) {
        // What the outer edge lacks at each column, and how much thinner the lip gets there.
        let moves: [Vec<(f32, f32)>; 2] = [0, 1].map(|side| {
            let sign = if side == 0 { -1.0 } else { 1.0 };
            let columns = &self.columns[side];
            columns
                .iter()
                .enumerate()
                .map(|(position, column)| {
                    let inner = shifts[column.inner];
                    let lacking = (inner - shifts[column.outer]).dot(down);
                    let pressed = told.get(position).copied().unwrap_or(0.0) / 2.0;
                    let inwards = inner.z - TURN_OF_JAW * inner.dot(down).max(0.0);
                    let [thinner, fuller] = MAX_ROLLED.map(|part| part * column.thickness_px);
                    let thinner = (PRESSED * pressed).min(MAX_PRESSED * column.thickness_px)
                        + (ROLLED * inwards).clamp(-fuller, thinner);
                    (lacking, -sign * thinner)
                })
                .collect()
        });
        for follower in &self.followers {
            let side = &moves[usize::from(follower.lower)];
            let [a, b] = follower.columns.map(|column| side[column]);
            let mix = |from: f32, to: f32| from + (to - from) * follower.share;
            let (lacking, thinner) = (mix(a.0, b.0), mix(a.1, b.1));
            let along = GOES_ALONG * lacking * follower.across + thinner * follower.across;
            shifts[follower.vertex] += down * (along * follower.follows);
        }
    }
}

/// Where a point lies on a lip or beside it.
struct Nearest {
    lower: bool,
    /// The two columns beside it, and the share of the second.
    columns: [usize; 2],
    share: f32,
    /// Distance from the inner edge, and the lip's thickness there.
    away_px: f32,
    thickness_px: f32,
}

/// Which lip a point belongs to, and where it lies there.
fn nearest(
    columns: &[Vec<Column>; 2],
    face_px: &[Vec3],
    point: Vec3,
    right: Vec3,
    down: Vec3,
) -> Option<Nearest> {
    [false, true].into_iter().find_map(|lower| {
        let side = &columns[usize::from(lower)];
        let sign = if lower { 1.0 } else { -1.0 };
        let place = |column: &Column| face_px[column.inner].dot(right);
        let at = point.dot(right);
        let forwards = place(&side[side.len() - 1]) > place(&side[0]);
        let passed = side
            .iter()
            .take_while(|column| (place(column) <= at) == forwards)
            .count();
        let second = passed.clamp(1, side.len() - 1);
        let columns = [second - 1, second];
        let [a, b] = columns.map(|index| &side[index]);
        let share = ((at - place(a)) / (place(b) - place(a))).clamp(0.0, 1.0);
        let share = if share.is_finite() { share } else { 0.0 };
        let edge = face_px[a.inner].lerp(face_px[b.inner], share);
        let away_px = sign * (point - edge).dot(down);
        (away_px > 0.0).then_some(Nearest {
            lower,
            columns,
            share,
            away_px,
            thickness_px: a.thickness_px + (b.thickness_px - a.thickness_px) * share,
        })
    })
}

/// Lips that are told to go through each other meet instead, and then move on together. Returns how far each pair of the inner edge was
/// told to go through each other, pixels, from one corner to the other without the corners.
pub(in crate::mesh) fn keep_lips_apart(
    scene: &PreparedScene,
    shifts: &mut [Vec3],
    shut: f32,
) -> Vec<f32> {
    let down = scene.frame.down.extend(0.0);
    let half = scene.lips.len() / 2;
    let apart =
        |(upper, lower): (usize, usize)| (scene.face_px[lower] - scene.face_px[upper]).dot(down);
    let told = (1..half).map(|position| {
        let opposite = scene.lips.len() - position;
        let (upper, lower) = (scene.lips[position] as usize, scene.lips[opposite] as usize);
        // Landmarks of a shut mouth may overlap a little, and may stay so.
        let rest_gap = apart((upper, lower));
        let gap = rest_gap + (shifts[lower] - shifts[upper]).dot(down);
        // Lips that were shut first overlap by their rims.
        let rims = match scene.shut_mouth_px.is_empty() {
            true => 0.0,
            false => shut * shut::overlap_px(rest_gap),
        };
        let lacking = rest_gap.min(0.0) - rims - gap;
        if lacking > 0.0 {
            shifts[upper] -= down * (lacking / 2.0);
            shifts[lower] += down * (lacking / 2.0);
        }
        lacking.max(0.0)
    });
    told.collect()
}

/// How far the lips are apart from one corner to the other, without the corners, pixels; negative where they overlap. `moved` are the
/// shifts of the mesh's vertices.
pub(in crate::mesh) fn gaps_px(scene: &PreparedScene, moved: &[Vec2]) -> Vec<f32> {
    let at = |index: usize| scene.rest_px[index] + moved[index];
    lip_pairs(scene)
        .map(|[upper, lower]| (at(lower) - at(upper)).dot(scene.frame.down))
        .collect()
}

/// Brings lips that are shut by the part `shut` back to these gaps where they stand farther apart: near the corners of a smile the mesh
/// resists, and the picture's teeth would show between them.
pub(in crate::mesh) fn shut_again(
    scene: &PreparedScene,
    moved: &mut [Vec2],
    wanted_px: &[f32],
    shut: f32,
) {
    if scene.shut_mouth_px.is_empty() || shut <= 0.0 {
        return;
    }
    let gaps_px = gaps_px(scene, moved);
    for ([upper, lower], (gap, wanted)) in lip_pairs(scene).zip(gaps_px.iter().zip(wanted_px)) {
        let way = scene.frame.down * (shut * (gap - wanted).max(0.0) / 2.0);
        moved[upper] += way;
        moved[lower] -= way;
    }
}

/// Vertices of the upper and the lower lip that meet, from one corner to the other without the corners.
fn lip_pairs(scene: &PreparedScene) -> impl Iterator<Item = [usize; 2]> {
    let lips = &scene.lips;
    (1..lips.len() / 2).map(|position| {
        [
            lips[position] as usize,
            lips[lips.len() - position] as usize,
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEN: usize = 20;

    /// A shut mouth: the inner edge as a flat ring, the outer one around it.
    fn mouth() -> (Vec<Vec3>, Vec<u32>, Vec<u32>) {
        let ring = |half_height: f32| {
            (0..LEN).map(move |position| {
                let angle = position as f32 / LEN as f32 * std::f32::consts::TAU;
                Vec3::new(-50.0 * angle.cos(), -half_height * angle.sin(), 0.0)
            })
        };
        let count = LEN as u32;
        (
            ring(0.5).chain(ring(14.0)).collect(),
            (0..count).collect(),
            (count..2 * count).collect(),
        )
    }

    /// Thickness of a lip in its middle after a movement of the inner edge's middle columns and half as much of the outer edge.
    fn thickness(lower: bool, shift: Vec3, told: &[f32]) -> f32 {
        let (points, inner, outer) = mouth();
        let skin = LipSkin::new(&points, &inner, &outer, Vec3::Y);
        let mut shifts = vec![Vec3::ZERO; points.len()];
        let half = if lower { LEN / 2..LEN } else { 0..LEN / 2 };
        for position in half {
            shifts[position] = shift;
            shifts[LEN + position] = shift / 2.0;
        }
        skin.keep_whole(Vec3::Y, &mut shifts, told);
        let middle = if lower { LEN * 3 / 4 } else { LEN / 4 };
        let at = |index: usize| points[index] + shifts[index];
        (at(LEN + middle) - at(middle)).y.abs()
    }

    #[test]
    fn an_open_mouth_keeps_its_lips() {
        let at_rest = thickness(true, Vec3::ZERO, &[]);
        assert_eq!(at_rest, 13.5);
        for (lower, shift) in [(true, 12.0), (false, -8.0)] {
            let opened = thickness(lower, Vec3::new(0.0, shift, 0.0), &[]);
            assert!(
                (0.85..1.05).contains(&(opened / at_rest)),
                "{lower}: {opened}"
            );
        }
    }

    #[test]
    fn lips_that_press_or_roll_in_get_thinner() {
        let at_rest = thickness(true, Vec3::ZERO, &[]);
        let pressed = thickness(true, Vec3::ZERO, &[6.0; LEN / 2 - 1]);
        assert!((0.6..0.9).contains(&(pressed / at_rest)), "{pressed}");
        let rolled = thickness(true, Vec3::new(0.0, 0.0, 8.0), &[]);
        assert!(rolled < 0.9 * at_rest, "{rolled}");
        let pouting = thickness(true, Vec3::new(0.0, 0.0, -8.0), &[]);
        assert!(pouting > 1.05 * at_rest, "{pouting}");
    }

    #[test]
    fn a_still_mouth_does_not_move() {
        let (points, inner, outer) = mouth();
        let mut shifts = vec![Vec3::ZERO; points.len()];
        LipSkin::new(&points, &inner, &outer, Vec3::Y).keep_whole(Vec3::Y, &mut shifts, &[0.0; 9]);
        assert!(shifts.iter().all(|&shift| shift == Vec3::ZERO));
    }
}
