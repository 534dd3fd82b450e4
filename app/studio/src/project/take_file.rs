//! A take in two files: its sound as WAV, the rest as JSON.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use engine::motion::MouthFrame;
use engine::motion::prosody::Accent;
use engine::{TimedPhone, TimedWord};
use serde::{Deserialize, Serialize};

use crate::take::{Take, TakeTurn};
use crate::texts::text;

/// Larger files are refused before they are read: two hours of mouth, words and phones take a quarter of it.
const MAX_BYTES: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
struct TakeFile {
    mouth: Vec<MouthFrame>,
    /// Nod and raised brow of each frame.
    accents: Vec<[f32; 2]>,
    /// Text, start and end in seconds.
    words: Vec<(String, f64, f64)>,
    /// Phone, start and end in seconds.
    phones: Vec<(String, f64, f64)>,
    /// Who speaks when, in a dialogue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    turns: Vec<TakeTurn>,
}

/// Writes both files unless they are there: a take never changes.
pub(super) fn write(folder: &Path, take: &Take) -> anyhow::Result<()> {
    let (sound, rest) = paths(folder, take.id);
    if sound.is_file() && rest.is_file() {
        return Ok(());
    }
    engine::audio::wav::write_float_wav(&sound, take.samples())?;
    let file = TakeFile {
        mouth: take.mouth.clone(),
        accents: take
            .accents
            .iter()
            .map(|accent| [accent.nod, accent.brow])
            .collect(),
        words: take
            .words
            .iter()
            .map(|word| (word.text.clone(), word.start_secs, word.end_secs))
            .collect(),
        phones: take
            .phones
            .iter()
            .map(|phone| (phone.phone.clone(), phone.start_secs, phone.end_secs))
            .collect(),
        turns: take.turns.clone(),
    };
    engine::atomic_file::write_atomically(&rest, |writer| {
        serde_json::to_writer(writer, &file).map_err(std::io::Error::from)
    })?;
    Ok(())
}

/// Fills a take from its files.
pub(super) fn read(folder: &Path, mut take: Take) -> anyhow::Result<Take> {
    let (sound, rest) = paths(folder, take.id);
    let unreadable = |path: &Path| text!("take-unreadable", path = path.display().to_string());
    let bytes = std::fs::metadata(&rest)
        .with_context(|| unreadable(&rest))?
        .len();
    anyhow::ensure!(bytes <= MAX_BYTES, unreadable(&rest));
    let content = std::fs::read(&rest).with_context(|| unreadable(&rest))?;
    let file: TakeFile = serde_json::from_slice(&content).with_context(|| unreadable(&rest))?;
    let samples = engine::audio::decode_file(&sound).with_context(|| unreadable(&sound))?;
    take.add_samples(&samples);
    take.accents = file
        .accents
        .into_iter()
        .map(|[nod, brow]| Accent { nod, brow })
        .collect();
    take.mouth = file.mouth;
    take.words = file
        .words
        .into_iter()
        .map(|(text, start_secs, end_secs)| TimedWord {
            text,
            start_secs,
            end_secs,
        })
        .collect();
    take.phones = file
        .phones
        .into_iter()
        .map(|(phone, start_secs, end_secs)| TimedPhone {
            phone,
            start_secs,
            end_secs,
        })
        .collect();
    take.turns = file.turns;
    take.is_complete = true;
    Ok(take)
}

/// Removes the files of takes that the project no longer has. What cannot be removed only takes up room.
pub(super) fn remove_others(folder: &Path, kept: &BTreeSet<u64>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let id = path
            .file_stem()
            .and_then(|stem| u64::from_str_radix(stem.to_str()?, 16).ok());
        if id.is_some_and(|id| !kept.contains(&id)) {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn paths(folder: &Path, id: u64) -> (PathBuf, PathBuf) {
    (
        folder.join(format!("{id:016x}.wav")),
        folder.join(format!("{id:016x}.json")),
    )
}
