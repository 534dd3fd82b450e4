//! Voices for those who were given none.

use std::collections::BTreeMap;

use engine::Synthesizer;

use super::{Dialogue, ScriptError};
use crate::wording::words;

/// Who speaks next where nobody is named: women and men by turns, the clearest first.
const IN_TURN: [&str; 10] = [
    "af_heart",
    "am_michael",
    "bf_emma",
    "bm_george",
    "af_bella",
    "am_fenrir",
    "bf_isabella",
    "bm_fable",
    "af_sarah",
    "am_puck",
];

/// A voice for every speaker, by the number of the face. The first one without gets `first_voice`, or else the default one.
///
/// # Errors
/// [`ScriptError`] naming the line if it names a voice that does not exist.
pub fn with_voices(
    dialogue: &Dialogue,
    synthesizer: &Synthesizer,
    first_voice: Option<&str>,
) -> Result<BTreeMap<usize, String>, ScriptError> {
    for (voice, line) in dialogue
        .speakers
        .values()
        .filter_map(|speaker| speaker.voice.as_ref())
    {
        synthesizer
            .check_voice(voice)
            .map_err(|error| ScriptError {
                line: *line,
                problem: words(&error),
            })?;
    }
    Ok(voice_numbers(
        dialogue,
        synthesizer.voices(),
        first_voice.unwrap_or(synthesizer.default_voice()),
    ))
}

/// As [`with_voices`] where the named voices are known to exist: everybody else gets one that nobody has, as long as there is any.
pub fn voice_numbers(
    dialogue: &Dialogue,
    voices: &[String],
    default_voice: &str,
) -> BTreeMap<usize, String> {
    let named: Vec<&str> = dialogue
        .speakers
        .values()
        .filter_map(|speaker| Some(speaker.voice.as_ref()?.0.as_str()))
        .collect();
    let preferred = IN_TURN.iter().copied();
    let known = |voice: &&str| voices.iter().any(|known| known == voice);
    let mut order: Vec<&str> = Vec::new();
    let everybody = std::iter::once(default_voice)
        .chain(preferred)
        .filter(known)
        .chain(voices.iter().map(String::as_str));
    for voice in everybody {
        if !order.contains(&voice) {
            order.push(voice);
        }
    }
    let free = order.iter().filter(|voice| !named.contains(*voice));
    let mut next = free.chain(order.iter().cycle());
    dialogue
        .speakers
        .iter()
        .map(|(&face, speaker)| {
            let voice = match &speaker.voice {
                Some((voice, _)) => voice.clone(),
                None => next.next().map_or(default_voice, |voice| *voice).to_owned(),
            };
            (face, voice)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_voice_gets_one_that_nobody_has() {
        let voices = ["af_heart", "am_adam", "am_michael", "bf_emma"].map(String::from);
        let given = |script: &str| {
            let dialogue = Dialogue::parse(script).unwrap();
            let given = voice_numbers(&dialogue, &voices, "af_heart");
            given.into_values().collect::<Vec<_>>()
        };
        assert_eq!(given("1: a\n2: b"), ["af_heart", "am_michael"]);
        assert_eq!(given("1: a\n2 (af_heart): b"), ["am_michael", "af_heart"]);
        let six = given("1: a\n2: a\n3: a\n4: a\n5: a\n6: a");
        assert_eq!(
            six,
            [
                "af_heart",
                "am_michael",
                "bf_emma",
                "am_adam",
                "af_heart",
                "am_michael"
            ]
        );
    }
}
