//! A pronunciation for every word that misaki does not know: dictionary, then endings, then spelling, then letter to sound.

use std::path::Path;

use super::letter_to_sound::LetterToSound;
use super::normalize::numbers::{cardinal, digits};
use super::normalize::without_accent;
use crate::error::ModelPart;
use crate::{Error, Result};

/// Letters of a word that go to the network at once; it was trained on words.
const MAX_LETTERS: usize = 18;
/// A line of the dictionary: a word and its phones.
const MAX_LINE_BYTES: usize = 1000;

/// The CMU Pronouncing Dictionary as sorted lines of `word PH ON1 ES`.
pub struct Dictionary {
    lines: String,
}

impl Dictionary {
    /// Loads `pronunciations.txt`.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] without the file, [`Error::WeightsUnfit`] if it is no text of lines.
    pub fn load(path: &Path) -> Result<Self> {
        let unfit = |reason: String| Error::WeightsUnfit {
            reason,
            path: path.to_owned(),
        };
        let bytes = super::read_model_file(path, ModelPart::Pronunciations)?;
        let mut lines = String::from_utf8(bytes)
            .map_err(|error| unfit(format!("the pronouncing dictionary is no text ({error})")))?;
        // Editors and version control may have changed the line ends.
        if lines.contains('\r') {
            lines = lines.replace("\r\n", "\n").replace('\r', "\n");
        }
        if lines.split('\n').any(|line| line.len() > MAX_LINE_BYTES) {
            return Err(unfit(format!(
                "the pronouncing dictionary has a line of more than {MAX_LINE_BYTES} bytes"
            )));
        }
        Ok(Self { lines })
    }

    /// ARPAbet for a lower-case word.
    pub fn phones(&self, word: &str) -> Option<impl Iterator<Item = &str>> {
        let text = self.lines.as_bytes();
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low.midpoint(high);
            let start = text[..middle]
                .iter()
                .rposition(|&byte| byte == b'\n')
                .map_or(0, |newline| newline + 1);
            let rest = self.lines.get(start..)?;
            let line = rest.lines().next().unwrap_or("");
            let (entry, phones) = line.split_once(' ').unwrap_or((line, ""));
            match entry.cmp(word) {
                std::cmp::Ordering::Equal => return Some(phones.split(' ')),
                std::cmp::Ordering::Less => low = start + line.len() + 1,
                std::cmp::Ordering::Greater => high = start,
            }
        }
        None
    }
}

/// Everything that can pronounce a word without misaki.
pub struct Pronouncer {
    dictionary: Dictionary,
    letter_to_sound: LetterToSound,
}

impl Pronouncer {
    /// Loads both parts from the models folder.
    ///
    /// # Errors
    /// As [`Dictionary::load`] and [`LetterToSound::load`].
    pub fn load(models: &Path) -> Result<Self> {
        Ok(Self {
            dictionary: Dictionary::load(&models.join("pronunciations.txt"))?,
            letter_to_sound: LetterToSound::load(&models.join("letter_to_sound.safetensors"))?,
        })
    }

    /// misaki phonemes of a word in small letters, if CMUdict has it whole.
    pub fn whole_word(&self, word: &str) -> Option<String> {
        self.dictionary.phones(word).map(from_arpabet)
    }

    /// misaki phonemes for a word or a compound with signs and digits in it; empty if it has neither letter nor digit.
    pub fn pronounce(&self, word: &str) -> String {
        let folded: String = word
            .chars()
            .map(|c| match c {
                '’' | '‘' => "'".to_owned(),
                c if c.is_ascii() => c.to_string(),
                c => without_accent(c).to_owned(),
            })
            .collect();
        let mut spoken: Vec<String> = Vec::new();
        let mut run = String::new();
        for c in folded.chars().chain(std::iter::once(' ')) {
            let goes_on = match run.chars().next_back() {
                Some(last) if c == '\'' => last.is_ascii_alphabetic(),
                Some('\'') => c.is_ascii_alphabetic(),
                Some(last) => {
                    c.is_ascii_alphanumeric() && last.is_ascii_digit() == c.is_ascii_digit()
                }
                None => c.is_ascii_alphanumeric(),
            };
            if goes_on {
                run.push(c);
                continue;
            }
            if !run.is_empty() {
                spoken.push(self.run(&std::mem::take(&mut run)));
            }
            if c.is_ascii_alphanumeric() {
                run.push(c);
            }
        }
        spoken.retain(|part| !part.is_empty());
        spoken.join(" ")
    }

