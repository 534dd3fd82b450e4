//! The thread that makes the videos.

use std::sync::Arc;

use studio::avatar::PortraitChoice;
use studio::cancel::{CancelToken, is_cancelled};
use studio::film::{Film, Outputs, Summary};
use studio::performance::Performance;
use studio::resources::Resources;
use studio::shielded::shielded;
use studio::speech::{SpeechMaker, SpeechRequest};

use super::job::Job;
use crate::server::api_error::ApiError;
use crate::server::stage_portrait::{StagePortrait, Workshop};
use crate::server::texts::text;

/// How long a video can be fetched.
const KEPT_SECS: u64 = 60 * 60;

/// Makes one video after the other.
pub(super) struct Worker {
    maker: Arc<SpeechMaker>,
    workshop: Workshop,
    portrait: PortraitChoice,
}

impl Worker {
    pub fn new(resources: &Resources, maker: Arc<SpeechMaker>, portrait: &StagePortrait) -> Self {
        Self {
            maker,
            workshop: Workshop::new(resources),
            portrait: portrait.choice.clone(),
        }
    }

    /// Makes a video and tells its clients how far it is.
    pub fn make(&mut self, job: &Job) {
        if job.cancel.is_cancelled() {
            return;
        }
        job.video.send_modify(|video| video.begin());
        let made = shielded(|| self.film(job));
        job.video.send_modify(|video| match &made {
            Ok(summary) => video.complete(summary.duration_secs, KEPT_SECS),
            Err(error) if is_cancelled(error) => video.fail(text!("video-cancelled"), KEPT_SECS),
            Err(error) => video.fail(ApiError::of_failure(error).message(), KEPT_SECS),
        });
    }

    fn film(&mut self, job: &Job) -> anyhow::Result<Summary> {
        let request = &job.request;
        let choice = match &request.portrait {
            Some(path) => PortraitChoice {
                path: path.clone(),
                face: request.face,
                everybody: false,
            },
            None => self.portrait.clone(),
        };
        let avatar = self.workshop.avatar(&choice, !request.is_own_portrait)?;
        let outputs = Outputs {
            video: Some(job.path()),
            look: request.look,
            remark: request.script.remark().map(str::to_owned),
            ..Outputs::default()
        };
        let performance = Performance::new(&[avatar], 0, request.seed);
        let film = Film::start(&outputs, performance, Some(self.workshop.gpu()?))?;
        let speech = SpeechRequest::for_file(request.script.clone(), request.seed);
        film.write(
            &job.cancel,
            |on_piece| {
                let listening_ends = CancelToken::new();
                (self.maker).make(&speech, &listening_ends, &job.cancel, on_piece)
            },
            &|share| {
                let percent = (share.clamp(0.0, 1.0) * 99.0) as u8;
                job.video.send_if_modified(|video| {
                    let is_more = percent > video.progress;
                    video.progress = video.progress.max(percent);
                    is_more
                });
            },
        )
    }
}
