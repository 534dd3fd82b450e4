//! How a text is to be taken: as SSML, with a dictionary.

use std::path::PathBuf;

use crate::cli::options::dictionary::DictionaryArguments;
use clap::Args;
use engine::text::text_of_ssml;
use studio::script::{check_text, read_text_file};

/// Options of the commands that read a text.
#[derive(Clone, Debug, Default, Args)]
pub struct ScriptArguments {
    /// The words are SSML: break, emphasis, phoneme, sub, say-as, prosody rate
    #[arg(long)]
    pub ssml: bool,
    /// How words are pronounced
    #[command(flatten)]
    pub pronunciations: DictionaryArguments,
}

impl ScriptArguments {
    /// The text with the marks that the engine understands.
    pub fn text(&self, text: String) -> anyhow::Result<String> {
        Ok(if self.ssml {
            text_of_ssml(&text)?
        } else {
            text
        })
    }
}

/// Text from the command line or from a file, of which it asks for one; there is something in it to say.
pub fn given_text(text: &Option<String>, file: &Option<PathBuf>) -> anyhow::Result<String> {
    let text = match (text, file) {
        (Some(text), _) => text.clone(),
        (None, Some(file)) => read_text_file(file)?,
        (None, None) => unreachable!("the command line asks for one of the two"),
    };
    check_text(&text)?;
    Ok(text)
}
