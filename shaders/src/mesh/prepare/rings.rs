//! Everything around the face: rings of vertices from the face's outline out to the picture's border. They carry the
//! face's motion outwards and let it die away, so that hair and neck follow and the background stays.

use glam::{Vec2, Vec3};

use crate::smooth_step::smooth_step;

/// Distance of the rings from the outline's centre in multiples of the outline's own: the first two are where the
/// expression is down to 55 % and 12 %.
const RING_FACTORS: [f32; 11] = [
    1.06,
    1.12,
    1.22,
    1.35,
    1.5,
    1.7,
    1.95,
    2.3,
    2.8,
    3.6,
    f32::INFINITY,
];
/// Upper bounds for the same rings as parts of the way from the outline to the border, for faces close to it.
const RING_PARTS: [f32; 11] = [0.06, 0.13, 0.21, 0.3, 0.4, 0.5, 0.61, 0.72, 0.83, 0.92, 1.0];
/// How far hair is taken to reach where no matte says otherwise, multiples of the outline.
const HAIR_FACTOR: f32 = 1.45;

/// How far the pivot lies behind the ears, parts of the face's height: enough for the ears to move along, and for the way that the nose
/// lacks since only a part of the face's depth turns.
const PIVOT_BEHIND_EARS: f32 = 0.16;

/// Cosines of the directions between which a ray from the middle of the face comes to be one into the neck.
const NECK: [f32; 2] = [0.6, 0.9];

/// Cosine of the farthest turn of a head that is drawn.
const MIN_FACING: f32 = 0.5;

/// Where the head is in the picture and how it turns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadFrame {
    /// Middle of the face's outline.
    pub centre_px: Vec2,
    /// Lowest point of the outline along `down`.
    pub chin_px: Vec2,
    /// Length 1, from the eyes to the mouth.
    pub down: Vec2,
    /// Extent of the outline along `down`.
    pub height_px: f32,
    /// How deep the ears lie; hair and neck are drawn at this depth.
    pub ear_depth_px: f32,
    /// How far the head is turned in the picture, radians, with the sign of [`motion::HeadPose::yaw`].
    pub yaw: f32,
    /// What the head turns about: in the neck, below and behind the ears.
    pub pivot_px: Vec3,
}

impl HeadFrame {
    /// `back` points level from the face into the head, length 1.
    pub fn new(oval_px: &[Vec3], eyes_px: Vec2, mouth_px: Vec2, back: Vec3) -> Self {
        let down = (mouth_px - eyes_px).normalize_or(Vec2::Y);
        let along = |point: &Vec3| point.truncate().dot(down);
        let (low, high) = oval_px
            .iter()
            .map(along)
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        let mean = oval_px.iter().map(|point| point.truncate()).sum::<Vec2>()
            / oval_px.len().max(1) as f32;
        let centre_px = mean + down * ((low + high) / 2.0 - mean.dot(down));
        let height_px = high - low;
        // The ears of a head that is turned lie at different depths: what counts is the depth half-way between them.
        let mut depths: Vec<f32> = oval_px.iter().map(|point| point.dot(back)).collect();
        depths.sort_by(f32::total_cmp);
        let ears = depths[depths.len() * 4 / 5];
        let ear_depth_px = (ears - centre_px.x * back.x) / back.z.max(MIN_FACING);
        let chin_px = centre_px + down * (height_px / 2.0);
        Self {
            centre_px,
            chin_px,
            down,
            height_px,
            ear_depth_px,
            yaw: (-back.x).clamp(-1.0, 1.0).asin(),
            pivot_px: (chin_px + down * (0.15 * height_px)).extend(ear_depth_px)
                + back * (PIVOT_BEHIND_EARS * height_px),
        }
    }
}

/// One vertex of a ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RingVertex {
    pub rest_px: Vec3,
    /// Position in the outline of the vertex whose expression it carries on.
    pub oval_position: usize,
    /// Part of that expression.
    pub expression_weight: f32,
    /// Part of the head's turn and shift.
    pub pose_weight: f32,
}

