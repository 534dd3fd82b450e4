//! Who sits before the camera and drives the face on the stage, live.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use studio::camera::{CameraDevice, CameraSource};

/// What can be done about the camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameraAction {
    /// Show what can be chosen; no camera is switched on by that.
    Open,
    /// Switch it off, and put that away.
    Close,
    /// Look for cameras again.
    List,
    /// Take this one from now on; one that is on is switched off for it.
    Choose(CameraSource),
    /// Let this video stand in for a camera from now on.
    ChooseFile(PathBuf),
    /// Switch it on.
    Start,
    /// Switch it off.
    Stop,
    /// Take the next second of the face for the neutral one.
    SetNeutral,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraPhase {
    /// Switched off.
    #[default]
    Off,
    /// There is no picture yet.
    Starting,
    /// There is no face in the pictures.
    NoFace,
    /// The neutral face is being taken.
    Settling,
    /// The face drives.
    Driving,
}

/// The camera, and what is known of others.
#[derive(Debug, Default)]
pub struct CameraState {
    /// Whether the panel is there.
    pub is_open: bool,
    /// Whether it is to be scrolled into view.
    pub wants_view: bool,
    /// The cameras of this machine; none while they are looked for.
    pub devices: Option<Vec<CameraDevice>>,
    /// The one that is on or that will be.
    pub source: Option<CameraSource>,
    /// How far it is.
    pub phase: CameraPhase,
    /// Whether its pictures are mirrored, while it is on.
    pub is_mirrored: bool,
    /// Of the worker, while it is on.
    pub number: u64,
    /// When the picture came from the camera whose movement no frame on the stage has yet.
    pub captured: Option<Instant>,
    /// From a picture of the camera's to the frame on the stage that it moved, the last time.
    pub delay: Option<Duration>,
}

impl CameraState {
    /// Whether there is nothing to switch on.
    pub fn has_none(&self) -> bool {
        self.source.is_none() && self.devices.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether it is switched on.
    pub fn is_on(&self) -> bool {
        self.phase != CameraPhase::Off
    }
}
