//! The stage as a camera of the system, for calls and recording programs.

use super::Desk;
use crate::window::live_view::LiveView;
use crate::window::state::{Action, Page, Status, VirtualCameraAction, VirtualCameraPhase};
use crate::window::texts::text;
use crate::window::threads::{StageFrame, VirtualCameraRequest};
use studio::virtual_camera::VirtualCameraOutput;

impl Desk {
    pub(super) fn virtual_camera(&mut self, action: VirtualCameraAction) -> anyhow::Result<()> {
        match action {
            VirtualCameraAction::List => self.list_virtual_cameras()?,
            VirtualCameraAction::Choose(output) => {
                self.stop_virtual_camera();
                self.state.settings.virtual_camera.name = Some(output.name().to_owned());
                self.state.virtual_camera.output = Some(output);
            }
            VirtualCameraAction::Start => self.start_virtual_camera()?,
            VirtualCameraAction::Stop => self.stop_virtual_camera(),
        }
        Ok(())
    }

    pub(super) fn list_virtual_cameras(&mut self) -> anyhow::Result<()> {
        self.state.virtual_camera.outputs = None;
        self.worker.list_virtual_cameras()
    }

    /// The ways out are known: the one of the last time is chosen, else the first; none is switched on.
    pub(super) fn virtual_cameras_listed(&mut self, outputs: Vec<VirtualCameraOutput>) {
        let camera = &mut self.state.virtual_camera;
        let is_there = |output: &VirtualCameraOutput| outputs.contains(output);
        if !camera.is_on() && !camera.output.as_ref().is_some_and(is_there) {
            let last = self.state.settings.virtual_camera.name.as_deref();
            let chosen = outputs
                .iter()
                .find(|output| Some(output.name()) == last)
                .or(outputs.first());
            camera.output = chosen.cloned();
        }
        camera.outputs = Some(outputs);
    }

    fn start_virtual_camera(&mut self) -> anyhow::Result<()> {
        let Some(output) = self.state.virtual_camera.output.clone() else {
            return Ok(());
        };
        let choices = &self.state.settings.virtual_camera;
        let request = VirtualCameraRequest {
            output,
            framing: choices.framing(),
            short_side_px: choices.short_side_px,
        };
        let camera = &mut self.state.virtual_camera;
        camera.number = self.worker.start_virtual_camera(request)?;
        camera.phase = VirtualCameraPhase::Starting;
        // The frame on the stage is shown at once.
        camera.shown_frame = 0;
        camera.used = self.state.settings.virtual_camera.clone();
        self.state.status = Status::default();
        Ok(())
    }

    fn stop_virtual_camera(&mut self) {
        self.worker.stop_virtual_camera();
        self.state.virtual_camera.phase = VirtualCameraPhase::Off;
    }

    /// The camera with this number shows the stage from now on.
    pub(super) fn virtual_camera_started(&mut self, number: u64, size_px: (u32, u32)) {
        let camera = &mut self.state.virtual_camera;
        if camera.number == number && camera.is_on() {
            camera.phase = VirtualCameraPhase::On { size_px };
        }
    }

    /// The camera with this number has ended by itself.
    pub(super) fn virtual_camera_failed(&mut self, number: u64, reason: String) {
        let camera = &self.state.virtual_camera;
        if camera.number != number || !camera.is_on() {
            return;
        }
        self.stop_virtual_camera();
        self.state.status = Status::problem(reason).with_button(
            text!("virtual-camera-open"),
            Action::Show(Some(Page::VirtualCamera)),
        );
        // It is said on the stage, which the page would cover.
        if self.state.page == Some(Page::VirtualCamera) {
            self.state.page = None;
        }
    }

