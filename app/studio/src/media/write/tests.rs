//! Films are read back with `re_mp4`, openh264 and libopus: none of the code that wrote them.

use std::io::Read as _;

use openh264::decoder::Decoder;
use openh264::formats::YUVSource as _;

use super::*;

const SIDE_PX: u32 = 64;
const RATE_HZ: usize = 24_000;

/// Grey pictures; white ones flash.
fn picture(is_white: bool) -> Vec<u8> {
    let value = if is_white { 255 } else { 20 };
    [value, value, value, 255].repeat((SIDE_PX * SIDE_PX) as usize)
}

/// Flashes with frame `flash`, clicks at the same instant.
fn film(path: &Path, secs: usize, flash: usize) {
    let mut writer = Mp4Writer::create(path, SIDE_PX, SIDE_PX).unwrap();
    let mut sound = vec![0.0; secs * RATE_HZ];
    let at = flash * RATE_HZ / 25;
    for (i, sample) in sound[at..at + 240].iter_mut().enumerate() {
        *sample = 0.9 * (i as f32 * 0.8).sin() * (1.0 - i as f32 / 240.0);
    }
    // Sound ahead of the pictures by a piece, as the synthesizer delivers it.
    for (piece, sound) in sound.chunks(RATE_HZ).enumerate() {
        writer.write_sound(sound).unwrap();
        for i in 0..25 {
            writer
                .write_frame(&picture(piece * 25 + i == flash))
                .unwrap();
        }
    }
    writer.finish().unwrap();
}

/// All frames' mean brightness, with the time of each, and the decoded sound at 48 kHz.
fn read_back(path: &Path) -> (Vec<(f64, f64)>, Vec<f32>) {
    let bytes = std::fs::read(path).unwrap();
    let mp4 = re_mp4::Mp4::read_bytes(&bytes).unwrap();
    let mut frames = Vec::new();
    let mut sound = Vec::new();
    for track in mp4.tracks().values() {
        match track.kind {
            Some(re_mp4::TrackKind::Video) => {
                let entry = track.trak(&mp4).mdia.minf.stbl.stsd.contents.clone();
                let re_mp4::StsdBoxContent::Avc1(avc1) = entry else {
                    panic!("the picture is not H.264");
                };
                let mut decoder = Decoder::new().unwrap();
                let mut stream = Vec::new();
                for unit in avc1
                    .avcc
                    .sequence_parameter_sets
                    .iter()
                    .chain(&avc1.avcc.picture_parameter_sets)
                {
                    stream.extend([0, 0, 0, 1]);
                    stream.extend(&unit.bytes);
                }
                for sample in &track.samples {
                    let data = &bytes[sample.offset as usize..][..sample.size as usize];
                    let mut rest = data;
                    while !rest.is_empty() {
                        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
                        stream.extend([0, 0, 0, 1]);
                        stream.extend(&rest[4..4 + length]);
                        rest = &rest[4 + length..];
                    }
                    let decoded = decoder.decode(&stream).unwrap().unwrap();
                    let y = decoded.y();
                    let mean = y.iter().map(|&y| f64::from(y)).sum::<f64>() / y.len() as f64;
                    let secs = sample.composition_timestamp as f64 / track.timescale as f64;
                    frames.push((secs, mean));
                    stream.clear();
                }
            }
            _ => {
                let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).unwrap();
                for sample in &track.samples {
                    let data = &bytes[sample.offset as usize..][..sample.size as usize];
                    let mut out = [0.0; 960];
                    let count = decoder.decode_float(data, &mut out, false).unwrap();
                    sound.extend_from_slice(&out[..count]);
                }
            }
        }
    }
    (frames, sound)
}

