//! `jam-flow recover`: films that a killed program left unfinished.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use clap::Args;
use studio::media::write::recovery::{self, Abandoned, Outcome};
use studio::output_path;

/// Arguments of `jam-flow recover`.
#[derive(Debug, Args)]
pub struct RecoverArguments {
    /// Name that the film was to get, or a folder to look through
    #[arg(value_name = "FILE OR FOLDER", default_value = ".")]
    pub path: PathBuf,
    /// Print what was recovered as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    recovered: Vec<RecoveredFile>,
    removed: Vec<PathBuf>,
    failed: Vec<String>,
}

#[derive(Serialize)]
struct RecoveredFile {
    path: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_secs: Option<f64>,
}

/// Runs the command. One film that cannot be recovered does not keep the others from it.
pub fn run(arguments: &RecoverArguments) -> anyhow::Result<()> {
    let abandoned = abandoned(&arguments.path)?;
    anyhow::ensure!(
        !abandoned.is_empty(),
        "{}",
        text!("recover-none", path = arguments.path.display().to_string())
    );
    let mut report = Report {
        recovered: Vec::new(),
        removed: Vec::new(),
        failed: Vec::new(),
    };
    for film in &abandoned {
        match recovery::recover(film) {
            Ok(outcome) => {
                if !arguments.json {
                    eprintln!("{}", line(&outcome));
                }
                match outcome {
                    Outcome::Recovered {
                        path,
                        duration_secs,
                    } => report.recovered.push(RecoveredFile {
                        path,
                        duration_secs: Some(duration_secs),
                    }),
                    Outcome::RecoveredImages { path } => report.recovered.push(RecoveredFile {
                        path,
                        duration_secs: None,
                    }),
                    Outcome::Removed { part } => report.removed.push(part),
                }
            }
            Err(error) => report.failed.push(studio::wording::one_line(&error.into())),
        }
    }
    if arguments.json {
        answer(serde_json::to_string_pretty(&report)?)?;
    }
    anyhow::ensure!(report.failed.is_empty(), report.failed.join("; "));
    Ok(())
}

/// What became of an output, in one line.
fn line(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Recovered {
            path,
            duration_secs,
        } => text!(
            "recovered",
            file = path.display().to_string(),
            secs = format!("{duration_secs:.1}"),
        ),
        Outcome::RecoveredImages { path } => {
            text!("recovered-images", file = path.display().to_string())
        }
        Outcome::Removed { part } => {
            text!("recover-removed", file = part.display().to_string())
        }
    }
}

/// The unfinished films that a path means: a folder, the name that a film was to get, or the unfinished film itself.
fn abandoned(path: &Path) -> anyhow::Result<Vec<Abandoned>> {
    if let Some(name) = recovery::name_of_part(path).filter(|_| path.exists()) {
        return Ok(vec![Abandoned {
            part: path.to_owned(),
            name,
        }]);
    }
    // A folder of images may be lying there already, from another time.
    if path.is_dir() && !recovery::find_for(path).is_ok_and(|found| !found.is_empty()) {
        return recovery::find(path)
            .with_context(|| text!("recover-unreadable", path = path.display().to_string()));
    }
    recovery::find_for(path).with_context(|| {
        text!(
            "recover-unreadable",
            path = output_path::folder_of(path).display().to_string()
        )
    })
}
