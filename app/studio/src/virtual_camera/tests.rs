//! Pictures on their way out: what bytes they are, which device takes them, and a program that takes them, stops or breaks.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use moq_v4l::capability::Flags;

use super::gstreamer::{PipeWireWatch, what_is_wrong};
use super::loopback::{is_sound, is_taken, needs_streaming};
use super::pixels::PixelFormat;
use super::*;
use crate::camera::{Camera, CameraSource};

/// Nothing here takes so long unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

fn bars() -> Vec<([u8; 3], [u8; 3])> {
    // Colour bars at full strength: luma and chroma as ITU-R BT.601 computes them.
    vec![
        ([0, 0, 0], [16, 128, 128]),
        ([255, 255, 255], [235, 128, 128]),
        ([255, 0, 0], [81, 90, 240]),
        ([0, 255, 0], [145, 54, 34]),
        ([0, 0, 255], [41, 240, 110]),
        ([128, 128, 128], [126, 128, 128]),
    ]
}

#[test]
fn colours_are_those_of_bt_601_in_both_formats() {
    for ([red, green, blue], expected) in bars() {
        let rgba = [red, green, blue, 255].repeat(4 * 2);
        let mut out = vec![7; 3];
        PixelFormat::Yuyv.convert(&rgba, (4, 2), &mut out);
        assert_eq!(out.len(), PixelFormat::Yuyv.picture_bytes((4, 2)));
        let [y, u, v] = expected;
        for (found, expected) in out.iter().zip([y, u, y, v].repeat(4)) {
            assert!(found.abs_diff(expected) <= 1, "{out:?}, not {expected}");
        }
        PixelFormat::I420.convert(&rgba, (4, 2), &mut out);
        assert_eq!(out.len(), PixelFormat::I420.picture_bytes((4, 2)));
        let planes = [vec![y; 8], vec![u; 2], vec![v; 2]].concat();
        for (found, expected) in out.iter().zip(planes) {
            assert!(found.abs_diff(expected) <= 1, "{out:?}, not {expected}");
        }
    }
}

#[test]
fn chroma_is_the_mean_of_its_pixels_and_what_is_clear_stands_before_a_ground() {
    let mut out = Vec::new();
    let pair = [[255, 0, 0, 255], [0, 0, 255, 255]].concat();
    PixelFormat::Yuyv.convert(&pair.repeat(2), (2, 2), &mut out);
    let means = [(90_u16 + 240) / 2, (240 + 110) / 2].map(|mean| mean as u8);
    assert!(out[1].abs_diff(means[0]) <= 1 && out[3].abs_diff(means[1]) <= 1);
    PixelFormat::Yuyv.convert(&[255, 255, 255, 0].repeat(4), (2, 2), &mut out);
    // 32 of 255 at limited range, whatever colour is clear.
    assert_eq!(out[..4], [43, 128, 43, 128]);
}

#[test]
fn a_device_that_another_writes_to_is_taken_and_one_that_says_nothing_is_not() {
    let both = Flags::VIDEO_CAPTURE | Flags::VIDEO_OUTPUT;
    for (capabilities, expected) in [
        (Flags::VIDEO_OUTPUT, false),
        (both, false),
        (Flags::VIDEO_CAPTURE, true),
        (Flags::STREAMING, false),
    ] {
        assert_eq!(is_taken(capabilities), expected, "{capabilities:?}");
    }
    assert!(is_sound((1280, 720)) && is_sound((576, 720)));
    assert!(!is_sound((1281, 720)) && !is_sound((0, 0)) && !is_sound((64, 20_000)));
    for (version, expected) in [
        ("", true),
        ("0.12.7\n", true),
        ("0.13.2-52-g77bf1e2", true),
        ("0.14.0", false),
        ("1.0", false),
        ("v4l2loopback", true),
    ] {
        assert_eq!(needs_streaming(version), expected, "{version}");
    }
}

