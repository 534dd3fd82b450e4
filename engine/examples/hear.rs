//! Makes the mouth for recordings, for evaluation: nothing is drawn.
//!
//! ```text
//! hear MODELS OUTDIR RECORDING…     writes OUTDIR/NAME.json for each: {"mouth": frames × 4 × 3 at 25 a second}
//! ```

use std::path::Path;
use std::process::ExitCode;

use engine::audio::decode_file;
use engine::{FlowSettings, Synthesizer};
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [models, folder, recordings @ ..] = given.as_slice() else {
        return Err("usage: hear MODELS OUTDIR RECORDING…".into());
    };
    let synthesizer =
        Synthesizer::load(Path::new(models))?.with_settings(FlowSettings::for_files());
    std::fs::create_dir_all(folder)?;
    for recording in recordings.iter().map(Path::new) {
        let samples = decode_file(recording)?;
        let mut mouth = Vec::new();
        synthesizer.animate(&samples, 0, &|| false, &mut |frames, _| {
            mouth.extend(frames.iter().map(|frame| frame.values()));
            Ok(())
        })?;
        let timings = synthesizer.timings();
        eprintln!(
            "{}: {:.2} s of sound at {:.3} of real time",
            recording.display(),
            timings.sound.as_secs_f64(),
            timings.real_time_factor()
        );
        let name = recording.file_stem().ok_or("a recording has a name")?;
        let out = Path::new(folder).join(name).with_extension("json");
        std::fs::write(out, json!({ "mouth": mouth }).to_string())?;
    }
    Ok(())
}
