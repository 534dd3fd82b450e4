//! What the voice cannot read as it should: other scripts, and words of other languages.

use whatlang::{Lang, Script};

use super::sentences::sentences;
use super::unspeakable;

/// Something that the user should know before the text is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// These characters have no reading and are passed over.
    Unreadable {
        /// In order of appearance, each once.
        characters: Vec<char>,
        /// English name of the script or kind, such as "Cyrillic" or "emoji".
        script: &'static str,
    },
    /// A part of the text is in another language and would be read as if it were English.
    OtherLanguage {
        /// English name of the language.
        language: &'static str,
        /// The beginning of the part.
        beginning: String,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const NAMED: usize = 12;
        match self {
            Self::Unreadable { characters, script } => {
                let shown: Vec<String> =
                    characters.iter().take(NAMED).map(char::to_string).collect();
                let more = if characters.len() > NAMED { " …" } else { "" };
                write!(
                    f,
                    "the voice reads no {script} and passes over {}{more}",
                    shown.join(" ")
                )
            }
            Self::OtherLanguage {
                language,
                beginning,
            } => {
                write!(
                    f,
                    "this looks like {language}, but the voice reads it as English: \"{beginning}\""
                )
            }
        }
    }
}

/// Fewer words say too little about their language.
const MIN_WORDS: usize = 4;
/// Of an English text nearly all words are in the dictionary; of another one these many at most, by chance.
const MAX_KNOWN: f64 = 0.62;

