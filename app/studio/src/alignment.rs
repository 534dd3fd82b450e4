//! When words and phones sound, as plain data that every face hands on.

use engine::AlignedSpeech;
use engine::text::FrontEnd;
use serde::Serialize;

/// Words and phones of a recording with their times.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alignment {
    /// Length of the recording.
    pub duration_secs: f64,
    /// The words, in order.
    pub words: Vec<WordTimes>,
}

/// When a word sounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WordTimes {
    /// The word as it is written.
    pub text: String,
    /// Where it begins.
    pub start_secs: f64,
    /// Where it ends.
    pub end_secs: f64,
    /// 0 to 1: how well what is heard fits.
    pub confidence: f32,
    /// Its phones, in order.
    pub phones: Vec<PhoneTimes>,
}

/// When a phone sounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhoneTimes {
    /// In misaki's alphabet, stress mark first.
    pub phone: String,
    /// Where it begins.
    pub start_secs: f64,
    /// Where it ends.
    pub end_secs: f64,
}

impl Alignment {
    /// What an aligner found; `front_end` is the one that it read the text with.
    pub fn new(speech: &AlignedSpeech, front_end: &FrontEnd) -> Self {
        let tokenizer = front_end.tokenizer();
        let words = speech.words.iter().enumerate().map(|(i, word)| {
            let (start_secs, end_secs) = speech.word_secs(i);
            let phones = word.tokens.clone().filter_map(|index| {
                let token = speech.tokens[index];
                let phone = tokenizer
                    .text(token)
                    .filter(|_| !tokenizer.is_silence(token))?;
                let (start_secs, end_secs) = speech.span_secs(index..index + 1);
                Some(PhoneTimes {
                    phone,
                    start_secs,
                    end_secs,
                })
            });
            WordTimes {
                text: word.text.clone(),
                start_secs,
                end_secs,
                confidence: word.confidence,
                phones: phones.collect(),
            }
        });
        Self {
            duration_secs: speech.duration_secs(),
            words: words.collect(),
        }
    }
}
