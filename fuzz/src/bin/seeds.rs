//! Writes what the targets begin with into the folder that is named.

use std::path::Path;

// Its counters are the fuzzer's, although nothing is fuzzed.
use libfuzzer_sys as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    jam_flow_fuzz::seeds::write(Path::new(&folder))
}
