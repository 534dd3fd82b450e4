//! `jam-flow read`: the words and phones that would be spoken, and what the voice cannot read.

use std::path::PathBuf;

use clap::Args;
use engine::text::{FrontEnd, Reading};
use serde::Serialize;

use crate::cli::options::script::{ScriptArguments, given_text};
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use studio::resources::Resources;

/// Arguments of `jam-flow read`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("words").required(true).args(["text", "text_file"]))]
pub struct ReadArguments {
    /// The words to read
    #[arg(long, allow_hyphen_values = true)]
    pub text: Option<String>,
    /// File with the words to read; - for standard input
    #[arg(long, value_name = "FILE")]
    pub text_file: Option<PathBuf>,
    /// How the words are to be taken
    #[command(flatten)]
    pub script: ScriptArguments,
    /// Print words, phones and warnings as JSON
    #[arg(long)]
    pub json: bool,
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    normalized: &'a str,
    phones: &'a str,
    warnings: Vec<String>,
}

/// Runs the command.
pub fn run(resources: &Resources, arguments: &ReadArguments) -> anyhow::Result<()> {
    let text = given_text(&arguments.text, &arguments.text_file)?;
    let text = arguments.script.text(text)?;
    let mut front_end = FrontEnd::load(&resources.models)?;
    if let Some(dictionary) = arguments.script.pronunciations.load()? {
        front_end.set_dictionary(dictionary);
    }
    let reading = front_end.reading(&text)?;
    answer(if arguments.json {
        as_json(&reading)?
    } else {
        as_lines(&reading)
    })?;
    Ok(())
}

fn as_json(reading: &Reading) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(&Answer {
        normalized: &reading.normalized,
        phones: &reading.phones,
        warnings: reading.warnings.iter().map(ToString::to_string).collect(),
    })?)
}

fn as_lines(reading: &Reading) -> String {
    let warnings = reading
        .warnings
        .iter()
        .map(|warning| text!("warning", reason = warning.to_string()));
    let lines: Vec<String> = [reading.normalized.clone(), reading.phones.clone()]
        .into_iter()
        .chain(warnings)
        .collect();
    lines.join("\n")
}
