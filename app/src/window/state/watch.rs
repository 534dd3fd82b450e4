//! The clip that is watched, what a model says about it, and what is going on.

use std::path::PathBuf;
use std::sync::Arc;

use super::Progress;
use studio::watch::clip::{Clip, ShownFrame};
use studio::watch::narration::{Narration, NothingToSay};

/// A clip, and what is shown of it.
#[derive(Debug)]
pub struct WatchedClip {
    /// The clip.
    pub clip: Clip,
    /// The pictures that a model is shown.
    pub frames: Vec<ShownFrame>,
    /// The same for the eyes, in order.
    pub pictures: Vec<ClipPicture>,
}

/// A picture of a clip, small.
#[derive(Clone, Debug, PartialEq)]
pub struct ClipPicture {
    /// When it is seen, from the start of the clip.
    pub time_secs: f64,
    /// Width and height.
    pub size_px: [usize; 2],
    /// Four bytes for each pixel, row by row.
    pub rgba: Vec<u8>,
}

impl WatchedClip {
    /// Number of the picture that is seen at a time; none if there are no pictures.
    pub fn picture_at(&self, secs: f64) -> Option<usize> {
        let begun = self
            .pictures
            .partition_point(|picture| picture.time_secs <= secs);
        let last = self.pictures.len().checked_sub(1)?;
        Some(begun.saturating_sub(1).min(last))
    }
}

/// What is done about a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchStep {
    /// The clip is read, and its pictures are chosen.
    Reading(PathBuf),
    /// The model's files are read.
    Loading,
    /// The model is asked; on which server.
    Asking(Option<String>),
    /// The words are spoken, to be previewed.
    Speaking,
}

/// Work on a clip.
#[derive(Clone, Debug)]
pub struct WatchWork {
    /// Of the worker.
    pub number: u64,
    /// What is done.
    pub step: WatchStep,
    /// How far it is.
    pub progress: Progress,
}

/// The clip that is watched.
#[derive(Clone, Debug, Default)]
pub struct WatchState {
    /// The clip, once it is read.
    pub clip: Option<Arc<WatchedClip>>,
    /// What the model is asked if it is asked a question.
    pub question: String,
    /// Key of the server; forgotten when the window closes.
    pub key: String,
    /// Whether the fields of the model are shown; unknown before they were looked at.
    pub is_model_open: Option<bool>,
    /// What is said about the clip: the model's words, or the user's own.
    pub answer: String,
    /// What is to be known about the answer.
    pub remark: Option<String>,
    /// What goes on.
    pub work: Option<WatchWork>,
}

impl WatchState {
    /// The words and their times; none before anything is written.
    pub fn narration(&self) -> Option<Result<Narration, NothingToSay>> {
        let clip_secs = self.clip.as_ref()?.clip.duration_secs();
        let is_empty = self.answer.trim().is_empty();
        (!is_empty).then(|| Narration::parse(&self.answer, clip_secs))
    }

    /// The key that was typed, if one was.
    pub fn typed_key(&self) -> Option<String> {
        let key = self.key.trim();
        (!key.is_empty()).then(|| key.to_owned())
    }

    /// Whether a model is being asked.
    pub fn is_asking(&self) -> bool {
        let step = self.work.as_ref().map(|work| &work.step);
        matches!(step, Some(WatchStep::Loading | WatchStep::Asking(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio::watch::slow_fast::Size;

    #[test]
    fn the_picture_of_a_time_is_the_last_one_that_has_begun() {
        let picture = |time_secs: f64| ClipPicture {
            time_secs,
            size_px: [0, 0],
            rgba: Vec::new(),
        };
        let mut clip = WatchedClip {
            clip: Clip {
                path: "a.mp4".into(),
                frame_count: 50,
                fps: 25.0,
                size: Size::new(64, 64),
            },
            frames: Vec::new(),
            pictures: Vec::new(),
        };
        assert_eq!(clip.picture_at(0.0), None);
        clip.pictures = [0.1, 0.5, 1.0].map(picture).into();
        let shown = [0.0, 0.1, 0.6, 9.0].map(|secs| clip.picture_at(secs).unwrap());
        assert_eq!(shown, [0, 0, 1, 2]);
    }
}
