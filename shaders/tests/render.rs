//! The renderer on a small made-up face: GPU against the CPU twin, and what must hold for every frame.

mod made_up_face;
mod people;

use std::sync::Arc;

use made_up_face::{PICTURE_PX, made_up_scene, made_up_scene_in_a_large_picture};
use motion::HeadPose;
use proptest::prelude::*;
use shaders::{FaceMotion, Gpu, MeshRenderer, PortraitScene};

/// No adapter is a failure unless the machine says so on purpose.
fn gpu() -> Option<Gpu> {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return None;
    }
    Some(Gpu::headless().expect("a graphics adapter; set SKIP_GPU_TESTS=1 to do without"))
}

fn with_expression(deltas: &[(usize, [f32; 3])]) -> FaceMotion {
    let mut motion = FaceMotion::default();
    for &(keypoint, delta) in deltas {
        motion.frame.expression[keypoint] = delta;
    }
    motion
}

fn pose(pitch: f32, yaw: f32, roll: f32) -> HeadPose {
    HeadPose { pitch, yaw, roll }
}

fn open_mouth() -> FaceMotion {
    with_expression(&[
        (17, [0.0, -0.015, 0.0]),
        (19, [0.0, 0.13, 0.02]),
        (20, [0.0, 0.12, 0.02]),
    ])
}

/// A little of everything, as idle life and speech ask for it together.
fn lively() -> FaceMotion {
    let mut motion = with_expression(&[
        (11, [0.0, 0.05, 0.0]),
        (13, [0.03, 0.0, 0.0]),
        (15, [0.0, 0.02, 0.0]),
        (16, [0.03, 0.0, 0.0]),
        (19, [0.0, 0.08, 0.0]),
        (20, [0.0, 0.06, 0.0]),
    ]);
    motion.frame.pose = pose(0.06, -0.12, 0.05);
    motion.frame.scale = 1.01;
    motion.frame.translation = [0.02, -0.01, 0.0];
    motion
}

fn assert_like_twin(gpu: &Gpu, scene: &PortraitScene, motion: &FaceMotion, size: [u32; 2]) {
    let [width, height] = size;
    let mut renderer = MeshRenderer::new(gpu, scene, width, height).expect("the scene is sound");
    renderer.render(motion);
    let frame = renderer.read_rgba().expect("the device answers");
    let twin = shaders::cpu::render(scene, motion, width, height).expect("the scene is sound");
    let differences = || frame.iter().zip(&twin).map(|(a, b)| a.abs_diff(*b));
    // Measured on lavapipe: at most 2, from filtering in 8 bits. Pixels on an edge may fall to the other side on
    // cards that snap corners more coarsely.
    let outliers = differences().filter(|&difference| difference > 4).count();
    assert!(
        outliers * 1000 <= frame.len(),
        "{outliers} of {} bytes differ, by up to {:?}",
        frame.len(),
        differences().max()
    );
}

#[test]
fn the_gpu_draws_what_the_twin_draws() {
    let Some(gpu) = gpu() else { return };
    let scene = made_up_scene();
    let pressed = with_expression(&[(17, [0.0, 0.02, 0.0]), (19, [0.0, -0.01, 0.0])]);
    for motion in [open_mouth(), lively(), pressed] {
        assert_like_twin(&gpu, &scene, &motion, [PICTURE_PX, PICTURE_PX]);
        assert_like_twin(&gpu, &scene, &motion, [90, 70]);
        assert_like_twin(&gpu, &scene, &motion, [200, 240]);
    }
}

#[test]
fn a_still_portrait_is_bit_exact() {
    let scene = made_up_scene();
    let still = FaceMotion::default();
    let twin = shaders::cpu::render(&scene, &still, PICTURE_PX, PICTURE_PX).expect("sound");
    assert!(twin == scene.rgba, "the twin changed the picture");
    let Some(gpu) = gpu() else { return };
    let mut renderer = MeshRenderer::new(&gpu, &scene, PICTURE_PX, PICTURE_PX).expect("sound");
    assert!(
        renderer.read_rgba().expect("answers") == scene.rgba,
        "before a frame"
    );
    renderer.render(&lively());
    assert!(
        renderer.read_rgba().expect("answers") != scene.rgba,
        "nothing moved"
    );
    renderer.render(&still);
    assert!(
        renderer.read_rgba().expect("answers") == scene.rgba,
        "after moving"
    );
}

