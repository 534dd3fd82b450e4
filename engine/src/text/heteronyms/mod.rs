//! Words that are written alike and said differently: chosen by the words around them and by their part of speech.
//!
//! `choices.txt` lists the readings of each word; the first that fits is taken, and if none does the dictionary's own reading stays. Pairs
//! of noun and verb ("record", "object") are the dictionary's; here the words before and after correct the part of speech.

mod table;

use table::{Choice, TABLE};

/// A word in its sentence.
#[derive(Clone, Copy)]
pub(super) struct Token<'a> {
    /// As written.
    pub text: &'a str,
    /// Penn Treebank's part of speech.
    pub tag: &'a str,
}

/// Words before a verb's plain form, but not only there: "may" is a month, "do" a verb by itself.
const UNSURE_MODALS: &[&str] = &["to", "may", "do", "does", "did"];

/// The phones of the word at `index`, if its surroundings say so.
pub(super) fn phones(tokens: &[Token], index: usize) -> Option<&'static str> {
    let written = tokens[index].text;
    let word = written.to_lowercase();
    if word == "read" {
        return read(tokens, index);
    }
    let choices = TABLE.choices(&word)?;
    let before = neighbour(tokens, index, -1);
    let after = neighbour(tokens, index, 1);
    let is_name = written.starts_with(char::is_uppercase) && index > 0;
    let fits = |choice: &&Choice| {
        let near = |words: &[&str]| {
            tokens.iter().enumerate().any(|(other, token)| {
                other != index && words.contains(&token.text.to_lowercase().as_str())
            })
        };
        let lists = [
            (&choice.before, choice.before.contains(&before.as_str())),
            (&choice.after, choice.after.contains(&after.as_str())),
            (&choice.near, near(&choice.near)),
        ];
        let mut named = lists.iter().filter(|(words, _)| !words.is_empty());
        let words_fit = if choice.needs_all {
            named.all(|(_, fits)| *fits)
        } else {
            lists.iter().all(|(words, _)| words.is_empty()) || named.any(|(_, fits)| *fits)
        };
        let tag = tokens[index].tag;
        words_fit
            && (choice.tags.is_empty() || choice.tags.iter().any(|begin| tag.starts_with(begin)))
            && !choice.not_after.contains(&after.as_str())
            && (!choice.is_name || is_name)
            && (!choice.is_capital || written.starts_with(char::is_uppercase))
    };
    choices.iter().find(fits).map(|choice| choice.phones)
}

/// The part of speech that the words around it ask for, where it contradicts the tag of a word that is noun and verb.
pub(super) fn part_of_speech(tokens: &[Token], index: usize) -> Option<&'static str> {
    const PRONOUNS: &[&str] = &["i", "we", "they", "you", "who"];
    const OBJECTS: &[&str] = &[
        "the", "a", "an", "my", "your", "his", "her", "it", "them", "him", "us", "me", "this",
        "that", "these", "every", "all", "their", "our", "to",
    ];
    const DETERMINERS: &[&str] = &[
        "a", "an", "the", "this", "my", "your", "his", "its", "our", "their", "no", "every",
        "each", "another",
    ];
    let tag = tokens[index].tag;
    let before = neighbour(tokens, index, -1);
    let after = neighbour(tokens, index, 1);
    let before = before.as_str();
    let verb = (TABLE.list("modals").contains(&before) && !UNSURE_MODALS.contains(&before))
        || before == "to" && OBJECTS.contains(&after.as_str())
        || PRONOUNS.contains(&before) && OBJECTS.contains(&after.as_str());
    if verb && !tag.starts_with("VB") {
        return Some("VERB");
    }
    let noun = DETERMINERS.contains(&before)
        && tag.starts_with("VB")
        && !tag.starts_with("VBN")
        && !tag.starts_with("VBG");
    noun.then_some("NOUN")
}

fn neighbour(tokens: &[Token], index: usize, step: isize) -> String {
    index
        .checked_add_signed(step)
        .and_then(|other| tokens.get(other))
        .map(|token| token.text.to_lowercase())
        .unwrap_or_default()
}

/// "read" is past behind a form of "have" or "be", and where a word says when.
fn read(tokens: &[Token], index: usize) -> Option<&'static str> {
    const PAST: &str = "ɹˈɛd";
    const PRESENT: &str = "ɹˈid";
    const HAVE: &[&str] = &[
        "have", "has", "had", "having", "i've", "you've", "we've", "they've", "haven't", "hasn't",
        "hadn't", "i'd", "he'd", "she'd", "was", "were", "been", "being", "is", "are", "be", "get",
        "got", "it's", "wasn't", "weren't", "isn't", "aren't",
    ];
    const LONG_AGO: &[&str] = &[
        "yesterday",
        "last",
        "ago",
        "once",
        "already",
        "when",
        "then",
        "earlier",
    ];
    const EVER: &[&str] = &[
        "every",
        "always",
        "usually",
        "often",
        "sometimes",
        "daily",
        "now",
        "tonight",
        "tomorrow",
    ];
    const HABITS: &[&str] = &["never", "always", "often", "usually", "rarely", "regularly"];
    const THINGS: &[&str] = &[
        "access",
        "only",
        "write",
        "writes",
        "permission",
        "permissions",
        "speed",
        "speeds",
        "receipt",
        "receipts",
    ];
    let before = neighbour(tokens, index, -1);
    let habit = HABITS.contains(&before.as_str())
        && matches!(
            neighbour(tokens, index, -2).as_str(),
            "you" | "we" | "they" | "i" | "people" | "readers" | "students" | "almost" | "children"
        );
    if TABLE.list("modals").contains(&before.as_str())
        || habit
        || THINGS.contains(&neighbour(tokens, index, 1).as_str())
    {
        return Some(PRESENT);
    }
    let start = index.saturating_sub(4);
    let helped = tokens[start..index]
        .iter()
        .rev()
        .take_while(|token| !matches!(token.text, "," | ";" | ":" | "." | "and" | "but" | "to"))
        .any(|token| HAVE.contains(&token.text.to_lowercase().as_str()));
    if helped {
        let modal = tokens[start..index].iter().any(|token| {
            matches!(
                token.text.to_lowercase().as_str(),
                "to" | "will" | "can" | "should" | "could" | "would" | "might"
            )
        });
        let have = tokens[start..index].iter().any(|token| {
            matches!(
                token.text.to_lowercase().as_str(),
                "have" | "be" | "been" | "has" | "had"
            )
        });
        return (!modal || have).then_some(PAST);
    }
    if matches!(before.as_str(), "he" | "she" | "it") {
        return Some(PAST);
    }
    let near = |words: &[&str]| {
        tokens
            .iter()
            .any(|token| words.contains(&token.text.to_lowercase().as_str()))
    };
    if matches!(before.as_str(), "i" | "we" | "they" | "you") {
        if near(EVER) {
            return Some(PRESENT);
        }
        if near(LONG_AGO) {
            return Some(PAST);
        }
    }
    None
}
