use std::path::{Path, PathBuf};

use engine::audio::WavWriter;

use super::*;
use crate::media::write::{FrameRate, Mp4Writer, PictureFolder, SoundCodec, VideoFile};

/// What lies in `folder` while `write` writes there, taken over into an empty one, as after a kill.
fn left_behind(write: impl FnOnce(&Path, &dyn Fn())) -> tempfile::TempDir {
    let (written, left) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(written.path(), &|| copy(written.path(), left.path()));
    left
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(std::fs::copy(&path, &target).unwrap()),
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn recover_all(folder: &Path) -> Vec<Outcome> {
    let found = find(folder).unwrap();
    found.iter().map(|part| recover(part).unwrap()).collect()
}

fn picture(shade: u8) -> Vec<u8> {
    vec![shade; 64 * 64 * 4]
}

fn film(folder: &Path, frames: u8, cut_off: &dyn Fn()) -> PathBuf {
    let path = folder.join("film.mp4");
    let mut writer = Mp4Writer::create(&path, 64, 64).unwrap();
    writer.remark("used with permission");
    writer.write_sound(&[0.1; 48_000]).unwrap();
    for frame in 0..frames {
        writer.write_frame(&picture(frame)).unwrap();
    }
    cut_off();
    path
}

#[test]
fn sound_beside_a_film_is_recovered_with_it_and_keeps_its_remark() {
    let left = left_behind(|folder, cut_off| {
        let mut sound =
            WavWriter::create_with_remark(&folder.join("x.wav"), Some("used with permission"))
                .unwrap();
        // More than is held back.
        sound.write(&[0.25; 48_000]).unwrap();
        film(folder, 60, cut_off);
    });
    let found = find_for(&left.path().join("film.mp4")).unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    for part in &found {
        assert!(matches!(recover(part), Ok(Outcome::Recovered { .. })));
    }
    assert_eq!(names(left.path()), ["film.mp4", "x.wav"]);
    let samples = engine::audio::decode_file(&left.path().join("x.wav")).unwrap();
    assert!(samples.len() > 40_000, "{}", samples.len());
    for name in ["film.mp4", "x.wav"] {
        let bytes = std::fs::read(left.path().join(name)).unwrap();
        let said = String::from_utf8_lossy(&bytes);
        assert!(said.contains("used with permission"), "{name}");
    }
}

#[test]
fn films_of_less_than_a_fragment_and_halves_are_removed() {
    let left = left_behind(|folder, cut_off| {
        film(folder, 0, cut_off);
    });
    let path = |name: &str| left.path().join(name);
    std::fs::write(path(".a.srt.12-0.part"), "1\n00:00").unwrap();
    std::fs::write(path(".film.mp4.12-3.copy"), "half").unwrap();
    std::fs::write(path(".other.bin.12-3.part"), "not ours").unwrap();
    std::fs::create_dir(path(".frames.12-0.parts")).unwrap();
    let outcomes = recover_all(left.path());
    assert_eq!(outcomes.len(), 4);
    for outcome in outcomes {
        assert!(matches!(outcome, Outcome::Removed { .. }), "{outcome:?}");
    }
    assert_eq!(names(left.path()), [".other.bin.12-3.part"]);
}

#[test]
fn images_are_kept_up_to_the_last_whole_one() {
    let left = left_behind(|folder, cut_off| {
        let mut pictures = PictureFolder::create(&folder.join("frames"), 64, 64).unwrap();
        pictures.write_sound(&[0.25; 48_000]).unwrap();
        for frame in 0..5 {
            pictures.write_frame(&picture(frame)).unwrap();
        }
        cut_off();
        assert!(find(folder).unwrap().is_empty(), "it is in use");
        pictures.finish().unwrap();
        assert_eq!(names(&folder.join("frames")).len(), 6);
    });
    let part = find(left.path()).unwrap().remove(0);
    let last = part.part.join("frame-000005.png");
    let whole = std::fs::read(&last).unwrap();
    std::fs::write(&last, &whole[..whole.len() / 2]).unwrap();
    let path = left.path().join("frames");
    assert_eq!(
        recover(&part).unwrap(),
        Outcome::RecoveredImages { path: path.clone() }
    );
    let mut expected: Vec<String> = (1..=4).map(|i| format!("frame-{i:06}.png")).collect();
    expected.push("sound.wav".to_owned());
    assert_eq!(names(&path), expected);
    assert!(
        engine::audio::decode_file(&path.join("sound.wav"))
            .unwrap()
            .len()
            > 40_000
    );
    assert_eq!(names(left.path()), ["frames"]);
}

#[test]
fn what_ffmpeg_was_given_is_recovered_or_removed() {
    for extension in ["mov", "mkv"] {
        let name = format!("film.{extension}");
        let format = VideoFormat::of(Path::new(&name)).unwrap();
        if format.check_available(Path::new(&name)).is_err() {
            return;
        }
        let left = left_behind(|folder, cut_off| {
            let path = folder.join(&name);
            let size_px = (64, 64);
            let mut file = VideoFile::create(
                &path,
                format,
                size_px,
                FrameRate::Fps25,
                SoundCodec::default(),
            )
            .unwrap();
            file.remark("used with permission");
            file.write_sound(&[0.25; 48_000]).unwrap();
            for frame in 0..200 {
                file.write_frame(&picture(frame)).unwrap();
            }
            // ffmpeg writes when it likes.
            std::thread::sleep(std::time::Duration::from_millis(500));
            assert!(find(folder).unwrap().is_empty(), "it is in use");
            cut_off();
        });
        for outcome in recover_all(left.path()) {
            println!("{outcome:?}");
        }
        let left = names(left.path());
        assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
    }
}

#[test]
fn counts_that_the_bytes_cannot_hold_are_refused_at_once() {
    let left = left_behind(|folder, cut_off| {
        film(folder, 60, cut_off);
    });
    let part = find(left.path()).unwrap().remove(0);
    let whole = std::fs::read(&part.part).unwrap();
    for kind in [b"trun", b"stsz", b"stts", b"stsc", b"stco"] {
        let at = whole.windows(4).position(|part| part == kind).unwrap() + 4;
        // The size of all samples stands before their count.
        let at = at + if kind == b"stsz" { 8 } else { 4 };
        for count in [128 << 20, u32::MAX] {
            let mut hostile = whole.clone();
            hostile[at..at + 4].copy_from_slice(&u32::to_be_bytes(count));
            if kind == b"trun" {
                // Sizes as in the header of the track.
                hostile[at - 4..at].copy_from_slice(&[0; 4]);
            }
            std::fs::write(&part.part, &hostile).unwrap();
            assert!(matches!(
                recover(&part),
                Err(RecordingError::Unrecoverable { .. })
            ));
            assert_eq!(std::fs::read(&part.part).unwrap(), hostile);
        }
    }
}
