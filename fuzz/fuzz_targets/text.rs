//! The text front end: marks, HTML, SSML, numbers, words; and dictionaries.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use engine::text::{FrontEnd, UserDictionary, text_of_ssml};

static FRONT_END: LazyLock<FrontEnd> = LazyLock::new(|| {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    FrontEnd::load(&models).expect("the models are in the repository")
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = FRONT_END.warnings(text);
    for utterance in FRONT_END.utterances(text).unwrap_or_default() {
        for word in &utterance.words {
            assert!(text.get(word.written.clone()).is_some());
            assert!(word.tokens.end <= utterance.tokens.len());
        }
    }
    if let Ok(marked) = text_of_ssml(text) {
        let _ = FRONT_END.utterances(&marked);
    }
    let _ = UserDictionary::parse(text);
});
