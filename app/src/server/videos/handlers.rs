//! The addresses of videos.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;
use tokio::sync::mpsc::channel;

use super::job::{Job, Status};
use super::queue::VideoQueue;
use super::request;
use crate::server::api_error::{ApiError, ApiResult};
use crate::server::body::{Body, Received};
use crate::server::reply::{self, Request, Response, Route};
use crate::server::texts::text;

/// Bytes of a video that are read at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces that wait for a slow client.
const MAX_PIECES: usize = 8;
/// How long a quiet client keeps the thread that reads the video for it.
const PIECE_TIME: Duration = Duration::from_secs(30);
/// Events that wait for a slow client.
const MAX_EVENTS: usize = 4;
/// Without an event, a comment shows so often that the connection lives.
const COMMENT_TIME: Duration = Duration::from_secs(15);

/// The addresses.
pub fn routes(videos: &Arc<VideoQueue>) -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/videos", videos, |videos, request, _| {
            create(videos, request)
        }),
        Route::new(
            Method::GET,
            "/v1/videos",
            videos,
            |videos, _, _| async move { Ok(list(&videos)) },
        ),
        Route::new(
            Method::GET,
            "/v1/videos/{id}",
            videos,
            |videos, _, id| async move { Ok(reply::json(&*videos.get(&id)?.video.borrow())) },
        ),
        Route::new(
            Method::DELETE,
            "/v1/videos/{id}",
            videos,
            |videos, _, id| async move {
                videos.remove(&id)?;
                Ok(reply::json(
                    &json!({"id": id, "object": "video.deleted", "deleted": true}),
                ))
            },
        ),
        Route::new(
            Method::GET,
            "/v1/videos/{id}/content",
            videos,
            |videos, _, id| async move { content(videos.get(&id)?) },
        ),
        Route::new(
            Method::GET,
            "/v1/videos/{id}/events",
            videos,
            |videos, _, id| async move { Ok(events(&*videos.get(&id)?)) },
        ),
    ]
}

async fn create(videos: Arc<VideoQueue>, request: Request) -> ApiResult<Response> {
    let folder = tempfile::Builder::new()
        .prefix("jam-flow-video-")
        .tempdir()
        .map_err(|error| ApiError::internal(&error.into()))?;
    let request = request::read(request, folder.path(), &videos.resources, &videos.voices).await?;
    let job = videos.add(request, folder)?;
    Ok(reply::json(&*job.video.borrow()))
}

fn list(videos: &VideoQueue) -> Response {
    let all: Vec<_> = videos
        .all()
        .iter()
        .map(|job| job.video.borrow().clone())
        .collect();
    reply::json(&json!({"object": "list", "data": all, "has_more": false}))
}

/// The MP4, read by a thread while it is sent.
fn content(job: Arc<Job>) -> ApiResult<Response> {
    if job.video.borrow().status != Status::Completed {
        return Err(ApiError::conflict(text!("video-unready")));
    }
    let internal = |error: io::Error| ApiError::internal(&error.into());
    let mut file = std::fs::File::open(job.path()).map_err(internal)?;
    let length = file.metadata().map_err(internal)?.len();
    let (sender, pieces) = channel::<io::Result<Bytes>>(MAX_PIECES);
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        // The file lies there as long as somebody reads it.
        let _job = job;
        loop {
            let mut piece = vec![0; PIECE_BYTES];
            let piece = match file.read(&mut piece) {
                Ok(0) => return,
                Ok(count) => {
                    piece.truncate(count);
                    Ok(piece.into())
                }
                Err(error) => Err(error),
            };
            let is_last = piece.is_err();
            let sent = runtime
                .block_on(async { tokio::time::timeout(PIECE_TIME, sender.send(piece)).await });
            if is_last || !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    });
    Ok(reply::with_type("video/mp4", Body::Sized(length, pieces)))
}

/// The video as server-sent events, each time that something changes, until it has ended.
fn events(job: &Job) -> Response {
    // The subscription is what keeps the events coming, not the job, which may be deleted meanwhile.
    let mut changes = job.video.subscribe();
    let (sender, events) = channel::<io::Result<Bytes>>(MAX_EVENTS);
    tokio::spawn(async move {
        loop {
            let video = changes.borrow_and_update().clone();
            let data = serde_json::to_string(&video).unwrap_or_default();
            let event = format!("event: video\ndata: {data}\n\n");
            if sender.send(Ok(event.into())).await.is_err() || video.has_ended() {
                return;
            }
            loop {
                tokio::select! {
                    changed = changes.changed() => match changed {
                        Ok(()) => break,
                        Err(_) => return,
                    },
                    () = tokio::time::sleep(COMMENT_TIME) => {
                        if sender.send(Ok(Bytes::from_static(b": waiting\n\n"))).await.is_err() {
                            return;
                        }
                    }
                    () = sender.closed() => return,
                }
            }
        }
    });
    reply::with_type("text/event-stream", Body::stream(Received(events)))
}
