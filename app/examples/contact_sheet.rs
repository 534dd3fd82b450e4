//! Draws a portrait in every position that tells whether its face holds: each mouth shape, lids, gaze, turns.
//!
//! ```text
//! cargo run --release --example contact_sheet -- OUT_FOLDER ZOOM PORTRAIT...
//! ```
//!
//! Writes `OUT_FOLDER/NAME.png` for each portrait: cells of [`CELL_PX`], row by row in the order of [`positions`]. ZOOM 1 shows
//! the whole picture, 2 its middle half.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use engine::motion::HeadPose;
use image::{RgbaImage, imageops};
use shaders::{FaceMotion, Gpu};
use studio::avatar::{AvatarMaker, fitted_size};
use studio::resources::Resources;

const CELL_PX: u32 = 512;
const COLUMNS: usize = 4;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().map(PathBuf::from).context("OUT_FOLDER")?;
    let zoom: f32 = arguments
        .next()
        .context("ZOOM")?
        .parse()
        .context("ZOOM is a number")?;
    std::fs::create_dir_all(&out).with_context(|| out.display().to_string())?;
    let maker = AvatarMaker::load(&Resources::find(None).models)?;
    let gpu = Gpu::headless()?;
    for portrait in arguments.map(PathBuf::from) {
        let sheet = sheet(&maker, &gpu, &portrait, zoom)?;
        let path = out
            .join(portrait.file_stem().context("a portrait has a name")?)
            .with_extension("png");
        sheet
            .save(&path)
            .with_context(|| path.display().to_string())?;
        println!("{}", path.display());
    }
    Ok(())
}

fn sheet(maker: &AvatarMaker, gpu: &Gpu, portrait: &Path, zoom: f32) -> anyhow::Result<RgbaImage> {
    let avatar = maker.make(portrait)?;
    let (width, height) = fitted_size(
        avatar.picture_size_px(),
        (CELL_PX as f32 * zoom).round() as u32,
    );
    let mut renderer = avatar.renderer(gpu, width, height)?;
    let positions = positions();
    let rows = positions.len().div_ceil(COLUMNS);
    let mut sheet = RgbaImage::new(CELL_PX * COLUMNS as u32, CELL_PX * rows as u32);
    let (left, top) = (
        width.saturating_sub(CELL_PX) / 2,
        height.saturating_sub(CELL_PX) * 2 / 5,
    );
    for (number, motion) in positions.iter().enumerate() {
        renderer.render(motion);
        let frame = RgbaImage::from_raw(width, height, renderer.read_rgba()?)
            .context("a frame holds four bytes for each pixel")?;
        let cell = imageops::crop_imm(&frame, left, top, CELL_PX, CELL_PX);
        let (column, row) = (number % COLUMNS, number / COLUMNS);
        imageops::replace(
            &mut sheet,
            &*cell,
            i64::from(CELL_PX) * column as i64,
            i64::from(CELL_PX) * row as i64,
        );
    }
    Ok(sheet)
}

/// Rest, aa, half aa, eh; ee, oo, m, f; th, smile, blink, half blink; gaze to both sides, up, brows; yaw and pitch both ways; and
/// a moment of speech with all of it.
fn positions() -> Vec<FaceMotion> {
    let rest = FaceMotion::default();
    let lids = |down: f32| expression(&[(11, [0.0, down, 0.0]), (15, [0.0, down, 0.0])]);
    let gaze = |x: f32, y: f32| expression(&[(13, [x, y, 0.0]), (16, [x, y, 0.0])]);
    vec![
        rest,
        expression(&[
            (17, [0.0, -0.015, 0.0]),
            (19, [0.0, 0.13, 0.02]),
            (20, [0.0, 0.12, 0.02]),
        ]),
        expression(&[
            (17, [0.0, -0.01, 0.0]),
            (19, [0.0, 0.06, 0.0]),
            (20, [0.0, 0.05, 0.0]),
        ]),
        expression(&[
            (14, [0.02, 0.0, 0.0]),
            (17, [0.0, -0.015, 0.0]),
            (19, [0.0, 0.07, 0.01]),
            (20, [0.0, 0.06, 0.01]),
        ]),
        expression(&[
            (14, [0.05, -0.01, 0.01]),
            (17, [0.0, -0.02, 0.0]),
            (19, [0.0, 0.045, 0.0]),
            (20, [0.0, 0.02, 0.0]),
        ]),
        expression(&[
            (14, [-0.06, 0.0, -0.02]),
            (17, [0.0, -0.015, -0.05]),
            (19, [0.0, 0.045, -0.05]),
            (20, [0.0, 0.03, -0.01]),
        ]),
        expression(&[(17, [0.0, 0.012, 0.01]), (19, [0.0, -0.012, 0.01])]),
        expression(&[
            (17, [0.0, -0.03, 0.0]),
            (19, [0.0, -0.01, 0.03]),
            (20, [0.0, 0.01, 0.0]),
        ]),
        expression(&[
            (17, [0.0, -0.01, 0.0]),
            (19, [0.0, 0.03, 0.0]),
            (20, [0.0, 0.025, 0.0]),
        ]),
        expression(&[(14, [0.05, -0.03, 0.0])]),
        lids(0.12),
        lids(0.05),
        gaze(-0.04, 0.0),
        gaze(0.04, 0.0),
        gaze(0.0, -0.02),
        expression(&[(1, [0.0, -0.05, 0.0]), (2, [0.0, -0.05, 0.0])]),
        turned(&rest, |pose| pose.yaw = (-15.0_f32).to_radians()),
        turned(&rest, |pose| pose.yaw = 15.0_f32.to_radians()),
        turned(&rest, |pose| pose.pitch = (-10.0_f32).to_radians()),
        turned(&rest, |pose| pose.pitch = 10.0_f32.to_radians()),
        turned(&rest, |pose| pose.roll = 8.0_f32.to_radians()),
        turned(
            &expression(&[
                (1, [0.0, -0.04, 0.0]),
                (2, [0.0, -0.04, 0.0]),
                (11, [0.0, 0.06, 0.0]),
                (15, [0.0, 0.06, 0.0]),
                (17, [0.0, -0.015, 0.0]),
                (19, [0.0, 0.11, 0.02]),
                (20, [0.0, 0.10, 0.02]),
            ]),
            |pose| {
                *pose = HeadPose {
                    yaw: 6.0_f32.to_radians(),
                    pitch: 3.0_f32.to_radians(),
                    roll: (-4.0_f32).to_radians(),
                };
            },
        ),
    ]
}

/// The same with the head turned by `turn`.
fn turned(motion: &FaceMotion, turn: impl Fn(&mut HeadPose)) -> FaceMotion {
    let mut motion = *motion;
    turn(&mut motion.frame.pose);
    motion
}

/// The face at rest but for some keypoints: (keypoint, how far it moves).
fn expression(deltas: &[(usize, [f32; 3])]) -> FaceMotion {
    let mut motion = FaceMotion::default();
    for &(keypoint, delta) in deltas {
        motion.frame.expression[keypoint] = delta;
    }
    motion
}
