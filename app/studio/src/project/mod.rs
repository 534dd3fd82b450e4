//! A project: one folder with the document, the portrait and the takes.
//!
//! ```text
//! My film/
//!   project.json     document and list of takes; written last, so that what it lists is there
//!   portrait.jpg     the picture, if it is not the default one
//!   driver.mp4       the film or movement that the face follows, if it follows one
//!   voice.wav        the recording of somebody's voice, if one speaks
//!   takes/ID.wav     sound of a take
//!   takes/ID.json    its mouth, words and phones
//! ```
//!
//! A take's files never change once written. `project.json` is replaced in one step; files that it no longer lists go after
//! that. So a kill at any moment leaves either the old project or the new one; what it left half-written goes with the next save. Of two
//! windows on one project the document of the last one counts, and the takes of both.

pub mod document;
mod recovery;
mod take_file;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::media::write::recovery::remove_parts;
use crate::project::document::{ChosenDriver, Document};
use crate::reference_voice::OwnVoice;
use crate::script::Script;
use crate::take::Take;
use crate::texts::text;

pub use recovery::Recovery;

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "project.json";
const TAKES_FOLDER: &str = "takes";
/// Names, without their endings, of the files that are copied into a project.
const COPIES: [&str; 3] = ["portrait", "voice", "driver"];
/// Version of the format that is written, and the highest that is read.
const FORMAT: u32 = 1;
/// Larger project files are refused before they are read.
const MAX_BYTES: u64 = 16 << 20;

/// All of a project, to be written or just read.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// What the user edits.
    pub document: Document,
    /// Complete takes, the oldest first.
    pub takes: Vec<Arc<Take>>,
    /// Where the user saved it last.
    pub folder: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct ProjectFile {
    format: u32,
    document: Document,
    takes: Vec<TakeEntry>,
    /// Only in recovered work: the project that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folder: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct TakeEntry {
    id: u64,
    seed: u64,
    /// Named as when a take knew its source alone.
    #[serde(rename = "source")]
    script: Script,
}

/// Whether a path is a project's folder or its file.
pub fn folder_of_project(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        path.join(PROJECT_FILE)
            .is_file()
            .then(|| path.to_path_buf())
    } else {
        (path.file_name()? == PROJECT_FILE)
            .then(|| path.parent().map(Path::to_path_buf))
            .flatten()
    }
}

impl Project {
    /// Writes the project with its portrait into a folder, which is made if need be.
    pub fn save(&self, folder: &Path) -> anyhow::Result<()> {
        let mut document = self.document.clone();
        std::fs::create_dir_all(folder).with_context(|| not_saved(folder))?;
        if let Some(picture) = &mut document.portrait {
            *picture = keep_copy(folder, picture, "portrait")?;
        }
        if let Some(voice) = &mut document.own_voice {
            voice.recording = keep_copy(folder, &voice.recording, "voice")?;
        }
        if let Some(driver) = &mut document.driver {
            driver.source = keep_copy(folder, &driver.source, "driver")?;
        }
        let others = self.takes_of_others(folder);
        self.write(folder, document, others, None)
    }

    /// What another window has saved in the same project since this one read it.
    fn takes_of_others(&self, folder: &Path) -> Vec<TakeEntry> {
        if self.folder.as_deref() != Some(folder) {
            return Vec::new();
        }
        let file = read_file(&folder.join(PROJECT_FILE));
        let mut takes = file.map_or_else(|_| Vec::new(), |file| file.takes);
        takes.retain(|other| self.takes.iter().all(|take| take.id != other.id));
        takes
    }

