//! The camera of the system that shows the stage.

use crate::window::settings::VirtualCameraChoices;
use studio::virtual_camera::VirtualCameraOutput;

/// What can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VirtualCameraAction {
    /// Look for ways out again.
    List,
    /// Take this one from now on; one that is on is ended for it.
    Choose(VirtualCameraOutput),
    /// Switch it on.
    Start,
    /// Switch it off.
    Stop,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VirtualCameraPhase {
    /// Switched off.
    #[default]
    Off,
    /// It is being opened, or nobody is on stage yet.
    Starting,
    /// It shows the stage in pictures of this width and height.
    On {
        /// Pixels.
        size_px: (u32, u32),
    },
}

/// The virtual camera, and what is known of others.
#[derive(Debug, Default)]
pub struct VirtualCameraState {
    /// The ways out of this machine; none while they are looked for.
    pub outputs: Option<Vec<VirtualCameraOutput>>,
    /// The one that is on or that will be.
    pub output: Option<VirtualCameraOutput>,
    /// How far it is.
    pub phase: VirtualCameraPhase,
    /// Of the worker, while it is on.
    pub number: u64,
    /// What was chosen when it was switched on.
    pub used: VirtualCameraChoices,
    /// Number of the frame of the live view that it was given last.
    pub shown_frame: u64,
}

impl VirtualCameraState {
    /// Whether it is switched on.
    pub fn is_on(&self) -> bool {
        self.phase != VirtualCameraPhase::Off
    }

    /// Whether there is nothing to switch on.
    pub fn has_none(&self) -> bool {
        self.output.is_none() && self.outputs.as_ref().is_some_and(Vec::is_empty)
    }
}
