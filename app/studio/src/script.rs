//! What is to be said: texts and their limits.

use std::path::Path;

use anyhow::Context as _;

/// What the window holds at the first start, so that one click speaks, and what a demo says.
pub const SAMPLE_SENTENCE: &str =
    "Hello! Give me a portrait and some words, and I will say them for you.";
/// Longest text, in characters: two hours of speech.
pub const MOST_CHARACTERS: usize = 100_000;
/// Slowest and fastest rate of speech that still sounds like speech.
pub const SPEED_RANGE: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// Reads a text that the user named: UTF-8 of at most [`MOST_CHARACTERS`].
pub fn read_text_file(path: &Path) -> anyhow::Result<String> {
    let unreadable = || format!("cannot read the text: {}", path.display());
    let bytes = std::fs::metadata(path).with_context(unreadable)?.len();
    anyhow::ensure!(
        // A character takes four bytes at most.
        bytes <= 4 * MOST_CHARACTERS as u64,
        "the text is too long: give at most {MOST_CHARACTERS} characters at a time: {}",
        path.display()
    );
    let bytes = std::fs::read(path).with_context(unreadable)?;
    String::from_utf8(bytes)
        .map_err(|_| {
            anyhow::anyhow!(
                "the text is not UTF-8: save it as plain text: {}",
                path.display()
            )
        })
        .map(|text| text.trim_start_matches('\u{feff}').to_owned())
}

/// Refuses a text that is empty or too long.
pub fn check_text(text: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        text.chars().any(|character| !character.is_whitespace()),
        "there is nothing to say: give some words"
    );
    let characters = text.chars().count();
    anyhow::ensure!(
        characters <= MOST_CHARACTERS,
        "the text has {characters} characters: give at most {MOST_CHARACTERS} at a time"
    );
    Ok(())
}
