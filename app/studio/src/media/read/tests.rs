//! Films that this program wrote are read, and what is no film is refused in words.

use std::path::PathBuf;

use super::*;
use crate::media::write::Mp4Writer;

const SIDE_PX: u32 = 64;

/// A film whose pictures get brighter from one to the next, with a sound that does not.
fn film(folder: &Path, frames: u32) -> PathBuf {
    let path = folder.join("film.mp4");
    let mut writer = Mp4Writer::create(&path, SIDE_PX, SIDE_PX).unwrap();
    for frame in 0..frames {
        let value = brightness(frame);
        writer
            .write_frame(&[value, value, value, 255].repeat((SIDE_PX * SIDE_PX) as usize))
            .unwrap();
        let tone = |i: u32| 0.5 * ((frame * 960 + i) as f32 * 0.05).sin();
        let sound: Vec<f32> = (0..960).map(tone).collect();
        writer.write_sound(&sound).unwrap();
    }
    writer.finish().unwrap();
    path
}

fn brightness(frame: u32) -> u8 {
    (40 + frame * 4) as u8
}

/// Time and brightness of each picture.
fn read(path: &Path) -> Result<Vec<(f64, u8)>> {
    let mut pictures = Vec::new();
    let mut last_fraction = 0.0;
    read_frames(path, &|| false, &mut |frame, fraction| {
        assert!((last_fraction..=1.0).contains(&fraction));
        last_fraction = fraction;
        assert_eq!(frame.rgb.len(), frame.width * frame.height * 3);
        pictures.push((frame.time_secs, frame.rgb[frame.rgb.len() / 2]));
        Ok(())
    })?;
    Ok(pictures)
}

#[test]
fn every_picture_comes_with_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = read(&film(folder.path(), 40)).unwrap();
    assert_eq!(pictures.len(), 40);
    for (frame, &(time_secs, value)) in pictures.iter().enumerate() {
        assert!((time_secs - frame as f64 / 25.0).abs() < 1e-3);
        let wanted = brightness(frame as u32);
        assert!(value.abs_diff(wanted) <= 6, "{frame}: {value} for {wanted}");
    }
}

#[test]
fn colours_come_back_by_the_matrix_that_the_stream_names() {
    const GREEN: [u8; 3] = [20, 200, 20];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("green.mp4");
    let mut writer = Mp4Writer::create(&path, SIDE_PX, SIDE_PX).unwrap();
    let [red, green, blue] = GREEN;
    let picture = [red, green, blue, 255].repeat((SIDE_PX * SIDE_PX) as usize);
    for _ in 0..5 {
        writer.write_frame(&picture).unwrap();
    }
    writer.finish().unwrap();
    let colour = || {
        let mut last = [0; 3];
        read_frames(&path, &|| false, &mut |frame, _| {
            let middle = frame.rgb.len() / 6 * 3;
            last.copy_from_slice(&frame.rgb[middle..middle + 3]);
            Ok(())
        })
        .unwrap();
        last
    };
    let is_near =
        |found: [u8; 3], wanted: [u8; 3]| found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 4);
    let found = colour();
    assert!(is_near(found, GREEN), "{found:?}");

    // The same planes, said to be of standard definition.
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(4).position(|kind| kind == b"avcC").unwrap() + 10;
    let length = usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
    let unit = &mut bytes[at + 2..at + 2 + length];
    let renamed = crate::media::h264::with_matrix(unit, 6);
    unit.copy_from_slice(&renamed);
    std::fs::write(&path, &bytes).unwrap();
    let found = colour();
    assert!(is_near(found, [34, 231, 28]), "{found:?}");
}

#[test]
fn a_film_of_ours_gives_its_sound_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = film(folder.path(), 40);
    let sound = sound_of(&path, &|| false).unwrap().unwrap();
    assert!(sound.len().abs_diff(40 * 960) < 1200, "{}", sound.len());
    let power: f32 = sound[4800..28_800].iter().map(|x| x * x).sum::<f32>() / 24_000.0;
    assert!((power - 0.125).abs() < 0.03, "{power}");
}

#[test]
fn a_film_that_was_cut_off_is_read_up_to_there_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = film(folder.path(), 60);
    let whole = std::fs::read(&path).unwrap();
    for part in [3, 5, 8, 9] {
        std::fs::write(&path, &whole[..whole.len() * part / 10]).unwrap();
        match read(&path) {
            Ok(pictures) => assert!(pictures.len() < 60),
            Err(error) => assert!(error.to_string().contains("film.mp4"), "{error}"),
        }
    }
    // Its middle overwritten: pictures that cannot be decoded are left out.
    let mut bytes = whole.clone();
    let middle = bytes.len() / 3..bytes.len() / 2;
    bytes[middle].fill(0x5A);
    std::fs::write(&path, bytes).unwrap();
    let _ = read(&path);
}

#[test]
fn what_is_no_film_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mp4");
    let message = |path: &Path| read(path).unwrap_err().to_string();
    assert!(message(&path).contains("cannot read the video"));
    assert!(message(folder.path()).contains("not a file"));
    std::fs::write(&path, b"").unwrap();
    assert!(message(&path).contains("empty"));
    std::fs::write(&path, b"Dear reader, this is a text.\n".repeat(300)).unwrap();
    let said = message(&path);
    assert!(
        said.contains("a.mp4") && (said.contains("video") || said.contains("ffmpeg")),
        "{said}"
    );
    // A sound alone, under the name of a film.
    engine::audio::write_wav(&path, &[0.1; 24_000]).unwrap();
    let said = message(&path);
    assert!(said.contains("a.mp4"), "{said}");
    // A picture, too.
    std::fs::write(
        &path,
        include_bytes!("../../../../../assets/portraits/nora.jpg"),
    )
    .unwrap();
    let _ = read(&path);
}

#[test]
fn reading_ends_when_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = film(folder.path(), 10);
    let ended = read_frames(&path, &|| true, &mut |_, _| Ok(()));
    assert!(matches!(ended, Err(Error::Cancelled)));
    let mut count = 0;
    let ended = read_frames(&path, &|| false, &mut |_, _| {
        count += 1;
        Err(Error::Cancelled)
    });
    assert!(matches!(ended, Err(Error::Cancelled)));
    assert_eq!(count, 1);
}