/// The warnings about a text, each kind of script and each language once. `known` tells English words in small letters.
pub(super) fn warnings(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Warning> {
    let mut found = Vec::new();
    for c in unspeakable(text) {
        let name = script_name(c);
        let listed = found.iter_mut().find_map(|warning| match warning {
            Warning::Unreadable { characters, script } if *script == name => Some(characters),
            _ => None,
        });
        match listed {
            Some(characters) => characters.push(c),
            None => found.push(Warning::Unreadable {
                characters: vec![c],
                script: name,
            }),
        }
    }
    // Sentences of one language are judged together, so that short ones count too.
    let mut stretch = String::new();
    for sentence in sentences(text) {
        stretch.push_str(&text[sentence.written.clone()]);
        stretch.push(' ');
        if sentence.ends_paragraph || stretch.len() > 400 {
            add(&stretch, known, &mut found);
            stretch.clear();
        }
    }
    add(&stretch, known, &mut found);
    found
}

fn add(stretch: &str, known: &dyn Fn(&str) -> bool, found: &mut Vec<Warning>) {
    const SHOWN: usize = 40;
    let Some(language) = other_language(stretch, known) else {
        return;
    };
    let listed = found
        .iter()
        .any(|warning| matches!(warning, Warning::OtherLanguage { language: other, .. } if *other == language));
    if !listed {
        let mut beginning: String = stretch.trim().chars().take(SHOWN).collect();
        if stretch.trim().chars().count() > SHOWN {
            beginning = beginning.trim_end().to_owned() + " …";
        }
        found.push(Warning::OtherLanguage {
            language,
            beginning,
        });
    }
}

/// Short words that most English sentences have, and other languages do not.
const ENGLISH: &[&str] = &[
    "the", "of", "and", "to", "is", "it", "you", "that", "was", "for", "are", "with", "his",
    "they", "at", "be", "this", "have", "from", "had", "by", "but", "not", "what", "all", "were",
    "we", "when", "your", "can", "there", "which", "she", "how", "their", "if", "will", "out",
    "then", "them", "her", "would", "make", "him", "into", "has", "two", "more", "my", "than",
    "been", "who", "its", "now", "did", "get", "i'm", "don't", "it's",
];

/// The name of the language of a stretch of text if it is not English.
fn other_language(stretch: &str, known: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    let words: Vec<String> = stretch
        .split_whitespace()
        .map(|word| {
            word.trim_matches(|c: char| !c.is_alphabetic())
                .to_lowercase()
                .replace('’', "'")
        })
        .filter(|word| {
            word.chars().count() > 1
                && word
                    .chars()
                    .all(|c| c.is_alphabetic() && c < '\u{250}' || c == '\'')
        })
        .collect();
    if words.len() < MIN_WORDS {
        return None;
    }
    let of = |test: &dyn Fn(&str) -> bool| words.iter().filter(|word| test(word)).count();
    if 8 * of(&|word| ENGLISH.contains(&word)) >= words.len() {
        return None;
    }
    let info = whatlang::detect(&words.join(" "))?;
    if info.lang() == Lang::Eng || info.script() != Script::Latin {
        return None;
    }
    // Names and foreign words are in English dictionaries too; then the guess has to be sure.
    let english = of(&|word| word.is_ascii() && known(word)) as f64;
    let few_known = english <= MAX_KNOWN * words.len() as f64 && info.confidence() > 0.2;
    (few_known || info.is_reliable()).then(|| info.lang().eng_name())
}

/// What a reader would call the kind of a character.
fn script_name(c: char) -> &'static str {
    match c {
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => "Greek",
        '\u{400}'..='\u{52f}' => "Cyrillic",
        '\u{530}'..='\u{58f}' => "Armenian",
        '\u{590}'..='\u{5ff}' => "Hebrew",
        '\u{600}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' => "Arabic",
        '\u{900}'..='\u{97f}' => "Devanagari",
        '\u{980}'..='\u{9ff}' => "Bengali",
        '\u{b80}'..='\u{bff}' => "Tamil",
        '\u{e00}'..='\u{e7f}' => "Thai",
        '\u{10a0}'..='\u{10ff}' => "Georgian",
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => "Korean",
        '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' => "Japanese",
        '\u{2e80}'..='\u{2fdf}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{20000}'..='\u{2fa1f}' => "Chinese characters",
        '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => "emoji",
        c if c.is_alphabetic() => "letters of this script",
        _ => "such signs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tests::FRONT_END;

    fn languages(text: &str) -> Vec<&'static str> {
        FRONT_END
            .warnings(text)
            .into_iter()
            .filter_map(|warning| match warning {
                Warning::OtherLanguage { language, .. } => Some(language),
                Warning::Unreadable { .. } => None,
            })
            .collect()
    }

    #[test]
    fn other_languages_are_recognised() {
        for (text, language) in [
            (
                "El perro come en la cocina y después sale al jardín con los niños.",
                "Spanish",
            ),
            (
                "Nous avons mangé du pain et bu du vin dans le jardin de ma grand-mère.",
                "French",
            ),
            (
                "Wir haben gestern Abend im Garten gesessen und lange miteinander gesprochen.",
                "German",
            ),
            (
                "Il treno per Milano parte alle sette e arriva dopo due ore di viaggio.",
                "Italian",
            ),
            (
                "O menino não quis comer a sopa que a avó fez para o jantar.",
                "Portuguese",
            ),
            (
                "De kinderen spelen buiten in de tuin terwijl hun ouders koffie drinken.",
                "Dutch",
            ),
        ] {
            assert_eq!(languages(text), [language], "{text}");
        }
    }

    #[test]
    fn english_is_left_alone() {
        for text in [
            "The dog eats in the kitchen and then goes out into the garden.",
            "We met Jean-Pierre Dubois at the Café de Flore in Saint-Germain.",
            "lol idk tbh u r rite",
            "Zyloprax and frobnicating are made-up words, aren't they?",
            "Hasta la vista, baby.",
            "CPU GPU RAM SSD NVMe PCIe",
        ] {
            assert_eq!(languages(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_paragraph_in_another_language_is_found() {
        let text = "This is how my letter begins.\n\nMañana vamos a la playa con toda la familia y volvemos muy tarde.\n\nThen it goes on.";
        assert_eq!(languages(text), ["Spanish"]);
    }

    #[test]
    fn scripts_are_named() {
        let warnings = FRONT_END.warnings("Hello Привет 你好 and 👋");
        let texts: Vec<String> = warnings.iter().map(Warning::to_string).collect();
        assert_eq!(
            texts,
            [
                "the voice reads no Cyrillic and passes over П р и в е т",
                "the voice reads no Chinese characters and passes over 你 好",
                "the voice reads no emoji and passes over 👋"
            ]
        );
    }
}
