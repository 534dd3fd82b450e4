//! The stage as a camera of the system, into a program that stands in for GStreamer's.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use egui_kittest::kittest::Queryable as _;
use jam_flow::window::state::{Action, Page, VirtualCameraAction, VirtualCameraPhase};
use studio::camera::CameraDevice;
use studio::framing::Aspect;
use studio::virtual_camera::VirtualCameraOutput;

use crate::harness::Window;

fn program(path: &Path, lines: &str) -> VirtualCameraOutput {
    std::fs::write(path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    VirtualCameraOutput::PipeWire(path.to_path_buf())
}

fn choose(output: VirtualCameraOutput) -> Action {
    Action::VirtualCamera(VirtualCameraAction::Choose(output))
}

/// Mean and spread of luma in a picture of Y U Y V.
fn luma(picture: &[u8]) -> (f64, f64) {
    let values = || picture.iter().step_by(2).map(|&value| f64::from(value));
    let count = values().count() as f64;
    let mean = values().sum::<f64>() / count;
    let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[test]
fn the_stage_is_a_camera_while_it_is_on_and_what_breaks_is_said() {
    let mut window = Window::open();
    window.press("View");
    window.harness.run_steps(3);
    window.press("Virtual camera…");
    assert_eq!(window.app().state().page, Some(Page::VirtualCamera));
    window.step_until("the list", |app| {
        app.state().virtual_camera.outputs.is_some()
    });
    // Nothing starts by itself, whatever this machine has.
    let is_on = |window: &mut Window| window.app().state().virtual_camera.is_on();
    assert!(!is_on(&mut window));

    let stored = window.folder.join("stored");
    let lines = format!("exec cat > {}", stored.display());
    let output = program(&window.folder.join("takes"), &lines);
    window.app().act(choose(output));
    window.app().settings().virtual_camera.short_side_px = Some(360);
    window.harness.run_steps(2);
    window.press("Start virtual camera");
    let size_px = (640, 360);
    window.step_until("the first picture", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().virtual_camera.phase == VirtualCameraPhase::On { size_px }
    });
    let picture_bytes = 640 * 360 * 2;
    let read = |stored: &PathBuf| std::fs::read(stored).unwrap_or_default();
    window.step_until("two other pictures", |_| {
        let bytes = read(&stored);
        let mut pictures = bytes.chunks_exact(picture_bytes);
        pictures
            .next()
            .is_some_and(|first| pictures.any(|later| later != first))
    });
    let bytes = read(&stored);
    let (mean, spread) = luma(&bytes[..picture_bytes]);
    assert!(
        (30.0..220.0).contains(&mean) && spread > 15.0,
        "{mean} {spread}"
    );
    // Whoever closes the page sees that it is on.
    window.app().act(Action::Show(None));
    window.harness.run_steps(2);
    window.press("Virtual camera on");
    assert_eq!(window.app().state().page, Some(Page::VirtualCamera));

    // Another shape begins anew.
    window.app().settings().virtual_camera.aspect = Aspect::Square;
    let size_px = (360, 360);
    window.step_until("a square", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().virtual_camera.phase == VirtualCameraPhase::On { size_px }
    });
    window.press("Stop virtual camera");
    assert!(!is_on(&mut window));

    for (output, said) in [
        (
            program(&window.folder.join("ends"), "head -c 9 > /dev/null; exit 1"),
            "The PipeWire camera has stopped",
        ),
        (
            VirtualCameraOutput::PipeWire(window.folder.join("nothing")),
            "gstreamer1.0-tools",
        ),
        (
            VirtualCameraOutput::Loopback(CameraDevice {
                name: "Loop".to_owned(),
                path: PathBuf::from("/dev/video-nowhere"),
            }),
            "sudo modprobe v4l2loopback",
        ),
    ] {
        window.app().act(choose(output));
        window
            .app()
            .act(Action::VirtualCamera(VirtualCameraAction::Start));
        assert!(is_on(&mut window));
        window.step_until("the refusal", |app| app.state().status.is_error);
        let line = window.app().state().status.line.clone();
        assert!(line.contains(said) && !line.contains('\n'), "{line}");
        assert!(!is_on(&mut window));
        assert!(window.harness.query_by_label("Virtual camera on").is_none());
    }
}
