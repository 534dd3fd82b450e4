//! Videos of faces: at most a second of their pictures, and their sound.
#![no_main]

use std::cell::Cell;

use jam_flow_fuzz::{expect_caught_panics, with_file};
use studio::media::read::{read_frames, sound_of};

libfuzzer_sys::fuzz_target!(init: expect_caught_panics(), |bytes: &[u8]| {
    with_file("film.mp4", bytes, |path| {
        let frames = Cell::new(0);
        let _ = read_frames(path, &|| frames.get() > 25, &mut |_, _| {
            frames.set(frames.get() + 1);
            Ok(())
        });
        let _ = sound_of(path, &|| false);
    });
});
