//! The user's own pronunciations.
//!
//! A text file, UTF-8, one entry a line: what is written, `=`, and how it is said: phones between slashes (misaki's alphabet, IPA
//! or ARPAbet) or other words. `#` begins a comment.
//!
//! ```text
//! Nguyen = /wɪn/
//! SQL    = sequel
//! kubectl = cube control      # small letters: found in any case
//! ```

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;

use super::markup::{MAX_SAID_CHARACTERS, Say};
use super::spelling::phones_of;
use super::{EntryError, TextError};
use crate::{Error, Result};

/// Most entries of one dictionary.
const MAX_ENTRIES: usize = 20_000;
/// Largest dictionary file.
const MAX_FILE_BYTES: u64 = 16 << 20;

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    written: String,
    /// Whether the text may have it in other letters, as at the beginning of a sentence.
    any_case: bool,
    say: Say,
}

/// The text of a dictionary file.
fn read_text(path: &Path) -> Result<String> {
    let failed = |source| Error::File {
        action: crate::error::FileAction::ReadDictionary,
        source,
        path: path.to_owned(),
    };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.len() > MAX_FILE_BYTES {
        let max = MAX_ENTRIES;
        return Err(Error::from(TextError::DictionaryTooLong { max }).in_file(path));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::from(TextError::DictionaryEncoding).in_file(path))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The lines that hold entries, with their numbers from 1, without comments.
fn entry_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text
        .lines()
        .map(|line| line.split(" #").next().unwrap_or("").trim());
    (1..)
        .zip(lines)
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// Words and how their user says them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserDictionary {
    /// By what is written.
    entries: BTreeMap<String, Entry>,
}

impl UserDictionary {
    /// Reads a dictionary file.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read, [`TextError`] naming the line that cannot be understood.
    pub fn load(path: &Path) -> Result<Self> {
        Self::parse(&read_text(path)?)
    }

    /// The entries of a dictionary file as they stand there, in order: what is written, and how it is said.
    ///
    /// # Errors
    /// Those of [`Self::load`].
    pub fn load_rows(path: &Path) -> Result<Vec<(String, String)>> {
        let text = read_text(path)?;
        Self::parse(&text)?;
        let rows = entry_lines(&text).filter_map(|(_, line)| line.split_once('='));
        Ok(rows
            .map(|(written, said)| (written.trim().to_owned(), said.trim().to_owned()))
            .collect())
    }

    /// Reads the text of a dictionary file.
    ///
    /// # Errors
    /// [`TextError`] naming the line that cannot be understood.
    pub fn parse(text: &str) -> Result<Self> {
        let mut dictionary = Self::default();
        for (number, line) in entry_lines(text) {
            line.split_once('=')
                .ok_or(EntryError::NoEqualsSign)
                .and_then(|(written, said)| dictionary.add(written, said))
                .map_err(|problem| TextError::DictionaryLine {
                    number,
                    line: line.to_owned(),
                    problem,
                })?;
            if dictionary.entries.len() > MAX_ENTRIES {
                return Err(TextError::DictionaryTooLong { max: MAX_ENTRIES }.into());
            }
        }
        Ok(dictionary)
    }

    /// Adds one entry; it wins over an older one of the same word. `said` is phones between slashes, or words.
    ///
    /// # Errors
    /// [`EntryError`] if one of them is empty or the phones are none of English.
    pub fn add(&mut self, written: &str, said: &str) -> std::result::Result<(), EntryError> {
        let (written, said) = (written.trim(), said.trim());
        if !written.contains(char::is_alphanumeric) {
            return Err(EntryError::NoWord);
        }
        if said.chars().count() > MAX_SAID_CHARACTERS {
            return Err(EntryError::TooLong {
                max: MAX_SAID_CHARACTERS,
            });
        }
        let say = match said
            .strip_prefix('/')
            .and_then(|inner| inner.strip_suffix('/'))
        {
            Some(phones) => {
                let phones =
                    phones_of(phones).map_err(|error| EntryError::Phones(Box::new(error)))?;
                Say::Phones(phones)
            }
            None if said.contains(char::is_alphanumeric) => Say::Words(said.to_owned()),
            None => return Err(EntryError::NoPronunciation),
        };
        let entry = Entry {
            any_case: !written.contains(char::is_uppercase),
            written: written.to_owned(),
            say,
        };
        self.entries.insert(written.to_owned(), entry);
        Ok(())
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries' words in a text, with how they are said, in order; none overlaps another.
    pub(super) fn found(&self, text: &str) -> Vec<(Range<usize>, Say)> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut by_first_letter: HashMap<char, Vec<&Entry>> = HashMap::new();
        for entry in self.entries.values() {
            let first = entry.written.chars().next().map(small);
            by_first_letter
                .entry(first.unwrap_or_default())
                .or_default()
                .push(entry);
        }
        let mut candidates: Vec<(Range<usize>, &Say)> = Vec::new();
        let mut follows_word = false;
        for (start, c) in text.char_indices() {
            let begins = !follows_word;
            follows_word = c.is_alphanumeric();
            if begins && let Some(entries) = by_first_letter.get(&small(c)) {
                let places = entries
                    .iter()
                    .filter_map(|entry| Some((entry.place(text, start)?, &entry.say)));
                candidates.extend(places);
            }
        }
        // The longest first: "New Delhi" before "Delhi".
        candidates.sort_by_key(|(place, _)| (Reverse(place.len()), place.start));
        let mut found: BTreeMap<usize, (Range<usize>, Say)> = BTreeMap::new();
        for (place, say) in candidates {
            let last = found.range(..place.end).next_back();
            if last.is_none_or(|(_, (other, _))| other.end <= place.start) {
                found.insert(place.start, (place, say.clone()));
            }
        }
        found.into_values().collect()
    }
}

/// A letter as entries are looked for.
fn small(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

impl Entry {
    /// Where it is if it is the whole word at `start`, before which a word ends.
    fn place(&self, text: &str, start: usize) -> Option<Range<usize>> {
        let part = text.get(start..start + self.written.len())?;
        let same = part == self.written
            || self.any_case && part.to_lowercase() == self.written.to_lowercase();
        let whole = !text[start + part.len()..].starts_with(char::is_alphanumeric);
        (same && whole).then(|| start..start + part.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_as_whole_words() {
        let dictionary = UserDictionary::parse(
            "# names\nNguyen = /wɪn/\nkubectl = cube control # a tool\nNew Delhi = /nˈu dˈɛli/\nDelhi = deli\n",
        )
        .unwrap();
        let text = "Nguyen ran Kubectl in New Delhi, nguyen in Delhis.";
        let found: Vec<&str> = dictionary
            .found(text)
            .into_iter()
            .map(|(place, _)| &text[place])
            .collect();
        assert_eq!(found, ["Nguyen", "Kubectl", "New Delhi"]);
    }

    #[test]
    fn the_line_that_is_wrong_is_named() {
        let reason = |text: &str| UserDictionary::parse(text).unwrap_err().to_string();
        assert!(reason("a = b\nc").contains("line 2"));
        assert!(reason("a = /b@d/").contains("line 1"));
        assert!(reason("= x").contains("line 1"));
        assert!(reason("a =").contains("line 1"));
    }
}
