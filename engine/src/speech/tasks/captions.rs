//! Words and phones in time, handed on with the piece of speech that they begin in.

use crate::speech::plan::Alignment;
use crate::speech::{TimedPhone, TimedWord};
use crate::text::{PhoneTokenizer, Utterance};

/// How far an utterance's words and phones have been handed on.
#[derive(Default)]
pub struct Captions {
    words: usize,
    phones: usize,
}

impl Captions {
    /// The words and phones that begin before `until_secs` of the utterance, which itself begins at `start_secs`.
    pub fn next(
        &mut self,
        tokenizer: &PhoneTokenizer,
        utterance: &Utterance,
        alignment: &Alignment,
        start_secs: f64,
        until_secs: f64,
    ) -> (Vec<TimedWord>, Vec<TimedPhone>) {
        let begins = |phone: usize| alignment.span_secs(phone..phone).0 < until_secs;
        let on_clock = |range| {
            let (start, end) = alignment.span_secs(range);
            (start_secs + start, start_secs + end)
        };
        let words: Vec<TimedWord> = utterance.words[self.words..]
            .iter()
            .take_while(|word| begins(word.tokens.start))
            .map(|word| {
                let (start_secs, end_secs) = on_clock(word.tokens.clone());
                TimedWord {
                    text: word.text.clone(),
                    start_secs,
                    end_secs,
                }
            })
            .collect();
        let first_phone = self.phones;
        let tokens = utterance.tokens[first_phone..].iter().enumerate();
        let tokens: Vec<(usize, u32)> = tokens
            .map(|(i, &token)| (first_phone + i, token))
            .take_while(|(i, _)| begins(*i))
            .collect();
        self.words += words.len();
        self.phones += tokens.len();
        let phones = tokens.into_iter().filter_map(|(i, token)| {
            if tokenizer.is_silence(token) {
                return None;
            }
            let (start_secs, end_secs) = on_clock(i..i + 1);
            Some(TimedPhone {
                phone: tokenizer.text(token)?,
                start_secs,
                end_secs,
            })
        });
        (words, phones.collect())
    }

    /// Share of the text that was handed on; never quite 1, which callers take for the last piece.
    pub fn fraction_done(&self, utterance: &Utterance, text_bytes: usize) -> f32 {
        let written = match self.words {
            0 => utterance.written.start,
            count if count == utterance.words.len() => utterance.written.end,
            count => utterance.words[count - 1].written.end,
        };
        (written as f32 / text_bytes.max(1) as f32).min(0.999)
    }
}
