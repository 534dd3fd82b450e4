//! Lines of text on standard input (`id|text` or `text`) → `id|phonemes` on standard output.
//!
//! The training corpus is put into phonemes with this, so that training and application read alike:
//!
//! ```text
//! cargo run --release -p jam-flow-engine --example phonemes -- models < corpus.txt > phonemes.txt
//! ```

use std::io::{BufRead, BufWriter, Write};
use std::path::PathBuf;

use engine::text::FrontEnd;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let models = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("models"), PathBuf::from);
    let started = std::time::Instant::now();
    let front_end = FrontEnd::load(&models)?;
    let loaded = started.elapsed();
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut lines = 0u32;
    for (index, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line?;
        let number = format!("{:05}", index + 1);
        let (id, text) = line.split_once('|').unwrap_or((&number, &line));
        if text.trim().is_empty() {
            continue;
        }
        match front_end.phonemes(text) {
            Ok(phonemes) => writeln!(output, "{id}|{phonemes}")?,
            Err(error) => eprintln!("{id}: left out: {error}"),
        }
        lines += 1;
    }
    output.flush()?;
    let spent = started.elapsed() - loaded;
    eprintln!(
        "loaded in {:.2} s, {lines} lines in {:.2} s ({:.2} ms a line)",
        loaded.as_secs_f64(),
        spent.as_secs_f64(),
        1000.0 * spent.as_secs_f64() / f64::from(lines.max(1))
    );
    Ok(())
}
