//! Files that appear whole or not at all: written under a temporary name beside the target, flushed to the disk, renamed.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Longest name of a file, in bytes: that of nearly every file system.
const MAX_NAME_BYTES: usize = 255;
/// Symbolic links that are followed before they count as a circle.
const MAX_LINKS: usize = 40;

/// Why a file could not be written where the system has no word for it; stands within the [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// There is no room.
    #[error("the disk is full: free some space and try again")]
    DiskFull,
    /// A folder has the name.
    #[error("the name belongs to a folder")]
    Folder,
    /// The path has no last part.
    #[error("the path does not end in a file name")]
    NoName,
    /// Symbolic links that lead to each other.
    #[error("the symbolic links form a circle")]
    LinkCircle,
}

impl From<NotWritten> for io::Error {
    fn from(error: NotWritten) -> Self {
        let kind = match error {
            NotWritten::DiskFull => io::ErrorKind::StorageFull,
            NotWritten::Folder => io::ErrorKind::IsADirectory,
            NotWritten::NoName => io::ErrorKind::InvalidInput,
            NotWritten::LinkCircle => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// A file under a temporary name, removed again unless [`AtomicFile::commit`] gave it its final one.
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    temporary: PathBuf,
    committed: bool,
}

impl AtomicFile {
    /// Creates an empty file beside `target` and returns it with its guard. A file at `target` stays as it is for now. If
    /// `target` is a symbolic link, the file that it points to is meant.
    ///
    /// # Errors
    /// Whatever the system says, such as a missing folder or a lack of permission.
    pub fn create(target: &Path) -> io::Result<(Self, File)> {
        let target = link_target(target)?;
        if target.is_dir() {
            return Err(NotWritten::Folder.into());
        }
        let name = target.file_name().ok_or(NotWritten::NoName)?;
        let temporary = target.with_file_name(temporary_name(name, "part"));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&temporary)?;
        // The lock dies with this process, however it dies: that tells a file that was cut off from one that is being written. A
        // file system without locks goes without.
        let _ = file.try_lock();
        let guard = Self {
            target,
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

/// A hidden name beside `name` that nobody else has: `.film.mp4.123-0.part`. The stem of a long name is cut, so that the file
/// system takes it.
pub fn temporary_name(name: &OsStr, ending: &str) -> OsString {
    // Two writers in one process must not share a name; the process id separates processes.
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let suffix = format!(".{}-{number}.{ending}", std::process::id());
    let mut temporary = OsString::from(".");
    let room = MAX_NAME_BYTES - temporary.len() - suffix.len();
    if name.len() <= room {
        temporary.push(name);
    } else {
        // Only a name that is no Unicode can lose letters here, and no more than its temporary name does.
        let name = name.to_string_lossy();
        let (stem, extension) = match name.rfind('.') {
            Some(dot) if dot > 0 && name.len() - dot < room / 2 => name.split_at(dot),
            _ => (name.as_ref(), ""),
        };
        let mut end = (room - extension.len()).min(stem.len());
        while !stem.is_char_boundary(end) {
            end -= 1;
        }
        temporary.push(&stem[..end]);
        temporary.push(extension);
    }
    temporary.push(suffix);
    temporary
}

/// The path that is written when `path` is: the end of a chain of symbolic links, whether or not there is a file yet.
///
/// # Errors
/// If a link cannot be read, or the links form a circle.
pub fn link_target(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        if !fs::symlink_metadata(&target).is_ok_and(|file| file.is_symlink()) {
            return Ok(target);
        }
        let pointed = fs::read_link(&target)?;
        // A relative link starts from the folder it lies in; joining an absolute path gives that path.
        target = match target.parent() {
            Some(folder) => folder.join(pointed),
            None => pointed,
        };
    }
    Err(NotWritten::LinkCircle.into())
}

/// Writes a whole file through `write`; on any error nothing of it stays and an older file at `target` is untouched.
///
/// # Errors
/// What `write` or the system says; of a full disk, what to do.
pub fn write_atomically(
    target: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    write_whole(target, write).map_err(|error| match error.kind() {
        kind @ (io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
            io::Error::new(kind, NotWritten::DiskFull)
        }
        _ => error,
    })
}

fn write_whole(
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
        let full = write_atomically(&target, |_| Err(io::ErrorKind::StorageFull.into()));
        assert!(full.unwrap_err().to_string().contains("free some space"));
        assert_eq!(fs::read(&target).unwrap(), b"old");
        write_atomically(&target, |w| w.write_all(b"newer")).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"newer");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_longest_name_that_a_file_can_have_is_written() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "x".repeat(251) + ".txt",
            "é".repeat(125) + ".mp4",
            ".".to_owned() + &"y".repeat(254),
        ] {
            let target = folder.path().join(&name);
            write_atomically(&target, |w| w.write_all(b"whole")).unwrap();
            assert_eq!(fs::read(&target).unwrap(), b"whole", "{name}");
            let temporary = temporary_name(OsStr::new(&name), "part");
            assert!(temporary.len() <= MAX_NAME_BYTES);
        }
        let temporary = temporary_name(OsStr::new(&("x".repeat(251) + ".mp4")), "part");
        assert!(
            temporary.to_str().unwrap().contains("xx.mp4."),
            "{temporary:?}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_stays_and_its_file_is_written() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::create_dir(place("other")).unwrap();
        fs::write(place("other/real.txt"), "old").unwrap();
        symlink("other/real.txt", place("link.txt")).unwrap();
        symlink("link.txt", place("second.txt")).unwrap();
        symlink("other/new.txt", place("dangling.txt")).unwrap();
        symlink("circle.txt", place("circle.txt")).unwrap();
        write_atomically(&place("second.txt"), |w| w.write_all(b"new")).unwrap();
        assert_eq!(fs::read(place("other/real.txt")).unwrap(), b"new");
        assert!(
            fs::symlink_metadata(place("second.txt"))
                .unwrap()
                .is_symlink()
        );
        write_atomically(&place("dangling.txt"), |w| w.write_all(b"first")).unwrap();
        assert_eq!(fs::read(place("other/new.txt")).unwrap(), b"first");
        assert!(write_atomically(&place("circle.txt"), |_| Ok(())).is_err());
    }

    #[test]
    fn a_folder_is_not_a_target() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_atomically(folder.path(), |_| Ok(())).is_err());
    }
}
