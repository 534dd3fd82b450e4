//! Work that was not saved when the program ended, kept until the user says what to do with it.
//!
//! Each running program owns one folder of the recovery folder, by a lock that the system lets go of when the program ends,
//! however it ends. `work` in it is what this program does now; on the next start it becomes `left-TIME` and is offered.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

use super::{PROJECT_FILE, Project};
use crate::texts::text;

/// Programs that can run at the same time with recovery.
const MAX_PROGRAMS: usize = 8;
const WORK: &str = "work";
const LEFT: &str = "left-";

/// The recovery folder of this program.
#[derive(Debug)]
pub struct Recovery {
    folder: PathBuf,
    /// Held for its life.
    _lock: File,
}

impl Recovery {
    /// Takes a folder that no other program has, one with work left in it before others.
    pub fn claim(root: &Path) -> anyhow::Result<Self> {
        let mut free = Vec::new();
        for number in 0..MAX_PROGRAMS {
            let folder = root.join(number.to_string());
            std::fs::create_dir_all(&folder).with_context(|| not_kept(root))?;
            let lock = File::create(folder.join("lock")).with_context(|| not_kept(root))?;
            match lock.try_lock() {
                Ok(()) => free.push(Self {
                    folder,
                    _lock: lock,
                }),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| not_kept(root));
                }
            }
        }
        let with_work = free.iter().position(|claimed| {
            claimed.work().join(PROJECT_FILE).is_file() || claimed.left().is_some()
        });
        anyhow::ensure!(
            !free.is_empty(),
            text!("recovery-too-many-windows", reason = not_kept(root))
        );
        let claimed = free.swap_remove(with_work.unwrap_or(0));
        if claimed.work().join(PROJECT_FILE).is_file() {
            let nanos = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |age| age.as_nanos());
            let left = claimed.folder.join(format!("{LEFT}{nanos:030}"));
            std::fs::rename(claimed.work(), left).with_context(|| not_kept(root))?;
        }
        Ok(claimed)
    }

    /// The latest work that an earlier program left.
    pub fn left(&self) -> Option<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).ok()?;
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                path.file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with(LEFT))
                    && path.join(PROJECT_FILE).is_file()
            })
            .max()
    }

    /// Keeps this work against a kill.
    pub fn keep(&self, project: &Project) -> anyhow::Result<()> {
        project.save_for_recovery(&self.work())
    }

    /// Lets go of this program's work: it is saved elsewhere.
    pub fn forget(&self) -> anyhow::Result<()> {
        remove(&self.work())
    }

    /// Lets go of work that an earlier program left.
    pub fn discard(&self, left: &Path) -> anyhow::Result<()> {
        anyhow::ensure!(
            left.parent() == Some(&self.folder),
            text!("recovery-elsewhere")
        );
        remove(left)
    }

    fn work(&self) -> PathBuf {
        self.folder.join(WORK)
    }
}

/// Removes the project file first, so that half a removal is no half a project.
fn remove(folder: &Path) -> anyhow::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let removed = match std::fs::remove_file(folder.join(PROJECT_FILE)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => std::fs::remove_dir_all(folder),
    };
    removed.with_context(|| text!("recovery-unremovable", path = folder.display().to_string()))
}

fn not_kept(root: &Path) -> String {
    text!("recovery-not-kept", path = root.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(words: &str) -> Project {
        let mut project = super::super::tests::project(Path::new("/nowhere/face.png"));
        project.document.words = words.into();
        project
    }

    #[test]
    fn work_of_a_program_that_ended_is_offered_until_it_is_answered() {
        let root = tempfile::tempdir().unwrap();
        let first = Recovery::claim(root.path()).unwrap();
        assert_eq!(first.left(), None);
        first.keep(&work("one")).unwrap();
        first.keep(&work("two")).unwrap();
        // A second program beside it sees nothing of it.
        let second = Recovery::claim(root.path()).unwrap();
        assert_eq!(second.left(), None);
        drop((first, second));
        for _ in 0..2 {
            let next = Recovery::claim(root.path()).unwrap();
            let left = next.left().unwrap();
            let project = Project::load(&left).unwrap();
            assert_eq!(project.document.words, "two");
            assert_eq!(
                project.document.portrait.as_deref(),
                Some(Path::new("/nowhere/face.png"))
            );
            assert_eq!(project.takes.len(), 1);
        }
        let next = Recovery::claim(root.path()).unwrap();
        next.discard(&next.left().unwrap()).unwrap();
        assert_eq!(next.left(), None);
        next.keep(&work("three")).unwrap();
        next.forget().unwrap();
        drop(next);
        assert_eq!(Recovery::claim(root.path()).unwrap().left(), None);
    }
}
