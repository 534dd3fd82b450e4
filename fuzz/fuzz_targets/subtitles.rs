//! Answers about clips, subtitles among them.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(narration) = studio::watch::narration::Narration::parse(text, 60.0) {
        let _ = narration.text();
    }
});
