//! The word that a client has to know.

use std::path::Path;

use anyhow::Context as _;

use crate::server::texts::text;

/// Shorter tokens could be guessed.
const MIN_CHARACTERS: usize = 16;
/// Random bytes of a token of our own.
const RANDOM_BYTES: usize = 24;

/// A secret that is compared and never shown again.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token(…)")
    }
}

impl Token {
    /// A token that the user chose.
    pub fn new(text: &str) -> anyhow::Result<Self> {
        let text = text.trim();
        anyhow::ensure!(
            text.len() >= MIN_CHARACTERS && text.bytes().all(|byte| byte.is_ascii_graphic()),
            text!("token-short", count = MIN_CHARACTERS)
        );
        Ok(Self(text.to_owned()))
    }

    /// The token in a file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| text!("token-unreadable", file = path.display().to_string()))?;
        Self::new(&text).with_context(|| text!("token-unusable", file = path.display().to_string()))
    }

    /// A new one from the system's random numbers.
    pub fn random() -> anyhow::Result<Self> {
        Ok(Self(random_hex(RANDOM_BYTES)?))
    }

    /// Whether somebody said it. Takes as long for a near miss as for any other.
    pub fn is(&self, said: &str) -> bool {
        let (own, said) = (self.0.as_bytes(), said.as_bytes());
        let mut difference = own.len() ^ said.len();
        for (index, byte) in own.iter().enumerate() {
            difference |= usize::from(byte ^ said.get(index).unwrap_or(&0));
        }
        difference == 0
    }

    /// The word itself, to tell the user once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Random bytes in hexadecimal.
pub fn random_hex(bytes: usize) -> anyhow::Result<String> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random)
        .map_err(|error| anyhow::anyhow!(text!("token-random", error = error.to_string())))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_word_is_the_token() {
        let token = Token::new(" abcdefghijklmnop\n").unwrap();
        assert!(token.is("abcdefghijklmnop"));
        for wrong in [
            "",
            "abcdefghijklmnoq",
            "abcdefghijklmno",
            "abcdefghijklmnopp",
        ] {
            assert!(!token.is(wrong), "{wrong}");
        }
        assert!(!format!("{token:?}").contains("abc"));
    }

    #[test]
    fn what_could_be_guessed_or_broken_is_refused() {
        for wrong in [
            "",
            "short",
            "sixteen letters and spaces",
            "ümläutümläutümläut",
        ] {
            assert!(Token::new(wrong).is_err(), "{wrong}");
        }
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert!(one != other && Token::new(one.reveal()).is_ok());
    }
}
