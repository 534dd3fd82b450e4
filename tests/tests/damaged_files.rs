//! Files of our own writers with a few bytes changed, cut, doubled or put together, through everything that reads foreign bytes: a
//! result each time, without a panic of our own code.
//!
//! The same ones each time. `JAM_FLOW_DAMAGES=20000` tries that many of each file; the fuzz targets (`fuzz/`) go further.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use studio::media::write::recovery;
use studio::project::{PROJECT_FILE, Project};

#[path = "../../fuzz/src/seeds.rs"]
mod seeds;

/// Of each file.
const USUAL_DAMAGES: u64 = 40;
/// Numbers at which counts and lengths go wrong.
const HARD_NUMBERS: [u32; 8] = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, u32::MAX];

/// A small generator (SplitMix64): any numbers will do, but always the same.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

fn damaged(whole: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        // Headers are read more closely than what is behind them.
        let at = match numbers.below(2) {
            0 => at.min(numbers.below(200)),
            _ => at,
        };
        match numbers.below(7) {
            0 => bytes[at] ^= 1 << numbers.below(8),
            1 => bytes[at] = numbers.next() as u8,
            2 => bytes.truncate(at.max(1)),
            3 => {
                let number = HARD_NUMBERS[numbers.below(HARD_NUMBERS.len())];
                let number = match numbers.below(2) {
                    0 => number.to_be_bytes(),
                    _ => number.to_le_bytes(),
                };
                let end = (at + 1 + numbers.below(4)).min(bytes.len());
                bytes[at..end].copy_from_slice(&number[..end - at]);
            }
            4 => {
                let end = (at + numbers.below(64)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            5 => {
                let end = (at + numbers.below(64)).min(bytes.len());
                bytes.drain(at..end);
                if bytes.is_empty() {
                    bytes.push(0);
                }
            }
            _ => {
                let from = numbers.below(other.len());
                let end = (from + numbers.below(64)).min(other.len());
                bytes.splice(at..at, other[from..end].iter().copied());
            }
        }
    }
    bytes
}

/// Reads a file that a target begins with, or what became of it.
fn read(target: &str, bytes: &[u8], folder: &Path) {
    let file = |name: &str| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let text = || String::from_utf8_lossy(bytes);
    match target {
        "pictures" => drop(engine::portrait::load_picture(&file("a.png"))),
        "sounds" => {
            if let Ok(samples) = engine::audio::decode_file(&file("a.wav")) {
                assert!(samples.iter().all(|sample| sample.is_finite()));
            }
        }
        "videos" => {
            let path = file("a.mp4");
            let frames = Cell::new(0);
            let _ = studio::media::read::read_frames(&path, &|| frames.get() > 25, &mut |_, _| {
                frames.set(frames.get() + 1);
                Ok(())
            });
            let _ = studio::media::read::sound_of(&path, &|| false);
        }
        "claims" => drop(studio::provenance::verify(&file("a.mp4"), None).unwrap()),
        "recovery" => {
            for name in [".film.mp4.1-0.part", ".sound.wav.1-0.part"] {
                file(name);
                for left in recovery::find(folder).unwrap() {
                    let _ = recovery::recover(&left);
                }
            }
        }
        "motion" => {
            for ending in engine::motion::motion_file::EXTENSIONS {
                let path = file(&format!("a.{ending}"));
                let _ = engine::motion::motion_file::read(&path);
            }
        }
        "weights" => {
            let path = file("a.safetensors");
            if let Ok(weights) = engine::weights::TensorFile::open(&path) {
                for name in weights.names().take(4) {
                    assert!(weights.shape(&name).is_some());
                }
            }
        }
        "projects" => {
            let mut parts = bytes.splitn(3, |&byte| byte == seeds::BETWEEN_FILES);
            let mut next = || parts.next().unwrap_or_default();
            std::fs::write(folder.join(PROJECT_FILE), next()).unwrap();
            let take = folder.join("takes").join(seeds::TAKE_STEM);
            std::fs::create_dir_all(folder.join("takes")).unwrap();
            std::fs::write(take.with_extension("json"), next()).unwrap();
            std::fs::write(take.with_extension("wav"), next()).unwrap();
            let _ = Project::load(folder);
        }
        "dialogue" => {
            if let Ok(dialogue) = studio::dialogue::Dialogue::parse(&text()) {
                let _ = dialogue.words();
            }
        }
        "subtitles" => {
            if let Ok(said) = studio::watch::narration::Narration::parse(&text(), 60.0) {
                let _ = said.text();
            }
        }
        "scenes" => {
            if let Err(error) = studio::scenes::SceneFile::parse(&text(), Path::new("")) {
                assert_eq!(error.to_string().lines().count(), 1, "{error}");
            }
        }
        "text" => {
            let _ = engine::text::text_of_ssml(&text());
            let _ = engine::text::UserDictionary::parse(&text());
        }
        // Lists of a batch belong to the program.
        "csv" => {}
        other => panic!("nothing reads {other}"),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

#[test]
fn damaged_files_end_in_a_result() {
    let damages = std::env::var("JAM_FLOW_DAMAGES")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(USUAL_DAMAGES);
    // Panics in decoders of others are caught where those are called.
    static OWN_PANICS: AtomicUsize = AtomicUsize::new(0);
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_foreign = panic.location().is_some_and(|place| {
            place.file().contains("/registry/src/") || place.file().starts_with("/rustc/")
        });
        if !is_foreign {
            OWN_PANICS.fetch_add(1, Ordering::Relaxed);
            report(panic);
        }
    }));
    let root = tempfile::tempdir().unwrap();
    seeds::write(root.path()).unwrap();
    let mut read_files = 0_u64;
    for folder in std::fs::read_dir(root.path()).unwrap() {
        let folder = folder.unwrap().path();
        let target = folder.file_name().unwrap().to_str().unwrap();
        let wholes: Vec<_> = files(&folder)
            .iter()
            .map(|path| std::fs::read(path).unwrap())
            .collect();
        let began = Instant::now();
        let mut slowest = Duration::ZERO;
        for (place, whole) in wholes.iter().enumerate() {
            for damage in 0..damages {
                let mut numbers = Numbers(damage << 8 | place as u64);
                let other = &wholes[numbers.below(wholes.len())];
                let bytes = damaged(whole, other, &mut numbers);
                let work = tempfile::tempdir().unwrap();
                let before = Instant::now();
                read(target, &bytes, work.path());
                slowest = slowest.max(before.elapsed());
                if OWN_PANICS.load(Ordering::Relaxed) > 0 {
                    let kept = std::env::temp_dir().join(format!("damaged-{target}"));
                    std::fs::write(&kept, &bytes).unwrap();
                    panic!("{target}: see {}", kept.display());
                }
                read_files += 1;
            }
        }
        println!(
            "{target}: {} files, {} times each, {:.1} s, at most {} ms",
            wholes.len(),
            damages,
            began.elapsed().as_secs_f64(),
            slowest.as_millis()
        );
    }
    assert!(read_files >= 30 * damages, "{read_files}");
}
