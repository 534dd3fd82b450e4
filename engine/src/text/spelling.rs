//! Phones as people write them (misaki's alphabet, IPA, ARPAbet) → misaki's alphabet.

use super::TextError;
use super::phones::{VOWELS, is_phone};
use super::pronounce::from_arpabet;

/// Signs of two letters and of one that misaki writes otherwise.
const IPA: &[(&str, &str)] = &[
    ("eɪ", "A"),
    ("aɪ", "I"),
    ("oʊ", "O"),
    ("əʊ", "O"),
    ("aʊ", "W"),
    ("ɔɪ", "Y"),
    ("tʃ", "ʧ"),
    ("dʒ", "ʤ"),
    ("t͡ʃ", "ʧ"),
    ("d͡ʒ", "ʤ"),
    ("ɝ", "ɜɹ"),
    ("ɚ", "əɹ"),
    ("ɾ", "T"),
    ("r", "ɹ"),
    ("g", "ɡ"),
    ("e", "ɛ"),
    ("o", "O"),
    ("a", "ɑ"),
    ("ɫ", "l"),
    ("ʍ", "w"),
    ("ɨ", "ɪ"),
    ("ʉ", "u"),
    ("y", "u"),
    ("x", "k"),
    ("ç", "k"),
    ("ɲ", "nj"),
    ("ʎ", "lj"),
    ("ʔ", "t"),
    ("'", "ˈ"),
    ("ˑ", ""),
    ("ː", ""),
    (":", ""),
    (".", ""),
    ("‿", ""),
    ("\u{361}", ""),
    ("\u{303}", ""),
    ("\u{329}", ""),
];

/// Phones in misaki's alphabet.
///
/// # Errors
/// [`TextError::UnknownPhone`] naming the first sign that is not an English phone.
pub(super) fn phones_of(written: &str) -> Result<String, TextError> {
    let written = written.trim().trim_matches('/');
    let arpabet = written.split_whitespace().all(|phone| {
        (1..=3).contains(&phone.len())
            && phone
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    });
    // "A" alone is misaki's; a digit or two capitals together are ARPAbet's.
    let sure = written.bytes().any(|b| b.is_ascii_digit())
        || written.split_whitespace().any(|phone| phone.len() == 2);
    if arpabet && sure {
        let phones = from_arpabet(written.split_whitespace());
        if !phones.is_empty() {
            return Ok(phones);
        }
    }
    let mut phones = String::new();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        if let Some((ipa, own)) = IPA.iter().find(|(ipa, _)| rest.starts_with(ipa)) {
            phones.push_str(own);
            rest = &rest[ipa.len()..];
            continue;
        }
        if !is_phone(c) && !matches!(c, 'ˈ' | 'ˌ' | ' ') {
            return Err(TextError::UnknownPhone {
                symbol: c,
                written: written.to_owned(),
            });
        }
        phones.push(c);
        rest = &rest[c.len_utf8()..];
    }
    if !phones.contains(|c| VOWELS.contains(c) || is_phone(c)) {
        return Err(TextError::NoPhone {
            written: written.to_owned(),
        });
    }
    Ok(phones)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_alphabets_say_the_same() {
        for written in ["wˈɪn", "/ˈwɪn/", "W IH1 N"] {
            let phones = phones_of(written).unwrap();
            assert_eq!(phones.replace('ˈ', ""), "wɪn", "{written}");
        }
        assert_eq!(phones_of("ˈaɪdəhoʊ").unwrap(), "ˈIdəhO");
        assert_eq!(phones_of("tʃɜːrtʃ").unwrap(), "ʧɜɹʧ");
        assert!(phones_of("b@d").unwrap_err().to_string().contains('@'));
        assert!(phones_of("ˈ").is_err());
    }
}
