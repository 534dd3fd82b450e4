//! A film of a face stands in for a camera, and what the face does comes out.

use std::path::PathBuf;

use engine::portrait::load_picture;

use super::*;
use crate::camera::CameraError;
use crate::media::write::Mp4Writer;

const SIDE_PX: usize = 320;
/// Pixels that the face goes to the right in the second half of the film.
const WAY_PX: usize = 24;
/// Pictures of each half.
const HALF: usize = 35;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A face that is still for a while and then goes to the right, at once.
fn film(folder: &Path) -> PathBuf {
    let portrait = load_picture(&data().join("assets/portraits/grace_hopper.jpg")).unwrap();
    let width = portrait.width as usize;
    // Half the size, with what is left of the face in sight.
    let shown = |left: usize| -> Vec<u8> {
        let pixel = |x: usize, y: usize| {
            let x = (2 * x + 2 * WAY_PX).saturating_sub(2 * left);
            let at = 4 * (2 * y.min(portrait.height as usize / 2 - 1) * width + x.min(width - 1));
            [0, 1, 2, 3].map(|c| portrait.rgba[at + c])
        };
        let rows = (0..SIDE_PX).flat_map(|y| (0..SIDE_PX).map(move |x| (x, y)));
        rows.flat_map(|(x, y)| pixel(x, y)).collect()
    };
    let halves = [shown(0), shown(WAY_PX)];
    let path = folder.join("face.mp4");
    let mut writer = Mp4Writer::create(&path, SIDE_PX as u32, SIDE_PX as u32).unwrap();
    for picture in &halves {
        for _ in 0..HALF {
            writer.write_frame(picture).unwrap();
        }
    }
    writer.finish().unwrap();
    path
}

/// How far the face is from where it rested, to the right, in canonical units: the least and the most.
fn reach(source: CameraSource, is_mirrored: bool) -> [f32; 2] {
    let controls = LiveControls::default();
    let mut reach = [0.0_f32; 2];
    let mut sights = 0;
    follow_camera(
        &data().join("models"),
        source,
        is_mirrored,
        &controls,
        &mut |seen| {
            sights += 1;
            if let Some(motion) = seen.sight.motion {
                let way = motion.frame.translation[0] - motion.rest.translation[0];
                reach = [reach[0].min(way), reach[1].max(way)];
            }
            let is_enough = reach[1] - reach[0] > 0.2;
            if is_enough || sights > 40 * HALF {
                controls.stop.cancel();
            }
        },
    )
    .unwrap();
    reach
}

#[test]
fn who_is_before_the_camera_is_followed_and_mirrored() {
    let folder = tempfile::tempdir().unwrap();
    let source = || CameraSource::File(film(folder.path()));
    let [left, right] = reach(source(), false);
    assert!(right > 0.2 && left > -0.1, "{left} {right}");
    let [left, right] = reach(source(), true);
    assert!(left < -0.2 && right < 0.1, "{left} {right}");
}

#[test]
fn a_camera_that_fails_ends_it_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.mp4");
    std::fs::write(&broken, b"this is no film").unwrap();
    let error = follow_camera(
        &data().join("models"),
        CameraSource::File(broken),
        true,
        &LiveControls::default(),
        &mut |_| panic!("nothing is seen"),
    )
    .unwrap_err();
    assert!(matches!(
        error.downcast_ref(),
        Some(CameraError::File(line)) if line.contains("broken.mp4")
    ));
}
