//! The script against the words of the take in the timeline.

use std::ops::Range;

use super::{WordMarks, places, spoken_words};
use engine::text::sentences::sentences;
use studio::take::Take;

/// What is said in the take in the timeline, and what the script has in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordEdit {
    /// Whether changed words take as long as the old ones.
    pub keeps_length: bool,
    /// The take and how many of its words are timed.
    take: Option<(u64, usize)>,
    said: Option<String>,
    script: String,
    marks: WordMarks,
    spoken: Vec<Range<usize>>,
    /// Bytes of each sentence that is said.
    sentences: Vec<Range<usize>>,
}

impl WordEdit {
    /// Goes over to this take and this script, unless it knows them already.
    pub fn follow(&mut self, take: Option<&Take>, script: &str) {
        let now = take.map(|take| (take.id, take.words.len()));
        let is_known = self.take == now;
        if is_known && self.script == script {
            return;
        }
        if !is_known {
            self.take = now;
            self.said = take.and_then(Take::text).map(str::to_owned);
            let said = self.said.as_deref().unwrap_or_default();
            self.spoken = spoken_words(said, take.map_or(&[], |take| &take.words));
            self.sentences = sentences(said)
                .into_iter()
                .map(|found| found.written)
                .collect();
        }
        script.clone_into(&mut self.script);
        self.marks = match &self.said {
            Some(said) => WordMarks::of(said, script),
            None => WordMarks::default(),
        };
    }

    /// What is said in the take; none if nobody has written that down.
    pub fn said(&self) -> Option<&str> {
        self.said.as_deref()
    }

    /// Which words go and which come, if the script is what is said with some changes.
    pub fn marks(&self) -> Option<&WordMarks> {
        self.marks.is_related.then_some(&self.marks)
    }

    /// Whether some words of the take would change with the script.
    pub fn is_changed(&self) -> bool {
        let said = self.said.as_deref().unwrap_or_default();
        self.marks.is_related && self.script.trim() != said.trim()
    }

    /// Words of the take's timeline that are these words of its text.
    pub fn spoken(&self, written: Range<usize>) -> Range<usize> {
        let words = self.spoken.get(written).unwrap_or_default();
        match (words.first(), words.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// When the word at this byte of the take's text is heard.
    pub fn heard(&self, take: &Take, byte: usize) -> Option<Range<f64>> {
        let places = places(self.said()?);
        let word = places.iter().position(|(bytes, _)| byte <= bytes.end)?;
        let timed = take.words.get(self.spoken(word..word + 1))?;
        Some(timed.first()?.start_secs..timed.last()?.end_secs)
    }

    /// The sentence of the take's text that is heard at a time, in bytes.
    pub fn sentence_at(&self, take: &Take, secs: f64) -> Option<Range<usize>> {
        let said = self.said()?;
        // A word that was just heard to its end is still the one.
        let begun = |word: &engine::TimedWord| word.start_secs < secs - 1e-6;
        let timed = take.words.iter().rposition(begun).unwrap_or(0);
        let word = self
            .spoken
            .iter()
            .position(|words| words.contains(&timed))?;
        let (bytes, _) = places(said).into_iter().nth(word)?;
        let mut sentences = self.sentences.iter();
        sentences
            .find(|sentence| sentence.contains(&bytes.start))
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::TimedWord;
    use studio::script::{Script, ScriptVoice};

    fn take(text: &str) -> Take {
        let source = Script::Words {
            text: text.to_owned(),
            voice: ScriptVoice::Default,
            speed: 1.0,
        };
        let mut take = Take::new(1, source, 0);
        let words = text.split_whitespace().enumerate();
        take.words.extend(words.map(|(index, word)| TimedWord {
            text: word.to_owned(),
            start_secs: index as f64,
            end_secs: index as f64 + 0.5,
        }));
        take
    }

    #[test]
    fn the_script_is_an_edit_of_what_is_said_or_something_else() {
        let mut edit = WordEdit {
            keeps_length: true,
            ..WordEdit::default()
        };
        let spoken = take("Hello there.");
        edit.follow(Some(&spoken), "Hello there.");
        assert!(edit.said() == Some("Hello there.") && !edit.is_changed());
        edit.follow(Some(&spoken), "Hello you.");
        assert!(
            edit.is_changed()
                && edit
                    .marks()
                    .is_some_and(|marks| marks.new.first() == Some(&(6..10)))
        );
        for other in ["", "Nobody knows."] {
            edit.follow(Some(&spoken), other);
            assert!(!edit.is_changed() && edit.marks().is_none(), "{other}");
        }
        let recording = Take::new(2, Script::AudioFile("me.wav".into()), 0);
        edit.follow(Some(&recording), "Hello there.");
        assert!(edit.said().is_none() && !edit.is_changed() && edit.keeps_length);
        edit.follow(None, "");
        assert_eq!(edit.sentence_at(&spoken, 0.0), None);
    }

    #[test]
    fn words_and_sentences_are_found_by_byte_and_by_time() {
        let spoken = take("Mr. Lee came. He left again.");
        let mut edit = WordEdit::default();
        edit.follow(Some(&spoken), "");
        assert_eq!(edit.heard(&spoken, 0), Some(0.0..0.5));
        assert_eq!(edit.heard(&spoken, 15), Some(3.0..3.5));
        assert_eq!(edit.heard(&spoken, 28), Some(5.0..5.5));
        assert_eq!(edit.heard(&spoken, 99), None);
        for (secs, sentence) in [
            (0.0, 0..13),
            (2.5, 0..13),
            (3.0, 0..13),
            (3.1, 14..28),
            (9.0, 14..28),
        ] {
            assert_eq!(edit.sentence_at(&spoken, secs), Some(sentence), "{secs}");
        }
    }
}
