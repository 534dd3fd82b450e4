//! A recording to motion, for another program to draw: mouth, blinks, gaze and breath, 25 frames a second.
//!
//! ```text
//! animate MODELS RECORDING OUT.json|OUT.safetensors [SEED]
//! ```

use std::path::Path;
use std::process::ExitCode;

use engine::audio::decode_file;
use engine::motion::idle::IdleLife;
use engine::motion::{Motion, motion_file};
use engine::{FlowSettings, Synthesizer};

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
    let (models, recording, out, seed) = match given.as_slice() {
        [models, recording, out] => (models, recording, out, 0),
        [models, recording, out, seed] => (models, recording, out, seed.parse()?),
        _ => return Err("usage: animate MODELS RECORDING OUT.json|OUT.safetensors [SEED]".into()),
    };
    let synthesizer =
        Synthesizer::load(Path::new(models))?.with_settings(FlowSettings::for_files());
    let samples = decode_file(Path::new(recording))?;
    let mut life = IdleLife::new(seed);
    let mut motion = Motion::default();
    synthesizer.animate(&samples, seed, &|| false, &mut |mouth, share_done| {
        let frames = mouth.iter().map(|mouth| life.next_frame(Some(mouth)));
        motion.frames.extend(frames);
        eprint!("\r{:3.0} %", 100.0 * share_done);
        Ok(())
    })?;
    motion_file::write(&motion, Path::new(out))?;
    eprintln!("\r{:.2} s of motion: {out}", motion.duration_secs());
    Ok(())
}