    /// One run of letters and apostrophes, or of digits.
    fn run(&self, run: &str) -> String {
        if run.starts_with(|c: char| c.is_ascii_digit()) {
            let words = match run.parse() {
                Ok(number) if run.len() < 16 => cardinal(number),
                _ => digits(run, "zero"),
            };
            let words: Vec<String> = words.split(' ').map(|word| self.word(word)).collect();
            return words.join(" ");
        }
        self.word(run)
    }

    fn word(&self, written: &str) -> String {
        let word = written.trim_matches('\'').to_ascii_lowercase();
        if let Some(phones) = self.dictionary.phones(&word) {
            return from_arpabet(phones);
        }
        if let Some(stem) = word.strip_suffix("'s").filter(|stem| !stem.is_empty()) {
            return with_s(&self.word(stem));
        }
        let letters: String = word.chars().filter(char::is_ascii_lowercase).collect();
        let vowels = letters.bytes().any(|letter| b"aeiouy".contains(&letter));
        let shouted = written.len() > 1
            && written.len() <= 5
            && written.bytes().all(|letter| letter.is_ascii_uppercase());
        if !vowels || shouted || letters.len() == 1 {
            return spell(&letters);
        }
        // Two known words in one ("speechbubble") are better said as these than guessed.
        if let Some(parts) = self.compound(&letters) {
            return parts;
        }
        let pieces = letters.as_bytes().chunks(MAX_LETTERS);
        let spoken: Vec<String> = pieces
            .map(|piece| {
                let piece: String = piece.iter().map(|&letter| char::from(letter)).collect();
                let phones = self.letter_to_sound.phones(&piece);
                if phones.is_empty() {
                    spell(&piece)
                } else {
                    from_arpabet(phones.into_iter())
                }
            })
            .collect();
        spoken.join("")
    }

    fn compound(&self, letters: &str) -> Option<String> {
        const MIN_PART_LETTERS: usize = 4;
        if letters.len() < 2 * MIN_PART_LETTERS {
            return None;
        }
        (MIN_PART_LETTERS..=letters.len() - MIN_PART_LETTERS)
            .rev()
            .find_map(|cut| {
                let (head, tail) = letters.split_at(cut);
                let head = from_arpabet(self.dictionary.phones(head)?);
                let tail = from_arpabet(self.dictionary.phones(tail)?);
                Some(head + &tail.replace('ˈ', "ˌ"))
            })
    }
}

/// Letter names in misaki's symbols, the last with the main stress, as misaki spells acronyms.
fn spell(letters: &str) -> String {
    const NAMES: [&str; 26] = [
        "A",
        "bi",
        "si",
        "di",
        "i",
        "ɛf",
        "ʤi",
        "Aʧ",
        "I",
        "ʤA",
        "kA",
        "ɛl",
        "ɛm",
        "ɛn",
        "O",
        "pi",
        "kju",
        "ɑɹ",
        "ɛs",
        "ti",
        "ju",
        "vi",
        "dˈʌbᵊlju",
        "ɛks",
        "wI",
        "zi",
    ];
    let last = letters.len().saturating_sub(1);
    letters
        .bytes()
        .enumerate()
        .filter_map(|(index, letter)| {
            let name = NAMES.get(usize::from(letter.checked_sub(b'a')?))?;
            let mark = if index == last { "ˈ" } else { "ˌ" };
            if name.contains('ˈ') {
                return Some(name.replace('ˈ', mark));
            }
            let vowel = name.find(|c| super::phones::VOWELS.contains(c))?;
            Some(format!("{}{mark}{}", &name[..vowel], &name[vowel..]))
        })
        .collect()
}

