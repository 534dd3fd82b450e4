//! Every portrait that ships: found, read and moved, and named with its licence.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};

use shaders::{FaceMotion, Gpu};
use studio::avatar::{
    AvatarMaker, NEUTRAL_BACKGROUND, PortraitNotice, fitted_size, group_renderer,
};
use studio::look::Background;
use studio::resources::Resources;

const FRAME_PX: u32 = 256;
/// Picture files are part of the repository: together they stay small.
const MAX_BYTES: u64 = 200_000;
/// A channel that moves by more than this belongs to what moved.
const VISIBLE: u8 = 12;

fn portraits() -> Vec<PathBuf> {
    Resources::find(None).portraits().unwrap()
}

fn moved(deltas: &[(usize, [f32; 3])]) -> FaceMotion {
    let mut motion = FaceMotion::default();
    for &(keypoint, delta) in deltas {
        motion.frame.expression[keypoint] = delta;
    }
    motion
}

/// Rows, as parts of the height, of the pixels that differ visibly: (highest, lowest, how many).
fn changed_rows(before: &[u8], after: &[u8], width: usize) -> (f32, f32, usize) {
    let rows: Vec<usize> = before
        .chunks(4)
        .zip(after.chunks(4))
        .enumerate()
        .filter(|(_, (a, b))| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > VISIBLE))
        .map(|(index, _)| index / width)
        .collect();
    let height = (before.len() / 4 / width) as f32;
    let first = rows.iter().min().copied().unwrap_or(0);
    let last = rows.iter().max().copied().unwrap_or(0);
    (first as f32 / height, last as f32 / height, rows.len())
}

#[test]
fn every_portrait_opens_its_mouth_and_shuts_its_eyes() {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return;
    }
    let maker = AvatarMaker::load(&Resources::find(None).models).unwrap();
    let gpu = Gpu::headless().unwrap();
    let portraits = portraits();
    assert!(portraits.len() >= 5, "a cast of five: {portraits:?}");
    for path in portraits {
        let name = path.display();
        let avatar = maker.make(&path).unwrap();
        let (width, height) = fitted_size(avatar.picture_size_px(), FRAME_PX);
        let mut renderer = avatar.renderer(&gpu, width, height).unwrap();
        let mut frame = |motion: &FaceMotion| {
            renderer.render(motion);
            renderer.read_rgba().unwrap()
        };
        let rest = frame(&FaceMotion::default());
        let open = frame(&moved(&[
            (17, [0.0, -0.015, 0.0]),
            (19, [0.0, 0.13, 0.02]),
            (20, [0.0, 0.12, 0.02]),
        ]));
        let shut = frame(&moved(&[(11, [0.0, 0.12, 0.0]), (15, [0.0, 0.12, 0.0])]));
        let (mouth_top, _, mouth_pixels) = changed_rows(&rest, &open, width as usize);
        let (eyes_top, eyes_bottom, eye_pixels) = changed_rows(&rest, &shut, width as usize);
        assert!(mouth_pixels > 100, "{name}: {mouth_pixels} pixels of mouth");
        assert!(eye_pixels > 30, "{name}: {eye_pixels} pixels of lids");
        assert!(
            eyes_top < mouth_top && eyes_bottom - eyes_top < 0.2,
            "{name}: lids {eyes_top}..{eyes_bottom}, mouth from {mouth_top}"
        );
    }
}

#[test]
fn portraits_that_lie_on_their_side_or_are_cut_out_come_out_right() {
    let maker = AvatarMaker::load(&Resources::find(None).models).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let nora = Resources::find(None).default_portrait().unwrap();
    let picture = image::open(&nora).unwrap().into_rgba8();
    let upright = maker.make(&nora).unwrap();
    assert!(upright.notices().is_empty());
    let [x, y] = upright.face_middle_px();
    for (quarters, degrees) in [(1, 270), (2, 180), (3, 90)] {
        let turned = match quarters {
            1 => image::imageops::rotate90(&picture),
            2 => image::imageops::rotate180(&picture),
            _ => image::imageops::rotate270(&picture),
        };
        let path = folder.path().join(format!("{quarters}.tiff"));
        turned.save(&path).unwrap();
        let avatar = maker.make(&path).unwrap();
        assert_eq!(avatar.notices(), [PortraitNotice::Turned { degrees }]);
        let [new_x, new_y] = avatar.face_middle_px();
        assert!((new_x - x).abs() < 2.0 && (new_y - y).abs() < 2.0);
    }
    // Cut out along its left, with black and noise under what is clear.
    let mut cut_out = picture;
    let clear_columns = cut_out.width() / 8;
    for (column, row, pixel) in cut_out.enumerate_pixels_mut() {
        if column < clear_columns {
            *pixel = image::Rgba([(column * row) as u8, 0, 0, 0]);
        }
    }
    let path = folder.path().join("cut.png");
    cut_out.save(&path).unwrap();
    let avatar = maker.make(&path).unwrap();
    for (has_alpha, background) in [(true, Background::Keep), (false, NEUTRAL_BACKGROUND)] {
        assert_eq!(avatar.background(Background::Keep, has_alpha), background);
        if std::env::var_os("SKIP_GPU_TESTS").is_some() {
            continue;
        }
        let gpu = Gpu::headless().unwrap();
        let people = [std::sync::Arc::new(maker.make(&path).unwrap())];
        let mut renderer = group_renderer(&people, &gpu, (256, 256), background).unwrap();
        renderer.render(&[FaceMotion::default()]);
        let rgba = renderer.read_rgba().unwrap();
        match has_alpha {
            true => assert_eq!(rgba[3], 0),
            false => assert_eq!(rgba[..4], [200, 200, 200, 255]),
        }
    }
}

#[test]
fn shut_eyes_are_told() {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return;
    }
    let maker = AvatarMaker::load(&Resources::find(None).models).unwrap();
    let nora = Resources::find(None).default_portrait().unwrap();
    let avatar = maker.make(&nora).unwrap();
    let (width, height) = avatar.picture_size_px();
    let gpu = Gpu::headless().unwrap();
    let mut renderer = avatar.renderer(&gpu, width, height).unwrap();
    let [left, right] = avatar.driven().eye_opening.map(|opening| 0.88 * opening);
    renderer.render(&moved(&[(11, [0.0, left, 0.0]), (15, [0.0, right, 0.0])]));
    let rgba = renderer.read_rgba().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shut.png");
    image::RgbaImage::from_raw(width, height, rgba)
        .unwrap()
        .save(&path)
        .unwrap();
    assert_eq!(
        maker.make(&path).unwrap().notices(),
        [PortraitNotice::ShutEyes]
    );
}

#[test]
fn every_portrait_is_small_and_named_with_its_licence() {
    let folder = Resources::find(None).assets.join("portraits");
    let said = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for path in portraits() {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap();
        let row = said.lines().find(|line| line.contains(name));
        let row = row.unwrap_or_else(|| panic!("assets/portraits/README.md names no {name}"));
        assert!(
            row.contains("Public domain") || row.contains("CC0"),
            "{row}"
        );
        assert!(size(&path) <= MAX_BYTES, "{name} has {} bytes", size(&path));
    }
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

#[test]
fn every_portrait_shows_one_person() {
    let analyzer = jam_flow_tests::portraits::analyzer();
    for path in portraits() {
        let picture = engine::portrait::load_picture(&path).unwrap();
        let mesh = analyzer.analyze(&picture.rgba, picture.width, picture.height);
        let faces = mesh.unwrap().faces_px;
        assert_eq!(faces.len(), 1, "{}: {faces:?}", path.display());
    }
}
