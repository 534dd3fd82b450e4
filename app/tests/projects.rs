//! Projects in the hands of several windows, and files that change while they are read.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use studio::media::write::Mp4Writer;
use studio::project::Project;
use studio::project::document::Document;
use studio::script::Script;
use studio::take::Take;

fn take(id: u64) -> Arc<Take> {
    let mut take = Take::new(id, Script::AudioFile("me.wav".into()), 5);
    take.add_samples(&[0.1; 2400]);
    take.is_complete = true;
    Arc::new(take)
}

fn project(takes: &[u64]) -> Project {
    Project {
        document: Document::default(),
        takes: takes.iter().copied().map(take).collect(),
        folder: None,
    }
}

fn ids(folder: &Path) -> BTreeSet<u64> {
    let takes = Project::load(folder).unwrap().takes;
    takes.iter().map(|take| take.id).collect()
}

#[test]
fn two_windows_on_one_project_keep_each_others_takes() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("project");
    project(&[1, 2]).save(&folder).unwrap();
    let opened = || {
        let mut project = Project::load(&folder).unwrap();
        project.folder = Some(folder.clone());
        project
    };
    let (mut one, mut other) = (opened(), opened());
    one.takes.push(take(10));
    one.save(&folder).unwrap();
    other.takes.push(take(11));
    other.save(&folder).unwrap();
    assert_eq!(ids(&folder), BTreeSet::from([1, 2, 10, 11]));
    one.document.put_away.extend([2, 10]);
    one.save(&folder).unwrap();
    assert_eq!(ids(&folder), BTreeSet::from([1, 11]));
    // Saved over a project that it was never part of, another takes its place.
    project(&[7]).save(&folder).unwrap();
    assert_eq!(ids(&folder), BTreeSet::from([7]));
}

/// One after the other for as long as `read` runs: a whole file, half of it, another one in its place.
fn while_it_changes(path: &Path, contents: &[Vec<u8>; 2], read: impl Fn()) {
    let has_ended = AtomicBool::new(false);
    std::fs::write(path, &contents[0]).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for content in contents.iter().cycle() {
                if has_ended.load(Ordering::Relaxed) {
                    return;
                }
                std::fs::write(path, content).unwrap();
                let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
                file.set_len(content.len() as u64 / 2).unwrap();
                let new = path.with_extension("new");
                std::fs::write(&new, content).unwrap();
                std::fs::rename(&new, path).unwrap();
            }
        });
        for _ in 0..60 {
            read();
        }
        has_ended.store(true, Ordering::Relaxed);
    });
}

/// Whatever comes out, it is a result.
#[test]
fn files_that_change_while_they_are_read_end_in_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = |name: &str, write: &dyn Fn(&Path)| {
        let path = folder.path().join(name);
        write(&path);
        std::fs::read(&path).unwrap()
    };
    let sound = |samples: usize| {
        bytes("a.wav", &|path| {
            engine::audio::wav::write_wav(path, &vec![0.1; samples]).unwrap();
        })
    };
    let picture = |side_px: u32| {
        bytes("a.png", &|path| {
            image::RgbImage::from_pixel(side_px, side_px, image::Rgb([90, 80, 70]))
                .save(path)
                .unwrap();
        })
    };
    let film = |frames: usize| {
        bytes("a.mp4", &|path| {
            let mut film = Mp4Writer::create(path, 64, 64).unwrap();
            for frame in 0..frames {
                film.write_frame(&[frame as u8; 64 * 64 * 4]).unwrap();
            }
            film.write_sound(&vec![0.1; 960 * frames]).unwrap();
            film.finish().unwrap();
        })
    };
    let changing = folder.path().join("changing");
    while_it_changes(&changing, &[sound(24_000), sound(9_000)], || {
        let _ = engine::audio::decode_file(&changing);
    });
    while_it_changes(&changing, &[picture(200), picture(80)], || {
        let _ = engine::portrait::load_picture(&changing);
    });
    while_it_changes(&changing, &[film(12), film(3)], || {
        let _ = studio::media::read::read_frames(&changing, &|| false, &mut |_, _| Ok(()));
        let _ = studio::media::read::sound_of(&changing, &|| false);
    });
}
