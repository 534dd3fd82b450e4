//! What is wrong with words, speech and voices.

use engine::error::{AlignmentError, EntryError, SpeechError, TextError, VoiceModelError};

use super::phrase::{Phrase, phrase};

/// A text, a mark in it, SSML or a dictionary.
pub(super) fn text(error: &TextError) -> Phrase<'_> {
    match error {
        TextError::Blank => phrase!("text-blank"),
        TextError::TooLong { characters, max } => {
            phrase!("text-too-long", characters = *characters, max = *max)
        }
        TextError::Unbroken { characters, max } => {
            phrase!("text-unbroken", characters = *characters, max = *max)
        }
        TextError::OnlySymbols => phrase!("text-only-symbols"),
        TextError::Unreadable { unreadable } => {
            phrase!("text-unreadable", characters = named(unreadable))
        }
        TextError::UnknownPhone { symbol, written } => phrase!(
            "text-unknown-phone",
            symbol = symbol.to_string(),
            written = written.as_str()
        ),
        TextError::NoPhone { written } => phrase!("text-no-phone", written = written.as_str()),
        TextError::UnknownPhoneme { phonemes } => {
            phrase!("text-unknown-phoneme", phonemes = phonemes.as_str())
        }
        TextError::Rate { mark, min, max } => phrase!(
            "text-rate",
            mark = mark.as_str(),
            min = min.to_string(),
            max = max.to_string()
        ),
        TextError::SaidTooLong { max } => phrase!("text-said-too-long", max = *max),
        TextError::SsmlTooDeep { max } => phrase!("text-ssml-too-deep", max = *max),
        TextError::Ssml { line } => phrase!("text-ssml", line = *line),
        TextError::BreakTime { written } => phrase!("text-break-time", written = written.as_str()),
        TextError::SsmlRate { written } => phrase!("text-ssml-rate", written = written.as_str()),
        TextError::DictionaryEncoding => phrase!("text-dictionary-encoding"),
        TextError::DictionaryLine {
            number,
            line,
            problem,
        } => phrase!(
            "text-dictionary-line",
            number = *number,
            problem = dictionary_entry(problem).words(),
            line = line.as_str()
        ),
        TextError::DictionaryTooLong { max } => phrase!("text-dictionary-too-long", max = *max),
    }
}

/// A line of a dictionary.
pub(super) fn dictionary_entry(error: &EntryError) -> Phrase<'_> {
    match error {
        EntryError::NoEqualsSign => phrase!("dictionary-entry-no-equals-sign"),
        EntryError::NoWord => phrase!("dictionary-entry-no-word"),
        EntryError::NoPronunciation => phrase!("dictionary-entry-no-pronunciation"),
        EntryError::TooLong { max } => phrase!("dictionary-entry-too-long", max = *max),
        EntryError::Phones(reason) => {
            phrase!("dictionary-entry-phones", reason = text(reason).words())
        }
    }
}

