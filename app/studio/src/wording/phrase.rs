//! A kind of error as a key of the texts with its arguments.

use std::error::Error;

use super::{computing, media, speaking};
use crate::texts::{TEXTS, Value};

/// A text by its key, and what is filled in.
pub(super) struct Phrase<'a> {
    /// Its key in `app/locales`.
    pub(super) key: &'static str,
    /// By their names.
    pub(super) arguments: Vec<(&'static str, Value<'a>)>,
}

impl Phrase<'_> {
    /// The text in the language of the program.
    pub(super) fn words(self) -> String {
        TEXTS.with(self.key, self.arguments)
    }
}

/// `phrase!("text-too-long", characters = 12, max = 10)`.
macro_rules! phrase {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::wording::phrase::Phrase {
            key: $key,
            arguments: vec![$((stringify!($name), $crate::texts::Value::from($value))),*],
        }
    };
}
pub(super) use phrase;

/// The phrase for one error without its causes; none if it is of another crate and speaks for itself.
pub(super) fn phrase_of<'a>(error: &'a (dyn Error + 'static)) -> Option<Phrase<'a>> {
    fn of<'a, E: Error + 'static>(
        error: &'a (dyn Error + 'static),
        phrase: impl FnOnce(&'a E) -> Phrase<'a>,
    ) -> Option<Phrase<'a>> {
        error.downcast_ref().map(phrase)
    }
    // The system's errors may hold one of ours.
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        return phrase_of(error.get_ref()?);
    }
    of(error, computing::engine)
        .or_else(|| of(error, computing::not_written))
        .or_else(|| of(error, computing::drawing))
        .or_else(|| of(error, computing::gpu))
        .or_else(|| of(error, computing::vision_language))
        .or_else(|| of(error, media::audio))
        .or_else(|| of(error, media::face))
        .or_else(|| of(error, media::motion_file))
        .or_else(|| of(error, media::picture))
        .or_else(|| of(error, media::tracking))
        .or_else(|| of(error, media::video))
        .or_else(|| of(error, speaking::alignment))
        .or_else(|| of(error, speaking::dictionary_entry))
        .or_else(|| of(error, speaking::speech))
        .or_else(|| of(error, speaking::text))
        .or_else(|| of(error, speaking::voice_model))
}

/// One error without its causes, for the user.
pub fn words(error: &(dyn Error + 'static)) -> String {
    phrase_of(error).map_or_else(|| error.to_string(), Phrase::words)
}
