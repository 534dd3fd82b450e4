//! Emphasis as the voice knows it: stress on a word that has none, and more time; or less of both.

use super::phones::VOWELS;

/// The pace of an emphasised word.
pub(super) const EMPHASIS_RATE: f32 = 0.88;

/// Weak forms and what they are with weight.
const WEAK: [(&str, &str); 12] = [
    ("ɐ", "ˈA"),
    ("ɐn", "ˈæn"),
    ("ðə", "ðˈi"),
    ("ði", "ðˈi"),
    ("tə", "tˈu"),
    ("tʊ", "tˈu"),
    ("fɔɹ", "fˈɔɹ"),
    ("ʌv", "ˈʌv"),
    ("ænd", "ˈænd"),
    ("æt", "ˈæt"),
    ("ɐm", "ˈæm"),
    ("əm", "ðˈɛm"),
];

/// The phones of a word with the main stress, or with none of that.
pub(super) fn weighted(phones: &str, strong: bool) -> String {
    if !strong {
        return phones.replace('ˈ', "ˌ");
    }
    if phones.contains('ˈ') {
        return phones.to_owned();
    }
    if let Some((_, full)) = WEAK.iter().find(|(weak, _)| *weak == phones) {
        return (*full).to_owned();
    }
    if let Some(at) = phones.find('ˌ') {
        return format!("{}ˈ{}", &phones[..at], &phones[at + 'ˌ'.len_utf8()..]);
    }
    let full = |c: char| VOWELS.contains(c) && !"əᵊᵻɐ".contains(c);
    match phones
        .find(full)
        .or_else(|| phones.find(|c| VOWELS.contains(c)))
    {
        Some(at) => format!("{}ˈ{}", &phones[..at], &phones[at..]),
        None => phones.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_is_stress() {
        assert_eq!(weighted("ðə", true), "ðˈi");
        assert_eq!(weighted("ʃˌi", true), "ʃˈi");
        assert_eq!(weighted("wɪð", true), "wˈɪð");
        assert_eq!(weighted("bˈɪɡ", true), "bˈɪɡ");
        assert_eq!(weighted("bˈɪɡ", false), "bˌɪɡ");
    }
}
