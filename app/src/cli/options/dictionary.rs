//! How the user wants words pronounced.

use std::path::PathBuf;

use clap::Args;
use engine::text::UserDictionary;

/// The option of every command that speaks words.
#[derive(Clone, Debug, Default, Args)]
pub struct DictionaryArguments {
    /// File of pronunciations: lines such as "Nguyen = /wɪn/" or "kubectl = cube control"
    #[arg(long, value_name = "FILE")]
    pub dictionary: Option<PathBuf>,
}

impl DictionaryArguments {
    /// The user's dictionary, if one is named.
    pub fn load(&self) -> anyhow::Result<Option<UserDictionary>> {
        Ok(self
            .dictionary
            .as_deref()
            .map(UserDictionary::load)
            .transpose()?)
    }
}
