//! Cameras of Linux: Video4Linux 2.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use moq_v4l::buffer::{Flags, Type};
use moq_v4l::format::Format;
use moq_v4l::framesize::FrameSizeEnum;
use moq_v4l::io::mmap::Stream;
use moq_v4l::io::traits::{CaptureStream as _, Stream as _};
use moq_v4l::video::Capture as _;
use moq_v4l::video::capture::Parameters;
use moq_v4l::{Device, FourCC};

use super::format::{Choice, PixelFormat, Sizes, choose};
use super::pixels::Layout;
use super::{CameraDevice, CameraError, CameraPicture};
use crate::cancel::CancelToken;

/// Where the system names its cameras, and where they are.
const NAMES: &str = "/sys/class/video4linux";
const NODES: &str = "/dev";
/// Pictures a second that are asked for.
const PICTURES_PER_SECOND: u32 = 30;
/// Buffers that the camera fills by turns, and most that a driver gives instead.
const BUFFERS: u32 = 4;
const MAX_BUFFERS: usize = 32;
/// How long is waited for a picture before it is asked whether to end, and before the camera counts as silent.
const NAP: Duration = Duration::from_millis(100);
const SILENCE: Duration = Duration::from_secs(5);
/// How long is waited after a failure: a camera whose stream has failed for good is ready all the time and has nothing.
const BREATH: Duration = Duration::from_millis(10);
/// `POLLIN` of `poll(2)`: something can be read.
const READABLE: i16 = 1;
/// `ENOTTY`: the question is none for this file.
const NOT_V4L2: i32 = 25;

/// The cameras by number.
pub(super) fn list() -> Vec<CameraDevice> {
    list_of(&sends_pictures)
}

/// The nodes of Video4Linux that are wanted, by number.
pub(crate) fn list_of(is_wanted: &dyn Fn(&Path) -> bool) -> Vec<CameraDevice> {
    list_in(Path::new(NAMES), Path::new(NODES), is_wanted)
}

/// Those that are named in one folder and lie in another, if they are wanted.
pub(super) fn list_in(
    names: &Path,
    nodes: &Path,
    is_wanted: &dyn Fn(&Path) -> bool,
) -> Vec<CameraDevice> {
    let Ok(entries) = std::fs::read_dir(names) else {
        return Vec::new();
    };
    let mut numbered: Vec<(u32, CameraDevice)> = entries
        .flatten()
        .filter_map(|entry| {
            let node = entry.file_name().into_string().ok()?;
            let number = node.strip_prefix("video")?.parse().ok()?;
            let name = std::fs::read(entry.path().join("name")).unwrap_or_default();
            let name = match without_cut(&name).trim() {
                "" => node.clone(),
                name => name.to_owned(),
            };
            let path = nodes.join(node);
            Some((number, CameraDevice { name, path }))
        })
        .filter(|(_, device)| is_wanted(&device.path))
        .collect();
    numbered.sort_by_key(|(number, _)| *number);
    let names: Vec<String> = numbered.iter().map(|(_, one)| one.name.clone()).collect();
    numbered
        .into_iter()
        .map(|(number, mut device)| {
            if names.iter().filter(|name| **name == device.name).count() > 1 {
                device.name = format!("{} (video{number})", device.name);
            }
            device
        })
        .collect()
}

/// Drivers cut names after 31 bytes, also in the middle of a character, of which nothing is kept then.
fn without_cut(name: &[u8]) -> String {
    name.utf8_chunks().map(|chunk| chunk.valid()).collect()
}