    /// Writes what would be lost if the program were killed now; the portrait stays where it is.
    pub fn save_for_recovery(&self, folder: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder).with_context(|| not_saved(folder))?;
        let document = self.document.clone();
        self.write(folder, document, Vec::new(), self.folder.clone())
    }

    fn write(
        &self,
        folder: &Path,
        mut document: Document,
        others: Vec<TakeEntry>,
        origin: Option<PathBuf>,
    ) -> anyhow::Result<()> {
        let takes_folder = folder.join(TAKES_FOLDER);
        std::fs::create_dir_all(&takes_folder).with_context(|| not_saved(folder))?;
        let kept: Vec<_> = self
            .takes
            .iter()
            .filter(|take| !document.put_away.contains(&take.id))
            .collect();
        document.put_away.clear();
        for take in &kept {
            take_file::write(&takes_folder, take).with_context(|| not_saved(folder))?;
        }
        let mut takes: Vec<_> = kept
            .iter()
            .map(|take| TakeEntry {
                id: take.id,
                seed: take.seed,
                script: take.script.clone(),
            })
            .collect();
        takes.extend(others);
        let ids: BTreeSet<u64> = takes.iter().map(|take| take.id).collect();
        let file = ProjectFile {
            format: FORMAT,
            document,
            takes,
            folder: origin,
        };
        engine::atomic_file::write_atomically(&folder.join(PROJECT_FILE), |writer| {
            serde_json::to_writer_pretty(writer, &file).map_err(std::io::Error::from)
        })
        .with_context(|| not_saved(folder))?;
        take_file::remove_others(&takes_folder, &ids);
        remove_parts(&takes_folder, |_| true);
        remove_parts(folder, |name| {
            let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str());
            name == PROJECT_FILE || stem.is_some_and(|stem| COPIES.contains(&stem))
        });
        Ok(())
    }

    /// Reads a project from its folder.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let file = read_file(&folder.join(PROJECT_FILE))?;
        let takes = file
            .takes
            .into_iter()
            .map(|entry| {
                let take = Take::new(entry.id, entry.script, entry.seed);
                take_file::read(&folder.join(TAKES_FOLDER), take).map(Arc::new)
            })
            .collect::<anyhow::Result<_>>()?;
        let mut document = file.document;
        // A relative name is the copy inside the project; nothing but a plain name can be one.
        let kept = |path: PathBuf| match path.is_absolute() {
            true => Some(path),
            false => path.file_name().map(|name| folder.join(name)),
        };
        document.portrait = document.portrait.and_then(kept);
        document.own_voice = document.own_voice.and_then(|voice| {
            let recording = kept(voice.recording)?;
            Some(OwnVoice { recording, ..voice })
        });
        document.driver = document.driver.and_then(|driver| {
            let source = kept(driver.source)?;
            Some(ChosenDriver { source, ..driver })
        });
        Ok(Self {
            document,
            takes,
            folder: file.folder,
        })
    }
}

fn read_file(path: &Path) -> anyhow::Result<ProjectFile> {
    let unreadable = || text!("project-unreadable", path = path.display().to_string());
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .with_context(unreadable)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(unreadable)?;
    anyhow::ensure!(bytes.len() as u64 <= MAX_BYTES, unreadable());
    let file: ProjectFile = serde_json::from_slice(&bytes).with_context(unreadable)?;
    anyhow::ensure!(
        file.format <= FORMAT,
        text!("project-newer", path = path.display().to_string())
    );
    Ok(file)
}

/// Copies a file that the document names into the project, and says what it is called there.
fn keep_copy(folder: &Path, path: &Path, stem: &str) -> anyhow::Result<PathBuf> {
    let extension = crate::output_path::extension(path);
    let name = PathBuf::from(format!("{stem}.{extension}"));
    let copy = folder.join(&name);
    if path != copy {
        let mut source = std::fs::File::open(path).with_context(|| {
            text!(
                "project-copy-unreadable",
                stem = stem,
                path = path.display().to_string()
            )
        })?;
        engine::atomic_file::write_atomically(&copy, |file| {
            std::io::copy(&mut source, file).map(|_| ())
        })
        .with_context(|| not_saved(folder))?;
    }
    Ok(name)
}

