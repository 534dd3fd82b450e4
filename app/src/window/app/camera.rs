//! Who sits before the camera drives the face on the stage.

use super::Desk;
use crate::window::live_view::LiveView;
use crate::window::state::{Action, CameraAction, CameraPhase, CameraState, Dialog, Status, Use};
use crate::window::texts::text;
use studio::camera::{CameraDevice, CameraSource};
use studio::tracking::SeenNow;

impl Desk {
    pub(super) fn camera(&mut self, action: CameraAction) -> anyhow::Result<()> {
        match action {
            CameraAction::Open => {
                self.state.camera.is_open = true;
                self.state.camera.wants_view = true;
                self.list_cameras()?;
            }
            CameraAction::Close => {
                self.switch_camera_off();
                self.state.camera = CameraState::default();
            }
            CameraAction::List => self.list_cameras()?,
            CameraAction::Choose(source) => {
                self.switch_camera_off();
                if let CameraSource::Device(device) = &source {
                    self.state.settings.camera.name = Some(device.name.clone());
                }
                self.state.camera.source = Some(source);
            }
            CameraAction::ChooseFile(path) => {
                self.camera(CameraAction::Choose(CameraSource::File(path)))?;
                self.state.camera.is_open = true;
                self.camera(CameraAction::Start)?;
            }
            CameraAction::Start => self.switch_camera_on()?,
            CameraAction::Stop => self.switch_camera_off(),
            CameraAction::SetNeutral => self.worker.set_neutral(),
        }
        Ok(())
    }

    fn list_cameras(&mut self) -> anyhow::Result<()> {
        self.state.camera.devices = None;
        self.worker.list_cameras()
    }

    /// The cameras of this machine are known: the one of the last time is chosen, else the first; none is switched on.
    pub(super) fn cameras_listed(&mut self, devices: Vec<CameraDevice>) {
        let camera = &mut self.state.camera;
        if camera.source.is_none() {
            let last = self.state.settings.camera.name.as_deref();
            let chosen = devices
                .iter()
                .find(|device| Some(device.name.as_str()) == last)
                .or(devices.first());
            camera.source = chosen.cloned().map(CameraSource::Device);
        }
        camera.devices = Some(devices);
    }

    fn switch_camera_on(&mut self) -> anyhow::Result<()> {
        let Some(source) = self.state.camera.source.clone() else {
            return Ok(());
        };
        let is_mirrored = self.state.settings.camera.is_mirrored;
        self.state.camera.number = self.worker.start_camera(source, is_mirrored)?;
        self.state.camera.is_mirrored = is_mirrored;
        self.state.camera.phase = CameraPhase::Starting;
        self.state.camera.is_open = true;
        self.state.status = Status::default();
        Ok(())
    }

    fn switch_camera_off(&mut self) {
        self.worker.stop_camera();
        self.state.camera.phase = CameraPhase::Off;
        self.state.camera.captured = None;
        self.state.camera.delay = None;
    }

    /// What is measured of a mirrored face is no good for the other one.
    fn restart_camera(&mut self) {
        if let Err(error) = self.switch_camera_on() {
            self.switch_camera_off();
            self.state.status = Status::error(&error);
        }
    }

    /// The camera with this number has ended by itself.
    pub(super) fn camera_failed(&mut self, number: u64, reason: String) {
        if self.state.camera.number != number || !self.state.camera.is_on() {
            return;
        }
        self.switch_camera_off();
        let problem = Status::problem(reason);
        self.state.status = match self.state.camera.source {
            Some(CameraSource::File(_)) => {
                problem.with_button(text!("action-other-video"), Action::Ask(Dialog::Camera))
            }
            _ => problem.with_button(
                text!("action-camera-again"),
                Action::Camera(CameraAction::Start),
            ),
        };
    }

