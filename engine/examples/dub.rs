//! Speaks a text, changes its words, and writes both for evaluation.
//!
//! ```text
//! dub MODELS LINES OUTDIR [--kept] [--unknown]
//! ```
//!
//! LINES has `id|old text|new text` a line. Written are OUTDIR/id-old.wav, OUTDIR/id-new.wav and OUTDIR/id.json with `changed`
//! (pairs of samples of the new sound), and `old_mouth` and `new_mouth` (frames × 4 × 3). `--kept` keeps the length of what
//! changes; with `--unknown` the voice is only told by what is kept.

use std::path::Path;
use std::process::ExitCode;

use engine::audio::write_wav;
use engine::{Edit, SpanLength, SpeakRequest, Speech, Synthesizer, Voice};
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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [models, lines, out, options @ ..] = arguments.as_slice() else {
        return Err("usage: dub MODELS LINES OUTDIR [--kept] [--unknown]".into());
    };
    let has = |option: &str| options.iter().any(|it| it == option);
    let synthesizer = Synthesizer::load(Path::new(models))?;
    std::fs::create_dir_all(out)?;
    for line in std::fs::read_to_string(lines)?.lines() {
        let [id, old, new] = line.split('|').collect::<Vec<_>>()[..] else {
            continue;
        };
        let speech = spoken(&synthesizer, old)?;
        let name = synthesizer.default_voice().to_owned();
        let edit = Edit {
            again: None,
            speech: speech.clone(),
            text: new.to_owned(),
            length: if has("--kept") {
                SpanLength::Kept
            } else {
                SpanLength::Free
            },
            voice: (!has("--unknown")).then_some(name),
            seed: 0,
        };
        let dubbed = synthesizer.dub(&edit, &|| false)?;
        let out = Path::new(out);
        write_wav(&out.join(format!("{id}-old.wav")), &speech.samples)?;
        write_wav(&out.join(format!("{id}-new.wav")), &dubbed.speech.samples)?;
        let changed: Vec<_> = dubbed
            .changed
            .iter()
            .map(|range| [range.start, range.end])
            .collect();
        let notes = json!({
            "changed": changed,
            "old_mouth": speech.mouth,
            "new_mouth": dubbed.speech.mouth,
        });
        std::fs::write(out.join(format!("{id}.json")), notes.to_string())?;
    }
    Ok(())
}

fn spoken(synthesizer: &Synthesizer, text: &str) -> Result<Speech, Failure> {
    let request = SpeakRequest {
        text: text.to_owned(),
        voice: Voice::Default,
        seed: 0,
        speed: 1.0,
    };
    let (mut samples, mut mouth, mut phones) = (Vec::new(), Vec::new(), Vec::new());
    synthesizer.speak(&request, &|| false, &mut |chunk| {
        samples.extend(chunk.samples);
        mouth.extend(chunk.mouth);
        phones.extend(chunk.phones);
        Ok(())
    })?;
    Ok(synthesizer.speech(text, &phones, samples, mouth)?)
}
