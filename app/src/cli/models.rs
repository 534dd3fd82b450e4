//! `jam-flow models`: lists the model files, or checks that they are the right ones.

use clap::{Args, Subcommand};
use engine::model_files::{FileState, read, verify};
use serde::Serialize;
use studio::resources::Resources;

use crate::cli::standard_output::answer;
use crate::cli::texts::text;

/// Arguments of `jam-flow models`.
#[derive(Debug, Args)]
pub struct ModelsArguments {
    /// What to do with them
    #[command(subcommand)]
    pub command: ModelsCommand,
    /// Print JSON in place of a table
    #[arg(long, global = true)]
    pub json: bool,
}

/// What can be done with the model files.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ModelsCommand {
    /// Name, size and licence of each
    List,
    /// Compare each with the checksum in the list
    Verify,
}

#[derive(Serialize)]
struct Verified {
    name: String,
    state: FileState,
}

/// Runs the command.
pub fn run(resources: &Resources, arguments: &ModelsArguments) -> anyhow::Result<()> {
    let files = read(&resources.models)?;
    match arguments.command {
        ModelsCommand::List => {
            if arguments.json {
                answer(serde_json::to_string_pretty(&files)?)?;
                return Ok(());
            }
            for file in &files {
                answer(format_args!(
                    "{:<28}{:>7.1} MB  {}",
                    file.name,
                    file.bytes as f64 / 1e6,
                    file.licence
                ))?;
            }
            Ok(())
        }
        ModelsCommand::Verify => {
            let verified: Vec<Verified> = files
                .iter()
                .map(|file| Verified {
                    name: file.name.clone(),
                    state: verify(&resources.models, file),
                })
                .collect();
            if arguments.json {
                answer(serde_json::to_string_pretty(&verified)?)?;
            } else {
                for file in &verified {
                    answer(format_args!("{:<28}{}", file.name, file.state.word()))?;
                }
            }
            let wrong = verified
                .iter()
                .filter(|file| file.state != FileState::Right)
                .count();
            anyhow::ensure!(
                wrong == 0,
                "{}",
                text!(
                    "models-wrong",
                    wrong = wrong,
                    count = verified.len(),
                    folder = resources.models.display().to_string(),
                )
            );
            Ok(())
        }
    }
}
