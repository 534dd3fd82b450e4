//! Recordings of every format.
#![no_main]

use jam_flow_fuzz::{expect_caught_panics, with_checksums, with_file};

libfuzzer_sys::fuzz_target!(init: expect_caught_panics(), |bytes: &[u8]| {
    with_file("sound.wav", &with_checksums(bytes), |path| {
        if let Ok(samples) = engine::audio::decode_file(path) {
            assert!(samples.iter().all(|sample| sample.is_finite()));
        }
    });
});