/// The Opus pre-skip of the file, ticks.
fn pre_skip(path: &Path) -> usize {
    let bytes = std::fs::read(path).unwrap();
    let at = (0..bytes.len())
        .rev()
        .find(|&i| bytes[i..].starts_with(b"dOps"))
        .unwrap();
    usize::from(u16::from_be_bytes([bytes[at + 6], bytes[at + 7]]))
}

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn flash_and_click_come_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    film(&path, 4, 60);
    let (frames, sound) = read_back(&path);
    assert_eq!(frames.len(), 100);
    let flash = frames.iter().find(|frame| frame.1 > 150.0).unwrap().0;
    assert!((flash - 2.4).abs() < 1e-6, "{flash}");
    let heard = &sound[pre_skip(&path)..];
    let click = heard.iter().position(|x| x.abs() > 0.2).unwrap() as f64 / 48_000.0;
    assert!(
        (click - flash).abs() < 0.003,
        "flash at {flash}, click at {click}"
    );
    assert!(heard.len() >= 4 * 48_000, "the end of the sound is there");
    assert_eq!(names(folder.path()), ["film.mp4"]);
    let comment = std::fs::read(&path).unwrap();
    assert!(comment.windows(12).any(|w| w == b"AI-generated"));
}

#[test]
fn a_film_that_is_not_finished_can_be_played_and_then_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let mut writer = Mp4Writer::create(&path, SIDE_PX, SIDE_PX).unwrap();
    for _ in 0..60 {
        writer.write_sound(&[0.1; RATE_HZ / 25]).unwrap();
        writer.write_frame(&picture(false)).unwrap();
    }
    assert!(!path.exists(), "the name is taken only by a complete film");
    // What a crash would leave: all full fragments.
    let mut left = Vec::new();
    File::open(writer.guard.temporary_path())
        .unwrap()
        .read_to_end(&mut left)
        .unwrap();
    let rescued = folder.path().join("rescued.mp4");
    std::fs::write(&rescued, left).unwrap();
    let (frames, sound) = read_back(&rescued);
    assert_eq!(frames.len(), 50);
    assert!(sound.len() > 90_000);
    std::fs::remove_file(rescued).unwrap();
    drop(writer);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn sides_are_made_even_and_unfit_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let mut writer = Mp4Writer::create(&path, 35, 51).unwrap();
    writer.write_frame(&[90; 35 * 51 * 4]).unwrap();
    writer.finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let mp4 = re_mp4::Mp4::read_bytes(&bytes).unwrap();
    let sizes: Vec<_> = mp4.tracks().values().map(|t| (t.width, t.height)).collect();
    assert_eq!(sizes, [(34, 50)], "and no sound track without sound");
    for (width_px, height_px) in [(0, 64), (64, 8), (4000, 64)] {
        let refused = Mp4Writer::create(&path, width_px, height_px).err().unwrap();
        assert!(matches!(refused, RecordingError::Size { .. }), "{refused}");
    }
}

#[test]
fn failures_have_types_and_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none/film.mp4");
    let refused = Mp4Writer::create(&missing, 64, 64).err().unwrap();
    assert!(
        matches!(refused, RecordingError::Unwritable { .. }),
        "{refused}"
    );
    let path = folder.path().join("film.mp4");
    let mut empty = Mp4Writer::create(&path, 64, 64).unwrap();
    empty.write_sound(&[0.0; 5000]).unwrap();
    assert!(matches!(empty.finish(), Err(RecordingError::Empty)));
    assert!(names(folder.path()).is_empty());
    let full = unwritable(&path, io::ErrorKind::StorageFull.into());
    assert!(matches!(full, RecordingError::DiskFull { .. }));
    // Writing into a file that only reads fails like a broken disk.
    let mut writer = Mp4Writer::create(&path, 64, 64).unwrap();
    writer.file = File::open(writer.guard.temporary_path()).unwrap();
    assert!(matches!(
        writer.write_frame(&picture(false)),
        Err(RecordingError::Unwritable { .. })
    ));
    drop(writer);
    assert!(names(folder.path()).is_empty());
}
