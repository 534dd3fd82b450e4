//! Projects.
#![no_main]

use jam_flow_fuzz::with_file;
use studio::project::{PROJECT_FILE, Project};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    with_file(PROJECT_FILE, bytes, |path| {
        let _ = Project::load(path.parent().expect("it lies in a folder"));
    });
});
