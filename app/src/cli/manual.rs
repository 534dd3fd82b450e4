//! `jam-flow completions` and `jam-flow manual`: what shells and `man` want to know of the command line.

use std::io::Write as _;

use anyhow::Context as _;

use crate::cli::texts::text;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `jam-flow completions`.
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Arguments of `jam-flow manual`.
#[derive(Debug, Args)]
pub struct ManualArguments {
    /// Write this page and one for each command into a folder
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

/// Prints the completions for a shell.
pub fn completions(
    mut command: clap::Command,
    arguments: &CompletionsArguments,
) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "jam-flow", &mut script);
    print(&script)
}

/// Prints the manual page, or writes it and one for each command into a folder.
pub fn manual(command: clap::Command, arguments: &ManualArguments) -> anyhow::Result<()> {
    let Some(folder) = &arguments.output else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        return print(&page);
    };
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .with_context(|| text!("manual-unwritable", folder = folder.display().to_string()))
}

/// A reader that has seen enough is no error.
fn print(bytes: &[u8]) -> anyhow::Result<()> {
    match std::io::stdout().write_all(bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
