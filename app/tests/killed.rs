//! Kill −9 while a film is being written: what is left can be recovered, and at most two seconds of it are lost.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![cfg(unix)]

mod program;

use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use studio::media::write::recovery::{self, Abandoned, Outcome};
use studio::media::write::{FrameRate, Mp4Writer, PictureFolder, RecordingError};

use program::program;

/// Tells the recording process below where to write.
const FOLDER_VARIABLE: &str = "JAM_FLOW_TEST_RECORDING_FOLDER";
/// Pictures of each of its films.
const FILM_FRAMES: usize = 260;
/// What may be lost.
const MAX_LOST_FRAMES: usize = 2 * 25;

/// The process that is killed: one film after the other, telling how many pictures of which film the writer has.
#[test]
#[ignore = "the other half of the test below"]
fn records_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from) else {
        return;
    };
    const SIDE_PX: u32 = 96;
    for film in 0.. {
        let path = folder.join(format!("film-{film}.mp4"));
        let mut writer = Mp4Writer::create(&path, SIDE_PX, SIDE_PX).unwrap();
        for frame in 0..FILM_FRAMES {
            // Sound comes ahead of the pictures by a piece, as the synthesizer delivers it.
            if frame % 50 == 0 {
                writer.write_sound(&[0.1; 2 * 24_000]).unwrap();
            }
            let rgba: Vec<u8> = (0..SIDE_PX * SIDE_PX * 4)
                .map(|i| ((i as usize * (frame + 7)) >> 5) as u8)
                .collect();
            writer.write_frame(&rgba).unwrap();
            // One write, so that no line is cut in two.
            let line = format!("film {film} picture {}\n", frame + 1);
            std::io::stdout().write_all(line.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
    }
}

#[test]
fn twenty_recordings_killed_at_any_moment() {
    let mut recovered_films = 0;
    for round in 0..20_u64 {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "records_until_it_is_killed"])
            .args(["--ignored", "--nocapture"])
            .env(FOLDER_VARIABLE, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Anywhere in the first films, the moments between them included.
        let pictures = 30 + (round * 7919) % 600;
        let extra = Duration::from_micros((round * 104_729) % 4000);
        let said = kill_after(child, "picture", pictures as usize, extra);
        let last = said.last().unwrap();
        let number = |word: usize| -> usize {
            last.split_whitespace()
                .nth(word)
                .unwrap()
                .parse()
                .unwrap_or_else(|_| panic!("{last:?}"))
        };
        let (film, given) = (number(1), number(3));
        // Every film that has its name is whole.
        for earlier in 0..film {
            let path = folder.path().join(format!("film-{earlier}.mp4"));
            assert_eq!(film_frames(&path), FILM_FRAMES, "{}", path.display());
        }
        let path = folder.path().join(format!("film-{film}.mp4"));
        let kept = if path.exists() {
            film_frames(&path)
        } else {
            let abandoned = recovery::find_for(&path).unwrap();
            recovered_films += 1;
            // And the half of a finished one.
            abandoned.iter().map(recovered_frames).sum()
        };
        assert!(
            kept + MAX_LOST_FRAMES >= given,
            "round {round}: {given} pictures were written, {kept} are left"
        );
    }
    assert!(
        recovered_films >= 10,
        "only {recovered_films} were cut off at all"
    );
}

