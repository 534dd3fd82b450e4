//! `jam-flow align`: when the words of a recording are spoken, as subtitles or as JSON.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use engine::atomic_file::write_atomically;
use engine::text::FrontEnd;
use engine::{Aligner, TimedWord};

use crate::cli::interrupt::Interrupt;
use crate::cli::options::script::given_text;
use crate::cli::progress::Progress;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use clap::Args;
use studio::alignment::{Alignment, WordTimes};
use studio::media::write::subtitles;
use studio::output_path;
use studio::resources::Resources;

/// Arguments of `jam-flow align`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("spoken").required(true).args(["text", "text_file"]))]
pub struct AlignArguments {
    /// Recording of speech (WAV, MP3, FLAC, Ogg, Opus, AIFF, M4A, or the sound of an MP4, MKV or WebM)
    #[arg(long, value_name = "RECORDING")]
    pub audio: PathBuf,
    /// The words that are spoken in it
    #[arg(long, allow_hyphen_values = true)]
    pub text: Option<String>,
    /// File with the words; - for standard input
    #[arg(long, value_name = "FILE")]
    pub text_file: Option<PathBuf>,
    /// File to write: subtitles (.srt or .vtt), or words and phones with their times (.json)
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Print words and phones as JSON
    #[arg(long)]
    pub json: bool,
}

/// Words that fit less than this are pointed out: of a right text 3 in 1,000, of words that nobody says nearly all.
const DOUBTFUL: f32 = 0.1;
/// Shorter words are often swallowed, and are not pointed out.
const MIN_PHONES: usize = 2;
/// Most words that are named in a message.
const NAMED_WORDS: usize = 5;

/// Runs the command. Everything that can be checked is checked before the long work begins.
pub fn run(resources: &Resources, arguments: &AlignArguments) -> anyhow::Result<()> {
    output_path::check(&arguments.output, text!("output"), &["srt", "vtt", "json"])?;
    let inputs: Vec<&Path> = [Some(&arguments.audio), arguments.text_file.as_ref()]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    output_path::check_distinct(&[&arguments.output], &inputs)?;
    let text = given_text(&arguments.text, &arguments.text_file)?;

    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-loading"));
    let samples = studio::media::read::recording(&arguments.audio, &|| interrupt.requested())?;
    interrupt.check()?;
    let front_end = Arc::new(FrontEnd::load(&resources.models)?);
    let aligner = Aligner::with_front_end(&resources.models, Arc::clone(&front_end))?;
    interrupt.check()?;
    progress.stage(text!("stage-aligning"));
    let speech = aligner.align(&samples, &text, &|| interrupt.requested())?;
    let report = Alignment::new(&speech, &front_end);
    if output_path::extension(&arguments.output) == "json" {
        write_json(&arguments.output, &report)?;
    } else {
        let words: Vec<TimedWord> = report
            .words
            .iter()
            .map(|word| TimedWord {
                text: word.text.clone(),
                start_secs: word.start_secs,
                end_secs: word.end_secs,
            })
            .collect();
        subtitles::write(&arguments.output, &words)?;
    }
    progress.finish(&summary(&report, &arguments.output));
    if arguments.json {
        answer(serde_json::to_string_pretty(&report)?)?;
    }
    Ok(())
}

fn write_json(path: &Path, report: &Alignment) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(report)?;
    write_atomically(path, |file| {
        std::io::Write::write_all(file, text.as_bytes())
    })
    .with_context(|| text!("words-unwritable", file = path.display().to_string()))
}

/// One line: how many words there are, and which of them are uncertain.
fn summary(report: &Alignment, output: &Path) -> String {
    let mut line = text!(
        "aligned",
        count = report.words.len(),
        secs = format!("{:.1}", report.duration_secs),
        file = output.display().to_string(),
    );
    let doubtful: Vec<&WordTimes> = report
        .words
        .iter()
        .filter(|word| word.confidence < DOUBTFUL && word.phones.len() >= MIN_PHONES)
        .collect();
    if !doubtful.is_empty() {
        let mut named: Vec<String> = doubtful
            .iter()
            .take(NAMED_WORDS)
            .map(|word| {
                text!(
                    "aligned-word",
                    word = format!("{:?}", word.text),
                    secs = format!("{:.1}", word.start_secs),
                )
            })
            .collect();
        if doubtful.len() > NAMED_WORDS {
            named.push("…".to_owned());
        }
        let unsure = text!(
            "aligned-unsure",
            count = doubtful.len(),
            words = named.join(", "),
        );
        line += &format!("; {unsure}");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio::alignment::PhoneTimes;

    #[test]
    fn the_summary_names_doubtful_words() {
        let phone = || PhoneTimes {
            phone: "t".to_owned(),
            start_secs: 1.25,
            end_secs: 1.5,
        };
        let word = |text: &str, confidence| WordTimes {
            text: text.to_owned(),
            start_secs: 1.25,
            end_secs: 1.5,
            confidence,
            phones: text.chars().map(|_| phone()).collect(),
        };
        let mut report = Alignment {
            duration_secs: 2.0,
            words: vec![word("one", 0.8)],
        };
        let path = Path::new("a.srt");
        assert_eq!(summary(&report, path), "1 word in 2.0 s: a.srt");
        report.words.push(word("a", 0.0));
        assert_eq!(summary(&report, path), "2 words in 2.0 s: a.srt");
        report.words.extend((0..6).map(|_| word("two", 0.01)));
        let line = summary(&report, path);
        assert!(
            line.contains("6 of them") && line.contains("\"two\" at 1.2 s") && line.ends_with('…'),
            "{line}"
        );
    }
}