/// Of the nodes of a camera only some send pictures. One that may not be asked is listed, so that its error can say why.
fn sends_pictures(path: &Path) -> bool {
    match Device::with_path(path) {
        Ok(device) => device
            .enum_formats()
            .is_ok_and(|formats| !formats.is_empty()),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Hands its pictures on until `stop`.
pub(super) fn capture(
    camera: &CameraDevice,
    stop: &CancelToken,
    put: &mut dyn FnMut(CameraPicture),
) -> Result<(), CameraError> {
    let name = camera.name.as_str();
    let while_on = |error: io::Error| CameraError::while_on(name, &error);
    let device =
        Device::with_path(&camera.path).map_err(|error| CameraError::at_open(name, &error))?;
    let layout = negotiate(&device, name)?;
    // Best effort: some cameras have one rate only.
    let _ = device.set_params(&Parameters::with_fps(PICTURES_PER_SECOND));
    let mut stream =
        Stream::with_buffers(&device, Type::VideoCapture, BUFFERS).map_err(while_on)?;
    // The library's own beginning waits for the first picture and could not be ended.
    let queued = (0..MAX_BUFFERS)
        .take_while(|&buffer| stream.queue(buffer).is_ok())
        .count();
    if queued == 0 {
        return Err(CameraError::Silent(name.to_owned()));
    }
    // It is polled before it is asked; this is for drivers that are ready and have nothing all the same.
    stream.set_timeout(SILENCE);
    stream.start().map_err(while_on)?;
    let mut heard = Instant::now();
    // The library gives the buffer back that was read last; at first, and after a failure, there is none to give.
    let mut has_buffer = false;
    while !stop.is_cancelled() {
        match stream.handle().poll(READABLE, NAP.as_millis() as i32) {
            Ok(0) if heard.elapsed() <= SILENCE => continue,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(while_on(error)),
        }
        if heard.elapsed() > SILENCE {
            return Err(CameraError::Silent(name.to_owned()));
        }
        if !has_buffer {
            match stream.dequeue() {
                Ok(_) => has_buffer = true,
                Err(error) if is_passing(&error) => std::thread::sleep(BREATH),
                Err(error) => return Err(while_on(error)),
            }
            continue;
        }
        let (bytes, meta) = match stream.next() {
            Ok(read) => read,
            Err(error) if is_passing(&error) => {
                has_buffer = false;
                std::thread::sleep(BREATH);
                continue;
            }
            Err(error) => return Err(while_on(error)),
        };
        let captured = Instant::now();
        let filled = bytes.get(..meta.bytesused as usize).unwrap_or(bytes);
        let is_whole = !meta.flags.contains(Flags::ERROR);
        // What is damaged on the way is passed over; a camera that sends nothing else is silent.
        if let Some((width, height, rgb)) = layout.picture(filled).filter(|_| is_whole) {
            heard = captured;
            put(CameraPicture {
                width,
                height,
                rgb,
                captured,
            });
        }
    }
    Ok(())
}

/// Whether the next picture may come all the same: there was nothing yet, or one got lost (`EIO`).
fn is_passing(error: &io::Error) -> bool {
    const LOST: i32 = 5;
    let kinds = [
        io::ErrorKind::WouldBlock,
        io::ErrorKind::TimedOut,
        io::ErrorKind::Interrupted,
    ];
    kinds.contains(&error.kind()) || error.raw_os_error() == Some(LOST)
}

/// Asks for a format, and says what came of it.
fn negotiate(device: &Device, name: &str) -> Result<Layout, CameraError> {
    let at_open = |error: io::Error| CameraError::at_open(name, &error);
    let formats = device.enum_formats().map_err(at_open)?;
    if formats.is_empty() {
        // What is no V4L2 device says so now. The library's question for the device's abilities panics at a name that was cut.
        return Err(match device.format() {
            Err(error) if error.raw_os_error() == Some(NOT_V4L2) => at_open(error),
            // A virtual camera that nothing feeds offers none.
            _ => CameraError::Silent(name.to_owned()),
        });
    }
    let mut offered = Vec::new();
    for format in &formats {
        let code = format.fourcc.repr;
        let sizes = device.enum_framesizes(format.fourcc).unwrap_or_default();
        if sizes.is_empty() {
            // It does not say: whatever is asked for comes back as it can.
            offered.push((code, Sizes::One([640, 480])));
        }
        offered.extend(sizes.into_iter().map(|size| {
            let sizes = match size.size {
                FrameSizeEnum::Discrete(size) => Sizes::One([size.width, size.height]),
                FrameSizeEnum::Stepwise(range) => Sizes::Range {
                    least: [range.min_width, range.min_height],
                    largest: [range.max_width, range.max_height],
                    step: [range.step_width, range.step_height],
                },
            };
            (code, sizes)
        }));
    }
    let unknown = || CameraError::UnknownFormat {
        name: name.to_owned(),
        offered: formats
            .iter()
            .map(|format| String::from_utf8_lossy(&format.fourcc.repr).into_owned())
            .collect::<Vec<_>>()
            .join(", "),
    };
    let Choice {
        code,
        size_px: [width, height],
    } = choose(&offered).ok_or_else(unknown)?;
    let wanted = Format::new(width, height, FourCC::new(&code));
    // The driver may answer with another size, or with another format.
    let given = device
        .set_format(&wanted)
        .map_err(|error| CameraError::while_on(name, &error))?;
    let format = PixelFormat::of_code(given.fourcc.repr).ok_or_else(unknown)?;
    Ok(Layout {
        format,
        width: given.width as usize,
        height: given.height as usize,
        stride: given.stride as usize,
    })
}
