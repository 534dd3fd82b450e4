//! Text → tokens of F5-TTS (commit 2ae2c9b, `model/utils.py`): characters, with the spaces that its segmenter adds.
//!
//! Chinese would be turned into pinyin first, which is not built in.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::VoiceModelError;
use crate::{Error, Result};

/// Largest file that is read; the published one has 11 kB.
const MAX_BYTES: u64 = 4 << 20;
/// The token of characters that the vocabulary lacks; the published ones have the space there.
const UNKNOWN: u32 = 0;
/// What F5-TTS takes for Chinese.
const CHINESE: RangeInclusive<char> = '\u{3100}'..='\u{9fff}';

/// The characters that a checkpoint knows.
#[derive(Debug)]
pub struct Vocabulary {
    tokens: HashMap<char, u32>,
    entries: usize,
}

impl Vocabulary {
    /// Reads a `vocab.txt`, one entry a line.
    ///
    /// # Errors
    /// [`VoiceModelError`] with the file's path.
    pub fn open(path: &Path) -> Result<Self> {
        let refused = |error: VoiceModelError| Error::from(error).in_file(path);
        let length = std::fs::metadata(path)
            .map_err(|_| refused(VoiceModelError::Missing))?
            .len();
        if length > MAX_BYTES {
            return Err(refused(VoiceModelError::NotVocabulary));
        }
        let bytes = std::fs::read(path).map_err(|source| Error::File {
            action: crate::error::FileAction::ReadVocabulary,
            source,
            path: path.to_owned(),
        })?;
        let text = String::from_utf8(bytes).map_err(|_| refused(VoiceModelError::NotVocabulary))?;
        Ok(Self::parse(&text))
    }

    /// Of the text of a `vocab.txt`. A line that stands there twice has the number of the last one.
    pub fn parse(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let text = text.strip_suffix('\n').unwrap_or(text);
        let mut tokens = HashMap::new();
        let mut entries = HashSet::new();
        for (i, line) in text.split('\n').enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            entries.insert(line);
            let mut characters = line.chars();
            if let (Some(character), None) = (characters.next(), characters.next()) {
                tokens.insert(character, i as u32);
            }
        }
        Self {
            tokens,
            entries: entries.len(),
        }
    }

    /// How many different entries there are.
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// The tokens of a text.
    ///
    /// # Errors
    /// [`VoiceModelError::Chinese`].
    pub fn tokens(&self, text: &str) -> std::result::Result<Vec<u32>, VoiceModelError> {
        let token = |character| self.tokens.get(&character).copied().unwrap_or(UNKNOWN);
        Ok(characters(text)?.into_iter().map(token).collect())
    }

    /// The characters of a text that the checkpoint does not know and passes over, each once.
    pub fn unknown(&self, text: &str) -> String {
        let mut seen = HashSet::new();
        replaced(text)
            .filter(|character| !character.is_whitespace() && !self.tokens.contains_key(character))
            .filter(|character| seen.insert(*character))
            .collect()
    }
}

/// The characters that F5-TTS reads for a text: signs replaced, and a space before every segment of several characters that
/// follows neither a space nor one of `:'"`.
///
/// # Errors
/// [`VoiceModelError::Chinese`].
pub fn characters(text: &str) -> std::result::Result<Vec<char>, VoiceModelError> {
    let text: String = replaced(text).collect();
    if let Some(character) = text.chars().find(|character| CHINESE.contains(character)) {
        return Err(VoiceModelError::Chinese { character });
    }
    let mut characters: Vec<char> = Vec::with_capacity(text.len());
    for segment in segments(&text) {
        let is_long = segment.chars().nth(1).is_some();
        if is_long
            && characters
                .last()
                .is_some_and(|last| !" :'\"".contains(*last))
        {
            characters.push(' ');
        }
        characters.extend(segment.chars());
    }
    Ok(characters)
}

fn replaced(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|character| match character {
        ';' => ',',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        character => character,
    })
}

/// Cuts a text as jieba cuts text that is not Chinese: words and numbers, what else stands in a run with them, and single
/// characters. The few names of its dictionary that have signs in them, such as C#, are not known here.
fn segments(text: &str) -> Vec<&str> {
    static RUN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?s)[A-Za-z0-9+#&._%-]+|\r\n|.").expect("the pattern is valid")
    });
    static WORD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*%?").expect("the pattern is valid")
    });
    let mut segments = Vec::new();
    for run in RUN.find_iter(text) {
        let mut rest = run.start();
        for word in WORD.find_iter(run.as_str()) {
            let (start, end) = (run.start() + word.start(), run.start() + word.end());
            segments.extend([&text[rest..start], &text[start..end]]);
            rest = end;
        }
        segments.push(&text[rest..run.end()]);
    }
    segments.retain(|segment| !segment.is_empty());
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_characters_are_the_first_token() {
        let vocabulary = Vocabulary::parse(" \na\r\nb\nang1\n\u{e9}\n");
        assert_eq!(vocabulary.entries(), 5);
        assert_eq!(vocabulary.tokens("ab é?").unwrap(), [1, 2, 0, 4, 0]);
        assert_eq!(vocabulary.unknown("a?b! ?"), "?!");
        // Without a line break at the end, too.
        assert_eq!(Vocabulary::parse(" \na").entries(), 2);
    }

    #[test]
    fn chinese_is_refused() {
        let refused = characters("Hello 你好").unwrap_err();
        assert_eq!(refused, VoiceModelError::Chinese { character: '你' });
        assert!(characters("こんにちは。").is_ok());
    }
}