#[test]
fn what_the_system_says_is_told_with_what_to_do() {
    let at_open = |code| VirtualCameraError::at_open("Loop", &io::Error::from_raw_os_error(code));
    let while_on = |code| VirtualCameraError::while_on("Loop", &io::Error::from_raw_os_error(code));
    let name = || "Loop".to_owned();
    assert_eq!(at_open(2), VirtualCameraError::Gone(name()));
    assert_eq!(at_open(19), VirtualCameraError::Gone(name()));
    assert_eq!(at_open(13), VirtualCameraError::Denied(name()));
    assert_eq!(at_open(16), VirtualCameraError::Busy(name()));
    assert_eq!(at_open(25), VirtualCameraError::NoOutput(name()));
    assert_eq!(while_on(19), VirtualCameraError::Removed(name()));
    assert!(matches!(while_on(22), VirtualCameraError::System(_)));
    for error in [at_open(2), while_on(19)] {
        assert!(error.to_string().contains(load_command()), "{error}");
    }
    for (said, expected) in [
        (
            "WARNING: erroneous pipeline: no element \"pipewiresink\"\n",
            VirtualCameraError::ElementMissing("pipewiresink".to_owned()),
        ),
        (
            "ERROR: from element /GstPipeline:pipeline0/GstPipeWireSink:pipewiresink0: Failed to connect\nAdditional",
            VirtualCameraError::PipeWireOff,
        ),
        (
            "ERROR: from element /GstPipeline:pipeline0/GstFdSrc:fdsrc0: Internal data stream error.\nmore\n",
            VirtualCameraError::Gstreamer("Internal data stream error".to_owned()),
        ),
        (
            "\n \n",
            VirtualCameraError::Gstreamer("the pipe broke".to_owned()),
        ),
    ] {
        assert_eq!(what_is_wrong(said, "the pipe broke"), expected);
        assert!(!expected.to_string().contains('\n'));
    }
}

#[test]
fn the_end_of_pipewire_is_seen_also_where_its_socket_stays() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("pipewire-0");
    let pipewire = UnixListener::bind(&socket).unwrap();
    let watch = PipeWireWatch::start(&socket).unwrap();
    let (connection, _) = pipewire.accept().unwrap();
    assert!(!watch.has_ended());
    drop((connection, pipewire));
    assert!(watch.has_ended());
    // As a killed one leaves it.
    assert!(socket.exists());
    let refused = PipeWireWatch::start(&socket).err();
    assert_eq!(refused, Some(VirtualCameraError::PipeWireOff));
}

/// A program in place of GStreamer's.
fn program(folder: &Path, lines: &str) -> PathBuf {
    let path = folder.join("gst-launch-1.0");
    let written = std::fs::write(&path, format!("#!/bin/sh\n{lines}\n"));
    let executable = std::fs::Permissions::from_mode(0o755);
    let is_program = written.and_then(|()| std::fs::set_permissions(&path, executable));
    is_program.expect("a program in a temporary folder");
    path
}

fn open(program: PathBuf, size_px: (u32, u32)) -> Result<VirtualCamera, VirtualCameraError> {
    VirtualCamera::open(VirtualCameraOutput::PipeWire(program), size_px)
}

#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn pictures_arrive_whole_the_last_one_again_and_again_and_the_program_ends_with_the_camera() {
    let folder = tempfile::tempdir().unwrap();
    let [stored, said, id] = ["stored", "said", "id"].map(|name| folder.path().join(name));
    let lines = format!(
        "echo $$ > {}\necho \"$@\" > {}\nexec cat > {}",
        id.display(),
        said.display(),
        stored.display(),
    );
    let camera = open(program(folder.path(), &lines), (16, 16)).unwrap();
    assert_eq!(camera.size_px(), (16, 16));
    // One of another size belongs to another camera.
    camera.show(&Arc::new(vec![9; 12]));
    let white = Arc::new(vec![255; 16 * 16 * 4]);
    let picture_bytes = PixelFormat::Yuyv.picture_bytes((16, 16));
    camera.show(&white);
    let bytes = || std::fs::read(&stored).unwrap_or_default();
    wait_until("three pictures", || bytes().len() >= 3 * picture_bytes);
    assert!(bytes().chunks(2).all(|pair| pair == [235, 128]));
    camera.show(&Arc::new([0, 0, 0, 255].repeat(16 * 16)));
    wait_until("a black one", || bytes().last_chunk() == Some(&[16, 128]));
    assert_eq!(camera.failure(), None);
    let said = std::fs::read_to_string(&said).unwrap();
    for part in [
        "width=16",
        "height=16",
        "framerate=25/1",
        "media.class=Video/Source",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let id = std::fs::read_to_string(&id).unwrap();
    let process = Path::new("/proc").join(id.trim());
    assert!(process.exists());
    drop(camera);
    assert!(!process.exists());
}

