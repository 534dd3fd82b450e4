//! Where the words of a narration come from: a file, or a model.

use std::path::PathBuf;
use std::time::Duration;

use studio::script::{check_text, read_text_file};
use studio::watch::asking::{AskEvent, Model};
use studio::watch::clip::{Clip, ShownFrame};
use studio::watch::endpoint::{Endpoint, read_key};
use studio::watch::prompt::filled;
use studio::watch::slow_fast::{FrameKind, SlowFastSettings};

use super::{PromptArgument, WatchArguments};
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::cli::texts::text;

/// Where the words come from.
pub(super) enum Teller {
    /// The user wrote them.
    File(PathBuf),
    /// A model.
    Model { model: Model, prompt: String },
}

impl Teller {
    /// Checks what is said of them, before anything is read or sent.
    pub fn of(arguments: &WatchArguments) -> anyhow::Result<Self> {
        if let Some(file) = &arguments.answer {
            return Ok(Self::File(file.clone()));
        }
        anyhow::ensure!(
            arguments.question.is_none()
                || arguments.prompt == PromptArgument::Ask
                || arguments.prompt_file.is_some(),
            "{}",
            text!("watch-question")
        );
        let prompt = match &arguments.prompt_file {
            Some(file) => read_text_file(file)?,
            None => arguments.prompt.prompt().template().to_owned(),
        };
        check_text(&prompt)?;
        if let Some(folder) = &arguments.model_folder {
            return Ok(Self::Model {
                model: Model::Folder(folder.clone()),
                prompt,
            });
        }
        let (address, model) = arguments
            .endpoint
            .as_deref()
            .zip(arguments.model.as_deref())
            .expect("the command line asks for both where there is no answer and no folder");
        let endpoint = match &arguments.key_file {
            Some(file) => Endpoint::new(address, model, Some(read_key(file)?))?,
            None => Endpoint::with_key_from_environment(address, model)?,
        };
        let endpoint = endpoint.with_silence(Duration::from_secs(arguments.timeout));
        Ok(Self::Model {
            model: Model::Server(endpoint),
            prompt,
        })
    }

    /// The words as they were written.
    pub fn tell(
        &self,
        clip: &Clip,
        arguments: &WatchArguments,
        interrupt: &Interrupt,
        progress: &Progress,
    ) -> anyhow::Result<String> {
        let (model, prompt) = match self {
            Self::File(file) => return read_text_file(file),
            Self::Model { model, prompt } => (model, prompt),
        };
        progress.stage(text!("stage-choosing-pictures"));
        let settings = SlowFastSettings {
            total_tokens: arguments.max_tokens,
            max_frames: arguments.max_frames,
            ..SlowFastSettings::default()
        };
        let shown = clip.shown_frames(&settings, interrupt.token(), &mut |fraction| {
            progress.set(fraction);
        })?;
        tell_pictures(&shown, progress);
        let question = arguments.question.as_deref();
        let prompt = filled(prompt, clip.duration_secs(), question);
        let mut told = ToldLines::default();
        let answer = model.ask(
            &shown,
            &prompt,
            arguments.seed,
            interrupt.token(),
            &mut |event| match event {
                AskEvent::Loading => progress.stage(text!("stage-loading-model")),
                AskEvent::Loaded(bytes) => {
                    let gigabytes = format!("{:.1}", bytes / 1e9);
                    progress.note(&text!("watch-memory", gigabytes = gigabytes));
                }
                AskEvent::Asking(sent) => {
                    if let Some(sent) = sent {
                        progress.note(&sent.to_string());
                    }
                    progress.stage(text!("stage-asking"));
                }
                AskEvent::Piece(piece) => told.add(piece, progress),
                AskEvent::Again => {
                    told = ToldLines::default();
                    progress.note(text!("watch-again"));
                }
            },
        )?;
        told.finish(progress);
        if answer.is_shortened {
            progress.note(text!("watch-shortened"));
        }
        Ok(answer.text)
    }
}

/// Shows words in whole lines while the rest is on its way.
#[derive(Default)]
struct ToldLines(String);

impl ToldLines {
    fn add(&mut self, piece: &str, progress: &Progress) {
        self.0.push_str(piece);
        while let Some(end) = self.0.find('\n') {
            let line: String = self.0.drain(..=end).collect();
            progress.note(line.trim_end());
        }
    }

    fn finish(&self, progress: &Progress) {
        progress.note(self.0.trim_end());
    }
}

fn tell_pictures(shown: &[ShownFrame], progress: &Progress) {
    let slow = shown.iter().filter(|frame| frame.kind == FrameKind::Slow);
    let tokens: u32 = shown.iter().map(ShownFrame::tokens).sum();
    progress.note(&text!(
        "watch-pictures",
        count = shown.len(),
        large = slow.count(),
        tokens = tokens
    ));
}
