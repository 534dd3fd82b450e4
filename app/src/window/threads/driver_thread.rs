//! The thread that follows the face of a film, or reads a movement, and fits it to the portrait on the stage.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::Receiver;
use engine::motion::{Driver, Motion};
use engine::tracking::Neutral;

use super::{Event, Reporter};
use crate::window::state::DriveRequest;
use studio::cancel::is_cancelled;
use studio::shielded::shielded;
use studio::tracking::motion_of;
use studio::wording::one_line;

pub(super) struct Job {
    pub number: u64,
    pub request: DriveRequest,
}

pub(super) struct DriverThread {
    pub models: PathBuf,
    pub jobs: Receiver<Job>,
    /// Number of the job that is still wanted.
    pub wanted: Arc<AtomicU64>,
    pub reporter: Reporter,
}

impl DriverThread {
    pub fn run(self) {
        // Settings are changed often while the film stays the same.
        let mut last: Option<(PathBuf, Motion)> = None;
        while let Ok(Job { number, request }) = self.jobs.recv() {
            let cancelled = || self.wanted.load(Ordering::SeqCst) != number;
            if cancelled() {
                continue;
            }
            let fitted = shielded(|| self.fit(&mut last, &request, &cancelled));
            let event = match fitted {
                Ok((driver, notice)) => Event::Driver {
                    request: Box::new(request),
                    driver: Arc::new(driver),
                    notice,
                },
                Err(error) if is_cancelled(&error) => continue,
                Err(error) => Event::DriverFailed {
                    request: Box::new(request),
                    reason: one_line(&error),
                },
            };
            if !self.reporter.send(event) {
                return;
            }
        }
    }

    fn fit(
        &self,
        last: &mut Option<(PathBuf, Motion)>,
        request: &DriveRequest,
        cancelled: &dyn Fn() -> bool,
    ) -> anyhow::Result<(Driver, Option<String>)> {
        let is_known = last
            .as_ref()
            .is_some_and(|(source, _)| *source == request.source);
        let mut notice = None;
        if !is_known {
            let mut told = 0.0;
            let (motion, report) = motion_of(
                &self.models,
                &request.source,
                Neutral::Clip,
                cancelled,
                &mut |fraction| {
                    if fraction >= told + 0.01 {
                        told = fraction;
                        self.reporter.send(Event::DriverProgress(fraction));
                    }
                },
            )?;
            notice = report.map(|report| report.to_string());
            *last = Some((request.source.clone(), motion));
        }
        let (_, motion) = last.as_ref().expect("it was put there just now");
        let driver = Driver::new(motion, &request.driving, &request.portrait);
        Ok((driver, notice))
    }
}
