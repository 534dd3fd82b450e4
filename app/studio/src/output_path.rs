//! Checks of output files before the long work begins.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::texts::text;

/// Words of a text that go into a file's name.
const NAME_WORDS: usize = 6;
/// Characters of a file's name, at most; file systems take 255 bytes.
const NAME_CHARACTERS: usize = 48;

/// Checks that `path` ends as one of `extensions` and that its folder takes new files.
pub fn check(path: &Path, what: &str, extensions: &[&str]) -> anyhow::Result<()> {
    let extension = extension(path);
    anyhow::ensure!(
        extensions.contains(&extension.as_str()),
        text!(
            "output-name",
            what = what,
            endings = extensions
                .iter()
                .map(|extension| format!("*.{extension}"))
                .collect::<Vec<_>>()
                .join(" or "),
            path = path.display().to_string()
        )
    );
    anyhow::ensure!(
        !path.is_dir(),
        text!(
            "output-is-folder",
            what = what,
            path = path.display().to_string()
        )
    );
    check_folder_of(path, what)
}

/// Checks that `path` can become a new folder: nothing has the name, or an empty folder.
pub fn check_folder(path: &Path, what: &str) -> anyhow::Result<()> {
    let is_free = match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !path.exists(),
    };
    anyhow::ensure!(
        is_free,
        text!(
            "output-folder-not-empty",
            what = what,
            path = path.display().to_string()
        )
    );
    anyhow::ensure!(
        path.file_name().is_some(),
        text!(
            "output-folder-without-name",
            what = what,
            path = path.display().to_string()
        )
    );
    check_folder_of(path, what)
}

fn check_folder_of(path: &Path, what: &str) -> anyhow::Result<()> {
    let folder = folder_of(path);
    // Without a name: a kill leaves nothing.
    tempfile::tempfile_in(&folder).with_context(|| {
        text!(
            "output-folder-unwritable",
            what = what,
            path = path.display().to_string()
        )
    })?;
    Ok(())
}

/// Checks that no two outputs are the same file, and that no output would replace an input.
pub fn check_distinct(outputs: &[&Path], inputs: &[&Path]) -> anyhow::Result<()> {
    for (index, output) in outputs.iter().enumerate() {
        anyhow::ensure!(
            !outputs[..index]
                .iter()
                .any(|earlier| same_file(earlier, output)),
            text!("outputs-same-name", path = output.display().to_string())
        );
        anyhow::ensure!(
            !inputs.iter().any(|input| same_file(input, output)),
            text!("output-replaces-input", path = output.display().to_string())
        );
    }
    Ok(())
}

/// The ending of a path in small letters, empty if there is none.
pub fn extension(path: &Path) -> String {
    path.extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// The folder that a file lies in, "." for a bare name.
pub fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// A file name without ending made from the first words of a text.
pub fn stem_from_words(words: &str) -> String {
    let stem = words
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(NAME_WORDS)
        .collect::<Vec<_>>()
        .join("-");
    let stem: String = stem.to_lowercase().chars().take(NAME_CHARACTERS).collect();
    if stem.is_empty() {
        "speech".to_owned()
    } else {
        stem
    }
}

/// The first of `stem.extension`, `stem-2.extension`, … that no file in `folder` has.
pub fn free_name(folder: &Path, stem: &str, extension: &str) -> PathBuf {
    std::iter::once(format!("{stem}.{extension}"))
        .chain((2..).map(|number: u32| format!("{stem}-{number}.{extension}")))
        .map(|name| folder.join(name))
        .find(|path| !path.exists())
        .expect("there are more numbers than files")
}

fn same_file(a: &Path, b: &Path) -> bool {
    let resolved = |path: &Path| {
        folder_of(path)
            .canonicalize()
            .ok()
            .zip(path.file_name())
            .map(|(folder, name)| folder.join(name))
    };
    a == b || (resolved(a).is_some() && resolved(a) == resolved(b))
}

/// A file's name without its ending, for people.
pub fn file_stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A file's or folder's name, for people.
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ending_and_folder_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let in_folder = |name: &str| folder.path().join(name);
        assert!(check(&in_folder("a.MP4"), "the output", &["mp4", "wav"]).is_ok());
        let error = check(&in_folder("a.avi"), "the output", &["mp4", "wav"]).unwrap_err();
        assert!(error.to_string().contains("*.mp4 or *.wav"), "{error}");
        assert!(check(&in_folder("no/a.mp4"), "the output", &["mp4"]).is_err());
        std::fs::create_dir(in_folder("d.mp4")).unwrap();
        assert!(check(&in_folder("d.mp4"), "the output", &["mp4"]).is_err());
        // The probe leaves nothing behind.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn names_come_from_the_words_and_are_free() {
        let folder = tempfile::tempdir().unwrap();
        let stem = stem_from_words("Hello, world! It's /../ me.");
        assert_eq!(stem, "hello-world-it-s-me");
        let first = free_name(folder.path(), &stem, "mp4");
        std::fs::write(&first, "").unwrap();
        let second = free_name(folder.path(), &stem, "mp4");
        assert!(second.ends_with("hello-world-it-s-me-2.mp4"), "{second:?}");
        assert_eq!(stem_from_words("…"), "speech");
    }

    #[test]
    fn an_output_never_replaces_an_input_or_another_output() {
        let a = Path::new("a.wav");
        assert!(check_distinct(&[a, Path::new("./a.wav")], &[]).is_err());
        assert!(check_distinct(&[a], &[Path::new("./a.wav")]).is_err());
        assert!(check_distinct(&[a, Path::new("b.wav")], &[Path::new("c.wav")]).is_ok());
    }
}
