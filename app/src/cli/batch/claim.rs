//! Two batches on one folder do not make the same output: who makes it holds a lock.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use studio::output_path;

/// Held while an output is made. The lock ends with the process, however that ends, so that what a killed batch was making can be
/// made again.
pub(super) struct Claim {
    path: PathBuf,
    /// Holds the lock until it is closed.
    _file: File,
}

impl Claim {
    /// Claims an output; none if somebody else is making it. A file system without locks goes without: the output still appears
    /// whole, only the work may be done twice.
    pub fn take(output: &Path) -> io::Result<Option<Self>> {
        let path = path_of(output);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Ok(None),
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(Self { path, _file: file })),
        }
    }

    /// Removes what a killed batch left of its claim, if there is something.
    pub fn tidy(output: &Path) {
        if path_of(output).exists() {
            let _ = Self::take(output);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Whoever opened the file before this has a lock on nothing then; they look for the output once more before they make it.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn path_of(output: &Path) -> PathBuf {
    output.with_file_name(format!(".{}.claim", output_path::file_name(output)))
}

/// Removes the unfinished files of an output that nobody writes any more.
pub(super) fn remove_abandoned(output: &Path) {
    let prefix = format!(".{}.", output_path::file_name(output));
    let Ok(entries) = std::fs::read_dir(output_path::folder_of(output)) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = output_path::file_name(&path);
        let is_part = name.starts_with(&prefix) && name.ends_with(".part");
        let is_written = || {
            File::open(&path)
                .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
        };
        if is_part && !is_written() {
            let _ = std::fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_claims_an_output_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("a.mp4");
        let claim = Claim::take(&output).unwrap().unwrap();
        assert!(Claim::take(&output).unwrap().is_none());
        assert!(Claim::take(&folder.path().join("b.mp4")).unwrap().is_some());
        drop(claim);
        assert!(Claim::take(&output).unwrap().is_some());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        // What a killed batch leaves holds no lock.
        std::fs::write(path_of(&output), "").unwrap();
        Claim::tidy(&output);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn unfinished_files_go_unless_somebody_writes_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let (guard, _written) = engine::atomic_file::AtomicFile::create(&file("a.wav")).unwrap();
        for name in [".a.wav.77-0.part", ".b.wav.77-0.part", ".a.wav.txt"] {
            std::fs::write(file(name), "").unwrap();
        }
        remove_abandoned(&file("a.wav"));
        assert!(guard.temporary_path().exists());
        assert!(!file(".a.wav.77-0.part").exists());
        assert!(file(".b.wav.77-0.part").exists() && file(".a.wav.txt").exists());
    }
}
