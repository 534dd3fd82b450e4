//! Which words of a text differ from those of another, for colouring both.

use std::ops::Range;

use engine::word_changes;

/// Longer texts are not coloured: comparing them takes longer than a frame.
const MAX_WORDS: usize = 1500;

/// Words that go and words that come, as bytes of their texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordMarks {
    /// In the text before: what goes, from the first letter of the first word to the last of the last.
    pub gone: Vec<Range<usize>>,
    /// In the text after: what comes.
    pub new: Vec<Range<usize>>,
    /// The same counted in words of the text before.
    pub gone_words: Vec<Range<usize>>,
    /// And of the text after.
    pub new_words: Vec<Range<usize>>,
}

impl WordMarks {
    /// Compares two texts.
    pub fn of(before: &str, after: &str) -> Self {
        let (before, after) = (places(before), places(after));
        if before.len().max(after.len()) > MAX_WORDS {
            return Self::default();
        }
        let words = |places: &[(Range<usize>, &str)]| -> Vec<String> {
            places.iter().map(|(_, word)| (*word).to_owned()).collect()
        };
        let (old, new) = (words(&before), words(&after));
        let [old, new] =
            [&old, &new].map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
        let mut marks = Self::default();
        for change in word_changes(&old, &new) {
            mark(&before, change.old, &mut marks.gone, &mut marks.gone_words);
            mark(&after, change.new, &mut marks.new, &mut marks.new_words);
        }
        marks
    }
}

/// Where the words of a text are.
pub fn places(text: &str) -> Vec<(Range<usize>, &str)> {
    let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace()
        .map(|word| (start(word)..start(word) + word.len(), word))
        .collect()
}

fn mark(
    places: &[(Range<usize>, &str)],
    words: Range<usize>,
    bytes: &mut Vec<Range<usize>>,
    counted: &mut Vec<Range<usize>>,
) {
    if let (Some((first, _)), Some((last, _))) = (
        places.get(words.start),
        places.get(words.end.wrapping_sub(1)),
    ) && !words.is_empty()
    {
        bytes.push(first.start..last.end);
        counted.push(words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_and_what_comes_is_marked() {
        let (before, after) = (
            "We walk along  the pier today.",
            "We run along the old pier today.",
        );
        let marks = WordMarks::of(before, after);
        let gone: Vec<&str> = marks
            .gone
            .iter()
            .map(|bytes| &before[bytes.clone()])
            .collect();
        let new: Vec<&str> = marks
            .new
            .iter()
            .map(|bytes| &after[bytes.clone()])
            .collect();
        assert_eq!((gone, new), (vec!["walk"], vec!["run", "old"]));
        assert_eq!(marks.new_words, [1..2, 4..5]);
        assert_eq!(WordMarks::of(before, before), WordMarks::default());
        let all = WordMarks::of("", "Ä ö");
        assert!(all.gone.is_empty() && all.new[0] == (0..5));
        let long = "word ".repeat(MAX_WORDS + 1);
        assert_eq!(WordMarks::of(&long, "word"), WordMarks::default());
    }
}
