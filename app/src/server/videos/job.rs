//! A video that was asked for, as its client sees it.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use studio::cancel::CancelToken;
use studio::look::Look;
use studio::script::Script;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::server::voices::MODEL;

/// What a finished video is called in its folder.
const FILE_NAME: &str = "video.mp4";

/// How far a video is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It waits.
    Queued,
    /// It is being made.
    InProgress,
    /// It can be fetched.
    Completed,
    /// It will not come.
    Failed,
}

/// A video as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct Video {
    /// Its name, which nobody guesses.
    pub id: String,
    object: &'static str,
    model: &'static str,
    /// How far it is.
    pub status: Status,
    /// The same in percent.
    pub progress: u8,
    created_at: u64,
    completed_at: Option<u64>,
    /// When it is thrown away; none as long as it is made.
    expires_at: Option<u64>,
    /// Length as text, once it is known.
    seconds: Option<String>,
    error: Option<VideoError>,
}

#[derive(Clone, Debug, Serialize)]
struct VideoError {
    code: &'static str,
    message: String,
}

impl Video {
    /// A video that waits.
    pub fn new(id: String) -> Self {
        Self {
            id,
            object: "video",
            model: MODEL,
            status: Status::Queued,
            progress: 0,
            created_at: now_secs(),
            completed_at: None,
            expires_at: None,
            seconds: None,
            error: None,
        }
    }

    /// Whether nothing more happens to it.
    pub fn has_ended(&self) -> bool {
        matches!(self.status, Status::Completed | Status::Failed)
    }

    /// Whether its time is over.
    pub fn has_expired(&self) -> bool {
        self.expires_at.is_some_and(|at| at <= now_secs())
    }

    /// It is made from now on.
    pub fn begin(&mut self) {
        self.status = Status::InProgress;
    }

    /// It can be fetched for so long.
    pub fn complete(&mut self, duration_secs: f64, kept_secs: u64) {
        self.status = Status::Completed;
        self.progress = 100;
        self.seconds = Some(format!("{duration_secs:.2}"));
        self.end(kept_secs);
    }

    /// It will not come; the reason can be read for so long.
    pub fn fail(&mut self, message: &str, kept_secs: u64) {
        self.status = Status::Failed;
        self.error = Some(VideoError {
            code: "video_failed",
            message: message.to_owned(),
        });
        self.end(kept_secs);
    }

    fn end(&mut self, kept_secs: u64) {
        let now = now_secs();
        self.completed_at = Some(now);
        self.expires_at = Some(now + kept_secs);
    }
}

fn now_secs() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// What a video is made of.
#[derive(Clone, Debug)]
pub struct VideoRequest {
    /// What is said, or the recording.
    pub script: Script,
    /// Whose face; none for the server's portrait.
    pub portrait: Option<PathBuf>,
    /// Which face of several, from 1 on; none for the largest.
    pub face: Option<usize>,
    /// Whether the portrait was sent with the request, and is not one of the server's.
    pub is_own_portrait: bool,
    /// The same seed gives the same video.
    pub seed: u64,
    /// Size, background and expression.
    pub look: Look,
}

/// A video with all that belongs to it.
pub struct Job {
    /// What clients see, and wait for.
    pub video: watch::Sender<Video>,
    /// Ends the work.
    pub cancel: CancelToken,
    /// What it is made of.
    pub request: VideoRequest,
    /// Where the files are that came with the request, and the video.
    folder: TempDir,
}

impl Job {
    /// A job that waits.
    pub fn new(id: String, request: VideoRequest, folder: TempDir) -> Self {
        Self {
            video: watch::Sender::new(Video::new(id)),
            cancel: CancelToken::new(),
            request,
            folder,
        }
    }

    /// Where the video is, or will be.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(FILE_NAME)
    }
}
