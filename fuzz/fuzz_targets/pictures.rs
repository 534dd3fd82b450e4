//! Portraits of every format.
#![no_main]

use engine::portrait::load_picture;
use jam_flow_fuzz::{expect_caught_panics, with_checksums, with_file};

libfuzzer_sys::fuzz_target!(init: expect_caught_panics(), |bytes: &[u8]| {
    with_file("portrait.png", &with_checksums(bytes), |path| {
        let _ = load_picture(path);
    });
});
