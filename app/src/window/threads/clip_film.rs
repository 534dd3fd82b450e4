//! The film of a clip that is told, as one of the exports.

use std::sync::Arc;

use anyhow::Context as _;

use super::watch_thread::notice;
use crate::window::texts::text;
use studio::avatar::Avatar;
use studio::cancel::CancelToken;
use studio::film::Summary;
use studio::speech::SpeechMaker;
use studio::watch::film::{OnStage, WatchFilm};
use studio::watch::telling::{TellEvent, Telling};

/// Share of the work that speaking is.
const SPOKEN: f32 = 0.4;

/// A film of a clip that is told.
#[derive(Clone, Debug)]
pub struct ClipFilmRequest {
    /// The words and the clip.
    pub telling: Telling,
    /// The files, and how they look.
    pub film: WatchFilm,
    /// Who speaks.
    pub avatar: Arc<Avatar>,
}

/// Speaks and writes it; returns what is to be said about it, too.
pub(super) fn export(
    request: &ClipFilmRequest,
    maker: Option<&Arc<SpeechMaker>>,
    gpu: &shaders::Gpu,
    stop: &CancelToken,
    progress: &dyn Fn(f32),
) -> anyhow::Result<(Summary, Vec<String>)> {
    let ClipFilmRequest {
        telling,
        film,
        avatar,
    } = request;
    film.check(&[&telling.clip.path])?;
    let maker = maker.context(text!("error-models-for-clip"))?;
    let mut notices = Vec::new();
    let on_stage = OnStage { avatar, gpu };
    let (_, summary) = telling.film(film, maker, on_stage, stop, &mut |event| match event {
        TellEvent::Speaking(fraction) => progress(SPOKEN * fraction),
        TellEvent::Writing(fraction) => progress(SPOKEN + (1.0 - SPOKEN) * fraction),
        remark => notices.extend(notice(&remark)),
    })?;
    Ok((summary, notices))
}
