//! Kill −9 while films, folders of images or a project are being written: what was finished stays, the rest can be recovered, and at
//! most two seconds of a film are lost.
//!
//! `JAM_FLOW_KILLS=200` kills each of them that often, at other moments each time.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![cfg(unix)]

mod program;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufReader, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use engine::motion::MouthFrame;
use studio::media::write::recovery::{self, Abandoned, Outcome};
use studio::media::write::{FrameRate, Mp4Writer, PictureFolder, RecordingError};
use studio::project::Project;
use studio::project::document::Document;
use studio::script::Script;
use studio::take::Take;

use program::program;

/// Tells the recording process below where to write.
const FOLDER_VARIABLE: &str = "JAM_FLOW_TEST_RECORDING_FOLDER";
/// Pictures of each of its films.
const FILM_FRAMES: usize = 260;
/// What may be lost.
const MAX_LOST_FRAMES: usize = 2 * 25;

/// When a test kills.
struct Moments {
    rounds: u64,
    seed: u64,
}

impl Moments {
    /// As many as the variable says, at random; the same few each time if it says nothing.
    fn new(usual_rounds: u64) -> Self {
        let asked = std::env::var("JAM_FLOW_KILLS").ok();
        let Some(rounds) = asked.and_then(|kills| kills.parse().ok()) else {
            return Self {
                rounds: usual_rounds,
                seed: 0,
            };
        };
        let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let seed = since_1970.as_nanos() as u64;
        println!("{rounds} kills, seed {seed}");
        Self { rounds, seed }
    }

    /// After how many of the child's lines, and how much later.
    fn of(&self, round: u64, lines: Range<u64>, longest_wait: Duration) -> (usize, Duration) {
        let number = |what: u8| {
            let mut hasher = DefaultHasher::new();
            (self.seed, round, what).hash(&mut hasher);
            hasher.finish()
        };
        let line = lines.start + number(0) % (lines.end - lines.start);
        let wait_micros = number(1) % longest_wait.as_micros() as u64;
        (line as usize, Duration::from_micros(wait_micros))
    }
}

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
fn recordings_killed_at_any_moment() {
    let moments = Moments::new(20);
    let mut recovered_films = 0;
    for round in 0..moments.rounds {
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
        let (pictures, extra) = moments.of(round, 30..630, Duration::from_millis(4));
        let said = kill_after(child, "picture", pictures, extra);
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
    println!(
        "{recovered_films} films of {} kills were cut off",
        moments.rounds
    );
    assert!(recovered_films >= moments.rounds / 2);
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
    let moments = Moments::new(8);
    for round in 0..moments.rounds {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_images_until_it_is_killed"])
            .args(["--ignored", "--nocapture"])
            .env(FOLDER_VARIABLE, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (pictures, extra) = moments.of(round, 20..220, Duration::from_millis(4));
        let said = kill_after(child, "picture", pictures, extra);
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

/// The program itself, each time at another moment of a long speech.
#[test]
fn a_speaking_program_killed_and_recovered_by_the_next() {
    let moments = Moments::new(3);
    for round in 0..moments.rounds {
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
        let (pictures, extra) = moments.of(round, 30..180, Duration::from_secs(1));
        let said = kill_after(child, "picture", pictures, extra);
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

/// A project as it is saved for the nth time: its words, and four takes of which the oldest goes with each save.
fn project(number: u64) -> Project {
    let take = |id: u64| {
        let mut take = Take::new(id, Script::AudioFile("me.wav".into()), id);
        take.add_samples(&vec![0.1; 12_000 + id as usize]);
        take.mouth = vec![MouthFrame::default(); 12];
        take.is_complete = true;
        Arc::new(take)
    };
    Project {
        document: Document {
            words: format!("{number} {}", "and more words ".repeat(2000)),
            ..Document::default()
        },
        takes: (number..number + 4).map(take).collect(),
        folder: None,
    }
}

/// The process that is killed: saves one state of a project over the other.
#[test]
#[ignore = "the other half of the test below"]
fn saves_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from) else {
        return;
    };
    for number in 0.. {
        project(number).save(&folder).unwrap();
        let line = format!("saved {number}\n");
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    }
}

#[test]
fn projects_killed_while_they_are_saved() {
    let moments = Moments::new(12);
    let mut half_saved = 0;
    for round in 0..moments.rounds {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("project");
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "saves_until_it_is_killed"])
            .args(["--ignored", "--nocapture"])
            .env(FOLDER_VARIABLE, &folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (saved, extra) = moments.of(round, 1..12, Duration::from_millis(12));
        let said = kill_after(child, "saved", saved, extra);
        let last = said.last().unwrap().split_whitespace().nth(1).unwrap();
        let last: u64 = last.parse().unwrap();
        let loaded = Project::load(&folder).unwrap();
        let number = loaded.document.words.split(' ').next().unwrap();
        let number: u64 = number.parse().unwrap();
        // The last one that was finished, or the one after it.
        assert!((last..=last + 1).contains(&number), "{last}, {number}");
        let expected = project(number);
        assert_eq!(loaded.document.words, expected.document.words);
        assert_eq!(loaded.takes, expected.takes);
        let takes = folder.join("takes");
        let files = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
        half_saved += u64::from((files(&folder), files(&takes)) != (2, 8));
        // The next save takes away what the killed one left.
        project(number + 1).save(&folder).unwrap();
        assert_eq!((files(&folder), files(&takes)), (2, 8));
    }
    println!(
        "{half_saved} saves of {} kills were cut off",
        moments.rounds
    );
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
