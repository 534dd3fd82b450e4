//! `jam-flow verify`: what a file claims about where it comes from, and whether it was changed since.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use studio::provenance::{Report, State, signer, verify};

use crate::cli::standard_output::answer;
use crate::cli::texts::text;

/// Arguments of `jam-flow verify`.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Video, sound or image that JAM-Flow may have made (MP4, M4A, WAV, PNG)
    #[arg(value_name = "FILE")]
    pub path: PathBuf,
    /// Print JSON in place of words
    #[arg(long)]
    pub json: bool,
}

/// Runs the command. It fails unless the file is marked and as it was made.
pub fn run(arguments: &VerifyArguments) -> anyhow::Result<()> {
    let file = arguments.path.display().to_string();
    let report = verify(&arguments.path, signer())
        .with_context(|| text!("verify-unreadable", file = file.clone()))?;
    if arguments.json {
        answer(serde_json::to_string_pretty(&report)?)?;
    } else {
        for line in lines(&report) {
            answer(line)?;
        }
    }
    match report.state {
        State::Intact => Ok(()),
        State::Changed => anyhow::bail!(text!("verify-changed", file = file)),
        State::Unsigned => anyhow::bail!(text!("verify-unsigned", file = file)),
        State::Unmarked => anyhow::bail!(text!("verify-unmarked", file = file)),
    }
}

/// What the file claims, for people.
fn lines(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(generator) = &report.generator {
        lines.push(text!("verify-generator", generator = generator.clone()));
    }
    if let Some(source) = &report.digital_source_type {
        lines.push(text!("verify-source", source = source.clone()));
    }
    if let Some(comment) = &report.comment {
        lines.push(text!("verify-comment", comment = comment.clone()));
    }
    if let Some(key) = report.key.clone() {
        lines.push(match report.is_own_key {
            true => text!("verify-own-key", key = key),
            false => text!("verify-other-key", key = key),
        });
    }
    if report.state == State::Intact {
        lines.push(text!("verify-intact").to_owned());
    }
    lines
}
