//! Motion files of both forms: what can be read can be written and read again.
#![no_main]

use motion::file::{Form, read, write};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for form in [Form::Json, Form::Safetensors] {
        if let Ok(motion) = read(form, bytes) {
            let mut written = Vec::new();
            write(&motion, form, &mut written).expect("a vector takes all");
            assert!(read(form, written.as_slice()).is_ok());
        }
    }
});
