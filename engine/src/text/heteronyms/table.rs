//! The readings of `choices.txt`, whose first lines say how it is written.

use std::collections::HashMap;
use std::sync::LazyLock;

/// All readings. A test proves that the file can be read.
pub static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::parse(include_str!("choices.txt")).unwrap_or_default());

/// Readings by word, and lists of words that several of them name.
#[derive(Debug, Default)]
pub struct Table {
    lists: HashMap<&'static str, Vec<&'static str>>,
    choices: HashMap<&'static str, Vec<Choice>>,
}

/// When a reading is taken: one of the lists has to fit, and the part of speech if one is named.
#[derive(Debug, Default)]
pub struct Choice {
    /// The reading.
    pub phones: &'static str,
    /// Beginnings of tags; empty for any.
    pub tags: Vec<&'static str>,
    /// The word directly before.
    pub before: Vec<&'static str>,
    /// The word directly after.
    pub after: Vec<&'static str>,
    /// Any word of the sentence.
    pub near: Vec<&'static str>,
    /// Not this reading if one of these is directly after.
    pub not_after: Vec<&'static str>,
    /// Only with a capital, not at the beginning of the sentence.
    pub is_name: bool,
    /// Only with a capital.
    pub is_capital: bool,
    /// All lists that have words must fit, not one of them.
    pub needs_all: bool,
}

impl Table {
    /// The readings of a word in lower case, if it has several.
    pub fn choices(&self, word: &str) -> Option<&[Choice]> {
        self.choices.get(word).map(Vec::as_slice)
    }

    /// A named list of words; empty if there is none of that name.
    pub fn list(&self, name: &str) -> &[&'static str] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// # Errors
    /// The line that cannot be understood.
    fn parse(text: &'static str) -> Result<Self, String> {
        let mut table = Self::default();
        for entry in entries(text) {
            let first = entry.first().ok_or("an empty entry")?;
            if let Some(name) = first.strip_prefix('@') {
                table.lists.insert(name, entry[2..].to_vec());
                continue;
            }
            let mut readings = entry[1..].split(|word| *word == READING);
            // Nothing stands between a word and its first reading.
            readings.next();
            let choices = readings.map(|words| table.choice(words));
            let choices = choices.collect::<Result<Vec<_>, _>>()?;
            if choices.is_empty() || table.choices.insert(first, choices).is_some() {
                return Err(format!("{first}: it needs readings, and once"));
            }
        }
        Ok(table)
    }

    fn choice(&self, words: &[&'static str]) -> Result<Choice, String> {
        let mut conditions = words.split(|word| *word == "|");
        let [phones] = conditions.next().unwrap_or_default() else {
            return Err(format!("{words:?}: a reading is one word"));
        };
        let mut choice = Choice {
            phones,
            ..Choice::default()
        };
        for condition in conditions {
            let (kind, words) = condition.split_first().ok_or("an empty condition")?;
            let list = match *kind {
                "name" => {
                    choice.is_name = true;
                    continue;
                }
                "capital" => {
                    choice.is_capital = true;
                    continue;
                }
                "all" => {
                    choice.needs_all = true;
                    continue;
                }
                "tags" => &mut choice.tags,
                "before" => &mut choice.before,
                "after" => &mut choice.after,
                "near" => &mut choice.near,
                "not-after" => &mut choice.not_after,
                other => return Err(format!("{phones}: what is \"{other}\"?")),
            };
            for word in words {
                match word.strip_prefix('@') {
                    Some(name) => list.extend(self.lists.get(name).ok_or(name)?),
                    None => list.push(word),
                }
            }
        }
        Ok(choice)
    }
}

/// Stands before each reading among the words of an entry.
const READING: &str = "\n";

/// The words of each entry: a line at the left margin and the lines that are indented below it. Four spaces begin a reading, more
/// go on with one.
fn entries(text: &'static str) -> Vec<Vec<&'static str>> {
    let mut entries: Vec<Vec<&str>> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let is_indented = line.starts_with(' ');
        if !is_indented && !line.trim().is_empty() {
            entries.push(Vec::new());
        }
        let Some(entry) = entries.last_mut() else {
            continue;
        };
        let is_list = entry.first().is_some_and(|word| word.starts_with('@'));
        if is_indented && !is_list && !line.starts_with("     ") {
            entry.push(READING);
        }
        entry.extend(line.split_whitespace());
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::phones::is_phone;

    #[test]
    fn the_file_can_be_read_and_every_reading_is_in_the_alphabet() {
        let table = Table::parse(include_str!("choices.txt")).unwrap();
        assert!(table.choices.len() > 50 && table.lists.len() > 8);
        for (word, choices) in &table.choices {
            for choice in choices {
                let mut signs = choice.phones.chars();
                assert!(
                    signs.all(|c| is_phone(c) || "ˈˌ".contains(c)),
                    "{word}: {}",
                    choice.phones
                );
            }
        }
        assert!(table.list("modals").contains(&"would"));
        assert_eq!(table.choices("lead").unwrap()[0].tags, ["NN", "JJ"]);
        assert!(table.choices("lead").unwrap()[0].near.contains(&"zinc"));
    }

    #[test]
    fn lines_that_make_no_sense_are_named() {
        for (text, named) in [
            ("word\n", "word"),
            ("word\n    a | behind x\n", "behind"),
            ("word\n    a b | after x\n", "one word"),
            ("word\n    a | near @nothing\n", "nothing"),
        ] {
            let error = Table::parse(text).unwrap_err();
            assert!(error.contains(named), "{error}");
        }
    }
}
