//! A clip to watch, for the tests of the command line and of the window.

use std::path::{Path, PathBuf};

use studio::media::write::Mp4Writer;

pub const WIDTH: u32 = 320;
pub const HEIGHT: u32 = 180;
/// The first frame behind the cut, after 4 s.
const CUT: u32 = 100;

/// A clip of so many frames, 25 a second: a white square moves over red by so many pixels a frame; behind a cut a black one over white.
/// A tone sounds all the time.
pub fn clip(folder: &Path, frames: u32, px_per_frame: u32) -> PathBuf {
    let path = folder.join("clip.mp4");
    let mut writer = Mp4Writer::create(&path, WIDTH, HEIGHT).unwrap();
    for frame in 0..frames {
        let pixel = |index: u32| {
            let (x, y) = (index % WIDTH, index / WIDTH);
            let is_square = x.abs_diff(frame * px_per_frame) < 20 && y.abs_diff(90) < 20;
            match (is_square, frame < CUT) {
                (true, true) => [240, 240, 240, 255],
                (true, false) => [20, 20, 20, 255],
                (false, true) => [180, 40, 30, 255],
                (false, false) => [225, 225, 235, 255],
            }
        };
        let rgba: Vec<u8> = (0..WIDTH * HEIGHT).flat_map(pixel).collect();
        writer.write_frame(&rgba).unwrap();
        let tone = |i: u32| 0.25 * ((frame * 960 + i) as f32 * 0.1).sin();
        writer
            .write_sound(&(0..960).map(tone).collect::<Vec<_>>())
            .unwrap();
    }
    writer.finish().unwrap();
    path
}
