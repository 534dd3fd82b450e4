//! Words and phones laid out in the time of a recording.

use std::ops::Range;

/// The phones of a recording and when each of them sounds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlignedSpeech {
    /// Phone tokens as the front end gives them, silences included, one utterance after the other. Where the speaker pauses
    /// between two words without punctuation a space is added, as the front end puts it after punctuation.
    pub tokens: Vec<u32>,
    /// Where each token ends, seconds from the start of the recording. Never falling; a silence that was not kept ends where
    /// the token before it does. The first token begins at 0.
    pub ends_secs: Vec<f64>,
    /// The words in order.
    pub words: Vec<AlignedWord>,
}

/// A written word and the tokens that speak it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlignedWord {
    /// As written, with the punctuation that clings to it.
    pub text: String,
    /// Its tokens in [`AlignedSpeech::tokens`]; never empty, without the silences around it.
    pub tokens: Range<usize>,
    /// Its bytes in the text.
    pub written: Range<usize>,
    /// From 0, where nothing like this word is heard at its place, to 1; speech that was made from its phones has 1.
    pub confidence: f32,
}

impl AlignedSpeech {
    /// When word number `word` begins and ends, seconds.
    ///
    /// # Panics
    /// If there are not so many words.
    pub fn word_secs(&self, word: usize) -> (f64, f64) {
        self.span_secs(self.words[word].tokens.clone())
    }

    /// When a range of tokens begins and ends, seconds. Beyond the last token it is the end of that.
    pub fn span_secs(&self, tokens: Range<usize>) -> (f64, f64) {
        let end_of = |count: usize| match count.min(self.ends_secs.len()) {
            0 => 0.0,
            count => self.ends_secs[count - 1],
        };
        (end_of(tokens.start), end_of(tokens.end))
    }

    /// Where the last token ends, seconds; 0 if there is none.
    pub fn duration_secs(&self) -> f64 {
        self.ends_secs.last().copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lie_where_their_tokens_do() {
        let word = |text: &str, tokens| AlignedWord {
            text: text.to_owned(),
            tokens,
            written: 0..text.len(),
            confidence: 1.0,
        };
        let speech = AlignedSpeech {
            tokens: vec![1, 30, 31, 3, 32, 2],
            ends_secs: vec![0.1, 0.2, 0.3, 0.3, 0.5, 0.7],
            words: vec![word("at", 1..3), word("A", 4..5)],
        };
        assert_eq!(speech.word_secs(0), (0.1, 0.3));
        assert_eq!(speech.word_secs(1), (0.3, 0.5));
        assert_eq!(speech.span_secs(0..1), (0.0, 0.1));
        assert_eq!(speech.span_secs(5..9), (0.5, 0.7));
        assert_eq!(speech.duration_secs(), 0.7);
        assert_eq!(AlignedSpeech::default().span_secs(0..2), (0.0, 0.0));
    }
}
