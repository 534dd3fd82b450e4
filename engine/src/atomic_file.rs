//! Files that appear whole or not at all: written under a temporary name beside the target, flushed to the disk, renamed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A file under a temporary name, removed again unless [`AtomicFile::commit`] gave it its final one.
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    temporary: PathBuf,
    committed: bool,
}

impl AtomicFile {
    /// Creates an empty file beside `target` and returns it with its guard. A file at `target` stays as it is for now.
    ///
    /// # Errors
    /// Whatever the system says, such as a missing folder or a lack of permission.
    pub fn create(target: &Path) -> io::Result<(Self, File)> {
        // Two writers in one process must not share a name; the process id separates processes.
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        if target.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "the name belongs to a folder",
            ));
        }
        let name = target.file_name().ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "the path does not end in a file name",
            )
        })?;
        let mut temporary_name = std::ffi::OsString::from(".");
        temporary_name.push(name);
        temporary_name.push(format!(
            ".{}-{}.part",
            std::process::id(),
            COUNTER.fetch_add(1, Ordering::Relaxed)
        ));
        let temporary = target.with_file_name(temporary_name);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&temporary)?;
        let guard = Self {
            target: target.to_owned(),
            temporary,
            committed: false,
        };
        Ok((guard, file))
    }

    /// Where the bytes are until the commit.
    pub fn temporary_path(&self) -> &Path {
        &self.temporary
    }

    /// Flushes `file` to the disk and gives it its final name, in place of what was there.
    ///
    /// # Errors
    /// Whatever the system says; the temporary file is removed then.
    pub fn commit(mut self, file: File) -> io::Result<()> {
        file.sync_all()?;
        drop(file);
        fs::rename(&self.temporary, &self.target)?;
        self.committed = true;
        // The new name itself reaches the disk with its folder; systems that cannot open a folder do without.
        if let Some(folder) = self.target.parent()
            && let Ok(folder) = File::open(if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            })
        {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.committed {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Writes a whole file through `write`; on any error nothing of it stays and an older file at `target` is untouched.
///
/// # Errors
/// What `write` or the system says.
pub fn write_atomically(
    target: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let (guard, file) = AtomicFile::create(target)?;
    let mut writer = BufWriter::new(file);
    write(&mut writer)?;
    writer.flush()?;
    let file = writer
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    guard.commit(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.txt");
        write_atomically(&target, |w| w.write_all(b"old")).unwrap();
        let failed = write_atomically(&target, |w| {
            w.write_all(b"new")?;
            Err(io::Error::other("broken"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&target).unwrap(), b"old");
        write_atomically(&target, |w| w.write_all(b"newer")).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"newer");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_not_a_target() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_atomically(folder.path(), |_| Ok(())).is_err());
    }
}
