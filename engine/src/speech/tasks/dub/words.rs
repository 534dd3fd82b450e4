//! Which words of a text are other ones than before.

use std::ops::Range;

use crate::AlignedWord;

/// Comparing more pairs of words than this takes too long; what lies between the ends that agree is then one change.
const MAX_PAIRS: usize = 16_000_000;

/// Words `old` of the old text give way to words `new` of the new one; either may be empty, not both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of the old words.
    pub old: Range<usize>,
    /// Of the new words.
    pub new: Range<usize>,
}

/// The fewest changes that make the old words the new ones, in order: [`word_changes`] of what is written. New words that touch
/// the bytes `again` of their text are changed although they are the same.
pub fn changes(old: &[AlignedWord], new: &[AlignedWord], again: &Range<usize>) -> Vec<Change> {
    let [old_texts, new_texts] = [old, new].map(|words| {
        let written = words.iter().map(|word| word.text.as_str());
        written.collect::<Vec<&str>>()
    });
    changes_where(&old_texts, &new_texts, |j| {
        let written = &new[j].written;
        written.start < again.end && again.start < written.end
    })
}

/// The fewest changes that make the old words the new ones, in order. A word is written with the marks that cling to it.
///
/// Words are the same if their letters are. A mark that changed after a word changes the word before it, unless what follows
/// is new anyway.
pub fn word_changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    changes_where(old, new, |_| false)
}

/// [`word_changes`], with all new words for which `is_again` holds among them.
fn changes_where(old: &[&str], new: &[&str], is_again: impl Fn(usize) -> bool) -> Vec<Change> {
    let (old_keys, new_keys): (Vec<String>, Vec<String>) = (keys(old), keys(new));
    let mut kept = common(&old_keys, &new_keys);
    kept.retain(|&(_, j)| !is_again(j));
    let ends = (old.len(), new.len());
    let is_followed_by_change: Vec<bool> = (0..kept.len())
        .map(|at| {
            let (i, j) = kept[at];
            kept.get(at + 1).copied().unwrap_or(ends) != (i + 1, j + 1)
        })
        .collect();
    let mut followed = is_followed_by_change.into_iter();
    kept.retain(|&(i, j)| {
        let is_followed = followed.next().unwrap_or(false);
        is_followed || marks_after(old[i]) == marks_after(new[j])
    });
    let mut changes = Vec::new();
    let mut last = (0, 0);
    for (i, j) in kept.into_iter().chain([ends]) {
        if (i, j) != last {
            changes.push(Change {
                old: last.0..i,
                new: last.1..j,
            });
        }
        last = (i + 1, j + 1);
    }
    changes
}

/// What tells words apart: their letters and figures.
fn keys(words: &[&str]) -> Vec<String> {
    let key = |word: &&str| {
        let letters: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
        // "US" is spoken letter by letter, "Us" is not.
        if letters.chars().count() > 1 && letters.chars().all(char::is_uppercase) {
            return letters;
        }
        match letters.is_empty() {
            true => (*word).to_owned(),
            false => letters.to_lowercase(),
        }
    };
    words.iter().map(key).collect()
}

fn marks_after(word: &str) -> &str {
    let end = word
        .char_indices()
        .rfind(|(_, c)| c.is_alphanumeric())
        .map_or(0, |(at, c)| at + c.len_utf8());
    &word[end..]
}

/// Pairs of a longest common subsequence.
fn common(old: &[String], new: &[String]) -> Vec<(usize, usize)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (rows, columns) = (old_rest.len() - tail, new_rest.len() - tail);
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|i| (i, i)).collect();
    if rows * columns <= MAX_PAIRS {
        // longest[i][j]: how many words the rests from i and j on have in common.
        let width = columns + 1;
        let mut longest = vec![0u32; (rows + 1) * width];
        for i in (0..rows).rev() {
            for j in (0..columns).rev() {
                longest[i * width + j] = if old_rest[i] == new_rest[j] {
                    longest[(i + 1) * width + j + 1] + 1
                } else {
                    longest[(i + 1) * width + j].max(longest[i * width + j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < rows && j < columns {
            if old_rest[i] == new_rest[j] {
                pairs.push((head + i, head + j));
                (i, j) = (i + 1, j + 1);
            } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    let (old_tail, new_tail) = (old.len() - tail, new.len() - tail);
    pairs.extend((0..tail).map(|k| (old_tail + k, new_tail + k)));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<AlignedWord> {
        let word = |text: &str| AlignedWord {
            text: text.to_owned(),
            tokens: 0..1,
            written: 0..0,
            confidence: 1.0,
        };
        text.split_whitespace().map(word).collect()
    }

    #[track_caller]
    fn check(old: &str, new: &str, expected: &[(Range<usize>, Range<usize>)]) {
        let found: Vec<_> = changes(&words(old), &words(new), &(0..0))
            .into_iter()
            .map(|change| (change.old, change.new))
            .collect();
        assert_eq!(found, expected, "{old:?} {new:?}");
    }

    #[test]
    fn the_fewest_words_change() {
        check("I like red cars.", "I like blue cars.", &[(2..3, 2..3)]);
        check("I like red cars.", "I like cars.", &[(2..3, 2..2)]);
        check("I like cars.", "I like red cars.", &[(2..2, 2..3)]);
        check("Go home.", "Go home now.", &[(2..2, 2..3)]);
        check("Go home.", "Now go home.", &[(0..0, 0..1)]);
        check("Go home.", "go  home.", &[]);
        check("They told us.", "They told US.", &[(2..3, 2..3)]);
        check("a b c d e", "a x c y e", &[(1..2, 1..2), (3..4, 3..4)]);
        check("one two", "three four five", &[(0..2, 0..3)]);
    }

    #[test]
    fn a_mark_changes_the_word_before_it() {
        check("You go. Now wait.", "You go? Now wait.", &[(1..2, 1..2)]);
        check("You go home.", "You go, he said.", &[(2..3, 2..4)]);
    }

    #[test]
    fn a_part_is_changed_though_it_is_the_same() {
        let mut new = words("You go. Now wait. He goes.");
        for (index, word) in new.iter_mut().enumerate() {
            word.written = 10 * index..10 * index + 5;
        }
        let old = words("You go! Now wait. He goes.");
        let found = |again| changes(&old, &new, &again);
        let part = |words: Range<usize>| Change {
            old: words.clone(),
            new: words,
        };
        assert_eq!(found(0..0), [part(1..2)]);
        assert_eq!(found(20..35), [part(2..4)]);
        assert_eq!(found(44..100), [part(1..2), part(4..6)]);
    }

    proptest! {
        #[test]
        fn old_words_with_the_changes_are_the_new_ones(
            old in "([abc]\\.? ){0,12}", new in "([abc]\\.? ){0,12}"
        ) {
            let (old, new) = (words(&old), words(&new));
            let mut at = (0, 0);
            for change in changes(&old, &new, &(0..0)) {
                prop_assert!(!change.old.is_empty() || !change.new.is_empty());
                prop_assert_eq!(change.old.start - at.0, change.new.start - at.1);
                for (a, b) in old[at.0..change.old.start].iter().zip(&new[at.1..]) {
                    prop_assert_eq!(&a.text[..1], &b.text[..1]);
                }
                at = (change.old.end, change.new.end);
            }
            prop_assert_eq!(old.len() - at.0, new.len() - at.1);
        }
    }
}