/// What is to be spoken, animated or changed.
pub(super) fn speech(error: &SpeechError) -> Phrase<'_> {
    match error {
        SpeechError::Speed { speed, min, max } => phrase!(
            "speech-speed",
            speed = speed.to_string(),
            min = min.to_string(),
            max = max.to_string()
        ),
        SpeechError::UnknownVoice { name, known } => phrase!(
            "speech-unknown-voice",
            name = name.as_str(),
            known = known.join(", ")
        ),
        SpeechError::VoiceWeight { weight, known } => phrase!(
            "speech-voice-weight",
            weight = weight.as_str(),
            known = known.join(", ")
        ),
        SpeechError::ReferenceLength {
            secs,
            min_secs,
            max_secs,
        } => phrase!(
            "speech-reference-length",
            secs = format!("{secs:.1}"),
            min_secs = min_secs.to_string(),
            max_secs = max_secs.to_string()
        ),
        SpeechError::ReferenceSilent { min_secs, max_secs } => phrase!(
            "speech-reference-silent",
            min_secs = min_secs.to_string(),
            max_secs = max_secs.to_string()
        ),
        SpeechError::ReferenceWithoutWords => phrase!("speech-reference-without-words"),
        SpeechError::Empty => phrase!("speech-empty"),
        SpeechError::NotFinite => phrase!("speech-not-finite"),
        SpeechError::EmptyMotion => phrase!("speech-empty-motion"),
        SpeechError::PaceMismatch {
            text_secs,
            motion_secs,
        } => phrase!(
            "speech-pace-mismatch",
            text_secs = format!("{text_secs:.1}"),
            motion_secs = format!("{motion_secs:.1}")
        ),
        SpeechError::NoWords => phrase!("speech-no-words"),
        SpeechError::LengthsDiffer { .. } => phrase!("speech-lengths-differ"),
        SpeechError::WordsOutsideSound => phrase!("speech-words-outside-sound"),
        SpeechError::PhonesDiffer => phrase!("speech-phones-differ"),
        SpeechError::DoesNotFit { words, secs } => phrase!(
            "speech-does-not-fit",
            words = words.as_str(),
            secs = format!("{secs:.1}")
        ),
    }
}

/// Words along a recording.
pub(super) fn alignment(error: &AlignmentError) -> Phrase<'_> {
    match error {
        AlignmentError::TooLong { max_secs } => phrase!(
            "alignment-too-long",
            hours = format!("{:.0}", max_secs / 3600.0)
        ),
        AlignmentError::NotFinite => phrase!("alignment-not-finite"),
        AlignmentError::TooShort => phrase!("alignment-too-short"),
        AlignmentError::OtherWords { .. } => phrase!("alignment-other-words"),
    }
}

/// A voice model or its reference.
pub(super) fn voice_model(error: &VoiceModelError) -> Phrase<'_> {
    match error {
        VoiceModelError::Missing => phrase!("voice-model-missing"),
        VoiceModelError::Pickled => phrase!("voice-model-pickled"),
        VoiceModelError::Unsound { reason } => {
            phrase!("voice-model-unsound", reason = reason.as_str())
        }
        VoiceModelError::NotF5 { tensor } => {
            phrase!("voice-model-not-f5", tensor = tensor.as_str())
        }
        VoiceModelError::Unsupported { reason } => {
            phrase!("voice-model-unsupported", reason = reason.as_str())
        }
        VoiceModelError::Shape { reason } => phrase!("voice-model-shape", reason = reason.as_str()),
        VoiceModelError::NotVocabulary => phrase!("voice-model-not-vocabulary"),
        VoiceModelError::OtherVocabulary { entries, expected } => phrase!(
            "voice-model-other-vocabulary",
            entries = *entries,
            expected = *expected
        ),
        VoiceModelError::NotVocos { tensor } => {
            phrase!("voice-model-not-vocos", tensor = tensor.as_str())
        }
        VoiceModelError::Chinese { character } => {
            phrase!("voice-model-chinese", character = character.to_string())
        }
        VoiceModelError::ReferenceTooShort {
            secs,
            min_secs,
            max_secs,
        } => phrase!(
            "voice-model-reference-too-short",
            secs = format!("{secs:.1}"),
            min_secs = min_secs.to_string(),
            max_secs = max_secs.to_string()
        ),
        VoiceModelError::ReferenceNotFinite => phrase!("voice-model-reference-not-finite"),
        VoiceModelError::Pace { secs } => phrase!("voice-model-pace", secs = format!("{secs:.1}")),
        VoiceModelError::NotFinite => phrase!("voice-model-not-finite"),
    }
}

/// Some characters, of which a line has room.
fn named(characters: &[char]) -> String {
    const NAMED: usize = 12;
    let named = characters.iter().take(NAMED).map(char::to_string);
    let more = (characters.len() > NAMED).then(|| "…".to_owned());
    named.chain(more).collect::<Vec<_>>().join(" ")
}
