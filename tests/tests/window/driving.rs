//! Somebody else's movement on the stage, in the panel and in what is exported.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use engine::motion::{Driving, HeadPose, Motion, MotionFrame, Regions, motion_file};
use jam_flow::window::state::{Action, CameraAction, CameraPhase, ExportKind};
use studio::media::write::Mp4Writer;
use studio::project::document::ChosenDriver;
use studio::resources::Resources;

use crate::harness::Window;

/// A head that turns to and fro, once a second.
fn turning() -> Motion {
    let frames = (0..200).map(|i| MotionFrame {
        pose: HeadPose {
            yaw: 0.2 * (i as f32 * std::f32::consts::TAU / 25.0).sin(),
            ..HeadPose::default()
        },
        ..MotionFrame::default()
    });
    Motion {
        frames: frames.collect(),
        ..Motion::default()
    }
}

#[test]
fn a_movement_drives_the_stage_and_the_export_and_a_broken_one_is_refused() {
    let mut window = Window::open();
    let source = window.folder.join("turning.json");
    motion_file::write(&turning(), &source).unwrap();
    window.make_take("My mother came home in the morning.");
    window.press("Stop");
    window.app().document().driver = Some(ChosenDriver {
        source,
        driving: Driving {
            regions: Regions {
                head: true,
                eyes: false,
                brows: false,
                mouth: false,
            },
            ..Driving::default()
        },
    });
    window.step_until("the driver", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().driver.now.is_some()
    });
    window.harness.run_steps(3);
    assert!(
        window
            .harness
            .query_by_role_and_label(egui::accesskit::Role::Slider, "Strength")
            .is_some()
    );
    // Each change of a setting fits the movement anew, without reading the file again.
    let first = window.app().state().driver.now.clone().unwrap();
    // In a window of this height the box lies below the fold.
    window.harness.get_by_label("Brows").scroll_to_me();
    window.harness.run_steps(3);
    window.press("Brows");
    window.step_until("the driver with brows", |app| {
        app.state()
            .driver
            .now
            .as_ref()
            .is_some_and(|driver| driver.regions().brows)
    });
    assert_eq!(first.frame_count(), 200);

    window.key(Modifiers::COMMAND, Key::Num4);
    let written = window.folder.join("out.json");
    window
        .harness
        .get_by_role_and_label(egui::accesskit::Role::ComboBox, "Format")
        .scroll_to_me();
    window.harness.run_steps(3);
    window
        .harness
        .get_by_role_and_label(egui::accesskit::Role::ComboBox, "Format")
        .click();
    window.harness.run_steps(3);
    window.press("Motion (JSON)");
    assert_eq!(
        window.app().state().settings.export.kind,
        ExportKind::Motion
    );
    window.app().act(Action::ExportTo(written.clone()));
    window.step_until("the movement", |app| app.state().exports.is_empty());
    let out = motion_file::read(&written).unwrap();
    for (i, frame) in out.frames.iter().enumerate().take(40) {
        let expected = 0.2 * (i as f32 * std::f32::consts::TAU / 25.0).sin();
        assert!(
            (frame.pose.yaw - expected).abs() < 0.02,
            "frame {i}: {}",
            frame.pose.yaw
        );
    }

    // Undone, it drives no more; a broken one says so in one line and goes.
    window.key(Modifiers::COMMAND, Key::Num1);
    window.harness.get_by_label("Stop following").scroll_to_me();
    window.harness.run_steps(3);
    window.press("Stop following");
    window.step_until("no driver", |app| app.state().driver.now.is_none());
    let broken = window.folder.join("broken.mp4");
    std::fs::write(&broken, b"this is no film").unwrap();
    window.app().document().driver = Some(ChosenDriver {
        source: broken,
        driving: Driving::default(),
    });
    window.step_until("the refusal", |app| app.state().status.is_error);
    let line = window.app().state().status.line.clone();
    assert!(
        line.contains("broken.mp4") && !line.contains('\n'),
        "{line}"
    );
    assert!(window.app().document().driver.is_none());
}

/// Three seconds of a still face.
fn face(path: &std::path::Path) {
    const SIDE_PX: u32 = 256;
    let portrait = Resources::find(None).default_portrait().unwrap();
    let portrait = image::open(portrait).unwrap().to_rgba8();
    let side = portrait.width().min(portrait.height());
    let square = image::imageops::crop_imm(&portrait, 0, 0, side, side).to_image();
    let filter = image::imageops::FilterType::Triangle;
    let picture = image::imageops::resize(&square, SIDE_PX, SIDE_PX, filter);
    let mut writer = Mp4Writer::create(path, SIDE_PX, SIDE_PX).unwrap();
    for _ in 0..75 {
        writer.write_frame(&picture).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn a_camera_is_chosen_switched_on_followed_and_switched_off() {
    let mut window = Window::open();
    let film = window.folder.join("me.mp4");
    face(&film);
    window.harness.get_by_label("Camera…").scroll_to_me();
    window.harness.run_steps(3);
    window.press("Camera…");
    window.step_until("the list", |app| app.state().camera.devices.is_some());
    assert_eq!(window.app().state().camera.phase, CameraPhase::Off);
    window
        .app()
        .act(Action::Camera(CameraAction::ChooseFile(film)));
    window.step_until("a face", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().camera.phase == CameraPhase::Driving
    });
    // The frame that it moved is on the stage.
    window.step_until("a driven frame", |app| app.state().camera.delay.is_some());
    window.harness.run_steps(3);
    for label in ["Set neutral", "Mouth", "Mirror"] {
        assert!(window.harness.query_by_label(label).is_some(), "{label}");
    }
    window.harness.get_by_label("Set neutral").scroll_to_me();
    window.harness.run_steps(3);
    window.press("Set neutral");
    window.step_until("a new neutral face", |app| {
        app.state().camera.phase == CameraPhase::Settling
    });
    window.step_until("the end of that", |app| {
        app.state().camera.phase == CameraPhase::Driving
    });
    window.harness.get_by_label("Stop camera").scroll_to_me();
    window.harness.run_steps(3);
    window.press("Stop camera");
    assert_eq!(window.app().state().camera.phase, CameraPhase::Off);

    let broken = window.folder.join("broken.mp4");
    std::fs::write(&broken, b"this is no film").unwrap();
    window
        .app()
        .act(Action::Camera(CameraAction::ChooseFile(broken)));
    window.step_until("the refusal", |app| app.state().status.is_error);
    let line = window.app().state().status.line.clone();
    assert!(
        line.contains("broken.mp4") && !line.contains('\n'),
        "{line}"
    );
    assert!(!window.app().state().camera.is_on());
}
