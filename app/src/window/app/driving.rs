//! The film or movement that the document names drives the face on the stage.

use std::path::PathBuf;

use super::Desk;
use crate::window::state::{Action, Dialog, DriveRequest, DriverState, Progress, Status};
use crate::window::texts::text;
use crate::window::threads::Event;
use studio::output_path::file_name;
use studio::project::document::ChosenDriver;

impl Desk {
    /// Asks for the driver that the document names, fitted to the portrait on the stage, unless that has been asked for.
    pub(super) fn want_driver(&mut self) {
        let chosen = self.state.history.now.driver.as_ref();
        let wanted = chosen
            .zip(self.state.stage.as_ref())
            .map(|(chosen, stage)| DriveRequest {
                source: chosen.source.clone(),
                driving: chosen.driving,
                portrait: *stage.avatar.driven(),
            });
        if chosen.is_none() && self.state.driver.asked.is_some() {
            self.worker.forget_driver();
            self.state.driver = DriverState::default();
        }
        let Some(wanted) = wanted.filter(|wanted| self.state.driver.asked.as_ref() != Some(wanted))
        else {
            return;
        };
        let is_new = self
            .state
            .driver
            .asked
            .as_ref()
            .is_none_or(|asked| asked.source != wanted.source);
        // A queue that is full is tried again with the next frame.
        if self.worker.drive(wanted.clone()).is_ok() {
            if is_new {
                self.state.driver.progress = Some(Progress::begin());
                self.state.driver.now = None;
            }
            self.state.driver.asked = Some(wanted);
        }
    }

    /// The user gave a film or a movement.
    pub(super) fn driver_given(&mut self, source: PathBuf) {
        let driving = self
            .state
            .history
            .now
            .driver
            .as_ref()
            .map(|chosen| chosen.driving)
            .unwrap_or_default();
        self.state.history.now.driver = Some(ChosenDriver { source, driving });
        self.state.status = Status::default();
    }

    /// What the driver's thread reports.
    pub(super) fn take_driver_event(&mut self, event: Event) {
        match event {
            Event::DriverProgress(fraction) => {
                if let Some(progress) = &mut self.state.driver.progress {
                    progress.fraction = fraction;
                }
            }
            Event::Driver {
                request,
                driver,
                notice,
            } => {
                // A newer one is on its way otherwise, and the last one drives until it is there.
                if self.state.history.now.driver.is_some() {
                    self.state.driver.now = Some(driver);
                }
                if self.state.driver.asked.as_ref() == Some(request.as_ref()) {
                    self.state.driver.progress = None;
                }
                if let Some(notice) = notice {
                    self.state.status = Status::note(text!(
                        "status-driver",
                        file = file_name(&request.source),
                        notice = notice,
                    ));
                }
            }
            Event::DriverFailed { request, reason }
                if self.state.driver.asked.as_ref() == Some(request.as_ref()) =>
            {
                let source = &request.source;
                self.state.driver = DriverState::default();
                self.fill_in(|document| document.driver = None);
                self.state.status = Status::problem(reason)
                    .about(source)
                    .with_button(text!("action-other-video"), Action::Ask(Dialog::Driver));
            }
            _ => {}
        }
    }
}