#[test]
fn of_a_large_picture_only_the_person_changes() {
    let scene = made_up_scene_in_a_large_picture();
    let [width, height] = [scene.width_px, scene.height_px];
    let motions = [lively(), open_mouth(), FaceMotion::default(), lively()];
    let twins = motions.map(|motion| {
        shaders::cpu::render(&scene, &motion, width, height).expect("the scene is sound")
    });
    assert!(twins[2] == scene.rgba, "a still face changed the picture");
    let mut changed = 0;
    let pixels = twins[0].chunks_exact(4).zip(scene.rgba.chunks_exact(4));
    for (index, (now, before)) in pixels.enumerate() {
        let (x, y) = (index as u32 % width, index as u32 / width);
        let is_near = (250..378).contains(&x) && (160..288).contains(&y);
        changed += usize::from(now != before);
        assert!(is_near || now == before, "{x} {y}: {now:?} {before:?}");
    }
    assert!(changed > 1000, "{changed} pixels moved");
    let Some(gpu) = gpu() else { return };
    for motion in motions {
        assert_like_twin(&gpu, &scene, &motion, [width, height]);
    }
    // Nothing of a frame stays in the next one.
    let mut renderer = MeshRenderer::new(&gpu, &scene, width, height).expect("sound");
    let mut frames = motions.map(|motion| {
        renderer.render(&motion);
        renderer.read_rgba().expect("answers")
    });
    assert!(frames[2] == scene.rgba, "traces of the frame before");
    let again = std::mem::take(&mut frames[3]);
    assert!(frames[0] == again, "the same motion, another frame");
}

#[test]
fn the_border_never_changes() {
    let Some(gpu) = gpu() else { return };
    let scene = made_up_scene();
    let mut renderer = MeshRenderer::new(&gpu, &scene, PICTURE_PX, PICTURE_PX).expect("sound");
    renderer.render(&lively());
    let frame = renderer.read_rgba().expect("answers");
    let side = PICTURE_PX as usize;
    for along in 0..side {
        for (x, y) in [(along, 0), (along, side - 1), (0, along), (side - 1, along)] {
            let at = (y * side + x) * 4;
            for (now, before) in frame[at..at + 4].iter().zip(&scene.rgba[at..at + 4]) {
                // Half a pixel inside the border the mesh has moved by a few hundredths of a pixel at most.
                let difference = now.abs_diff(*before);
                assert!(difference <= 6, "{x} {y}: {difference}");
            }
        }
    }
}

#[test]
fn the_inside_shows_only_when_the_mouth_opens() {
    let scene = made_up_scene();
    // The inside is darker than anything in the picture.
    let inside = |motion: &FaceMotion| {
        let frame = shaders::cpu::render(&scene, motion, PICTURE_PX, PICTURE_PX).expect("sound");
        let is_inside = |pixel: &&[u8]| made_up_face::is_inside(pixel);
        frame.chunks_exact(4).filter(is_inside).count()
    };
    let mut turned = FaceMotion::default();
    turned.frame.pose = pose(-0.1, 0.15, 0.0);
    let pressed = with_expression(&[(17, [0.0, 0.03, 0.0]), (19, [0.0, -0.03, 0.0])]);
    assert_eq!(inside(&turned), 0, "turning the head showed the inside");
    assert_eq!(inside(&pressed), 0, "pressing the lips showed the inside");
    assert!(inside(&open_mouth()) > 20, "an open mouth shows its inside");
}

