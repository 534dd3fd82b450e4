//! When the words of a recording are spoken: `POST /v1/audio/alignments`.

use std::sync::Arc;

use hyper::Method;
use studio::alignment::Alignment;
use studio::cancel::CancelToken;
use studio::script::check_text;
use studio::shielded::shielded;
use studio::speech::SpeechMaker;
use tokio::sync::{Mutex, Semaphore};

use crate::server::api_error::{ApiError, ApiResult};
use crate::server::cancel_at_end::CancelAtEnd;
use crate::server::reply::{self, Request, Response, Route};
use crate::server::request_body;
use crate::server::texts::text;

/// Longest recording.
const MAX_SECS: f64 = 20.0 * 60.0;

/// What aligns: one recording at a time.
pub struct AlignmentDesk {
    maker: Arc<SpeechMaker>,
    slots: Semaphore,
    turn: Mutex<()>,
}

impl AlignmentDesk {
    /// Aligns with these models; more than `max_requests` at a time are refused.
    pub fn new(maker: Arc<SpeechMaker>, max_requests: usize) -> Self {
        Self {
            maker,
            slots: Semaphore::new(max_requests),
            turn: Mutex::new(()),
        }
    }
}

/// The address of alignments.
pub fn routes(desk: &Arc<AlignmentDesk>) -> Vec<Route> {
    vec![Route::new(
        Method::POST,
        "/v1/audio/alignments",
        desk,
        |desk, request, _| create_alignment(desk, request),
    )]
}

async fn create_alignment(desk: Arc<AlignmentDesk>, request: Request) -> ApiResult<Response> {
    let _slot = desk.slots.try_acquire().map_err(|_| ApiError::busy())?;
    let folder = tempfile::tempdir().map_err(|error| ApiError::internal(&error.into()))?;
    let form = request_body::form(request, folder.path()).await?;
    let recording = form
        .files
        .get("file")
        .cloned()
        .ok_or_else(|| ApiError::invalid(text!("recording-missing")).param("file"))?;
    let text = form.fields.get("text").cloned().unwrap_or_default();
    check_text(&text).map_err(|error| ApiError::invalid(error.to_string()).param("text"))?;
    let _turn = desk.turn.lock().await;
    let cancel = CancelToken::new();
    let _cancel_at_end = CancelAtEnd(cancel.clone());
    let maker = Arc::clone(&desk.maker);
    let aligned = tokio::task::spawn_blocking(move || {
        // The recording lies there until it has been read.
        let _folder = folder;
        shielded(|| {
            let samples = engine::audio::decode_file(&recording)?;
            let secs = samples.len() as f64 / f64::from(engine::audio::SAMPLE_RATE_HZ);
            if secs > MAX_SECS {
                return Ok(Err(ApiError::invalid(text!(
                    "recording-long",
                    secs = secs.round(),
                    limit = MAX_SECS
                ))
                .param("file")));
            }
            let speech = maker.align(&samples, &text, &cancel)?;
            let front_end = maker.synthesizer().front_end();
            Ok(Ok(Alignment::new(&speech, &front_end)))
        })
    })
    .await
    .map_err(|error| ApiError::internal(&error.into()))?
    .map_err(|error| ApiError::of_failure(&error))??;
    Ok(reply::json(&aligned))
}
