//! Which words of a text differ from those of another, for colouring both, and when each of them is heard.

use std::ops::Range;

use engine::{TimedWord, word_changes};

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
    /// Whether one is made of the other: of the shorter text at least half of the words stay.
    pub is_related: bool,
}

impl WordMarks {
    /// Compares two texts.
    pub fn of(before: &str, after: &str) -> Self {
        let (before, after) = (places(before), places(after));
        if before.len().max(after.len()) > MAX_WORDS {
            return Self {
                is_related: true,
                ..Self::default()
            };
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
        let gone: usize = marks.gone_words.iter().map(ExactSizeIterator::len).sum();
        let kept = before.len() - gone;
        marks.is_related = kept > 0 && 2 * kept >= before.len().min(after.len());
        marks
    }
}

/// Which of the timed words each word of a text is: several for a number, none for what is not spoken.
pub fn spoken_words(text: &str, timed: &[TimedWord]) -> Vec<Range<usize>> {
    let written: Vec<&str> = places(text).into_iter().map(|(_, word)| word).collect();
    let spoken: Vec<&str> = timed.iter().map(|word| word.text.as_str()).collect();
    if written.len().max(spoken.len()) > MAX_WORDS {
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> = Vec::with_capacity(written.len());
    let mut next = 0;
    for change in word_changes(&written, &spoken) {
        while found.len() < change.old.start {
            found.push(next..next + 1);
            next += 1;
        }
        match change.old.len() == change.new.len() {
            true => found.extend(change.new.clone().map(|word| word..word + 1)),
            false => found.extend(change.old.map(|_| change.new.clone())),
        }
        next = change.new.end;
    }
    found.extend((next..spoken.len()).map(|word| word..word + 1));
    found
}

/// Where the words of a text are.
pub fn places(text: &str) -> Vec<(Range<usize>, &str)> {
    let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace()
        .map(|word| (start(word)..start(word) + word.len(), word))
        .collect()
}

/// Words of a text that begin in these bytes of it.
pub fn words_in(text: &str, bytes: &Range<usize>) -> Range<usize> {
    let places = places(text);
    let before = |byte| places.partition_point(|(place, _)| place.start < byte);
    before(bytes.start)..before(bytes.end)
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
        let same = WordMarks::of(before, before);
        assert!(same.is_related && same.gone.is_empty() && same.new.is_empty());
        assert!(!WordMarks::of(before, "Nobody else has time.").is_related);
        assert!(WordMarks::of(before, "We walk.").is_related);
        let all = WordMarks::of("", "Ä ö");
        assert!(all.gone.is_empty() && all.new[0] == (0..5) && !all.is_related);
        let long = "word ".repeat(MAX_WORDS + 1);
        let marks = WordMarks::of(&long, "word");
        assert!(marks.gone.is_empty() && marks.is_related);
    }

    #[test]
    fn words_are_found_in_what_is_spoken() {
        let timed = |spoken: &str| -> Vec<TimedWord> {
            let word = |text: &str| TimedWord {
                text: text.to_owned(),
                start_secs: 0.0,
                end_secs: 0.0,
            };
            spoken.split_whitespace().map(word).collect()
        };
        let found = spoken_words(
            "She paid $42 [pause 1] for two.",
            &timed("She paid forty-two dollars for two."),
        );
        assert_eq!(found[..2], [0..1, 1..2]);
        assert!(found[2..5].iter().all(|words| *words == (2..4)));
        assert_eq!(found[5..], [4..5, 5..6]);
        let half_made = spoken_words("One two three.", &timed("One two"));
        assert_eq!(half_made, [0..1, 1..2, 2..2]);
    }
}
