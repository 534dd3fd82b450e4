//! The key in a file that nobody else may read.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::EndpointError;
use crate::texts::text;

/// Longest key.
const MAX_KEY_BYTES: u64 = 4096;

/// Reads the key in a file.
///
/// # Errors
/// [`EndpointError::KeyFile`] if it cannot be read, is empty or too long, or, on Unix, if others may read it.
pub fn read_key(path: &Path) -> Result<String, EndpointError> {
    let unusable = |reason: String| EndpointError::KeyFile {
        reason,
        path: path.to_owned(),
    };
    let unreadable = |error: std::io::Error| {
        unusable(text!("endpoint-key-unreadable", reason = error.to_string()))
    };
    let file = File::open(path).map_err(unreadable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(unusable(text!("endpoint-key-open").to_owned()));
        }
    }
    let mut key = String::new();
    file.take(MAX_KEY_BYTES + 1)
        .read_to_string(&mut key)
        .map_err(unreadable)?;
    let key = key.trim();
    match key.is_empty() || key.len() as u64 > MAX_KEY_BYTES {
        true => Err(unusable(text!("endpoint-key-none").to_owned())),
        false => Ok(key.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_out_without_its_line_end() {
        // A temporary file is its owner's alone.
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "  a-key\n").unwrap();
        assert_eq!(read_key(file.path()).unwrap(), "a-key");
        for content in ["", " \n", &"k".repeat(5000)] {
            std::fs::write(file.path(), content).unwrap();
            assert!(read_key(file.path()).is_err());
        }
        assert!(read_key(Path::new("no/such/key")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_may_read_is_refused() {
        use std::fs::Permissions;
        use std::os::unix::fs::PermissionsExt as _;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "a-key").unwrap();
        for mode in [0o640, 0o604] {
            std::fs::set_permissions(file.path(), Permissions::from_mode(mode)).unwrap();
            let error = read_key(file.path()).unwrap_err().to_string();
            assert!(error.contains("chmod 600"), "{error}");
        }
    }
}
