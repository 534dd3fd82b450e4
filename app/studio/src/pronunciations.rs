//! The user's own pronunciations as rows that can be edited one by one.

use std::path::Path;

use engine::text::UserDictionary;
use serde::{Deserialize, Serialize};

/// A word and how it is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pronunciation {
    /// As it stands in a script.
    pub written: String,
    /// Phones between slashes, or other words.
    pub said: String,
}

impl Pronunciation {
    /// Whether nothing is filled in.
    pub fn is_empty(&self) -> bool {
        self.written.trim().is_empty() && self.said.trim().is_empty()
    }

    /// Why it cannot be used.
    ///
    /// # Errors
    /// Those of [`UserDictionary::add`].
    pub fn check(&self) -> Result<(), engine::text::EntryError> {
        UserDictionary::default().add(&self.written, &self.said)
    }
}

/// What the rows say; those that cannot be used say nothing.
pub fn dictionary(rows: &[Pronunciation]) -> UserDictionary {
    let mut dictionary = UserDictionary::default();
    for row in rows {
        // Whoever edits the rows shows what is wrong with them.
        let _ = dictionary.add(&row.written, &row.said);
    }
    dictionary
}

/// The rows of a dictionary file.
///
/// # Errors
/// Those of [`UserDictionary::load_rows`], which name the line.
pub fn read(path: &Path) -> anyhow::Result<Vec<Pronunciation>> {
    let rows = UserDictionary::load_rows(path)?.into_iter();
    Ok(rows
        .map(|(written, said)| Pronunciation { written, said })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_of_the_file_and_bad_ones_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names.txt");
        let text = "# names\nNguyen = /wɪn/ # a name\n\nkubectl=cube control\n";
        std::fs::write(&path, text).unwrap();
        let rows = read(&path).unwrap();
        assert_eq!(dictionary(&rows), UserDictionary::parse(text).unwrap());
        assert_eq!(rows[1].said, "cube control");
        std::fs::write(&path, "a = b\nc\n").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("line 2"));
        let bad = Pronunciation {
            written: "a".to_owned(),
            said: "/b@d/".to_owned(),
        };
        assert!(bad.check().is_err());
        assert!(dictionary(&[bad, Pronunciation::default()]).is_empty());
    }
}