/// The ending "'s" by the sound before it.
pub(super) fn with_s(stem: &str) -> String {
    let ending = match stem.chars().next_back() {
        Some('s' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ') => "ᵻz",
        Some('p' | 't' | 'k' | 'f' | 'θ') => "s",
        Some(_) => "z",
        None => "",
    };
    format!("{stem}{ending}")
}

/// ARPAbet → misaki's American symbols: stress marks before the vowel, flapped t, syllabic l.
pub(super) fn from_arpabet<'a>(phones: impl Iterator<Item = &'a str>) -> String {
    let phones: Vec<(&str, Option<char>)> = phones
        .map(|phone| match phone.strip_suffix(['0', '1', '2']) {
            Some(vowel) => (vowel, phone.chars().next_back()),
            None if phone == "UW" => (phone, Some('0')),
            None => (phone, None),
        })
        .collect();
    let mut spoken = String::new();
    for (index, &(phone, stress)) in phones.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| phones[before]);
        let next = phones.get(index + 1).copied();
        let vowel_after_next = phones
            .get(index + 2)
            .is_some_and(|(_, stress)| stress.is_some());
        match stress {
            Some('1') => spoken.push('ˈ'),
            Some('2') => spoken.push('ˌ'),
            _ => {}
        }
        let after_vowel = before.is_some_and(|(phone, stress)| stress.is_some() || phone == "R");
        let before_weak_vowel = next.is_some_and(|(_, stress)| stress == Some('0'));
        let after_stop = before.is_some_and(|(phone, stress)| {
            stress.is_none()
                && !matches!(phone, "R" | "L" | "W" | "Y" | "N" | "M" | "NG" | "HH" | "F")
        });
        spoken.push_str(match (phone, stress) {
            ("AH", Some('0')) if after_stop && next == Some(("L", None)) && !vowel_after_next => {
                "ᵊ"
            }
            ("AH", Some('0')) => "ə",
            ("ER", Some('0')) => "əɹ",
            ("T", _) if after_vowel && before_weak_vowel => "T",
            (phone, _) => symbol(phone),
        });
    }
    spoken
}

fn symbol(phone: &str) -> &'static str {
    match phone {
        "AA" => "ɑ",
        "AE" => "æ",
        "AH" => "ʌ",
        "AO" => "ɔ",
        "AW" => "W",
        "AY" => "I",
        "B" => "b",
        "CH" => "ʧ",
        "D" => "d",
        "DH" => "ð",
        "EH" => "ɛ",
        "ER" => "ɜɹ",
        "EY" => "A",
        "F" => "f",
        "G" => "ɡ",
        "HH" => "h",
        "IH" => "ɪ",
        "IY" => "i",
        "JH" => "ʤ",
        "K" => "k",
        "L" => "l",
        "M" => "m",
        "N" => "n",
        "NG" => "ŋ",
        "OW" => "O",
        "OY" => "Y",
        "P" => "p",
        "R" => "ɹ",
        "S" => "s",
        "SH" => "ʃ",
        "T" => "t",
        "TH" => "θ",
        "UH" => "ʊ",
        "UW" => "u",
        "V" => "v",
        "W" => "w",
        "Y" => "j",
        "Z" => "z",
        "ZH" => "ʒ",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arpabet_becomes_misaki() {
        let convert = |phones: &str| from_arpabet(phones.split(' '));
        assert_eq!(convert("T EH1 S T AH0 F AY2 D"), "tˈɛstəfˌId");
        assert_eq!(convert("OW0 B R AY1 IH0 N"), "Obɹˈɪn".replace("ˈɪ", "ˈIɪ"));
        assert_eq!(convert("B AH1 T ER0"), "bˈʌTəɹ");
        assert_eq!(convert("L IH1 T AH0 L"), "lˈɪTᵊl");
        assert_eq!(spell("html"), "ˌAʧtˌiˌɛmˈɛl");
        assert_eq!(spell("w"), "dˈʌbᵊlju");
    }

    #[test]
    fn every_word_of_letters_or_digits_is_pronounced() {
        let pronouncer = Pronouncer::load(&crate::text::tests::models()).unwrap();
        for word in [
            "O'Brien",
            "Krzyzewski",
            "Zürich",
            "qzxwv",
            "Zyloprax's",
            "x",
            "R2D2",
            "12345678901234567890",
            "ß",
            "łódź",
        ] {
            assert!(!pronouncer.pronounce(word).is_empty(), "{word}");
        }
        assert_eq!(pronouncer.pronounce("-- !"), "");
        assert_eq!(pronouncer.pronounce("Oswald's"), "ˈɔzwɔldz");
        let long = "pneumono".repeat(40);
        assert!(pronouncer.pronounce(&long).chars().count() > 200);
    }
}