    /// Hands on what the camera has seen since the last frame.
    pub(super) fn drive_by_camera(&mut self, live: &mut LiveView) {
        let is_mirrored = self.state.settings.camera.is_mirrored;
        if self.state.camera.is_on() && self.state.camera.is_mirrored != is_mirrored {
            self.restart_camera();
        }
        let performance = live.performance();
        performance.set_live_driving(&self.state.settings.camera.driving);
        let camera = &mut self.state.camera;
        if !camera.is_on() || self.state.use_now == Use::Film {
            performance.take_live(None);
        }
        let Some(SeenNow { sight, captured }) = self.worker.newest_sight() else {
            return;
        };
        camera.phase = match (sight.has_face, sight.is_settling) {
            (false, _) => CameraPhase::NoFace,
            (true, true) => CameraPhase::Settling,
            (true, false) => CameraPhase::Driving,
        };
        // Nothing drives scenes.
        if self.state.use_now != Use::Film {
            performance.take_live(sight.motion);
            camera.captured = sight.motion.map(|_| captured);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::tests::Bench;
    use super::*;

    fn device(name: &str) -> CameraDevice {
        CameraDevice {
            name: name.to_owned(),
            path: PathBuf::from("/dev/video9"),
        }
    }

    fn source(bench: &Bench) -> Option<String> {
        let source = bench.desk.state.camera.source.as_ref();
        source.map(CameraSource::name)
    }

    #[test]
    fn the_last_camera_is_offered_and_none_is_switched_on_by_itself() {
        let mut bench = Bench::new();
        let desk = &mut bench.desk;
        assert!(!desk.state.camera.is_open && !desk.state.camera.is_on());
        desk.state.settings.camera.name = Some("b".into());
        desk.cameras_listed(vec![device("a"), device("b")]);
        assert!(!desk.state.camera.is_on());
        assert_eq!(source(&bench).as_deref(), Some("b"));
        // One that is chosen stays chosen when it is looked again, and is kept.
        let choose = CameraAction::Choose(CameraSource::Device(device("a")));
        bench.desk.act(Action::Camera(choose));
        bench.desk.cameras_listed(vec![device("b")]);
        assert_eq!(source(&bench).as_deref(), Some("a"));
        assert_eq!(bench.desk.state.settings.camera.name.as_deref(), Some("a"));
        let mut bench = Bench::new();
        bench.desk.cameras_listed(Vec::new());
        bench.desk.act(Action::Camera(CameraAction::Start));
        assert!(!bench.desk.state.camera.is_on());
    }

    #[test]
    fn it_goes_on_and_off_and_an_error_of_before_says_nothing_about_now() {
        let mut bench = Bench::new();
        let desk = &mut bench.desk;
        desk.cameras_listed(vec![device("a")]);
        desk.act(Action::Camera(CameraAction::Start));
        assert_eq!(desk.state.camera.phase, CameraPhase::Starting);
        let first = desk.state.camera.number;
        desk.act(Action::Camera(CameraAction::Start));
        desk.camera_failed(first, "it was unplugged".into());
        assert!(desk.state.camera.is_on() && !desk.state.status.is_error);
        desk.camera_failed(desk.state.camera.number, "it was unplugged".into());
        assert!(!desk.state.camera.is_on() && desk.state.status.is_error);
        assert!(desk.state.camera.is_open);
        desk.act(Action::Camera(CameraAction::Start));
        assert!(desk.state.camera.is_on() && !desk.state.status.is_error);
        desk.act(Action::Camera(CameraAction::Close));
        assert!(!desk.state.camera.is_on() && !desk.state.camera.is_open);
        // A video in its place goes on at once: it was chosen for that.
        let video = PathBuf::from("me.mp4");
        desk.act(Action::Camera(CameraAction::ChooseFile(video)));
        assert!(desk.state.camera.is_on() && desk.state.camera.is_open);
        assert_eq!(source(&bench).as_deref(), Some("me.mp4"));
    }
}
