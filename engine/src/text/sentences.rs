//! Where sentences and paragraphs end in written text.

use std::ops::Range;

use super::normalize::abbreviations::{SHORT_FORMS, TITLES};
use super::normalize::numbers::roman;

/// Longer sentences are cut at a comma or a space; this bounds the work that one step of the front end does.
const MAX_BYTES: usize = 600;

/// A stretch of the input that is spoken as one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Bytes of the input, without the white space around.
    pub written: Range<usize>,
    /// Whether a longer pause follows.
    pub ends_paragraph: bool,
}

/// Cuts a text into sentences, in order. White space between them belongs to none.
pub fn sentences(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    for paragraph in paragraphs(text) {
        let first = found.len();
        let mut start = paragraph.start;
        for end in sentence_ends(text, paragraph.clone()) {
            push_bounded(text, start..end, &mut found);
            start = end;
        }
        push_bounded(text, start..paragraph.end, &mut found);
        if let Some(last) = found[first..].last_mut() {
            last.ends_paragraph = true;
        }
    }
    found
}

/// A line break ends a paragraph unless the lines look wrapped: a full line without a stop, or going on in lower case.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    const FULL_LINE: usize = 50;
    let mut found = Vec::new();
    let mut start = 0;
    let mut position = 0;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (index, line) in lines.iter().enumerate() {
        position += line.len();
        let next = lines.get(index + 1).map_or("", |next| next.trim());
        let line = line.trim();
        let stopped = line.ends_with(['.', '!', '?', ':', '…', '"', '”']);
        let goes_on = next.starts_with(char::is_lowercase) && !line.ends_with(['.', '!', '?']);
        let item = next.starts_with(['-', '•', '*', '–']);
        let wrapped = !line.is_empty()
            && !next.is_empty()
            && !item
            && (goes_on
                || (line.len() >= FULL_LINE
                    && (!stopped || next.starts_with(char::is_alphanumeric))));
        if !wrapped {
            found.push(start..position);
            start = position;
        }
    }
    found.push(start..text.len());
    found
}

/// Byte positions behind each sentence end in `range`.
fn sentence_ends(text: &str, range: Range<usize>) -> Vec<usize> {
    let part = &text[range.clone()];
    let mut ends = Vec::new();
    let mut characters = part.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if !matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？') {
            continue;
        }
        let mut end = at + c.len_utf8();
        let mut closed = false;
        while let Some(&(next_at, next)) = characters.peek() {
            let closer = matches!(next, '"' | '”' | '’' | '\'' | ')' | ']' | '»');
            if !closer && !matches!(next, '.' | '!' | '?' | '…') {
                break;
            }
            closed |= closer;
            end = next_at + next.len_utf8();
            characters.next();
        }
        let wide = matches!(c, '。' | '！' | '？');
        let rest = &part[end..];
        if !wide && !rest.starts_with(char::is_whitespace) {
            continue;
        }
        // "5! = 120" is one statement.
        if rest.trim_start().starts_with(['=', '+', '*', '<', '>']) {
            continue;
        }
        let marks = part[at..end].trim_end_matches(['"', '”', '’', '\'', ')', ']', '»']);
        if wide || ends_here(&part[..at], marks, closed, rest.trim_start()) {
            ends.push(range.start + end);
        }
    }
    ends
}

/// Words that open a sentence far more often than they follow an abbreviation.
const OPENERS: [&str; 40] = [
    "The", "He", "She", "It", "I", "We", "You", "They", "But", "And", "Then", "In", "On", "At",
    "A", "An", "This", "That", "There", "These", "His", "Her", "My", "Our", "Their", "What",
    "When", "Where", "Why", "How", "If", "So", "As", "For", "No", "Yes", "After", "Before", "Now",
    "Who",
];

fn ends_here(before: &str, marks: &str, closed: bool, next: &str) -> bool {
    let lower_next = next.starts_with(char::is_lowercase);
    if marks != "." {
        // '"What?" he asked' and 'well... maybe' go on.
        return !(lower_next && (closed || marks.starts_with("..") || marks.contains('…')));
    }
    if closed {
        return !lower_next;
    }
    let word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '—' | '–'))
        .next()
        .unwrap_or("");
    let opener = next
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .next()
        .is_some_and(|word| OPENERS.contains(&word.split('\'').next().unwrap_or("")));
    let upper_next = next.starts_with(|c: char| !c.is_lowercase());
    match word {
        "Mr" | "Mrs" | "Ms" | "Dr" | "e.g" | "i.e" | "cf" | "vs" | "approx" | "incl" => false,
        "a.m" | "p.m" | "A.M" | "P.M" | "am" | "pm" | "etc" => upper_next,
        "St" => opener,
        "No" | "Nos" | "no" | "nos" | "Vol" | "vol" | "Fig" | "fig" | "Figs" | "p" | "pp"
        | "pg" | "Ch" | "ch" | "Sec" | "Eq" | "eq" | "Apt" | "apt" | "Ste" | "Rm" | "Bk" | "Pt"
        | "c" | "ca" => {
            let word = next
                .split(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap_or("");
            !next.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '(' | '#'))
                && (word == "I" || roman(word).is_none())
        }
        "Jan" | "Feb" | "Mar" | "Apr" | "Jun" | "Jul" | "Aug" | "Sep" | "Sept" | "Oct" | "Nov"
        | "Dec" | "JAN" | "FEB" | "MAR" | "APR" | "JUN" | "JUL" | "AUG" | "SEP" | "SEPT"
        | "OCT" | "NOV" | "DEC" | "jan" | "feb" | "apr" | "jun" | "jul" | "aug" | "sept"
        | "oct" | "nov" | "dec" | "Mon" | "Tue" | "Tues" | "Wed" | "Thu" | "Thur" | "Thurs"
        | "Fri" => !next.starts_with(|c: char| c.is_ascii_digit()) && upper_next,
        // Units behind their number, and short forms that end no sentence: what follows in small letters goes on.
        "sq" | "cu" | "fl" => upper_next && opener,
        "ft" | "in" | "yd" | "yds" | "mi" | "lb" | "lbs" | "oz" | "gal" | "qt" | "pt" | "tsp"
        | "tbsp" | "hr" | "hrs" | "min" | "mins" | "sec" | "secs" | "yr" | "yrs" | "mo" | "wk"
            if before[..before.len() - word.len()]
                .trim_end()
                .ends_with(|c: char| c.is_ascii_digit() || c == '.') =>
        {
            upper_next && opener
        }
        "ea" | "Expy" | "Fwy" | "Ln" | "Ct" | "Pl" | "Ter" | "Cir" | "Sq" | "Rs" | "temp"
        | "mgr" | "asst" | "attn" | "appt" | "qty" | "eds" => upper_next && opener,
        _ if TITLES.iter().any(|(title, _)| *title == word) => false,
        _ if SHORT_FORMS.iter().any(|(short, _)| *short == word) => opener,
        _ if word.contains('.')
            && word.split('.').all(|part| part.len() <= 2)
            && word.contains(char::is_alphabetic) =>
        {
            opener
        }
        _ if word.chars().count() == 1 && word.starts_with(char::is_uppercase) && word != "I" => {
            opener
        }
        // "1. First" is the number of an item, said with it.
        _ if !word.is_empty()
            && before[..before.len() - word.len()].trim_end().is_empty()
            && word.chars().all(|c| c.is_ascii_digit()) =>
        {
            false
        }
        _ => true,
    }
}

