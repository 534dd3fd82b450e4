//! A vision model is shown the pictures of a clip and asked for words.

use std::path::PathBuf;

use super::clip::ShownFrame;
use super::endpoint::{Answer, Disclosure, Endpoint};
use super::local_model::LocalModel;
use super::slow_fast::SlowFastSettings;
use crate::cancel::CancelToken;

/// Pictures that are shown if nothing is said: what servers take without being set up for more.
pub const USUAL_FRAMES: usize = 64;
/// Tokens of all pictures if nothing is said: half of what such models usually take in.
pub const USUAL_TOKENS: u32 = 16_384;

/// Which pictures are chosen if nothing is said.
pub fn usual_pictures() -> SlowFastSettings {
    SlowFastSettings {
        total_tokens: USUAL_TOKENS,
        max_frames: USUAL_FRAMES,
        ..SlowFastSettings::default()
    }
}

/// The model that is asked.
#[derive(Clone, Debug)]
pub enum Model {
    /// A served one.
    Server(Endpoint),
    /// One in this process: the folder of its files.
    Folder(PathBuf),
}

/// What happens while a model is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum AskEvent<'a> {
    /// The files of the model are being read.
    Loading,
    /// They are read and take so much memory, bytes, as it was estimated.
    Loaded(f64),
    /// It is asked now; what a server is sent.
    Asking(Option<Disclosure>),
    /// The next words of its answer.
    Piece(&'a str),
    /// The server is asked once more: the answer begins anew.
    Again,
}

impl Model {
    /// Shows the model the pictures and asks for an answer. `seed` counts for a model in this process.
    ///
    /// # Errors
    /// Those of [`Endpoint::ask`], [`LocalModel::load`] and [`LocalModel::ask`].
    pub fn ask(
        &self,
        frames: &[ShownFrame],
        prompt: &str,
        seed: u64,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(AskEvent<'_>),
    ) -> anyhow::Result<Answer> {
        match self {
            Self::Server(endpoint) => {
                on_event(AskEvent::Asking(Some(endpoint.disclosure(frames))));
                let answer = endpoint.ask(frames, prompt, cancel, &mut |piece| {
                    on_event(piece.map_or(AskEvent::Again, AskEvent::Piece));
                })?;
                Ok(answer)
            }
            Self::Folder(folder) => {
                on_event(AskEvent::Loading);
                let model = LocalModel::load(folder, frames)?;
                on_event(AskEvent::Loaded(model.needed_bytes()));
                on_event(AskEvent::Asking(None));
                model.ask(frames, prompt, seed, cancel, &mut |piece| {
                    on_event(AskEvent::Piece(piece));
                })
            }
        }
    }
}
