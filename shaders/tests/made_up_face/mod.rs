//! A face made of rings around the mouth, with the same kinds of rings and maps as the real rig, on a noisy picture so
//! that every shift shows.

use std::sync::Arc;

use motion::{FaceRig, KEYPOINT_COUNT, MouthInterior, Similarity};
use shaders::{Background, PortraitScene};

/// Side of the picture.
pub const PICTURE_PX: u32 = 128;
const RING_LEN: usize = 36;
/// Half axes of the rings: inner lips, outer lips, cheeks, the face's outline.
const RINGS: [[f32; 2]; 5] = [
    [11.0, 0.6],
    [13.0, 4.0],
    [18.0, 10.0],
    [25.0, 20.0],
    [32.0, 30.0],
];
const MOUTH_PX: [f32; 2] = [64.0, 78.0];
const OVAL_SHIFT_PX: f32 = -12.0;
const SCALE_PX: f32 = 50.0;
const EYES_PX: [[f32; 2]; 2] = [[52.0, 54.0], [76.0, 54.0]];

/// A portrait whose mouth is shut.
pub fn made_up_scene() -> PortraitScene {
    let mut vertices_px = Vec::new();
    for (ring, [half_width, half_height]) in RINGS.iter().enumerate() {
        let part = ring as f32 / (RINGS.len() - 1) as f32;
        for position in 0..RING_LEN {
            let angle = position as f32 / RING_LEN as f32 * std::f32::consts::TAU;
            vertices_px.push([
                MOUTH_PX[0] - half_width * angle.cos(),
                MOUTH_PX[1] + OVAL_SHIFT_PX * part * part - half_height * angle.sin(),
                -12.0 + 30.0 * part * part,
            ]);
        }
    }
    let ring = |number: usize| -> Vec<u32> {
        (0..RING_LEN)
            .map(|position| (number * RING_LEN + position) as u32)
            .collect()
    };
    let mut triangles = Vec::new();
    for number in 0..RINGS.len() - 1 {
        let (inner, outer) = (ring(number), ring(number + 1));
        for position in 0..RING_LEN {
            let next = (position + 1) % RING_LEN;
            triangles.push([inner[position], inner[next], outer[position]]);
            triangles.push([inner[next], outer[next], outer[position]]);
        }
    }
    // The mouth's own triangles, from one corner to the other.
    let lips = ring(0);
    for position in 0..RING_LEN / 2 {
        let back = |position: usize| lips[(RING_LEN - position) % RING_LEN];
        triangles.push([lips[position], lips[position + 1], back(position)]);
        triangles.push([lips[position + 1], back(position + 1), back(position)]);
    }
    let eyes = EYES_PX.map(|centre| {
        let first = vertices_px.len() as u32;
        for position in 0..16 {
            let angle = position as f32 / 16.0 * std::f32::consts::TAU;
            vertices_px.push([
                centre[0] - 7.0 * angle.cos(),
                centre[1] - 3.0 * angle.sin(),
                -5.0,
            ]);
        }
        (first..first + 16).collect::<Vec<u32>>()
    });
    let translation_px = [MOUTH_PX[0], MOUTH_PX[1], 0.0];
    let canonical = |point: &[f32; 3]| {
        std::array::from_fn(|axis| (point[axis] - translation_px[axis]) / SCALE_PX)
    };
    let [left_eye, right_eye] = eyes;
    PortraitScene {
        width_px: PICTURE_PX,
        height_px: PICTURE_PX,
        rgba: noisy_picture(),
        matte: None,
        background: Background::Keep,
        irises_px: EYES_PX.map(|[x, y]| [x, y, -5.0]),
        iris_radii_px: [2.5; 2],
        picture_from_canonical: Similarity {
            scale_px: SCALE_PX,
            rotation: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            translation_px,
        },
        rig: Arc::new(FaceRig {
            canonical_vertices: vertices_px.iter().map(canonical).collect(),
            triangles,
            displacement_map: displacement_map(&vertices_px),
            jaw_map: (0..KEYPOINT_COUNT * 3)
                .map(|row| std::array::from_fn(|axis| f32::from(row == 20 * 3 + axis)))
                .collect(),
            face_oval: ring(RINGS.len() - 1),
            lips_inner: ring(0),
            lips_outer: ring(1),
            left_eye,
            right_eye,
            interior: teeth(),
            ..FaceRig::default()
        }),
        vertices_px,
    }
}