#[test]
fn a_dark_line_lies_between_lips_that_press() {
    let scene = made_up_scene();
    let darkest = |motion: &FaceMotion| {
        let frame = shaders::cpu::render(&scene, motion, PICTURE_PX, PICTURE_PX).expect("sound");
        let light = |pixel: &[u8]| pixel[..3].iter().map(|&byte| u32::from(byte)).sum::<u32>();
        let lips = &scene.rig.lips_inner;
        let mean = |axis: usize| {
            let places = lips
                .iter()
                .map(|&lip| scene.vertices_px[lip as usize][axis]);
            (places.sum::<f32>() / lips.len() as f32) as usize
        };
        let [x, y] = [mean(0), mean(1)];
        let column = (y - 6..y + 6).map(|y| light(&frame[(y * PICTURE_PX as usize + x) * 4..]));
        column.min()
    };
    let pressed = |by: f32| with_expression(&[(17, [0.0, by, 0.0]), (19, [0.0, -by, 0.0])]);
    let mut nodding = FaceMotion::default();
    nodding.frame.pose = pose(0.02, 0.0, 0.0);
    let [nodding, touching, pressing] =
        [nodding, pressed(0.004), pressed(0.03)].map(|motion| darkest(&motion));
    assert!(touching < nodding, "{touching:?} {nodding:?}");
    assert!(pressing < touching, "{pressing:?} {touching:?}");
}

#[test]
fn lips_whose_landmarks_cross_open_all_the_same() {
    // Landmarks of lips that touch may lie the wrong way round, by a fraction of a pixel.
    let mut scene = made_up_scene();
    let middle = scene.vertices_px[0][1];
    for &lip in &scene.rig.lips_inner {
        let height = &mut scene.vertices_px[lip as usize][1];
        *height = 2.0 * middle - *height;
    }
    let frame = shaders::cpu::render(&scene, &open_mouth(), PICTURE_PX, PICTURE_PX).expect("sound");
    let is_inside = |pixel: &&[u8]| made_up_face::is_inside(pixel);
    assert!(frame.chunks_exact(4).filter(is_inside).count() > 20);
}

#[test]
fn speech_folds_nothing() {
    let scene = made_up_scene();
    for motion in [open_mouth(), lively()] {
        let folded = shaders::cpu::folded_triangles(&scene, &motion, PICTURE_PX, PICTURE_PX);
        assert_eq!(folded.expect("sound"), 0);
    }
}

#[test]
fn a_lost_device_is_an_error() {
    if gpu().is_none() {
        return;
    }
    let (instance, adapter) = Gpu::headless_adapter().expect("an adapter");
    let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
        required_limits: adapter.limits(),
        ..wgpu::DeviceDescriptor::default()
    }))
    .expect("a device");
    let gpu = Gpu::from_device(instance, adapter, device.clone(), queue);
    let mut renderer =
        MeshRenderer::new(&gpu, &made_up_scene(), PICTURE_PX, PICTURE_PX).expect("sound");
    renderer.render(&lively());
    renderer.read_rgba().expect("the device answers");
    device.destroy();
    for _ in 0..2 {
        renderer.render(&open_mouth());
        let lost = renderer.read_rgba();
        assert!(matches!(lost, Err(shaders::Error::DeviceLost(_))));
    }
}

#[test]
fn scenes_that_do_not_fit_are_refused() {
    let mut scene = made_up_scene();
    Arc::make_mut(&mut scene.rig).displacement_map.pop();
    let error = shaders::cpu::render(&scene, &FaceMotion::default(), 64, 64).expect_err("refused");
    assert!(error.to_string().contains("displacement map"), "{error}");
    let mut scene = made_up_scene();
    scene.vertices_px[3][1] = f32::NAN;
    let error = shaders::cpu::render(&scene, &FaceMotion::default(), 64, 64).expect_err("refused");
    assert!(error.to_string().contains("not a number"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_motion_draws_a_frame(
        numbers in prop::collection::vec(-0.3_f32..0.3, 63),
        angles in prop::array::uniform3(-0.5_f32..0.5),
        scale in 0.8_f32..1.2,
    ) {
        let mut motion = FaceMotion::default();
        motion.frame.pose = HeadPose { pitch: angles[0], yaw: angles[1], roll: angles[2] };
        motion.frame.scale = scale;
        for (slot, number) in motion.frame.expression.iter_mut().flatten().zip(numbers) {
            *slot = number;
        }
        let scene = made_up_scene();
        let frame = shaders::cpu::render(&scene, &motion, 64, 64).expect("sound");
        prop_assert_eq!(frame.len(), 64 * 64 * 4);
    }
}
