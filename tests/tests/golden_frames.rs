//! Portraits, analysed by the engine and drawn by the renderer, against stored frames: neutral, six visemes, blinks, turns and gaze.
//!
//! `UPDATE_GOLDEN=1` rewrites the frames that fail; a failure writes `*.actual.png` and `*.diff.png` beside them.

use std::path::Path;

use engine::portrait::{Picture, load_picture};
use image::{RgbaImage, imageops};
use jam_flow_tests::portraits;
use shaders::{FaceMotion, Gpu, MeshRenderer, PortraitScene};

/// Side of the stored frames.
const FRAME_PX: u32 = 128;
/// Poses that are stored: the first of [`portraits::poses`].
const STORED_POSES: usize = 15;
/// Portraits with stored frames, each with the part around the face: x, y, side.
const PORTRAITS: [(&str, [u32; 3]); 3] = [
    ("assets/portraits/grace_hopper.jpg", [112, 40, 300]),
    ("assets/portraits/nora.jpg", [144, 96, 480]),
    ("tests/pictures/three_quarter.jpg", [80, 50, 270]),
];
/// The same on every software rasteriser tried; cards filter with other rounding.
const TOLERANCE: u8 = 6;
/// Triangles, of some nine hundred, that may fold in one frame: slivers between the lips of a strong f.
const MAX_FOLDED: usize = 2;
/// Pixels that may differ by more: edges of the teeth and lids may fall one pixel aside.
const MAX_OUTLIERS: usize = 60;

/// A portrait of the project, or a part of it (x, y, side), and its poses.
fn scene(
    file: &str,
    part_px: Option<[u32; 3]>,
) -> (PortraitScene, Vec<(&'static str, FaceMotion)>) {
    let path = portraits::project().join(file);
    let picture = load_picture(&path).expect("the portrait opens");
    let full = RgbaImage::from_raw(picture.width, picture.height, picture.rgba)
        .expect("a picture has the bytes that its size says");
    let part = part_px.map_or(full.clone(), |[x, y, side]| {
        imageops::crop_imm(&full, x, y, side, side).to_image()
    });
    let (width, height) = part.dimensions();
    let rgba = part.into_raw();
    let analyzer = portraits::analyzer();
    let mesh = analyzer
        .analyze(&rgba, width, height)
        .expect("the portrait shows a face");
    let poses = portraits::poses(mesh.eye_opening);
    let picture = Picture {
        width,
        height,
        rgba,
    };
    (portraits::scene(picture, mesh, &analyzer), poses)
}

/// No adapter is a failure unless the machine says so on purpose.
fn gpu() -> Option<Gpu> {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return None;
    }
    Some(Gpu::headless().expect("a graphics adapter; set SKIP_GPU_TESTS=1 to do without"))
}

/// Compares with `golden/NAME.png`; an error says how they differ.
fn check(name: &str, frame: &RgbaImage) -> Result<(), String> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let path = golden.join(format!("{name}.png"));
    let expected = image::open(&path).ok().map(|image| image.to_rgba8());
    let apart = |expected: &RgbaImage| {
        let differs = |(a, b): &(&image::Rgba<u8>, &image::Rgba<u8>)| {
            a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > TOLERANCE)
        };
        frame
            .pixels()
            .zip(expected.pixels())
            .filter(differs)
            .count()
    };
    let outliers = match &expected {
        Some(expected) if expected.dimensions() == frame.dimensions() => apart(expected),
        _ => usize::MAX,
    };
    if outliers <= MAX_OUTLIERS {
        return Ok(());
    }
    let save = |image: &RgbaImage, suffix: &str| {
        let path = golden.join(format!("{name}{suffix}.png"));
        image.save(&path).map_err(|error| error.to_string())
    };
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return save(frame, "");
    }
    save(frame, ".actual")?;
    if let Some(expected) = expected.filter(|expected| expected.dimensions() == frame.dimensions())
    {
        let mut difference = frame.clone();
        for (pixel, other) in difference.pixels_mut().zip(expected.pixels()) {
            for channel in 0..3 {
                pixel.0[channel] = pixel.0[channel]
                    .abs_diff(other.0[channel])
                    .saturating_mul(8);
            }
        }
        save(&difference, ".diff")?;
    }
    Err(format!(
        "{name}: {outliers} pixels differ by more than {TOLERANCE}; see {name}.actual.png"
    ))
}

#[test]
fn portraits_look_as_stored() {
    let Some(gpu) = gpu() else { return };
    let mut failures = Vec::new();
    for (file, part_px) in PORTRAITS {
        let (scene, poses) = scene(file, Some(part_px));
        let mut renderer =
            MeshRenderer::new(&gpu, &scene, FRAME_PX, FRAME_PX).expect("the scene is sound");
        let portrait = Path::new(file).file_stem().expect("a portrait has a name");
        for (pose, motion) in poses.iter().take(STORED_POSES) {
            renderer.render(motion);
            let rgba = renderer.read_rgba().expect("the device answers");
            let frame = RgbaImage::from_raw(FRAME_PX, FRAME_PX, rgba).expect("a whole frame");
            let name = format!("{}_{pose}", portrait.display());
            failures.extend(check(&name, &frame).err());
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_gpu_draws_what_the_twin_draws() {
    let Some(gpu) = gpu() else { return };
    for (file, part_px) in PORTRAITS {
        let (scene, poses) = scene(file, Some(part_px));
        let mut renderer =
            MeshRenderer::new(&gpu, &scene, FRAME_PX, FRAME_PX).expect("the scene is sound");
        for (pose, motion) in poses {
            renderer.render(&motion);
            let frame = renderer.read_rgba().expect("the device answers");
            let twin = shaders::cpu::render(&scene, &motion, FRAME_PX, FRAME_PX).expect("sound");
            let apart = frame.iter().zip(&twin).filter(|(a, b)| a.abs_diff(**b) > 4);
            let apart = apart.count();
            assert!(apart <= MAX_OUTLIERS, "{file} {pose}: {apart} bytes differ");
        }
    }
}

#[test]
fn portraits_at_rest_are_bit_exact() {
    let Some(gpu) = gpu() else { return };
    for (file, _) in PORTRAITS {
        let (scene, _) = scene(file, None);
        let mut renderer = MeshRenderer::new(&gpu, &scene, scene.width_px, scene.height_px)
            .expect("the scene is sound");
        assert!(renderer.read_rgba().expect("the device answers") == scene.rgba);
    }
}

#[test]
fn speech_and_small_turns_fold_next_to_nothing() {
    for (file, _) in PORTRAITS {
        let (scene, poses) = scene(file, None);
        let mut motions = Vec::new();
        for amplitude in [0.5, 0.75, 1.0, 1.2] {
            for (pose, mut motion) in poses.clone() {
                motion
                    .frame
                    .expression
                    .iter_mut()
                    .flatten()
                    .for_each(|delta| *delta *= amplitude);
                // The widest turns of idle life, with room; those of the poses themselves may hide a cheek.
                motion.frame.pose.pitch =
                    motion.frame.pose.pitch.clamp(-0.06, 0.06) + 0.1 * amplitude;
                motion.frame.pose.yaw = motion.frame.pose.yaw.clamp(-0.18, 0.18);
                motion.frame.pose.roll = 0.08 * amplitude;
                motions.push((pose, motion));
            }
        }
        for (pose, motion) in motions {
            let folded = shaders::cpu::folded_triangles(&scene, &motion, 512, 512).expect("sound");
            assert!(folded <= MAX_FOLDED, "{file} {pose}: {folded}, {motion:?}");
        }
    }
}