/// Vertices ring by ring from the inside, each as long as the outline.
pub(crate) fn build(
    oval_px: &[Vec3],
    frame: &HeadFrame,
    size_px: Vec2,
    matte: Option<&[u8]>,
) -> Vec<RingVertex> {
    let count = oval_px.len();
    let rays: Vec<Vec2> = oval_px
        .iter()
        .map(|point| point.truncate() - frame.centre_px)
        .collect();
    let border: Vec<f32> = rays
        .iter()
        .map(|&ray| border_factor(frame.centre_px, ray, size_px))
        .collect();
    let hair = hair_factors(&rays, &border, frame, size_px, matte);
    let mut vertices = Vec::with_capacity(count * RING_FACTORS.len());
    for (&factor, part) in RING_FACTORS.iter().zip(RING_PARTS) {
        for (position, &ray) in rays.iter().enumerate() {
            let limit = border[position];
            let factor = factor.min(1.0 + (limit - 1.0) * part);
            let point = frame.centre_px + ray * factor;
            let oval_depth = oval_px[position].z;
            let depth_px = oval_depth
                + (frame.ear_depth_px - oval_depth) * smooth_step(1.0, hair[position], factor);
            let below_chin = (point - frame.chin_px).dot(frame.down) / frame.height_px;
            let body = 1.0 - 0.94 * smooth_step(0.0, 0.8, below_chin);
            let outside = smooth_step(hair[position].min(limit - 1e-3), limit, factor);
            let at_border = part == 1.0;
            vertices.push(RingVertex {
                rest_px: point.extend(depth_px),
                oval_position: position,
                expression_weight: if at_border {
                    0.0
                } else {
                    let downwards = ray.dot(frame.down) / ray.length().max(1e-6);
                    expression_weight(factor, smooth_step(NECK[0], NECK[1], downwards))
                },
                pose_weight: if at_border {
                    0.0
                } else {
                    body * (1.0 - outside)
                },
            });
        }
    }
    vertices
}

/// Triangles between neighbouring rings, the first of which is the outline itself; `ring_start` is the index of the
/// first ring's first vertex.
pub(crate) fn triangles(oval: &[u32], ring_start: u32) -> Vec<[u32; 3]> {
    let count = oval.len() as u32;
    let index = |ring: usize, position: u32| {
        let position = position % count;
        if ring == 0 {
            oval[position as usize]
        } else {
            ring_start + (ring as u32 - 1) * count + position
        }
    };
    // From outside in: where a chin comes down over the neck, the inner ring is in front.
    (0..RING_FACTORS.len())
        .rev()
        .flat_map(|ring| (0..count).map(move |position| (ring, position)))
        .flat_map(|(ring, position)| {
            let [a, b] = [index(ring, position), index(ring, position + 1)];
            let [c, d] = [index(ring + 1, position), index(ring + 1, position + 1)];
            [[a, b, c], [b, d, c]]
        })
        .collect()
}

/// Part of the outline's expression left at a distance: 1 on the outline, 55 % at 1.12, 12 % at 1.35, nothing from 1.6. Below the chin,
/// where `neck` is 1, it stays 82 % up to 1.12, so that the chin's shadow goes along, and the skin below it gives way.
fn expression_weight(factor: f32, neck: f32) -> f32 {
    const BESIDE: [(f32, f32); 5] = [
        (1.0, 1.0),
        (1.12, 0.55),
        (1.35, 0.12),
        (1.6, 0.0),
        (f32::MAX, 0.0),
    ];
    const BELOW: [(f32, f32); 6] = [
        (1.0, 1.0),
        (1.06, 0.96),
        (1.12, 0.82),
        (1.35, 0.22),
        (1.6, 0.0),
        (f32::MAX, 0.0),
    ];
    let beside = along(&BESIDE, factor);
    beside + (along(&BELOW, factor) - beside) * neck
}

/// The line through these places and values, there.
fn along(knots: &[(f32, f32)], factor: f32) -> f32 {
    knots
        .windows(2)
        .find(|pair| factor <= pair[1].0)
        .map_or(0.0, |pair| {
            let ((from, high), (to, low)) = (pair[0], pair[1]);
            high + (low - high) * (factor - from) / (to - from)
        })
}