    /// Hands the newest frame on.
    pub(super) fn show_to_virtual_camera(&mut self, live: &LiveView) {
        if !self.state.virtual_camera.is_on() {
            return;
        }
        // Another shape or size is another camera.
        if self.state.virtual_camera.used != self.state.settings.virtual_camera
            && let Err(error) = self.start_virtual_camera()
        {
            self.stop_virtual_camera();
            self.state.status = Status::error(&error);
        }
        let camera = &mut self.state.virtual_camera;
        if camera.shown_frame == live.frame_number() {
            return;
        }
        camera.shown_frame = live.frame_number();
        self.worker.show_to_virtual_camera(StageFrame {
            people: live.people().to_vec(),
            motions: live.motions().to_vec(),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use studio::camera::CameraDevice;

    use super::super::tests::Bench;
    use super::*;

    fn device(name: &str) -> VirtualCameraOutput {
        VirtualCameraOutput::Loopback(CameraDevice {
            name: name.to_owned(),
            path: PathBuf::from("/dev/video9"),
        })
    }

    fn chosen(bench: &Bench) -> Option<&str> {
        let output = bench.desk.state.virtual_camera.output.as_ref();
        output.map(VirtualCameraOutput::name)
    }

    #[test]
    fn the_last_one_is_offered_and_none_is_switched_on_by_itself() {
        let mut bench = Bench::new();
        bench.desk.state.settings.virtual_camera.name = Some("PipeWire".into());
        let all = vec![
            device("Loop"),
            VirtualCameraOutput::PipeWire("gst-launch-1.0".into()),
        ];
        bench.desk.virtual_cameras_listed(all.clone());
        assert!(!bench.desk.state.virtual_camera.is_on());
        assert_eq!(chosen(&bench), Some("PipeWire"));
        // What was chosen stays chosen while it is there, and is kept.
        let choose = VirtualCameraAction::Choose(device("Loop"));
        bench.desk.act(Action::VirtualCamera(choose));
        bench.desk.virtual_cameras_listed(all);
        assert_eq!(chosen(&bench), Some("Loop"));
        let kept = bench.desk.state.settings.virtual_camera.name.clone();
        assert_eq!(kept.as_deref(), Some("Loop"));
        bench.desk.virtual_cameras_listed(Vec::new());
        assert!(bench.desk.state.virtual_camera.has_none());
        let start = Action::VirtualCamera(VirtualCameraAction::Start);
        bench.desk.act(start);
        assert!(!bench.desk.state.virtual_camera.is_on());
    }

    #[test]
    fn it_goes_on_and_off_and_an_error_of_before_says_nothing_about_now() {
        let mut bench = Bench::new();
        let desk = &mut bench.desk;
        desk.virtual_cameras_listed(vec![device("Loop")]);
        desk.state.page = Some(Page::VirtualCamera);
        let start = || Action::VirtualCamera(VirtualCameraAction::Start);
        desk.act(start());
        assert_eq!(
            desk.state.virtual_camera.phase,
            VirtualCameraPhase::Starting
        );
        let first = desk.state.virtual_camera.number;
        desk.act(start());
        let second = desk.state.virtual_camera.number;
        desk.virtual_camera_started(first, (64, 64));
        assert_eq!(
            desk.state.virtual_camera.phase,
            VirtualCameraPhase::Starting
        );
        let size_px = (1280, 720);
        desk.virtual_camera_started(second, size_px);
        assert_eq!(
            desk.state.virtual_camera.phase,
            VirtualCameraPhase::On { size_px }
        );
        desk.virtual_camera_failed(first, "it is gone".into());
        assert!(desk.state.virtual_camera.is_on() && !desk.state.status.is_error);
        desk.virtual_camera_failed(second, "it is gone".into());
        assert!(!desk.state.virtual_camera.is_on() && desk.state.status.is_error);
        assert_eq!(desk.state.page, None);
        desk.act(start());
        assert!(desk.state.virtual_camera.is_on() && !desk.state.status.is_error);
        desk.act(Action::VirtualCamera(VirtualCameraAction::Stop));
        assert!(!desk.state.virtual_camera.is_on());
        // Late, from the thread that was told to end.
        desk.virtual_camera_started(desk.state.virtual_camera.number, size_px);
        assert!(!desk.state.virtual_camera.is_on());
    }
}
