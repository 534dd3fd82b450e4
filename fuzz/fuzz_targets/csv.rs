//! Lists of a batch.
#![no_main]

#[allow(dead_code)]
#[path = "../../app/src/cli/batch/csv.rs"]
mod csv;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(text) = studio::text_file::decode(bytes) {
        let _ = csv::table(&text, &|column| column == "text" || column == "output");
    }
});
