//! Videos that wait, are made, or can be fetched. All of them are forgotten when the server ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossbeam_channel::{Sender, TrySendError, bounded};
use studio::resources::Resources;
use studio::speech::SpeechMaker;
use tempfile::TempDir;

use super::job::{Job, VideoRequest};
use super::worker;
use crate::server::api_error::{ApiError, ApiResult};
use crate::server::stage_portrait::StagePortrait;
use crate::server::texts::text;
use crate::server::token::random_hex;
use crate::server::voices::Voices;

/// Videos that are remembered; beyond that the oldest finished ones go.
const MAX_VIDEOS: usize = 64;
/// How long work that was cancelled may take to end.
const LAST_WORK_TIME: Duration = Duration::from_secs(10);
const LAST_WORK_PERIOD: Duration = Duration::from_millis(10);
/// Random bytes of a video's name.
const ID_BYTES: usize = 16;

/// The videos, and the thread that makes them one after the other.
pub struct VideoQueue {
    jobs: Mutex<Jobs>,
    /// None once the server stops.
    waiting: Mutex<Option<Sender<Arc<Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    pub(super) resources: Resources,
    pub(super) voices: Arc<Voices>,
}

/// In the order of their coming.
type Jobs = BTreeMap<u64, Arc<Job>>;

impl VideoQueue {
    /// Starts the thread; more than `max_waiting` videos that wait are refused.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub fn start(
        resources: &Resources,
        maker: Arc<SpeechMaker>,
        voices: Arc<Voices>,
        portrait: &StagePortrait,
        max_waiting: usize,
    ) -> anyhow::Result<Self> {
        let (waiting, queue) = bounded::<Arc<Job>>(max_waiting);
        let mut worker = worker::Worker::new(resources, maker, portrait);
        let thread = std::thread::Builder::new()
            .name("videos".to_owned())
            .spawn(move || {
                while let Ok(job) = queue.recv() {
                    worker.make(&job);
                }
            })
            .context(text!("start-thread-videos"))?;
        Ok(Self {
            jobs: Mutex::default(),
            waiting: Mutex::new(Some(waiting)),
            thread: Mutex::new(Some(thread)),
            resources: resources.clone(),
            voices,
        })
    }

    /// Puts a video behind the others.
    ///
    /// # Errors
    /// If too many wait.
    pub fn add(&self, request: VideoRequest, folder: TempDir) -> ApiResult<Arc<Job>> {
        let id = random_hex(ID_BYTES).map_err(|error| ApiError::internal(&error))?;
        let job = Arc::new(Job::new(format!("video_{id}"), request, folder));
        let mut jobs = self.jobs();
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // A server that stops takes nothing any more.
        let waiting = waiting.as_ref().ok_or_else(ApiError::busy)?;
        waiting
            .try_send(Arc::clone(&job))
            .map_err(|error| match error {
                TrySendError::Full(_) => ApiError::busy(),
                TrySendError::Disconnected(_) => {
                    ApiError::internal(&anyhow::anyhow!("the thread of the videos is gone"))
                }
            })?;
        forget_some(&mut jobs);
        let number = jobs.keys().next_back().map_or(0, |last| last + 1);
        jobs.insert(number, Arc::clone(&job));
        Ok(job)
    }

    /// The video with this name.
    ///
    /// # Errors
    /// If there is none, or none any more.
    pub fn get(&self, id: &str) -> ApiResult<Arc<Job>> {
        let jobs = self.jobs();
        let found = jobs.values().find(|job| job.video.borrow().id == id);
        found
            .filter(|job| !job.video.borrow().has_expired())
            .cloned()
            .ok_or_else(|| ApiError::not_found(text!("video-unknown")))
    }

    /// Every video, the newest first.
    pub fn all(&self) -> Vec<Arc<Job>> {
        let mut jobs = self.jobs();
        forget_some(&mut jobs);
        jobs.values().rev().cloned().collect()
    }

    /// Ends a video if it is being made, and forgets it.
    ///
    /// # Errors
    /// If there is none.
    pub fn remove(&self, id: &str) -> ApiResult<()> {
        let job = self.get(id)?;
        job.cancel.cancel();
        self.jobs().retain(|_, other| !Arc::ptr_eq(other, &job));
        Ok(())
    }

    /// Ends everything and waits a little for the thread, so that no file is left and no graphics driver is used while the program
    /// ends, which some do not survive.
    pub fn stop(&self) {
        let jobs = std::mem::take(&mut *self.jobs());
        for job in jobs.values() {
            job.cancel.cancel();
        }
        drop(jobs);
        // Without a sender the thread ends after its last job.
        drop(
            self.waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(thread) = thread else { return };
        let given_up = Instant::now() + LAST_WORK_TIME;
        while !thread.is_finished() && Instant::now() < given_up {
            std::thread::sleep(LAST_WORK_PERIOD);
        }
        if thread.is_finished() {
            let _ = thread.join();
        }
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes room for one more.
fn forget_some(jobs: &mut Jobs) {
    jobs.retain(|_, job| !job.video.borrow().has_expired());
    while jobs.len() >= MAX_VIDEOS {
        let ended = jobs.iter().find(|(_, job)| job.video.borrow().has_ended());
        let Some(number) = ended.map(|(number, _)| *number) else {
            return;
        };
        jobs.remove(&number);
    }
}