/// The same person, an oval around the face, in a picture four times as wide and three times as high.
pub fn made_up_scene_in_a_large_picture() -> PortraitScene {
    made_up_scene_at([250, 160])
}

/// The same with the person's own picture beginning at another place.
pub fn made_up_scene_at(place_px: [u32; 2]) -> PortraitScene {
    let small = made_up_scene();
    let (width_px, height_px) = (4 * PICTURE_PX, 3 * PICTURE_PX);
    let mut rgba = Vec::new();
    let mut matte = Vec::new();
    for y in 0..height_px {
        for x in 0..width_px {
            // A border of the small picture is one in the large one: what moves has to end before it.
            let at = (y % PICTURE_PX * PICTURE_PX + x % PICTURE_PX) as usize * 4;
            rgba.extend(&small.rgba[at..at + 4]);
            let [x, y] = [(x, place_px[0], 64.0), (y, place_px[1], 66.0)]
                .map(|(at, place, middle)| at as f32 - place as f32 - middle);
            let distance = (x / 40.0).hypot(y / 44.0);
            matte.push(((1.15 - distance) / 0.15 * 255.0).clamp(0.0, 255.0) as u8);
        }
    }
    let moved = |[x, y, z]: [f32; 3]| [x + place_px[0] as f32, y + place_px[1] as f32, z];
    PortraitScene {
        width_px,
        height_px,
        rgba,
        matte: Some(matte),
        vertices_px: small.vertices_px.into_iter().map(moved).collect(),
        irises_px: small.irises_px.map(moved),
        picture_from_canonical: Similarity {
            translation_px: moved(small.picture_from_canonical.translation_px),
            ..small.picture_from_canonical
        },
        ..small
    }
}

/// Whether a pixel shows the inside of the mouth: the picture's blue is at least 130, lashes aside, and that of the inside is dark.
pub fn is_inside(pixel: &[u8]) -> bool {
    pixel[2] < 100
}

/// Keypoint 17 lifts what is above the mouth, 19 and 20 lower what is below, each fading outwards.
fn displacement_map(vertices_px: &[[f32; 3]]) -> Vec<f32> {
    let mut map = vec![0.0; KEYPOINT_COUNT * 3 * vertices_px.len() * 3];
    for (index, &[x, y, _]) in vertices_px.iter().enumerate() {
        let across = ((x - MOUTH_PX[0]) / 32.0).abs().min(1.0);
        let down = (y - MOUTH_PX[1]) / 20.0;
        let fade =
            (1.0 - across * across).max(0.0) * (1.0 - (down.abs() - 0.2).max(0.0) / 1.2).max(0.0);
        let below = if down > 0.0 { fade } else { 0.0 };
        let above = if down < 0.0 { fade } else { 0.0 };
        let chin = (down.clamp(0.0, 1.0) * (1.0 - across * across)).max(0.0);
        for (keypoint, gain) in [(17, above), (19, below * (1.0 - chin)), (20, chin)] {
            for axis in 0..3 {
                let row = keypoint * 3 + axis;
                map[row * vertices_px.len() * 3 + index * 3 + axis] = gain;
            }
        }
    }
    map
}

/// A dark plate behind the lips.
fn teeth() -> MouthInterior {
    let corner = |x: f32, y: f32| [x, y, -0.1];
    MouthInterior {
        positions: vec![
            corner(-0.4, -0.3),
            corner(0.4, -0.3),
            corner(-0.4, 0.4),
            corner(0.4, 0.4),
        ],
        normals: vec![[0.0, 0.0, -1.0]; 4],
        triangles: vec![[0, 1, 2], [1, 3, 2]],
        parts: vec![5; 4],
    }
}

/// Smooth colours with fine noise from a fixed generator; blue stays at 130 and above.
fn noisy_picture() -> Vec<u8> {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) / 8
    };
    (0..PICTURE_PX)
        .flat_map(|y| (0..PICTURE_PX).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let [red, green, blue] =
                [150 + x / 4, 110 + y / 4, 130].map(|base| (base + noise()) as u8);
            [red, green, blue, 255]
        })
        .collect()
}