/// The process that is killed: one folder of images after the other.
#[test]
#[ignore = "the other half of the test below"]
fn writes_images_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from) else {
        return;
    };
    const SIDE_PX: u32 = 64;
    for number in 0.. {
        let path = folder.join(format!("images-{number}"));
        let mut writer = PictureFolder::create(&path, SIDE_PX, SIDE_PX).unwrap();
        writer.write_sound(&[0.1; 24_000]).unwrap();
        for frame in 0..100_usize {
            let rgba: Vec<u8> = (0..SIDE_PX * SIDE_PX * 4)
                .map(|i| ((i as usize * (frame + 7)) >> 5) as u8)
                .collect();
            writer.write_frame(&rgba).unwrap();
            let line = format!("folder {number} picture {}\n", frame + 1);
            std::io::stdout().write_all(line.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
    }
}

#[test]
fn image_folders_killed_at_any_moment() {
    for round in 0..8_u64 {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_images_until_it_is_killed"])
            .args(["--ignored", "--nocapture"])
            .env(FOLDER_VARIABLE, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pictures = 20 + (round * 7919) % 200;
        let extra = Duration::from_micros((round * 104_729) % 4000);
        let said = kill_after(child, "picture", pictures as usize, extra);
        let part = |path: &Path| path.file_name().unwrap().as_encoded_bytes()[0] == b'.';
        let result = program()
            .arg("recover")
            .arg(folder.path())
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&result.stderr);
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut kept = 0;
        for path in entries.map(|entry| entry.unwrap().path()) {
            assert!(!part(&path), "{}: {words}", path.display());
            // Cut off before its first picture, a folder leaves its sound.
            if path.extension().is_some_and(|extension| extension == "wav") {
                assert!(engine::audio::decode_file(&path).is_ok());
                continue;
            }
            let files = std::fs::read_dir(&path).unwrap();
            for file in files {
                let file = file.unwrap().path();
                if file.extension().is_some_and(|extension| extension == "png") {
                    image::open(&file).unwrap();
                    kept += 1;
                }
            }
            assert!(engine::audio::decode_file(&path.join("sound.wav")).is_ok());
        }
        assert!(kept + 1 >= said.len(), "{} images, {kept} left", said.len());
    }
}

/// The program itself, each time at another moment of a long speech. `JAM_FLOW_KILLS` asks for more than three of them.
#[test]
fn a_speaking_program_killed_and_recovered_by_the_next() {
    let kills: u64 = std::env::var("JAM_FLOW_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(3);
    for round in 0..kills {
        let folder = tempfile::tempdir().unwrap();
        let film = folder.path().join("film.mp4");
        let child = program()
            .args(["speak", "--text"])
            .arg("The boats come in, one after the other. ".repeat(60))
            .arg("--output")
            .arg(&film)
            .env("JAM_FLOW_LOG", "jam_flow_studio::media::write=trace")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let pictures = 30 + (round * 7919) % 150;
        let extra = Duration::from_millis((round * 379) % 1000);
        let said = kill_after(child, "picture", pictures as usize, extra);
        let given = said.iter().filter(|line| line.contains("picture ")).count();
        assert!(!film.exists(), "half a film has the name of a whole one");
        let result = program().arg("recover").arg(&film).output().unwrap();
        let words = String::from_utf8_lossy(&result.stderr);
        assert!(result.status.success(), "{words}");
        let kept = film_frames(&film);
        println!("round {round}: {given} pictures drawn, {kept} kept");
        assert!(
            kept + MAX_LOST_FRAMES >= given,
            "{given} pictures were drawn, {kept} are left"
        );
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "the temporary file is gone");
    }
}

#[test]
fn nothing_to_recover_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| {
        let result = program().arg("recover").arg(path).output().unwrap();
        assert!(!result.status.success());
        let said = String::from_utf8(result.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("error: "), "{said}");
        said
    };
    assert!(refused(&folder.path().join("film.mp4")).contains("no unfinished video"));
    assert!(refused(folder.path()).contains("no unfinished video"));
    assert!(refused(Path::new("no/such/folder/film.mp4")).contains("no/such/folder"));
    // What is no film of ours stays as it is.
    let part = folder.path().join(".film.mp4.123-0.part");
    std::fs::write(&part, "not a film").unwrap();
    assert!(refused(&part).contains("nothing can be recovered"));
    assert_eq!(std::fs::read(&part).unwrap(), b"not a film");
}

#[test]
fn a_film_that_is_being_written_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let mut writer = Mp4Writer::create(&path, 64, 64).unwrap();
    for _ in 0..30 {
        writer.write_frame(&[90; 64 * 64 * 4]).unwrap();
    }
    assert!(recovery::find(folder.path()).unwrap().is_empty());
    let part = std::fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let refused = recovery::recover(&Abandoned {
        part,
        name: path.clone(),
    });
    assert!(matches!(refused, Err(RecordingError::InUse { .. })));
    writer.finish().unwrap();
    assert_eq!(film_frames(&path), 30);
}

/// Waits for `count` lines with `word` in them and a little longer, kills, and returns all that was said.
fn kill_after(mut child: Child, word: &str, count: usize, extra: Duration) -> Vec<String> {
    let mut said = Vec::new();
    let mut read = |reader: &mut dyn std::io::BufRead, enough: usize| {
        let mut line = String::new();
        let mut seen = 0;
        while seen < enough && reader.read_line(&mut line).unwrap() > 0 {
            if line.contains(word) && line.ends_with('\n') {
                seen += 1;
                said.push(line.clone());
            }
            line.clear();
        }
    };
    let mut reader: Box<dyn std::io::BufRead> = match (child.stdout.take(), child.stderr.take()) {
        (Some(stdout), _) => Box::new(BufReader::new(stdout)),
        (_, Some(stderr)) => Box::new(BufReader::new(stderr)),
        _ => panic!("the child speaks to a pipe"),
    };
    read(&mut reader, count);
    std::thread::sleep(extra);
    // On Unix this is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    read(&mut reader, usize::MAX);
    said
}

/// Recovers a film and returns its pictures; none if it was cut off in its first fragment.
#[track_caller]
fn recovered_frames(abandoned: &Abandoned) -> usize {
    match recovery::recover(abandoned) {
        Ok(Outcome::Recovered {
            path,
            duration_secs,
        }) => {
            assert_eq!(path, abandoned.name);
            let frames = film_frames(&path);
            let secs = frames as f64 / f64::from(FrameRate::Fps25.per_second());
            assert!((duration_secs - secs).abs() < 1e-9);
            frames
        }
        Ok(Outcome::Removed { .. }) => 0,
        Ok(other) => panic!("{other:?}"),
        Err(error) => panic!("{error}"),
    }
}

/// Opens a film and counts its pictures; both tracks must lie within the file.
#[track_caller]
fn film_frames(path: &Path) -> usize {
    let (film, bytes) = re_mp4::Mp4::read_file(path).unwrap();
    assert!(film.moofs.is_empty(), "a plain film, not a fragmented one");
    let mut frames = 0;
    for track in film.tracks().values() {
        let last = track.samples.last().unwrap();
        assert!(last.offset + last.size <= bytes.len() as u64);
        if track.kind == Some(re_mp4::TrackKind::Video) {
            frames = track.samples.len();
            assert!(track.samples[0].is_sync);
        }
    }
    frames
}
