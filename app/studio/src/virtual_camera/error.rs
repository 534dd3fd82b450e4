//! What can be wrong with a virtual camera.

#[cfg(any(target_os = "linux", test))]
use crate::camera::DeviceFailure;
use crate::texts::text;

/// What loads the kernel's module, for a terminal.
pub fn load_command() -> &'static str {
    text!("virtual-camera-load-command")
}

/// Why a virtual camera does not show the portrait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VirtualCameraError {
    /// No virtual camera has this name.
    Gone(String),
    /// The system keeps it from this program.
    Denied(String),
    /// Another program writes to it.
    Busy(String),
    /// It was there and is not any more.
    Removed(String),
    /// This takes no pictures.
    NoOutput(String),
    /// It keeps to a format that is not written here.
    UnknownFormat(String),
    /// There is no GStreamer, which PipeWire's cameras need.
    GstreamerMissing,
    /// GStreamer lacks this element.
    ElementMissing(String),
    /// PipeWire does not run.
    PipeWireOff,
    /// GStreamer has ended: the last that it said.
    Gstreamer(String),
    /// There are no virtual cameras on this system.
    NotHere,
    /// The system reports something else.
    System(String),
}

impl std::error::Error for VirtualCameraError {}

impl std::fmt::Display for VirtualCameraError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = match self {
            Self::Gone(name) => text!(
                "virtual-camera-gone",
                name = name.as_str(),
                command = load_command(),
            ),
            Self::Denied(name) => text!("virtual-camera-denied", name = name.as_str()),
            Self::Busy(name) => text!("virtual-camera-busy", name = name.as_str()),
            Self::Removed(name) => text!(
                "virtual-camera-removed",
                name = name.as_str(),
                command = load_command(),
            ),
            Self::NoOutput(name) => text!("virtual-camera-no-output", name = name.as_str()),
            Self::UnknownFormat(name) => text!("virtual-camera-format", name = name.as_str()),
            Self::GstreamerMissing => text!("virtual-camera-gstreamer").to_owned(),
            Self::ElementMissing(element) => {
                text!("virtual-camera-element", element = element.as_str())
            }
            Self::PipeWireOff => text!("virtual-camera-pipewire-off").to_owned(),
            Self::Gstreamer(reason) => {
                text!("virtual-camera-gstreamer-ended", reason = reason.as_str())
            }
            Self::NotHere => text!("virtual-camera-not-here").to_owned(),
            Self::System(reason) => text!("virtual-camera-system", reason = reason.as_str()),
        };
        f.write_str(&line)
    }
}

#[cfg(any(target_os = "linux", test))]
impl VirtualCameraError {
    /// What the system said when the device was opened.
    pub(super) fn at_open(name: &str, error: &std::io::Error) -> Self {
        let name = name.to_owned();
        match DeviceFailure::of(error) {
            DeviceFailure::Gone => Self::Gone(name),
            DeviceFailure::NotUnderstood => Self::NoOutput(name),
            DeviceFailure::Denied => Self::Denied(name),
            DeviceFailure::Busy => Self::Busy(name),
            DeviceFailure::NoBandwidth | DeviceFailure::Other => Self::System(error.to_string()),
        }
    }

    /// What it said while pictures were written.
    pub(super) fn while_on(name: &str, error: &std::io::Error) -> Self {
        match Self::at_open(name, error) {
            Self::Gone(name) => Self::Removed(name),
            Self::NoOutput(_) => Self::System(error.to_string()),
            other => other,
        }
    }
}
