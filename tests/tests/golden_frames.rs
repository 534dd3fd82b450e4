//! The default portrait, analysed by the engine and drawn by the renderer, against stored frames.
//!
//! `UPDATE_GOLDEN=1` rewrites the frames that fail; a failure writes `*.actual.png` and `*.diff.png` beside them.

use std::path::{Path, PathBuf};

use engine::portrait::{Analyzer, load_picture};
use image::{RgbaImage, imageops};
use shaders::{FaceMotion, Gpu, MeshRenderer, MeshRig, MouthInterior, PortraitScene, Similarity};

/// Side of the stored frames.
const FRAME_PX: u32 = 128;
/// Part of the portrait around the face: x, y, side.
const CROP_PX: [u32; 3] = [112, 40, 300];
/// The same on every software rasteriser tried; cards filter with other rounding.
const TOLERANCE: u8 = 6;
/// Pixels that may differ by more: edges of the teeth and lids may fall one pixel aside.
const MAX_OUTLIERS: usize = 60;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The default portrait's face, close up.
fn close_up() -> PortraitScene {
    scene(Some(CROP_PX))
}

/// The default portrait, or a part of it: x, y, side.
fn scene(part_px: Option<[u32; 3]>) -> PortraitScene {
    let picture = load_picture(&root().join("assets/portraits/grace_hopper.jpg"))
        .expect("the default portrait opens");
    let full = RgbaImage::from_raw(picture.width, picture.height, picture.rgba)
        .expect("a picture has the bytes that its size says");
    let part = part_px.map_or(full.clone(), |[x, y, side]| {
        imageops::crop_imm(&full, x, y, side, side).to_image()
    });
    let (width_px, height_px) = part.dimensions();
    let rgba = part.into_raw();
    let analyzer = Analyzer::load(&root().join("models")).expect("the face models are there");
    let mesh = analyzer
        .analyze(&rgba, width_px, height_px)
        .expect("the default portrait shows a face");
    let rig = analyzer.rig();
    PortraitScene {
        width_px,
        height_px,
        rgba,
        matte: Some(mesh.matte),
        vertices_px: mesh.vertices_px,
        irises_px: mesh.irises_px,
        iris_radii_px: mesh.iris_radii_px,
        picture_from_canonical: Similarity {
            scale_px: mesh.picture_from_canonical.scale_px,
            rotation: mesh.picture_from_canonical.rotation,
            translation_px: mesh.picture_from_canonical.translation_px,
        },
        rig: MeshRig {
            canonical_vertices: rig.canonical_vertices.clone(),
            triangles: rig.triangles.clone(),
            displacement_map: rig.displacement_map.clone(),
            jaw_map: rig.jaw_map.concat(),
            face_oval: rig.face_oval.clone(),
            lips_inner: rig.lips_inner.clone(),
            lips_outer: rig.lips_outer.clone(),
            left_eye: rig.left_eye.clone(),
            right_eye: rig.right_eye.clone(),
            interior: MouthInterior {
                positions: rig.interior.positions.clone(),
                normals: rig.interior.normals.clone(),
                triangles: rig.interior.triangles.clone(),
                parts: rig.interior.part.iter().map(|&part| part as u8).collect(),
            },
        },
    }
}

fn with_expression(deltas: &[(usize, [f32; 3])]) -> FaceMotion {
    let mut motion = FaceMotion::default();
    for &(keypoint, delta) in deltas {
        motion.expression[keypoint] = delta;
    }
    motion
}

fn with_yaw(degrees: f32) -> FaceMotion {
    FaceMotion {
        yaw: degrees.to_radians(),
        ..FaceMotion::default()
    }
}

/// The stored frames by name.
fn cases() -> Vec<(&'static str, FaceMotion)> {
    vec![
        ("neutral", FaceMotion::default()),
        (
            "aa",
            with_expression(&[
                (17, [0.0, -0.015, 0.0]),
                (19, [0.0, 0.13, 0.02]),
                (20, [0.0, 0.12, 0.02]),
            ]),
        ),
        (
            "oo",
            with_expression(&[
                (14, [-0.06, 0.0, -0.02]),
                (17, [0.0, -0.015, -0.05]),
                (19, [0.0, 0.045, -0.05]),
                (20, [0.0, 0.03, -0.01]),
            ]),
        ),
        (
            "m",
            with_expression(&[(17, [0.0, 0.012, 0.01]), (19, [0.0, -0.012, 0.01])]),
        ),
        (
            "blink",
            with_expression(&[(11, [0.0, 0.12, 0.0]), (15, [0.0, 0.12, 0.0])]),
        ),
        ("yaw_left", with_yaw(-10.0)),
        ("yaw_right", with_yaw(10.0)),
    ]
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
fn the_default_portrait_looks_as_stored() {
    let Some(gpu) = gpu() else { return };
    let scene = close_up();
    let mut renderer =
        MeshRenderer::new(&gpu, &scene, FRAME_PX, FRAME_PX).expect("the scene is sound");
    let failures: Vec<String> = cases()
        .iter()
        .filter_map(|(name, motion)| {
            renderer.render(motion);
            let rgba = renderer.read_rgba().expect("the device answers");
            let frame = RgbaImage::from_raw(FRAME_PX, FRAME_PX, rgba).expect("a whole frame");
            check(name, &frame).err()
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_default_portrait_at_rest_is_bit_exact() {
    let Some(gpu) = gpu() else { return };
    let scene = close_up();
    let mut renderer = MeshRenderer::new(&gpu, &scene, scene.width_px, scene.height_px)
        .expect("the scene is sound");
    assert!(renderer.read_rgba().expect("the device answers") == scene.rgba);
}

#[test]
fn speech_and_small_turns_fold_nothing() {
    let scene = scene(None);
    let mut motions = cases();
    for amplitude in [0.5, 0.75, 1.2] {
        for (name, mut motion) in cases() {
            motion
                .expression
                .iter_mut()
                .flatten()
                .for_each(|delta| *delta *= amplitude);
            motion.pitch = 0.1 * amplitude;
            motion.roll = 0.08 * amplitude;
            motions.push((name, motion));
        }
    }
    for (name, motion) in motions {
        let folded = shaders::cpu::folded_triangles(&scene, &motion, 512, 512).expect("sound");
        assert_eq!(folded, 0, "{name}: {motion:?}");
    }
}
