//! A folder under a temporary name beside the one that it becomes, as `engine::atomic_file` has it for files.

use std::io;
use std::path::{Path, PathBuf};

use engine::atomic_file::temporary_name;

/// Removed with all that is in it unless [`PartFolder::commit`] gave it its name.
#[derive(Debug)]
pub(super) struct PartFolder {
    path: PathBuf,
    is_committed: bool,
}

impl PartFolder {
    /// Makes an empty folder beside `target`.
    pub fn create(target: &Path) -> io::Result<Self> {
        let name = target.file_name().ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "the path does not end in a name",
            )
        })?;
        let path = target.with_file_name(temporary_name(name, "parts"));
        std::fs::create_dir(&path)?;
        Ok(Self {
            path,
            is_committed: false,
        })
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
        std::fs::rename(&self.path, target)?;
        self.is_committed = true;
        Ok(())
    }
}

impl Drop for PartFolder {
    fn drop(&mut self) {
        if !self.is_committed {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
