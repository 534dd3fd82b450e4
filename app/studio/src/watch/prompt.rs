//! What a model is asked. The texts lie in `prompts/`; a file of the user's own can take the place of any.

use serde::{Deserialize, Serialize};

/// What is wanted of a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    /// What happens in the clip.
    #[default]
    Describe,
    /// The same in lines with their times.
    Narrate,
    /// What one thinks and feels about it.
    React,
    /// The answer to a question.
    Ask,
}

/// Words a second that are spoken without haste.
const WORDS_PER_SEC: f64 = 2.2;
/// Fewest and most words that are asked for.
const MIN_WORDS: f64 = 25.0;
const MAX_WORDS: f64 = 150.0;

impl Prompt {
    /// Its text, with places to be filled in.
    pub fn template(self) -> &'static str {
        match self {
            Self::Describe => include_str!("prompts/describe.txt"),
            Self::Narrate => include_str!("prompts/narrate.txt"),
            Self::React => include_str!("prompts/react.txt"),
            Self::Ask => include_str!("prompts/ask.txt"),
        }
    }
}

/// Fills `{duration_secs}`, `{words}` and `{question}` into a template. A question that has no place stands at the end.
pub fn filled(template: &str, duration_secs: f64, question: Option<&str>) -> String {
    let words = (duration_secs * WORDS_PER_SEC).clamp(MIN_WORDS, MAX_WORDS);
    let mut text = template
        .trim()
        .replace("{duration_secs}", &format!("{duration_secs:.1}"))
        .replace("{words}", &format!("{words:.0}"));
    if let Some(question) = question {
        // Last, so that nothing in it is taken for a place.
        text = match text.contains("{question}") {
            true => text.replace("{question}", question.trim()),
            false => format!("{text}\n{}", question.trim()),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_places_are_filled() {
        for prompt in [
            Prompt::Describe,
            Prompt::Narrate,
            Prompt::React,
            Prompt::Ask,
        ] {
            let text = filled(prompt.template(), 8.0, Some("Who {words} wins?"));
            assert!(text.contains("8.0 seconds"), "{text}");
            assert_eq!(text.matches("Who {words} wins?").count(), 1, "{text}");
            assert_eq!(text.matches('{').count(), 1, "{text}");
        }
        assert_eq!(filled("In {words}: ", 1.0, None), "In 25:");
    }
}
