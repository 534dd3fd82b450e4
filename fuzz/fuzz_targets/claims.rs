//! What files claim about themselves.
#![no_main]

use jam_flow_fuzz::{with_checksums, with_file};
use studio::provenance::verify;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    with_file("film.mp4", &with_checksums(bytes), |path| {
        verify(path, None).expect("whatever it holds, it can be read");
    });
});