fn not_saved(folder: &Path) -> String {
    text!("project-unsaved", path = folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::Aspect;
    use crate::scenes::{EditedFilm, Scene};
    use engine::{TimedPhone, TimedWord};

    pub(super) fn project(picture: &Path) -> Project {
        let mut take = Take::new(u64::MAX, Script::AudioFile("me.wav".into()), 5);
        let samples = (0..2400_i16).map(|i| f32::from(i).sin() * 0.3);
        take.add_samples(&samples.collect::<Vec<_>>());
        take.mouth = vec![engine::motion::MouthFrame::from([[0.01, 0.02, -0.03]; 4]); 3];
        take.words = vec![TimedWord {
            text: "hello".into(),
            start_secs: 0.01,
            end_secs: 0.08,
        }];
        take.phones = vec![TimedPhone {
            phone: "ˈO".into(),
            start_secs: 0.02,
            end_secs: 0.05,
        }];
        take.is_complete = true;
        let mut gone = take.clone();
        gone.id = 2;
        Project {
            document: Document {
                words: "Hello — world".into(),
                voice: "af_heart".into(),
                own_voice: None,
                model_voice: None,
                driver: None,
                speed: 1.25,
                life: engine::motion::LifeSettings {
                    mood: engine::motion::Mood::Happy,
                    ..Default::default()
                },
                portrait: Some(picture.to_path_buf()),
                face: Some(2),
                film: Some(EditedFilm::new(Scene::new(
                    Script::AudioFile("said.wav".into()),
                    Aspect::Tall,
                ))),
                put_away: BTreeSet::from([2]),
            },
            takes: vec![Arc::new(take), Arc::new(gone)],
            folder: None,
        }
    }

    #[test]
    fn a_project_comes_back_whole_and_can_be_moved() {
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("me.PNG");
        std::fs::write(&picture, "a picture").unwrap();
        let saved = project(&picture);
        let recording = folder.path().join("me.WAV");
        std::fs::write(&recording, "a voice").unwrap();
        let mut saved = saved;
        saved.document.own_voice = Some(OwnVoice {
            recording,
            words: "Hello.".into(),
            is_permitted: true,
        });
        let first = folder.path().join("first");
        saved.save(&first).unwrap();
        saved.save(&first).unwrap();
        let moved = folder.path().join("moved");
        std::fs::rename(&first, &moved).unwrap();
        assert_eq!(folder_of_project(&moved), Some(moved.clone()));
        assert_eq!(
            folder_of_project(&moved.join(PROJECT_FILE)),
            Some(moved.clone())
        );
        assert_eq!(folder_of_project(folder.path()), None);
        let loaded = Project::load(&moved).unwrap();
        assert_eq!(loaded.takes, saved.takes[..1]);
        let portrait = loaded.document.portrait.clone().unwrap();
        assert_eq!(std::fs::read(&portrait).unwrap(), b"a picture");
        assert!(portrait.starts_with(&moved));
        assert_eq!(loaded.document.words, saved.document.words);
        let voice = loaded.document.own_voice.clone().unwrap();
        assert_eq!(std::fs::read(&voice.recording).unwrap(), b"a voice");
        assert!(voice.recording.starts_with(&moved) && voice.is_permitted);
        // Saving what was loaded keeps the copy of the picture, and a take that was put away leaves the folder.
        let mut again = loaded.clone();
        again.document.put_away.insert(u64::MAX);
        again.save(&moved).unwrap();
        assert!(Project::load(&moved).unwrap().takes.is_empty());
        assert_eq!(
            std::fs::read_dir(moved.join(TAKES_FOLDER)).unwrap().count(),
            0
        );
        assert!(portrait.is_file());
    }

    #[test]
    fn broken_and_newer_projects_are_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PROJECT_FILE);
        for (content, expected) in [
            ("", "can't read"),
            ("{\"format\": 1}", "can't read"),
            ("{\"format\": 9, \"document\": {}, \"takes\": []}", "newer"),
            (
                "{\"format\": 1, \"document\": {}, \"takes\": [{\"id\": 1, \"seed\": 0, \"source\": {\"Recording\": \"x\"}}]}",
                "take",
            ),
        ] {
            std::fs::write(&path, content).unwrap();
            let error = format!("{:#}", Project::load(folder.path()).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }
}