/// How often `ray` fits between the centre and the border, at least 1.
fn border_factor(centre: Vec2, ray: Vec2, size_px: Vec2) -> f32 {
    let along = |centre: f32, ray: f32, size: f32| {
        if ray > 1e-6 {
            (size - centre) / ray
        } else if ray < -1e-6 {
            -centre / ray
        } else {
            f32::MAX
        }
    };
    along(centre.x, ray.x, size_px.x)
        .min(along(centre.y, ray.y, size_px.y))
        .max(1.0)
}

/// Where the head ends on each ray, multiples of the outline: read from the matte above the chin, smoothed over the rays.
fn hair_factors(
    rays: &[Vec2],
    border: &[f32],
    frame: &HeadFrame,
    size_px: Vec2,
    matte: Option<&[u8]>,
) -> Vec<f32> {
    let (width, height) = (size_px.x as usize, size_px.y as usize);
    let is_person = |factor: f32, ray: Vec2| {
        let point = frame.centre_px + ray * factor;
        let (x, y) = (point.x as usize, point.y as usize);
        matte.is_some_and(|matte| x < width && y < height && matte[y * width + x] > 127)
    };
    let raw: Vec<f32> = rays
        .iter()
        .map(|&ray| {
            // Below the mouth a ray meets neck and shoulders, which are no part of the head.
            let downwards = smooth_step(0.35, 0.75, ray.dot(frame.down) / ray.length().max(1e-6));
            let reach = if matte.is_some() {
                let steps = (0..60).map(|step| 1.0 + 0.025 * step as f32);
                steps
                    .take_while(|&factor| is_person(factor, ray))
                    .last()
                    .unwrap_or(1.0)
                    + 0.06
            } else {
                HAIR_FACTOR
            };
            let reach = reach.clamp(1.12, 2.3);
            reach + (1.3 - reach) * downwards
        })
        .collect();
    let count = raw.len() as isize;
    (0..count)
        .map(|position| {
            let (mut sum, mut total) = (0.0, 0.0);
            for offset in -4_isize..=4 {
                let weight = (-(offset * offset) as f32 / 8.0).exp();
                sum += weight * raw[(position + offset).rem_euclid(count) as usize];
                total += weight;
            }
            (sum / total).min(1.0 + (border[position as usize] - 1.0) * 0.6)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expression_dies_away_as_designed() {
        for (factor, expected) in [
            (1.0, 1.0),
            (1.12, 0.55),
            (1.35, 0.12),
            (1.6, 0.0),
            (5.0, 0.0),
        ] {
            assert!(
                (expression_weight(factor, 0.0) - expected).abs() < 1e-5,
                "{factor}"
            );
        }
        // The chin's shadow goes along, and nothing of the neck turns over.
        assert!(expression_weight(1.1, 1.0) > 0.8);
        for step in 0..60 {
            let factor = 1.0 + 0.01 * step as f32;
            let [near, far] = [factor, factor + 0.01].map(|factor| expression_weight(factor, 1.0));
            assert!(near >= far && near - far < 0.03, "{factor}");
        }
    }

    #[test]
    fn the_border_carries_nothing() {
        let oval: Vec<Vec3> = (0..36)
            .map(|step| {
                let angle = step as f32 / 36.0 * std::f32::consts::TAU;
                Vec3::new(60.0 + 20.0 * angle.sin(), 50.0 - 28.0 * angle.cos(), 5.0)
            })
            .collect();
        let frame = HeadFrame::new(&oval, Vec2::new(60.0, 45.0), Vec2::new(60.0, 65.0), Vec3::Z);
        let vertices = build(&oval, &frame, Vec2::new(128.0, 96.0), None);
        for vertex in &vertices[vertices.len() - 36..] {
            assert_eq!(vertex.pose_weight, 0.0);
            assert_eq!(vertex.expression_weight, 0.0);
            let [x, y, _] = vertex.rest_px.to_array();
            let distance = x.min(y).min(128.0 - x).min(96.0 - y);
            assert!(distance.abs() < 1e-3, "{x} {y}");
        }
    }
}
