//! Cameras of v4l2loopback: a device that takes pictures on one side and is a camera on the other.

use std::io::{self, Write as _};
use std::path::Path;

use moq_v4l::Device;
use moq_v4l::buffer::Type;
use moq_v4l::capability::{Capabilities, Flags};
use moq_v4l::format::{Format, FourCC};
use moq_v4l::io::mmap::Stream;
use moq_v4l::io::traits::Stream as _;
use moq_v4l::video::Output as _;
use moq_v4l::video::output::Parameters;

use super::pixels::PixelFormat;
use super::{PICTURES_PER_SECOND, VirtualCameraError};
use crate::camera::{CameraDevice, list_of};
use crate::shielded::shielded;

/// What the module calls itself.
const DRIVER: &str = "v4l2 loopback";
/// Where the system says which version of the module is loaded.
const VERSION: &str = "/sys/module/v4l2loopback/version";
/// Modules before this one take a writer for gone only if it streamed; this one and later do not let the two be mixed.
const FIRST_WITHOUT_STREAMING: [u32; 2] = [0, 14];
/// Buffers that a stream has.
const BUFFERS: u32 = 2;
/// Sizes beyond these are nobody's.
const SIDES_PX: std::ops::RangeInclusive<u32> = 16..=8192;

/// The devices by number, also those that somebody writes to.
pub(super) fn list() -> Vec<CameraDevice> {
    list_of(&is_loopback)
}

/// One that may not be asked is no loopback as far as anybody can tell, unless the system's name for it says so.
fn is_loopback(path: &Path) -> bool {
    match shielded(|| Ok(Device::with_path(path)?.query_caps()?)) {
        Ok(capabilities) => capabilities.driver == DRIVER,
        Err(_) => is_virtual(path),
    }
}

/// Whether sysfs knows no hardware behind this node.
fn is_virtual(path: &Path) -> bool {
    let node = path.file_name().unwrap_or_default();
    let entry = Path::new("/sys/devices/virtual/video4linux").join(node);
    entry.exists()
}

/// What the capabilities say: whether somebody else writes to the device.
pub(super) fn is_taken(capabilities: Flags) -> bool {
    // Neither is what old modules say once a program has ended that did not stream.
    capabilities.contains(Flags::VIDEO_CAPTURE) && !capabilities.contains(Flags::VIDEO_OUTPUT)
}

/// A device that pictures are written to.
pub(super) struct Loopback {
    /// Keeps the device for this writer, where the module wants that. Dropped before the device is closed.
    _stream: Option<Stream<'static>>,
    device: Device,
    name: String,
    format: PixelFormat,
    size_px: (u32, u32),
}

impl Loopback {
    /// Takes the device. Where a program still reads in another size, that is the size.
    pub fn open(camera: &CameraDevice, size_px: (u32, u32)) -> Result<Self, VirtualCameraError> {
        let name = camera.name.as_str();
        let at_open = |error: io::Error| VirtualCameraError::at_open(name, &error);
        let device = Device::with_path(&camera.path).map_err(at_open)?;
        let Capabilities {
            driver,
            capabilities,
            ..
        } = device.query_caps().map_err(at_open)?;
        if driver != DRIVER {
            return Err(VirtualCameraError::NoOutput(name.to_owned()));
        }
        if is_taken(capabilities) {
            return Err(VirtualCameraError::Busy(name.to_owned()));
        }
        let negotiated = negotiate(&device, size_px).map_err(at_open)?;
        let (format, size_px) =
            negotiated.ok_or_else(|| VirtualCameraError::UnknownFormat(name.to_owned()))?;
        // Best effort: some versions have one rate only.
        let _ = device.set_params(&Parameters::with_fps(PICTURES_PER_SECOND));
        let version = std::fs::read_to_string(VERSION).unwrap_or_default();
        let stream = match needs_streaming(&version) {
            true => {
                let stream = Stream::with_buffers(&device, Type::VideoOutput, BUFFERS);
                let mut stream = stream.map_err(at_open)?;
                stream.start().map_err(at_open)?;
                Some(stream)
            }
            false => None,
        };
        Ok(Self {
            _stream: stream,
            device,
            name: name.to_owned(),
            format,
            size_px,
        })
    }

    pub fn format(&self) -> (PixelFormat, (u32, u32)) {
        (self.format, self.size_px)
    }

    /// Shows a picture to whoever reads, and to nobody if nobody does.
    pub fn write(&mut self, picture: &[u8]) -> Result<(), VirtualCameraError> {
        match self.device.write(picture) {
            Ok(_) => Ok(()),
            // This one is lost; the next may get through.
            Err(error) if is_passing(&error) => Ok(()),
            Err(error) => Err(VirtualCameraError::while_on(&self.name, &error)),
        }
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// Whether this version of the module wants a writer to stream. Those that say nothing are the oldest.
pub(super) fn needs_streaming(version: &str) -> bool {
    let mut parts = version.trim().split('.').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => [major, minor] < FIRST_WITHOUT_STREAMING,
        _ => true,
    }
}

/// The format that is wanted, or what the device keeps to; none if that is not written here.
fn negotiate(
    device: &Device,
    (width_px, height_px): (u32, u32),
) -> io::Result<Option<(PixelFormat, (u32, u32))>> {
    for format in PixelFormat::ALL {
        let code = FourCC::new(&format.code());
        let wanted = Format::new(width_px, height_px, code);
        let given = device.set_format(&wanted)?;
        let size_px = (given.width, given.height);
        let written = PixelFormat::ALL
            .into_iter()
            .find(|format| format.code() == given.fourcc.repr);
        if let Some(format) = written.filter(|_| is_sound(size_px)) {
            return Ok(Some((format, size_px)));
        }
    }
    Ok(None)
}

/// Whether a picture of this size can be written: sides are even in all formats.
pub(super) fn is_sound((width_px, height_px): (u32, u32)) -> bool {
    [width_px, height_px]
        .iter()
        .all(|side| SIDES_PX.contains(side) && side % 2 == 0)
}
