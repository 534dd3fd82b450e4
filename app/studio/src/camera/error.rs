//! What can be wrong with a camera.

#[cfg(target_os = "linux")]
use super::device_failure::DeviceFailure;
use crate::texts::text;

/// Why there are no pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameraError {
    /// No camera has this name.
    Gone(String),
    /// The system keeps it from this program.
    Denied(String),
    /// Another program has it.
    Busy(String),
    /// It was there and is not any more.
    Unplugged(String),
    /// What it is connected to has no room for its pictures.
    NoBandwidth(String),
    /// It is on and sends nothing.
    Silent(String),
    /// It sends no format that is known here; what it offers.
    UnknownFormat {
        /// The camera.
        name: String,
        /// Its formats, with commas between.
        offered: String,
    },
    /// This is no camera.
    NoCamera(String),
    /// Cameras are not used on this system.
    NotHere,
    /// The video that stands in for a camera cannot be played: one line.
    File(String),
    /// The system reports something else.
    System(String),
}

impl std::error::Error for CameraError {}

impl std::fmt::Display for CameraError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = match self {
            Self::Gone(name) => text!("camera-gone", name = name.as_str()),
            Self::Denied(name) => text!("camera-denied", name = name.as_str()),
            Self::Busy(name) => text!("camera-busy", name = name.as_str()),
            Self::Unplugged(name) => text!("camera-unplugged", name = name.as_str()),
            Self::NoBandwidth(name) => text!("camera-no-bandwidth", name = name.as_str()),
            Self::Silent(name) => text!("camera-silent", name = name.as_str()),
            Self::UnknownFormat { name, offered } => text!(
                "camera-format",
                name = name.as_str(),
                offered = offered.as_str(),
            ),
            Self::NoCamera(name) => text!("camera-none", name = name.as_str()),
            Self::NotHere => text!("camera-not-here").to_owned(),
            Self::File(reason) => reason.clone(),
            Self::System(reason) => text!("camera-system", reason = reason.as_str()),
        };
        f.write_str(&line)
    }
}

#[cfg(target_os = "linux")]
impl CameraError {
    /// What the system said when the camera was opened.
    pub(super) fn at_open(name: &str, error: &std::io::Error) -> Self {
        let name = name.to_owned();
        match DeviceFailure::of(error) {
            DeviceFailure::Gone => Self::Gone(name),
            DeviceFailure::NotUnderstood => Self::NoCamera(name),
            DeviceFailure::Denied => Self::Denied(name),
            DeviceFailure::Busy => Self::Busy(name),
            DeviceFailure::NoBandwidth => Self::NoBandwidth(name),
            DeviceFailure::Other => Self::System(error.to_string()),
        }
    }

    /// What it said of a camera that has told its formats.
    pub(super) fn while_on(name: &str, error: &std::io::Error) -> Self {
        match Self::at_open(name, error) {
            Self::Gone(name) => Self::Unplugged(name),
            Self::NoCamera(_) => Self::System(error.to_string()),
            other => other,
        }
    }
}
