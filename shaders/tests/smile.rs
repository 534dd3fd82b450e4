//! A made-up face that smiles: its own teeth stay with the skull while the lips move over them.

#[allow(dead_code, reason = "other tests use the rest of the made-up face")]
mod made_up_face;

use made_up_face::{PICTURE_PX, made_up_scene};
use shaders::{FaceMotion, Gpu, MeshRenderer, PortraitScene};

const MOUTH_PX: [f32; 2] = [64.0, 78.0];
/// Half heights of the rings of lips, and of the cheeks, in a smile.
const HALF_HEIGHTS_PX: [f32; 3] = [6.0, 9.5, 14.0];
const TOOTH: [u8; 3] = [235, 230, 215];
/// Where the upper teeth end.
const BITE_PX: f32 = 79.0;
/// The lips stand so far apart, canonical units.
const PARTED: f32 = 0.24;

/// The made-up face with its lips parted over bright teeth.
fn smile() -> PortraitScene {
    let mut scene = made_up_scene();
    for (vertices, half_height) in scene.vertices_px.chunks_mut(36).zip(HALF_HEIGHTS_PX) {
        let middle = vertices.iter().map(|vertex| vertex[1]).sum::<f32>() / 36.0;
        let highest = vertices.iter().map(|vertex| vertex[1] - middle);
        let before = highest.fold(0.0, f32::max);
        for vertex in vertices {
            vertex[1] = middle + (vertex[1] - middle) * half_height / before;
        }
    }
    for (index, pixel) in scene.rgba.chunks_exact_mut(4).enumerate() {
        let place = [index as u32 % PICTURE_PX, index as u32 / PICTURE_PX];
        let [x, y] = [0, 1].map(|axis| place[axis] as f32 + 0.5 - MOUTH_PX[axis]);
        let within = |half: [f32; 2]| (x / half[0]).hypot(y / half[1]) < 1.0;
        let colour = match within([10.5, 5.3]) {
            true if y + MOUTH_PX[1] < BITE_PX => TOOTH,
            true => [45, 20, 18],
            false if within([14.0, 10.0]) => [185, 95, 95],
            false => continue,
        };
        pixel[..3].copy_from_slice(&colour);
    }
    scene
}

/// Speech that opens the mouth so far.
fn speaking(open: f32) -> FaceMotion {
    let mut motion = FaceMotion {
        mouth_shut: 1.0,
        ..FaceMotion::default()
    };
    motion.frame.expression[17][1] = -0.3 * open;
    motion.frame.expression[19][1] = 0.7 * open;
    motion
}

fn drawn(motion: &FaceMotion) -> Vec<u8> {
    shaders::cpu::render(&smile(), motion, PICTURE_PX, PICTURE_PX).expect("the scene is sound")
}

fn pixel(frame: &[u8], x: usize, y: usize) -> [u8; 3] {
    let start = (y * PICTURE_PX as usize + x) * 4;
    [0, 1, 2].map(|channel| frame[start + channel])
}

#[test]
fn lips_that_stay_open_have_no_line_between_them() {
    let mut motion = FaceMotion::default();
    motion.frame.expression[19][1] = 0.008;
    let frame = drawn(&motion);
    let teeth = (59..70).map(|x| pixel(&frame, x, 76));
    assert!(
        teeth.clone().all(|seen| seen == TOOTH),
        "{:?}",
        teeth.collect::<Vec<_>>()
    );
}

#[test]
fn nothing_of_the_teeth_stays_on_shut_lips() {
    let bright = |frame: &[u8]| {
        let around = (64..93).flat_map(|y| (48..81).map(move |x| (x, y)));
        around
            .filter(|&(x, y)| pixel(frame, x, y).iter().all(|&value| value > 175))
            .count()
    };
    assert!(bright(&smile().rgba) > 80, "the picture shows no teeth");
    assert_eq!(bright(&drawn(&speaking(0.0))), 0);
}

#[test]
fn an_open_mouth_shows_the_own_teeth_where_they_are() {
    for open in [PARTED, 1.5 * PARTED] {
        let frame = drawn(&speaking(open));
        for x in [60, 64, 68] {
            let seen = pixel(&frame, x, 76);
            let is_tooth = seen.iter().zip(TOOTH).all(|(a, b)| a.abs_diff(b) < 40);
            assert!(is_tooth, "{open}: {seen:?}");
        }
    }
}

#[test]
fn the_gpu_draws_what_the_twin_draws() {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return;
    }
    let gpu = Gpu::headless().expect("a graphics adapter; set SKIP_GPU_TESTS=1 to do without");
    let mut renderer = MeshRenderer::new(&gpu, &smile(), PICTURE_PX, PICTURE_PX).expect("sound");
    for open in [0.0, 0.5 * PARTED, 1.5 * PARTED] {
        let motion = speaking(open);
        renderer.render(&motion);
        let frame = renderer.read_rgba().expect("the device answers");
        let twin = drawn(&motion);
        let differences = || frame.iter().zip(&twin).map(|(a, b)| a.abs_diff(*b));
        let outliers = differences().filter(|&difference| difference > 4).count();
        assert!(
            outliers * 1000 <= frame.len(),
            "{open}: {outliers} bytes differ, by up to {:?}",
            differences().max()
        );
    }
}
