//! A folder under a temporary name beside the one that it becomes, as `engine::atomic_file` has it for files.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use engine::atomic_file::temporary_name;

use crate::texts::text;

/// How the temporary name ends.
pub(super) const PARTS_ENDING: &str = "parts";
/// Held by whoever writes in the folder: that tells one that was cut off from one that is being filled. Programs that are started for
/// the work write what they say into it, and so hold it, too.
pub(super) const LOCK_FILE: &str = "lock";

/// Removed with all that is in it unless [`PartFolder::commit`] gave it its name.
#[derive(Debug)]
pub(super) struct PartFolder {
    path: PathBuf,
    lock: File,
    is_committed: bool,
}

impl PartFolder {
    /// Makes an empty folder beside `target`.
    pub fn create(target: &Path) -> io::Result<Self> {
        let name = target.file_name().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, text!("folder-without-name"))
        })?;
        let path = target.with_file_name(temporary_name(name, PARTS_ENDING));
        std::fs::create_dir(&path)?;
        let lock = OpenOptions::new()
            .read(true)
            .append(true)
            .create_new(true)
            .open(path.join(LOCK_FILE))?;
        // A file system without locks goes without.
        let _ = lock.try_lock();
        Ok(Self {
            path,
            lock,
            is_committed: false,
        })
    }

    /// Itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The lock, for a program that works in the folder: it keeps what it says there.
    pub fn lock(&self) -> io::Result<File> {
        self.lock.try_clone()
    }

    /// Where a file of this name is to be.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Gives the folder its name. Nothing, or an empty folder, may have it.
    pub fn commit(mut self, target: &Path) -> io::Result<()> {
        if target.is_dir() {
            // Fails if there is something in it.
            std::fs::remove_dir(target)?;
        }
        std::fs::remove_file(self.path.join(LOCK_FILE))?;
        std::fs::rename(&self.path, target)?;
        self.is_committed = true;
        Ok(())
    }
}

/// Whether somebody writes in such a folder.
pub(super) fn is_in_use(path: &Path) -> bool {
    File::open(path.join(LOCK_FILE))
        .is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

impl Drop for PartFolder {
    fn drop(&mut self) {
        if !self.is_committed {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
