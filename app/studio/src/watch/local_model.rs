//! A vision-language model in this process, asked as a served one is.

use std::path::Path;

use engine::vision_language::{MAX_ANSWER_TOKENS, ShownPicture, VisionLanguageModel, free_bytes};

use super::clip::ShownFrame;
use super::endpoint::Answer;
use super::slow_fast::FrameKind;
use crate::cancel::CancelToken;

/// Tokens of a prompt that are neither pictures nor the answer: times, marks and the question.
const TEXT_TOKENS_PER_PICTURE: usize = 8;
const QUESTION_TOKENS: usize = 1024;

/// A model that is loaded for some pictures.
pub struct LocalModel(VisionLanguageModel);

impl LocalModel {
    /// Loads the model in a folder, if it fits into the memory that is free together with these pictures.
    ///
    /// # Errors
    /// Those of [`VisionLanguageModel::load`].
    pub fn load(folder: &Path, frames: &[ShownFrame]) -> engine::Result<Self> {
        let pictures: usize = frames
            .iter()
            .map(|frame| frame.tokens() as usize + TEXT_TOKENS_PER_PICTURE)
            .sum();
        let tokens = pictures + QUESTION_TOKENS + MAX_ANSWER_TOKENS;
        VisionLanguageModel::load(folder, tokens, free_bytes()).map(Self)
    }

    /// What it takes, as it was estimated, bytes.
    pub fn needed_bytes(&self) -> f64 {
        self.0.estimate().total_bytes()
    }

    /// Shows the model the pictures and asks for an answer; `on_piece` takes the words as they come.
    ///
    /// # Errors
    /// [`engine::Error::Picture`] for a picture that is none, and those of [`VisionLanguageModel::answer`].
    pub fn ask(
        &self,
        frames: &[ShownFrame],
        prompt: &str,
        seed: u64,
        cancel: &CancelToken,
        on_piece: &mut dyn FnMut(&str),
    ) -> anyhow::Result<Answer> {
        let decoded = frames
            .iter()
            .map(|frame| image::load_from_memory(&frame.jpeg).map(|picture| picture.to_rgb8()))
            .collect::<Result<Vec<_>, _>>()?;
        let pictures: Vec<ShownPicture<'_>> = decoded
            .iter()
            .zip(frames)
            .map(|(picture, frame)| ShownPicture {
                rgb: picture.as_raw(),
                width_px: picture.width(),
                height_px: picture.height(),
                time_secs: frame.time_secs,
                is_fast: frame.kind == FrameKind::Fast,
            })
            .collect();
        let answer = self
            .0
            .answer(&pictures, prompt, seed, &|| cancel.is_cancelled(), on_piece)?;
        Ok(Answer {
            text: answer.text,
            is_shortened: answer.is_shortened,
        })
    }
}
