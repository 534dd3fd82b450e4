//! Projects with a take: the project's file, the take's and its sound, with a byte between them that no text holds.
#![no_main]

use jam_flow_fuzz::seeds::{BETWEEN_FILES, TAKE_STEM};
use jam_flow_fuzz::{expect_caught_panics, with_file};
use studio::project::{PROJECT_FILE, Project};

libfuzzer_sys::fuzz_target!(init: expect_caught_panics(), |bytes: &[u8]| {
    let mut files = bytes.splitn(3, |&byte| byte == BETWEEN_FILES);
    with_file(PROJECT_FILE, files.next().unwrap_or_default(), |path| {
        let folder = path.parent().expect("it lies in a folder");
        let takes = folder.join("takes");
        std::fs::create_dir(&takes).expect("a folder for the takes");
        for ending in ["json", "wav"] {
            let file = takes.join(TAKE_STEM).with_extension(ending);
            std::fs::write(file, files.next().unwrap_or_default()).expect("room for a take");
        }
        if let Ok(project) = Project::load(folder) {
            project.save(&folder.join("again")).ok();
        }
    });
});
