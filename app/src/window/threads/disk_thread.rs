//! The thread that saves and loads projects, keeps unsaved work and writes the settings.

use std::path::PathBuf;

use crossbeam_channel::Receiver;

use super::{Event, Folders, Reporter, scene_film};
use crate::window::settings::Settings;
use crate::window::texts::text;
use studio::project::{Project, Recovery};
use studio::scenes::EditedFilm;
use studio::shielded::shielded;
use studio::wording::{capitalised, one_line};

pub(super) enum Job {
    Save(PathBuf, Box<Project>),
    Load(PathBuf),
    Keep(Box<Project>),
    Forget,
    Discard(PathBuf),
    Settings(Box<Settings>),
    Dictionary(PathBuf),
    OpenFilm(PathBuf),
    SaveFilm(PathBuf, Box<EditedFilm>),
    Devices,
}

pub(super) struct DiskThread {
    pub folders: Folders,
    pub jobs: Receiver<Job>,
    pub reporter: Reporter,
}

impl DiskThread {
    pub fn run(self) {
        let recovery = match Recovery::claim(&self.folders.recovery) {
            Ok(recovery) => Some(recovery),
            Err(error) => {
                self.reporter.send(Event::DiskProblem(one_line(&error)));
                None
            }
        };
        if let Some(left) = recovery.as_ref().and_then(Recovery::left) {
            let event = match shielded(|| Project::load(&left)) {
                Ok(project) => Event::WorkLeft(left, Box::new(project)),
                Err(error) => Event::DiskProblem(one_line(&error)),
            };
            self.reporter.send(event);
        }
        while let Ok(job) = self.jobs.recv() {
            let event = shielded(|| self.run_job(job, recovery.as_ref()))
                .unwrap_or_else(|error| Some(Event::DiskProblem(one_line(&error))));
            if let Some(event) = event
                && !self.reporter.send(event)
            {
                return;
            }
        }
    }

    fn run_job(&self, job: Job, recovery: Option<&Recovery>) -> anyhow::Result<Option<Event>> {
        match job {
            Job::Save(folder, project) => {
                project.save(&folder)?;
                return Ok(Some(Event::ProjectSaved(folder, project)));
            }
            Job::Load(folder) => {
                let project = Project::load(&folder)?;
                return Ok(Some(Event::ProjectLoaded(folder, Box::new(project))));
            }
            Job::Keep(project) => {
                if let Some(recovery) = recovery {
                    recovery.keep(&project)?;
                }
            }
            Job::Forget => {
                if let Some(recovery) = recovery {
                    recovery.forget()?;
                }
            }
            Job::Discard(left) => {
                if let Some(recovery) = recovery {
                    recovery.discard(&left)?;
                }
            }
            Job::Settings(settings) => settings.save(&self.folders.settings).map_err(|error| {
                anyhow::Error::msg(text!(
                    "error-settings-unsaved",
                    reason = error.to_string(),
                    path = self.folders.settings.display().to_string(),
                ))
            })?,
            Job::Dictionary(path) => {
                let rows = shielded(|| studio::pronunciations::read(&path));
                let rows = rows.map_err(|error| capitalised(&one_line(&error)));
                return Ok(Some(Event::Dictionary(rows)));
            }
            Job::OpenFilm(path) => return Ok(Some(Event::Film(scene_film::open(path)))),
            Job::SaveFilm(path, film) => {
                return Ok(Some(Event::Film(scene_film::save(path, &film))));
            }
            Job::Devices => {
                return Ok(Some(Event::Devices {
                    outputs: studio::sound::output::devices(),
                    inputs: studio::sound::microphone::names(),
                }));
            }
        }
        Ok(None)
    }
}