#[test]
fn one_that_takes_nothing_makes_nobody_wait() {
    let folder = tempfile::tempdir().unwrap();
    let camera = open(program(folder.path(), "exec sleep 600"), (640, 480)).unwrap();
    let picture = Arc::new(vec![0; 640 * 480 * 4]);
    for _ in 0..50 {
        camera.show(&picture);
    }
    // More than a pipe holds, so the thread waits in the middle of a picture; ending it does not.
    drop(camera);
}

#[test]
fn one_that_is_missing_or_breaks_says_so_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let missing = open(folder.path().join("nothing"), (16, 16)).map(drop);
    assert_eq!(missing, Err(VirtualCameraError::GstreamerMissing));
    let lines =
        "head -c 512 > /dev/null\necho 'ERROR: from element /a/b:c: The link is gone.' >&2\nexit 1";
    let camera = open(program(folder.path(), lines), (16, 16)).unwrap();
    let picture = Arc::new(vec![0; 16 * 16 * 4]);
    wait_until("the end", || {
        camera.show(&picture);
        camera.failure().is_some()
    });
    let expected = VirtualCameraError::Gstreamer("The link is gone".to_owned());
    assert_eq!(camera.failure(), Some(expected));
}

#[test]
fn a_device_that_is_no_loopback_is_refused() {
    for (path, expected) in [
        (
            "/dev/video-nowhere",
            VirtualCameraError::Gone("x".to_owned()),
        ),
        ("/dev/null", VirtualCameraError::NoOutput("x".to_owned())),
    ] {
        let device = CameraDevice {
            name: "x".to_owned(),
            path: PathBuf::from(path),
        };
        let output = VirtualCameraOutput::Loopback(device);
        let opened = VirtualCamera::open(output, (64, 64)).map(drop);
        assert_eq!(opened, Err(expected));
    }
}

/// With `sudo modprobe v4l2loopback exclusive_caps=1`: what is written is a camera, is busy meanwhile, and is free afterwards.
#[test]
#[ignore = "needs the kernel's module v4l2loopback"]
fn a_loopback_device_is_a_camera_while_it_is_written_to() {
    let loopback = || {
        let mut outputs = outputs().into_iter();
        let loopback = outputs.find(|output| matches!(output, VirtualCameraOutput::Loopback(_)));
        loopback.expect("no device of v4l2loopback")
    };
    for size_px in [(320, 180), (160, 200)] {
        let output = loopback();
        let camera = VirtualCamera::open(output.clone(), size_px).unwrap();
        assert_eq!(camera.size_px(), size_px);
        let pixels = size_px.0 as usize * size_px.1 as usize;
        camera.show(&Arc::new([200, 80, 40, 255].repeat(pixels)));
        let mut cameras = Vec::new();
        wait_until("a camera", || {
            cameras = crate::camera::devices();
            cameras.iter().any(|one| one.name == output.name())
        });
        let busy = VirtualCamera::open(output.clone(), size_px).map(drop);
        assert_eq!(
            busy,
            Err(VirtualCameraError::Busy(output.name().to_owned()))
        );
        let reader = Camera::open(CameraSource::named(output.name()).unwrap()).unwrap();
        let read = reader.next(PATIENCE).unwrap().expect("a picture");
        assert_eq!((read.width as u32, read.height as u32), size_px);
        for pixel in read.rgb.as_chunks::<3>().0 {
            let is_near = pixel
                .iter()
                .zip([200, 80, 40])
                .all(|(a, b)| a.abs_diff(b) <= 4);
            assert!(is_near, "{pixel:?}");
        }
    }
}
