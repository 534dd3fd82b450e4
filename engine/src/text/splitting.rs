//! Words that were run together ("throwbackthursday") are taken apart where a dictionary knows all the parts.

/// Words of one to three letters that may be parts; the rest of the short ones in dictionaries are names and abbreviations.
const SHORT: &[&str] = &[
    "a", "i", "an", "am", "as", "at", "be", "by", "do", "go", "he", "if", "in", "is", "it", "me",
    "my", "no", "of", "on", "or", "so", "to", "up", "us", "we", "all", "and", "any", "are", "art",
    "bad", "bag", "bar", "bed", "big", "bit", "box", "boy", "bus", "but", "buy", "can", "car",
    "cat", "cut", "dad", "day", "did", "dog", "eat", "end", "eye", "far", "fit", "for", "fun",
    "get", "god", "got", "gym", "had", "has", "her", "him", "his", "hot", "how", "its", "job",
    "joy", "kid", "let", "lot", "low", "man", "mom", "new", "not", "now", "off", "old", "one",
    "our", "out", "own", "pay", "pet", "red", "run", "sad", "say", "sea", "see", "set", "she",
    "sky", "son", "sun", "tax", "tea", "ten", "the", "top", "try", "two", "use", "war", "was",
    "way", "who", "why", "win", "yes", "you", "web", "app", "net", "pro", "max",
];
/// Shorter ones are names more often than words run together.
const MIN_LETTERS: usize = 8;
const MAX_LETTERS: usize = 60;
const MAX_PARTS: usize = 8;

/// The parts of a word in small letters, if there is a way to take it apart: the fewest, and of those the most even.
pub(super) fn parts<'w>(word: &'w str, known: &dyn Fn(&str) -> bool) -> Option<Vec<&'w str>> {
    if !(MIN_LETTERS..=MAX_LETTERS).contains(&word.len())
        || !word.bytes().all(|b| b.is_ascii_lowercase())
    {
        return None;
    }
    // Of each beginning: the cost of its best division and where the last part of that begins.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; word.len() + 1];
    best[0] = Some((0, 0));
    for end in 1..=word.len() {
        for start in end.saturating_sub(16)..end {
            let Some((cost, _)) = best[start] else {
                continue;
            };
            let part = &word[start..end];
            let is_part = if part.len() <= 3 {
                SHORT.contains(&part)
            } else {
                known(part)
            };
            if !is_part {
                continue;
            }
            // A part costs the same whatever its length, short ones a little more.
            let cost = cost
                + 100
                + if part.len() <= 3 { 30 } else { 0 }
                + if part.len() == 1 { 60 } else { 0 };
            if best[end].is_none_or(|(least, _)| cost < least) {
                best[end] = Some((cost, start));
            }
        }
    }
    let mut parts = Vec::new();
    let mut end = word.len();
    while end > 0 {
        let (_, start) = best[end]?;
        parts.push(&word[start..end]);
        end = start;
    }
    parts.reverse();
    // Many short parts can be found in anything.
    let letters_a_part = word.len() / parts.len();
    ((2..=MAX_PARTS).contains(&parts.len()) && letters_a_part >= 3).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_taken_apart_and_names_are_not() {
        let words = [
            "throwback",
            "thursday",
            "best",
            "ever",
            "good",
            "morning",
            "back",
            "throw",
            "thank",
            "speech",
            "bubble",
        ];
        let known = |word: &str| words.contains(&word);
        assert_eq!(
            parts("throwbackthursday", &known).unwrap(),
            ["throwback", "thursday"]
        );
        assert_eq!(
            parts("bestdayever", &known).unwrap(),
            ["best", "day", "ever"]
        );
        assert_eq!(parts("speechbubble", &known).unwrap(), ["speech", "bubble"]);
        assert_eq!(parts("mohrenschildt", &known), None);
        assert_eq!(parts("goodbye", &known), None);
    }
}
