//! Dialogues.
#![no_main]

use studio::dialogue::{Dialogue, is_dialogue};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = is_dialogue(text);
    if let Ok(dialogue) = Dialogue::parse(text) {
        let _ = dialogue.words();
    }
});