/// Adds a sentence, in pieces if it is very long, without surrounding space; nothing for a blank one.
fn push_bounded(text: &str, range: Range<usize>, found: &mut Vec<Sentence>) {
    let mut rest = trimmed(text, range);
    while rest.len() > MAX_BYTES {
        let mut limit = rest.start + MAX_BYTES;
        while !text.is_char_boundary(limit) {
            limit -= 1;
        }
        let window = &text[rest.start..limit];
        let cut = [", ", "; ", ": ", " — ", " – "]
            .into_iter()
            .filter_map(|mark| window.rfind(mark).map(|at| at + mark.len()))
            .filter(|&at| at > MAX_BYTES / 3)
            .max()
            .or_else(|| window.rfind(char::is_whitespace).filter(|&at| at > 0))
            .unwrap_or(window.len());
        let head = trimmed(text, rest.start..rest.start + cut);
        if !head.is_empty() {
            found.push(Sentence {
                written: head,
                ends_paragraph: false,
            });
        }
        rest = trimmed(text, rest.start + cut..rest.end);
    }
    if !rest.is_empty() {
        found.push(Sentence {
            written: rest,
            ends_paragraph: false,
        });
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    let end = start + part.trim().len();
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text)
            .into_iter()
            .map(|sentence| &text[sentence.written])
            .collect()
    }

    #[test]
    fn abbreviations_do_not_end_sentences() {
        for text in [
            "Dr. Smith met Mrs. O'Brien at 221B Baker St. any time.",
            "J. K. Rowling wrote it.",
            "It costs $4.50, i.e. 3.14 times more.",
            "The U.S. Army came.",
            "\"What?\" he asked.",
            "Well... maybe not.",
            "See No. 5 and p. 12, vol. 3.",
            "Lt. Col. Brown left.",
        ] {
            assert_eq!(cut(text), [text]);
        }
    }

    #[test]
    fn sentences_end_where_people_stop() {
        assert_eq!(
            cut("He came at 5 p.m. Then he left."),
            ["He came at 5 p.m.", "Then he left."]
        );
        assert_eq!(
            cut("Go! Now? \"Yes.\" Fine."),
            ["Go!", "Now?", "\"Yes.\"", "Fine."]
        );
        assert_eq!(cut("it works. try it. ok"), ["it works.", "try it.", "ok"]);
        assert_eq!(
            cut("I moved to the U.S. He stayed."),
            ["I moved to the U.S.", "He stayed."]
        );
        assert_eq!(
            cut("  \n\n One\n\nTwo \n - three\n"),
            ["One", "Two", "- three"]
        );
        assert_eq!(cut(""), Vec::<&str>::new());
    }

    #[test]
    fn wrapped_lines_stay_together() {
        let text = "This line of prose was wrapped by somebody's old editor at\nsixty columns and goes on.";
        assert_eq!(cut(text), [text]);
    }

    #[test]
    fn paragraph_ends_are_marked() {
        let ends: Vec<bool> = sentences("One. Two.\n\nThree.")
            .iter()
            .map(|s| s.ends_paragraph)
            .collect();
        assert_eq!(ends, [false, true, true]);
    }

    #[test]
    fn endless_sentences_are_cut_between_words() {
        let text = "word and word, ".repeat(400);
        let parts = cut(&text);
        assert!(
            parts
                .iter()
                .all(|part| part.len() <= MAX_BYTES && part.ends_with(','))
        );
        assert_eq!(parts.join(" "), text.trim());
        assert_eq!(cut(&"x".repeat(1500)).len(), 3);
    }

    proptest::proptest! {
        #[test]
        fn nothing_but_white_space_is_lost(text in "[A-Za-z0-9 .!?,…\"'\n()。é-]{0,300}") {
            let kept: String = cut(&text).concat().split_whitespace().collect();
            let all: String = text.split_whitespace().collect();
            proptest::prop_assert_eq!(kept, all);
        }
    }
}
