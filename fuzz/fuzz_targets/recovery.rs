//! Outputs that a killed program left behind.
#![no_main]

use jam_flow_fuzz::{expect_caught_panics, with_file};
use studio::media::write::recovery::{find, recover};

libfuzzer_sys::fuzz_target!(init: expect_caught_panics(), |bytes: &[u8]| {
    for name in [".film.mp4.1-0.part", ".sound.wav.1-0.part"] {
        with_file(name, bytes, |path| {
            let folder = path.parent().expect("it lies in a folder");
            for left in find(folder).expect("the folder can be read") {
                let _ = recover(&left);
            }
        });
    }
});
