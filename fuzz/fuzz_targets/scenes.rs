//! Films of several scenes.
#![no_main]

use std::path::Path;

use studio::scenes::SceneFile;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Err(error) = SceneFile::parse(text, Path::new(env!("CARGO_MANIFEST_DIR"))) {
        assert_eq!(error.to_string().lines().count(), 1, "one line says it");
    }
});
