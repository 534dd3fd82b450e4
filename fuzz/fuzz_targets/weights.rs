//! Headers of safetensors, and a tensor behind them.
#![no_main]

use engine::error::ModelPart;
use engine::weights::{TensorFile, open};
use jam_flow_fuzz::with_file;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    with_file("weights.safetensors", bytes, |path| {
        let Ok(file) = TensorFile::open(path) else {
            return;
        };
        for name in file.names().take(4) {
            let shape = file.shape(&name).expect("it is named").to_vec();
            let weights = open(path, ModelPart::JointModel).expect("it was opened before");
            let _ = weights.get(shape, &name);
        }
    });
});
