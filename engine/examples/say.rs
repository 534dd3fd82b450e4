//! Speaks from the command line: one text to a WAV file, or a list of lines to WAV and JSON files for evaluation.
//!
//! ```text
//! say MODELS "text" OUT.wav [--voice NAME] [--seed N] [--speed X] [--steps N] [--guidance X] [--temperature X] [--first-piece SECS]
//!     [--search N] [--search-steps K]
//! say MODELS --lines FILE OUTDIR [the same]     FILE: one `id|text` a line; writes OUTDIR/id.wav and OUTDIR/id.json
//! ```
//!
//! The JSON has `phones` (phone, start_secs, end_secs), `words` likewise, `mouth` (frames × 4 × 3 at 25 a second), and `pieces_secs`,
//! where each piece of the speech begins.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use engine::audio::{SAMPLE_RATE_HZ, write_wav};
use engine::{FlowSettings, SpeakRequest, SpeechChunk, Synthesizer, Voice};
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

/// What the command line asks for.
struct Arguments {
    positional: Vec<String>,
    lines: Option<PathBuf>,
    request: SpeakRequest,
    settings: FlowSettings,
}

fn arguments() -> Result<Arguments, Failure> {
    let mut parsed = Arguments {
        positional: Vec::new(),
        lines: None,
        request: SpeakRequest {
            text: String::new(),
            voice: Voice::Default,
            seed: 0,
            speed: 1.0,
        },
        settings: FlowSettings::for_files(),
    };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--lines" => parsed.lines = Some(value()?.into()),
            "--voice" => parsed.request.voice = Voice::Named(value()?),
            "--seed" => parsed.request.seed = value()?.parse()?,
            "--speed" => parsed.request.speed = value()?.parse()?,
            "--steps" => parsed.settings.steps = value()?.parse()?,
            "--search" => parsed.settings.candidates = value()?.parse()?,
            "--search-steps" => parsed.settings.search_steps = value()?.parse()?,
            "--first-piece" => parsed.settings.first_piece_secs = value()?.parse()?,
            "--guidance" => parsed.settings.guidance = Some(value()?.parse()?),
            "--temperature" => parsed.settings.temperature = Some(value()?.parse()?),
            _ => parsed.positional.push(argument),
        }
    }
    Ok(parsed)
}

fn run() -> Result<(), Failure> {
    let Arguments {
        positional,
        lines,
        mut request,
        settings,
    } = arguments()?;
    let positional: Vec<&str> = positional.iter().map(String::as_str).collect();
    match (positional.as_slice(), lines) {
        ([models, text, out], None) => {
            let synthesizer = Synthesizer::load(Path::new(models))?.with_settings(settings);
            request.text = (*text).to_owned();
            let chunks = speak(&synthesizer, &request)?;
            write_wav(Path::new(out), &samples(&chunks))?;
        }
        ([models, folder], Some(file)) => {
            let synthesizer = Synthesizer::load(Path::new(models))?.with_settings(settings);
            std::fs::create_dir_all(folder)?;
            for line in std::fs::read_to_string(file)?.lines() {
                let Some((id, text)) = line.split_once('|') else {
                    continue;
                };
                request.text = text.to_owned();
                let chunks = speak(&synthesizer, &request)?;
                let out = Path::new(folder).join(id);
                write_wav(&out.with_extension("wav"), &samples(&chunks))?;
                std::fs::write(out.with_extension("json"), notes(&chunks))?;
            }
        }
        _ => {
            return Err(
                "usage: say MODELS \"text\" OUT.wav | say MODELS --lines FILE OUTDIR, then \
                        [--voice NAME] [--seed N] [--speed X] [--steps N] [--guidance X] [--temperature X] [--first-piece SECS]"
                    .into(),
            );
        }
    }
    Ok(())
}

/// Speaks, and says on the terminal how fast.
fn speak(synthesizer: &Synthesizer, request: &SpeakRequest) -> Result<Vec<SpeechChunk>, Failure> {
    let mut chunks = Vec::new();
    synthesizer.speak(request, &|| false, &mut |chunk| {
        chunks.push(chunk);
        Ok(())
    })?;
    let timings = synthesizer.timings();
    eprintln!(
        "{:.2} s of sound at {:.3} of real time, the first after {:.0?} (text {:.0?}, prosody {:.0?}, flow {:.0?}, vocoder {:.0?}): {}",
        timings.sound.as_secs_f64(),
        timings.real_time_factor(),
        timings.first_chunk,
        timings.text,
        timings.prosody,
        timings.flow,
        timings.vocoder,
        request.text
    );
    Ok(chunks)
}

fn samples(chunks: &[SpeechChunk]) -> Vec<f32> {
    chunks
        .iter()
        .flat_map(|chunk| chunk.samples.iter().copied())
        .collect()
}

fn notes(chunks: &[SpeechChunk]) -> String {
    let phones: Vec<_> = chunks
        .iter()
        .flat_map(|chunk| &chunk.phones)
        .map(|phone| {
            json!({"phone": phone.phone, "start_secs": phone.start_secs, "end_secs": phone.end_secs})
        })
        .collect();
    let words: Vec<_> = chunks
        .iter()
        .flat_map(|chunk| &chunk.words)
        .map(|word| json!({"text": word.text, "start_secs": word.start_secs, "end_secs": word.end_secs}))
        .collect();
    let mouth: Vec<_> = chunks.iter().flat_map(|chunk| &chunk.mouth).collect();
    let mut next_sample = 0;
    let pieces = chunks.iter().map(|chunk| {
        let start_secs = next_sample as f64 / f64::from(SAMPLE_RATE_HZ);
        next_sample += chunk.samples.len();
        start_secs
    });
    let pieces: Vec<f64> = pieces.collect();
    json!({"phones": phones, "words": words, "mouth": mouth, "pieces_secs": pieces}).to_string()
}
