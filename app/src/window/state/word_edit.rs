//! The words of a take while they are changed.

use super::WordMarks;
use studio::take::Take;

/// What is said in a take, and what it should say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordEdit {
    /// The take that the words belong to.
    pub take: Option<u64>,
    /// What is said in it.
    pub said: String,
    /// What it should say.
    pub words: String,
    /// Whether changed words take as long as the old ones.
    pub keeps_length: bool,
    /// What differs, of the texts as they were when that was asked last.
    marks: WordMarks,
    marked: Option<(String, String)>,
}

impl WordEdit {
    /// Goes over to another take; what was typed for the same take stays.
    pub fn follow(&mut self, take: Option<&Take>) {
        let id = take.map(|take| take.id);
        if self.take == id {
            return;
        }
        let said = take.and_then(Take::text).unwrap_or_default();
        *self = Self {
            take: id,
            said: said.to_owned(),
            words: said.to_owned(),
            keeps_length: self.keeps_length,
            ..Self::default()
        };
    }

    /// What differed when that was asked last.
    pub fn known_marks(&self) -> &WordMarks {
        &self.marks
    }

    /// Which words differ.
    pub fn marks(&mut self) -> &WordMarks {
        let is_known = self
            .marked
            .as_ref()
            .is_some_and(|(said, words)| *said == self.said && *words == self.words);
        if !is_known {
            self.marks = WordMarks::of(&self.said, &self.words);
            self.marked = Some((self.said.clone(), self.words.clone()));
        }
        &self.marks
    }

    /// Whether there is something to say anew.
    pub fn is_changed(&self) -> bool {
        !self.words.trim().is_empty() && self.words.trim() != self.said.trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio::script::{Script, ScriptVoice};

    #[test]
    fn words_belong_to_their_take() {
        let mut edit = WordEdit::default();
        let source = Script::Words {
            text: "Hello there.".to_owned(),
            voice: ScriptVoice::Default,
            speed: 1.0,
        };
        let spoken = Take::new(1, source, 0);
        edit.follow(Some(&spoken));
        assert_eq!(
            (edit.said.as_str(), edit.is_changed()),
            ("Hello there.", false)
        );
        edit.words = "Hello you.".to_owned();
        edit.keeps_length = true;
        edit.follow(Some(&spoken));
        assert!(edit.is_changed());
        edit.follow(Some(&Take::new(2, Script::AudioFile("me.wav".into()), 0)));
        assert!(edit.said.is_empty() && !edit.is_changed() && edit.keeps_length);
        edit.follow(None);
        assert_eq!(edit.take, None);
    }
}
