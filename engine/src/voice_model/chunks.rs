//! A long text in chunks that fit beside the reference (F5-TTS commit 2ae2c9b, `infer/utils_infer.py`).

/// After these a text is cut where whitespace follows.
const ENDS: [char; 6] = [';', ':', ',', '.', '!', '?'];
/// After these it is cut anywhere.
const WIDE_ENDS: [char; 6] = ['；', '：', '，', '。', '！', '？'];

/// Joins clauses into chunks of at most `max_bytes`, the first of at most `first_bytes`. A clause that is longer is a chunk of its own, as in F5-TTS, unless it has
/// more than `limit_bytes`: then it is cut between words, or within a word that is longer.
pub fn chunks(text: &str, first_bytes: usize, max_bytes: usize, limit_bytes: usize) -> Vec<String> {
    let mut chunks = Vec::new();
    let mut chunk = String::new();
    for clause in clauses(text)
        .into_iter()
        .flat_map(|clause| shortened(clause, limit_bytes.max(1)))
    {
        let max_bytes = match chunks.iter().all(String::is_empty) {
            true => first_bytes,
            false => max_bytes,
        };
        if chunk.len() + clause.len() > max_bytes {
            chunks.push(std::mem::take(&mut chunk));
        }
        chunk += clause;
        if clause.ends_with(|last: char| last.len_utf8() == 1) {
            chunk.push(' ');
        }
    }
    chunks.push(chunk);
    chunks
        .iter()
        .map(|chunk| chunk.trim().to_owned())
        .filter(|chunk| !chunk.is_empty())
        .collect()
}

/// The clauses of a text, without the whitespace between them.
fn clauses(text: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    let (mut start, mut previous) = (0, None);
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let is_after = |ends: &[char]| previous.is_some_and(|previous| ends.contains(&previous));
        if is_after(&WIDE_ENDS) {
            clauses.push(&text[start..at]);
            start = at;
        } else if is_after(&ENDS) && character.is_whitespace() {
            clauses.push(&text[start..at]);
            while characters
                .next_if(|(_, character)| character.is_whitespace())
                .is_some()
            {}
            start = characters.peek().map_or(text.len(), |(at, _)| *at);
        }
        previous = Some(character);
    }
    clauses.push(&text[start..]);
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

/// A clause in pieces of at most `limit` bytes.
fn shortened(clause: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = clause;
    while rest.len() > limit {
        let mut end = limit;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        if end == 0 {
            end = rest.chars().next().map_or(rest.len(), char::len_utf8);
        }
        if let Some(space) = rest[..end].rfind(char::is_whitespace)
            && !rest[..space].trim().is_empty()
        {
            end = space;
        }
        let (piece, later) = rest.split_at(end);
        pieces.push(piece);
        rest = later.trim_start();
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn clauses_are_joined_up_to_the_limit() {
        let text = "One, two. Three!  Four four four four? Five";
        assert_eq!(
            chunks(text, 18, 18, 100),
            ["One, two. Three!", "Four four four four?", "Five"]
        );
        assert_eq!(
            chunks(text, 5, 18, 100),
            ["One,", "two. Three!", "Four four four four?", "Five"]
        );
        assert_eq!(chunks("あ。い。う", 9, 9, 100), ["あ。", "い。う"]);
        assert_eq!(chunks("1.5 a.b", 3, 3, 100), ["1.5 a.b"]);
    }

    #[test]
    fn endless_clauses_are_cut_between_words() {
        assert_eq!(chunks("aa bb cc dd", 5, 5, 5), ["aa bb", "cc dd"]);
        assert_eq!(chunks("aaaaaaa", 3, 3, 3), ["aaa", "aaa", "a"]);
        assert_eq!(chunks("ééé", 1, 1, 1), ["é", "é", "é"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-c,.;!? あ。\n]{0,60}", first in 0usize..40, most in 0usize..40, limit in 0usize..40) {
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let made = chunks(&text, first, most, limit);
            prop_assert_eq!(letters(&made.concat()), letters(&text));
            for chunk in made {
                prop_assert!(!chunk.is_empty());
                prop_assert!(chunk.len() <= first.max(most).max(limit.max(3)), "{}", chunk);
            }
        }
    }
}
