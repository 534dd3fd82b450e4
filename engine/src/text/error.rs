//! What can be wrong with a text, the marks in it, SSML and dictionaries.

/// A text cannot be spoken as it is written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("there is nothing to say: type some words")]
    Blank,
    /// More characters than fit into one speech.
    #[error("the text has {characters} characters, more than {max}: split it")]
    TooLong {
        /// Characters of the text.
        characters: usize,
        /// Most characters.
        max: usize,
    },
    /// Something that is no text, such as encoded data.
    #[error(
        "the text has {characters} characters without a space, more than {max}: check that it is text to be read aloud"
    )]
    Unbroken {
        /// Characters between two spaces.
        characters: usize,
        /// Most of them.
        max: usize,
    },
    /// Punctuation and symbols without a reading.
    #[error("the text contains only symbols: type some words")]
    OnlySymbols,
    /// Other scripts alone.
    #[error(
        "the voice speaks English and can't read {}: type English words",
        named(unreadable)
    )]
    Unreadable {
        /// The characters without a reading, each once.
        unreadable: Vec<char>,
    },
    /// A character between slashes that is not a phone.
    #[error(
        "\"{symbol}\" in \"/{written}/\" is not an English phone: use IPA, such as /wɪn/ or /ˈaɪdə/"
    )]
    UnknownPhone {
        /// The character.
        symbol: char,
        /// All of the phones, without the slashes.
        written: String,
    },
    /// Slashes with nothing to say between them.
    #[error("there is no phone in \"/{written}/\": use IPA, such as /wɪn/")]
    NoPhone {
        /// What is between the slashes.
        written: String,
    },
    /// Phonemes outside the voice's alphabet.
    #[error(
        "these phonemes contain a symbol that the voice does not know: use misaki's alphabet: {phonemes}"
    )]
    UnknownPhoneme {
        /// All of the phonemes.
        phonemes: String,
    },
    /// A pace in brackets that is not a number, or outside the range.
    #[error(
        "the pace in \"({mark})\" is not a number from {min} to {max}: write it as in (rate 0.8)"
    )]
    Rate {
        /// What is in the brackets.
        mark: String,
        /// Slowest pace.
        min: f32,
        /// Fastest pace.
        max: f32,
    },
    /// A pronunciation or other words in brackets that would fill a speech.
    #[error("what a mark says instead has more than {max} characters: write it into the text")]
    SaidTooLong {
        /// Most characters.
        max: usize,
    },
    /// Elements within elements within elements.
    #[error("the SSML has more than {max} elements within each other: simplify it")]
    SsmlTooDeep {
        /// Most of them.
        max: usize,
    },
    /// Not well-formed XML.
    #[error("this is not valid SSML (line {line}): check its tags")]
    Ssml {
        /// Line of the document, from 1 on.
        line: u32,
    },
    /// A `break` without a length.
    #[error("\"{written}\" is not the length of a break: write it as in 500ms or 0.5s")]
    BreakTime {
        /// The attribute.
        written: String,
    },
    /// A `prosody rate` that is neither a name nor a number, or outside the range.
    #[error("\"{written}\" is not a pace: write slow, fast, 80% or 0.8")]
    SsmlRate {
        /// The attribute.
        written: String,
    },
    /// A dictionary that is not text.
    #[error("the dictionary is not UTF-8: save it as plain text")]
    DictionaryEncoding,
    /// A line of a dictionary.
    #[error("line {number} of the dictionary {problem}: {line}")]
    DictionaryLine {
        /// Its number, from 1 on.
        number: usize,
        /// What it says.
        line: String,
        /// What is wrong with it.
        problem: EntryError,
    },
    /// Too many entries.
    #[error("the dictionary has more than {max} entries: shorten it")]
    DictionaryTooLong {
        /// Most entries.
        max: usize,
    },
}

/// An entry of a dictionary cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EntryError {
    /// Word and pronunciation are not told apart.
    #[error("has no \"=\" between the word and its pronunciation")]
    NoEqualsSign,
    /// Nothing before the equals sign.
    #[error("has no word before the \"=\"")]
    NoWord,
    /// Nothing behind the equals sign.
    #[error("has no pronunciation after the \"=\"")]
    NoPronunciation,
    /// A pronunciation that would fill a speech.
    #[error("has a pronunciation of more than {max} characters")]
    TooLong {
        /// Most characters.
        max: usize,
    },
    /// Phones that there are not.
    #[error("can't be used ({0})")]
    Phones(Box<TextError>),
}

fn named(characters: &[char]) -> String {
    const NAMED: usize = 12;
    let mut names: Vec<String> = (characters.iter().take(NAMED))
        .map(char::to_string)
        .collect();
    if characters.len() > NAMED {
        names.push("…".to_owned());
    }
    names.join(" ")
}
