//! The video that is written where there is no display to open a window on.

use std::path::PathBuf;

use anyhow::Context as _;
use studio::film::Outputs;
use studio::resources::Resources;
use studio::script::{SAMPLE_SENTENCE, Script, ScriptVoice};

use crate::cli::speak;
use crate::cli::texts::text;

/// The file that is written.
const FILE: &str = "demo.mp4";

/// Writes a video of the default portrait into the working folder.
pub fn write(resources: &Resources) -> anyhow::Result<()> {
    eprintln!("{}", text!("demo-instead", file = FILE));
    let outputs = Outputs {
        video: Some(PathBuf::from(FILE)),
        ..Outputs::default()
    };
    outputs.check(&[])?;
    let script = Script::Words {
        text: SAMPLE_SENTENCE.to_owned(),
        voice: ScriptVoice::Default,
        speed: 1.0,
    };
    speak::speak_to_files(resources, script, 0, &outputs)
        .map(|_| ())
        .context(text!("demo-failed"))
}
