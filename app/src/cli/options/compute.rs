//! Where speech is computed.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use studio::compute::{Adapter, Choice, Compute};

use crate::cli::progress::Progress;
use crate::cli::texts::text;

/// The option of the commands that make speech.
#[derive(Clone, Debug, Default, Args)]
pub struct ComputeArguments {
    /// Where speech is computed; each GPU is measured once
    #[arg(long, value_name = "WHERE", value_enum, default_value_t)]
    pub compute: ComputeChoice,
}

/// Its values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ComputeChoice {
    /// The GPU if it is faster
    #[default]
    Auto,
    /// The CPU
    Cpu,
    /// The GPU, even a software one
    Gpu,
}

impl ComputeArguments {
    /// Where to compute; notices go to the terminal, above the progress.
    pub fn compute(&self, progress: &Progress) -> Compute {
        self.compute.compute(progress)
    }
}

impl ComputeChoice {
    /// Where to compute; notices go to the terminal, above the progress.
    pub fn compute(self, progress: &Progress) -> Compute {
        let note = progress.notes();
        Compute {
            choice: match self {
                Self::Auto => Choice::Auto,
                Self::Cpu => Choice::Cpu,
                Self::Gpu => Choice::Gpu,
            },
            adapter: Adapter::Best,
            measurements: measurements(),
            notify: Arc::new(move |line| note(&text!("warning", reason = line))),
        }
    }
}

/// The file that the window keeps its measurements in, too.
fn measurements() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "jam-flow")?;
    Some(folders.config_dir().join("compute.json"))
}
